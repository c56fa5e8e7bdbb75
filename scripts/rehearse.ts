import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { copyInstance } from '../records/copy-instance.js';
import { openDatabase } from '../records/database.js';
import { readClock } from '../records/instance.js';
import { projectRoot } from '../stack/project-root.js';
import { stopOnSignals } from '../stack/processes.js';
import { startServers, startStack, type Stack } from '../stack/stack.js';
import { connectTemporal } from '../temporal/connection.js';
import { reconcile } from './reconcile.js';

const usage = `Usage: npm run rehearse -- --from postgresql://… [--directory DIR]
with QINGLAN_SECRET of the instance that is copied in the environment`;

const { from, directory } = parseArgs({
  options: {
    from: { type: 'string' },
    directory: { type: 'string', default: join(projectRoot, '.qinglan-rehearsal') },
  },
}).values;
const { QINGLAN_SECRET } = process.env;
if (!from || !QINGLAN_SECRET) {
  console.error(usage);
  process.exit(2);
}
if (existsSync(join(directory, 'instance.secret'))) {
  console.error(
    `There is a rehearsal in ${directory} already: go on with it by npm start -- --directory ${directory}`,
  );
  process.exit(2);
}
// The servers of the rehearsal are its own, whatever the environment says.
for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'TEMPORAL_UI_URL']) delete process.env[name];

/** Makes a rehearsal of a copy of an instance, starts a workflow for each of its open cases, and stays up. */
mkdirSync(directory, { recursive: true });
const servers = await startServers({ directory, namespace: 'qinglan-rehearsal', ui: true, durable: true });
let copied;
try {
  copied = await copyInstance(from, servers.postgres.url);
} finally {
  await servers.stop();
}
// What is stored encrypted opens with the same secret; written last, it says that the copy is whole.
writeFileSync(join(directory, 'instance.secret'), QINGLAN_SECRET, { mode: 0o600 });
const stack = await startStack({ directory, ui: true, durable: true, rehearsal: { startsOn: '2000-01-01' } });
stopOnSignals(() => stack.stop());
console.log(await takeUp(stack));

async function takeUp({ api, postgres, temporal }: Stack): Promise<string> {
  const database = openDatabase(postgres.url, 4);
  const client = connectTemporal({ address: temporal.address, namespace: temporal.namespace });
  try {
    const done = await reconcile({ database, client });
    const { now } = await readClock(database);
    const started = done.filter(({ did }) => did === 'started').length;
    return [
      `${copied!.rows} rows copied, ${started} workflows started; the clock stands at ${now}.`,
      `API ${api.url}, Temporal UI ${temporal.uiUrl}; everybody signs in with the password of the instance.`,
      `Ctrl-C stops it; npm start -- --directory ${directory} goes on with it.`,
    ].join('\n');
  } finally {
    await Promise.allSettled([database.$disconnect(), client.connection.close()]);
  }
}

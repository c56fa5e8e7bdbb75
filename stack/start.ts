import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drawPassword } from '../api/auth/password.js';
import { openDatabase } from '../records/database.js';
import { walkSampleRound } from '../samples/walk-round.js';
import { enterDistrict } from '../samples/walk/district.js';
import { exampleRequests, signIns, summaryOf } from '../samples/walk/summary.js';
import { Walk } from '../samples/walk/walk.js';
import { createDistrict } from '../scripts/create-administrator.js';
import { projectRoot } from './project-root.js';
import { startStack, type Stack } from './stack.js';

/** What a second start needs of the first. */
interface Kept {
  readonly administrator: { readonly username: string; readonly password: string };
  readonly password: string;
}

const { empty, exit, directory } = readFlags();
const keptFile = join(directory, 'sign-ins.json');

let stack: Stack | null = null;
let ending: Promise<never> | null = null;
let succeeded = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const)
  process.on(signal, () => void end(succeeded ? 0 : 130));

try {
  const before = Date.now();
  console.log('Starting PostgreSQL, Temporal, the worker and the API …');
  stack = await startStack({
    directory,
    ui: true,
    durable: true,
    // The first day of the school year after the round's cut-off.
    rehearsal: { startsOn: '2026-09-01' },
    // The whole sample district comes from one address.
    env: {
      LOG_LEVEL: 'warn',
      RATE_LIMIT_ADDRESS: '100000',
      RATE_LIMIT_SIGN_IN: '10000',
      ...chosenEnvironment(),
    },
  });
  console.log(`Ready after ${((Date.now() - before) / 1000).toFixed(1)} s.\n`);
  await fillOrGoOn(stack);
  succeeded = true;
  if (exit) await end(0);
  console.log(
    `\nCtrl-C stops everything; the data stay in ${directory}, and the next start goes on with them.`,
  );
} catch (error) {
  if (!ending) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    await end(1);
  }
}

function readFlags() {
  const options = {
    empty: { type: 'boolean', default: false },
    exit: { type: 'boolean', default: false },
    directory: { type: 'string', default: join(projectRoot, '.qinglan') },
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(
      `${(error as Error).message}\nUsage: npm start [-- --empty] [-- --exit] [-- --directory DIR]`,
    );
    process.exit(2);
  }
}

/** A port or a log level that somebody sets counts here too. */
function chosenEnvironment(): Record<string, string> {
  const { PORT, LOG_LEVEL } = process.env;
  return { ...(PORT && { PORT }), ...(LOG_LEVEL && { LOG_LEVEL }) };
}

async function fillOrGoOn({ api, postgres, temporal }: Stack): Promise<void> {
  const made = await makeDistrict(postgres.url);
  if (made === null) console.log(`Going on with the data in ${directory}; remove that folder to begin anew.`);
  // A rehearsal of a copied instance has the accounts of that one.
  if (made === null && !existsSync(keptFile)) return console.log(links(api.url, temporal.uiUrl));
  const kept = made ?? readKept();
  const walk = new Walk({ url: api.url, ...kept, progress: (line) => console.log(line) });
  if (made !== null && empty) await enterDistrict(walk);
  else if (made !== null) {
    await walkSampleRound(walk);
    console.log(await summaryOf(walk));
  }
  console.log(links(api.url, temporal.uiUrl));
  const shown = await findNotElected(postgres.url);
  console.log(`\n${signIns(walk, kept)}\n\n${exampleRequests(walk, api.url, kept.password, shown)}`);
}

/** A candidate whom the committee did not choose, and the round; null when no round has come so far. */
async function findNotElected(
  databaseUrl: string,
): Promise<{ readonly roundId: string; readonly applicationId: string } | null> {
  const database = openDatabase(databaseUrl, 2);
  try {
    const reason = { path: ['code'], equals: 'NOT_ELECTED' };
    const found = await database.application.findFirst({ where: { reason }, orderBy: { id: 'asc' } });
    return found && { roundId: found.roundId, applicationId: found.id };
  } finally {
    await database.$disconnect();
  }
}

/** The district with its administrator, when the database has none yet; its passwords are kept beside it. */
async function makeDistrict(databaseUrl: string): Promise<Kept | null> {
  const database = openDatabase(databaseUrl, 2);
  try {
    if ((await database.organisation.count({ where: { kind: 'district' } })) > 0) return null;
    const { username, password } = await createDistrict({ database, name: '青澜区', code: 'QL' });
    const kept = { administrator: { username, password }, password: drawPassword() };
    writeFileSync(keptFile, JSON.stringify(kept), { mode: 0o600 });
    return kept;
  } finally {
    await database.$disconnect();
  }
}

function readKept(): Kept {
  return JSON.parse(readFileSync(keptFile, 'utf8')) as Kept;
}

function links(apiUrl: string, temporalUi: string | null): string {
  return [
    '\nLinks',
    `  API documents   ${apiUrl}/docs`,
    `  Stuck reviews   ${apiUrl}/api/v1/stuck   (sign in first)`,
    `  Temporal UI     ${temporalUi ?? 'off'}`,
  ].join('\n');
}

/** Stops everything once, however often it is asked. */
function end(code: number): Promise<never> {
  ending ??= (async () => {
    console.log('Stopping …');
    await stack?.stop();
    process.exit(code);
  })();
  return ending;
}

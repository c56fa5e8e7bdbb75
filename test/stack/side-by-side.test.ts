import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../../samples/api-client.js';
import { compiled } from '../../stack/project-root.js';

interface Started {
  readonly directory: string;
  readonly process: ChildProcess;
  /** What it has printed. */
  printed: string;
}

const instances: Started[] = [];

afterAll(async () => {
  for (const { process: child } of instances)
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  for (const { directory } of instances) rmSync(directory, { recursive: true, force: true });
}, 60_000);

/** What `npm start -- --empty` does, in a folder of its own. */
function start(): Started {
  const directory = mkdtempSync(join(tmpdir(), 'qinglan-beside-'));
  const { TEMPORAL_ADDRESS: _, DATABASE_URL: __, NODE_OPTIONS: ___, ...env } = process.env;
  const child = spawn(process.execPath, [compiled('stack/start.js'), '--empty', '--directory', directory], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const started: Started = { directory, process: child, printed: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (started.printed += text.toString()));
  instances.push(started);
  return started;
}

async function isUp(started: Started): Promise<string> {
  const deadline = Date.now() + 150_000;
  while (!started.printed.includes('Ctrl-C')) {
    if (started.process.exitCode !== null || Date.now() > deadline) throw new Error(started.printed);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return /API documents +(http:\/\/127\.0\.0\.1:\d+)/.exec(started.printed)![1]!;
}

function officeOf(url: string, { directory }: Started) {
  const { password } = JSON.parse(readFileSync(join(directory, 'sign-ins.json'), 'utf8')) as {
    password: string;
  };
  return new ApiClient({ url }).signIn('10912', password);
}

/** Moves the clock; the titles that came with the roster are still being taken up, so it is asked more than once. */
async function settled(administrator: Awaited<ReturnType<typeof officeOf>>, to: string): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!(await administrator.post<{ settled: boolean }>('/clock/advance', { to })).settled)
    if (Date.now() > deadline) throw new Error(`The clock does not come to ${to}.`);
}

test('two instances run side by side on one machine, and one goes on when the other is killed', async () => {
  const [left, right] = [start(), start()];
  const urls = await Promise.all([isUp(left), isUp(right)]);
  expect(new Set(urls).size).toBe(2);
  const ports = [left, right].flatMap(({ directory }) =>
    Object.values(JSON.parse(readFileSync(join(directory, 'ports.json'), 'utf8')) as Record<string, number>),
  );
  expect(new Set(ports).size).toBe(ports.length);

  const [first, second] = await Promise.all([officeOf(urls[0]!, left), officeOf(urls[1]!, right)]);
  // Each has its own clock: what one does is nothing to the other.
  await settled(first, '2026-10-01');
  expect(await first.get('/clock')).toMatchObject({ now: '2026-09-30T16:00:00.000Z' });
  expect(await second.get('/clock')).toMatchObject({ now: '2026-08-31T16:00:00.000Z' });
  await expect(officeOf(urls[1]!, left)).rejects.toThrow('401');

  left.process.kill('SIGKILL');
  await once(left.process, 'exit');
  expect(await second.get('/clock')).toMatchObject({ now: '2026-08-31T16:00:00.000Z' });
  expect((await fetch(`${urls[1]}/health/ready`)).status).toBe(200);
}, 240_000);

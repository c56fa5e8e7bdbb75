import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openDatabase } from '../records/database.js';
import { startStack, type Stack } from '../stack/stack.js';
import { countStatements, serverCounts, statements } from './counts.js';
import { countsProcessorTime, memory, processorTime, processorTimeOfAll } from './processor-time.js';
import { enterTitles, moveClock, openTenures, prepareTitleDistrict } from './title-district.js';

/** A run is disturbed when others used more than this share of the processors. */
const othersAtMost = 0.05;

/** What the Temporal server counts: actions as Temporal Cloud does, and workflow tasks that did not come to their end. */
const counters = [
  'action',
  'failed_workflow_tasks',
  'start_to_close_timeout',
  'schedule_to_start_timeout',
  'persistence_requests',
] as const;

const { titles, cached, minutes } = readFlags();
if (!countsProcessorTime) {
  console.error('Processor time and memory are counted on Linux only.');
  process.exit(2);
}
const directory = mkdtempSync(join(tmpdir(), 'qinglan-open-titles-'));
// PostgreSQL's user must be able to pass through.
chmodSync(directory, 0o711);
/** Memory of each process at some moments, and what was done between them. */
const held: object[] = [];
const done: object[] = [];
let others = 0;
let stack: Stack | null = null;
let ending: Promise<never> | null = null;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const)
  process.on(signal, () => void end(130));
setTimeout(() => {
  report();
  console.error(`\nNot done within ${minutes} minutes.`);
  void end(1);
}, minutes * 60_000).unref();
try {
  stack = await startStack({
    directory,
    ui: false,
    durable: true,
    countStatements: true,
    rehearsal: { startsOn: '2026-08-20' },
    env: { LOG_LEVEL: 'warn', CACHED_WORKFLOWS: `${cached}` },
  });
  await run(stack);
  report();
  await end(0);
} catch (error) {
  if (!ending) console.error(error);
  await end(1);
}

function readFlags() {
  const options = {
    titles: { type: 'string', default: '10000' },
    cached: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '25' },
  } as const;
  const { values } = parseArgs({ options });
  return {
    titles: Number(values.titles),
    cached: Number(values.cached),
    minutes: Number(values.minutes),
  };
}

function end(code: number): Promise<never> {
  ending ??= (async () => {
    await stack?.stop();
    rmSync(directory, { recursive: true, force: true });
    process.exit(code);
  })();
  return ending;
}

async function run({ api, postgres, temporal, worker }: Stack): Promise<void> {
  const database = openDatabase(postgres.url, 4);
  await countStatements(database);
  const parts = { worker, api, temporal, postgres };

  const district = await prepareTitleDistrict({ database, url: api.url }, titles);
  await untilQuiet();
  hold('no title yet');
  await observe('import, until all are open', async () => {
    await enterTitles(district);
    while ((await openTenures(database)) < titles) await pause(250);
  });
  hold('all open');
  await observe('1 September, worker running', () => moveClock(district, '2026-09-01'));
  hold('after 1 September');
  await observe('to 31 August', () => moveClock(district, '2027-08-31'));
  await worker.stop();
  await worker.start();
  await untilQuiet();
  hold('worker started again');
  await observe('1 September, worker new', () => moveClock(district, '2027-09-01'));
  hold('after 1 September');
  await database.$disconnect();

  /** Does something and waits until nothing is under way. */
  async function observe(what: string, action: () => Promise<void>): Promise<void> {
    const before = await counted();
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, memory(worker.pid!))), 500);
    const startedAt = performance.now();
    await action();
    const seconds = (performance.now() - startedAt) / 1000;
    await untilQuiet();
    const secondsInAll = (performance.now() - startedAt) / 1000;
    clearInterval(watch);
    const after = await counted();
    const of = (name: string) => after[name]! - before[name]!;
    const own = [...Object.keys(parts), 'client'].reduce((sum, name) => sum + of(name), 0);
    others = Math.max(others, (of('all') - own) / secondsInAll / availableParallelism());
    console.log(`${what}: ${seconds.toFixed(1)} s`);
    const each = (name: string, unit = 1) => ((unit * of(name)) / titles).toFixed(1);
    done.push({
      what,
      seconds: seconds.toFixed(1),
      'a second': (titles / seconds).toFixed(0),
      'actions a second': (of('action') / seconds).toFixed(0),
      actions: each('action'),
      statements: each('statements'),
      'calls of Temporal': each('persistence_requests'),
      'worker ms': each('worker', 1000),
      'API ms': each('api', 1000),
      'Temporal ms': each('temporal', 1000),
      'PostgreSQL ms': each('postgres', 1000),
      'most MB of worker': most.toFixed(0),
      'tasks failed': of('failed_workflow_tasks'),
      'timed out': of('start_to_close_timeout'),
      'not begun in time': of('schedule_to_start_timeout'),
    });
  }

  function hold(when: string): void {
    const sizes = Object.entries(parts).map(([name, { pid }]) => [name, memory(pid!).toFixed(0)]);
    held.push({ when, ...Object.fromEntries(sizes) });
  }

  /** Waits until Temporal has counted no action for two seconds. */
  async function untilQuiet(): Promise<void> {
    const read = async () => (await serverCounts(temporal.metricsUrl!, ['action'])).action;
    for (let seen = NaN, now = await read(); seen !== now; now = await read()) {
      seen = now;
      await pause(2000);
    }
  }

  async function counted(): Promise<Record<string, number>> {
    const { user, system } = process.cpuUsage();
    const times = Object.entries(parts).map(([name, { pid }]) => [name, processorTime(pid!)]);
    return {
      ...(await serverCounts(temporal.metricsUrl!, counters)),
      ...Object.fromEntries(times),
      statements: await statements(database),
      client: (user + system) / 1_000_000,
      all: processorTimeOfAll(),
    };
  }
}

function report(): void {
  console.log(
    `\n${titles} open titles, ${cached} cases at hand; ${availableParallelism()} processors ` +
      `(${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node.js ${process.versions.node}`,
  );
  console.log('\nMemory in MB:');
  console.table(held);
  console.log('\nWhat was done, with processor time and counts for each title:');
  console.table(done);
  if (others > othersAtMost)
    console.log(
      `\nThe run was disturbed: others used up to ${(100 * others).toFixed(0)} % of the processors.`,
    );
}

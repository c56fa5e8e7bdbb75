import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../records/database.js';
import { compiled } from '../stack/project-root.js';
import { startStack, type Stack } from '../stack/stack.js';
import { connectTemporal } from '../temporal/connection.js';
import { caseWaker } from '../temporal/wake-case.js';
import { bare, answer } from './bare/workflow.js';
import { bareTaskQueue } from './bare/worker.js';
import { countsOf, countStatements } from './counts.js';
import { startTemporalOnPostgresql } from './temporal-on-postgresql.js';
import { percentile, sendFor, type Window } from './load.js';
import { countsProcessorTime, processorTime, processorTimeOfAll } from './processor-time.js';
import { prepareScoring, type ScoringSchool } from './scoring.js';

/** Callers at once, each on a case of its own. */
const callers = 16;
/** Applicants of a school whose judge scores one at a time, and of the school whose judge scores all in one request. */
const usual = 16;
const many = 200;
/** Callers of the comparison of cases that the worker has at hand with those that it must read again. */
const fewCallers = 4;
const warmCases = 20;
const coldCases = 400;
/** More than the warm cases, far fewer than the cold ones. */
const cachedWorkflows = 60;
/** A run is disturbed when others used more than this share of the processors, or when a kind's windows differ by more. */
const othersAtMost = 0.05;
const spreadAtMost = 0.25;

const { seconds, rounds, onPostgresql } = readFlags();
const directory = mkdtempSync(join(tmpdir(), 'qinglan-bench-'));
// PostgreSQL's user must be able to pass through.
chmodSync(directory, 0o711);

/** What a window of one kind of load did, and the processor time that it took, by process. */
interface Measured extends Window {
  readonly processors: Readonly<Record<string, number>>;
  /** Share of the processors that others used. */
  readonly others: number;
}

type Kind = 'bare' | 'single' | 'one of many' | 'bulk' | 'warm' | 'cold';

const temporalOnPostgresql = onPostgresql
  ? await startTemporalOnPostgresql(join(directory, 'temporal'))
  : null;
if (temporalOnPostgresql) {
  process.env.TEMPORAL_ADDRESS = temporalOnPostgresql.address;
  process.env.TEMPORAL_METRICS_URL = temporalOnPostgresql.metricsUrl;
}
const stack = await startStack({
  directory: join(directory, 'stack'),
  ui: false,
  durable: true,
  countStatements: true,
  rehearsal: { startsOn: '2026-09-01' },
  env: {
    LOG_LEVEL: 'warn',
    RATE_LIMIT_ADDRESS: '1000000',
    RATE_LIMIT_ACCOUNT: '1000000',
    CACHED_WORKFLOWS: `${cachedWorkflows}`,
  },
});
const bareWorker = stack.processes.keep({
  name: 'bare-worker',
  command: process.execPath,
  args: [compiled('bench/bare/worker.js')],
  env: {
    ...process.env,
    TEMPORAL_ADDRESS: stack.temporal.address,
    TEMPORAL_NAMESPACE: stack.temporal.namespace,
  },
  stopSignal: 'SIGTERM',
  isReady: (output) => /^ready$/m.test(output),
});
let ended = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const)
  process.on(signal, () => void end(130));
try {
  await bareWorker.start();
  await run(stack);
  await end(0);
} catch (error) {
  console.error(error);
  await end(1);
}

function readFlags() {
  const options = {
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '4' },
    'temporal-on-postgresql': { type: 'boolean', default: false },
  } as const;
  const { values } = parseArgs({ options });
  const onPostgresql = values['temporal-on-postgresql'];
  return { ...values, onPostgresql, seconds: Number(values.seconds), rounds: Number(values.rounds) };
}

async function end(code: number): Promise<void> {
  if (ended) return;
  ended = true;
  await bareWorker.stop();
  await stack.stop();
  await temporalOnPostgresql?.stop();
  rmSync(directory, { recursive: true, force: true });
  process.exit(code);
}

async function run({ api, postgres, temporal }: Stack): Promise<void> {
  const temporalProcesses = temporalOnPostgresql
    ? [temporalOnPostgresql.server, temporalOnPostgresql.postgres]
    : [temporal];
  const database = openDatabase(postgres.url, 8);
  const client = connectTemporal({ address: temporal.address, namespace: temporal.namespace });
  await countStatements(database);
  await database.organisation.create({ data: districtRow() });
  const instance = { database, url: api.url, wakeCase: caseWaker(client, database) };
  const sizes = [
    ...Array<number>(callers).fill(usual),
    many,
    ...Array<number>(warmCases + coldCases).fill(1),
  ];
  const schools = await prepareScoring(instance, sizes);
  const busy = schools.slice(0, callers);
  const large = schools[callers]!;
  const warm = schools.slice(callers + 1, callers + 1 + warmCases);
  const cold = schools.slice(callers + 1 + warmCases);
  const bareHandles = await Promise.all(
    busy.map((_, position) =>
      client.workflow.start(bare, { workflowId: `bare-${position}`, taskQueue: bareTaskQueue, args: [] }),
    ),
  );

  const inTurn = (some: readonly ScoringSchool[]) => {
    let next = 0;
    return () => some[next++ % some.length]!.score(1);
  };
  const kinds: Readonly<Record<Kind, () => Promise<Measured>>> = {
    bare: () =>
      measure(callers, (caller) => bareHandles[caller]!.executeUpdate(answer, { args: ['request'] })),
    single: () => measure(callers, (caller) => busy[caller]!.score(1)),
    'one of many': () => measure(1, () => large.score(1)),
    bulk: () => measure(1, () => large.score(many)),
    warm: () => measure(fewCallers, inTurn(warm)),
    cold: () => measure(fewCallers, inTurn(cold)),
  };
  // The cold cases have put the others out of the worker's memory, and the longer a history the longer it is read.
  const atHand: Readonly<Partial<Record<Kind, readonly ScoringSchool[]>>> = {
    single: busy,
    'one of many': [large],
    bulk: [large],
    warm,
  };
  const nextWindow = async (kind: Kind) => {
    await Promise.all((atHand[kind] ?? []).map((school) => school.score(1)));
    return kinds[kind]();
  };
  const names = Object.keys(kinds) as Kind[];
  // Once before it counts: compilers and caches.
  for (const kind of names) await nextWindow(kind);
  const measured = new Map<Kind, Measured[]>(names.map((kind) => [kind, []]));
  for (let round = 1; round <= rounds; round++)
    for (const kind of names) measured.get(kind)!.push(await nextWindow(kind));

  console.log(
    `Temporal keeps its data in ${onPostgresql ? 'PostgreSQL' : 'SQLite'}; ` +
      `${availableParallelism()} processors (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, ` +
      `Node.js ${process.versions.node}; ${rounds} windows of ${seconds} s of each kind, in turn\n`,
  );
  console.table(names.map((kind) => rowOf(kind, measured.get(kind)!)));
  const counted = await countsOf({ database, client, metricsUrl: temporal.metricsUrl }, 200, busy[0]!);
  console.log('\nFor one decision, of 200 sent one after the other:');
  console.table(counted);
  const disturbances = names.flatMap((kind) => disturbancesOf(kind, measured.get(kind)!));
  if (disturbances.length > 0) {
    console.log(`\nNo ratios: the run was disturbed.\n${disturbances.map((each) => `  ${each}`).join('\n')}`);
  } else for (const line of ratios(measured)) console.log(line);
  await database.$disconnect();
  await client.connection.close();

  async function measure(count: number, send: (caller: number) => Promise<unknown>): Promise<Measured> {
    const before = used();
    const window = await sendFor(count, seconds, send);
    const after = used();
    const difference = Object.entries(after).map(([name, time]) => [name, time - before[name]!] as const);
    const { all, ...processors } = Object.fromEntries(difference);
    const own = Object.values(processors).reduce((sum, time) => sum + time, 0);
    const others = Math.max(0, all! - own) / (window.seconds * availableParallelism());
    return { ...window, processors, others };
  }

  function used(): Record<string, number> {
    if (!countsProcessorTime) return { all: 0 };
    const { user, system } = process.cpuUsage();
    return {
      all: processorTimeOfAll(),
      client: (user + system) / 1_000_000,
      api: processorTime(stack.api.pid!),
      worker: processorTime(stack.worker.pid!),
      'bare worker': processorTime(bareWorker.pid!),
      temporal: temporalProcesses.reduce((sum, { pid }) => sum + processorTime(pid!), 0),
      postgres: postgres.pid ? processorTime(postgres.pid) : 0,
    };
  }
}

function districtRow() {
  const id = crypto.randomUUID();
  return { id, ownerId: id, kind: 'district', code: 'QL', name: '青蓝区', validFrom: '2020-01-01' };
}

/** Decisions or Updates in all windows of a kind, and per second. */
function rateOf(windows: readonly Measured[]): number {
  const answered = windows.reduce((sum, { latencies }) => sum + latencies.length, 0);
  return answered / windows.reduce((sum, window) => sum + window.seconds, 0);
}

/** Milliseconds of processor time for one answer, in the named processes. */
function processorTimeEach(windows: readonly Measured[], names: readonly string[]): number {
  const answered = windows.reduce((sum, { latencies }) => sum + latencies.length, 0);
  const time = windows.flatMap(({ processors }) => names.map((name) => processors[name] ?? 0));
  return (1000 * time.reduce((sum, each) => sum + each, 0)) / answered;
}

function rowOf(kind: Kind, windows: readonly Measured[]) {
  const latencies = windows.flatMap((window) => window.latencies);
  const each = (names: readonly string[]) => processorTimeEach(windows, names).toFixed(1);
  return {
    load: kind,
    'per second': rateOf(windows).toFixed(1),
    'p50 ms': percentile(latencies, 50).toFixed(1),
    'p95 ms': percentile(latencies, 95).toFixed(1),
    'client ms': each(['client']),
    'API ms': each(['api']),
    'worker ms': each(['worker', 'bare worker']),
    'Temporal ms': each(['temporal']),
    'PostgreSQL ms': each(['postgres']),
  };
}

function disturbancesOf(kind: Kind, windows: readonly Measured[]): string[] {
  if (!countsProcessorTime) return ['processor time is counted on Linux only'];
  const rates = windows.map((window) => rateOf([window]));
  const spread = (Math.max(...rates) - Math.min(...rates)) / Math.max(...rates);
  const others = Math.max(...windows.map((window) => window.others));
  return [
    ...(others > othersAtMost
      ? [`${kind}: others used ${(100 * others).toFixed(0)} % of the processors`]
      : []),
    ...(spread > spreadAtMost
      ? [`${kind}: its windows did ${rates.map((rate) => rate.toFixed(0)).join(', ')} a second`]
      : []),
  ];
}

function ratios(measured: ReadonlyMap<Kind, readonly Measured[]>): string[] {
  const decision = processorTimeEach(measured.get('single')!, ['api', 'worker', 'temporal']);
  const update = processorTimeEach(measured.get('bare')!, ['client', 'bare worker', 'temporal']);
  const rate = (kind: Kind) => rateOf(measured.get(kind)!);
  const p50 = (kind: Kind) =>
    percentile(
      measured.get(kind)!.flatMap(({ latencies }) => latencies),
      50,
    );
  return [
    '',
    `processor time of a decision (API, worker, Temporal) against a bare Update (client, worker, Temporal): ${(decision / update).toFixed(2)} times (aim: at most 1.5)`,
    `decisions against bare Updates a second: ${(rate('single') / rate('bare')).toFixed(2)} times`,
    `scores a second in bulk against one at a time: ${((many * rate('bulk')) / rate('one of many')).toFixed(1)} times (aim: at least 13)`,
    `time of a decision on a case that must be read again against one at hand: ${(p50('cold') / p50('warm')).toFixed(2)} times (aim: at most 1.5)`,
  ];
}

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { checkedFields, fieldsNotRead } from '../../domain/fields-read.js';
import type { Policy } from '../../domain/policy.js';
import { type Database, openDatabase } from '../../records/database.js';
import { walkSampleRound } from '../../samples/walk-round.js';
import { Walk } from '../../samples/walk/walk.js';
import { createDistrict } from '../../scripts/create-administrator.js';
import { runDoctor } from '../../scripts/doctor.js';
import { startStack, type Stack } from '../../stack/stack.js';
import { connectTemporal } from '../../temporal/connection.js';
import { inParallel } from '../../temporal/in-parallel.js';
import { caseOfWorkflowId } from '../../workflows/ids.js';
import { testServers } from '../support/servers.js';

// Worker and API are processes of their own, as in `npm start`: in the test's they would share one processor.
const directory = mkdtempSync(join(tmpdir(), 'qinglan-round-'));
const readsFolder = mkdtempSync(join(tmpdir(), 'qinglan-reads-'));
const watchReads = new URL('../support/watch-reads.mjs', import.meta.url);

let stack: Stack;
let instance: { readonly database: Database; readonly client: Client; readonly url: string };
let walk: Walk;
const lines: string[] = [];

beforeAll(async () => {
  stack = await startStack({
    directory,
    ui: false,
    durable: false,
    rehearsal: { startsOn: '2026-09-01' },
    env: {
      LOG_LEVEL: 'warn',
      TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
      RATE_LIMIT_ADDRESS: '100000',
      RATE_LIMIT_SIGN_IN: '10000',
      NODE_OPTIONS: `--import ${watchReads.href}`,
      QINGLAN_READS: readsFolder,
    },
  });
  const database = openDatabase(stack.postgres.url, 4);
  instance = { database, client: connectTemporal(stack.temporal), url: stack.api.url };
  walk = new Walk({
    url: instance.url,
    administrator: await createDistrict({ database, name: '青蓝区', code: 'QL' }),
    password: 'Sample-pass-2026',
    progress: (line) => lines.push(line),
  });
  try {
    await walkSampleRound(walk);
  } finally {
    console.log(lines.join('\n'));
  }
}, 600_000);

afterAll(async () => {
  await instance?.database.$disconnect();
  await instance?.client.connection.close();
  await stack?.stop();
  for (const folder of [directory, readsFolder]) rmSync(folder, { recursive: true });
});

/** Numbers of the round's candidates, by standing. */
async function standings(): Promise<Record<string, number>> {
  const groups = await instance.database.application.groupBy({ by: ['standing'], _count: { _all: true } });
  return Object.fromEntries(groups.map(({ standing, _count }) => [standing, _count._all]));
}

test('the round ends with an outcome for each of the 260 candidates', async () => {
  const round = await instance.database.case.findUniqueOrThrow({ where: { id: walk.roundId } });
  expect(round.outcome).toBe('completed');
  const found = await standings();
  expect(Object.values(found).reduce((sum, count) => sum + count, 0)).toBe(260);
  expect(found['chosen']).toBe(150);
  expect(Object.keys(found).sort()).toEqual(['chosen', 'out', 'reserve']);
  const open = await instance.database.case.count({ where: { kind: 'application', closedAt: null } });
  expect(open).toBe(0);
});

test('nobody stands above the places of a rank, and the seats and direct entrants add up to them', async () => {
  const byRank = await instance.database.application.groupBy({
    by: ['rank', 'entry'],
    where: { standing: 'chosen' },
    _count: { _all: true },
    orderBy: [{ rank: 'asc' }, { entry: 'asc' }],
  });
  const numberOf = (rank: string) =>
    byRank.filter((group) => group.rank === rank).reduce((sum, { _count }) => sum + _count._all, 0);
  expect(numberOf('accomplished')).toBe(100);
  expect(numberOf('district_backbone')).toBe(50);
  expect(byRank.find((group) => group.entry === 'contest')?._count._all).toBe(4);
});

test('W4: the batch contract: a direct entrant, a candidate held and freed, a replacement with a notice of its own', async () => {
  const { database } = instance;
  const direct = await database.application.findFirstOrThrow({ where: { entry: 'contest' } });
  // The rehearsal's clock stands still, so that one run may start at the instant at which the one before ends.
  const passed = await database.stageEntry.findMany({ where: { applicationId: direct.id } });
  expect(passed.map(({ stage, outcome }) => `${stage} ${outcome}`).toSorted()).toEqual([
    'approval on',
    'district_notice on',
    'eligibility_check on',
  ]);

  const held = await database.stageEntry.findFirstOrThrow({
    where: { stage: 'district_notice' },
    orderBy: { endedAt: 'desc' },
  });
  const approvals = await database.stageEntry.findMany({ where: { stage: 'approval' } });
  // The list, the replacement, and the candidate who was freed: three decisions.
  expect(await database.decision.count({ where: { name: 'approveCandidates' } })).toBe(3);
  expect(approvals).toHaveLength(151);
  expect(approvals.filter(({ outcome }) => outcome === 'on')).toHaveLength(150);
  expect(approvals.map(({ applicationId }) => applicationId)).toContain(held.applicationId);

  const replacement = await database.application.findFirstOrThrow({ where: { entry: 'replacement' } });
  const notice = await database.stageEntry.findFirstOrThrow({
    where: { applicationId: replacement.id, stage: 'district_notice' },
  });
  expect(await database.stageEntry.count({ where: { caseId: notice.caseId } })).toBe(1);
  const days = await database.notice.findUniqueOrThrow({ where: { id: notice.caseId } });
  expect(days.firstDay! < days.lastDay!).toBe(true);
});

test('S10: why somebody was not chosen: rule, values and clause', async () => {
  const office = await walk.office();
  const lost = await instance.database.stageEntry.findFirstOrThrow({
    where: { stage: 'differential_vote', outcome: 'out' },
  });
  const answer = await office.get<{
    reason: { code: string; rule: string; text: string; values: Record<string, number>; clause: string };
  }>(`/applications/${lost.applicationId}`);
  expect(answer.reason).toMatchObject({
    code: 'NOT_ELECTED',
    rule: 'V14',
    clause: '采用差额推选的办法确定正式候选人进行相关培训',
  });
  expect(answer.reason.values['voters']).toBeGreaterThan(7);
  expect(answer.reason.text).toContain(String(answer.reason.values['votes']));
});

test('a certificate of the round is shown to the public', async () => {
  const title = await instance.database.title.findFirstOrThrow({
    where: { origin: 'appointment', rank: 'accomplished', endedOn: null },
  });
  const page = await fetch(`${instance.url}/certificates/${encodeURIComponent(title.certificateNumber!)}`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('有效');
});

test('W1: the stuck list names the school whose annual review is overdue, and since when', async () => {
  const office = await walk.office();
  const { items } = await office.get<{
    items: {
      case: { id: string; kind: string; step: string };
      role: string;
      overdueDays: number;
      workflowUrl: string;
    }[];
  }>('/stuck?overdue=true&kind=annualReview');
  expect(items).toHaveLength(1);
  const [stuck] = items;
  expect(stuck).toMatchObject({ role: 'head', case: { step: 'grading' } });
  expect(stuck!.overdueDays).toBeGreaterThan(0);
  expect(stuck!.workflowUrl).toContain(`/workflows/${encodeURIComponent(`AnnualReview:${stuck!.case.id}`)}`);
});

test('no personal data is in Temporal', async () => {
  const people = await instance.database.person.findMany({ select: { name: true }, take: 300 });
  const round = await instance.client.workflow.getHandle(`SelectionRound:${walk.roundId}`).fetchHistory();
  const text = JSON.stringify(round);
  const decoded = Buffer.from(text).toString('utf8');
  expect(people.filter(({ name }) => decoded.includes(name))).toEqual([]);
});

test('the doctor finds nothing', async () => {
  expect(await runDoctor({ database: instance.database, client: instance.client })).toEqual([]);
}, 120_000);

test('histories of every shape replay, and an application costs at most 40 events from submission to certificate', async () => {
  const perKind = new Map<string, { workflows: number; events: number }>();
  // Most lives are alike: of those with the same events one is replayed.
  const shapes = new Map<string, { workflowId: string; history: History }>();
  const runs: { readonly workflowId: string; readonly runId: string }[] = [];
  for await (const run of instance.client.workflow.list()) runs.push(run);
  await inParallel(runs, 8, async ({ workflowId, runId }) => {
    const history = await instance.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const events = history.events ?? [];
    const kind = caseOfWorkflowId(workflowId)!.kind;
    const sum = perKind.get(kind) ?? { workflows: 0, events: 0 };
    perKind.set(kind, { workflows: sum.workflows + 1, events: sum.events + events.length });
    shapes.set([kind, ...events.map(({ eventType }) => eventType)].join(' '), { workflowId, history });
  });
  console.log(`${runs.length} histories of ${shapes.size} shapes`);
  console.log(
    [...perKind]
      .map(
        ([kind, { workflows, events }]) =>
          `${kind}: ${workflows} runs, ${events} events, ${(events / workflows).toFixed(1)} each`,
      )
      .join('\n'),
  );
  const options: ReplayWorkerOptions = { workflowBundle: { codePath: testServers().workflowBundle } };
  const failed = [];
  for await (const result of Worker.runReplayHistories(options, shapes.values()))
    if (result.error) failed.push(`${result.workflowId}: ${result.error.message}`);
  expect(failed).toEqual([]);

  const withoutTraining = [...perKind].filter(
    ([kind]) => !['training', 'titleTenure', 'annualReview', 'calendar'].includes(kind),
  );
  const total = withoutTraining.reduce((sum, [, { events }]) => sum + events, 0);
  console.log(
    `${total} events from submission to certificate, training apart, for 260 applications: ${(total / 260).toFixed(1)} each`,
  );
  expect(total / 260).toBeLessThanOrEqual(40);
}, 300_000);

// Read when something happens that does not in this round: a sanction, a transfer, a year without a grade, a report, a
// month's allowances.
const readOnOccasion = [
  'allowance.fenByRank.accomplished',
  'allowance.fenByRank.district_backbone',
  'allowance.per',
  'allowance.stack',
  'allowance.stopFrom',
  'annualReview.effects.ungraded.benefits',
  'annualReview.effects.ungraded.title',
  'dynamic.transferred.benefits',
  'dynamic.transferred.benefitsStopFrom',
  'externalTitles.*.code',
  'externalTitles.*.decidedBy',
  'period.years',
  'ranks.*.need.ethicsVeto.hard',
  'ranks.*.need.ethicsVeto.value',
  'ranks.*.need.judged.*.hard',
  'ranks.*.need.minDegree.hard',
  'ranks.*.need.minDegree.value.kindergarten',
  'ranks.*.need.sanctionBar.value.demotion',
  'subjectFamilies.kindergarten.*',
  'targets.*.amount.about',
  'targets.*.amount.exact',
  'targets.*.amount.max',
  'targets.*.amount.min',
  'targets.*.code',
  'targets.*.kind',
  'targets.*.ranks.*',
  'targets.*.unit',
  'targets.*.years',
  'training.activities.*.arrangedBy',
  'training.activities.*.where',
  'training.events.*.code',
  'training.events.*.eachRank',
];

test('P5: the round reads every field of the scheme, but for those that are listed', async () => {
  const stored = await instance.database.policy.findFirstOrThrow();
  // The stored scheme, not the watched one: looking for what was not read must not read it.
  const policy = stored.content as unknown as Policy;
  // Both write what they have read when they end.
  await Promise.all([stack.worker.stop(), stack.api.stop()]);
  const files = readdirSync(readsFolder).map((name) => readFileSync(join(readsFolder, name), 'utf8'));
  const reads = new Set(files.flatMap((file) => JSON.parse(file) as string[]));
  const listed = [...checkedFields, ...readOnOccasion];
  expect(fieldsNotRead(policy, reads).filter((path) => !listed.includes(path))).toEqual([]);
});

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseKind } from '../../domain/cases.js';
import { addDays } from '../../domain/dates.js';
import type { RunStage } from '../../domain/stages.js';
import type { NewCase } from '../../records/cases.js';
import { projectRoot } from '../../stack/project-root.js';
import { deliver } from '../../temporal/deliver.js';
import { inParallel } from '../../temporal/in-parallel.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { workflowIdOf } from '../../workflows/ids.js';
import { attributeKeys, searchAttributes } from '../../workflows/search-attributes.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import {
  eventually,
  officeSubmits,
  prepareCandidates,
  prepareCases,
  prepareDistrict,
  prepareRound,
  prepareRun,
  prepareTeachers,
  task,
  type PreparedDistrict,
} from '../support/prepared.js';

const now = '2026-10-20T09:00:00+08:00';
const late = endOf('2026-10-16');
const inTime = endOf('2026-10-30');

let instance: TestInstance;
let district: PreparedDistrict;
let roundId: string;
const prepared = new Map<string, { readonly kind: CaseKind; readonly id: string }>();

beforeAll(async () => {
  instance = await startInstance('stuck', now);
  district = await prepareDistrict(instance, 4);
  roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const otherRoundId = await prepareRound(district, { step: 'selection', closesAt: null });
  prepared.set('round', { kind: 'selectionRound', id: roundId });
  prepared.set('other round', { kind: 'selectionRound', id: otherRoundId });
  const [first, second, third, fourth] = district.schoolIds as [string, string, string, string];
  await prepareRunOf('late scoring', review(first, 'scoring', late));
  await prepareRunOf('late nomination', review(second, 'nominating', late));
  // The day before was its last: it is late since midnight.
  await prepareRunOf('filing late since midnight', review(third, 'filing', endOf('2026-10-19')));
  await prepareRunOf('late filing of another round', {
    ...review(first, 'filing', late),
    roundId: otherRoundId,
  });
  await prepareRunOf('filing due today', review(fourth, 'filing', endOf('2026-10-20')));
  await prepareRunOf('nomination in time', review(first, 'nominating', inTime));
  // Nobody is left in it, so that it ends although its time is over.
  await prepareRunOf('late, but left by all', review(second, 'filing', late), 0);
  await prepareRunOf('terminated scoring', review(third, 'scoring', inTime));
  await prepareRunOf('late notice of a school', {
    kind: 'publicNotice',
    organisationId: second,
    unit: second,
    stage: 'school_notice',
    step: 'drafting',
    tasks: [task('school_clerk', second, 'draft', late)],
  });
  const { ownerId } = district;
  for (const [subject, dueAt] of [
    ['mathematics', late],
    ['chinese', inTime],
  ] as const)
    await prepareRunOf(`opinions on ${subject}`, {
      kind: 'panelReview',
      organisationId: ownerId,
      subject,
      unit: subject,
      stage: 'expert_opinion',
      step: 'opinions',
      tasks: [{ ...task('researcher', ownerId, 'giveOpinions', dueAt), subject }],
    });
  await prepareRunOf('vote', {
    kind: 'differentialVote',
    organisationId: ownerId,
    rank: 'accomplished',
    unit: 'accomplished/science',
    stage: 'differential_vote',
    step: 'signIn',
    tasks: [task('committee_chair', ownerId, 'open', inTime)],
  });

  const wake = caseWaker(instance.client, instance.database);
  await inParallel([...prepared.values()], 8, ({ id }) => wake(id, new Date(now).toISOString()));
  const left = await eventually(
    () => rowOf('late, but left by all'),
    ({ closedAt }) => closedAt !== null,
  );
  if (left.outcome !== 'no_candidate_left') throw new Error(`It ended as ${left.outcome}.`);
  await handleOf('terminated scoring').terminate('by hand');
}, 180_000);

afterAll(() => instance?.stop());

/** The instant at which a day in Asia/Shanghai is over. */
function endOf(day: string): Date {
  return new Date(`${addDays(day, 1)}T00:00:00+08:00`);
}

function review(school: string, step: 'scoring' | 'nominating' | 'filing', dueAt: Date) {
  const [stage, role, action] = (
    {
      scoring: ['school_score', 'school_panel', 'score'],
      nominating: ['school_nomination', 'school_clerk', 'nominate'],
      filing: ['filing', 'head', 'file'],
    } as const
  )[step];
  const tasks = [task(role, school, action, dueAt)];
  return { kind: 'schoolReview', organisationId: school, unit: school, stage, step, tasks } as const;
}

/** Writes an open run of a stage with its candidates. */
async function prepareRunOf(name: string, run: Omit<NewCase, 'id'>, candidates = 1): Promise<void> {
  const next = { roundId, ...run, id: randomUUID() };
  prepared.set(name, next);
  await prepareCases(district, [next]);
  const stage = next.stage as RunStage;
  const teachers = await prepareTeachers(district, candidates);
  const ids = await prepareCandidates(district, next.roundId!, teachers, { stage, standing: 'running' });
  await prepareRun(district, next.id, stage, ids);
}

function rowOf(name: string) {
  return instance.database.case.findUniqueOrThrow({ where: { id: prepared.get(name)!.id } });
}

function handleOf(name: string) {
  const { kind, id } = prepared.get(name)!;
  return instance.client.workflow.getHandle(workflowIdOf(kind, id));
}

/** The filters that docs/operations.md offers for the Temporal UI, by the question that they answer. */
function filtersOfDocumentation(): Map<string, string> {
  const text = readFileSync(join(projectRoot, 'docs/operations.md'), 'utf8');
  const [, section = ''] = text.split('## Finding what is stuck');
  const rows = section.split('\n## ')[0]!.matchAll(/^\| (.+?) +\| `(.+)` +\|$/gm);
  return new Map([...rows].map(([, question, filter]) => [question!, filter!]));
}

/** What Temporal lists for a filter, by the names given here, once it is what is expected or a minute has passed. */
async function listed(filter: string, expected: readonly string[]): Promise<string[]> {
  const names = new Map([...prepared].map(([name, { kind, id }]) => [workflowIdOf(kind, id), name]));
  const ask = async () => {
    const found: string[] = [];
    for await (const { workflowId } of instance.client.workflow.list({ query: filter }))
      found.push(names.get(workflowId) ?? workflowId);
    return found.sort();
  };
  const wanted = [...expected].sort().join();
  return eventually(ask, (found) => found.join() === wanted);
}

/** What each filter must find, on 20 October; `…` stands for the round or the first school. */
const lateReviews = [
  'late scoring',
  'late nomination',
  'filing late since midnight',
  'late filing of another round',
];
const answers: Readonly<Record<string, readonly string[]>> = {
  'school reviews overdue on 20 October': lateReviews,
  'whatever waits for a head of school': [
    'filing late since midnight',
    'late filing of another round',
    'filing due today',
  ],
  'overdue at the schools': [...lateReviews, 'late notice of a school'],
  'all that is open of one round': [
    'round',
    'late scoring',
    'late nomination',
    'filing late since midnight',
    'filing due today',
    'nomination in time',
    'late notice of a school',
    'opinions on mathematics',
    'opinions on chinese',
    'vote',
  ],
  'one stage of a round': ['vote'],
  'one school': ['late scoring', 'late filing of another round', 'nomination in time'],
  "opinions that a subject's researcher owes": ['opinions on mathematics'],
  'workflows that ended by themselves, badly': ['terminated scoring'],
  'workflows whose code fails': [],
};

test('each filter of the documentation finds through Temporal what it says', async () => {
  const filters = filtersOfDocumentation();
  expect([...filters.keys()]).toEqual(Object.keys(answers));
  for (const [question, expected] of Object.entries(answers)) {
    const id = question === 'one school' ? district.schoolIds[0]! : roundId;
    const found = await listed(filters.get(question)!.replace('…', id), expected);
    expect({ question, found }).toEqual({ question, found: [...expected].sort() });
  }
}, 120_000);

test('a stage that the office extends is overdue no longer', async () => {
  const reason = '全校停电三天';
  const body = { stage: 'filing', until: '2026-10-30', reason };
  const submission = await officeSubmits(district, 'selectionRound', roundId, 'extendStage', body);
  expect(await deliver(instance.client, instance.database, submission)).toMatchObject({ status: 'done' });
  const left = ['late scoring', 'late nomination', 'late filing of another round'];
  const filter = filtersOfDocumentation().get('school reviews overdue on 20 October')!;
  expect(await listed(filter, left)).toEqual(left.sort());
  expect((await rowOf('filing late since midnight')).dueAt).toEqual(inTime);
}, 120_000);

test('every workflow carries the search attributes of its row, from the one list that registers them', async () => {
  const { operatorService } = instance.client.connection;
  const { namespace } = instance.client.options;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const names = Object.keys(searchAttributes).sort();
  expect(Object.keys(customAttributes).sort()).toEqual(names);
  expect(Object.keys(attributeKeys).sort()).toEqual(names);
  for (const [name, { kind, id }] of prepared) {
    const row = await instance.database.case.findUniqueOrThrow({ where: { id } });
    if (row.closedAt !== null || name === 'terminated scoring') continue;
    const { typedSearchAttributes } = await handleOf(name).describe();
    const shown = typedSearchAttributes
      .getAll()
      .filter(({ key }) => names.includes(key.name))
      .map(({ key, value }) => [key.name, value]);
    const { ownerId, organisationId, rank, subject, stage, step, waitingFor, dueAt } = row;
    const said = Object.entries({
      OwnerId: ownerId,
      OrganisationId: organisationId,
      RoundId: row.roundId,
      Rank: rank,
      Subject: subject,
      Stage: stage ?? step,
      WaitingFor: waitingFor,
      DueAt: dueAt,
    });
    expect({ name, kind, ...Object.fromEntries(shown) }).toEqual({
      name,
      kind,
      ...Object.fromEntries(said.filter(([, value]) => value !== null)),
    });
  }
}, 60_000);

test('a line at the top of each workflow says what it waits for, whose turn it is and until when', async () => {
  expect(await detailsOf('late scoring')).toEqual([
    '学校评审 (school review)',
    '学校评审 · 评分 · 等待 学校评审组 · 截止 2026-10-17 00:00 (school review, scoring: waiting for school panel until 2026-10-17 00:00)',
  ]);
  expect(await detailsOf('opinions on mathematics')).toEqual([
    '评议 (review by a panel)',
    '评议 · 提出意见 · 等待 教研员 · 截止 2026-10-17 00:00 (review by a panel, opinions: waiting for subject researcher until 2026-10-17 00:00)',
  ]);
  expect(await detailsOf('late, but left by all')).toEqual([
    '学校评审 (school review)',
    '学校评审 · 已结束 (school review, closed)',
  ]);
  // It follows a decision.
  expect((await detailsOf('filing late since midnight'))[1]).toContain('截止 2026-10-31 00:00');
}, 60_000);

/** The static summary and the current details of a workflow. */
async function detailsOf(name: string): Promise<(string | undefined)[]> {
  const handle = handleOf(name);
  const { staticSummary } = await handle.describe();
  const metadata = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return [await staticSummary(), metadata.currentDetails];
}

test('nothing personal has come to Temporal', async () => {
  const { database, client } = instance;
  const texts: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const description = await handle.describe();
    texts.push(...textsIn(description.raw), ...textsIn(await handle.fetchHistory()));
    if (description.status.name === 'RUNNING')
      texts.push(...textsIn(await handle.query('__temporal_workflow_metadata')));
  }
  const all = texts.join('\n');
  expect(all).toContain(district.schoolIds[0]);
  expect(all).toContain('等待 校长');
  const people = await database.person.findMany();
  const schools = await database.organisation.findMany();
  const personal = [
    ...people.flatMap(({ id, name, staffNumber, idNumberHash }) => [id, name, staffNumber, idNumberHash]),
    ...schools.map(({ name }) => name),
    ...(await database.application.findMany()).flatMap(({ id, statement }) => [id, statement]),
    '全校停电三天',
  ];
  expect(personal.filter((each) => all.includes(each))).toEqual([]);
}, 60_000);

/** Every text in a message of Temporal, payloads included. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (ArrayBuffer.isView(value))
    return [Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [key, ...textsIn(each)]);
}

import { randomUUID } from 'node:crypto';
import type { Role } from '../../domain/cases.js';
import { reportCodes } from '../../domain/fields-read.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { refusal } from '../support/refusals.js';
import { signInAs, signInWithRole, type TestSession } from '../support/sessions.js';
import {
  prepareCases,
  prepareDistrict,
  prepareRound,
  prepareTeachers,
  type PreparedDistrict,
} from '../support/prepared.js';

// Reports and the ledgers behind them, on rows that are written directly: their figures are counted by hand here.

const now = '2026-10-10T09:00:00+08:00';
const at = new Date(now);
const scheme = 'sichuan-district';

let instance: TestInstance;
let district: PreparedDistrict;
/** Teachers of mathematics: even ones work at the first school, odd ones at the second. */
let teachers: string[];
let office: TestSession;
let centre: TestSession;
let clerk: TestSession;
let wang: TestSession;

beforeAll(async () => {
  instance = await startInstance('reports', now);
  district = await prepareDistrict(instance, 2);
  teachers = await prepareTeachers(district, 14);
  const { ownerId, schoolIds } = district;
  office = await signedIn(district.officeId);
  centre = await acting(teachers[10]!, 'training_centre', ownerId);
  clerk = await acting(teachers[12]!, 'school_clerk', schoolIds[0]!);
  wang = await signedIn(teachers[0]!);
  await writeSelection();
  await writeTitles();
}, 180_000);

afterAll(() => instance?.stop());

function acting(personId: string, role: Role, organisationId: string): Promise<TestSession> {
  return signInWithRole(instance, district, personId, { role, organisationId });
}

async function signedIn(personId: string): Promise<TestSession> {
  return signInAs(instance, district, personId);
}

const school = (index: number) => district.schoolIds[index % 2]!;

/** A round of 2026 with seven candidates, their trainings, and one trainee whom the ladder brought. */
async function writeSelection(): Promise<void> {
  const { database, ownerId, policyId } = district;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  await database.case.update({
    where: { id: roundId },
    data: { outcome: 'completed', closedAt: at, waitingFor: null, dueAt: null, wakeAt: null },
  });
  const prize = await database.evidence.create({
    data: {
      ownerId,
      personId: teachers[5]!,
      kind: 'classroom_contest',
      level: 'city',
      prize: 'first',
      title: '市课堂大赛',
      date: '2026-04-24',
    },
  });
  const standings = ['chosen', 'chosen', 'chosen', 'out', 'running', 'chosen', 'chosen'];
  const entries = ['application', 'application', 'application', 'application', 'application', 'contest'];
  const applications = standings.map((standing, index) => ({
    id: randomUUID(),
    ownerId,
    roundId,
    personId: teachers[index]!,
    schoolId: school(index),
    rank: 'accomplished',
    subject: 'mathematics',
    teachingStage: 'primary',
    entry: entries[index] ?? 'replacement',
    entryEvidenceId: index === 5 ? prize.id : null,
    statement: '',
    stage: 'formal_candidate',
    standing,
    facts: {},
    findings: [],
    submittedAt: at,
  }));
  await database.application.createMany({ data: applications });
  const trainee = (index: number, standing: string, more: object = {}) => ({
    id: randomUUID(),
    ownerId,
    personId: teachers[index]!,
    applicationId: applications[index]?.id ?? null,
    policyId,
    rank: 'accomplished',
    entry: applications[index]?.entry ?? 'ladder',
    startsOn: '2026-09-01',
    endsOn: '2027-08-31',
    hoursRequired: 72,
    standing,
    ...more,
  });
  const reason = { code: 'ASSESSMENT_NOT_PASSED', rule: 'T11', values: { points: 50, passPoints: 60 } };
  const trainees = [
    trainee(0, 'training', { mentorId: teachers[9]! }),
    trainee(1, 'eliminated', { reason }),
    trainee(2, 'appointed'),
    trainee(5, 'training'),
    trainee(6, 'training'),
    trainee(7, 'training', { rank: 'district_backbone', endsOn: '2028-08-31' }),
  ];
  await database.trainee.createMany({ data: trainees });
  await prepareCases(
    district,
    trainees.map(({ id }, index) => ({
      id,
      kind: 'training',
      organisationId: school(index),
      step: 'training',
      waitingFor: 'training_centre',
      dueAt: at,
      wakeAt: null,
    })),
  );
  await database.case.update({
    where: { id: trainees[1]!.id },
    data: { outcome: 'eliminated', closedAt: at, waitingFor: null, dueAt: null },
  });
}

/** Three titles of one rank, of which one began before the five years of the targets, and the review of two. */
async function writeTitles(): Promise<void> {
  const { database, ownerId, policyId } = district;
  const titles = [
    [8, '2026-01-01', '2030-12-31'],
    [9, '2019-07-01', '2029-06-30'],
    [7, '2023-05-01', '2028-04-30'],
  ].map(([index, from, until]) => ({
    id: randomUUID(),
    ownerId,
    personId: teachers[index as number]!,
    rank: 'accomplished',
    decidedBy: 'district',
    origin: 'appointment',
    policyId,
    from: String(from),
    until: String(until),
  }));
  await database.title.createMany({ data: titles });
  const reviewId = randomUUID();
  await database.annualReview.create({
    data: { id: reviewId, ownerId, schoolId: school(1), policyId, reviewYear: '2025-2026' },
  });
  await database.annualReviewEntry.createMany({
    data: titles.map(({ id }, index) => ({
      reviewId,
      ownerId,
      titleId: id,
      grade: ['excellent', 'excellent', 'pass'][index],
      confirmed: index < 2,
    })),
  });
}

test('each report that a scheme may ask for is there, and a teacher sees none', async () => {
  for (const code of reportCodes) {
    const path = `/reports/${code.replaceAll('_', '-')}`;
    expect(Object.keys(await office.get<object>(path)).length).toBeGreaterThan(1);
    await expect(wang.get(path)).rejects.toMatchObject({ problem: { status: 403 } });
  }
});

test('R0.5: targets by year: holders on a day, and who was given the rank within the years of the target', async () => {
  const { targets } = await office.get<{ targets: Record<string, unknown>[] }>(
    '/reports/targets-by-year?on=2026-10-10',
  );
  expect(targets.find(({ code }) => code === 'accomplished')).toMatchObject({
    years: 5,
    period: 5,
    window: { from: '2022-01-01', until: '2026-10-10' },
    target: { exact: 400 },
    holders: 3,
    givenByYear: [
      { year: '2023', persons: 1 },
      { year: '2026', persons: 1 },
    ],
  });
});

test('without years of its own a target takes those of the scheme’s period', async () => {
  const { database, policyId, policy } = district;
  const { years: _, ...target } = policy.targets!.find(({ code }) => code === 'accomplished') as {
    years: number;
    code: string;
  };
  const changed = { ...policy, id: 'two-years', period: { ...policy.period, years: 1 }, targets: [target] };
  const { id, ...stored } = await database.policy.findUniqueOrThrow({ where: { id: policyId } });
  const copy = { ...stored, code: 'two-years', content: changed as object };
  await database.policy.create({ data: copy });
  const { targets } = await office.get<{ targets: Record<string, unknown>[] }>('/reports/targets-by-year');
  await database.policy.deleteMany({ where: { code: 'two-years' } });
  expect(id).toBe(policyId);
  expect(targets.find((each) => each['scheme'] === 'two-years')).toMatchObject({
    years: 1,
    window: { from: '2026-01-01', until: '2026-10-10' },
    givenByYear: [{ year: '2026', persons: 1 }],
  });
});

test('R0.5: selection by school, subject and rank counts persons, each once', async () => {
  const rowsOf = async (query: string) =>
    (
      await office.get<{ rows: Record<string, unknown>[] }>(
        `/reports/selection-by-school-subject-rank${query}`,
      )
    ).rows;
  const rows = await rowsOf('?schoolYear=2026-2027');
  const figures = rows.map(({ schoolId, rank, candidates, formalCandidates, trainees, appointed }) => [
    district.schoolIds.indexOf(String(schoolId)),
    rank,
    [candidates, formalCandidates, trainees, appointed],
  ]);
  expect(figures).toEqual([
    [0, 'accomplished', [4, 3, 3, 1]],
    [1, 'accomplished', [3, 2, 2, 0]],
    [1, 'district_backbone', [0, 0, 1, 0]],
  ]);
  expect(rows[0]).toMatchObject({ school: '第0小学', subject: 'mathematics' });
  expect(await rowsOf('')).toEqual(rows);
  expect(await rowsOf('?schoolYear=2025-2026')).toEqual([]);
});

test('direct entrants with the prize that let them in', async () => {
  const { entrants } = await office.get<{ entrants: unknown[] }>(
    '/reports/direct-entrants?schoolYear=2026-2027',
  );
  expect(entrants).toMatchObject([
    {
      person: { id: teachers[5], schoolId: school(5) },
      schoolYear: '2026-2027',
      rank: 'accomplished',
      prize: { title: '市课堂大赛', level: 'city', date: '2026-04-24' },
      standing: 'chosen',
    },
  ]);
});

test('who was eliminated, with the reason, and who came in for others', async () => {
  const report = await office.get<{ totals: object; changes: { change: string }[] }>(
    '/reports/eliminated-and-supplemented?schoolYear=2026-2027',
  );
  expect(report.totals).toEqual({ eliminated: 1, left: 0, supplemented: 1 });
  expect(report.changes.find(({ change }) => change === 'eliminated')).toMatchObject({
    person: { id: teachers[1] },
    on: '2026-10-10',
    reason: { code: 'ASSESSMENT_NOT_PASSED', text: '培养期满考核未合格：50 分，合格线 60 分' },
  });
  expect(report.changes.find(({ change }) => change === 'supplemented')).toMatchObject({
    person: { id: teachers[6] },
  });
});

test('grades of the yearly reviews; what is not confirmed has none', async () => {
  const { rows } = await office.get<{ rows: unknown[] }>('/reports/annual-results?reviewYear=2025-2026');
  expect(rows).toEqual([
    {
      reviewYear: '2025-2026',
      schoolId: school(1),
      school: '第1小学',
      rank: 'accomplished',
      grades: { excellent: 2, pass: 0, basic: 0, fail: 0, ungraded: 0 },
      waiting: 1,
    },
  ]);
});

test('mentors with their apprentices, and how many trainees have none', async () => {
  const { pairs, without } = await office.get<{ pairs: unknown[]; without: unknown[] }>(
    '/reports/mentor-pairs',
  );
  expect(pairs).toMatchObject([
    { rank: 'accomplished', apprentice: { id: teachers[0] }, mentor: { id: teachers[9] }, crossSchool: true },
  ]);
  expect(without).toEqual([
    { rank: 'accomplished', trainees: 2 },
    { rank: 'district_backbone', trainees: 1 },
  ]);
});

const meeting = () => ({
  scheme,
  kind: 'exchange_meeting',
  activity: '经验交流会',
  on: '2026-10-09',
  hours: 2,
  source: '签到表',
  personIds: [teachers[0]!],
});

test('hours: the same key gives the same answer and enters nothing; with another body it is refused', async () => {
  const { database } = district;
  const send = (body: object) => post(centre, '/hours', body, 'the-meeting');
  const first = await send(meeting());
  expect(first).toMatchObject({ entries: [{ personId: teachers[0] }] });
  expect(await send(meeting())).toEqual(first);
  await expect(send({ ...meeting(), hours: 3 })).rejects.toMatchObject({
    problem: { status: 409, type: '/problems/idempotency-key-reused', rule: 'S2' },
  });
  expect(await database.hoursEntry.count()).toBe(1);

  const later = { ...meeting(), activity: '另一次', on: '2026-10-11' };
  const refused = refusal(422, 'hours-in-future');
  await expect(post(centre, '/hours', later, 'too-early')).rejects.toMatchObject(refused);
  await expect(post(centre, '/hours', later, 'too-early')).rejects.toMatchObject(refused);
  const [one, other] = await Promise.all(
    [1, 2].map(() => post(centre, '/hours', { ...meeting(), activity: '同时' }, 'at-once')),
  );
  expect(one).toEqual(other);
  expect(await database.hoursEntry.count()).toBe(2);
});

test('hours are entered by who arranges the activity', async () => {
  const hours = (kind: string, index: number) => ({
    ...meeting(),
    kind,
    activity: `${kind} ${index}`,
    on: '2026-10-08',
    personIds: [teachers[index]!],
  });
  await post(clerk, '/hours', hours('spread', 0));
  await post(clerk, '/hours', hours('lecture', 2));
  await post(centre, '/hours', hours('lecture', 4));
  await post(centre, '/hours', hours('higher_level', 1));
  await expect(post(centre, '/hours', hours('spread', 6))).rejects.toMatchObject(
    refusal(403, 'hours-of-school', 'S9'),
  );
  await expect(post(clerk, '/hours', hours('central', 6))).rejects.toMatchObject(
    refusal(403, 'hours-of-others', 'S9'),
  );
  await expect(post(clerk, '/hours', hours('spread', 1))).rejects.toMatchObject(
    refusal(403, 'hours-of-others', 'S9'),
  );
});

test('events of the term, for each rank that is in training', async () => {
  const { term, events } = await office.get<{ term: string; events: Record<string, unknown>[] }>(
    '/reports/term-events?on=2026-10-10',
  );
  expect(term).toBe('2026-2027-1');
  expect(events.map(({ event, rank, owed, held, met }) => [event, rank, owed, held, met])).toEqual([
    // Two meetings were entered above; the trainee of the ladder was at none.
    ['exchange_meeting', 'accomplished', 1, 2, true],
    ['exchange_meeting', 'district_backbone', 1, 0, false],
    ['forum', null, 1, 0, false],
  ]);
});

test('C11: what schools file of their own: by the school, of its own teachers, and what is owed', async () => {
  const filing = { scheme, schoolId: school(0), part: 'list', title: '校级骨干教师名单' };
  const own = { ...filing, personIds: [teachers[0], teachers[2]] };
  for (const personIds of [[], [teachers[1]]])
    await expect(post(clerk, '/school-filings', { ...filing, personIds })).rejects.toMatchObject(
      refusal(422, 'school-filing-people'),
    );
  await expect(post(clerk, '/school-filings', { ...own, part: 'plan' })).rejects.toMatchObject(
    refusal(422, 'school-filing-people'),
  );
  await expect(post(clerk, '/school-filings', { ...own, schoolId: school(1) })).rejects.toMatchObject(
    refusal(403, 'not-allowed'),
  );
  await expect(post(office, '/school-filings', own)).rejects.toMatchObject(refusal(403, 'role-required'));

  const filed = await post(clerk, '/school-filings', own, 'list');
  expect(filed).toMatchObject({ schoolYear: '2026-2027', filedOn: '2026-10-10' });
  expect(await post(clerk, '/school-filings', own, 'list')).toEqual(filed);
  expect(await district.database.schoolFiling.count()).toBe(1);

  const { rows } = await office.get<{ rows: object[] }>('/reports/school-filings');
  const missing = { filedOn: null, title: null, persons: 0, late: true };
  expect(rows).toMatchObject([
    {
      school: '第0小学',
      rank: 'school_backbone',
      dueOn: '2026-09-30',
      parts: [
        { part: 'plan', ...missing },
        { part: 'list', filedOn: '2026-10-10', title: '校级骨干教师名单', persons: 2, late: true },
      ],
    },
    { school: '第1小学', parts: [missing, missing] },
  ]);
});

function post(by: TestSession, path: string, body: object, key?: string): Promise<object> {
  return by.post(path, body, key);
}

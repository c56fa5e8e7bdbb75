import { randomUUID } from 'node:crypto';
import type { Role } from '../../domain/cases.js';
import { dateOf, endOfDay } from '../../domain/dates.js';
import type { DecisionAnswer } from '../../samples/api-client.js';
import { advanceClock } from '../../temporal/advance-clock.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import {
  eventually,
  prepareCases,
  prepareDistrict,
  prepareScheme,
  prepareTeachers,
  prepareTrainee,
  type PreparedDistrict,
} from '../support/prepared.js';
import { mainScheme, withValues } from '../support/scheme-parts.js';
import { signInAs, signInWithRole, type TestSession } from '../support/sessions.js';

// Rules W2, T11, T13, T17: what falls due between the dates of a training or a title, in a pause or in the time of a review.

const now = '2027-12-20T09:00:00+08:00';
const adopted = { by: 'sample', basis: '样例' };
const scheme = withValues(mainScheme(), {
  id: 'dates',
  'training.midAssessment': { everyTerms: 1, maxPoints: 100, passPoints: 60, adopted },
  duties: [
    {
      code: 'note',
      zh: '读书笔记',
      en: 'Reading note',
      of: 'trainee',
      ranks: ['accomplished'],
      per: 'month',
      amount: { exact: 1 },
      adopted,
    },
  ],
});

let instance: TestInstance;
let district: PreparedDistrict;
let office: TestSession;
let centre: TestSession;
let group: TestSession;

beforeAll(async () => {
  instance = await startInstance('training_dates', now);
  district = await prepareScheme(await prepareDistrict(instance, 2), scheme);
  office = await signInAs(instance, district, district.officeId);
  [centre, group] = [await acting('training_centre'), await acting('leading_group')];
}, 180_000);

afterAll(() => instance?.stop());

async function acting(role: Role): Promise<TestSession> {
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  return signInWithRole(instance, district, personId, { role });
}

async function trainee(mentorDue: string): Promise<{ id: string; session: TestSession }> {
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  const id = await prepareTrainee(district, { personId, mentorDue, looksOn: '2027-12-31' });
  await caseWaker(instance.client, district.database)(id, new Date(now).toISOString());
  return { id, session: await signInAs(instance, district, personId) };
}

const to = (day: string) =>
  advanceClock(instance, { to: new Date(`${day}T09:00:00+08:00`).toISOString(), limitMs: 120_000 });
const decide = (by: TestSession, id: string, path: string, body: object) =>
  by.post<DecisionAnswer>(`/trainings/${id}/${path}`, body);
const stepOf = async (id: string) => (await district.database.case.findUniqueOrThrow({ where: { id } })).step;
const openTasks = (id: string, action: string) =>
  district.database.task.findMany({ where: { caseId: id, doneAt: null, actions: { has: action } } });

/** The days on which the office was told that a task of the case was overdue. */
async function remindedOn(id: string): Promise<string[]> {
  const told = await district.database.notification.findMany({
    where: { caseId: id, text: 'TASK_OVERDUE', personId: district.officeId },
    orderBy: { createdAt: 'asc' },
  });
  return told.map(({ createdAt }) => dateOf(createdAt.toISOString()));
}

/** The days of a month's task that the trainee was told to be late with. */
async function lateOn(id: string): Promise<string[]> {
  const { personId } = await district.database.trainee.findUniqueOrThrow({ where: { id } });
  const told = await district.database.notification.findMany({
    where: { caseId: id, text: 'TASKS_LATE', personId },
    orderBy: { createdAt: 'asc' },
  });
  return told.map(({ values }) => (values as { dueOn: string }).dueOn);
}

test('W2: a task that falls due between the dates of a training or a title is called for on the day after', async () => {
  const { database, ownerId, policyId, schoolIds } = district;
  const li = await trainee('2028-01-12');
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  const holder = await signInAs(instance, district, personId);
  const titleId = randomUUID();
  const until = '2028-04-27';
  await database.title.create({
    data: {
      id: titleId,
      ownerId,
      personId,
      rank: 'accomplished',
      decidedBy: 'district',
      origin: 'appointment',
      policyId,
      from: '2023-04-27',
      until,
    },
  });
  const dueAt = new Date(endOfDay('2028-01-27'));
  await prepareCases(district, [
    {
      id: titleId,
      kind: 'titleTenure',
      organisationId: schoolIds[0]!,
      rank: 'accomplished',
      step: 'holding',
      waitingFor: 'office',
      dueAt,
      wakeAt: dueAt,
    },
  ]);
  await caseWaker(instance.client, database)(titleId, new Date(now).toISOString());
  await holder.post(`/titles/${titleId}/re-evaluation`, { statement: '任期内完成全部任务' });
  const [asked] = await openTasks(titleId, 'decideReEvaluation');
  // Twenty working days from 20 December, with the New Year between.
  expect(asked!.dueAt.toISOString()).toBe(endOfDay('2028-01-17'));

  await to('2028-01-12');
  expect(await remindedOn(li.id)).toEqual([]);
  await to('2028-01-13');
  expect(await remindedOn(li.id)).toEqual(['2028-01-13']);
  await to('2028-01-17');
  expect(await remindedOn(titleId)).toEqual([]);
  await to('2028-01-18');
  expect(await remindedOn(titleId)).toEqual(['2028-01-18']);
  // The title is still looked at on its own days, and nobody is reminded twice.
  await to('2028-02-01');
  expect(await remindedOn(titleId)).toEqual(['2028-01-18']);
  const ends = { caseId: titleId, text: 'CERTIFICATE_ENDS', personId };
  expect(await database.notification.count({ where: ends })).toBe(1);
});

describe('a mid-term assessment', () => {
  let zhao: Awaited<ReturnType<typeof trainee>>;
  let qian: typeof zhao;
  let sun: typeof zhao;

  test('W2: one that is not given in time is called for on the day after', async () => {
    await to('2028-02-01');
    [zhao, qian, sun] = [
      await trainee('2028-02-10'),
      await trainee('2028-02-10'),
      await trainee('2028-02-10'),
    ];
    const [asked] = await eventually(
      () => openTasks(zhao.id, 'assessMid'),
      (found) => found.length > 0,
    );
    const due = dateOf(asked!.dueAt.toISOString());
    expect(due > '2028-02-12').toBe(true);
    await to(due);
    expect(await remindedOn(zhao.id)).toEqual(['2028-02-11', due]);
  });

  test('T13, T11: a pause does not lose it', async () => {
    expect((await decide(office, zhao.id, 'pause', { from: '2028-02-20', document: '病假证明' })).step).toBe(
      'paused',
    );
    expect(await openTasks(zhao.id, 'assessMid')).toEqual([]);
    expect((await decide(office, zhao.id, 'resumption', { on: '2028-02-22' })).step).toBe('training');
    const again = await openTasks(zhao.id, 'assessMid');
    expect(new Set(again.map(({ role }) => role))).toEqual(new Set(['training_centre', 'researcher']));
    expect((await decide(centre, zhao.id, 'mid-assessment', { points: 80 })).step).toBe('training');
    expect(await openTasks(zhao.id, 'assessMid')).toEqual([]);
  });

  test('T17, A4: what becomes late while a review may be asked for, or is decided, is told on its day, once', async () => {
    await to('2028-03-28');
    for (const { id } of [qian, sun])
      expect((await decide(centre, id, 'mid-assessment', { points: 30 })).step).toBe('appealing');
    await decide(sun.session, sun.id, 'review-request', { grounds: '材料漏登' });
    const before = [await lateOn(qian.id), await lateOn(sun.id)];
    await to('2028-04-01');
    expect([await stepOf(qian.id), await stepOf(sun.id)]).toEqual(['appealing', 'reviewing']);
    expect([await lateOn(qian.id), await lateOn(sun.id)]).toEqual(
      before.map((days) => [...days, '2028-03-31']),
    );
    expect((await decide(group, sun.id, 'review', { stands: false, reason: '核实' })).step).toBe('training');
    // The time for a review is over as it was said: five working days, with a weekend and two days of 清明 between.
    await to('2028-04-05');
    expect(await stepOf(qian.id)).toBe('appealing');
    await to('2028-04-30');
    expect(await district.database.trainee.findUnique({ where: { id: qian.id } })).toMatchObject({
      standing: 'eliminated',
    });
    expect(await lateOn(sun.id)).toEqual([...before[1]!, '2028-03-31']);
  });
});

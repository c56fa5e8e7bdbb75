import { randomUUID } from 'node:crypto';
import { rulesOf } from '../../activities/rules.js';
import { tenureCase } from '../../activities/title-tenure.js';
import { dateOf, endOfDay } from '../../domain/dates.js';
import type { CaseKind, CaseState } from '../../domain/cases.js';
import { stateOf } from '../../records/cases.js';
import { carryOut } from '../../records/decide.js';
import { readClock } from '../../records/instance.js';
import { advanceClock } from '../../temporal/advance-clock.js';
import { deliver } from '../../temporal/deliver.js';
import { inParallel } from '../../temporal/in-parallel.js';
import { caseWaker, startOptions } from '../../temporal/wake-case.js';
import { allRefusals } from '../../texts/catalogue.js';
import { workflowIdOf } from '../../workflows/ids.js';
import { state } from '../../workflows/messages.js';
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

const instances: TestInstance[] = [];

async function start(name: string, startsAt: string | null): Promise<TestInstance> {
  const instance = await startInstance(name, startsAt);
  instances.push(instance);
  return instance;
}

afterAll(async () => {
  for (const instance of instances) await instance.stop();
});

function advance(instance: TestInstance, to: string, limitMs = 120_000) {
  return advanceClock(instance, { to, limitMs });
}

/** The first moment of a day in Asia/Shanghai. */
function startOf(day: string): string {
  return endOfDay(day, '00:00');
}

async function wake(instance: TestInstance, caseIds: readonly string[]): Promise<void> {
  const { now } = await readClock(instance.database);
  await inParallel(caseIds, 16, (id) => caseWaker(instance.client, instance.database)(id, now));
}

/** The rows of a kind, once each agrees with what its workflow knows, the number of the last transaction included. */
async function rowsThatWorkflowsKnow({ database, client }: TestInstance, kind: CaseKind) {
  const compare = async () => {
    const rows = await database.case.findMany({ where: { kind }, orderBy: { id: 'asc' } });
    const known = await inParallel(rows, 16, ({ id }) =>
      client.workflow.getHandle(workflowIdOf(kind, id)).query(state),
    );
    return { rows, known };
  };
  // Where the machine is slow a case is told twice, and looks at its row once more.
  const { rows, known } = await eventually(compare, (both) =>
    both.rows.every(({ sequence }, index) => sequence === both.known[index]?.sequence),
  );
  expect(known).toEqual(rows.map(stateOf));
  return rows;
}

/** How many of the rows have a value. */
function numbers<Row>(rows: readonly Row[], of: (row: Row) => string | null): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[of(row) ?? '—'] = (counts[of(row) ?? '—'] ?? 0) + 1;
  return counts;
}

/** Numbers of notifications by text, or by instant of those with one text. */
async function told({ database }: TestInstance, text?: string): Promise<Record<string, number>> {
  const rows = await database.notification.findMany({ where: { text } });
  return numbers(rows, (row) => (text ? row.createdAt.toISOString() : row.text));
}

/** One run of a case's workflow: the dates whose transitions it carried out, and how it ended. */
interface Run {
  readonly dates: readonly string[];
  readonly end: 'completed' | 'continued as new';
}

/** The runs of a case's workflow, the first one first, as their histories tell of them. */
async function runsOf({ client }: TestInstance, kind: CaseKind, id: string): Promise<Run[]> {
  const runs: Run[] = [];
  let runId: string | undefined;
  do {
    const { events } = await client.workflow.getHandle(workflowIdOf(kind, id), runId).fetchHistory();
    const results = events!.flatMap(({ markerRecordedEventAttributes: marker }) =>
      (marker?.details?.['result']?.payloads ?? []).map(
        ({ data }) => JSON.parse(Buffer.from(data!).toString()) as { state?: CaseState },
      ),
    );
    const states = results.flatMap((result) => result.state ?? []);
    const isContinued = Boolean(events!.at(-1)!.workflowExecutionContinuedAsNewEventAttributes);
    runs.unshift({
      // News alone leaves the date as it is.
      dates: states.flatMap(({ wakeAt }, index) =>
        wakeAt !== null && index + 1 < states.length && states[index + 1]!.wakeAt !== wakeAt ? wakeAt : [],
      ),
      end: isContinued ? 'continued as new' : 'completed',
    });
    runId = events![0]!.workflowExecutionStartedEventAttributes!.continuedExecutionRunId || undefined;
  } while (runId !== undefined);
  return runs;
}

/** Types of all events of the newest run of a case's workflow. */
async function eventsOf({ client }: TestInstance, kind: CaseKind, id: string) {
  const { events } = await client.workflow.getHandle(workflowIdOf(kind, id)).fetchHistory();
  return events ?? [];
}

test('W5: 300 cases over three stages follow the clock, also those that start as it moves', async () => {
  const instance = await start('waves', startOf('2026-08-20'));
  const { database } = instance;
  const district = await prepareDistrict(instance, 20);
  const closesAt = endOfDay('2026-08-28');
  const roundId = await prepareRound(district, { step: 'applications', closesAt: new Date(closesAt) });
  // A round whose candidates have passed all stages: 200 are trained for one year, 100 for two.
  const teachers = await prepareTeachers(district, 300);
  const to = { stage: 'formal_candidate', standing: 'waiting' } as const;
  await prepareCandidates(district, roundId, teachers.slice(0, 200), { ...to, rank: 'accomplished' });
  await prepareCandidates(district, roundId, teachers.slice(200), { ...to, rank: 'district_backbone' });
  await wake(instance, [roundId]);
  const seconds: string[] = [];
  const timed = async (target: string) => {
    const before = Date.now();
    const advanced = await advance(instance, target);
    seconds.push(`${target}: ${((Date.now() - before) / 1000).toFixed(1)} s`);
    expect(advanced).toMatchObject({ settled: true, waitingFor: [] });
    return advanced;
  };

  // The round closes, and in the same instant 300 trainings begin.
  const first = await timed('next_due');
  expect(first).toMatchObject({ now: closesAt, moved: 1 });
  const begun = await rowsThatWorkflowsKnow(instance, 'training');
  expect(numbers(begun, ({ step }) => step)).toEqual({ training: 300 });
  expect(begun.every(({ since }) => since.toISOString() === closesAt)).toBe(true);
  const [round] = await rowsThatWorkflowsKnow(instance, 'selectionRound');
  expect(round).toMatchObject({ outcome: 'completed', closedAt: new Date(closesAt) });

  // Nobody has chosen a mentor.
  const second = await timed('next_due');
  expect(second).toMatchObject({ now: first.nextDue, moved: 1 });
  expect(await told(instance, 'TASK_OVERDUE')).toEqual({ [second.now]: 600 });
  await rowsThatWorkflowsKnow(instance, 'training');

  // The trainings of one year end; while they do, the office opens the reviews of 20 schools, whose dates lie before.
  const hasMoved = async () => (await readClock(database)).now === startOf('2027-09-01');
  const [third, reviews] = await Promise.all([
    timed('next_due'),
    eventually(hasMoved, Boolean).then(() => openReviews(instance, district)),
  ]);
  expect(third).toMatchObject({ now: startOf('2027-09-01'), moved: expect.any(Number) as number });
  expect(reviews).toHaveLength(20);

  // Until the last training is assessed too late: date after date.
  const last = await timed(startOf('2028-12-01'));
  expect(last).toMatchObject({ now: startOf('2028-12-01'), nextDue: null });
  const ended = await rowsThatWorkflowsKnow(instance, 'training');
  expect(numbers(ended, ({ step, since }) => `${step} ${since.toISOString()}`)).toEqual({
    [`assessing ${startOf('2027-09-01')}`]: 200,
    [`assessing ${startOf('2028-09-01')}`]: 100,
  });
  const reviewed = await rowsThatWorkflowsKnow(instance, 'annualReview');
  expect(numbers(reviewed, ({ step }) => step)).toEqual({ grading: 20 });
  expect(await database.case.count({ where: { closedAt: null, wakeAt: { not: null } } })).toBe(0);
  const unread = await database.caseMessage.count({ where: { consumedAt: null, kind: 'start' } });
  expect(unread).toBe(0);
  console.log(`300 cases over three stages: ${seconds.join(', ')}`);
}, 400_000);

/** One holder at each school; the office opens the reviews of the year before, all at once. */
async function openReviews(instance: TestInstance, district: PreparedDistrict): Promise<string[]> {
  const { database, ownerId, policyId, schoolIds } = district;
  const holders = await prepareTeachers(district, schoolIds.length);
  await database.title.createMany({
    data: holders.map((personId) => ({
      id: randomUUID(),
      ownerId,
      personId,
      rank: 'accomplished',
      decidedBy: 'district',
      origin: 'roster',
      from: '2024-09-01',
      until: '2029-08-31',
    })),
  });
  return inParallel(schoolIds, 8, async (schoolId) => {
    const body = { schoolId, reviewYear: '2025-2026', policyId };
    const submission = await officeSubmits(district, 'annualReview', randomUUID(), 'open', body);
    const answered = await deliver(instance.client, database, submission);
    expect(answered).toMatchObject({ status: 'done', result: { titles: 1 } });
    return submission.caseId;
  });
}

test('50 titles pass the school years, each in a run of its own, and lapse on their day', async () => {
  const instance = await start('tenures', startOf('2026-10-01'));
  const { database } = instance;
  const district = await prepareDistrict(instance, 5);
  const teachers = await prepareTeachers(district, 50);
  // Half of them end on the last day of a school year, so that the end and the new year fall together.
  const untilOf = (index: number) => (index < 25 ? '2029-10-14' : '2030-08-31');
  const titles = teachers.map((personId, index) => ({
    id: randomUUID(),
    ownerId: district.ownerId,
    personId,
    schoolId: district.schoolIds[index % 5]!,
    rank: 'accomplished',
    decidedBy: 'district',
    origin: 'appointment',
    policyId: district.policyId,
    from: '2024-10-15',
    until: untilOf(index),
    endedOn: null,
  }));
  await database.title.createMany({ data: titles });
  await prepareCases(
    district,
    titles.map((title) => tenureCase(district.policy, title, '2026-10-01')),
  );
  await wake(
    instance,
    titles.map(({ id }) => id),
  );

  const before = Date.now();
  const advanced = await advance(instance, startOf('2030-10-01'));
  const seconds = (Date.now() - before) / 1000;
  // Three school years, three reminders and the end of each half, and the date itself.
  expect(advanced).toMatchObject({ settled: true, moved: 12, nextDue: null });

  const rows = await rowsThatWorkflowsKnow(instance, 'titleTenure');
  expect(numbers(rows, ({ outcome, closedAt }) => `${outcome} ${closedAt?.toISOString()}`)).toEqual({
    [`lapsed ${startOf('2029-10-15')}`]: 25,
    [`lapsed ${startOf('2030-09-01')}`]: 25,
  });
  expect(await told(instance)).toEqual({ CERTIFICATE_ENDS: 150, TITLE_LAPSED: 50 });
  expect(await told(instance, 'CERTIFICATE_ENDS')).toEqual(
    Object.fromEntries(
      ['2029-04-17', '2029-07-16', '2029-09-14', '2030-03-04', '2030-06-02', '2030-08-01'].map((day) => [
        startOf(day),
        25,
      ]),
    ),
  );
  const histories = await inParallel(titles, 8, ({ id }) => runsOf(instance, 'titleTenure', id));
  const isNewSchoolYear = (date: string | null) => date !== null && dateOf(date).endsWith('-09-01');
  for (const runs of histories) {
    expect(runs.at(-1)!.end).toBe('completed');
    for (const { dates, end } of runs.slice(0, -1)) {
      expect(end).toBe('continued as new');
      expect(dates.map(isNewSchoolYear)).toEqual([...dates.slice(1).map(() => false), true]);
    }
    expect(runs.at(-1)!.dates.slice(0, -1).some(isNewSchoolYear)).toBe(false);
  }
  // A signal that meets the end of a run has its last task done again, from the row: it may begin behind the 1 September.
  const counts = numbers(histories, (runs) => `${runs.length} runs`);
  console.log(`50 titles through four years: ${seconds.toFixed(1)} s, ${JSON.stringify(counts)}`);
  expect(Object.keys(counts).every((count) => count > '1' && count < '5')).toBe(true);
}, 300_000);

test('a task that was lost after its transaction ends the school year when it is done again', async () => {
  const instance = await start('lost_task', startOf('2026-10-01'));
  const { database } = instance;
  const district = await prepareDistrict(instance, 1);
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  const title = {
    id: randomUUID(),
    ownerId: district.ownerId,
    personId,
    schoolId: district.schoolIds[0]!,
    rank: 'accomplished',
    decidedBy: 'district',
    origin: 'appointment',
    policyId: district.policyId,
    from: '2024-10-15',
    until: '2029-10-14',
    endedOn: null,
  };
  await database.title.create({ data: title });
  await prepareCases(district, [tenureCase(district.policy, title, '2026-10-01')]);
  await wake(instance, [title.id]);
  const [row] = await rowsThatWorkflowsKnow(instance, 'titleTenure');
  const newYear = startOf('2027-09-01');
  expect(row!.wakeAt!.toISOString()).toBe(newYear);

  // What a worker had done that could not tell Temporal of it: the transaction stands, the history knows nothing.
  const lost = { id: title.id, transition: 'passSchoolYear', sequence: row!.sequence, at: newYear };
  const { state: next } = await carryOut(database, rulesOf, lost);
  expect(next.wakeAt).toBe(startOf('2028-09-01'));
  await wake(instance, [title.id]);

  const runs = await eventually(
    () => runsOf(instance, 'titleTenure', title.id),
    ({ length }) => length === 2,
  );
  expect(runs[0]).toEqual({ dates: [newYear], end: 'continued as new' });
  await rowsThatWorkflowsKnow(instance, 'titleTenure');
});

test('a rehearsal goes only forward, and one advance at a time', async () => {
  const instance = await start('refusals', startOf('2026-10-01'));
  const { database } = instance;
  const district = await prepareDistrict(instance, 1);
  const review = await prepareOverdueLater(district, new Date(startOf('2026-10-08')));
  await wake(instance, [review]);

  await expect(advance(instance, startOf('2026-09-30'))).rejects.toMatchObject({
    code: 'CLOCK_BACKWARDS',
    values: { now: startOf('2026-10-01'), to: startOf('2026-09-30') },
  });

  // A row lock keeps the case from following, so that the first advance is surely under way.
  const { running } = await database.$transaction(
    async (db) => {
      await db.$queryRaw`SELECT 1 FROM "case" WHERE id = ${review}::uuid FOR UPDATE`;
      const first = advance(instance, 'next_due');
      const moved = async () => (await readClock(database)).now === startOf('2026-10-08');
      expect(await eventually(moved, Boolean)).toBe(true);
      await expect(advance(instance, 'next_due')).rejects.toMatchObject({ code: 'CLOCK_BUSY' });
      await expect(advance(instance, startOf('2026-10-09'))).rejects.toMatchObject({ code: 'CLOCK_BUSY' });
      return { running: first };
    },
    { timeout: 60_000 },
  );
  expect(await running).toMatchObject({ now: startOf('2026-10-08'), settled: true, moved: 1 });
  expect(await told(instance)).toEqual({ TASK_OVERDUE: 1 });
  // What was in the way is gone.
  expect(await advance(instance, startOf('2026-10-09'))).toMatchObject({ settled: true, moved: 1 });
  expect([allRefusals.CLOCK_BACKWARDS!.status, allRefusals.CLOCK_BUSY!.status]).toEqual([422, 409]);
}, 120_000);

/** A school's filing that is due at an instant, in a round that goes on; returns the case's id. */
async function prepareOverdueLater(district: PreparedDistrict, dueAt: Date): Promise<string> {
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const id = randomUUID();
  const schoolId = district.schoolIds[0]!;
  const run = { roundId, stage: 'filing', unit: schoolId, organisationId: schoolId };
  await prepareCases(district, [
    { id, kind: 'schoolReview', ...run, step: 'filing', tasks: [task('head', schoolId, 'file', dueAt)] },
  ]);
  const candidates = await prepareCandidates(district, roundId, await prepareTeachers(district, 1), {
    stage: 'filing',
    standing: 'running',
  });
  await prepareRun(district, id, 'filing', candidates);
  return id;
}

describe('a real instance', () => {
  let instance: TestInstance;
  let district: PreparedDistrict;

  beforeAll(async () => {
    instance = await start('real', null);
    district = await prepareDistrict(instance, 1);
  }, 60_000);

  test('W5: refuses to move its clock', async () => {
    const { now } = await readClock(instance.database);
    for (const to of ['next_due', '2099-01-01T00:00:00.000Z', '2020-01-01T00:00:00.000Z'])
      await expect(advance(instance, to)).rejects.toMatchObject({ code: 'CLOCK_REAL', rule: 'W5' });
    expect(allRefusals.CLOCK_REAL!.status).toBe(409);
    const after = (await readClock(instance.database)).now;
    expect(Date.parse(after) - Date.parse(now)).toBeLessThan(60_000);
  });

  test('a notice ends by its own Temporal timer at its closing instant, not before', async () => {
    const { database, ownerId, schoolIds } = district;
    const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
    const id = randomUUID();
    const schoolId = schoolIds[0]!;
    const candidates = await prepareCandidates(district, roundId, await prepareTeachers(district, 1), {
      stage: 'school_notice',
      standing: 'running',
    });
    await prepareRun(district, id, 'school_notice', candidates);
    const publishedAt = new Date();
    const closesAt = new Date(publishedAt.getTime() + 2000);
    const today = dateOf(publishedAt.toISOString());
    await database.notice.create({
      data: {
        id,
        ownerId,
        roundId,
        level: 'school',
        organisationId: schoolId,
        publishedAt,
        firstDay: today,
        lastDay: today,
        closesAt,
        snapshot: {},
        snapshotHash: 'h',
      },
    });
    await prepareCases(district, [
      {
        id,
        kind: 'publicNotice',
        organisationId: schoolId,
        roundId,
        stage: 'school_notice',
        unit: schoolId,
        step: 'standing',
        waitingFor: 'head',
        dueAt: closesAt,
        wakeAt: closesAt,
      },
    ]);
    // Started without a signal, so that nothing but its timer can wake it.
    const prepared = await database.case.findUniqueOrThrow({ where: { id } });
    await instance.client.workflow.start('publicNotice', startOptions('publicNotice', id, prepared));
    const row = await eventually(
      () => database.case.findUniqueOrThrow({ where: { id } }),
      ({ closedAt }) => closedAt !== null,
    );
    expect(row).toMatchObject({ outcome: 'ended', sequence: 2 });
    expect(row.closedAt!.getTime()).toBeGreaterThanOrEqual(closesAt.getTime());
    const events = await eventsOf(instance, 'publicNotice', id);
    expect(events.filter(({ timerStartedEventAttributes: started }) => started)).toHaveLength(1);
    const fired = events.find(({ timerFiredEventAttributes: timer }) => timer)!;
    expect(Number(fired.eventTime!.seconds) * 1000 + fired.eventTime!.nanos! / 1e6).toBeGreaterThanOrEqual(
      closesAt.getTime() - 1,
    );
    expect(events.some(({ workflowExecutionSignaledEventAttributes: signal }) => signal)).toBe(false);
  }, 90_000);

  test('when a decision moves the date later, the old timer does nothing', async () => {
    const { database } = district;
    const dueAt = new Date(Date.now() + 10_000);
    const id = await prepareOverdueLater(district, dueAt);
    await wake(instance, [id]);
    const timers = async () =>
      (await eventsOf(instance, 'schoolReview', id)).flatMap((event) =>
        event.timerStartedEventAttributes
          ? 'started'
          : event.timerCanceledEventAttributes
            ? 'cancelled'
            : event.timerFiredEventAttributes
              ? 'fired'
              : [],
      );
    expect(await eventually(timers, (found) => found.length > 0)).toEqual(['started']);

    const { roundId } = await database.case.findUniqueOrThrow({ where: { id } });
    const body = { stage: 'filing', until: '2099-06-30', reason: '停电' };
    const submission = await officeSubmits(district, 'selectionRound', roundId!, 'extendStage', body);
    const answered = await deliver(instance.client, database, submission);
    expect(answered).toMatchObject({ status: 'done', result: { cases: 1 } });
    expect(Date.now()).toBeLessThan(dueAt.getTime());
    const until = new Date(endOfDay('2099-06-30'));
    const row = await eventually(
      () => database.case.findUniqueOrThrow({ where: { id } }),
      ({ wakeAt }) => wakeAt?.getTime() === until.getTime(),
    );
    expect(row).toMatchObject({ step: 'filing', dueAt: until, wakeAt: until });

    // The old date passes.
    await eventually(
      async () => Date.now(),
      (now) => now > dueAt.getTime() + 1000,
    );
    // A case that is told twice starts its timer once more; none may fire.
    const found = await timers();
    expect(found.slice(0, 3)).toEqual(['started', 'cancelled', 'started']);
    expect(found).not.toContain('fired');
    expect(found.at(-1)).toBe('started');
    const after = await database.case.findUniqueOrThrow({ where: { id } });
    expect({ ...after, sequence: 0 }).toEqual({ ...row, sequence: 0 });
    expect(await database.notification.count({ where: { caseId: id } })).toBe(0);
  }, 90_000);
});

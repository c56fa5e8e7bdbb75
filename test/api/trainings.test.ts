import { randomUUID } from 'node:crypto';
import { parse } from 'yaml';
import type { Role } from '../../domain/cases.js';
import { addDays, endOfDay } from '../../domain/dates.js';
import { unsupportedParts } from '../../domain/fields-read.js';
import type { DecisionAnswer } from '../../samples/api-client.js';
import { brokenInvariants } from '../../records/invariants.js';
import { advanceClock } from '../../temporal/advance-clock.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import {
  eventually,
  prepareCandidates,
  prepareCases,
  prepareDistrict,
  prepareRound,
  prepareScheme,
  prepareTeachers,
  prepareTrainee,
  type PreparedDistrict,
} from '../support/prepared.js';
import { refusal } from '../support/refusals.js';
import { mainScheme, withValues } from '../support/scheme-parts.js';
import { signInAs, signInWithRole, type TestSession } from '../support/sessions.js';

// A training from its first days to an elimination and a replacement, over HTTP and on the real workflows.

const now = '2027-09-10T09:00:00+08:00';
const adopted = { by: 'sample', basis: '样例' };
const scheme = withValues(mainScheme(), {
  id: 'tasks',
  'training.midAssessment': { everyTerms: 1, maxPoints: 100, passPoints: 60, adopted },
  'training.mentorship.apprentices': { min: 1, max: 1 },
  duties: [
    {
      code: 'lecture',
      zh: '讲座稿',
      en: 'Lecture',
      of: 'both',
      ranks: ['accomplished'],
      per: 'term',
      amount: { exact: 1 },
      output: ['稿件'],
      minCharacters: 10,
      adopted,
    },
    {
      code: 'paper',
      zh: '论文',
      en: 'Paper',
      of: 'trainee',
      per: 'school_year',
      amount: { min: 1 },
      level: 'city',
      how: ['published'],
      adopted,
    },
  ],
});

let instance: TestInstance;
let district: PreparedDistrict;
let office: TestSession;
let centre: TestSession;
let other: TestSession;
let group: TestSession;
let groupId: string;

beforeAll(async () => {
  instance = await startInstance('trainings', now);
  district = await prepareScheme(await prepareDistrict(instance, 2), scheme);
  office = await signInAs(instance, district, district.officeId);
  centre = (await acting('training_centre')).session;
  other = (await acting('training_centre')).session;
  ({ session: group, personId: groupId } = await acting('leading_group'));
}, 180_000);

afterAll(() => instance?.stop());

async function acting(role: Role, subject?: string): Promise<{ session: TestSession; personId: string }> {
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  return { session: await signInWithRole(instance, district, personId, { role, subject }), personId };
}

interface Prepared {
  readonly id: string;
  readonly personId: string;
  readonly session: TestSession;
}

/** A trainee of accomplished from 1 September 2027, in the step of the training. */
async function trainee(
  more: { applicationId?: string; personId?: string; policyId?: string } = {},
): Promise<Prepared> {
  const personId = more.personId ?? (await prepareTeachers(district, 1))[0]!;
  const id = await prepareTrainee(district, { ...more, personId, mentorDue: '2027-10-08' });
  await caseWaker(instance.client, district.database)(id, new Date(now).toISOString());
  return { id, personId, session: await signInAs(instance, district, personId) };
}

/** Somebody with a title of a higher rank. */
async function mentor(): Promise<Omit<Prepared, 'id'>> {
  const { database, ownerId } = district;
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  await database.title.create({
    data: {
      id: randomUUID(),
      ownerId,
      personId,
      rank: 'district_backbone',
      decidedBy: 'district',
      origin: 'roster',
      from: '2026-01-01',
      until: '2030-12-31',
    },
  });
  return { personId, session: await signInAs(instance, district, personId) };
}

const to = (day: string, hour = '09:00') =>
  advanceClock(instance, { to: new Date(`${day}T${hour}:00+08:00`).toISOString(), limitMs: 120_000 });
const decide = (by: TestSession, id: string, path: string, body: object) =>
  by.post<DecisionAnswer>(`/trainings/${id}/${path}`, body);
const recordedFor = { document: '区师培纪要〔2028〕2号', decidedOn: '2027-09-10' };

interface Plan {
  items: {
    code: string;
    period: string;
    state: string;
    afterwards: boolean;
    dueOn: string;
    clause: string;
  }[];
  works: { id: string; refusal: string | null }[];
}
const planOf = (by: TestSession, id: string, query = '') => by.get<Plan>(`/trainings/${id}/plan${query}`);
const stateOf = async (by: TestSession, id: string, code: string, period: string, query = '') =>
  (await planOf(by, id, query)).items.find((item) => item.code === code && item.period === period)?.state;

const lecture = (more: object = {}) => ({
  duty: 'lecture',
  period: '2027-2028-1',
  title: '单元整体教学',
  text: '单元整体教学的设计与实施',
  outputs: [{ name: '稿件', fileHash: 'a'.repeat(64) }],
  ...more,
});

let li: Prepared;
let wang: Prepared;
let holderId: string;

test('T8: one apprentice a mentor; another mentor only with a reason, and the first stays in the file', async () => {
  [li, wang] = [await trainee(), await trainee()];
  const [first, second] = [await mentor(), await mentor()];
  const choose = (who: Prepared, mentorId: string, more: object = {}) =>
    decide(who.session, who.id, 'mentor', { mentorId, ...more });
  await choose(li, first.personId);
  await expect(choose(wang, first.personId)).rejects.toMatchObject(refusal(422, 'mentor-full', 'T8'));
  await expect(choose(li, first.personId)).rejects.toMatchObject(refusal(409, 'mentor-already', 'T8'));
  await expect(choose(li, second.personId)).rejects.toMatchObject(refusal(422, 'mentor-change-reason', 'T8'));
  await choose(li, second.personId, { reason: '原导师支教' });
  await choose(wang, first.personId);

  // Meetings: by either side or the centre, seen by both sides.
  const meeting = { on: '2027-09-09', text: '共同备课' };
  await decide(second.session, li.id, 'guidance', meeting);
  await decide(li.session, li.id, 'guidance', { ...meeting, on: '2027-09-10' });
  await expect(decide(first.session, li.id, 'guidance', meeting)).rejects.toMatchObject(
    refusal(403, 'not-allowed'),
  );
  await expect(decide(li.session, li.id, 'guidance', { ...meeting, on: '2027-09-11' })).rejects.toMatchObject(
    refusal(422, 'day-to-come'),
  );
  await expect(decide(li.session, li.id, 'guidance', { ...meeting, on: '2027-08-31' })).rejects.toMatchObject(
    refusal(422, 'guidance-before'),
  );
  for (const by of [li.session, second.session, centre])
    expect(await by.get(`/trainings/${li.id}`)).toMatchObject({
      mentor: { id: second.personId },
      mentors: [
        { person: { id: first.personId }, from: '2027-09-10', until: '2027-09-10', reason: '原导师支教' },
        { person: { id: second.personId }, until: null },
      ],
      guidance: [{ on: '2027-09-09', guide: { id: second.personId } }, { on: '2027-09-10' }],
    });
  await expect(wang.session.get(`/trainings/${li.id}`)).rejects.toMatchObject(refusal(404, 'not-found'));
});

test('T9, T15: a task is handed in with what the scheme asks for, and confirmed by somebody else', async () => {
  const hand = (who: Prepared, body: object) => decide(who.session, who.id, 'works', body);
  await expect(hand(li, lecture({ text: '太短了' }))).rejects.toMatchObject(
    refusal(422, 'work-text-short', 'T15'),
  );
  await expect(hand(li, lecture({ outputs: [] }))).rejects.toMatchObject(
    refusal(422, 'work-output-missing', 'T15'),
  );
  await expect(hand(li, lecture({ period: '2027-2028-2' }))).rejects.toMatchObject(
    refusal(422, 'duty-too-early', 'T15'),
  );
  await expect(hand(wang, { ...lecture(), duty: 'paper', period: '2027-2028' })).rejects.toMatchObject(
    refusal(422, 'work-evidence-missing', 'T15'),
  );
  const handed = await hand(li, lecture());
  expect(handed.result).toMatchObject({ isLate: false });
  const { workId } = handed.result as { workId: string };
  expect(await stateOf(li.session, li.id, 'lecture', '2027-2028-1')).toBe('waiting');
  const check = (by: TestSession, body: object) => decide(by, li.id, 'checked-works', { workId, ...body });
  await expect(check(li.session, { confirmed: true })).rejects.toMatchObject(refusal(403, 'role-required'));
  const ofMusic = await acting('researcher', 'music');
  await expect(check(ofMusic.session, { confirmed: true })).rejects.toMatchObject(
    refusal(403, 'not-researcher', 'T9'),
  );
  await expect(check(centre, { confirmed: false })).rejects.toMatchObject(
    refusal(422, 'work-reason-missing', 'T15'),
  );
  await check(centre, { confirmed: false, reason: '缺少反思' });
  expect(await stateOf(li.session, li.id, 'lecture', '2027-2028-1')).toBe('due');
  await expect(check(centre, { confirmed: true })).rejects.toMatchObject(
    refusal(409, 'work-not-pending', 'T15'),
  );
  const again = (await hand(li, lecture({ text: '单元整体教学的设计、实施与反思' }))).result as {
    workId: string;
  };
  // The researcher of the subject, and whoever is the trainee's own.
  const ofMathematics = await acting('researcher', 'mathematics');
  await check(ofMathematics.session, { workId: again.workId, confirmed: false, reason: '请补充板书' });
  const third = (await hand(li, lecture({ text: '单元整体教学的设计、实施、板书与反思' }))).result as {
    workId: string;
  };
  await district.database.trainee.update({
    where: { id: li.id },
    data: { researcherId: ofMusic.personId },
  });
  await check(ofMusic.session, { workId: third.workId, confirmed: true });
  const { items, works } = await planOf(li.session, li.id);
  expect(items.find(({ code, period }) => code === 'lecture' && period === '2027-2028-1')).toMatchObject({
    state: 'done',
    dueOn: '2028-01-31',
  });
  expect(new Set(works.map(({ refusal }) => refusal))).toEqual(new Set(['缺少反思', '请补充板书', null]));
  // The plan is told as of any day, and as a sheet.
  expect(await stateOf(centre, li.id, 'lecture', '2027-2028-1', '?on=2027-09-09')).toBe('due');
  expect((await li.session.fetch(`/trainings/${li.id}/plan?format=xlsx`)).status).toBe(200);
});

test('T15, A10: a paper of the level, once', async () => {
  const { database, ownerId } = district;
  const evidence = async (changes: object) => {
    const data = {
      kind: 'paper',
      level: 'city',
      title: '论文',
      date: '2027-09-02',
      dissemination: 'published',
      ...changes,
    };
    return (await database.evidence.create({ data: { ownerId, personId: li.personId, ...data } })).id;
  };
  const hand = (evidenceId: string) =>
    decide(li.session, li.id, 'works', { duty: 'paper', period: '2027-2028', title: '论文', evidenceId });
  await expect(hand(await evidence({ level: 'district' }))).rejects.toMatchObject(
    refusal(422, 'work-evidence-unfit', 'T15'),
  );
  const good = await evidence({});
  await hand(good);
  await expect(hand(good)).rejects.toMatchObject(refusal(409, 'work-evidence-used', 'T15'));
  // A correction of it is no other paper.
  await database.evidence.update({ where: { id: good }, data: { superseded: true } });
  const corrected = await evidence({ version: 2, replacesId: good, title: '论文（更正）' });
  await expect(hand(corrected)).rejects.toMatchObject(refusal(409, 'work-evidence-used', 'T15'));
});

test('T11, T17: at the end of the term who is late hears of it once, and the mid-term assessment opens', async () => {
  const { database } = district;
  const assess = (who: Prepared, points: number) => decide(centre, who.id, 'mid-assessment', { points });
  await expect(assess(li, 80)).rejects.toMatchObject(refusal(422, 'mid-assessment-not-due', 'T11'));
  await to('2028-02-01');
  const told = () => database.notification.findMany({ where: { text: 'TASKS_LATE' } });
  const late = await eventually(told, (found) => found.length >= 3);
  // Two of the centre and the trainee; who has done it is not named.
  expect(late.map(({ caseId }) => caseId)).toEqual([wang.id, wang.id, wang.id]);
  expect(late[0]!.values).toMatchObject({ dueOn: '2028-01-31', tasks: ['讲座稿'] });
  expect(await stateOf(wang.session, wang.id, 'lecture', '2027-2028-1')).toBe('late');
  const tasks = await eventually(
    () => database.task.findMany({ where: { actions: { has: 'assessMid' }, doneAt: null } }),
    (found) => found.length === 4,
  );
  expect(new Set(tasks.map(({ role }) => role))).toEqual(new Set(['training_centre', 'researcher']));

  expect((await assess(li, 60)).step).toBe('training');
  await expect(assess(li, 60)).rejects.toMatchObject(refusal(409, 'mid-assessment-twice', 'T11'));
  await expect(assess(wang, 101)).rejects.toMatchObject(refusal(422, 'points-out-of-range', 'T10'));
});

test('A4: below the line nothing happens before the time for a review; somebody else decides it', async () => {
  const { database, ownerId } = district;
  const answer = await decide(centre, wang.id, 'mid-assessment', { points: 59 });
  expect(answer).toMatchObject({ step: 'appealing', outcome: null });
  const view = () => wang.session.get<Record<string, unknown>>(`/trainings/${wang.id}`);
  expect(await view()).toMatchObject({
    standing: 'training',
    appeal: { assessment: 'mid', reason: { code: 'MID_ASSESSMENT_NOT_PASSED' } },
  });
  const ask = (by: TestSession) => decide(by, wang.id, 'review-request', { grounds: '病假期间评分' });
  await expect(ask(li.session)).rejects.toMatchObject(refusal(403, 'not-allowed'));
  expect((await ask(wang.session)).step).toBe('reviewing');
  const review = { stands: false, reason: '材料补齐', recordedFor };
  // Who assessed may not decide, in whatever role.
  const assessor = (await database.trainee.findUniqueOrThrow({ where: { id: wang.id } })).appeal as {
    assessedById: string;
  };
  await database.membership.create({
    data: {
      ownerId,
      personId: assessor.assessedById,
      organisationId: ownerId,
      role: 'office',
      from: '2020-01-01',
    },
  });
  await expect(decide(centre, wang.id, 'review', review)).rejects.toMatchObject(
    refusal(403, 'review-by-assessor', 'T11'),
  );
  await database.membership.deleteMany({ where: { personId: assessor.assessedById, role: 'office' } });
  expect((await decide(office, wang.id, 'review', review)).step).toBe('training');
  expect(await view()).toMatchObject({
    standing: 'training',
    appeal: { stands: false, decision: '材料补齐' },
  });
  expect(await database.task.count({ where: { caseId: wang.id, doneAt: null } })).toBeGreaterThan(0);
});

describe('T12: the place', () => {
  let out: Prepared;
  let roundId: string;
  let reserves: { id: string; personId: string }[];

  beforeAll(async () => {
    const { database, ownerId } = district;
    roundId = await prepareRound(district, { step: 'selection', closesAt: null });
    const people = await prepareTeachers(district, 4);
    const ids = await prepareCandidates(district, roundId, people, {
      stage: 'differential_vote',
      standing: 'waiting',
    });
    const rows = await database.application.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } });
    const [chosen, ...others] = rows;
    await database.application.update({
      where: { id: chosen!.id },
      data: { standing: 'chosen', stage: 'formal_candidate' },
    });
    reserves = others.map(({ id, personId }) => ({ id, personId }));
    for (const [index, { id }] of reserves.entries())
      await database.application.update({
        where: { id },
        data: { standing: 'reserve', reservePlace: index + 1 },
      });
    const voteId = randomUUID();
    const closed = {
      closedAt: new Date(now),
      outcome: 'completed',
      waitingFor: null,
      dueAt: null,
      wakeAt: null,
    };
    await prepareCases(district, [
      {
        id: voteId,
        kind: 'differentialVote',
        organisationId: ownerId,
        roundId,
        step: 'confirming',
        unit: 'accomplished/science',
      },
      ...rows.map(({ id }) => ({
        id,
        kind: 'application' as const,
        organisationId: ownerId,
        roundId,
        step: 'underway',
      })),
    ]);
    await database.case.updateMany({ where: { id: { in: [voteId, roundId, ...ids] } }, data: closed });
    await database.seatQuota.create({
      data: { roundId, ownerId, unit: 'accomplished/science', rank: 'accomplished', seats: 1, proposed: 1 },
    });
    await database.stageEntry.createMany({
      data: rows.map(({ id }) => ({
        ownerId,
        caseId: voteId,
        stage: 'differential_vote',
        applicationId: id,
        startedAt: new Date(now),
        endedAt: new Date(now),
        outcome: id === chosen!.id ? 'on' : 'reserve',
      })),
    });
    out = await trainee({ applicationId: chosen!.id, personId: chosen!.personId });
    // The first in reserve is under a sanction that bars; the rank's condition is asked again today.
    await database.sanction.create({
      data: {
        ownerId,
        personId: reserves[0]!.personId,
        kind: 'demerit',
        from: '2028-01-05',
        until: '2029-01-04',
      },
    });
  }, 120_000);

  test('elimination is final after five working days without a request; then the place is decided on', async () => {
    const { database } = district;
    await database.case.update({ where: { id: out.id }, data: { wakeAt: new Date(endOfDay('2028-01-31')) } });
    await caseWaker(instance.client, database)(out.id, new Date().toISOString());
    await eventually(
      () => database.task.count({ where: { caseId: out.id, actions: { has: 'assessMid' } } }),
      (count) => count > 0,
    );
    const answer = await decide(centre, out.id, 'mid-assessment', { points: 30 });
    expect(answer.step).toBe('appealing');
    const until = answer.dueAt!;
    await advanceClock(instance, { to: new Date(Date.parse(until) - 60_000).toISOString(), limitMs: 60_000 });
    expect(await database.trainee.findUnique({ where: { id: out.id } })).toMatchObject({
      standing: 'training',
    });
    await advanceClock(instance, { to: until, limitMs: 60_000 });
    const row = await eventually(
      () => database.case.findUniqueOrThrow({ where: { id: out.id } }),
      ({ step }) => step === 'replacing',
    );
    expect(row).toMatchObject({ step: 'replacing', closedAt: null });
    expect(await database.trainee.findUnique({ where: { id: out.id } })).toMatchObject({
      standing: 'eliminated',
      reason: { code: 'MID_ASSESSMENT_NOT_PASSED' },
    });
    await expect(decide(out.session, out.id, 'review-request', { grounds: '迟了' })).rejects.toMatchObject(
      refusal(409, 'wrong-step'),
    );
  });

  test('the first of the reserve list who is eligible today is called, and goes through a notice of his own', async () => {
    const { database } = district;
    const place = (body: object) => decide(office, out.id, 'place', { ...body, recordedFor });
    for (const from of ['supplement', 'vacant'])
      await expect(place({ from, reason: '不补' })).rejects.toMatchObject(
        refusal(422, 'place-reserve-first', 'T12'),
      );
    const answer = await place({ from: 'reserve_list' });
    expect(answer).toMatchObject({
      outcome: 'eliminated',
      result: {
        applicationId: reserves[1]!.id,
        passedOver: [{ applicationId: reserves[0]!.id, why: [expect.stringContaining('SANCTION')] }],
      },
    });
    const called = await eventually(
      () => database.application.findUniqueOrThrow({ where: { id: reserves[1]!.id } }),
      ({ standing }) => standing === 'running',
    );
    expect(called).toMatchObject({ entry: 'replacement', standing: 'running', stage: 'district_notice' });
    expect(await database.case.count({ where: { roundId, kind: 'publicNotice' } })).toBe(1);
    expect(await database.case.findUnique({ where: { id: roundId } })).toMatchObject({
      closedAt: null,
      step: 'selection',
    });
    // Nobody else is called, and the seats are not overshot.
    expect(await database.application.count({ where: { roundId, standing: 'reserve' } })).toBe(2);
    const broken = await brokenInvariants(database, '2028-02-10');
    expect(broken.filter(({ invariant }) => /ELECTED|CHOSEN/.test(invariant))).toEqual([]);
  });

  test('a replacement who falls out before the training leaves the place to be decided on again', async () => {
    const { database } = district;
    const called = await signInAs(instance, district, reserves[1]!.personId);
    const before = await database.trainee.findUniqueOrThrow({ where: { id: out.id } });
    await called.post(`/applications/${reserves[1]!.id}/withdrawal`, {});
    const row = await eventually(
      () => database.case.findUniqueOrThrow({ where: { id: out.id } }),
      ({ closedAt }) => closedAt === null,
    );
    expect(row).toMatchObject({ step: 'replacing', waitingFor: 'leading_group', closedAt: null });
    const { freedOn } = before.place as { freedOn: string };
    expect(await database.trainee.findUnique({ where: { id: out.id } })).toMatchObject({
      standing: 'eliminated',
      place: { outcome: 'eliminated', freedOn },
    });
    const answer = await decide(office, out.id, 'place', { from: 'reserve_list', recordedFor });
    expect(answer).toMatchObject({
      outcome: 'eliminated',
      result: { applicationId: reserves[2]!.id, passedOver: [{ applicationId: reserves[0]!.id }] },
    });
  });

  test('without anybody in reserve it goes to a supplementary selection, or stays vacant with a reason', async () => {
    const { database } = district;
    await database.application.updateMany({
      where: { roundId, standing: 'reserve' },
      data: { standing: 'out' },
    });
    const chosen = await database.application.findFirstOrThrow({ where: { roundId, standing: 'chosen' } });
    const left = await trainee({ applicationId: chosen.id });
    const gone = await decide(office, left.id, 'departure', { reason: 'transferred_out' });
    expect(gone).toMatchObject({ step: 'replacing', outcome: null });
    expect(await database.trainee.findUnique({ where: { id: left.id } })).toMatchObject({ standing: 'left' });
    const place = (body: object) => decide(office, left.id, 'place', { ...body, recordedFor });
    await expect(place({ from: 'reserve_list' })).rejects.toMatchObject(
      refusal(422, 'place-no-reserve', 'T12'),
    );
    await expect(place({ from: 'vacant' })).rejects.toMatchObject(refusal(422, 'place-reason', 'T12'));
    await expect(decide(centre, left.id, 'place', { from: 'supplement' })).rejects.toMatchObject(
      refusal(403, 'role-required'),
    );
    expect(await decide(group, left.id, 'place', { from: 'supplement' })).toMatchObject({
      outcome: 'transferred_out',
    });
    expect(
      await database.notification.count({
        where: { caseId: left.id, text: 'SUPPLEMENT_ASKED', personId: district.officeId },
      }),
    ).toBe(1);
    expect(groupId).not.toBe(district.officeId);
  });
});

describe('T13: leaving and pausing', () => {
  test('a pause moves the end by its days, and the terms it touches are not owed', async () => {
    const zhao = await trainee();
    const { clock } = await instance.database.instance.findFirstOrThrow();
    const today = addDays(clock!.toISOString().slice(0, 10), 0);
    const pause = (from: string) => decide(office, zhao.id, 'pause', { from, document: '病假证明' });
    await expect(pause('2028-12-01')).rejects.toMatchObject(refusal(422, 'day-to-come', 'T13'));
    await expect(pause('2027-08-31')).rejects.toMatchObject(refusal(422, 'pause-period', 'T13'));
    expect((await pause('2027-12-01')).step).toBe('paused');
    const resume = (on: string) => decide(office, zhao.id, 'resumption', { on });
    await expect(resume('2027-12-01')).rejects.toMatchObject(refusal(422, 'pause-period', 'T13'));
    expect(today > '2028-01-31').toBe(true);
    // 31 days of December and 10 of January.
    const back = await resume('2028-01-11');
    expect(back).toMatchObject({ step: 'training', result: { endsOn: '2028-10-11' } });
    expect(await stateOf(office, zhao.id, 'lecture', '2027-2028-1')).toBeUndefined();
    expect(await stateOf(office, zhao.id, 'lecture', '2027-2028-2')).toBe('due');
    await expect(pause('2028-01-10')).rejects.toMatchObject(refusal(422, 'pause-period', 'T13'));
  });

  test('a sanction ends a training while it is on file; death tells nobody', async () => {
    const { database, ownerId } = district;
    const [one, two] = [await trainee(), await trainee()];
    const leave = (who: Prepared, body: object) => decide(office, who.id, 'departure', body);
    const bySanction = { reason: 'sanction', document: '区教〔2028〕5号' };
    await expect(leave(one, bySanction)).rejects.toMatchObject(refusal(422, 'sanction-not-on-file', 'T13'));
    await database.sanction.create({
      data: { ownerId, personId: one.personId, kind: 'warning', from: '2028-01-01', until: '2028-06-30' },
    });
    await expect(leave(one, { reason: 'sanction' })).rejects.toMatchObject(
      refusal(422, 'sanction-not-on-file', 'T13'),
    );
    // Who came by the ladder has taken no place, so nothing is to be decided on it.
    expect(await leave(one, bySanction)).toMatchObject({ outcome: 'eliminated' });
    expect(await leave(two, { reason: 'deceased' })).toMatchObject({ outcome: 'deceased' });
    expect(await database.trainee.findUnique({ where: { id: two.id } })).toMatchObject({ standing: 'left' });
    const told = { personId: two.personId, text: 'TRAINING_DECEASED' };
    expect(await database.notification.count({ where: told })).toBe(0);
  });
});

test('T18, T5: the exam comes before the final assessment, and its points are hours once', async () => {
  const exam = {
    code: 'training_exam',
    form: 'closed_book',
    sealed: false,
    maxPoints: 100,
    passPoints: 60,
    hoursByPoints: [{ from: 60, hours: 6 }],
    adopted,
  };
  const { stages, entries } = parse(scheme) as {
    stages: object[];
    entries: { contest: { keeps: string[] } };
  };
  const withExam = await prepareScheme(
    district,
    withValues(scheme, {
      id: 'exam',
      stages: [...stages, exam],
      'entries.contest.keeps': [...entries.contest.keeps, exam.code],
    }),
  );
  expect(unsupportedParts(withExam.policy)).toEqual([]);
  const zhou = await trainee({ policyId: withExam.policyId });
  const record = (points: number) => decide(centre, zhou.id, 'exam', { points, document: '成绩单' });
  await expect(record(101)).rejects.toMatchObject(refusal(422, 'points-out-of-range', 'T10'));
  await expect(decide(centre, li.id, 'exam', { points: 80, document: '成绩单' })).rejects.toMatchObject(
    refusal(422, 'exam-not-asked', 'T18'),
  );
  expect((await record(59)).result).toMatchObject({ form: 'closed_book', passed: false, hours: 0 });
  expect(await stateOf(zhou.session, zhou.id, 'training_exam', 'whole')).toBe('due');
  expect((await record(80)).result).toMatchObject({ passed: true, hours: 6 });
  expect((await record(85)).result).toMatchObject({ passed: true, hours: 0 });
  expect(await zhou.session.get(`/trainings/${zhou.id}`)).toMatchObject({
    exam: { points: 85, passed: true },
    hours: { done: 0, pending: 6 },
    entries: [{ form: 'converted', hours: 6 }],
  });
  expect(await stateOf(zhou.session, zhou.id, 'training_exam', 'whole')).toBe('done');
});

test('holders of titles hand in their tasks too, and the head confirms them', async () => {
  const { database, ownerId, policyId, schoolIds } = district;
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  const session = await signInAs(instance, district, personId);
  const [headId] = (await prepareTeachers(district, 1)) as [string];
  const head = await signInWithRole(instance, district, headId, {
    role: 'head',
    organisationId: schoolIds[0]!,
  });
  const id = randomUUID();
  await database.title.create({
    data: {
      id,
      ownerId,
      personId,
      rank: 'accomplished',
      decidedBy: 'district',
      origin: 'appointment',
      policyId,
      from: '2027-09-01',
      until: '2032-08-31',
    },
  });
  const dueAt = new Date(endOfDay('2028-08-31'));
  await prepareCases(district, [
    {
      id,
      kind: 'titleTenure',
      organisationId: schoolIds[0]!,
      rank: 'accomplished',
      step: 'holding',
      waitingFor: 'office',
      dueAt,
      wakeAt: dueAt,
    },
  ]);
  holderId = personId;
  const calendar = randomUUID();
  await prepareCases(district, [
    {
      id: calendar,
      kind: 'calendar',
      organisationId: ownerId,
      step: 'reminding',
      waitingFor: 'office',
      dueAt,
      wakeAt: dueAt,
    },
  ]);
  await caseWaker(instance.client, database)(calendar, new Date(now).toISOString());
  const plan = () => session.get<Plan>(`/titles/${id}/plan`);
  expect((await plan()).items).toMatchObject([
    { code: 'lecture', period: '2027-2028-1', state: 'late' },
    { code: 'lecture', period: '2027-2028-2', state: 'due' },
  ]);
  const handed = await session.post<DecisionAnswer>(`/titles/${id}/works`, lecture());
  const { workId, isLate } = handed.result as { workId: string; isLate: boolean };
  expect(isLate).toBe(true);
  await head.post(`/titles/${id}/checked-works`, { workId, confirmed: true });
  expect((await plan()).items[0]).toMatchObject({ state: 'done', afterwards: true });
  await expect(other.post(`/titles/${id}/checked-works`, { workId, confirmed: true })).rejects.toMatchObject({
    problem: { status: 403 },
  });
});

test('T10, T11: the final assessment can be set aside too; without a request it is final after five working days', async () => {
  const { database } = district;
  await expect(decide(centre, li.id, 'assessment', { points: 90 })).rejects.toMatchObject(
    refusal(409, 'wrong-step'),
  );
  await to('2028-09-01');
  // The holder has not done the second term's task, and hears of it on the first of the month.
  const own = await eventually(
    () => database.notification.findMany({ where: { text: 'OWN_TASKS_LATE' } }),
    (found) => found.length > 0,
  );
  expect(own).toMatchObject([{ personId: holderId, values: { dueOn: '2028-08-31', tasks: ['讲座稿'] } }]);
  const step = () => database.case.findMany({ where: { id: { in: [li.id, wang.id] } } });
  await eventually(step, (rows) => rows.every((row) => row.step === 'assessing'));
  for (const { id } of [li, wang])
    expect(await decide(centre, id, 'assessment', { points: 90 })).toMatchObject({
      step: 'appealing',
      result: { standing: 'eliminated', reason: { code: 'HOURS_NOT_MET' } },
    });
  await decide(li.session, li.id, 'review-request', { grounds: '学时漏登' });
  const passed = await decide(group, li.id, 'review', { stands: false, reason: '核实已修满' });
  expect(passed.outcome).toBe('passed');
  expect(await li.session.get(`/trainings/${li.id}`)).toMatchObject({ standing: 'passed', points: 90 });
  // 1 September 2028 is a Friday: the five working days end with the next one.
  await to('2028-09-08', '23:00');
  expect(await wang.session.get(`/trainings/${wang.id}`)).toMatchObject({ standing: 'training' });
  await to('2028-09-09', '00:01');
  const out = await eventually(
    () => database.case.findUniqueOrThrow({ where: { id: wang.id } }),
    ({ closedAt }) => closedAt !== null,
  );
  expect(out.outcome).toBe('eliminated');
  expect(await database.mentorPair.findMany({ where: { traineeId: wang.id } })).toMatchObject([
    { until: '2028-09-09', reason: 'HOURS_NOT_MET' },
  ]);
}, 240_000);

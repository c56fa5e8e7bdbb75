import { randomUUID } from 'node:crypto';
import type { Role } from '../../domain/cases.js';
import type { DecisionAnswer } from '../../samples/api-client.js';
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
  task,
  type PreparedDistrict,
} from '../support/prepared.js';
import { refusal } from '../support/refusals.js';
import { mainScheme, withValues } from '../support/scheme-parts.js';
import { signInAs, type TestSession } from '../support/sessions.js';

// Ways into a round besides an application: nomination by a school or the office, and a supplementary selection for
// places that a round has left vacant. Rules P10, D3, T12.

const now = '2026-08-10T09:00:00+08:00';

let instance: TestInstance;
let district: PreparedDistrict;

const skips = ['application', 'school_score', 'school_nomination', 'school_notice', 'filing'];
const keeps = [
  'leading_group_review',
  'eligibility_check',
  'expert_opinion',
  'differential_vote',
  'district_notice',
  'approval',
  'formal_candidate',
  'training',
  'training_assessment',
  'appointment',
  'annual_assessment',
];
const nomination = {
  ranks: ['accomplished'],
  by: 'school',
  skips,
  keeps,
  countsInSchoolQuota: true,
  clause: '学校可推荐未申报的教师',
};

beforeAll(async () => {
  instance = await startInstance('entries', now);
  district = await prepareDistrict(instance, 2);
}, 120_000);

afterAll(() => instance?.stop());

let variants = 0;

/** A round of the main scheme with other parts; each school may nominate one person of 区教坛能手. */
async function roundWith(values: Readonly<Record<string, unknown>>) {
  variants += 1;
  const of = await prepareScheme(
    district,
    withValues(mainScheme(), { id: `variant-${variants}`, ...values }),
  );
  const roundId = await prepareRound(of, {
    step: 'applications',
    closesAt: new Date('2026-08-29T00:00:00+08:00'),
  });
  await of.database.nominationQuota.createMany({
    data: of.schoolIds.map((schoolId) => ({
      roundId,
      schoolId,
      ownerId: of.ownerId,
      rank: 'accomplished',
      proposed: 1,
      places: 1,
    })),
  });
  return { of, roundId };
}

/** Somebody of a school with a role there, signed in. */
async function memberOf(schoolId: string, role: Role): Promise<{ personId: string; session: TestSession }> {
  const personId = await teacherOf(schoolId);
  const { database, ownerId } = district;
  await database.membership.create({
    data: { ownerId, personId, organisationId: schoolId, role, from: '2020-01-01' },
  });
  return { personId, session: await signInAs(instance, district, personId) };
}

async function teacherOf(schoolId: string): Promise<string> {
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  await district.database.person.update({ where: { id: personId }, data: { schoolId } });
  return personId;
}

const nominate = (by: TestSession, roundId: string, personId: string, more: object = {}) =>
  by.post<DecisionAnswer>('/nominated-applications', {
    roundId,
    personId,
    rank: 'accomplished',
    document: '校字〔2026〕8号',
    statement: '长期承担薄弱班级教学',
    ...more,
  });

const stateOf = async (id: string) => {
  const { standing, stage, entry, entryDocument } = await district.database.application.findUniqueOrThrow({
    where: { id },
  });
  return { standing, stage, entry, entryDocument };
};

describe('P10, D3: nomination without an application', () => {
  test('a clerk names a teacher of the own school, who stands once he has agreed; the place is the school’s', async () => {
    const { roundId } = await roundWith({ 'entries.nomination': nomination });
    const [here, there] = district.schoolIds as [string, string];
    const clerk = await memberOf(here, 'school_clerk');
    const nominee = await teacherOf(here);
    // Of another school he names nobody, and a teacher without a role names nobody either.
    await expect(nominate(clerk.session, roundId, await teacherOf(there))).rejects.toMatchObject(
      refusal(403, 'not-allowed', 'S1'),
    );
    await expect(nominate(clerk.session, roundId, clerk.personId)).rejects.toMatchObject(
      refusal(403, 'own-case', 'S8'),
    );
    const { caseId, step } = await nominate(clerk.session, roundId, nominee);
    expect(step).toBe('consenting');
    expect(await stateOf(caseId)).toEqual({
      standing: 'held',
      stage: 'eligibility_check',
      entry: 'nomination',
      entryDocument: '校字〔2026〕8号',
    });
    const session = await signInAs(instance, district, nominee);
    expect(await session.get(`/applications/${caseId}`)).toMatchObject({
      entryDocument: '校字〔2026〕8号',
      held: { code: 'CONSENT_AWAITED', rule: 'D3' },
    });
    // The school's only place is taken, also while the consent is awaited.
    await expect(nominate(clerk.session, roundId, await teacherOf(here))).rejects.toMatchObject(
      refusal(422, 'over-quota', 'Q8', { rank: 'accomplished', listed: 1, quota: 1, free: 0 }),
    );
    await expect(session.post(`/applications/${caseId}/consent`, {})).rejects.toMatchObject({
      problem: { status: 422, type: '/problems/invalid-input' },
    });
    const colleague = await signInAs(instance, district, await teacherOf(here));
    await expect(
      colleague.post(`/applications/${caseId}/consent`, { agreesToNotice: true }),
    ).rejects.toMatchObject({ problem: { status: 403 } });
    await session.post(`/applications/${caseId}/consent`, { agreesToNotice: true });
    expect(await stateOf(caseId)).toMatchObject({ standing: 'waiting', stage: 'eligibility_check' });
    await expect(
      session.post(`/applications/${caseId}/consent`, { agreesToNotice: true }),
    ).rejects.toMatchObject(refusal(409, 'wrong-step', 'S3'));
  });

  test('who does not want to, declines, and the place is free; consent may be recorded on paper', async () => {
    const { roundId } = await roundWith({ 'entries.nomination': nomination });
    const [here] = district.schoolIds as [string];
    const head = await memberOf(here, 'head');
    const first = await teacherOf(here);
    const declined = await nominate(head.session, roundId, first);
    const session = await signInAs(instance, district, first);
    await session.post(`/applications/${declined.caseId}/withdrawal`, { reason: '家中有事' });
    expect(await stateOf(declined.caseId)).toMatchObject({ standing: 'out' });
    const { caseId } = await nominate(head.session, roundId, await teacherOf(here));
    const clerk = await memberOf(here, 'school_clerk');
    const consent = { agreesToNotice: true };
    await expect(clerk.session.post(`/applications/${caseId}/consent`, consent)).rejects.toMatchObject(
      refusal(422, 'basis-missing', 'S1'),
    );
    await clerk.session.post(`/applications/${caseId}/consent`, {
      ...consent,
      recordedFor: { document: '本人同意书', decidedOn: '2026-08-10' },
    });
    expect(await stateOf(caseId)).toMatchObject({ standing: 'waiting' });
  });

  test('where the office nominates, no school does; the conditions are checked, and may be looked at by a person', async () => {
    const byOffice = { ...nomination, by: 'office', countsInSchoolQuota: false };
    const { roundId } = await roundWith({ 'entries.nomination': byOffice });
    const [here] = district.schoolIds as [string];
    const clerk = await memberOf(here, 'school_clerk');
    const office = await signInAs(instance, district, district.officeId);
    const nominee = await teacherOf(here);
    await expect(nominate(clerk.session, roundId, nominee)).rejects.toMatchObject(
      refusal(403, 'not-nominator', 'P10', { allowed: ['office'] }),
    );
    await expect(nominate(office, roundId, nominee, { rank: 'district_backbone' })).rejects.toMatchObject(
      refusal(422, 'rank-not-open', 'E1'),
    );
    const { database, ownerId } = district;
    await database.sanction.create({
      data: { ownerId, personId: nominee, kind: 'demerit', from: '2026-06-01' },
    });
    await expect(nominate(office, roundId, nominee)).rejects.toMatchObject(
      refusal(422, 'not-eligible', 'E10'),
    );
    const { caseId } = await nominate(office, roundId, nominee, { asksForReview: true });
    const session = await signInAs(instance, district, nominee);
    await session.post(`/applications/${caseId}/consent`, { agreesToNotice: true });
    expect(await session.get(`/applications/${caseId}`)).toMatchObject({
      standing: 'held',
      held: { code: 'FINDINGS_TO_CONFIRM', values: { rules: ['E10'] } },
    });
    await office.post(`/applications/${caseId}/finding-reviews`, {
      outcome: 'eligible',
      reason: '处分已撤销',
    });
    expect(await stateOf(caseId)).toMatchObject({ standing: 'waiting' });
    expect(await database.nomination.count({ where: { roundId } })).toBe(0);
  });

  test('a scheme without the entry takes no nomination', async () => {
    const { roundId } = await roundWith({});
    const [here] = district.schoolIds as [string];
    const clerk = await memberOf(here, 'school_clerk');
    await expect(nominate(clerk.session, roundId, await teacherOf(here))).rejects.toMatchObject(
      refusal(422, 'entry-not-in-scheme', 'P10'),
    );
  });
});

describe('W2: what waits for the office', () => {
  const late = new Date('2026-08-07T16:00:00Z');

  /** A case of an application in which a task is overdue. */
  async function overdue(roundId: string, step: string, role: Role, action: string, isOwn: boolean) {
    const { ownerId } = district;
    const personId = await teacherOf(district.schoolIds[0]!);
    const [id] = (await prepareCandidates(district, roundId, [personId], {
      stage: 'eligibility_check',
      standing: 'running',
    })) as [string];
    const due = { ...task(role, ownerId, action, late), ...(role === 'teacher' && { personId }) };
    // What the round carries, the round reminds of.
    const wakeAt = isOwn ? late : null;
    const next = {
      id,
      kind: 'application',
      organisationId: ownerId,
      roundId,
      step,
      wakeAt,
      tasks: [due],
    } as const;
    await prepareCases(district, [next]);
    return { id, personId };
  }

  const toldOf = async (ids: readonly string[], text: string) => {
    const found = await district.database.notification.findMany({
      where: { caseId: { in: [...ids] }, text },
    });
    return found.map(({ caseId, personId, values }) => ({ caseId, personId, values }));
  };

  test('of a consent and of findings that are overdue, who owes it and the office are reminded once', async () => {
    const { database, officeId } = district;
    const roundId = await prepareRound(district, { step: 'applications', closesAt: null });
    const nominee = await overdue(roundId, 'consenting', 'teacher', 'consent', true);
    const asked = await overdue(roundId, 'underway', 'office', 'confirmFindings', true);
    const ids = [nominee.id, asked.id];
    const wake = caseWaker(instance.client, database);
    for (const id of [...ids, ...ids]) await wake(id, new Date(now).toISOString());
    const told = await eventually(
      () => toldOf(ids, 'TASK_OVERDUE'),
      (found) => found.length >= 3,
    );
    expect(told.map(({ caseId, personId }) => `${caseId} ${personId}`).sort()).toEqual(
      [`${nominee.id} ${nominee.personId}`, `${nominee.id} ${officeId}`, `${asked.id} ${officeId}`].sort(),
    );
    expect(await database.case.count({ where: { id: { in: ids }, wakeAt: null } })).toBe(2);
  });

  test('of checks that are overdue it hears in one message of the round', async () => {
    const { database, officeId } = district;
    const roundId = await prepareRound(district, { step: 'selection', closesAt: late });
    for (const _ of [1, 2]) await overdue(roundId, 'underway', 'office', 'decideEligibility', false);
    const wake = caseWaker(instance.client, database);
    for (const _ of [1, 2]) await wake(roundId, new Date(now).toISOString());
    const told = () => toldOf([roundId], 'CHECKS_OVERDUE');
    expect(await eventually(told, (found) => found.length > 0)).toEqual([
      {
        caseId: roundId,
        personId: officeId,
        values: expect.objectContaining({ count: 2, dueAt: late.toISOString() }),
      },
    ]);
    await wake(roundId, new Date(now).toISOString());
    expect(await told()).toHaveLength(1);
  });
});

describe('T12: a supplementary selection', () => {
  /** A round that is over: two chosen, of whom one was eliminated since, out of three places; perhaps one in reserve. */
  async function roundThatIsOver(reserve: boolean) {
    const { of, roundId } = await roundWith({
      'entries.supplement': { skips, keeps, clause: '从非培养对象中补充' },
    });
    const { database, ownerId, policyId } = of;
    const people = await prepareTeachers(district, reserve ? 3 : 2);
    const ids = await prepareCandidates(of, roundId, people, {
      stage: 'formal_candidate',
      standing: 'waiting',
    });
    const rows = await database.application.findMany({ where: { id: { in: ids } } });
    const [kept, gone, waits] = people.map((personId) => rows.find((row) => row.personId === personId)!.id);
    await database.application.updateMany({
      where: { id: { in: [kept!, gone!] } },
      data: { standing: 'chosen' },
    });
    if (waits) await database.application.update({ where: { id: waits }, data: { standing: 'reserve' } });
    await database.trainee.createMany({
      data: [kept!, gone!].map((applicationId, index) => ({
        id: randomUUID(),
        ownerId,
        personId: people[index]!,
        applicationId,
        policyId,
        rank: 'accomplished',
        entry: 'application',
        startsOn: '2026-09-01',
        endsOn: '2027-08-31',
        hoursRequired: 72,
        standing: index === 0 ? 'training' : 'eliminated',
      })),
    });
    await database.round.update({ where: { id: roundId }, data: { places: { accomplished: 3 } } });
    await database.case.update({
      where: { id: roundId },
      data: {
        closedAt: new Date('2026-08-09T00:00:00Z'),
        outcome: 'completed',
        waitingFor: null,
        dueAt: null,
        wakeAt: null,
      },
    });
    return { of, roundId, people };
  }

  const open = (office: TestSession, of: PreparedDistrict, roundId: string, more: object = {}) =>
    office.post<DecisionAnswer>('/rounds', {
      policyCode: of.policy.id,
      title: '补充选拔',
      schoolYear: '2026-2027',
      places: { accomplished: 2 },
      nominations: [],
      supplements: roundId,
      recordedFor: { document: '区师培纪要〔2026〕9号', decidedOn: '2026-08-10' },
      ...more,
    });

  test('fills the vacant places and no more, once the round is over', async () => {
    const { of, roundId } = await roundThatIsOver(false);
    const office = await signInAs(instance, district, district.officeId);
    expect(await office.get(`/rounds/${roundId}/vacancies`)).toMatchObject({
      items: [{ rank: 'accomplished', places: 3, filled: 1, reserves: 0, vacant: 2 }],
    });
    await expect(open(office, of, roundId, { places: { accomplished: 3 } })).rejects.toMatchObject(
      refusal(422, 'places-not-vacant', 'T12', { rank: 'accomplished', places: 3, vacant: 2 }),
    );
    await expect(open(office, of, roundId, { schoolYear: '2027-2028' })).rejects.toMatchObject(
      refusal(422, 'supplement-of-other', 'T12'),
    );
    const { caseId } = await open(office, of, roundId);
    expect(await office.get(`/rounds/${caseId}`)).toMatchObject({ supplements: roundId, nominations: [] });
    // While it runs there is no second one.
    await expect(open(office, of, roundId)).rejects.toMatchObject(refusal(409, 'round-open-already', 'R0.7'));
  });

  test('is refused of a round that still runs, and while somebody is in reserve without a reason', async () => {
    const { of, roundId } = await roundThatIsOver(true);
    const office = await signInAs(instance, district, district.officeId);
    await expect(open(office, of, roundId)).rejects.toMatchObject(
      refusal(422, 'reserve-first', 'T12', { rank: 'accomplished', reserves: 1 }),
    );
    const { caseId } = await open(office, of, roundId, { reserveReason: '本人已书面放弃递补' });
    const { basis } = await district.database.round.findUniqueOrThrow({ where: { id: caseId } });
    expect(basis).toMatchObject({ document: '区师培纪要〔2026〕9号', reserveReason: '本人已书面放弃递补' });
    await expect(
      open(office, of, caseId, { schoolYear: '2026-2027', places: { accomplished: 1 } }),
    ).rejects.toMatchObject({ problem: { status: 409 } });
  });

  test('is for those who are no trainees; they skip what the scheme names, and prizes and nominations let nobody in', async () => {
    const { of, roundId, people } = await roundThatIsOver(false);
    const office = await signInAs(instance, district, district.officeId);
    const { caseId: supplement } = await open(office, of, roundId);
    const apply = (session: TestSession) =>
      session.post<DecisionAnswer>('/applications', {
        roundId: supplement,
        rank: 'accomplished',
        statement: '申请补充',
        agreesToNotice: true,
      });
    for (const personId of people)
      await expect(apply(await signInAs(instance, district, personId))).rejects.toMatchObject(
        refusal(422, 'trainee-already', 'T12'),
      );
    const [here] = district.schoolIds as [string];
    const session = await signInAs(instance, district, await teacherOf(here));
    await expect(
      session.post('/contest-entries', { roundId: supplement, statement: '一等奖', agreesToNotice: true }),
    ).rejects.toMatchObject(refusal(422, 'entry-not-in-supplement', 'T12', { entry: 'contest' }));
    const { caseId } = await apply(session);
    expect(await stateOf(caseId)).toMatchObject({
      entry: 'supplement',
      standing: 'waiting',
      stage: 'eligibility_check',
    });
  });
});

describe('Q5: coverage of the subjects', () => {
  test('a subject with eligible applicants and no candidate needs a reason when the seats are approved', async () => {
    const { of, roundId } = await roundWith({
      'quotas.seats.everySubject': true,
      'vote.committee.members': 1,
      'vote.committee.reserve': 0,
    });
    const { database, ownerId, officeId } = of;
    const [member] = (await prepareTeachers(district, 1)) as [string];
    for (const role of ['committee', 'committee_chair'])
      await database.membership.create({
        data: { ownerId, personId: member, organisationId: ownerId, role, from: '2020-01-01' },
      });
    await database.case.update({ where: { id: roundId }, data: { step: 'selection', wakeAt: null } });
    await prepareCandidates(of, roundId, await prepareTeachers(district, 2), {
      stage: 'differential_vote',
      standing: 'waiting',
    });
    const leftOut = async (subject: string, code: string, outcome: string) => {
      const [id] = (await prepareCandidates(of, roundId, await prepareTeachers(district, 1), {
        stage: 'school_score',
        standing: 'waiting',
      })) as [string];
      const findings = [{ rule: 'E2', condition: 'maxAge', outcome }];
      await database.application.update({
        where: { id },
        data: { subject, standing: 'out', reason: { code, rule: 'Q7' }, findings },
      });
    };
    await leftOut('music', 'NOT_NOMINATED', 'met');
    await leftOut('music', 'NOT_NOMINATED', 'met');
    // Neither who withdrew, nor who does not meet the conditions, nor a subject with a candidate.
    await leftOut('art', 'WITHDRAWN', 'met');
    await leftOut('history', 'NOT_NOMINATED', 'not_met');
    await leftOut('mathematics', 'NOT_NOMINATED', 'met');
    await caseWaker(instance.client, database)(roundId, new Date(now).toISOString());
    const office = await signInAs(instance, district, officeId);
    const approve = (more: object) =>
      office.post<{ result: object }>(`/rounds/${roundId}/seats`, {
        seats: [{ unit: 'accomplished/science', seats: 2, equalNumberDecision: '纪要3号' }],
        recordedFor: { document: '区师培纪要〔2026〕3号', decidedOn: '2026-08-10' },
        ...more,
      });
    await expect(approve({})).rejects.toMatchObject(
      refusal(422, 'subjects-not-covered', 'Q5', { rank: 'accomplished', subjects: ['music 2'] }),
    );
    expect(await approve({ subjectReason: '音乐学科候选人均未获学校推荐' })).toMatchObject({
      result: { subjectsNotCovered: ['music 2'] },
    });
  });
});

describe('E18: a grade that bars from the next rounds', () => {
  test('bars from the first round that begins after it is final, also by another way in; then no more', async () => {
    const { of, roundId } = await roundWith({ 'entries.supplement': { skips, keeps, clause: '补充选拔' } });
    const { database, ownerId, policyId, schoolIds } = of;
    const personId = await teacherOf(schoolIds[0]!);
    const titleId = randomUUID();
    await database.title.create({
      data: {
        id: titleId,
        ownerId,
        personId,
        rank: 'school_backbone',
        decidedBy: 'school',
        origin: 'roster',
        from: '2025-09-01',
        endedOn: '2026-07-01',
      },
    });
    const reviewId = randomUUID();
    await database.annualReview.create({
      data: { id: reviewId, ownerId, schoolId: schoolIds[0]!, policyId, reviewYear: '2025-2026' },
    });
    await database.annualReviewEntry.create({
      data: {
        reviewId,
        titleId,
        ownerId,
        grade: 'fail',
        confirmed: true,
        finalOn: '2026-07-31',
        barredRounds: 1,
      },
    });
    const session = await signInAs(instance, district, personId);
    const apply = (round: string) =>
      session.post<DecisionAnswer>('/applications', {
        roundId: round,
        rank: 'accomplished',
        statement: '申报',
        agreesToNotice: true,
      });
    const opens = (id: string, opensOn: string, supplementsId: string | null = null) =>
      database.round.update({ where: { id }, data: { opensOn, supplementsId } });
    await opens(roundId, '2026-08-01');
    await expect(apply(roundId)).rejects.toMatchObject(refusal(422, 'not-eligible', 'E18'));
    // A round that had begun when the grade became final is not barred.
    await opens(roundId, '2026-07-31');
    const entered = await apply(roundId);
    await session.post(`/applications/${entered.caseId}/withdrawal`, {});
    await opens(roundId, '2026-08-01');
    const next = await prepareRound(of, {
      step: 'applications',
      closesAt: new Date('2026-08-29T00:00:00+08:00'),
    });
    // A supplementary selection belongs to the round that is barred; the round after it is open.
    await opens(next, '2026-08-05', roundId);
    await expect(apply(next)).rejects.toMatchObject(refusal(422, 'not-eligible', 'E18'));
    await opens(next, '2026-08-05');
    const { caseId } = await apply(next);
    const { facts } = await database.application.findUniqueOrThrow({ where: { id: caseId } });
    expect(facts).toMatchObject({
      reviewBars: [{ reviewYear: '2025-2026', grade: 'fail', rounds: 1, since: 1 }],
      school: { rural: true, stages: ['primary'] },
    });
    expect(facts).not.toHaveProperty('hours');
  });
});

describe('E19, E20: hours and school as conditions of a scheme', () => {
  test('are read from the ledger and the roster, frozen, and said with what lacks', async () => {
    const { of, roundId } = await roundWith({
      'ranks.accomplished.need.trainingHours': {
        value: { hours: 10, years: 1 },
        hard: true,
        clause: '学时不足的不得申报',
      },
      'ranks.accomplished.need.schools': { value: { rural: true }, hard: true, clause: '面向农村学校' },
    });
    const { database, ownerId, schoolIds } = of;
    const [here] = schoolIds as [string];
    const personId = await teacherOf(here);
    const checkerId = await teacherOf(here);
    const enter = (activity: string, on: string, hours: number, confirmedOn: string | null) =>
      database.hoursEntry.create({
        data: {
          ownerId,
          personId,
          activity,
          kind: 'district_class',
          form: 'central',
          on,
          hours,
          source: '签到表',
          enteredById: of.officeId,
          enteredOn: on,
          confirmedOn,
          confirmedById: confirmedOn && checkerId,
        },
      });
    await enter('春季培训', '2026-03-01', 6, '2026-03-05');
    await enter('夏季培训', '2026-07-10', 4, null);
    const session = await signInAs(instance, district, personId);
    const apply = () =>
      session.post<DecisionAnswer>('/applications', {
        roundId,
        rank: 'accomplished',
        statement: '申报',
        agreesToNotice: true,
      });
    await expect(apply()).rejects.toMatchObject({
      problem: {
        status: 422,
        type: '/problems/not-eligible',
        errors: [
          expect.objectContaining({
            code: 'TRAINING_HOURS_SHORT',
            values: expect.objectContaining({ value: 6, required: 10, missing: ['4', '+4'] }),
          }),
        ],
      },
    });
    await database.hoursEntry.updateMany({
      where: { personId, confirmedOn: null },
      data: { confirmedOn: '2026-08-01', confirmedById: checkerId },
    });
    await database.organisation.update({ where: { id: here }, data: { locality: 'urban' } });
    await expect(apply()).rejects.toMatchObject(refusal(422, 'not-eligible', 'E20'));
    await database.organisation.update({ where: { id: here }, data: { locality: 'rural' } });
    const { caseId } = await apply();
    const { facts } = await database.application.findUniqueOrThrow({ where: { id: caseId } });
    expect(facts).toMatchObject({ school: { rural: true, stages: ['primary'] } });
    expect((facts as { hours: unknown[] }).hours).toHaveLength(2);
  });
});

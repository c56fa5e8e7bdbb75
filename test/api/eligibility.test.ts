import { randomUUID } from 'node:crypto';
import { tenureCase } from '../../activities/title-tenure.js';
import { endOfDay } from '../../domain/dates.js';
import {
  checkEligibility,
  reasonsOf,
  withReasons,
  type Finding,
  type FrozenFacts,
} from '../../domain/eligibility.js';
import type { Policy } from '../../domain/policy.js';
import type { Prisma } from '../../prisma/generated/client.js';
import { type ApiProblem } from '../../samples/api-client.js';
import { advanceClock } from '../../temporal/advance-clock.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import {
  eventually,
  prepareCandidates,
  prepareCases,
  prepareDistrict,
  prepareRound,
  prepareRun,
  prepareTeachers,
  task,
  type PreparedDistrict,
} from '../support/prepared.js';
import { refused } from '../support/refusals.js';
import { signInAs, type TestSession } from '../support/sessions.js';

// What happens between an application and the answer whether somebody may stand: rows of a district are written directly,
// the rest goes through the API.

interface Answer {
  readonly caseId: string;
  readonly step: string;
  readonly outcome: string | null;
  readonly result: Readonly<Record<string, unknown>>;
}

interface View {
  readonly stage: string;
  readonly standing: string;
  readonly lateReason: string | null;
  readonly reason: { readonly code: string; readonly rule: string; readonly text: string } | null;
  readonly held: { readonly code: string } | null;
  readonly findings: readonly {
    readonly rule: string;
    readonly outcome: string;
    readonly value: unknown;
    readonly required: unknown;
    readonly source: string;
    readonly clause: string | null;
    readonly missing: readonly string[];
    readonly reason: string | null;
    readonly text: string;
  }[];
  readonly evidence: readonly {
    readonly id: string;
    readonly version: number;
    readonly verified: boolean;
    readonly usedAgain: readonly object[];
  }[];
}

const soft = { value: 20, hard: false, clause: '原则上教龄二十年以上' };
const today = '2026-08-20';

let instance: TestInstance;
let district: PreparedDistrict;
let roundId: string;
let office: TestSession;
let clerk: TestSession;
let otherClerk: TestSession;
let clerkId: string;

beforeAll(async () => {
  instance = await startInstance('eligibility', `${today}T09:00:00+08:00`);
  district = await prepareDistrict(instance, 1);
  await setNeed({ teachingYears: soft });
  roundId = await prepareRound(district, {
    step: 'applications',
    closesAt: new Date(endOfDay('2026-08-28')),
  });
  office = await signInAs(instance, district, district.officeId);
  const [first, second] = (await prepareTeachers(district, 2)) as [string, string];
  clerkId = first;
  for (const personId of [first, second])
    await district.database.membership.create({
      data: {
        ownerId: district.ownerId,
        personId,
        organisationId: district.schoolIds[0]!,
        role: 'school_clerk',
        from: '2020-01-01',
      },
    });
  clerk = await signInAs(instance, district, first);
  otherClerk = await signInAs(instance, district, second);
}, 120_000);

afterAll(() => instance?.stop());

/** Changes conditions of the rank 区教坛能手 in the stored scheme. */
async function setNeed(need: object): Promise<void> {
  const { ranks, ...rest } = district.policy;
  const changed = {
    ...rest,
    ranks: ranks.map((rank) =>
      rank.code === 'accomplished' ? { ...rank, need: { ...rank.need, ...need } } : rank,
    ),
  } as Policy;
  await district.database.policy.update({
    where: { id: district.policyId },
    data: { content: changed as unknown as Prisma.InputJsonObject },
  });
}

async function newTeacher(facts: Prisma.PersonUpdateInput = {}) {
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  await district.database.person.update({ where: { id: personId }, data: facts });
  return { personId, session: await signInAs(instance, district, personId) };
}

/** An application with what every one needs, and with a reason for the condition that is 原则上. */
function form(more: object = {}) {
  return {
    roundId,
    rank: 'accomplished',
    statement: '从教十四年',
    agreesToNotice: true,
    reasons: { teachingYears: '乡村教师，轮岗两年' },
    ...more,
  };
}

function view(id: string): Promise<View> {
  return office.get<View>(`/applications/${id}`);
}

function recordedFor(personId: string) {
  return { document: '纸质申报表', decidedOn: today, personId };
}

describe('conditions that are 原则上 (R0.3)', () => {
  test('without a written reason the application is refused, and the answer says which rule asks for it', async () => {
    const { session } = await newTeacher();
    const problem = await refused(session.post('/applications', form({ reasons: undefined })));
    expect(problem).toMatchObject({
      type: '/problems/soft-reason-missing',
      status: 422,
      rule: 'R0.3',
      clause: soft.clause,
      errors: [
        {
          at: 'teachingYears',
          code: 'TEACHING_YEARS_TOO_FEW',
          values: {
            rule: 'E3',
            value: 14,
            required: 20,
            missing: ['6'],
            source: 'roster',
            clause: soft.clause,
          },
        },
      ],
    });
  });

  test('with it the application is taken, and whoever checks reads the reason beside the rule', async () => {
    const { session } = await newTeacher();
    const { caseId } = await session.post<Answer>('/applications', form());
    const { findings } = await view(caseId);
    expect(findings.find(({ rule }) => rule === 'E3')).toMatchObject({
      outcome: 'warn',
      value: 14,
      required: 20,
      source: 'roster',
      clause: soft.clause,
      missing: ['6'],
      reason: '乡村教师，轮岗两年',
    });
    expect(findings.filter(({ outcome }) => outcome === 'met').every(({ reason }) => reason === null)).toBe(
      true,
    );
  });

  test('a reason for something that is no condition is a fault of the form', async () => {
    const { session } = await newTeacher();
    const problem = await refused(session.post('/applications', form({ reasons: { mood: '心情好' } })));
    expect(problem.type).toBe('/problems/invalid-input');
  });
});

test('two applications at the same instant: one is taken (E1)', async () => {
  const { personId, session } = await newTeacher();
  const answers = await Promise.allSettled([1, 2].map(() => session.post<Answer>('/applications', form())));
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const failed = answers.find((answer) => answer.status === 'rejected')!;
  expect((failed.reason as ApiProblem).problem).toMatchObject({
    type: '/problems/applied-already',
    rule: 'E1',
    values: { allowed: 1 },
  });
  expect(await district.database.application.count({ where: { personId } })).toBe(1);
});

test('an answer can be given again from the facts that are kept with it, whatever has become of the person’s file (E14)', async () => {
  const { personId, session } = await newTeacher();
  const { caseId } = await session.post<Answer>('/applications', form());
  const before = await view(caseId);
  expect(before).toMatchObject({ checked: { on: today, cutOff: '2026-08-31' } });
  await district.database.person.update({ where: { id: personId }, data: { birthDate: '1960-01-01' } });
  expect((await view(caseId)).findings).toEqual(before.findings);
  const { facts, findings } = await district.database.application.findUniqueOrThrow({
    where: { id: caseId },
  });
  const frozen = facts as unknown as FrozenFacts;
  const { content } = await district.database.policy.findUniqueOrThrow({ where: { id: district.policyId } });
  const policy = content as unknown as Policy;
  const again = checkEligibility({ policy, rank: 'accomplished', facts: frozen, ...frozen });
  expect(withReasons(again, reasonsOf(findings as unknown as Finding[]))).toEqual(findings);
  // Whoever completes the materials is checked by what is on file then; the reason that was given stands.
  await session.post(`/applications/${caseId}/amendments`, { statement: '补充材料' });
  const after = await view(caseId);
  expect(after.findings.find(({ rule }) => rule === 'E2')).toMatchObject({
    outcome: 'not_met',
    value: '1960-01-01',
  });
  expect(after.findings.find(({ rule }) => rule === 'E3')).toMatchObject({ reason: '乡村教师，轮岗两年' });
});

test('the standards print the birth dates that the check compares with (E2, 5.2)', async () => {
  const answer = await fetch(`${instance.url}/api/v1/public/rounds/${roundId}`);
  const { ranks } = (await answer.json()) as { ranks: { code: string; bornOnOrAfter: object | null }[] };
  expect(ranks.find(({ code }) => code === 'accomplished')?.bornOnOrAfter).toMatchObject({
    male: '1981-08-31',
    female: '1981-08-31',
  });
});

describe('what the machine finds against somebody (E15)', () => {
  const tooOld = { birthDate: '1981-08-30' };

  test('the limit of 5.2: born on the printed day is in, the day before is out, with value and requirement', async () => {
    const { session } = await newTeacher({ birthDate: '1981-08-31' });
    await session.post<Answer>('/applications', form());
    const older = await newTeacher(tooOld);
    expect(await refused(older.session.post('/applications', form()))).toMatchObject({
      type: '/problems/not-eligible',
      errors: [
        {
          code: 'TOO_OLD',
          values: { value: '1981-08-30', required: '1981-08-31', source: 'roster' },
        },
      ],
    });
  });

  test('stands until a person has confirmed it, when the applicant asks for that; the office says why', async () => {
    const { personId, session } = await newTeacher(tooOld);
    const { caseId } = await session.post<Answer>('/applications', form({ asksForReview: true }));
    expect(await view(caseId)).toMatchObject({ standing: 'held', held: { code: 'FINDINGS_TO_CONFIRM' } });
    const tasks = await district.database.task.findMany({ where: { caseId, doneAt: null } });
    expect(tasks).toMatchObject([{ role: 'office', actions: ['confirmFindings'] }]);
    const path = `/applications/${caseId}/finding-reviews`;
    const body = { outcome: 'not_eligible', reason: '身份证出生日期核对无误' };
    expect(await refused(session.post(path, body))).toMatchObject({ status: 403 });
    expect(await refused(office.post(path, { outcome: 'not_eligible' }))).toMatchObject({ status: 422 });
    expect(await office.post<Answer>(path, body)).toMatchObject({ outcome: 'not_eligible' });
    expect(await view(caseId)).toMatchObject({
      standing: 'out',
      reason: { code: 'FOUND_NOT_ELIGIBLE', rule: 'E15', text: expect.stringContaining(body.reason) },
    });
    expect(await district.database.application.count({ where: { personId, slot: { not: null } } })).toBe(0);
  });

  test('goes on when the office finds otherwise; twice, or where nothing was asked, there is nothing to confirm', async () => {
    const { session } = await newTeacher(tooOld);
    const { caseId } = await session.post<Answer>('/applications', form({ asksForReview: true }));
    const path = `/applications/${caseId}/finding-reviews`;
    const body = { outcome: 'eligible', reason: '档案出生日期为1982年，名册有误' };
    await office.post<Answer>(path, body);
    expect(await view(caseId)).toMatchObject({ standing: 'waiting', held: null });
    expect(await refused(office.post(path, body))).toMatchObject({
      type: '/problems/nothing-to-confirm',
      status: 409,
      rule: 'E15',
    });
    const able = await newTeacher();
    const { caseId: ordinary } = await able.session.post<Answer>(
      '/applications',
      form({ asksForReview: true }),
    );
    expect(await view(ordinary)).toMatchObject({ standing: 'waiting', held: null });
  });
});

describe('a late application (补报, R0.8)', () => {
  test('is accepted by the office alone, for one person, with a reason that stays with it', async () => {
    const lateRound = await prepareRound(district, {
      step: 'applications',
      closesAt: new Date(endOfDay('2026-08-28')),
    });
    await district.database.round.update({ where: { id: lateRound }, data: { applyUntil: '2026-08-19' } });
    const { personId, session } = await newTeacher();
    const late = form({ roundId: lateRound });
    const lateReason = '住院期间无法申报';
    expect(await refused(session.post('/applications', late))).toMatchObject({
      type: '/problems/applications-closed',
      status: 409,
      rule: 'R0.8',
    });
    const closed = { type: '/problems/applications-closed' };
    expect(await refused(session.post('/applications', { ...late, lateReason }))).toMatchObject(closed);
    const paper = { ...late, recordedFor: recordedFor(personId) };
    expect(await refused(clerk.post('/applications', { ...paper, lateReason }))).toMatchObject(closed);
    expect(await refused(office.post('/applications', paper))).toMatchObject(closed);
    const { caseId } = await office.post<Answer>('/applications', { ...paper, lateReason });
    expect(await view(caseId)).toMatchObject({ lateReason, standing: 'waiting' });
    // On the last day there is still time.
    await district.database.round.update({ where: { id: lateRound }, data: { applyUntil: today } });
    const inTime = await newTeacher();
    const { caseId: punctual } = await inTime.session.post<Answer>('/applications', late);
    expect(await view(punctual)).toMatchObject({ lateReason: null });
  });
});

describe('a decision on ethics (E11, 5.5)', () => {
  const decision = (personId: string, more: object = {}) => ({
    personId,
    authority: '青蓝区教育局',
    document: `青教师德〔2026〕${randomUUID().slice(0, 8)}号`,
    decidedOn: '2026-08-18',
    until: null,
    ground: 'paid_tutoring',
    ...more,
  });

  test('acts at once on candidate, trainee, who is on the list, and holder; what another level gave is only named', async () => {
    const { database, ownerId, policyId, schoolIds, policy } = district;
    const { personId, session } = await newTeacher();
    const { caseId: applicationId } = await session.post<Answer>('/applications', form());
    const schoolId = schoolIds[0]!;
    const trainee = { ownerId, personId, policyId, hoursRequired: 72, entry: 'application' };
    const [training, passed, appointment, title, cityTitle] = Array.from({ length: 5 }, () =>
      randomUUID(),
    ) as [string, string, string, string, string];
    const period = { startsOn: '2026-07-01', endsOn: '2027-06-30' };
    await database.trainee.createMany({
      data: [
        { ...trainee, ...period, id: training, rank: 'district_backbone', standing: 'training' },
        {
          ...trainee,
          id: passed,
          rank: 'accomplished',
          standing: 'passed',
          startsOn: '2025-07-01',
          endsOn: '2026-06-30',
        },
      ],
    });
    await database.appointment.create({
      data: { id: appointment, ownerId, policyId, rank: 'accomplished', year: '2026' },
    });
    await database.appointmentEntry.create({
      data: { appointmentId: appointment, ownerId, traineeId: passed, position: 1 },
    });
    const held = { ownerId, personId, origin: 'roster', policyId, from: '2024-09-01', until: '2029-08-31' };
    await database.title.createMany({
      data: [
        { ...held, id: title, rank: 'accomplished', decidedBy: 'district', schoolId },
        { ...held, id: cityTitle, rank: 'city_backbone', decidedBy: 'city', schoolId },
      ],
    });
    const dueAt = new Date(endOfDay('2026-12-31'));
    await prepareCases(district, [
      {
        id: training,
        kind: 'training',
        organisationId: schoolId,
        rank: 'district_backbone',
        subject: 'mathematics',
        step: 'training',
        tasks: [task('training_centre', ownerId, 'confirmHours', dueAt)],
      },
      {
        id: appointment,
        kind: 'appointment',
        organisationId: ownerId,
        rank: 'accomplished',
        step: 'approving',
        tasks: [task('leading_group', ownerId, 'approve', dueAt)],
      },
      tenureCase(
        policy,
        { id: title, rank: 'accomplished', until: '2029-08-31', endedOn: null, schoolId },
        today,
      ),
    ]);

    const body = decision(personId);
    const { result, step } = await office.post<Answer>('/ethics-decisions', body);
    expect(step).toBe('inEffect');
    expect(result).toEqual({
      applications: [applicationId],
      trainings: expect.arrayContaining([training, passed]),
      titles: [title],
      titlesGivenElsewhere: [cityTitle],
    });
    const out = { code: 'OUT_BY_ETHICS_DECISION', rule: 'E11', text: expect.stringContaining(body.document) };
    expect(await view(applicationId)).toMatchObject({ standing: 'out', reason: out });
    const trainees = await database.trainee.findMany({ where: { personId } });
    expect(trainees.map(({ standing }) => standing)).toEqual(['eliminated', 'eliminated']);
    expect(await database.appointmentEntry.findFirst({ where: { traineeId: passed } })).toMatchObject({
      outcome: 'vetoed',
    });
    expect(await database.title.findUnique({ where: { id: title } })).toMatchObject({ endedOn: today });
    expect(await database.title.findUnique({ where: { id: cityTitle } })).toMatchObject({ endedOn: null });
    const ended = await eventually(
      () =>
        database.case.findMany({
          where: { id: { in: [applicationId, training, title] }, closedAt: { not: null } },
          orderBy: { outcome: 'asc' },
        }),
      (rows) => rows.length === 3,
    );
    expect(ended.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['training', 'eliminated'],
      ['application', 'out'],
      ['titleTenure', 'revoked'],
    ]);
    expect(await refused(session.post('/applications', form()))).toMatchObject({
      type: '/problems/not-eligible',
      errors: [
        // The city's title is still held.
        { code: 'RANK_ALREADY_HELD', values: { rule: 'E12', value: ['city_backbone'] } },
        {
          code: 'ETHICS_VETO',
          values: {
            rule: 'E11',
            source: 'ethics_decision',
            value: [`${body.document} 2026-08-18`],
            clause: '第一,师德高尚。',
          },
        },
      ],
    });
    const approve = (approved: readonly string[]) =>
      office.post<Answer>(`/appointments/${appointment}/approval`, {
        approved,
        recordedFor: { document: '会议纪要〔2026〕8号', decidedOn: today },
      });
    expect(await refused(approve([passed]))).toMatchObject({ type: '/problems/not-on-list', rule: 'C1' });
    expect(await approve([])).toMatchObject({ outcome: 'nobody_approved' });
    const { items } = await office.get<{ items: object[] }>(`/ethics-decisions?personId=${personId}`);
    expect(items).toMatchObject([{ document: body.document, ground: 'paid_tutoring', liftedOn: null }]);
  });

  test('only the office records it, with a day that has come, once, and not its own', async () => {
    const { personId, session } = await newTeacher();
    const body = decision(personId);
    expect(await refused(session.post('/ethics-decisions', body))).toMatchObject({ status: 403 });
    expect(await refused(clerk.post('/ethics-decisions', body))).toMatchObject({ status: 403 });
    const post = (more: object) => refused(office.post('/ethics-decisions', decision(personId, more)));
    expect(await post({ decidedOn: '2026-08-21' })).toMatchObject({
      type: '/problems/day-to-come',
      rule: 'E11',
    });
    expect(await post({ until: '2026-08-17' })).toMatchObject({ type: '/problems/ethics-period' });
    expect(await post({ personId: randomUUID() })).toMatchObject({ type: '/problems/person-not-on-roster' });
    expect(await post({ personId: district.officeId })).toMatchObject({
      type: '/problems/own-case',
      rule: 'S8',
    });
    await office.post('/ethics-decisions', { ...body, decidedOn: today, until: today });
    expect(await refused(office.post('/ethics-decisions', body))).toMatchObject({
      type: '/problems/ethics-recorded-already',
      status: 409,
    });
    expect(await district.database.ethicsDecision.count({ where: { personId } })).toBe(1);
  });

  test('recorded at the same instant as an application, it refuses it or ends it, whichever comes first', async () => {
    const teachers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => newTeacher()));
    await Promise.allSettled(
      teachers.flatMap(({ personId, session }) => [
        session.post('/applications', form()),
        office.post('/ethics-decisions', decision(personId)),
      ]),
    );
    const personId = { in: teachers.map((teacher) => teacher.personId) };
    expect(await district.database.ethicsDecision.count({ where: { personId } })).toBe(6);
    const rows = await district.database.application.findMany({ where: { personId } });
    expect(rows.filter(({ standing }) => standing !== 'out')).toEqual([]);
  });

  test('a report decides nothing: a candidate who is held for it stays one, and may go on', async () => {
    const { session, personId } = await newTeacher();
    const { caseId } = await session.post<Answer>('/applications', form());
    await office.post(`/applications/${caseId}/hold`, { reason: '收到有偿家教举报，正在调查' });
    const held = await view(caseId);
    expect(held).toMatchObject({ standing: 'held', reason: null });
    expect(held.findings.find(({ rule }) => rule === 'E11')).toMatchObject({ outcome: 'met', value: [] });
    expect(await district.database.ethicsDecision.count({ where: { personId } })).toBe(0);
    await office.post(`/applications/${caseId}/release`, { reason: '查无实据' });
    expect(await view(caseId)).toMatchObject({ standing: 'waiting' });
  });

  test('one whose time is over ends nobody’s candidacy; for fraud it bars this round all the same', async () => {
    const { personId, session } = await newTeacher();
    const over = { decidedOn: '2026-08-01', until: '2026-08-19' };
    const { caseId } = await session.post<Answer>('/applications', form());
    await office.post('/ethics-decisions', decision(personId, over));
    expect(await view(caseId)).toMatchObject({ standing: 'waiting' });
    const other = await newTeacher();
    await office.post(
      '/ethics-decisions',
      decision(other.personId, { ...over, ground: 'fraud_in_application' }),
    );
    expect(await refused(other.session.post('/applications', form()))).toMatchObject({
      errors: [{ code: 'ETHICS_VETO' }],
    });
  });

  test('lifted, it bars no more, but brings nobody back', async () => {
    const { personId, session } = await newTeacher();
    const { caseId: applicationId } = await session.post<Answer>('/applications', form());
    const { caseId } = await office.post<Answer>('/ethics-decisions', decision(personId));
    const path = `/ethics-decisions/${caseId}/lifting`;
    expect(await refused(office.post(path, { document: '撤销1号', decidedOn: '2026-08-17' }))).toMatchObject({
      type: '/problems/ethics-period',
    });
    expect(await office.post(path, { document: '撤销1号', decidedOn: today })).toMatchObject({
      outcome: 'lifted',
    });
    expect(await view(applicationId)).toMatchObject({ standing: 'out' });
    await session.post<Answer>('/applications', form());
    // What was decided cannot be written over, by nobody.
    const { ethicsDecision } = district.database;
    await expect(ethicsDecision.update({ where: { id: caseId }, data: { until: today } })).rejects.toThrow();
    expect(await ethicsDecision.findUnique({ where: { id: caseId } })).toMatchObject({
      until: null,
      liftedBy: '撤销1号',
    });
  });
});

describe('evidence (E17)', () => {
  const hash = (digit: string) => digit.repeat(64);
  const prize = (personId: string, more: object = {}) => ({
    personId,
    kind: 'classroom_contest',
    level: 'district',
    prize: 'first',
    title: '区课堂教学大赛',
    date: '2026-05-10',
    number: '青教（2026）31号',
    ...more,
  });
  interface Piece {
    readonly id: string;
    readonly version: number;
    readonly verified: boolean;
    readonly usedAgain: readonly { readonly same: readonly string[]; readonly isSamePerson: boolean }[];
  }

  test('a clerk enters it and somebody else verifies it, once; before that it counts for nothing', async () => {
    const { personId, session } = await newTeacher();
    const piece = await clerk.post<Piece>('/evidence', prize(personId, { number: 'A-1' }));
    expect(piece).toMatchObject({ version: 1, verified: false, usedAgain: [] });
    const contest = { roundId, statement: '一等奖', agreesToNotice: true };
    const enter = () => session.post<Answer>('/contest-entries', contest);
    expect(await refused(enter())).toMatchObject({ type: '/problems/no-contest-prize' });
    const path = `/evidence/${piece.id}/check`;
    expect(await refused(clerk.post(path, { isTrue: true }))).toMatchObject({
      type: '/problems/evidence-own-entry',
      status: 403,
    });
    expect(await refused(session.post(path, { isTrue: true }))).toMatchObject({ status: 403 });
    expect(await refused(otherClerk.post(path, { isTrue: false }))).toMatchObject({ rule: 'E17' });
    expect(await otherClerk.post<Piece>(path, { isTrue: true })).toMatchObject({ verified: true });
    expect(await refused(office.post(path, { isTrue: false, reason: '不实' }))).toMatchObject({
      type: '/problems/evidence-checked-already',
    });
    const { caseId } = await enter();
    expect((await view(caseId)).evidence).toMatchObject([{ id: piece.id, version: 1, verified: true }]);
  });

  test('nobody enters or verifies his own, and a clerk only that of the school', async () => {
    expect(await refused(clerk.post('/evidence', prize(clerkId)))).toMatchObject({
      type: '/problems/own-case',
    });
    const entered = await office.post<Piece>('/evidence', prize(clerkId, { number: null }));
    expect(await refused(clerk.post(`/evidence/${entered.id}/check`, { isTrue: true }))).toMatchObject({
      type: '/problems/own-case',
    });
    expect(await refused(office.post('/evidence', prize(clerkId, { date: '2026-08-21' })))).toMatchObject({
      type: '/problems/day-to-come',
    });
    const { personId } = await newTeacher();
    await district.database.person.update({ where: { id: personId }, data: { schoolId: randomUUID() } });
    expect(await refused(clerk.post('/evidence', prize(personId)))).toMatchObject({ status: 403 });
  });

  test('the same scan or number, of the same or another person, is shown to who checks, and refuses nothing', async () => {
    const one = await newTeacher();
    const two = await newTeacher();
    const first = await clerk.post<Piece>('/evidence', prize(one.personId, { fileHash: hash('a') }));
    expect(first.usedAgain).toEqual([]);
    const again = await clerk.post<Piece>(
      '/evidence',
      prize(one.personId, { fileHash: hash('a'), number: 'B-7', title: '区优质课' }),
    );
    expect(again.usedAgain).toMatchObject([{ id: first.id, same: ['file'], isSamePerson: true }]);
    const other = await clerk.post<Piece>(
      '/evidence',
      prize(two.personId, { fileHash: hash('b'), number: '青教 (2026) 31号' }),
    );
    expect(other.usedAgain).toMatchObject([{ id: first.id, same: ['number'], isSamePerson: false }]);
    const waiting = await office.get<{ items: Piece[] }>(`/evidence?unchecked=true&personId=${one.personId}`);
    expect(
      waiting.items.map(({ usedAgain }) => usedAgain.length).sort((left, right) => left - right),
    ).toEqual([1, 2]);
    // Who is no checker sees nothing of others.
    const own = await two.session.get<{ items: Piece[] }>('/evidence');
    expect(own.items).toMatchObject([{ id: other.id, usedAgain: [] }]);
    const foreign = await two.session.get<{ items: Piece[] }>(`/evidence?personId=${one.personId}`);
    expect(foreign.items).toEqual([]);
  });

  test('a correction is a version of its own; the verified one counts, and an application keeps what it used', async () => {
    const { personId, session } = await newTeacher();
    const first = await clerk.post<Piece>('/evidence', prize(personId, { number: 'C-1' }));
    await office.post(`/evidence/${first.id}/check`, { isTrue: true });
    const { caseId } = await session.post<Answer>('/applications', form());
    const correction = prize(personId, { number: 'C-1', level: 'city', replaces: first.id });
    const second = await clerk.post<Piece>('/evidence', correction);
    expect(second).toMatchObject({ version: 2, verified: false, usedAgain: [] });
    expect(await refused(clerk.post('/evidence', correction))).toMatchObject({
      type: '/problems/evidence-not-newest',
    });
    const versions = async () =>
      (await office.get<{ items: Piece[] }>(`/evidence?personId=${personId}`)).items
        .map(({ version }) => version)
        .sort((left, right) => left - right);
    expect(await versions()).toEqual([1, 2]);
    await office.post(`/evidence/${second.id}/check`, { isTrue: true });
    expect(await versions()).toEqual([2]);
    expect((await view(caseId)).evidence).toMatchObject([{ id: first.id, version: 1 }]);
  });
});

test('returned for correction (补正, W6): named with its day; when it runs out the case is decided on what there is', async () => {
  const { database } = district;
  const people = [await newTeacher(), await newTeacher()] as const;
  const ids = await prepareCandidates(
    district,
    roundId,
    people.map(({ personId }) => personId),
    { stage: 'eligibility_check', standing: 'running' },
  );
  const dueAt = new Date(endOfDay('2026-09-30'));
  await prepareCases(
    district,
    ids.map((id) => ({
      id,
      kind: 'application' as const,
      organisationId: district.schoolIds[0]!,
      roundId,
      rank: 'accomplished',
      subject: 'mathematics',
      step: 'underway',
      waitingFor: 'office' as const,
      dueAt,
      wakeAt: null,
    })),
  );
  await prepareRun(district, roundId, 'eligibility_check', ids);
  const rows = await database.application.findMany({ where: { id: { in: ids } } });
  const idOf = (personId: string) => rows.find((row) => row.personId === personId)!.id;
  const [answering, silent] = people.map(({ personId }) => idOf(personId)) as [string, string];
  const back = { what: '职称证书复印件', until: '2026-08-24' };
  const corrections = (id: string) => `/applications/${id}/corrections`;
  expect(await refused(office.post(corrections(silent), { ...back, until: '2026-08-19' }))).toMatchObject({
    type: '/problems/date-past',
  });
  expect(await refused(office.post(corrections(silent), { until: back.until }))).toMatchObject({
    status: 422,
  });
  for (const id of [answering, silent])
    expect(await office.post<Answer>(corrections(id), back)).toMatchObject({ step: 'correction' });
  expect(await view(silent)).toMatchObject({ standing: 'held', held: { code: 'RETURNED_FOR_CORRECTION' } });
  const tasks = await database.task.findMany({ where: { caseId: silent, doneAt: null } });
  expect(tasks).toMatchObject([{ role: 'teacher', dueAt: new Date(endOfDay('2026-08-24')) }]);

  const amendments = `/applications/${answering}/amendments`;
  expect(await refused(people[0].session.post(amendments, { statement: '已补' }))).toMatchObject({
    type: '/problems/soft-reason-missing',
  });
  const amended = await people[0].session.post<Answer>(amendments, {
    statement: '已补',
    reasons: { teachingYears: '轮岗' },
  });
  expect(amended).toMatchObject({ step: 'underway' });

  await advanceClock(instance, { to: endOfDay('2026-08-24', '23:00'), limitMs: 60_000 });
  expect(await view(silent)).toMatchObject({ standing: 'held' });
  await advanceClock(instance, { to: endOfDay('2026-08-25', '00:01'), limitMs: 60_000 });
  const after = await view(silent);
  expect(after).toMatchObject({ standing: 'running', held: null });
  expect(after.findings.find(({ rule }) => rule === 'E3')).toMatchObject({ outcome: 'warn', reason: null });
  const decide = (id: string, body: object) =>
    office.post<Answer>(`/applications/${id}/eligibility`, { confirmed: [], ...body });
  const judged = after.findings.filter(({ outcome }) => outcome === 'judge').map(({ required }) => required);
  const eligible = { outcome: 'eligible', confirmed: judged };
  // A soft condition that nobody has given a reason for takes one of the office's.
  expect(await refused(decide(silent, eligible))).toMatchObject({
    type: '/problems/reason-missing',
    rule: 'R0.3',
  });
  expect(await decide(silent, { outcome: 'not_eligible', reason: '未补交职称证书' })).toMatchObject({
    outcome: 'not_eligible',
  });
  await decide(answering, eligible);
  expect((await view(answering)).stage).not.toBe('eligibility_check');
}, 120_000);

import { randomUUID } from 'node:crypto';
import { stageOf, type Policy } from '../../domain/policy.js';
import type { DecisionAnswer } from '../../samples/api-client.js';
import type { Prisma } from '../../prisma/generated/client.js';
import { brokenInvariants } from '../../records/invariants.js';
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
import { refusal } from '../support/refusals.js';
import { signInAs, type TestSession } from '../support/sessions.js';

const now = '2026-10-12T09:00:00+08:00';
const later = new Date('2026-10-30T00:00:00+08:00');
const recordedFor = { document: '区师培纪要〔2026〕1号', decidedOn: '2026-10-12' };
const rank = 'accomplished';

let instance: TestInstance;
let district: PreparedDistrict;
let office: TestSession;
let clerks: TestSession[];

beforeAll(async () => {
  instance = await startInstance('quotas', now);
  district = await prepareDistrict(instance, 3);
  const { database, ownerId, policyId, schoolIds } = district;
  await database.policy.update({
    where: { id: policyId },
    data: { content: withLimits(district.policy) as unknown as Prisma.InputJsonObject },
  });
  await database.organisation.update({ where: { id: schoolIds[0]! }, data: { locality: 'urban' } });
  office = await signInAs(instance, district, district.officeId);
  clerks = [];
  for (const [index, personId] of (await prepareTeachers(district, 3)).entries()) {
    await database.membership.create({
      data: {
        ownerId,
        personId,
        organisationId: schoolIds[index]!,
        role: 'school_clerk',
        from: '2020-01-01',
      },
    });
    clerks.push(await signInAs(instance, district, personId));
  }
}, 120_000);

afterAll(() => instance?.stop());

afterEach(async () => {
  const broken = await brokenInvariants(instance.database, '2026-10-12');
  const ours = broken.filter(({ invariant }) => /QUOTA|TWO_RUNS|TASK_WITHOUT/.test(invariant));
  if (ours.length > 0) throw new Error(JSON.stringify(ours));
});

function withLimits(policy: Policy): Policy {
  const nominations = {
    ...policy.quotas!.nominations!,
    leadersPercent: 50,
    subjectCaps: [{ seatsFrom: 3, cap: 3 }],
  };
  const stages = policy.stages.map((stage) =>
    stage.code === 'school_score'
      ? { ...stage, sheet: { ...stage.sheet, judges: 2, selfScore: true, countedChecks: 2 as const } }
      : stage,
  );
  return { ...policy, stages, quotas: { ...policy.quotas, nominations } };
}

/** A school with its applicants before its nomination, with the scores of all judges. */
interface School {
  readonly reviewId: string;
  readonly applicants: readonly string[];
}

/** A round in which some schools stand before their nominations. */
async function roundWith(
  schools: readonly { readonly applicants: number; readonly places: number }[],
): Promise<{ roundId: string; schools: School[] }> {
  const { database, ownerId, schoolIds } = district;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const prepared: School[] = [];
  for (const [index, { applicants, places }] of schools.entries()) {
    const schoolId = schoolIds[index]!;
    await database.nominationQuota.create({
      data: { roundId, ownerId, schoolId, rank, proposed: places, places },
    });
    prepared.push(await reviewOf(roundId, schoolId, applicants));
  }
  return { roundId, schools: prepared };
}

async function reviewOf(
  roundId: string,
  schoolId: string,
  applying: number | readonly string[],
  batch = 1,
  step: 'scoring' | 'nominating' = 'nominating',
): Promise<School> {
  const { database, ownerId } = district;
  const people =
    typeof applying === 'number'
      ? await prepareTeachers({ ...district, schoolIds: [schoolId] }, applying)
      : applying;
  const applicants = await prepareCandidates(district, roundId, people, {
    stage: 'school_score',
    standing: 'running',
  });
  await database.application.updateMany({
    where: { id: { in: applicants } },
    data: { facts: { evidence: [], posts: ['teacher'], teachingSince: '2012-09-01' } },
  });
  const reviewId = randomUUID();
  const run = { roundId, stage: 'school_score', unit: schoolId, organisationId: schoolId, batch };
  await prepareCases(district, [
    {
      id: reviewId,
      kind: 'schoolReview',
      ...run,
      step,
      tasks: [
        step === 'nominating'
          ? task('school_clerk', schoolId, 'nominate', later)
          : task('school_panel', schoolId, 'score', later),
      ],
    },
    ...applicants.map((id) => ({
      id,
      kind: 'application' as const,
      organisationId: schoolId,
      roundId,
      rank,
      step: 'underway',
      waitingFor: 'office' as const,
      dueAt: later,
      wakeAt: null,
    })),
  ]);
  await prepareRun(district, reviewId, 'school_score', applicants);
  if (step === 'scoring') return { reviewId, applicants };
  const judges = Array.from({ length: 3 }, () => randomUUID());
  await database.scoreSheet.createMany({
    data: applicants.flatMap((applicationId, place) =>
      judges.map((judgeId) => ({
        ownerId,
        caseId: reviewId,
        applicationId,
        judgeId,
        items: { ethics: 1400 - 10 * place, teaching_skill: 1800, teaching_results: 1500, guidance: 800 },
      })),
    ),
  });
  return { reviewId, applicants };
}

function nominate(clerk: TestSession, school: School, applicationIds: readonly string[], more: object = {}) {
  return clerk.post<DecisionAnswer>(`/school-reviews/${school.reviewId}/nominations`, {
    applicationIds,
    orderReason: '学科需要',
    ...more,
  });
}

function candidate(id: string) {
  return district.database.application.findUniqueOrThrow({ where: { id } });
}

function placesOf(roundId: string, school: number) {
  const schoolId = district.schoolIds[school]!;
  return district.database.nominationQuota
    .findUniqueOrThrow({ where: { roundId_schoolId_rank: { roundId, schoolId, rank } } })
    .then(({ places }) => places);
}

describe('the approved table', () => {
  test('Q2: holds places back or lists them apart, with reasons, and gives them to schools later', async () => {
    const { schoolIds } = district;
    const path = `/rounds/quota-proposal?policyCode=sichuan-district&places=${rank}:10`;
    const { rows } = await office.get<{ rows: { schoolId: string; places: number }[] }>(path);
    const proposed = rows.map(({ schoolId, places }) => ({ schoolId, rank, places }));
    expect(rows.map(({ places }) => places)).toEqual([4, 5, 4]);
    const plan = {
      policyCode: 'sichuan-district',
      title: '2026年评选',
      schoolYear: '2026-2027',
      places: { [rank]: 10 },
      recordedFor,
    };
    const extras = [
      { rank, kind: 'reserve', places: 2, reason: '机动名额，视申报情况使用' },
      { rank, kind: 'apart', places: 1, reason: '教研机构单列' },
    ];
    await expect(office.post('/rounds', { ...plan, nominations: proposed, extras })).rejects.toMatchObject(
      refusal(422, 'quota-total', 'Q2', { total: 13, approved: 16 }),
    );
    const nominations = proposed.map((row) => ({ ...row, places: row.places - 1, reason: '留出机动、单列' }));
    await expect(
      office.post('/rounds', { ...plan, nominations, extras: [{ ...extras[0], rank: 'other' }] }),
    ).rejects.toMatchObject({ problem: { type: '/problems/quota-rows' } });
    const opened = await office.post<DecisionAnswer>('/rounds', { ...plan, nominations, extras });
    const roundId = opened.caseId;
    type Round = { extras: { id: string; kind: string; left: number }[]; quotaChanges: object[] };
    const shown = await office.get<Round>(`/rounds/${roundId}`);
    expect(shown.extras.map(({ kind, left }) => [kind, left])).toEqual([
      ['apart', 1],
      ['reserve', 2],
    ]);

    const reserve = shown.extras.find(({ kind }) => kind === 'reserve')!;
    const grant = (grants: object[]) =>
      office.post<DecisionAnswer>(`/rounds/${roundId}/quota-grants`, {
        extraId: reserve.id,
        grants,
        recordedFor,
      });
    const toFirst = (places: number) => [{ schoolId: schoolIds[0], places, reason: '申报人数多' }];
    await expect(grant(toFirst(3))).rejects.toMatchObject(
      refusal(422, 'extra-places-used', 'Q2', { asked: 3, left: 2, kind: 'reserve' }),
    );
    await expect(grant([{ schoolId: randomUUID(), places: 1, reason: '误' }])).rejects.toMatchObject({
      problem: { type: '/problems/quota-rows' },
    });
    const before = await placesOf(roundId, 0);
    expect((await grant(toFirst(2))).result).toEqual({ left: 0, standAgain: 0 });
    expect(await placesOf(roundId, 0)).toBe(before + 2);
    await expect(grant(toFirst(1))).rejects.toMatchObject({
      problem: { type: '/problems/extra-places-used' },
    });
    expect((await office.get<Round>(`/rounds/${roundId}`)).quotaChanges).toEqual([
      { schoolId: schoolIds[0], rank, change: 2, source: 'reserve', reason: '申报人数多' },
    ]);
  });
});

describe('nominations are reservations', () => {
  test('Q8: of many lists at the same instant exactly as many names are taken as there are places', async () => {
    const { database, schoolIds } = district;
    const places = 5;
    const { roundId, schools } = await roundWith([{ applicants: 1, places }]);
    const reviews = [schools[0]!];
    for (let batch = 2; batch <= 12; batch++) reviews.push(await reviewOf(roundId, schoolIds[0]!, 1, batch));
    const sent = await Promise.allSettled(
      reviews.map((review) => nominate(clerks[0]!, review, review.applicants, { subjectReason: '原校' })),
    );
    const refused = sent.flatMap((each) => (each.status === 'rejected' ? [each.reason as object] : []));
    expect(refused).toHaveLength(reviews.length - places);
    for (const each of refused)
      expect(each).toMatchObject(refusal(422, 'over-quota', 'Q8', { quota: places, free: 0 }));
    const taken = await database.nomination.findMany({ where: { roundId } });
    expect(taken.map(({ place }) => place).toSorted((left, right) => left - right)).toEqual([1, 2, 3, 4, 5]);

    // While some withdraw at the same instant, the places that they give back are taken once.
    const losers = reviews.filter((_, index) => sent[index]!.status === 'rejected');
    const leaving = taken.slice(0, 2).map(({ applicationId }) => applicationId);
    const again = await Promise.allSettled([
      ...leaving.map((id) =>
        office.post(`/applications/${id}/withdrawal`, {
          recordedFor: { ...recordedFor, personId: undefined },
        }),
      ),
      ...losers.map((review) => nominate(clerks[0]!, review, review.applicants, { subjectReason: '原校' })),
    ]);
    expect(again.slice(0, 2).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    const now = await database.nomination.findMany({ where: { roundId } });
    expect(now.length).toBeLessThanOrEqual(places);
    expect(new Set(now.map(({ place }) => place)).size).toBe(now.length);
    expect(now.some(({ applicationId }) => leaving.includes(applicationId))).toBe(false);
  });

  test('Q5, Q6: more of a subject than its cap needs a reason, more leaders than their share are refused', async () => {
    const { database } = district;
    const { roundId, schools } = await roundWith([{ applicants: 5, places: 4 }]);
    const [school] = schools as [School];
    const ids = school.applicants;
    const become = (id: string, post: string) =>
      database.application.update({
        where: { id },
        data: { facts: { evidence: [], posts: [post], teachingSince: '2012-09-01' } },
      });
    for (const id of ids.slice(0, 3)) await become(id, 'deputy_head');
    const leaders = ids.slice(0, 3);
    await expect(nominate(clerks[0]!, school, leaders)).rejects.toMatchObject(
      refusal(422, 'leaders-over-share', 'Q6', { leaders: 3, most: 2, places: 4 }),
    );
    expect(await database.nomination.count({ where: { roundId } })).toBe(0);
    const four = ids.slice(1);
    await expect(nominate(clerks[0]!, school, four)).rejects.toMatchObject(
      refusal(422, 'subject-reason-missing', 'Q5', { cap: 3, over: ['primary/mathematics 4'] }),
    );
    await expect(nominate(clerks[0]!, school, ids)).rejects.toMatchObject({
      problem: { type: '/problems/over-quota', values: { listed: 5, quota: 4, free: 4 } },
    });
    const answer = await nominate(clerks[0]!, school, four, { subjectReason: '仅数学学科有申报人' });
    expect(answer).toMatchObject({ outcome: 'nominated', result: { nominated: 4 } });
  });
});

test('Q4, Q8: unused places are shared out once more, and the applicants stand again in a run of their own', async () => {
  const { database, schoolIds } = district;
  // The first school is urban and has two more applicants than places; the others are rural, the second has a place left.
  const { roundId, schools } = await roundWith([
    { applicants: 3, places: 1 },
    { applicants: 1, places: 2 },
    { applicants: 2, places: 1 },
  ]);
  const [first, second, third] = schools as [School, School, School];
  const proposal = `/rounds/${roundId}/unused-quota-proposal?rank=${rank}`;
  await expect(office.get(proposal)).rejects.toMatchObject(
    refusal(409, 'nomination-still-open', 'Q8', { schools: ['第0小学', '第1小学', '第2小学'] }),
  );
  await nominate(clerks[0]!, first, first.applicants.slice(0, 1));
  await nominate(clerks[1]!, second, second.applicants);
  await nominate(clerks[2]!, third, third.applicants.slice(0, 1));
  const passedOver = third.applicants[1]!;
  await eventually(
    () => database.case.findUniqueOrThrow({ where: { id: passedOver } }),
    ({ closedAt }) => closedAt !== null,
  );

  expect(await office.get(proposal)).toMatchObject({
    unused: { rural: 1, urban: 0 },
    left: { rural: 0, urban: 0 },
    rows: [
      { schoolId: schoolIds[0], further: 2, places: 0 },
      { schoolId: schoolIds[2], further: 1, places: 1 },
    ],
  });
  const share = (places: readonly [number, number], more: object = {}) =>
    office.post<DecisionAnswer>(`/rounds/${roundId}/unused-quota`, {
      rank,
      rows: [
        { schoolId: schoolIds[0], places: places[0], reason: '城区申报人多' },
        { schoolId: schoolIds[2], places: places[1], reason: '城区申报人多' },
      ],
      recordedFor,
      ...more,
    });
  await expect(share([1, 1])).rejects.toMatchObject(
    refusal(422, 'quota-total', 'Q2', { total: 1, approved: 2 }),
  );
  await expect(share([1, 0])).rejects.toMatchObject(
    refusal(422, 'rural-places-kept', 'Q4', { toUrban: 1, urban: 0 }),
  );
  expect((await share([0, 1])).result).toEqual({ sharedOut: 1, left: 0, standAgain: 1 });
  expect(await Promise.all([0, 1, 2].map((school) => placesOf(roundId, school)))).toEqual([1, 1, 2]);
  await expect(share([0, 1])).rejects.toMatchObject({ problem: { type: '/problems/nomination-still-open' } });

  const run = await eventually(
    () =>
      database.case.findFirst({ where: { roundId, stage: 'school_score', unit: schoolIds[2]!, batch: 2 } }),
    (found) => found !== null,
  );
  // The scores of before count, so that the run begins with the nomination.
  expect(run).toMatchObject({ step: 'nominating', closedAt: null });
  expect(await candidate(passedOver)).toMatchObject({ standing: 'running', slot: 1, reason: null });
  const answer = await nominate(clerks[2]!, { reviewId: run!.id, applicants: [] }, [passedOver]);
  expect(answer).toMatchObject({ outcome: 'nominated' });
  expect(await candidate(passedOver)).toMatchObject({ stage: 'school_notice' });
  expect(await database.case.findUniqueOrThrow({ where: { id: passedOver } })).toMatchObject({
    step: 'underway',
    closedAt: null,
  });
  const withdrawn = await office.post<DecisionAnswer>(`/applications/${passedOver}/withdrawal`, {
    recordedFor,
  });
  expect(withdrawn).toMatchObject({ outcome: 'withdrawn' });
  expect(await database.nomination.count({ where: { roundId, schoolId: schoolIds[2]! } })).toBe(1);
});

describe('W9: a school’s list is sent back while the rest goes on', () => {
  test('its places are free, all its applicants stand again, and the review does not wait for it', async () => {
    const { database, schoolIds } = district;
    const { roundId, schools } = await roundWith([
      { applicants: 2, places: 1 },
      { applicants: 1, places: 1 },
    ]);
    const [first, second] = schools as [School, School];
    const [named, other] = first.applicants as [string, string];
    const back = (stage: string, more: object = {}) =>
      office.post<DecisionAnswer>(`/rounds/${roundId}/returns`, {
        unit: schoolIds[0],
        stage,
        reason: '材料与公示不符',
        ...more,
      });
    await expect(back('school_score')).rejects.toMatchObject(
      refusal(409, 'nothing-to-return', 'W9', { stage: 'school_score' }),
    );
    await nominate(clerks[0]!, first, [named]);
    await nominate(clerks[1]!, second, second.applicants);
    await eventually(
      () => database.case.count({ where: { roundId, stage: 'school_notice', closedAt: null } }),
      (count) => count === 2,
    );
    await eventually(
      () => database.case.findUniqueOrThrow({ where: { id: other } }),
      ({ closedAt }) => closedAt !== null,
    );
    // The second school has gone as far as the review by the leading group.
    await database.stageEntry.updateMany({
      where: { applicationId: { in: [...second.applicants] } },
      data: { endedAt: new Date(now), outcome: 'on' },
    });
    await database.application.updateMany({
      where: { id: { in: [...second.applicants] } },
      data: { stage: 'leading_group_review', standing: 'waiting' },
    });

    expect((await back('school_score')).result).toEqual({ returned: 1, standAgain: 1 });
    expect(await database.nomination.count({ where: { roundId, schoolId: schoolIds[0]! } })).toBe(0);
    const run = await eventually(
      () => database.case.findFirst({ where: { roundId, stage: 'school_score', batch: 2, closedAt: null } }),
      (found) => found !== null,
    );
    expect(run).toMatchObject({ unit: schoolIds[0], step: 'nominating' });
    // The notice that nobody is left in ends; the other school's candidate is reviewed without waiting.
    const notices = await eventually(
      () => database.case.findMany({ where: { roundId, stage: 'school_notice', unit: schoolIds[0]! } }),
      ([notice]) => notice!.closedAt !== null,
    );
    expect(notices[0]).toMatchObject({ outcome: 'no_candidate_left' });
    const reviewed = await eventually(
      () => candidate(second.applicants[0]!),
      ({ standing }) => standing === 'running',
    );
    expect(reviewed).toMatchObject({ stage: 'leading_group_review', standing: 'running' });
    const entry = await database.stageEntry.findFirstOrThrow({
      where: { applicationId: named, outcome: 'returned' },
    });
    expect(entry.reason).toMatchObject({ code: 'LIST_RETURNED', values: { reason: '材料与公示不符' } });

    // Now the school names the other one; the first is out, and its place is free for nobody else.
    await nominate(clerks[0]!, { reviewId: run!.id, applicants: [] }, [other]);
    expect(await candidate(other)).toMatchObject({ stage: 'school_notice', returned: true });
    expect(await candidate(named)).toMatchObject({ standing: 'out', slot: null });
    expect(await database.nomination.count({ where: { roundId, schoolId: schoolIds[0]! } })).toBe(1);
  });

  test('new scores may be asked for, and only the office sends a list back', async () => {
    const { database, schoolIds } = district;
    const { roundId, schools } = await roundWith([{ applicants: 1, places: 1 }]);
    const [school] = schools as [School];
    await nominate(clerks[0]!, school, school.applicants);
    const body = { unit: schoolIds[0], stage: 'school_score', reason: '评分有误', scoreAgain: true };
    await expect(clerks[0]!.post(`/rounds/${roundId}/returns`, body)).rejects.toMatchObject({
      problem: { status: 403, type: '/problems/role-required' },
    });
    await office.post(`/rounds/${roundId}/returns`, body);
    const run = await eventually(
      () => database.case.findFirst({ where: { roundId, stage: 'school_score', batch: 2 } }),
      (found) => found !== null,
    );
    expect(run).toMatchObject({ step: 'scoring', waitingFor: 'school_panel' });
    expect(await database.scoreSheet.count({ where: { caseId: run!.id } })).toBe(0);
  });
});

describe('the school scores its applicants', () => {
  const judged = { ethics: 1400, teaching_skill: 1800, teaching_results: 1500, guidance: 800 };
  let review: School;
  let sessions: Record<'first' | 'second' | 'third' | 'head' | 'applicant', TestSession>;
  let judgeIds: string[];
  let counted: Record<string, number>;

  interface Shown {
    readonly step: string;
    readonly applicants: readonly {
      readonly applicationId: string;
      readonly judges: number;
      readonly missing: readonly string[];
      readonly recused: readonly object[];
      readonly checks: readonly { readonly part: string }[];
    }[];
  }
  const shown = async (id: string) => {
    const { applicants } = await clerks[1]!.get<Shown>(`/school-reviews/${review.reviewId}`);
    return applicants.find(({ applicationId }) => applicationId === id)!;
  };
  const score = (session: TestSession, ids: readonly string[]) =>
    session.post<DecisionAnswer>(`/school-reviews/${review.reviewId}/scores`, {
      scores: ids.map((applicationId) => ({ applicationId, items: judged })),
    });
  const recuse = (session: TestSession, body: object) =>
    session.post<DecisionAnswer>(`/school-reviews/${review.reviewId}/recusals`, body);
  const check = (session: TestSession, applicationId: string, items: object, reason?: string) =>
    session.post<DecisionAnswer>(`/school-reviews/${review.reviewId}/checks`, {
      checks: [{ applicationId, items, reason }],
    });

  beforeAll(async () => {
    const { database, ownerId, schoolIds, policy } = district;
    const organisationId = schoolIds[1]!;
    const people = await prepareTeachers({ ...district, schoolIds: [organisationId] }, 5);
    judgeIds = people.slice(0, 3);
    for (const [index, personId] of people.slice(0, 4).entries())
      await database.membership.create({
        data: {
          ownerId,
          personId,
          organisationId,
          role: index < 3 ? 'school_panel' : 'head',
          from: '2020-01-01',
        },
      });
    const [first, second, third, head, applicant] = await Promise.all(
      people.map((personId) => signInAs(instance, district, personId)),
    );
    sessions = { first: first!, second: second!, third: third!, head: head!, applicant: applicant! };
    const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
    // The first judge is an applicant too.
    review = await reviewOf(roundId, organisationId, [people[4]!, people[0]!], 1, 'scoring');
    const own = await database.application.findFirstOrThrow({ where: { roundId, personId: people[4]! } });
    const others = review.applicants.filter((id) => id !== own.id);
    review = { ...review, applicants: [own.id, ...others] };
    const evidence = {
      id: 'e1',
      kind: 'classroom_contest',
      level: 'district',
      prize: 'first',
      how: null,
      date: '2025-03-01',
      title: '赛课',
      verified: true,
      usedForEntry: false,
      version: 1,
    };
    await database.application.update({
      where: { id: own.id },
      data: { facts: { evidence: [evidence], posts: [], teachingSince: '2012-09-01' } },
    });
    const { items } = stageOf(policy, 'school_score')!.sheet;
    const codes = items.filter((item) => !item.judged).map(({ code }) => code);
    counted = { ...Object.fromEntries(codes.map((code) => [code, 0])), contests: 700 };
  });

  test('K1: each judge for oneself and at the same instant, nobody oneself, and what is missing is seen', async () => {
    const [one, two] = review.applicants as [string, string];
    expect((await shown(one)).missing).toEqual(expect.arrayContaining(judgeIds));
    await expect(score(sessions.first, [one, two])).rejects.toMatchObject({
      problem: { status: 403, type: '/problems/own-case' },
    });
    expect((await shown(one)).judges).toBe(0);
    await Promise.all([score(sessions.second, [one, two]), score(sessions.third, [one])]);
    expect(await shown(one)).toMatchObject({ judges: 2, missing: [judgeIds[0]] });
    expect(await shown(two)).toMatchObject({ judges: 1, missing: [judgeIds[2]] });
  });

  test('K1: a recused judge’s sheet counts no more, and there is no other', async () => {
    const [one] = review.applicants as [string];
    await expect(
      recuse(sessions.third, { applicationId: one, judgeId: judgeIds[1], reason: '师徒' }),
    ).rejects.toMatchObject({ problem: { status: 403, type: '/problems/not-allowed', rule: 'K1' } });
    await expect(
      recuse(sessions.head, { applicationId: one, judgeId: randomUUID(), reason: '师徒' }),
    ).rejects.toMatchObject({ problem: { type: '/problems/not-a-judge' } });
    const answer = await recuse(sessions.second, { applicationId: one, reason: '师徒关系' });
    expect(answer.result).toMatchObject({ judges: 2, required: 2, incomplete: 2 });
    expect(await shown(one)).toMatchObject({
      judges: 1,
      missing: [judgeIds[0]],
      recused: [{ judgeId: judgeIds[1], reason: '师徒关系' }],
    });
    await expect(score(sessions.second, [one])).rejects.toMatchObject(
      refusal(403, 'judge-recused', 'K1', { applicationId: one }),
    );
    await score(sessions.first, [one]);
    await score(sessions.third, [review.applicants[1]!]);
  });

  test('K2: the teacher states the counted points, one checks them, another checks again', async () => {
    const [one, two] = review.applicants as [string, string];
    const state = (items: object) => sessions.applicant.post(`/applications/${one}/self-score`, { items });
    await expect(state({ ...counted, ethics: 100 })).rejects.toMatchObject({
      problem: { type: '/problems/score-item-unknown' },
    });
    await expect(state({ contests: 700 })).rejects.toMatchObject({
      problem: { type: '/problems/scores-missing' },
    });
    await expect(state({ ...counted, contests: 1501 })).rejects.toMatchObject({
      problem: { type: '/problems/score-out-of-range' },
    });
    await state({ ...counted, contests: 1500 });
    await expect(check(clerks[1]!, one, { ...counted, contests: 1500 })).rejects.toMatchObject(
      refusal(422, 'check-differs', 'K2', { items: ['contests 15.00/7.00'] }),
    );
    await expect(check(clerks[1]!, one, counted)).rejects.toMatchObject(
      refusal(422, 'self-score-differs', 'K2', { items: ['contests 15.00/7.00'] }),
    );
    await check(clerks[1]!, one, counted, '区级一等奖按7分计');
    await expect(state(counted)).rejects.toMatchObject({
      problem: { status: 409, type: '/problems/checked-already' },
    });
    await expect(check(clerks[1]!, one, counted)).rejects.toMatchObject({
      problem: { status: 403, type: '/problems/check-same-person' },
    });
    await check(sessions.head, one, counted);
    await expect(check(sessions.third, one, counted)).rejects.toMatchObject({
      problem: { type: '/problems/checked-already' },
    });
    const none = { ...counted, contests: 0 };
    await expect(check(sessions.first, two, none)).rejects.toMatchObject({
      problem: { type: '/problems/own-case' },
    });
    expect(await check(clerks[1]!, two, none, '本人未自评')).toMatchObject({ step: 'scoring' });
    expect(await check(sessions.head, two, none)).toMatchObject({ step: 'nominating' });
    expect((await shown(one)).checks.map(({ part }) => part)).toEqual(['first', 'second', 'self']);
    // 700 counted and the mean of the judged 5500.
    expect(await candidate(one)).toMatchObject({ schoolScore: 6200 });
  });
});

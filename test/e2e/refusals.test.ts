import { WorkflowUpdateFailedError, WithStartWorkflowOperation, type Client } from '@temporalio/client';
import { Encrypter } from 'age-encryption';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBase64url, toBase64url } from '../../ballot/encoding.js';
import { makeVoteKey, signPaper } from '../../ballot/issuer.js';
import { finishPaper, preparePaper, sealChoice, type Paper } from '../../ballot/member.js';
import { makeOfficerKey, type OfficerKey } from '../../ballot/officers.js';
import type { CaseKind } from '../../domain/cases.js';
import { addDays } from '../../domain/dates.js';
import { openDatabase, type Database } from '../../records/database.js';
import { readClock } from '../../records/instance.js';
import { unsettledAt } from '../../records/unsettled.js';
import { ApiProblem, type ApiSession, type DecisionAnswer, type Problem } from '../../samples/api-client.js';
import { sampleApplicants, type SampleApplicant, type SampleApplicants } from '../../samples/applicants.js';
import { SAMPLE_SEED, sampleDistrict } from '../../samples/district.js';
import { applyFor, closeApplications, enterByContest } from '../../samples/walk/applications.js';
import { candidatesAt, casesAt, countAt, readRound, untilUnderWay } from '../../samples/walk/candidates.js';
import {
  checkEligibility,
  giveOpinions,
  recordedFor,
  reviewByLeadingGroup,
} from '../../samples/walk/checks.js';
import { enterDistrict } from '../../samples/walk/district.js';
import {
  fileLists,
  nominateCandidates,
  publishSchoolNotices,
  scoreApplicants,
} from '../../samples/walk/schools.js';
import { approveSeats, decideConflicts } from '../../samples/walk/vote.js';
import { Walk } from '../../samples/walk/walk.js';
import { writeRoster } from '../../samples/write.js';
import { createDistrict } from '../../scripts/create-administrator.js';
import { runDoctor } from '../../scripts/doctor.js';
import { projectRoot } from '../../stack/project-root.js';
import { startStack, type Stack } from '../../stack/stack.js';
import { connectTemporal } from '../../temporal/connection.js';
import { startOptions } from '../../temporal/wake-case.js';
import { workflowIdOf } from '../../workflows/ids.js';
import { decisionUpdate, type DecisionRequest } from '../../workflows/messages.js';
import { without, withValues } from '../support/scheme-parts.js';

// One round on one stack, stage by stage: each test sends what must be refused at its stage, then goes on.

/** Nominations of the rank accomplished that the leading group approves: only these schools take part. */
const nominations: Readonly<Record<string, number>> = { QL01: 3, QL13: 5, QL14: 5, QL16: 4 };
const schools = ['QL13', 'QL14', 'QL16'];
/** In this school the clerk is a head too, and the head a clerk: two clerks, and an author who might approve. */
const doubled = 'QL14';

const directory = mkdtempSync(join(tmpdir(), 'qinglan-refusals-'));
let stack: Stack;
let database: Database;
let temporal: Client;
let walk: Walk;
let storedQuery: string;
let meeting: Meeting;
const papers: Paper[] = [];

beforeAll(async () => {
  stack = await startStack({
    directory,
    ui: false,
    durable: false,
    rehearsal: { startsOn: '2026-09-01' },
    env: { LOG_LEVEL: 'warn', RATE_LIMIT_ADDRESS: '100000', RATE_LIMIT_SIGN_IN: '10000' },
  });
  database = openDatabase(stack.postgres.url, 3);
  temporal = connectTemporal(stack.temporal);
  storedQuery = await queryOfAllRows();
  const administrator = await createDistrict({ database, name: '青澜区', code: 'QL' });
  walk = new Walk({
    url: stack.api.url,
    administrator,
    password: 'a-word-for-everybody',
    applicants: fewApplicants(),
  });
  await enterDistrict(walk);
  await importSecondRoles();
}, 300_000);

afterAll(async () => {
  await temporal?.connection.close();
  await database?.$disconnect();
  await stack?.stop();
  rmSync(directory, { recursive: true });
}, 120_000);

test('P5: a round does not open on a scheme that cannot run whole, nor with a table that nobody gave a reason for', async () => {
  const office = await walk.office();
  const plan = await roundPlan();
  const open = (changes: object) => () => office.decide('/rounds', { ...plan, ...changes });
  const withNominations = (change: (row: Plan['nominations'][number]) => object[]) =>
    open({ nominations: plan.nominations.flatMap(change) });

  await refuses(open({ recordedFor: undefined }), 422, 'basis-missing', 'S1', {
    decision: 'open',
    allowed: ['leading_group'],
  });
  const head = await walk.one('head', { organisation: doubled });
  await refuses(() => head.decide('/rounds', plan), 403, 'role-required');
  await refuses(open({ policyCode: 'nowhere' }), 404, 'scheme-unknown', 'P3', {
    code: 'nowhere',
    version: null,
  });
  await refuses(open({ places: { ...plan.places, accomplished: 101 } }), 422, 'places-over-year', 'Q7', {
    rank: 'accomplished',
    places: 101,
    perYear: 100,
  });
  const differing = await refuses(
    withNominations(({ reason: _, ...row }) => [row]),
    422,
    'quota-reason-missing',
    'Q2',
  );
  expect(differing.values!['rows']).toEqual(expect.arrayContaining(['QL01', 'QL02', ...schools]));
  await refuses(
    withNominations((row) => [{ ...row, places: row.places === 5 ? 4 : row.places }]),
    422,
    'quota-total',
    'Q2',
    { total: 17, approved: 15 },
  );
  await refuses(
    withNominations((row) => (row.schoolId === walk.schoolId('QL02') ? [] : [row])),
    422,
    'quota-rows',
    'Q2',
    { missing: [walk.schoolId('QL02')], unknown: [], twice: [] },
  );

  const text = await readFile(join(projectRoot, 'policies/sichuan-district.yaml'), 'utf8');
  const shortReserve = text
    .replace('id: sichuan-district', 'id: short-reserve')
    .replace('validUntil: end_of_training_year', 'validUntil: end_of_round');
  await (
    await walk.administrator()
  ).post('/policies', { text: shortReserve, fileName: 'short-reserve.yaml' });
  await refuses(open({ policyCode: 'short-reserve' }), 422, 'scheme-not-runnable', 'P5', {
    policy: 'short-reserve',
    parts: ['vote.reserveList.validUntil: end_of_round'],
  });
  const bare = without(text, 'stages.formal_candidate', 'quotas.nominations');
  const fileName = 'without-quotas.yaml';
  await (
    await walk.administrator()
  ).post('/policies', { text: withValues(bare, { id: 'without-quotas' }), fileName });
  const lacking = await refuses(open({ policyCode: 'without-quotas' }), 422, 'scheme-not-runnable', 'P5', {
    policy: 'without-quotas',
    parts: ['stages: formal_candidate', 'quotas.nominations'],
  });
  expect(lacking.errors!.map((error) => error.text)).toEqual([
    '方案没有写“stages: formal_candidate”；方案有以下内容，因此必须写明：kind: selection',
    '方案没有写“quotas.nominations”；方案有以下内容，因此必须写明：stages: school_nomination',
  ]);
});

test('S2: an Idempotency-Key stands for one request: with another body it is refused, with the same it answers the same', async () => {
  const [office] = walk.staffOf('office');
  const plan = await roundPlan();
  const opened = await post(office!, '/rounds', 'the-only-round', plan);
  expect(opened.status).toBe(201);
  walk.roundId = (opened.body as DecisionAnswer).caseId;
  await settled();

  const before = await stored();
  const other = await post(office!, '/rounds', 'the-only-round', { ...plan, title: '另一轮' });
  expect(other).toMatchObject({
    status: 409,
    body: { type: '/problems/idempotency-key-reused', status: 409, rule: 'S2' },
  });
  const again = await post(office!, '/rounds', 'the-only-round', plan);
  expect(again).toMatchObject({ status: 201, body: opened.body as object });
  const keyless = await post(office!, '/rounds', '', plan);
  expect(keyless).toMatchObject({ status: 400, body: { type: '/problems/idempotency-key-missing' } });
  expect(await stored()).toEqual(before);
  expect(await database.round.count()).toBe(1);
});

test('nobody applies for a rank whose conditions are not met, that is not open, or in a round that is not there', async () => {
  const { refused, ordinary } = walk.applicants;
  const notMet = {
    too_few_years: ['E3', 'teachingYears'],
    too_old: ['E2', 'maxAge'],
    title_too_low: ['E5', 'minTitle'],
    holds_rank: ['E12', 'heldRank'],
    sanctioned: ['E10', 'sanctionBar'],
  } as const;
  for (const [name, [rule, condition]] of Object.entries(notMet)) {
    const apply = () => applyFor(walk, refused[name as keyof typeof notMet]);
    const { errors } = await refuses(apply, 422, 'not-eligible', rule, { count: 1, rules: [rule] });
    expect(errors!.map(({ at }) => at)).toEqual([condition]);
  }
  const teacher = await walk.as(ordinary[0]!.staffNumber);
  const form = { roundId: walk.roundId, rank: 'accomplished', statement: '自愿申报', agreesToNotice: true };
  await refuses(
    () => teacher.decide('/applications', { ...form, rank: 'school_backbone' }),
    422,
    'rank-not-open',
    'E1',
    {
      rank: 'school_backbone',
      open: ['accomplished', 'district_backbone'],
    },
  );
  await refuses(
    () => teacher.decide('/applications', { ...form, agreesToNotice: false }),
    422,
    'invalid-input',
  );
  const { nominations: all, ...plan } = await roundPlan();
  const office = await walk.office();
  const { caseId: withOneRank } = await office.decide('/rounds', {
    ...plan,
    schoolYear: '2027-2028',
    places: { accomplished: 13 },
    nominations: all.filter(({ rank }) => rank === 'accomplished'),
  });
  const unopened = { ...form, roundId: withOneRank, rank: 'district_backbone' };
  await refuses(() => teacher.decide('/applications', unopened), 422, 'rank-not-open', 'E1', {
    rank: 'district_backbone',
    open: ['accomplished'],
  });
  const { rank: _, ...contest } = form;
  await refuses(() => teacher.decide('/contest-entries', contest), 422, 'no-contest-prize', 'E15');
  const roundId = randomUUID();
  await refuses(
    () => teacher.decide('/applications', { ...form, roundId }),
    404,
    'round-unknown',
    undefined,
    { roundId },
  );
});

test('whoever applies twice is refused, one after the other and at the same instant, and leaves no case behind', async () => {
  const [first, second] = applicants('QL13');
  await applyFor(walk, first!);
  const twice = { ranks: ['accomplished'], allowed: 1 };
  await refuses(() => applyFor(walk, first!), 409, 'applied-already', 'E1', twice);

  const apply = () => applyFor(walk, second!);
  const { problem } = await race(apply, apply);
  expect(problem).toMatchObject({ status: 409, type: '/problems/applied-already', values: { allowed: 1 } });
  const personId = walk.personId(second!.staffNumber);
  expect(await database.application.count({ where: { personId } })).toBe(1);
  const submissions = await database.submission.findMany({
    where: { actorId: personId, status: 'refused' },
  });
  expect(submissions).toHaveLength(1);
  const { caseId } = submissions[0]!;
  expect(await database.case.count({ where: { id: caseId } })).toBe(0);
  await walk.until('the refused application’s workflow to end', async () => {
    const { status } = await temporal.workflow.getHandle(workflowIdOf('application', caseId)).describe();
    return status.name === 'COMPLETED';
  });
});

test('S6: without a worker a request is answered with 503 and Retry-After within 20 s, and taken once when it is sent again', async () => {
  const { staffNumber } = applicants('QL13')[2]!;
  const [office] = walk.staffOf('office');
  const form = { roundId: walk.roundId, rank: 'accomplished', statement: '自愿申报', agreesToNotice: true };
  const extension = { stage: 'application', until: '2026-09-30', reason: '材料较多' };
  const send = () =>
    Promise.all([
      post(staffNumber, '/applications', 'no-worker', form),
      post(office!, `/rounds/${walk.roundId}/extensions`, 'no-worker', extension),
    ]);
  await settled();
  await stack.worker.stop();
  try {
    const before = Date.now();
    const unanswered = await send();
    expect(Date.now() - before).toBeLessThan(20_000);
    for (const { status, headers, body } of unanswered) {
      expect({ status, ...(body as object) }).toMatchObject({
        status: 503,
        type: '/problems/no-answer',
        rule: 'S2',
      });
      expect(headers.get('retry-after')).toBe('5');
      const { submissionId } = (body as Problem).values as { submissionId: string };
      expect(await database.submission.findUnique({ where: { id: submissionId } })).toMatchObject({
        status: 'received',
      });
    }
  } finally {
    await stack.worker.start();
  }
  const [applied, extended] = await send();
  expect([applied!.status, extended!.status]).toEqual([201, 200]);
  const again = await send();
  expect(again.map(({ body }) => body)).toEqual([applied!.body, extended!.body]);

  const { caseId, submissionId } = applied!.body as DecisionAnswer;
  walk.applications.set(caseId, { staffNumber, rank: 'accomplished' });
  const personId = walk.personId(staffNumber);
  expect(await database.application.findMany({ where: { personId }, select: { id: true } })).toEqual([
    { id: caseId },
  ]);
  expect(
    await database.submission.findMany({
      where: { actorId: personId },
      select: { id: true, status: true },
    }),
  ).toEqual([{ id: submissionId, status: 'done' }]);
  expect(await database.decision.count({ where: { caseId } })).toBe(1);
  expect(await database.decision.count({ where: { caseId: walk.roundId, name: 'extendStage' } })).toBe(1);
  expect((await readRound(walk)).applyUntil).toBe('2026-09-30');
});

test('S1: an application is recorded only by the own school or the office, and for somebody who is there', async () => {
  const { staffNumber } = applicants('QL14')[0]!;
  const personId = walk.personId(staffNumber);
  const form = { roundId: walk.roundId, rank: 'accomplished', statement: '自愿申报', agreesToNotice: true };
  const basis = await recordedFor(walk, '纸质申报表');
  const record = (by: ApiSession, whose: string) => () =>
    by.decide('/applications', { ...form, recordedFor: { ...basis, personId: whose } });
  const clerkElsewhere = await walk.one('school_clerk', { organisation: 'QL13' });
  const allowed = ['office', 'school_clerk'];
  await refuses(record(clerkElsewhere, personId), 403, 'not-allowed', 'S1', {
    decision: 'submit',
    allowed,
  });
  const colleague = await walk.as(applicants('QL14')[1]!.staffNumber);
  await refuses(record(colleague, personId), 403, 'not-allowed', 'S1', { decision: 'submit', allowed });
  await refuses(record(await walk.office(), randomUUID()), 404, 'not-found');
});

test('what is not there is not found, whoever asks', async () => {
  const office = await walk.office();
  const clerk = await walk.one('school_clerk', { organisation: doubled });
  const chair = await walk.one('committee_chair');
  const id = randomUUID();
  const [notice, nomination] = [
    { office: '办公室', telephone: '000-0000000', howToObject: '书面' },
    { applicationIds: [id] },
  ];
  await refuses(() => office.get(`/applications/${id}`), 404, 'not-found');
  await refuses(() => clerk.decide(`/school-reviews/${id}/nominations`, nomination), 404, 'not-found');
  await refuses(() => office.decide(`/applications/${id}/hold`, { reason: '核实' }), 404, 'not-found');
  await refuses(() => chair.decide(`/votes/${id}/opening`, {}), 404, 'not-found');
  // The id of a case of another kind is as good as unknown.
  await refuses(() => office.decide(`/notices/${walk.roundId}/draft`, notice), 404, 'not-found');
  await refuses(() => office.decide('/applications/1/hold', { reason: '核实' }), 404, 'not-found');
  const scheme = { rank: 'accomplished', year: '2026', policyId: id };
  await refuses(() => office.decide('/appointments', scheme), 404, 'scheme-unknown', 'P3');
});

test('hours are refused twice, for oneself, over eight a day, for a day to come, and of another school', async () => {
  const [one, other] = applicants('QL14').map(({ staffNumber }) => walk.personId(staffNumber));
  const centre = await walk.one('training_centre');
  const second = await walk.one('training_centre', {}, 1);
  const on = await walk.today();
  const hours = {
    scheme: 'sichuan-district',
    kind: 'lecture',
    activity: '开学讲座',
    on,
    hours: 4,
    source: '签到表',
    personIds: [one!],
  };
  const enter = (by: ApiSession, changes: object) => () => by.decide('/hours', { ...hours, ...changes });
  const { activity } = hours;

  await enter(centre, {})();
  await refuses(enter(second, {}), 409, 'hours-twice', 'T3', { activity, people: [one!] });
  await refuses(enter(second, { activity: '研讨', personIds: [other!, other!] }), 409, 'hours-twice', 'T3');
  await refuses(
    enter(second, { activity: '研讨', hours: 5, personIds: [one!, other!] }),
    422,
    'hours-per-day',
    'T2',
    {
      activity: '研讨',
      people: [one!],
      on,
      most: 8,
    },
  );
  await refuses(enter(second, { activity: '研讨', hours: 9 }), 422, 'invalid-input');
  const own = walk.personId(walk.staffOf('training_centre')[1]!);
  await refuses(enter(second, { personIds: [other!, own] }), 403, 'hours-own', 'T4', {
    activity,
    people: [own],
  });
  const tomorrow = { activity: '研讨', on: addDays(on, 1) };
  await refuses(enter(second, tomorrow), 422, 'hours-in-future', 'T3');
  const clerk = await walk.one('school_clerk', { organisation: 'QL13' });
  await refuses(enter(clerk, { activity: '研讨' }), 403, 'hours-of-others', 'S9', {
    kind: '讲座',
    people: [one!],
  });
  await refuses(enter(second, { activity: '研讨', personIds: [randomUUID()] }), 422, 'hours-person-unknown');

  const { problem } = await race(
    enter(centre, { activity: '上午', hours: 5, personIds: [other!] }),
    enter(second, { activity: '下午', hours: 5, personIds: [other!] }),
  );
  expect(problem).toMatchObject({
    status: 422,
    type: '/problems/hours-per-day',
    values: { people: [other], most: 8 },
  });
  expect(await database.hoursEntry.count()).toBe(2);
});

test('after the deadline nobody applies; only the office accepts a late application, with a reason', async () => {
  const [late, ...inTime] = schools.flatMap((code) => applicants(code)).toReversed();
  const known = new Set([...walk.applications.values()].map(({ staffNumber }) => staffNumber));
  const missing = inTime.filter(({ staffNumber }) => !known.has(staffNumber));
  await walk.forEach(missing, (applicant) => applyFor(walk, applicant));
  await walk.forEach(walk.applicants.contestWinners, (winner) => enterByContest(walk, winner));
  await closeApplications(walk);

  const closed = { closedAt: '2026-09-30T16:00:00.000Z' };
  await refuses(() => applyFor(walk, late!), 409, 'applications-closed', 'R0.8', closed);
  const form = { roundId: walk.roundId, rank: 'accomplished', statement: '自愿申报', agreesToNotice: true };
  const basis = { ...(await recordedFor(walk, '纸质申报表')), personId: walk.personId(late!.staffNumber) };
  const record = (by: ApiSession, lateReason?: string) => () =>
    by.decide('/applications', { ...form, lateReason, recordedFor: basis });
  await refuses(record(await walk.office()), 409, 'applications-closed', 'R0.8', closed);
  const clerk = await walk.one('school_clerk', {
    organisation: walk.teacher(late!.staffNumber).schoolCode,
  });
  await refuses(record(clerk, '因病'), 409, 'applications-closed', 'R0.8', closed);
});

test('S5, S7: while a school scores, nothing else is decided on, and a sheet is taken whole or not at all', async () => {
  const review = await reviewOf(doubled, 'scoring');
  const [judge, elsewhere] = await Promise.all([
    walk.one('school_panel', { organisation: doubled }),
    walk.one('school_panel', { organisation: 'QL13' }),
  ]);
  const { sheet, applicants: scored } = await judge.get<ReviewView>(`/school-reviews/${review}`);
  const full = Object.fromEntries(
    sheet.filter((item) => item.judged).map(({ code, max }) => [code, 100 * max]),
  );
  const [applicationId] = scored.map((each) => each.applicationId);
  const score = (by: ApiSession, items: object) => () =>
    by.decide(`/school-reviews/${review}/scores`, { scores: [{ applicationId, items }] });

  await refuses(score(elsewhere, full), 403, 'not-allowed', 'S1', {
    decision: 'score',
    allowed: ['school_panel'],
  });
  const { guidance: _, ...three } = full;
  await refuses(score(judge, three), 422, 'scores-missing', 'K3', {
    applicationId: applicationId!,
    items: ['guidance'],
  });
  await refuses(score(judge, { ...full, ethics: 1501 }), 422, 'score-out-of-range', 'K3', {
    item: '师德表现',
    hundredths: 1501,
    max: 15,
  });
  await refuses(score(judge, { ...full, contests: 100 }), 422, 'score-item-counted', 'K3', {
    item: '教学竞赛',
  });

  const clerk = await walk.one('school_clerk', { organisation: doubled });
  const early = { applicationIds: [applicationId] };
  await refuses(() => clerk.decide(`/school-reviews/${review}/nominations`, early), 409, 'wrong-step', 'S3', {
    decision: 'nominate',
    allowed: ['nominating'],
  });
  const office = await walk.office();
  const eligible = { outcome: 'eligible', confirmed: [] };
  await refuses(
    () => office.decide(`/applications/${applicationId}/eligibility`, eligible),
    409,
    'wrong-stage',
    'S3',
    {
      stage: 'school_score',
      standing: 'running',
      allowed: ['eligibility_check'],
    },
  );
  const seats = {
    seats: [{ unit: 'accomplished/arts', seats: 1 }],
    recordedFor: await recordedFor(walk, '1号'),
  };
  await refuses(() => office.decide(`/rounds/${walk.roundId}/seats`, seats), 422, 'seats-rows', 'Q2');
  const approval = { approved: [applicationId], recordedFor: await recordedFor(walk, '1号') };
  await refuses(
    () => office.decide(`/rounds/${walk.roundId}/approvals`, approval),
    422,
    'list-not-whole',
    'P12',
  );
  const refusedIds = [{ applicationId, reason: '名额所限' }];
  await refuses(
    () => office.decide(`/rounds/${walk.roundId}/approvals`, { ...approval, refused: refusedIds }),
    422,
    'chosen-by-vote',
    'P12',
    { ids: [applicationId] },
  );
  await scoreApplicants(walk);
});

test('a school nominates within its quota, by its own clerk; of two lists at the same instant one is taken', async () => {
  const review = await reviewOf(doubled, 'nominating');
  const [clerk, secondClerk, elsewhere] = await Promise.all([
    walk.one('school_clerk', { organisation: doubled }),
    walk.one('head', { organisation: doubled }),
    walk.one('school_clerk', { organisation: 'QL13' }),
  ]);
  const nominate = (by: ApiSession, applicationIds: readonly string[], orderReason?: string) => () =>
    by.decide(`/school-reviews/${review}/nominations`, { applicationIds, orderReason });
  const { applicants: ranked } = await clerk.get<ReviewView>(`/school-reviews/${review}`);
  const [first, ...others] = ranked
    .toSorted((left, right) => left.place! - right.place!)
    .map(({ applicationId }) => applicationId);
  const best = [first!, ...others.slice(0, 4)];
  const last = others[4]!;

  await refuses(nominate(elsewhere, best), 403, 'not-allowed', 'S1', {
    decision: 'nominate',
    allowed: ['school_clerk'],
  });
  await refuses(nominate(clerk, [...best, last]), 422, 'over-quota', 'Q8', {
    rank: 'accomplished',
    listed: 6,
    quota: 5,
    free: 5,
  });
  await refuses(nominate(clerk, [first!, first!]), 422, 'named-twice', 'Q8', { ids: [first!] });
  const { applicants: ofOthers } = await elsewhere.get<ReviewView>(
    `/school-reviews/${await reviewOf('QL13', 'nominating')}`,
  );
  const foreign = ofOthers[0]!.applicationId;
  await refuses(nominate(clerk, [first!, foreign]), 422, 'not-in-run', 'P12', { ids: [foreign] });
  await refuses(nominate(clerk, others), 422, 'order-reason-missing', 'V16', { passedOver: [first!] });

  const { problem, winner } = await race(
    nominate(clerk, best),
    nominate(secondClerk, [...best.slice(0, 4), last], '本校急需学科'),
  );
  expect(problem).toMatchObject({ status: 409, rule: 'S3' });
  const taken = await database.nomination.findMany({ where: { caseId: review } });
  const lastListed = winner === 0 ? best[4]! : last;
  expect(taken.map(({ applicationId }) => applicationId).sort()).toEqual(
    [...best.slice(0, 4), lastListed].sort(),
  );
  expect(new Set(taken.map(({ place }) => place))).toEqual(new Set([1, 2, 3, 4, 5]));
});

test('S3: an Update that no submission stands behind fails, writes nothing, and its case goes on', async () => {
  const review = await reviewOf('QL16', 'nominating');
  const elsewhere = await database.submission.findFirstOrThrow({
    where: { decision: 'nominate', status: 'done' },
  });
  const { now } = await readClock(database);
  const forged: unknown[][] = [
    [{ submissionId: randomUUID(), at: now }],
    [{ submissionId: elsewhere.id, at: now }],
    [{ submissionId: 'no id', at: now }],
    [{ submissionId: randomUUID(), at: 'now' }],
    [{ submissionId: randomUUID() }],
    [],
  ];
  await settled();
  const before = await stored();
  const handle = temporal.workflow.getHandle(workflowIdOf('schoolReview', review));
  for (const args of forged)
    await expect(handle.executeUpdate('nominate', { args: args as [] })).rejects.toThrow(
      WorkflowUpdateFailedError,
    );
  await expect(
    updateWithStart('application', 'submit', { submissionId: randomUUID(), at: now }),
  ).rejects.toThrow(WorkflowUpdateFailedError);
  // Nor does a signal without the instant that every message of the service carries.
  for (const args of [[], [{}], [{ at: 'now' }], ['2026-09-16']])
    for (const signal of ['wake', 'reload']) await handle.signal(signal, ...args);
  await settled();
  expect(await stored()).toEqual(before);
  await nominateCandidates(walk);
});

test('S8: the author of a notice does not approve it', async () => {
  await untilUnderWay(walk, 'school_notice', 'school_score');
  const notices = await casesAt(walk, 'notices', 'drafting');
  const { id } = notices.find(({ organisationId }) => organisationId === walk.schoolId(doubled))!;
  const [author, head] = await Promise.all([
    walk.one('school_clerk', { organisation: doubled }),
    walk.one('head', { organisation: doubled }),
  ]);
  const approve = (by: ApiSession) => () => by.decide(`/notices/${id}/approval`, {});
  await refuses(approve(head), 409, 'wrong-step', 'S3', { decision: 'approve', allowed: ['releasing'] });
  await author.decide(`/notices/${id}/draft`, {
    office: '学校办公室',
    telephone: '000-0000000',
    howToObject: '书面',
  });
  await refuses(approve(author), 403, 'notice-own-release', 'N6');
  const elsewhere = await walk.one('head', { organisation: 'QL13' });
  await refuses(approve(elsewhere), 403, 'not-allowed', 'S1', {
    decision: 'approve',
    allowed: ['head', 'office'],
  });
  await approve(head)();
  await refuses(approve(head), 409, 'wrong-step', 'S3', { decision: 'approve', allowed: ['releasing'] });
  await publishSchoolNotices(walk);
});

test('P12: a list is filed as it stood in the notice: no name is left out or put in', async () => {
  await untilUnderWay(walk, 'filing', 'school_notice');
  const review = await reviewOf(doubled, 'filing');
  const head = await walk.one('head', { organisation: doubled });
  const { applicants: listed } = await head.get<ReviewView>(`/school-reviews/${review}`);
  const [first, ...rest] = listed.map(({ applicationId }) => applicationId);
  const file = (by: ApiSession, applicationIds: readonly string[]) => () =>
    by.decide(`/school-reviews/${review}/filing`, { applicationIds });
  await refuses(file(head, rest), 422, 'list-not-whole', 'Q8', { missing: [first!], listed: 4 });
  const stranger = (await database.stageEntry.findFirstOrThrow({ where: { outcome: 'out' } })).applicationId;
  await refuses(file(head, [first!, ...rest, stranger]), 422, 'not-in-run', 'P12', { ids: [stranger] });
  const elsewhere = await walk.one('head', { organisation: 'QL13' });
  await refuses(file(elsewhere, [first!, ...rest]), 403, 'not-allowed', 'S1', {
    decision: 'file',
    allowed: ['head'],
  });
  await fileLists(walk);
});

test('E13: nobody is found eligible while a condition that people judge is not confirmed', async () => {
  await untilUnderWay(walk, 'eligibility_check', 'filing');
  const [candidate] = (await candidatesAt(walk, 'eligibility_check', 'running')).filter(
    ({ entry }) => entry === 'application',
  );
  const office = await walk.office();
  const decide = (by: ApiSession, body: object) => () =>
    by.decide(`/applications/${candidate!.id}/eligibility`, body);
  const { findings } = await office.get<{ findings: { outcome: string; required: string }[] }>(
    `/applications/${candidate!.id}`,
  );
  const toJudge = findings.filter(({ outcome }) => outcome === 'judge').map(({ required }) => required);
  expect(toJudge).toHaveLength(3);
  const partly = { outcome: 'eligible', confirmed: toJudge.slice(0, 2) };
  await refuses(decide(office, partly), 422, 'conditions-not-confirmed', 'E13', {
    conditions: toJudge.slice(2),
  });
  const unsaid = { outcome: 'not_eligible', confirmed: [] };
  await refuses(decide(office, unsaid), 422, 'reason-missing', 'E13');
  const clerk = await walk.one('school_clerk', { organisation: doubled });
  await refuses(decide(clerk, { outcome: 'eligible', confirmed: toJudge }), 403, 'role-required');
  await checkEligibility(walk);
});

test('P12: the leading group decides on every candidate at once, and a researcher on those of the own subject', async () => {
  await untilUnderWay(walk, 'leading_group_review', 'eligibility_check');
  const [first, ...rest] = (await candidatesAt(walk, 'leading_group_review', 'running')).map(({ id }) => id);
  const office = await walk.office();
  const basis = await recordedFor(walk, '纪要');
  const review = (body: object) => () => office.decide(`/rounds/${walk.roundId}/reviews`, body);
  await refuses(review({ approved: rest, recordedFor: basis }), 422, 'list-not-whole', 'P12', {
    missing: [first!],
    unknown: [],
    listed: rest.length,
  });
  await refuses(review({ approved: [first, ...rest] }), 422, 'basis-missing', 'S1', {
    decision: 'reviewCandidates',
    allowed: ['leading_group'],
  });
  await reviewByLeadingGroup(walk);

  await untilUnderWay(walk, 'expert_opinion', 'leading_group_review');
  const panels = await casesAt(walk, 'panel-reviews', 'opinions');
  const chinese = panels.find(({ subject }) => subject === 'chinese')!;
  const [candidate] = (await candidatesAt(walk, 'expert_opinion', 'running')).filter(
    ({ subject }) => subject === 'chinese',
  );
  const opinions = [{ applicationId: candidate!.id, stance: 'recommend', text: '推荐' }];
  const researcher = await walk.one('researcher', { subject: 'mathematics' });
  await refuses(
    () => researcher.decide(`/panel-reviews/${chinese.id}/opinions`, { opinions }),
    403,
    'not-researcher-of-subject',
    'V5',
    { subject: 'chinese' },
  );
  await giveOpinions(walk);
});

test('seats add up to the places that are left, and differ from the proposal only with a reason', async () => {
  await walk.until('all candidates before the vote', async () => {
    const round = await readRound(walk);
    return countAt(round, 'expert_opinion') === 0 && countAt(round, 'differential_vote') > 0;
  });
  await settled();
  const office = await walk.office();
  const basis = await recordedFor(walk, '青师培组〔2026〕3号');
  const { seats } = await office.get<{ seats: { unit: string; seats: number }[] }>(
    `/rounds/${walk.roundId}/seat-proposal`,
  );
  // 13 places less four direct entrants.
  expect(seats.reduce((sum, group) => sum + group.seats, 0)).toBe(9);
  const approve = (changes: Readonly<Record<string, number>>) => () => {
    const table = seats.map(({ unit, seats: proposed }) => ({
      unit,
      seats: proposed + (changes[unit] ?? 0),
    }));
    return office.decide(`/rounds/${walk.roundId}/seats`, { seats: table, recordedFor: basis });
  };
  await refuses(approve({ 'accomplished/arts': 1 }), 422, 'seats-total', 'Q2', {
    rank: 'accomplished',
    total: 9,
    approved: 10,
  });
  const { seats: proposed } = seats.find(({ unit }) => unit === 'accomplished/arts')!;
  const moved = { 'accomplished/arts': -1, 'accomplished/science': 1 };
  await refuses(approve(moved), 422, 'seats-reason-missing', 'Q2', {
    unit: 'accomplished/arts',
    proposed,
    approved: proposed - 1,
  });
  await approveSeats(walk);
});

test('a vote does not open without a quorum of those who may vote', async () => {
  const votes = await walk.until('the votes', async () => {
    const next = await casesAt(walk, 'votes', 'signIn');
    return next.length === 3 && next;
  });
  const { id } = votes.find(({ unit }) => unit === 'accomplished/arts')!;
  const [chairNumber] = walk.staffOf('committee_chair');
  const committee = walk.staffOf('committee').filter((staffNumber) => staffNumber !== chairNumber);
  const [chair, supervisor, absent, recused, ...members] = await Promise.all([
    walk.one('committee_chair'),
    walk.one('supervisor'),
    ...committee.slice(0, 9).map((staffNumber) => walk.as(staffNumber)),
  ]);
  const [chairKey, supervisorKey] = [await makeOfficerKey(), await makeOfficerKey()];
  const signIn = (by: ApiSession, recipient?: string) => () =>
    by.decide(`/votes/${id}/sign-ins`, { recipient });
  const recuse = (memberId?: string) => () =>
    recused!.decide(`/votes/${id}/recusals`, { memberId, reason: '与一名候选人有亲属关系' });
  const open = () => chair.decide(`/votes/${id}/opening`, {});

  await refuses(signIn(chair), 422, 'officer-key-missing', 'V6', { role: 'committee_chair' });
  await refuses(signIn(await walk.office()), 403, 'role-required');
  await signIn(chair, chairKey.recipient)();
  await signIn(supervisor, supervisorKey.recipient)();
  for (const member of [recused!, ...members.slice(0, 6)]) await signIn(member)();
  await refuses(recuse(walk.personId(committee[2]!)), 403, 'not-allowed', 'V1', {
    decision: 'recuse',
    allowed: ['committee_chair'],
  });
  await recuse()();
  await refuses(takePaper(chair, id, 'AAAA'), 409, 'paper-not-now', 'V6', { step: 'signIn' });
  // Eight of eleven are there, but who is recused makes no quorum.
  await refuses(open, 422, 'vote-no-quorum', 'V4', { members: 11, voters: 7, required: 8 });
  await signIn(members[6]!)();
  await refuses(open, 409, 'conflict-undecided', 'V1');
  await decideConflicts(walk, id);
  await open();
  await refuses(signIn(absent!), 409, 'wrong-step', 'S3', { decision: 'signIn', allowed: ['signIn'] });
  const vote = await chair.get<VoteView>(`/votes/${id}`);
  meeting = {
    id,
    vote,
    chair,
    supervisor,
    voters: [chair, ...members],
    others: [absent!, recused!],
    chairKey,
    supervisorKey,
  };
});

test('who votes takes one paper; who is recused or absent takes none', async () => {
  const { id, vote, chair, voters, others } = meeting;
  const { blinded: unused } = await preparePaper(vote.publicKey);
  for (const other of others) await refuses(takePaper(other, id, unused), 403, 'not-a-voter', 'V1');
  await refuses(takePaper(chair, id, 'AAAA'), 422, 'paper-malformed', 'V6');

  for (const voter of voters.slice(1)) {
    const { blinded, secret } = await preparePaper(vote.publicKey);
    const { blindSignature } = await takePaper(voter, id, blinded)();
    papers.push(await finishPaper(secret, blindSignature));
    if (papers.length > 1) continue;
    await refuses(takePaper(voter, id, unused), 409, 'paper-taken', 'V6');
    expect(await takePaper(voter, id, blinded)()).toEqual({ blindSignature });
  }
  await refuses(cast(papers[0]!, await sealedChoice()), 409, 'box-not-open', 'V6');

  // With the last paper the box opens.
  const two = [await preparePaper(vote.publicKey), await preparePaper(vote.publicKey)];
  const [first, second] = two.map(({ blinded }) => takePaper(chair, id, blinded));
  const { winner, answer, problem } = await race(first!, second!);
  expect(problem).toMatchObject({ status: 409, type: '/problems/paper-taken', rule: 'V6' });
  papers.push(await finishPaper(two[winner]!.secret, answer.blindSignature));
  await walk.until('the box to open', async () => {
    const { step } = await chair.get<VoteView>(`/votes/${id}`);
    return step === 'casting';
  });
});

test('a forged paper and a paper that was cast are refused', async () => {
  const [first, second] = papers;
  const sealed = await sealedChoice();
  const forged = { serial: first!.serial, signature: toBase64url(randomBytes(256)) };
  await refuses(cast(forged, sealed), 422, 'ballot-refused', 'V6');
  const mixed = { serial: second!.serial, signature: first!.signature };
  await refuses(cast(mixed, sealed), 422, 'ballot-refused', 'V6');
  await refuses(cast(await paperOfAnotherVote(), sealed), 422, 'ballot-refused', 'V6');
  for (const paper of papers.slice(1)) await cast(paper, await sealedChoice())();
  await refuses(cast(second!, sealed), 409, 'paper-used', 'V6');
});

test('too many names: the client refuses them, and a ballot that was sealed by hand is invalid', async () => {
  const { id, vote, chair, supervisor, chairKey, supervisorKey } = meeting;
  const { seats } = vote;
  const tooMany = candidateIds().slice(0, seats + 1);
  expect(tooMany).toHaveLength(seats + 1);
  await expect(sealedChoice(tooMany)).rejects.toMatchObject({
    code: 'TOO_MANY_CHOICES',
    values: { chosen: seats + 1, seats },
  });
  const length = fromBase64url(await sealedChoice()).length - 2 * ageBox;
  const longer = await sealByHand(JSON.stringify(tooMany.toSorted()), length);
  await refuses(cast(papers[0]!, longer), 422, 'ballot-refused', 'V6');
  const names = Array.from({ length: seats + 1 }, (_, position) => `${position}`);
  await cast(papers[0]!, await sealByHand(JSON.stringify(names), length))();

  const bringKey = (by: ApiSession, identity: string) => () => by.decide(`/votes/${id}/keys`, { identity });
  const early = { decision: 'openBox', allowed: ['opening'] };
  await refuses(bringKey(chair, chairKey.identity), 409, 'wrong-step', 'S3', early);
  await chair.decide(`/votes/${id}/closing`, {});
  await refuses(cast(papers[0]!, await sealedChoice()), 409, 'box-not-open', 'V6');
  const officer = 'supervisor';
  await refuses(bringKey(supervisor, chairKey.identity), 422, 'officer-key-wrong', 'V6', { officer });
  await bringKey(chair, chairKey.identity)();
  await bringKey(supervisor, supervisorKey.identity)();
  const { tally } = await chair.get<VoteView>(`/votes/${id}`);
  expect(tally).toMatchObject({ voters: 8, issued: 8, returned: 8, valid: 7, invalid: 1 });
  expect(tally!.elected.toSorted()).toEqual(candidateIds().slice(0, seats).toSorted());
});

test('after all that nothing is amiss, and no submission is without an answer', async () => {
  await settled();
  expect(await database.submission.count({ where: { status: 'received' } })).toBe(0);
  expect(await runDoctor({ database, client: temporal })).toEqual([]);
});

interface Plan {
  readonly places: Readonly<Record<string, number>>;
  readonly nominations: readonly {
    readonly schoolId: string;
    readonly rank: string;
    readonly places: number;
    readonly reason: string;
  }[];
}

interface ReviewView {
  readonly sheet: readonly { readonly code: string; readonly max: number; readonly judged: boolean }[];
  readonly applicants: readonly { readonly applicationId: string; readonly place: number | null }[];
}

interface VoteView {
  readonly step: string;
  readonly seats: number;
  readonly publicKey: string;
  readonly chairRecipient: string;
  readonly supervisorRecipient: string;
  readonly candidates: readonly { readonly applicationId: string }[];
  readonly tally: { readonly elected: readonly string[] } | null;
}

/** A vote that is open. */
interface Meeting {
  readonly id: string;
  readonly vote: VoteView;
  readonly chair: ApiSession;
  readonly supervisor: ApiSession;
  /** Eight, the chair first. */
  readonly voters: readonly ApiSession[];
  /** Of the committee, but absent or recused. */
  readonly others: readonly ApiSession[];
  readonly chairKey: OfficerKey;
  readonly supervisorKey: OfficerKey;
}

/** The fewest places that give every school its guaranteed nomination. */
async function roundPlan(): Promise<Plan> {
  const office = await walk.office();
  const { rows } = await office.get<{
    rows: { schoolId: string; code: string; rank: string; places: number }[];
  }>('/rounds/quota-proposal?policyCode=sichuan-district&places=accomplished:13,district_backbone:13');
  return {
    policyCode: 'sichuan-district',
    title: '2026年区骨干教师评选',
    schoolYear: '2026-2027',
    places: { accomplished: 13, district_backbone: 13 },
    nominations: rows.map(({ schoolId, code, rank, places }) => ({
      schoolId,
      rank,
      places: rank === 'accomplished' ? (nominations[code] ?? 0) : places,
      reason: '按申报意向调整',
    })),
    recordedFor: await recordedFor(walk, '青师培组〔2026〕1号'),
  } as Plan;
}

async function importSecondRoles(): Promise<void> {
  const [clerk] = walk.staffOf('school_clerk', { organisation: doubled });
  const [head] = walk.staffOf('head', { organisation: doubled });
  const role = { organisation: doubled, subject: null, from: '2025-09-01', until: null };
  const file = await writeRoster({
    schools: walk.roster.schools.filter(({ code }) => code === doubled),
    teachers: [walk.teacher(clerk!), walk.teacher(head!)],
    titles: [],
    evidence: [],
    sanctions: [],
    memberships: [
      { ...role, staffNumber: clerk!, role: 'head' },
      { ...role, staffNumber: head!, role: 'school_clerk' },
    ],
  });
  const administrator = await walk.administrator();
  await administrator.upload('/roster-imports', 'file', new Blob([new Uint8Array(file)]), 'roles.xlsx');
}

/** Of the sample's applicants for the rank accomplished, those of three schools. */
function fewApplicants(): SampleApplicants {
  const roster = sampleDistrict(SAMPLE_SEED);
  const { ordinary, ...others } = sampleApplicants(roster, SAMPLE_SEED);
  const there = roster.teachers.filter(({ schoolCode }) => schools.includes(schoolCode));
  const ofSchools = new Set(there.map(({ staffNumber }) => staffNumber));
  const few = ordinary.filter(
    ({ rank, staffNumber }) => rank === 'accomplished' && ofSchools.has(staffNumber),
  );
  return { ...others, ordinary: few };
}

function applicants(school: string): SampleApplicant[] {
  return walk.applicants.ordinary.filter(
    ({ staffNumber }) => walk.teacher(staffNumber).schoolCode === school,
  );
}

async function reviewOf(schoolCode: string, step: string): Promise<string> {
  const reviews = await casesAt(walk, 'school-reviews', step);
  return reviews.find(({ organisationId }) => organisationId === walk.schoolId(schoolCode))!.id;
}

/**
 * Sends what must be refused, and looks at the answer and at what is stored: nothing is written but the refused
 * submission.
 */
async function refuses(
  send: () => Promise<unknown>,
  status: number,
  type: string,
  rule?: string,
  values?: Problem['values'],
): Promise<Problem> {
  await settled();
  const before = await stored();
  const error: unknown = await send().then(
    () => new Error(`It was to be refused as ${type}.`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiProblem)) throw error;
  const { problem } = error;
  expect({ ...problem, values: values && problem.values }).toMatchObject({
    status,
    type: `/problems/${type}`,
    ...(rule !== undefined && { rule }),
    ...(values !== undefined && { values }),
  });
  await settled();
  expect(await stored()).toEqual(before);
  return problem;
}

/** Sends two requests at the same instant, of which one passes. */
async function race<Answer>(
  ...sends: [() => Promise<Answer>, () => Promise<Answer>]
): Promise<{ winner: number; answer: Answer; problem: Problem }> {
  await settled();
  const outcomes = await Promise.allSettled(sends.map((send) => send()));
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
  const { value } = outcomes[winner] as PromiseFulfilledResult<Answer>;
  const { reason } = outcomes[1 - winner] as PromiseRejectedResult;
  if (!(reason instanceof ApiProblem)) throw reason;
  await settled();
  return { winner, answer: value, problem: reason.problem };
}

/** Waits until every case has followed. */
async function settled(): Promise<void> {
  const { now } = await readClock(database);
  await walk.until('every case to follow', async () => (await unsettledAt(database, now)).length === 0);
}

/**
 * Number and content of the rows of every table, without sign-ins and refused submissions. How often a case has looked
 * at what there is for it to do, which its sequence number counts, does not matter either.
 */
async function stored(): Promise<Record<string, string>> {
  const tables = await database.$queryRawUnsafe<{ name: string; content: string }[]>(storedQuery);
  return Object.fromEntries(tables.map(({ name, content }) => [name, content]));
}

async function queryOfAllRows(): Promise<string> {
  const tables = await database.$queryRaw<{ name: string }[]>`
    SELECT table_name::text AS name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_name NOT IN ('session', 'user', '_prisma_migrations')`;
  const contents = tables.map(({ name }) => {
    const row = name === 'case' ? "(to_jsonb(entry) - 'sequence')::text" : 'entry::text';
    const refused: Record<string, string> = {
      submission: "WHERE status <> 'refused'",
      answered_request: 'WHERE NOT is_refused',
    };
    const counted = refused[name] ?? '';
    return `SELECT '${name}' AS name, concat(count(*), ' ', md5(string_agg(${row}, ' ' ORDER BY ${row}))) AS content
      FROM "${name}" entry ${counted}`;
  });
  return contents.join(' UNION ALL ');
}

/** Sends a request once, whatever the answer. */
async function post(staffNumber: string, path: string, key: string, body: object) {
  const send = (url: string, headers: Record<string, string>, content: object) =>
    fetch(`${stack.api.url}/api/v1${url}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(content),
    });
  const signedIn = await send('/sign-in', {}, { username: staffNumber, password: walk.password });
  const cookie = signedIn.headers.getSetCookie().map((each) => each.split(';')[0]);
  const headers = { Cookie: cookie.join('; '), ...(key && { 'Idempotency-Key': key }) };
  const response = await send(path, headers, body);
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as DecisionAnswer | Problem,
  };
}

/** What the API does for a decision that creates its case, without the submission. */
function updateWithStart(kind: CaseKind, decision: string, request: DecisionRequest) {
  return temporal.workflow.executeUpdateWithStart(decisionUpdate(decision), {
    args: [request],
    startWorkflowOperation: new WithStartWorkflowOperation(kind, {
      ...startOptions(kind, randomUUID(), null),
      workflowIdConflictPolicy: 'USE_EXISTING',
    }),
  });
}

function takePaper(member: ApiSession, voteId: string, blinded: string) {
  return () => member.post<{ blindSignature: string }>(`/votes/${voteId}/papers`, { blinded });
}

function cast(paper: Paper, sealed: string) {
  return () => walk.client.cast(meeting.id, { ...paper, sealed });
}

function candidateIds(): string[] {
  return meeting.vote.candidates.map(({ applicationId }) => applicationId);
}

/** A choice as the client seals it: as many as there are seats, the same for everybody. */
function sealedChoice(choice = candidateIds().slice(0, meeting.vote.seats)): Promise<string> {
  const { seats, chairRecipient, supervisorRecipient } = meeting.vote;
  const recipients = { chair: chairRecipient, supervisor: supervisorRecipient };
  return sealChoice(choice, recipients, { seats, candidateIds: candidateIds() });
}

async function paperOfAnotherVote(): Promise<Paper> {
  const key = await makeVoteKey();
  const { blinded, secret } = await preparePaper(key.publicKey);
  return finishPaper(secret, signPaper(key.privateKey, blinded));
}

/** Bytes that each of the two boxes adds. */
const ageBox = 200;

/** Seals a text of a length as the client seals a choice, without looking at what it says. */
async function sealByHand(text: string, length: number): Promise<string> {
  let bytes: Uint8Array = new TextEncoder().encode(text.padEnd(length, ' '));
  for (const recipient of [meeting.vote.supervisorRecipient, meeting.vote.chairRecipient]) {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    bytes = await encrypter.encrypt(bytes);
  }
  return toBase64url(bytes);
}

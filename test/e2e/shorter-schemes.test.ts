import { addDays } from '../../domain/dates.js';
import { groupBy } from '../../domain/grouping.js';
import type { SampleApplicant } from '../../samples/applicants.js';
import { applyFor, enterByContest } from '../../samples/walk/applications.js';
import { candidatesAt, casesAt, codeOf, countAt, readRound } from '../../samples/walk/candidates.js';
import { recordedFor } from '../../samples/walk/checks.js';
import { enterDistrict } from '../../samples/walk/district.js';
import { fileLists, nominateCandidates, publishSchoolNotices } from '../../samples/walk/schools.js';
import { Walk } from '../../samples/walk/walk.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { refused } from '../support/refusals.js';
import { schemeOfThePage, without, withValues } from '../support/scheme-parts.js';
import { smallRound } from '../support/small-round.js';

// Schemes that have less than the one of docs/writing-a-scheme.md: what they leave out, their rounds do without.

const rank = 'young_backbone';
const page = withValues(without(schemeOfThePage(), 'ranks.young_backbone.need.maxAge'), {
  'ranks.young_backbone.need.teachingYears.value': 0,
});

/** Schools nominate without a score sheet, and the district posts no notice. */
const withoutScores = without(
  page,
  'stages.school_score',
  'stages.appointment.order',
  'stages.district_notice',
  'notice.district',
);

/** Whoever applies is checked, and the leading group's review chooses. */
const reviewChooses = without(
  page,
  'stages.school_score',
  'stages.appointment.order',
  'stages.school_nomination',
  'quotas',
  'stages.school_notice',
  'stages.filing',
  'stages.district_notice',
  'notice',
  'stages.approval',
);

/** Teachers apply or come by a prize, the leading group approves, and that is all; no stage has a time. */
const listOnly = withValues(
  without(
    page,
    ...['standards_published', 'school_score', 'school_nomination', 'school_notice', 'filing'].map(
      (code) => `stages.${code}`,
    ),
    ...['eligibility_check', 'leading_group_review', 'district_notice', 'annual_assessment'].map(
      (code) => `stages.${code}`,
    ),
    ...['training', 'training_assessment', 'appointment'].map((code) => `stages.${code}`),
    'quotas',
    'notice',
    'training',
    'certificate',
    'annualReview',
    `ranks.${rank}.trainingYears`,
    `ranks.${rank}.need`,
    'stages.application.workingDays',
    'stages.approval.workingDays',
  ),
  {
    'entries.contest': {
      rank,
      evidence: {
        kind: 'classroom_contest',
        level: 'district',
        prize: 'first',
        withinSchoolYears: 3,
        once: true,
      },
      conditions: [],
      skips: ['application'],
      keeps: ['approval', 'formal_candidate'],
      countsInYearlyNumber: true,
      countsInSchoolQuota: false,
      clause: '一等奖获得者直接入选',
    },
  },
);

let instance: TestInstance;
let walk: Walk;
let groups: readonly (readonly SampleApplicant[])[];
const rounds = new Map<string, string>();

beforeAll(async () => {
  instance = await startInstance('shorter', '2026-09-01T00:00:00+08:00');
  walk = new Walk({
    ...(await smallRound()),
    url: instance.url,
    administrator: instance.administrator,
    password: 'Sample-pass-2026',
  });
  await enterDistrict(walk);
  // Of each school's six: three, one and one for the three rounds.
  const bySchool = groupBy(
    walk.applicants.ordinary,
    ({ staffNumber }) => walk.teacher(staffNumber).schoolCode,
  );
  const slice = (from: number, until: number) =>
    [...bySchool.values()].flatMap((applicants) =>
      applicants.slice(from, until).map((applicant) => ({ ...applicant, rank: rank as 'accomplished' })),
    );
  groups = [slice(0, 3), slice(3, 4), slice(4, 5)];
  await open('without-scores', withoutScores, 3);
  await open('review-chooses', reviewChooses, 2);
  await open('list-only', listOnly, 2);
  await applyIn('without-scores', groups[0]!);
  await applyIn('review-chooses', groups[1]!);
  await applyIn('list-only', groups[2]!);
  await enterByContest(walk, walk.applicants.contestWinners[0]!);
  const { applyUntil } = await readRound(walk);
  await walk.advanceTo(addDays(applyUntil, 1));
}, 300_000);

afterAll(() => instance?.stop());

test('schools nominate without scores within the quota, and no more are approved than there are places', async () => {
  walk.roundId = rounds.get('without-scores')!;
  const reviews = await walk.until('every school nominates', async () => {
    const found = await casesAt(walk, 'school-reviews', 'nominating');
    return found.length === 3 && found;
  });
  const [review] = reviews;
  const clerk = await walk.one('school_clerk', { organisation: codeOf(walk, review!.organisationId) });
  const { applicants, quotas, sheet } = await clerk.get<{
    applicants: { applicationId: string; place: number | null }[];
    quotas: { places: number }[];
    sheet: unknown[];
  }>(`/school-reviews/${review!.id}`);
  expect({ sheet, places: applicants.map(({ place }) => place) }).toEqual({
    sheet: [],
    places: [null, null, null],
  });
  const all = { applicationIds: applicants.map(({ applicationId }) => applicationId) };
  expect(await refused(clerk.decide(`/school-reviews/${review!.id}/nominations`, all))).toMatchObject({
    type: '/problems/over-quota',
    values: { listed: 3, quota: quotas[0]!.places },
  });
  await nominateCandidates(walk);
  const [left] = await candidatesAt(walk, 'school_nomination', 'out');
  expect(left!.reason).toMatchObject({ code: 'NOT_NOMINATED_UNSCORED', rule: 'Q7' });
  expect(left!.reason!.values).toMatchObject({ applicants: 3 });

  await publishSchoolNotices(walk);
  await fileLists(walk);
  await checkAll();
  const candidates = await allAt('leading_group_review');
  expect(candidates).toHaveLength(4);
  await decide('reviews', { approved: candidates });
  await allAt('approval');
  const over = await refused(decide('approvals', { approved: candidates }));
  expect(over).toMatchObject({
    type: '/problems/over-places',
    status: 422,
    rule: 'Q7',
    values: { rank, approved: 4, taken: 0, places: 3, free: 3 },
    clause: '每年评选青年骨干教师10名。',
  });
  expect(await candidatesAt(walk, 'approval', 'running')).toHaveLength(4);

  const [last, ...others] = candidates;
  await decide('approvals', {
    approved: others.slice(0, 2),
    held: [{ applicationId: others[2], reason: '待核实' }],
    refused: [{ applicationId: last, reason: '名额已满，评议在后' }],
  });
  // Who was held is approved later, in the place that is left.
  await (await walk.office()).decide(`/applications/${others[2]}/release`, { reason: '已核实' });
  await decide('approvals', { approved: await allAt('approval') });
  await expectCompleted(3);
  expect(await trainees(candidates)).toBe(3);
});

test('where nothing is approved after it, the leading group’s review chooses', async () => {
  walk.roundId = rounds.get('review-chooses')!;
  await checkAll();
  const candidates = await allAt('leading_group_review');
  expect(candidates).toHaveLength(3);
  expect(await refused(decide('reviews', { approved: candidates }))).toMatchObject({
    type: '/problems/over-places',
    values: { rank, approved: 3, taken: 0, places: 2, free: 2 },
  });
  const [first, ...others] = candidates;
  await decide('reviews', {
    approved: others,
    refused: [{ applicationId: first, reason: '材料不足' }],
  });
  await expectCompleted(2);
  expect(await trainees(candidates)).toBe(2);
});

test('a scheme may end with the list: nobody is trained, and a direct entrant has a place of it', async () => {
  walk.roundId = rounds.get('list-only')!;
  const office = await walk.office();
  const proposal = '/rounds/quota-proposal?policyCode=list-only&places=young_backbone:2';
  expect(await refused(office.get(proposal))).toMatchObject({ type: '/problems/quota-not-in-scheme' });

  const candidates = await allAt('approval');
  expect(candidates).toHaveLength(4);
  const winner = (await candidatesAt(walk, 'approval', 'running')).find(
    ({ entry }) => entry === 'contest',
  )!.id;
  const [first, second, third] = candidates.filter((id) => id !== winner);
  const held = { held: [{ applicationId: winner, reason: '获奖待核实' }] };
  const thirdRefused = { applicationId: third, reason: '名额所限' };
  expect(
    await refused(decide('approvals', { approved: [first, second], ...held, refused: [thirdRefused] })),
  ).toMatchObject({
    type: '/problems/over-places',
    values: { rank, approved: 2, taken: 1, places: 2, free: 1 },
  });
  await decide('approvals', {
    approved: [winner, first],
    refused: [thirdRefused, { applicationId: second, reason: '名额所限' }],
  });
  await expectCompleted(2);
  expect(await trainees(candidates)).toBe(0);
});

test('a round with a table of nominations does not open where no school nominates', async () => {
  const nominations = [{ schoolId: walk.schoolId('QL06'), rank, places: 1 }];
  expect(await refused(openRound('list-only', 1, nominations, '2027-2028'))).toMatchObject({
    type: '/problems/quota-not-in-scheme',
    rule: 'Q7',
  });
});

/** Stores the scheme under its name and opens a round with so many places, on the table that is proposed. */
async function open(id: string, text: string, places: number): Promise<void> {
  const administrator = await walk.administrator();
  await administrator.post('/policies', { text: withValues(text, { id }), fileName: `${id}.yaml` });
  const nominates = text.includes('code: school_nomination');
  const office = await walk.office();
  const proposal = `/rounds/quota-proposal?policyCode=${id}&places=${rank}:${places}`;
  const { rows } = nominates
    ? await office.get<{ rows: { schoolId: string; rank: string; places: number }[] }>(proposal)
    : { rows: [] };
  const nominations = rows.map(({ schoolId, rank: of, places: number }) => ({
    schoolId,
    rank: of,
    places: number,
  }));
  rounds.set(id, await openRound(id, places, nominations));
}

async function openRound(
  policyCode: string,
  places: number,
  nominations: readonly object[],
  schoolYear = '2026-2027',
): Promise<string> {
  const opened = await (
    await walk.office()
  ).decide('/rounds', {
    policyCode,
    title: policyCode,
    schoolYear,
    places: { [rank]: places },
    nominations,
    recordedFor: await recordedFor(walk, '东教〔2026〕1号'),
  });
  return opened.caseId;
}

async function applyIn(id: string, applicants: readonly SampleApplicant[]): Promise<void> {
  walk.roundId = rounds.get(id)!;
  await walk.forEach(applicants, (applicant) => applyFor(walk, applicant));
}

/** Whoever is at the eligibility check is found eligible. */
async function checkAll(): Promise<void> {
  const office = await walk.office();
  for (const id of await allAt('eligibility_check'))
    await office.decide(`/applications/${id}/eligibility`, { outcome: 'eligible', confirmed: ['师德高尚'] });
}

/** Waits until everybody of the round who still stands is in a run of the stage; their ids. */
function allAt(stage: string): Promise<string[]> {
  return walk.until(`all at ${stage}`, async () => {
    const round = await readRound(walk);
    const moving = round.candidates
      .filter(({ standing }) => ['waiting', 'running'].includes(standing))
      .reduce((sum, { count }) => sum + count, 0);
    const isThere = moving > 0 && countAt(round, stage, ['running']) === moving;
    return isThere && (await candidatesAt(walk, stage, 'running')).map(({ id }) => id);
  });
}

async function decide(what: 'reviews' | 'approvals', judgement: object): Promise<void> {
  await (
    await walk.office()
  ).decide(`/rounds/${walk.roundId}/${what}`, {
    ...judgement,
    recordedFor: await recordedFor(walk, '东教〔2026〕2号'),
  });
}

async function expectCompleted(chosen: number): Promise<void> {
  const round = await walk.until('the round to end', async () => {
    const now = await readRound(walk);
    return now.outcome !== null && now;
  });
  expect(round.outcome).toBe('completed');
  expect(countAt(round, 'formal_candidate', ['chosen'])).toBe(chosen);
}

function trainees(applicationIds: readonly string[]): Promise<number> {
  return instance.database.trainee.count({ where: { applicationId: { in: [...applicationIds] } } });
}

/** What the API says when it refuses. */

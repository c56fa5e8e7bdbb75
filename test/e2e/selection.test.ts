import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PizZip from 'pizzip';
import { finishPaper, preparePaper, sealChoice } from '../../ballot/member.js';
import { makeOfficerKey } from '../../ballot/officers.js';
import type { ApiSession } from '../../samples/api-client.js';
import { apply, closeApplications, openRound } from '../../samples/walk/applications.js';
import { schemeId } from '../../samples/walk/appointments.js';
import {
  candidatesAt,
  casesAt,
  readRound,
  untilUnderWay,
  type Candidate,
} from '../../samples/walk/candidates.js';
import { giveOpinions, recordedFor } from '../../samples/walk/checks.js';
import { importRoster, makeAccounts } from '../../samples/walk/district.js';
import {
  fileLists,
  nominateCandidates,
  publishNotice,
  publishSchoolNotices,
} from '../../samples/walk/schools.js';
import { assessTrainees } from '../../samples/walk/training.js';
import { approveSeats } from '../../samples/walk/vote.js';
import { Walk } from '../../samples/walk/walk.js';
import { runDoctor } from '../../scripts/doctor.js';
import { projectRoot } from '../../stack/project-root.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { refused } from '../support/refusals.js';
import { scenarioDistrict } from '../support/scenario-district.js';
import { mainScheme, withValues } from '../support/scheme-parts.js';

// One round in which everything happens that a selection is afraid of, over HTTP: three recusals, two ties, five
// objections, a replacement, a withdrawal and a seat that stays vacant. What must come out is written here by hand.
//
// Five places, one of which a contest winner (c1) takes. Arts: a1 to a4 for two seats; science: b1 to b3 for two.

const rank = 'accomplished';
/** Milliseconds for a part of the round on a machine that does something else too. */
const patience = 180_000;
const scheme = withValues(mainScheme(), {
  'vote.committee': { members: 7, reserve: 2 },
  'training.assessment.needsHours': false,
});
const directory = mkdtempSync(join(tmpdir(), 'qinglan-selection-'));
let instance: TestInstance;
let walk: Walk;
let office: ApiSession;
let chair: ApiSession;
let supervisor: ApiSession;

beforeAll(async () => {
  instance = await startInstance('selection', '2026-09-01T00:00:00+08:00');
  const { url, administrator } = instance;
  walk = new Walk({ ...(await scenarioDistrict()), url, administrator, password: 'a-word-for-everybody' });
  await (await walk.administrator()).post('/policies', { text: scheme, fileName: 'scenario.yaml' });
  await importRoster(walk);
  await makeAccounts(
    walk,
    walk.roster.teachers.map(({ staffNumber }) => staffNumber),
  );
  office = await walk.office();
  chair = await walk.as('m1');
  supervisor = await walk.as('supervisor');
}, patience);

afterAll(async () => {
  await instance?.stop();
  rmSync(directory, { recursive: true });
});

test(
  'Q2, Q8, Q9, R0.7: the schools name seven within their quotas, and a contest winner counts in none',
  async () => {
    await openRound(walk);
    // A later version of the scheme, in which two thirds must vote for somebody: this round keeps to its own (V9, R0.7).
    const stricter = withValues(scheme, { version: 2, 'vote.pass': 'two_thirds' });
    await office.post('/policies', { text: stricter, fileName: 'scenario.yaml' });
    const { rows } = await office.get<{ rows: { schoolId: string; places: number }[] }>(
      '/rounds/quota-proposal?policyCode=sichuan-district&places=accomplished:5',
    );
    expect(rows.map(({ schoolId, places }) => [schoolId, places])).toEqual([
      [walk.schoolId('S1'), 4],
      [walk.schoolId('S2'), 3],
    ]);
    await apply(walk);
    await closeApplications(walk);
    expect(await walk.today()).toBe('2026-09-16');
    await scoreAll();
    await nominateCandidates(walk);
    await publishSchoolNotices(walk);
    // Published on a Wednesday: 17, 18, the make-up Sunday 20, 21 and 22.
    expect(await walk.today()).toBe('2026-09-23');
    await fileLists(walk);
    expect(await standings()).toEqual({
      on: ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'c1'],
      out: ['x1 NOT_NOMINATED'],
    });
  },
  patience,
);

test(
  'Q7: all are checked, reviewed and judged by a researcher; two seats for four, and two for three',
  async () => {
    await untilUnderWay(walk, 'eligibility_check', 'filing');
    for (const { id } of await candidatesAt(walk, 'eligibility_check', 'running')) {
      const { findings } = await office.get<{ findings: { outcome: string; required: unknown }[] }>(
        `/applications/${id}`,
      );
      const confirmed = findings
        .filter(({ outcome }) => outcome === 'judge')
        .map(({ required }) => String(required));
      await office.decide(`/applications/${id}/eligibility`, { outcome: 'eligible', confirmed });
    }
    await untilUnderWay(walk, 'leading_group_review', 'eligibility_check');
    const reviewed = await candidatesAt(walk, 'leading_group_review', 'running');
    await office.decide(`/rounds/${walk.roundId}/reviews`, {
      approved: reviewed.map(({ id }) => id),
      recordedFor: await recordedFor(walk, '区师培纪要〔2026〕2号'),
    });
    await giveOpinions(walk);
    await (await walk.as('m3')).post('/kinships', { staffNumber: 'a1', relation: 'near_in_law' });
    await approveSeats(walk);
    const { seats } = await readRound(walk);
    expect(seats.map(({ unit, seats: number }) => [unit, number])).toEqual([
      ['accomplished/arts', 2],
      ['accomplished/science', 2],
    ]);
  },
  patience,
);

test(
  'V1, V3, V4, V10: three stand aside, a colleague does not; below the quorum nothing opens, at it it does',
  async () => {
    const id = await voteOf('accomplished/arts');
    await officersSignIn(id);
    await signIn(id, ['m2', 'm3', 'm4', 'm5', 'm6', 'm7']);
    await (await walk.as('m2')).decide(`/votes/${id}/recusals`, { reason: '曾与候选人共同主持课题' });
    const asking = { memberId: walk.personId('m5'), reason: '曾有纠纷' };
    await (await walk.as('a4')).decide(`/votes/${id}/recusal-requests`, asking);
    expect(await conflictsOf(id)).toEqual([
      'm2 other declared',
      'm3 kinship detected: recused by rule',
      'm4 same_school detected',
      'm5 other asked',
    ]);
    const opening = () => chair.decide(`/votes/${id}/opening`, {});
    expect(await refused(opening())).toMatchObject({ type: '/problems/conflict-undecided', rule: 'V1' });
    await judge(id, { m2: true, m4: false, m5: true });
    expect(await conflictsOf(id)).toEqual([
      'm2 other declared: recused by committee_chair',
      'm3 kinship detected: recused by rule',
      'm4 same_school detected: votes by committee_chair',
      'm5 other asked: recused by committee_chair',
    ]);
    expect(await refused(opening())).toMatchObject({
      type: '/problems/vote-no-quorum',
      values: { members: 7, voters: 4, required: 5 },
    });
    await chair.decide(`/votes/${id}/substitutions`, {
      memberId: walk.personId('m3'),
      substituteId: walk.personId('r1'),
    });
    await signIn(id, ['r1']);
    const tally = await cast(id, {
      m1: ['a1', 'a2'],
      m4: ['a1', 'a2'],
      m6: ['a1', 'a3'],
      m7: ['a1', 'a3'],
      r1: ['a2', 'a3'],
    });
    expect(tally).toMatchObject({
      voters: 5,
      valid: 5,
      votes: { a1: 4, a2: 3, a3: 3, a4: 0 },
      elected: ['a1'],
      reserve: [],
      tied: { candidates: ['a2', 'a3'], seats: 1 },
      vacant: 0,
    });
  },
  patience,
);

test(
  'V9, V14, V16: by the rules that the round opened with, the tie of a2 and a3 is settled by a re-ballot',
  async () => {
    const id = await voteOf('accomplished/arts');
    await officersSignIn(id);
    await signIn(id, ['m2', 'm3', 'm4', 'm5', 'm6', 'm7']);
    // What was decided of a colleague and of m2 is carried on; kinship with a1 and the request of a4 are not.
    expect(await conflictsOf(id)).toEqual([
      'm2 other declared: recused by committee_chair',
      'm4 same_school detected: votes by committee_chair',
    ]);
    const tally = await cast(id, { m1: ['a2'], m3: ['a2'], m4: ['a3'], m5: ['a2'], m6: ['a3'], m7: ['a2'] });
    expect(tally).toMatchObject({
      voters: 6,
      votes: { a2: 4, a3: 2 },
      elected: ['a2'],
      reserve: [{ candidate: 'a3', place: 1 }],
      vacant: 0,
    });
    expect(await standings()).toMatchObject({
      reserve: ['a3'],
      out: ['a4 NOT_ELECTED', 'x1 NOT_NOMINATED'],
    });
  },
  patience,
);

test(
  'V16, V18: the tie of b2 and b3 stays: their keys are equal, and the seat is vacant',
  async () => {
    const first = await voteOf('accomplished/science');
    const committee = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'];
    await officersSignIn(first);
    await signIn(first, committee.slice(1));
    await judge(first, { m4: false });
    const b12 = ['b1', 'b2'];
    const b13 = ['b1', 'b3'];
    const tally = await cast(first, {
      m1: b12,
      m2: b12,
      m3: b12,
      m4: b13,
      m5: b13,
      m6: b13,
      m7: ['b2', 'b3'],
    });
    expect(tally).toMatchObject({
      voters: 7,
      votes: { b1: 6, b2: 4, b3: 4 },
      elected: ['b1'],
      tied: { candidates: ['b2', 'b3'], seats: 1 },
    });
    const again = await voteOf('accomplished/science');
    await officersSignIn(again);
    await signIn(again, committee.slice(1));
    const decided = await cast(
      again,
      { m1: ['b2'], m2: ['b2'], m3: ['b2'], m5: ['b3'], m6: ['b3'], m7: ['b3'], m4: [] },
      // Who withdraws once the box is open stays on the paper.
      async () => {
        await withdraw('b3');
      },
    );
    expect(decided).toMatchObject({
      votes: { b2: 3, b3: 3 },
      blank: 1,
      elected: [],
      electedByTieBreak: [],
      vacant: 1,
    });
    const { seats } = await readRound(walk);
    expect(seats).toMatchObject([
      { unit: 'accomplished/arts', seats: 2, vacant: 0, assigned: 0 },
      { unit: 'accomplished/science', seats: 2, vacant: 1, assigned: 0 },
    ]);
    expect(await standings()).toEqual({
      on: ['a1', 'a2', 'b1', 'c1'],
      reserve: ['a3', 'b2'],
      out: ['a4 NOT_ELECTED', 'b3 WITHDRAWN', 'x1 NOT_NOMINATED'],
    });
  },
  patience,
);

const objections: Record<'withdrawn' | 'anonymous' | 'dismissed' | 'lastHour' | 'late', Objection> =
  {} as never;

test(
  'N8, N9, N12: named, anonymous and withdrawn objections; only whom they are against is held',
  async () => {
    const noticeId = await publishDistrictNotice();
    expect(await publicNotice(noticeId)).toEqual({
      names: ['a1', 'a2', 'b1', 'c1'],
      firstDay: '2026-09-24',
      lastDay: '2026-10-08',
    });
    objections.dismissed = await object(noticeId, 'a2');
    objections.withdrawn = await object(noticeId, 'a2');
    objections.anonymous = await object(noticeId, 'c1', { anonymous: true });
    expect(await standings()).toMatchObject({ on: ['a1', 'b1', 'c1'], held: ['a2'] });
    await investigate(objections.dismissed, 'a2');
    await decide(objections.dismissed, 'dismissed');
    expect(await standings()).toMatchObject({ on: ['a1', 'b1', 'c1'], held: ['a2'] });
    const { receipt } = objections.withdrawn;
    await send('/withdrawal', { receipt });
    await walk.until('the office to be asked', async () => {
      const { items } = await office.get<{ items: { case: { id: string }; actions: string[] }[] }>('/tasks');
      return items.some(
        (task) => task.case.id === objections.withdrawn.id && task.actions.includes('acceptWithdrawal'),
      );
    });
    await office.decide(`/objections/${objections.withdrawn.id}/withdrawal-acceptance`, {});
    expect(await standings()).toMatchObject({ on: ['a1', 'a2', 'b1', 'c1'] });
    // Two look into the anonymous one; nobody has judged yet whether it can be checked.
    await assign(objections.anonymous);

    await walk.advanceTo('2026-10-08T23:30:00+08:00');
    objections.lastHour = await object(noticeId, 'a1');
    expect(objections.lastHour.handling).toBe('objection');
    await walk.advanceTo('2026-10-09');
    objections.late = await object(noticeId, 'b1');
    expect(objections.late.handling).toBe('complaint');
    await untilUnderWay(walk, 'approval', 'district_notice');
    expect(await standings()).toMatchObject({ on: ['a2', 'b1', 'c1'], held: ['a1'] });
  },
  patience,
);

test(
  'N11: the others are approved; what came late stops nothing and is answered all the same',
  async () => {
    expect(await approve()).toEqual(['a2', 'b1', 'c1']);
    await walk.until('three formal candidates', async () => (await standings())['chosen']?.length === 3);
    await investigate(objections.late, 'b1');
    await decide(objections.late, 'dismissed');
    expect(await standings()).toEqual({
      chosen: ['a2', 'b1', 'c1'],
      held: ['a1'],
      reserve: ['a3', 'b2'],
      out: ['a4 NOT_ELECTED', 'b3 WITHDRAWN', 'x1 NOT_NOMINATED'],
    });
  },
  patience,
);

test(
  'N12, N13, V18: sustained, it puts a1 out when no review can be asked for; a3 has a notice of full length',
  async () => {
    await investigate(objections.lastHour, 'a1');
    await decide(objections.lastHour, 'sustained');
    await walk.advanceTo('2026-10-15T23:59:59+08:00');
    expect(await standings()).toMatchObject({ held: ['a1'], reserve: ['a3', 'b2'] });
    await walk.advanceTo('2026-10-16');
    await untilUnderWay(walk, 'district_notice', 'differential_vote');
    expect(await standings()).toEqual({
      on: ['a3'],
      chosen: ['a2', 'b1', 'c1'],
      reserve: ['b2'],
      out: ['a1 OUT_BY_OBJECTION', 'a4 NOT_ELECTED', 'b3 WITHDRAWN', 'x1 NOT_NOMINATED'],
    });
    const noticeId = await publishDistrictNotice();
    expect(await publicNotice(noticeId)).toEqual({
      names: ['a3'],
      firstDay: '2026-10-19',
      lastDay: '2026-10-23',
    });
    await walk.advanceTo('2026-10-24');
    await untilUnderWay(walk, 'approval', 'district_notice');
    expect(await approve()).toEqual(['a3']);
    const round = await walk.until('the round to end', async () => {
      const now = await readRound(walk);
      return now.outcome !== null && now;
    });
    expect(round.outcome).toBe('completed');
    expect(await standings()).toEqual({
      chosen: ['a2', 'a3', 'b1', 'c1'],
      reserve: ['b2'],
      out: ['a1 OUT_BY_OBJECTION', 'a4 NOT_ELECTED', 'b3 WITHDRAWN', 'x1 NOT_NOMINATED'],
    });
  },
  patience,
);

test(
  'N14: nobody is appointed against whom something is open, however long ago it was written',
  async () => {
    await assessTrainees(walk, rank);
    const year = (await walk.today()).slice(0, 4);
    const { caseId } = await office.decide('/appointments', { rank, year, policyId: await schemeId(walk) });
    const { entries } = await office.get<{ entries: { traineeId: string; name: string }[] }>(
      `/appointments/${caseId}`,
    );
    const traineeOf = (who: string) => entries.find(({ name }) => name === walk.teacher(who).name)!.traineeId;
    expect(entries.map(({ name }) => called(name)).sort()).toEqual(['a2', 'a3', 'b1', 'c1']);
    const approval = {
      approved: entries.map(({ traineeId }) => traineeId),
      recordedFor: await recordedFor(walk, '区师培纪要〔2028〕9号'),
    };
    const answer = await refused(office.decide(`/appointments/${caseId}/approval`, approval));
    expect(answer).toMatchObject({ type: '/problems/not-appointable', rule: 'N14', values: { count: 1 } });
    expect(answer.errors!.map(({ at }) => at)).toEqual([traineeOf('c1')]);
    await (
      await walk.as('look1')
    ).decide(`/objections/${objections.anonymous.id}/clue-judgement`, {
      isSpecific: false,
      reason: '无从核查',
    });
    await office.decide(`/appointments/${caseId}/approval`, approval);
    const { result } = await office.decide(`/appointments/${caseId}/certificates`, {
      document: { number: `区教发〔${year}〕20号`, date: await walk.today() },
    });
    expect(result).toMatchObject({ issued: 4 });
  },
  patience,
);

test(
  'the doctor finds nothing',
  async () => {
    expect(await runDoctor({ database: instance.database, client: instance.client })).toEqual([]);
  },
  patience,
);

test(
  'S14: its pack tells all of it and verifies, opened by two people too; any changed byte is found',
  async () => {
    const [chairKey, supervisorKey] = [await makeOfficerKey(), await makeOfficerKey()];
    await chair.decide('/pack-keys', { recipient: chairKey.recipient });
    await supervisor.decide('/pack-keys', { recipient: supervisorKey.recipient });
    const made: object = await office.decide(`/rounds/${walk.roundId}/packs`, {});
    const { root } = made as { root: string };
    const { content } = await instance.database.decisionPack.findFirstOrThrow({ where: { root } });
    const pack = Buffer.from(content);

    const part = partsOf(pack);
    expect(part('quotas').nominations.map(({ code, places }: Row) => [code, places])).toEqual([
      ['S1', 4],
      ['S2', 3],
    ]);
    expect(part('quotas').seats.map(({ unit, seats, vacant }: Row) => [unit, seats, vacant])).toEqual([
      ['accomplished/arts', 2, 0],
      ['accomplished/science', 2, 1],
    ]);
    expect(
      part('votes')
        .map(({ unit, position, ballotRound, voters }: Row) =>
          [unit, position, ballotRound, voters].join(' '),
        )
        .sort(),
    ).toEqual([
      'accomplished/arts 1 first 5',
      'accomplished/arts 2 re_ballot 6',
      'accomplished/science 1 first 7',
      'accomplished/science 2 re_ballot 7',
    ]);
    expect(outcomesOf(part('stages'), 'differential_vote')).toEqual([
      'a1 on',
      'a2 on',
      'a3 called',
      'a4 out',
      'b1 on',
      'b2 reserve',
      'b3 out',
    ]);
    expect(outcomesOf(part('stages'), 'district_notice')).toEqual([
      'a1 out',
      'a2 on',
      'a3 on',
      'b1 on',
      'c1 on',
    ]);
    expect(outcomesOf(part('stages'), 'approval')).toEqual(['a2 on', 'a3 on', 'b1 on', 'c1 on']);
    expect(
      part('objections')
        .map(({ applicationId, isLate, outcome }: Row) =>
          [walk.applicant(String(applicationId)), isLate ? 'late' : 'in time', outcome].join(' '),
        )
        .sort(),
    ).toEqual([
      'a1 in time sustained',
      'a2 in time dismissed',
      'a2 in time withdrawn',
      'b1 late dismissed',
      'c1 in time not_specific',
    ]);

    const file = join(directory, 'pack.zip');
    writeFileSync(file, pack);
    writeFileSync(join(directory, 'chair'), chairKey.identity);
    writeFileSync(join(directory, 'supervisor'), supervisorKey.identity);
    const keys = ['--chair-key', join(directory, 'chair'), '--supervisor-key', join(directory, 'supervisor')];
    expect(verify(file, '--root', root)).toMatchObject({ status: 0, stderr: '' });
    const opened = verify(file, '--root', root, ...keys);
    expect(opened).toMatchObject({ status: 0, stderr: '' });
    expect(opened.stdout).toContain('4 of 4 votes were counted again');
    for (const share of [0.1, 0.35, 0.6, 0.85]) {
      const changed = Buffer.from(pack);
      changed[Math.floor(pack.length * share)]! ^= 1;
      writeFileSync(file, changed);
      expect(verify(file, '--root', root)).toMatchObject({ status: 1 });
    }
  },
  patience,
);

type Row = Readonly<Record<string, unknown>>;

interface Objection {
  readonly id: string;
  readonly receipt: string;
  readonly handling: string;
}

/** Each judge gives what the scenario needs, in percent of each item: b2 and b3 the same, x1 the least. */
const deserved: Readonly<Record<string, number>> = {
  a1: 95,
  a2: 92,
  a3: 90,
  a4: 70,
  b1: 96,
  b2: 85,
  b3: 85,
  x1: 60,
};

async function scoreAll(): Promise<void> {
  for (const { id, organisationId } of await casesAt(walk, 'school-reviews', 'scoring')) {
    const { code } = walk.roster.schools.find((row) => walk.schoolId(row.code) === organisationId)!;
    for (const judging of walk.staffOf('school_panel', { organisation: code })) {
      const session = await walk.as(judging);
      const { sheet, applicants } = await session.get<{
        sheet: { code: string; max: number; judged: boolean }[];
        applicants: { applicationId: string }[];
      }>(`/school-reviews/${id}`);
      const judged = sheet.filter((item) => item.judged);
      const scores = applicants.map(({ applicationId }) => ({
        applicationId,
        items: Object.fromEntries(
          judged.map((item) => [item.code, item.max * deserved[walk.applicant(applicationId)]!]),
        ),
      }));
      await session.decide(`/school-reviews/${id}/scores`, { scores });
    }
  }
}

/** Who stands how, by staff number; whoever is out with the reason's code. */
async function standings(): Promise<Record<string, string[]>> {
  const all = await office.list<Candidate>(`/rounds/${walk.roundId}/candidates`);
  const found: Record<string, string[]> = {};
  for (const { id, standing, reason } of all) {
    const key = ['waiting', 'running'].includes(standing) ? 'on' : standing;
    const who = walk.applicant(id);
    (found[key] ??= []).push(key === 'out' ? `${who} ${reason!.code}` : who);
  }
  for (const list of Object.values(found)) list.sort();
  return found;
}

/** The vote of a group in which members sign in. */
async function voteOf(unit: string): Promise<string> {
  const vote = await walk.until(`the vote of ${unit}`, async () =>
    (await casesAt(walk, 'votes', 'signIn')).find((each) => each.unit === unit),
  );
  return vote.id;
}

const officers = new Map<string, { chair: string; supervisor: string }>();

async function officersSignIn(voteId: string): Promise<void> {
  const [chairKey, supervisorKey] = [await makeOfficerKey(), await makeOfficerKey()];
  await chair.decide(`/votes/${voteId}/sign-ins`, { recipient: chairKey.recipient });
  await supervisor.decide(`/votes/${voteId}/sign-ins`, { recipient: supervisorKey.recipient });
  officers.set(voteId, { chair: chairKey.identity, supervisor: supervisorKey.identity });
}

async function signIn(voteId: string, members: readonly string[]): Promise<void> {
  for (const member of members) await (await walk.as(member)).decide(`/votes/${voteId}/sign-ins`, {});
}

interface Conflict {
  readonly conflictId: string;
  readonly memberId: string;
  readonly kind: string;
  readonly source: string;
  readonly decision: string | null;
  readonly decidedBy: string | null;
}

async function readConflicts(voteId: string): Promise<Conflict[]> {
  return (await chair.get<{ conflicts: Conflict[] }>(`/votes/${voteId}`)).conflicts;
}

async function conflictsOf(voteId: string): Promise<string[]> {
  return (await readConflicts(voteId))
    .map(
      ({ memberId, kind, source, decision, decidedBy }) =>
        [walk.staffNumberOf(memberId), kind, source].join(' ') +
        (decision === null ? '' : `: ${decision} by ${decidedBy}`),
    )
    .sort();
}

/** The chair decides who of the members stands aside. */
async function judge(voteId: string, recused: Readonly<Record<string, boolean>>): Promise<void> {
  const open = (await readConflicts(voteId)).filter(({ decision }) => decision === null);
  const decisions = open.map(({ conflictId, memberId }) => ({
    conflictId,
    recused: recused[walk.staffNumberOf(memberId)]!,
    reason: '经核实',
  }));
  await chair.decide(`/votes/${voteId}/recusal-decisions`, { decisions });
}

interface Vote {
  readonly step: string;
  readonly seats: number;
  readonly publicKey: string;
  readonly chairRecipient: string;
  readonly supervisorRecipient: string;
  readonly candidates: readonly { readonly applicationId: string }[];
  readonly tally: object;
}

/**
 * The vote from the opening to the signed record.
 * @param choices the names on the paper of each member, by staff number
 * @param whileOpen what happens while the box is open
 * @returns the tally, with staff numbers in the place of applications, in their order where order says nothing
 */
async function cast(
  voteId: string,
  choices: Readonly<Record<string, readonly string[]>>,
  whileOpen: () => Promise<void> = async () => {},
): Promise<object> {
  await chair.decide(`/votes/${voteId}/opening`, {});
  const vote = await chair.get<Vote>(`/votes/${voteId}`);
  const candidateIds = vote.candidates.map(({ applicationId }) => applicationId);
  const idOf = (who: string) => candidateIds.find((id) => walk.applicant(id) === who)!;
  const ballots = [];
  for (const [member, choice] of Object.entries(choices)) {
    const { blinded, secret } = await preparePaper(vote.publicKey);
    const session = await walk.as(member);
    const { blindSignature } = await session.post<{ blindSignature: string }>(`/votes/${voteId}/papers`, {
      blinded,
    });
    ballots.push({ paper: await finishPaper(secret, blindSignature), choice: choice.map(idOf) });
  }
  await walk.until(
    'the box to open',
    async () => (await chair.get<Vote>(`/votes/${voteId}`)).step === 'casting',
  );
  for (const { paper, choice } of ballots) {
    const recipients = { chair: vote.chairRecipient, supervisor: vote.supervisorRecipient };
    const sealed = await sealChoice(choice, recipients, { seats: vote.seats, candidateIds });
    await walk.client.cast(voteId, { ...paper, sealed });
  }
  await whileOpen();
  const keys = officers.get(voteId)!;
  await chair.decide(`/votes/${voteId}/closing`, {});
  await chair.decide(`/votes/${voteId}/keys`, { identity: keys.chair });
  await supervisor.decide(`/votes/${voteId}/keys`, { identity: keys.supervisor });
  const { tally } = await chair.get<Vote>(`/votes/${voteId}`);
  await chair.decide(`/votes/${voteId}/confirmations`, {});
  await supervisor.decide(`/votes/${voteId}/confirmations`, {});
  return inOrder(namedByStaff(tally));
}

function namedByStaff<Part>(part: Part): Part {
  let text = JSON.stringify(part);
  for (const [id, { staffNumber }] of walk.applications) text = text.replaceAll(id, staffNumber);
  return JSON.parse(text) as Part;
}

/** Equals stand in the order of their ids, which every run draws anew. */
function inOrder(tally: object): object {
  const { tied } = tally as { tied?: { candidates: string[] } | null };
  tied?.candidates.sort();
  return tally;
}

async function withdraw(who: string): Promise<void> {
  const [id] = [...walk.applications].find(([, { staffNumber }]) => staffNumber === who)!;
  await (await walk.as(who)).decide(`/applications/${id}/withdrawal`, { reason: '因工作调动，自愿放弃' });
}

async function publishDistrictNotice(): Promise<string> {
  await untilUnderWay(walk, 'district_notice', 'differential_vote');
  const [notice] = await casesAt(walk, 'notices', 'drafting');
  await publishNotice(notice!.id, office, await walk.as('office2'), '区师资培训工作领导小组办公室');
  return notice!.id;
}

interface PublicNotice {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly entries: readonly { readonly number: number; readonly name: string }[];
}

/** What anybody reads. */
async function publicNotice(id: string) {
  const { entries, firstDay, lastDay } = await walk.client.get<PublicNotice>(`/public/notices/${id}`);
  return { names: entries.map(({ name }) => called(name)).sort(), firstDay, lastDay };
}

function called(name: string): string {
  return walk.roster.teachers.find((teacher) => teacher.name === name)!.staffNumber;
}

/** What anybody sends, without signing in. */
function send<Answer>(path: string, body: object): Promise<Answer> {
  return walk.client.request<Answer>({
    method: 'POST',
    path: `/public/objections${path}`,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Somebody objects to a name of a notice; it is registered. */
async function object(noticeId: string, who: string, { anonymous = false } = {}): Promise<Objection> {
  const { entries } = await walk.client.get<PublicNotice>(`/public/notices/${noticeId}`);
  const known = new Set((await readObjections()).map(({ id }) => id));
  const sent = await send<Omit<Objection, 'id'>>('', {
    noticeId,
    entry: entries.find(({ name }) => called(name) === who)!.number,
    facts: '所附赛课证书的编号与公布的名单不符，可查当年文件。',
    ...(!anonymous && { contact: { name: '知情人', reachedBy: 'known@example.cn' } }),
  });
  const { id } = await walk.until('the objection to be registered', async () =>
    (await readObjections()).find((each) => !known.has(each.id) && each.step !== 'registering'),
  );
  return { ...sent, id };
}

async function readObjections(): Promise<{ id: string; step: string }[]> {
  return (await office.get<{ items: { id: string; step: string }[] }>(`/objections?roundId=${walk.roundId}`))
    .items;
}

function assign({ id }: Objection) {
  const investigatorIds = ['look1', 'look2'].map((who) => walk.personId(who));
  return office.decide(`/objections/${id}/investigators`, { investigatorIds });
}

/** Investigated up to the leading group's turn. */
async function investigate(objection: Objection, accused: string): Promise<void> {
  await assign(objection);
  const path = `/objections/${objection.id}`;
  const [first, second] = [await walk.as('look1'), await walk.as('look2')];
  await first.decide(`${path}/summary`, { text: '有人反映获奖证书不实' });
  await second.decide(`${path}/summary-confirmation`, {});
  await (await walk.as(accused)).decide(`${path}/answer`, { text: '可查原件' });
  await second.decide(`${path}/report`, { facts: '查阅了当年文件', proposal: '见附件' });
}

async function decide({ id }: Objection, outcome: 'dismissed' | 'sustained'): Promise<void> {
  await office.decide(`/objections/${id}/decision`, {
    outcome,
    facts: '查阅了当年文件',
    rule: '方案第三条',
    result: outcome === 'dismissed' ? '异议不成立' : '异议成立',
    recordedFor: await recordedFor(walk, '区师培纪要〔2026〕8号'),
  });
}

/** The leading group approves whoever has come to the approval. */
async function approve(): Promise<string[]> {
  const approved = (await candidatesAt(walk, 'approval', 'running')).map(({ id }) => id);
  await office.decide(`/rounds/${walk.roundId}/approvals`, {
    approved,
    recordedFor: await recordedFor(walk, '区师培纪要〔2026〕10号'),
  });
  return approved.map((id) => walk.applicant(id)).sort();
}

/** What the API says when it refuses. */
function partsOf(pack: Buffer) {
  const archive = new PizZip(pack);
  // What is in the pack is compared with what is written above, whatever its type.
  return (name: string): any => JSON.parse(archive.file(`${name}.json`)!.asText());
}

function outcomesOf(stages: { stage: string; candidates: Row[] }[], stage: string): string[] {
  return stages
    .find((each) => each.stage === stage)!
    .candidates.map(
      ({ applicationId, outcome }) => `${walk.applicant(String(applicationId))} ${String(outcome)}`,
    )
    .sort();
}

function verify(...args: string[]) {
  return spawnSync(process.execPath, [join(projectRoot, 'dist/scripts/verify.js'), ...args], {
    encoding: 'utf8',
  });
}

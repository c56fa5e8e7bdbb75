import { castAtRandomTimes } from '../../ballot/casting.js';
import {
  finishCandidatePapers,
  prepareCandidatePapers,
  sealApprovals,
  type CandidateBallot,
  type CandidatePaper,
} from '../../ballot/candidates.js';
import { makeOfficerKey, type OfficerKey } from '../../ballot/officers.js';
import { brokenInvariants } from '../../records/invariants.js';
import { verifyPack } from '../../records/pack-file.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { eventually, prepareDistrict, prepareScheme, type PreparedDistrict } from '../support/prepared.js';
import {
  prepareCommittee,
  prepareVote,
  type PreparedCommittee,
  type PreparedVote,
} from '../support/prepared-vote.js';
import { pdfText } from '../support/pdf-text.js';
import { refusal } from '../support/refusals.js';
import { signInAs, type TestSession } from '../support/sessions.js';

const reason = '与该候选人有合作关系';

interface Candidate {
  readonly applicationId: string;
  readonly name: string;
  readonly paper: {
    readonly publicKey: string;
    readonly voters: number;
    readonly issued: number | null;
  } | null;
}

interface VoteAnswer {
  readonly recusalScope: string;
  readonly voters: number | null;
  readonly publicKey: string | null;
  readonly candidates: readonly Candidate[];
  readonly members: readonly {
    readonly personId: string;
    readonly recused: boolean;
    readonly recusedFrom: readonly string[];
    readonly paperTaken: boolean;
  }[];
  readonly tally: Readonly<Record<string, unknown>> | null;
}

let instance: TestInstance;
let district: PreparedDistrict;
let scheme: PreparedDistrict;
let office: TestSession;
let committee: PreparedCommittee;
let prepared: PreparedVote;
let chair: TestSession;
let supervisor: TestSession;
let chairKey: OfficerKey;
let supervisorKey: OfficerKey;
let a: string;
let b: string;
let c: string;
const sessions = new Map<string, Promise<TestSession>>();
const papers = new Map<string, CandidatePaper[]>();

/** Signs in once: the password's hash is what takes the time. */
function as(personId: string): Promise<TestSession> {
  const known = sessions.get(personId) ?? signInAs(instance, district, personId);
  sessions.set(personId, known);
  return known;
}

const member = (index: number) => as(committee.members[index]!);
const read = (id: string) => chair.get<VoteAnswer>(`/votes/${id}`);
beforeAll(async () => {
  instance = await startInstance('votebycandidate', '2026-10-12T09:00:00+08:00');
  district = await prepareDistrict(instance, 30);
  committee = await prepareCommittee(district, { members: 5, reserve: 0 });
  office = await as(district.officeId);
  const { text } = await district.database.policy.findUniqueOrThrow({ where: { id: district.policyId } });
  // Through the check of a scheme that is to be run: the scope is carried out.
  scheme = await prepareScheme(
    district,
    text
      .replace('id: sichuan-district', 'id: by-candidate')
      .replace('recusalScope: ballot_group', 'recusalScope: candidate')
      .replace('committee: { members: 11, reserve: 4 }', 'committee: { members: 5, reserve: 0 }'),
  );
  prepared = await prepareVote(instance, scheme, office, { committee, candidates: 3, seats: 1 });
  [a, b, c] = prepared.candidates.map(({ id }) => id) as [string, string, string];
  [chair, supervisor] = [await member(0), await as(committee.supervisor)];
  [chairKey, supervisorKey] = [await makeOfficerKey(), await makeOfficerKey()];
}, 120_000);

afterAll(() => instance?.stop());

async function atStep(id: string, step: string): Promise<void> {
  const row = await eventually(
    () => district.database.case.findUnique({ where: { id } }),
    (found) => found?.step === step,
  );
  expect(row?.step).toBe(step);
}

async function signIn(id: string): Promise<void> {
  await atStep(id, 'signIn');
  await chair.post(`/votes/${id}/sign-ins`, { recipient: chairKey.recipient });
  await supervisor.post(`/votes/${id}/sign-ins`, { recipient: supervisorKey.recipient });
  for (const index of [1, 2, 3, 4]) await (await member(index)).post(`/votes/${id}/sign-ins`, {});
}

/** What a member's client does to get the papers of these candidates. */
async function takePapers(id: string, index: number, candidates: readonly Candidate[]) {
  const { blinded, secrets } = await prepareCandidatePapers(
    candidates.map(({ applicationId, paper }) => ({ candidate: applicationId, publicKey: paper!.publicKey })),
  );
  const session = await member(index);
  const take = () =>
    session.post<{ papers: { candidate: string; blindSignature: string }[] }>(
      `/votes/${id}/candidate-papers`,
      {
        papers: blinded,
      },
    );
  const signed = await take();
  return { take, signed, finished: await finishCandidatePapers(secrets, signed.papers) };
}

function cast(id: string, ballot: CandidateBallot): Promise<Response> {
  return fetch(`${instance.url}/api/v1/ballot-box/${id}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(ballot),
  });
}

const seal = (approved: readonly string[], of: readonly CandidatePaper[]) =>
  sealApprovals(approved, of, { chair: chairKey.recipient, supervisor: supervisorKey.recipient });

/** Everybody's client casts at the same time, each ballot by itself. */
async function castAll(id: string, choices: readonly (readonly string[])[]): Promise<void> {
  await Promise.all(
    choices.map(async (approved, index) => {
      const ballots = await seal(approved, papers.get(`${id} ${index}`)!);
      await castAtRandomTimes(
        ballots,
        async (ballot) => {
          const response = await cast(id, ballot);
          if (response.status !== 204) throw new Error(await response.text());
        },
        0,
      );
    }),
  );
}

async function closeAndCount(id: string): Promise<VoteAnswer> {
  await chair.post(`/votes/${id}/closing`, {}, `closing-${id}`);
  await chair.post(`/votes/${id}/closing`, {}, `closing-${id}`);
  await chair.post(`/votes/${id}/keys`, { identity: chairKey.identity });
  expect((await read(id)).tally).toBeNull();
  await supervisor.post(`/votes/${id}/keys`, { identity: supervisorKey.identity });
  return read(id);
}

async function openAndTake(id: string): Promise<void> {
  await chair.post(`/votes/${id}/opening`, {});
  const { candidates, members } = await read(id);
  for (const [index, personId] of committee.members.entries()) {
    const { recusedFrom } = members.find((one) => one.personId === personId)!;
    const own = candidates.filter(({ applicationId }) => !recusedFrom.includes(applicationId));
    papers.set(`${id} ${index}`, (await takePapers(id, index, own)).finished);
  }
  await atStep(id, 'casting');
}

/** Chair and supervisor sign the record; answers with the vote that follows, if one does. */
async function sign(id: string): Promise<string | null> {
  await chair.post(`/votes/${id}/confirmations`, {});
  await supervisor.post(`/votes/${id}/confirmations`, {});
  const { firstVoteId, position } = await district.database.vote.findUniqueOrThrow({ where: { id } });
  const next = await district.database.vote.findFirst({ where: { firstVoteId, position: position + 1 } });
  return next?.id ?? null;
}

test('V2: who is recused from one candidate stays a voter, and the quorum is checked for each', async () => {
  const { id } = prepared;
  await signIn(id);
  const declare = async (index: number) =>
    (await member(index)).post(`/votes/${id}/recusals`, { reason, candidates: [b] });
  await declare(1);
  await declare(2);
  const conflicts = await district.database.voteConflict.findMany({
    where: { voteId: id, source: 'declared' },
  });
  expect(conflicts).toHaveLength(2);
  const decide = (index: number, recused: boolean) => {
    const { id: conflictId } = conflicts.find(({ personId }) => personId === committee.members[index])!;
    return chair.post(`/votes/${id}/recusal-decisions`, { decisions: [{ conflictId, recused, reason }] });
  };
  await decide(1, true);
  const { members, recusalScope } = await read(id);
  expect(recusalScope).toBe('candidate');
  const of = (index: number) => members.find(({ personId }) => personId === committee.members[index]);
  expect(of(1)).toMatchObject({ recused: false, recusedFrom: [b] });
  // Declared, and not yet decided: the member stands aside (V1).
  expect(of(2)).toMatchObject({ recused: false, recusedFrom: [b] });
  await decide(2, true);
  await expect(chair.post(`/votes/${id}/opening`, {})).rejects.toMatchObject(
    refusal(422, 'vote-no-quorum-for-candidate', undefined, {
      candidate: b,
      members: 5,
      voters: 3,
      required: 4,
    }),
  );
  await decide(2, false);
  const opened = await chair.post<{ result: { voters: number } }>(
    `/votes/${id}/opening`,
    {},
    `opening-${id}`,
  );
  expect(opened.result.voters).toBe(5);
  // Sent again, it opens nothing anew: the keys are those of before.
  const before = await district.database.votePaper.findMany({ where: { voteId: id } });
  await chair.post(`/votes/${id}/opening`, {}, `opening-${id}`);
  expect(await district.database.votePaper.findMany({ where: { voteId: id } })).toEqual(before);
  const { candidates, publicKey } = await read(id);
  expect(publicKey).toBeNull();
  expect(new Set(candidates.map(({ paper }) => paper!.publicKey)).size).toBe(3);
  const voters = Object.fromEntries(
    candidates.map(({ applicationId, paper }) => [applicationId, paper!.voters]),
  );
  expect(voters).toEqual({ [a]: 5, [b]: 4, [c]: 5 });
}, 120_000);

test('V2, V6: a member takes exactly the papers of those on whom the member votes, once', async () => {
  const { id } = prepared;
  const { candidates } = await read(id);
  const allowed = candidates.filter(({ applicationId }) => applicationId !== b);
  await expect((await member(1)).post(`/votes/${id}/papers`, { blinded: 'AAAA' })).rejects.toMatchObject(
    refusal(409, 'papers-by-candidate', undefined, { scope: 'candidate' }),
  );
  for (const wrong of [candidates, allowed.slice(1), [...allowed, allowed[0]!]])
    await expect(takePapers(id, 1, wrong)).rejects.toMatchObject(
      refusal(422, 'papers-of-others', undefined, { candidates: 2 }),
    );
  // A refusal has not used the papers up.
  const { take, signed, finished } = await takePapers(id, 1, allowed);
  expect(await take()).toEqual(signed);
  await expect(takePapers(id, 1, allowed)).rejects.toMatchObject(refusal(409, 'paper-taken'));
  papers.set(`${id} 1`, finished);
  for (const index of [0, 2, 3, 4])
    papers.set(`${id} ${index}`, (await takePapers(id, index, candidates)).finished);
  await atStep(id, 'casting');
  const { candidates: issued, members } = await read(id);
  expect(issued.map(({ paper }) => paper!.issued)).toEqual(issued.map(({ paper }) => paper!.voters));
  expect(members.every(({ paperTaken }) => paperTaken)).toBe(true);

  const [ballot] = await seal([], papers.get(`${id} 0`)!);
  const other = ballot!.candidate === a ? c : a;
  const { candidate: _candidate, ...nobodys } = ballot!;
  for (const refused of [{ ...ballot!, candidate: other }, { ...ballot!, candidate: id }, nobodys]) {
    const response = await cast(id, refused as CandidateBallot);
    expect(await response.json()).toMatchObject({ type: '/problems/ballot-refused' });
  }
  await expect(seal([b], papers.get(`${id} 1`)!)).rejects.toMatchObject({ code: 'CHOICE_NOT_ON_PAPER' });
}, 120_000);

test('V2: the ratio decides; the record says who did not vote on whom', async () => {
  const { id } = prepared;
  // a: 3 of 5, b: 3 of 4, c: 3 of 5. A member may be for more candidates than there are seats.
  await castAll(id, [[a, b, c], [a, c], [b], [a, b], [c]]);
  const [again] = await seal([a], papers.get(`${id} 0`)!);
  expect(await (await cast(id, again!)).json()).toMatchObject({ type: '/problems/paper-used' });
  const { tally } = await closeAndCount(id);
  const figures = (voters: number, blank: number) => ({
    voters,
    issued: voters,
    returned: voters,
    valid: voters,
    blank,
    invalid: 0,
  });
  expect(tally).toMatchObject({
    void: false,
    voters: 5,
    issued: 14,
    returned: 14,
    votes: { [a]: 3, [b]: 3, [c]: 3 },
    byCandidate: { [a]: figures(5, 2), [b]: figures(4, 1), [c]: figures(5, 2) },
    elected: [b],
    tied: null,
  });
  const reserve = tally!['reserve'] as { candidate: string }[];
  expect(reserve.map(({ candidate }) => candidate).sort()).toEqual([a, c].sort());
  const { record } = await chair.get<{
    record: { recused: object[]; candidates: { applicationId: string; name: string }[] };
  }>(`/votes/${id}/record`);
  expect(record.recused).toEqual([expect.objectContaining({ conflicts: ['other'], from: [b] })]);
  const pdf = await pdfText(Buffer.from(await (await chair.fetch(`/votes/${id}/record.pdf`)).arrayBuffer()));
  expect(pdf).toContain('3/4');
  expect(await sign(id)).toBeNull();
  const standing = await district.database.application.findMany({ where: { id: { in: [a, b, c] } } });
  expect(standing.find((one) => one.id === a)!.standing).toBe('reserve');
}, 120_000);

test('V16: a tie comes to a re-ballot with keys of its own, in which who was recused from another votes on both', async () => {
  const second = await prepareVote(instance, scheme, office, { committee, candidates: 3, seats: 1 });
  const [d, e, f] = second.candidates.map(({ id }) => id) as [string, string, string];
  await signIn(second.id);
  await (await member(1)).post(`/votes/${second.id}/recusals`, { reason, candidates: [f] });
  const conflict = await district.database.voteConflict.findFirstOrThrow({
    where: { voteId: second.id, source: 'declared' },
  });
  await chair.post(`/votes/${second.id}/recusal-decisions`, {
    decisions: [{ conflictId: conflict.id, recused: true, reason }],
  });
  await openAndTake(second.id);
  await castAll(second.id, [[d, e], [d, e], [d], [e], [f]]);
  const tied = await closeAndCount(second.id);
  expect(tied.tally).toMatchObject({
    elected: [],
    votes: { [d]: 3, [e]: 3, [f]: 1 },
    byCandidate: { [f]: { voters: 4 } },
    tied: { seats: 1 },
  });
  const next = await sign(second.id);
  const row = await district.database.vote.findUniqueOrThrow({ where: { id: next! } });
  expect(row).toMatchObject({ ballotRound: 're_ballot', recusalScope: 'candidate', seats: 1 });
  expect([...row.candidates].sort()).toEqual([d, e].sort());
  await signIn(next!);
  await openAndTake(next!);
  await castAll(next!, [[d], [d], [d, e], [e], []]);
  const { tally, members } = await closeAndCount(next!);
  expect(members.every(({ recusedFrom }) => recusedFrom.length === 0)).toBe(true);
  expect(tally).toMatchObject({ elected: [d], votes: { [d]: 3, [e]: 2 }, vacant: 0, issued: 10 });
  expect(await sign(next!)).toBeNull();
  const { standing } = await district.database.application.findUniqueOrThrow({ where: { id: e } });
  expect(standing).toBe('reserve');
}, 120_000);

test('S14: the pack counts the papers of each candidate again, with their own keys', async () => {
  const { database } = district;
  const roundId = prepared.roundId;
  const closedAt = new Date('2026-10-12T09:00:00+08:00');
  await database.case.update({
    where: { id: roundId },
    data: { closedAt, outcome: 'completed', waitingFor: null, dueAt: null, wakeAt: null },
  });
  await chair.post('/pack-keys', { recipient: chairKey.recipient });
  await supervisor.post('/pack-keys', { recipient: supervisorKey.recipient });
  const { root } = await office.post<{ root: string }>(`/rounds/${roundId}/packs`, {});
  const content = Buffer.from(await (await office.fetch(`/rounds/${roundId}/pack`)).arrayBuffer());
  const keys = { chair: chairKey.identity, supervisor: supervisorKey.identity };
  const report = await verifyPack(content, root, keys);
  expect(report).toMatchObject({ votes: 1, recounted: 1, opened: true });
  expect(report.faults.filter(({ fault }) => fault.includes('vote') || fault.includes('meeting'))).toEqual(
    [],
  );
});

test('V6: no ballot is linked to a voter, nor two of one voter to each other; the box is in order', async () => {
  const ballots = await district.database.ballot.findMany({ where: { voteId: prepared.id } });
  expect(ballots).toHaveLength(14);
  expect(new Set(ballots.map(({ serial }) => serial)).size).toBe(14);
  expect(new Set(ballots.map(({ sealed }) => sealed.length)).size).toBe(1);
  const ofVotes = async () =>
    (await brokenInvariants(district.database, '2026-10-12')).filter(({ invariant }) =>
      /PAPER|BALLOT/.test(invariant),
    );
  expect(await ofVotes()).toEqual([]);
  await district.database.votePaper.updateMany({
    where: { voteId: prepared.id, candidateId: b },
    data: { issued: 3 },
  });
  expect(await ofVotes()).toEqual([
    {
      invariant: 'PAPERS_NOT_IN_REGISTER',
      found: { voteId: prepared.id, candidateId: b, papers: 4, issued: 3 },
    },
    {
      invariant: 'BALLOTS_OVER_PAPERS',
      found: { voteId: prepared.id, candidateId: b, ballots: 4, issued: 3 },
    },
  ]);
});

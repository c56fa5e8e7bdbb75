import { randomUUID } from 'node:crypto';
import { capacityOf } from '../ballot/candidates.js';
import { makeVoteKey, signPaper, verifyPaper } from '../ballot/issuer.js';
import { sealedLength } from '../ballot/member.js';
import { canonicalJson } from '../domain/canonical-json.js';
import { fullYearsBetween } from '../domain/dates.js';
import { Refusal } from '../domain/refusal.js';
import type { VoteRules } from '../domain/policy.js';
import type { Electorate, TieBreakValues } from '../domain/vote.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Database, Transaction } from './database.js';
import type { Work } from './decide.js';
import { withNames } from './candidates.js';
import { carryConflicts, conflictsOfVote, findConflicts } from './conflicts.js';
import { membersWith } from './people.js';
import { scopedTo } from './scope.js';
import { decryptSecret, encryptSecret } from './secrets.js';

export type VoteRow = Prisma.VoteGetPayload<object>;
export type VoteMemberRow = Prisma.VoteMemberGetPayload<object>;
export type VotePaperRow = Prisma.VotePaperGetPayload<object>;

/** A ballot that the meeting is to hold. */
export interface NewVote {
  readonly id: string;
  readonly roundId: string;
  readonly ballotRound: string;
  readonly firstVoteId: string;
  readonly position: number;
  readonly candidates: readonly string[];
  readonly seats: number;
  readonly equalNumberDecision?: string | null;
  readonly tellerIds?: readonly string[];
}

/**
 * Refuses a committee that is not the scheme's: another number of members, or more reserve members. Rule V4.
 * @param members number of members; without it, of those who are named today
 * @throws Refusal COMMITTEE_NUMBER, COMMITTEE_RESERVE with the numbers
 */
export async function refuseOtherCommittee(
  { db, today }: Work,
  { committee, clause }: VoteRules,
  members?: number,
): Promise<void> {
  const named = members ?? (await namedMembers(db, today)).length;
  if (named !== committee.members)
    throw new Refusal({
      code: 'COMMITTEE_NUMBER',
      rule: 'V4',
      values: { named, required: committee.members },
      clause,
    });
  const reserves = new Set(
    (await membersWith(db, 'committee_reserve', today)).map(({ personId }) => personId),
  );
  if (reserves.size > committee.reserve)
    throw new Refusal({
      code: 'COMMITTEE_RESERVE',
      rule: 'V4',
      values: { named: reserves.size, most: committee.reserve },
      clause,
    });
}

async function namedMembers(db: Transaction, today: string): Promise<string[]> {
  const committee = await membersWith(db, ['committee', 'committee_chair'], today);
  return [...new Set(committee.map(({ personId }) => personId))];
}

/**
 * Writes a vote with its committee and the conflicts that the service can see. A member who is a candidate, or who is kin
 * or mentor of one, stands aside from the start, and, where the scheme says so, one from a candidate's school; by default
 * that one is warned. Rules V1, V3.
 * @param rules say whether members of a candidate's school are barred, or declare it themselves
 */
export async function createVote(work: Work, vote: NewVote, rules: VoteRules): Promise<void> {
  const { db, ownerId } = work;
  const memberIds = await namedMembers(db, work.today);
  await db.vote.create({
    data: {
      ...vote,
      candidates: [...vote.candidates],
      tellerIds: [...(vote.tellerIds ?? [])],
      mode: rules.mode,
      recusalScope: rules.recusalScope,
      ownerId,
      members: memberIds.length,
    },
  });
  const previous = await db.vote.findFirst({
    where: { firstVoteId: vote.firstVoteId, position: vote.position - 1 },
  });
  if (previous !== null) await carryConflicts(db, previous.id, vote);
  await seatMembers(work, { ...vote, candidates: [...vote.candidates] }, memberIds, rules);
}

/**
 * Brings the register of a vote in which members sign in to the committee as it is named today: who came since is put on
 * it, who left before signing in is taken off. Rule V4.
 */
export async function alignCommittee(work: Work, rules: VoteRules): Promise<void> {
  const { db, id } = work;
  const { vote, members } = await voteWithMembers(db, id);
  const named = await namedMembers(db, work.today);
  const came = named.filter((personId) => !members.some((member) => member.personId === personId));
  const left = members.filter(
    ({ personId, signedIn, substitute, recusalReason }) =>
      !signedIn && !substitute && recusalReason !== 'SUBSTITUTED' && !named.includes(personId),
  );
  if (came.length + left.length === 0) return;
  await seatMembers(work, vote, came, rules);
  const ofThem = { voteId: id, personId: { in: left.map(({ personId }) => personId) } };
  await db.voteMember.deleteMany({ where: ofThem });
  await db.voteConflict.deleteMany({ where: ofThem });
  await db.vote.update({ where: { id }, data: { members: vote.members + came.length - left.length } });
}

/** Puts persons on the register of a vote, with the conflicts that the service finds of them. Rules V1, V3, V4. */
export async function seatMembers(
  work: Work,
  vote: Pick<VoteRow, 'id' | 'candidates'>,
  memberIds: readonly string[],
  rules: VoteRules,
  { substitute = false } = {},
): Promise<void> {
  await work.db.voteMember.createMany({
    data: memberIds.map((personId) => ({ voteId: vote.id, ownerId: work.ownerId, personId, substitute })),
  });
  await findConflicts(work, vote, memberIds, rules);
}

/** A vote with its register. */
export async function voteWithMembers(
  db: Transaction,
  id: string,
): Promise<{ vote: VoteRow; members: VoteMemberRow[] }> {
  const vote = await db.vote.findUniqueOrThrow({ where: { id } });
  const members = await db.voteMember.findMany({ where: { voteId: id }, orderBy: { personId: 'asc' } });
  return { vote, members };
}

/** Members who sit and are not barred: they take papers and vote. */
export function votersOf(members: readonly VoteMemberRow[]): VoteMemberRow[] {
  return members.filter((member) => member.signedIn && !member.recused);
}

/** With recusal by candidate: members who sit and vote on this one. Rule V2. */
export function votersOn(candidate: string, members: readonly VoteMemberRow[]): VoteMemberRow[] {
  return votersOf(members).filter(({ recusedFrom }) => !recusedFrom.includes(candidate));
}

/** The papers of a vote with recusal by candidate, in the order of its list; none in other votes. Rule V2. */
export async function papersOfVote(db: Transaction, vote: VoteRow): Promise<VotePaperRow[]> {
  if (vote.recusalScope !== 'candidate') return [];
  const papers = await db.votePaper.findMany({ where: { voteId: vote.id } });
  return vote.candidates
    .map((id) => papers.find(({ candidateId }) => candidateId === id))
    .filter((paper) => paper !== undefined);
}

/** Who votes on each candidate, and how many papers of each are out; undefined in other votes. Rule V2. */
export async function electoratesOfVote(db: Transaction, vote: VoteRow): Promise<Electorate[] | undefined> {
  if (vote.recusalScope !== 'candidate') return undefined;
  return electoratesOf(await papersOfVote(db, vote));
}

/** Who votes on each candidate whose papers these are, and how many of them are out. Rule V2. */
export function electoratesOf(papers: readonly VotePaperRow[]): Electorate[] {
  return papers.map(({ candidateId, voters, issued }) => ({
    candidate: candidateId,
    voters: voters ?? 0,
    issued: issued ?? 0,
  }));
}

/** Freezes how many vote on each candidate, at the opening. Rule V2. */
export async function freezeElectorates(
  db: Transaction,
  voteId: string,
  votersOfEach: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [candidateId, voters] of Object.entries(votersOfEach))
    await db.votePaper.update({ where: { voteId_candidateId: { voteId, candidateId } }, data: { voters } });
}

/**
 * Writes how many papers of each candidate are out, when no more go out: those that were taken, or whose codes were drawn;
 * on paper, one for each who votes on the candidate. Rules V2, V6, V7.
 */
export async function writeIssued(
  db: Transaction,
  vote: VoteRow,
  members: readonly VoteMemberRow[],
): Promise<void> {
  for (const { candidateId } of await papersOfVote(db, vote)) {
    const voters = votersOn(candidateId, members);
    const issued =
      vote.mode === 'drawn_codes'
        ? await db.voteCode.count({ where: { voteId: vote.id, candidateId, voided: false } })
        : voters.filter(({ blindedPaper }) => vote.mode === 'paper' || blindedPaper !== null).length;
    await db.votePaper.update({
      where: { voteId_candidateId: { voteId: vote.id, candidateId } },
      data: { issued },
    });
  }
}

/**
 * Makes the paper of each candidate of a vote with recusal by candidate, before its opening: the keys that the electronic
 * ones have take too long for the opening's transaction. What is there already is kept, so that it can be done again.
 * Rules V2, V6.
 * @param instanceSecret seals the private keys
 */
export async function makePapers(database: Database, instanceSecret: string, voteId: string): Promise<void> {
  const vote = await database.vote.findUnique({ where: { id: voteId } });
  if (vote?.recusalScope !== 'candidate' || vote.voters !== null) return;
  const { ownerId } = vote;
  const known = await papersOfVote(database, vote);
  const missing = vote.candidates.filter((id) => !known.some(({ candidateId }) => candidateId === id));
  await Promise.all(
    missing.map(async (candidateId) => {
      const key = vote.mode === 'electronic' ? await makeVoteKey() : null;
      const keys = key && {
        publicKey: key.publicKey,
        privateKeyBoxed: encryptSecret(instanceSecret, paperSecret(voteId, candidateId), key.privateKey),
      };
      await database.votePaper.createMany({
        data: [{ voteId, ownerId, candidateId, ...keys }],
        skipDuplicates: true,
      });
    }),
  );
}

const paperSecret = (voteId: string, candidateId: string) => `vote-key:${voteId}:${candidateId}`;

/** Numbers that the scheme's published keys look at where votes are equal, by candidate. */
export async function tieBreakValues(
  db: Transaction,
  applicationIds: readonly string[],
  cutOff: string,
): Promise<TieBreakValues> {
  const applications = await db.application.findMany({ where: { id: { in: [...applicationIds] } } });
  const people = await db.person.findMany({
    where: { id: { in: applications.map((each) => each.personId) } },
  });
  const schools = await db.organisation.findMany({
    where: { id: { in: applications.map((each) => each.schoolId) } },
  });
  return Object.fromEntries(
    applications.map((application) => {
      const person = people.find(({ id }) => id === application.personId)!;
      const school = schools.find(({ id }) => id === application.schoolId);
      return [
        application.id,
        {
          school_score: application.schoolScore ?? 0,
          rural_post: school?.locality === 'urban' ? 0 : 1,
          teaching_years: person.teachingSince ? fullYearsBetween(person.teachingSince, cutOff) : 0,
        },
      ];
    }),
  );
}

/** Who asks for a paper, and when. */
interface PaperRequest {
  readonly ownerId: string;
  readonly voteId: string;
  readonly personId: string;
  readonly at: Date;
}

/**
 * Gives a voter the one paper of this round of voting: the blinded serial is signed and the register says *taken*.
 * Asked again with the same blinded serial, it gives the same signature. When the last paper is out, the case is
 * told. Rules V6, V13.
 * @param instanceSecret opens the vote's signing key
 * @returns the blind signature, and whether all papers are out now
 * @throws Refusal PAPER_NOT_NOW, NOT_A_VOTER, PAPER_TAKEN; PAPERS_BY_CANDIDATE when each candidate has a paper
 */
export async function takePaper(
  database: Database,
  instanceSecret: string,
  request: PaperRequest & { blinded: string },
): Promise<{ blindSignature: string; allTaken: boolean }> {
  return scopedTo(database, request.ownerId).$transaction(async (db) => {
    const { vote, allTaken } = await registerTaking(db, request, 'ballot_group', request.blinded);
    const privateKey = decryptSecret(instanceSecret, `vote-key:${vote.id}`, vote.privateKeyBoxed!);
    return { blindSignature: signPaper(privateKey, request.blinded), allTaken };
  });
}

/**
 * Gives a voter the papers of all candidates on whom the voter votes, together, each signed with that candidate's key. The
 * register says *taken*, once. Otherwise as `takePaper`. Rules V2, V6.
 * @param request.papers a blinded serial for each of those candidates
 * @throws Refusal PAPER_NOT_NOW, NOT_A_VOTER, PAPER_TAKEN; PAPERS_OF_OTHERS when the candidates are not exactly those;
 *   PAPERS_BY_CANDIDATE when there is one paper for the group
 */
export async function takeCandidatePapers(
  database: Database,
  instanceSecret: string,
  request: PaperRequest & { papers: readonly { candidate: string; blinded: string }[] },
): Promise<{ papers: { candidate: string; blindSignature: string }[]; allTaken: boolean }> {
  return scopedTo(database, request.ownerId).$transaction(async (db) => {
    const asked = request.papers.toSorted((one, other) => (one.candidate < other.candidate ? -1 : 1));
    const text = canonicalJson(asked);
    const { vote, member, allTaken } = await registerTaking(db, request, 'candidate', text);
    const allowed = vote.candidates.filter((id) => !member.recusedFrom.includes(id)).sort();
    if (canonicalJson(asked.map(({ candidate }) => candidate)) !== canonicalJson(allowed))
      throw new Refusal({ code: 'PAPERS_OF_OTHERS', rule: 'V2', values: { candidates: allowed.length } });
    const keys = await papersOfVote(db, vote);
    const papers = asked.map(({ candidate, blinded }) => {
      const { privateKeyBoxed } = keys.find(({ candidateId }) => candidateId === candidate)!;
      const privateKey = decryptSecret(instanceSecret, paperSecret(vote.id, candidate), privateKeyBoxed!);
      return { candidate, blindSignature: signPaper(privateKey, blinded) };
    });
    return { papers, allTaken };
  });
}

/** Writes *taken* with what was blinded; taken before with the same, it changes nothing. */
async function registerTaking(
  db: Transaction,
  { ownerId, voteId, personId, at }: PaperRequest,
  scope: VoteRules['recusalScope'],
  blinded: string,
): Promise<{ vote: VoteRow; member: VoteMemberRow; allTaken: boolean }> {
  await db.$queryRaw`SELECT 1 FROM vote WHERE id = ${voteId}::uuid FOR UPDATE`;
  const found = await db.case.findFirst({ where: { id: voteId, kind: 'differentialVote' } });
  if (found === null) throw new Refusal({ code: 'NOT_FOUND' });
  const { vote, members } = await voteWithMembers(db, voteId);
  const member = votersOf(members).find((each) => each.personId === personId);
  if (!member) throw new Refusal({ code: 'NOT_A_VOTER', rule: 'V1' });
  if (vote.recusalScope !== scope)
    throw new Refusal({ code: 'PAPERS_BY_CANDIDATE', rule: 'V2', values: { scope: vote.recusalScope } });
  if (member.blindedPaper !== null && member.blindedPaper !== blinded)
    throw new Refusal({ code: 'PAPER_TAKEN', rule: 'V6' });
  if (member.blindedPaper === null && (found.step !== 'issuing' || vote.mode !== 'electronic'))
    throw new Refusal({ code: 'PAPER_NOT_NOW', rule: 'V6', values: { step: found.step } });
  const allTaken = votersOf(members).every(
    (each) => each.personId === personId || each.blindedPaper !== null,
  );
  if (member.blindedPaper === null) {
    await db.voteMember.update({
      where: { voteId_personId: { voteId, personId } },
      data: { blindedPaper: blinded },
    });
    if (allTaken)
      await db.caseMessage.create({ data: { ownerId, caseId: voteId, kind: 'news', createdAt: at } });
  }
  return { vote, member, allTaken };
}

/**
 * Puts a ballot into the box. Nobody is named: the serial shows, by its signature, that a voter of this vote holds
 * it, and a serial can be used once. No refusal repeats a choice. Rule V6.
 * @param ballot.candidateId whose paper it is, where each candidate has one (V2)
 * @throws Refusal BOX_NOT_OPEN, BALLOT_REFUSED (forged, of another vote, or of another length), PAPER_USED
 */
export async function castBallot(
  database: Database,
  voteId: string,
  ballot: { candidateId?: string | undefined; serial: string; signature: string; sealed: string },
): Promise<void> {
  const vote = await database.vote.findUnique({ where: { id: voteId } });
  const found = await database.case.findUnique({
    where: { id: voteId },
    select: { step: true, closedAt: true },
  });
  if (vote?.mode !== 'electronic' || !found || found.closedAt || found.step !== 'casting')
    throw new Refusal({ code: 'BOX_NOT_OPEN', rule: 'V6' });
  const paper = await printedPaper(database, vote, ballot.candidateId);
  if (
    ballot.sealed.length !== paper?.length ||
    !verifyPaper(paper.publicKey, ballot.serial, ballot.signature)
  )
    throw new Refusal({ code: 'BALLOT_REFUSED', rule: 'V6' });
  const inserted = await database.ballot.createMany({
    data: [{ id: randomUUID(), ownerId: vote.ownerId, voteId, ...ballot }],
    skipDuplicates: true,
  });
  if (inserted.count === 0) throw new Refusal({ code: 'PAPER_USED', rule: 'V6' });
}

/** The key of a paper and how long its sealed choice is; null when the vote has no such paper. */
async function printedPaper(
  database: Database,
  vote: VoteRow,
  candidateId: string | undefined,
): Promise<{ publicKey: string; length: number } | null> {
  if ((vote.recusalScope === 'candidate') !== (candidateId !== undefined)) return null;
  if (candidateId === undefined)
    return {
      publicKey: vote.publicKey!,
      length: sealedLength({ seats: vote.seats, candidateIds: vote.candidates }),
    };
  const papers = await papersOfVote(database, vote);
  const paper = papers.find((one) => one.candidateId === candidateId);
  return paper ? { publicKey: paper.publicKey!, length: sealedLength(capacityOf(candidateId)) } : null;
}

/** The sealed ballots of a vote, in no order that means anything; each with whose paper it is, where candidates have one. */
export function sealedBallots(
  db: Transaction,
  voteId: string,
): Promise<{ sealed: string; candidateId: string | null }[]> {
  return db.ballot.findMany({
    where: { voteId },
    orderBy: { serial: 'asc' },
    select: { sealed: true, candidateId: true },
  });
}

/** The rounds of a group's meeting so far, first to last. */
export function roundsOfMeeting(db: Transaction, firstVoteId: string): Promise<VoteRow[]> {
  return db.vote.findMany({ where: { firstVoteId }, orderBy: { position: 'asc' } });
}

/** A vote with its register and its candidates, in the order of their names' strokes as the list shows them. */
export async function voteView(db: Transaction, id: string) {
  const { vote, members } = await voteWithMembers(db, id);
  const rows = await db.application.findMany({ where: { id: { in: vote.candidates } } });
  const candidates = (await withNames(db, rows)).sort(
    (a, b) => a.name.localeCompare(b.name, 'zh-u-co-stroke') || (a.id < b.id ? -1 : 1),
  );
  const papers = await papersOfVote(db, vote);
  return { vote, members, candidates, papers, conflicts: await conflictsOfVote(db, id) };
}

/**
 * The committee that is to vote on a candidate, for that candidate alone, while recusal can be asked for. Rule V1.
 * @returns null when there is no such vote or the caller is not the candidate
 */
export async function committeeFor(
  db: Transaction,
  applicationId: string,
  personId: string | null,
): Promise<{ voteId: string; members: { personId: string; name: string }[] } | null> {
  if (personId === null) return null;
  const own = await db.application.count({ where: { id: applicationId, personId, standing: 'running' } });
  if (own === 0) return null;
  const votes = await db.vote.findMany({ where: { candidates: { has: applicationId }, voters: null } });
  const vote = votes.toSorted((left, right) => right.position - left.position)[0];
  if (vote === undefined) return null;
  const { members } = await voteWithMembers(db, vote.id);
  const named = await withNames(db, members);
  return {
    voteId: vote.id,
    members: named.map((member) => ({ personId: member.personId, name: member.name })),
  };
}

import { randomUUID } from 'node:crypto';
import { signPaper, verifyPaper } from '../ballot/issuer.js';
import { sealedLength } from '../ballot/member.js';
import { fullYearsBetween } from '../domain/dates.js';
import { Refusal } from '../domain/refusal.js';
import type { VoteRules } from '../domain/policy.js';
import type { TieBreakValues } from '../domain/vote.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Database, Transaction } from './database.js';
import type { Work } from './decide.js';
import { withNames } from './candidates.js';
import { carryConflicts, conflictsOfVote, findConflicts } from './conflicts.js';
import { membersWith } from './people.js';
import { scopedTo } from './scope.js';
import { decryptSecret } from './secrets.js';

export type VoteRow = Prisma.VoteGetPayload<object>;
export type VoteMemberRow = Prisma.VoteMemberGetPayload<object>;

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
    data: { ...vote, candidates: [...vote.candidates], ownerId, members: memberIds.length },
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

/**
 * Gives a voter the one paper of this round of voting: the blinded serial is signed and the register says *taken*.
 * Asked again with the same blinded serial, it gives the same signature. When the last paper is out, the case is
 * told. Rules V6, V13.
 * @param instanceSecret opens the vote's signing key
 * @returns the blind signature, and whether all papers are out now
 * @throws Refusal PAPER_NOT_NOW, NOT_A_VOTER, PAPER_TAKEN
 */
export async function takePaper(
  database: Database,
  instanceSecret: string,
  request: { ownerId: string; voteId: string; personId: string; blinded: string; at: Date },
): Promise<{ blindSignature: string; allTaken: boolean }> {
  return scopedTo(database, request.ownerId).$transaction(async (db) => {
    await db.$queryRaw`SELECT 1 FROM vote WHERE id = ${request.voteId}::uuid FOR UPDATE`;
    const found = await db.case.findFirst({ where: { id: request.voteId, kind: 'differentialVote' } });
    if (found === null) throw new Refusal({ code: 'NOT_FOUND' });
    const { vote, members } = await voteWithMembers(db, request.voteId);
    const member = members.find(({ personId }) => personId === request.personId);
    if (!member?.signedIn || member.recused) throw new Refusal({ code: 'NOT_A_VOTER', rule: 'V1' });
    if (member.blindedPaper !== null && member.blindedPaper !== request.blinded)
      throw new Refusal({ code: 'PAPER_TAKEN', rule: 'V6' });
    if (member.blindedPaper === null && found.step !== 'issuing')
      throw new Refusal({ code: 'PAPER_NOT_NOW', rule: 'V6', values: { step: found.step } });
    const privateKey = decryptSecret(instanceSecret, `vote-key:${vote.id}`, vote.privateKeyBoxed!);
    const blindSignature = signPaper(privateKey, request.blinded);
    if (member.blindedPaper === null)
      await db.voteMember.update({
        where: { voteId_personId: { voteId: vote.id, personId: member.personId } },
        data: { blindedPaper: request.blinded },
      });
    const allTaken = votersOf(members).every(
      ({ personId, blindedPaper }) => personId === member.personId || blindedPaper !== null,
    );
    if (allTaken && member.blindedPaper === null)
      await db.caseMessage.create({
        data: { ownerId: request.ownerId, caseId: vote.id, kind: 'news', createdAt: request.at },
      });
    return { blindSignature, allTaken };
  });
}

/**
 * Puts a ballot into the box. Nobody is named: the serial shows, by its signature, that a voter of this vote holds
 * it, and a serial can be used once. No refusal repeats a choice. Rule V6.
 * @throws Refusal BOX_NOT_OPEN, BALLOT_REFUSED (forged, of another vote, or of another length), PAPER_USED
 */
export async function castBallot(
  database: Database,
  voteId: string,
  ballot: { serial: string; signature: string; sealed: string },
): Promise<void> {
  const vote = await database.vote.findUnique({ where: { id: voteId } });
  const found = await database.case.findUnique({
    where: { id: voteId },
    select: { step: true, closedAt: true },
  });
  if (!vote?.publicKey || !found || found.closedAt || found.step !== 'casting')
    throw new Refusal({ code: 'BOX_NOT_OPEN', rule: 'V6' });
  const length = sealedLength({ seats: vote.seats, candidateIds: vote.candidates });
  if (ballot.sealed.length !== length || !verifyPaper(vote.publicKey, ballot.serial, ballot.signature))
    throw new Refusal({ code: 'BALLOT_REFUSED', rule: 'V6' });
  const inserted = await database.ballot.createMany({
    data: [{ id: randomUUID(), ownerId: vote.ownerId, voteId, ...ballot }],
    skipDuplicates: true,
  });
  if (inserted.count === 0) throw new Refusal({ code: 'PAPER_USED', rule: 'V6' });
}

/** The sealed ballots of a vote, in no order that means anything. */
export async function sealedBallots(db: Transaction, voteId: string): Promise<string[]> {
  const ballots = await db.ballot.findMany({
    where: { voteId },
    orderBy: { serial: 'asc' },
    select: { sealed: true },
  });
  return ballots.map((ballot) => ballot.sealed);
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
  return { vote, members, candidates, conflicts: await conflictsOfVote(db, id) };
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
  const votes = await db.vote.findMany({ where: { candidates: { has: applicationId }, publicKey: null } });
  const vote = votes.toSorted((left, right) => right.position - left.position)[0];
  if (vote === undefined) return null;
  const { members } = await voteWithMembers(db, vote.id);
  const named = await withNames(db, members);
  return {
    voteId: vote.id,
    members: named.map((member) => ({ personId: member.personId, name: member.name })),
  };
}

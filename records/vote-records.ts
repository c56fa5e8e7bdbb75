import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.js';
import { dateOf } from '../domain/dates.js';
import type { CountSheet } from '../domain/paper-count.js';
import { rankOf, type VoteMode } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import type { Count, RoundKind, TieBreakValues } from '../domain/vote.js';
import type { VoteRecord } from '../domain/vote-record.js';
import type { Prisma } from '../prisma/generated/client.js';
import { policyOfRound } from './candidates.js';
import { conflictsOfVote } from './conflicts.js';
import type { Transaction } from './database.js';
import type { DecisionWork, Work } from './decide.js';
import { shownPersons } from './persons-shown.js';
import { voteView, votersOf, type VoteRow } from './votes.js';

export type CountSheetRow = Prisma.CountSheetGetPayload<object>;

/**
 * Writes the tally of a vote with its record, and what the published keys looked at; from then on all are read only.
 * Rules V16, V19.
 * @returns the record's digest, SHA-256 of its canonical JSON in hex
 */
export async function writeRecord(
  work: Work,
  voteId: string,
  tally: Count,
  tieBreakValues: TieBreakValues,
): Promise<string> {
  const record = await recordOf(work, voteId, tally);
  const recordDigest = digestOf(record);
  await work.db.vote.update({
    where: { id: voteId },
    data: {
      tally: tally as unknown as Prisma.InputJsonObject,
      tieBreakValues,
      record: record as unknown as Prisma.InputJsonObject,
      recordDigest,
    },
  });
  return recordDigest;
}

/** The digest that a record is signed by; the same for what was stored and read again. */
export function digestOf(record: VoteRecord): string {
  return createHash('sha256').update(canonicalJson(record)).digest('hex');
}

async function recordOf({ db, ownerId, row, at }: Work, voteId: string, tally: Count): Promise<VoteRecord> {
  const { vote, members, candidates } = await voteView(db, voteId);
  const round = await db.round.findUniqueOrThrow({ where: { id: vote.roundId } });
  const policy = await policyOfRound(db, vote.roundId);
  const owner = await db.organisation.findUniqueOrThrow({ where: { id: ownerId } });
  const opening = await db.decision.findFirst({ where: { caseId: voteId, name: 'open' } });
  const officers = [vote.chairId, vote.supervisorId, ...vote.tellerIds].filter((id) => id !== null);
  const people = await shownPersons(db, [
    ...members.map(({ personId }) => personId),
    ...candidates.map(({ personId }) => personId),
    ...officers,
  ]);
  const shown = ({ personId }: { personId: string }) => {
    const { name = '', school = '' } = people.get(personId) ?? {};
    return { name, school };
  };
  const nameOf = (personId: string | null) =>
    personId === null ? null : (people.get(personId)?.name ?? null);
  const conflicts = await conflictsOfVote(db, voteId);
  const unit = row?.unit ?? '';
  const rank = rankOf(policy, row?.rank ?? '') ?? { zh: row?.rank ?? '', en: row?.rank ?? '' };
  return {
    vote: voteId,
    organisation: owner.name,
    body: policy.body?.zh ?? owner.name,
    round: round.title,
    rank: { zh: rank.zh, en: rank.en },
    unit,
    ballotRound: vote.ballotRound as RoundKind,
    mode: vote.mode as VoteMode,
    date: dateOf((opening?.recordedAt ?? at).toISOString()),
    place: vote.place,
    committee: vote.members,
    present: members.filter(({ signedIn }) => signedIn).map(shown),
    absent: members.filter(({ signedIn, recused }) => !signedIn && !recused).map(shown),
    substitutes: members.filter(({ substitute }) => substitute).map(shown),
    recused: members
      .filter(
        ({ recused, recusedFrom, recusalReason }) =>
          (recused || recusedFrom.length > 0) && recusalReason !== 'SUBSTITUTED',
      )
      .map((member) => ({
        ...shown(member),
        conflicts: [
          ...new Set(
            conflicts
              .filter(({ personId, decision }) => personId === member.personId && decision === 'recused')
              .map(({ kind }) => kind),
          ),
        ].sort(),
        ...(member.recusedFrom.length > 0 && { from: member.recusedFrom }),
      })),
    voters: vote.voters ?? votersOf(members).length,
    seats: vote.seats,
    equalNumberDecision: vote.equalNumberDecision,
    codes: vote.mode === 'drawn_codes' ? await codesOf(db, voteId) : null,
    candidates: candidates.map(({ id, personId }) => ({ applicationId: id, ...shown({ personId }) })),
    tally,
    notReturned: Math.max(0, tally.issued - tally.returned),
    chair: nameOf(vote.chairId),
    supervisor: nameOf(vote.supervisorId),
    tellers: vote.tellerIds.map((personId) => nameOf(personId) ?? ''),
  };
}

async function codesOf(db: Transaction, voteId: string): Promise<{ printed: number; voided: number }> {
  const [printed, voided] = await Promise.all([
    db.voteCode.count({ where: { voteId } }),
    db.voteCode.count({ where: { voteId, voided: true } }),
  ]);
  return { printed, voided };
}

/**
 * Signs the record of a vote by the account of who decides. Signing again changes nothing. Rule V19.
 * @returns whether the chair, the supervisor and every teller have signed
 * @throws Refusal NOT_A_TELLER from a teller of other votes
 */
export async function signRecord({
  db,
  id,
  ownerId,
  at,
  decider,
  submission,
}: DecisionWork): Promise<{ readonly vote: VoteRow; readonly complete: boolean }> {
  const { role } = decider;
  const personId = submission.actorId;
  const { tellerIds, recordDigest } = await db.vote.findUniqueOrThrow({ where: { id } });
  if (role === 'teller' && !tellerIds.includes(personId))
    throw new Refusal({ code: 'NOT_A_TELLER', rule: 'V7' });
  await db.voteSignature.createMany({
    data: [{ voteId: id, ownerId, personId, role, digest: recordDigest ?? '', signedAt: at }],
    skipDuplicates: true,
  });
  const vote = await db.vote.update({
    where: { id },
    data: {
      ...(role === 'committee_chair' && { confirmedByChair: true }),
      ...(role === 'supervisor' && { confirmedBySupervisor: true }),
    },
  });
  const signed = await signaturesOf(db, id);
  const tellersHave = tellerIds.every((teller) => signed.some((one) => one.personId === teller));
  return { vote, complete: vote.confirmedByChair && vote.confirmedBySupervisor && tellersHave };
}

/** Who signed a record, in the order in which they did. */
export function signaturesOf(db: Transaction, voteId: string) {
  return db.voteSignature.findMany({
    where: { voteId },
    orderBy: [{ signedAt: 'asc' }, { role: 'asc' }, { personId: 'asc' }],
  });
}

/** The newest sheet of each of the vote's tellers, in the order in which they were named; null for one that is missing. */
export async function newestSheets(db: Transaction, vote: VoteRow): Promise<(CountSheetRow | null)[]> {
  const rows = await sheetsOf(db, vote);
  return vote.tellerIds.map((tellerId) => rows.findLast((row) => row.tellerId === tellerId) ?? null);
}

/**
 * Every sheet of a vote, each teller's from the first version: those of the two who count first, in the order in which they
 * were named, then those of who was replaced. Rule V7.
 */
export async function sheetsOf(
  db: Transaction,
  { id: voteId, tellerIds }: Pick<VoteRow, 'id' | 'tellerIds'>,
): Promise<CountSheetRow[]> {
  const rows = await db.countSheet.findMany({
    where: { voteId },
    orderBy: [{ tellerId: 'asc' }, { version: 'asc' }],
  });
  const named = tellerIds.map((tellerId) => rows.filter((row) => row.tellerId === tellerId));
  return [...named.flat(), ...rows.filter(({ tellerId }) => !tellerIds.includes(tellerId))];
}

/** The sheet that a row holds: of papers of the group, or of those of each candidate. */
export function sheetIn({ returned, notReturned, papers }: CountSheetRow): CountSheet {
  if (Array.isArray(papers))
    return { returned, notReturned, papers: papers as unknown as CountSheet['papers'] };
  const byCandidate = papers as unknown as NonNullable<CountSheet['byCandidate']>;
  return { returned, notReturned, papers: [], byCandidate };
}

import {
  barredFrom,
  barsByRule,
  detectConflicts,
  quorumAtRisk,
  standsAside,
  type ConflictDecision,
  type ConflictKind,
  type ConflictSource,
  type DetectedConflict,
  type Kinship,
} from '../domain/conflicts.js';
import type { VoteRules } from '../domain/policy.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import type { Prisma } from '../prisma/generated/client.js';
import { policyOfRound } from './candidates.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';
import { membersWith } from './people.js';

export type ConflictRow = Prisma.VoteConflictGetPayload<object>;

/** Of a vote, what conflicts are about. */
type ListedVote = Pick<Prisma.VoteGetPayload<object>, 'id' | 'roundId' | 'candidates'>;

/**
 * Finds the conflicts that the service can see between members and candidates. Rules V1, V3.
 * @param memberIds persons
 * @param applicationIds candidates, by application
 */
export async function conflictsBetween(
  db: Transaction,
  memberIds: readonly string[],
  applicationIds: readonly string[],
): Promise<DetectedConflict[]> {
  const candidates = await db.application.findMany({
    where: { id: { in: [...applicationIds] } },
    select: { id: true, personId: true, schoolId: true },
  });
  const candidatePersons = candidates.map(({ personId }) => personId);
  const members = [...memberIds];
  const trainees = await db.trainee.findMany({
    where: {
      OR: [
        { personId: { in: candidatePersons }, mentorId: { in: members } },
        { personId: { in: members }, mentorId: { in: candidatePersons } },
      ],
    },
    select: { personId: true, mentorId: true },
  });
  const kin = await db.kinship.findMany({
    where: {
      OR: [
        { personId: { in: candidatePersons }, relativeId: { in: members } },
        { personId: { in: members }, relativeId: { in: candidatePersons } },
      ],
    },
    select: { personId: true, relativeId: true },
  });
  return detectConflicts({
    members: await db.person.findMany({
      where: { id: { in: members } },
      select: { id: true, schoolId: true },
      orderBy: { id: 'asc' },
    }),
    candidates,
    mentorPairs: trainees.map(({ personId, mentorId }) => [mentorId!, personId]),
    kin: kin.map(({ personId, relativeId }) => [personId, relativeId]),
  });
}

/**
 * Writes what the service finds of members of a vote, and takes back what it no longer finds; what people have declared
 * or decided stays. Who is barred by the rule stands aside at once; who is warned is told. Rules V1, V3.
 */
export async function findConflicts(
  work: Work,
  vote: Pick<ListedVote, 'id' | 'candidates'>,
  memberIds: readonly string[],
  { sameSchool }: Pick<VoteRules, 'sameSchool'>,
): Promise<void> {
  const { db, ownerId, at } = work;
  const found = await conflictsBetween(db, memberIds, vote.candidates);
  const known = await db.voteConflict.findMany({
    where: { voteId: vote.id, personId: { in: [...memberIds] }, source: 'detected' },
  });
  const same = (row: ConflictRow, one: DetectedConflict) =>
    row.personId === one.memberId && row.kind === one.kind;
  const gone = known.filter(
    (row) => (row.decidedBy ?? 'rule') === 'rule' && !found.some((one) => same(row, one)),
  );
  await db.voteConflict.deleteMany({ where: { id: { in: gone.map(({ id }) => id) } } });
  const fresh = found.filter((one) => !known.some((row) => same(row, one)));
  await db.voteConflict.createMany({
    data: fresh.map(({ memberId, kind, candidates }) => ({
      ownerId,
      voteId: vote.id,
      personId: memberId,
      kind,
      source: 'detected' satisfies ConflictSource,
      candidates: [...candidates],
      ...(barsByRule(kind, sameSchool) && {
        decision: 'recused' satisfies ConflictDecision,
        decidedBy: 'rule',
        decidedAt: at,
      }),
    })),
  });
  for (const { memberId, kind } of fresh)
    if (!barsByRule(kind, sameSchool)) work.notify(memberId, 'CONFLICT_WARNED', { conflict: kind });
  await applyConflicts(db, vote.id, memberIds);
}

/**
 * Brings the register to what the conflicts of members say now. A member whom another sits for stays away. With recusal by
 * candidate, a conflict with some bars from the papers of those. Rules V1, V2.
 */
export async function applyConflicts(
  db: Transaction,
  voteId: string,
  memberIds: readonly string[],
): Promise<void> {
  const { candidates, recusalScope } = await db.vote.findUniqueOrThrow({ where: { id: voteId } });
  const conflicts = await conflictsOfVote(db, voteId);
  for (const personId of memberIds) {
    const own = conflicts.filter((row) => row.personId === personId);
    const barring = own.find((row) => standsAside([row]));
    const from = barredFrom(own, candidates, recusalScope as VoteRules['recusalScope']);
    await db.voteMember.updateMany({
      where: {
        voteId,
        personId,
        OR: [{ recusalReason: null }, { recusalReason: { not: 'SUBSTITUTED' } }],
      },
      data: {
        recused: from === 'all',
        recusedFrom: from === 'all' ? [] : [...from],
        recusalReason: barring === undefined ? null : (barring.reason ?? barring.kind),
      },
    });
  }
}

/**
 * A further round of a meeting begins with what was declared and decided in the round before, as far as it is about its
 * candidates. Rule V1.
 */
export async function carryConflicts(
  db: Transaction,
  previousId: string,
  vote: { readonly id: string; readonly candidates: readonly string[] },
): Promise<void> {
  const rows = (await conflictsOfVote(db, previousId)).filter(({ decidedBy }) => decidedBy !== 'rule');
  const carried = rows
    .map((row) => ({ ...row, left: row.candidates.filter((id) => vote.candidates.includes(id)) }))
    .filter(({ candidates, left }) => candidates.length === 0 || left.length > 0);
  await db.voteConflict.createMany({
    data: carried.map(({ id: _id, left, ...row }) => ({ ...row, voteId: vote.id, candidates: left })),
  });
}

/** The conflicts of a vote, in an order that does not change. */
export function conflictsOfVote(db: Transaction, voteId: string): Promise<ConflictRow[]> {
  return db.voteConflict.findMany({ where: { voteId }, orderBy: { id: 'asc' } });
}

/**
 * Writes a conflict that somebody declares, asks for or decides. Rule V1.
 * @throws Refusal CONFLICT_RAISED_ALREADY when the same person has raised one on the member and it is still open
 */
export async function raiseConflict(
  work: Work,
  conflict: {
    readonly personId: string;
    readonly kind: ConflictKind;
    readonly source: ConflictSource;
    readonly candidates: readonly string[];
    readonly reason: string;
    readonly raisedById: string;
    readonly decision?: { readonly decidedBy: string };
  },
): Promise<void> {
  const { db, id, ownerId, at } = work;
  const { decision, candidates, ...rest } = conflict;
  const open = await db.voteConflict.count({
    where: { voteId: id, personId: rest.personId, raisedById: rest.raisedById, decision: null },
  });
  if (open > 0) throw new Refusal({ code: 'CONFLICT_RAISED_ALREADY', rule: 'V1' });
  await db.voteConflict.create({
    data: {
      ...rest,
      ownerId,
      voteId: id,
      candidates: [...candidates],
      ...(decision && {
        decision: 'recused' satisfies ConflictDecision,
        decisionReason: rest.reason,
        decidedAt: at,
        ...decision,
      }),
    },
  });
  await applyConflicts(db, id, [rest.personId]);
}

/** Persons who hold the chair of the committee today: the leading group decides on their conflicts. Rule V1. */
export async function chairsOf(db: Transaction, today: string): Promise<string[]> {
  return (await membersWith(db, 'committee_chair', today)).map(({ personId }) => personId);
}

/**
 * Warns of a committee that recusals could leave without a quorum, for each group; with recusal by candidate, for the
 * candidate with whom most have a conflict. Rules V2, V3, V4.
 * @param groups candidates of each group, by application
 */
export async function committeeWarnings(
  { db, today }: Pick<Work, 'db' | 'today'>,
  { quorum, recusalScope }: Pick<VoteRules, 'quorum' | 'recusalScope'>,
  groups: readonly { readonly unit: string; readonly candidates: readonly string[] }[],
): Promise<Reason[]> {
  const named = async (role: 'committee' | 'committee_chair' | 'committee_reserve') =>
    (await membersWith(db, role, today)).map(({ personId }) => personId);
  const members = [...new Set([...(await named('committee')), ...(await named('committee_chair'))])];
  const reserve = [...new Set(await named('committee_reserve'))];
  const warnings: Reason[] = [];
  for (const { unit, candidates } of groups) {
    const found = await conflictsBetween(db, [...members, ...reserve], candidates);
    const conflicted = new Set(found.map(({ memberId }) => memberId));
    const barred = members.flatMap((id) => {
      const from = barredFrom(
        found.filter(({ memberId }) => memberId === id).map((one) => ({ ...one, ...assumed })),
        candidates,
        recusalScope,
      );
      return from === 'all' ? candidates : from;
    });
    const mostBarred = Math.max(
      0,
      ...candidates.map((candidate) => barred.filter((one) => one === candidate).length),
    );
    warnings.push(
      ...quorumAtRisk({
        unit,
        members: members.length,
        conflicted: mostBarred,
        reserve: reserve.filter((id) => !conflicted.has(id)).length,
        quorum,
      }),
    );
  }
  return warnings;
}

/** A warning takes every conflict as if it were decided for recusal. */
const assumed = { source: 'detected', decision: 'recused' } as const;

/** What the chair is warned of while members sign in to a vote. Rules V3, V4. */
export async function warningsOfVote(
  db: Transaction,
  vote: ListedVote,
  unit: string,
  today: string,
): Promise<Reason[]> {
  const rules = (await policyOfRound(db, vote.roundId)).vote!;
  return committeeWarnings({ db, today }, rules, [{ unit, candidates: vote.candidates }]);
}

/**
 * Writes that a person declares kinship with another; declared again, the relation is the new one. Rule V1.
 * @throws Refusal NOT_FOUND when nobody has that staff number, KIN_OF_ONESELF
 */
export async function declareKinship(
  db: Transaction,
  declared: {
    readonly ownerId: string;
    readonly personId: string;
    readonly staffNumber: string;
    readonly relation: Kinship;
    readonly at: Date;
  },
): Promise<void> {
  const { ownerId, personId, staffNumber, relation, at } = declared;
  const relative = await db.person.findFirst({ where: { staffNumber } });
  if (relative === null) throw new Refusal({ code: 'NOT_FOUND', values: { staffNumber } });
  if (relative.id === personId) throw new Refusal({ code: 'KIN_OF_ONESELF', rule: 'V1' });
  const data = { relation, declaredAt: at };
  await db.kinship.upsert({
    where: { personId_relativeId: { personId, relativeId: relative.id } },
    create: { ownerId, personId, relativeId: relative.id, ...data },
    update: data,
  });
}

/** The kinship that a person has declared. */
export async function kinshipsOf(db: Transaction, personId: string) {
  const rows = await db.kinship.findMany({ where: { personId }, orderBy: { id: 'asc' } });
  const people = await db.person.findMany({
    where: { id: { in: rows.map(({ relativeId }) => relativeId) } },
    select: { id: true, name: true, staffNumber: true },
  });
  return rows.map((row) => ({ ...row, relative: people.find(({ id }) => id === row.relativeId)! }));
}

import type { Policy } from '../domain/policy.js';
import {
  allocateNominationQuotas,
  allocateSeats,
  nominationTotal,
  type QuotaProposal,
} from '../domain/quota.js';
import { latestDay } from '../domain/dates.js';
import { Refusal } from '../domain/refusal.js';
import { batchesDue, stageRuns, type Batch } from '../domain/stages.js';
import { usualWorkingDays } from './calendar.js';
import { candidatesOf, policyOfRound, type ApplicationRow } from './candidates.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';

/** Schools that a quota is divided over: those that teach. Rule Q1. */
export function teachingSchools(db: Transaction) {
  return db.organisation.findMany({
    where: { kind: 'school', fullTimeTeachers: { gt: 0 }, validUntil: null },
    orderBy: { code: 'asc' },
  });
}

/**
 * The nomination quotas that the scheme's method gives, for each rank; a proposal until the leading group approves
 * a table. Rules Q1–Q4, Q7.
 * @param places seats of this round, by rank
 * @param on business date on which the round opens
 * @throws Refusal `COUNT_NOT_OF_BASE_DAY` (Q1) with the schools whose teachers were not counted on the scheme's day,
 *   `QUOTA_NOT_IN_SCHEME`
 */
export async function proposeNominations(
  db: Transaction,
  policy: Policy,
  places: Readonly<Record<string, number>>,
  on: string,
): Promise<Map<string, QuotaProposal>> {
  const rules = policy.quotas?.nominations;
  if (!rules) throw new Refusal({ code: 'QUOTA_NOT_IN_SCHEME', rule: 'Q7' });
  const found = await teachingSchools(db);
  const day = latestDay(rules.baseOn, on);
  const other = found.filter(({ countedOn }) => countedOn !== day);
  if (other.length > 0)
    throw new Refusal({
      code: 'COUNT_NOT_OF_BASE_DAY',
      rule: 'Q1',
      values: { day, schools: other.map(({ name, countedOn }) => `${name} ${countedOn ?? '—'}`) },
      clause: rules.clause,
    });
  const schools = found.map((school) => ({
    id: school.id,
    code: school.code,
    fullTimeTeachers: school.fullTimeTeachers,
    // 农村 includes the towns: whatever is not urban.
    rural: school.locality !== 'urban',
  }));
  return new Map(
    Object.entries(places).map(([rank, seats]) => [
      rank,
      allocateNominationQuotas({
        total: nominationTotal(seats, rules.nominationPercent),
        schools,
        guarantee: rules.guarantee,
        ruralSharePercent: rules.ruralSharePercent,
      }),
    ]),
  );
}

/** An open round of a scheme, whichever version, for a school year, or null; asked for by one after the other. */
export async function openRoundOf(work: Work, policyCode: string, schoolYear: string) {
  await work.db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${work.ownerId}, 3))`;
  const policies = await work.db.policy.findMany({ where: { code: policyCode }, select: { id: true } });
  const rounds = await work.db.round.findMany({
    where: { schoolYear, policyId: { in: policies.map(({ id }) => id) } },
  });
  const open = await work.db.case.findFirst({
    where: { id: { in: rounds.map(({ id }) => id) }, closedAt: null },
  });
  return rounds.find(({ id }) => id === open?.id) ?? null;
}

/** The newest stored version of a scheme, or the one named. */
export async function findPolicy(db: Transaction, code: string, version?: string) {
  const found = await db.policy.findFirst({
    where: { code, ...(version && { version }) },
    orderBy: { addedAt: 'desc' },
  });
  if (found === null)
    throw new Refusal({ code: 'SCHEME_UNKNOWN', rule: 'P3', values: { code, version: version ?? null } });
  return found;
}

/** The stored version of the scheme that a round is pinned to. Rule R0.7. */
export async function policyRowOf(db: Transaction, roundId: string) {
  const round = await db.round.findUnique({ where: { id: roundId } });
  if (round === null) throw new Refusal({ code: 'NOT_FOUND', values: { roundId } });
  return db.policy.findUniqueOrThrow({ where: { id: round.policyId } });
}

/** Working days that all stages of a scheme take together; a stage of the round that sets none takes the usual ones. */
export function plannedDays(policy: Policy): number {
  return policy.stages.reduce(
    (days, { code, workingDays }) => days + (workingDays ?? (code in stageRuns ? usualWorkingDays : 0)),
    0,
  );
}

/** Seats that the scheme's method gives a group of the vote. */
export interface SeatProposal {
  readonly unit: string;
  readonly rank: string;
  readonly seats: number;
  readonly candidates: number;
  /** How many candidates more a differential vote needs. */
  readonly missing: number;
  /** Ids of the candidates. */
  readonly candidateIds: readonly string[];
}

/** The seats that the scheme's method proposes for the groups whose candidates are all there. Rules Q2, Q7, Q9. */
export async function proposeSeats(db: Transaction, roundId: string): Promise<SeatProposal[]> {
  const policy = await policyOfRound(db, roundId);
  if (!policy.vote) return [];
  const { minDifferential } = policy.vote;
  const candidates = await candidatesOf(db, roundId);
  const known = await db.seatQuota.findMany({ where: { roundId } });
  const { places } = await db.round.findUniqueOrThrow({ where: { id: roundId } });
  const due = batchesDue(policy, candidates).filter(
    ({ stage, unit }) => stage === 'differential_vote' && !known.some((quota) => quota.unit === unit),
  );
  const order = policy.stages.map(({ code }) => code as string);
  const rankOfBatch = (batch: Batch) => candidates.find(({ id }) => id === batch.candidateIds[0])!.rank;
  return [...new Set(due.map(rankOfBatch))].flatMap((rank) => {
    const isBefore = ({ stage, standing }: ApplicationRow) =>
      ['waiting', 'running'].includes(standing) && order.indexOf(stage) < order.indexOf('differential_vote');
    const direct = candidates.filter(
      (each) => each.rank === rank && each.entry === 'contest' && each.standing !== 'out',
    );
    // Direct entrants pass the vote by; whoever else of the rank is still before it belongs to the table.
    if (candidates.some((each) => each.rank === rank && each.entry !== 'contest' && isBefore(each)))
      return [];
    const batches = due.filter((batch) => rankOfBatch(batch) === rank);
    const taken = known.filter((quota) => quota.rank === rank).reduce((sum, { seats }) => sum + seats, 0);
    const less = policy.quotas?.seats?.lessDirectEntrants ? direct.length : 0;
    const free = Math.max(0, ((places as Record<string, number>)[rank] ?? 0) - less - taken);
    const waiting = batches.reduce((sum, { candidateIds }) => sum + candidateIds.length, 0);
    return allocateSeats({
      seats: Math.min(free, waiting),
      groups: batches.map(({ unit, candidateIds }) => ({ key: unit, candidates: candidateIds.length })),
      minDifferential,
    }).map(({ key, seats, candidates: standing, missing }) => ({
      unit: key,
      rank,
      seats,
      candidates: standing,
      missing,
      candidateIds: batches.find(({ unit }) => unit === key)!.candidateIds,
    }));
  });
}

/** A round with its case, its quotas and the numbers of its candidates by stage and standing. */
export async function roundView(db: Transaction, id: string) {
  const row = await db.case.findFirst({ where: { id, kind: 'selectionRound' } });
  if (row === null) throw new Refusal({ code: 'NOT_FOUND' });
  const round = await db.round.findUniqueOrThrow({ where: { id } });
  const policy = await policyOfRound(db, id);
  const nominations = await db.nominationQuota.findMany({
    where: { roundId: id },
    orderBy: [{ rank: 'asc' }, { schoolId: 'asc' }],
  });
  const extras = await db.quotaExtra.findMany({
    where: { roundId: id },
    orderBy: [{ rank: 'asc' }, { kind: 'asc' }, { id: 'asc' }],
  });
  const quotaChanges = await db.quotaChange.findMany({
    where: { roundId: id },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  });
  const seats = await db.seatQuota.findMany({ where: { roundId: id }, orderBy: { unit: 'asc' } });
  const candidates = await db.application.groupBy({
    by: ['stage', 'standing'],
    where: { roundId: id },
    _count: { _all: true },
    orderBy: [{ stage: 'asc' }, { standing: 'asc' }],
  });
  const runs = await db.case.groupBy({
    by: ['stage', 'kind'],
    where: { roundId: id, closedAt: null, stage: { not: null }, id: { not: id } },
    _count: { _all: true },
  });
  return { row, round, policy, nominations, extras, quotaChanges, seats, candidates, runs };
}

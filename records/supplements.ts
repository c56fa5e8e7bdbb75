import { groupBy } from '../domain/grouping.js';
import type { Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import type { Transaction } from './database.js';

/** The places of a rank that a selection has given, and those that it has not. Rule T12. */
export interface Vacancy {
  readonly rank: string;
  /** As the leading group set them when the first round opened. */
  readonly places: number;
  /** Formal candidates whose training has not ended before its time. */
  readonly filled: number;
  /** People of the reserve list, who come first. */
  readonly reserves: number;
  readonly vacant: number;
}

/**
 * The selections that rounds belong to, by round: a first round with the supplementary ones that fill its places; none that
 * was cancelled. Rule T12.
 */
export async function selectionsOf(
  db: Transaction,
  roundIds: readonly string[],
): Promise<Map<string, string[]>> {
  const select = { id: true, supplementsId: true } as const;
  const asked = await db.round.findMany({ where: { id: { in: [...new Set(roundIds)] } }, select });
  const firstIds = asked.map(({ id, supplementsId }) => supplementsId ?? id);
  const rounds = await db.round.findMany({
    where: { OR: [{ id: { in: firstIds } }, { supplementsId: { in: firstIds } }] },
    select,
    orderBy: { id: 'asc' },
  });
  const cancelled = await db.case.findMany({
    where: { id: { in: rounds.map(({ id }) => id) }, outcome: 'cancelled' },
    select: { id: true },
  });
  const held = rounds.filter(({ id }) => !cancelled.some((each) => each.id === id));
  const selections = groupBy(held, ({ id, supplementsId }) => supplementsId ?? id);
  return new Map(
    asked.map(({ id, supplementsId }) => [
      id,
      (selections.get(supplementsId ?? id) ?? []).map((round) => round.id),
    ]),
  );
}

/** A first round with the supplementary selections that fill its places; none that was cancelled. Rule T12. */
export async function selectionOf(db: Transaction, firstRoundId: string): Promise<string[]> {
  return (await selectionsOf(db, [firstRoundId])).get(firstRoundId)!;
}

/** The first round of the selection that a round belongs to: itself, unless it is a supplementary one. */
export async function firstRoundOf(db: Transaction, roundId: string): Promise<string> {
  const { supplementsId } = await db.round.findUniqueOrThrow({
    where: { id: roundId },
    select: { supplementsId: true },
  });
  return supplementsId ?? roundId;
}

/** What is filled and what is vacant of a selection, by rank. Rule T12. */
export async function vacanciesOf(db: Transaction, firstRoundId: string): Promise<Vacancy[]> {
  const first = await db.round.findUniqueOrThrow({ where: { id: firstRoundId } });
  const candidates = await db.application.findMany({
    where: { roundId: { in: await selectionOf(db, firstRoundId) }, standing: { in: ['chosen', 'reserve'] } },
    select: { id: true, rank: true, standing: true },
  });
  const gone = await db.trainee.findMany({
    where: {
      applicationId: { in: candidates.map(({ id }) => id) },
      standing: { in: ['eliminated', 'left'] },
    },
    select: { applicationId: true },
  });
  return Object.entries(first.places as Record<string, number>)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([rank, places]) => {
      const own = candidates.filter((candidate) => candidate.rank === rank);
      const filled = own.filter(
        ({ id, standing }) =>
          standing === 'chosen' && !gone.some(({ applicationId }) => applicationId === id),
      ).length;
      return {
        rank,
        places,
        filled,
        reserves: own.filter(({ standing }) => standing === 'reserve').length,
        vacant: Math.max(0, places - filled),
      };
    });
}

/**
 * Refuses a supplementary selection that there is no room for: the first round must be over and of the same scheme and
 * year, the scheme must provide for outstanding teachers who are no trainees, there must be as many vacant places, and
 * nobody may be waiting on the reserve list, unless the leading group says why none of them is taken. Rule T12.
 * @param places places asked for, by rank
 * @param reserveReason why nobody of the reserve list is taken
 * @returns the id of the selection's first round
 * @throws Refusal `NOT_FOUND`, `SUPPLEMENT_OF_OTHER`, `ROUND_NOT_OVER`, `ENTRY_NOT_IN_SCHEME`, `PLACES_NOT_VACANT`,
 *   `RESERVE_FIRST`
 */
export async function refuseSupplement(
  db: Transaction,
  policy: Policy,
  asked: {
    readonly roundId: string;
    readonly policyId: string;
    readonly schoolYear: string;
    readonly places: Readonly<Record<string, number>>;
    readonly reserveReason?: string;
  },
): Promise<string> {
  const found = await db.round.findUnique({ where: { id: asked.roundId } });
  if (found === null) throw new Refusal({ code: 'NOT_FOUND', values: { roundId: asked.roundId } });
  const firstRoundId = found.supplementsId ?? found.id;
  if (found.policyId !== asked.policyId || found.schoolYear !== asked.schoolYear)
    throw new Refusal({
      code: 'SUPPLEMENT_OF_OTHER',
      rule: 'T12',
      values: { title: found.title, schoolYear: found.schoolYear },
    });
  const { outcome } = await db.case.findUniqueOrThrow({ where: { id: firstRoundId } });
  if (outcome !== 'completed')
    throw new Refusal({ code: 'ROUND_NOT_OVER', rule: 'T12', values: { title: found.title } });
  const { from = [], clause } = policy.dynamic?.supplement ?? {};
  if (policy.entries.supplement === undefined && !from.includes('outstanding_non_trainees'))
    throw new Refusal({ code: 'ENTRY_NOT_IN_SCHEME', rule: 'T12', values: { entry: 'supplement' } });
  const vacancies = await vacanciesOf(db, firstRoundId);
  for (const [rank, places] of Object.entries(asked.places)) {
    const { vacant = 0, reserves = 0 } = vacancies.find((each) => each.rank === rank) ?? {};
    if (places > vacant)
      throw new Refusal({
        code: 'PLACES_NOT_VACANT',
        rule: 'T12',
        values: { rank, places, vacant },
        clause,
      });
    if (from.includes('reserve_list') && reserves > 0 && !asked.reserveReason)
      throw new Refusal({ code: 'RESERVE_FIRST', rule: 'T12', values: { rank, reserves }, clause });
  }
  return firstRoundId;
}

import type { Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { seatsNow } from '../domain/vote.js';
import { lockPlaces } from '../records/candidates.js';
import type { Decision, Work } from '../records/decide.js';
import { electedOf } from '../records/reserve-list.js';

/**
 * The leading group gives a group seats of the same rank that votes have left empty. Those on the group's reserve list are
 * called to them, and a later batch votes on what is left. A place that a direct entrant has taken meanwhile is not given
 * again. Rules Q9, V17.
 */
export const assignVacantSeats: Decision = async (
  work,
  body: { unit: string; seats: number; reason: string },
) => {
  const { db, id } = work;
  await lockPlaces(work, id);
  const quotas = await db.seatQuota.findMany({ where: { roundId: id } });
  const quota = quotas.find(({ unit }) => unit === body.unit);
  if (!quota)
    throw new Refusal({ code: 'SEATS_ROWS', rule: 'V17', values: { missing: [], unknown: [body.unit] } });
  const { rank } = quota;
  const pool = await emptySeats(work, id, rank);
  if (body.seats > pool)
    throw new Refusal({
      code: 'SEATS_NOT_VACANT',
      rule: 'V17',
      values: { rank, vacant: pool, asked: body.seats },
    });
  await db.seatQuota.update({
    where: { roundId_unit: { roundId: id, unit: body.unit } },
    data: { assigned: quota.assigned + body.seats },
  });
  return { wakeAt: work.at, result: { left: pool - body.seats } };
};

/**
 * The vote of a group is to be done again, and nobody keeps a seat of it: what it left empty is open again, but for what
 * the district has given to others. Rules N12, V17.
 */
export async function takeBackEmptySeats(
  work: Work,
  policy: Policy,
  roundId: string,
  unit: string,
): Promise<void> {
  await lockPlaces(work, roundId);
  const quota = await work.db.seatQuota.findUnique({ where: { roundId_unit: { roundId, unit } } });
  if (!quota?.vacant || (await electedOf(work.db, policy, roundId, unit)).length > 0) return;
  const back = Math.min(quota.vacant, await emptySeats(work, roundId, quota.rank));
  await work.db.seatQuota.update({
    where: { roundId_unit: { roundId, unit } },
    data: { vacant: { decrement: back } },
  });
}

/** The seats of a rank that votes have left empty and that neither another group nor a direct entrant has taken. */
async function emptySeats({ db }: Work, roundId: string, rank: string): Promise<number> {
  const ofRank = await db.seatQuota.findMany({ where: { roundId, rank } });
  const empty = ofRank.reduce((sum, { vacant, assigned }) => sum + vacant - assigned, 0);
  const { places } = await db.round.findUniqueOrThrow({ where: { id: roundId }, select: { places: true } });
  const entrants = await db.application.count({
    where: { roundId, rank, entry: 'contest', standing: { not: 'out' } },
  });
  const given = ofRank.reduce((sum, each) => sum + seatsNow(each), entrants);
  return Math.max(0, Math.min(empty, ((places as Record<string, number>)[rank] ?? 0) - given));
}

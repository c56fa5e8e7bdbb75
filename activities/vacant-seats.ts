import { Refusal } from '../domain/refusal.js';
import { seatsNow } from '../domain/vote.js';
import { lockPlaces } from '../records/candidates.js';
import type { Decision } from '../records/decide.js';

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
  const ofRank = quotas.filter((each) => each.rank === rank);
  const empty = ofRank.reduce((sum, { vacant, assigned }) => sum + vacant - assigned, 0);
  const { places } = await db.round.findUniqueOrThrow({ where: { id }, select: { places: true } });
  const entrants = await db.application.count({
    where: { roundId: id, rank, entry: 'contest', standing: { not: 'out' } },
  });
  const given = ofRank.reduce((sum, each) => sum + seatsNow(each), entrants);
  const pool = Math.max(0, Math.min(empty, ((places as Record<string, number>)[rank] ?? 0) - given));
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

import { Refusal } from '../domain/refusal.js';
import type { Decision } from '../records/decide.js';

/**
 * The leading group gives a group seats of the same rank that votes have left empty. Those on the group's reserve list are
 * called to them, and a later batch votes on what is left. Rule V17.
 */
export const assignVacantSeats: Decision = async (
  work,
  body: { unit: string; seats: number; reason: string },
) => {
  const { db, id } = work;
  const quotas = await db.seatQuota.findMany({ where: { roundId: id } });
  const quota = quotas.find(({ unit }) => unit === body.unit);
  if (!quota)
    throw new Refusal({ code: 'SEATS_ROWS', rule: 'V17', values: { missing: [], unknown: [body.unit] } });
  const { rank } = quota;
  const pool = quotas
    .filter((each) => each.rank === rank)
    .reduce((sum, { vacant, assigned }) => sum + vacant - assigned, 0);
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

import { lostDays, type DecidedDay, type LostDay } from '../domain/down-time.js';
import { calendarTable } from './calendar.js';
import type { Database, Transaction } from './database.js';

/** How long the API may be silent and still count as reachable, in milliseconds: three of its beats. */
const patience = 3 * 60_000;

/**
 * Writes that the public pages can be reached at an instant: the time that is under way is prolonged, or after a silence
 * another begins. Rule N7.
 * @returns whether it is another: before it the pages could not be reached, or nothing was known of them
 */
export async function recordReachable(database: Database, at: Date): Promise<boolean> {
  const { count } = await database.reachableTime.updateMany({
    where: { until: { gte: new Date(at.getTime() - patience), lt: at } },
    data: { until: at },
  });
  if (count > 0 || (await database.reachableTime.count({ where: { until: { gte: at } } })) > 0) return false;
  await database.reachableTime.create({ data: { from: at, until: at } });
  return true;
}

/** A notice that was released, as far as its lost days depend on it. */
export interface StandingNotice {
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  readonly publishedAt: Date | null;
  readonly closesAt: Date | null;
}

/** The days of a notice on which its page could not be reached for too long, by what is on file. Rule N7. */
export async function lostDaysOf(db: Transaction, notice: StandingNotice, at: Date): Promise<LostDay[]> {
  const { firstDay, lastDay, publishedAt, closesAt } = notice;
  // The time before the notice tells that its page was watched then.
  const before = await db.reachableTime.findFirst({
    where: { from: { lte: publishedAt! } },
    orderBy: { from: 'desc' },
  });
  const since = before?.from ?? publishedAt!;
  const times = await db.reachableTime.findMany({ where: { until: { gte: since } } });
  const spelt = (instant: Date) => instant.toISOString();
  return lostDays(
    { firstDay: firstDay!, lastDay: lastDay!, publishedAt: spelt(publishedAt!), closesAt: spelt(closesAt!) },
    times.map(({ from, until }) => ({ from: spelt(from), until: spelt(until) })),
    spelt(at),
    await calendarTable(db),
  );
}

/** The lost days of a notice as they are on file. */
export function recordedDays(notice: { readonly lostDays: unknown }): DecidedDay[] {
  return notice.lostDays as DecidedDay[];
}

/**
 * Tells the notices that stand to look for lost days, after a time in which nobody could reach them. Rule N7.
 * @returns the ids of their cases, for whoever wakes them
 */
export async function tellStandingNotices(database: Database, at: Date): Promise<string[]> {
  const standing = await database.case.findMany({
    where: { kind: 'publicNotice', step: 'standing', closedAt: null },
    select: { id: true, ownerId: true },
  });
  await database.caseMessage.createMany({
    data: standing.map(({ id, ownerId }) => ({ ownerId, caseId: id, kind: 'news', createdAt: at })),
  });
  return standing.map(({ id }) => id);
}

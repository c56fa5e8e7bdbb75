import { isWorkingDay, type CalendarTable } from './calendar.js';
import { datesBetween, endOfDay, type BusinessDate, type Instant } from './dates.js';
import { Refusal } from './refusal.js';

/** From one instant to another. */
export interface Period {
  readonly from: Instant;
  readonly until: Instant;
}

/** A day of a notice on which its page could not be reached for too long. */
export interface LostDay {
  readonly day: BusinessDate;
  /** How long it could not be reached within the hours of the day, in whole minutes. */
  readonly minutes: number;
  readonly periods: readonly Period[];
}

/** What a person decided on a lost day. */
export interface DecidedDay extends LostDay {
  /** Null while nobody has decided. */
  readonly decision: 'let_stand' | null;
  readonly reason: string | null;
}

/** The hours in which the public may count on the page. */
const hours = { from: '08:00', until: '18:00' } as const;
/** Of these hours so many minutes lost make a day that does not count. */
const mostLost = 4 * 60;

/**
 * The working days of a notice on which its page could not be reached for four hours or more between 08:00 and 18:00. Of
 * the time before anything is known of the page, nothing is said. Rule N7.
 * @param notice its printed first and last day; publishedAt and closesAt are instants
 * @param reachable the times in which the page could be reached, as far as is known
 * @param now what comes later is not looked at
 * @param table the arrangements of holidays
 * @returns in the order of the days
 * @throws Refusal `CALENDAR_YEAR_MISSING`
 */
export function lostDays(
  notice: {
    readonly firstDay: BusinessDate;
    readonly lastDay: BusinessDate;
    readonly publishedAt: Instant;
    readonly closesAt: Instant;
  },
  reachable: readonly Period[],
  now: Instant,
  table: CalendarTable,
): LostDay[] {
  const known = reachable.toSorted((left, right) => (left.from < right.from ? -1 : 1));
  if (known.length === 0) return [];
  const begins = [notice.publishedAt, known[0]!.from];
  return datesBetween(notice.firstDay, notice.lastDay)
    .filter((day) => isWorkingDay(day, table))
    .map((day) => {
      const from = latest([...begins, endOfDay(day, hours.from)]);
      const until = earliest([notice.closesAt, now, endOfDay(day, hours.until)]);
      const periods = gaps({ from, until }, known);
      const lost = periods.reduce((sum, period) => sum + lengthOf(period), 0);
      return { day, minutes: Math.floor(lost / 60_000), periods };
    })
    .filter(({ minutes }) => minutes >= mostLost);
}

/** The parts of a period that no other period covers. */
function gaps({ from, until }: Period, covered: readonly Period[]): Period[] {
  const found: Period[] = [];
  let at = from;
  for (const each of covered) {
    if (at >= until) break;
    if (each.from > at) found.push({ from: at, until: earliest([each.from, until]) });
    at = latest([at, each.until]);
  }
  if (at < until) found.push({ from: at, until });
  return found;
}

function lengthOf({ from, until }: Period): number {
  return Date.parse(until) - Date.parse(from);
}

function latest(instants: readonly Instant[]): Instant {
  return instants.reduce((left, right) => (left > right ? left : right));
}

function earliest(instants: readonly Instant[]): Instant {
  return instants.reduce((left, right) => (left < right ? left : right));
}

/**
 * The days on file with those newly found; what was decided on a day stays. Rule N7.
 * @param recorded as they were proposed before
 * @param found of `lostDays`
 */
export function withLostDays(recorded: readonly DecidedDay[], found: readonly LostDay[]): DecidedDay[] {
  const isRecorded = (day: BusinessDate) => recorded.some((each) => each.day === day);
  const fresh = found.filter(({ day }) => !isRecorded(day));
  return [...recorded, ...fresh.map((day) => ({ ...day, decision: null, reason: null }))];
}

/**
 * A person lets the notice stand as it was printed although days were lost: the days on which nobody has decided yet.
 * Rule N7.
 * @throws Refusal `NO_LOST_DAYS` when there is none
 */
export function letStand(recorded: readonly DecidedDay[], reason: string): DecidedDay[] {
  if (!isProposed(recorded)) throw new Refusal({ code: 'NO_LOST_DAYS', rule: 'N7' });
  return recorded.map((day) => (day.decision === null ? { ...day, decision: 'let_stand', reason } : day));
}

/** Whether a lost day waits for somebody to decide. */
export function isProposed(recorded: readonly DecidedDay[]): boolean {
  return recorded.some(({ decision }) => decision === null);
}

import type { AgeMode } from './policy.js';
import { Refusal } from './refusal.js';

/** A business date `YYYY-MM-DD` in Asia/Shanghai. */
export type BusinessDate = string;

/** An instant as an ISO 8601 string in UTC, with milliseconds and `Z`, so that instants compare as strings. */
export type Instant = string;

const dayInMilliseconds = 86_400_000;

/** China has kept UTC+8 without summer time since 1991. */
const shanghaiOffsetInMilliseconds = 8 * 3_600_000;

/**
 * Whether a text is a business date: `YYYY-MM-DD`, and a day that exists (2025-02-30 does not).
 * @param text any text
 */
export function isBusinessDate(text: string): boolean {
  // Lists of a whole district ask this millions of times: it makes no Date.
  if (!/^(?!00)\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text)) return false;
  const [month, day] = [text.slice(5, 7), Number(text.slice(8))];
  if (month !== '02') return day < 31 || !monthsOf30Days.includes(month);
  return day < 29 || (day === 29 && isLeapYear(Number(text.slice(0, 4))));
}

const monthsOf30Days: readonly string[] = ['04', '06', '09', '11'];

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/**
 * The date so many calendar days later.
 * @param date the date to start from
 * @param days whole number of days; negative goes back
 * @throws Refusal `DATE_INVALID`
 */
export function addDays(date: BusinessDate, days: number): BusinessDate {
  return dateFromUtc(utcOf(date) + days * dayInMilliseconds);
}

/**
 * The same day of the month so many months later; where that month has no such day, its last day. Rule R0.2.
 * @param date the date to start from
 * @param months whole number of months; negative goes back
 * @throws Refusal `DATE_INVALID`
 */
export function addMonths(date: BusinessDate, months: number): BusinessDate {
  const start = new Date(utcOf(date));
  const year = start.getUTCFullYear();
  const month = start.getUTCMonth() + months;
  const lastDayOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return dateFromUtc(Date.UTC(year, month, Math.min(start.getUTCDate(), lastDayOfMonth)));
}

/**
 * The same day so many years later; 29 February becomes 28 February in a common year. Rules R0.2, 5.4.
 * @param date the date to start from
 * @param years whole number of years; negative goes back
 * @throws Refusal `DATE_INVALID`
 */
export function addYears(date: BusinessDate, years: number): BusinessDate {
  return addMonths(date, years * 12);
}

/**
 * The day of the week, 1 for Monday to 7 for Sunday.
 * @param date the date
 * @throws Refusal `DATE_INVALID`
 */
export function weekday(date: BusinessDate): number {
  return new Date(utcOf(date)).getUTCDay() || 7;
}

/**
 * Orders two dates, for `sort` and for comparisons with 0.
 * @param left a date
 * @param right a date
 * @returns -1 when left is earlier, 1 when it is later, 0 when they are the same day
 * @throws Refusal `DATE_INVALID`
 */
export function compare(left: BusinessDate, right: BusinessDate): -1 | 0 | 1 {
  requireDate(left);
  requireDate(right);
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Every date from the first to the last, both included; none when the last is before the first.
 * @param first the first date
 * @param last the last date
 * @throws Refusal `DATE_INVALID`
 */
export function datesBetween(first: BusinessDate, last: BusinessDate): BusinessDate[] {
  const dates: BusinessDate[] = [];
  for (let date = first; compare(date, last) <= 0; date = addDays(date, 1)) dates.push(date);
  return dates;
}

/**
 * The instant at which a deadline on a day is over: what arrives before it is in time, what arrives at it is
 * late. Rules R0.8, N4.
 * @param date the last day, in Asia/Shanghai
 * @param closes closing hour `HH:MM`, from `00:00` to `24:00`
 * @returns the instant in UTC
 * @throws Refusal `DATE_INVALID`, `CLOSING_HOUR_INVALID`
 */
export function endOfDay(date: BusinessDate, closes = '24:00'): Instant {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$|^(24):(00)$/.exec(closes);
  if (match === null) {
    throw new Refusal({ code: 'CLOSING_HOUR_INVALID', rule: 'R0.8', values: { closes } });
  }
  const minutes = Number(match[1] ?? match[3]) * 60 + Number(match[2] ?? match[4]);
  return new Date(utcOf(date) - shanghaiOffsetInMilliseconds + minutes * 60_000).toISOString();
}

/**
 * The date in Asia/Shanghai on which an instant falls. Rule R0.8.
 * @param instant ISO 8601 with `Z` or an offset
 * @throws Refusal `INSTANT_INVALID` when it is no instant, or names no zone
 */
export function dateOf(instant: Instant): BusinessDate {
  const milliseconds = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(instant) ? Date.parse(instant) : NaN;
  if (Number.isNaN(milliseconds)) throw new Refusal({ code: 'INSTANT_INVALID', values: { value: instant } });
  return dateFromUtc(milliseconds + shanghaiOffsetInMilliseconds);
}

/**
 * The school year of a date, 1 September to 31 August. Rules R0.6, 5.1.
 * @param date the date
 * @returns both years, e.g. `2025-2026`
 * @throws Refusal `DATE_INVALID`
 */
export function schoolYearOf(date: BusinessDate): string {
  const start = new Date(utcOf(date));
  const firstYear = start.getUTCFullYear() - (start.getUTCMonth() < 8 ? 1 : 0);
  return `${firstYear}-${firstYear + 1}`;
}

/**
 * The latest day of a month and day that a date has reached. Rule Q1.
 * @param monthDay `MM-DD`, not 29 February
 * @param date the date
 * @throws Refusal `DATE_INVALID`
 */
export function latestDay(monthDay: string, date: BusinessDate): BusinessDate {
  const ofYear = `${date.slice(0, 4)}-${monthDay}`;
  return compare(ofYear, date) <= 0 ? ofYear : addYears(ofYear, -1);
}

/**
 * Full years from one day to another with both days counted: 2020-09-01 to 2025-08-31 is 5. For years of
 * teaching at a cut-off day. Rule 5.2.
 * @param first the first day that counts
 * @param last the last day that counts
 * @returns whole years, 0 when the last day is before the first
 * @throws Refusal `DATE_INVALID`
 */
export function fullYearsBetween(first: BusinessDate, last: BusinessDate): number {
  const dayAfter = addDays(last, 1);
  const years = Number(dayAfter.slice(0, 4)) - Number(first.slice(0, 4));
  return Math.max(0, compare(addYears(first, years), dayAfter) <= 0 ? years : years - 1);
}

/**
 * The earliest birth date that meets an age limit. It is what a notice prints, and what is printed binds.
 * Rule 5.2.
 * @param cutoff the day on which the age counts
 * @param maxAge the age in years that the scheme names (45周岁以下)
 * @param mode `born_on_or_after`: who turns that age on the cut-off day is in, who turned it the day before is
 *   out; `completed_years_at_most`: in until the day before the next birthday
 * @returns who was born on this date or later meets the limit
 * @throws Refusal `DATE_INVALID`
 */
export function bornOnOrAfter(
  cutoff: BusinessDate,
  maxAge: number,
  mode: AgeMode = 'born_on_or_after',
): BusinessDate {
  return mode === 'born_on_or_after'
    ? addYears(cutoff, -maxAge)
    : addDays(addYears(cutoff, -(maxAge + 1)), 1);
}

/** Midnight of the date, as if Shanghai were UTC: a number that calendar arithmetic can be done with. */
function utcOf(date: BusinessDate): number {
  requireDate(date);
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8)));
}

function requireDate(date: BusinessDate): void {
  if (!isBusinessDate(date)) throw new Refusal({ code: 'DATE_INVALID', values: { value: date } });
}

function dateFromUtc(milliseconds: number): BusinessDate {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

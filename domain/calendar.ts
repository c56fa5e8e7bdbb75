import { addDays, compare, weekday, type BusinessDate } from './dates.js';
import type { NoticeRules } from './policy.js';
import { Refusal, type Reason } from './refusal.js';
import { requireWhole } from './whole-numbers.js';

/** One year's arrangement of holidays and make-up working days. */
export interface CalendarYear {
  /** Public holidays and days off in their place; Saturdays and Sundays need not be listed. */
  readonly rest: readonly BusinessDate[];
  /** Saturdays and Sundays that are worked (调休上班日). */
  readonly makeUp: readonly BusinessDate[];
  /** True while the State Council's notice is not loaded and only the statutory days are known. */
  readonly provisional: boolean;
}

/** The arrangements by year, e.g. `'2026'`. A year's arrangement may name days of the December before. */
export interface CalendarTable {
  readonly years: Readonly<Record<string, CalendarYear>>;
}

/** A day that was counted out, and whether a year on the way is known only provisionally. */
export interface CountedDay {
  readonly date: BusinessDate;
  readonly provisional: boolean;
}

/** The days that a notice prints. */
export interface NoticePeriod {
  /** The first working day that counts. */
  readonly firstDay: BusinessDate;
  /** The last one; the notice ends at its closing hour. */
  readonly lastDay: BusinessDate;
  readonly provisional: boolean;
}

/**
 * Whether a day is a working day: Monday to Friday without the public holidays, plus the make-up days. Rule N3.
 * @param date the day
 * @param table the arrangements
 * @throws Refusal `CALENDAR_YEAR_MISSING` when the table does not hold the day's year; `DATE_INVALID`
 */
export function isWorkingDay(date: BusinessDate, table: CalendarTable): boolean {
  const nextYear = table.years[String(Number(date.slice(0, 4)) + 1)];
  const arrangements = nextYear === undefined ? [yearOf(date, table)] : [yearOf(date, table), nextYear];
  if (arrangements.some((year) => year.rest.includes(date))) return false;
  if (arrangements.some((year) => year.makeUp.includes(date))) return true;
  return weekday(date) <= 5;
}

/**
 * The day on which so many working days after a day are over; the day itself is not counted. Rules R0.2, N3.
 * @param date the day that starts the period
 * @param workingDays how many working days, from 1
 * @param table the arrangements
 * @returns that day; provisional when a day on the way lies in a provisional year
 * @throws Refusal `CALENDAR_YEAR_MISSING`, `DATE_INVALID`; RangeError when workingDays is no whole number from 1
 */
export function addWorkingDays(date: BusinessDate, workingDays: number, table: CalendarTable): CountedDay {
  return countWorkingDays(addDays(date, 1), workingDays, table);
}

/**
 * The day itself when it is a working day, else the next one: where the last day of a period in which somebody
 * must act moves to. Rule R0.2.
 * @param date the day
 * @param table the arrangements
 * @throws Refusal `CALENDAR_YEAR_MISSING`, `DATE_INVALID`
 */
export function workingDayOnOrAfter(date: BusinessDate, table: CalendarTable): CountedDay {
  return countWorkingDays(date, 1, table);
}

/** Working days of a public notice where nothing else is said. Rule N1. */
const usualNotice = 5;

/**
 * Warns of notices that stand for less than five working days; a scheme may have them all the same. Rule N1.
 * @param notices the scheme's, by level
 * @returns `NOTICE_SHORT` for each of them, with its days
 */
export function shortNotices(notices: NoticeRules): Reason[] {
  return (['school', 'district'] as const).flatMap((level) => {
    const { workingDays = usualNotice, clause } = notices[level] ?? {};
    if (workingDays >= usualNotice) return [];
    const values = { level, workingDays, usual: usualNotice };
    return [{ code: 'NOTICE_SHORT', rule: 'N1', values, clause }];
  });
}

/**
 * The first and last day of a public notice. Rules N1, N2, N3.
 * @param publishedOn the day of publication
 * @param workingDays length in working days, from 1
 * @param options countPublicationDay: whether the day of publication, when it is a working day, is the first
 * @param table the arrangements
 * @returns the days to print; provisional when a day counted lies in a provisional year
 * @throws Refusal `CALENDAR_YEAR_MISSING`, `DATE_INVALID`; RangeError when workingDays is no whole number from 1
 */
export function lastDayOfNotice(
  publishedOn: BusinessDate,
  workingDays: number,
  options: { readonly countPublicationDay: boolean },
  table: CalendarTable,
): NoticePeriod {
  const from = options.countPublicationDay ? publishedOn : addDays(publishedOn, 1);
  const first = countWorkingDays(from, 1, table);
  const last = countWorkingDays(from, workingDays, table);
  return { firstDay: first.date, lastDay: last.date, provisional: last.provisional };
}

/**
 * The arrangement of a year whose State Council notice is not out: the statutory days, and for each that falls
 * on a Saturday or Sunday the next working day (补假). Section 3.3.
 * @param statutoryDays the statutory public holidays of the year
 * @returns a provisional year
 * @throws Refusal `DATE_INVALID`
 */
export function provisionalYear(statutoryDays: readonly BusinessDate[]): CalendarYear {
  const rest = [...statutoryDays];
  for (const holiday of statutoryDays.toSorted(compare)) {
    if (weekday(holiday) <= 5) continue;
    let substitute = addDays(holiday, 1);
    while (weekday(substitute) > 5 || rest.includes(substitute)) substitute = addDays(substitute, 1);
    rest.push(substitute);
  }
  return { rest: rest.sort(compare), makeUp: [], provisional: true };
}

/** The n-th working day from a day on, that day included. */
function countWorkingDays(from: BusinessDate, workingDays: number, table: CalendarTable): CountedDay {
  requireWhole('workingDays', workingDays);
  if (workingDays === 0) throw new RangeError('workingDays must be at least 1');
  let date = from;
  let counted = 0;
  let provisional = false;
  for (;;) {
    provisional ||= yearOf(date, table).provisional;
    if (isWorkingDay(date, table)) counted += 1;
    if (counted === workingDays) return { date, provisional };
    date = addDays(date, 1);
  }
}

function yearOf(date: BusinessDate, table: CalendarTable): CalendarYear {
  const year = date.slice(0, 4);
  const arrangement = table.years[year];
  if (arrangement === undefined) {
    throw new Refusal({ code: 'CALENDAR_YEAR_MISSING', rule: 'N3', values: { year, date } });
  }
  return arrangement;
}

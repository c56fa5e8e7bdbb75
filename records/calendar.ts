import { addWorkingDays, type CalendarTable } from '../domain/calendar.js';
import { endOfDay } from '../domain/dates.js';
import type { Transaction } from './database.js';

/** The table of rest days and make-up working days (N3). */
export async function calendarTable(db: Pick<Transaction, 'calendarYear'>): Promise<CalendarTable> {
  const years = await db.calendarYear.findMany();
  return {
    years: Object.fromEntries(
      years.map(({ year, rest, makeUp, provisional }) => [year, { rest, makeUp, provisional }]),
    ),
  };
}

/** Working days that a stage may take when the scheme sets none. */
export const usualWorkingDays = 5;

/**
 * The closing instant of a task that may take so many working days from a day on; the day itself is not counted
 * (R0.2, R0.8). A task's date binds nobody outside, so in a year without a table Mondays to Fridays are counted: no
 * case must stand still because an administrator has not entered a year. What a notice prints is never counted so.
 * @param workingDays from 1
 */
export async function dueIn(
  db: Transaction,
  today: string,
  workingDays = usualWorkingDays,
  closesAt?: string,
): Promise<Date> {
  const known = await calendarTable(db);
  const weekdaysOnly = { rest: [], makeUp: [], provisional: true };
  const year = Number(today.slice(0, 4));
  const years = { [year]: weekdaysOnly, [year + 1]: weekdaysOnly, [year + 2]: weekdaysOnly, ...known.years };
  return new Date(endOfDay(addWorkingDays(today, workingDays, { years }).date, closesAt));
}

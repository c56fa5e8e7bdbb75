import type { CalendarYear } from '../domain/calendar.js';
import { addDays, isBusinessDate, weekday } from '../domain/dates.js';
import { Refusal, type Fault } from '../domain/refusal.js';
import type { Database } from './database.js';

/**
 * Sets the rest days and make-up working days of a year; what was there is replaced. Rule N3.
 * @param year e.g. `2027`; its arrangement may name days of the December before
 * @param arrangement dates as YYYY-MM-DD
 * @throws Refusal CALENDAR_FAULTS with every date that cannot be what it is listed as
 */
export async function putCalendarYear(
  database: Database,
  year: string,
  arrangement: CalendarYear,
): Promise<void> {
  const { rest, makeUp, provisional } = arrangement;
  const faults = [...faultsOf(year, 'rest', rest), ...faultsOf(year, 'makeUp', makeUp)];
  for (const [index, date] of makeUp.entries()) {
    const at = `$.makeUp[${index}]`;
    if (isBusinessDate(date) && weekday(date) <= 5)
      faults.push({ at, code: 'MAKE_UP_ON_WEEKDAY', values: { date } });
    if (rest.includes(date)) faults.push({ at, code: 'REST_AND_MAKE_UP', values: { date } });
  }
  if (faults.length > 0)
    throw new Refusal({
      code: 'CALENDAR_FAULTS',
      rule: 'N3',
      values: { year, count: faults.length },
      faults,
    });
  const data = { rest: rest.toSorted(), makeUp: makeUp.toSorted(), provisional };
  await database.calendarYear.upsert({ where: { year }, create: { year, ...data }, update: data });
}

function faultsOf(year: string, list: string, dates: readonly string[]): Fault[] {
  const first = addDays(`${year}-01-01`, -31);
  return dates.flatMap((date, index): Fault[] => {
    const at = `$.${list}[${index}]`;
    if (!isBusinessDate(date)) return [{ at, code: 'DATE_INVALID', values: { value: date } }];
    if (date < first || date > `${year}-12-31`)
      return [{ at, code: 'DATE_OF_ANOTHER_YEAR', values: { date, year } }];
    if (dates.indexOf(date) < index) return [{ at, code: 'LISTED_TWICE', values: { value: date } }];
    return [];
  });
}

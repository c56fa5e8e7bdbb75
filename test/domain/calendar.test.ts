import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  addWorkingDays,
  isWorkingDay,
  lastDayOfNotice,
  provisionalYear,
  shortNotices,
  workingDayOnOrAfter,
  type CalendarTable,
} from '../../domain/calendar.js';
import { calendarSeed } from '../../domain/calendar-seed.js';
import { addDays, compare, datesBetween, endOfDay } from '../../domain/dates.js';

const notCounted = { countPublicationDay: false };
const counted = { countPublicationDay: true };
const daysOfNotices = fc.integer({ min: 0, max: 650 }).map((days) => addDays('2025-01-01', days));

describe('N1, N2: the last day of a notice', () => {
  test.each([
    ['2025-09-24', 5, '2025-09-30', '2025-09-29'],
    ['2025-09-24', 7, '2025-10-10', '2025-10-09'],
    ['2025-09-26', 7, '2025-10-13', '2025-10-11'],
    ['2025-09-29', 5, '2025-10-13', '2025-10-11'],
    ['2025-12-29', 5, '2026-01-06', '2026-01-05'],
    ['2026-02-12', 7, '2026-02-28', '2026-02-27'],
    ['2026-09-18', 7, '2026-09-29', '2026-09-28'],
    ['2026-09-24', 7, '2026-10-12', '2026-10-10'],
  ])('published %s for %d working days: %s, or %s', (publishedOn, days, lastDay, lastDayIfCounted) => {
    const notice = lastDayOfNotice(publishedOn, days, notCounted, calendarSeed);
    expect(notice).toMatchObject({ lastDay, provisional: false });
    const noticeIfCounted = lastDayOfNotice(publishedOn, days, counted, calendarSeed);
    expect(noticeIfCounted).toEqual({
      firstDay: publishedOn,
      lastDay: lastDayIfCounted,
      provisional: false,
    });
  });

  test('into a year whose arrangement is not out: provisional', () => {
    expect(lastDayOfNotice('2026-12-28', 5, notCounted, calendarSeed)).toEqual({
      firstDay: '2026-12-29',
      lastDay: '2027-01-05',
      provisional: true,
    });
    expect(lastDayOfNotice('2026-12-28', 5, counted, calendarSeed)).toEqual({
      firstDay: '2026-12-28',
      lastDay: '2027-01-04',
      provisional: true,
    });
    expect(lastDayOfNotice('2026-12-25', 4, notCounted, calendarSeed)).toEqual({
      firstDay: '2026-12-28',
      lastDay: '2026-12-31',
      provisional: false,
    });
  });

  test('published before a rest day, or on one: the first day is the next working day', () => {
    expect(lastDayOfNotice('2025-09-26', 1, notCounted, calendarSeed).firstDay).toBe('2025-09-28');
    expect(lastDayOfNotice('2025-10-01', 1, counted, calendarSeed).firstDay).toBe('2025-10-09');
  });

  test('N4: it ends at 24:00 of the last day', () => {
    const { lastDay } = lastDayOfNotice('2025-09-24', 5, notCounted, calendarSeed);
    expect(endOfDay(lastDay)).toBe('2025-09-30T16:00:00.000Z');
  });
});

describe('N3: working days', () => {
  test.each(['2025', '2026'])('the seed agrees with the published calendar of %s', (year) => {
    // Its functions depend on the time zone of the process, so only its data is read.
    const published = JSON.parse(
      readFileSync(
        new URL('../../node_modules/chinese-days/dist/chinese-days.json', import.meta.url),
        'utf8',
      ),
    ) as Record<'holidays' | 'workdays', Record<string, string>>;
    const daysOf = (days: Record<string, string>) =>
      Object.keys(days)
        .filter((date) => date.startsWith(year))
        .sort();
    expect(calendarSeed.years[year]?.rest).toEqual(daysOf(published.holidays));
    expect(calendarSeed.years[year]?.makeUp).toEqual(daysOf(published.workdays));
  });

  test('make-up days are worked, ordinary weekends and holidays are not', () => {
    expect(isWorkingDay('2026-10-10', calendarSeed)).toBe(true);
    expect(isWorkingDay('2026-10-17', calendarSeed)).toBe(false);
    expect(isWorkingDay('2026-10-07', calendarSeed)).toBe(false);
    expect(isWorkingDay('2025-09-10', calendarSeed)).toBe(true);
  });

  test('the arrangement of a year may reach into the December before', () => {
    const table: CalendarTable = {
      years: {
        '2018': { rest: [], makeUp: [], provisional: false },
        '2019': { rest: ['2018-12-31', '2019-01-01'], makeUp: ['2018-12-29'], provisional: false },
      },
    };
    expect(isWorkingDay('2018-12-29', table)).toBe(true);
    expect(isWorkingDay('2018-12-31', table)).toBe(false);
  });
});

describe('3.3: a year without an arrangement', () => {
  test('statutory days on a weekend are made up for on the next working days', () => {
    expect(calendarSeed.years['2027']).toEqual({
      rest: [
        '2027-01-01',
        ...datesBetween('2027-02-05', '2027-02-10'),
        '2027-04-05',
        ...datesBetween('2027-05-01', '2027-05-04'),
        '2027-06-09',
        '2027-09-15',
        ...datesBetween('2027-10-01', '2027-10-05'),
      ],
      makeUp: [],
      provisional: true,
    });
  });

  test('no statutory day of 2027 is taken for a working day', () => {
    for (const holiday of ['2027-01-01', '2027-02-08', '2027-10-01']) {
      expect(isWorkingDay(holiday, calendarSeed)).toBe(false);
    }
  });

  test('a provisional year on the way makes the end provisional, also when the next year is known', () => {
    const table: CalendarTable = {
      years: {
        '2027': provisionalYear(['2027-01-01']),
        '2028': { rest: ['2028-01-03'], makeUp: [], provisional: false },
      },
    };
    expect(addWorkingDays('2027-12-30', 2, table)).toEqual({ date: '2028-01-04', provisional: true });
    expect(addWorkingDays('2027-12-31', 1, table)).toEqual({ date: '2028-01-04', provisional: false });
  });

  test('the order in which the days are given does not matter', () => {
    const days = ['2027-02-05', '2027-02-06', '2027-02-07', '2027-02-08'];
    expect(provisionalYear(days.toReversed())).toEqual(provisionalYear(days));
  });

  test('a year that is not there at all is refused', () => {
    const missing = expect.objectContaining({ code: 'CALENDAR_YEAR_MISSING' });
    expect(() => isWorkingDay('2028-01-03', calendarSeed)).toThrow(missing);
    expect(() => lastDayOfNotice('2027-12-29', 5, notCounted, calendarSeed)).toThrow(missing);
    expect(() => addWorkingDays('2024-12-30', 5, calendarSeed)).toThrow(missing);
  });
});

test('N1: a notice of five working days or more is usual, one of four is warned of', () => {
  const of = (workingDays: number) => ({ workingDays, countPublicationDay: false, closesAt: '24:00' });
  expect(shortNotices({})).toEqual([]);
  expect(shortNotices({ school: of(5), district: of(7) })).toEqual([]);
  expect(shortNotices({ school: of(5), district: { ...of(4), clause: '公示4个工作日' } })).toEqual([
    {
      code: 'NOTICE_SHORT',
      rule: 'N1',
      values: { level: 'district', workingDays: 4, usual: 5 },
      clause: '公示4个工作日',
    },
  ]);
});

test('working days are counted from the day after', () => {
  expect(addWorkingDays('2025-09-30', 1, calendarSeed)).toEqual({ date: '2025-10-09', provisional: false });
  expect(addWorkingDays('2025-09-30', 10, calendarSeed)).toEqual({ date: '2025-10-21', provisional: false });
});

test.each([0, -1, 1.5, Number.NaN])('%d working days are refused', (days) => {
  expect(() => addWorkingDays('2025-09-30', days, calendarSeed)).toThrow(RangeError);
});

test('R0.2: a last day that is a rest day moves to the next working day', () => {
  expect(workingDayOnOrAfter('2025-10-01', calendarSeed).date).toBe('2025-10-09');
  expect(workingDayOnOrAfter('2025-10-11', calendarSeed).date).toBe('2025-10-11');
  expect(workingDayOnOrAfter('2027-05-01', calendarSeed)).toEqual({ date: '2027-05-05', provisional: true });
});

test('the calendar is monotone: later or longer never ends earlier', () => {
  fc.assert(
    fc.property(daysOfNotices, fc.integer({ min: 1, max: 20 }), (publishedOn, days) => {
      const { firstDay, lastDay } = lastDayOfNotice(publishedOn, days, notCounted, calendarSeed);
      const nextDay = lastDayOfNotice(addDays(publishedOn, 1), days, notCounted, calendarSeed);
      const longer = lastDayOfNotice(publishedOn, days + 1, notCounted, calendarSeed);
      const withDay = lastDayOfNotice(publishedOn, days, counted, calendarSeed);
      expect(compare(lastDay, nextDay.lastDay) <= 0).toBe(true);
      expect(compare(lastDay, longer.lastDay)).toBe(-1);
      expect(compare(withDay.lastDay, lastDay) <= 0).toBe(true);
      const worked = datesBetween(firstDay, lastDay).filter((date) => isWorkingDay(date, calendarSeed));
      expect(worked).toHaveLength(days);
      expect([worked.at(0), worked.at(-1)]).toEqual([firstDay, lastDay]);
    }),
  );
});

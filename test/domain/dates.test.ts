import fc from 'fast-check';
import {
  addDays,
  addMonths,
  addYears,
  bornOnOrAfter,
  compare,
  dateOf,
  datesBetween,
  endOfDay,
  fullYearsBetween,
  isBusinessDate,
  schoolYearOf,
  weekday,
} from '../../domain/dates.js';

const dates = fc.integer({ min: 0, max: 40_000 }).map((days) => addDays('1950-01-01', days));

test.each(['2025-02-30', '2025-13-01', '2023-02-29', '2025-1-1', '2025-01-01T00:00:00Z', '0050-01-01', ''])(
  '%p is no date',
  (text) => {
    expect(isBusinessDate(text)).toBe(false);
    expect(() => addDays(text, 1)).toThrow(expect.objectContaining({ code: 'DATE_INVALID' }));
  },
);

test.each([
  ['2024-02-28', 1, '2024-02-29'],
  ['2025-12-31', 1, '2026-01-01'],
  ['2026-03-01', -1, '2026-02-28'],
])('%s and %d days is %s', (date, days, result) => {
  expect(addDays(date, days)).toBe(result);
});

describe('R0.2: a period of months or years ends on the same day, or on the last day of the month', () => {
  test.each([
    ['2025-01-31', 1, '2025-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2025-08-31', 6, '2026-02-28'],
    ['2025-03-31', -1, '2025-02-28'],
    ['2025-11-15', 12, '2026-11-15'],
    ['2025-12-31', 2, '2026-02-28'],
  ])('%s and %d months is %s', (date, months, result) => {
    expect(addMonths(date, months)).toBe(result);
  });

  test.each([
    ['2024-02-29', 1, '2025-02-28'],
    ['2024-02-29', 4, '2028-02-29'],
    ['2025-02-28', 3, '2028-02-28'],
  ])('%s and %d years is %s', (date, years, result) => {
    expect(addYears(date, years)).toBe(result);
  });
});

test.each([
  ['2025-09-24', 3],
  ['2025-09-28', 7],
  ['2026-12-28', 1],
])('%s is day %d of the week', (date, day) => {
  expect(weekday(date)).toBe(day);
});

test('dates are ordered, and listed from the first to the last', () => {
  expect(compare('2025-09-30', '2025-10-01')).toBe(-1);
  expect(compare('2026-01-01', '2025-12-31')).toBe(1);
  expect(compare('2026-01-01', '2026-01-01')).toBe(0);
  expect(datesBetween('2025-02-27', '2025-03-01')).toEqual(['2025-02-27', '2025-02-28', '2025-03-01']);
  expect(datesBetween('2025-03-01', '2025-02-28')).toEqual([]);
});

describe('R0.8: deadlines in Asia/Shanghai', () => {
  test('a deadline on a day is the next midnight there, whatever its closing hour says less', () => {
    expect(endOfDay('2025-09-30')).toBe('2025-09-30T16:00:00.000Z');
    expect(endOfDay('2025-12-31')).toBe('2025-12-31T16:00:00.000Z');
    expect(endOfDay('2025-09-30', '17:30')).toBe('2025-09-30T09:30:00.000Z');
    expect(endOfDay('2025-09-30', '00:00')).toBe('2025-09-29T16:00:00.000Z');
  });

  test.each(['24:01', '25:00', '9:00', '12:60', ''])('closing hour %p is refused', (closes) => {
    expect(() => endOfDay('2025-09-30', closes)).toThrow(
      expect.objectContaining({ code: 'CLOSING_HOUR_INVALID' }),
    );
  });

  test('the last millisecond of a day is on it, midnight is the next day', () => {
    expect(dateOf('2025-09-30T15:59:59.999Z')).toBe('2025-09-30');
    expect(dateOf('2025-09-30T16:00:00.000Z')).toBe('2025-10-01');
    expect(dateOf('2025-10-01T00:00:00+08:00')).toBe('2025-10-01');
  });

  test.each(['2025-09-30', '2025-09-30T10:00:00', 'yesterday', '2025-13-30T10:00:00Z'])(
    '%p is no instant',
    (text) => {
      expect(() => dateOf(text)).toThrow(expect.objectContaining({ code: 'INSTANT_INVALID' }));
    },
  );

  test('a day ends where the next begins', () => {
    fc.assert(
      fc.property(dates, (date) => {
        expect(endOfDay(date)).toBe(endOfDay(addDays(date, 1), '00:00'));
        expect(dateOf(endOfDay(date))).toBe(addDays(date, 1));
        expect(dateOf(endOfDay(date, '23:59'))).toBe(date);
      }),
    );
  });
});

test.each([
  ['2025-08-31', '2024-2025'],
  ['2025-09-01', '2025-2026'],
  ['2026-02-28', '2025-2026'],
])('R0.6: %s lies in school year %s', (date, year) => {
  expect(schoolYearOf(date)).toBe(year);
});

describe('5.2: age and years of teaching', () => {
  test.each([
    ['2020-09-01', '2025-08-31', 5],
    ['2020-09-01', '2025-08-30', 4],
    ['2020-09-02', '2025-08-31', 4],
    ['2020-08-31', '2025-08-31', 5],
    ['2025-08-31', '2025-08-31', 0],
    ['2025-09-01', '2025-08-31', 0],
    ['2026-09-01', '2025-08-31', 0],
    ['2024-03-01', '2025-02-28', 1],
    ['2021-03-01', '2024-02-28', 2],
    ['2021-03-01', '2024-02-29', 3],
  ])('from %s to %s are %d full years, both days counted', (first, last, years) => {
    expect(fullYearsBetween(first, last)).toBe(years);
  });

  test('who turns 45 on the cut-off day is in, who did so the day before is out', () => {
    const limit = bornOnOrAfter('2025-08-31', 45);
    expect(limit).toBe('1980-08-31');
    expect(compare('1980-08-31', limit) >= 0).toBe(true);
    expect(compare('1980-08-30', limit) >= 0).toBe(false);
    expect(bornOnOrAfter('2024-02-29', 45)).toBe('1979-02-28');
  });

  test('by completed years, one is in until the day before the 46th birthday', () => {
    expect(bornOnOrAfter('2025-08-31', 45, 'completed_years_at_most')).toBe('1979-09-01');
  });
});

describe('5.4: certificates', () => {
  test('the last valid day is the same day years later and does not move off a rest day', () => {
    expect(addYears('2024-02-29', 5)).toBe('2029-02-28');
    expect(addYears('2021-10-01', 5)).toBe('2026-10-01');
  });

  test('a certificate is valid to the end of its last day', () => {
    const lastDay = addYears('2021-06-30', 5);
    expect(dateOf('2026-06-30T15:59:59.999Z')).toBe(lastDay);
    expect(compare(dateOf(endOfDay(lastDay)), lastDay)).toBe(1);
  });

  test('reminders come 180, 90 and 30 days before', () => {
    expect([180, 90, 30].map((days) => addDays('2026-06-30', -days))).toEqual([
      '2026-01-01',
      '2026-04-01',
      '2026-05-31',
    ]);
  });
});

test('adding days is undone by taking them away, and keeps the order', () => {
  fc.assert(
    fc.property(dates, fc.integer({ min: 1, max: 5_000 }), (date, days) => {
      expect(addDays(addDays(date, days), -days)).toBe(date);
      expect(compare(date, addDays(date, days))).toBe(-1);
      expect(weekday(addDays(date, 7))).toBe(weekday(date));
    }),
  );
});

test('adding months keeps the order and never leaves the month meant', () => {
  fc.assert(
    fc.property(dates, fc.integer({ min: -600, max: 600 }), (date, months) => {
      const result = addMonths(date, months);
      const monthOf = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
      expect(monthOf(result) - monthOf(date)).toBe(months);
      expect(compare(result, addMonths(addDays(date, 1), months)) <= 0).toBe(true);
    }),
  );
});

import { calendarSeed } from '../../domain/calendar-seed.js';
import {
  isProposed,
  letStand,
  lostDays,
  withLostDays,
  type LostDay,
  type Period,
} from '../../domain/down-time.js';

/** An instant of Shanghai's day and hour. */
const at = (time: string) => new Date(`${time}:00+08:00`).toISOString();
const period = (from: string, until: string): Period => ({ from: at(from), until: at(until) });

/** From Monday to Friday with two days of rest before: 2026-10-10 is a Saturday that is worked. */
const notice = {
  firstDay: '2026-10-09',
  lastDay: '2026-10-15',
  publishedAt: at('2026-10-08T17:00'),
  closesAt: at('2026-10-16T00:00'),
};
const after = at('2026-10-16T09:00');
const lost = (...reachable: Period[]) => lostDays(notice, reachable, after, calendarSeed);
const days = (found: readonly LostDay[]) => found.map(({ day, minutes }) => [day, minutes]);

describe('N7: which days are lost', () => {
  test('four hours between 8 and 18 are, a minute less is not', () => {
    const gone = (from: string, until: string) =>
      days(lost(period('2026-10-01T00:00', from), period(until, '2026-10-20T00:00')));
    expect(gone('2026-10-12T10:00', '2026-10-12T14:00')).toEqual([['2026-10-12', 240]]);
    expect(gone('2026-10-12T10:00', '2026-10-12T13:59')).toEqual([]);
    // Only the hours of the day count: from 18 to 12 it is four of them, on the second day.
    expect(gone('2026-10-12T18:00', '2026-10-13T12:00')).toEqual([['2026-10-13', 240]]);
    expect(gone('2026-10-12T18:00', '2026-10-13T08:00')).toEqual([]);
    // Three hours of each of two days are a lost day of neither.
    expect(gone('2026-10-12T15:00', '2026-10-13T11:00')).toEqual([]);
    expect(gone('2026-10-12T12:00', '2026-10-14T13:00')).toEqual([
      ['2026-10-12', 360],
      ['2026-10-13', 600],
      ['2026-10-14', 300],
    ]);
  });

  test('several silences of one day add up, and each is told', () => {
    const found = lost(
      period('2026-10-01T00:00', '2026-10-12T08:00'),
      period('2026-10-12T10:00', '2026-10-12T12:00'),
      // Two processes of the API may each have a time of their own.
      period('2026-10-12T11:00', '2026-10-12T12:30'),
      period('2026-10-12T14:30', '2026-10-20T00:00'),
    );
    expect(found).toEqual([
      {
        day: '2026-10-12',
        minutes: 240,
        periods: [
          period('2026-10-12T08:00', '2026-10-12T10:00'),
          period('2026-10-12T12:30', '2026-10-12T14:30'),
        ],
      },
    ]);
  });

  test('a day of rest is no day of the notice, a make-up day is', () => {
    const found = lost(
      period('2026-10-01T00:00', '2026-10-09T18:00'),
      period('2026-10-12T08:00', '2026-10-20T00:00'),
    );
    expect(days(found)).toEqual([['2026-10-10', 600]]);
  });

  test('of the time before publication, after the close, before anything is known, and to come nothing is said', () => {
    expect(lost()).toEqual([]);
    expect(lost(period('2026-10-15T18:00', '2026-10-20T00:00'))).toEqual([]);
    const published = { ...notice, publishedAt: at('2026-10-09T14:01') };
    const silent = [
      period('2026-10-01T00:00', '2026-10-08T00:00'),
      period('2026-10-09T18:00', '2026-10-20T00:00'),
    ];
    expect(lostDays(published, silent, after, calendarSeed)).toEqual([]);
    const until = [period('2026-10-01T00:00', '2026-10-13T08:00')];
    expect(lostDays(notice, until, at('2026-10-13T11:59'), calendarSeed)).toEqual([]);
    expect(days(lostDays(notice, until, at('2026-10-13T12:00'), calendarSeed))).toEqual([
      ['2026-10-13', 240],
    ]);
    const closes = { ...notice, closesAt: at('2026-10-15T11:00') };
    const last = [period('2026-10-01T00:00', '2026-10-15T08:00')];
    expect(lostDays(closes, last, after, calendarSeed)).toEqual([]);
  });
});

test('N7: each lost day is proposed once, and what was decided on it stays', () => {
  const day = (name: string): LostDay => ({ day: name, minutes: 300, periods: [] });
  const first = withLostDays([], [day('2026-10-12')]);
  expect(isProposed(first)).toBe(true);
  const stands = letStand(first, '夜间另行张贴');
  expect(isProposed(stands)).toBe(false);
  expect(withLostDays(stands, [day('2026-10-12')])).toEqual(stands);
  const again = withLostDays(stands, [day('2026-10-12'), day('2026-10-13')]);
  expect(again.map(({ decision }) => decision)).toEqual(['let_stand', null]);
  expect(letStand(again, '同上').map(({ reason }) => reason)).toEqual(['夜间另行张贴', '同上']);
  for (const none of [[], stands])
    expect(() => letStand(none, '无')).toThrow(expect.objectContaining({ code: 'NO_LOST_DAYS', rule: 'N7' }));
});

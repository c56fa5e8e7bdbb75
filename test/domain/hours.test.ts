import { readFileSync } from 'node:fs';
import {
  convertedHours,
  convertedShare,
  cycleAnswer,
  cycleOn,
  hoursAnswer,
  hoursFaults,
  hoursOwed,
  mostPerDay,
  noneBecause,
  type HoursLine,
} from '../../domain/hours.js';
import { readHoursSheet } from '../../domain/hours-sheet.js';
import type { Policy } from '../../domain/policy.js';
import { parsePolicy } from '../../policies/schema.js';

const read = (id: string): Policy => {
  const file = `policies/${id}.yaml`;
  return parsePolicy(readFileSync(file, 'utf8'), file);
};
const main = read('sichuan-district');
const regulation = read('ganzhou-training');
const cycle = regulation.training!.cycle!;
const refusal = (code: string) => expect.objectContaining({ code });

const line = (on: string, hours: number, more: Partial<HoursLine> = {}): HoursLine => ({
  activity: `${on} ${hours} ${more.form ?? 'central'}`,
  form: 'central',
  on,
  hours,
  enteredOn: on,
  confirmedOn: on,
  ...more,
});

describe('T2: hours earned', () => {
  const of = (lessons: number, absent: number, passed: boolean | null = null) =>
    noneBecause(main, { lessons, absent, passed });

  test('a fifth missed earns none, less than a fifth earns all', () => {
    expect(of(10, 2)).toBe('absence');
    expect(of(10, 1)).toBeNull();
    // 24 lessons: 4 are less than a fifth, 5 are more.
    expect(of(24, 4)).toBeNull();
    expect(of(24, 5)).toBe('absence');
    expect(of(5, 1)).toBe('absence');
    expect(of(6, 0)).toBeNull();
  });

  test('a failed assessment earns none, unless the scheme says so; no assessment is no fail', () => {
    expect(of(8, 0, false)).toBe('assessment');
    expect(of(8, 0, true)).toBeNull();
    const hours = { ...main.training!.hours!, failedGivesNoHours: false };
    const lenient = { ...main, training: { ...main.training, hours } };
    expect(noneBecause(lenient, { lessons: 8, absent: 0, passed: false })).toBeNull();
    const strict = {
      ...main,
      training: {
        ...main.training,
        hours: { ...hours, noHoursFromAbsence: { numerator: 1, denominator: 10 } },
      },
    };
    expect(noneBecause(strict, { lessons: 10, absent: 1, passed: null })).toBe('absence');
  });

  test.each([
    [4, 5],
    [4, -1],
    [0, 0],
  ])('%d lessons with %d missed are refused', (lessons, absent) => {
    expect(() => of(lessons, absent)).toThrow(refusal('ATTENDANCE_INVALID'));
  });

  test('the hours of a day: the scheme’s figure, at most eight, converted hours aside', () => {
    expect(mostPerDay(main)).toBe(8);
    const hours = { ...main.training!.hours!, maxHoursPerDay: 6 };
    expect(mostPerDay({ ...main, training: { ...main.training, hours } })).toBe(6);
    const six = { by: 'centre', today: '2027-10-09', mostPerDay: 6 };
    const next = {
      activity: '讲座',
      kind: 'lecture',
      form: 'central' as const,
      on: '2027-10-08',
      personIds: ['li'],
    };
    const earlier = [
      {
        personId: 'li',
        activity: '论文',
        kind: 'conversion',
        form: 'converted' as const,
        on: next.on,
        hours: 15,
      },
      {
        personId: 'li',
        activity: '研讨',
        kind: 'seminar',
        form: 'school_based' as const,
        on: next.on,
        hours: 4,
      },
    ];
    expect(hoursFaults({ ...next, hours: 2 }, six, earlier)).toEqual([]);
    expect(hoursFaults({ ...next, hours: 3 }, six, earlier)).toMatchObject([
      { reason: { code: 'HOURS_PER_DAY', values: { most: 6 } }, people: ['li'] },
    ]);
    expect(hoursFaults({ ...next, form: 'converted', hours: 15 }, six, earlier)).toEqual([]);
  });

  test('all faults at once, each with its people', () => {
    const entered = { by: 'li', today: '2027-10-07', mostPerDay: 8 };
    const next = { activity: '讲座', kind: 'lecture', form: 'central' as const, on: '2027-10-08', hours: 8 };
    const ledger = [{ ...next, personId: 'wang', hours: 1 }];
    const faults = hoursFaults({ ...next, personIds: ['li', 'wang', 'zhao'] }, entered, ledger);
    expect(faults.map(({ reason, people }) => [reason.code, people])).toEqual([
      ['HOURS_IN_FUTURE', ['li', 'wang', 'zhao']],
      ['HOURS_OWN', ['li']],
      ['HOURS_TWICE', ['wang']],
      ['HOURS_PER_DAY', ['wang']],
    ]);
  });
});

describe('T5: conversion', () => {
  const row = (level: 'county' | 'city', hours: number, prize?: 'first') => ({
    adopted: { by: 'sample' as const, basis: '样例' },
    kind: 'paper' as const,
    level,
    hours,
    ...(prize && { prize }),
  });
  const conversions = [row('city', 10), row('city', 15, 'first')] as unknown as NonNullable<
    typeof cycle.conversions
  >;
  const withTable = {
    ...regulation,
    training: { ...regulation.training, cycle: { ...cycle, conversions } },
  } as Policy;

  test('by the table; the most of the rows that fit; what is not in it is refused', () => {
    const paper = { kind: 'paper', level: 'city', prize: null } as const;
    expect(convertedHours(withTable, paper)).toBe(10);
    expect(convertedHours(withTable, { ...paper, prize: 'first' })).toBe(15);
    expect(() => convertedHours(withTable, { ...paper, level: 'province' })).toThrow(
      refusal('CONVERSION_NONE'),
    );
    expect(() => convertedHours(regulation, paper)).toThrow(refusal('CONVERSION_NONE'));
  });

  test('at most a third of what is owed counts, in whole hours, unless the scheme has another share', () => {
    const owed = { startsOn: '2027-09-01', endsOn: '2028-08-31', hoursRequired: 72 };
    const answer = (converted: number, share = convertedShare(main)) =>
      hoursAnswer(
        [line('2027-10-01', 48), line('2027-11-01', converted, { form: 'converted' })],
        owed,
        '2028-08-31',
        share,
      );
    expect(answer(24)).toMatchObject({ met: true, done: 72, parts: { central: 48, counted: 24 } });
    expect(answer(23)).toMatchObject({ met: false, done: 71 });
    expect(answer(40)).toMatchObject({ met: true, done: 72, parts: { converted: 40, counted: 24 } });
    expect(answer(40, { numerator: 1, denominator: 5 })).toMatchObject({ done: 62, parts: { counted: 14 } });
  });
});

describe('T6: cycles', () => {
  test.each([
    ['2021-01-01', '2021-01-01', '2025-12-31'],
    ['2025-12-31', '2021-01-01', '2025-12-31'],
    ['2026-01-01', '2026-01-01', '2030-12-31'],
  ])('the cycle of %s is fixed', (on, startsOn, endsOn) => {
    expect(cycleOn(cycle, on, null)).toEqual({ startsOn, endsOn, hoursRequired: 360 });
  });

  test('before the first cycle there is no answer', () => {
    expect(() => cycleOn(cycle, '2020-12-31', null)).toThrow(refusal('CYCLE_NOT_BEGUN'));
  });

  test.each([
    // From 1 September 2023 to the end of 2025 there are 28 whole months: 360 · 28 / 60.
    ['2023-09-01', 168],
    ['2021-01-01', 360],
    ['2010-09-01', 360],
    ['2021-01-02', 354],
    ['2025-12-02', 0],
    ['2025-12-01', 6],
  ])('who enters on %s owes %d', (since, hours) => {
    expect(cycleOn(cycle, '2025-12-31', since).hoursRequired).toBe(hours);
  });

  test('a part of an hour is rounded up', () => {
    expect(cycleOn({ ...cycle, hours: 100 }, '2025-12-31', '2023-09-01').hoursRequired).toBe(47);
  });

  const teacher = { since: '2010-09-01', trainsOthers: false };
  const answer = (lines: HoursLine[], on: string, person = teacher) =>
    cycleAnswer(regulation, lines, person, on);

  test('nothing is carried over', () => {
    const lines = [line('2025-12-31', 400), line('2026-01-01', 8)];
    expect(answer(lines, '2025-12-31').hours).toMatchObject({ met: true, done: 400 });
    expect(answer(lines, '2026-01-01').hours).toMatchObject({ met: false, done: 8 });
  });

  test('hours before the first lesson count for 120, not for the 360', () => {
    const lines = [line('2023-08-20', 120), line('2023-10-01', 8)];
    const person = { since: '2023-09-01', trainsOthers: false };
    expect(answer(lines, '2024-01-01', person)).toMatchObject({
      hours: { done: 8, required: 168 },
      beforeService: { required: 120, done: 120, met: true, hard: true },
    });
    expect(answer(lines.slice(1), '2024-01-01', person).beforeService).toMatchObject({ met: false });
    expect(answer(lines, '2024-01-01').beforeService).toBeNull();
  });

  test('who trains others owes 72 in the calendar year; a class of the district every three years only warns', () => {
    const lines = [line('2024-12-31', 70), line('2025-02-01', 72, { form: 'school_based' })];
    const trainer = { ...teacher, trainsOthers: true };
    expect(answer(lines, '2024-12-31', trainer).trainerYear).toMatchObject({ met: false, done: 70 });
    expect(answer(lines, '2025-03-01', trainer).trainerYear).toMatchObject({ met: true, done: 72 });
    expect(answer(lines, '2025-03-01').trainerYear).toBeNull();
    expect(answer(lines, '2027-12-30').lastCentral).toEqual({
      on: '2024-12-31',
      years: 3,
      met: true,
      hard: false,
    });
    expect(answer(lines, '2027-12-31').lastCentral).toMatchObject({ met: false });
  });

  test('a scheme without a cycle is not asked', () => {
    expect(() => cycleAnswer(main, [], teacher, '2027-01-01')).toThrow(refusal('CYCLE_NOT_ASKED'));
  });
});

describe('T7: the answer for a past day never changes', () => {
  const owed = { startsOn: '2027-09-01', endsOn: '2028-08-31', hoursRequired: 8 };

  test('what is entered, confirmed or corrected later does not count then', () => {
    const before = [line('2027-10-01', 8, { confirmedOn: '2027-10-20' })];
    const after = [
      ...before,
      line('2027-10-02', 8, { enteredOn: '2027-12-01', confirmedOn: '2027-12-02' }),
      line('2027-10-01', -4, { activity: '更正', enteredOn: '2027-12-01', confirmedOn: '2027-12-02' }),
    ];
    for (const on of ['2027-10-01', '2027-10-19', '2027-10-20', '2027-11-30'])
      expect(hoursAnswer(after, owed, on)).toEqual(hoursAnswer(before, owed, on));
    expect(hoursAnswer(after, owed, '2027-10-19')).toMatchObject({ met: false, done: 0, pending: 8 });
    expect(hoursAnswer(after, owed, '2027-10-20')).toMatchObject({ met: true, done: 8, pending: 0 });
    expect(hoursAnswer(after, owed, '2027-12-01')).toMatchObject({ done: 8, pending: 4 });
    expect(hoursAnswer(after, owed, '2027-12-02')).toMatchObject({ done: 12, pending: 0 });
  });
});

test('T1: one class has its own number of hours', () => {
  expect(hoursOwed(read('taizhou-training-class'), 1)).toBe(56);
  expect(hoursOwed(main, 2)).toBe(144);
});

describe('the sheet of a class', () => {
  const header = ['工号', '姓名', '活动类别', '活动名称', '日期', '学时', '总课时', '缺课', '考核', '依据'];
  const persons = new Map([['T1', { id: 'li', name: '李晴' }]]);
  const sheet = (...rows: (string | number | null)[][]) =>
    readHoursSheet('学时', [header, ...rows], { persons, policy: main });
  const right = ['T1', '李晴', '集中培训', '秋季集中培训', '2027-10-08', 8, 24, 4, '合格', '签到表'];
  const changed = (column: string, value: string | number | null) =>
    right.map((cell, index) => (header[index] === column ? value : cell));

  test('a row is one person and activity; empty rows are passed over', () => {
    expect(
      sheet(
        right,
        header.map(() => null),
      ),
    ).toEqual({
      rows: [
        {
          row: 2,
          personId: 'li',
          kind: 'central',
          activity: '秋季集中培训',
          on: '2027-10-08',
          hours: 8,
          attendance: { lessons: 24, absent: 4, passed: true },
          source: '签到表',
        },
      ],
      faults: [],
    });
  });

  test.each([
    ['工号', 'T2', 'A', 'HOURS_SHEET_PERSON'],
    ['姓名', '李青', 'B', 'HOURS_SHEET_NAME'],
    ['活动类别', '聚餐', 'C', 'HOURS_SHEET_CHOICE'],
    ['活动名称', null, 'D', 'HOURS_SHEET_TEXT'],
    ['日期', '2027-02-29', 'E', 'HOURS_SHEET_DATE'],
    ['学时', 9, 'F', 'HOURS_SHEET_NUMBER'],
    ['学时', 0, 'F', 'HOURS_SHEET_NUMBER'],
    ['学时', '7.5', 'F', 'HOURS_SHEET_NUMBER'],
    ['缺课', 25, 'H', 'HOURS_SHEET_NUMBER'],
    ['考核', '优', 'I', 'HOURS_SHEET_CHOICE'],
    ['依据', '', 'J', 'HOURS_SHEET_TEXT'],
  ])('%s = %s is refused at its cell', (column, value, letter, code) => {
    expect(sheet(right, changed(column, value)).faults).toMatchObject([{ at: `学时!${letter}3`, code }]);
  });

  test('an event may have no hours; columns that may be missing are missed by nobody; the others are', () => {
    const event = changed('活动类别', 'forum').map((cell, index) => (header[index] === '学时' ? 0 : cell));
    expect(sheet(event).faults).toEqual([]);
    const short = (row: readonly (string | number | null)[]) =>
      row.filter((_, index) => !['姓名', '总课时', '缺课', '考核'].includes(header[index]!));
    const { rows, faults } = readHoursSheet('学时', [short(header), short(right)], {
      persons,
      policy: main,
    });
    expect(faults).toEqual([]);
    expect(rows).toMatchObject([{ attendance: { lessons: 8, absent: 0, passed: null } }]);
    expect(readHoursSheet('学时', [['工号']], { persons, policy: main }).faults).toHaveLength(5);
  });
});

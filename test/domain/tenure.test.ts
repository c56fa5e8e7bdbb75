import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { checkApproval, orderOf, refuseUnlessAppointable } from '../../domain/appointment.js';
import {
  assessmentDueOn,
  bestWithoutReport,
  pauseAfter,
  refuseGrades,
  resultOfGrade,
  reviewedRanks,
  sanctionAgainst,
  yearsRunning,
  type SanctionOnFile,
} from '../../domain/annual-review.js';
import { addDays, datesBetween } from '../../domain/dates.js';
import type { Policy } from '../../domain/policy.js';
import {
  areBenefitsRunning,
  certificateNumber,
  effectInForce,
  effectOfRenewal,
  effectOfRevocation,
  effectOfTransfer,
  lastValidDay,
  nextTenureDay,
  refuseUntimelyReEvaluation,
  titleStateOn,
  type BenefitFacts,
  type BenefitPause,
  type TitleFacts,
} from '../../domain/tenure.js';
import type { Grade } from '../../domain/vocabulary.js';
import { parsePolicy } from '../../policies/schema.js';

const file = 'policies/sichuan-district.yaml';
const policy: Policy = parsePolicy(readFileSync(file, 'utf8'), file);
const refusal = (code: string) => expect.objectContaining({ code });
const title = (change: Partial<TitleFacts> = {}): TitleFacts => ({
  rank: 'accomplished',
  from: '2028-10-20',
  until: '2033-10-20',
  endedOn: null,
  ...change,
});

test.each([
  ['2028-10-20', '2033-10-20'],
  ['2028-02-29', '2033-02-28'],
])('C2: a certificate of %s is valid to %s', (from, until) => {
  expect(lastValidDay(policy, from)).toBe(until);
});

test('C2: without a certificate rule there is no last day', () => {
  const { certificate: _, ...rest } = policy;
  expect(lastValidDay(rest, '2028-10-20')).toBeNull();
});

describe('C3: the state of a title on a day', () => {
  test.each([
    ['2028-10-19', {}, 'not_yet'],
    ['2028-10-20', {}, 'valid'],
    ['2033-10-20', {}, 'valid'],
    ['2033-10-21', {}, 'lapsed'],
    ['2050-01-01', { until: null }, 'valid'],
    ['2029-11-01', { endedOn: '2029-11-02' }, 'valid'],
    ['2029-11-02', { endedOn: '2029-11-02' }, 'revoked'],
    ['2040-01-01', { endedOn: '2029-11-02' }, 'revoked'],
    // The day after its end is the first on which a decision comes too late.
    ['2033-10-21', { endedOn: '2033-10-21' }, 'revoked'],
    ['2033-10-22', { endedOn: '2033-10-22' }, 'lapsed'],
    ['2034-01-01', { endedOn: '2033-12-01' }, 'lapsed'],
  ])('%s %p is %s', (on, change, state) => {
    expect(titleStateOn(policy, title(change), [title(change)], on)).toBe(state);
  });

  test('C5: a higher title supersedes while it is in force, and the lower one revives if it still runs', () => {
    const higher = title({
      rank: 'district_backbone',
      from: '2030-10-01',
      until: '2035-10-01',
      endedOn: '2032-01-01',
    });
    const state = (on: string) => titleStateOn(policy, title(), [title(), higher], on);
    expect([state('2030-09-30'), state('2030-10-01'), state('2031-12-31')]).toEqual([
      'valid',
      'superseded',
      'superseded',
    ]);
    expect([state('2032-01-01'), state('2033-10-21')]).toEqual(['valid', 'lapsed']);
    expect(titleStateOn(policy, higher, [title(), higher], '2030-10-01')).toBe('valid');
  });
});

test('the next day that matters to a title', () => {
  expect(nextTenureDay(policy, title(), '2028-10-20')).toBe('2029-09-01');
  expect(nextTenureDay(policy, title(), '2029-09-01')).toBe('2030-09-01');
  expect(nextTenureDay(policy, title(), '2032-12-01')).toBe('2033-04-23');
  expect(nextTenureDay(policy, title(), '2033-09-20')).toBe('2033-10-21');
  expect(nextTenureDay(policy, title({ endedOn: '2029-01-05' }), '2028-12-01')).toBe('2029-01-05');
  expect(nextTenureDay(policy, title({ until: null }), '2028-12-01')).toBe('2029-09-01');
});

test('C9: who moves keeps the title, and the benefits stop with the next month', () => {
  expect(effectOfTransfer(policy, '2029-12-01')).toEqual({ benefitsUntil: '2030-01-01' });
  const { transferred } = policy.dynamic!;
  const strict = {
    ...policy,
    dynamic: {
      transferred: { ...transferred!, title: 'end' as const, benefitsStopFrom: 'day_after' as const },
    },
  };
  expect(effectOfTransfer(strict, '2029-12-31')).toMatchObject({
    endedOn: '2030-01-01',
    benefitsUntil: '2030-01-01',
  });
  expect(effectOfTransfer({ ...policy, dynamic: {} }, '2029-12-01')).toEqual({});
});

test('C6: a revocation keeps the clause, the reason and what it means for later', () => {
  const effect = effectOfRevocation(policy, '2029-12-01', {
    code: 'TITLE_REVOKED',
    values: { document: '区教〔2029〕9号' },
  });
  expect(effect).toMatchObject({ endedOn: '2029-12-01', benefitsUntil: '2030-01-01' });
  expect(effect.endReason?.values).toEqual({
    document: '区教〔2029〕9号',
    mayApplyAgain: true,
    barredRounds: 0,
  });
});

describe('C8: on which days the benefits of a title run', () => {
  const holder = (change: Partial<BenefitFacts> = {}): BenefitFacts => ({
    ...title(),
    benefitsUntil: null,
    ...change,
  });
  const runs = (
    change: Partial<BenefitFacts>,
    on: string,
    pauses: readonly BenefitPause[] = [],
    others: readonly TitleFacts[] = [],
    scheme: Policy = policy,
  ) => areBenefitsRunning(scheme, holder(change), [holder(change), ...others], pauses, on);
  const pause = [{ from: '2029-11-01', until: '2030-08-31' }];

  test.each([
    ['2028-10-19', false],
    ['2028-10-20', true],
    ['2033-10-20', true],
    ['2033-10-21', false],
  ])('from the first to the last day of the certificate: %s %p', (on, expected) => {
    expect(runs({}, on)).toBe(expected);
  });

  test('not in a pause, and not after they were stopped', () => {
    expect(runs({}, '2029-10-31', pause)).toBe(true);
    expect(runs({}, '2029-11-01', pause)).toBe(false);
    expect(runs({}, '2030-08-31', pause)).toBe(false);
    expect(runs({}, '2030-09-01', pause)).toBe(true);
    expect(runs({ benefitsUntil: '2029-11-01' }, '2029-10-31')).toBe(true);
    expect(runs({ benefitsUntil: '2029-11-01' }, '2029-11-01')).toBe(false);
  });

  test('a revoked title keeps what was due for the month', () => {
    const revoked = { endedOn: '2029-03-10', benefitsUntil: '2029-04-01' };
    expect(runs(revoked, '2029-03-31')).toBe(true);
    expect(runs(revoked, '2029-04-01')).toBe(false);
  });

  test('the highest title only', () => {
    const higher = title({ rank: 'district_backbone', from: '2030-06-15' });
    expect(runs({}, '2030-06-14', [], [higher])).toBe(true);
    expect(runs({}, '2030-06-15', [], [higher])).toBe(false);
    const revoked = { endedOn: '2030-07-01', benefitsUntil: '2030-08-01' };
    expect(runs(revoked, '2030-07-02', [], [higher])).toBe(false);
  });

  test('a suspension stops them with the next month, or the next day where the scheme says so', () => {
    const suspended = { suspensions: [{ from: '2029-03-10', until: '2029-05-20' }] };
    expect(runs(suspended, '2029-03-31')).toBe(true);
    expect(runs(suspended, '2029-04-01')).toBe(false);
    expect(runs(suspended, '2029-05-20')).toBe(false);
    expect(runs(suspended, '2029-05-21')).toBe(true);
    const atOnce: Policy = {
      ...policy,
      allowance: { stack: 'highest_only', stopFrom: 'day_after', per: 'month' },
    };
    expect(runs(suspended, '2029-03-10', [], [], atOnce)).toBe(true);
    expect(runs(suspended, '2029-03-11', [], [], atOnce)).toBe(false);
  });

  test('after the end they run only while the scheme lets a pending title go on', () => {
    const reEvaluation = { appliedOn: '2033-06-01', decidedOn: null, continues: false };
    expect(runs({ reEvaluation }, '2033-10-21')).toBe(false);
    expect(runs({ reEvaluation: { ...reEvaluation, continues: true } }, '2033-10-21')).toBe(true);
  });
});

describe('C4: re-evaluation', () => {
  const applied = { appliedOn: '2033-06-01', decidedOn: null, continues: false };
  const state = (change: Partial<TitleFacts>, on: string) =>
    titleStateOn(policy, title(change), [title(change)], on);

  test.each([
    ['2033-10-20', 'valid'],
    ['2033-10-21', 'expired_pending'],
    ['2034-05-01', 'expired_pending'],
  ])('undecided: %s is %s', (on, expected) => {
    expect(state({ reEvaluation: applied }, on)).toBe(expected);
  });

  test('not confirmed, it lapses from the decision, or at its end', () => {
    const late = { ...applied, decidedOn: '2033-11-05' };
    expect(state({ reEvaluation: late }, '2033-11-04')).toBe('expired_pending');
    expect(state({ reEvaluation: late }, '2033-11-05')).toBe('lapsed');
    const early = { ...applied, decidedOn: '2033-09-01' };
    expect(state({ reEvaluation: early }, '2033-10-20')).toBe('valid');
    expect(state({ reEvaluation: early }, '2033-10-21')).toBe('lapsed');
  });

  test('confirmed, the old certificate is superseded from the day of the new one, never before', () => {
    const renewed = {
      reEvaluation: { ...applied, decidedOn: '2033-11-05' },
      isRenewed: true,
      endedOn: '2033-11-05',
    };
    expect(state(renewed, '2033-11-04')).toBe('expired_pending');
    expect(state(renewed, '2033-11-05')).toBe('superseded');
    expect(state({ ...renewed, isRenewed: false }, '2033-11-05')).toBe('revoked');
    expect(effectOfRenewal(policy, '2033-11-05', 'N-2')).toMatchObject({
      endedOn: '2033-11-05',
      benefitsUntil: '2033-11-05',
      endReason: { code: 'TITLE_RENEWED', values: { certificateNumber: 'N-2' } },
    });
  });

  test('a scheme may let the title go on', () => {
    expect(state({ reEvaluation: { ...applied, continues: true } }, '2033-12-01')).toBe('valid');
  });

  test.each([
    ['2033-04-22', 'RE_EVALUATION_TOO_EARLY'],
    ['2033-04-23', null],
    ['2033-10-20', null],
    ['2033-10-21', 'RE_EVALUATION_TOO_LATE'],
  ])('an application on %s: %p', (today, code) => {
    const apply = () => refuseUntimelyReEvaluation(policy, title(), today);
    if (code === null) expect(apply).not.toThrow();
    else expect(apply).toThrow(refusal(code));
  });

  test('once for a certificate, and none for one without an end', () => {
    expect(() => refuseUntimelyReEvaluation(policy, title({ reEvaluation: applied }), '2033-06-02')).toThrow(
      refusal('RE_EVALUATION_ON_FILE'),
    );
    expect(() => refuseUntimelyReEvaluation(policy, title({ until: null }), '2033-06-02')).toThrow(
      refusal('CERTIFICATE_WITHOUT_END'),
    );
  });
});

test('C3: a state changes only on a day that a date or a decision names, and who has lost a title has lost it', () => {
  const first = '2028-10-20';
  const day = (from: number, until: number) =>
    fc.integer({ min: from, max: until }).map((days) => addDays(first, days));
  const maybe = <Value>(of: fc.Arbitrary<Value>) => fc.option(of, { nil: null });
  const own = fc
    .record({
      until: maybe(day(0, 60)),
      endedOn: maybe(day(1, 90)),
      isRenewed: fc.boolean(),
      applied: fc.nat({ max: 20 }),
      decided: maybe(fc.nat({ max: 40 })),
      isOnFile: fc.boolean(),
      continues: fc.boolean(),
      suspended: maybe(fc.tuple(fc.nat({ max: 80 }), maybe(fc.nat({ max: 20 })))),
    })
    .map(({ until, endedOn, isRenewed, applied, decided, isOnFile, continues, suspended }): TitleFacts => {
      const appliedOn = addDays(until ?? first, -applied);
      return title({
        until,
        endedOn,
        isRenewed,
        reEvaluation:
          until !== null && isOnFile
            ? { appliedOn, decidedOn: decided === null ? null : addDays(appliedOn, decided), continues }
            : null,
        suspensions:
          suspended === null
            ? []
            : [
                {
                  from: addDays(first, suspended[0]),
                  until: suspended[1] === null ? null : addDays(first, suspended[0] + suspended[1]),
                },
              ],
      });
    });
  const higher = fc.record({ from: day(0, 60), until: maybe(day(60, 80)) });
  fc.assert(
    fc.property(own, maybe(higher), (held, above) => {
      const all = [held, ...(above === null ? [] : [title({ rank: 'district_backbone', ...above })])];
      const after = (date: string | null) => (date === null ? null : addDays(date, 1));
      const named = [
        ...all.flatMap(({ from, until }) => [from, after(until)]),
        held.endedOn,
        held.reEvaluation?.decidedOn,
        ...held.suspensions!.flatMap(({ from, until }) => [from, after(until)]),
      ];
      const days = datesBetween(addDays(first, -2), addDays(first, 120));
      const states = days.map((on) => titleStateOn(policy, held, all, on));
      const wrong = days.filter((on, index) => {
        const state = states[index]!;
        const before = states[index - 1] ?? state;
        const isUsed = state === 'valid' || state === 'suspended';
        const isOver = held.until !== null && on > held.until;
        const hasEnded = held.endedOn !== null && held.endedOn <= on;
        const isBelow = above !== null && above.from <= on && on <= (above.until ?? on);
        return (
          (state !== before && !named.includes(on)) ||
          (['lapsed', 'revoked'].includes(before) && state !== before) ||
          (isUsed && (on < held.from || hasEnded || (isOver && !held.reEvaluation?.continues))) ||
          (state === 'expired_pending' && !isOver) ||
          (state === 'valid' && isBelow)
        );
      });
      expect(wrong).toEqual([]);
    }),
  );
});

describe('C12: a suspended title', () => {
  const suspended = title({ suspensions: [{ from: '2029-03-10', until: '2029-05-20' }] });

  test.each([
    ['2029-03-09', 'valid'],
    ['2029-03-10', 'suspended'],
    ['2029-05-20', 'suspended'],
    ['2029-05-21', 'valid'],
  ])('%s: %s', (on, expected) => {
    expect(titleStateOn(policy, suspended, [suspended], on)).toBe(expected);
  });

  test('does not let a lower one revive, and says so though a higher one is held', () => {
    const open = { suspensions: [{ from: '2029-03-10', until: null }] };
    const higher = title({ rank: 'district_backbone', ...open });
    expect(titleStateOn(policy, title(), [title(), higher], '2030-01-01')).toBe('superseded');
    const lower = title(open);
    expect(titleStateOn(policy, lower, [lower, title({ rank: 'district_backbone' })], '2030-01-01')).toBe(
      'suspended',
    );
    expect(titleStateOn(policy, higher, [higher], '2040-01-01')).toBe('lapsed');
  });
});

test('a certificate number names scheme, year, rank and serial', () => {
  expect(certificateNumber(policy, '2028', 'accomplished', 7)).toBe(
    'sichuan-district-2028-accomplished-0007',
  );
});

describe('T14: the order of who passed', () => {
  const order = ['assessment_score', 'school_score', 'teaching_years'] as const;

  test('by the keys in turn; a missing key comes last; equals share their position', () => {
    const candidates = [
      { traineeId: 'a', keys: { assessment_score: 80, school_score: 8800, teaching_years: 9 } },
      { traineeId: 'b', keys: { assessment_score: 90 } },
      { traineeId: 'c', keys: { assessment_score: 80, teaching_years: 20 } },
      { traineeId: 'd', keys: { assessment_score: 80, school_score: 8800, teaching_years: 9 } },
    ];
    expect(orderOf(candidates, order)).toEqual([
      { traineeId: 'b', position: 1 },
      { traineeId: 'a', position: 2 },
      { traineeId: 'd', position: 2 },
      { traineeId: 'c', position: 4 },
    ]);
    expect(orderOf([], order)).toEqual([]);
  });
});

describe('C1: the leading group approves or holds, and never adds a name', () => {
  const entries = [1, 2, 3, 3].map((position, index) => ({ traineeId: 'abcd'[index]!, position }));
  const check = (places: number | null, approved: string, notApproved = '') =>
    checkApproval(entries, places, { approved: approved.split(''), notApproved: notApproved.split('') });

  test('who is beyond the yearly number waits', () => {
    expect(check(2, 'ab')).toEqual(['c', 'd']);
    expect(check(2, 'bc', 'a')).toEqual(['d']);
    expect(check(null, 'abcd')).toEqual([]);
  });

  test('of two equals the leading group takes either', () => {
    expect(check(3, 'abc')).toEqual(['d']);
    expect(check(3, 'abd')).toEqual(['c']);
  });

  test.each([
    ['a name that is not on the list', 2, 'ax', '', 'NOT_ON_LIST'],
    ['a name twice', 2, 'aa', '', 'NAME_LISTED_TWICE'],
    ['a name approved and held', 2, 'ab', 'b', 'NAME_LISTED_TWICE'],
    ['more than the yearly number', 2, 'abc', '', 'OVER_YEARLY_NUMBER'],
    ['somebody passed over', 2, 'ac', '', 'PASSED_OVER'],
    ['a place left while somebody waits', 2, 'a', '', 'PASSED_OVER'],
    ['no cap and no answer', null, 'abc', '', 'PASSED_OVER'],
  ])('%s is refused', (_, places, approved, held, code) => {
    expect(() => check(places, approved, held)).toThrow(refusal(code));
  });
});

test('N14: an open notice, a frozen candidacy, an objection that is open or sustained bar, all at once', () => {
  const people = [
    { traineeId: 'a', noticeClosed: true, held: false, objection: null },
    { traineeId: 'b', noticeClosed: false, held: false, objection: null },
    { traineeId: 'c', noticeClosed: null, held: true, objection: null },
    { traineeId: 'd', noticeClosed: true, held: false, objection: 'open' },
    { traineeId: 'e', noticeClosed: true, held: false, objection: 'sustained' },
  ] as const;
  expect(() => refuseUnlessAppointable(people.slice(0, 1))).not.toThrow();
  expect(() => refuseUnlessAppointable(people)).toThrow(
    expect.objectContaining({
      code: 'NOT_APPOINTABLE',
      faults: [
        { at: 'b', code: 'NOTICE_STILL_OPEN' },
        { at: 'c', code: 'CANDIDATE_HELD' },
        { at: 'd', code: 'OBJECTION_STILL_OPEN' },
        { at: 'e', code: 'OBJECTION_SUSTAINED' },
      ],
    }),
  );
});

describe('A2: a sanction limits the grade', () => {
  const year = { from: '2027-09-01', until: '2028-08-31' };
  const sanction = (kind: SanctionOnFile['kind'], from: string, until: string | null = null) => [
    { kind, from, until },
  ];

  test.each<[SanctionOnFile['kind'], string, Grade, boolean]>([
    ['warning', '2027-09-01', 'excellent', true],
    ['warning', '2027-09-01', 'pass', false],
    // A warning counts in its own year only, though it still runs in the next.
    ['warning', '2027-08-31', 'excellent', false],
    ['demerit', '2026-09-01', 'pass', true],
    ['demerit', '2026-08-31', 'pass', false],
    ['demerit', '2028-08-31', 'excellent', true],
    ['demerit', '2028-09-01', 'excellent', false],
    ['demerit', '2027-10-01', 'basic', false],
    ['demotion', '2025-09-01', 'basic', true],
    ['demotion', '2027-10-01', 'fail', false],
    ['demotion', '2027-10-01', 'ungraded', false],
  ])('%s of %s against %s: %p', (kind, from, grade, forbidden) => {
    expect(sanctionAgainst(grade, sanction(kind, from), year) !== undefined).toBe(forbidden);
  });

  test('a last day on file is used in place of the usual length', () => {
    expect(sanctionAgainst('pass', sanction('demerit', '2027-01-01', '2027-08-31'), year)).toBeUndefined();
  });
});

describe('A1, A3, A4: what a grade does', () => {
  const result = (grade: Grade) => resultOfGrade(policy, grade, '2027-2028', '2028-09-18');

  test.each<[Grade, string, boolean]>([
    ['excellent', 'keep', false],
    ['pass', 'keep', false],
    ['basic', 'keep_benefits_paused', true],
    ['ungraded', 'keep', false],
  ])('%s: %s', (grade, effect, warned) => {
    expect(result(grade)).toEqual({ effect, warned, title: {}, barredRounds: 0 });
  });

  test('a fail ends the title on the day after the time for review, the benefits with that month', () => {
    expect(result('fail')).toMatchObject({
      effect: 'revoked',
      title: {
        endedOn: '2028-09-19',
        benefitsUntil: '2028-10-01',
        endReason: { clause: expect.stringContaining('取消') },
      },
    });
  });

  test.each([
    ['2028-07-15', '2028-09-01'],
    ['2028-09-18', '2028-10-01'],
    ['2028-12-31', '2029-01-01'],
  ])('final on %s, the pause begins on %s', (finalOn, from) => {
    expect(pauseAfter(policy, '2027-2028', finalOn)).toEqual({ from, until: '2029-08-31' });
  });

  const atOnce: Policy = {
    ...policy,
    allowance: { stack: 'highest_only', stopFrom: 'day_after', per: 'month' },
  };
  const stopping: Policy = {
    ...policy,
    annualReview: {
      ...policy.annualReview!,
      effects: { ...policy.annualReview!.effects, fail: { title: 'keep', benefits: 'stop' } },
    },
  };

  // The grade is final on a day: the title ends on the day after, and its benefits stop from the month after that day, or
  // on the day after it, whether the title ends, stays without benefits, or pauses.
  test.each([
    ['2028-09-18', '2028-09-19', '2028-10-01'],
    ['2028-09-29', '2028-09-30', '2028-10-01'],
    ['2028-09-30', '2028-10-01', '2028-10-01'],
    ['2028-10-01', '2028-10-02', '2028-11-01'],
    ['2028-12-31', '2029-01-01', '2029-01-01'],
    ['2029-02-28', '2029-03-01', '2029-03-01'],
  ])('C8: final on %s, all take effect from one day', (finalOn, dayAfter, firstOfMonth) => {
    const fail = (scheme: Policy) => resultOfGrade(scheme, 'fail', '2027-2028', finalOn).title;
    expect(fail(policy)).toMatchObject({ endedOn: dayAfter, benefitsUntil: firstOfMonth });
    expect(fail(stopping)).toEqual({ benefitsUntil: firstOfMonth });
    expect(pauseAfter(policy, '2027-2028', finalOn).from).toBe(firstOfMonth);
    expect(fail(atOnce)).toMatchObject({ endedOn: dayAfter, benefitsUntil: dayAfter });
    expect(fail({ ...stopping, allowance: atOnce.allowance })).toEqual({ benefitsUntil: dayAfter });
    expect(pauseAfter(atOnce, '2027-2028', finalOn).from).toBe(dayAfter);
  });

  test('C8: a pause does not begin before its school year', () => {
    expect(pauseAfter(atOnce, '2027-2028', '2028-07-15').from).toBe('2028-09-01');
    expect(pauseAfter(policy, '2027-2028', '2028-08-31').from).toBe('2028-09-01');
  });
});

describe('A4: what decisions and grades have made of a title', () => {
  const reason = (code: string) => ({ code });
  const grade = {
    cause: 'grade',
    endedOn: '2028-06-20',
    endReason: reason('A'),
    benefitsUntil: '2028-07-01',
  };
  const move = { cause: 'move', benefitsUntil: '2028-07-01' };
  const revocation = {
    cause: 'revocation',
    endedOn: '2028-06-25',
    endReason: reason('B'),
    benefitsUntil: '2028-07-01',
  };

  test('nothing, and the earliest of each', () => {
    expect(effectInForce([])).toEqual({ endedOn: null, endReason: null, benefitsUntil: null });
    expect(effectInForce([move])).toEqual({ endedOn: null, endReason: null, benefitsUntil: '2028-07-01' });
    expect(effectInForce([revocation, { ...move, benefitsUntil: '2028-05-01' }, grade])).toEqual({
      endedOn: '2028-06-20',
      endReason: reason('A'),
      benefitsUntil: '2028-05-01',
    });
  });

  test('of two on one day the first says why; without it the other counts', () => {
    const same = { ...revocation, endedOn: '2028-06-20' };
    expect(effectInForce([grade, same]).endReason).toEqual(reason('A'));
    expect(effectInForce([same, grade]).endReason).toEqual(reason('B'));
    expect(effectInForce([move, same])).toEqual({
      endedOn: '2028-06-20',
      endReason: reason('B'),
      benefitsUntil: '2028-07-01',
    });
  });
});

describe('A3: effects by scheme', () => {
  const junior: Policy = parsePolicy(
    readFileSync('policies/junior-two-year.yaml', 'utf8'),
    'policies/junior-two-year.yaml',
  );
  const mazhang: Policy = parsePolicy(
    readFileSync('policies/mazhang-district.yaml', 'utf8'),
    'policies/mazhang-district.yaml',
  );

  test('a fail that keeps the title to the end of the cycle bars the next round', () => {
    expect(resultOfGrade(junior, 'fail', '2027-2028', '2028-09-18')).toMatchObject({
      effect: 'keep_to_end',
      title: {},
      barredRounds: 1,
    });
    expect(resultOfGrade(junior, 'pass', '2027-2028', '2028-09-18').barredRounds).toBe(0);
  });

  test.each([
    [1, 'keep'],
    [2, 'revoked'],
    [3, 'revoked'],
  ])('a fail for %p years running: %s', (years, effect) => {
    expect(resultOfGrade(mazhang, 'fail', '2027-2028', '2028-09-18', years).effect).toBe(effect);
  });

  test('years are running while no year is left out', () => {
    const past = ['2024-2025', '2026-2027'].map((reviewYear) => ({ reviewYear, grade: 'fail' }));
    expect(yearsRunning([], 'fail', '2027-2028')).toBe(1);
    expect(yearsRunning(past, 'fail', '2027-2028')).toBe(2);
    expect(yearsRunning([...past, { reviewYear: '2025-2026', grade: 'fail' }], 'fail', '2027-2028')).toBe(4);
    expect(yearsRunning(past, 'pass', '2027-2028')).toBe(1);
  });

  test('A6: who did not report gets at most what the scheme says', () => {
    expect(bestWithoutReport(junior, 'pass', false)).toBe('basic');
    expect(bestWithoutReport(junior, 'basic', false)).toBeUndefined();
    expect(bestWithoutReport(junior, 'ungraded', false)).toBeUndefined();
    expect(bestWithoutReport(junior, 'excellent', true)).toBeUndefined();
    expect(bestWithoutReport(policy, 'excellent', false)).toBeUndefined();
  });

  test('A11: an assessment every two years, from the certificate or the last one on', () => {
    expect(assessmentDueOn(mazhang, 'term_assessment', '2027-10-20', null)).toBe('2029-10-20');
    expect(assessmentDueOn(mazhang, 'term_assessment', '2027-10-20', '2029-11-01')).toBe('2031-11-01');
    expect(assessmentDueOn(mazhang, 'annual_assessment', '2027-10-20', '2029-11-01')).toBe('2027-10-20');
    expect(() => assessmentDueOn(policy, 'term_assessment', '2027-10-20', null)).toThrow(
      refusal('ASSESSMENT_NOT_IN_SCHEME'),
    );
    expect(resultOfGrade(mazhang, 'pass', '2028-2029', '2029-11-01', 1, 'term_assessment').effect).toBe(
      'certificate_due',
    );
    expect(resultOfGrade(mazhang, 'fail', '2028-2029', '2029-11-01', 1, 'term_assessment')).toMatchObject({
      effect: 'recorded',
      title: {},
    });
  });
});

describe('A7: grades of a whole school', () => {
  const grade = (titleId: string, given: Grade, reason?: string) => ({ titleId, grade: given, reason });

  test('each title once, a reason for what is below a pass', () => {
    expect(() => refuseGrades([grade('a', 'pass'), grade('b', 'fail', '缺课')], ['a', 'b'])).not.toThrow();
    expect(() => refuseGrades([], [])).not.toThrow();
  });

  test.each([
    ['missing', [grade('a', 'pass')], 'GRADES_INCOMPLETE'],
    ['unknown', [grade('a', 'pass'), grade('b', 'pass'), grade('c', 'pass')], 'GRADES_INCOMPLETE'],
    ['twice', [grade('a', 'pass'), grade('b', 'pass'), grade('b', 'pass')], 'GRADES_INCOMPLETE'],
    ['without reason', [grade('a', 'pass'), grade('b', 'basic', ' ')], 'GRADE_REASON_MISSING'],
  ])('%s is refused', (_, given, code) => {
    expect(() => refuseGrades(given, ['a', 'b'])).toThrow(refusal(code));
  });
});

test('C10: ranks decided above are reviewed only as authorised', () => {
  expect(reviewedRanks(policy)).toEqual(['accomplished', 'district_backbone']);
  expect(reviewedRanks(policy, ['city_backbone'])).toEqual([
    'accomplished',
    'district_backbone',
    'city_backbone',
  ]);
  expect(() => reviewedRanks(policy, ['accomplished'])).toThrow(refusal('RANK_NOT_AUTHORISED'));
  expect(() => reviewedRanks({ ...policy, dynamic: {} }, ['city_backbone'])).toThrow(
    refusal('RANK_NOT_AUTHORISED'),
  );
  const { annualReview: _, ...rest } = policy;
  expect(() => reviewedRanks(rest)).toThrow(refusal('REVIEW_NOT_IN_SCHEME'));
});

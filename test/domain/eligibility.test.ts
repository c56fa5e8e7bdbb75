import { readFileSync } from 'node:fs';
import {
  checkEligibility,
  contestEntry,
  printedBirthDates,
  reasonsKept,
  reasonsOf,
  refuseIfNotEligible,
  withReasons,
  type EvidenceFact,
  type Finding,
  type PersonFacts,
} from '../../domain/eligibility.js';
import { addDays } from '../../domain/dates.js';
import { isRoundOrNext, type EthicsDecision } from '../../domain/ethics.js';
import type { Need, Policy } from '../../domain/policy.js';
import { Refusal } from '../../domain/refusal.js';
import { parsePolicy } from '../../policies/schema.js';

const district = parsePolicy(readFileSync('policies/sichuan-district.yaml', 'utf8'), 'sichuan-district.yaml');
const cutOff = '2025-08-31';
const on = '2025-09-20';

const eligible: PersonFacts = {
  birthDate: '1990-03-04',
  sex: 'female',
  subject: 'chinese',
  stagesTaught: ['primary'],
  degree: 'bachelor',
  title: 'first',
  teachingSince: '2012-09-01',
  posts: ['teacher'],
  titlesHeld: [],
  sanctions: [],
  ethicsDecisions: [],
  pastReviews: [],
  evidence: [],
};

const contestPrize: EvidenceFact = {
  id: 'prize-1',
  version: 1,
  kind: 'classroom_contest',
  level: 'district',
  prize: 'first',
  how: null,
  date: '2024-05-10',
  title: '区课堂教学大赛',
  verified: true,
  usedForEntry: false,
};

/** The main scheme with other conditions for the rank `accomplished`. */
function withNeed(need: Need): Policy {
  return {
    ...district,
    ranks: district.ranks.map((rank) => (rank.code === 'accomplished' ? { ...rank, need } : rank)),
  };
}

function check(facts: Partial<PersonFacts>, need?: Need, rank = 'accomplished'): Finding[] {
  const policy = need === undefined ? district : withNeed(need);
  return checkEligibility({ policy, rank, facts: { ...eligible, ...facts }, cutOff, on });
}

function outcomeOf(rule: string, facts: Partial<PersonFacts>, need?: Need, rank?: string) {
  return check(facts, need, rank).find((finding) => finding.rule === rule)?.outcome;
}

function refusalOf(action: () => unknown): Refusal {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the main scheme', () => {
  test('E13: accepts who meets every condition and leaves the judged ones to people', () => {
    const findings = check({});
    expect(findings.filter(({ outcome }) => outcome !== 'judge').map(({ outcome }) => outcome)).toEqual(
      Array(7).fill('met'),
    );
    expect(findings.filter(({ outcome }) => outcome === 'judge').map(({ value }) => value)).toEqual([
      'devotion',
      'results',
      'ability',
    ]);
    expect(() => refuseIfNotEligible(findings)).not.toThrow();
  });

  test('every finding says where its rule comes from', () => {
    for (const { clause, adopted, rule } of check({}, undefined, 'district_backbone')) {
      expect([rule, clause ?? adopted?.basis]).toEqual([rule, expect.stringMatching(/\S/)]);
    }
  });

  test('names every condition that is not met at once, with value, requirement and origin', () => {
    const refusal = refusalOf(() =>
      refuseIfNotEligible(check({ birthDate: '1970-01-01', title: 'third', teachingSince: '2024-09-01' })),
    );
    expect(refusal.code).toBe('NOT_ELIGIBLE');
    expect(
      refusal.faults?.map(({ code, values }) => [code, values?.['value'], values?.['required']]),
    ).toEqual([
      ['TITLE_TOO_LOW', 'third', 'second'],
      ['TOO_OLD', '1970-01-01', '1980-08-31'],
      ['TEACHING_YEARS_TOO_FEW', 1, 3],
    ]);
    expect(refusal.faults?.every(({ values }) => values?.['basis'] !== null)).toBe(true);
  });

  test('a rank that the scheme does not have is refused', () => {
    expect(refusalOf(() => check({}, undefined, 'emperor')).code).toBe('RANK_UNKNOWN');
  });
});

describe('E2 age', () => {
  test.each([
    ['1980-08-31', 'met'],
    ['1980-08-30', 'not_met'],
    ['1980-09-01', 'met'],
  ])('45周岁以下: born %s is %s', (birthDate, outcome) => {
    expect(outcomeOf('E2', { birthDate })).toBe(outcome);
  });

  test.each([
    ['1979-09-01', 'met'],
    ['1979-08-31', 'not_met'],
  ] as const)('by completed years: born %s is %s', (birthDate, outcome) => {
    const maxAge = { value: 45, mode: 'completed_years_at_most', hard: true, clause: '45周岁以下' } as const;
    expect(outcomeOf('E2', { birthDate }, { maxAge })).toBe(outcome);
  });

  test.each([
    ['male', '1975-08-31', 'met'],
    ['male', '1975-08-30', 'not_met'],
    ['female', '1980-08-31', 'met'],
    ['female', '1980-08-30', 'not_met'],
  ] as const)('by sex: %s born %s is %s', (sex, birthDate, outcome) => {
    const maxAge = {
      value: { male: 50, female: 45 },
      mode: 'born_on_or_after',
      hard: true,
      clause: '男50岁、女45岁以下',
    } as const;
    expect(outcomeOf('E2', { sex, birthDate }, { maxAge })).toBe(outcome);
  });

  test('年龄不限 lets everybody in', () => {
    const maxAge = { value: 'unlimited', mode: 'born_on_or_after', hard: true, clause: '年龄不限' } as const;
    expect(outcomeOf('E2', { birthDate: '1960-01-01' }, { maxAge })).toBe('met');
  });

  test('without a birth date nobody is in, and the finding says what is missing', () => {
    const finding = check({ birthDate: null }).find(({ rule }) => rule === 'E2');
    expect(finding).toMatchObject({ outcome: 'not_met', code: 'FACT_MISSING', missing: ['birthDate'] });
  });
});

describe('E3 years of teaching', () => {
  test.each([
    ['2022-09-01', 'met', 3],
    ['2022-09-02', 'not_met', 2],
    ['2025-09-01', 'not_met', 0],
  ])('since %s: %s with %i full years', (teachingSince, outcome, years) => {
    const finding = check({ teachingSince }).find(({ rule }) => rule === 'E3');
    expect(finding).toMatchObject({ outcome, value: years, required: 3 });
  });
});

test('E3: the vector of 5.2, both days counted', () => {
  const teachingYears = { value: 5, hard: true, clause: '教龄5年以上' } as const;
  expect(outcomeOf('E3', { teachingSince: '2020-09-01' }, { teachingYears })).toBe('met');
  expect(outcomeOf('E3', { teachingSince: '2020-09-02' }, { teachingYears })).toBe('not_met');
});

describe('E2 the printed birth dates (5.2)', () => {
  const maxAge = { mode: 'born_on_or_after', hard: true, clause: '男50岁、女45岁以下' } as const;

  test('for men and women, and they are what the check compares with', () => {
    const need = { maxAge: { ...maxAge, value: { male: 50, female: 45 } } } as const;
    expect(printedBirthDates(need, cutOff)).toEqual({
      male: '1975-08-31',
      female: '1980-08-31',
      clause: maxAge.clause,
    });
    for (const sex of ['male', 'female'] as const) {
      const finding = check({ sex }, need).find(({ rule }) => rule === 'E2');
      expect(finding?.required).toBe(printedBirthDates(need, cutOff)?.[sex]);
    }
  });

  test.each([
    ['born_on_or_after', '1980-08-31'],
    ['completed_years_at_most', '1979-09-01'],
  ] as const)('in the mode %s: %s for both', (mode, date) => {
    const printed = printedBirthDates({ maxAge: { ...maxAge, value: 45, mode } }, cutOff);
    expect(printed).toMatchObject({ male: date, female: date });
  });

  test('without a limit nothing is printed', () => {
    expect(printedBirthDates({ maxAge: { ...maxAge, value: 'unlimited' } }, cutOff)).toMatchObject({
      male: null,
      female: null,
    });
    expect(printedBirthDates({}, cutOff)).toBeNull();
    expect(printedBirthDates(undefined, cutOff)).toBeNull();
  });
});

describe('E18 barred by a review', () => {
  const bar = (rounds: number, since: number) => ({
    reviewBars: [{ reviewYear: '2024-2025', grade: 'fail' as const, rounds, since }],
  });

  test.each([
    [1, 0, 'not_met'],
    [1, 1, undefined],
    [2, 1, 'not_met'],
    [2, 2, undefined],
  ])('from %i rounds, %i begun since: %s', (rounds, since, expected) => {
    expect(outcomeOf('E18', bar(rounds, since))).toBe(expected);
  });

  test('holds whatever the conditions that are looked at, and says nothing where nothing bars', () => {
    const findings = (facts: Partial<PersonFacts>) =>
      checkEligibility({
        policy: district,
        rank: 'accomplished',
        facts: { ...eligible, ...facts },
        cutOff,
        on,
        only: [],
      });
    expect(findings({})).toEqual([]);
    expect(findings(bar(1, 0))).toEqual([
      expect.objectContaining({
        rule: 'E18',
        outcome: 'not_met',
        value: ['2024-2025 fail 1'],
        source: 'reviews',
      }),
    ]);
  });
});

describe('E21 barred before', () => {
  const bar = (from: string, until: string | null) => ({
    bars: [{ reason: '年度考核不合格', document: '青教发〔2025〕3号', from, until }],
  });
  test.each([
    ['on its last day', '2020-01-01', on, 'not_met'],
    ['the day after its last', '2020-01-01', addDays(on, -1), undefined],
    ['from its first day on, without an end', on, null, 'not_met'],
    ['before its first day', addDays(on, 1), null, undefined],
  ])('%s', (_, from, until, expected) => {
    expect(outcomeOf('E21', bar(from, until))).toBe(expected);
  });
});

describe('E19 training hours', () => {
  const need = (hours: number) => ({
    trainingHours: { value: { hours, years: 2 }, hard: true, clause: '学时不足的不得申报' },
  });
  const line = (onDay: string, hours: number, more: object = {}) => ({
    activity: onDay,
    form: 'central' as const,
    on: onDay,
    hours,
    enteredOn: onDay,
    confirmedOn: onDay,
    ...more,
  });
  const found = (lines: readonly ReturnType<typeof line>[], hours = 60) =>
    check({ hours: lines }, need(hours)).find(({ rule }) => rule === 'E19')!;

  test('count in the last years up to the cut-off: its last day, and the first day after it years ago', () => {
    expect(found([line('2025-08-31', 30), line('2023-09-01', 30)])).toMatchObject({
      outcome: 'met',
      value: 60,
      required: 60,
      source: 'hours',
    });
    expect(found([line('2025-09-01', 30), line('2023-09-01', 30)])).toMatchObject({
      outcome: 'not_met',
      value: 30,
    });
    expect(found([line('2025-08-31', 30), line('2023-08-31', 30)])).toMatchObject({
      outcome: 'not_met',
      value: 30,
    });
  });

  test('count when they are confirmed; what lacks and what is not confirmed is said', () => {
    const open = { confirmedOn: null };
    expect(found([line('2025-03-01', 40), line('2025-04-01', 20, open as object)])).toMatchObject({
      outcome: 'not_met',
      value: 40,
      missing: ['20', '+20'],
    });
    // Converted hours count up to a third of what is asked for.
    const converted = { form: 'converted' };
    expect(found([line('2025-03-01', 40), line('2025-04-01', 30, converted)])).toMatchObject({
      outcome: 'met',
      value: 60,
    });
    expect(found([line('2025-03-01', 39), line('2025-04-01', 30, converted)])).toMatchObject({
      outcome: 'not_met',
      value: 59,
    });
  });

  test('without a ledger nothing is assumed', () => {
    expect(check({}, need(60))[0]).toMatchObject({
      code: 'FACT_MISSING',
      missing: ['hours'],
      outcome: 'not_met',
    });
  });
});

describe('E20 school', () => {
  const outcome = (
    school: NonNullable<PersonFacts['school']>,
    value: NonNullable<Need['schools']>['value'],
  ) => outcomeOf('E20', { school }, { schools: { value, hard: true } });
  const school = (rural: boolean, ...stages: NonNullable<PersonFacts['school']>['stages'][number][]) => ({
    rural,
    stages,
  });

  test.each([
    [school(false, 'kindergarten'), { kinds: ['kindergarten'] }, 'met'],
    [school(false, 'primary'), { kinds: ['kindergarten'] }, 'not_met'],
    [school(false, 'primary', 'junior'), { kinds: ['senior', 'junior'] }, 'met'],
    [school(false, 'senior'), { kinds: ['secondary'] }, 'met'],
    [school(false, 'primary'), { kinds: ['secondary'] }, 'not_met'],
    [school(true, 'primary'), { rural: true }, 'met'],
    [school(false, 'primary'), { rural: true }, 'not_met'],
    [school(true, 'primary'), { rural: false }, 'not_met'],
    [school(true, 'primary'), { rural: true, kinds: ['junior'] }, 'not_met'],
    [school(true), { kinds: ['primary'] }, 'not_met'],
  ] as const)('%j for %j: %s', (at, value, expected) => {
    expect(outcome(at, value)).toBe(expected);
  });
});

describe('E16 grades of the past reviews (5.3)', () => {
  const pastReviews = {
    value: { schoolYears: 2, grades: ['excellent', 'pass'] },
    hard: true,
    clause: '考核不合格的，取消其下一届骨干教师评选资格',
  } as const;
  const outcome = (reviews: PersonFacts['pastReviews']) =>
    outcomeOf('E16', { pastReviews: reviews }, { pastReviews });

  test.each([
    ['nobody reviewed', [], 'met'],
    [
      'two years passed',
      [
        ['2023-2024', 'pass'],
        ['2024-2025', 'excellent'],
      ],
      'met',
    ],
    [
      'failed in the last term',
      [
        ['2023-2024', 'pass'],
        ['2024-2025', 'fail'],
      ],
      'not_met',
    ],
    ['基本合格 in the first of the two years', [['2023-2024', 'basic']], 'not_met'],
    ['failed in the year before them', [['2022-2023', 'fail']], 'met'],
    ['failed in the year after the cut-off', [['2025-2026', 'fail']], 'met'],
    ['not graded', [['2024-2025', 'ungraded']], 'met'],
    [
      'one of two titles failed',
      [
        ['2024-2025', 'pass'],
        ['2024-2025', 'fail'],
      ],
      'not_met',
    ],
  ] as const)('%s: %j is %s', (_, reviews, expected) => {
    expect(outcome(reviews.map(([reviewYear, grade]) => ({ reviewYear, grade })))).toBe(expected);
  });

  test('a year counts once its last day is the cut-off; the day before it does not', () => {
    const facts = { ...eligible, pastReviews: [{ reviewYear: '2024-2025', grade: 'fail' }] } as const;
    const outcomeAt = (day: string) =>
      checkEligibility({
        policy: withNeed({
          pastReviews: { ...pastReviews, value: { ...pastReviews.value, schoolYears: 1 } },
        }),
        rank: 'accomplished',
        facts,
        cutOff: day,
        on,
      })[0]?.outcome;
    expect(outcomeAt('2025-08-31')).toBe('not_met');
    expect(outcomeAt('2025-08-30')).toBe('met');
  });
});

describe('E4 degree by stage taught', () => {
  test.each([
    [['primary'], 'college', 'met'],
    [['primary'], 'secondary', 'not_met'],
    [['senior'], 'college', 'not_met'],
    [['senior'], 'bachelor', 'met'],
    [['junior', 'senior'], 'college', 'not_met'],
    [['junior', 'senior'], 'master', 'met'],
    [[], 'doctor', 'not_met'],
  ] as const)('%j with %s: %s', (stagesTaught, degree, outcome) => {
    expect(outcomeOf('E4', { stagesTaught, degree })).toBe(outcome);
  });
});

describe('E5 professional title', () => {
  test.each([
    ['accomplished', 'second', 'met'],
    ['accomplished', 'third', 'not_met'],
    ['district_backbone', 'first', 'met'],
    ['district_backbone', 'second', 'not_met'],
    ['district_backbone', 'full_senior', 'met'],
  ] as const)('%s with %s: %s', (rank, title, outcome) => {
    expect(outcomeOf('E5', { title }, undefined, rank)).toBe(outcome);
  });
});

describe('E6, E7, E8, E14 evidence', () => {
  const paper = (
    id: string,
    level: EvidenceFact['level'],
    facts: Partial<EvidenceFact> = {},
  ): EvidenceFact => ({
    ...contestPrize,
    id,
    kind: 'paper',
    level,
    prize: null,
    how: 'published',
    ...facts,
  });
  const provincial = { kinds: ['paper'], level: 'province', min: 2, how: ['published', 'awarded'] } as const;
  const national = { kinds: ['paper'], level: 'nation', min: 1 } as const;
  const papers = (mode: 'any' | 'all') =>
    ({ papers: { value: { mode, counts: [national, provincial] }, hard: true, clause: '论文' } }) as const;

  test('any: one national paper is enough; all: it also counts as provincial, but one is not two', () => {
    const evidence = [paper('a', 'nation')];
    expect(outcomeOf('E6', { evidence }, papers('any'))).toBe('met');
    expect(outcomeOf('E6', { evidence }, papers('all'))).toBe('not_met');
    expect(outcomeOf('E6', { evidence: [...evidence, paper('b', 'province')] }, papers('all'))).toBe('met');
  });

  test.each([
    ['a city paper', paper('b', 'city')],
    ['an unverified paper', paper('b', 'province', { verified: false })],
    ['a paper that was only exchanged', paper('b', 'province', { how: 'exchanged' })],
    ['a paper of after the check', paper('b', 'province', { date: '2025-09-21' })],
  ])('%s does not count', (_, other) => {
    expect(outcomeOf('E6', { evidence: [paper('a', 'province'), other] }, papers('any'))).toBe('not_met');
  });

  test('lessons of the last years: the first day of the window counts, the day before does not', () => {
    const lessons = {
      value: {
        mode: 'all',
        counts: [{ kinds: ['open_lesson'], level: 'city', min: 1, withinSchoolYears: 3 }],
      },
      hard: true,
      clause: '公开课',
    } as const;
    const lesson = (date: string) => [paper('l', 'city', { kind: 'open_lesson', date })];
    expect(outcomeOf('E7', { evidence: lesson('2022-09-01') }, { lessons })).toBe('met');
    expect(outcomeOf('E7', { evidence: lesson('2022-08-31') }, { lessons })).toBe('not_met');
  });

  test('prizes: a higher prize counts, a lower one and none do not', () => {
    const prizes = {
      value: {
        mode: 'all',
        counts: [{ kinds: ['classroom_contest'], level: 'district', min: 1, prize: 'second' }],
      },
      hard: true,
      clause: '二等奖以上',
    } as const;
    for (const [prize, outcome] of [
      ['special', 'met'],
      ['second', 'met'],
      ['third', 'not_met'],
      [null, 'not_met'],
    ] as const) {
      expect(outcomeOf('E8', { evidence: [{ ...contestPrize, prize }] }, { prizes })).toBe(outcome);
    }
  });

  test('research: a monograph instead of a project', () => {
    const research = {
      value: {
        mode: 'any',
        counts: [
          { kinds: ['project'], level: 'city', min: 1 },
          { kinds: ['monograph'], level: 'school', min: 1 },
        ],
      },
      hard: true,
      clause: '课题研究或有论著',
    } as const;
    expect(
      outcomeOf('E14', { evidence: [paper('m', 'district', { kind: 'monograph' })] }, { research }),
    ).toBe('met');
    expect(outcomeOf('E14', { evidence: [paper('m', 'district', { kind: 'project' })] }, { research })).toBe(
      'not_met',
    );
  });
});

describe('E9 posts', () => {
  const posts = {
    value: ['subject_group_lead', 'grade_lead'],
    hard: true,
    clause: '教研组长、年级组长',
  } as const;
  test('one of them is enough', () => {
    expect(outcomeOf('E9', { posts: ['teacher', 'grade_lead'] }, { posts })).toBe('met');
    expect(outcomeOf('E9', { posts: ['teacher'] }, { posts })).toBe('not_met');
  });
});

describe('E10 sanctions', () => {
  test.each([
    ['warning', '2025-03-20', null, 'not_met'],
    ['warning', '2025-03-19', null, 'met'],
    ['demerit', '2024-09-20', null, 'not_met'],
    ['demerit', '2024-09-19', null, 'met'],
    ['demotion', '2023-09-20', null, 'not_met'],
    ['warning', '2024-01-01', '2025-09-20', 'not_met'],
    ['warning', '2025-09-21', null, 'met'],
  ] as const)('%s of %s until %s: %s', (kind, from, until, outcome) => {
    expect(outcomeOf('E10', { sanctions: [{ kind, from, until }] })).toBe(outcome);
  });
});

describe('E11 ethics', () => {
  const decision = (facts: Partial<EthicsDecision> = {}): EthicsDecision => ({
    document: '区教字〔2025〕9号',
    decidedOn: '2024-01-01',
    until: null,
    barsRound: false,
    ...facts,
  });

  test.each([
    ['2025-09-20', null, 'not_met'],
    ['2025-09-21', null, 'met'],
    ['2024-01-01', '2025-09-19', 'met'],
    ['2024-01-01', '2025-09-20', 'not_met'],
  ])('a decision of %s until %s: %s', (decidedOn, until, outcome) => {
    expect(outcomeOf('E11', { ethicsDecisions: [decision({ decidedOn, until })] })).toBe(outcome);
  });

  test('fraud bars the round also when its time is over; a decision of after the check does not', () => {
    const over = decision({ until: '2025-09-19' });
    expect(outcomeOf('E11', { ethicsDecisions: [{ ...over, barsRound: true }] })).toBe('not_met');
    expect(outcomeOf('E11', { ethicsDecisions: [over] })).toBe('met');
    const later = decision({ decidedOn: '2025-09-21', barsRound: true });
    expect(outcomeOf('E11', { ethicsDecisions: [later] })).toBe('met');
  });

  test('each decision that bars is shown by its document and day, from the decisions', () => {
    const other = decision({ document: '区教字〔2025〕12号', decidedOn: '2025-01-02' });
    const over = decision({ document: '区教字〔2020〕1号', until: '2021-01-01' });
    const finding = check({ ethicsDecisions: [decision(), over, other] }).find(({ rule }) => rule === 'E11');
    expect(finding).toMatchObject({
      code: 'ETHICS_VETO',
      source: 'ethics_decision',
      value: ['区教字〔2025〕9号 2024-01-01', '区教字〔2025〕12号 2025-01-02'],
    });
  });

  test('holds in a scheme that says nothing of ethics, and for a direct entrant; without a decision it is silent', () => {
    const teachingYears = { value: 3, hard: true, clause: '教龄3年以上' } as const;
    const rules = (facts: Partial<PersonFacts>) => check(facts, { teachingYears }).map(({ rule }) => rule);
    expect(rules({})).toEqual(['E3']);
    expect(rules({ ethicsDecisions: [decision()] })).toEqual(['E3', 'E11']);
    const ofDirectEntrant = checkEligibility({
      policy: district,
      rank: 'accomplished',
      facts: { ...eligible, ethicsDecisions: [decision()] },
      cutOff,
      on,
      only: [],
    });
    expect(refusalOf(() => refuseIfNotEligible(ofDirectEntrant)).faults?.[0]?.code).toBe('ETHICS_VETO');
  });

  test.each([
    ['in the round that was running', '2025-09-20', '2025-09-01', ['2024-09-01'], true],
    ['in the next one', '2025-09-20', '2026-09-01', ['2025-09-01'], true],
    ['not in the one after it', '2025-09-20', '2027-09-01', ['2025-09-01', '2026-09-01'], false],
    ['a round that opened on the day was running', '2025-09-01', '2026-09-01', ['2025-09-01'], true],
    ['one that opened the day after was the next', '2025-08-31', '2026-09-01', ['2025-09-01'], false],
  ])('fraud bars %s', (_, decidedOn, opensOn, others, bars) => {
    expect(isRoundOrNext(decidedOn, opensOn, others)).toBe(bars);
  });
});

describe('E1 and E12 ranks held', () => {
  const held = (rank: string, until: string | null = null, state: 'in_force' | 'ended' = 'in_force') => ({
    titlesHeld: [{ rank, from: '2021-09-10', until, state }],
  });

  test.each([
    ['accomplished', held('accomplished'), 'not_met'],
    ['accomplished', held('city_backbone'), 'not_met'],
    ['accomplished', held('school_backbone'), 'met'],
    ['accomplished', held('accomplished', '2025-09-20'), 'not_met'],
    ['accomplished', held('accomplished', '2025-09-19'), 'met'],
    ['accomplished', held('accomplished', null, 'ended'), 'met'],
    ['district_backbone', held('accomplished'), 'met'],
    ['district_backbone', held('district_backbone'), 'not_met'],
  ] as const)('for %s with %j: %s', (rank, facts, outcome) => {
    expect(outcomeOf('E12', facts, undefined, rank)).toBe(outcome);
  });

  test('a rank that must be held', () => {
    const heldRank = {
      value: { anyOf: ['school_backbone'] },
      hard: true,
      clause: '须为校级骨干教师',
    } as const;
    expect(outcomeOf('E1', held('school_backbone'), { heldRank })).toBe('met');
    expect(outcomeOf('E1', held('city_backbone'), { heldRank })).toBe('not_met');
  });
});

describe('R0.3 原则上', () => {
  const teachingYears = (value: number) =>
    ({ value, hard: false, clause: `原则上教龄${value}年以上` }) as const;
  const maxAge = {
    value: 30,
    mode: 'born_on_or_after',
    hard: false,
    clause: '原则上30周岁以下',
  } as const;

  test('warns and does not refuse; one year more is what makes the difference', () => {
    // Thirteen full years since 2012-09-01.
    expect(check({}, { teachingYears: teachingYears(13) }).map(({ outcome }) => outcome)).toEqual(['met']);
    const findings = check({}, { teachingYears: teachingYears(14) });
    expect(findings).toMatchObject([{ outcome: 'warn', value: 13, required: 14, missing: ['1'] }]);
    expect(() => refuseIfNotEligible(findings)).not.toThrow();
  });

  test('a warning needs a written reason, which stands beside it; each without one is named', () => {
    const findings = check({}, { maxAge, teachingYears: teachingYears(14) });
    const refusal = refusalOf(() => withReasons(findings, { maxAge: ' ' }));
    expect(refusal).toMatchObject({
      code: 'SOFT_REASON_MISSING',
      rule: 'R0.3',
      clause: '原则上30周岁以下',
      values: { count: 2, rules: ['E2', 'E3'] },
    });
    expect(refusal.faults).toMatchObject([
      { at: 'maxAge', code: 'TOO_OLD', values: { value: '1990-03-04', required: '1995-08-31' } },
      { at: 'teachingYears', code: 'TEACHING_YEARS_TOO_FEW', values: { source: 'roster', missing: ['1'] } },
    ]);
    expect(refusalOf(() => withReasons(findings, { maxAge: '偏远学校急需' })).values).toMatchObject({
      rules: ['E3'],
    });
    const answered = withReasons(findings, { maxAge: '偏远学校急需', teachingYears: '参军两年' });
    expect(reasonsOf(answered)).toEqual({ maxAge: '偏远学校急需', teachingYears: '参军两年' });
  });

  test('a reason does not help where the condition is hard, and is left out where it is met', () => {
    const hard = check({}, { teachingYears: { ...teachingYears(14), hard: true } });
    expect(reasonsOf(withReasons(hard, { teachingYears: '参军两年' }))).toEqual({});
    expect(refusalOf(() => refuseIfNotEligible(hard)).code).toBe('NOT_ELIGIBLE');
    const met = check({}, { teachingYears: teachingYears(13) });
    expect(reasonsOf(withReasons(met, { teachingYears: '参军两年' }))).toEqual({});
  });

  test('checked again without anybody to ask, an earlier reason stays and a new warning stands alone', () => {
    const findings = check({}, { maxAge, teachingYears: teachingYears(14) });
    expect(reasonsKept(findings, { maxAge: '偏远学校急需' }).map(({ reason }) => reason)).toEqual([
      '偏远学校急需',
      undefined,
    ]);
  });
});

describe('contest entry', () => {
  const enter = (evidence: readonly EvidenceFact[], policy = district) =>
    contestEntry({ policy, facts: { ...eligible, evidence }, cutOff, on });

  test('takes the best prize that qualifies', () => {
    const city = { ...contestPrize, id: 'prize-2', level: 'city' } as const;
    expect(enter([contestPrize, city])).toEqual({ rank: 'accomplished', evidence: city });
  });

  test.each([
    ['a second prize', { prize: 'second' }],
    ['a prize of the school', { level: 'school' }],
    ['another contest', { kind: 'skills_contest' }],
    ['an unverified prize', { verified: false }],
    ['a prize used before', { usedForEntry: true }],
    ['a prize of before the last three school years', { date: '2022-08-31' }],
    ['a prize of the future', { date: '2025-09-21' }],
  ] as const)('%s does not qualify', (_, facts) => {
    const refusal = refusalOf(() => enter([{ ...contestPrize, ...facts }]));
    expect(refusal).toMatchObject({
      code: 'NO_CONTEST_PRIZE',
      clause: '区级以上课堂大赛一等奖获得者即为区教坛能手正式候选人',
      values: { from: '2022-09-01', until: on },
    });
  });

  test('the first day of the window qualifies', () => {
    expect(enter([{ ...contestPrize, date: '2022-09-01' }]).evidence.id).toBe('prize-1');
  });

  test('a scheme without the entry refuses it', () => {
    const { contest: _, ...entries } = district.entries;
    expect(refusalOf(() => enter([contestPrize], { ...district, entries })).code).toBe('ENTRY_NOT_IN_SCHEME');
  });

  test('only the conditions that the scheme keeps are checked for a direct entrant', () => {
    const findings = checkEligibility({
      policy: district,
      rank: 'accomplished',
      facts: { ...eligible, birthDate: '1965-01-01' },
      cutOff,
      on,
      only: district.entries.contest?.conditions,
    });
    expect(findings.map(({ condition }) => condition).sort()).toEqual([
      'ethicsVeto',
      'heldRank',
      'sanctionBar',
    ]);
    expect(() => refuseIfNotEligible(findings)).not.toThrow();
  });
});

import { readFileSync } from 'node:fs';
import {
  checkEligibility,
  contestEntry,
  refuseIfNotEligible,
  type EvidenceFact,
  type Finding,
  type PersonFacts,
} from '../../domain/eligibility.js';
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
  ethicsDecision: null,
  evidence: [],
};

const contestPrize: EvidenceFact = {
  id: 'prize-1',
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
  test('accepts who meets every condition and leaves the judged ones to people', () => {
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
  test.each([
    ['2025-09-20', null, 'not_met'],
    ['2025-09-21', null, 'met'],
    ['2024-01-01', '2025-09-19', 'met'],
    ['2024-01-01', '2025-09-20', 'not_met'],
  ])('a decision of %s until %s: %s', (decidedOn, until, outcome) => {
    expect(outcomeOf('E11', { ethicsDecision: { document: '区教字〔2025〕9号', decidedOn, until } })).toBe(
      outcome,
    );
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

test('原则上 warns and does not refuse (R0.3)', () => {
  const teachingYears = { value: 20, hard: false, clause: '原则上教龄20年以上' } as const;
  const findings = check({}, { teachingYears });
  expect(findings.map(({ outcome }) => outcome)).toEqual(['warn']);
  expect(() => refuseIfNotEligible(findings)).not.toThrow();
});

test('a condition that cannot be checked yet is refused by name, not passed over', () => {
  const trainingHours = { value: { hours: 360, years: 5 }, hard: true, clause: '不少于360学时' } as const;
  expect(refusalOf(() => check({}, { trainingHours }))).toMatchObject({
    code: 'SCHEME_NOT_RUNNABLE',
    rule: 'P5',
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

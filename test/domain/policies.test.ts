import { readdirSync, readFileSync } from 'node:fs';
import { refuseIfNotRunnable, unsupportedParts } from '../../domain/fields-read.js';
import { neededParts } from '../../domain/needed-parts.js';
import { isHigherRank, stageOf, type CountTarget, type Policy } from '../../domain/policy.js';
import type { Refusal } from '../../domain/refusal.js';
import { clausesNotIn, clausesOf } from '../../policies/clauses.js';
import { parsePolicy } from '../../policies/schema.js';
import { fieldVerdicts } from '../../policies/verdicts.js';

const files = readdirSync('policies').filter((file) => file.endsWith('.yaml'));
const schemes = new Map(files.map((file) => [file.replace('.yaml', ''), read(file)]));

function read(file: string): Policy {
  return parsePolicy(readFileSync(`policies/${file}`, 'utf8'), file);
}

function scheme(id: string): Policy {
  return schemes.get(id)!;
}

function countTargets(policy: Policy): CountTarget[] {
  return (policy.targets ?? []).filter((target) => target.kind === 'count');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

describe('P1, P2: the nineteen schemes', () => {
  test('are in the list of the docs, number 14 as its two plans', () => {
    const rows = [...readFileSync('docs/schemes.md', 'utf8').matchAll(/^\| (\d+) +\| `([\w-]+)\.yaml` /gm)];
    const numbers = rows.map(([, number]) => Number(number));
    expect([...new Set(numbers)]).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
    expect(rows.map(([, , id]) => id!).sort()).toEqual([...schemes.keys()].sort());
  });

  test.each([...schemes])('%s is called as its file, and quotes its document', (id, policy) => {
    expect(policy.id).toBe(id);
    const clauses = clausesOf(policy);
    expect(clauses.length).toBeGreaterThan(5);
    for (const { clause } of clauses) expect(clause).toMatch(/\p{Script=Han}/u);
  });

  test('P7: mark what their documents have lost, and invent nothing for it', () => {
    const lost = [...schemes].flatMap(([id, { ranks, duties = [], rights = [], measures = [] }]) =>
      [...ranks, ...duties, ...rights, ...measures]
        .filter(({ unknown }) => unknown)
        .map(({ code }) => `${id} ${code}`),
    );
    expect(lost.sort()).toEqual([
      'five-kinds phase_later',
      'mazhang-district item2',
      'mazhang-district master_item1',
      'sangzhen-middle-school rising',
      'sangzhen-middle-school skilled',
      'sangzhen-middle-school subject_leader',
      'school-158 school_backbone',
      'xianyang-middle-school backbone',
      'xianyang-middle-school master',
      'xianyang-middle-school seedlings',
      'xianyang-middle-school subject_leader',
    ]);
    for (const code of ['rising', 'skilled'])
      expect(scheme('sangzhen-middle-school').ranks.find((rank) => rank.code === code)).not.toHaveProperty(
        'need',
      );
  });
});

describe('the verdicts of npm run policies', () => {
  test.each([...schemes])('%s: a round opens when every field runs and no part is missing', (_, policy) => {
    const verdicts = fieldVerdicts(policy);
    const canOpen = verdicts.every(({ runs }) => runs) && neededParts(policy).length === 0;
    const open = () => refuseIfNotRunnable(policy);
    if (canOpen) expect(open).not.toThrow();
    else expect(open).toThrow(expect.objectContaining({ code: 'SCHEME_NOT_RUNNABLE' }));
    const named = verdicts.flatMap(({ notYet }) => notYet.map((part) => part.split(':')[0]));
    expect(new Set(named)).toEqual(new Set(unsupportedParts(policy).map(({ path }) => path)));
  });

  test('tell a field from a value of it, and name the place', () => {
    const verdicts = fieldVerdicts(scheme('five-kinds'));
    const of = (field: string) => verdicts.find((verdict) => verdict.field === field);
    expect(of('ranks.*.code')).toEqual({ field: 'ranks.*.code', runs: true, notYet: [] });
    expect(of('rankOrder')).toEqual({ field: 'rankOrder', runs: false, notYet: ['rankOrder: parallel'] });
    expect(of('measures.*.group')).toEqual({ field: 'measures.*.group', runs: false, notYet: ['measures'] });
    expect(verdicts.some(({ field }) => /clause|adopted|source|\.zh$/.test(field))).toBe(false);
  });
});

describe('quotations', () => {
  const policy = scheme('taizhou-training-class');
  const document = clausesOf(policy)
    .map(({ clause }) => clause)
    .join('\n');

  test('are found wherever the copy breaks its lines', () => {
    expect(clausesNotIn(policy, [document])).toEqual([]);
    expect(clausesNotIn(policy, ['', document.replaceAll('学', '\n 学 ')])).toEqual([]);
  });

  test('are missing when one character differs', () => {
    expect(clausesNotIn(policy, [document.replaceAll('56学时', '65学时')])).toContainEqual({
      path: 'training.hours',
      clause: '培训总学时为56学时。',
    });
    expect(clausesNotIn(policy, [])).toEqual(clausesOf(policy));
  });
});

describe('the figures of the documents', () => {
  test('1: five years, for certificate and re-evaluation', () => {
    const policy = scheme('xianyang-middle-school');
    expect(policy.certificate?.years).toBe(5);
    expect(stageOf(policy, 're_evaluation')).toMatchObject({ afterYears: 5, otherwise: 'rank_lost' });
    expect(policy.targets?.[0]).toMatchObject({ kind: 'share', overHalf: true, ageAtMost: 45 });
  });

  test('2: the conditions of two ranks; papers 1 national or 5 provincial', () => {
    const { ranks, period } = scheme('sangzhen-middle-school');
    expect(period).toMatchObject({ years: 3, about: true });
    const values = (code: string) => {
      const { minTitle, minDegree, maxAge, teachingYears } = ranks.find((rank) => rank.code === code)!.need!;
      return [minTitle, minDegree, maxAge, teachingYears].map((need) => need?.value);
    };
    expect(values('subject_leader')).toEqual(['first', 'bachelor', 45, 8]);
    expect(values('well_known')).toEqual(['senior', 'bachelor', 'unlimited', 10]);
    const papers = ranks.at(-1)!.need!.papers!.value;
    expect(papers.mode).toBe('any');
    expect(papers.counts.map(({ level, min }) => [level, min])).toEqual([
      ['nation', 1],
      ['province', 5],
    ]);
  });

  test('3, 4: ten measures; an observer and standards before the applications', () => {
    expect(scheme('ten-measures').measures).toHaveLength(10);
    const four = scheme('four-measures');
    expect(four.supervision?.observers).toBe(1);
    expect(four.stages.slice(0, 2).map(({ code }) => code)).toEqual(['standards_published', 'application']);
  });

  test('5: nine cells, a step up is one level or one class, six duties', () => {
    const policy = scheme('yunnan-three-levels');
    expect(policy.ranks).toHaveLength(9);
    expect(policy.ladder).toHaveLength(12);
    const cellOf = (code: string) => policy.ranks.find((rank) => rank.code === code)!.cell!;
    for (const { from, to } of policy.ladder!) {
      expect(isHigherRank(policy, to, from)).toBe(true);
      const [low, high] = [cellOf(from), cellOf(to)];
      expect(high.level + high.class - low.level - low.class).toBe(1);
    }
    expect(policy.duties).toHaveLength(6);
  });

  test('7, P8: no kind stands above another', () => {
    const policy = scheme('five-kinds');
    const codes = policy.ranks.map(({ code }) => code);
    expect(codes).toHaveLength(5);
    for (const left of codes)
      for (const right of codes) expect(isHigherRank(policy, left, right)).toBe(false);
    expect(policy.ladder ?? policy.quotas).toBeUndefined();
  });

  test('8: three instruments make the whole', () => {
    const { composite } = scheme('opinion-2024');
    expect(composite?.parts.map(({ stage, percent }) => [stage, percent])).toEqual([
      ['school_score', 40],
      ['ability_test', 30],
      ['lesson_observation', 30],
    ]);
  });

  test('10: persons, person-times, classes and schools are never one number', () => {
    const { training, ranks, stages } = scheme('city-centre-training');
    expect([ranks, stages]).toEqual([[], []]);
    const counts = training!.programmes!.flatMap(({ unit, result, counts: further = [] }) => [
      ...(result === undefined ? [] : [{ unit, number: result }]),
      ...further,
    ]);
    const of = (unit: string) => counts.filter((count) => count.unit === unit).map(({ number }) => number);
    expect(of('person')).toEqual([25, 50, 50, 3, 28]);
    expect(of('person_time')).toEqual([110, 750]);
    expect(of('class')).toEqual([11]);
    expect(of('school')).toEqual([21]);
    expect(training!.programmes!.filter(({ everyWeeks }) => everyWeeks === 2)).toHaveLength(2);
  });

  test('11: the parts of the targets add up; what 原则上 says is soft', () => {
    const policy = scheme('ganzhou-training');
    const targets = countTargets(policy);
    expect(targets.map(({ amount }) => amount.exact)).toEqual([300, 1000, 300, 10]);
    for (const { amount, parts } of targets)
      if (parts) expect(sum(parts.map(({ number }) => number))).toBe(amount.exact);
    const { cycle, provision } = policy.training!;
    expect([cycle!.hours, cycle!.years]).toEqual([360, 5]);
    expect([cycle!.newTeacherHours, cycle!.trainerHoursPerYear]).toEqual([
      expect.objectContaining({ value: 120, hard: true }),
      expect.objectContaining({ value: 72, hard: true }),
    ]);
    const soft = [
      cycle!.districtTrainingEveryYears,
      provision!.expertsPercent,
      provision!.frontlinePercent,
      provision!.resourcesPerSubject,
      provision!.followUpMonths,
    ];
    expect(soft.map((rule) => [rule!.value, rule!.hard])).toEqual([
      [3, false],
      [35, false],
      [50, false],
      [10, false],
      [3, false],
    ]);
    expect(policy.money!.budgets!.map(({ share }) => share)).toEqual([
      { numerator: 15, denominator: 1000 },
      { numerator: 5, denominator: 100 },
    ]);
  });

  test('12: two subjects of 80, nine cost items, a sealed exam whose result gives hours', () => {
    const policy = scheme('yangzhou-rural-training');
    expect(policy.training!.programmes!.map(({ planned, phases }) => [planned, phases!.length])).toEqual([
      [80, 2],
      [80, 2],
    ]);
    expect(policy.money!.costItems).toHaveLength(9);
    expect(stageOf(policy, 'training_exam')).toMatchObject({ form: 'open_book', sealed: true, inLine: true });
  });

  test('13: each printed rate fits its denominator of 135, and none fits the 158 of the text', () => {
    const { baseline = [], targets } = scheme('school-158');
    const percent = (part: number, whole: number) => Math.floor((200 * part + whole) / (2 * whole));
    const rates = baseline.filter(({ of }) => of);
    expect(rates.map(({ number, of, printed }) => [number, of!.number, printed!.numerator])).toEqual([
      [42, 135, 31],
      [131, 135, 97],
      [78, 135, 58],
    ]);
    for (const { number, of, printed } of rates) {
      expect(percent(number, of!.number)).toBe(printed!.numerator);
      expect(percent(number, 158)).not.toBe(printed!.numerator);
    }
    expect(baseline.find(({ code }) => code === 'staff')?.number).toBe(158);
    expect(targets?.map((target) => target.kind === 'count' && target.amount)).toEqual([
      { min: 30 },
      { min: 8 },
    ]);
  });

  test('14: the two plans ask for different things', () => {
    const duty = (id: string, code: string) => scheme(id).duties?.find((each) => each.code === code);
    expect(duty('school-reading-plan', 'monograph')?.amount).toEqual({ min: 1, max: 2 });
    expect(duty('school-126', 'monograph')?.amount).toEqual({ exact: 1 });
    expect(duty('school-reading-plan', 'open_lessons')).toMatchObject({ of: 'school', per: 'term' });
    expect(duty('school-126', 'open_lesson')).toMatchObject({ of: 'holder', per: 'school_year' });
    expect(duty('school-126', 'paper')).toMatchObject({ level: 'district', how: ['awarded'] });
    expect(scheme('school-126').training?.mentorship?.apprentices).toEqual({ min: 1, max: 2 });
  });

  test('15: quotas, ages by sex, degrees by stage, two clocks of assessment', () => {
    const policy = scheme('mazhang-district');
    expect(policy.quotas?.fixed?.map(({ schools, subjects, each }) => [schools, subjects, each])).toEqual([
      [['secondary'], undefined, 2],
      [['central_primary'], ['chinese', 'mathematics', 'english'], 2],
      [['primary'], ['chinese', 'mathematics', 'english'], 5],
    ]);
    for (const { need } of policy.ranks) {
      expect(need!.maxAge!.value).toEqual({ male: 50, female: 45 });
      expect(need!.minDegree!.value).toEqual({ primary: 'college', junior: 'college', senior: 'bachelor' });
    }
    expect(stageOf(policy, 'spot_check')?.every).toBe('school_year');
    expect(stageOf(policy, 'term_assessment')?.everyYears).toBe(2);
    expect(policy.duties?.filter(({ minCharacters }) => minCharacters === 500)).toHaveLength(1);
  });

  test('16: 56 hours, two works', () => {
    const { hours, assessment } = scheme('taizhou-training-class').training!;
    expect(hours?.total).toBe(56);
    expect(assessment?.parts?.flatMap(({ works = [] }) => works)).toHaveLength(2);
  });

  test('17, 18: targets by level; in 18 the goal of three years and the cycle of two are two clocks', () => {
    expect(countTargets(scheme('graded-goals')).map(({ amount }) => amount)).toEqual([
      { min: 6 },
      { min: 5 },
      { min: 3, max: 5 },
      { min: 1, max: 2 },
    ]);
    const policy = scheme('junior-two-year');
    expect(countTargets(policy).map(({ amount }) => amount.exact)).toEqual([3, 6, 12]);
    expect([policy.period?.years, policy.roundEveryYears?.value]).toEqual([3, 2]);
    expect(policy.duties?.find(({ code }) => code === 'output')?.how).toEqual([
      'awarded',
      'published',
      'exchanged',
    ]);
    expect(policy.annualReview?.effects.fail).toMatchObject({
      title: 'keep_to_cycle_end',
      barsNextRounds: 1,
    });
  });

  test('19: coverage, four tiers at 10 %, ten million in three years, eight indicators', () => {
    const policy = scheme('three-year-action-plan');
    const of = (kind: string) => policy.targets!.filter((target) => target.kind === kind);
    expect(of('coverage')).toEqual([
      expect.objectContaining({ each: 'school', minRank: 'district_subject_backbone', min: 1 }),
    ]);
    expect(of('share')[0]).toMatchObject({ percent: 10, ranks: policy.ranks.map(({ code }) => code) });
    expect([...new Set(policy.ranks.map(({ tier }) => tier))]).toEqual([1, 2, 3, 4]);
    expect(isHigherRank(policy, 'special_grade', 'full_senior')).toBe(false);
    const yuan = 100;
    const [threeYears, workstations] = policy.money!.budgets!;
    expect(sum(threeYears!.fenByYear!)).toBe(10_000_000 * yuan);
    expect(workstations!.fenPerYear).toBe(500_000 * yuan);
    expect(of('indicator')).toHaveLength(8);
    expect(policy.heads).toMatchObject({ termYears: 3, competitive: true, goals: true, exit: true });
    expect(countTargets(policy).map(({ amount }) => amount)).toEqual([
      { exact: 1 },
      { exact: 5 },
      { about: 100 },
      { exact: 20 },
      { min: 2, max: 3 },
    ]);
  });
});

test('a figure of the baseline has a code of its own, and is no more than what it is a share of', () => {
  const text = readFileSync('policies/school-158.yaml', 'utf8');
  const codes = (changed: string) => {
    try {
      parsePolicy(changed, 'school-158.yaml');
    } catch (error) {
      return (error as Refusal).faults?.map(({ at, code }) => [at.split(' ')[1], code]);
    }
    return [];
  };
  expect(codes(text)).toEqual([]);
  expect(codes(text.replace('number: 131', 'number: 136'))).toEqual([
    ['baseline.2', 'SCHEME_FRACTION_OVER_ONE'],
  ]);
  expect(codes(text.replace('code: studying_college', 'code: staff'))).toEqual([
    ['baseline.4.code', 'SCHEME_DUPLICATE_CODE'],
  ]);
});

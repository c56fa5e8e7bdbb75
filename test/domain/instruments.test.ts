import fc from 'fast-check';
import { compositeResult, evaluationResult, panelResult, refusePoints } from '../../domain/instruments.js';
import { refuseIfNotRunnable } from '../../domain/fields-read.js';
import type { InstrumentStage, Policy, StageCode } from '../../domain/policy.js';
import type { Refusal } from '../../domain/refusal.js';
import { parsePolicy } from '../../policies/schema.js';
import { mainScheme } from '../support/scheme-parts.js';

const stage = (fields: object = {}) =>
  ({ code: 'interview', maxPoints: 100, clause: '面试', ...fields }) as InstrumentStage;
const whole = (numerator: number) => ({ numerator, denominator: 1 });

describe('G3: points of a judge', () => {
  test.each([0, 1, 9999, 10_000])('%d hundredths are within 0 to 100 points', (hundredths) => {
    expect(() => refusePoints(stage(), hundredths)).not.toThrow();
  });
  test.each([-1, 10_001, 0.5])('%d hundredths are not', (hundredths) => {
    expect(() => refusePoints(stage(), hundredths)).toThrow(
      expect.objectContaining({ code: 'POINTS_OUT_OF_RANGE', rule: 'G3' }),
    );
  });
});

describe('G3: a panel’s result', () => {
  const points = [
    { judge: 'a', hundredths: 8000 },
    { judge: 'b', hundredths: 8500 },
    { judge: 'c', hundredths: 9000 },
  ];
  test('is the mean of those who judge; one who stands aside does not count', () => {
    expect(panelResult(stage(), ['a', 'b', 'c'], points).hundredths).toEqual({
      numerator: 25_500,
      denominator: 3,
    });
    expect(panelResult(stage(), ['a', 'b'], points).hundredths).toEqual({
      numerator: 16_500,
      denominator: 2,
    });
  });
  test('is missing while a judge has given nothing', () => {
    expect(panelResult(stage(), ['a', 'd'], points)).toMatchObject({
      hundredths: null,
      missing: ['d'],
      passed: null,
    });
  });
  test.each([
    [60, 6000, true],
    [60, 5999, false],
    [undefined, 0, true],
  ])('with %p points to pass, %d hundredths pass: %p', (passPoints, hundredths, passed) => {
    expect(panelResult(stage({ passPoints }), ['a'], [{ judge: 'a', hundredths }]).passed).toBe(passed);
  });
});

describe('G4: an evaluation by several parties', () => {
  const evaluated = stage({
    code: 'multi_party_evaluation',
    maxPoints: undefined,
    tooFewRespondents: 'spread_over_others',
    evaluators: [
      { who: 'peers', percent: 40, minRespondents: 10 },
      { who: 'students', percent: 30, minRespondents: 10 },
      { who: 'parents', percent: 30, minRespondents: 10 },
    ],
  });
  const counts = (parents: number) =>
    new Map([
      ['peers', [{ hundredths: 9000, respondents: 10 }]],
      [
        'students',
        [
          { hundredths: 8000, respondents: 5 },
          { hundredths: 10_000, respondents: 5 },
        ],
      ],
      ['parents', parents === 0 ? [] : [{ hundredths: 6000, respondents: parents }]],
    ]);

  test('is each group’s mean by its percent', () => {
    expect(evaluationResult(evaluated, counts(10)).hundredths).toEqual(whole(8100));
  });
  test.each([9, 0])('with %d respondents of ten, a group’s percent is spread over the others', (parents) => {
    const result = evaluationResult(evaluated, counts(parents));
    expect(result.hundredths).toEqual(whole(9000));
    expect(result.groups[2]).toEqual({ who: 'parents', respondents: parents, counted: false });
  });
  test('or there is no result, as the scheme says', () => {
    const strict = { ...evaluated, tooFewRespondents: 'no_result' } as const;
    expect(evaluationResult(strict, counts(9))).toMatchObject({
      hundredths: null,
      missing: [],
      passed: null,
    });
    expect(evaluationResult(strict, counts(10)).hundredths).toEqual(whole(8100));
  });
  test('is missing while a group has no counts, and nothing when nobody answered', () => {
    const partly = counts(10);
    partly.delete('students');
    expect(evaluationResult(evaluated, partly)).toMatchObject({ hundredths: null, missing: ['students'] });
    const nobody = new Map([...counts(10).keys()].map((who) => [who, []]));
    expect(evaluationResult(evaluated, nobody)).toMatchObject({ hundredths: null, missing: [] });
  });
  test('lies between the lowest and the highest points given', () => {
    const count = fc.record({
      hundredths: fc.integer({ min: 0, max: 10_000 }),
      respondents: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(fc.array(count, { minLength: 1 }), fc.array(count, { minLength: 1 }), (peers, students) => {
        const { hundredths } = evaluationResult(
          evaluated,
          new Map([
            ['peers', [...peers, { hundredths: peers[0]!.hundredths, respondents: 10 }]],
            ['students', students],
            ['parents', []],
          ]),
        );
        const given = [...peers, ...students].map((each) => each.hundredths);
        const value = hundredths!.numerator / hundredths!.denominator;
        expect(value).toBeGreaterThanOrEqual(Math.min(...given));
        expect(value).toBeLessThanOrEqual(Math.max(...given));
      }),
    );
  });
});

describe('G5: the composite', () => {
  const composite = {
    parts: [
      { stage: 'school_score', percent: 40 },
      { stage: 'ability_test', percent: 30 },
      { stage: 'lesson_observation', percent: 30 },
    ],
    missing: 'not_ranked',
    clause: '综合评价',
  } as const;
  const policy = {
    stages: [
      { code: 'school_score' },
      {
        code: 'multi_party_evaluation',
        evaluators: [],
        shareOf: { stage: 'school_score', percent: 30 },
      },
      { code: 'ability_test', maxPoints: 50 },
      { code: 'lesson_observation', maxPoints: 100 },
    ],
  } as unknown as Policy;
  const results = new Map<
    StageCode,
    { hundredths: { numerator: number; denominator: number } | null; max: number }
  >([
    ['school_score', { hundredths: whole(9000), max: 100 }],
    ['multi_party_evaluation', { hundredths: whole(8000), max: 100 }],
    ['ability_test', { hundredths: whole(4000), max: 50 }],
    ['lesson_observation', { hundredths: whole(7000), max: 100 }],
  ]);
  test('takes each part by its percent, and what is a share of a part within it', () => {
    // 0.4 · (0.7 · 90 + 0.3 · 80) + 0.3 · 80 + 0.3 · 70 = 34.8 + 24 + 21
    expect(compositeResult(policy, composite, results)).toEqual({ total: whole(7980), missing: [] });
  });
  test('has no total without a part, or counts it as nothing, as the scheme says', () => {
    const partly = new Map(results).set('ability_test', { hundredths: null, max: 50 });
    expect(compositeResult(policy, composite, partly)).toEqual({ total: null, missing: ['ability_test'] });
    expect(compositeResult(policy, { ...composite, missing: 'zero' }, partly).total).toEqual(whole(5580));
    const shareless = new Map(results).set('multi_party_evaluation', { hundredths: null, max: 100 });
    expect(compositeResult(policy, composite, shareless).missing).toEqual(['multi_party_evaluation']);
  });
});

describe('a scheme with these stages', () => {
  const withStage = (code: string, ...lines: string[]) =>
    parsePolicy(
      mainScheme()
        .replace(
          '  - code: leading_group_review\n',
          `${[`  - code: ${code}`, ...lines.map((line) => `    ${line}`), '    clause: 认真审核评议'].join('\n')}\n  - code: leading_group_review\n`,
        )
        .replace('    keeps:\n', `    keeps:\n      - ${code}\n`),
      'scheme.yaml',
    );
  const refused = (code: string, ...lines: string[]) => {
    try {
      refuseIfNotRunnable(withStage(code, ...lines));
    } catch (error) {
      return (error as Refusal).values!['parts'];
    }
    throw new Error('It was not refused.');
  };
  const evaluators =
    'evaluators: [{ who: peers, percent: 60, minRespondents: 10 }, { who: students, percent: 40 }]';
  const spread = 'tooFewRespondents: spread_over_others';

  test.each([
    ['ability_test', ['maxPoints: 100']],
    [
      'interview',
      ['maxPoints: 50', 'judges: 5', 'passPoints: 30', 'by: experts', 'groupBy: [rank, subject]'],
    ],
    ['lesson_observation', ['maxPoints: 100', 'judges: 3', 'groupBy: [school]']],
    ['multi_party_evaluation', [evaluators, spread]],
    ['multi_party_evaluation', [evaluators, spread, 'by: school', 'groupBy: [school]']],
    ['democratic_appraisal', [evaluators, 'tooFewRespondents: no_result', 'passPoints: 60', 'by: office']],
    ['integrity_opinion', ['by: discipline_inspection']],
  ])('%s can run with %j', (code, lines) => {
    expect(() => refuseIfNotRunnable(withStage(code, ...lines))).not.toThrow();
  });

  test.each([
    ['ability_test', [], ['ability_test.maxPoints']],
    ['interview', ['maxPoints: 50', spread], [expect.stringMatching(/tooFewRespondents/)]],
    ['multi_party_evaluation', [], ['multi_party_evaluation.evaluators']],
    ['multi_party_evaluation', [evaluators], ['multi_party_evaluation.tooFewRespondents']],
    ['democratic_appraisal', [evaluators, spread, 'judges: 3'], [expect.stringMatching(/judges: 3$/)]],
    ['democratic_appraisal', [evaluators, spread, 'by: school'], [expect.stringMatching(/by: school$/)]],
    [
      'multi_party_evaluation',
      [evaluators, spread, 'shareOf: { stage: school_score, percent: 30 }'],
      ['composite'],
    ],
    ['integrity_opinion', [], ['integrity_opinion.by']],
    ['integrity_opinion', ['by: party_group', 'passPoints: 60'], [expect.stringMatching(/passPoints: 60$/)]],
    ['integrity_opinion', ['by: parents'], [expect.stringMatching(/by: parents$/)]],
  ])('%s cannot with %j', (code, lines, parts) => {
    expect(refused(code, ...lines)).toEqual(parts);
  });
});

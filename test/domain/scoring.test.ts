import fc from 'fast-check';
import type { EvidenceFact } from '../../domain/eligibility.js';
import type { ScoreSheet } from '../../domain/policy.js';
import { Refusal } from '../../domain/refusal.js';
import { fillSheet, rankByScore, refuseScore, showPoints, type JudgeScore } from '../../domain/scoring.js';

const sheet: ScoreSheet = {
  judges: 3,
  tieBreak: ['counted_points', 'rural_post', 'teaching_years'],
  passPoints: 30,
  clause: '综合评定',
  items: [
    { code: 'skill', zh: '教学基本功', en: 'Skill', max: 20, judged: true, clause: '教学基本功' },
    { code: 'ethics', zh: '师德', en: 'Ethics', max: 15, judged: true, clause: '师德高尚' },
    {
      code: 'contests',
      zh: '竞赛',
      en: 'Contests',
      max: 15,
      judged: false,
      kinds: ['classroom_contest'],
      withinSchoolYears: 5,
      highestOnly: true,
      points: [
        { level: 'city', prize: 'first', points: 10 },
        { level: 'district', prize: 'first', points: 7 },
        { level: 'district', prize: 'third', points: 3 },
      ],
      clause: '教学竞赛',
    },
    {
      code: 'research',
      zh: '论文',
      en: 'Papers',
      max: 10,
      judged: false,
      kinds: ['paper'],
      highestOnly: false,
      points: [
        { level: 'province', points: 6 },
        { level: 'district', points: 3 },
      ],
      clause: '教育科研能力',
    },
  ],
};

const judges = ['j1', 'j2', 'j3'];

function piece(id: string, facts: Partial<EvidenceFact>): EvidenceFact {
  return {
    id,
    version: 1,
    kind: 'paper',
    level: 'district',
    prize: null,
    how: null,
    date: '2024-03-01',
    title: id,
    verified: true,
    usedForEntry: false,
    ...facts,
  };
}

function scoresOf(item: string, ...hundredths: number[]): JudgeScore[] {
  return hundredths.map((value, index) => ({ judge: judges[index] ?? 'stranger', item, hundredths: value }));
}

const allScores = [...scoresOf('skill', 1800, 1700, 1750), ...scoresOf('ethics', 1500, 1400, 1450)];

function fill(scores: readonly JudgeScore[], evidence: readonly EvidenceFact[] = [], who = judges) {
  return fillSheet({ sheet, judges: who, scores, evidence, cutOff: '2025-08-31', on: '2025-09-20' });
}

function codeOfRefusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'none';
}

describe('K3: one score', () => {
  test.each([
    ['skill', 0, 'none'],
    ['skill', 2000, 'none'],
    ['skill', 2001, 'SCORE_OUT_OF_RANGE'],
    ['skill', -1, 'SCORE_OUT_OF_RANGE'],
    ['skill', 850.5, 'SCORE_OUT_OF_RANGE'],
    ['skill', Number.NaN, 'SCORE_OUT_OF_RANGE'],
    ['contests', 100, 'SCORE_ITEM_COUNTED'],
    ['beauty', 100, 'SCORE_ITEM_UNKNOWN'],
  ])('%s with %d hundredths: %s', (item, hundredths, code) => {
    expect(codeOfRefusal(() => refuseScore(sheet, { judge: 'j1', item, hundredths }))).toBe(code);
  });
});

describe('K4, K5: the sheet', () => {
  test('takes the exact mean of the judges and adds the counted items', () => {
    const result = fill(
      [...scoresOf('skill', 1800, 1700, 1751), ...scoresOf('ethics', 1500, 1400, 1450)],
      [piece('prize', { kind: 'classroom_contest', level: 'city', prize: 'first' })],
    );
    expect(result.total).toEqual({ numerator: 5251 + 4350 + 3 * 1000, denominator: 3 });
    expect(result.countedHundredths).toBe(1000);
    expect(result.missing).toEqual([]);
  });

  test('shows which scores are missing and has no total till then', () => {
    const result = fill(allScores.filter(({ judge, item }) => !(judge === 'j2' && item === 'ethics')));
    expect(result).toMatchObject({ total: null, passed: null, missing: [{ judge: 'j2', item: 'ethics' }] });
    expect(result.items.map(({ hundredths }) => hundredths === null)).toEqual([false, true, false, false]);
  });

  test('only the best prize counts where the sheet says so, by the best row that it reaches', () => {
    const contests = (...evidence: EvidenceFact[]) => fill(allScores, evidence).items[2];
    const prize = (id: string, facts: Partial<EvidenceFact>) =>
      piece(id, { kind: 'classroom_contest', ...facts });
    expect(contests(prize('a', { prize: 'third' }), prize('b', { prize: 'first' }))).toEqual({
      item: 'contests',
      max: 15,
      hundredths: { numerator: 700, denominator: 1 },
      pieces: [
        { evidence: 'b', points: 7, counted: true },
        { evidence: 'a', points: 3, counted: false },
      ],
    });
    const pointsOf = (facts: Partial<EvidenceFact>) => contests(prize('a', facts))?.hundredths?.numerator;
    expect(pointsOf({ level: 'nation', prize: 'special' })).toBe(1000);
    expect(pointsOf({ level: 'nation', prize: 'second' })).toBe(300);
    expect(pointsOf({ prize: 'merit' })).toBe(0);
    expect(pointsOf({ prize: null })).toBe(0);
    expect(pointsOf({ prize: 'first', verified: false })).toBe(0);
    expect(pointsOf({ prize: 'first', date: '2020-09-01' })).toBe(700);
    expect(pointsOf({ prize: 'first', date: '2020-08-31' })).toBe(0);
  });

  test('adds up papers to the cap', () => {
    const research = (count: number) =>
      fill(
        allScores,
        Array.from({ length: count }, (_, index) => piece(`p${index}`, { level: 'district' })),
      ).items[3]?.hundredths?.numerator;
    expect([0, 1, 3, 4].map(research)).toEqual([0, 300, 900, 1000]);
  });

  test('knows whether the least total is reached, exactly at the line too', () => {
    const at = (last: number) =>
      fill([...scoresOf('skill', 1500, 1500, last), ...scoresOf('ethics', 1500, 1500, 1500)]).passed;
    expect([at(1500), at(1499)]).toEqual([true, false]);
  });

  test.each([
    ['TOO_FEW_JUDGES', () => fill([], [], ['j1', 'j2', 'j2'])],
    ['SCORE_BY_STRANGER', () => fill([{ judge: 'x', item: 'skill', hundredths: 1 }])],
    ['SCORE_TWICE', () => fill([...allScores, { judge: 'j1', item: 'skill', hundredths: 1 }])],
    ['SCORE_OUT_OF_RANGE', () => fill(scoresOf('skill', 9999))],
  ])('%s', (code, action) => {
    expect(codeOfRefusal(action)).toBe(code);
  });
});

describe('K6: the order', () => {
  const candidate = (id: string, total: [number, number] | null, keys: number[] = [0, 0, 0]) => ({
    id,
    total: total && { numerator: total[0], denominator: total[1] },
    keys: { counted_points: keys[0] ?? 0, rural_post: keys[1] ?? 0, teaching_years: keys[2] ?? 0 },
  });

  test('is by the exact total, then by the published keys, and says which key decided', () => {
    const ranking = rankByScore(
      [
        candidate('a', [25000, 3], [5, 0, 9]),
        candidate('b', [25001, 3]),
        candidate('c', [50000, 6], [5, 1, 1]),
        candidate('d', [25000, 3], [7, 0, 0]),
      ],
      sheet.tieBreak,
    );
    expect(ranking.places.map(({ id, place, decidedBy }) => [id, place, decidedBy])).toEqual([
      ['b', 1, null],
      ['d', 2, null],
      ['c', 3, 'counted_points'],
      ['a', 4, 'rural_post'],
    ]);
  });

  test('equals in everything share a place, and the next one is left out', () => {
    const ranking = rankByScore(
      [candidate('c', [1, 1]), candidate('b', [2, 1]), candidate('a', [2, 1])],
      sheet.tieBreak,
    );
    expect(ranking.places.map(({ id, place, shared }) => [id, place, shared])).toEqual([
      ['a', 1, true],
      ['b', 1, true],
      ['c', 3, false],
    ]);
  });

  test('who has no total is not ranked', () => {
    const ranking = rankByScore([candidate('a', null), candidate('b', [1, 1])], sheet.tieBreak);
    expect(ranking).toMatchObject({ places: [{ id: 'b', place: 1 }], unranked: ['a'] });
  });

  test('a key without a value is an error, not a zero', () => {
    expect(() =>
      rankByScore([{ id: 'a', total: { numerator: 1, denominator: 1 }, keys: {} }], sheet.tieBreak),
    ).toThrow(RangeError);
  });

  test('does not depend on the order of the input', () => {
    const candidates = fc.uniqueArray(
      fc.record({ id: fc.string({ minLength: 1 }), total: fc.integer({ min: 0, max: 5 }), key: fc.nat(2) }),
      { selector: ({ id }) => id, maxLength: 12 },
    );
    fc.assert(
      fc.property(candidates, fc.infiniteStream(fc.nat()), (list, random) => {
        const scored = list.map(({ id, total, key }) => candidate(id, [total, 3], [key, 0, 0]));
        const shuffled = scored
          .map((value) => ({ value, at: random.next().value as number }))
          .toSorted((left, right) => left.at - right.at)
          .map(({ value }) => value);
        expect(rankByScore(shuffled, sheet.tieBreak)).toEqual(rankByScore(scored, sheet.tieBreak));
      }),
    );
  });
});

test.each([
  [25000, 3, '83.33'],
  [25001, 2, '125.01'],
  [5, 1, '0.05'],
  [0, 3, '0.00'],
  [10000, 1, '100.00'],
])('%d/%d hundredths are shown as %s points', (numerator, denominator, shown) => {
  expect(showPoints({ numerator, denominator })).toBe(shown);
});

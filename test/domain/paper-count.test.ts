import fc from 'fast-check';
import { canonicalCode, makeCode } from '../../ballot/codes.js';
import {
  ballotsOf,
  checkSheet,
  sheetDifferences,
  type CountSheet,
  type ReadPaper,
} from '../../domain/paper-count.js';
import { count, type Tally } from '../../domain/vote.js';
import { resultsOf } from '../../domain/vote-record.js';

const candidates = ['甲', '乙', '丙'];
const paper = (...names: string[]): ReadPaper => ({ names, spoiled: false });
const spoiled = (...names: string[]): ReadPaper => ({ names, spoiled: true });
const sheet = (papers: ReadPaper[], notReturned = 0): CountSheet => ({
  returned: papers.length,
  notReturned,
  papers,
});

describe('one sheet', () => {
  test('V7: issued = valid + void + not returned', () => {
    const three = sheet([paper('甲'), spoiled(), paper()], 2);
    expect(() => checkSheet(three, { issued: 5, candidates })).not.toThrow();
    expect(() => checkSheet(three, { issued: 6, candidates })).toThrow(
      expect.objectContaining({
        code: 'SHEET_NOT_BALANCED',
        rule: 'V7',
        values: { issued: 6, returned: 3, notReturned: 2 },
      }),
    );
    expect(() => checkSheet({ ...three, returned: 4, notReturned: 1 }, { issued: 5, candidates })).toThrow(
      expect.objectContaining({ code: 'SHEET_PAPERS', values: { papers: 3, expected: 4 } }),
    );
    // All came back, none came back.
    expect(() => checkSheet(sheet([paper('甲'), paper('甲')]), { issued: 2, candidates })).not.toThrow();
    expect(() => checkSheet(sheet([], 2), { issued: 2, candidates })).not.toThrow();
  });

  test('V13: more papers than were issued are not read', () => {
    const more = { returned: 3, notReturned: 0, papers: [] };
    expect(() => checkSheet(more, { issued: 2, candidates })).not.toThrow();
    expect(() => checkSheet({ ...more, notReturned: 1 }, { issued: 2, candidates })).toThrow(
      expect.objectContaining({ code: 'SHEET_NOT_BALANCED' }),
    );
    expect(() => checkSheet({ ...more, papers: [paper('甲')] }, { issued: 2, candidates })).toThrow(
      expect.objectContaining({ code: 'SHEET_PAPERS', values: { papers: 1, expected: 0 } }),
    );
    expect(ballotsOf(more)).toEqual([[], [], []]);
  });

  test('V12: a mark beside nobody on the list is not typed as a name', () => {
    expect(() => checkSheet(sheet([paper('甲'), paper('丁')]), { issued: 2, candidates })).toThrow(
      expect.objectContaining({
        code: 'SHEET_UNKNOWN_NAME',
        faults: [{ at: 'papers.1', code: 'SHEET_UNKNOWN_NAME', values: { paper: 2 } }],
      }),
    );
  });
});

describe('two sheets', () => {
  test('V7: every difference by paper, candidate and figure', () => {
    const first = sheet([paper('甲', '乙'), paper('丙'), spoiled()]);
    expect(sheetDifferences(first, sheet([paper('乙', '甲'), paper('丙'), spoiled()]), candidates)).toEqual(
      [],
    );
    expect(sheetDifferences(first, sheet([paper('甲'), paper('丙'), paper()]), candidates)).toEqual([
      { paper: 1, first: paper('甲', '乙'), second: paper('甲') },
      { paper: 3, first: spoiled(), second: paper() },
      { candidate: '乙', first: 1, second: 0 },
    ]);
    expect(sheetDifferences(first, sheet([paper('甲', '乙'), paper('丙')], 1), candidates)).toEqual([
      { figure: 'returned', first: 3, second: 2 },
      { figure: 'notReturned', first: 0, second: 1 },
      { paper: 3, first: spoiled(), second: null },
    ]);
    // The same totals from other papers are a difference all the same.
    expect(
      sheetDifferences(sheet([paper('甲'), paper('乙')]), sheet([paper('乙'), paper('甲')]), candidates),
    ).toHaveLength(2);
  });

  test('no sheet differs from itself, and a difference does not depend on who is first', () => {
    const papers = fc.array(fc.record({ names: fc.subarray(candidates), spoiled: fc.boolean() }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(papers, papers, (left, right) => {
        const [one, other] = [sheet(left), sheet(right)];
        expect(sheetDifferences(one, structuredClone(one), candidates)).toEqual([]);
        expect(sheetDifferences(one, other, candidates)).toHaveLength(
          sheetDifferences(other, one, candidates).length,
        );
      }),
    );
  });
});

const rules = {
  quorum: { numerator: 2, denominator: 3 },
  pass: 'over_half',
  minDifferential: { percent: 20, min: 1 },
  tieReballots: 1,
  supplementaryRounds: 1,
  tieBreak: [],
  recusalScope: 'ballot_group',
} as const;

test('V12, V14: the count of papers is that of ballots; spoiled papers and those with too many names are void', () => {
  const typed = sheet([paper('甲'), paper('甲'), paper('甲', '乙'), spoiled('甲'), paper()], 2);
  const tally = count({
    round: 'first',
    members: 7,
    voters: 7,
    issued: 7,
    ballots: ballotsOf(typed),
    candidates,
    seats: 1,
    rules: { ...rules, supplementaryRounds: 0 },
    tieBreakValues: {},
  }) as Tally;
  expect(tally).toMatchObject({ returned: 5, valid: 3, blank: 1, invalid: 2, elected: [], vacant: 1 });
  expect(tally.votes).toEqual({ 甲: 2, 乙: 0, 丙: 0 });
  expect(tally.valid + tally.invalid + typed.notReturned).toBe(tally.issued);
});

test('V19: the record lists the elected, the tied, the reserve and the others, each by votes', () => {
  const tally = {
    votes: { 甲: 2, 乙: 5, 丙: 4, 丁: 4 },
    elected: ['乙'],
    tied: null,
    reserve: [
      { candidate: '丁', place: 1 },
      { candidate: '丙', place: 2 },
    ],
    supplementary: null,
  } as unknown as Tally;
  expect(resultsOf(tally, ['甲', '乙', '丙', '丁'])).toEqual([
    { applicationId: '乙', votes: 5, result: 'elected', place: null },
    { applicationId: '丁', votes: 4, result: 'reserve', place: 1 },
    { applicationId: '丙', votes: 4, result: 'reserve', place: 2 },
    { applicationId: '甲', votes: 2, result: 'not_elected', place: null },
  ]);
});

test('V2, V19: with voters of its own each candidate stands by its ratio', () => {
  const figures = { issued: 0, returned: 0, valid: 0, blank: 0, invalid: 0 };
  const tally = {
    voters: 9,
    votes: { 甲: 5, 乙: 4 },
    byCandidate: { 甲: { voters: 9, ...figures }, 乙: { voters: 7, ...figures } },
    elected: ['甲', '乙'],
    tied: null,
    reserve: [],
    supplementary: null,
  } as unknown as Tally;
  // 4/7 is more than 5/9.
  expect(resultsOf(tally, ['甲', '乙']).map(({ applicationId }) => applicationId)).toEqual(['乙', '甲']);
});

describe('codes', () => {
  test('V6: a code has one spelling, however it is typed from the slip', () => {
    const code = makeCode();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    const plain = code.replaceAll('-', '');
    for (const typed of [code, plain, code.toLowerCase(), ` ${code.replaceAll('-', ' ')} `])
      expect(canonicalCode(typed)).toBe(plain);
    expect(canonicalCode('oil0-0000-0000')).toBe('011000000000');
    for (const wrong of ['', 'K7QD-03ZM-X9T', 'K7QD-03ZM-X9TBB', 'K7QD-03ZM-X9TU', '甲甲甲甲-0000-0000'])
      expect(canonicalCode(wrong)).toBeNull();
  });

  test('no two of ten thousand are the same', () => {
    expect(new Set(Array.from({ length: 10_000 }, makeCode)).size).toBe(10_000);
  });
});

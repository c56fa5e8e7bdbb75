import fc from 'fast-check';
import { canonicalCode, makeCode } from '../../ballot/codes.js';
import {
  checkSheet,
  papersOn,
  sheetDifferences,
  sheetOf,
  type CountSheet,
  type ReadPaper,
  type TypedPapers,
} from '../../domain/paper-count.js';
import { count, countByCandidate, sortPapers, type Count, type Tally } from '../../domain/vote.js';
import { resultsOf } from '../../domain/vote-record.js';

const candidates = ['甲', '乙', '丙'];
const paper = (...names: string[]): ReadPaper => ({ names, spoiled: false });
const spoiled = (...names: string[]): ReadPaper => ({ names, spoiled: true });
const sheet = (papers: ReadPaper[], notReturned = 0): CountSheet => ({
  returned: papers.length,
  notReturned,
  papers,
});
const namesOn = (typed: CountSheet) => papersOn(typed).map(({ names }) => names);

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
    expect(namesOn(more)).toEqual([[], [], []]);
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
    ballots: namesOn(typed),
    candidates,
    seats: 1,
    rules: { ...rules, supplementaryRounds: 0 },
    tieBreakValues: {},
  }) as Tally;
  expect(tally).toMatchObject({ returned: 5, valid: 3, blank: 1, invalid: 2, elected: [], vacant: 1 });
  expect(tally.votes).toEqual({ 甲: 2, 乙: 0, 丙: 0 });
  expect(tally.valid + tally.invalid + typed.notReturned).toBe(tally.issued);
});

describe('V2: papers of each candidate', () => {
  const [a, b] = ['甲', '乙'];
  // Of seven members one is recused from 乙.
  const electorates = [
    { candidate: a!, voters: 7, issued: 7 },
    { candidate: b!, voters: 6, issued: 6 },
  ];
  const vote = { issued: 7, candidates: [a!, b!], electorates };
  const papersOf = (candidate: string, yes: number, blank: number, void_ = 0, notReturned = 0) => ({
    returned: yes + blank + void_,
    notReturned,
    papers: [
      ...Array.from({ length: yes }, () => paper(candidate)),
      ...Array.from({ length: blank }, () => paper()),
      ...Array.from({ length: void_ }, () => spoiled()),
    ],
  });
  const byCandidate = (ofA: TypedPapers, ofB: TypedPapers) =>
    sheetOf({ byCandidate: { [a!]: ofA, [b!]: ofB } }, 'candidate');
  const whole = byCandidate(papersOf(a!, 4, 3), papersOf(b!, 3, 1, 1, 1));
  const refusalOf = (typed: CountSheet) => {
    try {
      checkSheet(typed, vote);
    } catch (error) {
      return error;
    }
    return null;
  };

  test('a sheet has the form of its vote and the sums of all candidates', () => {
    expect(whole).toMatchObject({ returned: 12, notReturned: 1, papers: [] });
    const ofGroup = sheet([paper(a!)]);
    expect(sheetOf(ofGroup, 'ballot_group')).toEqual(ofGroup);
    const ofEach = { byCandidate: whole.byCandidate! };
    const wrong = [
      [ofGroup, 'candidate'],
      [ofEach, 'ballot_group'],
      [{ ...ofEach, returned: 12 }, 'candidate'],
      [{ ...ofGroup, ...ofEach }, 'ballot_group'],
      [{ returned: 1, papers: [] }, 'ballot_group'],
      [{}, 'candidate'],
    ] as const;
    for (const [typed, scope] of wrong)
      expect(() => sheetOf(typed, scope)).toThrow(
        expect.objectContaining({ code: 'SHEET_FORM', values: { scope } }),
      );
  });

  test('V7: the papers of each candidate balance by themselves, and every fault says whose they are', () => {
    expect(refusalOf(whole)).toBeNull();
    // All of them back, none of them back.
    expect(refusalOf(byCandidate(papersOf(a!, 7, 0), papersOf(b!, 0, 6)))).toBeNull();
    expect(refusalOf(byCandidate(papersOf(a!, 0, 0, 0, 7), papersOf(b!, 0, 0, 0, 6)))).toBeNull();
    // Thirteen together, and yet one too few of 甲 and one too many not returned of 乙.
    expect(refusalOf(byCandidate(papersOf(a!, 4, 2), papersOf(b!, 3, 2, 0, 2)))).toMatchObject({
      code: 'SHEET_OF_CANDIDATE',
      rule: 'V7',
      values: { candidates: [a, b] },
      faults: [
        {
          at: `byCandidate.${a}.returned`,
          code: 'SHEET_NOT_BALANCED',
          values: { issued: 7, returned: 6, notReturned: 0 },
        },
        { at: `byCandidate.${b}.returned`, code: 'SHEET_NOT_BALANCED' },
      ],
    });
    expect(
      refusalOf(byCandidate({ ...papersOf(a!, 4, 3), returned: 7, papers: [] }, papersOf(b!, 6, 0))),
    ).toMatchObject({
      faults: [{ at: `byCandidate.${a}.papers`, code: 'SHEET_PAPERS', values: { papers: 0, expected: 7 } }],
    });
  });

  test('V12: a paper names its candidate or nobody', () => {
    const mixed = papersOf(b!, 5, 0);
    const other = { ...mixed, returned: 6, papers: [...mixed.papers, paper(b!, a!)] };
    expect(refusalOf(byCandidate(papersOf(a!, 7, 0), other))).toMatchObject({
      values: { candidates: [b] },
      faults: [{ at: `byCandidate.${b}.papers.5`, code: 'SHEET_UNKNOWN_NAME', values: { paper: 6 } }],
    });
  });

  test('the sheet is of exactly the candidates of the list', () => {
    const ofA = sheetOf({ byCandidate: { [a!]: papersOf(a!, 7, 0), 丙: papersOf('丙', 6, 0) } }, 'candidate');
    expect(refusalOf(ofA)).toMatchObject({
      code: 'SHEET_CANDIDATES',
      values: { missing: [b], unknown: ['丙'] },
    });
    expect(refusalOf(sheet([paper(a!)]))).toMatchObject({ values: { missing: [a, b], unknown: [] } });
  });

  test('V13: too many papers of one candidate void the vote: no paper of any is typed', () => {
    const over = { returned: 7, notReturned: 0, papers: [] };
    const unread = { returned: 6, notReturned: 1, papers: [] };
    const void_ = byCandidate(unread, over);
    expect(refusalOf(void_)).toBeNull();
    expect(refusalOf(byCandidate(papersOf(a!, 7, 0), over))).toMatchObject({
      faults: [{ at: `byCandidate.${a}.papers`, code: 'SHEET_PAPERS', values: { papers: 7, expected: 0 } }],
    });
    // One fewer is what went out: those are read.
    expect(refusalOf(byCandidate(unread, { ...over, returned: 6 }))).toMatchObject({
      values: { candidates: [a, b] },
    });
    expect(counted(void_)).toEqual({ void: true, issued: 6, returned: 7, candidate: b });
  });

  test('V7: two sheets differ by candidate and paper, figure, and votes', () => {
    const candidates = vote.candidates;
    expect(sheetDifferences(whole, structuredClone(whole), candidates)).toEqual([]);
    const second = byCandidate(papersOf(a!, 4, 2, 1), papersOf(b!, 3, 1, 2));
    expect(sheetDifferences(whole, second, candidates)).toEqual([
      { candidate: a, paper: 7, first: paper(), second: spoiled() },
      { candidate: b, figure: 'returned', first: 5, second: 6 },
      { candidate: b, figure: 'notReturned', first: 1, second: 0 },
      { candidate: b, paper: 6, first: null, second: spoiled() },
    ]);
    // The same sums of all candidates are no agreement.
    const swapped = byCandidate(papersOf(a!, 3, 4), papersOf(b!, 4, 0, 1, 1));
    expect(sheetDifferences(whole, swapped, candidates)).toEqual([
      { candidate: a, paper: 4, first: paper(a!), second: paper() },
      { candidate: a, first: 4, second: 3 },
      { candidate: b, paper: 4, first: paper(), second: paper(b!) },
      { candidate: b, first: 3, second: 4 },
    ]);
    expect(sheetDifferences(whole, sheet([paper(a!)]), candidates)).not.toEqual([]);
  });

  test('V2, V14: they are counted as sealed papers are, each candidate by its own voters', () => {
    // 3 of 6 is not more than half; 4 of 7 is.
    const tally = counted(whole) as Tally;
    expect(tally).toMatchObject({
      votes: { [a!]: 4, [b!]: 3 },
      elected: [a],
      byCandidate: {
        [a!]: { voters: 7, issued: 7, returned: 7, valid: 7, blank: 3, invalid: 0 },
        [b!]: { voters: 6, issued: 6, returned: 5, valid: 4, blank: 1, invalid: 1 },
      },
    });
    expect(tally.valid + tally.invalid + whole.notReturned).toBe(tally.issued);
    const more = counted(byCandidate(papersOf(a!, 4, 3), papersOf(b!, 4, 2))) as Tally;
    expect(more.elected).toEqual([b]);
  });

  function counted(typed: CountSheet): Count {
    return countByCandidate({
      round: 'first',
      members: 7,
      voters: 7,
      papers: sortPapers(electorates, papersOn(typed)),
      seats: 1,
      rules: { ...rules, recusalScope: 'candidate' },
      tieBreakValues: {},
    });
  }
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

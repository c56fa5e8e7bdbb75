import fc from 'fast-check';
import {
  checkOpen,
  count,
  differentialRequired,
  mergeRounds,
  passes,
  quorumNeeded,
  quorumReached,
  type CountingRules,
  type HeldRound,
  type NextRound,
  type Tally,
  type VoidVote,
} from '../../domain/vote.js';
import { calendarQuotaVoteRefusals, voteWarnings } from '../../texts/refusals-calendar-quota-vote.js';

const rules: CountingRules = {
  quorum: { numerator: 2, denominator: 3 },
  pass: 'over_half',
  minDifferential: { percent: 20, min: 1 },
  tieReballots: 1,
  supplementaryRounds: 1,
  tieBreak: ['school_score', 'teaching_years'],
  recusalScope: 'ballot_group',
};
const refused = (code: keyof typeof calendarQuotaVoteRefusals, values: object = {}) =>
  expect.objectContaining({ code, values: expect.objectContaining(values) });

/** Papers that give each candidate so many votes, one name on each. */
const papers = (votes: Record<string, number>) =>
  Object.entries(votes).flatMap(([candidate, number]) => Array.from({ length: number }, () => [candidate]));

/** The votes spread evenly over the papers of so many voters, no name twice on one. */
function spread(voters: number, votes: Record<string, number>): string[][] {
  const names = Object.entries(votes).flatMap(([candidate, number]) => Array<string>(number).fill(candidate));
  return Array.from({ length: voters }, (_, paper) =>
    names.filter((_name, index) => index % voters === paper),
  );
}

type CountInput = Parameters<typeof count>[0];

function input(
  given: Partial<CountInput> & Pick<CountInput, 'ballots' | 'candidates' | 'seats'>,
): CountInput {
  const voters = given.voters ?? 11;
  return { round: 'first', members: 11, voters, issued: voters, rules, tieBreakValues: values({}), ...given };
}

/** Tie-break values: 0 for every candidate that is not named. */
function values(given: Record<string, { school_score?: number; teaching_years?: number }>) {
  const all = 'abcdefgh'
    .split('')
    .map((candidate) => [candidate, { school_score: 0, teaching_years: 0, ...given[candidate] }]);
  return Object.fromEntries(all) as CountInput['tieBreakValues'];
}

function tally(given: CountInput): Tally {
  const result = count(given);
  if (result.void) throw new Error('the vote is void');
  return result;
}

describe('2.3: thresholds', () => {
  test.each([
    [5, 3, 4, 4],
    [6, 4, 4, 4],
    [7, 4, 5, 5],
    [9, 5, 6, 6],
    [10, 6, 7, 7],
    [11, 6, 8, 8],
    [13, 7, 9, 9],
    [15, 8, 10, 10],
    [17, 9, 12, 12],
  ])('of %d: over half %d, two thirds %d, quorum %d', (number, overHalf, twoThirds, quorum) => {
    expect(passes(overHalf, number, 'over_half')).toBe(true);
    expect(passes(overHalf - 1, number, 'over_half')).toBe(false);
    expect(passes(twoThirds, number, 'two_thirds')).toBe(true);
    expect(passes(twoThirds - 1, number, 'two_thirds')).toBe(false);
    expect(quorumNeeded(number, rules.quorum)).toBe(quorum);
    expect(quorumReached(quorum, number, rules.quorum)).toBe(true);
    expect(quorumReached(quorum - 1, number, rules.quorum)).toBe(false);
  });

  test.each([
    [1, 1],
    [5, 1],
    [6, 2],
    [10, 2],
    [11, 3],
  ])('%d seats need %d candidates more', (seats, required) => {
    expect(differentialRequired(seats, rules)).toBe(required);
  });

  test('the scheme can ask for more', () => {
    expect(differentialRequired(4, { minDifferential: { percent: 50, min: 1 } })).toBe(2);
    expect(differentialRequired(4, { minDifferential: { percent: 20, min: 3 } })).toBe(3);
  });
});

describe('opening a ballot', () => {
  const opening = {
    round: 'first' as const,
    members: 11,
    present: 10,
    recused: 2,
    candidates: ['a', 'b', 'c'],
    seats: 2,
    rules,
  };

  test('opens with a quorum and a differential', () => {
    expect(checkOpen(opening)).toEqual({ voters: 8, warnings: [] });
  });

  test('V4: recused members do not count towards the quorum', () => {
    expect(() => checkOpen({ ...opening, recused: 3 })).toThrow(
      refused('VOTE_NO_QUORUM', { members: 11, voters: 7, required: 8 }),
    );
  });

  test('too few candidates need a written decision', () => {
    const equalNumber = { ...opening, candidates: ['a', 'b'] };
    const notDifferential = refused('VOTE_NOT_DIFFERENTIAL', { candidates: 2, seats: 2, required: 3 });
    expect(() => checkOpen(equalNumber)).toThrow(notDifferential);
    expect(() => checkOpen({ ...equalNumber, equalNumberDecision: ' ' })).toThrow(notDifferential);
    expect(() => checkOpen({ ...equalNumber, round: 'supplementary' })).toThrow(notDifferential);
    expect(checkOpen({ ...equalNumber, equalNumberDecision: '青师培〔2026〕3号' }).voters).toBe(8);
  });

  test('six seats need two candidates more', () => {
    const seven = { ...opening, candidates: 'abcdefg'.split(''), seats: 6 };
    expect(() => checkOpen(seven)).toThrow(refused('VOTE_NOT_DIFFERENTIAL', { required: 8 }));
    expect(checkOpen({ ...seven, candidates: 'abcdefgh'.split('') }).voters).toBe(8);
  });

  test('a re-ballot needs no differential of its own', () => {
    const tied = { ...opening, candidates: 'abcdefg'.split(''), seats: 6 };
    expect(checkOpen({ ...tied, round: 're_ballot' }).voters).toBe(8);
  });

  test.each([
    [[], 1],
    [['a'], 0],
  ])('candidates %p for %d seats: nothing to decide', (candidates, seats) => {
    expect(() => checkOpen({ ...opening, candidates, seats })).toThrow(refused('VOTE_NOTHING_TO_DECIDE'));
  });

  test('an even committee is warned of', () => {
    const { warnings } = checkOpen({ ...opening, members: 12 });
    expect(warnings.map((warning) => warning.code)).toEqual(Object.keys(voteWarnings));
  });

  test('what the count does not run is refused by name', () => {
    const byCandidate: CountingRules = { ...rules, recusalScope: 'candidate' };
    const votersOf = { a: 8, b: 8, c: 8 };
    const threeRounds: CountingRules = { ...rules, supplementaryRounds: 2 };
    const ballot = input({ ballots: [], candidates: ['a', 'b'], seats: 1 });
    expect(() => checkOpen({ ...opening, rules: byCandidate })).toThrow(RangeError);
    expect(() => checkOpen({ ...opening, votersOf })).toThrow(RangeError);
    expect(() => checkOpen({ ...opening, rules: threeRounds })).toThrow(refused('VOTE_ROUNDS'));
    expect(() => count({ ...ballot, rules: byCandidate })).toThrow(RangeError);
    expect(() => count({ ...ballot, rules: threeRounds })).toThrow(refused('VOTE_ROUNDS'));
  });
});

describe('papers', () => {
  test('more returned than issued: the vote is void and no tally is shown', () => {
    const result = count(input({ ballots: papers({ a: 9 }), candidates: ['a', 'b'], seats: 1, issued: 8 }));
    expect(result).toEqual({ void: true, issued: 8, returned: 9 });
  });

  test('fewer returned than issued is valid; all voters stay in the denominator', () => {
    const six = tally(input({ ballots: papers({ a: 6 }), candidates: ['a', 'b'], seats: 1 }));
    expect(six.elected).toEqual(['a']);
    const five = tally(input({ ballots: papers({ a: 5 }), candidates: ['a', 'b'], seats: 1 }));
    expect(five).toMatchObject({ returned: 5, valid: 5, elected: [] });
  });

  test('too many names and names that are not listed make a paper invalid, no name makes it blank', () => {
    const ballots = [['a', 'b'], ['a', 'b', 'c'], ['a', 'x'], ['x'], [], ['a', 'a', 'b'], ['a', 'a'], ['c']];
    const result = tally(input({ ballots, candidates: ['a', 'b', 'c'], seats: 2, voters: 8 }));
    expect(result).toMatchObject({ returned: 8, valid: 5, blank: 1, invalid: 3 });
    expect(result.votes).toEqual({ a: 3, b: 2, c: 1 });
  });

  test('half is not over half: blank and invalid papers stay in the denominator', () => {
    const ballots = [...papers({ a: 5 }), [], [], ['x'], ['x'], ['x']];
    const result = tally(input({ ballots, candidates: ['a', 'b'], seats: 1, voters: 10 }));
    expect(result.elected).toEqual([]);
  });

  test('exactly two thirds pass by that rule', () => {
    const given = {
      candidates: ['a', 'b'],
      seats: 1,
      voters: 9,
      rules: { ...rules, pass: 'two_thirds' as const },
    };
    expect(tally(input({ ...given, ballots: papers({ a: 6, b: 3 }) })).elected).toEqual(['a']);
    expect(tally(input({ ...given, ballots: papers({ a: 5, b: 4 }) })).elected).toEqual([]);
  });

  test('more papers than voters, no quorum, and a candidate listed twice are refused', () => {
    const given = input({ ballots: [], candidates: ['a', 'b'], seats: 1, voters: 8 });
    expect(() => count({ ...given, issued: 9 })).toThrow(refused('VOTE_ISSUED_OVER_VOTERS'));
    expect(() => count({ ...given, voters: 7, issued: 7 })).toThrow(refused('VOTE_NO_QUORUM'));
    expect(() => count({ ...given, candidates: ['a', 'a'] })).toThrow(RangeError);
  });
});

describe('who is elected', () => {
  test('V15, V18: the best of those who passed; the others who passed are the reserve, by votes and then by the keys', () => {
    const result = tally(
      input({
        candidates: ['a', 'b', 'c', 'd', 'e', 'f'],
        seats: 3,
        ballots: spread(11, { a: 6, b: 7, c: 7, d: 6, e: 7 }),
        tieBreakValues: values({ d: { school_score: 1 } }),
      }),
    );
    expect(result.votes).toEqual({ a: 6, b: 7, c: 7, d: 6, e: 7, f: 0 });
    expect(result).toMatchObject({
      elected: ['b', 'c', 'e'],
      electedByTieBreak: [],
      reserve: [
        { candidate: 'd', place: 1 },
        { candidate: 'a', place: 2 },
      ],
      tied: null,
      supplementary: null,
      vacant: 0,
    });
  });

  test('equals on the reserve list share a place when the keys do not order them', () => {
    const given = {
      candidates: ['a', 'b', 'c', 'd'],
      seats: 3,
      voters: 8,
      rules: { ...rules, tieReballots: 0 },
      ballots: [
        ...Array.from({ length: 3 }, () => ['a', 'b', 'c']),
        ...Array.from({ length: 2 }, () => ['a', 'b', 'd']),
        ...Array.from({ length: 3 }, () => ['c', 'd']),
      ],
    };
    const undecided = tally(input(given));
    expect(undecided.votes).toEqual({ a: 5, b: 5, c: 6, d: 5 });
    expect(undecided).toMatchObject({ elected: ['c'], vacant: 2, electedByTieBreak: [] });
    expect(undecided.reserve).toEqual([
      { candidate: 'a', place: 1 },
      { candidate: 'b', place: 1 },
      { candidate: 'd', place: 1 },
    ]);
    const decided = tally(
      input({ ...given, tieBreakValues: values({ d: { school_score: 9 }, b: { teaching_years: 3 } }) }),
    );
    expect(decided).toMatchObject({
      elected: ['c', 'd', 'b'],
      electedByTieBreak: ['d', 'b'],
      reserve: [{ candidate: 'a', place: 1 }],
      vacant: 0,
    });
  });

  test('a tie that does not touch the last seat is none', () => {
    const ballots = spread(8, { a: 6, b: 6 });
    const result = tally(input({ ballots, candidates: ['a', 'b', 'c'], seats: 2, voters: 8 }));
    expect(result).toMatchObject({ elected: ['a', 'b'], tied: null, vacant: 0, supplementary: null });
  });

  test('a tie at the last seat: a re-ballot among the tied only, for the open seats', () => {
    const tie = tally(
      input({
        voters: 9,
        members: 9,
        candidates: ['a', 'b', 'c', 'd'],
        seats: 2,
        ballots: [
          ...Array.from({ length: 4 }, () => ['a', 'b']),
          ...Array.from({ length: 4 }, () => ['a', 'c']),
          ['b', 'c'],
        ],
      }),
    );
    expect(tie.votes).toEqual({ a: 8, b: 5, c: 5, d: 0 });
    expect(tie).toMatchObject({
      elected: ['a'],
      tied: { candidates: ['b', 'c'], seats: 1 },
      supplementary: null,
      vacant: 0,
      reserve: [],
    });
  });

  test('too few passed: a supplementary round with a differential for the seats left', () => {
    const result = tally(
      input({
        voters: 9,
        candidates: ['a', 'b', 'c', 'd', 'e'],
        seats: 3,
        ballots: [
          ...Array.from({ length: 4 }, () => ['a', 'b', 'c']),
          ...Array.from({ length: 3 }, () => ['a', 'd']),
          ['e'],
          [],
        ],
        tieBreakValues: values({ c: { school_score: 5 } }),
      }),
    );
    expect(result.votes).toEqual({ a: 7, b: 4, c: 4, d: 3, e: 1 });
    expect(result).toMatchObject({
      elected: ['a'],
      supplementary: { candidates: ['c', 'b', 'd'], seats: 2 },
      vacant: 0,
    });
  });

  test('equals at the end of the supplementary list come in together', () => {
    const result = tally(
      input({
        voters: 8,
        candidates: ['a', 'b', 'c', 'd'],
        seats: 1,
        ballots: papers({ a: 3, b: 2, c: 2, d: 1 }),
      }),
    );
    expect(result.supplementary).toEqual({ candidates: ['a', 'b', 'c'], seats: 1 });
  });

  test('no supplementary round when none is allowed, or without a differential: the seats stay vacant', () => {
    const given = input({ voters: 8, candidates: ['a', 'b'], seats: 1, ballots: papers({ a: 3, b: 2 }) });
    const notAllowed = tally({ ...given, rules: { ...rules, supplementaryRounds: 0 } });
    expect(notAllowed).toMatchObject({ supplementary: null, vacant: 1 });
    const equalNumber = tally({ ...given, seats: 2 });
    expect(equalNumber).toMatchObject({ elected: [], supplementary: null, vacant: 2 });
    const second = tally({ ...given, round: 'supplementary' });
    expect(second).toMatchObject({ elected: [], supplementary: null, vacant: 1 });
  });
});

describe('a re-ballot', () => {
  const given = input({
    round: 're_ballot',
    voters: 8,
    candidates: ['a', 'b', 'c'],
    seats: 1,
    ballots: papers({ a: 3, b: 2 }),
  });

  test('most votes win, no half is needed; the losers are the reserve', () => {
    expect(tally(given)).toMatchObject({
      elected: ['a'],
      electedByTieBreak: [],
      reserve: [
        { candidate: 'b', place: 1 },
        { candidate: 'c', place: 2 },
      ],
      tied: null,
      vacant: 0,
    });
  });

  test('still tied: the published keys decide, in their order', () => {
    const ballots = papers({ a: 3, b: 3, c: 1 });
    const byFirst = values({ a: { school_score: 80, teaching_years: 9 }, b: { school_score: 81 } });
    const bySecond = values({ a: { school_score: 80, teaching_years: 9 }, b: { school_score: 80 } });
    expect(tally({ ...given, ballots, tieBreakValues: byFirst })).toMatchObject({
      elected: ['b'],
      electedByTieBreak: ['b'],
    });
    expect(tally({ ...given, ballots, tieBreakValues: bySecond }).elected).toEqual(['a']);
  });

  test('keys equal, or none published: the seat stays vacant', () => {
    const ballots = papers({ a: 3, b: 3, c: 1 });
    const vacant = { elected: [], tied: null, vacant: 1, supplementary: null };
    expect(tally({ ...given, ballots })).toMatchObject(vacant);
    const different = values({ a: { school_score: 80 } });
    expect(
      tally({ ...given, ballots, tieBreakValues: different, rules: { ...rules, tieBreak: [] } }),
    ).toMatchObject(vacant);
  });

  test('keys that decide one of two seats leave the other vacant', () => {
    const result = tally({
      ...given,
      seats: 2,
      ballots: papers({ a: 2, b: 2, c: 2 }),
      tieBreakValues: values({ c: { school_score: 7 } }),
    });
    expect(result).toMatchObject({ elected: ['c'], vacant: 1 });
    expect(result.reserve.map((one) => one.place)).toEqual([1, 1]);
  });

  test('a key that is needed and not known is an error, not a guess', () => {
    const ballots = papers({ a: 3, b: 3 });
    expect(() => count({ ...given, ballots, tieBreakValues: {} })).toThrow(RangeError);
  });
});

describe('V8: the rounds of a group together', () => {
  const first = { candidates: ['a', 'b', 'c', 'd'], seats: 2 };
  const hold = (due: NextRound, ballots: string[][]): HeldRound => ({
    ...due,
    count: count(input({ ...due, voters: 9, members: 9, ballots })),
  });
  const voidVote: VoidVote = { void: true, issued: 8, returned: 9 };
  const firstRound: NextRound = { round: 'first', ...first };
  const tiedBallots = [
    ...Array.from({ length: 4 }, () => ['a', 'b']),
    ...Array.from({ length: 4 }, () => ['a', 'c']),
    ['b', 'c'],
  ];

  test('nothing held: the first round is due', () => {
    expect(mergeRounds(first, [])).toEqual({
      state: 'open',
      elected: [],
      reserve: [],
      notElected: [],
      vacant: 0,
      next: firstRound,
    });
  });

  test('first round, re-ballot, decided', () => {
    const tied = mergeRounds(first, [hold(firstRound, tiedBallots)]);
    expect(tied).toMatchObject({
      state: 'open',
      elected: ['a'],
      notElected: ['d'],
      next: { round: 're_ballot', candidates: ['b', 'c'], seats: 1 },
    });
    const held = [hold(firstRound, tiedBallots), hold(tied.next!, papers({ c: 4, b: 3 }))];
    expect(mergeRounds(first, held)).toEqual({
      state: 'decided',
      elected: ['a', 'c'],
      reserve: [{ candidate: 'b', place: 1 }],
      notElected: ['d'],
      vacant: 0,
      next: null,
    });
  });

  test('first round, supplementary round, re-ballot', () => {
    const held = [hold(firstRound, spread(9, { a: 6, b: 4, c: 3 }))];
    const short = mergeRounds(first, held);
    expect(short).toMatchObject({
      elected: ['a'],
      next: { round: 'supplementary', candidates: ['b', 'c'], seats: 1 },
    });
    const decided = mergeRounds(first, [...held, hold(short.next!, papers({ b: 4, c: 5 }))]);
    expect(decided).toMatchObject({
      state: 'decided',
      elected: ['a', 'c'],
      notElected: ['b', 'd'],
      vacant: 0,
    });
    const vacant = mergeRounds(first, [...held, hold(short.next!, papers({ b: 4, c: 4 }))]);
    expect(vacant).toMatchObject({ state: 'decided', elected: ['a'], vacant: 1 });
    expect(vacant.notElected).toEqual(['b', 'c', 'd']);
  });

  test('a tie in the supplementary round uses the one re-ballot', () => {
    const three = { candidates: ['a', 'b', 'c', 'd', 'e', 'f'], seats: 2 };
    const start: NextRound = { round: 'first', ...three };
    const none = hold(start, [['a', 'b'], ['a', 'b'], ['c', 'd'], ['c', 'd'], ['e']]);
    const due = mergeRounds(three, [none]).next!;
    expect(due).toEqual({ round: 'supplementary', candidates: ['a', 'b', 'c', 'd'], seats: 2 });
    // Nine papers of two names give at most three candidates more than half.
    const supplementary = hold(due, [
      ...Array.from({ length: 3 }, () => ['a', 'b']),
      ...Array.from({ length: 3 }, () => ['a', 'c']),
      ...Array.from({ length: 3 }, () => ['b', 'c']),
    ]);
    const tied = mergeRounds(three, [none, supplementary]);
    expect(tied.next).toEqual({ round: 're_ballot', candidates: ['a', 'b', 'c'], seats: 2 });
    const reballot = hold(tied.next!, papers({ a: 1, b: 5, c: 3 }));
    expect(mergeRounds(three, [none, supplementary, reballot])).toMatchObject({
      state: 'decided',
      elected: ['b', 'c'],
      reserve: [{ candidate: 'a', place: 1 }],
      notElected: ['d', 'e', 'f'],
    });
  });

  test('losers of a re-ballot stand on the reserve list before those with fewer votes', () => {
    const four = { candidates: 'abcdefg'.split(''), seats: 4 };
    const tie = hold({ round: 'first', ...four }, spread(9, { a: 6, b: 6, c: 6, d: 6, e: 6, f: 5 }));
    const tied = mergeRounds(four, [tie]);
    expect(tied).toMatchObject({
      elected: [],
      reserve: [{ candidate: 'f', place: 1 }],
      notElected: ['g'],
      next: { round: 're_ballot', candidates: ['a', 'b', 'c', 'd', 'e'], seats: 4 },
    });
    const reballot = hold(tied.next!, spread(9, { a: 1, b: 5, c: 4, d: 3, e: 2 }));
    expect(mergeRounds(four, [tie, reballot])).toMatchObject({
      elected: ['b', 'c', 'd', 'e'],
      reserve: [
        { candidate: 'a', place: 1 },
        { candidate: 'f', place: 2 },
      ],
      vacant: 0,
    });
  });

  test('a void vote is held again and uses nothing up; the second one stops the meeting', () => {
    const once = mergeRounds(first, [{ ...firstRound, count: voidVote }]);
    expect(once).toMatchObject({ state: 'open', next: firstRound });
    const goesOn = mergeRounds(first, [{ ...firstRound, count: voidVote }, hold(firstRound, tiedBallots)]);
    expect(goesOn).toMatchObject({ state: 'open', elected: ['a'], next: { round: 're_ballot' } });
    const held = [
      { ...firstRound, count: voidVote },
      hold(firstRound, tiedBallots),
      { ...goesOn.next!, count: voidVote },
    ];
    expect(mergeRounds(first, held)).toMatchObject({ state: 'stopped', elected: ['a'], next: goesOn.next });
    expect(() => mergeRounds(first, [...held, hold(goesOn.next!, papers({ b: 5 }))])).toThrow(
      refused('VOTE_ROUND_NOT_DUE'),
    );
  });

  test('who did not pass is not voted on again, and no round is held that is not due', () => {
    const held = hold(firstRound, tiedBallots);
    const withoutOne: NextRound = { round: 're_ballot', candidates: ['c'], seats: 1 };
    expect(mergeRounds(first, [held, hold(withoutOne, papers({ c: 5 }))])).toMatchObject({
      state: 'decided',
      elected: ['a', 'c'],
      notElected: ['b', 'd'],
    });
    const withAnother: NextRound = { round: 're_ballot', candidates: ['b', 'd'], seats: 1 };
    const moreSeats: NextRound = { round: 're_ballot', candidates: ['b', 'c'], seats: 2 };
    const reballot: NextRound = { round: 're_ballot', candidates: ['c', 'b'], seats: 1 };
    const decided = [held, hold(reballot, papers({ c: 4, b: 3 }))];
    expect(mergeRounds(first, decided).state).toBe('decided');
    for (const rounds of [
      [held, held],
      [held, hold(withAnother, [])],
      [held, hold(moreSeats, [])],
      [...decided, hold(reballot, [])],
      [hold(reballot, [])],
    ]) {
      expect(() => mergeRounds(first, rounds)).toThrow(refused('VOTE_ROUND_NOT_DUE'));
    }
  });
});

describe('vote properties', () => {
  const candidateNames = 'abcdefgh'.split('');
  const vote = fc
    .record({
      candidates: fc.integer({ min: 1, max: 7 }).map((number) => candidateNames.slice(0, number)),
      seats: fc.integer({ min: 1, max: 5 }),
      voters: fc.integer({ min: 8, max: 11 }),
      round: fc.constantFrom('first' as const, 're_ballot' as const, 'supplementary' as const),
      pass: fc.constantFrom('over_half' as const, 'two_thirds' as const),
      tieReballots: fc.constantFrom(0, 1),
      scores: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 8, maxLength: 8 }),
    })
    .chain((given) =>
      fc
        .array(fc.array(fc.constantFrom(...given.candidates, 'x'), { maxLength: given.seats + 1 }), {
          maxLength: given.voters,
        })
        .map((ballots) => ({
          ...input({
            ...given,
            ballots,
            rules: { ...rules, pass: given.pass, tieReballots: given.tieReballots },
          }),
          tieBreakValues: values(
            Object.fromEntries(
              given.scores.map((score, index) => [candidateNames[index], { school_score: score }]),
            ),
          ),
        })),
    );

  test('the count does not depend on the order of the papers or of the names on them', () => {
    const shuffled = vote.chain((given) =>
      fc
        .shuffledSubarray([...given.ballots], { minLength: given.ballots.length })
        .map((ballots) => ({ given, ballots })),
    );
    fc.assert(
      fc.property(shuffled, ({ given, ballots }) => {
        const reversed = ballots.map((names) => names.toReversed());
        expect(count({ ...given, ballots: reversed })).toEqual(count(given));
      }),
    );
  });

  test('papers balance, seats balance, and only who passed is elected or on the reserve list', () => {
    fc.assert(
      fc.property(vote, (given) => {
        const result = tally(given);
        expect(result.valid + result.invalid).toBe(result.returned);
        expect(result.valid + result.invalid + (given.issued - given.ballots.length)).toBe(result.issued);
        expect(result.returned).toBe(given.ballots.length);
        expect(result.blank).toBeLessThanOrEqual(result.valid);
        const allVotes = Object.values(result.votes).reduce((sum, votes) => sum + votes, 0);
        expect(allVotes).toBeLessThanOrEqual((result.valid - result.blank) * given.seats);
        expect(allVotes).toBeGreaterThanOrEqual(result.valid - result.blank);

        const open = (result.tied?.seats ?? 0) + (result.supplementary?.seats ?? 0) + result.vacant;
        expect(result.elected.length + open).toBe(given.seats);
        expect(result.vacant).toBeGreaterThanOrEqual(0);
        const passed = [
          ...result.elected,
          ...(result.tied?.candidates ?? []),
          ...result.reserve.map(({ candidate }) => candidate),
        ];
        expect(new Set(passed).size).toBe(passed.length);
        if (given.round === 're_ballot') {
          expect(passed).toHaveLength(given.candidates.length);
          return;
        }
        for (const candidate of given.candidates) {
          const didPass = passes(result.votes[candidate]!, given.voters, given.rules.pass);
          expect(passed.includes(candidate)).toBe(didPass);
        }
        for (const candidate of result.supplementary?.candidates ?? []) {
          expect(passed).not.toContain(candidate);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('nobody with fewer votes is elected before somebody with more', () => {
    fc.assert(
      fc.property(vote, (given) => {
        const { elected, votes, reserve, tied } = tally(given);
        const lowest = Math.min(...elected.map((candidate) => votes[candidate]!));
        for (const { candidate } of reserve) expect(votes[candidate]!).toBeLessThanOrEqual(lowest);
        for (const candidate of tied?.candidates ?? []) expect(votes[candidate]!).toBeLessThan(lowest);
      }),
      { numRuns: 500 },
    );
  });

  test('through all its rounds a group ends, fills no seat twice, and elects only who passed once', () => {
    const meeting = fc.record({
      candidates: fc.integer({ min: 2, max: 7 }).map((number) => candidateNames.slice(0, number)),
      seats: fc.integer({ min: 1, max: 4 }),
      papersOfRounds: fc.array(
        fc.array(fc.subarray(candidateNames.slice(0, 4)), { minLength: 9, maxLength: 9 }),
        { minLength: 4, maxLength: 4 },
      ),
    });
    fc.assert(
      fc.property(meeting, ({ candidates, seats, papersOfRounds }) => {
        const held: HeldRound[] = [];
        const everPassed = new Set<string>();
        let outcome = mergeRounds({ candidates, seats }, held);
        for (const paperNames of papersOfRounds) {
          const due = outcome.next;
          if (due === null) break;
          const ballots = paperNames.map((names) =>
            names.filter((name) => due.candidates.includes(name)).slice(0, due.seats),
          );
          const counted = tally(input({ ...due, voters: 9, ballots }));
          held.push({ ...due, count: counted });
          outcome = mergeRounds({ candidates, seats }, held);
          if (due.round === 're_ballot') continue;
          for (const candidate of due.candidates) {
            if (passes(counted.votes[candidate]!, 9, 'over_half')) everPassed.add(candidate);
          }
        }
        expect(outcome.state).toBe('decided');
        expect(held.length).toBeLessThanOrEqual(3);
        expect(outcome.elected.length + outcome.vacant).toBe(seats);
        const reserve = outcome.reserve.map(({ candidate }) => candidate);
        expect(new Set([...outcome.elected, ...reserve])).toEqual(everPassed);
        expect([...outcome.elected, ...reserve, ...outcome.notElected].sort()).toEqual(candidates);
      }),
      { numRuns: 500 },
    );
  });
});

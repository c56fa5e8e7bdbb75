import fc from 'fast-check';
import { barredFrom } from '../../domain/conflicts.js';
import { recount, type PackedVote } from '../../domain/decision-pack.js';
import type { Policy } from '../../domain/policy.js';
import {
  checkOpen,
  count,
  countByCandidate,
  mergeRounds,
  passes,
  quorumReached,
  type Count,
  type CountingRules,
  type HeldRound,
  type Tally,
} from '../../domain/vote.js';
import { resultsOf } from '../../domain/vote-record.js';

const rules: CountingRules = {
  quorum: { numerator: 2, denominator: 3 },
  pass: 'over_half',
  minDifferential: { percent: 20, min: 1 },
  tieReballots: 1,
  supplementaryRounds: 1,
  tieBreak: ['school_score'],
  recusalScope: 'candidate',
};
const names = 'abcdefg'.split('');
const scores = Object.fromEntries(names.map((name) => [name, { school_score: 0 }]));
type Input = Parameters<typeof countByCandidate>[0];

/** Papers of one candidate: so many for it, so many blank, so many that name somebody else. */
const papersOf = (candidate: string, voters: number, yes: number, blank = voters - yes, invalid = 0) => ({
  candidate,
  voters,
  issued: voters,
  ballots: [
    ...Array<string[]>(yes).fill([candidate]),
    ...Array<string[]>(blank).fill([]),
    ...Array<string[]>(invalid).fill(['x']),
  ],
});

function input(papers: Input['papers'], given: Partial<Input> = {}): Input {
  return {
    round: 'first',
    members: 11,
    voters: 11,
    papers,
    seats: 1,
    rules,
    tieBreakValues: scores,
    ...given,
  };
}

function tally(given: Input): Tally {
  const result = countByCandidate(given);
  if (result.void) throw new Error('the vote is void');
  return result;
}

describe('V2: each candidate has voters of its own', () => {
  test('candidates rank by the exact ratio, not by the votes', () => {
    // 8 of 9 is more than 9 of 11, and 6 of 11 more than half.
    const result = tally(input([papersOf('a', 11, 9), papersOf('b', 9, 8), papersOf('c', 11, 6)]));
    expect(result).toMatchObject({
      elected: ['b'],
      votes: { a: 9, b: 8, c: 6 },
      reserve: [
        { candidate: 'a', place: 1 },
        { candidate: 'c', place: 2 },
      ],
      byCandidate: { b: { voters: 9, issued: 9, returned: 9, valid: 9, blank: 1, invalid: 0 } },
      issued: 31,
      returned: 31,
      voters: 11,
    });
    expect(resultsOf(result, ['a', 'b', 'c'])).toMatchObject([
      { applicationId: 'b', votes: 8, voters: 9, result: 'elected' },
      { applicationId: 'a', votes: 9, voters: 11, result: 'reserve', place: 1 },
      { applicationId: 'c', result: 'reserve', place: 2 },
    ]);
  });

  test('ratios that are equal are a tie, whatever the votes', () => {
    const equal = tally(input([papersOf('a', 10, 8), papersOf('b', 10, 8), papersOf('c', 11, 5)]));
    expect(equal).toMatchObject({ elected: [], tied: { candidates: ['a', 'b'], seats: 1 }, vacant: 0 });
    const unequalVotes = input([papersOf('a', 12, 9), papersOf('b', 8, 6)], { members: 12, voters: 12 });
    expect(tally(unequalVotes)).toMatchObject({ tied: { candidates: ['a', 'b'], seats: 1 } });
    const reballot = tally({
      ...unequalVotes,
      round: 're_ballot',
      papers: [papersOf('a', 12, 5), papersOf('b', 8, 4)],
    });
    expect(reballot).toMatchObject({ elected: ['b'], reserve: [{ candidate: 'a', place: 1 }], vacant: 0 });
    const again = { ...unequalVotes, round: 're_ballot' as const };
    expect(tally(again)).toMatchObject({ elected: [], vacant: 1 });
    const withKeys = { ...again, tieBreakValues: { ...scores, b: { school_score: 1 } } };
    expect(tally(withKeys)).toMatchObject({ elected: ['b'], electedByTieBreak: ['b'] });
  });

  test.each([
    [8, 4, false],
    [8, 5, true],
    [9, 5, true],
    [11, 5, false],
    [11, 6, true],
  ])('of %d voters on a candidate, %d votes pass: %p', (voters, yes, isElected) => {
    const result = tally(input([papersOf('a', voters, yes), papersOf('b', 11, 0)]));
    expect(result.elected).toEqual(isElected ? ['a'] : []);
  });

  test('a member may be for more candidates than there are seats: the best take them', () => {
    const all = names.map((name) => papersOf(name, 11, 11 - names.indexOf(name)));
    expect(tally(input(all, { seats: 2 }))).toMatchObject({ elected: ['a', 'b'], invalid: 0 });
  });

  test('too few passed: the best of the others by ratio, with a differential', () => {
    const result = tally(
      input([papersOf('a', 11, 7), papersOf('b', 8, 4), papersOf('c', 11, 5), papersOf('d', 11, 1)], {
        seats: 2,
      }),
    );
    expect(result).toMatchObject({ elected: ['a'], supplementary: { candidates: ['b', 'c'], seats: 1 } });
  });

  test('V12, V13: another name is void; more papers of one candidate than went out void the whole vote', () => {
    const spoiled = tally(input([papersOf('a', 11, 6, 3, 2), papersOf('b', 11, 2)]));
    expect(spoiled.byCandidate!['a']).toEqual({
      voters: 11,
      issued: 11,
      returned: 11,
      valid: 9,
      blank: 3,
      invalid: 2,
    });
    const over = { ...papersOf('b', 9, 5, 4), issued: 8 };
    expect(countByCandidate(input([papersOf('a', 11, 6), over]))).toEqual({
      void: true,
      issued: 8,
      returned: 9,
      candidate: 'b',
    });
  });

  test('V10: the quorum is checked for each; papers never exceed the voters', () => {
    const few = [papersOf('a', 11, 6), papersOf('b', 7, 6)];
    const refusal = { code: 'VOTE_NO_QUORUM_FOR_CANDIDATE', rule: 'V2' };
    const values = { candidate: 'b', members: 11, voters: 7, required: 8 };
    expect(() => countByCandidate(input(few))).toThrow(expect.objectContaining({ ...refusal, values }));
    const opening = {
      round: 'first' as const,
      members: 11,
      present: 11,
      recused: 1,
      candidates: ['a', 'b'],
      seats: 1,
      rules,
    };
    expect(checkOpen({ ...opening, votersOf: { a: 10, b: 8 } })).toEqual({ voters: 10, warnings: [] });
    expect(() => checkOpen({ ...opening, votersOf: { a: 10, b: 7 } })).toThrow(
      expect.objectContaining({ ...refusal, values }),
    );
    expect(() => checkOpen({ ...opening, votersOf: { a: 10 } })).toThrow(RangeError);
    expect(() => checkOpen({ ...opening, seats: 2, votersOf: { a: 10, b: 10 } })).toThrow(
      expect.objectContaining({ code: 'VOTE_NOT_DIFFERENTIAL' }),
    );
    const issued = [{ ...papersOf('a', 8, 5), issued: 9 }];
    expect(() => countByCandidate(input(issued))).toThrow(
      expect.objectContaining({ code: 'VOTE_ISSUED_OVER_VOTERS' }),
    );
    expect(() => countByCandidate(input([papersOf('a', 11, 6)], { voters: 10 }))).toThrow(RangeError);
    const ofGroup: CountingRules = { ...rules, recusalScope: 'ballot_group' };
    expect(() => countByCandidate(input(few, { rules: ofGroup }))).toThrow(RangeError);
  });

  test('whom a conflict bars from whom', () => {
    const conflict = (kind: string, candidates: string[], decision: string | null = 'recused') => ({
      kind,
      source: 'declared',
      decision,
      candidates,
    });
    const list = ['a', 'b', 'c'];
    const kin = conflict('kinship', ['b']);
    expect(barredFrom([kin], list, 'candidate')).toEqual(['b']);
    expect(barredFrom([kin], list, 'ballot_group')).toBe('all');
    expect(barredFrom([kin, conflict('other', ['a'], 'votes')], list, 'candidate')).toEqual(['b']);
    expect(barredFrom([kin, conflict('other', ['a'], null)], list, 'candidate')).toEqual(['a', 'b']);
    expect(barredFrom([conflict('other', [])], list, 'candidate')).toBe('all');
    // A candidate never votes, not on rivals either (V1).
    expect(barredFrom([conflict('is_candidate', ['b'])], list, 'candidate')).toBe('all');
    expect(barredFrom([kin, conflict('same_school', ['a', 'c'])], list, 'candidate')).toBe('all');
    expect(barredFrom([conflict('kinship', ['gone'])], list, 'candidate')).toEqual([]);
    expect(barredFrom([], list, 'ballot_group')).toEqual([]);
  });
});

const paper = (candidate: string) => fc.constantFrom<string[]>([candidate], [candidate], [], ['x']);

/** Papers of each candidate for a round, never more than went out. */
const voteOf = (candidates: readonly string[]) =>
  fc.tuple(
    ...candidates.map((candidate) =>
      fc
        .record({ voters: fc.integer({ min: 8, max: 11 }), lost: fc.integer({ min: 0, max: 2 }) })
        .chain(({ voters, lost }) =>
          fc.record({
            candidate: fc.constant(candidate),
            voters: fc.constant(voters),
            issued: fc.constant(voters - lost),
            ballots: fc.array(paper(candidate), { maxLength: voters - lost }),
          }),
        ),
    ),
  );

const round = fc
  .record({
    number: fc.integer({ min: 1, max: 7 }),
    seats: fc.integer({ min: 1, max: 4 }),
    round: fc.constantFrom('first' as const, 're_ballot' as const, 'supplementary' as const),
    pass: fc.constantFrom('over_half' as const, 'two_thirds' as const),
    tieReballots: fc.constantFrom(0, 1),
    scores: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 7, maxLength: 7 }),
  })
  .chain((given) =>
    voteOf(names.slice(0, given.number)).map((papers) =>
      input(papers, {
        round: given.round,
        seats: given.seats,
        rules: { ...rules, pass: given.pass, tieReballots: given.tieReballots },
        tieBreakValues: Object.fromEntries(
          names.map((name, index) => [name, { school_score: given.scores[index]! }]),
        ),
      }),
    ),
  );

describe('properties of the count by candidate', () => {
  test('it does not depend on the order of the papers', () => {
    fc.assert(
      fc.property(round, (given) => {
        const papers = given.papers.map((one) => ({ ...one, ballots: one.ballots.toReversed() }));
        expect(countByCandidate({ ...given, papers })).toEqual(countByCandidate(given));
      }),
    );
  });

  test('issued = valid + void + not returned for each and together; only who passed is elected, never more than seats', () => {
    fc.assert(
      fc.property(round, (given) => {
        const result = tally(given);
        for (const { candidate, issued, voters, ballots } of given.papers) {
          const each = result.byCandidate![candidate]!;
          expect(each.valid + each.invalid + (issued - ballots.length)).toBe(issued);
          expect(each.blank + result.votes[candidate]!).toBe(each.valid);
          expect(quorumReached(voters, 11, rules.quorum)).toBe(true);
        }
        const notReturned = given.papers.reduce((sum, one) => sum + one.issued - one.ballots.length, 0);
        expect(result.valid + result.invalid + notReturned).toBe(result.issued);
        expect(result.elected.length).toBeLessThanOrEqual(given.seats);
        const open = (result.tied?.seats ?? 0) + (result.supplementary?.seats ?? 0) + result.vacant;
        expect(result.elected.length + open).toBe(given.seats);
        const chosen = [...result.elected, ...(result.tied?.candidates ?? [])];
        const reserve = result.reserve.map(({ candidate }) => candidate);
        if (given.round !== 're_ballot')
          for (const { candidate, voters } of given.papers)
            expect([...chosen, ...reserve].includes(candidate)).toBe(
              passes(result.votes[candidate]!, voters, given.rules.pass),
            );
        // Nobody with a smaller ratio stands before somebody with a greater one.
        const less = (one: string, other: string) => {
          const voters = (candidate: string) => result.byCandidate![candidate]!.voters;
          return result.votes[one]! * voters(other) < result.votes[other]! * voters(one);
        };
        for (const one of result.elected)
          for (const other of [...reserve, ...(result.tied?.candidates ?? [])])
            expect(less(one, other)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('where everybody votes on everybody, both ways to count agree', () => {
    const same = fc
      .record({ number: fc.integer({ min: 3, max: 6 }), seats: fc.integer({ min: 1, max: 3 }) })
      .chain(({ number, seats }) =>
        fc
          .array(fc.subarray(names.slice(0, number), { maxLength: seats }), { minLength: 9, maxLength: 11 })
          .map((ballots) => ({ candidates: names.slice(0, number), seats, ballots })),
      );
    fc.assert(
      fc.property(same, ({ candidates, seats, ballots }) => {
        const voters = ballots.length;
        const given = { round: 'first' as const, members: 11, voters, seats, tieBreakValues: scores };
        const group = count({
          ...given,
          issued: voters,
          ballots,
          candidates,
          rules: { ...rules, recusalScope: 'ballot_group' },
        });
        const papers = candidates.map((candidate) => ({
          candidate,
          voters,
          issued: voters,
          ballots: ballots.map((one) => one.filter((name) => name === candidate)),
        }));
        const each = countByCandidate({ ...given, papers, rules });
        const seating = ({ elected, reserve, tied, supplementary, vacant, votes }: Tally) => ({
          elected,
          reserve,
          tied,
          supplementary,
          vacant,
          votes,
        });
        expect(seating(each as Tally)).toEqual(seating(group as Tally));
      }),
    );
  });

  test('through all its rounds a group ends and elects only who passed', () => {
    const meeting = fc.record({
      number: fc.integer({ min: 2, max: 6 }),
      seats: fc.integer({ min: 1, max: 3 }),
      rounds: fc.array(voteOf(names), { minLength: 4, maxLength: 4 }),
    });
    fc.assert(
      fc.property(meeting, ({ number, seats, rounds }) => {
        const first = { candidates: names.slice(0, number), seats };
        const held: HeldRound[] = [];
        const everPassed = new Set<string>();
        let outcome = mergeRounds(first, held);
        for (const papers of rounds) {
          const due = outcome.next;
          if (due === null) break;
          const ofList = papers.filter(({ candidate }) => due.candidates.includes(candidate));
          const counted: Count = countByCandidate(input(ofList, { round: due.round, seats: due.seats }));
          held.push({ ...due, count: counted });
          outcome = mergeRounds(first, held);
          if (due.round !== 're_ballot')
            for (const { candidate, voters } of ofList)
              if (passes((counted as Tally).votes[candidate]!, voters, 'over_half'))
                everPassed.add(candidate);
        }
        expect(outcome.state).toBe('decided');
        expect(outcome.elected.length + outcome.vacant).toBe(seats);
        for (const candidate of outcome.elected) expect(everPassed).toContain(candidate);
      }),
      { numRuns: 300 },
    );
  });

  test('S14: a pack counts it again from the figures alone, and finds a tally that is not the count', () => {
    fc.assert(
      fc.property(round, (given) => {
        const counted = tally(given);
        const policy = { vote: given.rules } as unknown as Policy;
        const vote: PackedVote = {
          id: 'v',
          unit: 'u',
          ballotRound: given.round,
          firstVoteId: 'v',
          position: 1,
          candidates: given.papers.map(({ candidate }) => candidate),
          seats: given.seats,
          members: 11,
          voters: 11,
          issued: 11,
          electorates: given.papers.map(({ candidate, voters, issued }) => ({ candidate, voters, issued })),
          tieBreakValues: given.tieBreakValues,
          tally: counted,
          confirmedByChair: true,
          confirmedBySupervisor: true,
        };
        expect(recount(vote, policy)).toBeNull();
        const more = { ...counted, votes: { ...counted.votes, a: counted.votes['a']! + 1 } };
        expect(recount({ ...vote, tally: more }, policy)).not.toBeNull();
      }),
    );
  });
});

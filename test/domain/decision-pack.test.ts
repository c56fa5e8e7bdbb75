import fc from 'fast-check';
import { papersLike, recount, type PackedVote } from '../../domain/decision-pack.js';
import type { Policy } from '../../domain/policy.js';
import { count, type CountingRules, type Tally } from '../../domain/vote.js';

const rules: CountingRules = {
  quorum: { numerator: 2, denominator: 3 },
  pass: 'over_half',
  minDifferential: { min: 1, percent: 20 },
  tieReballots: 1,
  supplementaryRounds: 1,
  tieBreak: ['school_score'],
  recusalScope: 'ballot_group',
};
const policy = { vote: rules } as unknown as Policy;
const candidates = ['a', 'b', 'c', 'd', 'e'];
const tieBreakValues = Object.fromEntries(candidates.map((id, index) => [id, { school_score: index }]));

/** A vote by eleven members with these papers, and its count. */
function voteOf(ballots: readonly (readonly string[])[], seats: number): PackedVote & { tally: Tally } {
  const figures = { members: 11, voters: 11, issued: 11, candidates, seats, tieBreakValues };
  const tally = count({ round: 'first', ...figures, ballots, rules }) as Tally;
  return { id: 'v', unit: 'u', ballotRound: 'first', firstVoteId: 'v', position: 1, ...figures, tally };
}

test('S14, V14: papers made from a tally give that tally, whatever was cast', () => {
  const paper = fc.oneof(
    { weight: 9, arbitrary: fc.subarray(candidates) },
    { weight: 1, arbitrary: fc.constant(['nobody']) },
  );
  fc.assert(
    fc.property(fc.array(paper, { maxLength: 11 }), fc.integer({ min: 1, max: 4 }), (ballots, seats) => {
      const vote = voteOf(ballots, seats);
      expect(papersLike(vote)).toHaveLength(ballots.length);
      expect(recount(vote, policy)).toBeNull();
      expect(recount(vote, policy, ballots)).toBeNull();
    }),
  );
});

test('S14: figures that no papers can give are refused at their boundary', () => {
  const ballots = [...Array.from({ length: 6 }, () => ['a', 'b']), ['c'], []];
  const vote = voteOf(ballots, 2);
  const withVotes = (votes: Record<string, number>) => ({
    ...vote,
    tally: { ...vote.tally, votes: { ...vote.tally.votes, ...votes } },
  });
  expect(() => papersLike(withVotes({ a: 7 }))).not.toThrow();
  expect(() => papersLike(withVotes({ a: 8 }))).toThrow(RangeError);
  // Seven papers with two names at most.
  expect(() => papersLike(withVotes({ c: 2 }))).not.toThrow();
  expect(() => papersLike(withVotes({ c: 3 }))).toThrow(RangeError);
  expect(() => papersLike(withVotes({ a: 0, b: 6 }))).not.toThrow();
  expect(() => papersLike(withVotes({ a: 0, b: 5 }))).toThrow(RangeError);
});

test('S14: a void vote and one that was never counted verify as such', () => {
  const ballots = Array.from({ length: 12 }, () => ['a']);
  const figures = { members: 11, voters: 11, issued: 11, candidates, seats: 1, tieBreakValues };
  const tally = count({ round: 'first', ...figures, ballots, rules });
  const vote: PackedVote = { ...voteOf([], 1), tally };
  expect(tally).toEqual({ void: true, issued: 11, returned: 12 });
  expect(recount(vote, policy)).toBeNull();
  expect(recount({ ...vote, tally: null, voters: null, issued: null }, policy)).toBeNull();
  expect(recount({ ...vote, issued: 10 }, policy)).not.toBeNull();
});

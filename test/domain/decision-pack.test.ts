import fc from 'fast-check';
import {
  checkVotes,
  papersLike,
  recount,
  type PackedStage,
  type PackedVote,
} from '../../domain/decision-pack.js';
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
  const vote = { id: 'v', unit: 'u', ballotRound: 'first', firstVoteId: 'v', position: 1 } as const;
  return { ...vote, ...figures, tally, confirmedByChair: true, confirmedBySupervisor: true };
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

type Entry = PackedStage['candidates'][number];

/** A meeting of seven on two seats: a is elected, b and c are tied for the other, d and e do not pass. */
const small: PackedVote = { ...voteOf([], 2), members: 7, voters: 7, issued: 7 };
const recounted = (vote: PackedVote, ballots: readonly (readonly string[])[]): PackedVote => ({
  ...vote,
  tally: count({
    round: vote.ballotRound,
    members: vote.members,
    voters: vote.voters!,
    issued: vote.issued!,
    ballots,
    candidates: vote.candidates,
    seats: vote.seats,
    rules,
    tieBreakValues: vote.tieBreakValues,
  }),
});
const opening = recounted(small, [
  ...Array.from({ length: 3 }, () => ['a', 'b']),
  ...Array.from({ length: 3 }, () => ['a', 'c']),
  ['b', 'c'],
]);
const again: PackedVote = {
  ...small,
  id: 'w',
  position: 2,
  ballotRound: 're_ballot',
  candidates: ['b', 'c'],
  seats: 1,
  tieBreakValues: { b: { school_score: 1 }, c: { school_score: 1 } },
};
const settled = recounted(again, [...Array.from({ length: 4 }, () => ['b']), ['c'], ['c'], ['c']]);
const tiedAgain = recounted(again, [['b'], ['b'], ['b'], ['c'], ['c'], ['c'], []]);

const entry = (applicationId: string, outcome: string, code: string | null = null, caseId = 'v'): Entry => ({
  applicationId,
  caseId,
  outcome,
  reason: code === null ? null : { code },
});
const lost = ['d', 'e'].map((id) => entry(id, 'out', 'NOT_ELECTED'));
const faultsOf = (
  votes: readonly PackedVote[],
  entries: readonly Entry[],
  vacant = 0,
  assigned = 0,
  seats = 2,
) =>
  checkVotes(
    votes,
    [{ stage: 'differential_vote', candidates: entries }],
    [
      {
        unit: 'u',
        rank: 'r',
        candidates: 5,
        proposed: 2,
        seats,
        reason: null,
        equalNumberDecision: null,
        approvalId: 'x',
        vacant,
        assigned,
      },
    ],
    policy,
  );

describe('S14: the list must have what a meeting gave', () => {
  const elected = [entry('a', 'on'), entry('b', 'on')];

  test.each([
    ['on the reserve list', entry('c', 'reserve')],
    ['called from it', entry('c', 'called')],
    ['gone before the record was signed', entry('c', 'out', 'WITHDRAWN')],
    ['before a step that was done again', entry('c', 'redone')],
  ])('V16, V18: a settled tie, with the loser %s', (_what, c) => {
    expect(faultsOf([opening, settled], [...elected, c, ...lost])).toEqual([]);
  });

  test.each([
    ['elected', entry('c', 'on')],
    ['simply out', entry('c', 'out', 'NOT_ELECTED')],
    ['without an outcome', { ...entry('c', ''), outcome: null }],
    ['of another meeting', entry('c', 'reserve', null, 'other')],
  ])('V18: not with the loser %s', (_what, c) => {
    expect(faultsOf([opening, settled], [...elected, c, ...lost])).toEqual([
      'meeting v: the list differs for c',
    ]);
  });

  test('V18: who was elected and left before the record was signed has had the seat', () => {
    const [a] = elected as [Entry];
    const c = entry('c', 'reserve');
    const left = { ...a, outcome: 'out', reason: { code: 'WITHDRAWN' } };
    expect(faultsOf([opening, settled], [left, ...elected.slice(1), c, ...lost])).toEqual([
      'meeting v: the list differs for a',
    ]);
  });

  test('V16, V17: a tie that stays leaves a seat vacant, and no other number of them', () => {
    const entries = [elected[0]!, entry('b', 'reserve'), entry('c', 'reserve'), ...lost];
    expect(faultsOf([opening, tiedAgain], entries, 1)).toEqual([]);
    expect(faultsOf([opening, tiedAgain], entries, 0)).toEqual(['u: 0 seats are vacant, its votes left 1']);
  });

  test('V17: no more seats are given than were left empty, and no meeting chooses for more than its group has', () => {
    const entries = [elected[0]!, entry('b', 'reserve'), entry('c', 'reserve'), ...lost];
    expect(faultsOf([opening, tiedAgain], entries, 1, 1)).toEqual([]);
    expect(faultsOf([opening, tiedAgain], entries, 1, 2)).toEqual([
      'r: 2 seats were given to groups, its votes left 1',
    ]);
    expect(faultsOf([opening, tiedAgain], entries, 1, 1, 1)).toEqual([]);
    expect(faultsOf([opening, tiedAgain], entries, 1, 0, 1)).toEqual(['u: meeting v chose for 2 seats of 1']);
  });

  test('V8, V13: a meeting that two void votes stopped holds who was still to be voted on', () => {
    const smuggled = recounted(
      again,
      Array.from({ length: 8 }, () => ['b']),
    );
    const stopped = [opening, smuggled, { ...smuggled, id: 'x', position: 3 }];
    const held = [elected[0]!, entry('b', 'stopped', 'VOTE_STOPPED'), entry('c', 'stopped', 'VOTE_STOPPED')];
    expect(faultsOf(stopped, [...held, ...lost])).toEqual([]);
    expect(faultsOf(stopped, [...elected, held[2]!, ...lost])).toEqual(['meeting v: the list differs for b']);
  });

  test('W7: a vote whose record was never signed says nothing of the list', () => {
    const entries = ['a', 'b', 'c', 'd', 'e'].map((id) => entry(id, 'out', 'ROUND_CANCELLED'));
    const unsigned = { ...settled, confirmedBySupervisor: false };
    expect(faultsOf([opening, unsigned], entries)).toEqual([]);
    expect(faultsOf([opening, settled], entries)).toEqual(['meeting v: the list differs for a, b']);
  });

  test('a further round without its first vote, and tie-break values other than the frozen ones, are found', () => {
    expect(faultsOf([settled], [])).toContain('meeting v: its first vote is missing');
    const byKeys = { ...tiedAgain, tieBreakValues: { b: { school_score: 2 }, c: { school_score: 1 } } };
    const entries = [elected[0]!, entry('b', 'reserve'), entry('c', 'reserve'), ...lost];
    expect(faultsOf([opening, byKeys], entries, 1)).toEqual(['vote w: the count gives another tally']);
  });
});

import type { VoteRules } from './policy.js';
import { Refusal, type Reason } from './refusal.js';
import { atLeastPercent, requireWhole, wholePart } from './whole-numbers.js';

/** What a scheme's vote rules say about counting; published with the round and frozen with it. Rule V9. */
export type CountingRules = Pick<
  VoteRules,
  'quorum' | 'pass' | 'minDifferential' | 'tieReballots' | 'supplementaryRounds' | 'tieBreak' | 'recusalScope'
>;

/** A round of voting: the first, one among the tied only, one for seats that too few passed for. */
export type RoundKind = 'first' | 're_ballot' | 'supplementary';

/** Whole numbers by candidate and tie-break key. They are read where votes are equal. */
export type TieBreakValues = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A round that is due: who is on the paper, and for how many seats. */
export interface NextRound {
  readonly round: RoundKind;
  readonly candidates: readonly string[];
  readonly seats: number;
}

/** Who passed without a seat. Equals share a place, and the next place is counted as if they did not. */
export interface ReservePlace {
  readonly candidate: string;
  readonly place: number;
}

/** More papers came back than went out: the whole vote is void and no tally is shown. */
export interface VoidVote {
  readonly void: true;
  readonly issued: number;
  readonly returned: number;
  /** With one paper for each candidate: the first of the list whose papers these are. */
  readonly candidate?: string;
}

/** Who may vote on one candidate, where each has a paper of its own (逐人票决). Rule V2. */
export interface Electorate {
  readonly candidate: string;
  /** Members present and not recused from the candidate: the denominator. */
  readonly voters: number;
  /** Papers of the candidate that went out. */
  readonly issued: number;
}

/** An electorate with the papers that came back: each names the candidate or nobody. */
export interface CandidatePapers extends Electorate {
  readonly ballots: readonly (readonly string[])[];
}

/** A paper as it was opened: the names on it, and whose it is where each candidate has one. */
export interface OpenedPaper {
  readonly candidateId: string | null;
  readonly names: readonly string[];
}

/** Lays opened papers to the candidates whose they are. Rule V2. */
export function sortPapers(
  electorates: readonly Electorate[],
  opened: readonly OpenedPaper[],
): CandidatePapers[] {
  return electorates.map((electorate) => ({
    ...electorate,
    ballots: opened
      .filter(({ candidateId }) => candidateId === electorate.candidate)
      .map(({ names }) => names),
  }));
}

/** The papers of one candidate in a tally. `returned` = `valid` + `invalid`; blank papers are valid. */
export interface CandidateTally {
  readonly voters: number;
  readonly issued: number;
  readonly returned: number;
  readonly valid: number;
  readonly blank: number;
  readonly invalid: number;
}

/**
 * The tally of one round. `returned` = `valid` + `invalid`; blank papers are valid. With one paper for each candidate the
 * figures of papers are those of all candidates together.
 */
export interface Tally {
  readonly void: false;
  readonly voters: number;
  readonly issued: number;
  readonly returned: number;
  readonly valid: number;
  readonly blank: number;
  readonly invalid: number;
  readonly votes: Readonly<Record<string, number>>;
  /** The papers of each candidate, where each has a paper of its own. */
  readonly byCandidate?: Readonly<Record<string, CandidateTally>>;
  /** By votes; by the ratio of votes to voters, where each candidate has voters of its own. */
  readonly elected: readonly string[];
  /** Those of the elected whose seat the tie-break keys decided. */
  readonly electedByTieBreak: readonly string[];
  readonly reserve: readonly ReservePlace[];
  /** Who must be voted on once more for how many seats; null when no seat is tied. */
  readonly tied: { readonly candidates: readonly string[]; readonly seats: number } | null;
  /** The further vote for seats that too few passed for; null when none is due. */
  readonly supplementary: { readonly candidates: readonly string[]; readonly seats: number } | null;
  /** Seats that stay empty, without those of `tied` and `supplementary`. */
  readonly vacant: number;
}

/** What one round of voting came to. */
export type Count = VoidVote | Tally;

/** A round that was held, with its count. */
export interface HeldRound extends NextRound {
  readonly count: Count;
}

/** What the rounds of a group came to together. */
export interface GroupOutcome {
  /** `open`: `next` is due; `decided`: no round is; `stopped`: a second void vote ended the meeting in `next`. */
  readonly state: 'open' | 'decided' | 'stopped';
  readonly elected: readonly string[];
  readonly reserve: readonly ReservePlace[];
  /** Neither elected nor on the reserve list, nor still to be voted on. */
  readonly notElected: readonly string[];
  /** Seats that nobody has and that are not those of `next`. */
  readonly vacant: number;
  readonly next: NextRound | null;
}

/**
 * The seats that a group has now: those that were approved, less what its votes left empty, which has gone back to the
 * district, and with what the district gave it out of that. Rule V17.
 * @param quota whole numbers
 */
export function seatsNow(quota: {
  readonly seats: number;
  readonly vacant: number;
  readonly assigned: number;
}): number {
  return quota.seats - quota.vacant + quota.assigned;
}

/**
 * The smallest number of voters that is a quorum. Rule V10.
 * @param members members appointed for the round
 * @param quorum the share of them
 * @throws RangeError for a number that is not whole
 */
export function quorumNeeded(members: number, quorum: CountingRules['quorum']): number {
  requireWhole('members', members);
  return wholePart(quorum.numerator * members + quorum.denominator - 1, quorum.denominator);
}

/**
 * Whether enough members can vote; members who are recused are not voters. Rule V4.
 * @param voters members present and not recused
 * @param members members appointed for the round
 * @param quorum the share of them
 * @throws RangeError for a number that is not whole
 */
export function quorumReached(voters: number, members: number, quorum: CountingRules['quorum']): boolean {
  return voters >= quorumNeeded(members, quorum);
}

/**
 * How many candidates there must be above the seats. Rule V11.
 * @param seats seats to be filled
 * @param rules the vote's rules; only `minDifferential` is read
 * @throws RangeError for a number that is not whole
 */
export function differentialRequired(seats: number, rules: Pick<CountingRules, 'minDifferential'>): number {
  return Math.max(rules.minDifferential.min, atLeastPercent(seats, rules.minDifferential.percent));
}

/**
 * Whether so many votes pass. Blank, invalid and unreturned papers stay in the denominator. Rules V14, R0.1.
 * @param votes votes for the candidate
 * @param voters members present and not recused
 * @param rule more than half, or two thirds (included)
 */
export function passes(votes: number, voters: number, rule: CountingRules['pass']): boolean {
  return rule === 'over_half' ? 2 * votes > voters : 3 * votes >= 2 * voters;
}

/**
 * Checks that a ballot may open. Rules V2, V4, V10, V11, Q7.
 * @param input round: which round of voting; members: appointed for the round; present: signed in; recused: of
 *   those present, from the whole ballot; votersOf: with recusal by candidate, how many vote on each; candidates: the
 *   frozen list; seats: to be filled; rules: the vote's; equalNumberDecision: the number of the leading group's written
 *   decision to vote without the differential (等额)
 * @returns the voters, and what the chair is warned of (`VOTE_EVEN_COMMITTEE`)
 * @throws Refusal `VOTE_ROUNDS` for more than one re-ballot or supplementary round; `VOTE_NOTHING_TO_DECIDE` without a
 *   candidate or a seat; `VOTE_NO_QUORUM`; `VOTE_NO_QUORUM_FOR_CANDIDATE` for the first candidate on whom too few vote;
 *   `VOTE_NOT_DIFFERENTIAL`; RangeError for a number that is not whole, and for voters of each candidate that are missing
 *   or not asked for
 */
export function checkOpen(input: {
  readonly round: RoundKind;
  readonly members: number;
  readonly present: number;
  readonly recused: number;
  readonly votersOf?: Readonly<Record<string, number>> | undefined;
  readonly candidates: readonly string[];
  readonly seats: number;
  readonly rules: CountingRules;
  readonly equalNumberDecision?: string;
}): { readonly voters: number; readonly warnings: readonly Reason[] } {
  const { round, members, present, recused, seats, rules } = input;
  requireWhole('present', present);
  requireWhole('recused', recused);
  requireWhole('seats', seats);
  const voters = present - recused;
  const candidates = input.candidates.length;
  requireCountable(rules);
  if (candidates === 0 || seats === 0) {
    throw new Refusal({ code: 'VOTE_NOTHING_TO_DECIDE', rule: 'Q7', values: { candidates, seats } });
  }
  requireScope(rules, input.votersOf === undefined ? 'ballot_group' : 'candidate');
  if (input.votersOf === undefined) requireQuorum(voters, members, rules);
  else
    for (const candidate of input.candidates)
      requireQuorumFor(candidate, input.votersOf[candidate] ?? Number.NaN, members, rules);
  const required = seats + differentialRequired(seats, rules);
  const decided = (input.equalNumberDecision ?? '').trim() !== '';
  // A re-ballot is held among the tied only, however many they are.
  if (round !== 're_ballot' && candidates < required && !decided) {
    const values = { candidates, seats, required };
    throw new Refusal({ code: 'VOTE_NOT_DIFFERENTIAL', rule: 'Q7', values });
  }
  const warnings =
    members % 2 === 0 ? [{ code: 'VOTE_EVEN_COMMITTEE', rule: 'V1', values: { members } }] : [];
  return { voters, warnings };
}

/**
 * Counts one round of voting on papers that name the whole group. Rules V12–V18. A paper is valid with at most as many distinct names as seats, all on
 * the list; a name written twice counts once; no name is a blank, valid paper. In a first or supplementary round
 * those who pass take the seats by votes. In a re-ballot, whose candidates have all passed before, most votes
 * win; what is still tied goes to the tie-break keys, and a seat that they leave tied stays empty.
 * @param input round: which round; members: appointed; voters: present and not recused; issued: papers that went
 *   out; ballots: the names on each paper that came back; candidates: the list, distinct; seats: to be filled;
 *   rules: the vote's; tieBreakValues: of each candidate
 * @returns the tally, or that the vote is void
 * @throws Refusal `VOTE_ROUNDS`; `VOTE_NO_QUORUM`; `VOTE_ISSUED_OVER_VOTERS`; RangeError for rules of recusal by
 *   candidate, a number that is not whole, a candidate listed twice, or a tie-break value that is needed and missing
 */
export function count(input: {
  readonly round: RoundKind;
  readonly members: number;
  readonly voters: number;
  readonly issued: number;
  readonly ballots: readonly (readonly string[])[];
  readonly candidates: readonly string[];
  readonly seats: number;
  readonly rules: CountingRules;
  readonly tieBreakValues: TieBreakValues;
}): Count {
  const { members, voters, issued, ballots, candidates, seats, rules } = input;
  requireWhole('voters', voters);
  requireWhole('issued', issued);
  requireWhole('seats', seats);
  requireDistinct(candidates);
  requireCountable(rules);
  requireScope(rules, 'ballot_group');
  requireQuorum(voters, members, rules);
  requireIssued(issued, voters);
  const returned = ballots.length;
  if (returned > issued) return { void: true, issued, returned };

  const papers = ballots.map((names) => new Set(names));
  const valid = papers.filter(
    (names) => names.size <= seats && [...names].every((name) => candidates.includes(name)),
  );
  const shares = candidates.map((candidate) => ({
    candidate,
    votes: valid.filter((names) => names.has(candidate)).length,
    voters,
  }));
  return {
    void: false,
    voters,
    issued,
    returned,
    valid: valid.length,
    blank: valid.filter((names) => names.size === 0).length,
    invalid: returned - valid.length,
    votes: Object.fromEntries(shares.map(({ candidate, votes }) => [candidate, votes])),
    ...decideSeats(shares, input),
  };
}

/**
 * Counts one round of voting in which each candidate has a paper of its own (逐人票决), with recusal by candidate. Rule V2.
 * A paper is valid that names its candidate or nobody; how many a member is for cannot be seen, since no two papers are
 * known to be of one member. Each candidate passes, and has the quorum, by its own voters; candidates rank by the exact
 * ratio of votes to voters. More papers of one candidate returned than went out make the whole vote void. All else is as
 * in `count`.
 * @param input round: which round; members: appointed; voters: members who vote on at least one candidate; papers: of
 *   each candidate, in the order of the list; seats: to be filled; rules: the vote's; tieBreakValues: of each candidate
 * @throws Refusal `VOTE_ROUNDS`; `VOTE_NO_QUORUM_FOR_CANDIDATE`; `VOTE_ISSUED_OVER_VOTERS`; RangeError for rules of
 *   recusal from the whole ballot, a number that is not whole, more voters on a candidate than there are, a candidate
 *   listed twice, or a tie-break value that is needed and missing
 */
export function countByCandidate(input: {
  readonly round: RoundKind;
  readonly members: number;
  readonly voters: number;
  readonly papers: readonly CandidatePapers[];
  readonly seats: number;
  readonly rules: CountingRules;
  readonly tieBreakValues: TieBreakValues;
}): Count {
  const { members, papers, seats, rules } = input;
  requireWhole('voters', input.voters);
  requireWhole('seats', seats);
  requireDistinct(papers.map(({ candidate }) => candidate));
  requireCountable(rules);
  requireScope(rules, 'candidate');
  for (const { candidate, voters, issued } of papers) {
    requireWhole('voters', voters);
    requireWhole('issued', issued);
    if (voters > input.voters) throw new RangeError(`${candidate} has more voters than there are`);
    requireQuorumFor(candidate, voters, members, rules);
    requireIssued(issued, voters);
  }
  const over = papers.find(({ ballots, issued }) => ballots.length > issued);
  if (over !== undefined) {
    const { candidate, issued, ballots } = over;
    return { void: true, issued, returned: ballots.length, candidate };
  }

  const counted = papers.map(({ candidate, voters, issued, ballots }) => {
    const valid = ballots.filter((names) => names.every((name) => name === candidate));
    const votes = valid.filter((names) => names.length > 0).length;
    const [returned, blank] = [ballots.length, valid.length - votes];
    const invalid = returned - valid.length;
    return { candidate, votes, voters, issued, returned, valid: valid.length, blank, invalid };
  });
  const sum = (figure: 'issued' | 'returned' | 'valid' | 'blank' | 'invalid') =>
    counted.reduce((total, each) => total + each[figure], 0);
  return {
    void: false,
    voters: input.voters,
    issued: sum('issued'),
    returned: sum('returned'),
    valid: sum('valid'),
    blank: sum('blank'),
    invalid: sum('invalid'),
    votes: Object.fromEntries(counted.map(({ candidate, votes }) => [candidate, votes])),
    byCandidate: Object.fromEntries(
      counted.map(({ candidate, votes: _votes, ...figures }) => [candidate, figures]),
    ),
    ...decideSeats(counted, input),
  };
}

/** A candidate's votes, and of how many voters. */
interface Share {
  readonly candidate: string;
  readonly votes: number;
  readonly voters: number;
}

type Seating = Pick<Tally, 'elected' | 'electedByTieBreak' | 'reserve' | 'tied' | 'supplementary' | 'vacant'>;

/** Who has a seat, who comes to a further round, which seats stay empty. Rules V14–V18. */
function decideSeats(
  shares: readonly Share[],
  {
    round,
    seats,
    rules,
    tieBreakValues,
  }: {
    readonly round: RoundKind;
    readonly seats: number;
    readonly rules: CountingRules;
    readonly tieBreakValues: TieBreakValues;
  },
): Seating {
  const candidates = shares.map(({ candidate }) => candidate);
  const shareOf = new Map(shares.map((share) => [share.candidate, share]));
  // a/b > c/d as a·d > c·b, in whole numbers.
  const byVotes: Comparison = (left, right) => {
    const [one, other] = [shareOf.get(left)!, shareOf.get(right)!];
    return other.votes * one.voters - one.votes * other.voters;
  };
  const byVotesThenKeys: Comparison = (left, right) =>
    byVotes(left, right) || compareByKeys(left, right, rules.tieBreak, tieBreakValues);

  const passed = shares
    .filter(({ votes, voters }) => round === 're_ballot' || passes(votes, voters, rules.pass))
    .map(({ candidate }) => candidate);
  const reballotDue = round !== 're_ballot' && rules.tieReballots > 0;
  const withVotes = takeSeats(passed, seats, byVotes);
  const taken =
    withVotes.tied.length > 0 && !reballotDue ? takeSeats(passed, seats, byVotesThenKeys) : withVotes;
  const { elected } = taken;
  const awaitsReballot = reballotDue ? taken.tied : [];
  const withoutSeat = passed.filter(
    (candidate) => !elected.includes(candidate) && !awaitsReballot.includes(candidate),
  );
  const open = seats - elected.length;
  const supplementary =
    round === 'first' && rules.supplementaryRounds > 0 && passed.length < seats
      ? supplementaryRound(
          candidates.filter((candidate) => !passed.includes(candidate)),
          open,
          rules,
          byVotesThenKeys,
        )
      : null;
  return {
    elected,
    electedByTieBreak: elected.filter((candidate) => !withVotes.elected.includes(candidate)),
    reserve: placesOf(withoutSeat, byVotesThenKeys),
    tied: awaitsReballot.length > 0 ? { candidates: awaitsReballot, seats: open } : null,
    supplementary,
    vacant: awaitsReballot.length > 0 ? 0 : open - (supplementary?.seats ?? 0),
  };
}

/**
 * Puts the rounds of a group together: who is elected, who is on the reserve list, which round is due next. A void vote is
 * held again with new papers and uses no round up; the second one stops the meeting. Rules V8, V13, V16–V18.
 * @param first the group's list and seats
 * @param held the rounds of the meeting so far, in order, void ones included
 * @returns the outcome so far; with no round held, the first is due
 * @throws Refusal `VOTE_ROUND_NOT_DUE` when a round was held that was not due, or with other candidates or seats
 */
export function mergeRounds(
  first: { readonly candidates: readonly string[]; readonly seats: number },
  held: readonly HeldRound[],
): GroupOutcome {
  let next: NextRound | null = { round: 'first', ...first };
  let voids = 0;
  const elected: string[] = [];
  let reserve: ReservePlace[] = [];
  for (const one of held) {
    if (voids >= 2 || next === null || !isSameRound(one, next)) {
      throw new Refusal({
        code: 'VOTE_ROUND_NOT_DUE',
        rule: 'V8',
        values: { held: one.round, candidates: one.candidates, seats: one.seats },
      });
    }
    if (one.count.void) {
      voids += 1;
      continue;
    }
    elected.push(...one.count.elected);
    // Who lost a re-ballot had more votes than those who were on the list already.
    const ahead = one.count.reserve.length;
    reserve = [
      ...one.count.reserve,
      ...reserve.map(({ candidate, place }) => ({ candidate, place: place + ahead })),
    ];
    next = dueAfter(one.count);
  }
  const stopped = voids >= 2;
  const waiting = next?.candidates ?? [];
  const reserved = reserve.map(({ candidate }) => candidate);
  return {
    state: stopped ? 'stopped' : next === null ? 'decided' : 'open',
    elected,
    reserve,
    notElected: first.candidates.filter((one) => ![...elected, ...reserved, ...waiting].includes(one)),
    vacant: first.seats - elected.length - (next?.seats ?? 0),
    next,
  };
}

type Comparison = (left: string, right: string) => number;

/** Takes the best for the seats. When equals stand on both sides of the last seat, all of them are tied. */
function takeSeats(
  candidates: readonly string[],
  seats: number,
  comparison: Comparison,
): { elected: string[]; tied: string[] } {
  const ordered = candidates.toSorted(comparison);
  const last = ordered[seats - 1];
  const following = ordered[seats];
  if (last === undefined || following === undefined || comparison(last, following) !== 0) {
    return { elected: ordered.slice(0, seats), tied: [] };
  }
  return {
    elected: ordered.filter((candidate) => comparison(candidate, last) < 0),
    tied: ordered.filter((candidate) => comparison(candidate, last) === 0),
  };
}

/** The best of those not elected, with a differential again; equals at the end of the list come in together. */
function supplementaryRound(
  notPassed: readonly string[],
  seats: number,
  rules: CountingRules,
  comparison: Comparison,
): Tally['supplementary'] {
  const needed = seats + differentialRequired(seats, rules);
  if (notPassed.length < needed) return null;
  const { elected, tied } = takeSeats(notPassed, needed, comparison);
  return { candidates: [...elected, ...tied], seats };
}

function placesOf(candidates: readonly string[], comparison: Comparison): ReservePlace[] {
  return candidates.toSorted(comparison).map((candidate) => ({
    candidate,
    place: 1 + candidates.filter((other) => comparison(other, candidate) < 0).length,
  }));
}

/**
 * Orders two candidates by the scheme's published keys, as for `sort`: the higher value first. Rule V16.
 * @param keys the keys in the order in which they count
 * @param values numbers of the candidates, by candidate and key
 * @returns 0 when they are equal in all keys
 */
export function compareByKeys(
  left: string,
  right: string,
  keys: readonly string[],
  values: TieBreakValues,
): number {
  if (left === right) return 0;
  for (const key of keys) {
    const leftValue = values[left]?.[key];
    const rightValue = values[right]?.[key];
    if (leftValue === undefined || rightValue === undefined) {
      throw new RangeError(`tie-break value ${key} is missing for ${left} or ${right}`);
    }
    if (leftValue !== rightValue) return rightValue - leftValue;
  }
  return 0;
}

function dueAfter(tally: Tally): NextRound | null {
  if (tally.tied) return { round: 're_ballot', ...tally.tied };
  if (tally.supplementary) return { round: 'supplementary', ...tally.supplementary };
  return null;
}

/** Whoever has withdrawn meanwhile is not on the list of the round that was held. */
function isSameRound(held: NextRound, due: NextRound): boolean {
  return (
    held.round === due.round &&
    held.seats === due.seats &&
    held.candidates.every((candidate) => due.candidates.includes(candidate))
  );
}

function requireCountable(rules: CountingRules): void {
  const { tieReballots, supplementaryRounds } = rules;
  if (tieReballots > 1 || supplementaryRounds > 1) {
    throw new Refusal({ code: 'VOTE_ROUNDS', rule: 'V8', values: { tieReballots, supplementaryRounds } });
  }
}

function requireQuorum(voters: number, members: number, rules: CountingRules): void {
  if (!quorumReached(voters, members, rules.quorum)) {
    const values = { members, voters, required: quorumNeeded(members, rules.quorum) };
    throw new Refusal({ code: 'VOTE_NO_QUORUM', rule: 'V4', values });
  }
}

function requireQuorumFor(candidate: string, voters: number, members: number, rules: CountingRules): void {
  requireWhole('voters', voters);
  if (!quorumReached(voters, members, rules.quorum)) {
    const values = { candidate, members, voters, required: quorumNeeded(members, rules.quorum) };
    throw new Refusal({ code: 'VOTE_NO_QUORUM_FOR_CANDIDATE', rule: 'V2', values });
  }
}

/** One kind of papers is not counted by the rules of the other. Rule V2. */
function requireScope({ recusalScope }: CountingRules, scope: CountingRules['recusalScope']): void {
  if (recusalScope !== scope) throw new RangeError(`the papers are of scope ${scope}, not ${recusalScope}`);
}

function requireIssued(issued: number, voters: number): void {
  if (issued > voters)
    throw new Refusal({ code: 'VOTE_ISSUED_OVER_VOTERS', rule: 'V13', values: { issued, voters } });
}

function requireDistinct(candidates: readonly string[]): void {
  if (new Set(candidates).size !== candidates.length) throw new RangeError('a candidate is listed twice');
}

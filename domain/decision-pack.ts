import { canonicalJson } from './canonical-json.js';
import { checkSheet, sheetDifferences, type CountSheet } from './paper-count.js';
import type { Policy } from './policy.js';
import {
  allocateNominationQuotas,
  allocateSeats,
  checkApprovedTable,
  nominationTotal,
  type QuotaProposal,
} from './quota.js';
import { Refusal } from './refusal.js';
import {
  count,
  countByCandidate,
  mergeRounds,
  type CandidatePapers,
  type Count,
  type Electorate,
  type GroupOutcome,
  type HeldRound,
  type RoundKind,
  type TieBreakValues,
} from './vote.js';

/** Something in a decision pack that is not as it must be. */
export interface PackFault {
  /** The file of the pack, or `pack` for the archive itself. */
  readonly file: string;
  readonly fault: string;
}

/** A row of the approved table of nominations, with what its proposal was computed from. */
export interface PackedNomination {
  readonly schoolId: string;
  readonly code: string;
  readonly school: string;
  readonly rank: string;
  readonly fullTimeTeachers: number;
  readonly rural: boolean;
  readonly proposed: number;
  readonly places: number;
  readonly reason: string | null;
}

/** A row of an approved table of seats; the rows of one approval were proposed together. */
export interface PackedSeats {
  readonly unit: string;
  readonly rank: string;
  readonly candidates: number;
  readonly proposed: number;
  readonly seats: number;
  readonly reason: string | null;
  readonly equalNumberDecision: string | null;
  readonly approvalId: string | null;
  /** Seats that votes left empty, and those that the leading group gave the group out of such. */
  readonly vacant: number;
  readonly assigned: number;
}

/** The quotas of a round as they were approved, and what was changed later. */
export interface PackedQuotas {
  readonly places: Readonly<Record<string, number>>;
  readonly nominations: readonly PackedNomination[];
  /** Places of the approved tables that were held back (机动, `reserve`) or listed apart (单列, `apart`). */
  readonly extra: readonly {
    readonly rank: string;
    readonly kind: string;
    readonly places: number;
    readonly reason: string;
  }[];
  readonly changes: readonly object[];
  readonly seats: readonly PackedSeats[];
}

/** One round of voting; its count is null when it never came to one. */
export interface PackedVote {
  readonly id: string;
  readonly unit: string | null;
  readonly ballotRound: RoundKind;
  readonly firstVoteId: string;
  readonly position: number;
  readonly candidates: readonly string[];
  readonly seats: number;
  readonly members: number;
  readonly voters: number | null;
  readonly issued: number | null;
  /** Who votes on each candidate, where each has a paper of its own (V2). */
  readonly electorates?: readonly Electorate[];
  /** Frozen with the count. */
  readonly tieBreakValues: TieBreakValues;
  readonly tally: Count | null;
  readonly confirmedByChair: boolean;
  readonly confirmedBySupervisor: boolean;
}

/** What a stage's runs gave their candidates. */
export interface PackedStage {
  readonly stage: string;
  readonly candidates: readonly {
    readonly applicationId: string;
    /** The run, such as the first vote of a meeting. */
    readonly caseId: string;
    readonly outcome: string | null;
    readonly reason: { readonly code: string } | null;
  }[];
}

/**
 * Papers that give the figures of a tally, so that what follows from them can be counted again without the papers that
 * were cast: who was elected depends on the figures alone. Rule V14.
 * @throws RangeError when no papers can give these figures
 */
export function papersLike({
  tally,
  candidates,
  seats,
}: Pick<PackedVote, 'candidates' | 'seats'> & {
  readonly tally: Count;
}): string[][] {
  if (tally.void) return Array.from({ length: tally.returned }, () => []);
  const { valid, blank, invalid, votes } = tally;
  const named = valid - blank;
  const all = candidates.flatMap((candidate) => {
    const number = votes[candidate] ?? 0;
    if (number > named) throw new RangeError(`${candidate} has more votes than papers name somebody`);
    return Array.from({ length: number }, () => candidate);
  });
  if (all.length > named * seats || all.length < named || Object.keys(votes).length !== candidates.length)
    throw new RangeError('the votes do not fit the papers');
  // One after the other over the papers: nobody is on a paper twice, and no paper has more names than seats.
  const papers = Array.from({ length: named }, (): string[] => []);
  for (const [index, candidate] of all.entries()) papers[index % named]!.push(candidate);
  return [
    ...papers,
    ...Array.from({ length: blank }, () => []),
    ...Array.from({ length: invalid }, () => ['invalid']),
  ];
}

/** The same for each candidate with a paper of its own: its votes are papers that name it. Rule V2. */
function candidatePapersLike(electorates: readonly Electorate[], tally: Count): CandidatePapers[] {
  return electorates.map((electorate) => {
    const { candidate } = electorate;
    if (tally.void) {
      const returned = tally.candidate === candidate ? tally.returned : 0;
      return { ...electorate, ballots: Array.from({ length: returned }, () => []) };
    }
    const { blank = 0, invalid = 0 } = tally.byCandidate?.[candidate] ?? {};
    const ballots = [
      ...Array.from({ length: tally.votes[candidate] ?? 0 }, () => [candidate]),
      ...Array.from({ length: blank }, () => []),
      ...Array.from({ length: invalid }, () => ['invalid']),
    ];
    return { ...electorate, ballots };
  });
}

/**
 * Counts a vote again.
 * @param rules the scheme's
 * @param papers the names on each paper; without them, papers that give the tally's figures
 * @returns null when the tally is the count, else what is wrong
 */
export function recount(
  vote: PackedVote,
  policy: Policy,
  papers?: readonly (readonly string[])[],
): string | null {
  const { tally, voters, issued, electorates } = vote;
  if (tally === null) return null;
  if (electorates) return recountByCandidate(vote, policy, candidatePapersLike(electorates, tally));
  return told(() => {
    const again = count({
      round: vote.ballotRound,
      members: vote.members,
      voters: voters!,
      issued: issued!,
      ballots: papers ?? papersLike({ ...vote, tally }),
      candidates: vote.candidates,
      seats: vote.seats,
      rules: policy.vote!,
      tieBreakValues: vote.tieBreakValues,
    });
    return canonicalJson(again) === canonicalJson(tally)
      ? null
      : `vote ${vote.id}: the count gives another tally`;
  });
}

/**
 * Counts a vote again in which each candidate has a paper of its own. Rule V2.
 * @returns as `recount`
 */
export function recountByCandidate(
  vote: PackedVote,
  policy: Policy,
  papers: readonly CandidatePapers[],
): string | null {
  return told(() => {
    const again = countByCandidate({
      round: vote.ballotRound,
      members: vote.members,
      voters: vote.voters!,
      papers,
      seats: vote.seats,
      rules: policy.vote!,
      tieBreakValues: vote.tieBreakValues,
    });
    return canonicalJson(again) === canonicalJson(vote.tally)
      ? null
      : `vote ${vote.id}: the count gives another tally`;
  });
}

/**
 * Checks what the two tellers of a vote on paper typed: the papers balance, and both say the same. Rules V2, V7.
 * @returns what is wrong
 */
export function checkSheets(vote: PackedVote, first: CountSheet, second: CountSheet): string[] {
  const differ = sheetDifferences(first, second, vote.candidates).length > 0;
  const unbalanced = told(() => {
    checkSheet(first, { ...vote, issued: vote.issued! });
    return null;
  });
  return [
    ...(differ ? ['its tellers have typed two counts'] : []),
    ...(unbalanced === null ? [] : [unbalanced]),
  ];
}

/**
 * Counts every vote of a round again, puts the rounds of each meeting together, and compares what they decided with the
 * outcomes of the list and the seats that stayed empty. Rules V8, V14–V18.
 * @returns what is wrong
 */
export function checkVotes(
  votes: readonly PackedVote[],
  stages: readonly PackedStage[],
  seats: readonly PackedSeats[],
  policy: Policy,
): string[] {
  const recounted = votes.map((vote) => recount(vote, policy));
  const meetings = [...new Set(votes.map(({ firstVoteId }) => firstVoteId))].map((id) =>
    votes
      .filter(({ firstVoteId }) => firstVoteId === id)
      .toSorted((left, right) => left.position - right.position),
  );
  return [
    ...recounted,
    ...meetings.map((rounds) => told(() => checkMeeting(rounds, stages))),
    ...seats.map((quota) => told(() => checkVacant(quota, meetings))),
    ...[...new Set(seats.map(({ rank }) => rank))].map((rank) => told(() => checkAssigned(rank, seats))),
  ].filter((fault) => fault !== null);
}

function checkMeeting(rounds: readonly PackedVote[], stages: readonly PackedStage[]): string | null {
  const first = rounds[0]!;
  if (first.id !== first.firstVoteId) return `meeting ${first.firstVoteId}: its first vote is missing`;
  const outcome = outcomeOf(rounds);
  if (outcome === null) return null;
  const entries = stages
    .filter(({ stage }) => stage === 'differential_vote')
    .flatMap(({ candidates }) => candidates)
    .filter(({ caseId }) => caseId === first.id);
  const others = first.candidates.filter(
    (id) => !entries.some((entry) => entry.applicationId === id && isOutcome(entry, outcome)),
  );
  return others.length === 0 ? null : `meeting ${first.id}: the list differs for ${others.join(', ')}`;
}

/** What a meeting came to; null when it was not held to its end, as in a cancelled round. */
function outcomeOf(rounds: readonly PackedVote[]): GroupOutcome | null {
  const isSigned = rounds.every(
    ({ tally, confirmedByChair, confirmedBySupervisor }) =>
      tally !== null && confirmedByChair && confirmedBySupervisor,
  );
  if (!isSigned) return null;
  const held = rounds.map(({ ballotRound, candidates, seats, tally }): HeldRound => ({
    round: ballotRound,
    candidates,
    seats,
    count: tally!,
  }));
  const outcome = mergeRounds(rounds[0]!, held);
  return outcome.state === 'open' ? null : outcome;
}

/** Whether the list has for a candidate what the meeting gave. */
function isOutcome(
  { applicationId, outcome, reason }: PackedStage['candidates'][number],
  { elected, reserve, next }: GroupOutcome,
): boolean {
  // The step was done again later, for whoever was not out (N12).
  if (outcome === 'redone') return true;
  if (elected.includes(applicationId)) return outcome === 'on';
  // Who left before the record was signed is out for that; who was elected had the seat all the same (V18).
  if (outcome === 'out' && reason?.code !== 'NOT_ELECTED') return true;
  // Who is on the reserve list may have been called since.
  if (reserve.some(({ candidate }) => candidate === applicationId))
    return outcome === 'reserve' || outcome === 'called';
  return outcome === (next?.candidates.includes(applicationId) ? 'stopped' : 'out');
}

/** No meeting chose for more seats than its group ever had, and those that stayed empty are those that its meetings left. */
function checkVacant(
  { unit, seats, assigned, vacant }: PackedSeats,
  meetings: readonly PackedVote[][],
): string | null {
  const over = meetings.find(([first]) => first!.unit === unit && first!.seats > seats + assigned);
  if (over) return `${unit}: meeting ${over[0]!.id} chose for ${over[0]!.seats} seats of ${seats + assigned}`;
  const left = meetings
    .filter(([first]) => first!.unit === unit)
    .reduce((sum, rounds) => sum + (outcomeOf(rounds)?.vacant ?? 0), 0);
  return left === vacant ? null : `${unit}: ${vacant} seats are vacant, its votes left ${left}`;
}

/** No more seats were given to groups of a rank than its votes left empty. Rule V17. */
function checkAssigned(rank: string, seats: readonly PackedSeats[]): string | null {
  const ofRank = seats.filter((quota) => quota.rank === rank);
  const vacant = ofRank.reduce((sum, quota) => sum + quota.vacant, 0);
  const assigned = ofRank.reduce((sum, quota) => sum + quota.assigned, 0);
  return assigned <= vacant
    ? null
    : `${rank}: ${assigned} seats were given to groups, its votes left ${vacant}`;
}

/**
 * Computes the proposals of a round's quotas again, and checks the approved tables against them. Rules Q1–Q4, Q7.
 * @returns what is wrong
 */
export function checkQuotas(quotas: PackedQuotas, policy: Policy): string[] {
  const ranks = [...new Set(quotas.nominations.map(({ rank }) => rank))];
  const approvals = [...new Set(quotas.seats.map(({ rank, approvalId }) => `${approvalId} ${rank}`))];
  return [
    ...ranks.map((rank) => told(() => checkNominations(quotas, policy, rank))),
    ...approvals.map((approval) =>
      told(() =>
        checkSeats(
          quotas.seats.filter(({ rank, approvalId }) => `${approvalId} ${rank}` === approval),
          policy,
        ),
      ),
    ),
  ].filter((fault) => fault !== null);
}

function checkNominations(quotas: PackedQuotas, policy: Policy, rank: string): string | null {
  const rules = policy.quotas?.nominations;
  if (!rules) return 'the scheme has no nominations';
  const rows = quotas.nominations.filter((row) => row.rank === rank);
  const proposal: QuotaProposal = allocateNominationQuotas({
    total: nominationTotal(quotas.places[rank] ?? 0, rules.nominationPercent),
    schools: rows.map(({ schoolId: id, code, fullTimeTeachers, rural }) => ({
      id,
      code,
      fullTimeTeachers,
      rural,
    })),
    guarantee: rules.guarantee,
    ruralSharePercent: rules.ruralSharePercent,
  });
  const others = proposal.rows.filter(
    ({ id, quota }) => rows.find(({ schoolId }) => schoolId === id)?.proposed !== quota,
  );
  if (others.length > 0) return `${rank}: another proposal for ${others.map(({ code }) => code).join(', ')}`;
  checkApprovedTable(proposal, {
    rows: rows.map(({ schoolId: id, places: quota, reason }) => ({ id, quota, reason: reason ?? undefined })),
    extra: quotas.extra
      .filter((each) => each.rank === rank)
      .map(({ kind, places: quota, reason }) => ({ kind: kind as 'reserve' | 'apart', quota, reason })),
  });
  return null;
}

function checkSeats(rows: readonly PackedSeats[], policy: Policy): string | null {
  const rank = rows[0]!.rank;
  const proposed = rows.reduce((sum, row) => sum + row.proposed, 0);
  const seats = rows.reduce((sum, row) => sum + row.seats, 0);
  if (proposed !== seats) return `${rank}: ${proposed} seats were proposed and ${seats} approved`;
  const unexplained = rows.filter((row) => row.proposed !== row.seats && !row.reason);
  if (unexplained.length > 0)
    return `${rank}: no reason for ${unexplained.map(({ unit }) => unit).join(', ')}`;
  const groups = rows.map(({ unit: key, candidates }) => ({ key, candidates }));
  const again = allocateSeats({ seats, groups, minDifferential: policy.vote!.minDifferential });
  const others = again.filter(
    ({ key, seats: number }) => rows.find(({ unit }) => unit === key)!.proposed !== number,
  );
  return others.length > 0
    ? `${rank}: another proposal for ${others.map(({ key }) => key).join(', ')}`
    : null;
}

function told(check: () => string | null): string | null {
  try {
    return check();
  } catch (error) {
    return error instanceof Refusal
      ? `${error.code} ${canonicalJson(error.values)}`
      : (error as Error).message;
  }
}

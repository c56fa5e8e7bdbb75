import type { VoteMode } from './policy.js';
import type { Count, RoundKind } from './vote.js';

/** Somebody in the record: the name, and the school or office. */
export interface RecordedPerson {
  readonly name: string;
  readonly school: string;
}

/**
 * The record of one round of voting (当场记录), as it is signed: who met, who voted, what the count gave. Names in it are
 * those of that day. Rule V19.
 */
export interface VoteRecord {
  readonly vote: string;
  readonly organisation: string;
  /** The organ in whose name the committee votes; the organisation where the scheme names none. */
  readonly body: string;
  readonly round: string;
  readonly rank: { readonly zh: string; readonly en: string };
  /** Key of the group, such as `accomplished/science`. */
  readonly unit: string;
  readonly ballotRound: RoundKind;
  readonly mode: VoteMode;
  /** Business date of the opening. */
  readonly date: string;
  readonly place: string | null;
  /** Members appointed: N. */
  readonly committee: number;
  readonly present: readonly RecordedPerson[];
  readonly absent: readonly RecordedPerson[];
  readonly substitutes: readonly RecordedPerson[];
  /** Members who stood aside, with the kinds of conflict that barred them. */
  readonly recused: readonly (RecordedPerson & {
    readonly conflicts: readonly string[];
    /** With recusal by candidate: on whom the member did not vote, by application; without it, on anybody. */
    readonly from?: readonly string[];
  })[];
  readonly voters: number;
  readonly seats: number;
  readonly equalNumberDecision: string | null;
  /** Codes printed, and those of them that nobody drew; null in the other modes. */
  readonly codes: { readonly printed: number; readonly voided: number } | null;
  readonly candidates: readonly (RecordedPerson & { readonly applicationId: string })[];
  readonly tally: Count;
  readonly notReturned: number;
  readonly chair: string | null;
  readonly supervisor: string | null;
  readonly tellers: readonly string[];
}

/** A line of the record's table of votes. */
export interface RecordedResult {
  readonly applicationId: string;
  readonly votes: number;
  /** Of how many, where each candidate has voters of its own. */
  readonly voters?: number;
  readonly result: 'elected' | 'reserve' | 'tied' | 'supplementary' | 'not_elected';
  /** Place on the reserve list. */
  readonly place: number | null;
}

/**
 * What the count gave each candidate: the elected first, then the tied, the reserve list and the others, each by votes.
 * Rules V15–V18.
 * @param tally a count that is not void
 * @param candidates by application, in the order of the list
 */
export function resultsOf(
  tally: Extract<Count, { readonly void: false }>,
  candidates: readonly string[],
): RecordedResult[] {
  const order = ['elected', 'tied', 'reserve', 'supplementary', 'not_elected'] as const;
  const lines = candidates.map((applicationId): RecordedResult => {
    const reserve = tally.reserve.find(({ candidate }) => candidate === applicationId);
    const result = tally.elected.includes(applicationId)
      ? 'elected'
      : tally.tied?.candidates.includes(applicationId)
        ? 'tied'
        : reserve
          ? 'reserve'
          : tally.supplementary?.candidates.includes(applicationId)
            ? 'supplementary'
            : 'not_elected';
    const voters = tally.byCandidate?.[applicationId]?.voters;
    const votes = tally.votes[applicationId] ?? 0;
    return {
      applicationId,
      votes,
      ...(voters !== undefined && { voters }),
      result,
      place: reserve?.place ?? null,
    };
  });
  return lines.sort(
    (left, right) =>
      order.indexOf(left.result) - order.indexOf(right.result) ||
      (left.place ?? 0) - (right.place ?? 0) ||
      right.votes * (left.voters ?? 1) - left.votes * (right.voters ?? 1),
  );
}

import type { Fraction, VoteRules } from './policy.js';
import type { Reason } from './refusal.js';
import { quorumNeeded } from './vote.js';

/** What stands between a member of the committee and a candidate. */
export const conflictKinds = ['is_candidate', 'mentor_pair', 'kinship', 'same_school', 'other'] as const;
export type ConflictKind = (typeof conflictKinds)[number];

/** Kin who may not judge each other: 夫妻、直系血亲、三代以内旁系血亲、近姻亲 (公务员法 74). */
export const kinships = ['spouse', 'direct_line', 'within_three_generations', 'near_in_law'] as const;
export type Kinship = (typeof kinships)[number];

/** `detected` by the service, `declared` by the member, `asked` for by a candidate, `decided` by the chair without it. */
export const conflictSources = ['detected', 'declared', 'asked', 'decided'] as const;
export type ConflictSource = (typeof conflictSources)[number];

/** What became of a conflict: the member takes no paper, or votes. */
export type ConflictDecision = 'recused' | 'votes';

/** A conflict that the service found. */
export interface DetectedConflict {
  readonly memberId: string;
  readonly kind: ConflictKind;
  /** The candidates, by application, whom it is about. */
  readonly candidates: readonly string[];
}

/** Two people, in any order. */
type Pair = readonly [string, string];

/**
 * Finds the conflicts that the service can see: a member who is a candidate, who mentors one or is mentored by one, who
 * has declared kinship with one or of whom one has, and who is of a candidate's school. Rules V1, V3.
 * @param input members: persons with their schools; candidates: applications with person and school; mentorPairs: mentor
 *   and apprentice; kin: who declared kinship with whom
 * @returns one conflict for each member and kind, in the order of the members
 */
export function detectConflicts(input: {
  readonly members: readonly { readonly id: string; readonly schoolId: string }[];
  readonly candidates: readonly {
    readonly id: string;
    readonly personId: string;
    readonly schoolId: string;
  }[];
  readonly mentorPairs: readonly Pair[];
  readonly kin: readonly Pair[];
}): DetectedConflict[] {
  const { members, candidates, mentorPairs, kin } = input;
  const isPair = (pairs: readonly Pair[], one: string, other: string) =>
    pairs.some(([left, right]) => (left === one && right === other) || (left === other && right === one));
  return members.flatMap((member) => {
    const others = candidates.filter(({ personId }) => personId !== member.id);
    const found: Partial<Record<ConflictKind, typeof others>> = {
      is_candidate: candidates.filter(({ personId }) => personId === member.id),
      mentor_pair: others.filter(({ personId }) => isPair(mentorPairs, member.id, personId)),
      kinship: others.filter(({ personId }) => isPair(kin, member.id, personId)),
      same_school: others.filter(({ schoolId }) => schoolId === member.schoolId),
    };
    return conflictKinds.flatMap((kind) =>
      found[kind]?.length
        ? [{ memberId: member.id, kind, candidates: found[kind].map(({ id }) => id).sort() }]
        : [],
    );
  });
}

/**
 * Whether a conflict that the service found bars by the rule itself, so that nobody decides on it. Same school bars
 * only where the scheme says `recuse`; by default the member is warned and declares it, and the chair decides. Rules V1,
 * V3, V5.
 * @param kind what was found
 * @param sameSchool the scheme's switch
 */
export function barsByRule(kind: ConflictKind, sameSchool: 'declare' | 'recuse'): boolean {
  return kind === 'same_school' ? sameSchool === 'recuse' : kind !== 'other';
}

/** What is known of a conflict of one member. */
export interface ConflictState {
  readonly source: string;
  readonly decision: string | null;
}

/**
 * Whether a member stands aside: by a decision or the rule, or by the own declaration until it is decided on. What the
 * service warns of, or a candidate asks for, changes nothing before the decision. Rule V1.
 * @param conflicts those of the member in this vote
 */
export function standsAside(conflicts: readonly ConflictState[]): boolean {
  return conflicts.some(
    ({ source, decision }) => decision === 'recused' || (decision === null && source === 'declared'),
  );
}

/**
 * On whom a member does not vote. With `ballot_group` any conflict bars from the whole ballot; with `candidate` it bars
 * from the candidates whom it is about. Whoever is a candidate, or has a conflict that names nobody, votes on nobody.
 * Rules V1, V2.
 * @param conflicts those of the member in this vote; candidates: the applications that each is about
 * @param candidates the list of the vote
 * @param scope the scheme's
 * @returns candidates of the list, or `all`
 */
export function barredFrom(
  conflicts: readonly (ConflictState & { readonly kind: string; readonly candidates: readonly string[] })[],
  candidates: readonly string[],
  scope: VoteRules['recusalScope'],
): readonly string[] | 'all' {
  const barring = conflicts.filter((conflict) => standsAside([conflict]));
  if (barring.length === 0) return [];
  const isWhole = barring.some(
    ({ kind, candidates: about }) => kind === 'is_candidate' || about.length === 0,
  );
  if (scope === 'ballot_group' || isWhole) return 'all';
  const from = candidates.filter((id) => barring.some((conflict) => conflict.candidates.includes(id)));
  return from.length === candidates.length ? 'all' : from;
}

/**
 * Warns of a committee that recusals could leave without a quorum: the members who have no conflict are fewer. Rules V3,
 * V4.
 * @param input unit: the group that is voted on; members: the committee's number; conflicted: members with a conflict,
 *   of whatever kind; reserve: reserve members who have none; quorum: the scheme's share
 * @returns `COMMITTEE_MAY_LACK_QUORUM` with the figures, or nothing
 */
export function quorumAtRisk(input: {
  readonly unit: string;
  readonly members: number;
  readonly conflicted: number;
  readonly reserve: number;
  readonly quorum: Fraction;
}): Reason[] {
  const { unit, members, conflicted, reserve, quorum } = input;
  const required = quorumNeeded(members, quorum);
  if (members - conflicted >= required) return [];
  const values = { unit, members, conflicted, reserve, required };
  return [{ code: 'COMMITTEE_MAY_LACK_QUORUM', rule: 'V3', values }];
}

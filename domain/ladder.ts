import { isHigherRank, rankOf, type LadderRule, type Policy } from './policy.js';

/** A person with the ranks of the titles that are in force. */
export interface Holder {
  readonly personId: string;
  readonly ranks: readonly string[];
}

/** Whom one rule of the ladder concerns. */
export interface LadderList {
  readonly rule: LadderRule;
  readonly personIds: readonly string[];
}

/**
 * The ranks for which every new holder of a rank becomes a trainee by the service: 全部列为培养对象, of a rank that the body
 * running the scheme confers. Who is to be trained for a rank decided above appears in the lists only. Rules P11, C10.
 */
export function automaticTrainings(policy: Policy, newRank: string): string[] {
  return (policy.ladder ?? [])
    .filter(({ from, as, all }) => from === newRank && as === 'trainee' && all)
    .map(({ to }) => to)
    .filter((to) => rankOf(policy, to)?.decidedBy === policy.scope);
}

/**
 * The lists of the ladder: for each rule the holders of its lower rank who do not hold the upper one, or a higher one,
 * yet. 培养对象 (trainee, all) are everybody of the list; 培养人选 (nominee_pool) are those from whom others choose. Rule P11.
 */
export function ladderLists(policy: Policy, holders: readonly Holder[]): LadderList[] {
  return (policy.ladder ?? []).map((rule) => ({
    rule,
    personIds: holders
      .filter(
        ({ ranks }) => ranks.includes(rule.from) && !ranks.some((rank) => isThere(policy, rank, rule.to)),
      )
      .map(({ personId }) => personId),
  }));
}

function isThere(policy: Policy, rank: string, to: string): boolean {
  return rank === to || isHigherRank(policy, rank, to);
}

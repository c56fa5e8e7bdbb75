import type { CoverageTarget, Policy } from './policy.js';
import { isHigherRank } from './policy.js';
import type { TeachingStage } from './vocabulary.js';
import { stagesOfKind } from './school-kinds.js';
import { wholePart } from './whole-numbers.js';

/**
 * How many persons make up a percentage of the full-time teachers: the least whole number that reaches it. 10 % of 355 are
 * 36. Rule Q10.
 * @param teachers whole number from 0
 * @param percent whole number from 0
 */
export function personsForShare(teachers: number, percent: number): number {
  return wholePart(teachers * percent + 99, 100);
}

/** Whether a holder counts for a coverage target: of the rank that it names or a higher one; without one, of any. Rule Q11. */
export function countsForCoverage(policy: Policy, { minRank }: CoverageTarget, rank: string): boolean {
  if (!policy.ranks.some(({ code }) => code === rank)) return false;
  return minRank === undefined || rank === minRank || isHigherRank(policy, rank, minRank);
}

/** Whether a school is one of those that a coverage target is about; without kinds, every school is. Rule Q11. */
export function isCovered({ schools }: CoverageTarget, stages: readonly TeachingStage[]): boolean {
  return (
    schools?.some((kind) => stagesOfKind(kind).some((stage) => stages.includes(stage))) ?? stages.length > 0
  );
}

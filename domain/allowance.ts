import { addDays, addMonths, datesBetween, type BusinessDate } from './dates.js';
import { isHigherRank, type Policy } from './policy.js';
import { Refusal } from './refusal.js';
import { areBenefitsRunning, type BenefitFacts, type BenefitPause } from './tenure.js';
import { wholePart } from './whole-numbers.js';

/** A title of one person, with the pauses that grades have brought it. */
export interface AllowanceTitle extends BenefitFacts {
  readonly id: string;
  readonly pauses: readonly BenefitPause[];
}

/** What is due for a title in a month: for how many days, and how much in fen. */
export interface AllowanceLine {
  readonly titleId: string;
  readonly rank: string;
  readonly days: number;
  readonly fen: number;
}

/** First and last day of a month `YYYY-MM`. */
export function monthDays(month: string): { from: BusinessDate; until: BusinessDate } {
  const from = `${month}-01`;
  return { from, until: addDays(addMonths(from, 1), -1) };
}

/**
 * The scheme's amounts in fen by rank.
 * @throws Refusal `ALLOWANCE_NOT_IN_SCHEME` when the scheme sets none
 */
export function allowanceAmounts(policy: Policy): Readonly<Record<string, number>> {
  const amounts = policy.allowance?.fenByRank;
  if (amounts === undefined)
    throw new Refusal({
      code: 'ALLOWANCE_NOT_IN_SCHEME',
      rule: 'C8',
      values: { policy: policy.id },
      clause: policy.allowance?.clause,
    });
  return amounts;
}

/**
 * What one person is due in a month. Each day counts for the highest title whose benefits run on it; a part of a month is
 * paid by days, rounded down to the fen. Rules C5, C8, R0.4.
 * @param month `YYYY-MM`
 * @param titles all titles of the person
 * @throws Refusal `ALLOWANCE_NOT_IN_SCHEME`
 */
export function allowanceOfMonth(
  policy: Policy,
  month: string,
  titles: readonly AllowanceTitle[],
): AllowanceLine[] {
  const amounts = allowanceAmounts(policy);
  const { from, until } = monthDays(month);
  const all = datesBetween(from, until);
  const paid = all.map((day) => {
    const running = titles.filter((title) => areBenefitsRunning(policy, title, titles, title.pauses, day));
    return running.find((title) => !running.some((other) => isHigherRank(policy, other.rank, title.rank)));
  });
  return titles.flatMap(({ id: titleId, rank }) => {
    const days = paid.filter((title) => title?.id === titleId).length;
    const amount = amounts[rank] ?? 0;
    if (days === 0 || amount === 0) return [];
    return [{ titleId, rank, days, fen: wholePart(amount * days, all.length) }];
  });
}

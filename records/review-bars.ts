import type { ReviewBar } from '../domain/eligibility.js';
import type { Transaction } from './database.js';
import { otherRounds } from './ethics.js';

/**
 * The final grades of a person that bar from coming rounds of the scheme (取消下一届评选资格), with how many rounds have begun
 * since: as many as the grade bars from go by. A round that had begun when the grade became final is not barred. Rule E18.
 * @param titleIds the person's titles
 * @param round the first round of the selection that the person stands in
 */
export async function reviewBarsOf(
  db: Transaction,
  titleIds: readonly string[],
  round: { readonly id: string; readonly policyId: string; readonly opensOn: string },
): Promise<ReviewBar[]> {
  const entries = await db.annualReviewEntry.findMany({
    where: {
      titleId: { in: [...titleIds] },
      confirmed: true,
      barredRounds: { gt: 0 },
      finalOn: { lt: round.opensOn },
    },
  });
  if (entries.length === 0) return [];
  const { code } = await db.policy.findUniqueOrThrow({
    where: { id: round.policyId },
    select: { code: true },
  });
  const versions = await db.policy.findMany({ where: { code }, select: { id: true } });
  const reviews = await db.annualReview.findMany({
    where: {
      id: { in: entries.map(({ reviewId }) => reviewId) },
      policyId: { in: versions.map(({ id }) => id) },
    },
    orderBy: [{ reviewYear: 'asc' }, { id: 'asc' }],
  });
  const others = await otherRounds(db, round);
  return reviews.flatMap(({ id, reviewYear }) =>
    entries
      .filter(({ reviewId }) => reviewId === id)
      .map(({ grade, barredRounds, finalOn }) => ({
        reviewYear,
        grade: grade as ReviewBar['grade'],
        rounds: barredRounds,
        since: others.filter((opensOn) => finalOn! < opensOn && opensOn < round.opensOn).length,
      })),
  );
}

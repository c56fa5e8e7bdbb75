import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** One school's part of a round (学校评审): its applicants are scored, nominated within the quota, and filed. */
export async function schoolReview(input: CaseInput): Promise<void> {
  const review = await openCase('schoolReview', input, ['score', 'recuse', 'checkItems', 'nominate', 'file']);
  // Every judge scores every applicant; the step ends when the last sheet is in.
  await review.step('scoring', 'remindOverdue');
  // The school ranks them and names candidates within its quota.
  await review.step('nominating', 'remindOverdue');
  // After the school notice the head files the list with the leading group.
  await review.step('filing', 'remindOverdue');
  await review.end();
}

import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** A group's candidates before those who know the subject (教研员意见): one opinion for every candidate. */
export async function panelReview(input: CaseInput): Promise<void> {
  const review = await openCase('panelReview', input, ['giveOpinions']);
  await review.step('opinions', 'remindOverdue');
  await review.end();
}

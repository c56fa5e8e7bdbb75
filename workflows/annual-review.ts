import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** The yearly review (年度考核) of one school's holders. */
export async function annualReview(input: CaseInput): Promise<void> {
  const review = await openCase('annualReview', input, [
    'open',
    'dutyReport',
    'grade',
    'confirm',
    'requestReview',
    'decideReview',
  ]);
  if (!(await review.exists())) return;
  // Every holder reports on the year (述职).
  await review.step('reporting', 'endReporting');
  // The head grades them; a grade that a sanction forbids is refused.
  await review.step('grading', 'remindOverdue');
  // The leading group confirms; what a grade does to a title begins when the time to ask for a review is over.
  await review.step('confirming', 'remindOverdue');
  await review.step('appealing', 'endAppeals');
  // Another person decides on the grades for which a review was asked.
  await review.step('reviewing', 'remindOverdue');
  await review.end();
}

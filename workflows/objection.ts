import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** One objection (异议) against one name of a notice, from its receipt to the end of the review. */
export async function objection(input: CaseInput): Promise<void> {
  const objection = await openCase('objection', input, [
    'assign',
    'judgeClue',
    'summarise',
    'confirmSummary',
    'answer',
    'report',
    'decide',
    'requestReview',
    'decideReview',
    'extendInvestigation',
    'acceptWithdrawal',
  ]);
  // It is registered at once, and the one candidate is held.
  await objection.step('registering', 'register');
  // The office names at least two investigators without a conflict.
  await objection.step('assigning', 'attendObjection');
  // They read what was written; two of them write a summary for the candidate.
  await objection.step('investigating', 'attendObjection');
  // The candidate answers in writing; when the days for it are over, it goes on without.
  await objection.step('hearing', 'endHearing');
  // The investigators report what they have found.
  await objection.step('inquiry', 'attendObjection');
  // The leading group decides.
  await objection.step('ruling', 'attendObjection');
  // Either side may ask for a review within the scheme's days.
  await objection.step('appealing', 'endAppeal');
  await objection.step('reviewing', 'attendObjection');
  await objection.end();
}

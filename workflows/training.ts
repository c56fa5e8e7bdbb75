import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** One trainee's training (培训): hours and a mentor for a school year or more, then the final assessment. */
export async function training(input: CaseInput): Promise<void> {
  const trainee = await openCase('training', input, ['chooseMentor', 'confirmHours', 'assess', 'leave']);
  // The trainee learns, and hours are confirmed, until the last day of the training.
  await trainee.step('training', 'endTraining');
  // The researcher assesses: passed, or out.
  await trainee.step('assessing', 'remindOverdue');
  await trainee.end();
}

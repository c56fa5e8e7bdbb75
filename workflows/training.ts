import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** One trainee's training (培训): hours, tasks and a mentor for a school year or more, then the final assessment. */
export async function training(input: CaseInput): Promise<void> {
  const trainee = await openCase('training', input, [
    'chooseMentor',
    'recordGuidance',
    'handInWork',
    'checkWork',
    'confirmHours',
    'recordExam',
    'assessMid',
    'assess',
    'requestReview',
    'decideReview',
    'pause',
    'resume',
    'leave',
    'transfer',
    'decidePlace',
  ]);
  do {
    // The trainee learns, and hours and tasks are confirmed, until the last day of the training.
    await trainee.step('training', 'endTraining');
    // A long leave: the training stands still.
    await trainee.step('paused', 'remindOverdue');
    // The researcher assesses: passed, or below the line.
    await trainee.step('assessing', 'remindOverdue');
    // Who is below the line may ask for a review; somebody else decides it.
    await trainee.step('appealing', 'endAppeal');
    await trainee.step('reviewing', 'remindOverdue');
    // A mid-term assessment that was set aside, and the end of a leave, lead back.
  } while (trainee.isAt('training') || trainee.isAt('paused'));
  // The place of who is out goes to the reserve list or a supplementary selection, or stays vacant.
  await trainee.step('replacing', 'attendPlace');
  await trainee.end();
}

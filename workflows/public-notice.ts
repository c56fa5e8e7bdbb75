import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** A list of names shown to the public (公示) for the days that the scheme says. */
export async function publicNotice(input: CaseInput): Promise<void> {
  const notice = await openCase('publicNotice', input, [
    'draft',
    'approve',
    'correct',
    'restart',
    'decideOnLostDays',
  ]);
  // Somebody writes who can be called and how to object.
  await notice.step('drafting', 'remindOverdue');
  // A second person releases it (IT-3); the days are counted, printed and bind.
  await notice.step('releasing', 'remindOverdue');
  // It stands until the closing hour of the printed last day, and until lost days have been decided on.
  await notice.step('standing', 'endNotice');
  await notice.end();
}

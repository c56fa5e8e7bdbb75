import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** Reminds an organisation, for as long as it runs schemes, of rounds, reviews and certificates that end. */
export async function calendar(input: CaseInput): Promise<void> {
  const reminders = await openCase('calendar', input, [
    'announceSpotCheck',
    'drawSpotCheck',
    'recordSpotCheck',
    'confirmAllowances',
    'correctAllowances',
    'enterLadder',
  ]);
  // Each month is a run of its own.
  await reminders.step('reminding', 'remindOfTheMonth', () => true);
  await reminders.end();
}

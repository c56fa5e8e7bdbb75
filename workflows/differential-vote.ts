import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** One ballot of the committee on one group (差额推选), by secret vote with more candidates than seats. */
export async function differentialVote(input: CaseInput): Promise<void> {
  const vote = await openCase('differentialVote', input, [
    'signIn',
    'recuse',
    'askRecusal',
    'decideConflicts',
    'decideOnChair',
    'allowEqualNumbers',
    'substitute',
    'open',
    'closeIssue',
    'close',
    'nameTellers',
    'enterSheet',
    'closeCount',
    'openBox',
    'confirm',
  ]);
  // Members sign in, recusals are settled, then the chair opens: the roll of voters is frozen.
  await vote.step('signIn', 'remindOverdue');
  // Each voter takes one paper. No ballot can be cast before all papers are out.
  await vote.step('issuing', 'openTheBox');
  // Ballots are cast without a name until the chair closes; this case hears of none of them.
  await vote.step('casting', 'remindOverdue');
  // On paper, two tellers type the papers, each alone; the count is closed when they agree.
  await vote.step('counting', 'remindOverdue');
  // Two people open the box with their keys, and the ballots are counted.
  await vote.step('opening', 'remindOverdue');
  // The record is signed; who passed goes on, a tie is voted on again.
  await vote.step('confirming', 'remindOverdue');
  await vote.end();
}

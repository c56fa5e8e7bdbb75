import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** A yearly round (评选轮次), from the call to the list of formal candidates. */
export async function selectionRound(input: CaseInput): Promise<void> {
  const round = await openCase('selectionRound', input, [
    'open',
    'extendStage',
    'closeStage',
    'mergeSchools',
    'returnUnit',
    'grantPlaces',
    'shareOutPlaces',
    'approveSeats',
    'assignVacantSeats',
    'reviewCandidates',
    'approveCandidates',
    'cancel',
  ]);
  if (!(await round.exists())) return;
  // Teachers apply until the closing hour of the last day.
  await round.step('applications', 'closeApplications');
  // Candidates pass stage by stage, in batches, each at its own time, until every one of them has an outcome.
  await round.step('selection', 'startStageRuns');
  await round.end();
}

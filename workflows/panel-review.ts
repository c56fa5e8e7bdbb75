import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** A group's candidates before those who know them: researchers' opinions (教研员意见), an organ's (廉政意见), or
 * an instrument with points: a panel's, or an evaluation by several parties (测评). */
export async function panelReview(input: CaseInput): Promise<void> {
  const review = await openCase('panelReview', input, [
    'giveOpinions',
    'substituteResearcher',
    'recordAbsence',
    'recordIntegrityOpinions',
    'decideOnObjections',
    'namePanel',
    'declareConflict',
    'decideConflicts',
    'seatReserve',
    'givePoints',
    'recordCounts',
  ]);
  // Each run begins in the step of its stage.
  await review.step('opinions', 'remindOverdue');
  await review.step('integrity', 'remindOverdue');
  await review.step('deciding', 'remindOverdue');
  await review.step('naming', 'attendInstrument');
  await review.step('judging', 'attendInstrument');
  await review.step('evaluating', 'attendInstrument');
  await review.end();
}

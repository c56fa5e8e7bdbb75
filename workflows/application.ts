import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** One candidate for one rank (个人申报). It hears only what ends it, frees it or needs its teacher. */
export async function application(input: CaseInput): Promise<void> {
  const candidate = await openCase('application', input, [
    'submit',
    'enterByContest',
    'enterByNomination',
    'consent',
    'correctFacts',
    'selfScore',
    'amend',
    'withdraw',
    'returnForCorrection',
    'decideEligibility',
    'hold',
    'free',
    'confirmFindings',
  ]);
  if (!(await candidate.exists())) return;
  while (candidate.isAt('consenting') || candidate.isAt('underway') || candidate.isAt('correction')) {
    // Who was nominated without an application stands once he agrees.
    await candidate.step('consenting', 'awaitConsent');
    // The round carries the candidate from stage to stage; this case ends when its outcome is known.
    await candidate.step('underway', 'concludeApplication');
    // The teacher corrects or completes the materials (补正); at the deadline they stand as they are.
    await candidate.step('correction', 'endCorrection');
  }
  await candidate.end();
}

import { dateOf } from '../domain/dates.js';
import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** The life of one title (称号任期): it is kept from review to review until its certificate ends. */
export async function titleTenure(input: CaseInput): Promise<void> {
  const title = await openCase('titleTenure', input, [
    'record',
    'transfer',
    'revoke',
    'suspend',
    'resume',
    'handInWork',
    'checkWork',
    'applyForReEvaluation',
    'decideReEvaluation',
    'reissue',
  ]);
  if (!(await title.exists())) return;
  // Each school year is a run of its own, so that no history grows with the years.
  await title.step('holding', 'passSchoolYear', (due) => dateOf(due).endsWith('-09-01'));
  await title.end();
}

import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** A written decision on a breach of ethics (师德一票否决), from when it is recorded until it ends or is lifted. */
export async function ethicsDecision(input: CaseInput): Promise<void> {
  const decision = await openCase('ethicsDecision', input, ['record', 'lift']);
  if (!(await decision.exists())) return;
  // Without an end it is looked at once a year, each time in a run of its own.
  await decision.step('inEffect', 'attend', () => true);
  await decision.end();
}

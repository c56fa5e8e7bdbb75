import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/** The titles of one rank in one year (授予称号): approved by the leading group, then issued with certificates. */
export async function appointment(input: CaseInput): Promise<void> {
  const appointments = await openCase('appointment', input, ['open', 'approve', 'issue']);
  if (!(await appointments.exists())) return;
  await appointments.step('approving', 'remindOverdue');
  await appointments.step('issuing', 'remindOverdue');
  await appointments.end();
}

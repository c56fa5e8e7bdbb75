import { sendDueMail } from './activities.js';
import { openCase } from './case.js';
import type { CaseInput } from './messages.js';

/**
 * Sends, for as long as an organisation runs schemes, the mail of its ledger. It rests until deliveries wait or one is to
 * be tried again; while it sends it goes on hearing of new ones. Rule W8.
 */
export async function outbox(input: CaseInput): Promise<void> {
  const mail = await openCase('outbox', input, []);
  while (mail.isAt('resting') || mail.isAt('sending')) {
    await mail.step('resting', 'attend');
    await Promise.all([sendWhileDue(), mail.step('sending', 'attend')]);
  }
  await mail.end();

  async function sendWhileDue(): Promise<void> {
    while (mail.isAt('sending')) {
      await sendDueMail({ ownerId: input.id, at: new Date().toISOString() });
      await mail.carryOut('sending', 'attend');
    }
  }
}

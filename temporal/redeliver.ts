import type { Client } from '@temporalio/client';
import { Refusal } from '../domain/refusal.js';
import type { Database } from '../records/database.js';
import { unansweredSubmissions } from '../records/submissions.js';
import { deliver } from './deliver.js';
import { inParallel } from './in-parallel.js';
import { isOutage } from './outage.js';

/** What became of a submission that had no answer. */
export interface Redelivered {
  readonly submissionId: string;
  readonly caseId: string;
  readonly decision: string;
  readonly status: 'done' | 'refused' | 'no_answer';
}

const deliveredAtOnce = 8;

/**
 * Delivers every submission that has no answer again, such as those whose sender died. Safe to run at any time and
 * several times at once: a submission is taken once. Rules S2, S6.
 */
export async function redeliverUnanswered({
  database,
  client,
}: {
  readonly database: Database;
  readonly client: Client;
}): Promise<Redelivered[]> {
  const unanswered = await unansweredSubmissions(database);
  return inParallel(unanswered, deliveredAtOnce, async (submission) => {
    const { id: submissionId, caseId, decision } = submission;
    try {
      const { status } = await deliver(client, database, submission);
      return { submissionId, caseId, decision, status: status as 'done' | 'refused' };
    } catch (error) {
      const isSilence = isOutage(error) || (error instanceof Refusal && error.code === 'NO_ANSWER');
      if (!isSilence) throw error;
      return { submissionId, caseId, decision, status: 'no_answer' };
    }
  });
}

import {
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowIdConflictPolicy } from '@temporalio/common';
import { setTimeout as pause } from 'node:timers/promises';
import { decisionRule, type CaseKind } from '../domain/cases.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import type { Database } from '../records/database.js';
import type { Submission } from '../records/decide.js';
import { readClock } from '../records/instance.js';
import { refuseUntaken } from '../records/submissions.js';
import { workflowIdOf } from '../workflows/ids.js';
import { decisionUpdate, type DecisionReply } from '../workflows/messages.js';
import { isOutage } from './outage.js';
import { caseWaker, startOptions } from './wake-case.js';

/** Longest that a caller waits for a decision, in milliseconds. After it the answer is unknown, not no. */
export const answerWithin = 15_000;

/** How often an Update that the server gave back unprocessed is sent again; none of them had run. */
const sendsAtMost = 6;

/**
 * Brings a submission to its case as an Update whose id is the submission's, so that it is taken once however often
 * it is sent. A workflow that is not there although its case is open is started first.
 * @param at the instance's time, where the caller has just read it
 * @returns the submission, answered: done or refused
 * @throws Refusal NO_ANSWER (503) when there was none in time; the submission stays and may be delivered again
 */
export async function deliver(
  client: Client,
  database: Database,
  submission: Submission,
  at?: string,
): Promise<Submission> {
  if (submission.status === 'received')
    await send(client, database, submission, at ?? (await readClock(database)).now);
  const answered = await database.submission.findUniqueOrThrow({ where: { id: submission.id } });
  if (answered.status === 'received') throw noAnswer(submission);
  return answered;
}

async function send(client: Client, database: Database, submission: Submission, now: string): Promise<void> {
  const deadline = Date.now() + answerWithin;
  const wakeCase = caseWaker(client, database);
  let mustWake = false;
  for (let attempt = 1; ; attempt++) {
    try {
      await client.connection.withDeadline(deadline, async () => {
        if (mustWake) await wakeCase(submission.caseId, now);
        await update(client, submission, now);
      });
      return;
    } catch (error) {
      if (isOutage(error)) throw noAnswer(submission);
      const failure = error instanceof WorkflowUpdateFailedError ? error.cause : null;
      const isWrongStep = failure instanceof ApplicationFailure && failure.type === 'WRONG_STEP';
      if (isWrongStep || error instanceof WorkflowNotFoundError) {
        const reason = await whyUntaken(database, submission);
        if (reason) return refuseUntaken(database, submission.id, reason, new Date(now));
        if (attempt === sendsAtMost || Date.now() > deadline) throw noAnswer(submission);
        // The row allows it: the workflow is missing or behind, and being woken starts it or brings it up to date.
        mustWake = true;
      } else if (attempt === sendsAtMost || Date.now() > deadline || !isUnprocessed(error, failure))
        throw error;
      await pause(50 * attempt);
    }
  }
}

function noAnswer({ id }: Submission): Refusal {
  return new Refusal({ code: 'NO_ANSWER', rule: 'S2', values: { submissionId: id } });
}

/** Why the case as its row says does not take the decision; null when it does. */
async function whyUntaken(
  database: Database,
  { caseId, caseKind, decision }: Submission,
): Promise<Reason | null> {
  const row = await database.case.findUnique({ where: { id: caseId } });
  const allowed = [...decisionRule(caseKind as CaseKind, decision)!.during];
  if (row?.closedAt) return { code: 'CASE_CLOSED', rule: 'S3', values: { outcome: row.outcome } };
  if (allowed.includes(row?.step ?? 'new')) return null;
  return { code: 'WRONG_STEP', rule: 'S3', values: { decision, step: row?.step ?? 'new', allowed } };
}

async function update(client: Client, submission: Submission, at: string): Promise<DecisionReply> {
  const kind = submission.caseKind as CaseKind;
  const definition = decisionUpdate(submission.decision);
  const args: [{ submissionId: string; at: string }] = [{ submissionId: submission.id, at }];
  if (!decisionRule(kind, submission.decision)!.during.includes('new'))
    return client.workflow
      .getHandle(workflowIdOf(kind, submission.caseId))
      .executeUpdate(definition, { args, updateId: submission.id });
  return client.workflow.executeUpdateWithStart(definition, {
    args,
    updateId: submission.id,
    startWorkflowOperation: new WithStartWorkflowOperation(kind, {
      ...startOptions(kind, submission.caseId, null),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    }),
  });
}

/** The server gives an Update back unprocessed when its workflow task failed or its run ended; it has not run. */
function isUnprocessed(error: unknown, failure: Error | null | undefined): boolean {
  const type = failure instanceof ApplicationFailure ? failure.type : '';
  return /unprocessed|UpdateCompletedWorkflow/i.test(
    `${type ?? ''} ${(failure ?? (error as Error)).message}`,
  );
}

import { WorkflowNotFoundError } from '@temporalio/client';
import { readClock } from '../records/instance.js';
import { openCases } from '../records/invariants.js';
import { unsettledAt } from '../records/unsettled.js';
import { closedButListed, standingsOf } from '../temporal/case-workflows.js';
import { inParallel } from '../temporal/in-parallel.js';
import { redeliverUnanswered } from '../temporal/redeliver.js';
import { caseWaker } from '../temporal/wake-case.js';
import type { CaseKind } from '../domain/cases.js';
import { workflowIdOf } from '../workflows/ids.js';
import { reload } from '../workflows/messages.js';
import { onInstance, type Instance } from './command-line.js';

/** What reconciling did to one case. */
export interface Reconciled {
  /** `silent`: its workflow does not answer, and nothing could be done; `no_answer`: a submission still has none. */
  readonly did: 'started' | 'reloaded' | 'woken' | 'redelivered' | 'silent' | 'no_answer';
  readonly caseId: string;
  readonly kind?: string;
  readonly submissionId?: string;
}

const atOnce = 16;

/**
 * Brings Temporal to where the database is: starts the workflow of every open case that has none, tells one that is
 * behind its row to reload, also one that missed the end of its case, wakes cases that are due or have messages, and
 * delivers submissions without an answer. Safe to run at any time and again: it changes no decision.
 */
export async function reconcile({ database, client }: Instance): Promise<Reconciled[]> {
  const wakeCase = caseWaker(client, database);
  const { now } = await readClock(database);
  const done: Reconciled[] = [];

  // Workflows first: a submission is delivered to one that knows where its case stands.
  const rows = [...(await openCases(database)), ...(await closedButListed(client, database))];
  const standings = await standingsOf(client, rows);
  await inParallel(standings, atOnce, async ({ row: { id, kind }, standing }) => {
    if (standing === 'up_to_date') return;
    if (standing === 'missing') await wakeCase(id, now);
    if (standing === 'behind')
      await client.workflow
        .getHandle(workflowIdOf(kind as CaseKind, id))
        .signal(reload, { at: now })
        .catch(unlessEnded);
    const did = ({ missing: 'started', behind: 'reloaded', silent: 'silent' } as const)[standing];
    done.push({ did, caseId: id, kind });
  });

  const waiting = (await unsettledAt(database, now)).filter(({ what }) => what !== 'submission');
  const kinds = new Map(waiting.map(({ caseId, caseKind }) => [caseId, caseKind]));
  await inParallel([...kinds], atOnce, async ([caseId, kind]) => {
    await wakeCase(caseId, now);
    done.push({ did: 'woken', caseId, kind });
  });

  for (const { submissionId, caseId, status } of await redeliverUnanswered({ database, client }))
    done.push({ did: status === 'no_answer' ? 'no_answer' : 'redelivered', caseId, submissionId });
  return done;
}

// It may have come to its end by itself meanwhile.
function unlessEnded(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}

if (import.meta.filename === process.argv[1]) {
  await onInstance(async (instance) => {
    const done = await reconcile(instance);
    for (const { did, ...about } of done) {
      const place = Object.entries(about).map(([name, value]) => `${name}=${value}`);
      console.log(`${did} ${place.join(' ')}`);
    }
    if (done.length === 0) console.log('无需处理 Nothing to do.');
    return done.some(({ did }) => did === 'silent' || did === 'no_answer') ? 1 : 0;
  });
}

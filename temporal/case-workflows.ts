import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { CaseKind } from '../domain/cases.js';
import type { CaseRow } from '../records/cases.js';
import { workflowIdOf } from '../workflows/ids.js';
import { state } from '../workflows/messages.js';
import { inParallel } from './in-parallel.js';

/**
 * How the workflow of an open case stands to its row: it knows all that the row says, it is behind it, it is not
 * there or has ended, or it does not answer, since no worker runs or its task fails.
 */
export type WorkflowStanding = 'up_to_date' | 'behind' | 'missing' | 'silent';

/** How long a workflow may take to answer, in milliseconds. */
const patience = 5000;

const askedAtOnce = 16;

/** When so many are silent there is no worker: the others are not asked. */
const silentAtMost = 16;

/**
 * Compares open cases with their workflows, by id, never by what Temporal lists.
 * @param rows open cases, read before this is called
 * @returns each case with its workflow's standing, in the same order
 */
export async function standingsOf(
  client: Client,
  rows: readonly CaseRow[],
): Promise<{ readonly row: CaseRow; readonly standing: WorkflowStanding }[]> {
  let silent = 0;
  return inParallel(rows, askedAtOnce, async (row) => {
    const standing = await standingOf(client, row, silent < silentAtMost);
    if (standing === 'silent') silent += 1;
    return { row, standing };
  });
}

async function standingOf(client: Client, row: CaseRow, ask: boolean): Promise<WorkflowStanding> {
  const handle = client.workflow.getHandle(workflowIdOf(row.kind as CaseKind, row.id));
  try {
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING') return 'missing';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'missing';
    throw error;
  }
  if (!ask) return 'silent';
  try {
    const known = await client.connection.withDeadline(Date.now() + patience, () => handle.query(state));
    return known !== null && known.sequence >= row.sequence ? 'up_to_date' : 'behind';
  } catch {
    return 'silent';
  }
}

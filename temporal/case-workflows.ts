import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { CaseKind } from '../domain/cases.js';
import type { CaseRow } from '../records/cases.js';
import type { Database } from '../records/database.js';
import { caseOfWorkflowId, workflowIdOf } from '../workflows/ids.js';
import { state } from '../workflows/messages.js';
import { inParallel } from './in-parallel.js';

/**
 * How the workflow of a case stands to its row: it knows all that the row says, it is behind it, it is not there or
 * has ended although the case is open, or it does not answer, since no worker runs or its task fails.
 */
export type WorkflowStanding = 'up_to_date' | 'behind' | 'missing' | 'silent';

/** How long a workflow may take to answer, in milliseconds. */
const patience = 5000;

const askedAtOnce = 16;

const readAtOnce = 1000;

const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** When so many are silent there is no worker: the others are not asked. */
const silentAtMost = 16;

/**
 * Closed cases whose workflow runs according to Temporal's list: it may have missed the end. The list lags a little, so
 * that it says where to look, not what is.
 */
export async function closedButListed(client: Client, database: Database): Promise<CaseRow[]> {
  const listed: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: `ExecutionStatus = 'Running'` })) {
    const found = caseOfWorkflowId(workflowId);
    if (found && isUuid.test(found.caseId)) listed.push(found.caseId);
  }
  const closed: CaseRow[] = [];
  for (let from = 0; from < listed.length; from += readAtOnce) {
    const id = { in: listed.slice(from, from + readAtOnce) };
    closed.push(...(await database.case.findMany({ where: { id, closedAt: { not: null } } })));
  }
  return closed;
}

/**
 * Compares cases with their workflows, by id.
 * @param rows open cases, and closed ones that may still have a workflow, read before this is called
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
    if (status.name !== 'RUNNING') return row.closedAt ? 'up_to_date' : 'missing';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return row.closedAt ? 'up_to_date' : 'missing';
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

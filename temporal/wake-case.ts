import { WorkflowIdConflictPolicy, type Client, type WorkflowStartOptions } from '@temporalio/client';
import { SearchAttributePair, TypedSearchAttributes } from '@temporalio/common';
import { caseKindNames } from '../domain/case-names.js';
import type { CaseKind } from '../domain/cases.js';
import { groupBy } from '../domain/grouping.js';
import { stateOf, type CaseRow } from '../records/cases.js';
import type { Database } from '../records/database.js';
import { taskQueue, workflowIdOf } from '../workflows/ids.js';
import type { CaseInput } from '../workflows/messages.js';
import { attributeKeys } from '../workflows/search-attributes.js';

/** Starts the workflow of a case that has none, and tells one that runs to look at its case. */
export type CaseWaker = (caseId: string, at: string) => Promise<void>;

type Start = WorkflowStartOptions<(input: CaseInput) => Promise<void>>;

/** How the workflow of a case is started, whoever starts it. */
export function startOptions(kind: CaseKind, id: string, row: CaseRow | null): Start {
  const attributes: SearchAttributePair[] = [];
  if (row !== null) {
    const state = stateOf(row);
    attributes.push(
      { key: attributeKeys.OwnerId, value: state.ownerId },
      { key: attributeKeys.OrganisationId, value: state.organisationId },
      { key: attributeKeys.Stage, value: state.stage ?? state.step },
    );
    if (state.roundId) attributes.push({ key: attributeKeys.RoundId, value: state.roundId });
    if (state.rank) attributes.push({ key: attributeKeys.Rank, value: state.rank });
    if (state.subject) attributes.push({ key: attributeKeys.Subject, value: state.subject });
    if (state.waitingFor) attributes.push({ key: attributeKeys.WaitingFor, value: state.waitingFor });
    if (state.dueAt) attributes.push({ key: attributeKeys.DueAt, value: new Date(state.dueAt) });
  }
  return {
    workflowId: workflowIdOf(kind, id),
    taskQueue,
    args: [{ id }],
    workflowTaskTimeout: '5 seconds',
    typedSearchAttributes: new TypedSearchAttributes(attributes),
    staticSummary: `${caseKindNames[kind].zh} (${caseKindNames[kind].en})`,
  };
}

/**
 * The one way in which workflows are started and told of news: what a case is and where it stands is in its row.
 * A closed case is left alone.
 */
export function caseWaker(client: Client, database: Database): CaseWaker {
  return async (caseId, at) => {
    const row = await database.case.findUnique({ where: { id: caseId } });
    if (row === null || row.closedAt !== null) return;
    const waiting = row.sequence === 1 ? await waitingMessages(database, [caseId]) : [];
    await wake(client, row, waiting, at);
  };
}

/**
 * Wakes those of the cases that have not acted yet on what they were told: done again after an interruption, it leaves the
 * others in peace. It reads all of them at once, since a case may tell thousands.
 */
export function toldCasesWaker(
  client: Client,
  database: Database,
): (caseIds: readonly string[], at: string) => Promise<void> {
  return async (caseIds, at) => {
    const messages = groupBy(await waitingMessages(database, caseIds), ({ caseId }) => caseId);
    const rows = await database.case.findMany({
      where: { id: { in: [...messages.keys()] }, closedAt: null },
    });
    await Promise.all(rows.map((row) => wake(client, row, messages.get(row.id)!, at)));
  };
}

type Message = Awaited<ReturnType<typeof waitingMessages>>[number];

function waitingMessages(database: Database, caseIds: readonly string[]) {
  return database.caseMessage.findMany({
    where: { caseId: { in: [...caseIds] }, consumedAt: null },
    select: { caseId: true, kind: true },
  });
}

async function wake(client: Client, row: CaseRow, waiting: readonly Message[], at: string): Promise<void> {
  const kind = row.kind as CaseKind;
  const isNew =
    row.sequence === 1 && waiting.length > 0 && waiting.every((message) => message.kind === 'start');
  if (isNew)
    await client.workflow.start(kind, {
      ...startOptions(kind, row.id, row),
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    });
  else
    await client.workflow.signalWithStart(kind, {
      ...startOptions(kind, row.id, row),
      signal: 'wake',
      signalArgs: [{ at }],
    });
}

import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Database } from '../records/database.js';
import { workflowIdOf } from '../workflows/ids.js';

const { EventType } = proto.temporal.api.enums.v1;

/** What Temporal Cloud counts as an action, by the event that it leaves in a history. */
const actionEvents = [
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
  EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  EventType.EVENT_TYPE_TIMER_STARTED,
  EventType.EVENT_TYPE_MARKER_RECORDED,
  EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
];

/** Has PostgreSQL count the statements of this database; the server must have been started with `countStatements`. */
export async function countStatements(database: Database): Promise<void> {
  await database.$executeRaw`CREATE EXTENSION IF NOT EXISTS pg_stat_statements`;
}

/** SQL statements that PostgreSQL has carried out in this database so far, `BEGIN` and `COMMIT` included. */
export async function statements(database: Database): Promise<number> {
  const [row] = await database.$queryRaw<{ calls: bigint }[]>`
    SELECT coalesce(sum(calls), 0)::bigint AS calls FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND query NOT LIKE '%pg_stat_statements%'`;
  return Number(row!.calls);
}

/** Events in the newest runs of workflows, and those of them that count as actions. */
export async function events(
  client: Client,
  workflowIds: readonly string[],
): Promise<{ readonly events: number; readonly actions: number }> {
  const types = [];
  for (const workflowId of workflowIds) {
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    types.push(...(history.events ?? []).map(({ eventType }) => eventType!));
  }
  return { events: types.length, actions: types.filter((type) => actionEvents.includes(type)).length };
}

/** Calls of the Temporal server to its own database so far. */
export async function persistenceCalls(metricsUrl: string): Promise<number> {
  return (await serverCounts(metricsUrl, ['persistence_requests'])).persistence_requests;
}

/**
 * What the Temporal server has counted so far, from its metrics; each with any labels.
 * @param metricsUrl where the server shows them
 * @param names the counters, such as `action`
 */
export async function serverCounts<Name extends string>(
  metricsUrl: string,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const text = await (await fetch(metricsUrl)).text();
  const sums = names.map((name) => {
    const lines = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
    return [name, [...lines].reduce((sum, [, value]) => sum + Number(value), 0)] as const;
  });
  return Object.fromEntries(sums) as Record<Name, number>;
}

/** What one decision costs, counted while nothing else goes on. */
export interface DecisionCost {
  readonly statements: number;
  readonly events: number;
  readonly actions: number;
  /** Null when Temporal shows no metrics. */
  readonly persistenceCalls: number | null;
}

/**
 * Counts what a decision through the API costs, as the mean of many that are sent one after the other.
 * @param decisions how many
 * @param school the school whose judge scores; its case's history must not begin anew meanwhile
 */
export async function countsOf(
  instance: { readonly database: Database; readonly client: Client; readonly metricsUrl: string | null },
  decisions: number,
  school: { readonly caseId: string; score(applicants: number): Promise<unknown> },
): Promise<DecisionCost> {
  const { database, client, metricsUrl } = instance;
  const workflowIds = [workflowIdOf('schoolReview', school.caseId)];
  const read = async () => ({
    ...(await events(client, workflowIds)),
    persistenceCalls: metricsUrl === null ? null : await persistenceCalls(metricsUrl),
    statements: await statements(database),
  });
  await school.score(1);
  const before = await read();
  for (let sent = 0; sent < decisions; sent++) await school.score(1);
  const after = await read();
  const each = (count: 'statements' | 'events' | 'actions') => (after[count] - before[count]) / decisions;
  return {
    statements: each('statements'),
    events: each('events'),
    actions: each('actions'),
    persistenceCalls:
      after.persistenceCalls === null
        ? null
        : (after.persistenceCalls - before.persistenceCalls!) / decisions,
  };
}

import type { Database } from './database.js';

/** Something that the machinery has still to do, without anybody's help. */
export interface Unsettled {
  /** A case whose time has come, a message that its case has not acted on, a submission without an answer. */
  readonly what: 'case' | 'message' | 'submission';
  readonly id: string;
  readonly caseId: string;
  readonly caseKind: string;
  /** Of a submission: the decision that it asks for. */
  readonly decision: string | null;
  /** Changes whenever the thing has moved. */
  readonly mark: string;
}

/**
 * What is not settled at an instant: open cases that are due, messages to open cases, submissions without an answer.
 * @param now the instance's time
 */
export function unsettledAt(database: Database, now: string): Promise<Unsettled[]> {
  return database.$queryRaw<Unsettled[]>`
    SELECT 'case' AS what, id::text, id::text AS "caseId", kind AS "caseKind", NULL AS decision, sequence::text AS mark
      FROM "case" WHERE closed_at IS NULL AND wake_at <= ${new Date(now)}
    UNION ALL
    SELECT 'message', message.id::text, message.case_id::text, "case".kind, NULL, message.kind
      FROM case_message message JOIN "case" ON "case".id = message.case_id
      WHERE message.consumed_at IS NULL AND "case".closed_at IS NULL
    UNION ALL
    SELECT 'submission', id::text, case_id::text, case_kind, decision, status
      FROM submission WHERE status = 'received'
    ORDER BY 1, 2`;
}

/**
 * The first instant after a given one at which an open case is due by itself; null when none waits for a date.
 * @param now the instance's time
 */
export async function nextDue(database: Database, now: string): Promise<string | null> {
  const found = await database.case.aggregate({
    where: { closedAt: null, wakeAt: { gt: new Date(now) } },
    _min: { wakeAt: true },
  });
  return found._min.wakeAt?.toISOString() ?? null;
}

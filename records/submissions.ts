import { createHash } from 'node:crypto';
import type { CaseKind } from '../domain/cases.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Database, OwnerDatabase } from './database.js';
import type { Submission } from './decide.js';

/** What somebody asks for. */
export interface NewSubmission {
  readonly id: string;
  readonly ownerId: string;
  readonly caseId: string;
  readonly caseKind: CaseKind;
  readonly decision: string;
  readonly actorId: string;
  readonly key: string;
  readonly body: Prisma.InputJsonObject;
  readonly receivedAt: Date;
}

/** A hash of a body that does not depend on the order of its keys. */
export function bodyHash(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(body)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}

/**
 * Stores a submission, inert until its case's workflow takes it. The same key with the same body gives the one that
 * is there already. Rule S2.
 * @throws Refusal IDEMPOTENCY_KEY_REUSED when the key was used for something else
 */
export async function storeSubmission(db: OwnerDatabase, next: NewSubmission): Promise<Submission> {
  const hash = bodyHash([next.caseKind, next.decision, next.body]);
  const [created] = await db.submission.createManyAndReturn({
    data: [{ ...next, bodyHash: hash }],
    skipDuplicates: true,
  });
  if (created) return created;
  const stored = await db.submission.findUniqueOrThrow({
    where: { actorId_key: { actorId: next.actorId, key: next.key } },
  });
  if (stored.bodyHash !== hash) throw new Refusal({ code: 'IDEMPOTENCY_KEY_REUSED', rule: 'S2' });
  return stored;
}

/** A submission that its workflow would not even look at: it is refused here, unless it was answered meanwhile. */
export async function refuseUntaken(database: Database, id: string, reason: Reason, at: Date): Promise<void> {
  await database.submission.updateMany({
    where: { id, status: 'received' },
    data: { status: 'refused', answeredAt: at, result: reason as unknown as Prisma.InputJsonObject },
  });
}

/** Submissions that have no answer yet, oldest first. */
export function unansweredSubmissions(database: Database, receivedBefore?: Date): Promise<Submission[]> {
  return database.submission.findMany({
    where: { status: 'received', ...(receivedBefore && { receivedAt: { lt: receivedBefore } }) },
    orderBy: { receivedAt: 'asc' },
  });
}

import { Refusal, type Reason } from '../domain/refusal.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { OwnerDatabase, Transaction } from './database.js';
import { bodyHash } from './submissions.js';

/** Something that is asked for and is no decision on a case. */
export interface Request {
  readonly ownerId: string;
  readonly actorId: string;
  /** The sender's Idempotency-Key. */
  readonly key: string;
  /** What is asked, e.g. `enterHours`. */
  readonly operation: string;
  readonly body: unknown;
  readonly at: Date;
}

/**
 * Does what is asked and keeps the answer, in one transaction; the same actor, key and body again get the same answer, or
 * the same refusal, and nothing is done. Two at the same instant go one after the other. Rule S2.
 * @param act does it; its answer is plain data
 * @throws Refusal IDEMPOTENCY_KEY_REUSED when the key was used for something else, and what `act` refuses
 */
export async function answerOnce<Answer extends object>(
  database: OwnerDatabase,
  request: Request,
  act: (db: Transaction) => Promise<Answer>,
): Promise<Answer> {
  const { ownerId, actorId, key, operation, body, at } = request;
  const row = { ownerId, actorId, key, bodyHash: bodyHash([operation, body]), answeredAt: at };
  try {
    return await database.$transaction(async (db) => {
      if ((await db.submission.count({ where: { actorId, key } })) > 0) throw reused();
      const { count } = await db.answeredRequest.createMany({ data: [row], skipDuplicates: true });
      const where = { actorId_key: { actorId, key } };
      if (count === 0) {
        const known = await db.answeredRequest.findUniqueOrThrow({ where });
        if (known.bodyHash !== row.bodyHash) throw reused();
        if (known.isRefused) throw new Refusal(known.answer as unknown as Reason);
        return known.answer as unknown as Answer;
      }
      const answer = await act(db);
      await db.answeredRequest.update({ where, data: { answer: answer as Prisma.InputJsonObject } });
      return answer;
    });
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'IDEMPOTENCY_KEY_REUSED') throw error;
    const answer = error.toReason() as unknown as Prisma.InputJsonObject;
    await database.answeredRequest.createMany({
      data: [{ ...row, isRefused: true, answer }],
      skipDuplicates: true,
    });
    throw error;
  }
}

function reused(): Refusal {
  return new Refusal({ code: 'IDEMPOTENCY_KEY_REUSED', rule: 'S2' });
}

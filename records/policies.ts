import type { Policy } from '../domain/policy.js';
import type { Transaction } from './database.js';

// A stored version of a scheme never changes, so it is read once by a process.
const known = new Map<string, Policy>();

/** The version of a scheme, by its id. */
export async function policyById(db: Pick<Transaction, 'policy'>, id: string): Promise<Policy> {
  const cached = known.get(id);
  if (cached) return cached;
  const { content } = await db.policy.findUniqueOrThrow({ where: { id }, select: { content: true } });
  const policy = content as unknown as Policy;
  known.set(id, policy);
  return policy;
}

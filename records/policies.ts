import type { Policy } from '../domain/policy.js';
import type { Transaction } from './database.js';

let lens = (policy: Policy): Policy => policy;

/** Has every scheme read through a lens from now on, such as one that records which fields are read. */
export function readPoliciesThrough(next: (policy: Policy) => Policy): void {
  lens = next;
  known.clear();
}

// A stored version of a scheme never changes, so it is read once by a process.
const known = new Map<string, Policy>();

/** The version of a scheme, by its id. */
export async function policyById(db: Pick<Transaction, 'policy'>, id: string): Promise<Policy> {
  const cached = known.get(id);
  if (cached) return cached;
  const { content } = await db.policy.findUniqueOrThrow({ where: { id }, select: { content: true } });
  const policy = lens(content as unknown as Policy);
  known.set(id, policy);
  return policy;
}

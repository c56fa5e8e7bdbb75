import type { Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import type { Transaction } from './database.js';

let lens = (policy: Policy): Policy => policy;

/** Has every scheme read through a lens from now on, such as one that records which fields are read. */
export function readPoliciesThrough(next: (policy: Policy) => Policy): void {
  lens = next;
  known.clear();
}

// A stored version of a scheme never changes, so it is read once by a process.
const known = new Map<string, Policy>();

/**
 * The version of a scheme, by its id.
 * @throws Refusal SCHEME_UNKNOWN
 */
export async function policyById(db: Pick<Transaction, 'policy'>, id: string): Promise<Policy> {
  const cached = known.get(id);
  if (cached) return cached;
  const stored = await db.policy.findUnique({ where: { id }, select: { content: true } });
  if (stored === null)
    throw new Refusal({ code: 'SCHEME_UNKNOWN', rule: 'P3', values: { code: id, version: null } });
  const policy = lens(stored.content as unknown as Policy);
  known.set(id, policy);
  return policy;
}

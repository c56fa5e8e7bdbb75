import type { Policy } from '../domain/policy.js';
import type { Name } from '../domain/vocabulary.js';
import type { Transaction } from './database.js';
import { policyById } from './policies.js';

/** A stored version of a scheme. */
export interface StoredPolicy {
  readonly id: string;
  readonly policy: Policy;
}

/** The newest version of each scheme that the organisation has. */
export async function currentPolicies(db: Transaction): Promise<StoredPolicy[]> {
  const newest = await db.policy.findMany({
    select: { id: true },
    distinct: ['code'],
    orderBy: [{ code: 'asc' }, { addedAt: 'desc' }],
  });
  return loadAll(db, newest);
}

/** The ids of all versions of the scheme that a version belongs to. */
export async function versionsOf(db: Transaction, policyId: string): Promise<string[]> {
  const { id: code } = await policyById(db, policyId);
  const rows = await db.policy.findMany({ where: { code }, select: { id: true } });
  return rows.map(({ id }) => id);
}

/**
 * Finds for a title the scheme whose order of ranks counts: the one that gave it, else the newest that knows the rank,
 * which the roster's titles name.
 */
export async function schemesOfTitles(
  db: Transaction,
): Promise<(title: { readonly rank: string; readonly policyId: string | null }) => StoredPolicy> {
  const all = await loadAll(
    db,
    await db.policy.findMany({ select: { id: true }, orderBy: [{ addedAt: 'desc' }, { id: 'asc' }] }),
  );
  return ({ rank, policyId }) => {
    const found = all.find(({ id }) => id === policyId) ?? all.find(({ policy }) => hasRank(policy, rank));
    if (found === undefined) throw new Error(`No scheme has the rank ${rank}.`);
    return found;
  };
}

/** The names of all ranks and external titles of the organisation's schemes, by code; the newest scheme's name counts. */
export async function rankNames(db: Transaction): Promise<Record<string, Name>> {
  const all = await loadAll(
    db,
    await db.policy.findMany({ select: { id: true }, orderBy: [{ addedAt: 'asc' }, { id: 'asc' }] }),
  );
  return Object.fromEntries(
    all.flatMap(({ policy }) =>
      [...policy.ranks, ...(policy.externalTitles ?? [])].map(({ code, zh, en }) => [code, { zh, en }]),
    ),
  );
}

function loadAll(db: Transaction, rows: readonly { readonly id: string }[]): Promise<StoredPolicy[]> {
  return Promise.all(rows.map(async ({ id }) => ({ id, policy: await policyById(db, id) })));
}

function hasRank(policy: Policy, rank: string): boolean {
  return [...policy.ranks, ...(policy.externalTitles ?? [])].some(({ code }) => code === rank);
}

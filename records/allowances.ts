import { allowanceAmounts, allowanceOfMonth, monthDays, type AllowanceLine } from '../domain/allowance.js';
import { groupBy } from '../domain/grouping.js';
import type { Policy } from '../domain/policy.js';
import type { Prisma } from '../prisma/generated/client.js';
import { benefitPauses } from './annual-reviews.js';
import { schemesOfTitles } from './current-policies.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';
import { personsById } from './persons-shown.js';
import { factsOf, titlesOf } from './titles.js';

export type AllowanceRow = Prisma.AllowanceEntryGetPayload<object>;

/** What is due to a person for a title in a month. */
export interface DueAllowance extends AllowanceLine {
  readonly personId: string;
  readonly schoolId: string;
}

/**
 * What is due in a month under a scheme, computed from titles, decisions and grades as they are known now. Rule C8.
 * @param month `YYYY-MM`
 * @throws Refusal `ALLOWANCE_NOT_IN_SCHEME`
 */
export async function dueInMonth(db: Transaction, policy: Policy, month: string): Promise<DueAllowance[]> {
  const ranks = Object.keys(allowanceAmounts(policy));
  const { from, until } = monthDays(month);
  const schemeOf = await schemesOfTitles(db);
  const found = await db.title.findMany({
    where: {
      rank: { in: ranks },
      from: { lte: until },
      OR: [{ until: null }, { until: { gte: from } }, { appliedOn: { not: null } }],
    },
  });
  const personIds = [
    ...new Set(
      found.filter((title) => schemeOf(title).policy.id === policy.id).map(({ personId }) => personId),
    ),
  ];
  const all = await titlesOf(db, personIds);
  const pauses = await benefitPauses(db, all);
  const persons = await personsById(db, personIds);
  const byPerson = groupBy(all, ({ personId }) => personId);
  return [...byPerson].flatMap(([personId, titles]) => {
    const facts = titles.map((title) => ({
      ...factsOf(title),
      id: title.id,
      pauses: pauses.get(title.id) ?? [],
    }));
    const { schoolId } = persons.get(personId)!;
    return allowanceOfMonth(policy, month, facts).map((line) => ({ ...line, personId, schoolId }));
  });
}

/** The ledger's entries of a month, the first first. */
export function ledgerOf(
  db: Transaction,
  month: string,
  policyIds?: readonly string[],
): Promise<AllowanceRow[]> {
  return db.allowanceEntry.findMany({
    where: { month, ...(policyIds && { policyId: { in: [...policyIds] } }) },
    orderBy: [{ recordedAt: 'asc' }, { id: 'asc' }],
  });
}

/** An entry to be written. */
export type NewAllowance = Pick<
  AllowanceRow,
  'month' | 'policyId' | 'titleId' | 'personId' | 'schoolId' | 'rank' | 'days' | 'fen' | 'kind' | 'reason'
>;

/** Appends entries to the ledger. Nothing in it is ever changed. Rule C8. */
export async function appendAllowances(
  { db, ownerId, at }: Work,
  confirmedById: string,
  entries: readonly NewAllowance[],
): Promise<void> {
  await db.allowanceEntry.createMany({
    data: entries.map((entry) => ({ ...entry, ownerId, confirmedById, recordedAt: at })),
  });
}

/** What the ledger adds up to for each title of a month. */
export function paidByTitle(entries: readonly AllowanceRow[]): Map<string, { days: number; fen: number }> {
  const sums = new Map<string, { days: number; fen: number }>();
  for (const { titleId, days, fen } of entries) {
    const before = sums.get(titleId) ?? { days: 0, fen: 0 };
    sums.set(titleId, { days: before.days + days, fen: before.fen + fen });
  }
  return sums;
}

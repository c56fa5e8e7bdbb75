import { allowanceAmounts, allowanceOfMonth, monthDays, type AllowanceLine } from '../domain/allowance.js';
import { groupBy } from '../domain/grouping.js';
import type { Policy } from '../domain/policy.js';
import type { Prisma } from '../prisma/generated/client.js';
import { benefitPauses } from './annual-reviews.js';
import { schemesOfTitles, versionsOf } from './current-policies.js';
import type { Database, Transaction } from './database.js';
import type { Work } from './decide.js';
import { personsById } from './persons-shown.js';
import { policyById } from './policies.js';
import { scopedTo } from './scope.js';
import { factsOf, titlesOf } from './titles.js';

export type AllowanceRow = Prisma.AllowanceEntryGetPayload<object>;

/** What is due to a person for a title in a month. */
interface DueAllowance extends AllowanceLine {
  readonly personId: string;
  readonly schoolId: string;
}

/** A line of a month's list, with what the ledger adds up to for the title. */
export interface MonthLine extends DueAllowance {
  readonly paid: { readonly days: number; readonly fen: number };
}

/** The list of a month under a scheme. */
export interface MonthOfAllowances {
  /** The version of the scheme whose amounts count: that by which the month was confirmed, else the one asked for. */
  readonly policyId: string;
  readonly isConfirmed: boolean;
  readonly lines: readonly MonthLine[];
}

/**
 * The list of a month, as it is known now: what is due for each title, and with nothing each title that was paid and is due
 * nothing any more. Rule C8.
 * @param policyId any version of the scheme
 * @param month `YYYY-MM`
 * @throws Refusal `ALLOWANCE_NOT_IN_SCHEME`, `SCHEME_UNKNOWN`
 */
export async function allowancesOfMonth(
  db: Transaction,
  policyId: string,
  month: string,
): Promise<MonthOfAllowances> {
  const ledger = await ledgerOf(db, month, await versionsOf(db, policyId));
  const counts = ledger[0]?.policyId ?? policyId;
  const due = await dueInMonth(db, await policyById(db, counts), month);
  const isDue = new Set(due.map(({ titleId }) => titleId));
  const byTitle = groupBy(ledger, ({ titleId }) => titleId);
  const gone = [...byTitle.values()]
    .map((entries) => ({ ...entries.at(-1)!, days: 0, fen: 0 }))
    .filter(({ titleId }) => !isDue.has(titleId));
  const lines = [...due, ...gone].map(({ titleId, personId, schoolId, rank, days, fen }) => {
    const entries = byTitle.get(titleId) ?? [];
    const paid = {
      days: sum(entries.map((entry) => entry.days)),
      fen: sum(entries.map((entry) => entry.fen)),
    };
    return { titleId, personId, schoolId, rank, days, fen, paid };
  });
  return { policyId: counts, isConfirmed: ledger.length > 0, lines };
}

/**
 * The titles of confirmed months, of all owners, for which the ledger adds up to something else than what is due by what is
 * known now: each month's list is computed anew, so that also who was paid for a title that was not the highest is found.
 * Rules C5, C8.
 */
export async function unevenAllowances(database: Database): Promise<Record<string, string | number>[]> {
  const months = await database.allowanceEntry.findMany({
    distinct: ['ownerId', 'month', 'policyId'],
    select: { ownerId: true, month: true, policyId: true },
    orderBy: [{ month: 'asc' }, { policyId: 'asc' }],
  });
  const uneven = [];
  for (const { ownerId, month, policyId } of months) {
    // One moment, so that a decision under way does not look like a fault.
    const { lines } = await scopedTo(database, ownerId).$transaction(
      (db) => allowancesOfMonth(db, policyId, month),
      { isolationLevel: 'RepeatableRead' },
    );
    for (const { titleId, days, fen, paid } of lines)
      if (days !== paid.days || fen !== paid.fen)
        uneven.push({ titleId, month, days, fen, paidDays: paid.days, paidFen: paid.fen });
  }
  return uneven;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** What is due in a month under a scheme, computed from titles, decisions and grades as they are known now. Rule C8. */
async function dueInMonth(db: Transaction, policy: Policy, month: string): Promise<DueAllowance[]> {
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

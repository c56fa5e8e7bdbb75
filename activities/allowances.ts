import { monthDays } from '../domain/allowance.js';
import { Refusal } from '../domain/refusal.js';
import {
  appendAllowances,
  dueInMonth,
  ledgerOf,
  paidByTitle,
  type NewAllowance,
} from '../records/allowances.js';
import { versionsOf } from '../records/current-policies.js';
import type { Decision } from '../records/decide.js';
import { policyById } from '../records/policies.js';

/**
 * The month's list of allowances is confirmed as it is computed, when the month is over; it goes into the ledger and is
 * never changed. Rule C8.
 * @throws Refusal `MONTH_NOT_OVER`, `MONTH_CONFIRMED`, `NOBODY_TO_PAY`, `ALLOWANCE_NOT_IN_SCHEME`
 */
const confirmAllowances: Decision = async (work, body: { policyId: string; month: string }) => {
  const { policyId, month } = body;
  const { until } = monthDays(month);
  if (until >= work.today)
    throw new Refusal({ code: 'MONTH_NOT_OVER', rule: 'C8', values: { month, today: work.today } });
  const policy = await policyById(work.db, policyId);
  const ledger = await ledgerOf(work.db, month, await versionsOf(work.db, policyId));
  if (ledger.length > 0) throw new Refusal({ code: 'MONTH_CONFIRMED', rule: 'C8', values: { month } });
  const due = await dueInMonth(work.db, policy, month);
  if (due.length === 0) throw new Refusal({ code: 'NOBODY_TO_PAY', rule: 'C8', values: { month } });
  await appendAllowances(
    work,
    work.submission.actorId,
    due.map((line): NewAllowance => ({ ...line, month, policyId, kind: 'month', reason: null })),
  );
  return { result: { month, lines: due.length, fen: sum(due.map(({ fen }) => fen)) } };
};

/**
 * Counter-entries for a month that was confirmed, where what is known now comes to another amount: never a change of an
 * entry. The amounts are those of the scheme's version by which the month was confirmed. Rule C8.
 * @throws Refusal `MONTH_NOT_CONFIRMED`, `NOTHING_TO_CORRECT`
 */
const correctAllowances: Decision = async (
  work,
  body: { policyId: string; month: string; reason: string },
) => {
  const { month, reason } = body;
  const ledger = await ledgerOf(work.db, month, await versionsOf(work.db, body.policyId));
  const [first] = ledger;
  if (first === undefined) throw new Refusal({ code: 'MONTH_NOT_CONFIRMED', rule: 'C8', values: { month } });
  const { policyId } = first;
  const due = await dueInMonth(work.db, await policyById(work.db, policyId), month);
  const paid = paidByTitle(ledger);
  const lines = [
    ...due,
    // Who was paid and is due nothing any more.
    ...[...new Map(ledger.map((entry) => [entry.titleId, entry])).values()]
      .filter(({ titleId }) => !due.some((line) => line.titleId === titleId))
      .map((entry) => ({ ...entry, days: 0, fen: 0 })),
  ];
  const corrections = lines.flatMap(({ titleId, personId, schoolId, rank, days, fen }): NewAllowance[] => {
    const before = paid.get(titleId) ?? { days: 0, fen: 0 };
    if (before.fen === fen && before.days === days) return [];
    const change = { days: days - before.days, fen: fen - before.fen };
    return [{ titleId, personId, schoolId, rank, ...change, month, policyId, kind: 'correction', reason }];
  });
  if (corrections.length === 0)
    throw new Refusal({ code: 'NOTHING_TO_CORRECT', rule: 'C8', values: { month } });
  await appendAllowances(work, work.submission.actorId, corrections);
  return { result: { month, lines: corrections.length, fen: sum(corrections.map(({ fen }) => fen)) } };
};

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** What is decided on allowances, with the organisation's calendar. */
export const allowanceDecisions = { confirmAllowances, correctAllowances };

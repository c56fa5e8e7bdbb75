import { monthDays } from '../domain/allowance.js';
import { Refusal } from '../domain/refusal.js';
import { allowancesOfMonth, appendAllowances, type NewAllowance } from '../records/allowances.js';
import type { Decision, DecisionWork, Move } from '../records/decide.js';

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
  const { isConfirmed, lines } = await allowancesOfMonth(work.db, policyId, month);
  if (isConfirmed) throw new Refusal({ code: 'MONTH_CONFIRMED', rule: 'C8', values: { month } });
  if (lines.length === 0) throw new Refusal({ code: 'NOBODY_TO_PAY', rule: 'C8', values: { month } });
  const entries = lines.map(({ paid: _, ...line }): NewAllowance => ({
    ...line,
    month,
    policyId,
    kind: 'month',
    reason: null,
  }));
  return append(work, month, entries);
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
  const { policyId, isConfirmed, lines } = await allowancesOfMonth(work.db, body.policyId, month);
  if (!isConfirmed) throw new Refusal({ code: 'MONTH_NOT_CONFIRMED', rule: 'C8', values: { month } });
  const corrections = lines.flatMap(({ paid, ...line }): NewAllowance[] => {
    const change = { days: line.days - paid.days, fen: line.fen - paid.fen };
    if (change.days === 0 && change.fen === 0) return [];
    return [{ ...line, ...change, month, policyId, kind: 'correction', reason }];
  });
  if (corrections.length === 0)
    throw new Refusal({ code: 'NOTHING_TO_CORRECT', rule: 'C8', values: { month } });
  return append(work, month, corrections);
};

async function append(work: DecisionWork, month: string, entries: readonly NewAllowance[]): Promise<Move> {
  await appendAllowances(work, work.submission.actorId, entries);
  return { result: { month, lines: entries.length, fen: entries.reduce((sum, { fen }) => sum + fen, 0) } };
}

/** What is decided on allowances, with the organisation's calendar. */
export const allowanceDecisions = { confirmAllowances, correctAllowances };

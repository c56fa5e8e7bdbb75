import { recordedFor } from '../../../samples/walk/checks.js';
import { firstYear } from './district.js';
import { nextMonth } from './plain-model.js';
import type { SchoolYears } from './school-years.js';

/** How far the months are confirmed. */
export class Allowances {
  /** Months that are in the ledger. */
  readonly months: string[] = [];
  /** The month that is confirmed next. */
  next = `${firstYear}-09`;
}

/** The months that are over are confirmed; each comes to what the cards say. */
export async function confirmMonths(years: SchoolYears): Promise<void> {
  const { allowances } = years;
  const office = await years.walk.office();
  for (
    ;
    nextMonth(`${allowances.next}-01`) <= years.today;
    allowances.next = nextMonth(`${allowances.next}-01`).slice(0, 7)
  ) {
    const owed = Object.values(years.model.money(allowances.next)).reduce((sum, fen) => sum + fen, 0);
    if (owed === 0) continue;
    const { result } = await office.decide(`/calendars/${await years.calendar()}/allowances`, {
      policyId: years.policyId,
      month: allowances.next,
      recordedFor: await recordedFor(years.walk, `津贴${allowances.next}`),
    });
    if (result['fen'] !== owed)
      years.differences.push(`${allowances.next}: ${String(result['fen'])} fen, not ${owed}.`);
    allowances.months.push(allowances.next);
  }
}

/** Months whose ledger no longer comes to what is due are corrected by counter-entries. */
export async function correctMonths(years: SchoolYears, reason: string): Promise<void> {
  const office = await years.walk.office();
  for (const month of years.allowances.months) {
    const owed = Object.values(years.model.money(month)).reduce((sum, fen) => sum + fen, 0);
    const { items } = await office.get<{ items: { fen: number }[] }>(`/allowance-entries?month=${month}`);
    if (items.reduce((sum, { fen }) => sum + fen, 0) === owed) continue;
    await office.decide(`/calendars/${await years.calendar()}/allowance-corrections`, {
      policyId: years.policyId,
      month,
      reason,
      recordedFor: await recordedFor(years.walk, `更正${month}`),
    });
  }
}

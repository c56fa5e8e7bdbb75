import { caseKindNames } from '../domain/case-names.js';
import type { CaseKind } from '../domain/cases.js';
import type { Reason } from '../domain/refusal.js';
import { say, type Language } from './catalogue.js';
import type { Names } from './names.js';

/**
 * Values of a notification as people read them: instants as Shanghai's day and hour, kinds of cases by name, a reason as
 * its text.
 * @param ranks names of the scheme's ranks
 */
export function readable(
  values: Readonly<Record<string, unknown>>,
  language: Language,
  ranks: Names,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, readableValue(value, language, ranks)]),
  );
}

function readableValue(value: unknown, language: Language, ranks: Names): unknown {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value === 'object' && value !== null) {
    const { code, values } = value as Partial<Reason>;
    return say(code ?? '', language, readable({ ...values }, language, ranks), ranks);
  }
  if (typeof value !== 'string') return value;
  if (Object.hasOwn(caseKindNames, value)) return caseKindNames[value as CaseKind][language];
  if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value)) return value;
  return moment(new Date(value));
}

/** An instant as Shanghai's day and hour, `2026-10-12 09:30`. */
export function moment(instant: Date): string {
  return instant.toLocaleString('sv-SE', {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'short',
    timeStyle: 'short',
  });
}

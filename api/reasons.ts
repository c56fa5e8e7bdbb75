import { z } from 'zod';
import type { Reason } from '../domain/refusal.js';
import { say, type Language } from '../texts/catalogue.js';
import type { Names } from '../texts/names.js';

/** Why something ended as it did, with the rule, the values that it looked at and the clause of the scheme. */
export const reasonSchema = z
  .object({
    code: z.string(),
    text: z.string(),
    rule: z.string().nullable(),
    values: z.record(z.string(), z.unknown()),
    clause: z.string().nullable(),
  })
  .meta({ id: 'Reason' });

/** A stored reason in the reader's language, with the names of the scheme's ranks. */
export function tellReason(
  stored: unknown,
  language: Language,
  ranks: Names,
): z.input<typeof reasonSchema> | null {
  if (stored === null || stored === undefined) return null;
  const { code, rule, values, clause } = stored as Reason;
  return {
    code,
    text: say(code, language, values, ranks),
    rule: rule ?? null,
    values: { ...values },
    clause: clause ?? null,
  };
}

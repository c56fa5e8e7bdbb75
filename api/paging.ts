import { z } from 'zod';
import { Refusal } from '../domain/refusal.js';

/** The query parameters of a list that comes in pages. */
export const pageQuery = z.object({
  cursor: z.string().max(500).optional().meta({ description: 'The `next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(200).default(50).meta({ description: 'Most entries of a page.' }),
});

/** A page: its entries, and the cursor of the next one, null on the last. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** The cursor of what follows an entry, opaque to the caller. */
export function cursorAfter(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

/**
 * The key in a cursor.
 * @throws Refusal INVALID_INPUT when no page gave it
 */
export function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (key !== '' && cursorAfter(key) === cursor) return key;
  const faults = [{ at: 'query.cursor', code: 'WRONG_VALUE' }];
  throw new Refusal({ code: 'INVALID_INPUT', values: { count: 1 }, faults });
}

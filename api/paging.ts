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

/** The cursor of what follows an entry of a list in the order of instants and ids. */
export function cursorOf(at: Date | null, id: string): string {
  return cursorAfter(`${at?.toISOString() ?? ''} ${id}`);
}

const positionSchema = z.tuple([z.union([z.literal(''), z.iso.datetime()]), z.uuid()]);

/**
 * Instant and id of the last entry of the page before.
 * @throws Refusal INVALID_INPUT when no page gave the cursor
 */
export function readPosition(
  cursor: string | undefined,
): { readonly at: Date | null; readonly id: string } | undefined {
  const key = readCursor(cursor);
  if (key === undefined) return undefined;
  const position = positionSchema.safeParse(key.split(' '));
  if (!position.success) {
    const faults = [{ at: 'query.cursor', code: 'WRONG_VALUE' }];
    throw new Refusal({ code: 'INVALID_INPUT', values: { count: 1 }, faults });
  }
  const [at, id] = position.data;
  return { at: at === '' ? null : new Date(at), id };
}

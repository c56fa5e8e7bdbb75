/** Rows of a table that an import creates, and rows that it changes, as they were and as they will be. */
export interface Part<New, Row> {
  readonly created: readonly New[];
  readonly updated: readonly { readonly before: Row; readonly after: Row }[];
}

interface Period {
  readonly id: string;
  readonly until: string | null;
}

/**
 * Rows that run from a day until a day: new ones are created, of those that are there the end is set.
 * @param key the fields by which a row is known again
 */
export function planPeriods<Row extends Omit<Period, 'id'>, Stored extends Period>(
  rows: readonly Row[],
  stored: readonly Stored[],
  key: readonly (keyof Row)[],
): Part<Row, Stored> {
  const byKey = new Map(stored.map((row) => [keyOf(row, key), row]));
  // A period that is listed twice is one row.
  const updated = new Map<string, { before: Stored; after: Stored }>();
  for (const row of rows) {
    const before = byKey.get(keyOf(row, key));
    if (before && before.until !== row.until)
      updated.set(before.id, { before, after: { ...before, until: row.until } });
  }
  return { created: missingIn(stored, rows, key), updated: [...updated.values()] };
}

/** The rows that are not stored yet, by key; the same key twice in the rows counts once. */
export function missingIn<Row extends object>(
  stored: readonly object[],
  rows: readonly Row[],
  key: readonly (keyof Row)[],
): Row[] {
  const known = new Set(stored.map((row) => keyOf(row, key)));
  return rows.filter((row) => !known.has(keyOf(row, key)) && known.add(keyOf(row, key)));
}

function keyOf(row: object, key: readonly PropertyKey[]): string {
  return JSON.stringify(key.map((name) => (row as Record<PropertyKey, unknown>)[name]));
}

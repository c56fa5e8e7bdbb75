/**
 * A value as JSON in the one spelling that a hash is taken of: the keys of every object in ascending order, nothing else
 * between them. What was stored and read again has the same spelling.
 * @param value plain data
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}

import type { Policy } from '../domain/policy.js';

/** A quotation of a scheme and the place where it stands. */
export interface Clause {
  /** Path of the rule that quotes, e.g. `ranks.0.need.maxAge`. */
  readonly path: string;
  readonly clause: string;
}

/** All quotations of a scheme, in its order. Rule P2. */
export function clausesOf(policy: Policy): Clause[] {
  return clausesIn(policy, []);
}

/**
 * The quotations that no text has. Spaces and line breaks don't count, since a document that was copied out breaks its
 * lines anywhere; every other character does. Rule P2.
 * @param texts the documents that the scheme was written from
 */
export function clausesNotIn(policy: Policy, texts: readonly string[]): Clause[] {
  const documents = texts.map(withoutSpaces);
  return clausesOf(policy).filter(
    ({ clause }) => !documents.some((document) => document.includes(withoutSpaces(clause))),
  );
}

function clausesIn(part: unknown, path: readonly string[]): Clause[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === 'clause' ? [{ path: path.join('.'), clause: String(value) }] : clausesIn(value, [...path, key]),
  );
}

function withoutSpaces(text: string): string {
  return text.replace(/\s+/gu, '');
}

import { fieldsNotRead, unsupportedParts } from '../domain/fields-read.js';
import type { Policy } from '../domain/policy.js';

/** A field of a scheme, with whether the engine carries it out. */
export interface FieldVerdict {
  /** The field, with `*` for positions in lists, e.g. `stages.*.code`. */
  readonly field: string;
  /** true = wherever the scheme has the field. */
  readonly runs: boolean;
  /** Where it is not carried out: paths with positions, and the value when only that value is not. */
  readonly notYet: readonly string[];
}

/**
 * Says of each field of a scheme whether the engine carries it out, as `refuseIfNotRunnable` sees it. Names, quotations
 * and origins are left out: there is nothing to carry out. Rule P5.
 * @returns the fields in the scheme's order, each once
 */
export function fieldVerdicts(policy: Policy): FieldVerdict[] {
  const parts = unsupportedParts(policy);
  const leaves = leavesOf(policy, [], []);
  return fieldsNotRead(policy, new Set()).map((field) => {
    const paths = leaves.filter((leaf) => leaf.field === field).map((leaf) => leaf.path);
    const notYet = parts
      .filter((part) => paths.some((path) => path === part.path || path.startsWith(`${part.path}.`)))
      .map(({ path, value }) => (value === undefined ? path : `${path}: ${value}`));
    return { field, runs: notYet.length === 0, notYet };
  });
}

function leavesOf(
  part: unknown,
  path: readonly string[],
  field: readonly string[],
): { path: string; field: string }[] {
  if (typeof part !== 'object' || part === null) return [{ path: path.join('.'), field: field.join('.') }];
  return Object.entries(part).flatMap(([key, value]) =>
    leavesOf(value, [...path, key], [...field, Array.isArray(part) ? '*' : key]),
  );
}

import type { BusinessDate } from './dates.js';
import { Refusal } from './refusal.js';

/** A piece of evidence as far as who may enter and check it depends on it. */
export interface EvidenceState {
  readonly personId: string;
  /** Null for what came with the roster, which is taken as verified. */
  readonly enteredById: string | null;
  readonly checkedById: string | null;
  readonly superseded: boolean;
}

/**
 * Refuses to enter what cannot be: of a day to come, or of oneself. Rule E17.
 * @throws Refusal `DAY_TO_COME`, `OWN_CASE`
 */
export function refuseEntry(
  { personId, date }: { readonly personId: string; readonly date: BusinessDate },
  by: string,
  today: BusinessDate,
): void {
  if (date > today) throw new Refusal({ code: 'DAY_TO_COME', rule: 'E17', values: { on: date, today } });
  if (personId === by) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
}

/**
 * Refuses a check of evidence by whoever entered it or whose it is, a second check, and one without a reason when it is
 * found untrue. Rule E17.
 * @throws Refusal `EVIDENCE_CHECKED_ALREADY`, `EVIDENCE_OWN_ENTRY`, `OWN_CASE`, `REASON_MISSING`
 */
export function refuseCheck(
  piece: EvidenceState,
  { by, isTrue, reason }: { readonly by: string; readonly isTrue: boolean; readonly reason?: string },
): void {
  const { personId, enteredById, checkedById, superseded } = piece;
  if (enteredById === null || checkedById !== null || superseded)
    throw new Refusal({ code: 'EVIDENCE_CHECKED_ALREADY', rule: 'E17' });
  if (enteredById === by) throw new Refusal({ code: 'EVIDENCE_OWN_ENTRY', rule: 'E17' });
  if (personId === by) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  if (!isTrue && !reason?.trim()) throw new Refusal({ code: 'REASON_MISSING', rule: 'E17' });
}

/**
 * The first version of each piece, by id: what has the same first version is one piece, as it was corrected. Rule E17.
 * @param pieces all versions of the persons' evidence
 */
export function firstVersions(
  pieces: readonly { readonly id: string; readonly replacesId: string | null }[],
): Map<string, string> {
  const before = new Map(pieces.map(({ id, replacesId }) => [id, replacesId]));
  const firstOf = (id: string): string => {
    const earlier = before.get(id);
    return earlier ? firstOf(earlier) : id;
  };
  return new Map(pieces.map(({ id }) => [id, firstOf(id)]));
}

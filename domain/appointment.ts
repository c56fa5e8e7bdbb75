import type { TieBreakKey } from './policy.js';
import { Refusal } from './refusal.js';

/** Who has passed the training and may be appointed; the keys by which the scheme orders them. */
export interface AppointmentCandidate {
  readonly traineeId: string;
  /** Higher comes first; what is not there comes last. */
  readonly keys: Readonly<Partial<Record<TieBreakKey, number>>>;
}

/**
 * Orders who has passed by the scheme's keys. Who is equal in all of them has the same position (1, 2, 2, 4): the
 * leading group decides between them. Rule T14.
 * @param order the scheme's keys, the first first
 */
export function orderOf(
  candidates: readonly AppointmentCandidate[],
  order: readonly TieBreakKey[],
): { traineeId: string; position: number }[] {
  const compareKeys = (left: AppointmentCandidate, right: AppointmentCandidate) => {
    for (const key of order) {
      const difference = (right.keys[key] ?? -1) - (left.keys[key] ?? -1);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  const sorted = candidates.toSorted(
    (left, right) => compareKeys(left, right) || (left.traineeId < right.traineeId ? -1 : 1),
  );
  return sorted.map((candidate) => ({
    traineeId: candidate.traineeId,
    position: 1 + sorted.findIndex((first) => compareKeys(first, candidate) === 0),
  }));
}

/** What the leading group decided on the list. */
export interface Approval {
  readonly approved: readonly string[];
  /** Held with a reason, or out because of a written decision on a breach of ethics. */
  readonly notApproved: readonly string[];
}

/**
 * Checks an approval (审定): it names only people of the list, each once; no more than there are places; in the list's
 * order, so that nobody is passed over without a reason; and whoever has a place is approved or held. Rules C1, T14.
 * @param entries the list with its positions
 * @param places most appointments; null = no cap
 * @returns who waits for the next year
 * @throws Refusal `NOT_ON_LIST`, `NAME_LISTED_TWICE`, `OVER_YEARLY_NUMBER`, `PASSED_OVER`
 */
export function checkApproval(
  entries: readonly { readonly traineeId: string; readonly position: number }[],
  places: number | null,
  { approved, notApproved }: Approval,
): string[] {
  const named = [...approved, ...notApproved];
  const refuse = (code: string, ids: readonly string[], values: Readonly<Record<string, number>> = {}) => {
    throw new Refusal({ code, rule: 'C1', values: { ids, ...values } });
  };
  const unknown = named.filter((id) => !entries.some(({ traineeId }) => traineeId === id));
  if (unknown.length > 0) refuse('NOT_ON_LIST', unknown);
  const twice = named.filter((id, position) => named.indexOf(id) !== position);
  if (twice.length > 0) refuse('NAME_LISTED_TWICE', twice);
  if (places !== null && approved.length > places)
    refuse('OVER_YEARLY_NUMBER', [], { approved: approved.length, places });
  const waiting = entries.filter(({ traineeId }) => !named.includes(traineeId));
  const hasRoom = places === null || approved.length < places;
  const last = Math.max(
    0,
    ...entries.filter(({ traineeId }) => approved.includes(traineeId)).map(({ position }) => position),
  );
  const passedOver = waiting.filter(({ position }) => hasRoom || position < last);
  if (passedOver.length > 0)
    refuse(
      'PASSED_OVER',
      passedOver.map(({ traineeId }) => traineeId),
    );
  return waiting.map(({ traineeId }) => traineeId);
}

/** What N14 asks about one person on the day. */
export interface Appointable {
  readonly traineeId: string;
  /** Null when the person came without a notice of the selection, such as by the ladder. */
  readonly noticeClosed: boolean | null;
  /** The candidacy is frozen. */
  readonly held: boolean;
  /** An objection against the candidacy: not decided for good, or sustained; null when there is none. */
  readonly objection: 'open' | 'sustained' | null;
}

/**
 * Refuses to appoint whoever may not be today: the notice must be closed, the candidacy not frozen, no objection against it
 * open, and none sustained. A veto of
 * ethics is a decision that the approval names. Rule N14.
 * @throws Refusal `NOT_APPOINTABLE` with all of them
 */
export function refuseUnlessAppointable(people: readonly Appointable[]): void {
  const faults = people.flatMap(({ traineeId, noticeClosed, held, objection }) => [
    ...(noticeClosed === false ? [{ at: traineeId, code: 'NOTICE_STILL_OPEN' }] : []),
    ...(held ? [{ at: traineeId, code: 'CANDIDATE_HELD' }] : []),
    ...(objection === 'open' ? [{ at: traineeId, code: 'OBJECTION_STILL_OPEN' }] : []),
    ...(objection === 'sustained' ? [{ at: traineeId, code: 'OBJECTION_SUSTAINED' }] : []),
  ]);
  if (faults.length > 0)
    throw new Refusal({ code: 'NOT_APPOINTABLE', rule: 'N14', values: { count: faults.length }, faults });
}

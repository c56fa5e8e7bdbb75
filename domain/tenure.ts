import { addDays, addYears, compare, type BusinessDate } from './dates.js';
import { isHigherRank, type Policy } from './policy.js';
import type { Reason } from './refusal.js';

/** A title as its dates and decisions tell of it. */
export interface TitleFacts {
  readonly rank: string;
  /** First day of the certificate. */
  readonly from: BusinessDate;
  /** Last valid day; null = no end. */
  readonly until: BusinessDate | null;
  /** First day on which a decision had ended it. */
  readonly endedOn: BusinessDate | null;
}

export const titleStates = ['not_yet', 'valid', 'superseded', 'lapsed', 'revoked'] as const;
/** `not_yet`: before its first day; `lapsed`: past its last one; `revoked`: ended by a decision. */
export type TitleState = (typeof titleStates)[number];

/** Whether a title is held on a day by its own dates, whatever else the person holds. Rules C2, C3. */
export function isInForce(title: Omit<TitleFacts, 'rank'>, on: BusinessDate): boolean {
  return ownState(title, on) === 'valid';
}

/**
 * The state of a title on a day. While its holder holds a higher one it is superseded; when the higher one ends, it
 * is valid again if its own certificate still runs. Rules C2, C3, C5, C6, 5.4.
 * @param policy the scheme whose order of ranks counts
 * @param title the title
 * @param all all titles of the same person; the title itself may be among them
 * @param on the day
 */
export function titleStateOn(
  policy: Policy,
  title: TitleFacts,
  all: readonly TitleFacts[],
  on: BusinessDate,
): TitleState {
  const own = ownState(title, on);
  const isSuperseded = all.some(
    (other) => isHigherRank(policy, other.rank, title.rank) && isInForce(other, on),
  );
  return own === 'valid' && isSuperseded ? 'superseded' : own;
}

function ownState({ from, until, endedOn }: Omit<TitleFacts, 'rank'>, on: BusinessDate): TitleState {
  if (endedOn !== null && compare(endedOn, on) <= 0) return 'revoked';
  if (compare(on, from) < 0) return 'not_yet';
  return until !== null && compare(until, on) < 0 ? 'lapsed' : 'valid';
}

/**
 * The last valid day of a certificate: the same day so many years later, 28 February for 29 February; it does not move
 * for a rest day. Rules C2, 5.4.
 * @param issuedOn first day
 * @param policy its certificate rule; without one, the certificate has no end
 */
export function lastValidDay(policy: Policy, issuedOn: BusinessDate): BusinessDate | null {
  return policy.certificate ? addYears(issuedOn, policy.certificate.years) : null;
}

/** The number of a certificate: scheme, year, rank, serial from 1. */
export function certificateNumber(policy: Policy, year: string, rank: string, serial: number): string {
  return `${certificatePrefix(policy, year, rank)}${String(serial).padStart(4, '0')}`;
}

/** What the certificates of one scheme, year and rank begin with. */
export function certificatePrefix(policy: Policy, year: string, rank: string): string {
  return `${policy.id}-${year}-${rank}-`;
}

/** The first day of the month after a day: from it on, money that stops on the day is no longer paid. Rule C8. */
export function firstOfNextMonth(date: BusinessDate): BusinessDate {
  const [year, month] = date.split('-').map(Number) as [number, number];
  return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`;
}

/** What a decision makes of a title. */
export interface TitleEffect {
  /** First day on which the title is no longer held. */
  readonly endedOn?: BusinessDate;
  readonly endReason?: Reason;
  /** First day on which the benefits no longer run, for good. */
  readonly benefitsUntil?: BusinessDate;
}

/**
 * What becomes of a title when its holder moves to another school on a day (调离原校). `keep_if_passed` keeps it, and the
 * yearly review decides on as for every other title. Rule C9.
 * @returns nothing when the scheme has no such rule
 */
export function effectOfTransfer(policy: Policy, on: BusinessDate): TitleEffect {
  const rule = policy.dynamic?.transferred;
  if (rule === undefined) return {};
  const dayAfter = addDays(on, 1);
  const stop = rule.benefitsStopFrom === 'first_of_next_month' ? firstOfNextMonth(on) : dayAfter;
  const ends = rule.title === 'end';
  return {
    ...(ends && {
      endedOn: dayAfter,
      endReason: { code: 'TITLE_ENDED_BY_TRANSFER', rule: 'C9', values: { on }, clause: rule.clause },
    }),
    ...((ends || rule.benefits === 'stop') && { benefitsUntil: stop }),
  };
}

/**
 * What becomes of a title that is revoked: it ends on the day that the decision takes effect, its benefits with the
 * month. The reason keeps what the scheme says of a later application. Rules C6, C8, E11.
 * @param on first day on which the title is no longer held
 */
export function effectOfRevocation(policy: Policy, on: BusinessDate, reason: Reason): TitleEffect {
  const { mayApplyAgain = true, barredRounds = 0, clause } = policy.dynamic?.afterRevocation ?? {};
  return {
    endedOn: on,
    endReason: { clause, ...reason, values: { ...reason.values, mayApplyAgain, barredRounds } },
    benefitsUntil: firstOfNextMonth(on),
  };
}

/** Days, both included, on which benefits do not run. */
export interface BenefitPause {
  readonly from: BusinessDate;
  readonly until: BusinessDate;
}

/** Whether the benefits of a title run on a day: it is valid, they have not been stopped for good, and no pause is on. Rule C8. */
export function areBenefitsRunning(
  state: TitleState,
  benefitsUntil: BusinessDate | null,
  pauses: readonly BenefitPause[],
  on: BusinessDate,
): boolean {
  const isStopped = benefitsUntil !== null && compare(benefitsUntil, on) <= 0;
  return state === 'valid' && !isStopped && !pauses.some(({ from, until }) => from <= on && on <= until);
}

/** The days before a certificate's end on which its holder is reminded. Rule C4. */
export function reminderDays(
  policy: Policy,
  until: BusinessDate | null,
): { on: BusinessDate; days: number }[] {
  if (until === null) return [];
  return (policy.certificate?.reminders ?? []).map((days) => ({ on: addDays(until, -days), days }));
}

/**
 * The next day on which a title needs looking at: the next school year, a reminder, or the first day on which it is no
 * longer held.
 * @param after the day that has come
 */
export function nextTenureDay(
  policy: Policy,
  { until, endedOn }: Pick<TitleFacts, 'until' | 'endedOn'>,
  after: BusinessDate,
): BusinessDate {
  const nextYear = Number(after.slice(0, 4)) + (after.slice(5) < '09-01' ? 0 : 1);
  const days = [
    `${nextYear}-09-01`,
    ...(until === null ? [] : [addDays(until, 1)]),
    ...(endedOn === null ? [] : [endedOn]),
    ...reminderDays(policy, until).map(({ on }) => on),
  ];
  return days.filter((day) => day > after).sort()[0]!;
}

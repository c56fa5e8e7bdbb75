import { addDays, addYears, compare, type BusinessDate } from './dates.js';
import { isHigherRank, type Policy } from './policy.js';
import { Refusal, type Reason } from './refusal.js';

/** Days, both included, on which a title may not be used; without a last one while it goes on. */
export interface Suspension {
  readonly from: BusinessDate;
  readonly until: BusinessDate | null;
}

/** An application for re-evaluation, and the day of the decision on it. */
export interface ReEvaluation {
  readonly appliedOn: BusinessDate;
  readonly decidedOn: BusinessDate | null;
  /** Whether the title goes on after the certificate's end while it is pending. */
  readonly continues: boolean;
}

/** A title as its dates and decisions tell of it. */
export interface TitleFacts {
  readonly rank: string;
  /** First day of the certificate. */
  readonly from: BusinessDate;
  /** Last valid day; null = no end. */
  readonly until: BusinessDate | null;
  /** First day on which a decision had ended it. */
  readonly endedOn: BusinessDate | null;
  /** Whether what ended it is a new certificate for the same title. */
  readonly isRenewed?: boolean;
  readonly reEvaluation?: ReEvaluation | null;
  readonly suspensions?: readonly Suspension[];
}

export const titleStates = [
  'not_yet',
  'valid',
  'suspended',
  'expired_pending',
  'superseded',
  'lapsed',
  'revoked',
] as const;
/**
 * `not_yet`: before its first day; `suspended`: it may not be used for now; `expired_pending`: past its last day with an
 * application for re-evaluation on file; `superseded`: by a higher title or a new certificate; `lapsed`: past its last
 * day; `revoked`: ended by a decision.
 */
export type TitleState = (typeof titleStates)[number];

/**
 * Whether a title is held on a day by its own dates, whatever else the person holds; who may not use it for now holds it
 * all the same. Rules C2, C3.
 */
export function isInForce(title: Omit<TitleFacts, 'rank'>, on: BusinessDate): boolean {
  const state = ownState(title, on);
  return state === 'valid' || state === 'suspended';
}

/**
 * Whether there is still something to end on a day: the title is in force, or waits for its re-evaluation. Rules C3, C4.
 */
export function canBeEnded(title: Omit<TitleFacts, 'rank'>, on: BusinessDate): boolean {
  return isInForce(title, on) || ownState(title, on) === 'expired_pending';
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
  return own === 'valid' && isBelowAnother(policy, title, all, on) ? 'superseded' : own;
}

function isBelowAnother(
  policy: Policy,
  title: TitleFacts,
  all: readonly TitleFacts[],
  on: BusinessDate,
): boolean {
  return all.some((other) => isHigherRank(policy, other.rank, title.rank) && isInForce(other, on));
}

function ownState(title: Omit<TitleFacts, 'rank'>, on: BusinessDate): TitleState {
  const { from, endedOn, isRenewed = false, suspensions = [] } = title;
  // What had lapsed before is not ended by a decision any more.
  const isEnded = endedOn !== null && compare(endedOn, on) <= 0 && !hasLapsed(title, addDays(endedOn, -1));
  if (isEnded) return isRenewed ? 'superseded' : 'revoked';
  if (compare(on, from) < 0) return 'not_yet';
  if (hasLapsed(title, on)) return 'lapsed';
  if (isOver(title, on) && !title.reEvaluation!.continues) return 'expired_pending';
  const isSuspended = suspensions.some(
    (each) => each.from <= on && (each.until === null || on <= each.until),
  );
  return isSuspended ? 'suspended' : 'valid';
}

function isOver({ until }: Pick<TitleFacts, 'until'>, on: BusinessDate): boolean {
  return until !== null && compare(until, on) < 0;
}

/** Past its last day, and no application for re-evaluation keeps it waiting. */
function hasLapsed(title: Omit<TitleFacts, 'rank'>, on: BusinessDate): boolean {
  return isOver(title, on) && !isPendingOn(title, on);
}

/** Whether an application for re-evaluation is on file and not yet decided on a day. Rule C4. */
export function isPendingOn({ reEvaluation }: Pick<TitleFacts, 'reEvaluation'>, on: BusinessDate): boolean {
  if (reEvaluation == null || reEvaluation.appliedOn > on) return false;
  return reEvaluation.decidedOn === null || on < reEvaluation.decidedOn;
}

/** How many days before the end an application is taken where the scheme sets no reminders. */
const usualDaysBefore = 180;

/**
 * Refuses an application for re-evaluation that comes at a wrong time: it is taken from the day of the first reminder to
 * the last valid day, once for a certificate. Rules C4, R0.8.
 * @param today the day on which it comes
 * @throws Refusal `CERTIFICATE_WITHOUT_END`, `RE_EVALUATION_ON_FILE`, `RE_EVALUATION_TOO_EARLY`, `RE_EVALUATION_TOO_LATE`
 */
export function refuseUntimelyReEvaluation(
  policy: Policy,
  { until, reEvaluation }: Pick<TitleFacts, 'until' | 'reEvaluation'>,
  today: BusinessDate,
): void {
  const clause = policy.certificate?.clause;
  if (until === null) throw new Refusal({ code: 'CERTIFICATE_WITHOUT_END', rule: 'C4', clause });
  if (reEvaluation != null)
    throw new Refusal({
      code: 'RE_EVALUATION_ON_FILE',
      rule: 'C4',
      values: { on: reEvaluation.appliedOn },
      clause,
    });
  const from = addDays(until, -Math.max(...(policy.certificate?.reminders ?? [usualDaysBefore])));
  if (today < from)
    throw new Refusal({ code: 'RE_EVALUATION_TOO_EARLY', rule: 'C4', values: { from, until }, clause });
  if (today > until)
    throw new Refusal({ code: 'RE_EVALUATION_TOO_LATE', rule: 'C4', values: { until }, clause });
}

/**
 * Ends a certificate because a new one has taken its place. Rule C4.
 * @param on first day of the new certificate
 * @param number its number
 */
export function effectOfRenewal(policy: Policy, on: BusinessDate, number: string): TitleEffect {
  const clause = policy.certificate?.clause;
  return {
    endedOn: on,
    endReason: { code: RENEWED, rule: 'C4', values: { certificateNumber: number }, clause },
    benefitsUntil: on,
  };
}

/** Code of the reason with which a certificate ends when a new one takes its place. */
export const RENEWED = 'TITLE_RENEWED';

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

/** The first day of the month after a day. */
export function firstOfNextMonth(date: BusinessDate): BusinessDate {
  const [year, month] = date.split('-').map(Number) as [number, number];
  return month === 12 ? `${year + 1}-01-01` : `${year}-${String(month + 1).padStart(2, '0')}-01`;
}

/**
 * The first day without benefits: the first of the month after the day that stops them, or the day after it where the
 * scheme says so. Rule C8.
 * @param decidedOn the day of the decision; of a grade, the last day of the time for review, on which it is final
 */
export function benefitsStop(policy: Policy, decidedOn: BusinessDate): BusinessDate {
  return policy.allowance?.stopFrom === 'day_after' ? addDays(decidedOn, 1) : firstOfNextMonth(decidedOn);
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
 * What becomes of a title that is revoked: it ends on the day that the decision takes effect, its benefits after the
 * decision as C8 says. The reason keeps what the scheme says of a later application. Rules C6, C8, E11.
 * @param on first day on which the title is no longer held
 * @param decidedOn the day of the decision; of a grade, the day on which it is final
 */
export function effectOfRevocation(
  policy: Policy,
  on: BusinessDate,
  reason: Reason,
  decidedOn: BusinessDate = on,
): TitleEffect {
  const { mayApplyAgain = true, barredRounds = 0, clause } = policy.dynamic?.afterRevocation ?? {};
  return {
    endedOn: on,
    endReason: { clause, ...reason, values: { ...reason.values, mayApplyAgain, barredRounds } },
    benefitsUntil: benefitsStop(policy, decidedOn),
  };
}

/** An effect with what made it, so that it can be taken back without another one. */
export interface CausedEffect extends TitleEffect {
  /** Id of the decision or the grade. */
  readonly cause: string;
}

/**
 * What counts of all effects on a title: the earliest end and the earliest stop of its benefits; of two on the same day, the
 * one that came first. Rules A4, C6, C8.
 * @param effects the first first
 */
export function effectInForce(effects: readonly CausedEffect[]): {
  readonly endedOn: BusinessDate | null;
  readonly endReason: Reason | null;
  readonly benefitsUntil: BusinessDate | null;
} {
  const [end] = effects
    .filter(({ endedOn }) => endedOn !== undefined)
    .toSorted((left, right) => compare(left.endedOn!, right.endedOn!));
  const [benefitsUntil = null] = effects.flatMap((each) => each.benefitsUntil ?? []).toSorted(compare);
  return { endedOn: end?.endedOn ?? null, endReason: end?.endReason ?? null, benefitsUntil };
}

/** Days, both included, on which benefits do not run. */
export interface BenefitPause {
  readonly from: BusinessDate;
  readonly until: BusinessDate;
}

/** A title with the first day on which its benefits have been stopped for good. */
export interface BenefitFacts extends TitleFacts {
  readonly benefitsUntil: BusinessDate | null;
}

/**
 * Whether the benefits of a title run on a day: it is the highest one held, they have not been stopped for good, and no
 * pause is on. A title that a decision has ended or suspended keeps them until the month is over, a certificate that has
 * ended does not. Rules C4, C5, C8.
 * @param all all titles of the same person
 * @param pauses pauses that came of grades
 */
export function areBenefitsRunning(
  policy: Policy,
  title: BenefitFacts,
  all: readonly TitleFacts[],
  pauses: readonly BenefitPause[],
  on: BusinessDate,
): boolean {
  const { benefitsUntil, suspensions = [] } = title;
  if (benefitsUntil !== null && compare(benefitsUntil, on) <= 0) return false;
  const state = ownState(title, on);
  const runs = state === 'valid' || state === 'suspended' || (state === 'revoked' && benefitsUntil !== null);
  if (!runs || isBelowAnother(policy, title, all, on)) return false;
  const suspended = suspensions.map(({ from, until }) => ({
    from: benefitsStop(policy, from),
    until: until ?? on,
  }));
  return ![...pauses, ...suspended].some(({ from, until }) => from <= on && on <= until);
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

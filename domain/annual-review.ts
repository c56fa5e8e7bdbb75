import { addDays, addMonths, addYears, type BusinessDate } from './dates.js';
import type { Policy } from './policy.js';
import { rankOf, stageOf } from './policy.js';
import { Refusal } from './refusal.js';
import { benefitsStop, effectOfRevocation, type BenefitPause, type TitleEffect } from './tenure.js';
import type { Grade, SanctionKind } from './vocabulary.js';

/** First and last day of a review year such as `2027-2028`. Rules A5, 5.1. */
export function reviewYearDays(reviewYear: string): { from: BusinessDate; until: BusinessDate } {
  const [first, second] = reviewYear.split('-');
  return { from: `${first}-09-01`, until: `${second}-08-31` };
}

/**
 * The ranks whose holders a scheme's yearly review assesses: those it names that the body running it confers. A rank
 * decided above is assessed only as authorised, which the opening names. Rules A5, C10.
 * @param authorised ranks decided above that a notice by the authority lets this body assess
 * @throws Refusal `REVIEW_NOT_IN_SCHEME` without a yearly review, `RANK_NOT_AUTHORISED` for a rank that the scheme
 *   does not let be assessed by authorisation
 */
export function reviewedRanks(policy: Policy, authorised: readonly string[] = []): string[] {
  if (policy.annualReview === undefined)
    throw new Refusal({ code: 'REVIEW_NOT_IN_SCHEME', rule: 'A5', values: { policy: policy.id } });
  const isAbove = (code: string) => rankOf(policy, code)?.decidedBy !== policy.scope;
  const mayBeAuthorised = policy.dynamic?.higherRanks?.code === 'as_authorised';
  const refused = authorised.filter(
    (code) => !mayBeAuthorised || rankOf(policy, code) === undefined || !isAbove(code),
  );
  if (refused.length > 0)
    throw new Refusal({ code: 'RANK_NOT_AUTHORISED', rule: 'C10', values: { ranks: refused } });
  return [...policy.annualReview.ranks.filter((code) => !isAbove(code)), ...authorised];
}

/** The assessments of holders: the yearly one, and those that a scheme holds every so many years. */
export const assessmentStages = ['annual_assessment', 'mid_assessment', 'term_assessment'] as const;
export type AssessmentStageCode = (typeof assessmentStages)[number];

/**
 * The first day on which a title may be assessed at a stage: the yearly review in every review year, the others so many
 * years after the title's first day or its last such assessment. Rule A11.
 * @param from first day of the certificate
 * @param last day on which the last assessment of the stage was opened; null = none
 * @throws Refusal `ASSESSMENT_NOT_IN_SCHEME`
 */
export function assessmentDueOn(
  policy: Policy,
  code: AssessmentStageCode,
  from: BusinessDate,
  last: BusinessDate | null,
): BusinessDate {
  if (code === 'annual_assessment') return from;
  const stage = stageOf(policy, code);
  if (stage === undefined)
    throw new Refusal({ code: 'ASSESSMENT_NOT_IN_SCHEME', rule: 'A11', values: { stage: code } });
  return addYears(last ?? from, stage.everyYears);
}

/**
 * For how many school years running, this one included, a title has had a grade. Rule A3.
 * @param past confirmed grades of the title with their review years, in any order
 */
export function yearsRunning(
  past: readonly { readonly reviewYear: string; readonly grade: string }[],
  grade: Grade,
  reviewYear: string,
): number {
  const first = Number(reviewYear.slice(0, 4));
  const had = (year: number) =>
    past.some((each) => each.grade === grade && Number(each.reviewYear.slice(0, 4)) === year);
  let years = 1;
  while (had(first - years)) years += 1;
  return years;
}

const fromBest: readonly Grade[] = ['excellent', 'pass', 'basic', 'fail'];

/**
 * The best grade of somebody who did not report on the year, where the scheme sets one and the grade is better. Rule A6.
 * @returns that best grade, or undefined when the grade may be given
 */
export function bestWithoutReport(policy: Policy, grade: Grade, hasReported: boolean): Grade | undefined {
  const best = stageOf(policy, 'duty_report')?.missedAtMost;
  if (hasReported || best === undefined || grade === 'ungraded') return undefined;
  return fromBest.indexOf(grade) < fromBest.indexOf(best) ? best : undefined;
}

/** A sanction as it is on file. */
export interface SanctionOnFile {
  readonly kind: SanctionKind;
  readonly from: BusinessDate;
  /** Last day; null = by its kind. */
  readonly until: BusinessDate | null;
}

const sanctionMonths: Readonly<Record<SanctionKind, number>> = { warning: 6, demerit: 12, demotion: 24 };
const forbiddenGrades: Readonly<Record<SanctionKind, readonly Grade[]>> = {
  warning: ['excellent'],
  demerit: ['excellent', 'pass'],
  demotion: ['excellent', 'pass', 'basic'],
};

/**
 * The sanction that forbids a grade in a review year: 警告 in the year forbids 优秀; 记过 that runs in it forbids 合格 and
 * better; 降级 or 撤职 forbids 基本合格 and better. Rules A2, 5.3.
 * @param year first and last day of the review year
 * @returns the first such sanction, or undefined when the grade may be given
 */
export function sanctionAgainst(
  grade: Grade,
  sanctions: readonly SanctionOnFile[],
  year: { readonly from: BusinessDate; readonly until: BusinessDate },
): SanctionOnFile | undefined {
  return sanctions.find((sanction) => {
    const last = sanction.until ?? addMonths(sanction.from, sanctionMonths[sanction.kind]);
    const counts =
      sanction.kind === 'warning'
        ? year.from <= sanction.from && sanction.from <= year.until
        : sanction.from <= year.until && year.from <= last;
    return counts && forbiddenGrades[sanction.kind].includes(grade);
  });
}

/** A grade that somebody gives. */
export interface GivenGrade {
  readonly titleId: string;
  readonly grade: Grade;
  readonly reason?: string;
}

/**
 * Refuses a list of grades that is not right as a whole: it must name each of the expected titles once and no other,
 * and say why whenever the grade is below 合格. Rules A7, S5, S10.
 * @param expected ids of the titles that are to be graded
 * @throws Refusal `GRADES_INCOMPLETE`, `GRADE_REASON_MISSING`
 */
export function refuseGrades(given: readonly GivenGrade[], expected: readonly string[]): void {
  const ids = given.map(({ titleId }) => titleId);
  const missing = expected.filter((id) => !ids.includes(id));
  const unknown = ids.filter((id) => !expected.includes(id));
  const twice = ids.filter((id, position) => ids.indexOf(id) !== position);
  if (missing.length + unknown.length + twice.length > 0)
    throw new Refusal({ code: 'GRADES_INCOMPLETE', rule: 'A7', values: { missing, unknown, twice } });
  const silent = given.filter(
    ({ grade, reason }) => grade !== 'excellent' && grade !== 'pass' && !reason?.trim(),
  );
  if (silent.length > 0)
    throw new Refusal({
      code: 'GRADE_REASON_MISSING',
      rule: 'S10',
      values: { ids: silent.map(({ titleId }) => titleId) },
    });
}

/** What a confirmed grade does. */
export interface GradeResult {
  /** Kept with the entry: what the scheme makes of the grade. */
  readonly effect:
    | 'keep'
    | 'keep_to_end'
    | 'keep_benefits_stopped'
    | 'keep_benefits_paused'
    | 'revoked'
    | 'certificate_due'
    | 'recorded';
  readonly warned: boolean;
  readonly title: TitleEffect;
  /** How many of the scheme's next rounds the holder may not stand in. */
  readonly barredRounds: number;
}

/**
 * What a confirmed grade does to a title, by the scheme. It takes effect on the day after the time for review is over,
 * never back. Rules A3, A4, A11, C8.
 * @param finalOn last day of the time in which the person may ask for a review, or the day of the decision on it
 * @param years for how many school years running the title has had the grade, this one included
 * @param stage the assessment; what the later ones do is theirs to say
 */
export function resultOfGrade(
  policy: Policy,
  grade: Grade,
  reviewYear: string,
  finalOn: BusinessDate,
  years = 1,
  stage: AssessmentStageCode = 'annual_assessment',
): GradeResult {
  const later = stage === 'annual_assessment' ? undefined : stageOf(policy, stage)!.effect;
  const hasPassed = grade === 'excellent' || grade === 'pass';
  if (later === 'report' || later === 'certificate') {
    const effect = later === 'certificate' && hasPassed ? 'certificate_due' : 'recorded';
    return { effect, warned: false, title: {}, barredRounds: 0 };
  }
  const rule = policy.annualReview!.effects[grade];
  const { title, benefits, warning = false, barsNextRounds: barredRounds = 0, clause } = rule;
  const dayAfter = addDays(finalOn, 1);
  if (title === 'revoke' || years >= (rule.endsAfterYearsRunning ?? Infinity)) {
    const reason = {
      code: 'TITLE_REVOKED_BY_REVIEW',
      rule: 'A3',
      values: { grade, reviewYear },
      clause,
    };
    const effect = effectOfRevocation(policy, dayAfter, reason, finalOn);
    return { effect: 'revoked', warned: warning, title: effect, barredRounds };
  }
  if (benefits === 'stop')
    return {
      effect: 'keep_benefits_stopped',
      warned: warning,
      title: { benefitsUntil: benefitsStop(policy, finalOn) },
      barredRounds,
    };
  const kept = title === 'keep_to_cycle_end' ? 'keep_to_end' : 'keep';
  return {
    effect: benefits === 'stop_next_year' ? 'keep_benefits_paused' : kept,
    warned: warning,
    title: {},
    barredRounds,
  };
}

/**
 * The days of `stop_next_year`: the school year after the review year; money that was already due when the grade
 * became final stays due. Rules A3, A4, C8.
 * @param finalOn last day of the time for review, or the day of the decision on it
 */
export function pauseAfter(policy: Policy, reviewYear: string, finalOn: BusinessDate): BenefitPause {
  const begins = addDays(reviewYearDays(reviewYear).until, 1);
  const until = addDays(`${Number(begins.slice(0, 4)) + 1}-09-01`, -1);
  const stop = benefitsStop(policy, finalOn);
  return { from: stop > begins ? stop : begins, until };
}

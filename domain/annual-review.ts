import { addDays, addMonths, type BusinessDate } from './dates.js';
import type { Policy } from './policy.js';
import { rankOf } from './policy.js';
import { Refusal } from './refusal.js';
import { effectOfRevocation, firstOfNextMonth, type BenefitPause, type TitleEffect } from './tenure.js';
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
  readonly effect: 'keep' | 'keep_benefits_stopped' | 'keep_benefits_paused' | 'revoked';
  readonly warned: boolean;
  readonly title: TitleEffect;
}

/**
 * What a confirmed grade does to a title, by the scheme. It takes effect on the day after the time for review is over,
 * never back. Rules A3, A4, C8.
 * @param finalOn last day of the time in which the person may ask for a review
 */
export function resultOfGrade(
  policy: Policy,
  grade: Grade,
  reviewYear: string,
  finalOn: BusinessDate,
): GradeResult {
  const { title, benefits, warning = false, clause } = policy.annualReview!.effects[grade];
  const dayAfter = addDays(finalOn, 1);
  if (title === 'revoke') {
    const reason = {
      code: 'TITLE_REVOKED_BY_REVIEW',
      rule: 'A3',
      values: { grade, reviewYear },
      clause,
    };
    return { effect: 'revoked', warned: warning, title: effectOfRevocation(policy, dayAfter, reason) };
  }
  if (benefits === 'stop')
    return {
      effect: 'keep_benefits_stopped',
      warned: warning,
      title: { benefitsUntil: firstOfNextMonth(finalOn) },
    };
  return {
    effect: benefits === 'stop_next_year' ? 'keep_benefits_paused' : 'keep',
    warned: warning,
    title: {},
  };
}

/**
 * The days of `stop_next_year`: the school year after the review year; money that was already due when the grade
 * became final stays due. Rules A3, A4, C8.
 * @param finalOn last day of the time for review
 */
export function pauseAfter(reviewYear: string, finalOn: BusinessDate): BenefitPause {
  const begins = addDays(reviewYearDays(reviewYear).until, 1);
  const until = addDays(`${Number(begins.slice(0, 4)) + 1}-09-01`, -1);
  const fromMoney = firstOfNextMonth(finalOn);
  return { from: fromMoney > begins ? fromMoney : begins, until };
}

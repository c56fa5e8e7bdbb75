import { addDays, addYears, compare, schoolYearOf, type BusinessDate } from './dates.js';
import type { HoursAnswer } from './hours.js';
import { rankOf, stageOf, type Policy } from './policy.js';
import { Refusal, type Reason } from './refusal.js';

/** How somebody became a trainee. */
export const traineeEntries = ['application', 'contest', 'replacement', 'ladder', 'history'] as const;
export type TraineeEntry = (typeof traineeEntries)[number];

/** First and last day of a training, both included. */
export interface TrainingPeriod {
  readonly startsOn: BusinessDate;
  readonly endsOn: BusinessDate;
}

/**
 * School years of training that a rank takes (T1): for the Sichuan district scheme one for 区教坛能手, two for
 * 区级骨干教师.
 * @throws Refusal `TRAINING_YEARS_MISSING` when the scheme says none
 */
export function trainingYears(policy: Policy, rank: string): number {
  const years = rankOf(policy, rank)?.trainingYears;
  if (years === undefined)
    throw new Refusal({ code: 'TRAINING_YEARS_MISSING', rule: 'T1', values: { rank } });
  return years;
}

/**
 * The period of a training. It is counted in whole school years, so it begins on the 1 September on or after the day
 * on which the list of formal candidates was handed on, and ends on a 31 August. A replacement who comes when the
 * others have begun starts on the day of entry and has the full time from then (T12). Rules T1, 5.1, 5.7.
 * @param handedOn the day on which the formal candidate, or the title that the ladder starts from, is handed on
 * @param years school years of training, from 1
 * @param othersBeganOn for a replacement: the first day of the others' training
 * @throws Refusal `DATE_INVALID`
 */
export function trainingPeriod(
  handedOn: BusinessDate,
  years: number,
  othersBeganOn?: BusinessDate,
): TrainingPeriod {
  const isLate = othersBeganOn !== undefined && compare(othersBeganOn, handedOn) < 0;
  const startsOn = isLate ? handedOn : firstOfSchoolYearFrom(handedOn);
  return { startsOn, endsOn: addDays(addYears(startsOn, years), -1) };
}

/** The 1 September on or after a day. Rule 5.1. */
export function firstOfSchoolYearFrom(date: BusinessDate): BusinessDate {
  return `${date.slice(5) <= '09-01' ? date.slice(0, 4) : Number(date.slice(0, 4)) + 1}-09-01`;
}

/** Who may assess at the end of a training: the scheme's assessor, and the researcher where that is a duty. Rules T9, T10. */
export function assessors(policy: Policy): ('training_centre' | 'researcher')[] {
  const { assessment, contactResearcher } = policy.training ?? {};
  const byCentre = assessment === undefined || assessment.by === 'training_centre';
  const byResearcher =
    assessment?.by === 'subject_researcher' || contactResearcher?.duties.includes('assess');
  return [
    ...(byCentre ? (['training_centre'] as const) : []),
    ...(byResearcher ? (['researcher'] as const) : []),
  ];
}

/** What an assessment makes of a trainee. */
export interface AssessmentResult {
  /** eliminated: below the line; it is final after the time for a review. */
  readonly standing: 'passed' | 'eliminated';
  /** Why the trainee is out. */
  readonly reason?: Reason;
}

/** What else than hours and points the final assessment may need. */
export interface OtherRequirements {
  /** Null when the scheme has an exam and it was not taken. */
  readonly exam: { readonly points: number; readonly passed: boolean } | null;
  readonly hasMentor: boolean;
  /** Tasks that were owed and are not done, by name. */
  readonly tasksOpen: readonly string[];
}

/**
 * The final assessment. Passing needs the hours, the exam, a mentor and the tasks, each when the scheme says so, and the
 * least points; who misses one is out, with the first reason. Rules T10, T11.
 * @param points whole points from 0 to the scheme's maximum
 * @param hours the ledger's answer on the day of the assessment
 * @throws Refusal `POINTS_OUT_OF_RANGE`; `EXAM_MISSING` when the scheme's exam was not taken
 */
export function assess(
  policy: Policy,
  points: number,
  hours: HoursAnswer,
  others: OtherRequirements = { exam: null, hasMentor: true, tasksOpen: [] },
): AssessmentResult {
  const rule = policy.training?.assessment;
  const { maxPoints = 100, passPoints = 0, needsHours = true } = rule ?? {};
  refuseOutOfRange(points, maxPoints, rule?.clause);
  const exam = stageOf(policy, 'training_exam');
  if (exam && others.exam === null)
    throw new Refusal({ code: 'EXAM_MISSING', rule: 'T18', clause: exam.clause });
  const { clause, barsLaterRounds = false } = eliminationOf(policy);
  const out = (code: string, ruleId: string, values: NonNullable<Reason['values']>): AssessmentResult => ({
    standing: 'eliminated',
    reason: { code, rule: ruleId, values: { ...values, barsLaterRounds }, clause },
  });
  const { done, required, on } = hours;
  if (needsHours && !hours.met) return out('HOURS_NOT_MET', 'T10', { done, required, on });
  if (exam && !others.exam!.passed)
    return out('EXAM_NOT_PASSED', 'T18', {
      points: others.exam!.points,
      passPoints: exam.passPoints ?? 0,
    });
  if (rule?.needsMentorship && !others.hasMentor) return out('MENTORSHIP_MISSING', 'T10', {});
  if (rule?.needsTasks && others.tasksOpen.length > 0)
    return out('TASKS_NOT_MET', 'T15', { tasks: [...others.tasksOpen] });
  if (points < passPoints) return out('ASSESSMENT_NOT_PASSED', 'T11', { points, passPoints });
  return { standing: 'passed' };
}

/**
 * A mid-term assessment: below the line the trainee is out, after the time for a review. Rule T11.
 * @param points whole points from 0 to the scheme's maximum
 * @throws Refusal `MID_ASSESSMENT_NOT_ASKED`, `POINTS_OUT_OF_RANGE`
 */
export function assessMid(policy: Policy, points: number, period: string): AssessmentResult {
  const rule = policy.training?.midAssessment;
  if (rule === undefined) throw new Refusal({ code: 'MID_ASSESSMENT_NOT_ASKED', rule: 'T11' });
  refuseOutOfRange(points, rule.maxPoints, rule.clause);
  if (points >= rule.passPoints) return { standing: 'passed' };
  const { clause, barsLaterRounds = false } = eliminationOf(policy);
  const values = { points, passPoints: rule.passPoints, period, barsLaterRounds };
  return {
    standing: 'eliminated',
    reason: { code: 'MID_ASSESSMENT_NOT_PASSED', rule: 'T11', values, clause: clause ?? rule.clause },
  };
}

function refuseOutOfRange(points: number, maxPoints: number, clause: string | undefined): void {
  if (!Number.isInteger(points) || points < 0 || points > maxPoints)
    throw new Refusal({ code: 'POINTS_OUT_OF_RANGE', rule: 'T10', values: { points, maxPoints }, clause });
}

/**
 * The result of the scheme's exam. Rule T18.
 * @param points whole points from 0 to the scheme's maximum
 * @returns whether it is passed, and the hours that the points are worth by the scheme's table (T5)
 * @throws Refusal `EXAM_NOT_ASKED`, `POINTS_OUT_OF_RANGE`
 */
export function examResult(policy: Policy, points: number): { passed: boolean; hours: number } {
  const exam = stageOf(policy, 'training_exam');
  if (exam === undefined) throw new Refusal({ code: 'EXAM_NOT_ASKED', rule: 'T18' });
  refuseOutOfRange(points, exam.maxPoints, exam.clause);
  const bands = (exam.hoursByPoints ?? []).filter(({ from }) => points >= from);
  return {
    passed: points >= (exam.passPoints ?? 0),
    hours: Math.max(0, ...bands.map(({ hours }) => hours)),
  };
}

/** Working days in which a review of an assessment below the line may be asked for, where the scheme sets none (A4). */
const usualReviewDays = 5;

/** Working days in which a review may be asked for. Rules T11, A4. */
export function reviewDays(policy: Policy): number {
  return policy.training?.assessment?.reviewWorkingDays ?? usualReviewDays;
}

/** What the scheme says of who fails; without it, who fails is out and not barred (T11). */
function eliminationOf(policy: Policy): { readonly clause?: string; readonly barsLaterRounds?: boolean } {
  const rule = policy.dynamic?.eliminate;
  return rule?.when === 'within_training' && rule.ifAssessment === 'fail' ? rule : {};
}

/** A term (学期): the first from September to January, the second from February to August. Rule 5.1. */
export interface Term {
  /** Such as `2027-2028-1`. */
  readonly code: string;
  readonly from: BusinessDate;
  readonly until: BusinessDate;
}

/** The term of a day. Rules R0.6, 5.1. */
export function termOf(date: BusinessDate): Term {
  const schoolYear = schoolYearOf(date);
  const [first, second] = schoolYear.split('-');
  const isFirst = date < `${second}-02-01`;
  return {
    code: `${schoolYear}-${isFirst ? 1 : 2}`,
    from: isFirst ? `${first}-09-01` : `${second}-02-01`,
    until: isFirst ? `${second}-01-31` : `${second}-08-31`,
  };
}

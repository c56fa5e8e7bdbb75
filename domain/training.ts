import { addDays, addYears, compare, schoolYearOf, type BusinessDate } from './dates.js';
import { rankOf, type Policy, type TrainingActivity, type TrainingEvent } from './policy.js';
import { Refusal, type Reason } from './refusal.js';

/** How somebody became a trainee. */
export const traineeEntries = ['application', 'contest', 'replacement', 'ladder'] as const;
export type TraineeEntry = (typeof traineeEntries)[number];

/** First and last day of a training, both included. */
export interface TrainingPeriod {
  readonly startsOn: BusinessDate;
  readonly endsOn: BusinessDate;
}

/** One line of the hours ledger, of one person. A correction has negative hours. */
export interface HoursLine {
  readonly activity: string;
  readonly on: BusinessDate;
  readonly hours: number;
  readonly confirmedOn: BusinessDate | null;
}

/** Met or not, x of y, as of a day (T7). */
export interface HoursAnswer {
  readonly met: boolean;
  /** Confirmed hours within the training. */
  readonly done: number;
  readonly required: number;
  /** Entered and not yet confirmed. */
  readonly pending: number;
  readonly on: BusinessDate;
}

/** Most hours of one person on one day (T2). */
export const mostHoursPerDay = 8;

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

/**
 * Hours owed in a training; a replacement owes all of them from entry. Rule T1.
 * @param years school years of training
 * @returns whole hours; 0 when the scheme asks for none
 */
export function hoursOwed(policy: Policy, years: number): number {
  return (policy.training?.hours?.hoursPerSchoolYear ?? 0) * years;
}

/**
 * The ledger's answer as of a day: confirmed hours of activities within the training, against those owed. Rules T3,
 * T4, T7.
 * @param lines all lines of the person's ledger
 * @param on the day on which the question is asked; what was held or confirmed later does not count
 */
export function hoursAnswer(
  lines: readonly HoursLine[],
  training: TrainingPeriod & { readonly hoursRequired: number },
  on: BusinessDate,
): HoursAnswer {
  const inTime = lines.filter(
    (line) => line.on >= training.startsOn && line.on <= training.endsOn && line.on <= on,
  );
  const isConfirmed = (line: HoursLine) => line.confirmedOn !== null && line.confirmedOn <= on;
  const done = sumOf(inTime.filter(isConfirmed));
  const pending = sumOf(inTime.filter((line) => !isConfirmed(line)));
  return { met: done >= training.hoursRequired, done, required: training.hoursRequired, pending, on };
}

function sumOf(lines: readonly { readonly hours: number }[]): number {
  return lines.reduce((sum, line) => sum + line.hours, 0);
}

/** Hours of one activity for many people, as somebody enters them. */
export interface NewHours {
  /** What tells the activity from every other, such as its name and day. */
  readonly activity: string;
  readonly on: BusinessDate;
  /** Whole hours; negative in a correction. */
  readonly hours: number;
  readonly personIds: readonly string[];
  /** The activity that a correction takes back. */
  readonly corrects?: string;
}

/**
 * Refuses hours that cannot be entered: for oneself, for a day to come, one person and activity twice, more than eight
 * on one day, or a correction of what is not there. Rules T2, T3, T4.
 * @param entered who enters them and today's business date
 * @param ledger what the ledger holds of these people: on the same day, or of the same or the corrected activity
 * @throws Refusal `HOURS_OWN`, `HOURS_IN_FUTURE`, `HOURS_TWICE`, `HOURS_PER_DAY`, `HOURS_CORRECTION`, each naming all
 *   the people concerned by their ids
 */
export function refuseHours(
  next: NewHours,
  entered: { readonly by: string; readonly today: BusinessDate },
  ledger: readonly (Omit<HoursLine, 'confirmedOn'> & { readonly personId: string })[],
): void {
  const linesOf = (personId: string) => ledger.filter((line) => line.personId === personId);
  const refuse = (code: string, rule: string, people: readonly string[], values: Reason['values'] = {}) => {
    if (people.length === 0) return;
    throw new Refusal({
      code,
      rule,
      values: { activity: next.activity, people: [...new Set(people)], ...values },
    });
  };
  if (next.on > entered.today) refuse('HOURS_IN_FUTURE', 'T3', next.personIds, { on: next.on });
  refuse(
    'HOURS_OWN',
    'T4',
    next.personIds.filter((id) => id === entered.by),
  );
  refuse('HOURS_TWICE', 'T3', [
    ...next.personIds.filter((id, position) => next.personIds.indexOf(id) !== position),
    ...next.personIds.filter((id) => linesOf(id).some((line) => line.activity === next.activity)),
  ]);
  const corrected = (id: string) => linesOf(id).find((line) => line.activity === next.corrects);
  const isCorrection = next.corrects !== undefined || next.hours < 0;
  if (isCorrection) {
    const wrong = next.personIds.filter((id) => {
      const line = corrected(id);
      return line === undefined || line.on !== next.on || next.hours >= 0 || line.hours + next.hours < 0;
    });
    refuse('HOURS_CORRECTION', 'T3', wrong, { corrects: next.corrects ?? '' });
  }
  const tooMany = next.personIds.filter(
    (id) => sumOf(linesOf(id).filter((line) => line.on === next.on)) + next.hours > mostHoursPerDay,
  );
  refuse('HOURS_PER_DAY', 'T2', tooMany, { on: next.on, most: mostHoursPerDay });
}

/** The name under which the ledger holds the correction of an activity: one for each person and activity. Rule T3. */
export function correctionOf(activity: string): string {
  return `更正：${activity}`;
}

/**
 * What an activity of the scheme is: one that trainees attend, or an event that the organiser owes.
 * @throws Refusal `HOURS_KIND_UNKNOWN` when the scheme has none of the code
 */
export function activityOf(policy: Policy, code: string): TrainingActivity | TrainingEvent {
  const known = [...(policy.training?.activities ?? []), ...(policy.training?.events ?? [])];
  const found = known.find((activity) => activity.code === code);
  if (found === undefined)
    throw new Refusal({
      code: 'HOURS_KIND_UNKNOWN',
      rule: 'T3',
      values: { kind: code, allowed: known.map((activity) => activity.code) },
    });
  return found;
}

/**
 * Who enters the hours of an activity: who arranges it, the training centre in place of a higher authority. Where the
 * scheme does not say who arranges what is held at school, the school or the centre. Rule T3.
 */
export function enteredBy(
  activity: TrainingActivity | TrainingEvent,
): readonly ('school_clerk' | 'training_centre')[] {
  const arrangedBy = 'where' in activity ? activity.arrangedBy : activity.by;
  if (arrangedBy === 'school') return ['school_clerk'];
  if (arrangedBy === undefined && 'where' in activity && activity.where === 'school')
    return ['school_clerk', 'training_centre'];
  return ['training_centre'];
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

/** What the final assessment makes of a trainee. */
export interface AssessmentResult {
  readonly standing: 'passed' | 'eliminated';
  /** Why the trainee is out. */
  readonly reason?: Reason;
}

/**
 * The final assessment. Passing needs the hours, when the scheme says so, and the least points; who misses one is
 * eliminated with the reason. Rules T10, T11.
 * @param points whole points from 0 to the scheme's maximum
 * @param hours the ledger's answer on the day of the assessment
 * @throws Refusal `POINTS_OUT_OF_RANGE`
 */
export function assess(policy: Policy, points: number, hours: HoursAnswer): AssessmentResult {
  const rule = policy.training?.assessment;
  const { maxPoints = 100, passPoints = 0, needsHours = true } = rule ?? {};
  if (!Number.isInteger(points) || points < 0 || points > maxPoints)
    throw new Refusal({
      code: 'POINTS_OUT_OF_RANGE',
      rule: 'T10',
      values: { points, maxPoints },
      clause: rule?.clause,
    });
  const { clause, barsLaterRounds = false } = eliminationOf(policy);
  if (needsHours && !hours.met) {
    const { done, required, on } = hours;
    return {
      standing: 'eliminated',
      reason: { code: 'HOURS_NOT_MET', rule: 'T10', values: { done, required, on, barsLaterRounds }, clause },
    };
  }
  if (points < passPoints)
    return {
      standing: 'eliminated',
      reason: {
        code: 'ASSESSMENT_NOT_PASSED',
        rule: 'T11',
        values: { points, passPoints, barsLaterRounds },
        clause,
      },
    };
  return { standing: 'passed' };
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

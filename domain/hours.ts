import { addDays, addMonths, addYears, compare, type BusinessDate } from './dates.js';
import type { Fraction, HoursCycle, Policy, TrainingActivity, TrainingEvent } from './policy.js';
import { Refusal, type Reason } from './refusal.js';
import type { EvidenceKind, Level, Prize } from './vocabulary.js';

/** How hours were earned: at a class of the district or above, at school, or by converting a paper, a project, a prize. */
export const hoursForms = ['central', 'school_based', 'converted'] as const;
export type HoursForm = (typeof hoursForms)[number];

/** One line of the hours ledger, of one person. A correction has negative hours. */
export interface HoursLine {
  readonly activity: string;
  readonly form: HoursForm;
  readonly on: BusinessDate;
  readonly hours: number;
  readonly enteredOn: BusinessDate;
  readonly confirmedOn: BusinessDate | null;
}

/** Met or not, x of y, as of a day (T7). */
export interface HoursAnswer {
  readonly met: boolean;
  /** Confirmed hours of the period, the converted ones up to their cap. */
  readonly done: number;
  readonly required: number;
  /** Entered and not yet confirmed. */
  readonly pending: number;
  readonly on: BusinessDate;
  /** Confirmed hours by how they were earned; `counted` is what of the converted ones counts (T5). */
  readonly parts: {
    readonly central: number;
    readonly schoolBased: number;
    readonly converted: number;
    readonly counted: number;
  };
}

/** Under this kind the ledger holds what was converted; it is no activity of a scheme. Rule T5. */
export const conversionKind = 'conversion';

/** Most hours of one person on one day (T2), and most that the ledger takes. */
export const mostHoursPerDay = 8;

/** Where a scheme sets no share: converted hours are at most a third (T5). */
const usualConvertedShare: Fraction = { numerator: 1, denominator: 3 };

/** Where a scheme sets no share: who misses a fifth of a class earns no hours (T2). */
const usualAbsence: Fraction = { numerator: 1, denominator: 5 };

/** First day of the first cycle where the scheme sets none (T6). */
const firstCycle = '2021-01-01';

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

/** How the hours of an activity are earned: at school, or at a class or event of the district or above. Rule T3. */
export function formOf(activity: TrainingActivity | TrainingEvent): HoursForm {
  const isAtSchool = 'where' in activity ? activity.where === 'school' : activity.by === 'school';
  return isAtSchool ? 'school_based' : 'central';
}

/** Whether the activity is an event, at which somebody may be present without earning hours. Rule T16. */
export function isEvent(activity: TrainingActivity | TrainingEvent): boolean {
  return !('where' in activity);
}

/**
 * Hours owed in a training; a replacement owes all of them from entry. Rule T1.
 * @param years school years of training
 * @returns whole hours; 0 when the scheme asks for none
 */
export function hoursOwed(policy: Policy, years: number): number {
  const { total, hoursPerSchoolYear = 0 } = policy.training?.hours ?? {};
  return total ?? hoursPerSchoolYear * years;
}

/** Most hours of one person on one day: the scheme's figure, and never more than eight. Rule T2. */
export function mostPerDay(policy: Policy): number {
  return Math.min(mostHoursPerDay, policy.training?.hours?.maxHoursPerDay ?? mostHoursPerDay);
}

/** How somebody took part in a class. */
export interface Attendance {
  /** Lessons of the whole class, from 1. */
  readonly lessons: number;
  /** Those that were missed. */
  readonly absent: number;
  /** Null where the class had no assessment. */
  readonly passed: boolean | null;
}

/**
 * Why somebody who took part earns no hours: absent for a fifth or more (`5·absent >= lessons`), or the assessment of the
 * class failed; null who earns all of them. Rule T2.
 * @throws Refusal `ATTENDANCE_INVALID` when more lessons were missed than there were
 */
export function noneBecause(policy: Policy, attendance: Attendance): 'absence' | 'assessment' | null {
  const { lessons, absent, passed } = attendance;
  const { noHoursFromAbsence = usualAbsence, failedGivesNoHours = true } = policy.training?.hours ?? {};
  if (![lessons, absent].every(Number.isInteger) || lessons < 1 || absent < 0 || absent > lessons)
    throw new Refusal({ code: 'ATTENDANCE_INVALID', rule: 'T2', values: { lessons, absent } });
  if (absent * noHoursFromAbsence.denominator >= lessons * noHoursFromAbsence.numerator) return 'absence';
  return passed === false && failedGivesNoHours ? 'assessment' : null;
}

/** The share of the hours owed that converted ones may make up. Rule T5. */
export function convertedShare(policy: Policy): Fraction {
  return policy.training?.cycle?.convertedAtMost ?? usualConvertedShare;
}

/**
 * The ledger's answer as of a day: confirmed hours of activities within a period, against those owed. Converted hours count
 * up to their share of what is owed, in whole hours (R0.4). Rules T3, T4, T5, T7.
 * @param lines all lines of the person's ledger
 * @param period first and last day, both included, and the whole hours owed in it
 * @param on the day on which the question is asked: what was held, entered or confirmed later does not count, so that the
 *   answer for a past day never changes
 * @param share of `convertedShare`
 */
export function hoursAnswer(
  lines: readonly HoursLine[],
  period: { readonly startsOn: BusinessDate; readonly endsOn: BusinessDate; readonly hoursRequired: number },
  on: BusinessDate,
  share: Fraction = usualConvertedShare,
): HoursAnswer {
  const { startsOn, endsOn, hoursRequired: required } = period;
  const known = lines.filter(
    (line) => line.on >= startsOn && line.on <= endsOn && line.on <= on && line.enteredOn <= on,
  );
  const isConfirmed = (line: HoursLine) => line.confirmedOn !== null && line.confirmedOn <= on;
  const confirmed = known.filter(isConfirmed);
  const ofForm = (form: HoursForm) => sumOf(confirmed.filter((line) => line.form === form));
  const [central, schoolBased, converted] = hoursForms.map(ofForm) as [number, number, number];
  const most = Math.floor((required * share.numerator) / share.denominator);
  const counted = Math.min(converted, most);
  const done = central + schoolBased + counted;
  return {
    met: done >= required,
    done,
    required,
    pending: sumOf(known.filter((line) => !isConfirmed(line))),
    on,
    parts: { central, schoolBased, converted, counted },
  };
}

/**
 * The corrections among entries that would be confirmed before the line that they correct: hours that do not count cannot be
 * taken back. Rules T3, T4.
 * @param asked entries to be confirmed together
 * @param ledger all lines of their persons
 */
export function correctionsTooEarly<Entry extends HoursLine & { readonly personId: string }>(
  asked: readonly Entry[],
  ledger: readonly Entry[],
): Entry[] {
  const confirmed = ledger.filter(({ confirmedOn }) => confirmedOn !== null);
  const corrected = new Set(
    [...confirmed, ...asked].map(({ personId, activity }) => `${personId} ${correctionOf(activity)}`),
  );
  return asked.filter(
    ({ hours, personId, activity }) => hours < 0 && !corrected.has(`${personId} ${activity}`),
  );
}

/**
 * Refuses to confirm corrections before what they correct.
 * @param early of `correctionsTooEarly`
 * @throws Refusal `HOURS_CORRECTION_FIRST`
 */
export function refuseEarlyCorrections(
  early: readonly { readonly activity: string; readonly personId: string }[],
): void {
  if (early.length === 0) return;
  const people = [...new Set(early.map(({ personId }) => personId))];
  throw new Refusal({
    code: 'HOURS_CORRECTION_FIRST',
    rule: 'T4',
    values: { activity: early[0]!.activity, people },
  });
}

/** What is left of a line of the ledger, once a confirmed correction has taken hours of it back. Rule T3. */
export function hoursLeft(line: HoursLine, lines: readonly HoursLine[]): number {
  const taken = lines.find(
    ({ activity, confirmedOn }) => activity === correctionOf(line.activity) && confirmedOn !== null,
  );
  return line.hours + (taken?.hours ?? 0);
}

function sumOf(lines: readonly { readonly hours: number }[]): number {
  return lines.reduce((sum, line) => sum + line.hours, 0);
}

/** Hours of one activity for many people, as somebody enters them. */
export interface NewHours {
  /** What tells the activity from every other, such as its name and day. */
  readonly activity: string;
  /** Code of an activity or event of the scheme, or `conversion`. */
  readonly kind: string;
  readonly form: HoursForm;
  readonly on: BusinessDate;
  /** Whole hours; negative in a correction; 0 only for who was at an event. */
  readonly hours: number;
  readonly personIds: readonly string[];
  /** The activity that a correction takes back. */
  readonly corrects?: string;
}

/** What the ledger holds of a person, as far as a new entry is compared with it. */
export type LedgerLine = Pick<HoursLine, 'activity' | 'form' | 'on' | 'hours'> & {
  readonly personId: string;
  readonly kind: string;
};

/** A reason against hours, with the people concerned by their ids. */
export interface HoursFault {
  readonly reason: Reason;
  readonly people: readonly string[];
}

/**
 * Everything that bars hours from being entered: for oneself, for a day to come, one person and activity twice, more than
 * eight on one day over all activities of it (converted hours aside), or a correction of what is not there: of another day
 * or kind, or of more than there is. Rules T2, T3, T4.
 * @param entered who enters them, today's business date, and the most hours of a day
 * @param ledger what the ledger holds of these people: on the same day, or of the same or the corrected activity
 * @returns `HOURS_IN_FUTURE`, `HOURS_OWN`, `HOURS_TWICE`, `HOURS_CORRECTION`, `HOURS_PER_DAY`, each with all the people
 *   concerned; none when they may be entered
 */
export function hoursFaults(
  next: NewHours,
  entered: { readonly by: string; readonly today: BusinessDate; readonly mostPerDay: number },
  ledger: readonly LedgerLine[],
): HoursFault[] {
  const linesOf = (personId: string) => ledger.filter((line) => line.personId === personId);
  const fault = (code: string, rule: string, found: readonly string[], values: Reason['values'] = {}) => {
    const people = [...new Set(found)];
    const reason = { code, rule, values: { activity: next.activity, people, ...values } };
    return people.length === 0 ? [] : [{ reason, people }];
  };
  const ids = next.personIds;
  const corrected = (id: string) => linesOf(id).find((line) => line.activity === next.corrects);
  const isCorrection = next.corrects !== undefined || next.hours < 0;
  const isWrong = (id: string) => {
    const line = corrected(id);
    const isSame = line?.on === next.on && line.kind === next.kind && line.form === next.form;
    return !isSame || next.hours >= 0 || line.hours + next.hours < 0;
  };
  const ofDay = (id: string) =>
    sumOf(linesOf(id).filter((line) => line.on === next.on && line.form !== 'converted'));
  const isTooMuch = (id: string) =>
    next.form !== 'converted' && next.hours > 0 && ofDay(id) + next.hours > entered.mostPerDay;
  return [
    ...fault('HOURS_IN_FUTURE', 'T3', next.on > entered.today ? ids : [], { on: next.on }),
    ...fault(
      'HOURS_OWN',
      'T4',
      ids.filter((id) => id === entered.by),
    ),
    ...fault(
      'HOURS_TWICE',
      'T3',
      ids.filter(
        (id, position) =>
          ids.indexOf(id) !== position || linesOf(id).some((line) => line.activity === next.activity),
      ),
    ),
    ...fault('HOURS_CORRECTION', 'T3', isCorrection ? ids.filter(isWrong) : [], {
      corrects: next.corrects ?? '',
    }),
    ...fault('HOURS_PER_DAY', 'T2', ids.filter(isTooMuch), { on: next.on, most: entered.mostPerDay }),
  ];
}

/**
 * Refuses hours that cannot be entered, for the first of their faults. Rules T2, T3, T4.
 * @throws Refusal of `hoursFaults`
 */
export function refuseHours(...asked: Parameters<typeof hoursFaults>): void {
  const [first] = hoursFaults(...asked);
  if (first !== undefined) throw new Refusal(first.reason);
}

// ---------------------------------------------------------------- conversion

/** A paper, project or prize that may be worth hours. */
export interface Convertible {
  readonly kind: EvidenceKind;
  readonly level: Level;
  readonly prize: Prize | null;
}

/**
 * The hours that a paper, project or prize is worth by the scheme's table: the most of the rows that it fits. Rule T5.
 * @throws Refusal `CONVERSION_NONE` when no row fits
 */
export function convertedHours(policy: Policy, evidence: Convertible): number {
  const { conversions = [], clause } = policy.training?.cycle ?? {};
  const fitting = conversions.filter(
    ({ kind, level, prize }) =>
      kind === evidence.kind && level === evidence.level && (prize === undefined || prize === evidence.prize),
  );
  if (fitting.length === 0)
    throw new Refusal({
      code: 'CONVERSION_NONE',
      rule: 'T5',
      values: { kind: evidence.kind, level: evidence.level, prize: evidence.prize ?? '—' },
      clause,
    });
  return Math.max(...fitting.map(({ hours }) => hours));
}

// ---------------------------------------------------------------- cycles

/** One cycle of a scheme for a person: its days, and the hours owed in it. */
export interface CyclePeriod {
  readonly startsOn: BusinessDate;
  readonly endsOn: BusinessDate;
  readonly hoursRequired: number;
}

/**
 * The cycle of a day: fixed windows, the same for everybody, with nothing carried over. Who enters the service inside it
 * owes its hours by whole months, `ceil(hours·months/(12·years))`. Rule T6.
 * @param since first day in service; null when it is not known, or before the cycle
 * @throws Refusal `CYCLE_NOT_BEGUN` for a day before the first cycle
 */
export function cycleOn(rule: HoursCycle, on: BusinessDate, since: BusinessDate | null): CyclePeriod {
  const first = rule.startsOn ?? firstCycle;
  if (compare(on, first) < 0)
    throw new Refusal({ code: 'CYCLE_NOT_BEGUN', rule: 'T6', values: { on, first }, clause: rule.clause });
  let startsOn = first;
  while (compare(addYears(startsOn, rule.years), on) <= 0) startsOn = addYears(startsOn, rule.years);
  const next = addYears(startsOn, rule.years);
  const months =
    since === null || since <= startsOn ? rule.years * 12 : wholeMonths(since, next, rule.years * 12);
  const required = Math.ceil((rule.hours * months) / (rule.years * 12));
  return { startsOn, endsOn: addDays(next, -1), hoursRequired: required };
}

/** Whole months from a day until another one, which is not counted; at most so many. */
function wholeMonths(from: BusinessDate, before: BusinessDate, most: number): number {
  let months = 0;
  while (months < most && addMonths(from, months + 1) <= before) months += 1;
  return months;
}

/** What a scheme asks of a teacher's hours, as of a day. What is not `hard` (原则上) only warns (R0.3). */
export interface CycleAnswer {
  readonly cycle: CyclePeriod;
  readonly hours: HoursAnswer;
  /** Before the first lesson, for who began within the cycle; these do not count in it. */
  readonly beforeService: {
    readonly required: number;
    readonly done: number;
    readonly met: boolean;
    readonly hard: boolean;
  } | null;
  /** In the calendar year, for who trains others. */
  readonly trainerYear: (HoursAnswer & { readonly hard: boolean }) | null;
  /** The last class of the district or above. */
  readonly lastCentral: {
    readonly on: BusinessDate | null;
    readonly years: number;
    readonly met: boolean;
    readonly hard: boolean;
  } | null;
}

/**
 * What a teacher has done of a scheme's cycle, as of a day. Rules T5, T6, T7.
 * @param lines all lines of the person's ledger
 * @param person since when in service, and whether the person trains others
 * @throws Refusal `CYCLE_NOT_ASKED` when the scheme has no cycle, `CYCLE_NOT_BEGUN`
 */
export function cycleAnswer(
  policy: Policy,
  lines: readonly HoursLine[],
  person: { readonly since: BusinessDate | null; readonly trainsOthers: boolean },
  on: BusinessDate,
): CycleAnswer {
  const rule = policy.training?.cycle;
  if (rule === undefined)
    throw new Refusal({ code: 'CYCLE_NOT_ASKED', rule: 'T6', values: { scheme: policy.id } });
  const share = convertedShare(policy);
  const { since, trainsOthers } = person;
  const cycle = cycleOn(rule, on, since);
  const beganInside = since !== null && since > cycle.startsOn;
  const inService = beganInside ? { ...cycle, startsOn: since } : cycle;
  const year = on.slice(0, 4);
  const isSettled = (line: HoursLine) =>
    line.enteredOn <= on && line.confirmedOn !== null && line.confirmedOn <= on && line.on <= on;
  const { newTeacherHours, trainerHoursPerYear, districtTrainingEveryYears } = rule;
  const before = sumOf(lines.filter((line) => isSettled(line) && line.on < (since ?? '')));
  const lastCentral = lines
    .filter((line) => isSettled(line) && line.form === 'central' && line.hours > 0)
    .reduce<BusinessDate | null>((last, line) => (last === null || line.on > last ? line.on : last), null);
  return {
    cycle,
    hours: hoursAnswer(lines, inService, on, share),
    beforeService:
      newTeacherHours && beganInside
        ? {
            required: newTeacherHours.value,
            done: before,
            met: before >= newTeacherHours.value,
            hard: newTeacherHours.hard,
          }
        : null,
    trainerYear:
      trainerHoursPerYear && trainsOthers
        ? {
            ...hoursAnswer(
              lines,
              {
                startsOn: `${year}-01-01`,
                endsOn: `${year}-12-31`,
                hoursRequired: trainerHoursPerYear.value,
              },
              on,
              share,
            ),
            hard: trainerHoursPerYear.hard,
          }
        : null,
    lastCentral: districtTrainingEveryYears
      ? {
          on: lastCentral,
          years: districtTrainingEveryYears.value,
          met: lastCentral !== null && lastCentral > addYears(on, -districtTrainingEveryYears.value),
          hard: districtTrainingEveryYears.hard,
        }
      : null,
  };
}

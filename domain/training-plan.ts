import { addDays, addMonths, addYears, schoolYearOf, type BusinessDate } from './dates.js';
import type { HoursAnswer } from './hours.js';
import { needsMentor } from './mentorship.js';
import { stageOf, type Duty, type Period, type Policy } from './policy.js';
import { Refusal } from './refusal.js';
import { termOf } from './training.js';
import { isAtLeast, levels, type Dissemination, type Level } from './vocabulary.js';

/** A piece of time in which something is owed. */
export interface OwedPeriod {
  /** `2027-2028-1` a term, `2027-2028` a school year, `2027` a year, `2027-10` a month, `whole` all of it. */
  readonly code: string;
  readonly from: BusinessDate;
  /** Last day on which it may be done in time. */
  readonly dueOn: BusinessDate;
}

/** Since when, and until when, somebody owes tasks. */
export interface DutySpan {
  readonly startsOn: BusinessDate;
  /** Null for a title without an end. */
  readonly endsOn: BusinessDate | null;
  /** School years of a training; null for the holder of a title, who owes whole periods only. */
  readonly years: number | null;
  /** A replacement owes everything from entry, the period of entry included. */
  readonly fromEntry: boolean;
  /** First and last day of each pause; what a pause touches is not owed. */
  readonly pauses: readonly { readonly from: BusinessDate; readonly until: BusinessDate | null }[];
}

/** How many of each period a school year has; months are those of term time (R0.6). */
const perSchoolYear: Readonly<Record<Period, number>> = {
  week: 0,
  month: 9,
  term: 2,
  school_year: 1,
  calendar_year: 1,
  cycle: 0,
  once: 0,
};

/** Months without lessons: the winter and summer holidays (R0.6). */
const holidayMonths: readonly string[] = ['02', '07', '08'];

/**
 * The periods for which something is owed, up to a day. 每学期 is once in each term in which the person stood for the whole
 * term; who enters in the middle owes from the next one, a replacement from entry. A training of so many school years owes
 * two terms for each of them, and no more. Rules R0.6, T12, T15, T17.
 * @param until the day up to which periods are listed: those that begin later are left out
 */
export function owedPeriods(per: Period, span: DutySpan, until: BusinessDate): OwedPeriod[] {
  const { startsOn, endsOn, years, fromEntry, pauses } = span;
  const last = endsOn ?? '9999-12-31';
  if (per === 'cycle' || per === 'once') return [{ code: 'whole', from: startsOn, dueOn: last }];
  const found: OwedPeriod[] = [];
  const most = years === null ? Number.POSITIVE_INFINITY : perSchoolYear[per] * years;
  let period = periodOf(per, startsOn);
  while (period.from <= until && period.from <= last && found.length < most) {
    const isWholeAtStart = fromEntry || period.from >= startsOn;
    const isWholeAtEnd = years !== null || period.dueOn <= last;
    const isPaused = pauses.some(
      ({ from, until: to }) => from <= period.dueOn && (to === null || to >= period.from),
    );
    const isHoliday = per === 'month' && holidayMonths.includes(period.code.slice(5));
    if (isWholeAtStart && isWholeAtEnd && !isPaused && !isHoliday)
      found.push({
        ...period,
        from: period.from < startsOn ? startsOn : period.from,
        dueOn: period.dueOn > last ? last : period.dueOn,
      });
    period = periodOf(per, addDays(period.dueOn, 1));
  }
  return found;
}

/** The period of a day. Rules R0.6, 5.1. */
function periodOf(per: Period, date: BusinessDate): OwedPeriod {
  const year = date.slice(0, 4);
  switch (per) {
    case 'month': {
      const from = `${date.slice(0, 7)}-01`;
      return { code: date.slice(0, 7), from, dueOn: addDays(addMonths(from, 1), -1) };
    }
    case 'calendar_year':
      return { code: year, from: `${year}-01-01`, dueOn: `${year}-12-31` };
    case 'school_year': {
      const code = schoolYearOf(date);
      const from = `${code.slice(0, 4)}-09-01`;
      return { code, from, dueOn: addDays(addYears(from, 1), -1) };
    }
    default: {
      const { code, from, until } = termOf(date);
      return { code, from, dueOn: until };
    }
  }
}

/** The tasks that the scheme gives the trainees, or the holders, of a rank; those whose text is lost give none. Rule T15. */
export function dutiesOf(policy: Policy, rank: string, of: 'trainee' | 'holder'): Duty[] {
  return (policy.duties ?? []).filter(
    (duty) =>
      (duty.of === of || duty.of === 'both') &&
      !duty.unknown &&
      (duty.ranks === undefined || duty.ranks.includes(rank)),
  );
}

/** How many pieces a task takes in each of its periods. */
export function piecesOf({ amount }: Duty): number {
  return amount?.exact ?? amount?.min ?? amount?.about ?? 1;
}

// ---------------------------------------------------------------- handing in

/** What somebody hands in for a task. */
export interface Work {
  readonly duty: string;
  readonly period: string;
  readonly text: string | null;
  /** What the scheme wants kept (教案, 稿件), by name. */
  readonly outputs: readonly string[];
  readonly evidence: WorkEvidence | null;
}

/** The paper, project or prize that shows it. */
export interface WorkEvidence {
  readonly isOwn: boolean;
  readonly verified: boolean;
  readonly level: Level;
  readonly how: Dissemination | null;
  readonly date: BusinessDate;
  /** Handed in for the same task before. */
  readonly usedBefore: boolean;
}

/**
 * Refuses what does not do for a task: another task or period than is owed, before the period begins, a text with fewer
 * characters than the scheme asks for (blanks not counted), an output that is missing, evidence that is missing, not
 * verified, of a lower level, made known in another way, from another time, or handed in before. Rules T15, A10, R0.1.
 * @param on business date of handing in
 * @returns the task and the period, and whether it comes after its last day
 * @throws Refusal `DUTY_UNKNOWN`, `DUTY_PERIOD`, `DUTY_TOO_EARLY`, `WORK_TEXT_SHORT`, `WORK_OUTPUT_MISSING`,
 *   `WORK_EVIDENCE_MISSING`, `WORK_EVIDENCE_UNFIT`, `WORK_EVIDENCE_USED`
 */
export function checkWork(
  duties: readonly Duty[],
  span: DutySpan,
  work: Work,
  on: BusinessDate,
): { duty: Duty; period: OwedPeriod; isLate: boolean } {
  const duty = duties.find(({ code }) => code === work.duty);
  if (duty === undefined)
    throw new Refusal({
      code: 'DUTY_UNKNOWN',
      rule: 'T15',
      values: { duty: work.duty, allowed: duties.map(({ code }) => code) },
    });
  const refuse = (code: string, values: NonNullable<Refusal['values']>) => {
    throw new Refusal({ code, rule: 'T15', values: { duty: duty.zh, ...values }, clause: duty.clause });
  };
  const owed = owedPeriods(duty.per, span, addYears(on, 1));
  const period = owed.find(({ code }) => code === work.period);
  if (period === undefined)
    throw new Refusal({
      code: 'DUTY_PERIOD',
      rule: 'R0.6',
      values: { duty: duty.zh, period: work.period, allowed: owed.map(({ code }) => code) },
      clause: duty.clause,
    });
  if (on < period.from) refuse('DUTY_TOO_EARLY', { period: period.code, from: period.from });
  const characters = charactersOf(work.text ?? '');
  if (duty.minCharacters !== undefined && characters < duty.minCharacters)
    refuse('WORK_TEXT_SHORT', { characters, required: duty.minCharacters });
  const missing = (duty.output ?? []).filter((output) => !work.outputs.includes(output));
  if (missing.length > 0) refuse('WORK_OUTPUT_MISSING', { missing });
  checkEvidence(duty, period, work.evidence, refuse);
  return { duty, period, isLate: on > period.dueOn };
}

/** Characters of a text, blanks not counted. */
export function charactersOf(text: string): number {
  return text.match(/\S/gu)?.length ?? 0;
}

function checkEvidence(
  duty: Duty,
  period: OwedPeriod,
  evidence: WorkEvidence | null,
  refuse: (code: string, values: NonNullable<Refusal['values']>) => void,
): void {
  const isAsked = duty.level !== undefined || duty.how !== undefined;
  if (evidence === null) {
    if (isAsked) refuse('WORK_EVIDENCE_MISSING', { level: duty.level ?? '—', how: [...(duty.how ?? [])] });
    return;
  }
  const why = [
    ...(evidence.isOwn && evidence.verified ? [] : ['verified']),
    ...(duty.level === undefined || isAtLeast(levels, evidence.level, duty.level) ? [] : ['level']),
    ...(duty.how === undefined || (evidence.how !== null && duty.how.includes(evidence.how)) ? [] : ['how']),
    ...(evidence.date >= period.from && evidence.date <= period.dueOn ? [] : ['date']),
  ];
  if (why.length > 0)
    refuse('WORK_EVIDENCE_UNFIT', {
      why,
      level: duty.level ?? '—',
      from: period.from,
      until: period.dueOn,
    });
  if (evidence.usedBefore) refuse('WORK_EVIDENCE_USED', {});
}

// ---------------------------------------------------------------- the plan

/** What was handed in, as the plan needs it. */
export interface HandedIn {
  readonly duty: string;
  readonly period: string;
  readonly handedInOn: BusinessDate;
  /** The day on which it was confirmed or sent back. */
  readonly checkedOn: BusinessDate | null;
  readonly sentBack: boolean;
}

export const planKinds = [
  'task',
  'hours',
  'mentor',
  'guidance',
  'event',
  'exam',
  'mid_assessment',
  'final_assessment',
] as const;
export type PlanKind = (typeof planKinds)[number];

export const planStates = ['coming', 'due', 'waiting', 'late', 'missed', 'done'] as const;
export type PlanState = (typeof planStates)[number];

/** One thing that a trainee or holder owes in a period. */
export interface PlanItem {
  readonly kind: PlanKind;
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly period: string;
  readonly from: BusinessDate;
  readonly dueOn: BusinessDate;
  readonly required: number;
  /** What of it is confirmed. */
  readonly done: number;
  /** What of it waits to be confirmed. */
  readonly waiting: number;
  /**
   * coming: not begun; due: to be done by `dueOn`; waiting: handed in whole, not confirmed; late: not done in time; missed:
   * an event that was held without the person; done.
   */
  readonly state: PlanState;
  /** Done after its last day. */
  readonly afterwards: boolean;
  readonly clause: string | null;
}

type Bare = Omit<PlanItem, 'state' | 'afterwards' | 'clause'> & { readonly clause: string | undefined };

/** The state of an item on a day, from what is done and what waits. */
function item(bare: Bare, on: BusinessDate, afterwards = false): PlanItem {
  const { required, done, waiting, from, dueOn, clause = null } = bare;
  const state =
    done >= required
      ? 'done'
      : on < from
        ? 'coming'
        : done + waiting >= required
          ? 'waiting'
          : on > dueOn
            ? 'late'
            : 'due';
  return { ...bare, clause, state, afterwards: state === 'done' && afterwards };
}

/**
 * The tasks of a rank with what is done of them, as of a day. What was handed in late counts, unless the scheme takes it as
 * not handed in. Rules T15, T17, A10.
 * @param until the day up to which periods are listed
 */
export function taskItems(
  policy: Policy,
  duties: readonly Duty[],
  span: DutySpan,
  works: readonly HandedIn[],
  on: BusinessDate,
  until: BusinessDate,
): PlanItem[] {
  const lateCounts = policy.training?.assessment?.lateWorks !== 'not_handed_in';
  return duties.flatMap((duty) =>
    owedPeriods(duty.per, span, until).map(({ code: period, from, dueOn }) => {
      const { code, zh, en, clause } = duty;
      const counted = works.filter(
        (work) =>
          work.duty === code &&
          work.period === period &&
          work.handedInOn <= on &&
          (lateCounts || work.handedInOn <= dueOn),
      );
      const isChecked = ({ checkedOn }: HandedIn) => checkedOn !== null && checkedOn <= on;
      const confirmed = counted.filter((work) => isChecked(work) && !work.sentBack);
      const waiting = counted.filter((work) => !isChecked(work)).length;
      const required = piecesOf(duty);
      const inTime = confirmed.filter(({ handedInOn }) => handedInOn <= dueOn).length;
      const bare = { kind: 'task' as const, code, zh, en, period, from, dueOn, required, waiting, clause };
      return item({ ...bare, done: confirmed.length }, on, inTime < required);
    }),
  );
}

/** Everything that a trainee's plan is made of. */
export interface PlanFacts {
  readonly rank: string;
  readonly span: DutySpan & { readonly endsOn: BusinessDate };
  readonly hours: HoursAnswer;
  /** Since when there has been a mentor; null when there has been none. */
  readonly mentorSince: BusinessDate | null;
  readonly mentorDueOn: BusinessDate;
  readonly works: readonly HandedIn[];
  /** Days of the meetings with mentor or researcher. */
  readonly guidance: readonly BusinessDate[];
  /** Events held by the day for the trainees of the rank or for all; `present` whether the person was there. */
  readonly events: readonly {
    readonly code: string;
    readonly on: BusinessDate;
    readonly present: boolean;
  }[];
  readonly exam: { readonly on: BusinessDate; readonly passed: boolean } | null;
  readonly midAssessments: readonly { readonly period: string; readonly on: BusinessDate }[];
  readonly assessedOn: BusinessDate | null;
}

/**
 * A trainee's plan up to a day: hours, mentor and meetings, tasks, events, exam and assessments, each done, due or late,
 * with its date and clause. Rules T1, T8, T10, T11, T15–T17.
 * @param on the day as of which it is told
 * @param until the day up to which periods are listed
 */
export function trainingPlan(
  policy: Policy,
  facts: PlanFacts,
  on: BusinessDate,
  until: BusinessDate,
): PlanItem[] {
  const { rank, span, hours } = facts;
  const { startsOn: from, endsOn: dueOn } = span;
  const rules = policy.training;
  const whole = { period: 'whole', from, dueOn, waiting: 0 };
  const exam = stageOf(policy, 'training_exam');
  const mentorship = needsMentor(policy, rank) ? rules?.mentorship : undefined;
  const plan: PlanItem[] = [];
  if (hours.required > 0)
    plan.push(
      item(
        {
          ...whole,
          kind: 'hours',
          code: 'hours',
          zh: '培训学时',
          en: 'Training hours',
          required: hours.required,
          done: hours.done,
          waiting: hours.pending,
          clause: rules?.hours?.clause,
        },
        on,
      ),
    );
  if (mentorship)
    plan.push(
      item(
        {
          ...whole,
          kind: 'mentor',
          code: 'mentor',
          zh: '拜师结对',
          en: 'A mentor',
          required: 1,
          dueOn: facts.mentorDueOn,
          done: Number((facts.mentorSince ?? '9999') <= on),
          clause: mentorship.clause,
        },
        on,
        (facts.mentorSince ?? '') > facts.mentorDueOn,
      ),
    );
  if (mentorship?.guidancePer)
    for (const owed of owedPeriods(mentorship.guidancePer, span, until)) {
      const held = facts.guidance.filter((day) => day >= owed.from && day <= owed.dueOn && day <= on);
      const names = { kind: 'guidance' as const, code: 'guidance', zh: '导师指导', en: 'Guidance' };
      const bare = { ...names, ...periodOfItem(owed), required: 1, done: held.length, waiting: 0 };
      plan.push(item({ ...bare, clause: mentorship.clause }, on));
    }
  plan.push(...taskItems(policy, dutiesOf(policy, rank, 'trainee'), span, facts.works, on, until));
  for (const event of rules?.events ?? [])
    for (const owed of owedPeriods(event.per, span, until)) plan.push(eventItem(event, owed, facts, on));
  if (exam)
    plan.push(
      item(
        {
          ...whole,
          kind: 'exam',
          code: 'training_exam',
          zh: '结业考试',
          en: 'Exam',
          required: 1,
          done: Number(facts.exam !== null && facts.exam.on <= on && facts.exam.passed),
          clause: exam.clause,
        },
        on,
      ),
    );
  for (const owed of midAssessmentsOwed(policy, span)) {
    const given = facts.midAssessments.some(({ period, on: day }) => period === owed.code && day <= on);
    plan.push(
      assessmentItem(
        { kind: 'mid_assessment', code: 'mid_assessment', zh: '中期考核', en: 'Mid-term assessment' },
        owed,
        given,
        rules?.midAssessment?.clause,
        on,
      ),
    );
  }
  if (rules?.assessment)
    plan.push(
      assessmentItem(
        { kind: 'final_assessment', code: 'final_assessment', zh: '培养期满考核', en: 'Final assessment' },
        { code: 'whole', from: addDays(dueOn, 1), dueOn: addDays(dueOn, 1) },
        facts.assessedOn !== null && facts.assessedOn <= on,
        rules.assessment.clause,
        on,
      ),
    );
  return plan.toSorted((left, right) => (left.dueOn === right.dueOn ? 0 : left.dueOn < right.dueOn ? -1 : 1));
}

function periodOfItem({ code, from, dueOn }: OwedPeriod) {
  return { period: code, from, dueOn };
}

/** An event of the organiser: there, missed, or still to be held. Who was not at one may be at the next one of the term. */
function eventItem(
  event: { readonly code: string; readonly zh: string; readonly en: string; readonly exact: number } & {
    readonly clause?: string;
  },
  owed: OwedPeriod,
  { events }: PlanFacts,
  on: BusinessDate,
): PlanItem {
  const { code, zh, en, clause, exact } = event;
  const held = events.filter(
    (each) => each.code === code && each.on >= owed.from && each.on <= owed.dueOn && each.on <= on,
  );
  const done = held.filter(({ present }) => present).length;
  const bare = { kind: 'event' as const, code, zh, en, ...periodOfItem(owed), waiting: 0, clause };
  const shown = item({ ...bare, required: exact, done }, on);
  // Not held is the organiser's failing, not the trainee's.
  if (shown.state === 'late' && held.length < exact) return { ...shown, state: 'due' };
  return shown.state !== 'done' && held.length >= exact ? { ...shown, state: 'missed' } : shown;
}

/** An assessment is given by others: it may be due for long, and is never late for who is assessed. */
function assessmentItem(
  names: Pick<PlanItem, 'code' | 'zh' | 'en'> & { readonly kind: PlanKind },
  owed: OwedPeriod,
  given: boolean,
  clause: string | undefined,
  on: BusinessDate,
): PlanItem {
  const bare = { ...names, ...periodOfItem(owed), required: 1, done: Number(given), waiting: 0, clause };
  const shown = item(bare, on);
  return shown.state === 'late' ? { ...shown, state: 'due' } : shown;
}

/**
 * The mid-term assessments of a training: after every so many terms that were owed, as long as a term of the training is
 * left after it. Rule T11.
 * @returns for each the code of the term that it closes, and from which day it may be given
 */
export function midAssessmentsOwed(
  policy: Policy,
  span: DutySpan & { readonly endsOn: BusinessDate },
): OwedPeriod[] {
  const every = policy.training?.midAssessment?.everyTerms;
  if (every === undefined) return [];
  const terms = owedPeriods('term', span, span.endsOn);
  return terms
    .filter((_, index) => (index + 1) % every === 0 && index + 1 < terms.length)
    .map(({ code, dueOn }) => ({ code, from: addDays(dueOn, 1), dueOn: addDays(dueOn, 1) }));
}

/** The items that belong to a school year: those that touch it, and what is still late from before. Rule T17. */
export function planOfYear(plan: readonly PlanItem[], schoolYear: string): PlanItem[] {
  const first = `${schoolYear.slice(0, 4)}-09-01`;
  const last = addDays(addYears(first, 1), -1);
  return plan.filter(
    ({ from, dueOn, state }) => (from <= last && dueOn >= first) || (state === 'late' && dueOn < first),
  );
}

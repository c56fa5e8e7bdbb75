import { randomUUID } from 'node:crypto';
import type { Role } from '../domain/cases.js';
import { addDays, dateOf, datesBetween, endOfDay } from '../domain/dates.js';
import { groupBy } from '../domain/grouping.js';
import { correctionsTooEarly, hoursOwed, refuseEarlyCorrections } from '../domain/hours.js';
import { needsMentor, refuseFullMentor, refuseMentor } from '../domain/mentorship.js';
import { stageOf, type Policy } from '../domain/policy.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import {
  assess,
  assessMid,
  assessors,
  examResult,
  reviewDays,
  trainingPeriod,
  trainingYears,
  type AssessmentResult,
} from '../domain/training.js';
import { dutiesOf, midAssessmentsOwed, owedPeriods, taskItems } from '../domain/training-plan.js';
import type { Prisma } from '../prisma/generated/client.js';
import { dueIn } from '../records/calendar.js';
import type { NewTask } from '../records/cases.js';
import type { CaseRules, Decision, DecisionWork, Move, Transition, Work } from '../records/decide.js';
import { dutyWorksOf, handedIn, pausesOf, spanOfTraining } from '../records/duty-works.js';
import { confirmEntries, enterHours, ledgerOf } from '../records/hours.js';
import { changePair, countApprentices, createGuidance, endPair } from '../records/mentor-pairs.js';
import { membersWith } from '../records/people.js';
import { personsById, type PersonRow } from '../records/persons-shown.js';
import { policyById } from '../records/policies.js';
import { ranksHeld } from '../records/titles.js';
import {
  alreadyInTraining,
  createTrainees,
  othersBeganOn,
  subjectsOfApplications,
  traineeOf,
  updateTrainee,
  type TraineeRow,
} from '../records/trainees.js';
import { examOf, midAssessmentsOf, planFactsOf } from '../records/training-plans.js';
import { openTasks } from '../records/tasks.js';
import { checkWorkOf, handInWork } from './duty-works.js';
import { earliest, isDue, remindOfDate, remindOverdue } from './reminders.js';
import { decidePlace, placeStep } from './training-places.js';
import { transferTrainee } from './transfers.js';

/** Working days in which a trainee chooses a mentor, and in which trainees are assessed, when the scheme sets none. */
const usualWorkingDays = 20;

/** Who becomes a trainee, and how. */
export interface Entrant {
  /** Null when the ladder brings the person in. */
  readonly applicationId: string | null;
  readonly personId: string;
  readonly rank: string;
  /** application, contest, replacement or ladder */
  readonly entry: string;
  readonly policyId: string;
  /** The scheme behind `policyId`, when the caller has it at hand. */
  readonly policy?: Policy;
}

/**
 * Starts trainings: for each entrant a trainee with the hours owed and the contact researcher of the subject, and a
 * case that waits for a mentor, for hours and for the last day. Who is in training for the rank already, or has passed
 * for it, is left as it is. Rules T1, T8, T9, T12.
 * @param entrants all for the same rank of the same scheme when they come together
 * @returns ids of the trainings that began, which are also those of the trainees
 * @throws Refusal `TRAINING_YEARS_MISSING`, `CALENDAR_YEAR_MISSING`
 */
export async function startTrainings(work: Work, entrants: readonly Entrant[]): Promise<string[]> {
  const groups = groupBy(entrants, ({ policyId, rank }) => `${policyId} ${rank}`);
  const started: string[] = [];
  for (const group of groups.values()) started.push(...(await startGroup(work, group)));
  return started;
}

async function startGroup(work: Work, entrants: readonly Entrant[]): Promise<string[]> {
  const { db, today } = work;
  const { policyId, rank, policy = await policyById(db, policyId) } = entrants[0]!;
  const inTraining = await alreadyInTraining(
    db,
    rank,
    entrants.map(({ personId }) => personId),
  );
  const fresh = entrants.filter(({ personId }) => !inTraining.has(personId));
  const persons = await personsById(
    db,
    fresh.map(({ personId }) => personId),
  );
  const subjects = await subjectsOf(work, fresh, persons);
  const researchers = await membersWith(db, 'researcher', today, { organisationId: work.ownerId });
  const years = trainingYears(policy, rank);
  const mentorDue = needsMentor(policy, rank)
    ? await dueIn(db, today, stageOf(policy, 'training')?.workingDays ?? usualWorkingDays)
    : null;
  const trainees = await Promise.all(
    fresh.map(async ({ applicationId, personId, entry }) => ({
      id: randomUUID(),
      ownerId: work.ownerId,
      personId,
      applicationId,
      policyId,
      rank,
      entry,
      ...trainingPeriod(
        today,
        years,
        ['replacement', 'supplement'].includes(entry) && applicationId !== null
          ? await othersBeganOn(db, applicationId, rank)
          : undefined,
      ),
      hoursRequired: hoursOwed(policy, years),
      researcherId: policy.training?.contactResearcher?.required
        ? (researchers.find(({ subject }) => subject === subjects.get(personId))?.personId ?? null)
        : null,
      standing: 'training',
    })),
  );
  await createTrainees(db, trainees);
  for (const trainee of trainees) {
    openTraining(work, policy, trainee, persons.get(trainee.personId)!.schoolId, {
      subject: subjects.get(trainee.personId) ?? null,
      mentorDue,
    });
    work.notify(trainee.personId, 'TRAINING_BEGINS', {
      rank,
      startsOn: trainee.startsOn,
      endsOn: trainee.endsOn,
      hours: trainee.hoursRequired,
    });
  }
  const without = trainees
    .filter(({ researcherId }) => researcherId === null)
    .map(({ personId }) => subjects.get(personId));
  if (policy.training?.contactResearcher?.required) await askForResearchers(work, [...new Set(without)]);
  return trainees.map(({ id }) => id);
}

/** The case of a training: it waits for a mentor where one is to be chosen, for hours and for the last day. */
function openTraining(
  work: Work,
  policy: Policy,
  trainee: Pick<TraineeRow, 'id' | 'personId' | 'rank' | 'startsOn' | 'endsOn'>,
  schoolId: string,
  { subject, mentorDue }: { readonly subject: string | null; readonly mentorDue: Date | null },
): void {
  const { id, personId, rank } = trainee;
  const end = new Date(endOfDay(trainee.endsOn));
  const choice: NewTask[] = mentorDue
    ? [{ role: 'teacher', personId, organisationId: schoolId, actions: ['chooseMentor'], dueAt: mentorDue }]
    : [];
  work.open({
    id,
    kind: 'training',
    organisationId: schoolId,
    rank,
    subject,
    stage: 'training',
    step: 'training',
    tasks: [
      ...choice,
      { role: 'training_centre', organisationId: work.ownerId, actions: ['confirmHours'], dueAt: end },
    ],
    wakeAt: earliest([
      ...choice.map(({ dueAt }) => dueAt),
      // What was owed before somebody was entered is not called for once more.
      ...datesOf(policy, { pauses: [], ...trainee } as unknown as TraineeRow).filter((on) => on > work.at),
      end,
    ]),
  });
}

/**
 * Opens the cases of trainings that were under way before this service was there. Who has no mentor where the scheme asks
 * for one chooses one now; nobody is told that a training begins. Rule T19.
 * @param trainees rows without a case
 */
export async function openTrainings(work: Work, trainees: readonly TraineeRow[]): Promise<void> {
  const persons = await personsById(
    work.db,
    trainees.map(({ personId }) => personId),
  );
  for (const trainee of trainees) {
    const policy = await policyById(work.db, trainee.policyId);
    const { schoolId, subject } = persons.get(trainee.personId)!;
    const days = stageOf(policy, 'training')?.workingDays ?? usualWorkingDays;
    const isAsked = needsMentor(policy, trainee.rank) && trainee.mentorId === null;
    const mentorDue = isAsked ? await dueIn(work.db, work.today, days) : null;
    openTraining(work, policy, trainee, schoolId, { subject, mentorDue });
  }
}

/** The subject that somebody was a candidate of, else the one that is taught. */
async function subjectsOf(
  work: Work,
  entrants: readonly Entrant[],
  persons: ReadonlyMap<string, PersonRow>,
): Promise<Map<string, string | null>> {
  const ids = entrants.flatMap(({ applicationId }) => applicationId ?? []);
  const applied = await subjectsOfApplications(work.db, ids);
  return new Map(
    entrants.map(({ personId, applicationId }) => [
      personId,
      applied.get(applicationId ?? '') ?? persons.get(personId)!.subject,
    ]),
  );
}

/** The office hears of the subjects whose trainees have no researcher to guide them (T9). */
async function askForResearchers(
  work: Work,
  subjects: readonly (string | null | undefined)[],
): Promise<void> {
  if (subjects.length === 0) return;
  for (const { personId } of await membersWith(work.db, 'office', work.today, {
    organisationId: work.ownerId,
  }))
    work.notify(personId, 'RESEARCHER_MISSING', { subjects: subjects.map((subject) => subject ?? '—') });
}

/**
 * The apprentice chooses a mentor (拜师), or, with a reason, another one in place of the first, who stays in the file. A
 * mentor takes no more apprentices than the scheme allows. Rule T8.
 */
const chooseMentor: Decision = async (work, body: { mentorId: string; reason?: string }) => {
  const { trainee, policy } = await trainingOf(work);
  const persons = await personsById(work.db, [trainee.personId, body.mentorId]);
  const [apprentice, mentor] = [persons.get(trainee.personId)!, persons.get(body.mentorId)];
  if (mentor === undefined)
    throw new Refusal({ code: 'MENTOR_UNKNOWN', rule: 'T8', values: { mentorId: body.mentorId } });
  if (trainee.mentorId === mentor.id) throw new Refusal({ code: 'MENTOR_ALREADY', rule: 'T8' });
  if (trainee.mentorId !== null && body.reason === undefined)
    throw new Refusal({ code: 'MENTOR_CHANGE_REASON', rule: 'T8' });
  const ranks = (await ranksHeld(work.db, [mentor.id], work.today)).get(mentor.id) ?? [];
  refuseMentor(
    policy,
    {
      personId: apprentice.id,
      rank: trainee.rank,
      subject: work.row!.subject,
      schoolId: apprentice.schoolId,
    },
    { personId: mentor.id, subject: mentor.subject, schoolId: mentor.schoolId, ranks },
  );
  refuseFullMentor(policy, await countApprentices(work.db, mentor.id, trainee.id));
  const next = { mentorId: mentor.id, on: work.today, reason: body.reason ?? null };
  await changePair(work.db, work.ownerId, trainee, next);
  await updateTrainee(work.db, trainee.id, { mentorId: mentor.id });
  await work.finishTasks(work.id, 'chooseMentor');
  work.notify(mentor.id, 'CHOSEN_AS_MENTOR', { apprentice: apprentice.name });
  if (trainee.mentorId !== null)
    work.notify(trainee.mentorId, 'NO_LONGER_MENTOR', {
      apprentice: apprentice.name,
      reason: body.reason ?? '',
    });
  return { wakeAt: await nextDate(work, policy, trainee), result: { mentorId: mentor.id } };
};

/**
 * A meeting of the trainee with the mentor or the contact researcher is recorded: by one of them, or by the training centre;
 * both sides and the centre see it. Rules T8, T9.
 */
const recordGuidance: Decision = async (work, body: { on: string; text: string; guideId?: string }) => {
  const { trainee } = await trainingOf(work);
  const { actorId } = work.submission;
  const { on, text } = body;
  const isTrainee = trainee.personId === actorId;
  const guides = [trainee.mentorId, trainee.researcherId].filter((id) => id !== null);
  const ofCentre = (
    await membersWith(work.db, 'training_centre', work.today, { organisationId: work.ownerId })
  ).some(({ personId }) => personId === actorId);
  if (!isTrainee && !ofCentre && !guides.includes(actorId))
    throw new Refusal({
      code: 'NOT_ALLOWED',
      rule: 'S1',
      values: { decision: 'recordGuidance', allowed: ['teacher', 'researcher', 'training_centre'] },
    });
  const guideId = body.guideId ?? (guides.includes(actorId) ? actorId : trainee.mentorId);
  if (guideId === null || !guides.includes(guideId)) throw new Refusal({ code: 'GUIDE_UNKNOWN', rule: 'T8' });
  if (on > work.today)
    throw new Refusal({ code: 'DAY_TO_COME', rule: 'T8', values: { on, today: work.today } });
  if (on < trainee.startsOn)
    throw new Refusal({ code: 'GUIDANCE_BEFORE', rule: 'T8', values: { on, startsOn: trainee.startsOn } });
  await createGuidance(work.db, {
    ownerId: work.ownerId,
    traineeId: trainee.id,
    guideId,
    on,
    text,
    enteredById: actorId,
    enteredOn: work.today,
  });
  for (const personId of [trainee.personId, guideId].filter((id) => id !== actorId))
    work.notify(personId, 'GUIDANCE_RECORDED', { on });
  return { wakeAt: work.row!.wakeAt };
};

/**
 * The training centre confirms hours that others have entered; without ids, all that it may. Nobody confirms an own
 * entry or own hours. Rules T3, T4.
 */
const confirmHours: Decision = async (work, body: { entryIds?: readonly string[] }) => {
  const { trainee } = await trainingOf(work);
  const actorId = work.submission.actorId;
  const ledger = await ledgerOf(work.db, trainee.personId);
  const pending = ledger.filter(({ confirmedOn }) => confirmedOn === null);
  const unknown = (body.entryIds ?? []).filter((id) => !pending.some((entry) => entry.id === id));
  if (unknown.length > 0)
    throw new Refusal({ code: 'HOURS_NOT_PENDING', rule: 'T3', values: { ids: unknown } });
  const asked = pending.filter(({ id }) => body.entryIds?.includes(id) ?? true);
  const own = asked.filter(({ enteredById }) => enteredById === actorId || trainee.personId === actorId);
  if (own.length > 0 && (body.entryIds !== undefined || own.length === asked.length))
    throw new Refusal({
      code: 'HOURS_OWN',
      rule: 'T4',
      values: { activity: own[0]!.activity, people: [trainee.personId] },
    });
  const others = asked.filter((entry) => !own.includes(entry));
  const early = correctionsTooEarly(others, ledger);
  if (body.entryIds !== undefined) refuseEarlyCorrections(early);
  const confirmed = others.filter((entry) => !early.includes(entry)).map(({ id }) => id);
  await confirmEntries(work.db, confirmed, actorId, work.today);
  // A time that has just come is kept: the transition that it asks for is still to be carried out.
  return {
    wakeAt: work.row!.wakeAt,
    result: { confirmed: confirmed.length, left: pending.length - confirmed.length },
  };
};

/**
 * The final assessment (培养期满考核): passed, or below the line for the hours, the exam, the tasks or the points that are
 * lacking. Who is below may ask for a review before it is final. Rules T9–T12, T18.
 */
const assessTrainee: Decision = async (work, body: { points: number; remark?: string }) => {
  const { trainee, policy } = await trainingOf(work);
  refuseIfOut(trainee);
  await refuseIfNotAssessor(work, policy, trainee);
  const facts = await planFactsOf(work.db, trainee, policy, work.today);
  const items = taskItems(
    policy,
    dutiesOf(policy, trainee.rank, 'trainee'),
    facts.span,
    facts.works,
    work.today,
    trainee.endsOn,
  );
  const open = items.filter(({ state }) => state !== 'done').map(({ zh, period }) => `${zh} ${period}`);
  const result = assess(policy, body.points, facts.hours, {
    exam: examOf(trainee),
    hasMentor: facts.mentorSince !== null,
    tasksOpen: open,
  });
  const { points, remark = null } = body;
  await updateTrainee(work.db, trainee.id, {
    assessment: {
      points,
      remark,
      on: work.today,
      assessedById: work.submission.actorId,
      hours: facts.hours as unknown as Prisma.InputJsonObject,
    },
  });
  const answer = {
    standing: result.standing,
    hours: facts.hours as unknown as Prisma.InputJsonObject,
    reason: stored(result.reason) ?? null,
  };
  if (result.standing === 'passed') return { ...(await pass(work, trainee, points)), result: answer };
  return { ...(await appealStep(work, policy, trainee, 'final', result)), result: answer };
};

async function pass(work: Work, trainee: TraineeRow, points: number): Promise<Move> {
  await updateTrainee(work.db, trainee.id, { standing: 'passed' });
  work.notify(trainee.personId, 'TRAINING_PASSED', { rank: trainee.rank, points });
  return { outcome: 'passed' };
}

function refuseIfOut({ standing }: TraineeRow): void {
  if (standing !== 'training')
    throw new Refusal({ code: 'CASE_CLOSED', rule: 'S3', values: { outcome: standing } });
}

/**
 * A mid-term assessment, once the term is over after which the scheme has it. Who is below the line is out after the time
 * for a review. Rule T11.
 * @throws Refusal `MID_ASSESSMENT_NOT_DUE`, `MID_ASSESSMENT_TWICE` and what `assessMid` throws
 */
const assessMidTerm: Decision = async (work, body: { points: number; remark?: string }) => {
  const { trainee, policy } = await trainingOf(work);
  refuseIfOut(trainee);
  await refuseIfNotAssessor(work, policy, trainee);
  const given = midAssessmentsOf(trainee);
  const owed = midAssessmentsOwed(policy, spanOf(policy, trainee));
  const due = owed.filter(({ from }) => from <= work.today);
  const next = due.find(({ code }) => !given.some(({ period }) => period === code));
  const result = assessMid(policy, body.points, next?.code ?? '');
  if (next === undefined)
    throw new Refusal({
      code: due.length > 0 ? 'MID_ASSESSMENT_TWICE' : 'MID_ASSESSMENT_NOT_DUE',
      rule: 'T11',
      values: { from: owed.find(({ from }) => from > work.today)?.from ?? '—' },
      clause: policy.training?.midAssessment?.clause,
    });
  const { points, remark = null } = body;
  const entry = { period: next.code, on: work.today, points, remark, assessedById: work.submission.actorId };
  const midAssessments = [...given, entry] as unknown as Prisma.InputJsonArray;
  await updateTrainee(work.db, trainee.id, { midAssessments });
  await work.finishTasks(work.id, 'assessMid');
  const answer = { standing: result.standing, period: next.code, reason: stored(result.reason) ?? null };
  if (result.standing === 'eliminated')
    return { ...(await appealStep(work, policy, trainee, 'mid', result)), result: answer };
  work.notify(trainee.personId, 'MID_ASSESSMENT_PASSED', { period: next.code, points });
  const tasks = await midAssessmentTasks(work, policy, {
    ...trainee,
    midAssessments: midAssessments as Prisma.JsonValue,
  });
  return { tasks, wakeAt: await nextDate(work, policy, trainee, tasks), result: answer };
};

/**
 * The result of the scheme's exam; a later one takes the place of an earlier. Points that are worth hours become converted
 * hours, once, which somebody else confirms. Rules T5, T18.
 */
const recordExam: Decision = async (work, body: { points: number; document: string }) => {
  const { trainee, policy } = await trainingOf(work);
  refuseIfOut(trainee);
  const { actorId } = work.submission;
  if (trainee.personId === actorId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  const { passed, hours } = examResult(policy, body.points);
  const exam = { on: work.today, points: body.points, passed, recordedById: actorId };
  const activity = `结业考试 ${trainee.startsOn} ${trainee.rank}`;
  const entered = await work.db.hoursEntry.count({ where: { personId: trainee.personId, activity } });
  if (hours > 0 && entered === 0)
    await enterHours(work.db, {
      ownerId: work.ownerId,
      enteredById: actorId,
      today: work.today,
      mostPerDay: hours,
      kind: 'conversion',
      form: 'converted',
      source: body.document,
      activity,
      on: work.today < trainee.endsOn ? work.today : trainee.endsOn,
      hours,
      people: [{ personId: trainee.personId, noneBecause: null }],
      correction: false,
    });
  await updateTrainee(work.db, trainee.id, { exam });
  work.notify(trainee.personId, 'EXAM_RECORDED', { points: body.points });
  const form = stageOf(policy, 'training_exam')!.form;
  return { wakeAt: work.row!.wakeAt, result: { form, passed, hours: entered === 0 ? hours : 0 } };
};

// ---------------------------------------------------------------- the right of review

/** An assessment below the line that is not final. */
interface Appeal {
  readonly assessment: 'mid' | 'final';
  readonly reason: Reason;
  /** Last instant at which a review may be asked for. */
  readonly until: string;
  readonly assessedById: string;
  readonly grounds?: string;
  readonly askedOn?: string;
}

/** Opens the time in which a review may be asked for; nothing happens to the trainee before it is over. Rules T11, A4. */
async function appealStep(
  work: DecisionWork,
  policy: Policy,
  trainee: TraineeRow,
  assessment: Appeal['assessment'],
  { reason }: AssessmentResult,
): Promise<Move> {
  const dueAt = await dueIn(work.db, work.today, reviewDays(policy));
  const appeal: Appeal = {
    assessment,
    reason: reason!,
    until: dueAt.toISOString(),
    assessedById: work.submission.actorId,
  };
  await updateTrainee(work.db, trainee.id, { appeal: appeal as unknown as Prisma.InputJsonObject });
  work.notify(trainee.personId, 'ASSESSMENT_BELOW_LINE', {
    rank: trainee.rank,
    until: dateOf(new Date(dueAt.getTime() - 1).toISOString()),
  });
  return {
    step: 'appealing',
    tasks: [
      {
        role: 'teacher',
        personId: trainee.personId,
        organisationId: work.row!.organisationId,
        actions: ['requestReview'],
        dueAt,
      },
    ],
    wakeAt: earliest([dueAt, ...datesLeft(work, policy, trainee)]),
  };
}

function appealOf({ appeal }: TraineeRow): Appeal {
  return appeal as unknown as Appeal;
}

/** The trainee asks for a review of the assessment, with the grounds. Rules T11, A4. */
const requestReview: Decision = async (work, body: { grounds: string }) => {
  const { trainee, policy } = await trainingOf(work);
  const appeal = { ...appealOf(trainee), grounds: body.grounds, askedOn: work.today };
  await updateTrainee(work.db, trainee.id, { appeal: appeal as unknown as Prisma.InputJsonObject });
  const dueAt = await dueIn(work.db, work.today, usualReviewDecisionDays);
  return {
    step: 'reviewing',
    tasks: [{ role: 'leading_group', organisationId: work.ownerId, actions: ['decideReview'], dueAt }],
    wakeAt: earliest([dueAt, ...datesLeft(work, policy, trainee)]),
  };
};

/** Working days in which a review is decided. */
const usualReviewDecisionDays = 10;

/**
 * The leading group decides a review: the assessment stands, and the trainee is out from now on, or it is set aside, and
 * the trainee goes on or has passed. Whoever assessed does not decide, nor the trainee. Rules T11, A4, S8.
 */
const decideReview: Decision = async (work, body: { stands: boolean; reason: string }) => {
  const { trainee, policy } = await trainingOf(work);
  const appeal = appealOf(trainee);
  const { actorId } = work.submission;
  if (actorId === trainee.personId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  if (actorId === appeal.assessedById) throw new Refusal({ code: 'REVIEW_BY_ASSESSOR', rule: 'T11' });
  const decided = { ...appeal, stands: body.stands, decision: body.reason, decidedOn: work.today };
  await updateTrainee(work.db, trainee.id, { appeal: decided as unknown as Prisma.InputJsonObject });
  if (body.stands) return eliminate(work, policy, trainee, appeal.reason);
  work.notify(trainee.personId, 'ASSESSMENT_SET_ASIDE', { rank: trainee.rank, reason: body.reason });
  if (appeal.assessment === 'mid') return trainingStep(work, policy, trainee);
  const { points } = trainee.assessment as { points: number };
  return pass(work, trainee, points);
};

/** The elimination is final: the trainee is out, and the place is free. Rules T11, T12. */
async function eliminate(work: Work, policy: Policy, trainee: TraineeRow, reason: Reason): Promise<Move> {
  await updateTrainee(work.db, trainee.id, { standing: 'eliminated', reason: stored(reason) });
  return goOut(work, policy, trainee, reason, 'eliminated');
}

/**
 * Nobody asked for a review in time: the elimination is final. What is late is told until then, as the trainee still learns;
 * a decision on ethics does not wait. Rules A4, T17.
 */
const endAppeal: Transition = async (work) => {
  const { trainee, policy } = await trainingOf(work);
  if (trainee.standing === 'eliminated') return outByEthics(work, policy, trainee);
  if (!isDue(work)) return {};
  const { reason, until } = appealOf(trainee);
  const end = new Date(until);
  if (end <= work.at) return eliminate(work, policy, trainee, reason);
  const come = work.row.wakeAt!;
  await remindOfLateTasks(work, policy, trainee, come);
  return { wakeAt: earliest([...datesAfter(come, datesOf(policy, trainee)), end]) };
};

async function refuseIfNotAssessor(
  work: Work & { readonly submission: { readonly actorId: string } },
  policy: Policy,
  trainee: TraineeRow,
): Promise<void> {
  const { actorId } = work.submission;
  if (trainee.personId === actorId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  const allowed = assessors(policy);
  if (!(await guides(work, trainee, allowed)))
    throw new Refusal({ code: 'NOT_ASSESSOR', rule: 'T9', values: { subject: work.row!.subject, allowed } });
}

/** The centre and the trainee's researcher check the tasks, whoever assesses. Rules T9, T15. */
async function refuseOtherResearcher(work: DecisionWork): Promise<void> {
  const { trainee } = await trainingOf(work);
  if (!(await guides(work, trainee, ['training_centre', 'researcher'])))
    throw new Refusal({ code: 'NOT_RESEARCHER', rule: 'T9', values: { subject: work.row!.subject } });
}

/** Whether the actor has one of the roles for the trainee: a researcher, as the contact or as the one of the subject. */
async function guides(
  work: Work & { readonly submission: { readonly actorId: string } },
  trainee: TraineeRow,
  roles: readonly Role[],
): Promise<boolean> {
  const { actorId } = work.submission;
  const held = await membersWith(work.db, roles, work.today, { organisationId: work.ownerId });
  return held
    .filter(({ personId }) => personId === actorId)
    .some(
      ({ role, subject }) =>
        role !== 'researcher' || trainee.researcherId === actorId || subject === work.row!.subject,
    );
}

// ---------------------------------------------------------------- leaving, pausing

type Departure = 'transferred_out' | 'withdrawn' | 'ethics_veto' | 'sanction' | 'deceased';

/** How each departure is told, and by which rule. */
const departures: Readonly<Record<Departure, { readonly code: string; readonly rule: string }>> = {
  transferred_out: { code: 'TRAINING_TRANSFERRED_OUT', rule: 'T13' },
  withdrawn: { code: 'TRAINING_WITHDRAWN', rule: 'T13' },
  ethics_veto: { code: 'OUT_BY_ETHICS_DECISION', rule: 'E11' },
  sanction: { code: 'OUT_BY_SANCTION', rule: 'T13' },
  deceased: { code: 'TRAINING_DECEASED', rule: 'T13' },
};

/**
 * The office records that somebody leaves the training: for another district, by own wish, by death, because of a sanction
 * that is on file and runs, or because of a written decision on a breach of ethics. Leaving is no elimination. Rules T13, E11.
 */
const leave: Decision = async (work, body: { reason: Departure; document?: string; note?: string }) => {
  const { trainee, policy } = await trainingOf(work);
  const { reason: why, document = null, note = null } = body;
  if (why === 'ethics_veto' && document === null)
    throw new Refusal({ code: 'ETHICS_DOCUMENT_MISSING', rule: 'E11' });
  if (why === 'sanction') await requireSanction(work, trainee, document);
  const reason: Reason = { ...departures[why], values: { document, note } };
  const isOut = why === 'ethics_veto' || why === 'sanction';
  await updateTrainee(work.db, trainee.id, {
    standing: isOut ? 'eliminated' : 'left',
    reason: stored(reason),
  });
  return goOut(work, policy, trainee, reason, isOut ? 'eliminated' : why);
};

async function requireSanction(work: Work, trainee: TraineeRow, document: string | null): Promise<void> {
  const running = await work.db.sanction.count({
    where: {
      personId: trainee.personId,
      from: { lte: work.today },
      OR: [{ until: null }, { until: { gte: work.today } }],
    },
  });
  if (document === null || running === 0)
    throw new Refusal({ code: 'SANCTION_NOT_ON_FILE', rule: 'T13', values: { running } });
}

/** What follows when somebody is out or has left: the pair ends, and the place is free (T12). */
async function goOut(
  work: Work,
  policy: Policy,
  trainee: TraineeRow,
  reason: Reason,
  outcome: string,
): Promise<Move> {
  const { rank } = trainee;
  await endPair(work.db, trainee.id, work.today, reason.code);
  if (outcome !== 'deceased')
    work.notify(trainee.personId, reason.code, { ...(reason.values as Prisma.InputJsonObject), rank });
  return placeStep(work, policy, trainee, outcome);
}

async function outByEthics(work: Work, policy: Policy, trainee: TraineeRow): Promise<Move> {
  await endPair(work.db, trainee.id, work.today, 'OUT_BY_ETHICS_DECISION');
  return placeStep(work, policy, trainee, 'eliminated');
}

/**
 * A long leave (长期请假) within the training: by the scheme it pauses, or it ends. Where the scheme says nothing it pauses. Of
 * the terms that a pause touches nothing is owed, and the training ends so many days later. Rule T13.
 */
const pauseTraining: Decision = async (work, body: { from: string; document: string }) => {
  const { trainee, policy } = await trainingOf(work);
  refuseIfOut(trainee);
  const { from, document } = body;
  if (from > work.today)
    throw new Refusal({ code: 'DAY_TO_COME', rule: 'T13', values: { on: from, today: work.today } });
  const last = pausesOf(trainee).at(-1);
  if (from < trainee.startsOn || (last && from <= last.until!))
    throw new Refusal({
      code: 'PAUSE_PERIOD',
      rule: 'T13',
      values: { from, earliest: last ? addDays(last.until!, 1) : trainee.startsOn },
    });
  const rule = policy.dynamic?.longLeave;
  if (rule?.training === 'end') {
    const reason: Reason = {
      code: 'TRAINING_LONG_LEAVE',
      rule: 'T13',
      values: { document, from },
      clause: rule.clause,
    };
    await updateTrainee(work.db, trainee.id, { standing: 'left', reason: stored(reason) });
    return goOut(work, policy, trainee, reason, 'long_leave');
  }
  const pauses = [...pausesOf(trainee), { from, until: null, document }] as unknown as Prisma.InputJsonArray;
  await updateTrainee(work.db, trainee.id, { pauses });
  work.notify(trainee.personId, 'TRAINING_PAUSED', { rank: trainee.rank, from });
  const dueAt = new Date(endOfDay(addDays(work.today, mostPausedDays)));
  return {
    step: 'paused',
    tasks: [{ role: 'office', organisationId: work.ownerId, actions: ['resume'], dueAt }],
    wakeAt: earliest([dueAt, ...datesLeft(work, policy, { ...trainee, pauses: pauses as Prisma.JsonValue })]),
  };
};

/** After so many days the office is asked whether the pause goes on. */
const mostPausedDays = 365;

/** The trainee is back: the training goes on, and ends as many days later as it stood still. Rule T13. */
const resumeTraining: Decision = async (work, body: { on: string }) => {
  const { trainee, policy } = await trainingOf(work);
  const { on } = body;
  const pauses = pausesOf(trainee);
  const { from } = pauses.at(-1)!;
  if (on > work.today)
    throw new Refusal({ code: 'DAY_TO_COME', rule: 'T13', values: { on, today: work.today } });
  if (on <= from)
    throw new Refusal({
      code: 'PAUSE_PERIOD',
      rule: 'T13',
      values: { from: on, earliest: addDays(from, 1) },
    });
  const until = addDays(on, -1);
  const endsOn = addDays(trainee.endsOn, datesBetween(from, until).length);
  const ended = [...pauses.slice(0, -1), { ...pauses.at(-1)!, until }];
  const changed = { endsOn, pauses: ended as unknown as Prisma.InputJsonArray };
  await updateTrainee(work.db, trainee.id, changed);
  work.notify(trainee.personId, 'TRAINING_RESUMED', { rank: trainee.rank, endsOn });
  return {
    ...(await trainingStep(work, policy, {
      ...trainee,
      endsOn,
      pauses: ended as unknown as Prisma.JsonValue,
    })),
    result: { endsOn },
  };
};

// ---------------------------------------------------------------- what the days bring

function spanOf(policy: Policy, trainee: TraineeRow) {
  return spanOfTraining(trainee, trainingYears(policy, trainee.rank));
}

/**
 * Closing instants at which the training is looked at before its end: the last days of tasks, and of the terms that a
 * mid-term assessment follows.
 */
function datesOf(policy: Policy, trainee: TraineeRow): Date[] {
  const span = spanOf(policy, trainee);
  const duties = dutiesOf(policy, trainee.rank, 'trainee').flatMap(({ per }) =>
    owedPeriods(per, span, trainee.endsOn).map(({ dueOn }) => dueOn),
  );
  const mids = midAssessmentsOwed(policy, span).map(({ from }) => addDays(from, -1));
  const days = [...new Set([...duties, ...mids])].filter((day) => day < trainee.endsOn);
  return days.map((day) => new Date(endOfDay(day)));
}

/** The dates of the training that have not been attended to: those to come, and one that has just come. */
function datesLeft(work: Work, policy: Policy, trainee: TraineeRow): Date[] {
  return notAttended(work, datesOf(policy, trainee));
}

function notAttended(work: Work, dates: readonly Date[]): Date[] {
  const { wakeAt } = work.row!;
  const from = wakeAt !== null && wakeAt < work.at ? wakeAt : work.at;
  return dates.filter((date) => date >= from);
}

function datesAfter(come: Date, dates: readonly Date[]): Date[] {
  return dates.filter((date) => date > come);
}

/** After a decision the training is looked at when a date of its own, or an open task's, is next. Rule W2. */
async function nextDate(
  work: Work,
  policy: Policy,
  trainee: TraineeRow,
  opened: readonly NewTask[] = [],
): Promise<Date> {
  const dates = [...datesOf(policy, trainee), ...(await dueDates(work, opened))];
  return earliest([...notAttended(work, dates), new Date(endOfDay(trainee.endsOn))]);
}

async function dueDates(work: Work, opened: readonly NewTask[]): Promise<Date[]> {
  return [...(await openTasks(work.db, work.id)), ...opened].map(({ dueAt }) => dueAt);
}

/** The training goes on: the tasks of its step are opened again. */
async function trainingStep(work: Work, policy: Policy, trainee: TraineeRow): Promise<Move> {
  const end = new Date(endOfDay(trainee.endsOn));
  const mentorDue =
    needsMentor(policy, trainee.rank) && trainee.mentorId === null
      ? await dueIn(work.db, work.today, stageOf(policy, 'training')?.workingDays ?? usualWorkingDays)
      : null;
  const tasks: NewTask[] = [
    ...(mentorDue
      ? [
          {
            role: 'teacher' as const,
            personId: trainee.personId,
            organisationId: work.row!.organisationId,
            actions: ['chooseMentor'],
            dueAt: mentorDue,
          },
        ]
      : []),
    { role: 'training_centre', organisationId: work.ownerId, actions: ['confirmHours'], dueAt: end },
    ...(await midAssessmentTasks(work, policy, trainee)),
  ];
  const wakeAt = earliest([...datesLeft(work, policy, trainee), ...tasks.map(({ dueAt }) => dueAt)]);
  return { step: 'training', tasks, wakeAt };
}

/**
 * A day of the training has come: tasks whose last day it was and that are not done are told to the trainee and the centre,
 * once; a mid-term assessment is opened; whoever owes a mentor or that assessment is reminded. On the last day the final
 * assessment is due. A decision on ethics has ended the training at once. Rules T10, T11, T15, W2, W3, E11.
 */
const endTraining: Transition = async (work) => {
  const { trainee, policy } = await trainingOf(work);
  if (trainee.standing === 'eliminated') return outByEthics(work, policy, trainee);
  if (!isDue(work)) return {};
  const come = work.row.wakeAt!;
  const end = new Date(endOfDay(trainee.endsOn));
  await remindOfLateTasks(work, policy, trainee, come);
  if (come < end) {
    await remindOfDate(work, come);
    const tasks = await midAssessmentTasks(work, policy, trainee);
    const dates = [...datesOf(policy, trainee), ...(await dueDates(work, tasks))];
    return { tasks, wakeAt: earliest([...datesAfter(come, dates), end]) };
  }
  const dueAt = await dueIn(
    work.db,
    work.today,
    stageOf(policy, 'training_assessment')?.workingDays ?? usualWorkingDays,
  );
  const tasks = assessorTasks(work, policy, trainee, dueAt, ['assess', 'confirmHours'], ['assess']);
  return { step: 'assessing', tasks, wakeAt: dueAt };
};

async function remindOfLateTasks(work: Work, policy: Policy, trainee: TraineeRow, come: Date): Promise<void> {
  const duties = dutiesOf(policy, trainee.rank, 'trainee');
  if (duties.length === 0) return;
  const dueOn = dateOf(new Date(come.getTime() - 1).toISOString());
  const works = (await dutyWorksOf(work.db, [trainee.id])).map(handedIn);
  const items = taskItems(policy, duties, spanOf(policy, trainee), works, addDays(dueOn, 1), trainee.endsOn);
  const late = items.filter((item) => item.dueOn === dueOn && item.state === 'late');
  if (late.length === 0) return;
  const centre = await membersWith(work.db, 'training_centre', work.today, { organisationId: work.ownerId });
  const person = (await personsById(work.db, [trainee.personId])).get(trainee.personId)!;
  const values = { person: person.name, rank: trainee.rank, dueOn, tasks: late.map(({ zh }) => zh) };
  for (const personId of new Set([trainee.personId, ...centre.map((member) => member.personId)]))
    work.notify(personId, 'TASKS_LATE', values);
}

/** Tasks for a mid-term assessment that is owed and was not given, unless they are open. Rule T11. */
async function midAssessmentTasks(work: Work, policy: Policy, trainee: TraineeRow): Promise<NewTask[]> {
  const given = midAssessmentsOf(trainee).map(({ period }) => period);
  const isOwed = midAssessmentsOwed(policy, spanOf(policy, trainee)).some(
    ({ code, from }) => from <= work.today && !given.includes(code),
  );
  if (!isOwed) return [];
  const open = await openTasks(work.db, work.id);
  if (open.some(({ actions }) => actions.includes('assessMid'))) return [];
  const dueAt = await dueIn(work.db, work.today, usualWorkingDays);
  return assessorTasks(work, policy, trainee, dueAt, ['assessMid'], ['assessMid']);
}

function assessorTasks(
  work: Work,
  policy: Policy,
  trainee: TraineeRow,
  dueAt: Date,
  ofCentre: readonly string[],
  ofResearcher: readonly string[],
): NewTask[] {
  return assessors(policy).map((role: Role): NewTask => {
    const isResearcher = role === 'researcher';
    return {
      role,
      organisationId: work.ownerId,
      subject: isResearcher ? work.row!.subject : null,
      personId: isResearcher ? trainee.researcherId : null,
      actions: isResearcher ? ofResearcher : ofCentre,
      dueAt,
    };
  });
}

/**
 * Whoever owes a decision is reminded, and what became late before a pause or in the time of a review is told, unless a
 * decision on ethics has ended the training. Rules T17, W2, W3, E11.
 */
const remindUnlessOut: Transition = async (work) => {
  const { trainee, policy } = await trainingOf(work);
  if (trainee.standing === 'eliminated') return outByEthics(work, policy, trainee);
  if (!isDue(work)) return {};
  const come = work.row.wakeAt!;
  await remindOfDate(work, come);
  await remindOfLateTasks(work, policy, trainee, come);
  const later = datesAfter(come, [...datesOf(policy, trainee), ...(await dueDates(work, []))]);
  return { wakeAt: later.length > 0 ? earliest(later) : null };
};

async function trainingOf(work: Work): Promise<{ trainee: TraineeRow; policy: Policy }> {
  const trainee = await traineeOf(work.db, work.id);
  return { trainee, policy: await policyById(work.db, trainee.policyId) };
}

function stored(reason: Reason | undefined): Prisma.InputJsonObject | undefined {
  return reason as unknown as Prisma.InputJsonObject | undefined;
}

/** The tasks of a training, as `handInWork` and `checkWorkOf` need them. */
async function dutiesOfTraining(work: Work) {
  const { trainee, policy } = await trainingOf(work);
  refuseIfOut(trainee);
  return {
    personId: trainee.personId,
    duties: dutiesOf(policy, trainee.rank, 'trainee'),
    span: spanOf(policy, trainee),
  };
}

export const trainingRules: CaseRules = {
  decisions: {
    chooseMentor,
    recordGuidance,
    handInWork: handInWork(dutiesOfTraining),
    checkWork: checkWorkOf(dutiesOfTraining, refuseOtherResearcher),
    confirmHours,
    recordExam,
    assessMid: assessMidTerm,
    assess: assessTrainee,
    requestReview,
    decideReview,
    pause: pauseTraining,
    resume: resumeTraining,
    leave,
    transfer: transferTrainee,
    decidePlace,
  },
  transitions: { endTraining, endAppeal, remindOverdue: remindUnlessOut, attendPlace: remindOverdue },
};

import { randomUUID } from 'node:crypto';
import type { Role } from '../domain/cases.js';
import { endOfDay } from '../domain/dates.js';
import { groupBy } from '../domain/grouping.js';
import { needsMentor, refuseMentor } from '../domain/mentorship.js';
import { stageOf, type Policy } from '../domain/policy.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import {
  assess,
  assessors,
  hoursAnswer,
  hoursOwed,
  trainingPeriod,
  trainingYears,
} from '../domain/training.js';
import type { Prisma } from '../prisma/generated/client.js';
import { dueIn } from '../records/calendar.js';
import type { NewTask } from '../records/cases.js';
import type { CaseRules, Decision, Transition, Work } from '../records/decide.js';
import { confirmEntries, ledgerOf } from '../records/hours.js';
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
import { isDue, remindOverdue } from './reminders.js';

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
        entry === 'replacement' && applicationId !== null
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
    const end = new Date(endOfDay(trainee.endsOn));
    const { schoolId } = persons.get(trainee.personId)!;
    work.open({
      id: trainee.id,
      kind: 'training',
      organisationId: schoolId,
      rank,
      subject: subjects.get(trainee.personId) ?? null,
      stage: 'training',
      step: 'training',
      tasks: [
        ...(mentorDue
          ? [
              {
                role: 'teacher',
                personId: trainee.personId,
                organisationId: schoolId,
                actions: ['chooseMentor'],
                dueAt: mentorDue,
              } as const,
            ]
          : []),
        { role: 'training_centre', organisationId: work.ownerId, actions: ['confirmHours'], dueAt: end },
      ],
      wakeAt: mentorDue && mentorDue < end ? mentorDue : end,
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

/** The apprentice chooses a mentor (拜师), or another one in place of the first. Rule T8. */
const chooseMentor: Decision = async (work, body: { mentorId: string }) => {
  const { trainee, policy } = await trainingOf(work);
  const persons = await personsById(work.db, [trainee.personId, body.mentorId]);
  const [apprentice, mentor] = [persons.get(trainee.personId)!, persons.get(body.mentorId)];
  if (mentor === undefined)
    throw new Refusal({ code: 'MENTOR_UNKNOWN', rule: 'T8', values: { mentorId: body.mentorId } });
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
  await updateTrainee(work.db, trainee.id, { mentorId: mentor.id });
  await work.finishTasks(work.id, 'chooseMentor');
  work.notify(mentor.id, 'CHOSEN_AS_MENTOR', { apprentice: apprentice.name });
  return { wakeAt: new Date(endOfDay(trainee.endsOn)), result: { mentorId: mentor.id } };
};

/**
 * The training centre confirms hours that others have entered; without ids, all that it may. Nobody confirms an own
 * entry or own hours. Rules T3, T4.
 */
const confirmHours: Decision = async (work, body: { entryIds?: readonly string[] }) => {
  const { trainee } = await trainingOf(work);
  const actorId = work.submission.actorId;
  const pending = (await ledgerOf(work.db, trainee.personId)).filter(
    ({ confirmedOn }) => confirmedOn === null,
  );
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
  const confirmed = asked.filter((entry) => !own.includes(entry)).map(({ id }) => id);
  await confirmEntries(work.db, confirmed, actorId, work.today);
  // A time that has just come is kept: the transition that it asks for is still to be carried out.
  return {
    wakeAt: work.row!.wakeAt,
    result: { confirmed: confirmed.length, left: pending.length - confirmed.length },
  };
};

/**
 * The final assessment (培养期满考核): passed, or eliminated for the hours or the points that are lacking. A freed place
 * is offered to the sources that the scheme names. Rules T9–T12.
 */
const assessTrainee: Decision = async (work, body: { points: number; remark?: string }) => {
  const { trainee, policy } = await trainingOf(work);
  if (trainee.standing !== 'training')
    throw new Refusal({ code: 'CASE_CLOSED', rule: 'S3', values: { outcome: trainee.standing } });
  await refuseIfNotAssessor(work, policy, trainee);
  const hours = hoursAnswer(await ledgerOf(work.db, trainee.personId), trainee, work.today);
  const { standing, reason } = assess(policy, body.points, hours);
  await updateTrainee(work.db, trainee.id, {
    standing,
    assessment: { points: body.points, remark: body.remark ?? null, hours: { ...hours } },
    reason: stored(reason),
  });
  const { rank } = trainee;
  if (standing === 'passed') work.notify(trainee.personId, 'TRAINING_PASSED', { rank, points: body.points });
  else await tellEliminated(work, policy, trainee, reason!);
  return { outcome: standing, result: { standing, hours: { ...hours }, reason: stored(reason) ?? null } };
};

async function refuseIfNotAssessor(
  work: Work & { readonly submission: { readonly actorId: string } },
  policy: Policy,
  trainee: TraineeRow,
): Promise<void> {
  const { actorId } = work.submission;
  if (trainee.personId === actorId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  const allowed = assessors(policy);
  const held = await membersWith(work.db, allowed, work.today, { organisationId: work.ownerId });
  const may = held
    .filter(({ personId }) => personId === actorId)
    .some(
      ({ role, subject }) =>
        role !== 'researcher' || trainee.researcherId === actorId || subject === work.row!.subject,
    );
  if (!may)
    throw new Refusal({ code: 'NOT_ASSESSOR', rule: 'T9', values: { subject: work.row!.subject, allowed } });
}

/**
 * The office records that somebody leaves the training: for another district, by own wish, or because of a written
 * decision on a breach of ethics. Rules T13, E11.
 */
const leave: Decision = async (
  work,
  body: { reason: 'transferred_out' | 'withdrawn' | 'ethics_veto'; document?: string; note?: string },
) => {
  const { trainee, policy } = await trainingOf(work);
  const { reason: why, document = null, note = null } = body;
  if (why === 'ethics_veto' && document === null)
    throw new Refusal({ code: 'ETHICS_DOCUMENT_MISSING', rule: 'E11' });
  const reason: Reason =
    why === 'ethics_veto'
      ? { code: 'OUT_BY_ETHICS_DECISION', rule: 'E11', values: { document, note } }
      : {
          code: why === 'withdrawn' ? 'TRAINING_WITHDRAWN' : 'TRAINING_TRANSFERRED_OUT',
          rule: 'T13',
          values: { document, note },
        };
  await updateTrainee(work.db, trainee.id, {
    standing: why === 'ethics_veto' ? 'eliminated' : 'left',
    reason: stored(reason),
  });
  await tellEliminated(work, policy, trainee, reason);
  return { outcome: why === 'ethics_veto' ? 'eliminated' : why };
};

async function tellEliminated(
  work: Work,
  policy: Policy,
  trainee: TraineeRow,
  reason: Reason,
): Promise<void> {
  const { rank } = trainee;
  work.notify(trainee.personId, reason.code, { ...(reason.values as Prisma.InputJsonObject), rank });
  const sources = policy.dynamic?.supplement?.from ?? [];
  if (trainee.entry === 'ladder' || sources.length === 0) return;
  for (const { personId } of await membersWith(work.db, 'office', work.today, {
    organisationId: work.ownerId,
  }))
    work.notify(personId, 'TRAINING_PLACE_FREE', { rank, sources: [...sources] });
}

/**
 * The last day of the training has passed: the assessment is due. Before it, whoever owes a mentor is reminded. A decision
 * on ethics has ended it at once. Rules T10, E11.
 */
const endTraining: Transition = async (work) => {
  const { trainee, policy } = await trainingOf(work);
  if (trainee.standing === 'eliminated') return { outcome: 'eliminated' };
  const end = new Date(endOfDay(trainee.endsOn));
  if (work.at < end) {
    if (!isDue(work)) return {};
    await remindOverdue(work);
    return { wakeAt: end };
  }
  const dueAt = await dueIn(
    work.db,
    work.today,
    stageOf(policy, 'training_assessment')?.workingDays ?? usualWorkingDays,
  );
  const tasks = assessors(policy).map((role: Role): NewTask => {
    const isResearcher = role === 'researcher';
    return {
      role,
      organisationId: work.ownerId,
      subject: isResearcher ? work.row.subject : null,
      personId: isResearcher ? trainee.researcherId : null,
      actions: ['assess', 'confirmHours'].slice(0, isResearcher ? 1 : 2),
      dueAt,
    };
  });
  return { step: 'assessing', tasks, wakeAt: dueAt };
};

/** Whoever owes the assessment is reminded, unless a decision on ethics has ended the training. Rules W3, E11. */
const remindAssessors: Transition = async (work) => {
  const { trainee } = await trainingOf(work);
  return trainee.standing === 'eliminated' ? { outcome: 'eliminated' } : remindOverdue(work);
};

async function trainingOf(work: Work): Promise<{ trainee: TraineeRow; policy: Policy }> {
  const trainee = await traineeOf(work.db, work.id);
  return { trainee, policy: await policyById(work.db, trainee.policyId) };
}

function stored(reason: Reason | undefined): Prisma.InputJsonObject | undefined {
  return reason as unknown as Prisma.InputJsonObject | undefined;
}

export const trainingRules: CaseRules = {
  decisions: { chooseMentor, confirmHours, assess: assessTrainee, leave },
  transitions: { endTraining, remindOverdue: remindAssessors },
};

import { addDays, dateOf } from '../domain/dates.js';
import { convertedShare, hoursAnswer } from '../domain/hours.js';
import { stageOf, type Policy } from '../domain/policy.js';
import { trainingYears } from '../domain/training.js';
import type { PlanFacts } from '../domain/training-plan.js';
import type { Transaction } from './database.js';
import { dutyWorksOf, handedIn, spanOfTraining } from './duty-works.js';
import { activitiesHeld, ledgerOf } from './hours.js';
import { guidanceOf, mentorPairsOf } from './mentor-pairs.js';
import type { TraineeRow } from './trainees.js';

/** Days until a mentor is due where no task says so. */
const usualMentorDays = 28;

/** The result of a mid-term assessment, as it is kept with the trainee. */
export interface MidAssessmentResult {
  readonly period: string;
  readonly on: string;
  readonly points: number;
  readonly remark: string | null;
  readonly assessedById: string;
}

/** The result of an exam, as it is kept with the trainee. */
export interface ExamResult {
  readonly on: string;
  readonly points: number;
  readonly passed: boolean;
  readonly recordedById: string;
}

/** The mid-term assessments of a trainee, first to last. */
export function midAssessmentsOf({ midAssessments }: TraineeRow): readonly MidAssessmentResult[] {
  return midAssessments as unknown as readonly MidAssessmentResult[];
}

/** The exam of a trainee, or null. */
export function examOf({ exam }: TraineeRow): ExamResult | null {
  return exam as unknown as ExamResult | null;
}

/** Everything that the plan of a training is made of, with the hours as of a day. Rules T7, T17. */
export async function planFactsOf(
  db: Transaction,
  trainee: TraineeRow,
  policy: Policy,
  on: string,
): Promise<PlanFacts> {
  const { id, personId, rank, startsOn, endsOn } = trainee;
  const pairs = await mentorPairsOf(db, id);
  const choice = await db.task.findFirst({ where: { caseId: id, actions: { has: 'chooseMentor' } } });
  const hours = hoursAnswer(await ledgerOf(db, personId), trainee, on, convertedShare(policy));
  const assessed = trainee.assessment as { on?: string } | null;
  return {
    rank,
    span: spanOfTraining(trainee, trainingYears(policy, rank)),
    hours,
    mentorSince: pairs[0]?.from ?? (trainee.mentorId === null ? null : startsOn),
    mentorDueOn: choice
      ? dateOf(new Date(choice.dueAt.getTime() - 1).toISOString())
      : addDays(startsOn, usualMentorDays),
    works: (await dutyWorksOf(db, [id])).map(handedIn),
    guidance: (await guidanceOf(db, id)).map((meeting) => meeting.on),
    events: await eventsFor(db, trainee, policy, startsOn, endsOn),
    exam: stageOf(policy, 'training_exam') ? examOf(trainee) : null,
    midAssessments: midAssessmentsOf(trainee),
    assessedOn: assessed?.on ?? (assessed === null ? null : endsOn),
  };
}

/** The events held in a period for the trainees of the rank, or for all, and whether the trainee was there. Rule T16. */
async function eventsFor(
  db: Transaction,
  { personId, rank }: TraineeRow,
  policy: Policy,
  from: string,
  until: string,
): Promise<PlanFacts['events']> {
  const events = policy.training?.events ?? [];
  const held = await activitiesHeld(
    db,
    events.map(({ code }) => code),
    from,
    until,
  );
  const sameRank = await db.trainee.findMany({ where: { rank }, select: { personId: true } });
  const ofRank = new Set(sameRank.map((each) => each.personId));
  const isFor = (kind: string, personIds: readonly string[]) =>
    !events.find(({ code }) => code === kind)!.eachRank || personIds.some((id) => ofRank.has(id));
  return held
    .filter(({ kind, personIds }) => isFor(kind, personIds))
    .map(({ kind, on, personIds }) => ({ code: kind, on, present: personIds.includes(personId) }));
}

import { dateOf } from '../domain/dates.js';
import { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';
import { selectionsOf } from './supplements.js';

export type TraineeRow = Prisma.TraineeGetPayload<object>;

/** Trainings that are not over: the person learns, or has passed and waits for the appointment. */
const open = ['training', 'passed'];

/** A trainee, which is also the case of the training. */
export function traineeOf(db: Transaction, id: string): Promise<TraineeRow> {
  return db.trainee.findUniqueOrThrow({ where: { id } });
}

/** Trainees by their ids. */
export function traineesById(db: Transaction, ids: readonly string[]): Promise<TraineeRow[]> {
  return db.trainee.findMany({ where: { id: { in: [...ids] } }, orderBy: { id: 'asc' } });
}

/**
 * The day on which somebody left the training, or null for who is in it: of who is out or has gone, the day on which the place
 * was free, whatever was decided on it later; of who has passed, the day on which that was settled. Rules T11, T12, P13.
 * @param closedAt when the case of the training was closed
 */
export function leftTrainingOn(trainee: TraineeRow, closedAt: Date | null | undefined): string | null {
  const { standing } = trainee;
  if (standing === 'training') return null;
  const isOut = standing === 'eliminated' || standing === 'left';
  const freedOn = isOut ? (trainee.place as { freedOn: string } | null)?.freedOn : undefined;
  return freedOn ?? (closedAt ? dateOf(closedAt.toISOString()) : null);
}

/** Writes new trainees. */
export async function createTrainees(
  db: Transaction,
  rows: readonly Prisma.TraineeCreateManyInput[],
): Promise<void> {
  if (rows.length > 0) await db.trainee.createMany({ data: [...rows] });
}

/** Writes what a decision makes of a trainee. */
export async function updateTrainee(
  db: Transaction,
  id: string,
  data: Prisma.TraineeUpdateInput,
): Promise<void> {
  await db.trainee.update({ where: { id }, data });
}

/** Which of the persons are in training for the rank, or have passed for it. */
export async function alreadyInTraining(
  db: Transaction,
  rank: string,
  personIds: readonly string[],
): Promise<Set<string>> {
  const rows = await db.trainee.findMany({
    where: { rank, personId: { in: [...personIds] }, standing: { in: open } },
    select: { personId: true },
  });
  return new Set(rows.map(({ personId }) => personId));
}

/** The subjects of applications, by their ids. */
export async function subjectsOfApplications(
  db: Transaction,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.application.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, subject: true },
  });
  return new Map(rows.map(({ id, subject }) => [id, subject]));
}

/** First day of the training of those whom the round of an application brought in before; undefined when there is none. */
export async function othersBeganOn(
  db: Transaction,
  applicationId: string,
  rank: string,
): Promise<string | undefined> {
  const { roundId } = await db.application.findUniqueOrThrow({
    where: { id: applicationId },
    select: { roundId: true },
  });
  return (await selectionsBeganOn(db, [roundId]))(roundId, rank);
}

/** Finds for a round and rank the first day of the trainings that its selection has brought in; undefined before that. */
export async function selectionsBeganOn(
  db: Transaction,
  roundIds: readonly string[],
): Promise<(roundId: string, rank: string) => string | undefined> {
  const selections = await selectionsOf(db, roundIds);
  const applications = await db.application.findMany({
    where: { roundId: { in: [...new Set([...selections.values()].flat())] }, standing: 'chosen' },
    select: { id: true, roundId: true, rank: true },
  });
  const trainees = await db.trainee.findMany({
    where: { applicationId: { in: applications.map(({ id }) => id) } },
    select: { applicationId: true, startsOn: true },
    orderBy: { startsOn: 'desc' },
  });
  const chosen = new Map(applications.map((application) => [application.id, application]));
  // The latest first, so that the earliest of each round and rank stays.
  const began = new Map(
    trainees.map(({ applicationId, startsOn }) => {
      const { roundId, rank } = chosen.get(applicationId!)!;
      return [`${roundId} ${rank}`, startsOn];
    }),
  );
  return (roundId, rank) =>
    selections
      .get(roundId)!
      .flatMap((id) => began.get(`${id} ${rank}`) ?? [])
      .toSorted()[0];
}

/** Marks trainees as appointed. */
export async function markAppointed(db: Transaction, ids: readonly string[]): Promise<void> {
  await db.trainee.updateMany({ where: { id: { in: [...ids] } }, data: { standing: 'appointed' } });
}

/** Everybody who has passed the training for a rank and is not yet appointed. */
export function passedTrainees(db: Transaction, rank: string): Promise<TraineeRow[]> {
  return db.trainee.findMany({ where: { rank, standing: 'passed' }, orderBy: { id: 'asc' } });
}

export interface TraineeFilter {
  readonly rank?: string;
  readonly standing?: string;
  /** Only these persons, or trainees of these subjects; without it, all. */
  readonly shown?: { readonly personIds: readonly string[]; readonly subjects: readonly string[] };
  readonly after?: string;
  readonly limit: number;
}

/** A page of trainees in the order of their ids, and whether more follow. */
export async function listTrainees(db: Transaction, filter: TraineeFilter) {
  const ofSubjects = filter.shown?.subjects.length ? await traineesOfSubjects(db, filter.shown.subjects) : [];
  const found = await db.trainee.findMany({
    where: {
      rank: filter.rank,
      standing: filter.standing,
      id: { gt: filter.after },
      ...(filter.shown && {
        OR: [{ personId: { in: [...filter.shown.personIds] } }, { id: { in: ofSubjects } }],
      }),
    },
    orderBy: { id: 'asc' },
    take: filter.limit + 1,
  });
  return { trainees: found.slice(0, filter.limit), more: found.length > filter.limit };
}

async function traineesOfSubjects(db: Transaction, subjects: readonly string[]): Promise<string[]> {
  const cases = await db.case.findMany({
    where: { kind: 'training', subject: { in: [...subjects] } },
    select: { id: true },
  });
  return cases.map(({ id }) => id);
}

/** Trainees of a rank whose training touches a period. */
export function traineesDuring(db: Transaction, from: string, until: string): Promise<TraineeRow[]> {
  return db.trainee.findMany({ where: { startsOn: { lte: until }, endsOn: { gte: from } } });
}

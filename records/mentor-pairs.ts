import type { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';
import type { TraineeRow } from './trainees.js';

export type MentorPairRow = Prisma.MentorPairGetPayload<object>;
export type GuidanceRow = Prisma.GuidanceRecordGetPayload<object>;

/** Who were the mentors of a trainee, first to last. */
export function mentorPairsOf(db: Transaction, traineeId: string): Promise<MentorPairRow[]> {
  return db.mentorPair.findMany({ where: { traineeId }, orderBy: [{ from: 'asc' }, { until: 'asc' }] });
}

/**
 * How many apprentices a mentor has who are still in training. Two who choose the same mentor at one instant go one after
 * the other: the mentor's row is locked. Rule T8.
 * @param except a trainee who is not counted
 */
export async function countApprentices(db: Transaction, mentorId: string, except: string): Promise<number> {
  await db.$queryRaw`SELECT 1 FROM person WHERE id = ${mentorId}::uuid FOR UPDATE`;
  return db.trainee.count({ where: { mentorId, standing: 'training', id: { not: except } } });
}

/** Ends a trainee's pair, if there is one, and begins the next one. What was stays known. Rule T8. */
export async function changePair(
  db: Transaction,
  ownerId: string,
  trainee: TraineeRow,
  next: { readonly mentorId: string; readonly on: string; readonly reason: string | null },
): Promise<void> {
  const { id: traineeId, mentorId: before, startsOn } = trainee;
  const { count } = await db.mentorPair.updateMany({
    where: { traineeId, until: null },
    data: { until: next.on, reason: next.reason },
  });
  if (count === 0 && before !== null)
    await db.mentorPair.createMany({
      data: [{ ownerId, traineeId, mentorId: before, from: startsOn, until: next.on, reason: next.reason }],
    });
  await db.mentorPair.createMany({
    data: [{ ownerId, traineeId, mentorId: next.mentorId, from: next.on }],
  });
}

/** Ends the pair of a trainee who has left. */
export async function endPair(db: Transaction, traineeId: string, on: string, reason: string): Promise<void> {
  await db.mentorPair.updateMany({ where: { traineeId, until: null }, data: { until: on, reason } });
}

/** The meetings of a trainee with mentor or researcher, by their days. */
export function guidanceOf(db: Transaction, traineeId: string): Promise<GuidanceRow[]> {
  return db.guidanceRecord.findMany({ where: { traineeId }, orderBy: [{ on: 'asc' }, { id: 'asc' }] });
}

/** Writes a meeting. */
export async function createGuidance(
  db: Transaction,
  row: Prisma.GuidanceRecordCreateManyInput,
): Promise<void> {
  await db.guidanceRecord.createMany({ data: [row] });
}

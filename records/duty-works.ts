import { addDays } from '../domain/dates.js';
import type { DutySpan, HandedIn, WorkEvidence } from '../domain/training-plan.js';
import type { Dissemination, Level } from '../domain/vocabulary.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';
import { versionsOf } from './evidence.js';
import type { TitleRow } from './titles.js';
import type { TraineeRow } from './trainees.js';

export type DutyWorkRow = Prisma.DutyWorkGetPayload<object>;

/** What was handed in on trainings or titles, oldest first. */
export function dutyWorksOf(db: Transaction, caseIds: readonly string[]): Promise<DutyWorkRow[]> {
  return db.dutyWork.findMany({
    where: { caseId: { in: [...caseIds] } },
    orderBy: [{ handedInOn: 'asc' }, { id: 'asc' }],
  });
}

/** One piece of work of a case, or null. */
export function findDutyWork(db: Transaction, caseId: string, id: string): Promise<DutyWorkRow | null> {
  return db.dutyWork.findFirst({ where: { id, caseId } });
}

/** Writes what was handed in. */
export async function createDutyWork(db: Transaction, row: Prisma.DutyWorkCreateManyInput): Promise<void> {
  await db.dutyWork.createMany({ data: [row] });
}

/** Writes that a piece of work was confirmed, or sent back with a reason. */
export async function checkDutyWork(
  db: Transaction,
  id: string,
  checked: { readonly checkedById: string; readonly checkedOn: string; readonly refusal: string | null },
): Promise<void> {
  await db.dutyWork.update({ where: { id }, data: checked });
}

/** A piece of work as the plan counts it. */
export function handedIn({ duty, period, handedInOn, checkedOn, refusal }: DutyWorkRow): HandedIn {
  return { duty, period, handedInOn, checkedOn, sentBack: refusal !== null };
}

/**
 * The paper, project or prize that shows a piece of work, as the rules ask about it; a corrected version is the same piece.
 * @returns null when there is none of the id
 */
export async function workEvidence(
  db: Transaction,
  asked: { readonly personId: string; readonly duty: string; readonly evidenceId: string },
): Promise<WorkEvidence | null> {
  const { personId, duty, evidenceId } = asked;
  const evidence = await db.evidence.findUnique({ where: { id: evidenceId } });
  if (evidence === null) return null;
  const versions = (await versionsOf(db, evidence)).map(({ id }) => id);
  const usedBefore = await db.dutyWork.count({
    where: { personId, duty, evidenceId: { in: versions }, refusal: null },
  });
  return {
    isOwn: evidence.personId === personId,
    verified: evidence.verified && !evidence.superseded,
    level: evidence.level as Level,
    how: evidence.dissemination as Dissemination | null,
    date: evidence.date,
    usedBefore: usedBefore > 0,
  };
}

/** A pause of a training. */
export interface Pause {
  readonly from: string;
  readonly until: string | null;
  readonly document: string;
}

/** The pauses of a training, first to last. */
export function pausesOf({ pauses }: TraineeRow): readonly Pause[] {
  return pauses as unknown as readonly Pause[];
}

/**
 * Since when, and until when, a trainee owes tasks.
 * @param years school years of the training
 */
export function spanOfTraining(trainee: TraineeRow, years: number): DutySpan & { readonly endsOn: string } {
  const { startsOn, endsOn, entry } = trainee;
  const fromEntry = (entry === 'replacement' || entry === 'supplement') && startsOn.slice(5) !== '09-01';
  return { startsOn, endsOn, years, fromEntry, pauses: pausesOf(trainee) };
}

/** Since when, and until when, the holder of a title owes tasks. */
export function spanOfTitle({ from, until, endedOn }: TitleRow): DutySpan {
  const lastHeld = endedOn === null ? null : addDays(endedOn, -1);
  const endsOn = lastHeld !== null && (until === null || lastHeld < until) ? lastHeld : until;
  return { startsOn: from, endsOn, years: null, fromEntry: false, pauses: [] };
}

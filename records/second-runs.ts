import type { Policy } from '../domain/policy.js';
import type { Reason } from '../domain/refusal.js';
import type { RunStage } from '../domain/stages.js';
import { Prisma } from '../prisma/generated/client.js';
import { dueIn } from './calendar.js';
import type { ApplicationRow } from './candidates.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';
import { plannedDays } from './rounds.js';

/** Those of the candidates who are out and have still a free place to stand in the round. Rule E1. */
export async function mayStandAgain(
  db: Transaction,
  policy: Policy,
  candidates: readonly ApplicationRow[],
): Promise<ApplicationRow[]> {
  const slots = policy.entries.application?.ranksPerPersonPerRound ?? 1;
  const standing = await db.application.findMany({
    where: {
      roundId: { in: [...new Set(candidates.map(({ roundId }) => roundId))] },
      personId: { in: candidates.map(({ personId }) => personId) },
      slot: { not: null },
    },
  });
  return candidates.filter(({ personId, roundId, rank }) => {
    const own = standing.filter((each) => each.personId === personId && each.roundId === roundId);
    return own.length < slots && own.every((each) => each.rank !== rank);
  });
}

/**
 * Candidates who were out stand in the round again and wait for a run of a stage. Their cases are open again, and they
 * are told. Rules P12, Q8.
 * @param candidates who may stand again, see `mayStandAgain`
 */
export async function standAgain(
  work: Work,
  policy: Policy,
  candidates: readonly ApplicationRow[],
  stage: RunStage,
): Promise<void> {
  const dueAt = await dueIn(work.db, work.today, plannedDays(policy));
  for (const { id, roundId, personId, rank } of candidates) {
    const standing = await work.db.application.findMany({
      where: { roundId, personId, slot: { not: null } },
      select: { slot: true },
    });
    const slot = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((free) => !standing.some((each) => each.slot === free))!;
    await work.db.application.update({
      where: { id },
      data: { standing: 'waiting', stage, slot, reason: Prisma.DbNull, heldReason: Prisma.DbNull },
    });
    await work.db.case.updateMany({
      where: { id, kind: 'application' },
      data: {
        step: 'underway',
        outcome: null,
        closedAt: null,
        since: work.at,
        waitingFor: 'office',
        dueAt,
        wakeAt: null,
        sequence: { increment: 1 },
      },
    });
    work.tell(id);
    work.notify(personId, 'STANDS_AGAIN', { rank, stage });
  }
}

/**
 * Candidates of the work's round leave the runs that they are in and wait for a run of an earlier stage; what waited for
 * them is done. Rule W9.
 */
export async function goBack(
  work: Work,
  candidates: readonly ApplicationRow[],
  stage: RunStage,
  reason: Reason,
): Promise<void> {
  const { db, at, id: roundId } = work;
  const ids = candidates.map(({ id }) => id);
  const runs = await db.stageEntry.findMany({ where: { applicationId: { in: ids }, endedAt: null } });
  await db.stageEntry.updateMany({
    where: { applicationId: { in: ids }, endedAt: null },
    data: { outcome: 'returned', reason: reason as unknown as Prisma.InputJsonObject, endedAt: at },
  });
  await db.application.updateMany({
    where: { id: { in: ids } },
    data: { stage, standing: 'waiting', heldReason: Prisma.DbNull },
  });
  for (const caseId of new Set(runs.map((run) => run.caseId))) if (caseId !== roundId) work.tell(caseId);
  for (const id of ids) {
    await work.finishTasks(id);
    // Who was to complete the materials (补正) does so when the check comes again.
    await db.case.updateMany({
      where: { id, step: 'correction' },
      data: {
        step: 'underway',
        waitingFor: 'office',
        wakeAt: null,
        since: at,
        sequence: { increment: 1 },
      },
    });
    work.tell(id);
  }
}

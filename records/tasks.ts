import type { Transaction } from './database.js';

/** The open tasks of a case. */
export function openTasks(db: Transaction, caseId: string) {
  return db.task.findMany({ where: { caseId, doneAt: null } });
}

/** The open tasks of a case whose time is over. */
export function overdueTasks(db: Transaction, caseId: string, at: Date) {
  return db.task.findMany({ where: { caseId, doneAt: null, dueAt: { lte: at } } });
}

/** The open tasks on a round itself, and the checks of eligibility of its candidates. */
export async function tasksOfRound(db: Transaction, roundId: string) {
  const checks = await db.application.findMany({
    where: { roundId, stage: 'eligibility_check', standing: 'running' },
    select: { id: true },
  });
  return db.task.findMany({
    where: {
      doneAt: null,
      OR: [
        { caseId: roundId },
        { caseId: { in: checks.map(({ id }) => id) }, actions: { has: 'decideEligibility' } },
      ],
    },
    orderBy: { dueAt: 'asc' },
  });
}

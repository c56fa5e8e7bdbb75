import type { Transaction } from './database.js';

/** The open tasks of a case whose time is over. */
export function overdueTasks(db: Transaction, caseId: string, at: Date) {
  return db.task.findMany({ where: { caseId, doneAt: null, dueAt: { lte: at } } });
}

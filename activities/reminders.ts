import type { Role } from '../domain/cases.js';
import { candidatesOfRun } from '../records/candidates.js';
import type { CaseRow } from '../records/cases.js';
import type { Transition, Work } from '../records/decide.js';
import { membersWith } from '../records/people.js';
import { overdueTasks } from '../records/tasks.js';

/**
 * A task is overdue: whoever owes it and the office are reminded once (催办). The case goes on waiting; the office
 * may extend or close the stage. Rule W3.
 */
export const remindOverdue: Transition = async (work) => {
  // News must not remind people again of what they have been reminded of.
  if (!isDue(work)) return {};
  const overdue = await overdueTasks(work.db, work.row.id, work.at);
  for (const task of overdue) {
    const owing = task.personId
      ? [task.personId]
      : (
          await membersWith(work.db, task.role as Role, work.today, { organisationId: task.organisationId })
        ).map((member) => member.personId);
    const office = await membersWith(work.db, 'office', work.today);
    for (const personId of new Set([...owing, ...office.map((member) => member.personId)]))
      work.notify(personId, 'TASK_OVERDUE', { kind: work.row.kind, dueAt: task.dueAt.toISOString() });
  }
  return {};
};

/** Whether the time at which a case is to be looked at has come; otherwise there is only news for it. */
export function isDue({ row, at }: { readonly row: CaseRow; readonly at: Date }): boolean {
  return row.wakeAt !== null && row.wakeAt <= at;
}

/** A run of a stage whose candidates have all left it, by withdrawal or because the stage was closed, is over. */
export const attendRun: Transition = async (work) =>
  (await nobodyIsLeft(work)) ? { outcome: 'no_candidate_left' } : remindOverdue(work);

/** The transitions of a run that ends when its round is cancelled, whatever it waits for. Rule W7. */
export function unlessCancelled<Name extends string>(
  transitions: Readonly<Record<Name, Transition>>,
): Record<Name, Transition> {
  const guarded = Object.entries<Transition>(transitions).map(([name, transition]) => {
    const unless: Transition = async (work) => {
      const { roundId } = work.row;
      const round = roundId && (await work.db.case.findUnique({ where: { id: roundId } }));
      return round && round.outcome === 'cancelled' ? { outcome: 'cancelled' } : transition(work);
    };
    return [name, unless];
  });
  return Object.fromEntries(guarded) as Record<Name, Transition>;
}

/** Whether no candidate of the case's run is still in it. */
export async function nobodyIsLeft(work: Work): Promise<boolean> {
  const candidates = await candidatesOfRun(work.db, work.id);
  return !candidates.some(({ standing }) => standing === 'running' || standing === 'held');
}

import type { Role } from '../domain/cases.js';
import { candidatesOfRun } from '../records/candidates.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { CaseRow, NewTask } from '../records/cases.js';
import type { Transition, Work } from '../records/decide.js';
import { membersWith } from '../records/people.js';
import { openTasks, overdueTasks, tasksOfRound } from '../records/tasks.js';

/**
 * A task is overdue: whoever owes it and the office are reminded once (催办). The case goes on waiting; the office
 * may extend or close the stage. Rule W3.
 */
export const remindOverdue: Transition = async (work) => {
  // News must not remind people again of what they have been reminded of.
  if (!isDue(work)) return {};
  const office = await membersWith(work.db, 'office', work.today);
  for (const task of await overdueTasks(work.db, work.row.id, work.at)) await remindOf(work, task, office);
  return {};
};

/**
 * In a case that is looked at on many dates: reminds of the open tasks that a date which has come is the due date of. Rules
 * W2, W3.
 */
export async function remindOfDate(work: Work & { readonly row: CaseRow }, come: Date): Promise<void> {
  const tasks = await openTasks(work.db, work.row.id);
  const due = tasks.filter(({ dueAt }) => dueAt.getTime() === come.getTime());
  if (due.length === 0) return;
  const office = await membersWith(work.db, 'office', work.today, { organisationId: work.ownerId });
  const owing = await Promise.all(due.map((task) => owingOf(work, task)));
  remind(work, come, [...owing.flat(), ...office]);
}

/** Reminds whoever owes a task, and the office. Rule W3. */
export async function remindOf(
  work: Work & { readonly row: CaseRow },
  task: Prisma.TaskGetPayload<object>,
  office: readonly { readonly personId: string }[],
): Promise<void> {
  remind(work, task.dueAt, [...(await owingOf(work, task)), ...office]);
}

async function owingOf(
  work: Work,
  { personId, role, organisationId }: Prisma.TaskGetPayload<object>,
): Promise<readonly { readonly personId: string }[]> {
  return personId ? [{ personId }] : membersWith(work.db, role as Role, work.today, { organisationId });
}

function remind(
  work: Work & { readonly row: CaseRow },
  dueAt: Date,
  people: readonly { readonly personId: string }[],
): void {
  for (const personId of new Set(people.map((member) => member.personId)))
    work.notify(personId, 'TASK_OVERDUE', { kind: work.row.kind, dueAt: dueAt.toISOString() });
}

/**
 * What waits in a round without a case of its own: decisions on the round, and the checks of eligibility, of which the
 * office hears together. Each is reminded of once, when its day has passed. Rules W2, W3.
 * @param opened tasks of the round that this transaction opens
 * @returns when the next of them is overdue; null when there is none
 */
export async function remindInRound(
  work: Work & { readonly row: CaseRow },
  opened: readonly NewTask[],
): Promise<Date | null> {
  const { db, row, at } = work;
  const tasks = await tasksOfRound(db, row.id);
  if (isDue(work)) {
    const late = tasks.filter(({ dueAt }) => dueAt >= row.wakeAt! && dueAt <= at);
    const checks = late.filter(({ caseId }) => caseId !== row.id);
    const office = await membersWith(db, 'office', work.today, { organisationId: work.ownerId });
    for (const task of late.filter(({ caseId }) => caseId === row.id)) await remindOf(work, task, office);
    if (checks.length > 0)
      for (const { personId } of office)
        work.notify(personId, 'CHECKS_OVERDUE', {
          count: checks.length,
          dueAt: checks[0]!.dueAt.toISOString(),
        });
  }
  const next = [...tasks, ...opened].map(({ dueAt }) => dueAt).filter((dueAt) => dueAt > at);
  return next.toSorted((left, right) => left.getTime() - right.getTime())[0] ?? null;
}

/** The first of some instants, of which there is at least one. */
export function earliest(instants: readonly Date[]): Date {
  return new Date(Math.min(...instants.map((instant) => instant.getTime())));
}

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

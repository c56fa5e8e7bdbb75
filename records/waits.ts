import { Prisma } from '../prisma/generated/client.js';
import type { OwnerDatabase } from './database.js';
import type { HeldRole } from './directory.js';

/** Something that waits for somebody: a task, or an open case that has none and waits for a role or a date. */
export interface Wait {
  /** The task, or the case when it has none. */
  readonly id: string;
  readonly caseId: string;
  readonly kind: string;
  readonly step: string;
  readonly stage: string | null;
  readonly roundId: string | null;
  readonly rank: string | null;
  readonly subject: string | null;
  readonly unit: string | null;
  /** The organisation that the case belongs to. */
  readonly organisationId: string;
  readonly organisationName: string | null;
  readonly role: string | null;
  readonly actions: readonly string[];
  readonly since: Date;
  readonly dueAt: Date | null;
}

/** Whose tasks: a person's own, and those of the roles that the person holds. */
export interface Holder {
  readonly personId: string;
  readonly roles: readonly HeldRole[];
}

export interface WaitFilter {
  readonly ownerId: string;
  readonly kind?: string;
  readonly role?: string;
  readonly roundId?: string;
  /** Only what was due at this instant. */
  readonly overdueAt?: Date;
  /** The end of the page before: due date and id of its last entry. */
  readonly after?: { readonly dueAt: Date | null; readonly id: string };
  readonly limit: number;
}

/** A page of the open tasks, the most overdue first; only those of one holder when one is named. */
export function listTasks(db: OwnerDatabase, filter: WaitFilter, holder?: Holder) {
  return listWaits(
    db,
    filter,
    Prisma.sql`task.id IS NOT NULL AND ${holder ? isFor(holder) : Prisma.sql`TRUE`}`,
  );
}

/** A page of everything that waits, the most overdue first. */
export function listEverythingWaiting(db: OwnerDatabase, filter: WaitFilter) {
  return listWaits(db, filter, Prisma.sql`TRUE`);
}

// A task for one person is nobody else's, whatever role they share; a task of a subject is that subject's. What waits for
// a teacher waits for the one whom the case is about: colleagues share the role and nothing else.
function isFor({ personId, roles }: Holder): Prisma.Sql {
  const byRole = roles
    .filter(({ role }) => role !== 'teacher')
    .map(
      ({ role, organisationId, subject }) => Prisma.sql`
      (task.role = ${role} AND task.organisation_id = ${organisationId}::uuid
        AND (task.subject IS NULL OR task.subject = ${subject}))`,
    );
  const isRole = byRole.length > 0 ? Prisma.join(byRole, ' OR ') : Prisma.sql`FALSE`;
  return Prisma.sql`(task.person_id = ${personId}::uuid OR (task.person_id IS NULL AND (${isRole})))`;
}

async function listWaits(db: OwnerDatabase, filter: WaitFilter, condition: Prisma.Sql) {
  const { ownerId, kind, role, roundId, overdueAt, after, limit } = filter;
  const due = Prisma.sql`coalesce(task.due_at, "case".due_at, "case".wake_at)`;
  const id = Prisma.sql`coalesce(task.id, "case".id)`;
  const order = Prisma.sql`(coalesce(${due}, 'infinity'), ${id})`;
  const conditions = [
    Prisma.sql`"case".owner_id = ${ownerId}::uuid AND "case".closed_at IS NULL`,
    condition,
    ...(kind ? [Prisma.sql`"case".kind = ${kind}`] : []),
    ...(role ? [Prisma.sql`coalesce(task.role, "case".waiting_for) = ${role}`] : []),
    ...(roundId ? [Prisma.sql`"case".round_id = ${roundId}::uuid`] : []),
    ...(overdueAt ? [Prisma.sql`${due} <= ${overdueAt}`] : []),
    ...(after
      ? [
          Prisma.sql`${order} > (${after.dueAt?.toISOString() ?? 'infinity'}::text::timestamptz, ${after.id}::uuid)`,
        ]
      : []),
  ];
  const found = await db.$queryRaw<Wait[]>`
    SELECT ${id}::text AS id, "case".id::text AS "caseId", "case".kind, "case".step, "case".stage,
      "case".round_id::text AS "roundId", "case".rank, coalesce(task.subject, "case".subject) AS subject,
      "case".unit, "case".organisation_id::text AS "organisationId", organisation.name AS "organisationName",
      coalesce(task.role, "case".waiting_for) AS role, coalesce(task.actions, '{}') AS actions,
      coalesce(task.since, "case".since) AS since, ${due} AS "dueAt"
    FROM "case"
      LEFT JOIN task ON task.case_id = "case".id AND task.done_at IS NULL
      LEFT JOIN organisation
        ON organisation.id = "case".organisation_id AND organisation.owner_id = "case".owner_id
    WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY ${order}
    LIMIT ${limit + 1}`;
  return { waits: found.slice(0, limit), more: found.length > limit };
}

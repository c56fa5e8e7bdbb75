import type { CaseKind, CaseState, Role } from '../domain/cases.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';

/** A case's row. */
export type CaseRow = Prisma.CaseGetPayload<object>;

/** A case that a transaction opens. */
export interface NewCase {
  readonly id: string;
  readonly kind: CaseKind;
  readonly organisationId: string;
  readonly roundId?: string | null;
  readonly rank?: string | null;
  readonly subject?: string | null;
  readonly stage?: string | null;
  readonly unit?: string | null;
  readonly batch?: number;
  readonly step: string;
  /** Who must act, by when; the first gives the case its due date. */
  readonly tasks?: readonly NewTask[];
  /** When the workflow must look at it by itself; without it, when the first task is due. */
  readonly wakeAt?: Date | null;
  /** Whose turn it is when nobody has a task, such as a date that must come. */
  readonly waitingFor?: Role | null;
  readonly dueAt?: Date | null;
}

/** What somebody must do on a case. */
export interface NewTask {
  readonly role: Role;
  readonly organisationId: string;
  readonly subject?: string | null;
  /** Only this person, when the role is not enough. */
  readonly personId?: string | null;
  /** Decisions that the task allows. */
  readonly actions: readonly string[];
  readonly dueAt: Date;
}

/** What the workflow may know of the case. */
export function stateOf(row: CaseRow): CaseState {
  return {
    id: row.id,
    kind: row.kind as CaseKind,
    sequence: row.sequence,
    step: row.step,
    closed: row.closedAt !== null,
    waitingFor: row.waitingFor as Role | null,
    dueAt: row.dueAt?.toISOString() ?? null,
    wakeAt: row.closedAt ? null : (row.wakeAt?.toISOString() ?? null),
    ownerId: row.ownerId,
    organisationId: row.organisationId,
    roundId: row.roundId,
    rank: row.rank,
    subject: row.subject,
    stage: row.stage,
  };
}

/** Locks the case's row until the transaction ends, so that its decisions go one by one. */
export async function lockCase(db: Transaction, id: string): Promise<CaseRow | null> {
  await db.$queryRaw`SELECT 1 FROM "case" WHERE id = ${id}::uuid FOR UPDATE`;
  return db.case.findUnique({ where: { id } });
}

/** Opens a case again that is over; one that is still open stays as it is. Who calls it tells the case. */
export async function reopenCase(
  db: Transaction,
  id: string,
  next: {
    readonly at: Date;
    readonly step: string;
    readonly waitingFor: Role;
    readonly dueAt: Date;
    readonly wakeAt: Date | null;
  },
): Promise<void> {
  const { at, ...data } = next;
  const row = await lockCase(db, id);
  if (row === null || row.closedAt === null) return;
  await db.case.update({
    where: { id },
    data: { ...data, since: at, closedAt: null, outcome: null, sequence: row.sequence + 1 },
  });
}

/** Cases of a kind, newest first. */
export function listCases(
  db: Transaction,
  where: {
    readonly kind: CaseKind;
    readonly roundId?: string;
    readonly open?: boolean;
    readonly organisationIds?: readonly string[];
    readonly subjects?: readonly string[];
  },
): Promise<CaseRow[]> {
  const { kind, roundId, open, organisationIds, subjects } = where;
  return db.case.findMany({
    where: {
      kind,
      ...(roundId && { roundId }),
      ...(open !== undefined && { closedAt: open ? null : { not: null } }),
      ...(organisationIds && { organisationId: { in: [...organisationIds] } }),
      ...(subjects && { subject: { in: [...subjects] } }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  });
}

/** A case of a kind, or null. */
export function findCase(db: Transaction, kind: CaseKind, id: string): Promise<CaseRow | null> {
  return db.case.findFirst({ where: { id, kind } });
}

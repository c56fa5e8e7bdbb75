import type { OwnerDatabase } from './database.js';

/** A page of a person's notifications, the newest first, each with the kind of its case, and whether more follow. */
export async function listInbox(
  db: OwnerDatabase,
  filter: {
    readonly personId: string;
    readonly unread?: boolean;
    /** The end of the page before: instant and id of its last entry. */
    readonly after?: { readonly createdAt: Date; readonly id: string };
    readonly limit: number;
  },
) {
  const { personId, unread, after, limit } = filter;
  const found = await db.notification.findMany({
    where: {
      personId,
      ...(unread !== undefined && { readAt: unread ? null : { not: null } }),
      ...(after && {
        OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { gt: after.id } }],
      }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: limit + 1,
  });
  const page = found.slice(0, limit);
  const cases = await db.case.findMany({
    where: { id: { in: page.map(({ caseId }) => caseId) } },
    select: { id: true, kind: true },
  });
  const kindOf = new Map(cases.map(({ id, kind }) => [id, kind]));
  return {
    notifications: page.map((each) => ({ ...each, caseKind: kindOf.get(each.caseId) ?? null })),
    more: found.length > limit,
  };
}

/**
 * Marks a notification of a person as read; one that was read before keeps its instant.
 * @returns whether the person has such a notification
 */
export async function markRead(db: OwnerDatabase, personId: string, id: string, at: Date): Promise<boolean> {
  await db.notification.updateMany({ where: { id, personId, readAt: null }, data: { readAt: at } });
  return (await db.notification.count({ where: { id, personId } })) > 0;
}

/** A submission that a person has made, or null. */
export function findOwnSubmission(db: OwnerDatabase, actorId: string, id: string) {
  return db.submission.findFirst({ where: { id, actorId } });
}

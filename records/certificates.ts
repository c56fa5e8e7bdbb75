import { groupBy } from '../domain/grouping.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';

export const reissueReasons = ['lost', 'damaged', 'wrong_name'] as const;
export type ReissueReason = (typeof reissueReasons)[number];

export type ReissueRow = Prisma.CertificateReissueGetPayload<object>;

/** Writes that a certificate was printed again. Rule C13. */
export async function recordReissue(
  { db, ownerId, today }: Work,
  row: {
    readonly titleId: string;
    readonly reason: ReissueReason;
    readonly note: string;
    readonly recordedById: string;
  },
): Promise<void> {
  await db.certificateReissue.create({ data: { ...row, ownerId, issuedOn: today } });
}

/** How often the certificates of titles were printed again, the first first. */
export function findReissues(db: Transaction, titleIds: readonly string[]): Promise<ReissueRow[]> {
  return db.certificateReissue.findMany({
    where: { titleId: { in: [...titleIds] } },
    orderBy: [{ issuedOn: 'asc' }, { id: 'asc' }],
  });
}

/** Reissues by title. */
export async function reissuesByTitle(
  db: Transaction,
  titleIds: readonly string[],
): Promise<Map<string, ReissueRow[]>> {
  return groupBy(await findReissues(db, titleIds), ({ titleId }) => titleId);
}

/** Whether another title has the number already. */
export async function numberIsTaken(db: Transaction, certificateNumber: string): Promise<boolean> {
  return (await db.title.count({ where: { certificateNumber } })) > 0;
}

/** A page of the certificates that began in a year, in the order of their numbers' titles, and whether more follow. */
export async function certificatesOfYear(
  db: Transaction,
  filter: {
    readonly year: string;
    readonly rank?: string;
    readonly after?: string;
    readonly limit: number;
  },
) {
  const found = await db.title.findMany({
    where: {
      certificateNumber: { not: null },
      from: { startsWith: filter.year },
      rank: filter.rank,
      id: { gt: filter.after },
    },
    orderBy: { id: 'asc' },
    take: filter.limit + 1,
  });
  return { titles: found.slice(0, filter.limit), more: found.length > filter.limit };
}

import { randomUUID } from 'node:crypto';
import { firstVersions, refuseCheck, refuseEntry } from '../domain/evidence.js';
import { Refusal } from '../domain/refusal.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';

export type EvidenceRow = Prisma.EvidenceGetPayload<object>;

/** What a clerk or the office enters about a person. */
export interface NewEvidence {
  readonly ownerId: string;
  readonly personId: string;
  readonly kind: string;
  readonly level: string;
  readonly prize: string | null;
  readonly dissemination: string | null;
  readonly title: string;
  readonly date: string;
  readonly issuer: string | null;
  /** Number of the certificate. */
  readonly number: string | null;
  /** sha256 of the scan, 64 hexadecimal digits in lower case. */
  readonly fileHash: string | null;
  /** Id of the version that it corrects. */
  readonly replaces?: string;
}

/**
 * Enters a piece of evidence; it counts when a second person has verified it. A correction is a version of its own: the one
 * before counts until the new one is verified. Rule E17.
 * @param by who enters it
 * @param today business date
 * @throws Refusal `EVIDENCE_NOT_NEWEST` when what it corrects is not the newest version of that person's, and what
 *   `refuseEntry` throws
 */
export async function enterEvidence(
  db: Transaction,
  { replaces, ...piece }: NewEvidence,
  by: string,
  today: string,
): Promise<EvidenceRow> {
  refuseEntry(piece, by, today);
  const earlier = replaces === undefined ? null : await db.evidence.findUnique({ where: { id: replaces } });
  const notNewest = () =>
    new Refusal({ code: 'EVIDENCE_NOT_NEWEST', rule: 'E17', values: { replaces: replaces! } });
  if (replaces !== undefined && earlier?.personId !== piece.personId) throw notNewest();
  const id = randomUUID();
  const version = (earlier?.version ?? 0) + 1;
  const { count } = await db.evidence.createMany({
    data: [
      {
        ...piece,
        id,
        version,
        replacesId: earlier?.id ?? null,
        verified: false,
        enteredById: by,
        enteredOn: today,
      },
    ],
    skipDuplicates: true,
  });
  if (count === 0) throw notNewest();
  return db.evidence.findUniqueOrThrow({ where: { id } });
}

/**
 * A second person finds a piece of evidence true or not, once; from then on every application uses it. A version that is
 * found true takes the place of those before. Rule E17.
 * @throws Refusal `NOT_FOUND` and what `refuseCheck` throws
 */
export async function checkEvidence(
  db: Transaction,
  id: string,
  check: { readonly by: string; readonly isTrue: boolean; readonly reason?: string },
  today: string,
): Promise<EvidenceRow> {
  await db.$queryRaw`SELECT 1 FROM evidence WHERE id = ${id}::uuid FOR UPDATE`;
  const piece = await db.evidence.findUnique({ where: { id } });
  if (piece === null) throw new Refusal({ code: 'NOT_FOUND' });
  refuseCheck(piece, check);
  if (check.isTrue) {
    const before = (await versionsOf(db, piece)).filter(({ version }) => version < piece.version);
    await db.evidence.updateMany({
      where: { id: { in: before.map((each) => each.id) } },
      data: { superseded: true },
    });
  }
  return db.evidence.update({
    where: { id },
    data: {
      verified: check.isTrue,
      refusal: check.isTrue ? null : check.reason!,
      checkedById: check.by,
      checkedOn: today,
    },
  });
}

/** All versions of a piece of evidence, itself included. Rule E17. */
export async function versionsOf(
  db: Transaction,
  { id, personId }: Pick<EvidenceRow, 'id' | 'personId'>,
): Promise<EvidenceRow[]> {
  const all = await db.evidence.findMany({ where: { personId } });
  const firsts = firstVersions(all);
  return all.filter((each) => firsts.get(each.id) === firsts.get(id));
}

export interface EvidenceFilter {
  /** Only of these persons; without it, of all. */
  readonly personIds?: readonly string[];
  /** Only what nobody has checked yet. */
  readonly unchecked?: boolean;
  readonly after?: string;
  readonly limit: number;
}

/** A page of evidence in the order of its ids, superseded versions left out, and whether more follows. */
export async function listEvidence(
  db: Transaction,
  { personIds, unchecked, after, limit }: EvidenceFilter,
): Promise<{ pieces: EvidenceRow[]; more: boolean }> {
  const found = await db.evidence.findMany({
    where: {
      superseded: false,
      ...(personIds && { personId: { in: [...personIds] } }),
      ...(unchecked && { enteredById: { not: null }, checkedById: null }),
      id: { gt: after },
    },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  return { pieces: found.slice(0, limit), more: found.length > limit };
}

/** Another piece of evidence with the same scan or the same number of the certificate. */
export interface UsedAgain {
  readonly id: string;
  readonly personId: string;
  readonly title: string;
  readonly date: string;
  readonly same: readonly ('file' | 'number')[];
}

/**
 * What else has the same scan or the same number, of whichever person, what was found untrue included; other versions of
 * the piece itself are not. It is shown to whoever checks and decides nothing. Rule E17.
 * @param ids pieces of evidence of the owner
 */
export async function usedAgain(
  db: Transaction,
  ownerId: string,
  ids: readonly string[],
): Promise<Map<string, UsedAgain[]>> {
  if (ids.length === 0) return new Map();
  const found = await db.$queryRaw<
    {
      of: string;
      id: string;
      personId: string;
      title: string;
      date: string;
      file: boolean;
      number: boolean;
    }[]
  >`
    SELECT piece.id::text AS "of", other.id::text AS id, other.person_id::text AS "personId", other.title,
      other.date::text AS date,
      coalesce(piece.file_hash = other.file_hash, false) AS file,
      coalesce(comparable_number(piece.number) = comparable_number(other.number), false) AS number
    FROM evidence piece
      JOIN evidence other ON other.owner_id = piece.owner_id AND other.id <> piece.id AND NOT other.superseded
        AND (piece.file_hash = other.file_hash
          OR comparable_number(piece.number) = comparable_number(other.number))
    WHERE piece.owner_id = ${ownerId}::uuid AND piece.id = ANY(${[...ids]}::uuid[])
    ORDER BY piece.id, other.id`;
  const persons = [...new Set(found.map(({ personId }) => personId))];
  const firsts = firstVersions(await db.evidence.findMany({ where: { personId: { in: persons } } }));
  const others = new Map<string, UsedAgain[]>();
  for (const { of, file, number, ...other } of found) {
    if (firsts.has(of) && firsts.get(of) === firsts.get(other.id)) continue;
    const same = [file && ('file' as const), number && ('number' as const)].filter((each) => each !== false);
    others.set(of, [...(others.get(of) ?? []), { ...other, same }]);
  }
  return others;
}

import { createHash } from 'node:crypto';
import type { PlainFile } from '../domain/plain-files.js';
import { Refusal } from '../domain/refusal.js';
import type { Transaction } from './database.js';
import { appendAudit } from './decide.js';

/** A scan as whoever brings it gets to know it. */
export interface KeptScan {
  /** sha256 of what is kept, in hexadecimal: evidence names it. */
  readonly hash: string;
  readonly type: string;
  readonly bytes: number;
}

/**
 * Keeps a scan for a person, the same bytes once in the organisation whoever they were brought for. Rule E17.
 * @param file without what tells of its making
 */
export async function keepScan(
  db: Transaction,
  { ownerId, personId, addedById, at }: { ownerId: string; personId: string; addedById: string; at: Date },
  { type, content }: PlainFile,
): Promise<KeptScan> {
  const hash = createHash('sha256').update(content).digest('hex');
  await db.scan.createMany({
    data: [{ ownerId, hash, type, content: new Uint8Array(content) }],
    skipDuplicates: true,
  });
  await db.personScan.createMany({
    data: [{ ownerId, personId, hash, addedById, addedAt: at }],
    skipDuplicates: true,
  });
  return { hash, type, bytes: content.length };
}

/** Which of the pieces of evidence have a scan that was brought for their person. Rule E17. */
export async function piecesWithScan(
  db: Transaction,
  pieces: readonly { readonly id: string; readonly personId: string; readonly fileHash: string | null }[],
): Promise<Set<string>> {
  const brought = await db.personScan.findMany({
    where: { personId: { in: [...new Set(pieces.map(({ personId }) => personId))] } },
    select: { personId: true, hash: true },
  });
  const keys = new Set(brought.map(({ personId, hash }) => `${personId} ${hash}`));
  return new Set(
    pieces.filter(({ personId, fileHash }) => keys.has(`${personId} ${fileHash}`)).map(({ id }) => id),
  );
}

/**
 * Reads the scan of a piece of evidence, and records who has read it. Whoever calls it has checked that the reader may see
 * the piece. Rules E17, D11.
 * @throws Refusal NOT_FOUND when the piece has none, or one that was brought for somebody else only
 */
export async function readScan(
  db: Transaction,
  piece: {
    readonly id: string;
    readonly ownerId: string;
    readonly personId: string;
    readonly fileHash: string | null;
  },
  readerId: string | null,
  at: Date,
): Promise<{ type: string; content: Buffer }> {
  const has = await piecesWithScan(db, [piece]);
  const scan = has.has(piece.id) ? await db.scan.findFirst({ where: { hash: piece.fileHash! } }) : null;
  if (scan === null) throw new Refusal({ code: 'NOT_FOUND' });
  await appendAudit(db, piece.ownerId, at, { evidence: piece.id, scanReadBy: readerId });
  return { type: scan.type, content: Buffer.from(scan.content) };
}

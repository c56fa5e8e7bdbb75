import { randomUUID } from 'node:crypto';
import { canonicalCode, makeCode } from '../ballot/codes.js';
import { sealedLength } from '../ballot/member.js';
import { Refusal } from '../domain/refusal.js';
import type { Database, Transaction } from './database.js';
import { appendAudit } from './decide.js';
import { scopedTo } from './scope.js';
import { keyedHash } from './secrets.js';
import { voteView, type VoteRow } from './votes.js';

/** Who asks for something about the codes of a vote, and when. */
export interface CodesRequest {
  readonly ownerId: string;
  readonly voteId: string;
  readonly personId: string;
  readonly at: Date;
}

/**
 * Makes the codes of a vote to be printed, cut and drawn by hand. They are given out this once; only their hashes are
 * stored, in an order that says nothing. Printed again, the earlier slips are worth nothing. Rule V6.
 * @param secret the instance's: without it the hashes cannot be tried
 * @param number of slips, no fewer than voters
 * @returns the codes in random order
 * @throws Refusal NOT_FOUND, CODES_NOT_NOW when no codes are given out, CODES_TOO_FEW
 */
export async function printCodes(
  database: Database,
  secret: string,
  { ownerId, voteId, personId, at }: CodesRequest,
  number: number,
): Promise<string[]> {
  return scopedTo(database, ownerId).$transaction(async (db) => {
    const vote = await lockIssuing(db, voteId);
    if (number < vote.voters!)
      throw new Refusal({
        code: 'CODES_TOO_FEW',
        rule: 'V6',
        values: { codes: number, voters: vote.voters },
      });
    const codes = Array.from({ length: number }, makeCode);
    const rows = codes.map((code) => ({
      id: randomUUID(),
      ownerId,
      voteId,
      hash: hashOf(secret, voteId, code)!,
    }));
    await db.voteCode.deleteMany({ where: { voteId } });
    await db.voteCode.createMany({ data: rows.sort((left, right) => (left.hash < right.hash ? -1 : 1)) });
    await appendAudit(db, ownerId, at, { case: voteId, printedCodes: number, by: personId });
    return codes;
  });
}

/**
 * Makes slips void that nobody drew. Rule V6.
 * @param typed the codes on them
 * @returns how many were printed, and how many of them are void now
 * @throws Refusal NOT_FOUND, CODES_NOT_NOW, CODE_UNKNOWN with the places of those that were not printed for this vote
 */
export async function voidCodes(
  database: Database,
  secret: string,
  { ownerId, voteId, personId, at }: CodesRequest,
  typed: readonly string[],
): Promise<{ printed: number; voided: number }> {
  return scopedTo(database, ownerId).$transaction(async (db) => {
    await lockIssuing(db, voteId);
    const printed = (await db.voteCode.findMany({ where: { voteId }, select: { hash: true } })).map(
      ({ hash }) => hash,
    );
    const hashes = typed.map((code) => hashOf(secret, voteId, code));
    const faults = hashes.flatMap((hash, index) =>
      hash !== null && printed.includes(hash)
        ? []
        : [{ at: `codes.${index}`, code: 'CODE_UNKNOWN', values: { position: index + 1 } }],
    );
    if (faults.length > 0)
      throw new Refusal({
        code: 'CODE_UNKNOWN',
        rule: 'V6',
        values: { position: faults[0]!.values.position },
        faults,
      });
    await db.voteCode.updateMany({
      where: { voteId, hash: { in: hashes.filter((hash) => hash !== null) } },
      data: { voided: true },
    });
    const voided = await db.voteCode.count({ where: { voteId, voided: true } });
    await appendAudit(db, ownerId, at, { case: voteId, voidedCodes: voided, by: personId });
    return { printed: printed.length, voided };
  });
}

/**
 * How many codes were drawn: those printed that are not void. Rules V6, V13.
 * @throws Refusal CODES_NOT_PRINTED; CODES_LEFT_OVER when more are left than voters who could have drawn one
 */
export async function issuedCodes(db: Transaction, vote: VoteRow): Promise<number> {
  const printed = await db.voteCode.count({ where: { voteId: vote.id } });
  if (printed === 0) throw new Refusal({ code: 'CODES_NOT_PRINTED', rule: 'V6' });
  const codes = await db.voteCode.count({ where: { voteId: vote.id, voided: false } });
  if (codes > vote.voters!)
    throw new Refusal({ code: 'CODES_LEFT_OVER', rule: 'V6', values: { codes, voters: vote.voters } });
  return codes;
}

/** What the holder of a code needs to fill in a ballot. */
export interface CodePaper {
  readonly seats: number;
  readonly chairRecipient: string;
  readonly supervisorRecipient: string;
  readonly candidates: readonly {
    readonly applicationId: string;
    readonly name: string;
    readonly subject: string;
  }[];
}

/**
 * Shows the paper of a vote to who holds a code that is still good. Nobody is named. Rule V6.
 * @throws Refusal BOX_NOT_OPEN, BALLOT_REFUSED for a code that is not of this vote or void, PAPER_USED
 */
export async function paperForCode(
  database: Database,
  secret: string,
  voteId: string,
  code: string,
): Promise<CodePaper> {
  const { vote, hash } = await checkCode(database, secret, voteId, code);
  if ((await database.ballot.count({ where: { serial: hash } })) > 0)
    throw new Refusal({ code: 'PAPER_USED', rule: 'V6' });
  const { candidates } = await scopedTo(database, vote.ownerId).$transaction((db) => voteView(db, voteId));
  return {
    seats: vote.seats,
    chairRecipient: vote.chairRecipient!,
    supervisorRecipient: vote.supervisorRecipient!,
    candidates: candidates.map(({ id, name, subject }) => ({ applicationId: id, name, subject })),
  };
}

/**
 * Puts a ballot into the box by a drawn code. Nobody is named, and a code works once. No refusal repeats a choice or a
 * code. Rule V6.
 * @param ballot.sealed the choice, sealed to the chair's and the supervisor's key
 * @throws Refusal BOX_NOT_OPEN, BALLOT_REFUSED (a code not of this vote, or void; another length), PAPER_USED
 */
export async function castByCode(
  database: Database,
  secret: string,
  voteId: string,
  ballot: { readonly code: string; readonly sealed: string },
): Promise<void> {
  const { vote, hash } = await checkCode(database, secret, voteId, ballot.code);
  if (ballot.sealed.length !== sealedLength({ seats: vote.seats, candidateIds: vote.candidates }))
    throw new Refusal({ code: 'BALLOT_REFUSED', rule: 'V6' });
  const { sealed } = ballot;
  const inserted = await database.ballot.createMany({
    data: [{ id: randomUUID(), ownerId: vote.ownerId, voteId, serial: hash, signature: '', sealed }],
    skipDuplicates: true,
  });
  if (inserted.count === 0) throw new Refusal({ code: 'PAPER_USED', rule: 'V6' });
}

async function checkCode(
  database: Database,
  secret: string,
  voteId: string,
  code: string,
): Promise<{ vote: VoteRow; hash: string }> {
  const vote = await database.vote.findUnique({ where: { id: voteId } });
  const found = await database.case.findUnique({
    where: { id: voteId },
    select: { step: true, closedAt: true },
  });
  if (vote?.mode !== 'drawn_codes' || !found || found.closedAt || found.step !== 'casting')
    throw new Refusal({ code: 'BOX_NOT_OPEN', rule: 'V6' });
  const hash = hashOf(secret, voteId, code);
  const isGood =
    hash !== null && (await database.voteCode.count({ where: { voteId, hash, voided: false } })) > 0;
  if (!isGood) throw new Refusal({ code: 'BALLOT_REFUSED', rule: 'V6' });
  return { vote, hash };
}

function hashOf(secret: string, voteId: string, code: string): string | null {
  const canonical = canonicalCode(code);
  return canonical === null ? null : keyedHash(secret, `vote-code:${voteId}`, canonical);
}

async function lockIssuing(db: Transaction, voteId: string): Promise<VoteRow> {
  await db.$queryRaw`SELECT 1 FROM "case" WHERE id = ${voteId}::uuid FOR UPDATE`;
  const found = await db.case.findFirst({ where: { id: voteId, kind: 'differentialVote' } });
  const vote = await db.vote.findUnique({ where: { id: voteId } });
  if (found === null || vote === null) throw new Refusal({ code: 'NOT_FOUND' });
  if (vote.mode !== 'drawn_codes' || found.closedAt || found.step !== 'issuing')
    throw new Refusal({ code: 'CODES_NOT_NOW', rule: 'V6', values: { step: found.step, mode: vote.mode } });
  return vote;
}

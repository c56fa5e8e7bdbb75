import { randomUUID } from 'node:crypto';
import { canonicalCode, makeCode } from '../ballot/codes.js';
import { capacityOf } from '../ballot/candidates.js';
import { sealedLength, type BallotCapacity } from '../ballot/member.js';
import { Refusal } from '../domain/refusal.js';
import type { Database, Transaction } from './database.js';
import { appendAudit } from './decide.js';
import { scopedTo } from './scope.js';
import { keyedHash } from './secrets.js';
import { papersOfVote, voteView, type VoteRow } from './votes.js';

/** Who asks for something about the codes of a vote, and when. */
export interface CodesRequest {
  readonly ownerId: string;
  readonly voteId: string;
  readonly personId: string;
  readonly at: Date;
}

/** A code as it is printed: it casts one ballot, or one paper of the candidate, by application. */
export interface PrintedCode {
  readonly code: string;
  readonly candidateId: string | null;
}

/**
 * Makes the codes of a vote to be printed, cut and drawn by hand. They are given out this once; only their hashes are
 * stored, in an order that says nothing. Printed again, the earlier slips are worth nothing. Rules V2, V6.
 * @param secret the instance's: without it the hashes cannot be tried
 * @param number of slips, no fewer than voters; of each candidate, where each has papers of its own
 * @returns the codes in random order, one candidate's after the other's
 * @throws Refusal NOT_FOUND, CODES_NOT_NOW when no codes are given out, CODES_TOO_FEW
 */
export async function printCodes(
  database: Database,
  secret: string,
  { ownerId, voteId, personId, at }: CodesRequest,
  number: number,
): Promise<PrintedCode[]> {
  return scopedTo(database, ownerId).$transaction(async (db) => {
    const rolls = await rollsOf(db, await lockIssuing(db, voteId));
    const voters = Math.max(...rolls.map((roll) => roll.voters));
    if (number < voters)
      throw new Refusal({ code: 'CODES_TOO_FEW', rule: 'V6', values: { codes: number, voters } });
    const codes = rolls.flatMap(({ candidateId }) =>
      Array.from({ length: number }, () => ({ candidateId, code: makeCode() })),
    );
    const rows = codes.map(({ candidateId, code }) => ({
      id: randomUUID(),
      ownerId,
      voteId,
      candidateId,
      hash: hashOf(secret, voteId, code)!,
    }));
    await db.voteCode.deleteMany({ where: { voteId } });
    await db.voteCode.createMany({ data: rows.sort((left, right) => (left.hash < right.hash ? -1 : 1)) });
    await appendAudit(db, ownerId, at, { case: voteId, printedCodes: codes.length, by: personId });
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
 * How many codes were drawn: those printed that are not void. Where each candidate has codes of its own, the most that were
 * drawn for one. Rules V2, V6, V13.
 * @throws Refusal CODES_NOT_PRINTED; CODES_LEFT_OVER when more are left than voters who could have drawn one, and
 *   CODES_LEFT_OVER_OF_CANDIDATE when it is so for one candidate
 */
export async function issuedCodes(db: Transaction, vote: VoteRow): Promise<number> {
  const printed = await db.voteCode.count({ where: { voteId: vote.id } });
  if (printed === 0) throw new Refusal({ code: 'CODES_NOT_PRINTED', rule: 'V6' });
  let most = 0;
  for (const { candidateId, voters } of await rollsOf(db, vote)) {
    const codes = await db.voteCode.count({ where: { voteId: vote.id, candidateId, voided: false } });
    if (codes > voters)
      throw candidateId === null
        ? new Refusal({ code: 'CODES_LEFT_OVER', rule: 'V6', values: { codes, voters } })
        : new Refusal({
            code: 'CODES_LEFT_OVER_OF_CANDIDATE',
            rule: 'V6',
            values: { candidate: candidateId, codes, voters },
          });
    most = Math.max(most, codes);
  }
  return most;
}

/** Who draws codes: the voters; where each candidate has codes of its own, who votes on each. */
async function rollsOf(
  db: Transaction,
  vote: VoteRow,
): Promise<{ candidateId: string | null; voters: number }[]> {
  if (vote.recusalScope !== 'candidate') return [{ candidateId: null, voters: vote.voters! }];
  return (await papersOfVote(db, vote)).map(({ candidateId, voters }) => ({
    candidateId,
    voters: voters!,
  }));
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
 * Shows the paper of a vote, or of the one candidate whose code it is, to who holds a code that is still good. Nobody is
 * named. Rules V2, V6.
 * @throws Refusal BOX_NOT_OPEN, BALLOT_REFUSED for a code that is not of this vote or void, PAPER_USED
 */
export async function paperForCode(
  database: Database,
  secret: string,
  voteId: string,
  code: string,
): Promise<CodePaper> {
  const { vote, hash, candidateId } = await checkCode(database, secret, voteId, code);
  if ((await database.ballot.count({ where: { serial: hash } })) > 0)
    throw new Refusal({ code: 'PAPER_USED', rule: 'V6' });
  const { candidates } = await scopedTo(database, vote.ownerId).$transaction((db) => voteView(db, voteId));
  const { seats, candidateIds } = capacityFor(vote, candidateId);
  return {
    seats,
    chairRecipient: vote.chairRecipient!,
    supervisorRecipient: vote.supervisorRecipient!,
    candidates: candidates
      .filter(({ id }) => candidateIds.includes(id))
      .map(({ id, name, subject }) => ({ applicationId: id, name, subject })),
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
  const { vote, hash, candidateId } = await checkCode(database, secret, voteId, ballot.code);
  if (ballot.sealed.length !== sealedLength(capacityFor(vote, candidateId)))
    throw new Refusal({ code: 'BALLOT_REFUSED', rule: 'V6' });
  const { sealed } = ballot;
  const inserted = await database.ballot.createMany({
    data: [
      { id: randomUUID(), ownerId: vote.ownerId, voteId, candidateId, serial: hash, signature: '', sealed },
    ],
    skipDuplicates: true,
  });
  if (inserted.count === 0) throw new Refusal({ code: 'PAPER_USED', rule: 'V6' });
}

/** What a code's paper can hold: the names of the group, or the one candidate's. */
function capacityFor(vote: VoteRow, candidateId: string | null): BallotCapacity {
  return candidateId === null
    ? { seats: vote.seats, candidateIds: vote.candidates }
    : capacityOf(candidateId);
}

async function checkCode(
  database: Database,
  secret: string,
  voteId: string,
  code: string,
): Promise<{ vote: VoteRow; hash: string; candidateId: string | null }> {
  const vote = await database.vote.findUnique({ where: { id: voteId } });
  const found = await database.case.findUnique({
    where: { id: voteId },
    select: { step: true, closedAt: true },
  });
  if (vote?.mode !== 'drawn_codes' || !found || found.closedAt || found.step !== 'casting')
    throw new Refusal({ code: 'BOX_NOT_OPEN', rule: 'V6' });
  const hash = hashOf(secret, voteId, code);
  const good = hash && (await database.voteCode.findFirst({ where: { voteId, hash, voided: false } }));
  if (!good) throw new Refusal({ code: 'BALLOT_REFUSED', rule: 'V6' });
  return { vote, hash: good.hash, candidateId: good.candidateId };
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

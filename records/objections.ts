import { randomBytes, randomUUID } from 'node:crypto';
import type { Handling, InvestigatorFacts } from '../domain/objection.js';
import { handlingOf, objectionRulesOf } from '../domain/objection.js';
import { dateOf } from '../domain/dates.js';
import type { PlainFile } from '../domain/plain-files.js';
import { Refusal } from '../domain/refusal.js';
import type { Prisma } from '../prisma/generated/client.js';
import { dueIn } from './calendar.js';
import { policyOfRound, type ApplicationRow } from './candidates.js';
import { lockCase } from './cases.js';
import type { Database, OwnerDatabase, Transaction } from './database.js';
import { appendAudit, openCases, type Work } from './decide.js';
import { isOnPage, type NoticeEntry } from './notices.js';
import { scopedTo } from './scope.js';
import { decryptSecret, encryptSecret, keyedHash } from './secrets.js';

export type ObjectionRow = Prisma.ObjectionGetPayload<object>;

/** What somebody writes against one name of a published notice. */
export interface ObjectionForm {
  readonly noticeId: string;
  /** The number of the name on the notice, from 1. */
  readonly entry: number;
  readonly facts: string;
  /** Who writes and how to be reached; without it the objection is anonymous. */
  readonly contact?: { readonly name: string; readonly reachedBy: string };
}

/** What the writer gets: the receipt is shown once and not kept. */
export interface Received {
  readonly objectionId: string;
  readonly receipt: string;
  readonly handling: Handling;
}

const receiptBytes = 20;
const mostFiles = 5;

/**
 * Takes an objection in: in one transaction it is written encrypted, and its case is opened. It takes turns with the
 * notice's own end, so that the notice knows of every objection that came before. Rules N8, N9.
 * @param secret the instance's secret
 * @param at when the server received it, which alone says whether it is in time
 * @param files sent with it, without metadata already; as many as the caller allows
 * @throws Refusal NOT_FOUND when the notice is not public, OBJECTION_ENTRY_UNKNOWN, OBJECTION_ANONYMOUS
 */
export async function receiveObjection(
  database: Database,
  secret: string,
  at: Date,
  { noticeId, entry, facts, contact }: ObjectionForm,
  files: readonly PlainFile[] = [],
): Promise<Received> {
  const found = await database.notice.findUnique({ where: { id: noticeId } });
  if (found === null || !(await isOnPage(database, found, at))) throw new Refusal({ code: 'NOT_FOUND' });
  const id = randomUUID();
  const receipt = randomBytes(receiptBytes).toString('hex');
  const { ownerId, roundId, closesAt } = found;
  const isNamed = contact !== undefined;
  return scopedTo(database, ownerId).$transaction(async (db) => {
    await lockCase(db, noticeId);
    const { entries } = found.snapshot as unknown as { entries: NoticeEntry[] };
    const applicationId = entries[entry - 1]?.applicationId;
    if (applicationId === undefined)
      throw new Refusal({ code: 'OBJECTION_ENTRY_UNKNOWN', values: { entry, entries: entries.length } });
    const rules = objectionRulesOf(await policyOfRound(db, roundId));
    const instants = { receivedAt: at.toISOString(), closesAt: closesAt!.toISOString() };
    const handling = handlingOf({ isNamed, ...instants }, rules);
    const textBoxed = encryptSecret(secret, purposeOf(id), facts);
    await db.objection.create({
      data: {
        id,
        ownerId,
        noticeId,
        applicationId,
        receiptHash: receiptHash(secret, receipt),
        receivedAt: at,
        isNamed,
        isLate: at >= closesAt!,
        handling,
        textBoxed,
        contactBoxed: contact && encryptSecret(secret, purposeOf(id), JSON.stringify(contact)),
        investigateBy: await dueIn(db, dateOf(at.toISOString()), rules.investigateWorkingDays),
      },
    });
    await writeFiles(db, secret, { id, ownerId }, files);
    const dueAt = await dueIn(db, dateOf(at.toISOString()), 1);
    await openCases(db, ownerId, at, [
      {
        id,
        kind: 'objection',
        organisationId: ownerId,
        roundId,
        step: 'registering',
        waitingFor: 'office',
        dueAt,
        wakeAt: at,
      },
    ]);
    await db.caseMessage.create({ data: { ownerId, caseId: id, kind: 'start', createdAt: at } });
    await appendAudit(db, ownerId, at, { case: id, kind: 'objection', received: textBoxed });
    return { objectionId: id, receipt, handling };
  });
}

function purposeOf(id: string): string {
  return `objection:${id}`;
}

function receiptHash(secret: string, receipt: string): string {
  return keyedHash(secret, 'objectionReceipt', receipt);
}

/**
 * The objection that a receipt is for.
 * @throws Refusal NOT_FOUND
 */
export async function objectionOfReceipt(
  database: Database,
  secret: string,
  receipt: string,
): Promise<ObjectionRow> {
  const hash = receiptHash(secret, receipt);
  const found = await database.objection.findUnique({ where: { receiptHash: hash } });
  if (found === null) throw new Refusal({ code: 'NOT_FOUND' });
  return found;
}

/**
 * Adds files to an objection that is not yet decided; they are without metadata already.
 * @throws Refusal CASE_CLOSED when it is, TOO_MANY_FILES
 */
export async function addFiles(
  database: Database,
  secret: string,
  { id, ownerId }: ObjectionRow,
  files: readonly PlainFile[],
): Promise<void> {
  await scopedTo(database, ownerId).$transaction(async (db) => {
    const row = (await lockCase(db, id))!;
    if (row.closedAt) throw new Refusal({ code: 'CASE_CLOSED', values: { outcome: row.outcome } });
    const there = await db.objectionFile.count({ where: { objectionId: id } });
    if (there + files.length > mostFiles)
      throw new Refusal({ code: 'TOO_MANY_FILES', rule: 'N8', values: { most: mostFiles } });
    await writeFiles(db, secret, { id, ownerId }, files);
  });
}

async function writeFiles(
  db: Transaction,
  secret: string,
  { id, ownerId }: Pick<ObjectionRow, 'id' | 'ownerId'>,
  files: readonly PlainFile[],
): Promise<void> {
  await db.objectionFile.createMany({
    data: files.map(({ type, content }) => ({
      ownerId,
      objectionId: id,
      type,
      boxed: encryptSecret(secret, purposeOf(id), Buffer.from(content).toString('base64')),
    })),
  });
}

/** What the writer may do with the receipt after the objection was sent. */
export type OwnStep = { readonly withdraws: true } | { readonly reviewReason: string };

/**
 * The writer withdraws, or asks for a review within the days for it; the case is told. Rules N12.
 * @throws Refusal WRONG_STEP when it is not the time for it, REVIEW_TOO_LATE
 */
export async function takeOwnStep(
  database: Database,
  secret: string,
  { id, ownerId }: ObjectionRow,
  step: OwnStep,
  at: Date,
): Promise<void> {
  await scopedTo(database, ownerId).$transaction(async (db) => {
    const row = (await lockCase(db, id))!;
    const withdraws = 'withdraws' in step;
    const allowed = withdraws ? stepsBeforeRuling : ['appealing'];
    const current = row.closedAt ? 'closed' : row.step;
    if (!allowed.includes(current))
      throw new Refusal({
        code: 'WRONG_STEP',
        rule: 'N12',
        values: { step: current, allowed: [...allowed] },
      });
    const { reviewUntil } = await objectionOf(db, id);
    if (!withdraws && reviewUntil !== null && at >= reviewUntil)
      throw new Refusal({
        code: 'REVIEW_TOO_LATE',
        rule: 'N12',
        values: { until: reviewUntil.toISOString() },
      });
    await db.objection.update({
      where: { id },
      data: withdraws
        ? { withdrawnAt: at }
        : { reviewBoxed: encryptSecret(secret, purposeOf(id), step.reviewReason) },
    });
    await db.caseMessage.create({ data: { ownerId, caseId: id, kind: 'news', createdAt: at } });
    await appendAudit(db, ownerId, at, { case: id, kind: 'objection', own: Object.keys(step)[0] });
  });
}

/** The steps before the leading group has decided. */
export const stepsBeforeRuling: readonly string[] = [
  'registering',
  'assigning',
  'investigating',
  'hearing',
  'inquiry',
  'ruling',
];

/** What was written, for the investigators' eyes only. */
export interface Letter {
  readonly facts: string;
  readonly contact: { readonly name: string; readonly reachedBy: string } | null;
  readonly review: string | null;
  readonly files: { readonly id: string; readonly type: string }[];
}

/**
 * Opens an objection for one of its investigators, and records who has read it. Rule N10.
 * @throws Refusal NOT_FOUND for anybody else
 */
export async function readLetter(
  database: OwnerDatabase,
  secret: string,
  id: string,
  readerId: string | null,
  at: Date,
): Promise<Letter> {
  return database.$transaction(async (db) => {
    const objection = await investigatedBy(db, id, readerId);
    const open = (boxed: string) => decryptSecret(secret, purposeOf(id), boxed);
    const files = await db.objectionFile.findMany({ where: { objectionId: id }, orderBy: { id: 'asc' } });
    await appendAudit(db, objection.ownerId, at, { case: id, kind: 'objection', readBy: readerId });
    return {
      facts: open(objection.textBoxed),
      contact: objection.contactBoxed && JSON.parse(open(objection.contactBoxed)),
      review: objection.reviewBoxed && open(objection.reviewBoxed),
      files: files.map((file) => ({ id: file.id, type: file.type })),
    };
  });
}

/**
 * One file of an objection, for its investigators only. Rule N10.
 * @throws Refusal NOT_FOUND
 */
export async function readFileOf(
  database: OwnerDatabase,
  secret: string,
  { id, fileId }: { readonly id: string; readonly fileId: string },
  readerId: string | null,
  at: Date,
): Promise<{ type: string; content: Buffer }> {
  return database.$transaction(async (db) => {
    const { ownerId } = await investigatedBy(db, id, readerId);
    const file = await db.objectionFile.findFirst({ where: { id: fileId, objectionId: id } });
    if (file === null) throw new Refusal({ code: 'NOT_FOUND' });
    await appendAudit(db, ownerId, at, { case: id, kind: 'objection', file: fileId, readBy: readerId });
    return {
      type: file.type,
      content: Buffer.from(decryptSecret(secret, purposeOf(id), file.boxed), 'base64'),
    };
  });
}

async function investigatedBy(db: Transaction, id: string, readerId: string | null): Promise<ObjectionRow> {
  const objection = await db.objection.findUnique({ where: { id } });
  if (objection === null || readerId === null || !objection.investigatorIds.includes(readerId))
    throw new Refusal({ code: 'NOT_FOUND' });
  return objection;
}

/** An objection; the encrypted parts stay closed. */
export function objectionOf(db: Transaction, id: string): Promise<ObjectionRow> {
  return db.objection.findUniqueOrThrow({ where: { id } });
}

/** Writes what a decision makes of an objection. */
export async function updateObjection(
  db: Transaction,
  id: string,
  data: Prisma.ObjectionUpdateInput,
): Promise<void> {
  await db.objection.update({ where: { id }, data });
}

/**
 * The candidate, read after everybody who moves it has finished: the run it is in and its round wait until this
 * transaction has ended.
 */
export async function lockedCandidate(db: Transaction, applicationId: string): Promise<ApplicationRow> {
  const { roundId } = await db.application.findUniqueOrThrow({ where: { id: applicationId } });
  const runs = await db.stageEntry.findMany({ where: { applicationId, endedAt: null } });
  const caseIds = new Set([...runs.map(({ caseId }) => caseId).sort(), roundId]);
  for (const caseId of caseIds) await lockCase(db, caseId);
  return db.application.findUniqueOrThrow({ where: { id: applicationId } });
}

/** Whether an objection keeps the candidate held; one of them may be left out. */
export async function isHeldByObjection(
  db: Transaction,
  applicationId: string,
  exceptId?: string,
): Promise<boolean> {
  const holding = await db.objection.count({
    where: { applicationId, isHolding: true, ...(exceptId && { id: { not: exceptId } }) },
  });
  return holding > 0;
}

/** Which of the candidates have an objection that came in time and is not registered yet: they are not to be let on. */
export async function objectedAnew(db: Transaction, applicationIds: readonly string[]): Promise<Set<string>> {
  const found = await db.objection.findMany({
    where: { applicationId: { in: [...applicationIds] }, handling: 'objection' },
    select: { id: true, applicationId: true },
  });
  const fresh = await db.case.findMany({
    where: { id: { in: found.map(({ id }) => id) }, step: 'registering', closedAt: null },
    select: { id: true },
  });
  const ids = new Set(fresh.map(({ id }) => id));
  return new Set(found.filter(({ id }) => ids.has(id)).map(({ applicationId }) => applicationId));
}

/** Candidates against whom an objection (or a clue) is not decided for good, or was sustained. Rule N14. */
export async function objectionStandings(
  db: Transaction,
  applicationIds: readonly string[],
): Promise<Map<string, 'open' | 'sustained'>> {
  const found = await db.objection.findMany({ where: { applicationId: { in: [...applicationIds] } } });
  const cases = await db.case.findMany({ where: { id: { in: found.map(({ id }) => id) } } });
  const caseOf = new Map(cases.map((row) => [row.id, row]));
  const standings = new Map<string, 'open' | 'sustained'>();
  for (const { id, applicationId, handling } of found) {
    const { closedAt, outcome } = caseOf.get(id)!;
    // A complaint stops nothing (N8).
    if (handling === 'complaint') continue;
    if (closedAt === null && standings.get(applicationId) !== 'sustained')
      standings.set(applicationId, 'open');
    if (outcome === 'sustained') standings.set(applicationId, 'sustained');
  }
  return standings;
}

/** What the conflict rules ask about persons of the organisation. Rule N10. */
export async function investigatorFacts(
  work: Work,
  personIds: readonly string[],
): Promise<InvestigatorFacts[]> {
  const { db, today } = work;
  const persons = await db.person.findMany({ where: { id: { in: [...personIds] } } });
  const unknown = personIds.filter((id) => !persons.some((person) => person.id === id));
  if (unknown.length > 0) throw new Refusal({ code: 'NOT_FOUND', values: { personId: unknown } });
  const memberships = await db.membership.findMany({
    where: {
      personId: { in: [...personIds] },
      from: { lte: today },
      OR: [{ until: null }, { until: { gte: today } }],
    },
  });
  const pairs = await db.trainee.findMany({
    where: { OR: [{ personId: { in: [...personIds] } }, { mentorId: { in: [...personIds] } }] },
    select: { personId: true, mentorId: true },
  });
  return persons.map(({ id, schoolId }) => ({
    personId: id,
    schoolIds: [
      schoolId,
      ...memberships.filter(({ personId }) => personId === id).map(({ organisationId }) => organisationId),
    ],
    mentorPairs: pairs.flatMap(({ personId, mentorId }) => {
      if (mentorId === null) return [];
      return personId === id ? [mentorId] : mentorId === id ? [personId] : [];
    }),
  }));
}

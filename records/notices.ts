import { createHash } from 'node:crypto';
import { attachmentTypes, mostAttachments } from '../domain/attachments.js';
import { canonicalJson } from '../domain/canonical-json.js';
import { Refusal } from '../domain/refusal.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { PlainAttachment } from './attachment-file.js';
import type { ApplicationRow } from './candidates.js';
import { lockCase } from './cases.js';
import type { Database, Transaction } from './database.js';
import type { Work } from './decide.js';

/** What a notice shows of a candidate: only what tells people apart (N5). */
export interface NoticeEntry {
  readonly applicationId: string;
  readonly name: string;
  readonly school: string;
  readonly subject: string;
  readonly rank: string;
  /** Only of namesakes in one school. */
  readonly sex?: string;
  readonly birthYear?: string;
}

/** Writes the notice of a run that starts. */
export async function createNotice(
  work: Work,
  notice: {
    readonly id: string;
    readonly roundId: string;
    readonly level: 'school' | 'district';
    readonly organisationId: string;
  },
): Promise<void> {
  await work.db.notice.create({ data: { ...notice, ownerId: work.ownerId } });
}

/**
 * The names as the notice shows them, in the order of school and name; sex and year of birth only where two people
 * of one school share a name. Rule N5.
 */
export async function noticeEntries(
  db: Transaction,
  applications: readonly ApplicationRow[],
): Promise<NoticeEntry[]> {
  const people = await db.person.findMany({
    where: { id: { in: applications.map((each) => each.personId) } },
  });
  const schools = await db.organisation.findMany({
    where: { id: { in: applications.map((each) => each.schoolId) } },
  });
  const personOf = new Map(people.map((person) => [person.id, person]));
  const schoolOf = new Map(schools.map((school) => [school.id, school]));
  const namesakes = new Map<string, Set<string>>();
  for (const person of people) {
    const key = `${person.schoolId} ${person.name}`;
    namesakes.set(key, (namesakes.get(key) ?? new Set()).add(person.id));
  }
  return applications
    .map((application) => {
      const person = personOf.get(application.personId)!;
      const shared = namesakes.get(`${person.schoolId} ${person.name}`)!.size > 1;
      return {
        applicationId: application.id,
        name: person.name,
        school: schoolOf.get(application.schoolId)!.name,
        subject: application.subject,
        rank: application.rank,
        ...(shared && { sex: person.sex, birthYear: person.birthDate.slice(0, 4) }),
      };
    })
    .sort((a, b) => a.school.localeCompare(b.school, 'zh-CN') || a.name.localeCompare(b.name, 'zh-CN'));
}

/** The hash of a published snapshot, of its canonical JSON: whoever has it can compute it again. */
export function snapshotHash(snapshot: object): string {
  return createHash('sha256').update(canonicalJson(snapshot)).digest('hex');
}

/** Writes what a person added to a notice, or what its publication fixed. */
export async function updateNotice(db: Transaction, id: string, data: Prisma.NoticeUpdateInput) {
  return db.notice.update({ where: { id }, data });
}

/** A notice as those who run it see it. */
export function findNotice(db: Transaction, id: string) {
  return db.notice.findUniqueOrThrow({ where: { id } });
}

/** A file that is published with a notice; its hash is part of the notice's snapshot. */
export interface NoticeAttachment {
  readonly name: string;
  readonly type: string;
  /** sha256 of the content, in hexadecimal. */
  readonly hash: string;
  readonly bytes: number;
}

/** The most files that may wait with one notice for one of them to be named. */
const mostWaiting = 4 * mostAttachments;

/**
 * Keeps a file that a draft of the notice may name; the same file is kept once. Whoever names it in a draft answers for
 * it, and a second person releases it. Rule N6.
 * @param file read by `plainAttachment`
 * @throws Refusal `WRONG_STEP` once the notice is released, `TOO_MANY_ATTACHMENTS`
 */
export async function addAttachment(
  db: Transaction,
  noticeId: string,
  { name, kind, content }: PlainAttachment & { readonly name: string },
  addedById: string,
  at: Date,
): Promise<NoticeAttachment> {
  const row = (await lockCase(db, noticeId))!;
  const allowed = ['drafting', 'releasing'];
  const step = row.closedAt ? 'closed' : row.step;
  if (!allowed.includes(step))
    throw new Refusal({ code: 'WRONG_STEP', rule: 'N6', values: { step, allowed } });
  if ((await db.noticeAttachment.count({ where: { noticeId } })) >= mostWaiting)
    throw new Refusal({ code: 'TOO_MANY_ATTACHMENTS', rule: 'N6', values: { most: mostWaiting } });
  const hash = createHash('sha256').update(content).digest('hex');
  const key = { noticeId, hash };
  await db.noticeAttachment.createMany({
    data: [
      {
        ...key,
        ownerId: row.ownerId,
        name,
        type: attachmentTypes[kind],
        content: new Uint8Array(content),
        addedById,
        addedAt: at,
      },
    ],
    skipDuplicates: true,
  });
  return (await attachmentsOf(db, noticeId, [hash]))[0]!;
}

/**
 * Files of a notice, without their content, in the order in which they are named.
 * @throws Refusal `ATTACHMENT_UNKNOWN` for one that was not added to this notice
 */
export async function attachmentsOf(
  db: Transaction,
  noticeId: string,
  hashes: readonly string[],
): Promise<NoticeAttachment[]> {
  if (hashes.length === 0) return [];
  const found = await db.$queryRaw<NoticeAttachment[]>`
    SELECT name, type, hash::text AS hash, octet_length(content) AS bytes FROM notice_attachment
    WHERE notice_id = ${noticeId}::uuid AND hash = ANY(${[...hashes]}::text[])`;
  return hashes.map((hash) => {
    const file = found.find((each) => each.hash === hash);
    if (file === undefined) throw new Refusal({ code: 'ATTACHMENT_UNKNOWN', rule: 'N6', values: { hash } });
    return file;
  });
}

/** All files that wait with a notice that is not released yet, by name. */
export async function waitingAttachments(db: Transaction, noticeId: string): Promise<NoticeAttachment[]> {
  return db.$queryRaw<NoticeAttachment[]>`
    SELECT name, type, hash::text AS hash, octet_length(content) AS bytes FROM notice_attachment
    WHERE notice_id = ${noticeId}::uuid ORDER BY name, hash`;
}

/** Forgets the files that the notice does not name; who brought the others. */
export async function keepNamedAttachments(
  db: Transaction,
  noticeId: string,
  hashes: readonly string[],
): Promise<string[]> {
  await db.noticeAttachment.deleteMany({ where: { noticeId, hash: { notIn: [...hashes] } } });
  const kept = await db.noticeAttachment.findMany({ where: { noticeId }, select: { addedById: true } });
  return kept.map(({ addedById }) => addedById);
}

/**
 * The content of a file of a notice.
 * @throws Refusal NOT_FOUND
 */
export async function attachmentContent(
  db: Pick<Transaction, 'noticeAttachment'>,
  noticeId: string,
  hash: string,
): Promise<{ name: string; type: string; content: Buffer }> {
  const found = await db.noticeAttachment.findFirst({ where: { noticeId, hash } });
  if (found === null) throw new Refusal({ code: 'NOT_FOUND' });
  return { name: found.name, type: found.type, content: Buffer.from(found.content) };
}

/** Days after which a notice leaves the page, counted from the close of the last objection. Rule D8. */
const daysOnPage = 30;

/**
 * Whether the public page shows a notice: it is released, and 30 days have not passed since it and all its objections
 * were closed. The snapshot is kept. Rule D8.
 */
export async function isOnPage(
  database: Database,
  notice: { readonly id: string; readonly publishedAt: Date | null; readonly closesAt: Date | null },
  at: Date,
): Promise<boolean> {
  if (notice.publishedAt === null) return false;
  const objections = await database.objection.findMany({
    where: { noticeId: notice.id },
    select: { id: true },
  });
  const cases = await database.case.findMany({
    where: { id: { in: objections.map(({ id }) => id) } },
    select: { closedAt: true },
  });
  if (cases.some(({ closedAt }) => closedAt === null)) return true;
  const closed = [notice.closesAt!, ...cases.map(({ closedAt }) => closedAt!)];
  const last = Math.max(...closed.map((instant) => instant.getTime()));
  return at.getTime() < last + daysOnPage * 86_400_000;
}

/** What a published notice shows to everybody: the frozen snapshot, as it was released. */
export interface PublishedNotice {
  readonly level: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly closes: string;
  readonly office: string;
  readonly telephone: string;
  readonly howToObject: string;
  /** Numbered from 1: an objection names the number. */
  readonly entries: (Omit<NoticeEntry, 'applicationId'> & {
    readonly number: number;
    /** The corrected notice of this name, which counts in its place. */
    readonly correctedAs?: string;
  })[];
  readonly attachments: NoticeAttachment[];
  /** The notice that has taken the place of this one. */
  readonly restartedAs: string | null;
  /** The text of which the hash is taken: the canonical JSON of all that was released. */
  readonly hashed: string;
  readonly hash: string;
}

/**
 * The public content of a notice.
 * @param database the whole database: the public belongs to no organisation
 * @param at now
 * @throws Refusal NOT_FOUND while it is not released, and when it has left the page
 */
export async function publishedNotice(database: Database, id: string, at: Date): Promise<PublishedNotice> {
  const notice = await database.notice.findUnique({ where: { id } });
  if (!notice || !(await isOnPage(database, notice, at))) throw new Refusal({ code: 'NOT_FOUND' });
  const snapshot = notice.snapshot as unknown as Snapshot;
  const corrections = notice.corrections as Record<string, string>;
  const entries = snapshot.entries.map(({ applicationId: _kept, ...shown }, index) => ({
    number: index + 1,
    ...shown,
    ...(corrections[index + 1] && { correctedAs: corrections[index + 1]! }),
  }));
  return {
    ...snapshot,
    attachments: snapshot.attachments ?? [],
    entries,
    restartedAs: notice.restartedAsId,
    hashed: canonicalJson(snapshot),
    hash: notice.snapshotHash!,
  };
}

type Snapshot = Omit<PublishedNotice, 'hash' | 'hashed' | 'entries' | 'restartedAs' | 'attachments'> & {
  entries: NoticeEntry[];
  attachments?: NoticeAttachment[];
};

/**
 * A file of a notice that is on the page. Rules N6, D8.
 * @throws Refusal NOT_FOUND for a file that the notice does not name, and when it is not on the page
 */
export async function publishedAttachment(database: Database, id: string, hash: string, at: Date) {
  const { level, attachments } = await publishedNotice(database, id, at);
  if (!attachments.some((each) => each.hash === hash)) throw new Refusal({ code: 'NOT_FOUND' });
  return { level, ...(await attachmentContent(database, id, hash)) };
}

import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonical-json.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { ApplicationRow } from './candidates.js';
import { Refusal } from '../domain/refusal.js';
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
  /** The notice that has taken the place of this one. */
  readonly restartedAs: string | null;
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
  const snapshot = notice.snapshot as unknown as Omit<PublishedNotice, 'hash' | 'entries' | 'restartedAs'> & {
    entries: NoticeEntry[];
  };
  const corrections = notice.corrections as Record<string, string>;
  const entries = snapshot.entries.map(({ applicationId: _kept, ...shown }, index) => ({
    number: index + 1,
    ...shown,
    ...(corrections[index + 1] && { correctedAs: corrections[index + 1]! }),
  }));
  return { ...snapshot, entries, hash: notice.snapshotHash!, restartedAs: notice.restartedAsId };
}

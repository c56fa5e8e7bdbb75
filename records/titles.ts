import { groupBy } from '../domain/grouping.js';
import { isHigherRank } from '../domain/policy.js';
import {
  areBenefitsRunning,
  effectInForce,
  isInForce,
  RENEWED,
  titleStateOn,
  type BenefitFacts,
  type BenefitPause,
  type CausedEffect,
  type Suspension,
  type TitleEffect,
  type TitleState,
} from '../domain/tenure.js';
import { Prisma } from '../prisma/generated/client.js';
import { schemesOfTitles, type StoredPolicy } from './current-policies.js';
import type { Database, Transaction } from './database.js';
import type { Work } from './decide.js';
import { scopedTo } from './scope.js';

export type TitleRow = Prisma.TitleGetPayload<object>;

/** A title with its state on a day and the scheme whose order of ranks it was judged by. */
export interface TitleOnDay {
  readonly title: TitleRow;
  readonly state: TitleState;
  readonly scheme: StoredPolicy;
  /** All titles of the same person. */
  readonly all: readonly TitleRow[];
}

/** A suspension as it is kept with the title. */
export interface StoredSuspension extends Suspension {
  readonly reason: string;
  readonly document: string;
}

/** What the rules of tenure ask of a title's row. */
export function factsOf(title: TitleRow): BenefitFacts {
  const { rank, from, until, endedOn, benefitsUntil, appliedOn, reEvaluatedOn, continuesPending } = title;
  return {
    rank,
    from,
    until,
    endedOn,
    benefitsUntil,
    isRenewed: (title.endReason as { code?: string } | null)?.code === RENEWED,
    reEvaluation:
      appliedOn === null ? null : { appliedOn, decidedOn: reEvaluatedOn, continues: continuesPending },
    suspensions: suspensionsOf(title),
  };
}

/** The suspensions of a title, the first first. */
export function suspensionsOf({ suspensions }: Pick<TitleRow, 'suspensions'>): StoredSuspension[] {
  return suspensions as unknown as StoredSuspension[];
}

/** A title, which is also the case of its tenure. */
export function titleOf(db: Transaction, id: string): Promise<TitleRow> {
  return db.title.findUniqueOrThrow({ where: { id } });
}

/** A title, or null. */
export function findTitle(db: Transaction, id: string): Promise<TitleRow | null> {
  return db.title.findUnique({ where: { id } });
}

/** All titles that persons hold or have held. */
export function titlesOf(db: Transaction, personIds: readonly string[]): Promise<TitleRow[]> {
  return db.title.findMany({
    where: { personId: { in: [...personIds] } },
    orderBy: [{ from: 'asc' }, { id: 'asc' }],
  });
}

/** Titles by their ids. */
export function titlesById(db: Transaction, ids: readonly string[]): Promise<TitleRow[]> {
  return db.title.findMany({ where: { id: { in: [...new Set(ids)] } }, orderBy: { id: 'asc' } });
}

/** All certificates of a person for one rank, to be changed. */
export async function certificatesOfRank(
  db: Transaction,
  { personId, rank }: Pick<TitleRow, 'personId' | 'rank'>,
): Promise<TitleRow[]> {
  return (await lockTitles(db, personId)).filter((title) => title.rank === rank);
}

/** Writes new titles. */
export async function createTitles(
  db: Transaction,
  rows: readonly Prisma.TitleCreateManyInput[],
): Promise<void> {
  await db.title.createMany({ data: [...rows] });
}

/** Writes new facts of a title. */
export function updateTitle(
  db: Transaction,
  id: string,
  data: Prisma.TitleUncheckedUpdateInput,
): Promise<TitleRow> {
  return db.title.update({ where: { id }, data });
}

/**
 * All titles of a person, to be changed: whatever else changes them, or adds one, waits until the transaction is over.
 */
export async function lockTitles(db: Transaction, personId: string): Promise<TitleRow[]> {
  await db.$queryRaw`SELECT 1 FROM title WHERE person_id = ${personId}::uuid ORDER BY id FOR UPDATE`;
  return titlesOf(db, [personId]);
}

/**
 * Writes what a decision or a grade makes of a title. What has ended or stopped earlier stays so.
 * @param cause id of the decision or the grade, by which the effect can be taken back
 */
export async function applyEffect(
  db: Transaction,
  title: TitleRow,
  effect: TitleEffect,
  cause: string,
): Promise<TitleRow> {
  if (Object.keys(effect).length === 0) return title;
  return writeEffects(db, title, (effects) => [...effects, { ...effect, cause }]);
}

/** Takes back what a cause has made of a title; what others have made of it stays. Rule A4. */
export async function takeBackEffect(db: Transaction, title: TitleRow, cause: string): Promise<TitleRow> {
  return writeEffects(db, title, (effects) => effects.filter((each) => each.cause !== cause));
}

async function writeEffects(
  db: Transaction,
  { id, personId }: TitleRow,
  change: (effects: CausedEffect[]) => CausedEffect[],
): Promise<TitleRow> {
  const title = (await lockTitles(db, personId)).find((each) => each.id === id)!;
  const effects = change(title.effects as unknown as CausedEffect[]);
  const { endReason, ...ends } = effectInForce(effects);
  return updateTitle(db, id, {
    ...ends,
    endReason: endReason === null ? Prisma.DbNull : (endReason as unknown as Prisma.InputJsonObject),
    effects: effects as unknown as Prisma.InputJsonArray,
  });
}

/** The ranks that each person holds by a title in force on a day, a superseded one included. */
export async function ranksHeld(
  db: Transaction,
  personIds: readonly string[],
  on: string,
): Promise<Map<string, string[]>> {
  const titles = (await titlesOf(db, personIds)).filter((title) => isInForce(factsOf(title), on));
  return ranksByPerson(titles);
}

/** Everybody who holds one of the ranks on a day, with all ranks held. */
export async function holdersOf(
  db: Transaction,
  ranks: readonly string[],
  on: string,
): Promise<Map<string, string[]>> {
  const titles = await db.title.findMany({
    where: {
      rank: { in: [...ranks] },
      from: { lte: on },
      OR: [{ until: null }, { until: { gte: on } }, { appliedOn: { not: null } }],
    },
    select: { personId: true },
  });
  return ranksHeld(
    db,
    titles.map(({ personId }) => personId),
    on,
  );
}

function ranksByPerson(titles: readonly TitleRow[]): Map<string, string[]> {
  const held = groupBy(titles, ({ personId }) => personId);
  return new Map([...held].map(([personId, of]) => [personId, of.map(({ rank }) => rank)]));
}

export interface TitleFilter {
  readonly rank?: string;
  /** Only titles of these persons; without it, of all. */
  readonly personIds?: readonly string[];
  readonly after?: string;
  readonly limit: number;
}

/** A page of titles in the order of their ids, with their states on a day, and whether more follow. */
export async function listTitles(db: Transaction, filter: TitleFilter, on: string) {
  const found = await db.title.findMany({
    where: {
      rank: filter.rank,
      id: { gt: filter.after },
      ...(filter.personIds && { personId: { in: [...filter.personIds] } }),
    },
    orderBy: { id: 'asc' },
    take: filter.limit + 1,
  });
  return {
    titles: await withStates(db, found.slice(0, filter.limit), on),
    more: found.length > filter.limit,
  };
}

/** Titles with their states on a day. Rule C3. */
export async function withStates(
  db: Transaction,
  titles: readonly TitleRow[],
  on: string,
): Promise<TitleOnDay[]> {
  const schemeOf = await schemesOfTitles(db);
  const all = groupBy(
    await titlesOf(
      db,
      titles.map(({ personId }) => personId),
    ),
    ({ personId }) => personId,
  );
  return titles.map((title) => {
    const scheme = schemeOf(title);
    const ofPerson = all.get(title.personId) ?? [];
    const state = titleStateOn(scheme.policy, factsOf(title), ofPerson.map(factsOf), on);
    return { title, scheme, state, all: ofPerson };
  });
}

/**
 * Whether the benefits of a title run on a day, and those of no higher one of the same person. Rules C5, C8.
 * @param pauses of all titles of the person, by title
 */
export function benefitsOn(
  { title, scheme: { policy }, all }: TitleOnDay,
  pauses: ReadonlyMap<string, readonly BenefitPause[]>,
  on: string,
): boolean {
  const facts = all.map(factsOf);
  const run = (each: TitleRow) =>
    areBenefitsRunning(policy, factsOf(each), facts, pauses.get(each.id) ?? [], on);
  return run(title) && !all.some((other) => isHigherRank(policy, other.rank, title.rank) && run(other));
}

/** The highest serial among the certificates whose numbers begin so, however they were entered; 0 without any. Rule C13. */
export async function lastSerial(db: Transaction, prefix: string): Promise<number> {
  const found = await db.title.findMany({
    where: { certificateNumber: { startsWith: prefix } },
    select: { certificateNumber: true },
  });
  const serials = found.map(({ certificateNumber }) => certificateNumber!.slice(prefix.length));
  return Math.max(0, ...serials.filter((serial) => /^\d{1,9}$/.test(serial)).map(Number));
}

/** Certificates in force on a day that end within so many days after it. */
export function countEnding(db: Transaction, on: string, until: string): Promise<number> {
  return db.title.count({
    where: {
      from: { lte: on },
      until: { gte: on, lte: until },
      OR: [{ endedOn: null }, { endedOn: { gt: on } }],
    },
  });
}

/** For each calendar year, how many different persons were given one of the ranks in it, from a day to a day. Rule P9. */
export async function givenByYear(
  db: Transaction,
  ranks: readonly string[],
  { from, until }: { readonly from?: string; readonly until: string },
): Promise<{ year: string; persons: number }[]> {
  const titles = await db.title.findMany({
    where: { rank: { in: [...ranks] }, from: { gte: from, lte: until } },
    select: { from: true, personId: true },
    orderBy: { from: 'asc' },
  });
  const years = groupBy(titles, ({ from }) => from.slice(0, 4));
  return [...years].map(([year, of]) => ({
    year,
    persons: new Set(of.map(({ personId }) => personId)).size,
  }));
}

/** What the public may know of a certificate (C7). */
export interface PublicCertificate {
  readonly name: string;
  /** The school where the title was given. */
  readonly school: string;
  readonly rank: { readonly zh: string; readonly en: string };
  readonly from: string;
  readonly until: string | null;
  /** First day on which a decision had ended it, when that day has come: until then it is nobody's business. */
  readonly endedOn: string | null;
  readonly state: TitleState;
}

/**
 * The certificates of a number, of whichever organisation, with their states on a day. Rule C7.
 * @returns none when nobody has given the number
 */
export async function certificatesOf(
  database: Database,
  number: string,
  on: string,
): Promise<PublicCertificate[]> {
  const titles = await database.title.findMany({
    where: { certificateNumber: number },
    orderBy: { id: 'asc' },
  });
  return Promise.all(
    titles.map(async (found) => {
      const db = scopedTo(database, found.ownerId);
      const [{ title, state, scheme }] = (await withStates(db, [found], on)) as [TitleOnDay];
      const person = await db.person.findUniqueOrThrow({ where: { id: title.personId } });
      const school = await db.organisation.findUnique({ where: { id: title.schoolId ?? person.schoolId } });
      const hasEnded = title.endedOn !== null && title.endedOn <= on && state !== 'lapsed';
      const { ranks, externalTitles = [] } = scheme.policy;
      const { zh, en } = [...ranks, ...externalTitles].find(({ code }) => code === title.rank)!;
      return {
        name: person.name,
        school: school?.name ?? '',
        rank: { zh, en },
        from: title.from,
        until: title.until,
        endedOn: hasEnded ? title.endedOn : null,
        state,
      };
    }),
  );
}

/**
 * Moves a person to another school, with the file of before kept as a version; nothing happens when the roster has
 * done so already.
 * @param on first day at the other school
 */
export async function movePerson(
  work: Work,
  personId: string,
  toSchoolId: string,
  on: string,
): Promise<void> {
  const { id, ownerId, validFrom, ...file } = await work.db.person.findUniqueOrThrow({
    where: { id: personId },
  });
  if (file.schoolId === toSchoolId) return;
  await work.db.personVersion.create({ data: { ownerId, personId: id, validFrom, validUntil: on, file } });
  await work.db.person.update({ where: { id }, data: { schoolId: toSchoolId, validFrom: on } });
}

/** Titles of a person whose tenure goes on. */
export async function titlesInTenure(db: Transaction, personId: string): Promise<TitleRow[]> {
  const titles = await titlesOf(db, [personId]);
  const open = await db.case.findMany({
    where: { id: { in: titles.map(({ id }) => id) }, kind: 'titleTenure', closedAt: null },
    select: { id: true },
  });
  return titles.filter(({ id }) => open.some((row) => row.id === id));
}

/** A school of the organisation, or null. */
export function schoolById(db: Transaction, id: string) {
  return db.organisation.findFirst({ where: { id, kind: 'school' } });
}

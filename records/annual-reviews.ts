import { pauseAfter, type AssessmentStageCode, type GivenGrade } from '../domain/annual-review.js';
import { dateOf } from '../domain/dates.js';
import { groupBy } from '../domain/grouping.js';
import type { Policy } from '../domain/policy.js';
import { titleStateOn, type BenefitPause } from '../domain/tenure.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';
import { personIdsOfSchools } from './persons-shown.js';
import { policyById } from './policies.js';
import { factsOf, titlesOf, type TitleRow } from './titles.js';

export type ReviewEntryRow = Prisma.AnnualReviewEntryGetPayload<object>;

/** A title under review with its entry. */
export interface ReviewedTitle {
  readonly entry: ReviewEntryRow;
  readonly title: TitleRow;
}

/** The assessment of a school for a year and stage, or null. */
export function findReview(
  db: Transaction,
  schoolId: string,
  reviewYear: string,
  stage: AssessmentStageCode,
) {
  return db.annualReview.findFirst({ where: { schoolId, reviewYear, stage } });
}

/** The day on which the last assessment of a stage was opened for each of the titles that have had one. Rule A11. */
export async function lastAssessed(
  db: Transaction,
  titleIds: readonly string[],
  stage: AssessmentStageCode,
): Promise<Map<string, string>> {
  const entries = await db.annualReviewEntry.findMany({ where: { titleId: { in: [...titleIds] } } });
  const reviews = await db.annualReview.findMany({
    where: { id: { in: entries.map(({ reviewId }) => reviewId) }, stage },
  });
  const cases = await db.case.findMany({
    where: { id: { in: reviews.map(({ id }) => id) } },
    orderBy: { createdAt: 'asc' },
  });
  const openedOn = new Map(cases.map(({ id, createdAt }) => [id, dateOf(createdAt.toISOString())]));
  const last = new Map<string, string>();
  for (const [reviewId, day] of openedOn)
    for (const { titleId } of entries.filter((entry) => entry.reviewId === reviewId)) last.set(titleId, day);
  return last;
}

/** Titles of the ranks that are held at a school on a day, each holder's highest (A9). */
export async function titlesToReview(
  db: Transaction,
  policy: Policy,
  schoolId: string,
  ranks: readonly string[],
  on: string,
): Promise<TitleRow[]> {
  const all = await titlesOf(db, await personIdsOfSchools(db, [schoolId]));
  const byPerson = groupBy(all, ({ personId }) => personId);
  return all.filter((title) => {
    const ofPerson = byPerson.get(title.personId)!.map(factsOf);
    // Who may not use the title for now holds it all the same.
    return (
      ranks.includes(title.rank) &&
      ['valid', 'suspended'].includes(titleStateOn(policy, factsOf(title), ofPerson, on))
    );
  });
}

/** Writes a review with an entry for each title. */
export async function createReview(
  work: Work,
  review: {
    readonly id: string;
    readonly schoolId: string;
    readonly policyId: string;
    readonly reviewYear: string;
    readonly stage: AssessmentStageCode;
  },
  titleIds: readonly string[],
): Promise<void> {
  const { ownerId, db } = work;
  await db.annualReview.create({ data: { ...review, ownerId } });
  await db.annualReviewEntry.createMany({
    data: titleIds.map((titleId) => ({ reviewId: review.id, titleId, ownerId })),
  });
}

/** A review with its titles and its scheme. */
export async function reviewOf(db: Transaction, id: string) {
  const review = await db.annualReview.findUniqueOrThrow({ where: { id } });
  const entries = await db.annualReviewEntry.findMany({
    where: { reviewId: id },
    orderBy: { titleId: 'asc' },
  });
  const titles = await db.title.findMany({ where: { id: { in: entries.map(({ titleId }) => titleId) } } });
  const titleOf = new Map(titles.map((title) => [title.id, title]));
  const reviewed: ReviewedTitle[] = entries.map((entry) => ({ entry, title: titleOf.get(entry.titleId)! }));
  return { review, reviewed, policy: await policyById(db, review.policyId) };
}

/** Writes a holder's report and closes the holder's task. Returns how many reports are still to come. */
export async function writeDutyReport(
  work: Work,
  titleId: string,
  personId: string,
  text: string,
): Promise<number> {
  const { db, id } = work;
  await db.annualReviewEntry.update({
    where: { reviewId_titleId: { reviewId: id, titleId } },
    data: { dutyReport: text },
  });
  await db.task.updateMany({ where: { caseId: id, personId, doneAt: null }, data: { doneAt: work.at } });
  return db.annualReviewEntry.count({ where: { reviewId: id, dutyReport: null } });
}

/** Writes grades. */
export async function writeGrades(work: Work, grades: readonly GivenGrade[]): Promise<void> {
  for (const { titleId, grade, reason } of grades)
    await work.db.annualReviewEntry.update({
      where: { reviewId_titleId: { reviewId: work.id, titleId } },
      data: { grade, gradeReason: reason ?? null },
    });
}

/** Marks an entry as confirmed, with what the grade does and until when a review may be asked for. */
export async function confirmEntry(
  work: Work,
  titleId: string,
  confirmed: {
    readonly effect: string;
    readonly finalOn: string;
    readonly barredRounds: number;
  },
): Promise<void> {
  await work.db.annualReviewEntry.update({
    where: { reviewId_titleId: { reviewId: work.id, titleId } },
    data: { ...confirmed, confirmed: true },
  });
}

/** Whose decision the confirmation of a review's grades was, and who recorded it. Rules A4, S1. */
export function decidersOfConfirmation(db: Transaction, reviewId: string) {
  return db.decision.findFirstOrThrow({
    where: { caseId: reviewId, name: 'confirm' },
    select: { decidedById: true, recordedById: true },
  });
}

/** Writes that a holder asks for a review: until it is decided the grade has no effect. Rule A4. */
export async function askForReview(work: Work, titleId: string, reason: string): Promise<void> {
  await work.db.annualReviewEntry.update({
    where: { reviewId_titleId: { reviewId: work.id, titleId } },
    data: { effect: null, barredRounds: 0, askedReason: reason, askedOn: work.today },
  });
}

/** Whether a review of the grade was asked for and is not decided. Rule A4. */
export function isUnderReview({ askedOn, effect }: ReviewEntryRow): boolean {
  return askedOn !== null && effect === null;
}

/** Sanctions on file, by person. */
export async function sanctionsOf(db: Transaction, personIds: readonly string[]) {
  const rows = await db.sanction.findMany({
    where: { personId: { in: [...personIds] } },
    orderBy: { from: 'asc' },
  });
  return groupBy(rows, ({ personId }) => personId);
}

/** Which of the titles have a tenure that is going on. */
export async function openTenures(db: Transaction, titleIds: readonly string[]): Promise<string[]> {
  const cases = await db.case.findMany({
    where: { id: { in: [...titleIds] }, kind: 'titleTenure', closedAt: null },
    select: { id: true },
  });
  return cases.map(({ id }) => id);
}

/**
 * The pauses of benefits that confirmed grades have brought, by title; they go over to the certificate that took the place
 * of another for the same rank. Rules A3, A4, C8.
 */
export async function benefitPauses(
  db: Transaction,
  titles: readonly Pick<TitleRow, 'id' | 'personId' | 'rank'>[],
): Promise<Map<string, BenefitPause[]>> {
  const graded = await titlesOf(
    db,
    titles.map(({ personId }) => personId),
  );
  const paused = await db.annualReviewEntry.findMany({
    where: {
      titleId: { in: graded.map(({ id }) => id) },
      effect: 'keep_benefits_paused',
      finalOn: { not: null },
    },
  });
  if (paused.length === 0) return new Map();
  const reviews = await db.annualReview.findMany({
    where: { id: { in: paused.map(({ reviewId }) => reviewId) } },
  });
  const pauseOf = new Map<string, (finalOn: string) => BenefitPause>();
  for (const { id, policyId, reviewYear } of reviews) {
    const policy = await policyById(db, policyId);
    pauseOf.set(id, (finalOn) => pauseAfter(policy, reviewYear, finalOn));
  }
  const rankOf = new Map(graded.map((title) => [title.id, heldRank(title)]));
  const byRank = groupBy(paused, ({ titleId }) => rankOf.get(titleId)!);
  return new Map(
    titles.map((title) => {
      const entries = byRank.get(heldRank(title)) ?? [];
      return [title.id, entries.map(({ reviewId, finalOn }) => pauseOf.get(reviewId)!(finalOn!))];
    }),
  );
}

function heldRank({ personId, rank }: Pick<TitleRow, 'personId' | 'rank'>): string {
  return `${personId} ${rank}`;
}

export interface ReviewFilter {
  readonly schoolIds?: readonly string[];
  readonly reviewYear?: string;
  readonly after?: string;
  readonly limit: number;
}

/** A page of reviews in the order of their ids, with their cases, and whether more follow. */
export async function listReviews(db: Transaction, filter: ReviewFilter) {
  const found = await db.annualReview.findMany({
    where: {
      reviewYear: filter.reviewYear,
      id: { gt: filter.after },
      ...(filter.schoolIds && { schoolId: { in: [...filter.schoolIds] } }),
    },
    orderBy: { id: 'asc' },
    take: filter.limit + 1,
  });
  const page = found.slice(0, filter.limit);
  const cases = await db.case.findMany({ where: { id: { in: page.map(({ id }) => id) } } });
  const caseOf = new Map(cases.map((row) => [row.id, row]));
  return {
    reviews: page.map((review) => ({ review, row: caseOf.get(review.id)! })),
    more: found.length > filter.limit,
  };
}

/** The confirmed grades of titles in their yearly reviews, by year. Rules A3, E16. */
export async function pastReviewsOf(
  db: Transaction,
  titleIds: readonly string[],
): Promise<{ reviewYear: string; grade: string }[]> {
  const entries = await db.annualReviewEntry.findMany({
    where: {
      titleId: { in: [...titleIds] },
      confirmed: true,
      grade: { not: null },
      // A grade under review counts for nothing until it is decided.
      NOT: { askedOn: { not: null }, effect: null },
    },
  });
  const reviews = await db.annualReview.findMany({
    where: { id: { in: entries.map(({ reviewId }) => reviewId) }, stage: 'annual_assessment' },
    orderBy: [{ reviewYear: 'asc' }, { id: 'asc' }],
  });
  return reviews.flatMap(({ id, reviewYear }) =>
    entries.filter(({ reviewId }) => reviewId === id).map(({ grade }) => ({ reviewYear, grade: grade! })),
  );
}

/** The schools that have been reviewed, or are, for a year. */
export async function schoolsReviewed(db: Transaction, reviewYear: string): Promise<Set<string>> {
  const rows = await db.annualReview.findMany({
    where: { reviewYear, stage: 'annual_assessment' },
    select: { schoolId: true },
  });
  return new Set(rows.map(({ schoolId }) => schoolId));
}

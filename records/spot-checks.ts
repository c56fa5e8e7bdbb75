import { createHash } from 'node:crypto';
import { stageOf, type Policy, type SpotCheckStage } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { drawSpotCheck, spotCheckList, type SpotCheckSubject } from '../domain/spot-check.js';
import type { Prisma } from '../prisma/generated/client.js';
import { versionsOf } from './current-policies.js';
import type { Database, Transaction } from './database.js';
import type { Work } from './decide.js';

export type SpotCheckRow = Prisma.SpotCheckGetPayload<object>;
export type SpotCheckFindingRow = Prisma.SpotCheckFindingGetPayload<object>;

/** SHA-256 of a text, in hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * What a scheme says of spot checks.
 * @throws Refusal `SPOT_CHECK_NOT_IN_SCHEME`
 */
export function spotCheckRule(policy: Policy): SpotCheckStage {
  const stage = stageOf(policy, 'spot_check');
  if (stage === undefined)
    throw new Refusal({ code: 'SPOT_CHECK_NOT_IN_SCHEME', rule: 'A8', values: { policy: policy.id } });
  return stage;
}

/** A spot check, or null. */
export function findSpotCheck(db: Transaction, id: string): Promise<SpotCheckRow | null> {
  return db.spotCheck.findUnique({ where: { id } });
}

/** The spot check of a scheme for a review year, or null. */
export async function spotCheckOfYear(
  db: Transaction,
  policyId: string,
  reviewYear: string,
): Promise<SpotCheckRow | null> {
  return db.spotCheck.findFirst({
    where: { policyId: { in: await versionsOf(db, policyId) }, reviewYear },
  });
}

/** Writes the seed, which is public from then on. */
export async function announce(
  { db, ownerId, today }: Work,
  row: {
    readonly id: string;
    readonly policyId: string;
    readonly reviewYear: string;
    readonly seed: string;
    readonly announcedById: string;
  },
): Promise<void> {
  await db.spotCheck.create({ data: { ...row, ownerId, announcedOn: today } });
}

/** Titles that the schools have graded in a review year under a scheme, by the codes of the schools. Rule A8. */
export async function gradedTitles(
  db: Transaction,
  policyId: string,
  reviewYear: string,
): Promise<SpotCheckSubject[]> {
  const reviews = await db.annualReview.findMany({
    where: {
      policyId: { in: await versionsOf(db, policyId) },
      reviewYear,
      stage: 'annual_assessment',
    },
  });
  const entries = await db.annualReviewEntry.findMany({
    where: { reviewId: { in: reviews.map(({ id }) => id) }, grade: { not: null } },
  });
  const schools = await db.organisation.findMany({
    where: { id: { in: reviews.map(({ schoolId }) => schoolId) } },
  });
  const codeOf = new Map(schools.map(({ id, code }) => [id, code]));
  const schoolOf = new Map(reviews.map(({ id, schoolId }) => [id, codeOf.get(schoolId) ?? '']));
  return entries.map(({ reviewId, titleId }) => ({ school: schoolOf.get(reviewId)!, id: titleId }));
}

/** Draws, and writes the list with its hash beside who was drawn. Rule A8. */
export async function draw(
  { db, today }: Work,
  check: SpotCheckRow,
  rule: SpotCheckStage,
  list: readonly SpotCheckSubject[],
): Promise<SpotCheckRow> {
  return db.spotCheck.update({
    where: { id: check.id },
    data: {
      drawnOn: today,
      list: list as unknown as Prisma.InputJsonArray,
      listHash: sha256(spotCheckList(list)),
      drawn: drawSpotCheck(list, rule, check.seed, sha256),
    },
  });
}

/** What was found of who was drawn. */
export function findingsOf(db: Transaction, spotCheckIds: readonly string[]): Promise<SpotCheckFindingRow[]> {
  return db.spotCheckFinding.findMany({
    where: { spotCheckId: { in: [...spotCheckIds] } },
    orderBy: [{ checkedOn: 'asc' }, { subjectId: 'asc' }],
  });
}

/** Writes what was found. */
export async function recordFinding(
  { db, ownerId, today }: Work,
  row: {
    readonly spotCheckId: string;
    readonly subjectId: string;
    readonly finding: string;
    readonly note: string;
    readonly checkedById: string;
  },
): Promise<void> {
  await db.spotCheckFinding.create({ data: { ...row, ownerId, checkedOn: today } });
}

/** All spot checks, the last announced first. */
export function listSpotChecks(db: Transaction): Promise<SpotCheckRow[]> {
  return db.spotCheck.findMany({ orderBy: [{ announcedOn: 'desc' }, { id: 'asc' }] });
}

/** A spot check of whichever organisation, for the public page; or null. */
export function publicSpotCheck(database: Database, id: string): Promise<SpotCheckRow | null> {
  return database.spotCheck.findUnique({ where: { id } });
}

import { dateOf } from '../../../domain/dates.js';
import type { ApiSession } from '../../../samples/api-client.js';
import { recordedFor } from '../../../samples/walk/checks.js';
import { firstYear, schools } from './district.js';
import { later, nextSeptember, yearsLater, type Day, type TitleCard } from './plain-model.js';
import type { SchoolYears } from './school-years.js';
import { trainedRanks, type TrainedRank } from './trainings.js';

/** What came of the yearly reviews. */
export class YearlyReviews {
  /** Grades that were confirmed in the end, as `review year rank grade`. */
  readonly grades: string[] = [];
  readonly spotChecks: { readonly id: string; readonly reviewYear: string; readonly drawn: number }[] = [];
}

/** The review of one school. */
interface Review {
  readonly id: string;
  readonly step: string;
  readonly dueAt: string;
  readonly entries: readonly { readonly titleId: string; readonly personId: string }[];
}

interface OpenedReview extends Review {
  readonly schoolCode: string;
}

/** A title under review. */
interface Entry {
  readonly reviewId: string;
  readonly titleId: string;
  readonly personId: string;
}

interface Holder {
  readonly who: string;
  readonly title: TitleCard;
}

/** What somebody is graded, and what comes of asking for a review. */
interface Grading {
  readonly grade: string;
  readonly reviewed?: string;
}

/** The yearly review of all schools that have holders, with who is not content, and the spot check. */
export async function holdYearlyReview(years: SchoolYears, reviewYear: string): Promise<void> {
  const office = await years.walk.office();
  const [confirms, decides] = [await years.walk.office(1), await years.walk.office(2)];
  const held = years.model
    .holders(years.today)
    .filter(({ title }) => trainedRanks.includes(title.rank as TrainedRank));
  const gradings = gradingsOf(years, reviewYear, held);
  const spotCheckId = await announceSpotCheck(years, office, reviewYear);
  const reviews = await openReviews(years, office, reviewYear, held);
  const entries = reviews.flatMap(({ id, entries: of }) =>
    of.map(({ titleId, personId }): Entry => ({ reviewId: id, titleId, personId })),
  );
  compareEntries(years, reviewYear, entries, held);
  await reportOnDuties(years, reviewYear, entries);
  await letReportingEnd(years, office, reviews);
  const finalDays = await gradeAndConfirm(years, confirms, reviews, gradings);
  await checkOnTheSpot(years, office, reviewYear, spotCheckId);
  const asking = entries.filter(({ titleId }) => gradings.get(titleId)!.reviewed !== undefined);
  await askForReview(years, asking);
  await years.to(later([...finalDays.values()].toSorted().at(-1)!, 1));
  await decideOnRequests(years, decides, asking, gradings);
  for (const { reviewId, titleId } of entries) {
    const { grade, reviewed } = gradings.get(titleId)!;
    const { title } = held.find((each) => years.idOf(each.title) === titleId)!;
    const finalOn = reviewed === undefined ? finalDays.get(reviewId)! : years.today;
    years.reviews.grades.push(`${reviewYear} ${title.rank} ${reviewed ?? grade}`);
    applyFinalGrade(years, title, reviewed ?? grade, finalOn);
  }
  years.note(
    `${years.today}: ${entries.length} titles of ${reviews.length} schools reviewed, ${asking.length} once more`,
  );
}

/** Who gets what: one fails, one is not graded, one appeals; whoever was warned is not excellent. */
function gradingsOf(years: SchoolYears, reviewYear: string, held: readonly Holder[]): Map<string, Grading> {
  const year = Number(reviewYear.slice(0, 4));
  const sorted = held.toSorted((left, right) => (left.who < right.who ? -1 : 1));
  return new Map(
    sorted.map(({ who, title }, index): [string, Grading] => {
      const draw = years.walk.draw('grade', who, reviewYear);
      const warned = years.news.sanctions.some(({ staffNumber }) => staffNumber === who);
      const usual = warned || !draw.chance(20) ? 'pass' : 'excellent';
      const special = specialGrading(year, title, index, sorted.length);
      return [years.idOf(title), special ?? { grade: usual }];
    }),
  );
}

function specialGrading(
  year: number,
  title: TitleCard,
  position: number,
  count: number,
): Grading | undefined {
  // A new certificate must not bring back the money that the grade stops.
  if (title.applied !== null) return { grade: 'basic' };
  if (year === firstYear) return [{ grade: 'basic' }][position];
  if (count < 6) return undefined;
  return [
    { grade: 'fail' },
    { grade: 'ungraded' },
    { grade: 'fail', reviewed: year % 2 === 0 ? 'basic' : 'fail' },
    { grade: 'basic' },
  ][position];
}

/**
 * The office announces the spot check, with the seed of its draw.
 * @returns its id
 */
async function announceSpotCheck(
  years: SchoolYears,
  office: ApiSession,
  reviewYear: string,
): Promise<string> {
  const { result } = await office.decide(`/calendars/${await years.calendar()}/spot-checks`, {
    policyId: years.policyId,
    reviewYear,
    seed: `双色球${reviewYear} 03 07 11`,
  });
  return String(result['spotCheckId']);
}

/** One review is opened for each school that has holders. */
async function openReviews(
  years: SchoolYears,
  office: ApiSession,
  reviewYear: string,
  held: readonly Holder[],
): Promise<OpenedReview[]> {
  const schoolNow = (who: string) => years.model.schoolOf(who, years.today);
  const withHolders = schools.filter((code) => held.some(({ who }) => schoolNow(who) === code));
  const ids = await years.walk.forEach(withHolders, async (code) => {
    const schoolId = years.walk.schoolId(code);
    const { caseId } = await office.decide('/annual-reviews', {
      schoolId,
      reviewYear,
      policyId: years.policyId,
    });
    return caseId;
  });
  const opened = await readReviews(years, office, ids);
  return opened.map((review) => ({ ...review, schoolCode: withHolders[ids.indexOf(review.id)]! }));
}

function readReviews(years: SchoolYears, office: ApiSession, ids: readonly string[]): Promise<Review[]> {
  return years.walk.forEach(ids, (id) => office.get<Review>(`/annual-reviews/${id}`));
}

/** Under review is every title that is held, and no other. */
function compareEntries(
  years: SchoolYears,
  reviewYear: string,
  entries: readonly Entry[],
  held: readonly Holder[],
): void {
  const underReview = entries.map(({ titleId }) => titleId).toSorted();
  const expected = held.map(({ title }) => years.idOf(title)).toSorted();
  if (JSON.stringify(underReview) !== JSON.stringify(expected))
    years.differences.push(
      `${reviewYear}: ${underReview.length} titles under review, not ${expected.length}.`,
    );
}

/** Holders report on their duties, but for some who say nothing. */
async function reportOnDuties(
  years: SchoolYears,
  reviewYear: string,
  entries: readonly Entry[],
): Promise<void> {
  await years.walk.forEach(entries, async ({ reviewId, titleId, personId }) => {
    const who = years.walk.staffNumberOf(personId);
    if (years.walk.draw('silent', who, reviewYear).chance(10)) return;
    await (
      await years.walk.as(who)
    ).decide(`/annual-reviews/${reviewId}/duty-reports`, { titleId, text: '示范课两节' });
  });
}

/** The days for reports pass where somebody has not reported. */
async function letReportingEnd(
  years: SchoolYears,
  office: ApiSession,
  reviews: readonly Review[],
): Promise<void> {
  const now = await readReviews(
    years,
    office,
    reviews.map(({ id }) => id),
  );
  const last = now
    .filter(({ step }) => step === 'reporting')
    .map(({ dueAt }) => dateOf(dueAt))
    .toSorted()
    .at(-1);
  await years.to(last ?? later(years.today, 1));
}

/**
 * The heads grade, and the office confirms.
 * @returns the day on which the grades of each review are final, by its id
 */
async function gradeAndConfirm(
  years: SchoolYears,
  confirms: ApiSession,
  reviews: readonly OpenedReview[],
  gradings: ReadonlyMap<string, Grading>,
): Promise<Map<string, Day>> {
  const finalDays = await years.walk.forEach(reviews, async ({ id, entries, schoolCode }) => {
    const principal = await years.walk.one('head', { organisation: schoolCode });
    const grades = entries.map(({ titleId }) => ({
      titleId,
      grade: gradings.get(titleId)!.grade,
      reason: '按考核办法评定',
    }));
    await principal.decide(`/annual-reviews/${id}/grades`, { grades });
    const { result } = await confirms.decide(`/annual-reviews/${id}/confirmations`, {
      confirmations: entries.map(({ titleId }) => ({ titleId })),
      recordedFor: await recordedFor(years.walk, '青师培组〔考核〕1号'),
    });
    return [id, String(result['finalOn'])] as const;
  });
  return new Map(finalDays);
}

/** The titles of the spot check are drawn, and all is found to be true. */
async function checkOnTheSpot(
  years: SchoolYears,
  office: ApiSession,
  reviewYear: string,
  spotCheckId: string,
): Promise<void> {
  const calendar = `/calendars/${await years.calendar()}`;
  const { result } = await office.decide(`${calendar}/spot-check-draws`, { spotCheckId });
  const drawn = result['drawn'] as string[];
  for (const titleId of drawn)
    await office.decide(`${calendar}/spot-check-findings`, {
      spotCheckId,
      titleId,
      finding: 'confirmed',
      note: '材料属实',
    });
  years.reviews.spotChecks.push({ id: spotCheckId, reviewYear, drawn: drawn.length });
}

/** Who is not content asks for a review. */
async function askForReview(years: SchoolYears, asking: readonly Entry[]): Promise<void> {
  await years.walk.forEach(asking, async ({ reviewId, titleId, personId }) => {
    const holder = await years.walk.as(years.walk.staffNumberOf(personId));
    await holder.decide(`/annual-reviews/${reviewId}/review-requests`, { titleId, reason: '公开课有记录' });
  });
}

async function decideOnRequests(
  years: SchoolYears,
  decides: ApiSession,
  asking: readonly Entry[],
  gradings: ReadonlyMap<string, Grading>,
): Promise<void> {
  await years.walk.forEach(asking, async ({ reviewId, titleId }) => {
    await decides.decide(`/annual-reviews/${reviewId}/review-decisions`, {
      titleId,
      grade: gradings.get(titleId)!.reviewed,
      reason: '复核',
      recordedFor: await recordedFor(years.walk, '青师培组复核2号'),
    });
  });
}

/** What a final grade does: failing takes the title away, a basic pass stops the next year's money. */
function applyFinalGrade(years: SchoolYears, title: TitleCard, grade: string, finalOn: Day): void {
  if (grade === 'fail') years.model.revoke(title, later(finalOn, 1));
  if (grade !== 'basic') return;
  const from = nextSeptember(finalOn);
  title.moneyPaused.push({ from, until: later(yearsLater(from, 1), -1) });
}

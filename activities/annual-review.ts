import {
  assessmentDueOn,
  bestWithoutReport,
  refuseGrades,
  resultOfGrade,
  reviewedRanks,
  reviewYearDays,
  sanctionAgainst,
  yearsRunning,
  type AssessmentStageCode,
  type GivenGrade,
  type GradeResult,
} from '../domain/annual-review.js';
import { addWorkingDays } from '../domain/calendar.js';
import { endOfDay } from '../domain/dates.js';
import { stageOf, type Policy } from '../domain/policy.js';
import { Refusal, type Fault } from '../domain/refusal.js';
import { canBeEnded } from '../domain/tenure.js';
import type { SanctionKind } from '../domain/vocabulary.js';
import { wholePart } from '../domain/whole-numbers.js';
import {
  askForReview,
  confirmEntry,
  createReview,
  findReview,
  decidersOfConfirmation,
  isUnderReview,
  lastAssessed,
  openTenures,
  pastReviewsOf,
  reviewOf,
  sanctionsOf,
  titlesToReview,
  writeDutyReport,
  writeGrades,
  type ReviewedTitle,
} from '../records/annual-reviews.js';
import { calendarTable, dueIn } from '../records/calendar.js';
import type { NewTask } from '../records/cases.js';
import type { CaseRules, Decision, DecisionWork, Transition, Work } from '../records/decide.js';
import { membersWith } from '../records/people.js';
import { policyById } from '../records/policies.js';
import {
  applyEffect,
  certificatesOfRank,
  factsOf,
  schoolById,
  takeBackEffect,
  type TitleRow,
} from '../records/titles.js';
import { remindOverdue } from './reminders.js';

/** Working days that reports and grades may take together when the scheme sets none. */
const usualWorkingDays = 20;

/**
 * The office opens the yearly review of one school: every title in force there of the ranks that the scheme has
 * reviewed. Ranks decided above are reviewed only with the document that authorises it. The assessments that a scheme holds
 * every so many years take the titles whose time has come. Rules A5, A9, A11, C10.
 */
const open: Decision = async (
  work,
  body: {
    schoolId: string;
    reviewYear: string;
    policyId: string;
    authorised?: { document: string; ranks: readonly string[] };
    stage?: AssessmentStageCode;
  },
) => {
  const { schoolId, reviewYear, stage = 'annual_assessment' } = body;
  const policy = await policyById(work.db, body.policyId);
  const ranks = reviewedRanks(policy, body.authorised?.ranks);
  if ((await schoolById(work.db, schoolId)) === null)
    throw new Refusal({ code: 'SCHOOL_UNKNOWN', values: { id: schoolId } });
  const { from } = reviewYearDays(reviewYear);
  if (from > work.today)
    throw new Refusal({ code: 'REVIEW_YEAR_TO_COME', rule: 'A5', values: { reviewYear, today: work.today } });
  if (await findReview(work.db, schoolId, reviewYear, stage))
    throw new Refusal({ code: 'REVIEW_TWICE', rule: 'A5', values: { reviewYear } });
  const held = await titlesToReview(work.db, policy, schoolId, ranks, work.today);
  if (held.length === 0) throw new Refusal({ code: 'NO_HOLDERS', rule: 'A9', values: { reviewYear, ranks } });
  const titles = await titlesDue(work, policy, stage, held);
  await createReview(
    work,
    { id: work.id, schoolId, policyId: body.policyId, reviewYear, stage },
    titles.map(({ id }) => id),
  );
  const first = policy.annualReview!.dutyReport
    ? {
        step: 'reporting',
        tasks: await reportTasks(work, policy, schoolId, [
          ...new Set(titles.map(({ personId }) => personId)),
        ]),
      }
    : await gradingStep(
        work,
        policy,
        schoolId,
        titles.map(({ personId }) => personId),
      );
  work.open({
    id: work.id,
    kind: 'annualReview',
    organisationId: schoolId,
    stage,
    unit: schoolId,
    ...first,
  });
  return { result: { titles: titles.length } };
};

/** The titles whose assessment is due; when none is yet, the opening is refused with the first day. Rule A11. */
async function titlesDue(
  work: Work,
  policy: Policy,
  stage: AssessmentStageCode,
  held: readonly TitleRow[],
): Promise<TitleRow[]> {
  const last = await lastAssessed(
    work.db,
    held.map(({ id }) => id),
    stage,
  );
  const days = held.map((title) => assessmentDueOn(policy, stage, title.from, last.get(title.id) ?? null));
  const due = held.filter((_, index) => days[index]! <= work.today);
  if (due.length === 0)
    throw new Refusal({
      code: 'ASSESSMENT_TOO_EARLY',
      rule: 'A11',
      values: { stage, from: days.toSorted()[0]!, today: work.today },
      clause: stageOf(policy, stage)?.clause,
    });
  return due;
}

async function reportTasks(
  work: Work,
  policy: Policy,
  schoolId: string,
  holders: readonly string[],
): Promise<NewTask[]> {
  const dueAt = await dueIn(work.db, work.today, Math.max(1, wholePart(workingDaysOf(policy), 2)));
  return holders.map((personId) => ({
    role: 'teacher',
    personId,
    organisationId: schoolId,
    actions: ['dutyReport'],
    dueAt,
  }));
}

function workingDaysOf(policy: Policy): number {
  return stageOf(policy, 'annual_assessment')?.workingDays ?? usualWorkingDays;
}

/** The head grades; where the only holder is the head, the office does. */
async function gradingStep(
  work: Work,
  policy: Policy,
  schoolId: string,
  holders: readonly string[],
): Promise<{ step: string; tasks: NewTask[] }> {
  const heads = await membersWith(work.db, 'head', work.today, { organisationId: schoolId });
  const mayGrade = heads.some((head) => holders.some((personId) => personId !== head.personId));
  if (heads.length > 0 && !mayGrade) return confirmingStep(work);
  const days = workingDaysOf(policy);
  const dueAt = await dueIn(work.db, work.today, Math.max(1, days - wholePart(days, 2)));
  return { step: 'grading', tasks: [{ role: 'head', organisationId: schoolId, actions: ['grade'], dueAt }] };
}

async function confirmingStep(work: Work): Promise<{ step: string; tasks: NewTask[] }> {
  const dueAt = await dueIn(work.db, work.today);
  return {
    step: 'confirming',
    tasks: [{ role: 'leading_group', organisationId: work.ownerId, actions: ['confirm'], dueAt }],
  };
}

/** A holder reports on the year (述职), for an own title; a later report takes the place of the first. Rule A6. */
const dutyReport: Decision = async (work, body: { titleId: string; text: string }) => {
  const { reviewed, policy, review } = await reviewOf(work.db, work.id);
  const own = entryOf(reviewed, body.titleId);
  if (own.title.personId !== work.submission.actorId)
    throw new Refusal({ code: 'REPORT_OF_ANOTHER', rule: 'A6', values: { titleId: body.titleId } });
  const missing = await writeDutyReport(work, body.titleId, own.title.personId, body.text);
  // A time that has just come is kept: the transition that it asks for is still to be carried out.
  if (missing > 0) return { wakeAt: work.row!.wakeAt, result: { missing } };
  const next = await gradingStep(
    work,
    policy,
    review.schoolId,
    reviewed.map(({ title }) => title.personId),
  );
  return { ...next, result: { missing } };
};

/** The time for reports is over: grading begins, with or without those that are missing. Rule A6. */
const endReporting: Transition = async (work) => {
  if (work.row.wakeAt && work.row.wakeAt > work.at) return {};
  const { reviewed, policy, review } = await reviewOf(work.db, work.id);
  for (const { title, entry } of reviewed)
    if (entry.dutyReport === null)
      work.notify(title.personId, 'DUTY_REPORT_MISSED', { reviewYear: review.reviewYear });
  return gradingStep(
    work,
    policy,
    review.schoolId,
    reviewed.map(({ title }) => title.personId),
  );
};

/**
 * The head grades all holders of the school at once, but not an own title, which is left to who confirms. A grade that
 * a sanction forbids is refused. Rules A1, A2, A7.
 */
const grade: Decision = async (work, body: { grades: readonly GivenGrade[] }) => {
  const { reviewed, review, policy } = await reviewOf(work.db, work.id);
  refuseOwn(work, reviewed, body.grades);
  const expected = reviewed.filter(({ title }) => title.personId !== work.submission.actorId);
  refuseGrades(
    body.grades,
    expected.map(({ title }) => title.id),
  );
  await refuseForbidden(work, policy, review.reviewYear, reviewed, body.grades);
  await writeGrades(work, body.grades);
  return { ...(await confirmingStep(work)), result: { graded: body.grades.length } };
};

/** What is said of a grade when it is confirmed: nothing, or another grade with its reason. */
interface Confirmation {
  readonly titleId: string;
  readonly grade?: GivenGrade['grade'];
  readonly reason?: string;
}

/**
 * The grades are confirmed, all at once; who has none yet gets one, and a grade is changed only with a reason. Titles
 * and benefits go on, stop or end as the scheme says, from the day after the time for review; whoever asks for one in
 * that time stops the effect until it is decided. Rules A3, A4, A7.
 */
const confirm: Decision = async (work, body: { confirmations: readonly Confirmation[] }) => {
  const { reviewed, review, policy } = await reviewOf(work.db, work.id);
  refuseOwn(work, reviewed, body.confirmations);
  const given = body.confirmations.map((each): GivenGrade => confirmedGrade(reviewed, each));
  refuseGrades(
    given,
    reviewed.map(({ title }) => title.id),
  );
  await refuseForbidden(work, policy, review.reviewYear, reviewed, given);
  await writeGrades(work, given);
  const days = policy.annualReview!.reviewWorkingDays;
  const finalOn =
    days === 0 ? work.today : addWorkingDays(work.today, days, await calendarTable(work.db)).date;
  let ended = 0;
  for (const { titleId, grade: confirmed } of given) {
    const { title } = reviewed.find((each) => each.title.id === titleId)!;
    const result = await giveEffect(work, { review, policy, title, grade: confirmed, finalOn });
    if (result.effect === 'revoked') ended += 1;
    const values = {
      rank: title.rank,
      reviewYear: review.reviewYear,
      grade: confirmed,
      finalOn,
    };
    work.notify(title.personId, result.effect === 'revoked' ? 'REVIEW_REVOKES' : 'REVIEW_RESULT', values);
    if (result.warned) work.notify(title.personId, 'REVIEW_WARNS', values);
  }
  const result = { confirmed: given.length, ended, finalOn };
  if (days === 0) return { outcome: 'confirmed', result };
  const until = new Date(endOfDay(finalOn));
  return { step: 'appealing', waitingFor: 'teacher', dueAt: until, wakeAt: until, result };
};

/** A grade that takes its effect on a title. */
interface Effective {
  readonly review: { readonly id: string; readonly reviewYear: string; readonly stage: string };
  readonly policy: Policy;
  readonly title: TitleRow;
  readonly grade: GivenGrade['grade'];
  readonly finalOn: string;
}

/**
 * Writes what a grade does, from the day after it is final on, on the certificates of the rank that can be ended: one may
 * have taken the place of that which was graded since the review was opened. What it does can be taken back until then.
 */
async function giveEffect(
  work: Work,
  { review, policy, title, grade: given, finalOn }: Effective,
): Promise<GradeResult> {
  const { reviewYear } = review;
  const certificates = await certificatesOfRank(work.db, title);
  const past = await pastReviewsOf(
    work.db,
    certificates.map(({ id }) => id),
  );
  const years = yearsRunning(past, given, reviewYear);
  const stage = review.stage as AssessmentStageCode;
  const result = resultOfGrade(policy, given, reviewYear, finalOn, years, stage);
  const { effect, barredRounds } = result;
  await confirmEntry(work, title.id, { effect, finalOn, barredRounds });
  const held = certificates.filter((each) => canBeEnded(factsOf(each), work.today));
  for (const certificate of held)
    await applyEffect(work.db, certificate, result.title, causeOf(review.id, title.id));
  if (result.title.endedOn !== undefined) await tellTenures(work, held);
  if (result.effect === 'certificate_due')
    work.notify(title.personId, 'ASSESSMENT_PASSED', { rank: title.rank, reviewYear });
  return result;
}

/** The grade of a title in a review, as the cause of what it does. */
function causeOf(reviewId: string, titleId: string): string {
  return `${reviewId}/${titleId}`;
}

async function tellTenures(work: Work, titles: readonly TitleRow[]): Promise<void> {
  const ids = titles.map(({ id }) => id);
  for (const titleId of await openTenures(work.db, ids)) work.tell(titleId);
}

/**
 * A holder asks for a review of the own grade in the working days that the scheme gives: until it is decided the grade does
 * nothing to the title. Rule A4.
 * @throws Refusal `NOT_IN_REVIEW`, `REVIEW_OF_ANOTHER`, `REVIEW_ASKED_ALREADY`, `REVIEW_TIME_OVER`
 */
const requestReview: Decision = async (work, body: { titleId: string; reason: string }) => {
  const { reviewed } = await reviewOf(work.db, work.id);
  const { title, entry } = entryOf(reviewed, body.titleId);
  if (title.personId !== work.submission.actorId)
    throw new Refusal({ code: 'REVIEW_OF_ANOTHER', rule: 'A4', values: { titleId: title.id } });
  if (entry.askedOn !== null)
    throw new Refusal({ code: 'REVIEW_ASKED_ALREADY', rule: 'A4', values: { on: entry.askedOn } });
  if (work.today > entry.finalOn!)
    throw new Refusal({ code: 'REVIEW_TIME_OVER', rule: 'A4', values: { finalOn: entry.finalOn! } });
  const certificates = await certificatesOfRank(work.db, title);
  for (const certificate of certificates)
    await takeBackEffect(work.db, certificate, causeOf(work.id, title.id));
  await askForReview(work, title.id, body.reason);
  await tellTenures(work, certificates);
  const { wakeAt } = work.row!;
  return { tasks: [await reviewTask(work)], wakeAt, result: { titleId: title.id } };
};

async function reviewTask(work: Work): Promise<NewTask> {
  const dueAt = await dueIn(work.db, work.today);
  return { role: 'leading_group', organisationId: work.ownerId, actions: ['decideReview'], dueAt };
}

/** The time to ask for a review is over: what nobody asked about is final; the rest waits for the decisions. Rule A4. */
const endAppeals: Transition = async (work) => {
  if (work.row.wakeAt && work.row.wakeAt > work.at) return {};
  const { reviewed } = await reviewOf(work.db, work.id);
  if (!reviewed.some(({ entry }) => isUnderReview(entry))) return { outcome: 'confirmed' };
  return { step: 'reviewing', tasks: [await reviewTask(work)] };
};

/**
 * Somebody other than who confirmed the grade decides on the review: the grade stands or another one takes its place, and
 * takes its effect from the day after. Rules A2, A4, S8.
 * @throws Refusal `REVIEW_NOT_ASKED`, `REVIEW_BY_SAME_PERSON`, `REVIEW_DECIDER_MISSING`, `OWN_CASE`, `GRADES_FORBIDDEN`
 */
const decideReview: Decision = async (
  work,
  body: { titleId: string; grade: GivenGrade['grade']; reason: string },
) => {
  const { reviewed, review, policy } = await reviewOf(work.db, work.id);
  const { title, entry } = entryOf(reviewed, body.titleId);
  const values = { titleId: title.id };
  if (!isUnderReview(entry)) throw new Refusal({ code: 'REVIEW_NOT_ASKED', rule: 'A4', values });
  await refuseSameDecider(work, title, values);
  await refuseForbidden(work, policy, review.reviewYear, reviewed, [body]);
  await writeGrades(work, [body]);
  const result = await giveEffect(work, { review, policy, title, grade: body.grade, finalOn: work.today });
  work.notify(title.personId, 'REVIEW_DECIDED', {
    rank: title.rank,
    reviewYear: review.reviewYear,
    grade: body.grade,
    reason: body.reason,
  });
  const left = reviewed.filter((each) => each.title.id !== title.id && isUnderReview(each.entry)).length;
  const answer = { left, effect: result.effect };
  if (left === 0) await work.finishTasks(work.id, 'decideReview');
  if (work.row!.step === 'reviewing')
    return left === 0 ? { outcome: 'confirmed', result: answer } : { result: answer };
  const { wakeAt } = work.row!;
  return { wakeAt, ...(left === 0 && { waitingFor: 'teacher' as const, dueAt: wakeAt }), result: answer };
};

/** Nobody decides, or records, the review of an own grade or of a grade that was an own decision or record. */
async function refuseSameDecider(
  work: DecisionWork,
  title: TitleRow,
  values: { readonly titleId: string },
): Promise<void> {
  const { decidedById } = work.decider;
  const now = [decidedById, work.submission.actorId];
  if (now.includes(title.personId)) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  const before = await decidersOfConfirmation(work.db, work.id);
  if (now.some((id) => id !== null && [before.decidedById, before.recordedById].includes(id)))
    throw new Refusal({ code: 'REVIEW_BY_SAME_PERSON', rule: 'A4', values });
  // Where one person confirmed, a document alone does not show that it was another who decided.
  if (before.decidedById !== null && decidedById === null)
    throw new Refusal({ code: 'REVIEW_DECIDER_MISSING', rule: 'A4', values });
}

function entryOf(reviewed: readonly ReviewedTitle[], titleId: string): ReviewedTitle {
  const found = reviewed.find(({ title }) => title.id === titleId);
  if (found === undefined)
    throw new Refusal({ code: 'NOT_IN_REVIEW', rule: 'A9', values: { ids: [titleId] } });
  return found;
}

/** The grade as confirmed: the head's, or another one with a reason. */
function confirmedGrade(
  reviewed: readonly ReviewedTitle[],
  { titleId, grade: other, reason }: Confirmation,
): GivenGrade {
  const entry = reviewed.find(({ title }) => title.id === titleId)?.entry;
  const headGrade = (entry?.grade ?? undefined) as GivenGrade['grade'] | undefined;
  const confirmed = other ?? headGrade;
  if (confirmed === undefined)
    throw new Refusal({ code: 'GRADE_MISSING', rule: 'A7', values: { ids: [titleId] } });
  if (confirmed !== headGrade && !reason?.trim())
    throw new Refusal({ code: 'GRADE_REASON_MISSING', rule: 'S10', values: { ids: [titleId] } });
  return { titleId, grade: confirmed, reason: reason ?? entry?.gradeReason ?? undefined };
}

function refuseOwn(
  work: DecisionWork,
  reviewed: readonly ReviewedTitle[],
  given: readonly { readonly titleId: string }[],
): void {
  const own = reviewed
    .filter(({ title }) => title.personId === work.submission.actorId)
    .map(({ title }) => title.id);
  if (given.some(({ titleId }) => own.includes(titleId))) throw new Refusal({ code: 'OWN_CASE', rule: 'A7' });
}

/** Refuses grades that a sanction forbids, or that are too good for who did not report. Rules A2, A6. */
async function refuseForbidden(
  work: Work,
  policy: Policy,
  reviewYear: string,
  reviewed: readonly ReviewedTitle[],
  given: readonly GivenGrade[],
): Promise<void> {
  const sanctions = await sanctionsOf(
    work.db,
    reviewed.map(({ title }) => title.personId),
  );
  const days = reviewYearDays(reviewYear);
  const faults = given.flatMap(({ titleId, grade: asked }): Fault[] => {
    const { title, entry } = entryOf(reviewed, titleId);
    const best = bestWithoutReport(policy, asked, entry.dutyReport !== null);
    if (best !== undefined)
      return [{ at: titleId, code: 'GRADE_WITHOUT_REPORT', values: { grade: asked, best } }];
    const onFile = (sanctions.get(title.personId) ?? []).map(({ kind, from, until }) => ({
      kind: kind as SanctionKind,
      from,
      until,
    }));
    const against = sanctionAgainst(asked, onFile, days);
    if (against === undefined) return [];
    const values = {
      grade: asked,
      sanction: against.kind,
      from: against.from,
    };
    return [{ at: titleId, code: 'GRADE_AGAINST_SANCTION', values }];
  });
  if (faults.length > 0)
    throw new Refusal({ code: 'GRADES_FORBIDDEN', rule: 'A2', values: { count: faults.length }, faults });
}

export const annualReviewRules: CaseRules = {
  decisions: { open, dutyReport, grade, confirm, requestReview, decideReview },
  transitions: { endReporting, endAppeals, remindOverdue },
};

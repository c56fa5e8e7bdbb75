import { z } from 'zod';
import { assessmentStages, type AssessmentStageCode } from '../../domain/annual-review.js';
import { codesOf, grades } from '../../domain/vocabulary.js';
import { listReviews, reviewOf } from '../../records/annual-reviews.js';
import { findCase } from '../../records/cases.js';
import { shownPersons } from '../../records/persons-shown.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { cursorAfter, pageOf, pageQuery, readCursor } from '../paging.js';
import { route, type Route } from '../route.js';
import { requireSight, schoolsOf, seesAll } from '../visibility.js';

const tag = 'annual-reviews';
const grade = z.enum(codesOf(grades));
const reason = z.string().min(1).max(1000);
/** A school year such as `2027-2028`. */
export const reviewYearSchema = z
  .string()
  .regex(/^20\d\d-20\d\d$/)
  .refine((text) => Number(text.slice(5)) === Number(text.slice(0, 4)) + 1, {
    params: { code: 'WRONG_VALUE' },
  });

/** What is decided in the assessment of a school's holders. */
export const annualReviewDecisions: DecisionRoute[] = [
  {
    kind: 'annualReview',
    decision: 'open',
    path: '/annual-reviews',
    summary: '启动学校年度考核 Open the yearly review of a school',
    body: z.strictObject({
      schoolId: z.uuid(),
      reviewYear: reviewYearSchema,
      policyId: z.uuid(),
      authorised: z
        .strictObject({
          document: z.string().min(1).max(200),
          ranks: z.array(z.string().max(50)).min(1).max(20),
        })
        .optional()
        .meta({ description: 'Ranks decided above that a document of the authority lets this body review.' }),
      stage: z.enum(assessmentStages).optional().meta({
        description: 'The yearly review, or an assessment that the scheme holds every so many years.',
      }),
    }),
  },
  {
    kind: 'annualReview',
    decision: 'dutyReport',
    path: '/annual-reviews/{id}/duty-reports',
    summary: '述职 Report on the year',
    body: z.strictObject({ titleId: z.uuid(), text: z.string().min(1).max(10_000) }),
  },
  {
    kind: 'annualReview',
    decision: 'grade',
    path: '/annual-reviews/{id}/grades',
    summary: '学校评定等次 The head grades the school’s holders',
    body: z.strictObject({
      grades: z
        .array(z.strictObject({ titleId: z.uuid(), grade, reason: reason.optional() }))
        .min(1)
        .max(1000),
    }),
  },
  {
    kind: 'annualReview',
    decision: 'confirm',
    path: '/annual-reviews/{id}/confirmations',
    summary: '确认考核结果 Confirm the grades',
    body: z.strictObject({
      confirmations: z
        .array(z.strictObject({ titleId: z.uuid(), grade: grade.optional(), reason: reason.optional() }))
        .min(1)
        .max(1000),
    }),
  },
  {
    kind: 'annualReview',
    decision: 'requestReview',
    path: '/annual-reviews/{id}/review-requests',
    summary: '申请复核 Ask for a review of one’s own grade',
    body: z.strictObject({ titleId: z.uuid(), reason }),
  },
  {
    kind: 'annualReview',
    decision: 'decideReview',
    path: '/annual-reviews/{id}/review-decisions',
    summary: '复核决定 Decide on a review',
    body: z.strictObject({ titleId: z.uuid(), grade, reason }),
  },
];

const reviewSchema = z
  .object({
    id: z.uuid(),
    schoolId: z.uuid(),
    reviewYear: z.string(),
    stage: z.enum(assessmentStages),
    step: z.string(),
    outcome: z.string().nullable(),
    waitingFor: z.string().nullable(),
    dueAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'AnnualReview' });

const reviewWithEntries = reviewSchema
  .extend({
    entries: z.array(
      z.object({
        titleId: z.uuid(),
        personId: z.uuid(),
        name: z.string(),
        rank: z.string(),
        dutyReport: z.string().nullable(),
        grade: z.string().nullable(),
        gradeReason: z.string().nullable(),
        confirmed: z.boolean(),
        effect: z.string().nullable(),
        finalOn: z.iso.date().nullable().meta({ description: 'Last day to ask for a review.' }),
        reviewAskedOn: z.iso.date().nullable(),
        reviewReason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'AnnualReviewWithEntries' });

type Shown = Pick<z.input<typeof reviewSchema>, 'id' | 'schoolId' | 'reviewYear'> & { stage: string };
type Row = { step: string; outcome: string | null; waitingFor: string | null; dueAt: Date | null };

/** Yearly reviews, one a school and year. */
export function annualReviewRoutes(dependencies: Dependencies): Route[] {
  return [
    ...decisionRoutes(annualReviewDecisions, dependencies),
    route({
      method: 'get',
      path: '/api/v1/annual-reviews',
      operationId: 'listAnnualReviews',
      summary: '年度考核 Yearly reviews',
      description: '学校只见本校。 Schools see their own.',
      tag,
      access: { roles: ['office', 'leading_group', 'training_centre', 'auditor', 'head', 'school_clerk'] },
      query: pageQuery.extend({ reviewYear: reviewYearSchema.optional(), schoolId: z.uuid().optional() }),
      response: pageOf(reviewSchema),
      handler: async ({ actor, database, query }) => {
        const { schoolId } = query;
        const own = seesAll(actor) ? undefined : schoolsOf(actor);
        const schoolIds = schoolId === undefined ? own : (own ?? [schoolId]).filter((id) => id === schoolId);
        const { reviews, more } = await listReviews(database, {
          schoolIds,
          reviewYear: query.reviewYear,
          after: readCursor(query.cursor),
          limit: query.limit,
        });
        const last = reviews.at(-1);
        return {
          status: 200,
          body: {
            items: reviews.map(({ review, row }) => showReview(review, row)),
            next: more && last ? cursorAfter(last.review.id) : null,
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/annual-reviews/{id}',
      operationId: 'getAnnualReview',
      summary: '一所学校的年度考核 The yearly review of one school',
      description: '教师只见本人。 Teachers see their own entry.',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      response: reviewWithEntries,
      handler: async ({ actor, database, params }) => {
        const row = await findCase(database, 'annualReview', params.id);
        requireSight(row !== null);
        const { review, reviewed } = await reviewOf(database, params.id);
        const seesWhole = seesAll(actor) || schoolsOf(actor).includes(review.schoolId);
        const shown = reviewed.filter(({ title }) => seesWhole || title.personId === actor.personId);
        requireSight(shown.length > 0);
        const persons = await shownPersons(
          database,
          shown.map(({ title }) => title.personId),
        );
        const entries = shown.map(({ entry, title }) => {
          const { dutyReport, confirmed, effect, finalOn, askedOn: reviewAskedOn, askedReason } = entry;
          // A grade is told when it is confirmed.
          const isTold = seesWhole || confirmed;
          const given = isTold ? entry.grade : null;
          const gradeReason = isTold ? entry.gradeReason : null;
          const { id: titleId, personId, rank } = title;
          const { name } = persons.get(personId)!;
          return {
            titleId,
            personId,
            name,
            rank,
            dutyReport,
            grade: given,
            gradeReason,
            confirmed,
            effect,
            finalOn,
            reviewAskedOn,
            reviewReason: askedReason,
          };
        });
        return { status: 200, body: { ...showReview(review, row!), entries } };
      },
    }),
  ];
}

function showReview(
  { id, schoolId, reviewYear: year, stage }: Shown,
  { step, outcome, waitingFor, dueAt }: Row,
) {
  return {
    id,
    schoolId,
    reviewYear: year,
    stage: stage as AssessmentStageCode,
    step,
    outcome,
    waitingFor,
    dueAt: dueAt?.toISOString() ?? null,
  };
}

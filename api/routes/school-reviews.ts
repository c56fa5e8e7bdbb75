import { z } from 'zod';
import { dateOf } from '../../domain/dates.js';
import { stageOf } from '../../domain/policy.js';
import { policyOfRound, runView } from '../../records/candidates.js';
import { findCase } from '../../records/cases.js';
import { readClock } from '../../records/instance.js';
import { membersWith } from '../../records/people.js';
import {
  checksOf,
  judgesFor,
  judgesOf,
  quotaOf,
  recusalsOf,
  reviewResults,
  scoresOf,
} from '../../records/school-reviews.js';
import { caseListRoute, caseSchema, seesCase, shownCase } from '../case-lists.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { Refusal } from '../../domain/refusal.js';
import { route, type Route } from '../route.js';
import { requireSight } from '../visibility.js';

const ids = z.array(z.uuid()).max(2000);

const decisions: DecisionRoute[] = [
  {
    kind: 'schoolReview',
    decision: 'score',
    path: '/school-reviews/{id}/scores',
    summary: '评分 One judge’s sheets, many applicants at once',
    body: z.strictObject({
      scores: z
        .array(
          z.strictObject({
            applicationId: z.uuid(),
            items: z.record(z.string().max(50), z.int().meta({ description: 'Hundredths of a point.' })),
          }),
        )
        .min(1)
        .max(2000),
    }),
  },
  {
    kind: 'schoolReview',
    decision: 'recuse',
    path: '/school-reviews/{id}/recusals',
    summary: '评委回避 A judge does not score an applicant',
    body: z.strictObject({
      applicationId: z.uuid(),
      judgeId: z.uuid().optional().meta({ description: 'Given by the head; without it oneself.' }),
      reason: z.string().min(1).max(1000),
    }),
  },
  {
    kind: 'schoolReview',
    decision: 'checkItems',
    path: '/school-reviews/{id}/checks',
    summary: '核定计分项目 Check the counted items, first or second',
    body: z.strictObject({
      checks: z
        .array(
          z.strictObject({
            applicationId: z.uuid(),
            items: z.record(z.string().max(50), z.int().meta({ description: 'Hundredths of a point.' })),
            reason: z.string().min(1).max(1000).optional(),
          }),
        )
        .min(1)
        .max(2000),
    }),
  },
  {
    kind: 'schoolReview',
    decision: 'nominate',
    path: '/school-reviews/{id}/nominations',
    summary: '在名额内确定候选人 Name the candidates within the quota',
    body: z.strictObject({
      applicationIds: ids,
      orderReason: z.string().min(1).max(1000).optional(),
      subjectReason: z
        .string()
        .min(1)
        .max(1000)
        .optional()
        .meta({ description: 'Why more of a stage and subject than its cap are named (Q5).' }),
    }),
  },
  {
    kind: 'schoolReview',
    decision: 'file',
    path: '/school-reviews/{id}/filing',
    summary: '上报候选人名单 File the list',
    body: z.strictObject({ applicationIds: ids }),
  },
];

const schoolReviewSchema = caseSchema
  .extend({
    quotas: z.array(z.object({ rank: z.string(), places: z.int(), taken: z.int() })),
    sheet: z.array(
      z.object({ code: z.string(), zh: z.string(), en: z.string(), max: z.int(), judged: z.boolean() }),
    ),
    applicants: z.array(
      z.object({
        applicationId: z.uuid(),
        personId: z.uuid(),
        name: z.string(),
        rank: z.string(),
        subject: z.string(),
        standing: z.string(),
        outcome: z.string().nullable(),
        /** How many judges have scored. */
        judges: z.int(),
        /** Members of the panel whose sheet is still to come; nobody who is recused. */
        missing: z.array(z.uuid()),
        recused: z.array(z.object({ judgeId: z.uuid(), reason: z.string() })),
        checks: z.array(
          z.object({
            part: z.string().meta({ description: 'self (自评), first (初核) or second (复核).' }),
            personId: z.uuid(),
            items: z.record(z.string(), z.int()),
            reason: z.string().nullable(),
          }),
        ),
        schoolScore: z.int().nullable(),
        /** In the order of the scores, for the rank by itself; null while scores are missing. */
        place: z.int().nullable(),
      }),
    ),
  })
  .meta({ id: 'SchoolReview' });

/** A school's part of a round: scores, nominations within the quota, and the list that is filed. */
export function schoolReviewRoutes(dependencies: Dependencies): Route[] {
  return [
    caseListRoute('schoolReview', '/school-reviews', '学校评审 School reviews'),
    route({
      method: 'get',
      path: '/api/v1/school-reviews/{id}',
      operationId: 'readSchoolReview',
      summary: '一所学校的评审 One school review',
      tag: 'school-reviews',
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      response: schoolReviewSchema,
      handler: async ({ actor, database, params }) => {
        const row = await findCase(database, 'schoolReview', params.id);
        if (row === null) throw new Refusal({ code: 'NOT_FOUND' });
        requireSight(seesCase(actor, row));
        const policy = await policyOfRound(database, row.roundId!);
        const scores = await scoresOf(database, row.id);
        const quotas = await quotaOf(database, row.roundId!, row.organisationId);
        const run = await runView(database, row.id);
        const sheet = stageOf(policy, 'school_score')?.sheet;
        const { now } = await readClock(dependencies.database);
        const recusals = await recusalsOf(database, row.id);
        const checks = await checksOf(database, row.id);
        const members = await membersWith(database, 'school_panel', dateOf(now), {
          organisationId: row.organisationId,
        });
        const panel = [...new Set(members.map(({ personId }) => personId))];
        const standing = run.map(({ candidate }) => candidate);
        const rankings = sheet && (await reviewResults(database, row, sheet, standing, dateOf(now))).rankings;
        const applicants = run.map(({ candidate, entry }) => ({
          applicationId: candidate.id,
          personId: candidate.personId,
          name: candidate.name,
          rank: candidate.rank,
          subject: candidate.subject,
          standing: candidate.standing,
          outcome: entry.outcome,
          judges: judgesOf(scores.get(candidate.id)).length,
          missing: sheet
            ? judgesFor(panel, candidate, recusals).filter(
                (judge) => !judgesOf(scores.get(candidate.id)).includes(judge),
              )
            : [],
          recused: recusals
            .filter(({ applicationId }) => applicationId === candidate.id)
            .map(({ judgeId, reason }) => ({ judgeId, reason })),
          checks: checks
            .filter(({ applicationId }) => applicationId === candidate.id)
            .map(({ part, personId, items, reason }) => ({
              part,
              personId,
              items: items as Record<string, number>,
              reason,
            })),
          schoolScore: candidate.schoolScore,
          place: rankings?.get(candidate.rank)?.places.find(({ id }) => id === candidate.id)?.place ?? null,
        }));
        return {
          status: 200,
          body: {
            ...shownCase(row),
            quotas: [...quotas].map(([rank, { places, taken }]) => ({ rank, places, taken: taken.length })),
            sheet: (sheet?.items ?? []).map(({ code, zh, en, max, judged }) => ({
              code,
              zh,
              en,
              max,
              judged,
            })),
            applicants,
          },
        };
      },
    }),
    ...decisionRoutes(decisions, dependencies),
  ];
}

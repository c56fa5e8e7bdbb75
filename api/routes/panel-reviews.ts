import { z } from 'zod';
import { Refusal } from '../../domain/refusal.js';
import { runView } from '../../records/candidates.js';
import { findCase } from '../../records/cases.js';
import { opinionsOf } from '../../records/opinions.js';
import { caseListRoute, caseSchema, seesCase, shownCase } from '../case-lists.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';
import { requireSight } from '../visibility.js';

const decisions: DecisionRoute[] = [
  {
    kind: 'panelReview',
    decision: 'giveOpinions',
    path: '/panel-reviews/{id}/opinions',
    summary: '教研员意见 Opinions on candidates, many at once',
    body: z.strictObject({
      opinions: z
        .array(
          z.strictObject({
            applicationId: z.uuid(),
            stance: z.enum(['recommend', 'neutral', 'advise_against']),
            text: z.string().min(1).max(5000),
          }),
        )
        .min(1)
        .max(2000),
    }),
  },
];

const panelReviewSchema = caseSchema
  .extend({
    candidates: z.array(
      z.object({
        applicationId: z.uuid(),
        name: z.string(),
        rank: z.string(),
        schoolId: z.uuid(),
        stance: z.string().nullable(),
        text: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'PanelReview' });

/** Researchers' opinions on the candidates of their subject. */
export function panelReviewRoutes(dependencies: Dependencies): Route[] {
  return [
    caseListRoute('panelReview', '/panel-reviews', '教研员意见 Researchers’ opinions'),
    route({
      method: 'get',
      path: '/api/v1/panel-reviews/{id}',
      operationId: 'readPanelReview',
      summary: '一组候选人的意见 The opinions on one group',
      tag: 'panel-reviews',
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      response: panelReviewSchema,
      handler: async ({ actor, database, params }) => {
        const row = await findCase(database, 'panelReview', params.id);
        if (row === null) throw new Refusal({ code: 'NOT_FOUND' });
        requireSight(seesCase(actor, row));
        const opinions = await opinionsOf(database, row.id);
        const candidates = (await runView(database, row.id)).map(({ candidate }) => {
          const opinion = opinions.find(({ applicationId }) => applicationId === candidate.id);
          return {
            applicationId: candidate.id,
            name: candidate.name,
            rank: candidate.rank,
            schoolId: candidate.schoolId,
            stance: opinion?.stance ?? null,
            text: opinion?.text ?? null,
          };
        });
        return { status: 200, body: { ...shownCase(row), candidates } };
      },
    }),
    ...decisionRoutes(decisions, dependencies),
  ];
}

import { z } from 'zod';
import { instrumentCodes } from '../../domain/instruments.js';
import { actors, stageOf } from '../../domain/policy.js';
import { Refusal } from '../../domain/refusal.js';
import { rankByScore } from '../../domain/scoring.js';
import { candidatesOf, policyOfRound, runView, withNames } from '../../records/candidates.js';
import { findCase, type CaseRow } from '../../records/cases.js';
import { opinionsOf } from '../../records/opinions.js';
import type { Transaction } from '../../records/database.js';
import { conflictsOfPanel, jointPanelOf, panelOf, resultsOfRun, totalsOf } from '../../records/panels.js';
import { personsById } from '../../records/persons-shown.js';
import type { Actor } from '../auth/actor.js';
import { caseListRoute, caseSchema, seesCase, shownCase } from '../case-lists.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';
import { holds, requireSight, seesAll } from '../visibility.js';

const text = (most: number) => z.string().min(1).max(most);
const hundredths = z.int().min(0).max(1_000_000).meta({ description: '8.5 points are 850.' });

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
  {
    kind: 'panelReview',
    decision: 'substituteResearcher',
    path: '/panel-reviews/{id}/substitutes',
    summary: '更换教研员 The chair names another researcher',
    body: z.strictObject({ personId: z.uuid(), reason: z.string().min(1).max(500) }),
  },
  {
    kind: 'panelReview',
    decision: 'recordAbsence',
    path: '/panel-reviews/{id}/absences',
    summary: '登记无意见及理由 The chair records why there is no opinion',
    body: z.strictObject({
      absences: z
        .array(z.strictObject({ applicationId: z.uuid(), reason: z.string().min(1).max(500) }))
        .min(1)
        .max(2000),
    }),
  },
  {
    kind: 'panelReview',
    decision: 'recordIntegrityOpinions',
    path: '/panel-reviews/{id}/integrity-opinions',
    summary: '登记廉政意见 The office records the organ’s written opinions',
    body: z.strictObject({
      opinions: z
        .array(
          z.strictObject({
            applicationId: z.uuid(),
            finding: z.enum(['no_objection', 'objection']),
            document: z.string().min(1).max(200),
            text: z.string().min(1).max(5000),
          }),
        )
        .min(1)
        .max(2000),
    }),
  },
  {
    kind: 'panelReview',
    decision: 'decideOnObjections',
    path: '/panel-reviews/{id}/objection-decisions',
    summary: '对有异议者作出决定 The leading group holds or excludes on an objection',
    body: z.strictObject({
      decisions: z
        .array(
          z.strictObject({
            applicationId: z.uuid(),
            outcome: z.enum(['hold', 'exclude']),
            reason: z.string().min(1).max(500),
          }),
        )
        .min(1)
        .max(2000),
    }),
  },
  {
    kind: 'panelReview',
    decision: 'namePanel',
    path: '/panel-reviews/{id}/panel',
    summary: '组成评审组 Name the panel and its reserve',
    body: z.strictObject({
      members: z.array(z.uuid()).min(1).max(100),
      reserves: z.array(z.uuid()).max(100).default([]),
      alsoFor: z.array(z.uuid()).max(200).default([]).meta({
        description: 'Further runs of the stage that the same panel judges, such as those of other schools.',
      }),
    }),
  },
  {
    kind: 'panelReview',
    decision: 'declareConflict',
    path: '/panel-reviews/{id}/conflicts',
    summary: '申报回避 A member declares a conflict with a candidate',
    body: z.strictObject({
      applicationId: z.uuid(),
      kind: z.enum(['mentor_pair', 'kinship', 'same_school', 'other']),
      reason: text(500),
    }),
  },
  {
    kind: 'panelReview',
    decision: 'decideConflicts',
    path: '/panel-reviews/{id}/conflict-decisions',
    summary: '决定回避 The chair decides on conflicts',
    body: z.strictObject({
      decisions: z
        .array(
          z.strictObject({
            personId: z.uuid(),
            applicationId: z.uuid(),
            recused: z.boolean(),
            reason: text(500),
          }),
        )
        .min(1)
        .max(2000),
    }),
  },
  {
    kind: 'panelReview',
    decision: 'seatReserve',
    path: '/panel-reviews/{id}/reserve-seats',
    summary: '候补评委递补 Somebody in reserve takes a member’s seat',
    body: z.strictObject({ memberId: z.uuid(), reserveId: z.uuid(), reason: text(500) }),
  },
  {
    kind: 'panelReview',
    decision: 'givePoints',
    path: '/panel-reviews/{id}/points',
    summary: '评分 One judge’s points, many candidates at once',
    body: z.strictObject({
      points: z
        .array(z.strictObject({ applicationId: z.uuid(), hundredths }))
        .min(1)
        .max(2000),
    }),
  },
  {
    kind: 'panelReview',
    decision: 'recordCounts',
    path: '/panel-reviews/{id}/counts',
    summary: '登记测评票数 How many of a group gave how many points; no names',
    body: z.strictObject({
      counts: z
        .array(
          z.strictObject({
            applicationId: z.uuid(),
            who: z.enum(actors),
            points: z
              .array(z.strictObject({ hundredths, respondents: z.int().min(1).max(100_000) }))
              .max(1000),
          }),
        )
        .min(1)
        .max(2000),
    }),
  },
];

const fraction = z.object({ numerator: z.int(), denominator: z.int() });

const panelReviewSchema = caseSchema
  .extend({
    candidates: z.array(
      z.object({
        applicationId: z.uuid(),
        name: z.string(),
        rank: z.string(),
        schoolId: z.uuid(),
        opinions: z
          .array(
            z.object({
              authorId: z.uuid(),
              stance: z.string(),
              text: z.string(),
              document: z.string().nullable(),
            }),
          )
          .meta({
            description:
              'While the run is open, a researcher sees his own alone: each gives his opinion without the others’.',
          }),
        result: z
          .object({
            hundredths: fraction.nullable(),
            passed: z.boolean().nullable(),
            missing: z.int(),
            groups: z.array(z.object({ who: z.string(), respondents: z.int(), counted: z.boolean() })),
          })
          .nullable()
          .meta({ description: 'Points; while the run is open, not for its judges.' }),
      }),
    ),
    panel: z.array(
      z.object({
        personId: z.uuid(),
        name: z.string(),
        seat: z.string(),
        reason: z.string().nullable(),
      }),
    ),
    jointWith: z.array(z.uuid()).meta({
      description: 'The other runs that the same panel judges; each has its own list and conflicts.',
    }),
    conflicts: z.array(
      z.object({
        personId: z.uuid(),
        applicationId: z.uuid(),
        kind: z.string(),
        source: z.string(),
        reason: z.string().nullable(),
        decision: z.string().nullable(),
        decisionReason: z.string().nullable(),
        decidedBy: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'PanelReview' });

/** Besides those who see every case: the chair, but not what an organ writes. */
function seesReview(actor: Actor, row: CaseRow): boolean {
  if (row.stage === 'integrity_opinion') return seesAll(actor);
  return seesCase(actor, row) || holds(actor, ['committee_chair'], actor.ownerId);
}

/** Opinions on candidates before a panel, and what is decided on them. */
export function panelReviewRoutes(dependencies: Dependencies): Route[] {
  return [
    caseListRoute('panelReview', '/panel-reviews', '评议 Reviews by panels', seesReview),
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
        const panel = await panelOf(database, row.id);
        requireSight(seesReview(actor, row) || panel.some(({ personId }) => personId === actor.personId));
        const seesOthers =
          row.closedAt !== null || seesAll(actor) || holds(actor, ['committee_chair'], actor.ownerId);
        const opinions = (await opinionsOf(database, row.id)).filter(
          ({ authorId }) => seesOthers || authorId === actor.personId,
        );
        const results = await shownResults(database, actor, row);
        const conflicts = (await conflictsOfPanel(database, row.id)).filter(
          ({ personId }) => seesReview(actor, row) || personId === actor.personId,
        );
        const persons = await personsById(
          database,
          panel.map(({ personId }) => personId),
        );
        const candidates = (await runView(database, row.id)).map(({ candidate }) => {
          return {
            applicationId: candidate.id,
            name: candidate.name,
            rank: candidate.rank,
            schoolId: candidate.schoolId,
            opinions: opinions
              .filter(({ applicationId }) => applicationId === candidate.id)
              .map(({ authorId, stance, text: said, document }) => ({
                authorId,
                stance,
                text: said,
                document,
              })),
            result: results.get(candidate.id) ?? null,
          };
        });
        const members = panel.map((member) => ({
          ...member,
          name: persons.get(member.personId)?.name ?? '',
        }));
        const joint = await jointPanelOf(database, row.id);
        const jointWith = joint?.caseIds.filter((id) => id !== row.id) ?? [];
        return { status: 200, body: { ...shownCase(row), candidates, panel: members, jointWith, conflicts } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/rounds/{id}/totals',
      operationId: 'readRoundTotals',
      summary: '各环节成绩和总分 Points of every stage and the composite, best first',
      tag: 'rounds',
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      response: z.object({ items: z.array(totalSchema) }),
      handler: async ({ actor, database, params }) => {
        const round = await findCase(database, 'selectionRound', params.id);
        requireSight(round !== null && seesAll(actor));
        return { status: 200, body: { items: await shownTotals(database, params.id) } };
      },
    }),
    ...decisionRoutes(decisions, dependencies),
  ];
}

const totalSchema = z
  .object({
    applicationId: z.uuid(),
    name: z.string(),
    rank: z.string(),
    stages: z.array(z.object({ stage: z.string(), max: z.int(), hundredths: fraction.nullable() })),
    composite: z
      .object({
        total: fraction.nullable().meta({ description: 'Hundredths of 100 points.' }),
        place: z.int().nullable(),
        missing: z.array(z.string()),
      })
      .nullable(),
  })
  .meta({ id: 'RoundTotal' });

/** Points of the run's candidates, for those who oversee it; its judges see them when it is over. */
async function shownResults(database: Transaction, actor: Actor, row: CaseRow) {
  const code = instrumentCodes.find((each) => each === row.stage);
  if (code === undefined || (row.closedAt === null && !seesAll(actor)))
    return new Map<string, z.input<typeof panelReviewSchema>['candidates'][number]['result']>();
  const policy = await policyOfRound(database, row.roundId!);
  const ids = (await runView(database, row.id)).map(({ candidate }) => candidate.id);
  const results = await resultsOfRun(database, stageOf(policy, code)!, row.id, ids);
  return new Map(
    [...results].map(([id, { missing, groups, ...result }]) => [
      id,
      { ...result, missing: missing.length, groups: [...groups] },
    ]),
  );
}

/** Everybody who is not out, by rank; within a rank in the order of the composite, where there is one. */
async function shownTotals(database: Transaction, roundId: string): Promise<z.input<typeof totalSchema>[]> {
  const policy = await policyOfRound(database, roundId);
  const candidates = await withNames(
    database,
    (await candidatesOf(database, roundId)).filter(({ standing }) => standing !== 'out'),
  );
  const totals = await totalsOf(database, policy, candidates);
  const scored = candidates.map((candidate) => {
    const { points, composite } = totals.get(candidate.id)!;
    return { ...candidate, points, composite, total: composite?.total ?? null, keys: {} };
  });
  const ranks = [...new Set(scored.map(({ rank }) => rank))].sort();
  return ranks.flatMap((rank) => {
    const ofRank = scored.filter((each) => each.rank === rank);
    const { places } = rankByScore(ofRank, []);
    const placeOf = (id: string) => places.find((each) => each.id === id)?.place ?? null;
    return ofRank
      .toSorted((left, right) => (placeOf(left.id) ?? Infinity) - (placeOf(right.id) ?? Infinity) || 0)
      .map(({ id, name, points, composite }) => ({
        applicationId: id,
        name,
        rank,
        stages: [...points].map(([stage, each]) => ({ stage, ...each })),
        composite: composite && { ...composite, missing: [...composite.missing], place: placeOf(id) },
      }));
  });
}

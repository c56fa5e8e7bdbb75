import { z } from 'zod';
import { dateOf } from '../../domain/dates.js';
import { printedBirthDates } from '../../domain/eligibility.js';
import { rankOf } from '../../domain/policy.js';
import { candidatesPage, policyOfRound } from '../../records/candidates.js';
import { findCase, listCases } from '../../records/cases.js';
import { rankNames } from '../../records/current-policies.js';
import { readClock } from '../../records/instance.js';
import { proposeUnused } from '../../records/nomination-quotas.js';
import { policyById } from '../../records/policies.js';
import { findPolicy, proposeNominations, proposeSeats, roundView } from '../../records/rounds.js';
import { firstRoundOf, vacanciesOf } from '../../records/supplements.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { cursorAfter, pageOf, pageQuery, readCursor } from '../paging.js';
import { route, type Route } from '../route.js';
import { schoolsOf, seesAll } from '../visibility.js';
import { reasonSchema, tellReason } from '../reasons.js';
import { Refusal } from '../../domain/refusal.js';

const tag = 'rounds';
const idParams = z.object({ id: z.uuid() });
const reason = z.string().min(1).max(1000);
const judged = z.array(z.strictObject({ applicationId: z.uuid(), reason })).max(2000);

const decisions: DecisionRoute[] = [
  {
    kind: 'selectionRound',
    decision: 'open',
    path: '/rounds',
    summary: '启动年度评选 Open a yearly round',
    body: z.strictObject({
      policyCode: z.string().min(1).max(100),
      policyVersion: z.string().max(20).optional(),
      title: z.string().min(1).max(200),
      schoolYear: z.string().regex(/^\d{4}-\d{4}$/),
      places: z.record(z.string().max(50), z.int().min(1).max(10_000)),
      nominations: z
        .array(
          z.strictObject({
            schoolId: z.uuid(),
            rank: z.string().max(50),
            places: z.int().min(0).max(1000),
            reason: reason.optional(),
          }),
        )
        .max(5000),
      extras: z
        .array(
          z.strictObject({
            rank: z.string().max(50),
            kind: z.enum(['reserve', 'apart']),
            places: z.int().min(1).max(1000),
            reason,
          }),
        )
        .max(100)
        .optional()
        .meta({ description: 'Places that no school has yet: held back (机动) or listed apart (单列).' }),
      applyUntil: z.iso.date().optional(),
      supplements: z.uuid().optional().meta({
        description: 'The round whose vacant places a supplementary selection (补充选拔) fills (T12).',
      }),
      reserveReason: reason.optional().meta({ description: 'Why nobody of its reserve list is taken.' }),
    }),
  },
  {
    kind: 'selectionRound',
    decision: 'extendStage',
    path: '/rounds/{id}/extensions',
    summary: '延长一个环节 Give a stage more time',
    body: z.strictObject({ stage: z.string().max(50), until: z.iso.date(), reason }),
  },
  {
    kind: 'selectionRound',
    decision: 'closeStage',
    path: '/rounds/{id}/closures',
    summary: '结束一个环节 Close a stage, or one unit’s part of it',
    body: z.strictObject({ stage: z.string().max(50), unit: z.string().max(100).optional(), reason }),
  },
  {
    kind: 'selectionRound',
    decision: 'mergeSchools',
    path: '/rounds/{id}/mergers',
    summary: '学校合并 A school is merged into another in mid round',
    body: z.strictObject({ from: z.uuid(), into: z.uuid(), reason }),
  },
  {
    kind: 'selectionRound',
    decision: 'returnUnit',
    path: '/rounds/{id}/returns',
    summary: '退回重报 Send one school’s list back',
    body: z.strictObject({
      unit: z.uuid().meta({ description: 'The school.' }),
      stage: z
        .enum(['school_score', 'school_nomination', 'school_notice', 'filing'])
        .meta({ description: 'The stage that the school does again.' }),
      reason,
      scoreAgain: z.boolean().optional().meta({ description: 'Whether the sheets are filled in anew.' }),
    }),
  },
  {
    kind: 'selectionRound',
    decision: 'grantPlaces',
    path: '/rounds/{id}/quota-grants',
    summary: '使用机动或单列名额 Give places held back or listed apart to schools',
    body: z.strictObject({
      extraId: z.uuid(),
      grants: z
        .array(z.strictObject({ schoolId: z.uuid(), places: z.int().min(1).max(1000), reason }))
        .min(1)
        .max(1000),
    }),
  },
  {
    kind: 'selectionRound',
    decision: 'shareOutPlaces',
    path: '/rounds/{id}/unused-quota',
    summary: '收回未用名额再次分配 Share unused places out once more',
    body: z.strictObject({
      rank: z.string().max(50),
      rows: z
        .array(
          z.strictObject({
            schoolId: z.uuid(),
            places: z.int().min(0).max(1000),
            reason: reason.optional(),
          }),
        )
        .min(1)
        .max(5000),
      ruralToUrban: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .meta({ description: 'Document that lets unused rural places go to urban schools (Q4).' }),
    }),
  },
  {
    kind: 'selectionRound',
    decision: 'approveSeats',
    path: '/rounds/{id}/seats',
    summary: '审定各组名额 Approve the seats of the groups',
    body: z.strictObject({
      seats: z
        .array(
          z.strictObject({
            unit: z.string().min(1).max(100),
            seats: z.int().min(0).max(1000),
            reason: reason.optional(),
            equalNumberDecision: z
              .string()
              .min(1)
              .max(200)
              .optional()
              .meta({ description: 'Document that lets the group vote without a differential (等额).' }),
          }),
        )
        .min(1)
        .max(500),
      subjectReason: reason
        .optional()
        .meta({ description: 'Why a subject with eligible applicants has no candidate in the vote (Q5).' }),
    }),
  },
  {
    kind: 'selectionRound',
    decision: 'assignVacantSeats',
    path: '/rounds/{id}/vacant-seats',
    summary: '缺额调剂 Give a group seats that votes left empty',
    body: z.strictObject({ unit: z.string().max(200), seats: z.int().min(1).max(1000), reason }),
  },
  {
    kind: 'selectionRound',
    decision: 'reviewCandidates',
    path: '/rounds/{id}/reviews',
    summary: '领导小组审核评议 The leading group reviews the filed candidates',
    body: z.strictObject({
      approved: z.array(z.uuid()).max(2000),
      held: judged.optional(),
      refused: judged.optional(),
    }),
  },
  {
    kind: 'selectionRound',
    decision: 'approveCandidates',
    path: '/rounds/{id}/approvals',
    summary: '审定名单 The leading group approves the list',
    body: z.strictObject({
      approved: z.array(z.uuid()).max(2000),
      held: judged.optional(),
      refused: judged
        .optional()
        .meta({ description: 'Only in a scheme without a vote: there the leading group chooses.' }),
    }),
  },
  {
    kind: 'selectionRound',
    decision: 'cancel',
    path: '/rounds/{id}/cancellation',
    summary: '取消本轮评选 Cancel the round',
    body: z.strictObject({ reason }),
  },
];

const roundSchema = z
  .object({
    id: z.uuid(),
    title: z.string(),
    schoolYear: z.string(),
    step: z.string(),
    outcome: z.string().nullable(),
    opensOn: z.iso.date(),
    applyUntil: z.iso.date(),
    cutOff: z.iso.date(),
    supplements: z.uuid().nullable().meta({ description: 'The round whose vacant places it fills.' }),
    places: z.record(z.string(), z.int()),
    scheme: z.object({ code: z.string(), version: z.int(), digest: z.string() }),
    nominations: z.array(
      z.object({
        schoolId: z.uuid(),
        rank: z.string(),
        proposed: z.int(),
        places: z.int(),
        reason: z.string().nullable(),
      }),
    ),
    extras: z.array(
      z.object({
        id: z.uuid(),
        rank: z.string(),
        kind: z.string().meta({ description: 'reserve (机动), apart (单列), or unused.' }),
        places: z.int(),
        left: z.int(),
        reason: z.string(),
      }),
    ),
    quotaChanges: z.array(
      z.object({
        schoolId: z.uuid(),
        rank: z.string(),
        change: z.int(),
        source: z.string(),
        reason: z.string().nullable(),
      }),
    ),
    seats: z.array(
      z.object({
        unit: z.string(),
        rank: z.string(),
        proposed: z.int(),
        seats: z.int(),
        vacant: z
          .int()
          .meta({ description: 'Seats that a vote left empty; they are back with the district.' }),
        assigned: z.int().meta({ description: 'Seats that the district gave the group out of those.' }),
      }),
    ),
    candidates: z.array(z.object({ stage: z.string(), standing: z.string(), count: z.int() })),
    openRuns: z.array(z.object({ stage: z.string(), kind: z.string(), count: z.int() })),
  })
  .meta({ id: 'Round' });

const candidateSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    schoolId: z.uuid(),
    rank: z.string(),
    subject: z.string(),
    entry: z.string(),
    stage: z.string(),
    standing: z.string(),
    schoolScore: z.int().nullable().meta({ description: 'Hundredths of a point.' }),
    reservePlace: z.int().nullable(),
    reason: reasonSchema.nullable(),
  })
  .meta({ id: 'Candidate' });

/** Rounds: opening, the leading group's decisions, and where the candidates stand. */
export function roundRoutes(dependencies: Dependencies): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/rounds/quota-proposal',
      operationId: 'proposeNominationQuotas',
      summary: '推荐名额建议表 Proposed nomination quotas',
      tag,
      access: { roles: ['office', 'leading_group', 'auditor'] },
      query: z.object({
        policyCode: z.string(),
        policyVersion: z.string().optional(),
        places: z
          .string()
          .regex(/^\w+:\d+(,\w+:\d+)*$/)
          .meta({ description: 'accomplished:100,district_backbone:50' }),
      }),
      list: 'rows',
      response: z.object({
        rows: z.array(
          z.object({
            schoolId: z.uuid(),
            code: z.string(),
            rank: z.string(),
            fullTimeTeachers: z.int(),
            rural: z.boolean(),
            places: z.int(),
            basis: z.string(),
          }),
        ),
      }),
      handler: async ({ database, query }) => {
        const stored = await findPolicy(database, query.policyCode, query.policyVersion);
        const policy = await policyById(database, stored.id);
        const places = Object.fromEntries(
          query.places.split(',').map((each) => [each.split(':')[0]!, Number(each.split(':')[1])]),
        );
        const { now } = await readClock(dependencies.database);
        const proposals = await proposeNominations(database, policy, places, dateOf(now));
        const rows = [...proposals].flatMap(([rank, proposal]) =>
          proposal.rows.map(({ id, code, fullTimeTeachers, rural, quota, basis }) => ({
            schoolId: id,
            code,
            rank,
            fullTimeTeachers,
            rural,
            places: quota,
            basis,
          })),
        );
        return { status: 200, body: { rows } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/rounds',
      operationId: 'listRounds',
      summary: '评选轮次 Rounds',
      tag,
      access: 'signedIn',
      response: z.object({
        items: z.array(
          z.object({
            id: z.uuid(),
            step: z.string(),
            outcome: z.string().nullable(),
            dueAt: z.iso.datetime().nullable(),
          }),
        ),
      }),
      handler: async ({ database }) => {
        const rows = await listCases(database, { kind: 'selectionRound' });
        return {
          status: 200,
          body: {
            items: rows.map(({ id, step, outcome, dueAt }) => ({
              id,
              step,
              outcome,
              dueAt: dueAt?.toISOString() ?? null,
            })),
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/rounds/{id}',
      operationId: 'readRound',
      summary: '一轮评选 One round',
      tag,
      access: 'signedIn',
      params: idParams,
      response: roundSchema,
      handler: async ({ database, params }) => {
        const { row, round, policy, nominations, extras, quotaChanges, seats, candidates, runs } =
          await roundView(database, params.id);
        return {
          status: 200,
          body: {
            id: round.id,
            title: round.title,
            schoolYear: round.schoolYear,
            step: row.step,
            outcome: row.outcome,
            opensOn: round.opensOn,
            applyUntil: round.applyUntil,
            cutOff: round.cutOff,
            supplements: round.supplementsId,
            places: round.places as Record<string, number>,
            scheme: { code: policy.id, version: policy.version, digest: round.policyDigest },
            nominations,
            extras,
            quotaChanges,
            seats,
            candidates: candidates.map(({ stage, standing, _count }) => ({
              stage,
              standing,
              count: _count._all,
            })),
            openRuns: runs.map(({ stage, kind, _count }) => ({ stage: stage!, kind, count: _count._all })),
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/rounds/{id}/vacancies',
      operationId: 'listVacancies',
      summary: '空缺名额 Places of a selection that are filled and vacant',
      tag,
      access: { roles: ['office', 'leading_group', 'auditor'] },
      params: idParams,
      response: z.object({
        items: z.array(
          z.object({
            rank: z.string(),
            places: z.int(),
            filled: z.int(),
            reserves: z.int().meta({ description: 'People of the reserve list, who come first.' }),
            vacant: z.int(),
          }),
        ),
      }),
      handler: async ({ database, params }) => {
        if ((await findCase(database, 'selectionRound', params.id)) === null)
          throw new Refusal({ code: 'NOT_FOUND' });
        return {
          status: 200,
          body: { items: await vacanciesOf(database, await firstRoundOf(database, params.id)) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/rounds/{id}/candidates',
      operationId: 'listCandidates',
      summary: '本轮候选人 Candidates of a round, as far as the caller may see them',
      tag,
      access: 'signedIn',
      params: idParams,
      query: pageQuery.extend({
        stage: z.string().optional(),
        standing: z.string().optional(),
        schoolId: z.uuid().optional(),
        rank: z.string().optional(),
        subject: z.string().optional(),
      }),
      response: pageOf(candidateSchema),
      handler: async ({ actor, database, params, query, language }) => {
        const { cursor, limit, ...filter } = query;
        const page = await candidatesPage(database, params.id, filter, {
          sight: seesAll(actor) ? null : { schoolIds: schoolsOf(actor), personId: actor.personId },
          after: readCursor(cursor),
          limit,
        });
        const ranks = await rankNames(database);
        return {
          status: 200,
          body: {
            items: page.items.map((item) => ({ ...item, reason: tellReason(item.reason, language, ranks) })),
            next: page.next ? cursorAfter(page.next) : null,
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/rounds/{id}/seat-proposal',
      operationId: 'proposeSeats',
      summary: '各组名额建议 Proposed seats of the groups that are ready to vote',
      tag,
      access: { roles: ['office', 'leading_group', 'auditor'] },
      params: idParams,
      list: 'seats',
      response: z.object({
        seats: z.array(
          z.object({
            unit: z.string(),
            rank: z.string(),
            seats: z.int(),
            candidates: z.int(),
            missing: z.int(),
          }),
        ),
      }),
      handler: async ({ database, params }) => ({
        status: 200,
        body: {
          seats: (await proposeSeats(database, params.id)).map(({ candidateIds: _ids, ...seats }) => seats),
        },
      }),
    }),
    route({
      method: 'get',
      path: '/api/v1/rounds/{id}/unused-quota-proposal',
      operationId: 'proposeUnusedQuotas',
      summary: '未用名额再分配建议 Unused places and how they would be shared out once more',
      tag,
      access: { roles: ['office', 'leading_group', 'auditor'] },
      params: idParams,
      query: z.object({ rank: z.string().max(50), ruralToUrban: z.enum(['true', 'false']).optional() }),
      list: 'rows',
      response: z.object({
        unused: z.object({ rural: z.int(), urban: z.int() }),
        left: z.object({ rural: z.int(), urban: z.int() }),
        rows: z.array(
          z.object({
            schoolId: z.uuid(),
            code: z.string(),
            rural: z.boolean(),
            further: z.int(),
            places: z.int(),
          }),
        ),
      }),
      handler: async ({ database, params, query }) => {
        const policy = await policyOfRound(database, params.id);
        const { unused, receivers, shares } = await proposeUnused(
          database,
          policy,
          params.id,
          query.rank,
          query.ruralToUrban === 'true',
        );
        const rows = receivers.map(({ id, code, rural, further }) => ({
          schoolId: id,
          code,
          rural,
          further,
          places: shares.rows.find((row) => row.id === id)?.places ?? 0,
        }));
        return { status: 200, body: { unused, left: shares.left, rows } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/public/rounds/{id}',
      operationId: 'readPublishedStandards',
      summary: '公布的评选标准 The published standards of a round',
      tag,
      access: 'public',
      params: idParams,
      response: z.object({
        title: z.string(),
        schoolYear: z.string(),
        applyUntil: z.iso.date(),
        cutOff: z.iso.date(),
        ranks: z.array(
          z.object({
            code: z.string(),
            zh: z.string(),
            en: z.string(),
            places: z.int(),
            need: z.unknown(),
            bornOnOrAfter: z
              .object({
                male: z.iso.date().nullable(),
                female: z.iso.date().nullable(),
                clause: z.string().nullable(),
              })
              .nullable()
              .meta({ description: 'The birth dates that the age limit comes to; they bind (5.2).' }),
          }),
        ),
        stages: z.array(z.string()),
        vote: z.unknown(),
      }),
      handler: async ({ params }) => {
        const found = await dependencies.database.round.findUnique({ where: { id: params.id } });
        if (found === null) throw new Refusal({ code: 'NOT_FOUND' });
        const policy = await policyById(dependencies.database, found.policyId);
        return {
          status: 200,
          body: {
            title: found.title,
            schoolYear: found.schoolYear,
            applyUntil: found.applyUntil,
            cutOff: found.cutOff,
            ranks: Object.entries(found.places as Record<string, number>).map(([code, places]) => {
              const { zh, en, need } = rankOf(policy, code)!;
              return { code, zh, en, places, need, bornOnOrAfter: printedBirthDates(need, found.cutOff) };
            }),
            stages: policy.stages.map(({ code }) => code),
            vote: policy.vote,
          },
        };
      },
    }),
    ...decisionRoutes(decisions, dependencies),
  ];
}

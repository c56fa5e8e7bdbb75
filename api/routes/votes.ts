import { z } from 'zod';
import { Refusal } from '../../domain/refusal.js';
import { readClock } from '../../records/instance.js';
import { withNames } from '../../records/candidates.js';
import { findCase, listCases } from '../../records/cases.js';
import { castBallot, takePaper, voteView } from '../../records/votes.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { caseSchema, shownCase } from '../case-lists.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';

const tag = 'votes';
const idParams = z.object({ id: z.uuid() });
const reason = z.string().min(1).max(500);
const base64url = z
  .string()
  .regex(/^[\w-]+$/)
  .max(20_000);
const meeting = [
  'committee',
  'committee_chair',
  'committee_reserve',
  'supervisor',
  'office',
  'leading_group',
  'auditor',
] as const;

const decisions: DecisionRoute[] = [
  {
    kind: 'differentialVote',
    decision: 'signIn',
    path: '/votes/{id}/sign-ins',
    summary: '评委签到 Sign in to the meeting',
    body: z.strictObject({
      recipient: z
        .string()
        .regex(/^age1[a-z0-9]{50,70}$/)
        .optional()
        .meta({ description: 'The chair and the supervisor bring the key that ballots are sealed to.' }),
    }),
  },
  {
    kind: 'differentialVote',
    decision: 'recuse',
    path: '/votes/{id}/recusals',
    summary: '回避 Declare or decide a conflict',
    body: z.strictObject({ memberId: z.uuid().optional(), reason }),
  },
  {
    kind: 'differentialVote',
    decision: 'substitute',
    path: '/votes/{id}/substitutions',
    summary: '候补评委递补 A reserve member takes a seat',
    body: z.strictObject({ memberId: z.uuid(), substituteId: z.uuid() }),
  },
  {
    kind: 'differentialVote',
    decision: 'open',
    path: '/votes/{id}/opening',
    summary: '宣布投票开始 Open the vote',
    body: z.strictObject({}),
  },
  {
    kind: 'differentialVote',
    decision: 'closeIssue',
    path: '/votes/{id}/issue-closing',
    summary: '停止发票 End the giving out of papers',
    body: z.strictObject({}),
  },
  {
    kind: 'differentialVote',
    decision: 'close',
    path: '/votes/{id}/closing',
    summary: '投票结束 Close the box',
    body: z.strictObject({}),
  },
  {
    kind: 'differentialVote',
    decision: 'openBox',
    path: '/votes/{id}/keys',
    summary: '开箱 Bring a key; with both the box is opened and counted',
    body: z.strictObject({ identity: z.string().regex(/^AGE-SECRET-KEY-1[A-Z0-9]{50,70}$/) }),
  },
  {
    kind: 'differentialVote',
    decision: 'confirm',
    path: '/votes/{id}/confirmations',
    summary: '签字确认计票记录 Sign the record',
    body: z.strictObject({}),
  },
];

const voteSchema = caseSchema
  .extend({
    ballotRound: z.string(),
    seats: z.int(),
    committee: z.int(),
    voters: z.int().nullable(),
    issued: z.int().nullable(),
    publicKey: z.string().nullable(),
    chairRecipient: z.string().nullable(),
    supervisorRecipient: z.string().nullable(),
    candidates: z.array(
      z.object({ applicationId: z.uuid(), name: z.string(), schoolId: z.uuid(), subject: z.string() }),
    ),
    members: z.array(
      z.object({
        personId: z.uuid(),
        name: z.string(),
        substitute: z.boolean(),
        signedIn: z.boolean(),
        recused: z.boolean(),
        recusalReason: z.string().nullable(),
        /** Whether a paper was taken; whether one came back is known of nobody. */
        paperTaken: z.boolean(),
      }),
    ),
    /** The count, once both officers have opened the box. */
    tally: z.unknown(),
  })
  .meta({ id: 'Vote' });

/** The committee's secret vote. Ballots go by a route of their own that knows nobody. */
export function voteRoutes(dependencies: Dependencies): Route[] {
  const { database: whole, config, temporal } = dependencies;
  const wakeCase = caseWaker(temporal, whole);
  return [
    route({
      method: 'get',
      path: '/api/v1/votes',
      operationId: 'listVotes',
      summary: '差额推选 Votes',
      tag,
      access: { roles: [...meeting] },
      query: z.object({ roundId: z.uuid().optional(), open: z.stringbool().optional() }),
      response: z.object({ items: z.array(caseSchema) }),
      handler: async ({ database, query }) => ({
        status: 200,
        body: { items: (await listCases(database, { kind: 'differentialVote', ...query })).map(shownCase) },
      }),
    }),
    route({
      method: 'get',
      path: '/api/v1/votes/{id}',
      operationId: 'readVote',
      summary: '一次推选 One vote',
      tag,
      access: { roles: [...meeting] },
      params: idParams,
      response: voteSchema,
      handler: async ({ database, params }) => {
        const row = await findCase(database, 'differentialVote', params.id);
        if (row === null) throw new Refusal({ code: 'NOT_FOUND' });
        const { vote, members, candidates } = await voteView(database, row.id);
        return {
          status: 200,
          body: {
            ...shownCase(row),
            ballotRound: vote.ballotRound,
            seats: vote.seats,
            committee: vote.members,
            voters: vote.voters,
            issued: vote.issued,
            publicKey: vote.publicKey,
            chairRecipient: vote.chairRecipient,
            supervisorRecipient: vote.supervisorRecipient,
            candidates: candidates.map(({ id, name, schoolId, subject }) => ({
              applicationId: id,
              name,
              schoolId,
              subject,
            })),
            members: (await withNames(database, members)).map((member) => ({
              personId: member.personId,
              name: member.name,
              substitute: member.substitute,
              signedIn: member.signedIn,
              recused: member.recused,
              recusalReason: member.recusalReason,
              paperTaken: member.blindedPaper !== null,
            })),
            tally: vote.tally ?? null,
          },
        };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/votes/{id}/papers',
      operationId: 'takePaper',
      summary: '领取选票 Take the one paper of this vote, signed blind',
      tag,
      access: { roles: ['committee', 'committee_chair', 'committee_reserve'] },
      params: idParams,
      body: z.strictObject({ blinded: base64url }),
      response: z.object({ blindSignature: z.string() }),
      handler: async ({ actor, params, body }) => {
        const { now } = await readClock(whole);
        const { blindSignature, allTaken } = await takePaper(whole, config.QINGLAN_SECRET, {
          ownerId: actor.ownerId,
          voteId: params.id,
          personId: actor.personId!,
          blinded: body.blinded,
          at: new Date(now),
        });
        // When this fails the fact is stored all the same, and reconciling brings it to the case.
        if (allTaken) await wakeCase(params.id, now).catch(() => undefined);
        return { status: 200, body: { blindSignature } };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/ballot-box/{voteId}',
      operationId: 'castBallot',
      summary: '投票 Cast a ballot: no session, no name, nothing kept but the ballot',
      tag,
      access: 'public',
      params: z.object({ voteId: z.uuid() }),
      body: z.strictObject({ serial: base64url, signature: base64url, sealed: base64url }),
      handler: async ({ params, body }) => {
        await castBallot(whole, params.voteId, body);
        return { status: 204, body: undefined };
      },
    }),
    ...decisionRoutes(decisions, dependencies),
  ];
}

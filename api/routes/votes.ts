import { z } from 'zod';
import { conflictKinds, kinships } from '../../domain/conflicts.js';
import { dateOf } from '../../domain/dates.js';
import { Refusal } from '../../domain/refusal.js';
import { readClock } from '../../records/instance.js';
import { withNames } from '../../records/candidates.js';
import { rankNames } from '../../records/current-policies.js';
import { findCase, listCases } from '../../records/cases.js';
import { declareKinship, kinshipsOf, warningsOfVote, type ConflictRow } from '../../records/conflicts.js';
import { castBallot, committeeFor, takeCandidatePapers, takePaper, voteView } from '../../records/votes.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { caseSchema, shownCase } from '../case-lists.js';
import { holds } from '../visibility.js';
import { reasonSchema, tellReason } from '../reasons.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';

const tag = 'votes';
const idParams = z.object({ id: z.uuid() });
const reason = z.string().min(1).max(500);
const judgements = z
  .array(z.strictObject({ conflictId: z.uuid(), recused: z.boolean(), reason }))
  .min(1)
  .max(200);
const base64url = z
  .string()
  .regex(/^[\w-]+$/)
  .max(20_000);
/** Who reads of a vote: its meeting, and those who run or supervise the scheme. */
export const voteReaders = [
  'committee',
  'committee_chair',
  'committee_reserve',
  'supervisor',
  'teller',
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
        .meta({
          description:
            'The chair and the supervisor bring the key that ballots are sealed to; not for a vote on paper.',
        }),
    }),
  },
  {
    kind: 'differentialVote',
    decision: 'recuse',
    path: '/votes/{id}/recusals',
    summary: '申报回避 Declare a conflict; the chair may name one of a member',
    body: z.strictObject({
      memberId: z.uuid().optional(),
      kind: z.enum(conflictKinds).exclude(['is_candidate']).optional(),
      candidates: z
        .array(z.uuid())
        .max(1000)
        .optional()
        .meta({ description: 'Candidates, by application, whom it is about; all when none is named.' }),
      reason,
    }),
  },
  {
    kind: 'differentialVote',
    decision: 'askRecusal',
    path: '/votes/{id}/recusal-requests',
    summary: '候选人申请评委回避 A candidate asks that a member stand aside',
    body: z.strictObject({ memberId: z.uuid(), reason }),
  },
  {
    kind: 'differentialVote',
    decision: 'decideConflicts',
    path: '/votes/{id}/recusal-decisions',
    summary: '主任决定是否回避 The chair decides on conflicts',
    body: z.strictObject({ decisions: judgements }),
  },
  {
    kind: 'differentialVote',
    decision: 'decideOnChair',
    path: '/votes/{id}/recusal-decisions-on-chair',
    summary: '领导小组决定主任是否回避 The leading group decides on conflicts of the chair',
    body: z.strictObject({ decisions: judgements }),
  },
  {
    kind: 'differentialVote',
    decision: 'allowEqualNumbers',
    path: '/votes/{id}/equal-numbers',
    summary: '改为等额表决的书面决定 A written decision to vote without the differential',
    body: z.strictObject({ document: z.string().min(1).max(200), reason }),
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
    body: z.strictObject({
      place: z.string().min(1).max(200).optional().meta({ description: 'Where the committee meets.' }),
    }),
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
    summary: '主任、监票人、计票人签字确认计票记录 Chair, supervisor and tellers sign the record',
    body: z.strictObject({}),
  },
];

const conflictSchema = z.object({
  conflictId: z.uuid(),
  memberId: z.uuid(),
  kind: z.string(),
  source: z.string().meta({ description: 'detected, declared, asked or decided' }),
  candidates: z.array(z.uuid()),
  reason: z.string().nullable(),
  declared: z.boolean(),
  decision: z.string().nullable().meta({ description: 'recused or votes; null while it is open' }),
  decisionReason: z.string().nullable(),
  decidedBy: z.string().nullable().meta({ description: 'rule, committee_chair or leading_group' }),
});

const kinshipBody = z.strictObject({ staffNumber: z.string().min(1).max(100), relation: z.enum(kinships) });

const seesConflicts = ['committee_chair', 'supervisor', 'office', 'leading_group', 'auditor'] as const;

function shownConflict(conflict: ConflictRow): z.input<typeof conflictSchema> {
  const {
    id,
    personId,
    kind,
    source,
    candidates,
    reason: why,
    decision,
    decisionReason,
    decidedBy,
  } = conflict;
  return {
    conflictId: id,
    memberId: personId,
    kind,
    source,
    candidates,
    reason: why,
    declared: source === 'declared' || conflict.declaredAt !== null,
    decision,
    decisionReason,
    decidedBy,
  };
}

const voteSchema = caseSchema
  .extend({
    ballotRound: z.string(),
    mode: z.string().meta({ description: 'electronic, drawn_codes or paper' }),
    recusalScope: z
      .string()
      .meta({ description: 'ballot_group, or candidate: each candidate has a paper of its own (逐人票决).' }),
    tellerIds: z.array(z.uuid()),
    seats: z.int(),
    committee: z.int(),
    voters: z.int().nullable(),
    issued: z.int().nullable().meta({
      description:
        'Members who took their papers, or codes that were drawn; where each candidate has codes, the most of one.',
    }),
    publicKey: z.string().nullable(),
    chairRecipient: z.string().nullable(),
    supervisorRecipient: z.string().nullable(),
    candidates: z.array(
      z.object({
        applicationId: z.uuid(),
        name: z.string(),
        schoolId: z.uuid(),
        subject: z.string(),
        paper: z
          .object({ publicKey: z.string().nullable(), voters: z.int(), issued: z.int().nullable() })
          .nullable()
          .meta({
            description:
              'The paper of this candidate, once the vote is open, with a key where it is electronic; null where there is one for all.',
          }),
      }),
    ),
    members: z.array(
      z.object({
        personId: z.uuid(),
        name: z.string(),
        substitute: z.boolean(),
        signedIn: z.boolean(),
        recused: z.boolean(),
        recusalReason: z.string().nullable(),
        recusedFrom: z.array(z.uuid()).meta({
          description: 'With recusal by candidate: on whom the member does not vote, by application.',
        }),
        /** Whether a paper was taken; whether one came back is known of nobody. */
        paperTaken: z.boolean(),
      }),
    ),
    conflicts: z
      .array(conflictSchema)
      .meta({ description: 'All to those who decide, supervise or read; to a member the own.' }),
    warnings: z
      .array(reasonSchema)
      .meta({ description: 'What the chair is warned of while members sign in.' }),
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
      access: { roles: [...voteReaders] },
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
      access: { roles: [...voteReaders] },
      params: idParams,
      response: voteSchema,
      handler: async ({ actor, database, params, language }) => {
        const row = await findCase(database, 'differentialVote', params.id);
        if (row === null) throw new Refusal({ code: 'NOT_FOUND' });
        const { vote, members, candidates, papers, conflicts } = await voteView(database, row.id);
        const paperOf = (id: string) => {
          const paper = papers.find(({ candidateId }) => candidateId === id);
          if (!paper || paper.voters === null) return null;
          return { publicKey: paper.publicKey, voters: paper.voters, issued: paper.issued };
        };
        const today = dateOf((await readClock(whole)).now);
        const ranks = await rankNames(database);
        const warnings =
          row.step === 'signIn' ? await warningsOfVote(database, vote, row.unit ?? '', today) : [];
        return {
          status: 200,
          body: {
            ...shownCase(row),
            ballotRound: vote.ballotRound,
            mode: vote.mode,
            recusalScope: vote.recusalScope,
            tellerIds: vote.tellerIds,
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
              paper: paperOf(id),
            })),
            members: (await withNames(database, members)).map((member) => ({
              personId: member.personId,
              name: member.name,
              substitute: member.substitute,
              signedIn: member.signedIn,
              recused: member.recused,
              recusalReason: member.recusalReason,
              recusedFrom: member.recusedFrom,
              paperTaken: member.blindedPaper !== null,
            })),
            conflicts: conflicts
              .filter(
                ({ personId }) => personId === actor.personId || holds(actor, seesConflicts, actor.ownerId),
              )
              .map(shownConflict),
            warnings: warnings.map((warning) => tellReason(warning, language, ranks)!),
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
      path: '/api/v1/votes/{id}/candidate-papers',
      operationId: 'takeCandidatePapers',
      summary: '逐人票决领取选票 Take the papers of all candidates on whom one votes, each signed blind',
      tag,
      access: { roles: ['committee', 'committee_chair', 'committee_reserve'] },
      params: idParams,
      body: z.strictObject({
        papers: z
          .array(z.strictObject({ candidate: z.uuid(), blinded: base64url }))
          .min(1)
          .max(1000),
      }),
      response: z.object({ papers: z.array(z.object({ candidate: z.uuid(), blindSignature: z.string() })) }),
      handler: async ({ actor, params, body }) => {
        const { now } = await readClock(whole);
        const { papers, allTaken } = await takeCandidatePapers(whole, config.QINGLAN_SECRET, {
          ownerId: actor.ownerId,
          voteId: params.id,
          personId: actor.personId!,
          papers: body.papers,
          at: new Date(now),
        });
        // When this fails the fact is stored all the same, and reconciling brings it to the case.
        if (allTaken) await wakeCase(params.id, now).catch(() => undefined);
        return { status: 200, body: { papers } };
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
      body: z.strictObject({
        candidate: z
          .uuid()
          .optional()
          .meta({ description: 'Whose paper it is, where each candidate has one of its own.' }),
        serial: base64url,
        signature: base64url,
        sealed: base64url,
      }),
      handler: async ({ params, body: { candidate: candidateId, ...ballot } }) => {
        await castBallot(whole, params.voteId, { candidateId, ...ballot });
        return { status: 204, body: undefined };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/applications/{id}/committee',
      operationId: 'readCommittee',
      summary: '参加推选的评委（供候选人申请回避） Who will vote, for the candidate who may ask for recusal',
      tag,
      access: 'signedIn',
      params: idParams,
      list: 'members',
      response: z.object({
        voteId: z.uuid(),
        members: z.array(z.object({ personId: z.uuid(), name: z.string() })),
      }),
      handler: async ({ actor, database, params }) => {
        const found = await committeeFor(database, params.id, actor.personId);
        if (found === null) throw new Refusal({ code: 'NOT_FOUND' });
        return { status: 200, body: found };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/kinships',
      operationId: 'listKinships',
      summary: '本人申报的亲属关系 Kinship that the caller has declared',
      tag,
      access: 'signedIn',
      response: z.object({
        items: z.array(kinshipBody.extend({ name: z.string(), declaredAt: z.iso.datetime() })),
      }),
      handler: async ({ actor, database }) => {
        const rows = actor.personId === null ? [] : await kinshipsOf(database, actor.personId);
        return {
          status: 200,
          body: {
            items: rows.map(({ relative, relation, declaredAt }) => ({
              staffNumber: relative.staffNumber,
              name: relative.name,
              relation: relation as (typeof kinships)[number],
              declaredAt: declaredAt.toISOString(),
            })),
          },
        };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/kinships',
      operationId: 'declareKinship',
      summary: '申报亲属关系 Declare kinship with somebody of the roster',
      tag,
      access: 'signedIn',
      body: kinshipBody,
      handler: async ({ actor, database, body }) => {
        if (actor.personId === null) throw new Refusal({ code: 'NOT_FOUND' });
        const { ownerId, personId } = actor;
        const at = new Date((await readClock(whole)).now);
        await declareKinship(database, { ownerId, personId, ...body, at });
        return { status: 204, body: undefined };
      },
    }),
    ...decisionRoutes(decisions, dependencies),
  ];
}

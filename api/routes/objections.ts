import { z } from 'zod';
import { repeatableStages, type Finding } from '../../domain/objection.js';
import { plainFile } from '../../domain/plain-files.js';
import { findCase } from '../../records/cases.js';
import { readClock } from '../../records/instance.js';
import {
  addFiles,
  objectionOfReceipt,
  readFileOf,
  readLetter,
  receiveObjection,
  takeOwnStep,
  type ObjectionRow,
} from '../../records/objections.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { caseListRoute, caseSchema, shownCase } from '../case-lists.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';
import { holds, requireSight, seesAll } from '../visibility.js';

const longText = z.string().trim().min(1).max(10_000);
const shortText = z.string().trim().min(1).max(1000);
const receipt = z.string().regex(/^[0-9a-f]{40}$/);
const receiptHeader = 'objection-receipt';
export const mostFiles = 5;
/** The largest file of an objection, in bytes. */
export const mostFileBytes = 5 * 1024 * 1024;

const finding = z.strictObject({
  outcome: z.enum(['dismissed', 'sustained', 'sustained_procedural']),
  facts: longText,
  rule: shortText,
  result: longText,
  redo: z
    .enum(repeatableStages)
    .optional()
    .meta({ description: 'The stage to be done again, of sustained_procedural.' }),
});
const reasonOnly = z.strictObject({ reason: shortText });
const empty = z.strictObject({});

const decisions: DecisionRoute[] = [
  {
    kind: 'objection',
    decision: 'assign',
    path: '/objections/{id}/investigators',
    summary: '确定核查人 Name the investigators, at least two and without a conflict',
    body: z.strictObject({ investigatorIds: z.array(z.uuid()).min(1).max(5) }),
  },
  {
    kind: 'objection',
    decision: 'judgeClue',
    path: '/objections/{id}/clue-judgement',
    summary: '判断匿名线索 Judge whether an anonymous clue can be checked',
    body: z.strictObject({ isSpecific: z.boolean(), reason: shortText }),
  },
  {
    kind: 'objection',
    decision: 'summarise',
    path: '/objections/{id}/summary',
    summary: '写情况摘要 Write the summary that the candidate gets',
    body: z.strictObject({ text: longText }),
  },
  {
    kind: 'objection',
    decision: 'confirmSummary',
    path: '/objections/{id}/summary-confirmation',
    summary: '确认情况摘要 Confirm the summary; never by its author',
    body: empty,
  },
  {
    kind: 'objection',
    decision: 'answer',
    path: '/objections/{id}/answer',
    summary: '本人书面说明 The candidate answers in writing',
    body: z.strictObject({ text: longText }),
  },
  {
    kind: 'objection',
    decision: 'report',
    path: '/objections/{id}/report',
    summary: '核查报告 What the investigators have found',
    body: z.strictObject({ facts: longText, proposal: longText }),
  },
  {
    kind: 'objection',
    decision: 'decide',
    path: '/objections/{id}/decision',
    summary: '处理决定 The decision: facts, rule, result',
    body: finding,
  },
  {
    kind: 'objection',
    decision: 'requestReview',
    path: '/objections/{id}/review-request',
    summary: '本人申请复核 The candidate asks for a review',
    body: reasonOnly,
  },
  {
    kind: 'objection',
    decision: 'decideReview',
    path: '/objections/{id}/review',
    summary: '复核决定 The decision after the review',
    body: finding,
  },
  {
    kind: 'objection',
    decision: 'extendInvestigation',
    path: '/objections/{id}/extension',
    summary: '延长核查期限 Give the investigation more days, once',
    body: reasonOnly,
  },
  {
    kind: 'objection',
    decision: 'acceptWithdrawal',
    path: '/objections/{id}/withdrawal-acceptance',
    summary: '同意撤回 End an objection that its author has withdrawn',
    body: empty,
  },
];

const findingSchema = z.object({
  outcome: z.string(),
  facts: z.string(),
  rule: z.string(),
  result: z.string(),
  redo: z.string().optional(),
});

const objectionSchema = caseSchema
  .extend({
    noticeId: z.uuid(),
    applicationId: z.uuid(),
    handling: z.string(),
    isNamed: z.boolean().nullable(),
    isLate: z.boolean(),
    isWithdrawn: z.boolean(),
    receivedAt: z.iso.datetime(),
    investigateBy: z.iso.datetime(),
    investigatorIds: z.array(z.uuid()).nullable(),
    summary: z.string().nullable(),
    answer: z.string().nullable(),
    report: z.object({ facts: z.string(), proposal: z.string() }).nullable(),
    finding: findingSchema.nullable(),
    decidedOn: z.iso.date().nullable(),
    reviewUntil: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Objection' });

const stateSchema = z
  .object({
    step: z.string(),
    outcome: z.string().nullable(),
    handling: z.string(),
    isLate: z.boolean(),
    isWithdrawn: z.boolean(),
    receivedAt: z.iso.datetime(),
    finding: findingSchema.nullable(),
    decidedOn: z.iso.date().nullable(),
    reviewUntil: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ObjectionState' });

const tag = '异议 Objections';

/**
 * Objections: the public way in, without session or account, and the investigation. Who objected and what was written
 * is shown to the investigators only. Rules N8–N12.
 */
export function objectionRoutes(dependencies: Dependencies): Route[] {
  const { database, config, temporal, log } = dependencies;
  const secret = config.QINGLAN_SECRET;
  const now = async () => new Date((await readClock(database)).now);

  async function wake(id: string, at: Date): Promise<void> {
    try {
      await caseWaker(temporal, database)(id, at.toISOString());
    } catch {
      // The message stays; whoever looks for what was not delivered finds it.
      log.warn('an objection waits for its workflow');
    }
  }

  return [
    caseListRoute('objection', '/objections', '异议 Objections, without their texts and authors'),
    route({
      method: 'get',
      path: '/api/v1/objections/{id}',
      operationId: 'readObjection',
      summary: '一件异议 One objection, as far as the caller may see it',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      response: objectionSchema,
      handler: async ({ actor, database: rows, params }) => {
        const row = await findCase(rows, 'objection', params.id);
        requireSight(row !== null);
        const objection = await rows.objection.findUniqueOrThrow({ where: { id: params.id } });
        const { personId } = await rows.application.findUniqueOrThrow({
          where: { id: objection.applicationId },
        });
        const investigates = actor.personId !== null && objection.investigatorIds.includes(actor.personId);
        const isCandidate = personId === actor.personId;
        const isToldSoFar = !['registering', 'assigning', 'investigating'].includes(row!.step);
        // A candidate is told of an objection with its summary, not before; whatever role the candidate holds.
        requireSight(isCandidate ? isToldSoFar : investigates || seesAll(actor));
        const decides = holds(actor, ['office', 'leading_group'], actor.ownerId) && !isCandidate;
        const seesInside = investigates || decides;
        return {
          status: 200,
          body: {
            ...shownCase(row!),
            noticeId: objection.noticeId,
            applicationId: objection.applicationId,
            handling: objection.handling,
            isNamed: seesInside ? objection.isNamed : null,
            isLate: objection.isLate,
            isWithdrawn: objection.withdrawnAt !== null,
            receivedAt: objection.receivedAt.toISOString(),
            investigateBy: objection.investigateBy.toISOString(),
            investigatorIds: seesInside ? objection.investigatorIds : null,
            summary: seesInside || isCandidate ? objection.summary : null,
            answer: seesInside || isCandidate ? objection.answer : null,
            report: seesInside ? (objection.report as { facts: string; proposal: string } | null) : null,
            ...decisionOf(objection),
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/objections/{id}/letter',
      operationId: 'readObjectionLetter',
      summary: '异议原文（仅核查人） What was written and by whom; for its investigators only',
      description: '每次查阅均记入审计。 Every reading is recorded.',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      response: z.object({
        facts: z.string(),
        contact: z.object({ name: z.string(), reachedBy: z.string() }).nullable(),
        review: z.string().nullable(),
        files: z.array(z.object({ id: z.uuid(), type: z.string() })),
      }),
      handler: async ({ actor, database: rows, params }) => ({
        status: 200,
        body: await readLetter(rows, secret, params.id, actor.personId, await now()),
      }),
    }),
    route({
      method: 'get',
      path: '/api/v1/objections/{id}/files/{fileId}',
      operationId: 'readObjectionFile',
      summary: '异议附件（仅核查人） A file of it; for its investigators only',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid(), fileId: z.uuid() }),
      files: { 200: 'application/octet-stream' },
      handler: async ({ actor, database: rows, params }) => {
        const file = await readFileOf(rows, secret, params, actor.personId, await now());
        const name = `${params.fileId}.${file.type.split('/')[1]}`;
        return { status: 200, file: { name, type: file.type, content: file.content } };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/public/objections',
      operationId: 'sendObjection',
      summary: '提出异议 Object to one name of a published notice',
      description:
        '不需登录，不记录地址；姓名和联系方式只有核查人看得到，不填即为匿名。请保存回执，凭它查询。 Without signing in; no address is kept. Name and contact are for the investigators only; without them the objection is anonymous. Keep the receipt: it is shown once.',
      tag,
      access: 'public',
      body: z.strictObject({
        noticeId: z.uuid(),
        entry: z.int().min(1).meta({ description: 'The number of the name on the notice.' }),
        facts: z.string().trim().min(10).max(10_000),
        contact: z.strictObject({ name: shortText, reachedBy: shortText }).optional(),
      }),
      statuses: [201],
      response: z.object({ receipt: z.string(), handling: z.string(), receivedAt: z.iso.datetime() }),
      refusals: ['OBJECTION_ANONYMOUS', 'OBJECTION_ENTRY_UNKNOWN', 'TOO_MANY_REQUESTS'],
      handler: async ({ body }) => {
        const at = await now();
        const received = await receiveObjection(database, secret, at, body);
        await wake(received.objectionId, at);
        const { receipt: own, handling } = received;
        return { status: 201, body: { receipt: own, handling, receivedAt: at.toISOString() } };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/public/objections/files',
      operationId: 'addObjectionFiles',
      summary: '补充附件 Add files, with the receipt in the header Objection-Receipt',
      description:
        'JPEG、PNG 的拍摄信息、作者等会被清除；PDF 含有此类信息的不接收。文件名不保存。 What tells of the making of a JPEG or PNG is taken out; a PDF that holds such things is refused. Names of files are not kept.',
      tag,
      access: 'public',
      upload: {
        field: 'file',
        mostFiles,
        mostBytes: mostFileBytes,
        description: 'JPEG, PNG or PDF, at most 5 MB each',
      },
      response: z.object({ files: z.array(z.object({ type: z.string(), bytes: z.int() })) }),
      refusals: ['FILE_KIND_REFUSED', 'FILE_TELLS_OF_ITS_MAKING', 'TOO_MANY_FILES', 'CASE_CLOSED'],
      handler: async ({ headers, files }) => {
        const objection = await objectionOfReceipt(database, secret, String(headers[receiptHeader] ?? ''));
        const plain = files.map(({ content }) => plainFile(content));
        await addFiles(database, secret, objection, plain);
        return {
          status: 200,
          body: { files: plain.map(({ type, content }) => ({ type, bytes: content.length })) },
        };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/public/objections/state',
      operationId: 'readObjectionState',
      summary: '凭回执查询 Ask with the receipt how it stands',
      tag,
      access: 'public',
      body: z.strictObject({ receipt }),
      response: stateSchema,
      handler: async ({ body }) => {
        const objection = await objectionOfReceipt(database, secret, body.receipt);
        const row = await database.case.findUniqueOrThrow({ where: { id: objection.id } });
        return {
          status: 200,
          body: {
            step: row.step,
            outcome: row.outcome,
            handling: objection.handling,
            isLate: objection.isLate,
            isWithdrawn: objection.withdrawnAt !== null,
            receivedAt: objection.receivedAt.toISOString(),
            ...decisionOf(objection),
          },
        };
      },
    }),
    ...(['withdrawal', 'review-request'] as const).map((step) =>
      route({
        method: 'post',
        path: `/api/v1/public/objections/${step}`,
        operationId: step === 'withdrawal' ? 'withdrawObjection' : 'askForObjectionReview',
        summary:
          step === 'withdrawal'
            ? '凭回执撤回 Withdraw it with the receipt; the office may still go on'
            : '凭回执申请复核 Ask for a review with the receipt',
        tag,
        access: 'public',
        body: z.strictObject({ receipt, ...(step === 'review-request' && { reason: longText }) }),
        statuses: [204],
        refusals: ['WRONG_STEP', 'REVIEW_TOO_LATE'],
        handler: async ({ body }) => {
          const given = body as { receipt: string; reason?: string };
          const objection = await objectionOfReceipt(database, secret, given.receipt);
          const at = await now();
          const own = step === 'withdrawal' ? { withdraws: true as const } : { reviewReason: given.reason! };
          await takeOwnStep(database, secret, objection, own, at);
          await wake(objection.id, at);
          return { status: 204, body: undefined };
        },
      }),
    ),
    ...decisionRoutes(decisions, dependencies),
  ];
}

function decisionOf({ finding: found, decidedOn, reviewUntil }: ObjectionRow) {
  return {
    finding: found as unknown as Finding | null,
    decidedOn,
    reviewUntil: reviewUntil?.toISOString() ?? null,
  };
}

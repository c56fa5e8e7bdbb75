import { z } from 'zod';
import { caseKindNames, roleNames } from '../../domain/case-names.js';
import { caseKinds, roles, type CaseKind, type Role } from '../../domain/cases.js';
import { Refusal, type Reason } from '../../domain/refusal.js';
import { rankNames } from '../../records/current-policies.js';
import { findOwnSubmission, listInbox, markRead } from '../../records/inbox.js';
import { readClock } from '../../records/instance.js';
import { listEverythingWaiting, listTasks, type Wait, type WaitFilter } from '../../records/waits.js';
import { say, type Language } from '../../texts/catalogue.js';
import { readable } from '../../texts/readable.js';
import type { Actor } from '../auth/actor.js';
import { caseUrl, workflowUrl } from '../case-links.js';
import type { Dependencies } from '../dependencies.js';
import { cursorOf, pageOf, pageQuery, readPosition } from '../paging.js';
import { problemOf, problemSchema } from '../problem.js';
import { route, type Route } from '../route.js';
import { requireDistrictRole } from '../visibility.js';

const tag = '待办 Work';

const waitQuery = pageQuery.extend({
  kind: z.enum(caseKinds).optional(),
  role: z.enum(roles).optional().meta({ description: 'Whose turn it is.' }),
  roundId: z.uuid().optional(),
  overdue: z.stringbool().optional().meta({ description: 'Only what is past its due date.' }),
});

const waitSchema = z.object({
  id: z.uuid(),
  what: z.string().meta({ description: 'What waits, in the language of the caller.' }),
  case: z.object({
    id: z.uuid(),
    kind: z.enum(caseKinds),
    step: z.string(),
    stage: z.string().nullable(),
    unit: z.string().nullable(),
    roundId: z.uuid().nullable(),
    rank: z.string().nullable(),
    subject: z.string().nullable(),
  }),
  organisation: z.object({ id: z.uuid(), name: z.string() }),
  role: z.enum(roles).nullable().meta({ description: 'Whose turn it is; null when only a date must come.' }),
  roleName: z.string().nullable(),
  since: z.iso.datetime(),
  dueAt: z.iso.datetime().nullable(),
  overdueDays: z.int().meta({ description: '0 before the due date, 1 from it on, 2 a day later.' }),
  actions: z.array(z.string()),
  url: z.string().nullable().meta({ description: 'Where the API shows the case.' }),
});
const taskSchema = waitSchema.meta({ id: 'Task' });
const stuckSchema = waitSchema.extend({ workflowUrl: z.url().nullable() }).meta({ id: 'StuckCase' });

const notificationSchema = z
  .object({
    id: z.uuid(),
    code: z.string(),
    text: z.string(),
    createdAt: z.iso.datetime(),
    readAt: z.iso.datetime().nullable(),
    caseId: z.uuid(),
    url: z.string().nullable(),
  })
  .meta({ id: 'Notification' });

const submissionSchema = z
  .object({
    id: z.uuid(),
    caseId: z.uuid(),
    decision: z.string(),
    status: z.enum(['received', 'done', 'refused']),
    receivedAt: z.iso.datetime(),
    answeredAt: z.iso.datetime().nullable(),
    result: z.record(z.string(), z.unknown()).nullable(),
    problem: problemSchema.nullable(),
    url: z.string().nullable(),
  })
  .meta({ id: 'Submission' });

/** What the caller must do, what waits for whom, the inbox, and what became of a submission. Rules S6, S9, W1, W2. */
export function workRoutes({
  database: everything,
  config,
}: Pick<Dependencies, 'database' | 'config'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/tasks',
      operationId: 'listTasks',
      summary: '我的待办 What the caller must do',
      description:
        '按期限先后。办公室和审计可用 all=true 查看全部待办。 By due date. The office and the auditor may ask for all.',
      tag,
      access: 'signedIn',
      query: waitQuery.extend({ all: z.stringbool().default(false) }),
      response: pageOf(taskSchema),
      refusals: ['ROLE_REQUIRED'],
      handler: async ({ actor, database, query, language }) => {
        if (query.all) requireDistrictRole(actor, ['office', 'auditor'], language);
        else if (actor.personId === null) return { status: 200, body: { items: [], next: null } };
        const now = await instanceTime();
        const holder = query.all ? undefined : { personId: actor.personId!, roles: actor.memberships };
        const { waits, more } = await listTasks(database, filterOf(actor, query, now), holder);
        const items = waits.map((wait) => shownWait(wait, now, language));
        return { status: 200, body: { items, next: more ? cursorOfWait(waits.at(-1)!) : null } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/stuck',
      operationId: 'listStuck',
      summary: '督办清单 What waits for whom, and for how long',
      description:
        '逾期最久的在前；overdue=true 只列逾期的。 The most overdue first; overdue=true leaves out what is in time.',
      tag,
      access: { roles: ['office', 'leading_group', 'auditor', 'administrator'] },
      query: waitQuery,
      response: pageOf(stuckSchema),
      handler: async ({ actor, database, query, language }) => {
        requireDistrictRole(actor, ['office', 'leading_group', 'auditor', 'administrator'], language);
        const now = await instanceTime();
        const { waits, more } = await listEverythingWaiting(database, filterOf(actor, query, now));
        const items = waits.map((wait) => ({
          ...shownWait(wait, now, language),
          workflowUrl: workflowUrl(config, wait.kind as CaseKind, wait.caseId),
        }));
        return { status: 200, body: { items, next: more ? cursorOfWait(waits.at(-1)!) : null } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/inbox',
      operationId: 'listInbox',
      summary: '收件箱 The caller’s notifications',
      tag,
      access: 'signedIn',
      query: pageQuery.extend({ unread: z.stringbool().optional() }),
      response: pageOf(notificationSchema),
      handler: async ({ actor, database, query, language }) => {
        if (actor.personId === null) return { status: 200, body: { items: [], next: null } };
        const after = readPosition(query.cursor);
        const { notifications, more } = await listInbox(database, {
          personId: actor.personId,
          unread: query.unread,
          after: after && { createdAt: after.at ?? new Date(0), id: after.id },
          limit: query.limit,
        });
        const ranks = await rankNames(database);
        const items = notifications.map(({ id, text, values, createdAt, readAt, caseId, caseKind }) => ({
          id,
          code: text,
          text: say(text, language, readable(values as Record<string, unknown>, language, ranks), ranks),
          createdAt: createdAt.toISOString(),
          readAt: readAt?.toISOString() ?? null,
          caseId,
          url: caseKind && caseUrl(caseKind as CaseKind, caseId),
        }));
        const last = notifications.at(-1);
        return {
          status: 200,
          body: { items, next: more && last ? cursorOf(last.createdAt, last.id) : null },
        };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/inbox/{id}/read',
      operationId: 'markRead',
      summary: '标为已读 Mark a notification as read',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      handler: async ({ actor, database, params }) => {
        const at = new Date(await instanceTime());
        const isOwn = actor.personId !== null && (await markRead(database, actor.personId, params.id, at));
        if (!isOwn) throw new Refusal({ code: 'NOT_FOUND' });
        return { status: 204, body: undefined };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/submissions/{id}',
      operationId: 'readSubmission',
      summary: '提交的办理结果 What became of a submission',
      description:
        '只能查询本人的提交。received 表示尚无答复，可用同一 Idempotency-Key 重发。 Only one’s own. While it is received there is no answer yet, and the same Idempotency-Key may be sent again.',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      response: submissionSchema,
      handler: async ({ actor, database, params, language }) => {
        const found = actor.personId && (await findOwnSubmission(database, actor.personId, params.id));
        if (!found) throw new Refusal({ code: 'NOT_FOUND' });
        const { id, caseId, caseKind, decision, status, receivedAt, answeredAt, result } = found;
        const isRefused = status === 'refused';
        return {
          status: 200,
          body: {
            id,
            caseId,
            decision,
            status: status as 'received' | 'done' | 'refused',
            receivedAt: receivedAt.toISOString(),
            answeredAt: answeredAt?.toISOString() ?? null,
            result: status === 'done' ? ((result ?? {}) as Record<string, unknown>) : null,
            problem: isRefused
              ? problemOf(result as unknown as Reason, language, await rankNames(database))
              : null,
            url: status === 'done' ? caseUrl(caseKind as CaseKind, caseId) : null,
          },
        };
      },
    }),
  ];

  async function instanceTime(): Promise<string> {
    return (await readClock(everything)).now;
  }
}

function filterOf({ ownerId }: Actor, query: z.output<typeof waitQuery>, now: string): WaitFilter {
  const { kind, role, roundId, overdue, cursor, limit } = query;
  const after = readPosition(cursor);
  return {
    ownerId,
    kind,
    role,
    roundId,
    limit,
    ...(overdue && { overdueAt: new Date(now) }),
    ...(after && { after: { dueAt: after.at, id: after.id } }),
  };
}

function shownWait(wait: Wait, now: string, language: Language): z.input<typeof waitSchema> {
  const { id, caseId, step, stage, unit, roundId, rank, subject, since, dueAt, actions } = wait;
  const kind = wait.kind as CaseKind;
  const role = wait.role as Role | null;
  return {
    id,
    what: caseKindNames[kind][language],
    case: { id: caseId, kind, step, stage, unit, roundId, rank, subject },
    organisation: { id: wait.organisationId, name: wait.organisationName ?? '' },
    role,
    roleName: role && roleNames[role][language],
    since: since.toISOString(),
    dueAt: dueAt?.toISOString() ?? null,
    overdueDays: dueAt ? overdueDays(dueAt, now) : 0,
    actions: [...actions],
    url: caseUrl(kind, caseId),
  };
}

/** Days past a due instant, the day that it begins included. */
function overdueDays(dueAt: Date, now: string): number {
  const milliseconds = Date.parse(now) - dueAt.getTime();
  return milliseconds < 0 ? 0 : Math.floor(milliseconds / 86_400_000) + 1;
}

function cursorOfWait({ dueAt, id }: Wait): string {
  return cursorOf(dueAt, id);
}

import { z } from 'zod';
import { mostAttachments } from '../../domain/attachments.js';
import { lastDayOfNotice } from '../../domain/calendar.js';
import { decisionRule } from '../../domain/cases.js';
import { dateOf } from '../../domain/dates.js';
import { isProposed } from '../../domain/down-time.js';
import { Refusal } from '../../domain/refusal.js';
import { LARGEST_ATTACHMENT, plainAttachment } from '../../records/attachment-file.js';
import { calendarTable } from '../../records/calendar.js';
import { policyOfRound } from '../../records/candidates.js';
import { findCase } from '../../records/cases.js';
import { recordedDays } from '../../records/down-time.js';
import { readClock } from '../../records/instance.js';
import {
  addAttachment,
  attachmentContent,
  findNotice,
  publishedAttachment,
  publishedNotice,
  waitingAttachments,
  type NoticeAttachment,
} from '../../records/notices.js';
import { caseListRoute, caseSchema, seesCase, shownCase } from '../case-lists.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';
import { holds, requireSight } from '../visibility.js';

const text = z.string().min(1).max(500);
const fileHash = z.string().regex(/^[\da-f]{64}$/);

const attachmentSchema = z.object({
  name: z.string(),
  type: z.string(),
  hash: z.string().meta({ description: 'sha256 of the file, in hexadecimal.' }),
  bytes: z.int(),
});

const decisions: DecisionRoute[] = [
  {
    kind: 'publicNotice',
    decision: 'draft',
    path: '/notices/{id}/draft',
    summary: '拟定公示 Write who can be called and how to object',
    body: z.strictObject({
      office: text,
      telephone: z.string().min(3).max(50),
      howToObject: text,
      attachments: z
        .array(fileHash)
        .max(mostAttachments)
        .refine((hashes) => new Set(hashes).size === hashes.length)
        .optional()
        .meta({ description: 'Hashes of files that were added to this notice, in the order to show them.' }),
    }),
  },
  {
    kind: 'publicNotice',
    decision: 'approve',
    path: '/notices/{id}/approval',
    summary: '审核发布 Release the notice; never by its author',
    body: z.strictObject({}),
  },
  {
    kind: 'publicNotice',
    decision: 'correct',
    path: '/notices/{id}/corrections',
    summary: '更正一人并另行公示 A corrected notice for one person, full length',
    body: z.strictObject({ number: z.int().min(1), reason: text }),
  },
  {
    kind: 'publicNotice',
    decision: 'restart',
    path: '/notices/{id}/restart',
    summary: '重新公示 The whole notice again, full length',
    body: z.strictObject({ reason: text }),
  },
  {
    kind: 'publicNotice',
    decision: 'decideOnLostDays',
    path: '/notices/{id}/lost-days-decision',
    summary: '对公示中断作出决定 Decide on the days on which the page could not be reached',
    body: z.strictObject({
      restarts: z.boolean().meta({
        description: 'The whole notice again, full length; else it stands as it was printed.',
      }),
      reason: text,
    }),
  },
];

const publicNoticeSchema = z
  .object({
    level: z.string(),
    firstDay: z.iso.date(),
    lastDay: z.iso.date(),
    closes: z.string(),
    office: z.string(),
    telephone: z.string(),
    howToObject: z.string(),
    entries: z.array(
      z.object({
        number: z.int().meta({ description: 'An objection names it.' }),
        name: z.string(),
        school: z.string(),
        subject: z.string(),
        rank: z.string(),
        sex: z.string().optional(),
        birthYear: z.string().optional(),
        correctedAs: z.uuid().optional(),
      }),
    ),
    attachments: z.array(attachmentSchema),
    restartedAs: z.uuid().nullable(),
    hashed: z.string().meta({
      description:
        'All that was released, as canonical JSON: its sha256 in UTF-8 is the hash. `curl -s … | jq -j .hashed | sha256sum`',
    }),
    hash: z.string(),
  })
  .meta({ id: 'PublicNotice' });

const noticeSchema = caseSchema
  .extend({
    level: z.string(),
    authorId: z.uuid().nullable(),
    approverId: z.uuid().nullable(),
    firstDay: z.iso.date().nullable(),
    lastDay: z.iso.date().nullable(),
    provisional: z.boolean(),
    draft: z
      .object({ office: z.string(), telephone: z.string(), howToObject: z.string() })
      .nullable()
      .meta({ description: 'What its author has written; null before that.' }),
    attachments: z
      .array(attachmentSchema.extend({ named: z.boolean() }))
      .meta({ description: 'Files of the notice; those that the draft names are published with it.' }),
    lostDays: z
      .array(
        z.object({
          day: z.iso.date(),
          minutes: z.int().meta({ description: 'Lost between 08:00 and 18:00.' }),
          periods: z.array(z.object({ from: z.iso.datetime(), until: z.iso.datetime() })),
          decision: z.enum(['let_stand']).nullable(),
          reason: z.string().nullable(),
        }),
      )
      .meta({
        description:
          'Days on which the page could not be reached for four hours or more, with what was decided.',
      }),
    proposal: z
      .object({ decision: z.literal('decideOnLostDays'), newLastDay: z.iso.date(), provisional: z.boolean() })
      .nullable()
      .meta({
        description:
          'While a lost day waits for a decision: to publish again; the last day it would have if it were released today.',
      }),
  })
  .meta({ id: 'Notice' });

/** What the author has written, as it is kept. */
interface NoticeDraft {
  readonly office: string;
  readonly telephone: string;
  readonly howToObject: string;
  readonly attachments?: readonly NoticeAttachment[];
}

/** A school's notice is for whoever has its link: no search engine is to show it. Rule N6. */
export function robotsOf({ level }: { readonly level: string }): Record<string, string> {
  return level === 'school' ? { 'X-Robots-Tag': 'noindex, nofollow, noarchive' } : {};
}

/** Public notices: written by one person, released by another, and the page that everybody can read. */
export function noticeRoutes(dependencies: Dependencies): Route[] {
  /** What is proposed while a lost day waits for a decision. Rule N7. */
  async function proposalFor(notice: Awaited<ReturnType<typeof findNotice>>) {
    const { database } = dependencies;
    if (!isProposed(recordedDays(notice))) return null;
    const rule = (await policyOfRound(database, notice.roundId)).notice?.[
      notice.level as 'school' | 'district'
    ];
    const today = dateOf((await readClock(database)).now);
    const days = lastDayOfNotice(today, rule!.workingDays, rule!, await calendarTable(database));
    return {
      decision: 'decideOnLostDays' as const,
      newLastDay: days.lastDay,
      provisional: days.provisional,
    };
  }

  return [
    caseListRoute('publicNotice', '/notices', '公示 Public notices'),
    route({
      method: 'get',
      path: '/api/v1/notices/{id}',
      operationId: 'readNotice',
      summary: '一份公示的办理情况 One notice, as those who run it see it',
      tag: 'notices',
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      response: noticeSchema,
      handler: async ({ actor, database, params }) => {
        const row = await findCase(database, 'publicNotice', params.id);
        if (row === null) throw new Refusal({ code: 'NOT_FOUND' });
        requireSight(seesCase(actor, row));
        const notice = await findNotice(database, row.id);
        const { level, authorId, approverId, firstDay, lastDay, provisional, contact } = notice;
        const draft = contact as unknown as NoticeDraft | null;
        const named = draft?.attachments ?? [];
        const attachments = (await waitingAttachments(database, row.id)).map((file) => ({
          ...file,
          named: named.some(({ hash }) => hash === file.hash),
        }));
        return {
          status: 200,
          body: {
            ...shownCase(row),
            level,
            authorId,
            approverId,
            firstDay,
            lastDay,
            provisional,
            draft,
            attachments,
            lostDays: recordedDays(notice).map((day) => ({ ...day, periods: [...day.periods] })),
            proposal: row.closedAt ? null : await proposalFor(notice),
          },
        };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/notices/{id}/attachments',
      operationId: 'addNoticeAttachment',
      summary: '添加公示附件 Add a file that the draft may name',
      description:
        '先检查全部文字（隐藏的行、列、工作表和文字、批注、修订、定义的名称、页眉页脚、属性），再清除作者等信息。 Every text is checked first, hidden ones, comments, changes, names, headers and properties too; then what tells of its author is taken out.',
      tag: 'notices',
      access: { roles: ['office', 'school_clerk'] },
      params: z.object({ id: z.uuid() }),
      upload: {
        field: 'file',
        mostFiles: 1,
        mostBytes: LARGEST_ATTACHMENT,
        description: '.xlsx, .docx or .csv, at most 2 MB',
      },
      statuses: [201],
      response: attachmentSchema,
      refusals: [
        'NOT_ALLOWED',
        'WRONG_STEP',
        'ATTACHMENT_KIND_REFUSED',
        'ATTACHMENT_NOT_READ',
        'PERSONAL_DATA',
        'TOO_MANY_ATTACHMENTS',
      ],
      handler: async ({ actor, database, params, files }) => {
        const row = await findCase(database, 'publicNotice', params.id);
        if (row === null || !seesCase(actor, row)) throw new Refusal({ code: 'NOT_FOUND' });
        const { by } = decisionRule('publicNotice', 'draft')!;
        if (!holds(actor, by, row.organisationId) || actor.personId === null)
          throw new Refusal({
            code: 'NOT_ALLOWED',
            rule: 'N6',
            values: { decision: 'draft', allowed: [...by] },
          });
        const { name, content } = files[0]!;
        const plain = { name, ...plainAttachment(name, content) };
        const at = new Date((await readClock(dependencies.database)).now);
        const { personId } = actor;
        const body = await database.$transaction((db) => addAttachment(db, row.id, plain, personId, at));
        return { status: 201, body };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/notices/{id}/attachments/{hash}',
      operationId: 'readNoticeAttachment',
      summary: '查看公示附件 A file of a notice, as those who run it see it',
      tag: 'notices',
      access: 'signedIn',
      params: z.object({ id: z.uuid(), hash: fileHash }),
      files: { 200: 'application/octet-stream' },
      statuses: [200],
      handler: async ({ actor, database, params }) => {
        const row = await findCase(database, 'publicNotice', params.id);
        requireSight(row !== null && seesCase(actor, row));
        return { status: 200, file: await attachmentContent(database, params.id, params.hash) };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/public/notices/{id}/attachments/{hash}',
      operationId: 'readPublicNoticeAttachment',
      summary: '公示附件 A file of a published notice',
      tag: 'notices',
      access: 'public',
      params: z.object({ id: z.uuid(), hash: fileHash }),
      files: { 200: 'application/octet-stream' },
      statuses: [200],
      handler: async ({ params }) => {
        const { now } = await readClock(dependencies.database);
        const { level, ...file } = await publishedAttachment(
          dependencies.database,
          params.id,
          params.hash,
          new Date(now),
        );
        return { status: 200, headers: robotsOf({ level }), file };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/public/notices/{id}',
      operationId: 'readPublicNotice',
      summary: '公示内容 A published notice',
      tag: 'notices',
      access: 'public',
      params: z.object({ id: z.uuid() }),
      response: publicNoticeSchema,
      handler: async ({ params }) => {
        const { now } = await readClock(dependencies.database);
        const notice = await publishedNotice(dependencies.database, params.id, new Date(now));
        return { status: 200, headers: robotsOf(notice), body: notice };
      },
    }),
    ...decisionRoutes(decisions, dependencies),
  ];
}

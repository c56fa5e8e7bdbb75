import { z } from 'zod';
import { Refusal } from '../../domain/refusal.js';
import { findCase } from '../../records/cases.js';
import { readClock } from '../../records/instance.js';
import { findNotice, publishedNotice } from '../../records/notices.js';
import { caseListRoute, caseSchema, seesCase, shownCase } from '../case-lists.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';
import { requireSight } from '../visibility.js';

const text = z.string().min(1).max(500);

const decisions: DecisionRoute[] = [
  {
    kind: 'publicNotice',
    decision: 'draft',
    path: '/notices/{id}/draft',
    summary: '拟定公示 Write who can be called and how to object',
    body: z.strictObject({ office: text, telephone: z.string().min(3).max(50), howToObject: text }),
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
    restartedAs: z.uuid().nullable(),
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
  })
  .meta({ id: 'Notice' });

/** A school's notice is for whoever has its link: no search engine is to show it. Rule N6. */
export function robotsOf({ level }: { readonly level: string }): Record<string, string> {
  return level === 'school' ? { 'X-Robots-Tag': 'noindex, nofollow, noarchive' } : {};
}

/** Public notices: written by one person, released by another, and the page that everybody can read. */
export function noticeRoutes(dependencies: Dependencies): Route[] {
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
        const { level, authorId, approverId, firstDay, lastDay, provisional } = await findNotice(
          database,
          row.id,
        );
        return {
          status: 200,
          body: { ...shownCase(row), level, authorId, approverId, firstDay, lastDay, provisional },
        };
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

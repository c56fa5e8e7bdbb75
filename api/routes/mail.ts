import { z } from 'zod';
import type { CaseKind } from '../../domain/cases.js';
import { Refusal } from '../../domain/refusal.js';
import { rankNames } from '../../records/current-policies.js';
import {
  deliveryStates,
  listDeliveries,
  maskedMailAddressOf,
  readMailAddress,
  setMailAddress,
  type DeliveryState,
} from '../../records/deliveries.js';
import { inboxUrl, mailOf } from '../../texts/mail.js';
import type { Actor } from '../auth/actor.js';
import { caseUrl } from '../case-links.js';
import type { Dependencies } from '../dependencies.js';
import { cursorOf, pageOf, pageQuery, readPosition } from '../paging.js';
import { route, type Route } from '../route.js';
import { requireDistrictRole } from '../visibility.js';

const tag = '邮件 Mail';

const bothLanguages = z.object({ zh: z.string(), en: z.string() });

const deliverySchema = z
  .object({
    id: z.uuid(),
    to: z.object({
      personId: z.uuid(),
      staffNumber: z.string(),
      name: z.string(),
      mailAddress: z.string().nullable().meta({ description: 'Masked; null when it was cleared since.' }),
    }),
    code: z.string(),
    subject: bothLanguages,
    text: bothLanguages,
    state: z.enum(deliveryStates).meta({
      description:
        'waiting: to be sent or tried again; sent: the mail server has taken it; refused: a server will not take it; kept: never to be sent, as on a rehearsal.',
    }),
    attempts: z.int(),
    lastFailure: z.string().nullable().meta({ description: 'Code that the last attempt failed with.' }),
    messageId: z.string().nullable(),
    createdAt: z.iso.datetime(),
    sentAt: z.iso.datetime().nullable(),
    caseId: z.uuid(),
    url: z.string().nullable(),
  })
  .meta({ id: 'Delivery' });

/** The address that one gets mail at, and the ledger of what was sent, or would have been on a rehearsal. Rules W8, D13. */
export function mailRoutes({ config }: Pick<Dependencies, 'config'>): Route[] {
  const { QINGLAN_SECRET: secret, PUBLIC_URL } = config;
  return [
    route({
      method: 'get',
      path: '/api/v1/profile/mail-address',
      operationId: 'readMailAddress',
      summary: '本人邮箱 The caller’s mail address',
      tag,
      access: 'signedIn',
      response: z.object({ address: z.string().nullable() }),
      handler: async ({ actor, database }) => ({
        status: 200,
        body: { address: await readMailAddress(database, personOf(actor), secret) },
      }),
    }),
    route({
      method: 'put',
      path: '/api/v1/profile/mail-address',
      operationId: 'setMailAddress',
      summary: '设置或清除本人邮箱 Set or clear the caller’s mail address',
      description:
        '收件箱的消息也会发到此邮箱；null 为清除。 Messages of the inbox are mailed to it too; null clears it.',
      tag,
      access: 'signedIn',
      body: z.strictObject({ address: z.string().max(254).nullable() }),
      refusals: ['MAIL_ADDRESS_MALFORMED'],
      handler: async ({ actor, database, body }) => {
        await setMailAddress(database, actor.ownerId, personOf(actor), body.address, secret);
        return { status: 204, body: undefined };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/outbox',
      operationId: 'listOutbox',
      summary: '发件箱 What is mailed, or would be on a rehearsal',
      description:
        '最新的在前。演练只留存，不发送。 The newest first. A rehearsal keeps all and sends nothing.',
      tag,
      access: { roles: ['office', 'administrator'] },
      query: pageQuery.extend({ state: z.enum(deliveryStates).optional() }),
      response: pageOf(deliverySchema),
      handler: async ({ actor, database, query, language, headers }) => {
        requireDistrictRole(actor, ['office', 'administrator'], language);
        const after = readPosition(query.cursor);
        const { deliveries, more } = await listDeliveries(database, {
          state: query.state,
          after: after && { createdAt: after.at ?? new Date(0), id: after.id },
          limit: query.limit,
        });
        const ranks = await rankNames(database);
        const inbox = inboxUrl(PUBLIC_URL ?? `http://${headers.host}`);
        const items = deliveries.map(({ delivery, notification, person, caseKind }) => ({
          id: delivery.id,
          to: {
            personId: person.id,
            staffNumber: person.staffNumber,
            name: person.name,
            mailAddress: maskedMailAddressOf(person, secret),
          },
          code: notification.text,
          ...mailOf(
            {
              code: notification.text,
              values: notification.values as Record<string, unknown>,
              caseKind: caseKind as CaseKind | null,
              reader: person.name,
              inbox,
            },
            ranks,
          ),
          state: delivery.state as DeliveryState,
          attempts: delivery.attempts,
          lastFailure: delivery.lastFailure,
          messageId: delivery.messageId,
          createdAt: delivery.createdAt.toISOString(),
          sentAt: delivery.sentAt?.toISOString() ?? null,
          caseId: notification.caseId,
          url: caseKind && caseUrl(caseKind as CaseKind, notification.caseId),
        }));
        const last = deliveries.at(-1)?.delivery;
        return {
          status: 200,
          body: { items, next: more && last ? cursorOf(last.createdAt, last.id) : null },
        };
      },
    }),
  ];
}

/** The technical administrator's account belongs to nobody who could get mail. */
function personOf(actor: Actor): string {
  if (actor.personId === null) throw new Refusal({ code: 'NOT_FOUND' });
  return actor.personId;
}

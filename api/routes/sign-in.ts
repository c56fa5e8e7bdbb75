import { z } from 'zod';
import { roles } from '../../domain/cases.js';
import { Refusal } from '../../domain/refusal.js';
import { profileOf } from '../../records/directory.js';
import { passwordLength } from '../auth/password.js';
import type { Sessions } from '../auth/sessions.js';
import { route, type Route } from '../route.js';
import { personSchema } from './roster.js';

const tag = '登录 Sign-in';
const password = z.string().min(1).max(passwordLength.most);

const profileSchema = z
  .object({
    userId: z.uuid(),
    ownerId: z.uuid().meta({ description: 'The organisation that runs the schemes.' }),
    person: personSchema.nullable().meta({ description: "Null for the technical administrator's account." }),
    roles: z.array(
      z.object({
        role: z.enum(roles),
        organisation: z.object({ id: z.uuid(), code: z.string(), name: z.string() }),
        subject: z.string().nullable(),
      }),
    ),
    unread: z.int().meta({ description: 'Notifications that wait unread.' }),
    mustChangePassword: z
      .boolean()
      .meta({ description: 'The password was drawn for the account by somebody else.' }),
  })
  .meta({ id: 'Profile' });

/** Sign-in, sign-out, the own password, and who I am. */
export function signInRoutes(sessions: Sessions): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/v1/sign-in',
      operationId: 'signIn',
      summary: '登录 Sign in',
      description:
        '登录名即工号。会话存于 httpOnly cookie，12 小时有效。 The user name is the staff number; the session lasts 12 hours.',
      tag,
      access: 'public',
      body: z.strictObject({ username: z.string().min(1).max(100), password }),
      response: z.object({ userId: z.uuid() }),
      refusals: ['SIGN_IN_REFUSED'],
      handler: async ({ body }) => {
        const { userId, cookies } = await sessions.signIn(body.username, body.password);
        return { status: 200, body: { userId }, headers: { 'Set-Cookie': cookies } };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/sign-out',
      operationId: 'signOut',
      summary: '退出 Sign out',
      tag,
      access: 'signedIn',
      handler: async ({ headers }) => ({
        status: 204,
        body: undefined,
        headers: { 'Set-Cookie': await sessions.signOut(headers) },
      }),
    }),
    route({
      method: 'post',
      path: '/api/v1/password',
      operationId: 'changePassword',
      summary: '修改本人密码 Change the own password',
      description: '其他会话随即失效。 All other sessions end.',
      tag,
      access: 'signedIn',
      body: z.strictObject({
        current: password,
        next: z.string().min(passwordLength.least).max(passwordLength.most),
      }),
      refusals: ['PASSWORD_WRONG', 'PASSWORD_SAME'],
      handler: async ({ actor, body, headers }) => {
        if (body.next === body.current) throw new Refusal({ code: 'PASSWORD_SAME' });
        const cookies = await sessions.changePassword(actor.userId, body.current, body.next, headers);
        return { status: 204, body: undefined, headers: { 'Set-Cookie': cookies } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/me',
      operationId: 'me',
      summary: '当前用户 Who I am',
      tag,
      access: 'signedIn',
      response: profileSchema,
      handler: async ({ actor, database }) => {
        const organisationIds = actor.memberships.map(({ organisationId }) => organisationId);
        const { person, organisations, unread } = await profileOf(database, actor.personId, organisationIds);
        const { userId, ownerId, mustChangePassword } = actor;
        const held = actor.memberships.map(({ role, organisationId, subject }) => ({
          role,
          organisation: organisations.find(({ id }) => id === organisationId)!,
          subject,
        }));
        return { status: 200, body: { userId, ownerId, person, roles: held, unread, mustChangePassword } };
      },
    }),
  ];
}

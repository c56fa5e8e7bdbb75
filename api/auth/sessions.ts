import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { fromNodeHeaders } from 'better-auth/node';
import { username } from 'better-auth/plugins';
import { Refusal } from '../../domain/refusal.js';
import { clearAttempts, countAttempt } from '../../records/accounts.js';
import type { Database } from '../../records/database.js';
import { keyedHash } from '../../records/secrets.js';
import type { Config } from '../../config/config.js';
import { hashPassword, passwordLength, verifyPassword, wasteTime } from './password.js';

const sessionSeconds = 12 * 3600;

/** Milliseconds after which a refused sign-in is answered: longer than looking up what an unknown name does not have. */
const refusedAfter = 150;

/** A change of who is signed in, with the cookies that tell the browser. */
export interface SessionChange {
  readonly userId: string;
  readonly cookies: readonly string[];
}

/** Sign-in, sign-out and sessions of accounts that the administrator made; nobody signs up. */
export type Sessions = ReturnType<typeof createSessions>;

/**
 * Sets up sessions on better-auth. None of its own routes is mounted: what is not offered here cannot be reached.
 * @param database the whole database: accounts come before their owner is known
 * @param config the secret signs the cookies; over https they are secure
 */
export function createSessions(database: Database, config: Pick<Config, 'QINGLAN_SECRET' | 'PUBLIC_URL'>) {
  const secure = config.PUBLIC_URL?.startsWith('https:') ?? false;
  const auth = betterAuth({
    baseURL: config.PUBLIC_URL ?? 'http://127.0.0.1',
    secret: keyedHash(config.QINGLAN_SECRET, 'session', 'cookies'),
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
    database: prismaAdapter(database, { provider: 'postgresql' }),
    session: { expiresIn: sessionSeconds, disableSessionRefresh: true },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.least,
      maxPasswordLength: passwordLength.most,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
    },
    user: {
      additionalFields: {
        personId: { type: 'string', required: false, input: false },
        ownerId: { type: 'string', required: false, input: false },
        mustChangePassword: { type: 'boolean', required: false, input: false },
      },
    },
    plugins: [
      username({
        minUsernameLength: 1,
        maxUsernameLength: 100,
        usernameValidator: () => true,
        usernameNormalization: false,
      }),
    ],
    advanced: {
      cookiePrefix: 'qinglan',
      useSecureCookies: secure,
      ipAddress: { disableIpTracking: true },
      database: { generateId: () => randomUUID() },
    },
  });

  return {
    /** Name of the cookie that carries the session. */
    cookieName: `${secure ? '__Secure-' : ''}qinglan.session_token`,

    /**
     * Signs somebody in. An unknown name, a wrong password and a locked account get the same answer after the same
     * time; the fifth failure within 15 minutes locks the account for 15 minutes.
     * @throws Refusal SIGN_IN_REFUSED
     */
    async signIn(name: string, password: string): Promise<SessionChange> {
      const earliest = delay(refusedAfter);
      const userId = await countAttempt(database, { username: name });
      const body = { username: name, password };
      const signedIn =
        userId &&
        (await refused(auth.api.signInUsername({ body, headers: new Headers(), returnHeaders: true })));
      if (!userId) await wasteTime(password);
      if (!userId || !signedIn) {
        await earliest;
        throw new Refusal({ code: 'SIGN_IN_REFUSED' });
      }
      await clearAttempts(database, userId);
      return { userId, cookies: signedIn.headers.getSetCookie() };
    },

    /** Ends the session of the request, if it has one. Returns the cookies that end it in the browser. */
    async signOut(headers: IncomingHttpHeaders): Promise<readonly string[]> {
      const { headers: answer } = await auth.api.signOut({ headers: cookieOf(headers), returnHeaders: true });
      return answer.getSetCookie();
    },

    /**
     * Changes the password of who is signed in, and ends all their other sessions.
     * @throws Refusal PASSWORD_WRONG when the current password is wrong or the account is locked
     */
    async changePassword(userId: string, current: string, next: string, headers: IncomingHttpHeaders) {
      const counted = await countAttempt(database, { id: userId });
      const body = { currentPassword: current, newPassword: next, revokeOtherSessions: true };
      const changed =
        counted &&
        (await refused(auth.api.changePassword({ body, headers: cookieOf(headers), returnHeaders: true })));
      if (!changed) throw new Refusal({ code: 'PASSWORD_WRONG' });
      await clearAttempts(database, userId, { mustChangePassword: false });
      return changed.headers.getSetCookie();
    },

    /** The account whose session the request carries, or null. */
    async userOf(headers: IncomingHttpHeaders) {
      if (!headers.cookie) return null;
      return (await auth.api.getSession({ headers: cookieOf(headers) }))?.user ?? null;
    },
  };
}

// Neither address nor browser is kept with a session.
function cookieOf(headers: IncomingHttpHeaders): Headers {
  return fromNodeHeaders({ cookie: headers.cookie ?? '' });
}

// better-auth throws its own error with a 4xx status when it refuses.
async function refused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode !== undefined && statusCode < 500) return null;
    throw error;
  }
}

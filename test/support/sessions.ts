import { randomUUID } from 'node:crypto';
import { hashPassword } from '../../api/auth/password.js';
import { createAccounts } from '../../records/accounts.js';
import { ApiClient } from '../../samples/api-client.js';
import type { Role } from '../../domain/cases.js';
import type { TestInstance } from './instance.js';
import type { PreparedDistrict } from './prepared.js';

/** Somebody who is signed in. All throw an ApiProblem when the API refuses. */
export interface TestSession {
  get<Answer>(path: string): Promise<Answer>;
  put<Answer>(path: string, body: object): Promise<Answer>;
  /** Sends a body under an Idempotency-Key, a new one unless it is given. */
  post<Answer extends object>(path: string, body: object, key?: string): Promise<Answer>;
  /** Sends anything, such as a file; answers with whatever comes. */
  fetch(path: string, init?: Omit<RequestInit, 'headers'>): Promise<Response>;
}

const password = 'a-word-for-everybody';

/** Makes an account for a person whose row was written directly, and signs in; the answers are in a language. */
export async function signInAs(
  instance: Pick<TestInstance, 'url'>,
  { database, ownerId }: PreparedDistrict,
  personId: string,
  language: 'zh' | 'en' = 'zh',
): Promise<TestSession> {
  const username = `a${personId}`;
  if ((await database.user.count({ where: { username } })) === 0) {
    const passwordHash = await hashPassword(password);
    await createAccounts(database, [
      { username, personId, ownerId, passwordHash, mustChangePassword: false },
    ]);
  }
  const json = { 'Content-Type': 'application/json' };
  const response = await fetch(`${instance.url}/api/v1/sign-in`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ username, password }),
  });
  if (!response.ok) throw new Error(`${username} cannot sign in: ${await response.text()}`);
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]!);
  const Cookie = cookies.join('; ');
  const client = new ApiClient({ url: instance.url, language });
  return {
    get: (path) => client.request({ method: 'GET', path, headers: { Cookie } }),
    put: (path, body) =>
      client.request({ method: 'PUT', path, headers: { ...json, Cookie }, body: JSON.stringify(body) }),
    post: (path, body, key = randomUUID()) =>
      client.request({
        method: 'POST',
        path,
        headers: { ...json, Cookie, 'Idempotency-Key': key },
        body: JSON.stringify(body),
      }),
    fetch: (path, init = {}) => fetch(`${instance.url}/api/v1${path}`, { ...init, headers: { Cookie } }),
  };
}

/** Gives a person a role, in the district unless another organisation is named, and signs in. */
export async function signInWithRole(
  instance: Pick<TestInstance, 'url'>,
  district: PreparedDistrict,
  personId: string,
  membership: { readonly role: Role; readonly organisationId?: string; readonly subject?: string },
): Promise<TestSession> {
  const { database, ownerId } = district;
  const data = { ownerId, personId, organisationId: ownerId, from: '2020-01-01', ...membership };
  await database.membership.create({ data });
  return signInAs(instance, district, personId);
}

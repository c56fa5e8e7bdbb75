import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { createApp } from '../../api/app.js';
import { createSessions } from '../../api/auth/sessions.js';
import { ConfigFault, readConfig } from '../../config/config.js';
import type { Dependencies } from '../../api/dependencies.js';
import type { Problem } from '../../api/problem.js';
import { allRoutes } from '../../api/routes/index.js';
import { addDays, dateOf } from '../../domain/dates.js';
import type { Roster, TeacherRow } from '../../domain/roster.js';
import { sampleRanks } from '../../samples/district.js';
import { writeRoster } from '../../samples/write.js';
import { Prisma } from '../../prisma/generated/client.js';
import { openDatabase } from '../../records/database.js';
import { prepareInstance, readClock } from '../../records/instance.js';
import { scopedTo, type ScopedClient } from '../../records/scope.js';
import { createDistrict } from '../../scripts/create-administrator.js';
import { connectTemporal } from '../../temporal/connection.js';
import { allRefusals } from '../../texts/catalogue.js';
import { createDatabase, testServers } from '../support/servers.js';
import { idNumber, rosterOf, teacherRow } from '../support/two-schools.js';

const environment = {
  DATABASE_URL: await createDatabase('edge'),
  // Nobody listens there: what needs Temporal must say so.
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  QINGLAN_SECRET: Buffer.alloc(32, 7).toString('base64'),
  QINGLAN_MODE: 'rehearsal',
};
const config = readConfig(environment);
const database = openDatabase(config.DATABASE_URL);
const temporal = connectTemporal({ address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE });
const logged: string[] = [];
const log = pino(
  new Writable({
    write(line: Buffer, _encoding, done) {
      logged.push(line.toString());
      done();
    },
  }),
);
const servers: Server[] = [];

async function listen(
  overrides: Partial<typeof config> = {},
  parts: Partial<Dependencies> = {},
): Promise<string> {
  const server = createApp({ config: { ...config, ...overrides }, database, temporal, log, ...parts }).listen(
    0,
    '127.0.0.1',
  );
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let base = '';
let today = '';
let district: Awaited<ReturnType<typeof createDistrict>>;
let administrator = '';

beforeAll(async () => {
  await prepareInstance(database, 'rehearsal', new Date('2026-09-01T00:00:00Z'));
  today = dateOf((await readClock(database)).now);
  base = await listen();
  district = await newDistrict();
  administrator = await signedIn(district.username, district.password);
});

afterAll(async () => {
  for (const server of servers) server.close();
  await database.$disconnect();
  await temporal.connection.close();
});

async function newDistrict() {
  const name = randomUUID();
  const made = await createDistrict({
    database,
    name: `样例区 ${name}`,
    code: name,
    username: `管理员 ${name}`,
  });
  const content = { ranks: sampleRanks } as unknown as Prisma.InputJsonObject;
  await database.policy.create({
    data: {
      ownerId: made.ownerId,
      code: name,
      version: '1',
      digest: name,
      text: '',
      content,
      addedAt: new Date(),
    },
  });
  return made;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

async function call(
  method: string,
  path: string,
  options: {
    json?: unknown;
    raw?: BodyInit;
    headers?: Record<string, string>;
    cookie?: string;
    at?: string;
  } = {},
): Promise<Answer> {
  const { json, raw, headers, cookie, at = base } = options;
  const response = await fetch(at + path, {
    method,
    body: json === undefined ? raw : JSON.stringify(json),
    headers: {
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...(cookie && { cookie }),
      ...headers,
    },
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

const signIn = (username: string, password: string, at = base) =>
  call('POST', '/api/v1/sign-in', { json: { username, password }, at });

async function signedIn(username: string, password: string): Promise<string> {
  const answer = await signIn(username, password);
  expect(answer.status).toBe(200);
  return cookieOf(answer);
}

const cookieOf = ({ headers }: Answer) =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

function upload(files: readonly (readonly [name: string, content: Uint8Array])[], cookie = administrator) {
  const form = new FormData();
  for (const [name, content] of files) form.append('file', new Blob([content as BlobPart]), name);
  return call('POST', '/api/v1/roster-imports', { raw: form, cookie });
}

function problem(answer: Answer, status: number, type: string): Problem {
  expect({ status: answer.status, type: answer.body?.type }).toEqual({ status, type });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body.status).toBe(status);
  return answer.body as Problem;
}

let people = 0;
function teacher(changes: Partial<TeacherRow> = {}): TeacherRow {
  people += 1;
  return teacherRow(people, { staffNumber: `T${randomUUID()}`, name: '王芳', ...changes });
}

async function importInto(owner: { username: string; password: string }, content: Roster): Promise<Answer> {
  return upload([['名册.xlsx', await writeRoster(content)]], await signedIn(owner.username, owner.password));
}

describe('sign-in', () => {
  test('gives a cookie that scripts cannot read and other sites do not send; signing out ends it', async () => {
    const answer = await signIn(district.username, district.password);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^qinglan\.session_token=.*; HttpOnly; SameSite=Lax/);
    const cookie = cookieOf(answer);
    const me = await call('GET', '/api/v1/me', { cookie });
    expect(me.body).toMatchObject({
      ownerId: district.ownerId,
      person: null,
      unread: 0,
      mustChangePassword: true,
    });
    expect(me.body.roles).toMatchObject([{ role: 'administrator', organisation: { id: district.ownerId } }]);
    expect((await call('POST', '/api/v1/sign-out', { cookie })).status).toBe(204);
    problem(await call('GET', '/api/v1/me', { cookie }), 401, '/problems/not-signed-in');
  });

  test('over https the cookie is secure', async () => {
    const at = await listen({ PUBLIC_URL: 'https://qinglan.example.cn' });
    const answer = await signIn(district.username, district.password, at);
    expect(answer.headers.getSetCookie()[0]).toMatch(/^__Secure-qinglan\.session_token=.*; Secure/);
  });

  test('answers the same to an unknown name and to a wrong password', async () => {
    const other = await newDistrict();
    const unknown = problem(await signIn(`nobody ${randomUUID()}`, 'x'), 401, '/problems/sign-in-refused');
    const wrong = problem(await signIn(other.username, 'x'), 401, '/problems/sign-in-refused');
    expect(wrong).toEqual(unknown);
  });

  test('locks the account with the fifth failure in 15 minutes, and only for them', async () => {
    const { username, password } = await newDistrict();
    for (let failure = 1; failure <= 4; failure += 1) await signIn(username, 'wrong');
    await signedIn(username, password);
    for (let failure = 1; failure <= 5; failure += 1) await signIn(username, 'wrong');
    const locked = problem(await signIn(username, password), 401, '/problems/sign-in-refused');
    expect(locked).toEqual((await signIn(username, 'wrong')).body);
    await database.user.update({ where: { username }, data: { lockedUntil: new Date(Date.now() - 1000) } });
    await signedIn(username, password);
  });

  test('failures that are older than 15 minutes do not count', async () => {
    const { username, password } = await newDistrict();
    for (let failure = 1; failure <= 4; failure += 1) await signIn(username, 'wrong');
    await database.user.update({ where: { username }, data: { lockedUntil: new Date(Date.now() - 1000) } });
    await signIn(username, 'wrong');
    await signedIn(username, password);
  });

  test('of many guesses at the same moment no more than five are looked at', async () => {
    const { username, password } = await newDistrict();
    const answers = await Promise.all(
      Array.from({ length: 11 }, (_, index) => signIn(username, `guess ${index}`)),
    );
    expect(answers.every(({ status }) => status === 401)).toBe(true);
    expect((await database.user.findUniqueOrThrow({ where: { username } })).failedSignIns).toBe(5);
    problem(await signIn(username, password), 401, '/problems/sign-in-refused');
  });

  test('a changed password ends the other sessions; the old one must be right', async () => {
    const { username, password } = await newDistrict();
    const [mine, other] = [await signedIn(username, password), await signedIn(username, password)];
    const change = (current: string, next: string) =>
      call('POST', '/api/v1/password', { json: { current, next }, cookie: mine });
    problem(await change('wrong', 'a longer password'), 422, '/problems/password-wrong');
    problem(await change(password, password), 422, '/problems/password-same');
    expect(problem(await change(password, 'short'), 422, '/problems/invalid-input').errors).toMatchObject([
      { at: '$.next', code: 'TOO_SHORT', values: { minimum: 10 } },
    ]);
    const changed = await change(password, '一个足够长的新密码吧');
    expect(changed.status).toBe(204);
    problem(await call('GET', '/api/v1/me', { cookie: other }), 401, '/problems/not-signed-in');
    const me = await call('GET', '/api/v1/me', { cookie: cookieOf(changed) });
    expect(me.body.mustChangePassword).toBe(false);
    await signedIn(username, '一个足够长的新密码吧');
  });

  test('one address has only so many attempts a minute', async () => {
    const at = await listen({ RATE_LIMIT_SIGN_IN: 2 });
    await signIn('nobody', 'x', at);
    await signIn('nobody', 'x', at);
    const answer = await signIn('nobody', 'x', at);
    problem(answer, 429, '/problems/too-many-requests');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('an account has only so many requests a minute', async () => {
    const at = await listen({ RATE_LIMIT_ACCOUNT: 1 });
    expect((await call('GET', '/api/v1/me', { cookie: administrator, at })).status).toBe(200);
    problem(
      await call('GET', '/api/v1/me', { cookie: administrator, at }),
      429,
      '/problems/too-many-requests',
    );
  });
});

describe('who may', () => {
  const sessions = createSessions(database, config);
  const routes = allRoutes({ config, database, temporal, log }, sessions);

  test.each(
    routes.filter(({ access }) => access !== 'public').map((spec) => [spec.method, spec.path] as const),
  )('%s %s asks for a session before anything else', async (method, path) => {
    const at = path.replaceAll(/\{\w+\}/g, 'anything');
    problem(await call(method.toUpperCase(), at), 401, '/problems/not-signed-in');
    const forged = { cookie: `${sessions.cookieName}=${randomUUID()}.forged` };
    problem(await call(method.toUpperCase(), at, forged), 401, '/problems/not-signed-in');
  });

  test('what another site makes a browser send is refused; what it reads is not', async () => {
    const headers = { origin: 'https://evil.example' };
    const json = { username: district.username, password: district.password };
    problem(await call('POST', '/api/v1/sign-in', { json, headers }), 403, '/problems/origin-refused');
    problem(
      await call('POST', '/api/v1/sign-in', { json, headers: { origin: 'null' } }),
      403,
      '/problems/origin-refused',
    );
    problem(
      await call('POST', '/api/v1/sign-in', { json, headers: { 'sec-fetch-site': 'cross-site' } }),
      403,
      '/problems/origin-refused',
    );
    expect((await call('POST', '/api/v1/sign-in', { json, headers: { origin: base } })).status).toBe(200);
    expect((await call('GET', '/api/v1/openapi.json', { headers })).status).toBe(200);
    const at = await listen({ PUBLIC_URL: 'http://qinglan.example.cn' });
    problem(
      await call('POST', '/api/v1/sign-in', { json, headers: { origin: at }, at }),
      403,
      '/problems/origin-refused',
    );
    const own = { origin: 'http://qinglan.example.cn' };
    expect((await call('POST', '/api/v1/sign-in', { json, headers: own, at })).status).toBe(200);
  });

  test('a role in force today opens its routes, for its own school only', async () => {
    const owner = await newDistrict();
    const [clerk, former, office, plain] = [
      teacher(),
      teacher({ schoolCode: 'S2' }),
      teacher(),
      teacher({ schoolCode: 'S2' }),
    ];
    const yesterday = addDays(today, -1);
    const membership = { subject: null, from: addDays(today, -300), until: null };
    const memberships = [
      { ...membership, staffNumber: clerk.staffNumber, role: 'school_clerk', organisation: 'S1' },
      {
        ...membership,
        staffNumber: former.staffNumber,
        role: 'head',
        organisation: 'S2',
        until: yesterday,
      },
      {
        ...membership,
        staffNumber: office.staffNumber,
        role: 'office',
        organisation: '区',
        from: today,
      },
    ] as const;
    const imported = await importInto(owner, rosterOf([clerk, former, office, plain], { memberships }));
    expect(imported.body).toMatchObject({ persons: { created: 4 }, memberships: { created: 3 } });
    const cookie = await signedIn(owner.username, owner.password);
    const password = '试用密码 1234567';
    const persons = [clerk, former, office, plain].map(({ staffNumber }) => ({ staffNumber, password }));
    expect((await call('POST', '/api/v1/accounts', { json: { persons }, cookie })).status).toBe(201);

    const listed = async ({ staffNumber }: TeacherRow, query = '') =>
      call('GET', `/api/v1/persons${query}`, { cookie: await signedIn(staffNumber, password) });
    const numbers = ({ body }: Answer) =>
      body.items.map((person: TeacherRow) => person.staffNumber).toSorted();
    expect(numbers(await listed(clerk))).toEqual(
      [clerk, office].map((person) => person.staffNumber).toSorted(),
    );
    expect(numbers(await listed(office))).toHaveLength(4);
    const refused = problem(await listed(plain), 403, '/problems/role-required');
    expect(refused.detail).toContain('领导小组办公室');
    problem(await listed(former), 403, '/problems/role-required');

    const { body: organisations } = await call('GET', '/api/v1/organisations', { cookie });
    const second = organisations.items.find(({ code }: { code: string }) => code === 'S2').id;
    expect(numbers(await listed(clerk, `?schoolId=${second}`))).toEqual([]);
    expect(numbers(await listed(office, `?schoolId=${second}`))).toHaveLength(2);

    const me = await call('GET', '/api/v1/me', { cookie: await signedIn(clerk.staffNumber, password) });
    expect(me.body.roles.map(({ role }: { role: string }) => role)).toEqual(['teacher', 'school_clerk']);
    expect(JSON.stringify([me.body, (await listed(office)).body])).not.toMatch(/990001|13800000000|oxed/);
  });

  test('a list comes in pages that meet', async () => {
    const owner = await newDistrict();
    const teachers = Array.from({ length: 5 }, () => teacher());
    await importInto(owner, rosterOf(teachers));
    const cookie = await signedIn(owner.username, owner.password);
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const { body } = await call('GET', `/api/v1/persons?limit=2${next && `&cursor=${next}`}`, { cookie });
      seen.push(...body.items.map((person: TeacherRow) => person.staffNumber));
      next = body.next;
    }
    expect(seen.toSorted()).toEqual(teachers.map(({ staffNumber }) => staffNumber).toSorted());
    expect(new Set(seen).size).toBe(5);
    problem(await call('GET', '/api/v1/persons?cursor=%FF', { cookie }), 422, '/problems/invalid-input');
  });
});

describe('the form of a request', () => {
  const json = (raw: string, contentType = 'application/json') =>
    call('POST', '/api/v1/sign-in', { raw, headers: { 'content-type': contentType } });

  test('malformed JSON, a wrong type of content, too large a body', async () => {
    const malformed = problem(await json('{"username": "秘密'), 400, '/problems/malformed-json');
    expect(JSON.stringify(malformed)).not.toContain('秘密');
    problem(await json('{}', 'text/plain'), 415, '/problems/unsupported-media-type');
    problem(await json('{}', 'application/json; charset=klingon'), 415, '/problems/unsupported-media-type');
    problem(await json(`"${'x'.repeat(1024 * 1024)}"`), 413, '/problems/body-too-large');
    problem(await call('POST', '/api/v1/sign-in'), 422, '/problems/invalid-input');
  });

  test('names every fault with its place and what would be right, and repeats no value', async () => {
    const body = { username: 7, pass: '秘密', 'odd key': 1 };
    const faults = problem(
      await call('POST', '/api/v1/sign-in', { json: body }),
      422,
      '/problems/invalid-input',
    );
    expect(faults.errors).toEqual([
      { at: '$.username', code: 'WRONG_TYPE', values: { expected: 'string' }, text: '类型应为 string' },
      { at: '$.password', code: 'MISSING', values: { expected: 'string' }, text: '缺少必填项（string）' },
      { at: '$.pass', code: 'UNKNOWN_KEY', text: '不认识的字段' },
      { at: '$["odd key"]', code: 'UNKNOWN_KEY', text: '不认识的字段' },
    ]);
    expect(JSON.stringify(faults)).not.toContain('秘密');
    const nested = { persons: [{ staffNumber: 'a' }, { staffNumber: '', admin: true }] };
    const deep = await call('POST', '/api/v1/accounts', { json: nested, cookie: administrator });
    expect(problem(deep, 422, '/problems/invalid-input').errors).toMatchObject([
      { at: '$.persons[1].staffNumber', code: 'TOO_SHORT' },
      { at: '$.persons[1].admin', code: 'UNKNOWN_KEY' },
    ]);
    const query = await call('GET', '/api/v1/persons?limit=1000&x=1', { cookie: administrator });
    expect(problem(query, 422, '/problems/invalid-input').errors).toMatchObject([
      { at: 'query.limit', code: 'TOO_HIGH', values: { maximum: 200 } },
      { at: 'query.x', code: 'UNKNOWN_KEY' },
    ]);
  });

  test('an unknown path and an impossible id are not found', async () => {
    problem(await call('GET', '/api/v1/nothing'), 404, '/problems/not-found');
    problem(
      await call('PUT', '/api/v1/calendar/1', { json: {}, cookie: administrator }),
      404,
      '/problems/not-found',
    );
    problem(await call('GET', '/API/v1/me'), 404, '/problems/not-found');
    problem(await call('GET', '/api/v1/%E0%A4%A'), 404, '/problems/not-found');
  });

  test.each([
    [undefined, '请先登录'],
    ['zh-CN,zh;q=0.9,en;q=0.8', '请先登录'],
    ['en-GB,en;q=0.9', 'Sign in first'],
    ['fr', '请先登录'],
    ['*', '请先登录'],
  ])('a problem is in the language of the caller: %s', async (language, detail) => {
    const headers: Record<string, string> = language ? { 'accept-language': language } : {};
    const response = await call('GET', '/api/v1/me', { headers });
    // fetch sends `*` when it is given none.
    expect(problem(response, 401, '/problems/not-signed-in').detail).toBe(detail);
    expect(response.headers.get('content-language')).toBe(detail === 'Sign in first' ? 'en' : 'zh');
  });

  test('S10: both languages of a text have the same values', () => {
    const names = (text: string) =>
      Array.from(text.matchAll(/\{\{(\w+)\}\}/g), ([, name]) => name!).toSorted();
    for (const [code, text] of Object.entries(allRefusals))
      expect({ code, names: names(text.en) }).toEqual({ code, names: names(text.zh) });
  });

  test('working days: every date that cannot be what it is listed as', async () => {
    const json = {
      rest: ['2091-01-01', '2089-12-31', '2090-05-01'],
      makeUp: ['2090-05-01', '2090-05-07'],
      provisional: true,
    };
    const put = (body: unknown) =>
      call('PUT', '/api/v1/calendar/2090', { json: body, cookie: administrator });
    const faults = problem(await put(json), 422, '/problems/calendar-faults');
    expect(faults.errors?.map(({ at, code }) => [at, code])).toEqual([
      ['$.rest[0]', 'DATE_OF_ANOTHER_YEAR'],
      ['$.makeUp[0]', 'MAKE_UP_ON_WEEKDAY'],
      ['$.makeUp[0]', 'REST_AND_MAKE_UP'],
    ]);
    const impossible = problem(await put({ ...json, rest: ['2090-02-30'] }), 422, '/problems/invalid-input');
    expect(impossible.errors).toMatchObject([{ at: '$.rest[0]', code: 'WRONG_FORMAT' }]);
    const right = { rest: ['2090-01-02', '2089-12-31'], makeUp: ['2090-05-07'], provisional: false };
    expect((await put(right)).status).toBe(204);
    expect(await database.calendarYear.findUnique({ where: { year: '2090' } })).toMatchObject({
      rest: ['2089-12-31', '2090-01-02'],
      makeUp: ['2090-05-07'],
    });
    await database.calendarYear.delete({ where: { year: '2090' } });
  });
});

describe('documents', () => {
  type Json = { [key: string]: Json } & { $ref?: string; additionalProperties?: unknown };

  test('the OpenAPI document is 3.1, describes every route, and each body refuses unknown keys', async () => {
    const { body: document } = await call('GET', '/api/v1/openapi.json');
    expect(document.openapi).toBe('3.1.0');
    const routes = allRoutes({ config, database, temporal, log }, createSessions(database, config));
    const described = Object.entries<Json>(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    const expected = [...routes.map(({ method, path }) => `${method} ${path}`), 'get /api/v1/openapi.json'];
    expect(described.toSorted()).toEqual(expected.toSorted());

    const operations = Object.values<Json>(document.paths).flatMap((item) => Object.values(item)) as Json[];
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(operations.length);
    for (const operation of operations) {
      const statuses = Object.keys(operation.responses ?? {});
      expect(statuses).toEqual(expect.arrayContaining(['422', '429', '500', '503']));
      expect(statuses.includes('401') || (operation.security as unknown as unknown[]).length === 0).toBe(
        true,
      );
    }
    const all = JSON.stringify(document);
    for (const [, name] of all.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
      expect(document.components.schemas).toHaveProperty(name!);
    const bodies = operations.flatMap(
      (operation) => operation.requestBody?.content?.['application/json'] ?? [],
    );
    expect(bodies.length).toBeGreaterThan(0);
    for (const { schema } of bodies) expectClosed(schema as Json, document);
  });

  function expectClosed(schema: Json, document: Json): void {
    const name = schema.$ref?.split('/').at(-1);
    if (name) return expectClosed(document.components!.schemas![name]!, document);
    if (schema.properties) expect(schema).toMatchObject({ additionalProperties: false });
    const parts = [
      ...Object.values(schema.properties ?? {}),
      schema.items,
      ...['anyOf', 'oneOf', 'allOf'].flatMap((key) => (schema[key] ?? []) as unknown as Json[]),
    ];
    for (const part of parts) if (part && typeof part === 'object') expectClosed(part as Json, document);
  }

  test('the docs page takes all that it needs from here, under a policy without exceptions', async () => {
    const { body: html, headers } = await call('GET', '/docs');
    expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe-eval');
    const urls = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]: string[]) => url!);
    expect(urls.length).toBeGreaterThanOrEqual(4);
    for (const url of urls) {
      expect(url).toMatch(/^\/docs\//);
      expect((await call('GET', url)).status).toBe(200);
    }
    const { body: initializer } = await call('GET', '/docs/initializer.js');
    expect(initializer).toContain("url: '/api/v1/openapi.json'");
    expect(initializer).toContain('validatorUrl: null');
    expect(initializer).not.toMatch(/https?:/);
  });

  test('behind the type of every problem is a page that explains it', async () => {
    const { body: index } = await call('GET', '/problems');
    for (const code of Object.keys(allRefusals)) expect(index).toContain(`>${code}<`);
    const { body: page, status } = await call('GET', '/problems/too-many-requests');
    expect(status).toBe(200);
    expect(page).toContain('请求过于频繁，请稍后再试');
    expect(page).toContain('Too many requests; try again later');
    problem(await call('GET', '/problems/no-such-thing'), 404, '/problems/not-found');
  });

  test('health says what does not answer', async () => {
    expect(await call('GET', '/health/live')).toMatchObject({ status: 200, body: { live: true } });
    expect(await call('GET', '/health/ready')).toMatchObject({
      status: 503,
      body: { ready: false, database: true, temporal: false },
    });
    const answering = connectTemporal(testServers().temporal);
    const at = await listen({}, { temporal: answering });
    expect(await call('GET', '/health/ready', { at })).toMatchObject({ status: 200, body: { ready: true } });
    await answering.connection.close();
  });

  test('the log has a line a request without query, body, header or address, and none of the ballot box', async () => {
    logged.length = 0;
    await call('GET', '/api/v1/persons?staffNumber=SECRET1', { cookie: administrator });
    await signIn('SECRET2', 'SECRET3');
    await call('POST', '/api/v1/ballot-box/SECRET4', { json: { sealed: 'SECRET5' } });
    await call('GET', '/health/live?ballot-box');
    while (logged.length < 3) await setImmediate();
    const lines = logged.map(
      (line) => JSON.parse(line) as { req: { method: string; path: string }; account?: string },
    );
    expect(lines.map(({ req }) => `${req.method} ${req.path}`)).toEqual([
      'GET /api/v1/persons',
      'POST /api/v1/sign-in',
      'GET /health/live',
    ]);
    expect(lines[0]!.account).toMatch(/^[0-9a-f-]{36}$/);
    expect(logged.join('')).not.toMatch(/SECRET|127\.0\.0\.1|qinglan\.session/);
  });

  test('an outage of the database is a 503 that may be tried again; its details are only in the log', async () => {
    const nowhere = openDatabase('postgresql://qinglan:SECRET@127.0.0.1:1/none', 1);
    const answer = await signIn('a', 'b', await listen({}, { database: nowhere }));
    expect(JSON.stringify(problem(answer, 503, '/problems/unavailable'))).not.toMatch(/ECONN|127\.0|SECRET/);
    expect(answer.headers.get('retry-after')).toBe('5');
    await nowhere.$disconnect();
  });

  test('a configuration at fault is refused with all faults and no value', () => {
    const wrong = {
      ...environment,
      DATABASE_URL: 'mysql://root:hunter2@db',
      QINGLAN_SECRET: 'aHVudGVyMg==',
      PORT: '99999',
      QINGLAN_MODE: '',
    };
    expect(() => readConfig(wrong)).toThrow(ConfigFault);
    try {
      readConfig(wrong);
    } catch (error) {
      const { message } = error as Error;
      for (const name of ['DATABASE_URL', 'QINGLAN_SECRET', 'PORT', 'QINGLAN_MODE is missing'])
        expect(message).toContain(name);
      expect(message).not.toMatch(/hunter2|aHVudGVyMg|99999/);
    }
  });
});

describe('roster import', () => {
  test('the sample district enters within five seconds, and entering it again changes nothing', async () => {
    const owner = await newDistrict();
    const cookie = await signedIn(owner.username, owner.password);
    const file = await readFile('samples/district.xlsx');
    const started = performance.now();
    const first = await upload([['样例名册.xlsx', file]], cookie);
    // Five seconds, and two in which the calendar is told in vain: there is no Temporal here.
    expect(performance.now() - started).toBeLessThan(7000);
    expect(first.status).toBe(200);
    expect(first.body.persons.created).toBeGreaterThanOrEqual(900);
    const { organisations, persons, memberships, titles, evidence } = first.body;
    const rows = scopedTo(database, owner.ownerId);
    expect(await rows.person.count()).toBe(persons.created);
    expect(await rows.organisation.count()).toBe(organisations.created + 1);
    expect(await rows.membership.count()).toBe(memberships.created);
    expect(await rows.title.count({ where: { origin: 'roster' } })).toBe(titles.created);
    expect(await rows.evidence.count()).toBe(evidence.created);

    const again = await upload([['样例名册.xlsx', file]], cookie);
    expect(again.body).toEqual({
      organisations: { created: 0, updated: 0 },
      persons: { created: 0, updated: 0, unchanged: persons.created },
      memberships: { created: 0, updated: 0 },
      titles: { created: 0 },
      evidence: { created: 0 },
      sanctions: { created: 0, updated: 0 },
    });
    expect(await rows.personVersion.count()).toBe(0);
    const stored = JSON.stringify(await rows.person.findMany({ take: 20 }));
    expect(stored).not.toMatch(/990001\d{11}[\dX]|"1[3-9]\d{9}"/);
  }, 30_000);

  test('S13: twenty bad rows are all named, and nothing is entered', async () => {
    const owner = await newDistrict();
    const good = Array.from({ length: 5 }, () => teacher());
    const bad = Array.from({ length: 20 }, (_, index) =>
      teacher(index % 2 ? { idNumber: `${idNumber(index).slice(0, 17)}*` } : { schoolCode: 'S9' }),
    );
    const faults = problem(
      await importInto(owner, rosterOf([...good, ...bad])),
      422,
      '/problems/roster-faults',
    );
    expect(faults.errors).toHaveLength(20);
    expect(faults.errors?.slice(0, 2)).toMatchObject([
      { at: expect.stringMatching(/^教师!F7$/), code: 'UNKNOWN_SCHOOL', text: '“学校”表中没有学校代码“S9”' },
      { at: expect.stringMatching(/^教师![A-Z]8$/), code: 'ID_NUMBER_MALFORMED' },
    ]);
    const rows = scopedTo(database, owner.ownerId);
    expect([await rows.person.count(), await rows.organisation.count()]).toEqual([0, 1]);
  });

  test('who is there already is updated, with the file of before kept', async () => {
    const owner = await newDistrict();
    const [wang, li] = [teacher(), teacher({ mobile: null })];
    const sanction = {
      staffNumber: wang.staffNumber,
      kind: 'warning',
      from: addDays(today, -30),
      until: null,
    } as const;
    await importInto(owner, rosterOf([wang, li], { sanctions: [sanction] }));
    const moved = {
      ...wang,
      schoolCode: 'S2',
      title: 'senior',
      idNumber: idNumber(++people),
      mobile: '13900000000',
    } as const;
    const again = await importInto(
      owner,
      rosterOf([moved, li], { sanctions: [{ ...sanction, until: addDays(today, -1) }] }),
    );
    expect(again.body).toMatchObject({
      organisations: { created: 0, updated: 0 },
      persons: { created: 0, updated: 1, unchanged: 1 },
      sanctions: { created: 0, updated: 1 },
    });
    const rows = scopedTo(database, owner.ownerId);
    const version = await rows.personVersion.findFirstOrThrow();
    expect(version.file).toMatchObject({ title: 'first', staffNumber: wang.staffNumber });
    const schools = await rows.organisation.findMany({
      where: { code: { in: ['S1', 'S2'] } },
      orderBy: { code: 'asc' },
    });
    expect((version.file as { schoolId: string }).schoolId).toBe(schools[0]!.id);
    expect(await rows.person.findFirst({ where: { staffNumber: wang.staffNumber } })).toMatchObject({
      title: 'senior',
      schoolId: schools[1]!.id,
    });
    expect((await rows.sanction.findFirstOrThrow()).until).toBe(addDays(today, -1));
  });

  test('what another person already has is named like the faults of the file, all at once', async () => {
    const owner = await newDistrict();
    const [wang, li] = [teacher(), teacher()];
    const title = {
      rank: sampleRanks[0]!.code,
      grantedBy: sampleRanks[0]!.decidedBy,
      grantedOn: '2024-09-01',
      validUntil: null,
      document: '文件',
    };
    const titles = [{ ...title, staffNumber: wang.staffNumber, certificateNumber: 'C-1' }];
    expect((await importInto(owner, rosterOf([wang, li], { titles }))).body).toMatchObject({
      titles: { created: 1 },
    });
    const thieves = [
      teacher(),
      teacher({ idNumber: wang.idNumber, sex: wang.sex }),
      teacher({ idNumber: li.idNumber, sex: li.sex }),
    ];
    const stolen = { ...titles[0]!, staffNumber: thieves[0]!.staffNumber };
    const faults = problem(
      await importInto(owner, rosterOf(thieves, { titles: [stolen] })),
      422,
      '/problems/roster-faults',
    );
    expect(faults.errors).toMatchObject([
      { at: '教师!C3', code: 'ID_NUMBER_OF_ANOTHER', values: { staffNumber: wang.staffNumber } },
      { at: '教师!C4', code: 'ID_NUMBER_OF_ANOTHER', values: { staffNumber: li.staffNumber } },
      { at: '称号!F2', code: 'CERTIFICATE_OF_ANOTHER', values: { staffNumber: wang.staffNumber } },
    ]);
    expect(await scopedTo(database, owner.ownerId).person.count()).toBe(2);
    expect(JSON.stringify(faults)).not.toContain(wang.idNumber);
  });

  test('several CSV files are one roster, and what is no spreadsheet is refused', async () => {
    const owner = await newDistrict();
    const cookie = await signedIn(owner.username, owner.password);
    const csv = (text: string) => new TextEncoder().encode(text);
    const schools = csv(
      '学校代码,学校名称,区域,所属片区,学段,专任教师数,统计日期\nS1,第一小学,城区,,小学,40,2025-08-31\n',
    );
    const header = '工号,姓名,身份证号,学校代码,学科,任教学段,主要岗位,学历,职称,参加教学工作日期';
    const teachers = csv(
      `${header}\nT${randomUUID()},王芳,${idNumber(++people)},S1,语文,小学,教师,本科,一级教师,2008-09-01\n`,
    );
    const both = await upload(
      [
        ['学校.csv', schools],
        ['教师.csv', teachers],
      ],
      cookie,
    );
    expect(both.body).toMatchObject({ organisations: { created: 1 }, persons: { created: 1 } });
    expect(
      problem(await upload([['学校.csv', schools]], cookie), 422, '/problems/roster-faults').errors,
    ).toMatchObject([{ at: '教师', code: 'MISSING_SHEET' }]);
    problem(await upload([['名册.xlsx', csv('no spreadsheet')]], cookie), 415, '/problems/not-a-spreadsheet');
    problem(
      await upload([['名册.xlsx', new Uint8Array(11 * 1024 * 1024)]], cookie),
      413,
      '/problems/file-too-large',
    );
    problem(await upload([], cookie), 400, '/problems/malformed-upload');
    problem(
      await call('POST', '/api/v1/roster-imports', { json: {}, cookie }),
      415,
      '/problems/unsupported-media-type',
    );
    const cut = { 'content-type': 'multipart/form-data; boundary=b' };
    problem(
      await call('POST', '/api/v1/roster-imports', { raw: '--b\r\nContent-Dis', headers: cut, cookie }),
      400,
      '/problems/malformed-upload',
    );
  });

  test('accounts are made all or none; a drawn password is shown once and works', async () => {
    const owner = await newDistrict();
    const [wang, li] = [teacher(), teacher()];
    await importInto(owner, rosterOf([wang, li]));
    const cookie = await signedIn(owner.username, owner.password);
    const make = (...numbers: string[]) =>
      call('POST', '/api/v1/accounts', {
        json: { persons: numbers.map((staffNumber) => ({ staffNumber })) },
        cookie,
      });
    const made = await make(wang.staffNumber);
    await signedIn(wang.staffNumber, made.body.items[0].password);
    const faults = problem(
      await make(li.staffNumber, wang.staffNumber, 'nobody', li.staffNumber),
      422,
      '/problems/account-faults',
    );
    expect(faults.errors?.map(({ at, code }) => [at, code])).toEqual([
      ['$.persons[1].staffNumber', 'ACCOUNT_EXISTS'],
      ['$.persons[2].staffNumber', 'PERSON_UNKNOWN'],
      ['$.persons[3].staffNumber', 'LISTED_TWICE'],
    ]);
    expect(await database.user.count({ where: { username: li.staffNumber } })).toBe(0);
    const { password } = await database.account.findFirstOrThrow({
      where: { user: { username: wang.staffNumber } },
    });
    expect(password).toMatch(/^\$argon2id\$/);
  });
});

describe("another owner's rows", () => {
  test('cannot be read, counted, changed, deleted or made, by any operation, within a transaction or without', async () => {
    const [mine, theirs] = [await newDistrict(), await newDistrict()];
    const school = { kind: 'school', code: 'S1', name: '第一小学', validFrom: '2026-09-01' };
    const { id } = await database.organisation.create({ data: { ...school, ownerId: theirs.ownerId } });
    const before = await database.organisation.findUniqueOrThrow({ where: { id } });
    const db = scopedTo(database, mine.ownerId);

    const attempt = async ({ organisation }: Pick<ScopedClient, 'organisation'>) => {
      const where = { id };
      expect(await organisation.findUnique({ where })).toBeNull();
      expect(
        await organisation.findUnique({ where: { ownerId_code: { ownerId: theirs.ownerId, code: 'S1' } } }),
      ).toBeNull();
      expect(await organisation.findUnique({ where: { id, ownerId: theirs.ownerId } })).toBeNull();
      await expect(organisation.findUniqueOrThrow({ where })).rejects.toThrow();
      expect(await organisation.findFirst({ where })).toBeNull();
      await expect(organisation.findFirstOrThrow({ where })).rejects.toThrow();
      const either = { OR: [{ id }, { ownerId: theirs.ownerId }] };
      expect(await organisation.findMany({ where: either })).toEqual([]);
      expect((await organisation.findMany()).every(({ ownerId }) => ownerId === mine.ownerId)).toBe(true);
      expect(await organisation.count({ where })).toBe(0);
      expect((await organisation.aggregate({ where, _count: true }))._count).toBe(0);
      expect(await organisation.groupBy({ by: ['ownerId'] })).toEqual([{ ownerId: mine.ownerId }]);
      expect(await organisation.updateMany({ where, data: { name: 'x' } })).toEqual({ count: 0 });
      expect(await organisation.updateManyAndReturn({ where, data: { name: 'x' } })).toEqual([]);
      expect(await organisation.deleteMany({ where })).toEqual({ count: 0 });
    };
    await attempt(db);
    await db.$transaction((tx) => attempt(tx));
    await expect(db.organisation.update({ where: { id }, data: { name: 'x' } })).rejects.toThrow();
    await expect(db.organisation.delete({ where: { id } })).rejects.toThrow();
    const create = { ...school, id, ownerId: mine.ownerId };
    await expect(db.organisation.upsert({ where: { id }, create, update: { name: 'x' } })).rejects.toThrow();
    expect(await database.organisation.findUniqueOrThrow({ where: { id } })).toEqual(before);
  });

  test('a new row is its own, whatever the data say', async () => {
    const [mine, theirs] = [await newDistrict(), await newDistrict()];
    const db = scopedTo(database, mine.ownerId);
    const data = {
      kind: 'school',
      code: 'S1',
      name: '第一小学',
      validFrom: '2026-09-01',
    } as Prisma.OrganisationCreateManyInput;
    expect((await db.organisation.create({ data })).ownerId).toBe(mine.ownerId);
    await db.organisation.createMany({ data: [{ ...data, code: 'S2' }] });
    expect(await db.organisation.createManyAndReturn({ data: { ...data, code: 'S3' } })).toMatchObject([
      { ownerId: mine.ownerId },
    ]);
    const unique = { ownerId_code: { ownerId: mine.ownerId, code: 'S4' } };
    await db.organisation.upsert({ where: unique, create: { ...data, code: 'S4' }, update: {} });
    const upserted = await db.organisation.upsert({
      where: unique,
      create: { ...data, code: 'S4' },
      update: { name: '第四小学' },
    });
    expect(upserted).toMatchObject({ name: '第四小学', ownerId: mine.ownerId });
    expect(await db.organisation.count()).toBe(5);

    const { ownerId } = theirs;
    const where = { id: mine.ownerId };
    await expect(db.organisation.create({ data: { ...data, ownerId, code: 'S5' } })).rejects.toThrow(
      'another owner',
    );
    await expect(db.organisation.createMany({ data: [{ ...data, ownerId, code: 'S5' }] })).rejects.toThrow(
      'another owner',
    );
    await expect(db.organisation.update({ where, data: { ownerId } })).rejects.toThrow('another owner');
    await expect(db.organisation.updateMany({ where, data: { ownerId } })).rejects.toThrow('another owner');
    await expect(
      db.organisation.upsert({ where: unique, create: { ...data, ownerId }, update: {} }),
    ).rejects.toThrow('another owner');
  });

  test('what is scoped has no relations, through which a query could reach past it', async () => {
    const schema = await readFile('prisma/schema.prisma', 'utf8');
    const models = schema.split(/^model /m).slice(1);
    const related = models.filter((model) => model.includes('@relation')).map((model) => model.split(' ')[0]);
    expect(related).toEqual(['Session', 'Account']);
    expect(models.length).toBe(Object.keys(Prisma.ModelName).length);
  });
});

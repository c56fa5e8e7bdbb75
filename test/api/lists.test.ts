import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'csv-parse/sync';
import readExcelFile from 'read-excel-file/node';
import { z } from 'zod';
import { createApp } from '../../api/app.js';
import { hashPassword } from '../../api/auth/password.js';
import { createSessions } from '../../api/auth/sessions.js';
import { formatTypes, listOf, MOST_EXPORTED } from '../../api/list-export.js';
import { createLog } from '../../api/log.js';
import { allRoutes } from '../../api/routes/index.js';
import { readConfig } from '../../config/config.js';
import { decisionRules } from '../../domain/cases.js';
import { createAccounts } from '../../records/accounts.js';
import { openDatabase } from '../../records/database.js';
import { prepareInstance } from '../../records/instance.js';
import { createDistrict } from '../../scripts/create-administrator.js';
import { connectTemporal } from '../../temporal/connection.js';
import { columnHead, decisionNames } from '../../texts/columns.js';
import {
  prepareCandidates,
  prepareCases,
  prepareDistrict,
  prepareRound,
  prepareTeachers,
  task,
  type PreparedDistrict,
} from '../support/prepared.js';
import { createDatabase } from '../support/servers.js';

const config = readConfig({
  DATABASE_URL: await createDatabase('lists'),
  // Nobody listens there: no list needs Temporal.
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  QINGLAN_SECRET: Buffer.alloc(32, 7).toString('base64'),
  QINGLAN_MODE: 'rehearsal',
  RATE_LIMIT_ADDRESS: '100000',
  RATE_LIMIT_ACCOUNT: '100000',
});
const database = openDatabase(config.DATABASE_URL);
const temporal = connectTemporal({ address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE });
const dependencies = { config, database, temporal, log: createLog('silent') };
const routes = allRoutes(dependencies, createSessions(database, config));
/** It asks for a candidate of a vote; test/api/vote-conflicts.test.ts reads it. */
const ofOneVote = '/api/v1/applications/{id}/committee';
const lists = routes.filter((spec) => listOf(spec) !== null && spec.path !== ofOneVote);

let server: Server;
let base = '';
let district: PreparedDistrict;
let roundId = '';
let office = '';
let administrator = '';
let clerk = '';
/** What a list of one person is asked for. */
let ofOnePerson: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  await prepareInstance(database, 'rehearsal', new Date('2026-09-01T00:00:00Z'));
  const made = await createDistrict({ database, name: '青蓝区', code: 'QL' });
  district = await prepareDistrict({ database }, 2);
  roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const teachers = await prepareTeachers(district, 3);
  await prepareCandidates(district, roundId, teachers, { stage: 'school_score', standing: 'waiting' });
  const [first, second] = district.schoolIds as [string, string];
  await prepareCases(
    district,
    [first, second].map((organisationId) => ({
      id: randomUUID(),
      kind: 'schoolReview' as const,
      organisationId,
      roundId,
      stage: 'school_score',
      unit: organisationId,
      step: 'scoring',
      tasks: [task('school_panel', organisationId, 'score', new Date('2026-08-25T16:00:00Z'))],
    })),
  );
  await database.title.create({
    data: {
      id: randomUUID(),
      ownerId: district.ownerId,
      personId: teachers[0]!,
      rank: 'accomplished',
      decidedBy: 'district',
      origin: 'roster',
      from: '2025-09-01',
      until: '2028-08-31',
      certificateNumber: '202500000000000018',
      document: '=HYPERLINK("http://evil.example")',
      schoolId: first,
    },
  });
  const title = await database.title.findFirstOrThrow();
  const trainee = await database.trainee.create({
    data: {
      id: randomUUID(),
      ownerId: district.ownerId,
      personId: teachers[1]!,
      policyId: district.policyId,
      rank: 'accomplished',
      entry: 'ladder',
      startsOn: '2026-09-01',
      endsOn: '2027-08-31',
      hoursRequired: 72,
      standing: 'training',
    },
  });
  await prepareCases(district, [
    {
      id: trainee.id,
      kind: 'training',
      organisationId: first,
      step: 'training',
      tasks: [task('training_centre', district.ownerId, 'confirmHours', new Date('2027-08-31T16:00:00Z'))],
    },
  ]);
  ofOnePerson = {
    '/api/v1/trainings/{id}/plan': trainee.id,
    '/api/v1/titles/{id}/plan': title.id,
    '/api/v1/persons/{id}/hours': teachers[1]!,
    '/api/v1/persons/{id}/career': teachers[1]!,
  };
  await database.membership.create({
    data: {
      ownerId: district.ownerId,
      personId: teachers[0]!,
      organisationId: first,
      role: 'school_clerk',
      from: '2020-01-01',
    },
  });
  server = createApp(dependencies).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  office = await accountOf(district.officeId);
  clerk = await accountOf(teachers[0]!);
  administrator = await signIn(made.username, made.password);
});

afterAll(async () => {
  server.close();
  await database.$disconnect();
  await temporal.connection.close();
});

async function accountOf(personId: string): Promise<string> {
  const password = '试用密码 1234567';
  const username = `u-${personId}`;
  const passwordHash = await hashPassword(password);
  await createAccounts(database, [
    { username, personId, ownerId: district.ownerId, passwordHash, mustChangePassword: false },
  ]);
  return signIn(username, password);
}

async function signIn(username: string, password: string): Promise<string> {
  const response = await fetch(`${base}/api/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  expect(response.status).toBe(200);
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

function get(path: string, cookie = office, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(base + path, { headers: { cookie, ...headers } });
}

/** The address of a list, with the parameters that it cannot do without. */
function addressOf(path: string): string {
  const required: Readonly<Record<string, string>> = {
    '/api/v1/rounds/quota-proposal': '?policyCode=sichuan-district&places=accomplished:100',
    '/api/v1/rounds/{id}/unused-quota-proposal': '?rank=district_backbone',
    '/api/v1/tasks': '?all=true',
    '/api/v1/certificates': '?year=2026',
    '/api/v1/allowances': `?month=2026-09&policyId=${district.policyId}`,
    '/api/v1/allowance-entries': '?month=2026-09',
  };
  return path.replace('{id}', ofOnePerson[path] ?? roundId) + (required[path] ?? '');
}

const withFormat = (address: string, format: string) =>
  `${address}${address.includes('?') ? '&' : '?'}format=${format}`;

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const sheetOf = async (response: Response) => (await readExcelFile(await bytesOf(response)))[0]!;

test('every answer that lists objects is a list, unless it tells of one thing', () => {
  const details = /\{\w+\}$/;
  const exceptions = [
    '/api/v1/me',
    '/api/v1/clock',
    '/api/v1/objections/{id}/letter',
    '/api/v1/votes/{id}/record',
    '/api/v1/votes/{id}/sheets',
  ];
  const unlisted = routes.filter(({ method, path, response }) => {
    if (method !== 'get' || details.test(path) || exceptions.includes(path)) return false;
    const fields = response instanceof z.ZodObject ? (Object.values(response.shape) as z.ZodType[]) : [];
    return fields.some((field) => field instanceof z.ZodArray && field.element instanceof z.ZodObject);
  });
  expect(unlisted.filter((spec) => listOf(spec) === null).map(({ path }) => path)).toEqual([]);
  expect(lists.length).toBeGreaterThanOrEqual(24);
});

test.each(lists.map((spec) => [spec.path, spec] as const))(
  '%s as JSON, CSV and workbook: the same entries',
  async (path, spec) => {
    const list = listOf(spec)!;
    const address = addressOf(path);
    const inJson = await get(address);
    expect(inJson.status).toBe(200);
    expect(inJson.headers.get('content-type')).toContain('application/json');
    expect(inJson.headers.get('vary')).toContain('Accept');
    const count = ((await inJson.json()) as Record<string, unknown[]>)[list.key]!.length;

    for (const language of ['zh', 'en'] as const) {
      const headers = { 'accept-language': language };
      const csv = await get(withFormat(address, 'csv'), office, headers);
      expect(csv.status).toBe(200);
      expect(csv.headers.get('content-type')).toContain('text/csv');
      expect(csv.headers.get('content-disposition')).toMatch(
        /^attachment; filename="qinglan\.csv"; filename\*=UTF-8''[\w%.~!-]+\.csv$/,
      );
      const bytes = await bytesOf(csv);
      expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
      const rows = parse(bytes, { bom: true });
      expect(rows).toHaveLength(count + 1);

      const workbook = await get(address, office, { ...headers, accept: formatTypes.xlsx });
      expect(workbook.headers.get('content-type')).toBe(formatTypes.xlsx);
      const { data } = await sheetOf(workbook);
      expect(data[0]!.map(String)).toEqual(rows[0]);
      expect(data).toHaveLength(count + 1);
      // No two columns of a list are called the same, and none by its bare name in the code.
      expect(new Set(rows[0]).size).toBe(rows[0]!.length);
      for (const column of list.columns)
        expect([column.path, columnHead(list.operationId, column.path, language)]).toEqual([
          column.path,
          expect.any(String),
        ]);
    }
  },
);

test('codes by their names, schools with theirs, dates as dates, long numbers as texts, formulas harmless', async () => {
  const { data } = await sheetOf(await get('/api/v1/titles?format=xlsx'));
  const [head, row] = data as [string[], unknown[]];
  const cell = (name: string) => row[head.indexOf(name)];
  expect(cell('层次')).toBe(district.policy.ranks.find(({ code }) => code === 'accomplished')!.zh);
  expect(cell('授予单位级别')).toBe('区级');
  expect(cell('当日状态')).toBe('有效');
  expect(cell('当日享受待遇')).toMatch(/^[是否]$/);
  expect(cell('起')).toEqual(new Date('2025-09-01T00:00:00Z'));
  expect(cell('证书编号')).toBe('202500000000000018');
  expect(cell('依据文件')).toBe('=HYPERLINK("http://evil.example")');
  const [csvHead, csvRow] = parse(await bytesOf(await get('/api/v1/titles?format=csv')), { bom: true });
  expect(csvRow![csvHead!.indexOf('依据文件')]).toBe(`'=HYPERLINK("http://evil.example")`);
  expect(csvRow![csvHead!.indexOf('起')]).toBe('2025-09-01');

  const english = parse(
    await bytesOf(await get('/api/v1/school-reviews?format=csv', office, { 'accept-language': 'en' })),
    { bom: true, columns: true },
  ) as Record<string, string>[];
  expect(english[0]).toMatchObject({
    Stage: 'scoring by the school',
    Step: 'scoring',
    'Name of the organisation': expect.stringMatching(/^第[01]小学$/),
    Unit: expect.stringMatching(/^第[01]小学$/),
  });
  const waits = await sheetOf(await get('/api/v1/stuck?format=xlsx'));
  const [waitHead, ...waiting] = waits.data as [string[], ...unknown[][]];
  const dueAt = waiting.map((wait) => wait[waitHead.indexOf('办理期限')]);
  // Midnight in Shanghai, which the file shows as people there read it.
  expect(dueAt).toContainEqual(new Date('2026-08-26T00:00:00Z'));
});

test('every decision that a list may offer has a name', () => {
  const decisions = Object.values(decisionRules).flatMap((rules) => Object.keys(rules));
  expect(decisions.filter((decision) => !(decision in decisionNames))).toEqual([]);
});

test('the query says the form, else Accept; who does not care gets JSON; a page of a file is refused', async () => {
  const typeFor = async (accept: string) =>
    (await get('/api/v1/organisations', office, { accept })).headers.get('content-type');
  expect(await typeFor('*/*')).toContain('application/json');
  expect(await typeFor('text/html')).toContain('application/json');
  expect(await typeFor('text/csv')).toContain('text/csv');
  expect(await typeFor(`application/json;q=0.5, ${formatTypes.xlsx}`)).toBe(formatTypes.xlsx);
  const asked = await get('/api/v1/organisations?format=json', office, { accept: 'text/csv' });
  expect(asked.headers.get('content-type')).toContain('application/json');

  const page = await get('/api/v1/persons?format=csv&limit=2');
  expect(page.status).toBe(422);
  expect(await page.json()).toMatchObject({ errors: [{ at: 'query.limit', code: 'NOT_IN_EXPORT' }] });
  expect((await get('/api/v1/persons?format=pdf')).status).toBe(422);
  expect((await get(`/api/v1/rounds/${roundId}?format=csv`)).status).toBe(422);
});

test('a file has the rights and the scope of its list', async () => {
  expect((await get('/api/v1/stuck?format=csv', clerk)).status).toBe(403);
  expect((await fetch(`${base}/api/v1/persons?format=csv`)).status).toBe(401);
  const schoolsIn = async (cookie: string) => {
    const rows = parse(await bytesOf(await get('/api/v1/persons?format=csv', cookie)), {
      bom: true,
      columns: true,
    }) as Record<string, string>[];
    return new Set(rows.map((row) => row['学校编号']));
  };
  expect(await schoolsIn(clerk)).toEqual(new Set([district.schoolIds[0]]));
  expect(await schoolsIn(office)).toEqual(new Set(district.schoolIds));
});

test('a file holds all pages; what is more than a file may hold is refused, not cut off', async () => {
  await prepareTeachers(district, 2500);
  const all = parse(await bytesOf(await get('/api/v1/persons?format=csv')), { bom: true }) as string[][];
  const count = await database.person.count({ where: { ownerId: district.ownerId } });
  expect(all).toHaveLength(count + 1);
  expect(new Set(all.map(([id]) => id)).size).toBe(count + 1);

  await database.$executeRaw`
    INSERT INTO notification (id, owner_id, person_id, case_id, text, values, created_at)
      SELECT gen_random_uuid(), ${district.ownerId}::uuid, ${district.officeId}::uuid, ${roundId}::uuid,
        'TASK_OVERDUE', '{}', now()
      FROM generate_series(1, ${MOST_EXPORTED + 1}::integer) AS number`;
  const refused = await get('/api/v1/inbox?format=csv');
  expect(refused.status).toBe(413);
  expect(await refused.json()).toMatchObject({
    type: '/problems/export-too-long',
    values: { limit: MOST_EXPORTED },
  });
});

test('the OpenAPI document tells of the files', async () => {
  const document = (await (await get('/api/v1/openapi.json', administrator)).json()) as {
    paths: Record<
      string,
      { get?: { parameters?: { name: string }[]; responses: Record<string, { content?: object }> } }
    >;
  };
  for (const { path } of lists) {
    const described = document.paths[path]!.get!;
    expect(Object.keys(described.responses['200']!.content!).toSorted()).toEqual(
      Object.values(formatTypes).toSorted(),
    );
    expect(described.parameters?.map(({ name }) => name)).toContain('format');
  }
});

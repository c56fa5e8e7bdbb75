import { randomUUID } from 'node:crypto';
import type { Role } from '../../domain/cases.js';
import { formatTypes } from '../../api/list-export.js';
import { readRosterFile } from '../../api/roster-file.js';
import { writeWorkbook } from '../../api/workbook.js';
import { FAULTS_COLUMN } from '../../domain/roster.js';
import {
  prepareDistrict,
  prepareScheme,
  prepareTeachers,
  type PreparedDistrict,
} from '../support/prepared.js';
import { refusal } from '../support/refusals.js';
import { signInAs, signInWithRole, type TestSession } from '../support/sessions.js';
import { mainScheme, withValues } from '../support/scheme-parts.js';
import { startApi, type TestApi } from '../support/without-temporal.js';

// The ledger of hours over HTTP: classes, sheets, conversions, confirmations and the answers as of a day.

const now = '2027-10-10T09:00:00+08:00';

let instance: TestApi;
let district: PreparedDistrict;
/** Even ones work at the first school, odd ones at the second. */
let teachers: string[];
let centre: TestSession;
let second: TestSession;
let clerk: TestSession;
let li: TestSession;

beforeAll(async () => {
  instance = await startApi('hours', now);
  district = await prepareScheme(await prepareDistrict(instance, 2), tasksScheme);
  teachers = await prepareTeachers(district, 12);
  centre = await acting(teachers[8]!, 'training_centre', district.ownerId);
  second = await acting(teachers[9]!, 'training_centre', district.ownerId);
  clerk = await acting(teachers[10]!, 'school_clerk', district.schoolIds[0]!);
  li = await signInAs(instance, district, teachers[0]!);
}, 180_000);

afterAll(() => instance?.stop());

const adopted = { by: 'sample', basis: '样例' };
const tasksScheme = withValues(mainScheme(), {
  id: 'tasks',
  'training.cycle': {
    years: 5,
    hours: 360,
    startsOn: '2026-01-01',
    convertedAtMost: { numerator: 1, denominator: 3 },
    conversions: [{ kind: 'paper', level: 'city', hours: 10, adopted }],
    adopted,
  },
});

function acting(personId: string, role: Role, organisationId: string): Promise<TestSession> {
  return signInWithRole(instance, district, personId, { role, organisationId });
}

const refused = (status: number, code: string, values?: object) => refusal(status, code, undefined, values);

const aClass = (changes: object = {}) => ({
  scheme: 'tasks',
  kind: 'central',
  activity: '秋季集中培训',
  on: '2027-10-08',
  hours: 8,
  source: '签到表',
  personIds: [teachers[0]],
  ...changes,
});

interface Entries {
  entries: { id: string; personId: string; hours: number; noneBecause: string | null }[];
}

const hoursOf = async (by: TestSession, personId: string, on = '2027-10-10') =>
  (
    await by.get<{ items: { hours: Record<string, unknown>; cycle: object }[] }>(
      `/persons/${personId}/hours?on=${on}`,
    )
  ).items[0]!;

test('who missed a fifth, or failed, stands in the ledger with no hours; they count when confirmed by another', async () => {
  const [one, absent, nearly, failed] = [0, 1, 2, 3].map((index) => teachers[index]!);
  const { entries } = await centre.post<Entries>(
    '/hours',
    aClass({
      personIds: [one, absent, nearly, failed],
      lessons: 20,
      absent: [
        { personId: absent, lessons: 4 },
        { personId: nearly, lessons: 3 },
      ],
      failed: [failed],
    }),
  );
  const of = (id: string | undefined) => entries.find(({ personId }) => personId === id);
  expect([one, absent, nearly, failed].map((id) => [of(id)!.hours, of(id)!.noneBecause])).toEqual([
    [8, null],
    [0, 'absence'],
    [8, null],
    [0, 'assessment'],
  ]);
  expect(await hoursOf(li, one!)).toMatchObject({
    cycle: { startsOn: '2026-01-01', endsOn: '2030-12-31', hoursRequired: 360 },
    hours: { done: 0, pending: 8, met: false },
  });
  const entryIds = entries.map(({ id }) => id);
  await expect(centre.post('/hours/confirmations', { entryIds })).rejects.toMatchObject(
    refused(403, 'hours-own'),
  );
  const ownHours = await centre.post<Entries>(
    '/hours',
    aClass({ activity: '另一次', personIds: [teachers[9]] }),
  );
  await expect(
    second.post('/hours/confirmations', { entryIds: ownHours.entries.map(({ id }) => id) }),
  ).rejects.toMatchObject(refused(403, 'hours-own'));
  expect(await second.post('/hours/confirmations', { entryIds }, 'once')).toEqual({ confirmed: 4 });
  expect(await second.post('/hours/confirmations', { entryIds }, 'once')).toEqual({ confirmed: 4 });
  await expect(second.post('/hours/confirmations', { entryIds })).rejects.toMatchObject(
    refused(409, 'hours-not-pending'),
  );
  expect(await hoursOf(li, one!)).toMatchObject({ hours: { done: 8, pending: 0, parts: { central: 8 } } });
  // The day before, nothing was entered: the answer for it stays.
  expect(await hoursOf(li, one!, '2027-10-09')).toMatchObject({ hours: { done: 0, pending: 0 } });
});

test('hours of a class are refused that cannot be', async () => {
  const enter = (changes: object) => () => centre.post('/hours', aClass({ activity: '研讨', ...changes }));
  await expect(enter({ hours: 0 })()).rejects.toMatchObject(refused(422, 'hours-none'));
  await expect(enter({ hours: -1 })()).rejects.toMatchObject(refused(422, 'hours-none'));
  await expect(enter({ hours: 9 })()).rejects.toMatchObject(refused(422, 'invalid-input'));
  await expect(enter({ hours: 1 })()).rejects.toMatchObject(
    refused(422, 'hours-per-day', { most: 8, on: '2027-10-08' }),
  );
  const tooAbsent = { personIds: [teachers[4]], absent: [{ personId: teachers[4], lessons: 9 }] };
  await expect(enter(tooAbsent)()).rejects.toMatchObject(refused(422, 'attendance-invalid'));
  // At an event somebody may be present without hours.
  const { entries } = await centre.post<Entries>(
    '/hours',
    aClass({ activity: '论坛', kind: 'forum', hours: 0 }),
  );
  expect(entries).toMatchObject([{ hours: 0, noneBecause: null }]);
});

test('a paper is converted once, by the table, when it is verified; a correction takes it back', async () => {
  const { database, ownerId } = district;
  const evidence = async (changes: object) => {
    const data = { kind: 'paper', level: 'city', title: '单元教学研究', date: '2027-05-20', ...changes };
    return (await database.evidence.create({ data: { ownerId, personId: teachers[5]!, ...data } })).id;
  };
  const convert = (evidenceId: string) => () =>
    centre.post<{ activity: string; hours: number; id: string }>('/hours/conversions', {
      scheme: 'tasks',
      evidenceId,
    });
  const paper = await evidence({});
  const { activity, hours, id } = await convert(paper)();
  expect(hours).toBe(10);
  await expect(convert(paper)()).rejects.toMatchObject(refused(409, 'hours-twice'));
  await expect(convert(await evidence({ level: 'nation' }))()).rejects.toMatchObject(
    refused(422, 'conversion-none'),
  );
  await expect(convert(randomUUID())()).rejects.toMatchObject(refused(422, 'conversion-evidence'));
  const unverified = await evidence({ verified: false });
  await expect(convert(unverified)()).rejects.toMatchObject(refused(422, 'conversion-evidence'));
  await second.post('/hours/confirmations', { entryIds: [id] });
  expect(await hoursOf(centre, teachers[5]!)).toMatchObject({
    hours: { done: 10, parts: { converted: 10, counted: 10 } },
  });
  const correction = {
    ...aClass({ kind: 'conversion', activity, on: '2027-05-20', personIds: [teachers[5]] }),
    correction: true,
  };
  await expect(centre.post('/hours', { ...correction, hours: -11 })).rejects.toMatchObject(
    refused(422, 'hours-correction'),
  );
  const back = await centre.post<Entries>('/hours', { ...correction, hours: -10 });
  await second.post('/hours/confirmations', { entryIds: back.entries.map((entry) => entry.id) });
  expect(await hoursOf(centre, teachers[5]!)).toMatchObject({ hours: { done: 0 } });
});

test('E17, T5: a corrected version is the same piece, and is converted once the earlier hours were taken back', async () => {
  const { database, ownerId } = district;
  const piece = {
    ownerId,
    personId: teachers[4]!,
    kind: 'paper',
    level: 'city',
    title: '教学随笔',
    date: '2027-05-21',
  };
  const first = await database.evidence.create({ data: piece });
  const convert = (evidenceId: string) =>
    centre.post<{ activity: string; id: string }>('/hours/conversions', { scheme: 'tasks', evidenceId });
  const { activity, id } = await convert(first.id);
  await database.evidence.update({ where: { id: first.id }, data: { superseded: true } });
  const next = await database.evidence.create({ data: { ...piece, version: 2, replacesId: first.id } });
  const third = await database.evidence.create({ data: { ...piece, version: 3, replacesId: next.id } });
  for (const version of [next, third])
    await expect(convert(version.id)).rejects.toMatchObject(refused(409, 'hours-twice', { activity }));
  await second.post('/hours/confirmations', { entryIds: [id] });
  const takeBack = async (hours: number) => {
    const back = aClass({ kind: 'conversion', activity, on: piece.date, hours, personIds: [piece.personId] });
    return centre.post<Entries>('/hours', { ...back, correction: true });
  };
  const { entries } = await takeBack(-10);
  await expect(convert(third.id)).rejects.toMatchObject(refused(409, 'hours-twice'));
  await second.post('/hours/confirmations', { entryIds: entries.map((entry) => entry.id) });
  await convert(third.id);
  expect(await hoursOf(centre, piece.personId)).toMatchObject({ hours: { done: 0, pending: 10 } });
});

test('T3: a correction takes back hours of the kind that it names, and of no other', async () => {
  const central = aClass({ activity: '冬季集中培训', on: '2027-10-05', personIds: [teachers[2]] });
  const { entries: entered } = await centre.post<Entries>('/hours', central);
  const correction = { ...central, hours: -8, correction: true };
  // The clerk of the school may correct what the school holds, not what the district does under another name.
  for (const by of [clerk, centre])
    await expect(by.post('/hours', { ...correction, kind: 'lecture' })).rejects.toMatchObject(
      refused(422, 'hours-correction'),
    );
  await expect(clerk.post('/hours', correction)).rejects.toMatchObject(refused(403, 'hours-of-others'));
  const { entries: taken } = await centre.post<Entries>('/hours', correction);
  expect(taken).toMatchObject([{ hours: -8 }]);
  // Hours that do not count yet cannot be taken back: both together, or the hours first.
  const entryIds = [...taken, ...entered].map(({ id }) => id);
  await expect(
    second.post('/hours/confirmations', { entryIds: taken.map(({ id }) => id) }),
  ).rejects.toMatchObject(refused(409, 'hours-correction-first'));
  const { hours: before } = await hoursOf(centre, teachers[2]!);
  await second.post('/hours/confirmations', { entryIds });
  expect(await hoursOf(centre, teachers[2]!)).toMatchObject({ hours: { done: before['done'] } });
});

const header = ['工号', '活动类别', '活动名称', '日期', '学时', '总课时', '缺课', '考核', '依据'];

type Cells = readonly (string | number | boolean | null)[];

async function upload(by: TestSession, rows: readonly Cells[]): Promise<Response> {
  return uploadSheets(by, [{ name: '学时', rows: [header, ...rows] }]);
}

async function uploadSheets(
  by: TestSession,
  sheets: readonly { readonly name: string; readonly rows: readonly Cells[] }[],
  query = '',
): Promise<Response> {
  const text = { width: 12, kind: 'text' as const };
  const written = sheets.map((sheet) => ({ ...sheet, columns: sheet.rows[0]!.map(() => text) }));
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(await writeWorkbook(written))]), '学时.xlsx');
  return by.fetch(`/hours-imports?scheme=tasks${query}`, { method: 'POST', body: form });
}

test('a sheet enters the hours of whole classes, or nothing with every fault at its cell', async () => {
  const { database } = district;
  const number = async (index: number) =>
    (await database.person.findUniqueOrThrow({ where: { id: teachers[index]! } })).staffNumber;
  const [six, seven, own] = [await number(6), await number(7), await number(8)];
  const row = (
    staffNumber: string,
    activity: string,
    hours: number,
    more: (string | number | null)[] = [],
  ) => [
    staffNumber,
    '集中培训',
    activity,
    '2027-10-07',
    hours,
    ...(more.length > 0 ? more : [null, null, null]),
    '签到表',
  ];
  const before = await database.hoursEntry.count();
  const wrong = await upload(centre, [
    row(six!, '上午', 5),
    row(six!, '下午', 5),
    row('无此人', '上午', 5),
    row(own!, '上午', 5),
    row(seven!, '上午', 5),
    row(seven!, '上午', 5),
  ]);
  expect(wrong.status).toBe(422);
  const problem = (await wrong.json()) as { type: string; errors: { at: string; code: string }[] };
  expect(problem.type).toBe('/problems/hours-faults');
  expect(problem.errors.map(({ at, code }) => [at, code])).toEqual([
    ['学时!E3', 'HOURS_PER_DAY'],
    ['学时!A4', 'HOURS_SHEET_PERSON'],
    ['学时!A5', 'HOURS_OWN'],
    ['学时!A6', 'HOURS_TWICE'],
    ['学时!A7', 'HOURS_TWICE'],
  ]);
  expect(await database.hoursEntry.count()).toBe(before);

  const right = await upload(centre, [
    row(six!, '上午', 4),
    row(seven!, '上午', 4, [10, 2, null]),
    row(six!, '下午', 4),
    row(seven!, '下午', 4, [null, null, '不合格']),
  ]);
  expect(await right.json()).toEqual({ classes: 2, entries: 4, withoutHours: 2 });
  expect(right.status).toBe(201);
  const again = await upload(centre, [row(six!, '上午', 4)]);
  expect(await again.json()).toMatchObject({ errors: [{ at: '学时!A2' }, { at: '学时!E2' }] });
  // A school's clerk enters what is held at the own school, for its own teachers.
  const atSchool = (staffNumber: string) => [
    staffNumber,
    '讲座',
    '校本',
    '2027-10-06',
    2,
    null,
    null,
    null,
    '记录',
  ];
  expect((await upload(clerk, [atSchool(six!)])).status).toBe(201);
  expect(await (await upload(clerk, [atSchool(seven!)])).json()).toMatchObject({
    errors: [{ at: '学时!A2', values: { people: [seven] } }],
  });
  const template = await centre.fetch('/hours/template');
  expect(template.headers.get('content-type')).toContain('spreadsheetml');
  expect((await li.fetch('/hours/template')).status).toBe(403);
});

test('a wrong sheet comes back with its faults marked, and is taken as it came back once it is corrected', async () => {
  const { staffNumber } = await district.database.person.findUniqueOrThrow({ where: { id: teachers[3]! } });
  const row = (number: string) => [number, '集中培训', '周末班', '2027-10-03', 4, null, null, null, '签到表'];
  const sheet = { name: '十月', rows: [header, row(staffNumber), row('无此人')] };
  const answer = await uploadSheets(centre, [sheet], '&faults=workbook');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([422, formatTypes.xlsx]);
  const back = await readRosterFile(Buffer.from(await answer.arrayBuffer()), '学时.xlsx');
  expect(back.map(({ name }) => name)).toEqual(['错误', '十月', '选项']);
  expect(back[0]!.rows.at(-1)![0]).toBe('十月!A3');
  const { rows } = back[1]!;
  expect(rows[0]).toEqual([...header, FAULTS_COLUMN]);
  expect(rows[1]!.at(-1)).toBeNull();
  expect(rows[2]!.at(-1)).toContain('无此人');
  expect(await district.database.hoursEntry.count({ where: { activity: '周末班' } })).toBe(0);

  const corrected = rows.map((cells, index) =>
    cells.map((cell, place) => (index === 2 && place < header.length ? null : cell)),
  );
  const again = await uploadSheets(centre, [back[0]!, { ...back[1]!, rows: corrected }, back[2]!]);
  expect(await again.json()).toEqual({ classes: 1, entries: 1, withoutHours: 0 });
});

test('hours are seen by the teacher, the school and the district, and by nobody else', async () => {
  const wang = await signInAs(instance, district, teachers[1]!);
  await expect(wang.get(`/persons/${teachers[0]}/hours`)).rejects.toMatchObject(refused(404, 'not-found'));
  await expect(clerk.get(`/persons/${teachers[1]}/hours`)).rejects.toMatchObject(refused(404, 'not-found'));
  expect(await hoursOf(clerk, teachers[0]!)).toMatchObject({ hours: { required: 360 } });
  await expect(hoursOf(li, teachers[0]!, '2025-12-31')).rejects.toMatchObject(
    refused(422, 'cycle-not-begun'),
  );
});

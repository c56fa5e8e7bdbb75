import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import readExcelFile from 'read-excel-file/node';
import writeExcelFile from 'write-excel-file/node';
import { createApp } from '../../api/app.js';
import { formatTypes } from '../../api/list-export.js';
import { createLog } from '../../api/log.js';
import { readConfig } from '../../config/config.js';
import { checkCharacter, FAULTS_COLUMN, headersOf, sheetNames } from '../../domain/roster.js';
import type { Prisma } from '../../prisma/generated/client.js';
import { openDatabase } from '../../records/database.js';
import { prepareInstance } from '../../records/instance.js';
import { scopedTo } from '../../records/scope.js';
import { sampleRanks } from '../../samples/district.js';
import { writeRoster } from '../../samples/write.js';
import { createDistrict } from '../../scripts/create-administrator.js';
import { connectTemporal } from '../../temporal/connection.js';
import { createDatabase } from '../support/servers.js';
import { idNumber, rosterOf, teacherRow } from '../support/two-schools.js';

const config = readConfig({
  DATABASE_URL: await createDatabase('roster_sheets'),
  // Nobody listens there: a roster needs no Temporal.
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  QINGLAN_SECRET: Buffer.alloc(32, 7).toString('base64'),
  QINGLAN_MODE: 'rehearsal',
  RATE_LIMIT_ADDRESS: '100000',
  RATE_LIMIT_ACCOUNT: '100000',
});
const database = openDatabase(config.DATABASE_URL);
const temporal = connectTemporal({ address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE });
const zip = createRequire(createRequire(import.meta.url).resolve('write-excel-file/node'))('fflate') as {
  unzipSync: (file: Uint8Array) => Record<string, Uint8Array>;
};

let server: Server;
let base = '';

beforeAll(async () => {
  await prepareInstance(database, 'rehearsal', new Date('2026-09-01T00:00:00Z'));
  server = createApp({ config, database, temporal, log: createLog('silent') }).listen(0, '127.0.0.1');
  // Writing a large file takes this process longer than a connection is kept by default.
  server.keepAliveTimeout = 120_000;
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await database.$disconnect();
  await temporal.connection.close();
});

interface District {
  readonly ownerId: string;
  readonly cookie: string;
}

let districts = 0;
async function newDistrict(): Promise<District> {
  districts += 1;
  const code = `D${districts}`;
  const { ownerId, username, password } = await createDistrict({
    database,
    name: `样例区${code}`,
    code,
    username: `管理员${code}`,
  });
  const content = { ranks: sampleRanks } as unknown as Prisma.InputJsonObject;
  await database.policy.create({
    data: { ownerId, code, version: '1', digest: code, text: '', content, addedAt: new Date() },
  });
  const response = await fetch(`${base}/api/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  expect(response.status).toBe(200);
  const cookie = response.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  return { ownerId, cookie };
}

function upload(
  { cookie }: District,
  files: readonly (readonly [name: string, content: Uint8Array])[],
  query = '',
  headers: Record<string, string> = {},
): Promise<Response> {
  const form = new FormData();
  for (const [name, content] of files) form.append('file', new Blob([content as BlobPart]), name);
  return fetch(`${base}/api/v1/roster-imports${query}`, {
    method: 'POST',
    body: form,
    headers: { cookie, ...headers },
  });
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
const jsonOf = async (response: Response) => (await response.json()) as any;
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

type Cells = readonly (readonly unknown[])[];
type Sheets = Readonly<Record<string, Cells>>;

async function sheetsIn(file: Buffer): Promise<Sheets> {
  return Object.fromEntries((await readExcelFile(file)).map(({ sheet, data }) => [sheet, data]));
}

describe('the template', () => {
  test('has every sheet with its header, what each column takes, and drop-downs whose choices are there', async () => {
    const district = await newDistrict();
    for (const [language, template, every] of [
      ['zh', '名册模板', '必填'],
      ['en', 'Roster template', 'every cell'],
    ] as const) {
      const response = await fetch(`${base}/api/v1/roster/template`, {
        headers: { cookie: district.cookie, 'accept-language': language },
      });
      expect(response.headers.get('content-type')).toBe(formatTypes.xlsx);
      expect(response.headers.get('content-disposition')).toContain(
        `filename*=UTF-8''${encodeURIComponent(template)}.xlsx`,
      );
      const file = await bytesOf(response);
      const sheets = await sheetsIn(file);
      expect(Object.keys(sheets)).toEqual(['说明', ...sheetNames, '选项']);
      for (const name of sheetNames) expect(sheets[name]![0]).toEqual(headersOf(name));
      const explained = sheets['说明']!.filter(([, column]) => column !== null).map(
        ([sheet, column]) => `${String(sheet)}!${String(column)}`,
      );
      for (const name of sheetNames)
        for (const header of headersOf(name)) expect(explained).toContain(`${name}!${header}`);
      expect(sheets['说明']!.find(([, column]) => column === '工号')?.[2]).toBe(every);

      const parts = zip.unzipSync(file);
      const markup = (sheet: number) => Buffer.from(parts[`xl/worksheets/sheet${sheet}.xml`]!).toString();
      const dropDowns = (sheet: number) =>
        Object.fromEntries(
          [
            ...markup(sheet).matchAll(
              /<dataValidation type="list"[^>]*showErrorMessage="(\d)"[^>]*sqref="([A-Z]+)2:\2\d+"[^>]*><formula1>'选项'!\$([A-Z]+)\$2:\$\3\$(\d+)<\/formula1>/g,
            ),
          ].map(([, only, column, choices, last]) => [
            headersOf(sheetNames[sheet - 2]!)[column!.charCodeAt(0) - 65]!,
            {
              only: only === '1',
              choices: sheets['选项']!.slice(1, Number(last)).map((row) => row[letters(choices!)]),
            },
          ]),
        );
      expect(dropDowns(3)['学历']).toEqual({ only: true, choices: ['中专', '专科', '本科', '硕士', '博士'] });
      expect(dropDowns(3)['任教学段']).toEqual({ only: false, choices: ['幼儿园', '小学', '初中', '高中'] });
      expect(dropDowns(4)['称号']!.choices).toEqual(sampleRanks.map(({ zh }) => zh));
      expect(sheetNames.flatMap((_, index) => Object.keys(dropDowns(index + 2))).length).toBe(18);
      // What is typed far below the prepared rows of 身份证号 is a text too.
      expect(markup(3)).toMatch(/<col min="3" style="\d+" max="3"/);
    }
  });

  const letters = (column: string) =>
    Array.from(column).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;

  test('filled in, it is read as it is', async () => {
    const district = await newDistrict();
    const response = await fetch(`${base}/api/v1/roster/template`, { headers: { cookie: district.cookie } });
    const sheets = await sheetsIn(await bytesOf(response));
    const wang = teacherRow(1);
    const filled: Record<string, unknown[][]> = {
      学校: [['S1', '第一小学', '城区', null, '小学', 40, '2026-08-31']],
      教师: [
        [
          wang.staffNumber,
          wang.name,
          wang.idNumber,
          null,
          null,
          'S1',
          '语文',
          '小学',
          '教师',
          null,
          '本科',
          '一级教师',
          '2008-09-01',
          null,
        ],
      ],
    };
    const file = await writeExcelFile(
      Object.entries(sheets).map(([sheet, data]) => ({
        sheet,
        data: [data[0], ...(filled[sheet] ?? []), ...data.slice(1)] as never,
      })),
    ).toBuffer();
    const imported = await upload(district, [['名册.xlsx', file]]);
    expect(await jsonOf(imported)).toMatchObject({ organisations: { created: 1 }, persons: { created: 1 } });
  });

  test('is for who imports', async () => {
    expect((await fetch(`${base}/api/v1/roster/template`)).status).toBe(401);
  });
});

describe('faults', () => {
  const faulty = () =>
    rosterOf([
      teacherRow(1),
      teacherRow(2, { schoolCode: 'S9', degree: '博士后' as never }),
      teacherRow(3, { idNumber: `${idNumber(3).slice(0, 17)}*` }),
    ]);

  // The sample's writer knows only what is right: what is wrong is put into its cells.
  async function faultyFile(): Promise<Buffer> {
    const right = await sheetsIn(await writeRoster(rosterOf([teacherRow(1), teacherRow(2), teacherRow(3)])));
    const changed = Object.entries(right).map(([sheet, data]) => {
      const rows = data.map((row) => [...row]);
      if (sheet === '教师') {
        rows[2]![5] = 'S9';
        rows[2]![10] = '博士后';
        rows[3]![2] = Number(idNumber(3).replace('X', '1'));
      }
      return { sheet, data: rows as never, dateFormat: 'yyyy-mm-dd' };
    });
    return writeExcelFile(changed).toBuffer();
  }

  test('the workbook comes back with each wrong cell coloured and explained in the reader’s language', async () => {
    expect(faulty().teachers).toHaveLength(3);
    const district = await newDistrict();
    const file = await faultyFile();
    const problem = await jsonOf(await upload(district, [['名册.xlsx', file]]));
    expect(problem.errors.map(({ at, code }: { at: string; code: string }) => [at, code])).toEqual([
      ['教师!F3', 'UNKNOWN_SCHOOL'],
      ['教师!K3', 'UNKNOWN_NAME'],
      ['教师!C4', 'ID_NUMBER_LOST_DIGITS'],
    ]);
    expect(problem.errors[2].text).toContain('设为文本格式');

    for (const [language, query, accept, text] of [
      ['zh', '?faults=workbook', '*/*', '“学校”表中没有学校代码“S9”'],
      ['en', '', formatTypes.xlsx, 'The sheet of schools has no school S9'],
    ] as const) {
      const answer = await upload(district, [['名册.xlsx', file]], query, {
        'accept-language': language,
        accept,
      });
      expect(answer.status).toBe(422);
      expect(answer.headers.get('content-type')).toBe(formatTypes.xlsx);
      const back = await bytesOf(answer);
      const sheets = await sheetsIn(back);
      expect(sheets['错误']!.slice(2).map(([at]) => at)).toEqual(['教师!F3', '教师!K3', '教师!C4']);
      const [header, ...rows] = sheets['教师']!;
      expect(header).toEqual([...headersOf('教师'), FAULTS_COLUMN]);
      expect(rows[0]![headersOf('教师').length]).toBeNull();
      expect(rows[1]![headersOf('教师').length]).toContain(text);
      expect(String(rows[1]![headersOf('教师').length]).split('；')).toHaveLength(2);
      expect(rows[2]![2]).toMatch(/^\d{15}000$|^\d{18}$/);
      expect(sheets['学校']!.slice(1).every((row) => row.at(-1) === null)).toBe(true);
      const markup = Buffer.from(zip.unzipSync(back)['xl/worksheets/sheet3.xml']!).toString();
      const styleOf = (address: string) => new RegExp(`<c r="${address}" s="(\\d+)"`).exec(markup)?.[1];
      expect(styleOf('F3')).toBe(styleOf('K3'));
      expect(styleOf('F3')).not.toBe(styleOf('F2'));
      expect(styleOf('C4')).toBe(styleOf('F3'));

      // A cell that is typed into is a text: an ID number stays whole.
      expect(styleOf('N9')).toBe(styleOf('A9'));
      expect(markup).toMatch(/<col min="3" style="\d+" max="3"/);

      // Corrected, it is taken as it came back.
      const corrected = await writeExcelFile(
        Object.entries(sheets).map(([sheet, data]) => {
          const cells = data.map((row) => [...row]);
          if (sheet === '教师') {
            cells[2]![5] = 'S1';
            cells[2]![10] = '博士';
            cells[3]![2] = idNumber(3);
          }
          return { sheet, data: cells as never, dateFormat: 'yyyy-mm-dd' };
        }),
      ).toBuffer();
      const again = await upload(district, [['名册.xlsx', corrected]], '?preview=true');
      expect({ status: again.status, created: (await jsonOf(again)).persons.created }).toEqual({
        status: 200,
        created: 3,
      });
    }
    expect(await scopedTo(database, district.ownerId).person.count()).toBe(0);
  });

  test('of CSV files a workbook comes back too; a missing sheet is on its list', async () => {
    const district = await newDistrict();
    const csv = Buffer.from('工号,种类,起,止\n101,警告,2020-13-01,\n');
    const answer = await upload(district, [['处分.csv', csv]], '?faults=workbook');
    const sheets = await sheetsIn(await bytesOf(answer));
    expect(sheets['错误']!.slice(2).map(([at]) => at)).toEqual(['学校', '教师', '处分!C2']);
    expect(sheets['处分']![1]!.at(-1)).toContain('2020-13-01');
  });

  test('numbers that lost their digits are caught in every column, also those that look right by chance', async () => {
    const district = await newDistrict();
    const byChance = Array.from({ length: 1000 }, (_, n) => `99000119850102${n % 10}00`)
      .map(
        (digits, n) =>
          `9900011985${String(1 + (n % 12)).padStart(2, '0')}${String(1 + (n % 28)).padStart(2, '0')}${digits.slice(14)}`,
      )
      .find((digits) => checkCharacter(digits) === '0')!;
    const header = headersOf('教师').join(',');
    const line = (staffNumber: string, id: string) =>
      `${staffNumber},王芳,${id},,,S1,语文,小学,教师,,本科,一级教师,2008-09-01,`;
    const schools = Buffer.from(`${headersOf('学校').join(',')}\nS1,第一小学,城区,,小学,40,2026-08-31\n`);
    const teachers = Buffer.from(
      [
        header,
        line('1', '5.10104E+17'),
        line('2', '510104198001011000'),
        line('3', `${byChance}0`),
        line('4', idNumber(9)),
      ].join('\n'),
    );
    const titles = Buffer.from(
      `${headersOf('称号').join(',')}\n4,${sampleRanks[0]!.zh},区级,2025-09-01,2028-08-31,2.025E+17,文件\n`,
    );
    const lost = await jsonOf(
      await upload(district, [
        ['学校.csv', schools],
        ['教师.csv', teachers],
        ['称号.csv', titles],
      ]),
    );
    expect(
      lost.errors
        .map(({ at, code }: { at: string; code: string }) => `${at} ${code}`)
        .filter((each: string) => each.includes('LOST')),
    ).toEqual([
      '教师!C2 ID_NUMBER_LOST_DIGITS',
      '教师!C3 ID_NUMBER_LOST_DIGITS',
      '教师!C4 ID_NUMBER_LOST_DIGITS',
      '称号!F2 NUMBER_LOST_DIGITS',
    ]);
    expect(JSON.stringify(lost)).not.toContain(byChance);
  });

  test('a CSV is known by its header, else by its name; UTF-8 with and without a mark and GB18030; .xls is refused', async () => {
    const district = await newDistrict();
    const gbk = Buffer.from(
      // 工号,种类,起,止 / 101,警告,2020-01-01,
      'b9a4bac52cd6d6c0e02cc6f02cd6b90a3130312cbeafb8e62c323032302d30312d30312c0a',
      'hex',
    );
    for (const content of [gbk, Buffer.from('工号,种类,起,止\n'), Buffer.from('\uFEFF工号,种类,起,止\n')]) {
      const answer = await jsonOf(await upload(district, [['a.csv', content]]));
      expect(answer.errors.map(({ at }: { at: string }) => at)).toEqual(['学校', '教师']);
    }
    const onlyNumbers = Buffer.from('工号\n101\n');
    const named = await jsonOf(await upload(district, [['2026年处分.csv', onlyNumbers]]));
    expect(named.errors.map(({ at }: { at: string }) => at)).toContain('处分!1');
    const unnamed = await jsonOf(await upload(district, [['a.csv', onlyNumbers]]));
    expect(unnamed).toMatchObject({ type: '/problems/sheet-not-recognised' });
    expect(unnamed.detail).toContain('教师.csv');
    const old = await jsonOf(await upload(district, [['名册.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex')]]));
    expect(old).toMatchObject({ type: '/problems/old-spreadsheet', status: 415 });
    expect(old.detail).toContain('另存为');
  });
});

describe('a preview', () => {
  test('tells what would be created and changed, by name, and writes nothing', async () => {
    const district = await newDistrict();
    const rows = scopedTo(database, district.ownerId);
    const first = rosterOf([teacherRow(1), teacherRow(2), teacherRow(3)]);
    const before = await jsonOf(
      await upload(district, [['名册.xlsx', await writeRoster(first)]], '?preview=true'),
    );
    expect(before).toMatchObject({
      organisations: { created: 2, updated: 0 },
      persons: { created: 3, updated: 0, unchanged: 0 },
      preview: { total: 5 },
    });
    expect(await rows.person.count()).toBe(0);
    expect(await rows.organisation.count()).toBe(1);
    expect((await upload(district, [['名册.xlsx', await writeRoster(first)]])).status).toBe(200);

    const second = rosterOf(
      [
        teacherRow(1, { title: 'senior', schoolCode: 'S2' }),
        teacherRow(2, {
          mobile: '13900000000',
          mailAddress: 't2@example.cn',
          otherPosts: ['class_teacher'],
        }),
        teacherRow(3),
        teacherRow(4),
      ],
      {
        memberships: [
          {
            staffNumber: 'T1',
            role: 'office',
            organisation: '区',
            subject: null,
            from: '2026-09-01',
            until: null,
          },
        ],
      },
    );
    const file = await writeRoster(second);
    const stored = JSON.stringify(await rows.person.findMany({ orderBy: { staffNumber: 'asc' } }));
    const preview = await jsonOf(await upload(district, [['名册.xlsx', file]], '?preview=true'));
    expect(JSON.stringify(await rows.person.findMany({ orderBy: { staffNumber: 'asc' } }))).toBe(stored);
    const { preview: shown, ...counts } = preview;
    expect(shown.total).toBe(4);
    expect(shown.changes.slice(0, 2)).toEqual([
      {
        sheet: '教师',
        key: 'T1',
        change: 'updated',
        fields: [
          { field: 'schoolId', name: '学校编号', before: 'S1', after: 'S2', hidden: false },
          { field: 'title', name: '职称', before: '一级教师', after: '高级教师', hidden: false },
        ],
      },
      {
        sheet: '教师',
        key: 'T2',
        change: 'updated',
        fields: [
          { field: 'otherPosts', name: '其他岗位', before: null, after: '班主任', hidden: false },
          { field: 'mobile', name: '手机', before: null, after: null, hidden: true },
          { field: 'mailAddress', name: '邮箱', before: null, after: null, hidden: true },
        ],
      },
    ]);
    expect(shown.changes[3]).toMatchObject({
      sheet: '任职',
      key: 'T1',
      change: 'created',
      fields: expect.arrayContaining([expect.objectContaining({ field: 'role', after: '领导小组办公室' })]),
    });
    expect(JSON.stringify(preview)).not.toMatch(/9900011985|1390000|t2@|oxed/);
    const short = await jsonOf(await upload(district, [['名册.xlsx', file]], '?preview=true&rows=1'));
    expect([short.preview.total, short.preview.changes.length]).toEqual([4, 1]);

    // The import does what the preview said.
    expect(await jsonOf(await upload(district, [['名册.xlsx', file]]))).toEqual(counts);
    const [wang] = await rows.person.findMany({ where: { staffNumber: 'T1' } });
    expect(wang).toMatchObject({ title: 'senior', validFrom: '2026-09-01', stages: ['primary'] });
    expect(await rows.personVersion.count()).toBe(2);
    const nothing = await jsonOf(await upload(district, [['名册.xlsx', file]], '?preview=true'));
    expect(nothing).toMatchObject({
      persons: { created: 0, updated: 0, unchanged: 4 },
      preview: { total: 0, changes: [] },
    });

    // An empty cell leaves the mail address that somebody has.
    const withoutMail = second.teachers.map((row) => ({ ...row, mailAddress: null }));
    const unmailed = await writeRoster({ ...second, teachers: withoutMail });
    expect(await jsonOf(await upload(district, [['名册.xlsx', unmailed]], '?preview=true'))).toMatchObject({
      preview: { total: 0 },
    });
  });
});

test('a large roster is entered, changed and exported in time', async () => {
  const count = Number(process.env.QINGLAN_ROSTER_ROWS ?? 3000);
  const district = await newDistrict();
  const teachers = Array.from({ length: count }, (_, n) =>
    teacherRow(n + 1, { staffNumber: `T${String(n + 1).padStart(6, '0')}` }),
  );
  const timed = async (what: string, act: () => Promise<Response>) => {
    const started = performance.now();
    const response = await act();
    const content = await bytesOf(response);
    const seconds = (performance.now() - started) / 1000;
    if (process.env.QINGLAN_ROSTER_ROWS)
      console.log(`${what}: ${seconds.toFixed(1)} s, ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
    expect(response.status).toBe(200);
    // A hundred rows a second would be a hundred times slower than it is.
    expect(seconds).toBeLessThan(10 + count / 500);
    return content;
  };
  const first = await writeRoster(rosterOf(teachers));
  const second = await writeRoster(rosterOf(teachers.map((each) => ({ ...each, title: 'senior' }))));
  const enter = (file: Buffer, query = '') => upload(district, [['名册.xlsx', file]], query);
  const list = (format: string) =>
    fetch(`${base}/api/v1/persons?format=${format}`, { headers: { cookie: district.cookie } });
  expect(JSON.parse((await timed('created', () => enter(first))).toString()).persons.created).toBe(count);
  expect(JSON.parse((await timed('unchanged', () => enter(first))).toString()).persons.unchanged).toBe(count);
  await timed('previewed', () => enter(second, '?preview=true'));
  expect(JSON.parse((await timed('changed', () => enter(second))).toString()).persons.updated).toBe(count);
  await timed('CSV', () => list('csv'));
  const sheets = await readExcelFile(await timed('workbook', () => list('xlsx')));
  expect(sheets[0]!.data).toHaveLength(count + 1);
}, 300_000);

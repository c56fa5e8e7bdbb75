import writeExcelFile from 'write-excel-file/node';
import { LARGEST_FILE, MOST_ROWS, readRosterFile } from '../../api/roster-file.js';
import { Refusal } from '../../domain/refusal.js';
import { rosterRefusals } from '../../texts/refusals-roster.js';

const workbook = () =>
  writeExcelFile([
    {
      sheet: '学校',
      data: [
        ['学校代码', '学校名称'],
        [' QL01 ', '𠮷祥小学'],
      ],
    },
    {
      sheet: '教师',
      data: [
        [],
        [{ value: '510104198001011234', type: String }, Number('510104198001011234')],
        [null, '=1+1', true, { value: new Date('2020-09-01T00:00:00Z'), format: 'yyyy-mm-dd' }],
      ],
    },
  ]).toBuffer();

async function refusalOf(file: Buffer, fileName: string, sheetName?: string): Promise<Refusal> {
  const error = await readRosterFile(file, fileName, sheetName).then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Refusal)) throw error;
  expect(Object.keys(rosterRefusals)).toContain(error.code);
  return error;
}

test('a workbook: every sheet, every cell at its place, dates as days', async () => {
  const [schools, teachers] = await readRosterFile(await workbook(), '名册.xlsx');
  expect(schools).toEqual({
    name: '学校',
    rows: [
      ['学校代码', '学校名称'],
      ['QL01', '𠮷祥小学'],
    ],
  });
  expect(teachers?.rows[0]).toEqual([null, null, null, null]);
  expect(teachers?.rows[1]).toEqual(['510104198001011234', 510104198001011260, null, null]);
  expect(teachers?.rows[2]).toEqual([null, '=1+1', true, '2020-09-01']);
});

test('a CSV in UTF-8 with a mark, its sheet known by its header; empty lines and short rows keep their places', async () => {
  const text = '\uFEFF工号,种类,起,止\r\n101,"警告,记过",2020-01-01,\r\n\r\n102\r\n';
  expect(await readRosterFile(Buffer.from(text), 'a.CSV')).toEqual([
    {
      name: '处分',
      rows: [['工号', '种类', '起', '止'], ['101', '警告,记过', '2020-01-01', null], [null], ['102']],
    },
  ]);
});

test('a CSV in GB18030, its sheet named by the caller', async () => {
  // 工号,姓名 / 1,张伟
  const file = Buffer.from('b9a4bac52cd0d5c3fb0a312cd5c5ceb00a', 'hex');
  expect(await readRosterFile(file, 'a.csv', '教师')).toEqual([
    {
      name: '教师',
      rows: [
        ['工号', '姓名'],
        ['1', '张伟'],
      ],
    },
  ]);
});

test('what is no spreadsheet is refused by name', async () => {
  const right = await workbook();
  const compound = Buffer.from('d0cf11e0a1b11ae1', 'hex');
  expect((await refusalOf(Buffer.from('你好'), '名册.xlsx')).values).toEqual({ fileName: '名册.xlsx' });
  for (const [file, fileName, code] of [
    [Buffer.from('hello'), 'a.xlsx', 'NOT_A_SPREADSHEET'],
    [Buffer.alloc(0), 'a.xlsx', 'NOT_A_SPREADSHEET'],
    [Buffer.from('PK\x03\x04 and no more'), 'a.xlsx', 'NOT_A_SPREADSHEET'],
    [right.subarray(0, right.length / 2), 'a.xlsx', 'NOT_A_SPREADSHEET'],
    [Buffer.from('%PDF-1.7\0'), 'a.csv', 'NOT_A_SPREADSHEET'],
    [Buffer.from([0xff, 0xff, 0xff]), 'a.csv', 'NOT_A_SPREADSHEET'],
    [compound, 'a.xls', 'OLD_SPREADSHEET'],
    [compound, 'a.xlsx', 'OLD_SPREADSHEET'],
    [Buffer.from('甲,乙\n1,2\n'), 'a.csv', 'SHEET_NOT_RECOGNISED'],
    [Buffer.alloc(0), 'a.csv', 'SHEET_NOT_RECOGNISED'],
  ] as const) {
    expect([fileName, (await refusalOf(file, fileName)).code]).toEqual([fileName, code]);
  }
});

test('a malformed CSV names the line', async () => {
  const refusal = await refusalOf(Buffer.from('工号,种类,起,止\n101,"警告,2020-01-01,\n'), 'a.csv');
  expect(refusal.code).toBe('CSV_MALFORMED');
  expect(refusal.values?.line).toBeGreaterThanOrEqual(2);
});

test('too many rows and too many bytes are refused with the limit', async () => {
  const rows = `工号,种类,起,止\n${'101,警告,2020-01-01,\n'.repeat(MOST_ROWS)}`;
  expect((await refusalOf(Buffer.from(rows), 'a.csv')).toReason()).toMatchObject({
    code: 'TOO_MANY_ROWS',
    values: { sheet: '处分', rows: MOST_ROWS + 1, limit: MOST_ROWS },
  });
  expect((await refusalOf(Buffer.alloc(LARGEST_FILE + 1, 'a'), 'a.csv')).code).toBe('FILE_TOO_LARGE');
});

test('a workbook that says it unpacks to gigabytes is refused unopened', async () => {
  const file = await workbook();
  const entry = file.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  file.writeUInt32LE(0xfffffff0, entry + 24);
  expect((await refusalOf(file, 'a.xlsx')).code).toBe('FILE_TOO_LARGE');
});

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import PizZip from 'pizzip';
import readExcelFile from 'read-excel-file/node';
import writeExcelFile from 'write-excel-file/node';
import { EMPTY } from '../../api/document-file.js';
import { sampleTemplate } from '../../api/sample-templates.js';
import {
  documentKindCodes,
  documentKinds,
  placeholdersOf,
  type DocumentKind,
} from '../../domain/documents.js';
import { projectRoot } from '../../stack/project-root.js';
import {
  prepareCandidates,
  prepareDistrict,
  prepareRound,
  prepareTeachers,
  type PreparedDistrict,
} from '../support/prepared.js';
import { signInAs, type TestSession } from '../support/sessions.js';
import { startApi, type TestApi } from '../support/without-temporal.js';

// Documents from templates (S15): what is made is read back from the file.

const at = new Date('2026-10-10T01:00:00Z');
let api: TestApi;
let district: PreparedDistrict;
let office: TestSession;
let applicant: TestSession;
let stranger: TestSession;
let clerk: TestSession;
let otherClerk: TestSession;
let roundId: string;
let candidates: string[];
let people: string[];
const noticeId = randomUUID();
const appointmentId = randomUUID();

beforeAll(async () => {
  api = await startApi('documents', at.toISOString());
  district = await prepareDistrict(api, 2);
  people = await prepareTeachers(district, 6);
  const { database, ownerId, schoolIds } = district;
  const clerks = [people[4]!, people[5]!].map((personId, index) => ({
    ownerId,
    personId,
    organisationId: schoolIds[index]!,
    role: 'school_clerk',
    from: '2020-01-01',
  }));
  await database.membership.createMany({ data: clerks });
  const signIn = (personId: string) => signInAs(api, district, personId);
  office = await signIn(district.officeId);
  applicant = await signIn(people[0]!);
  stranger = await signIn(people[3]!);
  clerk = await signIn(people[4]!);
  otherClerk = await signIn(people[5]!);
  roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  candidates = await prepareCandidates(district, roundId, people.slice(0, 3), {
    stage: 'school_score',
    standing: 'running',
  });
  await writeFile();
  await writeNotice();
  await writeAppointment();
}, 60_000);

afterAll(() => api?.stop());

/** The first candidate: a rare name, two pieces of evidence, a statement that is XML, a formula and two lines. */
async function writeFile(): Promise<void> {
  const { database, ownerId } = district;
  const personId = people[0]!;
  await database.person.update({ where: { id: personId }, data: { name: '𠮷田䶮', title: null } });
  const evidence = [
    {
      id: randomUUID(),
      kind: 'paper',
      level: 'city',
      prize: 'first',
      title: '《<导学>与&评价》',
      date: '2025-03-01',
    },
    {
      id: randomUUID(),
      kind: 'open_lesson',
      level: 'district',
      prize: null,
      title: '=1+1',
      date: '2025-06-01',
    },
  ];
  await database.evidence.createMany({ data: evidence.map((piece) => ({ ...piece, ownerId, personId })) });
  await database.application.update({
    where: { id: candidates[0]! },
    data: {
      statement: '从教十四年 <b>&amp;\n第二行',
      schoolScore: 8650,
      facts: { evidence: evidence.map(({ id }) => ({ id })), titlesHeld: [] },
    },
  });
}

async function writeNotice(): Promise<void> {
  const { database, ownerId, schoolIds } = district;
  const entries = ['甲', '乙'].map((name, index) => ({
    applicationId: candidates[index]!,
    name,
    school: '第0小学',
    subject: 'mathematics',
    rank: '有造诣型骨干教师',
  }));
  await database.notice.create({
    data: {
      id: noticeId,
      ownerId,
      roundId,
      level: 'school',
      organisationId: schoolIds[0]!,
      publishedAt: at,
      firstDay: '2026-10-01',
      lastDay: '2026-10-09',
      closesAt: at,
      snapshot: { closes: '17:00', telephone: '020-12345', entries },
      snapshotHash: 'ab'.repeat(32),
    },
  });
}

async function writeAppointment(): Promise<void> {
  const { database, ownerId, policyId } = district;
  const traineeId = randomUUID();
  await database.appointment.create({
    data: { id: appointmentId, ownerId, policyId, rank: 'accomplished', year: '2026' },
  });
  await database.appointmentEntry.create({
    data: { appointmentId, ownerId, traineeId, position: 1, outcome: 'issued' },
  });
  await database.title.create({
    data: {
      id: randomUUID(),
      ownerId,
      personId: people[0]!,
      traineeId,
      rank: 'accomplished',
      decidedBy: 'district',
      origin: 'appointment',
      from: '2026-09-01',
      until: '2029-08-31',
      certificateNumber: '000000000000000018',
    },
  });
}

async function made(session: TestSession, path: string): Promise<Buffer> {
  const response = await session.fetch(`/documents/${path}`);
  if (response.status !== 200) throw new Error(await response.text());
  return Buffer.from(await response.arrayBuffer());
}

/** A text's paragraphs, a cell's line by line. */
function paragraphsOf(docx: Buffer): string[] {
  const xml = new PizZip(docx).file('word/document.xml')!.asText();
  return [...xml.matchAll(/<w:p[ >].*?<\/w:p>/gs)].map(([paragraph]) =>
    [...paragraph.matchAll(/<w:t(?: [^>]*[^/])?>(.*?)<\/w:t>|<w:br\/>/gs)]
      .map(([mark, text]) => (mark.startsWith('<w:br') ? '\n' : text!))
      .join('')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );
}

function docxOf(...paragraphs: readonly string[]): Buffer {
  const archive = new PizZip(sampleTemplate('application_form').content);
  const body = paragraphs.map((runs) => `<w:p>${runs}</w:p>`).join('');
  archive.file(
    'word/document.xml',
    `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
  );
  return archive.generate({ type: 'nodebuffer' });
}

const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;

async function upload(session: TestSession, kind: string, name: string, content: Buffer) {
  const body = new FormData();
  body.append('file', new Blob([new Uint8Array(content)]), name);
  const response = await session.fetch(`/document-templates?kind=${kind}`, { method: 'POST', body });
  return {
    status: response.status,
    body: (await response.json()) as { values?: Record<string, unknown>; detail?: string },
  };
}

test('the sample templates are committed as they are generated, and use every placeholder that fills a list', () => {
  for (const code of documentKindCodes) {
    const { name, content } = sampleTemplate(code);
    expect(readFileSync(join(projectRoot, 'samples/templates', name)).equals(content)).toBe(true);
    const texts = Object.values(new PizZip(content).files).map((file) => file.asText());
    const { rows }: DocumentKind = documentKinds[code];
    for (const list of Object.keys(rows)) expect(texts.join()).toContain(`{#${list}}`);
  }
});

test('S15: an application form has the person, the rows of the evidence, and what is missing as empty', async () => {
  const lines = paragraphsOf(await made(applicant, `application_form?applicationId=${candidates[0]}`));
  expect(lines[0]).toBe(`2026-2027学年${district.policy.title.zh}申报表`);
  const after = (label: string) => lines[lines.indexOf(label) + 1];
  expect(after('姓名')).toBe('𠮷田䶮');
  expect(after('学校')).toBe('第0小学');
  expect(after('职称')).toBe(EMPTY);
  // 2012-09-01 to 2026-08-31, both days counted.
  expect(after('教龄')).toBe('14');
  expect(lines).toContain('申报理由：从教十四年 <b>&amp;\n第二行');
  const first = lines.indexOf('《<导学>与&评价》');
  expect(lines.slice(first - 2, first + 6)).toEqual([
    '1',
    '论文',
    '《<导学>与&评价》',
    '市级',
    '一等奖',
    '2025-03-01',
    EMPTY,
    EMPTY,
  ]);
  expect(lines).toContain('=1+1');
  // A list without rows keeps one, to be filled in by hand.
  const titles = lines.indexOf('称号');
  expect(lines.slice(titles + 3, titles + 7)).toEqual([EMPTY, EMPTY, EMPTY, EMPTY]);
  expect(lines.join()).not.toMatch(/[{}]/);
});

test('S15, S9: each document is for whoever may see what it shows', async () => {
  const status = async (session: TestSession, path: string) =>
    (await session.fetch(`/documents/${path}`)).status;
  const form = `application_form?applicationId=${candidates[0]}`;
  const recommendation = `recommendation_form?applicationId=${candidates[0]}`;
  const own = `summary_table?roundId=${roundId}&schoolId=${district.schoolIds[0]}`;
  const whole = `summary_table?roundId=${roundId}`;
  const statement = `notice_statement?noticeId=${noticeId}`;
  const annex = `appointment_annex?appointmentId=${appointmentId}`;
  const paths = [form, recommendation, own, whole, statement, annex];
  const of = (session: TestSession) => Promise.all(paths.map((path) => status(session, path)));
  expect(await of(office)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(await of(clerk)).toEqual([200, 200, 200, 404, 200, 404]);
  expect(await of(otherClerk)).toEqual([404, 404, 404, 404, 404, 404]);
  expect(await of(applicant)).toEqual([200, 404, 404, 404, 404, 404]);
  expect(await of(stranger)).toEqual([404, 404, 404, 404, 404, 404]);
  expect(await status(office, 'application_form')).toBe(422);
  expect(await status(office, `application_form?applicationId=${randomUUID()}`)).toBe(404);
  expect(await status(office, 'unknown')).toBe(404);
});

test('S15: the summary table repeats its row, keeps numbers as numbers, and moves what stands below', async () => {
  const workbook = await made(office, `summary_table?roundId=${roundId}`);
  const { data } = (await readExcelFile(workbook))[0]!;
  expect(data.map((row) => row[0])).toEqual([
    `2026-2027学年${district.policy.title.zh}汇总表`,
    `轮次：2026年评选　　填报单位：青蓝区　　制表日期：2026-10-10`,
    '序号',
    1,
    2,
    3,
    '合计：3人　　　　填报人：　　　　审核人：　　　　（盖章）',
  ]);
  const first = data.find((row) => row[1] === '𠮷田䶮')!;
  expect(first.slice(6)).toEqual(['本科', EMPTY, 14, '区教坛能手', '86.50', '学校综合评定', '正在办理']);
  expect(data.find((row) => row[3] === '第1小学')![10]).toBe(EMPTY);
  const sheet = new PizZip(workbook).file('xl/worksheets/sheet1.xml')!.asText();
  expect([...sheet.matchAll(/mergeCell ref="(\w+:\w+)"/g)].map(([, ref]) => ref)).toEqual([
    'A1:M1',
    'A2:M2',
    'A7:M7',
  ]);
});

test('S15: the statement on a notice is made when it has ended, not a moment before', async () => {
  const lines = paragraphsOf(await made(clerk, `notice_statement?noticeId=${noticeId}`));
  expect(lines).toContain(
    '第0小学于2026-10-01至2026-10-09（截止时间17:00）对下列2名同志进行了校内公示。公示期间共收到异议0件，经核查成立0件。',
  );
  expect(lines.filter((line) => ['甲', '乙'].includes(line))).toEqual(['甲', '乙']);
  const { database, ownerId, schoolIds } = district;
  const running = randomUUID();
  await database.notice.create({
    data: {
      id: running,
      ownerId,
      roundId,
      level: 'school',
      organisationId: schoolIds[0]!,
      publishedAt: at,
      firstDay: '2026-10-01',
      lastDay: '2026-10-10',
      closesAt: new Date(at.getTime() + 1),
      snapshot: { entries: [] },
      snapshotHash: 'cd'.repeat(32),
    },
  });
  const response = await clerk.fetch(`/documents/notice_statement?noticeId=${running}`);
  expect([response.status, ((await response.json()) as { rule: string }).rule]).toEqual([409, 'S15']);
});

test('S15: the annex lists the titles; its document is empty before it has a number', async () => {
  const lines = paragraphsOf(await made(office, `appointment_annex?appointmentId=${appointmentId}`));
  expect(lines).toContain(`（${EMPTY}附件，${EMPTY}）`);
  expect(lines).toContain('共1人：');
  expect(lines.slice(-8, -1)).toEqual([
    '1',
    '𠮷田䶮',
    '第0小学',
    '数学',
    '000000000000000018',
    '2026-09-01',
    '2029-08-31',
  ]);
});

test('S15: a bureau’s own text is used from then on, though its program has split the placeholders', async () => {
  const split = run('尊敬的{') + run('姓') + run('名}老师');
  const stored = await upload(office, 'application_form', '我局申报表.docx', docxOf(split, run('{学校}')));
  expect(stored.status).toBe(201);
  expect(paragraphsOf(await made(office, `application_form?applicationId=${candidates[0]}`))).toEqual([
    '尊敬的𠮷田䶮老师',
    '第0小学',
  ]);
  const { items } = await office.get<{ items: { kind: string; name: string; own: boolean }[] }>(
    '/document-templates',
  );
  expect(items.filter(({ own }) => own)).toMatchObject([
    { kind: 'application_form', name: '我局申报表.docx' },
  ]);
  const again = await office.fetch('/document-templates/application_form');
  expect(paragraphsOf(Buffer.from(await again.arrayBuffer()))).toEqual(['尊敬的{姓名}老师', '{学校}']);
});

test('S15: a bureau’s own workbook of another program: shared texts, several placeholders in a cell', async () => {
  const cell = (value: string) => ({ value, type: String });
  const template = await writeExcelFile([
    {
      sheet: '表',
      data: [
        [cell('{轮次}（{人数}）')],
        [cell('{#候选人}{序号}'), cell('{姓名}/{学校}'), cell('{轮次}{/候选人}')],
        [cell('完')],
      ],
    },
  ]).toBuffer();
  expect(await upload(office, 'summary_table', '汇总.xlsx', template)).toMatchObject({ status: 201 });
  const workbook = await made(clerk, `summary_table?roundId=${roundId}&schoolId=${district.schoolIds[0]}`);
  const { data } = (await readExcelFile(workbook))[0]!;
  expect(data.map(([first]) => first)).toEqual(['2026年评选（2）', 1, 2, '完']);
  expect(data[1]!.slice(1)).toEqual([expect.stringMatching(/\/第0小学$/), '2026年评选']);
});

test('S15: unknown placeholders are refused by name, with the list of those there are', async () => {
  const { status, body } = await upload(
    office,
    'application_form',
    'a.docx',
    docxOf(run('{姓名}{身份证号}{#业绩}{名称}{分数}{/业绩}{#名单}{姓名}{/名单}{名称}')),
  );
  expect(status).toBe(422);
  expect(body.values).toEqual({
    document: '申报表',
    unknown: ['{身份证号}', '{分数}', '{#名单}', '{名称}'],
    known: placeholdersOf('application_form'),
  });
  expect(body.detail).toContain('{身份证号}');
  const cell = (value: string) => ({ value, type: String });
  const workbook = await writeExcelFile([
    { sheet: '表', data: [[cell('{#候选人}{手机}'), cell('{序号}{/候选人}')]] },
  ]).toBuffer();
  expect((await upload(office, 'summary_table', 'b.xlsx', workbook)).body.values).toMatchObject({
    unknown: ['{手机}'],
  });
});

test.each([
  ['no archive', () => Buffer.from('申报表')],
  ['an archive of something else', () => new PizZip().file('a.txt', '').generate({ type: 'nodebuffer' })],
  ['rows that are not ended', () => docxOf(run('{#业绩}{名称}'))],
  ['rows that are ended as others', () => docxOf(run('{#业绩}{名称}{/已有称号}'))],
  [
    'macros',
    () => new PizZip(docxOf(run('{姓名}'))).file('word/vbaProject.bin', 'x').generate({ type: 'nodebuffer' }),
  ],
  ['no placeholder', () => docxOf(run('申报表'))],
  [
    'more than memory holds',
    () =>
      new PizZip(docxOf(run('{姓名}')))
        .file('word/media/a.bmp', Buffer.alloc(30 * 1024 * 1024))
        .generate({ type: 'nodebuffer', compression: 'DEFLATE' }),
  ],
])('S15: a template with %s is refused, and nothing is kept', async (_what, content) => {
  const before = await district.database.documentTemplate.count();
  expect((await upload(office, 'application_form', 'x.docx', content())).status).toBe(422);
  expect(await district.database.documentTemplate.count()).toBe(before);
});

test('S9: a school uploads no template', async () => {
  expect((await upload(clerk, 'application_form', 'x.docx', docxOf(run('{姓名}')))).status).toBe(403);
});

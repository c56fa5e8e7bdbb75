import { createHash } from 'node:crypto';
import PizZip from 'pizzip';
import { readTemplate } from '../../api/document-file.js';
import { readRosterFile } from '../../api/roster-file.js';
import { sampleTemplate } from '../../api/sample-templates.js';
import { writeWorkbook } from '../../api/workbook.js';
import { Refusal, type Fault, type Reason } from '../../domain/refusal.js';
import { LARGEST_ATTACHMENT, plainAttachment } from '../../records/attachment-file.js';
import { say } from '../../texts/catalogue.js';

const mobile = '13800138000';
const idNumber = '51030019880301002X';

type Parts = Readonly<Record<string, string | Buffer>>;

function packed(parts: Parts): Buffer {
  const archive = new PizZip();
  for (const [path, content] of Object.entries(parts)) archive.file(path, content);
  return archive.generate({ type: 'nodebuffer', compression: 'DEFLATE' });
}

const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relationship = (id: string, kind: string, target: string) =>
  `<Relationship Id="${id}" Type="${office}/${kind}" Target="${target}"/>`;
const relationships = (...all: string[]) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.join('')}</Relationships>`;
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const core = (creator: string) =>
  `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>${creator}</dc:creator></cp:coreProperties>`;
const types = (...parts: string[]) =>
  `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${parts
    .map((part) => `<Override PartName="/${part}" ContentType="application/xml"/>`)
    .join('')}</Types>`;

/** A workbook of two sheets, the second of them hidden; any part of it may be another. */
function workbook(other: Parts = {}): Buffer {
  return packed({
    '[Content_Types].xml': types('xl/workbook.xml', 'docProps/core.xml'),
    '_rels/.rels': relationships(
      relationship('rId1', 'officeDocument', 'xl/workbook.xml'),
      relationship('rId2', 'metadata/core-properties', 'docProps/core.xml'),
    ),
    'docProps/core.xml': core('某主任'),
    'xl/workbook.xml': workbookPart(),
    'xl/_rels/workbook.xml.rels': relationships(
      relationship('rId1', 'worksheet', 'worksheets/sheet1.xml'),
      relationship('rId2', 'worksheet', '/xl/worksheets/sheet2.xml'),
      relationship('rId3', 'sharedStrings', 'sharedStrings.xml'),
    ),
    'xl/worksheets/sheet1.xml': sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'),
    'xl/worksheets/sheet2.xml': sheet(''),
    'xl/sharedStrings.xml': strings('姓名'),
    ...other,
  });
}

function workbookPart(more = ''): string {
  return `<workbook ${main} xmlns:r="${office}"><sheets><sheet name="名单" sheetId="1" r:id="rId1"/><sheet name="备用" sheetId="2" state="veryHidden" r:id="rId2"/></sheets>${more}</workbook>`;
}
function sheet(rows: string, before = '', after = ''): string {
  return `<worksheet ${main} xmlns:r="${office}">${before}<sheetData>${rows}</sheetData>${after}</worksheet>`;
}
function strings(...all: string[]): string {
  const items = all.map((text) => (text.startsWith('<') ? `<si>${text}</si>` : `<si><t>${text}</t></si>`));
  return `<sst ${main}>${items.join('')}</sst>`;
}

const word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const run = (text: string, properties = '') => `<w:r><w:rPr>${properties}</w:rPr><w:t>${text}</w:t></w:r>`;
const paragraph = (...runs: string[]) => `<w:p w:rsidR="00AB12CD">${runs.join('')}</w:p>`;

function text(body: string, other: Parts = {}): Buffer {
  return packed({
    '[Content_Types].xml': types('word/document.xml'),
    'word/document.xml': `<w:document ${word}><w:body>${body}</w:body></w:document>`,
    ...other,
  });
}

function reasonOf(act: () => unknown): Reason {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.toReason();
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Where numbers were found, each with what it stands in. */
function places(name: string, content: Buffer): [at: string, part: unknown, kind: unknown][] {
  const reason = reasonOf(() => plainAttachment(name, content));
  expect(reason.code).toBe('PERSONAL_DATA');
  expect(JSON.stringify(reason)).not.toMatch(/13800138000|19880301/);
  return (reason.faults ?? []).map(({ at, values }: Fault) => [at, values?.['part'], values?.['kind']]);
}

const firstSheet = (rows: string): Parts => ({ 'xl/worksheets/sheet1.xml': sheet(rows) });

describe('D6: a private number is found wherever it stands in a workbook', () => {
  const cell = (place: string, value: string) => `<row r="2"><c r="${place}"><v>${value}</v></c></row>`;
  test.each<[string, Parts, [string, string, string]]>([
    ['a number', firstSheet(cell('C2', mobile)), ['公示.xlsx › 名单!C2', 'cell', 'mobile_number']],
    [
      'a number in powers of ten',
      firstSheet(cell('C2', '5.1030019880301001E+17')),
      ['公示.xlsx › 名单!C2', 'cell', 'id_number'],
    ],
    [
      'a text of several pieces',
      { 'xl/sharedStrings.xml': strings('<r><t>138 0013</t></r><r><t> 8000</t></r>') },
      ['公示.xlsx › 名单!A1', 'cell', 'mobile_number'],
    ],
    [
      'a text between signs that take no room',
      { 'xl/sharedStrings.xml': strings(`１３８\u200b００１３\u200b８０００`) },
      ['公示.xlsx › 名单!A1', 'cell', 'mobile_number'],
    ],
    [
      'a hidden row',
      firstSheet(`<row r="7" hidden="1"><c r="B7" t="inlineStr"><is><t>${idNumber}</t></is></c></row>`),
      ['公示.xlsx › 名单!B7', 'hidden_cell', 'id_number'],
    ],
    [
      'a hidden column',
      {
        'xl/worksheets/sheet1.xml': sheet(
          cell('D2', mobile),
          '<cols><col min="3" max="4" hidden="1"/></cols>',
        ),
      },
      ['公示.xlsx › 名单!D2', 'hidden_cell', 'mobile_number'],
    ],
    [
      'a hidden sheet',
      { 'xl/worksheets/sheet2.xml': sheet(cell('A2', mobile)) },
      ['公示.xlsx › 备用!A2', 'hidden_cell', 'mobile_number'],
    ],
    [
      'a formula',
      firstSheet(`<row><c r="E2"><f>"电话"&amp;"${mobile}"</f></c></row>`),
      ['公示.xlsx › 名单!E2', 'cell', 'mobile_number'],
    ],
    [
      'what is left of a deleted cell',
      { 'xl/sharedStrings.xml': strings('姓名', mobile) },
      ['公示.xlsx', 'unused_text', 'mobile_number'],
    ],
    [
      'a comment',
      {
        'xl/worksheets/_rels/sheet1.xml.rels': relationships(
          relationship('rId1', 'comments', '../comments1.xml'),
        ),
        'xl/comments1.xml': `<comments ${main}><authors><author>某主任</author></authors><commentList><comment ref="B3" authorId="0"><text><r><t>电话138</t></r><r><t>00138000</t></r></text></comment></commentList></comments>`,
      },
      ['公示.xlsx › 名单!B3', 'comment', 'mobile_number'],
    ],
    [
      'a defined name',
      {
        'xl/workbook.xml': workbookPart(
          `<definedNames><definedName name="电话">"${mobile}"</definedName></definedNames>`,
        ),
      },
      ['公示.xlsx › 电话', 'defined_name', 'mobile_number'],
    ],
    ['a property', { 'docProps/core.xml': core(mobile) }, ['公示.xlsx', 'property', 'mobile_number']],
    [
      'a header',
      {
        'xl/worksheets/sheet1.xml': sheet(
          '',
          '',
          `<headerFooter><oddHeader>&amp;L&amp;"宋体"${mobile}</oddHeader></headerFooter>`,
        ),
      },
      ['公示.xlsx › 名单', 'header_footer', 'mobile_number'],
    ],
    [
      'a text in a drawing',
      {
        'xl/drawings/drawing1.xml':
          '<d xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p><a:r><a:t>1380013</a:t></a:r><a:r><a:t>8000</a:t></a:r></a:p></d>',
      },
      ['公示.xlsx › ¶1', 'other', 'mobile_number'],
    ],
    [
      'a number that a note of a program cuts',
      firstSheet(`<row r="2"><c r="C2" t="str"><v>138<!-- x -->00138000</v></c></row>`),
      ['公示.xlsx › 名单!C2', 'cell', 'mobile_number'],
    ],
    [
      'an attribute of a cell',
      firstSheet(`<row r="2"><c r="C2" note="${mobile}"/></row>`),
      ['公示.xlsx › 名单!C2', 'cell', 'mobile_number'],
    ],
    [
      'an attribute',
      {
        'xl/worksheets/sheet1.xml': sheet(
          '',
          '',
          `<hyperlinks><hyperlink ref="A1" tooltip="${mobile}"/></hyperlinks>`,
        ),
      },
      ['公示.xlsx › 名单', 'other', 'mobile_number'],
    ],
  ])('%s', (_, other, expected) => {
    expect(places('公示.xlsx', workbook(other))).toEqual([expected]);
  });

  test('several at once, each told; the name of the file too, and none is repeated', () => {
    const rows = `<row><c r="A2"><v>${mobile}</v></c><c r="B2" t="str"><v>${idNumber}</v></c></row>`;
    expect(places(`电话${mobile}.xlsx`, workbook(firstSheet(rows)))).toEqual([
      ['', 'file_name', 'mobile_number'],
      ['名单!A2', 'cell', 'mobile_number'],
      ['名单!B2', 'cell', 'id_number'],
    ]);
    const values = { file: '公示.xlsx', sheet: '名单', place: 'A2', part: 'hidden_cell', kind: 'id_number' };
    expect(say('PERSONAL_DATA_IN_FILE', 'zh', values)).toBe(
      '附件《公示.xlsx》名单 A2（隐藏的单元格）疑有身份证号',
    );
  });

  test('what is no number of a person passes: means, sums, days, codes', () => {
    const values = ['86.13333333333333', '0.1512345678901', '46307', '1380013800', '-3.5', '1.5E-7'];
    const cells = values.map((value, index) => `<c r="A${index + 1}"><v>${value}</v></c>`);
    const content = workbook(firstSheet(`<row r="1">${cells.join('')}</row>`));
    expect(plainAttachment('公示.xlsx', content).kind).toBe('xlsx');
  });
});

describe('D6: a private number is found wherever it stands in a document', () => {
  test.each<[string, Buffer, [string, string]]>([
    ['the text', text(paragraph(run('电话138'), run('00138000'))), ['¶1', 'text']],
    [
      'across a hyphen that does not break',
      text(paragraph(run('138'), '<w:r><w:noBreakHyphen/></w:r>', run('0013 8000'))),
      ['¶1', 'text'],
    ],
    ['outside of every paragraph', text(run('138') + run('00138000')), ['¶1', 'text']],
    ['hidden text', text(paragraph(run('名单'), run(mobile, '<w:vanish/>'))), ['¶1', 'hidden_text']],
    [
      'a deleted text',
      text(
        paragraph(
          run('名单'),
          `<w:del w:author="某主任"><w:r><w:delText>${mobile}</w:delText></w:r></w:del>`,
        ),
      ),
      ['¶1', 'tracked_change'],
    ],
    [
      'half deleted',
      text(paragraph(run('138'), '<w:del><w:r><w:delText>00138000</w:delText></w:r></w:del>')),
      ['¶1', 'tracked_change'],
    ],
    [
      'a footer',
      text('', { 'word/footer1.xml': `<w:ftr ${word}>${paragraph(run(mobile))}</w:ftr>` }),
      ['¶1', 'header_footer'],
    ],
    [
      'a comment',
      text('', {
        'word/comments.xml': `<w:comments ${word}><w:comment w:id="0" w:author="某">${paragraph(run(mobile))}</w:comment></w:comments>`,
      }),
      ['¶1', 'comment'],
    ],
    ['a property', text('', { 'docProps/core.xml': core(mobile) }), ['', 'property']],
    [
      'a variable',
      text('', {
        'word/settings.xml': `<w:settings ${word}><w:docVar w:name="a" w:val="${mobile}"/></w:settings>`,
      }),
      ['', 'other'],
    ],
  ])('%s', (_, content, [place, part]) => {
    const found = places('情况.docx', content);
    // A number within one part is told of once more for the whole paragraph.
    expect(found[0]).toEqual([['情况.docx', place].filter(Boolean).join(' › '), part, 'mobile_number']);
    expect(found.every((each) => each[1] === part)).toBe(true);
  });
});

test('D6: every cell of a CSV, in UTF-8 and in GB18030', () => {
  const csv = `姓名,备注\n欧阳晴岚,86.13333333333333\n诸葛,"电话\n${mobile}"\n`;
  expect(places('名单.csv', Buffer.from(csv))).toEqual([['名单.csv › B3', 'cell', 'mobile_number']]);
  const gb = Buffer.concat([Buffer.from([0xd0, 0xd5, 0xc3, 0xfb, 0x0a]), Buffer.from(idNumber)]);
  expect(places('名单.csv', gb)).toEqual([['名单.csv › A2', 'cell', 'id_number']]);
  const plain = Buffer.from('姓名,学校\n欧阳晴岚,第一小学\n');
  expect(plainAttachment('名单.CSV', plain)).toEqual({ kind: 'csv', content: plain });
  const utf16 = Buffer.from(`\uFEFF姓名,${mobile}`, 'utf16le');
  expect(reasonOf(() => plainAttachment('名单.csv', utf16)).code).toBe('ATTACHMENT_NOT_READ');
});

test('D6: what cannot be read whole is refused, with its name', () => {
  for (const name of ['公示.pdf', '公示.xls', '公示.xlsm', '照片.jpg', '公示', '公示.xlsx.zip'])
    expect(reasonOf(() => plainAttachment(name, workbook()))).toMatchObject({
      code: 'ATTACHMENT_KIND_REFUSED',
      rule: 'D6',
      values: { file: name },
    });
  const refused = (name: string, content: Buffer) => {
    const { code, values } = reasonOf(() => plainAttachment(name, content));
    return [code, values?.['part']];
  };
  for (const part of [
    'xl/media/image1.png',
    'xl/vbaProject.bin',
    'xl/embeddings/oleObject1.bin',
    'xl/externalLinks/externalLink1.xml',
    'xl/connections.xml',
  ])
    expect(refused('公示.xlsx', workbook({ [part]: '<a/>' }))).toEqual(['ATTACHMENT_NOT_READ', part]);
  const odd = 'xl/worksheets/sheet2.xml';
  for (const content of [
    `<!DOCTYPE a [<!ENTITY n "${mobile}">]><a>&n;</a>`,
    '<a>',
    Buffer.from('\uFEFF<a/>', 'utf16le'),
    '\0',
  ])
    expect(refused('公示.xlsx', workbook({ [odd]: content }))).toEqual(['ATTACHMENT_NOT_READ', odd]);
  expect(refused('公示.docx', workbook())).toEqual(['ATTACHMENT_NOT_READ', 'word/document.xml']);
  expect(refused('公示.xlsx', Buffer.from('no archive'))).toEqual(['ATTACHMENT_NOT_READ', 'ZIP']);
  // A kilobyte that asks for more than memory should give.
  const bomb = workbook({ 'xl/worksheets/sheet2.xml': ' '.repeat(40 * 1024 * 1024) });
  expect(bomb.length).toBeLessThan(LARGEST_ATTACHMENT);
  expect(refused('公示.xlsx', bomb)).toEqual(['ATTACHMENT_NOT_READ', 'ZIP']);
});

const outsideLink = (kind: string, target = 'https://example.org/a') =>
  relationship('rId9', kind, target).replace('/>', ' TargetMode="External"/>');

test('D6: a relation to outside is refused with its part, but for a hyperlink', () => {
  const refused = (name: string, content: Buffer) => reasonOf(() => plainAttachment(name, content));
  const sheetPart = 'xl/worksheets/_rels/sheet1.xml.rels';
  const textPart = 'word/_rels/document.xml.rels';
  for (const kind of ['image', 'externalLinkPath', 'oleObject', 'frame', 'hyperlinks']) {
    const rels = relationships(outsideLink(kind));
    const notRead = (part: string) => ({ code: 'ATTACHMENT_NOT_READ', rule: 'D6', values: { part } });
    expect(refused('公示.xlsx', workbook({ [sheetPart]: rels }))).toMatchObject(notRead(sheetPart));
    expect(refused('情况.docx', text('', { [textPart]: rels }))).toMatchObject(notRead(textPart));
  }
  const plain = relationships(outsideLink('hyperlink'));
  expect(plainAttachment('公示.xlsx', workbook({ [sheetPart]: plain })).kind).toBe('xlsx');
  expect(plainAttachment('情况.docx', text('', { [textPart]: plain })).kind).toBe('docx');
  for (const number of [mobile, '%31380013%38000', '138-0013-8000', '138%200013%208000']) {
    const rels = relationships(outsideLink('hyperlink', `tel:+86${number}`));
    expect(places('情况.docx', text('', { [textPart]: rels }))).toEqual([
      ['情况.docx', 'other', 'mobile_number'],
    ]);
    expect(places('公示.xlsx', workbook({ [sheetPart]: rels }))).toEqual([
      ['公示.xlsx', 'other', 'mobile_number'],
    ]);
  }
});

test('D6: a workbook that reaches into another is refused with the part, under whatever name', () => {
  const part = (content: Buffer) => reasonOf(() => plainAttachment('公示.xlsx', content)).values?.['part'];
  const formula = (value: string) => firstSheet(`<row><c r="A1"><f>${value}</f></c></row>`);
  for (const value of ['[1]名单!A1', `'C:\\[a.xlsx]名 单'!A1`, '[1]!Name', `cmd|'/c a'!A0`])
    expect(part(workbook(formula(value)))).toBe('xl/worksheets/sheet1.xml');
  const names = `<definedNames><definedName name="a">[1]名单!A1</definedName></definedNames>`;
  expect(part(workbook({ 'xl/workbook.xml': workbookPart(names) }))).toBe('xl/workbook.xml');
  expect(part(workbook({ 'xl/other.xml': `<externalLink ${main}/>` }))).toBe('xl/other.xml');
  for (const value of ['SUM(A1:A2)', '表1[得分]+Sheet2!A1', `'名 单'!A1`, '表1[[#All],[得分]]*名单!B1'])
    expect(plainAttachment('公示.xlsx', workbook(formula(value))).kind).toBe('xlsx');
});

describe('D6: a field that fetches from outside', () => {
  const character = (type: string) => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
  const code = (...pieces: string[]) =>
    pieces.map((piece) => `<w:r><w:instrText xml:space="preserve">${piece}</w:instrText></w:r>`).join('');
  const field = (codes: string, result = run('x')) =>
    character('begin') + codes + character('separate') + result + character('end');
  test.each([
    ...['INCLUDEPICTURE', 'INCLUDETEXT', 'LINK', 'DDE', 'DDEAUTO', 'includepicture'].flatMap((name) => [
      field(code(` ${name} "https://example.org/a" \\d `)),
      field(code(' ', name.slice(0, 2), name.slice(2), ' "https://example.org/a"')),
      `<w:fldSimple w:instr=" ${name} a.docx "/>`,
    ]),
    field(code('INCLUDE<!-- x -->PICTURE a')),
    // The name is what another field says.
    field(field(code('QUOTE LI'), run('LI')) + code('NK a.xlsx')),
    // Within the result of another, and never closed.
    field(code('PAGE'), character('begin') + code('DDE a b')),
    // Once the change is taken back.
    field(`<w:ins>${code('X')}</w:ins>${code('LINK a')}`),
    field(`<w:del>${code('X')}</w:del>${code('LINK a')}`),
  ])('%#', (body) => {
    expect(reasonOf(() => plainAttachment('情况.docx', text(paragraph(body))))).toMatchObject({
      code: 'ATTACHMENT_NOT_READ',
      values: { file: '情况.docx', part: 'word/document.xml' },
    });
  });

  test('is no page number, date, table of contents or hyperlink', () => {
    const codes = [
      ['PAGE'],
      ['DATE \\@ "yyyy"'],
      ['TOC \\o "1-3"'],
      ['HYPER', 'LINK "https://example.org/LINK"'],
    ];
    const body = codes.map((pieces) => field(code(...pieces), run('LINK'))).join('');
    expect(plainAttachment('情况.docx', text(paragraph(body, run('LINK DDE')))).kind).toBe('docx');
    const link = field(code(`HYPERLINK "tel:${mobile}"`));
    expect(places('情况.docx', text(paragraph(link)))[0]).toEqual([
      '情况.docx › ¶1',
      'text',
      'mobile_number',
    ]);
  });
});

describe('D6: a file takes no longer than it is long', () => {
  const many = (count: number, one: string) => one.repeat(count);
  /**
   * The result of work that can be repeated, and its processor time in milliseconds: the least of three times, since the
   * process does other things too, such as clearing the memory of other tests.
   */
  const timed = <Result>(work: () => Result) => {
    const times = [1, 2, 3].map(() => {
      const start = process.cpuUsage().user;
      const result = work();
      return { result, milliseconds: (process.cpuUsage().user - start) / 1000 };
    });
    return times.reduce((least, time) => (time.milliseconds < least.milliseconds ? time : least));
  };
  test.each<[string, string, () => Buffer]>([
    ['texts in one run', '情况.docx', () => text(`<w:p><w:r>${many(100_000, '<w:t/>')}</w:r></w:p>`)],
    ['notes', '情况.docx', () => text(many(50_000, '<!---->') + many(30_000, '<w:rsids/>'))],
    [
      'hidden columns',
      '公示.xlsx',
      () =>
        workbook({
          'xl/worksheets/sheet1.xml': sheet(
            `<row>${many(20_000, '<c/>')}</row>`,
            `<cols>${many(20_000, '<col min="1" max="16384" hidden="1"/>')}</cols>`,
          ),
        }),
    ],
    [
      'cells with one long text',
      '公示.xlsx',
      () =>
        workbook({
          'xl/sharedStrings.xml': strings('名'.repeat(200_000)),
          ...firstSheet(`<row>${many(20_000, '<c t="s"><v>0</v></c>')}</row>`),
        }),
    ],
    [
      'fields that are never closed',
      '情况.docx',
      () =>
        text(
          many(15_000, '<w:fldChar w:fldCharType="begin"/><w:fldChar w:fldCharType="separate"/>') +
            many(15_000, '<w:t>x</w:t>'),
        ),
    ],
    [
      'sheets of one part',
      '公示.xlsx',
      () => {
        const links = Array.from({ length: 5000 }, (_, index) =>
          relationship(`r${index}`, 'drawing', `d${index}`),
        );
        return workbook({
          'xl/workbook.xml': `<workbook ${main} xmlns:r="${office}"><sheets>${many(5000, '<sheet name="a" r:id="rId1"/>')}</sheets></workbook>`,
          'xl/worksheets/_rels/sheet1.xml.rels': relationships(...links),
        });
      },
    ],
    [
      'a column beyond all',
      '公示.xlsx',
      () => workbook(firstSheet(`<row><c r="${many(500, 'Z')}1"/><c/></row>`)),
    ],
  ])('%s', (_, name, content) => {
    const bytes = content();
    const { result, milliseconds } = timed(() => plainAttachment(name, bytes));
    expect(result.content.length).toBeGreaterThan(0);
    expect(milliseconds).toBeLessThan(5000);
  });

  test('too many elements, or too deep, are refused with the part', () => {
    const part = (body: string) => {
      const { result, milliseconds } = timed(() => reasonOf(() => plainAttachment('情况.docx', text(body))));
      expect(milliseconds).toBeLessThan(5000);
      expect(result.code).toBe('ATTACHMENT_NOT_READ');
      return result.values?.['part'];
    };
    const deep = (levels: number, open = '<w:p>') => many(levels, open) + many(levels, '</w:p>');
    for (const body of [
      many(200_001, '<w:t/>'),
      deep(20_000),
      deep(20_000, '<w:p a="/>">'),
      deep(20_000, '<w:p><!--</w:p>-->'),
      deep(20_000, '<w:p><![CDATA[</w:p>]]>'),
      deep(20_000, '<w:p><?a </w:p>?>'),
      `<w:p></w:p '>${deep(20_000)}`,
    ])
      expect(part(body)).toBe('word/document.xml');
    expect(plainAttachment('情况.docx', text(deep(200))).kind).toBe('docx');
  });
});

test('N6: the service’s own sheets and documents can be attached, and are read again as they were', async () => {
  const rows = [
    ['序号', '姓名', '得分'],
    [1, '欧阳晴岚', 86.13333333333333],
  ];
  const columns = [0, 1, 2].map(() => ({ width: 12, kind: 'text' as const }));
  const list = await writeWorkbook([{ name: '名单', columns, rows }]);
  const { content } = plainAttachment('名单.xlsx', list);
  const [sheet] = await readRosterFile(content, '名单.xlsx');
  expect(sheet).toMatchObject({ name: '名单', rows });
  const withNumber = await writeWorkbook([{ name: '名单', columns, rows: [...rows, [2, '诸葛', mobile]] }]);
  expect(places('名单.xlsx', withNumber)).toEqual([['名单.xlsx › 名单!C3', 'cell', 'mobile_number']]);
  const { format, content: template } = sampleTemplate('notice_statement');
  expect(format).toBe('docx');
  const before = readTemplate(template).placeholders;
  expect(readTemplate(plainAttachment('公示情况说明.docx', template).content).placeholders).toEqual(before);
});

test('N6: what tells of the making is taken out, what is shown stays; the same file gives the same bytes', () => {
  const content = workbook({
    'xl/workbook.xml': workbookPart(
      '<x15ac:absPath xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac" url="C:\\\\Users\\\\某主任\\\\"/>',
    ),
    'xl/worksheets/sheet1.xml': sheet(
      '<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
      '',
      '<pageSetup r:id="rId1"/>',
    ),
    'xl/worksheets/_rels/sheet1.xml.rels': relationships(
      relationship('rId1', 'printerSettings', '../printerSettings/printerSettings1.bin'),
      relationship('rId2', 'comments', '../comments1.xml'),
    ),
    'xl/printerSettings/printerSettings1.bin': Buffer.from('某主任的打印机'),
    'xl/comments1.xml': `<comments ${main}><authors><author>某主任</author></authors><commentList><comment ref="A1" authorId="0"><text><t>看</t></text></comment></commentList></comments>`,
    'docProps/app.xml': '<Properties><Company>某单位</Company></Properties>',
  });
  const plain = plainAttachment('公示.xlsx', content).content;
  const parts = new PizZip(plain).files;
  const all = Object.values(parts)
    .map((part) => part.asText())
    .join('\n');
  expect(Object.keys(parts).filter((path) => /docProps|printer/.test(path))).toEqual([]);
  expect(all).not.toMatch(/某|printer|core-properties|docProps|absPath/);
  expect(all).toContain('<pageSetup/>');
  expect(all).toMatch(/姓名[^]*看|看[^]*姓名/);
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  expect(hash(plainAttachment('公示.xlsx', Buffer.from(content)).content)).toBe(hash(plain));
  expect(hash(plainAttachment('公示.xlsx', plain).content)).toBe(hash(plain));

  const written = text(paragraph(run('名单'), `<w:ins w:author="某主任" w:id="1">${run('一')}</w:ins>`), {
    'word/_rels/settings.xml.rels': relationships(
      relationship('rId1', 'attachedTemplate', 'file:///C:/Users/某主任/Normal.dotm'),
    ),
    'word/settings.xml': `<w:settings ${word} xmlns:r="${office}"><w:attachedTemplate r:id="rId1"/><w:rsids><w:rsid w:val="00AB12CD"/></w:rsids></w:settings>`,
    'word/people.xml':
      '<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"><w15:person w15:author="某主任"><w15:presenceInfo w15:providerId="AD" w15:userId="S::a@b"/></w15:person></w15:people>',
  });
  const kept = Object.values(new PizZip(plainAttachment('情况.docx', written).content).files)
    .map((part) => part.asText())
    .join('\n');
  expect(kept).not.toMatch(/某|Normal|00AB12CD|S::a/);
  expect(kept).toContain('名单');
});

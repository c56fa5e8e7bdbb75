import PizZip from 'pizzip';
import {
  documentKinds,
  personFields,
  type DocumentKind,
  type DocumentKindCode,
} from '../domain/documents.js';
import type { DocumentFormat } from './document-file.js';

/** A template as it comes with the product, for a bureau to use or to change. */
export interface SampleTemplate {
  /** With its ending. */
  readonly name: string;
  readonly format: DocumentFormat;
  readonly content: Buffer;
}

/**
 * The template of a document that comes with the product: a workbook for the summary table, a text for the others. The
 * same bytes each time. Rule S15.
 */
export function sampleTemplate(code: DocumentKindCode): SampleTemplate {
  const { zh } = documentKinds[code];
  return code === 'summary_table'
    ? { name: `${zh}.xlsx`, format: 'xlsx', content: sampleWorkbook(code) }
    : {
        name: `${zh}.docx`,
        format: 'docx',
        content: archiveOf({ ...textParts, 'word/document.xml': textOf(samples[code]) }),
      };
}

/** A text: its title, paragraphs, forms of labels with their placeholders, and tables that repeat. */
interface SampleText {
  readonly title: string;
  readonly parts: readonly (string | { readonly form: readonly string[] } | { readonly list: string })[];
  readonly code: DocumentKindCode;
}

const signature = '本人（单位）承诺以上内容属实。　　签名（盖章）：　　　　　　　　年　　月　　日';

const samples: Readonly<Record<Exclude<DocumentKindCode, 'summary_table'>, SampleText>> = {
  application_form: {
    code: 'application_form',
    title: '{学年}学年{方案}申报表',
    parts: [
      '轮次：{轮次}　　申报层次：{申报层次}　　申报日期：{申报日期}',
      { form: personFields },
      '申报理由：{申报理由}',
      '业绩：',
      { list: '业绩' },
      '已有称号：',
      { list: '已有称号' },
      signature,
    ],
  },
  recommendation_form: {
    code: 'recommendation_form',
    title: '{学年}学年{方案}推荐表',
    parts: [
      '轮次：{轮次}　　申报层次：{申报层次}',
      { form: personFields },
      '学校得分：{学校得分}　　本校推荐名额：{推荐名额}　　现处环节：{现处环节}（{状态}）',
      '业绩：',
      { list: '业绩' },
      '教研员意见：',
      { list: '教研员意见' },
      '学校意见：　　　　　　　　　　　　　　（盖章）　　　　年　　月　　日',
    ],
  },
  notice_statement: {
    code: 'notice_statement',
    title: '{轮次}公示情况说明',
    parts: [
      '{组织单位}：',
      '{公示单位}于{公示首日}至{公示末日}（截止时间{截止时间}）对下列{公示人数}名同志进行了{公示级别}。公示期间共收到异议{异议件数}件，经核查成立{异议成立件数}件。',
      { list: '名单' },
      '联系电话：{联系电话}',
      '公示快照哈希：{公示快照哈希}',
      '{公示单位}（盖章）　　　　{制表日期}',
    ],
  },
  appointment_annex: {
    code: 'appointment_annex',
    title: '{年度}年度{层次}名单',
    parts: ['（{文号}附件，{发文日期}）', '共{人数}人：', { list: '名单' }, '{组织单位}　　{制表日期}'],
  },
};

// ── a text ────────────────────────────────────────────────────────────────────────────────────────────────────

const header = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const packageTypes = 'http://schemas.openxmlformats.org/package/2006';
const officeTypes = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

const textParts = {
  '[Content_Types].xml': contentTypes({
    '/word/document.xml': 'wordprocessingml.document.main+xml',
    '/word/styles.xml': 'wordprocessingml.styles+xml',
  }),
  '_rels/.rels': relations({ officeDocument: 'word/document.xml' }),
  'word/_rels/document.xml.rels': relations({ styles: 'styles.xml' }),
  'word/styles.xml':
    `${header}<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults>` +
    '<w:rPrDefault><w:rPr><w:rFonts w:ascii="FangSong" w:hAnsi="FangSong" w:eastAsia="仿宋"/><w:sz w:val="24"/>' +
    '<w:lang w:val="zh-CN" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>',
};

function textOf({ title, parts, code }: SampleText): string {
  const body = parts.map((part) => {
    if (typeof part === 'string') return paragraph(part);
    return 'form' in part ? formOf(part.form) : listOf(code, part.list);
  });
  return (
    `${header}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` +
    paragraph(title, '<w:pPr><w:jc w:val="center"/></w:pPr>', '<w:rPr><w:b/><w:sz w:val="36"/></w:rPr>') +
    body.join('') +
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1200" w:bottom="1440" w:left="1200"' +
    ' w:header="720" w:footer="720" w:gutter="0"/></w:sectPr></w:body></w:document>'
  );
}

function paragraph(text: string, properties = '', look = ''): string {
  return `<w:p>${properties}<w:r>${look}<w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}

/** Two labels with their places in each row. */
function formOf(names: readonly string[]): string {
  const cells = names.flatMap((name) => [name, `{${name}}`]);
  const row = (at: number) => Array.from({ length: 4 }, (_, column) => cells[at * 4 + column] ?? '');
  return table(Array.from({ length: Math.ceil(cells.length / 4) }, (_, at) => row(at)));
}

function listOf(code: DocumentKindCode, list: string): string {
  const names = (documentKinds[code] as DocumentKind).rows[list]!;
  return table([[...names], repeated(list, names)]);
}

/** A row that repeats: begun in its first cell, ended in its last. */
function repeated(list: string, names: readonly string[]): string[] {
  return names.map((name, index) => {
    const begun = index === 0 ? `{#${list}}` : '';
    return `${begun}{${name}}${index === names.length - 1 ? `{/${list}}` : ''}`;
  });
}

function table(rows: readonly (readonly string[])[]): string {
  const sides = ['top', 'left', 'bottom', 'right', 'insideH', 'insideV'];
  const lines = sides
    .map((side) => `<w:${side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>`)
    .join('');
  const width = Math.floor(9500 / rows[0]!.length);
  const cell = (text: string) =>
    `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/></w:tcPr>${paragraph(text)}</w:tc>`;
  return (
    `<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>${lines}</w:tblBorders></w:tblPr><w:tblGrid>` +
    `${rows[0]!.map(() => `<w:gridCol w:w="${width}"/>`).join('')}</w:tblGrid>` +
    `${rows.map((row) => `<w:tr>${row.map(cell).join('')}</w:tr>`).join('')}</w:tbl>`
  );
}

// ── a workbook ────────────────────────────────────────────────────────────────────────────────────────────────

function sampleWorkbook(code: DocumentKindCode): Buffer {
  const names = (documentKinds[code] as DocumentKind).rows['候选人']!;
  const column = (index: number) => String.fromCharCode(65 + index);
  const last = column(names.length - 1);
  const rows = [
    ['{学年}学年{方案}汇总表'],
    ['轮次：{轮次}　　填报单位：{填报单位}　　制表日期：{制表日期}'],
    [...names],
    repeated('候选人', names),
    ['合计：{人数}人　　　　填报人：　　　　审核人：　　　　（盖章）'],
  ];
  const cells = rows.map((row, number) => {
    const written = row.map(
      (text, index) =>
        `<c r="${column(index)}${number + 1}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`,
    );
    return `<row r="${number + 1}">${written.join('')}</row>`;
  });
  const merged = [1, 2, 5].map((row) => `<mergeCell ref="A${row}:${last}${row}"/>`);
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  return archiveOf({
    '[Content_Types].xml': contentTypes({
      '/xl/workbook.xml': 'spreadsheetml.sheet.main+xml',
      '/xl/worksheets/sheet1.xml': 'spreadsheetml.worksheet+xml',
    }),
    '_rels/.rels': relations({ officeDocument: 'xl/workbook.xml' }),
    'xl/_rels/workbook.xml.rels': relations({ worksheet: 'worksheets/sheet1.xml' }),
    'xl/workbook.xml':
      `${header}<workbook xmlns="${main}" xmlns:r="${officeTypes}"><sheets>` +
      '<sheet name="汇总表" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/worksheets/sheet1.xml':
      `${header}<worksheet xmlns="${main}"><dimension ref="A1:${last}5"/>` +
      `<cols><col min="1" max="${names.length}" width="14" customWidth="1"/></cols>` +
      `<sheetData>${cells.join('')}</sheetData><mergeCells count="3">${merged.join('')}</mergeCells></worksheet>`,
  });
}

// ── what both are packed in ───────────────────────────────────────────────────────────────────────────────────

function contentTypes(parts: Readonly<Record<string, string>>): string {
  const each = Object.entries(parts).map(
    ([path, type]) =>
      `<Override PartName="${path}" ContentType="application/vnd.openxmlformats-officedocument.${type}"/>`,
  );
  return (
    `${header}<Types xmlns="${packageTypes}/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    `<Default Extension="xml" ContentType="application/xml"/>${each.join('')}</Types>`
  );
}

function relations(targets: Readonly<Record<string, string>>): string {
  const each = Object.entries(targets).map(
    ([type, target], index) =>
      `<Relationship Id="rId${index + 1}" Type="${officeTypes}/${type}" Target="${target}"/>`,
  );
  return `${header}<Relationships xmlns="${packageTypes}/relationships">${each.join('')}</Relationships>`;
}

function archiveOf(files: Readonly<Record<string, string>>): Buffer {
  const archive = new PizZip();
  for (const [path, text] of Object.entries(files))
    archive.file(path, Buffer.from(text), { createFolders: false, date: new Date(2000, 0, 1), binary: true });
  return archive.generate({ type: 'nodebuffer', compression: 'DEFLATE', platform: 'DOS' });
}

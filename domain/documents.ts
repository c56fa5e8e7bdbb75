import { Refusal } from './refusal.js';
import type { Name } from './vocabulary.js';

/** A document that is filled in from the records. */
export interface DocumentKind extends Name {
  /** What it is about: the parameter that names it. */
  readonly about: 'applicationId' | 'roundId' | 'noticeId' | 'appointmentId';
  /** Names that a template may write as `{姓名}`. */
  readonly fields: readonly string[];
  /** Rows that repeat: written `{#名单}` … `{/名单}`, with these names between them. */
  readonly rows: Readonly<Record<string, readonly string[]>>;
}

/** A value of a document; null is left visibly empty. */
export type DocumentValue = string | number | null;

/** The values of a document, and the rows of each of its lists. */
export interface DocumentContent {
  readonly values: Readonly<Record<string, DocumentValue>>;
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, DocumentValue>>[]>>;
}

const round = ['方案', '轮次', '学年', '组织单位', '制表日期'];
/** What a document says of a person. */
export const personFields = [
  '姓名',
  '性别',
  '出生日期',
  '工号',
  '学校',
  '学科',
  '学段',
  '学历',
  '职称',
  '任教起始日期',
  '教龄',
  '职务',
  '兼任职务',
];
const application = ['申报层次', '申报理由', '申报日期'];
const evidence = ['序号', '类别', '名称', '级别', '奖次', '日期', '颁发单位', '证书编号'];
const titles = ['序号', '称号', '起始日期', '截止日期'];

/** The documents, with the names that their templates may use. Rule S15. */
export const documentKinds = {
  application_form: {
    zh: '申报表',
    en: 'application form',
    about: 'applicationId',
    fields: [...round, ...personFields, ...application],
    rows: { 业绩: evidence, 已有称号: titles },
  },
  recommendation_form: {
    zh: '推荐表',
    en: 'recommendation form',
    about: 'applicationId',
    fields: [...round, ...personFields, ...application, '学校得分', '推荐名额', '现处环节', '状态'],
    rows: { 业绩: evidence, 教研员意见: ['序号', '意见', '说明'] },
  },
  summary_table: {
    zh: '汇总表',
    en: 'summary table',
    about: 'roundId',
    fields: [...round, '填报单位', '人数'],
    rows: {
      候选人: [
        '序号',
        '姓名',
        '性别',
        '学校',
        '学科',
        '学段',
        '学历',
        '职称',
        '教龄',
        '申报层次',
        '学校得分',
        '现处环节',
        '状态',
      ],
    },
  },
  notice_statement: {
    zh: '公示情况说明',
    en: 'statement on the notice',
    about: 'noticeId',
    fields: [
      ...round,
      '公示单位',
      '公示级别',
      '公示首日',
      '公示末日',
      '截止时间',
      '公示人数',
      '联系电话',
      '异议件数',
      '异议成立件数',
      '公示快照哈希',
    ],
    rows: { 名单: ['序号', '姓名', '学校', '学科', '层次'] },
  },
  appointment_annex: {
    zh: '命名文件附件',
    en: 'annex of the naming document',
    about: 'appointmentId',
    fields: ['方案', '组织单位', '制表日期', '层次', '年度', '文号', '发文日期', '人数'],
    rows: { 名单: ['序号', '姓名', '学校', '学科', '证书编号', '起始日期', '截止日期'] },
  },
} as const satisfies Record<string, DocumentKind>;

export type DocumentKindCode = keyof typeof documentKinds;

/** The codes of the documents. */
export const documentKindCodes = Object.keys(documentKinds) as DocumentKindCode[];

/** A placeholder of a template: the name, and the repeated rows that it stands in. */
export interface Placeholder {
  readonly name: string;
  /** Null outside of repeated rows. */
  readonly within: string | null;
  /** Whether it begins repeated rows. */
  readonly repeats: boolean;
}

/** Every placeholder that templates of a kind may use, as it is written there. */
export function placeholdersOf(code: DocumentKindCode): string[] {
  const { fields, rows }: DocumentKind = documentKinds[code];
  return [
    ...fields.map((name) => `{${name}}`),
    ...Object.entries(rows).map(
      ([list, names]) => `{#${list}}${names.map((name) => `{${name}}`).join('')}{/${list}}`,
    ),
  ];
}

/**
 * Refuses a template with a placeholder that nothing would fill. Within repeated rows, the document's own fields may be
 * used too. Rule S15.
 * @throws Refusal TEMPLATE_PLACEHOLDERS with the unknown ones and with those there are; TEMPLATE_WITHOUT_PLACEHOLDERS
 */
export function refuseUnknownPlaceholders(code: DocumentKindCode, used: readonly Placeholder[]): void {
  const { zh, fields, rows }: DocumentKind = documentKinds[code];
  const isKnown = ({ name, within, repeats }: Placeholder) =>
    repeats
      ? within === null && Object.hasOwn(rows, name)
      : fields.includes(name) || (within !== null && (rows[within]?.includes(name) ?? false));
  const unknown = used.filter((placeholder) => !isKnown(placeholder));
  if (used.length === 0)
    throw new Refusal({
      code: 'TEMPLATE_WITHOUT_PLACEHOLDERS',
      rule: 'S15',
      values: { document: zh, known: placeholdersOf(code) },
    });
  if (unknown.length > 0)
    throw new Refusal({
      code: 'TEMPLATE_PLACEHOLDERS',
      rule: 'S15',
      values: {
        document: zh,
        unknown: [...new Set(unknown.map(({ name, repeats }) => (repeats ? `{#${name}}` : `{${name}}`)))],
        known: placeholdersOf(code),
      },
    });
}

import { z } from 'zod';
import type { Role } from '../../domain/cases.js';
import { dateOf } from '../../domain/dates.js';
import {
  documentKindCodes,
  documentKinds,
  placeholdersOf,
  refuseUnknownPlaceholders,
} from '../../domain/documents.js';
import { Refusal } from '../../domain/refusal.js';
import type { OwnerDatabase } from '../../records/database.js';
import { ownTemplate, storeTemplate } from '../../records/documents.js';
import { readClock } from '../../records/instance.js';
import type { Dependencies } from '../dependencies.js';
import {
  documentTypes,
  fillTemplate,
  LARGEST_TEMPLATE,
  readTemplate,
  type DocumentFormat,
} from '../document-file.js';
import { documentContents } from '../document-values.js';
import { route, type Route } from '../route.js';
import { sampleTemplate, type SampleTemplate } from '../sample-templates.js';
import { requireDistrictRole } from '../visibility.js';

const tag = 'documents';
const kindParams = z.object({ kind: z.enum(documentKindCodes) });
const bureau: readonly Role[] = ['office', 'administrator'];
const files = { 200: documentTypes.docx };

/** Documents from the bureau's own templates. Rule S15. */
export function documentRoutes(dependencies: Dependencies): Route[] {
  const now = async () => new Date((await readClock(dependencies.database)).now);
  return [
    route({
      method: 'get',
      path: '/api/v1/documents/{kind}',
      operationId: 'makeDocument',
      summary: '生成文件 Make a document from the records and the bureau’s template',
      description:
        '申报表、推荐表需 applicationId；汇总表需 roundId，学校另需 schoolId；公示情况说明需 noticeId；命名文件附件需 appointmentId。缺少的值留作“＿＿＿＿”。 The forms need applicationId, the summary table roundId (and schoolId for a school), the statement noticeId, the annex appointmentId. What is missing is left as ＿＿＿＿.',
      tag,
      access: 'signedIn',
      params: kindParams,
      query: z.object({
        applicationId: z.uuid().optional(),
        roundId: z.uuid().optional(),
        schoolId: z.uuid().optional(),
        noticeId: z.uuid().optional(),
        appointmentId: z.uuid().optional(),
      }),
      statuses: [200],
      files,
      refusals: ['DOCUMENT_OF_WHAT', 'NOTICE_STILL_STANDING'],
      handler: async ({ actor, database, params: { kind }, query }) => {
        const { about, zh } = documentKinds[kind];
        if (query[about] === undefined)
          throw new Refusal({
            code: 'DOCUMENT_OF_WHAT',
            rule: 'S15',
            values: { document: zh, needed: about },
          });
        const at = await now();
        const content = await documentContents[kind]({ actor, database, subject: query, now: at });
        const template = await templateOf(database, kind);
        return {
          status: 200,
          file: {
            name: `${zh}-${dateOf(at.toISOString())}.${template.format}`,
            type: documentTypes[template.format],
            content: fillTemplate(template.content, template.format, content),
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/document-templates',
      operationId: 'listDocumentTemplates',
      summary: '文件模板与可用占位符 The templates in use, and the placeholders there are',
      tag,
      access: { roles: bureau },
      response: z.object({
        items: z.array(
          z.object({
            kind: z.enum(documentKindCodes),
            name: z.string(),
            format: z.enum(['docx', 'xlsx']),
            own: z.boolean().meta({ description: 'Uploaded by the bureau; else the sample.' }),
            placeholders: z.array(z.string()),
          }),
        ),
      }),
      handler: async ({ database }) => {
        const items = [];
        for (const kind of documentKindCodes) {
          const { name, format, own } = await templateOf(database, kind);
          items.push({ kind, name, format, own, placeholders: placeholdersOf(kind) });
        }
        return { status: 200, body: { items } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/document-templates/{kind}',
      operationId: 'readDocumentTemplate',
      summary: '下载模板 The template in use, to change it',
      tag,
      access: { roles: bureau },
      params: kindParams,
      statuses: [200],
      files,
      handler: async ({ database, params: { kind } }) => {
        const { name, format, content } = await templateOf(database, kind);
        return { status: 200, file: { name, type: documentTypes[format], content } };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/document-templates',
      operationId: 'uploadDocumentTemplate',
      summary: '上传本单位模板 Upload the bureau’s own template of a document',
      description:
        '.docx 或 .xlsx；占位符写作 {姓名}，重复行写作 {#名单}…{/名单}。未知占位符逐个指出，不予收存。 .docx or .xlsx; placeholders are written {姓名}, repeated rows {#名单}…{/名单}. Unknown ones are named and the template is refused.',
      tag,
      access: { roles: bureau },
      query: z.object({ kind: z.enum(documentKindCodes) }),
      upload: { field: 'file', mostFiles: 1, mostBytes: LARGEST_TEMPLATE, description: '.docx or .xlsx' },
      statuses: [201],
      response: z.object({
        id: z.uuid(),
        kind: z.enum(documentKindCodes),
        format: z.enum(['docx', 'xlsx']),
        digest: z.string(),
      }),
      refusals: [
        'ROLE_REQUIRED',
        'TEMPLATE_NOT_READ',
        'TEMPLATE_PLACEHOLDERS',
        'TEMPLATE_WITHOUT_PLACEHOLDERS',
        'FILE_TOO_LARGE',
      ],
      handler: async ({ actor, database, query: { kind }, files: [file], language }) => {
        requireDistrictRole(actor, bureau, language);
        const { name, content } = file!;
        const { format, placeholders } = readTemplate(content);
        refuseUnknownPlaceholders(kind, placeholders);
        const { ownerId, personId, userId } = actor;
        const at = await now();
        const uploadedById = personId ?? userId;
        const stored = await database.$transaction((db) =>
          storeTemplate(db, { ownerId, kind, format, name, content, uploadedById, at }),
        );
        return { status: 201, body: { ...stored, kind, format } };
      },
    }),
  ];
}

/** The bureau's newest template, else the sample. */
async function templateOf(
  database: OwnerDatabase,
  kind: (typeof documentKindCodes)[number],
): Promise<SampleTemplate & { readonly own: boolean }> {
  const own = await ownTemplate(database, kind);
  if (own === null) return { ...sampleTemplate(kind), own: false };
  const { name, format, content } = own;
  return { name, format: format as DocumentFormat, content: Buffer.from(content), own: true };
}

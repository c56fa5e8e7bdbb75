import type { RefusalText } from './catalogue.js';

/** Refusals of decision packs and documents. */
export const documentRefusals = {
  ROUND_NOT_ENDED: {
    status: 409,
    zh: '本轮评选尚未结束（现为：{{step}}），结束后方可生成存档',
    en: 'The round has not ended (it is at: {{step}}); its pack is made when it has',
  },
  PACK_KEY_WRONG: {
    status: 422,
    zh: '不是有效的 age 公钥（以 age1 开头）',
    en: 'This is no public key of age (age1…)',
  },
  PACK_KEYS_MISSING: {
    status: 409,
    zh: '密封部分须由两人共同开启，尚无人登记公钥：{{roles}}',
    en: 'The sealed part takes two people to open; nobody has brought a key as: {{roles}}',
  },
  PACK_KEYS_OF_ONE: {
    status: 409,
    zh: '密封用的两把公钥须出自两个不同的人',
    en: 'The two keys of the sealed part must be those of two different people',
  },
  DOCUMENT_OF_WHAT: {
    status: 422,
    zh: '生成{{document}}须指明 {{needed}}',
    en: 'The document {{document}} needs the parameter {{needed}}',
  },
  NOTICE_STILL_STANDING: {
    status: 409,
    zh: '公示尚未结束（至 {{until}}），不能出具公示情况说明',
    en: 'The notice still stands (until {{until}}); the statement on it is made afterwards',
  },
  TEMPLATE_NOT_READ: {
    status: 422,
    zh: '模板不能读取：须为不含宏的 .docx 或 .xlsx，重复行的起止标记须成对 {{at}}',
    en: 'The template cannot be read: a .docx or .xlsx without macros, in which repeated rows are begun and ended {{at}}',
  },
  TEMPLATE_PLACEHOLDERS: {
    status: 422,
    zh: '{{document}}没有这些占位符：{{unknown}}；可用的有：{{known}}',
    en: 'The document {{document}} has no placeholders {{unknown}}; there are: {{known}}',
  },
  TEMPLATE_WITHOUT_PLACEHOLDERS: {
    status: 422,
    zh: '模板中没有占位符；{{document}}可用的有：{{known}}',
    en: 'The template has no placeholder; the document {{document}} has: {{known}}',
  },
} satisfies Record<string, RefusalText>;

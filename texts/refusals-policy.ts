import type { RefusalText } from './catalogue.js';

/** Refusals of schemes and of eligibility and scores, and the faults that a scheme's file may have. */
export const policyRefusals = {
  SCHEME_INVALID: {
    status: 422,
    zh: '方案文件“{{file}}”有 {{count}} 处错误，未予采用',
    en: 'The scheme {{file}} has {{count}} faults and was not taken',
  },
  SCHEME_NOT_RUNNABLE: {
    status: 422,
    zh: '本系统现在还不能执行该方案的以下部分，不能开启评选：{{parts}}',
    en: 'The service cannot run these parts of the scheme yet, so no round can be opened: {{parts}}',
  },
  SCHEME_SYNTAX: { status: 422, zh: 'YAML 格式错误：{{message}}', en: 'This is no valid YAML: {{message}}' },
  SCHEME_DUPLICATE_KEY: {
    status: 422,
    zh: '同一个字段写了两次，请删去一个：{{message}}',
    en: 'The same field stands here twice; remove one: {{message}}',
  },
  SCHEME_UNKNOWN_FIELD: {
    status: 422,
    zh: '没有字段“{{field}}”；这里可以写的字段：{{allowed}}',
    en: 'There is no field {{field}}; the fields allowed here are: {{allowed}}',
  },
  SCHEME_MISSING_FIELD: {
    status: 422,
    zh: '缺少字段“{{field}}”（应为：{{expected}}）',
    en: 'The field {{field}} is missing (expected: {{expected}})',
  },
  SCHEME_WRONG_TYPE: {
    status: 422,
    zh: '类型不对：应为 {{expected}}，现为 {{found}}',
    en: 'Wrong type: expected {{expected}}, found {{found}}',
  },
  SCHEME_WRONG_VALUE: {
    status: 422,
    zh: '不能是 {{found}}；可以是：{{allowed}}',
    en: 'This cannot be {{found}}; it can be: {{allowed}}',
  },
  SCHEME_WRONG_FORM: {
    status: 422,
    zh: '写法不对：{{found}}；应为：{{form}}',
    en: 'Wrong form: {{found}}; it should be: {{form}}',
  },
  SCHEME_TOO_SMALL: {
    status: 422,
    zh: '太小或太短：{{found}}；至少 {{minimum}}',
    en: 'Too small or too short: {{found}}; at least {{minimum}}',
  },
  SCHEME_TOO_BIG: {
    status: 422,
    zh: '太大或太长：{{found}}；至多 {{maximum}}',
    en: 'Too big or too long: {{found}}; at most {{maximum}}',
  },
  SCHEME_NO_ORIGIN: {
    status: 422,
    zh: '没有写依据：请用 clause 引用文件原文，或用 adopted（by、basis）说明采用的理由',
    en: 'No origin: quote the document in clause, or say in adopted (by, basis) why the rule was adopted',
  },
  SCHEME_DUPLICATE_CODE: {
    status: 422,
    zh: '代码“{{code}}”重复，请改用不同的代码',
    en: 'The code {{code}} is used twice; give each its own',
  },
  SCHEME_UNKNOWN_RANK: {
    status: 422,
    zh: '没有层次“{{rank}}”；本方案有：{{known}}',
    en: 'There is no rank {{rank}}; the scheme has: {{known}}',
  },
  SCHEME_UNKNOWN_STAGE: {
    status: 422,
    zh: '本方案没有环节“{{stage}}”；本方案有：{{known}}',
    en: 'The scheme has no stage {{stage}}; it has: {{known}}',
  },
  SCHEME_STAGE_ORDER: {
    status: 422,
    zh: '环节顺序不对：“{{stage}}”应在“{{before}}”之前',
    en: 'Wrong order of stages: {{stage}} must come before {{before}}',
  },
  SCHEME_STAGE_WITHOUT_RULES: {
    status: 422,
    zh: '有环节“{{stage}}”，但没有它的规则；请补上“{{part}}”',
    en: 'There is a stage {{stage}} but not its rules; add {{part}}',
  },
  SCHEME_RULES_WITHOUT_STAGE: {
    status: 422,
    zh: '写了“{{part}}”，但没有用到它的环节“{{stage}}”；请补上环节或删去规则',
    en: '{{part}} is there but not the stage {{stage}} that uses it; add the stage or remove the rules',
  },
  SCHEME_NO_SEATS: {
    status: 422,
    zh: '层次“{{rank}}”要差额推选，但没有写每年名额；请补上 perYear',
    en: 'The rank {{rank}} is voted on but has no yearly number; add perYear',
  },
  SCHEME_SKIPPED_AND_KEPT: {
    status: 422,
    zh: '环节“{{stage}}”同时在 skips 和 keeps 中，请只留一处',
    en: 'The stage {{stage}} is both in skips and in keeps; leave it in one',
  },
  SCHEME_ENTRY_LEAVES_STAGE_OPEN: {
    status: 422,
    zh: '没有写明直接入选者是否经过环节“{{stage}}”；请写入 skips 或 keeps',
    en: 'It is not said whether a direct entrant passes the stage {{stage}}; put it into skips or keeps',
  },
  SCHEME_NO_FAMILIES: {
    status: 422,
    zh: '按学科大类（family）分组，但没有写 subjectFamilies；请补上',
    en: 'Groups are by family of subjects, but there is no subjectFamilies; add it',
  },
  SCHEME_SUBJECT_TWICE: {
    status: 422,
    zh: '学科“{{subject}}”属于两个大类，请只留一处',
    en: 'The subject {{subject}} is in two families; leave it in one',
  },
  SCHEME_RANK_WITHOUT_POSITION: {
    status: 422,
    zh: 'rankOrder 为 {{order}} 时每个层次都要写 {{field}}',
    en: 'With rankOrder {{order}} every rank needs {{field}}',
  },
  SCHEME_POSITION_UNUSED: {
    status: 422,
    zh: 'rankOrder 为 {{order}} 时不用 {{field}}，请删去',
    en: 'With rankOrder {{order}} nothing uses {{field}}; remove it',
  },
  SCHEME_AMOUNT: {
    status: 422,
    zh: '数量应为 exact、about 或 min/max 之一，且 min 不大于 max',
    en: 'An amount is exact, or about, or min and/or max, with min not above max',
  },
  SCHEME_SUM_NOT_100: {
    status: 422,
    zh: '百分比之和应为 100，现为 {{sum}}',
    en: 'The percentages should add up to 100; they add up to {{sum}}',
  },
  SCHEME_FRACTION_OVER_ONE: {
    status: 422,
    zh: '分数不能大于 1：分子不能大于分母',
    en: 'The fraction cannot be above 1: numerator at most denominator',
  },
  SCHEME_ADOPTED_NOTHING: {
    status: 422,
    zh: 'adopted.fields 中的“{{field}}”不是本段的字段',
    en: '{{field}} in adopted.fields is no field of this block',
  },
  SCHEME_ENTRY_TWICE: {
    status: 422,
    zh: '“{{entry}}”在列表中出现两次，请删去一个',
    en: '{{entry}} is in the list twice; remove one',
  },
} satisfies Record<string, RefusalText>;

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
    zh: '不能按该方案开启评选；方案的以下部分本系统还不能执行，或者方案没有写：{{parts}}',
    en: 'No round can be opened on the scheme; these parts cannot be run yet, or are missing: {{parts}}',
  },
  SCHEME_PART_NOT_RUN: {
    status: 422,
    zh: '本系统现在还不能执行：{{field}}',
    en: 'The service cannot run this yet: {{field}}',
  },
  SCHEME_PART_NEEDED: {
    status: 422,
    zh: '方案没有写“{{field}}”；方案有以下内容，因此必须写明：{{because}}',
    en: '{{field}} is missing; it is needed because the scheme has: {{because}}',
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

  RANK_UNKNOWN: {
    status: 422,
    zh: '方案中没有层次“{{rank}}”',
    en: 'The scheme has no rank {{rank}}',
  },
  NOT_ELIGIBLE: {
    status: 422,
    zh: '有 {{count}} 项申报条件不符合',
    en: '{{count}} of the conditions are not met',
  },
  ENTRY_NOT_IN_SCHEME: {
    status: 422,
    zh: '本方案没有这种进入方式：{{entry}}',
    en: 'The scheme has no such entry: {{entry}}',
  },
  NO_CONTEST_PRIZE: {
    status: 422,
    zh: '没有可以直接入选的获奖：须为 {{from}} 至 {{until}} 之间、经核实、未用过的 {{level}} 以上课堂教学大赛 {{prize}} 以上；已登记赛课获奖 {{onFile}} 项',
    en: 'No prize lets in directly: it must be verified, unused, from {{from}} to {{until}}, of level {{level}} or above and prize {{prize}} or higher; {{onFile}} contest prizes are on file',
  },
  FACT_MISSING: {
    status: 422,
    zh: '缺少资料：{{missing}}（要求：{{required}}）',
    en: 'Not on file: {{missing}} (required: {{required}})',
  },
  RANK_NOT_HELD: {
    status: 422,
    zh: '须已有以下称号之一：{{required}}；现有：{{value}}',
    en: 'One of these titles must be held: {{required}}; held: {{value}}',
  },
  RANK_ALREADY_HELD: {
    status: 422,
    zh: '已有同级或更高级称号：{{value}}',
    en: 'The same or a higher title is already held: {{value}}',
  },
  TOO_OLD: {
    status: 422,
    zh: '年龄不符：须为 {{required}} 以后（含当日）出生，现为 {{value}}',
    en: 'Above the age limit: born on {{required}} or later is required, found {{value}}',
  },
  TEACHING_YEARS_TOO_FEW: {
    status: 422,
    zh: '教龄不足：要求满 {{required}} 年，现为 {{value}} 年',
    en: 'Too few full years of teaching: {{required}} required, {{value}} found',
  },
  DEGREE_TOO_LOW: {
    status: 422,
    zh: '学历不符：要求 {{required}} 以上，现为 {{value}}',
    en: 'Degree too low: {{required}} or higher is required, found {{value}}',
  },
  TITLE_TOO_LOW: {
    status: 422,
    zh: '职称不符：要求 {{required}} 以上，现为 {{value}}',
    en: 'Professional title too low: {{required}} or higher is required, found {{value}}',
  },
  PAPERS_TOO_FEW: {
    status: 422,
    zh: '经核实的论文不足：要求 {{required}}，现有 {{value}}',
    en: 'Too few verified papers: required {{required}}, found {{value}}',
  },
  LESSONS_TOO_FEW: {
    status: 422,
    zh: '经核实的公开课等不足：要求 {{required}}，现有 {{value}}',
    en: 'Too few verified lessons: required {{required}}, found {{value}}',
  },
  PRIZES_TOO_FEW: {
    status: 422,
    zh: '经核实的获奖不足：要求 {{required}}，现有 {{value}}',
    en: 'Too few verified prizes: required {{required}}, found {{value}}',
  },
  RESEARCH_TOO_LITTLE: {
    status: 422,
    zh: '经核实的课题、成果不足：要求 {{required}}，现有 {{value}}',
    en: 'Too little verified research: required {{required}}, found {{value}}',
  },
  POST_NOT_HELD: {
    status: 422,
    zh: '岗位不符：要求 {{required}} 之一，现为 {{value}}',
    en: 'Wrong post: one of {{required}} is required, found {{value}}',
  },
  SANCTION_RUNS: {
    status: 422,
    zh: '处分影响期未满（至：{{value}}）',
    en: 'A sanction still bars (until: {{value}})',
  },
  ETHICS_VETO: {
    status: 422,
    zh: '师德一票否决：{{value}}',
    en: 'Barred by a decision on ethics: {{value}}',
  },
  CONDITION_TO_JUDGE: {
    status: 422,
    zh: '由人确认：{{required}}',
    en: 'To be confirmed by a person: {{required}}',
  },
  SCORE_ITEM_UNKNOWN: {
    status: 422,
    zh: '评分表没有项目“{{item}}”',
    en: 'The score sheet has no item {{item}}',
  },
  SCORE_ITEM_COUNTED: {
    status: 422,
    zh: '项目“{{item}}”按材料计分，评委不打分',
    en: 'The item {{item}} is counted from evidence; judges give it no score',
  },
  SCORE_OUT_OF_RANGE: {
    status: 422,
    zh: '项目“{{item}}”应为 0 至 {{max}} 分，最多两位小数',
    en: 'The item {{item}} takes 0 to {{max}} points with at most two decimals',
  },
  TOO_FEW_JUDGES: {
    status: 422,
    zh: '评委 {{judges}} 人，少于要求的 {{required}} 人',
    en: '{{judges}} judges are fewer than the {{required}} required',
  },
  SCORE_BY_STRANGER: {
    status: 403,
    zh: '项目“{{item}}”的打分人不是这名候选人的评委',
    en: 'The score for {{item}} is by nobody of the judges of this candidate',
  },
  SCORE_TWICE: {
    status: 409,
    zh: '同一评委对项目“{{item}}”已打分',
    en: 'This judge has already scored {{item}}',
  },
} satisfies Record<string, RefusalText>;

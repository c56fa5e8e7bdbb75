import type { RefusalText } from './catalogue.js';

/** Refusals of panels and of those who give opinions, and the reasons with which candidates leave them. */
export const panelRefusals = {
  OPINION_BY_MENTOR: {
    status: 403,
    zh: '师徒关系须回避：您不能对自己指导的教师出具意见：{{ids}}',
    en: 'A mentor gives no opinion on whom he mentors: {{ids}}',
  },
  OPINION_GIVEN: {
    status: 409,
    zh: '以下人员已有教研员意见，不能登记为无意见：{{ids}}',
    en: 'There is an opinion on these candidates; its absence cannot be recorded: {{ids}}',
  },
  OPINIONS_MISSING: {
    status: 409,
    zh: '尚未征求教研员意见，也未由主任登记无意见的理由，不能开始投票：{{ids}}',
    en: 'The ballot cannot open: no researcher’s opinion, and no reason recorded by the chair, on: {{ids}}',
  },
  SUBSTITUTE_NOT_RESEARCHER: {
    status: 422,
    zh: '替补人不是教研员',
    en: 'The substitute is not a researcher',
  },
  POINTS_OUT_OF_RANGE: {
    status: 422,
    zh: '得分须为 0 至 {{max}} 分，且最多两位小数',
    en: 'Points go from 0 to {{max}}, with at most two decimals',
  },
  PANEL_TOO_SMALL: {
    status: 422,
    zh: '评审组至少 {{required}} 人，现为 {{members}} 人',
    en: 'The panel needs {{required}} members; {{members}} are named',
  },
  PANEL_MEMBER_IS_CANDIDATE: {
    status: 422,
    zh: '候选人不得担任评委：{{ids}}',
    en: 'A candidate cannot sit on the panel: {{ids}}',
  },
  NOT_ON_PANEL: { status: 403, zh: '不是本评审组的成员', en: 'Not a member of this panel' },
  NOT_IN_RESERVE: { status: 422, zh: '递补人不是候补成员', en: 'The substitute is not in reserve' },
  CONFLICT_UNKNOWN: {
    status: 422,
    zh: '没有这一回避事项，或该事项依规定须回避、无须决定',
    en: 'There is no such conflict, or the rule itself decides it',
  },
  STANDS_ASIDE: {
    status: 403,
    zh: '回避事项未决定或已决定回避，不能对以下人员评分：{{ids}}',
    en: 'A conflict is open, or was decided against judging: {{ids}}',
  },
  EVALUATOR_UNKNOWN: {
    status: 422,
    zh: '方案没有规定由“{{who}}”测评；方案规定：{{groups}}',
    en: 'The scheme names no evaluators {{who}}; it names: {{groups}}',
  },
  BELOW_PASS_POINTS: {
    status: 422,
    zh: '“{{stage}}”得分 {{points}}，低于 {{required}} 分',
    en: '{{points}} points in the stage {{stage}}, fewer than {{required}}',
  },
  NO_RESULT: {
    status: 422,
    zh: '“{{stage}}”参加测评人数不足，没有结果，暂缓',
    en: 'Held: too few respondents in the stage {{stage}}, so that there is no result',
  },
  NOT_RANKED: {
    status: 422,
    zh: '缺少环节成绩，没有总分，不能入选：{{ids}}',
    en: 'Without a total, for want of a result, nobody can be chosen: {{ids}}',
  },
  HELD_FOR_INTEGRITY: {
    status: 422,
    zh: '廉政意见（{{document}}）有异议，暂缓：{{reason}}',
    en: 'Held on the opinion on integrity {{document}}: {{reason}}',
  },
  EXCLUDED_FOR_INTEGRITY: {
    status: 422,
    zh: '廉政意见（{{document}}）有异议，不予推荐：{{reason}}',
    en: 'Excluded on the opinion on integrity {{document}}: {{reason}}',
  },
} satisfies Record<string, RefusalText>;

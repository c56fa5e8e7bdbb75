import type { RefusalText, Text } from './catalogue.js';

/** Refusals of nominations without an application and of supplementary selections, and their reasons. */
export const entryRefusals = {
  NOT_NOMINATOR: {
    status: 403,
    zh: '按方案只能由 {{allowed}} 推荐',
    en: 'By the scheme only these nominate: {{allowed}}',
  },
  CONSENT_AWAITED: {
    status: 409,
    zh: '已获推荐，等待本人同意参评和公示',
    en: 'Nominated; the person has not yet agreed to stand and to the public notice',
  },
  ENTRY_NOT_IN_SUPPLEMENT: {
    status: 422,
    zh: '补充选拔只接受本人申报，不接受：{{entry}}',
    en: 'A supplementary selection takes applications only, not: {{entry}}',
  },
  TRAINEE_ALREADY: {
    status: 422,
    zh: '补充选拔面向非培养对象：本人正在或已参加 {{rank}} 的培养，或其名额即为空缺名额',
    en: 'A supplementary selection is for those who are no trainees: the person is or was in training for {{rank}}, or held the very place',
  },
  SUPPLEMENT_OF_OTHER: {
    status: 422,
    zh: '补充选拔须用原轮次的方案和学年（{{title}}，{{schoolYear}}）',
    en: 'A supplementary selection uses the scheme and school year of the round that it fills ({{title}}, {{schoolYear}})',
  },
  ROUND_NOT_OVER: {
    status: 409,
    zh: '原轮次（{{title}}）尚未完成，或已取消，不能补充选拔',
    en: 'The round ({{title}}) is not over, or was cancelled; its places cannot be filled',
  },
  PLACES_NOT_VACANT: {
    status: 422,
    zh: '{{rank}} 空缺 {{vacant}} 名，不足 {{places}} 名',
    en: 'Of {{rank}} {{vacant}} places are vacant, fewer than {{places}}',
  },
  RESERVE_FIRST: {
    status: 422,
    zh: '{{rank}} 递补名单上还有 {{reserves}} 人；不予递补须书面说明理由',
    en: '{{reserves}} people are on the reserve list of {{rank}} and come first; say why none of them is taken',
  },
  SUBJECTS_NOT_COVERED: {
    status: 422,
    zh: '{{rank}} 以下学科有符合条件的申报人（人数）而无候选人，原则上每个学科至少一名，须说明理由：{{subjects}}',
    en: 'Subjects of {{rank}} with eligible applicants (their number) and no candidate; in principle each has one, give a reason: {{subjects}}',
  },
  PANEL_UNITS: {
    status: 422,
    zh: '以下评审不是本轮同一环节，或评审组已组成，不能合用评审组：{{ids}}',
    en: 'These reviews are not of the same round and stage, or have their panel: {{ids}}',
  },
  REVIEW_BARS: {
    status: 422,
    zh: '年度考核结果取消以后若干届评选资格（学年、等次、届数）：{{value}}',
    en: 'A yearly review bars from coming rounds (school year, grade, number of rounds): {{value}}',
  },
  TRAINING_HOURS_SHORT: {
    status: 422,
    zh: '学时不足：须 {{required}}，已确认 {{value}}，尚缺（及待确认） {{missing}}',
    en: 'Training hours: {{required}} are required, {{value}} are confirmed; lacking (and not yet confirmed): {{missing}}',
  },
  SCHOOL_NOT_OF_KIND: {
    status: 422,
    zh: '任职学校不符：须为 {{required}}，现为 {{value}}',
    en: 'The school is not one of those that the rank is for: {{required}}; it is {{value}}',
  },
} satisfies Record<string, RefusalText>;

/** Messages for the inbox about nominations and checks. */
export const entryNotifications = {
  NOMINATED: {
    zh: '您已获推荐参评 {{rank}}（{{document}}），请确认是否同意参评和公示',
    en: 'You were nominated for {{rank}} ({{document}}); please say whether you agree to stand and to the public notice',
  },
  CHECKS_OVERDUE: {
    zh: '有 {{count}} 份资格审查已超过期限（{{dueAt}}），请尽快办理',
    en: '{{count}} checks of eligibility are overdue since {{dueAt}}',
  },
} satisfies Record<string, Text>;

import type { RefusalText } from './catalogue.js';

/** Refusals and faults of hours, tasks, assessments and mentors. */
export const trainingRefusals = {
  // hours
  ATTENDANCE_INVALID: {
    status: 422,
    zh: '缺课 {{absent}} 课时应为 0 至总课时 {{lessons}} 的整数',
    en: '{{absent}} lessons missed of {{lessons}}: a whole number from 0 to the lessons of the class is required',
  },
  HOURS_NONE: {
    status: 422,
    zh: '学时应为 1 至 8 的整数；只有交流会、论坛等活动可记 0 学时，负数只用于更正（填报 {{hours}}）',
    en: 'Hours are 1 to 8; only an event may have 0, and only a correction is negative ({{hours}} given)',
  },
  CONVERSION_NONE: {
    status: 422,
    zh: '方案的换算表中没有这一项：{{kind}}、{{level}}、{{prize}}',
    en: 'The scheme’s table of conversions has no row for {{kind}}, {{level}}, {{prize}}',
  },
  CONVERSION_EVIDENCE: {
    status: 422,
    zh: '只折算已核验的现行材料',
    en: 'Only verified evidence that was not replaced is converted',
  },
  CYCLE_NOT_BEGUN: {
    status: 422,
    zh: '{{on}} 早于第一个学时周期（{{first}} 起）',
    en: '{{on}} is before the first cycle of hours, which begins on {{first}}',
  },
  CYCLE_NOT_ASKED: {
    status: 422,
    zh: '方案“{{scheme}}”没有学时周期',
    en: 'The scheme {{scheme}} has no cycle of hours',
  },
  HOURS_FAULTS: {
    status: 422,
    zh: '学时登记表有 {{count}} 处错误，全部未登记',
    en: 'The sheet of hours has {{count}} faults; nothing was entered',
  },
  HOURS_SHEET_PERSON: {
    status: 422,
    zh: '名册中没有工号“{{found}}”',
    en: 'The roster has no staff number {{found}}',
  },
  HOURS_SHEET_NAME: {
    status: 422,
    zh: '姓名“{{found}}”与工号不符，名册为“{{expected}}”',
    en: 'The name {{found}} is not that of the staff number, which is {{expected}}',
  },
  HOURS_SHEET_CHOICE: {
    status: 422,
    zh: '“{{found}}”不在可填范围：{{allowed}}',
    en: '{{found}} is none of: {{allowed}}',
  },
  HOURS_SHEET_TEXT: {
    status: 422,
    zh: '应填写，且不超过 {{most}} 字',
    en: 'Fill this in, with at most {{most}} characters',
  },
  HOURS_SHEET_DATE: {
    status: 422,
    zh: '“{{found}}”不是日期（年-月-日）',
    en: '{{found}} is no date (YYYY-MM-DD)',
  },
  HOURS_SHEET_NUMBER: {
    status: 422,
    zh: '“{{found}}”应为 {{from}} 至 {{most}} 的整数',
    en: '{{found}}: a whole number from {{from}} to {{most}} is required',
  },

  // tasks
  DUTY_UNKNOWN: {
    status: 422,
    zh: '方案没有给本层次这项任务：{{duty}}；任务有：{{allowed}}',
    en: 'The scheme does not give this rank the task {{duty}}; it gives: {{allowed}}',
  },
  DUTY_PERIOD: {
    status: 422,
    zh: '“{{duty}}”不在 {{period}} 应完成；应完成：{{allowed}}',
    en: '{{duty}} is not owed for {{period}}; it is owed for: {{allowed}}',
  },
  DUTY_TOO_EARLY: {
    status: 422,
    zh: '“{{duty}}”{{period}} 从 {{from}} 开始，尚不能提交',
    en: '{{duty}} for {{period}} begins on {{from}}; it cannot be handed in yet',
  },
  WORK_TEXT_SHORT: {
    status: 422,
    zh: '“{{duty}}”应不少于 {{required}} 字，现有 {{characters}} 字',
    en: '{{duty}} takes at least {{required}} characters; {{characters}} are there',
  },
  WORK_OUTPUT_MISSING: {
    status: 422,
    zh: '“{{duty}}”缺少材料：{{missing}}',
    en: '{{duty}} lacks: {{missing}}',
  },
  WORK_EVIDENCE_MISSING: {
    status: 422,
    zh: '“{{duty}}”须附已核验的材料（级别 {{level}}，方式 {{how}}）',
    en: '{{duty}} takes verified evidence (level {{level}}, {{how}})',
  },
  WORK_EVIDENCE_UNFIT: {
    status: 422,
    zh: '所附材料不合“{{duty}}”的要求（不合：{{why}}；级别 {{level}} 以上，日期 {{from}} 至 {{until}}）',
    en: 'The evidence does not do for {{duty}} ({{why}}; level {{level}} or above, from {{from}} to {{until}})',
  },
  WORK_EVIDENCE_USED: {
    status: 409,
    zh: '这份材料已用于“{{duty}}”，一份材料只用一次',
    en: 'The evidence has been used for {{duty}}; one piece does once',
  },
  WORK_NOT_PENDING: {
    status: 409,
    zh: '没有这份待核定的任务材料',
    en: 'There is no such work that waits to be checked',
  },
  WORK_OWN: {
    status: 403,
    zh: '不能核定本人的或本人提交的任务材料',
    en: 'Nobody checks his own work, or what he has handed in',
  },
  NOT_RESEARCHER: {
    status: 403,
    zh: '任务材料由培训中心、联系教研员或本学科（{{subject}}）教研员核定',
    en: 'Work is checked by the training centre, the contact researcher or a researcher of the subject ({{subject}})',
  },
  WORK_REASON_MISSING: {
    status: 422,
    zh: '退回任务材料须说明理由',
    en: 'Work is sent back with a reason',
  },

  // exam and assessments
  EXAM_NOT_ASKED: { status: 422, zh: '方案没有结业考试', en: 'The scheme has no exam' },
  EXAM_MISSING: {
    status: 422,
    zh: '尚未登记结业考试成绩，不能考核',
    en: 'The exam was not recorded; there can be no assessment before it',
  },
  EXAM_NOT_PASSED: {
    status: 422,
    zh: '结业考试未合格：{{points}} 分，合格线 {{passPoints}} 分',
    en: 'The exam was not passed: {{points}} points, {{passPoints}} are required',
  },
  MENTORSHIP_MISSING: {
    status: 422,
    zh: '未按方案拜师结对',
    en: 'There was no mentor, as the scheme asks for',
  },
  TASKS_NOT_MET: {
    status: 422,
    zh: '任务未完成：{{tasks}}',
    en: 'Tasks are not done: {{tasks}}',
  },
  MID_ASSESSMENT_NOT_ASKED: {
    status: 422,
    zh: '方案没有中期考核',
    en: 'The scheme has no mid-term assessment',
  },
  MID_ASSESSMENT_NOT_DUE: {
    status: 422,
    zh: '未到中期考核的时间（{{from}} 起）',
    en: 'It is not time for the mid-term assessment (from {{from}})',
  },
  MID_ASSESSMENT_TWICE: {
    status: 409,
    zh: '本期的中期考核已有结果（下一次 {{from}} 起）',
    en: 'The mid-term assessment has been given (the next one from {{from}})',
  },
  MID_ASSESSMENT_NOT_PASSED: {
    status: 422,
    zh: '{{period}} 中期考核未合格：{{points}} 分，合格线 {{passPoints}} 分',
    en: 'The mid-term assessment of {{period}} was not passed: {{points}} points, {{passPoints}} are required',
  },
  REVIEW_BY_ASSESSOR: {
    status: 403,
    zh: '考核人不得决定对该考核的复核',
    en: 'Whoever assessed does not decide the review of it',
  },

  // leaving, pausing, places
  SANCTION_NOT_ON_FILE: {
    status: 422,
    zh: '因处分退出须有文号，且名册中有执行中的处分（现有 {{running}} 项）',
    en: 'A sanction ends a training only with its document, and while one on file runs ({{running}} found)',
  },
  OUT_BY_SANCTION: {
    status: 422,
    zh: '因处分退出培训：依据 {{document}}',
    en: 'Out because of a sanction: {{document}}',
  },
  TRAINING_DECEASED: { status: 422, zh: '因去世终止培训', en: 'The training ended by death' },
  TRAINING_LONG_LEAVE: {
    status: 422,
    zh: '自 {{from}} 起长期请假，按方案终止培训（{{document}}）',
    en: 'A long leave from {{from}} ends the training by the scheme ({{document}})',
  },
  PAUSE_PERIOD: {
    status: 422,
    zh: '日期 {{from}} 过早，最早 {{earliest}}',
    en: '{{from}} is too early; the earliest day is {{earliest}}',
  },
  PLACE_RESERVE_FIRST: {
    status: 422,
    zh: '“{{rank}}”候补名单上有仍符合条件的人选，应先递补',
    en: 'Somebody on the reserve list for {{rank}} is eligible today and comes first',
  },
  PLACE_NO_RESERVE: {
    status: 422,
    zh: '“{{rank}}”候补名单上没有今日仍符合条件的人选（不符合 {{passedOver}} 人）',
    en: 'Nobody on the reserve list for {{rank}} is eligible today ({{passedOver}} are not)',
  },
  PLACE_SOURCE: {
    status: 422,
    zh: '方案规定的补充来源：{{allowed}}',
    en: 'The scheme fills places from: {{allowed}}',
  },
  PLACE_REASON: {
    status: 422,
    zh: '名额空缺须说明理由',
    en: 'A place is left vacant with a reason',
  },

  // the ladder
  LADDER_NOT_FOR_ALL: {
    status: 422,
    zh: '方案没有规定将下一层次的骨干教师全部列为“{{rank}}”培养对象，或该层次不由本级授予',
    en: 'The scheme does not make every holder of a lower rank a trainee for {{rank}}, or the rank is not conferred here',
  },
  LADDER_NOBODY_LEFT: {
    status: 409,
    zh: '没有尚未列为“{{rank}}”培养对象的持有人',
    en: 'There is no holder who is still to become a trainee for {{rank}}',
  },
  NOT_ON_LADDER: {
    status: 422,
    zh: '不列入的人不在应列为培养对象的名单上（{{count}} 人）',
    en: 'Of those left out, {{count}} are not on the list of who is to be trained',
  },

  // mentors
  MENTOR_ALREADY: { status: 409, zh: '已是导师', en: 'This is the mentor already' },
  MENTOR_CHANGE_REASON: {
    status: 422,
    zh: '更换导师须说明理由',
    en: 'A mentor is changed with a reason',
  },
  MENTOR_FULL: {
    status: 422,
    zh: '该导师已带 {{apprentices}} 名学员，至多 {{most}} 名',
    en: 'The mentor has {{apprentices}} apprentices; {{most}} are the most',
  },
  GUIDE_UNKNOWN: {
    status: 422,
    zh: '指导人须为该培养对象的导师或联系教研员',
    en: 'The guide is the mentor or the contact researcher of the trainee',
  },
  GUIDANCE_BEFORE: {
    status: 422,
    zh: '{{on}} 早于培养期（{{startsOn}} 起）',
    en: '{{on}} is before the training, which begins on {{startsOn}}',
  },
} satisfies Record<string, RefusalText>;

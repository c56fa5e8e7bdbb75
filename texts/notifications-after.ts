import type { Text } from './catalogue.js';

/** What the inbox says of training, titles and yearly reviews. Who is out reads the reason itself. */
export const afterNotifications = {
  TRAINING_BEGINS: {
    zh: '您已列为{{rank}}培养对象，培养期 {{startsOn}} 至 {{endsOn}}，应修 {{hours}} 学时',
    en: 'You are a trainee for {{rank}} from {{startsOn}} to {{endsOn}}; {{hours}} hours are owed',
  },
  RESEARCHER_MISSING: {
    zh: '以下学科的培养对象没有联系教研员：{{subjects}}',
    en: 'Trainees of these subjects have no researcher: {{subjects}}',
  },
  CHOSEN_AS_MENTOR: { zh: '{{apprentice}} 选择您为导师', en: '{{apprentice}} has chosen you as mentor' },
  NO_LONGER_MENTOR: {
    zh: '{{apprentice}} 更换导师：{{reason}}',
    en: '{{apprentice}} has another mentor now: {{reason}}',
  },
  GUIDANCE_RECORDED: {
    zh: '已登记 {{on}} 的一次导师指导，可查看',
    en: 'A meeting of {{on}} between mentor and apprentice was recorded',
  },
  WORK_HANDED_IN: {
    zh: '有一份任务材料待核定：{{duty}}（{{period}}）',
    en: 'A task waits to be checked: {{duty}} ({{period}})',
  },
  WORK_CONFIRMED: {
    zh: '任务已核定完成：{{duty}}（{{period}}）',
    en: 'Your task is confirmed: {{duty}} ({{period}})',
  },
  WORK_SENT_BACK: {
    zh: '任务材料退回：{{duty}}（{{period}}）；理由：{{reason}}',
    en: 'Your task was sent back: {{duty}} ({{period}}); {{reason}}',
  },
  TASKS_LATE: {
    zh: '{{person}}（{{rank}}）的任务至 {{dueOn}} 未完成：{{tasks}}',
    en: 'Tasks of {{person}} ({{rank}}) were not done by {{dueOn}}: {{tasks}}',
  },
  OWN_TASKS_LATE: {
    zh: '您作为{{rank}}的任务至 {{dueOn}} 未完成：{{tasks}}',
    en: 'Your tasks as {{rank}} were not done by {{dueOn}}: {{tasks}}',
  },
  EXAM_RECORDED: { zh: '结业考试成绩已登记：{{points}} 分', en: 'Your exam was recorded: {{points}} points' },
  MID_ASSESSMENT_PASSED: {
    zh: '{{period}} 中期考核合格（{{points}} 分）',
    en: 'You have passed the mid-term assessment of {{period}} ({{points}} points)',
  },
  ASSESSMENT_BELOW_LINE: {
    zh: '{{rank}}培养考核未达要求；{{until}} 前可申请复核，逾期即行淘汰',
    en: 'Your assessment for {{rank}} is below the line; a review may be asked for until {{until}}, after which it is final',
  },
  ASSESSMENT_SET_ASIDE: {
    zh: '{{rank}}培养考核经复核予以更正：{{reason}}',
    en: 'The assessment for {{rank}} was set aside after a review: {{reason}}',
  },
  TRAINING_PAUSED: {
    zh: '{{rank}}培养自 {{from}} 起中断，复归后顺延',
    en: 'Your training for {{rank}} is paused from {{from}} and will end as many days later',
  },
  TRAINING_RESUMED: {
    zh: '{{rank}}培养恢复，培养期顺延至 {{endsOn}}',
    en: 'Your training for {{rank}} goes on; it ends on {{endsOn}}',
  },
  SUPPLEMENT_ASKED: {
    zh: '{{rank}}培养对象出缺一名，领导小组决定从非培养对象中补充选拔，请组织',
    en: 'The leading group asks for a supplementary selection for one place in the training for {{rank}}',
  },
  TRAINING_PASSED: {
    zh: '{{rank}}培养期满考核合格（{{points}} 分），等待授予称号',
    en: 'You have passed the training for {{rank}} ({{points}} points) and wait for the appointment',
  },
  TRAINING_PLACE_FREE: {
    zh: '{{rank}}培养对象出缺一名，可按顺序补充：{{sources}}',
    en: 'A place in the training for {{rank}} is free; it may be filled from {{sources}}',
  },
  APPOINTMENT_WAITS: {
    zh: '{{year}} 年{{rank}}名额 {{places}} 个已满，您的授予顺延至次年',
    en: 'The {{places}} places for {{rank}} in {{year}} are taken; your appointment waits for the next year',
  },
  TITLE_RECORDED: {
    zh: '您的{{rank}}称号已按{{document}}登记，自 {{from}} 起，有效期至 {{until}}',
    en: 'Your title {{rank}} is on file by {{document}}, from {{from}}, valid until {{until}}',
  },
  TITLE_GIVEN: {
    zh: '授予您{{rank}}称号，证书 {{certificateNumber}}，自 {{from}} 起，有效期至 {{until}}',
    en: 'You are now {{rank}}: certificate {{certificateNumber}}, from {{from}}, valid until {{until}}',
  },
  CERTIFICATE_ENDS: {
    zh: '您的{{rank}}证书 {{days}} 天后到期（{{until}}）',
    en: 'Your certificate as {{rank}} ends in {{days}} days ({{until}})',
  },
  TITLE_LAPSED: {
    zh: '您的{{rank}}证书已于 {{until}} 到期',
    en: 'Your certificate as {{rank}} ended on {{until}}',
  },
  TITLE_AFTER_TRANSFER: {
    zh: '您已调往{{school}}；{{rank}}待遇停发日期：{{benefitsUntil}}',
    en: 'You have moved to {{school}}; the benefits of {{rank}} end on: {{benefitsUntil}}',
  },
  DUTY_REPORT_MISSED: {
    zh: '{{reviewYear}} 学年述职期已过，未收到您的述职',
    en: 'The time to report on {{reviewYear}} is over, and your report is missing',
  },
  REVIEW_RESULT: {
    zh: '{{reviewYear}} 学年{{rank}}考核等次：{{grade}}；{{finalOn}} 前可申请复核',
    en: 'Your grade as {{rank}} for {{reviewYear}}: {{grade}}; a review may be asked for until {{finalOn}}',
  },
  REVIEW_REVOKES: {
    zh: '{{reviewYear}} 学年{{rank}}考核{{grade}}，称号和待遇将予取消；{{finalOn}} 前可申请复核',
    en: 'Your grade as {{rank}} for {{reviewYear}} is {{grade}}: title and benefits end; a review may be asked for until {{finalOn}}',
  },
  REVIEW_WARNS: {
    zh: '{{reviewYear}} 学年{{rank}}考核{{grade}}，予以提醒',
    en: 'Your grade as {{rank}} for {{reviewYear}} is {{grade}}; take it as a warning',
  },
  ROUND_DUE: {
    zh: '“{{scheme}}”年龄、教龄计算截止日（{{cutOff}}）已过，可启动本年评选',
    en: 'The cut-off of “{{scheme}}” ({{cutOff}}) is past: this year’s round may be opened',
  },
  REVIEW_DUE: {
    zh: '{{reviewYear}} 学年考核尚有 {{schools}} 所学校未启动',
    en: 'The review of {{reviewYear}} is still to be opened for {{schools}} schools',
  },
  CERTIFICATES_END: {
    zh: '{{days}} 天内到期的证书 {{count}} 份',
    en: '{{count}} certificates end within {{days}} days',
  },
  TERM_DUTY: {
    zh: '本学期（至 {{until}}）应组织“{{event}}”{{exact}} 次',
    en: '“{{event}}” is owed {{exact}} times this term, until {{until}}',
  },
  SCHOOL_FILING_DUE: {
    zh: '{{rank}}的{{what}}应在 {{until}} 前报备案',
    en: 'File by {{until}} for {{rank}}: {{what}}',
  },
} satisfies Record<string, Text>;

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

import type { Text } from './catalogue.js';

/** Messages for the inbox. They name no person but the reader. */
export const notifications = {
  TASK_OVERDUE: {
    zh: '有一项工作已超过期限（{{dueAt}}），请尽快办理',
    en: 'A task is overdue since {{dueAt}}',
  },
  RETURNED_FOR_CORRECTION: {
    zh: '您的申报材料退回补正：{{what}}，请于 {{until}} 前完成',
    en: 'Your application was returned: {{what}}; complete it by {{until}}',
  },
  APPLICATION_CHOSEN: {
    zh: '您已成为正式候选人（{{rank}}）',
    en: 'You are a formal candidate ({{rank}})',
  },
  APPLICATION_NOT_CHOSEN: {
    zh: '您的申报（{{rank}}）已有结果，请查看理由',
    en: 'Your application ({{rank}}) has an outcome; see the reason',
  },
  SCHOOL_LIST_RETURNED: {
    zh: '贵校名单退回，请重新办理“{{stage}}”：{{reason}}',
    en: 'Your school’s list was sent back to the stage {{stage}}: {{reason}}',
  },
  FACTS_CORRECTED: {
    zh: '名册更正后，您的申报按现有信息重新核对：{{reason}}',
    en: 'After a correction of the roster your application was checked anew: {{reason}}',
  },
  STANDS_AGAIN: {
    zh: '您的申报（{{rank}}）重新进入“{{stage}}”环节',
    en: 'Your application ({{rank}}) stands again, at the stage {{stage}}',
  },
  CALLED_FROM_RESERVE: {
    zh: '您已由递补名单递补（{{rank}}）',
    en: 'You were called from the reserve list ({{rank}})',
  },
  ETHICS_DECISION_RECORDED: {
    zh: '{{authority}}关于您的师德失范决定（{{document}}，{{decidedOn}}）已登记，影响期至 {{until}}；如有异议，可依法申请复核、提出申诉',
    en: 'A decision of {{authority}} on a breach of ethics ({{document}}, {{decidedOn}}) was recorded; it has effect until {{until}}. You may ask for its review and appeal, as the law says',
  },
  ETHICS_DECISION_LIFTED: {
    zh: '师德失范决定（{{lifted}}）已由 {{document}} 撤销',
    en: 'The decision on a breach of ethics ({{lifted}}) was lifted by {{document}}',
  },
} satisfies Record<string, Text>;

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
  CALLED_FROM_RESERVE: {
    zh: '您已由递补名单递补（{{rank}}）',
    en: 'You were called from the reserve list ({{rank}})',
  },
} satisfies Record<string, Text>;

import type { Text } from './catalogue.js';

/** The texts of a mail around its notification. */
export const mailTexts = {
  MAIL_SUBJECT: { zh: '【青蓝】{{about}}：有新消息', en: 'Qinglan, {{about}}: a message for you' },
  MAIL_TEXT: {
    zh: '{{reader}}，您好：\n\n{{message}}。\n\n请登录办理或查看：{{inbox}}\n\n本邮件由系统自动发出，请勿回复。',
    en: 'Dear {{reader}},\n\n{{message}}.\n\nSign in to see and do more: {{inbox}}\n\nThis mail was sent automatically; please do not reply.',
  },
  MAIL_VALUE_WITHHELD: { zh: '（登录后查看）', en: '(sign in to see)' },
} satisfies Record<string, Text>;

import { readConfig } from '../../config/config.js';
import { isMailAddress, maskedMailAddress } from '../../domain/mail.js';
import { isShownInMail, mailOf } from '../../texts/mail.js';
import { afterNotifications } from '../../texts/notifications-after.js';
import { notifications } from '../../texts/notifications.js';

test.each(['wang@example.cn', 'w.x_y%z+tag-1@mail.school-7.example.cn', `${'a'.repeat(64)}@example.cn`])(
  '%j is a mail address',
  (address) => {
    expect(isMailAddress(address)).toBe(true);
  },
);

test.each([
  '',
  'wang',
  'wang@localhost',
  'wang@example.cn\r\nBcc: other@example.cn',
  'wang@example.cn\n',
  'wang@example.cn, other@example.cn',
  'Wang <wang@example.cn>',
  '王@example.cn',
  'wang@例子.cn',
  'wang@-example.cn',
  'wang@example..cn',
  '.wang@example.cn',
  'wa..ng@example.cn',
  `${'a'.repeat(65)}@example.cn`,
  `a@${'b.'.repeat(126)}cn`,
])('%j is no mail address', (address) => {
  expect(isMailAddress(address)).toBe(false);
});

test('others see the first letter and the domain', () => {
  expect(maskedMailAddress('wang@example.cn')).toBe('w***@example.cn');
});

test('a mail shows every value but names of other people and what people wrote', () => {
  const withheld = Object.entries({ ...notifications, ...afterNotifications }).flatMap(([code, { zh, en }]) =>
    [...new Set(`${zh}${en}`.match(/(?<=\{\{)\w+(?=\}\})/g))]
      .filter((name) => !isShownInMail(code, name))
      .map((name) => `${code}.${name}`),
  );
  expect(withheld).toEqual([
    'RETURNED_FOR_CORRECTION.what',
    'SCHOOL_LIST_RETURNED.reason',
    'FACTS_CORRECTED.reason',
    'ETHICS_DECISION_RECORDED.authority',
    'ETHICS_DECISION_RECORDED.document',
    'ETHICS_DECISION_RECORDED.decidedOn',
    'ETHICS_DECISION_LIFTED.lifted',
    'ETHICS_DECISION_LIFTED.document',
    'CHOSEN_AS_MENTOR.apprentice',
    'NO_LONGER_MENTOR.apprentice',
    'NO_LONGER_MENTOR.reason',
    'WORK_SENT_BACK.reason',
    'TASKS_LATE.person',
    'ASSESSMENT_SET_ASIDE.reason',
    'TITLE_RECORDED.document',
  ]);
});

test('a mail is the notification in both languages, with a link to the inbox', () => {
  const content = {
    code: 'RETURNED_FOR_CORRECTION',
    values: { what: '王芳的证书缺页\r\nBcc: other@example.cn', until: '2026-09-10' },
    caseKind: 'application',
    reader: '李晴',
    inbox: 'https://qinglan.example.cn/api/v1/inbox',
  } as const;
  expect(mailOf(content, {})).toEqual({
    subject: { zh: '【青蓝】个人申报：有新消息', en: 'Qinglan, application: a message for you' },
    text: {
      zh: `李晴，您好：

您的申报材料退回补正：（登录后查看），请于 2026-09-10 前完成。

请登录办理或查看：https://qinglan.example.cn/api/v1/inbox

本邮件由系统自动发出，请勿回复。`,
      en: `Dear 李晴,

Your application was returned: (sign in to see); complete it by 2026-09-10.

Sign in to see and do more: https://qinglan.example.cn/api/v1/inbox

This mail was sent automatically; please do not reply.`,
    },
  });
});

test('mail needs its server, its sender and the address of its link, or none of them', () => {
  const environment = {
    DATABASE_URL: 'postgresql://127.0.0.1/qinglan',
    TEMPORAL_ADDRESS: '127.0.0.1:7233',
    QINGLAN_SECRET: Buffer.alloc(32, 7).toString('base64'),
    QINGLAN_MODE: 'real',
  };
  const mail = {
    SMTP_URL: 'smtps://qinglan:p%40ss@smtp.example.cn',
    MAIL_FROM: 'qinglan@example.cn',
    PUBLIC_URL: 'https://qinglan.example.cn',
  };
  expect(readConfig({ ...environment, ...mail })).toMatchObject({ ...mail, MAIL_PER_MINUTE: 120 });
  expect(readConfig({ ...environment, PUBLIC_URL: mail.PUBLIC_URL })).not.toHaveProperty('SMTP_URL');
  for (const missing of Object.keys(mail))
    expect(() => readConfig({ ...environment, ...mail, [missing]: '' })).toThrow(`  ${missing} is missing`);
  expect(() => readConfig({ ...environment, ...mail, SMTP_URL: 'https://smtp.example.cn' })).toThrow(
    '  SMTP_URL must be a URL that begins with smtp:// or smtps://',
  );
  expect(() => readConfig({ ...environment, ...mail, MAIL_FROM: 'nobody' })).toThrow(
    'MAIL_FROM must be a mail address',
  );
});

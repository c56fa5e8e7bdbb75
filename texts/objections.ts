import type { RefusalText, Text } from './catalogue.js';

/** Refusals around objections and what may become public, and the reasons with which they move a candidate. */
export const objectionRefusals = {
  // Sending one
  OBJECTION_ANONYMOUS: {
    status: 422,
    zh: '本方案不受理匿名异议，请填写姓名和联系方式（只有核查人看得到）',
    en: 'The scheme takes no anonymous objections; give your name and how to reach you (only the investigators see them)',
  },
  OBJECTION_ENTRY_UNKNOWN: {
    status: 422,
    zh: '公示名单中没有第 {{entry}} 号（共 {{entries}} 人）',
    en: 'The notice has no number {{entry}} (it lists {{entries}})',
  },
  FILE_KIND_REFUSED: {
    status: 422,
    zh: '只接收完好的 {{allowed}} 文件',
    en: 'Only whole files of these kinds are taken: {{allowed}}',
  },
  FILE_TELLS_OF_ITS_MAKING: {
    status: 422,
    zh: '这个 PDF 含有作者、软件等信息，无法可靠清除，可能暴露您的身份；请改为提交页面的图片',
    en: 'This PDF tells of its author or software, which cannot be removed with certainty and may give you away; send pictures of its pages',
  },
  TOO_MANY_FILES: {
    status: 422,
    zh: '一件异议最多 {{most}} 个附件',
    en: 'An objection has {{most}} files at most',
  },
  REVIEW_TOO_LATE: {
    status: 409,
    zh: '申请复核的期限已过（{{until}}）',
    en: 'The time to ask for a review is over ({{until}})',
  },

  // Investigating it
  INVESTIGATORS_TOO_FEW: {
    status: 422,
    zh: '核查人至少 {{required}} 名，现为 {{named}} 名',
    en: 'At least {{required}} investigators are needed; {{named}} named',
  },
  INVESTIGATOR_IN_CONFLICT: {
    status: 422,
    zh: '有 {{count}} 处回避情形，请另行确定核查人',
    en: '{{count}} conflicts of interest; name other investigators',
  },
  CONFLICT_IS_CANDIDATE: { status: 422, zh: '是候选人本人', en: 'is the candidate' },
  CONFLICT_SAME_SCHOOL: { status: 422, zh: '与候选人同校', en: 'is of the candidate’s school' },
  CONFLICT_MENTOR_PAIR: {
    status: 422,
    zh: '与候选人有师徒关系',
    en: 'is the candidate’s mentor or apprentice',
  },
  CONFLICT_NOTICE_AUTHOR: {
    status: 422,
    zh: '拟定或审核了该公示',
    en: 'wrote or released the notice',
  },
  NO_CLUE: {
    status: 409,
    zh: '只有匿名线索需要先判断是否具体、可查',
    en: 'Only an anonymous clue is judged whether it can be checked',
  },
  CLUE_NOT_JUDGED: {
    status: 409,
    zh: '请先判断该匿名线索是否具体、可查',
    en: 'First judge whether the anonymous clue is concrete and can be checked',
  },
  SUMMARY_MISSING: { status: 409, zh: '还没有写出摘要', en: 'There is no summary yet' },
  SUMMARY_OWN: {
    status: 422,
    zh: '摘要须由另一名核查人确认',
    en: 'Another investigator must confirm the summary',
  },
  EXTENDED_ALREADY: {
    status: 409,
    zh: '核查期限只能延长一次（方案规定延长 {{days}} 个工作日）',
    en: 'An investigation is extended once only (the scheme gives {{days}} working days)',
  },

  // Deciding it
  NOT_WITHDRAWN: {
    status: 409,
    zh: '异议人没有撤回异议',
    en: 'The objection has not been withdrawn by its author',
  },
  STAGE_NOT_REPEATABLE: {
    status: 422,
    zh: '不能重做这一环节；可以重做且候选人已经过的环节：{{allowed}}',
    en: 'This stage cannot be done again; those that can, once the candidate has come to them: {{allowed}}',
  },
  STAGE_REPEAT_TOO_LATE: {
    status: 409,
    zh: '同组已有人成为正式候选人，不能重做这一环节',
    en: 'One of the group is a formal candidate already; the stage cannot be done again',
  },
  OBJECTION_STILL_OPEN: {
    status: 409,
    zh: '对该候选人的异议尚未办结',
    en: 'An objection against the candidate is still open',
  },
  OBJECTION_SUSTAINED: {
    status: 422,
    zh: '对该候选人的异议已成立',
    en: 'An objection against the candidate was sustained',
  },

  // Reasons of candidates
  OBJECTION_OPEN: {
    status: 422,
    zh: '有异议正在核查，暂缓',
    en: 'Held while an objection is investigated',
  },
  OUT_BY_OBJECTION: {
    status: 422,
    zh: '异议成立（{{decidedOn}} 决定）',
    en: 'An objection was sustained (decided on {{decidedOn}})',
  },

  // Notices
  NOTICE_ENTRY_UNKNOWN: {
    status: 422,
    zh: '公示中没有可更正的第 {{number}} 号（共 {{entries}} 人）',
    en: 'The notice has no number {{number}} that can be corrected (it lists {{entries}})',
  },
  NOTICE_NEEDS_RESTART: {
    status: 422,
    zh: '须更正 {{corrected}} 人，超过名单 {{entries}} 人的三分之一，应当全部重新公示',
    en: '{{corrected}} of {{entries}} names would be corrected, more than a third: the whole notice must start again',
  },
  NOTICE_OVER: {
    status: 409,
    zh: '公示已于 {{closedAt}} 截止',
    en: 'The notice closed at {{closedAt}}',
  },

  NO_LOST_DAYS: {
    status: 409,
    zh: '这份公示没有需要决定的中断日',
    en: 'The notice has no lost day that waits for a decision',
  },

  // What may not become public
  PERSONAL_DATA: {
    status: 422,
    zh: '发现 {{count}} 处身份证号或手机号码，不能公开',
    en: '{{count}} ID or mobile numbers found; this may not become public',
  },
  PERSONAL_DATA_FOUND: {
    status: 422,
    zh: '第 {{position}} 个字起疑为身份证号或手机号码',
    en: 'From character {{position}} on there seems to be an ID or mobile number',
  },
  PERSONAL_DATA_IN_FILE: {
    status: 422,
    zh: '附件《{{file}}》{{sheet}} {{place}}（{{part}}）疑有{{kind}}',
    en: 'The file {{file}}, {{sheet}} {{place}} ({{part}}), seems to hold {{kind}}',
  },
  ATTACHMENT_KIND_REFUSED: {
    status: 422,
    zh: '《{{file}}》不能作为公示附件；只接收能逐字检查的文件：{{allowed}}（PDF、图片、旧格式请转成其中一种）',
    en: '{{file}} cannot be attached: only files of which every text can be checked are taken, {{allowed}} (turn a PDF, a picture or an old format into one of them)',
  },
  ATTACHMENT_NOT_READ: {
    status: 422,
    zh: '附件《{{file}}》中的 {{part}} 无法逐字检查（图片、宏、嵌入的对象、外部链接、损坏或加密的部分），请去掉后重新上传',
    en: 'In {{file}} the part {{part}} cannot be checked (a picture, macro, embedded object, outside link, or a broken or locked part); take it out and send the file again',
  },
  ATTACHMENT_UNKNOWN: {
    status: 422,
    zh: '这份公示没有校验值为 {{hash}} 的附件，请先上传',
    en: 'The notice has no file with the hash {{hash}}; add it first',
  },
  TOO_MANY_ATTACHMENTS: {
    status: 422,
    zh: '一份公示发布前最多存 {{most}} 个文件',
    en: 'A notice keeps {{most}} files at most before it is released',
  },
} satisfies Record<string, RefusalText>;

/** Messages to candidates and to the office about objections; nothing of who objected. */
export const objectionNotifications = {
  NOTICE_DAYS_LOST: {
    zh: '公示页面在 {{days}} 的8时至18时中断4小时以上，建议重新公示，请作出决定',
    en: 'On {{days}} the notice’s page could not be reached for four hours or more between 8 and 18; publishing it again is proposed, please decide',
  },
  OBJECTION_HEARING: {
    zh: '有人对您的公示提出异议，请查看情况摘要，并于 {{until}} 前书面说明',
    en: 'There is an objection to your name on a notice; read the summary and answer in writing by {{until}}',
  },
  OBJECTION_DECIDED: {
    zh: '对您的异议已作出处理决定（{{outcome}}）；可于 {{until}} 前申请复核',
    en: 'The objection against you is decided ({{outcome}}); you may ask for a review until {{until}}',
  },
  OBJECTION_REVIEWED: {
    zh: '对您的异议已复核（{{outcome}}）',
    en: 'The objection against you was reviewed ({{outcome}})',
  },
  OBJECTION_SUSTAINED_LATE: {
    zh: '一件异议已成立（{{outcome}}），但不再影响名单；请研究是否终止培养或取消称号',
    en: 'An objection was sustained ({{outcome}}) when it no longer changes the list; consider ending the training or the title',
  },
} satisfies Record<string, Text>;

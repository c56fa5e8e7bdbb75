import type { RefusalText } from './catalogue.js';

/** Refusals and reasons of the years of a title: re-evaluation, suspension, certificates, transfer, allowances, spot checks. */
export const tenureRefusals = {
  // titles decided elsewhere
  RANK_CONFERRED_HERE: {
    status: 422,
    zh: '{{rank}}不是由上级授予的称号，须按方案评选授予，不能直接录入',
    en: '{{rank}} is not conferred by a higher level: it comes of the scheme’s own selection and is never entered so',
  },
  TITLE_PERIOD: {
    status: 422,
    zh: '有效期截止日 {{until}} 早于起始日 {{from}}',
    en: 'The last valid day {{until}} is before the first day {{from}}',
  },
  TITLE_IS_OVER: {
    status: 422,
    zh: '该称号已于 {{until}} 到期（今天是 {{today}}）；历史称号请用名册导入',
    en: 'The title ended on {{until}} (today is {{today}}); titles of the past come with the roster',
  },
  TITLE_RECORDED_ALREADY: {
    status: 409,
    zh: '该人自 {{from}} 起的{{rank}}已经登记',
    en: 'This person’s title {{rank}} from {{from}} is on file already',
  },
  BARRED: {
    status: 422,
    zh: '在限制申报期内：{{value}}',
    en: 'Barred from standing: {{value}}',
  },
  // re-evaluation and suspension
  CERTIFICATE_WITHOUT_END: {
    status: 422,
    zh: '该证书没有有效期限，不需要重新评定',
    en: 'The certificate has no end and needs no re-evaluation',
  },
  RE_EVALUATION_ON_FILE: {
    status: 409,
    zh: '{{on}} 已申请重新评定，每份证书只申请一次',
    en: 'Re-evaluation was applied for on {{on}}; it is applied for once for a certificate',
  },
  RE_EVALUATION_TOO_EARLY: {
    status: 422,
    zh: '证书有效期至 {{until}}，自 {{from}} 起可申请重新评定',
    en: 'The certificate is valid until {{until}}; re-evaluation may be applied for from {{from}} on',
  },
  RE_EVALUATION_TOO_LATE: {
    status: 422,
    zh: '证书已于 {{until}} 到期，到期前未申请重新评定',
    en: 'The certificate ended on {{until}} without an application for re-evaluation',
  },
  RE_EVALUATION_MISSING: {
    status: 409,
    zh: '该称号没有待决定的重新评定申请',
    en: 'No application for re-evaluation of this title is waiting for a decision',
  },
  RE_EVALUATION_REASON_MISSING: {
    status: 422,
    zh: '不予确认须说明理由',
    en: 'Not to confirm a title needs a reason',
  },
  TITLE_RENEWED: {
    status: 422,
    zh: '经重新评定换发新证书 {{certificateNumber}}',
    en: 'A new certificate took its place after re-evaluation: {{certificateNumber}}',
  },
  DAY_PAST: {
    status: 422,
    zh: '{{on}} 早于今天（{{today}}）',
    en: '{{on}} is earlier than today, {{today}}',
  },
  TITLE_NOT_IN_FORCE: {
    status: 409,
    zh: '该称号在 {{on}} 不在有效期内',
    en: 'The title is not in force on {{on}}',
  },
  TITLE_SUSPENDED_ALREADY: {
    status: 409,
    zh: '该称号自 {{from}} 起暂停使用（{{document}}）',
    en: 'The title has been suspended since {{from}} ({{document}})',
  },
  TITLE_ENDS_ALREADY: {
    status: 409,
    zh: '已有决定使该称号自 {{endedOn}} 起终止，不能确认续聘',
    en: 'A decision ends the title from {{endedOn}} on; it cannot be renewed',
  },
  TITLE_NOT_SUSPENDED: { status: 409, zh: '该称号未被暂停', en: 'The title is not suspended' },
  TRANSFER_TO_SAME_SCHOOL: {
    status: 422,
    zh: '{{on}} 前已在{{school}}任教，不是调动',
    en: 'The person was at {{school}} before {{on}} already: this is no transfer',
  },

  // assessments and reviews of grades
  ASSESSMENT_NOT_IN_SCHEME: {
    status: 422,
    zh: '方案没有“{{stage}}”',
    en: 'The scheme has no {{stage}}',
  },
  ASSESSMENT_TOO_EARLY: {
    status: 422,
    zh: '“{{stage}}”尚未到期，最早 {{from}} 可以启动（今天 {{today}}）',
    en: 'It is too early for the {{stage}}: it may be opened from {{from}} on (today {{today}})',
  },
  GRADE_WITHOUT_REPORT: {
    status: 422,
    zh: '未述职，等次不得高于“{{best}}”，不能评“{{grade}}”',
    en: 'Without a duty report the grade is {{best}} at most, not {{grade}}',
  },
  REVIEW_OF_ANOTHER: {
    status: 403,
    zh: '只能对本人的考核等次申请复核',
    en: 'A review may be asked for of one’s own grade only',
  },
  REVIEW_ASKED_ALREADY: {
    status: 409,
    zh: '{{on}} 已申请复核',
    en: 'A review was asked for on {{on}} already',
  },
  REVIEW_TIME_OVER: {
    status: 422,
    zh: '申请复核的期限已于 {{finalOn}} 届满',
    en: 'The time to ask for a review ended on {{finalOn}}',
  },
  REVIEW_NOT_ASKED: {
    status: 409,
    zh: '该称号没有待决定的复核申请',
    en: 'No review of this title’s grade is waiting for a decision',
  },
  REVIEW_BY_SAME_PERSON: {
    status: 403,
    zh: '复核由确认等次以外的人决定',
    en: 'A review is decided by somebody other than who confirmed the grade',
  },
  REVIEW_DECIDER_MISSING: {
    status: 422,
    zh: '等次由一人确认，须写明复核由谁决定（recordedFor.personId）',
    en: 'The grade was confirmed by one person: name who decided the review (recordedFor.personId)',
  },

  // spot checks
  SPOT_CHECK_NOT_IN_SCHEME: {
    status: 422,
    zh: '方案“{{policy}}”没有抽查',
    en: 'The scheme {{policy}} has no spot checks',
  },
  SPOT_CHECK_TWICE: {
    status: 409,
    zh: '{{reviewYear}} 学年的抽查已公布',
    en: 'The spot check of {{reviewYear}} has been announced already',
  },
  SPOT_CHECK_UNKNOWN: { status: 422, zh: '没有这次抽查', en: 'There is no such spot check' },
  SPOT_CHECK_DRAWN: { status: 409, zh: '{{on}} 已抽取', en: 'It was drawn on {{on}}' },
  SEED_NOT_YET_STANDING: {
    status: 422,
    zh: '种子于 {{on}} 公布，最早次日抽取',
    en: 'The seed was published on {{on}}; the draw is on a later day',
  },
  SPOT_CHECK_NOBODY: {
    status: 422,
    zh: '{{reviewYear}} 学年还没有学校评定的等次，无从抽取',
    en: 'No school has given grades for {{reviewYear}}: there is nobody to draw',
  },
  SPOT_CHECK_NOT_DRAWN: {
    status: 422,
    zh: '该称号未被抽中',
    en: 'This title was not drawn',
  },
  SPOT_CHECK_FOUND: {
    status: 409,
    zh: '该称号的抽查结果已登记',
    en: 'What was found of this title has been recorded',
  },

  // allowances
  ALLOWANCE_NOT_IN_SCHEME: {
    status: 422,
    zh: '方案“{{policy}}”没有规定津贴数额',
    en: 'The scheme {{policy}} sets no amounts of an allowance',
  },
  MONTH_NOT_OVER: {
    status: 422,
    zh: '{{month}} 尚未结束（今天 {{today}}），不能确认',
    en: '{{month}} is not over ({{today}}) and cannot be confirmed',
  },
  MONTH_CONFIRMED: {
    status: 409,
    zh: '{{month}} 的津贴已确认；更正另行登记',
    en: 'The allowances of {{month}} are confirmed; what is wrong is corrected by further entries',
  },
  MONTH_NOT_CONFIRMED: {
    status: 409,
    zh: '{{month}} 的津贴尚未确认，无需更正',
    en: 'The allowances of {{month}} are not confirmed: there is nothing to correct',
  },
  NOBODY_TO_PAY: {
    status: 422,
    zh: '{{month}} 没有应发津贴的人员',
    en: 'Nobody is due an allowance for {{month}}',
  },
  NOTHING_TO_CORRECT: {
    status: 409,
    zh: '{{month}} 已确认的津贴与现在计算的一致',
    en: 'What was confirmed for {{month}} is what is due',
  },

  // certificates
  SECOND_CERTIFICATE_NUMBER: {
    status: 409,
    zh: '一项称号只有一个证书编号：已有 {{certificateNumber}}，不能再用 {{given}}',
    en: 'A title has one certificate number: it has {{certificateNumber}} and gets no second one, {{given}}',
  },
  CERTIFICATE_NUMBER_TAKEN: {
    status: 409,
    zh: '证书编号 {{given}} 已属于另一项称号',
    en: 'The certificate number {{given}} belongs to another title',
  },
  CERTIFICATE_NUMBER_MISSING: {
    status: 422,
    zh: '该称号没有证书编号，请填写原证书编号',
    en: 'The title has no certificate number; give the number of its certificate',
  },
  CHARACTERS_NOT_PRINTABLE: {
    status: 422,
    zh: '现有字体没有这些字：{{characters}}；请安装 fonts-noto-cjk',
    en: 'No font here has these characters: {{characters}}; install fonts-noto-cjk',
  },
  CERTIFICATE_NOT_PRINTED: {
    status: 409,
    zh: '该证书当日状态为“{{state}}”，不予打印',
    en: 'The certificate is not printed while it is {{state}}',
  },
} as const satisfies Record<string, RefusalText>;

/** What holders and officers hear in these years. */
export const tenureNotifications = {
  CERTIFICATE_ENDED_PENDING: {
    zh: '您的{{rank}}证书已于 {{until}} 到期，重新评定尚未决定；其间不得使用该称号',
    en: 'Your certificate as {{rank}} ended on {{until}} and the re-evaluation is not decided; the title may not be used meanwhile',
  },
  RE_EVALUATION_CONFIRMED: {
    zh: '经重新评定确认您的{{rank}}称号，新证书 {{certificateNumber}}，自 {{from}} 起，有效期至 {{until}}',
    en: 'Your title {{rank}} was confirmed: new certificate {{certificateNumber}}, from {{from}}, valid until {{until}}',
  },
  RE_EVALUATION_NOT_CONFIRMED: {
    zh: '重新评定未确认您的{{rank}}称号（{{document}}）：{{reason}}；原证书有效期至 {{until}}',
    en: 'Your title {{rank}} was not confirmed ({{document}}): {{reason}}; the certificate runs until {{until}}',
  },
  TITLE_SUSPENDED: {
    zh: '您的{{rank}}称号自今日起暂停使用（{{document}}）：{{reason}}；至 {{until}}',
    en: 'Your title {{rank}} may not be used from today on ({{document}}): {{reason}}; until {{until}}',
  },
  TITLE_RESUMED: {
    zh: '您的{{rank}}称号自今日起恢复使用（{{document}}）：{{reason}}',
    en: 'Your title {{rank}} may be used again from today on ({{document}}): {{reason}}',
  },
  ALLOWANCES_DUE: {
    zh: '{{lastMonth}} 的津贴月表尚未确认',
    en: 'The allowances of {{lastMonth}} are still to be confirmed',
  },
  HOURS_AFTER_TRANSFER: {
    zh: '{{name}} 自 {{on}} 起调往{{school}}：此前的校本学时由原学校登记，其后由新学校登记',
    en: '{{name}} is at {{school}} from {{on}} on: the school of before enters hours held earlier, the new one those from then on',
  },
  REVIEW_DECIDED: {
    zh: '{{reviewYear}} 学年{{rank}}考核经复核，等次：{{grade}}；{{reason}}',
    en: 'After review your grade as {{rank}} for {{reviewYear}} is {{grade}}: {{reason}}',
  },
  ASSESSMENT_PASSED: {
    zh: '{{reviewYear}} 学年{{rank}}定期考核合格，可发给证书',
    en: 'You passed the assessment as {{rank}} in {{reviewYear}}; a certificate may be issued',
  },
  CERTIFICATE_REISSUED: {
    zh: '您的{{rank}}证书 {{certificateNumber}} 已{{reissueReason}}，编号不变',
    en: 'Your certificate {{certificateNumber}} as {{rank}} was issued again ({{reissueReason}}); its number stays',
  },
} as const;

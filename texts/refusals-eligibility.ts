import type { RefusalText } from './catalogue.js';

/** Refusals of applications, of evidence and of decisions on ethics. */
export const eligibilityRefusals = {
  SOFT_REASON_MISSING: {
    status: 422,
    zh: '有 {{count}} 项原则上须具备的条件未达到，申报时须逐项书面说明理由',
    en: '{{count}} conditions that hold in principle are not met; give a written reason for each',
  },
  ETHICS_PERIOD: {
    status: 422,
    zh: '日期不合：{{until}} 早于决定日期 {{decidedOn}}',
    en: '{{until}} is earlier than the decision of {{decidedOn}}',
  },
  ETHICS_RECORDED_ALREADY: {
    status: 409,
    zh: '该人员的 {{document}} 已登记',
    en: '{{document}} is recorded for this person already',
  },
  PERSON_NOT_ON_ROSTER: { status: 422, zh: '名册中没有此人', en: 'This person is not on the roster' },
  EVIDENCE_NOT_NEWEST: {
    status: 409,
    zh: '更正须针对该人员该项材料的最新版本',
    en: 'Only the newest version of the person’s evidence can be corrected',
  },
  EVIDENCE_CHECKED_ALREADY: {
    status: 409,
    zh: '该材料已核验；如有错误，请登记更正版本',
    en: 'This evidence has been checked; enter a correction if it is wrong',
  },
  EVIDENCE_OWN_ENTRY: {
    status: 403,
    zh: '登记人不能核验自己登记的材料',
    en: 'Nobody verifies evidence that he has entered',
  },
  NOTHING_TO_CONFIRM: {
    status: 409,
    zh: '没有待人工复核的自动核查结论',
    en: 'There is nothing that the machine has found to be confirmed',
  },
  FINDINGS_TO_CONFIRM: {
    status: 422,
    zh: '自动核查未通过（规则 {{rules}}），本人申请人工复核，待办公室确认',
    en: 'The machine has found conditions that are not met (rules {{rules}}); the office is to confirm it at the applicant’s request',
  },
  PAST_REVIEW_FAILED: {
    status: 422,
    zh: '近年年度考核不符：须为 {{required}}，现有 {{value}}',
    en: 'Past yearly reviews: {{required}} are required, found {{value}}',
  },
} satisfies Record<string, RefusalText>;

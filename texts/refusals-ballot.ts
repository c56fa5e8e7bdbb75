import type { RefusalText } from './catalogue.js';

/** Refusals of the ballot's papers, seals and keys. None of them repeats a choice. */
export const ballotRefusals = {
  TOO_MANY_CHOICES: {
    status: 422,
    zh: '所选人数（{{chosen}}人）超过应选人数（{{seats}}人），选票未投出',
    en: '{{chosen}} names are chosen, but at most {{seats}} may be; nothing was cast',
  },
  CHOICE_NOT_ON_PAPER: {
    status: 422,
    zh: '所选人员不在选票上，选票未投出',
    en: 'A chosen name is not on the ballot paper; nothing was cast',
  },
  PAPER_MALFORMED: {
    status: 422,
    zh: '领取选票的请求格式不正确，请刷新页面后重试',
    en: 'The request for a ballot paper is malformed; reload the page and try again',
  },
  PAPER_SIGNATURE_INVALID: {
    status: 422,
    zh: '领到的选票签名无效，请报告监票人',
    en: 'The signature on the ballot paper is not valid; tell a supervisor',
  },
  OFFICER_KEY_WRONG: {
    status: 422,
    zh: '开箱密钥与本次投票不符（{{officer}}）',
    en: 'The key does not belong to this vote ({{officer}})',
  },
} satisfies Record<string, RefusalText>;

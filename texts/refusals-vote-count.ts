import type { RefusalText } from './catalogue.js';

/** Refusals of votes on paper and by drawn codes, and of their record. None of them repeats a code or who chose whom. */
export const voteCountRefusals = {
  OFFICER_ABSENT: {
    status: 422,
    zh: '{{role}}尚未签到，不能发票',
    en: 'No papers go out before this officer has signed in: {{role}}',
  },
  NOT_A_TELLER: {
    status: 403,
    zh: '不是本次投票的计票人',
    en: 'Not a teller of this vote',
  },
  TELLER_IS_OFFICER: {
    status: 422,
    zh: '评委会主任、监票人不得兼任计票人',
    en: 'Who presides or supervises does not count the papers',
  },
  TELLER_CONFLICTED: {
    status: 422,
    zh: '不得担任计票人：{{conflict}}',
    en: 'May not be a teller: {{conflict}}',
  },
  TELLERS_NOT_NAMED: {
    status: 422,
    zh: '尚未确定两名计票人，不能结束投票',
    en: 'The box is not closed before two tellers are named',
  },
  SHEET_NOT_BALANCED: {
    status: 422,
    zh: '票数不平衡：发出 {{issued}} 张，收回 {{returned}} 张，未收回 {{notReturned}} 张',
    en: 'The papers do not balance: {{issued}} issued, {{returned}} returned, {{notReturned}} not returned',
  },
  SHEET_PAPERS: {
    status: 422,
    zh: '计票单录入 {{papers}} 张，应为 {{expected}} 张（收回票多于发出票时选票作废，不录入内容）',
    en: '{{papers}} papers are on the sheet and {{expected}} should be (when more came back than went out, none is read)',
  },
  SHEET_UNKNOWN_NAME: {
    status: 422,
    zh: '第 {{paper}} 张：所录人员不在选票上；写有其他人或其他符号的选票按废票录入',
    en: 'Paper {{paper}} names somebody who is not on it; a paper with another name or mark is typed as spoiled',
  },
  SHEET_FORM: {
    status: 422,
    zh: '本次投票的回避范围是“{{scope}}”：逐人票决（candidate）时按候选人录入选票（byCandidate），否则录入收回、未收回张数和各张选票',
    en: 'This vote has the recusal scope "{{scope}}": with candidate the papers of each candidate are typed (byCandidate), otherwise those returned, those not returned, and the papers',
  },
  SHEET_CANDIDATES: {
    status: 422,
    zh: '计票单须录入每名候选人的选票，不多不少：缺少的申报编号“{{missing}}”，不在选票上的“{{unknown}}”',
    en: 'A sheet has the papers of every candidate and of nobody else; applications that are missing: "{{missing}}"; that have no papers: "{{unknown}}"',
  },
  SHEET_OF_CANDIDATE: {
    status: 422,
    zh: '候选人（申报编号 {{candidates}}）的选票录入有误',
    en: 'The papers of candidates are not typed as they must be (application {{candidates}})',
  },
  SHEET_REASON_MISSING: {
    status: 422,
    zh: '更正计票单须写明理由',
    en: 'A corrected sheet needs a reason',
  },
  SHEETS_MISSING: {
    status: 409,
    zh: '两名计票人须各自录入，现有 {{found}} 份，应有 {{required}} 份',
    en: 'Each teller types a sheet: {{found}} of {{required}} are in',
  },
  SHEETS_DIFFER: {
    status: 409,
    zh: '两份计票单有 {{count}} 处不一致，更正一致后方可结束计票',
    en: 'The two sheets differ in {{count}} places; the count is closed when they agree',
  },
  SHEET_PAPER_DIFFERS: {
    status: 409,
    zh: '第 {{paper}} 张选票录入不一致',
    en: 'Paper {{paper}} was read differently',
  },
  SHEET_PAPER_DIFFERS_OF_CANDIDATE: {
    status: 409,
    zh: '{{candidate}} 的第 {{paper}} 张选票录入不一致',
    en: 'Paper {{paper}} of {{candidate}} was read differently',
  },
  SHEET_FIGURE_DIFFERS_OF_CANDIDATE: {
    status: 409,
    zh: '{{candidate}} 的选票：{{figure}} 不一致，{{first}} 与 {{second}}',
    en: 'The papers of {{candidate}}: {{figure}} differs, {{first}} and {{second}}',
  },
  SHEET_VOTES_DIFFER: {
    status: 409,
    zh: '{{candidate}} 得票不一致：{{first}} 与 {{second}}',
    en: 'The votes of {{candidate}} differ: {{first}} and {{second}}',
  },
  SHEET_FIGURE_DIFFERS: {
    status: 409,
    zh: '{{figure}} 不一致：{{first}} 与 {{second}}',
    en: '{{figure}} differs: {{first}} and {{second}}',
  },
  CODES_NOT_NOW: {
    status: 409,
    zh: '现在不能印制或作废抽签码（{{step}}）',
    en: 'No codes are printed or made void now ({{step}})',
  },
  CODES_TOO_FEW: {
    status: 422,
    zh: '印制 {{codes}} 个抽签码，少于有表决权的 {{voters}} 人',
    en: '{{codes}} codes for {{voters}} voters are too few',
  },
  CODES_NOT_PRINTED: {
    status: 422,
    zh: '尚未印制抽签码',
    en: 'No codes have been printed',
  },
  CODES_LEFT_OVER: {
    status: 422,
    zh: '有效抽签码 {{codes}} 个，多于有表决权的 {{voters}} 人，须先作废未抽取的抽签码',
    en: '{{codes}} codes are good and {{voters}} can vote: make those void that nobody drew',
  },
  CODES_LEFT_OVER_OF_CANDIDATE: {
    status: 422,
    zh: '候选人（申报编号 {{candidate}}）的有效抽签码 {{codes}} 个，多于对其有表决权的 {{voters}} 人，须先作废未抽取的抽签码',
    en: '{{codes}} codes of one candidate (application {{candidate}}) are good and {{voters}} vote on this one: make those void that nobody drew',
  },
  CODE_UNKNOWN: {
    status: 422,
    zh: '第 {{position}} 个不是本次投票的抽签码',
    en: 'Number {{position}} is no code of this vote',
  },
  RECORD_NOT_YET: {
    status: 409,
    zh: '计票尚未结束，没有记录',
    en: 'There is no record before the count is closed',
  },
} satisfies Record<string, RefusalText>;

import type { RefusalText, Text } from './catalogue.js';

/** Refusals of conflicts and recusal (V1, V3, V4). */
export const conflictRefusals = {
  CONFLICT_RAISED_ALREADY: {
    status: 409,
    zh: '您已就该评委提出回避，尚待决定',
    en: 'You have raised a conflict of this member already; it waits for the decision',
  },
  CONFLICT_UNKNOWN: {
    status: 404,
    zh: '本次推选没有这项回避事项（{{conflictId}}）',
    en: 'This vote has no such conflict ({{conflictId}})',
  },
  CONFLICT_BARS_BY_RULE: {
    status: 422,
    zh: '按规定必须回避（{{conflict}}），不由主任决定；登记有误的，请先更正',
    en: 'The rule bars this member ({{conflict}}); nobody decides on it. If an entry is wrong, mend it first',
  },
  CONFLICT_OF_CHAIR: {
    status: 403,
    zh: '主任本人的回避由领导小组决定',
    en: 'The leading group decides on conflicts of the chair',
  },
  CONFLICT_OF_MEMBER: {
    status: 403,
    zh: '评委的回避由主任决定，领导小组只决定主任的回避',
    en: 'The chair decides on conflicts of members; the leading group only on those of the chair',
  },
  CONFLICT_UNDECIDED: {
    status: 409,
    zh: '到会评委尚有 {{count}} 项回避事项未决定（{{conflicts}}），不能开始投票',
    en: '{{count}} conflicts of members who are here wait for a decision ({{conflicts}}); the vote cannot open',
  },
  CANDIDATE_NOT_ON_LIST: {
    status: 422,
    zh: '不在本次推选候选人名单上：{{unknown}}',
    en: 'Not on the list of this vote: {{unknown}}',
  },
  NOT_A_CANDIDATE: {
    status: 403,
    zh: '您不是本次推选的候选人，不能申请评委回避',
    en: 'Only a candidate of this vote can ask that a member stand aside',
  },
  SUPERVISOR_IS_KIN: {
    status: 403,
    zh: '与候选人有亲属关系的人不能监票',
    en: 'Kin of a candidate cannot supervise',
  },
  SUBSTITUTE_CONFLICTED: {
    status: 422,
    zh: '该候补评委按规定应当回避（{{conflict}}），不能递补',
    en: 'The rule bars this reserve member ({{conflict}}); another must take the seat',
  },
  SEATS_NOT_VACANT: {
    status: 422,
    zh: '{{rank}}可调剂的缺额只有 {{vacant}} 个，不能给出 {{asked}} 个',
    en: 'Votes have left {{vacant}} seats of {{rank}} empty; {{asked}} cannot be given',
  },
  EQUAL_NUMBERS_NOT_NEEDED: {
    status: 422,
    zh: '候选人 {{candidates}} 名、名额 {{seats}} 个，已符合差额要求，无须改为等额',
    en: '{{candidates}} candidates for {{seats}} seats are a differential already',
  },
  VOTE_STOPPED: {
    status: 422,
    zh: '两次收回的选票多于发出的选票，投票停止；由领导小组查明后重新组织',
    en: 'Twice more papers came back than went out, and the meeting was stopped; the leading group finds out why and calls it again',
  },
  KIN_OF_ONESELF: {
    status: 422,
    zh: '不能申报与本人的亲属关系',
    en: 'Nobody is kin of oneself',
  },
} satisfies Record<string, RefusalText>;

/** What the chair and the office are warned of, and what members are told. */
export const conflictTexts = {
  COMMITTEE_MAY_LACK_QUORUM: {
    zh: '{{unit}} 组：评委会 {{members}} 人中 {{conflicted}} 人与候选人有应申报或回避的关系，可用候补 {{reserve}} 人；如都回避，达不到法定人数 {{required}} 人',
    en: '{{unit}}: {{conflicted}} of {{members}} members have a conflict with a candidate; {{reserve}} reserve members have none. If all stand aside, the quorum of {{required}} is not reached',
  },
  CONFLICT_WARNED: {
    zh: '您参加的推选中有与您存在关联的候选人（{{conflict}}），请申报，由主任决定是否回避',
    en: 'A candidate of a vote that you sit in is connected with you ({{conflict}}); declare it, and the chair decides',
  },
} satisfies Record<string, Text>;

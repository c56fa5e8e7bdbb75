import type { RefusalText, Text } from './catalogue.js';

/** Refusals of dates, calendar, quotas and votes. */
export const calendarQuotaVoteRefusals = {
  DATE_INVALID: {
    status: 422,
    zh: '“{{value}}”不是有效日期，应为 YYYY-MM-DD 格式且确有其日',
    en: '"{{value}}" is no date; write an existing day as YYYY-MM-DD',
  },
  INSTANT_INVALID: {
    status: 422,
    zh: '“{{value}}”不是有效时刻，应为带时区的 ISO 8601 格式',
    en: '"{{value}}" is no instant; write ISO 8601 with a time zone',
  },
  CLOSING_HOUR_INVALID: {
    status: 422,
    zh: '截止时刻“{{closes}}”无效，应在 00:00 至 24:00 之间',
    en: 'Closing hour "{{closes}}" is not valid; write 00:00 to 24:00',
  },
  CALENDAR_YEAR_MISSING: {
    status: 422,
    zh: '工作日历中没有 {{year}} 年，无法推算到 {{date}}；请管理员先录入该年放假安排或法定节假日',
    en: 'The calendar has no year {{year}}, so {{date}} cannot be judged; an administrator must first load its arrangement or its statutory holidays',
  },
  QUOTA_INFEASIBLE: {
    status: 422,
    zh: '名额不足或缺少分配依据，无法按规则分配 {{total}} 个名额',
    en: 'The rules cannot be met with {{total}} places: too few for what is guaranteed, or nothing to divide them by',
  },
  QUOTA_ROWS: {
    status: 422,
    zh: '审定表与建议表的学校不一致：缺少[{{missing}}]，多出[{{unknown}}]，重复[{{twice}}]',
    en: 'The approved table does not name the schools of the proposal: missing [{{missing}}], unknown [{{unknown}}], twice [{{twice}}]',
  },
  QUOTA_TOTAL: {
    status: 422,
    zh: '审定表合计 {{approved}} 个名额，应为 {{total}} 个',
    en: 'The approved table adds up to {{approved}} places; it must be {{total}}',
  },
  QUOTA_REASON_MISSING: {
    status: 422,
    zh: '以下各行与建议名额不同，须写明理由：{{rows}}',
    en: 'These rows differ from the proposal and need a reason: {{rows}}',
  },
  VOTE_ROUNDS: {
    status: 422,
    zh: '重投 {{tieReballots}} 次、补投 {{supplementaryRounds}} 次：各至多一次',
    en: '{{tieReballots}} re-ballots and {{supplementaryRounds}} supplementary rounds: there may be one of each at most',
  },
  VOTE_NOTHING_TO_DECIDE: {
    status: 422,
    zh: '候选人 {{candidates}} 名、名额 {{seats}} 个，无从表决',
    en: 'There is nothing to vote on: {{candidates}} candidates, {{seats}} seats',
  },
  VOTE_NO_QUORUM: {
    status: 422,
    zh: '应到 {{members}} 人，到会且无须回避的 {{voters}} 人，未达到法定人数 {{required}} 人，不能投票',
    en: 'No quorum: {{voters}} of {{members}} members can vote, {{required}} are required',
  },
  VOTE_NO_QUORUM_FOR_CANDIDATE: {
    status: 422,
    zh: '逐人票决：对候选人（申报编号 {{candidate}}）有表决权的 {{voters}} 人，评委会 {{members}} 人，未达到法定人数 {{required}} 人，不能投票',
    en: 'No quorum for one candidate (application {{candidate}}): {{voters}} of {{members}} members can vote on this one, {{required}} are required',
  },
  VOTE_NOT_DIFFERENTIAL: {
    status: 422,
    zh: '名额 {{seats}} 个，候选人 {{candidates}} 名，差额推选至少须有候选人 {{required}} 名；如改为等额，须有领导小组书面决定',
    en: '{{candidates}} candidates for {{seats}} seats: a differential vote needs {{required}}, or a written decision of the leading group to vote with equal numbers',
  },
  VOTE_ISSUED_OVER_VOTERS: {
    status: 422,
    zh: '发出选票 {{issued}} 张，多于有表决权的 {{voters}} 人',
    en: '{{issued}} papers were issued to {{voters}} voters',
  },
  VOTE_ROUND_NOT_DUE: {
    status: 409,
    zh: '此轮投票（{{held}}）不应举行：未获通过者不再复议，每组至多一次重投、一次补投，第二次投票无效即停止',
    en: 'This round of voting ({{held}}) is not due: who did not pass is not voted on again, there is at most one re-ballot and one supplementary round, and a second void vote stops the meeting',
  },
} satisfies Record<string, RefusalText>;

/** What the office is warned of when a round opens; nothing is refused for it. */
export const noticeWarnings = {
  NOTICE_SHORT: {
    zh: '公示 {{workingDays}} 个工作日，少于通常的 {{usual}} 个',
    en: 'The notice stands for {{workingDays}} working days, fewer than the usual {{usual}}',
  },
} satisfies Record<string, Text>;

/** What a chair is warned of; nothing is refused for it. */
export const voteWarnings = {
  VOTE_EVEN_COMMITTEE: {
    zh: '评委会人数为 {{members}} 人，宜为单数',
    en: 'The committee has {{members}} members; an odd number is better',
  },
} satisfies Record<string, Text>;

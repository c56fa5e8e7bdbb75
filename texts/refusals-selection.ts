import type { RefusalText } from './catalogue.js';

/** Refusals of decisions on the way through a selection, and the reasons with which candidates leave it. */
export const selectionRefusals = {
  // Decisions and submissions
  NOT_ALLOWED: {
    status: 403,
    zh: '您无权作出这项决定；有权的角色：{{allowed}}',
    en: 'You may not take this decision; roles that may: {{allowed}}',
  },
  BASIS_MISSING: {
    status: 422,
    zh: '代为登记须填写依据（文号或会议纪要和决定日期）',
    en: 'A decision recorded for others needs its basis: document or minutes, and the day',
  },
  WRONG_STEP: {
    status: 409,
    zh: '当前步骤不能作出这项决定；可以在：{{allowed}}',
    en: 'This cannot be decided in the present step; it can in: {{allowed}}',
  },
  WRONG_STAGE: {
    status: 409,
    zh: '候选人当前处于“{{stage}}”（{{standing}}），不能作出这项决定',
    en: 'The candidate is at the stage {{stage}} ({{standing}}); this cannot be decided there',
  },
  CASE_CLOSED: { status: 409, zh: '该事项已经结束（{{outcome}}）', en: 'The case has ended ({{outcome}})' },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    zh: '这个 Idempotency-Key 已用于另一个请求，请换一个',
    en: 'This Idempotency-Key was used for another request; take a new one',
  },
  NO_ANSWER: {
    status: 503,
    zh: '暂时没有答复，结果未知；请稍后用同一个 Idempotency-Key 再次发送，或查询提交 {{submissionId}}',
    en: 'There is no answer yet and the result is unknown; send it again with the same Idempotency-Key, or ask for submission {{submissionId}}',
  },
  REASON_MISSING: { status: 422, zh: '须说明理由', en: 'A reason is needed' },
  DATE_PAST: { status: 422, zh: '日期 {{date}} 已过', en: 'The date {{date}} is past' },
  OWN_CASE: {
    status: 403,
    zh: '不能对自己的事项作出评价或决定',
    en: 'Nobody judges or decides on a case of his own',
  },
  NOT_IN_RUN: {
    status: 422,
    zh: '以下人员不在本次名单中：{{ids}}',
    en: 'Not among the candidates of this run: {{ids}}',
  },
  NAMED_TWICE: { status: 422, zh: '名单中重复：{{ids}}', en: 'Named twice: {{ids}}' },
  LIST_NOT_WHOLE: {
    status: 422,
    zh: '名单须完整：缺少 {{missing}}；多出 {{unknown}}',
    en: 'The list must be whole: missing {{missing}}; unknown {{unknown}}',
  },

  // Rounds and schemes
  SCHEME_UNKNOWN: { status: 404, zh: '没有方案 {{code}}', en: 'There is no scheme {{code}}' },
  SCHEME_VERSION_TAKEN: {
    status: 409,
    zh: '方案 {{code}} 的第 {{version}} 版已存在且内容不同，请提高版本号',
    en: 'Version {{version}} of the scheme {{code}} is stored with another content; raise the version',
  },
  ROUND_UNKNOWN: { status: 404, zh: '没有这一轮评选', en: 'There is no such round' },
  RANK_NOT_OPEN: {
    status: 422,
    zh: '本轮不评“{{rank}}”；可申报：{{open}}',
    en: 'The rank {{rank}} is not open; open are: {{open}}',
  },
  PLACES_OVER_YEAR: {
    status: 422,
    zh: '{{rank}} 的名额 {{places}} 超过方案规定的每年 {{perYear}} 名',
    en: '{{places}} places for {{rank}} are more than the {{perYear}} a year of the scheme',
  },
  QUOTA_NOT_IN_SCHEME: { status: 422, zh: '方案没有规定推荐名额', en: 'The scheme has no nomination quotas' },
  NOMINATIONS_TOO_FEW: {
    status: 422,
    zh: '{{rank}} 的推荐总数 {{total}} 不足以差额推选，至少须 {{required}}',
    en: '{{total}} nominations for {{rank}} leave no differential; at least {{required}} are needed',
  },
  OVER_PLACES: {
    status: 422,
    zh: '{{rank}} 本轮名额 {{places}} 个，已占用 {{taken}} 个（含直接入选者），名单 {{approved}} 人超过可用的 {{free}} 个，整份名单不予受理',
    en: '{{rank}} has {{places}} places in this round, {{taken}} of them taken (direct entrants included); {{approved}} names for {{free}} free places: the list is refused whole',
  },
  CHOSEN_BY_VOTE: {
    status: 422,
    zh: '经差额推选产生的候选人，审定时只能批准或暂缓：{{ids}}',
    en: 'Whom a vote has chosen the approval can only approve or hold: {{ids}}',
  },
  STAGE_NOT_IN_SCHEME: {
    status: 422,
    zh: '方案没有环节“{{stage}}”',
    en: 'The scheme has no stage {{stage}}',
  },
  SEATS_ROWS: {
    status: 422,
    zh: '名额表须包含所有待推选的组：缺少 {{missing}}；多出 {{unknown}}',
    en: 'The table must have every group that is ready to vote: missing {{missing}}; unknown {{unknown}}',
  },
  SEATS_TOTAL: {
    status: 422,
    zh: '{{rank}} 各组名额合计应为 {{total}}，现为 {{approved}}',
    en: 'The seats for {{rank}} must add up to {{total}}; they are {{approved}}',
  },
  SEATS_REASON_MISSING: {
    status: 422,
    zh: '{{unit}} 组的名额 {{approved}} 与建议的 {{proposed}} 不同，须说明理由',
    en: '{{approved}} seats for {{unit}} differ from the proposed {{proposed}}; give a reason',
  },

  ROUND_OPEN_ALREADY: {
    status: 409,
    zh: '方案 {{scheme}} 在 {{schoolYear}} 学年已有一轮评选正在进行：{{title}}',
    en: 'A round of {{scheme}} for {{schoolYear}} is open already: {{title}}',
  },
  COUNT_NOT_OF_BASE_DAY: {
    status: 422,
    zh: '以下学校的专任教师数不是 {{day}} 的统计数，请先更新名册：{{schools}}',
    en: 'The full-time teachers of these schools were not counted on {{day}}; bring the roster up to date first: {{schools}}',
  },
  COMMITTEE_NUMBER: {
    status: 422,
    zh: '评委会现有 {{named}} 人，方案规定 {{required}} 人；请先在名册中更正任职',
    en: 'The committee has {{named}} members, the scheme sets {{required}}; mend the memberships in the roster first',
  },
  COMMITTEE_RESERVE: {
    status: 422,
    zh: '候补评委现有 {{named}} 人，方案规定至多 {{most}} 人；请先在名册中更正任职',
    en: 'There are {{named}} reserve members, the scheme sets at most {{most}}; mend the memberships in the roster first',
  },

  // Applications
  APPLICATIONS_CLOSED: {
    status: 409,
    zh: '申报已于 {{closedAt}} 截止；补报须由办公室说明理由后受理',
    en: 'Applications closed at {{closedAt}}; only the office can accept a late one, with a reason',
  },
  APPLIED_ALREADY: {
    status: 409,
    zh: '本轮已申报 {{ranks}}；每人最多申报 {{allowed}} 个层次',
    en: 'Already applied for {{ranks}} in this round; {{allowed}} is the most',
  },
  PLACES_FULL: {
    status: 409,
    zh: '{{rank}} 的 {{places}} 个名额已全部分配',
    en: 'The {{places}} places for {{rank}} are all given out',
  },
  NO_SUBJECT: {
    status: 422,
    zh: '名册中没有任教学科，不能申报',
    en: 'The roster has no subject for this person',
  },
  AMEND_NOT_NOW: {
    status: 409,
    zh: '材料已进入评审，不能自行修改',
    en: 'The materials are being reviewed and cannot be changed',
  },
  CONDITIONS_NOT_CONFIRMED: {
    status: 422,
    zh: '以下条件尚未由人确认：{{conditions}}',
    en: 'Not yet confirmed by a person: {{conditions}}',
  },
  HOLD_NOT_NOW: {
    status: 409,
    zh: '当前状态（{{standing}}）不能暂缓',
    en: 'A candidate that is {{standing}} cannot be held',
  },
  NOT_HELD: {
    status: 409,
    zh: '候选人没有被暂缓（{{standing}}）',
    en: 'The candidate is not held ({{standing}})',
  },

  // School review
  OVER_QUOTA: {
    status: 422,
    zh: '{{rank}} 名单 {{listed}} 人，名额 {{quota}} 个（可用 {{free}} 个），整份名单不予受理',
    en: '{{listed}} names for {{rank}}, the quota is {{quota}} ({{free}} free): the list is refused whole',
  },
  QUOTA_CHANGED: {
    status: 409,
    zh: '名额刚被占用，请重新提交',
    en: 'A place was taken at the same moment; send the list again',
  },
  SCORES_MISSING: {
    status: 422,
    zh: '评分不完整，缺少：{{items}}',
    en: 'The sheet is not complete; missing: {{items}}',
  },
  ORDER_REASON_MISSING: {
    status: 422,
    zh: '名单越过了排名在前的申报人，须说明理由：{{passedOver}}',
    en: 'The list passes over higher-ranked applicants; give a reason: {{passedOver}}',
  },

  // Notices
  NOTICE_OWN_RELEASE: {
    status: 403,
    zh: '拟稿人不能审核发布自己拟的公示',
    en: 'The author of a notice cannot release it',
  },
  NOTICE_NOT_IN_SCHEME: {
    status: 422,
    zh: '方案没有规定这一级公示',
    en: 'The scheme has no notice of this level',
  },

  // Opinions and votes
  NOT_RESEARCHER_OF_SUBJECT: {
    status: 403,
    zh: '您不是该学科（{{subject}}）的教研员',
    en: 'You are not a researcher of {{subject}}',
  },
  NOT_ON_COMMITTEE: { status: 403, zh: '不是本次推选的评委', en: 'Not a member of this vote' },
  NOT_A_RESERVE_MEMBER: {
    status: 422,
    zh: '递补人不是候补评委',
    en: 'The substitute is not a reserve member',
  },
  NOT_A_VOTER: {
    status: 403,
    zh: '未签到或已回避，不能领取选票',
    en: 'Not signed in, or recused: no paper can be taken',
  },
  OFFICER_KEY_MISSING: {
    status: 422,
    zh: '{{role}} 须带来本次投票的公钥',
    en: 'The {{role}} must bring a public key for this vote',
  },
  PAPER_NOT_NOW: {
    status: 409,
    zh: '现在不发选票（{{step}}）',
    en: 'No papers are given out now ({{step}})',
  },
  PAPER_TAKEN: {
    status: 409,
    zh: '您已领取选票，每人一张',
    en: 'You have taken your paper; there is one for each voter',
  },
  PAPERS_BY_CANDIDATE: {
    status: 409,
    zh: '本次投票的回避范围是“{{scope}}”：逐人票决（candidate）时按候选人领票，否则只领一张选票',
    en: 'This vote has the recusal scope "{{scope}}": with candidate a paper is taken for each candidate, otherwise one for the group',
  },
  PAPERS_OF_OTHERS: {
    status: 422,
    zh: '须一次领取您有表决权的 {{candidates}} 名候选人的选票，每人一张，不多不少',
    en: 'Take the papers of all {{candidates}} candidates on whom you vote together, one each, and no others',
  },
  PAPER_USED: { status: 409, zh: '这张选票已经投过', en: 'This paper has been cast' },
  BOX_NOT_OPEN: { status: 409, zh: '票箱没有开放', en: 'The ballot box is not open' },
  BALLOT_REFUSED: { status: 422, zh: '选票无效：不是本次投票发出的选票', en: 'Not a paper of this vote' },

  // Why a candidate did not go on
  WITHDRAWN: { status: 422, zh: '本人撤回申报', en: 'Withdrawn by the teacher' },
  FOUND_NOT_ELIGIBLE: { status: 422, zh: '资格审查未通过：{{reason}}', en: 'Found not eligible: {{reason}}' },
  RETURNED_FOR_CORRECTION: {
    status: 422,
    zh: '退回补正：{{what}}，{{until}} 前完成',
    en: 'Returned for correction: {{what}}, by {{until}}',
  },
  HELD_BY_OFFICE: { status: 422, zh: '办公室暂缓：{{reason}}', en: 'Held by the office: {{reason}}' },
  HELD_BY_LEADING_GROUP: {
    status: 422,
    zh: '领导小组暂缓：{{reason}}',
    en: 'Held by the leading group: {{reason}}',
  },
  REFUSED_BY_LEADING_GROUP: {
    status: 422,
    zh: '领导小组审核未通过：{{reason}}',
    en: 'Not passed by the leading group: {{reason}}',
  },
  NOT_NOMINATED: {
    status: 422,
    zh: '学校综合评定 {{score}} 分，在 {{applicants}} 名申报人中列第 {{place}}，学校名额 {{quota}} 个，未获推荐',
    en: 'Scored {{score}}, place {{place}} of {{applicants}} applicants of the school, whose quota is {{quota}}: not nominated',
  },
  NOT_NOMINATED_UNSCORED: {
    status: 422,
    zh: '本校 {{applicants}} 名申报人，学校名额 {{quota}} 个，未获推荐',
    en: 'The school’s quota is {{quota}} for {{applicants}} applicants: not nominated',
  },
  NOT_ELECTED: {
    status: 422,
    zh: '差额推选：{{voters}} 名评委中得 {{votes}} 票，{{candidates}} 名候选人中选 {{seats}} 名，未当选',
    en: '{{votes}} of {{voters}} votes; {{seats}} seats for {{candidates}} candidates: not elected',
  },
  ON_RESERVE_LIST: {
    status: 422,
    zh: '得 {{votes}} 票（{{voters}} 名评委），过半数而名额已满，列递补第 {{place}}',
    en: '{{votes}} of {{voters}} votes: passed, but the seats are filled; place {{place}} on the reserve list',
  },
  NO_SEAT_LEFT: {
    status: 422,
    zh: '{{unit}} 组名额 {{seats}} 个已满',
    en: 'The {{seats}} seats of {{unit}} are filled',
  },
  STAGE_CLOSED: {
    status: 422,
    zh: '办公室结束了该环节：{{reason}}',
    en: 'The office closed the stage: {{reason}}',
  },
  ROUND_CANCELLED: { status: 422, zh: '本轮评选取消：{{reason}}', en: 'The round was cancelled: {{reason}}' },
} satisfies Record<string, RefusalText>;

import type { CaseKind, CaseState, Role } from './cases.js';
import type { Name } from './vocabulary.js';

/** The kinds of cases as people call them. */
export const caseKindNames: Readonly<Record<CaseKind, Name>> = {
  selectionRound: { zh: '评选轮次', en: 'selection round' },
  application: { zh: '个人申报', en: 'application' },
  schoolReview: { zh: '学校评审', en: 'school review' },
  publicNotice: { zh: '公示', en: 'public notice' },
  objection: { zh: '异议', en: 'objection' },
  panelReview: { zh: '评议', en: 'review by a panel' },
  differentialVote: { zh: '差额推选', en: 'differential vote' },
  training: { zh: '培训', en: 'training' },
  appointment: { zh: '授予称号', en: 'appointment' },
  titleTenure: { zh: '称号任期', en: 'tenure of a title' },
  annualReview: { zh: '年度考核', en: 'annual review' },
  ethicsDecision: { zh: '师德决定', en: 'decision on ethics' },
  calendar: { zh: '日历提醒', en: 'calendar' },
  outbox: { zh: '邮件发送', en: 'outgoing mail' },
};

/** The steps of all cases as people call them. */
export const stepNames: Readonly<Record<string, Name>> = {
  new: { zh: '启动之前', en: 'before it begins' },
  applications: { zh: '接受申报', en: 'taking applications' },
  selection: { zh: '评选', en: 'selection' },
  consenting: { zh: '征得本人同意', en: 'asking for consent' },
  underway: { zh: '办理中', en: 'under way' },
  correction: { zh: '补正', en: 'correction' },
  scoring: { zh: '评分', en: 'scoring' },
  nominating: { zh: '推荐', en: 'nomination' },
  filing: { zh: '上报', en: 'filing' },
  drafting: { zh: '拟稿', en: 'drafting' },
  releasing: { zh: '审核发布', en: 'release' },
  standing: { zh: '公示期', en: 'standing' },
  registering: { zh: '登记异议', en: 'registration' },
  assigning: { zh: '确定核查人', en: 'naming investigators' },
  investigating: { zh: '核查', en: 'investigation' },
  hearing: { zh: '听取本人说明', en: 'hearing the candidate' },
  inquiry: { zh: '形成核查报告', en: 'report of the investigation' },
  ruling: { zh: '作出处理决定', en: 'decision on the objection' },
  appealing: { zh: '可申请复核', en: 'time to ask for a review' },
  reviewing: { zh: '复核', en: 'review' },
  opinions: { zh: '提出意见', en: 'opinions' },
  integrity: { zh: '登记廉政意见', en: 'opinion on integrity' },
  deciding: { zh: '处理异议', en: 'decision on objections' },
  naming: { zh: '组成评审组', en: 'naming of the panel' },
  judging: { zh: '评委评分', en: 'judging' },
  evaluating: { zh: '测评', en: 'evaluation' },
  signIn: { zh: '签到', en: 'sign-in' },
  issuing: { zh: '发票', en: 'giving out papers' },
  casting: { zh: '投票', en: 'casting' },
  counting: { zh: '计票', en: 'counting the papers' },
  opening: { zh: '开箱', en: 'opening the box' },
  confirming: { zh: '确认', en: 'confirmation' },
  training: { zh: '培养期', en: 'training' },
  assessing: { zh: '考核', en: 'assessment' },
  paused: { zh: '培养中断', en: 'paused' },
  replacing: { zh: '名额补充', en: 'decision on the place' },
  approving: { zh: '审定', en: 'approval' },
  holding: { zh: '称号有效期', en: 'tenure' },
  reporting: { zh: '述职', en: 'duty reports' },
  grading: { zh: '学校评定', en: 'grading by the school' },
  inEffect: { zh: '生效中', en: 'in effect' },
  reminding: { zh: '提醒', en: 'reminding' },
  resting: { zh: '待发', en: 'at rest' },
  sending: { zh: '发送中', en: 'sending' },
};

/** The roles as people call them. */
export const roleNames: Readonly<Record<Role, Name>> = {
  teacher: { zh: '教师本人', en: 'the teacher' },
  school_clerk: { zh: '学校经办', en: 'school clerk' },
  school_panel: { zh: '学校评审组', en: 'school panel' },
  head: { zh: '校长', en: 'head of the school' },
  office: { zh: '领导小组办公室', en: 'office of the leading group' },
  leading_group: { zh: '领导小组', en: 'leading group' },
  committee: { zh: '评委', en: 'committee member' },
  committee_chair: { zh: '评委会主任', en: 'chair of the committee' },
  committee_reserve: { zh: '候补评委', en: 'reserve member' },
  supervisor: { zh: '监票人', en: 'supervisor' },
  teller: { zh: '计票人', en: 'teller' },
  researcher: { zh: '教研员', en: 'subject researcher' },
  training_centre: { zh: '教研培训中心', en: 'training centre' },
  investigator: { zh: '核查人', en: 'investigator' },
  auditor: { zh: '审计', en: 'auditor' },
  administrator: { zh: '网络管理员', en: 'technical administrator' },
};

/** One line for the Temporal UI: what the case waits for, whose turn it is and until when. Nothing personal. */
export function describeCase(state: CaseState): string {
  const name = caseKindNames[state.kind];
  if (state.closed) return `${name.zh} · 已结束 (${name.en}, closed)`;
  const turn = state.waitingFor ? roleNames[state.waitingFor] : { zh: '日期', en: 'a date' };
  const until = state.dueAt ?? state.wakeAt;
  const local = until
    ? new Date(Date.parse(until) + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')
    : '—';
  const step = stepNames[state.step] ?? { zh: state.step, en: state.step };
  return `${name.zh} · ${step.zh} · 等待 ${turn.zh} · 截止 ${local} (${name.en}, ${step.en}: waiting for ${turn.en} until ${local})`;
}

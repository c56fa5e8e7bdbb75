import { areas } from '../domain/roster.js';
import { caseKindNames, roleNames, stepNames } from '../domain/case-names.js';
import {
  degrees,
  disseminations,
  evidenceKinds,
  families,
  grades,
  levels,
  posts,
  prizes,
  professionalTitles,
  sanctions,
  sexes,
  subjects,
  teachingStages,
} from '../domain/vocabulary.js';
import type { Language, Text } from './catalogue.js';
import { entryNames, filingParts, outcomeNames, stageNames, standingNames, type Names } from './names.js';

/** Heads of columns, by the name of the field; `operation:path` where a field means something else in one list. */
const columnTexts: Readonly<Record<string, Text>> = {
  authority: { zh: '决定机关', en: 'Authority' },
  checkedOn: { zh: '核验日期', en: 'Checked on' },
  declaredAt: { zh: '申报时间', en: 'Declared at' },
  decidedOn: { zh: '决定日期', en: 'Decided on' },
  fileHash: { zh: '文件校验值', en: 'Hash of the file' },
  ground: { zh: '情形', en: 'Ground' },
  groundName: { zh: '情形名称', en: 'Name of the ground' },
  how: { zh: '方式', en: 'How' },
  liftedBy: { zh: '解除依据', en: 'Lifted by' },
  liftedOn: { zh: '解除日期', en: 'Lifted on' },
  recordedOn: { zh: '登记日期', en: 'Recorded on' },
  refusal: { zh: '不予核验理由', en: 'Refused because' },
  relation: { zh: '关系', en: 'Relation' },
  replaces: { zh: '更正的材料编号', en: 'Corrects' },
  usedAgain: { zh: '重复使用', en: 'Used again' },
  verified: { zh: '已核验', en: 'Verified' },
  composite: { zh: '合成', en: 'Composite' },
  'composite.total': { zh: '总分', en: 'total' },
  'composite.total.numerator': { zh: '分子', en: 'numerator' },
  'composite.total.denominator': { zh: '分母', en: 'denominator' },
  'composite.place': { zh: '名次', en: 'place' },
  'composite.missing': { zh: '缺少的成绩', en: 'missing results' },
  actions: { zh: '可作的决定', en: 'Possible decisions' },
  addedAt: { zh: '存入时间', en: 'Stored at' },
  applicationId: { zh: '申报编号', en: 'Application id' },
  apprentice: { zh: '培养对象', en: 'Apprentice' },
  about: { zh: '约', en: 'About' },
  further: { zh: '尚未推荐的申报人', en: 'Further applicants' },
  basis: { zh: '依据', en: 'Basis' },
  auditSequence: { zh: '审计链序号', en: 'Entry of the audit chain' },
  madeAt: { zh: '生成时间', en: 'Made at' },
  own: { zh: '本单位模板', en: 'The bureau’s own' },
  placeholders: { zh: '占位符', en: 'Placeholders' },
  format: { zh: '格式', en: 'Form' },
  root: { zh: '根哈希', en: 'Root hash' },
  attempts: { zh: '发送次数', en: 'Attempts' },
  batch: { zh: '批次', en: 'Batch' },
  benefits: { zh: '当日享受待遇', en: 'Benefits run on the day' },
  benefitsUntil: { zh: '待遇停止日期', en: 'Benefits end on' },
  birthDate: { zh: '出生日期', en: 'Date of birth' },
  candidates: { zh: '候选人数', en: 'Candidates' },
  case: { zh: '事项', en: 'Case' },
  caseId: { zh: '事项编号', en: 'Case id' },
  certificateNumber: { zh: '证书编号', en: 'Certificate number' },
  change: { zh: '变动', en: 'Change' },
  clause: { zh: '条款', en: 'Clause' },
  code: { zh: '代码', en: 'Code' },
  countedOn: { zh: '统计日期', en: 'Counted on' },
  createdAt: { zh: '产生时间', en: 'Written at' },
  crossSchool: { zh: '跨校', en: 'Across schools' },
  date: { zh: '日期', en: 'Date' },
  decidedBy: { zh: '授予单位级别', en: 'Granted at the level' },
  degree: { zh: '学历', en: 'Degree' },
  digest: { zh: '摘要值', en: 'Digest' },
  document: { zh: '依据文件', en: 'Document' },
  done: { zh: '已完成', en: 'Done' },
  dueAt: { zh: '办理期限', en: 'Due at' },
  dueOn: { zh: '应报日期', en: 'Due on' },
  en: { zh: '英文名称', en: 'English name' },
  enters: { zh: '进入方式', en: 'Enters as' },
  endedOn: { zh: '终止日期', en: 'Ended on' },
  endsOn: { zh: '结束日期', en: 'Ends on' },
  entry: { zh: '产生方式', en: 'Entry' },
  event: { zh: '活动', en: 'Event' },
  exact: { zh: '应为', en: 'Exactly' },
  formalCandidates: { zh: '正式候选人数', en: 'Formal candidates' },
  from: { zh: '起', en: 'From' },
  fromRank: { zh: '现有层次', en: 'From rank' },
  fullTimeTeachers: { zh: '专任教师数', en: 'Full-time teachers' },
  givenByYear: { zh: '各年授予人数', en: 'Given year by year' },
  grades: { zh: '各等次人数', en: 'Grades' },
  hasTenure: { zh: '任期由本系统管理', en: 'Tenure is followed here' },
  held: { zh: '已开展次数', en: 'Held' },
  holders: { zh: '持有人数', en: 'Holders' },
  hours: { zh: '学时', en: 'Hours' },
  dissemination: { zh: '方式', en: 'Dissemination' },
  id: { zh: '编号', en: 'Id' },
  idNumber: { zh: '身份证号', en: 'ID number' },
  inTraining: { zh: '已在培养', en: 'In training' },
  issuer: { zh: '颁发单位', en: 'Issued by' },
  mobile: { zh: '手机', en: 'Mobile number' },
  number: { zh: '证书号', en: 'Certificate number' },
  kind: { zh: '类型', en: 'Kind' },
  lastFailure: { zh: '最近一次失败代码', en: 'Last failure' },
  level: { zh: '级别', en: 'Level' },
  mailAddress: { zh: '邮箱', en: 'Mail address' },
  messageId: { zh: '邮件编号', en: 'Message id' },
  locality: { zh: '区域', en: 'Locality' },
  mainPost: { zh: '主要岗位', en: 'Main post' },
  max: { zh: '至多', en: 'At most' },
  mentor: { zh: '导师', en: 'Mentor' },
  met: { zh: '达标', en: 'Met' },
  min: { zh: '至少', en: 'At least' },
  missing: { zh: '缺少人数', en: 'Missing' },
  name: { zh: '姓名', en: 'Name' },
  on: { zh: '统计日', en: 'On the day' },
  organisation: { zh: '单位', en: 'Organisation' },
  organisationId: { zh: '单位编号', en: 'Organisation id' },
  origin: { zh: '来源', en: 'Origin' },
  otherPosts: { zh: '其他岗位', en: 'Other posts' },
  outcome: { zh: '结果', en: 'Outcome' },
  overdueDays: { zh: '逾期天数', en: 'Days overdue' },
  owed: { zh: '应开展次数', en: 'Owed' },
  parentId: { zh: '上级编号', en: 'Parent id' },
  parts: { zh: '各项材料', en: 'Parts' },
  pending: { zh: '待确认', en: 'Not yet confirmed' },
  period: { zh: '方案周期（年）', en: 'Period (years)' },
  personId: { zh: '人员编号', en: 'Person id' },
  person: { zh: '人员', en: 'Person' },
  places: { zh: '名额', en: 'Places' },
  prize: { zh: '获奖', en: 'Prize' },
  rank: { zh: '层次', en: 'Rank' },
  ranks: { zh: '层次', en: 'Ranks' },
  readAt: { zh: '阅读时间', en: 'Read at' },
  reason: { zh: '理由', en: 'Reason' },
  required: { zh: '要求', en: 'Required' },
  reservePlace: { zh: '递补次序', en: 'Place on the reserve list' },
  reviewYear: { zh: '考核学年', en: 'School year' },
  role: { zh: '办理角色', en: 'Role' },
  roleName: { zh: '办理角色名称', en: 'Name of the role' },
  roundId: { zh: '轮次编号', en: 'Round id' },
  rule: { zh: '规则', en: 'Rule' },
  rural: { zh: '农村学校', en: 'Rural' },
  scheme: { zh: '方案', en: 'Scheme' },
  school: { zh: '学校', en: 'School' },
  schoolId: { zh: '学校编号', en: 'School id' },
  schoolScore: { zh: '学校评分（百分之一分）', en: 'School’s score (hundredths of a point)' },
  schoolYear: { zh: '学年', en: 'School year' },
  seats: { zh: '名额', en: 'Seats' },
  sentAt: { zh: '送出时间', en: 'Sent at' },
  toRank: { zh: '培养层次', en: 'To rank' },
  sex: { zh: '性别', en: 'Sex' },
  since: { zh: '开始时间', en: 'Since' },
  staffNumber: { zh: '工号', en: 'Staff number' },
  stage: { zh: '环节', en: 'Stage' },
  stages: { zh: '学段', en: 'School stages' },
  standing: { zh: '状态', en: 'Standing' },
  startsOn: { zh: '开始日期', en: 'Starts on' },
  state: { zh: '当日状态', en: 'State on the day' },
  'listOutbox:state': { zh: '状态', en: 'State' },
  step: { zh: '步骤', en: 'Step' },
  subject: { zh: '学科', en: 'Subject' },
  'listOutbox:subject': { zh: '主题', en: 'Subject' },
  'subject.zh': { zh: '中文', en: 'Chinese' },
  'subject.en': { zh: '英文', en: 'English' },
  target: { zh: '目标', en: 'Target' },
  teachingSince: { zh: '参加教学工作日期', en: 'Teaching since' },
  text: { zh: '内容', en: 'Text' },
  'text.zh': { zh: '中文', en: 'Chinese' },
  'text.en': { zh: '英文', en: 'English' },
  title: { zh: '名称', en: 'Title' },
  'listPersons:title': { zh: '职称', en: 'Professional title' },
  'memberships:organisationId': { zh: '组织', en: 'Organisation' },
  'listOrganisations:name': { zh: '名称', en: 'Name' },
  'organisation.name': { zh: '名称', en: 'Name' },
  to: { zh: '收件人', en: 'To' },
  townGroup: { zh: '所属片区', en: 'Town group' },
  traineeId: { zh: '培养编号', en: 'Training id' },
  trainees: { zh: '培养对象人数', en: 'Trainees' },
  appointed: { zh: '授予称号人数', en: 'Appointed' },
  unit: { zh: '组别', en: 'Unit' },
  until: { zh: '止', en: 'Until' },
  url: { zh: '接口地址', en: 'Address in the API' },
  validFrom: { zh: '生效日期', en: 'Valid from' },
  validUntil: { zh: '失效日期', en: 'Valid until' },
  values: { zh: '依据的数值', en: 'Values' },
  version: { zh: '版本', en: 'Version' },
  waiting: { zh: '待确认人数', en: 'Waiting' },
  waitingFor: { zh: '等待角色', en: 'Waits for' },
  what: { zh: '待办', en: 'What' },
  window: { zh: '统计期', en: 'Window' },
  workflowUrl: { zh: '流程页面', en: 'Page of the workflow' },
  years: { zh: '年数', en: 'Years' },
  zh: { zh: '中文名称', en: 'Chinese name' },
};

const organisationKinds: Names = {
  district: { zh: '区', en: 'district' },
  school: { zh: '学校', en: 'school' },
  institution: { zh: '区属单位', en: 'institution' },
};

/** Where a trainee stands after the selection, and how a case of one can end. */
const trainingNames: Names = {
  training: { zh: '培养中', en: 'in training' },
  passed: { zh: '考核合格', en: 'passed' },
  eliminated: { zh: '淘汰', en: 'eliminated' },
  left: { zh: '退出', en: 'left' },
  transferred_out: { zh: '调离', en: 'transferred out' },
  appointed: { zh: '已授予称号', en: 'appointed' },
};

/** Ways in that no scheme names. */
const furtherEntries: Names = {
  replacement: { zh: '替补', en: 'replacement' },
  ladder: { zh: '梯队列入', en: 'ladder' },
};

const originNames: Names = {
  appointment: { zh: '本系统授予', en: 'appointed here' },
  roster: { zh: '名册录入', en: 'from the roster' },
};

const titleStateNames: Names = {
  not_yet: { zh: '未生效', en: 'not yet' },
  valid: { zh: '有效', en: 'valid' },
  superseded: { zh: '已有更高称号', en: 'superseded' },
  lapsed: { zh: '已到期', en: 'lapsed' },
  revoked: { zh: '已取消', en: 'revoked' },
};

const deliveryStateNames: Names = {
  waiting: { zh: '待发送', en: 'waiting' },
  sent: { zh: '已送出', en: 'sent' },
  refused: { zh: '被拒收', en: 'refused' },
  kept: { zh: '仅留存', en: 'kept' },
};

const changeNames: Names = {
  eliminated: { zh: '淘汰', en: 'eliminated' },
  left: { zh: '退出', en: 'left' },
  supplemented: { zh: '补充', en: 'supplemented' },
};

const basisNames: Names = {
  guarantee: { zh: '保底', en: 'guarantee' },
  share: { zh: '按比例', en: 'share' },
};

/** The decisions as people call them. */
export const decisionNames: Names = {
  acceptWithdrawal: { zh: '同意撤回', en: 'accept the withdrawal' },
  allowEqualNumbers: { zh: '决定等额', en: 'allow equal numbers' },
  answer: { zh: '书面陈述', en: 'answer in writing' },
  askRecusal: { zh: '申请回避', en: 'ask for a recusal' },
  assign: { zh: '指定核查人', en: 'name investigators' },
  assignVacantSeats: { zh: '分配空缺名额', en: 'assign vacant seats' },
  confirmFindings: { zh: '认定机器核对结果', en: 'confirm what was found' },
  confirmSummary: { zh: '确认摘要', en: 'confirm the summary' },
  correct: { zh: '更正公示', en: 'correct the notice' },
  decide: { zh: '作出决定', en: 'decide' },
  decideOnChair: { zh: '决定主任回避', en: 'decide on the chair' },
  decideReview: { zh: '复核决定', en: 'decide the review' },
  extendInvestigation: { zh: '延长核查', en: 'extend the investigation' },
  judgeClue: { zh: '认定线索', en: 'judge a clue' },
  lift: { zh: '解除', en: 'lift' },
  record: { zh: '登记决定', en: 'record' },
  report: { zh: '提交核查报告', en: 'report' },
  requestReview: { zh: '申请复核', en: 'ask for a review' },
  restart: { zh: '重新公示', en: 'restart the notice' },
  summarise: { zh: '撰写摘要', en: 'summarise' },
  mergeSchools: { zh: '学校合并', en: 'merge schools' },
  returnUnit: { zh: '退回重报', en: 'send a list back' },
  grantPlaces: { zh: '使用机动、单列名额', en: 'give places held back' },
  shareOutPlaces: { zh: '再分配未用名额', en: 'share out unused places' },
  correctFacts: { zh: '按更正的名册核对', en: 'judge by the corrected roster' },
  selfScore: { zh: '自评', en: 'state one’s own points' },
  checkItems: { zh: '核定计分项目', en: 'check the counted items' },
  amend: { zh: '补正', en: 'amend' },
  approve: { zh: '批准', en: 'approve' },
  approveCandidates: { zh: '批准候选人', en: 'approve candidates' },
  approveSeats: { zh: '批准名额', en: 'approve seats' },
  assess: { zh: '期满考核', en: 'assess' },
  cancel: { zh: '取消', en: 'cancel' },
  chooseMentor: { zh: '选择导师', en: 'choose a mentor' },
  close: { zh: '结束投票', en: 'close' },
  closeIssue: { zh: '结束发票', en: 'close the issue' },
  closeStage: { zh: '结束环节', en: 'close a stage' },
  confirm: { zh: '确认', en: 'confirm' },
  confirmHours: { zh: '确认学时', en: 'confirm hours' },
  decideEligibility: { zh: '认定资格', en: 'decide eligibility' },
  draft: { zh: '拟稿', en: 'draft' },
  dutyReport: { zh: '述职', en: 'report on the year' },
  enterByContest: { zh: '赛课直接入选', en: 'enter by contest' },
  extendStage: { zh: '延长环节', en: 'extend a stage' },
  file: { zh: '上报', en: 'file' },
  free: { zh: '解除暂缓', en: 'free' },
  giveOpinions: { zh: '提出意见', en: 'give opinions' },
  substituteResearcher: { zh: '更换教研员', en: 'name a substitute for the researcher' },
  recordAbsence: { zh: '登记无意见及理由', en: 'record why there is no opinion' },
  recordIntegrityOpinions: { zh: '登记廉政意见', en: 'record the opinions on integrity' },
  decideOnObjections: { zh: '对有异议者作出决定', en: 'decide on the objections' },
  namePanel: { zh: '组成评审组', en: 'name the panel' },
  declareConflict: { zh: '申报回避', en: 'declare a conflict' },
  decideConflicts: { zh: '决定回避', en: 'decide on conflicts' },
  seatReserve: { zh: '候补评委递补', en: 'seat a reserve member' },
  givePoints: { zh: '评分', en: 'give points' },
  recordCounts: { zh: '登记测评票数', en: 'record the counts' },
  grade: { zh: '评定等次', en: 'grade' },
  hold: { zh: '暂缓', en: 'hold' },
  issue: { zh: '发证', en: 'issue' },
  leave: { zh: '退出培养', en: 'leave' },
  nominate: { zh: '推荐', en: 'nominate' },
  open: { zh: '启动', en: 'open' },
  openBox: { zh: '开箱', en: 'open the box' },
  recuse: { zh: '回避', en: 'recuse' },
  returnForCorrection: { zh: '退回补正', en: 'return for correction' },
  reviewCandidates: { zh: '审议候选人', en: 'review candidates' },
  revoke: { zh: '取消称号', en: 'revoke' },
  score: { zh: '评分', en: 'score' },
  signIn: { zh: '签到', en: 'sign in' },
  submit: { zh: '申报', en: 'submit' },
  substitute: { zh: '候补替换', en: 'substitute' },
  transfer: { zh: '记录调动', en: 'record a transfer' },
  withdraw: { zh: '撤回', en: 'withdraw' },
};

const unitNames: Names = { ...families, ...subjects, ...teachingStages, all: { zh: '全部', en: 'all' } };

/** The codes of a column with their names, by the name of the field as above. */
const codeNames: Readonly<Record<string, Names>> = {
  actions: decisionNames,
  basis: basisNames,
  change: changeNames,
  decidedBy: levels,
  degree: degrees,
  enters: {
    trainee: { zh: '培养对象', en: 'trainee' },
    nominee_pool: { zh: '培养人选', en: 'pool of nominees' },
    reserve: { zh: '后备人选', en: 'reserve' },
  },
  entry: { ...entryNames, ...furtherEntries },
  grades,
  kind: caseKindNames,
  'listOrganisations:kind': organisationKinds,
  'evidence:kind': evidenceKinds,
  'evidence:prize': prizes,
  'sanctions:kind': sanctions,
  dissemination: disseminations,
  level: levels,
  locality: areas,
  mainPost: posts,
  origin: originNames,
  otherPosts: posts,
  parts: {
    ...filingParts,
    part: { zh: '材料', en: 'part' },
    filedOn: { zh: '报送日期', en: 'filed on' },
    title: { zh: '名称', en: 'title' },
    persons: { zh: '人数', en: 'persons' },
    late: { zh: '逾期', en: 'late' },
  },
  givenByYear: { year: { zh: '年', en: 'year' }, persons: { zh: '人数', en: 'persons' } },
  outcome: { ...trainingNames, ...outcomeNames },
  role: roleNames,
  sex: sexes,
  stage: stageNames,
  stages: teachingStages,
  standing: { ...trainingNames, ...standingNames },
  state: titleStateNames,
  'listOutbox:state': deliveryStateNames,
  step: stepNames,
  subject: subjects,
  'listPersons:title': professionalTitles,
  unit: unitNames,
  waitingFor: roleNames,
};

/** What yes and no are called in a cell. */
export const yesAndNo = { true: { zh: '是', en: 'yes' }, false: { zh: '否', en: 'no' } } as const;

/** The name of a school beside its id, in lists that have only the id. */
export const schoolNameText: Text = { zh: '学校名称', en: 'Name of the school' };
export const organisationNameText: Text = { zh: '单位名称', en: 'Name of the organisation' };

/**
 * The head of a column.
 * @param operationId the list's
 * @param path names of the fields from the item down to the cell
 * @param language the reader's language
 * @returns the names of the fields in turn, joined; undefined when one of them has no text
 */
export function columnHead(
  operationId: string,
  path: readonly string[],
  language: Language,
): string | undefined {
  const texts = path.map((_, index) => find(columnTexts, operationId, path.slice(0, index + 1)));
  return texts.every((text) => text !== undefined)
    ? texts.map((text) => text[language]).join(language === 'zh' ? '·' : ' · ')
    : undefined;
}

/**
 * The names of the codes that a column holds.
 * @param operationId the list's
 * @param path names of the fields from the item down to the cell
 * @returns names by code; undefined when the column holds no codes
 */
export function namesInColumn(operationId: string, path: readonly string[]): Names | undefined {
  return find(codeNames, operationId, path);
}

function find<Entry>(
  table: Readonly<Record<string, Entry>>,
  operationId: string,
  path: readonly string[],
): Entry | undefined {
  const dotted = path.join('.');
  return table[`${operationId}:${dotted}`] ?? table[dotted] ?? table[path.at(-1)!];
}

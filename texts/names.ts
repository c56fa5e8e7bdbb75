import { roleNames, stepNames } from '../domain/case-names.js';
import type { StageCode } from '../domain/policy.js';
import type { TitleState } from '../domain/tenure.js';
import {
  degrees,
  evidenceKinds,
  families,
  grades,
  levels,
  posts,
  prizes,
  professionalTitles,
  sanctions,
  subjects,
  teachingStages,
  type Name,
} from '../domain/vocabulary.js';
import type { Language } from './catalogue.js';

/** Codes with their names. */
export type Names = Readonly<Record<string, Name>>;

const localities: Names = {
  rural: { zh: '农村学校', en: 'rural' },
  urban: { zh: '城区学校', en: 'urban' },
};
const schoolKindNames: Names = {
  secondary: { zh: '中学', en: 'secondary' },
  central_primary: { zh: '中心小学', en: 'central primary' },
};

export const stageNames: Readonly<Record<StageCode, Name>> = {
  standards_published: { zh: '公布标准', en: 'publishing the standards' },
  application: { zh: '个人申报', en: 'application' },
  school_score: { zh: '学校综合评定', en: 'scoring by the school' },
  school_nomination: { zh: '学校推荐', en: 'nomination by the school' },
  school_notice: { zh: '校内公示', en: 'notice at the school' },
  filing: { zh: '上报名单', en: 'filing of the list' },
  eligibility_check: { zh: '资格审查', en: 'eligibility check' },
  leading_group_review: { zh: '领导小组审核评议', en: 'review by the leading group' },
  expert_opinion: { zh: '征求教研员意见', en: 'researchers’ opinions' },
  ability_test: { zh: '能力测试', en: 'ability test' },
  interview: { zh: '面试', en: 'interview' },
  lesson_observation: { zh: '听课', en: 'lesson observation' },
  multi_party_evaluation: { zh: '多方评价', en: 'evaluation by several parties' },
  democratic_appraisal: { zh: '民主测评', en: 'democratic appraisal' },
  integrity_opinion: { zh: '廉洁意见', en: 'opinion on integrity' },
  differential_vote: { zh: '差额推选', en: 'differential vote' },
  approval: { zh: '审定', en: 'approval' },
  district_notice: { zh: '区级公示', en: 'notice of the district' },
  publication: { zh: '公布', en: 'publication' },
  formal_candidate: { zh: '正式候选人', en: 'formal candidate' },
  training: { zh: '培训', en: 'training' },
  training_exam: { zh: '培训考试', en: 'training exam' },
  training_assessment: { zh: '培养期满考核', en: 'final assessment' },
  appointment: { zh: '授予称号', en: 'appointment' },
  annual_assessment: { zh: '年度考核', en: 'yearly review' },
  duty_report: { zh: '述职', en: 'duty report' },
  spot_check: { zh: '抽查', en: 'spot check' },
  mid_assessment: { zh: '中期考核', en: 'mid-term assessment' },
  term_assessment: { zh: '届期考核', en: 'assessment of the term' },
  re_evaluation: { zh: '复评', en: 're-evaluation' },
};

export const standingNames: Names = {
  waiting: { zh: '等待办理', en: 'waiting' },
  running: { zh: '正在办理', en: 'under way' },
  held: { zh: '暂缓', en: 'held' },
  out: { zh: '已退出', en: 'out' },
  reserve: { zh: '候补', en: 'on the reserve list' },
  chosen: { zh: '已成为正式候选人', en: 'a formal candidate' },
};

/** Why a certificate is printed again (C13). */
export const reissueReasonNames: Names = {
  lost: { zh: '因遗失补发', en: 'lost' },
  damaged: { zh: '因损坏换发', en: 'damaged' },
  wrong_name: { zh: '因姓名有误换发', en: 'wrong name' },
};

/** The states of a title and of its certificate (C3). */
export const titleStateNames = {
  not_yet: { zh: '尚未生效', en: 'not yet valid' },
  valid: { zh: '有效', en: 'valid' },
  suspended: { zh: '暂停使用', en: 'suspended' },
  expired_pending: { zh: '已到期，重新评定中', en: 'expired, re-evaluation pending' },
  superseded: { zh: '已被更高称号或新证书取代', en: 'superseded by a higher title or a new certificate' },
  lapsed: { zh: '已过期', en: 'lapsed' },
  revoked: { zh: '已终止', en: 'ended' },
} as const satisfies Record<TitleState, Name>;

export const outcomeNames: Names = {
  all_given: { zh: '意见已齐', en: 'all opinions given' },
  objections_decided: { zh: '异议已处理', en: 'objections decided' },
  judged: { zh: '已评出结果', en: 'judged' },
  cancelled: { zh: '已取消', en: 'cancelled' },
  completed: { zh: '已完成', en: 'completed' },
  confirmed: { zh: '已确认', en: 'confirmed' },
  decided: { zh: '已决出', en: 'decided' },
  dismissed: { zh: '异议不成立', en: 'objection dismissed' },
  sustained: { zh: '异议成立', en: 'objection sustained' },
  sustained_procedural: { zh: '程序有误', en: 'procedure found wrong' },
  not_specific: { zh: '线索不具体', en: 'not specific enough to check' },
  restarted: { zh: '已重新公示', en: 'published again' },
  ended: { zh: '已期满', en: 'ended' },
  filed: { zh: '已上报', en: 'filed' },
  formal_candidate: { zh: '正式候选人', en: 'formal candidate' },
  issued: { zh: '已授予', en: 'issued' },
  lifted: { zh: '已撤销', en: 'lifted' },
  lapsed: { zh: '已到期', en: 'lapsed' },
  no_candidate_left: { zh: '已无候选人', en: 'no candidate left' },
  nobody_approved: { zh: '无人获审定', en: 'nobody approved' },
  nominated: { zh: '已推荐', en: 'nominated' },
  not_eligible: { zh: '不符合条件', en: 'not eligible' },
  passed: { zh: '合格', en: 'passed' },
  eliminated: { zh: '淘汰', en: 'eliminated' },
  left: { zh: '退出', en: 'left' },
  out: { zh: '已退出', en: 'out' },
  reserve: { zh: '候补', en: 'on the reserve list' },
  revoked: { zh: '已取消称号', en: 'revoked' },
  renewed: { zh: '已换发新证', en: 'renewed' },
  stopped: { zh: '已中止', en: 'stopped' },
  withdrawn: { zh: '已撤回', en: 'withdrawn' },
  first: { zh: '首轮', en: 'first ballot' },
  re_ballot: { zh: '重投', en: 're-ballot' },
  supplementary: { zh: '补投', en: 'supplementary ballot' },
};

const factNames: Names = {
  birthDate: { zh: '出生日期', en: 'date of birth' },
  sex: { zh: '性别', en: 'sex' },
  degree: { zh: '学历', en: 'degree' },
  title: { zh: '职称', en: 'professional title' },
  teachingSince: { zh: '参加教学工作日期', en: 'first day of teaching' },
  stagesTaught: { zh: '任教学段', en: 'school stages taught' },
};

const conflictNames: Names = {
  is_candidate: { zh: '本人是候选人', en: 'is a candidate' },
  mentor_pair: { zh: '师徒', en: 'mentor and apprentice' },
  kinship: { zh: '亲属', en: 'kin' },
  same_school: { zh: '同校', en: 'same school' },
  other: { zh: '其他关系', en: 'another connection' },
};
const paperFigures: Names = {
  returned: { zh: '收回张数', en: 'the papers returned' },
  notReturned: { zh: '未收回张数', en: 'the papers not returned' },
};
const howMany: Names = {
  all: { zh: '以下各项', en: 'all of' },
  any: { zh: '以下之一', en: 'one of' },
};
const nearness: Names = {
  same: { zh: '同学科', en: 'the same' },
  same_or_near: { zh: '学科对口或相近', en: 'the same or a near one' },
};
export const entryNames: Names = {
  application: { zh: '个人申报', en: 'application' },
  contest: { zh: '竞赛直接入选', en: 'contest prize' },
  nomination: { zh: '组织推荐', en: 'nomination without an application' },
  supplement: { zh: '补充选拔', en: 'supplementary selection' },
};
export const filingParts: Names = {
  plan: { zh: '培养方案', en: 'plan' },
  list: { zh: '名单', en: 'list' },
};
const extraPlaces: Names = {
  reserve: { zh: '机动', en: 'held back' },
  apart: { zh: '单列', en: 'listed apart' },
  unused: { zh: '收回', en: 'returned unused' },
};
const supplements: Names = {
  reserve_list: { zh: '候补名单', en: 'the reserve list' },
  outstanding_non_trainees: { zh: '脱颖而出的非培养对象', en: 'outstanding teachers who are no trainees' },
};

const textParts: Names = {
  text: { zh: '正文', en: 'text' },
  cell: { zh: '单元格', en: 'cell' },
  hidden_cell: { zh: '隐藏的单元格', en: 'hidden cell' },
  unused_text: { zh: '已删除而残留的文字', en: 'text left over from a deleted cell' },
  comment: { zh: '批注', en: 'comment' },
  defined_name: { zh: '定义的名称', en: 'defined name' },
  property: { zh: '文档属性', en: 'document property' },
  header_footer: { zh: '页眉页脚', en: 'header or footer' },
  hidden_text: { zh: '隐藏文字', en: 'hidden text' },
  tracked_change: { zh: '修订', en: 'tracked change' },
  file_name: { zh: '文件名', en: 'file name' },
  other: { zh: '其他部分', en: 'another part' },
};
const numberKinds: Names = {
  id_number: { zh: '身份证号', en: 'an ID number' },
  mobile_number: { zh: '手机号码', en: 'a mobile number' },
};

/** Stands for the ranks of the scheme, which the catalogue does not know. */
const ofScheme = 'ranks of the scheme';
type Table = Names | typeof ofScheme;

/** What a value is a code of, by its name, or by the text's code and its name where that tells more. */
const fields: Readonly<Record<string, readonly Table[]>> = {
  rank: [ofScheme],
  ranks: [ofScheme],
  open: [ofScheme],
  unit: [ofScheme, families, subjects, teachingStages],
  stage: [stageNames],
  standing: [standingNames, stepNames],
  step: [stepNames],
  outcome: [outcomeNames],
  role: [roleNames],
  roles: [roleNames],
  officer: [roleNames],
  figure: [paperFigures],
  subject: [subjects],
  subjects: [subjects],
  grade: [grades],
  best: [grades],
  sanction: [sanctions],
  level: [levels],
  prize: [prizes],
  sources: [supplements],
  entry: [entryNames],
  part: [filingParts],
  conflict: [conflictNames],
  conflicts: [conflictNames],
  asked: [filingParts],
  'ATTACHMENT_NOT_READ.part': [],
  'PERSONAL_DATA_IN_FILE.part': [textParts],
  'PERSONAL_DATA_IN_FILE.kind': [numberKinds],
  'SCHOOL_FILING_DUE.what': [filingParts],
  reissueReason: [reissueReasonNames],
  'CERTIFICATE_NOT_PRINTED.state': [titleStateNames],
  'NOT_ALLOWED.allowed': [roleNames],
  'NOT_NOMINATOR.allowed': [roleNames],
  'NOT_ASSESSOR.allowed': [roleNames],
  'WRONG_STEP.allowed': [stepNames],
  'EXTRA_PLACES_USED.kind': [extraPlaces],
  'SUBJECT_REASON_MISSING.over': [teachingStages, subjects],
  'SUBJECTS_NOT_COVERED.subjects': [subjects],
  'SEATS_ROWS.missing': [ofScheme, families, subjects, teachingStages],
  'SEATS_ROWS.unknown': [ofScheme, families, subjects, teachingStages],
  'MENTOR_RANK.allowed': [ofScheme],
  'MENTOR_RANK.held': [ofScheme],
  'MENTOR_SUBJECT.apprentice': [subjects],
  'MENTOR_SUBJECT.mentor': [subjects],
  'MENTOR_SUBJECT.required': [nearness],
  'RANK_NOT_HELD.required': [ofScheme],
  'RANK_NOT_HELD.value': [ofScheme],
  'RANK_ALREADY_HELD.value': [ofScheme],
  'DEGREE_TOO_LOW.required': [degrees],
  'DEGREE_TOO_LOW.value': [degrees],
  'TITLE_TOO_LOW.required': [professionalTitles],
  'TITLE_TOO_LOW.value': [professionalTitles],
  'POST_NOT_HELD.required': [posts],
  'POST_NOT_HELD.value': [posts],
  'SANCTION_RUNS.value': [sanctions],
  'PAST_REVIEW_FAILED.required': [grades],
  'PAST_REVIEW_FAILED.value': [grades],
  'REVIEW_BARS.value': [grades],
  'SCHOOL_NOT_OF_KIND.required': [localities, schoolKindNames, teachingStages],
  'SCHOOL_NOT_OF_KIND.value': [localities, teachingStages],
  'FACT_MISSING.missing': [factNames],
  'FACT_MISSING.required': [degrees, professionalTitles],
  'PAPERS_TOO_FEW.required': [evidenceKinds, levels, prizes, howMany],
  'LESSONS_TOO_FEW.required': [evidenceKinds, levels, prizes, howMany],
  'PRIZES_TOO_FEW.required': [evidenceKinds, levels, prizes, howMany],
  'RESEARCH_TOO_LITTLE.required': [evidenceKinds, levels, prizes, howMany],
  'VOTE_ROUND_NOT_DUE.held': [outcomeNames],
};

/**
 * A value as people read it: codes of the vocabulary by their names, also within a text such as `accomplished/science`.
 * @param code the text that shows the value
 * @param field the value's name
 * @param value a code, or text in which codes stand; what is no code stays
 * @param ranks names of the scheme's ranks; without them their codes stay
 */
export function nameOf(code: string, field: string, value: string, language: Language, ranks: Names): string {
  const key = `${code}.${field}`;
  const found = Object.hasOwn(fields, key)
    ? fields[key]!
    : Object.hasOwn(fields, field)
      ? fields[field]!
      : [];
  const tables = found.map((table) => (table === ofScheme ? ranks : (table as Names)));
  if (tables.length === 0) return value;
  return value.replaceAll(/[A-Za-z]\w*/g, (word) => {
    const table = tables.find((each) => Object.hasOwn(each, word));
    return table?.[word]?.[language] ?? word;
  });
}

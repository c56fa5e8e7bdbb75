import type { RefusalText } from './catalogue.js';

/** Refusals, faults and reasons of what follows the selection: training, appointment, titles, yearly review. */
export const afterRefusals = {
  // training and hours
  TRAINING_YEARS_MISSING: {
    status: 422,
    zh: '方案没有规定“{{rank}}”的培养年限',
    en: 'The scheme does not say how long the training for {{rank}} lasts',
  },
  HOURS_IN_FUTURE: {
    status: 422,
    zh: '活动日期 {{on}} 尚未到来，不能登记学时',
    en: 'The activity is on {{on}}, which has not come; its hours cannot be entered yet',
  },
  HOURS_OWN: {
    status: 403,
    zh: '不能登记或确认本人的学时，也不能确认自己登记的学时（{{activity}}）',
    en: 'Nobody enters or confirms his own hours, or confirms what he entered himself ({{activity}})',
  },
  HOURS_TWICE: {
    status: 409,
    zh: '同一人同一活动只登记一次：{{activity}}，涉及 {{people}}',
    en: 'One entry for a person and an activity: {{activity}}, there already or named twice: {{people}}',
  },
  HOURS_PER_DAY: {
    status: 422,
    zh: '{{on}} 的学时合计超过 {{most}} 学时：{{people}}',
    en: 'More than {{most}} hours on {{on}}: {{people}}',
  },
  HOURS_CORRECTION: {
    status: 422,
    zh: '更正须为负数，对应原登记的活动、类别和日期，且不超过原学时：{{people}}',
    en: 'A correction is negative, of the kind and day of an entry that is there, and takes back no more than it: {{people}}',
  },
  HOURS_CORRECTION_FIRST: {
    status: 409,
    zh: '原登记尚未确认，更正不能先确认：{{activity}}，涉及 {{people}}',
    en: 'A correction is not confirmed before what it corrects: {{activity}}, {{people}}',
  },
  HOURS_KIND_UNKNOWN: {
    status: 422,
    zh: '方案没有活动类别“{{kind}}”，可用：{{allowed}}',
    en: 'The scheme has no activity {{kind}}; it has {{allowed}}',
  },
  HOURS_PERSON_UNKNOWN: {
    status: 422,
    zh: '名册中没有这些人员：{{people}}',
    en: 'These people are not in the roster: {{people}}',
  },
  HOURS_OF_OTHERS: {
    status: 403,
    zh: '学校只登记本校教师的校本活动；“{{kind}}”或以下人员不属于：{{people}}',
    en: 'A school enters activities held at school for its own teachers only; {{kind}} or these people are not: {{people}}',
  },
  HOURS_OF_SCHOOL: {
    status: 403,
    zh: '“{{kind}}”由学校组织，由学校经办登记',
    en: '{{kind}} is arranged by the school, whose clerk enters its hours',
  },
  SCHOOL_FILING_NOT_ASKED: {
    status: 422,
    zh: '方案不要求学校备案{{part}}；要求备案：{{asked}}',
    en: 'The scheme asks schools for no {{part}}; it asks for: {{asked}}',
  },
  SCHOOL_FILING_PEOPLE: {
    status: 422,
    zh: '名单须列出本校教师，培养方案不列人员：现列 {{named}} 人，其中非本校 {{others}}',
    en: 'A list names teachers of the school, a plan names nobody: {{named}} named, not of the school: {{others}}',
  },
  HOURS_NOT_PENDING: {
    status: 409,
    zh: '以下条目不是该培养对象待确认的学时：{{ids}}',
    en: 'These entries are no unconfirmed hours of the trainee: {{ids}}',
  },
  POINTS_OUT_OF_RANGE: {
    status: 422,
    zh: '考核分 {{points}} 应为 0 至 {{maxPoints}} 的整数',
    en: '{{points}} points: a whole number from 0 to {{maxPoints}} is required',
  },
  HOURS_NOT_MET: {
    status: 422,
    zh: '培训学时未修满：截至 {{on}} 已确认 {{done}} 学时，应修 {{required}} 学时',
    en: 'Training hours not met: {{done}} of {{required}} confirmed on {{on}}',
  },
  ASSESSMENT_NOT_PASSED: {
    status: 422,
    zh: '培养期满考核未合格：{{points}} 分，合格线 {{passPoints}} 分',
    en: 'The final assessment was not passed: {{points}} points, {{passPoints}} are required',
  },
  NOT_ASSESSOR: {
    status: 403,
    zh: '考核由方案规定的人员进行（{{allowed}}），教研员须为本学科的联系教研员',
    en: 'The scheme has it assessed by {{allowed}}; a researcher must be the one of the subject',
  },
  ETHICS_DOCUMENT_MISSING: {
    status: 422,
    zh: '师德一票否决须有主管部门的书面决定，请填写文号',
    en: 'A veto of ethics takes a written decision of the competent body; give its document',
  },
  OUT_BY_ETHICS_DECISION: {
    status: 422,
    zh: '师德一票否决：依据 {{document}}',
    en: 'Out by a written decision on a breach of ethics: {{document}}',
  },
  TRAINING_WITHDRAWN: {
    status: 422,
    zh: '本人退出培训。{{note}}',
    en: 'Left the training by own wish. {{note}}',
  },
  TRAINING_TRANSFERRED_OUT: {
    status: 422,
    zh: '调离本区，培训终止。{{note}}',
    en: 'Left the district; the training ended. {{note}}',
  },
  MENTOR_NOT_ASKED: {
    status: 422,
    zh: '方案没有为“{{rank}}”的培养对象安排拜师',
    en: 'The scheme has no mentors for trainees of {{rank}}',
  },
  MENTOR_UNKNOWN: { status: 422, zh: '名册中没有这位导师', en: 'The mentor is not in the roster' },
  MENTOR_OWN: { status: 422, zh: '不能拜自己为师', en: 'Nobody is his own mentor' },
  MENTOR_RANK: {
    status: 422,
    zh: '导师须为更高层次的骨干教师（{{allowed}}），现有称号：{{held}}',
    en: 'A mentor holds one of {{allowed}}; held today: {{held}}',
  },
  MENTOR_SUBJECT: {
    status: 422,
    zh: '导师学科须与学员对口或相近：学员 {{apprentice}}，导师 {{mentor}}，要求 {{required}}',
    en: 'The subjects do not fit: apprentice {{apprentice}}, mentor {{mentor}}, required {{required}}',
  },
  MENTOR_SCHOOL: {
    status: 422,
    zh: '方案要求在本校内结对',
    en: 'The scheme asks for a mentor of the same school',
  },

  // appointment and certificates
  RANK_NOT_CONFERRED_HERE: {
    status: 422,
    zh: '“{{rank}}”不由本级授予',
    en: '{{rank}} is not conferred by the body that runs this scheme',
  },
  APPOINTMENT_OPEN: {
    status: 409,
    zh: '“{{rank}}”已有一次授予正在办理',
    en: 'An appointment of {{rank}} is going on already',
  },
  NOBODY_TO_APPOINT: {
    status: 422,
    zh: '没有考核合格而待授予“{{rank}}”的人员',
    en: 'Nobody has passed the training for {{rank}} and waits for the title',
  },
  TRAINEES_NOT_READY: {
    status: 422,
    zh: '以下人员尚未考核合格或已授予：{{ids}}',
    en: 'These have not passed, or have the title already: {{ids}}',
  },
  NO_PLACES_LEFT: {
    status: 422,
    zh: '{{year}} 年“{{rank}}”名额 {{perYear}} 个已用 {{taken}} 个，没有余额',
    en: '{{rank}} has {{perYear}} places in {{year}}, and {{taken}} are taken',
  },
  NOT_ON_LIST: {
    status: 422,
    zh: '名单中没有这些人，审定不得增加人选：{{ids}}',
    en: 'Not on the list; an approval adds no name: {{ids}}',
  },
  NAME_LISTED_TWICE: { status: 422, zh: '以下人员重复列出：{{ids}}', en: 'Named more than once: {{ids}}' },
  OVER_YEARLY_NUMBER: {
    status: 422,
    zh: '审定 {{approved}} 人，超过本年名额 {{places}} 个',
    en: '{{approved}} approved for {{places}} places of the year',
  },
  PASSED_OVER: {
    status: 422,
    zh: '以下人员排序在前或仍有名额，须审定通过或暂缓并说明理由：{{ids}}',
    en: 'These come before others or have a place; approve them, or hold them with a reason: {{ids}}',
  },
  NOT_APPOINTABLE: {
    status: 422,
    zh: '有 {{count}} 处情况今日不得授予',
    en: '{{count}} facts bar an appointment today',
  },
  NOTICE_STILL_OPEN: {
    status: 422,
    zh: '公示尚未结束',
    en: 'The public notice is not closed',
  },
  CANDIDATE_HELD: { status: 422, zh: '该人选处于暂缓状态', en: 'The candidacy is held' },
  BEYOND_YEARLY_NUMBER: {
    status: 422,
    zh: '{{year}} 年名额 {{places}} 个已满，留待次年授予',
    en: 'The {{places}} places of {{year}} are taken; the appointment waits for the next year',
  },
  DAY_TO_COME: {
    status: 422,
    zh: '日期 {{on}} 晚于今日 {{today}}',
    en: '{{on}} is later than today, {{today}}',
  },
  SCHOOL_UNKNOWN: { status: 422, zh: '没有这所学校', en: 'There is no such school' },
  TITLE_REVOKED: {
    status: 422,
    zh: '称号已取消：{{reason}}（{{document}}）',
    en: 'The title was revoked: {{reason}} ({{document}})',
  },
  TITLE_ENDED_BY_TRANSFER: {
    status: 422,
    zh: '{{on}} 调离原校，称号终止',
    en: 'The holder left the school on {{on}}, which ended the title',
  },
  TITLE_REVOKED_BY_REVIEW: {
    status: 422,
    zh: '{{reviewYear}} 学年考核{{grade}}，取消称号',
    en: 'The title was revoked after the review of {{reviewYear}}: {{grade}}',
  },

  // yearly review
  REVIEW_NOT_IN_SCHEME: {
    status: 422,
    zh: '方案“{{policy}}”没有年度考核',
    en: 'The scheme {{policy}} has no yearly review',
  },
  RANK_NOT_AUTHORISED: {
    status: 422,
    zh: '方案不能据授权考核这些称号：{{ranks}}',
    en: 'These ranks cannot be reviewed by authorisation: {{ranks}}',
  },
  REVIEW_YEAR_TO_COME: {
    status: 422,
    zh: '{{reviewYear}} 学年尚未开始',
    en: 'The school year {{reviewYear}} has not begun',
  },
  REVIEW_TWICE: {
    status: 409,
    zh: '该校 {{reviewYear}} 学年考核已启动',
    en: 'The review of {{reviewYear}} has been opened for this school',
  },
  NO_HOLDERS: {
    status: 422,
    zh: '该校没有应参加 {{reviewYear}} 学年考核的称号（{{ranks}}）',
    en: 'The school has no title in force to review for {{reviewYear}} ({{ranks}})',
  },
  NOT_IN_REVIEW: {
    status: 422,
    zh: '以下称号不在本次考核中：{{ids}}',
    en: 'These titles are not under this review: {{ids}}',
  },
  REPORT_OF_ANOTHER: {
    status: 403,
    zh: '述职须由称号持有人本人提交',
    en: 'Only the holder of a title reports on the year',
  },
  GRADES_INCOMPLETE: {
    status: 422,
    zh: '等次须一次评定齐全：缺少[{{missing}}]，多出[{{unknown}}]，重复[{{twice}}]',
    en: 'Grades are given for all at once: missing [{{missing}}], unknown [{{unknown}}], twice [{{twice}}]',
  },
  GRADE_REASON_MISSING: {
    status: 422,
    zh: '以下等次须写明理由：{{ids}}',
    en: 'These grades need a reason: {{ids}}',
  },
  GRADE_MISSING: {
    status: 422,
    zh: '以下称号还没有等次，请在确认时评定：{{ids}}',
    en: 'These titles have no grade yet; give it with the confirmation: {{ids}}',
  },
  GRADES_FORBIDDEN: {
    status: 422,
    zh: '有 {{count}} 个等次与处分规定不符',
    en: '{{count}} grades are forbidden by sanctions',
  },
  GRADE_AGAINST_SANCTION: {
    status: 422,
    zh: '{{from}} 起的{{sanction}}处分，不得评为{{grade}}',
    en: 'A sanction from {{from}} ({{sanction}}) forbids the grade {{grade}}',
  },
} satisfies Record<string, RefusalText>;

/** A name in both languages. */
export interface Name {
  readonly zh: string;
  readonly en: string;
}

/** School degrees, low to high. */
export const degrees = {
  secondary: { zh: '中专', en: 'secondary vocational school' },
  college: { zh: '专科', en: 'college diploma' },
  bachelor: { zh: '本科', en: "bachelor's degree" },
  master: { zh: '硕士', en: "master's degree" },
  doctor: { zh: '博士', en: 'doctorate' },
} as const satisfies Record<string, Name>;
export type Degree = keyof typeof degrees;

/** Professional titles of teachers (职称), low to high. */
export const professionalTitles = {
  third: { zh: '三级教师', en: 'third-grade teacher' },
  second: { zh: '二级教师', en: 'second-grade teacher' },
  first: { zh: '一级教师', en: 'first-grade teacher' },
  senior: { zh: '高级教师', en: 'senior teacher' },
  full_senior: { zh: '正高级教师', en: 'full senior teacher' },
} as const satisfies Record<string, Name>;
export type ProfessionalTitle = keyof typeof professionalTitles;

/** Other names of the professional titles: the grades 初级, 中级, 高级 and the names in use before the titles were joined. */
export const professionalTitleAliases: Readonly<Record<string, ProfessionalTitle>> = {
  员级: 'third',
  初级: 'second',
  中级: 'first',
  高级: 'senior',
  副高级: 'senior',
  正高级: 'full_senior',
  中学三级教师: 'third',
  中学二级教师: 'second',
  中学一级教师: 'first',
  中学高级教师: 'senior',
  小学三级教师: 'third',
  小学二级教师: 'third',
  小学一级教师: 'second',
  小学高级教师: 'first',
};

/** Levels of awards, publications and tasks, low to high; a county counts as a district. */
export const levels = {
  school: { zh: '校级', en: 'school' },
  town_group: { zh: '学区级', en: 'town group' },
  district: { zh: '区级', en: 'district' },
  city: { zh: '市级', en: 'city' },
  province: { zh: '省级', en: 'province' },
  nation: { zh: '国家级', en: 'nation' },
} as const satisfies Record<string, Name>;
export type Level = keyof typeof levels;

/** Prizes, low to high. */
export const prizes = {
  merit: { zh: '优秀奖', en: 'merit' },
  third: { zh: '三等奖', en: 'third prize' },
  second: { zh: '二等奖', en: 'second prize' },
  first: { zh: '一等奖', en: 'first prize' },
  special: { zh: '特等奖', en: 'special prize' },
} as const satisfies Record<string, Name>;
export type Prize = keyof typeof prizes;

/** Kinds of evidence that a person files. */
export const evidenceKinds = {
  classroom_contest: { zh: '课堂教学大赛', en: 'classroom teaching contest' },
  skills_contest: { zh: '教学基本功比赛', en: 'teaching skills contest' },
  open_lesson: { zh: '公开课', en: 'open lesson' },
  demonstration_lesson: { zh: '观摩课', en: 'demonstration lesson' },
  research_lesson: { zh: '研究课', en: 'research lesson' },
  lecture: { zh: '讲座', en: 'lecture' },
  report: { zh: '学术报告', en: 'academic report' },
  paper: { zh: '论文', en: 'paper' },
  monograph: { zh: '论著', en: 'monograph' },
  project: { zh: '课题', en: 'research project' },
  research_result: { zh: '研究成果', en: 'research result' },
  teaching_result: { zh: '教学成果', en: 'teaching result' },
  pupil_contest: { zh: '辅导学生获奖', en: 'award of a pupil coached' },
  honour: { zh: '荣誉称号', en: 'honour' },
  mentoring: { zh: '指导青年教师', en: 'mentoring of young teachers' },
  digital_resource: { zh: '信息化教学作品', en: 'digital teaching resource' },
} as const satisfies Record<string, Name>;
export type EvidenceKind = keyof typeof evidenceKinds;

/** How a paper or result became known. */
export const disseminations = {
  published: { zh: '发表', en: 'published' },
  awarded: { zh: '获奖', en: 'awarded' },
  exchanged: { zh: '交流', en: 'exchanged' },
} as const satisfies Record<string, Name>;
export type Dissemination = keyof typeof disseminations;

/** School stages in which somebody teaches. */
export const teachingStages = {
  kindergarten: { zh: '幼儿园', en: 'kindergarten' },
  primary: { zh: '小学', en: 'primary' },
  junior: { zh: '初中', en: 'junior secondary' },
  senior: { zh: '高中', en: 'senior secondary' },
} as const satisfies Record<string, Name>;
export type TeachingStage = keyof typeof teachingStages;

/** Subjects; a kindergarten has the five fields instead. */
export const subjects = {
  chinese: { zh: '语文', en: 'Chinese' },
  mathematics: { zh: '数学', en: 'mathematics' },
  english: { zh: '英语', en: 'English' },
  physics: { zh: '物理', en: 'physics' },
  chemistry: { zh: '化学', en: 'chemistry' },
  biology: { zh: '生物', en: 'biology' },
  politics: { zh: '道德与法治', en: 'politics and law' },
  history: { zh: '历史', en: 'history' },
  geography: { zh: '地理', en: 'geography' },
  science: { zh: '科学', en: 'science' },
  information: { zh: '信息技术', en: 'information technology' },
  general_technology: { zh: '通用技术', en: 'general technology' },
  music: { zh: '音乐', en: 'music' },
  art: { zh: '美术', en: 'art' },
  physical_education: { zh: '体育', en: 'physical education' },
  psychology: { zh: '心理健康', en: 'psychology' },
  labour: { zh: '劳动', en: 'labour' },
  comprehensive_practice: { zh: '综合实践', en: 'comprehensive practice' },
  field_health: { zh: '健康领域', en: 'health (kindergarten)' },
  field_language: { zh: '语言领域', en: 'language (kindergarten)' },
  field_society: { zh: '社会领域', en: 'society (kindergarten)' },
  field_science: { zh: '科学领域', en: 'science (kindergarten)' },
  field_art: { zh: '艺术领域', en: 'art (kindergarten)' },
} as const satisfies Record<string, Name>;
export type Subject = keyof typeof subjects;

/** Families of subjects, which a scheme fills. */
export const families = {
  arts: { zh: '文科', en: 'arts' },
  science: { zh: '理科', en: 'science' },
  general: { zh: '综合', en: 'general' },
  kindergarten: { zh: '学前', en: 'kindergarten' },
} as const satisfies Record<string, Name>;
export type Family = keyof typeof families;

/** Posts that somebody holds in a school. */
export const posts = {
  teacher: { zh: '教师', en: 'teacher' },
  class_teacher: { zh: '班主任', en: 'class teacher' },
  lesson_group_lead: { zh: '备课组长', en: 'lead of a lesson preparation group' },
  subject_group_lead: { zh: '教研组长', en: 'lead of a subject group' },
  grade_lead: { zh: '年级组长', en: 'grade lead' },
  curriculum_lead: { zh: '课程组长', en: 'curriculum lead' },
  middle_manager: { zh: '中层干部', en: 'middle manager' },
  deputy_head: { zh: '副校长', en: 'deputy head' },
  head: { zh: '校长', en: 'head' },
} as const satisfies Record<string, Name>;
export type Post = keyof typeof posts;

/** Sanctions (处分), light to heavy. */
export const sanctions = {
  warning: { zh: '警告', en: 'warning' },
  demerit: { zh: '记过', en: 'demerit' },
  demotion: { zh: '降低岗位等级或撤职', en: 'demotion' },
} as const satisfies Record<string, Name>;
export type SanctionKind = keyof typeof sanctions;

/** Grades of a yearly assessment, best first; the last is no grade. */
export const grades = {
  excellent: { zh: '优秀', en: 'excellent' },
  pass: { zh: '合格', en: 'pass' },
  basic: { zh: '基本合格', en: 'basic' },
  fail: { zh: '不合格', en: 'fail' },
  ungraded: { zh: '不定等次', en: 'not graded' },
} as const satisfies Record<string, Name>;
export type Grade = keyof typeof grades;

export const sexes = {
  male: { zh: '男', en: 'male' },
  female: { zh: '女', en: 'female' },
} as const satisfies Record<string, Name>;
export type Sex = keyof typeof sexes;

/**
 * Codes of a table in its order.
 * @param table one of the tables above
 */
export function codesOf<Code extends string>(
  table: Readonly<Record<Code, Name>>,
): readonly [Code, ...Code[]] {
  return Object.keys(table) as [Code, ...Code[]];
}

/**
 * Whether one code of an ordered table stands at or above another (以上 includes the level itself, R0.1).
 * @param table an ordered table, low to high: degrees, professionalTitles, levels, prizes, sanctions
 * @param found the code that somebody has
 * @param required the code that is required
 */
export function isAtLeast<Code extends string>(
  table: Readonly<Record<Code, Name>>,
  found: Code,
  required: Code,
): boolean {
  const order = codesOf(table);
  return order.indexOf(found) >= order.indexOf(required);
}

/**
 * The code behind a Chinese name, as a spreadsheet or a scheme writes it.
 * @param table one of the tables above
 * @param zh the Chinese name; for professional titles also 初级, 中级, 高级 and the names of before
 * @returns the code, or undefined when the name is unknown
 */
export function codeOf<Code extends string>(
  table: Readonly<Record<Code, Name>>,
  zh: string,
): Code | undefined {
  if (Object.is(table, professionalTitles) && Object.hasOwn(professionalTitleAliases, zh)) {
    return professionalTitleAliases[zh] as string as Code;
  }
  return codesOf(table).find((code) => table[code].zh === zh);
}

import type { ColumnKind, SheetName } from '../domain/roster.js';
import type { Text } from './catalogue.js';

/** What a template of the roster explains, and what a workbook that is sent back says of its faults. */
export const rosterWorkbookTexts = {
  sheet: { zh: '工作表', en: 'Sheet' },
  column: { zh: '列', en: 'Column' },
  required: { zh: '是否必填', en: 'Required' },
  content: { zh: '填写内容', en: 'What to fill in' },
  choices: { zh: '可选值', en: 'Choices' },
  remark: { zh: '说明', en: 'Remark' },
  place: { zh: '位置', en: 'Place' },
  fault: { zh: '错误', en: 'Fault' },
  template: { zh: '名册模板', en: 'Roster template' },
  faults: { zh: '名册（已标出错误）', en: 'Roster with its faults' },
  manyMarked: {
    zh: '红色单元格有误，每行的原因见“{{column}}”列。改正后可直接重新上传，该列和本表会被忽略。',
    en: 'Red cells are at fault; the column {{column}} tells why, row by row. Correct them and upload this file again: that column and this sheet are ignored.',
  },
} as const satisfies Record<string, Text>;

/** Whether a cell must be filled. */
export const requiredTexts = {
  cells: { zh: '必填', en: 'every cell' },
  column: { zh: '须有该列，单元格视情况填写', en: 'the column must be there; its cells as the case may be' },
  nothing: { zh: '可不填，也可没有该列', en: 'may be left out' },
} as const satisfies Record<string, Text>;

/** What the cells of a column hold. */
export const kindTexts: Readonly<Record<ColumnKind, Text>> = {
  text: { zh: '文本', en: 'text' },
  count: { zh: '不带小数的人数', en: 'a whole number of people' },
  date: { zh: '日期，如 2026-08-31', en: 'a date such as 2026-08-31' },
  pastDate: { zh: '日期，如 2026-08-31，不晚于今天', en: 'a date such as 2026-08-31, not after today' },
  idNumber: {
    zh: '18位身份证号，单元格须为文本格式，否则末三位会丢失',
    en: 'an ID number of 18 characters; the cell must be formatted as text, or the last three are lost',
  },
  mobile: { zh: '11位手机号', en: 'a mobile number of 11 digits' },
  mailAddress: {
    zh: '邮箱地址，如 name@example.cn；留空则保留原地址',
    en: 'a mail address such as name@example.cn; an empty cell leaves the one there is',
  },
  choice: { zh: '从下拉选项中选一个', en: 'one of the choices of the drop-down' },
  choices: {
    zh: '选项中的一个或几个，用“、”分隔',
    en: 'one or several of the choices, with 、 between them',
  },
};

/** What is to be known of a whole sheet. */
export const sheetTexts: Readonly<Record<SheetName, Text>> = {
  学校: {
    zh: '每所学校一行。学段为空、专任教师数为 0 的行是区属单位（教育局、教研中心等），其人员也登记在“教师”表。',
    en: 'One row a school. A row without 学段 and with 0 full-time teachers is an organisation of the district, such as the bureau; its people are listed in 教师 too.',
  },
  教师: {
    zh: '每人一行，含区属单位人员（其学科、学段、岗位、参加教学工作日期可为空）。',
    en: 'One row a person, those of the district’s organisations included, for whom subject, stages, post and first day of teaching may be empty.',
  },
  称号: {
    zh: '已取得的骨干教师称号，每项一行。可没有此表。',
    en: 'Titles already held, one a row. The sheet may be missing.',
  },
  材料: {
    zh: '获奖、论文、公开课、课题、荣誉等，每项一行。可没有此表。',
    en: 'Prizes, papers, lessons, projects and honours, one a row. The sheet may be missing.',
  },
  处分: {
    zh: '处分，每项一行；未解除的“止”留空。可没有此表。',
    en: 'Sanctions, one a row; 止 is empty while one is in force. The sheet may be missing.',
  },
  任职: {
    zh: '谁以何角色办理。学校的角色在“组织”栏填学校代码，全区的角色填“区”；只有教研员填写学科。可没有此表。',
    en: 'Who acts in which role. A school’s role has the school’s code as 组织, a district’s has 区; only a researcher has a subject. The sheet may be missing.',
  },
  培养对象: {
    zh: '启用本系统时正在培养期内的人员，每人每层次一行；应修学时留空则按方案。已结束的培养不填。可没有此表。',
    en: 'Who is in training when the service is first used, one row for each person and rank; 应修学时 empty means the scheme’s figure. Trainings that are over are left out. The sheet may be missing.',
  },
  学时: {
    zh: '启用前已取得的学时，每人每项活动一行；未填核定人的，由培训中心在本系统核定。可没有此表。',
    en: 'Hours earned before, one row for each person and activity; without 核定人工号 the training centre confirms them here. The sheet may be missing.',
  },
  限制: {
    zh: '启用前已决定的申报限制：谁、因何、自何日起至何日止；“限制截止日期”留空为长期。可没有此表。',
    en: 'Who may not stand, why and until when, as decided before; an empty 限制截止日期 means without end. The sheet may be missing.',
  },
  师徒: {
    zh: '启用前已结成的师徒，每对一行，徒弟须在“培养对象”表或已在培养中；仍在结对的“结对结束日期”留空。可没有此表。',
    en: 'Mentor pairs made before, one row a pair; the apprentice is in 培养对象 or in training already; 结对结束日期 is empty while the pair goes on. The sheet may be missing.',
  },
};

import type { Role } from './cases.js';
import { isBusinessDate } from './dates.js';
import { isMailAddress } from './mail.js';
import type { ExternalTitle, Rank, TrainingActivity } from './policy.js';
import { Refusal, type Fault } from './refusal.js';
import {
  codeOf,
  codesOf,
  degrees,
  disseminations,
  evidenceKinds,
  levels,
  posts,
  prizes,
  professionalTitles,
  sanctions,
  sexes,
  subjects,
  teachingStages,
  type Degree,
  type Dissemination,
  type EvidenceKind,
  type Level,
  type Name,
  type Post,
  type Prize,
  type ProfessionalTitle,
  type SanctionKind,
  type Sex,
  type Subject,
  type TeachingStage,
} from './vocabulary.js';

/** A cell as the file holds it: texts trimmed, dates `YYYY-MM-DD`, null when empty. */
export type RawCell = string | number | boolean | null;

/** One sheet of a roster file; the first row is its header. */
export interface RawSheet {
  readonly name: string;
  readonly rows: readonly (readonly RawCell[])[];
}

/** Where a school lies. */
export const areas = {
  urban: { zh: '城区', en: 'urban' },
  town: { zh: '镇', en: 'town' },
  rural: { zh: '农村', en: 'rural' },
} as const satisfies Record<string, Name>;
export type Area = keyof typeof areas;

/** What somebody may act as, and whether for one school or for the whole district. */
export const rosterRoles = {
  school_clerk: { zh: '校方经办', en: 'school clerk', scope: 'school' },
  school_panel: { zh: '校级评审', en: 'school panel', scope: 'school' },
  head: { zh: '校长', en: 'head', scope: 'school' },
  leading_group: { zh: '领导小组', en: 'leading group', scope: 'district' },
  office: { zh: '领导小组办公室', en: 'office of the leading group', scope: 'district' },
  committee: { zh: '评委', en: 'committee member', scope: 'district' },
  committee_chair: { zh: '评委会主任', en: 'chair of the committee', scope: 'district' },
  committee_reserve: { zh: '候补评委', en: 'reserve member of the committee', scope: 'district' },
  supervisor: { zh: '监票人', en: 'supervisor of the vote', scope: 'district' },
  teller: { zh: '计票人', en: 'teller of the vote', scope: 'district' },
  researcher: { zh: '教研员', en: 'subject researcher', scope: 'district' },
  training_centre: { zh: '培训中心', en: 'training centre', scope: 'district' },
  auditor: { zh: '审计', en: 'auditor', scope: 'district' },
} as const satisfies Partial<Record<Role, Name & { scope: 'school' | 'district' }>>;
export type RosterRole = keyof typeof rosterRoles;

/** How the file names the organisation that runs the schemes, where a role is for all schools. */
export const DISTRICT = '区';

/** A school; without stages it is an organisation of the district, such as the bureau or the research centre. */
export interface SchoolRow {
  readonly code: string;
  readonly name: string;
  readonly area: Area;
  /** The group of schools (片区) it belongs to. */
  readonly townGroup: string | null;
  readonly stages: readonly TeachingStage[];
  readonly fullTimeTeachers: number;
  /** The day on which they were counted; null at an organisation without stages. */
  readonly countedOn: string | null;
}

/** A person; subject, stages, post and teachingSince are missing only at an organisation without stages. */
export interface TeacherRow {
  readonly staffNumber: string;
  readonly name: string;
  readonly idNumber: string;
  readonly birthDate: string;
  readonly sex: Sex;
  readonly schoolCode: string;
  readonly subject: Subject | null;
  readonly stages: readonly TeachingStage[];
  readonly mainPost: Post | null;
  readonly otherPosts: readonly Post[];
  readonly degree: Degree;
  /** Null for who has none yet. */
  readonly title: ProfessionalTitle | null;
  readonly teachingSince: string | null;
  readonly mobile: string | null;
  /** Null leaves the address that the person has. */
  readonly mailAddress: string | null;
}

/** A title of a rank that a person holds or has held. */
export interface TitleRow {
  readonly staffNumber: string;
  /** Code of one of the ranks that the caller gave. */
  readonly rank: string;
  readonly grantedBy: Level;
  readonly grantedOn: string;
  readonly validUntil: string | null;
  readonly certificateNumber: string | null;
  /** Number or name of the document that granted it. */
  readonly document: string;
}

/** A prize, paper, lesson, project or honour of a person. */
export interface EvidenceRow {
  readonly staffNumber: string;
  readonly kind: EvidenceKind;
  readonly level: Level;
  readonly prize: Prize | null;
  readonly dissemination: Dissemination | null;
  readonly name: string;
  readonly date: string;
  readonly issuer: string;
  readonly certificateNumber: string | null;
}

/** A sanction (处分) of a person. */
export interface SanctionRow {
  readonly staffNumber: string;
  readonly kind: SanctionKind;
  readonly from: string;
  readonly until: string | null;
}

/** Who acts in which role, for a school (its code) or for the district (区). */
export interface MembershipRow {
  readonly staffNumber: string;
  readonly role: RosterRole;
  readonly organisation: string;
  /** The subject of a researcher, null for every other role. */
  readonly subject: Subject | null;
  readonly from: string;
  readonly until: string | null;
}

/** A row with the number of its line in the sheet, from 1, by which a fault against what is stored is placed. */
export type Placed<Row> = Row & { readonly line: number };

/** A training that is under way when a district with history begins (T19). */
export interface TraineeRow {
  readonly staffNumber: string;
  /** Code of a rank that the caller gave and that is trained for. */
  readonly rank: string;
  readonly startsOn: string;
  readonly endsOn: string;
  /** Whole hours owed; null for the scheme's own figure. */
  readonly hoursRequired: number | null;
  readonly researcher: string | null;
  readonly document: string;
}

/** Training hours that were earned before, of one person and activity. */
export interface HoursRow {
  readonly staffNumber: string;
  readonly activity: string;
  /** Code of an activity that the caller gave. */
  readonly kind: string;
  readonly on: string;
  readonly hours: number;
  readonly source: string;
  /** Staff number of who confirmed them; null leaves that to be done here. */
  readonly confirmedBy: string | null;
  readonly confirmedOn: string | null;
}

/** Who may not stand for a title from a day to a day, and why (E19). */
export interface BarRow {
  readonly staffNumber: string;
  readonly reason: string;
  readonly from: string;
  readonly until: string | null;
  readonly document: string;
}

/** A mentor of somebody in training. */
export interface MentorRow {
  readonly staffNumber: string;
  readonly rank: string;
  readonly mentor: string;
  readonly from: string;
  readonly until: string | null;
  readonly reason: string | null;
}

/** What a district had before this service was there. */
export interface History {
  readonly trainees: readonly Placed<TraineeRow>[];
  readonly hours: readonly Placed<HoursRow>[];
  readonly bars: readonly Placed<BarRow>[];
  readonly mentors: readonly Placed<MentorRow>[];
}

/** Everything that a roster file says. */
export interface Roster {
  readonly schools: readonly SchoolRow[];
  readonly teachers: readonly TeacherRow[];
  readonly titles: readonly TitleRow[];
  readonly evidence: readonly EvidenceRow[];
  readonly sanctions: readonly SanctionRow[];
  readonly memberships: readonly MembershipRow[];
}

/** A rank that a title may name, of a scheme's own ranks or of the external titles it starts from. */
export type RosterRank = Pick<Rank | ExternalTitle, 'code' | 'zh' | 'decidedBy'> & {
  /** Whether a scheme trains for it. */
  readonly isTrained?: boolean;
};

/** An activity of a scheme that hours may name. */
export type RosterActivity = Pick<TrainingActivity, 'code' | 'zh'>;

/** A sheet of this name may hold remarks for the reader and is not looked at. */
export const REMARKS_SHEET = '说明';
/** So are the choices behind the drop-downs of a template, and the list of faults in a workbook that was sent back. */
export const CHOICES_SHEET = '选项';
export const FAULTS_SHEET = '错误';
/** In a workbook that was sent back, this column tells the faults of each row; it is not looked at either. */
export const FAULTS_COLUMN = '错误 Errors';
/** Sheets that explain; nothing is read from them. */
export const unreadSheets: readonly string[] = [REMARKS_SHEET, CHOICES_SHEET, FAULTS_SHEET];

/**
 * Reads and checks a whole roster: all of it is right, or none of it is taken.
 * @param sheets the sheets of the file, or of several files put together; 学校 and 教师 must be there, the others
 *   (称号, 材料, 处分, 任职, and for a district with history 培养对象, 学时, 限制, 师徒) may be missing
 * @param context `today` as YYYY-MM-DD, after which nothing can have been granted or begun; `ranks` that titles and
 *   trainings name; `activities` that hours name
 * @returns the typed rows, in the file's order
 * @throws Refusal ROSTER_FAULTS (rules E2, D1) with every fault at once, each with its place such as `教师!D17`;
 *   no fault repeats an ID number
 */
export function checkRoster(
  sheets: readonly RawSheet[],
  context: {
    readonly today: string;
    readonly ranks: readonly RosterRank[];
    readonly activities?: readonly RosterActivity[];
  },
): Roster & History {
  const faults = new Faults();
  checkSheetNames(sheets, faults);
  const read = <Row>(name: SheetName, columns: Columns<Row>) =>
    readSheet(name, columns, sheets, context.today, faults);
  const schools = read('学校', schoolColumns);
  const teachers = read('教师', teacherColumns);
  const titles = read('称号', titleColumns(context.ranks));
  const evidence = read('材料', evidenceColumns);
  const sanctionLines = read('处分', sanctionColumns);
  const memberships = read('任职', membershipColumns);
  const trainees = read('培养对象', traineeColumns(context.ranks));
  const hours = read('学时', hoursColumns(context.activities ?? []));
  const bars = read('限制', barColumns);
  const mentors = read('师徒', mentorColumns(context.ranks));

  checkSchools(schools, faults);
  checkTeachers(teachers, schools, faults);
  for (const lines of [titles, evidence, sanctionLines, memberships, trainees, hours, bars, mentors])
    checkStaffNumbers(lines, teachers, faults);
  checkTitles(titles, context.ranks, faults);
  checkUnique(evidence, 'certificateNumber', faults, 'staffNumber');
  checkPeriods(sanctionLines, 'from', 'until', faults);
  checkMemberships(memberships, schools, faults);
  checkTrainees(trainees, teachers, faults);
  checkHours(hours, teachers, faults);
  checkPeriods(bars, 'from', 'until', faults);
  checkMentors(mentors, teachers, faults);
  faults.throwIfAny();

  return {
    schools: rowsOf(schools),
    teachers: rowsOf(teachers).map(withIdNumberFacts),
    titles: rowsOf(titles),
    evidence: rowsOf(evidence),
    sanctions: rowsOf(sanctionLines),
    memberships: rowsOf(memberships),
    trainees: placedRowsOf(trainees),
    hours: placedRowsOf(hours),
    bars: placedRowsOf(bars),
    mentors: placedRowsOf(mentors),
  };
}

/**
 * What an ID number says of its holder (E2).
 * @param idNumber 18 characters: 17 digits and a check character, a digit or X
 * @returns the birth date as YYYY-MM-DD and the sex
 * @throws Refusal ID_NUMBER_MALFORMED, ID_NUMBER_LOST_DIGITS (a spreadsheet turned it into a rounded number),
 *   ID_NUMBER_BIRTH_DATE (no such day), ID_NUMBER_CHECKSUM
 */
export function idNumberFacts(idNumber: string): { readonly birthDate: string; readonly sex: Sex } {
  const code = idNumberFault(idNumber);
  if (code) throw new Refusal({ code, rule: 'E2' });
  return { birthDate: birthDateIn(idNumber), sex: Number(idNumber[16]) % 2 === 1 ? 'male' : 'female' };
}

/**
 * Recognises which sheet of a roster a header belongs to, for a file that holds one unnamed sheet.
 * @param header the cells of the first row
 * @returns the name of the sheet that has the most of these columns; undefined when none or several have
 */
export function sheetOfHeader(header: readonly RawCell[]): SheetName | undefined {
  const counts = sheetNames.map((name) => ({
    name,
    count: headersOf(name).filter((column) => header.includes(column)).length,
  }));
  const most = Math.max(...counts.map(({ count }) => count));
  const best = counts.filter(({ count }) => count === most);
  return most > 0 && best.length === 1 ? best[0]?.name : undefined;
}

/** A column of a sheet, as a template explains it. */
export interface ColumnDescription {
  readonly header: string;
  readonly required: 'cells' | 'column' | 'nothing';
  readonly kind: ColumnKind;
  /** The names that may be there; empty where anything of the kind may. */
  readonly choices: readonly string[];
}

/**
 * The columns of a sheet, in their usual order.
 * @param name one of the sheets of a roster
 * @param ranks that titles and trainings may name
 * @param activities that hours may name
 */
export function describeColumns(
  name: SheetName,
  ranks: readonly RosterRank[],
  activities: readonly RosterActivity[] = [],
): ColumnDescription[] {
  const named: Partial<Record<SheetName, Readonly<Record<string, Column<unknown>>>>> = {
    称号: titleColumns(ranks),
    培养对象: traineeColumns(ranks),
    学时: hoursColumns(activities),
    师徒: mentorColumns(ranks),
  };
  const columns: Readonly<Record<string, Column<unknown>>> = named[name] ?? columnsOfSheets[name];
  return Object.values<Column<unknown>>(columns).map(({ header, required, kind, choices = [] }) => ({
    header,
    required,
    kind,
    choices,
  }));
}

/**
 * The column headers of a sheet, in their usual order.
 * @param name one of the sheets of a roster
 */
export function headersOf(name: SheetName): readonly string[] {
  return Object.values<Column<unknown>>(columnsOfSheets[name]).map(({ header }) => header);
}

// ---- columns

/** What the cells of a column hold. */
export type ColumnKind =
  'text' | 'count' | 'date' | 'pastDate' | 'idNumber' | 'mobile' | 'mailAddress' | 'choice' | 'choices';

interface Reader<Value> {
  readonly kind: ColumnKind;
  /** The Chinese names that may be there, one of them (`choice`) or several (`choices`). */
  readonly choices?: readonly string[];
  readonly read: (cell: string, refuse: Refuse, today: string, isNumber: boolean) => Value | null;
}

interface Column<Value> extends Reader<Value> {
  readonly header: string;
  /** What must be there: every cell, the column (its cells may be empty), or nothing. */
  readonly required: 'cells' | 'column' | 'nothing';
}

type Columns<Row> = { readonly [Key in keyof Row]: Column<NonNullable<Row[Key]>> };
type Refuse = (code: string, values?: Fault['values']) => null;

const text: Reader<string> = {
  kind: 'text',
  // A spreadsheet keeps 15 digits of a number: what is longer, or written as 1.1E+17, is no longer what was typed.
  read: (cell, refuse, _today, isNumber) =>
    (isNumber && /^\d{16}|e/i.test(cell)) || /^\d(\.\d+)?E\+\d+$/i.test(cell)
      ? refuse('NUMBER_LOST_DIGITS', { found: cell })
      : cell,
};

const count: Reader<number> = {
  kind: 'count',
  read: (cell, refuse) => (/^\d{1,6}$/.test(cell) ? Number(cell) : refuse('NOT_A_COUNT', { found: cell })),
};

const date: Reader<string> = { kind: 'date', read: readDate };

const pastDate: Reader<string> = {
  kind: 'pastDate',
  read: (cell, refuse, today) => {
    const found = readDate(cell, refuse);
    return found !== null && found > today ? refuse('DATE_IN_FUTURE', { found, today }) : found;
  },
};

function readDate(cell: string, refuse: Refuse): string | null {
  const parts =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(cell) ?? /^(\d{4})年(\d{1,2})月(\d{1,2})日$/.exec(cell);
  const found = parts ? `${parts[1]}-${parts[2]?.padStart(2, '0')}-${parts[3]?.padStart(2, '0')}` : '';
  return isLivedDate(found) ? found : refuse('NOT_A_DATE', { found: cell });
}

function oneOf<Code extends string>(table: Readonly<Record<Code, Name>>): Reader<Code> {
  const choices = codesOf(table).map((code) => table[code].zh);
  const read: Reader<Code>['read'] = (cell, refuse) =>
    codeOf(table, cell) ?? refuse('UNKNOWN_NAME', { found: cell, allowed: choices });
  return { kind: 'choice', choices, read };
}

function someOf<Code extends string>(table: Readonly<Record<Code, Name>>): Reader<readonly Code[]> {
  const { choices, read: readOne } = oneOf(table);
  const read: Reader<readonly Code[]>['read'] = (cell, refuse, today) => {
    const found = cell.split(/[、，,；;/\s]+/).map((name) => readOne(name, refuse, today, false));
    return found.every((code) => code !== null) ? [...new Set(found)] : null;
  };
  return { kind: 'choices', choices, read };
}

const idNumber: Reader<string> = {
  kind: 'idNumber',
  read: (cell, refuse, _today, isNumber) => {
    const found = cell.toUpperCase();
    const code = isNumber ? 'ID_NUMBER_LOST_DIGITS' : idNumberFault(found);
    return code ? refuse(code) : found;
  },
};

const mobile: Reader<string> = {
  kind: 'mobile',
  read: (cell, refuse) => (/^1[3-9]\d{9}$/.test(cell) ? cell : refuse('MOBILE_MALFORMED')),
};

const mailAddress: Reader<string> = {
  kind: 'mailAddress',
  read: (cell, refuse) => (isMailAddress(cell) ? cell : refuse('MAIL_ADDRESS_MALFORMED')),
};

const schoolColumns: Columns<SchoolRow> = {
  code: { header: '学校代码', required: 'cells', ...text },
  name: { header: '学校名称', required: 'cells', ...text },
  area: { header: '区域', required: 'cells', ...oneOf(areas) },
  townGroup: { header: '所属片区', required: 'column', ...text },
  stages: { header: '学段', required: 'column', ...someOf(teachingStages) },
  fullTimeTeachers: { header: '专任教师数', required: 'cells', ...count },
  countedOn: { header: '统计日期', required: 'column', ...pastDate },
};

/** A teacher as the sheet has it: birth date and sex are stated or left to the ID number. */
type TeacherCells = Omit<TeacherRow, 'birthDate' | 'sex'> & {
  readonly statedBirthDate: string | null;
  readonly statedSex: Sex | null;
};

const teacherColumns: Columns<TeacherCells> = {
  staffNumber: { header: '工号', required: 'cells', ...text },
  name: { header: '姓名', required: 'cells', ...text },
  idNumber: { header: '身份证号', required: 'cells', ...idNumber },
  statedSex: { header: '性别', required: 'nothing', ...oneOf(sexes) },
  statedBirthDate: { header: '出生日期', required: 'nothing', ...date },
  schoolCode: { header: '学校代码', required: 'cells', ...text },
  subject: { header: '学科', required: 'column', ...oneOf(subjects) },
  stages: { header: '任教学段', required: 'column', ...someOf(teachingStages) },
  mainPost: { header: '主要岗位', required: 'column', ...oneOf(posts) },
  otherPosts: { header: '其他岗位', required: 'nothing', ...someOf(posts) },
  degree: { header: '学历', required: 'cells', ...oneOf(degrees) },
  title: { header: '职称', required: 'column', ...oneOf(professionalTitles) },
  teachingSince: { header: '参加教学工作日期', required: 'column', ...pastDate },
  mobile: { header: '手机', required: 'nothing', ...mobile },
  mailAddress: { header: '邮箱', required: 'nothing', ...mailAddress },
};

function nameAmong(known: readonly { readonly code: string; readonly zh: string }[]): Reader<string> {
  const choices = [...new Set(known.map(({ zh }) => zh))];
  return {
    kind: 'choice',
    choices,
    read: (cell, refuse) =>
      known.find(({ zh }) => zh === cell)?.code ?? refuse('UNKNOWN_NAME', { found: cell, allowed: choices }),
  };
}

function titleColumns(ranks: readonly RosterRank[]): Columns<TitleRow> {
  return {
    staffNumber: { header: '工号', required: 'cells', ...text },
    rank: { header: '称号', required: 'cells', ...nameAmong(ranks) },
    grantedBy: { header: '授予单位级别', required: 'cells', ...oneOf(levels) },
    grantedOn: { header: '授予日期', required: 'cells', ...pastDate },
    validUntil: { header: '有效期至', required: 'column', ...date },
    certificateNumber: { header: '证书编号', required: 'column', ...text },
    document: { header: '依据文件', required: 'cells', ...text },
  };
}

const evidenceColumns: Columns<EvidenceRow> = {
  staffNumber: { header: '工号', required: 'cells', ...text },
  kind: { header: '类别', required: 'cells', ...oneOf(evidenceKinds) },
  level: { header: '级别', required: 'cells', ...oneOf(levels) },
  prize: { header: '等次', required: 'column', ...oneOf(prizes) },
  dissemination: { header: '方式', required: 'nothing', ...oneOf(disseminations) },
  name: { header: '名称', required: 'cells', ...text },
  date: { header: '日期', required: 'cells', ...pastDate },
  issuer: { header: '颁发单位', required: 'cells', ...text },
  certificateNumber: { header: '证书号', required: 'column', ...text },
};

const sanctionColumns: Columns<SanctionRow> = {
  staffNumber: { header: '工号', required: 'cells', ...text },
  kind: { header: '种类', required: 'cells', ...oneOf(sanctions) },
  from: { header: '起', required: 'cells', ...pastDate },
  until: { header: '止', required: 'column', ...date },
};

const membershipColumns: Columns<MembershipRow> = {
  staffNumber: { header: '工号', required: 'cells', ...text },
  role: { header: '角色', required: 'cells', ...oneOf(rosterRoles) },
  organisation: { header: '组织', required: 'cells', ...text },
  subject: { header: '学科', required: 'column', ...oneOf(subjects) },
  from: { header: '起', required: 'cells', ...date },
  until: { header: '止', required: 'column', ...date },
};

function traineeColumns(ranks: readonly RosterRank[]): Columns<TraineeRow> {
  return {
    staffNumber: { header: '工号', required: 'cells', ...text },
    rank: { header: '培养层次', required: 'cells', ...nameAmong(ranks.filter(({ isTrained }) => isTrained)) },
    startsOn: { header: '培养起始日期', required: 'cells', ...pastDate },
    endsOn: { header: '培养截止日期', required: 'cells', ...date },
    hoursRequired: { header: '应修学时', required: 'column', ...count },
    researcher: { header: '联系教研员工号', required: 'nothing', ...text },
    document: { header: '培养依据', required: 'cells', ...text },
  };
}

function hoursColumns(activities: readonly RosterActivity[]): Columns<HoursRow> {
  return {
    staffNumber: { header: '工号', required: 'cells', ...text },
    activity: { header: '活动名称', required: 'cells', ...text },
    kind: { header: '活动类别', required: 'cells', ...nameAmong(activities) },
    on: { header: '活动日期', required: 'cells', ...pastDate },
    hours: { header: '学时数', required: 'cells', ...count },
    source: { header: '学时依据', required: 'cells', ...text },
    confirmedBy: { header: '核定人工号', required: 'column', ...text },
    confirmedOn: { header: '核定日期', required: 'column', ...pastDate },
  };
}

const barColumns: Columns<BarRow> = {
  staffNumber: { header: '工号', required: 'cells', ...text },
  reason: { header: '限制原因', required: 'cells', ...text },
  from: { header: '限制起始日期', required: 'cells', ...pastDate },
  until: { header: '限制截止日期', required: 'column', ...date },
  document: { header: '限制依据', required: 'cells', ...text },
};

function mentorColumns(ranks: readonly RosterRank[]): Columns<MentorRow> {
  return {
    staffNumber: { header: '工号', required: 'cells', ...text },
    rank: { header: '培养层次', required: 'cells', ...nameAmong(ranks.filter(({ isTrained }) => isTrained)) },
    mentor: { header: '导师工号', required: 'cells', ...text },
    from: { header: '结对日期', required: 'cells', ...pastDate },
    until: { header: '结对结束日期', required: 'column', ...pastDate },
    reason: { header: '结束原因', required: 'nothing', ...text },
  };
}

const columnsOfSheets = {
  学校: schoolColumns,
  教师: teacherColumns,
  称号: titleColumns([]),
  材料: evidenceColumns,
  处分: sanctionColumns,
  任职: membershipColumns,
  培养对象: traineeColumns([]),
  学时: hoursColumns([]),
  限制: barColumns,
  师徒: mentorColumns([]),
};
export type SheetName = keyof typeof columnsOfSheets;
/** The sheets of a roster, in their usual order. */
export const sheetNames = Object.keys(columnsOfSheets) as SheetName[];
const requiredSheets: readonly SheetName[] = ['学校', '教师'];

// ---- reading a sheet

/** A row of a sheet with the values that could be read; null where a cell is empty or at fault. */
interface Line<Row> {
  readonly values: { readonly [Key in keyof Row]: Row[Key] | null };
  /** Whether the cell is there and empty, and not merely at fault. */
  readonly isEmpty: (key: keyof Row) => boolean;
  readonly place: (key: keyof Row) => Place;
}

interface Place {
  readonly sheet: string;
  /** From 1; 0 when the whole sheet is meant. */
  readonly row: number;
  /** From 0; -1 when the whole row is meant. */
  readonly column: number;
}

function readSheet<Row>(
  name: SheetName,
  columns: Columns<Row>,
  sheets: readonly RawSheet[],
  today: string,
  faults: Faults,
): Line<Row>[] {
  const rows = sheets.find((sheet) => sheet.name === name)?.rows;
  if (!rows) return [];
  const header = rows[0] ?? [];
  checkHeader(name, Object.values<Column<unknown>>(columns), rows, faults);
  const lines: Line<Row>[] = [];
  for (const [index, cells] of rows.entries()) {
    if (index === 0 || cells.every((cell, column) => isBlank(cell) || header[column] === FAULTS_COLUMN))
      continue;
    lines.push(readLine({ sheet: name, row: index + 1, column: -1 }, columns, header, cells, today, faults));
  }
  if (lines.length === 0 && requiredSheets.includes(name)) {
    faults.add({ sheet: name, row: 0, column: -1 }, 'EMPTY_SHEET', { sheet: name });
  }
  return lines;
}

function readLine<Row>(
  start: Place,
  columns: Columns<Row>,
  header: readonly RawCell[],
  cells: readonly RawCell[],
  today: string,
  faults: Faults,
): Line<Row> {
  const columnOf = (key: keyof Row) => header.indexOf(columns[key].header);
  const place = (key: keyof Row) => ({ ...start, column: columnOf(key) });
  const isEmpty = (key: keyof Row) => columnOf(key) >= 0 && isBlank(cells[columnOf(key)]);
  const values = {} as { [Key in keyof Row]: Row[Key] | null };
  for (const key of Object.keys(columns) as (keyof Row & string)[]) {
    const cell = cells[columnOf(key)] ?? null;
    values[key] = null;
    if (!isBlank(cell)) {
      const refuse: Refuse = (code, found) =>
        faults.add(place(key), code, { column: columns[key].header, ...found });
      values[key] = columns[key].read(String(cell).trim(), refuse, today, typeof cell === 'number');
    } else if (isEmpty(key) && columns[key].required === 'cells') {
      faults.addEmptyCell(place(key), columns[key].header);
    }
  }
  return { values, isEmpty, place };
}

function isBlank(cell: RawCell | undefined): boolean {
  return cell === undefined || cell === null || String(cell).trim() === '';
}

function checkSheetNames(sheets: readonly RawSheet[], faults: Faults): void {
  const names = sheets.map(({ name }) => name);
  for (const name of requiredSheets.filter((required) => !names.includes(required))) {
    faults.add({ sheet: name, row: 0, column: -1 }, 'MISSING_SHEET', { sheet: name });
  }
  for (const [index, name] of names.entries()) {
    const place = { sheet: name, row: 0, column: -1 };
    if (unreadSheets.includes(name)) continue;
    if (names.indexOf(name) < index) faults.add(place, 'DUPLICATE_SHEET', { sheet: name });
    else if (!sheetNames.some((known) => known === name)) {
      faults.add(place, 'UNKNOWN_SHEET', { sheet: name, allowed: sheetNames });
    }
  }
}

function checkHeader(
  sheet: SheetName,
  columns: readonly Column<unknown>[],
  rows: RawSheet['rows'],
  faults: Faults,
): void {
  const header = rows[0] ?? [];
  for (const column of columns) {
    if (column.required !== 'nothing' && !header.includes(column.header)) {
      faults.add({ sheet, row: 1, column: -1 }, 'MISSING_COLUMN', { column: column.header });
    }
  }
  const width = Math.max(...rows.map((row) => row.length), 0);
  for (let column = 0; column < width; column += 1) {
    const name = header[column] ?? null;
    const place = { sheet, row: 1, column };
    if (name === FAULTS_COLUMN) continue;
    if (isBlank(name)) {
      if (rows.some((row) => !isBlank(row[column]))) faults.add(place, 'COLUMN_WITHOUT_HEADER');
    } else if (header.indexOf(name) < column) {
      faults.add(place, 'DUPLICATE_COLUMN', { column: String(name) });
    } else if (!columns.some((known) => known.header === name)) {
      faults.add(place, 'UNKNOWN_COLUMN', {
        column: String(name),
        allowed: columns.map((known) => known.header),
      });
    }
  }
}

// ---- rules across cells and sheets

function checkSchools(schools: readonly Line<SchoolRow>[], faults: Faults): void {
  checkUnique(schools, 'code', faults);
  for (const line of schools) {
    if (line.isEmpty('stages') && (line.values.fullTimeTeachers ?? 0) > 0) {
      faults.addEmptyCell(line.place('stages'), schoolColumns.stages.header);
    }
    if (line.values.stages?.length && line.isEmpty('countedOn')) {
      faults.addEmptyCell(line.place('countedOn'), schoolColumns.countedOn.header);
    }
  }
}

function checkTeachers(
  teachers: readonly Line<TeacherCells>[],
  schools: readonly Line<SchoolRow>[],
  faults: Faults,
): void {
  checkUnique(teachers, 'staffNumber', faults);
  checkUnique(teachers, 'idNumber', faults);
  checkLostDigits(teachers, faults);
  const schoolByCode = new Map(schools.map((line) => [line.values.code, line]));
  for (const line of teachers) {
    checkIdNumberAgreement(line, faults);
    const { schoolCode, stages } = line.values;
    const school = schoolByCode.get(schoolCode);
    if (schoolCode !== null && schools.length > 0 && !school) {
      faults.add(line.place('schoolCode'), 'UNKNOWN_SCHOOL', { found: schoolCode });
    }
    const schoolStages = school?.values.stages;
    if (!schoolStages) continue;
    for (const key of ['subject', 'stages', 'mainPost', 'teachingSince'] as const) {
      if (line.isEmpty(key)) faults.addEmptyCell(line.place(key), teacherColumns[key].header);
    }
    const foreign = stages?.filter((stage) => !schoolStages.includes(stage)) ?? [];
    if (foreign.length > 0) {
      faults.add(line.place('stages'), 'STAGE_NOT_OF_SCHOOL', {
        found: foreign.map((stage) => teachingStages[stage].zh),
        allowed: schoolStages.map((stage) => teachingStages[stage].zh),
      });
    }
  }
}

// One rounded number in eleven has the right check character by chance: where others were rounded, it was too.
function checkLostDigits(teachers: readonly Line<TeacherCells>[], faults: Faults): void {
  if (!faults.has('ID_NUMBER_LOST_DIGITS')) return;
  for (const { values, place } of teachers)
    if (values.idNumber?.endsWith('000'))
      faults.add(place('idNumber'), 'ID_NUMBER_LOST_DIGITS', { column: teacherColumns.idNumber.header });
}

function checkIdNumberAgreement({ values, place }: Line<TeacherCells>, faults: Faults): void {
  if (values.idNumber === null) return;
  const { birthDate, sex } = idNumberFacts(values.idNumber);
  if (values.statedBirthDate !== null && values.statedBirthDate !== birthDate) {
    faults.add(place('statedBirthDate'), 'BIRTH_DATE_DIFFERS');
  }
  if (values.statedSex !== null && values.statedSex !== sex) faults.add(place('statedSex'), 'SEX_DIFFERS');
}

function checkStaffNumbers(
  lines: readonly Line<{ readonly staffNumber: string }>[],
  teachers: readonly Line<TeacherCells>[],
  faults: Faults,
): void {
  const known = new Set(teachers.map((line) => line.values.staffNumber).filter((found) => found !== null));
  if (known.size === 0) return;
  for (const { values, place } of lines) {
    if (values.staffNumber !== null && !known.has(values.staffNumber)) {
      faults.add(place('staffNumber'), 'UNKNOWN_STAFF_NUMBER', { found: values.staffNumber });
    }
  }
}

function checkTitles(titles: readonly Line<TitleRow>[], ranks: readonly RosterRank[], faults: Faults): void {
  checkUnique(titles, 'certificateNumber', faults);
  checkPeriods(titles, 'grantedOn', 'validUntil', faults);
  for (const { values, place } of titles) {
    const rank = ranks.find(({ code }) => code === values.rank);
    if (rank && values.grantedBy !== null && values.grantedBy !== rank.decidedBy) {
      faults.add(place('grantedBy'), 'LEVEL_NOT_OF_RANK', {
        rank: rank.zh,
        required: levels[rank.decidedBy].zh,
      });
    }
  }
}

function checkMemberships(
  memberships: readonly Line<MembershipRow>[],
  schools: readonly Line<SchoolRow>[],
  faults: Faults,
): void {
  checkPeriods(memberships, 'from', 'until', faults);
  const codes = new Set(schools.filter((line) => line.values.stages?.length).map((line) => line.values.code));
  for (const line of memberships) {
    const { role, organisation, subject } = line.values;
    if (role === null) continue;
    const { scope, zh } = rosterRoles[role];
    const found = organisation ?? '';
    if (organisation !== null && scope === 'district' && organisation !== DISTRICT) {
      faults.add(line.place('organisation'), 'ROLE_OF_DISTRICT', { role: zh, found });
    }
    if (organisation !== null && scope === 'school' && codes.size > 0 && !codes.has(organisation)) {
      faults.add(line.place('organisation'), 'ROLE_OF_SCHOOL', { role: zh, found });
    }
    if (role === 'researcher' && line.isEmpty('subject')) {
      faults.addEmptyCell(line.place('subject'), membershipColumns.subject.header);
    }
    if (role !== 'researcher' && subject !== null)
      faults.add(line.place('subject'), 'SUBJECT_WITHOUT_USE', { role: zh });
  }
}

/** A training that begins later comes of a round. Rule T19. */
function checkTrainees(
  trainees: readonly Line<TraineeRow>[],
  teachers: readonly Line<TeacherCells>[],
  faults: Faults,
): void {
  checkPeriods(trainees, 'startsOn', 'endsOn', faults);
  checkUnique(trainees, 'rank', faults, 'staffNumber');
  checkOthers(trainees, 'researcher', teachers, faults);
}

/** Rules T2, T3, T4. */
function checkHours(
  hours: readonly Line<HoursRow>[],
  teachers: readonly Line<TeacherCells>[],
  faults: Faults,
): void {
  checkUnique(hours, 'activity', faults, 'staffNumber');
  checkOthers(hours, 'confirmedBy', teachers, faults);
  for (const line of hours) {
    const { confirmedBy, confirmedOn, on } = line.values;
    if (line.isEmpty('confirmedBy') && confirmedOn !== null)
      faults.addEmptyCell(line.place('confirmedBy'), '核定人工号');
    if (line.isEmpty('confirmedOn') && confirmedBy !== null)
      faults.addEmptyCell(line.place('confirmedOn'), '核定日期');
    if (confirmedOn !== null && on !== null && confirmedOn < on)
      faults.add(line.place('confirmedOn'), 'END_BEFORE_START', { start: on, end: confirmedOn });
  }
}

/** Rule T8: nobody is the own mentor, nor has two at a time. */
function checkMentors(
  mentors: readonly Line<MentorRow>[],
  teachers: readonly Line<TeacherCells>[],
  faults: Faults,
): void {
  checkPeriods(mentors, 'from', 'until', faults);
  checkOthers(mentors, 'mentor', teachers, faults);
  const open = mentors.filter((line) => line.isEmpty('until'));
  checkUnique(open, 'rank', faults, 'staffNumber');
}

/** Somebody else whom a row names is on the roster, and is not the person of the row. */
function checkOthers<Row extends { readonly staffNumber: string }>(
  lines: readonly Line<Row>[],
  key: keyof Row,
  teachers: readonly Line<TeacherCells>[],
  faults: Faults,
): void {
  const known = new Set(teachers.map((line) => line.values.staffNumber).filter((found) => found !== null));
  for (const { values, place } of lines) {
    const found = values[key] as string | null;
    if (found === null || known.size === 0) continue;
    if (!known.has(found)) faults.add(place(key), 'UNKNOWN_STAFF_NUMBER', { found });
    else if (found === values.staffNumber) faults.add(place(key), 'NOT_BY_ONESELF', { found });
  }
}

// `within`: only lines that agree in this column are compared; a certificate may name several authors.
function checkUnique<Row>(
  lines: readonly Line<Row>[],
  key: keyof Row,
  faults: Faults,
  within: keyof Row = key,
): void {
  const first = new Map<string, Place>();
  for (const { values, place } of lines) {
    if (values[key] === null) continue;
    const value = JSON.stringify([values[within], values[key]]);
    const earlier = first.get(value);
    if (earlier) faults.add(place(key), 'DUPLICATE_VALUE', { earlier: nameOf(earlier) });
    else first.set(value, place(key));
  }
}

function checkPeriods<Row>(
  lines: readonly Line<Row>[],
  from: keyof Row,
  until: keyof Row,
  faults: Faults,
): void {
  for (const { values, place } of lines) {
    const [start, end] = [values[from], values[until]];
    if (typeof start === 'string' && typeof end === 'string' && end < start) {
      faults.add(place(until), 'END_BEFORE_START', { start, end });
    }
  }
}

// ---- results

function rowsOf<Row>(lines: readonly Line<Row>[]): Row[] {
  return lines.map(({ values }) => {
    // Without faults, a list is null only where its cell may be empty.
    const lists = ['stages', 'otherPosts'].filter(
      (key) => key in values && values[key as keyof Row] === null,
    );
    return { ...values, ...Object.fromEntries(lists.map((key) => [key, []])) } as Row;
  });
}

function placedRowsOf<Row extends { readonly staffNumber: string }>(
  lines: readonly Line<Row>[],
): Placed<Row>[] {
  return lines.map(({ values, place }) => ({ ...(values as Row), line: place('staffNumber').row }));
}

function withIdNumberFacts({
  statedBirthDate: _birthDate,
  statedSex: _sex,
  ...row
}: TeacherCells): TeacherRow {
  return { ...row, ...idNumberFacts(row.idNumber) };
}

class Faults {
  private readonly found: { place: Place; code: string; values: Fault['values'] }[] = [];

  add(place: Place, code: string, values: Fault['values'] = {}): null {
    this.found.push({ place, code, values });
    return null;
  }

  has(code: string): boolean {
    return this.found.some((fault) => fault.code === code);
  }

  addEmptyCell(place: Place, column: string): void {
    this.add(place, 'EMPTY_CELL', { column });
  }

  throwIfAny(): void {
    if (this.found.length === 0) return;
    const faults = this.found
      .toSorted((a, b) => compare(a.place, b.place))
      .map(({ place, code, values }) => ({ at: nameOf(place), code, values }));
    throw new Refusal({ code: 'ROSTER_FAULTS', values: { count: faults.length }, faults });
  }
}

function compare(a: Place, b: Place): number {
  const sheetOrder = (place: Place) => sheetNames.findIndex((name) => name === place.sheet);
  return sheetOrder(a) - sheetOrder(b) || a.row - b.row || a.column - b.column;
}

function nameOf({ sheet, row, column }: Place): string {
  if (row === 0) return sheet;
  return `${sheet}!${column < 0 ? '' : letters(column)}${row}`;
}

function letters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : letters(Math.floor(column / 26) - 1) + last;
}

function idNumberFault(idNumber: string): string | null {
  if (/E\+/i.test(idNumber)) return 'ID_NUMBER_LOST_DIGITS';
  if (!/^\d{17}[\dX]$/.test(idNumber)) return 'ID_NUMBER_MALFORMED';
  if (!isLivedDate(birthDateIn(idNumber))) return 'ID_NUMBER_BIRTH_DATE';
  if (checkCharacter(idNumber) === idNumber[17]) return null;
  return idNumber.endsWith('000') ? 'ID_NUMBER_LOST_DIGITS' : 'ID_NUMBER_CHECKSUM';
}

function birthDateIn(idNumber: string): string {
  return `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`;
}

/**
 * The check character that the first 17 digits of an ID number call for (GB 11643, ISO 7064 MOD 11-2).
 * @param digits at least 17 digits
 */
export function checkCharacter(digits: string): string {
  let remainder = 0;
  for (const digit of digits.slice(0, 17)) remainder = (remainder + Number(digit)) * 2;
  return '10X98765432'[remainder % 11] ?? '';
}

// A year before 1900 is a slip of the pen, whoever is meant.
function isLivedDate(date: string): boolean {
  return isBusinessDate(date) && date >= '1900-01-01';
}

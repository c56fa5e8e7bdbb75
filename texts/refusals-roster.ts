import type { RefusalText } from './catalogue.js';

/** Refusals of a roster file and the faults that one may have. */
export const rosterRefusals = {
  NOT_A_SPREADSHEET: {
    status: 415,
    zh: '文件“{{fileName}}”不是可读取的表格，请上传 .xlsx 或 .csv 文件',
    en: 'The file “{{fileName}}” is no readable spreadsheet; upload an .xlsx or .csv file',
  },
  OLD_SPREADSHEET: {
    status: 415,
    zh: '文件“{{fileName}}”是旧版 .xls 或加密文件，请另存为不加密的 .xlsx 后再上传',
    en: 'The file “{{fileName}}” is an old .xls or locked by a password; save it as .xlsx without a password',
  },
  FILE_TOO_LARGE: {
    status: 413,
    zh: '文件过大，上限为 {{megabytes}} MB，且内容不得过多',
    en: 'The file is too large; the limit is {{megabytes}} MB, and what it unpacks to is limited too',
  },
  TOO_MANY_ROWS: {
    status: 413,
    zh: '工作表“{{sheet}}”有 {{rows}} 行，上限为 {{limit}} 行',
    en: 'The sheet {{sheet}} has {{rows}} rows; the limit is {{limit}}',
  },
  CSV_MALFORMED: {
    status: 422,
    zh: 'CSV 文件第 {{line}} 行格式有误（引号或分隔符）',
    en: 'The CSV is malformed at line {{line}} (quotes or separators)',
  },
  SHEET_NOT_RECOGNISED: {
    status: 422,
    zh: '无法从“{{fileName}}”的表头判断它是哪一张表，请以表名命名文件，如“教师.csv”；可用的表名为：{{allowed}}',
    en: 'The header of “{{fileName}}” does not tell which sheet it is; name the file after it, such as 教师.csv. The sheets are: {{allowed}}',
  },
  ROSTER_FAULTS: {
    status: 422,
    zh: '名册有 {{count}} 处错误，全部未导入',
    en: 'The roster has {{count}} faults; nothing was imported',
  },
  TRAINING_IS_OVER: {
    status: 422,
    zh: '培养截止日期 {{found}} 早于今天（{{today}}）；已结束的培养请以称号录入，不作为培养对象录入',
    en: 'The last day {{found}} is before today ({{today}}); a training that is over enters as a title, not as a training',
  },
  NOT_BY_ONESELF: {
    status: 422,
    zh: '“{{column}}”不能是本人（{{found}}）',
    en: '{{column}} cannot be the person of the row ({{found}})',
  },
  TRAINING_RUNS_OTHERWISE: {
    status: 422,
    zh: '该人此层次的培养已登记为 {{startsOn}} 至 {{endsOn}}，与表中不同',
    en: 'The training of this person for this rank is on file from {{startsOn}} to {{endsOn}}, other than in the sheet',
  },
  TRAINING_NOT_FOUND: {
    status: 422,
    zh: '工号 {{found}} 没有该层次正在进行的培养',
    en: 'Staff number {{found}} has no such training under way',
  },
  PAIR_OUTSIDE_TRAINING: {
    status: 422,
    zh: '结对日期 {{found}} 不在培养期内（{{startsOn}} 至 {{endsOn}}）',
    en: 'The pair begins on {{found}}, outside of the training ({{startsOn}} to {{endsOn}})',
  },
  PAIR_OPEN_ALREADY: {
    status: 422,
    zh: '该培养对象自 {{from}} 起已有导师，须先结束',
    en: 'The trainee has had a mentor since {{from}}; that pair must end first',
  },
  PAIR_ENDED_OTHERWISE: {
    status: 422,
    zh: '该师徒结对已于 {{until}} 结束，与表中的 {{found}} 不同',
    en: 'The pair ended on {{until}}, other than the {{found}} of the sheet',
  },
  HOURS_ON_FILE_OTHERWISE: {
    status: 422,
    zh: '活动“{{activity}}”已登记为 {{on}} 的 {{hours}} 学时，与表中不同；更正请用更正登记',
    en: 'The activity {{activity}} is on file with {{hours}} hours on {{on}}, other than in the sheet; a correction is an entry of its own',
  },
  HOURS_OVER_A_DAY: {
    status: 422,
    zh: '{{on}} 共 {{hours}} 学时，每人每日不超过 {{most}} 学时',
    en: '{{hours}} hours on {{on}}; a person has at most {{most}} a day',
  },
  HOURS_WITHOUT_ENTRANT: {
    status: 422,
    zh: '学时须由办公室人员导入，登记人要留名；当前账号不属于任何人员',
    en: 'Hours are entered by a person of the office, whose name is kept; this account belongs to nobody',
  },
  HOURS_ENTERED_AND_CONFIRMED: {
    status: 422,
    zh: '导入人不能同时是核定人，也不能导入本人的学时（工号 {{found}}）',
    en: 'Who imports hours neither confirms them nor imports own ones (staff number {{found}})',
  },
  MISSING_SHEET: { status: 422, zh: '缺少工作表“{{sheet}}”', en: 'The sheet {{sheet}} is missing' },
  UNKNOWN_SHEET: {
    status: 422,
    zh: '无法识别工作表“{{sheet}}”，可用的表名为：{{allowed}}',
    en: 'Unknown sheet {{sheet}}; the known ones are: {{allowed}}',
  },
  DUPLICATE_SHEET: {
    status: 422,
    zh: '工作表“{{sheet}}”出现了不止一次',
    en: 'The sheet {{sheet}} occurs more than once',
  },
  EMPTY_SHEET: { status: 422, zh: '工作表“{{sheet}}”没有数据', en: 'The sheet {{sheet}} has no rows' },
  MISSING_COLUMN: { status: 422, zh: '缺少“{{column}}”列', en: 'The column {{column}} is missing' },
  UNKNOWN_COLUMN: {
    status: 422,
    zh: '无法识别“{{column}}”列，可用的列为：{{allowed}}',
    en: 'Unknown column {{column}}; the known ones are: {{allowed}}',
  },
  DUPLICATE_COLUMN: {
    status: 422,
    zh: '“{{column}}”列出现了不止一次',
    en: 'The column {{column}} occurs more than once',
  },
  COLUMN_WITHOUT_HEADER: {
    status: 422,
    zh: '该列有内容但没有表头',
    en: 'The column has content but no header',
  },
  EMPTY_CELL: { status: 422, zh: '“{{column}}”不能为空', en: '{{column}} must not be empty' },
  UNKNOWN_NAME: {
    status: 422,
    zh: '“{{column}}”不能填“{{found}}”，可填：{{allowed}}',
    en: '{{column}} cannot be “{{found}}”; allowed are: {{allowed}}',
  },
  NOT_A_COUNT: {
    status: 422,
    zh: '“{{column}}”应为不带小数的人数，而不是“{{found}}”',
    en: '{{column}} must be a whole number, not “{{found}}”',
  },
  NOT_A_DATE: {
    status: 422,
    zh: '“{{column}}”应为日期（如 2026-08-31），而不是“{{found}}”',
    en: '{{column}} must be a date such as 2026-08-31, not “{{found}}”',
  },
  DATE_IN_FUTURE: {
    status: 422,
    zh: '“{{column}}”{{found}} 晚于今天（{{today}}）',
    en: '{{column}} {{found}} lies after today ({{today}})',
  },
  END_BEFORE_START: {
    status: 422,
    zh: '止日 {{end}} 早于起日 {{start}}',
    en: 'The end {{end}} lies before the start {{start}}',
  },
  ID_NUMBER_MALFORMED: {
    status: 422,
    zh: '身份证号应为18位：17位数字加1位校验码（数字或X）',
    en: 'An ID number has 18 characters: 17 digits and a check character (a digit or X)',
  },
  ID_NUMBER_LOST_DIGITS: {
    status: 422,
    zh: '身份证号被存成了数值，只保留了前15位，末三位已丢失；请先把该列设为文本格式，再重新填写完整的18位号码（只改格式不能找回）',
    en: 'The ID number was stored as a number: 15 digits were kept and the last three are lost. Format the column as text first, then type all 18 characters again; changing the format alone does not bring them back',
  },
  NUMBER_LOST_DIGITS: {
    status: 422,
    zh: '“{{column}}”被存成了数值（{{found}}），超过15位的数字已丢失；请先把该列设为文本格式，再重新填写完整号码',
    en: '{{column}} was stored as a number ({{found}}) and kept 15 digits at most; format the column as text first, then type the whole number again',
  },
  ID_NUMBER_BIRTH_DATE: {
    status: 422,
    zh: '身份证号中的出生日期不存在',
    en: 'The birth date in the ID number does not exist',
  },
  ID_NUMBER_CHECKSUM: {
    status: 422,
    zh: '身份证号校验码不符，请核对',
    en: 'The check character of the ID number does not match',
  },
  BIRTH_DATE_DIFFERS: {
    status: 422,
    zh: '出生日期与身份证号不一致',
    en: 'The birth date differs from the ID number',
  },
  SEX_DIFFERS: { status: 422, zh: '性别与身份证号不一致', en: 'The sex differs from the ID number' },
  MOBILE_MALFORMED: {
    status: 422,
    zh: '手机号应为1开头的11位数字',
    en: 'A mobile number has 11 digits and begins with 1',
  },
  MAIL_ADDRESS_MALFORMED: {
    status: 422,
    zh: '邮箱地址应形如 name@example.cn，只含字母、数字和 . _ % + -',
    en: 'A mail address looks like name@example.cn, with letters, digits and . _ % + - only',
  },
  DUPLICATE_VALUE: { status: 422, zh: '与 {{earlier}} 重复', en: 'The same as {{earlier}}' },
  UNKNOWN_SCHOOL: {
    status: 422,
    zh: '“学校”表中没有学校代码“{{found}}”',
    en: 'The sheet of schools has no school {{found}}',
  },
  UNKNOWN_STAFF_NUMBER: {
    status: 422,
    zh: '“教师”表中没有工号“{{found}}”',
    en: 'The sheet of teachers has no staff number {{found}}',
  },
  STAGE_NOT_OF_SCHOOL: {
    status: 422,
    zh: '该校没有“{{found}}”学段，只有：{{allowed}}',
    en: 'The school does not have the stage {{found}}, only: {{allowed}}',
  },
  LEVEL_NOT_OF_RANK: {
    status: 422,
    zh: '“{{rank}}”的授予单位级别应为“{{required}}”',
    en: '{{rank}} is granted at the level {{required}}',
  },
  ROLE_OF_DISTRICT: {
    status: 422,
    zh: '角色“{{role}}”属于全区，组织应填“区”，而不是“{{found}}”',
    en: 'The role {{role}} belongs to the district: the organisation must be 区, not “{{found}}”',
  },
  ROLE_OF_SCHOOL: {
    status: 422,
    zh: '角色“{{role}}”属于一所学校，组织应填“学校”表中的学校代码，而不是“{{found}}”',
    en: 'The role {{role}} belongs to a school: the organisation must be the code of a school in the file, not “{{found}}”',
  },
  SUBJECT_WITHOUT_USE: {
    status: 422,
    zh: '只有教研员填写学科，角色“{{role}}”不填',
    en: 'Only a researcher has a subject here; the role {{role}} has none',
  },
} satisfies Record<string, RefusalText>;

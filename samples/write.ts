import writeExcelFile from 'write-excel-file/node';
import {
  headersOf,
  REMARKS_SHEET,
  rosterRoles,
  areas,
  type Roster,
  type SheetName,
} from '../domain/roster.js';
import {
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
  type Name,
} from '../domain/vocabulary.js';
import { sampleRanks } from './district.js';

type Cell = string | number | null;

const remarks = [
  '本工作簿为样例，由程序按固定种子生成，人员均属虚构；身份证号使用未分配的行政区划代码 990001。',
  '“学校”表中学段为空、专任教师数为 0 的行是区属单位（区教育局、区教育研究培训中心），其人员也登记在“教师”表，学科、学段、岗位、职称可以为空。',
  '“任职”表中，学校的角色在“组织”栏填学校代码，全区的角色填“区”；只有教研员填写学科。',
  '身份证号、工号、代码须为文本；日期写成 2026-08-31 或日期单元格。',
];

/**
 * Writes a roster as the workbook that the roster import reads.
 * @param roster the rows
 * @returns the bytes of an .xlsx file: numbers of people and codes as text, dates as dates
 */
export async function writeRoster(roster: Roster): Promise<Buffer> {
  const sheets = Object.entries(cellsOf(roster)).map(([name, rows]) => {
    const headers = headersOf(name as SheetName);
    return {
      sheet: name,
      columns: headers.map((header) => ({
        width: ['名称', '身份证号', '学校名称'].includes(header) ? 32 : 16,
      })),
      data: [
        headers.map((header) => ({ value: header, fontWeight: 'bold' as const })),
        ...rows.map((row) => row.map((cell, index) => formatted(cell, headers[index] ?? ''))),
      ],
    };
  });
  const remarksSheet = {
    sheet: REMARKS_SHEET,
    columns: [{ width: 120 }],
    data: remarks.map((line) => [line]),
  };
  return writeExcelFile([...sheets, remarksSheet]).toBuffer();
}

const dateHeaders = ['统计日期', '出生日期', '参加教学工作日期', '授予日期', '有效期至', '日期', '起', '止'];

function formatted(cell: Cell, header: string) {
  if (cell === null) return null;
  if (typeof cell === 'number') return { value: cell, type: Number };
  if (!dateHeaders.includes(header)) return { value: cell, type: String, format: '@' };
  return { value: new Date(`${cell}T00:00:00Z`), type: Date, format: 'yyyy-mm-dd' };
}

function cellsOf(roster: Roster): Partial<Record<SheetName, Cell[][]>> {
  const rankNames = Object.fromEntries<Name>(sampleRanks.map(({ code, zh }) => [code, { zh, en: code }]));
  return {
    学校: roster.schools.map((row) => [
      row.code,
      row.name,
      named(areas, row.area),
      row.townGroup,
      named(teachingStages, row.stages),
      row.fullTimeTeachers,
      row.countedOn,
    ]),
    教师: roster.teachers.map((row) => [
      row.staffNumber,
      row.name,
      row.idNumber,
      named(sexes, row.sex),
      row.birthDate,
      row.schoolCode,
      named(subjects, row.subject),
      named(teachingStages, row.stages),
      named(posts, row.mainPost),
      named(posts, row.otherPosts),
      named(degrees, row.degree),
      named(professionalTitles, row.title),
      row.teachingSince,
      row.mobile,
      row.mailAddress,
    ]),
    称号: roster.titles.map((row) => [
      row.staffNumber,
      named(rankNames, row.rank),
      named(levels, row.grantedBy),
      row.grantedOn,
      row.validUntil,
      row.certificateNumber,
      row.document,
    ]),
    材料: roster.evidence.map((row) => [
      row.staffNumber,
      named(evidenceKinds, row.kind),
      named(levels, row.level),
      named(prizes, row.prize),
      named(disseminations, row.dissemination),
      row.name,
      row.date,
      row.issuer,
      row.certificateNumber,
    ]),
    处分: roster.sanctions.map((row) => [row.staffNumber, named(sanctions, row.kind), row.from, row.until]),
    任职: roster.memberships.map((row) => [
      row.staffNumber,
      named(rosterRoles, row.role),
      row.organisation,
      named(subjects, row.subject),
      row.from,
      row.until,
    ]),
  };
}

function named<Code extends string>(
  table: Readonly<Record<Code, Name>>,
  codes: Code | readonly Code[] | null,
): string | null {
  if (codes === null) return null;
  const list = typeof codes === 'string' ? [codes] : codes;
  return list.map((code) => table[code].zh).join('、') || null;
}

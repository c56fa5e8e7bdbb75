import { checkCharacter, type Roster, type TeacherRow, type TitleRow } from '../domain/roster.js';
import type { Database } from '../records/database.js';
import { ApiClient, type ApiSession } from '../samples/api-client.js';
import { schemeText } from '../samples/walk/district.js';
import { writeRoster } from '../samples/write.js';
import { createDistrict } from '../scripts/create-administrator.js';

/** Teachers of a school; each holds one title. */
const teachersOfSchool = 100;

/** A district that goes live with titles held. */
export interface TitleDistrict {
  readonly administrator: ApiSession;
  /** The roster with the titles, as the workbook that the import reads. */
  readonly workbook: Blob;
}

/**
 * Sets up a district with the main scheme, whose roster is still to be entered.
 * @param titles how many titles the roster holds, all in force until September 2029
 */
export async function prepareTitleDistrict(
  { database, url }: { readonly database: Database; readonly url: string },
  titles: number,
): Promise<TitleDistrict> {
  const { username, password } = await createDistrict({ database, name: '青蓝区', code: 'QL' });
  const administrator = await new ApiClient({ url }).signIn(username, password);
  await administrator.post('/policies', { text: await schemeText(), fileName: 'sichuan-district.yaml' });
  const file = await writeRoster(rosterOf(titles));
  return { administrator, workbook: new Blob([Uint8Array.from(file)]) };
}

/** Enters the roster, which answers before the tenures are open. */
export async function enterTitles({ administrator, workbook }: TitleDistrict): Promise<void> {
  await administrator.upload('/roster-imports', 'file', workbook, 'roster.xlsx');
}

/** Moves the clock of the rehearsal to the first moment of a day, and waits until every case has followed. */
export async function moveClock({ administrator }: TitleDistrict, day: string): Promise<void> {
  for (let settled = false; !settled;)
    ({ settled } = await administrator.post<{ settled: boolean }>('/clock/advance', { to: day }));
}

/** How many titles have an open case of their tenure whose workflow has begun. */
export async function openTenures(database: Database): Promise<number> {
  const [open, unstarted] = await Promise.all([
    database.case.count({ where: { kind: 'titleTenure', closedAt: null } }),
    database.caseMessage.count({ where: { kind: 'start', consumedAt: null } }),
  ]);
  return open - unstarted;
}

function rosterOf(titles: number): Roster {
  const numbers = Array.from({ length: titles }, (_, number) => number);
  const schools = Array.from({ length: Math.ceil(titles / teachersOfSchool) }, (_, number) => ({
    code: `S${number}`,
    name: `第${number}小学`,
    area: 'urban' as const,
    townGroup: null,
    stages: ['primary' as const],
    fullTimeTeachers: teachersOfSchool,
    countedOn: '2026-06-30',
  }));
  return {
    schools,
    teachers: numbers.map(teacherRow),
    titles: numbers.map(titleRow),
    evidence: [],
    sanctions: [],
    memberships: [],
  };
}

function teacherRow(number: number): TeacherRow {
  const idNumber = idNumberOf(number);
  return {
    staffNumber: `T${number}`,
    name: `欧阳晴岚${number}`,
    idNumber,
    birthDate: `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`,
    sex: Number(idNumber[16]) % 2 === 1 ? 'male' : 'female',
    schoolCode: `S${Math.floor(number / teachersOfSchool)}`,
    subject: 'mathematics',
    stages: ['primary'],
    mainPost: 'teacher',
    otherPosts: [],
    degree: 'bachelor',
    title: 'first',
    teachingSince: '2008-09-01',
    mobile: null,
    mailAddress: null,
  };
}

function titleRow(number: number): TitleRow {
  return {
    staffNumber: `T${number}`,
    rank: 'district_backbone',
    grantedBy: 'district',
    grantedOn: '2024-09-10',
    validUntil: '2029-09-09',
    certificateNumber: `青证${number}号`,
    document: '青教发〔2024〕1号',
  };
}

/** A valid ID number of an area that is not assigned. */
function idNumberOf(number: number): string {
  const day = String(1 + (Math.floor(number / 1000) % 28)).padStart(2, '0');
  const month = String(1 + (Math.floor(number / 28_000) % 12)).padStart(2, '0');
  const digits = `9900011985${month}${day}${String(number % 1000).padStart(3, '0')}`;
  return digits + checkCharacter(digits);
}

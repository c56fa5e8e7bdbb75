import { checkCharacter, type Roster, type TeacherRow } from '../../domain/roster.js';

/** The n-th valid ID number of an unassigned area. */
export function idNumber(n: number): string {
  const day = String(1 + (Math.floor(n / 1000) % 28)).padStart(2, '0');
  const month = String(1 + Math.floor(n / 28_000)).padStart(2, '0');
  const digits = `9900011985${month}${day}${String(n % 1000).padStart(3, '0')}`;
  return digits + checkCharacter(digits);
}

/** The n-th teacher, at the first school unless the changes say otherwise. */
export function teacherRow(n: number, changes: Partial<TeacherRow> = {}): TeacherRow {
  const number = changes.idNumber ?? idNumber(n);
  return {
    staffNumber: `T${n}`,
    name: `王芳${n}`,
    idNumber: number,
    birthDate: `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`,
    sex: Number(number[16]) % 2 ? 'male' : 'female',
    schoolCode: 'S1',
    subject: 'chinese',
    stages: ['primary'],
    mainPost: 'teacher',
    otherPosts: [],
    degree: 'bachelor',
    title: 'first',
    teachingSince: '2008-09-01',
    mobile: '13800000000',
    mailAddress: null,
    ...changes,
  };
}

/** A roster of two primary schools. */
export function rosterOf(teachers: readonly TeacherRow[], changes: Partial<Roster> = {}): Roster {
  const school = {
    area: 'urban',
    townGroup: null,
    stages: ['primary'],
    fullTimeTeachers: 40,
    countedOn: '2026-08-31',
  } as const;
  return {
    schools: [
      { code: 'S1', name: '第一小学', ...school },
      { code: 'S2', name: '第二小学', ...school },
    ],
    teachers,
    titles: [],
    evidence: [],
    sanctions: [],
    memberships: [],
    ...changes,
  };
}

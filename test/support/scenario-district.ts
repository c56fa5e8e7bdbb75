import {
  checkCharacter,
  DISTRICT,
  type Roster,
  type RosterRole,
  type TeacherRow,
} from '../../domain/roster.js';
import type { Subject } from '../../domain/vocabulary.js';
import type { SampleApplicants } from '../../samples/applicants.js';
import { writeRoster } from '../../samples/write.js';

/** Who there is, by staff number: what the scenario calls a person is how the person signs in. */
export interface Somebody {
  readonly staffNumber: string;
  readonly name: string;
  /** Code of the school; those of CENTRE teach nobody. */
  readonly school: string;
  readonly subject?: Subject;
  readonly roles?: readonly RosterRole[];
}

const teachers = (school: string, subject: Subject, people: Readonly<Record<string, string>>) =>
  Object.entries(people).map(([staffNumber, name]): Somebody => ({ staffNumber, name, school, subject }));

/** Clerk, head and a panel of three, by their names. */
export const staffOfSchool = (school: string, names: readonly string[]): Somebody[] =>
  (['school_clerk', 'head', 'school_panel', 'school_panel', 'school_panel'] as const).map((role, index) => ({
    staffNumber: `${school}-${index}`,
    name: names[index]!,
    school,
    subject: 'music',
    roles: [role],
  }));

/** Somebody of the training centre. */
export const atCentre = (staffNumber: string, name: string, ...roles: RosterRole[]): Somebody => ({
  staffNumber,
  name,
  school: 'CENTRE',
  roles,
});

/** The memberships of people: a school's roles at their school, the others in the district. */
export function membershipsOf(people: readonly Somebody[]): Roster['memberships'] {
  return people.flatMap(({ staffNumber, school: of, subject, roles = [] }) =>
    roles.map((role) => ({
      staffNumber,
      role,
      organisation: /^(school_|head)/.test(role) ? of : DISTRICT,
      subject: role === 'researcher' ? subject! : null,
      from: '2020-09-01',
      until: null,
    })),
  );
}

/** Teachers of arts (a1 to a4, and c1, who has won a contest) and of science (b1 to b3); x1 is not nominated. */
const applicants: readonly Somebody[] = [
  ...teachers('S1', 'chinese', { a1: '安一鸣', a2: '安二虎', a4: '安四海', c1: '成一飞' }),
  ...teachers('S1', 'mathematics', { b1: '白一帆' }),
  ...teachers('S2', 'chinese', { a3: '安三思' }),
  ...teachers('S2', 'mathematics', { b2: '白二妞', b3: '白三立', x1: '谢一楠' }),
];

const everybody: readonly Somebody[] = [
  ...applicants,
  ...staffOfSchool('S1', ['甲文员', '甲校长', '甲评一', '甲评二', '甲评三']),
  ...staffOfSchool('S2', ['乙文员', '乙校长', '乙评一', '乙评二', '乙评三']),
  atCentre('office1', '办公甲', 'office'),
  atCentre('office2', '办公乙', 'office'),
  atCentre('leader', '组长', 'leading_group'),
  atCentre('supervisor', '监票', 'supervisor'),
  atCentre('centre1', '培训甲', 'training_centre'),
  atCentre('centre2', '培训乙', 'training_centre'),
  atCentre('centre3', '培训丙', 'training_centre'),
  { ...atCentre('expert1', '教研甲', 'researcher'), subject: 'chinese' },
  { ...atCentre('expert2', '教研乙', 'researcher'), subject: 'mathematics' },
  atCentre('m1', '评委一', 'committee', 'committee_chair'),
  atCentre('m2', '评委二', 'committee'),
  atCentre('m3', '评委三', 'committee'),
  // A colleague of candidates.
  { staffNumber: 'm4', name: '评委四', school: 'S1', subject: 'art', roles: ['committee'] },
  atCentre('m5', '评委五', 'committee'),
  atCentre('m6', '评委六', 'committee'),
  atCentre('m7', '评委七', 'committee'),
  atCentre('r1', '候补一', 'committee_reserve'),
  atCentre('r2', '候补二', 'committee_reserve'),
  atCentre('look1', '核查甲'),
  atCentre('look2', '核查乙'),
];

/**
 * A district of two schools, nine applicants and a committee of seven, for a walk. All applicants have taught as long and
 * have no counted points, so that only what people judge tells them apart.
 */
export async function scenarioDistrict() {
  const roster: Roster = {
    schools: [
      school('S1', '甲小学', 'urban', 40),
      school('S2', '乙小学', 'rural', 30),
      { ...school('CENTRE', '区教育研究培训中心', 'urban', 0), stages: [], countedOn: null },
    ],
    teachers: everybody.map(teacher),
    titles: [],
    evidence: [
      {
        staffNumber: 'c1',
        kind: 'classroom_contest',
        level: 'district',
        prize: 'first',
        dissemination: null,
        name: '区课堂教学大赛',
        date: '2026-05-10',
        issuer: '区教育局',
        certificateNumber: '区赛2026001',
      },
    ],
    sanctions: [],
    memberships: membershipsOf(everybody),
  };
  const applying = (staffNumber: string) => ({ staffNumber, rank: 'accomplished' as const });
  return {
    district: { roster, workbook: await writeRoster(roster) },
    applicants: {
      ordinary: applicants
        .map(({ staffNumber }) => staffNumber)
        .filter((who) => who !== 'c1')
        .map(applying),
      contestWinners: [applying('c1')],
      refused: {} as SampleApplicants['refused'],
    },
    places: { accomplished: 5 },
  };
}

/** A primary school. */
export function school(code: string, name: string, area: 'urban' | 'rural', fullTimeTeachers: number) {
  return {
    code,
    name,
    area,
    townGroup: null,
    stages: ['primary' as const],
    fullTimeTeachers,
    countedOn: '2026-08-31',
  };
}

/** A teacher as the roster has one; the index tells the numbers of people apart. */
export function teacher(
  { staffNumber, name, school: schoolCode, subject }: Somebody,
  index: number,
): TeacherRow {
  const digits = `99000119880301${String(2 * index + 100).padStart(3, '0')}`;
  const teaches = schoolCode !== 'CENTRE';
  return {
    staffNumber,
    name,
    idNumber: digits + checkCharacter(digits),
    birthDate: '1988-03-01',
    sex: 'female',
    schoolCode,
    subject: subject ?? null,
    stages: teaches ? ['primary'] : [],
    mainPost: teaches ? 'teacher' : null,
    otherPosts: [],
    degree: 'bachelor',
    title: 'first',
    teachingSince: teaches ? '2012-09-01' : null,
    mobile: null,
    mailAddress: null,
  };
}

import type { Roster } from '../../domain/roster.js';
import type { Subject } from '../../domain/vocabulary.js';
import { sampleApplicants, type SampleApplicants } from '../../samples/applicants.js';
import { SAMPLE_SEED, sampleDistrict } from '../../samples/district.js';
import { writeRoster } from '../../samples/write.js';

const schools = ['QL06', 'QL07', 'QL11'];
const bodies = ['QLJY', 'QLYX'];

const groups: readonly (readonly Subject[])[] = [
  ['chinese', 'english', 'politics'],
  ['mathematics', 'science'],
];
const ofEachGroupAndSchool = 3;

/**
 * What a walk needs for a small round: three schools of the sample, 18 applicants of two groups, one who enters by a
 * contest and one who is too old, ten places, and the whole committee of eleven.
 */
export async function smallRound() {
  const whole = sampleDistrict(SAMPLE_SEED);
  const roster = partOf(whole, [...schools, ...bodies]);
  return {
    seed: SAMPLE_SEED,
    district: { roster, workbook: await writeRoster(roster) },
    applicants: applicantsOf(whole, roster),
    places: { accomplished: 10 },
  };
}

function partOf(roster: Roster, codes: readonly string[]): Roster {
  const committee = new Set(
    roster.memberships
      .filter(({ role }) => role.startsWith('committee'))
      .map(({ staffNumber }) => staffNumber),
  );
  // The scheme says how many the committee has: its members of other schools work in the centre here.
  const teachers = roster.teachers
    .filter(({ schoolCode, staffNumber }) => codes.includes(schoolCode) || committee.has(staffNumber))
    .map((row) => (codes.includes(row.schoolCode) ? row : { ...row, schoolCode: 'QLYX' }));
  const people = new Set(teachers.map(({ staffNumber }) => staffNumber));
  const isOfThem = ({ staffNumber }: { readonly staffNumber: string }) => people.has(staffNumber);
  return {
    schools: roster.schools.filter(({ code }) => codes.includes(code)),
    teachers,
    titles: roster.titles.filter(isOfThem),
    evidence: roster.evidence.filter(isOfThem),
    sanctions: roster.sanctions.filter(isOfThem),
    memberships: roster.memberships.filter(isOfThem),
  };
}

function applicantsOf(whole: Roster, { teachers, memberships }: Roster): SampleApplicants {
  const all = sampleApplicants(whole, SAMPLE_SEED);
  const teacherOf = new Map(teachers.map((teacher) => [teacher.staffNumber, teacher]));
  const able = all.ordinary.filter(
    ({ rank, staffNumber }) => rank === 'accomplished' && teacherOf.has(staffNumber),
  );
  const ordinary = schools.flatMap((school) =>
    groups.flatMap((group) =>
      able
        .filter(({ staffNumber }) => {
          const { schoolCode, subject } = teacherOf.get(staffNumber)!;
          return schoolCode === school && subject !== null && group.includes(subject);
        })
        .slice(0, ofEachGroupAndSchool),
    ),
  );
  const acting = new Set(memberships.map(({ staffNumber }) => staffNumber));
  const tooOld = teachers.find(
    ({ staffNumber, birthDate, schoolCode }) =>
      schools.includes(schoolCode) && birthDate < '1975-01-01' && !acting.has(staffNumber),
  )!;
  return {
    ordinary,
    contestWinners: all.contestWinners.filter(({ staffNumber }) => teacherOf.has(staffNumber)),
    // The walk asks for nobody of them by the reason.
    refused: {
      too_old: { staffNumber: tooOld.staffNumber, rank: 'accomplished' },
    } as unknown as SampleApplicants['refused'],
  };
}

import { bornOnOrAfter, fullYearsBetween } from '../domain/dates.js';
import { largestRemainder } from '../domain/quota.js';
import type { Roster, SchoolRow, TeacherRow } from '../domain/roster.js';
import { degrees, isAtLeast, levels, professionalTitles } from '../domain/vocabulary.js';
import { SAMPLE_CUT_OFF, SAMPLE_PRIZES_SINCE, sampleRanks } from './district.js';
import { seededRandom, type SeededRandom } from './random.js';

/** Ranks that the sample's round selects for. */
export type ApplicantRank = 'accomplished' | 'district_backbone';

/** One person who applies for one rank. */
export interface SampleApplicant {
  readonly staffNumber: string;
  readonly rank: ApplicantRank;
}

/** Who applies in the sample's round. */
export interface SampleApplicants {
  /** 256 people who meet the conditions: 176 for accomplished, 80 for district_backbone. */
  readonly ordinary: readonly SampleApplicant[];
  /** Four people with a recent first prize of a district or higher contest, who enter accomplished directly. */
  readonly contestWinners: readonly SampleApplicant[];
  /** People whose application for the rank is refused, each for one reason alone. */
  readonly refused: Readonly<
    Record<'too_few_years' | 'too_old' | 'title_too_low' | 'holds_rank' | 'sanctioned', SampleApplicant>
  >;
}

const places: Readonly<Record<ApplicantRank, number>> = { accomplished: 176, district_backbone: 80 };
const conditions = {
  accomplished: { years: 3, age: 45, title: 'second' },
  district_backbone: { years: 6, age: 50, title: 'first' },
} as const;
const conditionNames = ['years', 'age', 'title', 'degree', 'held', 'sanction'] as const;
type Condition = (typeof conditionNames)[number];

/**
 * Chooses who applies in a round of policies/sichuan-district.yaml on the sample district: people of every school by
 * its number of teachers, of every subject, none of whom acts in the round. A school has more of them than it may
 * nominate.
 * @param roster the roster that `sampleDistrict` made
 * @param seed a whole number
 * @throws RangeError when the roster has too few people who meet the conditions
 */
export function sampleApplicants(roster: Roster, seed: number): SampleApplicants {
  const random = seededRandom(seed);
  const acting = new Set(roster.memberships.map(({ staffNumber }) => staffNumber));
  const free = random.shuffled(roster.teachers.filter(({ staffNumber }) => !acting.has(staffNumber)));
  const taken = new Set<string>();
  const take = (people: readonly TeacherRow[], rank: ApplicantRank): SampleApplicant[] =>
    people.map(({ staffNumber }) => {
      taken.add(staffNumber);
      return { staffNumber, rank };
    });
  const failing = (rank: ApplicantRank, condition: Condition): SampleApplicant => {
    const found = free.filter((teacher) => {
      const failed = failedConditions(teacher, rank, roster);
      return failed.length === 1 && failed[0] === condition && !taken.has(teacher.staffNumber);
    });
    return take([random.pick(found)], rank)[0]!;
  };

  const contestWinners = take(
    free.filter((teacher) => hasWonContest(teacher, roster) && meets(teacher, 'accomplished', roster)),
    'accomplished',
  );
  const refused = {
    too_few_years: failing('accomplished', 'years'),
    too_old: failing('accomplished', 'age'),
    title_too_low: failing('district_backbone', 'title'),
    holds_rank: failing('accomplished', 'held'),
    sanctioned: failing('accomplished', 'sanction'),
  };
  // The higher rank first: fewer people meet its conditions.
  const ordinary = (['district_backbone', 'accomplished'] as const).flatMap((rank) => {
    const able = free.filter((teacher) => !taken.has(teacher.staffNumber) && meets(teacher, rank, roster));
    return take(chosenBySchool(able, rank, roster.schools, random), rank);
  });
  return { ordinary, contestWinners, refused };
}

function chosenBySchool(
  able: readonly TeacherRow[],
  rank: ApplicantRank,
  schools: readonly SchoolRow[],
  random: SeededRandom,
): TeacherRow[] {
  const weights = schools.map(({ code, fullTimeTeachers }) => ({ key: code, weight: fullTimeTeachers }));
  const shares = largestRemainder(places[rank], weights, (left, right) => (left.key < right.key ? -1 : 1));
  return shares.flatMap(({ key, seats }) => {
    const ofSchool = random.shuffled(able.filter(({ schoolCode }) => schoolCode === key));
    if (ofSchool.length < seats) throw new RangeError(`${key} has too few people for ${rank}`);
    return ofSchool.slice(0, seats);
  });
}

function meets(teacher: TeacherRow, rank: ApplicantRank, roster: Roster): boolean {
  return failedConditions(teacher, rank, roster).length === 0;
}

function failedConditions(teacher: TeacherRow, rank: ApplicantRank, roster: Roster): Condition[] {
  const { years, age, title } = conditions[rank];
  const mine = (row: { readonly staffNumber: string }) => row.staffNumber === teacher.staffNumber;
  const order = sampleRanks.map(({ code }) => code as string);
  const met: Record<Condition, boolean> = {
    years: fullYearsBetween(teacher.teachingSince ?? SAMPLE_CUT_OFF, SAMPLE_CUT_OFF) >= years,
    age: teacher.birthDate >= bornOnOrAfter(SAMPLE_CUT_OFF, age),
    title: teacher.title !== null && isAtLeast(professionalTitles, teacher.title, title),
    degree: isAtLeast(degrees, teacher.degree, teacher.stages.includes('senior') ? 'bachelor' : 'college'),
    held: !roster.titles.some((row) => mine(row) && order.indexOf(row.rank) >= order.indexOf(rank)),
    sanction: !roster.sanctions.some((row) => mine(row) && (row.until ?? SAMPLE_CUT_OFF) >= SAMPLE_CUT_OFF),
  };
  return conditionNames.filter((condition) => !met[condition]);
}

function hasWonContest(teacher: TeacherRow, roster: Roster): boolean {
  return roster.evidence.some(
    ({ staffNumber, kind, level, prize, date }) =>
      staffNumber === teacher.staffNumber &&
      kind === 'classroom_contest' &&
      isAtLeast(levels, level, 'district') &&
      prize === 'first' &&
      date >= SAMPLE_PRIZES_SINCE,
  );
}

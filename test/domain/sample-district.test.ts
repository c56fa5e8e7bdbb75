import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { readRosterFile } from '../../api/roster-file.js';
import { bornOnOrAfter, fullYearsBetween } from '../../domain/dates.js';
import { allocateNominationQuotas } from '../../domain/quota.js';
import { checkRoster } from '../../domain/roster.js';
import { isAtLeast, levels, professionalTitles } from '../../domain/vocabulary.js';
import { sampleApplicants, type ApplicantRank } from '../../samples/applicants.js';
import {
  SAMPLE_CUT_OFF,
  SAMPLE_PRIZES_SINCE,
  SAMPLE_SEED,
  sampleDistrict,
  sampleRanks,
  sampleSubjects,
} from '../../samples/district.js';
import { writeRoster } from '../../samples/write.js';

const district = sampleDistrict(SAMPLE_SEED);
const applicants = sampleApplicants(district, SAMPLE_SEED);
const teacherOf = new Map(district.teachers.map((teacher) => [teacher.staffNumber, teacher]));
const schools = district.schools.filter(({ stages }) => stages.length > 0);
const rankOrder = sampleRanks.map(({ code }) => code as string);

// A district that begins with this service has no trainees, hours, bars or mentors from before.
const noHistory = { trainees: [], hours: [], bars: [], mentors: [] };

const holds = (staffNumber: string, atLeast: string) =>
  district.titles.some(
    (title) =>
      title.staffNumber === staffNumber && rankOrder.indexOf(title.rank) >= rankOrder.indexOf(atLeast),
  );

test('the generator makes what samples/district.xlsx holds, and the check takes it whole', async () => {
  const sheets = await readRosterFile(await readFile('samples/district.xlsx'), 'district.xlsx');
  const written = await readRosterFile(await writeRoster(district), 'district.xlsx');
  expect(sheets).toEqual(written);
  expect(checkRoster(sheets, { today: '2026-09-01', ranks: sampleRanks })).toEqual({
    ...district,
    ...noHistory,
  });
});

test('other seeds make other districts that the check takes too', async () => {
  const other = sampleDistrict(7);
  expect(other.teachers[0]).not.toEqual(district.teachers[0]);
  const sheets = await readRosterFile(await writeRoster(other), 'other.xlsx');
  expect(checkRoster(sheets, { today: '2026-09-01', ranks: sampleRanks })).toEqual({
    ...other,
    ...noHistory,
  });
});

test('its ranks are those of the scheme', async () => {
  const scheme = parse(await readFile('policies/sichuan-district.yaml', 'utf8')) as {
    ranks: (typeof sampleRanks)[number][];
  };
  const ranks = scheme.ranks.map(({ code, zh, decidedBy }) => ({ code, zh, decidedBy }));
  expect(ranks).toEqual(sampleRanks);
});

test('sixteen schools, nine hundred teachers, namesakes in one school', () => {
  expect(schools).toHaveLength(16);
  expect(new Set(schools.map(({ area }) => area))).toEqual(new Set(['urban', 'town', 'rural']));
  expect(schools.filter(({ stages }) => stages.length === 2)).toHaveLength(1);
  for (const { code, fullTimeTeachers } of schools) {
    expect(district.teachers.filter(({ schoolCode }) => schoolCode === code)).toHaveLength(fullTimeTeachers);
  }
  expect(schools.reduce((sum, { fullTimeTeachers }) => sum + fullTimeTeachers, 0)).toBe(900);
  const names = district.teachers.map(({ schoolCode, name }) => `${schoolCode} ${name}`);
  expect(names.length - new Set(names).size).toBeGreaterThanOrEqual(3);
  expect(district.teachers.every(({ idNumber }) => idNumber.startsWith('990001'))).toBe(true);
});

test('mentors of a higher rank for every subject', () => {
  for (const subject of sampleSubjects) {
    const people = district.teachers.filter(
      (teacher) => teacher.subject === subject && teacher.stages.length > 0,
    );
    const inForce = (rank: string) =>
      people.filter(({ staffNumber }) =>
        district.titles.some(
          (title) =>
            title.staffNumber === staffNumber &&
            rankOrder.indexOf(title.rank) >= rankOrder.indexOf(rank) &&
            (title.validUntil ?? SAMPLE_CUT_OFF) >= SAMPLE_CUT_OFF,
        ),
      ).length;
    expect(inForce('district_backbone')).toBeGreaterThanOrEqual(2);
    expect(inForce('city_backbone')).toBeGreaterThanOrEqual(1);
  }
});

test('everybody who acts in the round is there, and conflicts are few', () => {
  const acting = (role: string) => district.memberships.filter((membership) => membership.role === role);
  const counts = Object.fromEntries(
    [...new Set(district.memberships.map(({ role }) => role))].map((role) => [role, acting(role).length]),
  );
  expect(counts).toEqual({
    leading_group: 11,
    office: 3,
    committee: 11,
    committee_chair: 1,
    committee_reserve: 4,
    supervisor: 1,
    researcher: sampleSubjects.length,
    training_centre: 3,
    auditor: 1,
    school_clerk: 16,
    head: 16,
    school_panel: 48,
  });
  expect(acting('committee').map(({ staffNumber }) => staffNumber)).toContain(
    acting('committee_chair')[0]?.staffNumber,
  );
  expect(new Set(acting('researcher').map(({ subject }) => subject))).toEqual(new Set(sampleSubjects));
  for (const { staffNumber, organisation } of ['school_clerk', 'head', 'school_panel'].flatMap(acting)) {
    expect(teacherOf.get(staffNumber)?.schoolCode).toBe(organisation);
  }
  const ofSchools = [...acting('committee'), ...acting('committee_reserve')]
    .map(({ staffNumber }) => teacherOf.get(staffNumber)?.schoolCode)
    .filter((code) => schools.some((school) => school.code === code));
  expect(ofSchools).toHaveLength(6);
  expect(new Set(ofSchools).size).toBe(6);
  const bodies = district.memberships.filter(({ role }) => role !== 'committee_chair');
  expect(new Set(bodies.map(({ staffNumber }) => staffNumber)).size).toBe(bodies.length);
});

describe('the applicants', () => {
  const needs: Record<
    ApplicantRank,
    { years: number; age: number; title: 'second' | 'first'; places: number }
  > = {
    accomplished: { years: 3, age: 45, title: 'second', places: 130 },
    district_backbone: { years: 6, age: 50, title: 'first', places: 65 },
  };
  const all = [...applicants.ordinary, ...applicants.contestWinners];

  test('are 176 and 80, four contest winners and five to be refused, all different and none of them acting', () => {
    const ofRank = (rank: ApplicantRank) =>
      applicants.ordinary.filter((applicant) => applicant.rank === rank);
    expect(ofRank('accomplished')).toHaveLength(176);
    expect(ofRank('district_backbone')).toHaveLength(80);
    expect(applicants.contestWinners).toHaveLength(4);
    const numbers = [...all, ...Object.values(applicants.refused)].map(({ staffNumber }) => staffNumber);
    expect(new Set(numbers).size).toBe(265);
    expect(district.memberships.filter(({ staffNumber }) => numbers.includes(staffNumber))).toEqual([]);
  });

  test('meet the conditions', () => {
    for (const { staffNumber, rank } of all) {
      const teacher = teacherOf.get(staffNumber)!;
      const { years, age, title } = needs[rank];
      expect(fullYearsBetween(teacher.teachingSince!, SAMPLE_CUT_OFF)).toBeGreaterThanOrEqual(years);
      expect(teacher.birthDate >= bornOnOrAfter(SAMPLE_CUT_OFF, age)).toBe(true);
      expect(isAtLeast(professionalTitles, teacher.title!, title)).toBe(true);
      expect(holds(staffNumber, rank)).toBe(false);
    }
  });

  test('are more in each school than its places, and of every subject', () => {
    for (const [rank, { places }] of Object.entries(needs)) {
      const ofRank = applicants.ordinary.filter((applicant) => applicant.rank === rank);
      const subjects = new Set(ofRank.map(({ staffNumber }) => teacherOf.get(staffNumber)?.subject));
      expect(subjects).toEqual(new Set(sampleSubjects));
      for (const ruralAreas of [['rural'], ['rural', 'town']]) {
        const { rows } = allocateNominationQuotas({
          total: places,
          schools: schools.map(({ code, area, fullTimeTeachers }) => ({
            id: code,
            code,
            fullTimeTeachers,
            rural: ruralAreas.includes(area),
          })),
          guarantee: { each: 1, fromTeachers: 10 },
          ruralSharePercent: 30,
        });
        for (const { code, quota } of rows) {
          const ofSchool = ofRank.filter(
            ({ staffNumber }) => teacherOf.get(staffNumber)?.schoolCode === code,
          );
          expect(ofSchool.length).toBeGreaterThanOrEqual(quota);
        }
      }
    }
  });

  test('only the contest winners could enter by a prize', () => {
    const withPrize = district.evidence.filter(
      ({ kind, prize, level, date }) =>
        kind === 'classroom_contest' &&
        (prize === 'first' || prize === 'special') &&
        isAtLeast(levels, level, 'district') &&
        date >= SAMPLE_PRIZES_SINCE,
    );
    const newcomers = withPrize.filter(({ staffNumber }) => !holds(staffNumber, 'accomplished'));
    expect(new Set(newcomers.map(({ staffNumber }) => staffNumber))).toEqual(
      new Set(applicants.contestWinners.map(({ staffNumber }) => staffNumber)),
    );
  });

  test('to be refused fail for the reason that they are named after', () => {
    const { too_few_years, too_old, title_too_low, holds_rank, sanctioned } = applicants.refused;
    const teacher = (applicant: { staffNumber: string }) => teacherOf.get(applicant.staffNumber)!;
    expect(fullYearsBetween(teacher(too_few_years).teachingSince!, SAMPLE_CUT_OFF)).toBeLessThan(3);
    expect(teacher(too_old).birthDate < bornOnOrAfter(SAMPLE_CUT_OFF, 45)).toBe(true);
    expect(isAtLeast(professionalTitles, teacher(title_too_low).title!, 'first')).toBe(false);
    expect(holds(holds_rank.staffNumber, 'accomplished')).toBe(true);
    expect(
      district.sanctions.some(
        ({ staffNumber, until }) => staffNumber === sanctioned.staffNumber && (until ?? '') > SAMPLE_CUT_OFF,
      ),
    ).toBe(true);
  });
});

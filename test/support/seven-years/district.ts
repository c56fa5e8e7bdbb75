import { parse, stringify } from 'yaml';
import { provisionalYear } from '../../../domain/calendar.js';
import { datesBetween } from '../../../domain/dates.js';
import type { Roster, TitleRow } from '../../../domain/roster.js';
import { writeRoster } from '../../../samples/write.js';
import {
  atCentre,
  membershipsOf,
  school,
  staffOfSchool,
  teacher,
  type Somebody,
} from '../scenario-district.js';
import { mainScheme, withValues } from '../scheme-parts.js';

/** First year of the rehearsal's first school year. */
export const firstYear = 2026;

/** Codes of the schools. */
export const schools = ['S1', 'S2', 'S3', 'S4'] as const;

/** Places of every round. */
export const places = { accomplished: 5, district_backbone: 2 };

/** Titles that one year may give; of district_backbone fewer than those who pass, so that some wait. */
export const yearlyNumbers = { accomplished: 6, district_backbone: 4 };

const adopted = { by: 'sample', basis: '小区演练' };

/**
 * The main scheme with numbers for four schools. What the scheme has not and a rehearsal of everything needs is added: an
 * assessment after each term of a training, and a spot check of the yearly review.
 */
export function smallScheme(): string {
  const scheme = parse(
    withValues(mainScheme(), {
      'ranks.accomplished.perYear': yearlyNumbers.accomplished,
      'ranks.district_backbone.perYear': yearlyNumbers.district_backbone,
      'vote.committee': { members: 5, reserve: 2 },
      'quotas.nominations.nominationPercent': 160,
      'training.midAssessment': { everyTerms: 1, maxPoints: 100, passPoints: 60, adopted },
    }),
  ) as { stages: object[]; entries: { contest: { keeps: string[] } } };
  scheme.stages.push({
    code: 'spot_check',
    every: 'school_year',
    percent: 20,
    minPerSchool: 1,
    clause: '每学年抽查一次',
  });
  scheme.entries.contest.keeps.push('spot_check');
  return stringify(scheme);
}

const digits = '一二三四五六七八九十';
const surnames = '赵钱孙李';

/** Fifteen of each school who may stand: `S1-c1` to `S1-c8` teach Chinese, `S1-e1` to `S1-e7` English. */
function candidates(code: string, index: number): Somebody[] {
  const named = (subject: 'chinese' | 'english', letter: string, count: number) =>
    Array.from({ length: count }, (_, number): Somebody => ({
      staffNumber: `${code}-${letter}${number + 1}`,
      name: `${surnames[index]}${subject === 'chinese' ? '文' : '英'}${digits[number]}`,
      school: code,
      subject,
    }));
  return [...named('chinese', 'c', 8), ...named('english', 'e', 7)];
}

/** Staff numbers of everybody who may stand. */
export const whoMayStand = schools.flatMap((code, index) =>
  candidates(code, index).map(({ staffNumber }) => staffNumber),
);

const everybody: readonly Somebody[] = [
  ...schools.flatMap((code, index) => [
    ...candidates(code, index),
    ...staffOfSchool(
      code,
      ['经办', '校长', '评甲', '评乙', '评丙'].map((name) => surnames[index] + name),
    ),
  ]),
  ...['office1', 'office2', 'office3'].map((who, index) => atCentre(who, `办公${digits[index]}`, 'office')),
  atCentre('leader', '组长', 'leading_group'),
  atCentre('supervisor', '监票', 'supervisor'),
  ...['centre1', 'centre2', 'centre3'].map((who, index) =>
    atCentre(who, `培训${digits[index]}`, 'training_centre'),
  ),
  { ...atCentre('expert1', '教研甲', 'researcher'), subject: 'chinese' },
  { ...atCentre('expert2', '教研乙', 'researcher'), subject: 'english' },
  atCentre('m1', '评委一', 'committee', 'committee_chair'),
  ...[2, 3, 4, 5].map((number) => atCentre(`m${number}`, `评委${digits[number - 1]}`, 'committee')),
  atCentre('r1', '候补一', 'committee_reserve'),
  atCentre('r2', '候补二', 'committee_reserve'),
];

const held = (
  staffNumber: string,
  rank: TitleRow['rank'],
  grantedBy: TitleRow['grantedBy'],
  grantedOn: string,
  validUntil: string | null,
): TitleRow => ({
  staffNumber,
  rank,
  grantedBy,
  grantedOn,
  validUntil,
  certificateNumber: `旧证-${staffNumber}`,
  document: '青教发〔2024〕3号',
});

/** Titles that the district comes with: two mentors, two that end in mid rehearsal, one that will rise, two of a school. */
export const titlesBefore: readonly TitleRow[] = [
  held('S1-c1', 'provincial_backbone', 'province', '2020-05-01', null),
  held('S3-e1', 'provincial_backbone', 'province', '2020-05-01', null),
  held('S2-c1', 'accomplished', 'district', '2024-09-10', '2029-09-10'),
  held('S4-e1', 'accomplished', 'district', '2024-09-10', '2029-09-10'),
  held('S3-c1', 'district_backbone', 'district', '2025-01-15', '2030-01-15'),
  held('S1-e1', 'school_backbone', 'school', '2025-09-01', '2028-08-31'),
  held('S2-e1', 'school_backbone', 'school', '2025-09-01', '2028-08-31'),
];

/** The roster of the district's first day. */
export function roster(): Roster {
  const areas = ['urban', 'urban', 'rural', 'rural'] as const;
  return {
    schools: [
      ...schools.map((code, index) => school(code, `${surnames[index]}家小学`, areas[index]!, 20)),
      { ...school('CENTRE', '区教育研究培训中心', 'urban', 0), stages: [], countedOn: null },
    ],
    teachers: everybody.map(teacher),
    titles: [...titlesBefore],
    evidence: [prize('S1-c2', '2026-05-10')],
    sanctions: [],
    memberships: membershipsOf(everybody),
  };
}

/** A first prize of the district's contest, with which somebody enters directly. */
export function prize(staffNumber: string, date: string): Roster['evidence'][number] {
  return {
    staffNumber,
    kind: 'classroom_contest',
    level: 'district',
    prize: 'first',
    dissemination: null,
    name: '区课堂教学大赛',
    date,
    issuer: '区教育局',
    certificateNumber: `区赛${date}`,
  };
}

/**
 * The workbook of what has become new: sanctions, evidence, and where everybody is counted.
 * @param countedOn the last 31 August
 * @param schoolOf where somebody is by now
 */
export function workbookOf(
  changed: Pick<Roster, 'evidence' | 'sanctions'>,
  countedOn: string,
  schoolOf: (staffNumber: string) => string,
): Promise<Buffer> {
  const { schools: rows, teachers, memberships } = roster();
  const counted = rows.map((row) => ({ ...row, countedOn: row.countedOn && countedOn }));
  const now = teachers.map((row) => ({ ...row, schoolCode: schoolOf(row.staffNumber) }));
  return writeRoster({ schools: counted, teachers: now, memberships, titles: [], ...changed });
}

const statutory: Readonly<Record<string, readonly string[]>> = {
  '2031': ['2031-01-01', ...datesBetween('2031-01-22', '2031-01-25'), '2031-04-05', '2031-06-24'],
  '2032': ['2032-01-01', ...datesBetween('2032-02-10', '2032-02-13'), '2032-04-04', '2032-06-12'],
  '2033': ['2033-01-01', ...datesBetween('2033-01-30', '2033-02-02'), '2033-04-04', '2033-06-01'],
  '2034': ['2034-01-01', ...datesBetween('2034-02-18', '2034-02-21'), '2034-04-05', '2034-06-20'],
};

/** Years of the calendar that the sample has not, with some of their statutory days. */
export const laterYears = Object.entries(statutory).map(
  ([year, days]) =>
    [
      year,
      provisionalYear([
        ...days,
        ...datesBetween(`${year}-05-01`, `${year}-05-02`),
        ...datesBetween(`${year}-10-01`, `${year}-10-03`),
      ]),
    ] as const,
);

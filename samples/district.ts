import { addDays, addYears, fullYearsBetween } from '../domain/dates.js';
import { largestRemainder } from '../domain/quota.js';
import {
  checkCharacter,
  DISTRICT,
  type EvidenceRow,
  type MembershipRow,
  type Roster,
  type RosterRank,
  type RosterRole,
  type SanctionRow,
  type SchoolRow,
  type TeacherRow,
  type TitleRow,
} from '../domain/roster.js';
import {
  isAtLeast,
  levels,
  subjects,
  type EvidenceKind,
  type Level,
  type Post,
  type Prize,
  type ProfessionalTitle,
  type Subject,
  type TeachingStage,
} from '../domain/vocabulary.js';
import { familyNames, honours, menCharacters, topics, womenCharacters } from './names.js';
import { seededRandom, type SeededRandom } from './random.js';

/** The seed of samples/district.xlsx. */
export const SAMPLE_SEED = 2026;
/** The day on which ages and years of teaching count in the sample's round. */
export const SAMPLE_CUT_OFF = '2026-08-31';
/** First day of the three school years whose contest prizes lead to direct entry. */
export const SAMPLE_PRIZES_SINCE = '2023-09-01';

/** The ranks that the sample's titles name: those of policies/sichuan-district.yaml, low to high. */
export const sampleRanks = [
  { code: 'school_backbone', zh: '校级骨干教师', decidedBy: 'school' },
  { code: 'accomplished', zh: '区教坛能手', decidedBy: 'district' },
  { code: 'district_backbone', zh: '区级骨干教师', decidedBy: 'district' },
  { code: 'city_backbone', zh: '市级骨干教师', decidedBy: 'city' },
  { code: 'city_subject_leader', zh: '市级学科带头人', decidedBy: 'city' },
  { code: 'provincial_backbone', zh: '省级骨干教师', decidedBy: 'province' },
  { code: 'special_grade', zh: '省特级教师', decidedBy: 'province' },
  { code: 'national_backbone', zh: '国家级骨干教师', decidedBy: 'nation' },
] as const satisfies readonly RosterRank[];
type SampleRank = (typeof sampleRanks)[number]['code'];

/** Organisations of the district: rows of the sheet 学校 without stages and without full-time teachers. */
const BUREAU = 'QLJY';
const RESEARCH_CENTRE = 'QLYX';

const school = (
  code: string,
  name: string,
  area: SchoolRow['area'],
  townGroup: string,
  stages: readonly TeachingStage[],
  fullTimeTeachers: number,
): SchoolRow => ({
  code,
  name,
  area,
  townGroup,
  stages,
  fullTimeTeachers,
  countedOn: stages.length > 0 ? SAMPLE_CUT_OFF : null,
});

const schools: readonly SchoolRow[] = [
  school('QL01', '青澜实验中学', 'urban', '城东片区', ['junior', 'senior'], 110),
  school('QL02', '青澜第一高级中学', 'urban', '城西片区', ['senior'], 96),
  school('QL03', '青澜第二初级中学', 'urban', '城东片区', ['junior'], 78),
  school('QL04', '城北初级中学', 'urban', '城西片区', ['junior'], 62),
  school('QL05', '青澜实验小学', 'urban', '城东片区', ['primary'], 72),
  school('QL06', '城东小学', 'urban', '城东片区', ['primary'], 56),
  school('QL07', '城西小学', 'urban', '城西片区', ['primary'], 44),
  school('QL08', '青石镇初级中学', 'town', '青石片区', ['junior'], 54),
  school('QL09', '青石镇中心小学', 'town', '青石片区', ['primary'], 42),
  school('QL10', '云台乡初级中学', 'rural', '云台片区', ['junior'], 50),
  school('QL11', '云台乡中心小学', 'rural', '云台片区', ['primary'], 40),
  school('QL12', '柳溪乡初级中学', 'rural', '柳溪片区', ['junior'], 52),
  school('QL13', '柳溪乡中心小学', 'rural', '柳溪片区', ['primary'], 38),
  school('QL14', '竹坪乡中心小学', 'rural', '柳溪片区', ['primary'], 30),
  school('QL15', '龙泉乡初级中学', 'rural', '云台片区', ['junior'], 48),
  school('QL16', '龙泉乡中心小学', 'rural', '云台片区', ['primary'], 28),
  school(BUREAU, '青澜区教育局', 'urban', '城东片区', [], 0),
  school(RESEARCH_CENTRE, '青澜区教育研究培训中心', 'urban', '城东片区', [], 0),
];

const subjectWeights: Readonly<Record<'primary' | 'junior' | 'senior', Partial<Record<Subject, number>>>> = {
  primary: {
    chinese: 30,
    mathematics: 24,
    english: 10,
    science: 7,
    politics: 6,
    physical_education: 8,
    music: 6,
    art: 6,
    information: 3,
  },
  junior: {
    chinese: 16,
    mathematics: 16,
    english: 15,
    physics: 8,
    chemistry: 6,
    biology: 5,
    politics: 6,
    history: 6,
    geography: 5,
    physical_education: 7,
    music: 3,
    art: 3,
    information: 4,
  },
  senior: {
    chinese: 15,
    mathematics: 15,
    english: 15,
    physics: 10,
    chemistry: 9,
    biology: 8,
    politics: 6,
    history: 6,
    geography: 6,
    physical_education: 4,
    music: 2,
    art: 2,
    information: 2,
  },
};

/** Subjects that the sample district teaches; each has a researcher and holders of the higher ranks. */
export const sampleSubjects = (Object.keys(subjects) as Subject[]).filter((subject) =>
  Object.values(subjectWeights).some((weights) => subject in weights),
);

/**
 * A district made up from a seed: 16 schools with 900 teachers and two organisations with the district's own staff,
 * titles held, evidence, sanctions and memberships. Nobody in it exists: the ID numbers have an area code, 990001,
 * that is not assigned.
 * @param seed a whole number; SAMPLE_SEED makes samples/district.xlsx
 */
export function sampleDistrict(seed: number): Roster {
  const random = seededRandom(seed);
  const makePerson = personMaker(random);
  const teachers = schools.flatMap((row) => teachersOf(row, random, makePerson));
  const titles = titlesOf(teachers, random);
  const contestWinners = findContestWinners(teachers, titles, random);
  const { staff, memberships } = districtBodies(teachers, titles, contestWinners, random, makePerson);
  const acting = new Set(memberships.map(({ staffNumber }) => staffNumber));
  const ordinary = teachers.filter(({ staffNumber }) => !acting.has(staffNumber));
  return {
    schools,
    teachers: [...teachers, ...staff],
    titles,
    evidence: evidenceOf(teachers, titles, contestWinners, random),
    sanctions: sanctionsOf(ordinary, titles, contestWinners, random),
    memberships,
  };
}

// ---- people

type PersonMaker = (facts: Pick<TeacherRow, 'schoolCode' | 'subject' | 'stages'>, age: number) => TeacherRow;

function personMaker(random: SeededRandom): PersonMaker {
  let people = 0;
  const idNumbers = new Set<string>();
  return (facts, age) => {
    people += 1;
    const sex = random.chance(facts.stages.includes('primary') ? 28 : 45) ? 'male' : 'female';
    const birthDate = addDays(addYears(SAMPLE_CUT_OFF, -age), -random.between(0, 364));
    const person = {
      ...facts,
      staffNumber: String(10_000 + people),
      name: nameFor(sex, random),
      idNumber: idNumberFor(birthDate, sex, idNumbers, random),
      birthDate,
      sex,
      teachingSince: firstDayOfTeaching(birthDate, random),
      mobile: null,
      mailAddress: null,
    } as const;
    const title = professionalTitleFor(person, random);
    return { ...person, mainPost: 'teacher', otherPosts: [], degree: degreeFor(person, age, random), title };
  };
}

function nameFor(sex: TeacherRow['sex'], random: SeededRandom): string {
  const characters = sex === 'male' ? menCharacters : womenCharacters;
  const given = random.chance(80)
    ? random.pick(characters) + random.pick(characters)
    : random.pick(characters);
  return random.pick(familyNames) + given;
}

function idNumberFor(
  birthDate: string,
  sex: TeacherRow['sex'],
  taken: Set<string>,
  random: SeededRandom,
): string {
  const sequence = 2 * random.between(1, 498) + (sex === 'male' ? 1 : 0);
  const digits = `990001${birthDate.replaceAll('-', '')}${String(sequence).padStart(3, '0')}`;
  const idNumber = digits + checkCharacter(digits);
  if (taken.has(idNumber)) return idNumberFor(birthDate, sex, taken, random);
  taken.add(idNumber);
  return idNumber;
}

function firstDayOfTeaching(birthDate: string, random: SeededRandom): string {
  const year = Math.min(Number(birthDate.slice(0, 4)) + random.between(22, 25), 2025);
  return `${year}-${random.pick(['07-01', '08-25', '09-01', '09-01', '09-01'])}`;
}

function professionalTitleFor(
  { teachingSince, stages }: Pick<TeacherRow, 'teachingSince' | 'stages'>,
  random: SeededRandom,
): ProfessionalTitle | null {
  const years = fullYearsBetween(teachingSince ?? SAMPLE_CUT_OFF, SAMPLE_CUT_OFF);
  const senior = stages.includes('primary') ? 45 : 65;
  if (years < 1) return null;
  if (years < 5) return stages.includes('primary') && random.chance(15) ? 'third' : 'second';
  if (years < 8) return random.chance(55) ? 'first' : 'second';
  if (years < 13) return random.chance(88) ? 'first' : 'second';
  if (years < 18) return random.chance(senior - 25) ? 'senior' : 'first';
  return random.chance(senior) ? 'senior' : 'first';
}

function degreeFor(
  { stages }: Pick<TeacherRow, 'stages'>,
  age: number,
  random: SeededRandom,
): TeacherRow['degree'] {
  if (stages.includes('primary'))
    return random.weighted({ college: age > 45 ? 55 : 15, bachelor: 80, master: 4 });
  if (stages.includes('junior'))
    return random.weighted({ college: age > 45 ? 25 : 3, bachelor: 85, master: 8 });
  return random.weighted({ bachelor: 75, master: age < 36 ? 40 : 12 });
}

function ageOfTeacher(random: SeededRandom): number {
  const decade = random.weighted({ '24': 16, '30': 22, '36': 20, '41': 17, '46': 13, '51': 12 });
  return Number(decade) + random.below(decade === '51' ? 8 : 5);
}

// ---- schools

function teachersOf(row: SchoolRow, random: SeededRandom, makePerson: PersonMaker): TeacherRow[] {
  const shares = largestRemainder(
    row.fullTimeTeachers,
    row.stages.map((stage, index) => ({ key: stage, weight: 2 - index })),
    () => 0,
  );
  const people = shares.flatMap(({ key, seats }) => {
    const stage = key as keyof typeof subjectWeights;
    return subjectsOf(stage, seats).map((subject) =>
      makePerson({ schoolCode: row.code, subject, stages: [stage] }, ageOfTeacher(random)),
    );
  });
  return withNamesakes(withPosts(people, random), random);
}

function subjectsOf(stage: keyof typeof subjectWeights, teachers: number): Subject[] {
  const weights = Object.entries(subjectWeights[stage]).map(([key, weight]) => ({ key, weight }));
  const shares = largestRemainder(teachers, weights, (left, right) => (left.key < right.key ? -1 : 1));
  return shares.flatMap(({ key, seats }) => Array<Subject>(seats).fill(key as Subject));
}

function withPosts(people: readonly TeacherRow[], random: SeededRandom): TeacherRow[] {
  const mainPosts = new Map<string, Post>();
  const appoint = (post: Post, places: number, youngest: number) => {
    const born = addYears(SAMPLE_CUT_OFF, -youngest);
    const free = people.filter((person) => person.birthDate <= born && !mainPosts.has(person.staffNumber));
    for (const { staffNumber } of random.shuffled(free).slice(0, places)) mainPosts.set(staffNumber, post);
  };
  appoint('head', 1, 40);
  appoint('deputy_head', people.length > 60 ? 3 : people.length > 35 ? 2 : 1, 36);
  appoint('middle_manager', Math.floor(people.length / 14), 30);

  const leads = new Set<string>();
  for (const subject of new Set(people.map((person) => person.subject))) {
    const group = people.filter((person) => person.subject === subject && !mainPosts.has(person.staffNumber));
    const lead = group.toSorted((left, right) => (left.birthDate < right.birthDate ? -1 : 1))[
      group.length >> 2
    ];
    if (group.length >= 3 && lead) leads.add(lead.staffNumber);
  }
  return people.map((person) => {
    const mainPost = mainPosts.get(person.staffNumber) ?? 'teacher';
    const otherPosts: Post[] = leads.has(person.staffNumber) ? ['subject_group_lead'] : [];
    if (mainPost === 'teacher' && random.chance(35)) otherPosts.push('class_teacher');
    else if (mainPost === 'teacher' && random.chance(12))
      otherPosts.push(random.pick(['lesson_group_lead', 'grade_lead']));
    return { ...person, mainPost, otherPosts };
  });
}

// In a few schools two people have one name, so that nothing may rely on names.
function withNamesakes(people: TeacherRow[], random: SeededRandom): TeacherRow[] {
  if (!['QL01', 'QL05', 'QL10'].includes(people[0]?.schoolCode ?? '')) return people;
  const [first, second] = random.shuffled(people.filter((person) => person.sex === 'female'));
  return people.map((person) => (first && person === second ? { ...person, name: first.name } : person));
}

// ---- titles held

/** How many people hold each rank as their highest one. */
const holders: Readonly<Partial<Record<SampleRank, number>>> = {
  special_grade: 2,
  provincial_backbone: 3,
  city_subject_leader: 8,
  city_backbone: 20,
  district_backbone: 60,
  accomplished: 90,
  school_backbone: 160,
};

/** The rank that a holder got some years earlier on the way to a rank. */
const earlierRank: Readonly<Partial<Record<SampleRank, SampleRank>>> = {
  special_grade: 'city_subject_leader',
  provincial_backbone: 'city_backbone',
  city_subject_leader: 'city_backbone',
  city_backbone: 'district_backbone',
  district_backbone: 'accomplished',
};

const yearsFor: Readonly<Partial<Record<SampleRank, { readonly min: number; readonly max: number }>>> = {
  special_grade: { min: 22, max: 40 },
  provincial_backbone: { min: 18, max: 36 },
  city_subject_leader: { min: 16, max: 34 },
  city_backbone: { min: 14, max: 32 },
  district_backbone: { min: 11, max: 30 },
  accomplished: { min: 6, max: 22 },
  school_backbone: { min: 4, max: 26 },
};

function titlesOf(teachers: TeacherRow[], random: SeededRandom): TitleRow[] {
  const rows: TitleRow[] = [];
  const chosen = new Set<string>();
  let number = 0;
  const grant = (teacher: TeacherRow, rank: SampleRank, year: number) => {
    number += 1;
    rows.push(titleRow(teacher, rank, year, number));
  };
  for (const rank of Object.keys(holders) as SampleRank[]) {
    const suitable = teachers.filter((teacher) => !chosen.has(teacher.staffNumber) && suits(teacher, rank));
    for (const teacher of spreadOverSubjects(suitable, holders[rank] ?? 0, random)) {
      chosen.add(teacher.staffNumber);
      // Of the higher ranks there are mentors for years to come.
      const year = random.between(isAboveDistrict(rank) ? 2024 : 2022, 2025);
      const earlier = earlierRank[rank];
      if (earlier) grant(teacher, earlier, year - random.between(4, 5));
      grant(teacher, rank, year);
    }
  }
  return rows;
}

function isAboveDistrict(rank: SampleRank): boolean {
  return sampleRanks.some(
    ({ code, decidedBy }) => code === rank && !['school', 'district'].includes(decidedBy),
  );
}

function suits(teacher: TeacherRow, rank: SampleRank): boolean {
  const { min, max } = yearsFor[rank] ?? { min: 0, max: 0 };
  const years = yearsOfTeaching(teacher);
  const isHigh = rank !== 'accomplished' && rank !== 'school_backbone';
  return years >= min && years <= max && (!isHigh || teacher.title === 'senior' || teacher.title === 'first');
}

// First one of every subject, then by lot: the large subjects get the most.
function spreadOverSubjects(suitable: TeacherRow[], places: number, random: SeededRandom): TeacherRow[] {
  const order = random.shuffled(suitable);
  const first = sampleSubjects.flatMap(
    (subject) => order.find((teacher) => teacher.subject === subject) ?? [],
  );
  const start = places >= sampleSubjects.length ? first : [];
  return [...start, ...order.filter((teacher) => !start.includes(teacher))].slice(0, places);
}

function titleRow(teacher: TeacherRow, rank: SampleRank, year: number, number: number): TitleRow {
  const grantedBy = sampleRanks.find(({ code }) => code === rank)?.decidedBy ?? 'school';
  const authority = {
    school: teacher.schoolCode,
    district: '青教',
    city: '云教',
    province: '川教',
    nation: '教师',
  };
  const grantedOn = `${year}-07-${String((number % 20) + 1).padStart(2, '0')}`;
  return {
    staffNumber: teacher.staffNumber,
    rank,
    grantedBy,
    grantedOn,
    validUntil: addDays(addYears(grantedOn, 5), -1),
    certificateNumber: `${authority[grantedBy]}证字${year}${String(number).padStart(4, '0')}`,
    document: `${authority[grantedBy]}发〔${year}〕${(number % 60) + 1}号`,
  };
}

function yearsOfTeaching({ teachingSince }: TeacherRow): number {
  return fullYearsBetween(teachingSince ?? SAMPLE_CUT_OFF, SAMPLE_CUT_OFF);
}

// ---- prizes and papers

/** Four teachers of four schools who won a first prize and hold nothing from the district yet. */
function findContestWinners(teachers: TeacherRow[], titles: TitleRow[], random: SeededRandom): TeacherRow[] {
  const winners: TeacherRow[] = [];
  for (const teacher of random.shuffled(teachers)) {
    const years = yearsOfTeaching(teacher);
    const isYoung = years >= 5 && years <= 12;
    const isPlain = teacher.mainPost === 'teacher' && !holdsOfDistrict(teacher, titles);
    const isNew = winners.every(
      ({ schoolCode, subject }) => schoolCode !== teacher.schoolCode && subject !== teacher.subject,
    );
    if (isYoung && isPlain && isNew) winners.push(teacher);
    if (winners.length === 4) break;
  }
  return winners;
}

function holdsOfDistrict({ staffNumber }: TeacherRow, titles: readonly TitleRow[]): boolean {
  return titles.some((title) => title.staffNumber === staffNumber && title.rank !== 'school_backbone');
}

const issuers: Readonly<Record<Level, string>> = {
  school: '',
  town_group: '',
  district: '青澜区教育局',
  city: '云州市教育局',
  province: '四川省教育学会',
  nation: '中国教育学会',
};
const places: Readonly<Record<Level, string>> = {
  school: '校',
  town_group: '片区',
  district: '青澜区',
  city: '云州市',
  province: '四川省',
  nation: '全国',
};

function evidenceOf(
  teachers: TeacherRow[],
  titles: TitleRow[],
  contestWinners: TeacherRow[],
  random: SeededRandom,
): EvidenceRow[] {
  const rows: EvidenceRow[] = [];
  for (const teacher of teachers) {
    const isHolder = holdsOfDistrict(teacher, titles);
    const held = titles.filter(({ staffNumber }) => staffNumber === teacher.staffNumber).length;
    const years = yearsOfTeaching(teacher);
    const names = new Set<string>();
    if (contestWinners.includes(teacher)) {
      const prize = winningPrize(teacher, contestWinners.indexOf(teacher));
      rows.push(prize);
      names.add(prize.name);
    }
    const most = years < 1 ? 0 : years < 4 ? 1 : 3;
    const count = random.between(0, most) + (held > 0 ? 2 : 0);
    for (let item = 0; item < count; item += 1) {
      const row = evidenceRow(teacher, isHolder, rows.length + 1, random);
      if (!names.has(row.name)) rows.push(row);
      names.add(row.name);
    }
  }
  return rows;
}

function winningPrize(teacher: TeacherRow, index: number): EvidenceRow {
  const date = ['2024-05-17', '2025-05-23', '2025-11-14', '2026-04-24'][index] ?? '2026-04-24';
  const level = index === 3 ? 'city' : 'district';
  return {
    staffNumber: teacher.staffNumber,
    kind: 'classroom_contest',
    level,
    prize: 'first',
    dissemination: null,
    name: nameOfEvidence('classroom_contest', level, date, teacher, ''),
    date,
    issuer: issuers[level],
    certificateNumber: `赛${date.slice(0, 4)}-${String(index + 1).padStart(3, '0')}`,
  };
}

function evidenceRow(
  teacher: TeacherRow,
  isHolder: boolean,
  number: number,
  random: SeededRandom,
): EvidenceRow {
  const kind = random.weighted<EvidenceKind>({
    paper: 28,
    classroom_contest: 20,
    open_lesson: 18,
    honour: 12,
    project: 10,
    skills_contest: 7,
    digital_resource: 5,
  });
  const level = random.weighted<Level>({
    school: 34,
    district: 42,
    city: 17,
    province: 6,
    nation: isHolder ? 2 : 0,
  });
  const date = dateOfEvidence(teacher, random);
  const dissemination = kind === 'paper' ? random.pick(['published', 'awarded'] as const) : null;
  const hasPrize = kind === 'classroom_contest' || kind === 'skills_contest' || dissemination === 'awarded';
  const drawn = random.weighted<Prize>({ first: 25, second: 40, third: 35 });
  // A recent first prize is an entry of its own: only the four winners have one without holding a title.
  const wouldEnter =
    kind === 'classroom_contest' &&
    isAtLeast(levels, level, 'district') &&
    date >= SAMPLE_PRIZES_SINCE &&
    !isHolder;
  return {
    staffNumber: teacher.staffNumber,
    kind,
    level,
    prize: !hasPrize ? null : wouldEnter && drawn === 'first' ? 'second' : drawn,
    dissemination,
    name: nameOfEvidence(kind, level, date, teacher, random.pick(kind === 'honour' ? honours : topics)),
    date,
    issuer: issuers[level] || nameOfSchool(teacher),
    certificateNumber:
      kind === 'open_lesson' ? null : `材${date.slice(0, 4)}-${String(number).padStart(5, '0')}`,
  };
}

function dateOfEvidence(teacher: TeacherRow, random: SeededRandom): string {
  const earliest = Math.max(2019, Number(teacher.teachingSince?.slice(0, 4)) + 1);
  const month = random.pick(['03', '04', '05', '06']);
  return `${random.between(Math.min(earliest, 2026), 2026)}-${month}-${String(random.between(1, 28)).padStart(2, '0')}`;
}

function nameOfEvidence(
  kind: EvidenceKind,
  level: Level,
  date: string,
  teacher: TeacherRow,
  topic: string,
): string {
  const subject = teacher.subject ? subjects[teacher.subject].zh : '';
  const where = level === 'school' ? nameOfSchool(teacher) : places[level];
  const year = `${date.slice(0, 4)}年`;
  if (kind === 'paper') return `${topic}在${subject}教学中的实践`;
  if (kind === 'project') return `${where}课题：${subject}学科${topic}研究`;
  if (kind === 'open_lesson') return `${year}${where}${subject}公开课（${topic}）`;
  if (kind === 'honour') return `${year}${where}${topic}`;
  if (kind === 'skills_contest') return `${year}${where}${subject}教师教学基本功比赛`;
  if (kind === 'digital_resource') return `${year}${where}${subject}微课（${topic}）`;
  return `${year}${where}${subject}课堂教学大赛`;
}

function nameOfSchool({ schoolCode }: TeacherRow): string {
  return schools.find(({ code }) => code === schoolCode)?.name ?? '';
}

// ---- sanctions

function sanctionsOf(
  ordinary: TeacherRow[],
  titles: TitleRow[],
  contestWinners: TeacherRow[],
  random: SeededRandom,
): SanctionRow[] {
  const people = random.shuffled(
    ordinary.filter((teacher) => {
      const years = yearsOfTeaching(teacher);
      return (
        years >= 6 && years <= 15 && !holdsOfDistrict(teacher, titles) && !contestWinners.includes(teacher)
      );
    }),
  );
  const periods = [
    { kind: 'demerit', from: '2026-03-02', until: '2027-03-01' },
    { kind: 'demotion', from: '2025-03-03', until: '2027-03-02' },
    { kind: 'demerit', from: '2022-04-11', until: '2023-04-10' },
    { kind: 'warning', from: '2021-10-08', until: '2022-04-07' },
  ] as const;
  return periods.map((period, index) => ({ staffNumber: people[index]?.staffNumber ?? '', ...period }));
}

// ---- who acts in which role

function districtBodies(
  teachers: TeacherRow[],
  titles: TitleRow[],
  contestWinners: TeacherRow[],
  random: SeededRandom,
  makePerson: PersonMaker,
): { staff: TeacherRow[]; memberships: MembershipRow[] } {
  const staff: TeacherRow[] = [];
  const memberships: MembershipRow[] = [];
  const act = (
    { staffNumber }: TeacherRow,
    role: RosterRole,
    organisation: string = DISTRICT,
    subject: Subject | null = null,
  ) => memberships.push({ staffNumber, role, organisation, subject, from: '2025-09-01', until: null });
  const official = () => add(BUREAU, { subject: null, teachingSince: null, title: null });
  const expert = (subject: Subject | null) => add(RESEARCH_CENTRE, { subject, title: 'senior' });
  const add = (schoolCode: string, facts: Partial<TeacherRow>) => {
    const person = makePerson({ schoolCode, subject: null, stages: [] }, random.between(38, 57));
    const member: TeacherRow = { ...person, mainPost: null, ...facts };
    staff.push(member);
    return member;
  };

  for (let place = 0; place < 7; place += 1) act(official(), 'leading_group');
  for (let place = 0; place < 4; place += 1) act(expert(null), 'leading_group');
  for (let place = 0; place < 3; place += 1) act(expert(null), 'office');
  for (const subject of sampleSubjects) act(expert(subject), 'researcher', DISTRICT, subject);
  for (let place = 0; place < 3; place += 1) act(expert(null), 'training_centre');
  act(official(), 'supervisor');
  act(official(), 'auditor');

  const committee = [official(), ...[null, null, null, null].map(() => expert(null)), official()];
  const reserve = [expert(null), expert(null), official()];
  const taken = new Set(contestWinners.map(({ staffNumber }) => staffNumber));
  const outside = oneOfEachSchool(teachers, titles, taken, random);
  for (const person of [...committee, ...outside.slice(0, 5)]) act(person, 'committee');
  act(committee[0]!, 'committee_chair');
  for (const person of [...reserve, ...outside.slice(5, 6)]) act(person, 'committee_reserve');
  for (const { staffNumber } of outside.slice(0, 6)) taken.add(staffNumber);

  for (const { code } of schools.filter(({ stages }) => stages.length > 0)) {
    const ofSchool = teachers.filter(
      (teacher) => teacher.schoolCode === code && !taken.has(teacher.staffNumber),
    );
    act(
      ofSchool.find(({ mainPost }) => mainPost === 'head')!,
      'head',
      code,
    );
    const managers = ofSchool.filter(({ mainPost }) => mainPost === 'middle_manager');
    const [clerk, ...others] = random.shuffled(managers);
    act(clerk!, 'school_clerk', code);
    const old = random.shuffled(
      ofSchool.filter((teacher) => yearsOfTeaching(teacher) >= 15 && !managers.includes(teacher)),
    );
    const panel = [...others, ...old.filter(({ mainPost }) => mainPost !== 'head')].slice(0, 3);
    for (const person of panel) act(person, 'school_panel', code);
  }
  return { staff, memberships };
}

// Holders of a rank of the city or above, of different schools, who lead none.
function oneOfEachSchool(
  teachers: TeacherRow[],
  titles: TitleRow[],
  taken: ReadonlySet<string>,
  random: SeededRandom,
): TeacherRow[] {
  const high = new Set(
    titles.filter(({ grantedBy }) => isAtLeast(levels, grantedBy, 'city')).map((row) => row.staffNumber),
  );
  const able = teachers.filter(
    ({ staffNumber, mainPost }) => high.has(staffNumber) && !taken.has(staffNumber) && mainPost === 'teacher',
  );
  const found = new Map(random.shuffled(able).map((teacher) => [teacher.schoolCode, teacher]));
  return [...found.values()];
}

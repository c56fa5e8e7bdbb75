import {
  checkCharacter,
  checkRoster,
  headersOf,
  idNumberFacts,
  sheetOfHeader,
  type RawCell,
  type RawSheet,
  type SheetName,
} from '../../domain/roster.js';
import { Refusal } from '../../domain/refusal.js';
import { sampleRanks } from '../../samples/district.js';
import { rosterRefusals } from '../../texts/refusals-roster.js';

const context = {
  today: '2026-09-01',
  ranks: sampleRanks.map((rank) => ({ ...rank, isTrained: rank.decidedBy === 'district' })),
  activities: [{ code: 'lecture', zh: '讲座' }],
};

/** An ID number of the unassigned area 990001 with the right check character. */
const idNumber = (birthDate: string, sequence: string) => {
  const digits = `990001${birthDate}${sequence}`;
  return digits + checkCharacter(digits);
};

const anna = idNumber('19850612', '024');
const cells: Record<SheetName, RawCell[][]> = {
  学校: [
    ['QL01', '实验中学', '城区', '城东片区', '初中、高中', 2, '2026-08-31'],
    ['QL02', '中心小学', '农村', null, '小学', '1', '2026/8/31'],
    ['QLYX', '研究培训中心', '城区', null, null, 0, null],
  ],
  教师: [
    // prettier-ignore
    ['101', '李娜', anna, '女', '1985-06-12', 'QL01', '语文', '初中', '教师', '班主任、备课组长', '本科', '一级教师', '2008年9月1日', '13800000000'],
    // prettier-ignore
    ['102', '李娜', idNumber('19900101', '013'), null, null, 'QL01', '数学', '初中、高中', '校长', null, '硕士', '中级', '2015/9/1', null],
    // prettier-ignore
    ['103', '王强', idNumber('19790930', '031'), '男', null, 'QL02', '英语', '小学', '教师', null, '专科', null, '2000.07.01', null],
    // prettier-ignore
    ['104', '赵敏', idNumber('19800229', '042'), '女', null, 'QLYX', null, null, null, null, '本科', '高级教师', null, null],
  ],
  称号: [['101', '区教坛能手', '区级', '2023-07-01', '2028-06-30', '青教证字1号', '青教发〔2023〕1号']],
  材料: [['101', '论文', '市级', '一等奖', '获奖', '大单元教学', '2024-05-01', '市教育局', '材1']],
  处分: [['103', '警告', '2020-01-01', null]],
  任职: [
    ['102', '校长', 'QL01', null, '2025-09-01', null],
    ['104', '教研员', '区', '语文', '2025-09-01', '2027-08-31'],
  ],
  培养对象: [['101', '区级骨干教师', '2025-09-01', '2027-08-31', 144, '103', '青教发〔2025〕9号']],
  学时: [['101', '暑期集训', '讲座', '2026-07-10', 8, '签到册', '103', '2026-07-20']],
  限制: [['103', '上年度考核不合格', '2025-09-01', '2026-09-01', '青教发〔2025〕3号']],
  师徒: [['101', '区级骨干教师', '103', '2025-10-01', null, null]],
};

type Sheets = Record<SheetName, RawCell[][]>;

/** The sheets above with their headers, after a change to a copy of them. */
function rosterWith(change: (sheets: Sheets) => void): RawSheet[] {
  const copy: Sheets = structuredClone(cells);
  for (const name of Object.keys(copy) as SheetName[]) copy[name].unshift([...headersOf(name)]);
  change(copy);
  return Object.entries(copy).map(([name, rows]) => ({ name, rows }));
}

function refusalOf(check: () => unknown): Refusal {
  try {
    check();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

function faultsOf(sheets: readonly RawSheet[]) {
  const refusal = refusalOf(() => checkRoster(sheets, context));
  expect(refusal.code).toBe('ROSTER_FAULTS');
  expect(refusal.values).toEqual({ count: refusal.faults?.length });
  return refusal.faults ?? [];
}

const placesOf = (sheets: readonly RawSheet[]) => faultsOf(sheets).map(({ at, code }) => `${at} ${code}`);

/** Sets the cell of a sheet by its name, such as C2. */
const set =
  (sheet: SheetName, cell: string, value: RawCell) =>
  (sheets: Sheets): void => {
    sheets[sheet][Number(cell.slice(1)) - 1]![cell.charCodeAt(0) - 65] = value;
  };

test('reads a right roster into typed rows', () => {
  const roster = checkRoster(
    rosterWith(() => undefined),
    context,
  );
  expect(roster.schools).toEqual([
    {
      code: 'QL01',
      name: '实验中学',
      area: 'urban',
      townGroup: '城东片区',
      stages: ['junior', 'senior'],
      fullTimeTeachers: 2,
      countedOn: '2026-08-31',
    },
    {
      code: 'QL02',
      name: '中心小学',
      area: 'rural',
      townGroup: null,
      stages: ['primary'],
      fullTimeTeachers: 1,
      countedOn: '2026-08-31',
    },
    {
      code: 'QLYX',
      name: '研究培训中心',
      area: 'urban',
      townGroup: null,
      stages: [],
      fullTimeTeachers: 0,
      countedOn: null,
    },
  ]);
  expect(roster.teachers[0]).toEqual({
    staffNumber: '101',
    name: '李娜',
    idNumber: anna,
    birthDate: '1985-06-12',
    sex: 'female',
    schoolCode: 'QL01',
    subject: 'chinese',
    stages: ['junior'],
    mainPost: 'teacher',
    otherPosts: ['class_teacher', 'lesson_group_lead'],
    degree: 'bachelor',
    title: 'first',
    teachingSince: '2008-09-01',
    mobile: '13800000000',
    mailAddress: null,
  });
  expect(roster.teachers[1]).toMatchObject({ birthDate: '1990-01-01', sex: 'male', title: 'first' });
  expect(roster.teachers[3]).toMatchObject({
    birthDate: '1980-02-29',
    subject: null,
    stages: [],
    otherPosts: [],
  });
  expect(roster.titles).toEqual([
    {
      staffNumber: '101',
      rank: 'accomplished',
      grantedBy: 'district',
      grantedOn: '2023-07-01',
      validUntil: '2028-06-30',
      certificateNumber: '青教证字1号',
      document: '青教发〔2023〕1号',
    },
  ]);
  expect(roster.evidence[0]).toMatchObject({
    kind: 'paper',
    level: 'city',
    prize: 'first',
    dissemination: 'awarded',
  });
  expect(roster.sanctions).toEqual([
    { staffNumber: '103', kind: 'warning', from: '2020-01-01', until: null },
  ]);
  expect(roster.memberships[1]).toEqual({
    staffNumber: '104',
    role: 'researcher',
    organisation: '区',
    subject: 'chinese',
    from: '2025-09-01',
    until: '2027-08-31',
  });
});

test('takes an empty row, columns in another order, and a file without the sheets that may be missing', () => {
  const sheets = rosterWith((all) => {
    all.学校.splice(2, 0, [null, '  ']);
    for (const row of all.学校) row.unshift(row.pop() ?? null);
  }).filter(({ name }) => name === '学校' || name === '教师');
  const roster = checkRoster([...sheets, { name: '说明', rows: [['任意内容']] }], context);
  expect(roster.schools.map(({ code }) => code)).toEqual(['QL01', 'QL02', 'QLYX']);
  expect(roster.titles).toEqual([]);
});

describe('each kind of fault has its place and its code', () => {
  const vectors: [string, (sheets: Sheets) => void, string][] = [
    ['a header misspelt', set('学校', 'F1', '教师数'), '学校!1 MISSING_COLUMN|学校!F1 UNKNOWN_COLUMN'],
    ['a header twice', set('学校', 'H1', '学段'), '学校!H1 DUPLICATE_COLUMN'],
    ['content without a header', set('学校', 'H3', 'x'), '学校!H1 COLUMN_WITHOUT_HEADER'],
    ['an empty required cell', set('教师', 'B3', ' '), '教师!B3 EMPTY_CELL'],
    ['no subject at a school', set('教师', 'G2', null), '教师!G2 EMPTY_CELL'],
    ['no day of starting at a school', set('教师', 'M2', null), '教师!M2 EMPTY_CELL'],
    ['teachers but no stage', set('学校', 'F4', 3), '学校!E4 EMPTY_CELL'],
    ['a school without the day of its count', set('学校', 'G3', null), '学校!G3 EMPTY_CELL'],
    ['a count with decimals', set('学校', 'F2', 1.5), '学校!F2 NOT_A_COUNT'],
    ['a school code twice', set('学校', 'A3', 'QLYX'), '学校!A4 DUPLICATE_VALUE|教师!F4 UNKNOWN_SCHOOL'],
    ['an unknown area', set('学校', 'C2', '郊区'), '学校!C2 UNKNOWN_NAME'],
    ['an unknown stage', set('学校', 'E3', '小学、大学'), '学校!E3 UNKNOWN_NAME'],
    ['an unknown school', set('教师', 'F2', 'QL99'), '教师!F2 UNKNOWN_SCHOOL'],
    ['a stage that the school lacks', set('教师', 'H4', '初中'), '教师!H4 STAGE_NOT_OF_SCHOOL'],
    [
      'a staff number twice',
      set('教师', 'A5', '102'),
      '教师!A5 DUPLICATE_VALUE|任职!A3 UNKNOWN_STAFF_NUMBER',
    ],
    ['an ID number twice', set('教师', 'C3', anna.toLowerCase()), '教师!C3 DUPLICATE_VALUE'],
    ['a wrong check character', set('教师', 'C3', '990001199001010138'), '教师!C3 ID_NUMBER_CHECKSUM'],
    ['seventeen digits', set('教师', 'C3', '99000119900101013'), '教师!C3 ID_NUMBER_MALFORMED'],
    [
      'a birth date that does not exist',
      set('教师', 'C3', '990001199002300136'),
      '教师!C3 ID_NUMBER_BIRTH_DATE',
    ],
    [
      'an ID number as a number',
      set('教师', 'C3', Number('990001199001010134')),
      '教师!C3 ID_NUMBER_LOST_DIGITS',
    ],
    [
      'an ID number with zeros for digits',
      set('教师', 'C3', '990001199001010000'),
      '教师!C3 ID_NUMBER_LOST_DIGITS',
    ],
    ['an ID number in powers of ten', set('教师', 'C3', '9.90001E+17'), '教师!C3 ID_NUMBER_LOST_DIGITS'],
    ['another birth date than the ID number', set('教师', 'E2', '1985-06-13'), '教师!E2 BIRTH_DATE_DIFFERS'],
    ['another sex than the ID number', set('教师', 'D2', '男'), '教师!D2 SEX_DIFFERS'],
    ['an unknown subject', set('教师', 'G2', '国学'), '教师!G2 UNKNOWN_NAME'],
    ['an unknown post', set('教师', 'I2', '厨师'), '教师!I2 UNKNOWN_NAME'],
    ['an unknown degree', set('教师', 'K2', '函授'), '教师!K2 UNKNOWN_NAME'],
    ['an unknown title', set('教师', 'L2', '教授'), '教师!L2 UNKNOWN_NAME'],
    ['a date that does not exist', set('教师', 'M2', '2015-02-30'), '教师!M2 NOT_A_DATE'],
    ['a number for a date', set('教师', 'M2', 42248), '教师!M2 NOT_A_DATE'],
    ['a month for a date', set('教师', 'M2', '2015.9'), '教师!M2 NOT_A_DATE'],
    ['a day after today', set('教师', 'M2', '2026-09-02'), '教师!M2 DATE_IN_FUTURE'],
    ['a mobile number too short', set('教师', 'N2', '1380000000'), '教师!N2 MOBILE_MALFORMED'],
    [
      'a mail address with a name',
      set('教师', 'O2', '李娜 <li@example.cn>'),
      '教师!O2 MAIL_ADDRESS_MALFORMED',
    ],
    ['a title of nobody', set('称号', 'A2', '999'), '称号!A2 UNKNOWN_STAFF_NUMBER'],
    ['an unknown rank', set('称号', 'B2', '名师'), '称号!B2 UNKNOWN_NAME'],
    ['an unknown level', set('称号', 'C2', '县处级'), '称号!C2 UNKNOWN_NAME'],
    ['a level that does not grant the rank', set('称号', 'C2', '市级'), '称号!C2 LEVEL_NOT_OF_RANK'],
    ['an end before the start', set('称号', 'E2', '2023-06-30'), '称号!E2 END_BEFORE_START'],
    [
      'a certificate number twice',
      (sheets) => sheets.称号.push([...sheets.称号[1]!]),
      '称号!F3 DUPLICATE_VALUE',
    ],
    ['evidence of nobody', set('材料', 'A2', '999'), '材料!A2 UNKNOWN_STAFF_NUMBER'],
    ['an unknown kind of evidence', set('材料', 'B2', '证明'), '材料!B2 UNKNOWN_NAME'],
    ['an unknown prize', set('材料', 'D2', '金奖'), '材料!D2 UNKNOWN_NAME'],
    ['evidence twice', (sheets) => sheets.材料.push([...sheets.材料[1]!]), '材料!I3 DUPLICATE_VALUE'],
    ['an unknown sanction', set('处分', 'B2', '批评'), '处分!B2 UNKNOWN_NAME'],
    ['a sanction that ends too early', set('处分', 'D2', '2019-12-31'), '处分!D2 END_BEFORE_START'],
    ['an unknown role', set('任职', 'B2', '书记'), '任职!B2 UNKNOWN_NAME'],
    ['a role of a school for the district', set('任职', 'C2', '区'), '任职!C2 ROLE_OF_SCHOOL'],
    ['a head of no school', set('任职', 'C2', 'QLYX'), '任职!C2 ROLE_OF_SCHOOL'],
    ['a role of the district for a school', set('任职', 'C3', 'QL01'), '任职!C3 ROLE_OF_DISTRICT'],
    ['a researcher without a subject', set('任职', 'D3', null), '任职!D3 EMPTY_CELL'],
    ['a subject that no role needs', set('任职', 'D2', '语文'), '任职!D2 SUBJECT_WITHOUT_USE'],
  ];
  test.each(vectors)('%s', (_name, change, expected) => {
    expect(placesOf(rosterWith(change)).join('|')).toBe(expected);
  });

  test('a missing, an unknown, a second and an empty sheet', () => {
    const right = rosterWith(() => undefined);
    expect(placesOf(right.filter(({ name }) => name !== '学校'))).toEqual(['学校 MISSING_SHEET']);
    expect(placesOf([...right, { name: '称号表', rows: [] }])).toEqual(['称号表 UNKNOWN_SHEET']);
    expect(placesOf([...right, right[0]!])).toEqual(['学校 DUPLICATE_SHEET']);
    expect(placesOf(rosterWith((sheets) => sheets.教师.splice(1)))).toEqual(['教师 EMPTY_SHEET']);
  });

  test('every code has a text', () => {
    const codes = vectors.flatMap(([, , places]) =>
      places.split('|').map((place) => place.split(' ')[1] ?? ''),
    );
    const without = [
      ...codes,
      'MISSING_SHEET',
      'UNKNOWN_SHEET',
      'DUPLICATE_SHEET',
      'EMPTY_SHEET',
      'ROSTER_FAULTS',
    ];
    expect(without.filter((code) => !(code in rosterRefusals))).toEqual([]);
  });
});

test('the same certificate may name two authors', () => {
  const sheets = rosterWith((all) => all.材料.push(['102', ...all.材料[1]!.slice(1)]));
  expect(checkRoster(sheets, context).evidence).toHaveLength(2);
});

test('twenty bad rows are twenty faults at once, in the order of the sheet, and no fault repeats an ID number', () => {
  const changes: [string, RawCell][] = [
    ['A', null],
    ['B', null],
    ['C', '990001199001010138'],
    ['C', '123'],
    ['C', '990001199013010130'],
    ['C', Number('990001199001010134')],
    ['C', anna],
    ['D', '男性'],
    ['E', '1990-01-02'],
    ['F', 'QL98'],
    ['G', '写作'],
    ['H', '小学'],
    ['H', null],
    ['I', '保安'],
    ['J', '班主任、门卫'],
    ['K', '博士后'],
    ['L', '讲师'],
    ['M', '2015年9月'],
    ['M', '2062-09-01'],
    ['N', '12345'],
  ];
  const sheets = rosterWith((all) => {
    for (const [index, [column, value]] of changes.entries()) {
      const row = [...all.教师[2]!];
      row[0] = `2${index}`;
      row[2] = idNumber('19900101', String(101 + 2 * index));
      all.教师.push(row);
      set('教师', `${column}${all.教师.length}`, value)(all);
    }
  });
  const faults = faultsOf(sheets);
  expect(faults.map(({ at }) => at)).toEqual(changes.map(([column], index) => `教师!${column}${index + 6}`));
  expect(faults.map(({ code }) => code)).toEqual([
    'EMPTY_CELL',
    'EMPTY_CELL',
    'ID_NUMBER_CHECKSUM',
    'ID_NUMBER_MALFORMED',
    'ID_NUMBER_BIRTH_DATE',
    'ID_NUMBER_LOST_DIGITS',
    'DUPLICATE_VALUE',
    'UNKNOWN_NAME',
    'BIRTH_DATE_DIFFERS',
    'UNKNOWN_SCHOOL',
    'UNKNOWN_NAME',
    'STAGE_NOT_OF_SCHOOL',
    'EMPTY_CELL',
    'UNKNOWN_NAME',
    'UNKNOWN_NAME',
    'UNKNOWN_NAME',
    'UNKNOWN_NAME',
    'NOT_A_DATE',
    'DATE_IN_FUTURE',
    'MOBILE_MALFORMED',
  ]);
  expect(JSON.stringify(faults)).not.toMatch(/\d{17}/);
});

describe('an ID number', () => {
  test('says birth date and sex', () => {
    // The example of the national standard GB 11643.
    expect(idNumberFacts('11010519491231002X')).toEqual({ birthDate: '1949-12-31', sex: 'female' });
    expect(idNumberFacts(idNumber('20000229', '999'))).toEqual({ birthDate: '2000-02-29', sex: 'male' });
  });

  test('is refused after any one digit was mistyped', () => {
    const right = '11010519491231002X';
    const mistyped = Array.from(right.slice(0, 17)).flatMap((digit, index) =>
      Array.from('0123456789')
        .filter((other) => other !== digit)
        .map((other) => right.slice(0, index) + other + right.slice(index + 1)),
    );
    expect(mistyped).toHaveLength(153);
    for (const wrong of mistyped) expect(() => idNumberFacts(wrong)).toThrow(Refusal);
  });

  test.each([
    ['110105194912310020', 'ID_NUMBER_CHECKSUM'],
    ['11010519491231002x', 'ID_NUMBER_MALFORMED'],
    ['110105491231002', 'ID_NUMBER_MALFORMED'],
    ['110105194902290020', 'ID_NUMBER_BIRTH_DATE'],
    ['110105187001010020', 'ID_NUMBER_BIRTH_DATE'],
    ['1.10105194912310E+17', 'ID_NUMBER_LOST_DIGITS'],
    ['110105194912310000', 'ID_NUMBER_LOST_DIGITS'],
  ])('%s: %s', (wrong, code) => {
    expect(refusalOf(() => idNumberFacts(wrong)).code).toBe(code);
  });
});

describe('a district with history (T19, T2, T4, T8, E21)', () => {
  const at = (sheet: SheetName, header: string) => headersOf(sheet).indexOf(header);
  const set = (sheet: SheetName, header: string, value: RawCell) =>
    rosterWith((sheets) => void (sheets[sheet][1]![at(sheet, header)] = value));
  const place = (sheet: SheetName, header: string) =>
    `${sheet}!${String.fromCharCode(65 + at(sheet, header))}2`;

  test('is read, with the line of each row', () => {
    const { trainees, hours, bars, mentors } = checkRoster(
      rosterWith(() => undefined),
      context,
    );
    expect(trainees).toEqual([
      {
        staffNumber: '101',
        rank: 'district_backbone',
        startsOn: '2025-09-01',
        endsOn: '2027-08-31',
        hoursRequired: 144,
        researcher: '103',
        document: '青教发〔2025〕9号',
        line: 2,
      },
    ]);
    expect(hours).toMatchObject([{ kind: 'lecture', hours: 8, confirmedBy: '103', line: 2 }]);
    expect(bars).toMatchObject([{ staffNumber: '103', until: '2026-09-01' }]);
    expect(mentors).toMatchObject([{ staffNumber: '101', mentor: '103', until: null }]);
  });

  test.each([
    ['培养对象', '培养层次', '市级骨干教师', 'UNKNOWN_NAME'],
    ['培养对象', '联系教研员工号', '101', 'NOT_BY_ONESELF'],
    ['培养对象', '培养起始日期', '2026-09-02', 'DATE_IN_FUTURE'],
    ['学时', '活动类别', '郊游', 'UNKNOWN_NAME'],
    ['学时', '核定人工号', '101', 'NOT_BY_ONESELF'],
    ['学时', '核定人工号', null, 'EMPTY_CELL'],
    ['学时', '核定日期', '2026-07-09', 'END_BEFORE_START'],
    ['限制', '限制截止日期', '2025-08-31', 'END_BEFORE_START'],
    ['限制', '限制原因', null, 'EMPTY_CELL'],
    ['师徒', '导师工号', '101', 'NOT_BY_ONESELF'],
    ['师徒', '导师工号', '999', 'UNKNOWN_STAFF_NUMBER'],
  ] as const)('%s %s: %s is %s', (sheet, header, value, code) => {
    expect(faultsOf(set(sheet, header, value))).toMatchObject([{ at: place(sheet, header), code }]);
  });

  test('hours without who confirmed them and a bar without an end are right', () => {
    const unconfirmed = rosterWith(
      (sheets) => void sheets.学时[1]!.splice(at('学时', '核定人工号'), 2, null, null),
    );
    expect(checkRoster(unconfirmed, context).hours).toMatchObject([{ confirmedBy: null }]);
    expect(checkRoster(set('限制', '限制截止日期', null), context).bars).toMatchObject([{ until: null }]);
  });

  test('one person has one training of a rank, one entry of an activity and one mentor at a time', () => {
    const twice = rosterWith((sheets) => {
      for (const name of ['培养对象', '学时', '师徒'] as const) sheets[name].push([...sheets[name][1]!]);
    });
    expect(faultsOf(twice).map(({ at: where, code }) => `${where} ${code}`)).toEqual([
      '培养对象!B3 DUPLICATE_VALUE',
      '学时!B3 DUPLICATE_VALUE',
      '师徒!B3 DUPLICATE_VALUE',
    ]);
  });
});

test('a header tells its sheet', () => {
  for (const name of Object.keys(cells) as SheetName[]) expect(sheetOfHeader(headersOf(name))).toBe(name);
  expect(sheetOfHeader(headersOf('教师').slice(0, 8))).toBe('教师');
  expect(sheetOfHeader(['工号'])).toBeUndefined();
  expect(sheetOfHeader(['甲', '乙', null])).toBeUndefined();
});

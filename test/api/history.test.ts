import { checkCharacter, headersOf, type SheetName } from '../../domain/roster.js';
import { addDays } from '../../domain/dates.js';
import { advanceClock } from '../../temporal/advance-clock.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { prepareDistrict, type PreparedDistrict } from '../support/prepared.js';
import { signInAs, type TestSession } from '../support/sessions.js';

// Rules T19, C10, E21: a district with history begins, and titles of a higher level are entered one by one.

const today = '2026-10-09';
let instance: TestInstance;
let district: PreparedDistrict;
let office: TestSession;

beforeAll(async () => {
  instance = await startInstance('history', `${today}T01:00:00Z`);
  district = await prepareDistrict(instance, 1);
  office = await signInAs(instance, district, district.officeId);
}, 120_000);

afterAll(() => instance?.stop());

function idNumber(n: number): string {
  const digits = `9900011985010${1 + (n % 9)}${String(100 + n)}`;
  return digits + checkCharacter(digits);
}

type Row = readonly (string | number | null)[];

// prettier-ignore
const teachers: Row[] = Array.from({ length: 8 }, (_, n) => [
  `H${n}`, `历晴${n}`, idNumber(n), null, null, 'H-S1', '数学', '小学', '教师', null, '本科', '一级教师', '2008-09-01', null, null,
]);

const history: Partial<Record<SheetName, Row[]>> = {
  学校: [['H-S1', '历史小学', '城区', null, '小学', 40, '2026-08-31']],
  教师: teachers,
  称号: [
    ['H0', '区级骨干教师', '区级', '2024-09-10', '2029-09-10', '历证1号', '青教发〔2024〕1号'],
    ['H1', '区教坛能手', '区级', '2020-09-10', '2025-09-10', '历证2号', '青教发〔2020〕1号'],
    ['H2', '市级骨干教师', '市级', '2023-09-10', '2028-09-10', '历证3号', '市教发〔2023〕1号'],
  ],
  培养对象: [
    ['H3', '区教坛能手', '2026-09-01', '2027-08-31', null, null, '青教发〔2026〕7号'],
    ['H4', '区级骨干教师', '2025-09-01', '2027-08-31', 100, null, '青教发〔2025〕7号'],
  ],
  学时: [
    ['H4', '暑期集训第一天', '讲座', '2026-07-10', 8, '签到册', 'H7', '2026-07-20'],
    ['H4', '课例研讨', '研究课', '2026-03-10', 4, '签到册', null, null],
  ],
  限制: [['H5', '年度考核不合格', '2026-09-01', '2027-08-31', '青教发〔2026〕3号']],
  师徒: [['H3', '区教坛能手', 'H0', '2026-09-05', null, null]],
};

function csv(name: SheetName, rows: readonly Row[]): File {
  const lines = [headersOf(name), ...rows].map((row) => row.map((cell) => cell ?? '').join(','));
  return new File([lines.join('\n')], `${name}.csv`);
}

async function send(sheets: Partial<Record<SheetName, readonly Row[]>>, query = '') {
  const form = new FormData();
  for (const [name, rows] of Object.entries(sheets)) form.append('file', csv(name as SheetName, rows));
  const response = await office.fetch(`/roster-imports${query}`, { method: 'POST', body: form });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return { status: response.status, body: (await response.json()) as any };
}

const changed = (sheet: SheetName, row: number, column: string, value: string | number | null) => ({
  ...history,
  [sheet]: history[sheet]!.map((cells, index) =>
    index === row ? cells.map((cell, at) => (headersOf(sheet)[at] === column ? value : cell)) : cells,
  ),
});

const settle = () =>
  advanceClock(
    { database: instance.database, client: instance.client },
    { to: `${today}T01:00:00Z`, limitMs: 60_000 },
  );

const personId = async (staffNumber: string) =>
  (await instance.database.person.findFirstOrThrow({ where: { staffNumber } })).id;

test('T19: a preview tells what would change and writes nothing', async () => {
  const { status, body } = await send(history, '?preview=true&rows=1000');
  expect([status, body.history]).toEqual([
    200,
    {
      trainees: { created: 2 },
      hours: { created: 2 },
      bars: { created: 1, updated: 0 },
      mentors: { created: 1, updated: 0 },
    },
  ]);
  const ofHistory = body.preview.changes.filter(({ sheet }: { sheet: string }) =>
    ['培养对象', '学时', '限制', '师徒'].includes(sheet),
  );
  expect(ofHistory.map(({ sheet, key }: { sheet: string; key: string }) => `${sheet} ${key}`)).toEqual([
    '培养对象 H3',
    '培养对象 H4',
    '学时 H4',
    '学时 H4',
    '限制 H5',
    '师徒 H0',
  ]);
  expect(await instance.database.trainee.count()).toBe(0);
});

test('T19: the import opens the cases of what is in force, once, and the same file again changes nothing', async () => {
  expect((await send(history)).status).toBe(200);
  expect(await settle()).toMatchObject({ settled: true });
  const cases = await instance.database.case.findMany({ where: { closedAt: null } });
  const count = (kind: string) => cases.filter((row) => row.kind === kind).length;
  // The title that ended a year ago has no tenure.
  expect([count('titleTenure'), count('training'), count('calendar')]).toEqual([2, 2, 1]);
  const rows = async () => [
    await instance.database.trainee.findMany({ orderBy: { id: 'asc' } }),
    await instance.database.hoursEntry.findMany({ orderBy: { id: 'asc' } }),
    await instance.database.bar.findMany({ orderBy: { id: 'asc' } }),
    await instance.database.mentorPair.findMany({ orderBy: { id: 'asc' } }),
    await instance.database.title.findMany({ orderBy: { id: 'asc' } }),
    await instance.database.case.count(),
  ];
  const before = await rows();
  const again = await send(history);
  expect(again.body.history).toEqual({
    trainees: { created: 0 },
    hours: { created: 0 },
    bars: { created: 0, updated: 0 },
    mentors: { created: 0, updated: 0 },
  });
  await settle();
  expect(await rows()).toEqual(before);
});

test('T19, T4, T8: what came in stands as it was', async () => {
  const trainees = await instance.database.trainee.findMany({ orderBy: { startsOn: 'asc' } });
  expect(trainees).toMatchObject([
    { rank: 'district_backbone', hoursRequired: 100, standing: 'training', entry: 'history', mentorId: null },
    { rank: 'accomplished', mentorId: await personId('H0'), document: '青教发〔2026〕7号' },
  ]);
  // The scheme's own figure, where the sheet leaves it empty.
  expect(trainees[1]!.hoursRequired).toBe(72);
  const choice = await instance.database.task.findMany({ where: { actions: { has: 'chooseMentor' } } });
  expect(choice.map(({ caseId }) => caseId)).toEqual([trainees[0]!.id]);
  const answer = await office.get<{ hours: { done: number; pending: number } }>(
    `/trainings/${trainees[0]!.id}`,
  );
  expect(answer.hours).toMatchObject({ done: 8, pending: 4 });
});

describe('T19: what is on file otherwise is refused with its line, and nothing is written', () => {
  test.each([
    ['培养对象', 1, '培养截止日期', '2028-08-31', 'TRAINING_RUNS_OTHERWISE'],
    ['学时', 0, '学时数', 7, 'HOURS_ON_FILE_OTHERWISE'],
    ['师徒', 0, '导师工号', 'H2', 'PAIR_OPEN_ALREADY'],
    ['师徒', 0, '结对日期', '2026-08-31', 'PAIR_OUTSIDE_TRAINING'],
    ['师徒', 0, '工号', 'H6', 'TRAINING_NOT_FOUND'],
  ] as const)('%s %i %s', async (sheet, row, column, value, code) => {
    const { status, body } = await send(changed(sheet, row, column, value));
    expect(status).toBe(422);
    expect(body.errors).toEqual(
      expect.arrayContaining([expect.objectContaining({ at: `${sheet}!${row + 2}`, code })]),
    );
  });

  test('T2: eight hours a day are taken, nine are not', async () => {
    const withHours = (hours: number) => ({
      ...history,
      学时: [...history.学时!, ['H4', '研讨二', '研究课', '2026-03-10', hours, '签到册', null, null]],
    });
    expect((await send(withHours(5))).body.errors).toMatchObject([
      { at: '学时!4', code: 'HOURS_OVER_A_DAY' },
    ]);
    expect((await send(withHours(4), '?preview=true')).status).toBe(200);
  });

  test('T4: who imports hours does not confirm them', async () => {
    const own = await instance.database.membership.create({
      data: {
        ownerId: district.ownerId,
        personId: await personId('H7'),
        organisationId: district.ownerId,
        role: 'office',
        from: '2020-01-01',
      },
    });
    const other = office;
    office = await signInAs(instance, district, await personId('H7'));
    const added: Row = ['H4', '校本研修', '讲座', '2026-05-10', 2, '签到册', 'H7', '2026-05-20'];
    const { body } = await send({ ...history, 学时: [...history.学时!, added] });
    office = other;
    await instance.database.membership.delete({ where: { id: own.id } });
    expect(body.errors).toMatchObject([{ at: '学时!4', code: 'HOURS_ENTERED_AND_CONFIRMED' }]);
  });
});

describe('C10: a title that a higher level has conferred', () => {
  const title = async (change: object = {}) => ({
    personId: await personId('H6'),
    rank: 'city_backbone',
    from: '2026-09-10',
    until: '2031-09-10',
    certificateNumber: '市证9号',
    document: '市教发〔2026〕9号',
    decidedOn: '2026-09-09',
    ...change,
  });

  test.each([
    ['a rank that is conferred here', { rank: 'accomplished' }, 'RANK_CONFERRED_HERE'],
    ['a rank of no scheme', { rank: 'none' }, 'RANK_UNKNOWN'],
    ['a day to come', { from: addDays(today, 1) }, 'DAY_TO_COME'],
    ['an end before the beginning', { until: '2026-09-09' }, 'TITLE_PERIOD'],
    ['an end before today', { from: '2021-01-01', until: addDays(today, -1) }, 'TITLE_IS_OVER'],
    ['another’s certificate number', { certificateNumber: '历证1号' }, 'CERTIFICATE_NUMBER_TAKEN'],
  ])('%s is refused', async (_, change, code) => {
    const slug = code.toLowerCase().replaceAll('_', '-');
    await expect(office.post('/titles', await title(change))).rejects.toMatchObject({
      problem: { type: expect.stringContaining(slug) },
    });
  });

  test('enters with its document, is followed from then on, and a second time is refused', async () => {
    const answer = await office.post<{ caseId: string; step: string }>('/titles', await title());
    expect(answer.step).toBe('holding');
    expect(await office.get(`/titles/${answer.caseId}`)).toMatchObject({
      rank: 'city_backbone',
      decidedBy: 'city',
      origin: 'external',
      document: '市教发〔2026〕9号',
      state: 'valid',
    });
    await expect(
      office.post('/titles', await title({ certificateNumber: '市证10号' })),
    ).rejects.toMatchObject({ problem: { type: expect.stringContaining('title-recorded-already') } });
  });

  test('one that ends today is taken', async () => {
    const answer = await office.post<{ step: string }>(
      '/titles',
      await title({ rank: 'provincial_backbone', from: '2021-10-09', until: today, certificateNumber: null }),
    );
    expect(answer.step).toBe('holding');
  });
});

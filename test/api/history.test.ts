import { headersOf, type SheetName } from '../../domain/roster.js';
import { addDays } from '../../domain/dates.js';
import { advanceClock } from '../../temporal/advance-clock.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { prepareDistrict, type PreparedDistrict } from '../support/prepared.js';
import { signInAs, type TestSession } from '../support/sessions.js';
import { idNumber } from '../support/two-schools.js';

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
    ['H4', '区教坛能手', '区级', '2024-09-10', '2029-09-10', '历证4号', '青教发〔2024〕2号'],
    ['H5', '区教坛能手', '区级', '2024-09-10', '2029-09-10', '历证5号', '青教发〔2024〕2号'],
    ['H7', '区教坛能手', '区级', '2024-09-10', '2029-09-10', '历证7号', '青教发〔2024〕2号'],
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
  expect([count('titleTenure'), count('training'), count('calendar')]).toEqual([5, 2, 1]);
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

  test.each([
    [today, []],
    [addDays(today, -1), ['TRAINING_IS_OVER']],
  ])('a training that ends on %s', async (endsOn, codes) => {
    const added: Row = ['H6', '区教坛能手', '2025-09-01', endsOn, null, null, '青教发〔2025〕8号'];
    const { body } = await send({ ...history, 培养对象: [...history.培养对象!, added] }, '?preview=true');
    expect((body.errors ?? []).map(({ code }: { code: string }) => code)).toEqual(codes);
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

describe('P11, T19: holders of the roster whom the ladder trains', () => {
  const enter = async (body: object) => {
    const { id } = await office.get<{ id: string }>('/calendar');
    const { policyId } = district;
    return office.post<{ result: object }>(`/calendars/${id}/ladder-trainings`, { policyId, ...body });
  };
  const refused = (code: string) => ({ problem: { type: `/problems/${code}`, rule: 'P11' } });
  const rank = 'district_backbone';

  test('enter together, but for those who are named with a reason, and nobody twice', async () => {
    const { items } = await office.get<{ items: { personId: string; inTraining: boolean }[] }>('/ladder');
    const [inTraining, first, second] = [await personId('H4'), await personId('H5'), await personId('H7')];
    const stands = (id: string) => items.find((item) => item.personId === id)?.inTraining;
    expect([inTraining, first, second].map(stands)).toEqual([true, false, false]);

    await expect(enter({ rank: 'accomplished' })).rejects.toMatchObject(refused('ladder-not-for-all'));
    const except = [{ personId: second, reason: '2024年已参加过该层次培养' }];
    const other = [{ personId: inTraining, reason: '已在培养期内' }];
    await expect(enter({ rank, except: other })).rejects.toMatchObject(refused('not-on-ladder'));
    expect((await enter({ rank, except })).result).toEqual({ entered: 1, leftOut: 1, left: 0 });
    const trainings = await instance.database.trainee.findMany({ where: { personId: first } });
    expect(trainings).toMatchObject([
      { rank, entry: 'ladder', startsOn: '2027-09-01', endsOn: '2029-08-31', standing: 'training' },
    ]);
    expect(await office.get(`/trainings/${trainings[0]!.id}`)).toMatchObject({ step: 'training' });
    await expect(enter({ rank, except })).rejects.toMatchObject(refused('ladder-nobody-left'));
    expect((await enter({ rank })).result).toEqual({ entered: 1, leftOut: 0, left: 0 });
    await expect(enter({ rank })).rejects.toMatchObject(refused('ladder-nobody-left'));
  });
});

describe('T19: the same file again changes nothing, whatever has come since', () => {
  const training = async (staffNumber: string) =>
    instance.database.trainee.findFirstOrThrow({ where: { personId: await personId(staffNumber) } });
  const decide = async (by: TestSession, staffNumber: string, path: string, body: object) =>
    by.post(`/trainings/${(await training(staffNumber)).id}/${path}`, body);
  const nothing = {
    trainees: { created: 0 },
    hours: { created: 0 },
    bars: { created: 0, updated: 0 },
    mentors: { created: 0, updated: 0 },
  };
  const to = (day: string) =>
    advanceClock(
      { database: instance.database, client: instance.client },
      { to: `${day}T01:00:00Z`, limitMs: 60_000 },
    );

  test('a training that was left, one that was paused, a mentor who was changed', async () => {
    const trainee = await signInAs(instance, district, await personId('H3'));
    await decide(trainee, 'H3', 'mentor', { mentorId: await personId('H2'), reason: '原导师支教' });
    await decide(office, 'H4', 'departure', { reason: 'withdrawn' });
    await decide(office, 'H3', 'pause', { from: today, document: '病假证明' });
    await to('2026-10-12');
    await decide(office, 'H3', 'resumption', { on: '2026-10-12' });
    // Three days later than the file has it; the new day is right in a file too.
    expect(await training('H3')).toMatchObject({ endsOn: '2027-09-03', mentorId: await personId('H2') });
    expect(await send(history)).toMatchObject({ status: 200, body: { history: nothing } });
    const moved = changed('培养对象', 0, '培养截止日期', '2027-09-03');
    expect(await send(moved)).toMatchObject({ status: 200, body: { history: nothing } });
    const pairs = await instance.database.mentorPair.findMany({ orderBy: { from: 'asc' } });
    expect(pairs.map(({ from, until }) => [from, until])).toEqual([
      ['2026-09-05', today],
      [today, null],
    ]);
    const ended = changed('师徒', 0, '结对结束日期', '2026-10-08');
    expect((await send(ended)).body.errors).toMatchObject([{ code: 'PAIR_ENDED_OTHERWISE' }]);
  });

  test('trainings whose last day is over', async () => {
    await to('2027-09-06');
    expect(await send(history)).toMatchObject({ status: 200, body: { history: nothing } });
    expect(await training('H3')).toMatchObject({ standing: 'training' });
  }, 120_000);
});

import { randomUUID } from 'node:crypto';
import { ageBandOn } from '../../domain/age-bands.js';
import { startApi, type TestApi } from '../support/without-temporal.js';
import {
  prepareCandidates,
  prepareCases,
  prepareDistrict,
  prepareRound,
  prepareTeachers,
  type PreparedDistrict,
} from '../support/prepared.js';
import { signInAs, type TestSession } from '../support/sessions.js';

// Rules P13, C14: what the registers and a person's record say of any day.

let api: TestApi;
let district: PreparedDistrict;
let office: TestSession;
let people: string[];

interface Register<Row> {
  readonly on: string;
  readonly definition: { readonly zh: string; readonly en: string };
  readonly items: Row[];
}

const ofRegister = <Row>(name: string, on: string) =>
  office.get<Register<Row>>(`/registers/${name}?on=${on}`);

beforeAll(async () => {
  api = await startApi('registers', '2028-03-01T01:00:00Z');
  const { database } = api;
  district = await prepareDistrict(api, 2);
  people = await prepareTeachers(district, 6);
  office = await signInAs(api, district, district.officeId);
  const { ownerId, policyId, schoolIds } = district;
  const title = (
    personId: string,
    rank: string,
    from: string,
    until: string | null,
    change: object = {},
  ) => ({
    id: randomUUID(),
    ownerId,
    personId,
    rank,
    decidedBy: 'district',
    origin: 'roster',
    from,
    until,
    certificateNumber: `R-${personId}-${rank}`,
    document: '青教发〔2024〕1号',
    ...change,
  });
  await database.title.createMany({
    data: [
      title(people[0]!, 'accomplished', '2024-09-10', '2029-09-10'),
      // A rise in the meantime: from its day on the lower title is superseded.
      title(people[0]!, 'district_backbone', '2027-09-10', '2032-09-10'),
      title(people[1]!, 'accomplished', '2023-05-30', '2028-05-30'),
      title(people[2]!, 'accomplished', '2024-09-10', '2029-09-10', {
        endedOn: '2027-07-16',
        endReason: { code: 'TITLE_REVOKED', rule: 'C6', values: { reason: '不合格', document: '3号' } },
        benefitsUntil: '2027-08-01',
      }),
    ],
  });
  // Moved to the other school on 1 September 2026.
  const {
    id: _,
    ownerId: __,
    validFrom,
    ...file
  } = await database.person.findUniqueOrThrow({
    where: { id: people[1]! },
  });
  await database.person.update({
    where: { id: people[1]! },
    data: { schoolId: schoolIds.find((id) => id !== file.schoolId)!, validFrom: '2026-09-01' },
  });
  await database.personVersion.create({
    data: { ownerId, personId: people[1]!, validFrom, validUntil: '2026-09-01', file },
  });
  const trainee = (personId: string, startsOn: string, endsOn: string, change: object = {}) => ({
    id: randomUUID(),
    ownerId,
    personId,
    policyId,
    rank: 'accomplished',
    entry: 'application',
    startsOn,
    endsOn,
    hoursRequired: 72,
    standing: 'training',
    ...change,
  });
  const trainees = [
    // Below the line on 3 September; a review set that aside.
    trainee(people[3]!, '2026-09-01', '2027-08-31', {
      standing: 'passed',
      assessment: { on: '2027-09-03', points: 80 },
    }),
    // Out on the last day of a school year; the place was decided on in the next.
    trainee(people[4]!, '2026-09-01', '2027-08-31', {
      standing: 'eliminated',
      assessment: { on: '2027-08-20', points: 20 },
      reason: { code: 'HOURS_SHORT', rule: 'T10', values: { done: 10, required: 72 } },
      place: { outcome: 'eliminated', freedOn: '2027-08-31', from: 'vacant', decidedOn: '2027-10-20' },
    }),
    trainee(people[5]!, '2027-09-01', '2028-08-31', { entry: 'replacement' }),
  ];
  await database.trainee.createMany({ data: trainees });
  const kind = { kind: 'training', organisationId: schoolIds[0]!, step: 'assessing' } as const;
  await prepareCases(
    district,
    trainees.map(({ id }) => ({ ...kind, id, waitingFor: 'office', dueAt: null, wakeAt: null })),
  );
  for (const [index, closedOn] of ['2027-09-13', '2027-10-20'].entries())
    await database.case.update({
      where: { id: trainees[index]!.id },
      data: { closedAt: new Date(`${closedOn}T09:00:00+08:00`), outcome: 'over', waitingFor: null },
    });
  await database.hoursEntry.create({
    data: {
      ownerId,
      personId: people[5]!,
      activity: '研讨',
      kind: 'lecture',
      form: 'school_based',
      on: '2027-10-10',
      hours: 8,
      source: '签到册',
      enteredById: district.officeId,
      enteredOn: '2027-10-11',
      confirmedById: people[0]!,
      confirmedOn: '2027-10-20',
    },
  });
  await database.bar.create({
    data: {
      ownerId,
      personId: people[2]!,
      reason: '考核不合格',
      document: '3号',
      from: '2027-07-16',
      until: '2028-07-15',
    },
  });
}, 120_000);

afterAll(() => api?.stop());

interface Holders {
  readonly rank: string;
  readonly schoolId: string;
  readonly ageBand: string;
  readonly persons: number;
}

describe('P13 holders', () => {
  test.each([
    ['before anybody', '2023-05-29', {}],
    ['on the first day of the first', '2023-05-30', { accomplished: 1 }],
    ['all three', '2027-07-15', { accomplished: 3 }],
    ['on the day from which one is revoked', '2027-07-16', { accomplished: 2 }],
    ['after a rise each person stands once', '2027-09-10', { accomplished: 1, district_backbone: 1 }],
    ['on the last day of a certificate', '2028-05-30', { accomplished: 1, district_backbone: 1 }],
    ['on the day after it', '2028-05-31', { district_backbone: 1 }],
  ])('%s, %s', async (_, on, expected) => {
    const { items } = await ofRegister<Holders>('holders', on);
    const found: Record<string, number> = {};
    for (const { rank, persons } of items) found[rank] = (found[rank] ?? 0) + persons;
    expect(found).toEqual(expected);
  });

  test('school and age are those of the day', async () => {
    const schoolOn = async (on: string) => {
      const { items } = await ofRegister<Holders>('holders', on);
      return items.map(({ schoolId, ageBand }) => [schoolId, ageBand]);
    };
    const [before] = await schoolOn('2024-03-01');
    const [after] = (await schoolOn('2028-05-30')).filter(([schoolId]) => schoolId !== before![0]);
    expect(before![1]).toBe('36_to_45');
    expect(after).toBeDefined();
    expect((await schoolOn('2024-02-29'))[0]![1]).toBe('up_to_35');
  });

  test('a birthday begins a new year of age', () => {
    expect([
      ageBandOn('1988-03-01', '2024-02-29'),
      ageBandOn('1988-03-01', '2024-03-01'),
      ageBandOn('1978-03-01', '2024-02-29'),
      ageBandOn('1978-03-01', '2024-03-01'),
      ageBandOn('1968-03-01', '2024-03-01'),
    ]).toEqual(['up_to_35', '36_to_45', '36_to_45', '46_to_55', 'over_55']);
  });
});

test('P9, Q10: plan against result says what both parts are', async () => {
  const { items } = await ofRegister<Record<string, unknown>>('targets', '2027-07-15');
  const target = items.find(({ code }) => code === 'accomplished')!;
  expect(target).toMatchObject({ numerator: 3, denominator: 400, planned: { exact: 400 } });
  expect(target['numeratorMeans']).toMatchObject({ zh: expect.stringContaining('不同人数') });
  expect(items.find(({ code }) => code === 'holders_among_teachers')).toMatchObject({
    numerator: 3,
    denominator: 80,
    from: '2026-08-31',
  });
});

describe('a scheme with a share and a coverage to reach', () => {
  beforeAll(async () => {
    const { database } = api;
    const { content, ...stored } = await database.policy.findUniqueOrThrow({
      where: { id: district.policyId },
    });
    const own = content as unknown as { id: string; targets: object[] };
    const share = { code: 'share', zh: '占比', en: 'Share', kind: 'share', of: '专任教师', percent: 10 };
    const coverage = { code: 'coverage', zh: '覆盖', en: 'Coverage', kind: 'coverage', min: 1 };
    const targets = [
      { ...share, ranks: ['accomplished', 'district_backbone'] },
      { ...coverage, each: 'school', minRank: 'district_backbone' },
      { ...coverage, code: 'subjects', each: 'subject' },
    ];
    await database.policy.create({
      data: {
        ...stored,
        id: randomUUID(),
        code: 'with-targets',
        content: { ...own, id: 'with-targets', ladder: [], targets } as never,
      },
    });
  });

  test('Q10: says how many persons are lacking', async () => {
    const { items } = await ofRegister<Record<string, unknown>>('targets', '2027-09-10');
    // 80 teachers: ten percent are eight persons. Two hold a title, one of them the higher one.
    expect(items.find(({ code }) => code === 'share')).toMatchObject({
      numerator: 2,
      denominator: 80,
      planned: { min: 8 },
      lacking: 6,
    });
  });

  test('Q11: lists the schools without a holder of the rank, and the subjects without any', async () => {
    const { personId } = await api.database.title.findFirstOrThrow({ where: { rank: 'district_backbone' } });
    const holder = await api.database.person.findUniqueOrThrow({ where: { id: personId } });
    const gaps = async (on: string) => {
      const { items } = await ofRegister<{ scheme: string; code: string; schoolId: string; subject: string }>(
        'coverage',
        on,
      );
      return items.filter(({ scheme }) => scheme === 'with-targets');
    };
    const schools = async (on: string) =>
      (await gaps(on)).filter(({ code }) => code === 'coverage').map(({ schoolId }) => schoolId);
    // The only holder of the higher rank, from the first day on.
    expect((await schools('2027-09-09')).toSorted()).toEqual(district.schoolIds.toSorted());
    expect(await schools('2027-09-10')).toEqual(
      district.schoolIds.filter((schoolId) => schoolId !== holder.schoolId),
    );
    const subjects = (await gaps('2027-09-10')).filter(({ code }) => code === 'subjects');
    expect(subjects.map(({ subject }) => subject)).not.toContain(holder.subject);
  });
});

test('T11, T12: those before and those who came are those who went and those who are left', async () => {
  const { items } = await ofRegister<Record<string, number | string>>('training-flows', '2028-03-01');
  expect(items).toEqual([
    {
      schoolYear: '2026-2027',
      rank: 'accomplished',
      before: 0,
      begun: 2,
      supplemented: 0,
      passed: 0,
      eliminated: 1,
      left: 0,
      after: 1,
    },
    {
      schoolYear: '2027-2028',
      rank: 'accomplished',
      before: 1,
      begun: 1,
      supplemented: 1,
      passed: 1,
      eliminated: 0,
      left: 0,
      after: 1,
    },
  ]);
});

test.each([
  ['2027-08-30', 2],
  ['2027-08-31', 1],
  ['2027-09-12', 2],
  ['2027-09-13', 1],
])('P13: who is in training on %s does not hang on what was decided later', async (on, persons) => {
  const { items } = await ofRegister<object>('hours-short', on);
  expect(items).toHaveLength(persons);
});

test('T7: hours below the line are those that were confirmed by then', async () => {
  const short = async (on: string) =>
    (await ofRegister<{ done: number; missing: number }>('hours-short', on)).items.map(
      ({ done, missing }) => [done, missing],
    );
  expect(await short('2027-10-19')).toEqual([[0, 72]]);
  expect(await short('2027-10-20')).toEqual([[8, 64]]);
});

test.each([
  ['2027-12-01', []],
  ['2027-12-02', [180]],
  ['2028-03-01', [90]],
  ['2028-04-29', [90]],
  ['2028-04-30', [30]],
  ['2028-05-30', [30]],
  ['2028-05-31', []],
])('C4: certificates that end, on %s', async (on, expected) => {
  const { items } = await ofRegister<{ within: number }>('certificates-ending', on);
  expect(items.map(({ within }) => within)).toEqual(expected);
});

test('T15: who owes what this term is somebody in training or a holder, with the last day in the term', async () => {
  const { items } = await ofRegister<{ dueOn: string; state: string }>('owed-this-term', '2028-03-01');
  for (const { dueOn, state } of items) {
    expect(dueOn >= '2028-02-01' && dueOn <= '2028-08-31').toBe(true);
    expect(state).not.toBe('done');
  }
});

test('a register comes as a sheet too, and nobody else reads it', async () => {
  const csv = await office.fetch('/registers/holders?on=2027-07-15&format=csv');
  expect(csv.status).toBe(200);
  const text = await csv.text();
  expect(text).toContain('区教坛能手');
  expect(text).toContain('36–45岁');
  const teacher = await signInAs(api, district, people[3]!);
  await expect(teacher.get('/registers/holders')).rejects.toMatchObject({ problem: { status: 403 } });
});

test('P11, V18: the ladder names pools, contest winners and reserve lists that have not ended', async () => {
  const { database } = district;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const [winner, second] = await prepareTeachers(district, 2);
  const [winnerId] = await prepareCandidates(district, roundId, [winner!], {
    stage: 'district_notice',
    standing: 'running',
  });
  const [reserveId] = await prepareCandidates(district, roundId, [second!], {
    stage: 'differential_vote',
    standing: 'running',
  });
  await database.application.update({ where: { id: winnerId! }, data: { entry: 'contest' } });
  await database.application.update({
    where: { id: reserveId! },
    data: { standing: 'reserve', reservePlace: 1 },
  });
  const ladder = async (on: string) => {
    const { items } = await office.get<{
      items: { enters: string; personId: string; fromRank: string | null }[];
    }>(`/ladder?on=${on}`);
    return items.map(({ enters, personId, fromRank }) => [enters, personId, fromRank]);
  };
  const expected = [
    ['trainee', people[1]!, 'accomplished'],
    ['nominee_pool', people[0]!, 'district_backbone'],
    ['contest', winner!, null],
    ['reserve', second!, null],
  ];
  expect(await ladder('2028-03-01')).toEqual(expected);
  // The others of the round began to train; a year later its list has ended.
  await database.application.update({ where: { id: winnerId! }, data: { standing: 'chosen' } });
  await database.trainee.create({
    data: {
      id: randomUUID(),
      ownerId: district.ownerId,
      personId: winner!,
      applicationId: winnerId!,
      policyId: district.policyId,
      rank: 'accomplished',
      entry: 'contest',
      startsOn: '2026-09-01',
      endsOn: '2027-08-31',
      hoursRequired: 72,
      standing: 'training',
    },
  });
  const hasReserve = async (on: string) => (await ladder(on)).some(([enters]) => enters === 'reserve');
  expect(await hasReserve('2027-08-31')).toBe(true);
  expect(await hasReserve('2027-09-01')).toBe(false);
});

interface Career {
  readonly events: { on: string; event: string; detail: string | null; reason: { code: string } | null }[];
}

describe('C14 a person’s record', () => {
  const eventsOf = async (session: TestSession, id: string, query = '') =>
    (await session.get<Career>(`/persons/${id}/career${query}`)).events.map(
      ({ on, event }) => `${on} ${event}`,
    );

  test('tells what happened, in the order of days, with its reason', async () => {
    expect(await eventsOf(office, people[2]!)).toEqual([
      '2020-01-01 joined',
      '2024-09-10 title_given',
      '2027-07-16 title_ended',
      '2027-07-16 barred',
      '2027-08-01 benefits_stopped',
    ]);
    const { events } = await office.get<Career>(`/persons/${people[4]!}/career`);
    expect(events.map(({ on, event, detail }) => [on, event, detail])).toEqual([
      ['2020-01-01', 'joined', null],
      ['2026-09-01', 'training_begun', 'application'],
      ['2027-08-20', 'training_assessed', 'eliminated'],
      ['2027-08-31', 'training_ended', 'eliminated'],
    ]);
  });

  test('as of a past day it tells nothing later', async () => {
    expect(await eventsOf(office, people[2]!, '?on=2027-07-15')).toEqual([
      '2020-01-01 joined',
      '2024-09-10 title_given',
    ]);
  });

  test('the person and the own school’s head see it, others do not', async () => {
    const { database, ownerId, schoolIds } = district;
    const own = await database.person.findUniqueOrThrow({ where: { id: people[2]! } });
    const head = async (schoolId: string, personId: string, role = 'head') => {
      await database.membership.create({
        data: { ownerId, personId, organisationId: schoolId, role, from: '2020-01-01' },
      });
      return signInAs(api, district, personId);
    };
    // Colleagues who score are teachers like others: sanctions and failed candidacies are not for them.
    const ownPanel = await head(own.schoolId, people[1]!, 'school_panel');
    const ownHead = await head(own.schoolId, people[3]!);
    const otherHead = await head(
      schoolIds.find((id) => id !== own.schoolId)!,
      people[4]!,
    );
    expect(await eventsOf(await signInAs(api, district, people[2]!), people[2]!)).toHaveLength(5);
    expect(await eventsOf(ownHead, people[2]!)).toHaveLength(5);
    for (const session of [otherHead, ownPanel, await signInAs(api, district, people[5]!)])
      await expect(eventsOf(session, people[2]!)).rejects.toMatchObject({ problem: { status: 404 } });
  });

  test.each([
    ['office', true],
    ['training_centre', true],
    ['auditor', true],
    ['leading_group', false],
    ['researcher', false],
    ['committee', false],
    ['administrator', false],
  ])('of the district’s people, %s: %p', async (role, sees) => {
    const { database, ownerId } = district;
    const [personId] = (await prepareTeachers(district, 1)) as [string];
    await database.membership.create({
      data: { ownerId, personId, organisationId: ownerId, role, from: '2020-01-01' },
    });
    const asked = eventsOf(await signInAs(api, district, personId), people[2]!);
    if (sees) await expect(asked).resolves.toHaveLength(5);
    else await expect(asked).rejects.toMatchObject({ problem: { status: 404 } });
  });
});

import { randomUUID } from 'node:crypto';
import { makeOfficerKey } from '../../ballot/officers.js';
import type { Role } from '../../domain/cases.js';
import { caseWaker } from '../../temporal/wake-case.js';
import type { DecisionAnswer } from '../../samples/api-client.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import {
  eventually,
  prepareCandidates,
  prepareCases,
  prepareDistrict,
  prepareRound,
  prepareRun,
  prepareTeachers,
  task,
  type PreparedDistrict,
} from '../support/prepared.js';
import { refusal } from '../support/refusals.js';
import { signInAs, type TestSession } from '../support/sessions.js';

const now = '2026-10-12T09:00:00+08:00';
const later = new Date('2026-10-30T00:00:00+08:00');
const recordedFor = { document: '区师培纪要〔2026〕1号', decidedOn: '2026-10-12' };

let instance: TestInstance;
let district: PreparedDistrict;
let office: TestSession;

beforeAll(async () => {
  instance = await startInstance('roundrules', now);
  district = await prepareDistrict(instance, 2);
  office = await signInAs(instance, district, district.officeId);
}, 120_000);

afterAll(() => instance?.stop());

async function name(personId: string, role: Role, organisationId = district.ownerId): Promise<void> {
  const { database, ownerId } = district;
  await database.membership.create({ data: { ownerId, personId, organisationId, role, from: '2020-01-01' } });
}

function wake(id: string): Promise<unknown> {
  return caseWaker(instance.client, instance.database)(id, new Date(now).toISOString());
}

describe('opening a round', () => {
  const places = { accomplished: 5 };
  let plan: object;

  test('Q1: takes teachers that were counted on the scheme’s day, and names the schools where they were not', async () => {
    const { database, schoolIds } = district;
    const path = '/rounds/quota-proposal?policyCode=sichuan-district&places=accomplished:5';
    const where = { id: schoolIds[1]! };
    await database.organisation.update({ where, data: { countedOn: '2025-08-31' } });
    const values = { day: '2026-08-31', schools: ['第1小学 2025-08-31'] };
    await expect(office.get(path)).rejects.toMatchObject(refusal(422, 'count-not-of-base-day', 'Q1', values));
    plan = {
      policyCode: 'sichuan-district',
      title: '2026年评选',
      schoolYear: '2026-2027',
      places,
      nominations: [],
      recordedFor,
    };
    await expect(office.post('/rounds', plan)).rejects.toMatchObject(
      refusal(422, 'count-not-of-base-day', 'Q1', values),
    );
    expect(await database.round.count()).toBe(0);

    await database.organisation.update({ where, data: { countedOn: '2026-08-31' } });
    const { rows } = await office.get<{ rows: { schoolId: string; rank: string; places: number }[] }>(path);
    expect(rows.map(({ places: each }) => each)).toEqual([4, 3]);
    const nominations = rows.map(({ schoolId, rank, places: each }) => ({ schoolId, rank, places: each }));
    plan = { ...plan, nominations };
  });

  test('R0.7: one round of a scheme runs for a school year, also of two that are opened at the same instant', async () => {
    const opened = await Promise.allSettled([1, 2].map(() => office.post<DecisionAnswer>('/rounds', plan)));
    expect(opened.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const roundId = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value.caseId] : []))[0]!;
    await expect(office.post('/rounds', plan)).rejects.toMatchObject(
      refusal(409, 'round-open-already', 'R0.7', { schoolYear: '2026-2027', roundId }),
    );
    expect(await district.database.round.count()).toBe(1);
    await office.post('/rounds', { ...plan, schoolYear: '2027-2028' });
    await office.post(`/rounds/${roundId}/cancellation`, { reason: '重新部署', recordedFor });
    expect(await office.post('/rounds', plan)).toMatchObject({ step: 'applications' });
  });

  test('a refusal names ranks as the scheme does, in the reader’s language', async () => {
    const asked = { ...plan, schoolYear: '2029-2030', places: { school_backbone: 1 } };
    const english = await signInAs(instance, district, district.officeId, 'en');
    await expect(office.post('/rounds', asked)).rejects.toMatchObject({
      problem: { detail: '本轮不评“校级骨干教师”；可申报：区教坛能手、区级骨干教师' },
    });
    await expect(english.post('/rounds', asked)).rejects.toMatchObject({
      problem: {
        values: { rank: 'school_backbone' },
        detail:
          'The rank School backbone teacher is not open; open are: District accomplished teacher, District backbone teacher',
      },
    });
  });
});

describe('the committee', () => {
  let roundId: string;
  let voteId: string;
  let members: string[];

  test('V4: has the scheme’s number of members before the seats are approved, and no more reserve members', async () => {
    roundId = await prepareRound(district, { step: 'selection', closesAt: null });
    const candidates = await prepareTeachers(district, 4);
    await prepareCandidates(district, roundId, candidates, {
      stage: 'differential_vote',
      standing: 'waiting',
    });
    await wake(roundId);
    const seats = [{ unit: 'accomplished/science', seats: 4, equalNumberDecision: '纪要2号' }];
    const approve = () => office.post(`/rounds/${roundId}/seats`, { seats, recordedFor });
    members = await prepareTeachers(district, 18);
    for (const personId of members.slice(0, 10)) await name(personId, 'committee');
    await name(members[0]!, 'committee_chair');
    await expect(approve()).rejects.toMatchObject(
      refusal(422, 'committee-number', 'V4', { named: 10, required: 11 }),
    );
    await name(members[10]!, 'committee');
    for (const personId of members.slice(12, 17)) await name(personId, 'committee_reserve');
    await expect(approve()).rejects.toMatchObject(
      refusal(422, 'committee-reserve', 'V4', { named: 5, most: 4 }),
    );
    expect(await district.database.seatQuota.count({ where: { roundId } })).toBe(0);
    await leave(members[16]!);
    await approve();
    const { id } = await eventually(
      () => district.database.vote.findFirst({ where: { roundId } }),
      (vote) => vote !== null,
    ).then((vote) => vote!);
    voteId = id;
    expect(await register()).toEqual(members.slice(0, 11).sort());
  });

  test('a register follows who is named until a member signs in, and a vote does not open on another number', async () => {
    const { database } = district;
    const [chairId, gone, added] = [members[0]!, members[10]!, members[11]!];
    await leave(gone);
    const chair = await signInAs(instance, district, chairId);
    const { recipient } = await makeOfficerKey();
    await eventually(
      () => database.case.findUniqueOrThrow({ where: { id: voteId } }),
      ({ step }) => step === 'signIn',
    );
    await chair.post(`/votes/${voteId}/sign-ins`, { recipient });
    expect(await register()).toEqual(members.slice(0, 10).sort());
    await expect(chair.post(`/votes/${voteId}/opening`, {})).rejects.toMatchObject(
      refusal(422, 'committee-number', 'V4', { named: 10, required: 11 }),
    );
    await name(added, 'committee');
    await (await signInAs(instance, district, added)).post(`/votes/${voteId}/sign-ins`, {});
    expect(await register()).toEqual([...members.slice(0, 10), added].sort());
    // The number is right now: what is missing is the quorum.
    await expect(chair.post(`/votes/${voteId}/opening`, {})).rejects.toMatchObject({
      problem: { type: '/problems/vote-no-quorum' },
    });
  });

  async function register(): Promise<string[]> {
    const { database } = district;
    const seated = await database.voteMember.findMany({ where: { voteId } });
    const { members: count } = await database.vote.findUniqueOrThrow({ where: { id: voteId } });
    expect(seated).toHaveLength(count);
    return seated.map(({ personId }) => personId).sort();
  }

  async function leave(personId: string): Promise<void> {
    await district.database.membership.updateMany({ where: { personId }, data: { until: '2026-10-11' } });
  }
});

/** A round in which an elected candidate has left; two others share the first place of the reserve list. */
async function roundWithALostPlace(): Promise<{ roundId: string; low: string; high: string }> {
  const { database, ownerId } = district;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const people = await prepareTeachers(district, 3);
  const ids = await prepareCandidates(district, roundId, people, {
    stage: 'differential_vote',
    standing: 'running',
  });
  const [lost, low, high] = ids.sort() as [string, string, string];
  await prepareRun(district, randomUUID(), 'differential_vote', ids);
  const entry = (applicationId: string, outcome: string) =>
    database.stageEntry.updateMany({
      where: { applicationId },
      data: { outcome, endedAt: new Date(now) },
    });
  await entry(lost, 'on');
  await database.application.update({ where: { id: lost }, data: { standing: 'out', slot: null } });
  for (const [id, schoolScore] of [
    [low, 8000],
    [high, 9000],
  ] as const) {
    await entry(id, 'reserve');
    await database.application.update({
      where: { id },
      data: { standing: 'reserve', reservePlace: 1, schoolScore },
    });
  }
  await database.seatQuota.create({
    data: { roundId, ownerId, unit: 'accomplished/science', rank: 'accomplished', proposed: 1, seats: 1 },
  });
  return { roundId, low, high };
}

/** Wakes the round, and waits for whom it calls from the reserve list. */
async function calledIn(roundId: string) {
  const { database, ownerId } = district;
  await database.caseMessage.create({
    data: { ownerId, caseId: roundId, kind: 'news', createdAt: new Date(now) },
  });
  await wake(roundId);
  return eventually(
    () => database.application.findMany({ where: { roundId, entry: 'replacement' } }),
    (found) => found.length > 0,
  );
}

test('V18: of two on the same place of the reserve list the scheme’s keys call one', async () => {
  const { roundId, high } = await roundWithALostPlace();
  const called = await calledIn(roundId);
  expect(called.map(({ id, heldReason }) => [id, heldReason])).toEqual([[high, null]]);
});

test.each(['HELD_BY_OFFICE', 'OBJECTION_OPEN'])(
  'N11: who was held when the list was made (%s) is called and stays held',
  async (code) => {
    const { database, ownerId } = district;
    const { roundId, high } = await roundWithALostPlace();
    await database.application.update({ where: { id: high }, data: { heldReason: { code, rule: 'N11' } } });
    if (code === 'OBJECTION_OPEN')
      await database.objection.create({
        data: {
          id: randomUUID(),
          ownerId,
          noticeId: randomUUID(),
          applicationId: high,
          receiptHash: randomUUID(),
          receivedAt: new Date(now),
          isNamed: false,
          isLate: false,
          handling: 'objection',
          textBoxed: '',
          investigateBy: new Date(later),
          isHolding: true,
        },
      });
    const called = await calledIn(roundId);
    expect(called).toMatchObject([{ id: high, standing: 'held', heldReason: { code } }]);
  },
);

test('N11: whose objection was released while the list waited is called like everybody else', async () => {
  const { roundId, high } = await roundWithALostPlace();
  await district.database.application.update({
    where: { id: high },
    data: { heldReason: { code: 'OBJECTION_OPEN', rule: 'N11' } },
  });
  const called = await calledIn(roundId);
  expect(called).toMatchObject([{ id: high, heldReason: null }]);
  expect(called[0]!.standing).not.toBe('held');
});

test('a draft notice may be written again by somebody else, so that its author can release it', async () => {
  const { database, ownerId, schoolIds } = district;
  const schoolId = schoolIds[0]!;
  const [both, other, teacher] = (await prepareTeachers(district, 3)) as [string, string, string];
  await name(both, 'head', schoolId);
  await name(both, 'school_clerk', schoolId);
  await name(other, 'school_clerk', schoolId);
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const id = randomUUID();
  await database.notice.create({
    data: { id, ownerId, roundId, level: 'school', organisationId: schoolId },
  });
  const run = { roundId, stage: 'school_notice', unit: schoolId, organisationId: schoolId };
  await prepareCases(district, [
    {
      id,
      kind: 'publicNotice',
      ...run,
      step: 'drafting',
      tasks: [task('school_clerk', schoolId, 'draft', later)],
    },
  ]);
  const candidates = await prepareCandidates(district, roundId, [teacher], {
    stage: 'school_notice',
    standing: 'running',
  });
  await prepareRun(district, id, 'school_notice', candidates);
  await wake(id);

  const text = { office: '校办', telephone: '000-1234567', howToObject: '书面' };
  const head = await signInAs(instance, district, both);
  const clerk = await signInAs(instance, district, other);
  await head.post(`/notices/${id}/draft`, text);
  await expect(head.post(`/notices/${id}/approval`, {})).rejects.toMatchObject({
    problem: { status: 403, type: '/problems/notice-own-release', rule: 'N6' },
  });
  const openTasks = () =>
    database.task.findMany({
      where: { caseId: id, doneAt: null },
      select: { role: true, actions: true },
    });
  // Nobody else could release it: a clerk is asked to write it.
  expect(await openTasks()).toEqual([{ role: 'school_clerk', actions: ['draft'] }]);
  await clerk.post(`/notices/${id}/draft`, { ...text, telephone: '000-7654321' });
  expect(await openTasks()).toEqual([{ role: 'head', actions: ['approve'] }]);
  expect(await head.post(`/notices/${id}/approval`, {})).toMatchObject({ step: 'standing' });
  const { authorId, approverId, contact } = await database.notice.findUniqueOrThrow({ where: { id } });
  expect({ authorId, approverId, contact }).toMatchObject({
    authorId: other,
    approverId: both,
    contact: { telephone: '000-7654321' },
  });
  await expect(clerk.post(`/notices/${id}/draft`, text)).rejects.toMatchObject({ problem: { status: 409 } });
});

test('an application shows its stages in the scheme’s order, also where several have the same instant', async () => {
  const { database, ownerId } = district;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const [id] = (await prepareCandidates(district, roundId, await prepareTeachers(district, 1), {
    stage: 'approval',
    standing: 'running',
  })) as [string];
  await prepareCases(district, [
    { id, kind: 'application', organisationId: ownerId, roundId, step: 'underway', dueAt: later },
  ]);
  const stages = [
    'approval',
    'expert_opinion',
    'school_score',
    'district_notice',
    'eligibility_check',
  ] as const;
  for (const stage of stages) await prepareRun(district, randomUUID(), stage, [id]);
  const shown = await office.get<{ stages: { stage: string }[] }>(`/applications/${id}`);
  expect(shown.stages.map(({ stage }) => stage)).toEqual([
    'school_score',
    'eligibility_check',
    'expert_opinion',
    'district_notice',
    'approval',
  ]);
  expect(await database.stageEntry.count({ where: { applicationId: id } })).toBe(5);
});

test('what waits for a teacher is shown to that teacher and to no colleague', async () => {
  const { database, schoolIds } = district;
  const [mine, , colleague] = (await prepareTeachers(district, 3)) as [string, string, string];
  const schoolId = schoolIds[0]!;
  const ids = [randomUUID(), randomUUID()];
  await prepareCases(district, [
    {
      id: ids[0]!,
      kind: 'application',
      organisationId: schoolId,
      step: 'correction',
      tasks: [{ ...task('teacher', schoolId, 'amend', later), personId: mine }],
    },
    // As a row from elsewhere might be: nobody is named.
    {
      id: ids[1]!,
      kind: 'application',
      organisationId: schoolId,
      step: 'correction',
      tasks: [task('teacher', schoolId, 'amend', later)],
    },
  ]);
  const tasksOf = async (personId: string) => {
    const session = await signInAs(instance, district, personId);
    const { items } = await session.get<{ items: { case: { id: string } }[] }>('/tasks');
    return items.map((item) => item.case.id);
  };
  expect(await tasksOf(mine)).toEqual([ids[0]]);
  expect(await tasksOf(colleague)).toEqual([]);
  await database.case.deleteMany({ where: { id: { in: ids } } });
  await database.task.deleteMany({ where: { caseId: { in: ids } } });
});

import { randomUUID } from 'node:crypto';
import { beat, startHeartbeat } from '../../api/heartbeat.js';
import { createLog } from '../../api/log.js';
import { recordReachable } from '../../records/down-time.js';
import { advanceClock } from '../../temporal/advance-clock.js';
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
import { signInAs, type TestSession } from '../support/sessions.js';

const text = { office: '领导小组办公室', telephone: '0813-1234567', howToObject: '在线提交或来信' };
const at = (time: string) => new Date(`${time}:00+08:00`);

let instance: TestInstance;
let district: PreparedDistrict;
let author: TestSession;
let approver: TestSession;

beforeAll(async () => {
  instance = await startInstance('lostdays', '2026-10-12T09:00:00+08:00');
  district = await prepareDistrict(instance, 1);
  const [second] = await prepareTeachers(district, 1);
  const { database, ownerId } = district;
  await database.membership.create({
    data: { ownerId, personId: second!, organisationId: ownerId, role: 'office', from: '2020-01-01' },
  });
  author = await signInAs(instance, district, district.officeId);
  approver = await signInAs(instance, district, second!);
}, 120_000);

afterAll(() => instance?.stop());

/** A notice that stands from 2026-10-13 to 2026-10-19. */
async function publish() {
  const { database, ownerId } = district;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const stage = 'district_notice' as const;
  const teachers = await prepareTeachers(district, 2);
  const candidates = await prepareCandidates(district, roundId, teachers, { stage, standing: 'running' });
  const id = randomUUID();
  await database.notice.create({
    data: { id, ownerId, roundId, level: 'district', organisationId: ownerId },
  });
  await prepareCases(district, [
    {
      id,
      kind: 'publicNotice',
      organisationId: ownerId,
      roundId,
      stage,
      unit: 'all',
      step: 'drafting',
      tasks: [task('office', ownerId, 'draft', new Date('2026-10-14T16:00:00Z'))],
    },
  ]);
  await prepareRun(district, id, stage, candidates);
  await author.post(`/notices/${id}/draft`, text);
  await approver.post(`/notices/${id}/approval`, {});
  return { id, candidates };
}

interface Shown {
  readonly step: string;
  readonly outcome: string | null;
  readonly lostDays: readonly {
    readonly day: string;
    readonly minutes: number;
    readonly decision: string | null;
  }[];
  readonly proposal: { readonly newLastDay: string } | null;
}

const read = (id: string) => author.get<Shown>(`/notices/${id}`);
const decide = (id: string, restarts: boolean) =>
  approver.post<{ result: { noticeId: string }; outcome: string | null }>(
    `/notices/${id}/lost-days-decision`,
    {
      restarts,
      reason: '停电',
    },
  );
const to = (time: string) => advanceClock(instance, { to: at(time).toISOString(), limitMs: 120_000 });
const running = (ids: readonly string[]) =>
  district.database.stageEntry.count({ where: { applicationId: { in: [...ids] }, endedAt: null } });

test('N7: beats make one time; a silence of more than three minutes begins another', async () => {
  const { database } = district;
  const times = () => database.reachableTime.findMany({ orderBy: { from: 'asc' } });
  expect(await recordReachable(database, at('2026-09-01T08:00'))).toBe(true);
  expect(await recordReachable(database, at('2026-09-01T08:01'))).toBe(false);
  expect(await recordReachable(database, at('2026-09-01T08:04'))).toBe(false);
  // A process whose clock is behind takes nothing back.
  expect(await recordReachable(database, at('2026-09-01T08:03'))).toBe(false);
  expect(await times()).toMatchObject([{ from: at('2026-09-01T08:00'), until: at('2026-09-01T08:04') }]);
  expect(await recordReachable(database, new Date(at('2026-09-01T08:07').getTime() + 1))).toBe(true);
  expect(await times()).toHaveLength(2);
  await database.reachableTime.deleteMany();
});

test('N7: the API of a real instance beats by itself; a rehearsal, whose clock stands, does not', async () => {
  const real = await startInstance('lostdaysreal', null);
  try {
    const heart = ({ database, client }: TestInstance) =>
      startHeartbeat({ database, temporal: client, log: createLog('silent') });
    const hearts = [heart(real), heart(real), heart(instance)];
    const times = await eventually(
      () => real.database.reachableTime.findMany(),
      (found) => found.length > 0,
    );
    for (const each of hearts) each.stop();
    expect(Math.abs(Date.now() - times[0]!.until.getTime())).toBeLessThan(60_000);
    expect(await instance.database.reachableTime.count()).toBe(0);
  } finally {
    await real.stop();
  }
});

test('N7: a lost day is proposed, a person decides, and until then nobody goes on', async () => {
  const { database } = district;
  const [stands, again] = [await publish(), await publish()];
  expect((await read(stands.id)).lostDays).toEqual([]);
  await expect(decide(stands.id, true)).rejects.toMatchObject({
    problem: { type: '/problems/no-lost-days', rule: 'N7' },
  });
  await database.reachableTime.create({
    data: { from: at('2026-10-01T00:00'), until: at('2026-10-14T10:00') },
  });
  await to('2026-10-14T14:00');
  const heart = { database, temporal: instance.client, log: createLog('silent') };
  await beat(heart, at('2026-10-14T14:00'));
  for (const { id } of [stands, again]) {
    const shown = await eventually(
      () => read(id),
      ({ lostDays }) => lostDays.length > 0,
    );
    expect(shown).toMatchObject({
      step: 'standing',
      lostDays: [
        {
          day: '2026-10-14',
          minutes: 240,
          periods: [{ from: '2026-10-14T02:00:00.000Z', until: '2026-10-14T06:00:00.000Z' }],
          decision: null,
        },
      ],
      proposal: { decision: 'decideOnLostDays', newLastDay: '2026-10-21', provisional: false },
    });
    const open = await database.task.findMany({ where: { caseId: id, doneAt: null } });
    expect(open.map(({ role, actions }) => [role, actions])).toEqual([['office', ['decideOnLostDays']]]);
    expect(await database.notification.count({ where: { caseId: id, text: 'NOTICE_DAYS_LOST' } })).toBe(2);
  }
  // Another beat of the same time proposes nothing anew.
  await beat(heart, at('2026-10-14T14:01'));
  // What is printed still binds.
  const page = await fetch(`${instance.url}/notices/${stands.id}`);
  expect(await page.text()).toContain('<time datetime="2026-10-19">');

  const stranger = await signInAs(instance, district, (await prepareTeachers(district, 1))[0]!);
  await expect(
    stranger.post(`/notices/${stands.id}/lost-days-decision`, { restarts: true, reason: '停电' }),
  ).rejects.toMatchObject({ problem: { status: 403 } });
  await decide(stands.id, false);
  const after = await read(stands.id);
  expect(after).toMatchObject({
    step: 'standing',
    proposal: null,
    lostDays: [{ decision: 'let_stand', reason: '停电' }],
  });
  await expect(decide(stands.id, false)).rejects.toMatchObject({
    problem: { type: '/problems/no-lost-days' },
  });

  await database.reachableTime.updateMany({
    where: { until: { gte: at('2026-10-14T14:00') } },
    data: { until: at('2026-12-31T00:00') },
  });
  await to('2026-10-19T23:59');
  expect(await running([...stands.candidates, ...again.candidates])).toBe(4);
  await to('2026-10-20T00:00');
  expect(await read(stands.id)).toMatchObject({ outcome: 'ended' });
  expect(await read(again.id)).toMatchObject({ step: 'standing', outcome: null });
  const before = await database.stageEntry.findMany({
    where: { applicationId: { in: again.candidates }, endedAt: null },
  });
  expect(before.map(({ caseId }) => caseId)).toEqual([again.id, again.id]);

  const { outcome, result } = await decide(again.id, true);
  expect(outcome).toBe('restarted');
  const next = await eventually(
    () => database.case.findUniqueOrThrow({ where: { id: result.noticeId } }),
    ({ step }) => step === 'drafting',
  );
  expect(next.stage).toBe('district_notice');
  await author.post(`/notices/${result.noticeId}/draft`, text);
  await approver.post(`/notices/${result.noticeId}/approval`, {});
  const published = await fetch(`${instance.url}/api/v1/public/notices/${result.noticeId}`);
  expect(await published.json()).toMatchObject({ firstDay: '2026-10-21', lastDay: '2026-10-27' });
});

test('N7: left undecided at the close, it ends once a person lets it stand', async () => {
  const { database } = district;
  const { id, candidates } = await publish();
  const { closesAt } = await database.notice.findUniqueOrThrow({ where: { id } });
  // Known only at the end: the API was away, the worker was not.
  await database.reachableTime.deleteMany();
  await database.reachableTime.createMany({
    data: [
      { from: at('2026-10-01T00:00'), until: at('2026-10-22T10:00') },
      { from: at('2026-10-22T16:00'), until: at('2026-12-31T00:00') },
    ],
  });
  await advanceClock(instance, { to: closesAt!.toISOString(), limitMs: 120_000 });
  expect(await read(id)).toMatchObject({ outcome: null, lostDays: [{ day: '2026-10-22', minutes: 360 }] });
  expect(await running(candidates)).toBe(2);
  await decide(id, false);
  await eventually(
    () => read(id),
    ({ outcome }) => outcome === 'ended',
  );
});

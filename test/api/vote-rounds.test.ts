import { randomUUID } from 'node:crypto';
import { caseWaker } from '../../temporal/wake-case.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { eventually, prepareDistrict, prepareTeachers, type PreparedDistrict } from '../support/prepared.js';
import {
  changeVoteRules,
  holdMeeting,
  prepareCommittee,
  prepareVote,
  type PreparedCommittee,
  type PreparedVote,
} from '../support/prepared-vote.js';
import { signInAs, type TestSession } from '../support/sessions.js';

const now = '2026-10-12T09:00:00+08:00';
const recordedFor = { document: '区师培纪要〔2026〕2号', decidedOn: '2026-10-12' };

let instance: TestInstance;
let district: PreparedDistrict;
let office: TestSession;
let committee: PreparedCommittee;
const sessions = new Map<string, Promise<TestSession>>();

/** Signs in once: the password's hash is what takes the time. */
function as(personId: string): Promise<TestSession> {
  const known = sessions.get(personId) ?? signInAs(instance, district, personId);
  sessions.set(personId, known);
  return known;
}

beforeAll(async () => {
  instance = await startInstance('voterounds', now);
  district = await prepareDistrict(instance, 30);
  await changeVoteRules(district, { committee: { members: 3, reserve: 0 } });
  office = await as(district.officeId);
  committee = await prepareCommittee(district, { members: 3, reserve: 0 });
}, 120_000);

afterAll(() => instance?.stop());

const meet = (voteId: string, ballots: (string[] | null)[], more: object = {}) =>
  holdMeeting(instance, voteId, { as, committee, ballots, ...more });

const vote = (candidates: number, seats: number): Promise<PreparedVote> =>
  prepareVote(instance, district, office, { committee, candidates, seats });

const idsOf = (prepared: PreparedVote) => prepared.candidates.map(({ id }) => id);

function standing(id: string) {
  return district.database.application.findUniqueOrThrow({ where: { id } });
}

function quotaOf({ roundId }: PreparedVote) {
  return district.database.seatQuota.findFirstOrThrow({ where: { roundId } });
}

async function wake(id: string): Promise<void> {
  const { ownerId, database } = district;
  await database.caseMessage.create({
    data: { ownerId, caseId: id, kind: 'news', createdAt: new Date(now) },
  });
  await caseWaker(instance.client, database)(id, new Date(now).toISOString());
}

test('V13, V8: a void vote is held again without a tally; the second one stops the meeting', async () => {
  const first = await vote(3, 1);
  const [a, b, c] = idsOf(first) as [string, string, string];
  const once = await meet(first.id, [[a], [a], [b]], { smuggled: [[c]] });
  expect(once.tally).toEqual({ void: true, issued: 3, returned: 4 });
  const again = await district.database.vote.findUniqueOrThrow({ where: { id: once.next! } });
  expect(again).toMatchObject({ ballotRound: 'first', position: 2, seats: 1 });
  expect([...again.candidates].sort()).toEqual([a, b, c].sort());
  // It uses no round up: two who pass for one seat come to the re-ballot all the same, and that is void too.
  const tied = await meet(again.id, [[a], [a], [a]], {});
  expect(tied.tally).toMatchObject({ void: false, elected: [a] });
  expect(tied.next).toBeNull();

  const second = await vote(3, 1);
  const [d, e] = idsOf(second) as [string, string];
  const voided = await meet(second.id, [[d], [d], [e]], { smuggled: [[e]] });
  const stopped = await meet(voided.next!, [[d], [d], [e]], { smuggled: [[e]] });
  expect(stopped).toMatchObject({ tally: { void: true }, next: null });
  const row = await district.database.case.findUniqueOrThrow({ where: { id: voided.next! } });
  expect(row.outcome).toBe('stopped');
  for (const id of idsOf(second)) {
    expect(await standing(id)).toMatchObject({
      standing: 'held',
      heldReason: { code: 'VOTE_STOPPED', rule: 'V8' },
    });
  }
  expect(await quotaOf(second)).toMatchObject({ seats: 1, vacant: 0 });
  // Freed, they are voted on again for the seat: nobody goes on without having been elected.
  const { database } = district;
  const ids = idsOf(second);
  expect(await database.stageEntry.count({ where: { applicationId: { in: ids }, endedAt: null } })).toBe(0);
  await database.application.updateMany({ where: { id: { in: ids } }, data: { standing: 'waiting' } });
  await wake(second.roundId);
  const anew = await eventually(
    () => database.vote.findFirst({ where: { roundId: second.roundId, firstVoteId: { not: second.id } } }),
    (found) => found !== null,
  );
  expect(anew).toMatchObject({ ballotRound: 'first', position: 1, seats: 1 });
}, 180_000);

test('V17: too few pass, one supplementary vote, then the seats go back to the district, which may give them', async () => {
  const prepared = await vote(4, 2);
  const [a, b, c, d] = idsOf(prepared) as [string, string, string, string];
  const short = await meet(prepared.id, [
    [a, b],
    [a, c],
    [a, d],
  ]);
  expect(short.tally).toMatchObject({ elected: [a], vacant: 0 });
  const supplementary = await district.database.vote.findUniqueOrThrow({ where: { id: short.next! } });
  // One seat is left: two candidates, and equals at the end of the list come in together.
  expect(supplementary).toMatchObject({ ballotRound: 'supplementary', seats: 1 });
  expect([...supplementary.candidates].sort()).toEqual([b, c, d].sort());
  const last = await meet(short.next!, [[b], [c], null]);
  expect(last).toMatchObject({ tally: { elected: [], vacant: 1 }, next: null });
  expect(await quotaOf(prepared)).toMatchObject({ seats: 2, vacant: 1, assigned: 0 });
  expect(await standing(a)).toMatchObject({ standing: 'waiting' });
  for (const id of [b, c, d]) expect(await standing(id)).toMatchObject({ standing: 'out' });

  const assign = (unit: string, seats: number) =>
    office.post(`/rounds/${prepared.roundId}/vacant-seats`, { unit, seats, reason: '缺额调剂', recordedFor });
  const { database, ownerId } = district;
  const unit = 'accomplished/arts';
  await expect(assign(unit, 1)).rejects.toMatchObject({
    problem: { status: 422, rule: 'V17', values: { unknown: [unit] } },
  });
  await database.seatQuota.create({
    data: { roundId: prepared.roundId, ownerId, unit, rank: 'accomplished', proposed: 0, seats: 0 },
  });
  await expect(assign(unit, 2)).rejects.toMatchObject({
    problem: {
      status: 422,
      type: '/problems/seats-not-vacant',
      rule: 'V17',
      values: { rank: 'accomplished', vacant: 1, asked: 2 },
    },
  });
  // Who is on the reserve list of the group that gets the seat is called to it.
  const [reserve] = await prepareTeachers(district, 1);
  const reserveId = randomUUID();
  const template = await standing(b);
  await database.application.create({
    data: {
      ...template,
      id: reserveId,
      personId: reserve!,
      subject: 'chinese',
      facts: {},
      findings: [],
      heldReason: undefined,
      reason: undefined,
      slot: 1,
      standing: 'reserve',
      reservePlace: 1,
    },
  });
  await assign(unit, 1);
  const called = await eventually(
    () => standing(reserveId),
    (row) => row.standing !== 'reserve',
  );
  expect(called).toMatchObject({ entry: 'replacement', stage: 'district_notice' });
  await expect(assign(unit, 1)).rejects.toMatchObject({ problem: { type: '/problems/seats-not-vacant' } });
  const { seats } = await office.get<{ seats: { unit: string; vacant: number; assigned: number }[] }>(
    `/rounds/${prepared.roundId}`,
  );
  expect(seats.map(({ vacant, assigned }) => [vacant, assigned])).toEqual([
    [0, 1],
    [1, 0],
  ]);
}, 180_000);

test('V11: without a differential it opens only by a written decision of the leading group', async () => {
  const prepared = await vote(2, 2);
  const [a, b] = idsOf(prepared) as [string, string];
  const equal = () =>
    office.post(`/votes/${prepared.id}/equal-numbers`, {
      document: '区师培纪要〔2026〕9号',
      reason: '本组仅两名候选人',
      recordedFor,
    });
  await expect(meet(prepared.id, [])).rejects.toMatchObject({
    problem: { type: '/problems/vote-not-differential', values: { candidates: 2, seats: 2, required: 3 } },
  });
  await equal();
  const { tally } = await meet(prepared.id, [[a, b], [a], [a, b]]);
  expect(tally).toMatchObject({ elected: [a, b] });
  const enough = await vote(3, 2);
  await expect(
    office.post(`/votes/${enough.id}/equal-numbers`, { document: '1号', reason: '无', recordedFor }),
  ).rejects.toMatchObject({
    problem: { type: '/problems/equal-numbers-not-needed', values: { candidates: 3, seats: 2 } },
  });
}, 120_000);

test('who withdraws before the opening is not voted on; who does so after it loses the seat to the reserve', async () => {
  const { database } = district;
  const prepared = await vote(5, 2);
  const [a, b, c, d, e] = idsOf(prepared) as [string, string, string, string, string];
  const withdraw = async (id: string) => {
    await database.application.update({ where: { id }, data: { standing: 'out', slot: null } });
    await database.stageEntry.updateMany({
      where: { applicationId: id },
      data: { outcome: 'out', endedAt: new Date(now) },
    });
  };
  await withdraw(e);
  const { tally } = await meet(
    prepared.id,
    [
      [a, b],
      [a, b],
      [a, c],
    ],
    {
      onOpen: async () => {
        const { candidates } = await database.vote.findUniqueOrThrow({ where: { id: prepared.id } });
        expect([...candidates].sort()).toEqual([a, b, c, d].sort());
      },
      beforeRecord: () => withdraw(a),
    },
  );
  expect(tally).toMatchObject({ elected: [a, b], reserve: [] });
  expect(await standing(a)).toMatchObject({ standing: 'out' });
  expect(await standing(e)).toMatchObject({ standing: 'out' });
  // The round may have put it into the notice already.
  expect(await standing(b)).toMatchObject({
    standing: expect.stringMatching(/^(waiting|running)$/),
    stage: 'district_notice',
  });
}, 120_000);

test('N11: who is held while the committee votes has the seat and stays held', async () => {
  const prepared = await vote(3, 1);
  const [a, b] = idsOf(prepared) as [string, string];
  const heldReason = { code: 'HELD_BY_OFFICE', rule: 'N11', values: { reason: '收到实名反映' } };
  const { tally } = await meet(prepared.id, [[a], [a], [b]], {
    beforeRecord: () =>
      district.database.application.update({ where: { id: a }, data: { standing: 'held', heldReason } }),
  });
  expect(tally).toMatchObject({ elected: [a] });
  expect(await standing(a)).toMatchObject({ standing: 'held', stage: 'district_notice', heldReason });
  const entry = await district.database.stageEntry.findFirstOrThrow({
    where: { applicationId: a, stage: 'differential_vote' },
  });
  expect(entry).toMatchObject({ outcome: 'on' });
}, 120_000);

test('opening and closing are idempotent: the same request gets the same answer, another changes nothing', async () => {
  const prepared = await vote(3, 1);
  const [a] = idsOf(prepared) as [string];
  const chair = await as(committee.members[0]!);
  const { database } = district;
  const key = () => database.vote.findUniqueOrThrow({ where: { id: prepared.id } });
  await meet(prepared.id, [[a], [a], [a]], {
    onOpen: async () => {
      const before = await key();
      await expect(chair.post(`/votes/${prepared.id}/opening`, {})).rejects.toMatchObject({
        problem: { status: 409, type: '/problems/wrong-step' },
      });
      expect(await key()).toEqual(before);
    },
    beforeRecord: async () => {
      await expect(chair.post(`/votes/${prepared.id}/closing`, {})).rejects.toMatchObject({
        problem: { status: 409, type: '/problems/wrong-step' },
      });
    },
  });
  const decisions = await database.decision.groupBy({
    by: ['name'],
    where: { caseId: prepared.id },
    _count: { _all: true },
  });
  const times = Object.fromEntries(decisions.map(({ name, _count }) => [name, _count._all]));
  expect(times).toMatchObject({ open: 1, close: 1, openBox: 2, confirm: 2 });
  // The same request sent again gets the same answer.
  const sent = await database.submission.findFirstOrThrow({
    where: { caseId: prepared.id, decision: 'open', status: 'done' },
  });
  const again = await chair.post<{ submissionId: string; status: string }>(
    `/votes/${prepared.id}/opening`,
    {},
    sent.key,
  );
  expect(again).toMatchObject({ submissionId: sent.id, status: 'done', result: { voters: 3 } });
}, 120_000);

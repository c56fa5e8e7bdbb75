import { parse } from 'yaml';
import type { DecisionAnswer } from '../../samples/api-client.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { whileLocked } from '../support/lock.js';
import {
  prepareCandidates,
  prepareDistrict,
  prepareRound,
  prepareRun,
  prepareScheme,
  prepareTeachers,
  type PreparedDistrict,
} from '../support/prepared.js';
import { mainScheme, without, withValues } from '../support/scheme-parts.js';
import { signInAs } from '../support/sessions.js';

// A contest prize makes a formal candidate directly: what of Q9 only the database can keep.

let instance: TestInstance;
let district: PreparedDistrict;

beforeAll(async () => {
  instance = await startInstance('directentry', '2026-08-10T09:00:00+08:00');
  district = await prepareDistrict(instance, 2);
}, 120_000);

afterAll(() => instance?.stop());

async function openRound(of: PreparedDistrict, accomplished: number): Promise<string> {
  const closesAt = new Date('2026-08-29T00:00:00+08:00');
  const id = await prepareRound(of, { step: 'applications', closesAt });
  await of.database.round.update({ where: { id }, data: { places: { accomplished } } });
  return id;
}

async function prizeWinner(birthDate?: string) {
  const { database, ownerId } = district;
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  if (birthDate) await database.person.update({ where: { id: personId }, data: { birthDate } });
  await database.evidence.create({
    data: {
      ownerId,
      personId,
      kind: 'classroom_contest',
      level: 'district',
      prize: 'first',
      title: '课堂大赛',
      date: '2026-03-20',
    },
  });
  const session = await signInAs(instance, district, personId);
  const enter = (roundId: string) =>
    session.post<DecisionAnswer>('/contest-entries', { roundId, statement: '一等奖', agreesToNotice: true });
  return { personId, session, enter };
}

/** The refusal among answers of which one is to be accepted. */
function onlyRefusal(answers: readonly PromiseSettledResult<unknown>[]): unknown {
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused).toHaveLength(answers.length - 1);
  return refused[0]!.reason;
}

test('Q9: of two winners at the same instant one takes the last place; it is none of a school’s, and free again when he leaves', async () => {
  const { database } = district;
  const roundId = await openRound(district, 1);
  const winners = [await prizeWinner(), await prizeWinner()];
  const answers = await Promise.allSettled(winners.map(({ enter }) => enter(roundId)));
  expect(onlyRefusal(answers)).toMatchObject({
    problem: {
      status: 409,
      type: '/problems/places-full',
      rule: 'Q9',
      values: { rank: 'accomplished', places: 1, taken: 1 },
    },
  });
  expect(await database.nomination.count({ where: { roundId } })).toBe(0);
  const first = answers.findIndex(({ status }) => status === 'fulfilled');
  const { caseId } = (answers[first] as PromiseFulfilledResult<DecisionAnswer>).value;
  await winners[first]!.session.post(`/applications/${caseId}/withdrawal`, {});
  expect(await winners[1 - first]!.enter(roundId)).toMatchObject({ step: 'underway' });
});

test('Q9: a prize lets in once, also of two rounds at the same instant; not used up when its holder leaves', async () => {
  const { id } = parse(mainScheme()) as { id: string };
  const other = await prepareScheme(district, withValues(mainScheme(), { id: `${id}-second` }));
  const rounds = [await openRound(district, 5), await openRound(other, 5)];
  const { enter, session } = await prizeWinner();
  const answers = await Promise.allSettled(rounds.map(enter));
  expect(onlyRefusal(answers)).toMatchObject({
    problem: { status: 422, type: '/problems/no-contest-prize', rule: 'E15', values: { onFile: 1 } },
  });
  const first = answers.findIndex(({ status }) => status === 'fulfilled');
  const { caseId } = (answers[first] as PromiseFulfilledResult<DecisionAnswer>).value;
  await session.post(`/applications/${caseId}/withdrawal`, {});
  expect(await enter(rounds[1 - first]!)).toMatchObject({ step: 'underway' });
});

test('P10: the conditions that the scheme keeps are checked, the others are not', async () => {
  const { database, ownerId } = district;
  const roundId = await openRound(district, 5);
  const old = await prizeWinner('1967-01-01');
  expect(await old.enter(roundId)).toMatchObject({ step: 'underway' });
  const sanctioned = await prizeWinner();
  await database.sanction.create({
    data: {
      ownerId,
      personId: sanctioned.personId,
      kind: 'demerit',
      from: '2026-06-01',
    },
  });
  await expect(sanctioned.enter(roundId)).rejects.toMatchObject({
    problem: { status: 422, type: '/problems/not-eligible', rule: 'E10' },
  });
  // A person looks at it when he asks for that; the place and the prize are his until then.
  const { caseId } = await sanctioned.session.post<DecisionAnswer>('/contest-entries', {
    roundId,
    statement: '一等奖',
    agreesToNotice: true,
    asksForReview: true,
  });
  expect(await sanctioned.session.get(`/applications/${caseId}`)).toMatchObject({
    entry: 'contest',
    standing: 'held',
    held: { code: 'FINDINGS_TO_CONFIRM', rule: 'E15', values: { rules: ['E10'] } },
  });
  expect(await database.application.count({ where: { id: caseId, entryEvidenceId: null } })).toBe(0);
});

test('Q7, Q9: of a list and a direct entrant at the same instant one takes the last place', async () => {
  const { database } = district;
  const text = without(
    mainScheme(),
    'vote',
    'stages.differential_vote',
    'stages.expert_opinion',
    'quotas.seats',
  );
  const of = await prepareScheme(district, withValues(text, { id: 'without-vote' }));
  const office = await signInAs(instance, district, district.officeId);
  const roundId = await prepareRound(of, { step: 'selection', closesAt: null });
  await database.round.update({ where: { id: roundId }, data: { places: { accomplished: 1 } } });
  const people = await prepareTeachers(of, 1);
  const [listed] = (await prepareCandidates(of, roundId, people, {
    stage: 'approval',
    standing: 'running',
  })) as [string];
  await prepareRun(of, roundId, 'approval', [listed]);
  const { personId } = await prizeWinner();
  const decided = { document: '区师培纪要〔2026〕7号', decidedOn: '2026-08-10' };
  const approve = () =>
    office.post(`/rounds/${roundId}/approvals`, { approved: [listed], recordedFor: decided });
  const enter = () =>
    office.post('/contest-entries', {
      roundId,
      statement: '一等奖',
      agreesToNotice: true,
      lateReason: '证书迟发',
      recordedFor: { ...decided, personId },
    });
  const places = ['SELECT pg_advisory_xact_lock(hashtextextended($1, 4))', roundId] as const;
  const answers = await whileLocked(instance, places, [approve, enter]);
  const { problem } = onlyRefusal(answers) as { problem: { type: string } };
  expect(['/problems/places-full', '/problems/over-places']).toContain(problem.type);
  const direct = await database.application.count({ where: { roundId, entry: 'contest' } });
  const approved = await database.stageEntry.count({ where: { applicationId: listed, outcome: 'on' } });
  expect(direct + approved).toBe(1);
});

test('Q9, V17: a seat that a vote left empty is a place again, until the district gives it to a group', async () => {
  const { database, ownerId } = district;
  const roundId = await openRound(district, 3);
  const quota = { roundId, ownerId, rank: 'accomplished', reason: null };
  await database.seatQuota.createMany({
    data: [
      { ...quota, unit: 'accomplished/science', proposed: 2, seats: 2 },
      { ...quota, unit: 'accomplished/arts', proposed: 1, seats: 1 },
    ],
  });
  const change = (unit: string, data: { vacant?: number; assigned?: number }) =>
    database.seatQuota.update({ where: { roundId_unit: { roundId, unit } }, data });
  const first = await prizeWinner();
  const full = (taken: number) => ({
    problem: { status: 409, type: '/problems/places-full', rule: 'Q9', values: { places: 3, taken } },
  });
  await expect(first.enter(roundId)).rejects.toMatchObject(full(3));
  await change('accomplished/science', { vacant: 1 });
  await change('accomplished/arts', { assigned: 1 });
  await expect(first.enter(roundId)).rejects.toMatchObject(full(3));
  await change('accomplished/arts', { assigned: 0 });
  expect(await first.enter(roundId)).toMatchObject({ step: 'underway' });
  const second = await prizeWinner();
  await expect(second.enter(roundId)).rejects.toMatchObject(full(3));

  // The place is taken: the district has nothing left to give.
  await database.case.update({ where: { id: roundId }, data: { step: 'selection' } });
  const office = await signInAs(instance, district, district.officeId);
  await expect(
    office.post(`/rounds/${roundId}/vacant-seats`, {
      unit: 'accomplished/arts',
      seats: 1,
      reason: '缺额调剂',
      recordedFor: { document: '区师培纪要〔2026〕8号', decidedOn: '2026-08-10' },
    }),
  ).rejects.toMatchObject({
    problem: {
      status: 422,
      type: '/problems/seats-not-vacant',
      rule: 'V17',
      values: { vacant: 0, asked: 1 },
    },
  });
});

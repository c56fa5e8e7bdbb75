import { makeOfficerKey } from '../../ballot/officers.js';
import type { Role } from '../../domain/cases.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { eventually, prepareTeachers, type PreparedDistrict } from '../support/prepared.js';
import { prepareCommittee, prepareVote, type PreparedVote } from '../support/prepared-vote.js';
import { prepareDistrict } from '../support/prepared.js';
import { refusal } from '../support/refusals.js';
import { signInAs, type TestSession } from '../support/sessions.js';

const recordedFor = { document: '区师培纪要〔2026〕2号', decidedOn: '2026-10-12' };
const reason = '与一名候选人有亲属关系';

let instance: TestInstance;
let district: PreparedDistrict;
let vote: PreparedVote;
let office: TestSession;
let chair: TestSession;
let staff: Map<string, string>;

interface Conflict {
  readonly conflictId: string;
  readonly memberId: string;
  readonly kind: string;
  readonly source: string;
  readonly decision: string | null;
  readonly decidedBy: string | null;
}

beforeAll(async () => {
  instance = await startInstance('voteconflicts', '2026-10-12T09:00:00+08:00');
  // Eleven schools, so that a member shares one with a candidate only where the test wants it.
  district = await prepareDistrict(instance, 30);
  office = await signInAs(instance, district, district.officeId);
}, 120_000);

afterAll(() => instance?.stop());

const as = (personId: string) => signInAs(instance, district, personId);

async function conflictsSeenBy(session: TestSession): Promise<Conflict[]> {
  return (await session.get<{ conflicts: Conflict[] }>(`/votes/${vote.id}`)).conflicts;
}

const decide = (by: TestSession, conflictId: string, recused: boolean, path = 'recusal-decisions') =>
  by.post(`/votes/${vote.id}/${path}`, {
    decisions: [{ conflictId, recused, reason: '经核实' }],
    ...(path !== 'recusal-decisions' && { recordedFor }),
  });

async function member(personId: string) {
  return district.database.voteMember.findUniqueOrThrow({
    where: { voteId_personId: { voteId: vote.id, personId } },
  });
}

test('the leading group is warned when recusals could leave the committee without a quorum (V3)', async () => {
  const committee = await prepareCommittee(district, { members: 11, reserve: 4 });
  const { database } = district;
  // Four of eleven are colleagues of candidates, one is a mentor of one, and one is kin of another.
  vote = await prepareVote(instance, district, office, {
    committee,
    candidates: 5,
    seats: 3,
    before: async (candidates) => {
      const people = await database.person.findMany({
        where: { id: { in: candidates.map(({ personId }) => personId) } },
      });
      staff = new Map(people.map(({ id, staffNumber }) => [id, staffNumber]));
      for (const index of [0, 1, 2])
        await database.person.update({
          where: { id: committee.members[index]! },
          data: { schoolId: people.find(({ id }) => id === candidates[index]!.personId)!.schoolId },
        });
      await database.trainee.create({
        data: {
          id: crypto.randomUUID(),
          ownerId: district.ownerId,
          personId: candidates[3]!.personId,
          policyId: district.policyId,
          rank: 'accomplished',
          entry: 'application',
          startsOn: '2024-09-01',
          endsOn: '2025-08-31',
          hoursRequired: 72,
          mentorId: committee.members[3]!,
          standing: 'appointed',
        },
      });
    },
  });
  expect(vote.warnings).toEqual([
    expect.objectContaining({
      code: 'COMMITTEE_MAY_LACK_QUORUM',
      values: expect.objectContaining({ members: 11, conflicted: 4, reserve: 4, required: 8 }),
    }),
  ]);
  chair = await as(committee.members[0]!);
  const seen = await chair.get<{ warnings: { code: string }[] }>(`/votes/${vote.id}`);
  expect(seen.warnings.map(({ code }) => code)).toEqual(['COMMITTEE_MAY_LACK_QUORUM']);
});

test('a colleague is warned and votes until it is decided; a mentor stands aside by the rule (V1, V3)', async () => {
  const { members } = vote.committee;
  const conflicts = await conflictsSeenBy(chair);
  expect(
    conflicts
      .map(({ memberId, kind, decision, decidedBy }) =>
        [members.indexOf(memberId), kind, decision, decidedBy].join(' '),
      )
      .toSorted(),
  ).toEqual(['0 same_school  ', '1 same_school  ', '2 same_school  ', '3 mentor_pair recused rule']);
  expect(await member(members[1]!)).toMatchObject({ recused: false });
  expect(await member(members[3]!)).toMatchObject({ recused: true, recusalReason: 'mentor_pair' });
  const told = await district.database.notification.findMany({ where: { text: 'CONFLICT_WARNED' } });
  expect(told.map(({ personId }) => personId).sort()).toEqual(members.slice(0, 3).sort());
  // A member sees the own conflicts and nobody else's.
  const own = await conflictsSeenBy(await as(members[1]!));
  expect(own.map(({ memberId }) => memberId)).toEqual([members[1]!]);

  const mentor = conflicts.find(({ kind }) => kind === 'mentor_pair')!;
  await expect(decide(chair, mentor.conflictId, false)).rejects.toMatchObject(
    refusal(422, 'conflict-bars-by-rule', 'V1', { conflict: 'mentor_pair' }),
  );
});

test('a vote does not open while a conflict of somebody who is here waits for its decision (V1)', async () => {
  const { members, supervisor } = vote.committee;
  const { recipient } = await makeOfficerKey();
  await chair.post(`/votes/${vote.id}/sign-ins`, { recipient });
  await (await as(supervisor)).post(`/votes/${vote.id}/sign-ins`, { recipient });
  for (const personId of members.slice(1, 10))
    await (await as(personId)).post(`/votes/${vote.id}/sign-ins`, {});
  await (
    await as(members[1]!)
  ).post(`/votes/${vote.id}/recusals`, { kind: 'same_school', reason: '同校同事' });
  expect(await member(members[1]!)).toMatchObject({ recused: false });
  await expect(chair.post(`/votes/${vote.id}/opening`, {})).rejects.toMatchObject(
    refusal(409, 'conflict-undecided', 'V1', { count: 3, conflicts: ['same_school'] }),
  );
});

test('the chair decides on members, the leading group on the chair (V1)', async () => {
  const { members } = vote.committee;
  const conflicts = await conflictsSeenBy(chair);
  const of = (index: number) => conflicts.find(({ memberId }) => memberId === members[index])!.conflictId;
  await expect(decide(chair, of(0), false)).rejects.toMatchObject(refusal(403, 'conflict-of-chair', 'V1'));
  await expect(decide(await as(members[2]!), of(1), false)).rejects.toMatchObject({
    problem: { status: 403 },
  });
  const onChair = 'recusal-decisions-on-chair';
  await expect(decide(office, of(1), false, onChair)).rejects.toMatchObject(
    refusal(403, 'conflict-of-member', 'V1'),
  );
  const tasks = () =>
    district.database.task.count({ where: { caseId: vote.id, doneAt: null, role: 'leading_group' } });
  expect(await tasks()).toBe(1);
  await decide(office, of(0), false, onChair);
  expect(await tasks()).toBe(0);
  await decide(chair, of(1), false);
  await decide(chair, of(2), true);
  expect(await member(members[1]!)).toMatchObject({ recused: false });
  expect(await member(members[2]!)).toMatchObject({ recused: true, recusalReason: 'same_school' });
  const recorded = await district.database.voteConflict.findUniqueOrThrow({ where: { id: of(0) } });
  expect(recorded).toMatchObject({ decision: 'votes', decidedBy: 'leading_group', decisionReason: '经核实' });
});

test('who declares stands aside at once, and the chair may decide otherwise (V1)', async () => {
  const { members } = vote.committee;
  const declaring = await as(members[4]!);
  await declaring.post(`/votes/${vote.id}/recusals`, { reason });
  expect(await member(members[4]!)).toMatchObject({ recused: true, recusalReason: reason });
  await expect(declaring.post(`/votes/${vote.id}/recusals`, { reason })).rejects.toMatchObject(
    refusal(409, 'conflict-raised-already', 'V1'),
  );
  await expect(
    declaring.post(`/votes/${vote.id}/recusals`, { reason, candidates: [crypto.randomUUID()] }),
  ).rejects.toMatchObject({ problem: { status: 422, type: '/problems/candidate-not-on-list' } });
  const { conflictId } = (await conflictsSeenBy(declaring)).find(({ source }) => source === 'declared')!;
  await decide(chair, conflictId, false);
  expect(await member(members[4]!)).toMatchObject({ recused: false, recusalReason: null });
});

test('a candidate sees who will vote and may ask; nothing changes before the decision (V1)', async () => {
  const { members } = vote.committee;
  const candidate = vote.candidates[4]!;
  const asking = await as(candidate.personId);
  const { voteId, members: seen } = await asking.get<{ voteId: string; members: { personId: string }[] }>(
    `/applications/${candidate.id}/committee`,
  );
  expect(voteId).toBe(vote.id);
  expect(seen.map(({ personId }) => personId).sort()).toEqual([...members].sort());
  await expect((await as(members[5]!)).get(`/applications/${candidate.id}/committee`)).rejects.toMatchObject({
    problem: { status: 404 },
  });
  const ask = (by: TestSession) =>
    by.post(`/votes/${vote.id}/recusal-requests`, { memberId: members[5]!, reason: '曾有纠纷' });
  const [stranger] = await prepareTeachers(district, 1);
  await expect(ask(await as(stranger!))).rejects.toMatchObject(refusal(403, 'not-a-candidate', 'V1'));
  await ask(asking);
  await expect(ask(asking)).rejects.toMatchObject(refusal(409, 'conflict-raised-already', 'V1'));
  expect(await member(members[5]!)).toMatchObject({ recused: false });
  await expect(chair.post(`/votes/${vote.id}/opening`, {})).rejects.toMatchObject(
    refusal(409, 'conflict-undecided', 'V1'),
  );
  const { conflictId } = (await conflictsSeenBy(chair)).find(({ source }) => source === 'asked')!;
  await decide(chair, conflictId, true);
  expect(await member(members[5]!)).toMatchObject({ recused: true, recusalReason: '曾有纠纷' });
});

test('kinship that was declared is found at sign-in; kin neither sit nor supervise (V1, V4)', async () => {
  const { members, reserve } = vote.committee;
  const late = members[10]!;
  const kin = vote.candidates[0]!.personId;
  const staffNumber = staff.get(kin)!;
  const declare = async (personId: string) =>
    (await as(personId)).post('/kinships', { staffNumber, relation: 'spouse' });
  await expect((await as(kin)).post('/kinships', { staffNumber, relation: 'spouse' })).rejects.toMatchObject(
    refusal(422, 'kin-of-oneself', 'V1'),
  );
  await declare(late);
  expect(await (await as(late)).get('/kinships')).toMatchObject({
    items: [{ staffNumber, relation: 'spouse' }],
  });
  await (await as(late)).post(`/votes/${vote.id}/sign-ins`, {});
  expect(await member(late)).toMatchObject({ recused: true, recusalReason: 'kinship' });

  const [second] = await prepareTeachers(district, 1);
  await vote.name(second!, 'supervisor' satisfies Role);
  await declare(second!);
  const { recipient } = await makeOfficerKey();
  await expect((await as(second!)).post(`/votes/${vote.id}/sign-ins`, { recipient })).rejects.toMatchObject(
    refusal(403, 'supervisor-is-kin', 'V1'),
  );

  await declare(reserve[0]!);
  const sit = (substituteId: string) =>
    chair.post(`/votes/${vote.id}/substitutions`, { memberId: members[3]!, substituteId });
  await expect(sit(reserve[0]!)).rejects.toMatchObject(
    refusal(422, 'substitute-conflicted', 'V4', { conflict: 'kinship' }),
  );
  await sit(reserve[1]!);
  await (await as(reserve[1]!)).post(`/votes/${vote.id}/sign-ins`, {});
});

test('with everything decided it opens for those who have no bar, and the record of it stays', async () => {
  // Eleven and a substitute are here; the mentor's place is taken, three stand aside.
  const opened = await chair.post<{ result: { voters: number } }>(`/votes/${vote.id}/opening`, {});
  expect(opened.result.voters).toBe(8);
  const { step } = await eventually(
    () => district.database.case.findUniqueOrThrow({ where: { id: vote.id } }),
    (row) => row.step === 'issuing',
  );
  expect(step).toBe('issuing');
  expect(await district.database.voteConflict.count({ where: { voteId: vote.id, decision: null } })).toBe(0);
});

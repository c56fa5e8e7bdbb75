import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../../domain/cases.js';
import type { RunStage } from '../../domain/stages.js';
import { refuseWithoutOpinions } from '../../records/opinions.js';
import { projectRoot } from '../../stack/project-root.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import {
  eventually,
  prepareCandidates,
  prepareCases,
  prepareDistrict,
  prepareRound,
  prepareRun,
  prepareScheme,
  prepareTeachers,
  task,
  type PreparedDistrict,
} from '../support/prepared.js';
import { refusal } from '../support/refusals.js';
import { mainScheme, withValues } from '../support/scheme-parts.js';
import { signInAs, type TestSession } from '../support/sessions.js';

const now = '2026-10-12T09:00:00+08:00';
const recordedFor = { document: '区师培纪要〔2026〕1号', decidedOn: '2026-10-12' };

let instance: TestInstance;
let district: PreparedDistrict;
let office: TestSession;
let chair: TestSession;
let chairId: string;

beforeAll(async () => {
  instance = await startInstance('panels', now);
  district = await prepareDistrict(instance, 3);
  office = await signInAs(instance, district, district.officeId);
  [chairId] = (await prepareTeachers(district, 1)) as [string];
  await name(chairId, 'committee_chair');
  chair = await signInAs(instance, district, chairId);
}, 120_000);

afterAll(() => instance?.stop());

async function name(personId: string, role: Role, subject?: string): Promise<void> {
  const { database, ownerId } = district;
  await database.membership.create({
    data: { ownerId, personId, organisationId: ownerId, role, subject: subject ?? null, from: '2020-01-01' },
  });
}

/** A round in which teachers have come to a stage, whose runs have begun. */
async function runsOf(of: PreparedDistrict, stage: RunStage, people: readonly string[]) {
  const { database } = of;
  const roundId = await prepareRound(of, { step: 'selection', closesAt: null });
  const ids = await prepareCandidates(of, roundId, people, { stage, standing: 'waiting' });
  const rows = await database.application.findMany({ where: { id: { in: ids } } });
  const candidates = people.map((personId) => rows.find((row) => row.personId === personId)!.id);
  await caseWaker(instance.client, database)(roundId, new Date(now).toISOString());
  const runs = await eventually(
    () => database.case.findMany({ where: { roundId, stage, id: { not: roundId } } }),
    (found) => found.length > 0,
  );
  return { roundId, candidates, runId: runs[0]!.id };
}

const standing = async (id: string) => {
  const {
    stage,
    standing: stands,
    reason,
    heldReason,
  } = await district.database.application.findUniqueOrThrow({
    where: { id },
  });
  return { stage, standing: stands, reason, heldReason };
};

const opinionOn = (applicationId: string) => ({ applicationId, stance: 'recommend', text: '课堂扎实' });

describe('V5: researchers’ opinions', () => {
  test('who mentors a candidate gives none on him; the chair names a substitute or records the reason, and all go on', async () => {
    const [researcher, other, stranger, a, b, c] = (await prepareTeachers(district, 6)) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    await name(researcher, 'researcher', 'mathematics');
    await name(other, 'researcher', 'science');
    const { database, ownerId, policyId } = district;
    await database.trainee.create({
      data: {
        id: a,
        ownerId,
        personId: a,
        policyId,
        rank: 'accomplished',
        entry: 'application',
        startsOn: '2023-09-01',
        endsOn: '2024-08-31',
        hoursRequired: 72,
        mentorId: researcher,
        standing: 'appointed',
      },
    });
    const { candidates, runId } = await runsOf(district, 'expert_opinion', [a, b, c]);
    const [onA, onB, onC] = candidates as [string, string, string];
    // Nobody but the mentor could judge a: it is the chair's turn from the beginning.
    expect(
      (await database.task.findMany({ where: { caseId: runId, doneAt: null } }))
        .map(({ role }) => role)
        .sort(),
    ).toEqual(['committee_chair', 'researcher']);
    const session = await signInAs(instance, district, researcher);
    const give = (by: TestSession, ...ids: string[]) =>
      by.post(`/panel-reviews/${runId}/opinions`, { opinions: ids.map(opinionOn) });
    await expect(give(session, onA, onB)).rejects.toMatchObject(
      refusal(403, 'opinion-by-mentor', 'V5', { ids: [onA] }),
    );
    expect(await database.opinion.count({ where: { caseId: runId } })).toBe(0);
    expect(await give(session, onB)).toMatchObject({ step: 'opinions', outcome: null });

    const absent = (by: TestSession, ...ids: string[]) =>
      by.post(`/panel-reviews/${runId}/absences`, {
        absences: ids.map((applicationId) => ({ applicationId, reason: '教研员外出学习' })),
      });
    await expect(absent(session, onC)).rejects.toMatchObject({ problem: { status: 403 } });
    await expect(absent(chair, onB)).rejects.toMatchObject(
      refusal(409, 'opinion-given', 'V5', { ids: [onB] }),
    );
    expect(await absent(chair, onC)).toMatchObject({ step: 'opinions', outcome: null });

    const second = await signInAs(instance, district, other);
    await expect(give(second, onA)).rejects.toMatchObject(
      refusal(403, 'not-researcher-of-subject', 'V5', { subject: 'mathematics' }),
    );
    const substitute = (personId: string) =>
      chair.post(`/panel-reviews/${runId}/substitutes`, { personId, reason: '师徒回避' });
    await expect(substitute(stranger)).rejects.toMatchObject(refusal(422, 'substitute-not-researcher', 'V5'));
    await substitute(other);
    expect(await second.get(`/panel-reviews/${runId}`)).toMatchObject({ step: 'opinions' });
    expect(await give(second, onA)).toMatchObject({ outcome: 'all_given' });
    for (const id of candidates)
      expect(await standing(id)).toMatchObject({ stage: 'differential_vote', standing: 'waiting' });
    const written = await database.opinion.findMany({ where: { caseId: runId } });
    expect(Object.fromEntries(written.map(({ applicationId, stance }) => [applicationId, stance]))).toEqual({
      [onA]: 'recommend',
      [onB]: 'recommend',
      [onC]: 'absent',
    });
    expect(written.find(({ applicationId }) => applicationId === onC)).toMatchObject({
      authorId: chairId,
      text: '教研员外出学习',
    });
  });

  test('a run ends when the last one without an opinion withdraws', async () => {
    const { database } = district;
    const people = await prepareTeachers(district, 3);
    const [researcher, a, b] = people as [string, string, string];
    await name(researcher, 'researcher', 'mathematics');
    const { candidates, runId, roundId } = await runsOf(district, 'expert_opinion', [a, b]);
    const [onA, onB] = candidates as [string, string];
    await (
      await signInAs(instance, district, researcher)
    ).post(`/panel-reviews/${runId}/opinions`, {
      opinions: [opinionOn(onA)],
    });
    await database.case.create({
      data: {
        id: onB,
        ownerId: district.ownerId,
        kind: 'application',
        organisationId: district.schoolIds[0]!,
        roundId,
        step: 'underway',
        waitingFor: 'office',
        dueAt: new Date('2026-12-01T00:00:00Z'),
        since: new Date(now),
        createdAt: new Date(now),
      },
    });
    await office.post(`/applications/${onB}/withdrawal`, {
      reason: '本人申请',
      recordedFor: { ...recordedFor, personId: b },
    });
    const ended = await eventually(
      () => database.case.findUniqueOrThrow({ where: { id: runId } }),
      ({ closedAt }) => closedAt !== null,
    );
    expect(ended.outcome).toBe('all_given');
    expect(await standing(onA)).toMatchObject({ stage: 'differential_vote' });
  });
});

describe('V5: several opinions on each candidate', () => {
  const subject = 'music';

  /** Candidates of a subject in the run of a scheme that asks for two opinions on each; who has a task of whom. */
  async function runOfTwo(people: readonly string[]) {
    const { database } = district;
    const of = await prepareScheme(
      district,
      withValues(mainScheme(), {
        id: `two-opinions-${randomUUID().slice(0, 8)}`,
        'stages.expert_opinion.opinionsPerCandidate': 2,
      }),
    );
    const roundId = await prepareRound(of, { step: 'selection', closesAt: null });
    const at = { stage: 'expert_opinion', standing: 'waiting' } as const;
    const ids = await prepareCandidates(of, roundId, people, at);
    await database.application.updateMany({ where: { id: { in: ids } }, data: { subject } });
    await caseWaker(instance.client, database)(roundId, new Date(now).toISOString());
    const runs = await eventually(
      () => database.case.findMany({ where: { roundId, stage: 'expert_opinion', id: { not: roundId } } }),
      (found) => found.length > 0,
    );
    const runId = runs[0]!.id;
    const rows = await database.application.findMany({ where: { id: { in: ids } } });
    const tasks = await database.task.findMany({ where: { caseId: runId, doneAt: null } });
    return {
      policy: of.policy,
      runId,
      candidates: people.map((personId) => rows.find((row) => row.personId === personId)!.id),
      tasks: tasks.map(({ role, personId }) => ({ role, personId })),
    };
  }

  test('two researchers give theirs, neither seeing the other’s, before anybody goes on; with one the chair is asked', async () => {
    const { database } = district;
    const [first, second, third, a, b] = (await prepareTeachers(district, 5)) as [
      string,
      string,
      string,
      string,
      string,
    ];
    await name(first, 'researcher', subject);
    const alone = await runOfTwo([a, b]);
    expect(alone.tasks).toEqual(
      expect.arrayContaining([
        { role: 'researcher', personId: first },
        { role: 'committee_chair', personId: null },
      ]),
    );
    await name(second, 'researcher', subject);
    await name(third, 'researcher', 'art');
    const { policy, runId, candidates, tasks } = await runOfTwo([a, b]);
    expect(new Set(tasks.map(({ personId }) => personId))).toEqual(new Set([first, second]));
    expect(tasks).toHaveLength(2);
    const [onA, onB] = candidates as [string, string];
    const sessions = [await signInAs(instance, district, first), await signInAs(instance, district, second)];
    const give = (by: TestSession, ...ids: string[]) =>
      by.post<{ outcome: string | null; result: object }>(`/panel-reviews/${runId}/opinions`, {
        opinions: ids.map(opinionOn),
      });
    // Twice by the same researcher is one opinion.
    await give(sessions[0]!, onA, onB);
    expect(await give(sessions[0]!, onA)).toMatchObject({
      outcome: null,
      result: { missing: [onA, onB].sort() },
    });
    await expect(refuseWithoutOpinions(database, policy, candidates)).rejects.toMatchObject({
      code: 'OPINIONS_MISSING',
      values: { ids: expect.arrayContaining(candidates) },
    });
    type Seen = { candidates: { applicationId: string; opinions: { authorId: string }[] }[] };
    const authorsSeen = async (by: TestSession) => {
      const seen = await by.get<Seen>(`/panel-reviews/${runId}`);
      return new Set(seen.candidates.flatMap(({ opinions }) => opinions.map(({ authorId }) => authorId)));
    };
    expect(await authorsSeen(sessions[1]!)).toEqual(new Set());
    expect(await authorsSeen(sessions[0]!)).toEqual(new Set([first]));
    expect(await authorsSeen(chair)).toEqual(new Set([first]));
    await give(sessions[1]!, onA);
    // The chair cannot say that none will come where both have; for b a substitute gives the second.
    const absence = (applicationId: string) =>
      chair.post<{ outcome: string | null }>(`/panel-reviews/${runId}/absences`, {
        absences: [{ applicationId, reason: '教研员病假' }],
      });
    await expect(absence(onA)).rejects.toMatchObject(refusal(409, 'opinion-given', 'V5'));
    await chair.post(`/panel-reviews/${runId}/substitutes`, { personId: third, reason: '教研员病假' });
    const ended = await give(await signInAs(instance, district, third), onB);
    expect(ended).toMatchObject({ outcome: 'all_given' });
    expect(await authorsSeen(sessions[1]!)).toEqual(new Set([first, second, third]));
    for (const id of candidates) expect(await standing(id)).toMatchObject({ stage: 'differential_vote' });
    await expect(refuseWithoutOpinions(database, policy, candidates)).resolves.toBeUndefined();
    // Where the chair says that no second one will come, that is enough.
    const [onlyA, onlyB] = alone.candidates as [string, string];
    await sessions[0]!.post(`/panel-reviews/${alone.runId}/opinions`, { opinions: [opinionOn(onlyA)] });
    expect(
      await chair.post(`/panel-reviews/${alone.runId}/absences`, {
        absences: [onlyA, onlyB].map((applicationId) => ({ applicationId, reason: '只有一名教研员' })),
      }),
    ).toMatchObject({ outcome: 'all_given' });
  });
});

test('V5: when opinions are overdue, the chair is asked once for a substitute or the reason', async () => {
  const { database, ownerId } = district;
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const ids = await prepareCandidates(district, roundId, [personId], {
    stage: 'expert_opinion',
    standing: 'running',
  });
  const id = randomUUID();
  const late = new Date('2026-10-10T00:00:00+08:00');
  const subject = 'mathematics';
  await prepareCases(district, [
    {
      id,
      kind: 'panelReview',
      roundId,
      organisationId: ownerId,
      subject,
      unit: subject,
      stage: 'expert_opinion',
      step: 'opinions',
      tasks: [{ ...task('researcher', ownerId, 'giveOpinions', late), subject }],
    },
  ]);
  await prepareRun(district, id, 'expert_opinion', ids);
  const wake = () => caseWaker(instance.client, database)(id, new Date(now).toISOString());
  await wake();
  const asked = () => database.task.findMany({ where: { caseId: id, role: 'committee_chair' } });
  await eventually(asked, (tasks) => tasks.length > 0);
  const { sequence } = await database.case.findUniqueOrThrow({ where: { id } });
  await database.caseMessage.create({
    data: { ownerId, caseId: id, kind: 'news', createdAt: new Date(now) },
  });
  await wake();
  await eventually(
    () => database.case.findUniqueOrThrow({ where: { id } }),
    (row) => row.sequence > sequence,
  );
  expect(await asked()).toEqual([
    expect.objectContaining({ actions: ['substituteResearcher', 'recordAbsence'], doneAt: null }),
  ]);
});

test('V5: a ballot opens only when each of its candidates has an opinion or the chair’s reason', async () => {
  const { database, policy } = district;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const people = await prepareTeachers(district, 3);
  // Who is prepared at the vote has an opinion.
  const at = { stage: 'differential_vote', standing: 'waiting' } as const;
  const [given, absent, missing] = (await prepareCandidates(district, roundId, people, at)) as [
    string,
    string,
    string,
  ];
  const ids = [given, absent, missing];
  await expect(refuseWithoutOpinions(database, policy, ids)).resolves.toBeUndefined();
  await database.opinion.updateMany({ where: { applicationId: absent }, data: { stance: 'absent' } });
  await database.opinion.updateMany({ where: { applicationId: missing }, data: { stance: 'no_objection' } });
  await expect(refuseWithoutOpinions(database, policy, [given, absent])).resolves.toBeUndefined();
  await expect(refuseWithoutOpinions(database, policy, ids)).rejects.toMatchObject({
    code: 'OPINIONS_MISSING',
    rule: 'V5',
    values: { ids: [missing] },
    clause: expect.stringContaining('教研员意见'),
  });
  const stages = policy.stages.filter(({ code }) => code !== 'expert_opinion');
  await expect(refuseWithoutOpinions(database, { ...policy, stages }, ids)).resolves.toBeUndefined();
});

describe('G1: the opinion on integrity', () => {
  test('every candidate has one; an objection holds or excludes by the leading group’s decision', async () => {
    const scheme = withValues(mainScheme(), { id: 'with-integrity' })
      .replace(
        '  - code: leading_group_review\n',
        '  - code: integrity_opinion\n    by: discipline_inspection\n    clause: 认真审核评议\n  - code: leading_group_review\n',
      )
      .replace('    keeps:\n', '    keeps:\n      - integrity_opinion\n');
    const of = await prepareScheme(district, scheme);
    const people = await prepareTeachers(of, 4);
    const { candidates, runId } = await runsOf(of, 'integrity_opinion', people);
    const [clean, held, excluded, aside] = candidates as [string, string, string, string];
    // The office holds one for another reason meanwhile.
    await of.database.application.update({ where: { id: aside }, data: { standing: 'held' } });
    const record = (ids: readonly string[], objections: readonly string[] = []) =>
      office.post(`/panel-reviews/${runId}/integrity-opinions`, {
        opinions: ids.map((applicationId) => ({
          applicationId,
          finding: objections.includes(applicationId) ? 'objection' : 'no_objection',
          document: '区纪函〔2026〕7号',
          text: '见函',
        })),
      });
    await expect(record([chairId])).rejects.toMatchObject(
      refusal(422, 'not-in-run', 'P12', { ids: [chairId] }),
    );
    await expect(record([clean, clean])).rejects.toMatchObject(
      refusal(422, 'named-twice', 'P12', { ids: [clean] }),
    );
    expect(await record([clean, held, aside], [held])).toMatchObject({
      step: 'integrity',
      result: { missing: [excluded] },
    });
    expect(await standing(clean)).toMatchObject({ stage: 'integrity_opinion', standing: 'running' });
    const decide = (decisions: readonly object[]) =>
      office.post(`/panel-reviews/${runId}/objection-decisions`, { decisions, recordedFor });
    const hold = { applicationId: held, outcome: 'hold', reason: '待核实' };
    await expect(decide([hold])).rejects.toMatchObject({
      problem: { status: 409, type: '/problems/wrong-step' },
    });
    expect(await record([excluded], [excluded])).toMatchObject({ step: 'deciding' });
    expect(await standing(clean)).toMatchObject({ stage: 'leading_group_review' });

    await expect(decide([hold])).rejects.toMatchObject(
      refusal(422, 'list-not-whole', 'G1', { missing: [excluded], unknown: [] }),
    );
    expect(
      await decide([hold, { applicationId: excluded, outcome: 'exclude', reason: '处分期内' }]),
    ).toMatchObject({ outcome: 'objections_decided' });
    expect(await standing(held)).toMatchObject({
      standing: 'held',
      heldReason: { code: 'HELD_FOR_INTEGRITY', rule: 'G1' },
    });
    expect(await standing(excluded)).toMatchObject({
      standing: 'out',
      reason: {
        code: 'EXCLUDED_FOR_INTEGRITY',
        values: { document: '区纪函〔2026〕7号', reason: '处分期内' },
      },
    });
    expect(await standing(aside)).toMatchObject({ stage: 'integrity_opinion', standing: 'held' });
  });
});

/** The main scheme with another stage before the leading group's review. */
function schemeWith(id: string, code: string, stage: string): string {
  return withValues(mainScheme(), { id: id.replaceAll('_', '-') })
    .replace(
      '  - code: leading_group_review\n',
      `${stage}    clause: 认真审核评议\n  - code: leading_group_review\n`,
    )
    .replace('    keeps:\n', `    keeps:\n      - ${code}\n`);
}

const panelStages = [
  ['ability_test', 70],
  ['interview', 60],
  ['lesson_observation', 60],
] as const;

describe.each(panelStages)('G2, G3: a panel with points: %s', (code, passPoints) => {
  let runId: string;
  let candidates: string[];
  let judges: { id: string; session: TestSession }[];

  const stage = `  - code: ${code}\n    judges: 2\n    maxPoints: 100\n    passPoints: ${passPoints}\n`;
  const give = (judge: number, ...points: [string, number][]) =>
    judges[judge]!.session.post(`/panel-reviews/${runId}/points`, {
      points: points.map(([applicationId, hundredths]) => ({ applicationId, hundredths })),
    });
  const namePanel = (members: readonly string[], reserves: readonly string[] = []) =>
    office.post(`/panel-reviews/${runId}/panel`, { members, reserves });

  beforeAll(async () => {
    const of = await prepareScheme(district, schemeWith(`with-${code}`, code, stage));
    // Three schools in turn: of the same school are the first and the fourth.
    const [a, b, one, other, third, spare] = await prepareTeachers(of, 6);
    const { database } = district;
    // One panel judges candidates of two schools; the third school is without.
    await database.person.updateMany({
      where: { id: { in: [one!, third!, spare!] } },
      data: { schoolId: district.schoolIds[2]! },
    });
    ({ candidates, runId } = await runsOf(of, code, [a!, b!]));
    judges = await Promise.all(
      [one!, other!, third!, spare!].map(async (id) => ({ id, session: await signInAs(instance, of, id) })),
    );
  });

  test('has the scheme’s number of members, and no candidate', async () => {
    const { personId } = await district.database.application.findUniqueOrThrow({
      where: { id: candidates[0]! },
    });
    await expect(namePanel([judges[0]!.id])).rejects.toMatchObject(
      refusal(422, 'panel-too-small', 'G2', { members: 1, required: 2 }),
    );
    await expect(namePanel([judges[0]!.id, personId])).rejects.toMatchObject(
      refusal(422, 'panel-member-is-candidate', 'V1', { ids: [candidates[0]!] }),
    );
    await expect(namePanel([judges[0]!.id, judges[0]!.id])).rejects.toMatchObject(
      refusal(422, 'named-twice', 'G2'),
    );
  });

  test('waits for the chair’s decision on a member of a candidate’s school, and for a substitute when too few are left', async () => {
    const [one, other, third] = judges.map(({ id }) => id) as [string, string, string];
    const [a] = candidates as [string];
    const named = await namePanel([one, other], [third]);
    expect(named).toMatchObject({
      step: 'naming',
      result: {
        conflicts: [{ personId: other, applicationId: a, kind: 'same_school' }],
        tooFewJudges: [a],
      },
    });
    await expect(give(0, [a, 8000])).rejects.toMatchObject({ problem: { type: '/problems/wrong-step' } });
    const decide = (by: TestSession, personId: string) =>
      by.post(`/panel-reviews/${runId}/conflict-decisions`, {
        decisions: [{ personId, applicationId: a, recused: true, reason: '同校回避' }],
      });
    await expect(decide(chair, one)).rejects.toMatchObject(refusal(422, 'conflict-unknown', 'G2'));
    await expect(decide(judges[1]!.session, other)).rejects.toMatchObject({ problem: { status: 403 } });
    expect(await decide(chair, other)).toMatchObject({ step: 'naming', result: { tooFewJudges: [a] } });
    const seat = (memberId: string, reserveId: string) =>
      office.post(`/panel-reviews/${runId}/reserve-seats`, { memberId, reserveId, reason: '同校回避' });
    await expect(seat(other, judges[3]!.id)).rejects.toMatchObject(refusal(422, 'not-in-reserve', 'G2'));
    expect(await seat(other, third)).toMatchObject({ step: 'judging' });
    const recorded = await district.database.panelConflict.findMany({ where: { caseId: runId } });
    expect(recorded).toEqual([
      expect.objectContaining({ personId: other, decision: 'recused', decidedBy: 'committee_chair' }),
    ]);
  });

  test('gives points within the range; who declares a conflict gives none before the chair has decided', async () => {
    const [a, b] = candidates as [string, string];
    await expect(give(0, [a, 10_001])).rejects.toMatchObject(refusal(422, 'points-out-of-range', 'G3'));
    await expect(give(1, [a, 8000])).rejects.toMatchObject(refusal(403, 'not-on-panel', 'G2'));
    const declared = await judges[2]!.session.post(`/panel-reviews/${runId}/conflicts`, {
      applicationId: b,
      kind: 'kinship',
      reason: '表亲',
    });
    expect(declared).toMatchObject({ step: 'judging', result: { tooFewJudges: [b] } });
    await expect(give(2, [b, 9000])).rejects.toMatchObject(refusal(403, 'stands-aside', 'G2', { ids: [b] }));
    await chair.post(`/panel-reviews/${runId}/conflict-decisions`, {
      decisions: [
        { personId: judges[2]!.id, applicationId: b, recused: false, reason: '已出五服，不须回避' },
      ],
    });
  });

  test('lets on who has the points and not who lacks a hundredth', async () => {
    const [a, b] = candidates as [string, string];
    const least = passPoints * 100;
    await give(0, [a, least], [b, least]);
    const task = await district.database.task.findFirst({
      where: { caseId: runId, personId: judges[0]!.id, doneAt: null },
    });
    expect(task).toBeNull();
    // Points of others are not shown to a judge while the run is open.
    const seen = await judges[2]!.session.get<{ candidates: { result: unknown }[] }>(
      `/panel-reviews/${runId}`,
    );
    expect(seen.candidates.map(({ result }) => result)).toEqual([null, null]);
    expect(await give(2, [a, least], [b, least - 1])).toMatchObject({ outcome: 'judged' });
    expect(await standing(a)).toMatchObject({ stage: 'leading_group_review' });
    expect(await standing(b)).toMatchObject({
      standing: 'out',
      reason: { code: 'BELOW_PASS_POINTS', rule: 'G3', values: { stage: code, required: passPoints } },
    });
    expect(await office.get(`/panel-reviews/${runId}`)).toMatchObject({
      candidates: expect.arrayContaining([
        expect.objectContaining({
          applicationId: b,
          result: expect.objectContaining({ passed: false, missing: 0 }),
        }),
      ]),
    });
  });
});

describe('G2: one panel for several schools', () => {
  const stage = '  - code: interview\n    judges: 2\n    maxPoints: 100\n    groupBy: [school]\n';

  test('is named once; conflicts, substitutes and results are each school’s own', async () => {
    const { database } = district;
    const of = await prepareScheme(district, schemeWith('joint-panel', 'interview', stage));
    const [here, there, elsewhere] = district.schoolIds as [string, string, string];
    const [a, b, one, other, spare] = (await prepareTeachers(of, 5)) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const move = (personId: string, schoolId: string) =>
      database.person.update({ where: { id: personId }, data: { schoolId } });
    await move(a, here);
    for (const personId of [b, other]) await move(personId, there);
    for (const personId of [one, spare]) await move(personId, elsewhere);
    const { roundId, candidates } = await runsOf(of, 'interview', [a, b]);
    const runs = await eventually(
      () => database.case.findMany({ where: { roundId, stage: 'interview', id: { not: roundId } } }),
      (found) => found.length === 2,
    );
    const runOf = (school: string) => runs.find(({ unit }) => unit === school)!.id;
    const [runHere, runThere] = [runOf(here), runOf(there)];
    const namePanel = (members: readonly string[], alsoFor: readonly string[]) =>
      office.post(`/panel-reviews/${runHere}/panel`, { members, reserves: [spare], alsoFor });
    // A candidate of another of the schools is a candidate before the panel.
    await expect(namePanel([one, b], [runThere])).rejects.toMatchObject(
      refusal(422, 'panel-member-is-candidate', 'V1', { ids: [candidates[1]!] }),
    );
    await expect(namePanel([one, other], [runThere, roundId])).rejects.toMatchObject(
      refusal(422, 'panel-units', 'G2', { ids: [roundId] }),
    );
    expect(await namePanel([one, other], [runThere])).toMatchObject({ step: 'judging' });
    const view = (id: string) =>
      office.get<{
        step: string;
        jointWith: string[];
        panel: { personId: string; seat: string }[];
        conflicts: { personId: string; kind: string }[];
      }>(`/panel-reviews/${id}`);
    const second = await eventually(
      () => view(runThere),
      ({ panel }) => panel.length === 3,
    );
    // There one of them is of the candidate’s school: the chair decides, while here the judging goes on.
    expect(second).toMatchObject({
      step: 'naming',
      jointWith: [runHere],
      conflicts: [{ personId: other, kind: 'same_school' }],
    });
    expect(await view(runHere)).toMatchObject({ step: 'judging', jointWith: [runThere], conflicts: [] });
    await chair.post(`/panel-reviews/${runThere}/conflict-decisions`, {
      decisions: [{ personId: other, applicationId: candidates[1]!, recused: true, reason: '同校回避' }],
    });
    await office.post(`/panel-reviews/${runThere}/reserve-seats`, {
      memberId: other,
      reserveId: spare,
      reason: '同校回避',
    });
    const seats = async (id: string) =>
      Object.fromEntries((await view(id)).panel.map(({ personId, seat }) => [personId, seat]));
    expect(await seats(runThere)).toEqual({ [one]: 'member', [other]: 'left', [spare]: 'member' });
    expect(await seats(runHere)).toEqual({ [one]: 'member', [other]: 'member', [spare]: 'reserve' });
    const give = async (judge: string, runId: string, applicationId: string, hundredths: number) =>
      (await signInAs(instance, of, judge)).post<{ outcome: string | null }>(
        `/panel-reviews/${runId}/points`,
        { points: [{ applicationId, hundredths }] },
      );
    await expect(give(one, runHere, candidates[1]!, 9000)).rejects.toMatchObject(
      refusal(422, 'not-in-run', 'P12'),
    );
    await expect(give(other, runThere, candidates[1]!, 9000)).rejects.toMatchObject({
      problem: { type: '/problems/not-on-panel' },
    });
    await give(one, runHere, candidates[0]!, 9000);
    expect(await give(other, runHere, candidates[0]!, 8000)).toMatchObject({ outcome: 'judged' });
    expect(await view(runThere)).toMatchObject({ step: 'judging' });
    await give(one, runThere, candidates[1]!, 7000);
    expect(await give(spare, runThere, candidates[1]!, 7000)).toMatchObject({ outcome: 'judged' });
  });
});

test('G2: a mentor and declared kin stand aside by the rule, whatever they or the chair say', async () => {
  const { database, ownerId, policyId } = district;
  const of = await prepareScheme(
    district,
    schemeWith('with-mentors', 'ability_test', '  - code: ability_test\n    maxPoints: 100\n'),
  );
  const [a, mentor, kin, judge] = (await prepareTeachers(of, 4)) as [string, string, string, string];
  await database.person.updateMany({
    where: { id: { in: [mentor, kin, judge] } },
    data: { schoolId: district.schoolIds[2]! },
  });
  await database.trainee.create({
    data: {
      id: a,
      ownerId,
      personId: a,
      policyId,
      rank: 'accomplished',
      entry: 'application',
      startsOn: '2023-09-01',
      endsOn: '2024-08-31',
      hoursRequired: 72,
      mentorId: mentor,
      standing: 'appointed',
    },
  });
  await database.kinship.create({
    data: { ownerId, personId: kin, relativeId: a, relation: 'spouse', declaredAt: new Date(now) },
  });
  const { candidates, runId } = await runsOf(of, 'ability_test', [a]);
  const [applicationId] = candidates as [string];
  const named = await office.post(`/panel-reviews/${runId}/panel`, { members: [mentor, kin, judge] });
  expect(named).toMatchObject({ step: 'judging', result: { conflicts: [], tooFewJudges: [] } });
  const points = (by: TestSession) =>
    by.post(`/panel-reviews/${runId}/points`, { points: [{ applicationId, hundredths: 9000 }] });
  for (const [personId, kind] of [
    [mentor, 'mentor_pair'],
    [kin, 'kinship'],
  ] as const) {
    const session = await signInAs(instance, of, personId);
    await session.post(`/panel-reviews/${runId}/conflicts`, { applicationId, kind, reason: '回避' });
    const decisions = [{ personId, applicationId, recused: false, reason: '不须回避' }];
    await expect(
      chair.post(`/panel-reviews/${runId}/conflict-decisions`, { decisions }),
    ).rejects.toMatchObject(refusal(422, 'conflict-unknown', 'G2'));
    await expect(points(session)).rejects.toMatchObject(
      refusal(403, 'stands-aside', 'G2', { ids: [applicationId] }),
    );
  }
  expect(await points(await signInAs(instance, of, judge))).toMatchObject({ outcome: 'judged' });
});

describe.each(['multi_party_evaluation', 'democratic_appraisal'] as const)(
  'G4: anonymous counts: %s',
  (code) => {
    const stage = (tooFew: string) =>
      [
        `  - code: ${code}`,
        '    maxPoints: 100',
        '    passPoints: 60',
        `    tooFewRespondents: ${tooFew}`,
        '    evaluators:',
        '      - { who: peers, percent: 60, minRespondents: 10 }',
        '      - { who: students, percent: 40 }',
        '',
      ].join('\n');
    const count = (applicationId: string, who: string, ...points: [number, number][]) => ({
      applicationId,
      who,
      points: points.map(([hundredths, respondents]) => ({ hundredths, respondents })),
    });

    test('of each group make the result; a group with too few is spread over the others', async () => {
      const of = await prepareScheme(
        district,
        schemeWith(`spread-${code}`, code, stage('spread_over_others')),
      );
      const { candidates, runId } = await runsOf(of, code, await prepareTeachers(of, 2));
      const [a, b] = candidates as [string, string];
      const record = (...counts: object[]) => office.post(`/panel-reviews/${runId}/counts`, { counts });
      await expect(record(count(a, 'parents', [9000, 3]))).rejects.toMatchObject(
        refusal(422, 'evaluator-unknown', 'G4', { who: 'parents', groups: ['peers', 'students'] }),
      );
      await expect(record(count(a, 'peers'), count(a, 'peers'))).rejects.toMatchObject(
        refusal(422, 'named-twice', 'G4'),
      );
      expect(
        await record(count(a, 'peers', [9000, 5], [7000, 5]), count(a, 'students', [5000, 1])),
      ).toMatchObject({ step: 'evaluating', result: { missing: [b] } });
      // Nine of ten: only the students' 59.99 count, one hundredth too few.
      expect(await record(count(b, 'peers', [10_000, 9]), count(b, 'students', [5999, 20]))).toMatchObject({
        outcome: 'judged',
      });
      expect(await standing(a)).toMatchObject({
        stage: 'leading_group_review',
        standing: expect.stringMatching(/^(waiting|running)$/),
      });
      expect(await standing(b)).toMatchObject({
        standing: 'out',
        reason: { code: 'BELOW_PASS_POINTS', values: { points: '59.99', required: 60 } },
      });
      expect(await office.get(`/panel-reviews/${runId}`)).toMatchObject({
        candidates: expect.arrayContaining([
          expect.objectContaining({
            applicationId: a,
            result: expect.objectContaining({ hundredths: { numerator: 6800, denominator: 1 } }),
          }),
        ]),
      });
    });

    test('or too few in a group leave no result, and the candidate is held', async () => {
      const of = await prepareScheme(district, schemeWith(`none-${code}`, code, stage('no_result')));
      const { candidates, runId } = await runsOf(of, code, await prepareTeachers(of, 1));
      const [a] = candidates as [string];
      const counts = [count(a, 'peers', [10_000, 9]), count(a, 'students', [9000, 20])];
      expect(await office.post(`/panel-reviews/${runId}/counts`, { counts })).toMatchObject({
        outcome: 'judged',
        result: { withoutResult: [a] },
      });
      expect(await standing(a)).toMatchObject({
        standing: 'held',
        heldReason: { code: 'NO_RESULT', rule: 'G4' },
      });
    });
  },
);

test('G5: the composite orders the candidates, and nobody without a total is chosen', async () => {
  const { database, ownerId } = district;
  const text = readFileSync(join(projectRoot, 'policies/opinion-2024.yaml'), 'utf8');
  const of = await prepareScheme(district, text);
  const people = await prepareTeachers(of, 2);
  const roundId = await prepareRound(of, { step: 'selection', closesAt: null });
  await database.round.update({ where: { id: roundId }, data: { places: { backbone: 2 } } });
  const at = { stage: 'leading_group_review', standing: 'waiting', rank: 'backbone' } as const;
  const [a, b] = (await prepareCandidates(of, roundId, people, at)) as [string, string];
  await database.application.updateMany({ where: { id: { in: [a, b] } }, data: { schoolScore: 9000 } });
  const judgedBy = async (stage: RunStage, results: Record<string, number>) => {
    const caseId = randomUUID();
    await prepareRun(of, caseId, stage, Object.keys(results));
    await database.stageEntry.updateMany({
      where: { caseId },
      data: { endedAt: new Date(now), outcome: 'on' },
    });
    await database.panelMember.create({ data: { ownerId, caseId, personId: chairId, seat: 'member' } });
    await database.scoreSheet.createMany({
      data: Object.entries(results).map(([applicationId, points]) => ({
        ownerId,
        caseId,
        applicationId,
        judgeId: chairId,
        items: { points },
      })),
    });
  };
  const evaluation = randomUUID();
  await prepareRun(of, evaluation, 'multi_party_evaluation', [a, b]);
  await database.stageEntry.updateMany({
    where: { caseId: evaluation },
    data: { endedAt: new Date(now), outcome: 'on' },
  });
  await database.evaluationCount.createMany({
    data: [a, b].flatMap((applicationId) =>
      ['peers', 'students', 'parents'].map((who) => ({
        ownerId,
        caseId: evaluation,
        applicationId,
        who,
        counts: [{ hundredths: 8000, respondents: 10 }],
      })),
    ),
  });
  await judgedBy('ability_test', { [a]: 8000, [b]: 9000 });
  await judgedBy('lesson_observation', { [a]: 7000 });
  await caseWaker(instance.client, database)(roundId, new Date(now).toISOString());
  await eventually(
    () => database.task.count({ where: { caseId: roundId, doneAt: null } }),
    (open) => open > 0,
  );
  const approve = () => office.post(`/rounds/${roundId}/reviews`, { approved: [a, b], recordedFor });
  await expect(approve()).rejects.toMatchObject(refusal(422, 'not-ranked', 'G5', { ids: [b] }));
  await judgedBy('lesson_observation', { [b]: 7000 });
  // 0.4 · (0.7 · 90 + 0.3 · 80) + 0.3 · 80 + 0.3 · 70, and ten points more in the ability test.
  const whole = (numerator: number) => ({ numerator, denominator: 1 });
  expect(await office.get(`/rounds/${roundId}/totals`)).toMatchObject({
    items: [
      { applicationId: b, composite: { total: whole(8280), place: 1, missing: [] } },
      { applicationId: a, composite: { total: whole(7980), place: 2, missing: [] } },
    ],
  });
  await approve();
  expect(await standing(a)).toMatchObject({ stage: 'district_notice' });
  const teacher = await signInAs(instance, of, people[0]!);
  await expect(teacher.get(`/rounds/${roundId}/totals`)).rejects.toMatchObject({ problem: { status: 404 } });
});

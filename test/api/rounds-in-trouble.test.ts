import { randomUUID } from 'node:crypto';
import type { CaseKind } from '../../domain/cases.js';
import type { RunStage } from '../../domain/stages.js';
import type { NewCase } from '../../records/cases.js';
import { brokenInvariants } from '../../records/invariants.js';
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
const due = new Date('2026-10-16T00:00:00+08:00');
const recordedFor = { document: '区师培纪要〔2026〕1号', decidedOn: '2026-10-12' };
const rank = 'accomplished';

let instance: TestInstance;
let district: PreparedDistrict;
let office: TestSession;

beforeAll(async () => {
  instance = await startInstance('trouble', now);
  district = await prepareDistrict(instance, 3);
  office = await signInAs(instance, district, district.officeId);
}, 120_000);

afterAll(() => instance?.stop());

afterEach(async () => {
  const broken = await brokenInvariants(instance.database, '2026-10-12');
  const ours = broken.filter(({ invariant }) => /QUOTA|TWO_RUNS|IN_NO_RUN|TASK_WITHOUT/.test(invariant));
  if (ours.length > 0) throw new Error(JSON.stringify(ours));
});

/** A round under way, with places for every school. */
async function round(): Promise<string> {
  const { database, ownerId, schoolIds } = district;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  await database.nominationQuota.createMany({
    data: schoolIds.map((schoolId) => ({ roundId, ownerId, schoolId, rank, proposed: 3, places: 3 })),
  });
  return roundId;
}

/** Candidates of a school with their cases, in a run of a stage: a case of its own, or the round itself. */
async function candidatesAt(
  roundId: string,
  stage: RunStage,
  options: {
    readonly school?: number;
    readonly count?: number;
    readonly run?: Pick<NewCase, 'kind' | 'step' | 'tasks' | 'wakeAt' | 'dueAt' | 'waitingFor'>;
    readonly nominated?: boolean;
  } = {},
): Promise<{ ids: string[]; runId: string }> {
  const { database, ownerId, schoolIds } = district;
  const { school = 0, count = 1, run, nominated = true } = options;
  const schoolId = schoolIds[school]!;
  const people = await prepareTeachers({ ...district, schoolIds: [schoolId] }, count);
  const ids = await prepareCandidates(district, roundId, people, { stage, standing: 'running' });
  const onTable = stage === 'eligibility_check';
  const runId = run ? randomUUID() : roundId;
  const cases: NewCase[] = ids.map((id) => ({
    id,
    kind: 'application',
    organisationId: schoolId,
    roundId,
    rank,
    step: 'underway',
    waitingFor: 'office',
    dueAt: due,
    wakeAt: null,
    tasks: onTable ? [task('office', ownerId, 'decideEligibility', due)] : [],
  }));
  if (run) cases.push({ ...run, id: runId, organisationId: schoolId, roundId, stage, unit: schoolId });
  await prepareCases(district, cases);
  await prepareRun(district, runId, stage, ids);
  const taken = await database.nomination.count({ where: { roundId, schoolId } });
  if (nominated)
    await database.nomination.createMany({
      data: ids.map((applicationId, index) => ({
        applicationId,
        ownerId,
        caseId: runId,
        roundId,
        schoolId,
        rank,
        place: taken + index + 1,
      })),
    });
  return { ids, runId };
}

const filing = (school = 0) => ({
  kind: 'schoolReview' as CaseKind,
  step: 'filing',
  tasks: [task('head', district.schoolIds[school]!, 'file', due)],
});

const openTasks = (caseId: string) => district.database.task.findMany({ where: { caseId, doneAt: null } });
const candidate = (id: string) => district.database.application.findUniqueOrThrow({ where: { id } });
const closed = (id: string) =>
  eventually(
    () => district.database.case.findUniqueOrThrow({ where: { id } }),
    ({ closedAt }) => closedAt !== null,
  );

describe('W3: a stage gets more time, or is closed', () => {
  test('the tasks of its runs get the new day, those on the office’s table too, and no others', async () => {
    const roundId = await round();
    const filed = await candidatesAt(roundId, 'filing', { run: filing() });
    const checked = await candidatesAt(roundId, 'eligibility_check', { school: 1 });
    const extend = (stage: string, until: string) =>
      office.post<DecisionAnswer>(`/rounds/${roundId}/extensions`, { stage, until, reason: '停课一周' });
    await expect(extend('filing', '2026-10-11')).rejects.toMatchObject({
      problem: { type: '/problems/date-past', rule: 'R0.8' },
    });
    await expect(extend('expert_opinion', '2026-10-30')).rejects.toMatchObject({
      problem: { status: 409, type: '/problems/wrong-stage' },
    });
    expect((await extend('filing', '2026-10-30')).result).toEqual({ cases: 1, tasks: 1 });
    const newDay = new Date('2026-10-31T00:00:00+08:00');
    expect((await openTasks(filed.runId))[0]!.dueAt).toEqual(newDay);
    expect((await openTasks(checked.ids[0]!))[0]!.dueAt).toEqual(due);
    expect((await extend('eligibility_check', '2026-10-30')).result).toEqual({ cases: 0, tasks: 1 });
    expect((await openTasks(checked.ids[0]!))[0]!.dueAt).toEqual(newDay);
    // An earlier day takes no time away.
    expect((await extend('eligibility_check', '2026-10-20')).result).toEqual({ cases: 0, tasks: 0 });
    await eventually(
      () => district.database.case.findUniqueOrThrow({ where: { id: filed.runId } }),
      ({ dueAt }) => dueAt?.getTime() === newDay.getTime(),
    );
  });

  test('who is still in the closed part is out, the places are free, the tasks done; other schools go on', async () => {
    const { database, schoolIds } = district;
    const roundId = await round();
    const first = await candidatesAt(roundId, 'filing', { count: 2, run: filing() });
    const second = await candidatesAt(roundId, 'filing', { school: 1, run: filing(1) });
    const checked = await candidatesAt(roundId, 'eligibility_check', { school: 2 });
    const close = (stage: string, unit?: string) =>
      office.post<DecisionAnswer>(`/rounds/${roundId}/closures`, { stage, unit, reason: '逾期未报' });
    expect((await close('filing', schoolIds[0])).result).toEqual({ runs: 1, candidates: 2 });
    for (const id of first.ids) {
      expect(await candidate(id)).toMatchObject({
        standing: 'out',
        slot: null,
        reason: { code: 'STAGE_CLOSED', rule: 'W3' },
      });
      await closed(id);
    }
    expect(await closed(first.runId)).toMatchObject({ outcome: 'no_candidate_left' });
    expect(await openTasks(first.runId)).toEqual([]);
    expect(await database.nomination.count({ where: { roundId, schoolId: schoolIds[0]! } })).toBe(0);
    expect(await candidate(second.ids[0]!)).toMatchObject({ standing: 'running' });
    expect(await openTasks(second.runId)).toHaveLength(1);
    await expect(close('eligibility_check', schoolIds[1])).rejects.toMatchObject({
      problem: { type: '/problems/wrong-stage' },
    });
    expect((await close('eligibility_check', schoolIds[2])).result).toEqual({ runs: 0, candidates: 1 });
    await closed(checked.ids[0]!);
    expect(await openTasks(checked.ids[0]!)).toEqual([]);
  });

  test('N2: a notice that stands is neither put off nor ended', async () => {
    const { database, ownerId, schoolIds } = district;
    const roundId = await round();
    const { ids, runId } = await candidatesAt(roundId, 'school_notice', { run: standingNotice() });
    await database.notice.create({
      data: { id: runId, ownerId, roundId, level: 'school', organisationId: schoolIds[0]! },
    });
    const body = { stage: 'school_notice', reason: '提前' };
    const binds = refusal(409, 'printed-days-bind', 'N2', { notices: 1 });
    await expect(office.post(`/rounds/${roundId}/closures`, body)).rejects.toMatchObject(binds);
    await expect(
      office.post(`/rounds/${roundId}/extensions`, { ...body, until: '2026-10-30' }),
    ).rejects.toMatchObject(binds);
    expect(await candidate(ids[0]!)).toMatchObject({ standing: 'running' });
  });
});

function standingNotice() {
  return {
    kind: 'publicNotice' as CaseKind,
    step: 'standing',
    waitingFor: 'head' as const,
    dueAt: due,
    wakeAt: due,
  };
}

describe('W7: a cancelled round', () => {
  test('ends what is open: candidates, notices, votes, tasks and places; training and titles stay', async () => {
    const { database, ownerId, schoolIds, policyId } = district;
    const roundId = await round();
    const filed = await candidatesAt(roundId, 'filing', { run: filing() });
    const noticed = await candidatesAt(roundId, 'school_notice', { school: 1, run: standingNotice() });
    await database.notice.create({
      data: { id: noticed.runId, ownerId, roundId, level: 'school', organisationId: schoolIds[1]! },
    });
    const checked = await candidatesAt(roundId, 'eligibility_check', { school: 2 });
    const held = await candidatesAt(roundId, 'filing', { school: 2, run: filing(2) });
    await database.application.update({ where: { id: held.ids[0]! }, data: { standing: 'held' } });
    const voted = await candidatesAt(roundId, 'differential_vote', {
      run: {
        kind: 'differentialVote',
        step: 'signIn',
        tasks: [task('committee_chair', ownerId, 'open', due)],
      },
    });
    const chosen = await candidatesAt(roundId, 'formal_candidate', { school: 1 });
    const { personId } = await candidate(chosen.ids[0]!);
    await database.stageEntry.updateMany({
      where: { applicationId: chosen.ids[0]! },
      data: { endedAt: new Date(now), outcome: 'on' },
    });
    await database.application.update({ where: { id: chosen.ids[0]! }, data: { standing: 'chosen' } });
    await database.case.update({
      where: { id: chosen.ids[0]! },
      data: { outcome: 'formal_candidate', closedAt: new Date(now), waitingFor: null, dueAt: null },
    });
    const traineeId = randomUUID();
    await database.trainee.create({
      data: {
        id: traineeId,
        ownerId,
        personId,
        applicationId: chosen.ids[0]!,
        policyId,
        rank,
        entry: 'application',
        startsOn: '2026-10-12',
        endsOn: '2027-10-12',
        hoursRequired: 72,
        standing: 'training',
      },
    });

    const cancel = () =>
      office.post<DecisionAnswer>(`/rounds/${roundId}/cancellation`, { reason: '方案修订', recordedFor });
    expect(await cancel()).toMatchObject({ outcome: 'cancelled' });
    for (const { ids, runId } of [filed, noticed, checked, held, voted]) {
      expect(await candidate(ids[0]!)).toMatchObject({
        standing: 'out',
        reason: { code: 'ROUND_CANCELLED', rule: 'W7', values: { reason: '方案修订' } },
      });
      await closed(ids[0]!);
      await closed(runId);
      expect([...(await openTasks(ids[0]!)), ...(await openTasks(runId))]).toEqual([]);
    }
    const left = await database.nomination.findMany({ where: { roundId } });
    expect(left.map(({ applicationId }) => applicationId)).toEqual(chosen.ids);
    expect(await database.notice.count({ where: { id: noticed.runId } })).toBe(1);
    expect(await candidate(chosen.ids[0]!)).toMatchObject({ standing: 'chosen' });
    expect(await database.trainee.findUniqueOrThrow({ where: { id: traineeId } })).toMatchObject({
      standing: 'training',
    });
    await expect(cancel()).rejects.toMatchObject({ problem: { status: 409 } });
  });
});

describe('who withdraws', () => {
  test.each([
    ['filing', true],
    ['school_notice', true],
    ['eligibility_check', false],
    ['leading_group_review', false],
    ['approval', false],
  ] as const)(
    'at the stage %s leaves its run, gives its place back and owes nothing more',
    async (stage, own) => {
      const { database } = district;
      const roundId = await round();
      const run = stage === 'filing' ? filing() : standingNotice();
      const { ids, runId } = await candidatesAt(roundId, stage, { count: 2, ...(own && { run }) });
      if (stage === 'school_notice')
        await database.notice.create({
          data: {
            id: runId,
            ownerId: district.ownerId,
            roundId,
            level: 'school',
            organisationId: district.schoolIds[0]!,
            publishedAt: new Date('2026-10-08T09:00:00+08:00'),
            firstDay: '2026-10-09',
            lastDay: '2026-10-15',
            closesAt: due,
            snapshot: {},
            snapshotHash: 'h',
          },
        });
      const [leaves, stays] = ids as [string, string];
      const answer = await office.post<DecisionAnswer>(`/applications/${leaves}/withdrawal`, { recordedFor });
      expect(answer).toMatchObject({ outcome: 'withdrawn' });
      expect(await candidate(leaves)).toMatchObject({ standing: 'out', slot: null, stage });
      expect(await openTasks(leaves)).toEqual([]);
      expect(await candidate(stays)).toMatchObject({ standing: 'running', stage });
      const nominations = await database.nomination.findMany({ where: { roundId } });
      expect(nominations.map(({ applicationId }) => applicationId)).toEqual([stays]);
      await expect(office.post(`/applications/${leaves}/withdrawal`, { recordedFor })).rejects.toMatchObject({
        problem: { status: 409 },
      });
    },
  );
});

describe('W11: a wrong entry of the roster', () => {
  test('changes nothing that is frozen until the office names the application, and never after the vote', async () => {
    const { database } = district;
    const roundId = await round();
    const { ids } = await candidatesAt(roundId, 'leading_group_review', { count: 2 });
    const [wrong, other] = ids as [string, string];
    const { personId } = await candidate(wrong);
    const frozen = { posts: ['teacher'], evidence: [], birthDate: '1988-03-01' };
    await database.application.updateMany({ where: { roundId }, data: { facts: frozen } });
    await database.person.update({
      where: { id: personId },
      data: { subject: 'english', birthDate: '1960-01-01' },
    });
    expect(await candidate(wrong)).toMatchObject({ subject: 'mathematics', facts: frozen });
    const correct = (id: string) =>
      office.post<DecisionAnswer>(`/applications/${id}/corrected-facts`, { reason: '出生日期录入有误' });
    const answer = await correct(wrong);
    expect(answer.result).toMatchObject({ checkedAgain: true });
    expect(answer.result['unmet']).toBeGreaterThan(0);
    // The machine puts nobody out: the office decides in the check, in a run of its own.
    const again = await eventually(
      () => candidate(wrong),
      ({ standing }) => standing === 'running',
    );
    expect(again).toMatchObject({
      stage: 'eligibility_check',
      subject: 'english',
      facts: { birthDate: '1960-01-01' },
    });
    expect(await openTasks(wrong)).toHaveLength(1);
    expect(await candidate(other)).toMatchObject({ stage: 'leading_group_review', facts: frozen });
    const late = await candidatesAt(roundId, 'district_notice', { school: 1 });
    await expect(correct(late.ids[0]!)).rejects.toMatchObject(
      refusal(409, 'facts-fixed', 'W11', { stage: 'district_notice', standing: 'running' }),
    );
  });
});

describe('W10: schools that are merged in mid round', () => {
  test('places, nominations, candidates, runs, tasks and unpublished notices go over, and nothing is lost', async () => {
    const { database, ownerId, schoolIds } = district;
    const [into, from] = schoolIds as [string, string];
    const roundId = await round();
    const there = await candidatesAt(roundId, 'filing', { count: 3, run: filing() });
    const filed = await candidatesAt(roundId, 'filing', { school: 1, count: 2, run: filing(1) });
    const noticed = await candidatesAt(roundId, 'school_notice', {
      school: 1,
      run: {
        kind: 'publicNotice',
        step: 'drafting',
        tasks: [task('school_clerk', from, 'draft', due)],
      },
    });
    await database.notice.create({
      data: { id: noticed.runId, ownerId, roundId, level: 'school', organisationId: from },
    });
    const merge = (body: object) =>
      office.post<DecisionAnswer>(`/rounds/${roundId}/mergers`, { reason: '撤并', recordedFor, ...body });
    await expect(merge({ from, into: from })).rejects.toMatchObject({
      problem: { status: 422, type: '/problems/schools-not-merged', rule: 'W10' },
    });
    await expect(merge({ from, into: randomUUID() })).rejects.toMatchObject({
      problem: { type: '/problems/schools-not-merged' },
    });
    expect((await merge({ from, into })).result).toEqual({ places: 3, candidates: 3, cases: 5 });

    const quota = (schoolId: string) =>
      database.nominationQuota.findUniqueOrThrow({
        where: { roundId_schoolId_rank: { roundId, schoolId, rank } },
      });
    expect([(await quota(into)).places, (await quota(from)).places]).toEqual([6, 0]);
    const taken = await database.nomination.findMany({ where: { roundId, schoolId: into } });
    expect(taken.map(({ place }) => place).toSorted((left, right) => left - right)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    expect(new Set(taken.map(({ applicationId }) => applicationId))).toEqual(
      new Set([...there.ids, ...filed.ids, ...noticed.ids]),
    );
    for (const id of [...filed.ids, ...noticed.ids])
      expect(await candidate(id)).toMatchObject({ schoolId: into, standing: 'running' });
    for (const { runId } of [filed, noticed]) {
      expect(await database.case.findUniqueOrThrow({ where: { id: runId } })).toMatchObject({
        organisationId: into,
        unit: into,
        closedAt: null,
      });
      expect((await openTasks(runId)).map(({ organisationId }) => organisationId)).toEqual([into]);
    }
    expect(await database.notice.findUniqueOrThrow({ where: { id: noticed.runId } })).toMatchObject({
      organisationId: into,
    });
    // The head of the school that is left files the other's list.
    const [headId] = (await prepareTeachers({ ...district, schoolIds: [into] }, 1)) as [string];
    await database.membership.create({
      data: { ownerId, personId: headId, organisationId: into, role: 'head', from: '2020-01-01' },
    });
    const head = await signInAs(instance, district, headId);
    const answer = await head.post<DecisionAnswer>(`/school-reviews/${filed.runId}/filing`, {
      applicationIds: filed.ids,
    });
    expect(answer).toMatchObject({ outcome: 'filed', result: { filed: 2 } });
  });
});

import {
  instrumentCodes,
  refusePoints,
  type AnonymousCount,
  type InstrumentCode,
} from '../domain/instruments.js';
import { stageOf, type InstrumentStage, type Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { showPoints } from '../domain/scoring.js';
import { dueIn } from '../records/calendar.js';
import {
  candidatesOfRun,
  policyOfRound,
  recordOutcomes,
  type ApplicationRow,
  type StageOutcome,
} from '../records/candidates.js';
import type { NewTask } from '../records/cases.js';
import type { Decision, DecisionWork, Move, Transition, Work } from '../records/decide.js';
import {
  conflictsOfPanel,
  jointPanelOf,
  judgesFor,
  panelOf,
  replacePanel,
  resultsOfRun,
  seatOnPanel,
  writeCounts,
  writeJointPanel,
  writePoints,
  type Panel,
} from '../records/panels.js';
import { nobodyIsLeft, remindOverdue } from './reminders.js';

/**
 * The office names the panel of a run, its members and those in reserve. What the service finds between them and the
 * candidates is written: mentors and kin stand aside by the rule, on those of the same school the chair decides. One panel
 * may judge several runs of the stage, as those of several schools: each keeps its own list, conflicts and results. Rule G2.
 * @returns the conflicts that are to be decided, and candidates whom too few could judge if all of them stand aside
 * @throws Refusal `PANEL_TOO_SMALL`, `NAMED_TWICE`, `NOT_FOUND` for persons who are not there,
 *   `PANEL_MEMBER_IS_CANDIDATE`, `PANEL_UNITS` for further runs that are not of the round and stage, or are past the naming
 */
const namePanel: Decision = async (work, body: Panel & { alsoFor: readonly string[] }) => {
  const { db } = work;
  const { stage, candidates } = await runOf(work);
  const others = [...new Set(body.alsoFor)].filter((id) => id !== work.id);
  await requireNaming(work, others);
  const named = [...body.members, ...body.reserves];
  const twice = named.filter((id, position) => named.indexOf(id) !== position);
  if (twice.length > 0) throw new Refusal({ code: 'NAMED_TWICE', rule: 'G2', values: { ids: twice } });
  const required = judgesNeeded(stage);
  if (body.members.length < required)
    throw new Refusal({
      code: 'PANEL_TOO_SMALL',
      rule: 'G2',
      values: { members: body.members.length, required },
      clause: stage.clause,
    });
  const known = await db.person.findMany({ where: { id: { in: named } }, select: { id: true } });
  const unknown = named.filter((id) => !known.some((person) => person.id === id));
  if (unknown.length > 0) throw new Refusal({ code: 'NOT_FOUND', values: { ids: unknown } });
  const inOthers = await Promise.all(others.map((id) => candidatesOfRun(db, id)));
  const standing = [...candidates, ...inOthers.flat()]
    .filter(({ personId, standing: how }) => named.includes(personId) && how !== 'out')
    .map(({ id }) => id);
  if (standing.length > 0)
    throw new Refusal({ code: 'PANEL_MEMBER_IS_CANDIDATE', rule: 'V1', values: { ids: standing } });
  const jointPanelId = await writeJointPanel(work, body, [work.id, ...others]);
  for (const id of others) work.tell(id);
  return takeSeats(work, body, candidates, jointPanelId);
};

async function takeSeats(
  work: Work,
  panel: Panel,
  candidates: readonly ApplicationRow[],
  jointPanelId: string | undefined,
): Promise<Move> {
  const ids = candidates.map(({ id }) => id);
  await replacePanel(work, panel, ids, jointPanelId);
  await work.finishTasks(work.id, 'namePanel');
  return goOn(work);
}

/** Refuses further runs for a panel unless each is of the same round and stage, and its panel is to be named. */
async function requireNaming(work: Work, caseIds: readonly string[]): Promise<void> {
  const { roundId, stage } = work.row!;
  const fitting = await work.db.case.findMany({
    where: { id: { in: [...caseIds] }, kind: 'panelReview', roundId, stage, step: 'naming', closedAt: null },
    select: { id: true },
  });
  const ids = caseIds.filter((id) => !fitting.some((each) => each.id === id));
  if (ids.length > 0) throw new Refusal({ code: 'PANEL_UNITS', rule: 'G2', values: { ids } });
}

/** A panel that was named for several runs takes its seats in this one, once. Rule G2. */
async function takeJointSeats(work: Work): Promise<Move | null> {
  const panel = await jointPanelOf(work.db, work.id);
  if (panel === null || work.row!.step !== 'naming') return null;
  const seated = await panelOf(work.db, work.id);
  if (seated.some(({ jointPanelId }) => jointPanelId === panel.id)) return null;
  const { candidates } = await runOf(work);
  return takeSeats(work, panel, candidates, panel.id);
}

/**
 * A member declares what stands between him and a candidate; he gives no points on him until the chair has decided.
 * Rules V1, G2.
 * @throws Refusal `NOT_ON_PANEL`, `NOT_IN_RUN`
 */
const declareConflict: Decision = async (
  work,
  body: { applicationId: string; kind: 'kinship' | 'mentor_pair' | 'same_school' | 'other'; reason: string },
) => {
  const { db, id: caseId, ownerId } = work;
  const personId = work.submission.actorId;
  await requireSeat(work, personId);
  const { candidates } = await runOf(work);
  requireInRun(candidates, [body.applicationId]);
  const { applicationId, kind, reason } = body;
  const where = { caseId_personId_applicationId_kind: { caseId, personId, applicationId, kind } };
  const known = await db.panelConflict.findUnique({ where });
  // What the rule has decided is not open to a decision.
  if (known?.decidedBy === 'rule') return {};
  const declared = { source: 'declared', reason };
  const open = { decision: null, decisionReason: null, decidedBy: null, decidedAt: null };
  await db.panelConflict.upsert({
    where,
    create: { ownerId, caseId, personId, applicationId, kind, ...declared },
    update: { ...declared, ...open },
  });
  return goOn(work);
};

/**
 * The chair decides on conflicts: the member stands aside for that candidate, or judges him, each with a reason. In a
 * round without a committee, and on the chair himself, the leading group decides. Rules V1, V3, G2.
 * @throws Refusal `OWN_CASE` on one's own conflict, `CONFLICT_UNKNOWN` for one that is not there
 */
const decideConflicts: Decision = async (
  work,
  body: {
    decisions: readonly { personId: string; applicationId: string; recused: boolean; reason: string }[];
  },
) => {
  const { db, id: caseId } = work;
  const { candidates } = await runOf(work);
  const actorId = work.submission.actorId;
  if (
    body.decisions.some(({ personId }) => personId === actorId) ||
    candidates.some(({ personId }) => personId === actorId)
  )
    throw new Refusal({ code: 'OWN_CASE', rule: 'V1' });
  for (const { personId, applicationId, recused, reason } of body.decisions) {
    const { count } = await db.panelConflict.updateMany({
      where: { caseId, personId, applicationId, OR: [{ decidedBy: null }, { decidedBy: { not: 'rule' } }] },
      data: {
        decision: recused ? 'recused' : 'judges',
        decisionReason: reason,
        decidedBy: work.decider.role,
        decidedAt: work.at,
      },
    });
    if (count === 0) throw new Refusal({ code: 'CONFLICT_UNKNOWN', rule: 'G2', values: { personId } });
  }
  return goOn(work);
};

/**
 * Somebody in reserve sits in a member's place, whose points no longer count. Rule G2.
 * @throws Refusal `NOT_ON_PANEL`, `NOT_IN_RESERVE`
 */
const seatReserve: Decision = async (work, body: { memberId: string; reserveId: string; reason: string }) => {
  const members = await panelOf(work.db, work.id);
  const seatOf = (personId: string) => members.find((member) => member.personId === personId)?.seat;
  if (seatOf(body.memberId) !== 'member') throw new Refusal({ code: 'NOT_ON_PANEL', rule: 'G2' });
  if (seatOf(body.reserveId) !== 'reserve') throw new Refusal({ code: 'NOT_IN_RESERVE', rule: 'G2' });
  await seatOnPanel(work, [
    { personId: body.memberId, seat: 'left', reason: body.reason },
    { personId: body.reserveId, seat: 'member', reason: body.reason },
  ]);
  await finishTaskOf(work, body.memberId);
  const { stage } = await runOf(work);
  const tasks = work.row!.step === 'judging' ? [await judgeTask(work, stage, body.reserveId)] : [];
  const move = await goOn(work);
  return { ...move, tasks: move.outcome ? [] : [...(move.tasks ?? []), ...(move.step ? [] : tasks)] };
};

/**
 * One judge's points, many candidates at once. When all who judge have given theirs, each candidate has the mean; who
 * reaches the scheme's least points goes on, and the others are out. Rules G2, G3.
 * @throws Refusal `NOT_ON_PANEL`, `NOT_IN_RUN`, `NAMED_TWICE`, `STANDS_ASIDE` with candidates on whom the judge has a
 *   conflict, `POINTS_OUT_OF_RANGE`
 */
const givePoints: Decision = async (
  work,
  body: { points: readonly { applicationId: string; hundredths: number }[] },
) => {
  const judgeId = work.submission.actorId;
  const members = await requireSeat(work, judgeId);
  const { stage, candidates } = await runOf(work);
  const ids = body.points.map(({ applicationId }) => applicationId);
  requireInRun(candidates, ids);
  for (const { hundredths } of body.points) refusePoints(stage, hundredths);
  const conflicts = await conflictsOfPanel(work.db, work.id);
  const aside = ids.filter((id) => !judgesFor(members, conflicts, id).includes(judgeId));
  if (aside.length > 0) throw new Refusal({ code: 'STANDS_ASIDE', rule: 'G2', values: { ids: aside } });
  await writePoints(work, judgeId, body.points);
  return goOn(work);
};

/**
 * Who carries the evaluation out records, for candidates and groups, how many gave how many points; no name is taken
 * down. When every group of the scheme has its counts for everybody, the results are there. Rule G4.
 * @throws Refusal `NOT_IN_RUN`, `OWN_CASE`, `EVALUATOR_UNKNOWN` for a group that the scheme does not name,
 *   `NAMED_TWICE`, `POINTS_OUT_OF_RANGE`
 */
const recordCounts: Decision = async (
  work,
  body: {
    counts: readonly { applicationId: string; who: string; points: readonly AnonymousCount[] }[];
  },
) => {
  const { stage, candidates } = await runOf(work);
  const keys = body.counts.map(({ applicationId, who }) => `${applicationId} ${who}`);
  const twice = keys.filter((key, position) => keys.indexOf(key) !== position);
  if (twice.length > 0) throw new Refusal({ code: 'NAMED_TWICE', rule: 'G4', values: { ids: twice } });
  requireInRun(candidates, [...new Set(body.counts.map(({ applicationId }) => applicationId))]);
  if (candidates.some(({ personId }) => personId === work.submission.actorId))
    throw new Refusal({ code: 'OWN_CASE', rule: 'V1' });
  const groups: readonly string[] = (stage.evaluators ?? []).map(({ who }) => who);
  for (const { who, points } of body.counts) {
    if (!groups.includes(who))
      throw new Refusal({ code: 'EVALUATOR_UNKNOWN', rule: 'G4', values: { who, groups: [...groups] } });
    for (const { hundredths } of points) refusePoints(stage, hundredths);
  }
  await writeCounts(
    work,
    body.counts.map(({ points, ...count }) => ({ ...count, counts: points })),
  );
  return goOn(work);
};

/** Where a run of an instrument begins: its panel is to be named, or its evaluation recorded. */
export async function instrumentStep(
  work: Work,
  policy: Policy,
  code: InstrumentCode,
  unit: string,
): Promise<{ step: string; organisationId: string; tasks: NewTask[] }> {
  const stage = stageOf(policy, code)!;
  const dueAt = await dueIn(work.db, work.today, stage.workingDays);
  const isSchools = stage.by === 'school' || stage.by === 'school_clerk';
  const bySchool = stage.groupBy?.length === 1 && stage.groupBy[0] === 'school' && isSchools;
  const organisationId = bySchool ? unit : work.ownerId;
  if (stage.evaluators === undefined) {
    const task = { role: 'office', organisationId: work.ownerId, actions: ['namePanel'], dueAt } as const;
    return { step: 'naming', organisationId: work.ownerId, tasks: [task] };
  }
  const role = bySchool ? 'school_clerk' : 'office';
  return {
    step: 'evaluating',
    organisationId,
    tasks: [{ role, organisationId, actions: ['recordCounts'], dueAt }],
  };
}

/** What follows from what is recorded so far: the judging begins, the run ends, or somebody is asked. */
async function goOn(work: Work): Promise<Move> {
  return work.row!.step === 'naming' ? startJudging(work) : endWhenJudged(work);
}

async function startJudging(work: Work): Promise<Move> {
  const { db } = work;
  const { policy, stage, candidates } = await runOf(work);
  const members = await panelOf(db, work.id);
  const seated = members.filter(({ seat }) => seat === 'member').map(({ personId }) => personId);
  if (seated.length === 0) return {};
  const conflicts = (await conflictsOfPanel(db, work.id)).filter(({ personId }) => seated.includes(personId));
  const open = conflicts.filter(({ decision }) => decision === null);
  const short = candidates
    .filter(({ id }) => judgesFor(members, conflicts, id).length < judgesNeeded(stage))
    .map(({ id }) => id);
  const result = {
    conflicts: open.map(({ personId, applicationId, kind }) => ({ personId, applicationId, kind })),
    tooFewJudges: short,
  };
  if (open.length > 0) return { tasks: await taskOnce(work, chairTask(work, policy, stage)), result };
  await work.finishTasks(work.id, 'decideConflicts');
  if (short.length > 0)
    return {
      tasks: await taskOnce(work, {
        role: 'office',
        organisationId: work.ownerId,
        actions: ['namePanel', 'seatReserve'],
        dueAt: await dueIn(db, work.today, stage.workingDays),
      }),
      result,
    };
  return {
    step: 'judging',
    tasks: await Promise.all(seated.map((personId) => judgeTask(work, stage, personId))),
    result,
  };
}

async function endWhenJudged(work: Work): Promise<Move> {
  const { db } = work;
  const { policy, stage, candidates } = await runOf(work);
  const ids = candidates.map(({ id }) => id);
  const results = await resultsOfRun(db, stage, work.id, ids);
  const missing = ids.filter((id) => results.get(id)!.missing.length > 0);
  if (stage.evaluators === undefined) {
    const members = await panelOf(db, work.id);
    const conflicts = await conflictsOfPanel(db, work.id);
    const judges = new Map(ids.map((id) => [id, judgesFor(members, conflicts, id)]));
    for (const { personId } of members)
      if (ids.every((id) => !results.get(id)!.missing.includes(personId))) await finishTaskOf(work, personId);
    const short = ids.filter((id) => judges.get(id)!.length < judgesNeeded(stage));
    const open = conflicts.some(
      ({ decision, personId }) =>
        decision === null &&
        members.some((member) => member.personId === personId && member.seat === 'member'),
    );
    if (!open) await work.finishTasks(work.id, 'decideConflicts');
    const asked = [
      ...(open ? await taskOnce(work, chairTask(work, policy, stage)) : []),
      ...(short.length > 0
        ? await taskOnce(work, {
            role: 'office',
            organisationId: work.ownerId,
            actions: ['seatReserve'],
            dueAt: await dueIn(db, work.today, stage.workingDays),
          })
        : []),
    ];
    if (open || short.length > 0) return { tasks: asked, result: { missing, tooFewJudges: short } };
    await work.finishTasks(work.id, 'seatReserve');
  }
  if (missing.length > 0) return { result: { missing } };
  const hasNoResult = candidates.filter(({ id }) => results.get(id)!.hundredths === null);
  await recordOutcomes(
    work,
    work.row!.roundId!,
    stage.code as InstrumentCode,
    candidates.flatMap(({ id: applicationId, standing }): StageOutcome[] => {
      const { hundredths, passed } = results.get(applicationId)!;
      const values = { stage: stage.code, required: stage.passPoints ?? null };
      if (passed === false) {
        const reason = { code: 'BELOW_PASS_POINTS', rule: 'G3', clause: stage.clause };
        const points = showPoints(hundredths!);
        return [{ applicationId, outcome: 'out', reason: { ...reason, values: { ...values, points } } }];
      }
      if (hundredths === null && stage.passPoints !== undefined) {
        const reason = { code: 'NO_RESULT', rule: 'G4', values, clause: stage.clause };
        return [{ applicationId, outcome: 'held', reason }];
      }
      return standing === 'running' ? [{ applicationId, outcome: 'on' }] : [];
    }),
  );
  return { outcome: 'judged', result: { withoutResult: hasNoResult.map(({ id }) => id) } };
}

/** Candidates may have left: what the others wait for may be there. */
export const attendInstrument: Transition = async (work) => {
  if (await nobodyIsLeft(work)) return { outcome: 'no_candidate_left' };
  const { result: _, ...move } = (await takeJointSeats(work)) ?? (await goOn(work));
  if (move.outcome !== undefined || move.step !== undefined) return move;
  return { ...move, ...(await remindOverdue(work)) };
};

async function runOf(
  work: Work,
): Promise<{ policy: Policy; stage: InstrumentStage; candidates: ApplicationRow[] }> {
  const policy = await policyOfRound(work.db, work.row!.roundId!);
  const code = instrumentCodes.find((each) => each === work.row!.stage)!;
  const candidates = (await candidatesOfRun(work.db, work.id)).filter(({ standing }) => standing !== 'out');
  return { policy, stage: stageOf(policy, code)!, candidates };
}

function judgesNeeded({ judges }: InstrumentStage): number {
  return judges ?? 1;
}

async function requireSeat(work: DecisionWork, personId: string) {
  const members = await panelOf(work.db, work.id);
  if (!members.some((member) => member.personId === personId && member.seat === 'member'))
    throw new Refusal({ code: 'NOT_ON_PANEL', rule: 'G2' });
  return members;
}

function requireInRun(candidates: readonly ApplicationRow[], ids: readonly string[]): void {
  const unknown = ids.filter((id) => !candidates.some((candidate) => candidate.id === id));
  if (unknown.length > 0) throw new Refusal({ code: 'NOT_IN_RUN', rule: 'P12', values: { ids: unknown } });
  const twice = ids.filter((id, position) => ids.indexOf(id) !== position);
  if (twice.length > 0) throw new Refusal({ code: 'NAMED_TWICE', rule: 'G3', values: { ids: twice } });
}

async function judgeTask(work: Work, stage: InstrumentStage, personId: string): Promise<NewTask> {
  const dueAt = await dueIn(work.db, work.today, stage.workingDays);
  const actions = ['givePoints', 'declareConflict'];
  return { role: 'teacher', organisationId: work.ownerId, personId, actions, dueAt };
}

async function chairTask(work: Work, policy: Policy, stage: InstrumentStage): Promise<NewTask> {
  return {
    role: policy.vote ? 'committee_chair' : 'leading_group',
    organisationId: work.ownerId,
    actions: ['decideConflicts'],
    dueAt: await dueIn(work.db, work.today, stage.workingDays),
  };
}

/** The task, unless one of its kind is open. */
async function taskOnce(work: Work, wanted: NewTask | Promise<NewTask>): Promise<NewTask[]> {
  const task = await wanted;
  const open = await work.db.task.count({
    where: { caseId: work.id, doneAt: null, actions: { has: task.actions.at(-1)! } },
  });
  return open > 0 ? [] : [task];
}

async function finishTaskOf(work: Work, personId: string): Promise<void> {
  await work.db.task.updateMany({
    where: { caseId: work.id, doneAt: null, personId },
    data: { doneAt: work.at },
  });
}

export const instrumentDecisions = {
  namePanel,
  declareConflict,
  decideConflicts,
  seatReserve,
  givePoints,
  recordCounts,
};

import { endOfDay } from '../domain/dates.js';
import { checkInvestigators, groupToRepeat, objectionRulesOf, type Finding } from '../domain/objection.js';
import { refusePersonalData } from '../domain/personal-data.js';
import type { Policy } from '../domain/policy.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import { pathOf, unitOf, type RunStage } from '../domain/stages.js';
import type { Prisma } from '../prisma/generated/client.js';
import { dueIn } from '../records/calendar.js';
import {
  candidatesOf,
  letGoOn,
  policyOfRound,
  recordOutcomes,
  type ApplicationRow,
} from '../records/candidates.js';
import type { NewTask } from '../records/cases.js';
import type { CaseRules, Decision, DecisionWork, Move, Transition, Work } from '../records/decide.js';
import {
  investigatorFacts,
  isHeldByObjection,
  lockedCandidate,
  objectionOf,
  updateObjection,
  type ObjectionRow,
} from '../records/objections.js';
import { membersWith } from '../records/people.js';
import { isDue, remindOverdue } from './reminders.js';
import { takeBackEmptySeats } from './vacant-seats.js';

/** Registered: the one candidate is held, where the scheme says so, and the office is to name investigators. Rules N8, N11. */
const register: Transition = async (work) => {
  const { objection, policy } = await situationOf(work);
  if (objection.handling === 'objection') await hold(work, objection, policy);
  return {
    step: 'assigning',
    tasks: [
      ...(await officeTask(work, 'assign', await dueBy(work, objection, 2))),
      ...(await withdrawalTask(work, objection)),
    ],
  };
};

/** Reminds of what is overdue; when the objection was withdrawn, the office is to end it or goes on. Rule N12. */
const attendObjection: Transition = async (work) => {
  const { objection } = await situationOf(work);
  const tasks = await withdrawalTask(work, objection);
  return { ...(await remindOverdue(work)), tasks };
};

/** The office names who investigates: at least two, without a conflict; again when one of them is prevented. Rule N10. */
const assign: Decision = async (work, body: { investigatorIds: readonly string[] }) => {
  const { objection, application } = await situationOf(work);
  refuseOwnCase(work, application);
  const notice = await work.db.notice.findUniqueOrThrow({ where: { id: objection.noticeId } });
  const ids = [...new Set(body.investigatorIds)];
  checkInvestigators(await investigatorFacts(work, ids), {
    personId: application.personId,
    schoolId: application.schoolId,
    noticeBy: [notice.authorId, notice.approverId].filter((id) => id !== null),
  });
  await updateObjection(work.db, work.id, { investigatorIds: ids, summary: null, summaryById: null });
  await work.finishTasks(work.id, 'assign');
  await work.finishTasks(work.id, 'summarise');
  await work.finishTasks(work.id, 'confirmSummary');
  const actions = objection.handling === 'clue' ? ['judgeClue'] : ['summarise'];
  return {
    step: 'investigating',
    tasks: [
      ...(await investigatorTasks(work, { ...objection, investigatorIds: ids }, actions)),
      ...(await withdrawalTask(work, objection, work.row!.step !== 'investigating')),
    ],
  };
};

/**
 * An investigator judges an anonymous objection: concrete and to be checked, it is investigated like a named one and
 * holds the candidate from now on; otherwise it ends here. Rule N8.
 */
const judgeClue: Decision = async (work, body: { isSpecific: boolean; reason: string }) => {
  const { objection, policy } = await situationOf(work);
  if (objection.handling !== 'clue')
    throw new Refusal({ code: 'NO_CLUE', rule: 'N8', values: { handling: objection.handling } });
  if (!body.isSpecific) return { outcome: 'not_specific' };
  await updateObjection(work.db, work.id, { handling: 'objection' });
  await hold(work, objection, policy);
  await work.finishTasks(work.id, 'judgeClue');
  return { tasks: await investigatorTasks(work, objection, ['summarise']) };
};

/** An investigator writes what is held against the candidate, so that it does not tell who wrote it. Rule N10. */
const summarise: Decision = async (work, body: { text: string }) => {
  const { objection } = await situationOf(work);
  if (objection.handling === 'clue') throw new Refusal({ code: 'CLUE_NOT_JUDGED', rule: 'N8' });
  refusePersonalData({ '$.text': body.text });
  const summaryById = work.submission.actorId;
  await updateObjection(work.db, work.id, { summary: body.text, summaryById });
  await work.finishTasks(work.id, 'summarise');
  await work.finishTasks(work.id, 'confirmSummary');
  const others = objection.investigatorIds.filter((id) => id !== summaryById);
  const confirming = { ...objection, investigatorIds: others };
  return { tasks: await investigatorTasks(work, confirming, ['confirmSummary', 'summarise']) };
};

/** A second investigator confirms the summary; the candidate is asked to answer it in writing. Rule N10. */
const confirmSummary: Decision = async (work) => {
  const { objection, application } = await situationOf(work);
  if (objection.summary === null) throw new Refusal({ code: 'SUMMARY_MISSING', rule: 'N10' });
  if (objection.summaryById === work.submission.actorId)
    throw new Refusal({ code: 'SUMMARY_OWN', rule: 'N10' });
  const dueAt = await dueBy(work, objection, 3);
  work.notify(application.personId, 'OBJECTION_HEARING', { until: dueAt.toISOString() });
  return {
    step: 'hearing',
    tasks: [
      {
        role: 'teacher',
        organisationId: application.schoolId,
        personId: application.personId,
        actions: ['answer'],
        dueAt,
      },
      ...(await withdrawalTask(work, objection, true)),
    ],
    wakeAt: dueAt,
  };
};

/** The candidate answers the summary. Rule N10. */
const answer: Decision = async (work, body: { text: string }) => {
  await updateObjection(work.db, work.id, { answer: body.text });
  return inquire(work);
};

/** The days for the answer are over. */
const endHearing: Transition = async (work) =>
  isDue(work) ? inquire(work) : { tasks: await withdrawalTask(work, await objectionOf(work.db, work.id)) };

async function inquire(work: Work): Promise<Move> {
  const objection = await objectionOf(work.db, work.id);
  const tasks = await investigatorTasks(work, objection, ['report']);
  return { step: 'inquiry', tasks: [...tasks, ...(await withdrawalTask(work, objection, true))] };
}

/** An investigator reports the facts that were found, and what the investigators propose. Rule N10. */
const report: Decision = async (work, body: { facts: string; proposal: string }) => {
  const objection = await objectionOf(work.db, work.id);
  const { facts, proposal } = body;
  refusePersonalData({ '$.facts': facts, '$.proposal': proposal });
  await updateObjection(work.db, work.id, { report: { facts, proposal } });
  const dueAt = await dueBy(work, objection, 2);
  return {
    step: 'ruling',
    tasks: [leadingGroupTask(work, 'decide', dueAt), ...(await withdrawalTask(work, objection, true))],
  };
};

/**
 * The leading group decides with facts, rule, result and the right of review. Dismissed, the candidate goes on at once;
 * sustained, the candidate stays held until nobody can ask for a review any more. Rule N12.
 */
const decide: Decision = async (work, body: Finding) => {
  const { objection, application, policy } = await situationOf(work);
  refuseOwnCase(work, application);
  const finding = await checkedFinding(work, policy, application, body);
  const { reviewWorkingDays } = objectionRulesOf(policy);
  await updateObjection(work.db, work.id, { finding, decidedOn: work.today });
  if (body.outcome === 'dismissed') await release(work, objection);
  if (reviewWorkingDays === 0) return conclude(work);
  const reviewUntil = await dueIn(work.db, work.today, reviewWorkingDays);
  await updateObjection(work.db, work.id, { reviewUntil });
  work.notify(application.personId, 'OBJECTION_DECIDED', {
    outcome: body.outcome,
    until: reviewUntil.toISOString(),
  });
  return {
    step: 'appealing',
    tasks: [
      {
        role: 'teacher',
        organisationId: application.schoolId,
        personId: application.personId,
        actions: ['requestReview'],
        dueAt: reviewUntil,
      },
    ],
    wakeAt: reviewUntil,
    result: { reviewUntil: reviewUntil.toISOString() },
  };
};

/** The candidate asks for a review. Rule N12. */
const requestReview: Decision = async (work, _body: { reason: string }) => review(work);

/** The one who objected asks for a review, or the days for it are over and the decision takes its effect. Rule N12. */
const endAppeal: Transition = async (work) => {
  const { reviewBoxed } = await objectionOf(work.db, work.id);
  if (reviewBoxed !== null) return review(work);
  return isDue(work) ? conclude(work) : {};
};

async function review(work: Work): Promise<Move> {
  const dueAt = await dueIn(work.db, work.today, 5);
  return { step: 'reviewing', tasks: [leadingGroupTask(work, 'decideReview', dueAt)] };
}

/** The leading group decides after the review; that is final here, and takes its effect at once. Rule N12. */
const decideReview: Decision = async (work, body: Finding) => {
  const { application, policy } = await situationOf(work);
  refuseOwnCase(work, application);
  const finding = await checkedFinding(work, policy, application, body);
  await updateObjection(work.db, work.id, { finding, decidedOn: work.today });
  work.notify(application.personId, 'OBJECTION_REVIEWED', { outcome: body.outcome });
  return conclude(work);
};

/** The head gives the investigation more days, once. Rule N9. */
const extendInvestigation: Decision = async (work, _body: { reason: string }) => {
  const { objection, policy } = await situationOf(work);
  const { extensionWorkingDays } = objectionRulesOf(policy);
  if (objection.isExtended || extensionWorkingDays === 0)
    throw new Refusal({ code: 'EXTENDED_ALREADY', rule: 'N9', values: { days: extensionWorkingDays } });
  const lastDay = new Date(objection.investigateBy.getTime() + 8 * 3_600_000 - 1).toISOString().slice(0, 10);
  const investigateBy = await dueIn(work.db, lastDay, extensionWorkingDays);
  await updateObjection(work.db, work.id, { isExtended: true, investigateBy });
  await work.db.task.updateMany({
    where: {
      caseId: work.id,
      doneAt: null,
      actions: { hasSome: ['summarise', 'judgeClue', 'report', 'decide'] },
    },
    data: { dueAt: investigateBy },
  });
  return { result: { investigateBy: investigateBy.toISOString() } };
};

/** The office ends what was withdrawn; it need not. Rule N12. */
const acceptWithdrawal: Decision = async (work) => {
  const { objection, application } = await situationOf(work);
  refuseOwnCase(work, application);
  if (objection.withdrawnAt === null) throw new Refusal({ code: 'NOT_WITHDRAWN', rule: 'N12' });
  await release(work, objection);
  return { outcome: 'withdrawn' };
};

/** The decision takes its effect on the one candidate, or for a wrong step on the group. Rules N11, N12, N13. */
async function conclude(work: Work): Promise<Move> {
  const { objection, application, policy } = await situationOf(work);
  const { outcome, redo } = objection.finding as unknown as Finding;
  if (outcome === 'dismissed') {
    await release(work, objection);
    return { outcome };
  }
  if (objection.handling === 'complaint' || application.standing === 'chosen')
    await tellOffice(work, outcome);
  else if (outcome === 'sustained') await putOut(work, objection, policy);
  else await repeat(work, objection, policy, redo!);
  return { outcome };
}

/** What stops nothing any more is for the office, which ends a training or revokes a title by its own decision. */
async function tellOffice(work: Work, outcome: string): Promise<void> {
  for (const { personId } of await membersWith(work.db, 'office', work.today, {
    organisationId: work.ownerId,
  }))
    work.notify(personId, 'OBJECTION_SUSTAINED_LATE', { outcome });
}

async function putOut(work: Work, objection: ObjectionRow, policy: Policy): Promise<void> {
  const application = await lockedCandidate(work.db, objection.applicationId);
  const reason: Reason = {
    code: 'OUT_BY_OBJECTION',
    rule: 'N12',
    values: { decidedOn: objection.decidedOn },
    clause: policy.objection?.clause,
  };
  await updateObjection(work.db, work.id, { isHolding: false });
  await recordOutcomes(work, application.roundId, application.stage as RunStage, [
    { applicationId: application.id, outcome: 'out', reason },
  ]);
  await tellRuns(work, [application.id]);
}

/** The group goes back to the stage; what it was given there and since counts no more. */
async function repeat(work: Work, objection: ObjectionRow, policy: Policy, stage: RunStage): Promise<void> {
  const { db } = work;
  const application = await lockedCandidate(db, objection.applicationId);
  await updateObjection(db, work.id, { isHolding: false });
  const round = await db.case.findUniqueOrThrow({ where: { id: application.roundId } });
  if (application.standing === 'out' || round.closedAt) return tellOffice(work, 'sustained_procedural');
  const group = groupToRepeat(policy, stage, application, await candidatesOf(db, application.roundId));
  const ids = group.map(({ id }) => id);
  await tellRuns(work, ids);
  for (const each of group) {
    const path = pathOf(policy, each.entry);
    await db.stageEntry.updateMany({
      where: { applicationId: each.id, stage: { in: path.slice(path.indexOf(stage)) } },
      data: { outcome: 'redone', endedAt: work.at },
    });
    await work.finishTasks(each.id, 'decideEligibility');
    const isFree =
      each.standing !== 'held' ||
      (heldCode(each) === 'OBJECTION_OPEN' && !(await isHeldByObjection(db, each.id)));
    await db.application.update({
      where: { id: each.id },
      data: { stage, reservePlace: null, ...(isFree && { standing: 'waiting' }) },
    });
  }
  const path = pathOf(policy, application.entry);
  if (path.indexOf('differential_vote') >= path.indexOf(stage))
    for (const unit of new Set(group.map((each) => unitOf(policy, 'differential_vote', each))))
      await takeBackEmptySeats(work, policy, application.roundId, unit);
  work.tell(application.roundId);
}

async function hold(work: Work, objection: ObjectionRow, policy: Policy): Promise<void> {
  if (objectionRulesOf(policy).whilePending === 'continue') return;
  const application = await lockedCandidate(work.db, objection.applicationId);
  if (!['waiting', 'running', 'held', 'reserve'].includes(application.standing)) return;
  await updateObjection(work.db, work.id, { isHolding: true });
  // Who is on the reserve list stays there, and is held when called.
  if (application.standing === 'held' || application.standing === 'reserve') return;
  const heldReason: Reason = { code: 'OBJECTION_OPEN', rule: 'N11', clause: policy.objection?.clause };
  await work.db.application.update({
    where: { id: application.id },
    data: { standing: 'held', heldReason: heldReason as unknown as Prisma.InputJsonObject },
  });
  work.tell(application.roundId);
}

async function release(work: Work, objection: ObjectionRow): Promise<void> {
  const application = await lockedCandidate(work.db, objection.applicationId);
  await updateObjection(work.db, work.id, { isHolding: false });
  if (application.standing !== 'held' || heldCode(application) !== 'OBJECTION_OPEN') return;
  if (await isHeldByObjection(work.db, application.id, work.id)) return;
  await letGoOn(work, application);
}

function heldCode({ heldReason }: ApplicationRow): string | undefined {
  return (heldReason as unknown as Reason | null)?.code;
}

async function tellRuns(work: Work, applicationIds: readonly string[]): Promise<void> {
  const entries = await work.db.stageEntry.findMany({
    where: { applicationId: { in: [...applicationIds] } },
    orderBy: { startedAt: 'desc' },
  });
  for (const { caseId } of entries) work.tell(caseId);
}

async function checkedFinding(
  work: Work,
  policy: Policy,
  application: ApplicationRow,
  { outcome, facts, rule, result, redo }: Finding,
): Promise<Prisma.InputJsonObject> {
  refusePersonalData({ '$.facts': facts, '$.rule': rule, '$.result': result });
  if (outcome !== 'sustained_procedural') return { outcome, facts, rule, result };
  groupToRepeat(policy, redo, application, await candidatesOf(work.db, application.roundId));
  return { outcome, facts, rule, result, redo: redo! };
}

/** Nobody decides on an objection against oneself. Rule S8. */
function refuseOwnCase(work: DecisionWork, { personId }: ApplicationRow): void {
  if (personId === work.submission.actorId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
}

async function situationOf(
  work: Work,
): Promise<{ objection: ObjectionRow; application: ApplicationRow; policy: Policy }> {
  const objection = await objectionOf(work.db, work.id);
  const application = await work.db.application.findUniqueOrThrow({ where: { id: objection.applicationId } });
  return { objection, application, policy: await policyOfRound(work.db, application.roundId) };
}

/** The end of so many working days, but not after the day by which the investigation must be over, unless that is past. */
async function dueBy(work: Work, { investigateBy }: ObjectionRow, workingDays: number): Promise<Date> {
  const own = await dueIn(work.db, work.today, workingDays);
  return investigateBy > work.at && investigateBy < own ? investigateBy : own;
}

async function investigatorTasks(
  work: Work,
  { investigatorIds, investigateBy }: Pick<ObjectionRow, 'investigatorIds' | 'investigateBy'>,
  actions: readonly string[],
): Promise<NewTask[]> {
  const dueAt = investigateBy > work.at ? investigateBy : new Date(endOfDay(work.today));
  return investigatorIds.map((personId) => ({
    role: 'investigator',
    organisationId: work.ownerId,
    personId,
    actions,
    dueAt,
  }));
}

async function officeTask(work: Work, action: string, dueAt: Date): Promise<NewTask[]> {
  return [{ role: 'office', organisationId: work.ownerId, actions: [action], dueAt }];
}

function leadingGroupTask(work: Work, action: string, dueAt: Date): NewTask {
  return { role: 'leading_group', organisationId: work.ownerId, actions: [action], dueAt };
}

/** The office's task to end what was withdrawn; a step that is left takes it along. */
async function withdrawalTask(work: Work, objection: ObjectionRow, isNewStep = false): Promise<NewTask[]> {
  if (objection.withdrawnAt === null) return [];
  const asked = await work.db.task.count({
    where: { caseId: work.id, doneAt: null, actions: { has: 'acceptWithdrawal' } },
  });
  if (asked > 0 && !isNewStep) return [];
  return officeTask(work, 'acceptWithdrawal', await dueIn(work.db, work.today, 2));
}

export const objectionRules: CaseRules = {
  decisions: {
    assign,
    judgeClue,
    summarise,
    confirmSummary,
    answer,
    report,
    decide,
    requestReview,
    decideReview,
    extendInvestigation,
    acceptWithdrawal,
  },
  transitions: { register, attendObjection, endHearing, endAppeal },
};

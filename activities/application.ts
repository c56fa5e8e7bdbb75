import { checkEligibility, contestEntry, refuseIfNotEligible, type Finding } from '../domain/eligibility.js';
import { endOfDay } from '../domain/dates.js';
import { stageOf, type Policy } from '../domain/policy.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import { pathOf, type RunStage } from '../domain/stages.js';
import type { Prisma } from '../prisma/generated/client.js';
import { dueIn } from '../records/calendar.js';
import {
  createApplication,
  isLastOfUnit,
  placesTaken,
  policyOfRound,
  recordOutcomes,
  type ApplicationRow,
} from '../records/candidates.js';
import type { CaseRules, Decision, DecisionWork, Move, Transition, Work } from '../records/decide.js';
import { factsOf } from '../records/facts.js';
import { policyById } from '../records/policies.js';
import { plannedDays } from '../records/rounds.js';

/** What a teacher fills in. */
export interface ApplicationForm {
  readonly roundId: string;
  readonly rank: string;
  readonly statement: string;
  /** The teacher agrees to the public notice (D4); without it nobody can take part. */
  readonly agreesToNotice: true;
  /** Why it comes after the closing hour (补报); only the office can accept that. */
  readonly lateReason?: string;
}

/**
 * A teacher applies for a rank. Hard conditions refuse at once, with every one that is not met; what people must
 * judge is left to the eligibility check. Rules E1–E15, R0.8.
 */
const submit: Decision = async (work, body: ApplicationForm) => {
  const { round, policy } = await openRound(work, body);
  const entry = policy.entries.application;
  const open = (entry?.ranks ?? []).filter((rank) => rank in (round.places as object));
  if (!entry || !open.includes(body.rank))
    throw new Refusal({ code: 'RANK_NOT_OPEN', rule: 'E1', values: { rank: body.rank, open } });
  const facts = await factsOf(work.db, work.decider.personId!, work.today);
  const findings = checkEligibility({ policy, rank: body.rank, facts, cutOff: round.cutOff, on: work.today });
  refuseIfNotEligible(findings);
  return enter(work, policy, {
    ...body,
    entry: 'application',
    facts,
    findings,
    slots: entry.ranksPerPersonPerRound,
  });
};

/** A first prize makes a formal candidate directly; the conditions that the entry keeps are checked. Rules P10, E15. */
const enterByContest: Decision = async (work, body: Omit<ApplicationForm, 'rank'>) => {
  const { round, policy } = await openRound(work, body);
  const facts = await factsOf(work.db, work.decider.personId!, work.today);
  const { rank, evidence } = contestEntry({ policy, facts, cutOff: round.cutOff, on: work.today });
  const findings = checkEligibility({
    policy,
    rank,
    facts,
    cutOff: round.cutOff,
    on: work.today,
    only: policy.entries.contest!.conditions,
  });
  refuseIfNotEligible(findings);
  await requireFreePlace(work, policy, round.id, rank);
  const slots = policy.entries.application?.ranksPerPersonPerRound ?? 1;
  return enter(work, policy, {
    ...body,
    rank,
    entry: 'contest',
    entryEvidenceId: evidence.id,
    facts,
    findings,
    slots,
  });
};

/**
 * A direct entrant takes one of the rank's places; once the seats of the vote are approved, or in a scheme without a vote
 * the list is, there may be none left. Rule Q9.
 */
async function requireFreePlace(work: Work, policy: Policy, roundId: string, rank: string): Promise<void> {
  const { places } = await work.db.round.findUniqueOrThrow({
    where: { id: roundId },
    select: { places: true },
  });
  const seats = await work.db.seatQuota.findMany({ where: { roundId, rank } });
  const taken = await placesTaken(work.db, policy, roundId, rank);
  const seated = stageOf(policy, 'differential_vote')
    ? taken.filter(({ entry }) => entry === 'contest').length
    : taken.length;
  const total = (places as Record<string, number>)[rank] ?? 0;
  const given = seats.reduce((sum, quota) => sum + quota.seats, seated);
  if (given >= total)
    throw new Refusal({ code: 'PLACES_FULL', rule: 'Q9', values: { rank, places: total, taken: given } });
}

/** The round, when it still takes applications; after the closing hour only the office can, with a reason. */
async function openRound(work: DecisionWork, body: { roundId: string; lateReason?: string }) {
  const found = await work.db.case.findFirst({ where: { id: body.roundId, kind: 'selectionRound' } });
  if (found === null) throw new Refusal({ code: 'ROUND_UNKNOWN', values: { roundId: body.roundId } });
  const round = await work.db.round.findUniqueOrThrow({ where: { id: body.roundId } });
  const policy = await policyById(work.db, round.policyId);
  const closesAt = endOfDay(round.applyUntil, stageOf(policy, 'application')?.closesAt);
  const isLate = work.submission.receivedAt.toISOString() >= closesAt || found.step !== 'applications';
  const isAccepted = body.lateReason !== undefined && work.decider.recordedByRole === 'office';
  if (found.closedAt !== null || (isLate && !isAccepted))
    throw new Refusal({ code: 'APPLICATIONS_CLOSED', rule: 'R0.8', values: { closedAt: closesAt } });
  return { round, policy };
}

async function enter(
  work: DecisionWork,
  policy: Policy,
  form: Omit<ApplicationForm, 'lateReason'> & {
    readonly entry: 'application' | 'contest';
    readonly entryEvidenceId?: string;
    readonly facts: object;
    readonly findings: readonly Finding[];
    readonly slots: number;
  },
): Promise<Move> {
  const { db, id, decider } = work;
  const person = await db.person.findUniqueOrThrow({ where: { id: decider.personId! } });
  if (person.subject === null) throw new Refusal({ code: 'NO_SUBJECT', rule: 'E4' });
  await createApplication(work, {
    id,
    roundId: form.roundId,
    personId: person.id,
    schoolId: person.schoolId,
    rank: form.rank,
    subject: person.subject,
    teachingStage: person.stages[0] ?? '',
    entry: form.entry,
    entryEvidenceId: form.entryEvidenceId ?? null,
    statement: form.statement,
    stage: pathOf(policy, form.entry)[0]!,
    slots: form.slots,
    facts: form.facts as Prisma.InputJsonObject,
    findings: form.findings as unknown as Prisma.InputJsonArray,
  });
  work.open({
    id,
    kind: 'application',
    organisationId: person.schoolId,
    roundId: form.roundId,
    rank: form.rank,
    subject: person.subject,
    step: 'underway',
    // The round carries it from here; the office owes an outcome by the time that the scheme's stages add up to.
    waitingFor: 'office',
    dueAt: await dueIn(db, work.today, plannedDays(policy)),
    wakeAt: null,
  });
  work.tell(form.roundId);
  return { result: { applicationId: id } };
}

/** The teacher completes the materials (补正), or corrects them while the stage has not begun. Facts are frozen anew. */
const amend: Decision = async (work, body: { statement: string }) => {
  const application = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  if (work.row!.step !== 'correction' && application.standing !== 'waiting')
    throw new Refusal({ code: 'AMEND_NOT_NOW', rule: 'S3', values: { stage: application.stage } });
  await work.db.application.update({ where: { id: work.id }, data: { statement: body.statement } });
  return work.row!.step === 'correction' ? takeUpAgain(work, application) : {};
};

/** The teacher withdraws; the places that the application took are free again. */
const withdraw: Decision = async (work, body: { reason?: string }) => {
  const application = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  const stage = application.stage as RunStage;
  await recordOutcomes(work, application.roundId, stage, [
    {
      applicationId: work.id,
      outcome: 'out',
      reason: { code: 'WITHDRAWN', rule: 'S1', values: { reason: body.reason ?? null } },
    },
  ]);
  await tellRun(work);
  return { outcome: 'withdrawn' };
};

/** The office sends the materials back to be completed by a day. */
const returnForCorrection: Decision = async (work, body: { what: string; until: string }) => {
  const application = await inEligibilityCheck(work);
  const dueAt = new Date(endOfDay(body.until));
  if (dueAt <= work.at) throw new Refusal({ code: 'DATE_PAST', rule: 'R0.8', values: { date: body.until } });
  await setStanding(work, 'held', {
    code: 'RETURNED_FOR_CORRECTION',
    rule: 'W3',
    values: { what: body.what, until: body.until },
  });
  work.notify(application.personId, 'RETURNED_FOR_CORRECTION', { what: body.what, until: body.until });
  return {
    step: 'correction',
    tasks: [
      {
        role: 'teacher',
        organisationId: application.schoolId,
        personId: application.personId,
        actions: ['amend', 'withdraw'],
        dueAt,
      },
    ],
  };
};

/** Corrected, or the day has passed: the office decides on what there is. */
const endCorrection: Transition = async (work) => {
  const application = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  if (application.standing === 'out') return { outcome: 'out' };
  if (work.row.wakeAt && work.row.wakeAt > work.at) return {};
  return takeUpAgain(work, application);
};

/** The materials as they stand now are checked again; the office has the case on its table. */
async function takeUpAgain(work: Work, application: ApplicationRow): Promise<Move> {
  const policy = await policyOfRound(work.db, application.roundId);
  const round = await work.db.round.findUniqueOrThrow({ where: { id: application.roundId } });
  const facts = await factsOf(work.db, application.personId, work.today);
  const findings = checkEligibility({
    policy,
    rank: application.rank,
    facts,
    cutOff: round.cutOff,
    on: work.today,
  });
  await work.db.application.update({
    where: { id: work.id },
    data: {
      standing: 'running',
      heldReason: undefined,
      facts: facts as unknown as Prisma.InputJsonObject,
      findings: findings as unknown as Prisma.InputJsonArray,
    },
  });
  return { step: 'underway', tasks: [await eligibilityTask(work, policy)] };
}

/**
 * The office confirms the check of the conditions, those that people judge included, or refuses with a reason: a
 * machine's finding alone decides nothing. Rules E13, E14.
 */
const decideEligibility: Decision = async (
  work,
  body: { outcome: 'eligible' | 'not_eligible'; confirmed: readonly string[]; reason?: string },
) => {
  const application = await inEligibilityCheck(work);
  const policy = await policyOfRound(work.db, application.roundId);
  const findings = application.findings as unknown as readonly Finding[];
  const toJudge = findings
    .filter((finding) => finding.outcome === 'judge')
    .map((finding) => String(finding.required));
  const open = toJudge.filter((condition) => !body.confirmed.includes(condition));
  if (body.outcome === 'eligible' && open.length > 0)
    throw new Refusal({ code: 'CONDITIONS_NOT_CONFIRMED', rule: 'E13', values: { conditions: open } });
  if (body.outcome === 'not_eligible' && !body.reason)
    throw new Refusal({ code: 'REASON_MISSING', rule: 'E13' });
  const isLast = await isLastOfUnit(work, policy, application);
  const reason: Reason = {
    code: 'FOUND_NOT_ELIGIBLE',
    rule: 'E13',
    values: { reason: body.reason ?? null },
    clause: stageOf(policy, application.stage as 'eligibility_check')?.clause,
  };
  await recordOutcomes(
    work,
    application.roundId,
    application.stage as RunStage,
    [
      body.outcome === 'eligible'
        ? { applicationId: work.id, outcome: 'on' }
        : { applicationId: work.id, outcome: 'out', reason },
    ],
    { tellRound: isLast },
  );
  await work.finishTasks(work.id, 'decideEligibility');
  return body.outcome === 'eligible' ? { waitingFor: 'office' } : { outcome: 'not_eligible' };
};

async function inEligibilityCheck(work: DecisionWork): Promise<ApplicationRow> {
  const application = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  if (application.stage !== 'eligibility_check' || !['running', 'held'].includes(application.standing))
    throw new Refusal({
      code: 'WRONG_STAGE',
      rule: 'S3',
      values: { stage: application.stage, standing: application.standing, allowed: ['eligibility_check'] },
    });
  return application;
}

/** The task of the office to check one application. */
export async function eligibilityTask(work: Work, policy: Policy) {
  return {
    role: 'office' as const,
    organisationId: work.ownerId,
    actions: ['decideEligibility', 'returnForCorrection'],
    dueAt: await dueIn(work.db, work.today, stageOf(policy, 'eligibility_check')?.workingDays),
  };
}

/** The office holds one candidate for a reason; the others go on. Rule N11. */
const hold: Decision = async (work, body: { reason: string }) => {
  const application = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  if (!['waiting', 'running'].includes(application.standing))
    throw new Refusal({ code: 'HOLD_NOT_NOW', rule: 'N11', values: { standing: application.standing } });
  await setStanding(work, 'held', { code: 'HELD_BY_OFFICE', rule: 'N11', values: { reason: body.reason } });
  work.tell(application.roundId);
  return {};
};

/**
 * The office frees a held candidate. A run that is still going on has it again; one that has ended meanwhile, such as
 * a notice whose days are over, lets it go on by itself, in a batch of its own. Rules N11, N12, P12.
 */
const free: Decision = async (work, body: { reason: string }) => {
  const application = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  if (application.standing !== 'held')
    throw new Refusal({ code: 'NOT_HELD', rule: 'N11', values: { standing: application.standing } });
  const entry = await work.db.stageEntry.findFirst({ where: { applicationId: work.id, endedAt: null } });
  const run = entry && (await work.db.case.findUnique({ where: { id: entry.caseId } }));
  if (entry && run?.closedAt)
    await recordOutcomes(work, application.roundId, application.stage as RunStage, [
      { applicationId: work.id, outcome: 'on' },
    ]);
  else {
    await setStanding(work, entry ? 'running' : 'waiting');
    work.tell(application.roundId);
  }
  return { result: { reason: body.reason } };
};

async function setStanding(work: Work, standing: string, heldReason?: Reason): Promise<void> {
  await work.db.application.update({
    where: { id: work.id },
    data: { standing, heldReason: heldReason as unknown as Prisma.InputJsonObject | undefined },
  });
}

async function tellRun(work: Work): Promise<void> {
  const entries = await work.db.stageEntry.findMany({
    where: { applicationId: work.id },
    orderBy: { startedAt: 'desc' },
    take: 1,
  });
  for (const { caseId } of entries) work.tell(caseId);
}

/** Ends the case once its outcome is known: formal candidate, out, or on the reserve list of a round that is over. */
const concludeApplication: Transition = async (work) => {
  const application = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  const { standing, reason, personId } = application;
  if (standing === 'chosen') {
    work.notify(personId, 'APPLICATION_CHOSEN', { rank: application.rank });
    return { outcome: 'formal_candidate' };
  }
  if (standing === 'out') {
    work.notify(personId, 'APPLICATION_NOT_CHOSEN', {
      rank: application.rank,
      code: (reason as unknown as Reason | null)?.code ?? '',
    });
    return { outcome: 'out' };
  }
  const round = await work.db.case.findUniqueOrThrow({ where: { id: application.roundId } });
  return standing === 'reserve' && round.closedAt ? { outcome: 'reserve' } : {};
};

export const applicationRules: CaseRules = {
  decisions: { submit, enterByContest, amend, withdraw, returnForCorrection, decideEligibility, hold, free },
  transitions: { concludeApplication, endCorrection },
};

import {
  checkEligibility,
  contestEntry,
  reasonsKept,
  reasonsOf,
  refuseIfNotEligible,
  withReasons,
  type Finding,
} from '../domain/eligibility.js';
import { endOfDay } from '../domain/dates.js';
import { ranksWithPlaces, stageOf, type Policy } from '../domain/policy.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import { nominatingStage, pathOf, type RunStage } from '../domain/stages.js';
import type { Prisma } from '../prisma/generated/client.js';
import { refuseSelfScore } from '../domain/scoring.js';
import { seatsNow } from '../domain/vote.js';
import { dueIn } from '../records/calendar.js';
import {
  createApplication,
  isLastOfUnit,
  letGoOn,
  lockPlaces,
  lockPrizes,
  placesTaken,
  policyOfRound,
  recordOutcomes,
  type ApplicationRow,
} from '../records/candidates.js';
import type { NewTask } from '../records/cases.js';
import type { CaseRules, Decision, DecisionWork, Move, Transition, Work } from '../records/decide.js';
import { conditionsOn, factsOf } from '../records/facts.js';
import { isHeldByObjection } from '../records/objections.js';
import { policyById } from '../records/policies.js';
import { plannedDays } from '../records/rounds.js';
import { quotaOf, takePlaces } from '../records/school-reviews.js';
import { selectionOf } from '../records/supplements.js';
import { remindOverdue } from './reminders.js';
import { keepToLimits } from './school-review.js';

/** What a teacher fills in. */
export interface ApplicationForm {
  readonly roundId: string;
  readonly rank: string;
  readonly statement: string;
  /** The teacher agrees to the public notice (D4); without it nobody can take part. */
  readonly agreesToNotice: true;
  /** Why the teacher stands although a condition that is 原则上 is not met (R0.3), by condition. */
  readonly reasons?: Readonly<Record<string, string>>;
  /** What the conditions say against it is to be confirmed, or not, by a person (E15). */
  readonly asksForReview?: true;
  /** Why it comes after the closing hour (补报); only the office can accept that. */
  readonly lateReason?: string;
}

/**
 * A teacher applies for a rank. Hard conditions refuse at once, with every one that is not met; those that are 原则上
 * ask for a written reason; what people must judge is left to the eligibility check. Who asks that a person look at what
 * the machine has found is held until the office has confirmed it or not. Rules E1–E15, R0.3, R0.8.
 */
const submit: Decision = async (work, body: ApplicationForm) => {
  const { round, policy } = await openRound(work, body);
  const { application, supplement } = policy.entries;
  const isSupplement = round.supplementsId !== null;
  const ranks = application?.ranks ?? (isSupplement ? ranksWithPlaces(policy) : []);
  const open = ranks.filter((rank) => rank in (round.places as object));
  if (!open.includes(body.rank))
    throw new Refusal({ code: 'RANK_NOT_OPEN', rule: 'E1', values: { rank: body.rank, open } });
  if (isSupplement)
    await refuseTrainee(
      work,
      round.supplementsId!,
      body.rank,
      supplement?.clause ?? policy.dynamic?.supplement?.clause,
    );
  const entry = isSupplement ? 'supplement' : 'application';
  const applicant = { personId: work.decider.personId!, rank: body.rank, entry };
  const { facts, findings } = await conditionsOn(work.db, policy, applicant, round, work.today);
  if (!body.asksForReview) refuseIfNotEligible(findings);
  return enter(work, policy, {
    ...body,
    entry,
    facts,
    cutOff: round.cutOff,
    findings: withReasons(findings, body.reasons ?? {}),
    slots: application?.ranksPerPersonPerRound ?? 1,
  });
};

/**
 * A first prize makes a formal candidate directly; the conditions that the entry keeps are checked. The entrant too may ask
 * that a person look at what the machine has found. Rules P10, E15.
 */
const enterByContest: Decision = async (work, body: Omit<ApplicationForm, 'rank'>) => {
  const { round, policy } = await openRound(work, body);
  refuseInSupplement(round, 'contest');
  await lockPlaces(work, round.id);
  await lockPrizes(work, work.decider.personId!);
  const facts = await factsOf(work.db, work.decider.personId!, work.today, round);
  const { rank, evidence } = contestEntry({ policy, facts, cutOff: round.cutOff, on: work.today });
  const findings = checkEligibility({
    policy,
    rank,
    facts,
    cutOff: round.cutOff,
    on: work.today,
    only: policy.entries.contest!.conditions,
  });
  if (!body.asksForReview) refuseIfNotEligible(findings);
  await requireFreePlace(work, policy, round.id, rank);
  const slots = policy.entries.application?.ranksPerPersonPerRound ?? 1;
  return enter(work, policy, {
    ...body,
    rank,
    entry: 'contest',
    entryEvidenceId: evidence.id,
    facts,
    cutOff: round.cutOff,
    findings: withReasons(findings, body.reasons ?? {}),
    slots,
  });
};

/** What a school or the office says when it nominates somebody who has not applied. */
export interface NominationForm {
  readonly roundId: string;
  readonly personId: string;
  readonly rank: string;
  /** Number of the document, or the minutes, by which the person was nominated. */
  readonly document: string;
  /** Why this person. */
  readonly statement: string;
  readonly reasons?: Readonly<Record<string, string>>;
  readonly asksForReview?: true;
  readonly lateReason?: string;
  /** Why the school names more of a subject than its cap (Q5). */
  readonly subjectReason?: string;
}

/**
 * A school, or the office where the scheme says so, nominates a teacher who has not applied, on its document. The
 * conditions are checked as for an application; the person stands only once he has agreed. Where the scheme counts it and
 * the school names nobody later, a place of the school's quota is taken at once. Rules P10, D3, E15, Q5, Q6, Q8, S8.
 * @throws Refusal `ENTRY_NOT_IN_SCHEME`, `NOT_NOMINATOR`, `OWN_CASE`, `RANK_NOT_OPEN`, `NOT_ELIGIBLE`, `OVER_QUOTA`
 */
const enterByNomination: Decision = async (work, body: NominationForm) => {
  const { round, policy } = await openRound(work, body);
  refuseInSupplement(round, 'nomination');
  const entry = policy.entries.nomination;
  if (!entry)
    throw new Refusal({ code: 'ENTRY_NOT_IN_SCHEME', rule: 'P10', values: { entry: 'nomination' } });
  const nominators: readonly string[] = entry.by === 'school' ? ['head', 'school_clerk'] : [entry.by];
  if (!nominators.includes(work.decider.role))
    throw new Refusal({
      code: 'NOT_NOMINATOR',
      rule: 'P10',
      values: { allowed: [...nominators] },
      clause: entry.clause,
    });
  if (body.personId === work.submission.actorId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  const open = entry.ranks.filter((rank) => rank in (round.places as object));
  if (!open.includes(body.rank))
    throw new Refusal({ code: 'RANK_NOT_OPEN', rule: 'E1', values: { rank: body.rank, open } });
  const nominee = { personId: body.personId, rank: body.rank, entry: 'nomination' };
  const { facts, findings } = await conditionsOn(work.db, policy, nominee, round, work.today);
  if (!body.asksForReview) refuseIfNotEligible(findings);
  const move = await enter(work, policy, {
    ...body,
    entry: 'nomination',
    entryDocument: body.document,
    facts,
    cutOff: round.cutOff,
    findings: withReasons(findings, body.reasons ?? {}),
    slots: policy.entries.application?.ranksPerPersonPerRound ?? 1,
  });
  const isNamedLater = pathOf(policy, 'nomination').includes(nominatingStage(policy));
  if (entry.countsInSchoolQuota && !isNamedLater) {
    const { schoolId } = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
    await takePlaces(work, round.id, schoolId, [{ id: work.id, rank: body.rank }]);
    const quotas = await quotaOf(work.db, round.id, schoolId);
    await keepToLimits(work.db, { roundId: round.id, schoolId }, policy, quotas, body.subjectReason);
  }
  return move;
};

/** Whoever was nominated agrees to stand and to the public notice; from now on he is a candidate like others. Rule D3. */
const consent: Decision = async (work) => {
  const application = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  const policy = await policyOfRound(work.db, application.roundId);
  const unmet = unmetRules(findingsOf(application));
  work.tell(application.roundId);
  if (unmet.length === 0) await setStanding(work, 'waiting');
  else await setStanding(work, 'held', toConfirm(unmet));
  const tasks = unmet.length > 0 ? [await confirmationTask(work)] : [];
  return {
    step: 'underway',
    tasks,
    waitingFor: 'office',
    dueAt: await dueIn(work.db, work.today, plannedDays(policy)),
    wakeAt: tasks[0]?.dueAt ?? null,
  };
};

/** The nominated person has not answered: he and the office are reminded. Silence is no consent. Rules W2, D3. */
const awaitConsent: Transition = async (work) => {
  const { standing } = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  return standing === 'out' ? { outcome: 'out' } : remindOverdue(work);
};

/**
 * A supplementary selection is for teachers who are no trainees (非培养对象): nobody who is being trained for the rank, or
 * has passed for it, and nobody whose own place of the selection has become vacant. Rule T12.
 * @throws Refusal `TRAINEE_ALREADY`
 */
async function refuseTrainee(
  work: DecisionWork,
  supplementsId: string,
  rank: string,
  clause: string | undefined,
): Promise<void> {
  const personId = work.decider.personId!;
  const rounds = await selectionOf(work.db, supplementsId);
  const chosen = await work.db.application.findMany({
    where: { roundId: { in: rounds }, personId, standing: 'chosen' },
    select: { id: true },
  });
  const found = await work.db.trainee.findFirst({
    where: {
      personId,
      rank,
      OR: [
        { standing: { in: ['training', 'passed'] } },
        { applicationId: { in: chosen.map(({ id }) => id) } },
      ],
    },
  });
  if (found !== null || chosen.length > 0)
    throw new Refusal({ code: 'TRAINEE_ALREADY', rule: 'T12', values: { rank }, clause });
}

/** In a supplementary selection people apply; there is no other way in. Rule T12. */
function refuseInSupplement({ supplementsId }: { supplementsId: string | null }, entry: string): void {
  if (supplementsId !== null)
    throw new Refusal({ code: 'ENTRY_NOT_IN_SUPPLEMENT', rule: 'T12', values: { entry } });
}

/**
 * A direct entrant takes one of the rank's places; once the seats of the vote are approved, or in a scheme without a vote
 * the list is, there may be none left. A seat that a vote left empty is a place again, until the district gives it to a
 * group. Rules Q9, V17.
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
  const given = seats.reduce((sum, quota) => sum + seatsNow(quota), seated);
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
  const { recordedByRole, role } = work.decider;
  const isAccepted = body.lateReason !== undefined && (recordedByRole ?? role) === 'office';
  if (found.closedAt !== null || (isLate && !isAccepted))
    throw new Refusal({ code: 'APPLICATIONS_CLOSED', rule: 'R0.8', values: { closedAt: closesAt } });
  return { round, policy };
}

async function enter(
  work: DecisionWork,
  policy: Policy,
  form: Omit<ApplicationForm, 'agreesToNotice'> & {
    readonly entry: 'application' | 'contest' | 'nomination' | 'supplement';
    readonly entryEvidenceId?: string;
    readonly entryDocument?: string;
    readonly facts: object;
    readonly cutOff: string;
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
    entryDocument: form.entryDocument ?? null,
    statement: form.statement,
    lateReason: form.lateReason ?? null,
    stage: pathOf(policy, form.entry)[0]!,
    slots: form.slots,
    facts: { ...form.facts, cutOff: form.cutOff, on: work.today } as Prisma.InputJsonObject,
    findings: form.findings as unknown as Prisma.InputJsonArray,
  });
  const asksConsent = form.entry === 'nomination';
  const unmet = unmetRules(form.findings);
  if (asksConsent) {
    await setStanding(work, 'held', { code: 'CONSENT_AWAITED', rule: 'D3' });
    work.notify(person.id, 'NOMINATED', { rank: form.rank, document: form.entryDocument ?? '' });
  } else if (unmet.length > 0) await setStanding(work, 'held', toConfirm(unmet));
  const task = asksConsent
    ? await consentTask(work, person)
    : unmet.length > 0
      ? await confirmationTask(work)
      : null;
  work.open({
    id,
    kind: 'application',
    organisationId: person.schoolId,
    roundId: form.roundId,
    rank: form.rank,
    subject: person.subject,
    step: asksConsent ? 'consenting' : 'underway',
    // The round carries it from here; the office owes an outcome by the time that the scheme's stages add up to.
    ...(!asksConsent && {
      waitingFor: 'office',
      dueAt: await dueIn(db, work.today, plannedDays(policy)),
    }),
    wakeAt: task?.dueAt ?? null,
    ...(task && { tasks: [task] }),
  });
  work.tell(form.roundId);
  return { result: { applicationId: id } };
}

function unmetRules(findings: readonly Finding[]): string[] {
  return findings.filter(({ outcome }) => outcome === 'not_met').map(({ rule }) => rule);
}

function toConfirm(rules: readonly string[]): Reason {
  return { code: 'FINDINGS_TO_CONFIRM', rule: 'E15', values: { rules } };
}

/** The task of the office to confirm what the machine has found. */
async function confirmationTask(work: Work): Promise<NewTask> {
  const dueAt = await dueIn(work.db, work.today);
  return { role: 'office', organisationId: work.ownerId, actions: ['confirmFindings'], dueAt };
}

/** The task of who was nominated to agree, or not. */
async function consentTask(work: Work, person: { id: string; schoolId: string }): Promise<NewTask> {
  const dueAt = await dueIn(work.db, work.today);
  const actions = ['consent', 'withdraw'];
  return { role: 'teacher', organisationId: person.schoolId, personId: person.id, actions, dueAt };
}

/**
 * The teacher completes the materials (补正), or corrects them while the stage has not begun. Facts are frozen anew, and
 * the reasons for conditions that are 原则上 stand until others are given. Rules W6, R0.3.
 */
const amend: Decision = async (
  work,
  body: { statement: string; reasons?: Readonly<Record<string, string>> },
) => {
  const application = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  if (work.row!.step !== 'correction' && application.standing !== 'waiting')
    throw new Refusal({ code: 'AMEND_NOT_NOW', rule: 'S3', values: { stage: application.stage } });
  await work.db.application.update({ where: { id: work.id }, data: { statement: body.statement } });
  const answer = (findings: readonly Finding[]) =>
    withReasons(findings, { ...reasonsOf(findingsOf(application)), ...body.reasons });
  if (work.row!.step === 'correction') return takeUpAgain(work, application, answer);
  await checkAgain(work, application, answer);
  return {};
};

/**
 * The roster was wrong, and the office says that this application is to be judged by what stands there now: facts and
 * findings are frozen anew, and with them subject and stage, until the candidate's group votes. Nothing else changes what
 * is frozen. Who no longer meets a condition, having passed the check, comes before it again; a person decides. Rules
 * E14, E15, W11.
 */
const correctFacts: Decision = async (work, body: { reason: string }) => {
  const application = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  const { stage, standing, roundId } = application;
  const policy = await policyOfRound(work.db, roundId);
  const path = pathOf(policy, application.entry);
  const place = path.indexOf(stage as RunStage);
  const vote = path.indexOf('differential_vote');
  const isFixed =
    vote >= 0 ? place > vote || (place === vote && standing !== 'waiting') : standing === 'held';
  if (isFixed || !['waiting', 'running'].includes(standing))
    throw new Refusal({ code: 'FACTS_FIXED', rule: 'W11', values: { stage, standing } });
  const person = await work.db.person.findUniqueOrThrow({ where: { id: application.personId } });
  await work.db.application.update({
    where: { id: work.id },
    data: {
      subject: person.subject ?? application.subject,
      teachingStage: person.stages.includes(application.teachingStage)
        ? application.teachingStage
        : (person.stages[0] ?? application.teachingStage),
    },
  });
  await checkAgain(work, application, (findings) =>
    reasonsKept(findings, reasonsOf(findingsOf(application))),
  );
  const after = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  const unmet = findingsOf(after).filter(({ outcome }) => outcome === 'not_met');
  const check = path.indexOf('eligibility_check');
  const mustBeChecked = unmet.length > 0 && check >= 0 && place > check;
  if (mustBeChecked) {
    const reason: Reason = { code: 'FACTS_CORRECTED', rule: 'W11', values: { reason: body.reason } };
    await tellRun(work);
    await work.db.stageEntry.updateMany({
      where: { applicationId: work.id, endedAt: null },
      data: {
        outcome: 'returned',
        reason: reason as unknown as Prisma.InputJsonObject,
        endedAt: work.at,
      },
    });
    await work.db.application.update({
      where: { id: work.id },
      data: { stage: 'eligibility_check', standing: 'waiting', returned: true },
    });
    work.tell(roundId);
  }
  work.notify(application.personId, 'FACTS_CORRECTED', { reason: body.reason });
  return { result: { unmet: unmet.length, checkedAgain: mustBeChecked } };
};

/**
 * The teacher states the points of the sheet's counted items (自评), until the school has checked them; stated again, the
 * later one counts. Rule K2.
 */
const selfScore: Decision = async (work, body: { items: Readonly<Record<string, number>> }) => {
  const { db, ownerId, id: applicationId } = work;
  const application = await db.application.findUniqueOrThrow({ where: { id: applicationId } });
  const sheet = stageOf(await policyOfRound(db, application.roundId), 'school_score')?.sheet;
  if (!sheet?.selfScore) throw new Refusal({ code: 'CHECKS_NOT_IN_SCHEME', rule: 'K2' });
  const run = await db.stageEntry.findFirst({
    where: { applicationId, stage: 'school_score', endedAt: null },
  });
  const { stage, standing, personId } = application;
  if (run === null)
    throw new Refusal({
      code: 'WRONG_STAGE',
      rule: 'S7',
      values: { stage, standing, allowed: ['school_score'] },
    });
  const { caseId } = run;
  if ((await db.sheetCheck.count({ where: { caseId, applicationId, part: 'first' } })) > 0)
    throw new Refusal({ code: 'CHECKED_ALREADY', rule: 'K2', values: { applicationId } });
  refuseSelfScore(sheet, body.items);
  await db.sheetCheck.deleteMany({ where: { caseId, applicationId, part: 'self' } });
  await db.sheetCheck.create({
    data: { caseId, ownerId, applicationId, part: 'self', personId, items: body.items },
  });
  return {};
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
    rule: 'W6',
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
  return takeUpAgain(work, application, (findings) =>
    reasonsKept(findings, reasonsOf(findingsOf(application))),
  );
};

/** The materials as they stand now are checked again; the office has the case on its table. */
async function takeUpAgain(
  work: Work,
  application: ApplicationRow,
  answer: (findings: readonly Finding[]) => Finding[],
): Promise<Move> {
  await checkAgain(work, application, answer);
  await setStanding(work, 'running');
  const policy = await policyOfRound(work.db, application.roundId);
  // The round reminds of the checks that are overdue, and learns of this one's day.
  work.tell(application.roundId);
  return { step: 'underway', tasks: [await eligibilityTask(work, policy)], wakeAt: null };
}

/** Freezes the facts as they are now, with what is found in them. Rule E14. */
async function checkAgain(
  work: Work,
  application: ApplicationRow,
  answer: (findings: readonly Finding[]) => Finding[],
): Promise<void> {
  const policy = await policyOfRound(work.db, application.roundId);
  const round = await work.db.round.findUniqueOrThrow({ where: { id: application.roundId } });
  const { facts, findings } = await conditionsOn(work.db, policy, application, round, work.today);
  await work.db.application.update({
    where: { id: work.id },
    data: {
      facts: { ...facts, cutOff: round.cutOff, on: work.today } as unknown as Prisma.InputJsonObject,
      findings: answer(findings) as unknown as Prisma.InputJsonArray,
    },
  });
}

function findingsOf(application: ApplicationRow): readonly Finding[] {
  return application.findings as unknown as readonly Finding[];
}

/**
 * The office looks at what the machine has found against an applicant who has asked for it: it confirms that a condition
 * is not met, and the applicant is out, or finds otherwise, and the application goes on; a reason in both cases. Rule E15.
 * @throws Refusal `NOTHING_TO_CONFIRM`, `OWN_CASE`
 */
const confirmFindings: Decision = async (
  work,
  body: { outcome: 'eligible' | 'not_eligible'; reason: string },
) => {
  const application = await work.db.application.findUniqueOrThrow({ where: { id: work.id } });
  const held = application.heldReason as unknown as Reason | null;
  if (application.standing !== 'held' || held?.code !== 'FINDINGS_TO_CONFIRM')
    throw new Refusal({ code: 'NOTHING_TO_CONFIRM', rule: 'E15' });
  if (application.personId === work.submission.actorId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  await work.finishTasks(work.id, 'confirmFindings');
  if (body.outcome === 'eligible') {
    await setStanding(work, 'waiting');
    work.tell(application.roundId);
    return { waitingFor: 'office' };
  }
  const unmet = findingsOf(application).filter(({ outcome }) => outcome === 'not_met');
  const reason: Reason = {
    code: 'FOUND_NOT_ELIGIBLE',
    rule: 'E15',
    values: { reason: body.reason },
    clause: unmet[0]?.clause,
  };
  await recordOutcomes(work, application.roundId, application.stage as RunStage, [
    { applicationId: work.id, outcome: 'out', reason },
  ]);
  return { outcome: 'not_eligible' };
};

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
  const findings = findingsOf(application);
  const toJudge = findings
    .filter((finding) => finding.outcome === 'judge')
    .map((finding) => String(finding.required));
  const open = toJudge.filter((condition) => !body.confirmed.includes(condition));
  if (body.outcome === 'eligible' && open.length > 0)
    throw new Refusal({ code: 'CONDITIONS_NOT_CONFIRMED', rule: 'E13', values: { conditions: open } });
  const unreasoned = findings.some((finding) => finding.outcome === 'warn' && finding.reason === undefined);
  if (body.outcome === 'eligible' && unreasoned && !body.reason)
    throw new Refusal({ code: 'REASON_MISSING', rule: 'R0.3' });
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
  if (await isHeldByObjection(work.db, work.id))
    throw new Refusal({ code: 'OBJECTION_STILL_OPEN', rule: 'N11' });
  await work.finishTasks(work.id, 'confirmFindings');
  await letGoOn(work, application);
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
  return standing === 'reserve' && round.closedAt ? { outcome: 'reserve' } : remindOverdue(work);
};

export const applicationRules: CaseRules = {
  decisions: {
    submit,
    enterByContest,
    enterByNomination,
    consent,
    correctFacts,
    selfScore,
    amend,
    withdraw,
    returnForCorrection,
    confirmFindings,
    decideEligibility,
    hold,
    free,
  },
  transitions: { awaitConsent, concludeApplication, endCorrection },
};

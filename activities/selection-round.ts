import { randomUUID } from 'node:crypto';
import { addWorkingDays, shortNotices } from '../domain/calendar.js';
import { endOfDay } from '../domain/dates.js';
import { refuseIfNotRunnable } from '../domain/fields-read.js';
import { ranksWithPlaces, rankOf, stageOf, type Policy } from '../domain/policy.js';
import type { Finding } from '../domain/eligibility.js';
import { checkApprovedTable, refuseOverPlaces, subjectsNotCovered } from '../domain/quota.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import { batchesDue, choosingStage, unitOf, type Batch, type RunStage } from '../domain/stages.js';
import { differentialRequired, seatsNow } from '../domain/vote.js';
import { calendarTable, dueIn } from '../records/calendar.js';
import {
  candidatesOf,
  candidatesOfRun,
  enterRun,
  lockPlaces,
  placesTaken,
  policyOfRound,
  recordOutcomes,
  type ApplicationRow,
} from '../records/candidates.js';
import type { CaseRules, Decision, DecisionWork, Move, Transition, Work } from '../records/decide.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { NewTask } from '../records/cases.js';
import { createNotice } from '../records/notices.js';
import { policyById } from '../records/policies.js';
import { refuseUnranked } from '../records/panels.js';
import {
  findPolicy,
  openRoundOf,
  plannedDays,
  policyRowOf,
  proposeNominations,
  proposeSeats,
} from '../records/rounds.js';
import { callFromReserve, electedOf, reserveList } from '../records/reserve-list.js';
import { refuseSupplement } from '../records/supplements.js';
import { committeeWarnings } from '../records/conflicts.js';
import { createVote, refuseOtherCommittee } from '../records/votes.js';
import { eligibilityTask } from './application.js';
import { openCalendar } from './calendar.js';
import { mergeSchools } from './merged-schools.js';
import { grantPlaces, shareOutPlaces } from './nomination-quotas.js';
import { openVoteCase } from './differential-vote.js';
import { assignVacantSeats } from './vacant-seats.js';
import { instrumentStep } from './instruments.js';
import { integrityStep, opinionsStep } from './panel-review.js';
import { returnUnit } from './returned-lists.js';
import { remindInRound } from './reminders.js';
import { carryScores, schoolReviewStep } from './school-review.js';
import { startTrainings } from './training.js';
import { askAgainForPlaces } from './training-places.js';

/** What the leading group decides when it opens a round. */
export interface RoundPlan {
  readonly policyCode: string;
  readonly policyVersion?: string;
  readonly title: string;
  readonly schoolYear: string;
  /** Titles of this round by rank, at most what the scheme gives a year. */
  readonly places: Readonly<Record<string, number>>;
  /** The approved table of nominations; a row that differs from the proposal carries a reason. */
  readonly nominations: readonly { schoolId: string; rank: string; places: number; reason?: string }[];
  /** Places of the table that no school has: held back (机动) or listed apart (单列), each with what for. */
  readonly extras?: readonly { rank: string; kind: 'reserve' | 'apart'; places: number; reason: string }[];
  readonly applyUntil?: string;
  /** The round whose vacant places this one fills: a supplementary selection (T12). */
  readonly supplements?: string;
  /** Why nobody of the reserve list is taken for them. */
  readonly reserveReason?: string;
}

/**
 * Opens a round: the scheme must be one that the engine runs whole and that lacks nothing, and is pinned; the places and
 * the approved table of nominations are checked; the standards are published by it. One round of a scheme runs in a
 * school year at a time. A supplementary selection keeps to the version of the scheme of the round whose vacant places it
 * fills. Rules P3, P5, Q1, Q2, Q7, R0.7, T12.
 */
const open: Decision = async (work, body: RoundPlan) => {
  const { db, ownerId, id } = work;
  const { supplements } = body;
  const stored = supplements
    ? await policyRowOf(db, supplements)
    : await findPolicy(db, body.policyCode, body.policyVersion);
  if (stored.code !== body.policyCode)
    throw new Refusal({
      code: 'SUPPLEMENT_OF_OTHER',
      rule: 'T12',
      values: { title: stored.code, schoolYear: body.schoolYear },
    });
  refuseIfNotRunnable(stored.content as unknown as Policy);
  await refuseSecondRound(work, body);
  const policy = await policyById(db, stored.id);
  checkPlaces(policy, body.places);
  const supplementsId = supplements
    ? await refuseSupplement(db, policy, { ...body, roundId: supplements, policyId: stored.id })
    : null;
  const quotas = await checkNominations(work, policy, body);
  const applyUntil =
    body.applyUntil ??
    addWorkingDays(work.today, stageOf(policy, 'application')?.workingDays ?? 10, await calendarTable(db))
      .date;
  if (applyUntil <= work.today)
    throw new Refusal({ code: 'DATE_PAST', rule: 'R0.8', values: { date: applyUntil } });
  await db.round.create({
    data: {
      id,
      ownerId,
      policyId: stored.id,
      policyDigest: stored.digest,
      title: body.title,
      schoolYear: body.schoolYear,
      opensOn: work.today,
      applyUntil,
      cutOff: `${work.today.slice(0, 4)}-${policy.cutOff?.monthDay ?? '08-31'}`,
      supplementsId,
      places: body.places,
      basis: {
        ...work.decider.basis,
        ...(body.reserveReason !== undefined && { reserveReason: body.reserveReason }),
      },
    },
  });
  await db.nominationQuota.createMany({ data: quotas.map((quota) => ({ ...quota, roundId: id, ownerId })) });
  await db.quotaExtra.createMany({
    data: (body.extras ?? []).map((extra) => ({ ...extra, left: extra.places, roundId: id, ownerId })),
  });
  const closesAt = new Date(endOfDay(applyUntil, stageOf(policy, 'application')?.closesAt));
  work.open({
    id,
    kind: 'selectionRound',
    organisationId: ownerId,
    roundId: id,
    step: 'applications',
    stage: 'application',
    waitingFor: 'teacher',
    dueAt: closesAt,
    wakeAt: closesAt,
  });
  await openCalendar(work);
  const warnings = shortNotices(policy.notice ?? {});
  return { result: { roundId: id, applyUntil, warnings: warnings as unknown as Prisma.InputJsonArray } };
};

async function refuseSecondRound(work: Work, { policyCode, schoolYear }: RoundPlan): Promise<void> {
  const open = await openRoundOf(work, policyCode, schoolYear);
  if (open !== null)
    throw new Refusal({
      code: 'ROUND_OPEN_ALREADY',
      rule: 'R0.7',
      values: { scheme: policyCode, schoolYear, title: open.title, roundId: open.id },
    });
}

function checkPlaces(policy: Policy, places: Readonly<Record<string, number>>): void {
  for (const [rank, seats] of Object.entries(places)) {
    const found = rankOf(policy, rank);
    const open = ranksWithPlaces(policy);
    if (!found || !open.includes(rank))
      throw new Refusal({ code: 'RANK_NOT_OPEN', rule: 'E1', values: { rank, open } });
    if (found.perYear !== undefined && seats > found.perYear)
      throw new Refusal({
        code: 'PLACES_OVER_YEAR',
        rule: 'Q7',
        values: { rank, places: seats, perYear: found.perYear },
        clause: found.clause,
      });
  }
}

/** A scheme in which no school nominates has no table, nor has a supplementary selection that leaves that stage out. */
async function checkNominations(work: Work, policy: Policy, plan: RoundPlan) {
  const skips = (plan.supplements && policy.entries.supplement?.skips) || [];
  if (policy.quotas?.nominations === undefined || skips.includes('school_nomination')) {
    if (plan.nominations.length + (plan.extras ?? []).length > 0)
      throw new Refusal({ code: 'QUOTA_NOT_IN_SCHEME', rule: 'Q7' });
    return [];
  }
  const proposals = await proposeNominations(work.db, policy, plan.places, work.today);
  const { extras = [] } = plan;
  const ofNoRank = extras.filter(({ rank }) => !proposals.has(rank)).map(({ rank }) => rank);
  if (ofNoRank.length > 0)
    throw new Refusal({
      code: 'QUOTA_ROWS',
      rule: 'Q2',
      values: { missing: [], unknown: ofNoRank, twice: [] },
    });
  return [...proposals].flatMap(([rank, proposal]) => {
    const rows = plan.nominations.filter((row) => row.rank === rank);
    const extra = extras.filter((row) => row.rank === rank);
    checkApprovedTable(proposal, {
      rows: rows.map((row) => ({ id: row.schoolId, quota: row.places, reason: row.reason })),
      extra: extra.map(({ kind, places, reason }) => ({ kind, quota: places, reason })),
    });
    const seats = plan.places[rank]!;
    const required = seats + (policy.vote ? differentialRequired(seats, policy.vote) : 0);
    const total = [...rows, ...extra].reduce((sum, row) => sum + row.places, 0);
    if (total < required)
      throw new Refusal({ code: 'NOMINATIONS_TOO_FEW', rule: 'Q7', values: { rank, total, required } });
    return rows.map((row) => {
      const proposed = proposal.rows.find((each) => each.id === row.schoolId)!;
      return {
        schoolId: row.schoolId,
        rank,
        proposed: proposed.quota,
        places: row.places,
        reason: row.reason ?? null,
        fullTimeTeachers: proposed.fullTimeTeachers,
        rural: proposed.rural,
      };
    });
  });
}

/**
 * The office gives a stage more time, with a reason: the tasks of the stage get the new day. The printed days of a notice
 * stay. Rule W3.
 */
const extendStage: Decision = async (work, body: { stage: string; until: string; reason: string }) => {
  const policy = await policyOfRound(work.db, work.id);
  const dueAt = new Date(endOfDay(body.until));
  if (dueAt <= work.at) throw new Refusal({ code: 'DATE_PAST', rule: 'R0.8', values: { date: body.until } });
  if (body.stage === 'application') {
    if (work.row!.step !== 'applications') throw wrongStage(work, body.stage);
    const closesAt = new Date(endOfDay(body.until, stageOf(policy, 'application')?.closesAt));
    await work.db.round.update({ where: { id: work.id }, data: { applyUntil: body.until } });
    return { dueAt: closesAt, wakeAt: closesAt };
  }
  const { runs, onRound } = await openPartsOf(work, body.stage);
  refusePrintedDays(runs);
  const extended = await work.db.task.updateMany({
    where: {
      doneAt: null,
      dueAt: { lt: dueAt },
      OR: [
        { caseId: { in: runs.map(({ id }) => id) } },
        {
          caseId: { in: [work.id, ...onRound.map(({ id }) => id)] },
          actions: { hasSome: actionsOnRound[body.stage] ?? [] },
        },
      ],
    },
    data: { dueAt },
  });
  for (const { id } of [...runs, ...(body.stage === 'eligibility_check' ? onRound : [])]) work.tell(id);
  return { result: { cases: runs.length, tasks: extended.count } };
};

/**
 * The office closes a stage, or one school's or group's part of it, with a reason: applications end now; whoever is
 * still in an unfinished run is out, and its place of the school's quota is free. A notice that stands is not ended before
 * its printed last day. Rule W3.
 */
const closeStage: Decision = async (work, body: { stage: string; unit?: string; reason: string }) => {
  if (body.stage === 'application') {
    if (work.row!.step !== 'applications') throw wrongStage(work, body.stage);
    return { wakeAt: work.at };
  }
  const { runs, onRound } = await openPartsOf(work, body.stage, body.unit);
  refusePrintedDays(runs);
  const inRuns = await Promise.all(runs.map(({ id }) => candidatesOfRun(work.db, id)));
  const candidates = [...inRuns.flat(), ...onRound];
  await recordOutcomes(
    work,
    work.id,
    body.stage as RunStage,
    candidates.map(({ id }) => ({
      applicationId: id,
      outcome: 'out',
      reason: { code: 'STAGE_CLOSED', rule: 'W3', values: { stage: body.stage, reason: body.reason } },
    })),
    { tellRound: false },
  );
  for (const { id } of runs) work.tell(id);
  if (onRound.length > 0 && (await candidatesOfRun(work.db, work.id, body.stage)).length === 0)
    for (const action of actionsOnRound[body.stage] ?? []) await work.finishTasks(work.id, action);
  return { wakeAt: work.at, result: { runs: runs.length, candidates: candidates.length } };
};

/** What tasks allow at the stages whose runs are decisions on the applications or on the round. */
const actionsOnRound: Readonly<Record<string, string[]>> = {
  eligibility_check: ['decideEligibility'],
  leading_group_review: ['reviewCandidates'],
  approval: ['approveCandidates'],
};

/** The open runs of a stage, and the candidates whose run of it is carried out on the round itself. */
async function openPartsOf(work: DecisionWork, stage: string, unit?: string) {
  const runs = await work.db.case.findMany({
    where: {
      roundId: work.id,
      stage,
      closedAt: null,
      id: { not: work.id },
      ...(unit !== undefined && { unit }),
    },
  });
  const policy = await policyOfRound(work.db, work.id);
  const here = stage in actionsOnRound ? await candidatesOfRun(work.db, work.id, stage) : [];
  const onRound = here.filter(
    (candidate) => unit === undefined || unitOf(policy, stage as RunStage, candidate) === unit,
  );
  if (runs.length + onRound.length === 0) throw wrongStage(work, stage);
  return { runs, onRound };
}

/** What is printed binds: a notice that stands is neither put off nor ended early. Rule N2. */
function refusePrintedDays(runs: readonly { readonly kind: string; readonly step: string }[]): void {
  const standing = runs.filter(({ kind, step }) => kind === 'publicNotice' && step === 'standing');
  if (standing.length > 0)
    throw new Refusal({ code: 'PRINTED_DAYS_BIND', rule: 'N2', values: { notices: standing.length } });
}

function wrongStage(work: Work, stage: string): Refusal {
  return new Refusal({
    code: 'WRONG_STAGE',
    rule: 'S3',
    values: { stage, standing: work.row!.step, allowed: [] },
  });
}

/**
 * The leading group approves how many seats each group of the vote has; the proposal follows the candidates' share.
 * The seats of a rank add up to its places less the direct entrants. The votes follow, so that the committee must be
 * whole. Rules Q2, Q7, Q9, V4.
 */
const approveSeats: Decision = async (
  work,
  body: {
    seats: readonly { unit: string; seats: number; reason?: string; equalNumberDecision?: string }[];
    /** Why a subject with eligible applicants has no candidate (Q5). */
    subjectReason?: string;
  },
) => {
  // The votes are written with the committee as it is named now.
  await refuseOtherCommittee(work, (await policyOfRound(work.db, work.id)).vote!);
  await lockPlaces(work, work.id);
  const proposals = await proposeSeats(work.db, work.id);
  const units = proposals.map(({ unit }) => unit);
  const missing = units.filter((unit) => !body.seats.some((row) => row.unit === unit));
  const unknown = body.seats.map(({ unit }) => unit).filter((unit) => !units.includes(unit));
  if (missing.length + unknown.length > 0)
    throw new Refusal({ code: 'SEATS_ROWS', rule: 'Q2', values: { missing, unknown } });
  for (const rank of new Set(proposals.map((proposal) => proposal.rank))) {
    const ofRank = proposals.filter((proposal) => proposal.rank === rank);
    const total = ofRank.reduce((sum, { seats }) => sum + seats, 0);
    const approved = body.seats.filter(({ unit }) => ofRank.some((proposal) => proposal.unit === unit));
    const sum = approved.reduce((all, { seats }) => all + seats, 0);
    if (sum !== total)
      throw new Refusal({ code: 'SEATS_TOTAL', rule: 'Q2', values: { rank, total, approved: sum } });
  }
  const notCovered = await refuseUncoveredSubjects(work, proposals, body.subjectReason);
  const rows = proposals.map((proposal) => {
    const row = body.seats.find(({ unit }) => unit === proposal.unit)!;
    if (row.seats !== proposal.seats && !row.reason)
      throw new Refusal({
        code: 'SEATS_REASON_MISSING',
        rule: 'Q2',
        values: { unit: row.unit, proposed: proposal.seats, approved: row.seats },
      });
    return {
      ...row,
      rank: proposal.rank,
      proposed: proposal.seats,
      candidates: proposal.candidates,
      approvalId: work.submission.id,
      roundId: work.id,
      ownerId: work.ownerId,
    };
  });
  await work.db.seatQuota.createMany({ data: rows });
  await work.finishTasks(work.id, 'approveSeats');
  const { vote } = await policyOfRound(work.db, work.id);
  const warnings = await committeeWarnings(
    work,
    vote!,
    proposals.map(({ unit, candidateIds }) => ({ unit, candidates: candidateIds })),
  );
  return {
    wakeAt: work.at,
    result: { warnings: warnings as unknown as Prisma.InputJsonArray, subjectsNotCovered: notCovered },
  };
};

/** Reasons with which somebody has left who was not eligible, or did not want to stand. */
const noApplicants: readonly string[] = ['WITHDRAWN', 'FOUND_NOT_ELIGIBLE', 'OUT_BY_ETHICS_DECISION'];

/**
 * Where the scheme asks for it, every subject with an applicant who meets the conditions has a candidate in the vote; else
 * the leading group gives a reason. Rule Q5.
 * @returns the subjects without one, by rank
 */
async function refuseUncoveredSubjects(
  work: DecisionWork,
  proposals: readonly { readonly rank: string; readonly candidateIds: readonly string[] }[],
  reason: string | undefined,
): Promise<string[]> {
  const { quotas } = await policyOfRound(work.db, work.id);
  if (!quotas?.seats?.everySubject) return [];
  const voting = proposals.flatMap(({ candidateIds }) => candidateIds);
  const applicants = await candidatesOf(work.db, work.id);
  const found = [...new Set(proposals.map(({ rank }) => rank))].map((rank) => ({
    rank,
    subjects: subjectsNotCovered(
      applicants
        .filter((applicant) => applicant.rank === rank)
        .map(({ id, subject, standing, findings, reason: left }) => ({
          subject,
          isEligible:
            !(findings as unknown as readonly Finding[]).some(({ outcome }) => outcome === 'not_met') &&
            !noApplicants.includes((left as unknown as Reason | null)?.code ?? ''),
          isCandidate: voting.includes(id) || ['running', 'reserve', 'chosen'].includes(standing),
        })),
    ),
  }));
  const bare = found.filter(({ subjects }) => subjects.length > 0);
  const named = bare.flatMap(({ subjects }) =>
    subjects.map(({ subject, eligible }) => `${subject} ${eligible}`),
  );
  if (bare.length > 0 && !reason)
    throw new Refusal({
      code: 'SUBJECTS_NOT_COVERED',
      rule: 'Q5',
      values: { rank: bare[0]!.rank, subjects: named },
      clause: quotas.seats.clause,
    });
  return named;
}

/** What the leading group says of the candidates before it. */
interface Judgement {
  readonly approved: readonly string[];
  readonly held?: readonly { applicationId: string; reason: string }[];
  readonly refused?: readonly { applicationId: string; reason: string }[];
}

/** The leading group reviews the candidates that the schools filed (审核评议): on, held, or out with a reason. */
const reviewCandidates: Decision = (work, body: Judgement) => judge(work, 'leading_group_review', body);

/**
 * The leading group approves the list (审定), or holds a candidate with a reason; it never adds a name. Whom a vote has
 * chosen it cannot refuse; without a vote it chooses, and refuses with a reason. Rules P12, Q7.
 */
const approveCandidates: Decision = async (work, body: Judgement) => {
  const policy = await policyOfRound(work.db, work.id);
  if (body.refused?.length && stageOf(policy, 'differential_vote'))
    throw new Refusal({
      code: 'CHOSEN_BY_VOTE',
      rule: 'P12',
      values: { ids: body.refused.map(({ applicationId }) => applicationId) },
      clause: stageOf(policy, 'approval')?.clause,
    });
  return judge(work, 'approval', body);
};

async function judge(
  work: DecisionWork,
  stage: 'leading_group_review' | 'approval',
  judgement: Judgement,
): Promise<Move> {
  const candidates = (await candidatesOfRun(work.db, work.id, stage)).filter(
    ({ standing }) => standing === 'running',
  );
  const { approved, held = [], refused = [] } = judgement;
  const named = [
    ...approved,
    ...held.map((each) => each.applicationId),
    ...refused.map((each) => each.applicationId),
  ];
  const unknown = named.filter((id) => !candidates.some((candidate) => candidate.id === id));
  const missing = candidates.filter(({ id }) => !named.includes(id)).map(({ id }) => id);
  if (unknown.length + missing.length > 0 || new Set(named).size !== named.length)
    throw new Refusal({
      code: 'LIST_NOT_WHOLE',
      rule: 'P12',
      values: { missing, unknown, listed: named.length },
    });
  const policy = await policyOfRound(work.db, work.id);
  if (stage === choosingStage(policy)) {
    await keepToPlaces(work, policy, candidates, judgement);
    await refuseUnranked(
      work.db,
      policy,
      candidates.filter(({ id }) => approved.includes(id)),
    );
  }
  const clause = stageOf(policy, stage)?.clause;
  await recordOutcomes(
    work,
    work.id,
    stage,
    [
      ...approved.map((applicationId) => ({ applicationId, outcome: 'on' as const })),
      ...held.map(({ applicationId, reason }) => ({
        applicationId,
        outcome: 'held' as const,
        reason: { code: 'HELD_BY_LEADING_GROUP', rule: 'P12', values: { reason }, clause },
      })),
      ...refused.map(({ applicationId, reason }) => ({
        applicationId,
        outcome: 'out' as const,
        reason: { code: 'REFUSED_BY_LEADING_GROUP', rule: 'P12', values: { reason }, clause },
      })),
    ],
    { tellRound: false },
  );
  await work.finishTasks(work.id, stage === 'approval' ? 'approveCandidates' : 'reviewCandidates');
  return { wakeAt: work.at };
}

/** No rank gets more than its places; direct entrants and who was approved before have theirs. Rules Q7, Q9. */
async function keepToPlaces(
  work: DecisionWork,
  policy: Policy,
  candidates: readonly ApplicationRow[],
  { approved, refused = [] }: Judgement,
): Promise<void> {
  await lockPlaces(work, work.id);
  const { places } = await work.db.round.findUniqueOrThrow({ where: { id: work.id } });
  for (const rank of new Set(candidates.map((candidate) => candidate.rank))) {
    const listed = candidates.filter(({ id, rank: own }) => own === rank && approved.includes(id));
    const leaves = new Set([...approved, ...refused.map(({ applicationId }) => applicationId)]);
    const others = (await placesTaken(work.db, policy, work.id, rank)).filter(({ id }) => !leaves.has(id));
    refuseOverPlaces({
      rank,
      places: (places as Record<string, number>)[rank] ?? 0,
      approved: listed.length,
      taken: others.length,
      clause: rankOf(policy, rank)?.clause,
    });
  }
}

/**
 * The leading group cancels the round: everybody who still stands in it is out, every open run of it ends, their tasks are
 * done and the places free. Training begun and titles stay. Rule W7.
 */
const cancel: Decision = async (work, body: { reason: string }) => {
  const reason = { code: 'ROUND_CANCELLED', rule: 'W7', values: { reason: body.reason } };
  const candidates = (await candidatesOf(work.db, work.id)).filter(
    ({ standing }) => standing !== 'out' && standing !== 'chosen',
  );
  for (const stage of new Set(candidates.map((candidate) => candidate.stage as RunStage)))
    await recordOutcomes(
      work,
      work.id,
      stage,
      candidates
        .filter((candidate) => candidate.stage === stage)
        .map(({ id }) => ({ applicationId: id, outcome: 'out', reason })),
      { tellRound: false },
    );
  const runs = await work.db.case.findMany({
    where: { roundId: work.id, closedAt: null, id: { not: work.id } },
  });
  for (const { id } of runs) work.tell(id);
  return { outcome: 'cancelled' };
};

/** The closing hour has come: the stages begin. */
const closeApplications: Transition = async (work) => {
  if (work.row.wakeAt && work.row.wakeAt > work.at) return {};
  const policy = await policyOfRound(work.db, work.id);
  return {
    step: 'selection',
    waitingFor: 'office',
    dueAt: await dueIn(work.db, work.today, plannedDays(policy)),
    wakeAt: work.at,
  };
};

/**
 * Whoever has come to a stage with the whole unit starts a run of it; freed places are filled from the reserve list;
 * when every candidate has an outcome the round is over. Rules P12, N13, V18.
 */
const startStageRuns: Transition = async (work) => {
  const policy = await policyOfRound(work.db, work.id);
  await fillLostPlaces(work, policy);
  await askAgainForPlaces(work, policy);
  const candidates = await candidatesOf(work.db, work.id);
  const tasks: NewTask[] = [];
  const due = batchesDue(policy, candidates);
  const running = due.filter(({ stage }) => stage !== 'formal_candidate');
  for (const batch of running) tasks.push(...(await startRun(work, policy, batch, candidates)));
  const admitted = due
    .filter((batch) => !running.includes(batch))
    .flatMap(({ candidateIds }) => candidateIds);
  await admit(
    work,
    policy,
    candidates.filter(({ id }) => admitted.includes(id)),
  );
  tasks.push(...(await askForSeats(work, policy)));
  const left = await work.db.application.count({
    where: { roundId: work.id, standing: { in: ['waiting', 'running', 'held'] } },
  });
  const open = await work.db.task.count({ where: { caseId: work.id, doneAt: null } });
  if (left > 0) {
    const wakeAt = await remindInRound(work, tasks);
    return { tasks, wakeAt, waitingFor: tasks.length + open > 0 ? undefined : 'office' };
  }
  const standing = await work.db.case.findMany({
    where: { roundId: work.id, kind: 'application', closedAt: null },
    select: { id: true },
  });
  for (const { id } of standing) work.tell(id);
  return { outcome: 'completed' };
};

/** Starts one run: a case of its own, tasks on the applications, or a task on the round. */
async function startRun(
  work: Work,
  policy: Policy,
  batch: Batch,
  candidates: readonly ApplicationRow[],
): Promise<NewTask[]> {
  const { stage, unit } = batch;
  const ids = batch.candidateIds;
  const first = candidates.find(({ id }) => id === ids[0])!;
  const earlier = await work.db.case.count({ where: { roundId: work.id, stage, unit } });
  const run = { id: randomUUID(), roundId: work.id, stage, unit, batch: earlier + 1 };
  switch (stage) {
    case 'school_score':
    case 'school_nomination':
    case 'filing':
      work.open({
        ...run,
        kind: 'schoolReview',
        organisationId: unit,
        ...(await schoolReviewStep(
          work,
          policy,
          stage === 'school_score' && (await carryScores(work, policy, run, ids))
            ? 'school_nomination'
            : stage,
          unit,
        )),
      });
      await enterRun(work, run.id, stage, ids);
      return [];
    case 'school_notice':
    case 'district_notice':
      await openNotice(work, { ...run, stage }, stage === 'school_notice' ? unit : work.ownerId);
      await enterRun(work, run.id, stage, ids);
      return [];
    case 'eligibility_check': {
      const task = await eligibilityTask(work, policy);
      await work.db.task.createMany({
        data: ids.map((caseId) => ({ ...task, caseId, ownerId: work.ownerId, since: work.at })),
      });
      await enterRun(work, work.id, stage, ids);
      return [];
    }
    case 'leading_group_review':
    case 'approval': {
      await enterRun(work, work.id, stage, ids);
      const action = stage === 'approval' ? 'approveCandidates' : 'reviewCandidates';
      const dueAt = await dueIn(work.db, work.today, stageOf(policy, stage)?.workingDays);
      return [{ role: 'leading_group', organisationId: work.ownerId, actions: [action], dueAt }];
    }
    case 'expert_opinion': {
      const subject = stageOf(policy, stage)?.groupBy?.includes('subject') ? first.subject : null;
      const group = candidates.filter(({ id }) => ids.includes(id));
      const begin = await opinionsStep(work, policy, subject, group);
      work.open({ ...run, kind: 'panelReview', organisationId: work.ownerId, subject, ...begin });
      await enterRun(work, run.id, stage, ids);
      return [];
    }
    case 'ability_test':
    case 'interview':
    case 'lesson_observation':
    case 'multi_party_evaluation':
    case 'democratic_appraisal':
      work.open({ ...run, kind: 'panelReview', ...(await instrumentStep(work, policy, stage, unit)) });
      await enterRun(work, run.id, stage, ids);
      return [];
    case 'integrity_opinion': {
      const begin = await integrityStep(work, policy);
      work.open({ ...run, kind: 'panelReview', organisationId: work.ownerId, ...begin });
      await enterRun(work, run.id, stage, ids);
      return [];
    }
    case 'differential_vote':
      await startVote(work, policy, run, ids, first.rank);
      return [];
    // Admitted together, see `admit`.
    case 'formal_candidate':
      return [];
  }
}

async function openNotice(
  work: Work,
  run: {
    id: string;
    roundId: string;
    stage: 'school_notice' | 'district_notice';
    unit: string;
    batch: number;
  },
  organisationId: string,
): Promise<void> {
  const level = run.stage === 'school_notice' ? 'school' : 'district';
  await createNotice(work, { id: run.id, roundId: run.roundId, level, organisationId });
  work.open({
    ...run,
    kind: 'publicNotice',
    organisationId,
    step: 'drafting',
    tasks: [
      {
        role: level === 'school' ? 'school_clerk' : 'office',
        organisationId,
        actions: ['draft'],
        dueAt: await dueIn(work.db, work.today, 2),
      },
    ],
  });
}

/**
 * A group votes once its seats are approved. A later batch votes on the seats that are still free; without one its
 * candidates are out.
 */
async function startVote(
  work: Work,
  policy: Policy,
  run: { id: string; roundId: string; unit: string; batch: number },
  ids: readonly string[],
  rank: string,
): Promise<void> {
  const quota = await work.db.seatQuota.findUnique({
    where: { roundId_unit: { roundId: work.id, unit: run.unit } },
  });
  if (quota === null) return;
  const elected = await electedOf(work.db, policy, work.id, run.unit);
  const seats = seatsNow(quota) - elected.filter(({ standing }) => standing !== 'out').length;
  await enterRun(work, run.id, 'differential_vote', ids);
  if (seats <= 0) {
    const reason = { code: 'NO_SEAT_LEFT', rule: 'Q7', values: { unit: run.unit, seats: seatsNow(quota) } };
    await recordOutcomes(
      work,
      work.id,
      'differential_vote',
      ids.map((applicationId) => ({ applicationId, outcome: 'out', reason })),
    );
    return;
  }
  await createVote(
    work,
    {
      id: run.id,
      roundId: work.id,
      ballotRound: 'first',
      firstVoteId: run.id,
      position: 1,
      candidates: ids,
      seats,
      equalNumberDecision: quota.equalNumberDecision,
    },
    policy.vote!,
  );
  await openVoteCase(work, policy, { ...run, rank });
}

/**
 * A place that an elected candidate has lost, or that the district has given the group, goes to the first of its reserve
 * list. Rules N13, V17, V18.
 */
async function fillLostPlaces(work: Work, policy: Policy): Promise<void> {
  const waiting = await work.db.application.count({ where: { roundId: work.id, standing: 'reserve' } });
  if (waiting === 0) return;
  const round = await work.db.round.findUniqueOrThrow({ where: { id: work.id } });
  const quotas = await work.db.seatQuota.findMany({ where: { roundId: work.id } });
  for (const { unit, ...quota } of quotas) {
    const reserves = await reserveList(work, policy, round, unit);
    if (reserves.length === 0) continue;
    const elected = await electedOf(work.db, policy, work.id, unit);
    const free = seatsNow(quota) - elected.filter(({ standing }) => standing !== 'out').length;
    const lost = elected.filter(({ standing }) => standing === 'out').length;
    const called = elected.filter(({ entry }) => entry === 'replacement').length;
    const places = Math.max(0, Math.min(free, lost + quota.assigned - called));
    for (const reserve of reserves.slice(0, places)) await callFromReserve(work, policy, reserve);
  }
}

/** Asks the leading group once for the seats of the groups that are ready to vote. */
async function askForSeats(work: Work, policy: Policy): Promise<NewTask[]> {
  if (!policy.vote || (await proposeSeats(work.db, work.id)).length === 0) return [];
  const asked = await work.db.task.count({
    where: { caseId: work.id, doneAt: null, actions: { has: 'approveSeats' } },
  });
  if (asked > 0) return [];
  const dueAt = await dueIn(work.db, work.today, 3);
  return [{ role: 'leading_group', organisationId: work.ownerId, actions: ['approveSeats'], dueAt }];
}

/** Formal candidates (正式候选人): their training begins, if the scheme has one, and their applications have an outcome. */
async function admit(work: Work, policy: Policy, candidates: readonly ApplicationRow[]): Promise<void> {
  if (candidates.length === 0) return;
  const { policyId } = await work.db.round.findUniqueOrThrow({ where: { id: work.id } });
  if (stageOf(policy, 'training'))
    await startTrainings(
      work,
      candidates.map(({ id: applicationId, personId, rank, entry }) => ({
        applicationId,
        personId,
        rank,
        entry,
        policyId,
        policy,
      })),
    );
  const ids = candidates.map(({ id }) => id);
  await work.db.application.updateMany({ where: { id: { in: ids } }, data: { standing: 'chosen' } });
  for (const id of ids) work.tell(id);
}

export const selectionRoundRules: CaseRules = {
  decisions: {
    open,
    extendStage,
    closeStage,
    mergeSchools,
    returnUnit,
    grantPlaces,
    shareOutPlaces,
    approveSeats,
    assignVacantSeats,
    reviewCandidates,
    approveCandidates,
    cancel,
  },
  transitions: { closeApplications, startStageRuns },
};

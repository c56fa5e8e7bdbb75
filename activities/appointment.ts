import { randomUUID } from 'node:crypto';
import { checkApproval, orderOf, refuseUnlessAppointable } from '../domain/appointment.js';
import { rankOf, stageOf, type Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { automaticTrainings } from '../domain/ladder.js';
import { certificateNumber, certificatePrefix, lastValidDay } from '../domain/tenure.js';
import { wholePart } from '../domain/whole-numbers.js';
import type { Prisma } from '../prisma/generated/client.js';
import {
  appointables,
  appointedIn,
  appointmentCandidates,
  appointmentOf,
  createAppointment,
  lockAppointments,
  openAppointment,
  setDocument,
  setOutcome,
} from '../records/appointments.js';
import { dueIn } from '../records/calendar.js';
import type { CaseRules, Decision, DecisionWork, Move, Work } from '../records/decide.js';
import { personsById } from '../records/persons-shown.js';
import { policyById } from '../records/policies.js';
import { createTitles, lastSerial } from '../records/titles.js';
import {
  markAppointed,
  passedTrainees,
  traineesById,
  updateTrainee,
  type TraineeRow,
} from '../records/trainees.js';
import { remindOverdue } from './reminders.js';
import { tenureCase } from './title-tenure.js';
import { startTrainings } from './training.js';

/** A written decision on a breach of ethics, in force from its date (E11). */
interface EthicsDecision {
  readonly traineeId: string;
  readonly document: string;
  readonly decidedOn: string;
}

/**
 * Opens the appointment of one rank in one year: everybody who has passed, or those named, in the scheme's order, with
 * the places that the year still has. Rules T14, C1.
 */
const open: Decision = async (
  work,
  body: { rank: string; year: string; policyId: string; traineeIds?: readonly string[] },
) => {
  await lockAppointments(work);
  const policy = await policyById(work.db, body.policyId);
  const stage = stageOf(policy, 'appointment');
  const rank = rankOf(policy, body.rank);
  if (stage === undefined || rank?.decidedBy !== policy.scope)
    throw new Refusal({
      code: 'RANK_NOT_CONFERRED_HERE',
      rule: 'C10',
      values: { rank: body.rank },
      clause: stage?.clause,
    });
  if (body.year > work.today.slice(0, 4))
    throw new Refusal({ code: 'DAY_TO_COME', values: { on: body.year, today: work.today } });
  if (await openAppointment(work.db, body.rank))
    throw new Refusal({ code: 'APPOINTMENT_OPEN', rule: 'C1', values: { rank: body.rank } });
  const trainees = await chosenTrainees(work, body.rank, body.traineeIds);
  const places = await placesLeft(work, policy, body.rank, body.year);
  const entries = orderOf(await appointmentCandidates(work.db, trainees, work.today), stage.order ?? []);
  const { id, ownerId } = work;
  await createAppointment(
    work,
    { id, policyId: body.policyId, rank: body.rank, year: body.year, places },
    entries,
  );
  const dueAt = await dueIn(work.db, work.today, Math.max(1, wholePart(stage.workingDays ?? 10, 2)));
  work.open({
    id,
    kind: 'appointment',
    organisationId: ownerId,
    rank: body.rank,
    stage: 'appointment',
    step: 'approving',
    tasks: [{ role: 'leading_group', organisationId: ownerId, actions: ['approve'], dueAt }],
  });
  return { result: { places, listed: entries.length } };
};

async function chosenTrainees(
  work: Work,
  rank: string,
  named: readonly string[] | undefined,
): Promise<TraineeRow[]> {
  const passed = await passedTrainees(work.db, rank);
  const notReady = (named ?? []).filter((id) => !passed.some((trainee) => trainee.id === id));
  if (notReady.length > 0)
    throw new Refusal({ code: 'TRAINEES_NOT_READY', rule: 'T10', values: { ids: notReady } });
  const chosen = passed.filter(({ id }) => named?.includes(id) ?? true);
  if (chosen.length === 0) throw new Refusal({ code: 'NOBODY_TO_APPOINT', rule: 'C1', values: { rank } });
  return chosen;
}

/** Places of the year that are not taken yet; null = no cap. */
async function placesLeft(work: Work, policy: Policy, rank: string, year: string): Promise<number | null> {
  const perYear =
    stageOf(policy, 'appointment')?.cap === 'per_year' ? rankOf(policy, rank)?.perYear : undefined;
  if (perYear === undefined) return null;
  const taken = await appointedIn(work.db, rank, year);
  if (taken >= perYear)
    throw new Refusal({ code: 'NO_PLACES_LEFT', rule: 'T14', values: { rank, year, perYear, taken } });
  return perYear - taken;
}

/**
 * The leading group approves the list (审定) or holds a name with a reason; it never adds one. Who has no place waits
 * for the next year. Rules C1, T14, N14, E11.
 */
const approve: Decision = async (
  work,
  body: {
    approved: readonly string[];
    held?: readonly { traineeId: string; reason: string }[];
    vetoed?: readonly EthicsDecision[];
  },
) => {
  const { appointment, entries: listed } = await appointmentOf(work.db, work.id);
  // Whom a decision on ethics has taken off the list is no longer asked about (E11).
  const entries = listed.filter(({ outcome }) => outcome !== 'vetoed');
  const { approved, held = [], vetoed = [] } = body;
  const notApproved = [...held, ...vetoed].map(({ traineeId }) => traineeId);
  const waiting = checkApproval(entries, appointment.places, { approved, notApproved });
  const trainees = await traineesById(
    work.db,
    entries.map(({ traineeId }) => traineeId),
  );
  await checkPeople(work, trainees, approved);
  const policy = await policyById(work.db, appointment.policyId);
  const clause = stageOf(policy, 'appointment')?.clause;
  const { rank } = appointment;
  await setOutcome(work, approved, 'approved');
  for (const { traineeId, reason } of held)
    await setOutcome(work, [traineeId], 'held', {
      code: 'HELD_BY_LEADING_GROUP',
      rule: 'C1',
      values: { reason },
      clause,
    });
  await veto(work, trainees, vetoed, rank);
  await setOutcome(work, waiting, 'waits', {
    code: 'BEYOND_YEARLY_NUMBER',
    rule: 'T14',
    values: { places: appointment.places, year: appointment.year },
    clause,
  });
  for (const { personId } of trainees.filter(({ id }) => waiting.includes(id)))
    work.notify(personId, 'APPOINTMENT_WAITS', { rank, year: appointment.year, places: appointment.places });
  const result = {
    approved: approved.length,
    held: held.length,
    vetoed: vetoed.length,
    waiting: waiting.length,
  };
  if (approved.length === 0) return { outcome: 'nobody_approved', result };
  return { ...(await issuingStep(work, policy)), result };
};

async function issuingStep(work: Work, policy: Policy): Promise<Move> {
  const days = stageOf(policy, 'appointment')?.workingDays ?? 10;
  const dueAt = await dueIn(work.db, work.today, Math.max(1, days - wholePart(days, 2)));
  return {
    step: 'issuing',
    tasks: [{ role: 'office', organisationId: work.ownerId, actions: ['issue'], dueAt }],
  };
}

/**
 * The office issues the certificates with the document that confers the titles: each has a number and a last day, a
 * tenure begins, and the ladder makes the new holders trainees of the next rank. Rules C2, C5, P11, N14.
 */
const issue: Decision = async (
  work,
  body: { document: { number: string; date: string }; vetoed?: readonly EthicsDecision[] },
) => {
  if (body.document.date > work.today)
    throw new Refusal({ code: 'DAY_TO_COME', values: { on: body.document.date, today: work.today } });
  await lockAppointments(work);
  const { appointment, entries } = await appointmentOf(work.db, work.id);
  const policy = await policyById(work.db, appointment.policyId);
  const { vetoed = [] } = body;
  const approved = entries.filter(({ outcome }) => outcome === 'approved').map(({ traineeId }) => traineeId);
  const strangers = vetoed.map(({ traineeId }) => traineeId).filter((id) => !approved.includes(id));
  if (strangers.length > 0)
    throw new Refusal({ code: 'NOT_ON_LIST', rule: 'C1', values: { ids: strangers } });
  const trainees = await traineesById(work.db, approved);
  await veto(work, trainees, vetoed, appointment.rank);
  const order = approved.filter((id) => !vetoed.some(({ traineeId }) => traineeId === id));
  await checkPeople(work, trainees, order);
  const numbers = await giveTitles(
    work,
    policy,
    appointment,
    order.map((id) => trainees.find((each) => each.id === id)!),
    body.document.number,
  );
  await setOutcome(work, order, 'issued');
  await setDocument(work, { ...body.document });
  return { outcome: 'issued', result: { issued: numbers.length, certificates: numbers } };
};

/** Writes titles, opens tenures, tells the holders and starts the trainings of the ladder. Returns the certificates' numbers. */
async function giveTitles(
  work: Work,
  policy: Policy,
  appointment: { readonly policyId: string; readonly rank: string; readonly year: string },
  trainees: readonly TraineeRow[],
  document: string,
): Promise<string[]> {
  const { db, ownerId, today } = work;
  const { policyId, rank, year } = appointment;
  const { decidedBy } = rankOf(policy, rank)!;
  const persons = await personsById(
    db,
    trainees.map(({ personId }) => personId),
  );
  const earlier = await lastSerial(db, certificatePrefix(policy, year, rank));
  const titles = trainees.map((trainee, index) => ({
    id: randomUUID(),
    ownerId,
    personId: trainee.personId,
    schoolId: persons.get(trainee.personId)!.schoolId,
    rank,
    decidedBy,
    origin: 'appointment',
    policyId,
    traineeId: trainee.id,
    from: today,
    until: lastValidDay(policy, today),
    certificateNumber: certificateNumber(policy, year, rank, earlier + index + 1),
    document,
    endedOn: null,
  }));
  await createTitles(db, titles);
  await markAppointed(
    db,
    trainees.map(({ id }) => id),
  );
  for (const title of titles) {
    work.open(tenureCase(policy, title, today));
    work.notify(title.personId, 'TITLE_GIVEN', {
      rank,
      certificateNumber: title.certificateNumber,
      from: title.from,
      until: title.until,
    });
  }
  for (const to of automaticTrainings(policy, rank))
    await startTrainings(
      work,
      trainees.map(({ personId }) => ({
        applicationId: null,
        personId,
        rank: to,
        entry: 'ladder',
        policyId,
        policy,
      })),
    );
  return titles.map((title) => title.certificateNumber);
}

/** N14 on this day, and nobody decides on an own name (S8). */
async function checkPeople(
  work: DecisionWork,
  trainees: readonly TraineeRow[],
  named: readonly string[],
): Promise<void> {
  if (trainees.some(({ personId }) => personId === work.submission.actorId))
    throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  const policies = new Map<string, Policy>();
  for (const { policyId } of trainees) policies.set(policyId, await policyById(work.db, policyId));
  const asked = trainees.filter(({ id }) => named.includes(id));
  refuseUnlessAppointable(
    await appointables(work.db, ({ policyId }) => policies.get(policyId)!, asked, work.at),
  );
}

/** A written decision on a breach of ethics ends the training of who had passed. Rule E11. */
async function veto(
  work: Work,
  trainees: readonly TraineeRow[],
  vetoed: readonly EthicsDecision[],
  rank: string,
): Promise<void> {
  for (const { traineeId, document, decidedOn } of vetoed) {
    if (decidedOn > work.today)
      throw new Refusal({ code: 'DAY_TO_COME', values: { on: decidedOn, today: work.today } });
    const reason = { code: 'OUT_BY_ETHICS_DECISION', rule: 'E11', values: { document, decidedOn } };
    await updateTrainee(work.db, traineeId, {
      standing: 'eliminated',
      reason: reason as Prisma.InputJsonObject,
    });
    await setOutcome(work, [traineeId], 'vetoed', reason);
    work.notify(trainees.find(({ id }) => id === traineeId)!.personId, reason.code, {
      ...reason.values,
      rank,
    });
  }
}

export const appointmentRules: CaseRules = {
  decisions: { open, approve, issue },
  transitions: { remindOverdue },
};

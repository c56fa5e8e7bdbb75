import { addDays, addYears } from '../domain/dates.js';
import { stageOf, type Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { unitOf } from '../domain/stages.js';
import type { Prisma } from '../prisma/generated/client.js';
import { dueIn } from '../records/calendar.js';
import { lockCase, reopenCase, type NewTask } from '../records/cases.js';
import type { Decision, Move, Work } from '../records/decide.js';
import { conditionsOn } from '../records/facts.js';
import { membersWith } from '../records/people.js';
import { policyById } from '../records/policies.js';
import {
  alreadyInTraining,
  othersBeganOn,
  traineeOf,
  updateTrainee,
  type TraineeRow,
} from '../records/trainees.js';
import { callFromReserve, reserveList } from '../records/reserve-list.js';

/** Working days in which the leading group decides on a place. */
const daysForPlaces = 10;

/** Working days in which a round that was opened again for a replacement comes to its end, as the office plans it. */
const daysForReplacement = 30;

/** A place on which nothing is decided: how the training of who had it ends, and since when it is free. */
interface FreePlace {
  readonly outcome: string;
  readonly freedOn: string;
}

function sourcesOf(policy: Policy): readonly string[] {
  return policy.dynamic?.supplement?.from ?? [];
}

type ApplicationRow = Prisma.ApplicationGetPayload<object>;

/** Somebody on the reserve list who is not called, and why. */
interface PassedOver {
  readonly applicationId: string;
  readonly why: readonly string[];
}

/**
 * The place of a trainee who is out or has left: where the scheme fills places, the leading group decides on it; who came by
 * the ladder has taken none. Rule T12.
 * @param outcome how the case is to end when that is decided
 */
export async function placeStep(
  work: Work,
  policy: Policy,
  trainee: TraineeRow,
  outcome: string,
): Promise<Move> {
  const sources = sourcesOf(policy);
  if (trainee.entry === 'ladder' || trainee.applicationId === null || sources.length === 0)
    return { outcome };
  const task = await askForPlace(work, policy, trainee, { outcome, freedOn: work.today });
  return { step: 'replacing', tasks: [task], wakeAt: task.dueAt };
}

/** The leading group is to decide on a place that is free, and the office hears of it. */
async function askForPlace(
  work: Work,
  policy: Policy,
  { id, rank }: TraineeRow,
  place: FreePlace,
): Promise<NewTask> {
  await updateTrainee(work.db, id, { place: { ...place } });
  const organisationId = work.ownerId;
  for (const { personId } of await membersWith(work.db, 'office', work.today, { organisationId }))
    work.notify(personId, 'TRAINING_PLACE_FREE', { rank, sources: [...sourcesOf(policy)] });
  const dueAt = await dueIn(work.db, work.today, daysForPlaces);
  return { role: 'leading_group', organisationId, actions: ['decidePlace'], dueAt };
}

/**
 * Who was called from the reserve list of a round for the place of a trainee has fallen out before the training: the place
 * has gone to nobody, and the leading group decides on it once more. Rules T12, N13.
 */
export async function askAgainForPlaces(work: Work, policy: Policy): Promise<void> {
  const { db, ownerId, at } = work;
  const fallen = await db.application.findMany({
    where: { roundId: work.id, entry: 'replacement', standing: 'out' },
    select: { id: true },
  });
  for (const { id: applicationId } of fallen) {
    const trainee = await db.trainee.findFirst({
      where: { place: { path: ['applicationId'], equals: applicationId } },
    });
    if (trainee === null) continue;
    const { outcome, freedOn } = trainee.place as unknown as FreePlace;
    const task = await askForPlace(work, policy, trainee, { outcome, freedOn });
    const { role: waitingFor, dueAt } = task;
    await reopenCase(db, trainee.id, { at, step: 'replacing', waitingFor, dueAt, wakeAt: dueAt });
    await db.task.create({
      data: { ...task, actions: [...task.actions], caseId: trainee.id, ownerId, since: at },
    });
    work.tell(trainee.id);
  }
}

/**
 * The leading group decides on a place, in the order of the scheme: the first of the reserve list of the same rank and group
 * who is still eligible today is called, and passes the notice before the training begins (N13); else a supplementary
 * selection is asked of the office; else the place stays vacant, with a reason. Rules T12, V18, N13.
 * @throws Refusal `PLACE_RESERVE_FIRST` when somebody of the list is passed over, `PLACE_NO_RESERVE`, `PLACE_SOURCE`,
 *   `PLACE_REASON`
 */
export const decidePlace: Decision = async (
  work,
  body: { from: 'reserve_list' | 'supplement' | 'vacant'; reason?: string },
) => {
  const trainee = await traineeOf(work.db, work.id);
  const policy = await policyById(work.db, trainee.policyId);
  const { outcome, freedOn } = trainee.place as unknown as FreePlace;
  const sources = sourcesOf(policy);
  const clause = policy.dynamic?.supplement?.clause;
  const { callable, passedOver } = sources.includes('reserve_list')
    ? await reserves(work, policy, trainee)
    : { callable: null, passedOver: [] };
  if (body.from !== 'reserve_list' && callable !== null)
    throw new Refusal({ code: 'PLACE_RESERVE_FIRST', rule: 'T12', values: { rank: trainee.rank }, clause });
  if (body.from === 'reserve_list' && callable === null)
    throw new Refusal({
      code: 'PLACE_NO_RESERVE',
      rule: 'T12',
      values: { rank: trainee.rank, passedOver: passedOver.length },
      clause,
    });
  if (body.from === 'supplement' && !sources.includes('outstanding_non_trainees'))
    throw new Refusal({ code: 'PLACE_SOURCE', rule: 'T12', values: { allowed: [...sources] }, clause });
  if (body.from === 'vacant' && body.reason === undefined)
    throw new Refusal({ code: 'PLACE_REASON', rule: 'T12' });
  if (callable !== null) await reopenForReserve(work, policy, callable);
  if (body.from === 'supplement')
    for (const { personId } of await membersWith(work.db, 'office', work.today, {
      organisationId: work.ownerId,
    }))
      work.notify(personId, 'SUPPLEMENT_ASKED', { rank: trainee.rank });
  const place = {
    outcome,
    freedOn,
    from: body.from,
    reason: body.reason ?? null,
    applicationId: callable?.id ?? null,
    passedOver: passedOver as unknown as Prisma.InputJsonArray,
    decidedOn: work.today,
  };
  await updateTrainee(work.db, trainee.id, { place });
  const result = { from: body.from, applicationId: callable?.id ?? null, passedOver: place.passedOver };
  return { outcome, result };
};

/**
 * Who is called from the reserve list, and who comes before but may not be: not eligible on this day, in training for the
 * rank already, or on a list that has ended with the training year. Rules T12, V18.
 */
async function reserves(
  work: Work,
  policy: Policy,
  trainee: TraineeRow,
): Promise<{ callable: ApplicationRow | null; passedOver: PassedOver[] }> {
  const { db, today } = work;
  if (stageOf(policy, 'differential_vote') === undefined) return { callable: null, passedOver: [] };
  const own = await db.application.findUniqueOrThrow({ where: { id: trainee.applicationId! } });
  const { roundId, rank } = own;
  const round = await db.round.findUniqueOrThrow({ where: { id: roundId } });
  const unit = unitOf(policy, 'differential_vote', own);
  // Another place, or the round itself, calls from the same list: one after the other.
  await lockCase(db, roundId);
  const list = await reserveList(work, policy, round, unit);
  const began = (await othersBeganOn(db, own.id, rank)) ?? trainee.startsOn;
  const isOver = today > addDays(addYears(began, 1), -1);
  const inTraining = await alreadyInTraining(
    db,
    rank,
    list.map(({ personId }) => personId),
  );
  const passedOver: PassedOver[] = [];
  for (const each of list) {
    const why = [
      ...(isOver ? ['RESERVE_LIST_OVER'] : []),
      ...(inTraining.has(each.personId) ? ['IN_TRAINING'] : []),
      ...(await unmetConditions(work, policy, each, round)),
    ];
    if (why.length === 0) return { callable: each, passedOver };
    passedOver.push({ applicationId: each.id, why });
  }
  return { callable: null, passedOver };
}

/** The conditions of the rank that somebody on the list does not meet on this day. Rules T12, E14. */
async function unmetConditions(
  work: Work,
  policy: Policy,
  application: ApplicationRow,
  round: {
    readonly id: string;
    readonly policyId: string;
    readonly opensOn: string;
    readonly cutOff: string;
  },
): Promise<string[]> {
  const { findings } = await conditionsOn(work.db, policy, application, round, work.today);
  return findings.filter(({ outcome }) => outcome === 'not_met').map(({ code }) => code);
}

/**
 * Calls somebody from the reserve list: the round is opened again, if it is over, and carries the replacement from the vote
 * on, through a notice of its own, to the training. Rules N13, T12, V18.
 */
async function reopenForReserve(work: Work, policy: Policy, application: ApplicationRow): Promise<void> {
  const { db } = work;
  const { id, roundId } = application;
  await callFromReserve(work, policy, application);
  const dueAt = await dueIn(db, work.today, daysForReplacement);
  await reopenCase(db, id, { at: work.at, step: 'underway', waitingFor: 'office', dueAt, wakeAt: null });
  await reopenCase(db, roundId, {
    at: work.at,
    step: 'selection',
    waitingFor: 'office',
    dueAt,
    wakeAt: work.at,
  });
  work.tell(id);
  work.tell(roundId);
}

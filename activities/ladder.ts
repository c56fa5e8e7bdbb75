import { automaticTrainings } from '../domain/ladder.js';
import { Refusal } from '../domain/refusal.js';
import { lockAppointments } from '../records/appointments.js';
import type { Decision } from '../records/decide.js';
import { waitingForTraining } from '../records/ladder.js';
import { policyById } from '../records/policies.js';
import { startTrainings } from './training.js';

/** How many trainings begin in one transaction; the answer says how many are left for the next. */
const enteredAtOnce = 200;

/**
 * The office enters the holders whose titles came with the roster into the training that the ladder has for all of them, as the
 * service does with those whom it appoints. Who is left out is named with a reason; who has been in training for the rank
 * before is not entered again. Rules P11, T19.
 * @throws Refusal `LADDER_NOT_FOR_ALL`, `NOT_ON_LADDER`, `LADDER_NOBODY_LEFT`, `OWN_CASE`
 */
const enterLadder: Decision = async (
  work,
  body: {
    policyId: string;
    rank: string;
    except?: readonly { readonly personId: string; readonly reason: string }[];
  },
) => {
  const { policyId, rank, except = [] } = body;
  // New holders become trainees when their certificates are issued: one after the other.
  await lockAppointments(work);
  const policy = await policyById(work.db, policyId);
  const isForAll = policy.ladder?.some(({ from }) => automaticTrainings(policy, from).includes(rank));
  if (!isForAll) throw new Refusal({ code: 'LADDER_NOT_FOR_ALL', rule: 'P11', values: { rank } });
  const waiting = await waitingForTraining(work.db, policy, rank, work.today);
  const leftOut = new Set(except.map(({ personId }) => personId));
  const strangers = [...leftOut].filter((personId) => !waiting.includes(personId));
  if (strangers.length > 0)
    throw new Refusal({ code: 'NOT_ON_LADDER', rule: 'P11', values: { count: strangers.length } });
  const entering = waiting.filter((personId) => !leftOut.has(personId));
  if (entering.length === 0) throw new Refusal({ code: 'LADDER_NOBODY_LEFT', rule: 'P11', values: { rank } });
  if (entering.includes(work.submission.actorId)) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  const entrants = entering
    .slice(0, enteredAtOnce)
    .map((personId) => ({ applicationId: null, personId, rank, entry: 'ladder', policyId, policy }));
  const entered = (await startTrainings(work, entrants)).length;
  return { result: { entered, leftOut: leftOut.size, left: entering.length - entered } };
};

/** What is decided on the ladder, with the organisation's calendar. */
export const ladderDecisions = { enterLadder };

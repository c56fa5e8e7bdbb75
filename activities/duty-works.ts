import { randomUUID } from 'node:crypto';
import type { Duty } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { checkWork, type DutySpan } from '../domain/training-plan.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Decision, DecisionWork, Work } from '../records/decide.js';
import { checkDutyWork, createDutyWork, findDutyWork, workEvidence } from '../records/duty-works.js';
import { membersWith } from '../records/people.js';

/** Who owes tasks on a case, which, and since when. */
export interface Owing {
  readonly personId: string;
  readonly duties: readonly Duty[];
  readonly span: DutySpan;
}

/** What a trainee or holder hands in. */
export interface WorkBody {
  readonly duty: string;
  readonly period: string;
  readonly title: string;
  readonly text?: string;
  readonly outputs?: readonly { readonly name: string; readonly fileHash?: string }[];
  readonly evidenceId?: string;
}

/**
 * A task of the scheme is handed in (提交任务材料) with its text, outputs and evidence; whoever checks it is told. It counts from
 * the day of handing in, once somebody else has confirmed it. Rules T15, A10.
 * @param owingOf who owes tasks on the case
 */
export function handInWork(owingOf: (work: Work) => Promise<Owing>): Decision {
  return async (work, body: WorkBody) => {
    const { personId, duties, span } = await owingOf(work);
    const { duty: code, period, title, text = null, outputs = [], evidenceId = null } = body;
    const evidence =
      evidenceId === null ? null : await workEvidence(work.db, { personId, duty: code, evidenceId });
    if (evidenceId !== null && evidence === null)
      throw new Refusal({ code: 'NOT_FOUND', values: { evidenceId } });
    const names = outputs.map(({ name }) => name);
    const asked = { duty: code, period, text, outputs: names, evidence };
    const { duty, isLate } = checkWork(duties, span, asked, work.today);
    const id = randomUUID();
    await createDutyWork(work.db, {
      id,
      ownerId: work.ownerId,
      personId,
      caseId: work.id,
      duty: code,
      period,
      title,
      text,
      outputs: outputs as unknown as Prisma.InputJsonArray,
      evidenceId,
      handedInOn: work.today,
      handedInById: work.submission.actorId,
    });
    await tellCheckers(work, personId, { duty: duty.zh, period });
    return { wakeAt: work.row!.wakeAt, result: { workId: id, isLate } };
  };
}

/** The training centre hears of what a trainee hands in, the school of what a holder does. */
async function tellCheckers(
  work: DecisionWork,
  personId: string,
  values: Prisma.InputJsonObject,
): Promise<void> {
  const isTraining = work.row!.kind === 'training';
  const role = isTraining ? 'training_centre' : 'head';
  const organisationId = isTraining ? work.ownerId : work.row!.organisationId;
  const checkers = await membersWith(work.db, role, work.today, { organisationId });
  for (const checker of new Set(checkers.map((member) => member.personId)))
    if (checker !== personId) work.notify(checker, 'WORK_HANDED_IN', values);
}

/**
 * What was handed in is confirmed, or sent back with a reason, by somebody else than the one who owes it and the one who
 * handed it in. Rule T15.
 * @param owingOf who owes tasks on the case
 * @param refuseOther refuses whoever has the role to check, but not for this case
 */
export function checkWorkOf(
  owingOf: (work: Work) => Promise<Owing>,
  refuseOther: (work: DecisionWork) => Promise<void> = async () => {},
): Decision {
  return async (work, body: { workId: string; confirmed: boolean; reason?: string }) => {
    const { personId, duties } = await owingOf(work);
    const { actorId } = work.submission;
    const found = await findDutyWork(work.db, work.id, body.workId);
    if (found === null || found.checkedById !== null)
      throw new Refusal({ code: 'WORK_NOT_PENDING', rule: 'T15', values: { workId: body.workId } });
    if ([personId, found.handedInById].includes(actorId))
      throw new Refusal({ code: 'WORK_OWN', rule: 'T15' });
    await refuseOther(work);
    if (!body.confirmed && body.reason === undefined)
      throw new Refusal({ code: 'WORK_REASON_MISSING', rule: 'T15' });
    await checkDutyWork(work.db, found.id, {
      checkedById: actorId,
      checkedOn: work.today,
      refusal: body.confirmed ? null : body.reason!,
    });
    const duty = duties.find(({ code }) => code === found.duty);
    const values = { duty: duty?.zh ?? found.duty, period: found.period };
    work.notify(personId, body.confirmed ? 'WORK_CONFIRMED' : 'WORK_SENT_BACK', {
      ...values,
      ...(!body.confirmed && { reason: body.reason! }),
    });
    return { wakeAt: work.row!.wakeAt };
  };
}

import { Refusal, type Reason } from '../domain/refusal.js';
import { nominatingStage, pathOf, type RunStage } from '../domain/stages.js';
import { policyOfRound } from '../records/candidates.js';
import type { Decision, Work } from '../records/decide.js';
import { furtherApplicants } from '../records/nomination-quotas.js';
import { membersWith } from '../records/people.js';
import { goBack, standAgain } from '../records/second-runs.js';

/** The last stage at which a list can still go back: after it the candidates of several schools are judged together. */
const lastStages: readonly RunStage[] = ['filing', 'eligibility_check', 'leading_group_review'];

/**
 * The office sends one school's list back (退回重报) with a reason, while the rest of the round goes on: the school does
 * the stage again, and all that follow it. Back at the nomination its places are free again, and the applicants whom it
 * had not named stand again; the scores of before count unless new ones are asked for. Rules Q8, W9, P12.
 */
export const returnUnit: Decision = async (
  work,
  body: {
    unit: string;
    stage: 'school_score' | 'school_nomination' | 'school_notice' | 'filing';
    reason: string;
    scoreAgain?: boolean;
  },
) => {
  const { db, id: roundId } = work;
  const policy = await policyOfRound(db, roundId);
  const order = policy.stages.map(({ code }) => code as string);
  const last = Math.max(...lastStages.map((stage) => order.indexOf(stage)));
  const standing = await db.application.findMany({
    where: { roundId, schoolId: body.unit, standing: { in: ['waiting', 'running', 'held'] } },
    orderBy: { id: 'asc' },
  });
  const listed = standing.filter(({ entry, stage, standing: how, heldReason }) => {
    // Whom an objection or a leader's decision holds stays held where it is.
    if (how === 'held' && (heldReason as unknown as Reason).code !== 'RETURNED_FOR_CORRECTION') return false;
    const isAfter = order.indexOf(stage) > order.indexOf(body.stage) && order.indexOf(stage) <= last;
    return pathOf(policy, entry).includes(body.stage) && isAfter;
  });
  const nominatesAgain = body.stage === nominatingStage(policy);
  const further = nominatesAgain ? await furtherApplicants(db, policy, roundId, { schoolId: body.unit }) : [];
  if (listed.length === 0)
    throw new Refusal({ code: 'NOTHING_TO_RETURN', rule: 'W9', values: { stage: body.stage } });

  const reason: Reason = {
    code: 'LIST_RETURNED',
    rule: 'W9',
    values: { stage: body.stage, reason: body.reason, scoreAgain: body.scoreAgain === true },
  };
  await goBack(work, listed, body.stage, reason);
  if (nominatesAgain || body.stage === 'school_score')
    await db.nomination.deleteMany({ where: { applicationId: { in: listed.map(({ id }) => id) } } });
  await standAgain(work, policy, further, body.stage);
  await db.application.updateMany({
    where: { id: { in: [...listed, ...further].map(({ id }) => id) } },
    data: { returned: true },
  });
  await closeEmptyReview(work);
  for (const { personId } of await membersWith(db, ['school_clerk', 'head'], work.today, {
    organisationId: body.unit,
  }))
    work.notify(personId, 'SCHOOL_LIST_RETURNED', { stage: body.stage, reason: body.reason });
  return { wakeAt: work.at, result: { returned: listed.length, standAgain: further.length } };
};

/** A review that nobody is left in is no longer asked for. */
async function closeEmptyReview(work: Work): Promise<void> {
  const left = await work.db.stageEntry.count({
    where: { caseId: work.id, stage: 'leading_group_review', endedAt: null },
  });
  if (left === 0) await work.finishTasks(work.id, 'reviewCandidates');
}

import { checkApprovedTable } from '../domain/quota.js';
import { Refusal } from '../domain/refusal.js';
import { nominatingStage } from '../domain/stages.js';
import { policyOfRound } from '../records/candidates.js';
import type { Decision, Work } from '../records/decide.js';
import {
  changeQuotas,
  furtherApplicants,
  lockQuotas,
  moveIntoQuota,
  proposeUnused,
  type QuotaChange,
} from '../records/nomination-quotas.js';
import { standAgain } from '../records/second-runs.js';

/**
 * The leading group gives places that were held back (机动) or listed apart (单列) to schools, each with a reason. A school
 * that has nominated already names further candidates in a run of its own. Rules Q2, Q8.
 */
export const grantPlaces: Decision = async (
  work,
  body: { extraId: string; grants: readonly { schoolId: string; places: number; reason: string }[] },
) => {
  const { db, id: roundId } = work;
  const found = await db.quotaExtra.findFirst({ where: { id: body.extraId, roundId } });
  if (found === null) throw new Refusal({ code: 'NOT_FOUND', values: { extraId: body.extraId } });
  const { rank, kind } = found;
  await lockQuotas(db, roundId, { rank });
  const { left } = await db.quotaExtra.findUniqueOrThrow({ where: { id: found.id } });
  const asked = body.grants.reduce((sum, { places }) => sum + places, 0);
  if (asked > left)
    throw new Refusal({ code: 'EXTRA_PLACES_USED', rule: 'Q2', values: { rank, kind, asked, left } });
  const known = await db.nominationQuota.findMany({ where: { roundId, rank }, select: { schoolId: true } });
  const unknown = body.grants
    .map(({ schoolId }) => schoolId)
    .filter((schoolId) => !known.some((row) => row.schoolId === schoolId));
  if (unknown.length > 0)
    throw new Refusal({ code: 'QUOTA_ROWS', rule: 'Q2', values: { missing: [], unknown, twice: [] } });
  await db.quotaExtra.update({ where: { id: found.id }, data: { left: { decrement: asked } } });
  const changes = body.grants.map(({ schoolId, places, reason }): QuotaChange => ({
    schoolId,
    change: places,
    source: kind as QuotaChange['source'],
    reason,
  }));
  await changeQuotas(work, roundId, rank, changes);
  const again = await callFurther(work, rank, [...new Set(body.grants.map(({ schoolId }) => schoolId))]);
  return {
    ...(again > 0 && { wakeAt: work.at }),
    result: { left: left - asked, standAgain: again },
  };
};

/**
 * The leading group shares the places that schools have not used out once more: they return to the pool, and the schools
 * with further eligible applicants get them by the approved table, which differs from the proposal only with reasons.
 * Their applicants stand again, in a run of their own. Unused rural places go to urban schools only by a written
 * decision. What nobody can take stays with the round. Rules Q4, Q8.
 */
export const shareOutPlaces: Decision = async (
  work,
  body: {
    rank: string;
    rows: readonly { schoolId: string; places: number; reason?: string }[];
    ruralToUrban?: string;
  },
) => {
  const { db, id: roundId } = work;
  const { rank, rows } = body;
  await lockQuotas(db, roundId, { rank });
  const policy = await policyOfRound(db, roundId);
  const proposal = await proposeUnused(db, policy, roundId, rank, body.ruralToUrban !== undefined);
  const proposed = new Map(proposal.shares.rows.map(({ id, places }) => [id, places]));
  const total = [...proposed.values()].reduce((sum, places) => sum + places, 0);
  if (total === 0) throw new Refusal({ code: 'NOTHING_TO_SHARE_OUT', rule: 'Q8', values: { rank } });
  checkApprovedTable(
    {
      total,
      rural: null,
      rows: proposal.receivers.map((receiver) => ({
        ...receiver,
        quota: proposed.get(receiver.id) ?? 0,
        basis: 'share',
        share: { numerator: 0, denominator: 1 },
        byRemainder: false,
      })),
    },
    { rows: rows.map(({ schoolId, places, reason }) => ({ id: schoolId, quota: places, reason })) },
  );
  const receiverOf = (schoolId: string) => proposal.receivers.find(({ id }) => id === schoolId)!;
  for (const { schoolId, places } of rows) {
    const { code, further } = receiverOf(schoolId);
    if (places > further)
      throw new Refusal({
        code: 'PLACES_OVER_FURTHER',
        rule: 'Q8',
        values: { school: code, places, further },
      });
  }
  const toUrban = rows
    .filter(({ schoolId }) => !receiverOf(schoolId).rural)
    .reduce((sum, { places }) => sum + places, 0);
  const rules = policy.quotas!.nominations!;
  if (rules.ruralSharePercent !== undefined && !body.ruralToUrban && toUrban > proposal.unused.urban)
    throw new Refusal({
      code: 'RURAL_PLACES_KEPT',
      rule: 'Q4',
      values: { toUrban, urban: proposal.unused.urban },
      clause: rules.clause,
    });

  const returned = proposal.givers.map(({ schoolId, unused }): QuotaChange => ({
    schoolId,
    change: -unused,
    source: 'unused',
    reason: null,
  }));
  const given = rows
    .filter(({ places }) => places > 0)
    .map(({ schoolId, places, reason }): QuotaChange => ({
      schoolId,
      change: places,
      source: 'unused',
      reason: reason ?? body.ruralToUrban ?? null,
    }));
  await changeQuotas(work, roundId, rank, returned);
  for (const { schoolId } of returned) await moveIntoQuota(work, roundId, schoolId, rank);
  await changeQuotas(work, roundId, rank, given);
  const left = proposal.unused.rural + proposal.unused.urban - total;
  if (left > 0)
    await db.quotaExtra.create({
      data: {
        ownerId: work.ownerId,
        roundId,
        rank,
        kind: 'unused',
        places: left,
        left,
        reason: 'Q8',
      },
    });
  const again = await callFurther(
    work,
    rank,
    given.map(({ schoolId }) => schoolId),
  );
  return { wakeAt: work.at, result: { sharedOut: total, left, standAgain: again } };
};

/** The schools' applicants who were not nominated stand again where a school's nomination is over; says how many. */
async function callFurther(work: Work, rank: string, schoolIds: readonly string[]): Promise<number> {
  const policy = await policyOfRound(work.db, work.id);
  let again = 0;
  for (const schoolId of schoolIds) {
    const further = await furtherApplicants(work.db, policy, work.id, { rank, schoolId });
    await standAgain(work, policy, further, nominatingStage(policy));
    again += further.length;
  }
  return again;
}

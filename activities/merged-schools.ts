import { Refusal } from '../domain/refusal.js';
import type { Decision, Work } from '../records/decide.js';
import { changeQuotas, lockQuotas, moveIntoQuota } from '../records/nomination-quotas.js';

/**
 * A school is merged into another in mid round: its places, its candidates, its open runs of stages with their tasks and
 * its notices that are not published go over to the other. What is published, filed and decided stays as it was. Rule W10.
 */
export const mergeSchools: Decision = async (work, body: { from: string; into: string; reason: string }) => {
  const { db, id: roundId } = work;
  const { from, into } = body;
  const schools = await db.organisation.findMany({ where: { id: { in: [from, into] }, kind: 'school' } });
  const found = schools.find(({ id }) => id === into);
  if (from === into || schools.length < 2 || found?.validUntil)
    throw new Refusal({ code: 'SCHOOLS_NOT_MERGED', rule: 'W10', values: { from, into } });
  const places = await moveQuotas(work, body);
  const candidates = await db.application.updateMany({
    where: { roundId, schoolId: from, standing: { not: 'out' } },
    data: { schoolId: into },
  });
  const cases = await db.case.findMany({ where: { roundId, organisationId: from, closedAt: null } });
  const ids = cases.map(({ id }) => id);
  await db.case.updateMany({
    where: { id: { in: ids } },
    data: { organisationId: into, sequence: { increment: 1 } },
  });
  await db.case.updateMany({ where: { id: { in: ids }, unit: from }, data: { unit: into } });
  await db.task.updateMany({
    where: { caseId: { in: ids }, organisationId: from, doneAt: null },
    data: { organisationId: into },
  });
  await db.notice.updateMany({
    where: { roundId, organisationId: from, publishedAt: null },
    data: { organisationId: into },
  });
  for (const id of ids) work.tell(id);
  return { wakeAt: work.at, result: { places, candidates: candidates.count, cases: ids.length } };
};

/** The places of every rank, with the nominations that have taken some of them; says how many places went over. */
async function moveQuotas(
  work: Work,
  { from, into, reason }: { readonly from: string; readonly into: string; readonly reason: string },
): Promise<number> {
  const { db, id: roundId, ownerId } = work;
  const quotas = await db.nominationQuota.findMany({
    where: { roundId, schoolId: from },
    orderBy: { rank: 'asc' },
  });
  let moved = 0;
  for (const { rank } of quotas) {
    await lockQuotas(db, roundId, { rank });
    const { places } = await db.nominationQuota.findUniqueOrThrow({
      where: { roundId_schoolId_rank: { roundId, schoolId: from, rank } },
    });
    await db.nominationQuota.createMany({
      data: [{ roundId, ownerId, schoolId: into, rank, proposed: 0, places: 0 }],
      skipDuplicates: true,
    });
    const change = { source: 'merged' as const, reason };
    await changeQuotas(work, roundId, rank, [{ ...change, schoolId: into, change: places }]);
    // The numbers of the places of two schools overlap: first above both, then below the joint quota.
    const taken = await db.nomination.findMany({
      where: { roundId, schoolId: { in: [from, into] }, rank },
      orderBy: { place: 'desc' },
    });
    const above = 1 + places + Math.max(0, ...taken.map(({ place }) => place));
    for (const [index, { applicationId }] of taken.filter(({ schoolId }) => schoolId === from).entries())
      await db.nomination.update({
        where: { applicationId },
        data: { schoolId: into, place: above + index },
      });
    await moveIntoQuota(work, roundId, into, rank);
    await changeQuotas(work, roundId, rank, [{ ...change, schoolId: from, change: -places }]);
    moved += places;
  }
  return moved;
}

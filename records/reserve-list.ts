import type { Policy } from '../domain/policy.js';
import type { Reason } from '../domain/refusal.js';
import { pathOf, unitOf } from '../domain/stages.js';
import { compareByKeys } from '../domain/vote.js';
import { Prisma } from '../prisma/generated/client.js';
import { candidatesOf, type ApplicationRow } from './candidates.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';
import { isHeldByObjection } from './objections.js';
import { tieBreakValues } from './votes.js';

/**
 * The reserve list (候补名单) of one group of a round, in the order in which it is called: by place, then by the scheme's
 * keys on the round's cut-off day. Rules V16, V18.
 * @param unit the group that the committee voted on
 */
export async function reserveList(
  work: Work,
  policy: Policy,
  round: { readonly id: string; readonly cutOff: string },
  unit: string,
): Promise<ApplicationRow[]> {
  const found = await work.db.application.findMany({ where: { roundId: round.id, standing: 'reserve' } });
  const list = found.filter((each) => unitOf(policy, 'differential_vote', each) === unit);
  if (list.length === 0) return [];
  const ids = list.map(({ id }) => id);
  const values = await tieBreakValues(work.db, ids, round.cutOff);
  return list.toSorted(
    (left, right) =>
      left.reservePlace! - right.reservePlace! ||
      compareByKeys(left.id, right.id, policy.vote!.tieBreak, values) ||
      (left.id < right.id ? -1 : 1),
  );
}

/**
 * Takes somebody from the reserve list back into the round, at the stage after the vote: a notice of one's own follows.
 * Who is held stays held until freed. Rules N11, N13, T12, V18.
 */
export async function callFromReserve(work: Work, policy: Policy, reserve: ApplicationRow): Promise<void> {
  const path = pathOf(policy, 'replacement');
  const isHeld =
    (await isHeldByObjection(work.db, reserve.id)) ||
    (reserve.heldReason !== null && codeOf(reserve.heldReason) !== 'OBJECTION_OPEN');
  await work.db.stageEntry.updateMany({
    where: { applicationId: reserve.id, stage: 'differential_vote', outcome: 'reserve' },
    data: { outcome: 'called' },
  });
  await work.db.application.updateMany({
    where: { id: reserve.id, standing: 'reserve' },
    data: {
      entry: 'replacement',
      standing: isHeld ? 'held' : 'waiting',
      stage: path[path.indexOf('differential_vote') + 1] ?? 'formal_candidate',
      reason: Prisma.DbNull,
      ...(!isHeld && { heldReason: Prisma.DbNull }),
    },
  });
  work.notify(reserve.personId, 'CALLED_FROM_RESERVE', { rank: reserve.rank });
}

function codeOf(heldReason: Prisma.JsonValue): string {
  return (heldReason as unknown as Reason).code;
}

/** Who was elected for a group or called from its reserve list, whatever has become of them since. */
export async function electedOf(
  db: Transaction,
  policy: Policy,
  roundId: string,
  unit: string,
): Promise<ApplicationRow[]> {
  const candidates = (await candidatesOf(db, roundId)).filter(
    (candidate) => unitOf(policy, 'differential_vote', candidate) === unit,
  );
  const entries = await db.stageEntry.findMany({
    where: {
      applicationId: { in: candidates.map(({ id }) => id) },
      stage: 'differential_vote',
      outcome: { in: ['on', 'called'] },
    },
  });
  const ids = new Set(entries.map(({ applicationId }) => applicationId));
  return candidates.filter(({ id }) => ids.has(id));
}

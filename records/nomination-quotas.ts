import type { Policy } from '../domain/policy.js';
import { shareOutUnused, type Receiver, type UnusedShares } from '../domain/quota.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import { nominatingStage } from '../domain/stages.js';
import type { ApplicationRow } from './candidates.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';
import { mayStandAgain } from './second-runs.js';

/** Codes of the reasons with which a school's nomination leaves an applicant out. */
const notNominated: readonly string[] = ['NOT_NOMINATED', 'NOT_NOMINATED_UNSCORED'];

/** What has become free of a rank's nominations, and how the scheme's method shares it out once more. */
export interface UnusedProposal {
  /** Schools with places that nobody has taken. */
  readonly givers: readonly { readonly schoolId: string; readonly rural: boolean; readonly unused: number }[];
  /** Schools with further eligible applicants. */
  readonly receivers: readonly Receiver[];
  readonly unused: { readonly rural: number; readonly urban: number };
  readonly shares: UnusedShares;
}

/** Locks the quotas of a round for a rank or a school, always in the same order, until the transaction ends. Rule Q8. */
export async function lockQuotas(
  db: Transaction,
  roundId: string,
  of: { readonly rank: string } | { readonly schoolId: string },
): Promise<void> {
  if ('rank' in of)
    await db.$queryRaw`SELECT 1 FROM nomination_quota
      WHERE round_id = ${roundId}::uuid AND rank = ${of.rank} ORDER BY school_id FOR UPDATE`;
  else
    await db.$queryRaw`SELECT 1 FROM nomination_quota
      WHERE round_id = ${roundId}::uuid AND school_id = ${of.schoolId}::uuid ORDER BY rank FOR UPDATE`;
}

/** Applicants whom their school has not nominated, and who may stand again in the round. Rule Q8. */
export async function furtherApplicants(
  db: Transaction,
  policy: Policy,
  roundId: string,
  of: { readonly rank?: string; readonly schoolId?: string },
): Promise<ApplicationRow[]> {
  const out = await db.application.findMany({
    where: { roundId, ...of, standing: 'out' },
    orderBy: { id: 'asc' },
  });
  const left = out.filter(({ reason }) =>
    notNominated.includes((reason as unknown as Reason | null)?.code ?? ''),
  );
  return mayStandAgain(db, policy, left);
}

/**
 * Proposes how the places that schools have not used are shared out once more (Q8): unused is what is free when the
 * school's nomination is over. Where the scheme has a rural share, rural places stay with rural schools (Q4).
 * @param ruralToUrban whether a written decision lets rural places go to urban schools
 * @throws Refusal `QUOTA_NOT_IN_SCHEME`, `NOMINATION_STILL_OPEN` with the schools that are still nominating,
 *   `NOMINATION_OVER` when the rank's seats are approved
 */
export async function proposeUnused(
  db: Transaction,
  policy: Policy,
  roundId: string,
  rank: string,
  ruralToUrban: boolean,
): Promise<UnusedProposal> {
  const rules = policy.quotas?.nominations;
  const quotas = await db.nominationQuota.findMany({ where: { roundId, rank } });
  if (!rules) throw new Refusal({ code: 'QUOTA_NOT_IN_SCHEME', rule: 'Q8' });
  await refuseWhileOpen(db, policy, roundId, rank);
  const schools = await db.organisation.findMany({
    where: { id: { in: quotas.map(({ schoolId }) => schoolId) } },
    orderBy: { code: 'asc' },
  });
  const nominations = await db.nomination.findMany({ where: { roundId, rank } });
  const further = await furtherApplicants(db, policy, roundId, { rank });
  const rows = schools.map((school) => {
    const taken = nominations.filter(({ schoolId }) => schoolId === school.id).length;
    const { places } = quotas.find(({ schoolId }) => schoolId === school.id)!;
    return {
      id: school.id,
      code: school.code,
      fullTimeTeachers: school.fullTimeTeachers,
      rural: school.locality !== 'urban',
      further: further.filter(({ schoolId }) => schoolId === school.id).length,
      unused: Math.max(0, places - taken),
    };
  });
  const sum = (rural: boolean) =>
    rows.filter((row) => row.rural === rural).reduce((all, row) => all + row.unused, 0);
  const unused = { rural: sum(true), urban: sum(false) };
  const receivers = rows
    .filter((row) => row.further > 0)
    .map(({ unused: _, ...receiver }): Receiver => receiver);
  return {
    givers: rows
      .filter((row) => row.unused > 0)
      .map((row) => ({ schoolId: row.id, rural: row.rural, unused: row.unused })),
    receivers,
    unused,
    shares: shareOutUnused({
      unused,
      schools: receivers,
      keepRural: rules.ruralSharePercent !== undefined && !ruralToUrban,
    }),
  };
}

async function refuseWhileOpen(
  db: Transaction,
  policy: Policy,
  roundId: string,
  rank: string,
): Promise<void> {
  const stage = nominatingStage(policy);
  const order = policy.stages.map(({ code }) => code as string);
  const before = await db.application.findMany({
    where: { roundId, rank, standing: { in: ['waiting', 'running', 'held'] } },
    select: { schoolId: true, stage: true },
  });
  const open = before.filter((each) => order.indexOf(each.stage) <= order.indexOf(stage));
  if (open.length > 0) {
    const schools = await db.organisation.findMany({
      where: { id: { in: open.map(({ schoolId }) => schoolId) } },
      orderBy: { code: 'asc' },
    });
    throw new Refusal({
      code: 'NOMINATION_STILL_OPEN',
      rule: 'Q8',
      values: { rank, schools: schools.map(({ name }) => name) },
    });
  }
  const seats = await db.seatQuota.count({ where: { roundId, rank } });
  if (seats > 0) throw new Refusal({ code: 'NOMINATION_OVER', rule: 'Q8', values: { rank } });
}

/** A place that comes to a school or leaves it after the table was approved. */
export interface QuotaChange {
  readonly schoolId: string;
  readonly change: number;
  readonly source: 'reserve' | 'apart' | 'unused' | 'merged';
  readonly reason: string | null;
}

/** Changes schools' quotas of a rank and notes why; the quotas are locked. Rules Q2, Q8. */
export async function changeQuotas(
  work: Work,
  roundId: string,
  rank: string,
  changes: readonly QuotaChange[],
): Promise<void> {
  for (const { schoolId, change } of changes)
    await work.db.nominationQuota.update({
      where: { roundId_schoolId_rank: { roundId, schoolId, rank } },
      data: { places: { increment: change } },
    });
  await work.db.quotaChange.createMany({
    data: changes.map((change) => ({
      ...change,
      ownerId: work.ownerId,
      roundId,
      rank,
      caseId: work.id,
      at: work.at,
    })),
  });
}

/** Puts a nominated candidate's places, which stay with their numbers, below the school's quota again. */
export async function moveIntoQuota(
  work: Work,
  roundId: string,
  schoolId: string,
  rank: string,
): Promise<void> {
  const { places } = await work.db.nominationQuota.findUniqueOrThrow({
    where: { roundId_schoolId_rank: { roundId, schoolId, rank } },
  });
  const taken = await work.db.nomination.findMany({
    where: { roundId, schoolId, rank },
    orderBy: { place: 'asc' },
  });
  const free = Array.from({ length: places }, (_, index) => index + 1).filter(
    (place) => !taken.some((nomination) => nomination.place === place),
  );
  for (const nomination of taken.filter(({ place }) => place > places))
    await work.db.nomination.update({
      where: { applicationId: nomination.applicationId },
      data: { place: free.shift()! },
    });
}

import { stageOf, type Policy } from '../domain/policy.js';
import { allocateNominationQuotas, nominationTotal, type QuotaProposal } from '../domain/quota.js';
import { Refusal } from '../domain/refusal.js';
import type { Transaction } from './database.js';

/** Schools that a quota is divided over: those that teach. Rule Q1. */
export function teachingSchools(db: Transaction) {
  return db.organisation.findMany({
    where: { kind: 'school', fullTimeTeachers: { gt: 0 }, validUntil: null },
    orderBy: { code: 'asc' },
  });
}

/**
 * The nomination quotas that the scheme's method gives, for each rank; a proposal until the leading group approves
 * a table. Rules Q1–Q4, Q7.
 * @param places seats of this round, by rank
 */
export async function proposeNominations(
  db: Transaction,
  policy: Policy,
  places: Readonly<Record<string, number>>,
): Promise<Map<string, QuotaProposal>> {
  const rules = policy.quotas?.nominations;
  if (!rules) throw new Refusal({ code: 'QUOTA_NOT_IN_SCHEME', rule: 'Q7' });
  const schools = (await teachingSchools(db)).map((school) => ({
    id: school.id,
    code: school.code,
    fullTimeTeachers: school.fullTimeTeachers,
    // 农村 includes the towns: whatever is not urban.
    rural: school.locality !== 'urban',
  }));
  return new Map(
    Object.entries(places).map(([rank, seats]) => [
      rank,
      allocateNominationQuotas({
        total: nominationTotal(seats, rules.nominationPercent),
        schools,
        guarantee: rules.guarantee,
        ruralSharePercent: rules.ruralSharePercent,
      }),
    ]),
  );
}

/** The newest stored version of a scheme, or the one named. */
export async function findPolicy(db: Transaction, code: string, version?: string) {
  const found = await db.policy.findFirst({
    where: { code, ...(version && { version }) },
    orderBy: { addedAt: 'desc' },
  });
  if (found === null) throw new Refusal({ code: 'SCHEME_UNKNOWN', rule: 'P3', values: { code, version: version ?? null } });
  return found;
}

/** Working days that all stages of a scheme take together. */
export function plannedDays(policy: Policy): number {
  return policy.stages.reduce((days, { code }) => days + (stageOf(policy, code)?.workingDays ?? 0), 0);
}

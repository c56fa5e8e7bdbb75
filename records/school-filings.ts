import { schoolYearOf } from '../domain/dates.js';
import type { Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';

export type SchoolFilingRow = Prisma.SchoolFilingGetPayload<object>;

/** What a school files of its own backbone teachers. */
export interface NewFiling {
  readonly ownerId: string;
  readonly schoolId: string;
  readonly part: 'plan' | 'list';
  /** How the document is called. */
  readonly title: string;
  /** The teachers of a list; none of a plan. */
  readonly personIds: readonly string[];
  readonly filedById: string;
  readonly today: string;
  readonly at: Date;
}

/**
 * Files a school's plan or list for the school year of today. What is filed again stands beside it; the newest counts.
 * Rule C11.
 * @param policy a scheme that asks for it
 * @throws Refusal SCHOOL_FILING_NOT_ASKED, SCHOOL_FILING_PEOPLE when a list names nobody, or people who are not at the
 *   school, or a plan names anybody
 */
export async function fileOfSchool(
  db: Transaction,
  policy: Policy,
  filing: NewFiling,
): Promise<SchoolFilingRow> {
  const { today, at, part, schoolId, personIds, ...rest } = filing;
  const rule = policy.schoolLevel;
  if (!rule?.file.includes(part))
    throw new Refusal({
      code: 'SCHOOL_FILING_NOT_ASKED',
      rule: 'C11',
      values: { part, asked: [...(rule?.file ?? [])] },
      clause: rule?.clause,
    });
  const ids = [...new Set(personIds)];
  const ours = await db.person.findMany({ where: { id: { in: ids }, schoolId }, select: { id: true } });
  const others = ids.filter((id) => !ours.some((person) => person.id === id));
  if (others.length > 0 || ids.length > 0 !== (part === 'list'))
    throw new Refusal({
      code: 'SCHOOL_FILING_PEOPLE',
      rule: 'C11',
      values: { part, others, named: ids.length },
      clause: rule.clause,
    });
  return db.schoolFiling.create({
    data: {
      ...rest,
      schoolId,
      part,
      personIds: ids,
      scheme: policy.id,
      schoolYear: schoolYearOf(today),
      filedOn: today,
      filedAt: at,
    },
  });
}

/** Everything that schools have filed for a school year, oldest first. */
export function filingsOf(db: Transaction, schoolYear: string): Promise<SchoolFilingRow[]> {
  return db.schoolFiling.findMany({ where: { schoolYear }, orderBy: [{ filedAt: 'asc' }, { id: 'asc' }] });
}

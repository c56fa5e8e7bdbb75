import type { Role } from '../domain/cases.js';
import type { Transaction } from './database.js';

/** Memberships of a role that are in force on a day, in an organisation or, for researchers, of a subject. */
export function membersWith(
  db: Transaction,
  role: Role | readonly Role[],
  today: string,
  where: { readonly organisationId?: string; readonly subject?: string } = {},
) {
  return db.membership.findMany({
    where: {
      role: { in: typeof role === 'string' ? [role] : [...role] },
      from: { lte: today },
      OR: [{ until: null }, { until: { gte: today } }],
      ...where,
    },
    orderBy: { id: 'asc' },
  });
}

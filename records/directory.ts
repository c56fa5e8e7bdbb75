import type { Role } from '../domain/cases.js';
import type { OwnerDatabase } from './database.js';

/** A role in an organisation, with the subject where the role has one. */
export interface HeldRole {
  readonly role: Role;
  readonly organisationId: string;
  readonly subject: string | null;
}

/**
 * The roles that a person holds on a day; everybody is a teacher at his own school.
 * @param today business date; first and last day of a membership count
 */
export async function rolesOn(db: OwnerDatabase, personId: string, today: string): Promise<HeldRole[]> {
  const [person, memberships] = await Promise.all([
    db.person.findUnique({ where: { id: personId }, select: { schoolId: true, subject: true } }),
    db.membership.findMany({
      where: { personId, from: { lte: today }, OR: [{ until: null }, { until: { gte: today } }] },
      orderBy: { id: 'asc' },
    }),
  ]);
  if (person === null) return [];
  return [
    { role: 'teacher', organisationId: person.schoolId, subject: person.subject },
    ...memberships.map(({ role, organisationId, subject }) => ({
      role: role as Role,
      organisationId,
      subject,
    })),
  ];
}

/** A person without what is encrypted. */
const shownOfPerson = {
  id: true,
  staffNumber: true,
  name: true,
  sex: true,
  birthDate: true,
  schoolId: true,
  subject: true,
  stages: true,
  mainPost: true,
  otherPosts: true,
  degree: true,
  title: true,
  teachingSince: true,
} as const;

export interface PersonFilter {
  /** Only persons of these schools; without it, of all. */
  readonly schoolIds?: readonly string[];
  readonly staffNumber?: string;
  /** Staff number after which the page begins. */
  readonly after?: string;
  readonly limit: number;
}

/** A page of persons in the order of their staff numbers, and whether more follow. */
export async function listPersons(db: OwnerDatabase, filter: PersonFilter) {
  const found = await db.person.findMany({
    where: {
      ...(filter.schoolIds && { schoolId: { in: [...filter.schoolIds] } }),
      staffNumber: { equals: filter.staffNumber, gt: filter.after },
    },
    select: shownOfPerson,
    orderBy: { staffNumber: 'asc' },
    take: filter.limit + 1,
  });
  return { persons: found.slice(0, filter.limit), more: found.length > filter.limit };
}

/** All organisations of the owner, itself included, in the order of their codes. */
export function listOrganisations(db: OwnerDatabase) {
  return db.organisation.findMany({ orderBy: { code: 'asc' }, omit: { ownerId: true } });
}

/**
 * Who an account belongs to, the organisations it has roles in, and how many notifications wait unread.
 * @param personId null for an account without a person
 */
export async function profileOf(
  db: OwnerDatabase,
  personId: string | null,
  organisationIds: readonly string[],
) {
  const [organisations, person, unread] = await Promise.all([
    db.organisation.findMany({
      where: { id: { in: [...organisationIds] } },
      select: { id: true, name: true, code: true },
    }),
    personId && db.person.findUnique({ where: { id: personId }, select: shownOfPerson }),
    personId ? db.notification.count({ where: { personId, readAt: null } }) : 0,
  ]);
  return { person: person || null, organisations, unread };
}

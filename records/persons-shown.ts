import type { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';

export type PersonRow = Prisma.PersonGetPayload<object>;

/** Persons by their ids. */
export async function personsById(db: Transaction, ids: readonly string[]): Promise<Map<string, PersonRow>> {
  const rows = await db.person.findMany({ where: { id: { in: [...new Set(ids)] } } });
  return new Map(rows.map((row) => [row.id, row]));
}

/** Who somebody is in a list: the name, the school and the subject. */
export interface ShownPerson {
  readonly id: string;
  readonly name: string;
  readonly schoolId: string;
  readonly school: string;
  readonly subject: string | null;
}

/** Persons as lists show them, by their ids. */
export async function shownPersons(
  db: Transaction,
  ids: readonly string[],
): Promise<Map<string, ShownPerson>> {
  const persons = await personsById(db, ids);
  const schoolIds = [...persons.values()].map(({ schoolId }) => schoolId);
  const schools = await db.organisation.findMany({
    where: { id: { in: schoolIds } },
    select: { id: true, name: true },
  });
  const nameOf = new Map(schools.map(({ id, name }) => [id, name]));
  return new Map(
    [...persons.values()].map(({ id, name, schoolId, subject }) => [
      id,
      { id, name, schoolId, school: nameOf.get(schoolId) ?? '', subject },
    ]),
  );
}

/** The schools at which persons were on a day, by person; where nothing is known of that day, the first known one. Rule C9. */
export async function schoolsOn(
  db: Transaction,
  personIds: readonly string[],
  on: string,
): Promise<Map<string, string>> {
  const persons = await personsById(db, personIds);
  const moved = [...persons.values()].filter(({ validFrom }) => validFrom > on).map(({ id }) => id);
  const versions = await db.personVersion.findMany({
    where: { personId: { in: moved }, validUntil: { gt: on } },
    orderBy: { validUntil: 'desc' },
  });
  const schools = new Map([...persons.values()].map(({ id, schoolId }) => [id, schoolId]));
  // The latest versions first, so that the one that held on the day comes last.
  for (const { personId, file } of versions) schools.set(personId, (file as { schoolId: string }).schoolId);
  return schools;
}

/** The ids of who works at one of the schools today. */
export async function personIdsOfSchools(db: Transaction, schoolIds: readonly string[]): Promise<string[]> {
  const persons = await db.person.findMany({
    where: { schoolId: { in: [...schoolIds] } },
    select: { id: true },
  });
  return persons.map(({ id }) => id);
}

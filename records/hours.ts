import { groupBy } from '../domain/grouping.js';
import { Refusal } from '../domain/refusal.js';
import { correctionOf, refuseHours, type NewHours } from '../domain/training.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';

export type HoursRow = Prisma.HoursEntryGetPayload<object>;

/** Everything in the ledger of a person, in the order of its days. */
export function ledgerOf(db: Transaction, personId: string): Promise<HoursRow[]> {
  return db.hoursEntry.findMany({ where: { personId }, orderBy: [{ on: 'asc' }, { activity: 'asc' }] });
}

/** The ledgers of many persons, by person. */
export async function ledgersOf(
  db: Transaction,
  personIds: readonly string[],
): Promise<Map<string, HoursRow[]>> {
  const rows = await db.hoursEntry.findMany({ where: { personId: { in: [...personIds] } } });
  return groupBy(rows, ({ personId }) => personId);
}

/** Marks entries as confirmed; one that has been confirmed before stays as it was. */
export async function confirmEntries(
  db: Transaction,
  ids: readonly string[],
  by: string,
  on: string,
): Promise<void> {
  await db.hoursEntry.updateMany({
    where: { id: { in: [...ids] }, confirmedOn: null },
    data: { confirmedById: by, confirmedOn: on },
  });
}

/** The hours of one class, for many people at once. */
export interface ClassHours {
  readonly ownerId: string;
  readonly enteredById: string;
  /** Business date of the entry. */
  readonly today: string;
  /** Code of an activity or event of the scheme. */
  readonly kind: string;
  /** The document that shows who was there. */
  readonly source: string;
  readonly activity: string;
  readonly on: string;
  readonly hours: number;
  readonly personIds: readonly string[];
  /** Takes back hours of the activity, which stay in the ledger, by a counter-entry. */
  readonly correction: boolean;
}

/**
 * Enters the hours of one class; they count when somebody else has confirmed them. Rules T2, T3, T4.
 * @param db a transaction, so that all are entered or none
 * @returns the entries
 * @throws Refusal `HOURS_PERSON_UNKNOWN` and what `refuseHours` throws
 */
export async function enterHours(db: Transaction, entry: ClassHours): Promise<HoursRow[]> {
  const next: NewHours = {
    activity: entry.correction ? correctionOf(entry.activity) : entry.activity,
    on: entry.on,
    hours: entry.hours,
    personIds: entry.personIds,
    ...(entry.correction && { corrects: entry.activity }),
  };
  const ids = [...new Set(entry.personIds)];
  // Two entries for the same people go one after the other, so that each sees the day's hours.
  await db.$queryRaw`SELECT 1 FROM person WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`;
  const people = await db.person.findMany({ where: { id: { in: ids } }, select: { id: true } });
  const unknown = ids.filter((id) => !people.some((person) => person.id === id));
  if (unknown.length > 0) throw new Refusal({ code: 'HOURS_PERSON_UNKNOWN', values: { people: unknown } });
  const known = await db.hoursEntry.findMany({
    where: {
      personId: { in: ids },
      OR: [{ on: entry.on }, { activity: { in: [next.activity, entry.activity] } }],
    },
  });
  refuseHours(next, { by: entry.enteredById, today: entry.today }, known);
  return db.hoursEntry.createManyAndReturn({
    data: ids.map((personId) => ({
      ownerId: entry.ownerId,
      personId,
      activity: next.activity,
      kind: entry.kind,
      on: entry.on,
      hours: entry.hours,
      source: entry.source,
      enteredById: entry.enteredById,
    })),
  });
}

/** What was held in a period: each activity once, with those who were there. */
export async function activitiesHeld(
  db: Transaction,
  kinds: readonly string[],
  from: string,
  until: string,
): Promise<{ kind: string; activity: string; personIds: string[] }[]> {
  const rows = await db.hoursEntry.findMany({
    where: { kind: { in: [...kinds] }, on: { gte: from, lte: until }, hours: { gt: 0 } },
    select: { kind: true, activity: true, personId: true },
  });
  const held = groupBy(rows, ({ kind, activity }) => `${kind} ${activity}`);
  return [...held.values()].map((of) => ({
    kind: of[0]!.kind,
    activity: of[0]!.activity,
    personIds: of.map(({ personId }) => personId),
  }));
}

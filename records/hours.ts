import { groupBy } from '../domain/grouping.js';
import { Refusal } from '../domain/refusal.js';
import {
  correctionOf,
  hoursFaults,
  noneBecause,
  refuseHours,
  type Attendance,
  type HoursFault,
  type HoursForm,
  type LedgerLine,
  type NewHours,
} from '../domain/hours.js';
import type { Policy } from '../domain/policy.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';

export type HoursRow = Omit<Prisma.HoursEntryGetPayload<object>, 'form'> & { readonly form: HoursForm };

/** Everything in the ledger of a person, in the order of its days. */
export async function ledgerOf(db: Transaction, personId: string): Promise<HoursRow[]> {
  const rows = await db.hoursEntry.findMany({
    where: { personId },
    orderBy: [{ on: 'asc' }, { activity: 'asc' }],
  });
  return rows.map(hoursRow);
}

function hoursRow(row: Prisma.HoursEntryGetPayload<object>): HoursRow {
  return { ...row, form: row.form as HoursForm };
}

/** The ledgers of many persons, by person. */
export async function ledgersOf(
  db: Transaction,
  personIds: readonly string[],
): Promise<Map<string, HoursRow[]>> {
  const rows = await db.hoursEntry.findMany({ where: { personId: { in: [...personIds] } } });
  return groupBy(rows.map(hoursRow), ({ personId }) => personId);
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
  /** Most hours of one person on one day, by the scheme. */
  readonly mostPerDay: number;
  /** Code of an activity or event of the scheme. */
  readonly kind: string;
  readonly form: HoursForm;
  /** The document that shows who was there. */
  readonly source: string;
  readonly activity: string;
  readonly on: string;
  readonly hours: number;
  readonly people: readonly ClassMember[];
  /** Takes back hours of the activity, which stay in the ledger, by a counter-entry. */
  readonly correction: boolean;
}

/** Somebody who took part, and why no hours were earned, if none were. */
export interface ClassMember {
  readonly personId: string;
  readonly noneBecause: 'absence' | 'assessment' | null;
  /** The paper, project or prize that is converted. */
  readonly evidenceId?: string;
}

/** Who took part in a class and how, with what follows for the hours. Rule T2. */
export function classMember(policy: Policy, personId: string, attendance: Attendance): ClassMember {
  return { personId, noneBecause: noneBecause(policy, attendance) };
}

/**
 * Enters the hours of one class; they count when somebody else has confirmed them. Who earned none stands in the ledger
 * with none. Rules T2, T3, T4.
 * @param db a transaction, so that all are entered or none
 * @returns the entries
 * @throws Refusal `HOURS_PERSON_UNKNOWN` and what `refuseHours` throws
 */
export async function enterHours(db: Transaction, entry: ClassHours): Promise<HoursRow[]> {
  await lockPersons(
    db,
    entry.people.map(({ personId }) => personId),
  );
  const ledger = await knownLines(db, [entry]);
  for (const next of newHours(entry)) refuseHours(next, who(entry), ledger);
  return writeHours(db, entry);
}

/**
 * What bars each of several classes from being entered, when they are entered one after the other. Rules T2, T3, T4.
 * @param db a transaction in which the people are locked already, and nothing is written here
 * @returns for each class its faults; none anywhere when all may be entered
 */
export async function faultsOfClasses(
  db: Transaction,
  entries: readonly ClassHours[],
): Promise<(readonly HoursFault[])[]> {
  const ledger: LedgerLine[] = await knownLines(db, entries);
  return entries.map((entry) =>
    newHours(entry).flatMap((next) => {
      const faults = hoursFaults(next, who(entry), ledger);
      ledger.push(...next.personIds.map((personId) => ({ ...next, personId })));
      return faults;
    }),
  );
}

/**
 * Locks people, so that two entries for the same ones go one after the other and each sees the day's hours.
 * @throws Refusal `HOURS_PERSON_UNKNOWN`
 */
export async function lockPersons(db: Transaction, personIds: readonly string[]): Promise<void> {
  const ids = [...new Set(personIds)];
  await db.$queryRaw`SELECT 1 FROM person WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`;
  const people = await db.person.findMany({ where: { id: { in: ids } }, select: { id: true } });
  const found = new Set(people.map(({ id }) => id));
  const unknown = ids.filter((id) => !found.has(id));
  if (unknown.length > 0) throw new Refusal({ code: 'HOURS_PERSON_UNKNOWN', values: { people: unknown } });
}

/** Writes entries that nothing bars. */
export async function writeHours(db: Transaction, entry: ClassHours): Promise<HoursRow[]> {
  const { ownerId, kind, form, on, source, enteredById, today } = entry;
  const rows = await db.hoursEntry.createManyAndReturn({
    data: entry.people.map(({ personId, noneBecause: why, evidenceId = null }) => ({
      ownerId,
      personId,
      activity: nameOf(entry),
      kind,
      form,
      on,
      hours: why === null ? entry.hours : 0,
      noneBecause: why,
      evidenceId,
      source,
      enteredById,
      enteredOn: today,
    })),
  });
  return rows.map(hoursRow);
}

function nameOf({ correction, activity }: ClassHours): string {
  return correction ? correctionOf(activity) : activity;
}

function who({ enteredById, today, mostPerDay }: ClassHours) {
  return { by: enteredById, today, mostPerDay };
}

/** A class as the domain sees it: who earned the hours, and who earned none. */
function newHours(entry: ClassHours): NewHours[] {
  const { kind, form, on, activity } = entry;
  const next = { activity: nameOf(entry), kind, form, on, ...(entry.correction && { corrects: activity }) };
  const earned = entry.people.filter((member) => member.noneBecause === null);
  const none = entry.people.filter((member) => member.noneBecause !== null);
  return [
    { ...next, hours: entry.hours, personIds: earned.map(({ personId }) => personId) },
    { ...next, hours: 0, personIds: none.map(({ personId }) => personId) },
  ].filter(({ personIds }) => personIds.length > 0);
}

async function knownLines(db: Transaction, entries: readonly ClassHours[]): Promise<LedgerLine[]> {
  const rows = await db.hoursEntry.findMany({
    where: {
      personId: { in: entries.flatMap(({ people }) => people.map(({ personId }) => personId)) },
      OR: [
        { on: { in: entries.map(({ on }) => on) } },
        { activity: { in: entries.flatMap((entry) => [nameOf(entry), entry.activity]) } },
      ],
    },
  });
  return rows.map(hoursRow);
}

/** Entries that wait to be confirmed, by their ids. */
export async function pendingEntries(db: Transaction, ids: readonly string[]): Promise<HoursRow[]> {
  const rows = await db.hoursEntry.findMany({ where: { id: { in: [...ids] }, confirmedOn: null } });
  return rows.map(hoursRow);
}

/** What was held in a period: each activity once, with those who were there and were not taken off its list since. */
export async function activitiesHeld(
  db: Transaction,
  kinds: readonly string[],
  from: string,
  until: string,
): Promise<{ kind: string; activity: string; on: string; personIds: string[] }[]> {
  const rows = await db.hoursEntry.findMany({
    where: { kind: { in: [...kinds] }, on: { gte: from, lte: until } },
    select: { kind: true, activity: true, on: true, personId: true, hours: true, noneBecause: true },
  });
  const taken = new Map(
    rows
      .filter(({ hours }) => hours < 0)
      .map(({ activity, personId, hours }) => [`${personId} ${activity}`, hours]),
  );
  const isThere = ({ personId, activity, hours, noneBecause: why }: (typeof rows)[number]) =>
    why !== 'absence' &&
    (hours === 0 || hours + (taken.get(`${personId} ${correctionOf(activity)}`) ?? 0) > 0);
  const held = groupBy(
    rows.filter((row) => row.hours >= 0 && isThere(row)),
    ({ kind, activity }) => `${kind} ${activity}`,
  );
  return [...held.values()].map((of) => ({
    kind: of[0]!.kind,
    activity: of[0]!.activity,
    on: of[0]!.on,
    personIds: of.map(({ personId }) => personId),
  }));
}

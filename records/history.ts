import { randomUUID } from 'node:crypto';
import { addDays, datesBetween } from '../domain/dates.js';
import { groupBy } from '../domain/grouping.js';
import { conversionKind, formOf, hoursOwed, mostHoursPerDay } from '../domain/hours.js';
import type { Policy as Scheme } from '../domain/policy.js';
import type { Fault } from '../domain/refusal.js';
import type { History, RosterActivity, SheetName } from '../domain/roster.js';
import { Prisma } from '../prisma/generated/client.js';
import { planPeriods, type Part } from './changes.js';
import type { OwnerDatabase, Transaction } from './database.js';
import { pausesOf } from './duty-works.js';
import type { TraineeRow } from './trainees.js';

export type NewTrainee = Prisma.TraineeCreateManyInput & { readonly id: string };
export type NewHours = Prisma.HoursEntryCreateManyInput & { readonly id: string };
export type BarRow = Prisma.BarGetPayload<object>;
export type PairRow = Prisma.MentorPairGetPayload<object>;

/** What an import of a district's history writes. */
export interface HistoryPlan {
  readonly trainees: readonly NewTrainee[];
  readonly hours: readonly NewHours[];
  readonly bars: Part<BarRow, BarRow>;
  readonly pairs: Part<PairRow, PairRow>;
  /** The mentor of each training after the import, where it changes. */
  readonly mentorOf: ReadonlyMap<string, string | null>;
}

/** What the rows of a file are turned into rows of tables with. */
export interface HistoryContext {
  readonly ownerId: string;
  readonly today: string;
  /** Who imports; null for an account that belongs to nobody. */
  readonly importedById: string | null;
  /** The person's id of a staff number of the file or the roster. */
  readonly personIdOf: (staffNumber: string) => string;
}

/** The schemes of the organisation as they are stored, newest first. */
export async function storedSchemes(
  db: OwnerDatabase | Transaction,
): Promise<{ readonly id: string; readonly scheme: Partial<Scheme> }[]> {
  const policies = await db.policy.findMany({
    select: { id: true, content: true },
    orderBy: { addedAt: 'desc' },
  });
  return policies.map(({ id, content }) => ({ id, scheme: content as unknown as Partial<Scheme> }));
}

/** The activities that hours may name: those of the schemes, newest first, and what was converted. Rule T3. */
export async function rosterActivities(db: OwnerDatabase): Promise<RosterActivity[]> {
  const known = (await storedSchemes(db)).flatMap(({ scheme }) => [
    ...(scheme.training?.activities ?? []),
    ...(scheme.training?.events ?? []),
  ]);
  if (known.length === 0) return [];
  return [...known.map(({ code, zh }) => ({ code, zh })), { code: conversionKind, zh: '折算' }];
}

/**
 * Compares the history of a file with what is stored. Trainings, hours, bars and pairs that are there stay as they are,
 * whatever has become of them since; only the end of a bar or a pair is set. Rules T2, T3, T4, T8, T19, E21.
 * @returns what there is to write, and every fault with its place
 */
export async function planHistory(
  tx: Transaction,
  history: History,
  context: HistoryContext,
): Promise<{ readonly plan: HistoryPlan; readonly faults: readonly Fault[] }> {
  const faults: Fault[] = [];
  const refuse = (sheet: SheetName, row: { readonly line: number }, code: string, values: Fault['values']) =>
    void faults.push({ at: `${sheet}!${row.line}`, code, values });
  const schemes = await storedSchemes(tx);
  const stored = groupBy(await tx.trainee.findMany({ orderBy: { startsOn: 'asc' } }), trainingKey);
  const trainees = planTrainees(stored, history.trainees, context, schemes, refuse);
  const hours = await planHours(tx, history.hours, context, schemes, refuse);
  const bars = planBars(history.bars, context, await tx.bar.findMany());
  const { pairs, mentorOf } = await planPairs(tx, history.mentors, context, { stored, trainees }, refuse);
  return { plan: { trainees, hours, bars, pairs, mentorOf }, faults };
}

type Refuse = (
  sheet: SheetName,
  row: { readonly line: number },
  code: string,
  values: Fault['values'],
) => void;
type Schemes = Awaited<ReturnType<typeof storedSchemes>>;

/** The trainings that are stored, by person and rank, first to last. */
type StoredTrainings = ReadonlyMap<string, readonly TraineeRow[]>;

function trainingKey({ personId, rank }: { readonly personId: string; readonly rank: string }): string {
  return `${personId} ${rank}`;
}

function planTrainees(
  stored: StoredTrainings,
  rows: History['trainees'],
  { ownerId, today, personIdOf }: HistoryContext,
  schemes: Schemes,
  refuse: Refuse,
): NewTrainee[] {
  return rows.flatMap((row) => {
    const { rank, startsOn, endsOn, document, researcher } = row;
    const personId = personIdOf(row.staffNumber);
    const own = stored.get(trainingKey({ personId, rank })) ?? [];
    const before =
      own.find((each) => each.startsOn === startsOn) ??
      own.find(({ standing }) => standing === 'training' || standing === 'passed');
    if (before !== undefined) {
      if (before.startsOn !== startsOn || ![before.endsOn, endWithoutPauses(before)].includes(endsOn))
        refuse('培养对象', row, 'TRAINING_RUNS_OTHERWISE', {
          startsOn: before.startsOn,
          endsOn: before.endsOn,
        });
      return [];
    }
    if (endsOn < today) refuse('培养对象', row, 'TRAINING_IS_OVER', { found: endsOn, today });
    const { id: policyId, scheme } = schemes.find((each) =>
      each.scheme.ranks?.some(({ code, trainingYears }) => code === rank && trainingYears !== undefined),
    )!;
    const years = scheme.ranks!.find(({ code }) => code === rank)!.trainingYears!;
    const hoursRequired = row.hoursRequired ?? hoursOwed(scheme as Scheme, years);
    const researcherId = researcher === null ? null : personIdOf(researcher);
    const entered = { rank, startsOn, endsOn, document, hoursRequired, researcherId };
    return [
      {
        id: randomUUID(),
        ownerId,
        personId,
        policyId,
        entry: 'history',
        mentorId: null,
        standing: 'training',
        ...entered,
      },
    ];
  });
}

/** The last day that a training had before pauses moved it. Rule T13. */
function endWithoutPauses(trainee: TraineeRow): string {
  const days = pausesOf(trainee).reduce(
    (sum, { from, until }) => sum + (until === null ? 0 : datesBetween(from, until).length),
    0,
  );
  return addDays(trainee.endsOn, -days);
}

async function planHours(
  tx: Transaction,
  rows: History['hours'],
  { ownerId, today, importedById, personIdOf }: HistoryContext,
  schemes: Schemes,
  refuse: Refuse,
): Promise<NewHours[]> {
  if (rows.length === 0) return [];
  const people = [...new Set(rows.map(({ staffNumber }) => personIdOf(staffNumber)))];
  // Who enters hours of the same people at this moment goes before or after.
  await tx.$queryRaw`SELECT 1 FROM person WHERE id = ANY(${people}::uuid[]) ORDER BY id FOR UPDATE`;
  const stored = await tx.hoursEntry.findMany({ where: { personId: { in: people } } });
  const byActivity = new Map(stored.map((entry) => [`${entry.personId} ${entry.activity}`, entry]));
  const aDay = new Map<string, number>();
  const add = (key: string, hours: number) => aDay.set(key, (aDay.get(key) ?? 0) + hours).get(key)!;
  for (const { personId, on, hours, form } of stored)
    if (form !== 'converted') add(`${personId} ${on}`, hours);
  const activities = schemes.flatMap(({ scheme }) => [
    ...(scheme.training?.activities ?? []),
    ...(scheme.training?.events ?? []),
  ]);
  return rows.flatMap((row): NewHours[] => {
    const { activity, kind, on, hours, source, confirmedOn } = row;
    const personId = personIdOf(row.staffNumber);
    const before = byActivity.get(`${personId} ${activity}`);
    if (before !== undefined) {
      if (before.on !== on || before.hours !== hours || before.kind !== kind)
        refuse('学时', row, 'HOURS_ON_FILE_OTHERWISE', { activity, on: before.on, hours: before.hours });
      return [];
    }
    const confirmedById = row.confirmedBy === null ? null : personIdOf(row.confirmedBy);
    if (importedById === null) refuse('学时', row, 'HOURS_WITHOUT_ENTRANT', {});
    else if (importedById === personId || importedById === confirmedById)
      refuse('学时', row, 'HOURS_ENTERED_AND_CONFIRMED', {
        found: importedById === personId ? row.staffNumber : row.confirmedBy!,
      });
    const form =
      kind === conversionKind ? 'converted' : formOf(activities.find(({ code }) => code === kind)!);
    const sum = form === 'converted' ? hours : add(`${personId} ${on}`, hours);
    if (form !== 'converted' && sum > mostHoursPerDay)
      refuse('学时', row, 'HOURS_OVER_A_DAY', { on, hours: sum, most: mostHoursPerDay });
    const confirmed = { confirmedById, confirmedOn };
    const entered = { enteredById: importedById ?? '', enteredOn: today };
    return [
      {
        id: randomUUID(),
        ownerId,
        personId,
        activity,
        kind,
        form,
        on,
        hours,
        source,
        ...entered,
        ...confirmed,
      },
    ];
  });
}

function planBars(
  rows: History['bars'],
  { ownerId, personIdOf }: HistoryContext,
  stored: readonly BarRow[],
): Part<BarRow, BarRow> {
  const entered = rows.map(({ staffNumber, reason, from, until, document }) => ({
    id: randomUUID(),
    ownerId,
    personId: personIdOf(staffNumber),
    reason,
    document,
    from,
    until,
  }));
  return planPeriods(entered, stored, ['personId', 'from', 'document']);
}

async function planPairs(
  tx: Transaction,
  rows: History['mentors'],
  { ownerId, personIdOf }: HistoryContext,
  trainings: { readonly stored: StoredTrainings; readonly trainees: readonly NewTrainee[] },
  refuse: Refuse,
): Promise<{ pairs: Part<PairRow, PairRow>; mentorOf: Map<string, string | null> }> {
  const stored = await tx.mentorPair.findMany();
  const entered = rows.flatMap((row): PairRow[] => {
    const { rank, from, until, reason } = row;
    const [personId, mentorId] = [personIdOf(row.staffNumber), personIdOf(row.mentor)];
    const own = trainings.stored.get(trainingKey({ personId, rank })) ?? [];
    const before = pairOnFile(stored, own, { mentorId, from, until });
    if (before !== undefined) {
      // A pair that the file leaves open may have ended here since.
      if (until === null || until === before.until) return [];
      if (before.until === null) return [{ ...before, until, reason }];
      refuse('师徒', row, 'PAIR_ENDED_OTHERWISE', { found: until, until: before.until });
      return [];
    }
    const training =
      own.find(({ standing }) => standing === 'training') ??
      trainings.trainees.find((each) => each.personId === personId && each.rank === rank);
    if (training === undefined) {
      refuse('师徒', row, 'TRAINING_NOT_FOUND', { found: row.staffNumber });
      return [];
    }
    const { id: traineeId, startsOn, endsOn } = training;
    if (from < startsOn || from > endsOn)
      refuse('师徒', row, 'PAIR_OUTSIDE_TRAINING', { found: from, startsOn, endsOn });
    const open = stored.find((pair) => pair.traineeId === traineeId && pair.until === null);
    const isEnded = rows.some(
      (other) =>
        open !== undefined &&
        other.until !== null &&
        other.from === open.from &&
        personIdOf(other.mentor) === open.mentorId &&
        personIdOf(other.staffNumber) === personId,
    );
    if (open && !isEnded && until === null) refuse('师徒', row, 'PAIR_OPEN_ALREADY', { from: open.from });
    return [{ id: randomUUID(), ownerId, traineeId, mentorId, from, until, reason }];
  });
  const pairs = planPeriods(entered, stored, ['traineeId', 'mentorId', 'from']);
  const mentorOf = new Map<string, string | null>();
  for (const { after } of pairs.updated) mentorOf.set(after.traineeId, null);
  for (const { traineeId, mentorId, until } of pairs.created)
    if (until === null) mentorOf.set(traineeId, mentorId);
  return { pairs, mentorOf };
}

/** The pair of a line that is stored: who chose the same mentor twice on a day has two, which differ in their end. */
function pairOnFile(
  stored: readonly PairRow[],
  trainings: readonly TraineeRow[],
  line: Pick<PairRow, 'mentorId' | 'from' | 'until'>,
): PairRow | undefined {
  const same = stored.filter(
    (pair) =>
      pair.mentorId === line.mentorId &&
      pair.from === line.from &&
      trainings.some(({ id }) => id === pair.traineeId),
  );
  return (
    same.find(({ until }) => until === line.until) ?? same.find(({ until }) => until === null) ?? same[0]
  );
}

/** The bars of a person, first to last. Rule E21. */
export function barsOf(db: Transaction, personId: string): Promise<BarRow[]> {
  return db.bar.findMany({ where: { personId }, orderBy: [{ from: 'asc' }, { id: 'asc' }] });
}

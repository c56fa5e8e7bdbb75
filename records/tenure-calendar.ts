import { randomUUID } from 'node:crypto';
import { addDays, addMonths, dateOf, endOfDay } from '../domain/dates.js';
import { openCases } from './decide.js';
import { listCases, type NewCase } from './cases.js';
import type { Transaction } from './database.js';
import type { TitleRow } from './titles.js';
import type { TraineeRow } from './trainees.js';

/** The calendar of an organisation, for `openCases`: it is looked at on the first of each month. Rule A5. */
export function calendarCase(ownerId: string, today: string): NewCase {
  return {
    id: randomUUID(),
    kind: 'calendar',
    organisationId: ownerId,
    step: 'reminding',
    ...nextMonth(today),
  };
}

/** When the calendar is looked at after a day: on the first of the next month. */
export function nextMonth(today: string) {
  const first = addMonths(`${today.slice(0, 7)}-01`, 1);
  const wakeAt = new Date(endOfDay(addDays(first, -1)));
  return { waitingFor: 'office' as const, dueAt: wakeAt, wakeAt };
}

/**
 * Has the organisation's calendar look for titles and trainings without a case, after the commit; one that has no calendar
 * gets one. Rule T19.
 * @returns the id of the calendar, which who calls this wakes
 */
export async function askForTenures(db: Transaction, ownerId: string, at: Date): Promise<string> {
  const [found] = await listCases(db, { kind: 'calendar', open: true });
  const opened = found ? null : calendarCase(ownerId, dateOf(at.toISOString()));
  if (opened) await openCases(db, ownerId, at, [opened]);
  const caseId = found?.id ?? opened!.id;
  const kinds = opened ? ['start', 'news'] : ['news'];
  await db.caseMessage.createMany({
    data: kinds.map((kind) => ({ ownerId, caseId, kind, createdAt: at })),
  });
  return caseId;
}

/** The calendar that has not yet acted on what it was asked, or null. */
export async function waitingCalendar(db: Transaction): Promise<string | null> {
  const [found] = await listCases(db, { kind: 'calendar', open: true });
  if (found === undefined) return null;
  const waiting = await db.caseMessage.count({ where: { caseId: found.id, consumedAt: null } });
  return waiting > 0 ? found.id : null;
}

/** Titles of the roster that are in force on a day and have no case of their tenure, at most so many. Rule T19. */
export async function titlesWithoutTenure(
  db: Transaction,
  ownerId: string,
  today: string,
  most: number,
): Promise<TitleRow[]> {
  const found = await db.$queryRaw<{ id: string }[]>`
    SELECT title.id::text AS id FROM title
    WHERE title.owner_id = ${ownerId}::uuid AND title.origin = 'roster'
      AND (title.ended_on IS NULL OR title.ended_on > ${today}) AND (title.until IS NULL OR title.until >= ${today})
      AND NOT EXISTS (SELECT FROM "case" WHERE "case".id = title.id)
    ORDER BY title.id LIMIT ${most}`;
  return db.title.findMany({ where: { id: { in: found.map(({ id }) => id) } }, orderBy: { id: 'asc' } });
}

/** Trainees of a time before this service whose training has no case, at most so many. Rule T19. */
export async function traineesWithoutCase(
  db: Transaction,
  ownerId: string,
  most: number,
): Promise<TraineeRow[]> {
  const found = await db.$queryRaw<{ id: string }[]>`
    SELECT trainee.id::text AS id FROM trainee
    WHERE trainee.owner_id = ${ownerId}::uuid AND trainee.entry = 'history' AND trainee.standing = 'training'
      AND NOT EXISTS (SELECT FROM "case" WHERE "case".id = trainee.id)
    ORDER BY trainee.id LIMIT ${most}`;
  return db.trainee.findMany({ where: { id: { in: found.map(({ id }) => id) } }, orderBy: { id: 'asc' } });
}

import { calendarSeed } from '../domain/calendar-seed.js';
import type { ClockReading } from '../domain/clock-reading.js';
import type { Database } from './database.js';

/**
 * The time of this instance: the server's on a real one, the standing clock on a rehearsal (演练).
 * @param database the whole database
 */
export async function readClock(database: Pick<Database, 'instance'>): Promise<ClockReading> {
  const instance = await database.instance.findUnique({ where: { id: 1 } });
  if (instance === null) throw new Error('The instance has no row: run `npm run migrate` first.');
  if (instance.mode === 'rehearsal' && instance.clock)
    return { mode: 'rehearsal', now: instance.clock.toISOString() };
  return { mode: 'real', now: new Date().toISOString() };
}

/**
 * Marks an empty database as a real instance or as a rehearsal that starts at an instant, and gives it the working days
 * that are known (N3). A database keeps its mode for life.
 */
export async function prepareInstance(
  database: Database,
  mode: ClockReading['mode'],
  startsAt: Date,
): Promise<void> {
  const existing = await database.instance.findUnique({ where: { id: 1 } });
  if (existing === null) {
    await database.calendarYear.createMany({
      data: Object.entries(calendarSeed.years).map(([year, { rest, makeUp, provisional }]) => ({
        year,
        rest: [...rest],
        makeUp: [...makeUp],
        provisional,
      })),
      skipDuplicates: true,
    });
    await database.instance.create({ data: { id: 1, mode, clock: mode === 'rehearsal' ? startsAt : null } });
  }
  if (existing !== null && existing.mode !== mode)
    throw new Error(`This database is a ${existing.mode} instance; it cannot become a ${mode} one.`);
}

/** Moves the clock of a rehearsal forward. */
export async function moveClock(database: Database, to: Date): Promise<void> {
  await database.instance.update({ where: { id: 1, mode: 'rehearsal' }, data: { clock: to } });
}

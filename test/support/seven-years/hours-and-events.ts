import type { ApiSession } from '../../../samples/api-client.js';
import { firstYear, schools } from './district.js';
import type { Day, TrainingCard } from './plain-model.js';
import type { SchoolYears } from './school-years.js';
import { trainedRanks } from './trainings.js';

const hoursEach = 8;

/** What was held: the activity, the rank of an exchange meeting, and its day. */
export interface HeldEvent {
  readonly kind: string;
  readonly rank: string | null;
  readonly on: Day;
}

/** Who trained on each of the days gets its hours, but for who was away; another person confirms them. */
export async function enterHours(years: SchoolYears, days: readonly Day[]): Promise<void> {
  await years.readTrainings();
  const centre = await years.walk.one('training_centre', {}, 0);
  for (const [number, on] of days.entries()) {
    const present = [
      ...new Set(
        years
          .open()
          .filter(({ training }) => training.from <= on && on <= training.until)
          .filter(({ who, training }) => !wasAway(years, who, training, on))
          .map(({ who }) => who),
      ),
    ];
    const enter = async (by: ApiSession, kind: string, people: readonly string[]) => {
      if (people.length === 0) return [];
      const answer = (await by.decide('/hours', {
        scheme: 'sichuan-district',
        kind,
        activity: `${kind} ${on}`,
        on,
        hours: hoursEach,
        source: `签到表 ${on}`,
        personIds: people.map((who) => years.walk.personId(who)),
      })) as unknown as { entries: { id: string }[] };
      return answer.entries.map(({ id }) => id);
    };
    const bySchool = async (code: string) =>
      enter(
        await years.walk.one('school_clerk', { organisation: code }),
        'lecture',
        present.filter((who) => years.model.schoolOf(who, on) === code),
      );
    const entryIds =
      number % 2 === 0
        ? await enter(centre, 'central', present)
        : (await years.walk.forEach(schools, bySchool)).flat();
    if (entryIds.length === 0) continue;
    const confirms = await years.walk.one('training_centre', {}, 1);
    await confirms.decide('/hours/confirmations', { entryIds });
    for (const who of present)
      years.model.of(who).hours.push({ on, confirmedOn: years.today, hours: hoursEach });
  }
}

/** On leave, or one who is away in two activities of a training and so lacks hours. */
function wasAway(years: SchoolYears, who: string, training: TrainingCard, on: Day): boolean {
  if (years.leave?.who === who && years.leave.from <= on) return true;
  const isShort = years.walk.draw('away', who, training.rank, training.from).chance(4);
  return isShort && ['-10-15', '-11-15', '-12-15'].some((day) => on.endsWith(day));
}

/** An exchange meeting of the trainees of each rank, and a forum; in one term the forum is forgotten. */
export async function holdEvents(years: SchoolYears, on: Day): Promise<void> {
  const centre = await years.walk.one('training_centre', {}, 0);
  const trainees = years.open().filter(({ training }) => training.from <= on);
  const hold = async (kind: string, rank: string | null) => {
    const there = trainees.filter(({ training }) => rank === null || training.rank === rank);
    if (there.length === 0) return;
    await centre.decide('/hours', {
      scheme: 'sichuan-district',
      kind,
      activity: `${kind} ${rank ?? ''} ${on}`,
      on,
      hours: 0,
      source: `签到表 ${on}`,
      personIds: [...new Set(there.map(({ who }) => years.walk.personId(who)))],
    });
    years.events.push({ kind, rank, on });
  };
  for (const rank of trainedRanks) await hold('exchange_meeting', rank);
  if (!on.startsWith(`${firstYear + 3}-`)) await hold('forum', null);
}

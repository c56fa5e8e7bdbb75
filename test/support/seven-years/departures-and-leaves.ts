import { firstYear } from './district.js';
import { later, type Day, type TrainingCard } from './plain-model.js';
import type { OpenTraining, SchoolYears } from './school-years.js';
import { pickTrainee } from './trainings.js';
import { decidePlace } from './vacated-places.js';

/** A leave of a trainee that goes on. */
export interface Leave {
  readonly who: string;
  readonly from: Day;
  readonly training: TrainingCard;
}

/** A resignation, a move out of the district, a sanction, and a long leave, each in its year. */
export async function leaveTrainings(years: SchoolYears, year: number): Promise<void> {
  const office = await years.walk.office();
  const goes = async (open: OpenTraining | undefined, reason: string, how: 'left' | 'eliminated') => {
    if (open === undefined) return;
    await office.decide(`/trainings/${years.idOf(open.training)}/departure`, {
      reason,
      document: '青师培退〔1〕号',
    });
    open.training.out = { on: years.today, how };
    years.note(`${years.today}: ${open.who} leaves the training, ${reason}`);
    await decidePlace(years, open);
  };
  if (year === firstYear + 1) await goes(pickTrainee(years, 'withdrawn', year), 'withdrawn', 'left');
  if (year === firstYear + 2) await goes(pickTrainee(years, 'transferred', year), 'transferred_out', 'left');
  if (year === firstYear + 3) {
    const sanctioned = years.news.sanctions.filter(({ kind }) => kind === 'demerit');
    const open = years.open().find(({ who }) => sanctioned.some(({ staffNumber }) => staffNumber === who));
    await goes(open, 'sanction', 'eliminated');
  }
  if (year === firstYear + 1 || year === firstYear + 4) {
    const open = pickTrainee(years, 'leave', year)!;
    await office.decide(`/trainings/${years.idOf(open.training)}/pause`, {
      from: years.today,
      document: '产假证明',
    });
    years.leave = { who: open.who, from: years.today, training: open.training };
  }
}

/** Who was on leave is back; the training ends as many days later. */
export async function comeBackFromLeave(years: SchoolYears): Promise<void> {
  if (years.leave === null) return;
  const { from, training } = years.leave;
  const office = await years.walk.office();
  await office.decide(`/trainings/${years.idOf(training)}/resumption`, {
    on: years.today,
  });
  const days = (Date.parse(years.today) - Date.parse(from)) / 86_400_000;
  training.until = later(training.until, days);
  years.leave = null;
}

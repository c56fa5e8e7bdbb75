import type { Day } from './plain-model.js';
import type { OpenTraining, SchoolYears } from './school-years.js';

const yearsOfTraining = { accomplished: 1, district_backbone: 2 } as const;

/** A rank that is trained for. */
export type TrainedRank = keyof typeof yearsOfTraining;

/** The ranks that are trained for, low to high. */
export const trainedRanks = Object.keys(yearsOfTraining) as TrainedRank[];

/** A training of as many years as the rank takes is written on the card. */
export function beginTraining(
  years: SchoolYears,
  who: string,
  rank: TrainedRank,
  from: Day,
  supplemented: boolean,
): void {
  years.model.train(who, { rank, from, supplemented }, yearsOfTraining[rank]);
}

/** Whether somebody is in training for a rank, or has passed and waits for it. */
export function isBusy(years: SchoolYears, who: string, rank: string): boolean {
  return years.model
    .of(who)
    .trainings.some(
      (each) => each.rank === rank && (each.out === null || (each.out.how === 'passed' && !each.isAppointed)),
    );
}

/** One of those who began to train for the lower rank in the school year and train still. */
export function pickTrainee(years: SchoolYears, matter: string, year: number): OpenTraining | undefined {
  const open = years
    .open()
    .filter(({ training }) => training.rank === 'accomplished' && training.from === `${year}-09-01`);
  return open.length === 0 ? undefined : years.walk.draw(matter, year).pick(open);
}

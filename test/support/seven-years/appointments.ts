import { appoint } from '../../../samples/walk/appointments.js';
import { yearlyNumbers } from './district.js';
import { nextSeptember } from './plain-model.js';
import type { OpenTraining, SchoolYears } from './school-years.js';
import { beginTraining, isBusy, trainedRanks } from './trainings.js';

/** The office has the titles of both ranks given, as many as the year allows; the ladder goes on from the lower one. */
export async function appointAll(years: SchoolYears): Promise<void> {
  for (const rank of trainedRanks) {
    const passed = waitingFor(years, rank);
    if (passed.length === 0) continue;
    await appoint(years.walk, rank);
    const given = await years.readTitles();
    const fresh = passed.filter(({ who }) => given.has(`${who} ${rank}`));
    if (given.size !== fresh.length || fresh.length !== Math.min(passed.length, yearlyNumbers[rank]))
      throw new Error(
        `${fresh.length} of ${passed.length} were given ${rank}, ${given.size} titles are new.`,
      );
    const worst = Math.min(...fresh.map(({ training }) => training.points));
    if (passed.some((open) => !fresh.includes(open) && open.training.points > worst))
      years.differences.push(`Somebody with more points waits for ${rank}.`);
    for (const { who, training } of fresh) {
      training.isAppointed = true;
      if (rank === 'accomplished' && !isBusy(years, who, 'district_backbone'))
        beginTraining(years, who, 'district_backbone', nextSeptember(years.today), false);
    }
    years.note(`${years.today}: ${fresh.length} of ${passed.length} are given ${rank}`);
  }
}

function waitingFor(years: SchoolYears, rank: string): OpenTraining[] {
  return years.model
    .trainings()
    .filter(
      ({ training: { rank: of, out, isAppointed } }) => of === rank && out?.how === 'passed' && !isAppointed,
    );
}

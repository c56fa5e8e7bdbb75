import { pickHolder } from './changes-of-titles.js';
import { firstYear, prize, roster, whoMayStand, workbookOf } from './district.js';
import { later } from './plain-model.js';
import { mayStand } from './round.js';
import type { SchoolYears } from './school-years.js';
import { pickTrainee } from './trainings.js';

/** The sanctions and the evidence of the roster by now. */
export class RosterNews {
  readonly sanctions: ReturnType<typeof roster>['sanctions'][number][] = [];
  readonly evidence = [...roster().evidence];
}

/** The roster's news: a warning for a holder, a sanction for a trainee, a prize. */
export async function importRosterNews(years: SchoolYears, year: number): Promise<void> {
  const on = `${year + 1}-01-20`;
  if (year === firstYear + 3)
    years.news.sanctions.push(
      { staffNumber: pickHolder(years, 'warning', 'accomplished')!, kind: 'warning', from: on, until: null },
      {
        staffNumber: pickTrainee(years, 'sanction', year)!.who,
        kind: 'demerit',
        from: on,
        until: later(on, 364),
      },
    );
  if (year === firstYear + 1) {
    years.rounds.contestant = years.walk
      .draw('contest')
      .pick(whoMayStand.filter((who) => mayStand(years, who)));
    years.news.evidence.push(prize(years.rounds.contestant, on));
  }
  await uploadRoster(years, year);
}

/** The roster is imported anew, with its news and with where everybody is by now. */
export async function uploadRoster(years: SchoolYears, year: number): Promise<void> {
  const content = await workbookOf(years.news, `${year}-08-31`, (who) =>
    years.model.schoolOf(who, years.today),
  );
  const administrator = await years.walk.administrator();
  await administrator.upload('/roster-imports', 'file', new Blob([Uint8Array.from(content)]), 'roster.xlsx');
}

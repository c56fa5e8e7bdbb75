import { recordedFor } from '../../../samples/walk/checks.js';
import { firstYear } from './district.js';
import { later, type TitleCard } from './plain-model.js';
import type { SchoolYears } from './school-years.js';
import { trainedRanks, type TrainedRank } from './trainings.js';

/** Titles whose re-evaluation was applied for in the summer, by what comes of it. */
export class ReEvaluations {
  confirmed: TitleCard[] = [];
  refused: TitleCard[] = [];
  pending: TitleCard[] = [];
}

/** Of the titles that end with the autumn one is confirmed, one not, one still pending; the others' holders say nothing. */
export async function applyForReEvaluation(years: SchoolYears, year: number): Promise<void> {
  const ending = years.model
    .titles()
    .filter(
      ({ title: { rank, until, ended } }) =>
        trainedRanks.includes(rank as TrainedRank) &&
        ended === null &&
        until !== null &&
        until > years.today &&
        until <= later(years.today, 120),
    )
    .toSorted((left, right) => (left.who < right.who ? -1 : 1))
    .slice(0, year === firstYear + 6 ? 3 : 1);
  await years.walk.forEach(ending, async ({ who, title }) => {
    const holder = await years.walk.as(who);
    await holder.decide(`/titles/${years.idOf(title)}/re-evaluation`, { statement: '五年工作总结' });
    title.applied = { on: years.today, decidedOn: null };
  });
  const [first, second, third] = ending.map(({ title }) => title);
  years.reEvaluations.confirmed = [first].filter((title) => title !== undefined);
  years.reEvaluations.refused = [second].filter((title) => title !== undefined);
  years.reEvaluations.pending = [third].filter((title) => title !== undefined);
}

/** In July one title is confirmed and one refused. */
export async function decideReEvaluations(years: SchoolYears, year: number): Promise<void> {
  await years.to(`${year + 1}-07-20`);
  for (const title of years.reEvaluations.confirmed) await decideReEvaluation(years, title, true);
  for (const title of years.reEvaluations.refused) await decideReEvaluation(years, title, false);
}

/** What was left pending is confirmed. */
export async function decidePending(years: SchoolYears): Promise<void> {
  for (const title of years.reEvaluations.pending) await decideReEvaluation(years, title, true);
}

async function decideReEvaluation(years: SchoolYears, title: TitleCard, isConfirmed: boolean): Promise<void> {
  if (title.ended !== null) return;
  const office = await years.walk.office();
  await office.decide(`/titles/${years.idOf(title)}/re-evaluation/decision`, {
    confirmed: isConfirmed,
    document: '评定1号',
    ...(!isConfirmed && { reason: '未履行职责' }),
    recordedFor: await recordedFor(years.walk, '评定1号'),
  });
  title.applied!.decidedOn = years.today;
  if (!isConfirmed) return;
  title.ended = { on: years.today, how: 'renewed' };
  await years.readTitles();
  // Money that was stopped does not begin again with a new certificate.
  const next = years.model
    .titles()
    .find(
      (each) =>
        each.title.from === years.today && each.title.rank === title.rank && each.card.titles.includes(title),
    )!;
  next.title.moneyUntil = title.moneyUntil;
  next.title.moneyPaused.push(...title.moneyPaused);
  years.note(`${years.today}: ${title.number} is renewed`);
}

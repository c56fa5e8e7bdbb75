import { dateOf } from '../../../domain/dates.js';
import type { Candidate } from '../../../samples/walk/candidates.js';
import { recordedFor } from '../../../samples/walk/checks.js';
import type { Day } from './plain-model.js';
import type { OpenTraining, SchoolYears } from './school-years.js';
import { decidePlace } from './vacated-places.js';

const passPoints = 60;

/** Whose training is over is assessed; who is below the line is out when the days for a review are over. */
export async function assessWhoIsDue(years: SchoolYears): Promise<void> {
  const centre = await years.walk.one('training_centre', {}, 2);
  const due = await years.tasks('assess');
  const below = await years.walk.forEach(due, async (open) => {
    const points = pointsOf(years, open);
    const { outcome, dueAt } = await centre.decide(`/trainings/${years.idOf(open.training)}/assessment`, {
      points,
    });
    open.training.points = points;
    if (outcome === 'passed') open.training.out = { on: years.today, how: 'passed' };
    return outcome === 'passed' ? [] : [{ open, finalOn: dateOf(dueAt!) }];
  });
  await eliminate(years, below.flat());
}

function pointsOf(years: SchoolYears, { who, training }: OpenTraining): number {
  const draw = years.walk.draw('points', who, training.rank, training.from);
  return draw.chance(8) ? draw.between(40, passPoints - 1) : draw.between(70, 98);
}

/**
 * The assessment after a term. One who has the best chance of a replacement is below the line in some years; in another
 * year the assessment is set aside on review.
 * @param year null in September, when everybody passes
 */
export async function midAssessments(years: SchoolYears, year: number | null): Promise<void> {
  const centre = await years.walk.one('training_centre', {}, 2);
  const due = await years.tasks('assessMid');
  const chosen = year === null || year % 2 === 1 ? null : await whoseGroupHasReserve(years, year, due);
  const reviewed = year !== null && year % 4 === 1 ? due.at(0) : undefined;
  const below = await years.walk.forEach(due, async (open) => {
    const path = `/trainings/${years.idOf(open.training)}`;
    const isBelow = open === chosen || open === reviewed;
    const { step, dueAt } = await centre.decide(`${path}/mid-assessment`, { points: isBelow ? 50 : 80 });
    if (step !== 'appealing') return [];
    if (open === chosen) return [{ open, finalOn: dateOf(dueAt!) }];
    await (await years.walk.as(open.who)).decide(`${path}/review-request`, { grounds: '病假期间评分' });
    const office = await years.walk.office();
    await office.decide(`${path}/review`, {
      stands: false,
      reason: '材料补齐',
      recordedFor: await recordedFor(years.walk, '青师培组复核1号'),
    });
    return [];
  });
  await eliminate(years, below.flat());
}

/** Of those who came out of the last year's round, one of a rank and family that has somebody on the reserve list. */
async function whoseGroupHasReserve(
  years: SchoolYears,
  year: number,
  due: readonly OpenTraining[],
): Promise<OpenTraining | null> {
  const round = years.rounds.walks.get(year - 1);
  if (round === undefined) return null;
  const office = await years.walk.office();
  const reserve = await office.list<Candidate>(`/rounds/${round.roundId}/candidates?standing=reserve`);
  const fromRound = due.filter(
    ({ who, training }) =>
      training.from === `${year}-09-01` &&
      [...round.applications.values()].some(
        ({ staffNumber, rank }) => staffNumber === who && rank === training.rank,
      ),
  );
  const group = (who: string) => years.walk.teacher(who).subject;
  const replaceable = fromRound.filter(({ who, training }) =>
    reserve.some(({ rank, subject }) => rank === training.rank && subject === group(who)),
  );
  return replaceable[0] ?? fromRound[0] ?? null;
}

/** The days for a review pass; then the eliminations are final, and the places are decided on. */
async function eliminate(
  years: SchoolYears,
  below: readonly { readonly open: OpenTraining; readonly finalOn: Day }[],
): Promise<void> {
  for (const { open, finalOn } of below) {
    if (finalOn > years.today) await years.to(finalOn);
    open.training.out = { on: finalOn, how: 'eliminated' };
  }
  for (const { open } of below) await decidePlace(years, open);
}

import { recordedFor } from '../../../samples/walk/checks.js';
import { correctMonths } from './allowances.js';
import { firstYear, schools } from './district.js';
import { isHeld, later, type Day, type TitleCard } from './plain-model.js';
import type { SchoolYears } from './school-years.js';

/** One holder moved to the next school in January; it is recorded in March, when the months since are paid. */
export async function moveHolder(years: SchoolYears, year: number): Promise<void> {
  const rank = year % 2 === 0 ? 'accomplished' : 'district_backbone';
  const who = pickHolder(years, 'moves', rank) ?? pickHolder(years, 'moves', 'accomplished');
  if (who === undefined) return;
  const on = `${year + 1}-01-12`;
  const from = schools.indexOf(years.model.schoolOf(who, on) as (typeof schools)[number]);
  const school = schools[(from + 1) % schools.length]!;
  const title = years.model.of(who).titles.find((each) => isHeld(each, years.today))!;
  const office = await years.walk.office();
  await office.decide(`/titles/${years.idOf(title)}/transfer`, {
    toSchoolId: years.walk.schoolId(school),
    on,
  });
  years.model.move(who, school, on, years.today);
  years.note(`${years.today}: ${who} is at ${school} since ${on}`);
  await correctMonths(years, '调动登记迟于津贴确认');
}

/** A title is suspended and given back in June; another is suspended until a day. */
export async function suspendTitle(years: SchoolYears, year: number): Promise<void> {
  if (year !== firstYear && year !== firstYear + 4) return;
  const who = year === firstYear ? 'S3-c1' : pickHolder(years, 'suspended', 'accomplished')!;
  const title = heldTitle(years, who, year === firstYear ? 'district_backbone' : 'accomplished');
  const until = year === firstYear ? null : `${year + 1}-05-10`;
  const office = await years.walk.office();
  await office.decide(`/titles/${years.idOf(title)}/suspensions`, {
    reason: '师德问题正在核查',
    document: '青教监2号',
    ...(until && { until }),
    recordedFor: await recordedFor(years.walk, '青教监2号'),
  });
  title.suspended.push({ from: years.today, until });
}

/** What was suspended without a last day is given back. */
export async function resumeTitles(years: SchoolYears): Promise<void> {
  const office = await years.walk.office();
  for (const { title } of years.model.titles()) {
    const running = title.suspended.find(({ until }) => until === null);
    if (running === undefined) continue;
    await office.decide(`/titles/${years.idOf(title)}/resumption`, {
      reason: '核查不属实',
      document: '青教监5号',
      recordedFor: await recordedFor(years.walk, '青教监5号'),
    });
    running.until = later(years.today, -1);
  }
}

/** A written decision on a breach of ethics ends a title, and a training, at once. */
export async function decideOnEthics(years: SchoolYears, year: number): Promise<void> {
  const who = year === firstYear + 3 ? pickHolder(years, 'ethics', 'accomplished') : undefined;
  if (who === undefined) return;
  const office = await years.walk.office();
  await office.decide('/ethics-decisions', {
    personId: years.walk.personId(who),
    authority: '青蓝区教育局',
    document: '青教监9号',
    decidedOn: years.today,
    until: null,
    ground: 'paid_tutoring',
  });
  years.outByEthics = who;
  const { titles, trainings } = years.model.of(who);
  for (const title of titles)
    if (isHeld(title, years.today) && title.rank !== 'school_backbone')
      years.model.revoke(title, years.today);
  for (const training of trainings)
    if (training.out === null) training.out = { on: years.today, how: 'eliminated' };
  years.note(`${years.today}: ${who} is out by a decision on ethics`);
}

/** The city and the province give titles; the office enters them. */
export async function recordHigherTitles(years: SchoolYears, year: number): Promise<void> {
  const given: Readonly<Record<number, { rank: string; until: Day | null }>> = {
    [firstYear + 2]: { rank: 'city_backbone', until: null },
    [firstYear + 4]: { rank: 'city_subject_leader', until: null },
    // Ends within the rehearsal: the lower title is valid again.
    [firstYear + 5]: { rank: 'city_backbone', until: `${firstYear + 6}-10-31` },
  };
  const { rank, until } = given[year] ?? {};
  if (rank === undefined || until === undefined) return;
  const who = year === firstYear + 5 ? pickHolder(years, 'city', 'district_backbone') : 'S3-c1';
  if (who === undefined) return;
  const number = `市证-${rank}-${year}`;
  const office = await years.walk.office();
  await office.decide('/titles', {
    personId: years.walk.personId(who),
    rank,
    from: years.today,
    until,
    certificateNumber: number,
    document: `市教发〔${year}〕7号`,
    decidedOn: years.today,
  });
  years.model.give(who, { rank, from: years.today, until, number });
  await years.readTitles();
  years.note(`${years.today}: ${who} is given ${rank}`);
}

/** One of those who hold a rank as the highest on the day. */
export function pickHolder(years: SchoolYears, matter: string, rank: string): string | undefined {
  const held = years.model.holders(years.today).filter(({ title }) => title.rank === rank);
  const free = held.filter(({ title }) => title.ended === null && title.suspended.length === 0);
  return free.length === 0 ? undefined : years.walk.draw(matter, years.today).pick(free).who;
}

function heldTitle(years: SchoolYears, who: string, rank: string): TitleCard {
  return years.model.of(who).titles.find((title) => title.rank === rank && isHeld(title, years.today))!;
}

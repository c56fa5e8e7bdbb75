// What decisions mean for people, kept as a careful clerk keeps cards: days are texts, and no rule of the product is used.

/** A day, `YYYY-MM-DD`. */
export type Day = string;

/** One training of somebody. */
export interface TrainingCard {
  readonly rank: string;
  readonly from: Day;
  /** Last day; a leave moves it. */
  until: Day;
  readonly owes: number;
  /** Came in for another. */
  readonly supplemented: boolean;
  /** From which day on the training is over for the person, and how. */
  out: { readonly on: Day; readonly how: 'passed' | 'eliminated' | 'left' } | null;
  points: number;
  hasMentor: boolean;
  isAppointed: boolean;
}

/** Hours of somebody that were entered and confirmed. */
export interface Hours {
  readonly on: Day;
  readonly confirmedOn: Day;
  readonly hours: number;
}

/** One title of somebody. */
export interface TitleCard {
  readonly rank: string;
  readonly from: Day;
  /** Last valid day; null = no end. */
  readonly until: Day | null;
  readonly number: string | null;
  /** First day on which it is no longer held. */
  ended: { readonly on: Day; readonly how: 'revoked' | 'renewed' } | null;
  /** Days on which it may not be used; without a last one while it goes on. */
  readonly suspended: { readonly from: Day; until: Day | null }[];
  /** An application for re-evaluation and the day of the decision on it. */
  applied: { readonly on: Day; decidedOn: Day | null } | null;
  /** First day without money, for good. */
  moneyUntil: Day | null;
  /** Days without money because of a grade, both included. */
  readonly moneyPaused: { readonly from: Day; readonly until: Day }[];
}

/** Everything about one person. */
export interface Card {
  readonly schools: { readonly from: Day; readonly code: string }[];
  readonly trainings: TrainingCard[];
  readonly titles: TitleCard[];
  readonly hours: Hours[];
}

/** Ranks, low to high. */
export const ranks = [
  'school_backbone',
  'accomplished',
  'district_backbone',
  'city_backbone',
  'city_subject_leader',
  'provincial_backbone',
  'special_grade',
  'national_backbone',
];

const monthlyFen: Readonly<Record<string, number>> = { accomplished: 20_000, district_backbone: 30_000 };

/** A day so many days later. */
export function later(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The same day so many years later; nothing here begins on 29 February. */
export function yearsLater(day: Day, years: number): Day {
  return `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;
}

/** The first day of the month after a day. */
export function nextMonth(day: Day): Day {
  return `${later(`${day.slice(0, 7)}-28`, 4).slice(0, 7)}-01`;
}

/** The first 1 September on a day or after it. */
export function nextSeptember(day: Day): Day {
  const inYear = `${day.slice(0, 4)}-09-01`;
  return day <= inYear ? inYear : yearsLater(inYear, 1);
}

/** The school year in which a day lies, by its first year. */
export function schoolYear(day: Day): number {
  return Number(day.slice(0, 4)) - (day.slice(5) < '09-01' ? 1 : 0);
}

/** What somebody reads on a certificate on a day. */
export function stateOf(card: Card, title: TitleCard, on: Day): string {
  const { from, until, ended, suspended } = title;
  if (ended !== null && ended.on <= on) return ended.how === 'renewed' ? 'superseded' : 'revoked';
  if (on < from) return 'not_yet';
  if (until !== null && until < on) return isPending(title, on) ? 'expired_pending' : 'lapsed';
  if (suspended.some((time) => time.from <= on && (time.until === null || on <= time.until)))
    return 'suspended';
  return hasHigher(card, title, on) ? 'superseded' : 'valid';
}

function isPending({ applied }: TitleCard, on: Day): boolean {
  return applied !== null && applied.on <= on && (applied.decidedOn === null || on < applied.decidedOn);
}

/** Whether a title is held on a day by its own dates; who may not use it for now holds it all the same. */
export function isHeld({ from, until, ended }: TitleCard, on: Day): boolean {
  return from <= on && (until === null || on <= until) && (ended === null || on < ended.on);
}

function hasHigher({ titles }: Card, { rank }: TitleCard, on: Day): boolean {
  return titles.some((other) => ranks.indexOf(other.rank) > ranks.indexOf(rank) && isHeld(other, on));
}

/** Whether money runs for a title on a day. */
export function isPaid(card: Card, title: TitleCard, on: Day): boolean {
  const { from, until, ended, suspended, moneyUntil, moneyPaused } = title;
  if (on < from || (until !== null && until < on) || (moneyUntil !== null && moneyUntil <= on)) return false;
  // Who loses a title keeps the money until the month is over; a new certificate takes it over at once.
  if (ended?.how === 'renewed' && ended.on <= on) return false;
  if (hasHigher(card, title, on)) return false;
  if (moneyPaused.some((time) => time.from <= on && on <= time.until)) return false;
  return !suspended.some((time) => nextMonth(time.from) <= on && (time.until === null || on <= time.until));
}

/** Whether somebody is in training on a day, or waits for the assessment. */
export function isInTraining({ from, out }: TrainingCard, on: Day): boolean {
  return from <= on && (out === null || on < out.on);
}

/** Confirmed hours of a training as known on a day. */
export function hoursOf(card: Card, { from, until }: TrainingCard, on: Day): number {
  return card.hours
    .filter((entry) => entry.confirmedOn <= on && from <= entry.on && entry.on <= until)
    .reduce((sum, entry) => sum + entry.hours, 0);
}

/** The days around which a title changes: the day on which it does. */
export function turningDays(card: Card, title: TitleCard): Day[] {
  const { from, until, ended, suspended, applied, moneyUntil, moneyPaused } = title;
  const days = [
    from,
    until && later(until, 1),
    ended?.on,
    applied?.decidedOn,
    moneyUntil,
    ...suspended.flatMap((time) => [time.from, nextMonth(time.from), time.until && later(time.until, 1)]),
    ...moneyPaused.flatMap((time) => [time.from, later(time.until, 1)]),
    ...card.titles.filter(({ rank }) => rank !== title.rank).map((other) => other.from),
  ];
  return [...new Set(days.filter((day): day is Day => Boolean(day)))].toSorted();
}

/** The cards of a district. */
export class PlainModel {
  readonly cards = new Map<string, Card>();

  /** Opens the card of somebody who is at a school from the beginning. */
  enter(who: string, school: string): void {
    this.cards.set(who, {
      schools: [{ from: '0000-01-01', code: school }],
      trainings: [],
      titles: [],
      hours: [],
    });
  }

  of(who: string): Card {
    return this.cards.get(who)!;
  }

  schoolOf(who: string, on: Day): string {
    return this.of(who).schools.findLast(({ from }) => from <= on)!.code;
  }

  /** A training of so many school years begins. */
  train(who: string, training: Pick<TrainingCard, 'rank' | 'from' | 'supplemented'>, years: number): void {
    const until = later(yearsLater(training.from, years), -1);
    this.of(who).trainings.push({
      ...training,
      until,
      owes: 72 * years,
      out: null,
      points: 0,
      hasMentor: false,
      isAppointed: false,
    });
  }

  /** A title is given. */
  give(who: string, title: Pick<TitleCard, 'rank' | 'from' | 'until' | 'number'>): TitleCard {
    const nothing = { ended: null, applied: null, moneyUntil: null };
    const given: TitleCard = { ...title, ...nothing, suspended: [], moneyPaused: [] };
    this.of(who).titles.push(given);
    return given;
  }

  /** A title is taken away from a day on; its money runs to the end of the month. */
  revoke(title: TitleCard, on: Day): void {
    if (title.ended !== null && title.ended.on <= on) return;
    title.ended = { on, how: 'revoked' };
    this.stopMoney(title, nextMonth(on));
  }

  /** What stopped earlier stays so. */
  stopMoney(title: TitleCard, from: Day): void {
    if (title.moneyUntil === null || from < title.moneyUntil) title.moneyUntil = from;
  }

  /** Somebody goes to another school: titles stay, the money of those held stops with the month. */
  move(who: string, school: string, on: Day, today: Day): void {
    const card = this.of(who);
    card.schools.push({ from: on, code: school });
    for (const title of card.titles) if (isHeld(title, today)) this.stopMoney(title, nextMonth(on));
  }

  /** Everybody with a title that says valid or suspended on a day: the highest of each. */
  holders(on: Day): { who: string; title: TitleCard }[] {
    return [...this.cards].flatMap(([who, card]) =>
      card.titles
        .filter((title) => ['valid', 'suspended'].includes(stateOf(card, title, on)))
        .map((title) => ({ who, title })),
    );
  }

  /** How many hold which rank at which school, as `rank school` with its number. */
  holdersByRankAndSchool(on: Day): Record<string, number> {
    return tally(this.holders(on).map(({ who, title }) => `${title.rank} ${this.schoolOf(who, on)}`));
  }

  /** How many different people hold a rank by a title of its own dates. */
  holdersOf(rank: string, on: Day): number {
    return [...this.cards.values()].filter(({ titles }) =>
      titles.some((title) => title.rank === rank && isHeld(title, on)),
    ).length;
  }

  /** Trainees of a rank in the school year that begins in a year: who was there, came and went. */
  flow(rank: string, year: number, today: Day) {
    const trainings = this.trainings()
      .map(({ training }) => training)
      .filter((training) => training.rank === rank && training.from <= today);
    const begun = trainings.filter(({ from }) => schoolYear(from) === year);
    const gone = (how: string) =>
      trainings.filter(({ out }) => out?.how === how && out.on <= today && schoolYear(out.on) === year)
        .length;
    const lastDay = `${year + 1}-08-31`;
    const there = (on: Day) => trainings.filter((training) => isInTraining(training, on)).length;
    return {
      schoolYear: `${year}-${year + 1}`,
      rank,
      before: there(`${year}-08-31`),
      begun: begun.length,
      supplemented: begun.filter(({ supplemented }) => supplemented).length,
      passed: gone('passed'),
      eliminated: gone('eliminated'),
      left: gone('left'),
      after: there(lastDay < today ? lastDay : today),
    };
  }

  trainings(): { who: string; training: TrainingCard }[] {
    return [...this.cards].flatMap(([who, { trainings }]) =>
      trainings.map((training) => ({ who, training })),
    );
  }

  titles(): { who: string; card: Card; title: TitleCard }[] {
    return [...this.cards].flatMap(([who, card]) => card.titles.map((title) => ({ who, card, title })));
  }

  /** Whose hours are short on a day: `who rank` with the hours that are missing. */
  hoursShort(on: Day): Record<string, number> {
    return Object.fromEntries(
      this.trainings()
        .filter(({ training }) => isInTraining(training, on))
        .map(({ who, training }) => [
          `${who} ${training.rank}`,
          Math.max(0, training.owes - hoursOf(this.of(who), training, on)),
        ])
        .filter(([, missing]) => Number(missing) > 0),
    );
  }

  /** Certificates of the titles held that end within 180 days of a day: numbers with the days left. */
  ending(on: Day): Record<string, number> {
    return Object.fromEntries(
      this.holders(on).flatMap(({ title: { number, until } }) => {
        const days = until === null ? Infinity : (Date.parse(until) - Date.parse(on)) / 86_400_000;
        return days <= 180 ? [[number, days]] : [];
      }),
    );
  }

  /** What a month costs in fen, by certificate: each day for the highest title that is paid on it. */
  money(month: string): Record<string, number> {
    const length = Number(later(nextMonth(`${month}-01`), -1).slice(8));
    const days = Array.from({ length }, (_, index) => later(`${month}-01`, index));
    return Object.fromEntries(
      [...this.cards.values()].flatMap((card) => {
        const paid = days.map(
          (day) =>
            card.titles
              .filter((title) => isPaid(card, title, day))
              .toSorted((left, right) => ranks.indexOf(left.rank) - ranks.indexOf(right.rank))
              .at(-1)?.number,
        );
        return card.titles.flatMap(({ number, rank }): [string, number][] => {
          const count = paid.filter((each) => each === number).length;
          const fen = Math.floor(((monthlyFen[rank] ?? 0) * count) / length);
          return number !== null && fen > 0 ? [[number, fen]] : [];
        });
      }),
    );
  }
}

/** How often each text is there. */
export function tally(texts: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const text of texts) found[text] = (found[text] ?? 0) + 1;
  return found;
}

import type { Walk } from '../../../samples/walk/walk.js';
import { Allowances } from './allowances.js';
import type { Leave } from './departures-and-leaves.js';
import { firstYear } from './district.js';
import type { HeldEvent } from './hours-and-events.js';
import { PlainModel, yearsLater, type Day, type TitleCard, type TrainingCard } from './plain-model.js';
import { ReEvaluations } from './re-evaluations.js';
import { RosterNews } from './roster-news.js';
import { Rounds } from './round.js';
import type { Filings } from './school-filings.js';
import { YearlyReviews } from './yearly-review.js';

/** A training that is not over, and who trains. */
export interface OpenTraining {
  readonly who: string;
  readonly training: TrainingCard;
}

/** Gets one line for what happens. */
type Note = (line: string) => void;

interface Task {
  readonly case: { readonly id: string; readonly kind: string };
  readonly actions: readonly string[];
}

interface Training {
  readonly id: string;
  readonly person: { readonly id: string };
  readonly rank: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
}

interface Title {
  readonly id: string;
  readonly person: { readonly id: string };
  readonly rank: string;
  readonly from: Day;
  readonly until: Day | null;
  readonly certificateNumber: string | null;
}

/**
 * A district's school years, over HTTP with the accounts of the roles, on a rehearsal's clock; what every decision means is
 * written on the plain model's cards as it is taken. All that is chosen follows from the seed. Each
 * procedure is a file of functions that take the school years; course-of-the-years.ts says in which order they come.
 */
export class SchoolYears {
  readonly model = new PlainModel();
  /** What the service told on the way that is not as the cards say. */
  readonly differences: string[] = [];
  /** Days on which everything stood still for a comparison. */
  readonly stops: Day[] = [];
  readonly rounds = new Rounds();
  readonly news = new RosterNews();
  /** Exchange meetings and forums that were held. */
  readonly events: HeldEvent[] = [];
  /** The leave that goes on; there is one at a time. */
  leave: Leave | null = null;
  readonly reviews = new YearlyReviews();
  readonly reEvaluations = new ReEvaluations();
  readonly allowances = new Allowances();
  /** What the schools filed of their own, by school year. */
  readonly filings = new Map<number, Filings>();
  /** Who was put out by a decision on ethics. */
  outByEthics: string | null = null;
  policyId = '';
  /** The business date, as it was read last. */
  today: Day = `${firstYear}-09-01`;
  private readonly ids = new Map<TrainingCard | TitleCard, string>();
  private calendarId = '';

  constructor(
    readonly walk: Walk,
    /** Called when the clock stands still and all is settled. */
    private readonly compare: (on: Day) => Promise<void>,
    readonly note: Note,
  ) {}

  /** Moves the clock to a day, if that is still to come. */
  async to(day: Day): Promise<void> {
    if (day > this.today) await this.walk.advanceTo(day);
    await this.readToday();
  }

  async readToday(): Promise<void> {
    this.today = await this.walk.today();
  }

  /** Stands still for a comparison. */
  async stop(): Promise<void> {
    await this.readToday();
    this.stops.push(this.today);
    await this.compare(this.today);
  }

  /** Id of the district's calendar. */
  async calendar(): Promise<string> {
    const office = await this.walk.office();
    this.calendarId ||= (await office.get<{ id: string }>('/calendar')).id;
    return this.calendarId;
  }

  /** Id of a title or training. */
  idOf(card: TrainingCard | TitleCard): string {
    return this.ids.get(card)!;
  }

  /**
   * Reads the titles: those of the cards get their ids; the others must be those that were given today, for five years.
   * @returns the new ones, as `who rank`
   */
  async readTitles(): Promise<Set<string>> {
    const office = await this.walk.office();
    const found = await office.list<Title>('/titles');
    const fresh = new Set<string>();
    for (const { id, person, rank, from, until, certificateNumber: number } of found) {
      const who = this.walk.staffNumberOf(person.id);
      const known = this.model.of(who).titles.find((title) => title.number === number);
      if (known !== undefined) {
        this.ids.set(known, id);
        continue;
      }
      if (from !== this.today || until !== yearsLater(from, 5))
        throw new Error(`${who} has ${rank} from ${from} until ${until}.`);
      this.ids.set(this.model.give(who, { rank, from, until, number }), id);
      fresh.add(`${who} ${rank}`);
    }
    return fresh;
  }

  /** Trainings that are not over, also those that are to begin. */
  open(): OpenTraining[] {
    return this.model.trainings().filter(({ training }) => training.out === null);
  }

  /** The trainings that wait for a decision of the training centre. */
  async tasks(action: string): Promise<OpenTraining[]> {
    const office = await this.walk.office();
    const tasks = await office.list<Task>('/tasks?all=true&kind=training');
    const ids = new Set(tasks.filter(({ actions }) => actions.includes(action)).map((task) => task.case.id));
    await this.readTrainings();
    return this.open().filter(({ training }) => ids.has(this.idOf(training)));
  }

  /** Reads the trainings that are open: those of the cards get their ids. */
  async readTrainings(): Promise<Training[]> {
    const centre = await this.walk.one('training_centre');
    const found = await centre.list<Training>('/trainings?standing=training');
    for (const { who, training } of this.open()) {
      const personId = this.walk.personId(who);
      const same = found.find(
        (each) =>
          each.person.id === personId && each.rank === training.rank && each.startsOn === training.from,
      );
      if (same) this.ids.set(training, same.id);
    }
    return found;
  }

  /** The trainings that are open are those of the cards, with their first and last days. */
  async compareTrainings(): Promise<void> {
    const found = (await this.readTrainings()).map(
      ({ person, rank, startsOn, endsOn }) =>
        `${this.walk.staffNumberOf(person.id)} ${rank} ${startsOn} ${endsOn}`,
    );
    const expected = this.open().map(
      ({ who, training }) => `${who} ${training.rank} ${training.from} ${training.until}`,
    );
    const differing = [
      ...found.filter((line) => !expected.includes(line)).map((line) => `more: ${line}`),
      ...expected.filter((line) => !found.includes(line)).map((line) => `missing: ${line}`),
    ];
    if (differing.length > 0) this.differences.push(`${this.today}: trainings\n${differing.join('\n')}`);
  }
}

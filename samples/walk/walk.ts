import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dateOf } from '../../domain/dates.js';
import type { Roster, RosterRole } from '../../domain/roster.js';
import { projectRoot } from '../../stack/project-root.js';
import { ApiClient, type ApiSession, type Problem } from '../api-client.js';
import { sampleApplicants, type SampleApplicant, type SampleApplicants } from '../applicants.js';
import { SAMPLE_SEED, sampleDistrict } from '../district.js';
import { seededRandom, type SeededRandom } from '../random.js';

/** What a walk through the sample round starts from. */
export interface WalkOptions {
  /** Where the API is, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** The technical administrator's account. */
  readonly administrator: { readonly username: string; readonly password: string };
  /** The password of every sample account. */
  readonly password: string;
  /** Decides who applies, who scores what and who votes for whom; the people are those of samples/district.xlsx. */
  readonly seed?: number;
  /** Schools and people, with the workbook that says the same; by default those of samples/district.xlsx. */
  readonly district?: { readonly roster: Roster; readonly workbook: Uint8Array };
  /** Who applies; by default all whom samples/applicants.ts chooses. */
  readonly applicants?: SampleApplicants;
  /** Titles of the round by rank; by default what the scheme gives a year. */
  readonly places?: Readonly<Record<string, number>>;
  /** What every Idempotency-Key begins with; another walk on the same data takes another one. */
  readonly keys?: string;
  /** Gets one line for each stage. */
  readonly progress?: (line: string) => void;
}

/** How many requests are under way at once. */
const atOnce = 8;
/** Longest wait, in milliseconds, for what follows by itself from a decision. */
const longestWait = 120_000;

/**
 * A walk through the sample round: who the people are, how they sign in, and what the round has come to. The stages are
 * functions of it, one file a part; each can be called by itself once those before it have run.
 */
export class Walk {
  readonly seed: number;
  readonly roster: Roster;
  readonly applicants: SampleApplicants;
  readonly client: ApiClient;
  /** Who stands behind an application, by its id. */
  readonly applications = new Map<string, SampleApplicant>();
  /** What the API said to those who may not apply. */
  readonly refusals: Problem[] = [];
  /** Ids of the organisations by code, and of the people by staff number. */
  readonly organisations = new Map<string, string>();
  readonly people = new Map<string, string>();
  /** Staff numbers of those who have an account. */
  readonly accounts = new Set<string>();
  private round: string | null = null;
  private staffNumbers: Map<string, string> | null = null;
  private readonly startedAt = Date.now();

  constructor(private readonly options: WalkOptions) {
    this.seed = options.seed ?? SAMPLE_SEED;
    this.roster = options.district?.roster ?? sampleDistrict(SAMPLE_SEED);
    this.applicants = options.applicants ?? sampleApplicants(this.roster, this.seed);
    this.client = new ApiClient({ url: options.url, keys: options.keys });
  }

  /** The workbook that the roster is entered from. */
  async workbook(): Promise<Uint8Array> {
    return this.options.district?.workbook ?? readFile(join(projectRoot, 'samples/district.xlsx'));
  }

  /** A walk through a later round of the same district: people, accounts and sessions are those of this one. */
  next(round: Pick<WalkOptions, 'seed' | 'applicants' | 'places'>): Walk {
    const { client, organisations, people, accounts } = this;
    return Object.assign(new Walk({ ...this.options, ...round }), {
      client,
      organisations,
      people,
      accounts,
    });
  }

  get places(): Readonly<Record<string, number>> {
    return this.options.places ?? { accomplished: 100, district_backbone: 50 };
  }

  get password(): string {
    return this.options.password;
  }

  get roundId(): string {
    if (this.round === null) throw new Error('The round is not open yet.');
    return this.round;
  }

  set roundId(id: string) {
    this.round = id;
  }

  /** The technical administrator. */
  administrator(): Promise<ApiSession> {
    const { username, password } = this.options.administrator;
    return this.client.signIn(username, password);
  }

  /** Somebody of the roster, by staff number. */
  as(staffNumber: string): Promise<ApiSession> {
    return this.client.signIn(staffNumber, this.options.password);
  }

  /** Staff numbers of those who hold a role, in the roster's order. */
  staffOf(
    role: RosterRole,
    where: { readonly organisation?: string; readonly subject?: string } = {},
  ): string[] {
    return this.roster.memberships
      .filter(
        (row) =>
          row.role === role &&
          (where.organisation === undefined || row.organisation === where.organisation) &&
          (where.subject === undefined || row.subject === where.subject),
      )
      .map(({ staffNumber }) => staffNumber);
  }

  /** One who holds a role: the first, or the one at a position. */
  async one(
    role: RosterRole,
    where: { organisation?: string; subject?: string } = {},
    position = 0,
  ): Promise<ApiSession> {
    const staffNumber = this.staffOf(role, where)[position];
    if (staffNumber === undefined) throw new Error(`Nobody is ${role} ${JSON.stringify(where)}.`);
    return this.as(staffNumber);
  }

  /** The office of the leading group, as one of its people. */
  office(position = 0): Promise<ApiSession> {
    return this.one('office', {}, position);
  }

  /** Codes of the schools that teach. */
  get schools(): string[] {
    return this.roster.schools.filter(({ stages }) => stages.length > 0).map(({ code }) => code);
  }

  schoolId(code: string): string {
    return this.organisations.get(code)!;
  }

  /** Staff number of the person behind an application. */
  applicant(applicationId: string): string {
    return this.applications.get(applicationId)!.staffNumber;
  }

  /** Ids of applications in an order that does not depend on the ids, which every walk draws anew. */
  inOrder(applicationIds: readonly string[]): string[] {
    return applicationIds.toSorted((left, right) => (this.applicant(left) < this.applicant(right) ? -1 : 1));
  }

  personId(staffNumber: string): string {
    return this.people.get(staffNumber)!;
  }

  staffNumberOf(personId: string): string {
    this.staffNumbers ??= new Map([...this.people].map(([staffNumber, id]) => [id, staffNumber]));
    return this.staffNumbers.get(personId)!;
  }

  /** Who an applicant is, in the roster. */
  teacher(staffNumber: string) {
    return this.roster.teachers.find((teacher) => teacher.staffNumber === staffNumber)!;
  }

  /** Random numbers of their own for a matter, so that what is drawn for one does not depend on the others' order. */
  draw(...matter: readonly (string | number)[]): SeededRandom {
    let hash = 0x811c9dc5;
    for (const character of [this.seed, ...matter].join(' ')) {
      hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
    }
    return seededRandom(hash);
  }

  /** Does the same for many, several at once; the results are in the order of the list. */
  async forEach<Item, Result>(
    items: readonly Item[],
    action: (item: Item) => Promise<Result>,
  ): Promise<Result[]> {
    const results: Result[] = [];
    let next = 0;
    const work = async () => {
      while (next < items.length) {
        const position = next;
        next += 1;
        results[position] = await action(items[position]!);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return results;
  }

  /**
   * Asks until the answer is there: what follows from a decision follows by itself, and the API says when it has.
   * @param what it is, for the error
   * @throws Error when it does not come
   */
  async until<Answer>(what: string, ask: () => Promise<Answer | null | undefined | false>): Promise<Answer> {
    const giveUpAt = Date.now() + longestWait;
    for (let between = 20; ; between = Math.min(between * 2, 500)) {
      const answer = await ask();
      if (answer) return answer;
      if (Date.now() > giveUpAt) throw new Error(`Waited in vain: ${what}.`);
      await pause(between);
    }
  }

  /** The instance's business date. */
  async today(): Promise<string> {
    const { now } = await (await this.office()).get<{ now: string }>('/clock');
    return dateOf(now);
  }

  /** Moves the rehearsal's clock to the beginning of a business date, and waits until every case has followed. */
  async advanceTo(date: string): Promise<void> {
    const administrator = await this.administrator();
    const isThere = async () =>
      (await administrator.post<{ settled: boolean }>('/clock/advance', { to: date })).settled;
    await this.until(`everything settled on ${date}`, isThere);
  }

  /** Does a stage and reports it in one line. */
  async stage<Result>(
    name: string,
    action: () => Promise<{ said: string; result: Result }>,
  ): Promise<Result> {
    const before = Date.now();
    const { said, result } = await action();
    const now = Date.now();
    this.options.progress?.(
      `${seconds(now - this.startedAt).padStart(7)}  ${name}: ${said} (${seconds(now - before)})`,
    );
    return result;
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

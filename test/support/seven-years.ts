import { dateOf } from '../../domain/dates.js';
import { parsePolicy } from '../../policies/schema.js';
import { ApiProblem, type ApiSession } from '../../samples/api-client.js';
import type { SampleApplicant } from '../../samples/applicants.js';
import { apply, closeApplications, openRound } from '../../samples/walk/applications.js';
import { appoint, schemeId } from '../../samples/walk/appointments.js';
import type { Candidate } from '../../samples/walk/candidates.js';
import {
  checkEligibility,
  giveOpinions,
  recordedFor,
  reviewByLeadingGroup,
} from '../../samples/walk/checks.js';
import { importRoster, makeAccounts } from '../../samples/walk/district.js';
import {
  admitReplacement,
  approveList,
  concludeRound,
  freeHeldCandidate,
  publishDistrictNotice,
} from '../../samples/walk/list.js';
import {
  fileLists,
  nominateCandidates,
  publishSchoolNotices,
  scoreApplicants,
} from '../../samples/walk/schools.js';
import { mentorsFor } from '../../samples/walk/training.js';
import { approveSeats, holdVotes } from '../../samples/walk/vote.js';
import { Walk } from '../../samples/walk/walk.js';
import {
  isHeld,
  later,
  nextMonth,
  nextSeptember,
  PlainModel,
  ranks,
  yearsLater,
  type Day,
  type TitleCard,
  type TrainingCard,
} from './plain-model.js';
import {
  laterYears,
  places,
  prize,
  roster,
  schools,
  smallScheme,
  titlesBefore,
  whoMayStand,
  workbookOf,
  yearlyNumbers,
} from './seven-years-district.js';

/** First year of the rehearsal's first school year. */
export const firstYear = 2026;

const hoursEach = 8;
const passPoints = 60;
const yearsOfTraining = { accomplished: 1, district_backbone: 2 } as const;
type TrainedRank = keyof typeof yearsOfTraining;
const trainedRanks = Object.keys(yearsOfTraining) as TrainedRank[];

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

interface Review {
  readonly id: string;
  readonly step: string;
  readonly dueAt: string;
  readonly entries: readonly { readonly titleId: string; readonly personId: string; readonly rank: string }[];
}

type Open = { readonly who: string; readonly training: TrainingCard };

/** What somebody is graded, and what comes of asking for a review. */
interface Grading {
  readonly grade: string;
  readonly reviewed?: string;
}

/**
 * A district's school years, over HTTP with the accounts of the roles, on a rehearsal's clock; what every decision means is
 * written on the plain model's cards as it is taken. All that is chosen follows from the seed.
 */
export class SchoolYears {
  readonly model = new PlainModel();
  /** What the service told on the way that is not as the cards say. */
  readonly differences: string[] = [];
  /** Days on which everything stood still for a comparison. */
  readonly stops: Day[] = [];
  /** What was held: the activity, the rank of an exchange meeting, and its day. */
  readonly events: { readonly kind: string; readonly rank: string | null; readonly on: Day }[] = [];
  /** Grades that were confirmed in the end, as `review year rank grade`. */
  readonly grades: string[] = [];
  /** Months that are in the ledger. */
  readonly months: string[] = [];
  /** Who entered by a prize, with the year of the round. */
  readonly directEntrants: { readonly who: string; readonly year: number }[] = [];
  /** Filings by school year: how many lists and plans came, and how many late. */
  readonly filings = new Map<number, { readonly filed: number; readonly late: number }>();
  readonly spotChecks: { readonly id: string; readonly reviewYear: string; readonly drawn: number }[] = [];
  private readonly rounds = new Map<number, Walk>();
  private readonly mentored = new Set<TrainingCard>();
  private readonly ids = new Map<TrainingCard | TitleCard, string>();
  private readonly sanctions: ReturnType<typeof roster>['sanctions'][number][] = [];
  private readonly evidence = [...roster().evidence];
  private policyId = '';
  private calendarId = '';
  private contestant = 'S1-c2';
  private outByEthics: string | null = null;
  private today: Day = `${firstYear}-09-01`;

  constructor(
    readonly walk: Walk,
    /** Called when the clock stands still and all is settled. */
    private readonly compare: (on: Day) => Promise<void>,
    private readonly note: Note,
  ) {}

  /** The district comes with its roster, its scheme and the titles that are held. */
  async begin(): Promise<void> {
    const administrator = await this.walk.administrator();
    await administrator.post('/policies', { text: smallScheme(), fileName: 'small.yaml' });
    await importRoster(this.walk);
    for (const [year, days] of laterYears) await administrator.put(`/calendar/${year}`, days);
    await makeAccounts(
      this.walk,
      this.walk.roster.teachers.map(({ staffNumber }) => staffNumber),
    );
    for (const { staffNumber, schoolCode } of this.walk.roster.teachers)
      this.model.enter(staffNumber, schoolCode);
    for (const { staffNumber, rank, grantedOn, validUntil, certificateNumber } of titlesBefore)
      this.model.give(staffNumber, { rank, from: grantedOn, until: validUntil, number: certificateNumber });
    this.policyId = await schemeId(this.walk);
    await this.to(`${firstYear}-09-02`);
    await this.readTitles();
  }

  /** One school year, from its first September to the first days of the next one. */
  async pass(year: number): Promise<void> {
    const startedAt = Date.now();
    await this.autumn(year);
    await this.round(year);
    await this.stop();
    await this.winter(year);
    await this.stop();
    await this.summer(year);
    await this.stop();
    await this.to(`${year + 1}-09-01`);
    await this.confirmMonths();
    this.note(`${year}-${year + 1}: ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }

  /** What is left when the last school year is over: the last appointments, and the certificates that end. */
  async end(year: number): Promise<void> {
    await this.assessWhoIsDue();
    await this.appointAll();
    await this.chooseMentors();
    await this.to(`${year}-10-08`);
    await this.decidePending();
    await this.confirmMonths();
    await this.stop();
  }

  /** Id of a title or training. */
  idOf(card: TrainingCard | TitleCard): string {
    return this.ids.get(card)!;
  }

  // ---------------------------------------------------------------- September

  private async autumn(year: number): Promise<void> {
    if (year > firstYear) await this.uploadRoster(year);
    await this.assessWhoIsDue();
    await this.midAssessments(null);
    await this.fileOwnLists(year);
    await this.appointAll();
    await this.chooseMentors();
    await this.compareTrainings();
  }

  /** Each school files its plan and its list; in the second year one school is late. */
  private async fileOwnLists(year: number): Promise<void> {
    const onTime = schools.filter((code) => year !== firstYear + 1 || code !== 'S4');
    const file = async (code: string) => {
      const head = await this.walk.one('head', { organisation: code });
      const filing = { scheme: 'sichuan-district', schoolId: this.walk.schoolId(code), title: `${year}年` };
      const personIds = [this.walk.personId(`${code}-c3`)];
      await head.decide('/school-filings', { ...filing, part: 'plan' });
      await head.decide('/school-filings', { ...filing, part: 'list', personIds });
    };
    await this.walk.forEach(onTime, file);
    this.filings.set(year, { filed: 2 * schools.length, late: 2 * (schools.length - onTime.length) });
    if (onTime.length === schools.length) return;
    await this.to(`${year}-10-01`);
    await this.walk.forEach(
      schools.filter((code) => !onTime.includes(code)),
      file,
    );
  }

  /** Whose training is over is assessed; who is below the line is out when the days for a review are over. */
  private async assessWhoIsDue(): Promise<void> {
    const centre = await this.walk.one('training_centre', {}, 2);
    const due = await this.tasks('assess');
    const below = await this.walk.forEach(due, async (open) => {
      const points = this.pointsOf(open);
      const { outcome, dueAt } = await centre.decide(`/trainings/${this.idOf(open.training)}/assessment`, {
        points,
      });
      open.training.points = points;
      if (outcome === 'passed') open.training.out = { on: this.today, how: 'passed' };
      return outcome === 'passed' ? [] : [{ open, finalOn: dateOf(dueAt!) }];
    });
    await this.eliminate(below.flat());
  }

  private pointsOf({ who, training }: Open): number {
    const draw = this.walk.draw('points', who, training.rank, training.from);
    return draw.chance(8) ? draw.between(40, passPoints - 1) : draw.between(70, 98);
  }

  /** The days for a review pass; then the eliminations are final, and the places are decided on. */
  private async eliminate(below: readonly { readonly open: Open; readonly finalOn: Day }[]): Promise<void> {
    for (const { open, finalOn } of below) {
      if (finalOn > this.today) await this.to(finalOn);
      open.training.out = { on: finalOn, how: 'eliminated' };
    }
    for (const { open } of below) await this.decidePlace(open);
  }

  /** The place of who is out goes to the reserve list if anybody may be called, else it stays vacant. */
  private async decidePlace({ training }: Open): Promise<void> {
    const office = await this.walk.office();
    const path = `/trainings/${this.idOf(training)}`;
    const { step } = await office.get<{ step: string }>(path);
    if (step !== 'replacing') return;
    const decide = async (from: string) =>
      office.decide(`${path}/place`, {
        from,
        ...(from === 'vacant' && { reason: '候补名单已无合格人选' }),
        recordedFor: await recordedFor(this.walk, '青师培组纪要3号'),
      });
    const called = await decide('reserve_list').catch((error: unknown) => {
      if (error instanceof ApiProblem && error.problem.type === '/problems/place-no-reserve') return null;
      throw error;
    });
    if (called === null) {
      await decide('vacant');
      return;
    }
    await this.admit(String(called.result['applicationId']), training.rank as TrainedRank);
  }

  /** Who is called from the reserve list has a notice and an approval of the own, and begins to train on that day. */
  private async admit(applicationId: string, rank: TrainedRank): Promise<void> {
    const round = [...this.rounds.values()].find(({ applications }) => applications.has(applicationId))!;
    await admitReplacement(round, { heldId: '', withdrawnId: applicationId });
    await concludeRound(round);
    await this.readToday();
    this.begins(round.applicant(applicationId), rank, this.today, true);
    this.note(`${this.today}: ${round.applicant(applicationId)} is called from the reserve list (${rank})`);
    await this.compareTrainings();
  }

  private begins(who: string, rank: TrainedRank, from: Day, supplemented: boolean): void {
    this.model.train(who, { rank, from, supplemented }, yearsOfTraining[rank]);
  }

  /** The office has the titles of both ranks given, as many as the year allows; the ladder goes on from the lower one. */
  private async appointAll(): Promise<void> {
    for (const rank of trainedRanks) {
      const passed = this.waitingFor(rank);
      if (passed.length === 0) continue;
      await appoint(this.walk, rank);
      const given = await this.readTitles();
      const fresh = passed.filter(({ who }) => given.has(`${who} ${rank}`));
      if (given.size !== fresh.length || fresh.length !== Math.min(passed.length, yearlyNumbers[rank]))
        throw new Error(
          `${fresh.length} of ${passed.length} were given ${rank}, ${given.size} titles are new.`,
        );
      const worst = Math.min(...fresh.map(({ training }) => training.points));
      if (passed.some((open) => !fresh.includes(open) && open.training.points > worst))
        this.differences.push(`Somebody with more points waits for ${rank}.`);
      for (const { who, training } of fresh) {
        training.isAppointed = true;
        if (rank === 'accomplished' && !this.isBusy(who, 'district_backbone'))
          this.begins(who, 'district_backbone', nextSeptember(this.today), false);
      }
      this.note(`${this.today}: ${fresh.length} of ${passed.length} are given ${rank}`);
    }
  }

  private waitingFor(rank: string): Open[] {
    return this.model
      .trainings()
      .filter(
        ({ training: { rank: of, out, isAppointed } }) =>
          of === rank && out?.how === 'passed' && !isAppointed,
      );
  }

  /** Whether somebody is in training for a rank, or has passed and waits for it. */
  private isBusy(who: string, rank: string): boolean {
    return this.model
      .of(who)
      .trainings.some(
        (each) =>
          each.rank === rank && (each.out === null || (each.out.how === 'passed' && !each.isAppointed)),
      );
  }

  /** Every trainee without a mentor chooses one. */
  private async chooseMentors(): Promise<void> {
    await this.readTrainings();
    const policy = parsePolicy(smallScheme(), 'small.yaml');
    const without = this.open().filter(({ training }) => !this.mentored.has(training));
    await this.walk.forEach(without, async ({ who, training }) => {
      const mentors = mentorsFor(this.walk, policy, who, training.rank, this.today);
      const higher = mentors.filter((mentor) =>
        this.model
          .of(mentor)
          .titles.some(
            (title) => ranks.indexOf(title.rank) > ranks.indexOf(training.rank) && isHeld(title, this.today),
          ),
      );
      const mentorId = this.walk.personId(this.walk.draw('mentor', who, training.rank).pick(higher));
      await (await this.walk.as(who)).decide(`/trainings/${this.idOf(training)}/mentor`, { mentorId });
      this.mentored.add(training);
    });
  }

  /** Trainings that are not over, also those that are to begin. */
  open(): Open[] {
    return this.model.trainings().filter(({ training }) => training.out === null);
  }

  // ---------------------------------------------------------------- the round

  /** A round from the call to the formal candidates, who begin to train with the next school year. */
  private async round(year: number): Promise<void> {
    const applicants = this.applicantsOf(year);
    const round = this.walk.next({ seed: this.walk.seed + year, applicants, places });
    this.rounds.set(year, round);
    await openRound(round);
    await apply(round);
    await closeApplications(round);
    await scoreApplicants(round);
    await nominateCandidates(round);
    await publishSchoolNotices(round);
    await fileLists(round);
    await checkEligibility(round);
    await reviewByLeadingGroup(round);
    await giveOpinions(round);
    await approveSeats(round);
    await holdVotes(round);
    const special = await publishDistrictNotice(round);
    // In other years the reserve list is kept for the training.
    const seen = year % 2 === 0 ? special : { ...special, withdrawnId: null };
    await approveList(round, seen);
    await admitReplacement(round, seen);
    await freeHeldCandidate(round, seen);
    await concludeRound(round);
    await this.readToday();
    const chosen = await (
      await this.walk.office()
    ).list<Candidate>(`/rounds/${round.roundId}/candidates?standing=chosen`);
    for (const { id, rank, entry } of chosen)
      this.begins(
        round.applicant(id),
        rank as TrainedRank,
        nextSeptember(this.today),
        entry === 'replacement',
      );
    for (const { staffNumber } of applicants.contestWinners)
      this.directEntrants.push({ who: staffNumber, year });
    this.note(
      `${this.today}: ${applicants.ordinary.length + applicants.contestWinners.length} applied, ${chosen.length} chosen`,
    );
    await this.chooseMentors();
    await this.compareTrainings();
  }

  /** Of each school up to two of each subject for the lower rank, and one for the higher. */
  private applicantsOf(year: number) {
    const free = whoMayStand.filter((who) => this.mayStand(who));
    const winners = free.filter((who) => who === this.contestant);
    this.contestant = '';
    const others = this.walk.draw('applicants', year).shuffled(free.filter((who) => !winners.includes(who)));
    const ordinary = schools.flatMap((code, index) => {
      const of = (letter: string) => others.filter((who) => who.startsWith(`${code}-${letter}`));
      const [higher, lower] = index % 2 === year % 2 ? [of('c'), of('e')] : [of('e'), of('c')];
      const [first, ...rest] = higher;
      return [
        ...(first ? [{ staffNumber: first, rank: 'district_backbone' }] : []),
        ...[...rest.slice(0, 2), ...lower.slice(0, 2)].map((who) => ({
          staffNumber: who,
          rank: 'accomplished',
        })),
      ] as SampleApplicant[];
    });
    return {
      ordinary,
      contestWinners: winners.map((who): SampleApplicant => ({ staffNumber: who, rank: 'accomplished' })),
      refused: {} as Walk['applicants']['refused'],
    };
  }

  private mayStand(who: string): boolean {
    const { titles } = this.model.of(who);
    const holds = titles.some((title) => title.rank !== 'school_backbone' && isHeld(title, this.today));
    const sanctioned = this.sanctions.some(({ staffNumber }) => staffNumber === who);
    return (
      !holds &&
      !sanctioned &&
      who !== this.outByEthics &&
      trainedRanks.every((rank) => !this.isBusy(who, rank))
    );
  }

  // ---------------------------------------------------------------- winter

  /** The first term is over: its hours and events, the assessment in the middle, and what happens to people. */
  private async winter(year: number): Promise<void> {
    await this.to(`${year + 1}-02-01`);
    await this.confirmMonths();
    await this.enterHours([
      `${year}-09-15`,
      `${year}-10-15`,
      `${year}-11-15`,
      `${year}-12-15`,
      `${year + 1}-01-15`,
    ]);
    await this.holdEvents(`${year}-12-20`);
    await this.assessWhoIsDue();
    await this.rosterNews(year);
    await this.midAssessments(year);
    await this.leaveTrainings(year);
    await this.to(`${year + 1}-03-10`);
    await this.confirmMonths();
    await this.moveHolder(year);
    await this.suspend(year);
    await this.decideOnEthics(year);
    await this.recordHigherTitles(year);
  }

  /** Who trained on each of the days gets its hours, but for who was away; another person confirms them. */
  private async enterHours(days: readonly Day[]): Promise<void> {
    await this.readTrainings();
    const centre = await this.walk.one('training_centre', {}, 0);
    for (const [number, on] of days.entries()) {
      const present = [
        ...new Set(
          this.open()
            .filter(({ training }) => training.from <= on && on <= training.until)
            .filter(({ who, training }) => !this.wasAway(who, training, on))
            .map(({ who }) => who),
        ),
      ];
      const enter = async (by: ApiSession, kind: string, people: readonly string[]) => {
        if (people.length === 0) return [];
        const answer = (await by.decide('/hours', {
          scheme: 'sichuan-district',
          kind,
          activity: `${kind} ${on}`,
          on,
          hours: hoursEach,
          source: `签到表 ${on}`,
          personIds: people.map((who) => this.walk.personId(who)),
        })) as unknown as { entries: { id: string }[] };
        return answer.entries.map(({ id }) => id);
      };
      const bySchool = async (code: string) =>
        enter(
          await this.walk.one('school_clerk', { organisation: code }),
          'lecture',
          present.filter((who) => this.model.schoolOf(who, on) === code),
        );
      const entryIds =
        number % 2 === 0
          ? await enter(centre, 'central', present)
          : (await this.walk.forEach(schools, bySchool)).flat();
      if (entryIds.length === 0) continue;
      const confirms = await this.walk.one('training_centre', {}, 1);
      await confirms.decide('/hours/confirmations', { entryIds });
      for (const who of present)
        this.model.of(who).hours.push({ on, confirmedOn: this.today, hours: hoursEach });
    }
  }

  /** On leave, or one who is away in two activities of a training and so lacks hours. */
  private wasAway(who: string, training: TrainingCard, on: Day): boolean {
    if (this.leave?.who === who && this.leave.from <= on) return true;
    const isShort = this.walk.draw('away', who, training.rank, training.from).chance(4);
    return isShort && ['-10-15', '-11-15', '-12-15'].some((day) => on.endsWith(day));
  }

  private leave: { readonly who: string; readonly from: Day; readonly training: TrainingCard } | null = null;

  /** An exchange meeting of the trainees of each rank, and a forum; in one term the forum is forgotten. */
  private async holdEvents(on: Day): Promise<void> {
    const centre = await this.walk.one('training_centre', {}, 0);
    const trainees = this.open().filter(({ training }) => training.from <= on);
    const hold = async (kind: string, rank: string | null) => {
      const there = trainees.filter(({ training }) => rank === null || training.rank === rank);
      if (there.length === 0) return;
      await centre.decide('/hours', {
        scheme: 'sichuan-district',
        kind,
        activity: `${kind} ${rank ?? ''} ${on}`,
        on,
        hours: 0,
        source: `签到表 ${on}`,
        personIds: [...new Set(there.map(({ who }) => this.walk.personId(who)))],
      });
      this.events.push({ kind, rank, on });
    };
    for (const rank of trainedRanks) await hold('exchange_meeting', rank);
    if (!on.startsWith(`${firstYear + 3}-`)) await hold('forum', null);
  }

  /** The roster's news: a warning for a holder, a sanction for a trainee, a prize. */
  private async rosterNews(year: number): Promise<void> {
    const on = `${year + 1}-01-20`;
    if (year === firstYear + 3)
      this.sanctions.push(
        { staffNumber: this.pickHolder('warning', 'accomplished')!, kind: 'warning', from: on, until: null },
        {
          staffNumber: this.pickTrainee('sanction', year)!.who,
          kind: 'demerit',
          from: on,
          until: later(on, 364),
        },
      );
    if (year === firstYear + 1) {
      this.contestant = this.walk.draw('contest').pick(whoMayStand.filter((who) => this.mayStand(who)));
      this.evidence.push(prize(this.contestant, on));
    }
    await this.uploadRoster(year);
  }

  private async uploadRoster(year: number): Promise<void> {
    const news = { sanctions: this.sanctions, evidence: this.evidence };
    const content = await workbookOf(news, `${year}-08-31`, (who) => this.model.schoolOf(who, this.today));
    const administrator = await this.walk.administrator();
    await administrator.upload(
      '/roster-imports',
      'file',
      new Blob([Uint8Array.from(content)]),
      'roster.xlsx',
    );
  }

  /**
   * The assessment after a term. One who has the best chance of a replacement is below the line in some years; in another
   * year the assessment is set aside on review.
   * @param year null in September, when everybody passes
   */
  private async midAssessments(year: number | null): Promise<void> {
    const centre = await this.walk.one('training_centre', {}, 2);
    const due = await this.tasks('assessMid');
    const chosen = year === null || year % 2 === 1 ? null : await this.whoseGroupHasReserve(year, due);
    const reviewed = year !== null && year % 4 === 1 ? due.at(0) : undefined;
    const below = await this.walk.forEach(due, async (open) => {
      const path = `/trainings/${this.idOf(open.training)}`;
      const isBelow = open === chosen || open === reviewed;
      const { step, dueAt } = await centre.decide(`${path}/mid-assessment`, { points: isBelow ? 50 : 80 });
      if (step !== 'appealing') return [];
      if (open === chosen) return [{ open, finalOn: dateOf(dueAt!) }];
      await (await this.walk.as(open.who)).decide(`${path}/review-request`, { grounds: '病假期间评分' });
      const office = await this.walk.office();
      await office.decide(`${path}/review`, {
        stands: false,
        reason: '材料补齐',
        recordedFor: await recordedFor(this.walk, '青师培组复核1号'),
      });
      return [];
    });
    await this.eliminate(below.flat());
  }

  /** Of those who came out of the last year's round, one of a rank and family that has somebody on the reserve list. */
  private async whoseGroupHasReserve(year: number, due: readonly Open[]): Promise<Open | null> {
    const round = this.rounds.get(year - 1);
    if (round === undefined) return null;
    const office = await this.walk.office();
    const reserve = await office.list<Candidate>(`/rounds/${round.roundId}/candidates?standing=reserve`);
    const fromRound = due.filter(
      ({ who, training }) =>
        training.from === `${year}-09-01` &&
        [...round.applications.values()].some(
          ({ staffNumber, rank }) => staffNumber === who && rank === training.rank,
        ),
    );
    const group = (who: string) => this.walk.teacher(who).subject;
    const replaceable = fromRound.filter(({ who, training }) =>
      reserve.some(({ rank, subject }) => rank === training.rank && subject === group(who)),
    );
    return replaceable[0] ?? fromRound[0] ?? null;
  }

  /** A resignation, a move out of the district, a sanction, and a long leave, each in its year. */
  private async leaveTrainings(year: number): Promise<void> {
    const office = await this.walk.office();
    const goes = async (open: Open | undefined, reason: string, how: 'left' | 'eliminated') => {
      if (open === undefined) return;
      await office.decide(`/trainings/${this.idOf(open.training)}/departure`, {
        reason,
        document: '青师培退〔1〕号',
      });
      open.training.out = { on: this.today, how };
      this.note(`${this.today}: ${open.who} leaves the training, ${reason}`);
      await this.decidePlace(open);
    };
    if (year === firstYear + 1) await goes(this.pickTrainee('withdrawn', year), 'withdrawn', 'left');
    if (year === firstYear + 2) await goes(this.pickTrainee('transferred', year), 'transferred_out', 'left');
    if (year === firstYear + 3) {
      const sanctioned = this.sanctions.filter(({ kind }) => kind === 'demerit');
      const open = this.open().find(({ who }) => sanctioned.some(({ staffNumber }) => staffNumber === who));
      await goes(open, 'sanction', 'eliminated');
    }
    if (year === firstYear + 1 || year === firstYear + 4) {
      const open = this.pickTrainee('leave', year)!;
      await office.decide(`/trainings/${this.idOf(open.training)}/pause`, {
        from: this.today,
        document: '产假证明',
      });
      this.leave = { who: open.who, from: this.today, training: open.training };
    }
  }

  /** One of those who began to train for the lower rank in the school year and train still. */
  private pickTrainee(matter: string, year: number): Open | undefined {
    const open = this.open().filter(
      ({ training }) => training.rank === 'accomplished' && training.from === `${year}-09-01`,
    );
    return open.length === 0 ? undefined : this.walk.draw(matter, year).pick(open);
  }

  /** Who holds a rank as the highest on the day. */
  private pickHolder(matter: string, rank: string): string | undefined {
    const held = this.model.holders(this.today).filter(({ title }) => title.rank === rank);
    const free = held.filter(({ title }) => title.ended === null && title.suspended.length === 0);
    return free.length === 0 ? undefined : this.walk.draw(matter, this.today).pick(free).who;
  }

  private heldTitle(who: string, rank: string): TitleCard {
    return this.model.of(who).titles.find((title) => title.rank === rank && isHeld(title, this.today))!;
  }

  /** One holder moved to the next school in January; it is recorded in March, when the months since are paid. */
  private async moveHolder(year: number): Promise<void> {
    const rank = year % 2 === 0 ? 'accomplished' : 'district_backbone';
    const who = this.pickHolder('moves', rank) ?? this.pickHolder('moves', 'accomplished');
    if (who === undefined) return;
    const on = `${year + 1}-01-12`;
    const from = schools.indexOf(this.model.schoolOf(who, on) as (typeof schools)[number]);
    const school = schools[(from + 1) % schools.length]!;
    const title = this.model.of(who).titles.find((each) => isHeld(each, this.today))!;
    const office = await this.walk.office();
    await office.decide(`/titles/${this.idOf(title)}/transfer`, {
      toSchoolId: this.walk.schoolId(school),
      on,
    });
    this.model.move(who, school, on, this.today);
    this.note(`${this.today}: ${who} is at ${school} since ${on}`);
    await this.correctMonths('调动登记迟于津贴确认');
  }

  /** A title is suspended and given back in June; another is suspended until a day. */
  private async suspend(year: number): Promise<void> {
    if (year !== firstYear && year !== firstYear + 4) return;
    const who = year === firstYear ? 'S3-c1' : this.pickHolder('suspended', 'accomplished')!;
    const title = this.heldTitle(who, year === firstYear ? 'district_backbone' : 'accomplished');
    const until = year === firstYear ? null : `${year + 1}-05-10`;
    const office = await this.walk.office();
    await office.decide(`/titles/${this.idOf(title)}/suspensions`, {
      reason: '师德问题正在核查',
      document: '青教监2号',
      ...(until && { until }),
      recordedFor: await recordedFor(this.walk, '青教监2号'),
    });
    title.suspended.push({ from: this.today, until });
  }

  private async resume(): Promise<void> {
    const office = await this.walk.office();
    for (const { title } of this.model.titles()) {
      const running = title.suspended.find(({ until }) => until === null);
      if (running === undefined) continue;
      await office.decide(`/titles/${this.idOf(title)}/resumption`, {
        reason: '核查不属实',
        document: '青教监5号',
        recordedFor: await recordedFor(this.walk, '青教监5号'),
      });
      running.until = later(this.today, -1);
    }
  }

  /** A written decision on a breach of ethics ends a title, and a training, at once. */
  private async decideOnEthics(year: number): Promise<void> {
    const who = year === firstYear + 3 ? this.pickHolder('ethics', 'accomplished') : undefined;
    if (who === undefined) return;
    const office = await this.walk.office();
    await office.decide('/ethics-decisions', {
      personId: this.walk.personId(who),
      authority: '青蓝区教育局',
      document: '青教监9号',
      decidedOn: this.today,
      until: null,
      ground: 'paid_tutoring',
    });
    this.outByEthics = who;
    const { titles, trainings } = this.model.of(who);
    for (const title of titles)
      if (isHeld(title, this.today) && title.rank !== 'school_backbone') this.model.revoke(title, this.today);
    for (const training of trainings)
      if (training.out === null) training.out = { on: this.today, how: 'eliminated' };
    this.note(`${this.today}: ${who} is out by a decision on ethics`);
  }

  /** The city and the province give titles; the office enters them. */
  private async recordHigherTitles(year: number): Promise<void> {
    const given: Readonly<Record<number, { rank: string; until: Day | null }>> = {
      [firstYear + 2]: { rank: 'city_backbone', until: null },
      [firstYear + 4]: { rank: 'city_subject_leader', until: null },
      // Ends within the rehearsal: the lower title is valid again.
      [firstYear + 5]: { rank: 'city_backbone', until: `${firstYear + 6}-10-31` },
    };
    const { rank, until } = given[year] ?? {};
    if (rank === undefined || until === undefined) return;
    const who = year === firstYear + 5 ? this.pickHolder('city', 'district_backbone') : 'S3-c1';
    if (who === undefined) return;
    const number = `市证-${rank}-${year}`;
    const office = await this.walk.office();
    await office.decide('/titles', {
      personId: this.walk.personId(who),
      rank,
      from: this.today,
      until,
      certificateNumber: number,
      document: `市教发〔${year}〕7号`,
      decidedOn: this.today,
    });
    this.model.give(who, { rank, from: this.today, until, number });
    await this.readTitles();
    this.note(`${this.today}: ${who} is given ${rank}`);
  }

  // ---------------------------------------------------------------- summer

  /** The second term: hours, events, who comes back from leave, the yearly review, re-evaluations. */
  private async summer(year: number): Promise<void> {
    await this.to(`${year + 1}-06-16`);
    await this.confirmMonths();
    await this.enterHours(['02', '03', '04', '05', '06'].map((month) => `${year + 1}-${month}-15`));
    await this.holdEvents(`${year + 1}-06-10`);
    await this.comeBack();
    await this.resume();
    await this.applyForReEvaluation(year);
    await this.assessWhoIsDue();
    await this.review(`${year}-${year + 1}`);
    await this.decideReEvaluations(year);
  }

  /** Who was on leave is back; the training ends as many days later. */
  private async comeBack(): Promise<void> {
    if (this.leave === null) return;
    const { from, training } = this.leave;
    const office = await this.walk.office();
    await office.decide(`/trainings/${this.idOf(training)}/resumption`, {
      on: this.today,
    });
    const days = (Date.parse(this.today) - Date.parse(from)) / 86_400_000;
    training.until = later(training.until, days);
    this.leave = null;
  }

  /** The yearly review of all schools that have holders, with who is not content, and the spot check. */
  private async review(reviewYear: string): Promise<void> {
    const office = await this.walk.office();
    const [confirms, reviews] = [await this.walk.office(1), await this.walk.office(2)];
    const held = this.model
      .holders(this.today)
      .filter(({ title }) => trainedRanks.includes(title.rank as TrainedRank));
    const gradings = this.gradingsOf(reviewYear, held);
    const seed = `双色球${reviewYear} 03 07 11`;
    const calendar = `/calendars/${await this.calendar()}`;
    const announced = await office.decide(`${calendar}/spot-checks`, {
      policyId: this.policyId,
      reviewYear,
      seed,
    });
    const spotCheckId = String(announced.result['spotCheckId']);
    const withHolders = schools.filter((code) => held.some(({ who }) => this.schoolNow(who) === code));
    const ids = await this.walk.forEach(withHolders, async (code) => {
      const schoolId = this.walk.schoolId(code);
      const { caseId } = await office.decide('/annual-reviews', {
        schoolId,
        reviewYear,
        policyId: this.policyId,
      });
      return caseId;
    });
    const read = (id: string) => office.get<Review>(`/annual-reviews/${id}`);
    const opened = await this.walk.forEach(ids, read);
    const entries = opened.flatMap(({ id, entries: of }) => of.map((entry) => ({ reviewId: id, ...entry })));
    const underReview = entries.map(({ titleId }) => titleId).toSorted();
    const expected = held.map(({ title }) => this.idOf(title)).toSorted();
    if (JSON.stringify(underReview) !== JSON.stringify(expected))
      this.differences.push(
        `${reviewYear}: ${underReview.length} titles under review, not ${expected.length}.`,
      );
    await this.walk.forEach(entries, async ({ reviewId, titleId, personId }) => {
      const who = this.walk.staffNumberOf(personId);
      if (this.walk.draw('silent', who, reviewYear).chance(10)) return;
      await (
        await this.walk.as(who)
      ).decide(`/annual-reviews/${reviewId}/duty-reports`, { titleId, text: '示范课两节' });
    });
    const reporting = (await this.walk.forEach(ids, read)).filter(({ step }) => step === 'reporting');
    const last = reporting
      .map(({ dueAt }) => dateOf(dueAt))
      .toSorted()
      .at(-1);
    await this.to(last ?? later(this.today, 1));
    const gradeOf = (titleId: string) => gradings.get(titleId)!;
    const finals = await this.walk.forEach(opened, async ({ id, entries: of }) => {
      const code = withHolders[ids.indexOf(id)]!;
      const principal = await this.walk.one('head', { organisation: code });
      const grades = of.map(({ titleId }) => ({
        titleId,
        grade: gradeOf(titleId).grade,
        reason: '按考核办法评定',
      }));
      await principal.decide(`/annual-reviews/${id}/grades`, { grades });
      const confirmed = await confirms.decide(`/annual-reviews/${id}/confirmations`, {
        confirmations: of.map(({ titleId }) => ({ titleId })),
        recordedFor: await recordedFor(this.walk, '青师培组〔考核〕1号'),
      });
      return String(confirmed.result['finalOn']);
    });
    const drawn = await office.decide(`${calendar}/spot-check-draws`, { spotCheckId });
    for (const titleId of drawn.result['drawn'] as string[])
      await office.decide(`${calendar}/spot-check-findings`, {
        spotCheckId,
        titleId,
        finding: 'confirmed',
        note: '材料属实',
      });
    this.spotChecks.push({ id: spotCheckId, reviewYear, drawn: (drawn.result['drawn'] as string[]).length });
    const asking = entries.filter(({ titleId }) => gradeOf(titleId).reviewed !== undefined);
    await this.walk.forEach(asking, async ({ reviewId, titleId, personId }) => {
      const holder = await this.walk.as(this.walk.staffNumberOf(personId));
      await holder.decide(`/annual-reviews/${reviewId}/review-requests`, { titleId, reason: '公开课有记录' });
    });
    await this.to(later(finals.toSorted().at(-1)!, 1));
    await this.walk.forEach(asking, async ({ reviewId, titleId }) => {
      await reviews.decide(`/annual-reviews/${reviewId}/review-decisions`, {
        titleId,
        grade: gradeOf(titleId).reviewed,
        reason: '复核',
        recordedFor: await recordedFor(this.walk, '青师培组复核2号'),
      });
    });
    for (const { reviewId, titleId } of entries) {
      const { grade, reviewed } = gradeOf(titleId);
      const { title } = held.find((each) => this.idOf(each.title) === titleId)!;
      const finalOn = reviewed === undefined ? finals[ids.indexOf(reviewId)]! : this.today;
      this.grades.push(`${reviewYear} ${title.rank} ${reviewed ?? grade}`);
      this.grade(title, reviewed ?? grade, finalOn);
    }
    this.note(
      `${this.today}: ${entries.length} titles of ${ids.length} schools reviewed, ${asking.length} once more`,
    );
  }

  /** Who gets what: one fails, one is not graded, one appeals; whoever was warned is not excellent. */
  private gradingsOf(
    reviewYear: string,
    held: readonly { who: string; title: TitleCard }[],
  ): Map<string, Grading> {
    const year = Number(reviewYear.slice(0, 4));
    const sorted = held.toSorted((left, right) => (left.who < right.who ? -1 : 1));
    return new Map(
      sorted.map(({ who, title }, index): [string, Grading] => {
        const draw = this.walk.draw('grade', who, reviewYear);
        const warned = this.sanctions.some(({ staffNumber }) => staffNumber === who);
        const usual = warned || !draw.chance(20) ? 'pass' : 'excellent';
        const special = this.specialGrading(year, title, index, sorted.length);
        return [this.idOf(title), special ?? { grade: usual }];
      }),
    );
  }

  private specialGrading(
    year: number,
    title: TitleCard,
    position: number,
    count: number,
  ): Grading | undefined {
    // A new certificate must not bring back the money that the grade stops.
    if (title.applied !== null) return { grade: 'basic' };
    if (year === firstYear) return [{ grade: 'basic' }][position];
    if (count < 6) return undefined;
    return [
      { grade: 'fail' },
      { grade: 'ungraded' },
      { grade: 'fail', reviewed: year % 2 === 0 ? 'basic' : 'fail' },
      { grade: 'basic' },
    ][position];
  }

  /** What a final grade does: failing takes the title away, a basic pass stops the next year's money. */
  private grade(title: TitleCard, grade: string, finalOn: Day): void {
    if (grade === 'fail') this.model.revoke(title, later(finalOn, 1));
    if (grade !== 'basic') return;
    const from = nextSeptember(finalOn);
    title.moneyPaused.push({ from, until: later(yearsLater(from, 1), -1) });
  }

  private schoolNow(who: string): string {
    return this.model.schoolOf(who, this.today);
  }

  // ---------------------------------------------------------------- certificates that end

  private confirmed: TitleCard[] = [];
  private refusedOnes: TitleCard[] = [];
  private pending: TitleCard[] = [];

  /** Of the titles that end with the autumn one is confirmed, one not, one still pending; the others' holders say nothing. */
  private async applyForReEvaluation(year: number): Promise<void> {
    const ending = this.model
      .titles()
      .filter(
        ({ title: { rank, until, ended } }) =>
          trainedRanks.includes(rank as TrainedRank) &&
          ended === null &&
          until !== null &&
          until > this.today &&
          until <= later(this.today, 120),
      )
      .toSorted((left, right) => (left.who < right.who ? -1 : 1))
      .slice(0, year === firstYear + 6 ? 3 : 1);
    await this.walk.forEach(ending, async ({ who, title }) => {
      const holder = await this.walk.as(who);
      await holder.decide(`/titles/${this.idOf(title)}/re-evaluation`, { statement: '五年工作总结' });
      title.applied = { on: this.today, decidedOn: null };
    });
    const [first, second, third] = ending.map(({ title }) => title);
    this.confirmed = [first].filter((title) => title !== undefined);
    this.refusedOnes = [second].filter((title) => title !== undefined);
    this.pending = [third].filter((title) => title !== undefined);
  }

  private async decideReEvaluations(year: number): Promise<void> {
    await this.to(`${year + 1}-07-20`);
    for (const title of this.confirmed) await this.decideReEvaluation(title, true);
    for (const title of this.refusedOnes) await this.decideReEvaluation(title, false);
  }

  private async decidePending(): Promise<void> {
    for (const title of this.pending) await this.decideReEvaluation(title, true);
  }

  private async decideReEvaluation(title: TitleCard, isConfirmed: boolean): Promise<void> {
    if (title.ended !== null) return;
    const office = await this.walk.office();
    await office.decide(`/titles/${this.idOf(title)}/re-evaluation/decision`, {
      confirmed: isConfirmed,
      document: '评定1号',
      ...(!isConfirmed && { reason: '未履行职责' }),
      recordedFor: await recordedFor(this.walk, '评定1号'),
    });
    title.applied!.decidedOn = this.today;
    if (!isConfirmed) return;
    title.ended = { on: this.today, how: 'renewed' };
    await this.readTitles();
    // Money that was stopped does not begin again with a new certificate.
    const next = this.model
      .titles()
      .find(
        (each) =>
          each.title.from === this.today &&
          each.title.rank === title.rank &&
          each.card.titles.includes(title),
      )!;
    next.title.moneyUntil = title.moneyUntil;
    next.title.moneyPaused.push(...title.moneyPaused);
    this.note(`${this.today}: ${title.number} is renewed`);
  }

  // ---------------------------------------------------------------- money

  private nextMonth = `${firstYear}-09`;

  /** The months that are over are confirmed; each comes to what the cards say. */
  private async confirmMonths(): Promise<void> {
    const office = await this.walk.office();
    for (
      ;
      nextMonth(`${this.nextMonth}-01`) <= this.today;
      this.nextMonth = nextMonth(`${this.nextMonth}-01`).slice(0, 7)
    ) {
      const owed = Object.values(this.model.money(this.nextMonth)).reduce((sum, fen) => sum + fen, 0);
      if (owed === 0) continue;
      const { result } = await office.decide(`/calendars/${await this.calendar()}/allowances`, {
        policyId: this.policyId,
        month: this.nextMonth,
        recordedFor: await recordedFor(this.walk, `津贴${this.nextMonth}`),
      });
      if (result['fen'] !== owed)
        this.differences.push(`${this.nextMonth}: ${String(result['fen'])} fen, not ${owed}.`);
      this.months.push(this.nextMonth);
    }
  }

  /** Months whose ledger no longer comes to what is due are corrected by counter-entries. */
  private async correctMonths(reason: string): Promise<void> {
    const office = await this.walk.office();
    for (const month of this.months) {
      const owed = Object.values(this.model.money(month)).reduce((sum, fen) => sum + fen, 0);
      const { items } = await office.get<{ items: { fen: number }[] }>(`/allowance-entries?month=${month}`);
      if (items.reduce((sum, { fen }) => sum + fen, 0) === owed) continue;
      await office.decide(`/calendars/${await this.calendar()}/allowance-corrections`, {
        policyId: this.policyId,
        month,
        reason,
        recordedFor: await recordedFor(this.walk, `更正${month}`),
      });
    }
  }

  // ---------------------------------------------------------------- reading

  private async calendar(): Promise<string> {
    const office = await this.walk.office();
    this.calendarId ||= (await office.get<{ id: string }>('/calendar')).id;
    return this.calendarId;
  }

  private async to(day: Day): Promise<void> {
    if (day > this.today) await this.walk.advanceTo(day);
    await this.readToday();
  }

  private async readToday(): Promise<void> {
    this.today = await this.walk.today();
  }

  private async stop(): Promise<void> {
    await this.readToday();
    this.stops.push(this.today);
    await this.compare(this.today);
  }

  /** The trainings that wait for a decision of the training centre. */
  private async tasks(action: string): Promise<Open[]> {
    const office = await this.walk.office();
    const tasks = await office.list<Task>('/tasks?all=true&kind=training');
    const ids = new Set(tasks.filter(({ actions }) => actions.includes(action)).map((task) => task.case.id));
    await this.readTrainings();
    return this.open().filter(({ training }) => ids.has(this.idOf(training)));
  }

  private async readTrainings(): Promise<Training[]> {
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
  private async compareTrainings(): Promise<void> {
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

  /**
   * Reads the titles: those of the cards get their ids; the others must be those that were given today, for five years.
   * @returns the new ones, as `who rank`
   */
  private async readTitles(): Promise<Set<string>> {
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
}

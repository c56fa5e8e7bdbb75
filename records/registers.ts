import { ageBandOn, type AgeBand } from '../domain/age-bands.js';
import type { BusinessDate } from '../domain/dates.js';
import { groupBy } from '../domain/grouping.js';
import { convertedShare, hoursAnswer, type HoursAnswer } from '../domain/hours.js';
import type { CoverageTarget, Policy, ShareTarget } from '../domain/policy.js';
import { countsForCoverage, isCovered, personsForShare } from '../domain/targets.js';
import { isInForce, titleStateOn, type TitleState } from '../domain/tenure.js';
import { dutiesOf, taskItems, type PlanItem } from '../domain/training-plan.js';
import { trainingYears, type Term } from '../domain/training.js';
import type { TeachingStage } from '../domain/vocabulary.js';
import { currentPolicies, schemesOfTitles } from './current-policies.js';
import type { Transaction } from './database.js';
import { dutyWorksOf, handedIn, spanOfTitle, spanOfTraining } from './duty-works.js';
import { ledgersOf } from './hours.js';
import { personsById, type PersonRow } from './persons-shown.js';
import { policyById } from './policies.js';
import { factsOf, type TitleRow } from './titles.js';
import { leftTrainingOn, type TraineeRow } from './trainees.js';

/** What is known of a person on a day: where nothing is, the first that is known. */
export type PersonOnDay = Pick<PersonRow, 'id' | 'name' | 'schoolId' | 'subject' | 'birthDate'>;

/** Persons as their files said on a day. Rule P13. */
export async function personsOn(
  db: Transaction,
  ids: readonly string[],
  on: BusinessDate,
): Promise<Map<string, PersonOnDay>> {
  const persons = await personsById(db, ids);
  const changed = [...persons.values()].filter(({ validFrom }) => validFrom > on).map(({ id }) => id);
  const versions = await db.personVersion.findMany({
    where: { personId: { in: changed }, validUntil: { gt: on } },
    orderBy: { validUntil: 'desc' },
  });
  const found = new Map<string, PersonOnDay>(persons);
  // The latest versions first, so that the one that held on the day comes last.
  for (const { personId, file } of versions)
    found.set(personId, { ...(file as unknown as PersonRow), id: personId });
  return found;
}

/** A title that somebody holds on a day, with where the holder was then. */
export interface HeldTitle {
  readonly title: TitleRow;
  readonly state: TitleState;
  readonly policy: Policy;
  readonly person: PersonOnDay;
}

/**
 * The titles that are held on a day, a suspended one included, a lower one below a higher of the same order not: each person
 * stands once in each order of ranks. All of it follows from dates and decisions, for any day. Rules C3, C5, P13.
 */
export async function heldOn(db: Transaction, on: BusinessDate): Promise<HeldTitle[]> {
  const titles = await db.title.findMany({ where: { from: { lte: on } }, orderBy: { id: 'asc' } });
  if (titles.length === 0) return [];
  const schemeOf = await schemesOfTitles(db);
  const all = groupBy(titles, ({ personId }) => personId);
  const held = titles.flatMap((title) => {
    const { policy } = schemeOf(title);
    const others = all.get(title.personId)!.map(factsOf);
    const state = titleStateOn(policy, factsOf(title), others, on);
    return state === 'valid' || state === 'suspended' ? [{ title, state, policy }] : [];
  });
  const persons = await personsOn(
    db,
    held.map(({ title }) => title.personId),
    on,
  );
  return held.map((each) => ({ ...each, person: persons.get(each.title.personId)! }));
}

/** How many different persons hold a rank on a day, of one subject, school and age. */
export interface HoldersRow {
  readonly rank: string;
  readonly subject: string | null;
  readonly schoolId: string;
  readonly ageBand: AgeBand;
  readonly persons: number;
}

/** Holders on a day by rank, subject, school and age, each person at the highest rank held. Rules P13, R0.5. */
export async function holdersRegister(db: Transaction, on: BusinessDate): Promise<HoldersRow[]> {
  const rows = (await heldOn(db, on)).map(({ title, person }) => ({
    rank: title.rank,
    subject: person.subject,
    schoolId: person.schoolId,
    ageBand: ageBandOn(person.birthDate, on),
    personId: person.id,
  }));
  const groups = groupBy(rows, ({ rank, subject, schoolId, ageBand }) =>
    JSON.stringify([rank, schoolId, subject, ageBand]),
  );
  return [...groups]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([, of]) => {
      const { personId: _, ...row } = of[0]!;
      return { ...row, persons: new Set(of.map(({ personId }) => personId)).size };
    });
}

/** How many of those a rate is about there are, of how many. */
export interface Rate {
  readonly policy: Policy;
  readonly numerator: number;
  readonly denominator: number;
  /** The days on which the teachers of the denominator were counted, first and last; null where nobody was. */
  readonly countedOn: { readonly first: string; readonly last: string } | null;
}

/** A percent target of a scheme, with the persons that reach it. */
export interface ShareFigures {
  readonly policy: Policy;
  readonly target: ShareTarget & { readonly percent: number };
  readonly holders: number;
  readonly teachers: number;
  /** The least number of holders that reaches the target. */
  readonly needed: number;
}

/** The holders of titles among the teachers, as a rate and against what the schemes have set themselves. */
export interface SharesOfTeachers {
  readonly rates: readonly Rate[];
  readonly targets: readonly ShareFigures[];
}

/**
 * The share of full-time teachers who hold a title of each scheme in use on a day, and the percent targets of the schemes:
 * different persons, over the teachers of the schools as they were last counted. Rules P9, Q10.
 */
export async function sharesOfTeachers(db: Transaction, on: BusinessDate): Promise<SharesOfTeachers> {
  const held = await heldOn(db, on);
  const schools = await db.organisation.findMany({ where: { kind: 'school', validUntil: null } });
  const counted = schools.flatMap(({ countedOn }) => countedOn ?? []).toSorted();
  const countedOn = counted.length > 0 ? { first: counted[0]!, last: counted.at(-1)! } : null;
  const teachers = schools.reduce((sum, { fullTimeTeachers }) => sum + fullTimeTeachers, 0);
  const holdersOfRanks = (ranks: readonly string[]) =>
    new Set(held.filter(({ title }) => ranks.includes(title.rank)).map(({ title }) => title.personId)).size;
  const policies = (await currentPolicies(db)).map(({ policy }) => policy);
  const ranksOf = (policy: Policy) => policy.ranks.map(({ code }) => code);
  return {
    rates: policies.map((policy) => ({
      policy,
      numerator: holdersOfRanks(ranksOf(policy)),
      denominator: teachers,
      countedOn,
    })),
    targets: policies.flatMap((policy) =>
      (policy.targets ?? []).flatMap((target) => {
        if (target.kind !== 'share' || target.percent === undefined) return [];
        const { percent } = target;
        const holders = holdersOfRanks(target.ranks ?? ranksOf(policy));
        const needed = personsForShare(teachers, percent);
        return [{ policy, target: { ...target, percent }, holders, teachers, needed }];
      }),
    ),
  };
}

/** A school or subject with fewer holders than a scheme's target asks for. */
export interface CoverageGap {
  readonly policy: Policy;
  readonly target: CoverageTarget;
  readonly schoolId: string | null;
  readonly subject: string | null;
  readonly holders: number;
}

/**
 * The schools of the named kinds, or the subjects that somebody teaches, which lack holders on a day. A holder counts at the
 * school of that day: on secondment, the one that receives. Rule Q11.
 */
export async function coverageGaps(db: Transaction, on: BusinessDate): Promise<CoverageGap[]> {
  const targets = (await currentPolicies(db)).flatMap(({ policy }) =>
    (policy.targets ?? []).flatMap((target) => (target.kind === 'coverage' ? [{ policy, target }] : [])),
  );
  if (targets.length === 0) return [];
  const held = await heldOn(db, on);
  const schools = await db.organisation.findMany({
    where: { kind: 'school', validUntil: null },
    orderBy: { code: 'asc' },
  });
  const taught = await db.person.findMany({
    where: { subject: { not: null } },
    select: { subject: true },
    distinct: ['subject'],
    orderBy: { subject: 'asc' },
  });
  return targets.flatMap(({ policy, target }) => {
    const counting = held.filter(({ title }) => countsForCoverage(policy, target, title.rank));
    const personsOf = (of: readonly HeldTitle[]) => new Set(of.map(({ person }) => person.id)).size;
    const units =
      target.each === 'school'
        ? schools
            .filter(({ stages }) => isCovered(target, stages as TeachingStage[]))
            .map(({ id }) => ({
              schoolId: id,
              subject: null,
              holders: personsOf(counting.filter(({ person }) => person.schoolId === id)),
            }))
        : taught.map(({ subject }) => ({
            schoolId: null,
            subject,
            holders: personsOf(counting.filter(({ person }) => person.subject === subject)),
          }));
    return units.filter(({ holders }) => holders < target.min).map((unit) => ({ policy, target, ...unit }));
  });
}

/** Trainees of one scheme and rank in a school year: who was there, came and went. */
export interface TrainingFlow {
  readonly schoolYear: string;
  readonly rank: string;
  /** In training on the day before the year. */
  readonly before: number;
  readonly begun: number;
  /** Of those who began: in place of others. */
  readonly supplemented: number;
  readonly passed: number;
  readonly eliminated: number;
  readonly left: number;
  /** In training on the last day of the year, or today. */
  readonly after: number;
}

/**
 * Trainees in, out and supplemented by school year and rank; before + begun = passed + eliminated + left + after. Who has
 * passed leaves on the day on which that is settled. Rules T11, T12, P13.
 * @param today no later day is counted
 */
export async function trainingFlows(db: Transaction, today: BusinessDate): Promise<TrainingFlow[]> {
  const trainees = await db.trainee.findMany({ where: { startsOn: { lte: today } } });
  const outOn = await daysOfLeaving(db, trainees);
  const first = trainees.map(({ startsOn }) => yearOf(startsOn)).toSorted((a, b) => a - b)[0];
  if (first === undefined) return [];
  const years = Array.from({ length: yearOf(today) - first + 1 }, (_, index) => first + index);
  const byRank = [...groupBy(trainees, ({ rank }) => rank)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return years.flatMap((year) =>
    byRank.map(([rank, of]) => {
      const isIn = (day: string | null) => day !== null && day <= today && yearOf(day) === year;
      const isThere = (trainee: TraineeRow, on: string) =>
        trainee.startsOn <= on && (outOn.get(trainee.id) ?? '9999-12-31') > on;
      const begun = of.filter(({ startsOn }) => isIn(startsOn));
      const gone = of.filter(({ id }) => isIn(outOn.get(id) ?? null));
      const count = (...standings: string[]) =>
        gone.filter(({ standing }) => standings.includes(standing)).length;
      const lastDay = `${year + 1}-08-31`;
      return {
        schoolYear: `${year}-${year + 1}`,
        rank,
        before: of.filter((trainee) => isThere(trainee, `${year}-08-31`)).length,
        begun: begun.length,
        supplemented: begun.filter(({ entry }) => ['replacement', 'supplement'].includes(entry)).length,
        passed: count('passed', 'appointed'),
        eliminated: count('eliminated'),
        left: count('left'),
        after: of.filter((trainee) => isThere(trainee, lastDay < today ? lastDay : today)).length,
      };
    }),
  );
}

/** The school year of a day by the year in which it begins. Rule 5.1. */
function yearOf(day: string): number {
  return Number(day.slice(0, 4)) - (day.slice(5) < '09-01' ? 1 : 0);
}

/** On which day each trainee who is out of training left it. */
async function daysOfLeaving(
  db: Transaction,
  trainees: readonly TraineeRow[],
): Promise<Map<string, BusinessDate>> {
  const gone = trainees.filter(({ standing }) => standing !== 'training');
  const cases = await db.case.findMany({
    where: { id: { in: gone.map(({ id }) => id) } },
    select: { id: true, closedAt: true },
  });
  const closedAt = new Map(cases.map((row) => [row.id, row.closedAt]));
  return new Map(
    gone.flatMap((trainee) => {
      const on = leftTrainingOn(trainee, closedAt.get(trainee.id));
      return on === null ? [] : [[trainee.id, on]];
    }),
  );
}

/** A trainee whose hours are below what is owed. */
export interface HoursShort {
  readonly trainee: TraineeRow;
  readonly person: PersonOnDay;
  readonly hours: HoursAnswer;
}

/**
 * Who is in training on a day with fewer confirmed hours than the training owes, as known on that day. Rules T1, T7.
 */
export async function hoursShort(db: Transaction, on: BusinessDate): Promise<HoursShort[]> {
  const trainees = await traineesOn(db, on);
  const ids = trainees.map(({ personId }) => personId);
  const [ledgers, persons] = [await ledgersOf(db, ids), await personsOn(db, ids, on)];
  const answers = await Promise.all(
    trainees.map(async (trainee) => {
      const share = convertedShare(await policyById(db, trainee.policyId));
      const hours = hoursAnswer(ledgers.get(trainee.personId) ?? [], trainee, on, share);
      return { trainee, person: persons.get(trainee.personId)!, hours };
    }),
  );
  return answers.filter(({ hours }) => !hours.met);
}

/** Everybody who is in training on a day, or is being assessed. */
async function traineesOn(db: Transaction, on: BusinessDate): Promise<TraineeRow[]> {
  const trainees = await db.trainee.findMany({ where: { startsOn: { lte: on } }, orderBy: { id: 'asc' } });
  const outOn = await daysOfLeaving(db, trainees);
  return trainees.filter(({ id }) => (outOn.get(id) ?? '9999-12-31') > on);
}

/** A certificate that ends within so many days. */
export interface EndingCertificate extends HeldTitle {
  readonly daysLeft: number;
  /** The least of 30, 90 and 180 days within which it ends. */
  readonly within: 30 | 90 | 180;
}

/** The certificates held on a day that end within 180 days of it, the first to end first. Rules C4, P13. */
export async function endingCertificates(db: Transaction, on: BusinessDate): Promise<EndingCertificate[]> {
  return (await heldOn(db, on))
    .flatMap((held) => {
      const { until } = held.title;
      if (until === null) return [];
      const daysLeft = (Date.parse(until) - Date.parse(on)) / 86_400_000;
      const within = ([30, 90, 180] as const).find((days) => daysLeft <= days);
      return within === undefined ? [] : [{ ...held, daysLeft, within }];
    })
    .toSorted((left, right) => left.daysLeft - right.daysLeft);
}

/** A task of a term that somebody owes and has not done. */
export interface OwedTask {
  readonly caseId: string;
  readonly as: 'trainee' | 'holder';
  readonly rank: string;
  readonly person: PersonOnDay;
  readonly task: PlanItem;
}

/**
 * What trainees and holders owe in a term: the tasks whose last day lies in it, not done on a day. Rules T15, T17, A10.
 * @param on business date in the term, or after it
 */
export async function owedInTerm(db: Transaction, term: Term, on: BusinessDate): Promise<OwedTask[]> {
  const trainees = await traineesOn(db, on);
  const schemeOf = await schemesOfTitles(db);
  const titles = (await db.title.findMany({ where: { from: { lte: on } }, orderBy: { id: 'asc' } })).filter(
    (title) => isInForce(factsOf(title), on),
  );
  const all = [...trainees, ...titles];
  const works = groupBy(
    await dutyWorksOf(
      db,
      all.map(({ id }) => id),
    ),
    ({ caseId }) => caseId,
  );
  const persons = await personsOn(
    db,
    all.map(({ personId }) => personId),
    on,
  );
  const open = (
    policy: Policy,
    as: OwedTask['as'],
    { id, rank, personId }: Pick<TraineeRow, 'id' | 'rank' | 'personId'>,
    span: Parameters<typeof taskItems>[2],
  ): OwedTask[] =>
    taskItems(policy, dutiesOf(policy, rank, as), span, (works.get(id) ?? []).map(handedIn), on, term.until)
      .filter(({ state, dueOn }) => state !== 'done' && dueOn >= term.from && dueOn <= term.until)
      .map((task) => ({ caseId: id, as, rank, person: persons.get(personId)!, task }));
  const ofTrainees = await Promise.all(
    trainees.map(async (trainee) => {
      const policy = await policyById(db, trainee.policyId);
      return open(policy, 'trainee', trainee, spanOfTraining(trainee, trainingYears(policy, trainee.rank)));
    }),
  );
  const ofHolders = titles.map((title) => open(schemeOf(title).policy, 'holder', title, spanOfTitle(title)));
  return [...ofTrainees, ...ofHolders].flat();
}

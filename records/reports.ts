import { dateOf, schoolYearOf } from '../domain/dates.js';
import { groupBy } from '../domain/grouping.js';
import type { Policy, Target } from '../domain/policy.js';
import type { Reason } from '../domain/refusal.js';
import type { Term } from '../domain/training.js';
import { Prisma } from '../prisma/generated/client.js';
import { currentPolicies } from './current-policies.js';
import type { OwnerDatabase, Transaction } from './database.js';
import { activitiesHeld } from './hours.js';
import { shownPersons, type ShownPerson } from './persons-shown.js';
import { filingsOf, type SchoolFilingRow } from './school-filings.js';
import { givenByYear, holdersOf } from './titles.js';
import { traineesDuring } from './trainees.js';

/** Calendar years that a figure covers, from the first day to the last. */
export interface Window {
  readonly from: string;
  readonly until: string;
}

/** A number to be reached, with what there is. */
export interface TargetFigures {
  readonly policy: Policy;
  readonly target: Extract<Target, { kind: 'count' }>;
  /** The target's own years, else the scheme's period. */
  readonly years: number | null;
  readonly window: Window | null;
  /** Different persons who hold one of the ranks on the day. */
  readonly holders: number;
  readonly givenByYear: readonly { readonly year: string; readonly persons: number }[];
}

/**
 * The counted targets of the schemes in use, with the holders on a day and the persons to whom the ranks were given in
 * each year of the target's window: the years that it names, else those of the scheme's period, up to the day. Rules P9,
 * R0.5.
 */
export async function targetFigures(db: Transaction, on: string): Promise<TargetFigures[]> {
  const rows: TargetFigures[] = [];
  for (const { policy } of await currentPolicies(db))
    for (const target of policy.targets ?? []) {
      if (target.kind !== 'count') continue;
      const ranks = target.ranks ?? [];
      const years = target.years ?? policy.period?.years ?? null;
      const window = years === null ? null : windowOf(years, on);
      const held = await holdersOf(db, ranks, on);
      rows.push({
        policy,
        target,
        years,
        window,
        holders: [...held.values()].filter((of) => of.some((rank) => ranks.includes(rank))).length,
        givenByYear: await givenByYear(db, ranks, { from: window?.from, until: on }),
      });
    }
  return rows;
}

/**
 * So many calendar years up to a day, its own year as the last.
 * @param years from 1
 */
export function windowOf(years: number, on: string): Window {
  return { from: `${Number(on.slice(0, 4)) - years + 1}-01-01`, until: on };
}

/** Different persons of one school, subject and rank. */
export interface SelectionRow {
  readonly schoolId: string;
  readonly school: string;
  readonly subject: string;
  readonly rank: string;
  readonly candidates: number;
  readonly formalCandidates: number;
  readonly trainees: number;
  readonly appointed: number;
}

/**
 * How many persons stood, became formal candidates, trainees and holders, by school, subject and rank. The rounds are
 * those of the school year; a trainee of the ladder counts in the school year in which the training begins, at the own
 * school and subject. Rule R0.5.
 * @param schoolYear such as 2026-2027; without it, all years
 */
export function selectionFigures(
  db: OwnerDatabase,
  ownerId: string,
  schoolYear: string | undefined,
): Promise<SelectionRow[]> {
  const [first, last] = schoolYear?.split('-') ?? ['0000', '9999'];
  return db.$queryRaw<SelectionRow[]>`
    WITH stood AS (
      SELECT application.school_id, application.subject, application.rank, application.person_id,
        application.standing = 'chosen' AS chosen, trainee.id AS trainee_id, trainee.standing AS trainee_standing,
        TRUE AS candidate
      FROM application
        JOIN round ON round.id = application.round_id
        LEFT JOIN trainee ON trainee.application_id = application.id
      WHERE application.owner_id = ${ownerId}::uuid
        AND ${schoolYear === undefined ? Prisma.sql`TRUE` : Prisma.sql`round.school_year = ${schoolYear}`}
      UNION ALL
      SELECT person.school_id, coalesce(person.subject, ''), trainee.rank, trainee.person_id, FALSE, trainee.id,
        trainee.standing, FALSE
      FROM trainee JOIN person ON person.id = trainee.person_id
      WHERE trainee.owner_id = ${ownerId}::uuid AND trainee.application_id IS NULL
        AND trainee.starts_on BETWEEN ${`${first}-09-01`} AND ${`${last}-08-31`}
    )
    SELECT stood.school_id::text AS "schoolId", organisation.name AS school, stood.subject, stood.rank,
      count(DISTINCT person_id) FILTER (WHERE candidate)::int AS candidates,
      count(DISTINCT person_id) FILTER (WHERE chosen)::int AS "formalCandidates",
      count(DISTINCT person_id) FILTER (WHERE trainee_id IS NOT NULL)::int AS trainees,
      count(DISTINCT person_id) FILTER (WHERE trainee_standing = 'appointed')::int AS appointed
    FROM stood JOIN organisation ON organisation.id = stood.school_id
    GROUP BY stood.school_id, organisation.code, organisation.name, stood.subject, stood.rank
    ORDER BY organisation.code, stood.subject, stood.rank`;
}

/** A candidate whom a prize let in. */
export interface DirectEntrant {
  readonly applicationId: string;
  readonly person: ShownPerson;
  readonly schoolYear: string;
  readonly rank: string;
  readonly prize: { readonly title: string; readonly level: string; readonly date: string } | null;
  readonly stage: string;
  readonly standing: string;
}

/** The candidates who entered by a prize, whatever became of them. Rule P10. */
export async function directEntrants(
  db: Transaction,
  schoolYear: string | undefined,
): Promise<DirectEntrant[]> {
  const rounds = await db.round.findMany({ where: { schoolYear }, select: { id: true, schoolYear: true } });
  const yearOf = new Map(rounds.map(({ id, schoolYear: of }) => [id, of]));
  const entrants = await db.application.findMany({
    where: { entry: 'contest', roundId: { in: rounds.map(({ id }) => id) } },
    orderBy: [{ submittedAt: 'asc' }, { id: 'asc' }],
  });
  const prizes = await db.evidence.findMany({
    where: { id: { in: entrants.flatMap(({ entryEvidenceId }) => entryEvidenceId ?? []) } },
  });
  const persons = await personsOf(db, entrants);
  return entrants.map(({ id, personId, roundId, rank, entryEvidenceId, stage, standing }) => {
    const prize = prizes.find((piece) => piece.id === entryEvidenceId);
    return {
      applicationId: id,
      person: persons.get(personId)!,
      schoolYear: yearOf.get(roundId)!,
      rank,
      prize: prize ? { title: prize.title, level: prize.level, date: prize.date } : null,
      stage,
      standing,
    };
  });
}

/** A trainee who was eliminated or left, or who came in for another. */
export interface TrainingChange {
  readonly traineeId: string;
  readonly person: ShownPerson;
  readonly rank: string;
  /** eliminated, left or supplemented */
  readonly change: 'eliminated' | 'left' | 'supplemented';
  readonly on: string;
  readonly reason: Reason | null;
}

/** Who left a training before its end or did not pass, and who came in for others, in the order of days. Rules T11, T12. */
export async function trainingChanges(
  db: Transaction,
  schoolYear: string | undefined,
): Promise<TrainingChange[]> {
  const trainees = await db.trainee.findMany({
    where: {
      OR: [{ standing: { in: ['eliminated', 'left'] } }, { entry: { in: ['replacement', 'supplement'] } }],
    },
    orderBy: { id: 'asc' },
  });
  const cases = await db.case.findMany({
    where: { id: { in: trainees.map(({ id }) => id) } },
    select: { id: true, createdAt: true, closedAt: true },
  });
  const caseOf = new Map(cases.map((row) => [row.id, row]));
  const persons = await personsOf(db, trainees);
  const changes = trainees.flatMap(({ id, personId, rank, entry, standing, reason, place }) => {
    const { createdAt, closedAt } = caseOf.get(id)!;
    const row = { traineeId: id, person: persons.get(personId)!, rank };
    const came: TrainingChange = {
      ...row,
      change: 'supplemented',
      on: dateOf(createdAt.toISOString()),
      reason: null,
    };
    const went: TrainingChange = {
      ...row,
      change: standing as 'eliminated' | 'left',
      // The case may still wait for the decision on the place.
      on: (place as { freedOn?: string } | null)?.freedOn ?? dateOf((closedAt ?? createdAt).toISOString()),
      reason: reason as unknown as Reason | null,
    };
    return [
      ...(['replacement', 'supplement'].includes(entry) ? [came] : []),
      ...(['eliminated', 'left'].includes(standing) ? [went] : []),
    ];
  });
  return changes
    .filter(({ on }) => schoolYear === undefined || schoolYearOf(on) === schoolYear)
    .sort((left, right) => (left.on < right.on ? -1 : left.on > right.on ? 1 : 0));
}

/** Titles under review at one school, of one rank and year. */
export interface AnnualResultRow {
  readonly reviewYear: string;
  readonly schoolId: string;
  readonly school: string;
  readonly rank: string;
  /** A confirmed grade; null for those that are not confirmed yet. */
  readonly grade: string | null;
  readonly titles: number;
}

/** How many titles got which grade, by year, school and rank; what is not confirmed is counted without a grade. Rule A7. */
export function annualResults(
  db: OwnerDatabase,
  ownerId: string,
  reviewYear: string | undefined,
): Promise<AnnualResultRow[]> {
  return db.$queryRaw<AnnualResultRow[]>`
    SELECT review.review_year AS "reviewYear", review.school_id::text AS "schoolId", organisation.name AS school,
      title.rank, CASE WHEN entry.confirmed THEN entry.grade END AS grade, count(*)::int AS titles
    FROM annual_review_entry entry
      JOIN annual_review review ON review.id = entry.review_id
      JOIN title ON title.id = entry.title_id
      JOIN organisation ON organisation.id = review.school_id
    WHERE entry.owner_id = ${ownerId}::uuid
      AND ${reviewYear === undefined ? Prisma.sql`TRUE` : Prisma.sql`review.review_year = ${reviewYear}`}
    GROUP BY 1, 2, 3, organisation.code, 4, 5
    ORDER BY 1, organisation.code, 4, 5 NULLS LAST`;
}

/** A trainee with the mentor. */
export interface MentorPair {
  readonly traineeId: string;
  readonly rank: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly apprentice: ShownPerson;
  readonly mentor: ShownPerson;
}

/** The pairs whose training is not over on a day, and how many trainees of each rank have no mentor. Rule T8. */
export async function mentorPairs(
  db: Transaction,
  on: string,
): Promise<{ pairs: MentorPair[]; without: { rank: string; trainees: number }[] }> {
  const trainees = await db.trainee.findMany({
    where: { standing: { in: ['training', 'passed'] }, endsOn: { gte: on } },
    orderBy: [{ rank: 'asc' }, { startsOn: 'asc' }, { id: 'asc' }],
  });
  const persons = await shownPersons(
    db,
    trainees.flatMap(({ personId, mentorId }) => (mentorId === null ? [personId] : [personId, mentorId])),
  );
  const alone = groupBy(
    trainees.filter(({ mentorId }) => mentorId === null),
    ({ rank }) => rank,
  );
  return {
    pairs: trainees.flatMap(({ id, rank, startsOn, endsOn, personId, mentorId }) =>
      mentorId === null
        ? []
        : [
            {
              traineeId: id,
              rank,
              startsOn,
              endsOn,
              apprentice: persons.get(personId)!,
              mentor: persons.get(mentorId)!,
            },
          ],
    ),
    without: [...alone].map(([rank, of]) => ({ rank, trainees: of.length })),
  };
}

/** An event that a term owes. */
export interface TermEvent {
  readonly policy: Policy;
  readonly event: NonNullable<NonNullable<Policy['training']>['events']>[number];
  /** The rank for whose trainees it is owed; null when it is owed once for all. */
  readonly rank: string | null;
  readonly held: number;
}

/** The events that a term owes, each with how often it was held. Rule T6. */
export async function termEvents(db: Transaction, term: Term): Promise<TermEvent[]> {
  const trainees = await traineesDuring(db, term.from, term.until);
  const ranks = [...new Set(trainees.map(({ rank }) => rank))].sort();
  const rows: TermEvent[] = [];
  for (const { policy } of await currentPolicies(db)) {
    const events = (policy.training?.events ?? []).filter(({ per }) => per === 'term');
    const codes = events.map(({ code }) => code);
    const activities = await activitiesHeld(db, codes, term.from, term.until);
    for (const event of events)
      for (const rank of event.eachRank ? ranks : [null]) {
        const ofRank = new Set(
          trainees.filter((trainee) => trainee.rank === rank).map(({ personId }) => personId),
        );
        const held = activities.filter(
          ({ kind, personIds }) =>
            kind === event.code && (rank === null || personIds.some((id) => ofRank.has(id))),
        ).length;
        rows.push({ policy, event, rank, held });
      }
  }
  return rows;
}

/** What one school has filed of its own backbone teachers under one scheme. */
export interface FilingFigures {
  readonly policy: Policy;
  readonly rule: NonNullable<Policy['schoolLevel']>;
  readonly schoolId: string;
  readonly school: string;
  /** Last day on which the filing is in time. */
  readonly dueOn: string;
  /** The newest filing of each part that the scheme asks for, or null. */
  readonly parts: readonly { readonly part: 'plan' | 'list'; readonly filing: SchoolFilingRow | null }[];
}

/** What every school that teaches has filed for a school year, and what it has not. Rule C11. */
export async function filingFigures(db: Transaction, schoolYear: string): Promise<FilingFigures[]> {
  const schools = await db.organisation.findMany({
    where: { kind: 'school', validUntil: null },
    orderBy: { code: 'asc' },
  });
  const filings = await filingsOf(db, schoolYear);
  return (await currentPolicies(db)).flatMap(({ policy }) => {
    const rule = policy.schoolLevel;
    if (rule === undefined) return [];
    return schools.map(({ id, name }) => ({
      policy,
      rule,
      schoolId: id,
      school: name,
      dueOn: `${schoolYear.slice(0, 4)}-${rule.dueBy}`,
      parts: rule.file.map((part) => ({
        part,
        filing:
          filings.findLast(
            (filing) => filing.schoolId === id && filing.part === part && filing.scheme === policy.id,
          ) ?? null,
      })),
    }));
  });
}

function personsOf(db: Transaction, rows: readonly { readonly personId: string }[]) {
  return shownPersons(
    db,
    rows.map(({ personId }) => personId),
  );
}

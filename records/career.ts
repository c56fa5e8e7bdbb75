import { careerEvents, type CareerEvent } from '../domain/career.js';
import { addDays, dateOf, type BusinessDate } from '../domain/dates.js';
import { stageOf, type Policy, type StageCode } from '../domain/policy.js';
import type { Reason } from '../domain/refusal.js';
import { schemesOfTitles } from './current-policies.js';
import type { Transaction } from './database.js';
import { policyById } from './policies.js';
import { suspensionsOf, titlesOf } from './titles.js';
import { pausesOf } from './duty-works.js';
import { leftTrainingOn } from './trainees.js';

/** One thing that happened on a day. */
export interface CareerItem {
  readonly on: BusinessDate;
  readonly event: CareerEvent;
  readonly rank: string | null;
  /** Code of the stage, the grade, the kind of sanction, the way in, the state. */
  readonly detail: string | null;
  /** What people wrote down about it: a document's number, a certificate's number, a reason in words. */
  readonly note: string | null;
  readonly reason: Reason | null;
  readonly clause: string | null;
  /** The case that it can be read at, such as an application's or a title's. */
  readonly caseId: string | null;
}

type Item = Pick<CareerItem, 'on' | 'event'> & Partial<CareerItem>;

/**
 * A person's record over the years (业绩档案), in the order of its days: candidacies with what became of them at each stage that
 * is over, trainings, mentors, titles, grades that are confirmed, schools, sanctions, decisions on ethics and bars, each with
 * the reason and the clause that are on file. Nothing of a run that is still going on, no votes, no points of judges. Rule
 * C14.
 * @param until last day that is told
 */
export async function careerOf(
  db: Transaction,
  personId: string,
  until: BusinessDate,
): Promise<readonly CareerItem[]> {
  const parts = await Promise.all([
    schools(db, personId),
    candidacies(db, personId),
    trainings(db, personId),
    apprentices(db, personId),
    titles(db, personId),
    reviews(db, personId),
    sanctionsAndBars(db, personId),
  ]);
  return parts
    .flat()
    .filter(({ on }) => on <= until)
    .map((item): CareerItem => {
      const { rank = null, detail = null, note = null, reason = null, caseId = null } = item;
      const clause = item.clause ?? reason?.clause ?? null;
      return { on: item.on, event: item.event, rank, detail, note, reason, clause, caseId };
    })
    .toSorted(
      (left, right) =>
        compare(left.on, right.on) || careerEvents.indexOf(left.event) - careerEvents.indexOf(right.event),
    );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

async function schools(db: Transaction, personId: string): Promise<Item[]> {
  const person = await db.person.findUniqueOrThrow({ where: { id: personId } });
  const versions = await db.personVersion.findMany({
    where: { personId },
    orderBy: { validFrom: 'asc' },
  });
  const known = [
    ...versions.map(({ validFrom, file }) => ({
      validFrom,
      schoolId: (file as { schoolId: string }).schoolId,
    })),
    { validFrom: person.validFrom, schoolId: person.schoolId },
  ];
  const names = await namesOfSchools(
    db,
    known.map(({ schoolId }) => schoolId),
  );
  return known.flatMap(({ validFrom, schoolId }, index) => {
    const before = known[index - 1];
    if (before?.schoolId === schoolId) return [];
    const event = before === undefined ? ('joined' as const) : ('school_changed' as const);
    return [{ on: validFrom, event, note: names.get(schoolId) ?? null }];
  });
}

async function namesOfSchools(db: Transaction, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.organisation.findMany({ where: { id: { in: [...ids] } } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function candidacies(db: Transaction, personId: string): Promise<Item[]> {
  const applications = await db.application.findMany({ where: { personId } });
  const ids = applications.map(({ id }) => id);
  const rounds = await db.round.findMany({ where: { id: { in: applications.map((each) => each.roundId) } } });
  const entries = await db.stageEntry.findMany({
    where: { applicationId: { in: ids }, endedAt: { not: null } },
  });
  const nominations = await db.nomination.findMany({ where: { applicationId: { in: ids } } });
  const cases = await db.case.findMany({
    where: { id: { in: [...ids, ...nominations.map(({ caseId }) => caseId)] } },
    select: { id: true, closedAt: true },
  });
  const closedOn = new Map(
    cases.flatMap(({ id, closedAt }) => (closedAt ? [[id, dayOf(closedAt)] as const] : [])),
  );
  const items = await Promise.all(
    applications.map(async (application): Promise<Item[]> => {
      const { id, rank, standing } = application;
      const round = rounds.find((each) => each.id === application.roundId)!;
      const policy = await policyById(db, round.policyId);
      const own = { rank, caseId: id };
      const nomination = nominations.find(({ applicationId }) => applicationId === id);
      const filedOn = nomination && closedOn.get(nomination.caseId);
      const over = closedOn.get(id);
      return [
        {
          ...own,
          on: dayOf(application.submittedAt),
          event: 'applied',
          detail: application.entry,
          note: round.title,
          clause: clauseOf(policy, 'application'),
        },
        ...(filedOn
          ? [
              {
                ...own,
                on: filedOn,
                event: 'nominated' as const,
                clause: clauseOf(policy, 'school_nomination'),
              },
            ]
          : []),
        ...entries
          .filter(({ applicationId }) => applicationId === id)
          .map(({ stage, outcome, reason, endedAt }): Item => ({
            ...own,
            on: dayOf(endedAt!),
            event: eventOf(outcome),
            detail: stage,
            reason: reason as unknown as Reason | null,
            clause: clauseOf(policy, stage as StageCode),
          })),
        ...(over === undefined ? [] : [{ ...own, on: over, ...endOf(standing, application.reason) }]),
      ];
    }),
  );
  return items.flat();
}

function eventOf(outcome: string | null): CareerEvent {
  if (outcome === 'out') return 'stage_failed';
  if (outcome === 'held') return 'stage_held';
  return outcome === 'reserve' ? 'reserve' : 'stage_passed';
}

function endOf(standing: string, reason: unknown): Pick<Item, 'event' | 'reason' | 'detail'> {
  const event =
    standing === 'chosen'
      ? ('chosen' as const)
      : standing === 'reserve'
        ? ('reserve' as const)
        : ('selection_ended' as const);
  return { event, detail: standing, reason: reason as Reason | null };
}

async function trainings(db: Transaction, personId: string): Promise<Item[]> {
  const trainees = await db.trainee.findMany({ where: { personId } });
  const ids = trainees.map(({ id }) => id);
  const pairs = await db.mentorPair.findMany({ where: { traineeId: { in: ids } } });
  const names = await namesOf(
    db,
    pairs.map(({ mentorId }) => mentorId),
  );
  const cases = await db.case.findMany({ where: { id: { in: ids } }, select: { id: true, closedAt: true } });
  const items = await Promise.all(
    trainees.map(async (trainee): Promise<Item[]> => {
      const { id, rank, standing, startsOn } = trainee;
      const policy = await policyById(db, trainee.policyId);
      const own = { rank, caseId: id };
      const clause = clauseOf(policy, 'training');
      const assessed = trainee.assessment as unknown as { on: string; points: number } | null;
      const isOut = standing === 'eliminated' || standing === 'left';
      const leftOn = leftTrainingOn(trainee, cases.find((row) => row.id === id)?.closedAt);
      return [
        {
          ...own,
          on: startsOn,
          event: 'training_begun',
          detail: trainee.entry,
          note: trainee.document,
          clause: ladderClause(policy, trainee) ?? clause,
        },
        ...(trainee.midAssessments as unknown as { on?: string; passed?: boolean }[]).flatMap((each) =>
          each.on === undefined ? [] : [{ ...own, on: each.on, event: 'mid_assessed' as const, clause }],
        ),
        ...pausesOf(trainee).map((pause): Item => ({
          ...own,
          on: pause.from,
          event: 'training_paused',
          note: pause.document,
          clause,
        })),
        ...(assessed === null
          ? []
          : [
              {
                ...own,
                on: assessed.on,
                event: 'training_assessed' as const,
                detail: standing === 'appointed' ? 'passed' : standing,
                clause: clauseOf(policy, 'training_assessment') ?? clause,
              },
            ]),
        ...(isOut && leftOn !== null
          ? [
              {
                ...own,
                on: leftOn,
                event: 'training_ended' as const,
                detail: standing,
                reason: trainee.reason as unknown as Reason | null,
              },
            ]
          : []),
        ...pairs
          .filter(({ traineeId }) => traineeId === id)
          .flatMap(({ mentorId, from, until, reason }) =>
            fromUntil({ ...own, clause: policy.training?.mentorship?.clause ?? null }, [
              ['mentor_begun', from, names.get(mentorId) ?? null],
              ['mentor_ended', until, reason],
            ]),
          ),
      ];
    }),
  );
  return items.flat();
}

function ladderClause(policy: Policy, { entry, rank }: { entry: string; rank: string }): string | undefined {
  return entry === 'ladder' ? policy.ladder?.find(({ to }) => to === rank)?.clause : undefined;
}

async function apprentices(db: Transaction, personId: string): Promise<Item[]> {
  const pairs = await db.mentorPair.findMany({ where: { mentorId: personId } });
  const trainees = await db.trainee.findMany({ where: { id: { in: pairs.map((pair) => pair.traineeId) } } });
  const names = await namesOf(
    db,
    trainees.map((trainee) => trainee.personId),
  );
  return pairs.flatMap(({ traineeId, from, until, reason }) => {
    const trainee = trainees.find(({ id }) => id === traineeId)!;
    return fromUntil({ rank: trainee.rank, caseId: traineeId }, [
      ['apprentice_begun', from, names.get(trainee.personId) ?? null],
      ['apprentice_ended', until, reason],
    ]);
  });
}

function fromUntil(
  own: Partial<CareerItem>,
  ends: readonly (readonly [CareerEvent, string | null, string | null])[],
): Item[] {
  return ends.flatMap(([event, on, note]) => (on === null ? [] : [{ ...own, on, event, note }]));
}

async function namesOf(db: Transaction, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.person.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, name: true },
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function titles(db: Transaction, personId: string): Promise<Item[]> {
  const held = await titlesOf(db, [personId]);
  if (held.length === 0) return [];
  const schemeOf = await schemesOfTitles(db);
  return held.flatMap((title): Item[] => {
    const { policy } = schemeOf(title);
    const { id, rank, from, until, endedOn, benefitsUntil, appliedOn } = title;
    const own = { rank, caseId: id, clause: policy.certificate?.clause ?? null };
    const numbers = [title.document, title.certificateNumber].filter((each) => each !== null).join(' · ');
    const given = { on: from, event: 'title_given' as const, detail: title.origin, note: numbers || null };
    const runsOut = until !== null && (endedOn === null || endedOn > until) ? addDays(until, 1) : null;
    return [
      { ...own, ...given, clause: clauseOf(policy, 'appointment') ?? own.clause },
      ...suspensionsOf(title).map((suspension): Item => ({
        ...own,
        on: suspension.from,
        event: 'title_suspended',
        note: `${suspension.reason} ${suspension.document}`,
      })),
      ...(appliedOn === null ? [] : [{ ...own, on: appliedOn, event: 're_evaluation_asked' as const }]),
      ...(endedOn === null
        ? []
        : [
            {
              ...own,
              on: endedOn,
              event: 'title_ended' as const,
              reason: title.endReason as unknown as Reason,
              clause: (title.endReason as { clause?: string } | null)?.clause ?? null,
            },
          ]),
      ...(runsOut === null ? [] : [{ ...own, on: runsOut, event: 'certificate_ended' as const }]),
      ...(benefitsUntil === null
        ? []
        : [
            {
              ...own,
              on: benefitsUntil,
              event: 'benefits_stopped' as const,
              clause: policy.allowance?.clause ?? policy.dynamic?.transferred?.clause ?? null,
            },
          ]),
    ];
  });
}

/** The confirmed grades, on the day on which the confirmation was decided. */
async function reviews(db: Transaction, personId: string): Promise<Item[]> {
  const held = await titlesOf(db, [personId]);
  const entries = await db.annualReviewEntry.findMany({
    where: { titleId: { in: held.map(({ id }) => id) }, confirmed: true },
  });
  const ids = [...new Set(entries.map(({ reviewId }) => reviewId))];
  const found = await db.annualReview.findMany({ where: { id: { in: ids } } });
  const confirmed = await db.decision.findMany({
    where: { caseId: { in: ids }, name: 'confirm' },
    orderBy: { recordedAt: 'asc' },
  });
  return Promise.all(
    entries.map(async ({ reviewId, titleId, grade, gradeReason, finalOn }): Promise<Item> => {
      const review = found.find(({ id }) => id === reviewId)!;
      const policy = await policyById(db, review.policyId);
      const decision = confirmed.findLast(({ caseId }) => caseId === reviewId);
      return {
        on: decision?.decidedOn ?? finalOn ?? `${review.reviewYear.slice(5)}-08-31`,
        event: 'reviewed',
        rank: held.find(({ id }) => id === titleId)!.rank,
        detail: grade,
        note: [review.reviewYear, gradeReason].filter(Boolean).join(' · '),
        clause: policy.annualReview?.clause ?? null,
        caseId: reviewId,
      };
    }),
  );
}

async function sanctionsAndBars(db: Transaction, personId: string): Promise<Item[]> {
  const [sanctions, decisions, bars] = await Promise.all([
    db.sanction.findMany({ where: { personId } }),
    db.ethicsDecision.findMany({ where: { personId } }),
    db.bar.findMany({ where: { personId } }),
  ]);
  const after = (day: string | null) => (day === null ? null : addDays(day, 1));
  return [
    ...sanctions.flatMap(({ kind, from, until }) =>
      fromUntil({ detail: kind }, [
        ['sanction_begun', from, null],
        ['sanction_ended', after(until), null],
      ]),
    ),
    ...decisions.flatMap(({ id, ground, decidedOn, liftedOn, document, liftedBy }) =>
      fromUntil({ detail: ground, caseId: id }, [
        ['ethics_decision', decidedOn, document],
        ['ethics_lifted', liftedOn, liftedBy],
      ]),
    ),
    ...bars.flatMap(({ from, until, reason, document }) =>
      fromUntil({}, [
        ['barred', from, `${reason} ${document}`],
        ['bar_ended', after(until), document],
      ]),
    ),
  ];
}

function clauseOf(policy: Policy, stage: StageCode): string | null {
  return stageOf(policy, stage)?.clause ?? null;
}

function dayOf(at: Date): BusinessDate {
  return dateOf(at.toISOString());
}

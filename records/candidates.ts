import type { Policy } from '../domain/policy.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import { choosingStage, pathOf, stageAfter, unitOf, type RunStage } from '../domain/stages.js';
import { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';
import { policyById } from './policies.js';

export type ApplicationRow = Prisma.ApplicationGetPayload<object>;

/** What a run gives a candidate. `reserve`: passed without a seat. */
export interface StageOutcome {
  readonly applicationId: string;
  readonly outcome: 'on' | 'out' | 'held' | 'reserve';
  readonly reason?: Reason;
  readonly reservePlace?: number;
}

/** The scheme that a round is pinned to. */
export async function policyOfRound(db: Transaction, roundId: string): Promise<Policy> {
  const { policyId } = await db.round.findUniqueOrThrow({
    where: { id: roundId },
    select: { policyId: true },
  });
  return policyById(db, policyId);
}

/** The schemes that rounds are bound to, by round. */
export async function policiesOfRounds(
  db: Transaction,
  roundIds: readonly string[],
): Promise<Map<string, Policy>> {
  const rounds = await db.round.findMany({
    where: { id: { in: [...new Set(roundIds)] } },
    select: { id: true, policyId: true },
  });
  const policies = new Map<string, Policy>();
  for (const { id, policyId } of rounds) policies.set(id, await policyById(db, policyId));
  return policies;
}

/** All candidates of a round, as the stages see them. */
export async function candidatesOf(db: Transaction, roundId: string): Promise<ApplicationRow[]> {
  return db.application.findMany({ where: { roundId }, orderBy: { id: 'asc' } });
}

/**
 * Who has a place of a rank: those whom the stage that ends the choice has let through, and every direct entrant, who is
 * chosen by the prize; nobody who is out meanwhile, of the round or of the training. Rules Q7, Q9, T12.
 */
export async function placesTaken(
  db: Transaction,
  policy: Policy,
  roundId: string,
  rank: string,
): Promise<ApplicationRow[]> {
  const standing = await db.application.findMany({
    where: { roundId, rank, standing: { not: 'out' } },
    orderBy: { id: 'asc' },
  });
  const entries = await db.stageEntry.findMany({
    where: {
      stage: choosingStage(policy),
      outcome: 'on',
      applicationId: { in: standing.map(({ id }) => id) },
    },
  });
  const chosen = new Set(entries.map(({ applicationId }) => applicationId));
  const gone = await db.trainee.findMany({
    where: { applicationId: { in: standing.map(({ id }) => id) }, standing: { in: ['eliminated', 'left'] } },
    select: { applicationId: true },
  });
  const free = new Set(gone.map(({ applicationId }) => applicationId));
  return standing.filter(({ id, entry }) => !free.has(id) && (entry === 'contest' || chosen.has(id)));
}

/** Whoever gives places of a round away, does so after the other: a place is taken once. Rules Q7, Q9. */
export async function lockPlaces({ db }: Work, roundId: string): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${roundId}, 4))`;
}

/** Direct entries of a person go one after the other, whatever the round: a prize lets in once. Rule Q9. */
export async function lockPrizes({ db }: Work, personId: string): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${personId}, 5))`;
}

/** The candidates of a case's run, with what the run has given them so far. */
export async function candidatesOfRun(db: Transaction, caseId: string, stage?: string) {
  const entries = await db.stageEntry.findMany({ where: { caseId, ...(stage && { stage }), endedAt: null } });
  return db.application.findMany({
    where: { id: { in: entries.map((entry) => entry.applicationId) } },
    orderBy: { id: 'asc' },
  });
}

/** Puts candidates into a run of their stage. Rule W4. */
export async function enterRun(
  work: Work,
  caseId: string,
  stage: RunStage,
  candidateIds: readonly string[],
): Promise<void> {
  await work.db.application.updateMany({
    where: { id: { in: [...candidateIds] } },
    data: { standing: 'running' },
  });
  await work.db.stageEntry.createMany({
    data: candidateIds.map((applicationId) => ({
      ownerId: work.ownerId,
      caseId,
      stage,
      applicationId,
      startedAt: work.at,
    })),
  });
}

/**
 * Writes what a run gave its candidates and moves them: on to the next stage, out of the round, held where they
 * are, or onto the reserve list. Whoever is out is told, and so is the round. Rules W4, P12.
 * @param stage the stage that the run carried out
 */
export async function recordOutcomes(
  work: Work,
  roundId: string,
  stage: RunStage,
  outcomes: readonly StageOutcome[],
  { tellRound = true }: { readonly tellRound?: boolean } = {},
): Promise<void> {
  const { db } = work;
  const policy = await policyOfRound(db, roundId);
  const rows = await db.application.findMany({
    where: { id: { in: outcomes.map((outcome) => outcome.applicationId) } },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const groups = new Map<
    string,
    { ids: string[]; data: Prisma.ApplicationUpdateManyMutationInput; outcome: StageOutcome }
  >();
  for (const outcome of outcomes) {
    const row = byId.get(outcome.applicationId)!;
    // Who has withdrawn meanwhile stays out; the entry still says what the run gave.
    const data = row.standing === 'out' ? {} : moveOf(policy, row, stage, outcome);
    const key = JSON.stringify([data, outcome.reason ?? null]);
    const group = groups.get(key) ?? { ids: [], data, outcome };
    group.ids.push(row.id);
    groups.set(key, group);
    if (outcome.outcome === 'out') work.tell(row.id);
  }
  for (const { ids, data, outcome } of groups.values()) {
    await db.application.updateMany({ where: { id: { in: ids } }, data });
    await db.stageEntry.updateMany({
      where: { applicationId: { in: ids }, stage, endedAt: null },
      data: {
        outcome: outcome.outcome,
        reason: outcome.reason as unknown as Prisma.InputJsonObject | undefined,
        // A held candidate stays in its run until it is freed or out.
        endedAt: outcome.outcome === 'held' ? null : work.at,
      },
    });
  }
  const out = outcomes.filter((outcome) => outcome.outcome === 'out').map((outcome) => outcome.applicationId);
  if (out.length > 0) await db.nomination.deleteMany({ where: { applicationId: { in: out } } });
  if (tellRound) work.tell(roundId);
}

/**
 * Frees a held candidate: a run that is still going on has it again; one that has ended meanwhile lets it go on by
 * itself, in a batch of its own. Rules N11, N12, P12.
 */
export async function letGoOn(work: Work, application: ApplicationRow): Promise<void> {
  const { db } = work;
  const entry = await db.stageEntry.findFirst({ where: { applicationId: application.id, endedAt: null } });
  const run = entry && (await db.case.findUnique({ where: { id: entry.caseId } }));
  if (entry && run?.closedAt) {
    const on = { applicationId: application.id, outcome: 'on' as const };
    return recordOutcomes(work, application.roundId, application.stage as RunStage, [on]);
  }
  const standing = entry ? 'running' : 'waiting';
  await db.application.update({
    where: { id: application.id },
    data: { standing, heldReason: Prisma.DbNull },
  });
  work.tell(application.roundId);
}

function moveOf(
  policy: Policy,
  row: ApplicationRow,
  stage: RunStage,
  { outcome, reason, reservePlace }: StageOutcome,
): Prisma.ApplicationUpdateManyMutationInput {
  const stored = (reason ?? undefined) as unknown as Prisma.InputJsonObject | undefined;
  switch (outcome) {
    case 'on':
      return {
        stage: stageAfter(pathOf(policy, row.entry), stage) ?? 'formal_candidate',
        standing: 'waiting',
      };
    case 'out':
      return { standing: 'out', slot: null, reason: stored };
    case 'held':
      return { standing: 'held', heldReason: stored };
    case 'reserve':
      return { standing: 'reserve', reservePlace, reason: stored };
  }
}

/**
 * Whether a candidate's decision was the last that its unit waited for. Decisions on different candidates don't wait
 * for each other, so the round's row of candidates is locked first: one of two last ones sees the other.
 */
export async function isLastOfUnit(
  work: Work,
  policy: Policy,
  application: ApplicationRow,
): Promise<boolean> {
  await work.db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${application.roundId}, 1))`;
  const stage = application.stage as RunStage;
  const unit = unitOf(policy, stage, application);
  const others = await work.db.application.findMany({
    where: { roundId: application.roundId, stage, standing: 'running', id: { not: application.id } },
  });
  return !others.some((other) => unitOf(policy, stage, other) === unit);
}

/**
 * Writes an application, in a free place of the person's in the round: the database itself keeps anybody from standing
 * more often than the scheme allows, also for two requests at the same instant.
 * @param slots how many ranks a person may apply for in a round
 * @throws Refusal APPLIED_ALREADY
 */
export async function createApplication(
  work: Work,
  {
    slots,
    ...application
  }: Omit<Prisma.ApplicationUncheckedCreateInput, 'ownerId' | 'standing' | 'submittedAt' | 'slot'> & {
    slots: number;
  },
): Promise<void> {
  const { db, ownerId, at } = work;
  const { roundId, personId, rank } = application;
  const standing = await db.application.findMany({
    where: { roundId, personId, slot: { not: null } },
    select: { slot: true, rank: true },
  });
  const free = Array.from({ length: slots }, (_, position) => position + 1).find(
    (slot) => !standing.some((each) => each.slot === slot),
  );
  const refuse = () =>
    new Refusal({
      code: 'APPLIED_ALREADY',
      rule: 'E1',
      values: { ranks: standing.map((each) => each.rank), allowed: slots },
    });
  if (free === undefined || standing.some((each) => each.rank === rank)) throw refuse();
  const written = await db.application.createMany({
    data: [{ ...application, ownerId, slot: free, standing: 'waiting', submittedAt: at }],
    skipDuplicates: true,
  });
  if (written.count === 0) throw refuse();
}

/** Which candidates somebody may see: null is all of them. */
export interface Sight {
  readonly schoolIds: readonly string[];
  readonly personId: string | null;
}

/** A page of a round's candidates with their names. */
export async function candidatesPage(
  db: Transaction,
  roundId: string,
  filter: { stage?: string; standing?: string; schoolId?: string; rank?: string; subject?: string },
  { sight, after, limit }: { readonly sight: Sight | null; readonly after?: string; readonly limit: number },
) {
  const rows = await db.application.findMany({
    where: {
      roundId,
      ...filter,
      ...(sight && {
        OR: [
          { schoolId: { in: [...sight.schoolIds] } },
          { personId: { in: sight.personId === null ? [] : [sight.personId] } },
        ],
      }),
      ...(after && { id: { gt: after } }),
    },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  const items = await withNames(db, rows.slice(0, limit));
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

/** Candidates with the names of the people. */
export async function withNames<Row extends { personId: string }>(
  db: Transaction,
  rows: readonly Row[],
): Promise<(Row & { name: string })[]> {
  const people = await db.person.findMany({
    where: { id: { in: rows.map(({ personId }) => personId) } },
    select: { id: true, name: true },
  });
  const names = new Map(people.map(({ id, name }) => [id, name]));
  return rows.map((row) => ({ ...row, name: names.get(row.personId) ?? '' }));
}

/** One application with its case and every run that it was in, first to last. */
export async function applicationView(db: Transaction, id: string) {
  const application = await db.application.findUnique({ where: { id } });
  const row = await db.case.findUnique({ where: { id } });
  if (application === null || row === null) throw new Refusal({ code: 'NOT_FOUND' });
  const path = pathOf(await policyOfRound(db, application.roundId), application.entry);
  const found = await db.stageEntry.findMany({ where: { applicationId: id } });
  const place = ({ stage }: { stage: string }) => path.indexOf(stage as RunStage);
  // A rehearsal's clock stands still, so that several runs may have the same instant.
  const entries = found.sort(
    (left, right) => left.startedAt.getTime() - right.startedAt.getTime() || place(left) - place(right),
  );
  const person = await db.person.findUniqueOrThrow({
    where: { id: application.personId },
    select: { name: true },
  });
  return { application, row, entries, name: person.name };
}

/** The run of a case with its candidates, whether it is open or has ended. */
export async function runView(db: Transaction, caseId: string) {
  const entries = await db.stageEntry.findMany({ where: { caseId } });
  const rows = await db.application.findMany({
    where: { id: { in: entries.map((entry) => entry.applicationId) } },
    orderBy: { id: 'asc' },
  });
  const candidates = await withNames(db, rows);
  return candidates.map((candidate) => ({
    candidate,
    entry: entries.findLast((entry) => entry.applicationId === candidate.id)!,
  }));
}

import { isRoundOrNext, type EthicsDecision } from '../domain/ethics.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { ApplicationRow } from './candidates.js';
import { lockCase } from './cases.js';
import type { Transaction } from './database.js';
import type { TitleRow } from './titles.js';
import type { TraineeRow } from './trainees.js';

export type EthicsDecisionRow = Prisma.EthicsDecisionGetPayload<object>;

/**
 * The written decisions on a person that were not lifted, as the conditions read them. Rule E11.
 * @param on business date on which one that was lifted no longer counts
 * @param round the round that the person stands in; without it, fraud bars no round
 */
export async function ethicsDecisionsOf(
  db: Transaction,
  personId: string,
  on: string,
  round?: { readonly id: string; readonly policyId: string; readonly opensOn: string },
): Promise<EthicsDecision[]> {
  const rows = await db.ethicsDecision.findMany({
    where: { personId, OR: [{ liftedOn: null }, { liftedOn: { gt: on } }] },
    orderBy: [{ decidedOn: 'asc' }, { id: 'asc' }],
  });
  if (rows.length === 0) return [];
  const others = round === undefined ? [] : await otherRounds(db, round);
  return rows.map(({ document, decidedOn, until, ground }) => ({
    document,
    decidedOn,
    until,
    barsRound:
      round !== undefined &&
      ground === 'fraud_in_application' &&
      isRoundOrNext(decidedOn, round.opensOn, others),
  }));
}

/**
 * First days of the other rounds of the scheme, in whichever version, that were not cancelled; a supplementary selection is
 * no round of its own.
 */
export async function otherRounds(
  db: Transaction,
  round: { readonly id: string; readonly policyId: string },
): Promise<string[]> {
  const { code } = await db.policy.findUniqueOrThrow({
    where: { id: round.policyId },
    select: { code: true },
  });
  const versions = await db.policy.findMany({ where: { code }, select: { id: true } });
  const rounds = await db.round.findMany({
    where: {
      id: { not: round.id },
      supplementsId: null,
      policyId: { in: versions.map(({ id }) => id) },
    },
    select: { id: true, opensOn: true },
  });
  const cancelled = await db.case.findMany({
    where: { id: { in: rounds.map(({ id }) => id) }, outcome: 'cancelled' },
    select: { id: true },
  });
  return rounds.filter(({ id }) => !cancelled.some((each) => each.id === id)).map(({ opensOn }) => opensOn);
}

/** What a person stands in, learns or holds on a day. */
export interface Standings {
  readonly applications: readonly ApplicationRow[];
  readonly trainees: readonly TraineeRow[];
  readonly titles: readonly TitleRow[];
}

/**
 * What a decision on ethics ends: every application that is not out, unless a training has come of it; every training
 * that is not over, and what was passed and not yet appointed; every title in force. Whatever may be decided on them waits
 * meanwhile. Rule E11.
 * @param today business date on which a title must be in force
 */
export async function lockStandings(db: Transaction, personId: string, today: string): Promise<Standings> {
  for (const id of (await casesOf(db, personId)).sort()) await lockCase(db, id);
  // An application at the same instant, which reads the decisions, comes wholly before this or after it.
  await db.$queryRaw`SELECT 1 FROM person WHERE id = ${personId}::uuid FOR UPDATE`;
  const everTrained = await db.trainee.findMany({ where: { personId } });
  const applications = await db.application.findMany({
    where: { personId, standing: { not: 'out' } },
    orderBy: { id: 'asc' },
  });
  const titles = await db.title.findMany({
    where: {
      personId,
      OR: [{ until: null }, { until: { gte: today } }, { appliedOn: { not: null }, reEvaluatedOn: null }],
    },
    orderBy: { id: 'asc' },
  });
  return {
    applications: applications.filter(
      ({ standing, rank }) => standing !== 'chosen' || !everTrained.some((trainee) => trainee.rank === rank),
    ),
    trainees: everTrained.filter(({ standing }) => standing === 'training' || standing === 'passed'),
    titles: titles.filter(({ endedOn }) => endedOn === null || endedOn > today),
  };
}

/**
 * Every case whose decisions may change where a person stands: the applications with their rounds and runs, the trainings,
 * the titles, and the appointments with the person on their lists.
 */
async function casesOf(db: Transaction, personId: string): Promise<string[]> {
  const applications = await db.application.findMany({ where: { personId } });
  const runs = await db.stageEntry.findMany({
    where: { applicationId: { in: applications.map(({ id }) => id) }, endedAt: null },
  });
  const trainees = await db.trainee.findMany({ where: { personId }, select: { id: true } });
  const titles = await db.title.findMany({ where: { personId }, select: { id: true } });
  const lists = await openListsWith(
    db,
    trainees.map(({ id }) => id),
  );
  return [
    ...new Set([
      ...applications.flatMap(({ id, roundId }) => [id, roundId]),
      ...runs.map(({ caseId }) => caseId),
      ...[...trainees, ...titles, ...lists].map(({ id }) => id),
    ]),
  ];
}

/** The appointments that are not over on whose list one of the trainees is. */
async function openListsWith(db: Transaction, traineeIds: readonly string[]): Promise<{ id: string }[]> {
  const entries = await db.appointmentEntry.findMany({ where: { traineeId: { in: [...traineeIds] } } });
  return db.case.findMany({
    where: { id: { in: entries.map(({ appointmentId }) => appointmentId) }, closedAt: null },
    select: { id: true },
  });
}

/** Takes a trainee off the lists of appointments that are not over. Rule E11. */
export async function vetoOnOpenLists(
  db: Transaction,
  traineeId: string,
  reason: Prisma.InputJsonObject,
): Promise<void> {
  const open = await openListsWith(db, [traineeId]);
  await db.appointmentEntry.updateMany({
    where: { traineeId, appointmentId: { in: open.map(({ id }) => id) } },
    data: { outcome: 'vetoed', reason },
  });
}

/** A decision, which is also its case. */
export function ethicsDecisionOf(db: Transaction, id: string): Promise<EthicsDecisionRow> {
  return db.ethicsDecision.findUniqueOrThrow({ where: { id } });
}

/**
 * Writes a decision.
 * @returns false when the same document on the same person is there already
 */
export async function createEthicsDecision(
  db: Transaction,
  row: Prisma.EthicsDecisionCreateManyInput,
): Promise<boolean> {
  const { count } = await db.ethicsDecision.createMany({ data: [row], skipDuplicates: true });
  return count === 1;
}

/** Writes which document lifted a decision, and from which day on. */
export async function liftEthicsDecision(
  db: Transaction,
  id: string,
  lifted: { readonly liftedBy: string; readonly liftedOn: string },
): Promise<void> {
  await db.ethicsDecision.update({ where: { id }, data: lifted });
}

/** A page of decisions in the order of their ids, and whether more follow. */
export async function listEthicsDecisions(
  db: Transaction,
  { personId, after, limit }: { readonly personId?: string; readonly after?: string; readonly limit: number },
): Promise<{ decisions: EthicsDecisionRow[]; more: boolean }> {
  const found = await db.ethicsDecision.findMany({
    where: { personId, id: { gt: after } },
    orderBy: { id: 'asc' },
    take: limit + 1,
  });
  return { decisions: found.slice(0, limit), more: found.length > limit };
}

/** One decision, or null. */
export function findEthicsDecision(db: Transaction, id: string): Promise<EthicsDecisionRow | null> {
  return db.ethicsDecision.findUnique({ where: { id } });
}

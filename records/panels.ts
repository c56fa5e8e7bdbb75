import { randomUUID } from 'node:crypto';
import { barsByRule } from '../domain/conflicts.js';
import {
  compositeResult,
  evaluationResult,
  instrumentCodes,
  maxPointsOf,
  panelResult,
  type AnonymousCount,
  type CompositeResult,
  type InstrumentCode,
  type InstrumentResult,
  type StagePoints,
} from '../domain/instruments.js';
import { stageOf, type InstrumentStage, type Policy, type StageCode } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { pathOf } from '../domain/stages.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { ApplicationRow } from './candidates.js';
import { conflictsBetween } from './conflicts.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';

export type PanelMemberRow = Prisma.PanelMemberGetPayload<object>;
export type PanelConflictRow = Prisma.PanelConflictGetPayload<object>;

/** Who is named to a panel's run, besides whom a role entitles. */
export function panelOf(db: Transaction, caseId: string): Promise<PanelMemberRow[]> {
  return db.panelMember.findMany({ where: { caseId }, orderBy: { personId: 'asc' } });
}

/** Puts people on a panel; who is on it already gets the new seat. */
export async function seatOnPanel(
  { db, id: caseId, ownerId }: Work,
  members: readonly { readonly personId: string; readonly seat: string; readonly reason?: string }[],
  jointPanelId?: string,
): Promise<void> {
  const before = await db.panelMember.findFirst({ where: { caseId, jointPanelId: { not: null } } });
  await db.panelMember.deleteMany({
    where: { caseId, personId: { in: members.map(({ personId }) => personId) } },
  });
  const panelId = jointPanelId ?? before?.jointPanelId ?? null;
  await db.panelMember.createMany({
    data: members.map((member) => ({ ...member, caseId, ownerId, jointPanelId: panelId })),
  });
}

/** Who sits on a panel, and who is in reserve. */
export interface Panel {
  readonly members: readonly string[];
  readonly reserves: readonly string[];
}

/**
 * Writes the panel of a run anew; what people declared or decided of who stays on it stays. Rule G2.
 * @param jointPanelId the panel of several runs that this one is part of
 */
export async function replacePanel(
  work: Work,
  { members, reserves }: Panel,
  applicationIds: readonly string[],
  jointPanelId?: string,
): Promise<void> {
  const { db, id: caseId, ownerId, at } = work;
  const personIds = [...members, ...reserves];
  await db.panelMember.deleteMany({ where: { caseId } });
  await db.panelConflict.deleteMany({ where: { caseId, personId: { notIn: personIds } } });
  await seatOnPanel(
    work,
    [
      ...members.map((personId) => ({ personId, seat: 'member' })),
      ...reserves.map((personId) => ({ personId, seat: 'reserve' })),
    ],
    jointPanelId,
  );
  const found = await conflictsBetween(db, personIds, applicationIds);
  await db.panelConflict.createMany({
    data: found.flatMap(({ memberId, kind, candidates }) =>
      candidates.map((applicationId) => ({
        id: randomUUID(),
        ownerId,
        caseId,
        personId: memberId,
        applicationId,
        kind,
        source: 'detected',
        // Mentor pairs and kin are barred by the rule; of the same school, the chair decides.
        ...(barsByRule(kind, 'declare') && { decision: 'recused', decidedBy: 'rule', decidedAt: at }),
      })),
    ),
    skipDuplicates: true,
  });
}

/** The panel of several runs that judges this one too, or null. Rule G2. */
export function jointPanelOf(db: Transaction, caseId: string) {
  return db.jointPanel.findFirst({ where: { caseIds: { has: caseId } } });
}

/**
 * Writes one panel for several runs; each of them takes its seats itself. A run that was part of another one leaves it.
 * Rule G2.
 * @param caseIds the runs; with one alone there is no joint panel
 * @returns its id, or nothing for one run alone
 */
export async function writeJointPanel(
  { db, ownerId, row }: Work,
  { members, reserves }: Panel,
  caseIds: readonly string[],
): Promise<string | undefined> {
  for (const before of await db.jointPanel.findMany({ where: { caseIds: { hasSome: [...caseIds] } } })) {
    const left = before.caseIds.filter((id) => !caseIds.includes(id));
    if (left.length === 0) await db.jointPanel.delete({ where: { id: before.id } });
    else await db.jointPanel.update({ where: { id: before.id }, data: { caseIds: left } });
  }
  if (caseIds.length === 1) return undefined;
  const id = randomUUID();
  await db.jointPanel.create({
    data: {
      id,
      ownerId,
      roundId: row!.roundId!,
      stage: row!.stage!,
      caseIds: [...caseIds],
      members: [...members],
      reserves: [...reserves],
    },
  });
  return id;
}

/** The conflicts of a panel, in an order that does not change. */
export function conflictsOfPanel(db: Transaction, caseId: string): Promise<PanelConflictRow[]> {
  return db.panelConflict.findMany({
    where: { caseId },
    orderBy: [{ personId: 'asc' }, { applicationId: 'asc' }, { kind: 'asc' }],
  });
}

/** The members who give points on a candidate: those who sit and stand not aside for him. Rule G2. */
export function judgesFor(
  members: readonly PanelMemberRow[],
  conflicts: readonly PanelConflictRow[],
  applicationId: string,
): string[] {
  const aside = conflicts.filter(
    (conflict) => conflict.applicationId === applicationId && conflict.decision !== 'judges',
  );
  return members
    .filter(({ seat, personId }) => seat === 'member' && !aside.some((each) => each.personId === personId))
    .map(({ personId }) => personId);
}

/** Writes what the groups of evaluators gave; given again, it takes the place of the earlier. */
export async function writeCounts(
  { db, id: caseId, ownerId }: Work,
  rows: readonly { applicationId: string; who: string; counts: readonly AnonymousCount[] }[],
): Promise<void> {
  for (const { applicationId, who, counts } of rows) {
    await db.evaluationCount.deleteMany({ where: { caseId, applicationId, who } });
    await db.evaluationCount.create({
      data: { caseId, applicationId, who, ownerId, counts: counts as unknown as Prisma.InputJsonArray },
    });
  }
}

/** Writes one judge's points; given again, they take the place of the earlier. */
export async function writePoints(
  { db, id: caseId, ownerId }: Work,
  judgeId: string,
  points: readonly { applicationId: string; hundredths: number }[],
): Promise<void> {
  await db.scoreSheet.deleteMany({
    where: { caseId, judgeId, applicationId: { in: points.map(({ applicationId }) => applicationId) } },
  });
  await db.scoreSheet.createMany({
    data: points.map(({ applicationId, hundredths }) => ({
      ownerId,
      caseId,
      judgeId,
      applicationId,
      items: { points: hundredths },
    })),
  });
}

/** The results of an instrument's run so far, by candidate. Rules G3, G4. */
export async function resultsOfRun(
  db: Transaction,
  stage: InstrumentStage,
  caseId: string,
  applicationIds: readonly string[],
): Promise<Map<string, InstrumentResult>> {
  if (stage.evaluators !== undefined) {
    const rows = await db.evaluationCount.findMany({ where: { caseId } });
    return new Map(
      applicationIds.map((id) => {
        const counts = rows
          .filter(({ applicationId }) => applicationId === id)
          .map(({ who, counts: given }) => [who, given as unknown as AnonymousCount[]] as const);
        return [id, evaluationResult(stage, new Map(counts))];
      }),
    );
  }
  const members = await panelOf(db, caseId);
  const conflicts = await conflictsOfPanel(db, caseId);
  const sheets = await db.scoreSheet.findMany({ where: { caseId }, orderBy: { judgeId: 'asc' } });
  return new Map(
    applicationIds.map((id) => {
      const points = sheets
        .filter(({ applicationId }) => applicationId === id)
        .map(({ judgeId, items }) => ({
          judge: judgeId,
          hundredths: (items as { points: number }).points,
        }));
      return [id, panelResult(stage, judgesFor(members, conflicts, id), points)];
    }),
  );
}

/** What each candidate has of every stage with points, and the composite, where the scheme has one. Rule G5. */
export async function totalsOf(
  db: Transaction,
  policy: Policy,
  candidates: readonly ApplicationRow[],
): Promise<Map<string, { points: Map<StageCode, StagePoints>; composite: CompositeResult | null }>> {
  const ids = candidates.map(({ id }) => id);
  const byStage = new Map<InstrumentCode, Map<string, InstrumentResult>>();
  for (const code of instrumentCodes) {
    const stage = stageOf(policy, code);
    if (stage !== undefined) byStage.set(code, await resultsOfStage(db, stage, code, ids));
  }
  const sheet = stageOf(policy, 'school_score')?.sheet;
  return new Map(
    candidates.map(({ id, schoolScore }) => {
      const points = new Map<StageCode, StagePoints>();
      if (sheet !== undefined)
        points.set('school_score', {
          hundredths: schoolScore === null ? null : { numerator: schoolScore, denominator: 1 },
          max: sheet.items.reduce((sum, { max }) => sum + max, 0),
        });
      for (const [code, results] of byStage)
        points.set(code, {
          hundredths: results.get(id)?.hundredths ?? null,
          max: maxPointsOf(stageOf(policy, code)!),
        });
      const composite = policy.composite ? compositeResult(policy, policy.composite, points) : null;
      return [id, { points, composite }];
    }),
  );
}

async function resultsOfStage(
  db: Transaction,
  stage: InstrumentStage,
  code: InstrumentCode,
  ids: readonly string[],
): Promise<Map<string, InstrumentResult>> {
  const entries = await db.stageEntry.findMany({ where: { stage: code, applicationId: { in: [...ids] } } });
  const results = new Map<string, InstrumentResult>();
  for (const caseId of new Set(entries.map((entry) => entry.caseId))) {
    const own = entries.filter((entry) => entry.caseId === caseId).map(({ applicationId }) => applicationId);
    for (const [id, result] of await resultsOfRun(db, stage, caseId, own)) results.set(id, result);
  }
  return results;
}

/**
 * Refuses to choose somebody without a total, where the scheme's composite ranks nobody who misses a part. Rule G5.
 * @throws Refusal `NOT_RANKED` with the candidates
 */
export async function refuseUnranked(
  db: Transaction,
  policy: Policy,
  chosen: readonly ApplicationRow[],
): Promise<void> {
  const { composite } = policy;
  // Whom a vote has chosen the total did not choose.
  if (composite === undefined || stageOf(policy, 'differential_vote')) return;
  const totals = await totalsOf(db, policy, chosen);
  // A direct entrant is chosen by the prize, and has no result of the stages that he skips.
  const owesAll = ({ entry }: ApplicationRow) => {
    const path: readonly StageCode[] = pathOf(policy, entry);
    return composite.parts.every(({ stage }) => path.includes(stage));
  };
  const ranked = chosen.filter(owesAll);
  const ids = ranked.filter(({ id }) => totals.get(id)!.composite!.total === null).map(({ id }) => id);
  if (ids.length > 0)
    throw new Refusal({ code: 'NOT_RANKED', rule: 'G5', values: { ids }, clause: composite.clause });
}

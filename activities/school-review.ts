import type { PersonFacts } from '../domain/eligibility.js';
import { stageOf, type Policy, type ScoreSheet } from '../domain/policy.js';
import { overSubjectCap, refuseLeadersOverShare, type Listed } from '../domain/quota.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import { refuseScore, showPoints, type Ranking, type SheetResult } from '../domain/scoring.js';
import type { RunStage } from '../domain/stages.js';
import { dueIn } from '../records/calendar.js';
import {
  candidatesOfRun,
  policyOfRound,
  recordOutcomes,
  type ApplicationRow,
} from '../records/candidates.js';
import type { Transaction } from '../records/database.js';
import type { CaseRules, Decision, DecisionWork, Move, Work } from '../records/decide.js';
import { membersWith } from '../records/people.js';
import {
  checksOf,
  judgesFor,
  judgesOf,
  quotaOf,
  recusalsOf,
  reviewResults,
  scoresOf,
  takePlaces,
  writeScores,
} from '../records/school-reviews.js';
import { attendRun } from './reminders.js';

/**
 * One judge's sheets, many applicants at once; nobody scores himself. When every applicant has as many sheets as the
 * scheme asks for, the school ranks and nominates.
 */
const score: Decision = async (
  work,
  body: { scores: readonly { applicationId: string; items: Readonly<Record<string, number>> }[] },
) => {
  const { db } = work;
  const { policy, sheet, applicants } = await scoring(work);
  if (sheet === undefined)
    throw new Refusal({ code: 'STAGE_NOT_IN_SCHEME', rule: 'P1', values: { stage: 'school_score' } });
  const judgeId = work.submission.actorId;
  const recusals = await recusalsOf(db, work.id);
  requireInRun(
    applicants,
    body.scores.map((each) => each.applicationId),
  );
  for (const { applicationId, items } of body.scores) {
    if (applicants.find(({ id }) => id === applicationId)!.personId === judgeId)
      throw new Refusal({ code: 'OWN_CASE', rule: 'V1', values: { applicationId } });
    if (recusals.some((each) => each.applicationId === applicationId && each.judgeId === judgeId))
      throw new Refusal({ code: 'JUDGE_RECUSED', rule: 'K1', values: { applicationId } });
    for (const [item, hundredths] of Object.entries(items))
      refuseScore(sheet, { judge: judgeId, item, hundredths });
    const missing = sheet.items
      .filter(({ judged, code }) => judged && items[code] === undefined)
      .map(({ code }) => code);
    if (missing.length > 0)
      throw new Refusal({ code: 'SCORES_MISSING', rule: 'K3', values: { applicationId, items: missing } });
  }
  await writeScores(work, judgeId, body.scores);
  return endScoring(work, policy, sheet, applicants);
};

/** When every applicant has the sheets and the checks that the scheme asks for, the school ranks and nominates. */
async function endScoring(
  work: DecisionWork,
  policy: Policy,
  sheet: ScoreSheet,
  applicants: readonly ApplicationRow[],
): Promise<Move> {
  const { db } = work;
  const scores = await scoresOf(db, work.id);
  const checks = await checksOf(db, work.id);
  const checked = (id: string) =>
    checks.filter(({ applicationId, part }) => applicationId === id && part !== 'self').length;
  const incomplete = applicants.filter(({ id }) => judgesOf(scores.get(id)).length < sheet.judges);
  const unchecked = applicants.filter(({ id }) => checked(id) < (sheet.countedChecks ?? 0));
  if (incomplete.length + unchecked.length > 0)
    return { result: { incomplete: incomplete.length, unchecked: unchecked.length } };
  const { results } = await reviewResults(db, work.row!, sheet, applicants, work.today);
  await writeTotals(work, results);
  return {
    step: 'nominating',
    tasks: [
      {
        role: 'school_clerk',
        organisationId: work.row!.organisationId,
        actions: ['nominate'],
        dueAt: await dueIn(db, work.today, stageOf(policy, 'school_nomination')?.workingDays),
      },
    ],
  };
}

/**
 * A judge does not score an applicant: the judge says so, or the head decides it, with a reason. What that judge has given
 * the applicant counts no more. The answer says how many may still score, and how many the scheme asks for. Rule K1.
 */
const recuse: Decision = async (work, body: { applicationId: string; judgeId?: string; reason: string }) => {
  const { db, ownerId, id: caseId } = work;
  const { sheet, applicants, policy } = await scoring(work);
  if (sheet === undefined)
    throw new Refusal({ code: 'STAGE_NOT_IN_SCHEME', rule: 'P1', values: { stage: 'school_score' } });
  requireInRun(applicants, [body.applicationId]);
  const { actorId } = work.submission;
  const judgeId = body.judgeId ?? actorId;
  if (judgeId !== actorId && work.decider.role !== 'head')
    throw new Refusal({
      code: 'NOT_ALLOWED',
      rule: 'K1',
      values: { decision: 'recuse', allowed: ['head'] },
    });
  const panel = await panelOf(work);
  if (!panel.includes(judgeId)) throw new Refusal({ code: 'NOT_A_JUDGE', rule: 'K1', values: { judgeId } });
  const { applicationId, reason } = body;
  await db.judgeRecusal.createMany({
    data: [{ ownerId, caseId, applicationId, judgeId, reason }],
    skipDuplicates: true,
  });
  await db.scoreSheet.deleteMany({ where: { caseId, applicationId, judgeId } });
  const applicant = applicants.find(({ id }) => id === applicationId)!;
  const judges = judgesFor(panel, applicant, await recusalsOf(db, caseId)).length;
  // The one whose sheet was missing may have been the last.
  const { result, ...move } = await endScoring(work, policy, sheet, applicants);
  return { ...move, result: { ...(result as object), judges, required: sheet.judges } };
};

/**
 * Somebody of the school confirms the counted items of sheets (初核); where the scheme asks for a second check (复核)
 * another person does. The points follow from the evidence: others are refused. Where the teacher had stated others, or
 * none, the first check gives the reason. Rule K2.
 */
const checkItems: Decision = async (
  work,
  body: {
    checks: readonly { applicationId: string; items: Readonly<Record<string, number>>; reason?: string }[];
  },
) => {
  const { db, ownerId, id: caseId } = work;
  const { policy, sheet, applicants } = await scoring(work);
  const most = sheet?.countedChecks ?? 0;
  if (sheet === undefined || most === 0) throw new Refusal({ code: 'CHECKS_NOT_IN_SCHEME', rule: 'K2' });
  requireInRun(
    applicants,
    body.checks.map(({ applicationId }) => applicationId),
  );
  const { actorId: personId } = work.submission;
  const before = await checksOf(db, caseId);
  const { results } = await reviewResults(db, work.row!, sheet, applicants, work.today);
  const rows = body.checks.map(({ applicationId, items, reason }) => {
    if (applicants.find(({ id }) => id === applicationId)!.personId === personId)
      throw new Refusal({ code: 'OWN_CASE', rule: 'V1', values: { applicationId } });
    const known = before.filter((check) => check.applicationId === applicationId);
    const first = known.find(({ part }) => part === 'first');
    if (known.some(({ part }) => part === 'second') || (first && most === 1))
      throw new Refusal({ code: 'CHECKED_ALREADY', rule: 'K2', values: { applicationId } });
    if (first?.personId === personId)
      throw new Refusal({ code: 'CHECK_SAME_PERSON', rule: 'K2', values: { applicationId } });
    const counted = countedItems(sheet, results.get(applicationId)!);
    const differs = differences(counted, items);
    if (differs.length > 0)
      throw new Refusal({ code: 'CHECK_DIFFERS', rule: 'K2', values: { applicationId, items: differs } });
    const own = known.find(({ part }) => part === 'self');
    const stated = (own?.items ?? {}) as Record<string, number>;
    const notStated = sheet.selfScore ? differences(counted, stated) : [];
    if (!first && notStated.length > 0 && !reason)
      throw new Refusal({
        code: 'SELF_SCORE_DIFFERS',
        rule: 'K2',
        values: { applicationId, items: notStated },
      });
    const part = first ? 'second' : 'first';
    return { ownerId, caseId, applicationId, part, personId, items, reason: reason ?? null };
  });
  await db.sheetCheck.createMany({ data: rows });
  return endScoring(work, policy, sheet, applicants);
};

/** The counted items with their hundredths. */
function countedItems(sheet: ScoreSheet, { items }: SheetResult): Map<string, number> {
  const counted = sheet.items.filter(({ judged }) => !judged).map(({ code }) => code);
  return new Map(
    items
      .filter(({ item }) => counted.includes(item))
      .map(({ item, hundredths }) => [item, hundredths!.numerator]),
  );
}

/** Items whose points are not what is counted, as `item stated/counted` in points. */
function differences(
  counted: ReadonlyMap<string, number>,
  stated: Readonly<Record<string, number>>,
): string[] {
  return [...new Set([...counted.keys(), ...Object.keys(stated)])]
    .filter((item) => counted.get(item) !== stated[item])
    .map((item) => {
      const points = (hundredths: number | undefined) =>
        hundredths === undefined ? '—' : showPoints({ numerator: hundredths, denominator: 1 });
      return `${item} ${points(stated[item])}/${points(counted.get(item))}`;
    });
}

async function panelOf(work: Work): Promise<string[]> {
  const members = await membersWith(work.db, 'school_panel', work.today, {
    organisationId: work.row!.organisationId,
  });
  return [...new Set(members.map(({ personId }) => personId))];
}

/**
 * The school names its candidates within the quota of each rank, in the order of the scores; another order needs a
 * reason. Without a score sheet in the scheme there is no order. A list over quota is refused whole. Who is not named is
 * out, and hears the quota and, where there are scores, the place. Rules Q5–Q8.
 */
const nominate: Decision = async (
  work,
  body: { applicationIds: readonly string[]; orderReason?: string; subjectReason?: string },
) => {
  const { sheet, policy, applicants } = await scoring(work);
  requireInRun(applicants, body.applicationIds);
  const nominated = applicants.filter(({ id }) => body.applicationIds.includes(id));
  const { roundId, organisationId } = work.row!;
  const quotas = await quotaOf(work.db, roundId!, organisationId);
  const { results, rankings } = sheet
    ? await reviewResults(work.db, work.row!, sheet, applicants, work.today)
    : { results: new Map<string, SheetResult>(), rankings: new Map<string, Ranking>() };
  const jumped = passedOver(rankings, body.applicationIds);
  if (jumped.length > 0 && !body.orderReason)
    throw new Refusal({ code: 'ORDER_REASON_MISSING', rule: 'V16', values: { passedOver: jumped } });
  // Whose nomination is done again has no place from the one before.
  await work.db.nomination.deleteMany({ where: { applicationId: { in: applicants.map(({ id }) => id) } } });
  await takePlaces(work, roundId!, organisationId, nominated);
  const of = { roundId: roundId!, schoolId: organisationId };
  await keepToLimits(work.db, of, policy, quotas, body.subjectReason);
  const clause = stageOf(policy, 'school_nomination')?.clause;
  await recordOutcomes(
    work,
    roundId!,
    work.row!.stage as RunStage,
    applicants.map((applicant) => {
      if (body.applicationIds.includes(applicant.id)) return { applicationId: applicant.id, outcome: 'on' };
      const standing = {
        applicants: applicants.filter(({ rank }) => rank === applicant.rank).length,
        quota: quotas.get(applicant.rank)?.places ?? 0,
      };
      const reason = sheet
        ? { code: 'NOT_NOMINATED', values: { ...scored(applicant, results, rankings), ...standing } }
        : { code: 'NOT_NOMINATED_UNSCORED', values: standing };
      return { applicationId: applicant.id, outcome: 'out', reason: { ...reason, rule: 'Q7', clause } };
    }),
  );
  return { outcome: 'nominated', result: { nominated: nominated.length } };
};

/**
 * Everybody of the school who has a place now keeps to the leaders' share; more of a stage and subject than their cap
 * need a reason. Rules Q5, Q6.
 */
export async function keepToLimits(
  db: Transaction,
  of: { readonly roundId: string; readonly schoolId: string },
  { quotas: rules }: Policy,
  quotas: ReadonlyMap<string, { readonly places: number }>,
  subjectReason: string | undefined,
): Promise<void> {
  const { subjectCaps = [], leadersPercent: percent, clause } = rules?.nominations ?? {};
  if (subjectCaps.length === 0 && percent === undefined) return;
  const taken = await db.nomination.findMany({ where: of });
  const candidates = await db.application.findMany({
    where: { id: { in: taken.map(({ applicationId }) => applicationId) } },
    orderBy: { id: 'asc' },
  });
  for (const [rank, { places }] of quotas) {
    const listed = candidates
      .filter((candidate) => candidate.rank === rank)
      .map(({ id, teachingStage, subject, facts }): Listed => ({
        id,
        teachingStage,
        subject,
        posts: (facts as unknown as PersonFacts).posts ?? [],
      }));
    if (percent !== undefined) refuseLeadersOverShare({ rank, places, percent, listed, clause });
    const over = overSubjectCap(subjectCaps, places, listed);
    if (over.length > 0 && !subjectReason)
      throw new Refusal({
        code: 'SUBJECT_REASON_MISSING',
        rule: 'Q5',
        values: {
          rank,
          cap: over[0]!.cap,
          over: over.map((group) => `${group.teachingStage}/${group.subject} ${group.listed}`),
        },
        clause,
      });
  }
}

function scored(
  { id, rank }: ApplicationRow,
  results: ReadonlyMap<string, SheetResult>,
  rankings: ReadonlyMap<string, Ranking>,
): { place: number | null; score: string | null } {
  const total = results.get(id)?.total;
  return {
    place: rankings.get(rank)!.places.find((each) => each.id === id)?.place ?? null,
    score: total ? showPoints(total) : null,
  };
}

/** The head files the list that stood in the school notice, whole: nobody is added, nobody left out. Rule Q8. */
const file: Decision = async (work, body: { applicationIds: readonly string[] }) => {
  const candidates = (await candidatesOfRun(work.db, work.id)).filter(
    ({ standing }) => standing === 'running',
  );
  requireInRun(candidates, body.applicationIds);
  const left = candidates.filter(({ id }) => !body.applicationIds.includes(id)).map(({ id }) => id);
  if (left.length > 0)
    throw new Refusal({
      code: 'LIST_NOT_WHOLE',
      rule: 'Q8',
      values: { missing: left, listed: body.applicationIds.length },
    });
  await recordOutcomes(
    work,
    work.row!.roundId!,
    'filing',
    candidates.map(({ id }) => ({ applicationId: id, outcome: 'on' })),
  );
  return { outcome: 'filed', result: { filed: candidates.length } };
};

/** The step in which a school's run of a stage begins, with whose turn it is. */
export async function schoolReviewStep(
  work: Work,
  policy: Policy,
  stage: 'school_score' | 'school_nomination' | 'filing',
  schoolId: string,
): Promise<Pick<Move, 'tasks'> & { step: string }> {
  const [step, role, action] = (
    {
      school_score: ['scoring', 'school_panel', 'score'],
      school_nomination: ['nominating', 'school_clerk', 'nominate'],
      filing: ['filing', 'head', 'file'],
    } as const
  )[stage];
  const dueAt = await dueIn(work.db, work.today, stageOf(policy, stage)?.workingDays);
  return { step, tasks: [{ role, organisationId: schoolId, actions: [action], dueAt }] };
}

/**
 * In a later run of the scoring the sheets of the one before count, when every candidate has enough of them and the
 * office, which sent the list back, has not asked for new ones. Rule Q8.
 * @returns whether they do; then the run begins with the nomination
 */
export async function carryScores(
  { db, ownerId }: Work,
  policy: Policy,
  run: { readonly id: string; readonly roundId: string; readonly unit: string },
  candidateIds: readonly string[],
): Promise<boolean> {
  const sheet = stageOf(policy, 'school_score')?.sheet;
  const [before] = await db.case.findMany({
    where: { roundId: run.roundId, stage: 'school_score', unit: run.unit, id: { not: run.id } },
    orderBy: { batch: 'desc' },
    take: 1,
  });
  if (!sheet || !before) return false;
  const ids = [...candidateIds];
  const returned = await db.stageEntry.findMany({
    where: { applicationId: { in: ids }, outcome: 'returned', endedAt: { gte: before.createdAt } },
  });
  if (returned.some(({ reason }) => (reason as unknown as Reason).values?.['scoreAgain'] === true))
    return false;
  const sheets = await db.scoreSheet.findMany({
    where: { caseId: before.id, applicationId: { in: ids } },
    omit: { id: true },
  });
  const judges = (id: string) => sheets.filter(({ applicationId }) => applicationId === id).length;
  if (ids.some((id) => judges(id) < sheet.judges)) return false;
  const of = { caseId: before.id, applicationId: { in: ids } };
  await db.judgeRecusal.createMany({
    data: (await db.judgeRecusal.findMany({ where: of })).map((each) => ({ ...each, caseId: run.id })),
  });
  await db.sheetCheck.createMany({
    data: (await db.sheetCheck.findMany({ where: of })).map((each) => ({
      ...each,
      items: each.items as Record<string, number>,
      caseId: run.id,
    })),
  });
  await db.scoreSheet.createMany({
    data: sheets.map((each) => ({
      ...each,
      items: each.items as Record<string, number>,
      ownerId,
      caseId: run.id,
    })),
  });
  return true;
}

async function scoring(
  work: Work,
): Promise<{ policy: Policy; sheet: ScoreSheet | undefined; applicants: ApplicationRow[] }> {
  const policy = await policyOfRound(work.db, work.row!.roundId!);
  const sheet = stageOf(policy, 'school_score')?.sheet;
  const applicants = (await candidatesOfRun(work.db, work.id)).filter(({ standing }) => standing !== 'out');
  return { policy, sheet, applicants };
}

function requireInRun(candidates: readonly ApplicationRow[], ids: readonly string[]): void {
  const unknown = ids.filter((id) => !candidates.some((candidate) => candidate.id === id));
  const twice = ids.filter((id, position) => ids.indexOf(id) !== position);
  if (unknown.length > 0) throw new Refusal({ code: 'NOT_IN_RUN', rule: 'P12', values: { ids: unknown } });
  if (twice.length > 0) throw new Refusal({ code: 'NAMED_TWICE', rule: 'Q8', values: { ids: twice } });
}

/** Totals are kept with the candidates: later stages break ties by them. Half a hundredth is rounded up. */
async function writeTotals(work: Work, results: ReadonlyMap<string, SheetResult>): Promise<void> {
  for (const [id, { total }] of results) {
    if (total === null) continue;
    const doubled = 2 * total.numerator + total.denominator;
    const schoolScore = (doubled - (doubled % (2 * total.denominator))) / (2 * total.denominator);
    await work.db.application.update({ where: { id }, data: { schoolScore } });
  }
}

/** Who was passed over: stands before somebody of the same rank who is on the list. */
function passedOver(rankings: ReadonlyMap<string, Ranking>, listed: readonly string[]): string[] {
  return [...rankings.values()].flatMap(({ places }) => {
    const lastListed = Math.max(
      0,
      ...places.filter(({ id }) => listed.includes(id)).map(({ place }) => place),
    );
    return places.filter(({ id, place }) => !listed.includes(id) && place < lastListed).map(({ id }) => id);
  });
}

export const schoolReviewRules: CaseRules = {
  decisions: { score, recuse, checkItems, nominate, file },
  transitions: { remindOverdue: attendRun },
};

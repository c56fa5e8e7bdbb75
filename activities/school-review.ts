import { stageOf, type Policy, type ScoreSheet } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { refuseScore, showPoints, type Ranking, type SheetResult } from '../domain/scoring.js';
import type { RunStage } from '../domain/stages.js';
import { dueIn } from '../records/calendar.js';
import {
  candidatesOfRun,
  policyOfRound,
  recordOutcomes,
  type ApplicationRow,
} from '../records/candidates.js';
import type { CaseRules, Decision, Move, Work } from '../records/decide.js';
import {
  judgesOf,
  quotaOf,
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
  requireInRun(
    applicants,
    body.scores.map((each) => each.applicationId),
  );
  for (const { applicationId, items } of body.scores) {
    if (applicants.find(({ id }) => id === applicationId)!.personId === judgeId)
      throw new Refusal({ code: 'OWN_CASE', rule: 'V1', values: { applicationId } });
    for (const [item, hundredths] of Object.entries(items))
      refuseScore(sheet, { judge: judgeId, item, hundredths });
    const missing = sheet.items
      .filter(({ judged, code }) => judged && items[code] === undefined)
      .map(({ code }) => code);
    if (missing.length > 0)
      throw new Refusal({ code: 'SCORES_MISSING', rule: 'S1', values: { applicationId, items: missing } });
  }
  await writeScores(work, judgeId, body.scores);
  const scores = await scoresOf(db, work.id);
  const incomplete = applicants.filter(({ id }) => judgesOf(scores.get(id)).length < sheet.judges);
  if (incomplete.length > 0) return { result: { incomplete: incomplete.length } };
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
};

/**
 * The school names its candidates within the quota of each rank, in the order of the scores; another order needs a
 * reason. Without a score sheet in the scheme there is no order. A list over quota is refused whole. Who is not named is
 * out, and hears the quota and, where there are scores, the place. Rules Q7, Q8.
 */
const nominate: Decision = async (
  work,
  body: { applicationIds: readonly string[]; orderReason?: string },
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
  await takePlaces(work, roundId!, organisationId, nominated);
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
  decisions: { score, nominate, file },
  transitions: { remindOverdue: attendRun },
};

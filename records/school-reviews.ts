import { fullYearsBetween } from '../domain/dates.js';
import type { PersonFacts } from '../domain/eligibility.js';
import type { ScoreSheet } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import {
  fillSheet,
  rankByScore,
  type JudgeScore,
  type Ranking,
  type SheetResult,
} from '../domain/scoring.js';
import type { ApplicationRow } from './candidates.js';
import type { CaseRow } from './cases.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';
import { lockQuotas } from './nomination-quotas.js';

/** The scores that judges have given in a run, for each applicant. */
export async function scoresOf(db: Transaction, caseId: string): Promise<Map<string, JudgeScore[]>> {
  const sheets = await db.scoreSheet.findMany({
    where: { caseId },
    orderBy: [{ applicationId: 'asc' }, { judgeId: 'asc' }],
  });
  const scores = new Map<string, JudgeScore[]>();
  for (const { applicationId, judgeId, items } of sheets) {
    const given = Object.entries(items as Record<string, number>).map(([item, hundredths]) => ({
      judge: judgeId,
      item,
      hundredths,
    }));
    scores.set(applicationId, [...(scores.get(applicationId) ?? []), ...given]);
  }
  return scores;
}

/** Writes one judge's sheets; a sheet given again takes the place of the earlier one. */
export async function writeScores(
  work: Work,
  judgeId: string,
  sheets: readonly { applicationId: string; items: Readonly<Record<string, number>> }[],
): Promise<void> {
  const { db, ownerId, id: caseId } = work;
  await db.scoreSheet.deleteMany({
    where: { caseId, judgeId, applicationId: { in: sheets.map((sheet) => sheet.applicationId) } },
  });
  await db.scoreSheet.createMany({
    data: sheets.map(({ applicationId, items }) => ({ ownerId, caseId, judgeId, applicationId, items })),
  });
}

/** Who does not score whom in a run. */
export function recusalsOf(db: Transaction, caseId: string) {
  return db.judgeRecusal.findMany({
    where: { caseId },
    orderBy: [{ applicationId: 'asc' }, { judgeId: 'asc' }],
  });
}

/** The counted items of the applicants' sheets as stated and checked so far. */
export function checksOf(db: Transaction, caseId: string) {
  return db.sheetCheck.findMany({ where: { caseId }, orderBy: [{ applicationId: 'asc' }, { part: 'asc' }] });
}

/** Members of the school's panel who may score an applicant: neither the applicant nor recused. Rules K1, V1. */
export function judgesFor(
  panel: readonly string[],
  applicant: { readonly id: string; readonly personId: string },
  recusals: readonly { readonly applicationId: string; readonly judgeId: string }[],
): string[] {
  return panel.filter(
    (judge) =>
      judge !== applicant.personId &&
      !recusals.some(({ applicationId, judgeId }) => applicationId === applicant.id && judgeId === judge),
  );
}

/** The school's quota of a round, by rank, and the places that are taken. */
export async function quotaOf(
  db: Transaction,
  roundId: string,
  schoolId: string,
): Promise<Map<string, { places: number; taken: number[] }>> {
  const quotas = await db.nominationQuota.findMany({ where: { roundId, schoolId } });
  const nominations = await db.nomination.findMany({ where: { roundId, schoolId } });
  return new Map(
    quotas.map(({ rank, places }) => [
      rank,
      {
        places,
        taken: nominations.filter((nomination) => nomination.rank === rank).map(({ place }) => place),
      },
    ]),
  );
}

/**
 * Takes a place of the school's quota for each nominated candidate; each place can be taken once, whoever asks at the
 * same instant. A list that is longer than the free places is refused whole. Rules Q7, Q8.
 * @throws Refusal OVER_QUOTA with the count, QUOTA_CHANGED when a place was taken meanwhile
 */
export async function takePlaces(
  work: Work,
  roundId: string,
  schoolId: string,
  nominated: readonly { id: string; rank: string }[],
): Promise<void> {
  await lockQuotas(work.db, roundId, { schoolId });
  const quotas = await quotaOf(work.db, roundId, schoolId);
  const rows = [...new Set(nominated.map(({ rank }) => rank))].flatMap((rank) => {
    const { places, taken } = quotas.get(rank) ?? { places: 0, taken: [] };
    const listed = nominated.filter((candidate) => candidate.rank === rank);
    const free = Array.from({ length: places }, (_, position) => position + 1).filter(
      (place) => !taken.includes(place),
    );
    if (listed.length > free.length)
      throw new Refusal({
        code: 'OVER_QUOTA',
        rule: 'Q8',
        values: { rank, listed: listed.length, quota: places, free: free.length },
      });
    return listed.map(({ id }, position) => ({ applicationId: id, rank, place: free[position]! }));
  });
  const written = await work.db.nomination.createMany({
    data: rows.map((row) => ({ ...row, ownerId: work.ownerId, caseId: work.id, roundId, schoolId })),
    skipDuplicates: true,
  });
  if (written.count !== rows.length) throw new Refusal({ code: 'QUOTA_CHANGED', rule: 'Q8' });
}

/** The judges among who gave the scores. */
export function judgesOf(scores: readonly { judge: string }[] | undefined): string[] {
  return [...new Set(scores?.map(({ judge }) => judge))];
}

/**
 * Every applicant's filled-in sheet, from the scores and the frozen evidence, and the school's order of its applicants
 * for each rank by itself.
 * @param row the school review
 * @param on business date on which evidence counts
 */
export async function reviewResults(
  db: Transaction,
  row: CaseRow,
  sheet: ScoreSheet,
  applicants: readonly ApplicationRow[],
  on: string,
): Promise<{ results: Map<string, SheetResult>; rankings: Map<string, Ranking> }> {
  const { cutOff } = await db.round.findUniqueOrThrow({ where: { id: row.roundId! } });
  const school = await db.organisation.findUniqueOrThrow({ where: { id: row.organisationId } });
  const scores = await scoresOf(db, row.id);
  const results = new Map(
    applicants.map((applicant) => {
      const given = scores.get(applicant.id) ?? [];
      const { evidence } = applicant.facts as unknown as PersonFacts;
      const judges = judgesOf(given);
      // Before the sheet's number of judges have scored, the sheet says what is missing and has no total.
      const expected = [
        ...judges,
        ...Array.from({ length: Math.max(0, sheet.judges - judges.length) }, (_, n) => `?${n}`),
      ];
      return [applicant.id, fillSheet({ sheet, judges: expected, scores: given, evidence, cutOff, on })];
    }),
  );
  const scored = applicants.map((applicant) => {
    const { teachingSince } = applicant.facts as unknown as PersonFacts;
    const result = results.get(applicant.id)!;
    return {
      id: applicant.id,
      rank: applicant.rank,
      total: result.total,
      keys: {
        counted_points: result.countedHundredths,
        rural_post: school.locality === 'urban' ? 0 : 1,
        teaching_years: teachingSince ? fullYearsBetween(teachingSince, cutOff) : 0,
      },
    };
  });
  const ranks = [...new Set(scored.map(({ rank }) => rank))];
  const rankings = new Map(
    ranks.map((rank) => [
      rank,
      rankByScore(
        scored.filter((each) => each.rank === rank),
        sheet.tieBreak,
      ),
    ]),
  );
  return { results, rankings };
}

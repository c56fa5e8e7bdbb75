import { dateOf } from '../../domain/dates.js';
import type { Walk } from './walk.js';

/** A reason as the API tells it. */
export interface ToldReason {
  readonly code: string;
  readonly text: string;
  readonly rule: string | null;
  readonly values: Readonly<Record<string, unknown>>;
  readonly clause: string | null;
}

/** A round as the API shows it; only what the walk reads. */
export interface RoundAnswer {
  readonly step: string;
  readonly outcome: string | null;
  readonly applyUntil: string;
  readonly seats: readonly { readonly unit: string; readonly seats: number }[];
  readonly candidates: readonly {
    readonly stage: string;
    readonly standing: string;
    readonly count: number;
  }[];
  readonly openRuns: readonly { readonly stage: string; readonly count: number }[];
}

/** A candidate as the API shows it. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly schoolId: string;
  readonly rank: string;
  readonly subject: string;
  readonly entry: string;
  readonly stage: string;
  readonly standing: string;
  readonly schoolScore: number | null;
  readonly reason: ToldReason | null;
}

/** A case as lists show it. */
export interface CaseAnswer {
  readonly id: string;
  readonly organisationId: string;
  readonly rank: string | null;
  readonly subject: string | null;
  readonly stage: string | null;
  readonly unit: string | null;
  readonly batch: number;
  readonly step: string;
  readonly outcome: string | null;
  readonly dueAt: string | null;
}

/** The round, as the office sees it. */
export async function readRound(walk: Walk): Promise<RoundAnswer> {
  return (await walk.office()).get(`/rounds/${walk.roundId}`);
}

/** The candidates at a stage, as the office sees them. */
export async function candidatesAt(walk: Walk, stage: string, standing: string): Promise<Candidate[]> {
  return (await walk.office()).list(`/rounds/${walk.roundId}/candidates?stage=${stage}&standing=${standing}`);
}

/** Cases of the round at a step, as the office sees them: `school-reviews`, `notices`, `panel-reviews`, `votes`. */
export async function casesAt(walk: Walk, resource: string, step: string): Promise<CaseAnswer[]> {
  const office = await walk.office();
  const { items } = await office.get<{ items: CaseAnswer[] }>(
    `/${resource}?roundId=${walk.roundId}&open=true`,
  );
  return items.filter((item) => item.step === step);
}

/** How many candidates are at a stage in one of the standings; all who are neither held nor out by default. */
export function countAt(
  { candidates }: RoundAnswer,
  stage: string,
  standings: readonly string[] = ['waiting', 'running'],
): number {
  return candidates
    .filter((each) => each.stage === stage && standings.includes(each.standing))
    .reduce((sum, { count }) => sum + count, 0);
}

/** Waits until whoever has come to a stage is in a run of it, and nobody is left at the stage before. */
export async function untilUnderWay(walk: Walk, stage: string, before: string): Promise<void> {
  await walk.until(`candidates at ${stage}`, async () => {
    const round = await readRound(walk);
    return countAt(round, before) + countAt(round, stage, ['waiting']) === 0 && countAt(round, stage) > 0;
  });
}

/** The last day of a time that ends at an instant: of one that ends at 24:00, the day before. */
export function lastDayOf(dueAt: string): string {
  return dateOf(new Date(Date.parse(dueAt) - 1).toISOString());
}

/** Code of the school of an organisation's id. */
export function codeOf(walk: Walk, organisationId: string): string {
  return [...walk.organisations].find(([, id]) => id === organisationId)![0];
}

import type { Composite, Fraction, InstrumentStage, Policy, StageCode } from './policy.js';
import { stageOf } from './policy.js';
import { Refusal } from './refusal.js';

/** Stages with a result in points: a panel's, or an evaluation by several parties. */
export const instrumentCodes = [
  'ability_test',
  'interview',
  'lesson_observation',
  'multi_party_evaluation',
  'democratic_appraisal',
] as const satisfies readonly StageCode[];
export type InstrumentCode = (typeof instrumentCodes)[number];

/** The most points of an instrument that says nothing else. */
const usualMaxPoints = 100;

/** The most points of an instrument. */
export function maxPointsOf({ maxPoints }: Pick<InstrumentStage, 'maxPoints'>): number {
  return maxPoints ?? usualMaxPoints;
}

/** One judge's points for one candidate. */
export interface JudgePoints {
  readonly judge: string;
  /** Hundredths of a point, whole: 8.5 points are 850. */
  readonly hundredths: number;
}

/** How many people of a group gave how many points; who they were is not known. */
export interface AnonymousCount {
  readonly hundredths: number;
  readonly respondents: number;
}

/** What a group of evaluators gave a candidate. */
export interface GroupResult {
  readonly who: string;
  readonly respondents: number;
  /** False when the group had too few respondents. */
  readonly counted: boolean;
}

/** A candidate's result of an instrument. */
export interface InstrumentResult {
  /** In hundredths of a point, exact; null while points are missing, or when too few answered. */
  readonly hundredths: Fraction | null;
  /** Judges or groups whose points are still to come. */
  readonly missing: readonly string[];
  readonly groups: readonly GroupResult[];
  /** Whether the least points are reached; null without a result. */
  readonly passed: boolean | null;
}

/**
 * Checks points before they are recorded. Rule G3.
 * @throws Refusal `POINTS_OUT_OF_RANGE` for hundredths that are not a whole number from 0 to the stage's most points
 */
export function refusePoints(stage: InstrumentStage, hundredths: number): void {
  const max = maxPointsOf(stage);
  if (!Number.isInteger(hundredths) || hundredths < 0 || hundredths > max * 100)
    throw new Refusal({
      code: 'POINTS_OUT_OF_RANGE',
      rule: 'G3',
      values: { hundredths, max },
      clause: stage.clause,
    });
}

/**
 * A panel's result: the mean of its judges. Rule G3.
 * @param judges who must give points on the candidate: the members who have no conflict with him
 * @param points what they gave; of others it is left out
 */
export function panelResult(
  stage: InstrumentStage,
  judges: readonly string[],
  points: readonly JudgePoints[],
): InstrumentResult {
  const given = points.filter(({ judge }) => judges.includes(judge));
  const missing = judges.filter((judge) => !given.some((each) => each.judge === judge));
  if (missing.length > 0 || judges.length === 0)
    return { hundredths: null, missing, groups: [], passed: null };
  const sum = given.reduce((total, { hundredths }) => total + hundredths, 0);
  return withPass(stage, { numerator: sum, denominator: judges.length }, []);
}

/**
 * The result of an evaluation by several parties: each group's mean by its percent. A group with fewer respondents than
 * the scheme asks for does not count; its percent is spread over the others in proportion, or there is no result. A group
 * in which nobody answered never counts. Rule G4.
 * @param counts what each group gave; a group without an entry is still missing
 */
export function evaluationResult(
  stage: InstrumentStage,
  counts: ReadonlyMap<string, readonly AnonymousCount[]>,
): InstrumentResult {
  const evaluators = stage.evaluators ?? [];
  const missing = evaluators.map(({ who }) => who).filter((who) => !counts.has(who));
  const groups = evaluators
    .filter(({ who }) => counts.has(who))
    .map(({ who, percent, minRespondents = 1 }) => {
      const given = counts.get(who)!;
      const respondents = given.reduce((sum, count) => sum + count.respondents, 0);
      const points = given.reduce((sum, count) => sum + count.hundredths * count.respondents, 0);
      const counted = respondents >= Math.max(1, minRespondents);
      return { who, percent, respondents, points, counted };
    });
  const shown = groups.map(({ who, respondents, counted }) => ({ who, respondents, counted }));
  const counting = groups.filter(({ counted }) => counted);
  const isShort = counting.length < groups.length && stage.tooFewRespondents !== 'spread_over_others';
  if (missing.length > 0 || counting.length === 0 || isShort)
    return { hundredths: null, missing, groups: shown, passed: null };
  const total = counting.reduce<Fraction>(
    (sum, { points, respondents, percent }) =>
      plus(sum, fraction(BigInt(points) * BigInt(percent), BigInt(respondents))),
    { numerator: 0, denominator: 1 },
  );
  const percents = counting.reduce((sum, { percent }) => sum + percent, 0);
  return withPass(stage, over(total, percents), shown);
}

function withPass(
  stage: InstrumentStage,
  hundredths: Fraction,
  groups: readonly GroupResult[],
): InstrumentResult {
  const passed = hundredths.numerator >= (stage.passPoints ?? 0) * 100 * hundredths.denominator;
  return { hundredths, missing: [], groups, passed };
}

/** What a candidate has of a stage with points: `max` in whole points. */
export interface StagePoints {
  readonly hundredths: Fraction | null;
  readonly max: number;
}

/** One total out of several stages. */
export interface CompositeResult {
  /** Hundredths of 100 points, exact; null when a part is missing and the scheme ranks nobody without it. */
  readonly total: Fraction | null;
  /** Stages without a result. */
  readonly missing: readonly StageCode[];
}

/**
 * The composite of a candidate: each part's share of its most points by the part's percent, out of 100. A stage whose
 * `shareOf` names a part is that percent of the part, the part's own points the rest. A missing part counts nothing, or
 * leaves no total. Rule G5.
 * @param results by stage
 */
export function compositeResult(
  policy: Policy,
  composite: Composite,
  results: ReadonlyMap<StageCode, StagePoints>,
): CompositeResult {
  const missing: StageCode[] = [];
  const shareOfMax = (code: StageCode): Fraction => {
    const found = results.get(code);
    if (!found?.hundredths) {
      missing.push(code);
      return { numerator: 0, denominator: 1 };
    }
    return over(found.hundredths, found.max);
  };
  const total = composite.parts.reduce<Fraction>(
    (sum, { stage, percent }) => {
      const within = instrumentCodes.flatMap((code) => {
        const share = stageOf(policy, code)?.shareOf;
        return share?.stage === stage ? [{ code, percent: share.percent }] : [];
      });
      const rest = 100 - within.reduce((all, part) => all + part.percent, 0);
      const part = within.reduce<Fraction>(
        (all, { code, percent: share }) => plus(all, times(shareOfMax(code), share)),
        times(shareOfMax(stage), rest),
      );
      return plus(sum, times(over(part, 100), percent));
    },
    { numerator: 0, denominator: 1 },
  );
  return { total: missing.length > 0 && composite.missing === 'not_ranked' ? null : total, missing };
}

// ---------------------------------------------------------------- fractions, always in lowest terms

function fraction(numerator: bigint, denominator: bigint): Fraction {
  let [left, right] = [numerator, denominator];
  while (right !== 0n) [left, right] = [right, left % right];
  const divisor = left === 0n ? 1n : left;
  return { numerator: Number(numerator / divisor), denominator: Number(denominator / divisor) };
}

function plus(left: Fraction, right: Fraction): Fraction {
  return fraction(
    BigInt(left.numerator) * BigInt(right.denominator) + BigInt(right.numerator) * BigInt(left.denominator),
    BigInt(left.denominator) * BigInt(right.denominator),
  );
}

function times({ numerator, denominator }: Fraction, factor: number): Fraction {
  return fraction(BigInt(numerator) * BigInt(factor), BigInt(denominator));
}

function over({ numerator, denominator }: Fraction, divisor: number): Fraction {
  return fraction(BigInt(numerator), BigInt(denominator) * BigInt(divisor));
}

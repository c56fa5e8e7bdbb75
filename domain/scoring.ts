import type { BusinessDate } from './dates.js';
import { qualifying, type EvidenceFact } from './eligibility.js';
import type { CountedItem, CountedPoints, Fraction, ScoreItem, ScoreSheet, TieBreakKey } from './policy.js';
import { Refusal } from './refusal.js';
import { codesOf, isAtLeast, levels, prizes } from './vocabulary.js';

/** One judge's score for one judged item. */
export interface JudgeScore {
  readonly judge: string;
  readonly item: string;
  /** Hundredths of a point, whole: 8.5 points are 850. */
  readonly hundredths: number;
}

/** The result of one item. */
export interface ItemResult {
  readonly item: string;
  readonly max: number;
  /** Hundredths of a point; null while scores are missing. */
  readonly hundredths: Fraction | null;
  /** What a counted item counted, best first, before the cap. */
  readonly pieces: readonly {
    readonly evidence: string;
    readonly points: number;
    readonly counted: boolean;
  }[];
}

/** A filled-in score sheet. */
export interface SheetResult {
  readonly items: readonly ItemResult[];
  /** Sum of all items in hundredths of a point, exact; null while a score is missing: then nobody can be ranked by it. */
  readonly total: Fraction | null;
  /** Sum of the counted items in hundredths. */
  readonly countedHundredths: number;
  /** Scores that are still to come. */
  readonly missing: readonly { readonly judge: string; readonly item: string }[];
  /** Whether the sheet's least total is reached; null while a score is missing. */
  readonly passed: boolean | null;
}

/**
 * Checks one judge's score before it is recorded. Rule K3.
 * @throws Refusal `SCORE_ITEM_UNKNOWN`, `SCORE_ITEM_COUNTED` for an item that is counted from evidence,
 *   `SCORE_OUT_OF_RANGE` for hundredths that are not a whole number from 0 to the item's maximum
 */
export function refuseScore(sheet: ScoreSheet, score: JudgeScore): void {
  const item = sheet.items.find(({ code }) => code === score.item);
  if (item === undefined)
    throw new Refusal({ code: 'SCORE_ITEM_UNKNOWN', rule: 'K3', values: { item: score.item } });
  if (!item.judged) {
    throw new Refusal({
      code: 'SCORE_ITEM_COUNTED',
      rule: 'K3',
      values: { item: item.zh },
      clause: item.clause,
    });
  }
  const { hundredths } = score;
  if (!Number.isInteger(hundredths) || hundredths < 0 || hundredths > item.max * 100) {
    throw new Refusal({
      code: 'SCORE_OUT_OF_RANGE',
      rule: 'K3',
      values: { item: item.zh, hundredths, max: item.max },
      clause: item.clause,
    });
  }
}

/**
 * Checks what a teacher states of the counted items before it is recorded (自评). Rule K2.
 * @throws Refusal `SCORE_ITEM_UNKNOWN` for an item that is none of the counted ones, `SCORE_OUT_OF_RANGE`, and
 *   `SCORES_MISSING` with the counted items that are not stated
 */
export function refuseSelfScore(sheet: ScoreSheet, items: Readonly<Record<string, number>>): void {
  const counted = sheet.items.filter(({ judged }) => !judged);
  for (const [code, hundredths] of Object.entries(items)) {
    const item = counted.find((each) => each.code === code);
    if (item === undefined)
      throw new Refusal({ code: 'SCORE_ITEM_UNKNOWN', rule: 'K2', values: { item: code } });
    if (!Number.isInteger(hundredths) || hundredths < 0 || hundredths > item.max * 100)
      throw new Refusal({
        code: 'SCORE_OUT_OF_RANGE',
        rule: 'K2',
        values: { item: item.zh, hundredths, max: item.max },
        clause: item.clause,
      });
  }
  const missing = counted.filter(({ code }) => items[code] === undefined).map(({ code }) => code);
  if (missing.length > 0)
    throw new Refusal({ code: 'SCORES_MISSING', rule: 'K2', values: { items: missing } });
}

/**
 * Fills in a score sheet. Judged items take the mean of the judges (K4), counted items the table's points for the
 * verified evidence, the best piece or the sum, up to the cap (K5).
 * @param input sheet; judges: ids of those who must score this candidate; scores: what they gave; evidence: what is
 *   on file; cutOff: the day from which the years of an item are counted back; on: nothing dated later counts
 * @returns items, exact total, and which scores are missing
 * @throws Refusal `TOO_FEW_JUDGES`, `SCORE_BY_STRANGER` for a score by nobody of the judges, `SCORE_TWICE` for two
 *   by one judge for one item, and what `refuseScore` throws
 */
export function fillSheet(input: {
  readonly sheet: ScoreSheet;
  readonly judges: readonly string[];
  readonly scores: readonly JudgeScore[];
  readonly evidence: readonly EvidenceFact[];
  readonly cutOff: BusinessDate;
  readonly on: BusinessDate;
}): SheetResult {
  const { sheet, scores, evidence, cutOff, on } = input;
  const judges = [...new Set(input.judges)];
  refuseJudges(sheet, judges, scores);
  const items = sheet.items.map((item) =>
    item.judged ? judgedResult(item, judges, scores) : countedResult(item, evidence, cutOff, on),
  );
  const missing = sheet.items
    .filter(({ judged }) => judged)
    .flatMap(({ code: item }) => judges.map((judge) => ({ judge, item })))
    .filter(({ judge, item }) => !scores.some((score) => score.judge === judge && score.item === item));
  const countedHundredths = items
    .filter((_, index) => sheet.items[index]?.judged === false)
    .reduce((sum, { hundredths }) => sum + (hundredths?.numerator ?? 0), 0);
  const total = missing.length > 0 ? null : totalOf(items, judges.length);
  const passed = total && total.numerator >= (sheet.passPoints ?? 0) * 100 * total.denominator;
  return { items, total, countedHundredths, missing, passed };
}

/** A candidate who is put in order with others. */
export interface Scored {
  readonly id: string;
  /** Null while scores are missing. */
  readonly total: Fraction | null;
  /** Value of each published tie-break key; the higher one goes first. */
  readonly keys: Readonly<Partial<Record<TieBreakKey, number>>>;
}

export interface Ranking {
  /** Best first; who is equal in the total and in every key shares a place, and the next place is left out. */
  readonly places: readonly {
    readonly id: string;
    readonly place: number;
    readonly shared: boolean;
    /** The key that put this candidate behind the one before with the same total. */
    readonly decidedBy: TieBreakKey | null;
  }[];
  /** Ids of those who have no total yet: they cannot be ranked, and no place is final before they are. */
  readonly unranked: readonly string[];
}

/**
 * Puts candidates in order by total, then by the published keys. Rule K6: nothing else decides, not even the order
 * of the input.
 * @param candidates with the value of every key in `tieBreak`
 * @param tieBreak the keys in their order
 * @throws RangeError when a key has no value for somebody who has a total
 */
export function rankByScore(candidates: readonly Scored[], tieBreak: readonly TieBreakKey[]): Ranking {
  const scored = candidates.filter((candidate) => candidate.total !== null);
  for (const { id, keys } of scored) {
    for (const key of tieBreak) {
      if (keys[key] === undefined) throw new RangeError(`${id} has no value for the tie-break key ${key}`);
    }
  }
  const ordered = scored.toSorted(
    (left, right) => compareRanked(left, right, tieBreak) || (left.id < right.id ? -1 : 1),
  );
  const isEqual = (left: Scored | undefined, right: Scored | undefined) =>
    left !== undefined && right !== undefined && compareRanked(left, right, tieBreak) === 0;
  const places = ordered.map((candidate, index) => {
    const before = ordered[index - 1];
    return {
      id: candidate.id,
      place: ordered.findIndex((other) => isEqual(other, candidate)) + 1,
      shared: isEqual(before, candidate) || isEqual(candidate, ordered[index + 1]),
      decidedBy:
        before === undefined || compareTotals(before, candidate) !== 0
          ? null
          : keyBetween(before, candidate, tieBreak),
    };
  });
  return { places, unranked: candidates.filter(({ total }) => total === null).map(({ id }) => id) };
}

/**
 * Points as people read them, to two decimals, halves rounded up. For showing only: sums and orders use the fraction.
 * @param hundredths a fraction of hundredths of a point
 */
export function showPoints(hundredths: Fraction): string {
  const { numerator, denominator } = hundredths;
  const doubled = 2 * numerator + denominator;
  const rounded = (doubled - (doubled % (2 * denominator))) / (2 * denominator);
  const fraction = rounded % 100;
  return `${(rounded - fraction) / 100}.${String(fraction).padStart(2, '0')}`;
}

// ---------------------------------------------------------------- items

function refuseJudges(sheet: ScoreSheet, judges: readonly string[], scores: readonly JudgeScore[]): void {
  if (judges.length < sheet.judges) {
    throw new Refusal({
      code: 'TOO_FEW_JUDGES',
      rule: 'K4',
      values: { judges: judges.length, required: sheet.judges },
      clause: sheet.clause,
    });
  }
  scores.forEach((score, index) => {
    refuseScore(sheet, score);
    const { judge, item } = score;
    if (!judges.includes(judge))
      throw new Refusal({ code: 'SCORE_BY_STRANGER', rule: 'K4', values: { item } });
    if (scores.findIndex((other) => other.judge === judge && other.item === item) < index) {
      throw new Refusal({ code: 'SCORE_TWICE', rule: 'K4', values: { item } });
    }
  });
}

function judgedResult(item: ScoreItem, judges: readonly string[], scores: readonly JudgeScore[]): ItemResult {
  const given = scores.filter((score) => score.item === item.code);
  const sum = given.reduce((total, { hundredths }) => total + hundredths, 0);
  const isComplete = given.length === judges.length;
  return {
    item: item.code,
    max: item.max,
    hundredths: isComplete ? { numerator: sum, denominator: judges.length } : null,
    pieces: [],
  };
}

function countedResult(
  item: CountedItem,
  evidence: readonly EvidenceFact[],
  cutOff: BusinessDate,
  on: BusinessDate,
): ItemResult {
  const count = { kinds: item.kinds, level: codesOf(levels)[0], withinSchoolYears: item.withinSchoolYears };
  const pieces = qualifying(evidence, count, cutOff, on)
    .map((piece) => ({ evidence: piece.id, points: pointsOf(piece, item.points) }))
    .filter(({ points }) => points > 0)
    .toSorted((left, right) => right.points - left.points || (left.evidence < right.evidence ? -1 : 1))
    .map((piece, index) => ({ ...piece, counted: !item.highestOnly || index === 0 }));
  const sum = pieces.filter(({ counted }) => counted).reduce((total, { points }) => total + points, 0);
  return {
    item: item.code,
    max: item.max,
    hundredths: { numerator: Math.min(sum, item.max) * 100, denominator: 1 },
    pieces,
  };
}

/** The best row that the piece reaches: 以上 includes the level and the prize themselves (R0.1). */
function pointsOf(piece: EvidenceFact, table: readonly CountedPoints[]): number {
  const reached = table.filter(
    ({ level, prize }) =>
      isAtLeast(levels, piece.level, level) &&
      (prize === undefined || (piece.prize !== null && isAtLeast(prizes, piece.prize, prize))),
  );
  return Math.max(0, ...reached.map(({ points }) => points));
}

function totalOf(items: readonly ItemResult[], judges: number): Fraction {
  const numerator = items.reduce((sum, { hundredths }) => {
    if (hundredths === null) return sum;
    return sum + hundredths.numerator * (hundredths.denominator === 1 ? judges : 1);
  }, 0);
  return { numerator, denominator: judges };
}

// ---------------------------------------------------------------- order

function compareRanked(left: Scored, right: Scored, tieBreak: readonly TieBreakKey[]): number {
  const key = keyBetween(left, right, tieBreak);
  return compareTotals(left, right) || (key === null ? 0 : (right.keys[key] ?? 0) - (left.keys[key] ?? 0));
}

function compareTotals(left: Scored, right: Scored): number {
  if (left.total === null || right.total === null) return 0;
  return right.total.numerator * left.total.denominator - left.total.numerator * right.total.denominator;
}

function keyBetween(left: Scored, right: Scored, tieBreak: readonly TieBreakKey[]): TieBreakKey | null {
  return tieBreak.find((key) => left.keys[key] !== right.keys[key]) ?? null;
}

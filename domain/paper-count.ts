import { Refusal } from './refusal.js';
import { requireWhole } from './whole-numbers.js';

/** One paper as a teller reads it. */
export interface ReadPaper {
  /** Candidates marked, by application. */
  readonly names: readonly string[];
  /** It bears something else than marks beside the printed names, or cannot be read. */
  readonly spoiled: boolean;
}

/** What one teller types: the papers in the order of the numbers that they were given when the box was emptied. */
export interface CountSheet {
  readonly returned: number;
  readonly notReturned: number;
  /** None when more came back than went out: such a vote is void, and its papers are not read. */
  readonly papers: readonly ReadPaper[];
}

/** Where two sheets differ: in one paper, in the votes of one candidate, or in a number of papers. */
export type SheetDifference =
  | { readonly paper: number; readonly first: ReadPaper | null; readonly second: ReadPaper | null }
  | { readonly candidate: string; readonly first: number; readonly second: number }
  | { readonly figure: 'returned' | 'notReturned'; readonly first: number; readonly second: number };

/**
 * Checks one teller's sheet by itself: issued = valid + void + not returned. Rules V7, V13.
 * @param sheet as typed
 * @param vote issued: papers that went out; candidates: those printed on them
 * @throws Refusal `SHEET_NOT_BALANCED` when returned and not returned are not those issued; `SHEET_PAPERS` when not every
 *   returned paper is on the sheet, or papers of a void vote are; `SHEET_UNKNOWN_NAME` for a mark beside nobody on the
 *   list; RangeError for a number that is not whole
 */
export function checkSheet(
  sheet: CountSheet,
  vote: { readonly issued: number; readonly candidates: readonly string[] },
): void {
  const { returned, notReturned, papers } = sheet;
  const { issued, candidates } = vote;
  requireWhole('returned', returned);
  requireWhole('notReturned', notReturned);
  const isVoid = returned > issued;
  if (isVoid ? notReturned > 0 : returned + notReturned !== issued)
    throw new Refusal({ code: 'SHEET_NOT_BALANCED', rule: 'V7', values: { issued, returned, notReturned } });
  const expected = isVoid ? 0 : returned;
  if (papers.length !== expected)
    throw new Refusal({ code: 'SHEET_PAPERS', rule: 'V7', values: { papers: papers.length, expected } });
  const faults = papers.flatMap(({ names }, index) =>
    names.every((name) => candidates.includes(name))
      ? []
      : [{ at: `papers.${index}`, code: 'SHEET_UNKNOWN_NAME', values: { paper: index + 1 } }],
  );
  if (faults.length > 0)
    throw new Refusal({
      code: 'SHEET_UNKNOWN_NAME',
      rule: 'V12',
      values: { paper: faults[0]!.values.paper },
      faults,
    });
}

/**
 * Compares what two tellers typed: by paper, and by candidate and figure. Marks in another order are the same. Rule V7.
 * @param candidates those printed on the papers
 * @returns every difference; none when the sheets agree
 */
export function sheetDifferences(
  first: CountSheet,
  second: CountSheet,
  candidates: readonly string[],
): SheetDifference[] {
  const figures = (['returned', 'notReturned'] as const)
    .filter((figure) => first[figure] !== second[figure])
    .map((figure) => ({ figure, first: first[figure], second: second[figure] }));
  const papers = Array.from({ length: Math.max(first.papers.length, second.papers.length) }, (_, index) => ({
    paper: index + 1,
    first: first.papers[index] ?? null,
    second: second.papers[index] ?? null,
  })).filter((pair) => spelled(pair.first) !== spelled(pair.second));
  const votes = candidates
    .map((candidate) => ({
      candidate,
      first: marksOf(first, candidate),
      second: marksOf(second, candidate),
    }))
    .filter((pair) => pair.first !== pair.second);
  return [...figures, ...papers, ...votes];
}

/**
 * The names on each returned paper, as `count` of domain/vote.ts takes them. A spoiled paper names somebody who is not on
 * the list, so that it is invalid; papers of a void vote are not read and name nobody. Rules V12, V13.
 */
export function ballotsOf(sheet: CountSheet): string[][] {
  if (sheet.papers.length < sheet.returned) return Array.from({ length: sheet.returned }, () => []);
  return sheet.papers.map(({ names, spoiled }) => (spoiled ? ['spoiled'] : [...names]));
}

function spelled(paper: ReadPaper | null): string {
  return paper === null ? '' : JSON.stringify([paper.spoiled, [...new Set(paper.names)].sort()]);
}

function marksOf({ papers }: CountSheet, candidate: string): number {
  return papers.filter(({ names, spoiled }) => !spoiled && names.includes(candidate)).length;
}

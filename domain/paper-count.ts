import { Refusal, type Fault } from './refusal.js';
import type { CountingRules, Electorate, OpenedPaper } from './vote.js';
import { requireWhole } from './whole-numbers.js';

/** One paper as a teller reads it. */
export interface ReadPaper {
  /** Candidates marked, by application. */
  readonly names: readonly string[];
  /** It bears something else than marks beside the printed names, or cannot be read. */
  readonly spoiled: boolean;
}

/** Papers that are alike, in the order of the numbers that they were given when the box was emptied. */
export interface TypedPapers {
  readonly returned: number;
  readonly notReturned: number;
  /** None when more came back than went out: such a vote is void, and its papers are not read. */
  readonly papers: readonly ReadPaper[];
}

/**
 * What one teller types. Where each candidate has papers of its own, the figures are those of all candidates together and
 * `papers` is empty.
 */
export interface CountSheet extends TypedPapers {
  /** The papers of each candidate, by application, numbered anew for each: no two are known to be of one member (V2). */
  readonly byCandidate?: Readonly<Record<string, TypedPapers>>;
}

/**
 * Where two sheets differ: in one paper, in a number of papers, or in the votes of one candidate. Papers and their numbers
 * are those of the candidate, where each has papers of its own.
 */
export type SheetDifference =
  | {
      readonly candidate?: string;
      readonly paper: number;
      readonly first: ReadPaper | null;
      readonly second: ReadPaper | null;
    }
  | {
      readonly candidate?: string;
      readonly figure: 'returned' | 'notReturned';
      readonly first: number;
      readonly second: number;
    }
  | { readonly candidate: string; readonly first: number; readonly second: number };

/**
 * Puts a sheet together from what a teller sent. Rules V2, V7.
 * @param typed the papers of the group, or those of each candidate
 * @param scope of recusal: `candidate` where each candidate has papers of its own
 * @throws Refusal `SHEET_FORM` for the form of the other scope, and for one that is not whole
 */
export function sheetOf(typed: Partial<CountSheet>, scope: CountingRules['recusalScope']): CountSheet {
  const { returned, notReturned, papers, byCandidate } = typed;
  const isOfGroup = returned !== undefined && notReturned !== undefined && papers !== undefined;
  const isOfNone = returned === undefined && notReturned === undefined && papers === undefined;
  if (scope === 'ballot_group' && isOfGroup && byCandidate === undefined)
    return { returned, notReturned, papers };
  if (scope === 'candidate' && isOfNone && byCandidate !== undefined) {
    const sum = (figure: 'returned' | 'notReturned') =>
      Object.values(byCandidate).reduce((total, each) => total + each[figure], 0);
    return { returned: sum('returned'), notReturned: sum('notReturned'), papers: [], byCandidate };
  }
  throw new Refusal({ code: 'SHEET_FORM', rule: 'V7', values: { scope } });
}

/**
 * Checks one teller's sheet by itself: issued = valid + void + not returned, for each candidate where each has papers of its
 * own. Rules V2, V7, V13.
 * @param sheet as typed
 * @param vote issued: papers that went out; candidates: those printed on them; electorates: of each candidate, where each
 *   has papers of its own
 * @throws Refusal `SHEET_NOT_BALANCED` when returned and not returned are not those issued; `SHEET_PAPERS` when not every
 *   returned paper is on the sheet, or papers of a void vote are; `SHEET_UNKNOWN_NAME` for a mark beside nobody on the
 *   list; `SHEET_CANDIDATES` when the sheet is not of exactly the candidates of the list; `SHEET_OF_CANDIDATE` with those
 *   faults of every candidate; RangeError for a number that is not whole
 */
export function checkSheet(
  sheet: CountSheet,
  vote: {
    readonly issued: number;
    readonly candidates: readonly string[];
    readonly electorates?: readonly Electorate[] | undefined;
  },
): void {
  if (vote.electorates) {
    checkCandidates(sheet.byCandidate ?? {}, vote.electorates);
    return;
  }
  const { issued, candidates } = vote;
  const faults = faultsOf(sheet, issued, candidates, sheet.returned > issued);
  const [first] = faults;
  if (first)
    throw new Refusal({
      code: first.code,
      rule: first.code === 'SHEET_UNKNOWN_NAME' ? 'V12' : 'V7',
      values: first.values,
      faults,
    });
}

function checkCandidates(
  byCandidate: NonNullable<CountSheet['byCandidate']>,
  electorates: readonly Electorate[],
): void {
  const typed = Object.keys(byCandidate);
  const missing = electorates.map(({ candidate }) => candidate).filter((id) => !typed.includes(id));
  const unknown = typed.filter((id) => !electorates.some(({ candidate }) => candidate === id));
  if (missing.length + unknown.length > 0)
    throw new Refusal({ code: 'SHEET_CANDIDATES', rule: 'V7', values: { missing, unknown } });
  // Too many papers of one candidate void the whole vote (V13): no paper of any is read.
  const isVoid = electorates.some(({ candidate, issued }) => byCandidate[candidate]!.returned > issued);
  const found = electorates.flatMap(({ candidate, issued }) =>
    faultsOf(byCandidate[candidate]!, issued, [candidate], isVoid).map(({ at, code, values }) => ({
      candidate,
      fault: { at: `byCandidate.${candidate}.${at}`, code, values },
    })),
  );
  if (found.length > 0)
    throw new Refusal({
      code: 'SHEET_OF_CANDIDATE',
      rule: 'V7',
      values: { candidates: [...new Set(found.map(({ candidate }) => candidate))] },
      faults: found.map(({ fault }) => fault),
    });
}

function faultsOf(
  { returned, notReturned, papers }: TypedPapers,
  issued: number,
  candidates: readonly string[],
  isVoid: boolean,
): Fault[] {
  requireWhole('returned', returned);
  requireWhole('notReturned', notReturned);
  if (returned > issued ? notReturned > 0 : returned + notReturned !== issued)
    return [{ at: 'returned', code: 'SHEET_NOT_BALANCED', values: { issued, returned, notReturned } }];
  const expected = isVoid ? 0 : returned;
  if (papers.length !== expected)
    return [{ at: 'papers', code: 'SHEET_PAPERS', values: { papers: papers.length, expected } }];
  return papers.flatMap(({ names }, index) =>
    names.every((name) => candidates.includes(name))
      ? []
      : [{ at: `papers.${index}`, code: 'SHEET_UNKNOWN_NAME', values: { paper: index + 1 } }],
  );
}

const nothingTyped: TypedPapers = { returned: 0, notReturned: 0, papers: [] };

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
  const [one, other] = [first.byCandidate, second.byCandidate];
  if (!one && !other) return differencesOf(first, second, candidates);
  return candidates.flatMap((candidate) =>
    differencesOf(one?.[candidate] ?? nothingTyped, other?.[candidate] ?? nothingTyped, [candidate]).map(
      (difference) => ({ ...difference, candidate }),
    ),
  );
}

function differencesOf(
  first: TypedPapers,
  second: TypedPapers,
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
 * Each returned paper with the names on it, as the counts of domain/vote.ts take them. A spoiled paper names somebody who
 * is not on the list, so that it is invalid; papers of a void vote are not read and name nobody. Rules V2, V12, V13.
 */
export function papersOn({ byCandidate, ...ofGroup }: CountSheet): OpenedPaper[] {
  const typed: [string | null, TypedPapers][] = byCandidate ? Object.entries(byCandidate) : [[null, ofGroup]];
  return typed.flatMap(([candidateId, each]) => ballotsOf(each).map((names) => ({ candidateId, names })));
}

function ballotsOf({ returned, papers }: TypedPapers): string[][] {
  if (papers.length < returned) return Array.from({ length: returned }, () => []);
  return papers.map(({ names, spoiled }) => (spoiled ? ['spoiled'] : [...names]));
}

function spelled(paper: ReadPaper | null): string {
  return paper === null ? '' : JSON.stringify([paper.spoiled, [...new Set(paper.names)].sort()]);
}

function marksOf({ papers }: TypedPapers, candidate: string): number {
  return papers.filter(({ names, spoiled }) => !spoiled && names.includes(candidate)).length;
}

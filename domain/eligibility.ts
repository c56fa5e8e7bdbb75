import {
  addDays,
  addMonths,
  addYears,
  bornOnOrAfter,
  fullYearsBetween,
  schoolYearOf,
  type BusinessDate,
} from './dates.js';
import { barsStanding, type EthicsDecision } from './ethics.js';
import { convertedShare, hoursAnswer, type HoursLine } from './hours.js';
import {
  isHigherRank,
  rankOf,
  type Adopted,
  type EvidenceCount,
  type EvidenceNeed,
  type Need,
  type Policy,
  type Rule,
  type Valued,
} from './policy.js';
import { Refusal, type Fault, type RefusalValue } from './refusal.js';
import {
  codesOf,
  degrees,
  isAtLeast,
  levels,
  prizes,
  professionalTitles,
  type Degree,
  type Dissemination,
  type EvidenceKind,
  type Grade,
  type Level,
  type Post,
  type Prize,
  type ProfessionalTitle,
  type SanctionKind,
  type Sex,
  type Subject,
  type TeachingStage,
} from './vocabulary.js';
import { stagesOfKind } from './school-kinds.js';

/** What is on file about a person, frozen with the check so that its answer can be given again. */
export interface PersonFacts {
  readonly birthDate: BusinessDate | null;
  readonly sex: Sex | null;
  readonly subject: Subject | null;
  readonly stagesTaught: readonly TeachingStage[];
  readonly degree: Degree | null;
  readonly title: ProfessionalTitle | null;
  readonly teachingSince: BusinessDate | null;
  readonly posts: readonly Post[];
  readonly titlesHeld: readonly TitleHeld[];
  readonly sanctions: readonly Sanction[];
  /** Written decisions of the competent body that there was a breach of ethics; none that was lifted. */
  readonly ethicsDecisions: readonly EthicsDecision[];
  readonly evidence: readonly EvidenceFact[];
  /** Confirmed grades of the yearly reviews of the person's titles. */
  readonly pastReviews: readonly PastReview[];
  /** Final grades that bar from coming rounds; absent from facts that were frozen before there were any. */
  readonly reviewBars?: readonly ReviewBar[];
  /** The school where the post is held; absent from facts that were frozen before it was asked for. */
  readonly school?: { readonly rural: boolean; readonly stages: readonly TeachingStage[] };
  /** The ledger of training hours, where the scheme has a condition on them. */
  readonly hours?: readonly HoursLine[];
  /** Bars that were decided before this service was there. */
  readonly bars?: readonly BarOnFile[];
}

/** Facts as an application keeps them, with the days that they were read for: the answer can be given again. Rule E14. */
export interface FrozenFacts extends PersonFacts {
  readonly cutOff: BusinessDate;
  readonly on: BusinessDate;
}

export interface PastReview {
  /** A school year such as `2025-2026`. */
  readonly reviewYear: string;
  readonly grade: Grade;
}

/** A grade that bars from the next rounds of the scheme. */
export interface ReviewBar {
  readonly reviewYear: string;
  readonly grade: Grade;
  /** From how many rounds it bars. */
  readonly rounds: number;
  /** How many have begun between the day on which it became final and the round in question. */
  readonly since: number;
}

export interface TitleHeld {
  /** Code of a rank or of an external title of the scheme. */
  readonly rank: string;
  readonly from: BusinessDate;
  /** Last valid day; null = no end. */
  readonly until: BusinessDate | null;
  readonly state: 'in_force' | 'ended';
}

export interface Sanction {
  readonly kind: SanctionKind;
  readonly from: BusinessDate;
  readonly until: BusinessDate | null;
}

/** Who may not stand from a day to a day, both included. */
export interface BarOnFile {
  readonly reason: string;
  readonly document: string;
  readonly from: BusinessDate;
  /** Null = no end. */
  readonly until: BusinessDate | null;
}

export interface EvidenceFact {
  readonly id: string;
  /** From 1; which version of it was looked at (E17). */
  readonly version: number;
  readonly kind: EvidenceKind;
  readonly level: Level;
  readonly prize: Prize | null;
  readonly how: Dissemination | null;
  readonly date: BusinessDate;
  readonly title: string;
  readonly verified: boolean;
  /** It has let the person in by a contest entry before. */
  readonly usedForEntry: boolean;
}

/** One condition compared with the facts. */
export interface Finding {
  /** E1 to E21 of docs/rules.md. */
  readonly rule: string;
  /** Key of the catalogue for a condition that is not met or that a person confirms. */
  readonly code: string;
  readonly condition: keyof Need;
  /** `warn`: not met, but the condition is 原则上 (R0.3); `judge`: a person says whether it is met. */
  readonly outcome: 'met' | 'not_met' | 'warn' | 'judge';
  readonly value: RefusalValue;
  readonly required: RefusalValue;
  readonly source:
    'roster' | 'evidence' | 'titles' | 'sanctions' | 'ethics_decision' | 'reviews' | 'hours' | 'person';
  /** What is not on file, or how much is lacking. */
  readonly missing: readonly string[];
  readonly clause?: string;
  readonly adopted?: Adopted;
  /** Why the applicant stands although the condition is not met; only with the outcome `warn` (R0.3). */
  readonly reason?: string;
}

interface Question {
  readonly facts: PersonFacts;
  readonly cutOff: BusinessDate;
  readonly on: BusinessDate;
  readonly policy: Policy;
  readonly rank: string;
}

/**
 * Compares a person with the conditions of a rank. Rules E1 to E14, 5.2, 5.5.
 * @param input policy and rank: whose conditions; facts: what is on file; cutOff: the day on which age and years of
 *   teaching count; on: the day of the check, on which titles, sanctions and decisions count; only: the conditions to
 *   check (a direct entrant's), all without it
 * @returns one finding for each condition, in the order of `Need`; nothing is refused here
 * @throws Refusal `RANK_UNKNOWN` for a rank that the scheme does not have
 */
export function checkEligibility(input: {
  readonly policy: Policy;
  readonly rank: string;
  readonly facts: PersonFacts;
  readonly cutOff: BusinessDate;
  readonly on: BusinessDate;
  readonly only?: readonly (keyof Need)[];
}): Finding[] {
  const rank = rankOf(input.policy, input.rank);
  if (rank === undefined)
    throw new Refusal({ code: 'RANK_UNKNOWN', rule: 'E1', values: { rank: input.rank } });
  const need = rank.need ?? {};
  const findings = (Object.keys(need) as (keyof Need)[])
    .filter((condition) => input.only === undefined || input.only.includes(condition))
    .flatMap((condition) => checks[condition](need, input));
  findings.push(...checkReviewBars(input), ...checkBars(input));
  if (findings.some(({ condition }) => condition === 'ethicsVeto')) return findings;
  // A decision acts at every stage and whatever the scheme says; where none is in effect, nothing is said of it.
  const veto = checkEthics(anySchemesVeto, input);
  return veto.outcome === 'met' ? findings : [...findings, veto];
}

/**
 * Refuses when a hard condition is not met. A machine's "not eligible" is confirmed by a person.
 * @param findings what `checkEligibility` returned
 * @throws Refusal `NOT_ELIGIBLE` with one fault for each condition that is not met
 */
export function refuseIfNotEligible(findings: readonly Finding[]): void {
  const unmet = findings.filter(({ outcome }) => outcome === 'not_met');
  const [first] = unmet;
  if (first === undefined) return;
  throw new Refusal({
    code: 'NOT_ELIGIBLE',
    rule: first.rule,
    clause: first.clause,
    values: { count: unmet.length, rules: unmet.map(({ rule }) => rule) },
    faults: unmet.map(faultOf),
  });
}

function faultOf({
  rule,
  code,
  condition,
  value,
  required,
  source,
  missing,
  clause,
  adopted,
}: Finding): Fault {
  const origin = { source, clause: clause ?? null, basis: adopted?.basis ?? null };
  return { at: condition, code, values: { rule, value, required, missing, ...origin } };
}

/**
 * Puts the applicant's written reasons beside the conditions that are 原则上 and not met; a reason for any other
 * condition is left out, for nothing asks for it. Rule R0.3.
 * @param findings what `checkEligibility` returned
 * @param reasons written reasons, by condition
 * @throws Refusal `SOFT_REASON_MISSING` with one fault for each warning that has no reason
 */
export function withReasons(
  findings: readonly Finding[],
  reasons: Readonly<Record<string, string>>,
): Finding[] {
  const answered = reasonsKept(findings, reasons);
  const open = answered.filter(({ outcome, reason }) => outcome === 'warn' && reason === undefined);
  if (open.length === 0) return answered;
  throw new Refusal({
    code: 'SOFT_REASON_MISSING',
    rule: 'R0.3',
    clause: open[0]!.clause,
    values: { count: open.length, rules: open.map(({ rule }) => rule) },
    faults: open.map(faultOf),
  });
}

/**
 * As `withReasons`, for a check that nobody is asked in: a warning without a reason stays, for the office to see. Rule
 * R0.3.
 */
export function reasonsKept(
  findings: readonly Finding[],
  reasons: Readonly<Record<string, string>>,
): Finding[] {
  return findings.map((each) => {
    const reason = reasons[each.condition]?.trim();
    return each.outcome === 'warn' && reason ? { ...each, reason } : each;
  });
}

/** The written reasons that findings carry, by condition. Rule R0.3. */
export function reasonsOf(findings: readonly Finding[]): Record<string, string> {
  return Object.fromEntries(
    findings.flatMap(({ condition, reason }) => (reason === undefined ? [] : [[condition, reason]])),
  );
}

/**
 * The prize that makes a person a formal candidate directly (direct entry). Rule E15.
 * @param input cutOff: the day that ends the school years in which the prize must lie; on: the day of the entry
 * @returns the rank and the best prize that qualifies: highest level, then prize, then latest
 * @throws Refusal `ENTRY_NOT_IN_SCHEME` when the scheme has no such entry, `NO_CONTEST_PRIZE` with what is required
 *   and how many contest prizes are on file
 */
export function contestEntry(input: {
  readonly policy: Policy;
  readonly facts: PersonFacts;
  readonly cutOff: BusinessDate;
  readonly on: BusinessDate;
}): { rank: string; evidence: EvidenceFact } {
  const { policy, facts, cutOff, on } = input;
  const entry = policy.entries.contest;
  if (entry === undefined)
    throw new Refusal({ code: 'ENTRY_NOT_IN_SCHEME', rule: 'E15', values: { entry: 'contest' } });
  const { kind, level, prize, withinSchoolYears, once } = entry.evidence;
  const count: EvidenceCount = { kinds: [kind], level, prize, withinSchoolYears, min: 1 };
  const fitting = qualifying(facts.evidence, count, cutOff, on).filter(
    (piece) => !(once && piece.usedForEntry),
  );
  const [best] = fitting.toSorted(byWeight);
  if (best !== undefined) return { rank: entry.rank, evidence: best };
  throw new Refusal({
    code: 'NO_CONTEST_PRIZE',
    rule: 'E15',
    clause: entry.clause,
    values: {
      kind,
      level,
      prize,
      from: windowStart(cutOff, withinSchoolYears),
      until: on,
      onFile: facts.evidence.filter((piece) => piece.kind === kind).length,
    },
  });
}

/**
 * Verified evidence that counts: kind, level or above, prize or above, how it became known, and age. Rule R0.1.
 * @param evidence what is on file
 * @param count what is asked for; `withinSchoolYears` reaches back that many years from the cut-off day
 * @param cutOff the day from which years are counted back
 * @param on nothing dated later counts
 */
export function qualifying(
  evidence: readonly EvidenceFact[],
  count: Omit<EvidenceCount, 'min'>,
  cutOff: BusinessDate,
  on: BusinessDate,
): EvidenceFact[] {
  const from = windowStart(cutOff, count.withinSchoolYears);
  return evidence.filter(
    (piece) =>
      piece.verified &&
      count.kinds.includes(piece.kind) &&
      isAtLeast(levels, piece.level, count.level) &&
      (count.prize === undefined || (piece.prize !== null && isAtLeast(prizes, piece.prize, count.prize))) &&
      (count.how === undefined || (piece.how !== null && count.how.includes(piece.how))) &&
      (from === null || piece.date >= from) &&
      piece.date <= on,
  );
}

// ---------------------------------------------------------------- one check a condition

const checks: {
  readonly [Condition in keyof Required<Need>]: (need: Need, question: Question) => Finding[];
} = {
  heldRank: ({ heldRank }, question) => (heldRank ? checkHeldRank(heldRank, question) : []),
  maxAge: ({ maxAge }, question) => (maxAge ? [checkAge(maxAge, question)] : []),
  teachingYears: ({ teachingYears }, question) =>
    teachingYears ? [checkTeachingYears(teachingYears, question)] : [],
  minDegree: ({ minDegree }, question) => (minDegree ? [checkDegree(minDegree, question)] : []),
  minTitle: ({ minTitle }, question) => (minTitle ? [checkTitle(minTitle, question)] : []),
  papers: ({ papers }, question) => checkEvidence('E6', 'papers', 'PAPERS_TOO_FEW', papers, question),
  lessons: ({ lessons }, question) => checkEvidence('E7', 'lessons', 'LESSONS_TOO_FEW', lessons, question),
  prizes: ({ prizes: prizeNeed }, question) =>
    checkEvidence('E8', 'prizes', 'PRIZES_TOO_FEW', prizeNeed, question),
  posts: ({ posts }, question) => (posts ? [checkPosts(posts, question)] : []),
  sanctionBar: ({ sanctionBar }, question) => (sanctionBar ? [checkSanctions(sanctionBar, question)] : []),
  ethicsVeto: ({ ethicsVeto }, question) => (ethicsVeto ? [checkEthics(ethicsVeto, question)] : []),
  judged: ({ judged = [] }) =>
    judged.map((condition) => ({
      rule: 'E13',
      code: 'CONDITION_TO_JUDGE',
      condition: 'judged',
      outcome: 'judge',
      value: condition.code,
      required: condition.zh,
      source: 'person',
      missing: [],
      ...originOf(condition),
    })),
  research: ({ research }, question) =>
    checkEvidence('E14', 'research', 'RESEARCH_TOO_LITTLE', research, question),
  pastReviews: ({ pastReviews }, question) => (pastReviews ? [checkPastReviews(pastReviews, question)] : []),
  trainingHours: ({ trainingHours }, question) =>
    trainingHours ? [checkTrainingHours(trainingHours, question)] : [],
  schools: ({ schools }, question) => (schools ? [checkSchool(schools, question)] : []),
};

/** What holds where a scheme says nothing of ethics (E11). */
const anySchemesVeto = { value: true, hard: true } as const;

/** Every condition that a rank may have. */
export const conditions = Object.keys(checks) as (keyof Need)[];

function checkHeldRank(rule: NonNullable<Need['heldRank']>, question: Question): Finding[] {
  const { facts, on, policy, rank } = question;
  const held = facts.titlesHeld.filter((title) => isInForce(title, on)).map((title) => title.rank);
  const findings: Finding[] = [];
  const { anyOf, bars } = rule.value;
  if (anyOf !== undefined) {
    const hasOne = anyOf.some((code) => held.includes(code));
    findings.push(finding(rule, 'E1', 'heldRank', 'RANK_NOT_HELD', hasOne, held, anyOf, 'titles'));
  }
  if (bars !== undefined) {
    const barring = held.filter(
      (code) => code === rank || (bars === 'same_or_higher' && isHigherRank(policy, code, rank)),
    );
    const isFree = barring.length === 0;
    findings.push(
      finding(rule, 'E12', 'heldRank', 'RANK_ALREADY_HELD', isFree, isFree ? held : barring, bars, 'titles'),
    );
  }
  return findings;
}

/** Rules E2, 5.2: the required value is the birth date that the notice prints. */
function checkAge(rule: NonNullable<Need['maxAge']>, { facts, cutOff }: Question): Finding {
  const { value, mode } = rule;
  if (value === 'unlimited') {
    return finding(rule, 'E2', 'maxAge', 'TOO_OLD', true, facts.birthDate, 'unlimited', 'roster');
  }
  const age = typeof value === 'number' ? value : facts.sex === null ? null : value[facts.sex];
  if (age === null) return missingFact(rule, 'E2', 'maxAge', 'sex', null);
  const earliest = bornOnOrAfter(cutOff, age, mode);
  if (facts.birthDate === null) return missingFact(rule, 'E2', 'maxAge', 'birthDate', earliest);
  return finding(
    rule,
    'E2',
    'maxAge',
    'TOO_OLD',
    facts.birthDate >= earliest,
    facts.birthDate,
    earliest,
    'roster',
  );
}

function checkTeachingYears(rule: NonNullable<Need['teachingYears']>, { facts, cutOff }: Question): Finding {
  if (facts.teachingSince === null)
    return missingFact(rule, 'E3', 'teachingYears', 'teachingSince', rule.value);
  const years = fullYearsBetween(facts.teachingSince, cutOff);
  const lacking = years < rule.value ? [String(rule.value - years)] : [];
  return {
    ...finding(
      rule,
      'E3',
      'teachingYears',
      'TEACHING_YEARS_TOO_FEW',
      years >= rule.value,
      years,
      rule.value,
      'roster',
    ),
    missing: lacking,
  };
}

/** Rules E4, 5.2: by stage taught; who teaches in two stages needs the higher degree. */
function checkDegree(rule: NonNullable<Need['minDegree']>, { facts }: Question): Finding {
  const required = requiredDegree(rule.value, facts.stagesTaught);
  if (required === 'stage_missing') return missingFact(rule, 'E4', 'minDegree', 'stagesTaught', null);
  if (required === null)
    return finding(rule, 'E4', 'minDegree', 'DEGREE_TOO_LOW', true, facts.degree, null, 'roster');
  if (facts.degree === null) return missingFact(rule, 'E4', 'minDegree', 'degree', required);
  const isMet = isAtLeast(degrees, facts.degree, required);
  return finding(rule, 'E4', 'minDegree', 'DEGREE_TOO_LOW', isMet, facts.degree, required, 'roster');
}

function requiredDegree(
  value: NonNullable<Need['minDegree']>['value'],
  stages: readonly TeachingStage[],
): Degree | null | 'stage_missing' {
  if (typeof value === 'string') return value;
  if (stages.length === 0) return 'stage_missing';
  const required = stages.flatMap((stage) => value[stage] ?? []);
  return codesOf(degrees).findLast((degree) => required.includes(degree)) ?? null;
}

function checkTitle(rule: NonNullable<Need['minTitle']>, { facts }: Question): Finding {
  if (facts.title === null) return missingFact(rule, 'E5', 'minTitle', 'title', rule.value);
  const isMet = isAtLeast(professionalTitles, facts.title, rule.value);
  return finding(rule, 'E5', 'minTitle', 'TITLE_TOO_LOW', isMet, facts.title, rule.value, 'roster');
}

function checkEvidence(
  ruleId: string,
  condition: 'papers' | 'lessons' | 'prizes' | 'research',
  code: string,
  rule: Valued<EvidenceNeed> | undefined,
  { facts, cutOff, on }: Question,
): Finding[] {
  if (rule === undefined) return [];
  const { mode, counts } = rule.value;
  const found = counts.map((count) => qualifying(facts.evidence, count, cutOff, on).length);
  const isEnough = counts.map((count, index) => (found[index] ?? 0) >= count.min);
  const isMet = mode === 'any' ? isEnough.some(Boolean) : isEnough.every(Boolean);
  const required = counts.map(({ kinds, level, min, prize }) =>
    [kinds.join('|'), level, prize ?? '', `>=${min}`].join(' '),
  );
  return [
    {
      ...finding(rule, ruleId, condition, code, isMet, found.map(String), [mode, ...required], 'evidence'),
      missing: isMet ? [] : required.filter((_, index) => isEnough[index] === false),
    },
  ];
}

function checkPosts(rule: NonNullable<Need['posts']>, { facts }: Question): Finding {
  const isMet = rule.value.some((post) => facts.posts.includes(post));
  return finding(rule, 'E9', 'posts', 'POST_NOT_HELD', isMet, facts.posts, rule.value, 'roster');
}

/** Rules E10, R0.2: the bar ends on the same day of the month, or with the sanction itself when that is later. */
function checkSanctions(rule: NonNullable<Need['sanctionBar']>, { facts, on }: Question): Finding {
  const running = facts.sanctions
    .map(({ kind, from, until }) => ({ kind, from, last: later(addMonths(from, rule.value[kind]), until) }))
    .filter(({ from, last }) => from <= on && on <= last);
  const shown = running.map(({ kind, last }) => `${kind} ${last}`);
  return finding(rule, 'E10', 'sanctionBar', 'SANCTION_RUNS', running.length === 0, shown, on, 'sanctions');
}

/** Rule E21: a bar that was decided before holds from its first day to its last, whatever the scheme says. */
function checkBars({ facts, on }: Question): Finding[] {
  const barring = (facts.bars ?? []).filter(
    ({ from, until }) => from <= on && (until === null || on <= until),
  );
  if (barring.length === 0) return [];
  const shown = barring.map(({ reason, document, until }) => `${reason} ${document} ${until ?? '—'}`);
  return [finding(anySchemesVeto, 'E21', 'sanctionBar', 'BARRED', false, shown, on, 'sanctions')];
}

/** Rules E11, 5.5: only a written decision vetoes, and at once. */
function checkEthics(rule: NonNullable<Need['ethicsVeto']>, { facts, on }: Question): Finding {
  const barring = facts.ethicsDecisions.filter((decision) => barsStanding(decision, on));
  const shown = barring.map(({ document, decidedOn }) => `${document} ${decidedOn}`);
  return finding(
    rule,
    'E11',
    'ethicsVeto',
    'ETHICS_VETO',
    barring.length === 0,
    shown,
    null,
    'ethics_decision',
  );
}

/**
 * Rule E16: every grade of the last school years that had ended by the cut-off is one of those asked for. A year without
 * a review, or without a grade (不定等次, 5.3), neither helps nor harms; who held no title has none.
 */
function checkPastReviews(rule: NonNullable<Need['pastReviews']>, { facts, cutOff }: Question): Finding {
  const { schoolYears, grades } = rule.value;
  const running = Number(schoolYearOf(addDays(cutOff, 1)).slice(0, 4));
  const years = Array.from({ length: schoolYears }, (_, back) => `${running - 1 - back}-${running - back}`);
  const counted = facts.pastReviews.filter(
    ({ reviewYear, grade }) => years.includes(reviewYear) && grade !== 'ungraded',
  );
  const isMet = counted.every(({ grade }) => grades.includes(grade));
  const shown = counted.map(({ reviewYear, grade }) => `${reviewYear} ${grade}`);
  return finding(rule, 'E16', 'pastReviews', 'PAST_REVIEW_FAILED', isMet, shown, grades, 'reviews');
}

/**
 * Rule E18: a grade that bars from the next rounds (取消下一届评选资格) holds for everybody who has it, whatever the way in;
 * where nothing bars, nothing is said of it.
 */
function checkReviewBars({ facts: { reviewBars = [] } }: Question): Finding[] {
  const barring = reviewBars.filter(({ rounds, since }) => since < rounds);
  if (barring.length === 0) return [];
  const shown = barring.map(({ reviewYear, grade, rounds }) => `${reviewYear} ${grade} ${rounds}`);
  const rule = { hard: true };
  return [finding(rule, 'E18', 'pastReviews', 'REVIEW_BARS', false, shown, null, 'reviews')];
}

/** Rule E19: confirmed hours of the last years up to the cut-off, converted ones up to their share. */
function checkTrainingHours(
  rule: NonNullable<Need['trainingHours']>,
  { facts, cutOff, on, policy }: Question,
): Finding {
  const { hours: required, years } = rule.value;
  if (facts.hours === undefined) return missingFact(rule, 'E19', 'trainingHours', 'hours', required);
  const period = { startsOn: windowStart(cutOff, years), endsOn: cutOff, hoursRequired: required };
  const { met, done, pending } = hoursAnswer(facts.hours, period, on, convertedShare(policy));
  return {
    ...finding(rule, 'E19', 'trainingHours', 'TRAINING_HOURS_SHORT', met, done, required, 'hours'),
    missing: met ? [] : [String(required - done), ...(pending > 0 ? [`+${pending}`] : [])],
  };
}

/** Rule E20: the school where the post is held is one of those for which the rank is. */
function checkSchool(rule: NonNullable<Need['schools']>, { facts }: Question): Finding {
  const { rural, kinds } = rule.value;
  const required = [...(rural === undefined ? [] : [rural ? 'rural' : 'urban']), ...(kinds ?? [])];
  const { school } = facts;
  if (school === undefined) return missingFact(rule, 'E20', 'schools', 'school', required);
  const isOfKind =
    kinds === undefined ||
    kinds.some((kind) => stagesOfKind(kind).some((stage) => school.stages.includes(stage)));
  const isMet = (rural === undefined || rural === school.rural) && isOfKind;
  const value = [school.rural ? 'rural' : 'urban', ...school.stages];
  return finding(rule, 'E20', 'schools', 'SCHOOL_NOT_OF_KIND', isMet, value, required, 'roster');
}

/** The birth dates that a notice prints for an age limit, and that bind: who was born then or later is in. */
export interface PrintedBirthDates {
  readonly male: BusinessDate | null;
  readonly female: BusinessDate | null;
  readonly clause: string | null;
}

/**
 * What a round's standards print of a rank's age limit, from the cut-off that the round is tied to. Rules E2, 5.2.
 * @param need the conditions of the rank
 * @returns null for a sex without a limit; null when the rank has none at all
 */
export function printedBirthDates(need: Need | undefined, cutOff: BusinessDate): PrintedBirthDates | null {
  if (need?.maxAge === undefined) return null;
  const { value, mode, clause = null } = need.maxAge;
  if (value === 'unlimited') return { male: null, female: null, clause };
  const dateOf = (age: number) => bornOnOrAfter(cutOff, age, mode);
  return typeof value === 'number'
    ? { male: dateOf(value), female: dateOf(value), clause }
    : { male: dateOf(value.male), female: dateOf(value.female), clause };
}

// ---------------------------------------------------------------- findings

function finding(
  rule: Rule & { readonly hard: boolean },
  ruleId: string,
  condition: keyof Need,
  code: string,
  isMet: boolean,
  value: RefusalValue,
  required: RefusalValue,
  source: Finding['source'],
): Finding {
  const outcome = isMet ? 'met' : rule.hard ? 'not_met' : 'warn';
  return { rule: ruleId, code, condition, outcome, value, required, source, missing: [], ...originOf(rule) };
}

function missingFact(
  rule: Rule & { readonly hard: boolean },
  ruleId: string,
  condition: keyof Need,
  fact: keyof PersonFacts,
  required: RefusalValue,
): Finding {
  return {
    ...finding(rule, ruleId, condition, 'FACT_MISSING', false, null, required, 'roster'),
    missing: [fact],
  };
}

function originOf({ clause, adopted }: Rule): Rule {
  return { ...(clause === undefined ? {} : { clause }), ...(adopted === undefined ? {} : { adopted }) };
}

function isInForce(title: TitleHeld, on: BusinessDate): boolean {
  return title.state === 'in_force' && title.from <= on && (title.until === null || on <= title.until);
}

function later(left: BusinessDate, right: BusinessDate | null): BusinessDate {
  return right !== null && right > left ? right : left;
}

function windowStart(cutOff: BusinessDate, years: number): BusinessDate;
function windowStart(cutOff: BusinessDate, years: number | undefined): BusinessDate | null;
function windowStart(cutOff: BusinessDate, years: number | undefined): BusinessDate | null {
  return years === undefined ? null : addDays(addYears(cutOff, -years), 1);
}

function byWeight(left: EvidenceFact, right: EvidenceFact): number {
  return (
    codesOf(levels).indexOf(right.level) - codesOf(levels).indexOf(left.level) ||
    prizeOrder(right) - prizeOrder(left) ||
    (left.date < right.date ? 1 : left.date > right.date ? -1 : 0) ||
    (left.id < right.id ? -1 : 1)
  );
}

function prizeOrder({ prize }: EvidenceFact): number {
  return prize === null ? -1 : codesOf(prizes).indexOf(prize);
}

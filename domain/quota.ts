import type { Fraction } from './policy.js';
import { Refusal } from './refusal.js';
import { differentialRequired, type CountingRules } from './vote.js';
import { atLeastPercent, atMostPercent, requireWhole, wholePart } from './whole-numbers.js';

/** What a share is computed from. */
export interface Weighted {
  readonly key: string;
  /** Whole number from 0 up: teachers, candidates. */
  readonly weight: number;
}

/** One part of a largest-remainder division. */
export interface Share {
  readonly key: string;
  readonly seats: number;
  /** The exact share, `seats to give x weight` over `sum of weights`. */
  readonly exact: Fraction;
  /** Whether the last of the seats came from the largest remainder. */
  readonly byRemainder: boolean;
}

/** A school as the base of a quota. Rule Q1. */
export interface QuotaSchool {
  readonly id: string;
  readonly code: string;
  /** Full-time teachers (专任教师) on the round's fixed date. */
  readonly fullTimeTeachers: number;
  readonly rural: boolean;
}

/** The guaranteed minimum (保底). Rule Q3. */
export interface Guarantee {
  readonly each: number;
  /** Schools with fewer full-time teachers than this have no minimum. */
  readonly fromTeachers: number;
}

/** One row of the proposed table, with how it came about. */
export interface QuotaRow extends QuotaSchool {
  readonly quota: number;
  /** `guarantee` when the minimum is more than the school's share would give. */
  readonly basis: 'guarantee' | 'share';
  /** The exact share: of the pool that the school was still in when its row was fixed. */
  readonly share: Fraction;
  readonly byRemainder: boolean;
}

/** How many places the rural schools get together, and why. Rule Q4. */
export interface RuralPlaces {
  readonly places: number;
  /** The floor that the scheme's percentage sets. */
  readonly floor: number;
  /** What the schools' weights alone give. */
  readonly naturalShare: number;
  /** Sum of the guaranteed minimums of the rural schools. */
  readonly guaranteed: number;
}

/** A proposed table of nomination quotas; the table that the leading group approves binds. */
export interface QuotaProposal {
  readonly total: number;
  /** Null when the scheme sets no rural share, or when all schools are rural or none is. */
  readonly rural: RuralPlaces | null;
  /** By school code ascending. */
  readonly rows: readonly QuotaRow[];
}

/** A table as the leading group approves it. */
export interface ApprovedTable {
  readonly rows: readonly { readonly id: string; readonly quota: number; readonly reason?: string }[];
  /** Places held back (机动, `reserve`) or listed apart (单列, `apart`). They count in the total. */
  readonly extra?: readonly {
    readonly kind: 'reserve' | 'apart';
    readonly quota: number;
    readonly reason?: string;
  }[];
}

/** A row that the leading group changed. */
export interface ChangedRow {
  readonly id: string;
  readonly code: string;
  readonly proposed: number;
  readonly approved: number;
  readonly reason: string;
}

/** The seats proposed for one group of a differential vote. */
export interface GroupSeats {
  readonly key: string;
  readonly candidates: number;
  readonly seats: number;
  readonly exact: Fraction;
  readonly byRemainder: boolean;
  /** How many candidates more a differential vote needs; 0 when there are enough or there is no seat. */
  readonly missing: number;
}

/**
 * Divides seats by weights with the largest remainder (最大余额法), in exact integers. Rule Q2.
 * @param seats whole number of seats
 * @param parts what to divide among; keys are distinct
 * @param precedence orders parts with equal remainders, as for `sort`; must not leave two of them equal
 * @returns one share for each part, in the order of `parts`; the seats add up
 * @throws Refusal `QUOTA_INFEASIBLE` when there are seats and no weight; RangeError for a number that is not whole
 */
export function largestRemainder<Part extends Weighted>(
  seats: number,
  parts: readonly Part[],
  precedence: (left: Part, right: Part) => number,
): Share[] {
  requireWhole('seats', seats);
  for (const part of parts) requireWhole(`weight of ${part.key}`, part.weight);
  const sum = total(parts.map((part) => part.weight));
  if (sum === 0) {
    if (seats > 0) throw infeasible('Q2', { total: seats, weight: 0 });
    return parts.map(({ key }) => ({
      key,
      seats: 0,
      exact: { numerator: 0, denominator: 1 },
      byRemainder: false,
    }));
  }
  const remainder = (part: Part) => (seats * part.weight) % sum;
  const left = seats - total(parts.map((part) => wholePart(seats * part.weight, sum)));
  const byRemainder = new Set(
    parts.toSorted((a, b) => remainder(b) - remainder(a) || precedence(a, b)).slice(0, left),
  );
  return parts.map((part) => ({
    key: part.key,
    seats: wholePart(seats * part.weight, sum) + (byRemainder.has(part) ? 1 : 0),
    exact: { numerator: seats * part.weight, denominator: sum },
    byRemainder: byRemainder.has(part),
  }));
}

/**
 * Proposes how many candidates each school may nominate. Rules Q1–Q4; the guarantee and the rural share are
 * off unless given (P4). Rural schools get the most of floor, natural share and their minimums; what the natural share
 * gives beyond the other two yields to the minimums of urban schools.
 * @param input total: places in all; schools: the base, with distinct ids and codes; guarantee: at least `each`
 *   places for a school with `fromTeachers` teachers or more; ruralSharePercent: whole percentage of the places
 *   that the rural schools get at least
 * @returns the proposal; its rows add up to the total
 * @throws Refusal `QUOTA_INFEASIBLE` with the figures when the minimums (and the rural floor) need more than the
 *   total, or there are places and no teachers; RangeError for a number that is not whole
 */
export function allocateNominationQuotas(input: {
  readonly total: number;
  readonly schools: readonly QuotaSchool[];
  readonly guarantee?: Guarantee;
  readonly ruralSharePercent?: number;
}): QuotaProposal {
  const { guarantee, ruralSharePercent } = input;
  requireWhole('total', input.total);
  const schools = input.schools.map((school): SchoolPart => ({
    school,
    key: school.id,
    weight: school.fullTimeTeachers,
    minimum: guarantee && school.fullTimeTeachers >= guarantee.fromTeachers ? guarantee.each : 0,
  }));
  const ruralSchools = schools.filter((part) => part.school.rural);
  const urbanSchools = schools.filter((part) => !part.school.rural);
  const shareApplies = ruralSharePercent !== undefined && ruralSchools.length > 0 && urbanSchools.length > 0;
  const rural = shareApplies ? ruralPlaces(input.total, ruralSchools, urbanSchools, ruralSharePercent) : null;
  const rows = rural
    ? [
        ...divideWithGuarantee(rural.places, ruralSchools),
        ...divideWithGuarantee(input.total - rural.places, urbanSchools),
      ]
    : divideWithGuarantee(input.total, schools);
  return { total: input.total, rural, rows: rows.sort((left, right) => ascending(left.code, right.code)) };
}

/**
 * Proposes how many seats each group of a differential vote has, by its share of the candidates. Rules Q2, Q7.
 * Equal remainders: more candidates first, then key ascending.
 * @param input seats: seats in all; groups: candidates of each group, keys distinct; minDifferential: the vote's
 * @returns one row for each group, in the order given; `missing` above 0 warns that the group cannot hold a
 *   differential vote: the office joins groups or records a decision
 * @throws Refusal `QUOTA_INFEASIBLE` when there are more seats than candidates; RangeError for a number that is
 *   not whole
 */
export function allocateSeats(input: {
  readonly seats: number;
  readonly groups: readonly { readonly key: string; readonly candidates: number }[];
  readonly minDifferential: CountingRules['minDifferential'];
}): GroupSeats[] {
  const parts = input.groups.map(({ key, candidates }) => ({ key, weight: candidates }));
  const candidates = total(parts.map((part) => part.weight));
  if (input.seats > candidates) throw infeasible('Q7', { total: input.seats, candidates });
  const shares = largestRemainder(
    input.seats,
    parts,
    (left, right) => right.weight - left.weight || ascending(left.key, right.key),
  );
  return shares.map((share, index) => {
    const candidatesOfGroup = parts[index]!.weight;
    const needed = share.seats + differentialRequired(share.seats, input);
    const missing = share.seats === 0 ? 0 : Math.max(0, needed - candidatesOfGroup);
    return { ...share, candidates: candidatesOfGroup, missing };
  });
}

/**
 * How many candidates the schools may nominate in all, so that the vote is differential. Rule Q7.
 * @param seats seats to be filled
 * @param percent nominations as a whole percentage of the seats, e.g. 130
 * @returns the percentage of the seats, rounded up
 * @throws RangeError for a number that is not whole
 */
export function nominationTotal(seats: number, percent: number): number {
  return atLeastPercent(seats, percent);
}

/**
 * Checks the table that the leading group approves against the proposal. Rules Q2, Q3: the approved table binds,
 * and where it differs it carries reasons.
 * @param proposal the computed table
 * @param approved a row for each school of the proposal, and places held back or listed apart
 * @returns the rows that differ, with their reasons
 * @throws Refusal `QUOTA_ROWS` naming schools that are missing, unknown or named twice; `QUOTA_TOTAL` when the
 *   places do not add up to the proposal's total; `QUOTA_REASON_MISSING` naming changed rows without a reason (by
 *   school code) and extra places without one (by kind); RangeError for a number that is not whole
 */
export function checkApprovedTable(proposal: QuotaProposal, approved: ApprovedTable): ChangedRow[] {
  const extra = approved.extra ?? [];
  for (const row of [...approved.rows, ...extra]) requireWhole('quota', row.quota);
  requireSameSchools(proposal, approved);

  const approvedTotal = total([...approved.rows, ...extra].map((row) => row.quota));
  if (approvedTotal !== proposal.total) {
    const values = { total: proposal.total, approved: approvedTotal };
    throw new Refusal({ code: 'QUOTA_TOTAL', rule: 'Q2', values });
  }

  const approvedRows = new Map(approved.rows.map((row) => [row.id, row]));
  const changed = proposal.rows.flatMap((row) => {
    const { quota, reason = '' } = approvedRows.get(row.id)!;
    if (quota === row.quota) return [];
    return [{ id: row.id, code: row.code, proposed: row.quota, approved: quota, reason: reason.trim() }];
  });
  const withoutReason = [
    ...changed.filter((row) => row.reason === '').map((row) => row.code),
    ...extra.filter((row) => (row.reason ?? '').trim() === '').map((row) => row.kind),
  ];
  if (withoutReason.length > 0) {
    throw new Refusal({ code: 'QUOTA_REASON_MISSING', rule: 'Q2', values: { rows: withoutReason } });
  }
  return changed;
}

/**
 * Refuses a list that would give out more places of a rank than the round has. Rule Q7.
 * @param list places: of the rank in this round; approved: how many the list approves; taken: how many others have a
 *   place, direct entrants included
 * @throws Refusal `OVER_PLACES` with the numbers
 */
export function refuseOverPlaces(list: {
  readonly rank: string;
  readonly places: number;
  readonly approved: number;
  readonly taken: number;
  readonly clause?: string;
}): void {
  const { rank, places, approved, taken, clause } = list;
  for (const [name, number] of Object.entries({ places, approved, taken })) requireWhole(name, number);
  if (approved > 0 && approved + taken > places)
    throw new Refusal({
      code: 'OVER_PLACES',
      rule: 'Q7',
      values: { rank, approved, taken, places, free: Math.max(0, places - taken) },
      clause,
    });
}

/** A candidate of a list, as the limits of the list see it. */
export interface Listed {
  readonly id: string;
  readonly teachingStage: string;
  readonly subject: string;
  readonly posts: readonly string[];
}

/** Posts of a school's leaders (校级领导). Rule Q6. */
const leadersPosts: readonly string[] = ['head', 'deputy_head'];

/**
 * The stages and subjects of which a list names more than their cap: 原则上, so that it needs a reason. Rule Q5.
 * @param caps rows of the scheme; the one with the largest `seatsFrom` that the places reach holds
 * @param places of the unit for the rank, whole
 * @param listed everybody who has or would have a place
 * @returns what is over its cap, by stage and subject ascending; nothing when no row is reached
 */
export function overSubjectCap(
  caps: readonly { readonly seatsFrom: number; readonly cap: number }[],
  places: number,
  listed: readonly Listed[],
): {
  readonly teachingStage: string;
  readonly subject: string;
  readonly listed: number;
  readonly cap: number;
}[] {
  requireWhole('places', places);
  const reached = caps
    .filter(({ seatsFrom }) => places >= seatsFrom)
    .toSorted((left, right) => right.seatsFrom - left.seatsFrom)[0];
  if (reached === undefined) return [];
  const { cap } = reached;
  const groups = new Map<string, { teachingStage: string; subject: string; listed: number; cap: number }>();
  for (const { teachingStage, subject } of listed) {
    const key = `${teachingStage} ${subject}`;
    const group = groups.get(key) ?? { teachingStage, subject, listed: 0, cap };
    groups.set(key, { ...group, listed: group.listed + 1 });
  }
  return [...groups]
    .filter(([, group]) => group.listed > cap)
    .toSorted(([left], [right]) => ascending(left, right))
    .map(([, group]) => group);
}

/** An applicant of a rank, as the coverage of the subjects sees him. */
export interface SubjectApplicant {
  readonly subject: string;
  /** Whether he meets the conditions, and has not left by himself. */
  readonly isEligible: boolean;
  /** Whether he stands in the vote, or is chosen already. */
  readonly isCandidate: boolean;
}

/**
 * The subjects with somebody who meets the conditions, and without a candidate in the vote: 原则上 there is none, so that
 * it needs a reason. Rule Q5.
 * @param applicants everybody of a rank
 * @returns the subjects ascending, with the number of their eligible applicants
 */
export function subjectsNotCovered(
  applicants: readonly SubjectApplicant[],
): { readonly subject: string; readonly eligible: number }[] {
  const subjects = [...new Set(applicants.map(({ subject }) => subject))].toSorted(ascending);
  return subjects.flatMap((subject) => {
    const own = applicants.filter((applicant) => applicant.subject === subject);
    const eligible = own.filter(({ isEligible }) => isEligible).length;
    return eligible === 0 || own.some(({ isCandidate }) => isCandidate) ? [] : [{ subject, eligible }];
  });
}

/**
 * Refuses a list with more of a school's leaders (校级领导) than their share of the places. Rule Q6.
 * @param list rank; places of the school for it; percent: the most, rounded down; listed: everybody who has or would
 *   have a place
 * @throws Refusal `LEADERS_OVER_SHARE` with the numbers
 */
export function refuseLeadersOverShare(list: {
  readonly rank: string;
  readonly places: number;
  readonly percent: number;
  readonly listed: readonly Listed[];
  readonly clause?: string;
}): void {
  const { rank, places, percent, listed, clause } = list;
  const leaders = listed.filter(({ posts }) => posts.some((post) => leadersPosts.includes(post))).length;
  const most = atMostPercent(places, percent);
  if (leaders > most)
    throw new Refusal({
      code: 'LEADERS_OVER_SHARE',
      rule: 'Q6',
      values: { rank, leaders, most, places, percent },
      clause,
    });
}

/** A school that may take unused places. */
export interface Receiver extends QuotaSchool {
  /** Its eligible applicants of the rank that were not nominated. */
  readonly further: number;
}

/** How unused places are shared out once more. */
export interface UnusedShares {
  /** Schools that get places, by code ascending. */
  readonly rows: readonly { readonly id: string; readonly code: string; readonly places: number }[];
  /** Places that nobody can take. */
  readonly left: { readonly rural: number; readonly urban: number };
}

/**
 * Shares unused places out once more, by Q2 over the schools that have further applicants; no school gets more than it
 * has. Rule Q8. Where the scheme has a rural share, unused places of rural schools go to other rural schools first, and
 * to urban ones only by a written decision (Q4).
 * @param input unused: places of rural and of urban schools that nobody has taken; schools: with distinct ids and codes;
 *   keepRural: whether unused rural places stay with rural schools
 * @returns the shares; rows and what is left add up to the unused places
 * @throws RangeError for a number that is not whole
 */
export function shareOutUnused(input: {
  readonly unused: { readonly rural: number; readonly urban: number };
  readonly schools: readonly Receiver[];
  readonly keepRural: boolean;
}): UnusedShares {
  const { unused, schools, keepRural } = input;
  for (const number of [unused.rural, unused.urban, ...schools.map(({ further }) => further)])
    requireWhole('places', number);
  const given = new Map<string, number>();
  const give = (places: number, among: readonly Receiver[]) => divideUpTo(places, among, given);
  const rural = keepRural
    ? give(
        unused.rural,
        schools.filter((school) => school.rural),
      )
    : unused.rural;
  const rest = give(keepRural ? unused.urban : unused.urban + rural, schools);
  const rows = schools
    .filter(({ id }) => given.get(id)! > 0)
    .map(({ id, code }) => ({ id, code, places: given.get(id)! }))
    .sort((left, right) => ascending(left.code, right.code));
  return { rows, left: keepRural ? { rural, urban: rest } : { rural: 0, urban: rest } };
}

interface SchoolPart extends Weighted {
  readonly school: QuotaSchool;
  readonly minimum: number;
}

function ruralPlaces(
  places: number,
  ruralSchools: readonly SchoolPart[],
  urbanSchools: readonly SchoolPart[],
  percent: number,
): RuralPlaces {
  const floor = atLeastPercent(places, percent);
  const guaranteed = total(ruralSchools.map((part) => part.minimum));
  const urbanGuaranteed = total(urbanSchools.map((part) => part.minimum));
  const ruralMinimum = Math.max(floor, guaranteed);
  if (ruralMinimum + urbanGuaranteed > places) {
    throw infeasible('Q4', { total: places, ruralMinimum, urbanGuaranteed });
  }
  const [natural] = largestRemainder(
    places,
    [
      { key: 'rural', weight: total(ruralSchools.map((part) => part.weight)) },
      { key: 'urban', weight: total(urbanSchools.map((part) => part.weight)) },
    ],
    (left) => (left.key === 'rural' ? -1 : 1),
  );
  const naturalShare = natural!.seats;
  // The natural share promises nothing, so it gives way to the urban schools' minimums.
  const given = Math.min(Math.max(ruralMinimum, naturalShare), places - urbanGuaranteed);
  return { places: given, floor, naturalShare, guaranteed };
}

/** Rule Q3: fixes schools whose share is below their minimum, until none is left, and divides the rest by Q2. */
function divideWithGuarantee(places: number, schools: readonly SchoolPart[]): QuotaRow[] {
  const guaranteed = total(schools.map((part) => part.minimum));
  if (guaranteed > places) throw infeasible('Q3', { total: places, guaranteed });

  const fixed: QuotaRow[] = [];
  let rest = schools;
  let restPlaces = places;
  for (;;) {
    const sum = total(rest.map((part) => part.weight));
    const below = rest.filter((part) => restPlaces * part.weight < part.minimum * sum);
    if (below.length === 0) break;
    for (const part of below) {
      const share = { numerator: restPlaces * part.weight, denominator: sum };
      fixed.push({
        ...part.school,
        quota: part.minimum,
        basis: 'guarantee',
        share,
        byRemainder: false,
      });
    }
    rest = rest.filter((part) => !below.includes(part));
    restPlaces -= total(below.map((part) => part.minimum));
  }

  const shares = largestRemainder(restPlaces, rest, ruralThenLargerThenCode);
  const divided = shares.map((share, index): QuotaRow => ({
    ...rest[index]!.school,
    quota: share.seats,
    basis: 'share',
    share: share.exact,
    byRemainder: share.byRemainder,
  }));
  return [...fixed, ...divided];
}

/**
 * Gives places by Q2 and fixes a school at what it can still take when its share is more, until no share is; notes what
 * each school has got and returns what is left.
 */
function divideUpTo(places: number, among: readonly Receiver[], given: Map<string, number>): number {
  let left = places;
  let open = among.filter(
    ({ id, further, fullTimeTeachers }) => fullTimeTeachers > 0 && further > (given.get(id) ?? 0),
  );
  while (left > 0 && open.length > 0) {
    const parts = open.map((school): SchoolPart => ({
      school,
      key: school.id,
      weight: school.fullTimeTeachers,
      minimum: 0,
    }));
    const shares = largestRemainder(left, parts, ruralThenLargerThenCode);
    const canTake = ({ id, further }: Receiver) => further - (given.get(id) ?? 0);
    const full = open.filter((school, index) => shares[index]!.seats >= canTake(school));
    // Whoever is not full keeps its share only when nobody else leaves places over.
    const fixed = full.length > 0 ? full : open;
    for (const school of fixed) {
      const got = Math.min(canTake(school), shares[open.indexOf(school)]!.seats);
      given.set(school.id, (given.get(school.id) ?? 0) + got);
      left -= got;
    }
    open = full.length > 0 ? open.filter((school) => !full.includes(school)) : [];
  }
  return left;
}

function ruralThenLargerThenCode(left: SchoolPart, right: SchoolPart): number {
  return (
    Number(right.school.rural) - Number(left.school.rural) ||
    right.weight - left.weight ||
    ascending(left.school.code, right.school.code)
  );
}

function requireSameSchools(proposal: QuotaProposal, approved: ApprovedTable): void {
  const proposedIds = proposal.rows.map((row) => row.id);
  const approvedIds = approved.rows.map((row) => row.id);
  const missing = proposedIds.filter((id) => !approvedIds.includes(id));
  const unknown = approvedIds.filter((id) => !proposedIds.includes(id));
  const twice = approvedIds.filter((id, index) => approvedIds.indexOf(id) !== index);
  if (missing.length + unknown.length + twice.length > 0) {
    throw new Refusal({ code: 'QUOTA_ROWS', rule: 'Q2', values: { missing, unknown, twice } });
  }
}

function infeasible(rule: string, values: Readonly<Record<string, number>>): Refusal {
  return new Refusal({ code: 'QUOTA_INFEASIBLE', rule, values });
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function ascending(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

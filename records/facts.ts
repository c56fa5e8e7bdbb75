import { checkEligibility, type Finding, type PersonFacts } from '../domain/eligibility.js';
import { firstVersions } from '../domain/evidence.js';
import type { HoursLine } from '../domain/hours.js';
import type { Policy } from '../domain/policy.js';
import type { Transaction } from './database.js';
import { pastReviewsOf } from './annual-reviews.js';
import { ethicsDecisionsOf } from './ethics.js';
import { barsOf } from './history.js';
import { ledgerOf, type HoursRow } from './hours.js';
import { policyById } from './policies.js';
import { reviewBarsOf } from './review-bars.js';
import { firstRoundOf } from './supplements.js';

/**
 * What is on file about a person on a day, as the eligibility rules read it; frozen with the application (E14).
 * @param on business date on which a title must be in force to count as held
 * @param round the round that the person stands in
 */
export async function factsOf(
  db: Transaction,
  personId: string,
  on: string,
  round: { readonly id: string; readonly policyId: string; readonly opensOn: string },
): Promise<PersonFacts> {
  // What is decided about the person at the same instant comes wholly before this or after it (E11).
  await db.$queryRaw`SELECT 1 FROM person WHERE id = ${personId}::uuid FOR SHARE`;
  const person = await db.person.findUniqueOrThrow({ where: { id: personId } });
  const titles = await db.title.findMany({ where: { personId }, orderBy: { from: 'asc' } });
  const sanctions = await db.sanction.findMany({ where: { personId }, orderBy: { from: 'asc' } });
  const evidence = await db.evidence.findMany({
    where: { personId },
    orderBy: [{ date: 'desc' }, { id: 'asc' }],
  });
  const firsts = firstVersions(evidence);
  const used = await db.application.findMany({
    where: { personId, entryEvidenceId: { not: null }, standing: { not: 'out' } },
    select: { entryEvidenceId: true },
  });
  // Who is barred from a round is barred from its supplementary selections.
  const first = await db.round.findUniqueOrThrow({ where: { id: await firstRoundOf(db, round.id) } });
  const policy = await policyById(db, round.policyId);
  const asksForHours = policy.ranks.some(({ need }) => need?.trainingHours !== undefined);
  const school = await db.organisation.findUniqueOrThrow({ where: { id: person.schoolId } });
  const inForce = (title: { endedOn: string | null; until: string | null }) =>
    (title.endedOn === null || title.endedOn > on) && (title.until === null || title.until >= on);
  // The columns hold codes of domain/vocabulary.ts; the import has checked them.
  return {
    birthDate: person.birthDate,
    sex: person.sex,
    subject: person.subject,
    stagesTaught: person.stages,
    degree: person.degree,
    title: person.title,
    teachingSince: person.teachingSince,
    posts: [...(person.mainPost ? [person.mainPost] : []), ...person.otherPosts],
    titlesHeld: titles.map((title) => ({
      rank: title.rank,
      from: title.from,
      until: title.until,
      state: inForce(title) ? 'in_force' : 'ended',
    })),
    bars: (await barsOf(db, personId)).map(({ reason, document, from, until }) => ({
      reason,
      document,
      from,
      until,
    })),
    sanctions: sanctions.map(({ kind, from, until }) => ({ kind, from, until })),
    ethicsDecisions: await ethicsDecisionsOf(db, personId, on, first),
    evidence: evidence.filter(isAsked).map((piece) => ({
      id: piece.id,
      version: piece.version,
      kind: piece.kind,
      level: piece.level,
      prize: piece.prize,
      how: piece.dissemination,
      date: piece.date,
      title: piece.title,
      verified: piece.verified,
      // A prize that was corrected since is the same prize.
      usedForEntry: used.some(({ entryEvidenceId }) => firsts.get(entryEvidenceId!) === firsts.get(piece.id)),
    })),
    pastReviews: await pastReviewsOf(
      db,
      titles.map(({ id }) => id),
    ),
    reviewBars: await reviewBarsOf(
      db,
      titles.map(({ id }) => id),
      first,
    ),
    school: { rural: school.locality !== 'urban', stages: school.stages },
    ...(asksForHours && { hours: (await ledgerOf(db, personId)).map(frozenHours) }),
  } as PersonFacts;
}

/**
 * What the conditions of a rank say of a person's facts on a day. Rules E14, P10.
 * @param candidate whom, for which rank; a contest's entrant is asked for that entry's own conditions only
 * @param on business date of the check
 * @returns the facts that were read, and a finding for each condition
 */
export async function conditionsOn(
  db: Transaction,
  policy: Policy,
  candidate: { readonly personId: string; readonly rank: string; readonly entry: string },
  round: {
    readonly id: string;
    readonly policyId: string;
    readonly opensOn: string;
    readonly cutOff: string;
  },
  on: string,
): Promise<{ facts: PersonFacts; findings: Finding[] }> {
  const facts = await factsOf(db, candidate.personId, on, round);
  const only = candidate.entry === 'contest' ? policy.entries.contest?.conditions : undefined;
  const { rank } = candidate;
  return { facts, findings: checkEligibility({ policy, rank, facts, cutOff: round.cutOff, on, only }) };
}

function frozenHours({ activity, form, on, hours, enteredOn, confirmedOn }: HoursRow): HoursLine {
  return { activity, form, on, hours, enteredOn, confirmedOn };
}

/** Neither replaced by a version that was verified, nor found untrue (E17). */
function isAsked({ superseded, refusal }: { superseded: boolean; refusal: string | null }): boolean {
  return !superseded && refusal === null;
}

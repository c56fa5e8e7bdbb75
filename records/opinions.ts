import { stageOf, type Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { pathOf } from '../domain/stages.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';
import { membersWith } from './people.js';

/** What is written of a candidate: an opinion, or why there is none. */
export interface WrittenOpinion {
  readonly applicationId: string;
  readonly stance: 'recommend' | 'neutral' | 'advise_against' | 'absent' | 'no_objection' | 'objection';
  readonly text: string;
  /** Number of an organ's written opinion. */
  readonly document?: string;
}

/** The opinions given in a run. */
export function opinionsOf(db: Transaction, caseId: string) {
  return db.opinion.findMany({ where: { caseId } });
}

/** How many opinions of researchers the scheme asks for on each candidate. Rule V5. */
export function opinionsWanted(policy: Policy): number {
  return stageOf(policy, 'expert_opinion')?.opinionsPerCandidate ?? 1;
}

/**
 * How many opinions on a candidate are still to come: each researcher's counts once, and the chair's record of why there
 * is none, or none more, stands for those that are missing. Rule V5.
 */
export function opinionsMissing(
  given: readonly { readonly applicationId: string; readonly authorId: string; readonly stance: string }[],
  applicationId: string,
  wanted: number,
): number {
  const own = given.filter((opinion) => opinion.applicationId === applicationId);
  if (own.some(({ stance }) => stance === 'absent')) return 0;
  return Math.max(0, wanted - new Set(own.map(({ authorId }) => authorId)).size);
}

/**
 * Writes opinions; a later one on the same candidate takes the place of the earlier one: of the same author, or, where
 * one organ or the chair speaks, of whoever recorded it.
 * @param replaces opinions of the stance go too, whoever wrote them
 */
export async function writeOpinions(
  work: Work & { readonly submission: { actorId: string } },
  opinions: readonly WrittenOpinion[],
  replaces: 'own' | 'absent' | 'all',
): Promise<void> {
  const which = {
    own: { authorId: work.submission.actorId, stance: { not: 'absent' } },
    absent: { stance: 'absent' },
    all: {},
  };
  await work.db.opinion.deleteMany({
    where: {
      caseId: work.id,
      applicationId: { in: opinions.map((opinion) => opinion.applicationId) },
      ...which[replaces],
    },
  });
  await work.db.opinion.createMany({
    data: opinions.map((opinion) => ({
      ...opinion,
      ownerId: work.ownerId,
      caseId: work.id,
      authorId: work.submission.actorId,
    })),
  });
}

/** Pairs of a teacher and the person who mentors, or has mentored, that teacher. */
export function mentorPairs(
  db: Transaction,
  apprenticeIds: readonly string[],
  mentorIds: readonly string[],
): Promise<{ personId: string; mentorId: string | null }[]> {
  return db.trainee.findMany({
    where: { personId: { in: [...apprenticeIds] }, mentorId: { in: [...mentorIds] } },
    select: { personId: true, mentorId: true },
  });
}

/**
 * Whether some candidate has too few people to give opinions: researchers of the subject who are neither the candidate
 * himself nor his mentors. Rule V5.
 * @param subject null when every researcher gives opinions
 * @param wanted how many opinions the scheme asks for
 */
export async function lacksResearcher(
  db: Transaction,
  today: string,
  subject: string | null,
  personIds: readonly string[],
  wanted: number,
): Promise<boolean> {
  const named = await membersWith(db, 'researcher', today, { subject: subject ?? undefined });
  const researchers = [...new Set(named.map(({ personId }) => personId))];
  const pairs = await mentorPairs(db, personIds, researchers);
  return personIds.some((personId) => {
    const may = researchers.filter(
      (researcher) =>
        researcher !== personId &&
        !pairs.some((pair) => pair.personId === personId && pair.mentorId === researcher),
    );
    return may.length < wanted;
  });
}

/**
 * Refuses to open a ballot on candidates without all opinions, or the chair's record of why there is none; asked only
 * where the scheme asks for opinions on them before the vote. Rule V5.
 * @param applicationIds the candidates of the ballot
 * @throws Refusal `OPINIONS_MISSING` with the candidates
 */
export async function refuseWithoutOpinions(
  db: Transaction,
  policy: Policy,
  applicationIds: readonly string[],
): Promise<void> {
  const candidates = await db.application.findMany({ where: { id: { in: [...applicationIds] } } });
  const owed = candidates.filter(({ entry }) => {
    const path = pathOf(policy, entry);
    const opinion = path.indexOf('expert_opinion');
    return opinion !== -1 && opinion < path.indexOf('differential_vote');
  });
  const given = await db.opinion.findMany({
    where: {
      applicationId: { in: owed.map(({ id }) => id) },
      stance: { in: ['recommend', 'neutral', 'advise_against', 'absent'] },
    },
  });
  const wanted = opinionsWanted(policy);
  const missing = owed.filter(({ id }) => opinionsMissing(given, id, wanted) > 0);
  if (missing.length > 0)
    throw new Refusal({
      code: 'OPINIONS_MISSING',
      rule: 'V5',
      values: { ids: missing.map(({ id }) => id) },
      clause: policy.stages.find(({ code }) => code === 'expert_opinion')?.clause,
    });
}

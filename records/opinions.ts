import type { Policy } from '../domain/policy.js';
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

/** Writes opinions; a later one on the same candidate takes the place of the earlier. */
export async function writeOpinions(
  work: Work & { readonly submission: { actorId: string } },
  opinions: readonly WrittenOpinion[],
): Promise<void> {
  await work.db.opinion.deleteMany({
    where: { caseId: work.id, applicationId: { in: opinions.map((opinion) => opinion.applicationId) } },
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
 * Whether some candidate has nobody to give an opinion: no researcher of the subject is there but the candidate himself
 * and his mentors. Rule V5.
 * @param subject null when every researcher gives opinions
 */
export async function lacksResearcher(
  db: Transaction,
  today: string,
  subject: string | null,
  personIds: readonly string[],
): Promise<boolean> {
  const named = await membersWith(db, 'researcher', today, { subject: subject ?? undefined });
  const researchers = [...new Set(named.map(({ personId }) => personId))];
  const pairs = await mentorPairs(db, personIds, researchers);
  return personIds.some((personId) =>
    researchers.every(
      (researcher) =>
        researcher === personId ||
        pairs.some((pair) => pair.personId === personId && pair.mentorId === researcher),
    ),
  );
}

/**
 * Refuses to open a ballot on candidates without an opinion, or the chair's record of why there is none; asked only
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
  const missing = owed.filter(({ id }) => !given.some(({ applicationId }) => applicationId === id));
  if (missing.length > 0)
    throw new Refusal({
      code: 'OPINIONS_MISSING',
      rule: 'V5',
      values: { ids: missing.map(({ id }) => id) },
      clause: policy.stages.find(({ code }) => code === 'expert_opinion')?.clause,
    });
}

import type { PersonFacts } from '../domain/eligibility.js';
import type { Transaction } from './database.js';

/**
 * What is on file about a person on a day, as the eligibility rules read it; frozen with the application (E14).
 * @param on business date on which a title must be in force to count as held
 */
export async function factsOf(db: Transaction, personId: string, on: string): Promise<PersonFacts> {
  const person = await db.person.findUniqueOrThrow({ where: { id: personId } });
  const titles = await db.title.findMany({ where: { personId }, orderBy: { from: 'asc' } });
  const sanctions = await db.sanction.findMany({ where: { personId }, orderBy: { from: 'asc' } });
  const evidence = await db.evidence.findMany({
    where: { personId },
    orderBy: [{ date: 'desc' }, { id: 'asc' }],
  });
  const used = await db.application.findMany({
    where: { personId, entryEvidenceId: { not: null }, standing: { not: 'out' } },
    select: { entryEvidenceId: true },
  });
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
    sanctions: sanctions.map(({ kind, from, until }) => ({ kind, from, until })),
    ethicsDecision: null,
    evidence: evidence.map((piece) => ({
      id: piece.id,
      kind: piece.kind,
      level: piece.level,
      prize: piece.prize,
      how: piece.dissemination,
      date: piece.date,
      title: piece.title,
      verified: piece.verified,
      usedForEntry: used.some(({ entryEvidenceId }) => entryEvidenceId === piece.id),
    })),
  } as PersonFacts;
}

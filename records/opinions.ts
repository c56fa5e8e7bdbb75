import type { Transaction } from './database.js';
import type { Work } from './decide.js';

/** The opinions given in a run. */
export function opinionsOf(db: Transaction, caseId: string) {
  return db.opinion.findMany({ where: { caseId } });
}

/** Writes a researcher's opinions; a later one on the same candidate takes the place of the earlier. */
export async function writeOpinions(
  work: Work & { readonly submission: { actorId: string } },
  opinions: readonly { applicationId: string; stance: string; text: string }[],
): Promise<void> {
  await work.db.opinion.deleteMany({
    where: { caseId: work.id, applicationId: { in: opinions.map((opinion) => opinion.applicationId) } },
  });
  await work.db.opinion.createMany({
    data: opinions.map(({ applicationId, stance, text }) => ({
      ownerId: work.ownerId,
      caseId: work.id,
      applicationId,
      researcherId: work.submission.actorId,
      stance,
      text,
    })),
  });
}

import { addDays, addYears } from '../domain/dates.js';
import { stageOf } from '../domain/policy.js';
import type { Transaction } from './database.js';
import { policyOfRound } from './candidates.js';
import { alreadyInTraining, othersBeganOn } from './trainees.js';

/** Somebody who stands ready for a rank without holding the one below: by a contest, or on the reserve. */
export interface StandsReady {
  readonly scheme: string;
  readonly personId: string;
  readonly rank: string;
  readonly enters: 'contest' | 'reserve';
  readonly inTraining: boolean;
  readonly clause: string | null;
}

/**
 * Who has come in by a prize and is not out, and who is on a reserve list that has not ended with its training year on a
 * day. Rules P10, P11, V18, T12.
 */
export async function standReady(db: Transaction, on: string): Promise<StandsReady[]> {
  const applications = await db.application.findMany({
    where: {
      OR: [
        { standing: 'reserve' },
        { entry: 'contest', standing: { in: ['waiting', 'running', 'held', 'chosen'] } },
      ],
    },
    orderBy: [{ rank: 'asc' }, { entry: 'desc' }, { reservePlace: 'asc' }, { id: 'asc' }],
  });
  const found = await Promise.all(
    applications.map(async ({ id, roundId, personId, rank, standing }): Promise<StandsReady[]> => {
      const policy = await policyOfRound(db, roundId);
      const began = standing === 'reserve' ? await othersBeganOn(db, id, rank) : undefined;
      if (began !== undefined && on > addDays(addYears(began, 1), -1)) return [];
      const enters = standing === 'reserve' ? ('reserve' as const) : ('contest' as const);
      const clause =
        (enters === 'contest'
          ? policy.entries.contest?.clause
          : stageOf(policy, 'differential_vote')?.clause) ?? null;
      const inTraining = (await alreadyInTraining(db, rank, [personId])).has(personId);
      return [{ scheme: policy.id, personId, rank, enters, inTraining, clause }];
    }),
  );
  return found.flat();
}

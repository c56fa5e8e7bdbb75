import { addDays, addYears } from '../domain/dates.js';
import { groupBy } from '../domain/grouping.js';
import { ladderLists } from '../domain/ladder.js';
import { stageOf, type Policy } from '../domain/policy.js';
import type { Transaction } from './database.js';
import { policiesOfRounds } from './candidates.js';
import { holdersOf } from './titles.js';
import { alreadyInTraining, selectionsBeganOn } from './trainees.js';

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
  const roundIds = applications.map(({ roundId }) => roundId);
  const policies = await policiesOfRounds(db, roundIds);
  const beganOn = await selectionsBeganOn(db, roundIds);
  const ready = applications.filter(({ roundId, rank, standing }) => {
    const began = standing === 'reserve' ? beganOn(roundId, rank) : undefined;
    return began === undefined || on <= addDays(addYears(began, 1), -1);
  });
  const learning = new Map<string, Set<string>>();
  for (const [rank, of] of groupBy(ready, (application) => application.rank))
    learning.set(
      rank,
      await alreadyInTraining(
        db,
        rank,
        of.map(({ personId }) => personId),
      ),
    );
  return ready.map(({ roundId, personId, rank, standing }) => {
    const policy = policies.get(roundId)!;
    const isReserve = standing === 'reserve';
    const rule = isReserve ? stageOf(policy, 'differential_vote') : policy.entries.contest;
    return {
      scheme: policy.id,
      personId,
      rank,
      enters: isReserve ? 'reserve' : 'contest',
      inTraining: learning.get(rank)!.has(personId),
      clause: rule?.clause ?? null,
    };
  });
}

/**
 * The holders whom a ladder makes trainees for a rank (全部列为培养对象) and who have never been in training for it: those whose
 * titles came with the roster. Rules P11, T19.
 */
export async function waitingForTraining(
  db: Transaction,
  policy: Policy,
  rank: string,
  on: string,
): Promise<string[]> {
  const ladder = (policy.ladder ?? []).filter(({ to, as, all }) => to === rank && as === 'trainee' && all);
  const held = await holdersOf(
    db,
    ladder.map(({ from }) => from),
    on,
  );
  const holders = [...held].map(([personId, ranks]) => ({ personId, ranks }));
  const listed = ladderLists({ ...policy, ladder }, holders).flatMap(({ personIds }) => personIds);
  const trained = await db.trainee.findMany({
    where: { rank, personId: { in: listed } },
    select: { personId: true },
  });
  const isTrained = new Set(trained.map(({ personId }) => personId));
  return [...new Set(listed)].filter((personId) => !isTrained.has(personId));
}

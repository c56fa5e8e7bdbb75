import { ApplicationFailure } from '@temporalio/common';
import type { CaseKind, CaseState } from '../domain/cases.js';
import type { ClockReading } from '../domain/clock-reading.js';
import type { Database } from '../records/database.js';
import * as deciding from '../records/decide.js';
import { readClock } from '../records/instance.js';
import type { toldCasesWaker } from '../temporal/wake-case.js';
import { rulesOf } from './rules.js';

/** What the activities work with. */
export interface ActivityDependencies {
  readonly database: Database;
  readonly wakeToldCases: ReturnType<typeof toldCasesWaker>;
  /** Whether a mail server is configured. */
  readonly sendsMail: boolean;
}

export type CaseActivities = ReturnType<typeof createActivities>;

/** The activities of all workflows. Each is idempotent: run twice, it changes nothing the second time. */
export function createActivities({ database, wakeToldCases, sendsMail }: ActivityDependencies) {
  return {
    /** Reads a case and the clock, when its workflow starts or is told to reload. */
    async loadCase(request: { kind: CaseKind; id: string }): Promise<{
      state: CaseState | null;
      news: boolean;
      clock: ClockReading;
    }> {
      const clock = await readClock(database);
      return { ...(await deciding.loadCase(database, request.id)), clock };
    },

    /** Takes one decision in one transaction. */
    async decide(request: deciding.DecideRequest): Promise<deciding.Decided> {
      try {
        return await deciding.decide(database, rulesOf(request.kind), request, sendsMail);
      } catch (error) {
        if (error instanceof deciding.UnknownSubmission)
          throw ApplicationFailure.nonRetryable(error.message, 'UNKNOWN_SUBMISSION');
        throw error;
      }
    },

    /** Carries out what follows by itself when a case's time has come or it has news. */
    async carryOut(request: deciding.CarryOutRequest): Promise<deciding.CarriedOut> {
      return deciding.carryOut(database, rulesOf, request, sendsMail);
    },

    /** Starts the workflows of new cases, and tells others that there is news. */
    async wakeCases(request: { caseIds: readonly string[]; at: string }): Promise<void> {
      await wakeToldCases(request.caseIds, request.at);
    },
  };
}

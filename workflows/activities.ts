import { proxyLocalActivities } from '@temporalio/workflow';
import type { CaseActivities } from '../activities/index.js';

/**
 * The activities that workflows call. All are local: they are short transactions, or short calls to Temporal, and
 * an ordinary activity for each would cost three times the history and the processor time.
 * They are tried again for as long as it takes: what they do is idempotent, and a case must never give up because
 * the database was away. Only what can never succeed (an Update that no submission stands behind) is not.
 */
export const { loadCase, decide, carryOut, wakeCases } = proxyLocalActivities<CaseActivities>({
  startToCloseTimeout: '10 seconds',
  localRetryThreshold: '5 minutes',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '5 seconds' },
});

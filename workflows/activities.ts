import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { CaseActivities } from '../activities/index.js';
import type { NotificationActivities } from '../activities/notifications/mail.js';
import { notificationQueue } from './ids.js';

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

/**
 * What talks to the outside is an ordinary activity on a queue of its own: it may take minutes, and must not hold up a
 * decision. It is tried again without end, at last every quarter of an hour: a mail server that is away comes back. A
 * pass sends for five minutes at most; when its process dies, the next one goes on a minute later.
 */
export const { sendDueMail } = proxyActivities<NotificationActivities>({
  taskQueue: notificationQueue,
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '1 minute',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '15 minutes' },
});

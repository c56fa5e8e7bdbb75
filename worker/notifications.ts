import { Worker, type NativeConnection } from '@temporalio/worker';
import {
  createNotificationActivities,
  usualBackoff,
  type MailSettings,
} from '../activities/notifications/mail.js';
import type { Config } from '../config/config.js';
import type { Database } from '../records/database.js';
import { notificationQueue } from '../workflows/ids.js';

/** Organisations whose mail is sent at once. */
const concurrentSenders = 4;

/** How mail leaves, as the environment says; null without a mail server. */
export function mailSettings(
  config: Pick<Config, 'SMTP_URL' | 'MAIL_FROM' | 'MAIL_PER_MINUTE' | 'PUBLIC_URL'>,
): MailSettings | null {
  const { SMTP_URL: smtpUrl, MAIL_FROM: from, MAIL_PER_MINUTE: perMinute, PUBLIC_URL: publicUrl } = config;
  if (smtpUrl === undefined || from === undefined || publicUrl === undefined) return null;
  return { smtpUrl, from, publicUrl, perMinute, backoff: usualBackoff };
}

/**
 * The worker of the queue for what leaves the instance. It runs on every instance: on a rehearsal it sends nothing, and
 * keeps what a copied database brings along.
 */
export function notificationsWorker(options: {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly database: Database;
  readonly mail: MailSettings | null;
}): Promise<Worker> {
  const { connection, namespace, database, mail } = options;
  return Worker.create({
    connection,
    namespace,
    taskQueue: notificationQueue,
    activities: createNotificationActivities({ database, mail }),
    maxConcurrentActivityTaskExecutions: concurrentSenders,
    // A pass ends after the mail that is under way, and the next worker goes on.
    shutdownGraceTime: '1 millisecond',
    shutdownForceTime: '15 seconds',
  });
}

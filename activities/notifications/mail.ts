import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import MailComposer from 'nodemailer/lib/mail-composer';
import { setTimeout as pause } from 'node:timers/promises';
import type { CaseKind } from '../../domain/cases.js';
import { rankNames } from '../../records/current-policies.js';
import type { Database, OwnerDatabase } from '../../records/database.js';
import {
  claimMail,
  isMailDue,
  keepWaitingMail,
  mailAddressOf,
  markMail,
  noteServerFailure,
  notificationForMail,
  type Attempt,
  type Backoff,
  type ClaimedMail,
} from '../../records/deliveries.js';
import { readClock } from '../../records/instance.js';
import { scopedTo } from '../../records/scope.js';
import { inboxUrl, mailOf, mailSenderName } from '../../texts/mail.js';
import type { Names } from '../../texts/names.js';
import { instanceSecret } from '../instance-secret.js';
import { mailConnection, MailNotTaken, MailServerAway, type MailConnection } from './smtp.js';

/** How mail leaves this instance. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly smtpUrl: string;
  /** The address that mail comes from. */
  readonly from: string;
  /** The address that browsers use, for the link to the inbox. */
  readonly publicUrl: string;
  /** The most mails a minute for one organisation. */
  readonly perMinute: number;
  readonly backoff: Backoff;
}

/** A mail that one server did not take for now is tried again after a minute, at last every quarter of an hour. */
export const usualBackoff: Backoff = { first: 60_000, longest: 900_000 };

/** Milliseconds after which a pass ends, so that none grows without bound. */
const longestPass = 300_000;
const heartbeatEvery = 10_000;

export type NotificationActivities = ReturnType<typeof createNotificationActivities>;

/**
 * The activities of the queue for what leaves the instance.
 * @param mail null when no mail server is configured
 */
export function createNotificationActivities({
  database,
  mail,
}: {
  readonly database: Database;
  readonly mail: MailSettings | null;
}) {
  return {
    /**
     * Sends an owner's mail that is due, one by one, and marks each. What one server does not take for now is put off, and
     * the others go on; what is refused for good is marked so. A rehearsal sends nothing, and keeps what waits. Rule W8.
     * @param request.at the instance's time: what was due then is
     * @throws ApplicationFailure MAIL_SERVER_AWAY, to be tried again, with a code and nothing personal
     */
    async sendDueMail(request: { readonly ownerId: string; readonly at: string }): Promise<void> {
      const owner = scopedTo(database, request.ownerId);
      const { mode } = await readClock(database);
      if (mode === 'rehearsal') return keepWaitingMail(owner);
      if (mail === null)
        throw ApplicationFailure.retryable('No mail server is configured.', 'MAIL_NOT_CONFIGURED');
      const asked = Date.parse(request.at);
      const now = () => new Date(Math.max(Date.now(), asked));
      const connection = mailConnection(mail.smtpUrl);
      const context = Context.current();
      const beating = setInterval(() => context.heartbeat(), heartbeatEvery);
      try {
        await sendDue(owner, request.ownerId, mail, connection, now);
      } catch (error) {
        if (!(error instanceof MailServerAway)) throw error;
        await noteServerFailure(owner, error.failure, now());
        throw ApplicationFailure.retryable(
          `The mail server cannot be used: ${error.failure}`,
          'MAIL_SERVER_AWAY',
        );
      } finally {
        clearInterval(beating);
        connection.close();
      }
    },
  };
}

async function sendDue(
  owner: OwnerDatabase,
  ownerId: string,
  mail: MailSettings,
  connection: MailConnection,
  now: () => Date,
): Promise<void> {
  const { cancellationSignal } = Context.current();
  const endsAt = Date.now() + longestPass;
  const domain = mail.from.split('@')[1]!;
  const ranks = await rankNames(owner);
  while (!cancellationSignal.aborted && Date.now() < endsAt && (await isMailDue(owner, now()))) {
    await connection.open();
    const claimed = await claimMail(owner, ownerId, now(), mail.backoff, domain);
    if (claimed === null) return;
    await markMail(owner, claimed.id, await attempt(owner, claimed, mail, connection, ranks), now());
    await pause(60_000 / mail.perMinute, undefined, { signal: cancellationSignal }).catch(() => undefined);
  }
}

async function attempt(
  owner: OwnerDatabase,
  claimed: ClaimedMail,
  mail: MailSettings,
  connection: MailConnection,
  ranks: Names,
): Promise<Attempt> {
  const notification = await notificationForMail(owner, claimed.notificationId);
  const to = mailAddressOf(notification.person, instanceSecret());
  if (to === null) return { state: 'kept' };
  const { subject, text } = mailOf(
    {
      code: notification.text,
      values: notification.values as Record<string, unknown>,
      caseKind: notification.caseKind as CaseKind | null,
      reader: notification.person.name,
      inbox: inboxUrl(mail.publicUrl),
    },
    ranks,
  );
  const content = await new MailComposer({
    from: { name: mailSenderName, address: mail.from },
    to: { name: '', address: to },
    subject: `${subject.zh} / ${subject.en}`,
    text: `${text.zh}\n\n----\n\n${text.en}\n`,
    messageId: claimed.messageId,
    // The same mail at every attempt.
    date: notification.createdAt,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    textEncoding: 'base64',
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'win',
  })
    .compile()
    .build();
  try {
    await connection.send({ from: mail.from, to, content });
    return { state: 'sent' };
  } catch (error) {
    if (error instanceof MailServerAway)
      await markMail(owner, claimed.id, { state: 'waiting', failure: error.failure }, notification.createdAt);
    if (!(error instanceof MailNotTaken)) throw error;
    return { state: error.isForGood ? 'refused' : 'waiting', failure: error.failure };
  }
}

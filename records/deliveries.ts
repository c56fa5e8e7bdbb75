import { isMailAddress, maskedMailAddress } from '../domain/mail.js';
import { Refusal } from '../domain/refusal.js';
import type { Database, OwnerDatabase, Transaction } from './database.js';
import { readClock } from './instance.js';
import type { Found } from './invariants.js';
import { decryptSecret, encryptSecret } from './secrets.js';

/** What may become of a delivery; `kept` ones are never sent. */
export const deliveryStates = ['waiting', 'sent', 'refused', 'kept'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** How long mail may wait before somebody must look, in milliseconds: a day. */
const overdueAfter = 86_400_000;
/** For how long refused mail is a finding: then its addressee has read the inbox, or never will. */
const refusedIsNews = '30 days';

const addressPurpose = 'mailAddress';

// ── writing with the notification ──────────────────────────────────────────────────────────────────────────────────

/**
 * Writes the mail of notifications into the ledger, in their transaction: to who has an address, once a notification. A
 * rehearsal only keeps it; a real instance that sends no mail writes none. Rules W5, W8.
 * @param notificationIds ids of the owner's notifications
 * @param sendsMail whether a mail server is configured
 * @returns whether mail waits to be sent
 */
export async function recordMail(
  db: Transaction,
  ownerId: string,
  notificationIds: readonly string[],
  sendsMail: boolean,
): Promise<boolean> {
  const written = await db.$queryRaw<{ state: DeliveryState }[]>`
    INSERT INTO delivery (id, owner_id, notification_id, provider, state, next_attempt_at, created_at)
    SELECT gen_random_uuid(), notification.owner_id, notification.id, 'mail',
      CASE instance.mode WHEN 'real' THEN 'waiting' ELSE 'kept' END,
      CASE instance.mode WHEN 'real' THEN notification.created_at END, notification.created_at
    FROM notification
      JOIN person ON person.id = notification.person_id AND person.owner_id = notification.owner_id
      CROSS JOIN instance
    WHERE notification.owner_id = ${ownerId}::uuid AND notification.id = ANY(${notificationIds}::uuid[])
      AND person.mail_address_boxed IS NOT NULL AND (instance.mode <> 'real' OR ${sendsMail})
    ON CONFLICT (notification_id, provider) DO NOTHING
    RETURNING state`;
  return written.some(({ state }) => state === 'waiting');
}

/**
 * Opens the case that sends an owner's mail, unless there is one. It has the owner's id, so that there is never another.
 * @returns whether it was opened
 */
export async function openOutbox(db: Transaction, ownerId: string, at: Date): Promise<boolean> {
  const { count } = await db.case.createMany({
    data: [
      {
        id: ownerId,
        ownerId,
        kind: 'outbox',
        organisationId: ownerId,
        step: 'resting',
        waitingFor: 'administrator',
        dueAt: new Date(at.getTime() + overdueAfter),
        wakeAt: at,
        since: at,
        createdAt: at,
      },
    ],
    skipDuplicates: true,
  });
  return count === 1;
}

/**
 * What the outbox waits for.
 * @returns when the next mail is to be tried, and until when all that waits must be gone; null when nothing waits
 */
export async function mailWaiting(
  db: Transaction,
): Promise<{ readonly nextAttemptAt: Date; readonly dueAt: Date } | null> {
  const { _min } = await db.delivery.aggregate({
    where: { state: 'waiting', provider: 'mail' },
    _min: { nextAttemptAt: true, createdAt: true },
  });
  const { nextAttemptAt, createdAt } = _min;
  if (nextAttemptAt === null || createdAt === null) return null;
  return { nextAttemptAt, dueAt: new Date(createdAt.getTime() + overdueAfter) };
}

// ── sending ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** When failed mail is tried again: after this long, then twice as long each time, in milliseconds. */
export interface Backoff {
  readonly first: number;
  readonly longest: number;
}

/** Mail that this process has taken and nobody else will before its next attempt is due. */
export interface ClaimedMail {
  readonly id: string;
  readonly notificationId: string;
  /** The same at every attempt, with its angle brackets. */
  readonly messageId: string;
}

/** Whether mail is due to be tried. */
export async function isMailDue(db: OwnerDatabase, now: Date): Promise<boolean> {
  const due = await db.delivery.findFirst({
    where: { state: 'waiting', provider: 'mail', nextAttemptAt: { lte: now } },
    select: { id: true },
  });
  return due !== null;
}

/**
 * Takes the mail that is due longest. It is put off until its next attempt first, so that it is not tried twice at once,
 * and not at once again when the process dies over it. Rule W8.
 * @param domain what stands behind the `@` of its Message-ID from now on
 * @returns null when nothing is due
 */
export async function claimMail(
  db: OwnerDatabase,
  ownerId: string,
  now: Date,
  { first, longest }: Backoff,
  domain: string,
): Promise<ClaimedMail | null> {
  const [claimed] = await db.$queryRaw<ClaimedMail[]>`
    UPDATE delivery SET attempts = attempts + 1,
      next_attempt_at = ${now}::timestamptz
        + least(${first}::float8 * 2 ^ least(attempts, 20), ${longest}::float8) * interval '1 millisecond',
      message_id = coalesce(message_id, '<' || id || '@' || ${domain}::text || '>')
    WHERE id = (
      SELECT id FROM delivery
      WHERE owner_id = ${ownerId}::uuid AND provider = 'mail' AND state = 'waiting'
        AND next_attempt_at <= ${now}::timestamptz
      ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id::text, notification_id::text AS "notificationId", message_id AS "messageId"`;
  return claimed ?? null;
}

/** What became of an attempt: `waiting` is tried again. */
export type Attempt =
  { readonly state: 'sent' | 'kept' } | { readonly state: 'waiting' | 'refused'; readonly failure: string };

/** Marks what became of an attempt. */
export async function markMail(db: OwnerDatabase, id: string, attempt: Attempt, at: Date): Promise<void> {
  await db.delivery.updateMany({
    where: { id, state: 'waiting' },
    data: {
      state: attempt.state,
      ...(attempt.state !== 'waiting' && { nextAttemptAt: null }),
      ...(attempt.state === 'sent' && { sentAt: at }),
      ...('failure' in attempt && { lastFailure: attempt.failure }),
    },
  });
}

/** Notes with all mail that is due why the server could not be used; when it is tried again is not changed by it. */
export async function noteServerFailure(db: OwnerDatabase, failure: string, now: Date): Promise<void> {
  await db.delivery.updateMany({
    where: { state: 'waiting', provider: 'mail', nextAttemptAt: { lte: now } },
    data: { lastFailure: failure },
  });
}

/** Keeps all mail that waits: what a rehearsal that was made from a real instance brings along is never sent (W5). */
export async function keepWaitingMail(db: OwnerDatabase): Promise<void> {
  await db.delivery.updateMany({
    where: { state: 'waiting' },
    data: { state: 'kept', nextAttemptAt: null },
  });
}

// ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A notification with its reader and the kind of its case, for its mail. */
export async function notificationForMail(db: OwnerDatabase, id: string) {
  const notification = await db.notification.findUniqueOrThrow({ where: { id } });
  const [person, of] = await Promise.all([
    db.person.findUniqueOrThrow({ where: { id: notification.personId } }),
    db.case.findUnique({ where: { id: notification.caseId }, select: { kind: true } }),
  ]);
  return { ...notification, person, caseKind: of?.kind ?? null };
}

/** A page of the ledger, the newest first, each with its notification, and whether more follow. */
export async function listDeliveries(
  db: OwnerDatabase,
  filter: {
    readonly state?: DeliveryState;
    /** The end of the page before: instant and id of its last entry. */
    readonly after?: { readonly createdAt: Date; readonly id: string };
    readonly limit: number;
  },
) {
  const { state, after, limit } = filter;
  const found = await db.delivery.findMany({
    where: {
      ...(state && { state }),
      ...(after && {
        OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { gt: after.id } }],
      }),
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: limit + 1,
  });
  const page = found.slice(0, limit);
  const notifications = await db.notification.findMany({
    where: { id: { in: page.map(({ notificationId }) => notificationId) } },
  });
  const [persons, cases] = await Promise.all([
    db.person.findMany({ where: { id: { in: notifications.map(({ personId }) => personId) } } }),
    db.case.findMany({
      where: { id: { in: notifications.map(({ caseId }) => caseId) } },
      select: { id: true, kind: true },
    }),
  ]);
  const notificationOf = new Map(notifications.map((each) => [each.id, each]));
  const personOf = new Map(persons.map((each) => [each.id, each]));
  const kindOf = new Map(cases.map(({ id, kind }) => [id, kind]));
  return {
    deliveries: page.map((delivery) => {
      const notification = notificationOf.get(delivery.notificationId)!;
      const { personId, caseId } = notification;
      return {
        delivery,
        notification,
        person: personOf.get(personId)!,
        caseKind: kindOf.get(caseId) ?? null,
      };
    }),
    more: found.length > limit,
  };
}

/**
 * Mail of all owners that somebody must look at: refused in the last month, or waiting for more than a day. Rule W8.
 * @returns how many, by owner and by the code that they failed with; nothing personal
 */
export async function mailInTrouble(
  database: Database,
): Promise<{ readonly code: 'MAIL_REFUSED' | 'MAIL_WAITS'; readonly found: Found }[]> {
  const { now } = await readClock(database);
  const refused = await database.$queryRaw<Found[]>`
    SELECT owner_id::text AS "ownerId", last_failure AS failure, count(*)::int AS mails FROM delivery
    WHERE state = 'refused' AND created_at > ${now}::timestamptz - ${refusedIsNews}::interval
    GROUP BY 1, 2 ORDER BY 1, 2`;
  const waiting = await database.$queryRaw<Found[]>`
    SELECT owner_id::text AS "ownerId", last_failure AS failure, count(*)::int AS mails FROM delivery
    WHERE state = 'waiting' AND created_at <= ${new Date(Date.parse(now) - overdueAfter)}
    GROUP BY 1, 2 ORDER BY 1, 2`;
  return [
    ...refused.map((found) => ({ code: 'MAIL_REFUSED' as const, found })),
    ...waiting.map((found) => ({ code: 'MAIL_WAITS' as const, found })),
  ];
}

// ── addresses ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** A person's mail address, or null when there is none. */
export function mailAddressOf(
  person: { readonly mailAddressBoxed: string | null },
  secret: string,
): string | null {
  return person.mailAddressBoxed && decryptSecret(secret, addressPurpose, person.mailAddressBoxed);
}

/** A person's mail address as others see it, or null when there is none (D5). */
export function maskedMailAddressOf(
  person: { readonly mailAddressBoxed: string | null },
  secret: string,
): string | null {
  const address = mailAddressOf(person, secret);
  return address && maskedMailAddress(address);
}

/** Encrypts a mail address for storage (D1). */
export function boxMailAddress(address: string, secret: string): string {
  return encryptSecret(secret, addressPurpose, address);
}

/** The mail address that a person has given, or null. */
export async function readMailAddress(
  db: OwnerDatabase,
  personId: string,
  secret: string,
): Promise<string | null> {
  return mailAddressOf(await db.person.findUniqueOrThrow({ where: { id: personId } }), secret);
}

/**
 * Sets or clears the address that a person gets mail at. What waits goes to the new one; what the old one refused is in
 * the inbox and is not sent again. Rule D13.
 * @throws Refusal MAIL_ADDRESS_MALFORMED (D13)
 */
export async function setMailAddress(
  db: OwnerDatabase,
  ownerId: string,
  personId: string,
  address: string | null,
  secret: string,
): Promise<void> {
  if (address !== null && !isMailAddress(address))
    throw new Refusal({ code: 'MAIL_ADDRESS_MALFORMED', rule: 'D13' });
  await db.$transaction(async (tx) => {
    await tx.person.update({
      where: { id: personId },
      data: { mailAddressBoxed: address && boxMailAddress(address, secret) },
    });
    await keepRefusedMail(tx, ownerId, [personId]);
  });
}

/** Keeps what the address that people had before has refused: it is in their inboxes, and no finding any more. */
export async function keepRefusedMail(
  tx: Transaction,
  ownerId: string,
  personIds: readonly string[],
): Promise<void> {
  if (personIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE delivery SET state = 'kept' FROM notification
    WHERE notification.id = delivery.notification_id AND notification.person_id = ANY(${personIds}::uuid[])
      AND delivery.owner_id = ${ownerId}::uuid AND delivery.provider = 'mail' AND delivery.state = 'refused'`;
}

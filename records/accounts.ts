import { randomUUID } from 'node:crypto';
import { Refusal, type Fault } from '../domain/refusal.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Database } from './database.js';
import { scopedTo } from './scope.js';

/** Failures to sign in after which an account is locked, and for how many minutes they count and it stays locked. */
const mostFailures = 5;
const lockMinutes = 15;

/**
 * Counts an attempt to sign in before its password is looked at, so that attempts at the same moment count too.
 * `lockedUntil` is the end of the 15 minutes in which failures count; with the fifth it starts anew, as the lock.
 * The server's own time counts, on a rehearsal too.
 * @param account its user name or its id
 * @returns the account's id; null when there is none or it is locked
 */
export async function countAttempt(
  database: Database,
  account: { readonly username: string } | { readonly id: string },
): Promise<string | null> {
  const found = await database.user.findUnique({ where: account, select: { id: true } });
  if (found === null) return null;
  const counted = await database.$executeRaw`
    UPDATE "user" SET
      "failedSignIns" = CASE WHEN "lockedUntil" > now() THEN "failedSignIns" + 1 ELSE 1 END,
      "lockedUntil" = CASE WHEN "lockedUntil" > now() AND "failedSignIns" < ${mostFailures - 1}
        THEN "lockedUntil" ELSE now() + make_interval(mins => ${lockMinutes}) END
    WHERE id = ${found.id} AND NOT ("failedSignIns" >= ${mostFailures} AND coalesce("lockedUntil" > now(), false))`;
  return counted === 1 ? found.id : null;
}

/** Forgets an account's failures after the right password, with whatever else changes. */
export async function clearAttempts(
  database: Database,
  id: string,
  data: Prisma.UserUpdateInput = {},
): Promise<void> {
  await database.user.update({ where: { id }, data: { ...data, failedSignIns: 0, lockedUntil: null } });
}

/** An account to be made. */
export interface NewAccount {
  readonly username: string;
  /** Null for the technical administrator, whose account belongs to no person. */
  readonly personId: string | null;
  readonly ownerId: string;
  readonly passwordHash: string;
  /** True when the password was drawn and somebody else has seen it. */
  readonly mustChangePassword: boolean;
}

/**
 * Makes accounts, all or none.
 * @throws Error when a user name or a person already has one; `personsForAccounts` refuses that beforehand
 */
export async function createAccounts(database: Database, accounts: readonly NewAccount[]): Promise<void> {
  const users = accounts.map(({ passwordHash, ...account }) => ({
    ...account,
    passwordHash,
    id: randomUUID(),
  }));
  await database.$transaction([
    database.user.createMany({
      data: users.map(({ passwordHash: _, ...user }) => ({
        ...user,
        name: user.username,
        displayUsername: user.username,
        email: `${user.id}@accounts.invalid`,
      })),
    }),
    database.account.createMany({
      data: users.map(({ id, passwordHash }) => ({
        id: randomUUID(),
        userId: id,
        accountId: id,
        providerId: 'credential',
        password: passwordHash,
      })),
    }),
  ]);
}

/**
 * Finds the persons who are to get accounts.
 * @param staffNumbers in the order of the list
 * @returns the id of each person by staff number
 * @throws Refusal ACCOUNT_FAULTS with every number that is listed twice, that nobody has or that has an account
 */
export async function personsForAccounts(
  database: Database,
  ownerId: string,
  staffNumbers: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const persons = await scopedTo(database, ownerId).person.findMany({
    where: { staffNumber: { in: [...staffNumbers] } },
    select: { id: true, staffNumber: true },
  });
  const ids = new Map(persons.map(({ id, staffNumber }) => [staffNumber, id]));
  const users = await database.user.findMany({
    where: { OR: [{ username: { in: [...staffNumbers] } }, { personId: { in: [...ids.values()] } }] },
    select: { username: true, personId: true },
  });
  const taken = new Set(users.flatMap(({ username, personId }) => [username, personId]));
  const faults = staffNumbers.flatMap((staffNumber, index): Fault[] => {
    const at = `$.persons[${index}].staffNumber`;
    if (staffNumbers.indexOf(staffNumber) < index)
      return [{ at, code: 'LISTED_TWICE', values: { value: staffNumber } }];
    const id = ids.get(staffNumber);
    if (id === undefined) return [{ at, code: 'PERSON_UNKNOWN', values: { staffNumber } }];
    if (taken.has(staffNumber) || taken.has(id))
      return [{ at, code: 'ACCOUNT_EXISTS', values: { staffNumber } }];
    return [];
  });
  if (faults.length > 0)
    throw new Refusal({ code: 'ACCOUNT_FAULTS', values: { count: faults.length }, faults });
  return ids;
}

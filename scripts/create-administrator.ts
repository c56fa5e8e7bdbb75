import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { drawPassword, hashPassword } from '../api/auth/password.js';
import { dateOf } from '../domain/dates.js';
import { createAccounts } from '../records/accounts.js';
import { openDatabase, type Database } from '../records/database.js';
import { readClock } from '../records/instance.js';

/** An organisation that runs schemes, to be set up. */
export interface NewDistrict {
  readonly database: Database;
  readonly name: string;
  /** Unlike the code of any of its schools. */
  readonly code: string;
  /** User name of its technical administrator; `admin` by default. */
  readonly username?: string;
}

/**
 * Sets up an organisation that runs schemes, with the account of its technical administrator, who then enters the
 * roster and makes the other accounts. The account belongs to no person and decides nothing.
 * @returns the organisation's id, and the drawn password, which is stored nowhere
 * @throws Error when the user name is taken; nothing is left behind
 */
export async function createDistrict({ database, name, code, username = 'admin' }: NewDistrict) {
  if (await database.user.findUnique({ where: { username } }))
    throw new Error(`The user name ${username} is taken.`);
  const ownerId = randomUUID();
  const validFrom = dateOf((await readClock(database)).now);
  await database.organisation.create({
    data: { id: ownerId, ownerId, kind: 'district', code, name, validFrom },
  });
  const password = drawPassword();
  const passwordHash = await hashPassword(password);
  await createAccounts(database, [
    { username, personId: null, ownerId, passwordHash, mustChangePassword: true },
  ]);
  return { ownerId, username, password };
}

const usage =
  'Usage: create-administrator --name 某某区 --code 5101 [--username admin], with DATABASE_URL set';

if (import.meta.filename === process.argv[1]) {
  const { name, code, username } = parseArgs({
    options: { name: { type: 'string' }, code: { type: 'string' }, username: { type: 'string' } },
  }).values;
  const url = process.env.DATABASE_URL;
  if (!name || !code || !url) {
    console.error(usage);
    process.exit(2);
  }
  const database = openDatabase(url, 2);
  const made = await createDistrict({ database, name, code, username });
  console.log(`Sign in as ${made.username} with the password ${made.password}, which is shown this once.`);
  await database.$disconnect();
}

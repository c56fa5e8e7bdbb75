import type { Request } from 'express';
import { dateOf } from '../../domain/dates.js';
import type { Database } from '../../records/database.js';
import { readClock } from '../../records/instance.js';
import { rolesOn, type HeldRole } from '../../records/directory.js';
import { scopedTo } from '../../records/scope.js';
import type { Language } from '../../texts/catalogue.js';
import { languageOf } from '../problem.js';
import type { Sessions } from './sessions.js';

/** Who sends a request. */
export interface Actor {
  readonly userId: string;
  /** The technical administrator's account belongs to no person: it decides nothing. */
  readonly personId: string | null;
  readonly ownerId: string;
  readonly memberships: readonly HeldRole[];
  readonly mustChangePassword: boolean;
  readonly language: Language;
}

/**
 * Makes the function that tells who sends a request: by its session, with the roles in force on today's business
 * date. Every person is a teacher for himself; an account without a person is its organisation's administrator.
 * @returns a function that answers null when nobody is signed in
 */
export function actorReader(database: Database, sessions: Sessions) {
  return async (request: Request): Promise<Actor | null> => {
    const user = await sessions.userOf(request.headers);
    if (!user?.ownerId) return null;
    const { ownerId, personId = null } = user;
    return {
      userId: user.id,
      personId,
      ownerId,
      memberships: personId ? await rolesOf(database, ownerId, personId) : [administratorOf(ownerId)],
      mustChangePassword: user.mustChangePassword ?? false,
      language: languageOf(request),
    };
  };
}

async function rolesOf(database: Database, ownerId: string, personId: string): Promise<HeldRole[]> {
  const today = dateOf((await readClock(database)).now);
  return rolesOn(scopedTo(database, ownerId), personId, today);
}

function administratorOf(ownerId: string): HeldRole {
  return { role: 'administrator', organisationId: ownerId, subject: null };
}

import { roleNames } from '../domain/case-names.js';
import type { Role } from '../domain/cases.js';
import { Refusal } from '../domain/refusal.js';
import type { Language } from '../texts/catalogue.js';
import type { Actor } from './auth/actor.js';

/** Roles in the organisation that runs the scheme that see every candidate of it. */
const districtReaders: readonly Role[] = ['office', 'leading_group', 'auditor', 'training_centre'];
const schoolReaders: readonly Role[] = ['school_clerk', 'school_panel', 'head'];

/** Whether the actor holds one of the roles, in the organisation where one is named. */
export function holds(actor: Actor, roles: readonly Role[], organisationId?: string): boolean {
  return actor.memberships.some(
    (held) =>
      roles.includes(held.role) && (organisationId === undefined || held.organisationId === organisationId),
  );
}

/** Whether the actor sees all cases of the organisation that runs the scheme. */
export function seesAll(actor: Actor): boolean {
  return holds(actor, districtReaders, actor.ownerId);
}

/** The schools whose cases the actor sees by a role there. */
export function schoolsOf(actor: Actor): string[] {
  return actor.memberships
    .filter(({ role }) => schoolReaders.includes(role))
    .map(({ organisationId }) => organisationId);
}

/** The subjects on whose candidates the actor gives opinions. */
export function subjectsOf(actor: Actor): string[] {
  return actor.memberships.flatMap(({ role, subject }) =>
    role === 'researcher' && subject ? [subject] : [],
  );
}

/**
 * Refuses to show a case to who has nothing to do with it; it is as good as absent.
 * @throws Refusal NOT_FOUND
 */
export function requireSight(isVisible: boolean): void {
  if (!isVisible) throw new Refusal({ code: 'NOT_FOUND' });
}

/** Refuses who does not hold one of the roles in the organisation that runs the schemes; a school's role is not it. */
export function requireDistrictRole(actor: Actor, allowed: readonly Role[], language: Language): void {
  if (holds(actor, allowed, actor.ownerId)) return;
  const names = allowed.map((role) => roleNames[role][language]);
  throw new Refusal({ code: 'ROLE_REQUIRED', rule: 'S9', values: { roles: names } });
}

import type { Policy } from './policy.js';
import type { Subject } from './vocabulary.js';

/** The family of a subject (文、理、综合 …) as the scheme divides them; `other` when the scheme leaves it out. */
export function familyOf(policy: Policy, subject: string): string {
  const families = Object.entries(policy.subjectFamilies ?? {});
  return families.find(([, subjects]) => subjects?.includes(subject as Subject))?.[0] ?? 'other';
}

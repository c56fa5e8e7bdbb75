import { isHigherRank, type Mentorship, type Policy } from './policy.js';
import { Refusal } from './refusal.js';
import { familyOf } from './subjects.js';

/** Who is to learn. */
export interface Apprentice {
  readonly personId: string;
  /** The rank that the training is for. */
  readonly rank: string;
  readonly subject: string | null;
  readonly schoolId: string;
}

/** Who is to teach. */
export interface MentorFacts {
  readonly personId: string;
  readonly subject: string | null;
  readonly schoolId: string;
  /** Ranks of the titles that are in force today. */
  readonly ranks: readonly string[];
}

/** Whether the trainees of a rank need a mentor. Rule T8. */
export function needsMentor(policy: Policy, rank: string): boolean {
  return policy.training?.mentorship?.ranks.includes(rank) ?? false;
}

/**
 * Refuses a pair that the scheme does not allow: not of a higher rank than the one trained for, of another subject, or
 * of another school. A near subject is one of the same family (学科专业对口或相近). Rule T8.
 * @throws Refusal `MENTOR_NOT_ASKED`, `MENTOR_OWN`, `MENTOR_RANK`, `MENTOR_SUBJECT`, `MENTOR_SCHOOL`
 */
export function refuseMentor(policy: Policy, apprentice: Apprentice, mentor: MentorFacts): void {
  const rule = policy.training?.mentorship;
  const refuse = (code: string, values: Readonly<Record<string, string | readonly string[] | null>> = {}) => {
    throw new Refusal({ code, rule: 'T8', values, clause: rule?.clause });
  };
  if (rule === undefined || !needsMentor(policy, apprentice.rank))
    return refuse('MENTOR_NOT_ASKED', { rank: apprentice.rank });
  if (mentor.personId === apprentice.personId) refuse('MENTOR_OWN');
  const allowed = ranksOfMentors(policy, rule, apprentice.rank);
  if (!mentor.ranks.some((rank) => allowed.includes(rank)))
    refuse('MENTOR_RANK', { held: mentor.ranks, allowed });
  if (!isSubjectAllowed(policy, rule, apprentice.subject, mentor.subject))
    refuse('MENTOR_SUBJECT', {
      apprentice: apprentice.subject,
      mentor: mentor.subject,
      required: rule.subject,
    });
  if (!rule.crossSchool && mentor.schoolId !== apprentice.schoolId) refuse('MENTOR_SCHOOL');
}

/**
 * Refuses a mentor who has as many apprentices as the scheme allows already. Rule T8.
 * @param apprentices how many others the mentor has in training
 * @throws Refusal `MENTOR_FULL`
 */
export function refuseFullMentor(policy: Policy, apprentices: number): void {
  const rule = policy.training?.mentorship;
  const most = rule?.apprentices?.max ?? rule?.apprentices?.exact;
  if (most !== undefined && apprentices >= most)
    throw new Refusal({
      code: 'MENTOR_FULL',
      rule: 'T8',
      values: { apprentices, most },
      clause: rule?.clause,
    });
}

function ranksOfMentors(policy: Policy, rule: Mentorship, rank: string): string[] {
  const codes = policy.ranks.map(({ code }) => code);
  if (rule.mentorRank === 'any_holder') return codes;
  const higher = codes.filter((code) => isHigherRank(policy, code, rank));
  if (rule.mentorRank === 'strictly_higher') return higher;
  return higher.filter((code) => !higher.some((between) => isHigherRank(policy, code, between)));
}

function isSubjectAllowed(
  policy: Policy,
  rule: Mentorship,
  own: string | null,
  other: string | null,
): boolean {
  if (rule.subject === 'any') return true;
  if (own === null || other === null) return false;
  if (own === other) return true;
  const family = familyOf(policy, own);
  return rule.subject === 'same_or_near' && family !== 'other' && family === familyOf(policy, other);
}

import type { Instant } from './dates.js';
import type { ObjectionRules, Policy } from './policy.js';
import { Refusal, type Fault } from './refusal.js';
import { pathOf, unitOf, type Candidate, type RunStage } from './stages.js';

/** What becomes of what somebody wrote: investigated, first judged whether it can be checked, or a complaint (信访). */
export type Handling = 'objection' | 'clue' | 'complaint';

/** How an objection ends (N12). */
export type ObjectionOutcome = 'dismissed' | 'sustained' | 'sustained_procedural';

/** What the leading group decides, with its grounds. */
export interface Finding {
  readonly outcome: ObjectionOutcome;
  readonly facts: string;
  readonly rule: string;
  readonly result: string;
  /** The stage that is done again, with `sustained_procedural`. */
  readonly redo?: RunStage;
}

type Rules = Pick<
  ObjectionRules,
  'investigateWorkingDays' | 'extensionWorkingDays' | 'whilePending' | 'anonymous' | 'reviewWorkingDays'
>;

const defaults: Rules = {
  investigateWorkingDays: 10,
  extensionWorkingDays: 5,
  whilePending: 'suspend',
  anonymous: 'clue_only_if_specific',
  reviewWorkingDays: 5,
};

/** What the scheme says of objections; where it says nothing, the product's defaults. Rules N8, N9, N11, N12. */
export function objectionRulesOf(policy: Policy): Rules {
  return policy.objection ?? defaults;
}

/**
 * How an objection is handled: in time and named it is investigated; anonymous, it is a clue that the investigators
 * judge first; late, it is a complaint, which stops nothing. In time is what was received before the closing instant.
 * Rules N8, N9.
 * @param receivedAt when the server received it
 * @param closesAt the closing instant that the notice printed
 * @throws Refusal `OBJECTION_ANONYMOUS` when the scheme does not accept anonymous ones
 */
export function handlingOf(
  { isNamed, receivedAt, closesAt }: { isNamed: boolean; receivedAt: Instant; closesAt: Instant },
  { anonymous }: Pick<Rules, 'anonymous'>,
): Handling {
  if (!isNamed && anonymous === 'not_accepted')
    throw new Refusal({ code: 'OBJECTION_ANONYMOUS', rule: 'N8' });
  if (Date.parse(receivedAt) >= Date.parse(closesAt)) return 'complaint';
  return isNamed ? 'objection' : 'clue';
}

/** Who is to investigate, as the conflict rules see them. */
export interface InvestigatorFacts {
  readonly personId: string;
  /** The school of the person's post, and every school where the person has a role. */
  readonly schoolIds: readonly string[];
  /** Persons whose mentor this one is or was, and this one's own mentors. */
  readonly mentorPairs: readonly string[];
}

/** Against whom, and what was published by whom. */
export interface Accused {
  readonly personId: string;
  readonly schoolId: string;
  /** Who wrote and who released the notice. */
  readonly noticeBy: readonly string[];
}

/**
 * Refuses investigators with a conflict: the candidate, somebody of the candidate's school, a mentor or apprentice of
 * the candidate, who wrote or released the notice; and fewer than two. Rule N10.
 * @throws Refusal `INVESTIGATORS_TOO_FEW`, or `INVESTIGATOR_IN_CONFLICT` with a fault for each conflict
 */
export function checkInvestigators(investigators: readonly InvestigatorFacts[], accused: Accused): void {
  const persons = new Set(investigators.map(({ personId }) => personId));
  if (persons.size < 2)
    throw new Refusal({
      code: 'INVESTIGATORS_TOO_FEW',
      rule: 'N10',
      values: { named: persons.size, required: 2 },
    });
  const faults: Fault[] = investigators.flatMap(({ personId, schoolIds, mentorPairs }) =>
    [
      personId === accused.personId && 'CONFLICT_IS_CANDIDATE',
      schoolIds.includes(accused.schoolId) && 'CONFLICT_SAME_SCHOOL',
      mentorPairs.includes(accused.personId) && 'CONFLICT_MENTOR_PAIR',
      accused.noticeBy.includes(personId) && 'CONFLICT_NOTICE_AUTHOR',
    ].flatMap((code) => (code === false ? [] : [{ at: personId, code }])),
  );
  if (faults.length > 0)
    throw new Refusal({
      code: 'INVESTIGATOR_IN_CONFLICT',
      rule: 'N10',
      values: { count: faults.length },
      faults,
    });
}

/** Stages that can be done again for a group: each is decided anew on the same papers. */
export const repeatableStages = [
  'school_notice',
  'eligibility_check',
  'leading_group_review',
  'expert_opinion',
  'district_notice',
  'approval',
] as const satisfies readonly RunStage[];

/**
 * Who goes back to a stage that was done wrongly: the candidate's group, whoever of it has come to the stage and is not
 * out. Rule N12 (`sustained_procedural`).
 * @throws Refusal `STAGE_NOT_REPEATABLE` when the stage is none that can be done again or the candidate never came to
 *   it, `STAGE_REPEAT_TOO_LATE` when one of the group is a formal candidate already
 */
export function groupToRepeat<C extends Candidate>(
  policy: Policy,
  stage: RunStage | undefined,
  candidate: C,
  all: readonly C[],
): C[] {
  const hasCome = (each: C) => {
    const path = pathOf(policy, each.entry);
    return path.includes(stage!) && path.indexOf(each.stage as RunStage) >= path.indexOf(stage!);
  };
  const isRepeatable = (repeatableStages as readonly (string | undefined)[]).includes(stage);
  if (!isRepeatable || !hasCome(candidate))
    throw new Refusal({
      code: 'STAGE_NOT_REPEATABLE',
      rule: 'N12',
      values: { stage: stage ?? null, allowed: [...repeatableStages] },
    });
  const unit = unitOf(policy, stage!, candidate);
  const group = all.filter(
    (each) => each.standing !== 'out' && hasCome(each) && unitOf(policy, stage!, each) === unit,
  );
  const chosen = group.filter(({ standing }) => standing === 'chosen');
  if (chosen.length > 0)
    throw new Refusal({
      code: 'STAGE_REPEAT_TOO_LATE',
      rule: 'N12',
      values: { stage: stage!, ids: chosen.map(({ id }) => id) },
    });
  return group;
}

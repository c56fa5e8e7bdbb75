import type { Policy, Stage, StageCode } from './policy.js';
import { familyOf } from './subjects.js';

/** What carries a run of a stage: a case of its own, decisions on the applications, or a decision on the round. */
export const stageRuns = {
  school_score: { unit: 'school' },
  school_nomination: { unit: 'school' },
  school_notice: { unit: 'school' },
  filing: { unit: 'school' },
  eligibility_check: { unit: 'school' },
  leading_group_review: { unit: 'all' },
  expert_opinion: { unit: 'group' },
  integrity_opinion: { unit: 'group' },
  ability_test: { unit: 'group' },
  interview: { unit: 'group' },
  lesson_observation: { unit: 'group' },
  multi_party_evaluation: { unit: 'group' },
  democratic_appraisal: { unit: 'group' },
  differential_vote: { unit: 'group' },
  district_notice: { unit: 'all' },
  approval: { unit: 'all' },
  formal_candidate: { unit: 'candidate' },
} as const satisfies Partial<Record<StageCode, { unit: 'school' | 'group' | 'all' | 'candidate' }>>;

/** A stage that candidates pass one after the other. */
export type RunStage = keyof typeof stageRuns;

/** Where a candidate stands in its round. */
export interface Candidate {
  readonly id: string;
  readonly entry: string;
  readonly rank: string;
  readonly subject: string;
  readonly teachingStage: string;
  readonly schoolId: string;
  readonly stage: string;
  readonly standing: string;
  /** Whether its school's list was sent back: the review by the leading group does not wait for it. */
  readonly returned?: boolean;
}

/** A run that is due: candidates of one unit who have all come to the stage. */
export interface Batch {
  readonly stage: RunStage;
  readonly unit: string;
  readonly candidateIds: readonly string[];
}

const skippingEntries = ['contest', 'nomination', 'supplement'] as const;

/**
 * The stages that a candidate passes, in the scheme's order, from the close of applications to the formal candidate.
 * The school's scoring and nomination are one run. Rule P12.
 * @param entry how the candidate came in; an entry without an application skips what the scheme names (P10)
 */
export function pathOf(policy: Policy, entry: string): RunStage[] {
  const skips: readonly string[] = skippingEntries.some((each) => each === entry)
    ? (policy.entries[entry as (typeof skippingEntries)[number]]?.skips ?? [])
    : [];
  const codes = policy.stages.map((stage) => stage.code);
  return codes.filter(
    (code, position): code is RunStage =>
      code in stageRuns &&
      !skips.includes(code) &&
      !(code === 'school_nomination' && codes[position - 1] === 'school_score'),
  );
}

/**
 * The stage that ends the choice, so that no more of a rank may pass it than the round has places: the approval; without
 * one the vote, and without a vote the review by the leading group. Rule Q7.
 */
export function choosingStage({
  stages,
}: Pick<Policy, 'stages'>): 'approval' | 'differential_vote' | 'leading_group_review' {
  const codes = stages.map(({ code }) => code);
  if (codes.includes('approval')) return 'approval';
  return codes.includes('differential_vote') ? 'differential_vote' : 'leading_group_review';
}

/** The school's stage at which it names its candidates: the nomination, or the scoring that ends with one. Rule Q8. */
export function nominatingStage({ stages }: Pick<Policy, 'stages'>): 'school_nomination' | 'school_score' {
  const codes = stages.map(({ code }) => code);
  const position = codes.indexOf('school_nomination');
  return position >= 0 && codes[position - 1] !== 'school_score' ? 'school_nomination' : 'school_score';
}

/** The stage that follows in the path, or null after the last. */
export function stageAfter(path: readonly RunStage[], stage: string): RunStage | null {
  return path[path.indexOf(stage as RunStage) + 1] ?? null;
}

/** The unit of a stage's run that a candidate belongs to: its school, its group such as `accomplished/science`, or all. */
export function unitOf(policy: Policy, stage: RunStage, candidate: Candidate): string {
  const { unit } = stageRuns[stage];
  if (unit === 'school') return candidate.schoolId;
  if (unit === 'candidate') return candidate.id;
  if (unit === 'all') return 'all';
  return groupOf(policy, stageWith(policy, stage), candidate);
}

function groupOf(policy: Policy, stage: Stage, candidate: Candidate): string {
  const parts = (stage.groupBy ?? []).map((dimension) => {
    switch (dimension) {
      case 'rank':
        return candidate.rank;
      case 'subject':
        return candidate.subject;
      case 'family':
        return familyOf(policy, candidate.subject);
      case 'stage':
        return candidate.teachingStage;
      case 'school':
        return candidate.schoolId;
    }
  });
  return parts.length === 0 ? 'all' : parts.join('/');
}

function stageWith(policy: Policy, code: RunStage): Stage {
  return policy.stages.find((stage) => stage.code === code)!;
}

/**
 * The runs that can start now. A unit's candidates go together: a run waits while one of them who is neither held nor
 * out is still before the stage, and while a run of the same unit is going on. The review by the leading group does not
 * wait for a school whose list was sent back (W9). Who comes later has a run of its own.
 * Rule P12.
 * @param candidates all candidates of the round
 * @returns batches in the order of the scheme's stages; nobody is in two
 */
export function batchesDue(policy: Policy, candidates: readonly Candidate[]): Batch[] {
  const order = policy.stages.map((stage) => stage.code as string);
  const moving = candidates.filter(({ standing }) => standing === 'waiting' || standing === 'running');
  const batches = new Map<string, { stage: RunStage; unit: string; candidateIds: string[] }>();
  for (const candidate of moving) {
    if (candidate.standing !== 'waiting') continue;
    const stage = candidate.stage as RunStage;
    const unit = unitOf(policy, stage, candidate);
    const key = `${stage} ${unit}`;
    const batch = batches.get(key) ?? { stage, unit, candidateIds: [] };
    batch.candidateIds.push(candidate.id);
    batches.set(key, batch);
  }
  const mustWait = ({ stage, unit }: Batch) =>
    moving.some(
      (other) =>
        unitOf(policy, stage, other) === unit &&
        ((order.indexOf(other.stage) < order.indexOf(stage) &&
          !(stage === 'leading_group_review' && other.returned)) ||
          (other.stage === stage && other.standing === 'running')),
    );
  return [...batches.values()]
    .filter((batch) => !mustWait(batch))
    .sort((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage) || (a.unit < b.unit ? -1 : 1));
}

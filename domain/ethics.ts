import type { BusinessDate } from './dates.js';
import type { Reason } from './refusal.js';
import type { Name } from './vocabulary.js';

/** What a decision on a breach of ethics is about. Rule E11, 5.5. */
export const ethicsGrounds = {
  paid_tutoring: { zh: '有偿家教', en: 'paid tutoring' },
  corporal_punishment: { zh: '体罚或变相体罚', en: 'corporal punishment' },
  fraud_in_application: { zh: '申报弄虚作假', en: 'fraud in an application' },
  other: { zh: '其他师德失范行为', en: 'another breach' },
} as const satisfies Record<string, Name>;
export type EthicsGround = keyof typeof ethicsGrounds;

/** A written decision of the competent body that there was a breach of ethics. */
export interface EthicsDecision {
  readonly document: string;
  readonly decidedOn: BusinessDate;
  /** Last day of its effect; null = no end. */
  readonly until: BusinessDate | null;
  /** It found fraud in an application, and no round has begun and gone by between it and the round in question. */
  readonly barsRound: boolean;
}

/** Whether a decision holds on a day: from the day that it was taken to its last day, both included. Rule E11. */
export function isInEffect(
  { decidedOn, until }: Pick<EthicsDecision, 'decidedOn' | 'until'>,
  on: BusinessDate,
): boolean {
  return decidedOn <= on && (until === null || on <= until);
}

/**
 * Whether a decision keeps somebody from standing in a round on a day: it holds, or it found fraud and this is the round in
 * which, or the first one after, it was taken. Rule E11, 5.5.
 */
export function barsStanding(decision: EthicsDecision, on: BusinessDate): boolean {
  return isInEffect(decision, on) || (decision.barsRound && decision.decidedOn <= on);
}

/**
 * Whether a decision that found fraud bars a round: no other round of the scheme has begun after the decision and before
 * this one. A round that was cancelled is none. Rule E11, 5.5.
 * @param decidedOn the day of the decision
 * @param opensOn the first day of the round in question
 * @param others first days of the scheme's other rounds that were not cancelled
 */
export function isRoundOrNext(
  decidedOn: BusinessDate,
  opensOn: BusinessDate,
  others: readonly BusinessDate[],
): boolean {
  return !others.some((other) => decidedOn < other && other < opensOn);
}

/** Why a decision on ethics ends a candidacy, a training or a title. Rule E11. */
export function outByEthics({ document, decidedOn }: Pick<EthicsDecision, 'document' | 'decidedOn'>): Reason {
  return { code: 'OUT_BY_ETHICS_DECISION', rule: 'E11', values: { document, decidedOn } };
}

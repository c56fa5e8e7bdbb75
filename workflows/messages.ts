import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CaseState } from '../domain/cases.js';

/** Input of every workflow: which case it is. All else is in the case's row. */
export interface CaseInput {
  readonly id: string;
}

/** A decision that somebody asks for: the submission holds who, what and why; nothing personal passes here. */
export interface DecisionRequest {
  readonly submissionId: string;
  /** The instance's time when it was sent. */
  readonly at: string;
}

/** Whether the decision was taken or refused; the submission holds the result or the reason. */
export interface DecisionReply {
  readonly status: 'done' | 'refused';
}

/** Tells a case that something concerns it: its due date has come, or another case has news for it. */
export const wake = defineSignal<[{ at: string }]>('wake');

/** Tells a case to read its state from its row again. */
export const reload = defineSignal<[{ at: string }]>('reload');

/** Where the case stands, as its workflow knows it; null before its first decision. */
export const state = defineQuery<CaseState | null>('state');

/** The Update that carries the decision of that name. */
export function decisionUpdate(name: string) {
  return defineUpdate<DecisionReply, [DecisionRequest]>(name);
}

import type { CaseKind } from '../domain/cases.js';
import { workflowIdOf } from '../workflows/ids.js';
import type { Config } from '../config/config.js';

/** Under which path the cases of a kind are read; calendar and outbox are no resources. */
const resources: Readonly<Record<CaseKind, string | null>> = {
  selectionRound: 'rounds',
  application: 'applications',
  schoolReview: 'school-reviews',
  publicNotice: 'notices',
  objection: 'objections',
  panelReview: 'panel-reviews',
  differentialVote: 'votes',
  training: 'trainings',
  appointment: 'appointments',
  titleTenure: 'titles',
  annualReview: 'annual-reviews',
  ethicsDecision: 'ethics-decisions',
  calendar: null,
  outbox: null,
};

/** Where the API shows a case: a path from its root, or null. */
export function caseUrl(kind: CaseKind, caseId: string): string | null {
  const resource = resources[kind];
  return resource && `/api/v1/${resource}/${caseId}`;
}

/** Where the Temporal UI shows the workflow of a case; null when the instance has no UI. */
export function workflowUrl(
  { TEMPORAL_UI_URL, TEMPORAL_NAMESPACE }: Pick<Config, 'TEMPORAL_UI_URL' | 'TEMPORAL_NAMESPACE'>,
  kind: CaseKind,
  caseId: string,
): string | null {
  if (TEMPORAL_UI_URL === undefined) return null;
  const workflowId = encodeURIComponent(workflowIdOf(kind, caseId));
  return `${TEMPORAL_UI_URL.replace(/\/$/, '')}/namespaces/${TEMPORAL_NAMESPACE}/workflows/${workflowId}`;
}

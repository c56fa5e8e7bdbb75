import { caseKinds, type CaseKind } from '../domain/cases.js';

/** The queue on which workflows and their local activities run. */
export const taskQueue = 'qinglan';

/** The queue of the ordinary activities that talk to the outside. */
export const notificationQueue = 'notifications';

/** The Temporal workflow id of a case, such as `SchoolReview:5f0c…`. */
export function workflowIdOf(kind: CaseKind, caseId: string): string {
  return `${kind[0]!.toUpperCase()}${kind.slice(1)}:${caseId}`;
}

/** The case that a workflow id names, or null when it is none of ours. */
export function caseOfWorkflowId(workflowId: string): { kind: CaseKind; caseId: string } | null {
  const [name = '', caseId = ''] = workflowId.split(':', 2);
  const kind = caseKinds.find((each) => each.toLowerCase() === name.toLowerCase());
  return kind && caseId ? { kind, caseId } : null;
}

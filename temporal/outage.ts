import {
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';

// CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE
const outageCodes: readonly number[] = [1, 4, 14];

/** Whether an error of Temporal's client only says that nobody answered in time: what was asked may have happened. */
export function isOutage(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && outageCodes.includes(cause.code);
}

import { condition, defineUpdate, setHandler } from '@temporalio/workflow';

/** What the least possible decision costs: an Update that does nothing, on a workflow that waits. */
export const answer = defineUpdate<'done', [string]>('answer');

/** Waits for ever; each Update is answered at once. */
export async function bare(): Promise<void> {
  setHandler(answer, () => 'done' as const);
  await condition(() => false);
}

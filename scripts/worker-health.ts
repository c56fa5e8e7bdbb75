import { hostname } from 'node:os';
import proto from '@temporalio/proto';
import { configOrExit } from '../config/config.js';
import { connectTemporal } from '../temporal/connection.js';
import { taskQueue } from '../workflows/ids.js';

const { TaskQueueType } = proto.temporal.api.enums.v1;

// A worker asks for tasks at least once a minute.
const askedWithin = 120_000;

/** Exit code 0 when the worker on this host has asked Temporal for tasks within two minutes, else 1; for health checks. */
const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = configOrExit();
const client = connectTemporal({ address, namespace });
const { pollers } = await client.connection.withDeadline(Date.now() + 5000, () =>
  client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  }),
);
const asks = (pollers ?? []).some(
  ({ identity, lastAccessTime }) =>
    identity?.endsWith(`@${hostname()}`) &&
    Date.now() - 1000 * Number(lastAccessTime?.seconds ?? 0) < askedWithin,
);
await client.connection.close();
process.exit(asks ? 0 : 1);

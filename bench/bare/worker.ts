import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { compiled } from '../../stack/project-root.js';

/** Where the bare workflows' worker listens. */
export const bareTaskQueue = 'bare';

if (import.meta.filename === process.argv[1]) {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = process.env;
  const connection = await NativeConnection.connect({ address });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: compiled('bench/bare/workflow.js'),
    logger: new DefaultLogger('WARN'),
  });
  const worker = await Worker.create({ connection, namespace, taskQueue: bareTaskQueue, workflowBundle });
  console.log('ready');
  await worker.run();
  process.exit(0);
}

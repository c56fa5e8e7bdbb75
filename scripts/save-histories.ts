import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import proto from '@temporalio/proto';
import { caseKindNames } from '../domain/case-names.js';
import { projectRoot } from '../stack/project-root.js';
import { onInstance } from './command-line.js';

const { History } = proto.temporal.api.history.v1;

const usage = 'Usage: npm run save-histories -- --release 0.1.0';

/**
 * Saves histories of an instance for test/replay: of each kind of case those of the longest run and of one of the
 * shortest, so that later releases are tried on what earlier ones have left behind.
 */
await onInstance(async ({ client }) => {
  const { release } = parseArgs({ options: { release: { type: 'string' } } }).values;
  if (!release) {
    console.error(usage);
    return 2;
  }
  const folder = join(projectRoot, 'test/replay/histories', release);
  mkdirSync(folder, { recursive: true });
  for (const kind of Object.keys(caseKindNames)) {
    const runs = [];
    for await (const run of client.workflow.list({ query: `WorkflowType = '${kind}'` })) runs.push(run);
    runs.sort((left, right) => left.historyLength - right.historyLength);
    const chosen = new Map([
      ['shortest', runs[0]],
      ['longest', runs.at(-1)],
    ]);
    for (const [name, run] of chosen) {
      if (!run) continue;
      const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
      const file = join(folder, `${kind}-${name}.gz`);
      writeFileSync(file, gzipSync(History.encode(history).finish(), { level: 9 }));
      console.log(`${kind} ${name}: ${history.events?.length} events`);
    }
  }
  return 0;
});

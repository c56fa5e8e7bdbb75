// Loaded into a process of a stack before its own code (`node --import`): records which fields of the schemes it reads,
// and writes them into the folder QINGLAN_READS when it ends. It runs the compiled files, as the stack does.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { watchReads } from '../../dist/domain/fields-read.js';
import { readPoliciesThrough } from '../../dist/records/policies.js';

if (isMainThread) {
  const watched = [];
  readPoliciesThrough((policy) => {
    watched.push(watchReads(policy));
    return watched.at(-1).policy;
  });
  process.on('exit', () => {
    const reads = watched.flatMap((each) => [...each.reads]);
    writeFileSync(join(process.env.QINGLAN_READS, `${process.pid}.json`), JSON.stringify(reads));
  });
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import proto from '@temporalio/proto';
import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { caseKindNames } from '../../domain/case-names.js';
import { projectRoot } from '../../stack/project-root.js';
import { testServers } from '../support/servers.js';

const { History } = proto.temporal.api.history.v1;
const folder = join(projectRoot, 'test/replay/histories');
const releases = readdirSync(folder);

/** Kinds of cases that the sample round never opens, so that there is no history of them. */
const notInRound = ['outbox', 'ethicsDecision', 'objection'];

function historiesOf(release: string) {
  return readdirSync(join(folder, release)).map((file) => ({
    workflowId: file.replace('.gz', ''),
    history: History.decode(gunzipSync(readFileSync(join(folder, release, file)))),
  }));
}

test.each(releases)('the workflows take up what release %s has left behind', async (release) => {
  const histories = historiesOf(release);
  const expected = Object.keys(caseKindNames).filter((kind) => !notInRound.includes(kind));
  const found = new Set(histories.map(({ workflowId }) => workflowId.split('-')[0]));
  expect(expected.filter((kind) => !found.has(kind))).toEqual([]);
  const options: ReplayWorkerOptions = { workflowBundle: { codePath: testServers().workflowBundle } };
  const results = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
    results.push({ workflowId, error: error?.message });
  expect(results).toHaveLength(histories.length);
  expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { caseKindNames } from '../../domain/case-names.js';
import { projectRoot } from '../../stack/project-root.js';
import { testServers } from '../support/servers.js';

const folder = join(projectRoot, 'test/replay/histories');
const releases = readdirSync(folder);

/** Kinds of cases that came with a later release; what is not there has no history. */
const since: Readonly<Record<string, string>> = {};

function historiesOf(release: string) {
  return readdirSync(join(folder, release)).map((file) => ({
    workflowId: file.replace('.json.gz', ''),
    history: JSON.parse(gunzipSync(readFileSync(join(folder, release, file))).toString()) as unknown,
  }));
}

test.each(releases)('the workflows take up what release %s has left behind', async (release) => {
  const histories = historiesOf(release);
  const expected = Object.keys(caseKindNames).filter((kind) => (since[kind] ?? '0') <= release);
  const found = new Set(histories.map(({ workflowId }) => workflowId.split('-')[0]));
  expect(expected.filter((kind) => !found.has(kind))).toEqual([]);
  const options: ReplayWorkerOptions = { workflowBundle: { codePath: testServers().workflowBundle } };
  const results = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
    results.push({ workflowId, error: error?.message });
  expect(results).toHaveLength(histories.length);
  expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
});

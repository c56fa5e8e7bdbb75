// Before the tests that need servers: one PostgreSQL, one Temporal and one workflow bundle for the whole run. The test
// files find them through servers.ts. It runs the compiled files, which `npm test` brings up to date.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflows } from '../../dist/scripts/bundle.js';
import { startServers } from '../../dist/stack/stack.js';

export default async function setUp() {
  // Whoever has the address of a real instance in the environment does not want tests in it.
  delete process.env.DATABASE_URL;
  const directory = mkdtempSync(join(tmpdir(), 'qinglan-test-'));
  const servers = await startServers({
    directory,
    namespace: 'qinglan-test',
    ui: false,
    durable: false,
    countStatements: true,
  });
  globalThis.qinglanServers = servers;
  process.env.QINGLAN_TEST_SERVERS = JSON.stringify({
    databaseUrl: servers.postgres.url,
    temporal: {
      address: servers.temporal.address,
      namespace: servers.temporal.namespace,
    },
    workflowBundle: await bundleWorkflows(),
  });
}

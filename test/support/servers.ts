import pg from 'pg';

/** The servers of this test run, which all test files share. */
export interface TestServers {
  /** A migrated database without rows: `createDatabase` copies it. Nobody connects to it. */
  readonly databaseUrl: string;
  readonly temporal: {
    readonly address: string;
    readonly namespace: string;
  };
  /** Path of the workflow bundle, for `workflowBundle: { codePath }`. */
  readonly workflowBundle: string;
}

/** The servers that global-setup.mjs started. Throws an Error outside of the jest project `servers`. */
export function testServers(): TestServers {
  const servers = process.env.QINGLAN_TEST_SERVERS;
  if (!servers) throw new Error('The servers run only for test files outside of test/domain/');
  return JSON.parse(servers) as TestServers;
}

/**
 * Makes a migrated database without rows for one test file; it ends with the test run.
 * @param name lower-case letters, digits and `_`; two databases of a run must differ in it
 * Returns its connection string.
 */
export async function createDatabase(name: string): Promise<string> {
  const template = new URL(testServers().databaseUrl);
  const url = new URL(template);
  url.pathname = `/${name}`;
  const administration = new URL(template);
  administration.pathname = '/postgres';
  const client = new pg.Client({ connectionString: administration.href });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template.pathname.slice(1)}`);
  } finally {
    await client.end();
  }
  return url.href;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Servers, startServers } from '../../stack/stack.js';
import { connectTemporal } from '../../temporal/connection.js';
import { searchAttributes } from '../../workflows/search-attributes.js';

const directories: string[] = [];
let servers: Servers;

beforeAll(async () => {
  servers = await start(newDirectory());
});

afterAll(async () => {
  await servers.stop();
  for (const directory of directories) rmSync(directory, { recursive: true });
});

test('the search attributes are registered and the web page answers', async () => {
  const { connection } = connect(servers);
  const { namespace } = servers.temporal;
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.keys(searchAttributes)));
  await connection.close();
  expect((await fetch(servers.temporal.uiUrl!)).status).toBe(200);
});

test('a directory holds one stack, and its secrets are readable by nobody else', async () => {
  const { directory, processes } = servers;
  await expect(start(directory)).rejects.toThrow(`Another stack runs in ${directory}`);
  expect(statSync(join(directory, 'postgres.secret')).mode & 0o777).toBe(0o600);
  expect(processes.secret('instance')).toBe(processes.secret('instance'));
  expect(Buffer.from(processes.secret('instance'), 'base64url')).toHaveLength(32);
});

test('each server keeps its data and its address through SIGKILL, and through a stop of the whole stack', async () => {
  await query(servers, 'CREATE TABLE kept (id int)');
  const { workflowId, firstExecutionRunId } = await startWorkflow(servers);

  for (const server of [servers.postgres, servers.temporal]) {
    const killed = server.pid!;
    await server.kill();
    expect(isRunning(killed)).toBe(false);
    await server.start();
    expect(isRunning(server.pid!)).toBe(true);
  }
  await query(servers, 'INSERT INTO kept VALUES (1)');
  expect(await runningWorkflow(servers, workflowId)).toBe(firstExecutionRunId);

  const { directory, postgres, temporal } = servers;
  const stopped = [postgres.pid!, temporal.pid!];
  await servers.stop();
  expect(stopped.some(isRunning)).toBe(false);
  expect(existsSync(join(directory, 'lock'))).toBe(false);

  servers = await start(directory);
  expect(servers.postgres.url).toBe(postgres.url);
  expect(servers.temporal.address).toBe(temporal.address);
  expect((await query(servers, 'SELECT id FROM kept')).rows).toEqual([{ id: 1 }]);
  expect(await runningWorkflow(servers, workflowId)).toBe(firstExecutionRunId);
});

test('nothing is left running when the process that started the servers is killed, and the next start goes on', async () => {
  const directory = newDirectory();
  const script = fileURLToPath(new URL('parent.mjs', import.meta.url));
  const parent = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const children = JSON.parse(line) as number[];
  expect(children.map(isRunning)).toEqual([true, true]);

  parent.kill('SIGKILL');
  await until(() => !children.some(isRunning) && !existsSync(join(directory, 'lock')));
  // The stack beside it goes on.
  expect(isRunning(servers.postgres.pid!) && isRunning(servers.temporal.pid!)).toBe(true);

  const next = await start(directory);
  await query(next, 'SELECT 1');
  await next.stop();
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'qinglan-stack-'));
  directories.push(directory);
  return directory;
}

function start(directory: string): Promise<Servers> {
  return startServers({ directory, namespace: 'stack-test', ui: true, durable: true });
}

async function query({ postgres }: Servers, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

function connect({ temporal }: Servers) {
  return connectTemporal({ address: temporal.address, namespace: temporal.namespace });
}

/** No worker takes it: it waits, open, in Temporal's data. */
async function startWorkflow(on: Servers) {
  const client = connect(on);
  const handle = await client.workflow.start('nobody', { taskQueue: 'nobody', workflowId: 'kept' });
  await client.connection.close();
  return handle;
}

async function runningWorkflow(on: Servers, workflowId: string): Promise<string> {
  const client = connect(on);
  const { runId, status } = await client.workflow.getHandle(workflowId).describe();
  await client.connection.close();
  expect(status.name).toBe('RUNNING');
  return runId;
}

/** A process that ended and that nobody has asked for yet (Z) does not run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && existsSync('/proc') === false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 50) {
    if (waited > 20_000) throw new Error('waited 20 s in vain');
    await sleep(50);
  }
}

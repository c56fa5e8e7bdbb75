import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import * as files from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiled } from './project-root.js';

const startTimeout = 60_000;
const stopTimeout = 20_000;

/** What to run and how to tell that it is ready. */
export interface ProcessDescription {
  /** Shown to people; names the log file too. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Another user of the system to run as. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Asks the process to end in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** How often it is started before its early end counts as a failure; 1 if left out. */
  readonly attempts?: number;
  /** Asked again and again with what the process has printed since this start. */
  isReady(output: string): boolean | Promise<boolean>;
}

/** A process that can be killed and started again, on the same ports and with the same data. */
export interface KeptProcess {
  readonly name: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** Starts it and waits until it is ready. Throws an Error with the end of its log when that takes over 60 s. */
  start(): Promise<void>;
  /** Ends it in good order; after 20 s it is killed. */
  stop(): Promise<void>;
  /** Kills it with SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
}

/** A part of the stack that somebody else runs: there is nothing to start, stop or kill. */
export function runByOthers(name: string): KeptProcess {
  const refuse = () => Promise.reject(new Error(`${name} is not run by this stack, which cannot kill it`));
  return { name, pid: undefined, start: async () => {}, stop: async () => {}, kill: refuse };
}

/** The processes of one stack, with the directory that their data, logs, ports and secrets are kept in. */
export class Processes {
  private constructor(
    /** Absolute path. */
    readonly directory: string,
    private readonly watchdog: ChildProcess,
    private readonly ports: Record<string, number>,
  ) {}

  /**
   * Takes a directory for this process, and makes it when it is not there. From now on its processes end when this one
   * does, even by SIGKILL. Throws an Error when another stack runs in it.
   */
  static async in(directory: string): Promise<Processes> {
    files.mkdirSync(join(directory, 'logs'), { recursive: true, mode: 0o711 });
    // Another user runs PostgreSQL when this one is root, and must be able to pass through.
    files.chmodSync(directory, 0o711);
    const watchdog = spawn(process.execPath, [compiled('stack/watchdog.js')], {
      cwd: directory,
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    watchdog.stdin.on('error', () => {});
    const lines = createInterface({ input: watchdog.stdout });
    const [answer] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
    if (answer === 'taken') {
      throw new Error(`Another stack runs in ${directory}. Stop it first, or choose another directory.`);
    }
    if (answer !== 'held') throw new Error(`The watchdog of ${directory} did not start`);
    watchdog.unref();
    const portsFile = join(directory, 'ports.json');
    const ports = files.existsSync(portsFile) ? files.readFileSync(portsFile, 'utf8') : '{}';
    return new Processes(directory, watchdog, JSON.parse(ports) as Record<string, number>);
  }

  /** Describes a process without starting it. */
  keep(description: ProcessDescription): KeptProcess {
    return new ChildOfStack(
      description,
      join(this.directory, 'logs', `${description.name}.log`),
      this.watchdog,
    );
  }

  /** A free port of 127.0.0.1 for this purpose: the one of the last start if it is still free. */
  async port(purpose: string): Promise<number> {
    let port = this.ports[purpose];
    while (!port || !(await isFree(port))) {
      // Below the range from which systems take the ports of outgoing connections: a client that keeps trying to reach
      // a killed server could otherwise be given that server's own port.
      do port = randomInt(20_000, 32_000);
      while (Object.values(this.ports).includes(port));
      this.ports[purpose] = port;
    }
    files.writeFileSync(join(this.directory, 'ports.json'), JSON.stringify(this.ports, null, 2));
    return port;
  }

  /** A secret of this directory: 32 random bytes in base64url, drawn once and kept in a file that only this user reads. */
  secret(purpose: string): string {
    const path = join(this.directory, `${purpose}.secret`);
    if (!files.existsSync(path)) {
      files.writeFileSync(`${path}.new`, randomBytes(32).toString('base64url'), { mode: 0o600 });
      files.renameSync(`${path}.new`, path);
    }
    return files.readFileSync(path, 'utf8');
  }

  /** Lets go of the directory. Processes that still run are ended. */
  async release(): Promise<void> {
    this.watchdog.ref();
    const exit = once(this.watchdog, 'exit');
    this.watchdog.stdin!.end();
    if (this.watchdog.exitCode === null && this.watchdog.signalCode === null) await exit;
  }
}

class ChildOfStack implements KeptProcess {
  readonly name: string;
  private child: ChildProcess | undefined;
  private wasReady = false;

  constructor(
    private readonly description: ProcessDescription,
    private readonly logFile: string,
    private readonly watchdog: ChildProcess,
  ) {
    this.name = description.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async start(): Promise<void> {
    if (this.child) throw new Error(`${this.name} runs already`);
    this.wasReady = false;
    for (let attempt = 1; ; attempt++) {
      const logStart = files.existsSync(this.logFile) ? files.statSync(this.logFile).size : 0;
      const child = this.spawn();
      this.wasReady = await this.becomesReady(child, logStart);
      if (this.wasReady) return;
      if (attempt >= (this.description.attempts ?? 1)) throw this.startFailure(logStart);
      await sleep(500);
    }
  }

  async stop(): Promise<void> {
    await this.end(this.description.stopSignal);
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private spawn(): ChildProcess {
    const { command, args, env, cwd, user, stopSignal } = this.description;
    const log = files.openSync(this.logFile, 'a', 0o600);
    // Detached: Ctrl-C reaches only the process that started the stack, which then stops its parts in their order.
    const child = spawn(command, args, { env, cwd, ...user, detached: true, stdio: ['ignore', log, log] });
    files.closeSync(log);
    child.once('error', (error) => {
      files.appendFileSync(this.logFile, `${error.message}\n`);
      if (this.child === child) this.child = undefined;
    });
    child.once('exit', (code, signal) => {
      this.tellWatchdog(`- ${child.pid}`);
      if (this.child !== child) return;
      this.child = undefined;
      if (this.wasReady && !this.watchdog.stdin!.writableEnded)
        console.error(`${this.name} ended by itself (${signal ?? `exit code ${code}`}); see ${this.logFile}`);
    });
    if (child.pid) this.tellWatchdog(`+ ${child.pid} ${stopSignal}`);
    this.child = child;
    return child;
  }

  /** False when the process ended before it was ready. */
  private async becomesReady(child: ChildProcess, logStart: number): Promise<boolean> {
    const deadline = Date.now() + startTimeout;
    while (this.child === child) {
      if (await this.description.isReady(readFrom(this.logFile, logStart))) return true;
      if (Date.now() > deadline) {
        await this.kill();
        throw this.startFailure(logStart);
      }
      await sleep(50);
    }
    return false;
  }

  private startFailure(logStart: number): Error {
    const lastLines = readFrom(this.logFile, logStart).trim().split('\n').slice(-5).join('\n');
    return new Error(`${this.name} did not start; see ${this.logFile}\n${lastLines}`);
  }

  private tellWatchdog(line: string): void {
    if (!this.watchdog.stdin!.writableEnded) this.watchdog.stdin!.write(`${line}\n`);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child) return;
    this.child = undefined;
    const exit = once(child, 'exit');
    child.kill(signal);
    const kill = setTimeout(() => child.kill('SIGKILL'), stopTimeout);
    await exit;
    clearTimeout(kill);
  }
}

/**
 * Ends this process in good order on Ctrl-C, on a request to end, when the terminal closes, and when the launcher that
 * started it is gone.
 * @param stop what to do first; it is called once
 */
export function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const end = () => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  process.on('disconnect', end);
  process.channel?.unref();
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function readFrom(path: string, position: number): string {
  const file = files.openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(files.fstatSync(file).size - position);
    files.readSync(file, buffer, 0, buffer.length, position);
    return buffer.toString();
  } finally {
    files.closeSync(file);
  }
}

// A process of its own beside each stack. It holds the stack's directory, so that nobody starts a second stack there,
// and ends the stack's processes when the one that started them is gone, however it went.
// Its working directory is the stack's, which keeps the path of the socket short. On stdout it says once `held` or
// `taken`; on stdin it is told `+ PID SIGNAL` for each process that starts and `- PID` for each that ended.
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const socketPath = 'lock';
const running = new Map<number, NodeJS.Signals>();
let ending = false;

// Whoever ends every `node` on the machine should not end the one that cleans up.
process.title = 'qinglan-watchdog';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

if (await holdDirectory()) {
  console.log('held');
  for await (const line of createInterface({ input: process.stdin })) note(line);
  ending = true;
  await Promise.all([...running].map(([pid, signal]) => end(pid, signal)));
  rmSync(socketPath, { force: true });
} else {
  console.log('taken');
}
process.exit();

function note(line: string): void {
  const [sign, pid, signal] = line.split(' ');
  if (sign === '+') running.set(Number(pid), signal as NodeJS.Signals);
  else running.delete(Number(pid));
}

/** Asks a process to end, waits up to ten seconds, then kills it. */
async function end(pid: number, signal: NodeJS.Signals): Promise<void> {
  send(pid, signal);
  for (let waited = 0; waited < 10_000 && send(pid, 0); waited += 50) await sleep(50);
  send(pid, 'SIGKILL');
}

/** Whether the process was there to get the signal. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** False when another stack runs in this directory; one that is just ending is waited for. */
async function holdDirectory(): Promise<boolean> {
  for (;;) {
    if (await listen()) return true;
    const holder = await askHolder();
    if (holder === 'running') return false;
    if (holder === 'gone') rmSync(socketPath, { force: true });
    else await sleep(100);
  }
}

function listen(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => {}).end(ending ? 'ending' : 'running'));
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(socketPath, () => resolve(true));
  });
}

function askHolder(): Promise<'running' | 'ending' | 'gone'> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('data', (answer) => resolve(String(answer) === 'running' ? 'running' : 'ending'));
    socket.once('error', () => resolve('gone'));
    socket.once('close', () => resolve('ending'));
  });
}

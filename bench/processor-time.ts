import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in which Linux counts processor time; the same on every platform that Node.js runs on. */
const ticks = 100;

/** Whether this system says how much processor time and memory other processes use. */
export const countsProcessorTime = process.platform === 'linux';

/**
 * Seconds of processor time that a process and its children have used so far, the ended ones included.
 * @param pid id of the process
 */
export function processorTime(pid: number): number {
  return (
    familyOf(pid).reduce((sum, each) => sum + each.own + (each.pid === pid ? each.ofEnded : 0), 0) / ticks
  );
}

/**
 * Megabytes of memory that a process and its children hold; pages that they share, such as PostgreSQL's buffers, count
 * once. A process without children counts with the libraries that others use too.
 * @param pid id of the process
 */
export function memory(pid: number): number {
  const family = familyOf(pid);
  const kind = family.length > 1 ? 'Pss' : 'Rss';
  return family.reduce((sum, each) => sum + kilobytes(each.pid, kind), 0) / 1024;
}

function familyOf(pid: number) {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.flatMap(timesOf).filter((each) => each.pid === pid || each.parent === pid);
}

function kilobytes(pid: number, kind: 'Rss' | 'Pss'): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(new RegExp(`^${kind}:\\s+(\\d+) kB`, 'm').exec(text)![1]);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

/** Seconds of processor time that the whole machine has used so far, all processors together. */
export function processorTimeOfAll(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + interrupts + softInterrupts + stolen) / ticks;
}

function timesOf(id: string): { pid: number; parent: number; own: number; ofEnded: number }[] {
  try {
    // The name, in brackets, may hold blanks.
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number);
    const [user, system, endedUser, endedSystem] = fields.slice(11, 15);
    return [
      { pid: Number(id), parent: fields[1]!, own: user! + system!, ofEnded: endedUser! + endedSystem! },
    ];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

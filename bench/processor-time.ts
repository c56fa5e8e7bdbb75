import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in which Linux counts processor time; the same on every platform that Node.js runs on. */
const ticks = 100;

/** Whether this system says how much processor time other processes have used. */
export const countsProcessorTime = process.platform === 'linux';

/**
 * Seconds of processor time that a process and its children have used so far, the ended ones included.
 * @param pid id of the process
 */
export function processorTime(pid: number): number {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const family = ids.flatMap(timesOf).filter((each) => each.pid === pid || each.parent === pid);
  return family.reduce((sum, each) => sum + each.own + (each.pid === pid ? each.ofEnded : 0), 0) / ticks;
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

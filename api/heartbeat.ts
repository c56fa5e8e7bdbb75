import { readClock } from '../records/instance.js';
import { recordReachable, tellStandingNotices } from '../records/down-time.js';
import { caseWaker } from '../temporal/wake-case.js';
import type { Dependencies } from './dependencies.js';

type Heart = Pick<Dependencies, 'database' | 'temporal' | 'log'>;

const everyMilliseconds = 60_000;

/**
 * Writes down, once a minute, that the public pages can be reached; the minutes that lack are those in which they could
 * not. A rehearsal's clock stands still, so it writes nothing. Rule N7.
 * @returns how to stop it
 */
export function startHeartbeat(dependencies: Heart): { stop(): void } {
  const beatOnce = async () => {
    const { mode, now } = await readClock(dependencies.database);
    if (mode === 'real') await beat(dependencies, new Date(now));
  };
  const tryToBeat = () =>
    void beatOnce().catch((err: unknown) => dependencies.log.warn({ err }, 'no heartbeat was written'));
  tryToBeat();
  const timer = setInterval(tryToBeat, everyMilliseconds);
  return { stop: () => clearInterval(timer) };
}

/**
 * One beat. After a silence the notices that stand are told, so that each looks whether it has lost a day. Rule N7.
 * @param at now
 */
export async function beat({ database, temporal, log }: Heart, at: Date): Promise<void> {
  if (!(await recordReachable(database, at))) return;
  for (const id of await tellStandingNotices(database, at))
    await caseWaker(temporal, database)(id, at.toISOString()).catch(() =>
      log.warn('a notice waits for its workflow'),
    );
}

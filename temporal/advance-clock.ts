import type { Client } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import type { Instant } from '../domain/dates.js';
import { Refusal } from '../domain/refusal.js';
import type { Database } from '../records/database.js';
import { moveClock, readClock } from '../records/instance.js';
import { nextDue, unsettledAt, type Unsettled } from '../records/unsettled.js';
import { deliver } from './deliver.js';
import { inParallel } from './in-parallel.js';
import { isOutage } from './outage.js';
import { caseWaker } from './wake-case.js';

/** What advancing works with. */
export interface ClockDependencies {
  readonly database: Database;
  readonly client: Client;
}

/** Where the clock of a rehearsal stands after an advance. */
export interface Advanced {
  readonly now: Instant;
  /** The clock stands where it was to go, and every case has followed. */
  readonly settled: boolean;
  /** How many times the clock was moved. */
  readonly moved: number;
  /** What had not settled when the time was up. */
  readonly waitingFor: readonly Unsettled[];
  /** The next instant at which an open case is due. */
  readonly nextDue: Instant | null;
}

/** Milliseconds without progress after which the unsettled are told again; it doubles while that does not help. */
const firstPatience = 1000;

const toldAtOnce = 16;

/**
 * Advances the clock of a rehearsal, due date by due date: moves it to the next instant at which an open case is due,
 * wakes the cases that are due, waits until all have settled, and goes on. It may be called again to go on; with the
 * present instant it only waits until all has settled. Rule W5.
 * @param to `next_due`: to the next due date after the present instant has settled; else an instant
 * @param limitMs how long it may take; what is not done then is reported, and nothing is lost
 * @throws Refusal `CLOCK_REAL` on a real instance, `CLOCK_BACKWARDS`, `CLOCK_BUSY` while another advance is under way
 */
export async function advanceClock(
  { database, client }: ClockDependencies,
  { to, limitMs }: { readonly to: string; readonly limitMs: number },
): Promise<Advanced> {
  const { mode, now } = await readClock(database);
  if (mode === 'real') throw new Refusal({ code: 'CLOCK_REAL', rule: 'W5' });
  const target = to === 'next_due' ? to : new Date(to).toISOString();
  if (target !== 'next_due' && target < now)
    throw new Refusal({ code: 'CLOCK_BACKWARDS', rule: 'W5', values: { now, to: target } });
  const deadline = Date.now() + limitMs;
  // The lock is the transaction's: when this process dies, it is free again.
  return database.$transaction(
    async (lock) => {
      const [taken] = await lock.$queryRaw<{ taken: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(hashtextextended('clock', 3)) AS taken`;
      if (!taken!.taken) throw new Refusal({ code: 'CLOCK_BUSY', rule: 'W5' });
      return new Advance(database, client, deadline).to(target);
    },
    { timeout: limitMs + 60_000 },
  );
}

class Advance {
  private now = '';
  private moved = 0;
  private readonly delivered = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly client: Client,
    private readonly deadline: number,
  ) {}

  async to(wanted: string): Promise<Advanced> {
    this.now = (await readClock(this.database)).now;
    let waitingFor = await this.settle();
    const target = wanted === 'next_due' ? ((await nextDue(this.database, this.now)) ?? this.now) : wanted;
    while (waitingFor.length === 0 && this.now < target && Date.now() < this.deadline) {
      await this.moveTowards(target);
      await this.tell((await unsettledAt(this.database, this.now)).filter(({ what }) => what === 'case'));
      waitingFor = await this.settle();
    }
    return {
      now: this.now,
      settled: waitingFor.length === 0 && this.now >= target,
      moved: this.moved,
      waitingFor,
      nextDue: await nextDue(this.database, this.now),
    };
  }

  private async moveTowards(target: Instant): Promise<void> {
    const due = await nextDue(this.database, this.now);
    const next = due !== null && due < target ? due : target;
    await moveClock(this.database, new Date(next));
    this.now = next;
    this.moved += 1;
  }

  /** Waits until nothing is left to do at the present instant, or the time is up; returns what is left. */
  private async settle(): Promise<Unsettled[]> {
    let lastSeen = '';
    let lastProgress = Date.now();
    let patience = firstPatience;
    for (let interval = 10; ; interval = Math.min(interval * 1.5, 150)) {
      const left = await unsettledAt(this.database, this.now);
      if (left.length === 0 || Date.now() >= this.deadline) return left;
      const seen = JSON.stringify(left);
      if (seen !== lastSeen) {
        lastSeen = seen;
        lastProgress = Date.now();
        patience = firstPatience;
      } else if (Date.now() - lastProgress >= patience) {
        await this.tell(left);
        this.deliverOnce(left);
        lastProgress = Date.now();
        patience *= 2;
      }
      // Reading thousands takes as long as waking some of them.
      await pause(Math.max(interval, left.length / 10));
    }
  }

  /** Wakes the cases of what is unsettled. One that cannot be reached stays unsettled and is told again. */
  private async tell(left: readonly Unsettled[]): Promise<void> {
    const wakeCase = caseWaker(this.client, this.database);
    const caseIds = new Set(left.filter(({ what }) => what !== 'submission').map(({ caseId }) => caseId));
    await inParallel([...caseIds], toldAtOnce, async (caseId) => {
      if (Date.now() >= this.deadline) return;
      try {
        await this.client.connection.withDeadline(this.deadline, () => wakeCase(caseId, this.now));
      } catch (error) {
        if (!isOutage(error)) throw error;
      }
    });
  }

  /** Delivers what nobody delivers any more; settling sees what becomes of it. */
  private deliverOnce(left: readonly Unsettled[]): void {
    for (const { what, id } of left) {
      if (what !== 'submission' || this.delivered.has(id)) continue;
      this.delivered.add(id);
      void this.database.submission
        .findUniqueOrThrow({ where: { id } })
        .then((submission) => deliver(this.client, this.database, submission))
        .catch(() => undefined);
    }
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Stack } from '../../stack/stack.js';

/** The processes of an instance. */
export const parts = ['worker', 'api', 'temporal', 'postgres'] as const;
export type Part = (typeof parts)[number];

/** Longest that a moment may take to come, in milliseconds. */
const patience = 30_000;

/** A moment that comes while something is going on; it is made sure before that begins. */
export interface Disturbance {
  readonly moment: 'in the transaction' | 'after the commit' | 'in delivery' | 'in casting';
  readonly part: Part;
  /** Makes sure that the moment comes and lasts; returns what waits for it, kills the process and lets all go on. */
  prepare(): Promise<() => Promise<void>>;
}

/** Kills single processes of a stack with SIGKILL at moments that are sure, and starts them again. */
export class Disturbances {
  /** What has been disturbed so far, e.g. `in the transaction: worker`. */
  readonly done: string[] = [];

  constructor(private readonly stack: Stack) {}

  /**
   * Does something that is disturbed on its way, and waits until it has come to its end all the same.
   * @param action what is going on, such as a stage of the walk
   * @param disturbances one after the other; each but the last ends a process without which the action stands still
   * @throws Error when a moment does not come, or the action had ended before it
   */
  async during<Result>(
    action: () => Promise<Result>,
    ...disturbances: readonly Disturbance[]
  ): Promise<Result> {
    let running: Promise<Result> | undefined;
    let kill = await disturbances[0]!.prepare();
    for (const [index, { moment, part }] of disturbances.entries()) {
      running ??= action();
      const isOver = running.then(() => {
        throw new Error(`It was over before ${part} could be killed ${moment}.`);
      });
      await Promise.race([kill(), isOver]);
      const next = disturbances[index + 1];
      // The next one is prepared before the action can go on; with PostgreSQL, before its callers have asked again.
      if (part === 'postgres') await this.stack.postgres.start();
      if (next) kill = await next.prepare();
      if (part !== 'postgres') await this.stack[part].start();
      this.done.push(`${moment}: ${part}`);
    }
    return running!;
  }

  /** In the middle of a decision's transaction: all is written but the audit entry, and nothing committed. */
  inTransaction(part: Part): Disturbance {
    const prepare = async () => {
      const lock = await this.lockAuditChain();
      return async () => {
        await lock.untilBlocking();
        await this.stack[part].kill();
        await lock.release();
      };
    };
    return { moment: 'in the transaction', part, prepare };
  }

  /**
   * After a decision's commit and before its reply: from the middle of the transaction on Temporal stands still, so
   * that no answer can pass.
   */
  afterCommit(part: Part): Disturbance {
    const answered = `SELECT FROM submission WHERE status = 'done'`;
    const prepare = async () => {
      const lock = await this.lockAuditChain();
      return async () => {
        await lock.untilBlocking();
        this.signalTemporal('SIGSTOP');
        const before = await this.count(answered);
        await lock.release();
        await until('the commit', async () => (await this.count(answered)) > before);
        await this.stack[part].kill();
        this.signalTemporal('SIGCONT');
      };
    };
    return { moment: 'after the commit', part, prepare };
  }

  /** While a submission is stored and not delivered: Temporal stands still from before it is sent. */
  inDelivery(part: Part): Disturbance {
    const stored = `SELECT FROM submission WHERE status = 'received'`;
    const prepare = async () => {
      await until('all that was sent before', async () => (await this.count(stored)) === 0);
      this.signalTemporal('SIGSTOP');
      return async () => {
        await until('a submission', async () => (await this.count(stored)) > 0);
        await this.stack[part].kill();
        this.signalTemporal('SIGCONT');
      };
    };
    return { moment: 'in delivery', part, prepare };
  }

  /** While a ballot is on its way into the box, which is locked. */
  inCasting(part: Part): Disturbance {
    const prepare = async () => {
      const lock = await this.lock('LOCK TABLE ballot IN SHARE MODE');
      return async () => {
        await lock.untilBlocking();
        await this.stack[part].kill();
        await lock.release();
      };
    };
    return { moment: 'in casting', part, prepare };
  }

  private signalTemporal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = this.stack.temporal;
    if (pid !== undefined) process.kill(pid, signal);
  }

  /** The end of the audit chain, which every decision locks, and nothing else, as the last thing before its commit. */
  private lockAuditChain() {
    return this.lock(`
      SELECT pg_advisory_xact_lock(hashtextextended(id::text, 2)) FROM organisation WHERE kind = 'district'`);
  }

  private async lock(statement: string) {
    const client = await this.connect();
    await client.query('BEGIN');
    await client.query(statement);
    return {
      untilBlocking: () =>
        until(`a transaction that waits for ${statement}`, async () => {
          const waiting = await client.query(
            'SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))',
          );
          return waiting.rowCount! > 0;
        }),
      // A server that is gone has let go of it by itself.
      release: () => client.end().catch(() => {}),
    };
  }

  private async count(query: string): Promise<number> {
    const client = await this.connect();
    try {
      return (await client.query(query)).rowCount!;
    } finally {
      await client.end();
    }
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.stack.postgres.url });
    client.on('error', () => {});
    await client.connect();
    return client;
  }
}

async function until(what: string, isThere: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + patience;
  while (!(await isThere())) {
    if (Date.now() > giveUpAt) throw new Error(`Waited in vain for ${what}.`);
    await pause(20);
  }
}

import { createHash } from 'node:crypto';
import type { Database } from './database.js';

/** An entry at which the chain does not hold, and why. */
export interface AuditFault {
  readonly sequence: number;
  /** A number is missing, the hash does not follow, the value is not what was digested, or a value has no entry. */
  readonly fault: 'gap' | 'hash' | 'value' | 'value_without_entry';
}

/** What an owner's audit chain looks like. */
export interface AuditReport {
  readonly entries: number;
  /** Entries whose value was erased; their digests still hold the chain together. */
  readonly erased: number;
  /** Hash of the last entry; the owner's id when there is none. Who has noted an earlier head can look for it. */
  readonly head: string;
  readonly faults: readonly AuditFault[];
}

const readAtOnce = 1000;

/**
 * Computes an owner's audit chain again, and the digest of every value that has not been erased. Rule S12.
 * @param ownerId id of the organisation that runs the schemes, whose id begins the chain
 */
export async function verifyAudit(database: Database, ownerId: string): Promise<AuditReport> {
  const faults: AuditFault[] = [];
  let head = ownerId;
  let sequence = 0;
  let entries = 0;
  let values = 0;
  for (;;) {
    const page = await database.auditEntry.findMany({
      where: { ownerId, sequence: { gt: sequence } },
      orderBy: { sequence: 'asc' },
      take: readAtOnce,
    });
    const last = page.at(-1);
    if (last === undefined) break;
    const kept = await database.auditValue.findMany({
      where: { ownerId, sequence: { gt: sequence, lte: last.sequence } },
    });
    const valueOf = new Map(kept.map((value) => [value.sequence, value]));
    for (const entry of page) {
      if (entry.sequence !== sequence + 1) faults.push({ sequence: entry.sequence, fault: 'gap' });
      if (entry.hash !== sha256(head, entry.digest, entry.at.toISOString()))
        faults.push({ sequence: entry.sequence, fault: 'hash' });
      const value = valueOf.get(entry.sequence);
      if (value && entry.digest !== sha256(value.salt, value.value))
        faults.push({ sequence: entry.sequence, fault: 'value' });
      if (value) values += 1;
      head = entry.hash;
      sequence = entry.sequence;
      entries += 1;
    }
  }
  const strays = await database.auditValue.findMany({
    where: { ownerId, OR: [{ sequence: { lt: 1 } }, { sequence: { gt: sequence } }] },
    orderBy: { sequence: 'asc' },
  });
  // An entry that was written meanwhile brings its value with it.
  for (const stray of strays) {
    const entry = await database.auditEntry.findUnique({
      where: { ownerId_sequence: { ownerId, sequence: stray.sequence } },
    });
    if (entry === null) faults.push({ sequence: stray.sequence, fault: 'value_without_entry' });
  }
  return { entries, erased: entries - values, head, faults };
}

function sha256(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

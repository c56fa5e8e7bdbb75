import { setTimeout as pause } from 'node:timers/promises';
import { dateOf } from '../domain/dates.js';
import { verifyAudit } from '../records/audit.js';
import { mailInTrouble } from '../records/deliveries.js';
import { readClock } from '../records/instance.js';
import { brokenInvariants, openCases, ownersWithAudit, type Found } from '../records/invariants.js';
import { unansweredSubmissions } from '../records/submissions.js';
import { unsettledAt } from '../records/unsettled.js';
import { closedButListed, standingsOf } from '../temporal/case-workflows.js';
import type { Text } from '../texts/catalogue.js';
import { findings, type FindingCode } from '../texts/findings.js';
import { onInstance, type Instance } from './command-line.js';

/** Something that is not as it must be. */
export interface Finding {
  readonly code: FindingCode;
  /** Where: ids, names and numbers; nothing personal. */
  readonly found: Found;
  readonly says: Text;
  readonly mend: Text;
}

type Suspicion = Pick<Finding, 'code' | 'found'>;

/** Milliseconds between the two looks at what may only be under way. */
const betweenLooks = 3000;

/** Milliseconds that a real instance may take to answer a submission. */
const answerWithin = 60_000;

/**
 * Checks an instance: the rows, the audit chains, and whether database and Temporal agree. What may only be under way,
 * such as a message that was sent a moment ago, is looked at twice and must be there both times.
 * @returns what is wrong, each with how to mend it; nothing when all is well
 */
export async function runDoctor(instance: Instance): Promise<Finding[]> {
  const { database } = instance;
  const { now } = await readClock(database);
  const broken = await brokenInvariants(database, dateOf(now));
  const suspicions: Suspicion[] = [
    ...broken.map(({ invariant, found }) => ({ code: invariant, found })),
    ...(await auditFaults(instance)),
    ...(await lastingSuspicions(instance)),
    ...(await mailInTrouble(database)),
  ];
  return suspicions.map(({ code, found }) => ({ code, found, ...findings[code] }));
}

async function auditFaults({ database }: Instance): Promise<Suspicion[]> {
  const faults: Suspicion[] = [];
  for (const ownerId of await ownersWithAudit(database)) {
    const report = await verifyAudit(database, ownerId);
    for (const { sequence, fault } of report.faults)
      faults.push({ code: 'AUDIT_CHAIN_BROKEN', found: { ownerId, sequence, fault } });
  }
  return faults;
}

async function lastingSuspicions(instance: Instance): Promise<Suspicion[]> {
  const first = [...(await unsettled(instance)), ...(await workflowsAmiss(instance))];
  if (first.length === 0) return [];
  await pause(betweenLooks);
  const caseIds = first.map(({ found }) => String(found.caseId));
  const second = [...(await unsettled(instance)), ...(await workflowsAmiss(instance, caseIds))];
  const seen = new Set(first.map((suspicion) => JSON.stringify(suspicion)));
  return second.filter((suspicion) => seen.has(JSON.stringify(suspicion)));
}

async function unsettled({ database }: Instance): Promise<Suspicion[]> {
  const { mode, now } = await readClock(database);
  // The clock of a rehearsal stands still: there, the second look tells what is late.
  const late = await unansweredSubmissions(
    database,
    mode === 'real' ? new Date(Date.parse(now) - answerWithin) : undefined,
  );
  const waiting = (await unsettledAt(database, now)).filter(({ what }) => what !== 'submission');
  return [
    ...late.map(({ id, caseId, caseKind, decision }): Suspicion => ({
      code: 'SUBMISSION_UNANSWERED',
      found: { submissionId: id, caseId, kind: caseKind, decision },
    })),
    ...waiting.map(({ what, id, caseId, caseKind }): Suspicion =>
      what === 'case'
        ? { code: 'CASE_NOT_WOKEN', found: { caseId, kind: caseKind } }
        : { code: 'MESSAGE_UNCONSUMED', found: { messageId: id, caseId, kind: caseKind } },
    ),
  ];
}

async function workflowsAmiss({ database, client }: Instance, ids?: readonly string[]): Promise<Suspicion[]> {
  const codes = {
    missing: 'CASE_WITHOUT_WORKFLOW',
    behind: 'WORKFLOW_BEHIND',
    silent: 'WORKFLOW_SILENT',
  } as const;
  const rows = [...(await openCases(database, ids)), ...(await closedButListed(client, database))];
  const standings = await standingsOf(client, rows);
  return standings.flatMap(({ row: { id, kind, sequence }, standing }) =>
    standing === 'up_to_date' ? [] : [{ code: codes[standing], found: { caseId: id, kind, sequence } }],
  );
}

if (import.meta.filename === process.argv[1]) {
  await onInstance(async (instance) => {
    const found = await runDoctor(instance);
    for (const { code, found: where, says, mend } of found) {
      const place = Object.entries(where).map(([name, value]) => `${name}=${value}`);
      console.log(`${code} ${place.join(' ')}`);
      console.log(`  ${says.zh} — ${mend.zh}`);
      console.log(`  ${says.en}: ${mend.en}`);
    }
    console.log(
      found.length === 0
        ? '一切正常 All is well.'
        : `发现 ${found.length} 处问题 ${found.length} findings; see docs/operations.md.`,
    );
    return found.length === 0 ? 0 : 1;
  });
}

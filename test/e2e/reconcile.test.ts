import { randomUUID } from 'node:crypto';
import { rulesOf } from '../../activities/rules.js';
import type { CaseKind } from '../../domain/cases.js';
import type { Prisma } from '../../prisma/generated/client.js';
import { decide, type Submission } from '../../records/decide.js';
import { readClock } from '../../records/instance.js';
import { scopedTo } from '../../records/scope.js';
import { storeSubmission } from '../../records/submissions.js';
import { applyFor, closeApplications, openRound } from '../../samples/walk/applications.js';
import { enterDistrict } from '../../samples/walk/district.js';
import { Walk } from '../../samples/walk/walk.js';
import { runDoctor } from '../../scripts/doctor.js';
import { reconcile } from '../../scripts/reconcile.js';
import { workflowIdOf } from '../../workflows/ids.js';
import { state } from '../../workflows/messages.js';
import { decidedRows } from '../support/decided-rows.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { eventually } from '../support/prepared.js';
import { smallRound } from '../support/small-round.js';

let instance: TestInstance;
let walk: Walk;

beforeAll(async () => {
  instance = await startInstance('reconcile', '2026-09-01T00:00:00+08:00');
  walk = new Walk({
    ...(await smallRound()),
    url: instance.url,
    administrator: instance.administrator,
    password: 'Sample-pass-2026',
  });
  await enterDistrict(walk);
  await openRound(walk);
}, 120_000);

afterAll(() => instance?.stop());

/** What the doctor finds, in short. */
async function found(): Promise<{ code: string; caseId?: unknown }[]> {
  const findings = await runDoctor(instance);
  return findings.map(({ code, found: { caseId } }) => ({ code, ...(caseId && { caseId }) }));
}

/** All that is decided, and how often each case was written. */
async function everything() {
  const { database } = instance;
  return {
    rows: await decidedRows(database),
    cases: await database.case.findMany({ select: { id: true, sequence: true }, orderBy: { id: 'asc' } }),
    audited: await database.auditEntry.count(),
    messages: await database.caseMessage.count(),
  };
}

/** All is well again, and to reconcile once more finds nothing to do and changes nothing. */
async function expectMended(): Promise<void> {
  expect(await eventually(found, (findings) => findings.length === 0)).toEqual([]);
  const before = await everything();
  expect(await reconcile(instance)).toEqual([]);
  expect(await everything()).toEqual(before);
}

/** Stores what somebody of the walk asks for and goes no further, like an API that died. */
async function submitAndDie(
  staffNumber: string,
  asked: { kind: CaseKind; id: string; decision: string; key: string },
  body: Prisma.InputJsonObject,
): Promise<Submission> {
  const { database } = instance;
  const { id: ownerId } = await database.organisation.findFirstOrThrow({ where: { kind: 'district' } });
  return storeSubmission(scopedTo(database, ownerId), {
    id: randomUUID(),
    ownerId,
    caseId: asked.id,
    caseKind: asked.kind,
    decision: asked.decision,
    actorId: walk.personId(staffNumber),
    key: asked.key,
    body,
    receivedAt: new Date((await readClock(database)).now),
  });
}

/** Takes a decision in the database alone, as when the workflow's reply is lost with its worker. */
async function decideAndDie(submission: Submission): Promise<void> {
  const { database } = instance;
  const kind = submission.caseKind as CaseKind;
  const { sequence } = await database.case.findUniqueOrThrow({ where: { id: submission.caseId } });
  const { status } = await decide(database, rulesOf(kind), {
    kind,
    id: submission.caseId,
    decision: submission.decision,
    submissionId: submission.id,
    sequence,
    at: (await readClock(database)).now,
  });
  expect(status).toBe('done');
}

/** The open review of a school, with what one of its panel asks for. */
async function reviewOf(school: string) {
  const { id } = await instance.database.case.findFirstOrThrow({
    where: { kind: 'schoolReview', organisationId: walk.schoolId(school), closedAt: null },
  });
  const panel = walk.staffOf('school_panel', { organisation: school }) as [string, string, string];
  const [clerk] = walk.staffOf('school_clerk', { organisation: school }) as [string];
  return { id, panel, clerk };
}

interface Review {
  readonly sheet: readonly { readonly code: string; readonly max: number; readonly judged: boolean }[];
  readonly applicants: readonly { readonly applicationId: string; readonly place: number | null }[];
  readonly quotas: readonly { readonly places: number }[];
}

async function scoresBy(judge: string, reviewId: string) {
  const { sheet, applicants } = await (await walk.as(judge)).get<Review>(`/school-reviews/${reviewId}`);
  const items = Object.fromEntries(
    sheet.filter(({ judged }) => judged).map(({ code, max }) => [code, max * 80]),
  );
  return { scores: applicants.map(({ applicationId }) => ({ applicationId, items })) };
}

/** What the workflow of a case knows. */
function known(kind: CaseKind, id: string) {
  return instance.client.workflow.getHandle(workflowIdOf(kind, id)).query(state);
}

async function statusOf(kind: CaseKind, id: string): Promise<string> {
  const { status } = await instance.client.workflow.getHandle(workflowIdOf(kind, id)).describe();
  return status.name;
}

function decisionsOn(submissionId: string): Promise<number> {
  return instance.database.decision.count({ where: { submissionId } });
}

test('an application that was stored and never delivered is found, and delivered once', async () => {
  const [late, ...others] = walk.applicants.ordinary;
  await walk.forEach(others, (applicant) => applyFor(walk, applicant));
  expect(await found()).toEqual([]);
  const id = randomUUID();
  const body = { roundId: walk.roundId, rank: 'accomplished', statement: '自愿申报。', agreesToNotice: true };
  const asked = { kind: 'application', id, decision: 'submit', key: 'walk-applications-1' } as const;
  const submission = await submitAndDie(late!.staffNumber, asked, body);
  expect(await found()).toEqual([{ code: 'SUBMISSION_UNANSWERED', caseId: id }]);

  expect(await reconcile(instance)).toEqual([
    { did: 'redelivered', caseId: id, submissionId: submission.id },
  ]);
  await expectMended();
  expect(await decisionsOn(submission.id)).toBe(1);
  expect(await statusOf('application', id)).toBe('RUNNING');
  // Who sends the same request again gets the same answer.
  const answer = await (await walk.as(late!.staffNumber)).decide('/applications', body);
  expect(answer).toMatchObject({ submissionId: submission.id, caseId: id });
  expect(await instance.database.application.count({ where: { personId: submission.actorId } })).toBe(1);
  walk.applications.set(id, late!);
}, 120_000);

test('a workflow that was terminated is found, and started again where its case stands', async () => {
  await closeApplications(walk);
  const { id, panel } = await reviewOf('QL06');
  const judge = await walk.as(panel[0]);
  await judge.decide(`/school-reviews/${id}/scores`, await scoresBy(panel[0], id));
  expect(await found()).toEqual([]);
  const { sequence } = (await known('schoolReview', id))!;
  for (const lost of [workflowIdOf('schoolReview', id), workflowIdOf('selectionRound', walk.roundId)])
    await instance.client.workflow.getHandle(lost).terminate('lost');
  expect(await found()).toEqual([
    { code: 'CASE_WITHOUT_WORKFLOW', caseId: walk.roundId },
    { code: 'CASE_WITHOUT_WORKFLOW', caseId: id },
  ]);

  const done = await reconcile(instance);
  expect(done).toHaveLength(2);
  expect(done).toEqual(
    expect.arrayContaining([
      { did: 'started', caseId: id, kind: 'schoolReview' },
      { did: 'started', caseId: walk.roundId, kind: 'selectionRound' },
    ]),
  );
  await expectMended();
  expect(await statusOf('schoolReview', id)).toBe('RUNNING');
  expect(await known('schoolReview', id)).toMatchObject({ step: 'scoring' });
  expect((await known('schoolReview', id))!.sequence).toBeGreaterThanOrEqual(sequence);
  expect(await instance.database.scoreSheet.count({ where: { caseId: id } })).toBe(6);
  const next = await walk.as(panel[1]);
  await next.decide(`/school-reviews/${id}/scores`, await scoresBy(panel[1], id));
  expect(await instance.database.scoreSheet.count({ where: { caseId: id } })).toBe(12);
}, 120_000);

test('a decision that was stored on a case that runs is found, delivered, and taken once', async () => {
  const { id, panel } = await reviewOf('QL07');
  const body = await scoresBy(panel[0], id);
  const asked = { kind: 'schoolReview', id, decision: 'score', key: 'walk-scores-1' } as const;
  const submission = await submitAndDie(panel[0], asked, body);
  expect(await found()).toEqual([{ code: 'SUBMISSION_UNANSWERED', caseId: id }]);
  // Two at once, as when an API starts while somebody reconciles.
  const done = await Promise.all([reconcile(instance), reconcile(instance)]);
  expect(done.flat()).toContainEqual({ did: 'redelivered', caseId: id, submissionId: submission.id });
  await expectMended();
  expect(await decisionsOn(submission.id)).toBe(1);
  expect(await instance.database.scoreSheet.count({ where: { caseId: id } })).toBe(6);
  const answer = await (await walk.as(panel[0])).decide(`/school-reviews/${id}/scores`, body);
  expect(answer.submissionId).toBe(submission.id);
}, 120_000);

test('a workflow that is behind its row is found, and reloads it', async () => {
  const { id, panel } = await reviewOf('QL06');
  const asked = { kind: 'schoolReview', id, decision: 'score', key: 'walk-scores-1' } as const;
  const submission = await submitAndDie(panel[2], asked, await scoresBy(panel[2], id));
  await decideAndDie(submission);
  expect(await known('schoolReview', id)).toMatchObject({ step: 'scoring' });
  expect(await found()).toEqual([{ code: 'WORKFLOW_BEHIND', caseId: id }]);

  expect(await reconcile(instance)).toEqual([{ did: 'reloaded', caseId: id, kind: 'schoolReview' }]);
  await expectMended();
  const row = await instance.database.case.findUniqueOrThrow({ where: { id } });
  expect(row.step).toBe('nominating');
  expect(await known('schoolReview', id)).toMatchObject({ step: 'nominating', sequence: row.sequence });
  expect(await decisionsOn(submission.id)).toBe(1);
}, 120_000);

test('a workflow that missed the end of its case is found, ends, and whom the case told is told', async () => {
  const { id, clerk } = await reviewOf('QL06');
  const { applicants, quotas } = await (await walk.as(clerk)).get<Review>(`/school-reviews/${id}`);
  const applicationIds = applicants
    .toSorted((left, right) => left.place! - right.place!)
    .slice(0, quotas[0]!.places)
    .map(({ applicationId }) => applicationId);
  const asked = { kind: 'schoolReview', id, decision: 'nominate', key: 'walk-nominations-1' } as const;
  await decideAndDie(await submitAndDie(clerk, asked, { applicationIds }));
  expect(await instance.database.case.findUniqueOrThrow({ where: { id } })).toMatchObject({
    outcome: 'nominated',
  });
  expect(await statusOf('schoolReview', id)).toBe('RUNNING');
  const findings = await found();
  expect(findings).toContainEqual({ code: 'WORKFLOW_BEHIND', caseId: id });
  expect(findings).toContainEqual({ code: 'MESSAGE_UNCONSUMED', caseId: walk.roundId });

  expect(await reconcile(instance)).toContainEqual({ did: 'reloaded', caseId: id, kind: 'schoolReview' });
  await expectMended();
  expect(await statusOf('schoolReview', id)).toBe('COMPLETED');
  const notices = await instance.database.case.findMany({ where: { kind: 'publicNotice' } });
  expect(notices).toMatchObject([{ organisationId: walk.schoolId('QL06'), step: 'drafting' }]);
  const entries = await instance.database.stageEntry.count({ where: { caseId: notices[0]!.id } });
  expect(entries).toBe(applicationIds.length);
}, 120_000);

test('S12: what was altered or removed in the audit chain is found', async () => {
  const { database } = instance;
  await expect(
    database.$executeRaw`UPDATE audit_value SET value = replace(value, 'score', 'store')`,
  ).rejects.toThrow('may not be changed');
  await expect(database.$executeRaw`DELETE FROM audit_entry`).rejects.toThrow('may not be changed');
  const last = (await database.auditEntry.aggregate({ _max: { sequence: true } }))._max.sequence!;
  expect(last).toBeGreaterThan(20);
  const tampered = async (...statements: string[]) => {
    const entries = await database.auditEntry.findMany();
    const values = await database.auditValue.findMany();
    await behindTheService(statements);
    const findings = (await runDoctor(instance)).map(({ code, found: { sequence, fault } }) => ({
      code,
      ...(sequence && { sequence, fault }),
    }));
    await behindTheService(['DELETE FROM audit_value', 'DELETE FROM audit_entry']);
    await database.auditEntry.createMany({ data: entries });
    await database.auditValue.createMany({ data: values });
    expect(await found()).toEqual([]);
    return findings;
  };
  const broken = (sequence: number, fault: string) => ({ code: 'AUDIT_CHAIN_BROKEN', sequence, fault });

  expect(
    await tampered(
      `UPDATE audit_value SET value = replace(value, 'decision', 'decizion') WHERE sequence = 7`,
    ),
  ).toEqual([broken(7, 'value')]);
  expect(await tampered('UPDATE audit_value SET salt = md5(salt) WHERE sequence = 7')).toEqual([
    broken(7, 'value'),
  ]);
  expect(await tampered(`UPDATE audit_entry SET at = at + interval '1 day' WHERE sequence = 7`)).toEqual([
    broken(7, 'hash'),
  ]);
  expect(
    await tampered(
      'DELETE FROM audit_value WHERE sequence = 7',
      'DELETE FROM audit_entry WHERE sequence = 7',
    ),
  ).toEqual(expect.arrayContaining([broken(8, 'gap'), broken(8, 'hash')]));
  expect(await tampered(`DELETE FROM audit_entry WHERE sequence = ${last}`)).toEqual(
    expect.arrayContaining([broken(last, 'value_without_entry')]),
  );
  // The end of the chain can be cut off without a trace in the chain; the decisions tell.
  expect(
    await tampered(
      `DELETE FROM audit_value WHERE sequence = ${last}`,
      `DELETE FROM audit_entry WHERE sequence = ${last}`,
    ),
  ).toEqual([{ code: 'DECISION_WITHOUT_AUDIT' }]);
  // What the law has erased is no fault.
  expect(await tampered('DELETE FROM audit_value WHERE sequence = 7')).toEqual([]);
}, 120_000);

/** Changes rows as somebody would who has the database in hand: no trigger stops it. */
async function behindTheService(statements: readonly string[]): Promise<void> {
  await instance.database.$transaction([
    instance.database.$executeRawUnsafe('SET LOCAL session_replication_role = replica'),
    ...statements.map((statement) => instance.database.$executeRawUnsafe(statement)),
  ]);
}

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { decisionRule, type CaseKind, type CaseState, type Role } from '../domain/cases.js';
import { dateOf } from '../domain/dates.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import type { Prisma } from '../prisma/generated/client.js';
import { lockCase, stateOf, type CaseRow, type NewCase, type NewTask } from './cases.js';
import type { Database, Transaction } from './database.js';
import { openOutbox, recordMail } from './deliveries.js';
import { checkRight, type Decider } from './rights.js';
import { scopedTo } from './scope.js';

export type Submission = Prisma.SubmissionGetPayload<object>;

/** What a decision or a transition does to its case. */
export interface Move {
  /** The step that the case goes to; the tasks of the step it leaves are done. */
  readonly step?: string;
  /** Ends the case with this outcome. */
  readonly outcome?: string;
  /** Tasks that this opens, in the new step or beside those that are open. */
  readonly tasks?: readonly NewTask[];
  readonly wakeAt?: Date | null;
  readonly waitingFor?: Role | null;
  readonly dueAt?: Date | null;
  /** What the caller gets to read. */
  readonly result?: Prisma.InputJsonValue;
}

/** What a handler works with: the owner's rows within the transaction, the case and the time. */
export interface Work {
  readonly db: Transaction;
  readonly ownerId: string;
  /** The locked case; null while a decision is about to create it. */
  readonly row: CaseRow | null;
  readonly id: string;
  readonly at: Date;
  /** The business date of `at`. */
  readonly today: string;
  /** Opens a case; its workflow is started after the commit. */
  open(next: NewCase): void;
  /** Has another case look at what this transaction changed. */
  tell(caseId: string): void;
  /** Puts a message into a person's inbox: a text of the catalogue with its values. */
  notify(personId: string, text: string, values: Prisma.InputJsonObject): void;
  /** Marks open tasks of a case as done: all, or those that allow the action. */
  finishTasks(caseId: string, action?: string): Promise<void>;
}

export interface DecisionWork extends Work {
  readonly submission: Submission;
  /** Whose decision it is, and who records it (S1). */
  readonly decider: Decider;
}

export type Transition = (work: Work & { readonly row: CaseRow }) => Promise<Move>;
// A handler reads its own body; the API has checked it with the schema of the decision.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Decision = (work: DecisionWork, body: any) => Promise<Move>;

/** The decisions and transitions that the cases of one kind know. */
export interface CaseRules {
  readonly decisions: Readonly<Record<string, Decision>>;
  readonly transitions: Readonly<Record<string, Transition>>;
  /** What a decision needs that takes too long for its transaction; done again, it changes nothing. */
  readonly preparations?: Readonly<Record<string, (database: Database, caseId: string) => Promise<void>>>;
}

export interface DecideRequest {
  readonly kind: CaseKind;
  readonly id: string;
  readonly decision: string;
  readonly submissionId: string;
  readonly sequence: number;
  readonly at: string;
}

export interface Decided {
  readonly status: 'done' | 'refused';
  readonly state: CaseState | null;
  /** Cases to be started or told. */
  readonly wake: readonly string[];
}

/** An Update came without a submission that asks for it. */
export class UnknownSubmission extends Error {
  override readonly name = 'UnknownSubmission';
}

/**
 * Takes one decision in one transaction: locks the case, checks right, turn and rules again, writes the decision,
 * the case's next state, tasks, messages and the audit entry, and marks the submission done. Sent again, it answers
 * the same and changes nothing. A refusal leaves nothing behind but the refused submission. Rules S1–S5, S7.
 * @param sendsMail whether this instance has a mail server: then the notifications' mail is written with them
 * @throws UnknownSubmission when no submission asks for this decision on this case
 */
export async function decide(
  database: Database,
  rules: CaseRules,
  request: DecideRequest,
  sendsMail = false,
): Promise<Decided> {
  const asked = await database.submission.findUnique({ where: { id: request.submissionId } });
  if (asked === null || asked.caseId !== request.id || asked.decision !== request.decision)
    throw new UnknownSubmission(`No submission asks for ${request.decision} on this case.`);
  const owner = scopedTo(database, asked.ownerId);
  if (asked.status === 'received') await rules.preparations?.[request.decision]?.(database, request.id);
  try {
    return await owner.$transaction((db) => takeDecision(db, rules, request, sendsMail));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return owner.$transaction((db) => refuse(db, request, error.toReason()));
  }
}

async function takeDecision(
  db: Transaction,
  rules: CaseRules,
  request: DecideRequest,
  sendsMail: boolean,
): Promise<Decided> {
  const row = await lockCase(db, request.id);
  const submission = await db.submission.findUniqueOrThrow({ where: { id: request.submissionId } });
  if (submission.status !== 'received')
    return answer(db, submission.status === 'done' ? 'done' : 'refused', row, request.id);
  checkTurn(request, row);
  const at = new Date(request.at);
  const decider = await checkRight(db, request, submission, row, dateOf(request.at));
  const work = workOn(db, submission.ownerId, request.id, row, at, false, sendsMail);
  const handler = rules.decisions[request.decision];
  if (!handler) throw new Error(`${request.kind} has no handler of the decision ${request.decision}.`);
  const move = await handler({ ...work, submission, decider }, submission.body);
  const { next, wake } = await applyMove(work, move);
  await db.decision.create({
    data: {
      ownerId: submission.ownerId,
      caseId: request.id,
      name: request.decision,
      submissionId: submission.id,
      decidedById: decider.decidedById,
      decidedByRole: decider.role,
      recordedById: submission.actorId,
      decidedOn: decider.decidedOn,
      recordedAt: at,
      basis: decider.basis ?? undefined,
    },
  });
  await db.submission.update({
    where: { id: submission.id },
    data: { status: 'done', answeredAt: at, result: move.result ?? {} },
  });
  await appendAudit(db, submission.ownerId, at, {
    case: request.id,
    kind: request.kind,
    decision: request.decision,
    submission: submission.id,
    recordedBy: submission.actorId,
    decidedBy: decider.decidedById,
    role: decider.role,
    body: submission.body,
  });
  return { status: 'done', state: next && stateOf(next), wake };
}

async function refuse(db: Transaction, request: DecideRequest, reason: Reason): Promise<Decided> {
  const row = await lockCase(db, request.id);
  await db.submission.updateMany({
    where: { id: request.submissionId, status: 'received' },
    data: {
      status: 'refused',
      answeredAt: new Date(request.at),
      result: reason as unknown as Prisma.InputJsonObject,
    },
  });
  return answer(db, 'refused', row, request.id);
}

export interface CarryOutRequest {
  readonly id: string;
  readonly transition: string;
  readonly sequence: number;
  readonly at: string;
}

export interface CarriedOut {
  readonly state: CaseState;
  readonly wake: readonly string[];
}

/**
 * Carries out what follows by itself in one transaction: a due date has come, or there is news for the case. The
 * messages that were waiting for the case are consumed by it. A transition that has already been carried out
 * changes nothing.
 * @param sendsMail as for `decide`
 */
export async function carryOut(
  database: Database,
  rulesOf: (kind: CaseKind) => CaseRules,
  request: CarryOutRequest,
  sendsMail = false,
): Promise<CarriedOut> {
  const found = await database.case.findUniqueOrThrow({ where: { id: request.id } });
  return scopedTo(database, found.ownerId).$transaction(async (db) => {
    const row = (await lockCase(db, request.id))!;
    const at = new Date(request.at);
    const answer = async () => ({ state: stateOf(row), wake: await waitingToBeWoken(db, row.id) });
    // Carried out before: a message that has come since is for the next transition.
    if (row.sequence > request.sequence && !row.closedAt) return answer();
    await db.caseMessage.updateMany({
      where: { caseId: row.id, consumedAt: null },
      data: { consumedAt: at },
    });
    if (row.closedAt) return answer();
    const transition = rulesOf(row.kind as CaseKind).transitions[request.transition];
    if (!transition) throw new Error(`${row.kind} has no transition ${request.transition}.`);
    const work = workOn(db, row.ownerId, row.id, row, at, true, sendsMail);
    const move = await transition({ ...work, row });
    const { next, wake } = await applyMove(work, move);
    return { state: stateOf(next!), wake };
  });
}

/** Reads a case for its workflow; the message that asked for its start is consumed. */
export async function loadCase(
  database: Database,
  id: string,
): Promise<{ state: CaseState | null; news: boolean }> {
  const found = await database.case.findUnique({ where: { id } });
  if (found === null) return { state: null, news: false };
  const waiting = await database.caseMessage.findMany({
    where: { caseId: id, consumedAt: null },
    select: { kind: true },
  });
  if (waiting.some(({ kind }) => kind === 'start'))
    await database.caseMessage.updateMany({
      where: { caseId: id, kind: 'start', consumedAt: null },
      data: { consumedAt: found.createdAt },
    });
  return { state: stateOf(found), news: waiting.some(({ kind }) => kind !== 'start') };
}

interface Effects {
  readonly opened: NewCase[];
  readonly told: Set<string>;
  readonly notifications: { personId: string; text: string; values: Prisma.InputJsonObject }[];
}

/** A handler's work, with what it has asked for so far. */
interface TransactionWork extends Work {
  readonly isTransition: boolean;
  readonly sendsMail: boolean;
  readonly effects: Effects;
}

function workOn(
  db: Transaction,
  ownerId: string,
  id: string,
  row: CaseRow | null,
  at: Date,
  isTransition: boolean,
  sendsMail: boolean,
): TransactionWork {
  const effects: Effects = { opened: [], told: new Set(), notifications: [] };
  return {
    db,
    ownerId,
    id,
    row,
    at,
    today: dateOf(at.toISOString()),
    isTransition,
    sendsMail,
    effects,
    open: (next) => void effects.opened.push(next),
    tell: (caseId) => void effects.told.add(caseId),
    notify: (personId, text, values) => void effects.notifications.push({ personId, text, values }),
    finishTasks: async (caseId, action) => {
      await db.task.updateMany({
        where: { caseId, doneAt: null, ...(action && { actions: { has: action } }) },
        data: { doneAt: at },
      });
    },
  };
}

/**
 * Writes what a handler asked for: the case's next state, then tasks, new cases, messages and notifications.
 * @returns the case as it is now, and the cases to be woken
 */
async function applyMove(
  work: TransactionWork,
  move: Move,
): Promise<{ next: CaseRow | null; wake: string[] }> {
  const next = await moveCase(work, move);
  const { db, ownerId, at, effects, id } = work;
  if (effects.opened.length > 0) await openCases(db, ownerId, at, effects.opened);
  const messages = [
    ...effects.opened.map((opened) => ({ caseId: opened.id, kind: 'start' })),
    ...[...effects.told].map((caseId) => ({ caseId, kind: 'news' })),
    ...(await writeNotifications(work)),
  ];
  if (messages.length > 0)
    await db.caseMessage.createMany({
      data: messages.map((message) => ({ ...message, ownerId, fromCaseId: id, createdAt: at })),
    });
  return { next, wake: [...new Set(messages.map(({ caseId }) => caseId))] };
}

/** Writes the notifications with their mail; returns the message to the case that sends it. */
async function writeNotifications({
  db,
  ownerId,
  id,
  at,
  effects,
  sendsMail,
}: TransactionWork): Promise<{ caseId: string; kind: string }[]> {
  if (effects.notifications.length === 0) return [];
  const rows = effects.notifications.map((each) => ({
    ...each,
    id: randomUUID(),
    ownerId,
    caseId: id,
    createdAt: at,
  }));
  await db.notification.createMany({ data: rows });
  const notificationIds = rows.map((row) => row.id);
  if (!(await recordMail(db, ownerId, notificationIds, sendsMail))) return [];
  return [{ caseId: ownerId, kind: (await openOutbox(db, ownerId, at)) ? 'start' : 'news' }];
}

async function moveCase(work: TransactionWork, move: Move): Promise<CaseRow | null> {
  const { db, row, at, id, ownerId } = work;
  if (row === null) {
    // The decision that creates a case opens it as its own first case: it needs no message to be started.
    const own = work.effects.opened.findIndex((opened) => opened.id === id);
    if (own < 0) throw new Error('A decision on a case that does not exist must open it.');
    const [created] = work.effects.opened.splice(own, 1);
    await openCases(db, ownerId, at, [created!]);
    return db.case.findUnique({ where: { id } });
  }
  const leaves = move.outcome !== undefined || (move.step !== undefined && move.step !== row.step);
  if (leaves) await work.finishTasks(id);
  if (move.tasks?.length)
    await db.task.createMany({ data: move.tasks.map((task) => taskRow(task, id, ownerId, at)) });
  const first = move.outcome === undefined ? await firstOpenTask(db, id) : null;
  const due = first?.dueAt ?? null;
  const dueAt = move.dueAt !== undefined ? move.dueAt : (due ?? (leaves ? null : row.dueAt));
  const wakeAt = move.wakeAt !== undefined ? move.wakeAt : leaves ? due : nextLook(work, row, due);
  return db.case.update({
    where: { id },
    data: {
      sequence: row.sequence + 1,
      step: move.step ?? row.step,
      since: leaves ? at : row.since,
      waitingFor:
        move.waitingFor !== undefined ? move.waitingFor : (first?.role ?? (leaves ? null : row.waitingFor)),
      dueAt,
      wakeAt,
      ...(move.outcome !== undefined && {
        outcome: move.outcome,
        closedAt: at,
        waitingFor: null,
        dueAt: null,
        wakeAt: null,
      }),
    },
  });
}

/**
 * When the case is looked at next, if the handler says nothing: a time that has come stays until the transition that it
 * calls for has run, and a case that waits for its tasks follows their date when it is put off.
 */
function nextLook({ at, isTransition }: TransactionWork, row: CaseRow, due: Date | null): Date | null {
  const attended = isTransition && row.wakeAt !== null && row.wakeAt <= at;
  const followsTasks = row.wakeAt === null || row.wakeAt.getTime() === row.dueAt?.getTime();
  if (due !== null && due > at && (attended || followsTasks)) return due;
  return attended ? null : row.wakeAt;
}

/** Writes new cases with their tasks; who calls it sees to it that their workflows are started. */
export async function openCases(
  db: Transaction,
  ownerId: string,
  at: Date,
  opened: readonly NewCase[],
): Promise<void> {
  await db.case.createMany({
    data: opened.map((next) => {
      const first = [...(next.tasks ?? [])].sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime())[0];
      return {
        id: next.id,
        ownerId,
        kind: next.kind,
        organisationId: next.organisationId,
        roundId: next.roundId ?? null,
        rank: next.rank ?? null,
        subject: next.subject ?? null,
        stage: next.stage ?? null,
        unit: next.unit ?? null,
        batch: next.batch ?? 1,
        step: next.step,
        waitingFor: next.waitingFor !== undefined ? next.waitingFor : (first?.role ?? null),
        dueAt: next.dueAt !== undefined ? next.dueAt : (first?.dueAt ?? null),
        wakeAt: next.wakeAt !== undefined ? next.wakeAt : (first?.dueAt ?? null),
        since: at,
        createdAt: at,
      };
    }),
  });
  const tasks = opened.flatMap((next) =>
    (next.tasks ?? []).map((task) => taskRow(task, next.id, ownerId, at)),
  );
  if (tasks.length > 0) await db.task.createMany({ data: tasks });
}

function taskRow(task: NewTask, caseId: string, ownerId: string, at: Date): Prisma.TaskCreateManyInput {
  return { ...task, actions: [...task.actions], id: randomUUID(), caseId, ownerId, since: at };
}

function firstOpenTask(db: Transaction, caseId: string) {
  return db.task.findFirst({ where: { caseId, doneAt: null }, orderBy: { dueAt: 'asc' } });
}

/** Open cases that have not yet acted on what this one told them. */
async function waitingToBeWoken(db: Transaction, fromCaseId: string): Promise<string[]> {
  const waiting = await db.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT told.id::text AS id FROM case_message message JOIN "case" told ON told.id = message.case_id
    WHERE message.from_case_id = ${fromCaseId}::uuid AND message.consumed_at IS NULL AND told.closed_at IS NULL`;
  return waiting.map(({ id }) => id);
}

async function answer(
  db: Transaction,
  status: Decided['status'],
  row: CaseRow | null,
  id: string,
): Promise<Decided> {
  return { status, state: row && stateOf(row), wake: await waitingToBeWoken(db, id) };
}

function checkTurn(request: DecideRequest, row: CaseRow | null): void {
  const rule = decisionRule(request.kind, request.decision);
  const step = row === null ? 'new' : row.closedAt ? 'closed' : row.step;
  if (!rule?.during.includes(step))
    throw new Refusal({
      code: 'WRONG_STEP',
      rule: 'S3',
      values: { decision: request.decision, step, allowed: [...(rule?.during ?? [])] },
    });
}

/**
 * Appends to the owner's audit chain: the digest of the salted value goes into the chain, the value beside it, where
 * the law may have it erased. The last thing in a transaction, because the chain's end is locked by it.
 */
export async function appendAudit(db: Transaction, ownerId: string, at: Date, value: object): Promise<void> {
  const salt = randomBytes(16).toString('hex');
  const text = JSON.stringify(value);
  const digest = createHash('sha256').update(salt).update(text).digest('hex');
  await db.$executeRaw`SELECT append_audit(${ownerId}::uuid, ${at}::timestamptz, ${digest}, ${salt}, ${text})`;
}

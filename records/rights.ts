import { decisionRule, type CaseKind, type Role } from '../domain/cases.js';
import { Refusal } from '../domain/refusal.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { CaseRow } from './cases.js';
import type { Transaction } from './database.js';

/** On what somebody records a decision that others took: a document, minutes, a scan (S1). */
export interface Basis {
  readonly document: string;
  readonly decidedOn: string;
  /** Whose decision it is, when it is one person's, such as a teacher's application on paper. */
  readonly personId?: string;
}

/** Whose decision it is, and by which right. */
export interface Decider {
  readonly role: Role;
  readonly decidedById: string | null;
  readonly decidedOn: string;
  readonly basis: Prisma.InputJsonObject | null;
  /** The role of who records it for another; null when it is sent by who decides. */
  readonly recordedByRole: Role | null;
  /** The person whom the case is about, where the decision is that person's own. */
  readonly personId: string | null;
}

interface Asked {
  readonly kind: CaseKind;
  readonly id: string;
  readonly decision: string;
}

/**
 * Checks that whoever sent a submission may take the decision, or may record it for who does; who is named as the one who
 * decided must have had the right on that day. Rule S1.
 * @param today business date on which memberships must be in force
 * @throws Refusal NOT_ALLOWED when not, BASIS_MISSING when it is recorded for another without its basis, NOT_FOUND
 *   when nobody is the person for whom it is recorded
 */
export async function checkRight(
  db: Transaction,
  asked: Asked,
  submission: { actorId: string; ownerId: string; body: unknown },
  row: CaseRow | null,
  today: string,
): Promise<Decider> {
  const rule = decisionRule(asked.kind, asked.decision)!;
  const basis = (submission.body as { recordedFor?: Basis }).recordedFor ?? null;
  const memberships = await db.membership.findMany({
    where: {
      personId: submission.actorId,
      from: { lte: today },
      OR: [{ until: null }, { until: { gte: today } }],
    },
  });
  // Who holds several of the roles acts in the first that the rule names.
  const holds = (allowed: readonly Role[], organisations: readonly (string | undefined)[]) =>
    allowed
      .flatMap((role) => memberships.filter((membership) => membership.role === role))
      .find((membership) => organisations.includes(membership.organisationId));
  const { personId: nomineeId } = submission.body as { personId?: string };
  const personId =
    rule.at === 'self'
      ? await personOf(db, asked.kind, row, basis?.personId ?? submission.actorId)
      : rule.at === 'nominee'
        ? nomineeId!
        : null;
  const organisationIds =
    rule.at === 'nominee'
      ? [submission.ownerId, await schoolOf(db, nomineeId!)]
      : [rule.at === 'owner' ? submission.ownerId : row?.organisationId];

  if (rule.at === 'named' && !(await isNamed(db, asked.id, submission.actorId)))
    throw new Refusal({
      code: 'NOT_ALLOWED',
      rule: 'S1',
      values: { decision: asked.decision, allowed: [...rule.by] },
    });
  if (basis === null) {
    const held =
      rule.at === 'named'
        ? { role: rule.by[0]! }
        : rule.at === 'self'
          ? personId === submission.actorId && { role: rule.by[0]! }
          : rule.by.includes('teacher')
            ? { role: 'teacher' }
            : holds(rule.by, organisationIds);
    if (held)
      return {
        role: held.role as Role,
        decidedById: submission.actorId,
        decidedOn: today,
        basis: null,
        recordedByRole: null,
        personId,
      };
    const mightRecord = rule.recordedBy && holds(rule.recordedBy, [submission.ownerId, row?.organisationId]);
    throw new Refusal({
      code: mightRecord ? 'BASIS_MISSING' : 'NOT_ALLOWED',
      rule: 'S1',
      values: { decision: asked.decision, allowed: [...rule.by] },
    });
  }
  const school = personId === null ? row?.organisationId : await schoolOf(db, personId);
  const recorder = holds(rule.recordedBy ?? [], [submission.ownerId, school]);
  if (!recorder)
    throw new Refusal({
      code: 'NOT_ALLOWED',
      rule: 'S1',
      values: { decision: asked.decision, allowed: [...(rule.recordedBy ?? [])] },
    });
  const namedId = rule.at === 'self' ? undefined : basis.personId;
  if (namedId !== undefined && !(await heldOne(db, namedId, rule.by, organisationIds, basis.decidedOn)))
    throw new Refusal({
      code: 'NOT_ALLOWED',
      rule: 'S1',
      values: { decision: asked.decision, allowed: [...rule.by] },
    });
  return {
    role: rule.by[0]!,
    decidedById: rule.at === 'self' ? personId : (namedId ?? null),
    decidedOn: basis.decidedOn,
    basis: { document: basis.document, decidedOn: basis.decidedOn },
    recordedByRole: recorder.role as Role,
    personId,
  };
}

/** The person whom a case is about; who is to be the candidate, while there is no case yet. */
async function personOf(
  db: Transaction,
  kind: CaseKind,
  row: CaseRow | null,
  newPersonId: string,
): Promise<string> {
  if (row === null) return newPersonId;
  if (kind === 'objection') return accusedBy(db, row.id);
  if (kind === 'titleTenure')
    return (await db.title.findUniqueOrThrow({ where: { id: row.id }, select: { personId: true } })).personId;
  const found =
    kind === 'application'
      ? await db.application.findUniqueOrThrow({ where: { id: row.id }, select: { personId: true } })
      : await db.trainee.findUniqueOrThrow({ where: { id: row.id }, select: { personId: true } });
  return found.personId;
}

/** Whether somebody held one of the roles in one of the organisations on a day. */
async function heldOne(
  db: Transaction,
  personId: string,
  roles: readonly Role[],
  organisations: readonly (string | undefined)[],
  on: string,
): Promise<boolean> {
  const held = await db.membership.count({
    where: {
      personId,
      role: { in: [...roles] },
      organisationId: { in: organisations.filter((id) => id !== undefined) },
      from: { lte: on },
      OR: [{ until: null }, { until: { gte: on } }],
    },
  });
  return held > 0;
}

/** Whether an objection names the person as one of its investigators. */
async function isNamed(db: Transaction, id: string, personId: string): Promise<boolean> {
  return (await db.objection.count({ where: { id, investigatorIds: { has: personId } } })) > 0;
}

async function accusedBy(db: Transaction, id: string): Promise<string> {
  const { applicationId } = await db.objection.findUniqueOrThrow({
    where: { id },
    select: { applicationId: true },
  });
  const { personId } = await db.application.findUniqueOrThrow({
    where: { id: applicationId },
    select: { personId: true },
  });
  return personId;
}

async function schoolOf(db: Transaction, personId: string): Promise<string> {
  const person = await db.person.findUnique({ where: { id: personId }, select: { schoolId: true } });
  if (person === null) throw new Refusal({ code: 'NOT_FOUND', values: { personId } });
  return person.schoolId;
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { decisionRule, decisionsDuring, type CaseKind, type DecisionName } from '../domain/cases.js';
import { dateOf } from '../domain/dates.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import type { Prisma } from '../prisma/generated/client.js';
import { readClock } from '../records/instance.js';
import { checkRight } from '../records/rights.js';
import { storeSubmission } from '../records/submissions.js';
import { deliver } from '../temporal/deliver.js';
import type { Dependencies } from './dependencies.js';
import { route, type Route } from './route.js';

/** A decision as a resource: where it is sent, and what it says. */
export type DecisionRoute = {
  [K in CaseKind]: {
    readonly kind: K;
    readonly decision: DecisionName<K>;
    /** `/school-reviews/{id}/nominations`; without `{id}` when the decision creates its case. */
    readonly path: string;
    readonly summary: string;
    readonly body: z.ZodObject;
  };
}[CaseKind];

/** On what somebody records a decision that others took on paper (S1). */
const recordedFor = z
  .strictObject({
    document: z.string().min(1).max(200).meta({ description: 'Number of the document or minutes.' }),
    decidedOn: z.iso.date(),
    personId: z.uuid().optional().meta({ description: 'Whose decision it is, when it is one person’s.' }),
  })
  .meta({ id: 'RecordedFor', description: 'Given when the decision is recorded for who took it.' });

const answerSchema = z
  .object({
    submissionId: z.uuid(),
    status: z.literal('done'),
    caseId: z.uuid(),
    step: z.string(),
    outcome: z.string().nullable(),
    waitingFor: z.string().nullable(),
    dueAt: z.iso.datetime().nullable(),
    /** Decisions that the case allows now. */
    actions: z.array(z.string()),
    result: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'DecisionAnswer' });

/**
 * Makes the routes of decisions. Each goes the same way: right and form are checked, the request is stored as a
 * submission, an Update brings it to the case's workflow, and the stored answer is given. Rules S1–S3.
 */
export function decisionRoutes(decisions: readonly DecisionRoute[], dependencies: Dependencies): Route[] {
  return decisions.map((decision) => decisionRoute(decision, dependencies));
}

function decisionRoute(
  { kind, decision, path, summary, body }: DecisionRoute,
  dependencies: Dependencies,
): Route {
  const rule = decisionRule(kind, decision)!;
  const recordable = rule.recordedBy !== undefined;
  const creates = rule.during.includes('new');
  return route({
    method: 'post',
    path: `/api/v1${path}`,
    operationId: `${decision}${kind[0]!.toUpperCase()}${kind.slice(1)}`,
    summary,
    tag: tagOf(path),
    access:
      rule.by.includes('teacher') || rule.at === 'named'
        ? 'signedIn'
        : { roles: [...rule.by, ...(rule.recordedBy ?? [])] },
    params: (creates ? z.object({}) : z.object({ id: z.uuid() })) as z.ZodObject,
    body: recordable ? body.extend({ recordedFor: recordedFor.optional() }) : body,
    idempotent: true,
    statuses: [creates ? 201 : 200],
    response: answerSchema,
    handler: async ({ actor, database, params, body: given, idempotencyKey }) => {
      if (actor.personId === null)
        throw new Refusal({ code: 'NOT_ALLOWED', rule: 'S1', values: { decision, allowed: [...rule.by] } });
      const { now } = await readClock(dependencies.database);
      const caseId = creates ? randomUUID() : String(params['id']);
      const row = creates ? null : await database.case.findFirst({ where: { id: caseId, kind } });
      if (!creates && row === null) throw new Refusal({ code: 'NOT_FOUND' });
      const next = {
        id: randomUUID(),
        ownerId: actor.ownerId,
        caseId,
        caseKind: kind,
        decision,
        actorId: actor.personId,
        key: idempotencyKey,
        body: given as Prisma.InputJsonObject,
        receivedAt: new Date(now),
      };
      await checkRight(database, { kind, id: caseId, decision }, next, row, dateOf(now));
      const stored = await storeSubmission(database, next);
      const answered = await deliver(dependencies.temporal, dependencies.database, stored, now);
      if (answered.status === 'refused') throw new Refusal(answered.result as unknown as Reason);
      const after = await database.case.findUniqueOrThrow({ where: { id: answered.caseId } });
      return {
        status: creates ? 201 : 200,
        body: {
          submissionId: answered.id,
          status: 'done' as const,
          caseId: after.id,
          step: after.step,
          outcome: after.outcome,
          waitingFor: after.waitingFor,
          dueAt: after.dueAt?.toISOString() ?? null,
          actions: after.closedAt ? [] : decisionsDuring(kind, after.step),
          result: (answered.result ?? {}) as Record<string, unknown>,
        },
      };
    },
  });
}

function tagOf(path: string): string {
  return path.split('/')[1]!;
}

import { z } from 'zod';
import { decisionsDuring, type CaseKind } from '../domain/cases.js';
import { listCases, type CaseRow } from '../records/cases.js';
import type { Actor } from './auth/actor.js';
import { route, type Route } from './route.js';
import { schoolsOf, seesAll, subjectsOf } from './visibility.js';

/** What every list of cases shows of one. */
export const caseSchema = z
  .object({
    id: z.uuid(),
    roundId: z.uuid().nullable(),
    organisationId: z.uuid(),
    rank: z.string().nullable(),
    subject: z.string().nullable(),
    stage: z.string().nullable(),
    unit: z.string().nullable(),
    batch: z.int(),
    step: z.string(),
    outcome: z.string().nullable(),
    waitingFor: z.string().nullable(),
    since: z.iso.datetime(),
    dueAt: z.iso.datetime().nullable(),
    actions: z.array(z.string()),
  })
  .meta({ id: 'Case' });

/** A case as lists show it. */
export function shownCase(row: CaseRow): z.input<typeof caseSchema> {
  const { id, roundId, organisationId, rank, subject, stage, unit, batch, step, outcome, waitingFor } = row;
  return {
    id,
    roundId,
    organisationId,
    rank,
    subject,
    stage,
    unit,
    batch,
    step,
    outcome,
    waitingFor,
    since: row.since.toISOString(),
    dueAt: row.dueAt?.toISOString() ?? null,
    actions: row.closedAt ? [] : decisionsDuring(row.kind as CaseKind, step),
  };
}

/** Whether the actor may see a case: by a role of the owner, at its school, or of its subject. */
export function seesCase(actor: Actor, row: CaseRow): boolean {
  return (
    seesAll(actor) ||
    schoolsOf(actor).includes(row.organisationId) ||
    (row.subject !== null && subjectsOf(actor).includes(row.subject))
  );
}

/** The list of the cases of a kind, those that the caller may see: by `seesCase`, where the kind has no wider rule. */
export function caseListRoute(
  kind: CaseKind,
  path: string,
  summary: string,
  sees: (actor: Actor, row: CaseRow) => boolean = seesCase,
): Route {
  return route({
    method: 'get',
    path: `/api/v1${path}`,
    operationId: `list${path.slice(1).replaceAll(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())}`,
    summary,
    tag: path.slice(1),
    access: 'signedIn',
    query: z.object({ roundId: z.uuid().optional(), open: z.stringbool().optional() }),
    response: z.object({ items: z.array(caseSchema) }),
    handler: async ({ actor, database, query }) => {
      const rows = await listCases(database, { kind, ...query });
      return { status: 200, body: { items: rows.filter((row) => sees(actor, row)).map(shownCase) } };
    },
  });
}

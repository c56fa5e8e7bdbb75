import { z } from 'zod';
import { allowancesOfMonth, ledgerOf } from '../../records/allowances.js';
import { listCases } from '../../records/cases.js';
import type { OwnerDatabase } from '../../records/database.js';
import { shownPersons } from '../../records/persons-shown.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';
import { requireSight } from '../visibility.js';

const tag = 'allowances';
const month = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/)
  .meta({ description: 'YYYY-MM' });
const policyId = z.uuid();

/** What is decided on the allowances of a month, with the organisation's calendar. */
export const allowanceDecisions: DecisionRoute[] = [
  {
    kind: 'calendar',
    decision: 'confirmAllowances',
    path: '/calendars/{id}/allowances',
    summary: '确认津贴月表 Confirm the allowances of a month',
    body: z.strictObject({ policyId, month }),
  },
  {
    kind: 'calendar',
    decision: 'correctAllowances',
    path: '/calendars/{id}/allowance-corrections',
    summary: '更正已确认的津贴 Correct a confirmed month by counter-entries',
    body: z.strictObject({ policyId, month, reason: z.string().min(1).max(1000) }),
  },
];

const access = { roles: ['office', 'leading_group', 'auditor'] } as const;

const person = {
  personId: z.uuid(),
  name: z.string(),
  school: z.string(),
  titleId: z.uuid(),
  rank: z.string(),
};

/** Allowances: computed for any month, and the ledger of what was confirmed. Rule C8. */
export function allowanceRoutes(dependencies: Dependencies): Route[] {
  return [
    ...decisionRoutes(allowanceDecisions, dependencies),
    route({
      method: 'get',
      path: '/api/v1/calendar',
      operationId: 'getCalendar',
      summary: '本单位日历 The calendar of the organisation, on which its months and years are decided',
      tag,
      access,
      response: z.object({ id: z.uuid(), step: z.string(), dueAt: z.iso.datetime().nullable() }),
      handler: async ({ database }) => {
        const [found] = await listCases(database, { kind: 'calendar' });
        requireSight(found !== undefined);
        const { id, step, dueAt } = found!;
        return { status: 200, body: { id, step, dueAt: dueAt?.toISOString() ?? null } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/allowances',
      operationId: 'listAllowances',
      summary: '津贴月表 The allowances of a month, as they are due by what is known now',
      tag,
      access,
      query: z.object({ month, policyId }),
      response: z.object({
        items: z.array(
          z.object({
            ...person,
            month: z.string(),
            days: z.int(),
            fen: z.int().meta({ description: 'Due, in fen.' }),
            paidFen: z.int().meta({ description: 'What the ledger adds up to, in fen.' }),
          }),
        ),
      }),
      refusals: ['ALLOWANCE_NOT_IN_SCHEME', 'SCHEME_UNKNOWN'],
      handler: async ({ database, query }) => {
        const { lines } = await allowancesOfMonth(database, query.policyId, query.month);
        const personOf = await personsOf(database, lines);
        return {
          status: 200,
          body: {
            items: lines.map(({ personId, titleId, rank, days, fen, paid }) => ({
              ...personOf(personId),
              titleId,
              rank,
              month: query.month,
              days,
              fen,
              paidFen: paid.fen,
            })),
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/allowance-entries',
      operationId: 'listAllowanceEntries',
      summary: '津贴台账 The ledger of allowances of a month: confirmations and corrections',
      tag,
      access,
      query: z.object({ month }),
      response: z.object({
        items: z.array(
          z.object({
            ...person,
            month: z.string(),
            days: z.int(),
            fen: z.int(),
            kind: z.enum(['month', 'correction']),
            reason: z.string().nullable(),
            recordedAt: z.iso.datetime(),
          }),
        ),
      }),
      handler: async ({ database, query }) => {
        const entries = await ledgerOf(database, query.month);
        const personOf = await personsOf(database, entries);
        return {
          status: 200,
          body: {
            items: entries.map((entry) => {
              const { personId, titleId, rank, days, fen, kind, reason, recordedAt } = entry;
              return {
                ...personOf(personId),
                titleId,
                rank,
                month: entry.month,
                days,
                fen,
                kind: kind as 'month' | 'correction',
                reason,
                recordedAt: recordedAt.toISOString(),
              };
            }),
          },
        };
      },
    }),
  ];
}

/** Who the lines of a list are about, as it shows them. */
async function personsOf(database: OwnerDatabase, lines: readonly { readonly personId: string }[]) {
  const persons = await shownPersons(
    database,
    lines.map(({ personId }) => personId),
  );
  return (personId: string) => {
    const { name, school } = persons.get(personId)!;
    return { personId, name, school };
  };
}

import { z } from 'zod';
import { appointmentOf } from '../../records/appointments.js';
import { findCase } from '../../records/cases.js';
import { rankNames } from '../../records/current-policies.js';
import { shownPersons } from '../../records/persons-shown.js';
import { traineesById } from '../../records/trainees.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { reasonSchema, tellReason } from '../reasons.js';
import { route, type Route } from '../route.js';
import { requireSight } from '../visibility.js';

const ids = z.array(z.uuid()).max(2000);
const vetoed = z
  .array(
    z.strictObject({ traineeId: z.uuid(), document: z.string().min(1).max(200), decidedOn: z.iso.date() }),
  )
  .max(2000)
  .optional()
  .meta({ description: 'Who is out by a written decision on a breach of ethics (师德一票否决).' });

/** What is decided on the titles of one rank in one year. */
export const appointmentDecisions: DecisionRoute[] = [
  {
    kind: 'appointment',
    decision: 'open',
    path: '/appointments',
    summary: '启动称号授予 Open the appointment of a rank',
    body: z.strictObject({
      rank: z.string().min(1).max(50),
      year: z.string().regex(/^20\d\d$/),
      policyId: z.uuid(),
      traineeIds: ids.min(1).optional().meta({ description: 'Without it, everybody who has passed.' }),
    }),
  },
  {
    kind: 'appointment',
    decision: 'approve',
    path: '/appointments/{id}/approval',
    summary: '领导小组审定 The leading group approves the list',
    body: z.strictObject({
      approved: ids,
      held: z
        .array(z.strictObject({ traineeId: z.uuid(), reason: z.string().min(1).max(1000) }))
        .max(2000)
        .optional(),
      vetoed,
    }),
  },
  {
    kind: 'appointment',
    decision: 'issue',
    path: '/appointments/{id}/certificates',
    summary: '颁发证书 Issue the certificates',
    body: z.strictObject({
      document: z.strictObject({ number: z.string().min(1).max(200), date: z.iso.date() }),
      vetoed,
    }),
  },
];

const appointmentSchema = z
  .object({
    id: z.uuid(),
    rank: z.string(),
    year: z.string(),
    policyId: z.uuid(),
    places: z.int().nullable().meta({ description: 'Most appointments; null = no cap.' }),
    document: z.object({ number: z.string(), date: z.iso.date() }).nullable(),
    step: z.string(),
    outcome: z.string().nullable(),
    waitingFor: z.string().nullable(),
    dueAt: z.iso.datetime().nullable(),
    entries: z.array(
      z.object({
        traineeId: z.uuid(),
        personId: z.uuid(),
        name: z.string(),
        school: z.string(),
        position: z.int().meta({ description: 'Equals share a position.' }),
        points: z.int().nullable(),
        outcome: z.string().nullable().meta({ description: 'approved, held, vetoed, waits or issued' }),
        reason: reasonSchema.nullable(),
      }),
    ),
  })
  .meta({ id: 'Appointment' });

/** Appointments: the list of a rank and year, and what became of each name. */
export function appointmentRoutes(dependencies: Dependencies): Route[] {
  return [
    ...decisionRoutes(appointmentDecisions, dependencies),
    route({
      method: 'get',
      path: '/api/v1/appointments/{id}',
      operationId: 'getAppointment',
      summary: '称号授予名单 The list of an appointment',
      tag: 'appointments',
      access: { roles: ['office', 'leading_group', 'training_centre', 'auditor'] },
      params: z.object({ id: z.uuid() }),
      response: appointmentSchema,
      handler: async ({ database, params, language }) => {
        const row = await findCase(database, 'appointment', params.id);
        requireSight(row !== null);
        const { appointment, entries } = await appointmentOf(database, params.id);
        const trainees = await traineesById(
          database,
          entries.map(({ traineeId }) => traineeId),
        );
        const traineeOf = new Map(trainees.map((trainee) => [trainee.id, trainee]));
        const persons = await shownPersons(
          database,
          trainees.map(({ personId }) => personId),
        );
        const ranks = await rankNames(database);
        const { id, rank, year, policyId, places, document } = appointment;
        return {
          status: 200,
          body: {
            id,
            rank,
            year,
            policyId,
            places,
            document: document as { number: string; date: string } | null,
            step: row!.step,
            outcome: row!.outcome,
            waitingFor: row!.waitingFor,
            dueAt: row!.dueAt?.toISOString() ?? null,
            entries: entries.map(({ traineeId, position, outcome, reason }) => {
              const { personId, assessment } = traineeOf.get(traineeId)!;
              const { name, school } = persons.get(personId)!;
              const points = (assessment as { points: number } | null)?.points ?? null;
              return {
                traineeId,
                personId,
                name,
                school,
                position,
                points,
                outcome,
                reason: tellReason(reason, language, ranks),
              };
            }),
          },
        };
      },
    }),
  ];
}

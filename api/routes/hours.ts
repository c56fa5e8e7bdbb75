import { z } from 'zod';
import { dateOf } from '../../domain/dates.js';
import { Refusal } from '../../domain/refusal.js';
import { activityOf, isEnteredBySchool, mostHoursPerDay, termOf } from '../../domain/training.js';
import { currentPolicies } from '../../records/current-policies.js';
import type { OwnerDatabase } from '../../records/database.js';
import { activitiesHeld, enterHours } from '../../records/hours.js';
import { readClock } from '../../records/instance.js';
import { personsById } from '../../records/persons-shown.js';
import { traineesDuring } from '../../records/trainees.js';
import type { Actor } from '../auth/actor.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';
import { holds } from '../visibility.js';

const tag = 'hours';

const classHours = z.strictObject({
  scheme: z.string().min(1).max(100).meta({ description: 'Code of the scheme whose activity it was.' }),
  kind: z.string().min(1).max(50).meta({ description: 'Code of the activity or event in the scheme.' }),
  activity: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'What tells it from every other: its name, and its date where it is held often.' }),
  on: z.iso.date(),
  hours: z
    .int()
    .min(-mostHoursPerDay)
    .max(mostHoursPerDay)
    .refine((hours) => hours !== 0, { params: { code: 'WRONG_VALUE' } }),
  source: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'The list or certificate that shows who was there.' }),
  personIds: z.array(z.uuid()).min(1).max(500),
  correction: z
    .boolean()
    .default(false)
    .meta({ description: 'Takes back hours of the activity: negative, by a counter-entry.' }),
});

const dutySchema = z.object({
  scheme: z.string(),
  event: z.string(),
  zh: z.string(),
  en: z.string(),
  rank: z.string().nullable(),
  owed: z.int(),
  held: z.int(),
  met: z.boolean(),
  clause: z.string().nullable(),
});

/** Hours of classes, and the events that a term owes. */
export function hoursRoutes(dependencies: Dependencies): Route[] {
  const today = async () => dateOf((await readClock(dependencies.database)).now);
  return [
    route({
      method: 'post',
      path: '/api/v1/hours',
      operationId: 'enterHours',
      summary: '登记一次活动的学时 Enter the hours of one class for many people',
      description:
        '全部登记或一条不登记；经另一人确认后才计入。学校经办登记本校教师的校本活动。 All or none; they count once somebody else confirms them. A school’s clerk enters activities held at school for its own teachers.',
      tag,
      access: { roles: ['training_centre', 'school_clerk'] },
      body: classHours,
      idempotent: true,
      statuses: [201],
      response: z.object({
        entries: z.array(z.object({ id: z.uuid(), personId: z.uuid(), activity: z.string() })),
      }),
      refusals: [
        'HOURS_TWICE',
        'HOURS_OWN',
        'HOURS_PER_DAY',
        'HOURS_IN_FUTURE',
        'HOURS_CORRECTION',
        'HOURS_KIND_UNKNOWN',
        'HOURS_PERSON_UNKNOWN',
        'HOURS_OF_OTHERS',
        'SCHEME_UNKNOWN',
      ],
      handler: async ({ actor, database, body }) => {
        await refuseForeignHours(actor, database, body);
        const { scheme: _, ...hours } = body;
        const entries = await enterHours(database, {
          ...hours,
          ownerId: actor.ownerId,
          enteredById: actor.personId!,
          today: await today(),
        });
        return { status: 201, body: { entries } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/reports/term-duties',
      operationId: 'reportTermDuties',
      summary: '学期活动 Events that the term owes, and those held',
      tag: 'reports',
      access: { roles: ['office', 'leading_group', 'training_centre', 'auditor'] },
      query: z.object({ on: z.iso.date().optional() }),
      response: z.object({
        term: z.string(),
        from: z.iso.date(),
        until: z.iso.date(),
        duties: z.array(dutySchema),
      }),
      handler: async ({ database, query }) => {
        const term = termOf(query.on ?? (await today()));
        return {
          status: 200,
          body: {
            term: term.code,
            from: term.from,
            until: term.until,
            duties: await dutiesOf(database, term),
          },
        };
      },
    }),
  ];
}

/** The training centre enters everything; a school's clerk what its own teachers did at school. Rules T3, S9. */
async function refuseForeignHours(
  actor: Actor,
  database: OwnerDatabase,
  body: z.output<typeof classHours>,
): Promise<void> {
  const stored = (await currentPolicies(database)).find(({ policy }) => policy.id === body.scheme);
  if (stored === undefined)
    throw new Refusal({ code: 'SCHEME_UNKNOWN', rule: 'P3', values: { code: body.scheme, version: null } });
  const activity = activityOf(stored.policy, body.kind);
  if (holds(actor, ['training_centre'], actor.ownerId)) return;
  const persons = await personsById(database, body.personIds);
  const foreign = [...persons.values()].filter(({ schoolId }) => !holds(actor, ['school_clerk'], schoolId));
  if (!isEnteredBySchool(activity) || foreign.length > 0)
    throw new Refusal({
      code: 'HOURS_OF_OTHERS',
      rule: 'S9',
      values: { kind: activity.zh, people: foreign.map(({ id }) => id) },
      clause: activity.clause,
    });
}

async function dutiesOf(
  database: OwnerDatabase,
  term: { from: string; until: string },
): Promise<z.input<typeof dutySchema>[]> {
  const trainees = await traineesDuring(database, term.from, term.until);
  const ranks = [...new Set(trainees.map(({ rank }) => rank))].sort();
  const rows: z.input<typeof dutySchema>[] = [];
  for (const { policy } of await currentPolicies(database)) {
    const events = (policy.training?.events ?? []).filter(({ per }) => per === 'term');
    const held = await activitiesHeld(
      database,
      events.map(({ code }) => code),
      term.from,
      term.until,
    );
    for (const event of events)
      for (const rank of event.eachRank ? ranks : [null]) {
        const ofRank = new Set(
          trainees.filter((trainee) => trainee.rank === rank).map(({ personId }) => personId),
        );
        const count = held.filter(
          ({ kind, personIds }) =>
            kind === event.code && (rank === null || personIds.some((id) => ofRank.has(id))),
        ).length;
        rows.push({
          scheme: policy.id,
          event: event.code,
          zh: event.zh,
          en: event.en,
          rank,
          owed: event.exact,
          held: count,
          met: count >= event.exact,
          clause: event.clause ?? null,
        });
      }
  }
  return rows;
}

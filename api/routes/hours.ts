import { z } from 'zod';
import { dateOf } from '../../domain/dates.js';
import { Refusal } from '../../domain/refusal.js';
import { activityOf, enteredBy, mostHoursPerDay } from '../../domain/training.js';
import { answerOnce } from '../../records/answered-requests.js';
import { currentPolicies } from '../../records/current-policies.js';
import type { Transaction } from '../../records/database.js';
import { enterHours } from '../../records/hours.js';
import { readClock } from '../../records/instance.js';
import { personsById } from '../../records/persons-shown.js';
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

/** Hours of classes. */
export function hoursRoutes(dependencies: Dependencies): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/v1/hours',
      operationId: 'enterHours',
      summary: '登记一次活动的学时 Enter the hours of one class for many people',
      description:
        '全部登记或一条不登记；经另一人确认后才计入。谁组织谁登记：学校经办登记本校教师的校本活动，其余由培训中心登记。 All or none; they count once somebody else confirms them. Who arranges an activity enters it: a school’s clerk for its own teachers, else the training centre.',
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
        'HOURS_OF_SCHOOL',
        'IDEMPOTENCY_KEY_REUSED',
        'SCHEME_UNKNOWN',
      ],
      handler: async ({ actor, database, body, idempotencyKey }) => {
        const { now } = await readClock(dependencies.database);
        const answer = await answerOnce(
          database,
          {
            ownerId: actor.ownerId,
            actorId: actor.personId!,
            key: idempotencyKey,
            operation: 'enterHours',
            body,
            at: new Date(now),
          },
          async (db) => {
            await refuseForeignHours(actor, db, body);
            const { scheme: _, ...hours } = body;
            const entries = await enterHours(db, {
              ...hours,
              ownerId: actor.ownerId,
              enteredById: actor.personId!,
              today: dateOf(now),
            });
            return { entries: entries.map(({ id, personId, activity }) => ({ id, personId, activity })) };
          },
        );
        return { status: 201, body: answer };
      },
    }),
  ];
}

/** Who arranges an activity enters it: the training centre, or a school for its own teachers. Rules T3, S9. */
async function refuseForeignHours(
  actor: Actor,
  db: Transaction,
  body: z.output<typeof classHours>,
): Promise<void> {
  const stored = (await currentPolicies(db)).find(({ policy }) => policy.id === body.scheme);
  if (stored === undefined)
    throw new Refusal({ code: 'SCHEME_UNKNOWN', rule: 'P3', values: { code: body.scheme, version: null } });
  const activity = activityOf(stored.policy, body.kind);
  const allowed = enteredBy(activity);
  const isCentre = holds(actor, ['training_centre'], actor.ownerId);
  if (isCentre && allowed.includes('training_centre')) return;
  const persons = await personsById(db, body.personIds);
  const foreign = [...persons.values()].filter(({ schoolId }) => !holds(actor, ['school_clerk'], schoolId));
  if (allowed.includes('school_clerk') && foreign.length === 0) return;
  throw new Refusal({
    code: isCentre ? 'HOURS_OF_SCHOOL' : 'HOURS_OF_OTHERS',
    rule: 'S9',
    values: { kind: activity.zh, people: foreign.map(({ id }) => id) },
    clause: activity.clause,
  });
}

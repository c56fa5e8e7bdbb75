import { z } from 'zod';
import { dateOf } from '../../domain/dates.js';
import { hoursAnswer } from '../../domain/training.js';
import { findCase } from '../../records/cases.js';
import { rankNames } from '../../records/current-policies.js';
import type { OwnerDatabase } from '../../records/database.js';
import { ledgerOf, ledgersOf, type HoursRow } from '../../records/hours.js';
import { readClock } from '../../records/instance.js';
import { personIdsOfSchools, shownPersons, type ShownPerson } from '../../records/persons-shown.js';
import { listTrainees, traineesById, type TraineeFilter, type TraineeRow } from '../../records/trainees.js';
import type { Language } from '../../texts/catalogue.js';
import type { Names } from '../../texts/names.js';
import type { Actor } from '../auth/actor.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { cursorAfter, pageOf, pageQuery, readCursor } from '../paging.js';
import { reasonSchema, tellReason } from '../reasons.js';
import { route, type Route } from '../route.js';
import { requireSight, schoolsOf, seesAll, subjectsOf } from '../visibility.js';

const tag = 'trainings';

/** What is decided on a training. */
export const trainingDecisions: DecisionRoute[] = [
  {
    kind: 'training',
    decision: 'chooseMentor',
    path: '/trainings/{id}/mentor',
    summary: '选择导师 Choose a mentor',
    body: z.strictObject({ mentorId: z.uuid() }),
  },
  {
    kind: 'training',
    decision: 'confirmHours',
    path: '/trainings/{id}/confirmed-hours',
    summary: '确认学时 Confirm hours; without ids, all that the actor may',
    body: z.strictObject({ entryIds: z.array(z.uuid()).min(1).max(1000).optional() }),
  },
  {
    kind: 'training',
    decision: 'assess',
    path: '/trainings/{id}/assessment',
    summary: '培养期满考核 Assess at the end of the training',
    body: z.strictObject({ points: z.int().min(0).max(1000), remark: z.string().max(1000).optional() }),
  },
  {
    kind: 'training',
    decision: 'leave',
    path: '/trainings/{id}/departure',
    summary: '退出培训 Record that somebody leaves the training',
    body: z.strictObject({
      reason: z.enum(['transferred_out', 'withdrawn', 'ethics_veto']),
      document: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .meta({ description: 'Needed for ethics_veto: the written decision.' }),
      note: z.string().max(1000).optional(),
    }),
  },
];

export const hoursSchema = z
  .object({
    met: z.boolean(),
    done: z.int().meta({ description: 'Confirmed hours within the training.' }),
    required: z.int(),
    pending: z.int().meta({ description: 'Entered and not yet confirmed.' }),
    on: z.iso.date(),
  })
  .meta({ id: 'HoursAnswer' });

const personSchema = z.object({ id: z.uuid(), name: z.string(), schoolId: z.uuid(), school: z.string() });

const traineeSchema = z
  .object({
    id: z.uuid(),
    person: personSchema,
    rank: z.string(),
    entry: z.string(),
    startsOn: z.iso.date(),
    endsOn: z.iso.date(),
    standing: z.string().meta({ description: 'training, passed, eliminated, left or appointed' }),
    hours: hoursSchema,
    reason: reasonSchema.nullable(),
  })
  .meta({ id: 'Trainee' });

const trainingSchema = traineeSchema
  .extend({
    step: z.string(),
    outcome: z.string().nullable(),
    waitingFor: z.string().nullable(),
    dueAt: z.iso.datetime().nullable(),
    subject: z.string().nullable(),
    mentor: personSchema.nullable(),
    researcher: personSchema.nullable(),
    points: z.int().nullable(),
    entries: z.array(
      z.object({
        id: z.uuid(),
        activity: z.string(),
        kind: z.string(),
        on: z.iso.date(),
        hours: z.int(),
        source: z.string(),
        confirmedOn: z.iso.date().nullable(),
      }),
    ),
  })
  .meta({ id: 'Training' });

/** Trainings: who is in one, and each with its plan. */
export function trainingRoutes(dependencies: Dependencies): Route[] {
  const today = async () => dateOf((await readClock(dependencies.database)).now);
  return [
    ...decisionRoutes(trainingDecisions, dependencies),
    route({
      method: 'get',
      path: '/api/v1/trainings',
      operationId: 'listTrainings',
      summary: '培养对象 Trainees',
      description:
        '学校看本校，教研员看本学科，教师看本人。 Schools see their own, researchers their subjects, teachers themselves.',
      tag,
      access: 'signedIn',
      query: pageQuery.extend({
        rank: z.string().max(50).optional(),
        standing: z.string().max(20).optional(),
      }),
      response: pageOf(traineeSchema),
      handler: async ({ actor, database, query, language }) => {
        const { trainees, more } = await listTrainees(database, {
          rank: query.rank,
          standing: query.standing,
          shown: await shownTo(actor, database),
          after: readCursor(query.cursor),
          limit: query.limit,
        });
        const personIds = trainees.map(({ personId }) => personId);
        const persons = await shownPersons(database, personIds);
        const ledgers = await ledgersOf(database, personIds);
        const on = await today();
        const ranks = await rankNames(database);
        const items = trainees.map((trainee) =>
          showTrainee(
            trainee,
            persons.get(trainee.personId)!,
            ledgers.get(trainee.personId) ?? [],
            on,
            language,
            ranks,
          ),
        );
        const last = trainees.at(-1);
        return { status: 200, body: { items, next: more && last ? cursorAfter(last.id) : null } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/trainings/{id}',
      operationId: 'getTraining',
      summary: '一名培养对象的培养情况 One training: its hours, mentor and researcher',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      response: trainingSchema,
      handler: async ({ actor, database, params, language }) => {
        const [trainee] = await traineesById(database, [params.id]);
        const row = await findCase(database, 'training', params.id);
        requireSight(trainee !== undefined && row !== null);
        const { personId, mentorId, researcherId } = trainee!;
        const persons = await shownPersons(
          database,
          [personId, mentorId, researcherId].filter((id) => id !== null),
        );
        const person = persons.get(personId)!;
        const isTheirs = [personId, mentorId, researcherId].includes(actor.personId);
        const ofSubject = row!.subject !== null && subjectsOf(actor).includes(row!.subject);
        requireSight(seesAll(actor) || isTheirs || ofSubject || schoolsOf(actor).includes(person.schoolId));
        const ledger = await ledgerOf(database, personId);
        return {
          status: 200,
          body: {
            ...showTrainee(trainee!, person, ledger, await today(), language, await rankNames(database)),
            step: row!.step,
            outcome: row!.outcome,
            waitingFor: row!.waitingFor,
            dueAt: row!.dueAt?.toISOString() ?? null,
            subject: row!.subject,
            mentor: persons.get(mentorId ?? '') ?? null,
            researcher: persons.get(researcherId ?? '') ?? null,
            points: (trainee!.assessment as { points: number } | null)?.points ?? null,
            entries: ledger.filter(({ on }) => on >= trainee!.startsOn && on <= trainee!.endsOn),
          },
        };
      },
    }),
  ];
}

/** Whose trainings the actor sees; undefined = all. */
async function shownTo(actor: Actor, database: OwnerDatabase): Promise<TraineeFilter['shown']> {
  if (seesAll(actor)) return undefined;
  const ofSchools = await personIdsOfSchools(database, schoolsOf(actor));
  return {
    personIds: actor.personId ? [...ofSchools, actor.personId] : ofSchools,
    subjects: subjectsOf(actor),
  };
}

function showTrainee(
  trainee: TraineeRow,
  person: ShownPerson,
  ledger: readonly HoursRow[],
  today: string,
  language: Language,
  ranks: Names,
): z.input<typeof traineeSchema> {
  const { id, rank, entry, startsOn, endsOn, standing, reason } = trainee;
  const hours = hoursAnswer(ledger, trainee, today);
  return {
    id,
    person,
    rank,
    entry,
    startsOn,
    endsOn,
    standing,
    hours,
    reason: tellReason(reason, language, ranks),
  };
}

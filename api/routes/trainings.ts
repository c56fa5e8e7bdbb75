import { z } from 'zod';
import { dateOf, schoolYearOf } from '../../domain/dates.js';
import { convertedShare, hoursAnswer, type HoursAnswer } from '../../domain/hours.js';
import {
  planKinds,
  planOfYear,
  planStates,
  trainingPlan,
  type PlanItem,
} from '../../domain/training-plan.js';
import { findCase, type CaseRow } from '../../records/cases.js';
import { rankNames } from '../../records/current-policies.js';
import type { OwnerDatabase } from '../../records/database.js';
import { dutyWorksOf, pausesOf, type DutyWorkRow } from '../../records/duty-works.js';
import { ledgerOf, ledgersOf } from '../../records/hours.js';
import { readClock } from '../../records/instance.js';
import { guidanceOf, mentorPairsOf } from '../../records/mentor-pairs.js';
import { policyById } from '../../records/policies.js';
import { personIdsOfSchools, shownPersons, type ShownPerson } from '../../records/persons-shown.js';
import { listTrainees, traineesById, type TraineeFilter, type TraineeRow } from '../../records/trainees.js';
import { examOf, midAssessmentsOf, planFactsOf } from '../../records/training-plans.js';
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

/** A task that is handed in, of a training or a title. */
export const workBody = z.strictObject({
  duty: z.string().min(1).max(50).meta({ description: 'Code of the task in the scheme.' }),
  period: z.string().min(1).max(20).meta({ description: 'As in the plan, such as 2027-2028-1.' }),
  title: z.string().trim().min(1).max(200),
  text: z.string().max(50_000).optional(),
  outputs: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(50).meta({ description: 'As the scheme calls it, such as 教案.' }),
        fileHash: z
          .string()
          .regex(/^[\da-f]{64}$/)
          .optional()
          .meta({ description: 'sha256 of the file.' }),
      }),
    )
    .max(20)
    .optional(),
  evidenceId: z.uuid().optional().meta({ description: 'A paper, project or prize of the roster.' }),
});

/** A task that is confirmed or sent back, of a training or a title. */
export const checkedWorkBody = z.strictObject({
  workId: z.uuid(),
  confirmed: z.boolean(),
  reason: z.string().trim().min(1).max(1000).optional().meta({ description: 'Needed to send it back.' }),
});

/** What is decided on a training. */
export const trainingDecisions: DecisionRoute[] = [
  {
    kind: 'training',
    decision: 'chooseMentor',
    path: '/trainings/{id}/mentor',
    summary: '选择导师 Choose a mentor',
    body: z.strictObject({
      mentorId: z.uuid(),
      reason: z
        .string()
        .min(1)
        .max(1000)
        .optional()
        .meta({ description: 'Needed when another one was the mentor.' }),
    }),
  },
  {
    kind: 'training',
    decision: 'recordGuidance',
    path: '/trainings/{id}/guidance',
    summary: '登记导师或教研员的一次指导 Record a meeting with the mentor or the researcher',
    body: z.strictObject({
      on: z.iso.date(),
      text: z.string().trim().min(1).max(5000),
      guideId: z
        .uuid()
        .optional()
        .meta({ description: 'Without it: who records it, if a guide, else the mentor.' }),
    }),
  },
  {
    kind: 'training',
    decision: 'handInWork',
    path: '/trainings/{id}/works',
    summary: '提交任务材料 Hand in a task with its text, outputs and evidence',
    body: workBody,
  },
  {
    kind: 'training',
    decision: 'checkWork',
    path: '/trainings/{id}/checked-works',
    summary: '核定或退回任务材料 Confirm a task, or send it back with a reason',
    body: checkedWorkBody,
  },
  {
    kind: 'training',
    decision: 'recordExam',
    path: '/trainings/{id}/exam',
    summary: '登记结业考试成绩 Record the exam',
    body: z.strictObject({
      points: z.int().min(0).max(1000),
      document: z.string().min(1).max(200).meta({ description: 'The list of the results.' }),
    }),
  },
  {
    kind: 'training',
    decision: 'assessMid',
    path: '/trainings/{id}/mid-assessment',
    summary: '中期考核 Assess in the middle of the training',
    body: z.strictObject({ points: z.int().min(0).max(1000), remark: z.string().max(1000).optional() }),
  },
  {
    kind: 'training',
    decision: 'requestReview',
    path: '/trainings/{id}/review-request',
    summary: '申请复核考核结果 Ask for a review of an assessment below the line',
    body: z.strictObject({ grounds: z.string().trim().min(1).max(5000) }),
  },
  {
    kind: 'training',
    decision: 'decideReview',
    path: '/trainings/{id}/review',
    summary: '复核决定 Decide the review',
    body: z.strictObject({
      stands: z.boolean().meta({ description: 'true: the assessment stands; false: it is set aside.' }),
      reason: z.string().trim().min(1).max(5000),
    }),
  },
  {
    kind: 'training',
    decision: 'pause',
    path: '/trainings/{id}/pause',
    summary: '长期请假，中断培养 A long leave: the training pauses, or ends by the scheme',
    body: z.strictObject({ from: z.iso.date(), document: z.string().min(1).max(200) }),
  },
  {
    kind: 'training',
    decision: 'resume',
    path: '/trainings/{id}/resumption',
    summary: '复归，恢复培养 The trainee is back',
    body: z.strictObject({ on: z.iso.date().meta({ description: 'First day back.' }) }),
  },
  {
    kind: 'training',
    decision: 'decidePlace',
    path: '/trainings/{id}/place',
    summary: '决定出缺名额的补充 Decide what becomes of the place',
    body: z.strictObject({
      from: z.enum(['reserve_list', 'supplement', 'vacant']),
      reason: z.string().trim().min(1).max(1000).optional(),
    }),
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
    decision: 'transfer',
    path: '/trainings/{id}/transfer',
    summary:
      '记录培养期内调往区内另一学校 Record a move to another school of the district within the training',
    body: z.strictObject({ toSchoolId: z.uuid(), on: z.iso.date() }),
  },
  {
    kind: 'training',
    decision: 'leave',
    path: '/trainings/{id}/departure',
    summary: '退出培训 Record that somebody leaves the training',
    body: z.strictObject({
      reason: z.enum(['transferred_out', 'withdrawn', 'ethics_veto', 'sanction', 'deceased']),
      document: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .meta({ description: 'Needed for ethics_veto and sanction: the written decision.' }),
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
    parts: z
      .object({
        central: z.int(),
        schoolBased: z.int(),
        converted: z.int(),
        counted: z.int().meta({ description: 'What of the converted hours counts.' }),
      })
      .meta({ description: 'Confirmed hours by how they were earned.' }),
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
    exam: z.object({ on: z.iso.date(), points: z.int(), passed: z.boolean() }).nullable(),
    midAssessments: z.array(z.object({ period: z.string(), on: z.iso.date(), points: z.int() })),
    appeal: z
      .object({
        assessment: z.enum(['mid', 'final']),
        reason: reasonSchema.nullable(),
        until: z.iso.datetime().meta({ description: 'Until when a review may be asked for.' }),
        grounds: z.string().optional(),
        askedOn: z.iso.date().optional(),
        stands: z.boolean().optional(),
        decision: z.string().optional(),
        decidedOn: z.iso.date().optional(),
      })
      .nullable(),
    pauses: z.array(z.object({ from: z.iso.date(), until: z.iso.date().nullable(), document: z.string() })),
    place: z
      .object({
        outcome: z.string(),
        freedOn: z.iso.date(),
        from: z.string().optional().meta({ description: 'reserve_list, supplement or vacant' }),
        reason: z.string().nullable().optional(),
        applicationId: z.uuid().nullable().optional(),
        passedOver: z.array(z.object({ applicationId: z.uuid(), why: z.array(z.string()) })).optional(),
        decidedOn: z.iso.date().optional(),
      })
      .nullable()
      .meta({ description: 'What became of the place of who is out.' }),
    mentors: z.array(
      z.object({
        person: personSchema,
        from: z.iso.date(),
        until: z.iso.date().nullable(),
        reason: z.string().nullable(),
      }),
    ),
    guidance: z.array(
      z.object({ on: z.iso.date(), guide: personSchema, text: z.string(), enteredOn: z.iso.date() }),
    ),
    entries: z.array(
      z.object({
        id: z.uuid(),
        activity: z.string(),
        kind: z.string(),
        form: z.string().meta({ description: 'central, school_based or converted' }),
        on: z.iso.date(),
        hours: z.int(),
        noneBecause: z.string().nullable().meta({ description: 'absence or assessment' }),
        source: z.string(),
        enteredOn: z.iso.date(),
        confirmedOn: z.iso.date().nullable(),
      }),
    ),
  })
  .meta({ id: 'Training' });

const onDay = z.iso.date().optional().meta({
  description:
    '截至某日的学时，缺省为今日。 The day of the answer on hours: what was entered and confirmed by then.',
});

const planItemSchema = z
  .object({
    kind: z.enum(planKinds),
    code: z.string(),
    name: z.string(),
    period: z.string(),
    from: z.iso.date(),
    dueOn: z.iso.date(),
    required: z.int(),
    done: z.int().meta({ description: 'Confirmed.' }),
    waiting: z.int().meta({ description: 'Handed in or entered, and not confirmed.' }),
    state: z.enum(planStates),
    afterwards: z.boolean().meta({ description: 'Done after its last day.' }),
    clause: z.string().nullable(),
  })
  .meta({ id: 'PlanItem' });

const workSchema = z
  .object({
    id: z.uuid(),
    duty: z.string(),
    period: z.string(),
    title: z.string(),
    text: z.string().nullable(),
    outputs: z.array(z.object({ name: z.string(), fileHash: z.string().optional() })),
    evidenceId: z.uuid().nullable(),
    handedInOn: z.iso.date(),
    checkedOn: z.iso.date().nullable(),
    refusal: z.string().nullable(),
  })
  .meta({ id: 'HandedInWork' });

/** The plan of a training or of a title, with what was handed in. */
export const planSchema = z
  .object({
    on: z.iso.date(),
    schoolYear: z.string(),
    items: z.array(planItemSchema),
    works: z.array(workSchema),
  })
  .meta({ id: 'DutyPlan' });

/** What the plans of trainings and titles may be asked for. */
export const planQuery = z.object({
  on: onDay,
  schoolYear: z
    .string()
    .regex(/^20\d\d-20\d\d$/)
    .optional()
    .meta({ description: 'Such as 2027-2028; without it, that of the day.' }),
});

/** A plan as it is told. */
export function showPlan(
  plan: readonly PlanItem[],
  works: readonly DutyWorkRow[],
  { on, schoolYear }: { readonly on: string; readonly schoolYear: string },
  language: Language,
): z.input<typeof planSchema> {
  return {
    on,
    schoolYear,
    items: planOfYear(plan, schoolYear).map(({ zh, en, ...item }) => ({
      ...item,
      name: language === 'zh' ? zh : en,
    })),
    works: works.map((work) => ({
      ...work,
      outputs: work.outputs as unknown as { name: string; fileHash?: string }[],
    })),
  };
}

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
        on: onDay,
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
        const on = query.on ?? (await today());
        const ranks = await rankNames(database);
        const items = await Promise.all(
          trainees.map(async (trainee) =>
            showTrainee(
              trainee,
              persons.get(trainee.personId)!,
              hoursAnswer(
                ledgers.get(trainee.personId) ?? [],
                trainee,
                on,
                convertedShare(await policyById(database, trainee.policyId)),
              ),
              language,
              ranks,
            ),
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
      query: z.object({ on: onDay }),
      response: trainingSchema,
      handler: async ({ actor, database, params, query, language }) => {
        const { trainee, row, person } = await seenTraining(actor, database, params.id);
        const { personId, mentorId, researcherId } = trainee;
        const pairs = await mentorPairsOf(database, trainee.id);
        const guidance = await guidanceOf(database, trainee.id);
        const persons = await shownPersons(
          database,
          [
            mentorId,
            researcherId,
            ...pairs.map((pair) => pair.mentorId),
            ...guidance.map(({ guideId }) => guideId),
          ].filter((id) => id !== null),
        );
        const ranks = await rankNames(database);
        const ledger = await ledgerOf(database, personId);
        const share = convertedShare(await policyById(database, trainee.policyId));
        const hours = hoursAnswer(ledger, trainee, query.on ?? (await today()), share);
        return {
          status: 200,
          body: {
            ...showTrainee(trainee, person, hours, language, ranks),
            step: row.step,
            outcome: row.outcome,
            waitingFor: row.waitingFor,
            dueAt: row.dueAt?.toISOString() ?? null,
            subject: row.subject,
            mentor: persons.get(mentorId ?? '') ?? null,
            researcher: persons.get(researcherId ?? '') ?? null,
            points: (trainee.assessment as { points: number } | null)?.points ?? null,
            exam: examOf(trainee),
            midAssessments: [...midAssessmentsOf(trainee)],
            appeal: shownAppeal(trainee, language, ranks),
            pauses: [...pausesOf(trainee)],
            place: trainee.place as z.input<typeof trainingSchema>['place'],
            mentors: pairs.map(({ mentorId: id, from, until, reason }) => ({
              from,
              until,
              reason,
              person: persons.get(id)!,
            })),
            guidance: guidance.map(({ on, text, guideId, enteredOn }) => ({
              on,
              text,
              enteredOn,
              guide: persons.get(guideId)!,
            })),
            entries: ledger.filter(({ on }) => on >= trainee.startsOn && on <= trainee.endsOn),
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/trainings/{id}/plan',
      operationId: 'trainingPlan',
      summary: '一名培养对象的学年计划 The year’s plan of a trainee: what is done, due and late',
      description:
        '学时、拜师、任务、交流活动、考试和考核，各有日期、状态和条款；以某日为准。 Hours, mentor, tasks, events, exam and assessments, each with date, state and clause, as of a day.',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      query: planQuery,
      response: planSchema,
      handler: async ({ actor, database, params, query, language }) => {
        const { trainee } = await seenTraining(actor, database, params.id);
        const policy = await policyById(database, trainee.policyId);
        const on = query.on ?? (await today());
        const facts = await planFactsOf(database, trainee, policy, on);
        const plan = trainingPlan(policy, facts, on, trainee.endsOn);
        const works = await dutyWorksOf(database, [trainee.id]);
        const schoolYear = query.schoolYear ?? schoolYearOf(on);
        return { status: 200, body: showPlan(plan, works, { on, schoolYear }, language) };
      },
    }),
  ];
}

/**
 * A training that the actor may see: by a role of the district or the school, of its subject, or as trainee, mentor or
 * researcher.
 * @throws Refusal NOT_FOUND
 */
async function seenTraining(
  actor: Actor,
  database: OwnerDatabase,
  id: string,
): Promise<{ trainee: TraineeRow; row: CaseRow; person: ShownPerson }> {
  const [trainee] = await traineesById(database, [id]);
  const row = await findCase(database, 'training', id);
  requireSight(trainee !== undefined && row !== null);
  const { personId, mentorId, researcherId } = trainee!;
  const person = (await shownPersons(database, [personId])).get(personId)!;
  const isTheirs = [personId, mentorId, researcherId].includes(actor.personId);
  const ofSubject = row!.subject !== null && subjectsOf(actor).includes(row!.subject);
  requireSight(seesAll(actor) || isTheirs || ofSubject || schoolsOf(actor).includes(person.schoolId));
  return { trainee: trainee!, row: row!, person };
}

function shownAppeal(
  { appeal }: TraineeRow,
  language: Language,
  ranks: Names,
): z.input<typeof trainingSchema>['appeal'] {
  if (appeal === null) return null;
  const {
    assessedById: _,
    reason,
    ...shown
  } = appeal as unknown as {
    assessedById: string;
    reason: TraineeRow['reason'];
    assessment: 'mid' | 'final';
    until: string;
  };
  return { ...shown, reason: tellReason(reason, language, ranks) };
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
  hours: HoursAnswer,
  language: Language,
  ranks: Names,
): z.input<typeof traineeSchema> {
  const { id, rank, entry, startsOn, endsOn, standing, reason } = trainee;
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

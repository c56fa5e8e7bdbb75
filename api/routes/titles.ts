import { z } from 'zod';
import { dateOf, schoolYearOf } from '../../domain/dates.js';
import { ladderLists } from '../../domain/ladder.js';
import { titleStates } from '../../domain/tenure.js';
import { dutiesOf, taskItems } from '../../domain/training-plan.js';
import { benefitPauses } from '../../records/annual-reviews.js';
import { findCase } from '../../records/cases.js';
import { reissueReasons } from '../../records/certificates.js';
import { currentPolicies, rankNames, schemesOfTitles } from '../../records/current-policies.js';
import type { OwnerDatabase } from '../../records/database.js';
import { dutyWorksOf, handedIn, spanOfTitle } from '../../records/duty-works.js';
import { readClock } from '../../records/instance.js';
import { standReady } from '../../records/ladder.js';
import { personIdsOfSchools, shownPersons } from '../../records/persons-shown.js';
import {
  benefitsOn,
  findTitle,
  holdersOf,
  listTitles,
  suspensionsOf,
  withStates,
  type TitleOnDay,
} from '../../records/titles.js';
import { alreadyInTraining } from '../../records/trainees.js';
import type { Language } from '../../texts/catalogue.js';
import type { Actor } from '../auth/actor.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { cursorAfter, pageOf, pageQuery, readCursor } from '../paging.js';
import { reasonSchema, tellReason } from '../reasons.js';
import { route, type Route } from '../route.js';
import { requireSight, schoolsOf, seesAll } from '../visibility.js';
import { checkedWorkBody, planQuery, planSchema, showPlan, workBody } from './trainings.js';

const tag = 'titles';

const reason = z.string().min(1).max(1000);
const document = z.string().min(1).max(200);

/** What is decided on a title while it is held. */
export const titleDecisions: DecisionRoute[] = [
  {
    kind: 'titleTenure',
    decision: 'record',
    path: '/titles',
    summary: '登记上级授予的称号 Enter a title that a higher level has conferred',
    body: z.strictObject({
      personId: z.uuid(),
      rank: z.string().min(1).max(100),
      from: z.iso.date(),
      until: z.iso.date().nullable().meta({ description: 'Last valid day; null = no end.' }),
      certificateNumber: document.nullable(),
      document: document.meta({ description: 'Number of the document that conferred it.' }),
      decidedOn: z.iso.date().meta({ description: 'Day of the document.' }),
    }),
  },
  {
    kind: 'titleTenure',
    decision: 'handInWork',
    path: '/titles/{id}/works',
    summary: '提交任务材料 Hand in a task of a holder',
    body: workBody,
  },
  {
    kind: 'titleTenure',
    decision: 'checkWork',
    path: '/titles/{id}/checked-works',
    summary: '核定或退回任务材料 Confirm a task of a holder, or send it back with a reason',
    body: checkedWorkBody,
  },
  {
    kind: 'titleTenure',
    decision: 'transfer',
    path: '/titles/{id}/transfer',
    summary: '记录调离原校 Record that the holder has moved to another school',
    body: z.strictObject({ toSchoolId: z.uuid(), on: z.iso.date() }),
  },
  {
    kind: 'titleTenure',
    decision: 'revoke',
    path: '/titles/{id}/revocation',
    summary: '取消称号 Revoke a title',
    body: z.strictObject({ reason, document }),
  },
  {
    kind: 'titleTenure',
    decision: 'suspend',
    path: '/titles/{id}/suspensions',
    summary: '暂停使用称号 Suspend a title',
    body: z.strictObject({
      reason,
      document,
      until: z.iso.date().optional().meta({ description: 'Last day; without it, until it is lifted.' }),
    }),
  },
  {
    kind: 'titleTenure',
    decision: 'resume',
    path: '/titles/{id}/resumption',
    summary: '恢复使用称号 Lift the suspension of a title',
    body: z.strictObject({ reason, document }),
  },
  {
    kind: 'titleTenure',
    decision: 'applyForReEvaluation',
    path: '/titles/{id}/re-evaluation',
    summary: '申请重新评定 Apply for re-evaluation before the certificate ends',
    body: z.strictObject({ statement: z.string().min(1).max(10_000) }),
  },
  {
    kind: 'titleTenure',
    decision: 'decideReEvaluation',
    path: '/titles/{id}/re-evaluation/decision',
    summary: '决定重新评定 Confirm a title with a new certificate, or let it lapse',
    body: z.strictObject({ confirmed: z.boolean(), document, reason: reason.optional() }),
  },
  {
    kind: 'titleTenure',
    decision: 'reissue',
    path: '/titles/{id}/reissues',
    summary: '补发、换发证书 Issue a certificate again; its number stays',
    body: z.strictObject({
      reason: z.enum(reissueReasons),
      note: z.string().min(1).max(1000),
      certificateNumber: document.optional().meta({
        description: 'Only for a title that came without the number of its certificate.',
      }),
    }),
  },
];

const titleSchema = z
  .object({
    id: z.uuid(),
    person: z.object({ id: z.uuid(), name: z.string(), schoolId: z.uuid(), school: z.string() }),
    rank: z.string(),
    decidedBy: z.string(),
    origin: z.string(),
    from: z.iso.date(),
    until: z.iso.date().nullable().meta({ description: 'Last valid day.' }),
    certificateNumber: z.string().nullable(),
    document: z.string().nullable(),
    on: z.iso.date(),
    state: z.enum(titleStates),
    benefits: z.boolean().meta({ description: 'Whether the benefits run on the day.' }),
    benefitsUntil: z.iso
      .date()
      .nullable()
      .meta({ description: 'First day on which they no longer run, for good.' }),
    endedOn: z.iso.date().nullable().meta({ description: 'First day on which a decision had ended it.' }),
    reason: reasonSchema.nullable(),
    appliedOn: z.iso.date().nullable().meta({ description: 'Day of the application for re-evaluation.' }),
    reEvaluatedOn: z.iso.date().nullable(),
    suspensions: z.array(
      z.object({
        from: z.iso.date(),
        until: z.iso.date().nullable(),
        reason: z.string(),
        document: z.string(),
      }),
    ),
    hasTenure: z.boolean().optional().meta({ description: 'Whether its tenure is followed here.' }),
  })
  .meta({ id: 'Title' });

const onQuery = z.object({
  on: z.iso.date().optional().meta({ description: 'Business date; without it, today.' }),
});

/** What is decided on the ladder, with the organisation's calendar. */
export const ladderDecisions: DecisionRoute[] = [
  {
    kind: 'calendar',
    decision: 'enterLadder',
    path: '/calendars/{id}/ladder-trainings',
    summary:
      '将名册称号持有人按梯队全部列为培养对象 Enter the holders of the roster into the training that the ladder has for all',
    body: z.strictObject({
      policyId: z.uuid(),
      rank: z.string().min(1).max(50).meta({ description: 'For which they are to be trained.' }),
      except: z
        .array(z.strictObject({ personId: z.uuid(), reason }))
        .max(1000)
        .optional()
        .meta({ description: 'Who is left out, each with the reason.' }),
    }),
  },
];

const ladderSchema = z.object({
  scheme: z.string(),
  fromRank: z.string().nullable().meta({ description: 'Null for contest winners and the reserve.' }),
  toRank: z.string(),
  enters: z.enum(['trainee', 'nominee_pool', 'reserve', 'contest']).meta({
    description:
      'trainee: everybody who holds the rank below; nominee_pool: those from whom others choose; contest: let in by a prize; reserve: on a list that has not ended.',
  }),
  personId: z.uuid(),
  name: z.string(),
  school: z.string(),
  inTraining: z.boolean(),
  clause: z.string().nullable(),
});

/** Titles and their states, and the ladder. */
export function titleRoutes(dependencies: Dependencies): Route[] {
  const everything = dependencies.database;
  const dayOr = async (on: string | undefined) => on ?? dateOf((await readClock(everything)).now);
  return [
    ...decisionRoutes(titleDecisions, dependencies),
    ...decisionRoutes(ladderDecisions, dependencies),
    route({
      method: 'get',
      path: '/api/v1/titles',
      operationId: 'listTitles',
      summary: '称号及其当日状态 Titles with their states on a day',
      tag,
      access: 'signedIn',
      query: pageQuery.extend({
        on: onQuery.shape.on,
        rank: z.string().max(50).optional(),
        schoolId: z.uuid().optional(),
      }),
      response: pageOf(titleSchema),
      handler: async ({ actor, database, query, language }) => {
        const on = await dayOr(query.on);
        const personIds = await personsShown(actor, database, query.schoolId);
        const { titles, more } = await listTitles(
          database,
          { rank: query.rank, personIds, after: readCursor(query.cursor), limit: query.limit },
          on,
        );
        const last = titles.at(-1);
        const items = await showTitles(database, titles, on, language);
        return { status: 200, body: { items, next: more && last ? cursorAfter(last.title.id) : null } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/titles/{id}',
      operationId: 'getTitle',
      summary: '一项称号 One title',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      query: onQuery,
      response: titleSchema,
      handler: async ({ actor, database, params, query, language }) => {
        const title = await findTitle(database, params.id);
        requireSight(title !== null);
        const on = await dayOr(query.on);
        const [shown] = await showTitles(database, await withStates(database, [title!], on), on, language);
        const { id, schoolId } = shown!.person;
        requireSight(seesAll(actor) || id === actor.personId || schoolsOf(actor).includes(schoolId));
        const row = await findCase(database, 'titleTenure', params.id);
        return { status: 200, body: { ...shown!, hasTenure: row !== null } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/titles/{id}/plan',
      operationId: 'titlePlan',
      summary: '一名称号持有人的学年任务 The year’s tasks of a holder: what is done, due and late',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      query: planQuery,
      response: planSchema,
      handler: async ({ actor, database, params, query, language }) => {
        const title = await findTitle(database, params.id);
        requireSight(title !== null);
        const { personId, rank } = title!;
        const person = (await shownPersons(database, [personId])).get(personId)!;
        requireSight(
          seesAll(actor) || personId === actor.personId || schoolsOf(actor).includes(person.schoolId),
        );
        const on = await dayOr(query.on);
        const { policy } = (await schemesOfTitles(database))(title!);
        const works = await dutyWorksOf(database, [title!.id]);
        const schoolYear = query.schoolYear ?? schoolYearOf(on);
        const plan = taskItems(
          policy,
          dutiesOf(policy, rank, 'holder'),
          spanOfTitle(title!),
          works.map(handedIn),
          on,
          `${schoolYear.slice(5)}-08-31`,
        );
        return { status: 200, body: showPlan(plan, works, { on, schoolYear }, language) };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/ladder',
      operationId: 'getLadder',
      summary: '培养梯队 Who stands on which step of the ladder on a day',
      tag,
      access: { roles: ['office', 'leading_group', 'training_centre', 'auditor'] },
      query: onQuery,
      response: z.object({ on: z.iso.date(), items: z.array(ladderSchema) }),
      handler: async ({ database, query }) => {
        const on = await dayOr(query.on);
        return { status: 200, body: { on, items: await ladderOn(database, on) } };
      },
    }),
  ];
}

/** Whose titles the actor sees; undefined = all. */
async function personsShown(actor: Actor, database: OwnerDatabase, schoolId: string | undefined) {
  if (seesAll(actor)) return schoolId === undefined ? undefined : personIdsOfSchools(database, [schoolId]);
  const schools = schoolsOf(actor).filter((id) => schoolId === undefined || id === schoolId);
  const ofSchools = await personIdsOfSchools(database, schools);
  return schoolId === undefined && actor.personId !== null ? [...ofSchools, actor.personId] : ofSchools;
}

async function showTitles(
  database: OwnerDatabase,
  titles: readonly TitleOnDay[],
  on: string,
  language: Language,
): Promise<z.input<typeof titleSchema>[]> {
  const persons = await shownPersons(
    database,
    titles.map(({ title }) => title.personId),
  );
  const pauses = await benefitPauses(
    database,
    titles.flatMap(({ all }) => all),
  );
  const ranks = await rankNames(database);
  return titles.map((each) => {
    const { title, state } = each;
    const { appliedOn, reEvaluatedOn } = title;
    const { id, rank, decidedBy, origin, from, until, certificateNumber, document, benefitsUntil, endedOn } =
      title;
    return {
      id,
      person: persons.get(title.personId)!,
      rank,
      decidedBy,
      origin,
      from,
      until,
      certificateNumber,
      document,
      on,
      state,
      benefits: benefitsOn(each, pauses, on),
      benefitsUntil,
      endedOn,
      reason: tellReason(title.endReason, language, ranks),
      appliedOn,
      reEvaluatedOn,
      suspensions: suspensionsOf(title),
    };
  });
}

async function ladderOn(database: OwnerDatabase, on: string): Promise<z.input<typeof ladderSchema>[]> {
  const items: z.input<typeof ladderSchema>[] = [];
  for (const { policy } of await currentPolicies(database)) {
    const held = await holdersOf(
      database,
      (policy.ladder ?? []).map(({ from }) => from),
      on,
    );
    const holders = [...held].map(([personId, ranks]) => ({ personId, ranks }));
    const persons = await shownPersons(
      database,
      holders.map(({ personId }) => personId),
    );
    for (const { rule, personIds } of ladderLists(policy, holders)) {
      const inTraining = await alreadyInTraining(database, rule.to, personIds);
      items.push(
        ...personIds.map((personId) => {
          const { name, school } = persons.get(personId)!;
          return {
            scheme: policy.id,
            fromRank: rule.from,
            toRank: rule.to,
            enters: rule.as,
            personId,
            name,
            school,
            inTraining: inTraining.has(personId),
            clause: rule.clause ?? null,
          };
        }),
      );
    }
  }
  const ready = await standReady(database, on);
  const persons = await shownPersons(
    database,
    ready.map(({ personId }) => personId),
  );
  return [
    ...items,
    ...ready.map(({ personId, rank, ...row }) => {
      const { name, school } = persons.get(personId)!;
      return { ...row, fromRank: null, toRank: rank, personId, name, school };
    }),
  ];
}

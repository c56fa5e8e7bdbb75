import { Router } from 'express';
import { z } from 'zod';
import { dateOf } from '../../domain/dates.js';
import { ladderLists } from '../../domain/ladder.js';
import { areBenefitsRunning, titleStates, type TitleState } from '../../domain/tenure.js';
import { benefitPauses } from '../../records/annual-reviews.js';
import { findCase } from '../../records/cases.js';
import { currentPolicies, rankNames } from '../../records/current-policies.js';
import type { OwnerDatabase } from '../../records/database.js';
import { readClock } from '../../records/instance.js';
import { personIdsOfSchools, shownPersons } from '../../records/persons-shown.js';
import {
  certificatesOf,
  findTitle,
  holdersOf,
  listTitles,
  withStates,
  type PublicCertificate,
  type TitleOnDay,
} from '../../records/titles.js';
import { alreadyInTraining } from '../../records/trainees.js';
import type { Language, Text } from '../../texts/catalogue.js';
import type { Actor } from '../auth/actor.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { cursorAfter, pageOf, pageQuery, readCursor } from '../paging.js';
import { reasonSchema, tellReason } from '../reasons.js';
import { route, type Route } from '../route.js';
import { requireSight, schoolsOf, seesAll } from '../visibility.js';

const tag = 'titles';

/** What is decided on a title while it is held. */
export const titleDecisions: DecisionRoute[] = [
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
    body: z.strictObject({ reason: z.string().min(1).max(1000), document: z.string().min(1).max(200) }),
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
    hasTenure: z.boolean().optional().meta({ description: 'Whether its tenure is followed here.' }),
  })
  .meta({ id: 'Title' });

const certificateSchema = z
  .object({
    name: z.string(),
    school: z.string(),
    rank: z.object({ zh: z.string(), en: z.string() }),
    from: z.iso.date(),
    until: z.iso.date().nullable(),
    endedOn: z.iso.date().nullable(),
    state: z.enum(titleStates),
  })
  .meta({ id: 'Certificate' });

const onQuery = z.object({
  on: z.iso.date().optional().meta({ description: 'Business date; without it, today.' }),
});

const ladderSchema = z.object({
  scheme: z.string(),
  fromRank: z.string(),
  toRank: z.string(),
  /** A trainee by himself, or one of those from whom trainees are named. */
  enters: z.string(),
  personId: z.uuid(),
  name: z.string(),
  school: z.string(),
  inTraining: z.boolean(),
  clause: z.string().nullable(),
});

/** Titles and their states, the ladder, and what the public may ask of a certificate. */
export function titleRoutes(dependencies: Dependencies): Route[] {
  const everything = dependencies.database;
  const dayOr = async (on: string | undefined) => on ?? dateOf((await readClock(everything)).now);
  return [
    ...decisionRoutes(titleDecisions, dependencies),
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
    route({
      method: 'get',
      path: '/api/v1/public/certificates/{number}',
      operationId: 'checkCertificate',
      summary: '查验证书 Check a certificate',
      tag: 'public',
      access: 'public',
      params: z.object({ number: z.string().min(1).max(200) }),
      response: z.object({ number: z.string(), on: z.iso.date(), certificates: z.array(certificateSchema) }),
      handler: async ({ params }) => {
        const on = await dayOr(undefined);
        const certificates = await certificatesOf(everything, params.number, on);
        requireSight(certificates.length > 0);
        return { status: 200, body: { number: params.number, on, certificates } };
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
    titles.map(({ title }) => title.id),
  );
  const ranks = await rankNames(database);
  return titles.map(({ title, state }) => {
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
      benefits: areBenefitsRunning(state, benefitsUntil, pauses.get(id) ?? [], on),
      benefitsUntil,
      endedOn,
      reason: tellReason(title.endReason, language, ranks),
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
  return items;
}

const stateNames: Readonly<Record<TitleState, Text>> = {
  not_yet: { zh: '尚未生效', en: 'not yet valid' },
  valid: { zh: '有效', en: 'valid' },
  superseded: { zh: '已被更高称号取代', en: 'superseded by a higher title' },
  lapsed: { zh: '已过期', en: 'lapsed' },
  revoked: { zh: '已终止', en: 'ended' },
};

/** The page on which anybody checks a certificate, at /certificates/{number}; it has no script. Rule C7. */
export function certificatePages({ database }: Pick<Dependencies, 'database'>): Router {
  const router = Router({ caseSensitive: true });
  router.get('/certificates/:number', async (request, response) => {
    const { number } = request.params;
    const on = dateOf((await readClock(database)).now);
    const certificates = await certificatesOf(database, number, on);
    response
      .status(certificates.length > 0 ? 200 : 404)
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(certificatePage(number, on, certificates));
  });
  return router;
}

function certificatePage(number: string, on: string, certificates: readonly PublicCertificate[]): string {
  const none = '<p>查无此证书。 <span lang="en">There is no such certificate.</span></p>';
  return `<!doctype html>
<html lang="zh">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>证书查验 Certificate</title>
  </head>
  <body>
    <h1>证书查验 <span lang="en">Certificate</span></h1>
    <p>${escape(number)} · ${on}</p>
    ${certificates.length > 0 ? certificates.map(certificateTable).join('') : none}
  </body>
</html>
`;
}

function certificateTable({ name, school, rank, from, until, endedOn, state }: PublicCertificate): string {
  const rows = [
    ['姓名 Name', name],
    ['授予时所在学校 School when given', school],
    ['称号 Title', `${rank.zh} ${rank.en}`],
    ['自 From', from],
    ['有效期至 Valid until', until ?? '—'],
    ...(state === 'revoked' ? [['终止日期 Ended on', endedOn ?? '']] : []),
    ['状态 State', `${stateNames[state].zh} ${stateNames[state].en}`],
  ];
  const cells = rows.map(
    ([label, value]) => `<tr><th scope="row">${label}</th><td>${escape(value!)}</td></tr>`,
  );
  return `<table>${cells.join('')}</table>`;
}

function escape(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}

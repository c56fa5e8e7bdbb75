import { z } from 'zod';
import { readClock } from '../../records/instance.js';
import { dateOf } from '../../domain/dates.js';
import type { SpotCheckSubject } from '../../domain/spot-check.js';
import { shownPersons } from '../../records/persons-shown.js';
import { policyById } from '../../records/policies.js';
import {
  findingsOf,
  listSpotChecks,
  publicSpotCheck,
  spotCheckRule,
  type SpotCheckRow,
} from '../../records/spot-checks.js';
import { titlesById } from '../../records/titles.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';
import { requireSight } from '../visibility.js';
import { reviewYearSchema } from './annual-reviews.js';

const tag = 'spot-checks';

/** What is decided on a spot check, with the organisation's calendar. */
export const spotCheckDecisions: DecisionRoute[] = [
  {
    kind: 'calendar',
    decision: 'announceSpotCheck',
    path: '/calendars/{id}/spot-checks',
    summary: '公布抽查种子 Publish the seed of a spot check',
    body: z.strictObject({
      policyId: z.uuid(),
      reviewYear: reviewYearSchema,
      seed: z
        .string()
        .regex(/^\S(.{6,198})\S$/)
        .meta({ description: 'Eight characters or more, such as the numbers of a public lottery.' }),
    }),
  },
  {
    kind: 'calendar',
    decision: 'drawSpotCheck',
    path: '/calendars/{id}/spot-check-draws',
    summary: '抽取 Draw the spot check from what was published',
    body: z.strictObject({ spotCheckId: z.uuid() }),
  },
  {
    kind: 'calendar',
    decision: 'recordSpotCheck',
    path: '/calendars/{id}/spot-check-findings',
    summary: '登记抽查结果 Record what a spot check found',
    body: z.strictObject({
      spotCheckId: z.uuid(),
      titleId: z.uuid(),
      finding: z.enum(['confirmed', 'differs']),
      note: z.string().min(1).max(1000),
    }),
  },
];

const publicSchema = z
  .object({
    id: z.uuid(),
    scheme: z.string(),
    reviewYear: z.string(),
    seed: z.string(),
    announcedOn: z.iso.date(),
    percent: z.int(),
    minPerSchool: z.int(),
    drawnOn: z.iso.date().nullable(),
    listHash: z.string().nullable().meta({
      description:
        'SHA-256 of the lines `school id`, in the order of their code units, joined by line feeds.',
    }),
    list: z.array(z.object({ school: z.string(), id: z.uuid() })),
    drawn: z.array(z.uuid()).meta({
      description: 'By the SHA-256 of `seed:id`, the smallest first; see rule A8 for who comes in.',
    }),
  })
  .meta({ id: 'SpotCheck' });

/** Spot checks: seed, list and draw for everybody; names and findings for who holds the office. Rule A8. */
export function spotCheckRoutes(dependencies: Dependencies): Route[] {
  const { database: everything } = dependencies;
  return [
    ...decisionRoutes(spotCheckDecisions, dependencies),
    route({
      method: 'get',
      path: '/api/v1/public/spot-checks/{id}',
      operationId: 'readSpotCheck',
      summary: '抽查种子、名单与结果 Seed, list and draw of a spot check, for whoever wants to draw it again',
      tag: 'public',
      access: 'public',
      params: z.object({ id: z.uuid() }),
      response: publicSchema,
      handler: async ({ params }) => {
        const found = await publicSpotCheck(everything, params.id);
        requireSight(found !== null);
        return { status: 200, body: await showPublic(found!) };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/spot-checks',
      operationId: 'listSpotChecks',
      summary: '抽查名单与结果 Who was drawn, and what was found',
      tag,
      access: { roles: ['office', 'leading_group', 'training_centre', 'auditor'] },
      response: z.object({
        on: z.iso.date(),
        items: z.array(
          z.object({
            spotCheckId: z.uuid(),
            reviewYear: z.string(),
            announcedOn: z.iso.date(),
            drawnOn: z.iso.date().nullable(),
            titleId: z.uuid().nullable().meta({ description: 'Null before the draw.' }),
            name: z.string().nullable(),
            school: z.string().nullable(),
            rank: z.string().nullable(),
            finding: z.enum(['confirmed', 'differs']).nullable(),
            note: z.string().nullable(),
            checkedOn: z.iso.date().nullable(),
          }),
        ),
      }),
      handler: async ({ database }) => {
        const checks = await listSpotChecks(database);
        const findings = await findingsOf(
          database,
          checks.map(({ id }) => id),
        );
        const titles = await titlesById(
          database,
          checks.flatMap(({ drawn }) => drawn),
        );
        const persons = await shownPersons(
          database,
          titles.map(({ personId }) => personId),
        );
        const items = checks.flatMap((check) => {
          const { id: spotCheckId, reviewYear, announcedOn, drawnOn } = check;
          const head = { spotCheckId, reviewYear, announcedOn, drawnOn };
          const drawn: (string | null)[] = drawnOn === null ? [null] : check.drawn;
          return drawn.map((titleId) => {
            const title = titles.find(({ id }) => id === titleId);
            const person = title && persons.get(title.personId);
            const found = findings.find(
              (each) => each.spotCheckId === spotCheckId && each.subjectId === titleId,
            );
            return {
              ...head,
              titleId,
              name: person?.name ?? null,
              school: person?.school ?? null,
              rank: title?.rank ?? null,
              finding: (found?.finding ?? null) as 'confirmed' | 'differs' | null,
              note: found?.note ?? null,
              checkedOn: found?.checkedOn ?? null,
            };
          });
        });
        return { status: 200, body: { on: dateOf((await readClock(everything)).now), items } };
      },
    }),
  ];

  async function showPublic(check: SpotCheckRow): Promise<z.input<typeof publicSchema>> {
    const { id, policyId, reviewYear, seed, announcedOn, drawnOn, list, listHash, drawn } = check;
    const policy = await policyById(everything, policyId);
    const { percent, minPerSchool } = spotCheckRule(policy);
    return {
      id,
      scheme: policy.id,
      reviewYear,
      seed,
      announcedOn,
      percent,
      minPerSchool,
      drawnOn,
      listHash,
      list: (list ?? []) as unknown as SpotCheckSubject[],
      drawn,
    };
  }
}

import { z } from 'zod';
import { ethicsGrounds } from '../../domain/ethics.js';
import { codesOf } from '../../domain/vocabulary.js';
import { findEthicsDecision, listEthicsDecisions, type EthicsDecisionRow } from '../../records/ethics.js';
import { shownPersons } from '../../records/persons-shown.js';
import type { OwnerDatabase } from '../../records/database.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { cursorAfter, pageOf, pageQuery, readCursor } from '../paging.js';
import { route, type Route } from '../route.js';
import { requireSight, seesAll } from '../visibility.js';

const tag = 'ethics-decisions';
const readers = ['office', 'leading_group', 'auditor'] as const;
const document = z.string().min(1).max(200).meta({ description: 'Number of the written decision.' });

const decisions: DecisionRoute[] = [
  {
    kind: 'ethicsDecision',
    decision: 'record',
    path: '/ethics-decisions',
    summary: '登记师德失范书面决定 Record a written decision on a breach of ethics',
    body: z.strictObject({
      personId: z.uuid(),
      authority: z.string().min(1).max(200).meta({ description: 'The body that decided.' }),
      document,
      decidedOn: z.iso.date(),
      until: z.iso.date().nullable().meta({ description: 'Last day of its effect; null = no end.' }),
      ground: z.enum(codesOf(ethicsGrounds)),
    }),
  },
  {
    kind: 'ethicsDecision',
    decision: 'lift',
    path: '/ethics-decisions/{id}/lifting',
    summary: '登记决定的撤销 Record that a decision was lifted',
    body: z.strictObject({ document, decidedOn: z.iso.date() }),
  },
];

const decisionSchema = z
  .object({
    id: z.uuid(),
    person: z.object({ id: z.uuid(), name: z.string(), schoolId: z.uuid(), school: z.string() }),
    authority: z.string(),
    document: z.string(),
    decidedOn: z.iso.date(),
    until: z.iso.date().nullable(),
    ground: z.enum(codesOf(ethicsGrounds)),
    groundName: z.string(),
    recordedOn: z.iso.date(),
    liftedBy: z.string().nullable(),
    liftedOn: z.iso.date().nullable(),
  })
  .meta({ id: 'EthicsDecision' });

/** Written decisions on breaches of ethics: recording, lifting, reading. Rule E11. */
export function ethicsDecisionRoutes(dependencies: Dependencies): Route[] {
  return [
    ...decisionRoutes(decisions, dependencies),
    route({
      method: 'get',
      path: '/api/v1/ethics-decisions',
      operationId: 'listEthicsDecisions',
      summary: '师德失范书面决定 Written decisions on breaches of ethics',
      tag,
      access: { roles: readers },
      query: pageQuery.extend({ personId: z.uuid().optional() }),
      response: pageOf(decisionSchema),
      handler: async ({ actor, database, query, language }) => {
        requireSight(seesAll(actor));
        const { decisions: found, more } = await listEthicsDecisions(database, {
          personId: query.personId,
          after: readCursor(query.cursor),
          limit: query.limit,
        });
        const items = await shown(database, found, language);
        const last = items.at(-1);
        return { status: 200, body: { items, next: more && last ? cursorAfter(last.id) : null } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/ethics-decisions/{id}',
      operationId: 'readEthicsDecision',
      summary: '一项师德失范书面决定 One written decision on a breach of ethics',
      tag,
      access: { roles: readers },
      params: z.object({ id: z.uuid() }),
      response: decisionSchema,
      handler: async ({ actor, database, params, language }) => {
        const found = await findEthicsDecision(database, params.id);
        requireSight(found !== null && seesAll(actor));
        return { status: 200, body: (await shown(database, [found!], language))[0]! };
      },
    }),
  ];
}

async function shown(
  database: OwnerDatabase,
  rows: readonly EthicsDecisionRow[],
  language: 'zh' | 'en',
): Promise<z.output<typeof decisionSchema>[]> {
  const persons = await shownPersons(
    database,
    rows.map(({ personId }) => personId),
  );
  return rows.map(({ personId, ground, id, authority, document: number, ...row }) => {
    const { name, schoolId, school } = persons.get(personId)!;
    const code = ground as keyof typeof ethicsGrounds;
    return {
      id,
      person: { id: personId, name, schoolId, school },
      authority,
      document: number,
      decidedOn: row.decidedOn,
      until: row.until,
      ground: code,
      groundName: ethicsGrounds[code][language],
      recordedOn: row.recordedOn,
      liftedBy: row.liftedBy,
      liftedOn: row.liftedOn,
    };
  });
}

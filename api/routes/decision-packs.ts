import { z } from 'zod';
import type { Role } from '../../domain/cases.js';
import { dateOf } from '../../domain/dates.js';
import { Refusal } from '../../domain/refusal.js';
import { answerOnce } from '../../records/answered-requests.js';
import { bringPackKey, keyRoles, makePack, packOf, packsOf } from '../../records/decision-pack.js';
import type { OwnerDatabase } from '../../records/database.js';
import { readClock } from '../../records/instance.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';
import { holds, requireDistrictRole } from '../visibility.js';
import { recordFile } from '../vote-record-file.js';
import { signedRecord } from './vote-counts.js';

const tag = 'decision-packs';
const idParams = z.object({ id: z.uuid() });
const makers: readonly Role[] = ['leading_group', 'office'];
const readers: readonly Role[] = ['leading_group', 'office', 'auditor'];
const holders: readonly Role[] = [...keyRoles.chair, ...keyRoles.supervisor];
const root = z
  .string()
  .regex(/^[\da-f]{64}$/)
  .meta({ description: 'Hash of the manifest: note it apart from the pack, `npm run verify` asks for it.' });
const zip = 'application/zip';

/** What is kept of a round that has ended: packs that can be checked without this service. Rule S14. */
export function decisionPackRoutes(dependencies: Dependencies): Route[] {
  const now = async () => new Date((await readClock(dependencies.database)).now);
  return [
    route({
      method: 'post',
      path: '/api/v1/pack-keys',
      operationId: 'bringPackKey',
      summary: '登记存档密封公钥 Bring the public key that packs are sealed to',
      description:
        '每人自行生成密钥对（age），只交公钥；私钥由本人保管。 Everybody makes the key pair himself (age) and brings only the public key.',
      tag,
      access: { roles: holders },
      body: z.strictObject({
        recipient: z.string().min(1).max(100).meta({ description: 'age1…' }),
      }),
      idempotent: true,
      statuses: [201],
      response: z.object({ id: z.uuid(), role: z.string() }),
      refusals: ['ROLE_REQUIRED', 'PACK_KEY_WRONG', 'IDEMPOTENCY_KEY_REUSED'],
      handler: async ({ actor, database, body, idempotencyKey, language }) => {
        requireDistrictRole(actor, holders, language);
        const role = holders.find((each) => holds(actor, [each], actor.ownerId))!;
        const at = await now();
        const asked = { ownerId: actor.ownerId, actorId: actor.personId!, key: idempotencyKey, at };
        const answer = await answerOnce(
          database,
          { ...asked, operation: 'bringPackKey', body },
          async (db) => {
            const { ownerId, actorId: personId } = asked;
            const { id } = await bringPackKey(db, { ownerId, personId, role, recipient: body.recipient, at });
            return { id, role };
          },
        );
        return { status: 201, body: answer };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/rounds/{id}/packs',
      operationId: 'makePack',
      summary: '生成本轮存档 Make the decision pack of a round that has ended',
      tag,
      access: { roles: makers },
      params: idParams,
      idempotent: true,
      statuses: [201],
      response: z.object({ id: z.uuid(), root, auditSequence: z.int(), bytes: z.int() }),
      refusals: [
        'ROLE_REQUIRED',
        'ROUND_NOT_ENDED',
        'PACK_KEYS_MISSING',
        'PACK_KEYS_OF_ONE',
        'IDEMPOTENCY_KEY_REUSED',
      ],
      handler: async ({ actor, database, params, idempotencyKey, language }) => {
        requireDistrictRole(actor, makers, language);
        const at = await now();
        const asked = { ownerId: actor.ownerId, actorId: actor.personId!, key: idempotencyKey, at };
        const printed = await printedRecords(database, params.id);
        const answer = await answerOnce(
          database,
          { ...asked, operation: 'makePack', body: { roundId: params.id } },
          (db) => makePack(db, { ...asked, roundId: params.id, today: dateOf(at.toISOString()), printed }),
        );
        return { status: 201, body: answer };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/rounds/{id}/packs',
      operationId: 'listPacks',
      summary: '本轮存档 The packs of a round, with their roots',
      tag,
      access: { roles: readers },
      params: idParams,
      response: z.object({
        items: z.array(z.object({ id: z.uuid(), root, madeAt: z.iso.datetime(), auditSequence: z.int() })),
      }),
      handler: async ({ actor, database, params, language }) => {
        requireDistrictRole(actor, readers, language);
        const packs = await packsOf(database, params.id);
        return {
          status: 200,
          body: { items: packs.map((pack) => ({ ...pack, madeAt: pack.madeAt.toISOString() })) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/rounds/{id}/pack',
      operationId: 'readPack',
      summary: '下载存档 The newest pack of a round, or the one with a root',
      description:
        '根哈希见响应头 Pack-Root。 The root is in the header Pack-Root. `npm run verify -- pack.zip --root …`',
      tag,
      access: { roles: readers },
      params: idParams,
      query: z.object({ root: root.optional() }),
      statuses: [200],
      files: { 200: zip },
      handler: async ({ actor, database, params, query, language }) => {
        requireDistrictRole(actor, readers, language);
        const pack = await packOf(database, params.id, query.root);
        return {
          status: 200,
          headers: { 'Pack-Root': pack.root },
          file: { name: `decision-pack-${params.id}.zip`, type: zip, content: Buffer.from(pack.content) },
        };
      },
    }),
  ];
}

/** The signed records of a round's votes as PDF, by vote; one whose names no font can print is left out. Rule V19. */
async function printedRecords(database: OwnerDatabase, roundId: string): Promise<Map<string, Buffer>> {
  const votes = await database.vote.findMany({
    where: { roundId, recordDigest: { not: null } },
    select: { id: true },
  });
  const printed = new Map<string, Buffer>();
  for (const { id } of votes)
    try {
      printed.set(id, await recordFile(await signedRecord(database, id), 'zh'));
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'CHARACTERS_NOT_PRINTABLE') throw error;
    }
  return printed;
}

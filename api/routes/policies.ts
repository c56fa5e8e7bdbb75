import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Refusal } from '../../domain/refusal.js';
import { parsePolicy, policyDigest } from '../../policies/schema.js';
import type { Prisma } from '../../prisma/generated/client.js';
import { readClock } from '../../records/instance.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';

const tag = '方案 Schemes';

const policySchema = z
  .object({
    id: z.uuid(),
    code: z.string(),
    version: z.string(),
    title: z.string(),
    digest: z.string(),
    addedAt: z.iso.datetime(),
  })
  .meta({ id: 'SchemeVersion' });

/** Schemes as stored: each version once, never changed. */
export function policyRoutes({ database: whole }: Dependencies): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/v1/policies',
      operationId: 'addPolicy',
      summary: '存入方案的一个版本 Store a version of a scheme',
      description: 'All faults of the file are told at once, by line and path.',
      tag,
      access: { roles: ['office', 'administrator'] },
      body: z.strictObject({
        text: z.string().min(1).max(500_000).meta({ description: 'The scheme as YAML.' }),
        fileName: z.string().max(200).default('policy.yaml'),
      }),
      response: policySchema,
      handler: async ({ actor, database, body }) => {
        const policy = parsePolicy(body.text, body.fileName);
        const digest = policyDigest(policy);
        const { now } = await readClock(whole);
        const code = policy.id;
        const version = String(policy.version);
        const known = await database.policy.findFirst({ where: { code, version } });
        if (known && known.digest !== digest)
          throw new Refusal({ code: 'SCHEME_VERSION_TAKEN', rule: 'P3', values: { code, version } });
        const stored =
          known ??
          (await database.policy.create({
            data: {
              id: randomUUID(),
              ownerId: actor.ownerId,
              code,
              version,
              digest,
              text: body.text,
              content: policy as unknown as Prisma.InputJsonObject,
              addedAt: new Date(now),
            },
          }));
        return { status: 200, body: shown(stored) };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/policies',
      operationId: 'listPolicies',
      summary: '已存入的方案 Stored schemes',
      tag,
      access: 'signedIn',
      response: z.object({ items: z.array(policySchema) }),
      handler: async ({ database }) => ({
        status: 200,
        body: { items: (await database.policy.findMany({ orderBy: { addedAt: 'asc' } })).map(shown) },
      }),
    }),
  ];
}

function shown(row: Prisma.PolicyGetPayload<object>) {
  const { title } = row.content as unknown as { title: { zh: string } };
  return {
    id: row.id,
    code: row.code,
    version: row.version,
    title: title.zh,
    digest: row.digest,
    addedAt: row.addedAt.toISOString(),
  };
}

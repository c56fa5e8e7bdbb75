import { Prisma, type PrismaClient } from '../prisma/generated/client.js';

/** Models without an owner, and the account, which is looked up before the owner is known. */
const unscoped: readonly string[] = [
  'Instance',
  'CalendarYear',
  'ReachableTime',
  'User',
  'Session',
  'Account',
  'Verification',
];

const reads = [
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
];
const updates = ['update', 'updateMany', 'updateManyAndReturn'];
const deletes = ['delete', 'deleteMany'];
const creates = ['create', 'createMany', 'createManyAndReturn'];

/** The rows of one owner: a client that can do all but subscribe to the engine's events or be extended again. */
export type ScopedClient = Omit<PrismaClient, '$on' | '$extends' | '$connect' | '$disconnect'>;

interface Arguments {
  where?: { AND?: unknown };
  data?: unknown;
  create?: unknown;
  update?: unknown;
}

/**
 * A view of the database with the rows of one organisation that runs schemes: its id is added to the `where` of every
 * read, update and delete and to the data of every create, also within `$transaction`. Another owner's row is as good
 * as absent. Models without an owner (instance, calendar, accounts) are passed on unchanged. Raw SQL is not scoped: it
 * may lock a row, and must name its owner for anything else.
 * @param database the whole database
 * @param ownerId id of the organisation that runs the schemes
 * @throws Error from a query that names another owner in its data, or that is of a kind this does not know
 */
export function scopedTo(database: PrismaClient, ownerId: string): ScopedClient {
  const known = views.get(database) ?? new Map<string, ScopedClient>();
  views.set(database, known);
  const view = known.get(ownerId) ?? viewOf(database, ownerId);
  known.set(ownerId, view);
  return view;
}

// Making a view costs as much as a query or two.
const views = new WeakMap<PrismaClient, Map<string, ScopedClient>>();

function viewOf(database: PrismaClient, ownerId: string): ScopedClient {
  return database.$extends({
    query: {
      $allModels: {
        $allOperations({ model, operation, args, query }) {
          if (unscoped.includes(model)) return query(args);
          return query(scoped(operation, (args ?? {}) as Arguments, ownerId) as typeof args);
        },
      },
    },
  }) as unknown as ScopedClient;
}

function scoped(operation: string, args: Arguments, ownerId: string): Arguments {
  const { where, data, create, update } = args;
  const ours = { ...where, AND: [where?.AND ?? [], { ownerId }].flat() };
  if (reads.includes(operation) || deletes.includes(operation)) return { ...args, where: ours };
  if (updates.includes(operation)) return { ...args, where: ours, data: withoutMove(data, ownerId) };
  if (creates.includes(operation)) return { ...args, data: owned(data, ownerId) };
  if (operation === 'upsert')
    return { ...args, where: ours, create: owned(create, ownerId), update: withoutMove(update, ownerId) };
  throw new Error(`The operation ${operation} cannot be limited to one owner.`);
}

function owned(data: unknown, ownerId: string): unknown {
  if (Array.isArray(data)) return data.map((row) => owned(row, ownerId));
  return { ...(withoutMove(data, ownerId) as object), ownerId };
}

// An update has no business with the owner; naming another one is a mistake that must not pass.
function withoutMove(data: unknown, ownerId: string): unknown {
  const named = (data as { ownerId?: unknown } | undefined)?.ownerId;
  if (named !== undefined && named !== ownerId) throw new Error('The data name another owner.');
  return data;
}

const fieldsOf = (model: string) =>
  (Prisma as unknown as Record<string, Record<string, string> | undefined>)[`${model}ScalarFieldEnum`] ?? {};

for (const model of Object.keys(Prisma.ModelName)) {
  if (!unscoped.includes(model) && !('ownerId' in fieldsOf(model)))
    throw new Error(`The model ${model} has no ownerId, and records/scope.ts does not list it as unscoped.`);
}

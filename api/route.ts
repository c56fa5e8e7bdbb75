import type { OpenAPIRegistry, RouteConfig } from '@asteasolutions/zod-to-openapi';
import express, {
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express';
import type { IncomingHttpHeaders } from 'node:http';
import multer from 'multer';
import { z } from 'zod';
import type { Role } from '../domain/cases.js';
import { roleNames } from '../domain/case-names.js';
import { Refusal, type Fault } from '../domain/refusal.js';
import type { OwnerDatabase } from '../records/database.js';
import { allRefusals, statusOf, type Language } from '../texts/catalogue.js';
import { problemTitles } from '../texts/refusals-http.js';
import type { Actor } from './auth/actor.js';
import { faultsOf, languageOf, problemSchema, problemType, tellMissing } from './problem.js';

/** Who may: anybody, whoever has signed in, or whoever holds one of the roles in any organisation. */
export type Access = 'public' | 'signedIn' | { readonly roles: readonly Role[] };

/** Files that a route takes as `multipart/form-data`. */
export interface Upload {
  /** Name of the form's field; it may occur several times. */
  readonly field: string;
  readonly mostFiles: number;
  readonly mostBytes: number;
  readonly description: string;
}

export interface UploadedFile {
  readonly name: string;
  readonly content: Buffer;
}

/** What a handler gets; the parts that a route does not declare are undefined. */
export interface RouteRequest<A extends Access, Params, Query, Body> {
  /** Null on a public route: it knows nobody. */
  readonly actor: A extends 'public' ? null : Actor;
  /** The rows of the actor's organisation; null on a public route. */
  readonly database: A extends 'public' ? null : OwnerDatabase;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly files: readonly UploadedFile[];
  /** Of a route with `idempotent`; else empty. */
  readonly idempotencyKey: string;
  readonly language: Language;
  readonly requestId: string;
  readonly headers: IncomingHttpHeaders;
}

export interface RouteResponse<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;
type Input<S> = S extends z.ZodType ? z.input<S> : undefined;

/** A route with all that Express and the OpenAPI document need to know of it. */
export interface RouteSpec<
  A extends Access,
  P extends z.ZodObject | undefined,
  Q extends z.ZodObject | undefined,
  B extends z.ZodType | undefined,
  R extends z.ZodType | undefined,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As OpenAPI writes it, e.g. `/api/v1/persons/{id}`. */
  readonly path: string;
  /** Unique; clients are generated with it. */
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly access: A;
  /** What does not fit is answered with 404. */
  readonly params?: P;
  /** Unknown parameters are refused. */
  readonly query?: Q;
  /** Use `z.strictObject`, nested objects too, so that unknown keys are refused. */
  readonly body?: B;
  /** Takes files in place of a body. */
  readonly upload?: Upload;
  /** Requires the header `Idempotency-Key`. */
  readonly idempotent?: boolean;
  /** Without it, the answer has no body. */
  readonly response?: R;
  /** The statuses that the handler answers with, [200] by default, [204] without a response. */
  readonly statuses?: readonly number[];
  /** Codes of refusals that are particular to this route, for the OpenAPI document. */
  readonly refusals?: readonly string[];
  readonly handler: (
    request: RouteRequest<A, Output<P>, Output<Q>, Output<B>>,
  ) => Promise<RouteResponse<Input<R>>> | RouteResponse<Input<R>>;
}

/** A route, its types forgotten. */
export type Route = RouteSpec<
  Access,
  z.ZodObject | undefined,
  z.ZodObject | undefined,
  z.ZodType | undefined,
  z.ZodType | undefined
>;

/** What a mounted route asks of its surroundings. */
export interface RouteHost {
  readonly actorOf: (request: Request) => Promise<Actor | null>;
  readonly databaseOf: (ownerId: string) => OwnerDatabase;
  /** Limits the requests of `response.locals.actor`. */
  readonly limitAccount: RequestHandler;
}

/**
 * Declares a route. It is the only way to get one under /api/v1, so that none lacks an access rule or a schema.
 * @param spec what the route is and does
 */
export function route<
  const A extends Access,
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
>(spec: RouteSpec<A, P, Q, B, R>): Route {
  return spec as unknown as Route;
}

const mostBodyBytes = 1024 * 1024;
const readJson = express.json({ limit: mostBodyBytes });
const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/)
  .meta({
    description: 'The same key and body may be sent again; the answer is the same and nothing happens twice.',
  });

/**
 * Mounts a route: who may, then form, then the handler. Whoever may not is told so before any body is read.
 * @param router where it is mounted
 * @param spec the route
 * @param host who tells actors, owners and limits
 */
export function mountRoute(router: Router, spec: Route, host: RouteHost): void {
  const path = spec.path.replaceAll(/\{(\w+)\}/g, ':$1');
  router[spec.method](
    path,
    ...(spec.access === 'public' ? [] : [admit(spec.access, host), host.limitAccount]),
    ...(spec.body ? [requireJson, readJson] : []),
    ...(spec.upload ? [receive(spec.upload)] : []),
    async (request: Request, response: Response) =>
      answer(response, spec, await run(request, response, spec, host)),
  );
}

function admit(access: Exclude<Access, 'public'>, host: RouteHost): RequestHandler {
  return async (request: Request, response: Response, next: NextFunction) => {
    const actor = await host.actorOf(request);
    if (actor === null) throw new Refusal({ code: 'NOT_SIGNED_IN' });
    if (access !== 'signedIn') requireRole(actor, access.roles, languageOf(request));
    response.locals.actor = actor;
    next();
  };
}

function requireRole(actor: Actor, roles: readonly Role[], language: Language): void {
  if (actor.memberships.some(({ role }) => roles.includes(role))) return;
  throw new Refusal({
    code: 'ROLE_REQUIRED',
    values: { roles: roles.map((role) => roleNames[role][language]) },
  });
}

function requireJson(request: Request, _response: Response, next: NextFunction): void {
  if (request.is('application/json') === false && request.get('content-length') !== '0')
    throw new Refusal({ code: 'UNSUPPORTED_MEDIA_TYPE', values: { expected: 'application/json' } });
  next();
}

function receive({ field, mostFiles, mostBytes }: Upload): RequestHandler {
  const limits = { fileSize: mostBytes, files: mostFiles, fields: 0 };
  const read = multer({ storage: multer.memoryStorage(), limits, defParamCharset: 'utf8' }).array(
    field,
    mostFiles,
  );
  return (request, response, next) => {
    if (!request.is('multipart/form-data'))
      throw new Refusal({ code: 'UNSUPPORTED_MEDIA_TYPE', values: { expected: 'multipart/form-data' } });
    read(request, response, (error: unknown) => {
      if (!error) return next();
      if (error instanceof multer.MulterError && error.code === 'LIMIT_FILE_SIZE')
        return next(new Refusal({ code: 'FILE_TOO_LARGE', values: { megabytes: mostBytes / 1024 / 1024 } }));
      next(new Refusal({ code: 'MALFORMED_UPLOAD', values: { field } }));
    });
  };
}

async function run(request: Request, response: Response, spec: Route, host: RouteHost) {
  const actor = (response.locals.actor ?? null) as Actor | null;
  const params = spec.params?.safeParse(request.params);
  if (params?.success === false) throw new Refusal({ code: 'NOT_FOUND' });
  const files = ((request.files ?? []) as Express.Multer.File[]).map(({ originalname, buffer }) => ({
    name: originalname,
    content: buffer,
  }));
  if (spec.upload && files.length === 0)
    throw new Refusal({ code: 'MALFORMED_UPLOAD', values: { field: spec.upload.field } });
  const idempotencyKey = spec.idempotent ? readKey(request) : '';
  const faults: Fault[] = [];
  const query = check((spec.query ?? z.object()).strict(), { ...request.query }, 'query', faults);
  const body = spec.body && check(spec.body, request.body, '$', faults);
  if (faults.length > 0)
    throw new Refusal({ code: 'INVALID_INPUT', values: { count: faults.length }, faults });
  return spec.handler({
    actor: actor as Actor,
    database: (actor && host.databaseOf(actor.ownerId)) as OwnerDatabase,
    params: params?.data,
    query: spec.query && (query as Record<string, unknown>),
    body,
    files,
    idempotencyKey,
    language: languageOf(request),
    requestId: String(response.locals.requestId),
    headers: request.headers,
  });
}

function readKey(request: Request): string {
  const key = idempotencyKeySchema.safeParse(request.get('idempotency-key'));
  if (!key.success) throw new Refusal({ code: 'IDEMPOTENCY_KEY_MISSING' });
  return key.data;
}

function check(schema: z.ZodType, value: unknown, root: string, faults: Fault[]): unknown {
  const result = schema.safeParse(value, { error: tellMissing });
  if (result.success) return result.data;
  faults.push(...faultsOf(result.error, root));
  return undefined;
}

// Only what the schema names leaves the house; an answer that does not fit it is our fault.
function answer(response: Response, spec: Route, result: RouteResponse<unknown>): void {
  if (!statusesOf(spec).includes(result.status))
    throw new Error(`${spec.method} ${spec.path} answered with the undeclared status ${result.status}.`);
  const body = spec.response?.parse(result.body);
  for (const [name, value] of Object.entries(result.headers ?? {})) response.append(name, [value].flat());
  response.status(result.status).set('Cache-Control', 'no-store');
  if (spec.response) response.json(body);
  else response.end();
}

function statusesOf(spec: Route): readonly number[] {
  return spec.statuses ?? [spec.response ? 200 : 204];
}

/**
 * Describes a route in the OpenAPI document, from the schemas that it is checked with.
 * @param registry what the document is made from
 * @param spec the route
 * @throws Error when the route names a refusal that the catalogue does not have
 */
export function describeRoute(registry: OpenAPIRegistry, spec: Route): void {
  const { method, path, operationId, summary, description, tag, access, params, query, upload } = spec;
  registry.registerPath({
    method,
    path,
    operationId,
    summary,
    description: [description, whoMay(access)].filter(Boolean).join('\n\n'),
    tags: [tag],
    security: access === 'public' ? [] : [{ session: [] }],
    request: {
      params,
      query,
      ...(spec.idempotent && { headers: z.object({ 'Idempotency-Key': idempotencyKeySchema }) }),
      ...(spec.body && { body: { required: true, content: { 'application/json': { schema: spec.body } } } }),
      ...(upload && {
        body: { required: true, content: { 'multipart/form-data': { schema: formOf(upload) } } },
      }),
    },
    responses: { ...answersOf(spec), ...problemsOf(spec) },
  });
}

function whoMay(access: Access): string {
  if (access === 'public') return '公开，无需登录。 Public.';
  if (access === 'signedIn') return '需登录。 Whoever has signed in.';
  const names = (language: Language) => access.roles.map((role) => roleNames[role][language]);
  return `需角色：${names('zh').join('、')}。 Takes one of the roles: ${names('en').join(', ')}.`;
}

function formOf({ field, mostFiles, description }: Upload) {
  return {
    type: 'object' as const,
    required: [field],
    properties: {
      [field]: {
        type: 'array' as const,
        minItems: 1,
        maxItems: mostFiles,
        description,
        items: { type: 'string' as const, contentMediaType: 'application/octet-stream' },
      },
    },
  };
}

function answersOf(spec: Route): RouteConfig['responses'] {
  const content = spec.response && { content: { 'application/json': { schema: spec.response } } };
  return Object.fromEntries(statusesOf(spec).map((status) => [status, { description: 'OK', ...content }]));
}

function problemsOf(spec: Route): RouteConfig['responses'] {
  const always = ['TOO_MANY_REQUESTS', 'INTERNAL', 'UNAVAILABLE'];
  const hasInput = spec.body !== undefined || spec.upload !== undefined;
  const codes = [
    ...always,
    ...(spec.access === 'public' ? [] : ['NOT_SIGNED_IN']),
    ...(typeof spec.access === 'object' ? ['ROLE_REQUIRED'] : []),
    ...(spec.method === 'get' ? [] : ['ORIGIN_REFUSED']),
    ...(spec.params ? ['NOT_FOUND'] : []),
    ...(spec.idempotent ? ['IDEMPOTENCY_KEY_MISSING'] : []),
    ...(hasInput ? ['UNSUPPORTED_MEDIA_TYPE', spec.upload ? 'FILE_TOO_LARGE' : 'BODY_TOO_LARGE'] : []),
    ...(hasInput ? [spec.upload ? 'MALFORMED_UPLOAD' : 'MALFORMED_JSON'] : ['MALFORMED_REQUEST']),
    'INVALID_INPUT',
    ...(spec.refusals ?? []),
  ];
  const unknown = codes.find((code) => !Object.hasOwn(allRefusals, code));
  if (unknown)
    throw new Error(`${spec.path} names the refusal ${unknown}, which the catalogue does not have.`);
  return Object.fromEntries(
    [...new Set(codes.map(statusOf))].map((status) => {
      const types = codes.filter((code) => statusOf(code) === status).map(problemType);
      const description = `${problemTitles[status].zh} ${problemTitles[status].en}: ${types.join(', ')}`;
      return [status, { description, content: { 'application/problem+json': { schema: problemSchema } } }];
    }),
  );
}

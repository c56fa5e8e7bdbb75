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
import {
  contentDisposition,
  formatOf,
  formatQuery,
  formatTypes,
  listFile,
  listOf,
  summaryIn,
  wholeList,
  type ListFormat,
} from './list-export.js';
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

export type RouteResponse<Body> = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
} & ({ readonly body: Body; readonly file?: undefined } | { readonly file: AnswerFile });

/** An answer that is a file to keep. */
export interface AnswerFile {
  /** With its ending; it may be Chinese. */
  readonly name: string;
  readonly type: string;
  readonly content: Buffer;
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
  /** The field of the response that is the list, where it is not `items`: every list is answered as a file too. */
  readonly list?: string;
  /** Answers that are files: their media types by status. */
  readonly files?: Readonly<Record<number, string>>;
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
  const checked = check(querySchema(spec).strict(), { ...request.query }, 'query', faults);
  const body = spec.body && check(spec.body, request.body, '$', faults);
  if (faults.length > 0)
    throw new Refusal({ code: 'INVALID_INPUT', values: { count: faults.length }, faults });
  const { format, ...query } = checked as Record<string, unknown>;
  const asked = {
    actor: actor as Actor,
    database: (actor && host.databaseOf(actor.ownerId)) as OwnerDatabase,
    params: params?.data,
    query: spec.query && query,
    body,
    files,
    idempotencyKey,
    language: languageOf(request),
    requestId: String(response.locals.requestId),
    headers: request.headers,
  };
  const list = listOf(spec);
  if (list) response.vary('Accept');
  const form = list ? formatOf(request, format as ListFormat | undefined) : 'json';
  if (list === null || form === 'json') return spec.handler(asked);
  const items = await wholeList(list, query, request.query, async (page) => {
    const result = await spec.handler({ ...asked, query: page });
    return spec.response!.parse('body' in result ? result.body : undefined) as Record<string, unknown>;
  });
  const title = summaryIn(spec.summary, asked.language);
  const content = await listFile(form, list, items, title, asked.database, asked.language);
  return { status: 200, file: { name: `${title}.${form}`, type: formatTypes[form], content } };
}

/** What a route's query may say: every list also takes the form of its answer. */
function querySchema(spec: Route): z.ZodObject {
  const own = spec.query ?? z.object();
  return listOf(spec) ? own.extend(formatQuery.shape) : own;
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
  if (![...statusesOf(spec), ...Object.keys(spec.files ?? {}).map(Number)].includes(result.status))
    throw new Error(`${spec.method} ${spec.path} answered with the undeclared status ${result.status}.`);
  for (const [name, value] of Object.entries(result.headers ?? {})) response.append(name, [value].flat());
  response.status(result.status).set('Cache-Control', 'no-store');
  if (result.file) sendFile(response, result.file);
  else if (spec.response) response.json(spec.response.parse(result.body));
  else response.end();
}

function sendFile(response: Response, { name, type, content }: AnswerFile): void {
  response.set('Content-Disposition', contentDisposition(name)).type(type).send(content);
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
  const { method, path, operationId, summary, description, tag, access, params, upload } = spec;
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
      query: querySchema(spec),
      ...(spec.idempotent && { headers: z.object({ 'Idempotency-Key': idempotencyKeySchema }) }),
      ...(spec.body && { body: { required: true, content: { 'application/json': { schema: spec.body } } } }),
      ...(upload && {
        body: { required: true, content: { 'multipart/form-data': { schema: formOf(upload) } } },
      }),
    },
    responses: withFiles(spec, { ...answersOf(spec), ...problemsOf(spec) }),
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

/** Adds the answers that are files to those of the same status. */
function withFiles(spec: Route, answers: RouteConfig['responses']): RouteConfig['responses'] {
  const types = listOf(spec) ? { 200: [formatTypes.csv, formatTypes.xlsx] } : {};
  const all = Object.entries({ ...types, ...spec.files }).map(
    ([status, type]) => [status, [type].flat()] as const,
  );
  const isBinary = (type: string) => (type === formatTypes.csv ? {} : { contentMediaType: type });
  for (const [status, [...media]] of all) {
    const files = media.map((type) => [type, { schema: { type: 'string' as const, ...isBinary(type) } }]);
    const before = answers[status] ?? { description: 'OK' };
    const content = 'content' in before ? before.content : {};
    answers = { ...answers, [status]: { ...before, content: { ...content, ...Object.fromEntries(files) } } };
  }
  return answers;
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
    ...(listOf(spec) ? ['EXPORT_TOO_LONG'] : []),
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

import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Refusal, type Fault, type Reason, type RefusalValue } from '../domain/refusal.js';
import { say, statusOf, type Language } from '../texts/catalogue.js';
import type { Names } from '../texts/names.js';
import { problemTitles } from '../texts/refusals-http.js';

/** Seconds after which whoever met a 429 or a 503 may ask again. */
const retryAfter: Readonly<Record<number, number>> = { 429: 60, 503: 5 };

const refusalValue = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);

/** An answer that says why not (RFC 9457). */
export const problemSchema = z
  .object({
    type: z.string().meta({
      description: 'Stable; the page behind it explains the problem.',
      example: '/problems/not-found',
    }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'Why, in the language of the caller.' }),
    rule: z.string().optional().meta({ description: 'Id of the rule in docs/rules.md.' }),
    values: z.record(z.string(), refusalValue).optional().meta({ description: 'What the rule looked at.' }),
    clause: z.string().optional().meta({ description: 'The clause of the scheme.' }),
    errors: z
      .array(
        z.object({
          at: z
            .string()
            .meta({ description: 'JSON path, sheet!cell or line:column.', example: '$.persons[0].password' }),
          code: z.string(),
          text: z.string(),
          values: z.record(z.string(), refusalValue).optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' });

export type Problem = z.output<typeof problemSchema>;

/** The language in which the caller wants to read: Chinese unless `Accept-Language` prefers English. */
export function languageOf(request: Request): Language {
  return request.acceptsLanguages('zh', 'en') === 'en' ? 'en' : 'zh';
}

/** The path of the page that explains a problem, which is also its type: `/problems/over-quota` for OVER_QUOTA. */
export function problemType(code: string): string {
  return `/problems/${code.toLowerCase().replaceAll('_', '-')}`;
}

/**
 * A reason as a problem document.
 * @param reason why something was refused
 * @param language the reader's language
 * @param ranks names of the ranks of the reader's schemes
 */
export function problemOf(reason: Reason, language: Language, ranks: Names = {}): Problem {
  const { code, rule, values, clause, faults } = reason;
  const status = statusOf(code);
  return {
    type: problemType(code),
    title: problemTitles[status][language],
    status,
    detail: say(code, language, values, ranks),
    ...(rule !== undefined && { rule }),
    ...(values !== undefined && { values: plain(values) }),
    ...(clause !== undefined && { clause }),
    ...(faults !== undefined && { errors: faults.map((fault) => errorOf(fault, language, ranks)) }),
  };
}

function errorOf({ at, code, values }: Fault, language: Language, ranks: Names) {
  return {
    at,
    code,
    text: say(code, language, values, ranks),
    ...(values !== undefined && { values: plain(values) }),
  };
}

function plain(values: Readonly<Record<string, RefusalValue>>) {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]),
  ) as Record<string, z.output<typeof refusalValue>>;
}

/**
 * Answers with a problem, with `Retry-After` on 429 and 503.
 * @param response what is answered
 * @param reason why; its status is the catalogue's
 * @param language the caller's language
 * @param ranks names of the ranks of the caller's schemes
 */
export function sendProblem(response: Response, reason: Reason, language: Language, ranks: Names = {}): void {
  const problem = problemOf(reason, language, ranks);
  const seconds = retryAfter[problem.status];
  if (seconds !== undefined && !response.hasHeader('Retry-After'))
    response.set('Retry-After', String(seconds));
  response
    .status(problem.status)
    .set('Content-Language', language)
    .set('Cache-Control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem));
}

/**
 * Answers every error with a problem: a refusal with its own, an outage of the database with 503, what nobody foresaw
 * with 500 and the request's id, its details only in the log.
 * @param log where unforeseen errors go
 * @param isSilent requests of which nothing may be logged
 * @param ranksFor names of the ranks of the schemes of who was refused
 */
export function problemHandler(
  log: Logger,
  isSilent: (request: Request) => boolean,
  ranksFor: (response: Response) => Promise<Names>,
): ErrorRequestHandler {
  return async (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const reason = reasonOf(error) ?? {
      code: 'INTERNAL',
      values: { requestId: String(response.locals.requestId) },
    };
    if (statusOf(reason.code) >= 500 && !(error instanceof Refusal) && !isSilent(request))
      log.error({ requestId: String(response.locals.requestId), err: error }, 'request failed');
    // Whatever keeps the names from being read, the refusal itself must arrive.
    const ranks = statusOf(reason.code) < 500 ? await ranksFor(response).catch(() => ({})) : {};
    sendProblem(response, reason, languageOf(request), ranks);
  };
}

function reasonOf(error: unknown): Reason | undefined {
  if (error instanceof Refusal) return error.toReason();
  if (isOutage(error)) return { code: 'UNAVAILABLE' };
  const { type, status, limit } = error as { type?: string; status?: number; limit?: number };
  if (type === 'entity.parse.failed') return { code: 'MALFORMED_JSON' };
  if (type === 'entity.too.large')
    return { code: 'BODY_TOO_LARGE', values: { kilobytes: (limit ?? 0) / 1024 } };
  if (status === 415)
    return { code: 'UNSUPPORTED_MEDIA_TYPE', values: { expected: 'application/json; charset=utf-8' } };
  if (status !== undefined && status >= 400 && status < 500) return { code: 'MALFORMED_REQUEST' };
  return undefined;
}

const outageCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
];
// SQLSTATE: connection lost, too many connections, shutting down or starting, statement given up.
const outageStates = /^(08...|53300|57P0[123]|57014)$/;

/** Whether an error only says that the database cannot be reached or does not answer in time. */
function isOutage(error: unknown): boolean {
  for (let cause = error; cause instanceof Object; cause = causeOf(cause)) {
    const { code, originalCode, kind, message } = cause as Record<string, unknown>;
    if (
      [code, originalCode].some(
        (found) => outageCodes.includes(String(found)) || outageStates.test(String(found)),
      )
    )
      return true;
    if (
      ['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'].includes(
        String(kind),
      )
    )
      return true;
    if (/Connection terminated|timeout exceeded when trying to connect/.test(String(message))) return true;
  }
  return false;
}

// Prisma keeps what its driver said in `meta`.
function causeOf(error: { cause?: unknown; meta?: { driverAdapterError?: unknown } }): unknown {
  return error.meta?.driverAdapterError ?? error.cause;
}

/**
 * Every issue of a failed check as a fault, with its JSON path and what would be right; it repeats no value. A
 * schema's own check (`refine`) names its text by `params: { code, values }`.
 * @param error what zod found
 * @param root what the path starts from: `$` for a body, `query` for the query
 */
export function faultsOf(error: z.ZodError, root: string): Fault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, pathOf(root, issue.path)));
}

function faultsOfIssue(issue: z.core.$ZodIssue, at: string): Fault[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ at: pathOf(at, [key]), code: 'UNKNOWN_KEY' }));
    case 'invalid_type':
      return [
        {
          at,
          code: issue.message === missing ? 'MISSING' : 'WRONG_TYPE',
          values: { expected: issue.expected },
        },
      ];
    case 'invalid_value':
      return [{ at, code: 'NOT_ONE_OF', values: { allowed: issue.values.map(String) } }];
    case 'invalid_format':
      return [
        {
          at,
          code: 'WRONG_FORMAT',
          values: { expected: issue.format === 'regex' ? (issue.pattern ?? '') : issue.format },
        },
      ];
    case 'too_small': {
      const code = issue.origin === 'string' ? 'TOO_SHORT' : issue.origin === 'array' ? 'TOO_FEW' : 'TOO_LOW';
      return [{ at, code, values: { minimum: Number(issue.minimum) } }];
    }
    case 'too_big': {
      const code =
        issue.origin === 'string' ? 'TOO_LONG' : issue.origin === 'array' ? 'TOO_MANY' : 'TOO_HIGH';
      return [{ at, code, values: { maximum: Number(issue.maximum) } }];
    }
    case 'invalid_union': {
      const branches = issue.errors.toSorted((a, b) => a.length - b.length);
      const nearest = branches[0]?.flatMap((inner) => faultsOfIssue(inner, pathOf(at, inner.path)));
      return nearest ?? [{ at, code: 'WRONG_VALUE' }];
    }
    case 'custom': {
      const { code = 'WRONG_VALUE', values } = (issue.params ?? {}) as {
        code?: string;
        values?: Fault['values'];
      };
      return [{ at, code, values }];
    }
    default:
      return [{ at, code: 'WRONG_VALUE' }];
  }
}

const missing = 'missing';

/** For zod's `error` option: tells an absent value from one of the wrong type, which the issue itself does not. */
export const tellMissing: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'invalid_type' && issue.input === undefined ? missing : undefined;

function pathOf(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(String(key))
      ? `${text}.${String(key)}`
      : `${text}[${JSON.stringify(String(key))}]`;
  }, root);
}

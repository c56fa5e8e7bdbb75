import type { Request, RequestHandler, Response } from 'express';
import { pino, type Logger } from 'pino';
import { pinoHttp } from 'pino-http';

const secrets = [
  'password',
  'cookie',
  'authorization',
  'idNumber',
  'serial',
  'signature',
  'sealed',
  'headers',
  'body',
];

/** The log of a process, on its standard error: standard output is for whoever started it. */
export function createLog(level: string): Logger {
  const paths = secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({ level, redact: { paths, censor: '[redacted]' } }, pino.destination(2));
}

/** Requests of which nothing is kept, neither line nor address: those to the ballot box (design of the ballot). */
export function isBallotBox({ path }: Pick<Request, 'path'>): boolean {
  return /^\/api\/v1\/ballot-box(\/|$)/.test(path);
}

/** Writes a line a request: method, path, status, account. Never a query, a body, a header or an address. */
export function requestLog(log: Logger): RequestHandler {
  return pinoHttp<Request, Response>({
    logger: log,
    genReqId: (_request, response) => String(response.locals.requestId),
    autoLogging: { ignore: (request) => isBallotBox(request) },
    customProps: (_request, response) => ({
      account: (response.locals.actor as { userId?: string } | undefined)?.userId,
    }),
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        path: url.split('?')[0],
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  });
}

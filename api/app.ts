import { randomUUID } from 'node:crypto';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { z } from 'zod';
import { Refusal } from '../domain/refusal.js';
import { rankNames } from '../records/current-policies.js';
import { scopedTo } from '../records/scope.js';
import { actorReader, type Actor } from './auth/actor.js';
import { createSessions } from './auth/sessions.js';
import type { Config } from '../config/config.js';
import type { Dependencies } from './dependencies.js';
import { readiness } from './health.js';
import { isBallotBox, requestLog } from './log.js';
import { openApiDocument } from './openapi.js';
import { noticePages } from './notice-pages.js';
import { pages } from './pages.js';
import { problemHandler } from './problem.js';
import { mountRoute, route, type Route } from './route.js';
import { allRoutes } from './routes/index.js';
import { certificatePages } from './routes/certificates.js';

/**
 * Puts the HTTP API together.
 * @param dependencies the open database, Temporal's client, the configuration and the log
 */
export function createApp(dependencies: Dependencies): Express {
  const { config, database, log } = dependencies;
  const sessions = createSessions(database, config);
  const routes = withOpenApi(allRoutes(dependencies, sessions), sessions.cookieName);
  const host = {
    actorOf: actorReader(database, sessions),
    databaseOf: (ownerId: string) => scopedTo(database, ownerId),
    limitAccount: limit(
      config.RATE_LIMIT_ACCOUNT,
      (_request, response) => (response.locals.actor as Actor).userId,
    ),
  };

  const app = express();
  app.set('trust proxy', config.TRUST_PROXY);
  // One spelling a path: what is said of a path holds for all that reach it.
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.disable('etag');
  app.use((_request, response, next) => {
    response.locals.requestId = randomUUID();
    response.set('X-Request-Id', response.locals.requestId as string);
    next();
  });
  app.use(requestLog(log));
  app.use(helmet());
  app.get('/health/live', (_request, response) => void response.json({ live: true }));
  app.get('/health/ready', readiness(dependencies));
  app.use(unlessBallotBox(limit(config.RATE_LIMIT_ADDRESS)));
  app.use('/api/v1/sign-in', limit(config.RATE_LIMIT_SIGN_IN));
  const limitObjections = limit(config.RATE_LIMIT_SIGN_IN);
  app.use('/api/v1/public/objections', limitObjections);
  app.use(['/api', '/notices', '/objections'], sameOrigin(config));
  for (const spec of routes) mountRoute(app, spec, host);
  app.use(certificatePages(dependencies));
  app.use(noticePages(dependencies, limitObjections));
  app.use(pages());
  app.use(() => {
    throw new Refusal({ code: 'NOT_FOUND' });
  });
  const ranksFor = async (response: Response) => {
    const actor = response.locals.actor as Actor | undefined;
    return actor === undefined ? {} : rankNames(host.databaseOf(actor.ownerId));
  };
  app.use(problemHandler(log, isBallotBox, ranksFor));
  return app;
}

function withOpenApi(routes: readonly Route[], cookie: string): Route[] {
  const openApi = route({
    method: 'get',
    path: '/api/v1/openapi.json',
    operationId: 'openApi',
    summary: '本接口的 OpenAPI 文档 This document',
    tag: '文档 Documents',
    access: 'public',
    response: z.looseObject({ openapi: z.string() }),
    handler: () => ({ status: 200, body: document as unknown as { openapi: string } }),
  });
  const all = [...routes, openApi];
  const document = openApiDocument(all, cookie);
  return all;
}

function limit(
  perMinute: number,
  keyGenerator?: (request: Request, response: Response) => string,
): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    ...(keyGenerator && { keyGenerator }),
    handler: (_request, _response, next) => next(new Refusal({ code: 'TOO_MANY_REQUESTS' })),
  });
}

// A limit by address would keep the address of whoever votes.
function unlessBallotBox(handler: RequestHandler): RequestHandler {
  return (request, response, next) => (isBallotBox(request) ? next() : handler(request, response, next));
}

/** Refuses what another site makes a browser send; who is no browser sends no origin. */
function sameOrigin({ PUBLIC_URL }: Config): RequestHandler {
  return (request, _response, next) => {
    if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return next();
    const expected = PUBLIC_URL ? new URL(PUBLIC_URL).origin : `${request.protocol}://${request.host}`;
    const origin = request.get('origin');
    const site = request.get('sec-fetch-site') ?? 'none';
    if (origin === undefined ? ['none', 'same-origin'].includes(site) : origin === expected) return next();
    throw new Refusal({ code: 'ORIGIN_REFUSED' });
  };
}

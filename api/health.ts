import type { RequestHandler } from 'express';
import type { Dependencies } from './dependencies.js';

const patience = 2000;

/** Answers 200 when database and Temporal answer within two seconds, else 503 with which of them does not. */
export function readiness({
  database,
  temporal,
}: Pick<Dependencies, 'database' | 'temporal'>): RequestHandler {
  const namespace = temporal.options.namespace;
  return async (_request, response) => {
    const [databaseAnswers, temporalAnswers] = await Promise.all([
      answers(() => database.$queryRaw`SELECT 1`),
      answers(() =>
        temporal.connection.withDeadline(Date.now() + patience, () =>
          temporal.workflowService.describeNamespace({ namespace }),
        ),
      ),
    ]);
    response.status(databaseAnswers && temporalAnswers ? 200 : 503).json({
      ready: databaseAnswers && temporalAnswers,
      database: databaseAnswers,
      temporal: temporalAnswers,
    });
  };
}

async function answers(ask: () => PromiseLike<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), patience)));
  const answer = Promise.resolve()
    .then(ask)
    .then(
      () => true,
      () => false,
    );
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
}

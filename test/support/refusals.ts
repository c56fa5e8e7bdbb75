import { ApiProblem, type Problem } from '../../samples/api-client.js';

/** What a request rejects with when the API refuses it, for `toMatchObject`; values as far as they are given. */
export function refusal(status: number, code: string, rule?: string, values?: object) {
  return { problem: { status, type: `/problems/${code}`, ...(rule && { rule }), ...(values && { values }) } };
}

/** The problem that a request was refused with. Throws when it was not refused. */
export async function refused(asked: Promise<unknown>): Promise<Problem> {
  const answer = await asked.catch((error: unknown) => error);
  if (!(answer instanceof ApiProblem)) throw new Error(`It was to be refused: ${JSON.stringify(answer)}`);
  return answer.problem;
}

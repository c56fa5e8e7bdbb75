import { countsOf, countStatements } from '../../bench/counts.js';
import { prepareScoring } from '../../bench/scoring.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { startInstance, type TestInstance } from '../support/instance.js';

let instance: TestInstance;

beforeAll(async () => {
  instance = await startInstance('cost', '2026-09-01T00:00:00+08:00');
}, 60_000);

afterAll(() => instance?.stop());

test('what a decision costs, from the request to the answer', async () => {
  const { database, client, url } = instance;
  await countStatements(database);
  const wakeCase = caseWaker(client, database);
  const [school] = await prepareScoring({ database, url, wakeCase }, [16]);
  // Temporal counts the calls to its database for all test files together.
  const cost = await countsOf({ database, client, metricsUrl: null }, 20, school!);
  // Accepted, three for the task that carries it out, the local activity's marker, completed.
  expect(cost).toMatchObject({ events: 6, actions: 2 });
  // A statement more on every decision should be somebody's intention.
  expect(cost.statements).toBe(31);
}, 60_000);

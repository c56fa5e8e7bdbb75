import { randomUUID } from 'node:crypto';
import proto from '@temporalio/proto';
import { tenureCase } from '../../activities/title-tenure.js';
import { endOfDay } from '../../domain/dates.js';
import { advanceClock } from '../../temporal/advance-clock.js';
import { toldCasesWaker } from '../../temporal/wake-case.js';
import { workflowIdOf } from '../../workflows/ids.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { eventually, prepareCases, prepareDistrict, prepareTeachers } from '../support/prepared.js';

const { EventType } = proto.temporal.api.enums.v1;
const today = '2026-08-20';
let instance: TestInstance;
let titleIds: string[];

beforeAll(async () => {
  instance = await startInstance('title_cost', `${today}T08:00:00Z`);
  const { database } = instance;
  const district = await prepareDistrict(instance, 1);
  const { ownerId, policy, policyId, schoolIds } = district;
  const titles = (await prepareTeachers(district, 10)).map((personId) => ({
    id: randomUUID(),
    ownerId,
    personId,
    schoolId: schoolIds[0]!,
    rank: 'accomplished',
    decidedBy: 'district',
    origin: 'roster',
    policyId,
    from: '2024-09-10',
    until: '2029-09-09',
    endedOn: null,
  }));
  titleIds = titles.map(({ id }) => id);
  await database.title.createMany({ data: titles });
  await prepareCases(
    district,
    titles.map((title) => tenureCase(policy, title, today)),
  );
  await database.caseMessage.createMany({
    data: titleIds.map((caseId) => ({ ownerId, caseId, kind: 'start', createdAt: new Date() })),
  });
}, 60_000);

afterAll(() => instance?.stop());

/** Types of the events of a title's newest run, and the run that it goes on from. */
async function newestRun(id: string, runId?: string) {
  const handle = instance.client.workflow.getHandle(workflowIdOf('titleTenure', id), runId);
  const { events } = await handle.fetchHistory();
  const types = events!.map(({ eventType }) => eventType!);
  return { types, before: events![0]!.workflowExecutionStartedEventAttributes!.continuedExecutionRunId };
}

function waiting() {
  return instance.database.caseMessage.count({ where: { consumedAt: null } });
}

test('waking done again after an interruption leaves in peace who has acted already', async () => {
  const { database, client } = instance;
  const wakeToldCases = toldCasesWaker(client, database);
  await wakeToldCases(titleIds, `${today}T08:00:00.000Z`);
  expect(await eventually(waiting, (count) => count === 0)).toBe(0);
  await wakeToldCases(titleIds, `${today}T08:00:00.000Z`);
  expect(await database.case.findMany({ where: { kind: 'titleTenure', sequence: { not: 1 } } })).toEqual([]);
  for (const id of titleIds) {
    const { types } = await newestRun(id);
    expect(types).not.toContain(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
  }
});

test('what a school year of a title costs: twelve events', async () => {
  const { database, client } = instance;
  const lengths = async () => Promise.all(titleIds.map(async (id) => (await newestRun(id)).types.length));
  const opened = Math.min(...(await lengths()));
  const advanced = await advanceClock({ database, client }, { to: endOfDay('2026-08-31'), limitMs: 40_000 });
  expect(advanced.settled).toBe(true);
  const costs = titleIds.map(async (id) => {
    const begun = await eventually(
      () => newestRun(id),
      ({ types, before }) => Boolean(before) && types.length >= 5,
    );
    const ended = await newestRun(id, begun.before!);
    return ended.types.length - opened + begun.types.length;
  });
  // Signal, three for the task, the transition's marker, attributes, the run's end; then start, three, the marker.
  expect(Math.min(...(await Promise.all(costs)))).toBe(12);
});

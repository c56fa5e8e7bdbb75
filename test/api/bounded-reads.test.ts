import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { rulesOf } from '../../activities/rules.js';
import { endOfDay } from '../../domain/dates.js';
import { PrismaClient } from '../../prisma/generated/client.js';
import { carryOut } from '../../records/decide.js';
import { prepareHolders } from '../support/many-persons.js';
import { prepareCases, prepareDistrict, prepareScheme, type PreparedDistrict } from '../support/prepared.js';
import { mainScheme, withValues } from '../support/scheme-parts.js';
import { signInAs, type TestSession } from '../support/sessions.js';
import { startApi, type TestApi } from '../support/without-temporal.js';

// What is read of a whole district takes as many statements for forty teachers as for ten.

const now = '2028-02-01T09:00:00+08:00';

let instance: TestApi;
let district: PreparedDistrict;
let office: TestSession;
let statements = 0;

const adopted = { by: 'sample', basis: '样例' };
const scheme = withValues(mainScheme(), {
  id: 'tasks',
  duties: [
    { code: 'lecture', zh: '讲座稿', en: 'Lecture', of: 'both', per: 'term', amount: { exact: 1 }, adopted },
  ],
});

beforeAll(async () => {
  instance = await startApi('boundedreads', now, (url) => {
    const database = new PrismaClient({
      adapter: new PrismaPg({ connectionString: url }),
      log: [{ emit: 'event', level: 'query' }],
    });
    database.$on('query', () => void (statements += 1));
    return database;
  });
  district = await prepareScheme(await prepareDistrict(instance, 3), scheme);
  office = await signInAs(instance, district, district.officeId);
}, 180_000);

afterAll(() => instance?.stop());

async function counted(act: () => Promise<unknown>): Promise<number> {
  const before = statements;
  await act();
  return statements - before;
}

/** The reminders of a month, by a calendar of their own. */
async function remind(): Promise<void> {
  const id = randomUUID();
  const wakeAt = new Date(endOfDay('2028-01-31'));
  await prepareCases(district, [
    { id, kind: 'calendar', organisationId: district.ownerId, step: 'reminding', dueAt: wakeAt, wakeAt },
  ]);
  await carryOut(district.database, rulesOf, {
    id,
    transition: 'remindOfTheMonth',
    sequence: 1,
    at: new Date(now).toISOString(),
  });
}

const reads: Record<string, () => Promise<unknown>> = {
  'the ladder': () => office.get('/ladder'),
  'the allowances of a month': () => office.get(`/allowances?month=2027-12&policyId=${district.policyId}`),
  'hours below the line': () => office.get('/registers/hours-short'),
  'who owes what this term': () => office.get('/registers/owed-this-term'),
  'holders by rank, subject, school and age': () => office.get('/registers/holders'),
  'the plan of a trainee': async () => {
    const { id } = await district.database.trainee.findFirstOrThrow();
    return office.get(`/trainings/${id}/plan`);
  },
  'the reminders of a month': remind,
};

test('a read of the whole district takes as many statements for more teachers', async () => {
  const measure = async () => {
    const found: Record<string, number> = {};
    for (const [name, read] of Object.entries(reads)) found[name] = await counted(read);
    return found;
  };
  await prepareHolders(district, 10);
  await measure();
  const few = await measure();
  await prepareHolders(district, 30);
  expect(await measure()).toEqual(few);
});

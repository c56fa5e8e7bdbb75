import { parse } from 'yaml';
import type { DecisionAnswer } from '../../samples/api-client.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import {
  prepareDistrict,
  prepareRound,
  prepareScheme,
  prepareTeachers,
  type PreparedDistrict,
} from '../support/prepared.js';
import { mainScheme, withValues } from '../support/scheme-parts.js';
import { signInAs } from '../support/sessions.js';

// A contest prize makes a formal candidate directly: what of Q9 only the database can keep.

let instance: TestInstance;
let district: PreparedDistrict;

beforeAll(async () => {
  instance = await startInstance('directentry', '2026-08-10T09:00:00+08:00');
  district = await prepareDistrict(instance, 2);
}, 120_000);

afterAll(() => instance?.stop());

async function openRound(of: PreparedDistrict, accomplished: number): Promise<string> {
  const closesAt = new Date('2026-08-29T00:00:00+08:00');
  const id = await prepareRound(of, { step: 'applications', closesAt });
  await of.database.round.update({ where: { id }, data: { places: { accomplished } } });
  return id;
}

async function prizeWinner(birthDate?: string) {
  const { database, ownerId } = district;
  const [personId] = (await prepareTeachers(district, 1)) as [string];
  if (birthDate) await database.person.update({ where: { id: personId }, data: { birthDate } });
  await database.evidence.create({
    data: {
      ownerId,
      personId,
      kind: 'classroom_contest',
      level: 'district',
      prize: 'first',
      title: '课堂大赛',
      date: '2026-03-20',
    },
  });
  const session = await signInAs(instance, district, personId);
  const enter = (roundId: string) =>
    session.post<DecisionAnswer>('/contest-entries', { roundId, statement: '一等奖', agreesToNotice: true });
  return { personId, session, enter };
}

/** The refusal among answers of which one is to be accepted. */
function onlyRefusal(answers: readonly PromiseSettledResult<unknown>[]): unknown {
  const refused = answers.filter((answer) => answer.status === 'rejected');
  expect(refused).toHaveLength(answers.length - 1);
  return refused[0]!.reason;
}

test('of two winners at the same instant one takes the last place; it is none of a school’s, and free again when he leaves', async () => {
  const { database } = district;
  const roundId = await openRound(district, 1);
  const winners = [await prizeWinner(), await prizeWinner()];
  const answers = await Promise.allSettled(winners.map(({ enter }) => enter(roundId)));
  expect(onlyRefusal(answers)).toMatchObject({
    problem: {
      status: 409,
      type: '/problems/places-full',
      rule: 'Q9',
      values: { rank: 'accomplished', places: 1, taken: 1 },
    },
  });
  expect(await database.nomination.count({ where: { roundId } })).toBe(0);
  const first = answers.findIndex(({ status }) => status === 'fulfilled');
  const { caseId } = (answers[first] as PromiseFulfilledResult<DecisionAnswer>).value;
  await winners[first]!.session.post(`/applications/${caseId}/withdrawal`, {});
  expect(await winners[1 - first]!.enter(roundId)).toMatchObject({ step: 'underway' });
});

test('a prize lets in once, also of two rounds at the same instant; not used up when its holder leaves', async () => {
  const { id } = parse(mainScheme()) as { id: string };
  const other = await prepareScheme(district, withValues(mainScheme(), { id: `${id}-second` }));
  const rounds = [await openRound(district, 5), await openRound(other, 5)];
  const { enter, session } = await prizeWinner();
  const answers = await Promise.allSettled(rounds.map(enter));
  expect(onlyRefusal(answers)).toMatchObject({
    problem: { status: 422, type: '/problems/no-contest-prize', rule: 'E15', values: { onFile: 1 } },
  });
  const first = answers.findIndex(({ status }) => status === 'fulfilled');
  const { caseId } = (answers[first] as PromiseFulfilledResult<DecisionAnswer>).value;
  await session.post(`/applications/${caseId}/withdrawal`, {});
  expect(await enter(rounds[1 - first]!)).toMatchObject({ step: 'underway' });
});

test('the conditions that the scheme keeps are checked, the others are not', async () => {
  const { database, ownerId } = district;
  const roundId = await openRound(district, 5);
  const old = await prizeWinner('1967-01-01');
  expect(await old.enter(roundId)).toMatchObject({ step: 'underway' });
  const sanctioned = await prizeWinner();
  await database.sanction.create({
    data: {
      ownerId,
      personId: sanctioned.personId,
      kind: 'demerit',
      from: '2026-06-01',
    },
  });
  await expect(sanctioned.enter(roundId)).rejects.toMatchObject({
    problem: { status: 422, type: '/problems/not-eligible', rule: 'E10' },
  });
});

import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { writeRoster } from '../../samples/write.js';
import { Walk } from '../../samples/walk/walk.js';
import { runDoctor } from '../../scripts/doctor.js';
import { caseOfWorkflowId } from '../../workflows/ids.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { testServers } from '../support/servers.js';
import { beginRehearsal, endRehearsal, passSchoolYear } from '../support/seven-years/course-of-the-years.js';
import { firstYear, places, roster, yearlyNumbers } from '../support/seven-years/district.js';
import {
  isPaid,
  later,
  type PlainModel,
  ranks,
  schoolYear,
  stateOf,
  tally,
  turningDays,
  type Day,
  type TitleCard,
} from '../support/seven-years/plain-model.js';
import { SchoolYears } from '../support/seven-years/school-years.js';

// The main scheme over seven school years, in a district of four schools: every round, training, review, transfer, lapse and
// promotion goes over HTTP, on the real servers. The cards of test/support/seven-years/plain-model.ts say what must come out.

const schoolYears = Number(process.env['QINGLAN_SCHOOL_YEARS'] ?? 7);
const lastYear = firstYear + schoolYears;

let instance: TestInstance;
let walk: Walk;
let years: SchoolYears;
const lines: string[] = [];

beforeAll(async () => {
  const startedAt = Date.now();
  instance = await startInstance('sevenyears', `${firstYear}-09-01T00:00:00+08:00`);
  const people = roster();
  const workbook = await writeRoster(people);
  walk = new Walk({
    url: instance.url,
    administrator: instance.administrator,
    password: 'Sample-pass-2026',
    district: { roster: people, workbook },
    applicants: { ordinary: [], contestWinners: [], refused: {} as Walk['applicants']['refused'] },
    places,
    progress: process.env['QINGLAN_SCHOOL_YEARS'] ? (line) => lines.push(line) : undefined,
  });
  years = new SchoolYears(walk, compareToday, (line) => lines.push(line));
  try {
    await beginRehearsal(years);
    for (let year = firstYear; year < lastYear; year += 1) await passSchoolYear(years, year);
    await endRehearsal(years, lastYear);
  } finally {
    lines.push(`${Math.round((Date.now() - startedAt) / 1000)} s in all`);
    console.log([...lines, ...years.differences].join('\n'));
  }
}, 1_200_000);

afterAll(() => instance?.stop());

interface Register<Item> {
  readonly items: readonly Item[];
}

async function register<Item>(name: string, on: Day): Promise<readonly Item[]> {
  const office = await walk.office();
  return (await office.get<Register<Item>>(`/registers/${name}?on=${on}`)).items;
}

const codeOf = (schoolId: string) => [...walk.organisations].find(([, id]) => id === schoolId)![0];

/** What the registers tell of a day, line by line. */
async function toldOn(on: Day): Promise<string[]> {
  const holders = await register<{ rank: string; schoolId: string; persons: number }>('holders', on);
  const byRankAndSchool = tally(
    holders.flatMap(({ rank, schoolId, persons }) =>
      Array.from({ length: persons }, () => `${rank} ${codeOf(schoolId)}`),
    ),
  );
  const short = await register<{ person: { id: string }; rank: string; missing: number }>('hours-short', on);
  const ending = await register<{ certificateNumber: string; daysLeft: number }>('certificates-ending', on);
  const targets = await register<{ code: string; numerator: number }>('targets', on);
  const flows = await register<ReturnType<PlainModel['flow']>>('training-flows', on);
  return [
    ...linesOf('holders', byRankAndSchool),
    ...short.map(
      ({ person, rank, missing }) => `short of hours ${walk.staffNumberOf(person.id)} ${rank} ${missing}`,
    ),
    ...ending.map(({ certificateNumber, daysLeft }) => `ending ${certificateNumber} ${daysLeft}`),
    ...targets
      .filter(({ code }) => ranks.includes(code))
      .map(({ code, numerator }) => `target ${code} ${numerator}`),
    ...flows.flatMap(flowLine),
  ];
}

/** The same by the cards. */
function owedOn(on: Day): string[] {
  const { model } = years;
  const begun = Array.from({ length: schoolYear(on) - firstYear + 1 }, (_, index) => firstYear + index);
  return [
    ...linesOf('holders', model.holdersByRankAndSchool(on)),
    ...linesOf('short of hours', model.hoursShort(on)),
    ...linesOf('ending', model.ending(on)),
    ...ranks.map((rank) => `target ${rank} ${model.holdersOf(rank, on)}`),
    ...begun.flatMap((year) => Object.keys(places).flatMap((rank) => flowLine(model.flow(rank, year, on)))),
  ];
}

function linesOf(what: string, numbers: Readonly<Record<string, number>>): string[] {
  return Object.entries(numbers).map(([of, number]) => `${what} ${of} ${number}`);
}

function flowLine(flow: ReturnType<PlainModel['flow']>): string[] {
  const { schoolYear: year, rank, before, begun, supplemented, passed, eliminated, left, after } = flow;
  if (before + begun + after === 0) return [];
  return [
    `trainees ${year} ${rank}: ${before} + ${begun} (${supplemented} for others) - ${passed} - ${eliminated} - ${left} = ${after}`,
  ];
}

/** The lines of a day that only one side has. */
async function differencesOn(on: Day): Promise<string[]> {
  const [told, owed] = [await toldOn(on), owedOn(on)];
  return [
    ...told.filter((line) => !owed.includes(line)).map((line) => `${on} told: ${line}`),
    ...owed.filter((line) => !told.includes(line)).map((line) => `${on} owed: ${line}`),
  ];
}

const wordOf: Readonly<Record<string, string>> = {
  valid: '有效',
  suspended: '暂停使用',
  expired_pending: '已到期，重新评定中',
  superseded: '已被更高称号或新证书取代',
  lapsed: '已过期',
  revoked: '已终止',
};

/** What anybody reads today on the page of each certificate. */
async function compareToday(on: Day): Promise<void> {
  const shown = await walk.forEach(years.model.titles(), async ({ card, title }) => {
    const page = await fetch(`${instance.url}/certificates/${encodeURIComponent(title.number!)}`);
    const word = /状态 State<\/th><td>(\S+) /.exec(await page.text())?.[1];
    return { number: title.number, word, expected: wordOf[stateOf(card, title, on)] };
  });
  const untrue = shown.filter(({ word, expected }) => word !== expected);
  years.differences.push(
    ...untrue.map(({ number, word, expected }) => `${on} page of ${number}: ${word}, not ${expected}`),
    ...(await differencesOn(on)),
  );
}

test('on the way, whatever was compared on the day itself was as on the cards', () => {
  expect(years.differences).toEqual([]);
});

test('the registers of past days are those of the cards, with what is known now', async () => {
  const days = new Set(
    years.stops.flatMap((day) => [day, `${day.slice(0, 4)}-08-31`, `${day.slice(0, 4)}-12-31`]),
  );
  const today = years.stops.at(-1)!;
  const differences = [];
  for (const day of [...days].toSorted()) if (day <= today) differences.push(...(await differencesOn(day)));
  expect(differences).toEqual([]);
}, 300_000);

test('every title says the truth the day before, on and the day after each of its turning days', async () => {
  const office = await walk.office();
  const asked = years.model.titles().flatMap(({ who, card, title }) =>
    turningDays(card, title)
      .flatMap((day) => [later(day, -1), day, later(day, 1)])
      .map((on) => ({ who, card, title, on })),
  );
  const answers = await walk.forEach(asked, async ({ who, card, title, on }) => {
    const { state, benefits } = await office.get<{ state: string; benefits: boolean }>(
      `/titles/${years.idOf(title)}?on=${on}`,
    );
    return {
      says: `${who} ${title.number} ${on}: ${state}, ${benefits}`,
      must: `${who} ${title.number} ${on}: ${stateOf(card, title, on)}, ${isPaid(card, title, on)}`,
    };
  });
  expect(answers.filter(({ says, must }) => says !== must)).toEqual([]);
  expect(answers.length).toBeGreaterThan(schoolYears * 40);
}, 300_000);

test('the ledger comes to what each certificate is due, month by month', async () => {
  const office = await walk.office();
  const numberOf = new Map(years.model.titles().map(({ title }) => [years.idOf(title), title.number!]));
  let corrected = 0;
  await walk.forEach(years.allowances.months, async (month) => {
    const { items } = await office.get<Register<{ titleId: string; fen: number; kind: string }>>(
      `/allowance-entries?month=${month}`,
    );
    const sums: Record<string, number> = {};
    for (const { titleId, fen } of items)
      sums[numberOf.get(titleId)!] = (sums[numberOf.get(titleId)!] ?? 0) + fen;
    const paid = Object.fromEntries(Object.entries(sums).filter(([, fen]) => fen !== 0));
    expect({ month, paid }).toEqual({ month, paid: years.model.money(month) });
    corrected += items.filter(({ kind }) => kind === 'correction').length;
  });
  expect(years.allowances.months).toHaveLength(12 * schoolYears + 1);
  expect(corrected).toBeGreaterThan(0);
});

describe('every number of the scheme can be pointed at', () => {
  const report = async <Answer>(name: string, query = '') =>
    (await walk.office()).get<Answer>(`/reports/${name}${query}`);
  const schoolYearsThere = Array.from(
    { length: schoolYears },
    (_, index) => `${firstYear + index}-${firstYear + index + 1}`,
  );
  const today = () => years.stops.at(-1)!;

  test('the numbers of five years, beside those who hold each rank', async () => {
    const targets = await register<{ code: string; planned: object; denominator: number | null }>(
      'targets',
      today(),
    );
    const planned = Object.fromEntries(targets.map(({ code, planned: numbers }) => [code, numbers]));
    expect(planned).toMatchObject({
      national_backbone: { min: 1, max: 2 },
      special_grade: { about: 5 },
      provincial_backbone: { about: 10 },
      city_subject_leader: { exact: 20 },
      city_backbone: { min: 50, max: 80 },
      district_backbone: { exact: 200 },
      accomplished: { exact: 400 },
      school_backbone: { exact: 800 },
    });
  });

  test('the numbers of each year, which no year exceeds', async () => {
    const { targets } = await report<{
      targets: { code: string; givenByYear: { year: string; persons: number }[] }[];
    }>('targets-by-year');
    for (const [rank, most] of Object.entries(yearlyNumbers)) {
      const { givenByYear } = targets.find(({ code }) => code === rank)!;
      const given = tally(
        years.model
          .titles()
          .filter(({ title }) => title.rank === rank)
          .map(({ title }) => title.from.slice(0, 4))
          .filter((year) => Number(year) > lastYear - 5),
      );
      expect(Object.fromEntries(givenByYear.map(({ year, persons }) => [year, persons]))).toEqual(given);
      const appointed = years.model
        .trainings()
        .filter(({ training }) => training.rank === rank && training.isAppointed);
      expect(appointed.length).toBeLessThanOrEqual(most * schoolYears);
    }
  });

  test('candidates, formal candidates, trainees and holders', async () => {
    const { rows } = await report<{
      rows: { rank: string; formalCandidates: number; trainees: number; appointed: number }[];
    }>('selection-by-school-subject-rank');
    for (const rank of Object.keys(places)) {
      const sum = (what: 'trainees' | 'appointed') =>
        rows.filter((row) => row.rank === rank).reduce((total, row) => total + row[what], 0);
      const trained = years.model.trainings().filter(({ training }) => training.rank === rank);
      expect(sum('trainees')).toBe(new Set(trained.map(({ who }) => who)).size);
      const appointed = trained.filter(({ training }) => training.isAppointed);
      expect(sum('appointed')).toBe(new Set(appointed.map(({ who }) => who)).size);
    }
  });

  test('who entered by a prize', async () => {
    const { entrants } = await report<{ entrants: { person: { id: string }; schoolYear: string }[] }>(
      'direct-entrants',
    );
    expect(
      entrants.map(({ person, schoolYear }) => ({
        who: walk.staffNumberOf(person.id),
        year: Number(schoolYear.slice(0, 4)),
      })),
    ).toEqual(years.rounds.directEntrants);
  });

  test('who was eliminated, left, and came in for others', async () => {
    const { changes } = await report<{
      changes: { person: { id: string }; rank: string; change: string; on: Day }[];
    }>('eliminated-and-supplemented');
    const told = changes
      .filter(({ change }) => change !== 'supplemented')
      .map(({ person, rank, change, on }) => `${walk.staffNumberOf(person.id)} ${rank} ${change} ${on}`);
    const gone = years.model
      .trainings()
      .filter(({ training: { out } }) => out !== null && out.how !== 'passed')
      .map(({ who, training: { rank, out } }) => `${who} ${rank} ${out!.how} ${out!.on}`);
    expect(told.toSorted()).toEqual(gone.toSorted());
    const came = years.model.trainings().filter(({ training }) => training.supplemented);
    expect(changes.filter(({ change }) => change === 'supplemented')).toHaveLength(came.length);
  });

  test('the grades of every year', async () => {
    const { rows } = await report<{
      rows: { reviewYear: string; rank: string; grades: Record<string, number>; waiting: number }[];
    }>('annual-results');
    const told = rows.flatMap(({ reviewYear, rank, grades }) =>
      Object.entries(grades).flatMap(([grade, count]) =>
        Array.from({ length: count }, () => `${reviewYear} ${rank} ${grade}`),
      ),
    );
    expect(tally(told)).toEqual(tally(years.reviews.grades));
    expect(rows.every(({ waiting }) => waiting === 0)).toBe(true);
  });

  test('pairs of mentors, and trainees without one', async () => {
    const { pairs, without } = await report<{ pairs: object[]; without: { trainees: number }[] }>(
      'mentor-pairs',
    );
    expect(pairs).toHaveLength(years.open().filter(({ training }) => training.until >= today()).length);
    expect(without.filter(({ trainees }) => trainees > 0)).toEqual([]);
  });

  test('the meetings and forums of every term', async () => {
    for (const { first, second } of schoolYearsThere.map((year) => ({
      first: `${year.slice(0, 4)}-12-31`,
      second: `${year.slice(5)}-06-30`,
    })))
      for (const on of [first, second]) {
        const { from, until, events } = await report<{
          from: Day;
          until: Day;
          events: { event: string; rank: string | null; owed: number; held: number }[];
        }>('term-events', `?on=${on}`);
        const inTerm = years.events.filter((event) => from <= event.on && event.on <= until);
        const told = events
          .filter(({ held }) => held > 0)
          .map(({ event, rank, held }) => `${event} ${rank} ${held}`);
        expect({ on, held: told.toSorted() }).toEqual({
          on,
          held: inTerm.map(({ kind, rank }) => `${kind} ${rank} 1`).toSorted(),
        });
        expect(events.every(({ owed }) => owed === 1)).toBe(true);
      }
  });

  test('what the schools filed of their own, and who was late', async () => {
    for (const year of schoolYearsThere) {
      const { rows } = await report<{ rows: { parts: { filedOn: Day | null; late: boolean }[] }[] }>(
        'school-filings',
        `?schoolYear=${year}`,
      );
      const parts = rows.flatMap((row) => row.parts);
      expect({
        filed: parts.filter(({ filedOn }) => filedOn !== null).length,
        late: parts.filter(({ late }) => late).length,
      }).toEqual(years.filings.get(Number(year.slice(0, 4))));
    }
  });

  test('who was drawn for a spot check, and what was found', async () => {
    const office = await walk.office();
    const { items } =
      await office.get<Register<{ reviewYear: string; finding: string | null }>>('/spot-checks');
    expect(items.every(({ finding }) => finding === 'confirmed')).toBe(true);
    expect(tally(items.map(({ reviewYear }) => reviewYear))).toEqual(
      Object.fromEntries(years.reviews.spotChecks.map(({ reviewYear, drawn }) => [reviewYear, drawn])),
    );
  });
});

test('the doctor finds nothing', async () => {
  expect(await runDoctor({ database: instance.database, client: instance.client })).toEqual([]);
}, 120_000);

/** First days of school years that a tenure passes while it goes on. */
function septembersOf({ from, until, ended, applied }: TitleCard): number {
  const pendingUntil = applied?.decidedOn ?? null;
  const lapses = until === null ? '9999-12-31' : later(until, 1);
  const lapsed = pendingUntil !== null && pendingUntil > lapses ? pendingUntil : lapses;
  const closed = ended !== null && ended.on < lapsed ? ended.on : lapsed;
  const first = from < `${firstYear}-09-02` ? `${firstYear}-09-02` : from;
  return Array.from({ length: schoolYears }, (_, index) => `${firstYear + 1 + index}-09-01`).filter(
    (day) => first < day && day < closed,
  ).length;
}

test('every history replays; each run of a tenure is one school year, and costs few events', async () => {
  const runs: { workflowId: string; kind: string; events: number }[] = [];
  const histories = [];
  for await (const { workflowId, runId } of instance.client.workflow.list()) {
    const history = await instance.client.workflow.getHandle(workflowId, runId).fetchHistory();
    runs.push({
      workflowId,
      kind: caseOfWorkflowId(workflowId)!.kind,
      events: history.events?.length ?? 0,
    });
    histories.push({ workflowId, history });
  }
  const options: ReplayWorkerOptions = { workflowBundle: { codePath: testServers().workflowBundle } };
  const failed = [];
  for await (const result of Worker.runReplayHistories(options, histories))
    if (result.error) failed.push(`${result.workflowId}: ${result.error.message}`);
  expect(failed).toEqual([]);

  const ofTenures = runs.filter(({ kind }) => kind === 'titleTenure');
  const runsOf = tally(ofTenures.map(({ workflowId }) => workflowId));
  const expected = Object.fromEntries(
    years.model.titles().map(({ title }) => [`TitleTenure:${years.idOf(title)}`, 1 + septembersOf(title)]),
  );
  expect(runsOf).toEqual(expected);
  const events = ofTenures.reduce((sum, run) => sum + run.events, 0);
  const most = Math.max(...ofTenures.map((run) => run.events));
  const decisions = await instance.database.decision.count();
  console.log(
    [
      `${runs.length} runs of workflows, ${runs.reduce((sum, run) => sum + run.events, 0)} events, ${decisions} decisions`,
      `${Object.keys(runsOf).length} tenures, ${ofTenures.length} school years of theirs, ${(events / ofTenures.length).toFixed(1)} events each, ${most} at most`,
      ...Object.entries(tally(runs.map(({ kind }) => kind))).map(([kind, count]) => `${kind}: ${count} runs`),
    ].join('\n'),
  );
  expect(events / ofTenures.length).toBeLessThanOrEqual(20);
  expect(most).toBeLessThanOrEqual(60);
}, 300_000);

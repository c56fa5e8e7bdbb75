import { createHash, randomUUID } from 'node:crypto';
import { parse, stringify } from 'yaml';
import { tenureCase } from '../../activities/title-tenure.js';
import { addDays, dateOf, endOfDay } from '../../domain/dates.js';
import { drawSpotCheck, spotCheckList } from '../../domain/spot-check.js';
import { firstOfNextMonth } from '../../domain/tenure.js';
import type { DecisionAnswer } from '../../samples/api-client.js';
import { brokenInvariants } from '../../records/invariants.js';
import { titleOf } from '../../records/titles.js';
import { advanceClock } from '../../temporal/advance-clock.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { whileLocked } from '../support/lock.js';
import {
  prepareCases,
  prepareDistrict,
  prepareScheme,
  prepareTeachers,
  type PreparedDistrict,
} from '../support/prepared.js';
import { mainScheme, withValues } from '../support/scheme-parts.js';
import { signInAs, type TestSession } from '../support/sessions.js';

// The years of a title: re-evaluation, suspension, certificates, transfer, yearly review with the right of review, spot
// checks and allowances, over the API and with their workflows. The clock goes on from test to test.

let instance: TestInstance;
let district: PreparedDistrict;
let office: TestSession;
let secondOffice: TestSession;
let head: TestSession;
let teachers: string[];
const sessions = new Map<string, TestSession>();
const calendarId = randomUUID();

interface ShownTitle {
  readonly id: string;
  readonly state: string;
  readonly benefits: boolean;
  readonly until: string | null;
  readonly certificateNumber: string | null;
  readonly benefitsUntil: string | null;
  readonly endedOn: string | null;
}

interface Certificates {
  readonly certificates: readonly { readonly state: string; readonly endedOn: string | null }[];
}

interface ShownReview {
  readonly id: string;
  readonly step: string;
  readonly outcome: string | null;
  readonly entries: readonly {
    readonly titleId: string;
    readonly effect: string | null;
    readonly grade: string | null;
    readonly finalOn: string | null;
  }[];
}

beforeAll(async () => {
  instance = await startInstance('titleyears', '2027-03-10T09:00:00+08:00');
  const main = await prepareDistrict(instance, 2);
  district = await prepareScheme(main, withAssessments(withValues(mainScheme(), { version: 9 })));
  teachers = await prepareTeachers(district, 12);
  const role = (personId: string, name: string, organisationId: string) => ({
    ownerId: district.ownerId,
    personId,
    organisationId,
    role: name,
    from: '2020-01-01',
  });
  const [first, second] = district.schoolIds as [string, string];
  await district.database.membership.createMany({
    data: [
      role(teachers[10]!, 'head', first),
      role(teachers[11]!, 'office', district.ownerId),
      role(teachers[9]!, 'head', second),
    ],
  });
  await prepareCases(district, [
    {
      id: calendarId,
      kind: 'calendar',
      organisationId: district.ownerId,
      step: 'reminding',
      waitingFor: 'office',
      dueAt: new Date(endOfDay('2099-12-31')),
      wakeAt: new Date(endOfDay('2099-12-31')),
    },
  ]);
  office = await signInAs(instance, district, district.officeId);
  secondOffice = await signInAs(instance, district, teachers[11]!);
  head = await signInAs(instance, district, teachers[10]!);
}, 120_000);

afterAll(() => instance?.stop());

/** The main scheme, with spot checks, an assessment every two years, and an end after two years that are barely good enough. */
function withAssessments(text: string): string {
  const scheme = parse(text) as {
    stages: object[];
    entries: { contest: { keeps: string[] } };
    annualReview: { effects: { basic: object } };
  };
  Object.assign(scheme.annualReview.effects.basic, { endsAfterYearsRunning: 2 });
  scheme.stages.push(
    { code: 'spot_check', every: 'school_year', percent: 20, minPerSchool: 1, clause: '每学年抽查一次' },
    { code: 'term_assessment', everyYears: 2, effect: 'report', clause: '两年考核一次' },
  );
  scheme.entries.contest.keeps.push('spot_check', 'term_assessment');
  return stringify(scheme);
}

/** Writes a title with the case of its tenure, as an appointment leaves it. */
async function giveTitle(
  personId: string,
  change: Partial<{ rank: string; from: string; until: string; certificateNumber: string | null }> = {},
): Promise<string> {
  const { database, ownerId, policyId, policy } = district;
  const person = await database.person.findUniqueOrThrow({ where: { id: personId } });
  const id = randomUUID();
  const { rank = 'accomplished', from = '2026-10-20', until = '2031-10-20' } = change;
  const certificateNumber = change.certificateNumber === undefined ? `N-${id}` : change.certificateNumber;
  await database.title.create({
    data: {
      id,
      ownerId,
      personId,
      rank,
      decidedBy: 'district',
      origin: 'appointment',
      policyId,
      from,
      until,
      certificateNumber,
      document: '青教〔2026〕31号',
      schoolId: person.schoolId,
    },
  });
  const today = await now();
  const title = { id, rank, until, endedOn: null, schoolId: person.schoolId };
  await prepareCases(district, [tenureCase(policy, title, today)]);
  return id;
}

async function now(): Promise<string> {
  const { clock } = await district.database.instance.findFirstOrThrow();
  return dateOf(clock!.toISOString());
}

async function advance(day: string): Promise<void> {
  await advanceClock(instance, { to: endOfDay(day, '09:00'), limitMs: 60_000 });
}

async function as(personId: string): Promise<TestSession> {
  const known = sessions.get(personId) ?? (await signInAs(instance, district, personId));
  sessions.set(personId, known);
  return known;
}

const decidedOn = () => now();

async function recorded(document: string) {
  return { recordedFor: { document, decidedOn: await decidedOn() } };
}

function refused(type: string, rule?: string) {
  return expect.objectContaining({
    problem: expect.objectContaining({ type: `/problems/${type}`, ...(rule && { rule }) }),
  });
}

function read(id: string, on?: string): Promise<ShownTitle> {
  return office.get<ShownTitle>(`/titles/${id}${on === undefined ? '' : `?on=${on}`}`);
}

async function publicCertificate(titleId: string): Promise<Certificates['certificates'][number]> {
  const { certificateNumber } = await titleOf(district.database, titleId);
  const response = await fetch(
    `${instance.url}/api/v1/public/certificates/${encodeURIComponent(certificateNumber!)}`,
  );
  const { certificates } = (await response.json()) as Certificates;
  return certificates[0]!;
}

test('C12: a title is suspended and may be used again; its certificate says so and is not printed meanwhile', async () => {
  const titleId = await giveTitle(teachers[0]!);
  const suspension = { reason: '师德问题正在核查', document: '青教监〔2027〕2号' };
  await office.post(`/titles/${titleId}/suspensions`, {
    ...suspension,
    ...(await recorded('青教监〔2027〕2号')),
  });
  await expect(
    office.post(`/titles/${titleId}/suspensions`, { ...suspension, ...(await recorded('x')) }),
  ).rejects.toEqual(refused('title-suspended-already', 'C12'));
  const title = await read(titleId);
  expect(title.state).toBe('suspended');
  expect((await publicCertificate(titleId)).state).toBe('suspended');
  expect((await office.fetch(`/titles/${titleId}/certificate`)).status).toBe(409);
  expect((await read(titleId, '2027-03-09')).state).toBe('valid');
  expect((await read(titleId, '2027-03-31')).benefits).toBe(true);
  expect((await read(titleId, '2027-04-01')).benefits).toBe(false);
  await advance('2027-03-12');
  await office.post(`/titles/${titleId}/resumption`, {
    ...suspension,
    ...(await recorded('青教监〔2027〕5号')),
  });
  expect((await read(titleId)).state).toBe('valid');
  expect((await read(titleId, '2027-03-11')).state).toBe('suspended');
  await expect(
    office.post(`/titles/${titleId}/resumption`, { ...suspension, ...(await recorded('x')) }),
  ).rejects.toEqual(refused('title-not-suspended'));
  const certificate = await office.fetch(`/titles/${titleId}/certificate`);
  expect(certificate.headers.get('content-type')).toContain('application/pdf');
  expect(
    Buffer.from(await certificate.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
  const stranger = await as(teachers[1]!);
  expect((await stranger.fetch(`/titles/${titleId}/certificate`)).status).toBe(404);
});

test('C13: a certificate is issued again under its number; a second number is refused', async () => {
  const titleId = await giveTitle(teachers[1]!);
  const { certificateNumber } = await read(titleId);
  const lost = { reason: 'lost', note: '搬家遗失' };
  const again = await office.post<DecisionAnswer>(`/titles/${titleId}/reissues`, lost);
  expect(again.result).toEqual({ certificateNumber, times: 1 });
  await expect(
    office.post(`/titles/${titleId}/reissues`, { ...lost, certificateNumber: 'N-2' }),
  ).rejects.toEqual(refused('second-certificate-number', 'C13'));
  expect((await read(titleId)).certificateNumber).toBe(certificateNumber);
  const entered = await giveTitle(teachers[2]!, { certificateNumber: null });
  await expect(office.post(`/titles/${entered}/reissues`, lost)).rejects.toEqual(
    refused('certificate-number-missing'),
  );
  await expect(office.post(`/titles/${entered}/reissues`, { ...lost, certificateNumber })).rejects.toEqual(
    refused('certificate-number-taken'),
  );
  await office.post(`/titles/${entered}/reissues`, { ...lost, certificateNumber: 'OLD-7' });
  expect((await read(entered)).certificateNumber).toBe('OLD-7');
  const list = await office.get<{ items: { titleId: string; reissues: string[] }[] }>(
    '/certificates?year=2026&limit=100',
  );
  expect(list.items.find((item) => item.titleId === titleId)!.reissues).toEqual(['2027-03-12']);
});

test('C9: a transfer to the same school is refused; a move keeps titles and stops benefits of all of them', async () => {
  const personId = teachers[4]!;
  const [first, second] = district.schoolIds as [string, string];
  const lower = await giveTitle(personId);
  const higher = await giveTitle(personId, { rank: 'district_backbone', from: '2027-01-15' });
  await expect(
    office.post(`/titles/${higher}/transfer`, { toSchoolId: first, on: '2027-03-12' }),
  ).rejects.toEqual(refused('transfer-to-same-school', 'C9'));
  const moved = await office.post<DecisionAnswer>(`/titles/${higher}/transfer`, {
    toSchoolId: second,
    on: '2027-03-12',
  });
  expect(moved.result).toMatchObject({ benefitsUntil: '2027-04-01', endedOn: null, titles: 2 });
  expect(await read(lower)).toMatchObject({ state: 'superseded', benefitsUntil: '2027-04-01' });
  expect(await read(higher, '2027-03-31')).toMatchObject({ state: 'valid', benefits: true });
  expect(await read(higher, '2027-04-01')).toMatchObject({ state: 'valid', benefits: false });
  await expect(
    office.post(`/titles/${higher}/transfer`, { toSchoolId: second, on: '2027-03-14' }),
  ).rejects.toEqual(refused('day-to-come'));
});

test('C9: a trainee moves within the district: each school enters the hours of its own days', async () => {
  const { database, ownerId, policyId, schoolIds } = district;
  const [first, second] = schoolIds as [string, string];
  const personId = (await prepareTeachers(district, 1))[0]!;
  const traineeId = randomUUID();
  await database.trainee.create({
    data: {
      id: traineeId,
      ownerId,
      personId,
      policyId,
      rank: 'accomplished',
      entry: 'application',
      startsOn: '2026-09-01',
      endsOn: '2027-08-31',
      hoursRequired: 72,
      standing: 'training',
    },
  });
  const end = new Date(endOfDay('2027-08-31'));
  await prepareCases(district, [
    {
      id: traineeId,
      kind: 'training',
      organisationId: first,
      rank: 'accomplished',
      step: 'training',
      tasks: [{ role: 'training_centre', organisationId: ownerId, actions: ['confirmHours'], dueAt: end }],
    },
  ]);
  const on = '2027-03-12';
  const move = (toSchoolId: string) =>
    office.post<DecisionAnswer>(`/trainings/${traineeId}/transfer`, { toSchoolId, on });
  await expect(move(first)).rejects.toEqual(refused('transfer-to-same-school', 'C9'));
  expect(await move(second)).toMatchObject({ step: 'training', outcome: null });
  await expect(move(second)).resolves.toMatchObject({ step: 'training' });
  expect(await database.case.findUniqueOrThrow({ where: { id: traineeId } })).toMatchObject({
    organisationId: second,
    dueAt: end,
  });
  const clerks = [await clerkOf(first), await clerkOf(second)] as const;
  const enter = (clerk: TestSession, day: string) =>
    clerk.post('/hours', {
      scheme: 'sichuan-district',
      kind: 'lecture',
      activity: `讲座${day}`,
      on: day,
      hours: 2,
      source: '签到表',
      personIds: [personId],
    });
  await expect(enter(clerks[0], on)).rejects.toEqual(refused('hours-of-others', 'S9'));
  await enter(clerks[1], on);
  await expect(enter(clerks[1], '2027-03-11')).rejects.toEqual(refused('hours-of-others', 'S9'));
  await enter(clerks[0], '2027-03-11');
});

async function clerkOf(organisationId: string): Promise<TestSession> {
  const { database, ownerId } = district;
  const personId = (await prepareTeachers(district, 1))[0]!;
  await database.membership.create({
    data: { ownerId, personId, organisationId, role: 'school_clerk', from: '2020-01-01' },
  });
  return as(personId);
}

test('A4, A5, A8: grades, review asked in time, decided by another; the spot check is drawn again by hand', async () => {
  const [first] = district.schoolIds as [string, string];
  const holders = [teachers[6]!, teachers[8]!];
  const titles = [await giveTitle(holders[0]!), await giveTitle(holders[1]!)];
  await advance('2027-06-10');
  await expect(
    office.post('/annual-reviews', {
      schoolId: first,
      reviewYear: '2027-2028',
      policyId: district.policyId,
    }),
  ).rejects.toEqual(refused('review-year-to-come', 'A5'));
  await expect(
    office.post('/annual-reviews', {
      schoolId: first,
      reviewYear: '2026-2027',
      policyId: district.policyId,
      stage: 'term_assessment',
    }),
  ).rejects.toEqual(refused('assessment-too-early', 'A11'));
  const opened = await office.post<DecisionAnswer>('/annual-reviews', {
    schoolId: first,
    reviewYear: '2026-2027',
    policyId: district.policyId,
  });
  const path = `/annual-reviews/${opened.caseId}`;
  const { entries } = await office.get<ShownReview>(path);
  expect(entries.map(({ titleId }) => titleId)).toEqual(expect.arrayContaining(titles));
  const last = (await office.get<{ dueAt: string }>(path)).dueAt;
  await advance(dateOf(last));
  await instanceSanction(holders[1]!);
  const grades = (failed: string) =>
    entries.map(({ titleId }) => ({
      titleId,
      grade: 'pass',
      ...(titleId === titles[0] && { grade: failed, reason: '未履职' }),
    }));
  await expect(
    head.post(`${path}/grades`, { grades: [...grades('fail'), { titleId: randomUUID(), grade: 'pass' }] }),
  ).rejects.toEqual(refused('grades-incomplete', 'A7'));
  await expect(
    head.post(`${path}/grades`, {
      grades: grades('fail').map((each) =>
        each.titleId === titles[1] ? { ...each, grade: 'excellent' } : each,
      ),
    }),
  ).rejects.toEqual(refused('grades-forbidden', 'A2'));
  await head.post(`${path}/grades`, { grades: grades('fail') });
  const confirmed = await office.post<DecisionAnswer>(`${path}/confirmations`, {
    confirmations: entries.map(({ titleId }) => ({ titleId })),
    ...(await recorded('青师培组〔考核〕1号')),
  });
  expect(confirmed).toMatchObject({ step: 'appealing', waitingFor: 'teacher' });
  const finalOn = String(confirmed.result['finalOn']);
  expect((await read(titles[0]!, '2027-12-01')).state).toBe('revoked');

  const holder = await as(holders[0]!);
  const other = await as(holders[1]!);
  const ask = { titleId: titles[0]!, reason: '公开课有记录' };
  await expect(other.post(`${path}/review-requests`, ask)).rejects.toEqual(
    refused('review-of-another', 'A4'),
  );
  await advance(finalOn);
  await holder.post(`${path}/review-requests`, ask);
  await expect(holder.post(`${path}/review-requests`, ask)).rejects.toEqual(refused('review-asked-already'));
  expect((await read(titles[0]!, '2027-12-01')).state).toBe('valid');

  await advance('2027-08-01');
  expect(await office.get<ShownReview>(path)).toMatchObject({ step: 'reviewing', outcome: null });
  await expect(
    other.post(`${path}/review-requests`, { titleId: titles[1]!, reason: '迟了' }),
  ).rejects.toEqual(refused('wrong-step'));
  const decision = {
    titleId: titles[0]!,
    grade: 'basic',
    reason: '核实公开课一节',
    ...(await recorded('复核1号')),
  };
  await expect(office.post(`${path}/review-decisions`, decision)).rejects.toEqual(
    refused('review-by-same-person', 'A4'),
  );
  await secondOffice.post(`${path}/review-decisions`, decision);
  const after = await office.get<ShownReview>(path);
  expect(after.outcome).toBe('confirmed');
  expect(after.entries.find(({ titleId }) => titleId === titles[0])).toMatchObject({
    grade: 'basic',
    effect: 'keep_benefits_paused',
    finalOn: '2027-08-01',
  });
  expect(await read(titles[0]!, '2027-08-31')).toMatchObject({ state: 'valid', benefits: true });
  expect(await read(titles[0]!, '2027-09-01')).toMatchObject({ state: 'valid', benefits: false });
  expect(await read(titles[0]!, '2028-09-01')).toMatchObject({ state: 'valid', benefits: true });

  await drawnByHand(titles);
}, 60_000);

async function instanceSanction(personId: string): Promise<void> {
  await district.database.sanction.create({
    data: { id: randomUUID(), ownerId: district.ownerId, personId, kind: 'warning', from: '2027-02-01' },
  });
}

async function drawnByHand(titles: readonly string[]): Promise<void> {
  const calendar = await office.get<{ id: string }>('/calendar');
  expect(calendar.id).toBe(calendarId);
  const announce = { policyId: district.policyId, reviewYear: '2026-2027', seed: '双色球2027088期 03 07 11' };
  const { result } = await office.post<DecisionAnswer>(`/calendars/${calendarId}/spot-checks`, announce);
  const spotCheckId = String(result['spotCheckId']);
  await expect(office.post(`/calendars/${calendarId}/spot-checks`, announce)).rejects.toEqual(
    refused('spot-check-twice'),
  );
  await expect(office.post(`/calendars/${calendarId}/spot-check-draws`, { spotCheckId })).rejects.toEqual(
    refused('seed-not-yet-standing', 'A8'),
  );
  await advance('2027-08-02');
  await office.post(`/calendars/${calendarId}/spot-check-draws`, { spotCheckId });
  const response = await fetch(`${instance.url}/api/v1/public/spot-checks/${spotCheckId}`);
  const shown = (await response.json()) as {
    seed: string;
    percent: number;
    minPerSchool: number;
    list: { school: string; id: string }[];
    listHash: string;
    drawn: string[];
  };
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  expect(shown.list.map(({ id }) => id)).toEqual(expect.arrayContaining([...titles]));
  expect(shown.listHash).toBe(sha256(spotCheckList(shown.list)));
  expect(shown.drawn).toEqual(drawSpotCheck(shown.list, shown, shown.seed, sha256));
  expect(shown.drawn.length).toBeGreaterThan(0);
  const notDrawn = shown.list.find(({ id }) => !shown.drawn.includes(id))!.id;
  const found = (titleId: string) => ({ spotCheckId, titleId, finding: 'confirmed', note: '材料属实' });
  const findings = `/calendars/${calendarId}/spot-check-findings`;
  await expect(office.post(findings, found(notDrawn))).rejects.toEqual(refused('spot-check-not-drawn'));
  await office.post(findings, found(shown.drawn[0]!));
  await expect(office.post(findings, found(shown.drawn[0]!))).rejects.toEqual(refused('spot-check-found'));
}

test('C8: the month is confirmed once it is over, and corrected by counter-entries', async () => {
  const month = '2027-03';
  const { policyId } = district;
  const due = async () =>
    (
      await office.get<{ items: { titleId: string; days: number; fen: number; paidFen: number }[] }>(
        `/allowances?month=${month}&policyId=${policyId}`,
      )
    ).items;
  const confirm = { policyId, month, ...(await recorded('津贴3月')) };
  await expect(
    office.post(`/calendars/${calendarId}/allowances`, { ...confirm, month: '2027-08' }),
  ).rejects.toEqual(refused('month-not-over', 'C8'));
  await expect(
    office.post(`/calendars/${calendarId}/allowance-corrections`, { ...confirm, reason: 'x' }),
  ).rejects.toEqual(refused('month-not-confirmed'));
  const { result } = await office.post<DecisionAnswer>(`/calendars/${calendarId}/allowances`, confirm);
  const lines = await due();
  expect(result['lines']).toBe(lines.length);
  expect(lines.every(({ fen, paidFen }) => fen === paidFen)).toBe(true);
  await expect(office.post(`/calendars/${calendarId}/allowances`, confirm)).rejects.toEqual(
    refused('month-confirmed'),
  );
  await expect(
    office.post(`/calendars/${calendarId}/allowance-corrections`, { ...confirm, reason: '无' }),
  ).rejects.toEqual(refused('nothing-to-correct'));
  // The title turns out to have ended in the middle of the month.
  const { database } = district;
  const { id: titleId } = await database.title.findFirstOrThrow({ where: { personId: teachers[1]! } });
  await database.title.update({
    where: { id: titleId },
    data: {
      endedOn: '2027-03-11',
      benefitsUntil: '2027-03-11',
      endReason: { code: 'TITLE_REVOKED', values: {} },
    },
  });
  const corrected = await office.post<DecisionAnswer>(`/calendars/${calendarId}/allowance-corrections`, {
    ...confirm,
    reason: '称号已于3月11日终止',
  });
  expect(corrected.result).toMatchObject({ lines: 1 });
  const line = (await due()).find((each) => each.titleId === titleId)!;
  expect(line).toMatchObject({ days: 10, paidFen: line.fen });
  await expect(
    database.allowanceEntry.updateMany({ where: { titleId }, data: { fen: 1 } }),
  ).rejects.toThrow();
  const sheet = await office.fetch(`/allowances?month=${month}&policyId=${policyId}&format=xlsx`);
  expect(
    Buffer.from(await sheet.arrayBuffer())
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
});

test('C8: the list of a month shows what a correction would book, whatever booked the entries before', async () => {
  const { database, policyId } = district;
  const month = '2027-03';
  // A newer version of the scheme, with other amounts: the month stays with the one by which it was confirmed.
  const newer = await prepareScheme(
    district,
    withAssessments(
      withValues(mainScheme(), { version: 10, 'allowance.fenByRank': { accomplished: 50000 } }),
    ),
  );
  const listed = async (version = policyId) =>
    (
      await office.get<{ items: { titleId: string; days: number; fen: number; paidFen: number }[] }>(
        `/allowances?month=${month}&policyId=${version}`,
      )
    ).items;
  const correct = async (reason: string) =>
    office.post<DecisionAnswer>(`/calendars/${calendarId}/allowance-corrections`, {
      policyId,
      month,
      reason,
      ...(await recorded('津贴更正')),
    });
  // Entered late, the title is paid by a correction; then it turns out that it had ended before.
  const late = await giveTitle(teachers[5]!, { from: '2027-01-01' });
  await correct('漏报');
  expect((await listed()).find(({ titleId }) => titleId === late)).toMatchObject({
    fen: 20000,
    paidFen: 20000,
  });
  await database.title.update({
    where: { id: late },
    data: { endedOn: '2027-02-10', endReason: { code: 'TITLE_REVOKED', values: {} } },
  });
  const items = await listed();
  expect(items.filter(({ titleId }) => titleId === late)).toMatchObject([
    { days: 0, fen: 0, paidFen: 20000 },
  ]);
  expect(await listed(newer.policyId)).toEqual(items);
  const toBook = items.reduce((sum, { fen, paidFen }) => sum + fen - paidFen, 0);
  expect((await correct('称号已于2月终止')).result).toMatchObject({ lines: 1, fen: toBook });
  // Confirmed, paid back and corrected again, it stands in the list once.
  expect((await listed()).filter(({ titleId }) => titleId === late)).toMatchObject([{ fen: 0, paidFen: 0 }]);
});

test('C4: re-evaluation: too early, in time, pending at midnight, then a new certificate from the decision on', async () => {
  const holders = [teachers[0]!, teachers[2]!, teachers[3]!];
  const until = '2028-03-31';
  const [renewed, refusedOne, silent] = (await Promise.all(
    holders.map((personId) => giveTitle(personId, { rank: 'district_backbone', from: '2027-01-01', until })),
  )) as [string, string, string];
  const apply = async (personId: string, id: string) =>
    (await as(personId)).post<DecisionAnswer>(`/titles/${id}/re-evaluation`, { statement: '五年工作总结' });
  await advance('2027-10-02');
  await expect(apply(holders[0]!, renewed)).rejects.toEqual(refused('re-evaluation-too-early', 'C4'));
  await advance('2027-10-03');
  const applied = await apply(holders[0]!, renewed);
  expect(applied.waitingFor).toBe('leading_group');
  await expect(apply(holders[0]!, renewed)).rejects.toEqual(refused('re-evaluation-on-file'));
  await expect(apply(holders[1]!, silent)).rejects.toEqual(refused('not-allowed', 'S1'));
  await apply(holders[1]!, refusedOne);
  const decide = (id: string, body: object) =>
    office.post<DecisionAnswer>(`/titles/${id}/re-evaluation/decision`, body);
  await expect(decide(silent, { confirmed: true, document: 'x', ...(await recorded('x')) })).rejects.toEqual(
    refused('re-evaluation-missing'),
  );
  await expect(
    decide(refusedOne, { confirmed: false, document: 'x', ...(await recorded('x')) }),
  ).rejects.toEqual(refused('re-evaluation-reason-missing'));
  const no = await decide(refusedOne, {
    confirmed: false,
    document: '评定1号',
    reason: '未履行职责',
    ...(await recorded('评定1号')),
  });
  expect(no.outcome).toBeNull();
  await advance('2028-03-31');
  expect((await read(renewed)).state).toBe('valid');
  await advance('2028-04-10');
  expect(await read(renewed)).toMatchObject({ state: 'expired_pending', benefits: false });
  expect((await read(refusedOne)).state).toBe('lapsed');
  expect((await read(silent)).state).toBe('lapsed');
  const outcome = async (id: string) =>
    (await district.database.case.findUniqueOrThrow({ where: { id } })).outcome;
  expect([await outcome(renewed), await outcome(refusedOne), await outcome(silent)]).toEqual([
    null,
    'lapsed',
    'lapsed',
  ]);

  // A revocation that is still to take effect is not undone by a renewal.
  const ending = (endedOn: string | null) =>
    district.database.title.update({ where: { id: renewed }, data: { endedOn } });
  await ending('2028-04-20');
  const confirmed = { confirmed: true, document: '评定2号', ...(await recorded('评定2号')) };
  await expect(decide(renewed, confirmed)).rejects.toEqual(refused('title-ends-already', 'C6'));
  await ending(null);

  // A number that came with the roster: serials go on after the highest, whatever is missing below.
  const { code } = await district.database.policy.findUniqueOrThrow({ where: { id: district.policyId } });
  await giveTitle(holders[2]!, { certificateNumber: `${code}-2028-district_backbone-0003` });
  const yes = await decide(renewed, { confirmed: true, document: '评定2号', ...(await recorded('评定2号')) });
  expect(yes).toMatchObject({ outcome: 'renewed', result: { until: '2033-04-10' } });
  expect((await read(renewed)).state).toBe('superseded');
  expect((await read(renewed, '2028-04-09')).state).toBe('expired_pending');
  expect((await publicCertificate(renewed)).state).toBe('superseded');
  const next = await read(String(yes.result['titleId']));
  expect(next).toMatchObject({ state: 'valid', benefits: true });
  expect((await read(next.id, '2028-04-09')).state).toBe('not_yet');
  expect(next.certificateNumber).toMatch(/-2028-district_backbone-0004$/);
  expect((await titleOf(district.database, next.id)).document).toBe('评定2号');
}, 60_000);

/** A school with its head and so many teachers. */
async function openSchool(count: number): Promise<{ id: string; head: TestSession; teachers: string[] }> {
  const { database, ownerId } = district;
  const id = randomUUID();
  const { code: _, ...first } = await database.organisation.findUniqueOrThrow({
    where: { id: district.schoolIds[0]! },
  });
  await database.organisation.create({ data: { ...first, id, code: `S-${id}`, name: '第三小学' } });
  const [headId, ...of] = await prepareTeachers({ ...district, schoolIds: [id] }, count + 1);
  await database.membership.create({
    data: { ownerId, personId: headId!, organisationId: id, role: 'head', from: '2020-01-01' },
  });
  return { id, head: await as(headId!), teachers: of };
}

async function inLeadingGroup(): Promise<{ id: string; session: TestSession }> {
  const { database, ownerId } = district;
  const [id] = (await prepareTeachers(district, 1)) as [string];
  await database.membership.create({
    data: { ownerId, personId: id, organisationId: ownerId, role: 'leading_group', from: '2020-01-01' },
  });
  return { id, session: await as(id) };
}

function applyForReEvaluation(personId: string, titleId: string): Promise<object> {
  return as(personId).then((holder) =>
    holder.post(`/titles/${titleId}/re-evaluation`, { statement: '五年工作总结' }),
  );
}

/** Confirms a title with a new certificate; returns its id. */
async function renew(titleId: string): Promise<string> {
  const { result } = await office.post<DecisionAnswer>(`/titles/${titleId}/re-evaluation/decision`, {
    confirmed: true,
    document: '评定3号',
    ...(await recorded('评定3号')),
  });
  return String(result['titleId']);
}

describe('A3, A4: certificates, moves and deciders while a review goes on', () => {
  let path: string;
  let holders: { failed: string; again: string; moved: string; passed: string };
  let titles: Record<keyof typeof holders, string>;
  let renewed: { failed: string; again: string };
  let finalOn: string;
  let leader: { id: string; session: TestSession };
  let stopsOn: string;

  beforeAll(async () => {
    await district.database.calendarYear.create({
      data: { year: '2028', rest: [], makeUp: [], provisional: false },
    });
    const school = await openSchool(4);
    const [failed, again, moved, passed] = school.teachers as [string, string, string, string];
    holders = { failed, again, moved, passed };
    const ending = { from: '2023-08-31', until: '2028-08-31' };
    titles = {
      failed: await giveTitle(failed, ending),
      again: await giveTitle(again, ending),
      moved: await giveTitle(moved),
      passed: await giveTitle(passed),
    };
    await gradedBefore(titles.again);
    await applyForReEvaluation(failed, titles.failed);
    await applyForReEvaluation(again, titles.again);
    leader = await inLeadingGroup();
    const { caseId } = await office.post<DecisionAnswer>('/annual-reviews', {
      schoolId: school.id,
      reviewYear: '2027-2028',
      policyId: district.policyId,
    });
    path = `/annual-reviews/${caseId}`;
    for (const [name, personId] of Object.entries(holders))
      await (
        await as(personId)
      ).post(`${path}/duty-reports`, { titleId: titles[name as keyof typeof holders], text: '一年工作' });
    await school.head.post(`${path}/grades`, {
      grades: [
        { titleId: titles.failed, grade: 'fail', reason: '未履职' },
        { titleId: titles.again, grade: 'basic', reason: '公开课不足' },
        { titleId: titles.moved, grade: 'fail', reason: '未履职' },
        { titleId: titles.passed, grade: 'pass' },
      ],
    });
    renewed = { failed: await renew(titles.failed), again: await renew(titles.again) };
    const confirmed = await leader.session.post<DecisionAnswer>(`${path}/confirmations`, {
      confirmations: Object.values(titles).map((titleId) => ({ titleId })),
    });
    finalOn = String(confirmed.result['finalOn']);
    stopsOn = firstOfNextMonth(finalOn);
  }, 60_000);

  /** Writes that a title was graded 基本合格 in the review of the year before. */
  async function gradedBefore(titleId: string): Promise<void> {
    const { database, ownerId, policyId, schoolIds } = district;
    const id = randomUUID();
    await database.annualReview.create({
      data: {
        id,
        ownerId,
        schoolId: schoolIds[1]!,
        policyId,
        reviewYear: '2026-2027',
        stage: 'annual_assessment',
      },
    });
    await database.annualReviewEntry.create({
      data: {
        reviewId: id,
        ownerId,
        titleId,
        grade: 'basic',
        confirmed: true,
        effect: 'keep_benefits_paused',
        finalOn: '2027-07-10',
      },
    });
  }

  test('a renewal does not take the grade’s effect away, and the years go on with the new certificate', async () => {
    const after = addDays(finalOn, 1);
    expect(await read(titles.failed, after)).toMatchObject({ state: 'superseded', benefits: false });
    expect(await read(renewed.failed, finalOn)).toMatchObject({ state: 'valid', benefits: true });
    expect(await read(renewed.failed, after)).toMatchObject({
      state: 'revoked',
      endedOn: after,
      benefitsUntil: stopsOn,
    });
    // The public is not told of a grade that is not final.
    expect(await publicCertificate(renewed.failed)).toMatchObject({ state: 'valid', endedOn: null });
    expect(await read(renewed.again, finalOn)).toMatchObject({ state: 'valid', benefits: false });
    expect((await read(renewed.again, after)).state).toBe('revoked');
    expect(await read(titles.passed, after)).toMatchObject({ state: 'valid', benefitsUntil: null });
  });

  test('who asks for a review takes back what the grade did, by every certificate, and nothing else', async () => {
    const moved = await office.post<DecisionAnswer>(`/titles/${titles.moved}/transfer`, {
      toSchoolId: district.schoolIds[0]!,
      on: await now(),
    });
    // The move stops them on the same day as the grade does.
    expect(moved.result).toMatchObject({ benefitsUntil: stopsOn });
    const ask = async (name: 'failed' | 'moved') =>
      (await as(holders[name])).post(`${path}/review-requests`, {
        titleId: titles[name],
        reason: '公开课有记录',
      });
    await ask('failed');
    await ask('moved');
    expect(await read(renewed.failed, '2028-12-01')).toMatchObject({
      state: 'valid',
      endedOn: null,
      benefitsUntil: null,
      benefits: true,
    });
    expect((await read(titles.failed)).state).toBe('superseded');
    expect(await read(titles.moved, '2028-12-01')).toMatchObject({
      state: 'valid',
      endedOn: null,
      benefitsUntil: stopsOn,
    });
  });

  test('nobody decides the review of an own decision, whoever records it', async () => {
    const other = await inLeadingGroup();
    const decision = (titleId: string, grade: string) => ({ titleId, grade, reason: '复核决定' });
    const record = async (body: object, personId?: string) => {
      const { recordedFor } = await recorded('复核2号');
      return office.post<DecisionAnswer>(`${path}/review-decisions`, {
        ...body,
        recordedFor: { ...recordedFor, ...(personId && { personId }) },
      });
    };
    const fail = decision(titles.failed, 'fail');
    await expect(leader.session.post(`${path}/review-decisions`, fail)).rejects.toEqual(
      refused('review-by-same-person', 'A4'),
    );
    await expect(record(fail, leader.id)).rejects.toEqual(refused('review-by-same-person', 'A4'));
    await expect(record(fail)).rejects.toEqual(refused('review-decider-missing', 'A4'));
    await expect(record(fail, holders.passed)).rejects.toEqual(refused('not-allowed', 'S1'));

    expect((await record(decision(titles.moved, 'pass'), other.id)).result).toEqual({
      left: 1,
      effect: 'keep',
    });
    expect(await read(titles.moved)).toMatchObject({ state: 'valid', benefitsUntil: stopsOn });
    await other.session.post(`${path}/review-decisions`, fail);
    const today = await now();
    expect((await read(renewed.failed, today)).state).toBe('valid');
    expect((await read(renewed.failed, addDays(today, 1))).state).toBe('revoked');
    await advance(addDays(today, 1));
    expect(await publicCertificate(renewed.failed)).toMatchObject({ state: 'revoked', endedOn: await now() });
    expect((await district.database.case.findUniqueOrThrow({ where: { id: renewed.failed } })).outcome).toBe(
      'revoked',
    );
  });

  test('S4: of a renewal and a fail confirmed at the same instant neither misses the other', async () => {
    const school = await openSchool(1);
    const [holder] = school.teachers as [string];
    const titleId = await giveTitle(holder, { from: '2023-09-30', until: '2028-09-30' });
    await applyForReEvaluation(holder, titleId);
    const { caseId } = await office.post<DecisionAnswer>('/annual-reviews', {
      schoolId: school.id,
      reviewYear: '2027-2028',
      policyId: district.policyId,
    });
    const review = `/annual-reviews/${caseId}`;
    await (await as(holder)).post(`${review}/duty-reports`, { titleId, text: '一年工作' });
    const grades = [{ titleId, grade: 'fail', reason: '未履职' }];
    await school.head.post(`${review}/grades`, { grades });
    const [renewal, confirmation] = await whileLocked(
      instance,
      ['SELECT 1 FROM title WHERE person_id = $1 FOR UPDATE', holder],
      [
        () => renew(titleId),
        () =>
          leader.session.post<DecisionAnswer>(`${review}/confirmations`, { confirmations: [{ titleId }] }),
      ],
    );
    expect(confirmation!.status).toBe('fulfilled');
    if (renewal!.status === 'rejected') expect(renewal!.reason).toEqual(refused('title-ends-already', 'C6'));
    const { result } = (confirmation as PromiseFulfilledResult<DecisionAnswer>).value;
    const { items } = await (
      await as(holder)
    ).get<{ items: ShownTitle[] }>(`/titles?on=${addDays(String(result['finalOn']), 1)}`);
    expect(items.map(({ state }) => state).filter((state) => state !== 'superseded')).toEqual(['revoked']);
  });

  test('A9: a review of somebody who holds nothing, or is not in it, is refused', async () => {
    const empty = await openSchool(1);
    await expect(
      office.post('/annual-reviews', {
        schoolId: empty.id,
        reviewYear: '2027-2028',
        policyId: district.policyId,
      }),
    ).rejects.toEqual(refused('no-holders', 'A9'));
    const { id: elsewhere } = await district.database.title.findFirstOrThrow({
      where: { personId: teachers[4]! },
    });
    const asked = { titleId: elsewhere, reason: '不服' };
    await expect((await as(teachers[4]!)).post(`${path}/review-requests`, asked)).rejects.toEqual(
      refused('not-in-review', 'A9'),
    );
    await expect(
      (await as(empty.teachers[0]!)).post(`${path}/review-requests`, { ...asked, titleId: randomUUID() }),
    ).rejects.toEqual(refused('not-in-review', 'A9'));
  });
});

test('C8: the doctor computes each confirmed month anew and finds what was added behind the service', async () => {
  const { database, policyId, ownerId } = district;
  const month = '2027-03';
  const uneven = async () =>
    (await brokenInvariants(database, await now())).filter(
      ({ invariant }) => invariant === 'ALLOWANCES_DO_NOT_ADD_UP',
    );
  // Titles that were entered since, with days in the month.
  expect((await uneven()).length).toBeGreaterThan(0);
  await office.post(`/calendars/${calendarId}/allowance-corrections`, {
    policyId,
    month,
    reason: '补录',
    ...(await recorded('津贴更正2')),
  });
  expect(await uneven()).toEqual([]);
  const [lower] = await database.title.findMany({
    where: { personId: teachers[4]!, rank: 'accomplished' },
  });
  const entry = await database.allowanceEntry.findFirstOrThrow({
    where: { month, personId: teachers[4]!, rank: 'district_backbone' },
  });
  await database.allowanceEntry.create({
    data: {
      ...entry,
      ownerId,
      id: randomUUID(),
      titleId: lower!.id,
      rank: 'accomplished',
      kind: 'correction',
      reason: '补发',
      days: 31,
      fen: 20_000,
    },
  });
  expect(await uneven()).toEqual([
    {
      invariant: 'ALLOWANCES_DO_NOT_ADD_UP',
      found: { titleId: lower!.id, month, days: 0, fen: 0, paidDays: 31, paidFen: 20_000 },
    },
  ]);
});

test('C3, C7: the certificate page tells the truth on each day of a life, and so does hindsight', async () => {
  const { teachers: people } = await openSchool(1);
  const [holder] = people as [string];
  const post = async (titleId: string, decision: string, body: object) =>
    office.post(`/titles/${titleId}/${decision}`, {
      reason: '核查',
      document: '青教监〔2028〕7号',
      ...body,
      ...(await recorded('青教监〔2028〕7号')),
    });
  const lapsing = await giveTitle(holder, { from: '2023-08-05', until: '2028-08-05' });
  const first = await giveTitle(holder, { from: '2028-08-10', until: '2029-01-31' });
  let second = '';
  let higher = '';
  const life: Record<string, () => Promise<unknown>> = {
    '2028-08-20': () => post(first, 'suspensions', { until: '2028-08-25' }),
    '2028-09-03': () => post(first, 'suspensions', {}),
    '2028-09-05': () => post(first, 'resumption', {}),
    '2029-01-31': () => applyForReEvaluation(holder, first),
    '2029-02-05': async () => {
      second = await renew(first);
    },
    '2029-03-01': async () => {
      higher = await giveTitle(holder, { rank: 'district_backbone', from: '2029-03-01' });
    },
    '2029-03-10': () => post(higher, 'revocation', {}),
    '2029-03-20': () => post(second, 'revocation', {}),
  };
  const edges = ['2028-08-06', '2028-08-10', '2028-08-26', '2029-02-01', ...Object.keys(life)];
  const days = [...new Set(edges.flatMap((day) => [addDays(day, -1), day]))].toSorted();
  const told: Record<string, Record<string, string>> = {};
  for (const day of days) {
    await advance(day);
    await life[day]?.();
    const named = { lapsing, first, ...(second && { second }), ...(higher && { higher }) };
    const states = Object.entries(named).map(
      async ([name, id]) => [name, (await publicCertificate(id)).state] as const,
    );
    told[day] = Object.fromEntries(await Promise.all(states));
  }

  const expected: Record<string, readonly (readonly [string, string])[]> = {
    lapsing: [
      ['2023-08-05', 'valid'],
      ['2028-08-06', 'lapsed'],
    ],
    first: [
      ['0000-00-00', 'not_yet'],
      ['2028-08-10', 'valid'],
      ['2028-08-20', 'suspended'],
      ['2028-08-26', 'valid'],
      ['2028-09-03', 'suspended'],
      ['2028-09-05', 'valid'],
      ['2029-02-01', 'expired_pending'],
      ['2029-02-05', 'superseded'],
    ],
    second: [
      ['0000-00-00', 'not_yet'],
      ['2029-02-05', 'valid'],
      ['2029-03-01', 'superseded'],
      ['2029-03-10', 'valid'],
      ['2029-03-20', 'revoked'],
    ],
    higher: [
      ['0000-00-00', 'not_yet'],
      ['2029-03-01', 'valid'],
      ['2029-03-10', 'revoked'],
    ],
  };
  // What the higher one still brings in its last month, the lower one does not bring too.
  expect(await read(higher, '2029-03-15')).toMatchObject({ state: 'revoked', benefits: true });
  expect(await read(second, '2029-03-15')).toMatchObject({ state: 'valid', benefits: false });
  const expectedOn = (name: string, day: string) => expected[name]!.findLast(([from]) => from <= day)![1];
  const ids = { lapsing, first, second, higher };
  for (const day of days) {
    for (const [name, state] of Object.entries(told[day]!))
      expect([day, name, state]).toEqual([day, name, expectedOn(name, day)]);
    for (const [name, id] of Object.entries(ids))
      expect([day, name, (await read(id, day)).state]).toEqual([day, name, expectedOn(name, day)]);
  }
}, 120_000);

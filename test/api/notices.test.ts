import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../stack/project-root.js';
import { advanceClock } from '../../temporal/advance-clock.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import {
  eventually,
  prepareCandidates,
  prepareCases,
  prepareDistrict,
  prepareRound,
  prepareRun,
  prepareTeachers,
  task,
  type PreparedDistrict,
} from '../support/prepared.js';
import { signInAs, type TestSession } from '../support/sessions.js';

const now = '2026-10-12T09:00:00+08:00';
const text = { office: '领导小组办公室', telephone: '0813-1234567', howToObject: '在线提交或来信' };

let instance: TestInstance;
let district: PreparedDistrict;
let author: TestSession;
let approver: TestSession;

beforeAll(async () => {
  instance = await startInstance('notices', now);
  district = await prepareDistrict(instance, 1);
  const { database, ownerId, schoolIds } = district;
  const [second] = await prepareTeachers(district, 1);
  for (const [personId, role, organisationId] of [
    [second!, 'office', ownerId],
    [district.officeId, 'school_clerk', schoolIds[0]!],
    [second!, 'head', schoolIds[0]!],
  ] as const)
    await database.membership.create({
      data: { ownerId, personId, organisationId, role, from: '2020-01-01' },
    });
  author = await signInAs(instance, district, district.officeId);
  approver = await signInAs(instance, district, second!);
}, 120_000);

afterAll(() => instance?.stop());

/** A notice to be written, with candidates in it. */
async function prepareNotice(count: number, level: 'district' | 'school' = 'district') {
  const { database, ownerId, schoolIds } = district;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const stage = `${level}_notice` as const;
  const teachers = await prepareTeachers(district, count);
  const candidates = await prepareCandidates(district, roundId, teachers, { stage, standing: 'running' });
  const id = randomUUID();
  const organisationId = level === 'school' ? schoolIds[0]! : ownerId;
  await database.notice.create({ data: { id, ownerId, roundId, level, organisationId } });
  const clerk = level === 'school' ? 'school_clerk' : 'office';
  await prepareCases(district, [
    {
      id,
      kind: 'publicNotice',
      organisationId,
      roundId,
      stage,
      unit: level === 'school' ? organisationId : 'all',
      step: 'drafting',
      tasks: [task(clerk, organisationId, 'draft', new Date('2026-10-14T16:00:00Z'))],
    },
  ]);
  await prepareRun(district, id, stage, candidates);
  return { id, roundId, candidates };
}

async function release(id: string): Promise<void> {
  await author.post(`/notices/${id}/draft`, text);
  await approver.post(`/notices/${id}/approval`, {});
}

async function page(id: string) {
  const response = await fetch(`${instance.url}/notices/${id}`);
  return {
    status: response.status,
    robots: response.headers.get('x-robots-tag'),
    html: await response.text(),
  };
}

async function json(id: string) {
  const response = await fetch(`${instance.url}/api/v1/public/notices/${id}`);
  return {
    status: response.status,
    robots: response.headers.get('x-robots-tag'),
    body: (await response.json()) as Shown,
  };
}

interface Shown {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly restartedAs: string | null;
  readonly entries: { readonly number: number; readonly name: string; readonly correctedAs?: string }[];
}

function problem(code: string, rule: string) {
  return { problem: { type: `/problems/${code}`, rule } };
}

test('D6: a private number does not become public, wherever it stands', async () => {
  const { id, candidates } = await prepareNotice(1);
  for (const [field, value] of [
    ['telephone', '13800138000'],
    ['office', '张三 510300198803010021'],
    ['howToObject', '请打１３８ ００１３ ８０００'.replaceAll(' ', '')],
  ] as const)
    await expect(author.post(`/notices/${id}/draft`, { ...text, [field]: value })).rejects.toMatchObject({
      problem: {
        type: '/problems/personal-data',
        rule: 'D6',
        errors: [expect.objectContaining({ at: `$.${field}`, code: 'PERSONAL_DATA_FOUND' })],
      },
    });
  const { database } = district;
  const { personId } = await database.application.findUniqueOrThrow({ where: { id: candidates[0]! } });
  const { name } = await database.person.findUniqueOrThrow({ where: { id: personId } });
  await database.person.update({ where: { id: personId }, data: { name: '李四13900139000' } });
  await author.post(`/notices/${id}/draft`, text);
  await expect(approver.post(`/notices/${id}/approval`, {})).rejects.toMatchObject(
    problem('personal-data', 'D6'),
  );
  await database.person.update({ where: { id: personId }, data: { name } });
  await approver.post(`/notices/${id}/approval`, {});
  expect((await page(id)).status).toBe(200);
});

test('N5, N6: a page for everybody, without a script; a school’s is not indexed', async () => {
  const { id } = await prepareNotice(2);
  expect((await page(id)).status).toBe(404);
  await release(id);
  const { status, robots, html } = await page(id);
  expect(status).toBe(200);
  expect(robots).toBeNull();
  expect(html).toContain('<html lang="zh-CN">');
  expect(html).toContain('自 <time datetime="2026-10-13">2026-10-13</time> 至 <time datetime="2026-10-19">');
  expect(html).toContain('24:00');
  expect(html.match(/<th scope="col">/g)).toHaveLength(5);
  expect(html.match(/<th scope="row">/g)).toHaveLength(2);
  expect(html).toContain('数学');
  expect(html).not.toMatch(/<script|1988|noindex/);
  for (const label of ['entry', 'facts', 'name', 'reachedBy'])
    expect(html).toMatch(new RegExp(`<label for="${label}">.*id="${label}"`));
  expect((await json(id)).body.entries.map(({ number }) => number)).toEqual([1, 2]);
  for (const wrong of [randomUUID(), 'a', '%00']) expect((await page(wrong)).status).toBe(404);

  const school = await prepareNotice(1, 'school');
  await release(school.id);
  const shown = await page(school.id);
  expect(shown.robots).toContain('noindex');
  expect(shown.html).toContain('<meta name="robots" content="noindex');
  expect((await json(school.id)).robots).toContain('noindex');
});

test('N8: the form of the page registers an objection and shows the receipt once', async () => {
  const { id, candidates } = await prepareNotice(1);
  await release(id);
  const send = async (form: Record<string, string>, headers = {}) => {
    const response = await fetch(`${instance.url}/notices/${id}/objections`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(form),
    });
    return { status: response.status, html: await response.text(), cookies: response.headers.getSetCookie() };
  };
  const whole = {
    entry: '1',
    facts: '证书编号与文件不符，可以核对',
    name: '诸葛',
    reachedBy: 'z@example.cn',
  };
  for (const wrong of [{ entry: '2' }, { entry: 'x' }, { facts: '太短' }, { name: '' }])
    expect((await send({ ...whole, ...wrong })).status).toBe(422);
  expect((await send(whole, { Origin: 'https://other.example' })).status).toBe(403);
  expect(await district.database.objection.count({ where: { noticeId: id } })).toBe(0);
  const sent = await send(whole);
  expect(sent.status).toBe(201);
  expect(sent.html).toMatch(/<code>[\da-f]{40}<\/code>/);
  expect(sent.html).not.toContain('诸葛');
  expect(sent.cookies).toEqual([]);
  const held = await eventually(
    () => district.database.application.findUniqueOrThrow({ where: { id: candidates[0]! } }),
    ({ standing }) => standing === 'held',
  );
  expect(held.standing).toBe('held');
});

test('N7: one name is corrected in a notice of its own; more than a third starts the whole again', async () => {
  const { id, candidates } = await prepareNotice(3);
  await release(id);
  const first = await json(id);
  const corrected = await approver.post<{ result: { noticeId: string } }>(`/notices/${id}/corrections`, {
    number: 2,
    reason: '学科有误',
  });
  const { noticeId } = corrected.result;
  const wrong = (number: number) => approver.post(`/notices/${id}/corrections`, { number, reason: '又错' });
  for (const number of [2, 4])
    await expect(wrong(number)).rejects.toMatchObject(problem('notice-entry-unknown', 'N7'));
  await expect(wrong(1)).rejects.toMatchObject({
    problem: { type: '/problems/notice-needs-restart', values: { corrected: 2, entries: 3 } },
  });
  const after = await json(id);
  expect(after.body.entries.map(({ correctedAs }) => correctedAs)).toEqual([undefined, noticeId, undefined]);
  expect({ ...after.body, entries: [] }).toEqual({ ...first.body, entries: [] });
  expect((await page(id)).html).toContain(`/notices/${noticeId}`);
  await eventually(
    () => district.database.case.findUniqueOrThrow({ where: { id: noticeId } }),
    ({ step }) => step === 'drafting',
  );
  await release(noticeId);
  expect((await json(noticeId)).body.entries.map(({ name }) => name)).toEqual([first.body.entries[1]!.name]);

  const again = await approver.post<{ result: { noticeId: string }; outcome: string }>(
    `/notices/${id}/restart`,
    {
      reason: '公示页面中断',
    },
  );
  expect(again.outcome).toBe('restarted');
  const running = await district.database.stageEntry.findMany({
    where: { applicationId: { in: candidates }, endedAt: null },
  });
  expect(running.map(({ caseId }) => caseId).sort()).toEqual(
    [noticeId, again.result.noticeId, again.result.noticeId].sort(),
  );
  expect((await json(id)).body.restartedAs).toBe(again.result.noticeId);
  await expect(approver.post(`/notices/${id}/restart`, { reason: '再来' })).rejects.toMatchObject(
    problem('case-closed', 'S3'),
  );
});

test('D8: a notice leaves the page 30 days after it and its objections are closed; the snapshot stays', async () => {
  const { id } = await prepareNotice(1);
  await release(id);
  const to = (instant: string) => advanceClock(instance, { to: instant, limitMs: 120_000 });
  // Closed at the end of 2026-10-19.
  await to('2026-11-18T23:59:59+08:00');
  expect((await page(id)).status).toBe(200);
  await to('2026-11-19T00:00:00+08:00');
  expect((await page(id)).status).toBe(404);
  expect((await json(id)).status).toBe(404);
  const { snapshot } = await district.database.notice.findUniqueOrThrow({ where: { id } });
  expect(snapshot).toMatchObject({ lastDay: '2026-10-19' });
  // An objection that is open keeps its notice on the page.
  const { noticeId } = await district.database.objection.findFirstOrThrow();
  expect((await page(noticeId)).status).toBe(200);
});

test('N2–N4: the days are the same wherever the server stands', async () => {
  const script = `
    const { lastDayOfNotice } = await import(${JSON.stringify(join(projectRoot, 'dist/domain/calendar.js'))});
    const { calendarSeed } = await import(${JSON.stringify(join(projectRoot, 'dist/domain/calendar-seed.js'))});
    const { endOfDay, dateOf } = await import(${JSON.stringify(join(projectRoot, 'dist/domain/dates.js'))});
    const published = ['2025-09-24', '2025-09-29', '2025-12-29', '2026-02-12', '2026-09-24', '2026-12-28'];
    const days = published.map((day) => lastDayOfNotice(day, 5, { countPublicationDay: false }, calendarSeed));
    console.log(JSON.stringify([
      ...days.map(({ lastDay, provisional }) => [lastDay, endOfDay(lastDay), provisional]),
      dateOf('2026-10-11T15:59:59.999Z'), dateOf('2026-10-11T16:00:00.000Z'),
    ]));`;
  const zones = ['America/Los_Angeles', 'UTC', 'Asia/Shanghai', 'Pacific/Kiritimati'];
  const answers = await Promise.all(
    zones.map(async (TZ) => {
      const env = { ...process.env, TZ, NODE_OPTIONS: '' };
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
        env,
      });
      return JSON.parse(stdout) as unknown;
    }),
  );
  expect(answers[0]).toEqual([
    ['2025-09-30', '2025-09-30T16:00:00.000Z', false],
    ['2025-10-13', '2025-10-13T16:00:00.000Z', false],
    ['2026-01-06', '2026-01-06T16:00:00.000Z', false],
    ['2026-02-26', '2026-02-26T16:00:00.000Z', false],
    ['2026-10-09', '2026-10-09T16:00:00.000Z', false],
    ['2027-01-05', '2027-01-05T16:00:00.000Z', true],
    '2026-10-11',
    '2026-10-12',
  ]);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});

import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { decryptSecret } from '../../records/secrets.js';
import { projectRoot } from '../../stack/project-root.js';
import { advanceClock } from '../../temporal/advance-clock.js';
import { instanceSecret, startInstance, type TestInstance } from '../support/instance.js';
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
    referrer: response.headers.get('referrer-policy'),
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
  readonly hashed: string;
  readonly hash: string;
  readonly attachments: readonly Attached[];
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

/** A file as a form sends it. */
function formWith(name: string, content: string | Buffer, field = 'file'): FormData {
  const form = new FormData();
  form.append(field, new Blob([new Uint8Array(Buffer.from(content))]), name);
  return form;
}

interface Attached {
  readonly name: string;
  readonly hash: string;
  readonly bytes: number;
}

test('N6, D6: files are checked, named by the author, released by another, and kept as they are', async () => {
  const { id } = await prepareNotice(1);
  const send = async (by: TestSession, name: string, content: string | Buffer) => {
    const response = await by.fetch(`/notices/${id}/attachments`, {
      method: 'POST',
      body: formWith(name, content),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const list = '姓名,学校\n欧阳晴岚0,第0小学\n';
  for (const [name, content, type] of [
    ['名单.pdf', '%PDF-1.4', 'attachment-kind-refused'],
    ['名单.xlsx', 'no workbook', 'attachment-not-read'],
    ['名单.csv', `${list}诸葛,13800138000`, 'personal-data'],
  ] as const) {
    const { status, body } = await send(author, name, content);
    expect([status, body['type'], body['rule']]).toEqual([422, `/problems/${type}`, 'D6']);
    expect(JSON.stringify(body)).not.toContain('13800138000');
  }
  const stranger = await signInAs(instance, district, (await prepareTeachers(district, 1))[0]!);
  expect((await send(stranger, '名单.csv', list)).status).toBe(403);
  const missing = 'ab'.repeat(32);
  await expect(
    author.post(`/notices/${id}/draft`, { ...text, attachments: [missing] }),
  ).rejects.toMatchObject(problem('attachment-unknown', 'N6'));

  const first = (await send(author, '名单.csv', list)).body as unknown as Attached;
  expect((await send(author, '名单.csv', list)).body).toEqual(first);
  expect(first).toMatchObject({
    name: '名单.csv',
    bytes: Buffer.byteLength(list),
    hash: createHash('sha256').update(list).digest('hex'),
  });
  const unnamed = (await send(author, '说明.csv', '说明\n')).body as unknown as Attached;
  const brought = (await send(approver, '日程.csv', '日程\n')).body as unknown as Attached;
  // Who has brought a file does not release it.
  await author.post(`/notices/${id}/draft`, { ...text, attachments: [first.hash, brought.hash] });
  await expect(approver.post(`/notices/${id}/approval`, {})).rejects.toMatchObject(
    problem('notice-own-release', 'N6'),
  );
  const read = (hash: string, of = id) =>
    fetch(`${instance.url}/api/v1/public/notices/${of}/attachments/${hash}`);
  expect((await read(first.hash)).status).toBe(404);
  await author.post(`/notices/${id}/draft`, { ...text, attachments: [first.hash] });
  const inside = await approver.get<{ draft: object; attachments: (Attached & { named: boolean })[] }>(
    `/notices/${id}`,
  );
  // Whoever releases it sees first what is to be released.
  expect(inside.draft).toEqual(text);
  expect(Object.fromEntries(inside.attachments.map(({ hash, named }) => [hash, named]))).toEqual({
    [first.hash]: true,
    [unnamed.hash]: false,
    [brought.hash]: false,
  });
  expect(await (await approver.fetch(`/notices/${id}/attachments/${first.hash}`)).text()).toBe(list);
  expect((await stranger.fetch(`/notices/${id}/attachments/${first.hash}`)).status).toBe(404);
  await approver.post(`/notices/${id}/approval`, {});

  const shown = await read(first.hash);
  expect(await shown.text()).toBe(list);
  expect(shown.headers.get('content-disposition')).toContain('attachment');
  for (const hash of [unnamed.hash, brought.hash]) expect((await read(hash)).status).toBe(404);
  const another = await prepareNotice(1, 'school');
  await release(another.id);
  expect((await read(first.hash, another.id)).status).toBe(404);
  expect((await json(id)).body.attachments.map(({ hash }) => hash)).toEqual([first.hash]);
  const { html } = await page(id);
  expect(html).toContain(`/api/v1/public/notices/${id}/attachments/${first.hash}`);
  expect(html).toContain('名单.csv');

  // From now on nothing comes, goes or changes, whoever asks the database for it.
  expect((await send(author, '后补.csv', '后补\n')).body['type']).toBe('/problems/wrong-step');
  const { database } = district;
  const where = { noticeId: id };
  await expect(database.noticeAttachment.deleteMany({ where })).rejects.toThrow(/constraint/);
  await expect(database.noticeAttachment.updateMany({ where, data: { name: '别的.csv' } })).rejects.toThrow(
    /constraint/,
  );
  const row = await database.noticeAttachment.findFirstOrThrow({ where });
  await expect(database.noticeAttachment.create({ data: { ...row, hash: missing } })).rejects.toThrow(
    /constraint/,
  );
});

test('N6: anybody computes the hash of a notice again from its public JSON alone', async () => {
  const { id } = await prepareNotice(2);
  const form = formWith('名单.csv', '姓名\n欧阳\n');
  const sent = await author.fetch(`/notices/${id}/attachments`, { method: 'POST', body: form });
  const { hash: fileHash } = (await sent.json()) as Attached;
  await author.post(`/notices/${id}/draft`, { ...text, attachments: [fileHash] });
  await approver.post(`/notices/${id}/approval`, {});
  const { body } = await json(id);
  const hash = createHash('sha256').update(body.hashed, 'utf8').digest('hex');
  expect(hash).toBe(body.hash);
  // What is hashed is what is shown.
  const hashed = JSON.parse(body.hashed) as Shown & Record<string, unknown>;
  expect(hashed).toMatchObject({
    ...text,
    level: 'district',
    firstDay: body.firstDay,
    lastDay: body.lastDay,
  });
  expect(hashed.attachments).toEqual(body.attachments);
  expect(hashed.entries.map(({ name }) => name)).toEqual(body.entries.map(({ name }) => name));
  const file = await fetch(`${instance.url}/api/v1/public/notices/${id}/attachments/${fileHash}`);
  const content = Buffer.from(await file.arrayBuffer());
  expect(createHash('sha256').update(content).digest('hex')).toBe(hashed.attachments[0]!.hash);
  const { html } = await page(id);
  expect(html).toContain(`<code>${hash}</code>`);
  expect(html).toContain(`href="/api/v1/public/notices/${id}"`);
  // A correction stands beside what was released and changes nothing of it.
  const changed = body.hashed.replace('欧阳晴岚', '欧阳晴蓝');
  expect(createHash('sha256').update(changed).digest('hex')).not.toBe(body.hash);
});

test('N8, N9: a form with a file, and a receipt that is asked for its state by a page without a script', async () => {
  const { id } = await prepareNotice(2);
  await release(id);
  const { html, referrer } = await page(id);
  // With `no-referrer` a browser sends the form with `Origin: null`, which is another site's.
  expect(referrer).toBe('same-origin');
  expect(html).toMatch(/<form[^>]*enctype="multipart\/form-data"/);
  for (const label of ['entry', 'facts', 'name', 'reachedBy', 'files'])
    expect(html).toMatch(
      new RegExp(`<label for="${label}">[^<]+<span lang="en">[^<]+</span></label>.*id="${label}"`),
    );
  const send = async (change: (form: FormData) => void) => {
    const form = new FormData();
    for (const [field, value] of Object.entries({
      entry: '2',
      facts: '证书编号与文件不符，可以核对',
      name: '',
      reachedBy: '',
    }))
      form.append(field, value);
    change(form);
    const response = await fetch(`${instance.url}/notices/${id}/objections`, { method: 'POST', body: form });
    return { status: response.status, html: await response.text() };
  };
  const picture = (form: FormData, content: Buffer) =>
    form.append('files', new Blob([new Uint8Array(content)]), '张三的手机.jpg');
  const before = await district.database.objection.count();
  expect((await send((form) => picture(form, Buffer.from('no picture')))).status).toBe(422);
  expect((await send((form) => picture(form, Buffer.alloc(5 * 1024 * 1024 + 1)))).status).toBe(422);
  const tooMany = await send((form) => {
    for (let count = 0; count < 6; count += 1) picture(form, jpeg());
  });
  expect(tooMany.status).toBe(422);
  expect(await district.database.objection.count()).toBe(before);
  const sent = await send((form) => picture(form, jpeg()));
  expect(sent.status).toBe(201);
  const receipt = /<code>([\da-f]{40})<\/code>/.exec(sent.html)![1]!;
  const [objection] = await district.database.objection.findMany({ where: { noticeId: id } });
  const files = await district.database.objectionFile.findMany({ where: { objectionId: objection!.id } });
  const opened = files.map(({ boxed }) =>
    Buffer.from(decryptSecret(instanceSecret, `objection:${objection!.id}`, boxed), 'base64'),
  );
  expect(opened).toHaveLength(1);
  expect(opened[0]!.includes('GPS')).toBe(false);

  const ask = async (form?: Record<string, string>, headers = {}) => {
    const response = await fetch(`${instance.url}/objections/state`, {
      ...(form && { method: 'POST', body: new URLSearchParams(form), headers }),
    });
    const { status } = response;
    return {
      status,
      robots: response.headers.get('x-robots-tag'),
      html: await response.text(),
      cookies: response.headers.getSetCookie(),
    };
  };
  const empty = await ask();
  expect(empty.status).toBe(200);
  expect(empty.html).toMatch(/<form method="post" action="\/objections\/state">/);
  expect(empty.html).toMatch(/<label for="receipt">[^<]+<span lang="en">/);
  for (const wrong of ['', 'ab'.repeat(20), `${receipt}0`, "' OR 1=1"]) {
    const answer = await ask({ receipt: wrong });
    expect(answer.status).toBe(404);
    expect(answer.html).toContain('role="alert"');
  }
  expect((await ask({ receipt }, { Origin: 'https://other.example' })).status).toBe(403);
  const state = await ask({ receipt: ` ${receipt.toUpperCase()} ` });
  expect(state.status).toBe(200);
  expect(state.html).toContain('线索 <span lang="en">clue</span>');
  expect(state.html).not.toMatch(new RegExp(`<script|${receipt}|证书编号`));
  expect(state.cookies).toEqual([]);
  expect(state.robots).toContain('noindex');
});

/** A picture that says where it was taken. */
function jpeg(): Buffer {
  const told = Buffer.from('Exif\0\0GPS 30.6, 104.1');
  const length = Buffer.from([0xff, 0xe1, 0, told.length + 2]);
  const scan = Buffer.from([0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), length, told, scan]);
}

test('N7, S11: one name is corrected in a notice of its own; more than a third starts the whole again', async () => {
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

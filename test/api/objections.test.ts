import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Role } from '../../domain/cases.js';
import type { RunStage } from '../../domain/stages.js';
import type { Prisma } from '../../prisma/generated/client.js';
import { objectionStandings } from '../../records/objections.js';
import { scopedTo } from '../../records/scope.js';
import { keyedHash } from '../../records/secrets.js';
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
  type PreparedDistrict,
} from '../support/prepared.js';
import { signInAs, type TestSession } from '../support/sessions.js';

const now = '2026-10-12T09:00:00+08:00';
const closes = '2026-10-13T16:00:00.000Z';
const facts = '材料中的赛课一等奖证书编号与教育局公布的不符，可查当年文件。';
const contact = { name: '诸葛知情', reachedBy: 'zhuge@example.cn' };
const finding = { facts: '证书属实', rule: '方案第三条', result: '异议不成立' };
const recordedFor = { document: '区师培纪要〔2026〕9号', decidedOn: '2026-10-12' };

let instance: TestInstance;
let district: PreparedDistrict;
let office: TestSession;
let investigators: [string, string, string];
let first: TestSession;
let second: TestSession;

beforeAll(async () => {
  instance = await startInstance('objections', now);
  district = await prepareDistrict(instance, 4);
  office = await signInAs(instance, district, district.officeId);
  const others = await prepareTeachers(district, 8);
  // Teachers 2, 3, 6 and 7 are of schools from which nobody stands.
  investigators = [others[2]!, others[3]!, others[6]!];
  first = await signInAs(instance, district, investigators[0]);
  second = await signInAs(instance, district, investigators[1]);
}, 120_000);

afterAll(() => instance?.stop());

interface Standing {
  readonly roundId: string;
  readonly noticeId: string;
  readonly candidates: readonly { readonly id: string; readonly personId: string }[];
}

/** A notice with two candidates, of schools 0 and 1, that closes at an instant. */
async function publish(closesAt = closes, entered: readonly RunStage[] = []): Promise<Standing> {
  const { database, ownerId } = district;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const teachers = (await prepareTeachers(district, 4)).slice(0, 2);
  const ids = await prepareCandidates(district, roundId, teachers, {
    stage: 'district_notice',
    standing: 'running',
  });
  const noticeId = randomUUID();
  const rows = await database.application.findMany({
    where: { id: { in: ids } },
    orderBy: { schoolId: 'asc' },
  });
  const candidates = ids.map((id) => ({ id, personId: rows.find((row) => row.id === id)!.personId }));
  const entries = candidates.map(({ id }, index) => ({
    applicationId: id,
    name: `候选${index}`,
    school: '小学',
    subject: 'mathematics',
    rank: '区教坛能手',
  }));
  await database.notice.create({
    data: {
      id: noticeId,
      ownerId,
      roundId,
      level: 'district',
      organisationId: ownerId,
      contact: {},
      authorId: district.officeId,
      approverId: investigators[2],
      publishedAt: new Date('2026-10-05T00:00:00Z'),
      firstDay: '2026-10-08',
      lastDay: '2026-10-13',
      closesAt: new Date(closesAt),
      snapshot: {
        level: 'district',
        firstDay: '2026-10-08',
        lastDay: '2026-10-13',
        closes: '24:00',
        office: '办公室',
        telephone: '0813-1234567',
        howToObject: '网上提交',
        entries,
      },
      snapshotHash: 'x',
    },
  });
  await prepareCases(district, [
    {
      id: noticeId,
      kind: 'publicNotice',
      organisationId: ownerId,
      roundId,
      stage: 'district_notice',
      unit: 'all',
      step: 'standing',
      waitingFor: 'office',
      dueAt: new Date(closes),
      wakeAt: new Date(closes),
    },
  ]);
  for (const stage of entered) await prepareRun(district, randomUUID(), stage, ids);
  if (entered.length > 0)
    await database.stageEntry.updateMany({
      where: { applicationId: { in: ids } },
      data: { outcome: 'on', endedAt: new Date('2026-10-04T00:00:00Z') },
    });
  await prepareRun(district, noticeId, 'district_notice', ids);
  await prepareCases(
    district,
    candidates.map(({ id }) => ({
      id,
      kind: 'application' as const,
      organisationId: district.schoolIds[0]!,
      roundId,
      step: 'underway',
      waitingFor: 'office' as const,
      dueAt: new Date('2026-12-01T00:00:00Z'),
      wakeAt: null,
    })),
  );
  return { roundId, noticeId, candidates };
}

/** What anybody may send, without a cookie. */
async function send(path: string, body: object) {
  const response = await fetch(`${instance.url}/api/v1/public/objections${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.headers.getSetCookie()).toEqual([]);
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}

async function object(noticeId: string, entry = 1, own: object = { contact }) {
  const sent = await send('', { noticeId, entry, facts, ...own });
  expect(sent.status).toBe(201);
  const receipt = String(sent.body.receipt);
  const receiptHash = keyedHash(instanceSecret, 'objectionReceipt', receipt);
  const { id } = await district.database.objection.findUniqueOrThrow({ where: { receiptHash } });
  await eventually(
    () => stepOf(id),
    (step) => step !== 'registering',
  );
  return { id, receipt, handling: sent.body.handling };
}

async function stepOf(id: string): Promise<string> {
  return (await district.database.case.findUniqueOrThrow({ where: { id } })).step;
}

async function outcomeOf(id: string): Promise<string | null> {
  return (await district.database.case.findUniqueOrThrow({ where: { id } })).outcome;
}

function candidate(id: string) {
  return district.database.application.findUniqueOrThrow({ where: { id } });
}

function role(personId: string, held: Role, organisationId = district.ownerId) {
  const { database, ownerId } = district;
  return database.membership.create({
    data: { ownerId, personId, organisationId, role: held, from: '2020-01-01' },
  });
}

const assign = (id: string, investigatorIds: readonly string[] = investigators.slice(0, 2)) =>
  office.post(`/objections/${id}/investigators`, { investigatorIds });

/** Goes through the investigation up to the leading group's turn. */
async function investigate(id: string, accused: string): Promise<void> {
  await assign(id);
  await first.post(`/objections/${id}/summary`, { text: '有人反映获奖证书不实' });
  await second.post(`/objections/${id}/summary-confirmation`, {});
  const teacher = await signInAs(instance, district, accused);
  await teacher.post(`/objections/${id}/answer`, { text: '证书真实，可查原件' });
  await second.post(`/objections/${id}/report`, { facts: '查了当年文件', proposal: '不成立' });
}

function decide(id: string, outcome: string, more: object = {}) {
  return office.post(`/objections/${id}/decision`, { ...finding, outcome, ...more, recordedFor });
}

function problem(code: string, rule?: string) {
  return { problem: { type: `/problems/${code}`, ...(rule && { rule }) } };
}

async function advance(to: string): Promise<void> {
  const advanced = await advanceClock(instance, { to, limitMs: 120_000 });
  expect(advanced).toMatchObject({ settled: true });
}

test('N8–N11: registered at once, the one candidate is held, and nobody but two investigators learns who wrote', async () => {
  const { noticeId, candidates } = await publish();
  const [accused, other] = candidates as [(typeof candidates)[0], (typeof candidates)[0]];
  const { id, receipt } = await object(noticeId);
  expect(await candidate(accused.id)).toMatchObject({
    standing: 'held',
    heldReason: { code: 'OBJECTION_OPEN', rule: 'N11' },
  });
  expect(await candidate(other.id)).toMatchObject({ standing: 'running' });
  await expect(
    office.post(`/applications/${accused.id}/release`, { reason: '先放行' }),
  ).rejects.toMatchObject(problem('objection-still-open', 'N11'));

  // N10: conflicts, each named.
  const [colleague] = await prepareTeachers(district, 1);
  const mentor = investigators[1];
  const { database, ownerId, policyId } = district;
  const trainee = await database.trainee.create({
    data: {
      id: randomUUID(),
      ownerId,
      personId: accused.personId,
      policyId,
      rank: 'accomplished',
      entry: 'application',
      startsOn: '2024-09-01',
      endsOn: '2025-08-31',
      hoursRequired: 0,
      mentorId: mentor,
      standing: 'left',
    },
  });
  await expect(assign(id, [investigators[0]])).rejects.toMatchObject(problem('investigators-too-few', 'N10'));
  await expect(assign(id, [accused.personId, colleague!, mentor, investigators[2]])).rejects.toMatchObject({
    problem: {
      type: '/problems/investigator-in-conflict',
      errors: expect.arrayContaining(
        [
          [accused.personId, 'CONFLICT_IS_CANDIDATE'],
          [accused.personId, 'CONFLICT_SAME_SCHOOL'],
          [colleague, 'CONFLICT_SAME_SCHOOL'],
          [mentor, 'CONFLICT_MENTOR_PAIR'],
          [investigators[2], 'CONFLICT_NOTICE_AUTHOR'],
        ].map(([at, code]) => expect.objectContaining({ at, code })),
      ),
    },
  });
  await database.trainee.delete({ where: { id: trainee.id } });
  await assign(id);

  // Who sees what.
  const [auditorId] = (await prepareTeachers(district, 4)).slice(2, 3) as [string];
  await role(auditorId, 'auditor');
  const auditor = await signInAs(instance, district, auditorId);
  const teacher = await signInAs(instance, district, accused.personId);
  const letter = `/objections/${id}/letter`;
  expect(await first.get(letter)).toEqual({ facts, contact, review: null, files: [] });
  for (const stranger of [office, auditor, teacher])
    await expect(stranger.get(letter)).rejects.toMatchObject(problem('not-found'));
  await expect(teacher.get(`/objections/${id}`)).rejects.toMatchObject(problem('not-found'));
  await expect(office.post(`/objections/${id}/summary`, { text: '代写' })).rejects.toMatchObject(
    problem('not-allowed', 'S1'),
  );

  // The summary has two hands, and no number of a telephone.
  await expect(
    first.post(`/objections/${id}/summary`, { text: '联系电话13800138000' }),
  ).rejects.toMatchObject(problem('personal-data', 'D6'));
  await first.post(`/objections/${id}/summary`, { text: '有人反映获奖证书不实' });
  await expect(first.post(`/objections/${id}/summary-confirmation`, {})).rejects.toMatchObject(
    problem('summary-own', 'N10'),
  );
  await second.post(`/objections/${id}/summary-confirmation`, {});
  expect(await teacher.get(`/objections/${id}`)).toMatchObject({
    step: 'hearing',
    summary: '有人反映获奖证书不实',
    isNamed: null,
    investigatorIds: null,
    report: null,
  });
  const asked = await send('/state', { receipt });
  expect(asked.body).toMatchObject({ step: 'hearing', handling: 'objection', finding: null });
  expect((await send('/state', { receipt: '0'.repeat(40) })).status).toBe(404);

  // Nothing of the writer is anywhere in the rows, whatever the table.
  const dump = await everything();
  for (const secret of [contact.name, contact.reachedBy, '赛课一等奖', receipt])
    expect(dump.filter(({ text }) => text.includes(secret)).map(({ table }) => table)).toEqual([]);
});

/** Every row of every table as text. */
async function everything(): Promise<{ table: string; text: string }[]> {
  const client = new pg.Client({ connectionString: instance.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()`,
    );
    const dump = [];
    for (const { name } of rows) {
      const found = await client.query<{ text: string | null }>(
        `SELECT string_agg(row_to_json(each)::text, ' ') AS text FROM "${name}" each`,
      );
      dump.push({ table: name, text: found.rows[0]!.text ?? '' });
    }
    return dump;
  } finally {
    await client.end();
  }
}

test('N8: files lose what tells of their making, and only the investigators get them', async () => {
  const { noticeId } = await publish();
  const { id, receipt } = await object(noticeId);
  const upload = async (content: Uint8Array<ArrayBuffer>, own = receipt) => {
    const form = new FormData();
    form.append('file', new Blob([content]), '诸葛知情的照片.jpg');
    const response = await fetch(`${instance.url}/api/v1/public/objections/files`, {
      method: 'POST',
      headers: { 'Objection-Receipt': own },
      body: form,
    });
    return { status: response.status, body: (await response.json()) as { type?: string } };
  };
  const jpeg = new Uint8Array([
    0xff, 0xd8, 0xff, 0xe1, 0, 8, 0x45, 0x78, 0x69, 0x66, 0, 0, 0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9, 7, 7,
  ]);
  expect((await upload(jpeg)).status).toBe(200);
  expect((await upload(jpeg, '1'.repeat(40))).status).toBe(404);
  expect(await upload(new TextEncoder().encode('%PDF-1.4 /Author (诸葛知情)'))).toMatchObject({
    status: 422,
    body: { type: '/problems/file-tells-of-its-making' },
  });
  await assign(id);
  const { files } = await first.get<{ files: { id: string; type: string }[] }>(`/objections/${id}/letter`);
  expect(files).toMatchObject([{ type: 'image/jpeg' }]);
  await expect(office.get(`/objections/${id}/files/${files[0]!.id}`)).rejects.toMatchObject(
    problem('not-found'),
  );
});

test('N9: in time until the closing instant; then it is a complaint that stops nothing', async () => {
  const at = Date.parse(now);
  const inTime = await publish(new Date(at + 1).toISOString());
  expect((await object(inTime.noticeId)).handling).toBe('objection');
  expect(await candidate(inTime.candidates[0]!.id)).toMatchObject({ standing: 'held' });

  const late = await publish(new Date(at).toISOString());
  const { id, handling } = await object(late.noticeId);
  expect(handling).toBe('complaint');
  const accused = late.candidates[0]!;
  expect(await candidate(accused.id)).toMatchObject({ standing: 'running' });
  await investigate(id, accused.personId);
  await decide(id, 'sustained', { result: '成立' });
  const rows = scopedTo(district.database, district.ownerId);
  expect(await rows.$transaction((db) => objectionStandings(db, [accused.id]))).toEqual(new Map());

  const unknown = await send('', { noticeId: late.noticeId, entry: 3, facts });
  expect(unknown).toMatchObject({ status: 422, body: { type: '/problems/objection-entry-unknown' } });
  expect((await send('', { noticeId: randomUUID(), entry: 1, facts })).status).toBe(404);
});

test('N8: an anonymous one is a clue that two people judge first', async () => {
  const { noticeId, candidates } = await publish();
  const { id, handling } = await object(noticeId, 2, {});
  expect(handling).toBe('clue');
  const accused = candidates[1]!;
  expect(await candidate(accused.id)).toMatchObject({ standing: 'running' });
  await assign(id);
  await expect(first.post(`/objections/${id}/summary`, { text: '摘要' })).rejects.toMatchObject(
    problem('clue-not-judged', 'N8'),
  );
  await first.post(`/objections/${id}/clue-judgement`, { isSpecific: true, reason: '有文号可查' });
  expect(await candidate(accused.id)).toMatchObject({ standing: 'held' });

  const vague = await object(noticeId, 1, {});
  await assign(vague.id);
  await first.post(`/objections/${vague.id}/clue-judgement`, { isSpecific: false, reason: '没有事实' });
  expect(await outcomeOf(vague.id)).toBe('not_specific');
  expect(await candidate(candidates[0]!.id)).toMatchObject({ standing: 'running' });
});

test('N12: dismissed frees at once; withdrawn frees when the office agrees; two objections free together', async () => {
  const { noticeId, candidates } = await publish();
  const accused = candidates[0]!;
  const one = await object(noticeId);
  const two = await object(noticeId);
  await investigate(one.id, accused.personId);
  await decide(one.id, 'dismissed');
  expect(await candidate(accused.id)).toMatchObject({ standing: 'held' });

  await expect(office.post(`/objections/${two.id}/withdrawal-acceptance`, {})).rejects.toMatchObject(
    problem('not-withdrawn', 'N12'),
  );
  expect((await send('/withdrawal', { receipt: one.receipt })).status).toBe(409);
  expect((await send('/withdrawal', { receipt: two.receipt })).status).toBe(204);
  await office.post(`/objections/${two.id}/withdrawal-acceptance`, {});
  expect(await outcomeOf(two.id)).toBe('withdrawn');
  expect(await candidate(accused.id)).toMatchObject({ standing: 'running' });
});

test('N9: the investigation is extended once', async () => {
  const { noticeId } = await publish();
  const { id } = await object(noticeId);
  const path = `/objections/${id}/extension`;
  expect(await office.post(path, { reason: '需调档', recordedFor })).toMatchObject({
    result: { investigateBy: '2026-11-02T16:00:00.000Z' },
  });
  await expect(office.post(path, { reason: '再延', recordedFor })).rejects.toMatchObject(
    problem('extended-already', 'N9'),
  );
});

test('N12: a step that was wrong is done again for the group', async () => {
  const { noticeId, candidates, roundId } = await publish(closes, ['leading_group_review']);
  const group = { roundId, unit: 'accomplished/science' };
  // The committee's vote left one seat empty: with the vote it is open again (V17).
  await district.database.seatQuota.create({
    data: { ...group, ownerId: district.ownerId, rank: 'accomplished', proposed: 2, seats: 2, vacant: 1 },
  });
  const { id } = await object(noticeId);
  await investigate(id, candidates[0]!.personId);
  await expect(decide(id, 'sustained_procedural')).rejects.toMatchObject(
    problem('stage-not-repeatable', 'N12'),
  );
  await decide(id, 'sustained_procedural', { redo: 'leading_group_review', result: '重新审核' });
  const teacher = await signInAs(instance, district, candidates[0]!.personId);
  await teacher.post(`/objections/${id}/review-request`, { reason: '请复核' });
  await office.post(`/objections/${id}/review`, {
    ...finding,
    outcome: 'sustained_procedural',
    redo: 'leading_group_review',
    recordedFor,
  });
  expect(await outcomeOf(id)).toBe('sustained_procedural');
  const rows = await eventually(
    () => district.database.application.findMany({ where: { roundId } }),
    (found) => found.every(({ standing }) => standing === 'running'),
  );
  expect(rows.map(({ stage, standing }) => `${stage} ${standing}`)).toEqual([
    'leading_group_review running',
    'leading_group_review running',
  ]);
  expect(await district.database.seatQuota.findFirst({ where: group })).toMatchObject({ vacant: 0 });
  const entries = await district.database.stageEntry.findMany({
    where: { applicationId: candidates[1]!.id },
  });
  expect(entries.map(({ stage, outcome }) => `${stage} ${outcome}`).sort()).toEqual([
    'district_notice redone',
    'leading_group_review null',
    'leading_group_review redone',
  ]);
});

test('N11, N12, N14: the others go on when the notice ends; sustained takes one out once no review can be asked for', async () => {
  const { noticeId, candidates } = await publish();
  const [accused, other] = candidates as [(typeof candidates)[0], (typeof candidates)[0]];
  const ofAccused = await object(noticeId);
  const ofOther = await object(noticeId, 2);
  await investigate(ofAccused.id, accused.personId);
  await decide(ofAccused.id, 'sustained', { result: '成立' });
  expect(await candidate(accused.id)).toMatchObject({ standing: 'held' });
  await investigate(ofOther.id, other.personId);

  // The notice ends while both are held.
  await advance('2026-10-14T00:00:00+08:00');
  expect(await outcomeOf(noticeId)).toBe('ended');
  expect(await candidate(accused.id)).toMatchObject({ standing: 'held', stage: 'district_notice' });
  await decide(ofOther.id, 'dismissed');
  expect(await candidate(other.id)).not.toMatchObject({ stage: 'district_notice' });

  const rows = scopedTo(district.database, district.ownerId);
  const standings = () => rows.$transaction((db) => objectionStandings(db, [accused.id, other.id]));
  expect([...(await standings()).values()]).toEqual(['open', 'open']);
  const { body } = await send('/state', { receipt: ofAccused.receipt });
  expect(body).toMatchObject({
    step: 'appealing',
    finding: { outcome: 'sustained', facts: finding.facts },
    reviewUntil: '2026-10-19T16:00:00.000Z',
  });

  // The last moment of the review, for the one who objected to the other.
  await advance('2026-10-19T23:59:59+08:00');
  expect(await candidate(accused.id)).toMatchObject({ standing: 'held' });
  await advance('2026-10-20T00:00:00+08:00');
  expect(await outcomeOf(ofAccused.id)).toBe('sustained');
  expect(await candidate(accused.id)).toMatchObject({
    standing: 'out',
    slot: null,
    reason: { code: 'OUT_BY_OBJECTION', rule: 'N12' } as Prisma.JsonObject,
  });
  const late = await send('/review-request', { receipt: ofOther.receipt, reason: '仍不服' });
  expect(late).toMatchObject({ status: 204 });
  await eventually(
    () => stepOf(ofOther.id),
    (step) => step === 'reviewing',
  );
  await office.post(`/objections/${ofOther.id}/review`, { ...finding, outcome: 'dismissed', recordedFor });
  expect(await outcomeOf(ofOther.id)).toBe('dismissed');
  expect(await standings()).toEqual(new Map([[accused.id, 'sustained']]));
});

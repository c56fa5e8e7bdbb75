import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '../../api/auth/password.js';
import { createAccounts } from '../../records/accounts.js';
import { openDatabase } from '../../records/database.js';
import { verifyAudit } from '../../records/audit.js';
import { ApiClient } from '../../samples/api-client.js';
import { runDoctor } from '../../scripts/doctor.js';
import { compiled } from '../../stack/project-root.js';
import { deliver } from '../../temporal/deliver.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { instanceSecret, startInstance, type TestInstance } from '../support/instance.js';
import {
  eventually,
  officeSubmits,
  prepareCandidates,
  prepareCases,
  prepareDistrict,
  prepareRound,
  prepareRun,
  prepareTeachers,
  task,
  type PreparedDistrict,
} from '../support/prepared.js';

const directory = mkdtempSync(join(tmpdir(), 'qinglan-rehearse-'));
const password = 'Rehearse-pass-2026';
let real: TestInstance;
let district: PreparedDistrict;
let filing: string;
const started: ChildProcess[] = [];
let printed = '';

/** A real instance with a filing that is due in a hundred days. */
beforeAll(async () => {
  real = await startInstance('copied', null);
  const { database, client } = real;
  district = await prepareDistrict(real, 2);
  const closesAt = new Date(Date.now() + 200 * 86_400_000);
  const roundId = await prepareRound(district, { step: 'selection', closesAt });
  filing = randomUUID();
  const schoolId = district.schoolIds[0]!;
  const run = { roundId, stage: 'filing', unit: schoolId, organisationId: schoolId };
  const dueAt = new Date(Date.now() + 100 * 86_400_000);
  await prepareCases(district, [
    {
      id: filing,
      kind: 'schoolReview',
      ...run,
      step: 'filing',
      tasks: [task('head', schoolId, 'file', dueAt)],
    },
  ]);
  const candidates = await prepareCandidates(district, roundId, await prepareTeachers(district, 1), {
    stage: 'filing',
    standing: 'running',
  });
  await prepareRun(district, filing, 'filing', candidates);
  await createAccounts(database, [
    {
      username: 'office',
      personId: district.officeId,
      ownerId: district.ownerId,
      passwordHash: await hashPassword(password),
      mustChangePassword: false,
    },
  ]);
  const wake = caseWaker(client, database);
  for (const id of [roundId, filing]) await wake(id, new Date().toISOString());
  const body = { stage: 'filing', until: dateAfter(90), reason: '停电' };
  const submission = await officeSubmits(district, 'selectionRound', roundId, 'extendStage', body);
  await deliver(client, database, submission);
  await eventually(
    () => database.caseMessage.count({ where: { consumedAt: null } }),
    (left) => left === 0,
  );
}, 120_000);

afterAll(async () => {
  for (const rehearsal of started) await stop(rehearsal);
  await real?.stop();
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

async function stop(rehearsal: ChildProcess): Promise<void> {
  if (rehearsal.exitCode !== null) return;
  rehearsal.kill('SIGTERM');
  await once(rehearsal, 'exit');
}

function dateAfter(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Starts a command that stays up, and waits until it says where its API is. */
async function start(script: string, args: readonly string[]): Promise<string> {
  printed = '';
  const { QINGLAN_TEST_SERVERS: _, NODE_OPTIONS: __, ...inherited } = process.env;
  const rehearsal = spawn(process.execPath, [compiled(script), ...args, '--directory', directory], {
    env: { ...inherited, QINGLAN_SECRET: instanceSecret },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(rehearsal);
  for (const stream of [rehearsal.stdout!, rehearsal.stderr!])
    stream.on('data', (text: Buffer) => (printed += text.toString()));
  const deadline = Date.now() + 100_000;
  for (;;) {
    const [, url] = /API\D+?(http:\/\/127\.0\.0\.1:\d+)/.exec(printed) ?? [];
    if (url) return url;
    if (rehearsal.exitCode !== null || Date.now() > deadline) throw new Error(printed);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** All rows that a rehearsal must not change in the instance that it was made from. */
async function rowsOfReal() {
  const { database } = real;
  return {
    cases: await database.case.findMany({ orderBy: { id: 'asc' } }),
    tasks: await database.task.findMany({ orderBy: { id: 'asc' } }),
    notifications: await database.notification.findMany({ orderBy: { id: 'asc' } }),
    instance: await database.instance.findMany(),
  };
}

test('a rehearsal made of a real instance goes its own way, and the second start goes on with it', async () => {
  const before = await rowsOfReal();
  const url = await start('scripts/rehearse.js', ['--from', real.databaseUrl]);
  expect(printed).toMatch(/rows copied, [23] workflows started/);

  // Everybody signs in as in the instance, and the clock goes where a real one refuses to.
  const office = await new ApiClient({ url }).signIn('office', password);
  const clock = await office.get<{ mode: string; now: string; nextDue: string }>('/clock');
  expect(clock.mode).toBe('rehearsal');
  expect(Date.now() - Date.parse(clock.now)).toBeLessThan(100_000);
  const due = before.cases.find(({ id }) => id === filing)!.dueAt!;
  const advanced = await office.post<{ now: string; settled: boolean }>('/clock/advance', {
    to: due.toISOString(),
  });
  expect(advanced).toMatchObject({ now: due.toISOString(), settled: true });
  const { items } = await office.get<{ items: { case: { id: string } }[] }>('/stuck?overdue=true');
  expect(items.map((item) => item.case.id)).toContain(filing);
  expect(await rowsOfReal()).toEqual(before);

  await stop(started[0]!);
  const again = await start('stack/start.js', []);
  const later = await new ApiClient({ url: again }).signIn('office', password);
  expect(await later.get('/clock')).toMatchObject({ mode: 'rehearsal', now: due.toISOString() });

  // The chain of the copy goes on from that of the instance.
  const environment = readFileSync(join(directory, 'environment'), 'utf8');
  const copy = openDatabase(/^DATABASE_URL=(.+)$/m.exec(environment)![1]!, 2);
  try {
    expect((await verifyAudit(copy, district.ownerId)).faults).toEqual([]);
    expect(await copy.auditEntry.count()).toBe(await real.database.auditEntry.count());
  } finally {
    await copy.$disconnect();
  }
  expect(await runDoctor(real)).toEqual([]);
}, 240_000);

test('a rehearsal is not made over another one, nor without the secret', async () => {
  await expect(start('scripts/rehearse.js', ['--from', real.databaseUrl])).rejects.toThrow('a rehearsal in');
}, 60_000);

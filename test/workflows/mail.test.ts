import { randomUUID } from 'node:crypto';
import { NativeConnection } from '@temporalio/worker';
import { setTimeout as pause } from 'node:timers/promises';
import { mailAddressOf, mailInTrouble, setMailAddress } from '../../records/deliveries.js';
import { brokenInvariants } from '../../records/invariants.js';
import { scopedTo } from '../../records/scope.js';
import { ApiClient } from '../../samples/api-client.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { workflowIdOf } from '../../workflows/ids.js';
import { notificationsWorker } from '../../worker/notifications.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { MailServer } from '../support/mail-server.js';
import {
  eventually,
  prepareCases,
  prepareDistrict,
  prepareTeachers,
  task,
  type PreparedDistrict,
} from '../support/prepared.js';
import { testServers } from '../support/servers.js';
import { signInAs } from '../support/sessions.js';

const longAgo = new Date('2026-01-05T16:00:00Z');
const secret = () => process.env['QINGLAN_SECRET']!;

interface Place {
  readonly instance: TestInstance;
  readonly district: PreparedDistrict;
  readonly server: MailServer;
  readonly namespace: string;
}

async function prepare(name: string, startsAt: string | null): Promise<Place> {
  const server = await MailServer.start();
  const instance = await startInstance(name, startsAt, { sendsMail: true });
  return { instance, district: await prepareDistrict(instance, 1), server, namespace: `qinglan-${name}` };
}

/** Runs the worker that sends mail; returns how to stop it. */
async function sendMail({ instance, server, namespace }: Place): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: testServers().temporal.address });
  const mail = {
    smtpUrl: server.url,
    from: 'qinglan@example.cn',
    publicUrl: 'https://qinglan.example.cn',
    perMinute: 6000,
    backoff: { first: 200, longest: 400 },
  };
  const { database } = instance;
  const worker = await notificationsWorker({ connection, namespace, database, mail });
  const running = worker.run();
  return async () => {
    if (worker.getState() !== 'RUNNING') return;
    worker.shutdown();
    await running;
    await connection.close();
  };
}

/** Makes teachers with these mail addresses; returns their ids by address. */
async function withAddresses(
  { district }: Place,
  addresses: readonly string[],
): Promise<Map<string, string>> {
  const ids = await prepareTeachers(district, addresses.length);
  const owner = scopedTo(district.database, district.ownerId);
  for (const [index, address] of addresses.entries())
    await setMailAddress(owner, district.ownerId, ids[index]!, address, secret());
  return new Map(addresses.map((address, index) => [address, ids[index]!]));
}

/** Has people told that a task of theirs is overdue, and with them the office, which has no mail address. */
async function remind({ instance, district }: Place, personIds: readonly string[]): Promise<void> {
  const { database, client } = instance;
  const id = randomUUID();
  const { ownerId } = district;
  const tasks = personIds.map((personId) => ({ ...task('office', ownerId, 'approve', longAgo), personId }));
  await prepareCases(district, [
    { id, kind: 'appointment', organisationId: ownerId, step: 'approving', tasks },
  ]);
  await caseWaker(client, database)(id, new Date().toISOString());
}

const statesOf = async ({ instance }: Place) =>
  (await instance.database.delivery.findMany({ orderBy: { createdAt: 'asc' } })).map(({ state }) => state);

describe('a real instance', () => {
  let place: Place;
  let stopSending: () => Promise<void>;

  beforeAll(async () => {
    place = await prepare('mail', null);
    stopSending = await sendMail(place);
  }, 60_000);

  afterAll(async () => {
    await stopSending?.();
    await place?.instance.stop();
    await place?.server.stop();
  });

  test('W8: sends each notification until its server has it, whatever happens on the way', async () => {
    const { instance, district, server } = place;
    const { database } = instance;
    const addresses = [
      'plain',
      'greylisted',
      'unknown',
      'unwanted',
      'unsure',
      'stuck',
      'later',
      'afterwards',
    ].map((name) => `${name}@example.cn`);
    const [plain, greylisted, unknown, unwanted, unsure, stuck, later, afterwards] = addresses as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const ids = await withAddresses(place, addresses);
    const idOf = (address: string) => ids.get(address)!;
    server.makeTrouble('connect', 'drop', 1);
    server.makeTrouble('connect', 421, 1);
    server.makeTrouble('mailFrom', 'drop', 1);
    server.makeTrouble('mailFrom', 451, 1);
    server.makeTrouble('rcptTo', 451, 2, greylisted);
    server.makeTrouble('rcptTo', 'drop', 1, greylisted);
    server.makeTrouble('rcptTo', 550, 99, unknown);
    server.makeTrouble('afterData', 554, 99, unwanted);
    server.makeTrouble('afterData', 'drop', 2, unsure);
    server.makeTrouble('rcptTo', 451, 9999, stuck);

    await remind(place, [plain, greylisted, unknown, unwanted, unsure, stuck].map(idOf));
    const ledger = async () => {
      const deliveries = await database.delivery.findMany({ orderBy: { createdAt: 'asc' } });
      const notifications = await database.notification.findMany();
      const personOf = new Map(notifications.map(({ id, personId }) => [id, personId]));
      return Object.fromEntries(
        addresses.map((address) => [
          address.split('@')[0],
          deliveries
            .filter(({ notificationId }) => personOf.get(notificationId) === idOf(address))
            .map(({ state }) => state),
        ]),
      );
    };
    const first = { plain: ['sent'], greylisted: ['sent'], unsure: ['sent'] };
    const refused = { unknown: ['refused'], unwanted: ['refused'] };
    const before = { ...first, ...refused, stuck: ['waiting'], later: [], afterwards: [] };
    expect(await eventually(ledger, (now) => same(now, before))).toEqual(before);

    // What is stuck holds up nobody who is told something now.
    await remind(place, [idOf(later)]);
    expect(await eventually(ledger, ({ later: states }) => same(states, ['sent']))).toMatchObject({
      later: ['sent'],
      stuck: ['waiting'],
    });

    await stopSending();
    await remind(place, [idOf(plain), idOf(afterwards)]);
    const meanwhile = await eventually(ledger, ({ afterwards: states }) => states!.length === 1);
    await pause(500);
    expect(meanwhile).toMatchObject({ plain: ['sent', 'waiting'], afterwards: ['waiting'] });
    expect(server.received.map(({ to }) => to)).not.toContain(afterwards);
    stopSending = await sendMail(place);
    server.endTrouble();
    const all = {
      ...first,
      ...refused,
      plain: ['sent', 'sent'],
      stuck: ['sent'],
      later: ['sent'],
      afterwards: ['sent'],
    };
    expect(await eventually(ledger, (now) => same(now, all))).toEqual(all);

    // Each arrived, and none under a second Message-ID.
    const idsBy = (address: string) =>
      server.received.filter(({ to }) => to === address).map(({ mail }) => mail.messageId);
    expect(Object.fromEntries(addresses.map((address) => [address, new Set(idsBy(address)).size]))).toEqual({
      [plain]: 2,
      [greylisted]: 1,
      [unknown]: 0,
      [unwanted]: 1,
      [unsure]: 1,
      [stuck]: 1,
      [later]: 1,
      [afterwards]: 1,
    });
    // Twice its 250 was lost.
    expect(idsBy(unsure)).toHaveLength(3);
    expect(idsBy(plain)).toHaveLength(2);
    const sent = await database.delivery.findMany({ where: { state: 'sent' } });
    expect(new Set(sent.map(({ messageId }) => messageId))).toEqual(
      new Set(server.received.filter(({ to }) => to !== unwanted).map(({ mail }) => mail.messageId)),
    );
    expect(
      await database.delivery.findMany({ where: { state: 'refused' }, orderBy: { lastFailure: 'asc' } }),
    ).toMatchObject([
      { lastFailure: '550', sentAt: null },
      { lastFailure: '554', sentAt: null },
    ]);
    // The office has no address.
    expect(await database.notification.count()).toBeGreaterThan(await database.delivery.count());
    const { ownerId } = district;
    const outbox = await eventually(
      () => database.case.findUniqueOrThrow({ where: { id: ownerId } }),
      ({ step }) => step === 'resting',
    );
    expect(outbox).toMatchObject({
      kind: 'outbox',
      step: 'resting',
      waitingFor: 'administrator',
      closedAt: null,
    });
    expect(await brokenInvariants(database, '2026-09-01')).toEqual([]);
    expect(await mailInTrouble(database)).toEqual([
      { code: 'MAIL_REFUSED', found: { ownerId, failure: '550', mails: 1 } },
      { code: 'MAIL_REFUSED', found: { ownerId, failure: '554', mails: 1 } },
    ]);
  }, 60_000);

  test('a mail says it in both languages, and who sends it', async () => {
    const { instance, server } = place;
    const { to, mail } = server.received.find((each) => each.to === 'plain@example.cn')!;
    const notification = await instance.database.notification.findFirstOrThrow({
      where: { personId: await personOf(to) },
      orderBy: { createdAt: 'asc' },
    });
    const { messageId, id } = await instance.database.delivery.findFirstOrThrow({
      where: { notificationId: notification.id },
    });
    expect(messageId).toBe(`<${id}@example.cn>`);
    expect(mail).toMatchObject({
      messageId,
      subject: '【青蓝】授予称号：有新消息 / Qinglan, appointment: a message for you',
      from: { value: [{ address: 'qinglan@example.cn', name: '青蓝 Qinglan' }] },
      to: { value: [{ address: to, name: '' }] },
      // A header has no milliseconds.
      date: new Date(Math.floor(notification.createdAt.getTime() / 1000) * 1000),
      html: false,
    });
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.text).toMatch(/^欧阳晴岚0，您好：\n\n有一项工作已超过期限（2026-01-06 00:00），请尽快办理。/);
    expect(mail.text).toContain('Dear 欧阳晴岚0,\n\nA task is overdue since 2026-01-06 00:00.');
    expect(mail.text!.split('https://qinglan.example.cn/api/v1/inbox')).toHaveLength(3);
  });

  test('neither Temporal nor the ledger knows whom it wrote to', async () => {
    const { instance, district } = place;
    const { ownerId } = district;
    const handle = instance.client.workflow.getHandle(workflowIdOf('outbox', ownerId));
    const history = wordsOf(await handle.fetchHistory());
    expect(history).toContain('MAIL_SERVER_AWAY');
    expect(history).not.toMatch(/@example|欧阳|晴岚|is not here|overdue/);
    const rows = JSON.stringify(await instance.database.delivery.findMany());
    expect(rows).not.toMatch(/(?:plain|stuck|unknown)@|欧阳|is not here/);
    const persons = JSON.stringify(await instance.database.person.findMany());
    expect(persons).not.toContain('@example');
  });

  test('people set and clear their own address, and what the old one refused is no finding any more', async () => {
    const { instance, district } = place;
    const { database } = instance;
    const teacher = await signInAs(instance, district, await personOf('unknown@example.cn'));
    const path = '/profile/mail-address';
    expect(await teacher.get(path)).toEqual({ address: 'unknown@example.cn' });
    for (const address of ['nobody', 'a@example.cn\r\nBcc: b@example.cn'])
      await expect(teacher.put(path, { address })).rejects.toMatchObject({
        problem: { status: 422, type: '/problems/mail-address-malformed', rule: 'D13' },
      });
    await teacher.put(path, { address: 'known@example.cn' });
    expect(await teacher.get(path)).toEqual({ address: 'known@example.cn' });
    expect((await mailInTrouble(database)).map(({ found }) => found['failure'])).toEqual(['554']);
    await teacher.put(path, { address: null });
    expect(await teacher.get(path)).toEqual({ address: null });
    const [row] = await database.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM delivery WHERE state = 'kept'`;
    expect(row).toEqual({ count: 1 });
  });

  async function personOf(address: string): Promise<string> {
    const persons = await place.instance.database.person.findMany();
    return persons.find((person) => mailAddressOf(person, secret()) === address)!.id;
  }
});

describe('a rehearsal', () => {
  let place: Place;
  let stopSending: () => Promise<void>;

  beforeAll(async () => {
    place = await prepare('mailrehearsal', '2026-09-01T09:00:00+08:00');
    stopSending = await sendMail(place);
  }, 60_000);

  afterAll(async () => {
    await stopSending?.();
    await place?.instance.stop();
    await place?.server.stop();
  });

  test('W8: sends nothing, and shows what it would have sent', async () => {
    const { instance, district, server } = place;
    const ids = await withAddresses(place, ['wang@example.cn', 'li@example.cn', 'zhao@example.cn']);
    await remind(place, [...ids.values()]);
    expect(
      await eventually(
        () => statesOf(place),
        (states) => states.length === 3,
      ),
    ).toEqual(['kept', 'kept', 'kept']);
    const office = await signInAs(instance, district, district.officeId);
    const wang = await instance.database.person.findUniqueOrThrow({
      where: { id: ids.get('wang@example.cn')! },
    });
    interface Page {
      readonly items: readonly { readonly id: string; readonly to: { readonly mailAddress: string } }[];
      readonly next: string | null;
    }
    const page = await office.get<Page>('/outbox?limit=2');
    const rest = await office.get<Page>(`/outbox?limit=2&cursor=${page.next}`);
    expect([page.items.length, rest.items.length, rest.next]).toEqual([2, 1, null]);
    const items = [...page.items, ...rest.items];
    expect(new Set(items.map(({ id }) => id)).size).toBe(3);
    expect(items.find(({ to }) => to.mailAddress === 'w***@example.cn')).toMatchObject({
      to: { personId: wang.id, staffNumber: wang.staffNumber, name: wang.name },
      code: 'TASK_OVERDUE',
      subject: { zh: '【青蓝】授予称号：有新消息', en: 'Qinglan, appointment: a message for you' },
      text: {
        zh: expect.stringContaining('有一项工作已超过期限（2026-01-06 00:00），请尽快办理') as string,
        en: expect.stringContaining('A task is overdue since 2026-01-06 00:00') as string,
      },
      state: 'kept',
      attempts: 0,
      messageId: null,
      sentAt: null,
    });
    expect(await office.get('/outbox?state=sent')).toEqual({ items: [], next: null });
    const client = new ApiClient({ url: instance.url, language: 'en' });
    const administrator = await client.signIn(
      instance.administrator.username,
      instance.administrator.password,
    );
    expect(await administrator.get<Page>('/outbox')).toMatchObject({ items: [{}, {}, {}], next: null });
    const teacher = await signInAs(instance, district, wang.id);
    await expect(teacher.get('/outbox')).rejects.toMatchObject({ problem: { status: 403 } });
    expect(server.connections).toBe(0);
  }, 30_000);

  test('made from a copy of a real instance, keeps what waited there', async () => {
    const { instance, district, server } = place;
    const { database, client } = instance;
    const { ownerId } = district;
    const at = new Date('2026-08-31T00:00:00Z');
    await database.delivery.updateMany({ data: { state: 'waiting', nextAttemptAt: at } });
    await prepareCases(district, [
      {
        id: ownerId,
        kind: 'outbox',
        organisationId: ownerId,
        step: 'resting',
        waitingFor: 'administrator',
        dueAt: at,
        wakeAt: at,
      },
    ]);
    await caseWaker(client, database)(ownerId, at.toISOString());
    const states = await eventually(
      () => statesOf(place),
      (now) => !now.includes('waiting'),
    );
    expect(states).toEqual(['kept', 'kept', 'kept']);
    const row = await eventually(
      () => database.case.findUniqueOrThrow({ where: { id: ownerId } }),
      ({ step }) => step === 'resting',
    );
    expect(row.step).toBe('resting');
    expect(server.connections).toBe(0);
  }, 30_000);
});

function same(one: unknown, other: unknown): boolean {
  const sorted = (value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
      : value;
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** Every word of a history, also those in payloads. */
function wordsOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.values(value).map(wordsOf).join('\n');
}

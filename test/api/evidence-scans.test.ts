import { createHash, randomUUID } from 'node:crypto';
import type { Role } from '../../domain/cases.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import {
  prepareCandidates,
  prepareDistrict,
  prepareRound,
  prepareTeachers,
  type PreparedDistrict,
} from '../support/prepared.js';
import { signInAs, type TestSession } from '../support/sessions.js';

let instance: TestInstance;
let district: PreparedDistrict;
let office: TestSession;
let clerk: TestSession;
let clerkId: string;
let otherClerk: TestSession;
let teachers: string[];

beforeAll(async () => {
  instance = await startInstance('scans', '2026-10-12T09:00:00+08:00');
  district = await prepareDistrict(instance, 2);
  // Those with even numbers are of the first school, the others of the second.
  teachers = await prepareTeachers(district, 8);
  const [first, second] = district.schoolIds as [string, string];
  clerkId = teachers[0]!;
  office = await signInAs(instance, district, district.officeId);
  clerk = await signedInAs(clerkId, 'school_clerk', first);
  otherClerk = await signedInAs(teachers[1]!, 'school_clerk', second);
}, 120_000);

afterAll(() => instance?.stop());

async function signedInAs(personId: string, role: Role, organisationId: string, subject?: string) {
  const { database, ownerId } = district;
  await database.membership.create({
    data: { ownerId, personId, organisationId, role, from: '2020-01-01', ...(subject && { subject }) },
  });
  return signInAs(instance, district, personId);
}

interface Scan {
  readonly hash: string;
  readonly type: string;
  readonly bytes: number;
}
interface Piece {
  readonly id: string;
  readonly hasScan: boolean;
}

async function bring(by: TestSession, personId: string, content: Buffer) {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(content)]), '扫描件.exe');
  const response = await by.fetch(`/persons/${personId}/evidence-scans`, { method: 'POST', body: form });
  return { status: response.status, body: (await response.json()) as Scan & { type: string } };
}

const enter = (by: TestSession, personId: string, fileHash: string) =>
  by.post<Piece>('/evidence', {
    personId,
    kind: 'classroom_contest',
    level: 'district',
    title: '优质课',
    date: '2026-05-01',
    fileHash,
  });

const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** A picture that says where it was taken. */
function jpeg(place: string): Buffer {
  const told = Buffer.from(`Exif\0\0GPS ${place}`);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, told.length + 2]),
    told,
    Buffer.from([0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9]),
  ]);
}
const pdf = Buffer.from('%PDF-1.7\n1 0 obj << /Producer (scanner) >>\n%%EOF\n');

test('E17: a scan is kept once, by its content, without what tells of its making', async () => {
  const [one, two] = [teachers[2]!, teachers[4]!];
  const first = await bring(clerk, one, jpeg('30.6, 104.1'));
  expect(first).toMatchObject({ status: 201, body: { type: 'image/jpeg' } });
  // The same picture from another place is the same scan, for another person too.
  expect((await bring(clerk, one, jpeg('31.2, 121.5'))).body).toEqual(first.body);
  expect((await bring(office, two, jpeg('30.6, 104.1'))).body).toEqual(first.body);
  const { hash } = first.body;
  expect(await district.database.scan.count({ where: { hash } })).toBe(1);
  expect(await district.database.personScan.count({ where: { hash } })).toBe(2);

  const piece = await enter(clerk, one, hash);
  expect(piece.hasScan).toBe(true);
  const read = await clerk.fetch(`/evidence/${piece.id}/scan`);
  const content = Buffer.from(await read.arrayBuffer());
  expect(read.headers.get('content-type')).toBe('image/jpeg');
  expect(read.headers.get('content-disposition')).toContain('attachment');
  expect(sha256(content)).toBe(hash);
  expect(content.includes('GPS')).toBe(false);
  // What a scanner writes into a PDF stays: it hides nobody.
  const document = await bring(clerk, one, pdf);
  expect(document.body).toEqual({ hash: sha256(pdf), type: 'application/pdf', bytes: pdf.length });
  await expect(
    district.database.scan.updateMany({ where: { hash }, data: { type: 'text/html' } }),
  ).rejects.toThrow(/constraint/);
});

test('E17: only whole pictures and PDFs, up to 5 MB, by the clerk of the school or the office', async () => {
  const person = teachers[2]!;
  const tooLarge = Buffer.concat([jpeg('x'), Buffer.alloc(5 * 1024 * 1024)]);
  const whole = Buffer.concat([
    pdf.subarray(0, 9),
    Buffer.alloc(5 * 1024 * 1024 - pdf.length, 32),
    pdf.subarray(9),
  ]);
  for (const [content, status] of [
    [Buffer.from('<html><script>1</script></html>'), 422],
    [Buffer.from('MZ'), 422],
    [jpeg('x').subarray(0, -1), 422],
    [pdf.subarray(0, -7), 422],
    [tooLarge, 413],
    [whole, 201],
  ] as const)
    expect((await bring(clerk, person, content)).status).toBe(status);
  const before = await district.database.scan.count();
  expect((await bring(otherClerk, person, jpeg('x'))).status).toBe(403);
  const self = await signInAs(instance, district, person);
  expect((await bring(self, person, jpeg('x'))).status).toBe(403);
  expect((await bring(office, randomUUID(), jpeg('x'))).status).toBe(403);
  expect(await district.database.scan.count()).toBe(before);
});

test('E17, S9: read by whoever sees the person’s evidence or application, by nobody else, and never without a trace', async () => {
  const { database, ownerId } = district;
  const [person, foreign] = [teachers[6]!, teachers[3]!];
  const { hash } = (await bring(clerk, person, jpeg('y'))).body;
  const secret = (await bring(clerk, person, pdf)).body.hash;
  const piece = await enter(clerk, person, hash);
  const path = `/evidence/${piece.id}/scan`;
  const self = await signInAs(instance, district, person);
  const auditor = await signedInAs(teachers[5]!, 'auditor', ownerId);
  const statusFor = async (by: TestSession, of = path) => (await by.fetch(of)).status;
  for (const reader of [clerk, office, self, auditor]) expect(await statusFor(reader)).toBe(200);
  for (const reader of [otherClerk, await signInAs(instance, district, foreign)])
    expect(await statusFor(reader)).toBe(404);
  // A researcher sees it once the person stands as a candidate of the subject.
  const researcher = await signedInAs(teachers[7]!, 'researcher', ownerId, 'mathematics');
  expect(await statusFor(researcher)).toBe(404);
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  await prepareCandidates(district, roundId, [person], { stage: 'expert_opinion', standing: 'running' });
  expect(await statusFor(researcher)).toBe(200);
  expect(await statusFor(otherClerk)).toBe(404);

  // Who knows the hash of another person's scan does not come to it by evidence that names it.
  const borrowed = await enter(otherClerk, foreign, secret);
  expect(borrowed.hasScan).toBe(false);
  expect(await statusFor(otherClerk, `/evidence/${borrowed.id}/scan`)).toBe(404);
  expect((await fetch(`${instance.url}/api/v1${path}`)).status).toBe(401);

  const trace = await database.auditValue.findMany({ where: { value: { contains: piece.id } } });
  const readers = trace
    .map(({ value }) => JSON.parse(value) as { scanReadBy?: string })
    .flatMap(({ scanReadBy }) => scanReadBy ?? []);
  expect(readers.sort()).toEqual([clerkId, district.officeId, person, teachers[5]!, teachers[7]!].sort());
});

import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import PizZip from 'pizzip';
import { makeVoteKey, signPaper } from '../../ballot/issuer.js';
import { finishPaper, preparePaper, sealChoice } from '../../ballot/member.js';
import { makeOfficerKey, type OfficerKey } from '../../ballot/officers.js';
import { canonicalJson } from '../../domain/canonical-json.js';
import { allocateNominationQuotas } from '../../domain/quota.js';
import { count } from '../../domain/vote.js';
import type { VoteRecord } from '../../domain/vote-record.js';
import type { Prisma } from '../../prisma/generated/client.js';
import { appendAudit } from '../../records/decide.js';
import { verifyPack, type SealedPart } from '../../records/pack-file.js';
import { scopedTo } from '../../records/scope.js';
import { projectRoot } from '../../stack/project-root.js';
import {
  prepareCandidates,
  prepareDistrict,
  prepareRound,
  prepareTeachers,
  type PreparedDistrict,
} from '../support/prepared.js';
import { signInAs, type TestSession } from '../support/sessions.js';
import { startApi, type TestApi } from '../support/without-temporal.js';

// The pack of a round (S14), on rows that are written directly: two seats, three candidates, eleven members of whom ten
// have cast a ballot.

const at = new Date('2026-10-10T01:00:00Z');
const unit = 'accomplished/science';
let api: TestApi;
let district: PreparedDistrict;
let office: TestSession;
let leader: TestSession;
let supervisor: TestSession;
let clerk: TestSession;
let teacher: TestSession;
let chairKey: OfficerKey;
let supervisorKey: OfficerKey;
let roundId: string;
let candidates: string[];
const voteId = randomUUID();
let pack: Buffer;
let root: string;

beforeAll(async () => {
  api = await startApi('packs', at.toISOString());
  district = await prepareDistrict(api, 2);
  const people = await prepareTeachers(district, 8);
  const [first, second, , leaderId, supervisorId, clerkId] = people as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const { database, ownerId, schoolIds } = district;
  const member = (personId: string, role: string, organisationId: string) =>
    database.membership.create({ data: { ownerId, personId, organisationId, role, from: '2020-01-01' } });
  await member(leaderId, 'leading_group', ownerId);
  await member(supervisorId, 'supervisor', ownerId);
  await member(clerkId, 'school_clerk', schoolIds[0]!);
  office = await signInAs(api, district, district.officeId);
  leader = await signInAs(api, district, leaderId);
  supervisor = await signInAs(api, district, supervisorId);
  clerk = await signInAs(api, district, clerkId);
  teacher = await signInAs(api, district, second);
  chairKey = await makeOfficerKey();
  supervisorKey = await makeOfficerKey();
  roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  candidates = await prepareCandidates(district, roundId, people.slice(0, 3), {
    stage: 'formal_candidate',
    standing: 'waiting',
  });
  await database.round.update({ where: { id: roundId }, data: { places: { accomplished: 2 } } });
  await writeQuotas();
  await writeVote([first, second, ...people.slice(2)]);
  await writeNotice();
  await writeSheets(people.slice(6));
  await appendAudit(scopedTo(database, ownerId), ownerId, at, {
    case: voteId,
    decision: 'confirm',
    body: {},
  });
}, 120_000);

afterAll(() => api?.stop());

/** Three nominations for two seats, shared by the schools' teachers, and the seats of the one group. */
async function writeQuotas(): Promise<void> {
  const { database, ownerId, schoolIds, policy } = district;
  const { guarantee, ruralSharePercent } = policy.quotas!.nominations!;
  const schools = schoolIds.map((id, index) => ({
    id,
    code: `S${index}`,
    fullTimeTeachers: 40,
    rural: true,
  }));
  const proposal = allocateNominationQuotas({ total: 3, schools, guarantee, ruralSharePercent });
  await database.nominationQuota.createMany({
    data: proposal.rows.map(({ id, quota, fullTimeTeachers, rural }) => ({
      ownerId,
      roundId,
      schoolId: id,
      rank: 'accomplished',
      proposed: quota,
      places: quota,
      fullTimeTeachers,
      rural,
    })),
  });
  await database.seatQuota.create({
    data: {
      ownerId,
      roundId,
      unit,
      rank: 'accomplished',
      proposed: 2,
      seats: 2,
      candidates: 3,
      approvalId: randomUUID(),
    },
  });
}

/** Eight vote for the first two, one for the first and the third, one leaves it blank, one does not return the paper. */
async function writeVote(members: readonly string[]): Promise<void> {
  const { database, ownerId, policy } = district;
  const key = await makeVoteKey();
  const officers = { chair: await makeOfficerKey(), supervisor: await makeOfficerKey() };
  const [a, b, c] = candidates as [string, string, string];
  const choices = [...Array.from({ length: 8 }, () => [a, b]), [a, c], []];
  const recipients = { chair: officers.chair.recipient, supervisor: officers.supervisor.recipient };
  const voting = { round: 'first' as const, members: 11, voters: 11, issued: 11, candidates, seats: 2 };
  const tieBreakValues = Object.fromEntries(
    candidates.map((id) => [id, { school_score: 0, rural_post: 1, teaching_years: 13 }]),
  );
  const tally = count({ ...voting, ballots: choices, rules: policy.vote!, tieBreakValues });
  const person = { name: '欧阳晴岚', school: '第0小学' };
  const record: VoteRecord = {
    vote: voteId,
    organisation: '青蓝区',
    body: '评审委员会',
    round: '2026年评选',
    rank: { zh: '区教坛能手', en: 'District accomplished teacher' },
    unit,
    ballotRound: 'first',
    mode: 'electronic',
    date: '2026-10-10',
    place: null,
    committee: 11,
    present: members.map(() => person),
    absent: [],
    substitutes: [],
    recused: [],
    voters: 11,
    seats: 2,
    equalNumberDecision: null,
    codes: null,
    candidates: candidates.map((applicationId) => ({ applicationId, ...person })),
    tally,
    notReturned: 1,
    chair: person.name,
    supervisor: person.name,
    tellers: [],
  };
  const recordDigest = sha256(canonicalJson(record));
  await database.vote.create({
    data: {
      id: voteId,
      ownerId,
      roundId,
      ballotRound: 'first',
      firstVoteId: voteId,
      candidates,
      seats: 2,
      members: 11,
      voters: 11,
      issued: 11,
      publicKey: key.publicKey,
      chairRecipient: recipients.chair,
      supervisorRecipient: recipients.supervisor,
      chairIdentity: officers.chair.identity,
      supervisorIdentity: officers.supervisor.identity,
      tally: tally as unknown as Prisma.InputJsonObject,
      tieBreakValues,
      record: record as unknown as Prisma.InputJsonObject,
      recordDigest,
      confirmedByChair: true,
      confirmedBySupervisor: true,
    },
  });
  await database.voteMember.createMany({
    data: members.map((personId) => ({ ownerId, voteId, personId, signedIn: true })),
  });
  await database.voteSignature.createMany({
    data: (['committee_chair', 'supervisor'] as const).map((role, index) => ({
      ownerId,
      voteId,
      personId: members[index]!,
      role,
      digest: recordDigest,
      signedAt: at,
    })),
  });
  for (const choice of choices) {
    const { blinded, secret } = await preparePaper(key.publicKey);
    const paper = await finishPaper(secret, signPaper(key.privateKey, blinded));
    const sealed = await sealChoice(choice, recipients, { seats: 2, candidateIds: candidates });
    await database.ballot.create({ data: { ownerId, voteId, ...paper, sealed } });
  }
  await database.case.create({
    data: {
      id: voteId,
      ownerId,
      roundId,
      kind: 'differentialVote',
      organisationId: ownerId,
      rank: 'accomplished',
      unit,
      stage: 'differential_vote',
      step: 'confirming',
      outcome: 'decided',
      since: at,
      createdAt: at,
      closedAt: at,
    },
  });
  await database.stageEntry.createMany({
    data: candidates.map((applicationId, index) => ({
      ownerId,
      caseId: voteId,
      stage: 'differential_vote',
      applicationId,
      outcome: index < 2 ? 'on' : 'out',
      ...(index === 2 && { reason: { code: 'NOT_ELECTED', rule: 'V14' } }),
      startedAt: at,
      endedAt: at,
    })),
  });
}

/** The first candidate was published; the others were in no notice. */
async function writeNotice(): Promise<void> {
  const { database, ownerId } = district;
  const snapshot = {
    round: roundId,
    level: 'district',
    entries: [{ applicationId: candidates[0]!, name: '欧阳晴岚0' }],
  };
  await database.notice.create({
    data: {
      id: randomUUID(),
      ownerId,
      roundId,
      level: 'district',
      organisationId: ownerId,
      publishedAt: at,
      firstDay: '2026-10-10',
      lastDay: '2026-10-16',
      closesAt: at,
      snapshot,
      snapshotHash: createHash('sha256').update(canonicalJson(snapshot)).digest('hex'),
    },
  });
}

async function writeSheets(judges: readonly string[]): Promise<void> {
  const { database, ownerId } = district;
  await database.scoreSheet.createMany({
    data: judges.map((judgeId, index) => ({
      ownerId,
      caseId: voteId,
      applicationId: candidates[0]!,
      judgeId,
      items: { ethics: 900 + index, teaching: 800 },
    })),
  });
}

const filesOf = (content: Buffer) =>
  Object.fromEntries(
    Object.entries(new PizZip(content).files).map(([name, file]) => [name, file.asNodeBuffer()]),
  );
const jsonOf = <Part>(name: string) => JSON.parse(filesOf(pack)[name]!.toString()) as Part;

/** A pack with other files, its container as the service writes it; with `relisted`, its manifest too. */
function packWith(changed: Record<string, Buffer>, relisted = false): { content: Buffer; root: string } {
  const files: Record<string, Buffer> = { ...filesOf(pack), ...changed };
  if (relisted) {
    delete files['manifest.json'];
    const listed = Object.entries(files)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([path, content]) => ({ path, bytes: content.length, sha256: sha256(content) }));
    files['manifest.json'] = Buffer.from(canonicalJson({ format: 'qinglan-decision-pack-1', files: listed }));
  }
  const archive = new PizZip();
  for (const path of Object.keys(files).sort())
    archive.file(path, files[path]!, { binary: true, createFolders: false, date: new Date(2000, 0, 1) });
  return {
    content: archive.generate({ type: 'nodebuffer', compression: 'STORE', platform: 'DOS' }),
    root: sha256(files['manifest.json']!),
  };
}

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');
const keys = () => ({ chair: chairKey.identity, supervisor: supervisorKey.identity });

test('S14: no pack before the round has ended, nor before two people have brought a key', async () => {
  const path = `/rounds/${roundId}/packs`;
  await expect(office.post(path, {})).rejects.toMatchObject({
    problem: { status: 409, rule: 'S14', values: { step: 'selection' } },
  });
  await district.database.case.update({
    where: { id: roundId },
    data: { closedAt: at, outcome: 'completed', waitingFor: null, dueAt: null, wakeAt: null },
  });
  await expect(office.post(path, {})).rejects.toMatchObject({
    problem: { status: 409, values: { roles: ['committee_chair', 'leading_group', 'supervisor'] } },
  });
  await expect(leader.post('/pack-keys', { recipient: 'age1nothing' })).rejects.toMatchObject({
    problem: { status: 422, rule: 'S14' },
  });
  await leader.post('/pack-keys', { recipient: chairKey.recipient });
  await expect(office.post(path, {})).rejects.toMatchObject({
    problem: { status: 409, values: { roles: ['supervisor'] } },
  });
  await supervisor.post('/pack-keys', { recipient: chairKey.recipient });
  await expect(office.post(path, {})).rejects.toMatchObject({ problem: { status: 409, rule: 'S14' } });
  await supervisor.post('/pack-keys', { recipient: supervisorKey.recipient });
  expect(await district.database.decisionPack.count()).toBe(0);
});

test('S14: the office makes it, its root is in the answer and in the audit chain; the same request makes one', async () => {
  const key = randomUUID();
  const made = await office.post<{ root: string; auditSequence: number }>(
    `/rounds/${roundId}/packs`,
    {},
    key,
  );
  expect(await office.post(`/rounds/${roundId}/packs`, {}, key)).toEqual(made);
  const { items } = await leader.get<{ items: object[] }>(`/rounds/${roundId}/packs`);
  expect(items).toEqual([expect.objectContaining({ root: made.root, auditSequence: made.auditSequence })]);
  const entry = await district.database.auditValue.findFirstOrThrow({
    where: { sequence: made.auditSequence },
  });
  expect(JSON.parse(entry.value)).toMatchObject({ decisionPack: made.root, round: roundId });
  const response = await leader.fetch(`/rounds/${roundId}/pack`);
  expect([response.status, response.headers.get('pack-root')]).toEqual([200, made.root]);
  pack = Buffer.from(await response.arrayBuffer());
  root = made.root;
  expect(Object.keys(filesOf(pack)).sort()).toEqual(
    ['audit', 'manifest', 'notices', 'objections', 'quotas', 'round', 'scheme', 'scores', 'stages', 'votes']
      .map((name) => `${name}.json`)
      .concat('sealed.age')
      .sort(),
  );
});

test('S9: a teacher and a school’s clerk get no pack, and the office cannot bring a key', async () => {
  for (const session of [teacher, clerk, supervisor]) {
    expect((await session.fetch(`/rounds/${roundId}/pack`)).status).toBe(403);
    await expect(session.post(`/rounds/${roundId}/packs`, {})).rejects.toMatchObject({
      problem: { status: 403 },
    });
  }
  await expect(office.post('/pack-keys', { recipient: chairKey.recipient })).rejects.toMatchObject({
    problem: { status: 403 },
  });
});

test('the open part names who was published, and holds no single judge, no ballot and no reason’s values', () => {
  const [stage] =
    jsonOf<{ candidates: { applicationId: string; candidate?: { name: string } }[] }[]>('stages.json');
  const named = stage!.candidates.filter(({ candidate }) => candidate);
  expect(named.map(({ applicationId }) => applicationId)).toEqual([candidates[0]]);
  expect(jsonOf('scores.json')).toEqual([
    { applicationId: candidates[0], caseId: voteId, judges: 2, items: { ethics: 1801, teaching: 1600 } },
  ]);
  const open = Object.entries(filesOf(pack))
    .filter(([name]) => name !== 'sealed.age')
    .map(([, content]) => content.toString())
    .join();
  expect(open).not.toMatch(/serial|AGE-SECRET-KEY|judgeId|1988-03-01/);
});

test('S14: the pack verifies from the root alone, and with both keys the ballots are counted', async () => {
  expect(await verifyPack(pack, root)).toEqual({
    faults: [],
    files: 11,
    votes: 1,
    recounted: 1,
    auditHead: expect.stringMatching(/^[\da-f]{64}$/) as string,
    opened: false,
  });
  expect(await verifyPack(pack, root, keys())).toMatchObject({ faults: [], opened: true });
  const swapped = { chair: supervisorKey.identity, supervisor: chairKey.identity };
  const one = { chair: chairKey.identity, supervisor: chairKey.identity };
  for (const wrong of [swapped, one])
    expect((await verifyPack(pack, root, wrong)).faults).toEqual([
      { file: 'sealed.age', fault: 'does not open with these two keys' },
    ]);
});

test('S14, V19: the two people find the signed record of each vote in it, as data and to be printed', async () => {
  const sealed = await opened(await opened(filesOf(pack)['sealed.age']!, keys().chair), keys().supervisor);
  const { votes } = JSON.parse(sealed.toString()) as SealedPart;
  expect(votes.map(({ id, record }) => [id, record?.round])).toEqual([[voteId, '2026年评选']]);
  const printed = Buffer.from(votes[0]!.recordPdf!, 'base64');
  expect(printed.subarray(0, 5).toString()).toBe('%PDF-');
});

async function opened(content: Uint8Array, identity: string): Promise<Buffer> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return Buffer.from(await decrypter.decrypt(content));
}

test('S14: any changed byte of any file, and of the archive around them, is found', async () => {
  const draws: string[] = [];
  for (const [name, content] of Object.entries(filesOf(pack))) {
    for (let time = 0; time < 40; time += 1) {
      const position = Math.floor(Math.random() * content.length);
      const other = Buffer.from(content);
      other[position]! ^= 1 + Math.floor(Math.random() * 255);
      const { faults } = await verifyPack(packWith({ [name]: other }).content, root);
      if (faults.length === 0) draws.push(`${name} at ${position}`);
    }
  }
  for (let time = 0; time < 400; time += 1) {
    const position = Math.floor(Math.random() * pack.length);
    const other = Buffer.from(pack);
    other[position]! ^= 1 + Math.floor(Math.random() * 255);
    if ((await verifyPack(other, root)).faults.length === 0) draws.push(`archive at ${position}`);
  }
  // The ends of the archive hold its directory, which the files don't cover.
  for (let position = pack.length - 900; position < pack.length; position += 1) {
    const other = Buffer.from(pack);
    other[position]! ^= 0x20;
    if ((await verifyPack(other, root)).faults.length === 0) draws.push(`directory at ${position}`);
  }
  expect(draws).toEqual([]);
  for (const other of [Buffer.concat([pack, Buffer.from([0])]), pack.subarray(0, -1), Buffer.alloc(0)])
    expect((await verifyPack(other, root)).faults).not.toEqual([]);
});

test.each([
  ['a file left out', () => packWithout('notices.json')],
  [
    'another root',
    () => ({ content: pack, root: root.replace(/^./, (first) => (first === '0' ? '1' : '0')) }),
  ],
])('S14: %s is found', async (_what, changed) => {
  const { content, root: taken } = changed();
  expect((await verifyPack(content, taken)).faults).not.toEqual([]);
});

function packWithout(name: string) {
  const archive = new PizZip(pack);
  archive.remove(name);
  return { content: archive.generate({ type: 'nodebuffer', compression: 'STORE', platform: 'DOS' }), root };
}

type Json = Record<string, never>;
const tampered: readonly [string, string, (part: never) => void][] = [
  [
    'votes.json',
    'votes that would elect another',
    ([vote]: [{ tally: { votes: Record<string, number> } }]) => {
      vote.tally.votes[candidates[1]!] = 5;
    },
  ],
  [
    'votes.json',
    'another elected',
    ([vote]: [{ tally: { elected: string[] } }]) => {
      vote.tally.elected = [candidates[0]!, candidates[2]!];
    },
  ],
  [
    'votes.json',
    'more votes than papers',
    ([vote]: [{ tally: { votes: Record<string, number> } }]) => {
      vote.tally.votes[candidates[0]!] = 11;
    },
  ],
  [
    'votes.json',
    'fewer seats',
    ([vote]: [{ seats: number }]) => {
      vote.seats = 1;
    },
  ],
  [
    'votes.json',
    'a signature of another record',
    ([vote]: [{ signatures: { digest: string }[] }]) => {
      vote.signatures[0]!.digest = '0'.repeat(64);
    },
  ],
  [
    'votes.json',
    'no signature of the chair',
    ([vote]: [{ signatures: { role: string }[] }]) => {
      vote.signatures = vote.signatures.filter(({ role }) => role !== 'committee_chair');
    },
  ],
  [
    'stages.json',
    'another outcome',
    ([stage]: [{ candidates: { outcome: string }[] }]) => {
      stage.candidates.find(({ outcome }) => outcome === 'out')!.outcome = 'on';
    },
  ],
  [
    'quotas.json',
    'another approved place',
    ({ nominations }: { nominations: { places: number }[] }) => {
      nominations[0]!.places += 1;
    },
  ],
  [
    'quotas.json',
    'another base',
    ({ nominations }: { nominations: { fullTimeTeachers: number; proposed: number }[] }) => {
      const least = Math.min(...nominations.map(({ proposed }) => proposed));
      nominations.find(({ proposed }) => proposed === least)!.fullTimeTeachers = 400;
    },
  ],
  [
    'quotas.json',
    'another seat',
    ({ seats }: { seats: { proposed: number; seats: number }[] }) => {
      seats[0]!.seats = 3;
    },
  ],
  [
    'notices.json',
    'another name',
    ([notice]: [{ snapshot: { entries: { name: string }[] } }]) => {
      notice.snapshot.entries[0]!.name = '欧阳晴岚9';
    },
  ],
  [
    'audit.json',
    'another digest',
    ({ entries }: { entries: { digest: string }[] }) => {
      entries[0]!.digest = '0'.repeat(64);
    },
  ],
  [
    'scheme.json',
    'another rule',
    ({ policy }: { policy: { vote: { pass: string } } }) => {
      policy.vote.pass = policy.vote.pass === 'over_half' ? 'two_thirds' : 'over_half';
    },
  ],
];

test.each(tampered)(
  'S14: who rewrites %s with its manifest and root is found by what is in it: %s',
  async (file, _what, change) => {
    const part = jsonOf<Json>(file);
    change(part as never);
    const { content, root: taken } = packWith({ [file]: Buffer.from(canonicalJson(part)) }, true);
    const { faults } = await verifyPack(content, taken);
    expect(faults.map((fault) => fault.file)).toContain(file === 'stages.json' ? 'votes.json' : file);
  },
);

test('S14: a tally that fits itself but not the ballots is found with the two keys', async () => {
  const votes = jsonOf<{ tally: { votes: Record<string, number> } }[]>('votes.json');
  votes[0]!.tally.votes[candidates[1]!] = 7;
  const { content, root: taken } = packWith({ 'votes.json': Buffer.from(canonicalJson(votes)) }, true);
  expect((await verifyPack(content, taken)).faults).toEqual([]);
  expect((await verifyPack(content, taken, keys())).faults).toEqual([
    { file: 'sealed.age', fault: `vote ${voteId}: the count gives another tally` },
    { file: 'sealed.age', fault: `vote ${voteId}: its record is another one` },
  ]);
});

test('npm run verify takes the root from outside and tells by its exit code', () => {
  const directory = mkdtempSync(join(tmpdir(), 'qinglan-pack-'));
  const file = join(directory, 'pack.zip');
  const verify = (...args: string[]) =>
    spawnSync(process.execPath, [join(projectRoot, 'dist/scripts/verify.js'), ...args], { encoding: 'utf8' });
  try {
    writeFileSync(file, pack);
    for (const [name, key] of Object.entries(keys())) writeFileSync(join(directory, name), `${key}\n`);
    expect(verify(file)).toMatchObject({ status: 2 });
    expect(verify(file, '--root', root)).toMatchObject({ status: 0, stderr: '' });
    const opened = verify(
      file,
      '--root',
      root,
      '--chair-key',
      join(directory, 'chair'),
      '--supervisor-key',
      join(directory, 'supervisor'),
    );
    expect(opened.stdout).toContain('every ballot was counted');
    expect(verify(file, '--root', '0'.repeat(64))).toMatchObject({ status: 1 });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

import { recordFile } from '../../api/vote-record-file.js';
import { capacityOf } from '../../ballot/candidates.js';
import { sealChoice } from '../../ballot/member.js';
import { makeOfficerKey, type OfficerKey } from '../../ballot/officers.js';
import type { VoteRecord } from '../../domain/vote-record.js';
import { brokenInvariants } from '../../records/invariants.js';
import { verifyPack } from '../../records/pack-file.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { pdfText } from '../support/pdf-text.js';
import {
  eventually,
  prepareDistrict,
  prepareScheme,
  prepareTeachers,
  type PreparedDistrict,
} from '../support/prepared.js';
import {
  prepareCommittee,
  prepareVote,
  type PreparedCommittee,
  type PreparedVote,
} from '../support/prepared-vote.js';
import { refusal } from '../support/refusals.js';
import { signInAs, type TestSession } from '../support/sessions.js';

const now = '2026-10-12T09:00:00+08:00';
const place = '区教育局三楼会议室';

let instance: TestInstance;
let district: PreparedDistrict;
let onPaper: PreparedDistrict;
let byCodes: PreparedDistrict;
let candidatesOnPaper: PreparedDistrict;
let candidatesByCodes: PreparedDistrict;
let office: TestSession;
let committee: PreparedCommittee;
let chair: TestSession;
let supervisor: TestSession;
let tellerIds: string[];
let tellers: TestSession[];
const sessions = new Map<string, Promise<TestSession>>();

function as(personId: string): Promise<TestSession> {
  const known = sessions.get(personId) ?? signInAs(instance, district, personId);
  sessions.set(personId, known);
  return known;
}

async function nameAs(personId: string, role: string): Promise<void> {
  const { database, ownerId } = district;
  await database.membership.create({
    data: { ownerId, personId, organisationId: ownerId, role, from: '2020-01-01' },
  });
}

beforeAll(async () => {
  instance = await startInstance('votemodes', now);
  district = await prepareDistrict(instance, 30);
  onPaper = await schemeBy('paper');
  byCodes = await schemeBy('drawn_codes');
  candidatesOnPaper = await schemeBy('paper', 'candidate');
  candidatesByCodes = await schemeBy('drawn_codes', 'candidate');
  office = await as(district.officeId);
  committee = await prepareCommittee(district, { members: 3, reserve: 0 });
  tellerIds = await prepareTeachers(district, 3);
  for (const personId of tellerIds) await nameAs(personId, 'teller');
  chair = await as(committee.members[0]!);
  supervisor = await as(committee.supervisor);
  tellers = await Promise.all(tellerIds.map(as));
}, 120_000);

afterAll(() => instance?.stop());

/** The main scheme for three members, in another mode and perhaps another scope of recusal. */
async function schemeBy(
  mode: 'paper' | 'drawn_codes',
  scope: 'ballot_group' | 'candidate' = 'ballot_group',
): Promise<PreparedDistrict> {
  const { text } = await district.database.policy.findUniqueOrThrow({ where: { id: district.policyId } });
  return prepareScheme(
    district,
    text
      .replace('id: sichuan-district', `id: by-${mode.replace('_', '-')}-${scope.replace('_', '-')}`)
      .replace('recusalScope: ballot_group', `recusalScope: ${scope}`)
      .replace('mode: electronic', `mode: ${mode}`)
      .replace('committee: { members: 11, reserve: 4 }', 'committee: { members: 3, reserve: 0 }'),
  );
}

const vote = (scheme: PreparedDistrict, candidates: number, seats: number): Promise<PreparedVote> =>
  prepareVote(instance, scheme, office, { committee, candidates, seats });

const idsOf = (prepared: PreparedVote) => prepared.candidates.map(({ id }) => id);
const rowOf = (id: string) => district.database.vote.findUniqueOrThrow({ where: { id } });

async function atStep(id: string, step: string): Promise<void> {
  const row = await eventually(
    () => district.database.case.findUnique({ where: { id } }),
    (found) => found?.step === step,
  );
  expect(row?.step).toBe(step);
}

const marks = (...papers: (readonly string[] | null)[]) =>
  papers.map((names) => ({ names: names ?? [], spoiled: names === null }));

/** Opens a vote on paper with everybody there. */
async function openOnPaper(id: string): Promise<void> {
  await atStep(id, 'signIn');
  await chair.post(`/votes/${id}/sign-ins`, {});
  await supervisor.post(`/votes/${id}/sign-ins`, {});
  for (const personId of committee.members.slice(1))
    await (await as(personId)).post(`/votes/${id}/sign-ins`, {});
  await chair.post(`/votes/${id}/opening`, { place });
}

/** Both tellers type the same papers, and the count is closed. */
async function countOnPaper(id: string, sheet: object): Promise<void> {
  await chair.post(`/votes/${id}/closing`, {});
  for (const teller of tellers.slice(0, 2)) await teller.post(`/votes/${id}/sheets`, sheet);
  await chair.post(`/votes/${id}/count-closing`, {});
}

async function signRecord(id: string): Promise<string | null> {
  for (const signer of [chair, supervisor, tellers[0]!, tellers[1]!])
    await signer.post(`/votes/${id}/confirmations`, {});
  const { firstVoteId, position } = await rowOf(id);
  const next = await district.database.vote.findFirst({ where: { firstVoteId, position: position + 1 } });
  return next?.id ?? null;
}

interface Sheets {
  readonly sheets: readonly { tellerId: string; version: number; reason: string | null }[];
  readonly missing: readonly string[];
  readonly differences: readonly object[];
}

const sheetsFor = (reader: TestSession, id: string) => reader.get<Sheets>(`/votes/${id}/sheets`);

test('V7: papers are given at the opening, and only with chair and supervisor there', async () => {
  const { id } = await vote(onPaper, 3, 2);
  await chair.post(`/votes/${id}/sign-ins`, {});
  for (const personId of committee.members.slice(1))
    await (await as(personId)).post(`/votes/${id}/sign-ins`, {});
  await expect(chair.post(`/votes/${id}/opening`, {})).rejects.toMatchObject(
    refusal(422, 'officer-absent', 'V7', { role: 'supervisor' }),
  );
  await supervisor.post(`/votes/${id}/sign-ins`, {});
  const answer = await chair.post<{ step: string }>(`/votes/${id}/opening`, { place });
  expect(answer.step).toBe('casting');
  expect(await rowOf(id)).toMatchObject({ mode: 'paper', voters: 3, issued: 3, publicKey: null, place });
  // Nothing of the electronic box is open.
  await expect(chair.post(`/votes/${id}/papers`, { blinded: 'AAAA' })).rejects.toMatchObject(
    refusal(409, 'paper-not-now'),
  );
  const cast = await fetch(`${instance.url}/api/v1/ballot-box/${id}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ serial: 'AAAA', signature: 'AAAA', sealed: 'AAAA' }),
  });
  expect(cast.status).toBe(409);
  await expect(chair.get(`/votes/${id}/record`)).rejects.toMatchObject(refusal(409, 'record-not-yet', 'V19'));
}, 120_000);

test('V1, V7: two tellers are named who are neither officers nor candidates nor their kin', async () => {
  const prepared = await vote(onPaper, 3, 2);
  const { id } = prepared;
  const [first, second] = tellerIds as [string, string];
  const name = (...ids: string[]) => chair.post(`/votes/${id}/tellers`, { tellerIds: ids });
  await expect(name(first, committee.members[1]!)).rejects.toMatchObject(refusal(403, 'not-a-teller'));
  await nameAs(committee.supervisor, 'teller');
  await expect(name(first, committee.supervisor)).rejects.toMatchObject(refusal(422, 'teller-is-officer'));
  await district.database.membership.deleteMany({
    where: { personId: committee.supervisor, role: 'teller' },
  });
  const { personId } = prepared.candidates[0]!;
  await nameAs(personId, 'teller');
  await expect(name(first, personId)).rejects.toMatchObject(
    refusal(422, 'teller-conflicted', 'V1', { conflict: 'is_candidate' }),
  );
  const { ownerId, database } = district;
  const kin = {
    ownerId,
    personId: second,
    relativeId: personId,
    relation: 'spouse',
    declaredAt: new Date(now),
  };
  await database.kinship.create({ data: kin });
  await expect(name(first, second)).rejects.toMatchObject(
    refusal(422, 'teller-conflicted', 'V1', { conflict: 'kinship' }),
  );
  await database.kinship.deleteMany({ where: { personId: second } });
  await expect(name(first, first)).rejects.toMatchObject(refusal(422, 'invalid-input'));
  await openOnPaper(id);
  await expect(chair.post(`/votes/${id}/closing`, {})).rejects.toMatchObject(
    refusal(422, 'tellers-not-named', 'V7'),
  );
  await name(first, second);
  const answer = await chair.post<{ step: string }>(`/votes/${id}/closing`, {});
  expect(answer.step).toBe('counting');

  // A teller who cannot go on is replaced; what he typed is kept and not counted.
  const [a, b] = idsOf(prepared) as [string, string];
  const papers = marks([a, b], [a, b], [a, b]);
  await tellers[1]!.post(`/votes/${id}/sheets`, {
    returned: 2,
    notReturned: 1,
    papers: papers.slice(1),
  });
  await name(first, tellerIds[2]!);
  const sheet = { returned: 3, notReturned: 0, papers };
  await expect(tellers[1]!.post(`/votes/${id}/sheets`, sheet)).rejects.toMatchObject(
    refusal(403, 'not-a-teller'),
  );
  await tellers[2]!.post(`/votes/${id}/sheets`, sheet);
  await tellers[0]!.post(`/votes/${id}/sheets`, sheet);
  expect((await sheetsFor(chair, id)).sheets).toHaveLength(3);
  await chair.post(`/votes/${id}/count-closing`, {});
  expect((await rowOf(id)).tally).toMatchObject({ returned: 3, votes: { [a]: 3, [b]: 3 } });
}, 120_000);

test('V7, V16, V19: typed twice and blind, a difference blocks, then count, tie, re-ballot, record', async () => {
  const { database } = district;
  const prepared = await vote(onPaper, 3, 2);
  const { id } = prepared;
  const [a, b, c] = idsOf(prepared) as [string, string, string];
  const [one, two, stranger] = tellers as [TestSession, TestSession, TestSession];
  await chair.post(`/votes/${id}/tellers`, { tellerIds: tellerIds.slice(0, 2) });
  await openOnPaper(id);
  await chair.post(`/votes/${id}/closing`, {});
  const enter = (teller: TestSession, body: object) =>
    teller.post<{ result: object }>(`/votes/${id}/sheets`, body);
  const right = { returned: 3, notReturned: 0, papers: marks([a, b], [a, c], [b, c]) };

  await expect(enter(one, { ...right, notReturned: 1 })).rejects.toMatchObject(
    refusal(422, 'sheet-not-balanced', 'V7', { issued: 3, returned: 3, notReturned: 1 }),
  );
  await expect(enter(one, { ...right, papers: marks([a]) })).rejects.toMatchObject(
    refusal(422, 'sheet-papers', undefined, { papers: 1, expected: 3 }),
  );
  await expect(enter(one, { ...right, papers: marks([a, b], [a, c], [id]) })).rejects.toMatchObject(
    refusal(422, 'sheet-unknown-name', 'V12', { paper: 3 }),
  );
  await expect(enter(stranger, right)).rejects.toMatchObject(refusal(403, 'not-a-teller'));
  expect((await enter(one, right)).result).toEqual({ version: 1, bothIn: false });

  // Nobody sees it before the other's is in, but who typed it.
  expect((await sheetsFor(one, id)).sheets).toHaveLength(1);
  for (const reader of [two, chair, supervisor])
    expect(await sheetsFor(reader, id)).toEqual({ sheets: [], missing: [tellerIds[1]], differences: [] });
  // Who may be named in place of one of them never does before that.
  await expect(sheetsFor(stranger, id)).rejects.toMatchObject(refusal(404, 'not-found'));
  await expect(office.get(`/votes/${id}/sheets`)).rejects.toMatchObject(refusal(403, 'role-required'));
  await expect(chair.post(`/votes/${id}/count-closing`, {})).rejects.toMatchObject(
    refusal(409, 'sheets-missing', 'V7', { found: 1, required: 2 }),
  );

  const wrong = { ...right, papers: marks([a, b], [a, c], [b]) };
  expect((await enter(two, wrong)).result).toEqual({ version: 1, bothIn: true, agree: false });
  const difference = await chair.post(`/votes/${id}/count-closing`, {}).catch((error: unknown) => error);
  expect(difference).toMatchObject(refusal(409, 'sheets-differ', 'V7', { count: 2 }));
  const { errors } = (difference as { problem: { errors: { at: string; text: string }[] } }).problem;
  expect(errors.map(({ at }) => at)).toEqual(['papers.2', `votes.${c}`]);
  expect(errors[0]!.text).toBe('第 3 张选票录入不一致');
  const { differences } = await sheetsFor(two, id);
  expect(differences).toEqual([
    { paper: 3, first: marks([b, c])[0], second: marks([b])[0] },
    { candidate: c, first: 2, second: 1 },
  ]);

  await expect(enter(two, right)).rejects.toMatchObject(refusal(422, 'sheet-reason-missing'));
  expect((await enter(two, { ...right, reason: '第3张漏录' })).result).toEqual({
    version: 2,
    bothIn: true,
    agree: true,
  });
  const kept = (await sheetsFor(chair, id)).sheets.map(({ version, reason }) => [version, reason]);
  expect(kept.sort(([left], [right]) => Number(left) - Number(right))).toEqual([
    [1, null],
    [1, null],
    [2, '第3张漏录'],
  ]);
  await expect(
    database.countSheet.updateMany({ where: { voteId: id }, data: { returned: 2 } }),
  ).rejects.toThrow(/constraint violated/);
  const closed = await chair.post<{ step: string; result: { recordDigest: string } }>(
    `/votes/${id}/count-closing`,
    {},
  );
  expect(closed.step).toBe('confirming');
  expect((await rowOf(id)).tally).toMatchObject({
    void: false,
    issued: 3,
    returned: 3,
    valid: 3,
    votes: { [a]: 2, [b]: 2, [c]: 2 },
    elected: [],
    tied: { seats: 2 },
  });

  // All three have two votes for two seats: a re-ballot, on paper and with the same tellers.
  await expect(stranger.post(`/votes/${id}/confirmations`, {})).rejects.toMatchObject(
    refusal(403, 'not-a-teller'),
  );
  const next = await signRecord(id);
  const again = await rowOf(next!);
  expect(again).toMatchObject({ ballotRound: 're_ballot', mode: 'paper', tellerIds: tellerIds.slice(0, 2) });
  await openOnPaper(again.id);
  // One does not come back, one bears another mark.
  await countOnPaper(again.id, { returned: 2, notReturned: 1, papers: marks([a, b], null) });
  expect((await rowOf(again.id)).tally).toMatchObject({ issued: 3, returned: 2, valid: 1, invalid: 1 });
  await chair.post(`/votes/${again.id}/confirmations`, {});
  await supervisor.post(`/votes/${again.id}/confirmations`, {});
  interface Signed {
    readonly record: { readonly notReturned: number; readonly place: string };
    readonly digest: string;
    readonly missing: readonly string[];
    readonly signatures: readonly { role: string }[];
  }
  const half = await office.get<Signed>(`/votes/${again.id}/record`);
  expect(half).toMatchObject({ record: { notReturned: 1, place }, missing: ['teller', 'teller'] });
  expect(await signRecord(again.id)).toBeNull();
  const whole = await office.get<Signed>(`/votes/${again.id}/record`);
  expect(whole).toMatchObject({ digest: half.digest, missing: [] });
  expect(whole.signatures.map(({ role }) => role).sort()).toEqual([
    'committee_chair',
    'supervisor',
    'teller',
    'teller',
  ]);
  for (const elected of [a, b])
    expect(await database.application.findUnique({ where: { id: elected } })).toMatchObject({
      stage: 'district_notice',
    });
  expect(await database.application.findUnique({ where: { id: c } })).toMatchObject({ standing: 'reserve' });

  // What was signed is read only.
  for (const change of [{ seats: 3 }, { recordDigest: 'x' }, { place: '别处' }])
    await expect(database.vote.update({ where: { id: again.id }, data: change })).rejects.toThrow(
      /constraint violated/,
    );
  await expect(database.vote.delete({ where: { id: again.id } })).rejects.toThrow(/constraint violated/);
  await expect(database.voteSignature.deleteMany({ where: { voteId: again.id } })).rejects.toThrow(
    /constraint violated/,
  );

  const printed = await chair.fetch(`/votes/${again.id}/record.pdf`);
  expect(printed.headers.get('content-type')).toBe('application/pdf');
  const text = await pdfText(new Uint8Array(await printed.arrayBuffer()));
  const people = await database.person.findMany({
    where: { id: { in: [...prepared.candidates.map(({ personId }) => personId), ...committee.members] } },
  });
  expect(people).toHaveLength(6);
  for (const { name } of people) expect(text).toContain(name);
  for (const words of [
    '差额推选计票记录',
    '票数相等者重新投票',
    '纸质无记名投票，两人独立计票',
    '2026-10-12',
    place,
    '发出3张，收回2张：有效1张（其中弃权0张）、废票1张；未收回1张',
    '当选',
    '递补第1位',
    '空缺名额0',
    '计票人欧阳晴岚',
    '以本人账号签署',
    whole.digest,
  ])
    expect(text).toContain(words);
  expect(text).not.toContain('尚待签字');
}, 180_000);

test('V13: more papers than were issued: no tally, and the vote is held again on paper', async () => {
  const prepared = await vote(onPaper, 2, 1);
  const { id } = prepared;
  await chair.post(`/votes/${id}/tellers`, { tellerIds: tellerIds.slice(0, 2) });
  await openOnPaper(id);
  await countOnPaper(id, { returned: 4, notReturned: 0, papers: [] });
  expect((await rowOf(id)).tally).toEqual({ void: true, issued: 3, returned: 4 });
  const { record, recordDigest } = await rowOf(id);
  const signed = { record: record as unknown as VoteRecord, digest: recordDigest!, signatures: [] };
  const english = await pdfText(await recordFile({ ...signed, missing: ['committee_chair'] }, 'en'));
  expect(english).toContain('3issuedand4returned:morecamebackthanwentout,sothevoteisvoid');
  expect(english).toContain('Stilltosign:chairofthecommittee');
  const next = await signRecord(id);
  expect(await rowOf(next!)).toMatchObject({ ballotRound: 'first', position: 2, mode: 'paper' });
}, 120_000);

test('V6: codes are printed, drawn and typed; each works once, those left over are void', async () => {
  const { database } = district;
  const prepared = await vote(byCodes, 3, 1);
  const { id } = prepared;
  const [a, b] = idsOf(prepared) as [string, string];
  const [chairKey, supervisorKey] = [await makeOfficerKey(), await makeOfficerKey()];
  await expect(chair.post(`/votes/${id}/sign-ins`, {})).rejects.toMatchObject(
    refusal(422, 'officer-key-missing', 'V6'),
  );
  await chair.post(`/votes/${id}/sign-ins`, { recipient: chairKey.recipient });
  await supervisor.post(`/votes/${id}/sign-ins`, { recipient: supervisorKey.recipient });
  for (const personId of committee.members.slice(1))
    await (await as(personId)).post(`/votes/${id}/sign-ins`, {});
  const print = (number: number) => chair.post<{ codes: string[] }>(`/votes/${id}/codes?as=json`, { number });
  await expect(print(3)).rejects.toMatchObject(refusal(409, 'codes-not-now', undefined, { step: 'signIn' }));
  await chair.post(`/votes/${id}/opening`, {});
  expect(await rowOf(id)).toMatchObject({ mode: 'drawn_codes', publicKey: null });
  await expect(chair.post(`/votes/${id}/issue-closing`, {})).rejects.toMatchObject(
    refusal(422, 'codes-not-printed', 'V6'),
  );
  await expect(print(2)).rejects.toMatchObject(
    refusal(422, 'codes-too-few', undefined, { codes: 2, voters: 3 }),
  );
  await expect(supervisor.post(`/votes/${id}/codes`, { number: 5 })).rejects.toMatchObject(
    refusal(403, 'role-required'),
  );
  const { codes: earlier } = await print(5);
  // Printed again, on paper this time: the slips are all that there is of the codes.
  const slips = await chair.fetch(`/votes/${id}/codes`, {
    method: 'POST',
    body: new Blob([JSON.stringify({ number: 5 })], { type: 'application/json' }),
  });
  expect(slips.headers.get('content-type')).toBe('application/pdf');
  const text = await pdfText(new Uint8Array(await slips.arrayBuffer()));
  // Each slip also bears the vote's id, whose groups may look like a code's.
  const pattern = /(?<![\w-])[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}(?![\w-])/g;
  const codes = [...text.matchAll(pattern)].map(([code]) => code);
  expect(new Set(codes).size).toBe(5);
  expect(codes.some((code) => earlier.includes(code))).toBe(false);

  const discard = (...typed: string[]) =>
    chair.post<{ printed: number; voided: number }>(`/votes/${id}/voided-codes`, { codes: typed });
  await expect(discard(codes[4]!, earlier[0]!)).rejects.toMatchObject(
    refusal(422, 'code-unknown', 'V6', { position: 2 }),
  );
  await expect(chair.post(`/votes/${id}/issue-closing`, {})).rejects.toMatchObject(
    refusal(422, 'codes-left-over', undefined, { codes: 5, voters: 3 }),
  );
  const box = (path: string, body: object) =>
    fetch(`${instance.url}/api/v1/ballot-box/${id}/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const refusedWith = async (response: Response) => ((await response.json()) as { type: string }).type;
  expect(await refusedWith(await box('papers', { code: codes[0] }))).toBe('/problems/box-not-open');
  expect(await discard(codes[3]!, codes[4]!.toLowerCase())).toEqual({ printed: 5, voided: 2 });
  await chair.post(`/votes/${id}/issue-closing`, {});
  expect((await rowOf(id)).issued).toBe(3);
  await expect(discard(codes[0]!)).rejects.toMatchObject(refusal(409, 'codes-not-now'));

  const paper = (await (await box('papers', { code: codes[0]!.toLowerCase() })).json()) as {
    seats: number;
    chairRecipient: string;
    supervisorRecipient: string;
    candidates: { applicationId: string; name: string }[];
  };
  expect(paper.candidates).toHaveLength(3);
  const seal = (choice: string[]) =>
    sealChoice(
      choice,
      { chair: paper.chairRecipient, supervisor: paper.supervisorRecipient },
      { seats: paper.seats, candidateIds: paper.candidates.map(({ applicationId }) => applicationId) },
    );
  for (const code of [codes[4], earlier[0], 'K7QD-03ZM-X9TB', '我的选票'])
    expect(await refusedWith(await box('codes', { code, sealed: await seal([a]) }))).toBe(
      '/problems/ballot-refused',
    );
  expect(await refusedWith(await box('codes', { code: codes[0], sealed: 'AAAA' }))).toBe(
    '/problems/ballot-refused',
  );
  expect((await box('codes', { code: codes[0], sealed: await seal([a]) })).status).toBe(204);
  // Once: the same slip spelled otherwise is the same code, also for two requests at one instant.
  const twice = await Promise.all(
    [codes[1]!, codes[1]!.replaceAll('-', ' ').toLowerCase()].map(async (code) =>
      box('codes', { code, sealed: await seal([a]) }),
    ),
  );
  expect(new Set(twice.map(({ status }) => status))).toEqual(new Set([204, 409]));
  expect(await refusedWith(await box('papers', { code: codes[0] }))).toBe('/problems/paper-used');
  expect(await refusedWith(await box('codes', { code: codes[0], sealed: await seal([b]) }))).toBe(
    '/problems/paper-used',
  );

  await chair.post(`/votes/${id}/closing`, {});
  await chair.post(`/votes/${id}/keys`, { identity: chairKey.identity });
  await supervisor.post(`/votes/${id}/keys`, { identity: supervisorKey.identity });
  expect((await rowOf(id)).tally).toMatchObject({
    issued: 3,
    returned: 2,
    votes: { [a]: 2, [b]: 0 },
    elected: [a],
  });
  const { record } = await office.get<{ record: object }>(`/votes/${id}/record`);
  expect(record).toMatchObject({ mode: 'drawn_codes', codes: { printed: 5, voided: 2 }, notReturned: 1 });
  const printed = await chair.fetch(`/votes/${id}/record.pdf`);
  expect(await pdfText(new Uint8Array(await printed.arrayBuffer()))).toContain(
    '印制抽签码5个，未抽取作废2个',
  );
  // No tellers were named: the chair and the supervisor sign.
  await chair.post(`/votes/${id}/confirmations`, {});
  const last = await supervisor.post<{ outcome: string }>(`/votes/${id}/confirmations`, {});
  expect(last.outcome).toBe('decided');

  // No code is anywhere: not in a table, not with a request, not in the audit.
  const plain = codes.map((code) => code.replaceAll('-', ''));
  const tables = await database.$queryRaw<{ name: string }[]>`
    SELECT table_name::text AS name FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`;
  expect(tables.length).toBeGreaterThan(40);
  for (const { name } of tables)
    for (const code of [...codes, ...plain]) {
      const [{ found } = { found: -1 }] = await database.$queryRawUnsafe<{ found: number }[]>(
        `SELECT count(*)::int AS found FROM "${name}" AS line WHERE line::text ILIKE '%${code}%'`,
      );
      expect([name, found]).toEqual([name, 0]);
    }
  const hashes = await database.voteCode.findMany({ where: { voteId: id } });
  expect(hashes.filter(({ voided }) => voided)).toHaveLength(2);
  const ballots = await database.ballot.findMany({ where: { voteId: id } });
  for (const { serial } of ballots) expect(hashes.map(({ hash }) => hash)).toContain(serial);
}, 180_000);

/** A member stands aside for one candidate, before the opening. */
async function recuseFrom(id: string, candidate: string): Promise<void> {
  const reason = '与该候选人有合作关系';
  const personId = committee.members[1]!;
  await (await as(personId)).post(`/votes/${id}/recusals`, { reason, candidates: [candidate] });
  const { id: conflictId } = await district.database.voteConflict.findFirstOrThrow({
    where: { voteId: id, personId, source: 'declared' },
  });
  await chair.post(`/votes/${id}/recusal-decisions`, { decisions: [{ conflictId, recused: true, reason }] });
}

/** Who may vote on each candidate, and how many papers of each are out. */
async function electoratesOf(id: string): Promise<Record<string, object | null>> {
  const { candidates } = await chair.get<{ candidates: { applicationId: string; paper: object | null }[] }>(
    `/votes/${id}`,
  );
  return Object.fromEntries(candidates.map(({ applicationId, paper }) => [applicationId, paper]));
}

/** What the pack of the vote's round is found to have wrong about its votes, opened by both. */
async function packFaults(roundId: string, votes: number): Promise<string[]> {
  const { database } = district;
  const closedAt = new Date(now);
  await database.case.update({
    where: { id: roundId },
    data: { closedAt, outcome: 'completed', waitingFor: null, dueAt: null, wakeAt: null },
  });
  const keys: [OfficerKey, OfficerKey] = [await makeOfficerKey(), await makeOfficerKey()];
  await chair.post('/pack-keys', { recipient: keys[0].recipient });
  await supervisor.post('/pack-keys', { recipient: keys[1].recipient });
  const { root } = await office.post<{ root: string }>(`/rounds/${roundId}/packs`, {});
  const content = Buffer.from(await (await office.fetch(`/rounds/${roundId}/pack`)).arrayBuffer());
  const identities = { chair: keys[0].identity, supervisor: keys[1].identity };
  const report = await verifyPack(content, root, identities);
  expect(report).toMatchObject({ votes, recounted: votes, opened: true });
  return report.faults.map(({ fault }) => fault).filter((fault) => /vote|meeting/.test(fault));
}

test('V2, V7: on paper each candidate has papers of its own, typed and counted by themselves', async () => {
  const { database } = district;
  const prepared = await vote(candidatesOnPaper, 3, 1);
  const [a, b, c] = idsOf(prepared) as [string, string, string];
  const [one, two] = tellers as [TestSession, TestSession];
  const typed = (candidate: string, ...read: (boolean | null)[]) => ({
    returned: read.length,
    notReturned: (candidate === b ? 2 : 3) - read.length,
    papers: marks(...read.map((yes) => (yes === null ? null : yes ? [candidate] : []))),
  });
  await chair.post(`/votes/${prepared.id}/tellers`, { tellerIds: tellerIds.slice(0, 2) });
  await recuseFrom(prepared.id, b);
  await openOnPaper(prepared.id);
  const paper = { publicKey: null, voters: 3, issued: 3 };
  expect(await electoratesOf(prepared.id)).toEqual({
    [a]: paper,
    [b]: { ...paper, voters: 2, issued: 2 },
    [c]: paper,
  });
  expect(await rowOf(prepared.id)).toMatchObject({ voters: 3, issued: 3, recusalScope: 'candidate' });
  await expect(
    chair.post(`/votes/${prepared.id}/candidate-papers`, { papers: [{ candidate: a, blinded: 'AAAA' }] }),
  ).rejects.toMatchObject(refusal(409, 'paper-not-now'));

  // Three papers of who has two voters: the whole vote is void, and nothing of it is read.
  const unread = (returned: number) => ({ returned, notReturned: 0, papers: [] });
  await countOnPaper(prepared.id, { byCandidate: { [a]: unread(3), [b]: unread(3), [c]: unread(3) } });
  expect((await rowOf(prepared.id)).tally).toEqual({ void: true, issued: 2, returned: 3, candidate: b });
  const id = (await signRecord(prepared.id))!;
  await openOnPaper(id);
  expect((await electoratesOf(id))[b]).toEqual({ ...paper, voters: 2, issued: 2 });
  await chair.post(`/votes/${id}/closing`, {});

  const enter = (teller: TestSession, body: object) =>
    teller.post<{ result: object }>(`/votes/${id}/sheets`, body);
  const right = { [a]: typed(a, true, true, null), [b]: typed(b, true, true), [c]: typed(c, false, true) };
  await expect(enter(one, typed(a, true, true, null))).rejects.toMatchObject(
    refusal(422, 'sheet-form', 'V7', { scope: 'candidate' }),
  );
  await expect(enter(one, { byCandidate: { [a]: right[a], [b]: right[b] } })).rejects.toMatchObject(
    refusal(422, 'sheet-candidates', 'V7', { missing: [c], unknown: [] }),
  );
  // One paper and two lost would be those of three voters; two vote on b.
  const tooMany = { ...right, [b]: { ...typed(b, true), notReturned: 2 } };
  const unbalanced = await enter(one, { byCandidate: tooMany }).catch((error: unknown) => error);
  expect(unbalanced).toMatchObject(refusal(422, 'sheet-of-candidate', 'V7', { candidates: [b] }));
  const errorsOf = (refused: unknown) =>
    (refused as { problem: { errors: { at: string; text: string }[] } }).problem.errors;
  expect(errorsOf(unbalanced)).toMatchObject([
    { at: `byCandidate.${b}.returned`, text: '票数不平衡：发出 2 张，收回 1 张，未收回 2 张' },
  ]);
  const other = { ...right, [a]: { ...typed(a, true, true, null), papers: marks([a], [a], [b]) } };
  expect(errorsOf(await enter(one, { byCandidate: other }).catch((error: unknown) => error))).toMatchObject([
    { at: `byCandidate.${a}.papers.2` },
  ]);

  expect((await enter(one, { byCandidate: right })).result).toEqual({ version: 1, bothIn: false });
  const wrong = { ...right, [b]: typed(b, true, false), [c]: typed(c, true, false) };
  expect((await enter(two, { byCandidate: wrong })).result).toMatchObject({ bothIn: true, agree: false });
  const differs = await chair.post(`/votes/${id}/count-closing`, {}).catch((error: unknown) => error);
  expect(differs).toMatchObject(refusal(409, 'sheets-differ', 'V7', { count: 4 }));
  const { name } = await database.person.findUniqueOrThrow({
    where: { id: prepared.candidates[1]!.personId },
  });
  const told = errorsOf(differs);
  expect(told.map(({ at }) => at).sort()).toEqual(
    [
      `byCandidate.${b}.papers.1`,
      `votes.${b}`,
      `byCandidate.${c}.papers.0`,
      `byCandidate.${c}.papers.1`,
    ].sort(),
  );
  expect(told.map(({ text }) => text)).toContain(`${name} 的第 2 张选票录入不一致`);
  const seen = await sheetsFor(chair, id);
  expect(seen.differences).toContainEqual({
    candidate: b,
    paper: 2,
    first: { names: [b], spoiled: false },
    second: { names: [], spoiled: false },
  });
  expect(seen.sheets[0]).toMatchObject({ returned: 7, notReturned: 1, papers: [], byCandidate: right });
  await enter(two, { byCandidate: right, reason: '两张看错' });
  await chair.post(`/votes/${id}/count-closing`, {});

  // Two of two is more than two of three.
  const { tally } = await rowOf(id);
  expect(tally).toMatchObject({
    void: false,
    voters: 3,
    issued: 8,
    returned: 7,
    votes: { [a]: 2, [b]: 2, [c]: 1 },
    byCandidate: {
      [a]: { voters: 3, issued: 3, returned: 3, valid: 2, blank: 0, invalid: 1 },
      [b]: { voters: 2, issued: 2, returned: 2, valid: 2, blank: 0, invalid: 0 },
      [c]: { voters: 3, issued: 3, returned: 2, valid: 2, blank: 1, invalid: 0 },
    },
    elected: [b],
    reserve: [{ candidate: a, place: 1 }],
  });
  const { record } = await office.get<{ record: object }>(`/votes/${id}/record`);
  expect(record).toMatchObject({ mode: 'paper', notReturned: 1, recused: [{ from: [b] }] });
  const printed = await chair.fetch(`/votes/${id}/record.pdf`);
  const text = await pdfText(new Uint8Array(await printed.arrayBuffer()));
  for (const words of [
    '纸质无记名投票，两人独立计票',
    '2/2',
    '发出2张，收回2张：有效2张（其中弃权0张）、废票0张；未收回0张',
    '发出8张，收回7张',
  ])
    expect(text).toContain(words);
  expect(await signRecord(id)).toBeNull();
  expect(await database.application.findUnique({ where: { id: a } })).toMatchObject({ standing: 'reserve' });
  expect(await packFaults(prepared.roundId, 2)).toEqual([]);
}, 180_000);

test('V2, V6: each candidate has codes of its own, each good for one paper on that candidate', async () => {
  const prepared = await vote(candidatesByCodes, 3, 1);
  const { id } = prepared;
  const [a, b, c] = idsOf(prepared) as [string, string, string];
  const [chairKey, supervisorKey] = [await makeOfficerKey(), await makeOfficerKey()];
  await recuseFrom(id, b);
  await chair.post(`/votes/${id}/sign-ins`, { recipient: chairKey.recipient });
  await supervisor.post(`/votes/${id}/sign-ins`, { recipient: supervisorKey.recipient });
  for (const personId of committee.members.slice(1))
    await (await as(personId)).post(`/votes/${id}/sign-ins`, {});
  await chair.post(`/votes/${id}/opening`, {});
  await expect(
    chair.post(`/votes/${id}/candidate-papers`, { papers: [{ candidate: a, blinded: 'AAAA' }] }),
  ).rejects.toMatchObject(refusal(409, 'paper-not-now'));
  interface Codes {
    readonly codes: readonly string[];
    readonly byCandidate: Readonly<Record<string, readonly string[]>>;
  }
  const print = (number: number) => chair.post<Codes>(`/votes/${id}/codes?as=json`, { number });
  await expect(print(2)).rejects.toMatchObject(
    refusal(422, 'codes-too-few', undefined, { codes: 2, voters: 3 }),
  );
  const slips = await chair.fetch(`/votes/${id}/codes`, {
    method: 'POST',
    body: new Blob([JSON.stringify({ number: 3 })], { type: 'application/json' }),
  });
  const text = await pdfText(new Uint8Array(await slips.arrayBuffer()));
  const people = await district.database.person.findMany({
    where: { id: { in: prepared.candidates.map(({ personId }) => personId) } },
  });
  for (const { name } of people) expect(text.split(name)).toHaveLength(4);
  const { codes, byCandidate } = await print(3);
  expect(codes).toEqual([]);
  expect(new Set(Object.values(byCandidate).flat()).size).toBe(9);
  await expect(chair.post(`/votes/${id}/issue-closing`, {})).rejects.toMatchObject(
    refusal(422, 'codes-left-over-of-candidate', 'V6', { candidate: b, codes: 3, voters: 2 }),
  );
  const undrawn = [byCandidate[b]![2], byCandidate[c]![2]];
  expect(await chair.post(`/votes/${id}/voided-codes`, { codes: undrawn })).toEqual({
    printed: 9,
    voided: 2,
  });
  await chair.post(`/votes/${id}/issue-closing`, {});
  expect(await electoratesOf(id)).toMatchObject({
    [a]: { voters: 3, issued: 3 },
    [b]: { voters: 2, issued: 2 },
    [c]: { voters: 3, issued: 2 },
  });

  const box = (path: string, body: object) =>
    fetch(`${instance.url}/api/v1/ballot-box/${id}/${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  const paper = await (await box('papers', { code: byCandidate[b]![0] })).json();
  expect(paper).toMatchObject({ seats: 1, candidates: [{ applicationId: b }] });
  const recipients = { chair: chairKey.recipient, supervisor: supervisorKey.recipient };
  const cast = async (candidate: string, index: number, isFor: boolean) => {
    const sealed = await sealChoice(isFor ? [candidate] : [], recipients, capacityOf(candidate));
    return (await box('codes', { code: byCandidate[candidate]![index], sealed })).status;
  };
  const group = { seats: 2, candidateIds: [a, b, c] };
  const ofGroup = await sealChoice([b], recipients, group);
  const refused = await box('codes', { code: byCandidate[b]![0], sealed: ofGroup });
  expect(await refused.json()).toMatchObject({ type: '/problems/ballot-refused' });
  // A code of b cannot be made one of a: what is sealed for another is void when it is counted.
  const forAnother = await sealChoice([a], recipients, capacityOf(a));
  expect((await box('codes', { code: byCandidate[c]![0], sealed: forAnother })).status).toBe(204);
  const rest = [
    await cast(a, 0, true),
    await cast(a, 1, true),
    await cast(b, 0, true),
    await cast(b, 1, true),
    await cast(c, 1, false),
  ];
  expect(rest).toEqual([204, 204, 204, 204, 204]);
  expect(await cast(b, 0, false)).toBe(409);
  expect(await cast(c, 2, true)).toBe(422);
  await chair.post(`/votes/${id}/closing`, {});
  await chair.post(`/votes/${id}/keys`, { identity: chairKey.identity });
  await supervisor.post(`/votes/${id}/keys`, { identity: supervisorKey.identity });
  const figures = { blank: 0, invalid: 0 };
  expect((await rowOf(id)).tally).toMatchObject({
    issued: 7,
    votes: { [a]: 2, [b]: 2, [c]: 0 },
    byCandidate: {
      [a]: { voters: 3, issued: 3, returned: 2, ...figures },
      [b]: { voters: 2, issued: 2, returned: 2, ...figures },
      [c]: { voters: 3, issued: 2, returned: 2, blank: 1, invalid: 1 },
    },
    elected: [b],
  });
  const { record } = await office.get<{ record: object }>(`/votes/${id}/record`);
  expect(record).toMatchObject({ mode: 'drawn_codes', codes: { printed: 9, voided: 2 }, notReturned: 1 });
  await chair.post(`/votes/${id}/confirmations`, {});
  await supervisor.post(`/votes/${id}/confirmations`, {});
  expect(await packFaults(prepared.roundId, 1)).toEqual([]);
}, 180_000);

test('V6: no table of the new modes links a ballot to a voter, and what was issued is what the registers say', async () => {
  const found = await brokenInvariants(district.database, '2026-10-12');
  const ofVotes = found.filter(({ invariant }) => /PAPER|BALLOT/.test(invariant));
  expect(ofVotes).toEqual([]);
  const { database } = district;
  await database.$executeRaw`ALTER TABLE vote_code ADD COLUMN person_id uuid`;
  await database.$executeRaw`ALTER TABLE count_sheet ADD COLUMN voter_id uuid`;
  await database.$executeRaw`UPDATE vote_code SET voided = false`;
  await database.$executeRaw`UPDATE vote_member SET recused_from = '{}'`;
  const broken = await brokenInvariants(database, '2026-10-12');
  expect(broken).toEqual(
    expect.arrayContaining([
      { invariant: 'BALLOT_LINKED_TO_VOTER', found: { table: 'vote_code', column: 'person_id' } },
      { invariant: 'BALLOT_LINKED_TO_VOTER', found: { table: 'count_sheet', column: 'voter_id' } },
      {
        invariant: 'PAPERS_NOT_IN_REGISTER',
        found: expect.objectContaining({ issued: 3, papers: 5 }),
      },
    ]),
  );
  // Of two candidates two of three codes were drawn; on paper one had two voters, in two votes.
  const ofCandidates = broken.filter(({ found: { candidateId } }) => Boolean(candidateId));
  expect(ofCandidates).toEqual(
    Array.from({ length: 4 }, () => ({
      invariant: 'PAPERS_NOT_IN_REGISTER',
      found: expect.objectContaining({ issued: 2, papers: 3 }),
    })),
  );
});

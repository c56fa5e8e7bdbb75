import { constants, createPrivateKey, publicEncrypt, randomBytes, randomUUID, sign } from 'node:crypto';
import { Decrypter } from 'age-encryption';
import pg from 'pg';
import { capacityOf } from '../../ballot/candidates.js';
import { castAtRandomTimes } from '../../ballot/casting.js';
import { fromBase64url } from '../../ballot/encoding.js';
import { makeVoteKey, type VoteKey } from '../../ballot/issuer.js';
import { sealChoice } from '../../ballot/member.js';
import { makeOfficerKey, openBox, type OfficerKey } from '../../ballot/officers.js';
import { encryptSecret } from '../../records/secrets.js';
import { castBallot, takeCandidatePapers, takePaper } from '../../records/votes.js';
import { seededRandom } from '../../samples/random.js';
import { workflowIdOf } from '../../workflows/ids.js';
import { instanceSecret, startInstance, type TestInstance } from '../support/instance.js';
import { prepareCases, prepareDistrict, type PreparedDistrict } from '../support/prepared.js';
import { changeVoteRules, holdMeeting, prepareCommittee, prepareVote } from '../support/prepared-vote.js';
import { signInAs, type TestSession } from '../support/sessions.js';

/** How many votes are held for the experiment; they take about two minutes on two processors. */
const seededVotes = 200;
const now = new Date('2026-10-12T09:00:00+08:00');

/** One vote of the experiment: which ballot each member cast is known here and nowhere else. */
interface HeldVote {
  readonly id: string;
  /** The serial that each member holds, by person. */
  readonly truth: ReadonlyMap<string, string>;
  /** Members in the order in which dumps, made after each paper, first show them; serials likewise. Not of every vote. */
  readonly dumped: { readonly members: readonly string[]; readonly serials: readonly string[] } | null;
}

let instance: TestInstance;
let district: PreparedDistrict;
let sql: pg.Client;
let keys: VoteKey[];
let chair: OfficerKey;
let supervisor: OfficerKey;
let walStart: string;

beforeAll(async () => {
  instance = await startInstance('secrecy', '2026-10-12T09:00:00+08:00');
  district = await prepareDistrict(instance, 30);
  sql = new pg.Client({ connectionString: instance.databaseUrl });
  await sql.connect();
  await sql.query('CREATE EXTENSION pg_walinspect');
  walStart = await walNow();
  keys = await Promise.all(Array.from({ length: 8 }, () => makeVoteKey()));
  [chair, supervisor] = [await makeOfficerKey(), await makeOfficerKey()];
}, 120_000);

afterAll(async () => {
  await sql?.end();
  await instance?.stop();
});

async function walNow(): Promise<string> {
  const { rows } = await sql.query<{ lsn: string }>('SELECT pg_current_wal_flush_lsn()::text AS lsn');
  return rows[0]!.lsn;
}

/**
 * Takes and casts the papers of one vote through what the API calls. Choices, and who casts when, are drawn; the serials
 * are blinded as members do it, with OpenSSL's arithmetic for speed: the service sees `blinded`, and the finished
 * signature is the same to the byte as the one that the client takes the blinding off.
 * @param options.inOrder whether members cast in the order in which they took their papers
 * @param options.delay each client is told to cast at once, in that order, and waits for a time of its own, in milliseconds at
 *   most
 */
async function holdQuickly(
  seed: number,
  { inOrder = false, dumps = false, delay = 0 } = {},
): Promise<HeldVote> {
  const { database } = instance;
  const random = seededRandom(seed);
  const id = randomUUID();
  const { ownerId } = district;
  const members = Array.from({ length: random.between(7, 15) }, () => randomUUID());
  const candidates = Array.from({ length: random.between(3, 6) }, () => randomUUID());
  const seats = random.between(1, candidates.length - 1);
  const key = random.pick(keys);
  await database.vote.create({
    data: {
      id,
      ownerId,
      roundId: randomUUID(),
      ballotRound: 'first',
      firstVoteId: id,
      candidates,
      seats,
      members: members.length,
      voters: members.length,
      publicKey: key.publicKey,
      privateKeyBoxed: encryptSecret(instanceSecret, `vote-key:${id}`, key.privateKey),
      chairRecipient: chair.recipient,
      supervisorRecipient: supervisor.recipient,
    },
  });
  await database.voteMember.createMany({
    data: random.shuffled(members).map((personId) => ({ voteId: id, ownerId, personId, signedIn: true })),
  });
  await prepareCases(district, [
    { id, kind: 'differentialVote', organisationId: ownerId, step: 'issuing', dueAt: now, wakeAt: now },
  ]);
  const papers = new Map(members.map((personId) => [personId, blindedPaper(key)]));
  const shown = { members: [] as string[], serials: [] as string[] };
  const takers = random.shuffled(members);
  for (const personId of takers) {
    const { blinded } = papers.get(personId)!;
    await takePaper(database, instanceSecret, { ownerId, voteId: id, personId, blinded, at: now });
    if (dumps)
      await look(
        shown.members,
        'SELECT person_id::text AS one FROM vote_member WHERE blinded_paper IS NOT NULL AND vote_id = $1',
        id,
      );
  }
  await database.vote.update({ where: { id }, data: { issued: members.length } });
  await database.case.update({ where: { id }, data: { step: 'casting' } });
  const ballots: { serial: string; signature: string; sealed: string }[] = [];
  for (const personId of inOrder ? takers : random.shuffled(members)) {
    const { serial, signature } = papers.get(personId)!;
    const choice = random.shuffled(candidates).slice(0, random.below(seats + 1));
    const recipients = { chair: chair.recipient, supervisor: supervisor.recipient };
    const sealed = await sealChoice(choice, recipients, { seats, candidateIds: candidates });
    ballots.push({ serial, signature, sealed });
  }
  const cast = (ballot: (typeof ballots)[number]) => castBallot(database, id, ballot);
  if (delay > 0) await Promise.all(ballots.map((ballot) => castAtRandomTimes([ballot], cast, delay)));
  else
    for (const ballot of ballots) {
      await cast(ballot);
      if (dumps) await look(shown.serials, 'SELECT serial AS one FROM ballot WHERE vote_id = $1', id);
    }
  const truth = new Map(members.map((personId) => [personId, papers.get(personId)!.serial]));
  return { id, truth, dumped: dumps ? shown : null };
}

/** A paper with its blinded serial: EM(serial) · r^e, where EM is what the finished signature encodes. */
function blindedPaper({ publicKey, privateKey }: VoteKey) {
  const key = { key: Buffer.from(publicKey, 'base64url'), format: 'der', type: 'spki' } as const;
  const raw = { ...key, padding: constants.RSA_NO_PADDING };
  const serial = randomBytes(64);
  const pss = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
  const signature = sign('sha384', serial, pss);
  const random = Buffer.concat([Buffer.alloc(1), randomBytes(255)]);
  const modulus = modulusOf(privateKey);
  const product = (number(publicEncrypt(raw, signature)) * number(publicEncrypt(raw, random))) % modulus;
  return {
    blinded: Buffer.from(product.toString(16).padStart(512, '0'), 'hex').toString('base64url'),
    serial: serial.toString('base64url'),
    signature: signature.toString('base64url'),
  };
}

const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const moduli = new Map<string, bigint>();
function modulusOf(privateKey: string): bigint {
  const known = moduli.get(privateKey);
  if (known !== undefined) return known;
  const { n } = createPrivateKey(privateKey).export({ format: 'jwk' });
  const modulus = number(Buffer.from(n!, 'base64url'));
  moduli.set(privateKey, modulus);
  return modulus;
}

/** Adds what a dump shows for the first time. */
async function look(seen: string[], query: string, voteId: string): Promise<void> {
  const { rows } = await sql.query<{ one: string }>(query, [voteId]);
  seen.push(...rows.map(({ one }) => one).filter((one) => !seen.includes(one)));
}

/** What the linker has of one vote: lists of the members and lists of the ballots, in every order that it can find. */
interface Evidence {
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly ballots: ReadonlyMap<string, readonly string[]>;
}

/** Position in the write-ahead log at which each transaction first wrote to a table. */
async function walPositions(table: string): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ xid: string }>(
    `SELECT record.xid::text AS xid, min(record.start_lsn) AS first
     FROM pg_get_wal_records_info($1, pg_current_wal_flush_lsn()) record
     WHERE record.resource_manager LIKE 'Heap%' AND record.block_ref LIKE
       '%/' || (SELECT oid FROM pg_database WHERE datname = current_database()) || '/'
         || pg_relation_filenode($2::regclass) || ' %'
     GROUP BY 1 ORDER BY 2`,
    [walStart, table],
  );
  return new Map(rows.map(({ xid }, position) => [xid, position]));
}

async function evidenceOf(votes: readonly HeldVote[]): Promise<Evidence[]> {
  // Transactions of a test are not flushed at once; this one is, and all before it with it.
  await sql.query('SET synchronous_commit = on');
  await sql.query("SELECT pg_logical_emit_message(true, 'flush', '')");
  const [walOfRegister, walOfBox] = [await walPositions('vote_member'), await walPositions('ballot')];
  expect(walOfBox.size).toBeGreaterThan(0);
  const evidence = [];
  for (const vote of votes) {
    const members = (
      await sql.query<Record<string, string>>(
        'SELECT *, xmin::text AS xmin, ctid::text AS ctid FROM vote_member WHERE vote_id = $1',
        [vote.id],
      )
    ).rows;
    const ballots = (
      await sql.query<Record<string, string>>(
        'SELECT *, xmin::text AS xmin, ctid::text AS ctid FROM ballot WHERE vote_id = $1',
        [vote.id],
      )
    ).rows;
    const orders = (rows: Record<string, string>[], name: string, wal: Map<string, number>, by: string[]) => {
      const ordered = (key: (row: Record<string, string>) => number | string) =>
        rows.toSorted((left, right) => (key(left) < key(right) ? -1 : 1)).map((row) => row[name]!);
      return new Map([
        ['scan', rows.map((row) => row[name]!)],
        ['xmin', ordered((row) => Number(row['xmin']))],
        ['ctid', ordered((row) => ctidOf(row['ctid']!))],
        ['wal', ordered((row) => positionOf(wal, row['xmin']!))],
        ...by.map((column) => [column, ordered((row) => row[column]!)] as const),
      ]);
    };
    evidence.push({
      members: orders(members, 'person_id', walOfRegister, ['person_id', 'blinded_paper']),
      ballots: orders(ballots, 'serial', walOfBox, ['id', 'serial', 'signature', 'sealed']),
    });
  }
  return evidence;
}

function positionOf(wal: ReadonlyMap<string, number>, xid: string): number {
  const position = wal.get(xid);
  if (position === undefined) throw new Error(`Transaction ${xid} is not in the write-ahead log.`);
  return position;
}

function ctidOf(ctid: string): number {
  const [block, line] = ctid.slice(1, -1).split(',').map(Number);
  return block! * 10_000 + line!;
}

/** How many members a linker names rightly that lays an order of the members beside an order of the ballots. */
function hits({ truth }: HeldVote, members: readonly string[], serials: readonly string[]): number {
  return members.filter((member, index) => truth.get(member) === serials[index]).length;
}

/** What each way to link comes to over votes, by its name. */
function linkAll(votes: readonly HeldVote[], evidence: readonly Evidence[]): Map<string, number> {
  const results = new Map<string, number>();
  votes.forEach((vote, index) => {
    const { members, ballots } = evidence[index]!;
    for (const [of, people] of members)
      for (const [by, serials] of ballots)
        for (const [direction, list] of [
          ['same', serials],
          ['reversed', serials.toReversed()],
        ] as const) {
          const way = `${of} beside ${by}, ${direction}`;
          results.set(way, (results.get(way) ?? 0) + hits(vote, people, list));
        }
  });
  return results;
}

/**
 * Most hits that guessing reaches. A random assignment names one member rightly in a vote, with variance one, however
 * large the committee; over n votes that is n, and above n + 5.5·√n it comes about once in a million tries.
 */
const bound = (votes: number) => votes + 5.5 * Math.sqrt(votes);

const held: HeldVote[] = [];

test('V6: a linker with every table, system columns, dumps and the write-ahead log does no better than guessing', async () => {
  while (held.length < seededVotes) {
    const seeds = [0, 1, 2, 3].map((position) => held.length + position);
    held.push(...(await Promise.all(seeds.map((seed) => holdQuickly(seed, { dumps: seed % 8 === 0 })))));
  }
  const papers = held.reduce((sum, { truth }) => sum + truth.size, 0);
  const evidence = await evidenceOf(held);
  const results = linkAll(held, evidence);
  const best = [...results].toSorted(([, left], [, right]) => right - left)[0]!;
  process.stdout.write(
    `secrecy: ${held.length} votes, ${papers} ballots, ${results.size} ways to link; the best (${best[0]}) names ` +
      `${best[1]} rightly, guessing ${held.length}, bound ${Math.floor(bound(held.length))}\n`,
  );
  expect(best[1]).toBeLessThan(bound(held.length));

  // A linker that learns on one half which way is best is no better on the other.
  const middle = Math.floor(held.length / 2);
  const learnt = linkAll(held.slice(0, middle), evidence.slice(0, middle));
  const chosen = [...learnt].toSorted(([, left], [, right]) => right - left)[0]![0];
  const tried = linkAll(held.slice(middle), evidence.slice(middle)).get(chosen)!;
  expect(tried).toBeLessThan(bound(held.length - middle));

  const dumped = held.filter((vote) => vote.dumped !== null);
  const byDumps = dumped.reduce(
    (sum, vote) => sum + hits(vote, vote.dumped!.members, vote.dumped!.serials),
    0,
  );
  expect(byDumps).toBeLessThan(bound(dumped.length));
}, 900_000);

test('the linker can link: whoever casts in the order of taking is found out, and that is said in the rules', async () => {
  const votes = [];
  for (const seed of [1000, 1001, 1002]) votes.push(await holdQuickly(seed, { inOrder: true, dumps: true }));
  const results = linkAll(votes, await evidenceOf(votes));
  const papers = votes.reduce((sum, { truth }) => sum + truth.size, 0);
  for (const way of ['xmin beside xmin, same', 'wal beside wal, same', 'xmin beside wal, same'])
    expect(results.get(way)).toBe(papers);
  expect(votes.reduce((sum, vote) => sum + hits(vote, vote.dumped!.members, vote.dumped!.serials), 0)).toBe(
    papers,
  );
}, 120_000);

test('V6: the delay of the client takes the order of taking away', async () => {
  const votes = [];
  for (let seed = 2000; seed < 2024; seed += 1)
    votes.push(await holdQuickly(seed, { inOrder: true, delay: 250 }));
  const results = linkAll(votes, await evidenceOf(votes));
  const best = [...results].toSorted(([, left], [, right]) => right - left)[0]!;
  const papers = votes.reduce((sum, { truth }) => sum + truth.size, 0);
  process.stdout.write(
    `secrecy: ${votes.length} votes cast in the order of taking with a delay, ${papers} ballots; the best way ` +
      `(${best[0]}) names ${best[1]} rightly, bound ${Math.floor(bound(votes.length))}\n`,
  );
  expect(best[1]).toBeLessThan(bound(votes.length));
}, 120_000);

/** A vote with a paper for each candidate; whose each ballot is, by serial, is known here and nowhere else. */
interface HeldByCandidate {
  readonly id: string;
  readonly candidates: readonly string[];
  readonly owners: ReadonlyMap<string, string>;
}

/**
 * Takes and casts the papers of a vote with recusal by candidate.
 * @param delay of the clients in milliseconds, all told to cast at once; null when each casts all ballots in its turn
 */
async function holdByCandidate(seed: number, delay: number | null): Promise<HeldByCandidate> {
  const { database } = instance;
  const random = seededRandom(seed);
  const id = randomUUID();
  const { ownerId } = district;
  const members = Array.from({ length: random.between(7, 12) }, () => randomUUID());
  const candidates = Array.from({ length: random.between(3, 5) }, () => randomUUID()).sort();
  const voters = members.length;
  await database.vote.create({
    data: {
      id,
      ownerId,
      roundId: randomUUID(),
      ballotRound: 'first',
      firstVoteId: id,
      candidates,
      seats: 1,
      members: voters,
      voters,
      recusalScope: 'candidate',
      chairRecipient: chair.recipient,
      supervisorRecipient: supervisor.recipient,
    },
  });
  const keyOf = new Map(candidates.map((candidate, index) => [candidate, keys[index]!]));
  await database.votePaper.createMany({
    data: [...keyOf].map(([candidateId, key]) => ({
      voteId: id,
      ownerId,
      candidateId,
      publicKey: key.publicKey,
      privateKeyBoxed: encryptSecret(instanceSecret, `vote-key:${id}:${candidateId}`, key.privateKey),
      voters,
      issued: voters,
    })),
  });
  await database.voteMember.createMany({
    data: members.map((personId) => ({ voteId: id, ownerId, personId, signedIn: true })),
  });
  await prepareCases(district, [
    { id, kind: 'differentialVote', organisationId: ownerId, step: 'issuing', dueAt: now, wakeAt: now },
  ]);
  const recipients = { chair: chair.recipient, supervisor: supervisor.recipient };
  const owners = new Map<string, string>();
  const ballotsOf = new Map<
    string,
    { candidateId: string; serial: string; signature: string; sealed: string }[]
  >();
  for (const personId of random.shuffled(members)) {
    const papers = candidates.map((candidate) => ({ candidate, ...blindedPaper(keyOf.get(candidate)!) }));
    const request = { ownerId, voteId: id, personId, at: now };
    await takeCandidatePapers(database, instanceSecret, {
      ...request,
      papers: papers.map(({ candidate, blinded }) => ({ candidate, blinded })),
    });
    const ballots = [];
    for (const { candidate, serial, signature } of papers) {
      const choice = random.below(2) === 0 ? [candidate] : [];
      const sealed = await sealChoice(choice, recipients, capacityOf(candidate));
      owners.set(serial, personId);
      ballots.push({ candidateId: candidate, serial, signature, sealed });
    }
    ballotsOf.set(personId, ballots);
  }
  await database.vote.update({ where: { id }, data: { issued: voters } });
  await database.case.update({ where: { id }, data: { step: 'casting' } });
  const cast = (ballot: { candidateId: string; serial: string; signature: string; sealed: string }) =>
    castBallot(database, id, ballot);
  if (delay === null)
    for (const ballots of ballotsOf.values()) for (const ballot of ballots) await cast(ballot);
  else await Promise.all([...ballotsOf.values()].map((ballots) => castAtRandomTimes(ballots, cast, delay)));
  return { id, candidates, owners };
}

/** Lays the ballots of two candidates beside each other, in each order that rows have: how many are of one member. */
async function pairsLinked(votes: readonly HeldByCandidate[]): Promise<{ pairs: number; best: number }> {
  const found = new Map<string, number>();
  let pairs = 0;
  for (const { id, candidates, owners } of votes) {
    for (const order of ['xmin::text::bigint', 'ctid', 'id', 'serial', 'sealed']) {
      const { rows } = await sql.query<{ candidate: string; serial: string }>(
        `SELECT candidate_id::text AS candidate, serial FROM ballot WHERE vote_id = $1 ORDER BY ${order}`,
        [id],
      );
      const listOf = (one: string) =>
        rows.filter(({ candidate }) => candidate === one).map(({ serial }) => owners.get(serial));
      for (const [index, one] of candidates.entries())
        for (const other of candidates.slice(index + 1)) {
          const [left, right] = [listOf(one), listOf(other)];
          const same = left.filter((member, position) => member === right[position]).length;
          found.set(order, (found.get(order) ?? 0) + same);
          if (order === 'id') pairs += 1;
        }
    }
  }
  return { pairs, best: Math.max(...found.values()) };
}

test('V2, V6: two ballots of one member are not linked to each other either, thanks to the delay', async () => {
  const votes = [];
  for (let seed = 3000; seed < 3008; seed += 1) votes.push(await holdByCandidate(seed, 400));
  const { pairs, best } = await pairsLinked(votes);
  process.stdout.write(
    `secrecy: ${votes.length} votes by candidate, ${pairs} pairs of papers; the best order links ${best} ballots, ` +
      `guessing ${pairs}, bound ${Math.floor(bound(pairs))}\n`,
  );
  expect(best).toBeLessThan(bound(pairs));

  // Without it, members who cast one after the other are found out.
  const inTurn = await holdByCandidate(3100, null);
  const { pairs: ofOne, best: all } = await pairsLinked([inTurn]);
  expect(all).toBe((ofOne * inTurn.owners.size) / inTurn.candidates.length);
}, 120_000);

test('no transaction that wrote a ballot wrote anything else, and no other table holds a serial', async () => {
  const { rows: tables } = await sql.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
  );
  const serials = held.flatMap(({ truth }) => [...truth.values()]);
  for (const { name } of tables.filter((table) => table.name !== 'ballot')) {
    const { rows } = await sql.query<{ shared: string; text: string }>(
      `SELECT count(*) FILTER (WHERE one.xmin::text IN (SELECT xmin::text FROM ballot))::text AS shared,
         coalesce(string_agg(one::text, ' '), '') AS text FROM "${name}" one`,
    );
    expect([name, rows[0]!.shared]).toEqual([name, '0']);
    expect([name, serials.filter((serial) => rows[0]!.text.includes(serial))]).toEqual([name, []]);
  }
}, 120_000);

test('with one key alone there is no tally: every choice is as long as another, and opens to nothing', async () => {
  const { id } = held[0]!;
  const sealed = (await instance.database.ballot.findMany({ where: { voteId: id } })).map(
    (row) => row.sealed,
  );
  const { candidates } = await instance.database.vote.findUniqueOrThrow({ where: { id } });
  expect(new Set(sealed).size).toBe(sealed.length);
  const recipients = { chair: chair.recipient, supervisor: supervisor.recipient };
  const opening = async (identity: string, box: Uint8Array) => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return decrypter.decrypt(box);
  };
  const inner = await Promise.all(sealed.map((ballot) => opening(chair.identity, fromBase64url(ballot))));
  expect(new Set(inner.map((box) => box.length)).size).toBe(1);
  expect(new Set(inner.map((box) => Buffer.from(box).toString('base64'))).size).toBe(inner.length);
  for (const box of inner) {
    const text = Buffer.from(box).toString('latin1');
    expect(candidates.filter((candidate) => text.includes(candidate))).toEqual([]);
    await expect(opening(chair.identity, box)).rejects.toThrow();
  }
  await expect(opening(supervisor.identity, fromBase64url(sealed[0]!))).rejects.toThrow();
  for (const [one, other] of [
    [chair.identity, chair.identity],
    [supervisor.identity, supervisor.identity],
  ] as const)
    await expect(openBox(sealed, one, other, recipients)).rejects.toMatchObject({
      code: 'OFFICER_KEY_WRONG',
    });
  const opened = await openBox(sealed, chair.identity, supervisor.identity, recipients);
  expect(opened.every((ballot) => 'choice' in ballot)).toBe(true);
});

test('a whole meeting over HTTP leaves no serial and no choice in audit, submissions, messages or histories', async () => {
  const sessions = new Map<string, Promise<TestSession>>();
  const as = (personId: string) => {
    const known = sessions.get(personId) ?? signInAs(instance, district, personId);
    sessions.set(personId, known);
    return known;
  };
  await changeVoteRules(district, { committee: { members: 7, reserve: 0 } });
  const committee = await prepareCommittee(district, { members: 7, reserve: 0 });
  const vote = await prepareVote(instance, district, await as(district.officeId), {
    committee,
    candidates: 3,
    seats: 1,
  });
  const [a, b] = vote.candidates.map(({ id }) => id) as [string, string];
  const { tally } = await holdMeeting(instance, vote.id, {
    as,
    committee,
    ballots: [[a], [a], [a], [a], [b], [], null],
  });
  expect(tally).toMatchObject({ issued: 7, returned: 6, blank: 1, elected: [a] });

  const ballots = await instance.database.ballot.findMany({ where: { voteId: vote.id } });
  expect(ballots).toHaveLength(6);
  const secrets = ballots.flatMap(({ serial, signature, sealed }) => [
    serial,
    signature,
    sealed.slice(0, 80),
  ]);
  const handle = instance.client.workflow.getHandle(workflowIdOf('differentialVote', vote.id));
  const history = await handle.fetchHistory();
  const words = JSON.stringify(history, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
  );
  expect(words).toContain(vote.id);
  expect(secrets.filter((secret) => words.includes(secret))).toEqual([]);
  expect([a, b].filter((candidate) => words.includes(candidate))).toEqual([]);
  for (const name of [
    'submission',
    'audit_value',
    'audit_entry',
    'decision',
    'case_message',
    'notification',
    'delivery',
    'task',
    'case',
  ]) {
    const { rows } = await sql.query<{ text: string }>(
      `SELECT coalesce(string_agg(one::text, ' '), '') AS text FROM "${name}" one`,
    );
    expect([name, secrets.filter((secret) => rows[0]!.text.includes(secret))]).toEqual([name, []]);
    const { rows: shared } = await sql.query<{ count: string }>(
      `SELECT count(*)::text AS count FROM "${name}" one WHERE one.xmin::text IN (SELECT xmin::text FROM ballot)`,
    );
    expect([name, shared[0]!.count]).toEqual([name, '0']);
  }
}, 120_000);

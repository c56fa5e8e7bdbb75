import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../records/database.js';
import { apply, closeApplications, openRound } from '../../samples/walk/applications.js';
import { casesAt } from '../../samples/walk/candidates.js';
import { checkEligibility, giveOpinions, reviewByLeadingGroup } from '../../samples/walk/checks.js';
import { enterDistrict } from '../../samples/walk/district.js';
import {
  admitReplacement,
  approveList,
  concludeRound,
  freeHeldCandidate,
  publishDistrictNotice,
} from '../../samples/walk/list.js';
import {
  fileLists,
  nominateCandidates,
  publishSchoolNotices,
  scoreApplicants,
} from '../../samples/walk/schools.js';
import { approveSeats, holdVote, holdVotes } from '../../samples/walk/vote.js';
import { Walk } from '../../samples/walk/walk.js';
import { createDistrict } from '../../scripts/create-administrator.js';
import { runDoctor, type Finding } from '../../scripts/doctor.js';
import { startStack } from '../../stack/stack.js';
import { connectTemporal } from '../../temporal/connection.js';
import { decidedRows, type DecidedRows } from '../support/decided-rows.js';
import { Disturbances, parts, type Disturbance } from '../support/disturbance.js';
import { smallRound } from '../support/small-round.js';

/** A round that has ended. */
interface Ended {
  readonly rows: DecidedRows;
  readonly findings: readonly Finding[];
  readonly submissions: readonly {
    readonly id: string;
    readonly status: string;
    readonly decisions: number;
  }[];
  /** Ids of the submissions that the audit chain tells of, one for each entry. */
  readonly audited: readonly string[];
  readonly asked: { readonly status: string };
  readonly disturbed: readonly string[];
  readonly lines: readonly string[];
}

let quiet: Ended;
let disturbed: Ended;

beforeAll(async () => {
  quiet = await roundOn(false);
  disturbed = await roundOn(true);
  console.log([...quiet.lines, '', ...disturbed.lines].join('\n'));
}, 600_000);

test('every process was killed at every moment', () => {
  const moments = ['in the transaction', 'after the commit', 'in delivery', 'in casting'];
  const all = moments.flatMap((moment) => parts.map((part) => `${moment}: ${part}`));
  expect(disturbed.disturbed.toSorted()).toEqual(all.toSorted());
  expect(quiet.disturbed).toEqual([]);
});

test('what was decided is what is decided when nothing is disturbed', () => {
  expect(disturbed.rows).toEqual(quiet.rows);
  // Two rounds without decisions would be equal too.
  expect(disturbed.rows['trainee']).toHaveLength(10);
  expect(disturbed.rows['vote']!.length).toBeGreaterThanOrEqual(2);
});

test('S5: every submission has one answer, and one decision when the answer was yes', () => {
  const wrong = disturbed.submissions.filter(
    ({ status, decisions }) => decisions !== (status === 'done' ? 1 : 0) || status === 'received',
  );
  expect(wrong).toEqual([]);
  expect(disturbed.submissions.length).toBe(quiet.submissions.length);
  expect(disturbed.submissions.filter(({ status }) => status === 'refused')).toHaveLength(
    quiet.submissions.filter(({ status }) => status === 'refused').length,
  );
});

test('who asks for a submission that was not answered gets to know what became of it', () => {
  expect(disturbed.asked).toMatchObject({ status: 'done' });
});

test('the audit chain tells of every decision once, and the doctor finds nothing', () => {
  const decided = disturbed.submissions.filter(({ status }) => status === 'done').map(({ id }) => id);
  expect(disturbed.audited.toSorted()).toEqual(decided.toSorted());
  expect(disturbed.findings).toEqual([]);
  expect(quiet.findings).toEqual([]);
});

/** Runs a small round on a stack of its own. */
async function roundOn(isDisturbed: boolean): Promise<Ended> {
  const directory = mkdtempSync(join(tmpdir(), 'qinglan-lost-'));
  const stack = await startStack({
    directory,
    ui: false,
    durable: true,
    rehearsal: { startsOn: '2026-09-01' },
    env: { LOG_LEVEL: 'warn', RATE_LIMIT_ADDRESS: '100000', RATE_LIMIT_SIGN_IN: '10000' },
  });
  const database = openDatabase(stack.postgres.url, 4);
  const client = connectTemporal(stack.temporal);
  const lines: string[] = [];
  try {
    const walk = new Walk({
      ...(await smallRound()),
      url: stack.api.url,
      administrator: await createDistrict({ database, name: '青蓝区', code: 'QL' }),
      password: 'Sample-pass-2026',
      progress: (line) => lines.push(line),
    });
    await enterDistrict(walk);
    const disturbances = new Disturbances(stack);
    await select(walk, isDisturbed ? disturbances : null);
    return {
      rows: await decidedRows(database),
      findings: await runDoctor({ database, client }),
      submissions: await answersOf(database),
      audited: await auditedSubmissions(database),
      asked: await askForOne(walk, database),
      disturbed: disturbances.done,
      lines,
    };
  } catch (error) {
    console.log(lines.join('\n'));
    throw error;
  } finally {
    await database.$disconnect();
    await client.connection.close();
    await stack.stop();
    rmSync(directory, { recursive: true });
  }
}

/**
 * The selection, each stage disturbed at one moment. Whoever acts sends the same request again with the same
 * Idempotency-Key until there is an answer, as any client of the API would.
 */
async function select(walk: Walk, disturbances: Disturbances | null): Promise<void> {
  const during = <Result>(
    action: () => Promise<Result>,
    ...chosen: ((on: Disturbances) => Disturbance)[]
  ): Promise<Result> =>
    disturbances ? disturbances.during(action, ...chosen.map((choose) => choose(disturbances))) : action();

  await during(
    () => openRound(walk),
    (on) => on.inDelivery('temporal'),
  );
  await during(
    () => apply(walk),
    (on) => on.inDelivery('worker'),
  );
  await closeApplications(walk);
  await during(
    () => scoreApplicants(walk),
    (on) => on.inTransaction('worker'),
  );
  await during(
    () => nominateCandidates(walk),
    (on) => on.inTransaction('api'),
  );
  await during(
    () => publishSchoolNotices(walk),
    (on) => on.afterCommit('postgres'),
  );
  await during(
    () => fileLists(walk),
    (on) => on.inTransaction('temporal'),
  );
  await during(
    () => checkEligibility(walk),
    (on) => on.inDelivery('api'),
  );
  await during(
    () => reviewByLeadingGroup(walk),
    (on) => on.afterCommit('worker'),
  );
  await during(
    () => giveOpinions(walk),
    (on) => on.afterCommit('temporal'),
  );
  await during(
    () => approveSeats(walk),
    (on) => on.inTransaction('postgres'),
  );
  await vote(walk, during);
  const special = await publishDistrictNotice(walk);
  await during(
    () => approveList(walk, special),
    (on) => on.afterCommit('api'),
  );
  await admitReplacement(walk, special);
  await during(
    () => freeHeldCandidate(walk, special),
    (on) => on.inDelivery('postgres'),
  );
  await concludeRound(walk);
}

/**
 * The first votes one after the other, so that each is disturbed by itself; then whatever they call for. Casting needs
 * neither worker nor Temporal: it goes on without them, and they are killed last.
 */
async function vote(
  walk: Walk,
  during: (
    action: () => Promise<unknown>,
    ...chosen: ((on: Disturbances) => Disturbance)[]
  ) => Promise<unknown>,
): Promise<void> {
  const votes = await walk.until('the first votes', async () => {
    const found = await casesAt(walk, 'votes', 'signIn');
    return found.length === 2 && found.toSorted((left, right) => (left.unit! < right.unit! ? -1 : 1));
  });
  await during(
    () => holdVote(walk, votes[0]!),
    (on) => on.inCasting('api'),
    (on) => on.inCasting('worker'),
  );
  await during(
    () => holdVote(walk, votes[1]!),
    (on) => on.inCasting('postgres'),
    (on) => on.inCasting('temporal'),
  );
  await holdVotes(walk);
}

/** Every submission with its answer and how many decisions it has led to. */
async function answersOf(database: Database): Promise<Ended['submissions']> {
  const decisions = await database.decision.findMany({ select: { submissionId: true } });
  const submissions = await database.submission.findMany({ select: { id: true, status: true } });
  return submissions.map(({ id, status }) => ({
    id,
    status,
    decisions: decisions.filter(({ submissionId }) => submissionId === id).length,
  }));
}

async function auditedSubmissions(database: Database): Promise<string[]> {
  const values = await database.auditValue.findMany();
  return values.map(({ value }) => (JSON.parse(value) as { submission: string }).submission);
}

/** What somebody is told who asks for the submission of the first application. */
async function askForOne(walk: Walk, database: Database): Promise<{ status: string }> {
  const { id, actorId } = await database.submission.findFirstOrThrow({ where: { decision: 'submit' } });
  return (await walk.as(walk.staffNumberOf(actorId))).get(`/submissions/${id}`);
}

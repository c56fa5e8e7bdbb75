import type { Database } from '../../records/database.js';

/** What an instance has decided, table by table, in an order and with names that do not depend on ids. */
export type DecidedRows = Readonly<Record<string, readonly string[]>>;

const uuid = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;
const instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
/** Keys of a vote, drawn anew in every round. */
const key = /^(age1|AGE-SECRET-KEY-)/;
/** Digests of what holds ids. */
const digest = /^[\da-f]{64}$/;

/**
 * Reads what was decided, ids and instants aside: people by staff number, organisations by code, candidates by person
 * and rank, cases by what they are. Two rounds that decided the same give equal answers.
 */
export async function decidedRows(database: Database): Promise<DecidedRows> {
  const names = await namesOfIds(database);
  const tables: Record<string, readonly object[]> = {
    application: await database.application.findMany(),
    stageEntry: await database.stageEntry.findMany(),
    nominationQuota: await database.nominationQuota.findMany(),
    // The places of a quota are alike; who takes which follows the order of the ids.
    nomination: await database.nomination.findMany({ omit: { place: true } }),
    scoreSheet: await database.scoreSheet.findMany(),
    notice: await database.notice.findMany({ omit: { snapshotHash: true } }),
    opinion: await database.opinion.findMany(),
    panelMember: await database.panelMember.findMany(),
    panelConflict: await database.panelConflict.findMany(),
    evaluationCount: await database.evaluationCount.findMany(),
    seatQuota: await database.seatQuota.findMany(),
    vote: await votesOf(database),
    voteMember: (await database.voteMember.findMany()).map(({ blindedPaper, ...member }) => ({
      ...member,
      hasPaper: blindedPaper !== null,
    })),
    trainee: await database.trainee.findMany(),
    title: await database.title.findMany({ where: { origin: 'appointment' } }),
    notification: await database.notification.findMany(),
    task: await database.task.findMany(),
    decision: await database.decision.findMany(),
    submission: await database.submission.findMany({ omit: { key: true, bodyHash: true } }),
    // How often a case was told of news depends on the moment; what came of it does not.
    case: await database.case.findMany({ omit: { sequence: true } }),
  };
  return Object.fromEntries(
    Object.entries(tables).map(([table, rows]) => [
      table,
      rows.map((row) => JSON.stringify(named(row, names))).sort(),
    ]),
  );
}

/** Votes with their counts, and how many ballots are in each box. */
async function votesOf(database: Database): Promise<object[]> {
  const votes = await database.vote.findMany({
    omit: {
      publicKey: true,
      privateKeyBoxed: true,
      chairRecipient: true,
      supervisorRecipient: true,
      chairIdentity: true,
      supervisorIdentity: true,
    },
  });
  return Promise.all(
    votes.map(async (vote) => ({
      ...vote,
      ballots: await database.ballot.count({ where: { voteId: vote.id } }),
    })),
  );
}

async function namesOfIds(database: Database): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { id, staffNumber } of await database.person.findMany()) names.set(id, staffNumber);
  for (const { id, code } of await database.organisation.findMany()) names.set(id, code);
  for (const { id, kind, organisationId, subject, stage, unit, batch } of await database.case.findMany()) {
    const parts = [kind, names.get(organisationId), subject, stage, unit && (names.get(unit) ?? unit), batch];
    names.set(id, parts.filter(Boolean).join(' '));
  }
  for (const { id, personId, rank } of await database.application.findMany())
    names.set(id, `candidate ${names.get(personId)} ${rank}`);
  for (const { id, personId, rank } of await database.trainee.findMany())
    names.set(id, `trainee ${names.get(personId)} ${rank}`);
  const votes = await database.vote.findMany();
  for (const { id, ballotRound, position } of votes)
    names.set(id, `${names.get(id)} ${ballotRound} ${position}`);
  return names;
}

function named(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (value instanceof Date) return 'instant';
  if (typeof value === 'string') {
    if (instant.test(value)) return 'instant';
    if (digest.test(value)) return 'digest';
    return key.test(value) ? 'key' : value.replace(uuid, (id) => names.get(id) ?? 'id');
  }
  // What lists say does not depend on their order: the ids that they are ordered by are drawn anew.
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(named(item, names))).sort();
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([field, each]) => [
    named(field, names) as string,
    field === 'id' || field === 'ownerId' ? undefined : named(each, names),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a! < b! ? -1 : 1)));
}

import { signPaper } from '../../ballot/issuer.js';
import { finishPaper, preparePaper, sealChoice } from '../../ballot/member.js';
import { makeOfficerKey } from '../../ballot/officers.js';
import type { Role } from '../../domain/cases.js';
import type { DecisionAnswer } from '../../samples/api-client.js';
import type { Prisma } from '../../prisma/generated/client.js';
import { readClock } from '../../records/instance.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { decryptSecret } from '../../records/secrets.js';
import { instanceSecret, type TestInstance } from './instance.js';
import {
  eventually,
  prepareCandidates,
  prepareRound,
  prepareTeachers,
  type PreparedDistrict,
} from './prepared.js';
import type { TestSession } from './sessions.js';

/** Persons of the committee; the first member is the chair. */
export interface PreparedCommittee {
  readonly members: readonly string[];
  readonly reserve: readonly string[];
  readonly supervisor: string;
}

/** A vote whose committee is to sign in. */
export interface PreparedVote {
  readonly id: string;
  readonly roundId: string;
  readonly committee: PreparedCommittee;
  readonly candidates: readonly { readonly id: string; readonly personId: string }[];
  /** What the leading group was warned of when it approved the seats. */
  readonly warnings: readonly unknown[];
  name(personId: string, role: Role): Promise<void>;
}

const unit = 'accomplished/science';

/** Names a committee, each member of a school of its own as far as there are schools. */
export async function prepareCommittee(
  district: PreparedDistrict,
  { members, reserve }: { readonly members: number; readonly reserve: number },
): Promise<PreparedCommittee> {
  const people = await prepareTeachers(district, members + reserve + 1);
  const committee = {
    members: people.slice(0, members),
    reserve: people.slice(members, members + reserve),
    supervisor: people.at(-1)!,
  };
  await nameIn(district, committee.members[0]!, 'committee_chair');
  for (const personId of committee.members) await nameIn(district, personId, 'committee');
  for (const personId of committee.reserve) await nameIn(district, personId, 'committee_reserve');
  await nameIn(district, committee.supervisor, 'supervisor');
  return committee;
}

/**
 * Puts candidates before the vote, has the seats approved, and waits for the vote.
 * @param options.before changes rows of committee and candidates before the vote is written
 */
export async function prepareVote(
  instance: TestInstance,
  district: PreparedDistrict,
  office: TestSession,
  options: {
    readonly committee: PreparedCommittee;
    readonly candidates: number;
    readonly seats: number;
    readonly equalNumberDecision?: string;
    readonly before?: (candidates: PreparedVote['candidates']) => Promise<void>;
  },
): Promise<PreparedVote> {
  const { database, schoolIds } = district;
  const { committee, seats, equalNumberDecision } = options;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  await database.round.update({ where: { id: roundId }, data: { places: { accomplished: seats } } });
  const teachers = await prepareTeachers(district, options.candidates);
  // At the other end of the list of schools than the committee.
  for (const [index, id] of teachers.entries())
    await database.person.update({ where: { id }, data: { schoolId: schoolIds.at(-1 - index)! } });
  const ids = await prepareCandidates(district, roundId, teachers, {
    stage: 'differential_vote',
    standing: 'waiting',
  });
  const rows = await database.application.findMany({ where: { id: { in: ids } } });
  const candidates = ids.map((id) => ({ id, personId: rows.find((row) => row.id === id)!.personId }));
  await options.before?.(candidates);
  const { now } = await readClock(database);
  await caseWaker(instance.client, database)(roundId, now);
  const { result } = await office.post<DecisionAnswer & { result: { warnings: unknown[] } }>(
    `/rounds/${roundId}/seats`,
    {
      seats: [{ unit, seats, ...(equalNumberDecision && { equalNumberDecision }) }],
      recordedFor: { document: '区师培纪要〔2026〕1号', decidedOn: '2026-10-12' },
    },
  );
  const vote = await eventually(
    () => database.vote.findFirst({ where: { roundId } }),
    (found) => found !== null,
  );
  const id = vote!.id;
  await eventually(
    () => database.case.findUnique({ where: { id } }),
    (row) => row?.step === 'signIn',
  );
  const name = (personId: string, role: Role) => nameIn(district, personId, role);
  return { id, roundId, committee, candidates, warnings: result.warnings, name };
}

/** Writes the round's scheme anew with other rules of the vote, before anything has read it. */
export async function changeVoteRules(district: PreparedDistrict, changes: object): Promise<void> {
  const { database, policyId, policy } = district;
  const content = { ...policy, vote: { ...policy.vote!, ...changes } };
  await database.policy.update({
    where: { id: policyId },
    data: { content: content as unknown as Prisma.InputJsonObject },
  });
}

/** How a meeting goes. */
export interface Meeting {
  readonly as: (personId: string) => Promise<TestSession>;
  readonly committee: PreparedCommittee;
  /** The names on the paper of each member, in the order of the members; null for who casts none. */
  readonly ballots: readonly (readonly string[] | null)[];
  /** Ballots on papers that were never given out: the case that V13 is about. */
  readonly smuggled?: readonly (readonly string[])[];
  readonly onOpen?: () => Promise<void>;
  readonly beforeRecord?: () => Promise<void>;
}

interface VoteAnswer {
  readonly seats: number;
  readonly publicKey: string;
  readonly candidates: readonly { readonly applicationId: string }[];
  readonly tally: Readonly<Record<string, unknown>>;
}

/**
 * Holds one vote from the sign-in to the signed record.
 * @returns the tally, and the id of the vote that follows in the meeting, if one does
 */
export async function holdMeeting(
  { database, url }: TestInstance,
  voteId: string,
  { as, committee, ballots, smuggled = [], onOpen, beforeRecord }: Meeting,
): Promise<{ tally: VoteAnswer['tally']; next: string | null }> {
  const [chairId, ...others] = committee.members;
  const [chair, supervisor] = [await as(chairId!), await as(committee.supervisor)];
  const [chairKey, supervisorKey] = [await makeOfficerKey(), await makeOfficerKey()];
  await atStep(database, voteId, 'signIn');
  await chair.post(`/votes/${voteId}/sign-ins`, { recipient: chairKey.recipient });
  await supervisor.post(`/votes/${voteId}/sign-ins`, { recipient: supervisorKey.recipient });
  for (const personId of others) await (await as(personId)).post(`/votes/${voteId}/sign-ins`, {});
  await chair.post(`/votes/${voteId}/opening`, {});
  await onOpen?.();
  const vote = await chair.get<VoteAnswer>(`/votes/${voteId}`);
  const candidateIds = vote.candidates.map(({ applicationId }) => applicationId);
  const seal = (choice: readonly string[]) =>
    sealChoice(
      choice,
      { chair: chairKey.recipient, supervisor: supervisorKey.recipient },
      { seats: vote.seats, candidateIds },
    );
  const papers = [];
  for (const personId of committee.members) {
    const { blinded, secret } = await preparePaper(vote.publicKey);
    const session = await as(personId);
    const { blindSignature } = await session.post<{ blindSignature: string }>(`/votes/${voteId}/papers`, {
      blinded,
    });
    papers.push(await finishPaper(secret, blindSignature));
  }
  const { privateKeyBoxed } = await database.vote.findUniqueOrThrow({ where: { id: voteId } });
  const privateKey = decryptSecret(instanceSecret, `vote-key:${voteId}`, privateKeyBoxed!);
  const forged = [];
  for (const choice of smuggled) {
    const { blinded, secret } = await preparePaper(vote.publicKey);
    forged.push({ paper: await finishPaper(secret, signPaper(privateKey, blinded)), choice });
  }
  await atStep(database, voteId, 'casting');
  const cast = papers.map((paper, index) => ({ paper, choice: ballots[index] ?? null }));
  for (const { paper, choice } of [...cast, ...forged]) {
    if (choice === null) continue;
    const response = await fetch(`${url}/api/v1/ballot-box/${voteId}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...paper, sealed: await seal(choice) }),
    });
    if (response.status !== 204) throw new Error(await response.text());
  }
  await chair.post(`/votes/${voteId}/closing`, {});
  await chair.post(`/votes/${voteId}/keys`, { identity: chairKey.identity });
  await supervisor.post(`/votes/${voteId}/keys`, { identity: supervisorKey.identity });
  const { tally } = await chair.get<VoteAnswer>(`/votes/${voteId}`);
  await beforeRecord?.();
  await chair.post(`/votes/${voteId}/confirmations`, {});
  await supervisor.post(`/votes/${voteId}/confirmations`, {});
  const { firstVoteId, position } = await database.vote.findUniqueOrThrow({ where: { id: voteId } });
  const following = await database.vote.findFirst({ where: { firstVoteId, position: position + 1 } });
  return { tally, next: following?.id ?? null };
}

async function atStep(database: TestInstance['database'], id: string, step: string): Promise<void> {
  const row = await eventually(
    () => database.case.findUnique({ where: { id } }),
    (found) => found?.step === step,
  );
  if (row?.step !== step) throw new Error(`The vote stands at ${row?.step}, not at ${step}.`);
}

async function nameIn({ database, ownerId }: PreparedDistrict, personId: string, role: Role): Promise<void> {
  await database.membership.create({
    data: { ownerId, personId, organisationId: ownerId, role, from: '2020-01-01' },
  });
}

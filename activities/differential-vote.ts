import { randomUUID } from 'node:crypto';
import { identityToRecipient } from 'age-encryption';
import { makeVoteKey } from '../ballot/issuer.js';
import { openBox as openSealed } from '../ballot/officers.js';
import type { Role } from '../domain/cases.js';
import { barsByRule, type ConflictKind } from '../domain/conflicts.js';
import { stageOf, type Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import * as voting from '../domain/vote.js';
import type { Prisma } from '../prisma/generated/client.js';
import { dueIn } from '../records/calendar.js';
import { policyOfRound, recordOutcomes, type StageOutcome } from '../records/candidates.js';
import type { CaseRules, Decision, DecisionWork, Move, Transition, Work } from '../records/decide.js';
import { refuseWithoutOpinions } from '../records/opinions.js';
import {
  applyConflicts,
  chairsOf,
  conflictsBetween,
  conflictsOfVote,
  findConflicts,
  raiseConflict,
  type ConflictRow,
} from '../records/conflicts.js';
import { membersWith } from '../records/people.js';
import { encryptSecret } from '../records/secrets.js';
import { issuedCodes } from '../records/vote-codes.js';
import { signRecord } from '../records/vote-records.js';
import {
  alignCommittee,
  createVote,
  freezeElectorates,
  makePapers,
  refuseOtherCommittee,
  roundsOfMeeting,
  sealedBallots,
  seatMembers,
  voteWithMembers,
  votersOf,
  votersOn,
  writeIssued,
  type VoteMemberRow,
  type VoteRow,
} from '../records/votes.js';
import { instanceSecret } from './instance-secret.js';
import { closeCount, enterSheet, nameTellers } from './paper-vote.js';
import { remindOverdue, unlessCancelled } from './reminders.js';
import { countPapers } from './vote-record.js';

/**
 * A member, or the supervisor, is here. The chair and the supervisor bring the public key for which the ballots of
 * this vote will be sealed, unless it is held on paper. Whoever was named to the committee, or left it, since the vote was written is on the register
 * now, or no longer. Rules V4, V6.
 */
const signIn: Decision = async (work, body: { recipient?: string }) => {
  const { db, id } = work;
  const { roundId } = await db.vote.findUniqueOrThrow({ where: { id } });
  await alignCommittee(work, (await policyOfRound(db, roundId)).vote!);
  const { vote, members } = await voteWithMembers(db, id);
  const personId = work.submission.actorId;
  const role = work.decider.role;
  const rules = (await policyOfRound(db, roundId)).vote!;
  if (role === 'committee_chair' || role === 'supervisor') {
    if (vote.mode !== 'paper' && !body.recipient)
      throw new Refusal({ code: 'OFFICER_KEY_MISSING', rule: 'V6', values: { role } });
    await refuseOwnCase(work, vote, personId, role);
    const recipient = body.recipient ?? null;
    await db.vote.update({
      where: { id },
      data:
        role === 'supervisor'
          ? { supervisorRecipient: recipient, supervisorId: personId }
          : { chairRecipient: recipient, chairId: personId },
    });
  }
  if (role === 'supervisor') return {};
  const member = members.find((each) => each.personId === personId);
  if (!member || member.recusalReason === 'SUBSTITUTED')
    throw new Refusal({ code: 'NOT_ON_COMMITTEE', rule: 'V4' });
  await db.voteMember.update({
    where: { voteId_personId: { voteId: id, personId } },
    data: { signedIn: true },
  });
  // Kinship may have been declared since the register was written.
  await findConflicts(work, vote, [personId], rules);
  const own = (await conflictsOfVote(db, id)).filter((conflict) => conflict.personId === personId);
  return {
    ...(await taskOnChair(work)),
    result: { conflicts: own.map(({ id: conflictId, kind, decision }) => ({ conflictId, kind, decision })) },
  };
};

/** A candidate neither presides nor supervises, and no kin of one supervises. */
async function refuseOwnCase(work: Work, vote: VoteRow, personId: string, role: Role): Promise<void> {
  const kinds = (await conflictsBetween(work.db, [personId], vote.candidates)).map(({ kind }) => kind);
  if (kinds.includes('is_candidate')) throw new Refusal({ code: 'OWN_CASE', rule: 'V1' });
  if (role === 'supervisor' && kinds.includes('kinship'))
    throw new Refusal({ code: 'SUPERVISOR_IS_KIN', rule: 'V1' });
}

/**
 * A member declares a conflict and stands aside until it is decided on; what the service has warned of is declared by the
 * same way. The chair may also name a conflict of a member, which is then decided. Rules V1, V3.
 */
const recuse: Decision = async (
  work,
  body: { memberId?: string; kind?: ConflictKind; candidates?: string[]; reason: string },
) => {
  const actorId = work.submission.actorId;
  const personId = body.memberId ?? actorId;
  const isChair = work.decider.role === 'committee_chair';
  if (personId !== actorId && !isChair)
    throw new Refusal({
      code: 'NOT_ALLOWED',
      rule: 'V1',
      values: { decision: 'recuse', allowed: ['committee_chair'] },
    });
  const { vote } = await requireMember(work, personId);
  refuseUnknownCandidates(vote, body.candidates ?? []);
  const kind = body.kind ?? 'other';
  const warned = await work.db.voteConflict.findFirst({
    where: { voteId: work.id, personId, kind, source: 'detected', decision: null, declaredAt: null },
  });
  if (warned !== null && personId === actorId) {
    await work.db.voteConflict.update({
      where: { id: warned.id },
      data: { declaredAt: work.at, reason: body.reason, raisedById: actorId },
    });
    return taskOnChair(work);
  }
  await raiseConflict(work, {
    personId,
    kind,
    source: personId === actorId ? 'declared' : 'decided',
    candidates: body.candidates ?? [],
    reason: body.reason,
    raisedById: actorId,
    ...(personId !== actorId && { decision: { decidedBy: 'committee_chair' } }),
  });
  return taskOnChair(work);
};

/** A candidate asks that a member stand aside; nothing changes before it is decided. Rule V1. */
const askRecusal: Decision = async (work, body: { memberId: string; reason: string }) => {
  const { vote } = await requireMember(work, body.memberId);
  const raisedById = work.submission.actorId;
  const own = await work.db.application.findFirst({
    where: { id: { in: vote.candidates }, personId: raisedById, standing: 'running' },
  });
  if (own === null) throw new Refusal({ code: 'NOT_A_CANDIDATE', rule: 'V1' });
  await raiseConflict(work, {
    personId: body.memberId,
    kind: 'other',
    source: 'asked',
    candidates: [own.id],
    reason: body.reason,
    raisedById,
  });
  return taskOnChair(work);
};

interface Judgements {
  readonly decisions: readonly { conflictId: string; recused: boolean; reason: string }[];
}

/** The chair decides on conflicts of the members, not on the own. Rule V1. */
const decideConflicts: Decision = async (work, { decisions }: Judgements) => {
  const chairs = [...(await chairsOf(work.db, work.today)), work.submission.actorId];
  await judgeConflicts(work, decisions, 'committee_chair', (personId) => {
    if (chairs.includes(personId)) throw new Refusal({ code: 'CONFLICT_OF_CHAIR', rule: 'V1' });
  });
  return {};
};

/** The leading group decides on conflicts of the chair. Rule V1. */
const decideOnChair: Decision = async (work, { decisions }: Judgements) => {
  const chairs = await chairsOf(work.db, work.today);
  await judgeConflicts(work, decisions, 'leading_group', (personId) => {
    if (!chairs.includes(personId)) throw new Refusal({ code: 'CONFLICT_OF_MEMBER', rule: 'V1' });
  });
  if ((await undecided(work)).some(({ personId }) => chairs.includes(personId))) return {};
  await work.finishTasks(work.id, 'decideOnChair');
  return {};
};

async function judgeConflicts(
  work: DecisionWork,
  decisions: Judgements['decisions'],
  decidedBy: Role,
  requireCompetence: (personId: string) => void,
): Promise<void> {
  const conflicts = await conflictsOfVote(work.db, work.id);
  for (const { conflictId, recused, reason } of decisions) {
    const conflict = conflicts.find(({ id }) => id === conflictId);
    if (!conflict) throw new Refusal({ code: 'CONFLICT_UNKNOWN', rule: 'V1', values: { conflictId } });
    if (conflict.decidedBy === 'rule')
      throw new Refusal({
        code: 'CONFLICT_BARS_BY_RULE',
        rule: 'V1',
        values: { conflict: conflict.kind },
      });
    requireCompetence(conflict.personId);
    await work.db.voteConflict.update({
      where: { id: conflictId },
      data: {
        decision: recused ? 'recused' : 'votes',
        decisionReason: reason,
        decidedBy,
        decidedAt: work.at,
      },
    });
    await applyConflicts(work.db, work.id, [conflict.personId]);
  }
}

async function undecided(work: Work): Promise<ConflictRow[]> {
  return (await conflictsOfVote(work.db, work.id)).filter(({ decision }) => decision === null);
}

/** The leading group has a task once there is something to decide on the chair. */
async function taskOnChair(work: Work): Promise<Move> {
  const chairs = await chairsOf(work.db, work.today);
  if (!(await undecided(work)).some(({ personId }) => chairs.includes(personId))) return {};
  const known = await work.db.task.count({
    where: { caseId: work.id, doneAt: null, actions: { has: 'decideOnChair' } },
  });
  if (known > 0) return {};
  const organisationId = work.ownerId;
  const dueAt = await dueIn(work.db, work.today, 1);
  return { tasks: [{ role: 'leading_group', organisationId, actions: ['decideOnChair'], dueAt }] };
}

function refuseUnknownCandidates(vote: VoteRow, ids: readonly string[]): void {
  const unknown = ids.filter((id) => !vote.candidates.includes(id));
  if (unknown.length > 0)
    throw new Refusal({ code: 'CANDIDATE_NOT_ON_LIST', rule: 'V1', values: { unknown } });
}

/**
 * A reserve member sits in the place of an absent or recused one, who votes on nobody then; the committee's number stays.
 * Whom the rule would bar cannot sit. Rules V1, V4.
 */
const substitute: Decision = async (work, body: { memberId: string; substituteId: string }) => {
  const { db, id } = work;
  const { vote, members } = await requireMember(work, body.memberId);
  const reserve = await membersWith(db, 'committee_reserve', work.today);
  const sits = members.some((member) => member.personId === body.substituteId);
  if (sits || !reserve.some((member) => member.personId === body.substituteId))
    throw new Refusal({ code: 'NOT_A_RESERVE_MEMBER', rule: 'V4' });
  const rules = (await policyOfRound(db, vote.roundId)).vote!;
  const barring = (await conflictsBetween(db, [body.substituteId], vote.candidates)).find(({ kind }) =>
    barsByRule(kind, rules.sameSchool),
  );
  if (barring)
    throw new Refusal({ code: 'SUBSTITUTE_CONFLICTED', rule: 'V4', values: { conflict: barring.kind } });
  await db.voteMember.update({
    where: { voteId_personId: { voteId: id, personId: body.memberId } },
    data: { recused: true, signedIn: false, recusalReason: 'SUBSTITUTED' },
  });
  await seatMembers(work, vote, [body.substituteId], rules, { substitute: true });
  return {};
};

async function requireMember(work: Work, personId: string) {
  const found = await voteWithMembers(work.db, work.id);
  if (!found.members.some((member) => member.personId === personId))
    throw new Refusal({ code: 'NOT_ON_COMMITTEE', rule: 'V1' });
  return found;
}

/** No paper goes out while a conflict of somebody who is here waits for its decision. */
async function refuseUndecided(work: Work, members: readonly VoteMemberRow[]): Promise<void> {
  const open = (await undecided(work)).filter(({ personId }) =>
    members.some((member) => member.personId === personId && member.signedIn),
  );
  if (open.length > 0)
    throw new Refusal({
      code: 'CONFLICT_UNDECIDED',
      rule: 'V1',
      values: { count: open.length, conflicts: [...new Set(open.map(({ kind }) => kind))].sort() },
    });
}

/**
 * The chair opens the vote: the committee's number, quorum and differential are checked, the roll of voters is frozen, and each of them can
 * take a paper or draw a code. On paper, each of them is given one now. No conflict is left undecided. Rules V1, V4, V7,
 * V10, V11.
 */
const open: Decision = async (work, body: { place?: string }) => {
  const { db, id } = work;
  await takeOffWhoLeft(work);
  const { vote, members } = await voteWithMembers(db, id);
  const policy = await policyOfRound(db, vote.roundId);
  await refuseOtherCommittee(work, policy.vote!, vote.members);
  const ofEach = votersOfEach(vote, members);
  const { voters, warnings } = voting.checkOpen({
    round: vote.ballotRound as voting.RoundKind,
    members: vote.members,
    present: members.filter((member) => member.signedIn).length,
    recused: members.filter((member) => member.signedIn && member.recused).length,
    votersOf: ofEach,
    candidates: vote.candidates,
    seats: vote.seats,
    rules: policy.vote!,
    equalNumberDecision: vote.equalNumberDecision ?? undefined,
  });
  requireOfficers(vote);
  await refuseUndecided(work, members);
  await refuseWithoutOpinions(db, policy, vote.candidates);
  if (ofEach) await freezeElectorates(db, id, ofEach);
  const key = vote.mode === 'electronic' && !ofEach ? await makeVoteKey() : null;
  await db.vote.update({
    where: { id },
    data: {
      voters,
      place: body.place ?? null,
      ...(key && {
        publicKey: key.publicKey,
        privateKeyBoxed: encryptSecret(instanceSecret(), `vote-key:${id}`, key.privateKey),
      }),
    },
  });
  const result = { voters, warnings: warnings as unknown as Prisma.InputJsonArray };
  if (vote.mode === 'paper') return { ...(await startCasting(work, voters)), result };
  const organisationId = work.ownerId;
  const dueAt = await dueIn(db, work.today, stageOf(policy, 'differential_vote')?.workingDays);
  return {
    step: 'issuing',
    tasks:
      vote.mode === 'electronic'
        ? [
            { role: 'committee', organisationId, actions: ['takePaper'], dueAt },
            { role: 'committee_chair', organisationId, actions: ['closeIssue'], dueAt },
          ]
        : [{ role: 'committee_chair', organisationId, actions: ['printCodes', 'closeIssue'], dueAt }],
    result,
  };
};

/** The chair and the supervisor have signed in, with the keys that the ballots are sealed to where they are sealed. */
function requireOfficers(vote: VoteRow): void {
  const isHere = (id: string | null, recipient: string | null) =>
    vote.mode === 'paper' ? id !== null : recipient !== null;
  const role = !isHere(vote.chairId, vote.chairRecipient)
    ? 'committee_chair'
    : !isHere(vote.supervisorId, vote.supervisorRecipient)
      ? 'supervisor'
      : null;
  if (role === null) return;
  if (vote.mode === 'paper') throw new Refusal({ code: 'OFFICER_ABSENT', rule: 'V7', values: { role } });
  throw new Refusal({ code: 'OFFICER_KEY_MISSING', rule: 'V6', values: { role } });
}

/** With recusal by candidate, how many of those who are here vote on each. Rule V2. */
function votersOfEach(vote: VoteRow, members: readonly VoteMemberRow[]) {
  if (vote.recusalScope !== 'candidate') return undefined;
  return Object.fromEntries(vote.candidates.map((id) => [id, votersOn(id, members).length]));
}

/** Who has withdrawn or is out since the list was made is not voted on. */
async function takeOffWhoLeft({ db, id }: Work): Promise<void> {
  const { candidates } = await db.vote.findUniqueOrThrow({ where: { id } });
  const out = await db.application.findMany({
    where: { id: { in: candidates }, standing: 'out' },
    select: { id: true },
  });
  if (out.length === 0) return;
  const left = candidates.filter((candidate) => !out.some((each) => each.id === candidate));
  const { recusalScope } = await db.vote.update({ where: { id }, data: { candidates: left } });
  if (recusalScope !== 'candidate') return;
  const { members } = await voteWithMembers(db, id);
  await applyConflicts(
    db,
    id,
    members.map(({ personId }) => personId),
  );
}

/**
 * The leading group decides in writing that a vote goes without the differential (等额), where there are too few
 * candidates for it. Rule V11.
 */
const allowEqualNumbers: Decision = async (work, body: { document: string; reason: string }) => {
  const { vote } = await voteWithMembers(work.db, work.id);
  const rules = (await policyOfRound(work.db, vote.roundId)).vote!;
  const { seats } = vote;
  const candidates = vote.candidates.length;
  if (candidates >= seats + voting.differentialRequired(seats, rules))
    throw new Refusal({ code: 'EQUAL_NUMBERS_NOT_NEEDED', rule: 'V11', values: { candidates, seats } });
  await work.db.vote.update({ where: { id: work.id }, data: { equalNumberDecision: body.document } });
  return {};
};

/** All papers are out: the box opens for everybody at once, so that no cast can be set beside a taking. Rule V6. */
const openTheBox: Transition = async (work) => {
  const { members } = await voteWithMembers(work.db, work.id);
  if (votersOf(members).some((member) => member.blindedPaper === null)) return remindOverdue(work);
  return startCasting(work, votersOf(members).length);
};

/**
 * The chair ends the giving out of papers; who has none does not vote and stays in the denominator. Codes that nobody drew
 * are void by then. Rule V6.
 */
const closeIssue: Decision = async (work) => {
  const { vote, members } = await voteWithMembers(work.db, work.id);
  if (vote.mode === 'drawn_codes') return startCasting(work, await issuedCodes(work.db, vote));
  return startCasting(work, votersOf(members).filter((member) => member.blindedPaper !== null).length);
};

async function startCasting(work: Work, issued: number): Promise<Move> {
  const vote = await work.db.vote.update({ where: { id: work.id }, data: { issued } });
  if (vote.recusalScope === 'candidate')
    await writeIssued(work.db, vote, (await voteWithMembers(work.db, work.id)).members);
  const dueAt = await dueIn(work.db, work.today, 1);
  return {
    step: 'casting',
    tasks: [{ role: 'committee_chair', organisationId: work.ownerId, actions: ['close'], dueAt }],
  };
}

/**
 * The chair closes the box. A paper that has not come back counts as not returned. Papers are then typed by two tellers.
 * Rules V6, V7.
 */
const close: Decision = async (work) => {
  const { mode, tellerIds } = await work.db.vote.findUniqueOrThrow({ where: { id: work.id } });
  const dueAt = await dueIn(work.db, work.today, 1);
  if (mode === 'paper') {
    if (tellerIds.length !== 2) throw new Refusal({ code: 'TELLERS_NOT_NAMED', rule: 'V7' });
    return {
      step: 'counting',
      tasks: [
        { role: 'teller', organisationId: work.ownerId, actions: ['enterSheet'], dueAt },
        { role: 'committee_chair', organisationId: work.ownerId, actions: ['closeCount'], dueAt },
      ],
    };
  }
  return {
    step: 'opening',
    tasks: [
      { role: 'committee_chair', organisationId: work.ownerId, actions: ['openBox'], dueAt },
      { role: 'supervisor', organisationId: work.ownerId, actions: ['openBox'], dueAt },
    ],
  };
};

/** The chair and the supervisor each bring their key; with both, the box is opened and counted. Rules V6, V12–V18. */
const openBox: Decision = async (work, body: { identity: string }) => {
  const { db, id } = work;
  const isChair = work.decider.role === 'committee_chair';
  let { vote } = await voteWithMembers(db, id);
  const recipient = await identityToRecipient(body.identity).catch(() => null);
  if (recipient !== (isChair ? vote.chairRecipient : vote.supervisorRecipient))
    throw new Refusal({ code: 'OFFICER_KEY_WRONG', rule: 'V6', values: { officer: work.decider.role } });
  vote = await db.vote.update({
    where: { id },
    data: isChair ? { chairIdentity: body.identity } : { supervisorIdentity: body.identity },
  });
  if (!vote.chairIdentity || !vote.supervisorIdentity) return {};
  return countPapers(work, vote, await openedBallots(work, vote));
};

/** The names on each sealed ballot. A ballot that cannot be read is invalid: it names nobody who is on the list. */
async function openedBallots({ db }: Work, vote: VoteRow): Promise<voting.OpenedPaper[]> {
  const { chairIdentity, supervisorIdentity, chairRecipient, supervisorRecipient } = vote;
  const ballots = await sealedBallots(db, vote.id);
  const opened = await openSealed(
    ballots.map(({ sealed }) => sealed),
    chairIdentity!,
    supervisorIdentity!,
    { chair: chairRecipient!, supervisor: supervisorRecipient! },
  );
  return opened.map((ballot, index) => ({
    candidateId: ballots[index]!.candidateId,
    names: 'choice' in ballot ? ballot.choice : ['unreadable'],
  }));
}

/** The chair, the supervisor and the tellers sign the record; signed by all, it takes effect. Rules V17, V19. */
const confirm: Decision = async (work) => {
  const { vote, complete } = await signRecord(work);
  return complete ? concludeMeeting(work, vote) : {};
};

/** Either a further round of voting is due, or the group is decided and every candidate has an outcome. */
async function concludeMeeting(work: DecisionWork, vote: VoteRow): Promise<Move> {
  const policy = await policyOfRound(work.db, vote.roundId);
  const rounds = await roundsOfMeeting(work.db, vote.firstVoteId);
  const held = rounds.map((round) => ({
    round: round.ballotRound as voting.RoundKind,
    candidates: round.candidates,
    seats: round.seats,
    count: round.tally as unknown as voting.Count,
  }));
  const outcome = voting.mergeRounds({ candidates: rounds[0]!.candidates, seats: rounds[0]!.seats }, held);
  if (outcome.state === 'open') {
    await openFurtherRound(work, policy, vote, outcome.next!);
    return { outcome: outcome.next!.round };
  }
  const { unit } = work.row!;
  if (outcome.vacant > 0)
    await work.db.seatQuota.update({
      where: { roundId_unit: { roundId: vote.roundId, unit: unit! } },
      data: { vacant: { increment: outcome.vacant } },
    });
  await keepSeatsOfWhoLeft(work, rounds[0]!, outcome.elected);
  // Who is held meanwhile has the seat, and stays held (N11).
  const frozen = await work.db.application.findMany({
    where: { id: { in: [...outcome.elected] }, standing: 'held' },
    select: { id: true },
  });
  await recordOutcomes(
    work,
    vote.roundId,
    'differential_vote',
    outcomesOf(policy, rounds[0]!, held, outcome),
  );
  await work.db.application.updateMany({
    where: { id: { in: frozen.map(({ id }) => id) } },
    data: { standing: 'held' },
  });
  if (outcome.state === 'stopped') await holdWhoWaits(work, vote, outcome.next!.candidates);
  return { outcome: outcome.state, result: { elected: [...outcome.elected], vacant: outcome.vacant } };
}

/** Who was elected and has withdrawn meanwhile had the seat and lost it: the reserve list is called. Rule V18. */
async function keepSeatsOfWhoLeft(work: Work, first: VoteRow, elected: readonly string[]): Promise<void> {
  const out = await work.db.application.findMany({
    where: { id: { in: [...elected] }, standing: 'out' },
    select: { id: true },
  });
  await work.db.stageEntry.updateMany({
    where: { caseId: first.id, applicationId: { in: out.map(({ id }) => id) } },
    data: { outcome: 'on' },
  });
}

/**
 * A second void vote has stopped the meeting: who was still to be voted on is held. Freed by the office, they come before
 * a committee again. Rule V8.
 */
async function holdWhoWaits(work: Work, vote: VoteRow, ids: readonly string[]): Promise<void> {
  const { clause } = (await policyOfRound(work.db, vote.roundId)).vote!;
  const heldReason = { code: 'VOTE_STOPPED', rule: 'V8', ...(clause && { clause }) };
  const waiting = { in: [...ids] };
  await work.db.application.updateMany({
    where: { id: waiting, standing: { not: 'out' } },
    data: { standing: 'held', heldReason },
  });
  await work.db.stageEntry.updateMany({
    where: { applicationId: waiting, stage: 'differential_vote', endedAt: null },
    data: { outcome: 'stopped', endedAt: work.at, reason: heldReason },
  });
}

async function openFurtherRound(
  work: Work,
  policy: Policy,
  vote: VoteRow,
  next: voting.NextRound,
): Promise<void> {
  const id = randomUUID();
  await createVote(
    work,
    {
      id,
      roundId: vote.roundId,
      ballotRound: next.round,
      firstVoteId: vote.firstVoteId,
      position: vote.position + 1,
      candidates: next.candidates,
      seats: next.seats,
      equalNumberDecision: vote.equalNumberDecision,
      tellerIds: vote.tellerIds,
    },
    policy.vote!,
  );
  const { unit, rank, batch } = work.row!;
  await openVoteCase(work, policy, { id, roundId: vote.roundId, unit: unit!, rank, batch: batch + 1 });
}

/** Opens the case of a vote whose rows are written: its committee signs in. */
export async function openVoteCase(
  work: Work,
  policy: Policy,
  vote: { id: string; roundId: string; unit: string; rank: string | null; batch: number },
): Promise<void> {
  const dueAt = await dueIn(work.db, work.today, stageOf(policy, 'differential_vote')?.workingDays);
  const everyone = ['committee', 'supervisor'] as const;
  work.open({
    ...vote,
    kind: 'differentialVote',
    organisationId: work.ownerId,
    stage: 'differential_vote',
    step: 'signIn',
    tasks: [
      {
        role: 'committee_chair',
        organisationId: work.ownerId,
        actions: ['signIn', 'recuse', 'decideConflicts', 'substitute', 'open'],
        dueAt,
      },
      ...everyone.map((role) => ({
        role,
        organisationId: work.ownerId,
        actions: ['signIn', 'recuse'],
        dueAt,
      })),
    ],
  });
}

function outcomesOf(
  policy: Policy,
  first: VoteRow,
  held: readonly voting.HeldRound[],
  outcome: voting.GroupOutcome,
): StageOutcome[] {
  const clause = stageOf(policy, 'differential_vote')?.clause;
  // What counts is the votes of all: a re-ballot only decided between equals who had passed before.
  const tallyOf = (candidate: string) =>
    held.findLast(
      ({ round, candidates, count }) =>
        round !== 're_ballot' && candidates.includes(candidate) && !count.void,
    )?.count as voting.Tally | undefined;
  const stopped = outcome.state === 'stopped' ? outcome.next!.candidates : [];
  const known = first.candidates.filter((applicationId) => !stopped.includes(applicationId));
  return known.map((applicationId) => {
    if (outcome.elected.includes(applicationId)) return { applicationId, outcome: 'on' };
    const tally = tallyOf(applicationId);
    const values = {
      votes: tally?.votes[applicationId] ?? 0,
      voters: tally?.byCandidate?.[applicationId]?.voters ?? tally?.voters ?? 0,
      pass: policy.vote!.pass,
      seats: first.seats,
      candidates: first.candidates.length,
    };
    const reserve = outcome.reserve.find(({ candidate }) => candidate === applicationId);
    if (reserve)
      return {
        applicationId,
        outcome: 'reserve',
        reservePlace: reserve.place,
        reason: { code: 'ON_RESERVE_LIST', rule: 'V18', values: { ...values, place: reserve.place }, clause },
      };
    return { applicationId, outcome: 'out', reason: { code: 'NOT_ELECTED', rule: 'V14', values, clause } };
  });
}

export const differentialVoteRules: CaseRules = {
  decisions: {
    signIn,
    recuse,
    askRecusal,
    decideConflicts,
    decideOnChair,
    allowEqualNumbers,
    substitute,
    open,
    closeIssue,
    close,
    nameTellers,
    enterSheet,
    closeCount,
    openBox,
    confirm,
  },
  transitions: unlessCancelled({ remindOverdue, openTheBox }),
  preparations: { open: (database, voteId) => makePapers(database, instanceSecret(), voteId) },
};

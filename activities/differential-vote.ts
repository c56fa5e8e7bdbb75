import { randomUUID } from 'node:crypto';
import { identityToRecipient } from 'age-encryption';
import { makeVoteKey } from '../ballot/issuer.js';
import { openBox as openSealed } from '../ballot/officers.js';
import { stageOf, type Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import * as voting from '../domain/vote.js';
import type { Prisma } from '../prisma/generated/client.js';
import { dueIn } from '../records/calendar.js';
import { policyOfRound, recordOutcomes, type StageOutcome } from '../records/candidates.js';
import type { CaseRules, Decision, DecisionWork, Move, Transition, Work } from '../records/decide.js';
import { membersWith } from '../records/people.js';
import { encryptSecret } from '../records/secrets.js';
import {
  alignCommittee,
  createVote,
  refuseOtherCommittee,
  roundsOfMeeting,
  sealedBallots,
  tieBreakValues,
  voteWithMembers,
  votersOf,
  type VoteRow,
} from '../records/votes.js';
import { instanceSecret } from './instance-secret.js';
import { remindOverdue } from './reminders.js';

/**
 * A member, or the supervisor, is here. The chair and the supervisor bring the public key for which the ballots of
 * this vote will be sealed. Whoever was named to the committee, or left it, since the vote was written is on the register
 * now, or no longer. Rules V4, V6.
 */
const signIn: Decision = async (work, body: { recipient?: string }) => {
  const { db, id } = work;
  const { roundId } = await db.vote.findUniqueOrThrow({ where: { id } });
  await alignCommittee(work, (await policyOfRound(db, roundId)).vote!);
  const { vote, members } = await voteWithMembers(db, id);
  const personId = work.submission.actorId;
  const role = work.decider.role;
  if (role === 'committee_chair' || role === 'supervisor') {
    if (!body.recipient) throw new Refusal({ code: 'OFFICER_KEY_MISSING', rule: 'V6', values: { role } });
    await db.vote.update({
      where: { id },
      data:
        role === 'supervisor' ? { supervisorRecipient: body.recipient } : { chairRecipient: body.recipient },
    });
  }
  if (role === 'supervisor') {
    const candidates = await db.application.count({ where: { id: { in: vote.candidates }, personId } });
    if (candidates > 0) throw new Refusal({ code: 'OWN_CASE', rule: 'V1' });
    return {};
  }
  const member = members.find((each) => each.personId === personId);
  if (!member || member.recusalReason === 'SUBSTITUTED')
    throw new Refusal({ code: 'NOT_ON_COMMITTEE', rule: 'V4' });
  await db.voteMember.update({
    where: { voteId_personId: { voteId: id, personId } },
    data: { signedIn: true },
  });
  return {};
};

/** A member declares a conflict, or the chair decides that a member has one; that member takes no paper. Rule V1. */
const recuse: Decision = async (work, body: { memberId?: string; reason: string }) => {
  const personId = body.memberId ?? work.submission.actorId;
  if (personId !== work.submission.actorId && work.decider.role !== 'committee_chair')
    throw new Refusal({
      code: 'NOT_ALLOWED',
      rule: 'V1',
      values: { decision: 'recuse', allowed: ['committee_chair'] },
    });
  await requireMember(work, personId);
  await work.db.voteMember.update({
    where: { voteId_personId: { voteId: work.id, personId } },
    data: { recused: true, recusalReason: body.reason },
  });
  return {};
};

/** A reserve member sits in the place of an absent or recused one; the committee's number stays. Rule V4. */
const substitute: Decision = async (work, body: { memberId: string; substituteId: string }) => {
  const { db, id, ownerId } = work;
  await requireMember(work, body.memberId);
  const reserve = await membersWith(db, 'committee_reserve', work.today);
  if (!reserve.some((member) => member.personId === body.substituteId))
    throw new Refusal({ code: 'NOT_A_RESERVE_MEMBER', rule: 'V4' });
  await db.voteMember.update({
    where: { voteId_personId: { voteId: id, personId: body.memberId } },
    data: { recused: true, signedIn: false, recusalReason: 'SUBSTITUTED' },
  });
  await db.voteMember.create({
    data: { voteId: id, ownerId, personId: body.substituteId, substitute: true },
  });
  return {};
};

async function requireMember(work: Work, personId: string): Promise<void> {
  const { members } = await voteWithMembers(work.db, work.id);
  if (!members.some((member) => member.personId === personId))
    throw new Refusal({ code: 'NOT_ON_COMMITTEE', rule: 'V1' });
}

/**
 * The chair opens the vote: the committee's number, quorum and differential are checked, the roll of voters is frozen, and each of them can
 * take a paper. Rules V1, V4, V10, V11.
 */
const open: Decision = async (work) => {
  const { db, id } = work;
  const { vote, members } = await voteWithMembers(db, id);
  const policy = await policyOfRound(db, vote.roundId);
  await refuseOtherCommittee(work, policy.vote!, vote.members);
  const { voters, warnings } = voting.checkOpen({
    round: vote.ballotRound as voting.RoundKind,
    members: vote.members,
    present: members.filter((member) => member.signedIn).length,
    recused: members.filter((member) => member.signedIn && member.recused).length,
    candidates: vote.candidates,
    seats: vote.seats,
    rules: policy.vote!,
    equalNumberDecision: vote.equalNumberDecision ?? undefined,
  });
  if (!vote.chairRecipient || !vote.supervisorRecipient)
    throw new Refusal({
      code: 'OFFICER_KEY_MISSING',
      rule: 'V6',
      values: { role: vote.chairRecipient ? 'supervisor' : 'committee_chair' },
    });
  const key = await makeVoteKey();
  await db.vote.update({
    where: { id },
    data: {
      voters,
      publicKey: key.publicKey,
      privateKeyBoxed: encryptSecret(instanceSecret(), `vote-key:${id}`, key.privateKey),
    },
  });
  const dueAt = await dueIn(db, work.today, stageOf(policy, 'differential_vote')?.workingDays);
  return {
    step: 'issuing',
    tasks: [
      { role: 'committee', organisationId: work.ownerId, actions: ['takePaper'], dueAt },
      { role: 'committee_chair', organisationId: work.ownerId, actions: ['closeIssue'], dueAt },
    ],
    result: { voters, warnings: warnings as unknown as Prisma.InputJsonArray },
  };
};

/** All papers are out: the box opens for everybody at once, so that no cast can be set beside a taking. Rule V6. */
const openTheBox: Transition = async (work) => {
  const { members } = await voteWithMembers(work.db, work.id);
  if (votersOf(members).some((member) => member.blindedPaper === null)) return remindOverdue(work);
  return startCasting(work, votersOf(members).length);
};

/** The chair ends the giving out of papers; who has none does not vote and stays in the denominator. */
const closeIssue: Decision = async (work) => {
  const { members } = await voteWithMembers(work.db, work.id);
  return startCasting(work, votersOf(members).filter((member) => member.blindedPaper !== null).length);
};

async function startCasting(work: Work, issued: number): Promise<Move> {
  await work.db.vote.update({ where: { id: work.id }, data: { issued } });
  const dueAt = await dueIn(work.db, work.today, 1);
  return {
    step: 'casting',
    tasks: [{ role: 'committee_chair', organisationId: work.ownerId, actions: ['close'], dueAt }],
  };
}

/** The chair closes the box. A paper that has not come back counts as not returned. */
const close: Decision = async (work) => {
  const dueAt = await dueIn(work.db, work.today, 1);
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
  const tally = await countBox(work, vote);
  await db.vote.update({ where: { id }, data: { tally: tally as unknown as Prisma.InputJsonObject } });
  const dueAt = await dueIn(db, work.today, 1);
  return {
    step: 'confirming',
    tasks: [
      { role: 'committee_chair', organisationId: work.ownerId, actions: ['confirm'], dueAt },
      { role: 'supervisor', organisationId: work.ownerId, actions: ['confirm'], dueAt },
    ],
  };
};

async function countBox(work: Work, vote: VoteRow): Promise<voting.Count> {
  const policy = await policyOfRound(work.db, vote.roundId);
  const round = await work.db.round.findUniqueOrThrow({ where: { id: vote.roundId } });
  const opened = await openSealed(
    await sealedBallots(work.db, vote.id),
    vote.chairIdentity!,
    vote.supervisorIdentity!,
    {
      chair: vote.chairRecipient!,
      supervisor: vote.supervisorRecipient!,
    },
  );
  return voting.count({
    round: vote.ballotRound as voting.RoundKind,
    members: vote.members,
    voters: vote.voters!,
    issued: vote.issued!,
    // A paper that cannot be read is invalid: it names nobody who is on the list.
    ballots: opened.map((ballot) => ('choice' in ballot ? ballot.choice : ['unreadable'])),
    candidates: vote.candidates,
    seats: vote.seats,
    rules: policy.vote!,
    tieBreakValues: await tieBreakValues(work.db, vote.candidates, round.cutOff),
  });
}

/** The chair and the supervisor sign the record; signed by both, it takes effect. Rules V17, V19. */
const confirm: Decision = async (work) => {
  const isChair = work.decider.role === 'committee_chair';
  const vote = await work.db.vote.update({
    where: { id: work.id },
    data: isChair ? { confirmedByChair: true } : { confirmedBySupervisor: true },
  });
  if (!vote.confirmedByChair || !vote.confirmedBySupervisor) return {};
  return concludeMeeting(work, vote);
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
  await recordOutcomes(
    work,
    vote.roundId,
    'differential_vote',
    outcomesOf(policy, rounds[0]!, held, outcome),
  );
  return { outcome: outcome.state, result: { elected: [...outcome.elected], vacant: outcome.vacant } };
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
        actions: ['signIn', 'recuse', 'substitute', 'open'],
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
  return first.candidates.map((applicationId) => {
    if (outcome.elected.includes(applicationId)) return { applicationId, outcome: 'on' };
    const tally = tallyOf(applicationId);
    const values = {
      votes: tally?.votes[applicationId] ?? 0,
      voters: tally?.voters ?? 0,
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
  decisions: { signIn, recuse, substitute, open, closeIssue, close, openBox, confirm },
  transitions: { remindOverdue, openTheBox },
};

import type { RoundKind } from '../domain/vote.js';
import * as voting from '../domain/vote.js';
import { dueIn } from '../records/calendar.js';
import { policyOfRound } from '../records/candidates.js';
import type { Move, Work } from '../records/decide.js';
import { electoratesOfVote, tieBreakValues, type VoteRow } from '../records/votes.js';
import { writeRecord } from '../records/vote-records.js';

/**
 * Counts the papers of a vote, those of each candidate by themselves where each has papers and voters of its own, and
 * writes the record, which the chair, the supervisor and the tellers are then to sign. The same for every mode. Rules V2,
 * V12–V19.
 * @param opened the papers that came back
 */
export async function countPapers(
  work: Work,
  vote: VoteRow,
  opened: readonly voting.OpenedPaper[],
): Promise<Move> {
  const electorates = await electoratesOfVote(work.db, vote);
  if (electorates) {
    const papers = voting.sortPapers(electorates, opened);
    return recordCount(work, vote, (given) => voting.countByCandidate({ ...given, papers }));
  }
  const { candidates } = vote;
  const ballots = opened.map(({ names }) => names);
  return recordCount(work, vote, (given) =>
    voting.count({ ...given, issued: vote.issued!, ballots, candidates }),
  );
}

async function recordCount(
  work: Work,
  vote: VoteRow,
  count: (given: Omit<Parameters<typeof voting.countByCandidate>[0], 'papers'>) => voting.Count,
): Promise<Move> {
  const policy = await policyOfRound(work.db, vote.roundId);
  const round = await work.db.round.findUniqueOrThrow({ where: { id: vote.roundId } });
  const values = await tieBreakValues(work.db, vote.candidates, round.cutOff);
  const tally = count({
    round: vote.ballotRound as RoundKind,
    members: vote.members,
    voters: vote.voters!,
    seats: vote.seats,
    rules: policy.vote!,
    tieBreakValues: values,
  });
  const digest = await writeRecord(work, vote.id, tally, values);
  const dueAt = await dueIn(work.db, work.today, 1);
  const signers = [
    'committee_chair',
    'supervisor',
    ...(vote.tellerIds.length > 0 ? ['teller' as const] : []),
  ] as const;
  return {
    step: 'confirming',
    tasks: signers.map((role) => ({ role, organisationId: work.ownerId, actions: ['confirm'], dueAt })),
    result: { recordDigest: digest },
  };
}

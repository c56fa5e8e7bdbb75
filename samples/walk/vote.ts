import { castAtRandomTimes } from '../../ballot/casting.js';
import { finishPaper, preparePaper, sealChoice, type Paper } from '../../ballot/member.js';
import { makeOfficerKey } from '../../ballot/officers.js';
import type { ApiSession } from '../api-client.js';
import { casesAt, countAt, readRound, type CaseAnswer } from './candidates.js';
import { recordedFor } from './checks.js';
import { meritOf } from './schools.js';
import type { Walk } from './walk.js';

/** In this group a member of the committee declares a conflict, and a reserve member takes the seat. */
const groupOfRecusal = 'accomplished/science';

interface Vote {
  readonly unit: string;
  readonly step: string;
  readonly ballotRound: string;
  readonly seats: number;
  readonly publicKey: string | null;
  readonly chairRecipient: string | null;
  readonly supervisorRecipient: string | null;
  readonly candidates: readonly { readonly applicationId: string }[];
  readonly conflicts: readonly {
    readonly conflictId: string;
    readonly memberId: string;
    readonly kind: string;
    readonly decision: string | null;
  }[];
}

/** The leading group approves the seats of each group as they are proposed; the office records it. */
export async function approveSeats(walk: Walk): Promise<void> {
  await walk.stage('名额审定 Seats', async () => {
    const office = await walk.office();
    await walk.until('all candidates before the vote', async () => {
      const round = await readRound(walk);
      return countAt(round, 'expert_opinion') === 0 && countAt(round, 'differential_vote') > 0;
    });
    const { seats } = await office.get<{
      seats: { unit: string; seats: number; candidates: number; missing: number }[];
    }>(`/rounds/${walk.roundId}/seat-proposal`);
    await office.decide(`/rounds/${walk.roundId}/seats`, {
      seats: seats.map(({ unit, seats: number, missing }) => ({
        unit,
        seats: number,
        ...(missing > 0 && { equalNumberDecision: '青师培组〔2026〕3号' }),
      })),
      recordedFor: await recordedFor(walk, '青师培组〔2026〕3号'),
    });
    const groups = seats.map(({ unit, seats: number, candidates }) => `${unit} ${number} of ${candidates}`);
    return { said: groups.join(', '), result: undefined };
  });
}

/** The committee votes on every group, and again where seats are tied or too few have passed, until all is decided. */
export async function holdVotes(walk: Walk): Promise<void> {
  await walk.stage('差额推选 Votes', async () => {
    const held = new Map<string, number>();
    for (;;) {
      const votes = await walk.until('the next votes', async () => {
        const next = await casesAt(walk, 'votes', 'signIn');
        const isOver = next.length === 0 && countAt(await readRound(walk), 'differential_vote') === 0;
        return (next.length > 0 || isOver) && next;
      });
      if (votes.length === 0) break;
      for (const kind of await walk.forEach(votes, (vote) => holdVote(walk, vote))) {
        held.set(kind, (held.get(kind) ?? 0) + 1);
      }
    }
    const { candidates } = await readRound(walk);
    const reserve = candidates.filter(({ standing }) => standing === 'reserve');
    const kinds = [...held].map(([kind, number]) => `${number} × ${kind}`);
    const onReserve = reserve.reduce((sum, { count }) => sum + count, 0);
    return { said: `${kinds.join(', ')}; ${onReserve} on the reserve list`, result: undefined };
  });
}

/**
 * One vote from the sign-in to the signed record.
 * @returns which round of voting it was: `first`, `re_ballot` or `supplementary`
 */
export async function holdVote(walk: Walk, { id, unit }: CaseAnswer): Promise<string> {
  const chair = await walk.one('committee_chair');
  const supervisor = await walk.one('supervisor');
  const chairKey = await makeOfficerKey();
  const supervisorKey = await makeOfficerKey();
  await chair.decide(`/votes/${id}/sign-ins`, { recipient: chairKey.recipient });
  await supervisor.decide(`/votes/${id}/sign-ins`, { recipient: supervisorKey.recipient });
  const members = await signIn(walk, id, unit === groupOfRecusal);
  await decideConflicts(walk, id);
  await chair.decide(`/votes/${id}/opening`, {});

  const vote = await chair.get<Vote>(`/votes/${id}`);
  const ballots: { paper: Paper; choice: string[] }[] = [];
  for (const member of members) {
    const paper = await takePaper(await walk.as(member), id, vote.publicKey!);
    ballots.push({ paper, choice: choiceOf(walk, member, vote) });
  }
  await walk.until('the box to open', async () => (await chair.get<Vote>(`/votes/${id}`)).step === 'casting');
  // Nobody waits in a walk; the ballots still come in an order drawn at random.
  await castAtRandomTimes(
    ballots,
    async ({ paper, choice }) => {
      const sealed = await sealChoice(
        choice,
        { chair: vote.chairRecipient!, supervisor: vote.supervisorRecipient! },
        { seats: vote.seats, candidateIds: vote.candidates.map(({ applicationId }) => applicationId) },
      );
      await walk.client.cast(id, { ...paper, sealed });
    },
    0,
  );
  await chair.decide(`/votes/${id}/closing`, {});
  await chair.decide(`/votes/${id}/keys`, { identity: chairKey.identity });
  await supervisor.decide(`/votes/${id}/keys`, { identity: supervisorKey.identity });
  await chair.decide(`/votes/${id}/confirmations`, {});
  await supervisor.decide(`/votes/${id}/confirmations`, {});
  return vote.ballotRound;
}

/**
 * The members sign in; the chair has done so.
 * @returns staff numbers of those who vote
 */
async function signIn(walk: Walk, voteId: string, withRecusal: boolean): Promise<string[]> {
  const [chairNumber] = walk.staffOf('committee_chair');
  const committee = walk.staffOf('committee');
  for (const member of committee.filter((staffNumber) => staffNumber !== chairNumber)) {
    await (await walk.as(member)).decide(`/votes/${voteId}/sign-ins`, {});
  }
  if (!withRecusal) return committee;
  const recused = committee.at(-1)!;
  const [substitute] = walk.staffOf('committee_reserve');
  await (await walk.as(recused)).decide(`/votes/${voteId}/recusals`, { reason: '与一名候选人有亲属关系' });
  const reserve = await walk.as(substitute!);
  const chair = await walk.one('committee_chair');
  await chair.decide(`/votes/${voteId}/substitutions`, {
    memberId: walk.personId(recused),
    substituteId: walk.personId(substitute!),
  });
  await reserve.decide(`/votes/${voteId}/sign-ins`, {});
  return [...committee.slice(0, -1), substitute!];
}

/**
 * The chair decides on what members have declared and on whom the service has warned of: a colleague of a candidate votes,
 * who has declared another connection stands aside. The leading group decides on the chair; the office records it.
 */
export async function decideConflicts(walk: Walk, voteId: string): Promise<void> {
  const chair = await walk.one('committee_chair');
  const { conflicts } = await chair.get<Pick<Vote, 'conflicts'>>(`/votes/${voteId}`);
  const [chairNumber] = walk.staffOf('committee_chair');
  const decisionsOn = (ofChair: boolean) =>
    conflicts
      .filter(
        ({ memberId, decision }) =>
          decision === null && (memberId === walk.personId(chairNumber!)) === ofChair,
      )
      .map(({ conflictId, kind }) =>
        kind === 'same_school'
          ? { conflictId, recused: false, reason: '同校但无其他关系，不影响公正' }
          : { conflictId, recused: true, reason: '关系属实，应当回避' },
      );
  const [ofMembers, ofChair] = [decisionsOn(false), decisionsOn(true)];
  if (ofMembers.length > 0)
    await chair.decide(`/votes/${voteId}/recusal-decisions`, { decisions: ofMembers });
  if (ofChair.length === 0) return;
  await (
    await walk.office()
  ).decide(`/votes/${voteId}/recusal-decisions-on-chair`, {
    decisions: ofChair,
    recordedFor: await recordedFor(walk, '青师培组〔2026〕4号'),
  });
}

/** What a member's browser does: the serial never leaves it unblinded before the ballot is cast. */
async function takePaper(member: ApiSession, voteId: string, publicKey: string): Promise<Paper> {
  const { blinded, secret } = await preparePaper(publicKey);
  const { blindSignature } = await member.post<{ blindSignature: string }>(`/votes/${voteId}/papers`, {
    blinded,
  });
  return finishPaper(secret, blindSignature);
}

/** Members agree on the best and the weakest, and differ on those between. */
function choiceOf(walk: Walk, member: string, { candidates, seats, ballotRound }: Vote): string[] {
  const ids = walk.inOrder(candidates.map(({ applicationId }) => applicationId));
  const liking = new Map(
    ids.map((id) => {
      const staffNumber = walk.applicant(id);
      const own = walk.draw('choice', ballotRound, member, staffNumber).between(-2000, 2000);
      return [id, 100 * meritOf(walk, staffNumber) + own];
    }),
  );
  return ids.sort((left, right) => liking.get(right)! - liking.get(left)!).slice(0, seats);
}

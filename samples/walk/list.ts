import { candidatesAt, casesAt, countAt, readRound, untilUnderWay, type Candidate } from './candidates.js';
import { recordedFor } from './checks.js';
import { publishNotice } from './schools.js';
import type { Walk } from './walk.js';

/** Who is held during the district's notice, and who withdraws after it. */
export interface SpecialCases {
  readonly heldId: string;
  /** Null when no group has anybody on its reserve list. */
  readonly withdrawnId: string | null;
}

/** The district's notice stands; the office holds one elected candidate for a letter that must be looked into. */
export async function publishDistrictNotice(walk: Walk): Promise<SpecialCases> {
  return walk.stage('区级公示 District notice', async () => {
    await untilUnderWay(walk, 'district_notice', 'differential_vote');
    const listed = await candidatesAt(walk, 'district_notice', 'running');
    const special = await chooseSpecialCases(walk, listed);
    const ends = await publishOneNotice(walk);
    const office = await walk.office();
    await office.decide(`/applications/${special.heldId}/hold`, { reason: '公示期间收到实名反映，待核实' });
    await walk.advanceTo(ends);
    return { said: `${listed.length} names, over before ${ends}; 1 candidate held`, result: special };
  });
}

async function publishOneNotice(walk: Walk): Promise<string> {
  const [notice] = await casesAt(walk, 'notices', 'drafting');
  return publishNotice(
    notice!.id,
    await walk.office(0),
    await walk.office(1),
    '区师资培训工作领导小组办公室',
  );
}

/** Drawn by lot: two of the elected; who withdraws is of a group that has somebody on its reserve list. */
async function chooseSpecialCases(walk: Walk, listed: readonly Candidate[]): Promise<SpecialCases> {
  const office = await walk.office();
  const reserve = await office.list<Candidate>(`/rounds/${walk.roundId}/candidates?standing=reserve`);
  const elected = listed.filter(({ entry }) => entry === 'application');
  const replaceable = elected.filter(({ rank, subject }) =>
    reserve.some((each) => each.rank === rank && each.subject === subject),
  );
  const pick = (matter: string, from: readonly Candidate[]) =>
    walk.draw(matter).pick(walk.inOrder(from.map(({ id }) => id)));
  const withdrawnId = replaceable.length > 0 ? pick('withdraws', replaceable) : null;
  const others = elected.filter(({ id }) => id !== withdrawnId);
  return { heldId: pick('held', others), withdrawnId };
}

/**
 * The leading group approves the list. Before it does, one of the elected withdraws, and the first of the group's
 * reserve list is called: that candidate has a notice and an approval of its own.
 */
export async function approveList(walk: Walk, { withdrawnId }: SpecialCases): Promise<void> {
  await walk.stage('审定名单 Approval', async () => {
    await untilUnderWay(walk, 'approval', 'district_notice');
    if (withdrawnId) {
      const teacher = await walk.as(walk.applicant(withdrawnId));
      await teacher.decide(`/applications/${withdrawnId}/withdrawal`, { reason: '因工作调动，自愿放弃' });
    }
    const approved = await approveWhoStands(walk, '青师培组〔2026〕5号');
    return { said: `${approved} approved, ${withdrawnId ? 1 : 0} withdrew`, result: undefined };
  });
}

/** Whoever was called from the reserve list has a notice of the own, and the leading group approves. */
export async function admitReplacement(walk: Walk, { withdrawnId }: SpecialCases): Promise<void> {
  if (withdrawnId === null) return;
  await walk.stage('候补递补 Replacement', async () => {
    await untilUnderWay(walk, 'district_notice', 'differential_vote');
    const called = await candidatesAt(walk, 'district_notice', 'running');
    await walk.advanceTo(await publishOneNotice(walk));
    await untilUnderWay(walk, 'approval', 'district_notice');
    const approved = await approveWhoStands(walk, '青师培组〔2026〕6号');
    return { said: `${called.length} called from the reserve list, ${approved} approved`, result: undefined };
  });
}

/** What was said of the held candidate proves untrue; freed, the candidate is approved in a batch of its own. */
export async function freeHeldCandidate(walk: Walk, { heldId }: SpecialCases): Promise<void> {
  await walk.stage('解除暂缓 Freed', async () => {
    const office = await walk.office(2);
    await office.decide(`/applications/${heldId}/release`, { reason: '经核实，反映情况不属实' });
    await untilUnderWay(walk, 'approval', 'district_notice');
    const approved = await approveWhoStands(walk, '青师培组〔2026〕7号');
    return { said: `${approved} approved in a batch of its own`, result: undefined };
  });
}

async function approveWhoStands(walk: Walk, document: string): Promise<number> {
  const approved = (await candidatesAt(walk, 'approval', 'running')).map(({ id }) => id);
  const office = await walk.office();
  await office.decide(`/rounds/${walk.roundId}/approvals`, {
    approved,
    recordedFor: await recordedFor(walk, document),
  });
  return approved.length;
}

/** The round is over when every candidate has an outcome. */
export async function concludeRound(walk: Walk): Promise<void> {
  await walk.stage('评选结束 Round concluded', async () => {
    const round = await walk.until('the round to end', async () => {
      const now = await readRound(walk);
      return now.outcome !== null && now;
    });
    const chosen = countAt(round, 'formal_candidate', ['chosen']);
    const out = round.candidates
      .filter(({ standing }) => standing === 'out')
      .reduce((sum, { count }) => sum + count, 0);
    return { said: `${chosen} formal candidates, ${out} not chosen`, result: undefined };
  });
}

import { ApiProblem } from '../../../samples/api-client.js';
import { recordedFor } from '../../../samples/walk/checks.js';
import { admitReplacement, concludeRound } from '../../../samples/walk/list.js';
import type { OpenTraining, SchoolYears } from './school-years.js';
import { beginTraining, type TrainedRank } from './trainings.js';

/** The place of who is out goes to the reserve list if anybody may be called, else it stays vacant. */
export async function decidePlace(years: SchoolYears, { training }: OpenTraining): Promise<void> {
  const office = await years.walk.office();
  const path = `/trainings/${years.idOf(training)}`;
  const { step } = await office.get<{ step: string }>(path);
  if (step !== 'replacing') return;
  const decide = async (from: string) =>
    office.decide(`${path}/place`, {
      from,
      ...(from === 'vacant' && { reason: '候补名单已无合格人选' }),
      recordedFor: await recordedFor(years.walk, '青师培组纪要3号'),
    });
  const called = await decide('reserve_list').catch((error: unknown) => {
    if (error instanceof ApiProblem && error.problem.type === '/problems/place-no-reserve') return null;
    throw error;
  });
  if (called === null) {
    await decide('vacant');
    return;
  }
  await admitFromReserve(years, String(called.result['applicationId']), training.rank as TrainedRank);
}

/** Who is called from the reserve list has a notice and an approval of the own, and begins to train on that day. */
async function admitFromReserve(years: SchoolYears, applicationId: string, rank: TrainedRank): Promise<void> {
  const round = [...years.rounds.walks.values()].find(({ applications }) => applications.has(applicationId))!;
  await admitReplacement(round, { heldId: '', withdrawnId: applicationId });
  await concludeRound(round);
  await years.readToday();
  beginTraining(years, round.applicant(applicationId), rank, years.today, true);
  years.note(`${years.today}: ${round.applicant(applicationId)} is called from the reserve list (${rank})`);
  await years.compareTrainings();
}

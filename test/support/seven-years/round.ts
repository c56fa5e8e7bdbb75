import type { SampleApplicant } from '../../../samples/applicants.js';
import { apply, closeApplications, openRound } from '../../../samples/walk/applications.js';
import type { Candidate } from '../../../samples/walk/candidates.js';
import { checkEligibility, giveOpinions, reviewByLeadingGroup } from '../../../samples/walk/checks.js';
import {
  admitReplacement,
  approveList,
  concludeRound,
  freeHeldCandidate,
  publishDistrictNotice,
} from '../../../samples/walk/list.js';
import {
  fileLists,
  nominateCandidates,
  publishSchoolNotices,
  scoreApplicants,
} from '../../../samples/walk/schools.js';
import { approveSeats, holdVotes } from '../../../samples/walk/vote.js';
import type { Walk } from '../../../samples/walk/walk.js';
import { places, schools, whoMayStand } from './district.js';
import { chooseMentors } from './mentors.js';
import { isHeld, nextSeptember } from './plain-model.js';
import type { SchoolYears } from './school-years.js';
import { beginTraining, isBusy, trainedRanks, type TrainedRank } from './trainings.js';

/** The rounds so far, and who enters the next one by a prize. */
export class Rounds {
  /** The walk through each round, by its year. */
  readonly walks = new Map<number, Walk>();
  /** Who entered by a prize, with the year of the round. */
  readonly directEntrants: { readonly who: string; readonly year: number }[] = [];
  /** Who has a prize for the next round; empty = nobody. */
  contestant = 'S1-c2';
}

/** A round from the call to the formal candidates, who begin to train with the next school year. */
export async function holdRound(years: SchoolYears, year: number): Promise<void> {
  const applicants = applicantsOf(years, year);
  const round = years.walk.next({ seed: years.walk.seed + year, applicants, places });
  years.rounds.walks.set(year, round);
  await openRound(round);
  await apply(round);
  await closeApplications(round);
  await scoreApplicants(round);
  await nominateCandidates(round);
  await publishSchoolNotices(round);
  await fileLists(round);
  await checkEligibility(round);
  await reviewByLeadingGroup(round);
  await giveOpinions(round);
  await approveSeats(round);
  await holdVotes(round);
  const special = await publishDistrictNotice(round);
  // In other years the reserve list is kept for the training.
  const seen = year % 2 === 0 ? special : { ...special, withdrawnId: null };
  await approveList(round, seen);
  await admitReplacement(round, seen);
  await freeHeldCandidate(round, seen);
  await concludeRound(round);
  await years.readToday();
  const chosen = await (
    await years.walk.office()
  ).list<Candidate>(`/rounds/${round.roundId}/candidates?standing=chosen`);
  for (const { id, rank, entry } of chosen)
    beginTraining(
      years,
      round.applicant(id),
      rank as TrainedRank,
      nextSeptember(years.today),
      entry === 'replacement',
    );
  for (const { staffNumber } of applicants.contestWinners)
    years.rounds.directEntrants.push({ who: staffNumber, year });
  years.note(
    `${years.today}: ${applicants.ordinary.length + applicants.contestWinners.length} applied, ${chosen.length} chosen`,
  );
  await chooseMentors(years);
  await years.compareTrainings();
}

/** Of each school up to two of each subject for the lower rank, and one for the higher. */
function applicantsOf(years: SchoolYears, year: number) {
  const free = whoMayStand.filter((who) => mayStand(years, who));
  const winners = free.filter((who) => who === years.rounds.contestant);
  years.rounds.contestant = '';
  const others = years.walk.draw('applicants', year).shuffled(free.filter((who) => !winners.includes(who)));
  const ordinary = schools.flatMap((code, index) => {
    const of = (letter: string) => others.filter((who) => who.startsWith(`${code}-${letter}`));
    const [higher, lower] = index % 2 === year % 2 ? [of('c'), of('e')] : [of('e'), of('c')];
    const [first, ...rest] = higher;
    return [
      ...(first ? [{ staffNumber: first, rank: 'district_backbone' }] : []),
      ...[...rest.slice(0, 2), ...lower.slice(0, 2)].map((who) => ({
        staffNumber: who,
        rank: 'accomplished',
      })),
    ] as SampleApplicant[];
  });
  return {
    ordinary,
    contestWinners: winners.map((who): SampleApplicant => ({ staffNumber: who, rank: 'accomplished' })),
    refused: {} as Walk['applicants']['refused'],
  };
}

/** Whether somebody is free to stand: no title above the school's, no training, no sanction. */
export function mayStand(years: SchoolYears, who: string): boolean {
  const { titles } = years.model.of(who);
  const holds = titles.some((title) => title.rank !== 'school_backbone' && isHeld(title, years.today));
  const sanctioned = years.news.sanctions.some(({ staffNumber }) => staffNumber === who);
  return (
    !holds &&
    !sanctioned &&
    who !== years.outByEthics &&
    trainedRanks.every((rank) => !isBusy(years, who, rank))
  );
}

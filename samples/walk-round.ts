import { openAnnualReviews, finishAnnualReviews } from './walk/annual-review.js';
import { apply, closeApplications, openRound } from './walk/applications.js';
import { appoint } from './walk/appointments.js';
import { checkEligibility, giveOpinions, reviewByLeadingGroup } from './walk/checks.js';
import { enterDistrict } from './walk/district.js';
import {
  admitReplacement,
  approveList,
  concludeRound,
  freeHeldCandidate,
  publishDistrictNotice,
} from './walk/list.js';
import { fileLists, nominateCandidates, publishSchoolNotices, scoreApplicants } from './walk/schools.js';
import { assessTrainees, chooseMentors, train } from './walk/training.js';
import { approveSeats, holdVotes } from './walk/vote.js';
import { Walk, type WalkOptions } from './walk/walk.js';

/**
 * Walks the sample round of the scheme sichuan-district from the empty district to the first annual review, as the
 * accounts of the roles that may and by HTTP alone. The instance must be a rehearsal that starts before the round's
 * cut-off has passed a year; nothing of the sample may be in it yet.
 * @returns the walk, with which its end can be told (`summaryOf`)
 * @throws Error when a stage does not come to its end, ApiProblem when the API refuses what should go through
 */
export async function walkSampleRound(options: WalkOptions): Promise<Walk> {
  const walk = new Walk(options);
  await enterDistrict(walk);
  await select(walk);
  await trainAndAppoint(walk);
  return walk;
}

/** The selection: from the opened round to the list of formal candidates. */
export async function select(walk: Walk): Promise<void> {
  await openRound(walk);
  await apply(walk);
  await closeApplications(walk);
  await scoreApplicants(walk);
  await nominateCandidates(walk);
  await publishSchoolNotices(walk);
  await fileLists(walk);
  await checkEligibility(walk);
  await reviewByLeadingGroup(walk);
  await giveOpinions(walk);
  await approveSeats(walk);
  await holdVotes(walk);
  const special = await publishDistrictNotice(walk);
  await approveList(walk, special);
  await admitReplacement(walk, special);
  await freeHeldCandidate(walk, special);
  await concludeRound(walk);
}

/** What follows a selection: training, titles, and the first annual review, one school's part of which stays undone. */
export async function trainAndAppoint(walk: Walk): Promise<void> {
  await chooseMentors(walk);
  await train(walk, 'accomplished');
  await assessTrainees(walk, 'accomplished');
  await appoint(walk, 'accomplished');
  await train(walk, 'district_backbone');
  await assessTrainees(walk, 'district_backbone');
  await appoint(walk, 'district_backbone');
  await openAnnualReviews(walk);
  await finishAnnualReviews(walk);
}

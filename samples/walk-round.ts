import { finishAnnualReviews, openAnnualReviews } from './walk/annual-review.js';
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
import type { Walk } from './walk/walk.js';

/**
 * Walks the sample round of the scheme sichuan-district from the empty district to certificates and a first annual
 * review, as the accounts of the roles that may and by HTTP alone. The instance is a rehearsal whose clock stands on
 * the first days of September 2026; nothing of the sample is in it yet.
 * @throws Error when a stage does not come to its end, ApiProblem when the API refuses what should go through
 */
export async function walkSampleRound(walk: Walk): Promise<void> {
  await enterDistrict(walk);
  await select(walk);
  await trainAndAppoint(walk);
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
  await chooseMentors(walk, 'selection');
  await train(walk, 'accomplished');
  await assessTrainees(walk, 'accomplished');
  await appoint(walk, 'accomplished');
  await chooseMentors(walk, 'ladder');
  await openAnnualReviews(walk, '2028-2029');
  await finishAnnualReviews(walk, '2028-2029');
  await train(walk, 'district_backbone');
  await assessTrainees(walk, 'district_backbone');
  await appoint(walk, 'district_backbone');
}

import { schemeId } from '../../../samples/walk/appointments.js';
import { importRoster, makeAccounts } from '../../../samples/walk/district.js';
import { confirmMonths } from './allowances.js';
import { appointAll } from './appointments.js';
import { assessWhoIsDue, midAssessments } from './assessments.js';
import {
  decideOnEthics,
  moveHolder,
  recordHigherTitles,
  resumeTitles,
  suspendTitle,
} from './changes-of-titles.js';
import { comeBackFromLeave, leaveTrainings } from './departures-and-leaves.js';
import { firstYear, laterYears, smallScheme, titlesBefore } from './district.js';
import { enterHours, holdEvents } from './hours-and-events.js';
import { chooseMentors } from './mentors.js';
import { applyForReEvaluation, decidePending, decideReEvaluations } from './re-evaluations.js';
import { importRosterNews, uploadRoster } from './roster-news.js';
import { holdRound } from './round.js';
import { fileOwnLists } from './school-filings.js';
import type { SchoolYears } from './school-years.js';
import { holdYearlyReview } from './yearly-review.js';

/** The district comes with its roster, its scheme and the titles that are held. */
export async function beginRehearsal(years: SchoolYears): Promise<void> {
  const administrator = await years.walk.administrator();
  await administrator.post('/policies', { text: smallScheme(), fileName: 'small.yaml' });
  await importRoster(years.walk);
  for (const [year, days] of laterYears) await administrator.put(`/calendar/${year}`, days);
  await makeAccounts(
    years.walk,
    years.walk.roster.teachers.map(({ staffNumber }) => staffNumber),
  );
  for (const { staffNumber, schoolCode } of years.walk.roster.teachers)
    years.model.enter(staffNumber, schoolCode);
  for (const { staffNumber, rank, grantedOn, validUntil, certificateNumber } of titlesBefore)
    years.model.give(staffNumber, { rank, from: grantedOn, until: validUntil, number: certificateNumber });
  years.policyId = await schemeId(years.walk);
  await years.to(`${firstYear}-09-02`);
  await years.readTitles();
}

/** One school year, from its first September to the first days of the next one. */
export async function passSchoolYear(years: SchoolYears, year: number): Promise<void> {
  const startedAt = Date.now();
  await autumn(years, year);
  await holdRound(years, year);
  await years.stop();
  await winter(years, year);
  await years.stop();
  await summer(years, year);
  await years.stop();
  await years.to(`${year + 1}-09-01`);
  await confirmMonths(years);
  years.note(`${year}-${year + 1}: ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

/** What is left when the last school year is over: the last appointments, and the certificates that end. */
export async function endRehearsal(years: SchoolYears, year: number): Promise<void> {
  await assessWhoIsDue(years);
  await appointAll(years);
  await chooseMentors(years);
  await years.to(`${year}-10-08`);
  await decidePending(years);
  await confirmMonths(years);
  await years.stop();
}

/** September: who is due is assessed, the schools file their lists, titles are given, and mentors are chosen. */
async function autumn(years: SchoolYears, year: number): Promise<void> {
  if (year > firstYear) await uploadRoster(years, year);
  await assessWhoIsDue(years);
  await midAssessments(years, null);
  await fileOwnLists(years, year);
  await appointAll(years);
  await chooseMentors(years);
  await years.compareTrainings();
}

/** The first term is over: its hours and events, the assessment in the middle, and what happens to people. */
async function winter(years: SchoolYears, year: number): Promise<void> {
  await years.to(`${year + 1}-02-01`);
  await confirmMonths(years);
  await enterHours(years, [
    `${year}-09-15`,
    `${year}-10-15`,
    `${year}-11-15`,
    `${year}-12-15`,
    `${year + 1}-01-15`,
  ]);
  await holdEvents(years, `${year}-12-20`);
  await assessWhoIsDue(years);
  await importRosterNews(years, year);
  await midAssessments(years, year);
  await leaveTrainings(years, year);
  await years.to(`${year + 1}-03-10`);
  await confirmMonths(years);
  await moveHolder(years, year);
  await suspendTitle(years, year);
  await decideOnEthics(years, year);
  await recordHigherTitles(years, year);
}

/** The second term: hours, events, who comes back from leave, the yearly review, re-evaluations. */
async function summer(years: SchoolYears, year: number): Promise<void> {
  await years.to(`${year + 1}-06-16`);
  await confirmMonths(years);
  await enterHours(
    years,
    ['02', '03', '04', '05', '06'].map((month) => `${year + 1}-${month}-15`),
  );
  await holdEvents(years, `${year + 1}-06-10`);
  await comeBackFromLeave(years);
  await resumeTitles(years);
  await applyForReEvaluation(years, year);
  await assessWhoIsDue(years);
  await holdYearlyReview(years, `${year}-${year + 1}`);
  await decideReEvaluations(years, year);
}

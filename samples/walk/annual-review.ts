import { recordedFor } from './checks.js';
import { addDays, dateOf } from '../../domain/dates.js';
import { schemeId } from './appointments.js';
import { codeOf, lastDayOf } from './candidates.js';
import { makeAccounts } from './district.js';
import type { Walk } from './walk.js';

/** The head of this school does not grade: the review stays undone, overdue, for whoever looks for it. */
export const unfinishedSchool = 'QL10';

interface Review {
  readonly id: string;
  readonly schoolId: string;
  readonly step: string;
  readonly dueAt: string | null;
}

interface ReviewEntries extends Review {
  readonly entries: readonly {
    readonly titleId: string;
    readonly personId: string;
    readonly dutyReport: string | null;
    readonly grade: string | null;
  }[];
}

/** The office opens the review of every school; the holders report on their year, all but a few. */
export async function openAnnualReviews(walk: Walk, reviewYear: string): Promise<void> {
  await walk.stage('年度述职 Duty reports', async () => {
    await walk.advanceTo(`${reviewYear.slice(5)}-06-01`);
    const office = await walk.office();
    const policyId = await schemeId(walk);
    const opened = await walk.forEach(walk.schools, async (code) => {
      const answer = await office.decide('/annual-reviews', {
        schoolId: walk.schoolId(code),
        reviewYear,
        policyId,
      });
      return office.get<ReviewEntries>(`/annual-reviews/${answer.caseId}`);
    });
    const owed = opened.flatMap(({ id, entries }) => entries.map((entry) => ({ id, ...entry })));
    await makeAccounts(
      walk,
      owed.map(({ personId }) => walk.staffNumberOf(personId)),
    );
    const reporting = owed.filter(
      ({ personId }) => !walk.draw('silent', walk.staffNumberOf(personId)).chance(2),
    );
    await walk.forEach(reporting, async ({ id, titleId, personId }) => {
      const holder = await walk.as(walk.staffNumberOf(personId));
      await holder.decide(`/annual-reviews/${id}/duty-reports`, {
        titleId,
        text: '本学年示范课两节，指导青年教师一名，完成培训任务。',
      });
    });
    const said = `${reporting.length} of ${owed.length} holders of ${opened.length} schools reported`;
    return { said, result: undefined };
  });
}

/** Heads grade, the office confirms; one school's head does neither, and the time passes. */
export async function finishAnnualReviews(walk: Walk, reviewYear: string): Promise<void> {
  await walk.stage('年度考核 Annual review', async () => {
    const office = await walk.office();
    const list = () => office.list<Review>(`/annual-reviews?reviewYear=${reviewYear}`);
    const early = await gradeSchools(walk, await list());
    const reporting = (await list()).filter(({ step }) => step === 'reporting');
    const last = reporting
      .map(({ dueAt }) => dateOf(dueAt!))
      .sort()
      .at(-1);
    if (last) await walk.advanceTo(last);
    const late = await gradeSchools(walk, await list());
    const [unfinished] = (await list()).filter(({ step }) => step === 'grading');
    const dueOn = lastDayOf(unfinished!.dueAt!);
    await walk.advanceTo(addDays(dueOn, 14));
    const said = `${early + late} titles confirmed; ${unfinishedSchool} has not graded, due on ${dueOn}`;
    return { said, result: undefined };
  });
}

/** Does what can be done now, but for the school that stays undone. Returns the number of titles. */
async function gradeSchools(walk: Walk, reviews: readonly Review[]): Promise<number> {
  const ready = reviews.filter(
    ({ step, schoolId }) => step === 'grading' && codeOf(walk, schoolId) !== unfinishedSchool,
  );
  const graded = await walk.forEach(ready, (review) => gradeSchool(walk, review));
  return graded.reduce((sum, number) => sum + number, 0);
}

async function gradeSchool(walk: Walk, { id, schoolId }: Review): Promise<number> {
  const [headNumber] = walk.staffOf('head', { organisation: codeOf(walk, schoolId) });
  const head = await walk.as(headNumber!);
  const { entries } = await head.get<ReviewEntries>(`/annual-reviews/${id}`);
  const grades = entries
    .filter(({ personId }) => walk.staffNumberOf(personId) !== headNumber)
    .map(({ titleId, personId, dutyReport }) => ({
      titleId,
      ...gradeOf(walk, walk.staffNumberOf(personId), dutyReport !== null),
    }));
  await head.decide(`/annual-reviews/${id}/grades`, { grades });
  const office = await walk.office(1);
  await office.decide(`/annual-reviews/${id}/confirmations`, {
    confirmations: entries.map(({ titleId }) =>
      grades.some((given) => given.titleId === titleId)
        ? { titleId }
        : { titleId, grade: 'pass', reason: '校长本人由领导小组评定' },
    ),
    recordedFor: await recordedFor(walk, '青师培组〔考核〕1号'),
  });
  return entries.length;
}

function gradeOf(walk: Walk, staffNumber: string, hasReported: boolean): { grade: string; reason?: string } {
  if (!hasReported) return { grade: 'basic', reason: '未按时述职' };
  const draw = walk.draw('grade', staffNumber);
  if (draw.chance(2)) return { grade: 'fail', reason: '未履行骨干教师职责，经督促未改' };
  return { grade: draw.chance(15) ? 'excellent' : 'pass' };
}

import { dateOf } from '../../domain/dates.js';
import type { ApiSession } from '../api-client.js';
import { casesAt, codeOf, untilUnderWay, type CaseAnswer } from './candidates.js';
import type { Walk } from './walk.js';

interface SchoolReview {
  readonly sheet: readonly { readonly code: string; readonly max: number; readonly judged: boolean }[];
  readonly quotas: readonly { readonly rank: string; readonly places: number; readonly taken: number }[];
  readonly applicants: readonly {
    readonly applicationId: string;
    readonly rank: string;
    readonly standing: string;
    readonly place: number | null;
  }[];
}

/** Each school's panel of three scores all its applicants; a judge's sheets come as one decision. */
export async function scoreApplicants(walk: Walk): Promise<void> {
  await walk.stage('学校评分 School scores', async () => {
    const reviews = await casesAt(walk, 'school-reviews', 'scoring');
    const sheets = await walk.forEach(reviews, (review) => scoreSchool(walk, review));
    const total = sheets.reduce((sum, number) => sum + number, 0);
    return { said: `${total} sheets in ${reviews.length} schools`, result: undefined };
  });
}

async function scoreSchool(walk: Walk, { id, organisationId }: CaseAnswer): Promise<number> {
  const panel = walk.staffOf('school_panel', { organisation: codeOf(walk, organisationId) });
  let sheets = 0;
  for (const judge of panel) {
    const session = await walk.as(judge);
    const { sheet, applicants } = await session.get<SchoolReview>(`/school-reviews/${id}`);
    const scores = applicants.map(({ applicationId }) => ({
      applicationId,
      items: scoresBy(walk, judge, applicationId, sheet),
    }));
    await session.decide(`/school-reviews/${id}/scores`, { scores });
    sheets += scores.length;
  }
  return sheets;
}

/** Judges see the same person, each a little differently. */
function scoresBy(
  walk: Walk,
  judge: string,
  applicationId: string,
  sheet: SchoolReview['sheet'],
): Record<string, number> {
  const staffNumber = walk.applicant(applicationId);
  const merit = meritOf(walk, staffNumber);
  const draw = walk.draw('score', staffNumber, judge);
  const judged = sheet.filter((item) => item.judged);
  return Object.fromEntries(
    judged.map(({ code, max }) => [code, max * Math.min(100, Math.max(0, merit + draw.between(-6, 6)))]),
  );
}

/** What a person deserves, from 60 to 97 of a hundred. */
export function meritOf(walk: Walk, staffNumber: string): number {
  return walk.draw('merit', staffNumber).between(60, 97);
}

/** Each clerk names the best of each rank, in the order of the scores, as many as the quota allows. */
export async function nominateCandidates(walk: Walk): Promise<void> {
  await walk.stage('学校推荐 Nominations', async () => {
    const reviews = await casesAt(walk, 'school-reviews', 'nominating');
    const named = await walk.forEach(reviews, async ({ id, organisationId }) => {
      const clerk = await walk.one('school_clerk', { organisation: codeOf(walk, organisationId) });
      const applicationIds = bestWithinQuota(walk, await clerk.get<SchoolReview>(`/school-reviews/${id}`));
      await clerk.decide(`/school-reviews/${id}/nominations`, { applicationIds });
      return applicationIds.length;
    });
    const total = named.reduce((sum, number) => sum + number, 0);
    return { said: `${total} candidates of ${reviews.length} schools`, result: undefined };
  });
}

function bestWithinQuota(walk: Walk, { applicants, quotas }: SchoolReview): string[] {
  const placeOf = new Map(applicants.map(({ applicationId, place }) => [applicationId, place ?? Infinity]));
  return quotas.flatMap(({ rank, places }) => {
    const ofRank = applicants.filter((applicant) => applicant.rank === rank);
    return walk
      .inOrder(ofRank.map(({ applicationId }) => applicationId))
      .sort((left, right) => placeOf.get(left)! - placeOf.get(right)!)
      .slice(0, places);
  });
}

/** Each school's clerk writes the notice, its head releases it. */
export async function publishSchoolNotices(walk: Walk): Promise<void> {
  await walk.stage('校内公示 School notices', async () => {
    await untilUnderWay(walk, 'school_notice', 'school_score');
    const notices = await casesAt(walk, 'notices', 'drafting');
    const ends = await walk.forEach(notices, async ({ id, organisationId }) => {
      const organisation = codeOf(walk, organisationId);
      const clerk = await walk.one('school_clerk', { organisation });
      return publishNotice(id, clerk, await walk.one('head', { organisation }), '学校办公室');
    });
    const last = ends.sort().at(-1)!;
    await walk.advanceTo(last);
    return { said: `${notices.length} notices, the last one ended before ${last}`, result: undefined };
  });
}

/**
 * One person writes a notice, another releases it.
 * @returns the day on which it is over
 */
export async function publishNotice(
  id: string,
  author: ApiSession,
  second: ApiSession,
  office: string,
): Promise<string> {
  await author.decide(`/notices/${id}/draft`, {
    office,
    telephone: '000-0000000',
    howToObject: '公示期内以真实姓名书面反映，注明联系电话。',
  });
  const { dueAt } = await second.decide(`/notices/${id}/approval`, {});
  return dateOf(dueAt!);
}

/** Each head files the list as it stood in the notice. */
export async function fileLists(walk: Walk): Promise<void> {
  await walk.stage('学校上报 Filing', async () => {
    await untilUnderWay(walk, 'filing', 'school_notice');
    const reviews = await casesAt(walk, 'school-reviews', 'filing');
    const filed = await walk.forEach(reviews, async ({ id, organisationId }) => {
      const head = await walk.one('head', { organisation: codeOf(walk, organisationId) });
      const { applicants } = await head.get<SchoolReview>(`/school-reviews/${id}`);
      const applicationIds = applicants
        .filter(({ standing }) => standing === 'running')
        .map(({ applicationId }) => applicationId);
      await head.decide(`/school-reviews/${id}/filing`, { applicationIds });
      return applicationIds.length;
    });
    const total = filed.reduce((sum, number) => sum + number, 0);
    return { said: `${total} candidates of ${reviews.length} schools`, result: undefined };
  });
}

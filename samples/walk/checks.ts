import { casesAt, candidatesAt, untilUnderWay } from './candidates.js';
import type { Walk } from './walk.js';

interface Application {
  readonly findings: readonly {
    readonly outcome: string;
    readonly condition: string;
    readonly required: unknown;
  }[];
}

/** On what the office records what the leading group decided. */
export async function recordedFor(
  walk: Walk,
  document: string,
): Promise<{ document: string; decidedOn: string }> {
  return { document, decidedOn: await walk.today() };
}

/**
 * The office checks every candidate's conditions: what people must judge is confirmed by a person. One candidate, drawn
 * by lot, turns out to have given a certificate that is not his own.
 */
export async function checkEligibility(walk: Walk): Promise<void> {
  await walk.stage('资格审查 Eligibility', async () => {
    await untilUnderWay(walk, 'eligibility_check', 'filing');
    const candidates = await candidatesAt(walk, 'eligibility_check', 'running');
    const applied = candidates.filter(({ entry }) => entry === 'application').map(({ id }) => id);
    const refusedId = walk.draw('not eligible').pick(walk.inOrder(applied));
    const office = walk.staffOf('office');
    await walk.forEach(candidates, async ({ id }) => {
      const officer = await walk.as(walk.draw('officer', walk.applicant(id)).pick(office));
      const { findings } = await officer.get<Application>(`/applications/${id}`);
      const confirmed = findings
        .filter(({ outcome }) => outcome === 'judge')
        .map(({ required }) => String(required));
      const decision =
        id === refusedId
          ? { outcome: 'not_eligible', confirmed: [], reason: '所附获奖证书经核实不属本人' }
          : { outcome: 'eligible', confirmed };
      await officer.decide(`/applications/${id}/eligibility`, decision);
    });
    return { said: `${candidates.length - 1} confirmed, 1 refused with the reason`, result: undefined };
  });
}

/** The leading group has reviewed the filed candidates; the office records the minutes. One is refused. */
export async function reviewByLeadingGroup(walk: Walk): Promise<void> {
  await walk.stage('领导小组审核 Leading group', async () => {
    await untilUnderWay(walk, 'leading_group_review', 'eligibility_check');
    const candidates = await candidatesAt(walk, 'leading_group_review', 'running');
    const ids = candidates.map(({ id }) => id);
    const refusedId = walk.draw('refused').pick(walk.inOrder(ids));
    const office = await walk.office();
    await office.decide(`/rounds/${walk.roundId}/reviews`, {
      approved: ids.filter((id) => id !== refusedId),
      refused: [{ applicationId: refusedId, reason: '任教学科与申报学科不一致' }],
      recordedFor: await recordedFor(walk, '青师培组纪要〔2026〕2号'),
    });
    return { said: `${ids.length - 1} of ${ids.length} go on`, result: undefined };
  });
}

/** The researcher of each subject gives an opinion on every candidate of it, all at once. */
export async function giveOpinions(walk: Walk): Promise<void> {
  await walk.stage('教研员意见 Opinions', async () => {
    await untilUnderWay(walk, 'expert_opinion', 'leading_group_review');
    const reviews = await casesAt(walk, 'panel-reviews', 'opinions');
    const given = await walk.forEach(reviews, async ({ id, subject }) => {
      const researcher = await walk.one('researcher', { subject: subject! });
      const { candidates } = await researcher.get<{ candidates: { applicationId: string }[] }>(
        `/panel-reviews/${id}`,
      );
      const opinions = candidates.map(({ applicationId }) => ({
        applicationId,
        ...opinionOn(walk, applicationId),
      }));
      await researcher.decide(`/panel-reviews/${id}/opinions`, { opinions });
      return opinions.length;
    });
    const total = given.reduce((sum, number) => sum + number, 0);
    return { said: `${total} opinions by ${reviews.length} researchers`, result: undefined };
  });
}

function opinionOn(walk: Walk, applicationId: string): { stance: string; text: string } {
  const draw = walk.draw('opinion', walk.applicant(applicationId));
  if (draw.chance(70)) return { stance: 'recommend', text: '课堂教学扎实，教研参与积极，建议推荐。' };
  if (draw.chance(70)) return { stance: 'neutral', text: '教学认真，教研成果有待积累。' };
  return { stance: 'advise_against', text: '近年公开课与教研活动参与较少，建议再培养。' };
}

import { randomUUID } from 'node:crypto';
import { Refusal } from '../domain/refusal.js';
import type { Decision, Work } from '../records/decide.js';
import { policyById } from '../records/policies.js';
import {
  announce,
  draw,
  findingsOf,
  findSpotCheck,
  gradedTitles,
  recordFinding,
  spotCheckOfYear,
  spotCheckRule,
  type SpotCheckRow,
} from '../records/spot-checks.js';
import { titleOf } from '../records/titles.js';

/**
 * The office publishes the seed of a spot check (抽查), before there is a draw. Rule A8.
 * @throws Refusal `SPOT_CHECK_NOT_IN_SCHEME`, `SPOT_CHECK_TWICE`
 */
const announceSpotCheck: Decision = async (
  work,
  body: { policyId: string; reviewYear: string; seed: string },
) => {
  const { policyId, reviewYear, seed } = body;
  spotCheckRule(await policyById(work.db, policyId));
  if ((await spotCheckOfYear(work.db, policyId, reviewYear)) !== null)
    throw new Refusal({ code: 'SPOT_CHECK_TWICE', rule: 'A8', values: { reviewYear } });
  const id = randomUUID();
  await announce(work, { id, policyId, reviewYear, seed, announcedById: work.submission.actorId });
  return { result: { spotCheckId: id, seed, announcedOn: work.today } };
};

/**
 * The draw, on a later day than the seed was published: from all whom the schools have graded. Nobody chooses. Rule A8.
 * @throws Refusal `SPOT_CHECK_UNKNOWN`, `SPOT_CHECK_DRAWN`, `SEED_NOT_YET_STANDING`, `SPOT_CHECK_NOBODY`
 */
const drawSpotCheck: Decision = async (work, body: { spotCheckId: string }) => {
  const check = await known(work, body.spotCheckId);
  const { policyId, reviewYear, announcedOn, drawnOn } = check;
  if (drawnOn !== null) throw new Refusal({ code: 'SPOT_CHECK_DRAWN', rule: 'A8', values: { on: drawnOn } });
  if (work.today <= announcedOn)
    throw new Refusal({ code: 'SEED_NOT_YET_STANDING', rule: 'A8', values: { on: announcedOn } });
  const rule = spotCheckRule(await policyById(work.db, policyId));
  const list = await gradedTitles(work.db, policyId, reviewYear);
  if (list.length === 0) throw new Refusal({ code: 'SPOT_CHECK_NOBODY', rule: 'A8', values: { reviewYear } });
  const done = await draw(work, check, rule, list);
  return { result: { of: list.length, drawn: done.drawn, listHash: done.listHash } };
};

/**
 * What the bureau found of somebody who was drawn: the school's grade is confirmed, or it differs. Rule A8.
 * @throws Refusal `SPOT_CHECK_UNKNOWN`, `SPOT_CHECK_NOT_DRAWN`, `SPOT_CHECK_FOUND`, `OWN_CASE`
 */
const recordSpotCheck: Decision = async (
  work,
  body: { spotCheckId: string; titleId: string; finding: 'confirmed' | 'differs'; note: string },
) => {
  const { spotCheckId, titleId, finding, note } = body;
  const check = await known(work, spotCheckId);
  if (!check.drawn.includes(titleId))
    throw new Refusal({ code: 'SPOT_CHECK_NOT_DRAWN', rule: 'A8', values: { titleId } });
  if ((await titleOf(work.db, titleId)).personId === work.submission.actorId)
    throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  const before = await findingsOf(work.db, [spotCheckId]);
  if (before.some(({ subjectId }) => subjectId === titleId))
    throw new Refusal({ code: 'SPOT_CHECK_FOUND', rule: 'A8', values: { titleId } });
  const checkedById = work.submission.actorId;
  await recordFinding(work, { spotCheckId, subjectId: titleId, finding, note, checkedById });
  return { result: { left: check.drawn.length - before.length - 1 } };
};

async function known(work: Work, id: string): Promise<SpotCheckRow> {
  const check = await findSpotCheck(work.db, id);
  if (check === null) throw new Refusal({ code: 'SPOT_CHECK_UNKNOWN', rule: 'A8', values: { id } });
  return check;
}

/** What is decided on spot checks, with the organisation's calendar. */
export const spotCheckDecisions = { announceSpotCheck, drawSpotCheck, recordSpotCheck };

import { Refusal } from '../domain/refusal.js';
import { candidatesOfRun, recordOutcomes } from '../records/candidates.js';
import type { CaseRules, Decision } from '../records/decide.js';
import { opinionsOf, writeOpinions } from '../records/opinions.js';
import { membersWith } from '../records/people.js';
import { attendRun } from './reminders.js';

/** What a researcher says of one candidate. It is advice: it never changes votes (V5). */
export interface OpinionOnCandidate {
  readonly applicationId: string;
  readonly stance: 'recommend' | 'neutral' | 'advise_against';
  readonly text: string;
}

/**
 * A researcher of the subject gives opinions on candidates, many at once. When every candidate has one, the run is
 * over and all go on to the vote. Rule V5.
 */
const giveOpinions: Decision = async (work, body: { opinions: readonly OpinionOnCandidate[] }) => {
  const { db, row } = work;
  const own = await membersWith(db, 'researcher', work.today, { subject: row!.subject ?? undefined });
  if (row!.subject && !own.some((member) => member.personId === work.submission.actorId))
    throw new Refusal({ code: 'NOT_RESEARCHER_OF_SUBJECT', rule: 'V5', values: { subject: row!.subject } });
  const candidates = await candidatesOfRun(db, work.id);
  const unknown = body.opinions.filter(
    (opinion) => !candidates.some(({ id }) => id === opinion.applicationId),
  );
  if (unknown.length > 0)
    throw new Refusal({
      code: 'NOT_IN_RUN',
      rule: 'P12',
      values: { ids: unknown.map((opinion) => opinion.applicationId) },
    });
  const about = candidates.filter(({ personId }) => personId === work.submission.actorId).map(({ id }) => id);
  if (body.opinions.some((opinion) => about.includes(opinion.applicationId)))
    throw new Refusal({ code: 'OWN_CASE', rule: 'V1' });
  await writeOpinions(work, body.opinions);
  const given = await opinionsOf(db, work.id);
  const missing = candidates.filter(({ id }) => !given.some((opinion) => opinion.applicationId === id));
  if (missing.length > 0) return { result: { missing: missing.map(({ id }) => id) } };
  await recordOutcomes(
    work,
    row!.roundId!,
    'expert_opinion',
    candidates
      .filter(({ standing }) => standing === 'running')
      .map(({ id }) => ({ applicationId: id, outcome: 'on' })),
  );
  return { outcome: 'all_given' };
};

export const panelReviewRules: CaseRules = {
  decisions: { giveOpinions },
  transitions: { remindOverdue: attendRun },
};

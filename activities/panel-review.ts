import { stageOf, type Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import type { RunStage } from '../domain/stages.js';
import { dueIn } from '../records/calendar.js';
import {
  candidatesOfRun,
  policyOfRound,
  recordOutcomes,
  type ApplicationRow,
} from '../records/candidates.js';
import type { NewTask } from '../records/cases.js';
import type { CaseRules, Decision, DecisionWork, Move, Transition, Work } from '../records/decide.js';
import {
  lacksResearcher,
  mentorPairs,
  opinionsMissing,
  opinionsOf,
  opinionsWanted,
  writeOpinions,
  type WrittenOpinion,
} from '../records/opinions.js';
import { panelOf, seatOnPanel } from '../records/panels.js';
import { membersWith } from '../records/people.js';
import { attendInstrument, instrumentDecisions } from './instruments.js';
import { isDue, nobodyIsLeft, remindOverdue } from './reminders.js';

/** What a researcher says of one candidate. It is advice: it never changes votes (V5). */
export interface OpinionOnCandidate {
  readonly applicationId: string;
  readonly stance: 'recommend' | 'neutral' | 'advise_against';
  readonly text: string;
}

/**
 * A researcher of the subject, or who was named in his place, gives opinions on candidates, many at once. Nobody gives
 * one on himself or on whom he mentors. When every candidate has as many as the scheme asks for, each by another
 * researcher, the run is over and all go on. Rule V5.
 * @throws Refusal `NOT_RESEARCHER_OF_SUBJECT`, `NOT_IN_RUN`, `OWN_CASE`, `OPINION_BY_MENTOR` with the candidates
 */
const giveOpinions: Decision = async (work, body: { opinions: readonly OpinionOnCandidate[] }) => {
  const { db, row } = work;
  const actorId = work.submission.actorId;
  const own = await membersWith(db, 'researcher', work.today, { subject: row!.subject ?? undefined });
  const entitled = [...own, ...(await panelOf(db, work.id))].map(({ personId }) => personId);
  if (row!.subject && !entitled.includes(actorId))
    throw new Refusal({ code: 'NOT_RESEARCHER_OF_SUBJECT', rule: 'V5', values: { subject: row!.subject } });
  const named = await requireInRun(work, body.opinions);
  if (named.some(({ personId }) => personId === actorId)) throw new Refusal({ code: 'OWN_CASE', rule: 'V1' });
  const people = named.map(({ personId }) => personId);
  const pairs = await mentorPairs(db, people, [actorId]);
  if (pairs.length > 0)
    throw new Refusal({
      code: 'OPINION_BY_MENTOR',
      rule: 'V5',
      values: {
        ids: named
          .filter(({ personId }) => pairs.some((pair) => pair.personId === personId))
          .map(({ id }) => id),
      },
    });
  await writeOpinions(work, body.opinions, 'own');
  await dropNeedlessAbsences(work, named);
  await finishIfAllGiven(work, actorId);
  return endWhenWhole(work);
};

/** Where all opinions have come, the chair's record of why one was missing says nothing any more. */
async function dropNeedlessAbsences(work: Work, named: readonly ApplicationRow[]): Promise<void> {
  const wanted = opinionsWanted(await policyOfRound(work.db, work.row!.roundId!));
  const given = (await opinionsOf(work.db, work.id)).filter(({ stance }) => stance !== 'absent');
  const whole = named.filter(({ id }) => opinionsMissing(given, id, wanted) === 0).map(({ id }) => id);
  await work.db.opinion.deleteMany({
    where: { caseId: work.id, applicationId: { in: whole }, stance: 'absent' },
  });
}

/** A researcher's own task is done when he has given an opinion on everybody on whom he may. */
async function finishIfAllGiven(work: Work, authorId: string): Promise<void> {
  const candidates = await inRun(work);
  const people = candidates.map(({ personId }) => personId);
  const pairs = await mentorPairs(work.db, people, [authorId]);
  const given = (await opinionsOf(work.db, work.id)).filter((opinion) => opinion.authorId === authorId);
  const owed = candidates.filter(
    ({ id, personId }) =>
      personId !== authorId &&
      !pairs.some((pair) => pair.personId === personId) &&
      !given.some(({ applicationId, stance }) => applicationId === id && stance !== 'absent'),
  );
  if (owed.length > 0) return;
  await work.db.task.updateMany({
    where: { caseId: work.id, doneAt: null, personId: authorId, actions: { has: 'giveOpinions' } },
    data: { doneAt: work.at },
  });
}

/**
 * The chair names another researcher in the place of one who is absent or barred; he may give opinions in this run. In a
 * round without a committee the leading group does so. Rule V5.
 * @throws Refusal `SUBSTITUTE_NOT_RESEARCHER`, `OWN_CASE` when the substitute or the chair is a candidate of the run
 */
const substituteResearcher: Decision = async (work, body: { personId: string; reason: string }) => {
  const researchers = await membersWith(work.db, 'researcher', work.today, { organisationId: work.ownerId });
  if (!researchers.some(({ personId }) => personId === body.personId))
    throw new Refusal({ code: 'SUBSTITUTE_NOT_RESEARCHER', rule: 'V5' });
  const candidates = await inRun(work);
  if (candidates.some(({ personId }) => personId === body.personId))
    throw new Refusal({ code: 'OWN_CASE', rule: 'V1' });
  refuseOwnCase(work, candidates);
  await seatOnPanel(work, [{ personId: body.personId, seat: 'reserve', reason: body.reason }]);
  const policy = await policyOfRound(work.db, work.row!.roundId!);
  return {
    tasks: [
      {
        role: 'researcher',
        organisationId: work.ownerId,
        personId: body.personId,
        actions: ['giveOpinions'],
        dueAt: await dueIn(work.db, work.today, stageOf(policy, 'expert_opinion')?.workingDays),
      },
    ],
  };
};

/**
 * The chair records that there is no opinion on a candidate, or no further one, with the reason; when all that the scheme
 * asks for come while the run is open, they take its place. Rule V5.
 * @throws Refusal `NOT_IN_RUN`, `OPINION_GIVEN` for candidates who have them all, `OWN_CASE`
 */
const recordAbsence: Decision = async (
  work,
  body: { absences: readonly { applicationId: string; reason: string }[] },
) => {
  const named = await requireInRun(work, body.absences);
  refuseOwnCase(work, named);
  const given = (await opinionsOf(work.db, work.id)).filter(({ stance }) => stance !== 'absent');
  const wanted = opinionsWanted(await policyOfRound(work.db, work.row!.roundId!));
  const have = named.filter(({ id }) => opinionsMissing(given, id, wanted) === 0);
  if (have.length > 0)
    throw new Refusal({ code: 'OPINION_GIVEN', rule: 'V5', values: { ids: have.map(({ id }) => id) } });
  await writeOpinions(
    work,
    body.absences.map(({ applicationId, reason }) => ({ applicationId, stance: 'absent', text: reason })),
    'absent',
  );
  return endWhenWhole(work);
};

/**
 * The office records the organ's written opinion on candidates (廉政意见), each with the number of its document. When
 * every candidate has one, those without an objection go on; on an objection the leading group decides. Rule G1.
 * @throws Refusal `NOT_IN_RUN`, `OWN_CASE`
 */
const recordIntegrityOpinions: Decision = async (
  work,
  body: {
    opinions: readonly {
      applicationId: string;
      finding: 'no_objection' | 'objection';
      document: string;
      text: string;
    }[];
  },
) => {
  const named = await requireInRun(work, body.opinions);
  refuseOwnCase(work, named);
  await writeOpinions(
    work,
    body.opinions.map(({ finding, ...opinion }): WrittenOpinion => ({ ...opinion, stance: finding })),
    'all',
  );
  return endWhenWhole(work);
};

/**
 * The leading group decides on everybody against whom there is an objection: held until it is cleared up, or excluded.
 * @throws Refusal `LIST_NOT_WHOLE` unless each of them is named once and nobody else, `OWN_CASE`
 */
const decideOnObjections: Decision = async (
  work,
  body: { decisions: readonly { applicationId: string; outcome: 'hold' | 'exclude'; reason: string }[] },
) => {
  const opinions = await opinionsOf(work.db, work.id);
  const objected = opinions.filter(({ stance }) => stance === 'objection');
  // Who is held for another reason has his opinion and goes on when he is freed.
  const candidates = (await inRun(work)).filter(({ id }) =>
    objected.some(({ applicationId }) => applicationId === id),
  );
  const policy = await policyOfRound(work.db, work.row!.roundId!);
  const ids = body.decisions.map(({ applicationId }) => applicationId);
  const missing = candidates.filter(({ id }) => !ids.includes(id)).map(({ id }) => id);
  const unknown = ids.filter((id) => !candidates.some((candidate) => candidate.id === id));
  if (missing.length + unknown.length > 0 || new Set(ids).size !== ids.length)
    throw new Refusal({
      code: 'LIST_NOT_WHOLE',
      rule: 'G1',
      values: { missing, unknown, listed: ids.length },
    });
  refuseOwnCase(work, candidates);
  const stage = stageOf(policy, 'integrity_opinion');
  await recordOutcomes(
    work,
    work.row!.roundId!,
    'integrity_opinion',
    body.decisions.map(({ applicationId, outcome, reason }) => ({
      applicationId,
      outcome: outcome === 'hold' ? 'held' : 'out',
      reason: {
        code: outcome === 'hold' ? 'HELD_FOR_INTEGRITY' : 'EXCLUDED_FOR_INTEGRITY',
        rule: 'G1',
        values: {
          document: opinions.find((opinion) => opinion.applicationId === applicationId)?.document ?? '',
          reason,
        },
        clause: stage?.clause,
      },
    })),
  );
  return { outcome: 'objections_decided' };
};

/** Ends the run when everybody who is still in it has what it is for; says who lacks it otherwise. */
async function endWhenWhole(work: Work): Promise<Move> {
  const stage = work.row!.stage as RunStage;
  const candidates = await inRun(work);
  const given = await opinionsOf(work.db, work.id);
  const wanted =
    stage === 'expert_opinion' ? opinionsWanted(await policyOfRound(work.db, work.row!.roundId!)) : 1;
  const missing = candidates.filter(({ id }) => opinionsMissing(given, id, wanted) > 0);
  if (missing.length > 0) return { result: { missing: missing.map(({ id }) => id) } };
  const objected = new Set(
    given.filter(({ stance }) => stance === 'objection').map(({ applicationId }) => applicationId),
  );
  await recordOutcomes(
    work,
    work.row!.roundId!,
    stage,
    candidates
      .filter(({ id, standing }) => standing === 'running' && !objected.has(id))
      .map(({ id }) => ({ applicationId: id, outcome: 'on' })),
  );
  const left = candidates.filter(({ id }) => objected.has(id));
  if (left.length === 0) return { outcome: 'all_given' };
  return {
    step: 'deciding',
    tasks: [
      {
        role: 'leading_group',
        organisationId: work.ownerId,
        actions: ['decideOnObjections'],
        dueAt: await dueIn(work.db, work.today, 3),
      },
    ],
    result: { objections: left.map(({ id }) => id) },
  };
}

/**
 * Where a run of opinions begins: the researcher's turn, and the chair's at once for whom too few researchers can judge.
 * Where several opinions are asked for, each researcher has a task of his own.
 */
export async function opinionsStep(
  work: Work,
  policy: Policy,
  subject: string | null,
  candidates: readonly ApplicationRow[],
): Promise<{ step: string; tasks: NewTask[] }> {
  const dueAt = await dueIn(work.db, work.today, stageOf(policy, 'expert_opinion')?.workingDays);
  const people = candidates.map(({ personId }) => personId);
  const wanted = opinionsWanted(policy);
  const lacks = await lacksResearcher(work.db, work.today, subject, people, wanted);
  const task = {
    role: 'researcher',
    organisationId: work.ownerId,
    subject,
    actions: ['giveOpinions'],
    dueAt,
  } as const;
  const named =
    wanted > 1 && subject ? await membersWith(work.db, 'researcher', work.today, { subject }) : [];
  const each = [...new Set(named.map(({ personId }) => personId))];
  return {
    step: 'opinions',
    tasks: [
      ...(each.length > 0 ? each.map((personId) => ({ ...task, personId })) : [task]),
      ...(lacks ? [chairTask(work, policy, dueAt)] : []),
    ],
  };
}

/** Where a run of the opinion on integrity begins. */
export async function integrityStep(work: Work, policy: Policy): Promise<{ step: string; tasks: NewTask[] }> {
  const dueAt = await dueIn(work.db, work.today, stageOf(policy, 'integrity_opinion')?.workingDays);
  const actions = ['recordIntegrityOpinions'];
  return { step: 'integrity', tasks: [{ role: 'office', organisationId: work.ownerId, actions, dueAt }] };
}

function chairTask(work: Work, policy: Policy, dueAt: Date): NewTask {
  return {
    role: policy.vote ? 'committee_chair' : 'leading_group',
    organisationId: work.ownerId,
    actions: ['substituteResearcher', 'recordAbsence'],
    dueAt,
  };
}

/**
 * Candidates may have left: whoever is still there may have all that the run is for. When opinions are overdue, the chair
 * is asked for a substitute or the reason. Rules V5, W3.
 */
const attendOpinions: Transition = async (work) => {
  if (await nobodyIsLeft(work)) return { outcome: 'no_candidate_left' };
  if (work.row.step === 'deciding') return remindOverdue(work);
  const { result: _, ...move } = await endWhenWhole(work);
  if (move.outcome !== undefined || move.step !== undefined) return move;
  await remindOverdue(work);
  const asked = await work.db.task.count({
    where: { caseId: work.id, doneAt: null, actions: { has: 'recordAbsence' } },
  });
  if (work.row.step !== 'opinions' || !isDue(work) || asked > 0) return {};
  const policy = await policyOfRound(work.db, work.row.roundId!);
  return { tasks: [chairTask(work, policy, await dueIn(work.db, work.today, 3))] };
};

async function inRun(work: Work): Promise<ApplicationRow[]> {
  return (await candidatesOfRun(work.db, work.id)).filter(({ standing }) => standing !== 'out');
}

/** The candidates of the run that are named; refuses names that are not in it, and twice the same. */
async function requireInRun(
  work: Work,
  named: readonly { readonly applicationId: string }[],
): Promise<ApplicationRow[]> {
  const candidates = await inRun(work);
  const ids = named.map(({ applicationId }) => applicationId);
  const unknown = ids.filter((id) => !candidates.some((candidate) => candidate.id === id));
  if (unknown.length > 0) throw new Refusal({ code: 'NOT_IN_RUN', rule: 'P12', values: { ids: unknown } });
  const twice = ids.filter((id, position) => ids.indexOf(id) !== position);
  if (twice.length > 0) throw new Refusal({ code: 'NAMED_TWICE', rule: 'P12', values: { ids: twice } });
  return candidates.filter(({ id }) => ids.includes(id));
}

function refuseOwnCase({ submission }: DecisionWork, candidates: readonly ApplicationRow[]): void {
  if (candidates.some(({ personId }) => personId === submission.actorId))
    throw new Refusal({ code: 'OWN_CASE', rule: 'V1' });
}

export const panelReviewRules: CaseRules = {
  decisions: {
    giveOpinions,
    substituteResearcher,
    recordAbsence,
    recordIntegrityOpinions,
    decideOnObjections,
    ...instrumentDecisions,
  },
  transitions: { remindOverdue: attendOpinions, attendInstrument },
};

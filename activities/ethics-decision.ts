import { addYears, endOfDay } from '../domain/dates.js';
import { isInEffect, outByEthics, type EthicsGround } from '../domain/ethics.js';
import { rankOf } from '../domain/policy.js';
import { Refusal, type Reason } from '../domain/refusal.js';
import type { RunStage } from '../domain/stages.js';
import { effectOfRevocation } from '../domain/tenure.js';
import type { Prisma } from '../prisma/generated/client.js';
import { recordOutcomes } from '../records/candidates.js';
import { schemesOfTitles } from '../records/current-policies.js';
import type { CaseRules, Decision, DecisionWork, Transition, Work } from '../records/decide.js';
import {
  createEthicsDecision,
  ethicsDecisionOf,
  liftEthicsDecision,
  lockStandings,
  vetoOnOpenLists,
  type Standings,
} from '../records/ethics.js';
import { personsById } from '../records/persons-shown.js';
import { applyEffect } from '../records/titles.js';
import { updateTrainee } from '../records/trainees.js';

/** What the office records: who decided, by which document, when, until when and why. */
export interface EthicsRecord {
  readonly personId: string;
  readonly authority: string;
  readonly document: string;
  readonly decidedOn: string;
  /** Last day of its effect; null = no end. */
  readonly until: string | null;
  readonly ground: EthicsGround;
}

/**
 * The office records a written decision of the competent body on a breach of ethics (师德一票否决). It acts at once and at
 * whatever stage: an applicant or candidate is out, who is chosen is not appointed, a trainee leaves, a title that is
 * given here is revoked; a title of a higher level is named, for the level that gave it. A report alone decides nothing: it
 * can only hold a candidate (N11). Rules E11, C6, 5.5.
 * @throws Refusal `DAY_TO_COME`, `ETHICS_PERIOD`, `OWN_CASE`, `PERSON_NOT_ON_ROSTER`, `ETHICS_RECORDED_ALREADY`
 */
const record: Decision = async (work, body: EthicsRecord) => {
  const { personId, authority, document, decidedOn, until, ground } = body;
  const { db, id, ownerId, today } = work;
  if (decidedOn > today)
    throw new Refusal({ code: 'DAY_TO_COME', rule: 'E11', values: { on: decidedOn, today } });
  if (until !== null && until < decidedOn)
    throw new Refusal({ code: 'ETHICS_PERIOD', rule: 'E11', values: { decidedOn, until } });
  if (personId === work.submission.actorId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  const person = (await personsById(db, [personId])).get(personId);
  if (person === undefined) throw new Refusal({ code: 'PERSON_NOT_ON_ROSTER', values: { personId } });
  const row = { id, ownerId, personId, authority, document, decidedOn, until, ground };
  const standings = await lockStandings(db, personId, today);
  if (!(await createEthicsDecision(db, { ...row, recordedById: work.submission.actorId, recordedOn: today })))
    throw new Refusal({ code: 'ETHICS_RECORDED_ALREADY', rule: 'E11', values: { document } });
  work.open({
    id,
    kind: 'ethicsDecision',
    organisationId: person.schoolId,
    step: 'inEffect',
    waitingFor: 'office',
    ...nextLook(until, today),
  });
  work.notify(personId, 'ETHICS_DECISION_RECORDED', { authority, document, decidedOn, until: until ?? '—' });
  if (!isInEffect(body, today))
    return { result: { applications: [], trainings: [], titles: [], titlesGivenElsewhere: [] } };
  return { result: await takeEffect(work, standings, body) };
};

async function takeEffect(
  work: DecisionWork,
  { applications, trainees, titles }: Standings,
  decision: EthicsRecord,
): Promise<Prisma.InputJsonObject> {
  const reason = outByEthics(decision);
  for (const { id, roundId, stage } of applications) {
    await recordOutcomes(work, roundId, stage as RunStage, [{ applicationId: id, outcome: 'out', reason }]);
    await tellRunOf(work, id);
  }
  for (const { id, rank } of trainees) {
    await updateTrainee(work.db, id, { standing: 'eliminated', reason: stored(reason) });
    await vetoOnOpenLists(work.db, id, stored(reason));
    work.tell(id);
    work.notify(decision.personId, reason.code, { ...(stored(reason)['values'] as object), rank });
  }
  const schemeOf = await schemesOfTitles(work.db);
  const givenHere = titles.filter((title) => {
    const { policy } = schemeOf(title);
    return rankOf(policy, title.rank)?.decidedBy === policy.scope;
  });
  for (const title of givenHere) {
    const values = { reason: decision.authority, document: decision.document };
    const why: Reason = { code: 'TITLE_REVOKED', rule: 'E11', values };
    const effect = effectOfRevocation(schemeOf(title).policy, work.today, why);
    await applyEffect(work.db, title, effect, work.submission.id);
    work.tell(title.id);
    work.notify(decision.personId, 'TITLE_REVOKED', { rank: title.rank, ...values });
  }
  return {
    applications: applications.map(({ id }) => id),
    trainings: trainees.map(({ id }) => id),
    titles: givenHere.map(({ id }) => id),
    titlesGivenElsewhere: titles.filter((title) => !givenHere.includes(title)).map(({ id }) => id),
  };
}

async function tellRunOf(work: Work, applicationId: string): Promise<void> {
  const entry = await work.db.stageEntry.findFirst({
    where: { applicationId },
    orderBy: { startedAt: 'desc' },
  });
  if (entry) work.tell(entry.caseId);
}

/** Another document lifts the decision. Who was out by it stays out; it bars no more. Rule E11. */
const lift: Decision = async (work, body: { document: string; decidedOn: string }) => {
  const { document, decidedOn } = body;
  const { today } = work;
  const { personId, ...lifted } = await ethicsDecisionOf(work.db, work.id);
  if (decidedOn > today)
    throw new Refusal({ code: 'DAY_TO_COME', rule: 'E11', values: { on: decidedOn, today } });
  if (decidedOn < lifted.decidedOn)
    throw new Refusal({
      code: 'ETHICS_PERIOD',
      rule: 'E11',
      values: { decidedOn: lifted.decidedOn, until: decidedOn },
    });
  if (personId === work.submission.actorId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  await liftEthicsDecision(work.db, work.id, { liftedBy: document, liftedOn: decidedOn });
  work.notify(personId, 'ETHICS_DECISION_LIFTED', { document, lifted: lifted.document });
  return { outcome: 'lifted' };
};

/** The decision's last day has passed, or, when it has none, another year. Rule E11. */
const attend: Transition = async (work) => {
  if (work.row.wakeAt === null || work.row.wakeAt > work.at) return {};
  const { until } = await ethicsDecisionOf(work.db, work.id);
  if (until !== null && until < work.today) return { outcome: 'ended' };
  return { waitingFor: 'office', ...nextLook(until, work.today) };
};

function nextLook(until: string | null, today: string): { dueAt: Date; wakeAt: Date } {
  const wakeAt = new Date(endOfDay(until ?? addYears(today, 1)));
  return { dueAt: wakeAt, wakeAt };
}

function stored(reason: Reason): Prisma.InputJsonObject {
  return reason as unknown as Prisma.InputJsonObject;
}

export const ethicsDecisionRules: CaseRules = {
  decisions: { record, lift },
  transitions: { attend },
};

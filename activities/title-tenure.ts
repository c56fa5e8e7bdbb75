import { randomUUID } from 'node:crypto';
import { addDays, dateOf, endOfDay } from '../domain/dates.js';
import { rankOf, type Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import {
  certificateNumber,
  certificatePrefix,
  effectOfRenewal,
  effectOfRevocation,
  isInForce,
  isPendingOn,
  lastValidDay,
  nextTenureDay,
  refuseUntimelyReEvaluation,
  reminderDays,
  RENEWED,
} from '../domain/tenure.js';
import { dutiesOf } from '../domain/training-plan.js';
import { isAtLeast, levels, type Level } from '../domain/vocabulary.js';
import type { Prisma } from '../prisma/generated/client.js';
import { lockAppointments } from '../records/appointments.js';
import { dueIn } from '../records/calendar.js';
import { findReissues, numberIsTaken, recordReissue, type ReissueReason } from '../records/certificates.js';
import type { NewCase, NewTask } from '../records/cases.js';
import { currentPolicies, schemesOfTitles } from '../records/current-policies.js';
import type { CaseRules, Decision, DecisionWork, Move, Transition, Work } from '../records/decide.js';
import { personsById, schoolsOn } from '../records/persons-shown.js';
import { spanOfTitle } from '../records/duty-works.js';
import {
  applyEffect,
  createTitles,
  factsOf,
  lastSerial,
  lockTitles,
  suspensionsOf,
  titleOf,
  type TitleRow,
  titlesOf,
  updateTitle,
} from '../records/titles.js';
import { openTasks } from '../records/tasks.js';
import { moveToSchool, type SchoolMove } from './transfers.js';
import { checkWorkOf, handInWork } from './duty-works.js';
import { earliest, isDue, remindOfDate } from './reminders.js';

/**
 * The case of a title's tenure, for `work.open`: it wakes for each school year, for reminders and for the certificate's
 * end.
 * @param title a title in force, given here or entered with the roster
 * @param today the business date
 */
export function tenureCase(
  policy: Policy,
  title: Pick<TitleRow, 'id' | 'rank' | 'until' | 'endedOn'> & { readonly schoolId: string },
  today: string,
): NewCase {
  return {
    id: title.id,
    kind: 'titleTenure',
    organisationId: title.schoolId,
    rank: title.rank,
    step: 'holding',
    ...nextWake(policy, title, today),
  };
}

function nextWake(policy: Policy, title: Pick<TitleRow, 'until' | 'endedOn'>, today: string) {
  const wakeAt = startOf(nextTenureDay(policy, title, today));
  return { waitingFor: 'office' as const, dueAt: wakeAt, wakeAt };
}

function startOf(day: string): Date {
  return new Date(endOfDay(addDays(day, -1)));
}

/**
 * A school year has passed, a reminder is due, the certificate has ended, a re-evaluation is overdue, or a review has ended
 * the title. While an application for re-evaluation is on file, the tenure goes on past the certificate's end. Rules C3, C4,
 * W2.
 */
const passSchoolYear: Transition = async (work) => {
  const { title, policy } = await titleWithScheme(work);
  const rank = title.rank;
  if (title.endedOn !== null && title.endedOn <= work.today) return { outcome: outcomeOf(title) };
  const come = isDue(work) ? work.row.wakeAt : null;
  const due = come && dateOf(come.toISOString());
  if (title.until !== null && title.until < work.today) {
    if (!isPendingOn(factsOf(title), work.today)) {
      work.notify(title.personId, 'TITLE_LAPSED', { rank, until: title.until });
      return { outcome: 'lapsed' };
    }
    if (due === addDays(title.until, 1))
      work.notify(title.personId, 'CERTIFICATE_ENDED_PENDING', { rank, until: title.until });
  }
  const reminder = reminderDays(policy, title.until).find(({ on }) => on === due);
  if (reminder)
    work.notify(title.personId, 'CERTIFICATE_ENDS', { rank, days: reminder.days, until: title.until });
  if (come) await remindOfDate(work, come);
  return nextTurn(work, policy, title, come ?? work.at);
};

function outcomeOf({ endReason }: TitleRow): string {
  const code = (endReason as { code?: string } | null)?.code;
  if (code === RENEWED) return 'renewed';
  return code === 'TITLE_ENDED_BY_TRANSFER' ? 'transferred' : 'revoked';
}

/** The holder has moved to another school: titles and benefits go on or stop as the scheme says. Rules C8, C9. */
const transfer: Decision = async (work, body: SchoolMove) => {
  const { title, policy } = await titleWithScheme(work);
  const titles = await moveToSchool(work, title.personId, body);
  const own = titles.find(({ id }) => id === title.id)!;
  return {
    ...(await moveAfter(work, policy, own)),
    result: { endedOn: own.endedOn, benefitsUntil: own.benefitsUntil, titles: titles.length },
  };
};

/** The title is taken away by a written decision, at once. Rules C6, E11. */
const revoke: Decision = async (work, body: { reason: string; document: string }) => {
  const { title, policy } = await titleWithScheme(work);
  refuseOwn(work, title);
  const { reason, document } = body;
  const effect = effectOfRevocation(policy, work.today, {
    code: 'TITLE_REVOKED',
    rule: 'C6',
    values: { reason, document },
  });
  const changed = await applyEffect(work.db, title, effect, work.submission.id);
  work.notify(title.personId, 'TITLE_REVOKED', { rank: title.rank, reason, document });
  return { outcome: 'revoked', result: { endedOn: changed.endedOn, benefitsUntil: changed.benefitsUntil } };
};

/**
 * The title may not be used from today on, because something is being looked into: it is neither lost nor does a lower one
 * revive. Its benefits pause as C8 says. Rules C12, N11.
 * @throws Refusal `TITLE_SUSPENDED_ALREADY`, `TITLE_NOT_IN_FORCE`, `DAY_PAST`, `OWN_CASE`
 */
const suspend: Decision = async (work, body: { reason: string; document: string; until?: string }) => {
  const { title, policy } = await titleWithScheme(work);
  refuseOwn(work, title);
  const { reason, document, until = null } = body;
  if (until !== null && until < work.today)
    throw new Refusal({ code: 'DAY_PAST', rule: 'C12', values: { on: until, today: work.today } });
  if (!isInForce(factsOf(title), work.today))
    throw new Refusal({ code: 'TITLE_NOT_IN_FORCE', rule: 'C12', values: { on: work.today } });
  const earlier = suspensionsOf(title);
  const running = earlier.find((each) => each.until === null || each.until >= work.today);
  if (running !== undefined)
    throw new Refusal({
      code: 'TITLE_SUSPENDED_ALREADY',
      rule: 'C12',
      values: { from: running.from, document: running.document },
    });
  const suspensions = [...earlier, { from: work.today, until, reason, document }];
  const changed = await updateTitle(work.db, title.id, { suspensions: asJson(suspensions) });
  work.notify(title.personId, 'TITLE_SUSPENDED', {
    rank: title.rank,
    reason,
    document,
    until: until ?? '—',
  });
  return { ...(await goOn(work, policy, changed)), result: { from: work.today, until } };
};

/**
 * The suspension is lifted; the title may be used again from today on. Rule C12.
 * @throws Refusal `TITLE_NOT_SUSPENDED`, `OWN_CASE`
 */
const resume: Decision = async (work, body: { reason: string; document: string }) => {
  const { title, policy } = await titleWithScheme(work);
  refuseOwn(work, title);
  const earlier = suspensionsOf(title);
  const running = earlier.find(({ until }) => until === null || until >= work.today);
  if (running === undefined) throw new Refusal({ code: 'TITLE_NOT_SUSPENDED', rule: 'C12' });
  const until = addDays(work.today, -1);
  const suspensions = earlier.map((each) => (each === running ? { ...each, until } : each));
  const changed = await updateTitle(work.db, title.id, { suspensions: asJson(suspensions) });
  work.notify(title.personId, 'TITLE_RESUMED', { rank: title.rank, ...body });
  return { ...(await goOn(work, policy, changed)), result: { from: running.from, until } };
};

/**
 * The holder applies for re-evaluation before the certificate ends (满期重新评定). Rule C4.
 * @throws Refusal as `refuseUntimelyReEvaluation`; `RANK_NOT_CONFERRED_HERE` for a title that another level gives
 */
const applyForReEvaluation: Decision = async (work, body: { statement: string }) => {
  const { title, policy } = await titleWithScheme(work);
  if (rankOf(policy, title.rank)?.decidedBy !== policy.scope)
    throw new Refusal({ code: 'RANK_NOT_CONFERRED_HERE', rule: 'C10', values: { rank: title.rank } });
  refuseUntimelyReEvaluation(policy, factsOf(title), work.today);
  const changed = await updateTitle(work.db, title.id, {
    appliedOn: work.today,
    applicationStatement: body.statement,
    continuesPending: policy.certificate?.whilePending === 'continue',
  });
  const tasks: NewTask[] = [
    {
      role: 'leading_group',
      organisationId: work.ownerId,
      actions: ['decideReEvaluation'],
      dueAt: await dueIn(work.db, work.today, reEvaluationWorkingDays),
    },
  ];
  return { ...(await goOn(work, policy, changed, tasks)), tasks, result: { until: title.until } };
};

/** Working days that the leading group has for a re-evaluation. */
const reEvaluationWorkingDays = 20;

/**
 * The leading group decides on a re-evaluation. Confirmed, a new certificate dates from today and takes the old one's
 * place, never back; not confirmed, the title goes on to its last day and lapses. Rule C4.
 * @throws Refusal `RE_EVALUATION_MISSING`, `REASON_MISSING`, `TITLE_SUSPENDED`, `OWN_CASE`
 */
const decideReEvaluation: Decision = async (
  work,
  body: { confirmed: boolean; document: string; reason?: string },
) => {
  await lockTitles(work.db, (await titleOf(work.db, work.id)).personId);
  const { title, policy } = await titleWithScheme(work);
  refuseOwn(work, title);
  const { rank, personId } = title;
  const { confirmed, document, reason } = body;
  if (!isPendingOn(factsOf(title), work.today))
    throw new Refusal({ code: 'RE_EVALUATION_MISSING', rule: 'C4', values: { rank } });
  if (!confirmed && !reason?.trim()) throw new Refusal({ code: 'RE_EVALUATION_REASON_MISSING', rule: 'S10' });
  const running = suspensionsOf(title).find(({ until }) => until === null || until >= work.today);
  // A revocation on its way stands above a renewal (A3, C6).
  if (confirmed && title.endedOn !== null)
    throw new Refusal({ code: 'TITLE_ENDS_ALREADY', rule: 'C6', values: { endedOn: title.endedOn } });
  if (confirmed && running !== undefined)
    throw new Refusal({ code: 'TITLE_SUSPENDED_ALREADY', rule: 'C12', values: { ...running } });
  await work.finishTasks(work.id, 'decideReEvaluation');
  const decided = await updateTitle(work.db, title.id, { reEvaluatedOn: work.today });
  if (confirmed) return renew(work, policy, decided, document);
  work.notify(personId, 'RE_EVALUATION_NOT_CONFIRMED', {
    rank,
    reason: reason!,
    document,
    until: title.until,
  });
  const isOver = title.until! < work.today;
  return {
    ...(isOver ? { outcome: 'lapsed' } : await goOn(work, policy, decided)),
    result: { confirmed, until: title.until },
  };
};

async function renew(work: DecisionWork, policy: Policy, title: TitleRow, document: string): Promise<Move> {
  const { db, ownerId, today } = work;
  const { rank, personId, schoolId, decidedBy, policyId, traineeId, benefitsUntil, effects } = title;
  await lockAppointments(work);
  const year = today.slice(0, 4);
  const earlier = await lastSerial(db, certificatePrefix(policy, year, rank));
  const number = certificateNumber(policy, year, rank, earlier + 1);
  const school = (await schoolsOn(db, [personId], today)).get(personId)!;
  const next = {
    id: randomUUID(),
    ownerId,
    personId,
    schoolId: school,
    rank,
    decidedBy,
    origin: 're_evaluation',
    policyId,
    traineeId,
    from: today,
    until: lastValidDay(policy, today),
    certificateNumber: number,
    document,
    // Benefits that had been stopped for good do not begin again with a new certificate.
    benefitsUntil,
    effects: effects as Prisma.InputJsonArray,
    endedOn: null,
  };
  await createTitles(db, [next]);
  await applyEffect(db, title, effectOfRenewal(policy, today, number), work.submission.id);
  work.open(tenureCase(policy, { ...next, schoolId: schoolId ?? school }, today));
  work.notify(personId, 'RE_EVALUATION_CONFIRMED', {
    rank,
    certificateNumber: number,
    from: next.from,
    until: next.until,
  });
  const result = { confirmed: true, titleId: next.id, certificateNumber: number, until: next.until };
  return { outcome: 'renewed', result };
}

/**
 * The certificate is printed again, because it was lost or damaged, or the name on it was wrong. Its number stays; a title
 * that came without one gets its number so, once. Rule C13.
 * @throws Refusal `SECOND_CERTIFICATE_NUMBER`, `CERTIFICATE_NUMBER_TAKEN`, `CERTIFICATE_NUMBER_MISSING`, `OWN_CASE`
 */
const reissue: Decision = async (
  work,
  body: { reason: ReissueReason; note: string; certificateNumber?: string },
) => {
  const { title, policy } = await titleWithScheme(work);
  refuseOwn(work, title);
  const { reason, note, certificateNumber: given } = body;
  const { certificateNumber: own } = title;
  if (own === null && given === undefined)
    throw new Refusal({ code: 'CERTIFICATE_NUMBER_MISSING', rule: 'C13' });
  if (own !== null && given !== undefined && given !== own)
    throw new Refusal({
      code: 'SECOND_CERTIFICATE_NUMBER',
      rule: 'C13',
      values: { certificateNumber: own, given },
    });
  const number = own ?? given!;
  await lockAppointments(work);
  if (own === null && (await numberIsTaken(work.db, number)))
    throw new Refusal({ code: 'CERTIFICATE_NUMBER_TAKEN', rule: 'C13', values: { given: number } });
  const changed = await updateTitle(work.db, title.id, { certificateNumber: number });
  await recordReissue(work, { titleId: title.id, reason, note, recordedById: work.submission.actorId });
  work.notify(title.personId, 'CERTIFICATE_REISSUED', {
    rank: title.rank,
    certificateNumber: number,
    reissueReason: reason,
  });
  const times = (await findReissues(work.db, [title.id])).length;
  return { ...(await goOn(work, policy, changed)), result: { certificateNumber: number, times } };
};

/** A title that the city, the province or the nation has given. */
export interface TitleRecord {
  readonly personId: string;
  readonly rank: string;
  readonly from: string;
  /** Last valid day; null = no end. */
  readonly until: string | null;
  readonly certificateNumber: string | null;
  /** Number of the document that gave it, and its day. */
  readonly document: string;
  readonly decidedOn: string;
}

/**
 * The office enters a title that was decided elsewhere, with its document; its tenure is followed here from now on. A rank
 * that the body running the scheme gives comes by an appointment, never so. Rules C10, T19.
 * @throws Refusal `RANK_UNKNOWN`, `RANK_CONFERRED_HERE`, `DAY_TO_COME`, `TITLE_PERIOD`, `TITLE_IS_OVER`, `OWN_CASE`,
 *   `PERSON_NOT_ON_ROSTER`, `TITLE_RECORDED_ALREADY`, `CERTIFICATE_NUMBER_TAKEN`
 */
const record: Decision = async (work, body: TitleRecord) => {
  const { db, id, ownerId, today } = work;
  const { personId, rank, from, until, certificateNumber: number, document, decidedOn } = body;
  const { policy, decidedBy } = await rankDecidedElsewhere(work, rank);
  const late = [from, decidedOn].find((on) => on > today);
  if (late !== undefined)
    throw new Refusal({ code: 'DAY_TO_COME', rule: 'C10', values: { on: late, today } });
  if (until !== null && until < from)
    throw new Refusal({ code: 'TITLE_PERIOD', rule: 'C10', values: { from, until } });
  if (until !== null && until < today)
    throw new Refusal({ code: 'TITLE_IS_OVER', rule: 'C10', values: { until, today } });
  if (personId === work.submission.actorId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  const person = (await personsById(db, [personId])).get(personId);
  if (person === undefined) throw new Refusal({ code: 'PERSON_NOT_ON_ROSTER', values: { personId } });
  await lockAppointments(work);
  const same = (await titlesOf(db, [personId])).find((title) => title.rank === rank && title.from === from);
  if (same !== undefined)
    throw new Refusal({ code: 'TITLE_RECORDED_ALREADY', rule: 'C10', values: { rank, from } });
  if (number !== null && (await numberIsTaken(db, number)))
    throw new Refusal({ code: 'CERTIFICATE_NUMBER_TAKEN', rule: 'C13', values: { given: number } });
  const { schoolId } = person;
  const held = { rank, from, until, schoolId, endedOn: null };
  const title = { id, ownerId, personId, decidedBy, document, certificateNumber: number, ...held };
  await createTitles(db, [{ ...title, origin: 'external', decidedOn }]);
  work.open(tenureCase(policy, title, today));
  work.notify(personId, 'TITLE_RECORDED', { rank, document, from, until: until ?? '—' });
  return { result: { titleId: id, decidedBy } };
};

/** The scheme that knows a rank, and at which level it is decided: not the scheme's own. */
async function rankDecidedElsewhere(work: Work, rank: string): Promise<{ policy: Policy; decidedBy: Level }> {
  for (const { policy } of await currentPolicies(work.db)) {
    const found = [...policy.ranks, ...(policy.externalTitles ?? [])].find(({ code }) => code === rank);
    if (found === undefined) continue;
    if (!isAbove(found.decidedBy, policy.scope))
      throw new Refusal({ code: 'RANK_CONFERRED_HERE', rule: 'C10', values: { rank } });
    return { policy, decidedBy: found.decidedBy };
  }
  throw new Refusal({ code: 'RANK_UNKNOWN', rule: 'C10', values: { rank } });
}

function isAbove(decidedBy: Level, scope: Policy['scope']): boolean {
  const own = scope === 'kindergarten' ? 'school' : scope;
  return decidedBy !== own && isAtLeast(levels, decidedBy, own);
}

function refuseOwn(work: DecisionWork, title: TitleRow): void {
  if (title.personId === work.submission.actorId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
}

async function moveAfter(work: Work, policy: Policy, title: TitleRow): Promise<Move> {
  const isOver = title.endedOn !== null && title.endedOn <= work.today;
  return isOver ? { outcome: outcomeOf(title) } : goOn(work, policy, title);
}

/** A decision leaves the tenure going on. A day that has just come is kept: its transition is still to be carried out. */
async function goOn(
  work: Work,
  policy: Policy,
  title: TitleRow,
  opened: readonly NewTask[] = [],
): Promise<Move> {
  const row = work.row!;
  const next = await nextTurn(work, policy, title, work.at, opened);
  return { ...next, ...(isDue({ row, at: work.at }) && { wakeAt: row.wakeAt }) };
}

/** While an application for re-evaluation is undecided, its task says whose turn it is, and when it is overdue. Rule W2. */
async function nextTurn(
  work: Work,
  policy: Policy,
  title: TitleRow,
  after: Date,
  opened: readonly NewTask[] = [],
): Promise<Move> {
  const { wakeAt, ...turn } = nextWake(policy, title, work.today);
  if (!isPendingOn(factsOf(title), work.today)) return { wakeAt, ...turn };
  const tasks = [...(await openTasks(work.db, work.id)), ...opened];
  const dueDates = tasks.map(({ dueAt }) => dueAt).filter((dueAt) => dueAt > after);
  return { wakeAt: earliest([wakeAt, ...dueDates]) };
}

function asJson(value: object): Prisma.InputJsonValue {
  return value as unknown as Prisma.InputJsonValue;
}

async function titleWithScheme(work: Work): Promise<{ title: TitleRow; policy: Policy }> {
  const title = await titleOf(work.db, work.id);
  return { title, policy: (await schemesOfTitles(work.db))(title).policy };
}

/** The tasks of a holder. Rule T15. */
async function dutiesOfTitle(work: Work) {
  const { title, policy } = await titleWithScheme(work);
  return {
    personId: title.personId,
    duties: dutiesOf(policy, title.rank, 'holder'),
    span: spanOfTitle(title),
  };
}

export const titleTenureRules: CaseRules = {
  decisions: {
    record,
    transfer,
    revoke,
    suspend,
    resume,
    handInWork: handInWork(dutiesOfTitle),
    checkWork: checkWorkOf(dutiesOfTitle),
    applyForReEvaluation,
    decideReEvaluation,
    reissue,
  },
  transitions: { passSchoolYear },
};

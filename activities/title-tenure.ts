import { addDays, dateOf, endOfDay } from '../domain/dates.js';
import type { Policy } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import { effectOfRevocation, effectOfTransfer, nextTenureDay, reminderDays } from '../domain/tenure.js';
import type { NewCase } from '../records/cases.js';
import { schemesOfTitles } from '../records/current-policies.js';
import type { CaseRules, Decision, Move, Transition, Work } from '../records/decide.js';
import { applyEffect, movePerson, schoolById, titleOf, type TitleRow } from '../records/titles.js';

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
 * A school year has passed, a reminder is due, the certificate has ended, or a review has ended the title. Rules C3,
 * C4.
 */
const passSchoolYear: Transition = async (work) => {
  const { title, policy } = await titleWithScheme(work);
  const rank = title.rank;
  if (title.endedOn !== null && title.endedOn <= work.today) return { outcome: outcomeOf(title) };
  if (title.until !== null && title.until < work.today) {
    work.notify(title.personId, 'TITLE_LAPSED', { rank, until: title.until });
    return { outcome: 'lapsed' };
  }
  const due = work.row.wakeAt && work.row.wakeAt <= work.at ? dateOf(work.row.wakeAt.toISOString()) : null;
  const reminder = reminderDays(policy, title.until).find(({ on }) => on === due);
  if (reminder)
    work.notify(title.personId, 'CERTIFICATE_ENDS', { rank, days: reminder.days, until: title.until });
  return nextWake(policy, title, work.today);
};

function outcomeOf(title: TitleRow): string {
  return (title.endReason as { code?: string } | null)?.code === 'TITLE_ENDED_BY_TRANSFER'
    ? 'transferred'
    : 'revoked';
}

/**
 * The holder has moved to another school (调离原校): the roster follows, and title and benefits go on or stop as the scheme
 * says. Rules C8, C9.
 * @throws Refusal `DAY_TO_COME`, `SCHOOL_UNKNOWN`
 */
const transfer: Decision = async (work, body: { toSchoolId: string; on: string }) => {
  if (body.on > work.today)
    throw new Refusal({ code: 'DAY_TO_COME', values: { on: body.on, today: work.today } });
  const school = await schoolById(work.db, body.toSchoolId);
  if (school === null) throw new Refusal({ code: 'SCHOOL_UNKNOWN', values: { id: body.toSchoolId } });
  const { title, policy } = await titleWithScheme(work);
  await movePerson(work, title.personId, school.id, body.on);
  const changed = await applyEffect(work.db, title, effectOfTransfer(policy, body.on));
  work.notify(title.personId, 'TITLE_AFTER_TRANSFER', {
    rank: title.rank,
    school: school.name,
    benefitsUntil: changed.benefitsUntil ?? '—',
  });
  return {
    ...moveAfter(work, policy, changed),
    result: { endedOn: changed.endedOn, benefitsUntil: changed.benefitsUntil },
  };
};

/** The title is taken away by a written decision, at once. Rules C6, E11. */
const revoke: Decision = async (work, body: { reason: string; document: string }) => {
  const { title, policy } = await titleWithScheme(work);
  if (title.personId === work.submission.actorId) throw new Refusal({ code: 'OWN_CASE', rule: 'S8' });
  const { reason, document } = body;
  const effect = effectOfRevocation(policy, work.today, {
    code: 'TITLE_REVOKED',
    rule: 'C6',
    values: { reason, document },
  });
  const changed = await applyEffect(work.db, title, effect);
  work.notify(title.personId, 'TITLE_REVOKED', { rank: title.rank, reason, document });
  return { outcome: 'revoked', result: { endedOn: changed.endedOn, benefitsUntil: changed.benefitsUntil } };
};

function moveAfter(work: Work, policy: Policy, title: TitleRow): Move {
  const isOver = title.endedOn !== null && title.endedOn <= work.today;
  return isOver ? { outcome: outcomeOf(title) } : nextWake(policy, title, work.today);
}

async function titleWithScheme(work: Work): Promise<{ title: TitleRow; policy: Policy }> {
  const title = await titleOf(work.db, work.id);
  return { title, policy: (await schemesOfTitles(work.db))(title).policy };
}

export const titleTenureRules: CaseRules = {
  decisions: { transfer, revoke },
  transitions: { passSchoolYear },
};

import { addDays } from '../domain/dates.js';
import { Refusal } from '../domain/refusal.js';
import { effectOfTransfer } from '../domain/tenure.js';
import { schemesOfTitles } from '../records/current-policies.js';
import type { Decision, DecisionWork, Work } from '../records/decide.js';
import { membersWith } from '../records/people.js';
import { schoolsOn } from '../records/persons-shown.js';
import { applyEffect, movePerson, schoolById, titlesInTenure, type TitleRow } from '../records/titles.js';
import { traineeOf } from '../records/trainees.js';

/** A move to another school of the organisation, from its first day there. */
export interface SchoolMove {
  readonly toSchoolId: string;
  readonly on: string;
}

/**
 * Somebody has moved to another school (调离原校): the roster follows, with what goes on there, and all titles and their
 * benefits go on or stop as their schemes say; titles and money are two things. The old school enters the hours of the days
 * before the move, the new one those from it on. Rules C8, C9.
 * @returns the titles as they are now
 * @throws Refusal `DAY_TO_COME`, `SCHOOL_UNKNOWN`, `TRANSFER_TO_SAME_SCHOOL`
 */
export async function moveToSchool(
  work: DecisionWork,
  personId: string,
  { toSchoolId, on }: SchoolMove,
): Promise<TitleRow[]> {
  if (on > work.today) throw new Refusal({ code: 'DAY_TO_COME', values: { on, today: work.today } });
  const school = await schoolById(work.db, toSchoolId);
  if (school === null) throw new Refusal({ code: 'SCHOOL_UNKNOWN', values: { id: toSchoolId } });
  // The roster may have moved the person already, from the day of the move on.
  const before = (await schoolsOn(work.db, [personId], addDays(on, -1))).get(personId)!;
  if (before === school.id)
    throw new Refusal({ code: 'TRANSFER_TO_SAME_SCHOOL', rule: 'C9', values: { school: school.name, on } });
  await movePerson(work, personId, school.id, on);
  await moveCases(work, personId, school.id);
  await tellClerks(work, [before, school.id], { personId, on, school: school.name });
  const schemeOf = await schemesOfTitles(work.db);
  const titles: TitleRow[] = [];
  for (const title of await titlesInTenure(work.db, personId)) {
    const { policy } = schemeOf(title);
    const changed = await applyEffect(work.db, title, effectOfTransfer(policy, on), work.submission.id);
    work.notify(personId, 'TITLE_AFTER_TRANSFER', {
      rank: title.rank,
      school: school.name,
      benefitsUntil: changed.benefitsUntil ?? '—',
    });
    titles.push(changed);
  }
  return titles;
}

/** What goes on of the person's titles and trainings stands with the new school. */
async function moveCases(work: Work, personId: string, schoolId: string): Promise<void> {
  const trainees = await work.db.trainee.findMany({ where: { personId }, select: { id: true } });
  const titles = await titlesInTenure(work.db, personId);
  const open = await work.db.case.findMany({
    where: { id: { in: [...trainees, ...titles].map(({ id }) => id) }, closedAt: null },
    select: { id: true },
  });
  const ids = open.map(({ id }) => id);
  await work.db.case.updateMany({ where: { id: { in: ids } }, data: { organisationId: schoolId } });
  for (const id of ids) if (id !== work.id) work.tell(id);
}

async function tellClerks(
  work: Work,
  schoolIds: readonly string[],
  { personId, on, school }: { readonly personId: string; readonly on: string; readonly school: string },
): Promise<void> {
  const { name } = await work.db.person.findUniqueOrThrow({ where: { id: personId } });
  for (const organisationId of schoolIds)
    for (const clerk of await membersWith(work.db, 'school_clerk', work.today, { organisationId }))
      work.notify(clerk.personId, 'HOURS_AFTER_TRANSFER', { name, on, school });
}

/** A trainee has moved to another school of the district: the training goes on there. Rule C9. */
export const transferTrainee: Decision = async (work, body: SchoolMove) => {
  const { personId } = await traineeOf(work.db, work.id);
  const titles = await moveToSchool(work, personId, body);
  // A time that has just come is kept: the transition that it asks for is still to be carried out.
  const { wakeAt, dueAt } = work.row!;
  return { wakeAt, dueAt, result: { titles: titles.length } };
};

import type { Role } from '../domain/cases.js';
import { addDays, schoolYearOf } from '../domain/dates.js';
import type { Actor, Policy } from '../domain/policy.js';
import { termOf } from '../domain/training.js';
import { schoolsReviewed } from '../records/annual-reviews.js';
import { listCases } from '../records/cases.js';
import { ledgerOf } from '../records/allowances.js';
import {
  currentPolicies,
  schemesOfTitles,
  versionsOf,
  type StoredPolicy,
} from '../records/current-policies.js';
import type { CaseRules, Transition, Work } from '../records/decide.js';
import { membersWith } from '../records/people.js';
import { personsById } from '../records/persons-shown.js';
import {
  calendarCase,
  nextMonth,
  titlesWithoutTenure,
  traineesWithoutCase,
} from '../records/tenure-calendar.js';
import { countEnding, holdersOf } from '../records/titles.js';
import { allowanceDecisions } from './allowances.js';
import { ladderDecisions } from './ladder.js';
import { remindOfHoldersTasks } from './late-tasks.js';
import { spotCheckDecisions } from './spot-checks.js';
import { tenureCase } from './title-tenure.js';
import { openTrainings } from './training.js';

/** The month in which the office is reminded to review the school year: the last one of term time (R0.6). */
const reviewMonth = '06';

/** Opens the organisation's calendar unless it has one. */
export async function openCalendar(work: Work): Promise<void> {
  if ((await listCases(work.db, { kind: 'calendar' })).length > 0) return;
  work.open(calendarCase(work.ownerId, work.today));
}

/**
 * On the first of each month the office hears what is due: a round in the month after the scheme's cut-off, the review
 * of the school year in June, certificates that end within the scheme's days, allowances of the month before that are not
 * confirmed, the events that a new term owes; and who
 * files the schools' own lists hears until when. Whenever it is told of a roster with history, it opens the cases of what
 * that brought in. Rules A5, C4, T19, W2.
 */
const remindOfTheMonth: Transition = async (work) => {
  const isLeft = await openCasesOfHistory(work);
  const hasCome = work.row.dueAt === null || work.row.dueAt <= work.at;
  if (hasCome) await remindOfEverything(work);
  const next = hasCome ? nextMonth(work.today) : { wakeAt: work.row.dueAt };
  return isLeft ? { ...next, wakeAt: work.at } : next;
};

/** How many cases of a history are opened in one transaction; the next begins at once. */
const openedAtOnce = 200;

/**
 * Titles and trainings that a roster has brought in get their cases, some at a time, so that a district with thousands
 * neither blocks the database nor wakes them all at one instant. Rule T19.
 * @returns whether some are left
 */
async function openCasesOfHistory(work: Work): Promise<boolean> {
  const { db, ownerId, today } = work;
  const titles = await titlesWithoutTenure(db, ownerId, today, openedAtOnce);
  const schemeOf = titles.length > 0 ? await schemesOfTitles(db) : null;
  const schools = await personsById(
    db,
    titles.map(({ personId }) => personId),
  );
  for (const title of titles) {
    const { schoolId } = schools.get(title.personId)!;
    work.open(tenureCase(schemeOf!(title).policy, { ...title, schoolId }, today));
  }
  const trainees = await traineesWithoutCase(db, ownerId, openedAtOnce);
  await openTrainings(work, trainees);
  return titles.length === openedAtOnce || trainees.length === openedAtOnce;
}

async function remindOfEverything(work: Work): Promise<void> {
  for (const scheme of await currentPolicies(work.db)) {
    await remindOfRound(work, scheme);
    await remindOfReview(work, scheme.policy);
    await remindOfCertificates(work, scheme.policy);
    await remindOfAllowances(work, scheme);
    await remindOfTermDuties(work, scheme.policy);
    await remindOfHoldersTasks(work, scheme);
    await remindOfSchoolFilings(work, scheme.policy);
  }
}

async function remindOfRound(work: Work, { policy }: StoredPolicy): Promise<void> {
  if (policy.kind !== 'selection' || policy.cutOff === undefined) return;
  const dayAfter = addDays(`${work.today.slice(0, 4)}-${policy.cutOff.monthDay}`, 1);
  if (dayAfter.slice(5, 7) !== month(work)) return;
  await tell(work, 'office', 'ROUND_DUE', { scheme: policy.title.zh, cutOff: policy.cutOff.monthDay });
}

async function remindOfReview(work: Work, policy: Policy): Promise<void> {
  if (policy.annualReview === undefined || month(work) !== reviewMonth) return;
  const reviewYear = schoolYearOf(work.today);
  const holders = await holdersOf(work.db, policy.annualReview.ranks, work.today);
  const schools = new Set(
    [...(await personsById(work.db, [...holders.keys()])).values()].map(({ schoolId }) => schoolId),
  );
  const reviewed = await schoolsReviewed(work.db, reviewYear);
  const left = [...schools].filter((schoolId) => !reviewed.has(schoolId)).length;
  if (left > 0) await tell(work, 'office', 'REVIEW_DUE', { reviewYear, schools: left });
}

async function remindOfCertificates(work: Work, policy: Policy): Promise<void> {
  for (const days of policy.certificate?.reminders ?? []) {
    const count = await countEnding(work.db, work.today, addDays(work.today, days));
    if (count > 0) await tell(work, 'office', 'CERTIFICATES_END', { days, count });
  }
}

/** The month that is over is confirmed in the ledger by the leading group; until then the office hears of it (C8). */
async function remindOfAllowances(work: Work, { id, policy }: StoredPolicy): Promise<void> {
  const amounts = policy.allowance?.fenByRank;
  if (amounts === undefined) return;
  const lastMonth = addDays(`${work.today.slice(0, 7)}-01`, -1).slice(0, 7);
  const holders = await holdersOf(work.db, Object.keys(amounts), `${lastMonth}-01`);
  const ledger = await ledgerOf(work.db, lastMonth, await versionsOf(work.db, id));
  if (holders.size > 0 && ledger.length === 0) await tell(work, 'office', 'ALLOWANCES_DUE', { lastMonth });
}

async function remindOfTermDuties(work: Work, policy: Policy): Promise<void> {
  const events = (policy.training?.events ?? []).filter(({ per }) => per === 'term');
  const term = termOf(work.today);
  if (events.length === 0 || term.from.slice(5, 7) !== month(work)) return;
  for (const event of events)
    await tell(work, roleOf(event.by), 'TERM_DUTY', {
      event: event.zh,
      exact: event.exact,
      until: term.until,
    });
}

async function remindOfSchoolFilings(work: Work, policy: Policy): Promise<void> {
  const rule = policy.schoolLevel;
  if (rule === undefined || rule.dueBy.slice(0, 2) !== month(work)) return;
  const values = {
    rank: rule.rank,
    until: `${work.today.slice(0, 4)}-${rule.dueBy}`,
    what: [...rule.file],
  };
  await tell(work, roleOf(rule.responsible), 'SCHOOL_FILING_DUE', values);
  await tell(work, roleOf(rule.with), 'SCHOOL_FILING_DUE', values);
}

/** The role of the service behind whom a scheme names; what nobody has a role for is the office's. */
function roleOf(actor: Actor): Role {
  const roles: Partial<Record<Actor, Role>> = {
    school: 'school_clerk',
    school_clerk: 'school_clerk',
    head: 'head',
    training_centre: 'training_centre',
    subject_researcher: 'researcher',
  };
  return roles[actor] ?? 'office';
}

function month(work: Work): string {
  return work.today.slice(5, 7);
}

async function tell(
  work: Work,
  role: Role,
  text: string,
  values: Parameters<Work['notify']>[2],
): Promise<void> {
  const members = await membersWith(work.db, role, work.today);
  for (const personId of new Set(members.map((member) => member.personId)))
    work.notify(personId, text, values);
}

export const calendarRules: CaseRules = {
  decisions: { ...spotCheckDecisions, ...allowanceDecisions, ...ladderDecisions },
  transitions: { remindOfTheMonth },
};

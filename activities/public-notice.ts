import { lastDayOfNotice } from '../domain/calendar.js';
import { endOfDay } from '../domain/dates.js';
import { rankOf } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import type { RunStage } from '../domain/stages.js';
import { calendarTable, dueIn } from '../records/calendar.js';
import { candidatesOfRun, policyOfRound, recordOutcomes } from '../records/candidates.js';
import type { CaseRules, Decision, Transition } from '../records/decide.js';
import { noticeEntries, snapshotHash, updateNotice } from '../records/notices.js';
import { membersWith } from '../records/people.js';
import { attendRun, nobodyIsLeft } from './reminders.js';

/** Who can be called, and how to object: what every notice must say beside the names (N5). */
export interface NoticeContact {
  readonly office: string;
  readonly telephone: string;
  readonly howToObject: string;
}

/**
 * Somebody writes the notice; another person must release it. Until then it may be written again, by somebody else too:
 * where its author is the only one who could release it, the next step is another's draft. Rule N6.
 */
const draft: Decision = async (work, body: NoticeContact) => {
  const { office, telephone, howToObject } = body;
  const authorId = work.submission.actorId;
  await updateNotice(work.db, work.id, { contact: { office, telephone, howToObject }, authorId });
  // The tasks of a draft that this one takes the place of.
  await work.finishTasks(work.id);
  const { level, organisationId } = await work.db.notice.findUniqueOrThrow({ where: { id: work.id } });
  const isOfSchool = level === 'school';
  const releases = isOfSchool ? 'head' : 'office';
  const others = (await membersWith(work.db, releases, work.today, { organisationId })).filter(
    ({ personId }) => personId !== authorId,
  );
  const next =
    others.length > 0
      ? ({ role: releases, action: 'approve' } as const)
      : ({ role: isOfSchool ? 'school_clerk' : 'office', action: 'draft' } as const);
  return {
    step: 'releasing',
    tasks: [
      {
        role: next.role,
        organisationId,
        actions: [next.action],
        dueAt: await dueIn(work.db, work.today, 2),
      },
    ],
  };
};

/**
 * A second person releases the notice: the names are frozen in a snapshot, the first and last day are counted and
 * printed, and they bind. Rules N1–N6.
 */
const approve: Decision = async (work) => {
  const { db, row } = work;
  const notice = await db.notice.findUniqueOrThrow({ where: { id: work.id } });
  if (notice.authorId === work.submission.actorId)
    throw new Refusal({ code: 'NOTICE_OWN_RELEASE', rule: 'N6' });
  const policy = await policyOfRound(db, notice.roundId);
  const rule = policy.notice?.[notice.level as 'school' | 'district'];
  if (!rule) throw new Refusal({ code: 'NOTICE_NOT_IN_SCHEME', rule: 'N1', values: { level: notice.level } });
  const days = lastDayOfNotice(work.today, rule.workingDays, rule, await calendarTable(db));
  const closesAt = new Date(endOfDay(days.lastDay, rule.closesAt));
  const entries = await noticeEntries(db, await candidatesOfRun(db, work.id));
  const snapshot = {
    round: notice.roundId,
    level: notice.level,
    firstDay: days.firstDay,
    lastDay: days.lastDay,
    closes: rule.closesAt,
    ...(notice.contact as object),
    entries: entries.map((entry) => ({ ...entry, rank: rankOf(policy, entry.rank)?.zh ?? entry.rank })),
  };
  await updateNotice(db, work.id, {
    approverId: work.submission.actorId,
    publishedAt: work.at,
    firstDay: days.firstDay,
    lastDay: days.lastDay,
    closesAt,
    provisional: days.provisional,
    snapshot,
    snapshotHash: snapshotHash(snapshot),
  });
  return {
    step: 'standing',
    waitingFor: notice.level === 'school' ? 'head' : 'office',
    dueAt: closesAt,
    wakeAt: closesAt,
    result: { noticeId: row!.id, firstDay: days.firstDay, lastDay: days.lastDay },
  };
};

/** The printed last day has passed: who is not held goes on. A held candidate does not stop the others (N11). */
const endNotice: Transition = async (work) => {
  if (work.row.wakeAt && work.row.wakeAt > work.at)
    return (await nobodyIsLeft(work)) ? { outcome: 'no_candidate_left' } : {};
  const candidates = await candidatesOfRun(work.db, work.id);
  await recordOutcomes(
    work,
    work.row.roundId!,
    work.row.stage as RunStage,
    candidates
      .filter(({ standing }) => standing === 'running')
      .map(({ id }) => ({ applicationId: id, outcome: 'on' })),
  );
  return { outcome: 'ended' };
};

export const publicNoticeRules: CaseRules = {
  decisions: { draft, approve },
  transitions: { remindOverdue: attendRun, endNotice },
};

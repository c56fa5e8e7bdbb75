import { randomUUID } from 'node:crypto';
import { lastDayOfNotice } from '../domain/calendar.js';
import { endOfDay } from '../domain/dates.js';
import { isProposed, letStand, withLostDays } from '../domain/down-time.js';
import { objectionRulesOf } from '../domain/objection.js';
import { refusePersonalData } from '../domain/personal-data.js';
import { rankOf } from '../domain/policy.js';
import { Refusal } from '../domain/refusal.js';
import type { RunStage } from '../domain/stages.js';
import { calendarTable, dueIn } from '../records/calendar.js';
import {
  candidatesOfRun,
  enterRun,
  policyOfRound,
  recordOutcomes,
  type ApplicationRow,
} from '../records/candidates.js';
import type { CaseRules, Decision, DecisionWork, Move, Transition, Work } from '../records/decide.js';
import { lostDaysOf, recordedDays } from '../records/down-time.js';
import {
  attachmentsOf,
  createNotice,
  keepNamedAttachments,
  noticeEntries,
  snapshotHash,
  updateNotice,
  type NoticeAttachment,
  type NoticeEntry,
} from '../records/notices.js';
import { objectedAnew } from '../records/objections.js';
import { membersWith } from '../records/people.js';
import { attendRun, nobodyIsLeft, remindOverdue } from './reminders.js';

/** Who can be called, and how to object: what every notice must say beside the names (N5). */
export interface NoticeContact {
  readonly office: string;
  readonly telephone: string;
  readonly howToObject: string;
  /** Files that are published with it, by their hashes. */
  readonly attachments?: readonly string[];
}

/**
 * Somebody writes the notice and names the files that are published with it; another person must release it. Until then
 * it may be written again, by somebody else too: where its author is the only one who could release it, the next step is another's draft. Rule N6.
 */
const draft: Decision = async (work, body: NoticeContact) => {
  const { office, telephone, howToObject } = body;
  refusePersonalData({ '$.office': office, '$.telephone': telephone, '$.howToObject': howToObject });
  const authorId = work.submission.actorId;
  const attachments = await attachmentsOf(work.db, work.id, body.attachments ?? []);
  const contact = { office, telephone, howToObject, attachments: attachments.map((each) => ({ ...each })) };
  await updateNotice(work.db, work.id, { contact, authorId });
  // The tasks of a draft that this one takes the place of.
  await work.finishTasks(work.id);
  const { level, organisationId } = await work.db.notice.findUniqueOrThrow({ where: { id: work.id } });
  const isOfSchool = level === 'school';
  const releases = releaserOf(level);
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
 * A second person, who has neither written it nor brought one of its files, releases the notice: names and files are
 * frozen in a snapshot, the first and last day are counted and printed, and they bind. Rules N1–N6.
 */
const approve: Decision = async (work) => {
  const { db, row } = work;
  const notice = await db.notice.findUniqueOrThrow({ where: { id: work.id } });
  const { attachments = [] } = notice.contact as { attachments?: NoticeAttachment[] };
  const brought = await keepNamedAttachments(
    db,
    work.id,
    attachments.map(({ hash }) => hash),
  );
  if ([notice.authorId, ...brought].includes(work.submission.actorId))
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
    attachments: attachments.map((each) => ({ ...each })),
    entries: entries.map((entry) => ({ ...entry, rank: rankOf(policy, entry.rank)?.zh ?? entry.rank })),
  };
  refusePersonalData(
    Object.fromEntries(
      snapshot.entries.map(({ name, school }, index) => [`$.entries[${index}]`, `${name} ${school}`]),
    ),
  );
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
    waitingFor: releaserOf(notice.level),
    dueAt: closesAt,
    wakeAt: closesAt,
    result: { noticeId: row!.id, firstDay: days.firstDay, lastDay: days.lastDay },
  };
};

/**
 * A wrong entry of one person: a corrected notice for that person alone, full length, to be written and released like the
 * first; the others' days run on. More than a third of the list cannot be corrected so. Rule N7.
 */
const correct: Decision = async (work, body: { number: number; reason: string }) => {
  const { notice, entries } = await released(work);
  const { number } = body;
  const applicationId = entries[number - 1]?.applicationId;
  const candidate = (await candidatesOfRun(work.db, work.id)).find(({ id }) => id === applicationId);
  if (candidate === undefined)
    throw new Refusal({
      code: 'NOTICE_ENTRY_UNKNOWN',
      rule: 'N7',
      values: { number, entries: entries.length },
    });
  const corrections = notice.corrections as Record<string, string>;
  const corrected = Object.keys(corrections).length + 1;
  if (entries.length > 1 && corrected * 3 > entries.length)
    throw new Refusal({
      code: 'NOTICE_NEEDS_RESTART',
      rule: 'N7',
      values: { corrected, entries: entries.length },
    });
  const noticeId = await publishAnew(work, notice, [candidate], 'corrected');
  await updateNotice(work.db, work.id, { corrections: { ...corrections, [number]: noticeId } });
  return { result: { noticeId } };
};

/**
 * The whole notice again, full length: its length, its contact or more than a third of its names were wrong, a year was
 * only provisional, or the page could not be reached. The printed days of the new one bind, and are never earlier.
 * Rules N2, N7.
 */
const restart: Decision = async (work, _body: { reason: string }) => {
  const { notice } = await released(work);
  const candidates = await candidatesOfRun(work.db, work.id);
  const restartedAsId = await publishAnew(work, notice, candidates, 'restarted');
  await updateNotice(work.db, work.id, { restartedAsId });
  return { outcome: 'restarted', result: { noticeId: restartedAsId } };
};

/**
 * A person decides on the days on which the page could not be reached: the whole notice again, full length, or it stands
 * as it was printed; also after its last day, because until then nobody goes on. Rule N7.
 */
const decideOnLostDays: Decision = async (work, body: { restarts: boolean; reason: string }) => {
  const notice = await work.db.notice.findUniqueOrThrow({ where: { id: work.id } });
  const lost = recordedDays(notice);
  // Whoever takes it, there must be something to decide.
  const stands = letStand(lost, body.reason);
  if (body.restarts) {
    const restartedAsId = await publishAnew(
      work,
      notice,
      await candidatesOfRun(work.db, work.id),
      'restarted',
    );
    await updateNotice(work.db, work.id, { restartedAsId });
    return { outcome: 'restarted', result: { noticeId: restartedAsId } };
  }
  await updateNotice(work.db, work.id, { lostDays: stands.map((day) => ({ ...day }) as object) });
  await work.finishTasks(work.id, 'decideOnLostDays');
  const closesAt = notice.closesAt!;
  const wakeAt = closesAt > work.at ? closesAt : work.at;
  return { waitingFor: releaserOf(notice.level), dueAt: closesAt, wakeAt };
};

/** Who releases a notice, and answers for it while it stands. */
function releaserOf(level: string): 'head' | 'office' {
  return level === 'school' ? 'head' : 'office';
}

/**
 * Proposes the days on which the page could not be reached to whoever answers for the notice, once each. Rule N7.
 * @returns whether one waits for a decision, and what it opens
 */
async function proposeLostDays(work: Work): Promise<{ isProposed: boolean; move: Move }> {
  const notice = await work.db.notice.findUniqueOrThrow({ where: { id: work.id } });
  const before = recordedDays(notice);
  const lost = withLostDays(before, await lostDaysOf(work.db, notice, work.at));
  if (lost.length === before.length) return { isProposed: isProposed(before), move: {} };
  await updateNotice(work.db, work.id, { lostDays: lost.map((day) => ({ ...day }) as object) });
  const role = releaserOf(notice.level);
  const { organisationId } = notice;
  for (const { personId } of await membersWith(work.db, role, work.today, { organisationId }))
    work.notify(personId, 'NOTICE_DAYS_LOST', { days: lost.slice(before.length).map(({ day }) => day) });
  const dueAt = await dueIn(work.db, work.today, 2);
  // It wakes at its own end, whenever the decision is due.
  const wakeAt = notice.closesAt! > work.at ? notice.closesAt! : dueAt;
  if (isProposed(before)) return { isProposed: true, move: { wakeAt } };
  const tasks = [{ role, organisationId, actions: ['decideOnLostDays'], dueAt }];
  return { isProposed: true, move: { tasks, waitingFor: role, wakeAt } };
}

/** The released notice, while its days run. */
async function released(work: DecisionWork) {
  const notice = await work.db.notice.findUniqueOrThrow({ where: { id: work.id } });
  if (work.at >= notice.closesAt!)
    throw new Refusal({
      code: 'NOTICE_OVER',
      rule: 'N7',
      values: { closedAt: notice.closesAt!.toISOString() },
    });
  return { notice, entries: (notice.snapshot as unknown as { entries: NoticeEntry[] }).entries };
}

/** A further run of the stage for some of the candidates; who is held stays held in it. Rule S11. */
async function publishAnew(
  work: DecisionWork,
  notice: { readonly roundId: string; readonly level: string; readonly organisationId: string },
  candidates: readonly ApplicationRow[],
  outcome: string,
): Promise<string> {
  const { db, row } = work;
  const id = randomUUID();
  const { roundId, organisationId } = notice;
  const level = notice.level as 'school' | 'district';
  const stage = row!.stage as RunStage;
  const runs = await db.case.count({ where: { roundId, stage, unit: row!.unit } });
  await createNotice(work, { id, roundId, level, organisationId });
  work.open({
    id,
    kind: 'publicNotice',
    organisationId,
    roundId,
    stage,
    unit: row!.unit,
    batch: runs + 1,
    step: 'drafting',
    tasks: [
      {
        role: level === 'school' ? 'school_clerk' : 'office',
        organisationId,
        actions: ['draft'],
        dueAt: await dueIn(db, work.today, 2),
      },
    ],
  });
  const ids = candidates.map((candidate) => candidate.id);
  await db.stageEntry.updateMany({
    where: { caseId: work.id, applicationId: { in: ids }, endedAt: null },
    data: { outcome, endedAt: work.at },
  });
  await enterRun(work, id, stage, ids);
  for (const { id: heldId, standing } of candidates)
    if (standing !== 'running') await db.application.update({ where: { id: heldId }, data: { standing } });
  return id;
}

/**
 * The printed last day has passed: who is not held goes on. A held candidate does not stop the others (N11); a lost day on
 * which nobody has decided does (N7).
 */
const endNotice: Transition = async (work) => {
  const isOver = !work.row.wakeAt || work.row.wakeAt <= work.at;
  if (!isOver && (await nobodyIsLeft(work))) return { outcome: 'no_candidate_left' };
  const { isProposed: waits, move } = await proposeLostDays(work);
  if (!isOver) return move;
  if (waits && !(await nobodyIsLeft(work))) return { ...(await remindOverdue(work)), ...move };
  const candidates = await candidatesOfRun(work.db, work.id);
  const objected = await objectedAnew(
    work.db,
    candidates.map(({ id }) => id),
  );
  const policy = await policyOfRound(work.db, work.row.roundId!);
  const heldReason = { code: 'OBJECTION_OPEN', rule: 'N11', clause: policy.objection?.clause };
  // An objection of the last minute may not be registered yet.
  const isHeld = (id: string) => objected.has(id) && objectionRulesOf(policy).whilePending === 'suspend';
  await recordOutcomes(
    work,
    work.row.roundId!,
    work.row.stage as RunStage,
    candidates
      .filter(({ standing }) => standing === 'running')
      .map(({ id }) =>
        isHeld(id)
          ? { applicationId: id, outcome: 'held', reason: heldReason }
          : { applicationId: id, outcome: 'on' },
      ),
  );
  return { outcome: 'ended' };
};

export const publicNoticeRules: CaseRules = {
  decisions: { draft, approve, correct, restart, decideOnLostDays },
  transitions: { remindOverdue: attendRun, endNotice },
};

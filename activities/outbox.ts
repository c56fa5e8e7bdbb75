import { addDays, addMonths, endOfDay } from '../domain/dates.js';
import type { CaseRules, Transition } from '../records/decide.js';
import { mailWaiting } from '../records/deliveries.js';

/**
 * Sends while mail is due, else rests until some is to be tried again; without any it looks again once a month. The case
 * is overdue when mail has waited for a day. Rule W8.
 */
const attend: Transition = async ({ db, at, today }) => {
  const waitingFor = 'administrator';
  const waiting = await mailWaiting(db);
  if (waiting === null) {
    const monthEnd = addDays(addMonths(`${today.slice(0, 7)}-01`, 1), -1);
    const nextMonth = new Date(endOfDay(monthEnd));
    return { step: 'resting', waitingFor, dueAt: nextMonth, wakeAt: nextMonth };
  }
  const { dueAt, nextAttemptAt } = waiting;
  if (nextAttemptAt <= at) return { step: 'sending', waitingFor, dueAt, wakeAt: null };
  return { step: 'resting', waitingFor, dueAt, wakeAt: nextAttemptAt };
};

export const outboxRules: CaseRules = { decisions: {}, transitions: { attend } };

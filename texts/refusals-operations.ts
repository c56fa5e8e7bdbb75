import type { RefusalText } from './catalogue.js';

/** Refusals of the clock of a rehearsal. */
export const operationsRefusals = {
  CLOCK_REAL: {
    status: 409,
    zh: '本系统为正式运行，时钟不能调整；请在演练系统中推进时间',
    en: 'This is a real instance, whose clock cannot be moved; advance the clock of a rehearsal',
  },
  CLOCK_BACKWARDS: {
    status: 422,
    zh: '演练时钟只能向前：现在为 {{now}}，不能退回 {{to}}',
    en: 'The clock of a rehearsal only goes forward: it stands at {{now}} and cannot go back to {{to}}',
  },
  CLOCK_BUSY: {
    status: 409,
    zh: '另一次时钟推进正在进行，请待其结束',
    en: 'Another advance of the clock is under way; wait until it has ended',
  },
} satisfies Record<string, RefusalText>;

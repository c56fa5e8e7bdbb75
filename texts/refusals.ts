import type { RefusalText } from './catalogue.js';

/** Every refusal that a person can meet. The key is the last part of the problem's `type`. */
export const refusals = {
  INTERNAL: { status: 503, zh: '系统暂时无法处理，请稍后再试', en: 'The service cannot handle this now; try again later' },
} satisfies Record<string, RefusalText>;

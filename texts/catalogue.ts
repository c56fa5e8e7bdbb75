import { afterNotifications } from './notifications-after.js';
import { mailTexts } from './mail-texts.js';
import { afterRefusals } from './refusals-after.js';
import { operationsRefusals } from './refusals-operations.js';
import { ballotRefusals } from './refusals-ballot.js';
import { voteCountRefusals } from './refusals-vote-count.js';
import { voteRecordTexts } from './vote-record.js';
import { conflictRefusals, conflictTexts } from './refusals-conflicts.js';
import { calendarQuotaVoteRefusals, noticeWarnings, voteWarnings } from './refusals-calendar-quota-vote.js';
import { entryRefusals, entryNotifications } from './refusals-entries.js';
import { eligibilityRefusals } from './refusals-eligibility.js';
import { documentRefusals } from './refusals-documents.js';
import { httpRefusals } from './refusals-http.js';
import { panelRefusals } from './refusals-panel.js';
import { policyRefusals } from './refusals-policy.js';
import { rosterRefusals } from './refusals-roster.js';
import { quotaRefusals } from './refusals-quota.js';
import { selectionRefusals } from './refusals-selection.js';
import { trainingRefusals } from './refusals-training.js';
import { tenureNotifications, tenureRefusals } from './refusals-tenure.js';
import { nameOf, type Names } from './names.js';
import { notifications } from './notifications.js';
import { objectionNotifications, objectionRefusals } from './objections.js';

/** The languages that every text exists in. Chinese is the users' language. */
export type Language = 'zh' | 'en';

/** A text in both languages; `{{name}}` stands for a value. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** The text of a refusal, with the HTTP status that its problem carries. */
export interface RefusalText extends Text {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500 | 503;
}

/** Every refusal, fault and reason that a person can meet, by its code. */
export const allRefusals: Readonly<Record<string, RefusalText>> = {
  ...ballotRefusals,
  ...voteCountRefusals,
  ...calendarQuotaVoteRefusals,
  ...conflictRefusals,
  ...panelRefusals,
  ...policyRefusals,
  ...rosterRefusals,
  ...eligibilityRefusals,
  ...entryRefusals,
  ...httpRefusals,
  ...selectionRefusals,
  ...quotaRefusals,
  ...afterRefusals,
  ...trainingRefusals,
  ...operationsRefusals,
  ...objectionRefusals,
  ...documentRefusals,
  ...tenureRefusals,
};

const all: Readonly<Record<string, Text>> = {
  ...allRefusals,
  ...voteWarnings,
  ...noticeWarnings,
  ...conflictTexts,
  ...notifications,
  ...entryNotifications,
  ...afterNotifications,
  ...objectionNotifications,
  ...tenureNotifications,
  ...mailTexts,
  ...voteRecordTexts,
};

/**
 * Renders a text of the catalogue.
 * @param code key of the catalogue
 * @param language the reader's language
 * @param values what `{{name}}` stands for; lists are joined, and codes of the vocabulary are shown by their names
 * @param ranks names of the scheme's ranks; without them the codes of ranks stay
 * @returns the text; the bare code when the catalogue has none, so that nothing is hidden
 */
export function say(
  code: string,
  language: Language,
  values: Readonly<Record<string, unknown>> = {},
  ranks: Names = {},
): string {
  const template = Object.hasOwn(all, code) ? all[code]![language] : code;
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name] as string | number | boolean | null | undefined | readonly string[];
    const shown = (one: typeof value) => nameOf(code, name, String(one ?? ''), language, ranks);
    return typeof value === 'object' && value !== null
      ? value.map(shown).join(language === 'zh' ? '、' : ', ')
      : shown(value);
  });
}

/**
 * The HTTP status with which a refusal is answered.
 * @param code key of the catalogue
 * @returns its status; 422 for a code that the catalogue does not have
 */
export function statusOf(code: string): RefusalText['status'] {
  return Object.hasOwn(allRefusals, code) ? allRefusals[code]!.status : 422;
}

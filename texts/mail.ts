import { caseKindNames } from '../domain/case-names.js';
import type { CaseKind } from '../domain/cases.js';
import { say, type Language, type Text } from './catalogue.js';
import type { Names } from './names.js';
import { readable } from './readable.js';

/** The name that mail comes from, beside its address. */
export const mailSenderName = '青蓝 Qinglan';

/**
 * The values that a mail shows: dates, numbers, names of ranks, of schemes and of schools. Names of other people and
 * what people wrote wait in the inbox.
 */
const shownInMail: readonly string[] = [
  'certificateNumber',
  'benefitsUntil',
  'count',
  'cutOff',
  'days',
  'dueAt',
  'dueOn',
  'duty',
  'endsOn',
  'event',
  'exact',
  'finalOn',
  'from',
  'grade',
  'hours',
  'kind',
  'period',
  'places',
  'points',
  'rank',
  'reviewYear',
  'scheme',
  'school',
  'schools',
  'sources',
  'stage',
  'startsOn',
  'subjects',
  'tasks',
  'until',
  'year',
  'GUIDANCE_RECORDED.on',
  'SCHOOL_FILING_DUE.what',
];

/** Whether a mail shows the value of that name in that text (D7). */
export function isShownInMail(code: string, name: string): boolean {
  return shownInMail.includes(name) || shownInMail.includes(`${code}.${name}`);
}

/** What a mail is made of. */
export interface MailContent {
  /** The notification's text in the catalogue, and its values. */
  readonly code: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly caseKind: CaseKind | null;
  /** The name of its reader, the only person whom it names. */
  readonly reader: string;
  /** Where the inbox is. */
  readonly inbox: string;
}

/**
 * Subject and text of the mail of a notification, in both languages. Of the notification's values it shows those that
 * say nothing of other people; the subject only what kind of case it is about, so that it holds nothing from outside.
 * Rules W8, D7.
 * @param ranks names of the scheme's ranks
 */
export function mailOf(content: MailContent, ranks: Names): { readonly subject: Text; readonly text: Text } {
  const inBoth = (write: (language: Language) => string): Text => ({ zh: write('zh'), en: write('en') });
  const { code, values, caseKind, reader, inbox } = content;
  const message = (language: Language) => {
    const withheld = say('MAIL_VALUE_WITHHELD', language);
    const shown = Object.entries(readable(values, language, ranks)).map(([name, value]) => [
      name,
      isShownInMail(code, name) ? value : withheld,
    ]);
    return say(code, language, Object.fromEntries(shown) as Record<string, unknown>, ranks);
  };
  const about = (language: Language) =>
    caseKind ? caseKindNames[caseKind][language] : { zh: '通知', en: 'notice' }[language];
  return {
    subject: inBoth((language) => say('MAIL_SUBJECT', language, { about: about(language) })),
    text: inBoth((language) => say('MAIL_TEXT', language, { reader, message: message(language), inbox })),
  };
}

/**
 * Where the inbox is read.
 * @param publicUrl the address that browsers use
 */
export function inboxUrl(publicUrl: string): string {
  return new URL('/api/v1/inbox', publicUrl).href;
}

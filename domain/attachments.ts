import { findPersonalData } from './personal-data.js';
import { Refusal, type Fault } from './refusal.js';

/** The kinds of files that may be published with a notice: those of which every text can be read. */
export const attachmentTypes = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  csv: 'text/csv; charset=utf-8',
} as const;

export type AttachmentKind = keyof typeof attachmentTypes;

export const mostAttachments = 5;

/** In what of a file a text stands. */
export type TextPart =
  | 'text'
  | 'cell'
  | 'hidden_cell'
  | 'unused_text'
  | 'comment'
  | 'defined_name'
  | 'property'
  | 'header_footer'
  | 'hidden_text'
  | 'tracked_change'
  | 'file_name'
  | 'other';

/** A text of a file, with where it stands. */
export interface FileText {
  readonly text: string;
  readonly part: TextPart;
  /** Name of the sheet, of a workbook. */
  readonly sheet?: string;
  /** `B2`, of a workbook or CSV; the number of the paragraph, of a document. */
  readonly place?: string;
}

/**
 * Which kind a file is by its name; the content is read by it.
 * @throws Refusal `ATTACHMENT_KIND_REFUSED` for every other kind, with its name
 */
export function attachmentKind(name: string): AttachmentKind {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  if (Object.hasOwn(attachmentTypes, ending)) return ending as AttachmentKind;
  throw new Refusal({
    code: 'ATTACHMENT_KIND_REFUSED',
    rule: 'D6',
    values: { file: name, allowed: Object.keys(attachmentTypes) },
  });
}

/**
 * Refuses a file that is to become public with an ID or mobile number in it, wherever it stands; its name counts too. Of a
 * number with a fraction the whole part is looked at: a mean of 86.1333333333333 is nobody's number. Rule D6 (6.2).
 * @param file the file's name
 * @param texts every text of the file
 * @throws Refusal `PERSONAL_DATA` with a fault for each, which says where it stands and of what kind it is; the number
 *   itself is not repeated
 */
export function refusePersonalDataInFile(file: string, texts: readonly FileText[]): void {
  const named: FileText = { text: file, part: 'file_name' };
  const isFound = findPersonalData(comparable(file)).length > 0;
  const shownName = isFound ? '' : file;
  const faults = [named, ...texts].flatMap(({ text, part, sheet = '', place = '' }) =>
    findPersonalData(comparable(text)).map(({ kind }): Fault => {
      const safeSheet = findPersonalData(comparable(sheet)).length > 0 ? '' : sheet;
      return {
        at: [shownName, [safeSheet, place].filter(Boolean).join('!')].filter(Boolean).join(' › '),
        code: 'PERSONAL_DATA_IN_FILE',
        values: { file: shownName, sheet: safeSheet, place, part, kind },
      };
    }),
  );
  if (faults.length > 0)
    throw new Refusal({ code: 'PERSONAL_DATA', rule: 'D6', values: { count: faults.length }, faults });
}

/** As people read it: without what takes no room, and a number without its fraction or power of ten. */
function comparable(text: string): string {
  const plain = text.normalize('NFKC').replaceAll(/\p{Cf}/gu, '');
  const number = /^\s*-?\d+(\.\d+)?([eE]\+?\d{1,2})?\s*$/.test(plain) ? Number(plain) : NaN;
  const isWritten = /^\s*-?\d+\s*$/.test(plain);
  return Number.isNaN(number) || isWritten ? plain : String(BigInt(Math.trunc(number)));
}

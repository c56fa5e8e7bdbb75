import type { Role } from '../domain/cases.js';
import { roleNames } from '../domain/case-names.js';
import { resultsOf, type RecordedPerson, type VoteRecord } from '../domain/vote-record.js';
import { fontFor, newPdf, pdfBytes } from '../records/pdf.js';
import { say, type Language } from '../texts/catalogue.js';
import { nameOf } from '../texts/names.js';
import { moment } from '../texts/readable.js';

/** A signature under the record. */
export interface RecordSignature {
  readonly role: Role;
  readonly name: string;
  readonly signedAt: Date;
}

/** A record with what stands below it. */
export interface SignedRecord {
  readonly record: VoteRecord;
  readonly digest: string;
  readonly signatures: readonly RecordSignature[];
  /** Roles whose signature is still to come. */
  readonly missing: readonly Role[];
}

const left = 56;
const width = 483;
const labelWidth = 120;
const lowest = 770;

/**
 * The record of a vote on A4, with Chinese type: who met, the papers, the votes of each candidate, the signatures, the
 * digest. The same record makes the same file. Rule V19.
 * @throws Refusal `CHARACTERS_NOT_PRINTABLE` when no font has a character of a name
 */
export function recordFile(signed: SignedRecord, language: Language): Promise<Buffer> {
  const { record, digest, signatures, missing } = signed;
  const tell = (code: string, values: Record<string, unknown> = {}) =>
    say(`RECORD_${code}`, language, values);
  const page = newPdf({
    title: `${tell('TITLE')} ${record.round}`,
    author: record.organisation,
    margin: left,
    madeAt: new Date(`${record.date}T00:00:00+08:00`),
  });
  heading(page, record.body, 14);
  heading(page, tell('TITLE'), 20);
  page.moveDown(0.5);
  const line = (code: string, value: string) => field(page, tell(code), value);
  const people = (list: readonly RecordedPerson[]) => namesOf(list, tell('NONE'), language);
  line('ROUND', record.round);
  line('GROUP', groupOf(record, language));
  line('BALLOT', tell(`BALLOT_${record.ballotRound}`));
  line('MODE', tell(`MODE_${record.mode}`));
  line('DATE', record.date);
  if (record.place) line('PLACE', record.place);
  line('COMMITTEE', String(record.committee));
  line('PRESENT', people(record.present));
  line('ABSENT', people(record.absent));
  line('SUBSTITUTES', people(record.substitutes));
  line('RECUSED', recusedOf(record, tell('NONE'), language));
  line('VOTERS', String(record.voters));
  line('SEATS', String(record.seats));
  if (record.equalNumberDecision) line('EQUAL', record.equalNumberDecision);
  if (record.codes) line('PAPERS', tell('CODES', { ...record.codes }));
  const { tally, notReturned } = record;
  line(
    'PAPERS',
    tally.void ? tell('VOID', { ...tally }) : tell('FIGURES', { ...figuresOf(tally), notReturned }),
  );
  if (!tally.void) {
    votes(page, record, language);
    line('VACANT', String(tally.vacant));
  }
  page.moveDown(0.5);
  line('CHAIR', record.chair ?? tell('NONE'));
  line('SUPERVISOR', record.supervisor ?? tell('NONE'));
  line('TELLERS', record.tellers.join('、') || tell('NONE'));
  page.moveDown(0.5);
  fontFor(page, tell('SIGNATURES'), 'bold').fontSize(11).text(tell('SIGNATURES'), left);
  for (const { role, name, signedAt } of signatures)
    paragraph(page, tell('SIGNED', { role: roleNames[role][language], name, at: moment(signedAt) }));
  if (missing.length > 0)
    paragraph(page, tell('UNSIGNED', { roles: missing.map((role) => roleNames[role][language]) }));
  page.moveDown(0.5);
  paragraph(page, tell('DIGEST'));
  paragraph(page, digest);
  return pdfBytes(page);
}

/**
 * Slips of drawn codes on A4, to be cut apart: a code on each, and what it votes on, nothing else. Rules V2, V6.
 * @param vote its id, and the business date
 * @param slips each code with the group, or with the candidate whose paper it casts, as people call them
 */
export function slipsFile(
  vote: { readonly id: string; readonly date: string },
  slips: readonly { readonly code: string; readonly about: string }[],
  language: Language,
): Promise<Buffer> {
  const title = say('SLIP_TITLE', language);
  const page = newPdf({ title, author: '', margin: 0, madeAt: new Date(`${vote.date}T00:00:00+08:00`) });
  const [columns, rows, high, wide] = [2, 8, 100, 270];
  for (const [index, { code, about }] of slips.entries()) {
    const place = index % (columns * rows);
    if (index > 0 && place === 0) page.addPage();
    const x = 28 + (place % columns) * wide;
    const y = 20 + Math.floor(place / columns) * high;
    page.rect(x, y, wide, high).dash(3, { space: 3 }).stroke('#999').undash();
    const centred = (text: string, below: number) =>
      page.text(text, x, y + below, { width: wide, align: 'center', lineBreak: false });
    fontFor(page, title).fontSize(9).fillColor('#333');
    centred(title, 12);
    fontFor(page, code, 'bold').fontSize(20).fillColor('#000');
    centred(code, 34);
    fontFor(page, about).fontSize(8).fillColor('#333');
    centred(`${about}  ${vote.id}`, 72);
  }
  return pdfBytes(page);
}

function figuresOf({
  issued,
  returned,
  valid,
  blank,
  invalid,
}: Extract<VoteRecord['tally'], { void: false }>) {
  return { issued, returned, valid, blank, invalid };
}

function groupOf({ unit, rank }: VoteRecord, language: Language): string {
  const [code = ''] = unit.split('/');
  return nameOf('', 'unit', unit, language, { [code]: rank });
}

function namesOf(list: readonly RecordedPerson[], none: string, language: Language): string {
  if (list.length === 0) return none;
  const names = list.map(({ name }) => name).join(language === 'zh' ? '、' : ', ');
  return `${list.length}  ${names}`;
}

function recusedOf({ recused, candidates }: VoteRecord, none: string, language: Language): string {
  if (recused.length === 0) return none;
  const each = recused.map(({ name, conflicts, from = [] }) => {
    const why = conflicts.map((kind) => nameOf('', 'conflict', kind, language, {})).join('、');
    const whom = candidates.filter(({ applicationId }) => from.includes(applicationId));
    const about = [why, whom.map((one) => one.name).join('、')].filter(Boolean).join('：');
    return about ? `${name}（${about}）` : name;
  });
  return `${recused.length}  ${each.join(language === 'zh' ? '、' : ', ')}`;
}

function heading(page: PDFKit.PDFDocument, text: string, size: number): void {
  fontFor(page, text, 'bold').fontSize(size).text(text, left, page.y, { width, align: 'center' });
}

function paragraph(page: PDFKit.PDFDocument, text: string): void {
  fontFor(page, text).fontSize(10.5).text(text, left, page.y, { width });
}

/** A label with its value beside it; both go to a new page together when they do not fit. */
function field(page: PDFKit.PDFDocument, label: string, value: string): void {
  cells(page, [
    { text: label, x: left, wide: labelWidth },
    { text: value, x: left + labelWidth, wide: width - labelWidth },
  ]);
}

/** The table of votes, its head again on every page. */
function votes(page: PDFKit.PDFDocument, record: VoteRecord, language: Language): void {
  const tally = record.tally;
  if (tally.void) return;
  const tell = (code: string, values: Record<string, unknown> = {}) =>
    say(`RECORD_${code}`, language, values);
  const row = (texts: readonly string[]) =>
    cells(
      page,
      texts.map((text, index) => ({
        text,
        x: left + [0, 110, 290, 340][index]!,
        wide: [105, 175, 45, 143][index]!,
      })),
    );
  const head = () => {
    rule(page);
    row([tell('CANDIDATE'), tell('SCHOOL'), tell('VOTES'), tell('RESULT')]);
    rule(page);
  };
  head();
  const ids = record.candidates.map(({ applicationId }) => applicationId);
  for (const { applicationId, votes: number, voters, result, place } of resultsOf(tally, ids)) {
    if (page.y > lowest - 30) {
      page.addPage();
      head();
    }
    const { name, school } = record.candidates.find((each) => each.applicationId === applicationId)!;
    const byKeys = tally.electedByTieBreak.includes(applicationId) ? tell('BY_KEYS') : '';
    const share = voters === undefined ? String(number) : `${number}/${voters}`;
    row([name, school, share, tell(`RESULT_${result}`, { place }) + byKeys]);
    const own = tally.byCandidate?.[applicationId];
    if (own) {
      const figures = tell('FIGURES', { ...own, notReturned: own.issued - own.returned });
      cells(page, [{ text: figures, x: left + 20, wide: width - 20 }]);
    }
  }
  rule(page);
}

function rule(page: PDFKit.PDFDocument): void {
  page
    .moveTo(left, page.y)
    .lineTo(left + width, page.y)
    .lineWidth(0.5)
    .stroke('#666');
  page.y += 3;
}

function cells(
  page: PDFKit.PDFDocument,
  texts: readonly { readonly text: string; readonly x: number; readonly wide: number }[],
): void {
  page.fontSize(10.5);
  const high = Math.max(
    ...texts.map(({ text, wide }) => fontFor(page, text).heightOfString(text, { width: wide })),
  );
  if (page.y + high > lowest) page.addPage();
  const y = page.y;
  for (const { text, x, wide } of texts) fontFor(page, text).text(text, x, y, { width: wide });
  page.y = y + high + 2;
}

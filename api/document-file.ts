import { inflateRawSync } from 'node:zlib';
import { DOMParser, XMLSerializer, type Document, type Element } from '@xmldom/xmldom';
import docxtemplater from 'docxtemplater';
import inspectModule from 'docxtemplater/js/inspect-module.js';
import PizZip from 'pizzip';
import type { DocumentContent, DocumentValue, Placeholder } from '../domain/documents.js';
import { Refusal } from '../domain/refusal.js';

const Docxtemplater = docxtemplater.default;
type Inspector = InstanceType<typeof inspectModule.default>;
// Its types tell of a class, the module itself is a function.
const makeInspector = inspectModule as unknown as () => Inspector;

/** The forms of a template, and of what is made from it. */
export type DocumentFormat = 'docx' | 'xlsx';

/** The media types of the forms. */
export const documentTypes: Readonly<Record<DocumentFormat, string>> = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** The largest template, in bytes. */
export const LARGEST_TEMPLATE = 2 * 1024 * 1024;
const LARGEST_UNPACKED = 20 * 1024 * 1024;

/** What stands where a value is missing, so that nobody takes the empty place for filled in. */
export const EMPTY = '＿＿＿＿';

const placeholder = /\{([#/]?)([^{}#/][^{}]*)\}/g;

/**
 * Reads a template: its form, and its placeholders.
 * @param content the bytes of a .docx or .xlsx file
 * @throws Refusal TEMPLATE_NOT_READ for anything else, for one with macros or one that unpacks to too much, and for rows
 *   that are begun and not ended, with the place
 */
export function readTemplate(content: Buffer): {
  readonly format: DocumentFormat;
  readonly placeholders: readonly Placeholder[];
} {
  const archive = unpacked(content);
  if (archive.file('word/document.xml')) return { format: 'docx', placeholders: placeholdersOfText(content) };
  const sheets = sheetPaths(archive);
  if (archive.file('xl/workbook.xml') && sheets.length > 0)
    return { format: 'xlsx', placeholders: sheets.flatMap((path) => placeholdersOfSheet(archive, path)) };
  throw notRead('');
}

/**
 * Fills a template in. A missing value is left visibly empty, and so is one row of an empty list; a cell of a workbook
 * that is one placeholder gets a number as a number, everything else is text and never a formula. Rule S15.
 * @param content a template that was read
 * @returns the bytes of a file of the same form
 */
export function fillTemplate(content: Buffer, format: DocumentFormat, document: DocumentContent): Buffer {
  return format === 'docx' ? filledText(content, document) : filledWorkbook(content, document);
}

/** Unpacks with a limit, since a few kilobytes can ask for more than memory holds. */
function unpacked(content: Buffer): PizZip {
  let archive: PizZip;
  try {
    archive = new PizZip(content);
    let left = LARGEST_UNPACKED;
    for (const file of Object.values(archive.files)) {
      const { _data: data } = file as unknown as { _data: Packed | string | null };
      if (data === null || typeof data === 'string' || !data.getCompressedContent) continue;
      const bytes = Buffer.from(data.getCompressedContent());
      left -=
        data.compressionMethod === '\x08\x00'
          ? inflateRawSync(bytes, { maxOutputLength: left }).length
          : bytes.length;
    }
    if (left < 0) throw new Error();
  } catch {
    throw notRead('');
  }
  if (Object.keys(archive.files).some((path) => path.endsWith('vbaProject.bin')))
    throw notRead('vbaProject.bin');
  return archive;
}

interface Packed {
  readonly compressionMethod: string;
  getCompressedContent?(): Uint8Array;
}

function notRead(at: string): Refusal {
  return new Refusal({ code: 'TEMPLATE_NOT_READ', rule: 'S15', values: { at } });
}

// ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────

function templater(content: Buffer, modules: Inspector[] = []) {
  try {
    return new Docxtemplater(new PizZip(content), {
      modules,
      paragraphLoop: true,
      linebreaks: true,
      // Its own tells parts of a name apart by dots.
      parser: (tag: string) => ({ get: (scope: Record<string, unknown>) => scope[tag] }),
      errorLogging: false,
    });
  } catch (error) {
    const { properties } = error as {
      properties?: { errors?: readonly { properties?: { xtag?: string } }[] };
    };
    throw notRead((properties?.errors ?? []).map((each) => each.properties?.xtag ?? '').join(' '));
  }
}

function placeholdersOfText(content: Buffer): Placeholder[] {
  const inspector = makeInspector();
  templater(content, [inspector]);
  const listed = inspector.getAllStructuredTags() as unknown as readonly TextPart[];
  return placeholdersOfParts(listed, null);
}

interface TextPart {
  readonly value: string;
  readonly module?: string;
  readonly subparsed?: readonly TextPart[];
}

function placeholdersOfParts(parts: readonly TextPart[], within: string | null): Placeholder[] {
  return parts.flatMap(({ value, module, subparsed }) => [
    { name: module && module !== 'loop' ? `@${value}` : value, within, repeats: module === 'loop' },
    ...placeholdersOfParts(subparsed ?? [], value),
  ]);
}

function filledText(content: Buffer, { values, rows }: DocumentContent): Buffer {
  const shown = shownIn(values);
  const lists = Object.entries(rows).map(([name, items]) => [
    name,
    atLeastOne(items).map((item) => withBlanks({ ...shown, ...shownIn(item) })),
  ]);
  const file = templater(content);
  file.render(withBlanks({ ...shown, ...(Object.fromEntries(lists) as object) }));
  return file.toBuffer();
}

const shownIn = (values: Readonly<Record<string, DocumentValue>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shownValue(value)]));

/** Whatever has no value is empty, names that a list without rows would have had included. */
const withBlanks = (values: object) =>
  new Proxy(values, { get: (known, name) => Reflect.get(known, name) ?? EMPTY });

function shownValue(value: DocumentValue | undefined): string {
  return value === null || value === undefined || value === '' ? EMPTY : String(value);
}

function atLeastOne<Row extends object>(items: readonly Row[]): readonly (Row | Record<string, never>)[] {
  return items.length > 0 ? items : [{}];
}

// ── workbooks ─────────────────────────────────────────────────────────────────────────────────────────────────

function sheetPaths(archive: PizZip): string[] {
  return Object.keys(archive.files)
    .filter((path) => /^xl\/worksheets\/[^/]+\.xml$/.test(path))
    .sort();
}

function placeholdersOfSheet(archive: PizZip, path: string): Placeholder[] {
  const strings = sharedStrings(archive);
  return childrenOf(parsed(archive, path), 'row').flatMap((row) => {
    const text = childrenOf(row, 'c')
      .map((cell) => textOf(cell, strings))
      .join('\n');
    const list = listOfRow(text);
    return [...text.matchAll(placeholder)].flatMap(([, mark, name]) =>
      mark === '/' ? [] : [{ name: name!, within: mark === '#' ? null : list, repeats: mark === '#' }],
    );
  });
}

/** The list whose rows the row repeats for. */
function listOfRow(text: string): string | null {
  const marks = [...text.matchAll(placeholder)].filter(([, mark]) => mark !== '');
  const [begun, ended, ...more] = marks;
  if (begun === undefined) return null;
  if (begun[1] !== '#' || ended?.[1] !== '/' || begun[2] !== ended[2] || more.length > 0)
    throw notRead(marks.map(([mark]) => mark).join(' '));
  return begun[2]!;
}

function filledWorkbook(content: Buffer, document: DocumentContent): Buffer {
  const archive = new PizZip(content);
  const strings = sharedStrings(archive);
  for (const path of sheetPaths(archive)) {
    const sheet = parsed(archive, path);
    fillSheet(sheet, strings, document);
    archive.file(path, new XMLSerializer().serializeToString(sheet));
  }
  return archive.generate({ type: 'nodebuffer', compression: 'DEFLATE' });
}

function fillSheet(sheet: Document, strings: readonly string[], { values, rows }: DocumentContent): void {
  /** By how much the rows below a repeated one move. */
  const repeated: { readonly row: number; readonly copies: number }[] = [];
  let moved = 0;
  for (const row of childrenOf(sheet, 'row')) {
    const number = Number(row.getAttribute('r'));
    const list = listOfRow(
      childrenOf(row, 'c')
        .map((cell) => textOf(cell, strings))
        .join('\n'),
    );
    const items = list === null ? [{}] : atLeastOne(rows[list] ?? []);
    const copies = items.map(() => row.cloneNode(true) as Element);
    for (const [index, copy] of copies.entries()) {
      renumber(copy, number + moved + index);
      for (const cell of childrenOf(copy, 'c')) fillCell(cell, strings, { ...values, ...items[index] });
      row.parentNode!.insertBefore(copy, row);
    }
    row.parentNode!.removeChild(row);
    if (copies.length > 1) repeated.push({ row: number, copies: copies.length });
    moved += copies.length - 1;
  }
  moveMerged(sheet, repeated);
  for (const dimension of childrenOf(sheet, 'dimension')) dimension.parentNode!.removeChild(dimension);
}

function renumber(row: Element, number: number): void {
  row.setAttribute('r', String(number));
  for (const cell of childrenOf(row, 'c'))
    cell.setAttribute('r', cell.getAttribute('r')!.replace(/\d+$/, String(number)));
}

function fillCell(
  cell: Element,
  strings: readonly string[],
  values: Readonly<Record<string, DocumentValue>>,
): void {
  const text = textOf(cell, strings).replaceAll(/\{[#/][^{}]+\}/g, '');
  if (!hasPlaceholder(textOf(cell, strings))) return;
  const only = /^\{([^{}#/][^{}]*)\}$/.exec(text);
  const value = only ? values[only[1]!] : undefined;
  while (cell.firstChild) cell.removeChild(cell.firstChild);
  const append = (parent: Element, name: string) =>
    parent.appendChild(parent.ownerDocument!.createElementNS(cell.namespaceURI, name)) as Element;
  if (typeof value === 'number') {
    cell.removeAttribute('t');
    append(cell, 'v').textContent = String(value);
    return;
  }
  cell.setAttribute('t', 'inlineStr');
  const shown = append(append(cell, 'is'), 't');
  shown.setAttribute('xml:space', 'preserve');
  shown.textContent = text.replaceAll(placeholder, (_, _mark, name: string) => shownValue(values[name]));
}

const hasPlaceholder = (text: string) => text.search(placeholder) >= 0;

/** Merged cells keep their places: below repeated rows they move, in one they repeat, across one they grow. */
function moveMerged(sheet: Document, repeated: readonly { row: number; copies: number }[]): void {
  const below = (row: number) =>
    repeated.filter((each) => each.row < row).reduce((sum, { copies }) => sum + copies - 1, 0);
  for (const merged of childrenOf(sheet, 'mergeCell')) {
    const [, left, first, right, last] =
      /^([A-Z]+)(\d+):([A-Z]+)(\d+)$/.exec(merged.getAttribute('ref')!) ?? [];
    if (first === undefined) continue;
    const [from, until] = [Number(first), Number(last)];
    const copies = from === until ? (repeated.find(({ row }) => row === from)?.copies ?? 1) : 1;
    const grown = from === until ? 0 : below(until + 1) - below(from);
    const start = from + below(from);
    for (let copy = 0; copy < copies; copy += 1) {
      const next = merged.cloneNode(true) as Element;
      next.setAttribute('ref', `${left}${start + copy}:${right}${start + copy + (until - from) + grown}`);
      merged.parentNode!.insertBefore(next, merged);
    }
    merged.parentNode!.removeChild(merged);
  }
  for (const all of childrenOf(sheet, 'mergeCells'))
    all.setAttribute('count', String(childrenOf(all, 'mergeCell').length));
}

function textOf(cell: Element, strings: readonly string[]): string {
  const type = cell.getAttribute('t');
  if (type === 's') return strings[Number(childrenOf(cell, 'v')[0]?.textContent)] ?? '';
  return type === 'inlineStr' ? joined(cell) : '';
}

function sharedStrings(archive: PizZip): string[] {
  const path = 'xl/sharedStrings.xml';
  return archive.file(path) ? childrenOf(parsed(archive, path), 'si').map(joined) : [];
}

/** A text may stand in several parts, each with a look of its own. */
const joined = (element: Element) =>
  childrenOf(element, 't')
    .map((part) => part.textContent)
    .join('');

function parsed(archive: PizZip, path: string): Document {
  try {
    return new DOMParser({ onError: stopAtError }).parseFromString(archive.file(path)!.asText(), 'text/xml');
  } catch {
    throw notRead(path);
  }
}

function stopAtError(level: string): void {
  if (level !== 'warning') throw new Error();
}

function childrenOf(parent: Document | Element, name: string): Element[] {
  const found = parent.getElementsByTagNameNS('*', name);
  return Array.from({ length: found.length }, (_, index) => found.item(index)!);
}

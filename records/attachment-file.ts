import { inflateRawSync } from 'node:zlib';
import { DOMParser, XMLSerializer, type Document, type Element, type Node } from '@xmldom/xmldom';
import { parse } from 'csv-parse/sync';
import PizZip from 'pizzip';
import {
  attachmentKind,
  refusePersonalDataInFile,
  type AttachmentKind,
  type FileText,
  type TextPart,
} from '../domain/attachments.js';
import { Refusal } from '../domain/refusal.js';

/** The largest attachment, in bytes. */
export const LARGEST_ATTACHMENT = 2 * 1024 * 1024;
// It is read at one go, while others wait: a list of five thousand names is smaller.
const LARGEST_UNPACKED = 2 * 1024 * 1024;
/** The most elements, notes and so on of all parts together. */
const MOST_ELEMENTS = 200_000;
/** The most elements within one another; tables in text boxes in tables need a third of it. */
const DEEPEST_ELEMENT = 256;

/** A file that may be published: it was read whole, and says nothing of who made it. */
export interface PlainAttachment {
  readonly kind: AttachmentKind;
  readonly content: Buffer;
}

/**
 * Reads a file that is to be published with a notice: refuses it when a private number stands anywhere in it, hidden or
 * not, when a part of it cannot be read or shows what stands elsewhere; and takes out what tells of its making.
 * Rules N6, D6.
 * @param name the file's name, which is published too
 * @param content its bytes
 * @returns the same bytes for the same file
 * @throws Refusal `ATTACHMENT_KIND_REFUSED`, `ATTACHMENT_NOT_READ` with the part, `PERSONAL_DATA` with the places
 */
export function plainAttachment(name: string, content: Buffer): PlainAttachment {
  const kind = attachmentKind(name);
  if (kind === 'csv') {
    refusePersonalDataInFile(name, textsOfCsv(name, content));
    return { kind, content };
  }
  const parts = partsOf(name, content);
  const main = kind === 'docx' ? 'word/document.xml' : 'xl/workbook.xml';
  if (!parts.has(main)) throw notRead(name, main);
  refuseOutside(name, kind, parts);
  const texts = kind === 'docx' ? textsOfDocument(parts) : textsOfWorkbook(parts);
  refusePersonalDataInFile(name, texts.flatMap(alsoUnescaped));
  return { kind, content: packed(withoutOrigin(parts)) };
}

function notRead(file: string, part: string): Refusal {
  return new Refusal({ code: 'ATTACHMENT_NOT_READ', rule: 'D6', values: { file, part } });
}

/** A number in the target of a link may be written as `%31%33…`. */
function alsoUnescaped(text: FileText): FileText[] {
  const plain = text.text.replaceAll(/%([2-7][\dA-F])/gi, (_, code: string) =>
    String.fromCodePoint(parseInt(code, 16)),
  );
  return plain === text.text ? [text] : [text, { ...text, text: plain }];
}

// ── CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────

function textsOfCsv(name: string, content: Buffer): FileText[] {
  const decoded = decoders.map((label) => decode(content, label)).find((text) => text !== null);
  if (decoded == null || decoded.includes('\0')) throw notRead(name, 'UTF-8, GB18030');
  try {
    const rows = parse(decoded, { relaxColumnCount: true, relaxQuotes: true, bom: true }) as string[][];
    return rows.flatMap((row, index) =>
      row.map((text, column): FileText => ({
        text,
        part: 'cell',
        place: `${columnName(column)}${index + 1}`,
      })),
    );
  } catch {
    throw notRead(name, 'CSV');
  }
}

const decoders = ['utf-8', 'gb18030'];

function decode(content: Uint8Array, label: string): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(content);
  } catch {
    return null;
  }
}

function columnName(column: number): string {
  const letter = String.fromCodePoint(65 + (column % 26));
  return column < 26 ? letter : columnName(Math.floor(column / 26) - 1) + letter;
}

// ── packages of XML parts ─────────────────────────────────────────────────────────────────────────────────────

type Parts = ReadonlyMap<string, Document>;

const isProperty = /^docProps\/|^customXml\//;

/** What is dropped, whatever it says: who printed where; it is no text. */
const droppedUnread = /^xl\/printerSettings\/|^docProps\/thumbnail\./;
/** XML that holds what another file or a database said, or a file of another kind in XML's clothes. */
const foreign = /\/(externalLinks|queryTables|embeddings|afchunk)|^xl\/connections\.xml$/i;

/** Every part as XML; what is none cannot be read, and what cannot be read is not published. */
function partsOf(name: string, content: Buffer): Map<string, Document> {
  const parts = new Map<string, Document>();
  let count = 0;
  for (const [path, bytes] of unpacked(name, content)) {
    if (droppedUnread.test(path)) continue;
    const text = /\.(xml|rels|vml)$/i.test(path) && !foreign.test(path) ? decode(bytes, 'utf-8') : null;
    // A declaration of one's own could make another text of the one that is read.
    if (text === null || text.includes('\0') || /<!(DOCTYPE|ENTITY)/i.test(text)) throw notRead(name, path);
    const extent = extentOf(text);
    count += extent.count;
    if (count > MOST_ELEMENTS || extent.depth > DEEPEST_ELEMENT) throw notRead(name, path);
    try {
      parts.set(path, parsed(text.replace(/^\uFEFF/, '')));
    } catch {
      throw notRead(name, path);
    }
  }
  return parts;
}

function parsed(text: string): Document {
  const onError = (level: string, message: string) => {
    if (level !== 'warning' || !message.startsWith('Unicode replacement')) throw new Error(message);
  };
  return new DOMParser({ onError }).parseFromString(text, 'text/xml');
}

const passages = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/** How many elements and notes a text has, and how deep they stand: before it is parsed, which knows no limit. */
function extentOf(text: string): { readonly count: number; readonly depth: number } {
  let [count, depth, deepest] = [0, 0, 0];
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const passage = passages.find(([opening]) => text.startsWith(opening, at));
    const isEnd = text.startsWith('</', at);
    if (!isEnd) count += 1;
    if (passage) {
      const end = text.indexOf(passage[1], at + passage[0].length);
      // The parser refuses it there.
      if (end < 0) break;
      at = end + passage[1].length;
    } else {
      at = endOfTag(text, at);
      if (isEnd) depth -= 1;
      else if (text[at - 1] !== '/') depth += 1;
      deepest = Math.max(deepest, depth);
    }
  }
  return { count, depth: deepest };
}

/** Where the tag that begins at `from` is closed; what stands in quotation marks closes none. */
function endOfTag(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === '>') return at;
    if (letter !== '"' && letter !== "'") continue;
    const end = text.indexOf(letter, at + 1);
    if (end < 0) break;
    at = end;
  }
  return text.length;
}

interface Packed {
  readonly compressionMethod: string;
  getCompressedContent(): Uint8Array;
}

/** Unpacks with a limit, since a few kilobytes can ask for more than memory holds. */
function unpacked(name: string, content: Buffer): [string, Buffer][] {
  try {
    let left = LARGEST_UNPACKED;
    return Object.values(new PizZip(content).files)
      .filter((file) => !file.dir)
      .map((file) => {
        const { _data: data } = file as unknown as { _data: Packed };
        const bytes = Buffer.from(data.getCompressedContent());
        const plain =
          data.compressionMethod === '\x08\x00' ? inflateRawSync(bytes, { maxOutputLength: left }) : bytes;
        left -= plain.length;
        if (left <= 0) throw new RangeError('too large');
        return [file.name, plain];
      });
  } catch {
    throw notRead(name, 'ZIP');
  }
}

/** A mobile number has so many digits; what is shorter is none. */
const shortestNumber = 11;

const isNamed =
  (...names: readonly string[]) =>
  ({ localName }: Element) =>
    names.includes(localName ?? '');

const isElement = (node: Node): node is Element => node.nodeType === node.ELEMENT_NODE;
const isText = ({ nodeType, TEXT_NODE, CDATA_SECTION_NODE }: Node) =>
  nodeType === TEXT_NODE || nodeType === CDATA_SECTION_NODE;

/** All that stands below a node, in the order of the text; not what is skipped, nor what is below it. */
function nodesBelow(node: Node, skip: (element: Element) => boolean = () => false): Node[] {
  const found: Node[] = [];
  let at: Node | null = node;
  while (at !== null) {
    const isSkipped: boolean = at !== node && isElement(at) && skip(at);
    if (at !== node && !isSkipped) found.push(at);
    // Quicker than the list of children, which counts itself anew each time.
    let next: Node | null = isSkipped ? null : at.firstChild;
    while (next === null && at !== null && at !== node) {
      next = at.nextSibling;
      at = at.parentNode;
    }
    at = next;
  }
  return found;
}

/** The elements below a node, in the order of the text. */
function inOrder(node: Node, skip?: (element: Element) => boolean): Element[] {
  return nodesBelow(node, skip).filter(isElement);
}

function elements(within: Document | Element, ...names: readonly string[]): Element[] {
  return inOrder(within).filter(isNamed(...names));
}

function attribute(element: Element, localName: string): string | null {
  return [...element.attributes].find((each) => each.localName === localName)?.value ?? null;
}

const isGuid = /^\{?[\dA-F]{8}(-[\dA-F]{4}){3}-[\dA-F]{12}\}?$/i;

/** All that a part says: each element's own text, every attribute's value, and the notes between. */
function everyText(node: Node, skip: (element: Element) => boolean): string[] {
  const below = nodesBelow(node, skip);
  const found = below.filter(isElement);
  const values = found.flatMap(({ attributes }) => [...attributes].map(({ value }) => value));
  const notes = below.filter((each) => !isElement(each) && !isText(each));
  return [
    ...values.filter((value) => !isGuid.test(value)),
    ...[node, ...found].map(ownText),
    ...notes.map(({ nodeValue }) => nodeValue ?? ''),
  ];
}

/** The text of an element without that of the elements and notes in it. */
function ownText(node: Node): string {
  let own = '';
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (isText(child)) own += child.nodeValue ?? '';
  return own;
}

function textsOfPart(
  document: Document,
  part: TextPart,
  more: Pick<FileText, 'sheet' | 'place'> = {},
  skip: (element: Element) => boolean = () => false,
): FileText[] {
  return everyText(document, skip)
    .filter((text) => text.length >= shortestNumber)
    .map((text) => ({ text, part, ...more }));
}

// ── what stands elsewhere ─────────────────────────────────────────────────────────────────────────────────────

/** What a reader's program would fetch is nothing that was checked. */
function refuseOutside(name: string, kind: AttachmentKind, parts: Parts): void {
  for (const [path, document] of parts) {
    const isOutside =
      isForeignRoot(document.documentElement!) ||
      inOrder(document).some(
        (element) => isOutsideRelation(element) || (kind === 'xlsx' && isOutsideFormula(element)),
      ) ||
      fieldCodes(document).some((code) => outsideField.test(code));
    if (isOutside) throw notRead(name, path);
  }
}

/** The same as `foreign`, under another name. */
const isForeignRoot = isNamed('externalLink', 'connections', 'queryTable');

function isOutsideRelation(element: Element): boolean {
  // What tells of a document's making, such as its template, is taken out (D6).
  if (element.localName !== 'Relationship' || isOriginElement(element)) return false;
  const isInside = (attribute(element, 'TargetMode') ?? 'Internal') === 'Internal';
  return !isInside && !(attribute(element, 'Type') ?? '').endsWith('/hyperlink');
}

/** `[1]名单!A1`, `'C:\[a.xlsx]名单'!A1`, `program|'topic'!item`. */
const outsideFormula =
  /\[[^[\]]+\][\w.\u0080-\uFFFF]*!|'[^'[\]]*\[[^[\]']+\][^'[\]]*'!|[\w.]\|('[^']*'|\w+)!/;
const isOutsideFormula = (element: Element) =>
  /^(f|definedName|formula\d?)$/.test(element.localName ?? '') &&
  outsideFormula.test(element.textContent ?? '');

/** With their older names. */
const outsideField = /^[\s"]*(LINK|DDE|DDEAUTO|INCLUDE|IMPORT|DATABASE|RD)\b|INCLUDE(PICTURE|TEXT)|DDEAUTO/i;

/** The code of a field, as it stands with all changes and without what was deleted or what was added. */
interface Field {
  readonly outer: Field | undefined;
  readonly code: { all: string; before: string; after: string };
  hasResult: boolean;
}

/** The codes of all fields; the result of one may be part of the code of the one around it. */
function fieldCodes(document: Document): string[] {
  const fields: Field[] = [];
  const open: Field[] = [];
  const writing = () => (open.at(-1)?.hasResult ? open.at(-1)?.outer : open.at(-1));
  const begin = (): Field => {
    const field = { outer: writing(), code: { all: '', before: '', after: '' }, hasResult: false };
    fields.push(field);
    return field;
  };
  for (const element of inOrder(document)) {
    if (element.localName === 'fldSimple') begin().code.all = attribute(element, 'instr') ?? '';
    if (element.localName === 'fldChar') {
      const type = attribute(element, 'fldCharType');
      const last = open.at(-1);
      if (type === 'begin') open.push(begin());
      if (type === 'separate' && last) last.hasResult = true;
      if (type === 'end') open.pop();
    }
    if (!written.includes(element.localName ?? '')) continue;
    const isCode = /^(instrText|delInstrText)$/.test(element.localName ?? '');
    const code = (writing() ?? (isCode ? begin() : undefined))?.code;
    if (!code) continue;
    const above = [element, ...ancestorsOf(element)];
    const text = ownText(element);
    code.all += text;
    if (!above.some(isNamed('ins', 'moveTo'))) code.before += text;
    if (!above.some(isNamed('del', 'moveFrom', 'delText', 'delInstrText'))) code.after += text;
  }
  return fields.flatMap(({ code }) => Object.values(code) as string[]);
}

// ── workbooks ─────────────────────────────────────────────────────────────────────────────────────────────────

function textsOfWorkbook(parts: Parts): FileText[] {
  const sheets = sheetsOf(parts);
  const rootOf = (document: Document) => document.documentElement?.localName ?? '';
  const shared = [...parts.values()].find((document) => rootOf(document) === 'sst');
  const strings = shared ? elements(shared, 'si').map(wholeText) : [];
  const used = new Set<number>();
  return [
    ...[...parts].flatMap(([path, document]) => {
      if (document === shared) return textsOfPart(document, 'other', {}, isNamed('t'));
      const sheet = sheets.get(path);
      if (rootOf(document) === 'worksheet')
        return textsOfSheet(document, sheet ?? { name: path, isHidden: true }, strings, used);
      if (/^(comments|threadedcomments)$/i.test(rootOf(document))) return commentsOf(document, sheet?.name);
      if (path === 'xl/workbook.xml')
        return [
          ...elements(document, 'definedName').flatMap((name): FileText[] => [
            {
              text: attribute(name, 'name') ?? '',
              part: 'defined_name',
              place: attribute(name, 'name') ?? '',
            },
            {
              text: name.textContent ?? '',
              part: 'defined_name',
              place: attribute(name, 'name') ?? '',
            },
          ]),
          ...textsOfPart(document, 'other', {}, isNamed('definedName')),
        ];
      const part: TextPart = isProperty.test(path) ? 'property' : 'other';
      const belongsTo = { sheet: sheet?.name };
      return [
        ...paragraphsOf(document, part).map((text) => ({ ...text, ...belongsTo })),
        ...textsOfPart(document, part, belongsTo),
      ];
    }),
    // A text that was deleted from its cell may still be kept.
    ...strings.flatMap((text, index): FileText[] => (used.has(index) ? [] : [{ text, part: 'unused_text' }])),
  ];
}

/** A text of several pieces; how it is read aloud stands apart. */
function wholeText(element: Element): string {
  const texts = elements(element, 't');
  const isRead = (text: Element) => (text.parentNode as Element).localName === 'rPh';
  const join = (some: readonly Element[]) => some.map(({ textContent }) => textContent ?? '').join('');
  return [join(texts.filter((text) => !isRead(text))), join(texts.filter(isRead))].filter(Boolean).join('\n');
}

interface Sheet {
  readonly name: string;
  readonly isHidden: boolean;
}

/** The sheet of each part: of the sheets themselves, and of what belongs to them. */
function sheetsOf(parts: Parts): Map<string, Sheet> {
  const workbook = parts.get('xl/workbook.xml')!;
  const targets = relationsOf(parts, 'xl/workbook.xml');
  const found = new Map<string, Sheet>();
  const done = new Set<string>();
  for (const sheet of elements(workbook, 'sheet')) {
    const path = targets.get(attribute(sheet, 'id') ?? '');
    if (path === undefined || done.has(path)) continue;
    done.add(path);
    const isHidden = (attribute(sheet, 'state') ?? 'visible') !== 'visible';
    const shown = { name: attribute(sheet, 'name') ?? '', isHidden };
    for (const part of [path, ...relationsOf(parts, path).values()]) found.set(part, shown);
  }
  return found;
}

/** The parts that a part names, by the id of the relation. */
function relationsOf(parts: Parts, path: string): Map<string, string> {
  const [folder, file] = [path.slice(0, path.lastIndexOf('/') + 1), path.slice(path.lastIndexOf('/') + 1)];
  const relations = parts.get(`${folder}_rels/${file}.rels`);
  if (!relations) return new Map();
  return new Map(
    elements(relations, 'Relationship').map((relation) => [
      attribute(relation, 'Id') ?? '',
      pathIn(folder, attribute(relation, 'Target') ?? ''),
    ]),
  );
}

function pathIn(folder: string, target: string): string {
  const base = `package:///${folder}`;
  return URL.canParse(target, base) ? new URL(target, base).pathname.slice(1) : '';
}

function textsOfSheet(
  document: Document,
  { name, isHidden }: Sheet,
  strings: readonly string[],
  used: Set<number>,
): FileText[] {
  const isOn = (element: Element, key: string) => ['1', 'true'].includes(attribute(element, key) ?? '');
  const hiddenColumns = new Uint8Array(columnNumber('ZZZ') + 1);
  for (const column of elements(document, 'col'))
    if (isOn(column, 'hidden'))
      hiddenColumns.fill(1, Number(attribute(column, 'min')), Number(attribute(column, 'max')) + 1);
  const texts: FileText[] = [];
  let number = 0;
  for (const row of elements(document, 'row')) {
    number = Number(attribute(row, 'r') ?? number + 1);
    let column = 0;
    for (const cell of [...row.childNodes] as Element[]) {
      if (cell.localName !== 'c') continue;
      const place = attribute(cell, 'r') ?? `${columnName(column)}${number}`;
      column = columnNumber(place);
      const part = isHidden || isOn(row, 'hidden') || hiddenColumns[column] ? 'hidden_cell' : 'cell';
      for (const text of textsOfCell(cell, strings, used)) texts.push({ text, part, sheet: name, place });
    }
  }
  const rest = textsOfPart(document, 'other', { sheet: name }, isNamed('c', 'headerFooter'));
  const headers = elements(document, 'headerFooter').flatMap((each) =>
    // What looks like `&"Arial"&8` says how it is printed.
    [...each.childNodes].map((child): FileText => ({
      text: (child.textContent ?? '').replaceAll(/&("[^"]*"|[A-Za-z])/g, ''),
      part: 'header_footer',
      sheet: name,
    })),
  );
  return [...texts, ...headers, ...rest];
}

const LONG_TEXT = 1000;

function textsOfCell(cell: Element, strings: readonly string[], used: Set<number>): string[] {
  // A sheet has many cells: its own children are quicker than a search.
  const children = [...cell.childNodes] as Element[];
  const named = (name: string) => children.filter(({ localName }) => localName === name);
  const [value] = named('v');
  const inline = named('is').map(wholeText);
  const others = children.filter(({ localName }) => localName !== 'v' && localName !== 'is');
  const texts = [
    ...inline,
    ...others.map(({ textContent }) => textContent ?? ''),
    ...[...cell.attributes].map((each) => each.value).filter((each) => each.length >= shortestNumber),
  ];
  if (value === undefined) return texts;
  const written = value.textContent ?? '';
  if (attribute(cell, 't') !== 's') return [...texts, written];
  const text = strings[Number(written)] ?? '';
  // A page that a thousand cells show is read at the first of them.
  if (used.has(Number(written)) && text.length > LONG_TEXT) return texts;
  used.add(Number(written));
  return [...texts, text];
}

function columnNumber(place: string): number {
  return Array.from(/^[A-Z]{0,3}/i.exec(place)![0].toUpperCase()).reduce(
    (sum, letter) => sum * 26 + letter.codePointAt(0)! - 64,
    0,
  );
}

function commentsOf(document: Document, sheet: string | undefined): FileText[] {
  const authors = elements(document, 'author').map(({ textContent }): FileText => ({
    text: textContent ?? '',
    part: 'property',
    sheet,
  }));
  const comments = elements(document, 'comment', 'threadedComment').flatMap((comment): FileText[] => {
    const place = attribute(comment, 'ref') ?? '';
    const pieces = elements(comment, 't', 'text').filter(({ localName, parentNode }) =>
      localName === 't' ? true : (parentNode as Element).localName === 'threadedComment',
    );
    const text = pieces.map(({ textContent }) => textContent ?? '').join('');
    return [{ text, part: 'comment', sheet, place }];
  });
  return [
    ...authors,
    ...comments,
    ...textsOfPart(document, 'other', { sheet }, isNamed('author', 't', 'text')),
  ];
}

// ── documents ─────────────────────────────────────────────────────────────────────────────────────────────────

const written = ['t', 'delText', 'instrText', 'delInstrText', 'tab', 'br', 'cr', 'noBreakHyphen'];
const changed = ['ins', 'del', 'moveFrom', 'moveTo'];

function textsOfDocument(parts: Parts): FileText[] {
  return [...parts].flatMap(([path, document]) => {
    const part: TextPart = /^word\/(header|footer)/.test(path)
      ? 'header_footer'
      : path.startsWith('word/comments')
        ? 'comment'
        : isProperty.test(path)
          ? 'property'
          : 'text';
    const rest = part === 'text' ? 'other' : part;
    return [...paragraphsOf(document, part), ...textsOfPart(document, rest, {}, isWritten)];
  });
}

const isWritten = ({ localName, namespaceURI }: Element) =>
  /wordprocessingml|drawingml/.test(namespaceURI ?? '') && written.includes(localName ?? '');

/**
 * The text of each paragraph: what is to be seen, what is hidden, what was changed, each for itself and together, since a
 * number may go from one into the other.
 */
function paragraphsOf(document: Document, part: TextPart): FileText[] {
  const paragraphs = new Map<Element, { seen: string; hidden: string; tracked: string; all: string }>();
  const hiddenRuns = new Map<Element, boolean>();
  const isHiddenRun = (run: Element) => {
    const known = hiddenRuns.get(run) ?? hides(run);
    hiddenRuns.set(run, known);
    return known;
  };
  // What stands within a text belongs to it.
  const skip = ({ parentNode }: Element) => isElement(parentNode!) && isWritten(parentNode);
  for (const element of inOrder(document, skip)) {
    if (!isWritten(element)) continue;
    const above = ancestorsOf(element);
    // What stands outside of every paragraph is read as one.
    const paragraph = above.find(({ localName }) => localName === 'p') ?? above.at(-1) ?? element;
    const run = above.find(({ localName }) => localName === 'r');
    const isHidden = run !== undefined && isHiddenRun(run);
    const isTracked = above.some(({ localName }) => changed.includes(localName ?? ''));
    const text = textOf(element);
    const so = paragraphs.get(paragraph) ?? { seen: '', hidden: '', tracked: '', all: '' };
    so.all += text;
    if (isHidden) so.hidden += text;
    else if (isTracked) so.tracked += text;
    else so.seen += text;
    paragraphs.set(paragraph, so);
  }
  return [...paragraphs.values()].flatMap(({ seen, hidden, tracked, all }, index): FileText[] => {
    const place = `¶${index + 1}`;
    const single: FileText[] = [
      { text: seen, part, place },
      { text: hidden, part: 'hidden_text', place },
      { text: tracked, part: 'tracked_change', place },
    ];
    const together: FileText = { text: all, part: tracked === '' ? 'hidden_text' : 'tracked_change', place };
    return hidden === '' && tracked === '' ? single.slice(0, 1) : [...single, together];
  });
}

function hides(run: Element): boolean {
  const [vanish] = elements(run, 'vanish', 'webHidden', 'specVanish');
  return vanish !== undefined && !['0', 'false', 'off'].includes(attribute(vanish, 'val') ?? '');
}

function ancestorsOf(element: Element): Element[] {
  const above: Element[] = [];
  for (let parent = element.parentNode; parent?.nodeType === 1; parent = parent.parentNode)
    above.push(parent as Element);
  return above;
}

function textOf(element: Element): string {
  if (element.localName === 'noBreakHyphen') return '-';
  return ['tab', 'br', 'cr'].includes(element.localName ?? '') ? ' ' : (element.textContent ?? '');
}

// ── what tells of the making ──────────────────────────────────────────────────────────────────────────────────

/** Parts that say who made a file with what, or hold what no reader of it sees. */
const originParts = /^docProps\/|^customXml\/|^xl\/revisions\/|^word\/printerSettings/;
/** Relations to such parts, and to the template on the author's computer. */
const originRelations =
  /\/(core-properties|extended-properties|custom-properties|thumbnail|customXml|attachedTemplate|printerSettings|revisionHeaders|usernames)$/;
/** Attributes that name people: everywhere, and those of the elements that stand for people. */
const originAttributes = ['author', 'initials'];
const personElements = ['person', 'presenceInfo'];
const personAttributes = ['displayName', 'userId', 'providerId'];

function withoutOrigin(parts: Parts): Map<string, Document> {
  const kept = new Map([...parts].filter(([path]) => !originParts.test(path)));
  const hasNoPart = namesNoPart(kept);
  for (const [path, document] of kept) {
    const all = inOrder(document);
    // Which printer's settings it had.
    for (const setup of all.filter(isNamed('pageSetup', 'printerSettings')))
      setup.removeAttributeNS(relationships, 'id');
    all.forEach(blankOrigin);
    const leftOut = nodesBelow(document).filter(
      (node) =>
        isNote(node) ||
        isNamed('author')(node.parentNode as Element) ||
        (isElement(node) && (isOriginElement(node) || (path === '[Content_Types].xml' && hasNoPart(node)))),
    );
    if (leftOut.length > 0) kept.set(path, without(document, new Set(leftOut)));
  }
  return kept;
}

/** Anew, since to take many children from one parent needs time that grows with their square. */
function without(document: Document, leftOut: ReadonlySet<Node>): Document {
  const nodeFilter = (node: Node) => (leftOut.has(node) ? null : node);
  return parsed(new XMLSerializer().serializeToString(document, { nodeFilter }));
}

const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const isOriginElement = (element: Element) =>
  isNamed('attachedTemplate', 'absPath', 'fileSharing', 'rsids')(element) ||
  (element.localName === 'Relationship' && originRelations.test(attribute(element, 'Type') ?? ''));
const namesNoPart = (kept: ReadonlyMap<string, Document>) => (override: Element) =>
  override.localName === 'Override' && !kept.has((attribute(override, 'PartName') ?? '').slice(1));

/** What a program has noted for itself. */
const isNote = ({ nodeType, nodeName, COMMENT_NODE, PROCESSING_INSTRUCTION_NODE }: Node) =>
  nodeType === COMMENT_NODE || (nodeType === PROCESSING_INSTRUCTION_NODE && nodeName !== 'xml');

function blankOrigin(element: Element): void {
  const names = personElements.includes(element.localName ?? '') ? personAttributes : [];
  for (const each of element.attributes) {
    if ([...originAttributes, ...names].includes(each.localName ?? '')) each.value = '';
    // The sittings in which it was written.
    if (each.localName?.startsWith('rsid')) each.value = '00000000';
  }
}

/** The same bytes for the same parts: without the time of packing. */
function packed(parts: ReadonlyMap<string, Document>): Buffer {
  const archive = new PizZip();
  const serializer = new XMLSerializer();
  const date = new Date('2000-01-01T00:00:00Z');
  for (const [path, document] of parts)
    archive.file(path, serializer.serializeToString(document), { date, createFolders: false });
  return archive.generate({ type: 'nodebuffer', compression: 'DEFLATE' });
}

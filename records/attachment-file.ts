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

/** A file that may be published: it was read whole, and says nothing of who made it. */
export interface PlainAttachment {
  readonly kind: AttachmentKind;
  readonly content: Buffer;
}

/**
 * Reads a file that is to be published with a notice: refuses it when a private number stands anywhere in it, hidden or
 * not, or when a part of it cannot be read; and takes out what tells of its making. Rules N6, D6.
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
  refusePersonalDataInFile(name, kind === 'docx' ? textsOfDocument(parts) : textsOfWorkbook(parts));
  return { kind, content: packed(withoutOrigin(parts)) };
}

function notRead(file: string, part: string): Refusal {
  return new Refusal({ code: 'ATTACHMENT_NOT_READ', rule: 'D6', values: { file, part } });
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
  for (const [path, bytes] of unpacked(name, content)) {
    if (droppedUnread.test(path)) continue;
    const text = /\.(xml|rels|vml)$/i.test(path) && !foreign.test(path) ? decode(bytes, 'utf-8') : null;
    // A declaration of one's own could make another text of the one that is read.
    if (text === null || text.includes('\0') || /<!(DOCTYPE|ENTITY)/i.test(text)) throw notRead(name, path);
    try {
      const onError = (level: string) => {
        if (level !== 'warning') throw new Error(level);
      };
      parts.set(path, new DOMParser({ onError }).parseFromString(text.replace(/^\uFEFF/, ''), 'text/xml'));
    } catch {
      throw notRead(name, path);
    }
  }
  return parts;
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

/** The elements below a node, in the order of the text. */
function inOrder(node: Node): Element[] {
  const found: Element[] = [];
  const visit = (parent: Node) => {
    // Quicker than the list of children, which counts itself anew each time.
    for (let child = parent.firstChild; child !== null; child = child.nextSibling) {
      if (child.nodeType !== node.ELEMENT_NODE) continue;
      found.push(child as Element);
      visit(child);
    }
  };
  visit(node);
  return found;
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
  const found: string[] = [];
  const visit = (parent: Node) => {
    const own: string[] = [];
    for (let child = parent.firstChild; child !== null; child = child.nextSibling) {
      const { nodeType, nodeValue } = child;
      if (nodeType !== child.ELEMENT_NODE) own.push(nodeValue ?? '');
      else if (!skip(child as Element)) {
        for (const { value } of (child as Element).attributes) if (!isGuid.test(value)) found.push(value);
        visit(child);
      }
    }
    found.push(own.join(''));
  };
  visit(node);
  return found;
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
  for (const sheet of elements(workbook, 'sheet')) {
    const path = targets.get(attribute(sheet, 'id') ?? '');
    if (path === undefined) continue;
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
  const hiddenColumns = elements(document, 'col')
    .filter((column) => isOn(column, 'hidden'))
    .map((column) => [Number(attribute(column, 'min')), Number(attribute(column, 'max'))] as const);
  const texts: FileText[] = [];
  let number = 0;
  for (const row of elements(document, 'row')) {
    number = Number(attribute(row, 'r') ?? number + 1);
    let column = 0;
    for (const cell of [...row.childNodes] as Element[]) {
      if (cell.localName !== 'c') continue;
      const place = attribute(cell, 'r') ?? `${columnName(column)}${number}`;
      column = columnNumber(place);
      const hidesColumn = hiddenColumns.some(([min, max]) => min <= column && column <= max);
      const part = isHidden || isOn(row, 'hidden') || hidesColumn ? 'hidden_cell' : 'cell';
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
  used.add(Number(written));
  return [...texts, strings[Number(written)] ?? ''];
}

function columnNumber(place: string): number {
  return Array.from(/^[A-Z]*/i.exec(place)![0].toUpperCase()).reduce(
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
    return [
      ...paragraphsOf(document, part),
      ...textsOfPart(document, rest, {}, ({ localName, namespaceURI }) => isWritten(localName, namespaceURI)),
    ];
  });
}

const isWritten = (name: string | null, namespace: string | null) =>
  /wordprocessingml|drawingml/.test(namespace ?? '') && written.includes(name ?? '');

/**
 * The text of each paragraph: what is to be seen, what is hidden, what was changed, each for itself and together, since a
 * number may go from one into the other.
 */
function paragraphsOf(document: Document, part: TextPart): FileText[] {
  const paragraphs = new Map<Element, { seen: string; hidden: string; tracked: string; all: string }>();
  for (const element of inOrder(document)) {
    if (!isWritten(element.localName, element.namespaceURI)) continue;
    const above = ancestorsOf(element);
    // What stands outside of every paragraph is read as one.
    const paragraph = above.find(({ localName }) => localName === 'p') ?? above.at(-1) ?? element;
    const run = above.find(({ localName }) => localName === 'r');
    const vanish = run && elements(run, 'vanish', 'webHidden', 'specVanish')[0];
    const isHidden = vanish !== undefined && !['0', 'false', 'off'].includes(attribute(vanish, 'val') ?? '');
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
  for (const [path, document] of kept) {
    const all = inOrder(document);
    if (path.endsWith('.rels')) removeAll(all, isOrigin);
    if (path === '[Content_Types].xml') removeAll(all.filter(isNamed('Override')), namesNoPart(kept));
    removeAll(all, isNamed('attachedTemplate', 'absPath', 'fileSharing', 'rsids'));
    // Which printer's settings it had.
    for (const setup of all.filter(isNamed('pageSetup', 'printerSettings')))
      setup.removeAttributeNS(relationships, 'id');
    all.forEach(blankOrigin);
    removeNotes(document);
  }
  return kept;
}

const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const isOrigin = (relation: Element) => originRelations.test(attribute(relation, 'Type') ?? '');
const namesNoPart = (kept: ReadonlyMap<string, Document>) => (override: Element) =>
  !kept.has((attribute(override, 'PartName') ?? '').slice(1));

function removeAll(found: readonly Element[], which: (element: Element) => boolean): void {
  for (const element of found.filter(which)) element.parentNode?.removeChild(element);
}

/** What a program has noted for itself. */
function removeNotes(node: Node): void {
  let next: Node | null;
  for (let child = node.firstChild; child !== null; child = next) {
    next = child.nextSibling;
    const isNote =
      child.nodeType === node.COMMENT_NODE ||
      (child.nodeType === node.PROCESSING_INSTRUCTION_NODE && child.nodeName !== 'xml');
    if (isNote) node.removeChild(child);
    else removeNotes(child);
  }
}

function blankOrigin(element: Element): void {
  const names = personElements.includes(element.localName ?? '') ? personAttributes : [];
  for (const each of element.attributes) {
    if ([...originAttributes, ...names].includes(each.localName ?? '')) each.value = '';
    // The sittings in which it was written.
    if (each.localName?.startsWith('rsid')) each.value = '00000000';
  }
  if (element.localName === 'author') element.textContent = '';
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

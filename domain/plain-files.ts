import { Refusal } from './refusal.js';

/** A file that says nothing of who made it, where and with what. */
export interface PlainFile {
  readonly type: 'image/jpeg' | 'image/png' | 'application/pdf';
  readonly content: Uint8Array;
}

/** Chunks of a PNG that are needed to draw it. */
const drawnChunks: readonly string[] = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND', 'gAMA', 'sRGB', 'pHYs'];
const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Words of a PDF that tell of its making, or behind which such words may hide. */
const tellingWords = [
  '/Info',
  '/Metadata',
  '/Author',
  '/Creator',
  '/Producer',
  '/ObjStm',
  '/XRef',
  '/Encrypt',
  '/EmbeddedFile',
  '/JavaScript',
  'Exif\0\0',
  'http://ns.adobe.com/xap/',
];

/**
 * Takes what tells of its making out of a JPEG or PNG (camera, place, time, author, comments); a PDF is taken only if it
 * holds nothing of the kind, because it cannot be taken out with certainty. What a picture shows is not changed. Rule N8.
 * @param content the file's bytes; its name is not kept
 * @throws Refusal `FILE_KIND_REFUSED` for any other kind or a broken file, `FILE_TELLS_OF_ITS_MAKING` for such a PDF
 */
export function plainFile(content: Uint8Array): PlainFile {
  if (startsWith(content, pngSignature)) return { type: 'image/png', content: plainPng(content) };
  if (startsWith(content, [0xff, 0xd8, 0xff])) return { type: 'image/jpeg', content: plainJpeg(content) };
  if (startsWith(content, bytesOf('%PDF-'))) return { type: 'application/pdf', content: plainPdf(content) };
  throw refusedKind();
}

/**
 * A scan of evidence: a JPEG or PNG without what tells of its making; a PDF as it is, because it hides nobody and a scanner
 * writes its own name into each. Its kind is told by its content. Rule E17.
 * @param content the file's bytes; its name is not kept
 * @throws Refusal `FILE_KIND_REFUSED` for any other kind or a broken file
 */
export function scanFile(content: Uint8Array): PlainFile {
  if (!startsWith(content, bytesOf('%PDF-'))) return plainFile(content);
  const isWhole = textOf(content.subarray(-1024)).includes('%%EOF');
  if (!isWhole) throw refusedKind();
  return { type: 'application/pdf', content };
}

function plainPng(content: Uint8Array): Uint8Array {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const kept: Uint8Array[] = [content.subarray(0, 8)];
  let at = 8;
  for (;;) {
    if (at + 12 > content.length) throw refusedKind();
    const end = at + 12 + view.getUint32(at);
    if (end > content.length) throw refusedKind();
    const name = textOf(content.subarray(at + 4, at + 8));
    if (drawnChunks.includes(name)) kept.push(content.subarray(at, end));
    // What comes after the end is no part of the picture.
    if (name === 'IEND') return joined(kept);
    at = end;
  }
}

function plainJpeg(content: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [content.subarray(0, 2)];
  let at = 2;
  while (at < content.length) {
    if (content[at] !== 0xff) throw refusedKind();
    const marker = content[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xd9) {
      kept.push(content.subarray(at, at + 2));
      return joined(kept);
    }
    if (at + 4 > content.length) throw refusedKind();
    const length = content[at + 2]! * 256 + content[at + 3]!;
    const end = marker === 0xda ? endOfScan(content, at + 2 + length) : at + 2 + length;
    if (length < 2 || end > content.length) throw refusedKind();
    const segment = content.subarray(at, end);
    if (marker === 0xe0) kept.push(plainJfif(segment));
    else if (!tells(marker)) kept.push(segment);
    at = end;
  }
  throw refusedKind();
}

/** The application segments and the comment; the one of Adobe (14) says how the colours are to be read. */
function tells(marker: number): boolean {
  return marker === 0xfe || (marker >= 0xe0 && marker <= 0xef && marker !== 0xee);
}

/** The JFIF segment without the thumbnail, which may show another picture. */
function plainJfif(segment: Uint8Array): Uint8Array {
  if (segment.length < 18 || textOf(segment.subarray(4, 8)) !== 'JFIF') return new Uint8Array();
  const plain = segment.slice(0, 18);
  plain.set([0, 16], 2);
  plain.set([0, 0], 16);
  return plain;
}

/** Where the next segment begins after the drawn data: a 0xff that is no stuffed byte and no restart marker. */
function endOfScan(content: Uint8Array, from: number): number {
  for (let at = from; at + 1 < content.length; at += 1) {
    const next = content[at + 1]!;
    if (content[at] === 0xff && next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return content.length;
}

function plainPdf(content: Uint8Array): Uint8Array {
  const text = textOf(content);
  // A name may be spelt with #xx for any character.
  const spelt = text.replaceAll(/#([\dA-Fa-f]{2})/g, (_, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 16)),
  );
  if (tellingWords.some((word) => text.includes(word) || spelt.includes(word)))
    throw new Refusal({ code: 'FILE_TELLS_OF_ITS_MAKING', rule: 'N8' });
  return content;
}

function refusedKind(): Refusal {
  return new Refusal({ code: 'FILE_KIND_REFUSED', rule: 'N8', values: { allowed: ['JPEG', 'PNG', 'PDF'] } });
}

function startsWith(content: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => content[index] === byte);
}

function bytesOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}

function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

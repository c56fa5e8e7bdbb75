import PDFDocument from 'pdfkit';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Refusal } from '../domain/refusal.js';

const { resolve } = createRequire(import.meta.url);
const regularFont = resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf');
const boldFont = resolve('@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf');
/** Names such as 𠮷 are in no font of the package; Debian's fonts-noto-cjk has them. */
const rareFont = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';

/** What a document says of itself, and its paper. */
export interface PdfSetUp {
  /** Title in the reader's window. */
  readonly title: string;
  /** Who issues it. */
  readonly author: string;
  readonly layout?: 'portrait' | 'landscape';
  /** Distance of text from the paper's edge, in points; text below it begins a new page. */
  readonly margin?: number;
  /** The instance's time, so that the same record makes the same file. */
  readonly madeAt: Date;
}

/**
 * A new A4 document with Chinese type, in the regular font.
 * @param setUp what it says of itself, and its paper
 */
export function newPdf({
  title,
  author,
  layout = 'portrait',
  margin = 56,
  madeAt,
}: PdfSetUp): PDFKit.PDFDocument {
  const document = new PDFDocument({
    size: 'A4',
    layout,
    margin,
    lang: 'zh-CN',
    pdfVersion: '1.7',
    info: { Title: title, Author: author, CreationDate: madeAt, ModDate: madeAt },
  });
  document.registerFont('regular', regularFont);
  document.registerFont('bold', boldFont);
  if (existsSync(rareFont)) document.registerFont('rare', rareFont, 'NotoSansCJKsc-Regular');
  return document.font('regular');
}

/**
 * Chooses the font in which a text can be printed whole, so that no name loses a character.
 * @param text what is to be printed
 * @param font the font that is wanted
 * @returns the document, set to that font or to the one with rare characters
 * @throws Refusal `CHARACTERS_NOT_PRINTABLE` when no font of this machine has them all
 */
export function fontFor(
  document: PDFKit.PDFDocument,
  text: string,
  font: 'regular' | 'bold' = 'regular',
): PDFKit.PDFDocument {
  const missing = missingIn(document.font(font), text);
  if (missing.length === 0) return document;
  const isRare = existsSync(rareFont) && missingIn(document.font('rare'), text).length === 0;
  if (!isRare) throw new Refusal({ code: 'CHARACTERS_NOT_PRINTABLE', values: { characters: missing } });
  return document;
}

function missingIn(document: PDFKit.PDFDocument, text: string): string[] {
  // The types of the library do not name the font in use.
  const { font } = (document as unknown as { _font: { font: FontFile } })._font;
  return [...new Set(text)].filter(
    (character) => !/\s/.test(character) && !font.hasGlyphForCodePoint(character.codePointAt(0)!),
  );
}

interface FontFile {
  hasGlyphForCodePoint(codePoint: number): boolean;
}

/** Ends a document and returns its bytes. */
export function pdfBytes(document: PDFKit.PDFDocument): Promise<Buffer> {
  const parts: Buffer[] = [];
  return new Promise((resolve, reject) => {
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    document.on('error', reject);
    document.end();
  });
}

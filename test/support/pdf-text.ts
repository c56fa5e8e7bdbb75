import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

/** The text of a PDF, page after page, without blanks: where a line is broken says nothing of what it says. */
export async function pdfText(content: Uint8Array): Promise<string> {
  const file = await getDocument({ data: new Uint8Array(content), verbosity: 0 }).promise;
  const pages = [];
  for (let number = 1; number <= file.numPages; number++) {
    const page = await file.getPage(number);
    const { items } = await page.getTextContent();
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join(''));
  }
  await file.destroy();
  return pages.join('').replaceAll(/\s/g, '');
}

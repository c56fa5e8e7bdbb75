import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { parse } from 'csv-parse/sync';
import { Refusal } from '../domain/refusal.js';
import { sheetNames, sheetOfHeader, type RawCell, type RawSheet } from '../domain/roster.js';

/** The largest roster file that is read, in bytes. */
export const LARGEST_FILE = 10 * 1024 * 1024;
/** The most rows that one sheet may have, its header included. */
export const MOST_ROWS = 50_000;

const LARGEST_UNPACKED = 200 * 1024 * 1024;
const READER_MEMORY_MB = 512;
const READER_MILLISECONDS = 30_000;

/**
 * Reads a roster file into sheets of raw cells, without judging what they say (that is `checkRoster`'s).
 * @param file the bytes of an .xlsx workbook, or of a CSV (UTF-8 or GB18030, comma between the cells)
 * @param fileName the file's name: a text file is read as CSV only if it ends in `.csv`
 * @param sheetName a CSV holds one sheet: its name; without it, the sheet is recognised by the CSV's header, else by
 *   the one sheet's name that the file's name contains, such as `教师.csv`
 * @returns all sheets in the file's order; texts are trimmed, empty cells null, dates `YYYY-MM-DD`
 * @throws Refusal NOT_A_SPREADSHEET, OLD_SPREADSHEET (.xls, or locked by a password), FILE_TOO_LARGE,
 *   TOO_MANY_ROWS, CSV_MALFORMED (with the line), SHEET_NOT_RECOGNISED (a CSV with an unknown header)
 */
export async function readRosterFile(
  file: Buffer,
  fileName: string,
  sheetName?: string,
): Promise<RawSheet[]> {
  if (file.length > LARGEST_FILE) throw tooLarge();
  const sheets = startsWith(file, [0x50, 0x4b, 0x03, 0x04])
    ? await readWorkbook(file, fileName)
    : [readCsv(file, fileName, sheetName)];
  for (const { name, rows } of sheets) {
    if (rows.length > MOST_ROWS) {
      throw new Refusal({
        code: 'TOO_MANY_ROWS',
        values: { sheet: name, rows: rows.length, limit: MOST_ROWS },
      });
    }
  }
  return sheets;
}

async function readWorkbook(file: Buffer, fileName: string): Promise<RawSheet[]> {
  if (declaredSize(file) > LARGEST_UNPACKED) throw tooLarge();
  const sheets = await unpackInWorker(file, fileName);
  return sheets.map(({ sheet, data }) => ({ name: sheet.trim(), rows: data.map((row) => row.map(trimmed)) }));
}

interface WorkbookSheet {
  readonly sheet: string;
  readonly data: readonly (readonly RawCell[])[];
}

const readerModule = createRequire(import.meta.url).resolve('read-excel-file/node');
const readerCode = `
  const { parentPort, workerData } = require('node:worker_threads');
  const plain = (cell) => (cell instanceof Date ? cell.toISOString().slice(0, 10) : cell);
  require(workerData.readerModule)
    .default(Buffer.from(workerData.file))
    .then((sheets) => sheets.map(({ sheet, data }) => ({ sheet, data: data.map((row) => row.map(plain)) })))
    .then(
      (sheets) => parentPort.postMessage({ sheets }),
      () => parentPort.postMessage({ sheets: null }),
    );`;

// A thread of its own: a workbook of a few kilobytes can ask for more cells than memory holds.
function unpackInWorker(file: Buffer, fileName: string): Promise<readonly WorkbookSheet[]> {
  const worker = new Worker(readerCode, {
    eval: true,
    workerData: { readerModule, file },
    resourceLimits: { maxOldGenerationSizeMb: READER_MEMORY_MB },
  });
  return new Promise<readonly WorkbookSheet[]>((resolve, reject) => {
    const timer = setTimeout(() => reject(tooLarge()), READER_MILLISECONDS);
    worker.once('exit', () => clearTimeout(timer));
    worker.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge() : error),
    );
    worker.once('message', ({ sheets }: { sheets: readonly WorkbookSheet[] | null }) =>
      sheets ? resolve(sheets) : reject(notASpreadsheet(fileName)),
    );
  }).finally(() => void worker.terminate());
}

// The unpacked sizes that the zip's own directory declares, added up.
function declaredSize(zip: Buffer): number {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0 || end + 22 > zip.length) return 0;
  let size = 0;
  let entry = zip.readUInt32LE(end + 16);
  while (entry + 46 <= end && zip.readUInt32BE(entry) === 0x504b0102) {
    size += zip.readUInt32LE(entry + 24);
    entry += 46 + zip.readUInt16LE(entry + 28) + zip.readUInt16LE(entry + 30) + zip.readUInt16LE(entry + 32);
  }
  return size;
}

function trimmed(cell: RawCell): RawCell {
  return typeof cell === 'string' ? cell.trim() || null : cell;
}

function readCsv(file: Buffer, fileName: string, sheetName?: string): RawSheet {
  if (startsWith(file, [0xd0, 0xcf, 0x11, 0xe0]))
    throw new Refusal({ code: 'OLD_SPREADSHEET', values: { fileName } });
  if (!/\.csv$/i.test(fileName) || file.includes(0)) throw notASpreadsheet(fileName);
  const rows = parseCsv(decode(file, fileName)).map((row) => row.map(trimmed));
  const name = sheetName ?? sheetOfHeader(rows[0] ?? []) ?? sheetOfFileName(fileName);
  if (!name) throw new Refusal({ code: 'SHEET_NOT_RECOGNISED', values: { fileName, allowed: sheetNames } });
  return { name, rows };
}

function sheetOfFileName(fileName: string): string | undefined {
  const named = sheetNames.filter((name) => fileName.includes(name));
  return named.length === 1 ? named[0] : undefined;
}

function parseCsv(text: string): string[][] {
  try {
    return parse(text, { relax_column_count: true });
  } catch (error) {
    const line = (error as { lines?: number }).lines ?? 1;
    throw new Refusal({ code: 'CSV_MALFORMED', values: { line } });
  }
}

// Chinese spreadsheet programs save CSV as UTF-8 with a mark or as GB18030.
function decode(file: Buffer, fileName: string): string {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(file);
    } catch {
      continue;
    }
  }
  throw notASpreadsheet(fileName);
}

function startsWith(file: Buffer, bytes: readonly number[]): boolean {
  return file.subarray(0, bytes.length).equals(Buffer.from(bytes));
}

function notASpreadsheet(fileName: string): Refusal {
  return new Refusal({ code: 'NOT_A_SPREADSHEET', values: { fileName } });
}

function tooLarge(): Refusal {
  return new Refusal({ code: 'FILE_TOO_LARGE', values: { megabytes: LARGEST_FILE / 1024 / 1024 } });
}

import {
  CHOICES_SHEET,
  FAULTS_COLUMN,
  FAULTS_SHEET,
  type ColumnDescription,
  type RawCell,
  type RawSheet,
} from '../domain/roster.js';
import type { Fault } from '../domain/refusal.js';
import { say, type Language } from '../texts/catalogue.js';
import { rosterWorkbookTexts } from '../texts/roster-workbook.js';
import { formatTypes } from './list-export.js';
import { writeWorkbook, type DropDown, type WorkbookColumn, type WorkbookSheet } from './workbook.js';

/** A sheet with what its columns hold, in their usual order. */
export interface DescribedSheet {
  readonly name: string;
  readonly columns: readonly ColumnDescription[];
}

/** Rows of a template that have their format already; the columns below them have it too. */
export const emptyRows = 200;

/**
 * Whether faults are to come back as a workbook: by the query, else by the header Accept.
 * @param accept the header
 */
export function wantsWorkbook(
  query: 'problem' | 'workbook' | undefined,
  accept: string | undefined,
): boolean {
  return query === undefined ? accept?.includes(formatTypes.xlsx) === true : query === 'workbook';
}

/**
 * Sheets that were refused, as a workbook: each wrong cell coloured, a column that tells the faults of each row, and
 * a sheet that lists them all. What it is read from is cells: formats, comments and pictures of the upload are gone.
 * @param uploaded the sheets as they were read; a CSV is a sheet of its own
 * @param faults each at its `sheet!cell`
 * @param described the sheets that may be corrected and uploaded again
 * @returns the bytes of an .xlsx file, which may be corrected and uploaded again
 */
export function markedWorkbook(
  uploaded: readonly RawSheet[],
  faults: readonly Fault[],
  described: readonly DescribedSheet[],
  language: Language,
): Promise<Buffer> {
  const choices = choicesSheet(described);
  const placed = faults.map((fault) => ({
    ...placeOf(fault.at),
    at: fault.at,
    text: say(fault.code, language, fault.values),
  }));
  const own = uploaded.filter(({ name }) => name !== CHOICES_SHEET && name !== FAULTS_SHEET);
  const sheets = own.map((sheet): WorkbookSheet => {
    const ofSheet = placed.filter(({ name }) => name === sheet.name);
    const columns = described.find(({ name }) => name === sheet.name)?.columns;
    if (columns) return markedSheet(sheet, ofSheet, columns, choices.places);
    return { ...sheet, columns: [wide(40), wide(40), wide(40)] };
  });
  const { place, fault, manyMarked } = rosterWorkbookTexts;
  const list: WorkbookSheet = {
    name: FAULTS_SHEET,
    columns: [wide(20), wide(100)],
    rows: [
      [place[language], fault[language]],
      ['', manyMarked[language].replace('{{column}}', FAULTS_COLUMN)],
      ...placed.map(({ at, text }) => [at, text]),
    ],
  };
  return writeWorkbook([list, ...uniqueNames(sheets), choices.sheet]);
}

interface PlacedFault {
  readonly row: number | null;
  readonly column: number | null;
  readonly text: string;
}

function markedSheet(
  { name, rows }: RawSheet,
  faults: readonly PlacedFault[],
  described: readonly ColumnDescription[],
  places: Places,
): WorkbookSheet {
  const header = rows[0] ?? [];
  const kept = header.flatMap((cell, column) => (cell === FAULTS_COLUMN ? [] : [column]));
  // What stands outside of the header is kept where it was, before the column of faults.
  const width = Math.max(header.length, ...rows.map((row) => row.length));
  for (let column = header.length; column < width; column += 1) kept.push(column);
  const texts = new Map<number, string[]>();
  for (const { row, text } of faults) if (row !== null) texts.set(row, [...(texts.get(row) ?? []), text]);
  const headers = kept.map((column) => header[column] ?? null);
  const descriptionOf = (cell: RawCell) => described.find((column) => column.header === cell);
  const told = (index: number) => texts.get(index)?.join('；') ?? null;
  return {
    name,
    columns: [...headers.map((cell) => columnOf(descriptionOf(cell))), wide(60)],
    rows: rows.map((row, index) => [
      ...kept.map((column) => asWritten(row[column] ?? null, descriptionOf(header[column] ?? null))),
      index === 0 ? FAULTS_COLUMN : told(index),
    ]),
    dropDowns: dropDownsOf(name, described, headers, places),
    emptyRows,
    marked: faults.flatMap(({ row, column }) => {
      if (row === null) return [];
      const marked = column === null ? [kept.length] : [kept.indexOf(column), kept.length];
      return marked.filter((at) => at >= 0).map((at) => [row, at] as const);
    }),
  };
}

// A number in a column of texts is shown as the text that it was read as, so that it is not rounded once more.
function asWritten(cell: RawCell, description: ColumnDescription | undefined): RawCell {
  return typeof cell === 'number' && description?.kind !== 'count' ? String(cell) : cell;
}

/** The place in `教师!D17`, `教师!17` or `教师`; row and column from 0. */
function placeOf(at: string): {
  readonly name: string;
  readonly row: number | null;
  readonly column: number | null;
} {
  const parts = /^(.*)!([A-Z]*)(\d+)$/s.exec(at);
  if (parts === null) return { name: at, row: null, column: null };
  const [, name, letters, row] = parts;
  const numbers = Array.from(letters!, (letter) => letter.charCodeAt(0) - 64);
  const column = numbers.reduce((sum, number) => sum * 26 + number, 0) - 1;
  return { name: name!, row: Number(row) - 1, column: column < 0 ? null : column };
}

// Two CSV files of the same sheet are a fault, and are sent back both.
function uniqueNames(sheets: readonly WorkbookSheet[]): WorkbookSheet[] {
  return sheets.map((sheet, index) => {
    const earlier = sheets.slice(0, index).filter(({ name }) => name === sheet.name).length;
    return earlier === 0 ? sheet : { ...sheet, name: `${sheet.name} (${earlier + 1})` };
  });
}

/** Where the choices of a column stand, by `sheet!header`. */
export type Places = ReadonlyMap<string, string>;

/** The sheet in which the choices of all columns stand. */
export function choicesSheet(described: readonly DescribedSheet[]): {
  readonly sheet: WorkbookSheet;
  readonly places: Places;
} {
  const lists = described.flatMap(({ name, columns }) =>
    columns
      .filter(({ choices }) => choices.length > 0)
      .map(({ header, choices }) => ({ key: `${name}!${header}`, choices })),
  );
  const depth = Math.max(...lists.map(({ choices }) => choices.length));
  const rows = Array.from({ length: depth }, (_, row) => lists.map(({ choices }) => choices[row] ?? null));
  return {
    sheet: {
      name: CHOICES_SHEET,
      columns: lists.map(() => wide(20)),
      rows: [lists.map(({ key }) => key), ...rows],
    },
    places: new Map(
      lists.map(({ key, choices }, column) => {
        const letter = lettersOf(column);
        return [key, `'${CHOICES_SHEET}'!$${letter}$2:$${letter}$${choices.length + 1}`];
      }),
    ),
  };
}

function lettersOf(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : lettersOf(Math.floor(column / 26) - 1) + last;
}

export function dropDownsOf(
  name: string,
  described: readonly ColumnDescription[],
  headers: readonly RawCell[],
  places: Places,
): DropDown[] {
  return described.flatMap(({ header, kind }) => {
    const choices = places.get(`${name}!${header}`);
    const column = headers.indexOf(header);
    return choices === undefined || column < 0 ? [] : [{ column, choices, only: kind === 'choice' }];
  });
}

export function columnOf(description: ColumnDescription | undefined): WorkbookColumn {
  const { kind, header } = description ?? { kind: 'text', header: '' };
  const width = ['名称', '身份证号', '学校名称', '依据文件'].includes(header) ? 32 : 16;
  return { width, kind: kind === 'date' || kind === 'pastDate' ? 'date' : 'text' };
}

export function wide(width: number): WorkbookColumn {
  return { width, kind: 'text' };
}

import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** A cell to write: a text, a number, a yes or no, or nothing. */
export type WorkbookCell = string | number | boolean | null;

/** What a column's cells are written as; a text that is no date or instant of the form stays a text. */
export type CellKind = 'text' | 'date' | 'dateTime';

export interface WorkbookColumn {
  readonly width: number;
  /** `date`: texts `YYYY-MM-DD`; `dateTime`: texts `YYYY-MM-DD HH:MM:SS`, in the readers' time. */
  readonly kind: CellKind;
}

/** A drop-down for the cells of a column below the header. */
export interface DropDown {
  /** From 0. */
  readonly column: number;
  /** Where the choices stand, such as `选项!$A$2:$A$9`. */
  readonly choices: string;
  /** Whether the program refuses what is not among them; false where a cell may hold several. */
  readonly only: boolean;
}

/** A sheet to write; its first row is the header, in bold, and stays in view. */
export interface WorkbookSheet {
  readonly name: string;
  readonly columns: readonly WorkbookColumn[];
  readonly rows: readonly (readonly WorkbookCell[])[];
  readonly dropDowns?: readonly DropDown[];
  /** For who types into it: so many empty rows follow, and every empty cell is a text or a date already. */
  readonly emptyRows?: number;
  /** Cells to colour, each as row and column from 0. */
  readonly marked?: readonly (readonly [number, number])[];
}

const require = createRequire(import.meta.url);
const modules = {
  write: require.resolve('write-excel-file/node'),
  utility: require.resolve('write-excel-file/utility'),
};

// Numbers of people and certificates are texts for good (`@`), so that nobody's program rounds them.
const writerCode = `
  const { parentPort, workerData } = require('node:worker_threads');
  const write = require(workerData.modules.write).default;
  const xml = require(workerData.modules.utility);
  const instants = { date: /^(\\d{4}-\\d\\d-\\d\\d)()$/, dateTime: /^(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d)$/ };
  const formats = { date: 'yyyy-mm-dd', dateTime: 'yyyy-mm-dd hh:mm:ss' };
  const order = xml.getOrderOfSiblings('xl/worksheets/sheet{id}.xml', 'worksheet');

  function cellOf(value, kind, isForm) {
    if (value === null || value === '') return isForm ? blank[kind] || null : null;
    if (typeof value === 'number') return { value, type: Number };
    if (typeof value === 'boolean') return { value, type: Boolean };
    const instant = instants[kind] && instants[kind].exec(value);
    const date = instant && new Date(instant[1] + 'T' + (instant[2] || '00:00:00') + 'Z');
    return date && !Number.isNaN(date.getTime())
      ? { value: date, type: Date, format: formats[kind] }
      : { value: value.slice(0, 32767), type: String, format: '@' };
  }

  const blank = { text: { type: String, format: '@' }, date: { type: Date, format: formats.date },
    dateTime: { type: Date, format: formats.dateTime } };

  function rowsOf({ rows, columns, marked = [], emptyRows = 0 }) {
    const cells = rows.map((row, index) =>
      row.map((value, column) =>
        index === 0
          ? value === null ? null : { value: String(value), type: String, fontWeight: 'bold', wrap: true }
          : cellOf(value, columns[column] && columns[column].kind, emptyRows > 0)));
    for (let index = 0; index < emptyRows; index += 1) cells.push(columns.map(({ kind }) => blank[kind]));
    for (const [row, column] of marked) {
      while (cells.length <= row) cells.push([]);
      while (cells[row].length <= column) cells[row].push(null);
      cells[row][column] = { ...(cells[row][column] || {}), backgroundColor: '#FFC7CE', textColor: '#9C0006' };
    }
    return cells;
  }

  // What is typed below the last row is a text or a date as well: the column takes the style of its empty cell.
  function withStyles(markup, { emptyRow }) {
    if (!emptyRow) return markup;
    return markup.replace(/<col min="(\\d+)"/g, (col, number) => {
      const address = xml.getCellAddress(emptyRow, Number(number) - 1);
      const style = new RegExp('<c r="' + address + '" s="([0-9]+)"').exec(markup);
      return style ? col + ' style="' + style[1] + '"' : col;
    });
  }

  function withDropDowns(markup, { dropDowns }) {
    if (!dropDowns.length) return markup;
    const each = dropDowns.map(({ column, choices, only }) => {
      const letter = xml.getCellAddress(0, column).replace(/\\d+/, '');
      return '<dataValidation type="list" allowBlank="1" showErrorMessage="' + (only ? 1 : 0) +
        '" sqref="' + letter + '2:' + letter + '1048576"><formula1>' +
        xml.sanitizeTextContent(choices) + '</formula1></dataValidation>';
    });
    const all = '<dataValidations count="' + each.length + '">' + each.join('') + '</dataValidations>';
    return xml.insertElementMarkupAccordingToOrderOfSiblings(markup, all, order, 'worksheet');
  }

  const sheets = workerData.sheets.map((sheet) => ({
    sheet: sheet.name,
    columns: sheet.columns.map(({ width }) => ({ width })),
    stickyRowsCount: 1,
    data: rowsOf(sheet),
    dropDowns: sheet.dropDowns || [],
    emptyRow: sheet.emptyRows ? sheet.rows.length : 0,
  }));
  const features = [{ files: { transform: { 'xl/worksheets/sheet{id}.xml': {
    transform: (markup, sheet) => withDropDowns(withStyles(markup, sheet), sheet) } } } }];
  write(sheets, { features })
    .toBuffer()
    .then((file) => parentPort.postMessage(file));`;

/**
 * Writes a workbook, in a thread of its own: ten thousands of rows take seconds, in which others are to be answered.
 * @param sheets their names are at most 31 characters long
 * @returns the bytes of an .xlsx file: texts as texts whatever their digits, dates as dates
 */
export function writeWorkbook(sheets: readonly WorkbookSheet[]): Promise<Buffer> {
  const worker = new Worker(writerCode, { eval: true, workerData: { modules, sheets } });
  return new Promise<Buffer>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (file: Uint8Array) =>
      resolve(Buffer.from(file.buffer, file.byteOffset, file.byteLength)),
    );
  }).finally(() => void worker.terminate());
}

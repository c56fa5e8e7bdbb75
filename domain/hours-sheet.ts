import { isBusinessDate, type BusinessDate } from './dates.js';
import { isEvent, mostPerDay, type Attendance } from './hours.js';
import type { Policy } from './policy.js';
import type { Fault } from './refusal.js';
import { FAULTS_COLUMN, type ColumnDescription, type RawCell } from './roster.js';

/** The name of the sheet in which hours are entered. */
export const HOURS_SHEET = '学时';

/** The columns of the sheet, in this order in its template; those with `?` may be missing. */
export const hoursColumns = {
  staffNumber: '工号',
  name: '姓名',
  kind: '活动类别',
  activity: '活动名称',
  on: '日期',
  hours: '学时',
  lessons: '总课时',
  absent: '缺课',
  passed: '考核',
  source: '依据',
} as const;
export type HoursColumn = keyof typeof hoursColumns;

const mayBeMissing: readonly HoursColumn[] = ['name', 'lessons', 'absent', 'passed'];

/** What the columns hold, for a workbook in which they are filled in. */
export function describeHoursColumns(policy: Policy): ColumnDescription[] {
  const kinds: Partial<Record<HoursColumn, ColumnDescription['kind']>> = {
    kind: 'choice',
    on: 'pastDate',
    hours: 'count',
    lessons: 'count',
    absent: 'count',
    passed: 'choice',
  };
  const choices: Partial<Record<HoursColumn, readonly string[]>> = {
    kind: activitiesOf(policy).map(({ zh }) => zh),
    passed: Object.keys(gradesOfClass),
  };
  return (Object.keys(hoursColumns) as HoursColumn[]).map((column) => ({
    header: hoursColumns[column],
    required: mayBeMissing.includes(column) ? 'nothing' : 'cells',
    kind: kinds[column] ?? 'text',
    choices: choices[column] ?? [],
  }));
}

/** How the sheet says that the assessment of a class was passed, or not. */
const gradesOfClass: Readonly<Record<string, boolean>> = { 合格: true, 不合格: false };

function activitiesOf({ training }: Policy) {
  return [...(training?.activities ?? []), ...(training?.events ?? [])];
}

/** One row of the sheet, with its place. */
export interface HoursRow {
  /** From 1, as the sheet counts. */
  readonly row: number;
  readonly personId: string;
  readonly kind: string;
  readonly activity: string;
  readonly on: BusinessDate;
  readonly hours: number;
  readonly attendance: Attendance;
  readonly source: string;
}

/** What the sheet is checked against. */
export interface HoursSheetFacts {
  readonly persons: ReadonlyMap<string, { readonly id: string; readonly name: string }>;
  readonly policy: Policy;
}

/**
 * Reads the sheet of a class: one row for each person and activity. Rules T2, T3.
 * @param rows the cells, the first row the header; the order of the columns does not matter
 * @returns the rows that are right, and a fault for every cell that is not, `at` as `学时!C5`
 */
export function readHoursSheet(
  sheet: string,
  rows: readonly (readonly RawCell[])[],
  facts: HoursSheetFacts,
): { rows: HoursRow[]; faults: Fault[] } {
  const [header = [], ...body] = rows;
  const columns = Object.keys(hoursColumns) as HoursColumn[];
  const places = new Map(columns.map((column) => [column, header.indexOf(hoursColumns[column])]));
  const missing = columns.filter((column) => places.get(column) === -1 && !mayBeMissing.includes(column));
  if (missing.length > 0)
    return {
      rows: [],
      faults: missing.map((column) => ({
        at: `${sheet}!A1`,
        code: 'MISSING_COLUMN',
        values: { column: hoursColumns[column] },
      })),
    };
  const faults: Fault[] = [];
  const read = body.flatMap((cells, index) => {
    if (cells.every((cell, place) => cell === null || header[place] === FAULTS_COLUMN)) return [];
    const row = index + 2;
    const at = (column: HoursColumn) => cellName(sheet, places.get(column)!, row);
    const value = (column: HoursColumn) => cells[places.get(column)!] ?? null;
    const { hoursRow, wrong } = readHoursRow(row, value, facts);
    faults.push(...wrong.map(({ column, code, values }) => ({ at: at(column), code, values })));
    return hoursRow === null ? [] : [hoursRow];
  });
  return { rows: read, faults };
}

interface CellFault {
  readonly column: HoursColumn;
  readonly code: string;
  readonly values: NonNullable<Fault['values']>;
}

function readHoursRow(
  row: number,
  value: (column: HoursColumn) => RawCell,
  { persons, policy }: HoursSheetFacts,
): { hoursRow: HoursRow | null; wrong: CellFault[] } {
  const wrong: CellFault[] = [];
  const fault = (column: HoursColumn, code: string, values: CellFault['values'] = {}) =>
    void wrong.push({ column, code, values: { found: String(value(column) ?? ''), ...values } });
  const text = (column: HoursColumn) => String(value(column) ?? '').trim();
  const whole = (column: HoursColumn, from: number, most: number, otherwise?: number) => {
    if (value(column) === null && otherwise !== undefined) return otherwise;
    const number = /^\d{1,4}$/.test(text(column)) ? Number(text(column)) : -1;
    if (number < from || number > most) fault(column, 'HOURS_SHEET_NUMBER', { from, most });
    return number;
  };
  const person = persons.get(text('staffNumber'));
  if (person === undefined) fault('staffNumber', 'HOURS_SHEET_PERSON');
  else if (text('name') !== '' && text('name') !== person.name)
    fault('name', 'HOURS_SHEET_NAME', { expected: person.name });
  const known = activitiesOf(policy);
  const kind = known.find(({ code, zh }) => [code, zh].includes(text('kind')));
  if (kind === undefined) fault('kind', 'HOURS_SHEET_CHOICE', { allowed: known.map(({ zh }) => zh) });
  for (const column of ['activity', 'source'] as const)
    if (text(column) === '' || text(column).length > 200) fault(column, 'HOURS_SHEET_TEXT', { most: 200 });
  if (!isBusinessDate(text('on'))) fault('on', 'HOURS_SHEET_DATE');
  const hours = whole('hours', kind !== undefined && isEvent(kind) ? 0 : 1, mostPerDay(policy));
  const lessons = whole('lessons', 1, 9999, Math.max(1, hours));
  const absent = whole('absent', 0, Math.max(0, lessons), 0);
  const passed = text('passed') === '' ? null : gradesOfClass[text('passed')];
  if (passed === undefined) fault('passed', 'HOURS_SHEET_CHOICE', { allowed: Object.keys(gradesOfClass) });
  if (wrong.length > 0) return { hoursRow: null, wrong };
  const attendance = { lessons, absent, passed: passed! };
  const names = { activity: text('activity'), source: text('source'), on: text('on') };
  return { hoursRow: { row, personId: person!.id, kind: kind!.code, hours, attendance, ...names }, wrong };
}

function cellName(sheet: string, column: number, row: number): string {
  return `${sheet}!${String.fromCharCode(65 + Math.max(0, column))}${row}`;
}

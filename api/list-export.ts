import { stringify } from 'csv-stringify/sync';
import type { Request } from 'express';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { Refusal } from '../domain/refusal.js';
import type { OwnerDatabase } from '../records/database.js';
import { listOrganisations } from '../records/directory.js';
import { rankNames } from '../records/current-policies.js';
import type { Language } from '../texts/catalogue.js';
import {
  columnHead,
  namesInColumn,
  organisationNameText,
  schoolNameText,
  yesAndNo,
} from '../texts/columns.js';
import { writeWorkbook, type CellKind, type WorkbookCell } from './workbook.js';

/** The forms in which a list is answered. */
export const listFormats = ['json', 'csv', 'xlsx'] as const;
export type ListFormat = (typeof listFormats)[number];

/** The media types of the forms. */
export const formatTypes: Readonly<Record<ListFormat, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** The most entries of a list that come as one file; more are refused, never cut off. */
export const MOST_EXPORTED = 50_000;
/** How many of them are read at a time. */
const exportPage = 1000;

/** A route, as far as its list is concerned. */
export interface ListRoute {
  readonly method: string;
  readonly operationId: string;
  readonly query?: z.ZodObject;
  readonly response?: z.ZodType;
  /** The field of the response that is the list, where it is not `items`. */
  readonly list?: string;
}

/** The list in a route's response. */
export interface ListShape {
  readonly operationId: string;
  readonly key: string;
  readonly columns: readonly ListColumn[];
  /** Whether it comes in pages, with a cursor. */
  readonly isPaged: boolean;
}

interface ListColumn {
  readonly path: readonly string[];
  readonly kind: CellKind;
}

/** The query parameter that every list has beside its own. */
export const formatQuery = z.object({
  format: z
    .enum(listFormats)
    .optional()
    .meta({
      description: `Form of the answer, in place of the header Accept. csv and xlsx hold the whole list, at most ${MOST_EXPORTED} entries; cursor and limit are refused with them.`,
    }),
});

/**
 * The list that a route answers with: the field `items` of the response to a GET, or the field that `list` names.
 * @returns its columns, nested fields each with a column of its own; null for a route that is no list
 * @throws Error when `list` names no field with a list of objects
 */
export function listOf({ method, operationId, query, response, list }: ListRoute): ListShape | null {
  if (method !== 'get' || !(response instanceof z.ZodObject)) return null;
  const key = list ?? 'items';
  const field = response.shape[key] as z.ZodType | undefined;
  const item = field instanceof z.ZodArray ? bare(field.element as z.ZodType) : undefined;
  if (item instanceof z.ZodObject)
    return { operationId, key, columns: columnsOf(item, []), isPaged: 'cursor' in (query?.shape ?? {}) };
  if (list === undefined) return null;
  throw new Error(`${operationId}: ${list} is no list of objects.`);
}

function columnsOf(object: z.ZodObject, path: readonly string[]): ListColumn[] {
  return Object.entries(object.shape).flatMap(([name, schema]) => {
    const field = bare(schema as z.ZodType);
    const here = [...path, name];
    if (field instanceof z.ZodObject) return columnsOf(field, here);
    const kind =
      field instanceof z.ZodISODate ? 'date' : field instanceof z.ZodISODateTime ? 'dateTime' : 'text';
    return [{ path: here, kind }];
  });
}

function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault
    ? bare(schema.unwrap() as z.ZodType)
    : schema;
}

/**
 * The form in which the caller wants a list: what the query says, else what `Accept` prefers, JSON when it does not
 * care.
 * @param asked the query's `format`
 */
export function formatOf(request: Request, asked: ListFormat | undefined): ListFormat {
  if (asked) return asked;
  const accepted = request.accepts(Object.values(formatTypes));
  return listFormats.find((format) => formatTypes[format] === accepted) ?? 'json';
}

/**
 * Reads a whole list, page by page.
 * @param shape the list
 * @param query as the caller gave it, checked
 * @param ask answers with a page, as the route does: the same rights and the same scope
 * @throws Refusal INVALID_INPUT when the query asks for one page; EXPORT_TOO_LONG above MOST_EXPORTED entries
 */
export async function wholeList(
  shape: ListShape,
  query: Readonly<Record<string, unknown>>,
  asked: Readonly<Record<string, unknown>>,
  ask: (query: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>,
): Promise<unknown[]> {
  const paging = shape.isPaged ? ['cursor', 'limit'].filter((name) => name in asked) : [];
  if (paging.length > 0) {
    const faults = paging.map((name) => ({ at: `query.${name}`, code: 'NOT_IN_EXPORT' }));
    throw new Refusal({ code: 'INVALID_INPUT', values: { count: faults.length }, faults });
  }
  let items: unknown[] = [];
  let cursor: unknown;
  do {
    const page = await ask(shape.isPaged ? { ...query, cursor, limit: exportPage } : query);
    items = items.concat(page[shape.key] as unknown[]);
    if (items.length > MOST_EXPORTED)
      throw new Refusal({ code: 'EXPORT_TOO_LONG', values: { limit: MOST_EXPORTED } });
    cursor = shape.isPaged ? (page['next'] ?? undefined) : undefined;
  } while (cursor !== undefined);
  return items;
}

/**
 * A list as a file: a head in the reader's language, codes by their names, instants in Shanghai's time, schools that
 * have only an id with their name beside it.
 * @param shape the list
 * @param items its entries, as the route's schema has them
 * @param title what the list is, for the name of the sheet
 * @param database the owner's rows, for the names of ranks and schools; null for a public list
 */
export async function listFile(
  format: 'csv' | 'xlsx',
  shape: ListShape,
  items: readonly unknown[],
  title: string,
  database: OwnerDatabase | null,
  language: Language,
): Promise<Buffer> {
  const lookup = await readNames(database, language);
  const columns = shape.columns.flatMap((column) => writersOf(shape, column, lookup, language));
  const head = columns.map((column) => column.head);
  const rows = items.map((item) => columns.map((column) => column.cell(item)));
  if (format === 'csv') return writeCsv([head, ...rows], language);
  return writeWorkbook([
    {
      name: title.replaceAll(/[\\/?*[\]:]/g, ' ').slice(0, 31),
      columns: columns.map(({ kind, head: text }) => ({
        kind,
        width: Math.max(kind === 'text' ? 14 : 20, text.length * 2 + 2),
      })),
      rows: [
        head,
        ...rows.map((row) => row.map((cell) => (typeof cell === 'boolean' ? told(cell, language) : cell))),
      ],
    },
  ]);
}

async function writeCsv(rows: readonly (readonly WorkbookCell[])[], language: Language): Promise<Buffer> {
  const parts: string[] = [];
  for (let start = 0; start < rows.length; start += exportPage) {
    const cells = rows.slice(start, start + exportPage).map((row) => row.map((cell) => told(cell, language)));
    const options = { bom: start === 0, escape_formulas: true, record_delimiter: 'windows' } as const;
    parts.push(stringify(cells, options));
    // Others are answered between the parts.
    await setImmediate();
  }
  return Buffer.from(parts.join(''));
}

interface Lookup {
  readonly ranks: ReadonlyMap<string, string>;
  readonly organisations: ReadonlyMap<string, string>;
}

interface ColumnWriter {
  readonly head: string;
  readonly kind: CellKind;
  readonly cell: (item: unknown) => WorkbookCell;
}

async function readNames(database: OwnerDatabase | null, language: Language): Promise<Lookup> {
  if (database === null) return { ranks: new Map(), organisations: new Map() };
  const [ranks, organisations] = await Promise.all([rankNames(database), listOrganisations(database)]);
  return {
    ranks: new Map(Object.entries(ranks).map(([code, rank]) => [code, rank[language]])),
    organisations: new Map(organisations.map(({ id, name }) => [id, name])),
  };
}

function writersOf(
  shape: ListShape,
  { path, kind }: ListColumn,
  lookup: Lookup,
  language: Language,
): ColumnWriter[] {
  const field = path.at(-1)!;
  const names = namesInColumn(shape.operationId, path);
  const name = (code: string): string => {
    if (/^(rank|ranks|fromRank|toRank)$/.test(field)) return lookup.ranks.get(code) ?? code;
    if (field !== 'unit') return names?.[code]?.[language] ?? code;
    return code
      .split('/')
      .map(
        (part) =>
          lookup.ranks.get(part) ?? lookup.organisations.get(part) ?? names?.[part]?.[language] ?? part,
      )
      .join('/');
  };
  const head = columnHead(shape.operationId, path, language) ?? path.join('.');
  const own = { head, kind, cell: (item: unknown) => cellOf(valueAt(item, path), kind, name, language) };
  const nameText =
    field === 'schoolId' ? schoolNameText : field === 'organisationId' ? organisationNameText : undefined;
  const beside = shape.columns.some((other) => other.path.join() === [...path.slice(0, -1), 'school'].join());
  if (nameText === undefined || beside) return [own];
  const organisation = (item: unknown) => lookup.organisations.get(String(valueAt(item, path))) ?? null;
  return [{ head: nameText[language], kind: 'text', cell: organisation }, own];
}

function valueAt(item: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | null | undefined)?.[name],
    item,
  );
}

function cellOf(
  value: unknown,
  kind: CellKind,
  name: (code: string) => string,
  language: Language,
): WorkbookCell {
  if (value === null || value === undefined) return null;
  if (kind === 'dateTime' && typeof value === 'string') return inShanghai(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'string' ? name(value) : shownValue(value, name, language);
}

/**
 * A value in one cell: codes by their names, entries of a list with a separator, of an object each field with its value.
 * @param name tells the name of a code
 * @returns an empty text for nothing
 */
export function shownValue(value: unknown, name: (code: string) => string, language: Language): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) {
    const isFlat = value.every((entry) => typeof entry !== 'object');
    const separator = language === 'zh' ? (isFlat ? '、' : '；') : isFlat ? ', ' : '; ';
    return value.map((entry) => shownValue(entry, name, language)).join(separator);
  }
  if (typeof value === 'object')
    return Object.entries(value)
      .filter(([, entry]) => entry !== null && entry !== '')
      .map(([field, entry]) => `${name(field)}=${shownValue(entry, name, language)}`)
      .join(language === 'zh' ? '，' : ', ');
  return typeof value === 'string' ? name(value) : String(told(value as boolean | number, language));
}

function told(cell: WorkbookCell, language: Language): string | number | null {
  return typeof cell === 'boolean' ? yesAndNo[cell ? 'true' : 'false'][language] : cell;
}

function inShanghai(instant: string): string {
  // Eight hours ahead all year; a formatter of the language would be slow here.
  return new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * The header that gives a file its name, Chinese included (RFC 6266, RFC 5987).
 * @param fileName with its ending, such as `.xlsx`
 */
export function contentDisposition(fileName: string): string {
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const ending = /\.\w+$/.exec(fileName)?.[0] ?? '';
  return `attachment; filename="qinglan${ending}"; filename*=UTF-8''${encoded}`;
}

/**
 * A summary such as `培养对象 Trainees` in one language.
 * @param summary Chinese, then English
 */
export function summaryIn(summary: string, language: Language): string {
  const english = summary.search(/ [\p{Script=Latin}]/u);
  if (english < 0) return summary;
  return language === 'zh' ? summary.slice(0, english) : summary.slice(english + 1);
}

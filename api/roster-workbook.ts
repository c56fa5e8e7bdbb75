import {
  describeColumns,
  REMARKS_SHEET,
  sheetNames,
  type RosterActivity,
  type RosterRank,
  type SheetName,
} from '../domain/roster.js';
import type { Language } from '../texts/catalogue.js';
import { kindTexts, requiredTexts, rosterWorkbookTexts, sheetTexts } from '../texts/roster-workbook.js';
import {
  choicesSheet,
  columnOf,
  dropDownsOf,
  emptyRows,
  wide,
  type DescribedSheet,
} from './marked-workbook.js';
import { writeWorkbook, type WorkbookSheet } from './workbook.js';

/** What a roster's columns may name: the ranks and the activities of the stored schemes. */
export interface RosterNames {
  readonly ranks: readonly RosterRank[];
  readonly activities: readonly RosterActivity[];
}

/** The sheets of a roster, each with what its columns hold. */
export function rosterSheets({ ranks, activities }: RosterNames): DescribedSheet[] {
  return sheetNames.map((name) => ({ name, columns: describeColumns(name, ranks, activities) }));
}

/**
 * The roster as an empty workbook: every sheet with its header, its columns formatted as texts and dates, drop-downs
 * where only some values may be, and a sheet that explains each column.
 * @param names that columns may hold
 * @param language of the explanations; sheets and headers are Chinese, as the import reads them
 * @returns the bytes of an .xlsx file
 */
export function rosterTemplate(names: RosterNames, language: Language): Promise<Buffer> {
  const described = rosterSheets(names);
  const choices = choicesSheet(described);
  const sheets = described.map(({ name, columns }): WorkbookSheet => {
    const headers = columns.map(({ header }) => header);
    const dropDowns = dropDownsOf(name, columns, headers, choices.places);
    return { name, columns: columns.map(columnOf), rows: [headers], emptyRows, dropDowns };
  });
  return writeWorkbook([remarksSheet(names, language), ...sheets, choices.sheet]);
}

function remarksSheet(names: RosterNames, language: Language): WorkbookSheet {
  const { sheet, column, required, content, choices } = rosterWorkbookTexts;
  const separator = language === 'zh' ? '、' : ', ';
  return {
    name: REMARKS_SHEET,
    columns: [wide(12), wide(20), wide(28), wide(60), wide(100)],
    rows: [
      [sheet, column, required, content, choices].map((text) => text[language]),
      ...sheetNames.flatMap((name: SheetName) => [
        [name, null, null, sheetTexts[name][language], null],
        ...describeColumns(name, names.ranks, names.activities).map((described) => [
          name,
          described.header,
          requiredTexts[described.required][language],
          kindTexts[described.kind][language],
          described.choices.join(separator) || null,
        ]),
      ]),
    ],
  };
}

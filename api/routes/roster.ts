import { z } from 'zod';
import type { Role } from '../../domain/cases.js';
import { dateOf } from '../../domain/dates.js';
import { Refusal } from '../../domain/refusal.js';
import { sheetNames, type SheetName } from '../../domain/roster.js';
import { createAccounts, personsForAccounts } from '../../records/accounts.js';
import { putCalendarYear } from '../../records/calendar-years.js';
import { listOrganisations, listPersons } from '../../records/directory.js';
import type { OwnerDatabase } from '../../records/database.js';
import { rosterActivities } from '../../records/history.js';
import { readClock } from '../../records/instance.js';
import { rankNames } from '../../records/current-policies.js';
import { importRoster, previewRoster, rosterRanks, type RosterChange } from '../../records/roster.js';
import { waitingCalendar } from '../../records/tenure-calendar.js';
import { caseWaker } from '../../temporal/wake-case.js';
import type { Language } from '../../texts/catalogue.js';
import { columnHead, namesInColumn } from '../../texts/columns.js';
import type { Names } from '../../texts/names.js';
import { rosterWorkbookTexts } from '../../texts/roster-workbook.js';
import type { Actor } from '../auth/actor.js';
import { drawPassword, hashPassword, passwordLength } from '../auth/password.js';
import type { Dependencies } from '../dependencies.js';
import { formatTypes, shownValue } from '../list-export.js';
import { cursorAfter, pageOf, pageQuery, readCursor } from '../paging.js';
import { markedWorkbook, wantsWorkbook } from '../marked-workbook.js';
import { LARGEST_FILE, readRosterFile } from '../roster-file.js';
import { rosterSheets, rosterTemplate } from '../roster-workbook.js';
import { route, type Route } from '../route.js';

const tag = '名册 Roster';
const staffNumber = z.string().min(1).max(100);

export const personSchema = z
  .object({
    id: z.uuid(),
    staffNumber,
    name: z.string(),
    sex: z.string(),
    birthDate: z.iso.date(),
    schoolId: z.uuid(),
    subject: z.string().nullable(),
    stages: z.array(z.string()),
    mainPost: z.string().nullable(),
    otherPosts: z.array(z.string()),
    degree: z.string(),
    title: z.string().nullable(),
    teachingSince: z.iso.date().nullable(),
  })
  .meta({ id: 'Person' });

const organisationSchema = z
  .object({
    id: z.uuid(),
    parentId: z.uuid().nullable(),
    kind: z.string().meta({ description: 'district, school or institution' }),
    code: z.string(),
    name: z.string(),
    locality: z.string().nullable(),
    townGroup: z.string().nullable(),
    stages: z.array(z.string()),
    fullTimeTeachers: z.int(),
    countedOn: z.iso.date().nullable().meta({ description: 'Day on which the teachers were counted.' }),
    validFrom: z.iso.date(),
    validUntil: z.iso.date().nullable(),
  })
  .meta({ id: 'Organisation' });

const created = z.object({ created: z.int() });
const createdOrUpdated = created.extend({ updated: z.int() });
const countsSchema = z
  .object({
    organisations: createdOrUpdated,
    persons: createdOrUpdated.extend({ unchanged: z.int() }),
    memberships: createdOrUpdated,
    titles: created,
    evidence: created,
    sanctions: createdOrUpdated,
    history: z
      .object({ trainees: created, hours: created, bars: createdOrUpdated, mentors: createdOrUpdated })
      .optional()
      .meta({ description: 'Only of a file that has sheets of a district’s history.' }),
  })
  .meta({ id: 'RosterCounts' });

const previewSchema = z
  .object({
    total: z.int().meta({ description: 'Rows that would be created or changed.' }),
    changes: z
      .array(
        z.object({
          sheet: z.enum(sheetNames),
          key: z.string().meta({ description: 'Code of the school, or staff number.' }),
          change: z.enum(['created', 'updated']),
          fields: z.array(
            z.object({
              field: z.string(),
              name: z.string().meta({ description: 'The field in the language of the caller.' }),
              before: z.string().nullable(),
              after: z.string().nullable(),
              hidden: z.boolean().meta({ description: 'The value changes and is not shown (D1).' }),
            }),
          ),
        }),
      )
      .meta({ description: 'The first of them, changed rows before new ones, sheet by sheet.' }),
  })
  .meta({ id: 'RosterPreview' });

const newAccount = z.strictObject({
  staffNumber,
  password: z.string().min(passwordLength.least).max(passwordLength.most).optional(),
});
const madeAccount = z.object({
  staffNumber,
  username: z.string(),
  password: z.string().optional().meta({ description: 'Drawn, when none was given; it is shown this once.' }),
});

const calendarYearSchema = z.strictObject({
  rest: z.array(z.iso.date()).max(200).meta({ description: 'Public holidays and days off in their place.' }),
  makeUp: z.array(z.iso.date()).max(60).meta({ description: 'Saturdays and Sundays that are worked.' }),
  provisional: z.boolean().meta({ description: "True while the State Council's notice is not out." }),
});

/** Longest that an import waits for the calendar to hear of it, in milliseconds. */
const wakingWithin = 2000;

const districtWide: readonly Role[] = ['office', 'administrator', 'auditor'];
const ofOneSchool: readonly Role[] = ['school_clerk', 'head'];

/** The roster: its import, persons, organisations, accounts, working days. */
export function rosterRoutes({
  database: everything,
  config,
  temporal,
  log,
}: Pick<Dependencies, 'database' | 'config' | 'temporal' | 'log'>): Route[] {
  // The messages are written: who does not hear of them now hears of them by reconcile, or by the next month.
  const wakeCalendar = async (database: OwnerDatabase, now: string) => {
    try {
      const waiting = await waitingCalendar(database);
      if (waiting === null) return;
      await temporal.connection.withDeadline(Date.now() + wakingWithin, () =>
        caseWaker(temporal, everything)(waiting, now),
      );
    } catch (error) {
      log.warn({ error }, 'the calendar was not woken');
    }
  };
  return [
    route({
      method: 'post',
      path: '/api/v1/roster-imports',
      operationId: 'importRoster',
      summary: '导入名册 Import a roster',
      description:
        '一个 .xlsx，或每表一个 .csv（UTF-8 或 GB18030，表由表头或文件名认出）；全部正确才导入，所有错误一次列出（工作表!单元格），faults=workbook 或 Accept 为 xlsx 时退回标出错误的工作簿。preview=true 只说明将有何变化，不写入。 One .xlsx, or one .csv a sheet (UTF-8 or GB18030, known by its header or the file’s name); all or nothing, every fault at once by sheet!cell, or with faults=workbook or Accept xlsx as the workbook with its faults marked. preview=true tells what would change and writes nothing.',
      tag,
      access: { roles: ['administrator', 'office'] },
      upload: {
        field: 'file',
        mostFiles: sheetNames.length,
        mostBytes: LARGEST_FILE,
        description: '.xlsx or .csv',
      },
      query: z.object({
        preview: z
          .stringbool()
          .default(false)
          .meta({ description: 'Tells what would change; writes nothing.' }),
        rows: z.coerce.number().int().min(0).max(1000).default(100).meta({
          description: 'Most changes that a preview shows.',
        }),
        faults: z.enum(['problem', 'workbook']).optional().meta({
          description: 'Form in which faults come back, in place of the header Accept.',
        }),
      }),
      response: countsSchema.extend({ preview: previewSchema.optional() }),
      files: { 422: formatTypes.xlsx },
      refusals: [
        'NOT_A_SPREADSHEET',
        'OLD_SPREADSHEET',
        'TOO_MANY_ROWS',
        'CSV_MALFORMED',
        'SHEET_NOT_RECOGNISED',
        'ROSTER_FAULTS',
      ],
      handler: async ({ actor, database, files, query, language, headers }) => {
        const read = await Promise.all(files.map(({ content, name }) => readRosterFile(content, name)));
        const sheets = read.flat();
        const { now } = await readClock(everything);
        const request = {
          ownerId: actor.ownerId,
          secret: config.QINGLAN_SECRET,
          today: dateOf(now),
          at: new Date(now),
          sheets,
          importedById: actor.personId,
        };
        try {
          if (!query.preview) {
            const imported = await importRoster(database, request);
            await wakeCalendar(database, now);
            return { status: 200, body: imported };
          }
          const { counts, changes } = await previewRoster(database, request);
          const names = await rankNames(database);
          const shown = changes.slice(0, query.rows).map((change) => shownChange(change, names, language));
          return { status: 200, body: { ...counts, preview: { total: changes.length, changes: shown } } };
        } catch (error) {
          const isAsked = wantsWorkbook(query.faults, headers.accept);
          if (!(error instanceof Refusal) || error.code !== 'ROSTER_FAULTS' || !isAsked) throw error;
          const ranks = await rosterRanks(database);
          const activities = await rosterActivities(database);
          const described = rosterSheets({ ranks, activities });
          const content = await markedWorkbook(sheets, error.faults ?? [], described, language);
          const name = `${rosterWorkbookTexts.faults[language]}.xlsx`;
          return { status: 422, file: { name, type: formatTypes.xlsx, content } };
        }
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/roster/template',
      operationId: 'rosterTemplate',
      summary: '名册模板 The roster’s template',
      description:
        '空的 .xlsx：各表、表头、逐列说明、下拉选项；称号取自已存入的方案。 An empty .xlsx with every sheet, header, explanation and drop-down; the titles are those of the stored schemes.',
      tag,
      access: { roles: ['administrator', 'office'] },
      statuses: [],
      files: { 200: formatTypes.xlsx },
      handler: async ({ database, language }) => {
        const [ranks, activities] = await Promise.all([rosterRanks(database), rosterActivities(database)]);
        const content = await rosterTemplate({ ranks, activities }, language);
        const name = `${rosterWorkbookTexts.template[language]}.xlsx`;
        return { status: 200, file: { name, type: formatTypes.xlsx, content } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/persons',
      operationId: 'listPersons',
      summary: '人员名册 Persons',
      description: '学校经办和校长只见本校人员。 A school’s clerk and head see their school’s persons.',
      tag,
      access: { roles: [...districtWide, ...ofOneSchool] },
      query: pageQuery.extend({ staffNumber: staffNumber.optional(), schoolId: z.uuid().optional() }),
      response: pageOf(personSchema),
      handler: async ({ actor, database, query }) => {
        const { persons, more } = await listPersons(database, {
          schoolIds: schoolsShown(actor, query.schoolId),
          staffNumber: query.staffNumber,
          after: readCursor(query.cursor),
          limit: query.limit,
        });
        const last = persons.at(-1);
        return {
          status: 200,
          body: { items: persons, next: more && last ? cursorAfter(last.staffNumber) : null },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/organisations',
      operationId: 'listOrganisations',
      summary: '组织 Organisations',
      tag,
      access: 'signedIn',
      response: z.object({ items: z.array(organisationSchema) }),
      handler: async ({ database }) => ({ status: 200, body: { items: await listOrganisations(database) } }),
    }),
    route({
      method: 'post',
      path: '/api/v1/accounts',
      operationId: 'createAccounts',
      summary: '建立账号 Make accounts',
      description:
        '登录名为工号。未给密码的由系统抽取，仅此一次显示。全部建立或一个不建。 The user name is the staff number; a password that is not given is drawn and shown this once. All or none.',
      tag,
      access: { roles: ['administrator'] },
      body: z.strictObject({ persons: z.array(newAccount).min(1).max(500) }),
      statuses: [201],
      response: z.object({ items: z.array(madeAccount) }),
      refusals: ['ACCOUNT_FAULTS'],
      handler: async ({ actor, body: { persons } }) => {
        const { ownerId } = actor;
        const ids = await personsForAccounts(
          everything,
          ownerId,
          persons.map((person) => person.staffNumber),
        );
        const accounts = await Promise.all(
          persons.map(async ({ staffNumber: username, password }) => {
            const drawn = password === undefined ? drawPassword() : undefined;
            const passwordHash = await hashPassword(password ?? drawn!);
            return {
              username,
              personId: ids.get(username)!,
              ownerId,
              passwordHash,
              mustChangePassword: !!drawn,
              drawn,
            };
          }),
        );
        await createAccounts(
          everything,
          accounts.map(({ drawn: _, ...account }) => account),
        );
        const items = accounts.map(({ username, drawn }) => ({
          staffNumber: username,
          username,
          password: drawn,
        }));
        return { status: 201, body: { items } };
      },
    }),
    route({
      method: 'put',
      path: '/api/v1/calendar/{year}',
      operationId: 'putCalendarYear',
      summary: '设定某年的放假与调休 Set the working days of a year',
      tag,
      access: { roles: ['administrator', 'office'] },
      params: z.object({ year: z.string().regex(/^20\d\d$/) }),
      body: calendarYearSchema,
      refusals: ['CALENDAR_FAULTS'],
      handler: async ({ params, body }) => {
        await putCalendarYear(everything, params.year, body);
        return { status: 204, body: undefined };
      },
    }),
  ];
}

/** Under which names texts/columns.ts knows the rows of a sheet. */
const columnsOfSheet: Readonly<Record<SheetName, string>> = {
  学校: 'listOrganisations',
  教师: 'listPersons',
  称号: 'listTitles',
  材料: 'evidence',
  处分: 'sanctions',
  任职: 'memberships',
  培养对象: 'listTrainings',
  学时: 'listHours',
  限制: 'bars',
  师徒: 'mentorPairs',
};

function shownChange(change: RosterChange, ranks: Names, language: Language) {
  const { sheet, key, before, after, hidden } = change;
  const rows = columnsOfSheet[sheet];
  const nameOf = (field: string) => columnHead(rows, [field], language) ?? field;
  const told = (row: RosterChange['before'], field: string) => {
    const names = field === 'rank' ? ranks : (namesInColumn(rows, [field]) ?? {});
    return shownValue(row?.[field], (code) => names[code]?.[language] ?? code, language) || null;
  };
  const fields = Object.keys(after)
    .map((field) => ({
      field,
      name: nameOf(field),
      before: told(before, field),
      after: told(after, field),
      hidden: false,
    }))
    .filter((field) => field.before !== field.after);
  const unseen = hidden.map((field) => ({
    field,
    name: nameOf(field),
    before: null,
    after: null,
    hidden: true,
  }));
  const kind = before === null ? ('created' as const) : ('updated' as const);
  return { sheet, key, change: kind, fields: [...fields, ...unseen] };
}

// Whoever has a role for the whole district sees all schools, the others the schools where they have one.
function schoolsShown({ memberships }: Actor, asked: string | undefined): string[] | undefined {
  if (memberships.some(({ role }) => districtWide.includes(role)))
    return asked === undefined ? undefined : [asked];
  const own = memberships
    .filter(({ role }) => ofOneSchool.includes(role))
    .map(({ organisationId }) => organisationId);
  return asked === undefined ? own : own.filter((id) => id === asked);
}

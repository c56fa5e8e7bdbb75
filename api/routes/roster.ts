import { z } from 'zod';
import type { Role } from '../../domain/cases.js';
import { dateOf } from '../../domain/dates.js';
import { createAccounts, personsForAccounts } from '../../records/accounts.js';
import { putCalendarYear } from '../../records/calendar-years.js';
import { listOrganisations, listPersons } from '../../records/directory.js';
import { readClock } from '../../records/instance.js';
import { importRoster } from '../../records/roster.js';
import type { Actor } from '../auth/actor.js';
import { drawPassword, hashPassword, passwordLength } from '../auth/password.js';
import type { Dependencies } from '../dependencies.js';
import { cursorAfter, pageOf, pageQuery, readCursor } from '../paging.js';
import { LARGEST_FILE, readRosterFile } from '../roster-file.js';
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
  })
  .meta({ id: 'RosterCounts' });

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

const districtWide: readonly Role[] = ['office', 'administrator', 'auditor'];
const ofOneSchool: readonly Role[] = ['school_clerk', 'head'];

/** The roster: its import, persons, organisations, accounts, working days. */
export function rosterRoutes({
  database: everything,
  config,
}: Pick<Dependencies, 'database' | 'config'>): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/v1/roster-imports',
      operationId: 'importRoster',
      summary: '导入名册 Import a roster',
      description:
        '一个 .xlsx，或每表一个 .csv；全部正确才导入，所有错误一次列出（工作表!单元格）。 One .xlsx, or one .csv a sheet; all or nothing, every fault at once by sheet!cell.',
      tag,
      access: { roles: ['administrator', 'office'] },
      upload: { field: 'file', mostFiles: 6, mostBytes: LARGEST_FILE, description: '.xlsx or .csv' },
      response: countsSchema,
      refusals: [
        'NOT_A_SPREADSHEET',
        'OLD_SPREADSHEET',
        'TOO_MANY_ROWS',
        'CSV_MALFORMED',
        'SHEET_NOT_RECOGNISED',
        'ROSTER_FAULTS',
      ],
      handler: async ({ actor, database, files }) => {
        const sheets = await Promise.all(files.map(({ content, name }) => readRosterFile(content, name)));
        const today = dateOf((await readClock(everything)).now);
        const { ownerId } = actor;
        const counts = await importRoster(database, {
          ownerId,
          secret: config.QINGLAN_SECRET,
          today,
          sheets: sheets.flat(),
        });
        return { status: 200, body: counts };
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

// Whoever has a role for the whole district sees all schools, the others the schools where they have one.
function schoolsShown({ memberships }: Actor, asked: string | undefined): string[] | undefined {
  if (memberships.some(({ role }) => districtWide.includes(role)))
    return asked === undefined ? undefined : [asked];
  const own = memberships
    .filter(({ role }) => ofOneSchool.includes(role))
    .map(({ organisationId }) => organisationId);
  return asked === undefined ? own : own.filter((id) => id === asked);
}

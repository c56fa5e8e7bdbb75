import { z } from 'zod';
import { dateOf } from '../../domain/dates.js';
import {
  activityOf,
  conversionKind,
  convertedHours,
  correctionsTooEarly,
  cycleAnswer,
  enteredBy,
  formOf,
  hoursLeft,
  isEvent,
  mostHoursPerDay,
  mostPerDay,
  refuseEarlyCorrections,
} from '../../domain/hours.js';
import {
  describeHoursColumns,
  HOURS_SHEET,
  hoursColumns,
  readHoursSheet,
  type HoursRow,
} from '../../domain/hours-sheet.js';
import { groupBy } from '../../domain/grouping.js';
import type { Policy } from '../../domain/policy.js';
import { Refusal, type Fault } from '../../domain/refusal.js';
import { unreadSheets } from '../../domain/roster.js';
import type { EvidenceKind, Level, Prize } from '../../domain/vocabulary.js';
import { answerOnce } from '../../records/answered-requests.js';
import { currentPolicies } from '../../records/current-policies.js';
import type { OwnerDatabase, Transaction } from '../../records/database.js';
import { appendAudit } from '../../records/decide.js';
import { versionsOf } from '../../records/evidence.js';
import {
  classMember,
  confirmEntries,
  enterHours,
  faultsOfClasses,
  ledgerOf,
  ledgersOf,
  lockPersons,
  pendingEntries,
  writeHours,
  type ClassHours,
} from '../../records/hours.js';
import { readClock } from '../../records/instance.js';
import { membersWith } from '../../records/people.js';
import { personsById, schoolsOn } from '../../records/persons-shown.js';
import type { Actor } from '../auth/actor.js';
import type { Dependencies } from '../dependencies.js';
import { formatTypes } from '../list-export.js';
import { markedWorkbook, wantsWorkbook } from '../marked-workbook.js';
import { LARGEST_FILE, readRosterFile } from '../roster-file.js';
import { route, type Route } from '../route.js';
import { holds, requireSight, schoolsOf, seesAll } from '../visibility.js';
import { writeWorkbook } from '../workbook.js';
import { hoursSchema } from './trainings.js';

const tag = 'hours';

/** The most rows that the sheet of a class may have. */
const mostRows = 3000;

const scheme = z.string().min(1).max(100).meta({ description: 'Code of the scheme whose activity it was.' });

const classHours = z.strictObject({
  scheme,
  kind: z
    .string()
    .min(1)
    .max(50)
    .meta({ description: 'Code of the activity or event in the scheme; `conversion` to correct one.' }),
  activity: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'What tells it from every other: its name, and its date where it is held often.' }),
  on: z.iso.date(),
  hours: z.int().min(-1000).max(mostHoursPerDay).meta({ description: '0 only for who was at an event.' }),
  source: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'The list or certificate that shows who was there.' }),
  personIds: z.array(z.uuid()).min(1).max(500),
  lessons: z
    .int()
    .min(1)
    .max(9999)
    .optional()
    .meta({ description: 'Lessons of the whole class, for the rule on absence; without it, the hours.' }),
  absent: z
    .array(z.strictObject({ personId: z.uuid(), lessons: z.int().min(0).max(9999) }))
    .max(500)
    .default([])
    .meta({ description: 'Who missed how many lessons; a fifth or more earns no hours.' }),
  failed: z
    .array(z.uuid())
    .max(500)
    .default([])
    .meta({ description: 'Who failed the assessment of the class: no hours.' }),
  correction: z
    .boolean()
    .default(false)
    .meta({ description: 'Takes back hours of the activity: negative, by a counter-entry.' }),
});

const cycleSchema = z
  .object({
    scheme: z.string(),
    cycle: z.object({ startsOn: z.iso.date(), endsOn: z.iso.date(), hoursRequired: z.int() }),
    hours: hoursSchema,
    beforeService: z
      .object({ required: z.int(), done: z.int(), met: z.boolean(), hard: z.boolean() })
      .nullable()
      .meta({ description: 'Owed before the first lesson; what is not hard (原则上) only warns.' }),
    trainerYear: hoursSchema.extend({ hard: z.boolean() }).meta({ id: 'TrainerHours' }).nullable(),
    lastCentral: z
      .object({ on: z.iso.date().nullable(), years: z.int(), met: z.boolean(), hard: z.boolean() })
      .nullable(),
    conditionFor: z.array(z.string()).meta({ description: 'What the hours are a condition for.' }),
    clause: z.string().nullable(),
  })
  .meta({ id: 'HoursCycle' });

const entryRefusals = [
  'HOURS_TWICE',
  'HOURS_OWN',
  'HOURS_PER_DAY',
  'HOURS_IN_FUTURE',
  'HOURS_CORRECTION',
  'HOURS_NONE',
  'HOURS_KIND_UNKNOWN',
  'HOURS_PERSON_UNKNOWN',
  'HOURS_OF_OTHERS',
  'HOURS_OF_SCHOOL',
  'ATTENDANCE_INVALID',
  'IDEMPOTENCY_KEY_REUSED',
  'SCHEME_UNKNOWN',
] as const;

/** Hours of classes, of what is converted, and what they come to. */
export function hoursRoutes(dependencies: Dependencies): Route[] {
  const today = async () => dateOf((await readClock(dependencies.database)).now);
  const once = async <Answer extends object>(
    operation: string,
    asked: { actor: Actor; database: OwnerDatabase; body: unknown; key: string },
    act: (db: Transaction, at: Date) => Promise<Answer>,
  ) => {
    const { actor, database, body, key } = asked;
    const at = new Date((await readClock(dependencies.database)).now);
    const request = { ownerId: actor.ownerId, actorId: actor.personId!, key, operation, body, at };
    return answerOnce(database, request, (db) => act(db, at));
  };
  return [
    route({
      method: 'post',
      path: '/api/v1/hours',
      operationId: 'enterHours',
      summary: '登记一次活动的学时 Enter the hours of one class for many people',
      description:
        '全部登记或一条不登记；经另一人确认后才计入。缺课达五分之一或考核不合格的不计学时，仍留记录。谁组织谁登记：学校经办登记本校教师的校本活动，其余由培训中心登记。 All or none; they count once somebody else confirms them. Who missed a fifth or failed earns none, and stands in the ledger with none. Who arranges an activity enters it: a school’s clerk for its own teachers, else the training centre.',
      tag,
      access: { roles: ['training_centre', 'school_clerk'] },
      body: classHours,
      idempotent: true,
      statuses: [201],
      response: z.object({
        entries: z.array(
          z.object({
            id: z.uuid(),
            personId: z.uuid(),
            activity: z.string(),
            hours: z.int(),
            noneBecause: z.string().nullable().meta({ description: 'absence or assessment' }),
          }),
        ),
      }),
      refusals: [...entryRefusals],
      handler: async ({ actor, database, body, idempotencyKey: key }) => {
        const answer = await once('enterHours', { actor, database, body, key }, async (db, at) => {
          const entries = await enterHours(db, await classOf(actor, db, body, dateOf(at.toISOString())));
          return {
            entries: entries.map(({ id, personId, activity, hours, noneBecause }) => ({
              id,
              personId,
              activity,
              hours,
              noneBecause,
            })),
          };
        });
        return { status: 201, body: answer };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/hours/conversions',
      operationId: 'convertHours',
      summary: '按换算表折算学时 Convert a paper, project or prize into hours',
      description:
        '只按方案的换算表，只折算已核验的材料，一份材料折算一次；计入时不超过应修学时的三分之一（方案可另定）。 By the scheme’s table only, of verified evidence, once each; what counts is at most a third of the hours owed, unless the scheme says otherwise.',
      tag,
      access: { roles: ['training_centre'] },
      body: z.strictObject({ scheme, evidenceId: z.uuid() }),
      idempotent: true,
      statuses: [201],
      response: z.object({ id: z.uuid(), personId: z.uuid(), activity: z.string(), hours: z.int() }),
      refusals: [
        'CONVERSION_NONE',
        'CONVERSION_EVIDENCE',
        'HOURS_TWICE',
        'HOURS_OWN',
        'IDEMPOTENCY_KEY_REUSED',
        'SCHEME_UNKNOWN',
      ],
      handler: async ({ actor, database, body, idempotencyKey: key }) => {
        const answer = await once('convertHours', { actor, database, body, key }, async (db, at) => {
          const [entry] = await enterHours(db, await conversion(actor, db, body, dateOf(at.toISOString())));
          const { id, personId, activity, hours } = entry!;
          return { id, personId, activity, hours };
        });
        return { status: 201, body: answer };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/hours/confirmations',
      operationId: 'confirmHoursOfMany',
      summary: '确认多人的学时 Confirm hours of many people',
      description:
        '全部确认或一条不确认；不得确认本人的学时或本人登记的学时。 All or none; nobody confirms his own hours, or what he has entered.',
      tag,
      access: { roles: ['training_centre'] },
      body: z.strictObject({ entryIds: z.array(z.uuid()).min(1).max(1000) }),
      idempotent: true,
      response: z.object({ confirmed: z.int() }),
      refusals: ['HOURS_NOT_PENDING', 'HOURS_OWN', 'HOURS_CORRECTION_FIRST', 'IDEMPOTENCY_KEY_REUSED'],
      handler: async ({ actor, database, body, idempotencyKey: key }) => {
        const answer = await once('confirmHoursOfMany', { actor, database, body, key }, (db, at) =>
          confirmMany(actor, db, body.entryIds, at),
        );
        return { status: 200, body: answer };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/hours-imports',
      operationId: 'importHours',
      summary: '从表格登记学时 Enter the hours of classes from a sheet',
      description:
        '一个 .xlsx（工作表“学时”，或唯一的一张表）或 .csv；一行是一人一次活动。全部正确才登记，所有错误一次列出（工作表!单元格），faults=workbook 或 Accept 为 xlsx 时退回标出错误的工作簿。 One .xlsx (the sheet 学时, or the only one) or .csv; a row is one person and activity. All or nothing, every fault at once by sheet!cell, or with faults=workbook or Accept xlsx as the workbook with its faults marked.',
      tag,
      access: { roles: ['training_centre', 'school_clerk'] },
      upload: { field: 'file', mostFiles: 1, mostBytes: LARGEST_FILE, description: '.xlsx or .csv' },
      query: z.object({
        scheme,
        faults: z.enum(['problem', 'workbook']).optional().meta({
          description: 'Form in which faults come back, in place of the header Accept.',
        }),
      }),
      statuses: [201],
      response: z.object({
        classes: z.int(),
        entries: z.int(),
        withoutHours: z.int().meta({ description: 'Absent for a fifth or more, or failed.' }),
      }),
      files: { 422: formatTypes.xlsx },
      refusals: [
        'NOT_A_SPREADSHEET',
        'OLD_SPREADSHEET',
        'TOO_MANY_ROWS',
        'CSV_MALFORMED',
        'HOURS_FAULTS',
        'SCHEME_UNKNOWN',
      ],
      handler: async ({ actor, database, files, query, language, headers }) => {
        const [file] = files;
        const sheets = await readRosterFile(file!.content, file!.name, HOURS_SHEET);
        const read = sheets.filter(({ name }) => !unreadSheets.includes(name));
        const sheet = read.find(({ name }) => name === HOURS_SHEET) ?? read[0] ?? sheets[0]!;
        const { rows } = sheet;
        if (rows.length > mostRows)
          throw new Refusal({
            code: 'TOO_MANY_ROWS',
            values: { sheet: sheet.name, rows: rows.length, limit: mostRows },
          });
        const on = await today();
        try {
          const answer = await database.$transaction((db) =>
            importClasses(actor, db, { sheet: sheet.name, rows, scheme: query.scheme, today: on }),
          );
          return { status: 201, body: answer };
        } catch (error) {
          const isAsked = wantsWorkbook(query.faults, headers.accept);
          if (!(error instanceof Refusal) || error.code !== 'HOURS_FAULTS' || !isAsked) throw error;
          const columns = describeHoursColumns(await schemeOf(database, query.scheme));
          const described = [{ name: sheet.name, columns }];
          const content = await markedWorkbook([sheet], error.faults ?? [], described, language);
          return { status: 422, file: { name: `${HOURS_SHEET}.xlsx`, type: formatTypes.xlsx, content } };
        }
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/hours/template',
      operationId: 'hoursTemplate',
      summary: '学时登记表模板 The sheet’s template',
      tag,
      access: { roles: ['training_centre', 'school_clerk'] },
      statuses: [],
      files: { 200: formatTypes.xlsx },
      handler: async () => {
        const head = Object.values(hoursColumns);
        const columns = Object.keys(hoursColumns).map((column) => ({
          width: 14,
          kind: column === 'on' ? ('date' as const) : ('text' as const),
        }));
        const content = await writeWorkbook([{ name: HOURS_SHEET, columns, rows: [head], emptyRows: 200 }]);
        return { status: 200, file: { name: `${HOURS_SHEET}.xlsx`, type: formatTypes.xlsx, content } };
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/persons/{id}/hours',
      operationId: 'hoursOfPerson',
      summary: '一名教师在各周期的学时 The hours of one teacher in the cycles of the schemes',
      description:
        '截至某日：已完成、应修、未确认。以当日已登记、已确认的为准，以后的登记和确认不改变过去的答复。 As of a day: what was entered and confirmed by then; the answer for a past day never changes.',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      query: z.object({ on: z.iso.date().optional() }),
      response: z.object({ on: z.iso.date(), items: z.array(cycleSchema) }),
      refusals: ['CYCLE_NOT_BEGUN'],
      handler: async ({ actor, database, params, query }) => {
        const person = (await personsById(database, [params.id])).get(params.id);
        requireSight(person !== undefined);
        requireSight(
          seesAll(actor) || actor.personId === params.id || schoolsOf(actor).includes(person!.schoolId),
        );
        const on = query.on ?? (await today());
        const lines = await ledgerOf(database, params.id);
        const trainers = await membersWith(database, ['training_centre', 'researcher'], on);
        const facts = {
          since: person!.teachingSince,
          trainsOthers: trainers.some(({ personId }) => personId === params.id),
        };
        const withCycle = (await currentPolicies(database)).filter(({ policy }) => policy.training?.cycle);
        const items = withCycle.map(({ policy }) => ({
          scheme: policy.id,
          ...cycleAnswer(policy, lines, facts, on),
          conditionFor: (policy.training!.cycle!.conditionFor ?? []).map(({ code }) => code),
          clause: policy.training!.cycle!.clause ?? null,
        }));
        return { status: 200, body: { on, items } };
      },
    }),
  ];
}

async function schemeOf(db: Transaction, code: string): Promise<Policy> {
  const stored = (await currentPolicies(db)).find(({ policy }) => policy.id === code);
  if (stored === undefined)
    throw new Refusal({ code: 'SCHEME_UNKNOWN', rule: 'P3', values: { code, version: null } });
  return stored.policy;
}

/** The class that somebody enters, with who earns its hours. Rules T2, T3, S9. */
async function classOf(
  actor: Actor,
  db: Transaction,
  body: z.output<typeof classHours>,
  today: string,
): Promise<ClassHours> {
  const policy = await schemeOf(db, body.scheme);
  const { kind, activity, on, hours, source, correction, personIds, absent, failed } = body;
  const isConversion = correction && kind === conversionKind;
  const known = isConversion ? null : activityOf(policy, kind);
  const foreign = await foreignHours(actor, db, policy, kind, on, personIds, isConversion);
  if (foreign) throw new Refusal(foreign.reason);
  if (!correction && (hours < 0 || (hours === 0 && !isEvent(known!))))
    throw new Refusal({ code: 'HOURS_NONE', rule: 'T3', values: { hours } });
  const lessons = body.lessons ?? Math.max(1, hours);
  const people = personIds.map((personId) =>
    correction
      ? { personId, noneBecause: null }
      : classMember(policy, personId, {
          lessons,
          absent: absent.find((missed) => missed.personId === personId)?.lessons ?? 0,
          passed: failed.includes(personId) ? false : null,
        }),
  );
  return {
    ownerId: actor.ownerId,
    enteredById: actor.personId!,
    today,
    mostPerDay: mostPerDay(policy),
    form: known === null ? 'converted' : formOf(known),
    kind,
    activity,
    on,
    hours,
    source,
    people,
    correction,
  };
}

/**
 * What is converted, as an entry of the ledger on the day of the paper, project or prize. A corrected version is the same
 * piece: it is converted once the hours of the earlier one were taken back. Rules T5, E17.
 */
async function conversion(
  actor: Actor,
  db: Transaction,
  { scheme: code, evidenceId }: { readonly scheme: string; readonly evidenceId: string },
  today: string,
): Promise<ClassHours> {
  const policy = await schemeOf(db, code);
  const evidence = await db.evidence.findUnique({ where: { id: evidenceId } });
  if (evidence === null || !evidence.verified || evidence.superseded)
    throw new Refusal({ code: 'CONVERSION_EVIDENCE', rule: 'T5', values: { evidenceId } });
  const { personId, kind, level, prize, title, date, number, issuer } = evidence;
  const convertible = { kind: kind as EvidenceKind, level: level as Level, prize: prize as Prize | null };
  await lockPersons(db, [personId]);
  const versions = (await versionsOf(db, evidence)).map(({ id }) => id);
  const lines = await ledgerOf(db, personId);
  const earlier = lines.find(
    (line) =>
      line.evidenceId === evidenceId ||
      (line.evidenceId !== null && versions.includes(line.evidenceId) && hoursLeft(line, lines) > 0),
  );
  if (earlier)
    throw new Refusal({
      code: 'HOURS_TWICE',
      rule: 'T3',
      values: { activity: earlier.activity, people: [personId] },
    });
  return {
    ownerId: actor.ownerId,
    enteredById: actor.personId!,
    today,
    mostPerDay: mostPerDay(policy),
    form: 'converted',
    kind: conversionKind,
    activity: `折算：${title.slice(0, 150)} ${evidenceId.slice(0, 8)}`,
    on: date,
    hours: convertedHours(policy, convertible),
    source: (number ?? issuer ?? title).slice(0, 200),
    people: [{ personId, noneBecause: null, evidenceId }],
    correction: false,
  };
}

/** The training centre confirms what others have entered, for many people at once. Rules T3, T4. */
async function confirmMany(
  actor: Actor,
  db: Transaction,
  entryIds: readonly string[],
  at: Date,
): Promise<{ confirmed: number }> {
  const ids = [...new Set(entryIds)];
  const found = await pendingEntries(db, ids);
  await lockPersons(
    db,
    found.map(({ personId }) => personId),
  );
  const pending = await pendingEntries(db, ids);
  const unknown = ids.filter((id) => !pending.some((entry) => entry.id === id));
  if (unknown.length > 0)
    throw new Refusal({ code: 'HOURS_NOT_PENDING', rule: 'T3', values: { ids: unknown } });
  const own = pending.filter((entry) => [entry.enteredById, entry.personId].includes(actor.personId!));
  if (own.length > 0)
    throw new Refusal({
      code: 'HOURS_OWN',
      rule: 'T4',
      values: { activity: own[0]!.activity, people: [...new Set(own.map(({ personId }) => personId))] },
    });
  const ledgers = await ledgersOf(
    db,
    pending.map(({ personId }) => personId),
  );
  refuseEarlyCorrections(correctionsTooEarly(pending, [...ledgers.values()].flat()));
  await confirmEntries(db, ids, actor.personId!, dateOf(at.toISOString()));
  await appendAudit(db, actor.ownerId, at, { hoursConfirmed: ids, by: actor.personId });
  return { confirmed: ids.length };
}

interface ForeignHours {
  readonly reason: ConstructorParameters<typeof Refusal>[0];
  readonly people: readonly string[];
}

/**
 * Why somebody may not enter an activity: who arranges it does, a school for whom it had on the day. Rules T3, C9, S9.
 */
async function foreignHours(
  actor: Actor,
  db: Transaction,
  policy: Policy,
  kind: string,
  on: string,
  personIds: readonly string[],
  isConversion = false,
): Promise<ForeignHours | null> {
  const activity = isConversion ? null : activityOf(policy, kind);
  const allowed = activity === null ? (['training_centre'] as const) : enteredBy(activity);
  const isCentre = holds(actor, ['training_centre'], actor.ownerId);
  if (isCentre && allowed.some((role) => role === 'training_centre')) return null;
  const foreign = [...(await schoolsOn(db, personIds, on))].flatMap(([id, schoolId]) =>
    holds(actor, ['school_clerk'], schoolId) ? [] : [id],
  );
  const mayClerk = allowed.some((role) => role === 'school_clerk');
  if (mayClerk && foreign.length === 0) return null;
  const people = mayClerk ? foreign : [...personIds];
  return {
    reason: {
      code: isCentre ? 'HOURS_OF_SCHOOL' : 'HOURS_OF_OTHERS',
      rule: 'S9',
      values: { kind: activity?.zh ?? kind, people: foreign },
      clause: activity?.clause,
    },
    people,
  };
}

/**
 * Enters every class of a sheet, or nothing. The rows of one activity, day and source are one class. Rules T2, T3, T4, S9.
 * @throws Refusal HOURS_FAULTS with every fault at once, each at its cell
 */
async function importClasses(
  actor: Actor,
  db: Transaction,
  asked: {
    readonly sheet: string;
    readonly rows: Parameters<typeof readHoursSheet>[1];
    readonly scheme: string;
    readonly today: string;
  },
): Promise<{ classes: number; entries: number; withoutHours: number }> {
  const { sheet, today } = asked;
  const policy = await schemeOf(db, asked.scheme);
  const [header = [], ...body] = asked.rows;
  const column = header.indexOf(hoursColumns.staffNumber);
  const numbers = body.map((cells) => String(cells[column] ?? ''));
  const persons = await db.person.findMany({ where: { staffNumber: { in: numbers } } });
  const byNumber = new Map(persons.map(({ staffNumber, id, name }) => [staffNumber, { id, name }]));
  const { rows, faults } = readHoursSheet(sheet, asked.rows, { persons: byNumber, policy });
  await lockPersons(
    db,
    rows.map(({ personId }) => personId),
  );
  const groups = [...groupBy(rows, classKey).values()];
  const entries = groups.map((of): ClassHours => {
    const { kind, activity, on, hours, source } = of[0]!;
    return {
      ownerId: actor.ownerId,
      enteredById: actor.personId!,
      today,
      mostPerDay: mostPerDay(policy),
      form: formOf(activityOf(policy, kind)),
      kind,
      activity,
      on,
      hours,
      source,
      people: of.map(({ personId, attendance }) => classMember(policy, personId, attendance)),
      correction: false,
    };
  });
  const barred = await faultsOfClasses(db, entries);
  for (const [index, of] of groups.entries()) {
    const ids = of.map(({ personId }) => personId);
    const foreign = await foreignHours(actor, db, policy, of[0]!.kind, of[0]!.on, ids);
    for (const { reason, people } of [...barred[index]!, ...(foreign ? [foreign] : [])])
      faults.push(...faultsAt(sheet, header, of, reason, people, byNumber));
  }
  if (faults.length > 0) {
    faults.sort((left, right) => rowOf(left) - rowOf(right));
    throw new Refusal({ code: 'HOURS_FAULTS', values: { count: faults.length }, faults });
  }
  const written = [];
  for (const entry of entries) written.push(...(await writeHours(db, entry)));
  return {
    classes: groups.length,
    entries: written.length,
    withoutHours: written.filter(({ noneBecause }) => noneBecause !== null).length,
  };
}

function classKey({ kind, activity, on, hours, source }: HoursRow): string {
  return JSON.stringify([kind, activity, on, hours, source]);
}

/** A class's fault at the cells of the rows that it concerns; people are told by their staff numbers. */
function faultsAt(
  sheet: string,
  header: readonly unknown[],
  rows: readonly HoursRow[],
  reason: ForeignHours['reason'],
  people: readonly string[],
  persons: ReadonlyMap<string, { readonly id: string }>,
): Fault[] {
  const numberOf = new Map([...persons].map(([number, { id }]) => [id, number]));
  const column = header.indexOf(
    reason.code === 'HOURS_IN_FUTURE'
      ? hoursColumns.on
      : reason.code === 'HOURS_PER_DAY'
        ? hoursColumns.hours
        : hoursColumns.staffNumber,
  );
  return rows
    .filter(({ personId }) => people.includes(personId))
    .map(({ row, personId }) => ({
      at: `${sheet}!${String.fromCharCode(65 + column)}${row}`,
      code: reason.code,
      values: { ...reason.values, people: [numberOf.get(personId) ?? ''] },
    }));
}

function rowOf({ at }: Fault): number {
  return Number(/(\d+)$/.exec(at)?.[1] ?? 0);
}

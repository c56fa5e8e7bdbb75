import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Refusal, type Fault } from '../domain/refusal.js';
import {
  checkRoster,
  DISTRICT,
  type History,
  type RawCell,
  type RawSheet,
  type Roster,
  type RosterRank,
  type SheetName,
  type TeacherRow,
} from '../domain/roster.js';
import { Prisma } from '../prisma/generated/client.js';
import { missingIn, planPeriods, type Part } from './changes.js';
import type { OwnerDatabase, Transaction } from './database.js';
import { boxMailAddress, keepRefusedMail, mailAddressOf } from './deliveries.js';
import { planHistory, rosterActivities, storedSchemes, type HistoryPlan } from './history.js';
import { decryptSecret, encryptSecret, keyedHash } from './secrets.js';
import { askForTenures } from './tenure-calendar.js';

/** Longest that a whole import may take, in milliseconds. */
const importTimeout = 120_000;

/** What an import did, by kind of row. */
export interface RosterCounts {
  readonly organisations: { readonly created: number; readonly updated: number };
  readonly persons: { readonly created: number; readonly updated: number; readonly unchanged: number };
  readonly memberships: { readonly created: number; readonly updated: number };
  readonly titles: { readonly created: number };
  readonly evidence: { readonly created: number };
  readonly sanctions: { readonly created: number; readonly updated: number };
  /** Only of a file that has sheets of a district's history. */
  readonly history?: {
    readonly trainees: { readonly created: number };
    readonly hours: { readonly created: number };
    readonly bars: { readonly created: number; readonly updated: number };
    readonly mentors: { readonly created: number; readonly updated: number };
  };
}

export interface RosterImport {
  readonly ownerId: string;
  /** The instance's secret, for what is stored encrypted (D1). */
  readonly secret: string;
  /** Business date: from it on, new rows hold. */
  readonly today: string;
  readonly sheets: readonly RawSheet[];
  /** Who imports, for hours that are entered so; null for an account that belongs to nobody. */
  readonly importedById: string | null;
  /** The instance's time. */
  readonly at: Date;
}

type Person = Prisma.PersonGetPayload<object>;
type PersonFile = Omit<Person, 'id' | 'ownerId' | 'staffNumber' | 'validFrom'>;
type Organisation = Prisma.OrganisationGetPayload<object>;

/** A row that an import would create or change. */
export interface RosterChange {
  readonly sheet: SheetName;
  /** What people call it by: a code, a staff number. */
  readonly key: string;
  /** Values that change and are not shown: what is stored encrypted (D1). */
  readonly hidden: readonly ('idNumber' | 'mobile' | 'mailAddress')[];
  /** Null when there was none. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>>;
}

/**
 * Enters a roster, all of it or nothing. Who is there already is updated, with the file of before kept as a version;
 * nothing is deleted, and titles and evidence that are there stay as they are. Rules S13, D1.
 * @param db the owner's rows
 * @returns how many rows were created and updated
 * @throws Refusal ROSTER_FAULTS with every fault at once: first those of the file, else those against what is stored
 */
export async function importRoster(db: OwnerDatabase, request: RosterImport): Promise<RosterCounts> {
  const roster = await readRoster(db, request);
  return db.$transaction(
    async (tx) => {
      // One import at a time, so that what is compared stays as it is.
      await tx.$queryRaw`SELECT 1 FROM organisation WHERE id = ${request.ownerId}::uuid FOR UPDATE`;
      const plan = await planImport(tx, roster, request);
      await write(tx, plan, request);
      if (plan.titles.created.length > 0 || plan.history.trainees.length > 0)
        await askForTenures(tx, request.ownerId, request.at);
      return countsOf(plan);
    },
    { timeout: importTimeout },
  );
}

/**
 * What `importRoster` would do now, without doing it.
 * @returns its counts, and the rows that it would create or change; ID numbers and mobile numbers are not among the values
 * @throws Refusal ROSTER_FAULTS as the import does
 */
export async function previewRoster(
  db: OwnerDatabase,
  request: RosterImport,
): Promise<{ readonly counts: RosterCounts; readonly changes: readonly RosterChange[] }> {
  const roster = await readRoster(db, request);
  return db.$transaction(
    async (tx) => {
      const plan = await planImport(tx, roster, request);
      return { counts: countsOf(plan), changes: changesOf(plan) };
    },
    { timeout: importTimeout },
  );
}

async function readRoster(db: OwnerDatabase, { sheets, today }: RosterImport): Promise<Roster & History> {
  const [ranks, activities] = await Promise.all([rosterRanks(db), rosterActivities(db)]);
  return checkRoster(sheets, { today, ranks, activities });
}

/** What an import writes: rows to create, with their ids, and rows to change, as they were and as they will be. */
interface Plan {
  readonly organisations: Part<NewOrganisation, Organisation>;
  readonly persons: Part<NewPerson, Person> & { readonly unchanged: number };
  readonly memberships: Part<NewMembership, Membership>;
  readonly sanctions: Part<NewSanction, Sanction>;
  readonly titles: Part<NewTitle, never>;
  readonly evidence: Part<NewEvidence, never>;
  readonly history: HistoryPlan;
  /** The sheets of the file. */
  readonly sheetNames: readonly string[];
  /** Staff numbers by the persons' ids, codes by the organisations'. */
  readonly staffNumbers: ReadonlyMap<string, string>;
  readonly codes: ReadonlyMap<string, string>;
}

type Membership = Prisma.MembershipGetPayload<object>;
type Sanction = Prisma.SanctionGetPayload<object>;
type NewOrganisation = Prisma.OrganisationCreateManyInput & { readonly id: string };
type NewPerson = Prisma.PersonCreateManyInput & { readonly id: string };
type NewMembership = Prisma.MembershipCreateManyInput & { readonly id: string };
type NewSanction = Prisma.SanctionCreateManyInput & { readonly id: string };
type NewTitle = Prisma.TitleCreateManyInput;
type NewEvidence = Prisma.EvidenceCreateManyInput & { readonly id: string };

async function planImport(tx: Transaction, roster: Roster & History, request: RosterImport): Promise<Plan> {
  const { ownerId } = request;
  const stored = {
    organisations: await tx.organisation.findMany(),
    persons: await tx.person.findMany(),
    titles: await tx.title.findMany(),
  };
  await refuseConflicts(roster, request, stored);

  const organisations = planOrganisations(roster, request, stored.organisations);
  const organisationIds = new Map([
    ...[...stored.organisations, ...organisations.created].map(({ code, id }) => [code, id] as const),
    [DISTRICT, ownerId],
  ]);
  const persons = await planPersons(roster.teachers, request, organisationIds, stored.persons);
  const everybody = [...stored.persons, ...persons.created, ...persons.updated.map(({ after }) => after)];
  const byStaffNumber = new Map(everybody.map((person) => [person.staffNumber, person]));
  const personOf = ({ staffNumber }: { readonly staffNumber: string }) => byStaffNumber.get(staffNumber)!;

  const memberships = planPeriods(
    roster.memberships.map(({ role, organisation, subject, from, until, ...row }) => ({
      id: randomUUID(),
      ownerId,
      personId: personOf(row).id,
      organisationId: organisationIds.get(organisation)!,
      role,
      subject,
      from,
      until,
    })),
    await tx.membership.findMany(),
    ['personId', 'organisationId', 'role', 'subject', 'from'],
  );
  const sanctions = planPeriods(
    roster.sanctions.map(({ kind, from, until, ...row }) => ({
      id: randomUUID(),
      ownerId,
      personId: personOf(row).id,
      kind,
      from,
      until,
    })),
    await tx.sanction.findMany(),
    ['personId', 'kind', 'from'],
  );
  const titles = missingIn(
    stored.titles,
    roster.titles.map(({ rank, grantedBy, grantedOn, validUntil, certificateNumber, document, ...row }) => ({
      id: randomUUID(),
      ownerId,
      personId: personOf(row).id,
      schoolId: personOf(row).schoolId,
      rank,
      decidedBy: grantedBy,
      origin: 'roster',
      from: grantedOn,
      until: validUntil,
      certificateNumber,
      document,
    })),
    ['personId', 'rank', 'from'],
  );
  const evidence = missingIn(
    await tx.evidence.findMany(),
    roster.evidence.map(
      ({
        kind,
        level,
        prize,
        dissemination,
        name,
        date,
        issuer,
        certificateNumber,
        ...row
      }): NewEvidence => ({
        id: randomUUID(),
        ownerId,
        personId: personOf(row).id,
        kind,
        level,
        prize,
        dissemination,
        title: name,
        date,
        issuer,
        number: certificateNumber,
      }),
    ),
    ['personId', 'kind', 'level', 'title', 'date', 'number'],
  );
  const personIdOf = (staffNumber: string) => byStaffNumber.get(staffNumber)!.id;
  const { plan: history, faults } = await planHistory(tx, roster, { ...request, personIdOf });
  if (faults.length > 0)
    throw new Refusal({ code: 'ROSTER_FAULTS', values: { count: faults.length }, faults });
  return {
    organisations,
    persons,
    memberships,
    sanctions,
    titles: { created: titles, updated: [] },
    evidence: { created: evidence, updated: [] },
    history,
    sheetNames: request.sheets.map(({ name }) => name),
    staffNumbers: new Map(everybody.map(({ id, staffNumber }) => [id, staffNumber])),
    codes: new Map([...organisationIds].map(([code, id]) => [id, code])),
  };
}

const historySheets: readonly SheetName[] = ['培养对象', '学时', '限制', '师徒'];

function countsOf(plan: Plan): RosterCounts {
  const { organisations, persons, memberships, titles, evidence, sanctions, history } = plan;
  const of = ({ created, updated }: Part<unknown, unknown>) => ({
    created: created.length,
    updated: updated.length,
  });
  return {
    organisations: of(organisations),
    persons: { ...of(persons), unchanged: persons.unchanged },
    memberships: of(memberships),
    titles: { created: titles.created.length },
    evidence: { created: evidence.created.length },
    sanctions: of(sanctions),
    ...(historySheets.some((name) => plan.sheetNames.includes(name)) && {
      history: {
        trainees: { created: history.trainees.length },
        hours: { created: history.hours.length },
        bars: of(history.bars),
        mentors: of(history.pairs),
      },
    }),
  };
}

/** Values that a preview leaves out: ids, and what is stored encrypted (D1). */
const unshown =
  /^(id|ownerId|parentId|personId|policyId|traineeId|\w+ById|mentorId|researcherId)$|(Boxed|Hash)$/;

function changesOf(plan: Plan): RosterChange[] {
  const { history } = plan;
  const shown = (row: object) =>
    Object.fromEntries(
      Object.entries(row).flatMap(([field, value]) => {
        if (unshown.test(field)) return [];
        const code =
          field === 'schoolId' || field === 'organisationId' ? plan.codes.get(String(value)) : null;
        return [[field, code ?? value]];
      }),
    );
  const changes = <New extends object, Row extends object>(
    sheet: SheetName,
    { created, updated }: Part<New, Row>,
    keyOfRow: (row: New | Row) => string,
  ): RosterChange[] => [
    ...updated.map(({ before, after }) => ({
      sheet,
      key: keyOfRow(after),
      hidden: hiddenChanges(before, after),
      before: shown(before),
      after: shown(after),
    })),
    ...created.map((row) => ({
      sheet,
      key: keyOfRow(row),
      hidden: [],
      before: null,
      after: shown(row),
    })),
  ];
  const staffNumber = ({ personId }: { readonly personId: string }) => plan.staffNumbers.get(personId)!;
  return [
    ...changes('学校', plan.organisations, ({ code }) => code),
    ...changes('教师', plan.persons, (person) => person.staffNumber),
    ...changes('称号', plan.titles, staffNumber),
    ...changes('材料', plan.evidence, staffNumber),
    ...changes('处分', plan.sanctions, staffNumber),
    ...changes('任职', plan.memberships, staffNumber),
    ...changes('培养对象', { created: history.trainees, updated: [] }, staffNumber),
    ...changes('学时', { created: history.hours, updated: [] }, staffNumber),
    ...changes('限制', history.bars, staffNumber),
    ...changes('师徒', history.pairs, ({ mentorId }) => plan.staffNumbers.get(mentorId)!),
  ];
}

function hiddenChanges(before: object, after: object): RosterChange['hidden'] {
  const [old, next] = [before as Partial<Person>, after as Partial<Person>];
  return [
    ...(old.idNumberHash === next.idNumberHash ? [] : ['idNumber' as const]),
    ...(old.phoneBoxed === next.phoneBoxed ? [] : ['mobile' as const]),
    ...(old.mailAddressBoxed === next.mailAddressBoxed ? [] : ['mailAddress' as const]),
  ];
}

/** Rows of one statement: many enough to be quick, few enough for a statement's time. */
const rowsAtOnce = 2000;

type RosterTable =
  | 'organisation'
  | 'person'
  | 'person_version'
  | 'membership'
  | 'sanction'
  | 'title'
  | 'evidence'
  | 'trainee'
  | 'hours_entry'
  | 'bar'
  | 'mentor_pair';

async function write(tx: Transaction, plan: Plan, { ownerId, today }: RosterImport): Promise<void> {
  const { organisations, persons, memberships, sanctions, titles, evidence, history } = plan;
  const versions = persons.updated.map(({ before }) => {
    const { id, ownerId: _owner, validFrom, ...file } = before;
    return { id: randomUUID(), ownerId, personId: id, validFrom, validUntil: today, file };
  });
  await change(tx, 'organisation', organisations.updated, ownerId);
  await insert(tx, 'organisation', organisations.created);
  await change(tx, 'person', persons.updated, ownerId);
  const atNewAddress = persons.updated.filter(
    ({ before, after }) => before.mailAddressBoxed !== after.mailAddressBoxed,
  );
  await keepRefusedMail(
    tx,
    ownerId,
    atNewAddress.map(({ after }) => after.id),
  );
  await insert(tx, 'person', persons.created);
  await insert(tx, 'person_version', versions);
  await change(tx, 'membership', memberships.updated, ownerId);
  await insert(tx, 'membership', memberships.created);
  await change(tx, 'sanction', sanctions.updated, ownerId);
  await insert(tx, 'sanction', sanctions.created);
  await insert(tx, 'title', titles.created);
  await insert(tx, 'evidence', evidence.created);
  await insert(tx, 'trainee', history.trainees);
  await insert(tx, 'hours_entry', history.hours);
  await change(tx, 'bar', history.bars.updated, ownerId);
  await insert(tx, 'bar', history.bars.created);
  await change(tx, 'mentor_pair', history.pairs.updated, ownerId);
  await insert(tx, 'mentor_pair', history.pairs.created);
  for (const [id, mentorId] of history.mentorOf)
    await tx.trainee.update({ where: { id }, data: { mentorId } });
}

// Prisma binds each value by itself, which takes ten times as long: here a statement has one value, with all its rows.
async function insert(
  tx: Transaction,
  table: RosterTable,
  rows: readonly { readonly id: string; readonly ownerId: string }[],
): Promise<void> {
  for (const part of partsOf(rows)) {
    const columns = Prisma.raw(quoted(Object.keys(part[0]!)).join(', '));
    await tx.$executeRaw`
      INSERT INTO ${Prisma.raw(table)} (${columns})
        SELECT ${columns} FROM jsonb_populate_recordset(NULL::${Prisma.raw(table)}, ${asRecords(part)}::jsonb)`;
  }
}

async function change<Row extends { readonly id: string }>(
  tx: Transaction,
  table: RosterTable,
  changes: readonly { readonly before: Row; readonly after: Row }[],
  ownerId: string,
): Promise<void> {
  for (const part of partsOf(changes)) {
    const name = Prisma.raw(table);
    const fields = Object.keys(part[0]!.after) as (keyof Row & string)[];
    const changing = fields.filter((field) =>
      part.some(({ before, after }) => !isDeepStrictEqual(before[field], after[field])),
    );
    const sets = Prisma.raw(
      quoted(changing)
        .map((column) => `${column} = next.${column}`)
        .join(', '),
    );
    const records = asRecords(part.map(({ after }) => after));
    await tx.$executeRaw`
      UPDATE ${name} SET ${sets} FROM jsonb_populate_recordset(NULL::${name}, ${records}::jsonb) AS next
        WHERE ${name}.id = next.id AND ${name}.owner_id = ${ownerId}::uuid`;
  }
}

function partsOf<Row>(rows: readonly Row[]): Row[][] {
  const count = Math.ceil(rows.length / rowsAtOnce);
  return Array.from({ length: count }, (_, part) => rows.slice(part * rowsAtOnce, (part + 1) * rowsAtOnce));
}

function asRecords(rows: readonly object[]): string {
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([field, value]) => [columnNameOf(field), value])),
    ),
  );
}

/** Columns as SQL names them: prisma/schema.prisma maps each field to its name in snake case. */
function quoted(fields: readonly string[]): string[] {
  return fields.map((field) => `"${columnNameOf(field)}"`);
}

function columnNameOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The ranks that titles may name: those of all stored schemes, a newer version before an older one. */
export async function rosterRanks(db: OwnerDatabase): Promise<RosterRank[]> {
  const schemes = await storedSchemes(db);
  return schemes.flatMap(({ scheme: { ranks = [], externalTitles = [] } }) => [
    ...ranks.map((rank) => ({ ...rank, isTrained: rank.trainingYears !== undefined })),
    ...externalTitles,
  ]);
}

async function refuseConflicts(
  { schools, teachers, titles }: Roster,
  { ownerId, secret, sheets }: RosterImport,
  stored: { organisations: Organisation[]; persons: Person[]; titles: Prisma.TitleGetPayload<object>[] },
): Promise<void> {
  const faults: Fault[] = [];
  const placeOf = placesIn(sheets);
  const district = stored.organisations.find(({ id }) => id === ownerId)?.code;
  for (const { code } of schools.filter((school) => school.code === district))
    faults.push({
      at: placeOf('学校', '学校代码', code),
      code: 'CODE_OF_DISTRICT',
      values: { code },
    });

  const byHash = new Map(stored.persons.map((person) => [person.idNumberHash, person.staffNumber]));
  for (const [index, { idNumber, staffNumber }] of teachers.entries()) {
    await letOthersIn(index);
    const holder = byHash.get(keyedHash(secret, idNumberPurpose, idNumber));
    if (holder !== undefined && holder !== staffNumber)
      faults.push({
        at: placeOf('教师', '身份证号', idNumber),
        code: 'ID_NUMBER_OF_ANOTHER',
        values: { staffNumber: holder },
      });
  }

  const staffNumbers = new Map(stored.persons.map(({ id, staffNumber }) => [id, staffNumber]));
  const byCertificate = new Map(stored.titles.map((title) => [title.certificateNumber, title]));
  for (const { certificateNumber, staffNumber, rank, grantedOn } of titles) {
    const held = certificateNumber === null ? undefined : byCertificate.get(certificateNumber);
    if (!held || certificateNumber === null) continue;
    const holder = staffNumbers.get(held.personId) ?? '';
    if (holder !== staffNumber || held.rank !== rank || held.from !== grantedOn)
      faults.push({
        at: placeOf('称号', '证书编号', certificateNumber),
        code: 'CERTIFICATE_OF_ANOTHER',
        values: { certificateNumber, staffNumber: holder },
      });
  }
  if (faults.length > 0)
    throw new Refusal({ code: 'ROSTER_FAULTS', values: { count: faults.length }, faults });
}

function planOrganisations(
  roster: Roster,
  { ownerId, today }: RosterImport,
  stored: readonly Organisation[],
): Plan['organisations'] {
  const byCode = new Map(stored.map((organisation) => [organisation.code, organisation]));
  const created: NewOrganisation[] = [];
  const updated: { before: Organisation; after: Organisation }[] = [];
  for (const { code, name, area, townGroup, stages, fullTimeTeachers, countedOn } of roster.schools) {
    const kind = stages.length > 0 ? 'school' : 'institution';
    const data = { kind, name, locality: area, townGroup, stages: [...stages], fullTimeTeachers, countedOn };
    const before = byCode.get(code);
    if (before === undefined)
      created.push({ id: randomUUID(), ownerId, parentId: ownerId, code, validFrom: today, ...data });
    else if (differs(before, data)) updated.push({ before, after: { ...before, ...data } });
  }
  return { created, updated };
}

/** Whoever else asks the service something is answered between the rows of a large file. */
async function letOthersIn(index: number): Promise<void> {
  if (index % 500 === 499) await setImmediate();
}

async function planPersons(
  teachers: readonly TeacherRow[],
  { ownerId, secret, today }: RosterImport,
  organisationIds: ReadonlyMap<string, string>,
  stored: readonly Person[],
): Promise<Plan['persons']> {
  const byStaffNumber = new Map(stored.map((person) => [person.staffNumber, person]));
  const created: NewPerson[] = [];
  const updated: { before: Person; after: Person }[] = [];
  for (const [index, teacher] of teachers.entries()) {
    await letOthersIn(index);
    const { staffNumber } = teacher;
    const before = byStaffNumber.get(staffNumber);
    const file = personFile(teacher, organisationIds.get(teacher.schoolCode)!, secret, before);
    if (before === undefined)
      created.push({ id: randomUUID(), ownerId, staffNumber, validFrom: today, ...file });
    else if (differs(before, file)) updated.push({ before, after: { ...before, ...file, validFrom: today } });
  }
  return { created, updated, unchanged: teachers.length - created.length - updated.length };
}

const idNumberPurpose = 'id-number';
const phonePurpose = 'phone';

// A box differs each time it is made: the stored one is kept while it holds the same.
function personFile(
  teacher: TeacherRow,
  schoolId: string,
  secret: string,
  before: Person | undefined,
): PersonFile {
  const { idNumber, mobile, mailAddress } = teacher;
  const idNumberHash = keyedHash(secret, idNumberPurpose, idNumber);
  const phoneBefore = before?.phoneBoxed ? decryptSecret(secret, phonePurpose, before.phoneBoxed) : null;
  return {
    idNumberHash,
    idNumberBoxed:
      before?.idNumberHash === idNumberHash
        ? before.idNumberBoxed
        : encryptSecret(secret, idNumberPurpose, idNumber),
    phoneBoxed:
      before && phoneBefore === mobile
        ? before.phoneBoxed
        : mobile && encryptSecret(secret, phonePurpose, mobile),
    mailAddressBoxed:
      mailAddress === null || (before && mailAddressOf(before, secret) === mailAddress)
        ? (before?.mailAddressBoxed ?? null)
        : boxMailAddress(mailAddress, secret),
    birthDate: teacher.birthDate,
    sex: teacher.sex,
    teachingSince: teacher.teachingSince,
    name: teacher.name,
    schoolId,
    subject: teacher.subject,
    stages: [...teacher.stages],
    mainPost: teacher.mainPost,
    otherPosts: [...teacher.otherPosts],
    degree: teacher.degree,
    title: teacher.title,
  };
}

function differs<Data extends object>(before: Data, after: Partial<Data>): boolean {
  return (Object.keys(after) as (keyof Data)[]).some((key) => !isDeepStrictEqual(before[key], after[key]));
}

/** The places of values in the file, such as `教师!F17`: each column is read through once, when it is asked for. */
function placesIn(sheets: readonly RawSheet[]) {
  const columns = new Map<string, ReadonlyMap<string, string>>();
  const spelt = (cell: RawCell | undefined) =>
    String(cell ?? '')
      .trim()
      .toUpperCase();
  const readColumn = (name: SheetName, header: string) => {
    const rows = sheets.find((sheet) => sheet.name === name)?.rows ?? [];
    const column = rows[0]?.indexOf(header) ?? -1;
    const letter = String.fromCharCode(65 + column);
    const places = rows.map((row, index) => [spelt(row[column]), `${name}!${letter}${index + 1}`] as const);
    return new Map(places.toReversed());
  };
  return (name: SheetName, header: string, value: string): string => {
    const key = `${name}!${header}`;
    const places = columns.get(key) ?? readColumn(name, header);
    columns.set(key, places);
    return places.get(spelt(value)) ?? name;
  };
}

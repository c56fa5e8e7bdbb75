import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Policy as Scheme } from '../domain/policy.js';
import { Refusal, type Fault } from '../domain/refusal.js';
import {
  checkRoster,
  DISTRICT,
  type RawSheet,
  type Roster,
  type RosterRank,
  type SheetName,
  type TeacherRow,
} from '../domain/roster.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { OwnerDatabase, Transaction } from './database.js';
import { decryptSecret, encryptSecret, keyedHash } from './secrets.js';

/** Longest that a whole import may take, in milliseconds. */
const importTimeout = 30_000;

/** What an import did, by kind of row. */
export interface RosterCounts {
  readonly organisations: { readonly created: number; readonly updated: number };
  readonly persons: { readonly created: number; readonly updated: number; readonly unchanged: number };
  readonly memberships: { readonly created: number; readonly updated: number };
  readonly titles: { readonly created: number };
  readonly evidence: { readonly created: number };
  readonly sanctions: { readonly created: number; readonly updated: number };
}

export interface RosterImport {
  readonly ownerId: string;
  /** The instance's secret, for what is stored encrypted (D1). */
  readonly secret: string;
  /** Business date: from it on, new rows hold. */
  readonly today: string;
  readonly sheets: readonly RawSheet[];
}

type Person = Prisma.PersonGetPayload<object>;
type PersonFile = Omit<Person, 'id' | 'ownerId' | 'staffNumber' | 'validFrom'>;
type Organisation = Prisma.OrganisationGetPayload<object>;

/**
 * Enters a roster, all of it or nothing. Who is there already is updated, with the file of before kept as a version;
 * nothing is deleted, and titles and evidence that are there stay as they are. Rules 5.2, 6.2, D1.
 * @param db the owner's rows
 * @returns how many rows were created and updated
 * @throws Refusal ROSTER_FAULTS with every fault at once: first those of the file, else those against what is stored
 */
export async function importRoster(db: OwnerDatabase, request: RosterImport): Promise<RosterCounts> {
  const roster = checkRoster(request.sheets, { today: request.today, ranks: await ranksOf(db) });
  return db.$transaction((tx) => enter(tx, roster, request), { timeout: importTimeout });
}

async function enter(tx: Transaction, roster: Roster, request: RosterImport): Promise<RosterCounts> {
  const { ownerId } = request;
  // One import at a time, so that what is compared below stays as it is.
  await tx.$queryRaw`SELECT 1 FROM organisation WHERE id = ${ownerId}::uuid FOR UPDATE`;
  const stored = {
    organisations: await tx.organisation.findMany(),
    persons: await tx.person.findMany(),
    titles: await tx.title.findMany(),
  };
  refuseConflicts(roster, request, stored);

  const organisations = await enterOrganisations(tx, roster, request, stored.organisations);
  const organisationIds = await idsByCode(tx, ownerId);
  const persons = await enterPersons(tx, roster.teachers, request, organisationIds, stored.persons);
  const all = await tx.person.findMany({ select: { id: true, staffNumber: true, schoolId: true } });
  const byStaffNumber = new Map(all.map((person) => [person.staffNumber, person]));
  const personOf = ({ staffNumber }: { readonly staffNumber: string }) => byStaffNumber.get(staffNumber)!;

  const memberships = await enterPeriods(
    roster.memberships.map(({ role, organisation, subject, from, until, ...row }) => ({
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
    (data) => tx.membership.createMany({ data }),
    (id, until) => tx.membership.update({ where: { id }, data: { until } }),
  );
  const sanctions = await enterPeriods(
    roster.sanctions.map(({ kind, from, until, ...row }) => ({
      ownerId,
      personId: personOf(row).id,
      kind,
      from,
      until,
    })),
    await tx.sanction.findMany(),
    ['personId', 'kind', 'from'],
    (data) => tx.sanction.createMany({ data }),
    (id, until) => tx.sanction.update({ where: { id }, data: { until } }),
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
  await tx.title.createMany({ data: titles });
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
      }): Prisma.EvidenceCreateManyInput => ({
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
  await tx.evidence.createMany({ data: evidence });
  return {
    organisations,
    persons,
    memberships,
    titles: { created: titles.length },
    evidence: { created: evidence.length },
    sanctions,
  };
}

/** The ranks that titles may name: those of all stored schemes, a newer version before an older one. */
async function ranksOf(db: OwnerDatabase): Promise<RosterRank[]> {
  const policies = await db.policy.findMany({ select: { content: true }, orderBy: { addedAt: 'desc' } });
  return policies.flatMap(({ content }) => {
    const { ranks = [], externalTitles = [] } = content as unknown as Partial<Scheme>;
    return [...ranks, ...externalTitles];
  });
}

function refuseConflicts(
  { schools, teachers, titles }: Roster,
  { ownerId, secret, sheets }: RosterImport,
  stored: { organisations: Organisation[]; persons: Person[]; titles: Prisma.TitleGetPayload<object>[] },
): void {
  const faults: Fault[] = [];
  const district = stored.organisations.find(({ id }) => id === ownerId)?.code;
  for (const { code } of schools.filter((school) => school.code === district))
    faults.push({
      at: placeOf(sheets, '学校', '学校代码', code),
      code: 'CODE_OF_DISTRICT',
      values: { code },
    });

  const byHash = new Map(stored.persons.map((person) => [person.idNumberHash, person.staffNumber]));
  for (const { idNumber, staffNumber } of teachers) {
    const holder = byHash.get(keyedHash(secret, idNumberPurpose, idNumber));
    if (holder !== undefined && holder !== staffNumber)
      faults.push({
        at: placeOf(sheets, '教师', '身份证号', idNumber),
        code: 'ID_NUMBER_OF_ANOTHER',
        values: { staffNumber: holder },
      });
  }

  const staffNumbers = new Map(stored.persons.map(({ id, staffNumber }) => [id, staffNumber]));
  for (const { certificateNumber, staffNumber, rank, grantedOn } of titles) {
    const held = stored.titles.find(
      (title) => certificateNumber && title.certificateNumber === certificateNumber,
    );
    if (!held || !certificateNumber) continue;
    const holder = staffNumbers.get(held.personId) ?? '';
    if (holder !== staffNumber || held.rank !== rank || held.from !== grantedOn)
      faults.push({
        at: placeOf(sheets, '称号', '证书编号', certificateNumber),
        code: 'CERTIFICATE_OF_ANOTHER',
        values: { certificateNumber, staffNumber: holder },
      });
  }
  if (faults.length > 0)
    throw new Refusal({ code: 'ROSTER_FAULTS', values: { count: faults.length }, faults });
}

async function enterOrganisations(
  tx: Transaction,
  roster: Roster,
  { ownerId, today }: RosterImport,
  stored: readonly Organisation[],
): Promise<RosterCounts['organisations']> {
  const byCode = new Map(stored.map((organisation) => [organisation.code, organisation]));
  const created: Prisma.OrganisationCreateManyInput[] = [];
  let updated = 0;
  for (const { code, name, area, townGroup, stages, fullTimeTeachers } of roster.schools) {
    const kind = stages.length > 0 ? 'school' : 'institution';
    const data = { kind, name, locality: area, townGroup, stages: [...stages], fullTimeTeachers };
    const before = byCode.get(code);
    if (before === undefined) {
      created.push({ ownerId, parentId: ownerId, code, validFrom: today, ...data });
    } else if (differs(before, data)) {
      await tx.organisation.update({ where: { id: before.id }, data });
      updated += 1;
    }
  }
  await tx.organisation.createMany({ data: created });
  return { created: created.length, updated };
}

async function idsByCode(tx: Transaction, ownerId: string): Promise<ReadonlyMap<string, string>> {
  const organisations = await tx.organisation.findMany({ select: { id: true, code: true } });
  return new Map([...organisations.map(({ id, code }) => [code, id] as const), [DISTRICT, ownerId]]);
}

async function enterPersons(
  tx: Transaction,
  teachers: readonly TeacherRow[],
  { ownerId, secret, today }: RosterImport,
  organisationIds: ReadonlyMap<string, string>,
  stored: readonly Person[],
): Promise<RosterCounts['persons']> {
  const byStaffNumber = new Map(stored.map((person) => [person.staffNumber, person]));
  const created: Prisma.PersonCreateManyInput[] = [];
  const versions: Prisma.PersonVersionCreateManyInput[] = [];
  for (const teacher of teachers) {
    const before = byStaffNumber.get(teacher.staffNumber);
    const file = personFile(teacher, organisationIds.get(teacher.schoolCode)!, secret, before);
    if (before === undefined) {
      created.push({ ownerId, staffNumber: teacher.staffNumber, validFrom: today, ...file });
    } else if (differs(before, file)) {
      const { id, ownerId: _owner, validFrom, ...old } = before;
      versions.push({ ownerId, personId: id, validFrom, validUntil: today, file: old });
      await tx.person.update({ where: { id }, data: { ...file, validFrom: today } });
    }
  }
  await tx.person.createMany({ data: created });
  await tx.personVersion.createMany({ data: versions });
  const updated = versions.length;
  return { created: created.length, updated, unchanged: teachers.length - created.length - updated };
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
  const { idNumber, mobile } = teacher;
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

interface Period {
  readonly id: string;
  readonly until: string | null;
}

/** Enters rows that run from a day until a day: new ones are created, of those that are there the end is set. */
async function enterPeriods<Row extends Omit<Period, 'id'>>(
  rows: readonly Row[],
  stored: readonly Period[],
  key: readonly (keyof Row)[],
  create: (rows: Row[]) => PromiseLike<unknown>,
  setEnd: (id: string, until: string | null) => PromiseLike<unknown>,
): Promise<{ created: number; updated: number }> {
  const created = missingIn(stored, rows, key);
  await create(created);
  const byKey = new Map(stored.map((row) => [keyOf(row, key), row]));
  let updated = 0;
  for (const row of rows) {
    const before = byKey.get(keyOf(row, key));
    if (before === undefined || before.until === row.until) continue;
    await setEnd(before.id, row.until);
    updated += 1;
  }
  return { created: created.length, updated };
}

/** The rows that are not stored yet, by key; the same key twice in the rows counts once. */
function missingIn<Row extends object>(
  stored: readonly object[],
  rows: readonly Row[],
  key: readonly (keyof Row)[],
): Row[] {
  const known = new Set(stored.map((row) => keyOf(row, key)));
  return rows.filter((row) => !known.has(keyOf(row, key)) && known.add(keyOf(row, key)));
}

function keyOf(row: object, key: readonly PropertyKey[]): string {
  return JSON.stringify(key.map((name) => (row as Record<PropertyKey, unknown>)[name]));
}

function differs<Data extends object>(before: Data, after: Partial<Data>): boolean {
  return (Object.keys(after) as (keyof Data)[]).some((key) => !isDeepStrictEqual(before[key], after[key]));
}

/** The place of a value in the file, such as `教师!C17`. */
function placeOf(sheets: readonly RawSheet[], name: SheetName, header: string, value: string): string {
  const rows = sheets.find((sheet) => sheet.name === name)?.rows ?? [];
  const column = rows[0]?.indexOf(header) ?? -1;
  const row = rows.findIndex(
    (cells) =>
      String(cells[column] ?? '')
        .trim()
        .toUpperCase() === value.toUpperCase(),
  );
  return `${name}!${String.fromCharCode(65 + column)}${row + 1}`;
}

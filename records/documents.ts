import { createHash } from 'node:crypto';
import type { PersonFacts } from '../domain/eligibility.js';
import { Refusal } from '../domain/refusal.js';
import { policyOfRound } from './candidates.js';
import type { Transaction } from './database.js';
import { appendAudit } from './decide.js';
import { personsById } from './persons-shown.js';
import { policyById } from './policies.js';

/** The newest template of a kind that the bureau has uploaded, or null. */
export function ownTemplate(db: Transaction, kind: string) {
  return db.documentTemplate.findFirst({ where: { kind }, orderBy: { sequence: 'desc' } });
}

/**
 * Keeps a bureau's template; the newest of its kind is used from then on. Rule S15.
 * @param template format: docx or xlsx; content: checked before
 */
export async function storeTemplate(
  db: Transaction,
  template: {
    ownerId: string;
    kind: string;
    format: string;
    name: string;
    content: Buffer;
    uploadedById: string;
    at: Date;
  },
): Promise<{ id: string; digest: string }> {
  const { at, content, ...row } = template;
  const digest = createHash('sha256').update(content).digest('hex');
  const { id } = await db.documentTemplate.create({
    data: { ...row, content: new Uint8Array(content), digest, uploadedAt: at },
    select: { id: true },
  });
  const { ownerId, kind, uploadedById } = row;
  await appendAudit(db, ownerId, at, { documentTemplate: digest, kind, uploadedBy: uploadedById });
  return { id, digest };
}

/**
 * What the forms of one candidate show: the person as on file, the evidence and the titles that the eligibility check
 * used.
 * @throws Refusal NOT_FOUND
 */
export async function applicationDocument(db: Transaction, id: string) {
  const application = await found(db.application.findFirst({ where: { id } }));
  const facts = application.facts as unknown as Partial<PersonFacts>;
  const [common, person, school, evidence, opinions, quotas] = await Promise.all([
    roundDocument(db, application.roundId),
    db.person.findUniqueOrThrow({ where: { id: application.personId } }),
    db.organisation.findUniqueOrThrow({ where: { id: application.schoolId } }),
    db.evidence.findMany({
      where: { id: { in: (facts.evidence ?? []).map((piece) => piece.id) } },
      orderBy: [{ date: 'asc' }, { id: 'asc' }],
    }),
    db.opinion.findMany({ where: { applicationId: id }, orderBy: { id: 'asc' } }),
    db.nominationQuota.findMany({
      where: { roundId: application.roundId, schoolId: application.schoolId, rank: application.rank },
    }),
  ]);
  return {
    ...common,
    application,
    person,
    school,
    evidence,
    titlesHeld: facts.titlesHeld ?? [],
    opinions,
    quota: quotas[0]?.places ?? null,
  };
}

/**
 * A round with its scheme and the organisation that runs it.
 * @throws Refusal NOT_FOUND
 */
export async function roundDocument(db: Transaction, roundId: string) {
  const round = await found(db.round.findFirst({ where: { id: roundId } }));
  const policy = await policyOfRound(db, roundId);
  const owner = await db.organisation.findUniqueOrThrow({ where: { id: round.ownerId } });
  return { round, policy, owner };
}

/**
 * The candidates of a round, of one school or of all, in the order of school, rank and name.
 * @throws Refusal NOT_FOUND
 */
export async function summaryDocument(db: Transaction, roundId: string, schoolId?: string) {
  const common = await roundDocument(db, roundId);
  const applications = await db.application.findMany({ where: { roundId, ...(schoolId && { schoolId }) } });
  const persons = await personsById(
    db,
    applications.map(({ personId }) => personId),
  );
  const schools = await schoolsById(db, [...applications.map((each) => each.schoolId), schoolId ?? '']);
  const candidates = applications
    .map((application) => ({
      application,
      person: persons.get(application.personId)!,
      school: schools.get(application.schoolId)!,
    }))
    .sort(
      (left, right) =>
        left.school.code.localeCompare(right.school.code) ||
        left.application.rank.localeCompare(right.application.rank) ||
        left.person.name.localeCompare(right.person.name, 'zh-CN'),
    );
  return { ...common, candidates, school: schoolId ? (schools.get(schoolId) ?? null) : null };
}

/**
 * A notice that has been published, with what became of the objections.
 * @throws Refusal NOT_FOUND
 */
export async function noticeDocument(db: Transaction, id: string) {
  const notice = await found(db.notice.findFirst({ where: { id, publishedAt: { not: null } } }));
  const common = await roundDocument(db, notice.roundId);
  const organisation = await db.organisation.findUniqueOrThrow({ where: { id: notice.organisationId } });
  const objections = await db.objection.findMany({ where: { noticeId: id }, select: { id: true } });
  const sustained = await db.case.count({
    where: { id: { in: objections.map((each) => each.id) }, outcome: { startsWith: 'sustained' } },
  });
  return { ...common, notice, organisation, objections: objections.length, sustained };
}

/**
 * An appointment with the titles that were given by it.
 * @throws Refusal NOT_FOUND
 */
export async function appointmentDocument(db: Transaction, id: string) {
  const appointment = await found(db.appointment.findFirst({ where: { id } }));
  const entries = await db.appointmentEntry.findMany({
    where: { appointmentId: id, outcome: 'issued' },
    orderBy: [{ position: 'asc' }, { traineeId: 'asc' }],
  });
  const titles = await db.title.findMany({
    where: { traineeId: { in: entries.map(({ traineeId }) => traineeId) } },
  });
  const persons = await personsById(
    db,
    titles.map(({ personId }) => personId),
  );
  const schools = await schoolsById(
    db,
    [...persons.values()].map(({ schoolId }) => schoolId),
  );
  const owner = await db.organisation.findUniqueOrThrow({ where: { id: appointment.ownerId } });
  return {
    appointment,
    owner,
    policy: await policyById(db, appointment.policyId),
    titles: entries.flatMap(({ traineeId }) => {
      const title = titles.find((each) => each.traineeId === traineeId);
      const person = title && persons.get(title.personId);
      return title && person ? [{ title, person, school: schools.get(person.schoolId)! }] : [];
    }),
  };
}

async function schoolsById(db: Transaction, ids: readonly string[]) {
  const rows = await db.organisation.findMany({ where: { id: { in: ids.filter((id) => id !== '') } } });
  return new Map(rows.map((row) => [row.id, row]));
}

async function found<Row>(query: PromiseLike<Row | null>): Promise<Row> {
  const row = await query;
  if (row === null) throw new Refusal({ code: 'NOT_FOUND' });
  return row;
}

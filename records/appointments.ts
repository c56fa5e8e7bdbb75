import { fullYearsBetween } from '../domain/dates.js';
import type { Appointable, AppointmentCandidate } from '../domain/appointment.js';
import type { Policy } from '../domain/policy.js';
import type { Reason } from '../domain/refusal.js';
import { pathOf } from '../domain/stages.js';
import type { Prisma } from '../prisma/generated/client.js';
import type { Transaction } from './database.js';
import type { Work } from './decide.js';
import { objectionStandings } from './objections.js';
import { personsById } from './persons-shown.js';
import type { TraineeRow } from './trainees.js';

export type AppointmentEntryRow = Prisma.AppointmentEntryGetPayload<object>;

/** Lets the organisation's appointments go one after the other, so that caps and serial numbers hold. */
export async function lockAppointments(work: Work): Promise<void> {
  await work.db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${work.ownerId}, 6))`;
}

/** An appointment with its list in order. */
export async function appointmentOf(db: Transaction, id: string) {
  const [appointment, entries] = await Promise.all([
    db.appointment.findUniqueOrThrow({ where: { id } }),
    db.appointmentEntry.findMany({
      where: { appointmentId: id },
      orderBy: [{ position: 'asc' }, { traineeId: 'asc' }],
    }),
  ]);
  return { appointment, entries };
}

/** Writes an appointment and its list. */
export async function createAppointment(
  work: Work,
  appointment: Omit<Prisma.AppointmentCreateManyInput, 'ownerId'>,
  entries: readonly { readonly traineeId: string; readonly position: number }[],
): Promise<void> {
  await work.db.appointment.create({ data: { ...appointment, ownerId: work.ownerId } });
  await work.db.appointmentEntry.createMany({
    data: entries.map((entry) => ({ ...entry, appointmentId: appointment.id, ownerId: work.ownerId })),
  });
}

/** The appointment of a rank that is not over, if there is one. */
export function openAppointment(db: Transaction, rank: string) {
  return db.case.findFirst({ where: { kind: 'appointment', rank, closedAt: null } });
}

/** How many have been appointed to a rank in a year. */
export async function appointedIn(db: Transaction, rank: string, year: string): Promise<number> {
  const appointments = await db.appointment.findMany({ where: { rank, year }, select: { id: true } });
  return db.appointmentEntry.count({
    where: { appointmentId: { in: appointments.map(({ id }) => id) }, outcome: 'issued' },
  });
}

/** Gives entries of a list an outcome: approved, held, vetoed, waits or issued. */
export async function setOutcome(
  work: Work,
  traineeIds: readonly string[],
  outcome: string,
  reason?: Reason,
): Promise<void> {
  await work.db.appointmentEntry.updateMany({
    where: { appointmentId: work.id, traineeId: { in: [...traineeIds] } },
    data: { outcome, reason: reason as unknown as Prisma.InputJsonObject | undefined },
  });
}

/** Writes the document with which the titles were given. */
export async function setDocument(work: Work, document: Prisma.InputJsonObject): Promise<void> {
  await work.db.appointment.update({ where: { id: work.id }, data: { document } });
}

/** Who has passed, with the keys by which schemes order them (T14). */
export async function appointmentCandidates(
  db: Transaction,
  trainees: readonly TraineeRow[],
  today: string,
): Promise<AppointmentCandidate[]> {
  const persons = await personsById(
    db,
    trainees.map(({ personId }) => personId),
  );
  const applications = await applicationsOf(db, trainees);
  const rural = await db.organisation.findMany({ where: { locality: 'rural' }, select: { id: true } });
  const ruralIds = new Set(rural.map(({ id }) => id));
  return trainees.map((trainee) => {
    const { teachingSince, schoolId } = persons.get(trainee.personId)!;
    const schoolScore = applications.get(trainee.applicationId ?? '')?.schoolScore;
    return {
      traineeId: trainee.id,
      keys: {
        assessment_score: (trainee.assessment as { points: number }).points,
        rural_post: ruralIds.has(schoolId) ? 1 : 0,
        ...(schoolScore != null && { school_score: schoolScore }),
        ...(teachingSince !== null && { teaching_years: fullYearsBetween(teachingSince, today) }),
      },
    };
  });
}

/** What N14 asks about each of the trainees at an instant: whether the district notice is closed, whether they are held,
 * and whether an objection is open or was sustained. */
export async function appointables(
  db: Transaction,
  policyOf: (trainee: TraineeRow) => Policy,
  trainees: readonly TraineeRow[],
  at: Date,
): Promise<Appointable[]> {
  const applications = await applicationsOf(db, trainees);
  const entries = await db.stageEntry.findMany({
    where: { stage: 'district_notice', applicationId: { in: [...applications.keys()] } },
    orderBy: { startedAt: 'asc' },
  });
  const notices = await db.notice.findMany({ where: { id: { in: entries.map(({ caseId }) => caseId) } } });
  const closesAt = new Map(notices.map((notice) => [notice.id, notice.closesAt]));
  const objections = await objectionStandings(db, [...applications.keys()]);
  return trainees.map((trainee) => {
    const application = applications.get(trainee.applicationId ?? '');
    const wasNoticed =
      application && pathOf(policyOf(trainee), application.entry).includes('district_notice');
    const last = entries.findLast(({ applicationId }) => applicationId === application?.id);
    const closes = last && closesAt.get(last.caseId);
    return {
      traineeId: trainee.id,
      noticeClosed: wasNoticed ? closes != null && closes <= at : null,
      held: application?.standing === 'held',
      objection: objections.get(application?.id ?? '') ?? null,
    };
  });
}

async function applicationsOf(db: Transaction, trainees: readonly TraineeRow[]) {
  const ids = trainees.flatMap(({ applicationId }) => applicationId ?? []);
  const rows = await db.application.findMany({ where: { id: { in: ids } } });
  return new Map(rows.map((row) => [row.id, row]));
}

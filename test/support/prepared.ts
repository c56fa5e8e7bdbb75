import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseKind, Role } from '../../domain/cases.js';
import { endOfDay } from '../../domain/dates.js';
import type { RunStage } from '../../domain/stages.js';
import type { Policy } from '../../domain/policy.js';
import { parsePolicy, policyDigest } from '../../policies/schema.js';
import type { Prisma } from '../../prisma/generated/client.js';
import type { NewCase } from '../../records/cases.js';
import type { Database } from '../../records/database.js';
import type { Submission } from '../../records/decide.js';
import { readClock } from '../../records/instance.js';
import { scopedTo } from '../../records/scope.js';
import { storeSubmission } from '../../records/submissions.js';
import { projectRoot } from '../../stack/project-root.js';
import type { TestInstance } from './instance.js';

/** A district with a scheme and schools, and somebody in its office. */
export interface PreparedDistrict {
  readonly database: Database;
  readonly ownerId: string;
  readonly policy: Policy;
  readonly policyId: string;
  readonly schoolIds: readonly string[];
  readonly officeId: string;
}

/**
 * Writes rows of a district with the main scheme, for tests of what happens long after them; the way to such rows is
 * tested elsewhere.
 * @param schools how many schools it has
 */
export async function prepareDistrict(
  { database }: Pick<TestInstance, 'database'>,
  schools: number,
): Promise<PreparedDistrict> {
  const { id: ownerId } = await database.organisation.findFirstOrThrow({ where: { kind: 'district' } });
  const file = 'sichuan-district.yaml';
  const text = readFileSync(join(projectRoot, 'policies', file), 'utf8');
  const policy = parsePolicy(text, file);
  const policyId = randomUUID();
  await database.policy.create({
    data: {
      id: policyId,
      ownerId,
      code: policy.id,
      version: String(policy.version),
      digest: policyDigest(policy),
      text,
      content: policy as unknown as Prisma.InputJsonObject,
      addedAt: new Date('2026-01-01T00:00:00Z'),
    },
  });
  const schoolIds = Array.from({ length: schools }, () => randomUUID());
  await database.organisation.createMany({
    data: schoolIds.map((id, index) => ({
      id,
      ownerId,
      parentId: ownerId,
      kind: 'school',
      code: `S${index}`,
      name: `第${index}小学`,
      stages: ['primary'],
      fullTimeTeachers: 40,
      countedOn: '2026-08-31',
      validFrom: '2020-01-01',
    })),
  });
  const district = { database, ownerId, policy, policyId, schoolIds, officeId: '' };
  const [officeId] = (await prepareTeachers(district, 1)) as [string];
  await database.membership.create({
    data: { ownerId, personId: officeId, organisationId: ownerId, role: 'office', from: '2020-01-01' },
  });
  return { ...district, officeId };
}

/** The same district with another scheme, for rounds of it. */
export async function prepareScheme(district: PreparedDistrict, text: string): Promise<PreparedDistrict> {
  const policy = parsePolicy(text, 'scheme.yaml');
  const policyId = randomUUID();
  await district.database.policy.create({
    data: {
      id: policyId,
      ownerId: district.ownerId,
      code: policy.id,
      version: String(policy.version),
      digest: policyDigest(policy),
      text,
      content: policy as unknown as Prisma.InputJsonObject,
      addedAt: new Date('2026-01-01T00:00:00Z'),
    },
  });
  return { ...district, policy, policyId };
}

/** Writes teachers of mathematics, spread over the schools; returns their ids. */
export async function prepareTeachers(district: PreparedDistrict, count: number): Promise<string[]> {
  const { database, ownerId, schoolIds } = district;
  const teachers = Array.from({ length: count }, (_, index) => ({ id: randomUUID(), index }));
  await database.person.createMany({
    data: teachers.map(({ id, index }) => ({
      id,
      ownerId,
      staffNumber: `T-${id}`,
      idNumberBoxed: '',
      idNumberHash: id,
      birthDate: '1988-03-01',
      sex: 'female',
      teachingSince: '2012-09-01',
      name: `欧阳晴岚${index}`,
      schoolId: schoolIds[index % schoolIds.length]!,
      subject: 'mathematics',
      stages: ['primary'],
      degree: 'bachelor',
      title: 'first',
      validFrom: '2020-01-01',
    })),
  });
  return teachers.map(({ id }) => id);
}

/** Writes a round, with its case; returns its id. */
export async function prepareRound(
  district: PreparedDistrict,
  { step, closesAt }: { readonly step: 'applications' | 'selection'; readonly closesAt: Date | null },
): Promise<string> {
  const { database, ownerId, policyId, policy } = district;
  const id = randomUUID();
  await database.round.create({
    data: {
      id,
      ownerId,
      policyId,
      policyDigest: policyDigest(policy),
      title: '2026年评选',
      schoolYear: '2026-2027',
      opensOn: '2026-08-01',
      applyUntil: '2026-08-28',
      cutOff: '2026-08-31',
      places: { accomplished: 100, district_backbone: 50 },
      basis: {},
    },
  });
  const date = { waitingFor: 'office' as const, dueAt: closesAt, wakeAt: closesAt };
  await prepareCases(district, [
    { id, kind: 'selectionRound', organisationId: ownerId, roundId: id, step, ...date },
  ]);
  return id;
}

/** Writes a candidate of the round for each teacher, at a stage; returns their ids. */
export async function prepareCandidates(
  district: PreparedDistrict,
  roundId: string,
  teacherIds: readonly string[],
  at: { readonly stage: RunStage; readonly standing: 'waiting' | 'running'; readonly rank?: string },
): Promise<string[]> {
  const { database, ownerId } = district;
  const teachers = await database.person.findMany({ where: { id: { in: [...teacherIds] } } });
  const candidates = teachers.map((teacher) => ({ id: randomUUID(), teacher }));
  await database.application.createMany({
    data: candidates.map(({ id, teacher }) => ({
      id,
      ownerId,
      roundId,
      personId: teacher.id,
      schoolId: teacher.schoolId,
      rank: at.rank ?? 'accomplished',
      subject: 'mathematics',
      teachingStage: 'primary',
      entry: 'application',
      statement: '晴岚从教十四年',
      slot: 1,
      stage: at.stage,
      standing: at.standing,
      facts: {},
      findings: [],
      submittedAt: new Date('2026-08-05T00:00:00Z'),
    })),
  });
  // Who has come to the vote has an opinion.
  if (at.stage === 'differential_vote')
    await database.opinion.createMany({
      data: candidates.map(({ id }) => ({
        ownerId,
        caseId: roundId,
        applicationId: id,
        authorId: district.officeId,
        stance: 'recommend',
        text: '建议推荐',
      })),
    });
  return candidates.map(({ id }) => id);
}

/** Writes who is in a run of a stage. */
export async function prepareRun(
  { database, ownerId }: PreparedDistrict,
  caseId: string,
  stage: RunStage,
  candidateIds: readonly string[],
): Promise<void> {
  await database.stageEntry.createMany({
    data: candidateIds.map((applicationId) => ({
      ownerId,
      caseId,
      stage,
      applicationId,
      startedAt: new Date('2026-08-05T00:00:00Z'),
    })),
  });
}

/** Writes open cases with their tasks, without workflows. */
export async function prepareCases(
  { database, ownerId }: PreparedDistrict,
  cases: readonly NewCase[],
): Promise<void> {
  const since = new Date((await readClock(database)).now);
  await database.case.createMany({
    data: cases.map(({ tasks, ...next }) => {
      const [task] = tasks ?? [];
      const { waitingFor = task?.role, dueAt = task?.dueAt, wakeAt = task?.dueAt } = next;
      return { ...next, ownerId, waitingFor, dueAt, wakeAt, since, createdAt: since };
    }),
  });
  await database.task.createMany({
    data: cases.flatMap(({ id, tasks = [] }) =>
      tasks.map((task) => ({ ...task, actions: [...task.actions], caseId: id, ownerId, since })),
    ),
  });
}

/**
 * Writes a trainee of accomplished from 1 September 2027 who has a mentor to choose, with the case in its first step.
 * @param mentorDue last day for choosing
 * @param looksOn last day before the case is looked at
 * @returns the id of the training
 */
export async function prepareTrainee(
  district: PreparedDistrict,
  {
    personId,
    mentorDue,
    looksOn = mentorDue,
    ...more
  }: {
    readonly personId: string;
    readonly mentorDue: string;
    readonly looksOn?: string;
    readonly applicationId?: string;
    readonly policyId?: string;
  },
): Promise<string> {
  const { database, ownerId, policyId, schoolIds } = district;
  const [id, endsOn] = [randomUUID(), '2028-08-31'];
  await database.trainee.create({
    data: {
      id,
      ownerId,
      personId,
      policyId,
      rank: 'accomplished',
      entry: more.applicationId ? 'application' : 'ladder',
      startsOn: '2027-09-01',
      endsOn,
      hoursRequired: 72,
      standing: 'training',
      ...more,
    },
  });
  const choice = task('teacher', schoolIds[0]!, 'chooseMentor', new Date(endOfDay(mentorDue)));
  await prepareCases(district, [
    {
      id,
      kind: 'training',
      organisationId: schoolIds[0]!,
      rank: 'accomplished',
      subject: 'mathematics',
      stage: 'training',
      step: 'training',
      tasks: [
        { ...choice, personId },
        task('training_centre', ownerId, 'confirmHours', new Date(endOfDay(endsOn))),
      ],
      wakeAt: new Date(endOfDay(looksOn)),
    },
  ]);
  return id;
}

/** A task of a school or of the district. */
export function task(role: Role, organisationId: string, action: string, dueAt: Date) {
  return { role, organisationId, actions: [action], dueAt };
}

/** Stores what the office asks for, as the API does, for `deliver`. */
export async function officeSubmits(
  { database, ownerId, officeId }: PreparedDistrict,
  caseKind: CaseKind,
  caseId: string,
  decision: string,
  body: Prisma.InputJsonObject,
): Promise<Submission> {
  return storeSubmission(scopedTo(database, ownerId), {
    id: randomUUID(),
    ownerId,
    caseId,
    caseKind,
    decision,
    actorId: officeId,
    key: randomUUID(),
    body,
    receivedAt: new Date((await readClock(database)).now),
  });
}

/** Asks again and again until the answer is the one that is waited for, or a minute has passed; returns the last one. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  isWaitedFor: (answer: Answer) => boolean,
): Promise<Answer> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (isWaitedFor(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

import { randomUUID } from 'node:crypto';
import { hashPassword } from '../api/auth/password.js';
import { stageOf } from '../domain/policy.js';
import { createAccounts } from '../records/accounts.js';
import type { NewCase } from '../records/cases.js';
import type { Database } from '../records/database.js';
import { readClock } from '../records/instance.js';
import { ApiClient, type ApiSession } from '../samples/api-client.js';
import { inParallel } from '../temporal/in-parallel.js';
import type { CaseWaker } from '../temporal/wake-case.js';
import {
  prepareCandidates,
  prepareCases,
  prepareDistrict,
  prepareRound,
  prepareRun,
  prepareTeachers,
  task,
} from '../test/support/prepared.js';

const password = 'Bench-pass-2026';

/** A school that scores its applicants, and one of its judges, who can do so again and again. */
export interface ScoringSchool {
  readonly caseId: string;
  readonly judge: ApiSession;
  /** Gives sheets for the first so many of its applicants, in one request. */
  score(applicants: number): Promise<unknown>;
}

/**
 * Writes a district whose schools are about to score, each with one of the three judges that the scheme asks for, so
 * that scoring never ends, and starts their workflows.
 * @param applicants how many each of the schools has
 */
export async function prepareScoring(
  instance: { readonly database: Database; readonly url: string; readonly wakeCase: CaseWaker },
  applicants: readonly number[],
): Promise<ScoringSchool[]> {
  const { database, url, wakeCase } = instance;
  const district = await prepareDistrict({ database }, applicants.length);
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const dueAt = new Date('2027-08-31T00:00:00+08:00');
  const cases = district.schoolIds.map(
    (schoolId) =>
      ({
        id: randomUUID(),
        kind: 'schoolReview',
        organisationId: schoolId,
        roundId,
        stage: 'school_score',
        unit: schoolId,
        step: 'scoring',
        tasks: [task('school_panel', schoolId, 'score', dueAt)],
      }) satisfies NewCase,
  );
  await prepareCases(district, cases);
  const judges = await prepareTeachers(district, cases.length);
  await database.membership.createMany({
    data: judges.map((personId, position) => ({
      ownerId: district.ownerId,
      personId,
      organisationId: district.schoolIds[position]!,
      role: 'school_panel',
      from: '2020-01-01',
    })),
  });
  const passwordHash = await hashPassword(password);
  await createAccounts(
    database,
    judges.map((personId) => ({
      username: personId,
      personId,
      ownerId: district.ownerId,
      passwordHash,
      mustChangePassword: false,
    })),
  );
  const api = new ApiClient({ url, keys: randomUUID() });
  const { now } = await readClock(database);
  const items = Object.fromEntries(
    stageOf(district.policy, 'school_score')!
      .sheet.items.filter(({ judged }) => judged)
      .map(({ code }) => [code, 900]),
  );
  const positions = cases.map((_, position) => position);
  return inParallel(positions, 8, async (position) => {
    const caseId = cases[position]!.id;
    const teachers = await prepareTeachers(district, applicants[position]!);
    const at = { stage: 'school_score', standing: 'running' } as const;
    const applicationIds = await prepareCandidates(district, roundId, teachers, at);
    await prepareRun(district, caseId, 'school_score', applicationIds);
    await wakeCase(caseId, now);
    const judge = await api.signIn(judges[position]!, password);
    return {
      caseId,
      judge,
      score: (count) =>
        judge.decide(`/school-reviews/${caseId}/scores`, {
          scores: applicationIds.slice(0, count).map((applicationId) => ({ applicationId, items })),
        }),
    };
  });
}

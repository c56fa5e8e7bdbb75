import { addDays, schoolYearOf } from '../../domain/dates.js';
import { ApiProblem } from '../api-client.js';
import type { SampleApplicant } from '../applicants.js';
import { readRound, untilUnderWay } from './candidates.js';
import { recordedFor } from './checks.js';
import type { Walk } from './walk.js';

/** The office opens the round: the leading group has approved the proposed table of nominations as it stands. */
export async function openRound(walk: Walk): Promise<void> {
  await walk.stage('启动评选 Round', async () => {
    const office = await walk.office();
    const asked = Object.entries(walk.places).map(([rank, number]) => `${rank}:${number}`);
    const { rows } = await office.get<{ rows: { schoolId: string; rank: string; places: number }[] }>(
      `/rounds/quota-proposal?policyCode=sichuan-district&places=${asked.join(',')}`,
    );
    const schoolYear = schoolYearOf(await walk.today());
    const opened = await office.decide('/rounds', {
      policyCode: 'sichuan-district',
      title: `${schoolYear.slice(0, 4)}年区骨干教师评选`,
      schoolYear,
      places: walk.places,
      nominations: rows.map(({ schoolId, rank, places: number }) => ({ schoolId, rank, places: number })),
      recordedFor: await recordedFor(walk, '青师培组〔2026〕1号'),
    });
    walk.roundId = opened.caseId;
    const places = Object.values(walk.places).reduce((sum, number) => sum + number, 0);
    const total = rows.reduce((sum, row) => sum + row.places, 0);
    const said = `${places} places, ${total} nominations for ${walk.schools.length} schools, applications until ${String(opened.result['applyUntil'])}`;
    return { said, result: undefined };
  });
}

/** All applicants apply for themselves; five who don't meet the conditions are refused, each for one reason. */
export async function apply(walk: Walk): Promise<void> {
  await walk.stage('个人申报 Applications', async () => {
    const { ordinary, contestWinners, refused } = walk.applicants;
    await walk.forEach(ordinary, (applicant) => applyFor(walk, applicant));
    await walk.forEach(contestWinners, (winner) => enterByContest(walk, winner));
    await walk.forEach(Object.values(refused), (applicant) => applyInVain(walk, applicant));
    const said = `${ordinary.length} applied, ${contestWinners.length} entered by a contest prize, ${walk.refusals.length} were refused at once`;
    return { said, result: undefined };
  });
}

/** One person applies. */
export async function applyFor(walk: Walk, applicant: SampleApplicant): Promise<string> {
  const teacher = await walk.as(applicant.staffNumber);
  const { caseId } = await teacher.decide('/applications', {
    roundId: walk.roundId,
    rank: applicant.rank,
    statement: statementOf(walk, applicant),
    agreesToNotice: true,
  });
  walk.applications.set(caseId, applicant);
  return caseId;
}

/** One who has won a first prize becomes a formal candidate directly. */
export async function enterByContest(walk: Walk, winner: SampleApplicant): Promise<string> {
  const teacher = await walk.as(winner.staffNumber);
  const { caseId } = await teacher.decide('/contest-entries', {
    roundId: walk.roundId,
    statement: statementOf(walk, winner),
    agreesToNotice: true,
  });
  walk.applications.set(caseId, winner);
  return caseId;
}

/**
 * Keeps why an application is refused.
 * @throws Error when it is not
 */
async function applyInVain(walk: Walk, applicant: SampleApplicant): Promise<void> {
  const accepted = await applyFor(walk, applicant).catch((error: unknown) => {
    if (!(error instanceof ApiProblem) || error.problem.status !== 422) throw error;
    walk.refusals.push(error.problem);
  });
  if (accepted)
    throw new Error(`The application of ${applicant.staffNumber} for ${applicant.rank} was to be refused.`);
}

function statementOf(walk: Walk, { staffNumber }: SampleApplicant): string {
  const { name } = walk.teacher(staffNumber);
  return `本人${name}自愿申报，材料真实。`;
}

/** The clock moves past the last day of application; the schools' runs open. */
export async function closeApplications(walk: Walk): Promise<void> {
  await walk.stage('申报截止 Applications close', async () => {
    const { applyUntil } = await readRound(walk);
    await walk.advanceTo(addDays(applyUntil, 1));
    await untilUnderWay(walk, 'school_score', 'application');
    const { openRuns } = await readRound(walk);
    const runs = openRuns.map(({ stage, count }) => `${count} × ${stage}`);
    return { said: `${applyUntil} is over; ${runs.join(', ')}`, result: undefined };
  });
}

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clausesNotIn, clausesOf } from '../../policies/clauses.js';
import { parsePolicy } from '../../policies/schema.js';
import type { Problem } from '../../samples/api-client.js';
import { sampleApplicants, type SampleApplicants } from '../../samples/applicants.js';
import { SAMPLE_SEED, sampleDistrict } from '../../samples/district.js';
import { applyFor, closeApplications } from '../../samples/walk/applications.js';
import { candidatesAt, casesAt, countAt, readRound, untilUnderWay } from '../../samples/walk/candidates.js';
import { checkEligibility, recordedFor, reviewByLeadingGroup } from '../../samples/walk/checks.js';
import { enterDistrict } from '../../samples/walk/district.js';
import { concludeRound } from '../../samples/walk/list.js';
import {
  fileLists,
  nominateCandidates,
  publishNotice,
  publishSchoolNotices,
  scoreApplicants,
} from '../../samples/walk/schools.js';
import { Walk } from '../../samples/walk/walk.js';
import { projectRoot } from '../../stack/project-root.js';
import { startInstance, type TestInstance } from '../support/instance.js';

// docs/writing-a-scheme.md, done as it says: its scheme, its commands, its output.

const page = readFileSync(join(projectRoot, 'docs/writing-a-scheme.md'), 'utf8');
const scheme = blocks('yaml').join('\n');
const file = 'young-backbone.yaml';
const [summary = '', faults = ''] = blocks('text');
const [storing = '', opening = ''] = blocks('sh').filter((block) => block.includes('curl'));
const password = 'a-word-for-everybody';

const directory = mkdtempSync(join(tmpdir(), 'qinglan-writing-'));
let instance: TestInstance;
let walk: Walk;

beforeAll(async () => {
  writeFileSync(join(directory, file), scheme);
  instance = await startInstance('writing', '2026-09-01T00:00:00+08:00');
  const { url, administrator } = instance;
  walk = new Walk({ url, administrator, password, applicants: fewApplicants() });
  await enterDistrict(walk);
}, 300_000);

afterAll(async () => {
  await instance?.stop();
  rmSync(directory, { recursive: true });
});

test('the page’s scheme quotes the page’s document, and every field of it runs', async () => {
  const policy = parsePolicy(scheme, file);
  const document = /## The document\n(.*?)\nRead it/s.exec(page)![1]!.replaceAll(/^> ?/gm, '');
  expect(clausesOf(policy).length).toBeGreaterThan(20);
  expect(clausesNotIn(policy, [document])).toEqual([]);
  expect(await policies(file)).toEqual({ status: 0, stdout: summary, stderr: '' });
});

test('P6: a faulty file is told its faults as the page shows them', async () => {
  const faulty = scheme
    .replace('perYear: 10', 'perYaer: 10')
    .replace('ranks: [young_backbone]', 'ranks: [young_bakbone]');
  const faultyDirectory = mkdtempSync(join(directory, 'faulty-'));
  writeFileSync(join(faultyDirectory, file), faulty);
  expect(await policies(join(faultyDirectory, file))).toEqual({ status: 1, stdout: '', stderr: faults });
});

test('the page’s commands store the scheme and open a round, in which teachers become formal candidates', async () => {
  const stored = await run<{ code: string; version: string }>(storing);
  expect(stored).toMatchObject({ code: 'young-backbone', version: '1' });
  const opened = await run<{ caseId: string; step: string }>(opening);
  expect(opened).toMatchObject({ step: 'applications' });
  walk.roundId = opened.caseId;

  await walk.forEach(walk.applicants.ordinary, (applicant) => applyFor(walk, applicant));
  await closeApplications(walk);
  await scoreApplicants(walk);
  await nominateCandidates(walk);
  await publishSchoolNotices(walk);
  await fileLists(walk);
  await checkEligibility(walk);
  await reviewByLeadingGroup(walk);
  await untilUnderWay(walk, 'district_notice', 'leading_group_review');
  const [notice] = await casesAt(walk, 'notices', 'drafting');
  await walk.advanceTo(
    await publishNotice(notice!.id, await walk.office(0), await walk.office(1), '领导小组办公室'),
  );
  await untilUnderWay(walk, 'approval', 'district_notice');
  const approved = (await candidatesAt(walk, 'approval', 'running')).map(({ id }) => id);
  await (
    await walk.office()
  ).decide(`/rounds/${walk.roundId}/approvals`, {
    approved,
    recordedFor: await recordedFor(walk, '东教〔2026〕2号'),
  });
  await concludeRound(walk);
  const round = await readRound(walk);
  expect(round.outcome).toBe('completed');
  // The sample's office finds one who is not eligible, and the leading group refuses one.
  expect(countAt(round, 'formal_candidate', ['chosen'])).toBe(walk.applicants.ordinary.length - 2);
});

test('P3: a version is stored once; a round that is open keeps its own', async () => {
  const administrator = await walk.administrator();
  const store = (text: string) =>
    administrator.post<{ version: string; digest: string }>('/policies', { text, fileName: file });
  const { digest } = await store(scheme);
  expect((await store(scheme)).digest).toBe(digest);
  const other = scheme.replace('perYear: 10', 'perYear: 12');
  const refused = await store(other).catch(({ problem }: { problem: Problem }) => problem);
  expect(refused).toMatchObject({ status: 409, type: '/problems/scheme-version-taken' });
  const newer = await store(other.replace('version: 1', 'version: 2'));
  expect(newer.version).toBe('2');
  const round = await (await walk.office()).get<{ scheme: object }>(`/rounds/${walk.roundId}`);
  expect(round.scheme).toMatchObject({ code: 'young-backbone', version: 1, digest });
});

function blocks(language: string): string[] {
  const fence = '```';
  return [...page.matchAll(new RegExp(`${fence}${language}\n(.*?)${fence}`, 'gs'))].map(([, text]) => text!);
}

/** Runs a block of the page, and reads the last answer that it prints. */
async function run<Answer>(commands: string): Promise<Answer> {
  const { url, administrator } = instance;
  const [office] = walk.staffOf('office');
  const { status, stdout, stderr } = await execute('bash', ['-e', '-c', commands], {
    QINGLAN: url,
    ADMINISTRATOR: administrator.username,
    ADMINISTRATOR_PASSWORD: administrator.password,
    OFFICE: office!,
    OFFICE_PASSWORD: password,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(
    stdout
      .trim()
      .split(/(?<=\})\s*(?=\{)/)
      .at(-1)!,
  ) as Answer;
}

function policies(path: string) {
  return execute(process.execPath, [join(projectRoot, 'dist/scripts/policies.js'), path]);
}

/** Runs a program beside this one, whose API it may ask. */
function execute(program: string, programArguments: string[], environment: Record<string, string> = {}) {
  const child = spawn(program, programArguments, {
    cwd: directory,
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => (said[stream] += text));
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (status) => resolve({ status, ...said })),
  );
}

/** A young teacher of each of the six largest schools that has one; a school may nominate one. */
function fewApplicants(): SampleApplicants {
  const roster = sampleDistrict(SAMPLE_SEED);
  const all = sampleApplicants(roster, SAMPLE_SEED);
  const teacherOf = new Map(roster.teachers.map((teacher) => [teacher.staffNumber, teacher]));
  const young = all.ordinary.filter(
    ({ staffNumber }) => teacherOf.get(staffNumber)!.birthDate > '1988-01-01',
  );
  const ordinary = roster.schools
    .toSorted((left, right) => (right.fullTimeTeachers ?? 0) - (left.fullTimeTeachers ?? 0))
    .flatMap(({ code }) =>
      young.filter(({ staffNumber }) => teacherOf.get(staffNumber)!.schoolCode === code).slice(0, 1),
    )
    .slice(0, 6);
  return {
    ...all,
    ordinary: ordinary.map((applicant) => ({ ...applicant, rank: 'young_backbone' as 'accomplished' })),
    contestWinners: [],
  };
}

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { prepareScoring } from '../../bench/scoring.js';
import { runDoctor } from '../../scripts/doctor.js';
import { reconcile } from '../../scripts/reconcile.js';
import { projectRoot } from '../../stack/project-root.js';
import { caseWaker } from '../../temporal/wake-case.js';
import { startInstance, type TestInstance } from '../support/instance.js';
import { createDatabase } from '../support/servers.js';

const later = `
  ALTER TABLE "case" ADD COLUMN colour text;
  ALTER TABLE submission ADD COLUMN colour text NOT NULL DEFAULT 'blue';
  CREATE TABLE paint (case_id uuid PRIMARY KEY REFERENCES "case" (id), colour text NOT NULL);
  CREATE INDEX score_sheet_judge ON score_sheet (judge_id);`;

const directory = mkdtempSync(join(tmpdir(), 'qinglan-upgrade-'));
let instance: TestInstance;

beforeAll(async () => {
  instance = await startInstance('upgrade', '2026-09-01T00:00:00+08:00');
  // The same project with one migration more, as the next version has it.
  mkdirSync(join(directory, 'prisma'));
  mkdirSync(join(directory, 'scripts'));
  symlinkSync(join(projectRoot, 'node_modules'), join(directory, 'node_modules'));
  for (const path of [
    'prisma/schema.prisma',
    'prisma/migrations',
    'prisma.config.ts',
    'scripts/schema-engine.mjs',
  ])
    cpSync(join(projectRoot, path), join(directory, path), { recursive: true });
  mkdirSync(join(directory, 'prisma/migrations/29991231000000_later'));
  writeFileSync(join(directory, 'prisma/migrations/29991231000000_later/migration.sql'), later);
}, 60_000);

afterAll(async () => {
  await instance?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** What `npm run migrate` does, in the folder of the next version. */
async function migrateToNext(): Promise<string> {
  const prisma = join(projectRoot, 'node_modules/prisma/build/index.js');
  const env = { ...process.env, DATABASE_URL: instance.databaseUrl, NODE_OPTIONS: '' };
  const { stdout } = await promisify(execFile)(process.execPath, [prisma, 'migrate', 'deploy'], {
    cwd: directory,
    env,
  });
  return stdout;
}

test('the database is brought to the next version while a round is open and its schools decide', async () => {
  const { database, client, url } = instance;
  const schools = await prepareScoring({ database, url, wakeCase: caseWaker(client, database) }, [4, 4, 4]);
  let isUpgraded = false;
  let before = 0;
  let after = 0;
  const judging = schools.map(async (school) => {
    while (after < 9) {
      await school.score(4);
      if (isUpgraded) after += 1;
      else before += 1;
    }
  });
  while (before < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await migrateToNext()).toContain('29991231000000_later');
  isUpgraded = true;
  await Promise.all(judging);

  // None was refused or lost on the way, and the version that runs works on the new schema.
  expect(await database.decision.count({ where: { name: 'score' } })).toBe(before + after);
  expect(await database.submission.count({ where: { NOT: { status: 'done' } } })).toBe(0);
  const columns = await database.$queryRaw<{ colour: string }[]>`SELECT DISTINCT colour FROM submission`;
  expect(columns).toEqual([{ colour: 'blue' }]);
  await reconcile({ database, client });
  const found = await runDoctor({ database, client });
  // The round of this test has no date.
  expect(found.map(({ code }) => code)).toEqual(['CASE_WITHOUT_DUE_DATE']);
}, 120_000);

test('the migrations make what the schema says, but for what is written by hand', async () => {
  const prisma = join(projectRoot, 'node_modules/prisma/build/index.js');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      prisma,
      'migrate',
      'diff',
      '--from-config-datasource',
      '--to-schema',
      'prisma/schema.prisma',
      '--script',
    ],
    {
      cwd: projectRoot,
      env: { ...process.env, DATABASE_URL: await createDatabase('drift'), NODE_OPTIONS: '' },
    },
  );
  const statements = stdout.split('\n').filter((line) => /^(ALTER|CREATE|DROP)/.test(line));
  expect(statements).toEqual([]);
}, 60_000);

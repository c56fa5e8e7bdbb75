import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { provisionalYear } from '../../domain/calendar.js';
import { datesBetween } from '../../domain/dates.js';
import { projectRoot } from '../../stack/project-root.js';
import type { Walk } from './walk.js';

/** Statutory days of the years for which there is no notice of the State Council yet. */
const statutoryDays: Readonly<Record<string, readonly string[]>> = {
  '2028': [
    '2028-01-01',
    ...datesBetween('2028-01-25', '2028-01-28'),
    '2028-04-04',
    ...datesBetween('2028-05-01', '2028-05-02'),
    '2028-05-28',
    ...datesBetween('2028-10-01', '2028-10-04'),
  ],
  '2029': [
    '2029-01-01',
    ...datesBetween('2029-02-12', '2029-02-15'),
    '2029-04-04',
    ...datesBetween('2029-05-01', '2029-05-02'),
    '2029-06-16',
    '2029-09-22',
    ...datesBetween('2029-10-01', '2029-10-03'),
  ],
  '2030': [
    '2030-01-01',
    ...datesBetween('2030-02-02', '2030-02-05'),
    '2030-04-05',
    ...datesBetween('2030-05-01', '2030-05-02'),
    '2030-06-05',
    '2030-09-12',
    ...datesBetween('2030-10-01', '2030-10-03'),
  ],
};

/**
 * The administrator stores the scheme, whose ranks the roster's titles are read against, enters the roster and the
 * years to come, and makes accounts for whoever acts or applies.
 */
export async function enterDistrict(walk: Walk): Promise<void> {
  await storeScheme(walk);
  await importRoster(walk);
  await walk.stage('建立账号 Accounts', async () => {
    const made = await makeAccounts(walk, actingAndApplying(walk));
    return { said: `${made} people can sign in`, result: undefined };
  });
}

/** Enters the roster from its workbook, and the years to come. */
export async function importRoster(walk: Walk): Promise<void> {
  await walk.stage('导入名册 Roster', async () => {
    const administrator = await walk.administrator();
    const file = new Blob([Uint8Array.from(await walk.workbook())]);
    const counts = await administrator.upload<Record<string, { created: number }>>(
      '/roster-imports',
      'file',
      file,
      'district.xlsx',
    );
    for (const [year, days] of Object.entries(statutoryDays)) {
      await administrator.put(`/calendar/${year}`, provisionalYear(days));
    }
    await readRoster(walk);
    const created = Object.entries(counts).map(([what, { created: number }]) => `${number} ${what}`);
    return { said: created.join(', '), result: undefined };
  });
}

/** Reads the ids of schools and people; a walk that goes on with a district that is there begins with it. */
export async function readRoster(walk: Walk): Promise<void> {
  const administrator = await walk.administrator();
  const { items } = await administrator.get<{ items: { id: string; code: string }[] }>('/organisations');
  for (const { id, code } of items) walk.organisations.set(code, id);
  const people = await administrator.list<{ id: string; staffNumber: string }>('/persons');
  for (const { id, staffNumber } of people) walk.people.set(staffNumber, id);
}

function actingAndApplying({ roster, applicants }: Walk): string[] {
  const applying = [
    ...applicants.ordinary,
    ...applicants.contestWinners,
    ...Object.values(applicants.refused),
  ];
  return [...roster.memberships, ...applying].map(({ staffNumber }) => staffNumber);
}

/** Makes the accounts of those who have none yet. */
export async function makeAccounts(walk: Walk, staffNumbers: readonly string[]): Promise<number> {
  const administrator = await walk.administrator();
  const missing = [...new Set(staffNumbers)].filter((staffNumber) => !walk.accounts.has(staffNumber));
  for (let from = 0; from < missing.length; from += 100) {
    const persons = missing
      .slice(from, from + 100)
      .map((staffNumber) => ({ staffNumber, password: walk.password }));
    await administrator.post('/accounts', { persons });
  }
  for (const staffNumber of missing) walk.accounts.add(staffNumber);
  return missing.length;
}

/** The text of the scheme that the sample's round follows. */
export function schemeText(): Promise<string> {
  return readFile(join(projectRoot, 'policies/sichuan-district.yaml'), 'utf8');
}

async function storeScheme(walk: Walk): Promise<void> {
  await walk.stage('存入方案 Scheme', async () => {
    const text = await schemeText();
    const administrator = await walk.administrator();
    const stored = await administrator.post<{ title: string; version: string; digest: string }>('/policies', {
      text,
      fileName: 'sichuan-district.yaml',
    });
    return {
      said: `${stored.title}, version ${stored.version}, ${stored.digest.slice(0, 12)}`,
      result: undefined,
    };
  });
}

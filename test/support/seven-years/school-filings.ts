import { firstYear, schools } from './district.js';
import type { SchoolYears } from './school-years.js';

/** How many lists and plans of a school year came, and how many late. */
export interface Filings {
  readonly filed: number;
  readonly late: number;
}

/** Each school files its plan and its list; in the second year one school is late. */
export async function fileOwnLists(years: SchoolYears, year: number): Promise<void> {
  const onTime = schools.filter((code) => year !== firstYear + 1 || code !== 'S4');
  const file = async (code: string) => {
    const head = await years.walk.one('head', { organisation: code });
    const filing = { scheme: 'sichuan-district', schoolId: years.walk.schoolId(code), title: `${year}年` };
    const personIds = [years.walk.personId(`${code}-c3`)];
    await head.decide('/school-filings', { ...filing, part: 'plan' });
    await head.decide('/school-filings', { ...filing, part: 'list', personIds });
  };
  await years.walk.forEach(onTime, file);
  years.filings.set(year, { filed: 2 * schools.length, late: 2 * (schools.length - onTime.length) });
  if (onTime.length === schools.length) return;
  await years.to(`${year}-10-01`);
  await years.walk.forEach(
    schools.filter((code) => !onTime.includes(code)),
    file,
  );
}

import { addDays, fullYearsBetween, type BusinessDate } from './dates.js';

/** Age in full years on a day; the bounds are included (R0.1). */
export const ageBands = ['up_to_35', '36_to_45', '46_to_55', 'over_55'] as const;
export type AgeBand = (typeof ageBands)[number];

/**
 * The band of ages that somebody is in on a day: up to 35 is until the day before the 36th birthday. Rules 5.2, P13.
 * @param birthDate YYYY-MM-DD
 * @param on business date, not before the birth
 */
export function ageBandOn(birthDate: BusinessDate, on: BusinessDate): AgeBand {
  const age = fullYearsBetween(birthDate, addDays(on, -1));
  if (age <= 35) return 'up_to_35';
  if (age <= 45) return '36_to_45';
  return age <= 55 ? '46_to_55' : 'over_55';
}

import { countsForCoverage, isCovered, personsForShare } from '../../domain/targets.js';
import type { CoverageTarget, Policy } from '../../domain/policy.js';

test.each([
  [355, 10, 36],
  [360, 10, 36],
  [361, 10, 37],
  [0, 10, 0],
  [7, 0, 0],
])('Q10: of %i teachers %i %% are %i persons', (teachers, percent, needed) => {
  expect(personsForShare(teachers, percent)).toBe(needed);
});

const policy = {
  rankOrder: 'list',
  ranks: [{ code: 'school' }, { code: 'district' }, { code: 'city' }],
} as unknown as Policy;
const target = (change: Partial<CoverageTarget>): CoverageTarget => ({
  code: 'coverage',
  zh: '',
  en: '',
  kind: 'coverage',
  each: 'school',
  min: 1,
  ...change,
});

test.each([
  ['school', false],
  ['district', true],
  ['city', true],
  ['of_another_scheme', false],
])('Q11: a holder of %s counts where the district’s rank is asked for: %s', (rank, counts) => {
  expect(countsForCoverage(policy, target({ minRank: 'district' }), rank)).toBe(counts);
});

test('Q11: without a rank every holder of the scheme counts', () => {
  expect(countsForCoverage(policy, target({}), 'school')).toBe(true);
  expect(countsForCoverage(policy, target({}), 'of_another_scheme')).toBe(false);
});

test.each([
  [['junior', 'senior'], ['primary', 'junior'], true],
  [['senior'], ['primary', 'junior'], false],
  [['secondary'], ['junior'], true],
  [undefined, ['kindergarten'], true],
  // A unit of the district where nobody is taught is no school.
  [undefined, [], false],
] as const)('Q11: schools of %s are meant; one with %s: %s', (schools, stages, covered) => {
  expect(isCovered(target({ ...(schools && { schools }) }), stages)).toBe(covered);
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { allowanceOfMonth, monthDays, type AllowanceTitle } from '../../domain/allowance.js';
import type { Policy } from '../../domain/policy.js';
import { drawSpotCheck, spotCheckList } from '../../domain/spot-check.js';
import { parsePolicy } from '../../policies/schema.js';

const file = 'policies/sichuan-district.yaml';
const policy: Policy = parsePolicy(readFileSync(file, 'utf8'), file);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function held(id: string, change: Partial<AllowanceTitle> = {}): AllowanceTitle {
  return {
    id,
    rank: 'accomplished',
    from: '2026-10-20',
    until: '2031-10-20',
    endedOn: null,
    benefitsUntil: null,
    pauses: [],
    ...change,
  };
}

describe('C8: the allowance of a month', () => {
  test.each([
    ['2027-03', {}, 31, 20_000],
    ['2026-09', {}, 0, 0],
    // From the first day of the certificate: 12 of 31 days.
    ['2026-10', {}, 12, 7741],
    // To its last day: 20 of 31.
    ['2031-10', {}, 20, 12_903],
    ['2031-11', {}, 0, 0],
    // Revoked in March: March is paid, April not.
    ['2027-03', { endedOn: '2027-03-10', benefitsUntil: '2027-04-01' }, 31, 20_000],
    ['2027-04', { endedOn: '2027-03-10', benefitsUntil: '2027-04-01' }, 0, 0],
    ['2027-09', { pauses: [{ from: '2027-09-01', until: '2028-08-31' }] }, 0, 0],
    ['2028-09', { pauses: [{ from: '2027-09-01', until: '2028-08-31' }] }, 30, 20_000],
    ['2028-02', {}, 29, 20_000],
  ] as const)('%s %p: %p days, %p fen', (month, change, days, fen) => {
    const lines = allowanceOfMonth(policy, month, [held('a', change)]);
    expect(lines).toEqual(days === 0 ? [] : [{ titleId: 'a', rank: 'accomplished', days, fen }]);
  });

  test('the highest title only, from the day on which it is held', () => {
    const titles = [held('a'), held('b', { rank: 'district_backbone', from: '2027-03-11' })];
    expect(allowanceOfMonth(policy, '2027-03', titles)).toEqual([
      { titleId: 'a', rank: 'accomplished', days: 10, fen: 6451 },
      { titleId: 'b', rank: 'district_backbone', days: 21, fen: 20_322 },
    ]);
    expect(allowanceOfMonth(policy, '2027-04', titles)).toEqual([
      { titleId: 'b', rank: 'district_backbone', days: 30, fen: 30_000 },
    ]);
  });

  test('a higher title that another level pays for leaves nothing here', () => {
    const titles = [held('a'), held('b', { rank: 'city_backbone', from: '2027-01-01' })];
    expect(allowanceOfMonth(policy, '2027-03', titles)).toEqual([]);
  });

  test('a scheme without amounts is refused', () => {
    const { allowance: _, ...rest } = policy;
    expect(() => allowanceOfMonth(rest, '2027-03', [])).toThrow(
      expect.objectContaining({ code: 'ALLOWANCE_NOT_IN_SCHEME', rule: 'C8' }),
    );
  });

  test('never more than the amount of the highest title, and never less than nothing', () => {
    const day = fc
      .date({ min: new Date('2026-01-01'), max: new Date('2028-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const title = fc.record({ rank: fc.constantFrom('accomplished', 'district_backbone'), from: day });
    fc.assert(
      fc.property(fc.array(title, { maxLength: 4 }), fc.integer({ min: 1, max: 12 }), (titles, number) => {
        const month = `2027-${String(number).padStart(2, '0')}`;
        const all = titles.map((change, index) => held(String(index), change));
        const lines = allowanceOfMonth(policy, month, all);
        const { from, until } = monthDays(month);
        const days = lines.reduce((sum, line) => sum + line.days, 0);
        expect(days).toBeLessThanOrEqual(Number(until.slice(8)));
        expect(from.endsWith('-01')).toBe(true);
        expect(lines.reduce((sum, { fen }) => sum + fen, 0)).toBeLessThanOrEqual(30_000);
        expect(lines.every(({ fen }) => fen >= 0)).toBe(true);
      }),
    );
  });
});

describe('A8: a spot check that everybody can draw again', () => {
  const list = ['A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'B', 'C'].map((school, index) => ({
    school,
    id: `t${index}`,
  }));
  const rule = { percent: 20, minPerSchool: 1 };

  test('a draw by hand: the smallest of sha256(seed:id), each school at least once', () => {
    const drawn = drawSpotCheck(list, rule, '2027088', sha256);
    const lot = (id: string) => sha256(`2027088:${id}`);
    const ofA = list
      .filter(({ school }) => school === 'A')
      .map(({ id }) => id)
      .sort((left, right) => (lot(left) < lot(right) ? -1 : 1));
    expect([...drawn].sort()).toEqual([ofA[0]!, 't8', 't9'].sort());
    expect(drawn).toEqual([...drawn].sort((left, right) => (lot(left) < lot(right) ? -1 : 1)));
  });

  test.each([
    [0, 0],
    [1, 1],
    [5, 1],
    [6, 2],
    [10, 2],
    [11, 3],
  ])('of %p in one school %p are drawn', (count, expected) => {
    const school = Array.from({ length: count }, (_, index) => ({ school: 'A', id: `t${index}` }));
    expect(drawSpotCheck(school, rule, 'seed', sha256)).toHaveLength(expected);
  });

  test('the order of the list makes no difference; another seed does', () => {
    const draw = (of: typeof list, seed: string) => drawSpotCheck(of, rule, seed, sha256);
    expect(draw(list.toReversed(), 'x')).toEqual(draw(list, 'x'));
    expect(spotCheckList(list.toReversed())).toBe(spotCheckList(list));
    const seeds = Array.from({ length: 20 }, (_, index) => draw(list, `seed ${index}`).join());
    expect(new Set(seeds).size).toBeGreaterThan(1);
    expect(spotCheckList(list.slice(8))).toBe('B t8\nC t9');
  });
});

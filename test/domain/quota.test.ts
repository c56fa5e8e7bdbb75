import fc from 'fast-check';
import {
  subjectsNotCovered,
  allocateNominationQuotas,
  allocateSeats,
  checkApprovedTable,
  largestRemainder,
  nominationTotal,
  overSubjectCap,
  refuseLeadersOverShare,
  shareOutUnused,
  type ApprovedTable,
  type QuotaProposal,
  type QuotaSchool,
} from '../../domain/quota.js';
import { Refusal } from '../../domain/refusal.js';
import { atLeastPercent, atMostPercent } from '../../domain/whole-numbers.js';

const school = (code: string, fullTimeTeachers: number, rural: boolean): QuotaSchool => ({
  id: `id-${code}`,
  code,
  fullTimeTeachers,
  rural,
});
const sevenSchools = [
  school('A', 210, false),
  school('B', 145, false),
  school('C', 98, false),
  school('D', 60, true),
  school('E', 34, true),
  school('F', 12, true),
  school('G', 3, true),
];
const guarantee = { each: 1, fromTeachers: 10 };
const quotasOf = (proposal: QuotaProposal) =>
  Object.fromEntries(proposal.rows.map((row) => [row.code, row.quota]));
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

function refusalOf(action: () => unknown): Refusal {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('R0.4: percentages', () => {
  test.each([
    [7, 20, 2, 1],
    [5, 20, 1, 1],
    [1, 20, 1, 0],
    [0, 20, 0, 0],
    [355, 10, 36, 35],
    [100, 29, 29, 29],
    [50, 58, 29, 29],
    [10, 130, 13, 13],
  ])('of %d, %d %% are at least %d and at most %d', (count, percent, atLeast, atMost) => {
    expect(atLeastPercent(count, percent)).toBe(atLeast);
    expect(atMostPercent(count, percent)).toBe(atMost);
  });

  test.each([
    [1.5, 20],
    [-1, 20],
    [10, 0.5],
    [Number.NaN, 20],
  ])('%d and %d %% are refused', (count, percent) => {
    expect(() => atLeastPercent(count, percent)).toThrow(RangeError);
    expect(() => atMostPercent(count, percent)).toThrow(RangeError);
  });
});

describe('Q2: largest remainder', () => {
  const byKey = (left: { key: string }, right: { key: string }) => (left.key < right.key ? -1 : 1);

  test('shows whole part, exact share and who got a seat by remainder', () => {
    const shares = largestRemainder(
      10,
      [
        { key: 'a', weight: 47 },
        { key: 'b', weight: 16 },
        { key: 'c', weight: 37 },
      ],
      byKey,
    );
    expect(shares).toEqual([
      { key: 'a', seats: 5, exact: { numerator: 470, denominator: 100 }, byRemainder: true },
      { key: 'b', seats: 1, exact: { numerator: 160, denominator: 100 }, byRemainder: false },
      { key: 'c', seats: 4, exact: { numerator: 370, denominator: 100 }, byRemainder: true },
    ]);
  });

  test('nothing to give is divided, something to give over no weight is refused', () => {
    expect(largestRemainder(0, [{ key: 'a', weight: 0 }], byKey)[0]?.seats).toBe(0);
    expect(refusalOf(() => largestRemainder(1, [{ key: 'a', weight: 0 }], byKey)).code).toBe(
      'QUOTA_INFEASIBLE',
    );
  });

  test.each([
    [1.5, 1],
    [-1, 1],
    [1, 0.5],
    [1, -1],
  ])('%d seats by weight %d are refused', (seats, weight) => {
    expect(() => largestRemainder(seats, [{ key: 'a', weight }], byKey)).toThrow(RangeError);
  });
});

describe('section 4: the quota table', () => {
  test('the vector: guarantee and rural share', () => {
    const proposal = allocateNominationQuotas({
      total: 20,
      schools: sevenSchools,
      guarantee,
      ruralSharePercent: 30,
    });
    expect(quotasOf(proposal)).toEqual({ A: 7, B: 4, C: 3, D: 3, E: 2, F: 1, G: 0 });
    expect(proposal.rural).toEqual({ places: 6, floor: 6, naturalShare: 4, guaranteed: 3 });
    const rows = new Map(proposal.rows.map((row) => [row.code, row]));
    expect(rows.get('A')).toMatchObject({ basis: 'share', byRemainder: true });
    expect(rows.get('A')?.share).toEqual({ numerator: 2940, denominator: 453 });
    expect(rows.get('F')).toMatchObject({
      basis: 'guarantee',
      share: { numerator: 72, denominator: 109 },
    });
    expect(rows.get('G')).toMatchObject({ basis: 'share', byRemainder: false });
  });

  test('P4: guarantee and rural share are off unless given', () => {
    const proposal = allocateNominationQuotas({ total: 20, schools: sevenSchools });
    expect(quotasOf(proposal)).toEqual({ A: 8, B: 5, C: 4, D: 2, E: 1, F: 0, G: 0 });
    expect(proposal.rural).toBeNull();
  });

  test('Q3: a minimum that others give up is taken out before the rest is shared', () => {
    const proposal = allocateNominationQuotas({ total: 20, schools: sevenSchools, guarantee });
    expect(quotasOf(proposal)).toEqual({ A: 7, B: 5, C: 4, D: 2, E: 1, F: 1, G: 0 });
  });

  test('Q3: fixing one school can bring another below its minimum', () => {
    const proposal = allocateNominationQuotas({
      total: 5,
      schools: [
        school('A', 700, false),
        school('B', 101, false),
        school('C', 100, false),
        school('D', 99, false),
      ],
      guarantee: { each: 1, fromTeachers: 10 },
    });
    expect(quotasOf(proposal)).toEqual({ A: 2, B: 1, C: 1, D: 1 });
  });

  test('Q3: too few places for the minimums are refused with the figures', () => {
    const refusal = refusalOf(() => allocateNominationQuotas({ total: 5, schools: sevenSchools, guarantee }));
    expect(refusal).toMatchObject({
      code: 'QUOTA_INFEASIBLE',
      rule: 'Q3',
      values: { total: 5, guaranteed: 6 },
    });
  });

  test('Q4: a rural floor that leaves too little for the urban minimums is refused with the figures', () => {
    const refusal = refusalOf(() =>
      allocateNominationQuotas({ total: 10, schools: sevenSchools, guarantee, ruralSharePercent: 80 }),
    );
    expect(refusal).toMatchObject({
      code: 'QUOTA_INFEASIBLE',
      rule: 'Q4',
      values: { total: 10, ruralMinimum: 8, urbanGuaranteed: 3 },
    });
  });

  test('Q4: the rural schools get the most of floor, natural share and minimums', () => {
    const places = (ruralSharePercent: number, each: number) =>
      allocateNominationQuotas({
        total: 20,
        schools: sevenSchools,
        guarantee: { each, fromTeachers: 10 },
        ruralSharePercent,
      }).rural?.places;
    expect(places(10, 1)).toBe(4);
    expect(places(26, 1)).toBe(6);
    expect(places(10, 3)).toBe(9);
  });

  test('Q4: a natural share yields to the minimums of urban schools', () => {
    const urban = Array.from({ length: 8 }, (_, index) => school(`U${index}`, 10, false));
    const proposal = allocateNominationQuotas({
      total: 10,
      schools: [school('R', 400, true), ...urban],
      guarantee,
      ruralSharePercent: 20,
    });
    expect(proposal.rural).toEqual({ places: 2, floor: 2, naturalShare: 8, guaranteed: 1 });
    expect(quotasOf(proposal)['U7']).toBe(1);
  });

  test('Q4: where all schools are of one kind the rural share says nothing', () => {
    const urban = sevenSchools.filter((one) => !one.rural);
    const proposal = allocateNominationQuotas({ total: 10, schools: urban, ruralSharePercent: 30 });
    expect(proposal.rural).toBeNull();
    expect(sum(proposal.rows.map((row) => row.quota))).toBe(10);
  });

  test('Q2: equal remainders go to rural schools first, then to larger ones, then by code', () => {
    const rural = allocateNominationQuotas({
      total: 1,
      schools: [school('A', 50, false), school('B', 50, true)],
    });
    expect(quotasOf(rural)).toEqual({ A: 0, B: 1 });
    const larger = allocateNominationQuotas({
      total: 2,
      schools: [school('A', 10, false), school('B', 10, false), school('C', 40, false)],
    });
    expect(quotasOf(larger)).toEqual({ A: 0, B: 0, C: 2 });
    const byCode = allocateNominationQuotas({
      total: 1,
      schools: [school('2', 50, false), school('1', 50, false)],
    });
    expect(quotasOf(byCode)).toEqual({ '1': 1, '2': 0 });
  });
});

describe('quota properties', () => {
  const schools = fc.uniqueArray(
    fc.record({
      code: fc.integer({ min: 100, max: 999 }).map(String),
      fullTimeTeachers: fc.integer({ min: 1, max: 250 }),
      rural: fc.boolean(),
    }),
    { minLength: 1, maxLength: 20, selector: (one) => one.code },
  );
  const input = fc.record(
    {
      total: fc.integer({ min: 0, max: 120 }),
      schools: schools.map((list) => list.map((one) => ({ ...one, id: one.code }))),
      guarantee: fc.record({
        each: fc.integer({ min: 0, max: 3 }),
        fromTeachers: fc.integer({ min: 0, max: 40 }),
      }),
      ruralSharePercent: fc.integer({ min: 0, max: 60 }),
    },
    { requiredKeys: ['total', 'schools'] },
  );

  test('the table sums to the total, keeps guarantee and rural floor, and does not depend on the order', () => {
    fc.assert(
      fc.property(input, (given) => {
        const minimumOf = (one: QuotaSchool) =>
          given.guarantee && one.fullTimeTeachers >= given.guarantee.fromTeachers ? given.guarantee.each : 0;
        const ruralSchools = given.schools.filter((one) => one.rural);
        const mixed = ruralSchools.length > 0 && ruralSchools.length < given.schools.length;
        const floor = mixed ? atLeastPercent(given.total, given.ruralSharePercent ?? 0) : 0;
        const ruralMinimum = sum(ruralSchools.map(minimumOf));
        const needed = sum(given.schools.map(minimumOf)) + Math.max(0, floor - ruralMinimum);
        if (needed > given.total) {
          expect(refusalOf(() => allocateNominationQuotas(given)).code).toBe('QUOTA_INFEASIBLE');
          return;
        }
        const proposal = allocateNominationQuotas(given);
        expect(sum(proposal.rows.map((row) => row.quota))).toBe(given.total);
        expect(proposal.rows).toHaveLength(given.schools.length);
        for (const row of proposal.rows) expect(row.quota).toBeGreaterThanOrEqual(minimumOf(row));
        const ruralQuota = sum(proposal.rows.filter((row) => row.rural).map((row) => row.quota));
        expect(ruralQuota).toBeGreaterThanOrEqual(floor);
        expect(allocateNominationQuotas({ ...given, schools: given.schools.toReversed() })).toEqual(proposal);
      }),
    );
  });

  test('without a guarantee, nobody is a whole place away from the exact share', () => {
    fc.assert(
      fc.property(input, ({ total, schools: list }) => {
        for (const { quota, share } of allocateNominationQuotas({ total, schools: list }).rows) {
          expect(Math.abs(quota * share.denominator - share.numerator)).toBeLessThan(share.denominator);
        }
      }),
    );
  });
});

describe('Q7: seats and nominations', () => {
  const minDifferential = { percent: 20, min: 1 };

  test.each([
    [100, 130],
    [50, 65],
    [7, 10],
    [1, 2],
    [0, 0],
  ])('%d seats and 130 %% are %d nominations', (seats, nominations) => {
    expect(nominationTotal(seats, 130)).toBe(nominations);
  });

  test('seats follow the candidates, and a group that cannot be differential is shown', () => {
    const groups = [
      { key: 'chinese', candidates: 13 },
      { key: 'mathematics', candidates: 9 },
      { key: 'music', candidates: 1 },
      { key: 'sport', candidates: 3 },
    ];
    const rows = allocateSeats({ seats: 20, groups, minDifferential });
    expect(rows.map(({ key, seats, missing }) => [key, seats, missing])).toEqual([
      ['chinese', 10, 0],
      ['mathematics', 7, 0],
      ['music', 1, 1],
      ['sport', 2, 0],
    ]);
  });

  test('a group without a seat lacks nobody', () => {
    const groups = [
      { key: 'chinese', candidates: 9 },
      { key: 'music', candidates: 1 },
    ];
    expect(allocateSeats({ seats: 3, groups, minDifferential })[1]).toMatchObject({ seats: 0, missing: 0 });
  });

  test('equal remainders: more candidates first, then by key', () => {
    const seatsOf = (one: number, other: number, seats: number) =>
      allocateSeats({
        seats,
        groups: [
          { key: 'b', candidates: one },
          { key: 'a', candidates: other },
        ],
        minDifferential,
      }).map((row) => row.seats);
    expect(seatsOf(2, 2, 1)).toEqual([0, 1]);
    expect(seatsOf(3, 1, 2)).toEqual([2, 0]);
  });

  test('more seats than candidates are refused', () => {
    const groups = [{ key: 'chinese', candidates: 2 }];
    expect(refusalOf(() => allocateSeats({ seats: 3, groups, minDifferential }))).toMatchObject({
      code: 'QUOTA_INFEASIBLE',
      values: { total: 3, candidates: 2 },
    });
  });

  test('seats sum up and no group gets more than it has candidates', () => {
    const candidates = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(candidates, fc.nat(200), (counts, wanted) => {
        const seats = Math.min(wanted, sum(counts));
        const groups = counts.map((count, index) => ({ key: String(index), candidates: count }));
        const rows = allocateSeats({ seats, groups, minDifferential });
        expect(sum(rows.map((row) => row.seats))).toBe(seats);
        for (const row of rows) expect(row.seats).toBeLessThanOrEqual(row.candidates);
      }),
    );
  });
});

describe('Q2: the approved table binds', () => {
  const proposal = allocateNominationQuotas({
    total: 20,
    schools: sevenSchools,
    guarantee,
    ruralSharePercent: 30,
  });
  const approvedWith = (
    changes: Record<string, { quota: number; reason?: string }>,
    extra?: ApprovedTable['extra'],
  ): ApprovedTable => ({
    rows: proposal.rows.map((row) => ({ id: row.id, quota: row.quota, ...changes[row.code] })),
    extra,
  });

  test('as proposed it needs no reason', () => {
    expect(checkApprovedTable(proposal, approvedWith({}))).toEqual([]);
  });

  test('changed rows are returned with their reasons', () => {
    const approved = approvedWith(
      { A: { quota: 5, reason: '上一轮超额' }, G: { quota: 1, reason: '教学点' } },
      [{ kind: 'reserve', quota: 1, reason: '机动' }],
    );
    expect(checkApprovedTable(proposal, approved)).toEqual([
      { id: 'id-A', code: 'A', proposed: 7, approved: 5, reason: '上一轮超额' },
      { id: 'id-G', code: 'G', proposed: 0, approved: 1, reason: '教学点' },
    ]);
  });

  test('every change and every extra place without a reason is named', () => {
    const approved = approvedWith({ A: { quota: 5 }, G: { quota: 1, reason: ' ' } }, [
      { kind: 'apart', quota: 1 },
    ]);
    expect(refusalOf(() => checkApprovedTable(proposal, approved))).toMatchObject({
      code: 'QUOTA_REASON_MISSING',
      values: { rows: ['A', 'G', 'apart'] },
    });
  });

  test('another total is refused, extra places included', () => {
    const more = approvedWith({}, [{ kind: 'reserve', quota: 1, reason: '机动' }]);
    expect(refusalOf(() => checkApprovedTable(proposal, more))).toMatchObject({
      code: 'QUOTA_TOTAL',
      values: { total: 20, approved: 21 },
    });
  });

  test('missing, unknown and repeated schools are named', () => {
    const rows = [
      ...proposal.rows.slice(1).map(({ id, quota }) => ({ id, quota })),
      { id: 'id-X', quota: 7 },
      { id: 'id-B', quota: 0 },
    ];
    expect(refusalOf(() => checkApprovedTable(proposal, { rows }))).toMatchObject({
      code: 'QUOTA_ROWS',
      values: { missing: ['id-A'], unknown: ['id-X'], twice: ['id-B'] },
    });
  });

  test('places that are no whole number are refused', () => {
    expect(() => checkApprovedTable(proposal, approvedWith({ A: { quota: 7.5 } }))).toThrow(RangeError);
  });
});

describe('Q5: subject balance', () => {
  const caps = [
    { seatsFrom: 20, cap: 5 },
    { seatsFrom: 10, cap: 3 },
    { seatsFrom: 0, cap: 2 },
  ];
  const listed = (subject: string, count: number, teachingStage = 'primary') =>
    Array.from({ length: count }, (_, index) => ({
      id: `${teachingStage}-${subject}-${index}`,
      teachingStage,
      subject,
      posts: ['teacher'],
    }));

  test.each([
    [20, 5],
    [19, 3],
    [10, 3],
    [9, 2],
    [1, 2],
  ])('of %d places, %d of a stage and subject keep to the cap and one more does not', (places, cap) => {
    expect(overSubjectCap(caps, places, listed('mathematics', cap))).toEqual([]);
    expect(overSubjectCap(caps, places, listed('mathematics', cap + 1))).toEqual([
      { teachingStage: 'primary', subject: 'mathematics', listed: cap + 1, cap },
    ]);
    expect(overSubjectCap(caps.toReversed(), places, listed('mathematics', cap + 1))).toHaveLength(1);
  });

  test('another stage or subject counts by itself, and without a row that is reached there is no cap', () => {
    const mixed = [...listed('english', 2), ...listed('english', 2, 'junior'), ...listed('art', 2)];
    expect(overSubjectCap(caps, 6, mixed)).toEqual([]);
    expect(overSubjectCap(caps.slice(0, 2), 9, listed('mathematics', 9))).toEqual([]);
    expect(overSubjectCap([], 9, listed('mathematics', 9))).toEqual([]);
  });
});

describe('Q6: the share of the leaders', () => {
  const person = (post: string, index: number) => ({
    id: `${post}${index}`,
    teachingStage: 'primary',
    subject: 'mathematics',
    posts: ['teacher', post],
  });
  const check = (places: number, leaders: string[]) =>
    refuseLeadersOverShare({
      rank: 'accomplished',
      places,
      percent: 30,
      listed: [...leaders.map(person), person('middle_manager', 99)],
    });

  test.each([
    [10, 3],
    [9, 2],
    [4, 1],
    [3, 0],
  ])('of %d places, %d leaders at most, rounded down', (places, most) => {
    const leaders = ['head', 'deputy_head', 'deputy_head', 'deputy_head'];
    expect(() => check(places, leaders.slice(0, most))).not.toThrow();
    const refusal = refusalOf(() => check(places, leaders.slice(0, most + 1)));
    expect(refusal).toMatchObject({
      code: 'LEADERS_OVER_SHARE',
      rule: 'Q6',
      values: { leaders: most + 1, most, places, percent: 30 },
    });
  });
});

describe('Q8: unused places are shared out once more', () => {
  const receiver = (code: string, fullTimeTeachers: number, rural: boolean, further: number) => ({
    ...school(code, fullTimeTeachers, rural),
    further,
  });
  const places = (input: Parameters<typeof shareOutUnused>[0]) => {
    const { rows, left } = shareOutUnused(input);
    return { ...Object.fromEntries(rows.map((row) => [row.code, row.places])), left };
  };

  test('by Q2 over the schools that have further applicants, and to none more than it has', () => {
    const schools = [receiver('A', 210, false, 1), receiver('B', 145, false, 5), receiver('D', 60, true, 5)];
    // By share alone A would get 3 of 5.
    expect(places({ unused: { rural: 0, urban: 5 }, schools, keepRural: false })).toEqual({
      A: 1,
      B: 3,
      D: 1,
      left: { rural: 0, urban: 0 },
    });
  });

  test('rural places stay with rural schools, unless a written decision gives them on', () => {
    const schools = [receiver('B', 145, false, 5), receiver('D', 60, true, 2)];
    const unused = { rural: 4, urban: 1 };
    // Two of the four are for D; the urban place is divided over all that can still take one.
    expect(places({ unused, schools, keepRural: true })).toEqual({
      B: 1,
      D: 2,
      left: { rural: 2, urban: 0 },
    });
    expect(places({ unused, schools, keepRural: false })).toEqual({
      B: 4,
      D: 1,
      left: { rural: 0, urban: 0 },
    });
  });

  test('what nobody can take is left', () => {
    expect(
      places({ unused: { rural: 3, urban: 2 }, schools: [receiver('D', 60, true, 1)], keepRural: true }),
    ).toEqual({ D: 1, left: { rural: 2, urban: 2 } });
    expect(places({ unused: { rural: 1, urban: 1 }, schools: [], keepRural: false }).left).toEqual({
      rural: 0,
      urban: 2,
    });
  });

  test('whatever the numbers: all is given or left, nobody gets more than it can take, order says nothing', () => {
    const schoolsOf = fc.uniqueArray(
      fc.record({
        code: fc.integer({ min: 0, max: 30 }),
        teachers: fc.integer({ min: 0, max: 300 }),
        rural: fc.boolean(),
        further: fc.integer({ min: 0, max: 6 }),
      }),
      { selector: ({ code }) => code, maxLength: 12 },
    );
    const unusedOf = fc.record({
      rural: fc.integer({ min: 0, max: 15 }),
      urban: fc.integer({ min: 0, max: 15 }),
    });
    fc.assert(
      fc.property(schoolsOf, unusedOf, fc.boolean(), (drawn, unused, keepRural) => {
        const schools = drawn.map(({ code, teachers, rural, further }) =>
          receiver(`S${String(code).padStart(2, '0')}`, teachers, rural, further),
        );
        const shares = shareOutUnused({ unused, schools, keepRural });
        const given = sum(shares.rows.map((row) => row.places));
        expect(given + shares.left.rural + shares.left.urban).toBe(unused.rural + unused.urban);
        const takers = schools.filter(({ fullTimeTeachers }) => fullTimeTeachers > 0);
        const byId = new Map(takers.map((each) => [each.id, each]));
        for (const row of shares.rows) expect(row.places).toBeLessThanOrEqual(byId.get(row.id)!.further);
        // Nothing is left while somebody could take it.
        const urban = shares.rows.filter((row) => !byId.get(row.id)!.rural);
        if (keepRural) expect(sum(urban.map((row) => row.places))).toBeLessThanOrEqual(unused.urban);
        if (shares.left.urban > 0) expect(given).toBe(sum(takers.map(({ further }) => further)));
        const ruralFurther = sum(takers.filter(({ rural }) => rural).map(({ further }) => further));
        if (shares.left.rural > 0) expect(given - sum(urban.map((row) => row.places))).toBe(ruralFurther);
        expect(shareOutUnused({ unused, schools: schools.toReversed(), keepRural })).toEqual(shares);
      }),
      { numRuns: 500 },
    );
  });
});

describe('coverage of the subjects (Q5)', () => {
  const applicant = (subject: string, isEligible: boolean, isCandidate: boolean) => ({
    subject,
    isEligible,
    isCandidate,
  });

  test('a subject with an eligible applicant and no candidate is named, with how many there are', () => {
    expect(
      subjectsNotCovered([
        applicant('music', true, false),
        applicant('music', false, false),
        applicant('art', true, false),
        applicant('art', true, false),
        applicant('history', false, false),
        applicant('chinese', true, false),
        applicant('chinese', true, true),
      ]),
    ).toEqual([
      { subject: 'art', eligible: 2 },
      { subject: 'music', eligible: 1 },
    ]);
    expect(subjectsNotCovered([])).toEqual([]);
  });
});

import fc from 'fast-check';
import { barsByRule, detectConflicts, quorumAtRisk, standsAside } from '../../domain/conflicts.js';

const candidates = [
  { id: 'a1', personId: 'anna', schoolId: 'east' },
  { id: 'a2', personId: 'bei', schoolId: 'west' },
];
const none = { candidates, mentorPairs: [], kin: [] };

describe('V1: what the service finds', () => {
  test('nothing where there is nothing', () => {
    expect(detectConflicts({ ...none, members: [{ id: 'chen', schoolId: 'north' }] })).toEqual([]);
  });

  test('a member who is a candidate has no conflict of another kind with the own name', () => {
    expect(detectConflicts({ ...none, members: [{ id: 'anna', schoolId: 'east' }] })).toEqual([
      { memberId: 'anna', kind: 'is_candidate', candidates: ['a1'] },
    ]);
  });

  test('mentor pairs and kin are found from both ends, and every kind is told', () => {
    const members = [
      { id: 'chen', schoolId: 'east' },
      { id: 'deng', schoolId: 'north' },
    ];
    const found = detectConflicts({
      members,
      candidates,
      mentorPairs: [
        ['chen', 'anna'],
        ['bei', 'deng'],
      ],
      kin: [['bei', 'chen']],
    });
    expect(found).toEqual([
      { memberId: 'chen', kind: 'mentor_pair', candidates: ['a1'] },
      { memberId: 'chen', kind: 'kinship', candidates: ['a2'] },
      { memberId: 'chen', kind: 'same_school', candidates: ['a1'] },
      { memberId: 'deng', kind: 'mentor_pair', candidates: ['a2'] },
    ]);
  });

  test('what is found does not depend on the order of members and candidates', () => {
    const people = ['anna', 'bei', 'chen', 'deng', 'er'];
    const schools = ['east', 'west'];
    const pairs = fc.array(fc.tuple(fc.constantFrom(...people), fc.constantFrom(...people)), {
      maxLength: 5,
    });
    const given = fc.record({
      schoolOf: fc.array(fc.constantFrom(...schools), { minLength: 5, maxLength: 5 }),
      mentorPairs: pairs,
      kin: pairs,
      order: fc.shuffledSubarray(people, { minLength: 5 }),
    });
    fc.assert(
      fc.property(given, ({ schoolOf, mentorPairs, kin, order }) => {
        const members = people.map((id, index) => ({ id, schoolId: schoolOf[index]! }));
        const found = detectConflicts({ members, candidates, mentorPairs, kin });
        const shuffled = detectConflicts({
          members: order.map((id) => members.find((member) => member.id === id)!),
          candidates: candidates.toReversed(),
          mentorPairs: mentorPairs.map(([one, other]) => [other, one]),
          kin: kin.toReversed(),
        });
        expect(new Set(shuffled.map((each) => JSON.stringify(each)))).toEqual(
          new Set(found.map((each) => JSON.stringify(each))),
        );
      }),
    );
  });
});

test('V3: the same school bars by the rule only where the scheme says so; the other kinds always do', () => {
  expect(barsByRule('same_school', 'declare')).toBe(false);
  expect(barsByRule('same_school', 'recuse')).toBe(true);
  for (const kind of ['is_candidate', 'mentor_pair', 'kinship'] as const)
    expect(barsByRule(kind, 'declare')).toBe(true);
  expect(barsByRule('other', 'recuse')).toBe(false);
});

test('V1: a declaration counts until it is decided on; a warning and a request count only once it is', () => {
  expect(standsAside([])).toBe(false);
  expect(standsAside([{ source: 'declared', decision: null }])).toBe(true);
  expect(standsAside([{ source: 'declared', decision: 'votes' }])).toBe(false);
  for (const source of ['detected', 'asked']) {
    expect(standsAside([{ source, decision: null }])).toBe(false);
    expect(standsAside([{ source, decision: 'recused' }])).toBe(true);
  }
  expect(
    standsAside([
      { source: 'declared', decision: 'votes' },
      { source: 'asked', decision: 'recused' },
    ]),
  ).toBe(true);
});

describe('V3: a committee that recusals could leave without a quorum', () => {
  const committee = { unit: 'u', members: 11, reserve: 4, quorum: { numerator: 2, denominator: 3 } };

  test('eight of eleven are a quorum, seven are not', () => {
    expect(quorumAtRisk({ ...committee, conflicted: 3 })).toEqual([]);
    expect(quorumAtRisk({ ...committee, conflicted: 4 })).toEqual([
      {
        code: 'COMMITTEE_MAY_LACK_QUORUM',
        rule: 'V3',
        values: { unit: 'u', members: 11, conflicted: 4, reserve: 4, required: 8 },
      },
    ]);
  });
});

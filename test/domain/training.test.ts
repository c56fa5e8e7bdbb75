import { readFileSync } from 'node:fs';
import { refuseMentor, type MentorFacts } from '../../domain/mentorship.js';
import { automaticTrainings, ladderLists } from '../../domain/ladder.js';
import type { Policy, TrainingActivity } from '../../domain/policy.js';
import {
  activityOf,
  enteredBy,
  hoursAnswer,
  hoursOwed,
  refuseHours,
  type HoursLine,
} from '../../domain/hours.js';
import { assess, assessors, termOf, trainingPeriod, trainingYears } from '../../domain/training.js';
import { parsePolicy } from '../../policies/schema.js';

const file = 'policies/sichuan-district.yaml';
const policy: Policy = parsePolicy(readFileSync(file, 'utf8'), file);
const refusal = (code: string) => expect.objectContaining({ code });

describe('T1: the period counts whole school years', () => {
  test.each([
    ['2026-12-18', 1, undefined, '2027-09-01', '2028-08-31'],
    ['2027-09-01', 2, undefined, '2027-09-01', '2029-08-31'],
    ['2027-09-02', 1, undefined, '2028-09-01', '2029-08-31'],
    // A replacement before the others have begun goes with them; afterwards it has the full time from entry.
    ['2027-03-01', 1, '2027-09-01', '2027-09-01', '2028-08-31'],
    ['2027-10-15', 1, '2027-09-01', '2027-10-15', '2028-10-14'],
    ['2028-02-29', 1, '2027-09-01', '2028-02-29', '2029-02-27'],
  ])('handed on %s for %d years, others from %s', (handedOn, years, others, startsOn, endsOn) => {
    expect(trainingPeriod(handedOn, years, others)).toEqual({ startsOn, endsOn });
  });

  test('accomplished takes one year and 72 hours, district backbone two and 144', () => {
    expect(trainingYears(policy, 'accomplished')).toBe(1);
    expect(trainingYears(policy, 'district_backbone')).toBe(2);
    expect(hoursOwed(policy, 1)).toBe(72);
    expect(hoursOwed(policy, 2)).toBe(144);
    expect(() => trainingYears(policy, 'special_grade')).toThrow(refusal('TRAINING_YEARS_MISSING'));
  });
});

const training = { startsOn: '2027-09-01', endsOn: '2028-08-31', hoursRequired: 72 };
const line = (on: string, hours: number, confirmedOn: string | null = on): HoursLine => ({
  activity: `${on} ${hours}`,
  form: 'central',
  on,
  hours,
  enteredOn: on,
  confirmedOn,
});

describe('T7: met or not, x of y, as of a day', () => {
  test('only confirmed hours of activities within the training count', () => {
    const lines = [
      line('2027-08-31', 8),
      line('2027-09-01', 8),
      line('2028-08-31', 8, '2028-09-10'),
      line('2028-09-01', 8),
      line('2028-03-01', 4, null),
    ];
    expect(hoursAnswer(lines, training, '2028-08-31')).toMatchObject({
      met: false,
      done: 8,
      required: 72,
      pending: 12,
      on: '2028-08-31',
    });
    expect(hoursAnswer(lines, training, '2028-09-10')).toMatchObject({ done: 16, pending: 4 });
    expect(hoursAnswer(lines, training, '2027-08-31')).toMatchObject({ done: 0, pending: 0 });
  });

  test('72 of 72 are enough, 71 are not, a correction takes hours back', () => {
    const nine = Array.from({ length: 9 }, (_, day) => line(`2027-10-0${day + 1}`, 8));
    expect(hoursAnswer(nine, training, '2028-09-01')).toMatchObject({ met: true, done: 72 });
    expect(hoursAnswer([...nine, line('2027-10-01', -1)], training, '2028-09-01')).toMatchObject({
      met: false,
      done: 71,
    });
  });
});

describe('T2, T3, T4: what may be entered', () => {
  const next = {
    activity: '集中培训一',
    kind: 'central',
    form: 'central' as const,
    on: '2027-10-08',
    hours: 6,
    personIds: ['li', 'wang'],
  };
  const entered = { by: 'centre', today: '2027-10-09', mostPerDay: 8 };

  test('a class on one day passes, also when two hours were entered before', () => {
    expect(() => refuseHours(next, entered, [])).not.toThrow();
    expect(() =>
      refuseHours(next, entered, [{ ...next, personId: 'li', activity: '讲座', hours: 2 }]),
    ).not.toThrow();
  });

  test('the ninth hour of a day is refused, naming who has it', () => {
    const ledger = [
      { ...next, personId: 'li', activity: '讲座', hours: 3 },
      { ...next, personId: 'wang', activity: '讲座', on: '2027-10-07', hours: 8 },
    ];
    expect(() => refuseHours(next, entered, ledger)).toThrow(
      expect.objectContaining({ code: 'HOURS_PER_DAY', values: expect.objectContaining({ people: ['li'] }) }),
    );
  });

  test('own hours, hours twice and hours of a day to come are refused', () => {
    expect(() => refuseHours(next, { ...entered, by: 'wang' }, [])).toThrow(refusal('HOURS_OWN'));
    expect(() => refuseHours({ ...next, personIds: ['li', 'li'] }, entered, [])).toThrow(
      refusal('HOURS_TWICE'),
    );
    const there = [{ ...next, personId: 'li', on: '2027-10-01', hours: 1 }];
    expect(() => refuseHours(next, entered, there)).toThrow(refusal('HOURS_TWICE'));
    expect(() => refuseHours(next, { ...entered, today: '2027-10-07' }, [])).toThrow(
      refusal('HOURS_IN_FUTURE'),
    );
  });

  test('a correction takes back what is there, of the same kind and day, and no more', () => {
    const there = [{ ...next, personId: 'li', activity: '讲座', hours: 3 }];
    const correction = { ...next, activity: '更正：讲座', corrects: '讲座', hours: -3, personIds: ['li'] };
    expect(() => refuseHours(correction, entered, there)).not.toThrow();
    expect(() => refuseHours({ ...correction, hours: -4 }, entered, there)).toThrow(
      refusal('HOURS_CORRECTION'),
    );
    expect(() => refuseHours({ ...correction, hours: 3 }, entered, there)).toThrow(
      refusal('HOURS_CORRECTION'),
    );
    expect(() => refuseHours({ ...correction, personIds: ['wang'] }, entered, there)).toThrow(
      refusal('HOURS_CORRECTION'),
    );
    expect(() => refuseHours({ ...correction, corrects: undefined }, entered, there)).toThrow(
      refusal('HOURS_CORRECTION'),
    );
    expect(() => refuseHours({ ...correction, on: '2027-10-07' }, entered, there)).toThrow(
      refusal('HOURS_CORRECTION'),
    );
    expect(() => refuseHours({ ...correction, kind: 'spread' }, entered, there)).toThrow(
      refusal('HOURS_CORRECTION'),
    );
    // Another scheme may hold what has the same code at school.
    expect(() => refuseHours({ ...correction, form: 'school_based' }, entered, there)).toThrow(
      refusal('HOURS_CORRECTION'),
    );
  });

  test('the scheme says what an activity is, and who arranges it enters it', () => {
    const by = (code: string) => enteredBy(activityOf(policy, code));
    expect(by('spread')).toEqual(['school_clerk']);
    expect(by('central')).toEqual(['training_centre']);
    expect(by('higher_level')).toEqual(['training_centre']);
    expect(by('forum')).toEqual(['training_centre']);
    expect(by('lecture')).toEqual(['school_clerk', 'training_centre']);
    expect(enteredBy({ ...activityOf(policy, 'lecture'), where: 'district' } as TrainingActivity)).toEqual([
      'training_centre',
    ]);
    expect(() => activityOf(policy, 'dinner')).toThrow(refusal('HOURS_KIND_UNKNOWN'));
  });
});

describe('T10, T11: the final assessment', () => {
  const parts = { central: 72, schoolBased: 0, converted: 0, counted: 0 };
  const met = { met: true, done: 72, required: 72, pending: 0, on: '2028-09-05', parts };
  const notMet = { ...met, met: false, done: 70 };

  test.each([
    [60, met, 'passed', undefined],
    [59, met, 'eliminated', 'ASSESSMENT_NOT_PASSED'],
    [100, notMet, 'eliminated', 'HOURS_NOT_MET'],
    [0, notMet, 'eliminated', 'HOURS_NOT_MET'],
  ])('%d points', (points, hours, standing, code) => {
    const result = assess(policy, points, hours);
    expect(result.standing).toBe(standing);
    expect(result.reason?.code).toBe(code);
    if (code) expect(result.reason?.clause).toContain('实行淘汰制');
  });

  test.each([101, -1, 59.5])('%p is no number of points', (points) => {
    expect(() => assess(policy, points, met)).toThrow(refusal('POINTS_OUT_OF_RANGE'));
  });

  test('a scheme that does not ask for hours passes without them', () => {
    const training = {
      ...policy.training,
      assessment: { ...policy.training!.assessment!, needsHours: false },
    };
    expect(assess({ ...policy, training }, 60, notMet)).toEqual({ standing: 'passed' });
  });

  test('the training centre assesses, and the researcher whose duty it is', () => {
    expect(assessors(policy)).toEqual(['training_centre', 'researcher']);
    const contactResearcher = { ...policy.training!.contactResearcher!, duties: ['train'] as const };
    expect(assessors({ ...policy, training: { ...policy.training, contactResearcher } })).toEqual([
      'training_centre',
    ]);
  });
});

test.each([
  ['2027-09-01', '2027-2028-1', '2027-09-01', '2028-01-31'],
  ['2028-01-31', '2027-2028-1', '2027-09-01', '2028-01-31'],
  ['2028-02-01', '2027-2028-2', '2028-02-01', '2028-08-31'],
  ['2028-08-31', '2027-2028-2', '2028-02-01', '2028-08-31'],
])('5.1: %s lies in the term %s', (date, code, from, until) => {
  expect(termOf(date)).toEqual({ code, from, until });
});

describe('T8: a mentor of a higher rank and the same or a near subject', () => {
  const apprentice = { personId: 'li', rank: 'accomplished', subject: 'physics', schoolId: 'a' };
  const mentor: MentorFacts = {
    personId: 'wang',
    subject: 'chemistry',
    schoolId: 'b',
    ranks: ['district_backbone'],
  };

  test.each([
    ['a near subject, another school', {}, null],
    ['the same subject', { subject: 'physics' }, null],
    ['two ranks higher', { ranks: ['school_backbone', 'city_backbone'] }, null],
    ['a far subject', { subject: 'history' }, 'MENTOR_SUBJECT'],
    ['no subject', { subject: null }, 'MENTOR_SUBJECT'],
    ['the same rank', { ranks: ['accomplished'] }, 'MENTOR_RANK'],
    ['an external title', { ranks: ['city_excellent_young'] }, 'MENTOR_RANK'],
    ['no title', { ranks: [] }, 'MENTOR_RANK'],
    ['oneself', { personId: 'li' }, 'MENTOR_OWN'],
  ])('%s', (_, change, code) => {
    const choose = () => refuseMentor(policy, apprentice, { ...mentor, ...change });
    if (code === null) expect(choose).not.toThrow();
    else expect(choose).toThrow(refusal(code));
  });

  test('a rank without mentorship has none', () => {
    expect(() => refuseMentor(policy, { ...apprentice, rank: 'city_backbone' }, mentor)).toThrow(
      refusal('MENTOR_NOT_ASKED'),
    );
  });

  test('another scheme may ask for the next rank and for the own school', () => {
    const mentorship = {
      ...policy.training!.mentorship!,
      mentorRank: 'next_higher' as const,
      crossSchool: false,
    };
    const strict: Policy = { ...policy, training: { ...policy.training, mentorship } };
    const near = { ...mentor, schoolId: 'a' };
    expect(() => refuseMentor(strict, apprentice, near)).not.toThrow();
    expect(() => refuseMentor(strict, apprentice, mentor)).toThrow(refusal('MENTOR_SCHOOL'));
    expect(() => refuseMentor(strict, apprentice, { ...near, ranks: ['city_backbone'] })).toThrow(
      refusal('MENTOR_RANK'),
    );
    const any: Policy = {
      ...policy,
      training: { ...policy.training, mentorship: { ...mentorship, mentorRank: 'any_holder' } },
    };
    expect(() => refuseMentor(any, apprentice, { ...near, ranks: ['accomplished'] })).not.toThrow();
  });
});

describe('P11: the ladder', () => {
  test('only a rank that the district confers starts a training by itself', () => {
    expect(automaticTrainings(policy, 'accomplished')).toEqual(['district_backbone']);
    expect(automaticTrainings(policy, 'district_backbone')).toEqual([]);
    expect(automaticTrainings(policy, 'city_backbone')).toEqual([]);
  });

  test('the lists hold who has the lower rank and not yet the upper', () => {
    const lists = ladderLists(policy, [
      { personId: 'a', ranks: ['accomplished'] },
      { personId: 'b', ranks: ['accomplished', 'district_backbone'] },
      { personId: 'c', ranks: ['accomplished', 'national_backbone'] },
      { personId: 'd', ranks: ['city_excellent_young'] },
    ]);
    const shown = lists.map(({ rule, personIds }) => [`${rule.from} ${rule.to} ${rule.as}`, personIds]);
    expect(shown).toEqual([
      ['accomplished district_backbone trainee', ['a']],
      ['city_backbone provincial_backbone trainee', []],
      ['city_excellent_young provincial_backbone trainee', ['d']],
      ['city_subject_leader special_grade nominee_pool', []],
      ['district_backbone city_backbone nominee_pool', ['b']],
    ]);
  });
});

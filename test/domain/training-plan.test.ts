import { readFileSync } from 'node:fs';
import { refuseFullMentor } from '../../domain/mentorship.js';
import type { Policy } from '../../domain/policy.js';
import { assess, assessMid, examResult, reviewDays } from '../../domain/training.js';
import {
  checkWork,
  charactersOf,
  dutiesOf,
  midAssessmentsOwed,
  owedPeriods,
  planOfYear,
  taskItems,
  trainingPlan,
  type DutySpan,
  type PlanFacts,
  type Work,
} from '../../domain/training-plan.js';
import { parsePolicy } from '../../policies/schema.js';
import { mainScheme, withValues } from '../support/scheme-parts.js';

const read = (id: string): Policy => parsePolicy(readFileSync(`policies/${id}.yaml`, 'utf8'), `${id}.yaml`);
const mazhang = read('mazhang-district');
const adopted = { by: 'sample', basis: '样例' };
const changed = (values: Record<string, unknown>) => parsePolicy(withValues(mainScheme(), values), 'scheme');
const refusal = (code: string, values?: object) =>
  expect.objectContaining({ code, ...(values && { values: expect.objectContaining(values) }) });

const oneYear = (more: Partial<DutySpan> & { readonly endsOn?: string } = {}) => ({
  startsOn: '2027-09-01',
  endsOn: '2028-08-31',
  years: 1,
  fromEntry: false,
  pauses: [],
  ...more,
});
const codes = (...asked: Parameters<typeof owedPeriods>) => owedPeriods(...asked).map(({ code }) => code);
const always = '2099-12-31';

describe('R0.6: for which terms, months and years something is owed', () => {
  test('a year of training has two terms, one school year, and nine months of term time', () => {
    expect(owedPeriods('term', oneYear(), always)).toEqual([
      { code: '2027-2028-1', from: '2027-09-01', dueOn: '2028-01-31' },
      { code: '2027-2028-2', from: '2028-02-01', dueOn: '2028-08-31' },
    ]);
    expect(codes('school_year', oneYear(), always)).toEqual(['2027-2028']);
    expect(codes('month', oneYear(), always)).toEqual([
      '2027-09',
      '2027-10',
      '2027-11',
      '2027-12',
      '2028-01',
      '2028-03',
      '2028-04',
      '2028-05',
      '2028-06',
    ]);
    expect(codes('cycle', oneYear(), always)).toEqual(['whole']);
    expect(codes('term', oneYear({ endsOn: '2029-08-31', years: 2 }), always)).toHaveLength(4);
  });

  test('nothing is listed that begins after the day', () => {
    expect(codes('term', oneYear(), '2028-01-31')).toEqual(['2027-2028-1']);
    expect(codes('term', oneYear(), '2028-02-01')).toHaveLength(2);
  });

  test('T12: a replacement owes two terms from entry, the term of entry included', () => {
    const late = { startsOn: '2027-10-15', endsOn: '2028-10-14' };
    expect(owedPeriods('term', oneYear({ ...late, fromEntry: true }), always)).toEqual([
      { code: '2027-2028-1', from: '2027-10-15', dueOn: '2028-01-31' },
      { code: '2027-2028-2', from: '2028-02-01', dueOn: '2028-08-31' },
    ]);
    // Who is no replacement owes from the next whole term.
    expect(owedPeriods('term', oneYear(late), always).map(({ code, dueOn }) => [code, dueOn])).toEqual([
      ['2027-2028-2', '2028-08-31'],
      ['2028-2029-1', '2028-10-14'],
    ]);
  });

  test('the holder of a title owes for whole terms only', () => {
    const held = { startsOn: '2027-10-01', endsOn: '2029-01-30', years: null, fromEntry: false, pauses: [] };
    expect(codes('term', held, always)).toEqual(['2027-2028-2']);
    expect(codes('term', { ...held, endsOn: '2029-01-31' }, always)).toEqual(['2027-2028-2', '2028-2029-1']);
    expect(codes('school_year', { ...held, endsOn: null }, '2029-06-01')).toEqual(['2028-2029']);
  });

  test('T13: what a pause touches is not owed', () => {
    const paused = oneYear({ endsOn: '2028-11-30', pauses: [{ from: '2027-11-01', until: '2028-01-31' }] });
    expect(codes('term', paused, always)).toEqual(['2027-2028-2', '2028-2029-1']);
    const open = oneYear({ pauses: [{ from: '2028-02-01', until: null }] });
    expect(codes('term', open, always)).toEqual(['2027-2028-1']);
  });
});

describe('T15: handing in', () => {
  const duties = dutiesOf(mazhang, 'master', 'trainee');
  const work = (more: Partial<Work>): Work => ({
    duty: 'master_note',
    period: '2027-2028-1',
    text: '字'.repeat(500),
    outputs: [],
    evidence: null,
    ...more,
  });
  const note = duties.find(({ minCharacters }) => minCharacters === 500)!;
  const on = '2027-12-01';
  const check = (more: Partial<Work>, day = on) =>
    checkWork(duties, oneYear(), work({ duty: note.code, ...more }), day);

  test('500 characters are enough, 499 are not, and blanks are none', () => {
    expect(check({})).toMatchObject({ period: { code: '2027-2028-1' }, isLate: false });
    expect(() => check({ text: '字'.repeat(499) })).toThrow(
      refusal('WORK_TEXT_SHORT', { characters: 499, required: 500 }),
    );
    expect(charactersOf(`${'字 \n'.repeat(499)}𠮷`)).toBe(500);
  });

  test('another rank’s task, a period that is not owed, and one that has not begun are refused', () => {
    expect(() => check({ duty: 'backbone_note' })).toThrow(refusal('DUTY_UNKNOWN'));
    expect(() => check({ period: '2026-2027-2' })).toThrow(refusal('DUTY_PERIOD'));
    expect(() => check({ period: '2027-2028-2' })).toThrow(refusal('DUTY_TOO_EARLY', { from: '2028-02-01' }));
    expect(check({ period: '2027-2028-2' }, '2028-02-01').isLate).toBe(false);
  });

  test('the last day is in time, the day after is late', () => {
    expect(check({}, '2028-01-31').isLate).toBe(false);
    expect(check({}, '2028-02-01').isLate).toBe(true);
  });

  test('outputs are all there', () => {
    const lecture = duties.find(({ output }) => output?.includes('稿件'))!;
    expect(() => check({ duty: lecture.code, text: null })).toThrow(
      refusal('WORK_OUTPUT_MISSING', { missing: ['稿件'] }),
    );
    expect(check({ duty: lecture.code, text: null, outputs: ['稿件'] }).duty).toBe(lecture);
  });

  test('evidence of the level, made known in the way and the time, verified, own, and once', () => {
    const paper = duties.find(({ how }) => how?.includes('published'))!;
    const evidence = {
      isOwn: true,
      verified: true,
      level: 'city' as const,
      how: 'published' as const,
      date: '2027-09-01',
      usedBefore: false,
    };
    const send = (more: Partial<typeof evidence> | null) => () =>
      check({ duty: paper.code, period: '2027-2028', evidence: more && { ...evidence, ...more } });
    expect(send({})()).toMatchObject({ period: { code: '2027-2028' } });
    expect(send({ level: 'province' as 'city' })).not.toThrow();
    expect(send(null)).toThrow(refusal('WORK_EVIDENCE_MISSING'));
    expect(send({ level: 'district' as 'city' })).toThrow(refusal('WORK_EVIDENCE_UNFIT', { why: ['level'] }));
    expect(send({ how: 'awarded' as 'published' })).toThrow(refusal('WORK_EVIDENCE_UNFIT', { why: ['how'] }));
    expect(send({ date: '2027-08-31' })).toThrow(refusal('WORK_EVIDENCE_UNFIT', { why: ['date'] }));
    expect(send({ verified: false })).toThrow(refusal('WORK_EVIDENCE_UNFIT', { why: ['verified'] }));
    expect(send({ isOwn: false })).toThrow(refusal('WORK_EVIDENCE_UNFIT', { why: ['verified'] }));
    expect(send({ usedBefore: true })).toThrow(refusal('WORK_EVIDENCE_USED'));
  });

  test('a task whose text is lost gives nothing to do', () => {
    expect(mazhang.duties!.some(({ code, unknown }) => code === 'master_item1' && unknown)).toBe(true);
    expect(duties.map(({ code }) => code)).not.toContain('master_item1');
  });
});

describe('T17: the plan', () => {
  const duties = dutiesOf(mazhang, 'backbone', 'trainee').filter(({ code }) => code === 'backbone_lecture');
  const handed = (handedInOn: string, checkedOn: string | null, sentBack = false) => ({
    duty: 'backbone_lecture',
    period: '2027-2028-1',
    handedInOn,
    checkedOn,
    sentBack,
  });
  const state = (works: ReturnType<typeof handed>[], on: string, policy = mazhang) =>
    taskItems(policy, duties, oneYear(), works, on, always)[0]!;

  test.each([
    ['2027-08-31', [], 'coming'],
    ['2027-09-01', [], 'due'],
    ['2028-01-31', [], 'due'],
    ['2028-02-01', [], 'late'],
    ['2027-12-01', [handed('2027-12-01', null)], 'waiting'],
    ['2027-12-04', [handed('2027-12-01', '2027-12-05')], 'waiting'],
    ['2027-12-05', [handed('2027-12-01', '2027-12-05')], 'done'],
    ['2027-12-05', [handed('2027-12-01', '2027-12-05', true)], 'due'],
    ['2028-02-01', [handed('2027-12-01', '2027-12-05', true)], 'late'],
  ])('on %s it is told as of that day', (on, works, expected) => {
    expect(state(works, on)).toMatchObject({ state: expected, dueOn: '2028-01-31', required: 1 });
  });

  test('what comes late counts as done late, unless the scheme takes it as not handed in', () => {
    const late = [handed('2028-02-05', '2028-02-06')];
    expect(state(late, '2028-02-06')).toMatchObject({ state: 'done', afterwards: true });
    const strict = {
      ...mazhang,
      training: { assessment: { lateWorks: 'not_handed_in' } },
    } as unknown as Policy;
    expect(state(late, '2028-02-06', strict)).toMatchObject({ state: 'late', done: 0 });
  });

  const facts = (more: Partial<PlanFacts> = {}): PlanFacts => ({
    rank: 'accomplished',
    span: oneYear(),
    hours: {
      met: false,
      done: 40,
      required: 72,
      pending: 8,
      on: '2028-03-01',
      parts: { central: 40, schoolBased: 0, converted: 0, counted: 0 },
    },
    mentorSince: '2027-09-20',
    mentorDueOn: '2027-09-28',
    works: [],
    guidance: [],
    events: [],
    exam: null,
    midAssessments: [],
    assessedOn: null,
    ...more,
  });
  const main = changed({});
  const plan = (more: Partial<PlanFacts> = {}, on = '2028-03-01', policy = main) =>
    trainingPlan(policy, facts(more), on, '2028-08-31');
  const of = (items: ReturnType<typeof plan>, code: string, period?: string) =>
    items.find((item) => item.code === code && (period === undefined || item.period === period));

  test('hours, mentor, events and the final assessment, with their clauses', () => {
    const items = plan();
    expect(of(items, 'hours')).toMatchObject({ required: 72, done: 40, waiting: 8, state: 'due' });
    expect(of(items, 'mentor')).toMatchObject({ state: 'done', afterwards: false });
    expect(of(items, 'mentor')!.clause).toContain('由教师自行与更高层次的骨干教师结对');
    expect(of(plan({ mentorSince: null }), 'mentor')).toMatchObject({ state: 'late', dueOn: '2027-09-28' });
    expect(of(plan({ mentorSince: '2027-10-08' }), 'mentor')).toMatchObject({ afterwards: true });
    expect(of(items, 'final_assessment')).toMatchObject({ state: 'coming', dueOn: '2028-09-01' });
    expect(of(plan({}, '2028-12-01'), 'final_assessment')).toMatchObject({ state: 'due' });
    expect(of(plan({}, '2028-09-01'), 'hours')).toMatchObject({ state: 'late' });
  });

  test('T16: who was not at the meeting has missed it; one that was not held is still to come', () => {
    const meeting = { code: 'exchange_meeting', on: '2027-11-10' };
    const first = (events: PlanFacts['events'], on = '2028-03-01') =>
      of(plan({ events }, on), 'exchange_meeting', '2027-2028-1')!.state;
    expect(first([{ ...meeting, present: true }])).toBe('done');
    expect(first([{ ...meeting, present: false }])).toBe('missed');
    expect(first([{ ...meeting, present: false }], '2027-11-09')).toBe('due');
    expect(first([])).toBe('due');
    // A second meeting of the term makes good for the first.
    const both = [
      { ...meeting, present: false },
      { ...meeting, on: '2027-12-10', present: true },
    ];
    expect(first(both)).toBe('done');
  });

  test('the year’s items, and what is still late from before', () => {
    const span = oneYear({ endsOn: '2029-08-31', years: 2 });
    const two = trainingPlan(main, facts({ span, mentorSince: null }), '2028-10-01', '2029-08-31');
    const second = planOfYear(two, '2028-2029').map(({ code, period }) => `${code} ${period}`);
    expect(second).toContain('mentor whole');
    expect(second).toContain('exchange_meeting 2028-2029-1');
    expect(second).not.toContain('exchange_meeting 2027-2028-1');
    expect(planOfYear(two, '2027-2028').map(({ period }) => period)).not.toContain('2028-2029-1');
  });

  test('T11: mid-term assessments after every so many terms, and none after the last', () => {
    const mid = (everyTerms: number) =>
      changed({ 'training.midAssessment': { everyTerms, maxPoints: 100, passPoints: 60, adopted } });
    expect(midAssessmentsOwed(mid(1), oneYear())).toEqual([
      { code: '2027-2028-1', from: '2028-02-01', dueOn: '2028-02-01' },
    ]);
    expect(midAssessmentsOwed(mid(2), oneYear())).toEqual([]);
    const two = oneYear({ endsOn: '2029-08-31', years: 2 });
    expect(midAssessmentsOwed(mid(2), two).map(({ code }) => code)).toEqual(['2027-2028-2']);
    expect(midAssessmentsOwed(main, two)).toEqual([]);
    const items = (on: string, given: PlanFacts['midAssessments'] = []) =>
      of(plan({ midAssessments: given }, on, mid(1)), 'mid_assessment')!.state;
    expect(items('2028-01-31')).toBe('coming');
    expect(items('2028-05-01')).toBe('due');
    expect(items('2028-05-01', [{ period: '2027-2028-1', on: '2028-02-10' }])).toBe('done');
  });
});

describe('T10, T11, T18: what an assessment asks for', () => {
  const parts = { central: 72, schoolBased: 0, converted: 0, counted: 0 };
  const met = { met: true, done: 72, required: 72, pending: 0, on: '2028-09-05', parts };
  const all = { exam: { points: 80, passed: true }, hasMentor: true, tasksOpen: [] };

  test('the tasks and the mentor, where the scheme says so', () => {
    const strict = changed({
      'training.assessment.needsTasks': true,
      'training.assessment.needsMentorship': true,
    });
    expect(assess(strict, 60, met, all)).toEqual({ standing: 'passed' });
    const open = { ...all, tasksOpen: ['讲座 2027-2028-1'] };
    expect(assess(strict, 100, met, open).reason).toMatchObject({
      code: 'TASKS_NOT_MET',
      values: { tasks: ['讲座 2027-2028-1'] },
    });
    expect(assess(changed({}), 60, met, open)).toEqual({ standing: 'passed' });
    expect(assess(strict, 100, met, { ...all, hasMentor: false }).reason?.code).toBe('MENTORSHIP_MISSING');
  });

  test('the exam: there before the assessment, passed, and worth hours by its table', () => {
    const base = changed({});
    const exam = {
      code: 'training_exam',
      form: 'open_book',
      sealed: false,
      maxPoints: 100,
      passPoints: 60,
      hoursByPoints: [
        { from: 60, hours: 2 },
        { from: 90, hours: 8 },
      ],
    };
    const withExam = { ...base, stages: [...base.stages, exam] } as unknown as Policy;
    expect(() => assess(withExam, 60, met, { ...all, exam: null })).toThrow(refusal('EXAM_MISSING'));
    expect(assess(withExam, 60, met, all)).toEqual({ standing: 'passed' });
    const failed = { ...all, exam: { points: 59, passed: false } };
    expect(assess(withExam, 100, met, failed).reason?.code).toBe('EXAM_NOT_PASSED');
    expect([59, 60, 89, 90].map((points) => examResult(withExam, points))).toEqual([
      { passed: false, hours: 0 },
      { passed: true, hours: 2 },
      { passed: true, hours: 2 },
      { passed: true, hours: 8 },
    ]);
    expect(() => examResult(withExam, 101)).toThrow(refusal('POINTS_OUT_OF_RANGE'));
    expect(() => examResult(base, 60)).toThrow(refusal('EXAM_NOT_ASKED'));
  });

  test('a mid-term assessment has its own line', () => {
    const mid = changed({
      'training.midAssessment': { everyTerms: 1, maxPoints: 50, passPoints: 30, adopted },
    });
    expect(assessMid(mid, 30, '2027-2028-1')).toEqual({ standing: 'passed' });
    expect(assessMid(mid, 29, '2027-2028-1').reason).toMatchObject({
      code: 'MID_ASSESSMENT_NOT_PASSED',
      values: { points: 29, passPoints: 30, period: '2027-2028-1' },
    });
    expect(() => assessMid(mid, 51, '2027-2028-1')).toThrow(refusal('POINTS_OUT_OF_RANGE'));
    expect(() => assessMid(changed({}), 30, '')).toThrow(refusal('MID_ASSESSMENT_NOT_ASKED'));
  });

  test('A4: a review may be asked for within five working days, or those of the scheme', () => {
    expect(reviewDays(changed({}))).toBe(5);
    expect(reviewDays(changed({ 'training.assessment.reviewWorkingDays': 10 }))).toBe(10);
  });
});

test('T8: a mentor takes as many apprentices as the scheme allows, and any number where it says none', () => {
  const two = changed({ 'training.mentorship.apprentices': { min: 1, max: 2 } });
  expect(() => refuseFullMentor(two, 1)).not.toThrow();
  expect(() => refuseFullMentor(two, 2)).toThrow(refusal('MENTOR_FULL', { apprentices: 2, most: 2 }));
  expect(() => refuseFullMentor(changed({}), 50)).not.toThrow();
});

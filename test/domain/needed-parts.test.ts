import { refuseIfNotRunnable, unsupportedParts } from '../../domain/fields-read.js';
import { neededParts } from '../../domain/needed-parts.js';
import type { Refusal } from '../../domain/refusal.js';
import { refuseOverPlaces } from '../../domain/quota.js';
import { choosingStage, pathOf } from '../../domain/stages.js';
import { parsePolicy } from '../../policies/schema.js';
import { say } from '../../texts/catalogue.js';
import { mainScheme, schemeOfThePage, without, withValues } from '../support/scheme-parts.js';

const page = schemeOfThePage();
const main = mainScheme();

function read(text: string) {
  return parsePolicy(text, 'scheme.yaml');
}

/** `runs`, `faulty` when the file is not taken at all, or the parts that are missing or cannot be run. */
function verdictOf(text: string): string {
  try {
    const policy = read(text);
    refuseIfNotRunnable(policy);
    return 'runs';
  } catch (error) {
    const { code, values } = error as Refusal;
    return code === 'SCHEME_INVALID' ? 'faulty' : (values!['parts'] as string[]).join(', ');
  }
}

// One row a part: the scheme without it, and what is said when a round is opened on that.

describe('a part removed from the scheme of the page', () => {
  test.each([
    ['stages.standards_published', 'runs'],
    ['stages.application', 'stages: application'],
    ['stages.school_score', 'stages: school_score'],
    ['stages.school_nomination', 'stages: school_nomination'],
    ['stages.school_notice', 'faulty'],
    ['stages.filing', 'runs'],
    ['stages.eligibility_check', 'stages: eligibility_check'],
    ['stages.leading_group_review', 'runs'],
    ['stages.district_notice', 'faulty'],
    ['stages.approval', 'runs'],
    ['stages.formal_candidate', 'stages: formal_candidate'],
    ['stages.training', 'stages: training'],
    ['stages.training_assessment', 'stages: training_assessment'],
    ['stages.appointment', 'stages: appointment'],
    ['stages.annual_assessment', 'stages: annual_assessment'],
    ['cutOff', 'cutOff'],
    ['entries', 'faulty'],
    ['entries.application', 'entries.application'],
    ['ranks.young_backbone.perYear', 'ranks.young_backbone.perYear'],
    ['ranks.young_backbone.trainingYears', 'ranks.young_backbone.trainingYears'],
    ['ranks.young_backbone.need', 'runs'],
    ['quotas', 'quotas.nominations'],
    ['quotas.nominations', 'quotas.nominations'],
    ['notice.school', 'faulty'],
    ['notice.district', 'faulty'],
    ['training', 'training.assessment'],
    ['training.hours', 'training.hours.hoursPerSchoolYear'],
    ['training.assessment', 'training.assessment'],
    ['certificate', 'runs'],
    ['annualReview', 'annualReview'],
  ])('%s: %s', (part, verdict) => {
    expect(verdictOf(without(page, part))).toBe(verdict);
  });

  test.each([
    ['stages.school_score appointment.order', 'runs'],
    ['stages.school_score stages.school_nomination quotas appointment.order', 'runs'],
    ['stages.school_nomination quotas', 'stages: school_nomination'],
    ['stages.school_nomination stages.school_score appointment.order', 'stages: school_nomination'],
    ['stages.school_notice notice.school', 'stages: school_notice'],
    ['stages.school_notice notice.school stages.filing', 'runs'],
    ['stages.school_notice notice.school filing.notice_result', 'runs'],
    ['filing.notice_result', 'stages.5.files: candidate_list'],
    ['stages.eligibility_check ranks.young_backbone.need.judged', 'runs'],
    ['stages.district_notice notice.district', 'runs'],
    [
      'stages.leading_group_review stages.approval',
      'stages: differential_vote / leading_group_review / approval',
    ],
    ['stages.annual_assessment annualReview', 'runs'],
    ['stages.appointment certificate', 'runs'],
    [
      'stages.training stages.training_assessment training ranks.young_backbone.trainingYears',
      'stages: training, stages: training_assessment',
    ],
    [
      'stages.training stages.training_assessment training ranks.young_backbone.trainingYears ' +
        'stages.appointment certificate',
      'runs',
    ],
    ['stages.formal_candidate quotas.nominations', 'stages: formal_candidate, quotas.nominations'],
  ])('%s: %s', (parts, verdict) => {
    const paths = parts
      .split(' ')
      .map((part) => part.replace(/^appointment/, 'stages.appointment'))
      .map((part) => part.replace('filing.notice', 'stages.filing.files.notice'));
    expect(verdictOf(without(page, ...paths))).toBe(verdict);
  });
});

describe('a part removed from the main scheme', () => {
  test.each([
    ['period', 'runs'],
    ['body', 'runs'],
    ['cutOff', 'cutOff'],
    ['externalTitles', 'faulty'],
    ['subjectFamilies', 'faulty'],
    ['entries.application', 'entries.application'],
    ['entries.contest', 'runs'],
    ['ranks.accomplished.perYear', 'faulty'],
    ['ranks.accomplished.trainingYears', 'ranks.accomplished.trainingYears'],
    ['ranks.district_backbone.trainingYears', 'ranks.district_backbone.trainingYears'],
    ['stages.standards_published', 'runs'],
    ['stages.application', 'stages: application'],
    ['stages.school_score', 'stages: school_score'],
    ['stages.school_nomination', 'stages: school_nomination'],
    ['stages.school_notice', 'faulty'],
    ['stages.filing', 'runs'],
    ['stages.eligibility_check', 'stages: eligibility_check'],
    ['stages.leading_group_review', 'runs'],
    ['stages.expert_opinion', 'runs'],
    ['stages.expert_opinion.groupBy', 'runs'],
    ['stages.differential_vote', 'faulty'],
    ['stages.differential_vote.groupBy', 'differential_vote.groupBy'],
    ['stages.district_notice', 'faulty'],
    ['stages.approval', 'runs'],
    ['stages.formal_candidate', 'stages: formal_candidate'],
    ['stages.training', 'stages: training'],
    ['stages.training_assessment', 'stages: training_assessment'],
    ['stages.appointment', 'stages: appointment'],
    ['stages.appointment.order', 'runs'],
    ['stages.annual_assessment', 'stages: annual_assessment'],
    ['quotas', 'quotas.nominations, quotas.seats'],
    ['quotas.nominations', 'quotas.nominations'],
    ['quotas.nominations.guarantee', 'runs'],
    ['quotas.nominations.ruralSharePercent', 'runs'],
    ['quotas.seats', 'quotas.seats'],
    ['vote', 'faulty'],
    ['notice.school', 'faulty'],
    ['notice.district', 'faulty'],
    ['ladder', 'runs'],
    ['training', 'training.assessment'],
    ['training.hours', 'training.hours.hoursPerSchoolYear'],
    ['training.activities', 'runs'],
    ['training.mentorship', 'runs'],
    ['training.contactResearcher', 'runs'],
    ['training.events', 'runs'],
    ['training.assessment', 'training.assessment'],
    ['dynamic', 'runs'],
    ['dynamic.eliminate', 'runs'],
    ['dynamic.supplement', 'runs'],
    ['dynamic.transferred', 'runs'],
    ['dynamic.afterRevocation', 'runs'],
    ['dynamic.higherRanks', 'runs'],
    ['dynamic.runBy', 'runs'],
    ['certificate', 'runs'],
    ['certificate.reminders', 'runs'],
    ['annualReview', 'annualReview'],
    ['schoolLevel', 'runs'],
    ['targets', 'runs'],
    ['reports', 'faulty'],
  ])('%s: %s', (part, verdict) => {
    expect(verdictOf(without(main, part))).toBe(verdict);
  });

  test.each([
    ['stages.differential_vote vote', 'stages: differential_vote'],
    ['stages.differential_vote vote quotas.seats', 'stages: differential_vote'],
    ['stages.differential_vote vote quotas.seats dynamic.supplement', 'runs'],
    ['stages.school_score stages.appointment.order', 'stages: school_score'],
    ['stages.district_notice notice.district', 'runs'],
    ['stages.training_assessment training.assessment', 'stages: training_assessment, training.assessment'],
    ['ladder ranks.district_backbone.trainingYears', 'ranks.district_backbone.trainingYears'],
    ['entries.application.ranks.accomplished', 'entries.application.ranks: accomplished'],
  ])('%s: %s', (parts, verdict) => {
    expect(verdictOf(without(main, ...parts.split(' ')))).toBe(verdict);
  });
});

describe('what a value needs', () => {
  test.each([
    ['quotas.seats.lessDirectEntrants', false, 'quotas.seats.lessDirectEntrants: true'],
    ['entries.contest.conditions', ['judged'], 'runs'],
    [
      'ranks.accomplished.need',
      { maxAge: { value: 45, mode: 'born_on_or_after', hard: false, clause: '原则上' } },
      'runs',
    ],
  ])('%s', (path, value, verdict) => {
    expect(verdictOf(withValues(main, { [path]: value }))).toBe(verdict);
  });

  test('a breach that only warns, and a judged condition, need a person’s check', () => {
    const soft = withValues(without(page, 'ranks.young_backbone.need.judged'), {
      'ranks.young_backbone.need.maxAge.hard': false,
    });
    expect(neededParts(read(without(soft, 'stages.eligibility_check')))).toEqual([
      { path: 'stages: eligibility_check', because: ['ranks.young_backbone.need.maxAge.hard: false'] },
    ]);
    const unchecked = withValues(main, {
      'entries.contest.conditions': ['judged'],
      'entries.contest.keeps': read(main).entries.contest!.keeps.filter(
        (code) => code !== 'eligibility_check',
      ),
      'entries.contest.skips': [...read(main).entries.contest!.skips, 'eligibility_check'],
    });
    expect(verdictOf(unchecked)).toBe('entries.contest.keeps: eligibility_check');
  });

  test('a sheet on which nobody judges is never complete', () => {
    const { items } = read(main).stages.find((stage) => stage.code === 'school_score')!.sheet;
    const counted = withValues(main, {
      'stages.school_score.sheet.items': items.filter(({ judged }) => !judged),
    });
    expect(verdictOf(counted)).toBe('school_score.sheet.items.*.judged: true');
  });

  test('mentors of a near subject need the families of subjects', () => {
    const pairs = withValues(page, {
      'training.mentorship': {
        ranks: ['young_backbone'],
        chosenBy: 'apprentice',
        mentorRank: 'any_holder',
        subject: 'same_or_near',
        crossSchool: true,
        filesKeptBy: 'training_centre',
        clause: '结对',
      },
    });
    expect(verdictOf(pairs)).toBe('subjectFamilies');
  });

  test('the stages of a round stand before the formal candidates, and the nomination follows the scores', () => {
    const { stages } = read(page);
    const moved = (code: string, after: string) => {
      const others = stages.filter((stage) => stage.code !== code);
      const at = others.findIndex((stage) => stage.code === after) + 1;
      const stage = stages.find((each) => each.code === code)!;
      return withValues(page, { stages: others.toSpliced(at, 0, stage) });
    };
    expect(verdictOf(moved('district_notice', 'formal_candidate'))).toBe('stages.10.code: district_notice');
    expect(verdictOf(moved('eligibility_check', 'school_score'))).toBe('stages.4.code: school_nomination');
  });
});

test('the refusal names at once what cannot be run and what is missing, each with its reason, in both languages', () => {
  const text = withValues(without(page, 'stages.formal_candidate', 'quotas'), {
    'training.assessment.by': 'peers',
  });
  const policy = read(text);
  expect(unsupportedParts(policy)).toEqual([{ path: 'training.assessment.by', value: 'peers' }]);
  const refused = (() => {
    try {
      return refuseIfNotRunnable(policy);
    } catch (error) {
      return error as Refusal;
    }
  })()!;
  expect(refused).toMatchObject({
    code: 'SCHEME_NOT_RUNNABLE',
    rule: 'P5',
    values: { parts: ['training.assessment.by: peers', 'stages: formal_candidate', 'quotas.nominations'] },
  });
  const told = (language: 'zh' | 'en') =>
    refused.faults!.map(({ code, values }) => say(code, language, values));
  expect(told('en')).toEqual([
    'The service cannot run this yet: training.assessment.by: peers',
    'stages: formal_candidate is missing; it is needed because the scheme has: kind: selection',
    'quotas.nominations is missing; it is needed because the scheme has: stages: school_nomination',
  ]);
  expect(told('zh')[2]).toBe(
    '方案没有写“quotas.nominations”；方案有以下内容，因此必须写明：stages: school_nomination',
  );
});

test.each(['electronic', 'paper', 'drawn_codes'])('V6, V7: a scheme that votes by %s runs', (mode) => {
  expect(verdictOf(main.replace('mode: electronic', `mode: ${mode}`))).toBe('runs');
});

test.each(['electronic', 'paper', 'drawn_codes'])(
  'V2: with recusal by candidate a vote by %s runs',
  (mode) => {
    const byCandidate = main.replace('recusalScope: ballot_group', 'recusalScope: candidate');
    expect(verdictOf(byCandidate.replace('mode: electronic', `mode: ${mode}`))).toBe('runs');
  },
);

test('what is no selection lacks nothing: no round is held on it', () => {
  expect(neededParts({ ...read(page), kind: 'programme', stages: [] })).toEqual([]);
});

describe('who is let through', () => {
  test('the approval ends the choice; without one the vote; without both the leading group’s review', () => {
    expect(choosingStage(read(main))).toBe('approval');
    expect(choosingStage(read(without(main, 'stages.approval')))).toBe('differential_vote');
    expect(choosingStage(read(without(page, 'stages.approval')))).toBe('leading_group_review');
  });

  test('without an approval the elected go on from their notice to the formal candidates', () => {
    const path = pathOf(read(without(main, 'stages.approval')), 'application');
    expect(path.slice(-3)).toEqual(['differential_vote', 'district_notice', 'formal_candidate']);
  });

  test.each([
    [{ places: 3, approved: 3, taken: 0 }, true],
    [{ places: 3, approved: 2, taken: 1 }, true],
    [{ places: 3, approved: 3, taken: 1 }, false],
    [{ places: 0, approved: 1, taken: 0 }, false],
    [{ places: 1, approved: 0, taken: 2 }, true],
  ])('%j', (numbers, fits) => {
    const check = () => refuseOverPlaces({ rank: 'accomplished', ...numbers });
    if (fits) return expect(check).not.toThrow();
    expect(check).toThrow(
      expect.objectContaining({
        code: 'OVER_PLACES',
        rule: 'Q7',
        values: { rank: 'accomplished', ...numbers, free: Math.max(0, numbers.places - numbers.taken) },
      }),
    );
  });
});

describe('P10: entries without an application', () => {
  const skips = ['application', 'school_score', 'school_nomination', 'school_notice', 'filing'];
  const keeps = read(main)
    .stages.map(({ code }) => code as string)
    .filter((code) => code !== 'standards_published' && !skips.includes(code));
  const nomination = {
    ranks: ['accomplished'],
    by: 'school',
    skips,
    keeps,
    countsInSchoolQuota: true,
    clause: '学校推荐',
  };
  const move = (code: string) => ({
    skips: skips.filter((each) => each !== code),
    keeps: [...keeps, code],
  });

  test.each([
    [{}, 'runs'],
    [{ by: 'office' }, 'runs'],
    [{ by: 'town_group' }, 'entries.nomination.by: town_group'],
    [{ keeps: keeps.slice(1) }, 'faulty'],
    [{ keeps: [...keeps, 'filing'] }, 'faulty'],
    [
      { skips: [...skips, 'differential_vote'], keeps: keeps.filter((code) => code !== 'differential_vote') },
      'entries.nomination.skips.5: differential_vote',
    ],
    [move('application'), `entries.nomination.keeps.${keeps.length}: application`],
    [move('school_score'), 'entries.nomination.skips: school_score'],
    [move('school_nomination'), 'entries.nomination.skips: school_nomination'],
  ])('a nomination with %j: %s', (change, verdict) => {
    expect(verdictOf(withValues(main, { 'entries.nomination': { ...nomination, ...change } }))).toBe(verdict);
  });

  test('a scheme may have nominations alone', () => {
    const nominated = without(page, 'entries.application', 'stages.application');
    const codes = read(page).stages.map(({ code }) => code as string);
    const left = skips.filter((code) => code !== 'application' && codes.includes(code));
    const way = {
      ...nomination,
      ranks: ['young_backbone'],
      skips: left,
      keeps: codes.filter((code) => !['standards_published', 'application', ...left].includes(code)),
    };
    expect(verdictOf(withValues(nominated, { 'entries.nomination': way }))).toBe('runs');
    expect(pathOf(read(withValues(nominated, { 'entries.nomination': way })), 'nomination')[0]).not.toBe(
      'school_score',
    );
  });

  test('what only a person judges keeps the eligibility check; without it there is none to keep', () => {
    const unchecked = {
      skips: [...skips, 'eligibility_check'],
      keeps: keeps.filter((code) => code !== 'eligibility_check'),
    };
    const supplement = { ...unchecked, clause: '补充选拔' };
    expect(verdictOf(withValues(main, { 'entries.supplement': supplement }))).toBe(
      'entries.supplement.keeps: eligibility_check',
    );
  });

  test('who comes in by one passes what it keeps, and whoever applies passes all', () => {
    const policy = read(
      withValues(main, {
        'entries.nomination': nomination,
        'entries.supplement': { skips: [], keeps: [...skips, ...keeps], clause: '补充选拔' },
      }),
    );
    expect(pathOf(policy, 'nomination')).toEqual(
      pathOf(policy, 'application').filter((code) => !skips.includes(code)),
    );
    expect(pathOf(policy, 'supplement')).toEqual(pathOf(policy, 'application'));
    expect(pathOf(policy, 'replacement')).toEqual(pathOf(policy, 'application'));
  });
});

import { instrumentCodes } from './instruments.js';
import { neededParts } from './needed-parts.js';
import {
  stageOf,
  type Actor,
  type GroupDimension,
  type Policy,
  type Stage,
  type StageCode,
} from './policy.js';
import { Refusal, type Fault } from './refusal.js';
import { stageRuns } from './stages.js';

/** The reports that there are, at `/api/v1/reports/` with a dash for each underscore. Rule P9. */
export const reportCodes = [
  'targets_by_year',
  'selection_by_school_subject_rank',
  'direct_entrants',
  'eliminated_and_supplemented',
  'annual_results',
  'mentor_pairs',
  'term_events',
  'school_filings',
] as const;
export type ReportCode = (typeof reportCodes)[number];

/**
 * Every field of a scheme that the engine carries out today; `*` stands for any one step. A scheme with another
 * field cannot be run. A field enters this list with the code that reads it.
 */
export const engineFields: readonly string[] = [
  // the scheme itself
  'id',
  'version',
  'kind',
  'scope',
  'period.years',
  'cutOff.monthDay',
  'rankOrder',
  'ranks.*.code',
  'ranks.*.decidedBy',
  'ranks.*.perYear',
  'ranks.*.trainingYears',
  'externalTitles.*.code',
  'externalTitles.*.decidedBy',
  'subjectFamilies.*.*',

  // eligibility
  'ranks.*.need.minTitle.hard',
  'ranks.*.need.minDegree.hard',
  'ranks.*.need.maxAge.hard',
  'ranks.*.need.teachingYears.hard',
  'ranks.*.need.papers.hard',
  'ranks.*.need.lessons.hard',
  'ranks.*.need.prizes.hard',
  'ranks.*.need.research.hard',
  'ranks.*.need.posts.hard',
  'ranks.*.need.heldRank.hard',
  'ranks.*.need.sanctionBar.hard',
  'ranks.*.need.ethicsVeto.hard',
  'ranks.*.need.minTitle.value',
  'ranks.*.need.minDegree.value',
  'ranks.*.need.minDegree.value.*',
  'ranks.*.need.maxAge.value',
  'ranks.*.need.maxAge.value.*',
  'ranks.*.need.maxAge.mode',
  'ranks.*.need.teachingYears.value',
  ...['papers', 'lessons', 'prizes', 'research'].flatMap((need) => [
    `ranks.*.need.${need}.value.mode`,
    `ranks.*.need.${need}.value.counts.*.kinds.*`,
    `ranks.*.need.${need}.value.counts.*.level`,
    `ranks.*.need.${need}.value.counts.*.min`,
    `ranks.*.need.${need}.value.counts.*.prize`,
    `ranks.*.need.${need}.value.counts.*.how.*`,
    `ranks.*.need.${need}.value.counts.*.withinSchoolYears`,
  ]),
  'ranks.*.need.posts.value.*',
  'ranks.*.need.heldRank.value.anyOf.*',
  'ranks.*.need.heldRank.value.bars',
  'ranks.*.need.sanctionBar.value.*',
  'ranks.*.need.ethicsVeto.value',
  'ranks.*.need.pastReviews.hard',
  'ranks.*.need.pastReviews.value.schoolYears',
  'ranks.*.need.pastReviews.value.grades.*',
  'ranks.*.need.trainingHours.hard',
  'ranks.*.need.trainingHours.value.hours',
  'ranks.*.need.trainingHours.value.years',
  'ranks.*.need.schools.hard',
  'ranks.*.need.schools.value.rural',
  'ranks.*.need.schools.value.kinds.*',
  'ranks.*.need.judged.*.code',
  'ranks.*.need.judged.*.hard',

  // entries
  'entries.application.ranks.*',
  'entries.application.ranksPerPersonPerRound',
  'entries.contest.rank',
  'entries.contest.evidence.kind',
  'entries.contest.evidence.level',
  'entries.contest.evidence.prize',
  'entries.contest.evidence.withinSchoolYears',
  'entries.contest.evidence.once',
  'entries.contest.conditions.*',
  'entries.contest.skips.*',
  'entries.contest.keeps.*',
  'entries.contest.countsInYearlyNumber',
  'entries.contest.countsInSchoolQuota',
  'entries.nomination.ranks.*',
  'entries.nomination.by',
  'entries.nomination.skips.*',
  'entries.nomination.keeps.*',
  'entries.nomination.countsInSchoolQuota',
  'entries.supplement.skips.*',
  'entries.supplement.keeps.*',

  // stages
  'stages.*.code',
  'stages.*.workingDays',
  'stages.*.closesAt',
  'stages.*.groupBy.*',
  'stages.*.by',
  'stages.*.sheet.judges',
  'stages.*.sheet.passPoints',
  'stages.*.sheet.selfScore',
  'stages.*.sheet.countedChecks',
  'stages.*.sheet.tieBreak.*',
  'stages.*.sheet.items.*.code',
  'stages.*.sheet.items.*.max',
  'stages.*.sheet.items.*.judged',
  'stages.*.sheet.items.*.kinds.*',
  'stages.*.sheet.items.*.withinSchoolYears',
  'stages.*.sheet.items.*.highestOnly',
  'stages.*.sheet.items.*.points.*.level',
  'stages.*.sheet.items.*.points.*.prize',
  'stages.*.sheet.items.*.points.*.points',
  'stages.*.files.*',
  'stages.*.checks',
  'stages.*.form',
  'stages.*.sealed',
  'stages.*.hoursByPoints.*.from',
  'stages.*.hoursByPoints.*.hours',
  'stages.*.opinionsPerCandidate',
  'stages.*.maxPoints',
  'stages.*.passPoints',
  'stages.*.judges',
  'stages.*.evaluators.*.who',
  'stages.*.evaluators.*.percent',
  'stages.*.evaluators.*.minRespondents',
  'stages.*.tooFewRespondents',
  'stages.*.shareOf.stage',
  'stages.*.shareOf.percent',
  'composite.parts.*.stage',
  'composite.parts.*.percent',
  'composite.missing',
  'stages.*.cap',
  'stages.*.every',
  'stages.*.percent',
  'stages.*.minPerSchool',
  'stages.*.everyYears',
  'stages.*.effect',
  'stages.*.missedAtMost',
  'stages.*.per',
  'stages.*.exact',
  'stages.*.order.*',

  // quotas, vote, notices
  'quotas.nominations.nominationPercent',
  'quotas.nominations.base',
  'quotas.nominations.baseOn',
  'quotas.nominations.method',
  'quotas.nominations.dimensions.*',
  'quotas.nominations.guarantee.each',
  'quotas.nominations.guarantee.fromTeachers',
  'quotas.nominations.ruralSharePercent',
  'quotas.nominations.subjectCaps.*.seatsFrom',
  'quotas.nominations.subjectCaps.*.cap',
  'quotas.nominations.leadersPercent',
  'quotas.seats.by',
  'quotas.seats.method',
  'quotas.seats.lessDirectEntrants',
  'quotas.seats.everySubject',
  'quotas.seats.dimensions.*',
  'vote.mode',
  'vote.pass',
  'vote.maxChoices',
  'vote.recusalScope',
  'vote.sameSchool',
  'vote.tieReballots',
  'vote.supplementaryRounds',
  'vote.unfilled',
  'vote.committee.members',
  'vote.committee.reserve',
  'vote.quorum.numerator',
  'vote.quorum.denominator',
  'vote.minDifferential.percent',
  'vote.minDifferential.min',
  'vote.tieBreak.*',
  'vote.reserveList.onlyPassed',
  'vote.reserveList.validUntil',
  'notice.*.workingDays',
  'notice.*.countPublicationDay',
  'notice.*.closesAt',
  'objection.investigateWorkingDays',
  'objection.extensionWorkingDays',
  'objection.whilePending',
  'objection.anonymous',
  'objection.reviewWorkingDays',

  // ladder, training, tenure, review
  'ladder.*.from',
  'ladder.*.to',
  'ladder.*.as',
  'ladder.*.all',
  'training.hours.hoursPerSchoolYear',
  'training.hours.total',
  'training.hours.noHoursFromAbsence.numerator',
  'training.hours.noHoursFromAbsence.denominator',
  'training.hours.failedGivesNoHours',
  'training.hours.maxHoursPerDay',
  'training.cycle.years',
  'training.cycle.hours',
  'training.cycle.startsOn',
  'training.cycle.newTeacherHours.value',
  'training.cycle.newTeacherHours.hard',
  'training.cycle.trainerHoursPerYear.value',
  'training.cycle.trainerHoursPerYear.hard',
  'training.cycle.districtTrainingEveryYears.value',
  'training.cycle.districtTrainingEveryYears.hard',
  'training.cycle.convertedAtMost.numerator',
  'training.cycle.convertedAtMost.denominator',
  'training.cycle.conversions.*.kind',
  'training.cycle.conversions.*.level',
  'training.cycle.conversions.*.prize',
  'training.cycle.conversions.*.hours',
  'training.cycle.conditionFor.*.code',
  'training.activities.*.code',
  'training.activities.*.where',
  'training.activities.*.arrangedBy',
  'training.mentorship.ranks.*',
  'training.mentorship.chosenBy',
  'training.mentorship.mentorRank',
  'training.mentorship.subject',
  'training.mentorship.crossSchool',
  'training.mentorship.apprentices.min',
  'training.mentorship.apprentices.max',
  'training.mentorship.apprentices.exact',
  'training.mentorship.guidancePer',
  'training.mentorship.filesKeptBy',
  'training.contactResearcher.required',
  'training.contactResearcher.duties.*',
  'training.events.*.code',
  'training.events.*.per',
  'training.events.*.exact',
  'training.events.*.eachRank',
  'training.events.*.by',
  'training.assessment.by',
  'training.assessment.maxPoints',
  'training.assessment.passPoints',
  'training.assessment.needsHours',
  'training.assessment.needsMentorship',
  'training.assessment.needsTasks',
  'training.assessment.reviewWorkingDays',
  'training.assessment.lateWorks',
  'training.midAssessment.everyTerms',
  'training.midAssessment.maxPoints',
  'training.midAssessment.passPoints',
  'dynamic.eliminate.when',
  'dynamic.eliminate.ifAssessment',
  'dynamic.eliminate.barsLaterRounds',
  'dynamic.supplement.from.*',
  'dynamic.longLeave.training',
  'dynamic.transferred.title',
  'dynamic.transferred.benefits',
  'dynamic.transferred.benefitsStopFrom',
  'dynamic.afterRevocation.mayApplyAgain',
  'dynamic.afterRevocation.barredRounds',
  'dynamic.higherRanks.code',
  'dynamic.runBy.who.*',
  'certificate.years',
  'certificate.reminders.*',
  'certificate.whilePending',
  'annualReview.period',
  'annualReview.openedBy',
  'annualReview.ranks.*',
  'annualReview.by',
  'annualReview.confirmedBy',
  'annualReview.dutyReport',
  'annualReview.reviewWorkingDays',
  'annualReview.effects.*.title',
  'annualReview.effects.*.benefits',
  'annualReview.effects.*.warning',
  'annualReview.effects.*.barsNextRounds',
  'annualReview.effects.*.endsAfterYearsRunning',
  'allowance.stack',
  'allowance.stopFrom',
  'allowance.per',
  'allowance.fenByRank.*',
  'schoolLevel.rank',
  'schoolLevel.responsible',
  'schoolLevel.file.*',
  'schoolLevel.with',
  'schoolLevel.dueBy',

  // tasks
  'duties.*.code',
  'duties.*.of',
  'duties.*.ranks.*',
  'duties.*.per',
  'duties.*.amount.min',
  'duties.*.amount.max',
  'duties.*.amount.exact',
  'duties.*.amount.about',
  'duties.*.unit',
  'duties.*.level',
  'duties.*.how.*',
  'duties.*.output.*',
  'duties.*.minCharacters',

  // reports
  'targets.*.code',
  'targets.*.kind',
  'targets.*.unit',
  'targets.*.ranks.*',
  'targets.*.years',
  'targets.*.of',
  'targets.*.percent',
  'targets.*.each',
  'targets.*.schools.*',
  'targets.*.minRank',
  'targets.*.min',
  'targets.*.amount.min',
  'targets.*.amount.max',
  'targets.*.amount.exact',
  'targets.*.amount.about',
  'reports.*.code',
];

/** Stages that choose nobody and publish nothing, so that an entry may leave them out. */
const skippable: readonly StageCode[] = [
  'application',
  'school_score',
  'school_nomination',
  'school_notice',
  'filing',
  'eligibility_check',
  'expert_opinion',
  'integrity_opinion',
  ...instrumentCodes,
];

/** Stages that somebody who has not applied can pass. */
const keepable: readonly StageCode[] = [
  ...skippable.filter((code) => code !== 'application'),
  'leading_group_review',
  'differential_vote',
  'district_notice',
  'approval',
  'formal_candidate',
  'training',
  'training_assessment',
  'appointment',
  'annual_assessment',
];

/** Where a field may have several values, those that the engine carries out today. */
export const engineValues: Readonly<Record<string, readonly unknown[]>> = {
  kind: ['selection'],
  scope: ['district'],
  rankOrder: ['list'],
  'stages.*.code': [
    'standards_published',
    'application',
    'school_score',
    'school_nomination',
    'school_notice',
    'filing',
    'eligibility_check',
    'leading_group_review',
    'expert_opinion',
    'integrity_opinion',
    ...instrumentCodes,
    'differential_vote',
    'district_notice',
    'approval',
    'formal_candidate',
    'training',
    'training_exam',
    'training_assessment',
    'appointment',
    'annual_assessment',
    'duty_report',
    'spot_check',
    'mid_assessment',
    'term_assessment',
  ],
  'stages.*.checks': [1],
  // The papers of an exam are marked outside; only its results come in.
  'stages.*.sealed': [false],
  'stages.*.every': ['school_year'],
  'stages.*.per': ['school_year'],
  'stages.*.exact': [1],
  'stages.*.shareOf.stage': ['school_score', ...instrumentCodes],
  'composite.parts.*.stage': ['school_score', ...instrumentCodes],
  'quotas.seats.by': ['applicants_share'],
  // Which primary school is a town's central one, the roster does not say.
  'ranks.*.need.schools.value.kinds.*': ['kindergarten', 'primary', 'junior', 'senior', 'secondary'],
  'vote.mode': ['electronic', 'drawn_codes', 'paper'],
  'vote.tieBreak.*': ['school_score', 'rural_post', 'teaching_years'],
  'stages.*.sheet.tieBreak.*': ['counted_points', 'rural_post', 'teaching_years'],
  'vote.recusalScope': ['ballot_group', 'candidate'],
  'ladder.*.as': ['trainee', 'nominee_pool'],
  'annualReview.period': ['school_year'],
  'annualReview.openedBy': ['office'],
  'annualReview.effects.*.title': ['keep', 'keep_to_cycle_end', 'revoke'],
  'allowance.stack': ['highest_only'],
  'allowance.per': ['month'],
  'targets.*.kind': ['count', 'share', 'coverage'],
  'targets.*.schools.*': ['kindergarten', 'primary', 'junior', 'senior', 'secondary'],
  'stages.*.order.*': ['assessment_score', 'school_score', 'teaching_years', 'rural_post'],
  'training.mentorship.chosenBy': ['apprentice'],
  'training.mentorship.guidancePer': ['month', 'term', 'school_year'],
  'training.mentorship.filesKeptBy': ['training_centre'],
  'training.assessment.by': ['training_centre', 'subject_researcher'],
  'training.events.*.per': ['term'],
  'annualReview.by': ['school'],
  'annualReview.confirmedBy': ['leading_group'],
  'dynamic.eliminate.barsLaterRounds': [false],
  'dynamic.afterRevocation.mayApplyAgain': [true],
  'dynamic.afterRevocation.barredRounds': [0],
  'dynamic.transferred.title': ['keep_if_passed'],
  'vote.reserveList.validUntil': ['end_of_training_year'],
  'vote.reserveList.onlyPassed': [true],
  'vote.maxChoices': ['seats'],
  'vote.unfilled': ['leave_vacant'],
  'quotas.nominations.base': ['full_time_teachers'],
  'quotas.nominations.method': ['largest_remainder'],
  'quotas.seats.method': ['largest_remainder'],
  'entries.contest.skips.*': [
    'application',
    'school_score',
    'school_nomination',
    'school_notice',
    'filing',
    'eligibility_check',
    'leading_group_review',
    'expert_opinion',
    'integrity_opinion',
    ...instrumentCodes,
    'differential_vote',
    'district_notice',
    'approval',
  ],
  'entries.contest.keeps.*': [
    'school_notice',
    'eligibility_check',
    'leading_group_review',
    'expert_opinion',
    'integrity_opinion',
    ...instrumentCodes,
    'district_notice',
    'approval',
    'formal_candidate',
    'training',
    'training_exam',
    'training_assessment',
    'appointment',
    'annual_assessment',
    'duty_report',
    'spot_check',
    'mid_assessment',
    'term_assessment',
  ],
  'entries.nomination.skips.*': skippable,
  'entries.nomination.keeps.*': keepable,
  'entries.supplement.skips.*': skippable,
  'entries.supplement.keeps.*': keepable,
  'entries.nomination.by': ['school', 'school_clerk', 'head', 'office'],
  'entries.contest.countsInYearlyNumber': [true],
  'entries.contest.countsInSchoolQuota': [false],
  'schoolLevel.responsible': ['head'],
  'schoolLevel.with': ['leading_group'],
  'training.activities.*.arrangedBy': ['school', 'training_centre', 'higher_authority'],
  'training.events.*.by': ['school', 'training_centre'],
  'duties.*.of': ['holder', 'trainee', 'both'],
  'duties.*.per': ['month', 'term', 'school_year', 'calendar_year', 'cycle', 'once'],
  'reports.*.code': reportCodes,
};

/** Lists that the engine carries out only as they stand here, whatever their order. */
export const engineLists: Readonly<Record<string, readonly string[]>> = {
  'quotas.nominations.dimensions': ['rank', 'school'],
  'quotas.seats.dimensions': ['rank', 'family'],
  'stages.*.files': ['candidate_list', 'notice_result'],
  // The bureau's personnel section acts through the office: it records who leaves and who has moved.
  'dynamic.runBy.who': ['bureau_personnel', 'training_centre'],
};

/** What a stage's own fields may say. A field that is not named here is carried out at no such stage. */
export interface StageFields {
  /** Names of who carries the stage out. */
  readonly by?: readonly Actor[];
  /** The one grouping, whatever its order; or any. */
  readonly groupBy?: readonly GroupDimension[] | 'any';
  /** Whether the stage has a closing hour of its own. */
  readonly closesAt?: true;
}

/** The fields that mean something else at each stage, with what the engine carries out. */
export const engineStages: Readonly<Partial<Record<StageCode, StageFields>>> = {
  standards_published: { by: ['leading_group'] },
  application: { by: ['teacher'], closesAt: true },
  school_score: { by: ['school_panel', 'school'] },
  school_nomination: { by: ['school_clerk', 'school'] },
  school_notice: { by: ['school'] },
  filing: { by: ['head', 'school'] },
  eligibility_check: { by: ['office'] },
  leading_group_review: { by: ['leading_group'] },
  expert_opinion: { by: ['subject_researcher'], groupBy: ['subject'] },
  // The organ whose written opinion the office records.
  ability_test: { by: ['office', 'experts'], groupBy: 'any' },
  interview: { by: ['office', 'experts'], groupBy: 'any' },
  lesson_observation: { by: ['office', 'experts'], groupBy: 'any' },
  multi_party_evaluation: { by: ['office', 'school', 'school_clerk'], groupBy: 'any' },
  democratic_appraisal: { by: ['office', 'school', 'school_clerk'], groupBy: 'any' },
  integrity_opinion: { by: ['discipline_inspection', 'party_group', 'bureau_personnel', 'higher_authority'] },
  differential_vote: { groupBy: ['rank', 'family'] },
  district_notice: { by: ['office'] },
  approval: { by: ['leading_group'] },
  appointment: { by: ['leading_group'] },
  annual_assessment: { by: ['school'] },
};

/**
 * Fields with which nothing is computed, because a round opens only on a scheme in which they say what the engine does,
 * or because `findSemanticFaults` refuses a scheme in which they are wrong; `*` stands for any one step.
 */
export const checkedFields: readonly string[] = [
  ...Object.entries(engineValues).flatMap(([path, values]) => (values.length === 1 ? [path] : [])),
  ...Object.keys(engineLists).map((path) => `${path}.*`),
  'stages.*.by',
  // Such an entrant passes every stage that is not skipped; the two lists together are the scheme's stages.
  'entries.contest.keeps.*',
  'entries.nomination.keeps.*',
  'entries.supplement.keeps.*',
  // The list of reports there are.
  'reports.*.code',
];

/** A part of a scheme, by its path with the positions in lists. */
export interface PolicyPart {
  readonly path: string;
  /** The value that is not carried out, when the field itself is. */
  readonly value?: string;
}

/**
 * The parts of a scheme that the engine cannot carry out yet. Rule P5.
 * @param policy a scheme of valid form
 * @returns the parts in the scheme's order, a block as one part when nothing in it is carried out; empty when the
 *   scheme can run
 */
export function unsupportedParts(policy: Policy): PolicyPart[] {
  return unsupportedIn(policy, policy, []).parts;
}

/**
 * Refuses to run a scheme that the engine cannot carry out whole, or that lacks a part that it needs. Rule P5.
 * @throws Refusal `SCHEME_NOT_RUNNABLE` with all the parts at once, and a fault for each: `SCHEME_PART_NOT_RUN`, or
 *   `SCHEME_PART_NEEDED` with the parts that need it
 */
export function refuseIfNotRunnable(policy: Policy): void {
  const faults: Fault[] = [
    ...unsupportedParts(policy).map(({ path, value }) => ({
      at: path,
      code: 'SCHEME_PART_NOT_RUN',
      values: { field: value === undefined ? path : `${path}: ${value}` },
    })),
    ...neededParts(policy).map(({ path, because }) => ({
      at: path,
      code: 'SCHEME_PART_NEEDED',
      values: { field: path, because },
    })),
  ];
  if (faults.length === 0) return;
  const parts = faults.map(({ values }) => String(values!['field']));
  throw new Refusal({
    code: 'SCHEME_NOT_RUNNABLE',
    rule: 'P5',
    values: { policy: policy.id, parts },
    faults,
  });
}

/**
 * Watches which fields of a scheme are read.
 * @returns `policy`: the same scheme to give to the code under watch; `reads`: the paths of all fields read so far,
 *   with `*` for positions in lists
 */
export function watchReads(policy: Policy): { policy: Policy; reads: ReadonlySet<string> } {
  const reads = new Set<string>();
  const watched = new WeakMap<object, object>();

  function watch<Part extends object>(part: Part, path: Path): Part {
    const known = watched.get(part);
    if (known !== undefined) return known as Part;
    const proxy = new Proxy(part, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        if (
          typeof key === 'symbol' ||
          !Object.hasOwn(target, key) ||
          (Array.isArray(target) && key === 'length')
        ) {
          return value;
        }
        const inner = [...path, key];
        if (isBlock(value)) return watch(value, inner);
        reads.add(generalPath(policy, inner));
        return value;
      },
    });
    watched.set(part, proxy);
    return proxy;
  }

  return { policy: watch(policy, []), reads };
}

/**
 * The fields of a scheme that were not read, though they are more than words.
 * @param policy the scheme
 * @param reads what `watchReads` recorded
 * @returns paths with `*` for positions in lists, each once
 */
export function fieldsNotRead(policy: Policy, reads: ReadonlySet<string>): string[] {
  const fields = leavesOf(policy, []).filter((path) => !isWords(path));
  return [...new Set(fields.map((path) => generalPath(policy, path)))].filter((path) => !reads.has(path));
}

type Path = readonly string[];

function unsupportedIn(
  policy: Policy,
  part: unknown,
  path: Path,
): { parts: PolicyPart[]; supported: number } {
  if (isWords(path)) return { parts: [], supported: 0 };
  if (!isBlock(part)) return unsupportedValue(policy, part, path);
  const inside = Object.entries(part).map(([key, value]) => unsupportedIn(policy, value, [...path, key]));
  const parts = inside.flatMap((inner) => inner.parts);
  const supported = inside.reduce((sum, inner) => sum + inner.supported, 0);
  const isWhole = parts.length > 0 && supported === 0 && path.length > 0;
  if (isWhole) return { parts: [{ path: path.join('.') }], supported };
  return { parts: isOtherList(policy, part, path) ? [...parts, shownPart(path, part)] : parts, supported };
}

function unsupportedValue(
  policy: Policy,
  value: unknown,
  path: Path,
): { parts: PolicyPart[]; supported: number } {
  if (!engineFields.some((pattern) => fits(path, pattern)))
    return { parts: [{ path: path.join('.') }], supported: 0 };
  const refused =
    Object.entries(engineValues).some(
      ([pattern, values]) => fits(path, pattern) && !values.includes(value),
    ) || isOtherAtStage(policy, value, path);
  return { parts: refused ? [shownPart(path, value)] : [], supported: 1 };
}

function shownPart(path: Path, value: unknown): PolicyPart {
  return { path: path.join('.'), value: Array.isArray(value) ? value.join(', ') : String(value) };
}

/** Whether a list is not the one that the engine carries out. */
function isOtherList(policy: Policy, part: object, path: Path): boolean {
  if (!Array.isArray(part)) return false;
  const required = requiredList(policy, part, path);
  return (
    required !== undefined &&
    (required.length !== part.length || !required.every((entry) => part.includes(entry)))
  );
}

function requiredList(policy: Policy, part: readonly unknown[], path: Path): readonly string[] | undefined {
  if (fits(path, 'stages.*.groupBy')) {
    const grouping = stageFieldsAt(policy, path)?.groupBy ?? [];
    return grouping === 'any' ? undefined : grouping;
  }
  const required = Object.entries(engineLists).find(([pattern]) => fits(path, pattern))?.[1];
  // Without a notice at the school there is no result of it to file.
  const filesNoNotice = fits(path, 'stages.*.files') && stageOf(policy, 'school_notice') === undefined;
  return filesNoNotice
    ? required?.filter((entry) => entry !== 'notice_result' || part.includes(entry))
    : required;
}

function isOtherAtStage(policy: Policy, value: unknown, path: Path): boolean {
  if (isOfOtherInstrument(policy, path)) return true;
  if (fits(path, 'stages.*.code')) return isOutOfPlace(policy, Number(path[1]));
  if (fits(path, 'stages.*.by')) return !(stageFieldsAt(policy, path)?.by ?? []).includes(value as Actor);
  return fits(path, 'stages.*.closesAt') && stageFieldsAt(policy, path)?.closesAt !== true;
}

/** Whether a field is one of points at a stage that has none, or of a panel at a stage that is evaluated by counts. */
function isOfOtherInstrument({ stages }: Policy, path: Path): boolean {
  const stage = stages[Number(path[1])];
  const [, , field = ''] = path;
  if (path[0] !== 'stages' || stage === undefined) return false;
  if (stage.code === 'integrity_opinion')
    return ['maxPoints', 'passPoints', 'judges', 'evaluators', 'tooFewRespondents', 'shareOf'].includes(
      field,
    );
  // A school evaluates its own candidates.
  if (field === 'by' && ['multi_party_evaluation', 'democratic_appraisal'].includes(stage.code))
    return stage.by !== 'office' && stage.groupBy?.join() !== 'school';
  const byCounts = 'evaluators' in stage && stage.evaluators !== undefined;
  return byCounts ? field === 'judges' : field === 'tooFewRespondents';
}

/**
 * Whether the engine carries a stage out only at another place: the nomination follows the scores at once, and nothing
 * of the round follows the formal candidates.
 */
function isOutOfPlace({ stages }: Policy, index: number): boolean {
  const codes = stages.map(({ code }) => code);
  const code = codes[index]!;
  if (code === 'school_nomination')
    return codes.includes('school_score') && codes[index - 1] !== 'school_score';
  const formal = codes.indexOf('formal_candidate');
  return code in stageRuns && formal !== -1 && index > formal;
}

function stageFieldsAt(policy: Policy, path: Path): StageFields | undefined {
  const stage: Stage | undefined = policy.stages[Number(path[1])];
  return stage && engineStages[stage.code];
}

function leavesOf(part: unknown, path: Path): Path[] {
  if (!isBlock(part)) return [path];
  return Object.entries(part).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

function isBlock(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Names, quotations and origins, the organs of the body too: shown with the scheme, nothing to carry out. */
function isWords(path: Path): boolean {
  const [first] = path;
  const last = path.at(-1) ?? '';
  return (
    first === 'source' ||
    first === 'title' ||
    path.includes('adopted') ||
    ['clause', 'zh', 'en'].includes(last) ||
    (first === 'body' && ['office', 'members'].includes(path[1] ?? ''))
  );
}

function fits(path: Path, pattern: string): boolean {
  const steps = pattern.split('.');
  return steps.length === path.length && steps.every((step, index) => step === '*' || step === path[index]);
}

/** The path with `*` for each position in a list. */
function generalPath(policy: Policy, path: Path): string {
  let part: unknown = policy;
  const steps = path.map((step) => {
    const isList = Array.isArray(part);
    part = isBlock(part) ? (part as Record<string, unknown>)[step] : undefined;
    return isList ? '*' : step;
  });
  return steps.join('.');
}

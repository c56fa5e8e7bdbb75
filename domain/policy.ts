/**
 * The scheme language: what one YAML file in policies/ says. policies/schema.ts checks a file against these types.
 *
 * Every block that is a rule extends `Rule`: it quotes the document's own words in `clause`, or says in `adopted`
 * on what basis the value was set where the document is silent. A part that a scheme does not have is left out.
 */
import type {
  Degree,
  Dissemination,
  EvidenceKind,
  Family,
  Grade,
  Level,
  Name,
  Post,
  Prize,
  ProfessionalTitle,
  SanctionKind,
  Sex,
  Subject,
  TeachingStage,
} from './vocabulary.js';

// ---------------------------------------------------------------- words used everywhere

/** Where a value comes from that the document does not contain. */
export interface Adopted {
  /** `sample`: set by a sample scheme of the product; `office`: set by the office before a round opens. */
  readonly by: 'sample' | 'office';
  readonly basis: string;
  /** Fields of the block that were adopted; without it, the whole block was. */
  readonly fields?: readonly string[];
}

/** A rule with its origin: at least one of the two is there. */
export interface Rule {
  /** The words of the document. */
  readonly clause?: string;
  readonly adopted?: Adopted;
}

/** A rule that is one value. */
export interface Valued<Value> extends Rule {
  readonly value: Value;
  /** false = 原则上 (R0.3): a breach warns and needs a reason, it does not refuse. */
  readonly hard: boolean;
}

/** A rule that has a code and a name and no figures. */
export interface Item extends Rule, Name {
  readonly code: string;
}

/** How many: `exact`, or `min` and `max` (both included), or `about` (左右: a target, never a gate). */
export interface Amount {
  readonly min?: number;
  readonly max?: number;
  readonly exact?: number;
  readonly about?: number;
}

/** An integer fraction. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

export const periods = ['week', 'month', 'term', 'school_year', 'calendar_year', 'cycle', 'once'] as const;
export type Period = (typeof periods)[number];

/** 人, 人次, 班次, 校, 次, 件, 个 (工作室、共同体), 天: never added to each other, never converted (R0.5). */
export const countUnits = [
  'person',
  'person_time',
  'class',
  'school',
  'event',
  'piece',
  'group',
  'day',
] as const;
export type CountUnit = (typeof countUnits)[number];

export const schoolKinds = [
  'kindergarten',
  'primary',
  'central_primary',
  'junior',
  'senior',
  'secondary',
] as const;
export type SchoolKind = (typeof schoolKinds)[number];

/** Who does a step, decides, or is responsible. */
export const actors = [
  'teacher',
  'school',
  'school_clerk',
  'school_panel',
  'head',
  'town_group',
  'office',
  'leading_group',
  'bureau',
  'bureau_personnel',
  'party_group',
  'discipline_inspection',
  'subject_researcher',
  'training_centre',
  'higher_authority',
  'students',
  'parents',
  'peers',
  'experts',
] as const;
export type Actor = (typeof actors)[number];

export const tieBreakKeys = [
  'school_score',
  'judged_points',
  'counted_points',
  'assessment_score',
  'rural_post',
  'teaching_years',
] as const;
/** A published key that orders equals; the higher value first. */
export type TieBreakKey = (typeof tieBreakKeys)[number];

// ---------------------------------------------------------------- ranks and conditions

export const rankDeciders = ['school', 'town_group', 'district', 'city', 'province', 'nation'] as const;
export type RankDecider = (typeof rankDeciders)[number];

export interface Rank extends Rule, Name {
  readonly code: string;
  /** Who confers it. */
  readonly decidedBy: RankDecider;
  /** Most appointments in one year. */
  readonly perYear?: number;
  readonly need?: Need;
  /** Length of the training before the appointment, in school years. */
  readonly trainingYears?: number;
  /** Position when `rankOrder` is `tiers`; ranks of one tier are equal. */
  readonly tier?: number;
  /** Position when `rankOrder` is `grid`; higher when no coordinate is lower and one is higher. */
  readonly cell?: { readonly level: number; readonly class: number };
  /** true = the document has conditions for the rank and their text is missing: none is made up (P7). */
  readonly unknown?: boolean;
}

/** `list`: low to high as listed; `tiers`, `grid`: by the ranks' own positions; `parallel`: kinds without an order. */
export const rankOrders = ['list', 'tiers', 'grid', 'parallel'] as const;

/** A title that a ladder starts from and that is no rank of the scheme. */
export interface ExternalTitle extends Rule, Name {
  readonly code: string;
  readonly decidedBy: RankDecider;
}

/** Conditions for a rank; each is optional. */
export interface Need {
  readonly minTitle?: Valued<ProfessionalTitle>;
  /** One degree, or one by stage taught; who teaches in two stages needs the higher one. */
  readonly minDegree?: Valued<Degree | Readonly<Partial<Record<TeachingStage, Degree>>>>;
  /** N周岁以下, for all or by sex; `unlimited` = 年龄不限. */
  readonly maxAge?: Valued<number | Readonly<Record<Sex, number>> | 'unlimited'> & { readonly mode: AgeMode };
  /** Full years of teaching on the cut-off day, both days counted. */
  readonly teachingYears?: Valued<number>;
  readonly papers?: Valued<EvidenceNeed>;
  readonly lessons?: Valued<EvidenceNeed>;
  readonly prizes?: Valued<EvidenceNeed>;
  /** Projects, results, monographs and honours. */
  readonly research?: Valued<EvidenceNeed>;
  /** Holds one of the posts. */
  readonly posts?: Valued<readonly Post[]>;
  readonly heldRank?: Valued<HeldRankNeed>;
  /** Months after a sanction in which nobody may stand. */
  readonly sanctionBar?: Valued<Readonly<Record<SanctionKind, number>>>;
  /** A written decision of a breach of ethics in force refuses. */
  readonly ethicsVeto?: Valued<true>;
  /** Conditions that a person confirms. */
  readonly judged?: readonly JudgedNeed[];
  /** Results of the past yearly reviews of a holder. */
  readonly pastReviews?: Valued<{ readonly schoolYears: number; readonly grades: readonly Grade[] }>;
  /** Confirmed training hours in a cycle. */
  readonly trainingHours?: Valued<{ readonly hours: number; readonly years: number }>;
  /** Schools whose teachers may take part. */
  readonly schools?: Valued<{ readonly rural?: boolean; readonly kinds?: readonly SchoolKind[] }>;
}

export const ageModes = ['born_on_or_after', 'completed_years_at_most'] as const;
export type AgeMode = (typeof ageModes)[number];

/** Verified evidence that must be on file: `any` or `all` of the counts. */
export interface EvidenceNeed {
  readonly mode: 'any' | 'all';
  readonly counts: readonly EvidenceCount[];
}

export interface EvidenceCount {
  readonly kinds: readonly EvidenceKind[];
  /** This level or above (R0.1). */
  readonly level: Level;
  readonly min: number;
  /** This prize or a higher one. */
  readonly prize?: Prize;
  readonly how?: readonly Dissemination[];
  readonly withinSchoolYears?: number;
}

export interface HeldRankNeed {
  /** Holds one of these in force. */
  readonly anyOf?: readonly string[];
  /** Bars who holds the same rank, or the same or a higher one. */
  readonly bars?: 'same' | 'same_or_higher';
}

export interface JudgedNeed extends Rule {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly hard: boolean;
}

// ---------------------------------------------------------------- stages

export const stageCodes = [
  'standards_published',
  'application',
  'school_score',
  'school_nomination',
  'school_notice',
  'filing',
  'eligibility_check',
  'leading_group_review',
  'expert_opinion',
  'ability_test',
  'interview',
  'lesson_observation',
  'multi_party_evaluation',
  'democratic_appraisal',
  'integrity_opinion',
  'differential_vote',
  'approval',
  'district_notice',
  'publication',
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
  're_evaluation',
] as const;
export type StageCode = (typeof stageCodes)[number];

export const groupDimensions = ['rank', 'subject', 'family', 'stage', 'school'] as const;
export type GroupDimension = (typeof groupDimensions)[number];

interface StageBase<Code extends StageCode> extends Rule {
  readonly code: Code;
  /** Working days that the stage may take; its due date follows from it. */
  readonly workingDays?: number;
  /** Closing hour on the last day, `HH:MM`; without it 24:00. */
  readonly closesAt?: string;
  /** Splits the candidates into groups, each with its own panel, vote or list. */
  readonly groupBy?: readonly GroupDimension[];
  readonly by?: Actor;
}

/** A stage that needs nothing but the common fields. */
export type PlainStage = StageBase<
  Exclude<
    StageCode,
    | 'school_score'
    | 'filing'
    | 'eligibility_check'
    | 'expert_opinion'
    | Instrument
    | 'approval'
    | 'training_exam'
    | 'appointment'
    | 'duty_report'
    | 'spot_check'
    | 'mid_assessment'
    | 'term_assessment'
    | 're_evaluation'
  >
>;

export interface SchoolScoreStage extends StageBase<'school_score'> {
  readonly sheet: ScoreSheet;
}

export interface FilingStage extends StageBase<'filing'> {
  readonly files: readonly ('candidate_list' | 'evidence' | 'notice_result' | 'plan')[];
}

export interface EligibilityCheckStage extends StageBase<'eligibility_check'> {
  /** 1 = one check; 2 = 初审 and 复审 by different people. */
  readonly checks: 1 | 2;
}

export interface ExpertOpinionStage extends StageBase<'expert_opinion'> {
  /** Every candidate needs an opinion, or its absence recorded by the chair with a reason, before the vote (V5). */
  readonly opinionsPerCandidate: number;
}

type Instrument =
  | 'ability_test'
  | 'interview'
  | 'lesson_observation'
  | 'multi_party_evaluation'
  | 'democratic_appraisal'
  | 'integrity_opinion';

/** A selection instrument with a result of its own. */
export interface InstrumentStage extends StageBase<Instrument> {
  readonly maxPoints?: number;
  readonly passPoints?: number;
  readonly judges?: number;
  /** Who evaluates, with the share of each in the result. */
  readonly evaluators?: readonly {
    readonly who: Actor;
    readonly percent: number;
    readonly minRespondents?: number;
  }[];
  /** What happens to the share of a group with too few respondents. */
  readonly tooFewRespondents?: 'spread_over_others' | 'no_result';
  /** The result is this share of another stage's result. */
  readonly shareOf?: { readonly stage: StageCode; readonly percent: number };
}

export interface ApprovalStage extends StageBase<'approval'> {
  readonly by: Actor;
}

export interface TrainingExamStage extends StageBase<'training_exam'> {
  readonly form: 'open_book' | 'closed_book';
  /** The marker sees a code and no name. */
  readonly sealed: boolean;
  /** 流水阅卷: each marker marks the same question on every paper. */
  readonly inLine?: boolean;
  readonly maxPoints: number;
  readonly passPoints?: number;
  /** Hours for a result: the first band whose `from` is reached. */
  readonly hoursByPoints?: readonly { readonly from: number; readonly hours: number }[];
}

export interface AppointmentStage extends StageBase<'appointment'> {
  /** `per_year`: no more than the rank's `perYear`; who passed beyond it waits for the next year. */
  readonly cap: 'none' | 'per_year';
  /** Order of those who passed, when there are more than the cap. */
  readonly order?: readonly TieBreakKey[];
}

export interface DutyReportStage extends StageBase<'duty_report'> {
  readonly per: Period;
  readonly exact: number;
  /** Best grade of who did not report. */
  readonly missedAtMost?: Grade;
}

export interface SpotCheckStage extends StageBase<'spot_check'> {
  readonly every: Period;
  readonly percent: number;
  readonly minPerSchool: number;
}

export interface LaterAssessmentStage extends StageBase<'mid_assessment' | 'term_assessment'> {
  readonly everyYears: number;
  readonly effect: 'certificate' | 'confirm' | 'report';
}

export interface ReEvaluationStage extends StageBase<'re_evaluation'> {
  readonly afterYears: number;
  readonly otherwise: 'rank_lost' | 'kept';
}

export type Stage =
  | PlainStage
  | SchoolScoreStage
  | FilingStage
  | EligibilityCheckStage
  | ExpertOpinionStage
  | InstrumentStage
  | ApprovalStage
  | TrainingExamStage
  | AppointmentStage
  | DutyReportStage
  | SpotCheckStage
  | LaterAssessmentStage
  | ReEvaluationStage;

/** A score sheet; points are whole numbers on the sheet and hundredths in every sum. */
export interface ScoreSheet extends Rule {
  /** Judges whose scores are needed; the mean of each judged item is taken. */
  readonly judges: number;
  readonly items: readonly ScoreItem[];
  /** Least total, in points. */
  readonly passPoints?: number;
  /** true = the teacher states the counted items' points first (自评); a check that differs gives its reason. */
  readonly selfScore?: boolean;
  /** How many people of the school confirm the counted items, one after the other (初核、复核). */
  readonly countedChecks?: 1 | 2;
  readonly tieBreak: readonly TieBreakKey[];
}

export type ScoreItem = JudgedItem | CountedItem;

export interface JudgedItem extends Rule, Name {
  readonly code: string;
  readonly max: number;
  readonly judged: true;
}

export interface CountedItem extends Rule, Name {
  readonly code: string;
  /** Cap of the item, in points. */
  readonly max: number;
  readonly judged: false;
  readonly kinds: readonly EvidenceKind[];
  readonly withinSchoolYears?: number;
  /** true = only the best piece counts; false = all are added up to the cap. */
  readonly highestOnly: boolean;
  readonly points: readonly CountedPoints[];
}

/** Points for a piece of evidence of this level or above and, where given, this prize or a higher one; the best row counts. */
export interface CountedPoints {
  readonly level: Level;
  readonly prize?: Prize;
  readonly points: number;
}

/** One total out of several instruments. */
export interface Composite extends Rule {
  readonly parts: readonly { readonly stage: StageCode; readonly percent: number }[];
  /** `not_ranked`: who misses an instrument has no total. */
  readonly missing: 'not_ranked' | 'zero';
}

// ---------------------------------------------------------------- entries, quotas, vote, notice

export interface Entries {
  readonly application?: ApplicationEntry;
  readonly nomination?: NominationEntry;
  readonly contest?: ContestEntry;
  readonly ladder?: LadderEntry;
  readonly supplement?: SupplementEntry;
}

export interface ApplicationEntry extends Rule {
  /** Ranks that one may apply for. */
  readonly ranks: readonly string[];
  readonly ranksPerPersonPerRound: number;
}

/** A school or the office nominates a teacher who has not applied, and who agrees to it. */
export interface NominationEntry extends Rule {
  readonly ranks: readonly string[];
  readonly by: Actor;
  /** Every stage of the scheme after `standards_published` is in one of the two lists. */
  readonly skips: readonly StageCode[];
  readonly keeps: readonly StageCode[];
  /** Whether a place of the school's nomination quota is taken. */
  readonly countsInSchoolQuota: boolean;
}

/** A prize makes a formal candidate directly. */
export interface ContestEntry extends Rule {
  readonly rank: string;
  readonly evidence: {
    readonly kind: EvidenceKind;
    readonly level: Level;
    readonly prize: Prize;
    readonly withinSchoolYears: number;
    /** true = one piece of evidence lets in once, whatever the round. */
    readonly once: boolean;
  };
  /** Conditions of the rank that are checked all the same. */
  readonly conditions: readonly (keyof Need)[];
  /** Every stage of the scheme after `standards_published` is in one of the two lists. */
  readonly skips: readonly StageCode[];
  readonly keeps: readonly StageCode[];
  readonly countsInYearlyNumber: boolean;
  readonly countsInSchoolQuota: boolean;
}

/** Trainees and nominees of the ladder enter a round without the stages named. */
export interface LadderEntry extends Rule {
  readonly skips: readonly StageCode[];
}

/** Who stands in a supplementary selection, for places that a round has left vacant. */
export interface SupplementEntry extends Rule {
  /** Every stage of the scheme after `standards_published` is in one of the two lists. */
  readonly skips: readonly StageCode[];
  readonly keeps: readonly StageCode[];
}

/** What a holder of one rank becomes for the next one. */
export interface LadderRule extends Rule {
  readonly from: string;
  readonly to: string;
  /** 培养对象, 培养人选, 后备. */
  readonly as: 'trainee' | 'nominee_pool' | 'reserve';
  /** 全部: everybody, without a selection. */
  readonly all: boolean;
}

export const quotaDimensions = [
  'school',
  'region',
  'rural',
  'stage',
  'subject',
  'family',
  'rank',
  'level',
] as const;
export type QuotaDimension = (typeof quotaDimensions)[number];

export interface Quotas {
  readonly nominations?: NominationQuotas;
  readonly seats?: SeatQuotas;
  /** Figures that the document itself gives. */
  readonly fixed?: readonly FixedQuota[];
}

/** How many each school may send (Q1–Q5, Q7). */
export interface NominationQuotas extends Rule {
  /** Nominations in percent of the seats, rounded up. */
  readonly nominationPercent: number;
  readonly base: 'full_time_teachers';
  /** Month and day of the count, `MM-DD`, before the round. */
  readonly baseOn: string;
  readonly method: 'largest_remainder';
  readonly dimensions: readonly QuotaDimension[];
  /** At least `each` for a school with that many full-time teachers (Q3). */
  readonly guarantee?: { readonly each: number; readonly fromTeachers: number };
  readonly ruralSharePercent?: number;
  /** Cap for each stage and subject, by size of the list: the first row whose `seatsFrom` is reached (Q5, soft). */
  readonly subjectCaps?: readonly { readonly seatsFrom: number; readonly cap: number }[];
  readonly leadersPercent?: number;
}

/** How the seats of a rank are spread over the groups of the vote (Q2, Q7, Q9). */
export interface SeatQuotas extends Rule {
  readonly by: 'applicants_share' | 'full_time_teachers' | 'equal';
  readonly method: 'largest_remainder';
  readonly dimensions: readonly QuotaDimension[];
  /** true = direct entrants take seats of their group. */
  readonly lessDirectEntrants: boolean;
  /** Every subject with an applicant who meets the conditions has a candidate in the vote, in principle (Q5). */
  readonly everySubject?: true;
}

export interface FixedQuota extends Rule {
  readonly schools: readonly SchoolKind[];
  readonly per: readonly ('school' | 'town_group' | 'subject')[];
  readonly subjects?: readonly Subject[];
  readonly each: number;
}

export const voteModes = ['electronic', 'drawn_codes', 'paper'] as const;
export type VoteMode = (typeof voteModes)[number];

export interface VoteRules extends Rule {
  readonly mode: VoteMode;
  readonly committee: {
    readonly members: number;
    readonly reserve: number;
  };
  /** Share of the members that must take part (`>=`). */
  readonly quorum: Fraction;
  /** `over_half`: 2v > voters; `two_thirds`: 3v >= 2 voters. */
  readonly pass: 'over_half' | 'two_thirds';
  /** Candidates less seats: at least `percent` of the seats, rounded up, and at least `min`. */
  readonly minDifferential: { readonly percent: number; readonly min: number };
  readonly maxChoices: 'seats';
  readonly recusalScope: 'ballot_group' | 'candidate';
  readonly sameSchool: 'declare' | 'recuse';
  readonly tieReballots: number;
  readonly supplementaryRounds: number;
  readonly tieBreak: readonly TieBreakKey[];
  readonly unfilled: 'leave_vacant';
  readonly reserveList: {
    readonly onlyPassed: true;
    readonly validUntil: 'end_of_training_year' | 'end_of_round';
  };
}

/** Public notices; each level that the scheme has a notice stage for. */
export interface NoticeRules {
  readonly school?: NoticeRule;
  readonly district?: NoticeRule;
}

export interface NoticeRule extends Rule {
  readonly workingDays: number;
  readonly countPublicationDay: boolean;
  /** `HH:MM`. */
  readonly closesAt: string;
}

export interface ObjectionRules extends Rule {
  readonly investigateWorkingDays: number;
  readonly extensionWorkingDays: number;
  readonly whilePending: 'suspend' | 'continue';
  readonly anonymous: 'clue_only_if_specific' | 'not_accepted';
  readonly reviewWorkingDays: number;
}

// ---------------------------------------------------------------- training, duties, review

export interface Training {
  readonly hours?: TrainingHours;
  readonly cycle?: HoursCycle;
  readonly activities?: readonly TrainingActivity[];
  readonly mentorship?: Mentorship;
  readonly contactResearcher?: ContactResearcher;
  readonly events?: readonly TrainingEvent[];
  readonly higherLevels?: Item;
  readonly plan?: Item;
  readonly midAssessment?: MidAssessment;
  readonly assessment?: TrainingAssessment;
  readonly programmes?: readonly TrainingProgramme[];
  readonly provision?: TrainingProvision;
}

/** Hours of a trainee. */
export interface TrainingHours extends Rule {
  readonly hoursPerSchoolYear?: number;
  /** Hours of the whole training, when it is one class. */
  readonly total?: number;
  /** Absent for this share or more = no hours. */
  readonly noHoursFromAbsence?: Fraction;
  readonly failedGivesNoHours?: boolean;
  readonly maxHoursPerDay?: number;
}

/** Hours of every teacher in service (fixed windows, no carry-over). */
export interface HoursCycle extends Rule {
  readonly years: number;
  readonly hours: number;
  /** First day of the first window. */
  readonly startsOn?: string;
  readonly newTeacherHours?: Valued<number>;
  readonly trainerHoursPerYear?: Valued<number>;
  readonly districtTrainingEveryYears?: Valued<number>;
  /** Share of the hours that may come from conversions. */
  readonly convertedAtMost?: Fraction;
  readonly conversions?: readonly (Rule & {
    readonly kind: EvidenceKind;
    readonly level: Level;
    readonly prize?: Prize;
    readonly hours: number;
  })[];
  readonly conditionFor?: readonly Item[];
}

export interface TrainingActivity extends Item {
  readonly where: 'school' | 'district' | 'higher';
  readonly arrangedBy?: Actor;
}

export interface Mentorship extends Rule {
  /** Ranks whose trainees and holders need a mentor; empty: apprentices hold no rank (young teachers). */
  readonly ranks: readonly string[];
  readonly chosenBy: 'apprentice' | 'mentor' | 'school' | 'training_centre';
  /** `experienced`: an experienced teacher, of whatever rank. */
  readonly mentorRank: 'strictly_higher' | 'next_higher' | 'any_holder' | 'experienced';
  readonly subject: 'same' | 'same_or_near' | 'any';
  readonly crossSchool: boolean;
  readonly filesKeptBy: Actor;
  readonly apprentices?: Amount;
  readonly guidancePer?: Period;
  readonly evaluationPer?: Period;
  readonly planRequired?: boolean;
  readonly recordRequired?: boolean;
}

export interface ContactResearcher extends Rule {
  readonly required: boolean;
  readonly duties: readonly ('train' | 'manage' | 'assess')[];
}

/** An event that the organiser owes. */
export interface TrainingEvent extends Item {
  readonly per: Period;
  readonly exact: number;
  /** Owed once for each rank in training. */
  readonly eachRank: boolean;
  readonly by: Actor;
}

/** Assessments within the training; who is below the line is out. */
export interface MidAssessment extends Rule {
  /** After every so many terms, before the final one. */
  readonly everyTerms: number;
  readonly maxPoints: number;
  readonly passPoints: number;
}

export interface TrainingAssessment extends Rule {
  readonly by: Actor;
  readonly maxPoints: number;
  readonly passPoints: number;
  readonly needsHours: boolean;
  readonly needsMentorship?: boolean;
  /** Every task that was owed must be done. */
  readonly needsTasks?: boolean;
  /** Time to ask for a review of an assessment below the line. */
  readonly reviewWorkingDays?: number;
  readonly lateWorks?: 'accepted' | 'not_handed_in';
  readonly parts?: readonly (Name & {
    readonly code: string;
    readonly percent: number;
    readonly items?: readonly string[];
    readonly works?: readonly { readonly zh: string; readonly min: number }[];
  })[];
}

/** A class or project with its own numbers. */
export interface TrainingProgramme extends Item {
  /** Who takes part, where the document says so. */
  readonly participants?: {
    /** true = holders only. */
    readonly holders?: boolean;
    readonly rural?: boolean;
    readonly kinds?: readonly SchoolKind[];
    readonly subjects?: readonly Subject[];
  };
  readonly unit: CountUnit;
  readonly planned?: number;
  readonly result?: number;
  /** 余: more than the number. */
  readonly more?: boolean;
  /** Further counts, each in its own unit. */
  readonly counts?: readonly { readonly zh: string; readonly unit: CountUnit; readonly number: number }[];
  readonly phases?: readonly (Name & { readonly when: string; readonly required: boolean })[];
  readonly everyWeeks?: number;
  readonly costItems?: readonly string[];
}

/** What a regulation asks of providers, trainer teams, bases and follow-up. */
export interface TrainingProvision {
  readonly choice?: Item;
  readonly expertsPercent?: Valued<number>;
  readonly frontlinePercent?: Valued<number>;
  readonly chiefExperts?: Valued<number>;
  readonly resourcesPerSubject?: Valued<number>;
  readonly followUpMonths?: Valued<number>;
  readonly baseEvaluation?: readonly Item[];
  readonly nextYearPlaces?: Item;
  readonly closingReport?: readonly Item[];
}

/** Something that a trainee, a holder or the organiser owes in a period. */
export interface Duty extends Item {
  readonly of: 'holder' | 'trainee' | 'both' | 'school' | 'organiser';
  readonly ranks?: readonly string[];
  readonly per: Period;
  /** Without it the document gives no figure. */
  readonly amount?: Amount;
  /** What the amount counts, where the name does not say it. */
  readonly unit?: CountUnit;
  readonly level?: Level;
  /** As leader or as member of it; either will do when both are listed. */
  readonly roles?: readonly ('lead' | 'member')[];
  readonly how?: readonly Dissemination[];
  readonly output?: readonly string[];
  readonly minCharacters?: number;
  /** true = the document names the item and its text is missing. */
  readonly unknown?: boolean;
}

/** Something that a holder or trainee receives. */
export interface Right extends Item {
  readonly of: 'holder' | 'trainee' | 'both';
  readonly per?: Period;
  readonly amount?: Amount;
  readonly unit?: CountUnit;
  /** Who gives or arranges it. */
  readonly by?: Actor;
  readonly paidBy?: Actor;
  readonly unknown?: boolean;
}

/** Money that goes with a title. */
export interface Allowance extends Rule {
  readonly stack: 'highest_only' | 'all';
  readonly stopFrom: 'first_of_next_month' | 'day_after';
  readonly per: Period;
  /** Only for a year with a passed review. */
  readonly needsPass?: boolean;
  /** Fen by rank. */
  readonly fenByRank?: Readonly<Record<string, number>>;
}

export interface Dynamic {
  readonly eliminate?: Elimination;
  readonly supplement?: Supplement;
  /** A leave of months within the training. */
  readonly longLeave?: Rule & { readonly training: 'pause' | 'end' };
  readonly transferred?: TransferRule;
  readonly afterRevocation?: AfterRevocation;
  /** Whether a notice by higher authority lets this body assess ranks that it does not confer. */
  readonly higherRanks?: Item;
  readonly runBy?: Rule & { readonly who: readonly Actor[] };
}

export interface Elimination extends Rule {
  readonly when: 'within_training';
  readonly ifAssessment: 'fail';
  readonly barsLaterRounds: boolean;
}

export interface Supplement extends Rule {
  /** Where the replacement is looked for, in this order. */
  readonly from: readonly ('reserve_list' | 'outstanding_non_trainees')[];
}

/** After a transfer out of the school. */
export interface TransferRule extends Rule {
  readonly title: 'keep_if_passed' | 'keep' | 'end';
  readonly benefits: 'keep' | 'stop';
  readonly benefitsStopFrom: 'first_of_next_month' | 'day_after';
}

export interface AfterRevocation extends Rule {
  readonly mayApplyAgain: boolean;
  readonly barredRounds: number;
}

export interface AnnualReview extends Rule {
  readonly period: 'school_year' | 'calendar_year';
  /** The office opens a review year; the calendar only where the scheme says so. */
  readonly openedBy: 'office' | 'calendar';
  readonly ranks: readonly string[];
  readonly by: Actor;
  /** Who takes part in the assessment, in the document's words. */
  readonly panel?: readonly string[];
  readonly confirmedBy: Actor;
  readonly dutyReport: boolean;
  /** Time to ask for a review of a grade. */
  readonly reviewWorkingDays: number;
  readonly effects: Readonly<Record<Grade, GradeEffect>>;
}

export interface GradeEffect extends Rule {
  readonly title: 'keep' | 'keep_to_cycle_end' | 'revoke';
  readonly benefits: 'keep' | 'stop' | 'stop_next_year';
  readonly warning?: boolean;
  readonly barsNextRounds?: number;
  /** The grade in so many years running ends the title or the training. */
  readonly endsAfterYearsRunning?: number;
}

export interface Certificate extends Rule {
  readonly years: number;
  /** Days before the end on which the holder is reminded. */
  readonly reminders?: readonly number[];
  /** Whether the title goes on after its end while a re-evaluation is pending; by default it may not be used. */
  readonly whilePending?: 'suspend' | 'continue';
}

/** The schools' own list. */
export interface SchoolLevel extends Rule {
  readonly rank: string;
  readonly responsible: Actor;
  readonly file: readonly ('plan' | 'list')[];
  readonly with: Actor;
  /** Last day of filing in each year, `MM-DD`. */
  readonly dueBy: string;
}

// ---------------------------------------------------------------- targets, reports, the rest

export type Target = CountTarget | ShareTarget | CoverageTarget | IndicatorTarget;

export interface CountTarget extends Item {
  readonly kind: 'count';
  readonly unit: CountUnit;
  readonly amount: Amount;
  readonly ranks?: readonly string[];
  readonly years?: number;
  /** Calendar year by the end of which the number is to be reached. */
  readonly untilYear?: number;
  readonly parts?: readonly { readonly zh: string; readonly number: number }[];
}

/** 占 x %: distinct persons, shown as an exact fraction; `over_half` = 为主. */
export interface ShareTarget extends Item {
  readonly kind: 'share';
  readonly ranks?: readonly string[];
  readonly of: string;
  readonly percent?: number;
  readonly overHalf?: boolean;
  readonly ageAtMost?: number;
}

export interface CoverageTarget extends Item {
  readonly kind: 'coverage';
  /** Every school of the kinds, or every subject, has at least `min` holders of the rank or a higher one. */
  readonly each: 'school' | 'subject';
  readonly schools?: readonly SchoolKind[];
  readonly minRank?: string;
  readonly min: number;
}

export interface IndicatorTarget extends Item {
  readonly kind: 'indicator';
  readonly forms: readonly ('count' | 'rate')[];
  /** What a rate is a share of; stored with every value. */
  readonly denominator?: string;
  readonly byYear?: readonly number[];
}

/** A figure that the document starts from. */
export interface BaselineFigure extends Item {
  readonly number: number;
  readonly unit: CountUnit;
  /** What the number is a share of: the denominator and what it counts (P9). */
  readonly of?: { readonly zh: string; readonly number: number };
  /** The percentage that the document prints, as a fraction; it need not agree with the figures. */
  readonly printed?: Fraction;
}

export interface Money extends Rule {
  readonly budgets?: readonly (Item & {
    /** Share of the sum that `of` names; 1.5 % is 15/1000. */
    readonly share?: Fraction;
    readonly of?: string;
    readonly fenByYear?: readonly number[];
    readonly fenPerYear?: number;
  })[];
  readonly costItems?: readonly string[];
  readonly perTraining?: readonly ('budget' | 'account')[];
}

export interface Body extends Rule {
  readonly zh: string;
  readonly en: string;
  readonly office?: string;
  /** Empty: the document does not name them. */
  readonly members: readonly string[];
}

/** The heads' appointment for terms with goals. */
export interface Heads extends Rule {
  readonly termYears: number;
  /** 竞聘: appointed by competition. */
  readonly competitive?: boolean;
  readonly goals: boolean;
  readonly exit: boolean;
}

/** A report that the scheme is answered with. */
export interface Report extends Name {
  readonly code: string;
}

export const policyKinds = ['selection', 'programme', 'report'] as const;
export const policyScopes = ['kindergarten', 'school', 'district', 'city', 'province'] as const;

export interface Policy {
  readonly id: string;
  readonly version: number;
  readonly title: Name;
  /** `selection` has ranks and stages; `programme` is one training; `report` counts what was done. */
  readonly kind: (typeof policyKinds)[number];
  readonly scope: (typeof policyScopes)[number];
  readonly source: {
    readonly document: string;
    readonly part: string;
    readonly date?: string;
    /** What the source leaves unclear. */
    readonly notes?: readonly string[];
  };
  /** `about`: 左右 (R0.3). */
  readonly period?: Rule & { readonly years: number; readonly maxYears?: number; readonly about?: boolean };
  /** How often a round is held, in years. */
  readonly roundEveryYears?: Valued<number>;
  /** The day on which age and years are taken, `MM-DD` of the round's year. */
  readonly cutOff?: Rule & { readonly monthDay: string };
  readonly body?: Body;
  readonly supervision?: Rule & { readonly observers: number };
  readonly principles?: readonly Item[];
  readonly rankOrder: (typeof rankOrders)[number];
  readonly ranks: readonly Rank[];
  readonly externalTitles?: readonly ExternalTitle[];
  readonly subjectFamilies?: Readonly<Partial<Record<Family, readonly Subject[]>>>;
  readonly stages: readonly Stage[];
  readonly composite?: Composite;
  readonly entries: Entries;
  readonly quotas?: Quotas;
  readonly vote?: VoteRules;
  readonly notice?: NoticeRules;
  readonly objection?: ObjectionRules;
  readonly ladder?: readonly LadderRule[];
  readonly training?: Training;
  readonly dynamic?: Dynamic;
  readonly certificate?: Certificate;
  readonly annualReview?: AnnualReview;
  readonly duties?: readonly Duty[];
  readonly rights?: readonly Right[];
  readonly allowance?: Allowance;
  readonly schoolLevel?: SchoolLevel;
  readonly heads?: Heads;
  /** What the organiser promises: measures, care, rewards, posts. `unknown` = named, and its text is missing. */
  readonly measures?: readonly (Item & {
    readonly per?: Period;
    readonly group?: string;
    readonly unknown?: boolean;
  })[];
  readonly baseline?: readonly BaselineFigure[];
  readonly money?: Money;
  readonly targets?: readonly Target[];
  readonly reports: readonly Report[];
}

// ---------------------------------------------------------------- finding one's way in a scheme

type StageWith<Each extends Stage, Code> = Each extends Stage
  ? Code extends Each['code']
    ? Each
    : never
  : never;

/**
 * A stage of the scheme.
 * @returns the stage with its own fields, or undefined when the scheme does not have it
 */
export function stageOf<Code extends StageCode>(
  policy: Policy,
  code: Code,
): StageWith<Stage, Code> | undefined {
  return policy.stages.find((stage) => stage.code === code) as StageWith<Stage, Code> | undefined;
}

/** The ranks that a round has places of: those for which people apply, or are nominated. */
export function ranksWithPlaces({ entries: { application, nomination } }: Policy): string[] {
  return [...new Set([...(application?.ranks ?? []), ...(nomination?.ranks ?? [])])];
}

/** A rank of the scheme, or undefined when the code is none of its ranks. */
export function rankOf(policy: Policy, code: string): Rank | undefined {
  return policy.ranks.find((rank) => rank.code === code);
}

/**
 * Whether one rank stands above another in the scheme's order. Rule P8.
 * @returns false for equal and for incomparable ranks, and when one of the codes is unknown
 */
export function isHigherRank(policy: Policy, code: string, than: string): boolean {
  const left = rankOf(policy, code);
  const right = rankOf(policy, than);
  if (left === undefined || right === undefined) return false;
  switch (policy.rankOrder) {
    case 'list':
      return policy.ranks.indexOf(left) > policy.ranks.indexOf(right);
    case 'tiers':
      return (left.tier ?? 0) > (right.tier ?? 0);
    case 'grid':
      return isHigherCell(left.cell, right.cell);
    case 'parallel':
      return false;
  }
}

function isHigherCell(left: Rank['cell'], right: Rank['cell']): boolean {
  if (left === undefined || right === undefined) return false;
  const notLower = left.level >= right.level && left.class >= right.class;
  return notLower && (left.level > right.level || left.class > right.class);
}

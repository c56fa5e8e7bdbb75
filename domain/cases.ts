/** The long-running steps; the name of a kind is also the name of its Temporal workflow. */
export const caseKinds = [
  'selectionRound',
  'application',
  'schoolReview',
  'publicNotice',
  'objection',
  'panelReview',
  'differentialVote',
  'training',
  'appointment',
  'titleTenure',
  'annualReview',
  'ethicsDecision',
  'calendar',
  'outbox',
] as const;

export type CaseKind = (typeof caseKinds)[number];

/** What a person may be in an organisation, from a day to a day. */
export const roles = [
  'teacher',
  'school_clerk',
  'school_panel',
  'head',
  'office',
  'leading_group',
  'committee',
  'committee_chair',
  'committee_reserve',
  'supervisor',
  'teller',
  'researcher',
  'training_centre',
  'investigator',
  'auditor',
  'administrator',
] as const;

export type Role = (typeof roles)[number];

/**
 * Whose membership counts: in the organisation that runs the scheme, in the case's own, or the person the case is about;
 * `named` are those whom the case itself names. `nominee`: in the school of the person whom a new case is to be about, or
 * in the organisation that runs the scheme.
 */
export type Standing = 'owner' | 'organisation' | 'self' | 'named' | 'nominee';

/** One decision that people take on a case: in which of its steps, who may, and who may record it for them. */
export interface DecisionRule {
  /** Steps of the case in which it may be taken; `new` means that the case does not exist yet. */
  readonly during: readonly string[];
  readonly by: readonly Role[];
  readonly at: Standing;
  /** Roles in the organisation that runs the scheme, or in the case's own, that may record it for who decides (S1). */
  readonly recordedBy?: readonly Role[];
}

const rule = (
  during: readonly string[],
  by: readonly Role[],
  at: Standing,
  recordedBy?: readonly Role[],
): DecisionRule => ({ during, by, at, recordedBy });

/** Every decision of every kind of case. The API, the workflow's validator and the transaction all ask this table. */
export const decisionRules = {
  selectionRound: {
    open: rule(['new'], ['leading_group'], 'owner', ['office']),
    extendStage: rule(['applications', 'selection'], ['office'], 'owner'),
    closeStage: rule(['applications', 'selection'], ['office'], 'owner'),
    mergeSchools: rule(['applications', 'selection'], ['leading_group'], 'owner', ['office']),
    returnUnit: rule(['selection'], ['office'], 'owner'),
    grantPlaces: rule(['applications', 'selection'], ['leading_group'], 'owner', ['office']),
    shareOutPlaces: rule(['selection'], ['leading_group'], 'owner', ['office']),
    approveSeats: rule(['selection'], ['leading_group'], 'owner', ['office']),
    assignVacantSeats: rule(['selection'], ['leading_group'], 'owner', ['office']),
    reviewCandidates: rule(['selection'], ['leading_group'], 'owner', ['office']),
    approveCandidates: rule(['selection'], ['leading_group'], 'owner', ['office']),
    cancel: rule(['applications', 'selection'], ['leading_group'], 'owner', ['office']),
  },
  application: {
    submit: rule(['new'], ['teacher'], 'self', ['office', 'school_clerk']),
    enterByContest: rule(['new'], ['teacher'], 'self', ['office', 'school_clerk']),
    enterByNomination: rule(['new'], ['school_clerk', 'head', 'office'], 'nominee'),
    consent: rule(['consenting'], ['teacher'], 'self', ['office', 'school_clerk']),
    correctFacts: rule(['underway'], ['office'], 'owner'),
    selfScore: rule(['underway'], ['teacher'], 'self'),
    amend: rule(['underway', 'correction'], ['teacher'], 'self'),
    withdraw: rule(['consenting', 'underway', 'correction'], ['teacher'], 'self', ['office']),
    returnForCorrection: rule(['underway'], ['office'], 'owner'),
    confirmFindings: rule(['underway'], ['office'], 'owner'),
    decideEligibility: rule(['underway', 'correction'], ['office'], 'owner'),
    hold: rule(['underway'], ['office'], 'owner'),
    free: rule(['underway'], ['office'], 'owner'),
  },
  schoolReview: {
    score: rule(['scoring'], ['school_panel'], 'organisation'),
    recuse: rule(['scoring'], ['head', 'school_panel'], 'organisation'),
    checkItems: rule(['scoring'], ['school_clerk', 'head', 'school_panel'], 'organisation'),
    nominate: rule(['nominating'], ['school_clerk'], 'organisation'),
    file: rule(['filing'], ['head'], 'organisation'),
  },
  publicNotice: {
    draft: rule(['drafting', 'releasing'], ['school_clerk', 'office'], 'organisation'),
    approve: rule(['releasing'], ['head', 'office'], 'organisation'),
    correct: rule(['standing'], ['head', 'office'], 'organisation'),
    restart: rule(['standing'], ['head', 'office'], 'organisation'),
    decideOnLostDays: rule(['standing'], ['head', 'office'], 'organisation'),
  },
  objection: {
    assign: rule(['assigning', 'investigating'], ['office'], 'owner'),
    judgeClue: rule(['investigating'], ['investigator'], 'named'),
    summarise: rule(['investigating'], ['investigator'], 'named'),
    confirmSummary: rule(['investigating'], ['investigator'], 'named'),
    answer: rule(['hearing'], ['teacher'], 'self', ['office']),
    report: rule(['inquiry'], ['investigator'], 'named'),
    decide: rule(['ruling'], ['leading_group'], 'owner', ['office']),
    requestReview: rule(['appealing'], ['teacher'], 'self', ['office']),
    decideReview: rule(['reviewing'], ['leading_group'], 'owner', ['office']),
    extendInvestigation: rule(
      ['assigning', 'investigating', 'hearing', 'inquiry', 'ruling'],
      ['leading_group'],
      'owner',
      ['office'],
    ),
    acceptWithdrawal: rule(
      ['assigning', 'investigating', 'hearing', 'inquiry', 'ruling'],
      ['office'],
      'owner',
    ),
  },
  panelReview: {
    giveOpinions: rule(['opinions'], ['researcher'], 'owner'),
    substituteResearcher: rule(['opinions'], ['committee_chair', 'leading_group'], 'owner', ['office']),
    recordAbsence: rule(['opinions'], ['committee_chair', 'leading_group'], 'owner', ['office']),
    recordIntegrityOpinions: rule(['integrity'], ['office'], 'owner'),
    decideOnObjections: rule(['deciding'], ['leading_group'], 'owner', ['office']),
    namePanel: rule(['naming'], ['office'], 'owner'),
    // Whoever is named to a panel has a seat on it; no other role is needed.
    declareConflict: rule(['naming', 'judging'], ['teacher'], 'owner'),
    decideConflicts: rule(['naming', 'judging'], ['committee_chair', 'leading_group'], 'owner', ['office']),
    seatReserve: rule(['naming', 'judging'], ['office'], 'owner'),
    givePoints: rule(['judging'], ['teacher'], 'owner'),
    recordCounts: rule(['evaluating'], ['office', 'school_clerk'], 'organisation'),
  },
  differentialVote: {
    signIn: rule(['signIn'], ['committee_chair', 'supervisor', 'committee', 'committee_reserve'], 'owner'),
    recuse: rule(['signIn'], ['committee_chair', 'committee', 'committee_reserve'], 'owner'),
    askRecusal: rule(['signIn'], ['teacher'], 'owner'),
    decideConflicts: rule(['signIn'], ['committee_chair'], 'owner'),
    decideOnChair: rule(['signIn'], ['leading_group'], 'owner', ['office']),
    allowEqualNumbers: rule(['signIn'], ['leading_group'], 'owner', ['office']),
    substitute: rule(['signIn'], ['committee_chair'], 'owner'),
    open: rule(['signIn'], ['committee_chair'], 'owner'),
    closeIssue: rule(['issuing'], ['committee_chair'], 'owner'),
    close: rule(['casting'], ['committee_chair'], 'owner'),
    nameTellers: rule(['signIn', 'casting', 'counting'], ['committee_chair'], 'owner'),
    enterSheet: rule(['counting'], ['teller'], 'owner'),
    closeCount: rule(['counting'], ['committee_chair'], 'owner'),
    openBox: rule(['opening'], ['committee_chair', 'supervisor'], 'owner'),
    confirm: rule(['confirming'], ['committee_chair', 'supervisor', 'teller'], 'owner'),
  },
  training: {
    chooseMentor: rule(['training'], ['teacher'], 'self', ['training_centre']),
    // The trainee, the mentor, the researcher or the centre; the handler asks which.
    recordGuidance: rule(['training', 'assessing'], ['teacher'], 'owner'),
    handInWork: rule(['training', 'assessing'], ['teacher'], 'self', ['training_centre']),
    checkWork: rule(['training', 'assessing'], ['training_centre', 'researcher'], 'owner'),
    confirmHours: rule(
      ['training', 'paused', 'assessing', 'appealing', 'reviewing'],
      ['training_centre'],
      'owner',
    ),
    recordExam: rule(['training', 'assessing'], ['training_centre'], 'owner'),
    assessMid: rule(['training'], ['researcher', 'training_centre'], 'owner'),
    assess: rule(['assessing'], ['researcher', 'training_centre'], 'owner'),
    requestReview: rule(['appealing'], ['teacher'], 'self', ['office']),
    decideReview: rule(['reviewing'], ['leading_group'], 'owner', ['office']),
    pause: rule(['training'], ['office'], 'owner'),
    resume: rule(['paused'], ['office'], 'owner'),
    leave: rule(['training', 'paused', 'assessing', 'appealing', 'reviewing'], ['office'], 'owner'),
    transfer: rule(['training', 'paused', 'assessing', 'appealing', 'reviewing'], ['office'], 'owner'),
    decidePlace: rule(['replacing'], ['leading_group'], 'owner', ['office']),
  },
  appointment: {
    open: rule(['new'], ['office'], 'owner'),
    approve: rule(['approving'], ['leading_group'], 'owner', ['office']),
    issue: rule(['issuing'], ['office'], 'owner'),
  },
  titleTenure: {
    record: rule(['new'], ['office'], 'owner'),
    transfer: rule(['holding'], ['office'], 'owner'),
    revoke: rule(['holding'], ['leading_group'], 'owner', ['office']),
    suspend: rule(['holding'], ['leading_group'], 'owner', ['office']),
    resume: rule(['holding'], ['leading_group'], 'owner', ['office']),
    handInWork: rule(['holding'], ['teacher'], 'self', ['school_clerk']),
    checkWork: rule(['holding'], ['head', 'school_clerk'], 'organisation'),
    applyForReEvaluation: rule(['holding'], ['teacher'], 'self', ['office', 'school_clerk']),
    decideReEvaluation: rule(['holding'], ['leading_group'], 'owner', ['office']),
    reissue: rule(['holding'], ['office'], 'owner'),
  },
  annualReview: {
    open: rule(['new'], ['office'], 'owner'),
    dutyReport: rule(['reporting'], ['teacher'], 'organisation'),
    grade: rule(['grading'], ['head'], 'organisation'),
    confirm: rule(['confirming'], ['leading_group'], 'owner', ['office']),
    requestReview: rule(['appealing'], ['teacher'], 'organisation'),
    decideReview: rule(['appealing', 'reviewing'], ['leading_group'], 'owner', ['office']),
  },
  ethicsDecision: {
    record: rule(['new'], ['office'], 'owner'),
    lift: rule(['inEffect'], ['office'], 'owner'),
  },
  // What is decided for a whole organisation and its months and years stands with its calendar.
  calendar: {
    announceSpotCheck: rule(['reminding'], ['office'], 'owner'),
    drawSpotCheck: rule(['reminding'], ['office'], 'owner'),
    recordSpotCheck: rule(['reminding'], ['office'], 'owner'),
    confirmAllowances: rule(['reminding'], ['leading_group'], 'owner', ['office']),
    correctAllowances: rule(['reminding'], ['leading_group'], 'owner', ['office']),
    enterLadder: rule(['reminding'], ['office'], 'owner'),
  },
  outbox: {},
} as const satisfies Record<CaseKind, Record<string, DecisionRule>>;

/** The name of a decision on a case of the kind. */
export type DecisionName<K extends CaseKind = CaseKind> = K extends CaseKind
  ? keyof (typeof decisionRules)[K] & string
  : never;

/** The rule of a decision, or nothing when the kind has no such decision. Rule S7. */
export function decisionRule(kind: CaseKind, decision: string): DecisionRule | undefined {
  return (decisionRules[kind] as Record<string, DecisionRule>)[decision];
}

/** The decisions that a case of the kind allows in the step. */
export function decisionsDuring(kind: CaseKind, step: string): string[] {
  return Object.entries(decisionRules[kind] as Record<string, DecisionRule>)
    .filter(([, decision]) => decision.during.includes(step))
    .map(([name]) => name);
}

/** What a workflow knows of its case: where it stands and what it waits for; nothing about people. */
export interface CaseState {
  readonly id: string;
  readonly kind: CaseKind;
  /** Number of the last transaction on the case; a workflow with a lower one is behind. */
  readonly sequence: number;
  readonly step: string;
  readonly closed: boolean;
  /** The role whose turn it is. */
  readonly waitingFor: Role | null;
  /** Until when that role has time, as an instant. */
  readonly dueAt: string | null;
  /** When the workflow must look at the case again by itself, as an instant. */
  readonly wakeAt: string | null;
  readonly ownerId: string;
  readonly organisationId: string;
  readonly roundId: string | null;
  readonly rank: string | null;
  readonly subject: string | null;
  readonly stage: string | null;
}

/** The long-running steps; the name of a kind is also the name of its Temporal workflow. */
export const caseKinds = [
  'selectionRound',
  'application',
  'schoolReview',
  'publicNotice',
  'panelReview',
  'differentialVote',
  'training',
  'appointment',
  'titleTenure',
  'annualReview',
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
  'researcher',
  'training_centre',
  'auditor',
  'administrator',
] as const;

export type Role = (typeof roles)[number];

/** Whose membership counts: in the organisation that runs the scheme, in the case's own, or the person the case is about. */
export type Standing = 'owner' | 'organisation' | 'self';

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
    approveSeats: rule(['selection'], ['leading_group'], 'owner', ['office']),
    reviewCandidates: rule(['selection'], ['leading_group'], 'owner', ['office']),
    approveCandidates: rule(['selection'], ['leading_group'], 'owner', ['office']),
    cancel: rule(['applications', 'selection'], ['leading_group'], 'owner', ['office']),
  },
  application: {
    submit: rule(['new'], ['teacher'], 'self', ['office', 'school_clerk']),
    enterByContest: rule(['new'], ['teacher'], 'self', ['office', 'school_clerk']),
    amend: rule(['underway', 'correction'], ['teacher'], 'self'),
    withdraw: rule(['underway', 'correction'], ['teacher'], 'self', ['office']),
    returnForCorrection: rule(['underway'], ['office'], 'owner'),
    decideEligibility: rule(['underway', 'correction'], ['office'], 'owner'),
    hold: rule(['underway'], ['office'], 'owner'),
    free: rule(['underway'], ['office'], 'owner'),
  },
  schoolReview: {
    score: rule(['scoring'], ['school_panel'], 'organisation'),
    nominate: rule(['nominating'], ['school_clerk'], 'organisation'),
    file: rule(['filing'], ['head'], 'organisation'),
  },
  publicNotice: {
    draft: rule(['drafting', 'releasing'], ['school_clerk', 'office'], 'organisation'),
    approve: rule(['releasing'], ['head', 'office'], 'organisation'),
  },
  panelReview: {
    giveOpinions: rule(['opinions'], ['researcher'], 'owner'),
  },
  differentialVote: {
    signIn: rule(['signIn'], ['committee_chair', 'supervisor', 'committee', 'committee_reserve'], 'owner'),
    recuse: rule(['signIn'], ['committee_chair', 'committee', 'committee_reserve'], 'owner'),
    substitute: rule(['signIn'], ['committee_chair'], 'owner'),
    open: rule(['signIn'], ['committee_chair'], 'owner'),
    closeIssue: rule(['issuing'], ['committee_chair'], 'owner'),
    close: rule(['casting'], ['committee_chair'], 'owner'),
    openBox: rule(['opening'], ['committee_chair', 'supervisor'], 'owner'),
    confirm: rule(['confirming'], ['committee_chair', 'supervisor'], 'owner'),
  },
  training: {
    chooseMentor: rule(['training'], ['teacher'], 'self', ['training_centre']),
    confirmHours: rule(['training', 'assessing'], ['training_centre'], 'owner'),
    assess: rule(['assessing'], ['researcher', 'training_centre'], 'owner'),
    leave: rule(['training', 'assessing'], ['office'], 'owner'),
  },
  appointment: {
    open: rule(['new'], ['office'], 'owner'),
    approve: rule(['approving'], ['leading_group'], 'owner', ['office']),
    issue: rule(['issuing'], ['office'], 'owner'),
  },
  titleTenure: {
    transfer: rule(['holding'], ['office'], 'owner'),
    revoke: rule(['holding'], ['leading_group'], 'owner', ['office']),
  },
  annualReview: {
    open: rule(['new'], ['office'], 'owner'),
    dutyReport: rule(['reporting'], ['teacher'], 'organisation'),
    grade: rule(['grading'], ['head'], 'organisation'),
    confirm: rule(['confirming'], ['leading_group'], 'owner', ['office']),
  },
  calendar: {},
  outbox: {},
} as const satisfies Record<CaseKind, Record<string, DecisionRule>>;

/** The name of a decision on a case of the kind. */
export type DecisionName<K extends CaseKind = CaseKind> = K extends CaseKind
  ? keyof (typeof decisionRules)[K] & string
  : never;

/** The rule of a decision, or nothing when the kind has no such decision. */
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

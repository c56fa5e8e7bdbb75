import { createHash } from 'node:crypto';
import {
  LineCounter,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import { z } from 'zod';
import { canonicalJson } from '../domain/canonical-json.js';
import { isBusinessDate } from '../domain/dates.js';
import {
  actors,
  ageModes,
  countUnits,
  groupDimensions,
  periods,
  policyKinds,
  policyScopes,
  quotaDimensions,
  rankDeciders,
  rankOrders,
  schoolKinds,
  stageCodes,
  tieBreakKeys,
  voteModes,
  type Policy,
} from '../domain/policy.js';
import { Refusal, type Fault } from '../domain/refusal.js';
import {
  codesOf,
  degrees,
  disseminations,
  evidenceKinds,
  families,
  grades,
  levels,
  posts,
  prizes,
  professionalTitles,
  sanctions,
  sexes,
  subjects,
  teachingStages,
} from '../domain/vocabulary.js';
import { findSemanticFaults, type SchemeFault } from './semantics.js';

// ---------------------------------------------------------------- building blocks

const text = z.string().trim().min(1);
const code = z.string().regex(/^[a-z][a-z0-9_]*$/, { error: 'a-z 0-9 _' });
const monthDay = z.string().refine((value) => isBusinessDate(`2025-${value}`), { error: 'MM-DD' });
const date = z.string().refine(isBusinessDate, { error: 'YYYY-MM-DD' });
const hour = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: 'HH:MM' });
const whole = z.int().min(0);
const positive = z.int().min(1);
const percent = z.int().min(0).max(100);
const codeList = z.array(code).min(1);
const textList = z.array(text).min(1);

const degree = z.enum(codesOf(degrees));
const level = z.enum(codesOf(levels));
const prize = z.enum(codesOf(prizes));
const evidenceKind = z.enum(codesOf(evidenceKinds));
const dissemination = z.enum(codesOf(disseminations));
const grade = z.enum(codesOf(grades));
const subject = z.enum(codesOf(subjects));
const actor = z.enum(actors);
const period = z.enum(periods);
const stageCode = z.enum(stageCodes);
const countUnit = z.enum(countUnits);
const schoolKind = z.enum(schoolKinds);
const tieBreakKey = z.enum(tieBreakKeys);
const quotaDimension = z.enum(quotaDimensions);
const rankDecider = z.enum(rankDeciders);

/** An object whose unknown keys are errors that name the keys it may have. */
function block<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, { error: namingKeys(Object.keys(shape)) });
}

/** A value for every code of a list. */
function eachOf<Code extends string, Value extends z.ZodType>(
  codes: readonly [Code, ...Code[]],
  value: Value,
) {
  return z.record(z.enum(codes), value, { error: namingKeys(codes) });
}

/** A value for some codes of a list. */
function someOf<Code extends string, Value extends z.ZodType>(
  codes: readonly [Code, ...Code[]],
  value: Value,
) {
  return z.partialRecord(z.enum(codes), value, { error: namingKeys(codes) });
}

function namingKeys(keys: readonly string[]) {
  return (issue: { readonly code?: string }) =>
    issue.code === 'unrecognized_keys' || issue.code === 'invalid_key' ? keys.join(', ') : undefined;
}

const adopted = block({
  by: z.enum(['sample', 'office']),
  basis: text,
  fields: textList.optional(),
});

const origin = { clause: text.optional(), adopted: adopted.optional() };

/** A block that says where it comes from. */
function rule<Shape extends z.ZodRawShape>(shape: Shape) {
  return block({ ...origin, ...shape }).refine(hasOrigin, { error: 'NO_ORIGIN', when: () => true });
}

function hasOrigin(value: unknown): boolean {
  return typeof value !== 'object' || value === null || 'clause' in value || 'adopted' in value;
}

function valued<Value extends z.ZodType>(value: Value) {
  return rule({ value, hard: z.boolean() });
}

const name = { zh: text, en: text };
const named = { code, ...name };
const item = rule(named);
const fraction = block({ numerator: whole, denominator: positive });
const amount = block({
  min: whole.optional(),
  max: whole.optional(),
  exact: whole.optional(),
  about: whole.optional(),
});

// ---------------------------------------------------------------- ranks and conditions

const evidenceNeed = block({
  mode: z.enum(['any', 'all']),
  counts: z
    .array(
      block({
        kinds: z.array(evidenceKind).min(1),
        level,
        min: positive,
        prize: prize.optional(),
        how: z.array(dissemination).min(1).optional(),
        withinSchoolYears: positive.optional(),
      }),
    )
    .min(1),
});

const need = block({
  minTitle: valued(z.enum(codesOf(professionalTitles))).optional(),
  minDegree: valued(z.union([degree, someOf(codesOf(teachingStages), degree)])).optional(),
  maxAge: rule({
    value: z.union([positive, eachOf(codesOf(sexes), positive), z.literal('unlimited')]),
    hard: z.boolean(),
    mode: z.enum(ageModes),
  }).optional(),
  teachingYears: valued(whole).optional(),
  papers: valued(evidenceNeed).optional(),
  lessons: valued(evidenceNeed).optional(),
  prizes: valued(evidenceNeed).optional(),
  research: valued(evidenceNeed).optional(),
  posts: valued(z.array(z.enum(codesOf(posts))).min(1)).optional(),
  heldRank: valued(
    block({ anyOf: codeList.optional(), bars: z.enum(['same', 'same_or_higher']).optional() }),
  ).optional(),
  sanctionBar: valued(eachOf(codesOf(sanctions), whole)).optional(),
  ethicsVeto: valued(z.literal(true)).optional(),
  judged: z.array(rule({ ...named, hard: z.boolean() })).optional(),
  pastReviews: valued(block({ schoolYears: positive, grades: z.array(grade).min(1) })).optional(),
  trainingHours: valued(block({ hours: positive, years: positive })).optional(),
  schools: valued(
    block({ rural: z.boolean().optional(), kinds: z.array(schoolKind).min(1).optional() }),
  ).optional(),
});

const rank = rule({
  ...named,
  decidedBy: rankDecider,
  perYear: positive.optional(),
  need: need.optional(),
  trainingYears: positive.optional(),
  tier: positive.optional(),
  cell: block({ level: positive, class: positive }).optional(),
  unknown: z.boolean().optional(),
});

// ---------------------------------------------------------------- stages

const stageBase = {
  workingDays: positive.optional(),
  closesAt: hour.optional(),
  groupBy: z.array(z.enum(groupDimensions)).min(1).optional(),
  by: actor.optional(),
};

const counted = {
  kinds: z.array(evidenceKind).min(1),
  withinSchoolYears: positive.optional(),
  highestOnly: z.boolean(),
  points: z.array(block({ level, prize: prize.optional(), points: whole })).min(1),
};

const scoreSheet = rule({
  judges: positive,
  items: z
    .array(
      z.discriminatedUnion('judged', [
        rule({ ...named, max: positive, judged: z.literal(true) }),
        rule({ ...named, max: positive, judged: z.literal(false), ...counted }),
      ]),
    )
    .min(1),
  selfScore: z.boolean().optional(),
  countedChecks: z.union([z.literal(1), z.literal(2)]).optional(),
  passPoints: positive.optional(),
  tieBreak: z.array(tieBreakKey),
});

const instruments = [
  'ability_test',
  'interview',
  'lesson_observation',
  'multi_party_evaluation',
  'democratic_appraisal',
  'integrity_opinion',
] as const;

const plainStages = [
  'standards_published',
  'application',
  'school_nomination',
  'school_notice',
  'leading_group_review',
  'differential_vote',
  'district_notice',
  'publication',
  'formal_candidate',
  'training',
  'training_assessment',
  'annual_assessment',
] as const;

const stage = z.discriminatedUnion('code', [
  rule({ code: z.enum(plainStages), ...stageBase }),
  rule({ code: z.literal('school_score'), ...stageBase, sheet: scoreSheet }),
  rule({
    code: z.literal('filing'),
    ...stageBase,
    files: z.array(z.enum(['candidate_list', 'evidence', 'notice_result', 'plan'])).min(1),
  }),
  rule({ code: z.literal('eligibility_check'), ...stageBase, checks: z.union([z.literal(1), z.literal(2)]) }),
  rule({ code: z.literal('expert_opinion'), ...stageBase, opinionsPerCandidate: positive }),
  rule({
    code: z.enum(instruments),
    ...stageBase,
    maxPoints: positive.optional(),
    passPoints: positive.optional(),
    judges: positive.optional(),
    evaluators: z
      .array(block({ who: actor, percent, minRespondents: positive.optional() }))
      .min(1)
      .optional(),
    tooFewRespondents: z.enum(['spread_over_others', 'no_result']).optional(),
    shareOf: block({ stage: stageCode, percent }).optional(),
  }),
  rule({ code: z.literal('approval'), ...stageBase, by: actor }),
  rule({
    code: z.literal('training_exam'),
    ...stageBase,
    form: z.enum(['open_book', 'closed_book']),
    sealed: z.boolean(),
    inLine: z.boolean().optional(),
    maxPoints: positive,
    passPoints: positive.optional(),
    hoursByPoints: z
      .array(block({ from: whole, hours: whole }))
      .min(1)
      .optional(),
  }),
  rule({
    code: z.literal('appointment'),
    ...stageBase,
    cap: z.enum(['none', 'per_year']),
    order: z.array(tieBreakKey).min(1).optional(),
  }),
  rule({
    code: z.literal('duty_report'),
    ...stageBase,
    per: period,
    exact: positive,
    missedAtMost: grade.optional(),
  }),
  rule({ code: z.literal('spot_check'), ...stageBase, every: period, percent, minPerSchool: whole }),
  rule({
    code: z.enum(['mid_assessment', 'term_assessment']),
    ...stageBase,
    everyYears: positive,
    effect: z.enum(['certificate', 'confirm', 'report']),
  }),
  rule({
    code: z.literal('re_evaluation'),
    ...stageBase,
    afterYears: positive,
    otherwise: z.enum(['rank_lost', 'kept']),
  }),
]);

// ---------------------------------------------------------------- entries, quotas, vote, notice

const entries = block({
  application: rule({ ranks: codeList, ranksPerPersonPerRound: positive }).optional(),
  nomination: rule({
    ranks: codeList,
    by: actor,
    skips: z.array(stageCode),
    keeps: z.array(stageCode),
    countsInSchoolQuota: z.boolean(),
  }).optional(),
  contest: rule({
    rank: code,
    evidence: block({
      kind: evidenceKind,
      level,
      prize,
      withinSchoolYears: positive,
      once: z.boolean(),
    }),
    conditions: z.array(
      z.enum(Object.keys(need.shape) as [keyof typeof need.shape, ...(keyof typeof need.shape)[]]),
    ),
    skips: z.array(stageCode),
    keeps: z.array(stageCode),
    countsInYearlyNumber: z.boolean(),
    countsInSchoolQuota: z.boolean(),
  }).optional(),
  ladder: rule({ skips: z.array(stageCode) }).optional(),
  supplement: rule({ skips: z.array(stageCode), keeps: z.array(stageCode) }).optional(),
});

const quotas = block({
  nominations: rule({
    nominationPercent: z.int().min(100).max(1000),
    base: z.literal('full_time_teachers'),
    baseOn: monthDay,
    method: z.literal('largest_remainder'),
    dimensions: z.array(quotaDimension).min(1),
    guarantee: block({ each: positive, fromTeachers: positive }).optional(),
    ruralSharePercent: percent.optional(),
    subjectCaps: z
      .array(block({ seatsFrom: whole, cap: positive }))
      .min(1)
      .optional(),
    leadersPercent: percent.optional(),
  }).optional(),
  seats: rule({
    by: z.enum(['applicants_share', 'full_time_teachers', 'equal']),
    method: z.literal('largest_remainder'),
    dimensions: z.array(quotaDimension).min(1),
    lessDirectEntrants: z.boolean(),
    everySubject: z.literal(true).optional(),
  }).optional(),
  fixed: z
    .array(
      rule({
        schools: z.array(schoolKind).min(1),
        per: z.array(z.enum(['school', 'town_group', 'subject'])).min(1),
        subjects: z.array(subject).min(1).optional(),
        each: positive,
      }),
    )
    .optional(),
});

const vote = rule({
  mode: z.enum(voteModes),
  committee: block({ members: positive, reserve: whole }),
  quorum: fraction,
  pass: z.enum(['over_half', 'two_thirds']),
  minDifferential: block({ percent, min: whole }),
  maxChoices: z.literal('seats'),
  recusalScope: z.enum(['ballot_group', 'candidate']),
  sameSchool: z.enum(['declare', 'recuse']),
  tieReballots: whole,
  supplementaryRounds: whole,
  tieBreak: z.array(tieBreakKey),
  unfilled: z.literal('leave_vacant'),
  reserveList: block({
    onlyPassed: z.literal(true),
    validUntil: z.enum(['end_of_training_year', 'end_of_round']),
  }),
});

const notice = rule({ workingDays: positive, countPublicationDay: z.boolean(), closesAt: hour });

const objection = rule({
  investigateWorkingDays: positive,
  extensionWorkingDays: whole,
  whilePending: z.enum(['suspend', 'continue']),
  anonymous: z.enum(['clue_only_if_specific', 'not_accepted']),
  reviewWorkingDays: whole,
});

// ---------------------------------------------------------------- training, duties, review

const training = block({
  hours: rule({
    hoursPerSchoolYear: positive.optional(),
    total: positive.optional(),
    noHoursFromAbsence: fraction.optional(),
    failedGivesNoHours: z.boolean().optional(),
    maxHoursPerDay: positive.optional(),
  }).optional(),
  cycle: rule({
    years: positive,
    hours: positive,
    startsOn: date.optional(),
    newTeacherHours: valued(positive).optional(),
    trainerHoursPerYear: valued(positive).optional(),
    districtTrainingEveryYears: valued(positive).optional(),
    convertedAtMost: fraction.optional(),
    conversions: z
      .array(rule({ kind: evidenceKind, level, prize: prize.optional(), hours: positive }))
      .optional(),
    conditionFor: z.array(item).optional(),
  }).optional(),
  activities: z
    .array(rule({ ...named, where: z.enum(['school', 'district', 'higher']), arrangedBy: actor.optional() }))
    .optional(),
  mentorship: rule({
    ranks: z.array(code),
    chosenBy: z.enum(['apprentice', 'mentor', 'school', 'training_centre']),
    mentorRank: z.enum(['strictly_higher', 'next_higher', 'any_holder', 'experienced']),
    subject: z.enum(['same', 'same_or_near', 'any']),
    crossSchool: z.boolean(),
    filesKeptBy: actor,
    apprentices: amount.optional(),
    guidancePer: period.optional(),
    evaluationPer: period.optional(),
    planRequired: z.boolean().optional(),
    recordRequired: z.boolean().optional(),
  }).optional(),
  contactResearcher: rule({
    required: z.boolean(),
    duties: z.array(z.enum(['train', 'manage', 'assess'])).min(1),
  }).optional(),
  events: z
    .array(rule({ ...named, per: period, exact: positive, eachRank: z.boolean(), by: actor }))
    .optional(),
  higherLevels: item.optional(),
  plan: item.optional(),
  midAssessment: rule({ everyTerms: positive, maxPoints: positive, passPoints: positive }).optional(),
  assessment: rule({
    by: actor,
    maxPoints: positive,
    passPoints: positive,
    needsHours: z.boolean(),
    needsMentorship: z.boolean().optional(),
    needsTasks: z.boolean().optional(),
    reviewWorkingDays: positive.optional(),
    lateWorks: z.enum(['accepted', 'not_handed_in']).optional(),
    parts: z
      .array(
        block({
          ...named,
          percent,
          items: textList.optional(),
          works: z
            .array(block({ zh: text, min: positive }))
            .min(1)
            .optional(),
        }),
      )
      .min(1)
      .optional(),
  }).optional(),
  programmes: z
    .array(
      rule({
        ...named,
        participants: block({
          holders: z.boolean().optional(),
          rural: z.boolean().optional(),
          kinds: z.array(schoolKind).min(1).optional(),
          subjects: z.array(subject).min(1).optional(),
        }).optional(),
        unit: countUnit,
        planned: whole.optional(),
        result: whole.optional(),
        more: z.boolean().optional(),
        counts: z.array(block({ zh: text, unit: countUnit, number: whole })).optional(),
        phases: z.array(block({ ...name, when: text, required: z.boolean() })).optional(),
        everyWeeks: positive.optional(),
        costItems: textList.optional(),
      }),
    )
    .optional(),
  provision: block({
    choice: item.optional(),
    expertsPercent: valued(percent).optional(),
    frontlinePercent: valued(percent).optional(),
    chiefExperts: valued(positive).optional(),
    resourcesPerSubject: valued(positive).optional(),
    followUpMonths: valued(positive).optional(),
    baseEvaluation: z.array(item).optional(),
    nextYearPlaces: item.optional(),
    closingReport: z.array(item).optional(),
  }).optional(),
});

const gradeEffect = rule({
  title: z.enum(['keep', 'keep_to_cycle_end', 'revoke']),
  benefits: z.enum(['keep', 'stop', 'stop_next_year']),
  warning: z.boolean().optional(),
  barsNextRounds: whole.optional(),
  endsAfterYearsRunning: positive.optional(),
});

const dynamic = block({
  eliminate: rule({
    when: z.literal('within_training'),
    ifAssessment: z.literal('fail'),
    barsLaterRounds: z.boolean(),
  }).optional(),
  supplement: rule({
    from: z.array(z.enum(['reserve_list', 'outstanding_non_trainees'])).min(1),
  }).optional(),
  longLeave: rule({ training: z.enum(['pause', 'end']) }).optional(),
  transferred: rule({
    title: z.enum(['keep_if_passed', 'keep', 'end']),
    benefits: z.enum(['keep', 'stop']),
    benefitsStopFrom: z.enum(['first_of_next_month', 'day_after']),
  }).optional(),
  afterRevocation: rule({ mayApplyAgain: z.boolean(), barredRounds: whole }).optional(),
  higherRanks: item.optional(),
  runBy: rule({ who: z.array(actor).min(1) }).optional(),
});

const annualReview = rule({
  period: z.enum(['school_year', 'calendar_year']),
  openedBy: z.enum(['office', 'calendar']),
  ranks: codeList,
  by: actor,
  panel: textList.optional(),
  confirmedBy: actor,
  dutyReport: z.boolean(),
  reviewWorkingDays: whole,
  effects: eachOf(codesOf(grades), gradeEffect),
});

const duty = rule({
  ...named,
  of: z.enum(['holder', 'trainee', 'both', 'school', 'organiser']),
  ranks: codeList.optional(),
  per: period,
  amount: amount.optional(),
  unit: countUnit.optional(),
  level: level.optional(),
  roles: z
    .array(z.enum(['lead', 'member']))
    .min(1)
    .optional(),
  how: z.array(dissemination).min(1).optional(),
  output: textList.optional(),
  minCharacters: positive.optional(),
  unknown: z.boolean().optional(),
});

const right = rule({
  ...named,
  of: z.enum(['holder', 'trainee', 'both']),
  per: period.optional(),
  amount: amount.optional(),
  unit: countUnit.optional(),
  by: actor.optional(),
  paidBy: actor.optional(),
  unknown: z.boolean().optional(),
});

// ---------------------------------------------------------------- targets and the whole

const target = z.discriminatedUnion('kind', [
  rule({
    ...named,
    kind: z.literal('count'),
    unit: countUnit,
    amount,
    ranks: codeList.optional(),
    years: positive.optional(),
    untilYear: positive.optional(),
    parts: z.array(block({ zh: text, number: whole })).optional(),
  }),
  rule({
    ...named,
    kind: z.literal('share'),
    ranks: codeList.optional(),
    of: text,
    percent: percent.optional(),
    overHalf: z.boolean().optional(),
    ageAtMost: positive.optional(),
  }),
  rule({
    ...named,
    kind: z.literal('coverage'),
    each: z.enum(['school', 'subject']),
    schools: z.array(schoolKind).min(1).optional(),
    minRank: code.optional(),
    min: positive,
  }),
  rule({
    ...named,
    kind: z.literal('indicator'),
    forms: z.array(z.enum(['count', 'rate'])).min(1),
    denominator: text.optional(),
    byYear: z.array(whole).optional(),
  }),
]);

/** The form of a scheme; what refers to what is checked by semantics.ts. */
export const policySchema = block({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, { error: 'a-z 0-9 -' }),
  version: positive,
  title: block(name),
  kind: z.enum(policyKinds),
  scope: z.enum(policyScopes),
  source: block({ document: text, part: text, date: date.optional(), notes: textList.optional() }),
  period: rule({ years: positive, maxYears: positive.optional(), about: z.boolean().optional() }).optional(),
  roundEveryYears: valued(positive).optional(),
  cutOff: rule({ monthDay }).optional(),
  body: rule({ ...name, office: text.optional(), members: z.array(text) }).optional(),
  supervision: rule({ observers: positive }).optional(),
  principles: z.array(item).optional(),
  rankOrder: z.enum(rankOrders),
  ranks: z.array(rank),
  externalTitles: z.array(rule({ ...named, decidedBy: rankDecider })).optional(),
  subjectFamilies: someOf(codesOf(families), z.array(subject).min(1)).optional(),
  stages: z.array(stage),
  composite: rule({
    parts: z.array(block({ stage: stageCode, percent })).min(1),
    missing: z.enum(['not_ranked', 'zero']),
  }).optional(),
  entries,
  quotas: quotas.optional(),
  vote: vote.optional(),
  notice: block({ school: notice.optional(), district: notice.optional() }).optional(),
  objection: objection.optional(),
  ladder: z
    .array(
      rule({
        from: code,
        to: code,
        as: z.enum(['trainee', 'nominee_pool', 'reserve']),
        all: z.boolean(),
      }),
    )
    .optional(),
  training: training.optional(),
  dynamic: dynamic.optional(),
  certificate: rule({
    years: positive,
    reminders: z.array(positive).optional(),
    whilePending: z.enum(['suspend', 'continue']).optional(),
  }).optional(),
  annualReview: annualReview.optional(),
  duties: z.array(duty).optional(),
  rights: z.array(right).optional(),
  allowance: rule({
    stack: z.enum(['highest_only', 'all']),
    stopFrom: z.enum(['first_of_next_month', 'day_after']),
    per: period,
    needsPass: z.boolean().optional(),
    fenByRank: z.record(code, whole).optional(),
  }).optional(),
  schoolLevel: rule({
    rank: code,
    responsible: actor,
    file: z.array(z.enum(['plan', 'list'])).min(1),
    with: actor,
    dueBy: monthDay,
  }).optional(),
  heads: rule({
    termYears: positive,
    competitive: z.boolean().optional(),
    goals: z.boolean(),
    exit: z.boolean(),
  }).optional(),
  measures: z
    .array(
      rule({ ...named, per: period.optional(), group: text.optional(), unknown: z.boolean().optional() }),
    )
    .optional(),
  baseline: z
    .array(
      rule({
        ...named,
        number: whole,
        unit: countUnit,
        of: block({ zh: text, number: positive }).optional(),
        printed: fraction.optional(),
      }),
    )
    .optional(),
  money: rule({
    budgets: z
      .array(
        rule({
          ...named,
          share: fraction.optional(),
          of: text.optional(),
          fenByYear: z.array(whole).optional(),
          fenPerYear: whole.optional(),
        }),
      )
      .optional(),
    costItems: textList.optional(),
    perTraining: z.array(z.enum(['budget', 'account'])).optional(),
  }).optional(),
  targets: z.array(target).optional(),
  reports: z.array(block(named)),
});

/** All fields required and read-only, so that a field that only one of two types has shows up. */
type Whole<T> = T extends object ? { readonly [Key in keyof T]-?: Whole<T[Key]> } : T;
type Same<Left, Right> = [Whole<Left>, Whole<Right>] extends [Whole<Right>, Whole<Left>] ? true : false;

/** Does not compile when the schema and the types of domain/policy.ts say different things. */
true satisfies Same<z.infer<typeof policySchema>, Policy>;

// ---------------------------------------------------------------- reading a file

/**
 * Reads a scheme. Rules P1, P6.
 * @param yamlText the file's text
 * @param fileName how the file is called in messages
 * @returns the scheme
 * @throws Refusal `SCHEME_INVALID` (rule P1) with every fault at once, each `at` as `file:line:column path`
 */
export function parsePolicy(yamlText: string, fileName: string): Policy {
  const lines = new LineCounter();
  const document = parseDocument(yamlText, { strict: true, uniqueKeys: true, lineCounter: lines });
  const faults = syntaxFaults(document, fileName);
  if (document.errors.every((error) => error.code === 'DUPLICATE_KEY')) {
    const raw: unknown = document.toJS();
    const parsed = policySchema.safeParse(raw);
    const found = [...(parsed.error?.issues ?? []).flatMap(faultsOfIssue(raw)), ...findSemanticFaults(raw)];
    if (parsed.success && found.length === 0 && faults.length === 0) return parsed.data;
    faults.push(...found.map((fault) => placed(fault, document, lines, fileName)));
  }
  faults.sort((left, right) => lineOf(left) - lineOf(right));
  throw new Refusal({
    code: 'SCHEME_INVALID',
    rule: 'P1',
    values: { file: fileName, count: faults.length },
    faults,
  });
}

/**
 * The digest that a round pins.
 * @returns sha256 in hex of the scheme as JSON with sorted keys, so that the order of keys does not matter
 */
export function policyDigest(policy: Policy): string {
  return createHash('sha256').update(canonicalJson(policy)).digest('hex');
}

/** The JSON schema of a scheme, for editors; generated, never written by hand. */
export function policyJsonSchema(): object {
  return z.toJSONSchema(policySchema, { target: 'draft-2020-12', reused: 'ref' });
}

// ---------------------------------------------------------------- faults

function syntaxFaults(document: Document.Parsed, fileName: string): Fault[] {
  return document.errors.map((error) => {
    const [start] = error.linePos ?? [{ line: 1, col: 1 }];
    const [message = error.message] = error.message.split(' at line ');
    return {
      at: `${fileName}:${start.line}:${start.col}`,
      code: error.code === 'DUPLICATE_KEY' ? 'SCHEME_DUPLICATE_KEY' : 'SCHEME_SYNTAX',
      values: { message },
    };
  });
}

/** Says what a finding of zod means for the author of a scheme. */
function faultsOfIssue(raw: unknown): (issue: z.core.$ZodIssue) => SchemeFault[] {
  return function faultsOf(issue): SchemeFault[] {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    const found = shown(valueAt(raw, path));
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          path: [...path, key],
          code: 'SCHEME_UNKNOWN_FIELD',
          values: { field: key, allowed: issue.message },
        }));
      case 'invalid_type':
        return valueAt(raw, path) === undefined
          ? [
              {
                path,
                code: 'SCHEME_MISSING_FIELD',
                values: { field: lastOf(path), expected: issue.expected },
              },
            ]
          : [{ path, code: 'SCHEME_WRONG_TYPE', values: { expected: issue.expected, found } }];
      case 'invalid_value':
        return [wrongValue(path, issue.values.map(String), valueAt(raw, path))];
      case 'too_small':
        return [{ path, code: 'SCHEME_TOO_SMALL', values: { minimum: Number(issue.minimum), found } }];
      case 'too_big':
        return [{ path, code: 'SCHEME_TOO_BIG', values: { maximum: Number(issue.maximum), found } }];
      case 'invalid_format':
        return [{ path, code: 'SCHEME_WRONG_FORM', values: { form: issue.message, found } }];
      case 'invalid_union':
        return unionFaults(issue, path).flatMap((fault) =>
          'issue' in fault ? faultsOf(fault.issue) : [wrongValue(path, fault.allowed, valueAt(raw, path))],
        );
      case 'custom':
        return issue.message === 'NO_ORIGIN'
          ? [{ path, code: 'SCHEME_NO_ORIGIN', values: {} }]
          : [{ path, code: 'SCHEME_WRONG_FORM', values: { form: issue.message, found } }];
      default:
        return [{ path, code: 'SCHEME_WRONG_FORM', values: { form: issue.message, found } }];
    }
  };
}

/** What one finding about a choice of forms comes to: the faults inside the form that was meant, or the forms there are. */
function unionFaults(
  issue: z.core.$ZodIssueInvalidUnion,
  path: readonly (string | number)[],
): ({ issue: z.core.$ZodIssue } | { allowed: string[] })[] {
  if ('options' in issue && Array.isArray(issue.options)) return [{ allowed: issue.options.map(String) }];
  const meant = issue.errors.find((branch) =>
    branch.every((inner) => inner.path.length > 0 || hasKeys(inner)),
  );
  if (meant !== undefined) {
    return meant.map((inner) => ({
      issue: { ...inner, path: [...path, ...inner.path] } as z.core.$ZodIssue,
    }));
  }
  return [{ allowed: issue.errors.flat().flatMap(formsOf) }];
}

function hasKeys(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'unrecognized_keys';
}

function formsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_type' ? [issue.expected] : [];
}

function wrongValue(path: SchemeFault['path'], allowed: readonly string[], value: unknown): SchemeFault {
  return value === undefined
    ? { path, code: 'SCHEME_MISSING_FIELD', values: { field: lastOf(path), expected: allowed.join(', ') } }
    : { path, code: 'SCHEME_WRONG_VALUE', values: { allowed, found: shown(value) } };
}

function lastOf(path: SchemeFault['path']): string {
  return String(path.at(-1) ?? '');
}

function shown(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value).slice(0, 80);
}

function valueAt(raw: unknown, path: SchemeFault['path']): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined,
    raw,
  );
}

function placed(fault: SchemeFault, document: Document.Parsed, lines: LineCounter, fileName: string): Fault {
  const { line, col } = lines.linePos(offsetOf(document.contents, fault.path));
  const path = fault.path.join('.');
  return {
    at: `${fileName}:${line}:${col}${path === '' ? '' : ` ${path}`}`,
    code: fault.code,
    values: fault.values,
  };
}

/** Where a path starts in the text: its key, its list entry, or the nearest part around it that is there. */
function offsetOf(contents: Node | null, path: SchemeFault['path']): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const step of path) {
    const next = childOf(node, step);
    if (next === undefined) break;
    offset = startOf(next) ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
}

function childOf(node: unknown, step: string | number): Node | Pair | undefined {
  if (isMap(node))
    return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(step));
  if (isSeq(node)) return node.items[Number(step)] as Node | undefined;
  return undefined;
}

function startOf(part: Node | Pair): number | undefined {
  return isPair(part) ? (part.key as Node).range?.[0] : part.range?.[0];
}

function lineOf(fault: Fault): number {
  return Number(/:(\d+):\d+/.exec(fault.at)?.[1] ?? 0);
}

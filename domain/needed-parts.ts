import { instrumentCodes } from './instruments.js';
import { automaticTrainings } from './ladder.js';
import { ranksWithPlaces, rankOf, stageOf, type Need, type Policy, type StageCode } from './policy.js';

/** A part that a scheme lacks although the engine needs it. */
export interface NeededPart {
  /**
   * Such as `quotas.nominations` or `stages: application`; what stands in a list by its code, as in
   * `ranks.accomplished.trainingYears`; where another value is needed, with the value.
   */
  readonly path: string;
  /** The parts that the scheme has and that need it. */
  readonly because: readonly string[];
}

interface Requirement {
  readonly part: string;
  readonly isThere: boolean;
  /** What needs the part, `false` where the scheme does not have that. */
  readonly because: readonly (string | false)[];
}

/**
 * The parts that a scheme lacks although other parts of it cannot be carried out without them. Rule P5.
 * @param policy a scheme of valid form
 * @returns the parts with what needs them; empty when the scheme has all, and for what is no selection
 */
export function neededParts(policy: Policy): NeededPart[] {
  if (policy.kind !== 'selection') return [];
  const requirements = [
    ...entries(policy),
    ...school(policy),
    ...checks(policy),
    ...choice(policy),
    ...training(policy),
    ...titles(policy),
  ];
  return requirements.flatMap(({ part, isThere, because }) => {
    const reasons = because.filter((reason) => reason !== false);
    return isThere || reasons.length === 0 ? [] : [{ path: part, because: reasons }];
  });
}

function entries(policy: Policy): Requirement[] {
  const { kind, entries: ways, stages } = policy;
  const { application, contest, nomination } = ways;
  const hasStage = (wanted: StageCode) => stages.some(({ code }) => code === wanted);
  return [
    {
      part: 'entries.application',
      isThere: application !== undefined || nomination !== undefined,
      because: [`kind: ${kind}`],
    },
    {
      part: 'stages: application',
      isThere: hasStage('application'),
      because: [application !== undefined && 'entries.application'],
    },
    // The places of a round are those of the ranks that are applied, or nominated, for.
    {
      part: `entries.application.ranks: ${contest?.rank}`,
      isThere:
        (application === undefined && nomination === undefined) ||
        ranksWithPlaces(policy).includes(contest?.rank ?? ''),
      because: [contest !== undefined && 'entries.contest.rank'],
    },
    ...schoolPartsOf(policy, 'nomination'),
    ...schoolPartsOf(policy, 'supplement'),
    {
      part: 'quotas.nominations',
      isThere: policy.quotas?.nominations !== undefined,
      because: [nomination?.countsInSchoolQuota === true && 'entries.nomination.countsInSchoolQuota: true'],
    },
    // Whom the school names with its applicants has one of its places.
    {
      part: 'entries.nomination.skips: school_nomination',
      isThere: nomination?.skips.includes('school_nomination') ?? true,
      because: [
        hasStage('school_nomination') &&
          nomination?.countsInSchoolQuota === false &&
          'entries.nomination.countsInSchoolQuota: false',
      ],
    },
    { part: 'stages: formal_candidate', isThere: hasStage('formal_candidate'), because: [`kind: ${kind}`] },
  ];
}

/** A school scores and nominates in one run: who skips the one skips the other. */
function schoolPartsOf(policy: Policy, entry: 'nomination' | 'supplement'): Requirement[] {
  const skips: readonly StageCode[] | undefined = policy.entries[entry]?.skips;
  if (skips === undefined || stageOf(policy, 'school_score') === undefined) return [];
  const pairs = [
    ['school_score', 'school_nomination'],
    ['school_nomination', 'school_score'],
  ] as const;
  return pairs.map(([one, other]) => ({
    part: `entries.${entry}.skips: ${other}`,
    isThere: skips.includes(other),
    because: [skips.includes(one) && `entries.${entry}.skips: ${one}`],
  }));
}

function school(policy: Policy): Requirement[] {
  const { quotas, vote } = policy;
  const score = stageOf(policy, 'school_score');
  const ordersByScore = stageOf(policy, 'appointment')?.order?.includes('school_score');
  return [
    requiredStage(policy, 'school_score', [
      vote?.tieBreak.includes('school_score') === true && 'vote.tieBreak: school_score',
      ordersByScore === true && 'appointment.order: school_score',
    ]),
    // A judge's sheet says that somebody has judged by the points on it.
    {
      part: 'school_score.sheet.items.*.judged: true',
      isThere: score?.sheet.items.some(({ judged }) => judged) ?? true,
      because: ['school_score.sheet.judges'],
    },
    requiredStage(policy, 'school_nomination', [
      score !== undefined && 'stages: school_score',
      quotas?.nominations !== undefined && 'quotas.nominations',
    ]),
    {
      part: 'quotas.nominations',
      isThere: quotas?.nominations !== undefined,
      because: [reasonOfStage(policy, 'school_nomination')],
    },
    requiredStage(policy, 'school_notice', [
      stageOf(policy, 'filing')?.files.includes('notice_result') === true && 'filing.files: notice_result',
    ]),
  ];
}

function checks(policy: Policy): Requirement[] {
  const { contest, nomination, supplement } = policy.entries;
  const forPeople = openRanks(policy).flatMap((rank) => forAPerson(policy, rank));
  return [
    {
      part: 'democratic_appraisal.evaluators',
      isThere: stageOf(policy, 'democratic_appraisal')?.evaluators !== undefined,
      because: [reasonOfStage(policy, 'democratic_appraisal')],
    },
    {
      part: 'multi_party_evaluation.evaluators',
      isThere: stageOf(policy, 'multi_party_evaluation')?.evaluators !== undefined,
      because: [reasonOfStage(policy, 'multi_party_evaluation')],
    },
    ...(['ability_test', 'interview', 'lesson_observation'] as const).map((code) => ({
      part: `${code}.maxPoints`,
      isThere: stageOf(policy, code)?.maxPoints !== undefined,
      because: [reasonOfStage(policy, code)],
    })),
    ...(['multi_party_evaluation', 'democratic_appraisal'] as const).map((code) => ({
      part: `${code}.tooFewRespondents`,
      isThere: stageOf(policy, code)?.tooFewRespondents !== undefined,
      because: [
        stageOf(policy, code)?.evaluators?.some(({ minRespondents }) => minRespondents !== undefined) ===
          true && `${code}.evaluators.*.minRespondents`,
      ],
    })),
    {
      part: 'composite',
      isThere: policy.composite !== undefined,
      because: instrumentCodes.map(
        (code) => stageOf(policy, code)?.shareOf !== undefined && `${code}.shareOf`,
      ),
    },
    {
      part: 'integrity_opinion.by',
      isThere: stageOf(policy, 'integrity_opinion')?.by !== undefined,
      because: [reasonOfStage(policy, 'integrity_opinion')],
    },
    { part: 'cutOff', isThere: policy.cutOff !== undefined, because: countedToTheCutOff(policy) },
    requiredStage(policy, 'eligibility_check', forPeople),
    ...(nomination ? [checkKept('nomination', nomination.keeps, forPeople)] : []),
    ...(supplement ? [checkKept('supplement', supplement.keeps, forPeople)] : []),
    {
      part: 'entries.contest.keeps: eligibility_check',
      isThere: contest?.keeps.includes('eligibility_check') ?? true,
      because: [contest?.conditions.includes('judged') === true && 'entries.contest.conditions: judged'],
    },
  ];
}

/** What only a person can judge of an entrant is judged in the eligibility check. */
function checkKept(entry: string, keeps: readonly StageCode[], forPeople: readonly string[]): Requirement {
  return {
    part: `entries.${entry}.keeps: eligibility_check`,
    isThere: keeps.includes('eligibility_check'),
    because: forPeople,
  };
}

/** Conditions of a rank that a machine alone cannot decide: those that are judged, and breaches that need a reason. */
function forAPerson(policy: Policy, rank: string): string[] {
  const { judged = [], ...conditions } = rankOf(policy, rank)?.need ?? {};
  return [
    ...(judged.length > 0 ? [`ranks.${rank}.need.judged`] : []),
    ...Object.entries(conditions)
      .filter(([, { hard }]) => !hard)
      .map(([condition]) => `ranks.${rank}.need.${condition}.hard: false`),
  ];
}

/** What is counted on, or back from, the cut-off day. */
function countedToTheCutOff(policy: Policy): string[] {
  const { sheet } = stageOf(policy, 'school_score') ?? {};
  const counted = openRanks(policy).flatMap((rank) =>
    Object.entries(rankOf(policy, rank)?.need ?? {})
      .filter(([condition, rule]) => isCountedToADay(condition as keyof Need, rule))
      .map(([condition]) => `ranks.${rank}.need.${condition}`),
  );
  const keys = [
    ...(sheet?.tieBreak.includes('teaching_years') ? ['school_score.sheet.tieBreak: teaching_years'] : []),
    ...(policy.vote?.tieBreak.includes('teaching_years') ? ['vote.tieBreak: teaching_years'] : []),
  ];
  const items = (sheet?.items ?? [])
    .filter((item) => !item.judged && item.withinSchoolYears !== undefined)
    .map(({ code }) => `school_score.sheet.items.${code}.withinSchoolYears`);
  const contest = policy.entries.contest ? ['entries.contest.evidence.withinSchoolYears'] : [];
  return [...counted, ...keys, ...items, ...contest];
}

function isCountedToADay(condition: keyof Need, rule: unknown): boolean {
  switch (condition) {
    case 'maxAge':
      return (rule as NonNullable<Need['maxAge']>).value !== 'unlimited';
    case 'teachingYears':
    case 'trainingHours':
      return true;
    case 'papers':
    case 'lessons':
    case 'prizes':
    case 'research':
      return (rule as NonNullable<Need['papers']>).value.counts.some(
        ({ withinSchoolYears }) => withinSchoolYears !== undefined,
      );
    default:
      return false;
  }
}

function choice(policy: Policy): Requirement[] {
  const { kind, quotas, dynamic, entries: ways } = policy;
  const votes = reasonOfStage(policy, 'differential_vote');
  const whoChooses = ['differential_vote', 'leading_group_review', 'approval'] as const;
  return [
    {
      part: `stages: ${whoChooses.join(' / ')}`,
      isThere: whoChooses.some((code) => stageOf(policy, code) !== undefined),
      because: [`kind: ${kind}`],
    },
    requiredStage(policy, 'differential_vote', [
      quotas?.seats !== undefined && 'quotas.seats',
      dynamic?.supplement?.from.includes('reserve_list') === true && 'dynamic.supplement.from: reserve_list',
    ]),
    {
      part: 'differential_vote.groupBy',
      isThere: stageOf(policy, 'differential_vote')?.groupBy !== undefined,
      because: [votes],
    },
    { part: 'quotas.seats', isThere: quotas?.seats !== undefined, because: [votes] },
    {
      part: 'quotas.seats.lessDirectEntrants: true',
      isThere: quotas?.seats?.lessDirectEntrants ?? true,
      because: [ways.contest?.countsInYearlyNumber === true && 'entries.contest.countsInYearlyNumber'],
    },
  ];
}

function training(policy: Policy): Requirement[] {
  const { dynamic, training: rules, subjectFamilies } = policy;
  const trains = reasonOfStage(policy, 'training');
  const assesses = reasonOfStage(policy, 'training_assessment');
  const appoints = reasonOfStage(policy, 'appointment');
  const years = policy.ranks
    .filter(({ trainingYears }) => trainingYears !== undefined)
    .map(({ code }) => `ranks.${code}.trainingYears`);
  return [
    requiredStage(policy, 'training', [
      rules !== undefined && 'training',
      ...years,
      ...laddersToTraining(policy),
      assesses,
      reasonOfStage(policy, 'training_exam'),
      appoints,
    ]),
    ...trainedRanks(policy).map((rank) => ({
      part: `ranks.${rank}.trainingYears`,
      isThere: rankOf(policy, rank)?.trainingYears !== undefined,
      because: [trains],
    })),
    requiredStage(policy, 'training_assessment', [
      trains,
      appoints,
      rules?.assessment !== undefined && 'training.assessment',
      dynamic?.eliminate !== undefined && 'dynamic.eliminate',
    ]),
    {
      part: 'training.assessment',
      isThere: rules?.assessment !== undefined,
      because: [trains, assesses],
    },
    {
      part: 'training.hours.hoursPerSchoolYear',
      isThere: (rules?.hours?.hoursPerSchoolYear ?? rules?.hours?.total) !== undefined,
      because: [rules?.assessment?.needsHours === true && 'training.assessment.needsHours: true'],
    },
    {
      part: 'subjectFamilies',
      isThere: subjectFamilies !== undefined,
      because: [rules?.mentorship?.subject === 'same_or_near' && 'training.mentorship.subject: same_or_near'],
    },
  ];
}

function titles(policy: Policy): Requirement[] {
  const { annualReview, certificate, dynamic, scope } = policy;
  const isCapped = stageOf(policy, 'appointment')?.cap === 'per_year';
  return [
    requiredStage(policy, 'appointment', [
      certificate !== undefined && 'certificate',
      ...laddersToTraining(policy),
    ]),
    ...trainedRanks(policy)
      .filter((rank) => rankOf(policy, rank)?.decidedBy === scope)
      .map((rank) => ({
        part: `ranks.${rank}.perYear`,
        isThere: rankOf(policy, rank)?.perYear !== undefined,
        because: [isCapped && 'appointment.cap: per_year'],
      })),
    requiredStage(policy, 'annual_assessment', [annualReview !== undefined && 'annualReview']),
    {
      part: 'annualReview',
      isThere: annualReview !== undefined,
      because: [
        reasonOfStage(policy, 'annual_assessment'),
        dynamic?.higherRanks !== undefined && 'dynamic.higherRanks',
        ...policy.ranks.map(
          ({ code, need }) => need?.pastReviews !== undefined && `ranks.${code}.need.pastReviews`,
        ),
      ],
    },
  ];
}

/** Ranks for which somebody can stand in a round. */
function openRanks(policy: Policy): string[] {
  const { contest } = policy.entries;
  return [...new Set([...ranksWithPlaces(policy), ...(contest ? [contest.rank] : [])])];
}

/** Ranks for which somebody can come into training: by a round, or by the ladder. */
function trainedRanks(policy: Policy): string[] {
  const byLadder = policy.ranks.flatMap(({ code }) => automaticTrainings(policy, code));
  return [...new Set([...openRanks(policy), ...byLadder])];
}

/** Rules of the ladder by which every new holder of a rank comes into training. */
function laddersToTraining(policy: Policy): string[] {
  return policy.ranks
    .filter(({ code }) => automaticTrainings(policy, code).length > 0)
    .map(({ code }) => `ladder.from: ${code}`);
}

function requiredStage(policy: Policy, code: StageCode, because: readonly (string | false)[]): Requirement {
  return { part: `stages: ${code}`, isThere: stageOf(policy, code) !== undefined, because };
}

function reasonOfStage(policy: Policy, code: StageCode): string | false {
  return stageOf(policy, code) !== undefined && `stages: ${code}`;
}

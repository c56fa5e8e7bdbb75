import type { StageCode } from '../domain/policy.js';
import type { RefusalValue } from '../domain/refusal.js';

/** One fault of a scheme and the part that has it. */
export interface SchemeFault {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly values: Readonly<Record<string, RefusalValue>>;
}

/** A part of the raw file with its place. Its value may have any form: the schema's own faults are found elsewhere. */
interface Part {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

/**
 * Finds what the form of a scheme cannot show: references to nothing, an order of stages that cannot be, percentages
 * that do not add up, parts that no stage would use. Works on a file whose form is wrong too, so that the author
 * hears of everything at once.
 * @param raw the file's content as plain data
 */
export function findSemanticFaults(raw: unknown): SchemeFault[] {
  return [
    ...duplicateCodes(raw),
    ...unknownRanks(raw),
    ...unknownStages(raw),
    ...stageOrder(raw),
    ...stagesAndTheirRules(raw),
    ...entriesCoverEveryStage(raw),
    ...subjectsInFamilies(raw),
    ...rankPositions(raw),
    ...amounts(raw),
    ...sums(raw),
    ...fractions(raw),
    ...adoptedFields(raw),
    ...repeatedEntries(raw),
    ...baselineFigures(raw),
  ];
}

// ---------------------------------------------------------------- codes and references

const codeLists = [
  'ranks.*.code',
  'externalTitles.*.code',
  'stages.*.code',
  'stages.*.sheet.items.*.code',
  'ranks.*.need.judged.*.code',
  'training.activities.*.code',
  'training.events.*.code',
  'training.programmes.*.code',
  'training.assessment.parts.*.code',
  'duties.*.code',
  'rights.*.code',
  'measures.*.code',
  'principles.*.code',
  'targets.*.code',
  'reports.*.code',
];

function duplicateCodes(raw: unknown): SchemeFault[] {
  const lists = codeLists.flatMap((pattern) => byParentList(find(raw, pattern)));
  const rankAndTitle = [...find(raw, 'ranks.*.code'), ...find(raw, 'externalTitles.*.code')];
  return unique([...lists, rankAndTitle].flatMap(repeated)).map(({ path, value }) => ({
    path,
    code: 'SCHEME_DUPLICATE_CODE',
    values: { code: String(value) },
  }));
}

const rankReferences = [
  'entries.application.ranks.*',
  'entries.nomination.ranks.*',
  'entries.contest.rank',
  'ladder.*.to',
  'ranks.*.need.heldRank.value.anyOf.*',
  'training.mentorship.ranks.*',
  'annualReview.ranks.*',
  'duties.*.ranks.*',
  'targets.*.ranks.*',
  'targets.*.minRank',
  'schoolLevel.rank',
];

function unknownRanks(raw: unknown): SchemeFault[] {
  const ranks = valuesOf(raw, 'ranks.*.code');
  const titles = [...ranks, ...valuesOf(raw, 'externalTitles.*.code')];
  const amountsByRank = find(raw, 'allowance.fenByRank.*').map(({ path }) => ({ path, value: path.at(-1) }));
  const references = [...rankReferences.flatMap((pattern) => find(raw, pattern)), ...amountsByRank];
  return [
    ...references
      .filter(({ value }) => typeof value === 'string' && !ranks.includes(value))
      .map(unknownRank(ranks)),
    ...find(raw, 'ladder.*.from')
      .filter(({ value }) => typeof value === 'string' && !titles.includes(value))
      .map(unknownRank(titles)),
  ];
}

function unknownRank(known: readonly unknown[]) {
  return ({ path, value }: Part): SchemeFault => ({
    path,
    code: 'SCHEME_UNKNOWN_RANK',
    values: { rank: String(value), known: known.map(String) },
  });
}

const stageReferences = [
  'entries.contest.skips.*',
  'entries.contest.keeps.*',
  'entries.ladder.skips.*',
  'entries.supplement.skips.*',
  'entries.supplement.keeps.*',
  'entries.nomination.skips.*',
  'entries.nomination.keeps.*',
  'composite.parts.*.stage',
  'stages.*.shareOf.stage',
];

function unknownStages(raw: unknown): SchemeFault[] {
  const stages = valuesOf(raw, 'stages.*.code');
  return stageReferences
    .flatMap((pattern) => find(raw, pattern))
    .filter(({ value }) => typeof value === 'string' && !stages.includes(value))
    .map(({ path, value }) => ({
      path,
      code: 'SCHEME_UNKNOWN_STAGE',
      values: { stage: String(value), known: stages.map(String) },
    }));
}

// ---------------------------------------------------------------- stages

/** A stage and those that must come after it, wherever both are in a scheme. */
const mustPrecede: Readonly<Partial<Record<StageCode, readonly StageCode[]>>> = {
  standards_published: ['application', 'school_score', 'school_nomination'],
  application: [
    'school_score',
    'school_nomination',
    'school_notice',
    'eligibility_check',
    'differential_vote',
    'appointment',
  ],
  school_score: ['school_nomination', 'school_notice', 'filing'],
  school_nomination: ['school_notice', 'filing', 'leading_group_review', 'differential_vote'],
  school_notice: ['differential_vote', 'appointment'],
  eligibility_check: ['differential_vote', 'formal_candidate', 'appointment'],
  leading_group_review: ['differential_vote', 'formal_candidate'],
  expert_opinion: ['differential_vote', 'formal_candidate'],
  differential_vote: ['district_notice', 'approval', 'formal_candidate', 'appointment'],
  approval: ['formal_candidate', 'training', 'appointment', 'publication'],
  formal_candidate: ['training', 'appointment'],
  training: ['training_exam', 'training_assessment'],
  training_assessment: ['appointment'],
  appointment: ['re_evaluation'],
};

function stageOrder(raw: unknown): SchemeFault[] {
  const stages = find(raw, 'stages.*.code');
  return stages.flatMap(({ path, value }, index) =>
    stages
      .slice(0, index)
      .filter((earlier) => mustPrecede[value as StageCode]?.includes(earlier.value as StageCode))
      .map((earlier) => ({
        path,
        code: 'SCHEME_STAGE_ORDER',
        values: { stage: String(value), before: String(earlier.value) },
      })),
  );
}

/** A stage and the part of the scheme that it needs, which nothing else would use. */
const rulesOfStages: readonly (readonly [StageCode, string])[] = [
  ['differential_vote', 'vote'],
  ['school_notice', 'notice.school'],
  ['district_notice', 'notice.district'],
];

function stagesAndTheirRules(raw: unknown): SchemeFault[] {
  const stages = find(raw, 'stages.*.code');
  const faults: SchemeFault[] = [];
  for (const [stage, part] of rulesOfStages) {
    const found = stages.find(({ value }) => value === stage);
    const rules = find(raw, part)[0];
    if (found && !rules)
      faults.push({ path: found.path, code: 'SCHEME_STAGE_WITHOUT_RULES', values: { stage, part } });
    if (rules && !found)
      faults.push({ path: rules.path, code: 'SCHEME_RULES_WITHOUT_STAGE', values: { stage, part } });
  }
  if (stages.some(({ value }) => value === 'differential_vote')) faults.push(...seatsUnknown(raw));
  return faults;
}

/** A differential vote needs to know how many seats a rank has. */
function seatsUnknown(raw: unknown): SchemeFault[] {
  const ranks = ['entries.application.ranks.*', 'entries.nomination.ranks.*'].flatMap((pattern) =>
    find(raw, pattern),
  );
  return ranks.flatMap(({ value }) => {
    const code = find(raw, 'ranks.*.code').find((rank) => rank.value === value);
    const perYear = code && find(raw, [...code.path.slice(0, -1), 'perYear'].join('.'));
    return code && perYear?.length === 0
      ? [{ path: code.path, code: 'SCHEME_NO_SEATS', values: { rank: String(value) } }]
      : [];
  });
}

/** Who comes in without an application either skips a stage or passes it: no stage is left open. */
function entriesCoverEveryStage(raw: unknown): SchemeFault[] {
  return ['entries.contest', 'entries.nomination', 'entries.supplement'].flatMap((entry) =>
    coversEveryStage(raw, entry),
  );
}

function coversEveryStage(raw: unknown, pattern: string): SchemeFault[] {
  const entry = find(raw, pattern)[0];
  if (entry === undefined) return [];
  const skips = find(raw, `${pattern}.skips.*`);
  const keeps = find(raw, `${pattern}.keeps.*`);
  const both = keeps.filter(({ value }) => skips.some((skip) => skip.value === value));
  const left = valuesOf(raw, 'stages.*.code').filter(
    (code) => code !== 'standards_published' && ![...skips, ...keeps].some(({ value }) => value === code),
  );
  return [
    ...both.map(({ path, value }) => ({
      path,
      code: 'SCHEME_SKIPPED_AND_KEPT',
      values: { stage: String(value) },
    })),
    ...left.map((code) => ({
      path: entry.path,
      code: 'SCHEME_ENTRY_LEAVES_STAGE_OPEN',
      values: { stage: String(code) },
    })),
  ];
}

function subjectsInFamilies(raw: unknown): SchemeFault[] {
  const families = find(raw, 'subjectFamilies')[0];
  const byFamily = [
    ...find(raw, 'stages.*.groupBy.*'),
    ...find(raw, 'quotas.nominations.dimensions.*'),
    ...find(raw, 'quotas.seats.dimensions.*'),
  ].filter(({ value }) => value === 'family');
  const missing = families === undefined ? byFamily : [];
  return [
    ...missing.map(({ path }) => ({ path, code: 'SCHEME_NO_FAMILIES', values: {} })),
    ...repeated(find(raw, 'subjectFamilies.*.*')).map(({ path, value }) => ({
      path,
      code: 'SCHEME_SUBJECT_TWICE',
      values: { subject: String(value) },
    })),
  ];
}

function rankPositions(raw: unknown): SchemeFault[] {
  const order = valuesOf(raw, 'rankOrder')[0];
  const field = order === 'tiers' ? 'tier' : order === 'grid' ? 'cell' : undefined;
  return find(raw, 'ranks.*').flatMap(({ path, value }) =>
    ['tier', 'cell'].flatMap((position) => {
      const isThere = typeof value === 'object' && value !== null && position in value;
      if (position === field && !isThere) {
        return [
          { path, code: 'SCHEME_RANK_WITHOUT_POSITION', values: { field: position, order: String(order) } },
        ];
      }
      return position !== field && isThere
        ? [
            {
              path: [...path, position],
              code: 'SCHEME_POSITION_UNUSED',
              values: { field: position, order: String(order) },
            },
          ]
        : [];
    }),
  );
}

// ---------------------------------------------------------------- figures

function amounts(raw: unknown): SchemeFault[] {
  const parts = ['targets.*.amount', 'duties.*.amount', 'rights.*.amount', 'training.mentorship.apprentices'];
  return parts
    .flatMap((pattern) => find(raw, pattern))
    .filter(({ value }) => !isAmount(value))
    .map(({ path }) => ({ path, code: 'SCHEME_AMOUNT', values: {} }));
}

function isAmount(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const { min, max, exact, about } = value as Readonly<Record<string, unknown>>;
  const forms = [exact !== undefined, about !== undefined, min !== undefined || max !== undefined];
  const ordered = typeof min !== 'number' || typeof max !== 'number' || min <= max;
  return forms.filter(Boolean).length === 1 && ordered;
}

/** Shares of one whole. */
const shares = [
  'composite.parts.*.percent',
  'training.assessment.parts.*.percent',
  'stages.*.evaluators.*.percent',
];

function sums(raw: unknown): SchemeFault[] {
  return shares
    .flatMap((pattern) => byParentList(find(raw, pattern)))
    .map((list) => ({ list, sum: list.reduce((sum, { value }) => sum + Number(value), 0) }))
    .filter(({ sum }) => Number.isInteger(sum) && sum !== 100)
    .map(({ list, sum }) => ({
      path: list[0]?.path.slice(0, -2) ?? [],
      code: 'SCHEME_SUM_NOT_100',
      values: { sum },
    }));
}

const shareFractions = [
  'money.budgets.*.share',
  'vote.quorum',
  'training.hours.noHoursFromAbsence',
  'training.cycle.convertedAtMost',
];

function fractions(raw: unknown): SchemeFault[] {
  return shareFractions
    .flatMap((pattern) => find(raw, pattern))
    .filter(({ value }) => {
      const { numerator, denominator } = (value ?? {}) as Readonly<Record<string, unknown>>;
      return typeof numerator === 'number' && typeof denominator === 'number' && numerator > denominator;
    })
    .map(({ path }) => ({ path, code: 'SCHEME_FRACTION_OVER_ONE', values: {} }));
}

/** `adopted.fields` names fields that the block has. */
function adoptedFields(raw: unknown, path: readonly (string | number)[] = []): SchemeFault[] {
  if (typeof raw !== 'object' || raw === null) return [];
  const inside = Object.entries(raw).flatMap(([key, value]) =>
    adoptedFields(value, [...path, Array.isArray(raw) ? Number(key) : key]),
  );
  const unknown = find(raw, 'adopted.fields.*')
    .filter(({ value }) => typeof value === 'string' && !(value in raw))
    .map((field) => ({
      path: [...path, ...field.path],
      code: 'SCHEME_ADOPTED_NOTHING',
      values: { field: String(field.value) },
    }));
  return [...unknown, ...inside];
}

/** Lists in which an entry twice is an oversight. */
const setLists = [
  'entries.application.ranks.*',
  'entries.contest.skips.*',
  'entries.contest.keeps.*',
  'entries.contest.conditions.*',
  'entries.nomination.ranks.*',
  'entries.nomination.skips.*',
  'entries.nomination.keeps.*',
  'entries.supplement.skips.*',
  'entries.supplement.keeps.*',
  'stages.*.groupBy.*',
  'vote.tieBreak.*',
  'stages.*.sheet.tieBreak.*',
  'stages.*.order.*',
  'certificate.reminders.*',
];

function repeatedEntries(raw: unknown): SchemeFault[] {
  return setLists
    .flatMap((pattern) => byParentList(find(raw, pattern)))
    .flatMap(repeated)
    .map(({ path, value }) => ({ path, code: 'SCHEME_ENTRY_TWICE', values: { entry: String(value) } }));
}

/** A figure of the baseline has its own code, and no share of it is above one. */
function baselineFigures(raw: unknown): SchemeFault[] {
  const twice = repeated(find(raw, 'baseline.*.code')).map(({ path, value }) => ({
    path,
    code: 'SCHEME_DUPLICATE_CODE',
    values: { code: String(value) },
  }));
  const tooMuch = find(raw, 'baseline.*').filter(({ value }) => {
    const { number } = (value ?? {}) as { number?: unknown };
    return find(value, 'of.number').some((of) => Number(number) > Number(of.value));
  });
  return [...twice, ...tooMuch.map(({ path }) => ({ path, code: 'SCHEME_FRACTION_OVER_ONE', values: {} }))];
}

// ---------------------------------------------------------------- walking

/** All parts of plain data at a pattern such as `ranks.*.code`; `*` is any entry of a list or any field. */
function find(raw: unknown, pattern: string): Part[] {
  return pattern.split('.').reduce<Part[]>(
    (parts, step) =>
      parts.flatMap(({ path, value }) => {
        if (typeof value !== 'object' || value === null) return [];
        const entries = Object.entries(value).map(([key, inner]) => ({
          path: [...path, Array.isArray(value) ? Number(key) : key],
          value: inner as unknown,
        }));
        return step === '*'
          ? entries
          : entries.filter(({ path: [...steps] }) => String(steps.at(-1)) === step);
      }),
    [{ path: [], value: raw }],
  );
}

function valuesOf(raw: unknown, pattern: string): unknown[] {
  return find(raw, pattern).map(({ value }) => value);
}

/** Splits what a pattern found by the innermost list that it is in. */
function byParentList(parts: readonly Part[]): Part[][] {
  const lists = new Map<string, Part[]>();
  for (const part of parts) {
    const lastIndex = part.path.findLastIndex((step) => typeof step === 'number');
    const key = part.path.slice(0, lastIndex).join('.');
    lists.set(key, [...(lists.get(key) ?? []), part]);
  }
  return [...lists.values()];
}

/** The second and later parts with a value that came before. */
function repeated(parts: readonly Part[]): Part[] {
  return parts.filter(({ value }, index) => parts.findIndex((part) => part.value === value) < index);
}

function unique(parts: readonly Part[]): Part[] {
  const paths = parts.map(({ path }) => path.join('.'));
  return parts.filter((_, index) => paths.indexOf(paths[index] ?? '') === index);
}

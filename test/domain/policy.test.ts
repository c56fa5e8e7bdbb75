import { readFileSync } from 'node:fs';
import {
  engineFields,
  checkedFields,
  engineLists,
  engineValues,
  fieldsNotRead,
  refuseIfNotRunnable,
  unsupportedParts,
  watchReads,
} from '../../domain/fields-read.js';
import { isHigherRank, stageOf, type Policy } from '../../domain/policy.js';
import { Refusal } from '../../domain/refusal.js';
import { codeOf, isAtLeast, degrees, levels, professionalTitles } from '../../domain/vocabulary.js';
import { parsePolicy, policyDigest, policyJsonSchema } from '../../policies/schema.js';
import { policyRefusals } from '../../texts/refusals-policy.js';

const fileName = 'sichuan-district.yaml';
const districtYaml = readFileSync(`policies/${fileName}`, 'utf8');
const district = parsePolicy(districtYaml, fileName);

function faultsOf(yaml: string): { line: number; path: string; code: string; values: object }[] {
  try {
    parsePolicy(yaml, fileName);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error).toMatchObject({
      code: 'SCHEME_INVALID',
      rule: 'P1',
      values: { count: error.faults?.length },
    });
    return (error.faults ?? []).map(({ at, code, values }) => {
      const [place = '', path = ''] = at.split(' ');
      expect(place).toMatch(/^sichuan-district\.yaml:\d+:\d+$/);
      expect(Object.keys(policyRefusals)).toContain(code);
      return { line: Number(place.split(':')[1]), path, code, values: values ?? {} };
    });
  }
  return [];
}

/** The main scheme with one passage replaced, and the line on which the replacement starts. */
function broken(passage: string, replacement: string) {
  const start = districtYaml.indexOf(passage);
  if (start < 0 || passage === replacement) throw new Error(`not in the scheme: ${passage}`);
  const yaml = districtYaml.slice(0, start) + replacement + districtYaml.slice(start + passage.length);
  return { yaml, line: districtYaml.slice(0, start).split('\n').length };
}

describe('the main scheme', () => {
  test('has the figures of its document', () => {
    expect(district.ranks.map(({ code, perYear }) => [code, perYear])).toEqual([
      ['school_backbone', undefined],
      ['accomplished', 100],
      ['district_backbone', 50],
      ['city_backbone', undefined],
      ['city_subject_leader', undefined],
      ['provincial_backbone', undefined],
      ['special_grade', undefined],
      ['national_backbone', undefined],
    ]);
    expect(district.period?.years).toBe(5);
    expect(
      district.targets?.map((target) => [target.code, target.kind === 'count' && target.amount]),
    ).toEqual([
      ['national_backbone', { min: 1, max: 2 }],
      ['special_grade', { about: 5 }],
      ['provincial_backbone', { about: 10 }],
      ['city_subject_leader', { exact: 20 }],
      ['city_backbone', { min: 50, max: 80 }],
      ['district_backbone', { exact: 200 }],
      ['accomplished', { exact: 400 }],
      ['school_backbone', { exact: 800 }],
    ]);
    expect(district.ladder?.filter(({ all }) => all).map(({ from, to }) => `${from} ${to}`)).toEqual([
      'accomplished district_backbone',
      'city_backbone provincial_backbone',
      'city_excellent_young provincial_backbone',
    ]);
  });

  test('can be run whole', () => {
    expect(unsupportedParts(district)).toEqual([]);
    expect(() => refuseIfNotRunnable(district)).not.toThrow();
  });

  test('a sheet of 100 points', () => {
    const items = stageOf(district, 'school_score')?.sheet.items ?? [];
    expect(items.reduce((sum, { max }) => sum + max, 0)).toBe(100);
  });
});

describe('P6: faults of a file', () => {
  test('all at once, each on its line, with what would be right', () => {
    const passages: [string, string][] = [
      ['scope: district', 'scope: distrikt'],
      ['    perYear: 100', '    perYear: "100"'],
      ['        value: 45', '        valeu: 45'],
      ['  mode: electronic', '  mode: by_hand'],
      ['  ruralSharePercent: 30', '  ruralSharePercent: 130'],
      ['    to: city_backbone', '    to: city_bakbone'],
    ];
    let yaml = districtYaml;
    for (const [passage, replacement] of passages) {
      expect(yaml).toContain(passage);
      yaml = yaml.replace(passage, replacement);
    }
    const lineOf = (text: string) => yaml.slice(0, yaml.indexOf(text)).split('\n').length;
    expect(faultsOf(yaml).map(({ line, path, code }) => [line, path, code])).toEqual([
      [lineOf('scope: distrikt'), 'scope', 'SCHEME_WRONG_VALUE'],
      [lineOf('perYear: "100"'), 'ranks.1.perYear', 'SCHEME_WRONG_TYPE'],
      [expect.any(Number), 'ranks.1.need.maxAge.value', 'SCHEME_MISSING_FIELD'],
      [lineOf('valeu: 45'), 'ranks.1.need.maxAge.valeu', 'SCHEME_UNKNOWN_FIELD'],
      [lineOf('ruralSharePercent: 130'), 'quotas.nominations.ruralSharePercent', 'SCHEME_TOO_BIG'],
      [lineOf('mode: by_hand'), 'vote.mode', 'SCHEME_WRONG_VALUE'],
      [lineOf('to: city_bakbone'), 'ladder.4.to', 'SCHEME_UNKNOWN_RANK'],
    ]);
    expect(faultsOf(yaml).find(({ code }) => code === 'SCHEME_UNKNOWN_FIELD')?.values).toEqual({
      field: 'valeu',
      allowed: 'clause, adopted, value, hard, mode',
    });
    expect(faultsOf(yaml).at(-2)?.values).toEqual({
      allowed: ['electronic', 'drawn_codes', 'paper'],
      found: '"by_hand"',
    });
  });

  test.each([
    ['  - code: filing\n', '  - code: fileing\n', 'SCHEME_WRONG_VALUE'],
    ['    to: provincial_backbone', '    to: nobody', 'SCHEME_UNKNOWN_RANK'],
    ['  - from: city_excellent_young', '  - from: city_young', 'SCHEME_UNKNOWN_RANK'],
    ['    rank: accomplished', '    rank: emperor', 'SCHEME_UNKNOWN_RANK'],
    ['      - application\n', '', 'SCHEME_ENTRY_LEAVES_STAGE_OPEN'],
    ['      - eligibility_check\n', '      - eligibility_check\n      - filing\n', 'SCHEME_SKIPPED_AND_KEPT'],
    ['      - filing\n', '      - filing\n      - interview\n', 'SCHEME_UNKNOWN_STAGE'],
    ['  - code: city_backbone\n', '  - code: accomplished\n', 'SCHEME_DUPLICATE_CODE'],
    ['    perYear: 50\n', '', 'SCHEME_NO_SEATS'],
    ['quorum: { numerator: 2', 'quorum: { numerator: 4', 'SCHEME_FRACTION_OVER_ONE'],
    ['amount: { min: 1, max: 2 }', 'amount: { min: 3, max: 2 }', 'SCHEME_AMOUNT'],
    ['amount: { exact: 800 }', 'amount: {}', 'SCHEME_AMOUNT'],
    ['fields: [trainingYears]', 'fields: [trainingYear]', 'SCHEME_ADOPTED_NOTHING'],
    ['  monthDay: 08-31', '  monthDay: 08-32', 'SCHEME_WRONG_FORM'],
    ["    closesAt: '24:00'", "    closesAt: '25:00'", 'SCHEME_WRONG_FORM'],
    ['  years: 5\n  reminders', '  years: 0\n  reminders', 'SCHEME_TOO_SMALL'],
    ['[mathematics, physics', '[chinese, mathematics, physics', 'SCHEME_SUBJECT_TWICE'],
    ['rankOrder: list', 'rankOrder: tiers', 'SCHEME_RANK_WITHOUT_POSITION'],
    ['\nversion: 1\n', '\nversion: 1\nversion: 2\n', 'SCHEME_DUPLICATE_KEY'],
    ['\nversion: 1\n', '\nversion: [1\n', 'SCHEME_SYNTAX'],
    ['    groupBy: [rank, family]', '    groupBy: [rank, family, rank]', 'SCHEME_ENTRY_TWICE'],
  ])('%j becomes %j: %s', (passage, replacement, code) => {
    expect(faultsOf(broken(passage, replacement).yaml).map((fault) => fault.code)).toContain(code);
  });

  test('a rule without an origin', () => {
    const { yaml, line } = broken('period: { years: 5, clause: 用五年时间培养 }', 'period: { years: 5 }');
    expect(faultsOf(yaml)).toEqual([{ line, path: 'period', code: 'SCHEME_NO_ORIGIN', values: {} }]);
  });

  test('an unknown code in a list by code names the codes there are', () => {
    const { yaml, line } = broken('  general: [music', '  sports: [music');
    expect(faultsOf(yaml)).toEqual([
      {
        line,
        path: 'subjectFamilies.sports',
        code: 'SCHEME_UNKNOWN_FIELD',
        values: { field: 'sports', allowed: 'arts, science, general, kindergarten' },
      },
    ]);
  });

  test('stages out of order, on the line of the later one', () => {
    const vote = /  - code: differential_vote\n(?:    .*\n|\n)+/.exec(districtYaml)?.[0] ?? '';
    const moved = districtYaml
      .replace(vote, '')
      .replace('  - code: expert_opinion\n', `${vote}  - code: expert_opinion\n`);
    expect(faultsOf(moved)).toEqual([
      {
        line: moved.slice(0, moved.indexOf('- code: expert_opinion')).split('\n').length,
        path: expect.stringMatching(/^stages\.\d+\.code$/),
        code: 'SCHEME_STAGE_ORDER',
        values: { stage: 'expert_opinion', before: 'differential_vote' },
      },
    ]);
  });

  test('a vote without rules and rules without a vote; families that are used and not there', () => {
    expect(faultsOf(broken('vote:\n', 'reports2:\n').yaml).map(({ code }) => code)).toEqual(
      expect.arrayContaining(['SCHEME_STAGE_WITHOUT_RULES', 'SCHEME_UNKNOWN_FIELD']),
    );
    expect(faultsOf(broken('  - code: district_notice\n', '  - code: publication\n').yaml)).toContainEqual(
      expect.objectContaining({ path: 'notice.district', code: 'SCHEME_RULES_WITHOUT_STAGE' }),
    );
    expect(faultsOf(broken('subjectFamilies:\n', 'subjectFamily:\n').yaml).map(({ code }) => code)).toContain(
      'SCHEME_NO_FAMILIES',
    );
  });

  test.each(['', '[]', 'just words', '42', 'null'])('a file that is no scheme: %j', (yaml) => {
    expect(faultsOf(yaml).length).toBeGreaterThan(0);
  });
});

/** Parts of the other documents: parallel kinds, quotas by subject, instruments, duties, money, shares, exams. */
const otherParts = `
id: other-parts
version: 1
title: { zh: 其他方案的部分, en: Parts of other schemes }
kind: selection
scope: district
source: { document: 各地方案, part: 摘录, date: 2024-03-22 }
roundEveryYears: { value: 2, hard: true, clause: 骨干教师每两年评选调整一次 }
supervision: { observers: 1, clause: 加强选拔过程中的民主监督 }
rankOrder: grid
ranks:
  - { code: county_backbone, zh: 县级骨干教师, en: County backbone, decidedBy: district, cell: { level: 1, class: 1 }, clause: 三级三类 }
  - code: county_master
    zh: 县级教学名师
    en: County master
    decidedBy: district
    cell: { level: 1, class: 3 }
    clause: 三级三类
    need:
      minDegree: { value: { primary: college, junior: college, senior: bachelor }, hard: true, clause: 小学、初中具有专科以上学历 }
      maxAge: { value: { male: 50, female: 45 }, mode: born_on_or_after, hard: true, clause: 男50岁、女45岁以下 }
      papers:
        value:
          mode: any
          counts:
            - { kinds: [paper], level: nation, min: 1, how: [published, awarded] }
            - { kinds: [paper], level: province, min: 5, how: [published, awarded] }
        hard: true
        clause: 全国级发表或获奖1篇以上,省级以上发表或获奖5篇以上
      pastReviews: { value: { schoolYears: 2, grades: [excellent, pass] }, hard: true, clause: 根据连续两年的考核情况 }
  - { code: city_backbone, zh: 州市级骨干教师, en: Prefecture backbone, decidedBy: city, cell: { level: 2, class: 1 }, clause: 三级三类 }
entries:
  nomination:
    ranks: [county_backbone]
    by: town_group
    skips: [school_score, school_nomination]
    keeps: [ability_test, multi_party_evaluation, publication, training, training_exam, spot_check, duty_report, term_assessment, appointment, re_evaluation]
    countsInSchoolQuota: false
    clause: 各镇管理组各推荐5名
stages:
  - code: school_score
    clause: 综合评价
    sheet: { judges: 1, tieBreak: [], items: [{ code: a, zh: 综合, en: Overall, max: 100, judged: true, clause: 综合评价 }], clause: 综合评价 }
  - { code: school_nomination, clause: 学校推荐 }
  - { code: ability_test, maxPoints: 100, passPoints: 60, clause: 能力测试 }
  - code: multi_party_evaluation
    evaluators: [{ who: peers, percent: 40, minRespondents: 10 }, { who: students, percent: 30 }, { who: parents, percent: 30 }]
    tooFewRespondents: spread_over_others
    shareOf: { stage: school_score, percent: 30 }
    clause: 充分发挥学生、家长、同行等多方面的评价作用
  - { code: publication, clause: 向全区公布 }
  - { code: training, clause: 培训 }
  - code: training_exam
    form: open_book
    sealed: true
    maxPoints: 100
    hoursByPoints: [{ from: 90, hours: 8 }, { from: 60, hours: 2 }]
    clause: 有训必考
  - { code: spot_check, every: school_year, percent: 20, minPerSchool: 1, clause: 每学年抽查一次 }
  - { code: duty_report, per: school_year, exact: 1, missedAtMost: basic, clause: 年内向校方述职一次 }
  - { code: term_assessment, everyYears: 2, effect: certificate, clause: 两年考核一次 }
  - { code: appointment, cap: none, clause: 荣誉证书 }
  - { code: re_evaluation, afterYears: 5, otherwise: rank_lost, clause: 满五年后须重新参加评定 }
composite:
  parts: [{ stage: school_score, percent: 70 }, { stage: ability_test, percent: 30 }]
  missing: not_ranked
  clause: 综合评价、能力测试、教学实践
quotas:
  fixed:
    - { schools: [central_primary], per: [school, subject], subjects: [chinese, mathematics, english], each: 2, clause: 中心小学各推荐2名 }
training:
  cycle:
    years: 5
    hours: 360
    startsOn: 2021-01-01
    newTeacherHours: { value: 120, hard: true, clause: 不少于120学时的岗前培训 }
    districtTrainingEveryYears: { value: 3, hard: false, clause: 原则上三年内每一位教师参加一次区级以上培训 }
    clause: 每五年要有累积不少于360学时
  programmes:
    - { code: heads, zh: 校长培训, en: Heads, unit: person, planned: 25, clause: 组织25名校长 }
    - { code: holidays, zh: 假日专项, en: Holidays, unit: class, planned: 11, counts: [{ zh: 教师, unit: person_time, number: 750 }], clause: 惠及教师达750人次 }
  provision:
    expertsPercent: { value: 35, hard: false, clause: 省域外专家不少于35% }
annualReview:
  period: school_year
  openedBy: office
  ranks: [county_backbone]
  by: school
  confirmedBy: bureau
  dutyReport: true
  reviewWorkingDays: 5
  clause: 每年考核一次
  effects:
    excellent: { title: keep, benefits: keep, clause: 每年考核一次 }
    pass: { title: keep, benefits: keep, clause: 每年考核一次 }
    basic: { title: keep, benefits: keep, clause: 每年考核一次 }
    fail: { title: keep_to_cycle_end, benefits: keep, barsNextRounds: 1, endsAfterYearsRunning: 2, clause: 取消其下一届骨干教师评选资格 }
    ungraded: { title: keep, benefits: keep, clause: 每年考核一次 }
duties:
  - { code: note, zh: 教学后记, en: Teaching note, of: trainee, per: term, amount: { min: 1 }, minCharacters: 500, clause: 500字以上 }
  - { code: item1, zh: 第一项, en: First item, of: trainee, per: term, unknown: true, clause: 第一项 }
rights:
  - { code: journal, zh: 赠刊, en: Journal, of: holder, per: calendar_year, amount: { exact: 1 }, paidBy: school, clause: 学校每年赠送一份教育教学杂志 }
allowance: { stack: highest_only, stopFrom: first_of_next_month, per: calendar_year, fenByRank: { county_backbone: 60000 }, clause: 年终一次性奖励 }
heads: { termYears: 3, goals: true, exit: true, clause: 三年任期制 }
measures:
  - { code: health, zh: 体检, en: Health check, per: school_year, group: care, clause: 定期组织体检 }
money:
  budgets:
    - { code: payroll, zh: 培训经费, en: Training budget, share: { numerator: 15, denominator: 1000 }, of: 教师年度工资总额, clause: 年度工资总额的1.5% }
    - { code: years, zh: 三年经费, en: Three years, fenByYear: [300000000, 350000000, 350000000], clause: 三年1000万元 }
  clause: 专款专用
targets:
  - { code: share, kind: share, zh: 四级骨干占比, en: Share, of: 专任教师, percent: 10, clause: 占全区专任教师总数10% }
  - { code: young, kind: share, zh: 中青年为主, en: Under 45, of: 骨干教师, overHalf: true, ageAtMost: 45, clause: 以45岁以下中青年教师为主 }
  - { code: coverage, kind: coverage, zh: 各校均有, en: Coverage, each: school, schools: [senior, junior], minRank: county_backbone, min: 1, clause: 均配有区级学科骨干以上教师 }
  - { code: certified, kind: indicator, zh: 持双证幼儿教师, en: Certified, forms: [count, rate], denominator: 幼儿教师, byYear: [10, 20, 30], clause: 持双证幼儿教师 }
reports:
  - { code: cells, zh: 九格统计, en: Nine cells }
`;

describe('P5: parts that the engine cannot run yet', () => {
  const other = parsePolicy(otherParts, fileName);

  test('are valid in the scheme language', () => {
    expect(faultsOf(otherParts)).toEqual([]);
  });

  test('are named with their place; a block as one part, a value with the value', () => {
    const parts = unsupportedParts(other).map(({ path, value }) =>
      value === undefined ? path : `${path}=${value}`,
    );
    expect(parts).toEqual(
      expect.arrayContaining([
        'roundEveryYears',
        'supervision',
        'rankOrder=grid',
        'ranks.0.cell',
        'entries.nomination.by=town_group',
        'stages.4.code=publication',
        'quotas',
        'training.programmes',
        'allowance.per=calendar_year',
        'duties.1.unknown',
        'targets.1.overHalf',
        'targets.3.kind=indicator',
      ]),
    );
    expect(parts).not.toContain('ranks.1.need.papers');
  });

  test('keep a round from opening', () => {
    const refusal = (() => {
      try {
        refuseIfNotRunnable(other);
      } catch (error) {
        return error;
      }
      return undefined;
    })();
    expect(refusal).toMatchObject({ code: 'SCHEME_NOT_RUNNABLE', rule: 'P5' });
  });

  test.each(['electronic', 'paper', 'drawn_codes'])(
    'V2: a round opens on recusal by candidate with a vote by %s',
    (mode) => {
      const byCandidate = districtYaml.replace('recusalScope: ballot_group', 'recusalScope: candidate');
      const scheme = parsePolicy(byCandidate.replace('mode: electronic', `mode: ${mode}`), fileName);
      expect(scheme.vote).toMatchObject({ mode, recusalScope: 'candidate' });
      expect(() => refuseIfNotRunnable(scheme)).not.toThrow();
    },
  );

  test.each([
    [
      'validUntil: end_of_training_year',
      'validUntil: end_of_round',
      'vote.reserveList.validUntil: end_of_round',
    ],
    ['    checks: 1', '    checks: 2', 'stages.6.checks: 2'],
    ['dimensions: [rank, school]', 'dimensions: [rank]', 'quotas.nominations.dimensions: rank'],
    [
      '    dimensions: [rank, family]',
      '    dimensions: [rank, family, school]',
      'quotas.seats.dimensions: rank, family, school',
    ],
    ['files: [candidate_list, notice_result]', 'files: [candidate_list]', 'stages.5.files: candidate_list'],
    ['groupBy: [rank, family]', 'groupBy: [rank, subject]', 'stages.9.groupBy: rank, subject'],
    ['  - code: filing\n', '  - code: filing\n    groupBy: [subject]\n', 'stages.5.groupBy: subject'],
    ['    by: leading_group\n', '    by: bureau\n', 'stages.11.by: bureau'],
    ['  - code: filing\n', '  - code: filing\n    by: office\n', 'stages.5.by: office'],
    ['  - code: filing\n', "  - code: filing\n    closesAt: '12:00'\n", 'stages.5.closesAt: 12:00'],
    [
      'who: [bureau_personnel, training_centre]',
      'who: [training_centre]',
      'dynamic.runBy.who: training_centre',
    ],
    ['arrangedBy: school', 'arrangedBy: town_group', 'training.activities.7.arrangedBy: town_group'],
    [
      '      - annual_assessment\n    countsInYearlyNumber',
      '      - annual_assessment\n      - standards_published\n    countsInYearlyNumber',
      'entries.contest.keeps.8: standards_published',
    ],
    ['code: school_filings', 'code: school_registers', 'reports.7.code: school_registers'],
  ])('%s becomes %s', (passage, replacement, part) => {
    const policy = parsePolicy(broken(passage, replacement).yaml, fileName);
    expect(() => refuseIfNotRunnable(policy)).toThrow(
      expect.objectContaining({ values: { policy: 'sichuan-district', parts: [part] } }),
    );
  });

  test('who enters by a prize keeps what is checked of every title', () => {
    const stage =
      '  - code: spot_check\n    every: school_year\n    percent: 20\n    minPerSchool: 1\n    clause: 抽查\n';
    const { yaml } = broken('  - code: annual_assessment\n', `${stage}  - code: annual_assessment\n`);
    const kept = yaml.replace(
      '      - annual_assessment\n',
      '      - annual_assessment\n      - spot_check\n',
    );
    expect(() => refuseIfNotRunnable(parsePolicy(kept, fileName))).not.toThrow();
  });

  test('every value that runs belongs to a field that runs', () => {
    const lists = Object.keys(engineLists).map((pattern) => `${pattern}.*`);
    for (const pattern of [...Object.keys(engineValues), ...lists, ...checkedFields])
      expect(engineFields).toContain(pattern);
  });

  test('the order of such a list does not matter, and an actor that carries a stage out may be named', () => {
    for (const [passage, replacement] of [
      ['dimensions: [rank, school]', 'dimensions: [school, rank]'],
      ['  - code: filing\n', '  - code: filing\n    by: head\n'],
    ] as const)
      expect(unsupportedParts(parsePolicy(broken(passage, replacement).yaml, fileName))).toEqual([]);
  });

  test('the organs of the body are words', () => {
    const { body } = district;
    const others = { ...district, body: { ...body!, office: '人事科', members: ['局领导'] } };
    expect(unsupportedParts(others)).toEqual([]);
    expect(fieldsNotRead(district, new Set()).filter((path) => path.startsWith('body'))).toEqual([]);
  });
});

describe('watching what is read', () => {
  test('records the fields read, with * for positions, and gives the same values', () => {
    const { policy, reads } = watchReads(district);
    expect(policy.vote?.tieBreak.map((key) => key)).toEqual(district.vote?.tieBreak);
    expect(policy.ranks.find(({ code }) => code === 'accomplished')?.perYear).toBe(100);
    expect(isHigherRank(policy, 'district_backbone', 'accomplished')).toBe(true);
    expect(policy.certificate?.years).toBe(5);
    expect([...reads].sort()).toEqual([
      'certificate.years',
      'rankOrder',
      'ranks.*.code',
      'ranks.*.perYear',
      'vote.tieBreak.*',
    ]);
  });

  test('tells which fields nobody read, leaving out words', () => {
    const { policy, reads } = watchReads(district);
    const before = fieldsNotRead(district, reads);
    expect(before).toEqual(
      expect.arrayContaining(['vote.mode', 'stages.*.workingDays', 'certificate.years']),
    );
    expect(before.filter((path) => /clause|adopted|\.zh|\.en$|source/.test(path))).toEqual([]);
    expect(policy.certificate?.years).toBe(5);
    expect(before.filter((path) => !fieldsNotRead(district, reads).includes(path))).toEqual([
      'certificate.years',
    ]);
    structuredClone(JSON.parse(JSON.stringify(policy)));
    expect(fieldsNotRead(district, reads)).toEqual([]);
  });
});

describe('P3: the digest', () => {
  const reversed = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(reversed)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([key, inner]) => [key, reversed(inner)]),
          )
        : value;

  test('does not depend on the order of keys', () => {
    expect(policyDigest(reversed(district) as Policy)).toBe(policyDigest(district));
    expect(policyDigest(district)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('changes with any value and with the order of a list', () => {
    const digests = [
      district,
      { ...district, version: 2 },
      { ...district, ranks: district.ranks.toReversed() },
    ].map(policyDigest);
    expect(new Set(digests).size).toBe(3);
  });
});

test('the JSON schema for editors is the one of today', () => {
  expect(JSON.parse(readFileSync('policies/policy.schema.json', 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(policyJsonSchema())),
  );
});

describe('P8: the order of ranks', () => {
  const other = parsePolicy(otherParts, fileName);
  const parallel: Policy = { ...district, rankOrder: 'parallel' };
  const tiers: Policy = {
    ...district,
    rankOrder: 'tiers',
    ranks: district.ranks.map((rank, index) => ({ ...rank, tier: index < 2 ? 1 : 2 })),
  };

  test.each([
    [district, 'accomplished', 'school_backbone', true],
    [district, 'school_backbone', 'accomplished', false],
    [district, 'accomplished', 'accomplished', false],
    [district, 'accomplished', 'unknown', false],
    [parallel, 'accomplished', 'school_backbone', false],
    [tiers, 'accomplished', 'school_backbone', false],
    [tiers, 'district_backbone', 'school_backbone', true],
    [other, 'county_master', 'county_backbone', true],
    [other, 'city_backbone', 'county_backbone', true],
    [other, 'city_backbone', 'county_master', false],
    [other, 'county_master', 'city_backbone', false],
  ])('%#', (policy, code, than, isHigher) => {
    expect(isHigherRank(policy, code, than)).toBe(isHigher);
  });
});

describe('vocabulary', () => {
  test('以上 includes the level itself (R0.1)', () => {
    expect(isAtLeast(levels, 'district', 'district')).toBe(true);
    expect(isAtLeast(levels, 'town_group', 'district')).toBe(false);
    expect(isAtLeast(degrees, 'master', 'bachelor')).toBe(true);
  });

  test.each([
    ['一级教师', 'first'],
    ['初级', 'second'],
    ['中级', 'first'],
    ['高级', 'senior'],
    ['小学高级教师', 'first'],
    ['中学高级教师', 'senior'],
    ['院士', undefined],
    ['constructor', undefined],
  ])('the title %s is %s', (zh, code) => {
    expect(codeOf(professionalTitles, zh)).toBe(code);
  });
});

import { readFileSync } from 'node:fs';
import { decisionRules } from '../../domain/cases.js';
import { parsePolicy } from '../../policies/schema.js';
import { say } from '../../texts/catalogue.js';

const file = 'policies/sichuan-district.yaml';
const { ranks, externalTitles = [] } = parsePolicy(readFileSync(file, 'utf8'), file);
const names = Object.fromEntries([...ranks, ...externalTitles].map(({ code, zh, en }) => [code, { zh, en }]));

test.each([
  [
    'RANK_NOT_OPEN',
    { rank: 'school_backbone', open: ['accomplished', 'district_backbone'] },
    '本轮不评“校级骨干教师”；可申报：区教坛能手、区级骨干教师',
    'The rank School backbone teacher is not open; open are: District accomplished teacher, District backbone teacher',
  ],
  [
    'NOT_ALLOWED',
    { decision: 'open', allowed: ['leading_group', 'office'] },
    '您无权作出这项决定；有权的角色：领导小组、领导小组办公室',
    'You may not take this decision; roles that may: leading group, office of the leading group',
  ],
  [
    'WRONG_STAGE',
    { stage: 'expert_opinion', standing: 'running', allowed: [] },
    '候选人当前处于“征求教研员意见”（正在办理），不能作出这项决定',
    'The candidate is at the stage researchers’ opinions (under way); this cannot be decided there',
  ],
  [
    'NO_SEAT_LEFT',
    { unit: 'accomplished/science', seats: 3 },
    '区教坛能手/理科 组名额 3 个已满',
    'The 3 seats of District accomplished teacher/science are filled',
  ],
  [
    'TITLE_TOO_LOW',
    { required: 'first', value: 'second' },
    '职称不符：要求 一级教师 以上，现为 二级教师',
    'Professional title too low: first-grade teacher or higher is required, found second-grade teacher',
  ],
  [
    'DEGREE_TOO_LOW',
    { required: 'bachelor', value: 'college' },
    '学历不符：要求 本科 以上，现为 专科',
    "Degree too low: bachelor's degree or higher is required, found college diploma",
  ],
  [
    'SANCTION_RUNS',
    { value: ['demerit 2027-03-02'], required: '2026-09-01' },
    '处分影响期未满（至：记过 2027-03-02）',
    'A sanction still bars (until: demerit 2027-03-02)',
  ],
  [
    'GRADE_AGAINST_SANCTION',
    { grade: 'excellent', sanction: 'warning', from: '2026-10-01' },
    '2026-10-01 起的警告处分，不得评为优秀',
    'A sanction from 2026-10-01 (warning) forbids the grade excellent',
  ],
])('%s names what people know by a name', (code, values, zh, en) => {
  expect(say(code, 'zh', values, names)).toBe(zh);
  expect(say(code, 'en', values, names)).toBe(en);
});

test('the code of a rank stays where no scheme is at hand, and other texts are left as they are', () => {
  expect(say('RANK_UNKNOWN', 'zh', { rank: 'accomplished' })).toBe('方案中没有层次“accomplished”');
  // Free text that happens to hold a code.
  expect(say('HELD_BY_OFFICE', 'en', { reason: 'running out of time' })).toBe(
    'Held by the office: running out of time',
  );
});

test('every step in which something is decided has a name', () => {
  const steps = Object.values(decisionRules).flatMap((rules) =>
    Object.values(rules as Record<string, { during: readonly string[] }>).flatMap(({ during }) => during),
  );
  const unnamed = [...new Set(steps)].filter((step) =>
    say('WRONG_STEP', 'zh', { allowed: [step] }).includes(step),
  );
  expect(unnamed).toEqual([]);
});

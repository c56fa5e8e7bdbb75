import type { Text } from './catalogue.js';

/** What the registers' figures mean. Rules P9, P13. */
export const registerTexts = {
  definitions: {
    holders: {
      zh: '当日持有称号的不同人数（含暂停使用，不含到期、取消、被更高称号取代）；同一序列内每人按最高称号计一次；学校、学科、年龄以当日档案为准。',
      en: 'Different persons who hold a title on the day, suspended ones included, lapsed, revoked and superseded ones not; each once in an order of ranks, at the highest; school, subject and age as on the day.',
    },
    targets: {
      zh: '分子、分母各附定义；分母为方案计划数或专任教师数，按方案周期统计，不四舍五入。',
      en: 'Numerator and denominator each say what they are; the denominator is the scheme’s number or the full-time teachers; nothing is rounded.',
    },
    coverage: {
      zh: '方案要求覆盖的学校或学科中，当日持有人数（本层次及以上、不同人数）少于要求的；持有人以当日所在学校、任教学科为准。',
      en: 'Schools or subjects that a scheme asks to be covered with fewer holders on the day (different persons, of the rank or a higher one); school and subject of a holder as on the day.',
    },
    'training-flows': {
      zh: '各学年（9月1日至次年8月31日）按层次：年初在培 + 新进 = 合格 + 淘汰 + 退出 + 年末在培；补充为新进中的替补和补充选拔。',
      en: 'By school year (1 September to 31 August) and rank: before + begun = passed + eliminated + left + after; supplemented are those who began in place of others.',
    },
    'hours-short': {
      zh: '当日在培且已核定学时少于应修学时者；以当日已登记、已核定的为准。',
      en: 'Who is in training on the day with fewer confirmed hours than owed, by what was entered and confirmed by then.',
    },
    'certificates-ending': {
      zh: '当日持有、将在180日内到期的证书；within 为30、90、180日中最近的一档。',
      en: 'Certificates held on the day that end within 180 days; within is the least of 30, 90 and 180.',
    },
    'owed-this-term': {
      zh: '期限在该日所在学期内、当日尚未完成的培养对象任务和称号持有人任务。',
      en: 'Tasks of trainees and holders whose last day is in the term of the day and that are not done on the day.',
    },
  },
  numerators: {
    holders: {
      zh: '当日持有该称号的不同人数，同时持有更高称号者也计入',
      en: 'Different persons who hold the rank on the day; who also holds a higher one counts too',
    },
    ofTarget: {
      zh: '当日持有目标所列任一称号的不同人数',
      en: 'Different persons who hold one of the ranks of the target on the day',
    },
    anyRank: {
      zh: '当日持有本方案任一称号的不同人数',
      en: 'Different persons who hold any rank of the scheme on the day',
    },
  },
  denominators: {
    ofTarget: {
      zh: '各校专任教师数之和，以各校最近一次统计日为准',
      en: 'Full-time teachers of all schools as each was last counted',
    },
    exact: { zh: '方案的计划数', en: 'The number that the scheme plans' },
    about: { zh: '方案的计划数（左右）', en: 'The number that the scheme plans, about' },
    max: { zh: '方案计划数的上限', en: 'The upper bound that the scheme plans' },
    min: { zh: '方案计划数的下限', en: 'The lower bound that the scheme plans' },
    teachers: {
      zh: '各校专任教师数之和，以各校最近一次统计日为准（from 为最早的统计日）',
      en: 'Full-time teachers of all schools as each was last counted; from is the earliest of these days',
    },
  },
  share: { zh: '称号持有人占专任教师', en: 'Holders among full-time teachers' },
} as const satisfies Record<string, Text | Record<string, Text>>;

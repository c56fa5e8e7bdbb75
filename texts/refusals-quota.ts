import type { RefusalText } from './catalogue.js';

/** Refusals about nomination quotas and about a school's list that is sent back. */
export const quotaRefusals = {
  LEADERS_OVER_SHARE: {
    status: 422,
    zh: '{{rank}} 名单中校级领导 {{leaders}} 人，{{places}} 个名额的 {{percent}}% 至多 {{most}} 人',
    en: '{{leaders}} school leaders among the names for {{rank}}; {{percent}} % of {{places}} places are {{most}} at most',
  },
  SUBJECT_REASON_MISSING: {
    status: 422,
    zh: '{{rank}} 同一学段学科原则上至多 {{cap}} 人，以下超出，须说明理由：{{over}}',
    en: 'In principle {{cap}} of a stage and subject for {{rank}} at most; give a reason for: {{over}}',
  },
  EXTRA_PLACES_USED: {
    status: 422,
    zh: '{{rank}} 的{{kind}}名额剩余 {{left}} 个，不能再用 {{asked}} 个',
    en: '{{left}} places are left of those {{kind}} for {{rank}}; {{asked}} cannot be given',
  },
  NOMINATION_STILL_OPEN: {
    status: 409,
    zh: '{{rank}} 尚有学校没有完成推荐：{{schools}}；可先结束这些学校的环节',
    en: 'Schools are still nominating for {{rank}}: {{schools}}; close their part of the stage first',
  },
  NOMINATION_OVER: {
    status: 409,
    zh: '{{rank}} 的推选名额已审定，推荐名额不再分配',
    en: 'The seats for {{rank}} are approved; nominations are not shared out any more',
  },
  NOTHING_TO_SHARE_OUT: {
    status: 422,
    zh: '{{rank}} 没有可再分配的名额，或没有学校还有符合条件的申报人',
    en: 'No place of {{rank}} is unused, or no school has a further eligible applicant',
  },
  PLACES_OVER_FURTHER: {
    status: 422,
    zh: '{{school}} 再分得 {{places}} 个名额，超过其尚未推荐的 {{further}} 名申报人',
    en: '{{school}} would get {{places}} more places and has {{further}} further applicants',
  },
  RURAL_PLACES_KEPT: {
    status: 422,
    zh: '农村学校未用的名额先给其他农村学校：城区学校可再分 {{urban}} 个，现为 {{toUrban}} 个；另行分配须有书面决定',
    en: 'Unused rural places go to rural schools: urban schools may share {{urban}}, not {{toUrban}}, without a written decision',
  },
  JUDGE_RECUSED: {
    status: 403,
    zh: '您对该申报人已回避，不能评分',
    en: 'You are recused from this applicant and cannot score it',
  },
  NOT_A_JUDGE: { status: 422, zh: '该人不是本校评审组成员', en: 'Not a member of the school’s panel' },
  CHECKS_NOT_IN_SCHEME: {
    status: 422,
    zh: '方案没有规定自评或核分',
    en: 'The scheme has no such self-score or check',
  },
  CHECKED_ALREADY: { status: 409, zh: '计分项目已核定', en: 'The counted items have been checked' },
  CHECK_SAME_PERSON: {
    status: 403,
    zh: '复核须由初核以外的人进行',
    en: 'The second check is another person’s',
  },
  CHECK_DIFFERS: {
    status: 422,
    zh: '与按证明材料计算的分数不符（填报/应计）：{{items}}',
    en: 'Not what the evidence counts (stated/counted): {{items}}',
  },
  SELF_SCORE_DIFFERS: {
    status: 422,
    zh: '核定分数与本人自评不同（自评/核定），须说明理由：{{items}}',
    en: 'The check differs from the teacher’s own figures (stated/counted); give a reason: {{items}}',
  },
  PRINTED_DAYS_BIND: {
    status: 409,
    zh: '公示已载明起止日期，不能延长或提前结束；延长须重新公示',
    en: 'The printed days of a notice bind: it is not put off or ended early; publish it anew to extend it',
  },
  SCHOOLS_NOT_MERGED: {
    status: 422,
    zh: '合并须指明两所不同的学校，且并入的学校仍然存在',
    en: 'A merger names two schools, and the one that takes over must still exist',
  },
  FACTS_FIXED: {
    status: 409,
    zh: '候选人已到“{{stage}}”（{{standing}}），申报信息不再更正',
    en: 'The candidate is at the stage {{stage}} ({{standing}}); its facts are fixed',
  },
  FACTS_CORRECTED: {
    status: 422,
    zh: '名册更正，重新审查：{{reason}}',
    en: 'The roster was corrected; checked again: {{reason}}',
  },
  NOTHING_TO_RETURN: {
    status: 409,
    zh: '该校没有可以退回到“{{stage}}”的名单',
    en: 'The school has no list that can go back to the stage {{stage}}',
  },
  LIST_RETURNED: {
    status: 422,
    zh: '名单退回学校重报（{{stage}}）：{{reason}}',
    en: 'The school’s list was sent back ({{stage}}): {{reason}}',
  },
} satisfies Record<string, RefusalText>;

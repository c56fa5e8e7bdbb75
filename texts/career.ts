import type { CareerEvent } from '../domain/career.js';
import { ethicsGrounds } from '../domain/ethics.js';
import { grades, sanctions } from '../domain/vocabulary.js';
import type { Text } from './catalogue.js';
import { furtherEntries, originNames, trainingNames } from './columns.js';
import { entryNames, stageNames, type Names } from './names.js';

/** What happened, in somebody's record. */
export const careerEventTexts: Readonly<Record<CareerEvent, Text>> = {
  joined: { zh: '列入名册', en: 'on the roster' },
  school_changed: { zh: '调动学校', en: 'moved to another school' },
  applied: { zh: '进入评选', en: 'entered the selection' },
  nominated: { zh: '学校推荐上报', en: 'nominated by the school' },
  stage_passed: { zh: '环节通过', en: 'went on from a stage' },
  stage_held: { zh: '环节暂缓', en: 'held at a stage' },
  stage_failed: { zh: '环节未通过', en: 'out at a stage' },
  chosen: { zh: '确定为正式候选人', en: 'formal candidate' },
  reserve: { zh: '列为后备人选', en: 'on the reserve' },
  selection_ended: { zh: '评选结束', en: 'selection ended' },
  training_begun: { zh: '列为培养对象', en: 'training began' },
  mentor_begun: { zh: '拜师', en: 'has a mentor' },
  mentor_ended: { zh: '师徒结对结束', en: 'mentor no longer' },
  apprentice_begun: { zh: '带徒', en: 'has an apprentice' },
  apprentice_ended: { zh: '带徒结束', en: 'apprentice no longer' },
  mid_assessed: { zh: '培养中期考核', en: 'mid-term assessment' },
  training_paused: { zh: '培养中断', en: 'training paused' },
  training_assessed: { zh: '培养期满考核', en: 'final assessment of the training' },
  training_ended: { zh: '退出培养', en: 'out of the training' },
  title_given: { zh: '授予称号', en: 'title conferred' },
  title_suspended: { zh: '暂停使用称号', en: 'title suspended' },
  re_evaluation_asked: { zh: '申请重新评定', en: 'applied for re-evaluation' },
  title_ended: { zh: '称号终止', en: 'title ended' },
  certificate_ended: { zh: '证书到期', en: 'certificate ended' },
  benefits_stopped: { zh: '停止享受待遇', en: 'benefits stopped' },
  reviewed: { zh: '考核', en: 'reviewed' },
  sanction_begun: { zh: '受处分', en: 'sanction' },
  sanction_ended: { zh: '处分期满', en: 'sanction ended' },
  ethics_decision: { zh: '师德失范决定', en: 'decision on ethics' },
  ethics_lifted: { zh: '师德决定撤销', en: 'decision on ethics lifted' },
  barred: { zh: '限制申报', en: 'barred from standing' },
  bar_ended: { zh: '限制期满', en: 'bar ended' },
};

/** The codes that may stand beside an event. */
export const careerDetailNames: Names = {
  ...stageNames,
  ...grades,
  ...sanctions,
  ...ethicsGrounds,
  ...trainingNames,
  ...originNames,
  ...entryNames,
  ...furtherEntries,
};

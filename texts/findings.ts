import type { Invariant } from '../records/invariants.js';
import type { Text } from './catalogue.js';

/** What may be found wrong while an instance runs. */
export type FindingCode =
  | Invariant
  | 'AUDIT_CHAIN_BROKEN'
  | 'CASE_WITHOUT_WORKFLOW'
  | 'WORKFLOW_BEHIND'
  | 'WORKFLOW_SILENT'
  | 'CASE_NOT_WOKEN'
  | 'MESSAGE_UNCONSUMED'
  | 'SUBMISSION_UNANSWERED'
  | 'MAIL_REFUSED'
  | 'MAIL_WAITS';

const reconcile: Text = { zh: '运行 npm run reconcile', en: 'run npm run reconcile' };
const defect: Text = {
  zh: '程序缺陷：勿改数据，保留数据库备份并报告',
  en: 'a defect of the program: change nothing by hand, keep a copy of the database and report it',
};
const decideAnew: Text = {
  zh: '以文件为依据重新作出相应决定，并报告此缺陷',
  en: 'take the decision concerned anew on the documents, and report the defect',
};

/** Every finding of `npm run doctor`: what it says, and how it is mended. */
export const findings: Readonly<Record<FindingCode, { readonly says: Text; readonly mend: Text }>> = {
  CASE_WITHOUT_OWNER: {
    says: { zh: '未结事项无人负责', en: 'an open case waits for nobody' },
    mend: defect,
  },
  CASE_WITHOUT_DUE_DATE: {
    says: { zh: '未结事项没有期限', en: 'an open case has neither a due date nor a time to wake' },
    mend: defect,
  },
  CASE_WITHOUT_WORKFLOW: {
    says: { zh: '未结事项没有运行中的工作流', en: 'an open case has no running workflow' },
    mend: reconcile,
  },
  WORKFLOW_BEHIND: {
    says: { zh: '工作流落后于数据库', en: 'a workflow knows less than its row says' },
    mend: reconcile,
  },
  WORKFLOW_SILENT: {
    says: { zh: '工作流不答复', en: 'a workflow does not answer' },
    mend: {
      zh: '确认 worker 在运行；若在运行，查看该工作流在 Temporal 界面中的失败任务',
      en: 'see that a worker runs; if one does, look at the failing task of the workflow in the Temporal UI',
    },
  },
  CASE_NOT_WOKEN: {
    says: { zh: '到期事项尚未处理', en: 'a case is due and nothing has happened' },
    mend: reconcile,
  },
  MESSAGE_UNCONSUMED: {
    says: { zh: '事项之间的消息尚未处理', en: 'a case has not acted on a message' },
    mend: reconcile,
  },
  SUBMISSION_UNANSWERED: {
    says: { zh: '提交尚无答复', en: 'a submission has no answer' },
    mend: reconcile,
  },
  MAIL_REFUSED: {
    says: { zh: '邮件被对方服务器拒收', en: 'mail was refused by the server of its addressee' },
    mend: {
      zh: '在 /api/v1/outbox?state=refused 查看收件人，请其更正或清除邮箱；若所有邮件都被拒收，检查 SMTP_URL 和 MAIL_FROM',
      en: 'see at /api/v1/outbox?state=refused whose it is, and have them correct or clear the address; if all mail is refused, look at SMTP_URL and MAIL_FROM',
    },
  },
  MAIL_WAITS: {
    says: { zh: '邮件等待发送已超过一天', en: 'mail has waited for more than a day' },
    mend: {
      zh: '按失败代码检查邮件服务器及 SMTP_URL；服务器恢复后自动发送',
      en: 'look at the mail server and SMTP_URL, with the code of the failure; mail leaves by itself when the server is back',
    },
  },
  TASK_WITHOUT_OPEN_CASE: {
    says: { zh: '待办所属事项已结或不存在', en: 'an open task belongs to no open case' },
    mend: defect,
  },
  NOMINATIONS_OVER_QUOTA: {
    says: { zh: '推荐人数超过名额', en: 'a school has more nominations than places' },
    mend: decideAnew,
  },
  QUOTAS_DO_NOT_ADD_UP: {
    says: {
      zh: '机动、单列和再分配的推荐名额合计不符',
      en: 'places held back, listed apart and shared out do not add up',
    },
    mend: defect,
  },
  ELECTED_OVER_SEATS: {
    says: { zh: '推选人数超过席位', en: 'a group has more elected candidates than seats' },
    mend: decideAnew,
  },
  CHOSEN_OVER_PLACES: {
    says: { zh: '正式候选人数超过本轮名额', en: 'a round has more formal candidates of a rank than places' },
    mend: {
      zh: '多因补报的竞赛直入者：由领导小组以文件确认名额，或由办公室记录其退出',
      en: 'mostly a late contest entrant: the leading group settles the places by a document, or the office records who leaves',
    },
  },
  PAPER_OF_NO_VOTER: {
    says: { zh: '未到会或已回避者领有选票', en: 'a paper went to who is recused or not present' },
    mend: { zh: '该次投票无效，由主任重新组织', en: 'the vote is void; the chair calls it again' },
  },
  PAPER_SIGNED_TWICE: {
    says: { zh: '同一选票签给了两人', en: 'two members hold the same paper' },
    mend: { zh: '该次投票无效，由主任重新组织', en: 'the vote is void; the chair calls it again' },
  },
  PAPERS_NOT_IN_REGISTER: {
    says: { zh: '发出票数与登记不符', en: 'the papers issued are not those of the register' },
    mend: { zh: '该次投票无效，由主任重新组织', en: 'the vote is void; the chair calls it again' },
  },
  BALLOTS_OVER_PAPERS: {
    says: { zh: '收回票数多于发出票数', en: 'more ballots than papers issued' },
    mend: { zh: '该次投票无效（V13），重新发票', en: 'the vote is void (V13); new papers are issued' },
  },
  BALLOT_LINKED_TO_VOTER: {
    says: { zh: '数据库结构可把选票与投票人联系起来', en: 'the database can link a ballot to a voter' },
    mend: {
      zh: '立即停用投票，撤销所列的列、触发器或设置',
      en: 'hold no vote until the column, trigger or setting is gone',
    },
  },
  HOURS_DO_NOT_ADD_UP: {
    says: { zh: '某日学时为负或超过八学时', en: 'the hours of a day are negative or more than eight' },
    mend: { zh: '录入更正分录', en: 'enter a counter-entry' },
  },
  PASSED_WITHOUT_HOURS: {
    says: { zh: '考核合格者学时不足', en: 'somebody passed without the hours' },
    mend: {
      zh: '核对学时更正；确实不足的，由领导小组重新审定',
      en: 'look at the corrections of the ledger; if hours are lacking, the leading group decides anew',
    },
  },
  ALLOWANCES_DO_NOT_ADD_UP: {
    says: {
      zh: '已确认月份的津贴台账与应发不符',
      en: 'the ledger of a confirmed month is not what is due',
    },
    mend: {
      zh: '由领导小组更正该月津贴；没有决定可以解释的，与备份核对',
      en: 'the leading group corrects the month; where no decision explains it, compare it with backups',
    },
  },
  AUDIT_CHAIN_BROKEN: {
    says: { zh: '审计链断裂或内容被改', en: 'the audit chain does not hold' },
    mend: {
      zh: '数据库被越权改动：保全现场，与已导出的链首及备份比对',
      en: 'somebody changed the database behind the service: preserve it, and compare exported heads and backups',
    },
  },
  DECISION_WITHOUT_AUDIT: {
    says: { zh: '决定多于审计记录', en: 'there are more decisions than audit entries' },
    mend: {
      zh: '审计记录被删：保全现场，与备份比对',
      en: 'audit entries were removed: preserve the database and compare it with backups',
    },
  },
  TITLE_WITHOUT_TENURE: {
    says: { zh: '有效称号没有任期事项', en: 'a title in force has no case of its tenure' },
    mend: defect,
  },
  CHOSEN_WITHOUT_TRAINING: {
    says: { zh: '正式候选人没有培训', en: 'a formal candidate has no training' },
    mend: defect,
  },
  TRAINEE_NOT_CHOSEN: {
    says: { zh: '培训对象并非正式候选人', en: 'a trainee is no formal candidate' },
    mend: defect,
  },
  CANDIDATE_IN_TWO_RUNS: {
    says: { zh: '候选人同时在两个环节', en: 'a candidate is in two runs at once' },
    mend: defect,
  },
  CANDIDATE_IN_NO_RUN: {
    says: { zh: '进行中的候选人不在任何环节', en: 'a candidate under way is in no run' },
    mend: defect,
  },
};

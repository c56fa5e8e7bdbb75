import type { CaseKind } from '../domain/cases.js';
import type { CaseRules } from '../records/decide.js';
import { annualReviewRules } from './annual-review.js';
import { applicationRules } from './application.js';
import { appointmentRules } from './appointment.js';
import { calendarRules } from './calendar.js';
import { differentialVoteRules } from './differential-vote.js';
import { objectionRules } from './objection.js';
import { ethicsDecisionRules } from './ethics-decision.js';
import { outboxRules } from './outbox.js';
import { panelReviewRules } from './panel-review.js';
import { publicNoticeRules } from './public-notice.js';
import { schoolReviewRules } from './school-review.js';
import { selectionRoundRules } from './selection-round.js';
import { titleTenureRules } from './title-tenure.js';
import { trainingRules } from './training.js';

const rules: Readonly<Record<CaseKind, CaseRules>> = {
  selectionRound: selectionRoundRules,
  application: applicationRules,
  schoolReview: schoolReviewRules,
  publicNotice: publicNoticeRules,
  objection: objectionRules,
  panelReview: panelReviewRules,
  differentialVote: differentialVoteRules,
  training: trainingRules,
  appointment: appointmentRules,
  titleTenure: titleTenureRules,
  annualReview: annualReviewRules,
  ethicsDecision: ethicsDecisionRules,
  calendar: calendarRules,
  outbox: outboxRules,
};

/** The decisions and transitions of the cases of a kind. */
export function rulesOf(kind: CaseKind): CaseRules {
  return rules[kind];
}

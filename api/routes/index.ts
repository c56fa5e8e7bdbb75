import type { Sessions } from '../auth/sessions.js';
import type { Dependencies } from '../dependencies.js';
import type { Route } from '../route.js';
import { applicationRoutes } from './applications.js';
import { careerRoutes } from './careers.js';
import { certificateRoutes } from './certificates.js';
import { allowanceRoutes } from './allowances.js';
import { spotCheckRoutes } from './spot-checks.js';
import { annualReviewRoutes } from './annual-reviews.js';
import { appointmentRoutes } from './appointments.js';
import { decisionPackRoutes } from './decision-packs.js';
import { documentRoutes } from './documents.js';
import { clockRoutes } from './clock.js';
import { ethicsDecisionRoutes } from './ethics-decisions.js';
import { evidenceRoutes } from './evidence.js';
import { hoursRoutes } from './hours.js';
import { registerRoutes } from './registers.js';
import { reportRoutes } from './reports.js';
import { schoolFilingRoutes } from './school-filings.js';
import { titleRoutes } from './titles.js';
import { mailRoutes } from './mail.js';
import { trainingRoutes } from './trainings.js';
import { workRoutes } from './work.js';
import { noticeRoutes } from './notices.js';
import { objectionRoutes } from './objections.js';
import { panelReviewRoutes } from './panel-reviews.js';
import { policyRoutes } from './policies.js';
import { rosterRoutes } from './roster.js';
import { roundRoutes } from './rounds.js';
import { schoolReviewRoutes } from './school-reviews.js';
import { signInRoutes } from './sign-in.js';
import { voteCountRoutes } from './vote-counts.js';
import { voteRoutes } from './votes.js';

/** Every route of the API. */
export function allRoutes(dependencies: Dependencies, sessions: Sessions): Route[] {
  return [
    ...signInRoutes(sessions),
    ...rosterRoutes(dependencies),
    ...policyRoutes(dependencies),
    ...roundRoutes(dependencies),
    ...applicationRoutes(dependencies),
    ...schoolReviewRoutes(dependencies),
    ...noticeRoutes(dependencies),
    ...objectionRoutes(dependencies),
    ...panelReviewRoutes(dependencies),
    ...voteRoutes(dependencies),
    ...voteCountRoutes(dependencies),
    ...trainingRoutes(dependencies),
    ...ethicsDecisionRoutes(dependencies),
    ...evidenceRoutes(dependencies),
    ...hoursRoutes(dependencies),
    ...schoolFilingRoutes(dependencies),
    ...registerRoutes(dependencies),
    ...reportRoutes(dependencies),
    ...appointmentRoutes(dependencies),
    ...titleRoutes(dependencies),
    ...careerRoutes(dependencies),
    ...certificateRoutes(dependencies),
    ...annualReviewRoutes(dependencies),
    ...spotCheckRoutes(dependencies),
    ...allowanceRoutes(dependencies),
    ...workRoutes(dependencies),
    ...mailRoutes(dependencies),
    ...decisionPackRoutes(dependencies),
    ...documentRoutes(dependencies),
    ...clockRoutes(dependencies),
  ];
}

import type { Sessions } from '../auth/sessions.js';
import type { Dependencies } from '../dependencies.js';
import type { Route } from '../route.js';
import { applicationRoutes } from './applications.js';
import { annualReviewRoutes } from './annual-reviews.js';
import { appointmentRoutes } from './appointments.js';
import { clockRoutes } from './clock.js';
import { hoursRoutes } from './hours.js';
import { reportRoutes } from './reports.js';
import { schoolFilingRoutes } from './school-filings.js';
import { titleRoutes } from './titles.js';
import { mailRoutes } from './mail.js';
import { trainingRoutes } from './trainings.js';
import { workRoutes } from './work.js';
import { noticeRoutes } from './notices.js';
import { panelReviewRoutes } from './panel-reviews.js';
import { policyRoutes } from './policies.js';
import { rosterRoutes } from './roster.js';
import { roundRoutes } from './rounds.js';
import { schoolReviewRoutes } from './school-reviews.js';
import { signInRoutes } from './sign-in.js';
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
    ...panelReviewRoutes(dependencies),
    ...voteRoutes(dependencies),
    ...trainingRoutes(dependencies),
    ...hoursRoutes(dependencies),
    ...schoolFilingRoutes(dependencies),
    ...reportRoutes(dependencies),
    ...appointmentRoutes(dependencies),
    ...titleRoutes(dependencies),
    ...annualReviewRoutes(dependencies),
    ...workRoutes(dependencies),
    ...mailRoutes(dependencies),
    ...clockRoutes(dependencies),
  ];
}

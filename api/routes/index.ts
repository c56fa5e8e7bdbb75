import type { Sessions } from '../auth/sessions.js';
import type { Dependencies } from '../dependencies.js';
import type { Route } from '../route.js';
import { applicationRoutes } from './applications.js';
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
  ];
}

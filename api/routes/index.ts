import type { Sessions } from '../auth/sessions.js';
import type { Dependencies } from '../dependencies.js';
import type { Route } from '../route.js';
import { rosterRoutes } from './roster.js';
import { signInRoutes } from './sign-in.js';

/** Every route of the API. */
export function allRoutes(dependencies: Dependencies, sessions: Sessions): Route[] {
  return [...signInRoutes(sessions), ...rosterRoutes(dependencies)];
}

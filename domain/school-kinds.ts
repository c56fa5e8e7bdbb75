import type { SchoolKind } from './policy.js';
import type { TeachingStage } from './vocabulary.js';

/** The stages by which a school is of a kind; a central primary school cannot be told from another. Rules E20, Q11. */
export function stagesOfKind(kind: SchoolKind): readonly TeachingStage[] {
  if (kind === 'secondary') return ['junior', 'senior'];
  return kind === 'central_primary' ? [] : [kind];
}

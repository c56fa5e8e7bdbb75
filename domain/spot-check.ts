import { atLeastPercent } from './whole-numbers.js';

/** Somebody who may be drawn: by the school's code and an id that says nothing of the person. */
export interface SpotCheckSubject {
  readonly school: string;
  readonly id: string;
}

/** SHA-256 of a text in UTF-8, as lower-case hexadecimal digits. */
export type Digest = (text: string) => string;

/** The list whose digest is published with a draw: a line `school id` for each, in the order of their code units. */
export function spotCheckList(subjects: readonly SpotCheckSubject[]): string {
  return subjects
    .map(({ school, id }) => `${school} ${id}`)
    .toSorted()
    .join('\n');
}

/**
 * Draws a spot check so that everybody can draw it again: each id's lot is the digest of `seed:id`, and the smallest lots are
 * drawn; first from each school as many as the scheme guarantees, then from all until the share is reached. Rule A8, R0.4.
 * @param seed the text that was published before
 * @returns the ids that are drawn, in the order of their lots
 */
export function drawSpotCheck(
  subjects: readonly SpotCheckSubject[],
  { percent, minPerSchool }: { readonly percent: number; readonly minPerSchool: number },
  seed: string,
  digest: Digest,
): string[] {
  const lots = subjects
    .map((subject) => ({ ...subject, lot: digest(`${seed}:${subject.id}`) }))
    .toSorted((left, right) => (left.lot < right.lot ? -1 : 1));
  const ofSchool = new Map<string, number>();
  const guaranteed = lots.filter(({ school }) => {
    const before = ofSchool.get(school) ?? 0;
    ofSchool.set(school, before + 1);
    return before < minPerSchool;
  });
  const share = atLeastPercent(subjects.length, percent);
  const others = lots.filter((each) => !guaranteed.includes(each));
  const drawn = [...guaranteed, ...others.slice(0, Math.max(0, share - guaranteed.length))];
  return lots.filter((each) => drawn.includes(each)).map(({ id }) => id);
}

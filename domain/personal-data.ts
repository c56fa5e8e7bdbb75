import { Refusal } from './refusal.js';

/** What must not become public. */
export interface PersonalData {
  readonly kind: 'id_number' | 'mobile_number';
  /** Where it begins, counted in characters from 0. */
  readonly at: number;
}

/** A number that was found, with where it ends. */
type Found = PersonalData & { readonly end: number };

const patterns: readonly { readonly kind: PersonalData['kind']; readonly pattern: RegExp }[] = [
  { kind: 'id_number', pattern: /[1-9]\d{5}[ -]?\d{8}[ -]?\d{3}[\dXx]/g },
  { kind: 'mobile_number', pattern: /1[3-9]\d[ -]?\d{4}[ -]?\d{4}/g },
];

/**
 * Finds ID numbers and mobile numbers in a text: `[1-9]\d{16}[\dXx]` and `1[3-9]\d{9}`, also with the usual gaps and in
 * full-width digits. What is found is never repeated, only where it begins. Rule D6 (6.2).
 * @param text any text, such as a cell of a sheet
 * @returns in the order of the text; empty when there is none
 */
export function findPersonalData(text: string): PersonalData[] {
  const plain = text.replaceAll(/[０-９Ｘｘ－　]/g, (character) => character.normalize('NFKC'));
  const [ids, mobiles] = patterns.map(({ kind, pattern }) =>
    [...plain.matchAll(pattern)].map(({ 0: match, index }) => ({
      kind,
      at: index,
      end: index + match.length,
    })),
  ) as [Found[], Found[]];
  // The digits in the middle of an ID number may look like a mobile number. Both lists are in the order of the text.
  let next = 0;
  const alone = mobiles.filter((mobile) => {
    while (next < ids.length && ids[next]!.end < mobile.end) next += 1;
    return next === ids.length || ids[next]!.at > mobile.at;
  });
  return [...ids, ...alone].map(({ kind, at }) => ({ kind, at })).sort((left, right) => left.at - right.at);
}

/**
 * Refuses texts that are to become public, or to reach somebody whom they are about, with such a number in them.
 * Rule D6 (6.2).
 * @param texts by the place where each stands, such as `$.office` or `Sheet1!B2`
 * @throws Refusal `PERSONAL_DATA` with a fault for each place; the number itself is not repeated
 */
export function refusePersonalData(texts: Readonly<Record<string, string>>): void {
  const faults = Object.entries(texts).flatMap(([at, text]) =>
    findPersonalData(text).map(({ kind, at: position }) => ({
      at,
      code: 'PERSONAL_DATA_FOUND',
      values: { kind, position: position + 1 },
    })),
  );
  if (faults.length > 0)
    throw new Refusal({ code: 'PERSONAL_DATA', rule: 'D6', values: { count: faults.length }, faults });
}

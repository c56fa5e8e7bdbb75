import { randomInt } from 'node:crypto';

/** Digits and capitals without those that look alike on paper. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeLength = 12;

/** Makes a code to be printed and drawn: 60 random bits, written in groups of four, `K7QD-03ZM-X9TB`. Rule V6. */
export function makeCode(): string {
  const digits = Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  return digits.replaceAll(/(.{4})(?=.)/g, '$1-');
}

/**
 * The one spelling of a code as somebody typed it from a slip: small letters, blanks and hyphens do not matter, O is 0, I
 * and L are 1.
 * @returns null when it can be no code
 */
export function canonicalCode(typed: string): string | null {
  const digits = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{12}$/.test(digits) ? digits : null;
}

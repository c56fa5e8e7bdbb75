/**
 * Refuses a number that a rule cannot count with: a fraction, a negative number, one too large to be exact.
 * @param name what the number stands for, for the message
 * @param value the number
 * @throws RangeError when it is not a whole number from 0 up
 */
export function requireWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${name} must be a whole number from 0 up, not ${value}`);
  }
}

/**
 * How often the divisor goes into the dividend, exactly: no floating-point quotient is made.
 * @param dividend whole number from 0 up
 * @param divisor whole number from 1 up
 */
export function wholePart(dividend: number, divisor: number): number {
  return (dividend - (dividend % divisor)) / divisor;
}

/**
 * The smallest whole number that is not less than `percent` % of `count` (不少于 x %). Rule R0.4.
 * @param count whole number from 0 up
 * @param percent whole number from 0 up; may exceed 100
 * @throws RangeError when one of them is not a whole number from 0 up
 */
export function atLeastPercent(count: number, percent: number): number {
  requireWhole('count', count);
  requireWhole('percent', percent);
  return wholePart(count * percent + 99, 100);
}

/**
 * The largest whole number that is not more than `percent` % of `count` (不超过 x %). Rule R0.4.
 * @param count whole number from 0 up
 * @param percent whole number from 0 up; may exceed 100
 * @throws RangeError when one of them is not a whole number from 0 up
 */
export function atMostPercent(count: number, percent: number): number {
  requireWhole('count', count);
  requireWhole('percent', percent);
  return wholePart(count * percent, 100);
}

/** Numbers that look drawn by lot and come out the same for the same seed. */
export interface SeededRandom {
  /** A whole number from 0 up to, but not including, `limit`. */
  below(limit: number): number;
  /** A whole number from `first` to `last`, both included. */
  between(first: number, last: number): number;
  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean;
  /** One of the values. */
  pick<Value>(values: readonly Value[]): Value;
  /** One of the keys, each as often as its weight says. */
  weighted<Key extends string>(weights: Readonly<Partial<Record<Key, number>>>): Key;
  /** The values in another order. */
  shuffled<Value>(values: readonly Value[]): Value[];
}

/**
 * A generator of its own for a seed (mulberry32), so that samples can be made again.
 * @param seed a whole number
 */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  const pick = <Value>(values: readonly Value[]): Value => {
    if (values.length === 0) throw new RangeError('nothing to pick from');
    return values[below(values.length)] as Value;
  };
  return {
    below,
    between: (first, last) => first + below(last - first + 1),
    chance: (percent) => below(100) < percent,
    pick,
    weighted: (weights) => {
      const entries = Object.entries(weights) as [keyof typeof weights, number][];
      let left = below(entries.reduce((sum, [, weight]) => sum + weight, 0));
      const found = entries.find(([, weight]) => (left -= weight) < 0);
      if (!found) throw new RangeError('no weights');
      return found[0];
    },
    shuffled: <Value>(values: readonly Value[]) => {
      const order = [...values];
      for (let last = order.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        [order[last], order[other]] = [order[other] as Value, order[last] as Value];
      }
      return order;
    },
  };
}

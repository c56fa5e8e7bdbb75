/** What callers saw who each sent one request after the other for a while. */
export interface Window {
  readonly seconds: number;
  /** Milliseconds of each answered request. */
  readonly latencies: readonly number[];
}

/**
 * Lets callers send requests side by side, each one after its last was answered, until the time is up; requests that are
 * under way then are finished and count, with the time that they took.
 * @param callers how many at once
 * @param seconds how long new requests are sent
 * @param send one request of a caller; an error ends the window with it
 */
export async function sendFor(
  callers: number,
  seconds: number,
  send: (caller: number) => Promise<unknown>,
): Promise<Window> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const call = async (caller: number) => {
    while (performance.now() - startedAt < seconds * 1000) {
      const sentAt = performance.now();
      await send(caller);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  return { seconds: (performance.now() - startedAt) / 1000, latencies };
}

/** The value that so many per cent of the numbers do not exceed. */
export function percentile(numbers: readonly number[], percent: number): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? NaN;
}

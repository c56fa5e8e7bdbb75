// Runs in the member's browser as well as in Node: no node: imports here.

/** How long a ballot waits in the client at most, in milliseconds, unless the caller says otherwise. */
export const longestDelayByDefault = 120_000;

/**
 * Casts a member's ballots, each after a delay of its own that is drawn at random, so that the order in which ballots come
 * to the box says little of the order in which members took papers or chose, and nothing of which ballots are of one
 * member. The chair closes the box no sooner than the longest delay after the last member has chosen. Rule V6.
 * @param ballots a member's ballots: one, or one for each candidate
 * @param cast puts one ballot into the box
 * @param longestDelay in milliseconds; 0 casts at once, in a random order
 * @throws what `cast` threw first, once every ballot has been tried
 */
export async function castAtRandomTimes<Ballot>(
  ballots: readonly Ballot[],
  cast: (ballot: Ballot) => Promise<void>,
  longestDelay: number = longestDelayByDefault,
): Promise<void> {
  const shuffled = ballots
    .map((ballot) => ({ ballot, drawn: randomFraction() }))
    .sort((left, right) => left.drawn - right.drawn);
  const tried: PromiseSettledResult<void>[] = [];
  let waited = 0;
  for (const { ballot, drawn } of shuffled) {
    const due = drawn * longestDelay;
    if (due > waited) await new Promise((resolve) => setTimeout(resolve, due - waited));
    waited = due;
    tried.push(...(await Promise.allSettled([cast(ballot)])));
  }
  const failed = tried.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

/** From 0 up to, not including, 1: uniform, of 32 random bits of the client's cryptography. */
function randomFraction(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
}

/**
 * Does the same with each item, some at once.
 * @param items what it is done with
 * @param atOnce most that are under way at the same time
 * @param action what is done; the first that fails makes the whole fail
 * @returns the results in the order of the items
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const takeOneByOne = async () => {
    for (const [position, item] of queue) results[position] = await action(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, takeOneByOne));
  return results;
}

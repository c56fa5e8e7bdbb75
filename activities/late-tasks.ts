import { addDays, addMonths } from '../domain/dates.js';
import { groupBy } from '../domain/grouping.js';
import { isInForce } from '../domain/tenure.js';
import { dutiesOf, taskItems } from '../domain/training-plan.js';
import { schemesOfTitles, type StoredPolicy } from '../records/current-policies.js';
import type { Work } from '../records/decide.js';
import { dutyWorksOf, handedIn, spanOfTitle } from '../records/duty-works.js';
import { factsOf } from '../records/titles.js';

/**
 * On the first of a month, holders of titles hear of the tasks whose last day was in the month before and that were not done:
 * of a term's on 1 February and 1 September. Rules T15, T17, W3.
 */
export async function remindOfHoldersTasks(work: Work, { policy }: StoredPolicy): Promise<void> {
  const { db, today } = work;
  const isOwed = (rank: string) => dutiesOf(policy, rank, 'holder').length > 0;
  const ranks = policy.ranks.map(({ code }) => code).filter(isOwed);
  if (ranks.length === 0) return;
  const first = `${today.slice(0, 7)}-01`;
  const [from, until] = [addMonths(first, -1), addDays(first, -1)];
  const schemeOf = await schemesOfTitles(db);
  const given = await db.title.findMany({
    where: {
      rank: { in: ranks },
      from: { lte: until },
      OR: [{ endedOn: null }, { endedOn: { gt: until } }],
    },
  });
  const titles = given.filter(
    (title) => isInForce(factsOf(title), until) && schemeOf(title).policy.id === policy.id,
  );
  const works = groupBy(
    await dutyWorksOf(
      db,
      titles.map((title) => title.id),
    ),
    ({ caseId }) => caseId,
  );
  for (const title of titles) {
    const own = schemeOf(title).policy;
    const duties = dutiesOf(own, title.rank, 'holder');
    const done = (works.get(title.id) ?? []).map(handedIn);
    const items = taskItems(own, duties, spanOfTitle(title), done, first, until);
    const late = items.filter(({ dueOn, state }) => state === 'late' && dueOn >= from && dueOn <= until);
    if (late.length > 0)
      work.notify(title.personId, 'OWN_TASKS_LATE', {
        rank: title.rank,
        dueOn: until,
        tasks: late.map(({ zh }) => zh),
      });
  }
}

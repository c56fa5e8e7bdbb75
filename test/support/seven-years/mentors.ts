import { parsePolicy } from '../../../policies/schema.js';
import { mentorsFor } from '../../../samples/walk/training.js';
import { smallScheme } from './district.js';
import { isHeld, ranks } from './plain-model.js';
import type { SchoolYears } from './school-years.js';

/** Every trainee without a mentor chooses one. */
export async function chooseMentors(years: SchoolYears): Promise<void> {
  await years.readTrainings();
  const policy = parsePolicy(smallScheme(), 'small.yaml');
  const without = years.open().filter(({ training }) => !training.hasMentor);
  await years.walk.forEach(without, async ({ who, training }) => {
    const mentors = mentorsFor(years.walk, policy, who, training.rank, years.today);
    const higher = mentors.filter((mentor) =>
      years.model
        .of(mentor)
        .titles.some(
          (title) => ranks.indexOf(title.rank) > ranks.indexOf(training.rank) && isHeld(title, years.today),
        ),
    );
    const mentorId = years.walk.personId(years.walk.draw('mentor', who, training.rank).pick(higher));
    await (await years.walk.as(who)).decide(`/trainings/${years.idOf(training)}/mentor`, { mentorId });
    training.hasMentor = true;
  });
}

import { addDays, addMonths, dateOf } from '../../domain/dates.js';
import { isHigherRank, type Policy } from '../../domain/policy.js';
import { familyOf } from '../../domain/subjects.js';
import { parsePolicy } from '../../policies/schema.js';
import { recordedFor } from './checks.js';
import { schemeText } from './district.js';
import type { Walk } from './walk.js';

/** Hours of one activity, and how many activities a school year has: together the 72 hours that the scheme asks for. */
const hoursEach = 8;
const activitiesAYear = 9;
const kinds = [
  'central',
  'lecture',
  'research_lesson',
  'demonstration_lesson',
  'group_research',
  'topic',
] as const;
const pointsToPass = 60;

type Rank = 'accomplished' | 'district_backbone';

/** A training as lists show it. */
export interface Training {
  readonly id: string;
  readonly person: { readonly id: string; readonly name: string };
  readonly rank: string;
  readonly entry: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly standing: string;
  readonly hours: { readonly done: number; readonly required: number };
}

/** Trainings for a rank that came out of the selection and stand so. */
async function trainingsOf(walk: Walk, rank: Rank, standing: string): Promise<Training[]> {
  const centre = await walk.one('training_centre');
  const all = await centre.list<Training>(`/trainings?rank=${rank}&standing=${standing}`);
  return all.filter(({ entry }) => entry !== 'ladder');
}

/** The trainees who come from the selection, or those from the ladder, choose a mentor each. */
export async function chooseMentors(walk: Walk, from: 'selection' | 'ladder'): Promise<void> {
  await walk.stage(`师徒结对 Mentors (${from})`, async () => {
    const centre = await walk.one('training_centre');
    const all = await centre.list<Training>('/trainings?standing=training');
    const trainings = all.filter(({ entry }) => (entry === 'ladder') === (from === 'ladder'));
    const policy = parsePolicy(await schemeText(), 'sichuan-district.yaml');
    const today = await walk.today();
    await walk.forEach(trainings, async ({ id, person, rank }) => {
      const trainee = walk.staffNumberOf(person.id);
      const mentors = mentorsFor(walk, policy, trainee, rank, today);
      const mentorId = walk.personId(walk.draw('mentor', trainee).pick(mentors));
      await (await walk.as(trainee)).decide(`/trainings/${id}/mentor`, { mentorId });
    });
    return { said: `${trainings.length} trainees`, result: undefined };
  });
}

/** Holders of a higher rank who teach the same subject, or else a near one. */
export function mentorsFor(
  walk: Walk,
  policy: Policy,
  trainee: string,
  rank: string,
  today: string,
): string[] {
  const subjectOf = (staffNumber: string) => walk.teacher(staffNumber).subject ?? '';
  const higher = walk.roster.titles
    .filter((title) => isHigherRank(policy, title.rank, rank) && (title.validUntil ?? today) >= today)
    .map(({ staffNumber }) => staffNumber)
    .filter((staffNumber) => staffNumber !== trainee)
    .sort();
  const same = higher.filter((mentor) => subjectOf(mentor) === subjectOf(trainee));
  const family = familyOf(policy, subjectOf(trainee));
  return same.length > 0 ? same : higher.filter((mentor) => familyOf(policy, subjectOf(mentor)) === family);
}

/**
 * The years of training pass: the centre enters the hours of each activity for all trainees at once, and another of its
 * people confirms them. Who was away too often lacks one activity.
 */
export async function train(walk: Walk, rank: Rank): Promise<void> {
  await walk.stage(`培训 Training (${rank})`, async () => {
    const trainings = await trainingsOf(walk, rank, 'training');
    const { startsOn, endsOn } = trainings[0]!;
    await walk.advanceTo(endsOn);
    const days = daysOfActivities(startsOn, endsOn);
    const enters = await walk.one('training_centre', {}, 0);
    for (const [number, on] of days.entries()) {
      const present = trainings.filter(({ person }) => number > 0 || !wasAway(walk, person.id));
      await enters.decide('/hours', {
        scheme: 'sichuan-district',
        kind: kinds[number % kinds.length],
        activity: `${rank} ${on}`,
        on,
        hours: hoursEach,
        source: `签到表 ${on}`,
        personIds: present.map(({ person }) => person.id),
      });
    }
    const confirms = await walk.one('training_centre', {}, 1);
    await walk.forEach(trainings, ({ id }) => confirms.decide(`/trainings/${id}/confirmed-hours`, {}));
    return {
      said: `${trainings.length} trainees, ${days.length} activities of ${hoursEach} hours, until ${endsOn}`,
      result: undefined,
    };
  });
}

function daysOfActivities(startsOn: string, endsOn: string): string[] {
  const days: string[] = [];
  for (let year = startsOn; year < endsOn; year = addMonths(year, 12)) {
    for (let month = 0; month < activitiesAYear; month += 1) days.push(addDays(addMonths(year, month), 14));
  }
  return days;
}

function wasAway(walk: Walk, personId: string): boolean {
  return walk.draw('away', walk.staffNumberOf(personId)).chance(2);
}

/** The training is over: the centre assesses every trainee; a few don't pass, for their hours or their points. */
export async function assessTrainees(walk: Walk, rank: Rank): Promise<void> {
  await walk.stage(`培养期满考核 Assessment (${rank})`, async () => {
    const trainings = await trainingsOf(walk, rank, 'training');
    await walk.advanceTo(addDays(trainings[0]!.endsOn, 1));
    const assesses = await walk.one('training_centre', {}, 2);
    const standings = await walk.forEach(trainings, async ({ id, person }) => {
      await walk.until('the assessment to begin', async () => {
        const { step } = await assesses.get<{ step: string }>(`/trainings/${id}`);
        return step === 'assessing';
      });
      const points = pointsOf(walk, walk.staffNumberOf(person.id));
      const { outcome, dueAt } = await assesses.decide(`/trainings/${id}/assessment`, { points });
      return { id, outcome, dueAt };
    });
    const below = standings.filter(({ outcome }) => outcome !== 'passed');
    if (below.length > 0) await eliminate(walk, below);
    return {
      said: `${standings.length - below.length} passed, ${below.length} eliminated`,
      result: undefined,
    };
  });
}

/**
 * Nobody asks for a review, so the eliminations are final when the days for it are over. The reserve list has ended with the
 * training year: the leading group leaves the places vacant, with the reason.
 */
async function eliminate(
  walk: Walk,
  below: readonly { readonly id: string; readonly dueAt: string | null }[],
): Promise<void> {
  const lastDay = below
    .map(({ dueAt }) => dueAt!)
    .sort()
    .at(-1)!;
  await walk.advanceTo(addDays(dateOf(lastDay), 1));
  const office = await walk.office();
  await walk.forEach(below, async ({ id }) => {
    await walk.until('the elimination to be final', async () => {
      const { step } = await office.get<{ step: string }>(`/trainings/${id}`);
      return step === 'replacing';
    });
    await office.decide(`/trainings/${id}/place`, {
      from: 'vacant',
      reason: '培养期已满，候补名单已失效',
      recordedFor: await recordedFor(walk, '青师培组纪要〔2028〕3号'),
    });
  });
}

function pointsOf(walk: Walk, staffNumber: string): number {
  const draw = walk.draw('points', staffNumber);
  return draw.chance(2) ? draw.between(40, pointsToPass - 1) : draw.between(70, 98);
}

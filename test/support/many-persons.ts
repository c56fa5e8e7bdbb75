import { randomUUID } from 'node:crypto';
import {
  prepareCandidates,
  prepareCases,
  prepareRound,
  prepareTeachers,
  type PreparedDistrict,
} from './prepared.js';

/** Rows written by one statement. */
const atOnce = 1000;

/**
 * Writes teachers who hold titles, with all that lists of a whole district read: hours, tasks handed in, grades that pause
 * benefits, trainings for the next rank, and candidates on a reserve list or let in by a contest.
 * @param count how many teachers; a multiple of 10
 */
export async function prepareHolders(district: PreparedDistrict, count: number): Promise<void> {
  const { database, ownerId, policyId, schoolIds } = district;
  const roundId = await prepareRound(district, { step: 'selection', closesAt: null });
  const reviews = schoolIds.map((schoolId) => ({ id: randomUUID(), schoolId }));
  await database.annualReview.createMany({
    data: reviews.map((review) => ({ ...review, ownerId, policyId, reviewYear: '2025-2026' })),
    skipDuplicates: true,
  });
  const [confirmedById] = await prepareTeachers(district, 1);
  const review = await database.annualReview.findFirstOrThrow();
  for (let written = 0; written < count; written += atOnce) {
    const personIds = await prepareTeachers(district, Math.min(atOnce, count - written));
    const titles = personIds.map((personId) => ({ id: randomUUID(), personId }));
    await database.title.createMany({
      data: titles.map(({ id, personId }) => ({
        id,
        ownerId,
        personId,
        policyId,
        rank: 'accomplished',
        decidedBy: 'district',
        origin: 'appointment',
        from: '2026-10-20',
        until: '2031-10-20',
        certificateNumber: `M-${id}`,
        schoolId: schoolIds[0]!,
      })),
    });
    const every = (nth: number) => titles.filter((_, index) => index % nth === 0);
    await database.annualReviewEntry.createMany({
      data: every(5).map(({ id }) => ({
        reviewId: review.id,
        ownerId,
        titleId: id,
        grade: 'basic',
        confirmed: true,
        effect: 'keep_benefits_paused',
        finalOn: '2026-11-30',
      })),
    });
    const trainings = every(5).map(({ personId }) => ({ id: randomUUID(), personId }));
    await prepareCases(
      district,
      trainings.map(({ id }) => ({
        id,
        kind: 'training',
        organisationId: schoolIds[0]!,
        rank: 'district_backbone',
        subject: 'mathematics',
        step: 'training',
      })),
    );
    await database.trainee.createMany({
      data: trainings.map(({ id, personId }) => ({
        id,
        ownerId,
        personId,
        policyId,
        rank: 'district_backbone',
        entry: 'ladder',
        startsOn: '2026-09-01',
        endsOn: '2028-08-31',
        hoursRequired: 144,
        standing: 'training',
      })),
    });
    await database.dutyWork.createMany({
      data: every(2).map(({ id, personId }) => ({
        ownerId,
        personId,
        caseId: id,
        duty: 'lecture',
        period: '2027-2028-1',
        title: '讲座',
        handedInOn: '2027-10-10',
        handedInById: personId,
        checkedById: district.officeId,
        checkedOn: '2027-10-12',
      })),
    });
    for (const [day, kind] of ['central', 'lecture', 'central', 'lecture', 'forum'].entries())
      await database.hoursEntry.createMany({
        data: personIds.map((personId) => ({
          ownerId,
          personId,
          activity: `${kind} ${day}`,
          kind,
          form: 'central',
          on: `2027-10-1${day}`,
          hours: 4,
          source: '签到表',
          enteredById: district.officeId,
          enteredOn: '2027-10-20',
          confirmedById,
          confirmedOn: '2027-10-21',
        })),
      });
    const ids = await prepareCandidates(
      district,
      roundId,
      every(10).map(({ personId }) => personId),
      { stage: 'differential_vote', standing: 'waiting', rank: 'district_backbone' },
    );
    await database.application.updateMany({ where: { id: { in: ids } }, data: { standing: 'reserve' } });
    await database.application.updateMany({
      where: { id: { in: ids.slice(0, ids.length / 2) } },
      data: { standing: 'chosen', entry: 'contest' },
    });
  }
}

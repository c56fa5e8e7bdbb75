import { z } from 'zod';
import { careerEvents } from '../../domain/career.js';
import type { Role } from '../../domain/cases.js';
import { dateOf } from '../../domain/dates.js';
import { careerOf } from '../../records/career.js';
import { rankNames } from '../../records/current-policies.js';
import { readClock } from '../../records/instance.js';
import { shownPersons } from '../../records/persons-shown.js';
import { careerDetailNames, careerEventTexts } from '../../texts/career.js';
import type { Dependencies } from '../dependencies.js';
import { reasonSchema, tellReason } from '../reasons.js';
import { route, type Route } from '../route.js';
import { holds, requireSight } from '../visibility.js';

const careerSchema = z
  .object({
    person: z.object({
      id: z.uuid(),
      name: z.string(),
      schoolId: z.uuid(),
      school: z.string(),
      subject: z.string().nullable(),
    }),
    on: z.iso.date().meta({ description: 'Last day that is told.' }),
    events: z.array(
      z.object({
        on: z.iso.date(),
        event: z.enum(careerEvents),
        name: z.string(),
        rank: z.string().nullable(),
        rankName: z.string().nullable(),
        detail: z.string().nullable().meta({ description: 'Stage, grade, kind or standing, as a code.' }),
        detailName: z.string().nullable(),
        note: z.string().nullable().meta({ description: 'Document, number, name or reason, as written.' }),
        reason: reasonSchema.nullable(),
        clause: z.string().nullable(),
        caseId: z.uuid().nullable(),
      }),
    ),
  })
  .meta({ id: 'Career' });

/** Who keep the records of all, and who looks at what they do. Rule C14. */
const recordKeepers: readonly Role[] = ['office', 'training_centre', 'auditor'];

/** One person's record over the years (业绩档案). Rule C14. */
export function careerRoutes({ database: everything }: Pick<Dependencies, 'database'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/persons/{id}/career',
      operationId: 'personCareer',
      summary: '一名教师的业绩档案 One teacher’s record over the years, and why',
      description:
        '按日期列出申报、推荐、各环节结果、培养、拜师、称号、考核、调动、处分及限制，附理由和条款。本人、本校经办与校长、办公室、培训中心和审计可见；进行中的环节、票数、评委个人评分不在其中。 By day: candidacies with the outcome of each stage, trainings, mentors, titles, reviews, schools, sanctions and bars, with reason and clause; for the person, the own school’s clerk and head, the office, the training centre and the auditor. Nothing of a stage that goes on, no votes, no points of single judges.',
      tag: 'persons',
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      query: z.object({
        on: z.iso.date().optional().meta({ description: 'Last day that is told; without it, today.' }),
      }),
      response: careerSchema,
      list: 'events',
      handler: async ({ actor, database, params, query, language }) => {
        const person = (await shownPersons(database, [params.id])).get(params.id);
        requireSight(
          person !== undefined &&
            (holds(actor, recordKeepers, actor.ownerId) ||
              actor.personId === params.id ||
              holds(actor, ['school_clerk', 'head'], person.schoolId)),
        );
        const today = dateOf((await readClock(everything)).now);
        const on = query.on !== undefined && query.on < today ? query.on : today;
        const ranks = await rankNames(database);
        const events = (await careerOf(database, params.id, on)).map((item) => ({
          ...item,
          name: careerEventTexts[item.event][language],
          rankName: item.rank === null ? null : (ranks[item.rank]?.[language] ?? item.rank),
          detailName:
            item.detail === null ? null : (careerDetailNames[item.detail]?.[language] ?? item.detail),
          reason: tellReason(item.reason, language, ranks),
        }));
        return { status: 200, body: { person: person!, on, events } };
      },
    }),
  ];
}

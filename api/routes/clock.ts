import { z } from 'zod';
import { dateOf, endOfDay } from '../../domain/dates.js';
import { readClock } from '../../records/instance.js';
import { nextDue } from '../../records/unsettled.js';
import { advanceClock } from '../../temporal/advance-clock.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';

const tag = '时钟 Clock';

/** How long an advance may take before it reports how far it came, in milliseconds. */
const limitMs = 8000;

/** Most entries of what an answer says is unsettled. */
const mostShown = 50;

const clockSchema = z
  .object({
    mode: z.enum(['real', 'rehearsal']),
    now: z.iso.datetime(),
    date: z.iso.date().meta({ description: 'Business date in Asia/Shanghai.' }),
    nextDue: z.iso.datetime().nullable().meta({ description: 'When the next case is due by itself.' }),
  })
  .meta({ id: 'Clock' });

const unsettledSchema = z.object({
  what: z.enum(['case', 'message', 'submission']),
  id: z.string(),
  caseId: z.uuid(),
  caseKind: z.string(),
  decision: z.string().nullable(),
});

const advancedSchema = clockSchema
  .extend({
    settled: z
      .boolean()
      .meta({ description: 'The clock stands where it was to go and every case has followed.' }),
    moved: z.int().meta({ description: 'How many times the clock was moved.' }),
    unsettled: z.int().meta({ description: 'How much has not settled yet.' }),
    waitingFor: z.array(unsettledSchema).meta({ description: `The first ${mostShown} of it.` }),
  })
  .meta({ id: 'ClockAdvance' });

const expected = 'next_due | YYYY-MM-DD | YYYY-MM-DDThh:mm:ss+08:00';
const dateSchema = z.iso.date();
const instantSchema = z.iso.datetime({ offset: true });
const targetSchema = z
  .string()
  .refine(
    (to) => to === 'next_due' || dateSchema.safeParse(to).success || instantSchema.safeParse(to).success,
    {
      params: { code: 'WRONG_FORMAT', values: { expected } },
    },
  )
  .meta({
    description: 'next_due, a date for its first moment in Asia/Shanghai, or an instant.',
    examples: ['next_due', '2026-10-20', '2026-10-20T17:00:00+08:00'],
  });

/** The instance's time; on a rehearsal, its advance. Rule W5. */
export function clockRoutes({
  database,
  temporal: client,
}: Pick<Dependencies, 'database' | 'temporal'>): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/clock',
      operationId: 'readClock',
      summary: '系统时间 The time of this instance',
      tag,
      access: 'signedIn',
      response: clockSchema,
      handler: async () => {
        const { mode, now } = await readClock(database);
        return { status: 200, body: { mode, now, date: dateOf(now), nextDue: await nextDue(database, now) } };
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/clock/advance',
      operationId: 'advanceClock',
      summary: '推进演练时钟 Advance the clock of a rehearsal',
      description:
        '逐个到期日推进，每步等待各事项办妥。十秒内答复；settled 为 false 时以答复中的 now 再次调用即可等待办妥，或以原目标继续。' +
        ' Due date by due date, waiting at each until all has settled. Answers within ten seconds; when settled is false, call again with the same date or instant to go on, or with the answer’s now to wait only.',
      tag,
      access: { roles: ['administrator', 'office'] },
      body: z.strictObject({
        to: targetSchema,
      }),
      response: advancedSchema,
      refusals: ['CLOCK_REAL', 'CLOCK_BACKWARDS', 'CLOCK_BUSY'],
      handler: async ({ body }) => {
        const to = dateSchema.safeParse(body.to).success ? endOfDay(body.to, '00:00') : body.to;
        const {
          now,
          settled,
          moved,
          waitingFor,
          nextDue: next,
        } = await advanceClock({ database, client }, { to, limitMs });
        return {
          status: 200,
          body: {
            mode: 'rehearsal' as const,
            now,
            date: dateOf(now),
            nextDue: next,
            settled,
            moved,
            unsettled: waitingFor.length,
            waitingFor: waitingFor.slice(0, mostShown).map(({ mark: _, ...each }) => each),
          },
        };
      },
    }),
  ];
}

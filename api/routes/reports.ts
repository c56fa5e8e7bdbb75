import { z } from 'zod';
import { dateOf, schoolYearOf } from '../../domain/dates.js';
import type { ReportCode } from '../../domain/fields-read.js';
import { termOf } from '../../domain/training.js';
import { grades } from '../../domain/vocabulary.js';
import { rankNames } from '../../records/current-policies.js';
import type { OwnerDatabase } from '../../records/database.js';
import { readClock } from '../../records/instance.js';
import {
  annualResults,
  directEntrants,
  filingFigures,
  mentorPairs,
  selectionFigures,
  targetFigures,
  termEvents,
  trainingChanges,
} from '../../records/reports.js';
import type { Language } from '../../texts/catalogue.js';
import type { Dependencies } from '../dependencies.js';
import { reasonSchema, tellReason } from '../reasons.js';
import { route, type Route } from '../route.js';

const bilingual = z.object({ zh: z.string(), en: z.string() });
const schoolYear = z
  .string()
  .regex(/^\d{4}-\d{4}$/)
  .meta({ example: '2026-2027' });
const onQuery = z.object({
  on: z.iso.date().optional().meta({ description: 'Business date; without it, today.' }),
});
const yearQuery = z.object({
  schoolYear: schoolYear.optional().meta({ description: 'Without it, all years.' }),
});
const person = z.object({
  id: z.uuid(),
  name: z.string(),
  schoolId: z.uuid(),
  school: z.string(),
  subject: z.string().nullable(),
});
const count = z.int().min(0);

/** What a report's figures mean. */
const definitions = {
  holders: {
    zh: '当日持有该称号（未到期、未取消）的不同人数；同时持有更高称号者也计入',
    en: 'Different persons who hold the rank on the day, neither lapsed nor revoked; who also holds a higher one counts too',
  },
  givenByYear: {
    zh: '统计期内各自然年首日起效的该称号的不同人数',
    en: 'Different persons whose title of the rank began in the calendar year, within the window',
  },
  window: {
    zh: '指标自定的年数，未定的按方案周期，以统计日所在年为最后一年',
    en: 'The years that the target names, else those of the scheme’s period; the year of the day is the last',
  },
  selection: {
    zh: '不同人数。候选人为申报或直接入选者；培养对象含梯队自动列入者（按培养起始学年、本人学校和学科）；授予称号者为培养对象中已授予的',
    en: 'Different persons. Candidates applied or entered by a prize; trainees include those of the ladder, by the school year in which the training begins and the own school and subject; appointed are trainees who have the title',
  },
  annualResults: {
    zh: '参加考核的称号数，每人以最高称号计；未确认的计入 waiting',
    en: 'Titles under review, the highest of each holder; those not confirmed are waiting',
  },
  mentorPairs: {
    zh: '当日培养未结束的结对；without 为尚无导师的培养对象人数',
    en: 'Pairs whose training is not over on the day; without counts trainees who have no mentor',
  },
} as const;

/** Every report, by the code with which a scheme asks for it. Rule P9. */
export function reportRoutes(dependencies: Dependencies): Route[] {
  const today = async () => dateOf((await readClock(dependencies.database)).now);
  return Object.values({
    targets_by_year: report({
      code: 'targets_by_year',
      summary: '目标与实际 Targets and what there is, year by year',
      list: 'targets',
      query: onQuery,
      response: z.object({
        on: z.iso.date(),
        definition: z.object({ holders: bilingual, givenByYear: bilingual, window: bilingual }),
        targets: z.array(
          z.object({
            scheme: z.string(),
            code: z.string(),
            zh: z.string(),
            en: z.string(),
            unit: z.string(),
            ranks: z.array(z.string()),
            years: z.int().nullable(),
            window: z.object({ from: z.iso.date(), until: z.iso.date() }).nullable(),
            period: z.int().nullable().meta({ description: 'Years of the scheme’s period.' }),
            target: z.object({
              min: z.int().optional(),
              max: z.int().optional(),
              exact: z.int().optional(),
              about: z.int().optional(),
            }),
            holders: count,
            givenByYear: z.array(z.object({ year: z.string(), persons: count })),
            clause: z.string().nullable(),
          }),
        ),
      }),
      answer: async (database, query) => {
        const on = query.on ?? (await today());
        const figures = await targetFigures(database, on);
        return {
          on,
          definition: {
            holders: definitions.holders,
            givenByYear: definitions.givenByYear,
            window: definitions.window,
          },
          targets: figures.map(({ policy, target, years, window, holders, givenByYear }) => ({
            scheme: policy.id,
            code: target.code,
            zh: target.zh,
            en: target.en,
            unit: target.unit,
            ranks: [...(target.ranks ?? [])],
            years,
            window,
            period: policy.period?.years ?? null,
            target: { ...target.amount },
            holders,
            givenByYear: [...givenByYear],
            clause: target.clause ?? null,
          })),
        };
      },
    }),

    selection_by_school_subject_rank: report({
      code: 'selection_by_school_subject_rank',
      summary: '按学校、学科、层次的评选培养人数 Candidates to appointed by school, subject and rank',
      list: 'rows',
      query: yearQuery,
      response: z.object({
        schoolYear: schoolYear.nullable(),
        definition: bilingual,
        rows: z.array(
          z.object({
            schoolId: z.uuid(),
            school: z.string(),
            subject: z.string(),
            rank: z.string(),
            candidates: count,
            formalCandidates: count,
            trainees: count,
            appointed: count,
          }),
        ),
      }),
      answer: async (database, query, { ownerId }) => ({
        schoolYear: query.schoolYear ?? null,
        definition: definitions.selection,
        rows: await selectionFigures(database, ownerId, query.schoolYear),
      }),
    }),

    direct_entrants: report({
      code: 'direct_entrants',
      summary: '赛课直接入选者 Who entered by a prize',
      list: 'entrants',
      query: yearQuery,
      response: z.object({
        schoolYear: schoolYear.nullable(),
        entrants: z.array(
          z.object({
            applicationId: z.uuid(),
            person,
            schoolYear,
            rank: z.string(),
            prize: z.object({ title: z.string(), level: z.string(), date: z.iso.date() }).nullable(),
            stage: z.string(),
            standing: z.string(),
          }),
        ),
      }),
      answer: async (database, query) => ({
        schoolYear: query.schoolYear ?? null,
        entrants: await directEntrants(database, query.schoolYear),
      }),
    }),

    eliminated_and_supplemented: report({
      code: 'eliminated_and_supplemented',
      summary: '淘汰与补充 Who was eliminated or left a training, and who came in for others',
      list: 'changes',
      query: yearQuery,
      response: z.object({
        schoolYear: schoolYear.nullable(),
        totals: z.object({ eliminated: count, left: count, supplemented: count }),
        changes: z.array(
          z.object({
            traineeId: z.uuid(),
            person,
            rank: z.string(),
            change: z.enum(['eliminated', 'left', 'supplemented']),
            on: z.iso.date(),
            reason: reasonSchema.nullable(),
          }),
        ),
      }),
      answer: async (database, query, { language }) => {
        const changes = await trainingChanges(database, query.schoolYear);
        const ranks = await rankNames(database);
        const total = (kind: string) => changes.filter(({ change }) => change === kind).length;
        return {
          schoolYear: query.schoolYear ?? null,
          totals: {
            eliminated: total('eliminated'),
            left: total('left'),
            supplemented: total('supplemented'),
          },
          changes: changes.map((change) => ({
            ...change,
            reason: tellReason(change.reason, language, ranks),
          })),
        };
      },
    }),

    annual_results: report({
      code: 'annual_results',
      summary: '年度考核结果 Grades of the yearly reviews by year, school and rank',
      list: 'rows',
      query: z.object({ reviewYear: schoolYear.optional().meta({ description: 'Without it, all years.' }) }),
      response: z.object({
        definition: bilingual,
        rows: z.array(
          z.object({
            reviewYear: schoolYear,
            schoolId: z.uuid(),
            school: z.string(),
            rank: z.string(),
            grades: z.record(z.string(), count),
            waiting: count,
          }),
        ),
      }),
      answer: async (database, query, { ownerId }) => {
        const found = await annualResults(database, ownerId, query.reviewYear);
        const rows = new Map<
          string,
          {
            reviewYear: string;
            schoolId: string;
            school: string;
            rank: string;
            grades: Record<string, number>;
            waiting: number;
          }
        >();
        for (const { grade, titles, ...of } of found) {
          const key = `${of.reviewYear} ${of.schoolId} ${of.rank}`;
          const none = Object.fromEntries(Object.keys(grades).map((code) => [code, 0]));
          const row = rows.get(key) ?? { ...of, grades: none, waiting: 0 };
          rows.set(key, row);
          if (grade === null) row.waiting = titles;
          else row.grades[grade] = titles;
        }
        return { definition: definitions.annualResults, rows: [...rows.values()] };
      },
    }),

    mentor_pairs: report({
      code: 'mentor_pairs',
      summary: '师徒结对 Mentors and apprentices',
      list: 'pairs',
      query: onQuery,
      response: z.object({
        on: z.iso.date(),
        definition: bilingual,
        pairs: z.array(
          z.object({
            traineeId: z.uuid(),
            rank: z.string(),
            startsOn: z.iso.date(),
            endsOn: z.iso.date(),
            apprentice: person,
            mentor: person,
            crossSchool: z.boolean(),
          }),
        ),
        without: z.array(z.object({ rank: z.string(), trainees: count })),
      }),
      answer: async (database, query) => {
        const on = query.on ?? (await today());
        const { pairs, without } = await mentorPairs(database, on);
        return {
          on,
          definition: definitions.mentorPairs,
          pairs: pairs.map((pair) => ({
            ...pair,
            crossSchool: pair.apprentice.schoolId !== pair.mentor.schoolId,
          })),
          without,
        };
      },
    }),

    term_events: report({
      code: 'term_events',
      summary: '学期活动 Events that the term owes, and those held',
      list: 'events',
      query: onQuery,
      response: z.object({
        term: z.string(),
        from: z.iso.date(),
        until: z.iso.date(),
        events: z.array(
          z.object({
            scheme: z.string(),
            event: z.string(),
            zh: z.string(),
            en: z.string(),
            rank: z.string().nullable(),
            owed: count,
            held: count,
            met: z.boolean(),
            clause: z.string().nullable(),
          }),
        ),
      }),
      answer: async (database, query) => {
        const { code: term, from, until } = termOf(query.on ?? (await today()));
        const events = await termEvents(database, { code: term, from, until });
        return {
          term,
          from,
          until,
          events: events.map(({ policy, event, rank, held }) => ({
            scheme: policy.id,
            event: event.code,
            zh: event.zh,
            en: event.en,
            rank,
            owed: event.exact,
            held,
            met: held >= event.exact,
            clause: event.clause ?? null,
          })),
        };
      },
    }),

    school_filings: report({
      code: 'school_filings',
      summary: '校级骨干教师备案 What schools have filed of their own, and what they owe',
      list: 'rows',
      query: z.object({
        schoolYear: schoolYear.optional().meta({ description: 'Without it, that of today.' }),
      }),
      response: z.object({
        schoolYear,
        on: z.iso.date(),
        rows: z.array(
          z.object({
            scheme: z.string(),
            rank: z.string(),
            schoolId: z.uuid(),
            school: z.string(),
            dueOn: z.iso.date(),
            parts: z.array(
              z.object({
                part: z.enum(['plan', 'list']),
                filedOn: z.iso.date().nullable(),
                title: z.string().nullable(),
                persons: count,
                late: z.boolean().meta({ description: 'Filed after the day, or still owed after it.' }),
              }),
            ),
            clause: z.string().nullable(),
          }),
        ),
      }),
      answer: async (database, query) => {
        const on = await today();
        const year = query.schoolYear ?? schoolYearOf(on);
        const figures = await filingFigures(database, year);
        return {
          schoolYear: year,
          on,
          rows: figures.map(({ policy, rule, schoolId, school, dueOn, parts }) => ({
            scheme: policy.id,
            rank: rule.rank,
            schoolId,
            school,
            dueOn,
            parts: parts.map(({ part, filing }) => ({
              part,
              filedOn: filing?.filedOn ?? null,
              title: filing?.title ?? null,
              persons: filing?.personIds.length ?? 0,
              late: (filing?.filedOn ?? on) > dueOn,
            })),
            clause: rule.clause ?? null,
          })),
        };
      },
    }),
  } satisfies Record<ReportCode, Route>);
}

/** A report as a route: its path is its code, with a dash for each underscore. */
function report<Q extends z.ZodObject, R extends z.ZodType>(spec: {
  readonly code: ReportCode;
  readonly summary: string;
  readonly query: Q;
  readonly response: R;
  /** The field of the response that is answered as a file too. */
  readonly list: string;
  readonly answer: (
    database: OwnerDatabase,
    query: z.output<Q>,
    caller: { readonly ownerId: string; readonly language: Language },
  ) => Promise<z.input<R>>;
}): Route {
  const { code, summary, query, response, list, answer } = spec;
  return route({
    method: 'get',
    path: `/api/v1/reports/${code.replaceAll('_', '-')}`,
    operationId: `report${code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    tag: 'reports',
    access: { roles: ['office', 'leading_group', 'training_centre', 'auditor'] },
    query,
    response,
    list,
    handler: async ({ actor, database, query: asked, language }) => ({
      status: 200,
      body: await answer(database, asked as z.output<Q>, { ownerId: actor.ownerId, language }),
    }),
  });
}

import { z } from 'zod';
import { ageBands } from '../../domain/age-bands.js';
import { dateOf } from '../../domain/dates.js';
import { titleStates } from '../../domain/tenure.js';
import { planStates } from '../../domain/training-plan.js';
import { termOf } from '../../domain/training.js';
import type { OwnerDatabase } from '../../records/database.js';
import { readClock } from '../../records/instance.js';
import {
  coverageGaps,
  endingCertificates,
  holdersRegister,
  hoursShort,
  owedInTerm,
  sharesOfTeachers,
  trainingFlows,
  type PersonOnDay,
} from '../../records/registers.js';
import { targetFigures } from '../../records/reports.js';
import { registerTexts } from '../../texts/registers.js';
import type { Dependencies } from '../dependencies.js';
import { route, type Route } from '../route.js';

const bilingual = z.object({ zh: z.string(), en: z.string() });
const count = z.int().min(0);
const onQuery = z.object({
  on: z.iso.date().optional().meta({ description: 'Business date; without it, today.' }),
});
const person = z.object({
  id: z.uuid(),
  name: z.string(),
  schoolId: z.uuid(),
  subject: z.string().nullable(),
});

/** Registers as of any day: each says what its figures mean, and comes as JSON, CSV and xlsx. Rule P13. */
export function registerRoutes(dependencies: Dependencies): Route[] {
  const today = async () => dateOf((await readClock(dependencies.database)).now);
  return [
    register({
      name: 'holders',
      summary: '称号持有人登记册 Holders by rank, subject, school and age on a day',
      item: z.object({
        rank: z.string(),
        subject: z.string().nullable(),
        schoolId: z.uuid(),
        ageBand: z.enum(ageBands),
        persons: count,
      }),
      rows: (database, on) => holdersRegister(database, on),
      today,
    }),
    register({
      name: 'targets',
      summary: '计划与完成情况 Plan against result, with numerator and denominator',
      item: z.object({
        scheme: z.string(),
        code: z.string(),
        zh: z.string(),
        en: z.string(),
        planned: z.object({
          min: z.int().optional(),
          max: z.int().optional(),
          exact: z.int().optional(),
          about: z.int().optional(),
        }),
        numerator: count,
        denominator: count.nullable(),
        lacking: count.nullable().meta({ description: 'Persons lacking to a percent target.' }),
        from: z.iso.date().nullable(),
        until: z.iso.date(),
        numeratorMeans: bilingual,
        denominatorMeans: bilingual,
        clause: z.string().nullable(),
      }),
      rows: planAndResult,
      today,
    }),
    register({
      name: 'coverage',
      summary: '未覆盖的学校和学科 Schools and subjects that lack holders',
      item: z.object({
        scheme: z.string(),
        code: z.string(),
        zh: z.string(),
        en: z.string(),
        schoolId: z.uuid().nullable(),
        subject: z.string().nullable(),
        holders: count,
        required: count,
        clause: z.string().nullable(),
      }),
      rows: async (database, on) =>
        (await coverageGaps(database, on)).map(({ policy, target, schoolId, subject, holders }) => ({
          scheme: policy.id,
          code: target.code,
          zh: target.zh,
          en: target.en,
          schoolId,
          subject,
          holders,
          required: target.min,
          clause: target.clause ?? null,
        })),
      today,
    }),
    register({
      name: 'training-flows',
      summary: '培养对象进出情况 Trainees in, out and supplemented by school year',
      item: z.object({
        schoolYear: z.string(),
        rank: z.string(),
        before: count,
        begun: count,
        supplemented: count,
        passed: count,
        eliminated: count,
        left: count,
        after: count,
      }),
      rows: (database, on) => trainingFlows(database, on),
      today,
    }),
    register({
      name: 'hours-short',
      summary: '学时不足人员 Trainees whose hours are below what is owed',
      item: z.object({
        traineeId: z.uuid(),
        person,
        rank: z.string(),
        done: count,
        required: count,
        missing: count,
        pending: z.int(),
        endsOn: z.iso.date(),
      }),
      rows: async (database, on) =>
        (await hoursShort(database, on)).map(({ trainee, person: who, hours }) => ({
          traineeId: trainee.id,
          person: shown(who),
          rank: trainee.rank,
          done: Math.max(0, hours.done),
          required: hours.required,
          missing: Math.max(0, hours.required - Math.max(0, hours.done)),
          pending: hours.pending,
          endsOn: trainee.endsOn,
        })),
      today,
    }),
    register({
      name: 'certificates-ending',
      summary: '即将到期证书 Certificates that end in 180, 90 and 30 days',
      item: z.object({
        titleId: z.uuid(),
        person,
        rank: z.string(),
        certificateNumber: z.string().nullable(),
        until: z.iso.date(),
        daysLeft: count,
        within: z.int().meta({ description: 'The least of 30, 90 and 180 days within which it ends.' }),
        state: z.enum(titleStates),
        appliedOn: z.iso.date().nullable(),
      }),
      rows: async (database, on) =>
        (await endingCertificates(database, on)).map(({ title, person: who, state, daysLeft, within }) => ({
          titleId: title.id,
          person: shown(who),
          rank: title.rank,
          certificateNumber: title.certificateNumber,
          until: title.until!,
          daysLeft,
          within,
          state,
          appliedOn: title.appliedOn !== null && title.appliedOn <= on ? title.appliedOn : null,
        })),
      today,
    }),
    register({
      name: 'owed-this-term',
      summary: '本学期未完成任务 Who owes which task this term',
      item: z.object({
        caseId: z.uuid(),
        person,
        owes: z.enum(['trainee', 'holder']).meta({ description: 'As whom.' }),
        rank: z.string(),
        task: z.string(),
        zh: z.string(),
        en: z.string(),
        period: z.string(),
        dueOn: z.iso.date(),
        done: count,
        required: count,
        state: z.enum(planStates),
        clause: z.string().nullable(),
      }),
      rows: async (database, on) =>
        (await owedInTerm(database, termOf(on), on)).map(({ caseId, person: who, as, rank, task }) => ({
          caseId,
          person: shown(who),
          owes: as,
          rank,
          task: task.code,
          zh: task.zh,
          en: task.en,
          period: task.period,
          dueOn: task.dueOn,
          done: task.done,
          required: task.required,
          state: task.state,
          clause: task.clause ?? null,
        })),
      today,
    }),
  ];
}

/** The counted targets of the schemes, then the share of teachers who hold a title of each. Rules P9, Q10. */
async function planAndResult(database: OwnerDatabase, on: string) {
  const { numerators, denominators } = registerTexts;
  const counted = (await targetFigures(database, on)).map(({ policy, target, window, holders }) => {
    const { exact, about, max, min } = target.amount;
    return {
      scheme: policy.id,
      code: target.code,
      zh: target.zh,
      en: target.en,
      planned: { ...target.amount },
      numerator: holders,
      denominator: exact ?? about ?? max ?? min ?? null,
      lacking: null,
      from: window?.from ?? null,
      until: on,
      numeratorMeans: numerators.holders,
      denominatorMeans:
        exact !== undefined
          ? denominators.exact
          : about !== undefined
            ? denominators.about
            : max !== undefined
              ? denominators.max
              : denominators.min,
      clause: target.clause ?? null,
    };
  });
  const { rates, targets } = await sharesOfTeachers(database, on);
  const shares = rates.map(({ policy, numerator, denominator, countedOn }) => ({
    scheme: policy.id,
    code: 'holders_among_teachers',
    ...registerTexts.share,
    planned: {},
    numerator,
    denominator,
    lacking: null,
    from: countedOn?.first ?? null,
    until: on,
    numeratorMeans: numerators.anyRank,
    denominatorMeans: denominators.teachers,
    clause: null,
  }));
  const percent = targets.map(({ policy, target, holders, teachers, needed }) => ({
    scheme: policy.id,
    code: target.code,
    zh: target.zh,
    en: target.en,
    planned: { min: needed },
    numerator: holders,
    denominator: teachers,
    lacking: Math.max(0, needed - holders),
    from: null,
    until: on,
    numeratorMeans: numerators.ofTarget,
    denominatorMeans: denominators.ofTarget,
    clause: target.clause ?? null,
  }));
  return [...counted, ...percent, ...shares];
}

function shown({ id, name, schoolId, subject }: PersonOnDay) {
  return { id, name, schoolId, subject };
}

function register<Item extends z.ZodObject>(spec: {
  readonly name: keyof (typeof registerTexts)['definitions'];
  readonly summary: string;
  readonly item: Item;
  readonly rows: (database: OwnerDatabase, on: string) => Promise<z.input<Item>[]>;
  readonly today: () => Promise<string>;
}): Route {
  const { name, summary, item, rows, today } = spec;
  const definition = registerTexts.definitions[name];
  return route({
    method: 'get',
    path: `/api/v1/registers/${name}`,
    operationId: `register${name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    description: `${definition.zh} ${definition.en}`,
    tag: 'registers',
    access: { roles: ['office', 'leading_group', 'training_centre', 'auditor'] },
    query: onQuery,
    response: z.object({ on: z.iso.date(), definition: bilingual, items: z.array(item) }),
    handler: async ({ database, query }) => {
      const on = query.on ?? (await today());
      return { status: 200, body: { on, definition, items: await rows(database, on) } as never };
    },
  });
}

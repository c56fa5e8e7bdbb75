import { z } from 'zod';
import type { Finding } from '../../domain/eligibility.js';
import { applicationView } from '../../records/candidates.js';
import { rankNames } from '../../records/current-policies.js';
import { say } from '../../texts/catalogue.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { reasonSchema, tellReason } from '../reasons.js';
import { route, type Route } from '../route.js';
import { requireSight, schoolsOf, seesAll, subjectsOf } from '../visibility.js';

const tag = 'applications';
const reason = z.string().min(1).max(1000);
const form = z.strictObject({
  roundId: z.uuid(),
  statement: z.string().min(1).max(20_000),
  agreesToNotice: z
    .literal(true)
    .meta({ description: 'Agreement to the public notice; nobody can take part without it.' }),
  lateReason: reason.optional().meta({ description: 'Only with recordedFor, by the office (补报).' }),
});

const decisions: DecisionRoute[] = [
  {
    kind: 'application',
    decision: 'submit',
    path: '/applications',
    summary: '个人申报 Apply for a rank',
    body: form.extend({ rank: z.string().min(1).max(50) }),
  },
  {
    kind: 'application',
    decision: 'enterByContest',
    path: '/contest-entries',
    summary: '课堂大赛一等奖获得者直接入选 Enter by a first prize',
    body: form,
  },
  {
    kind: 'application',
    decision: 'amend',
    path: '/applications/{id}/amendments',
    summary: '补正材料 Complete or correct the materials',
    body: z.strictObject({ statement: z.string().min(1).max(20_000) }),
  },
  {
    kind: 'application',
    decision: 'withdraw',
    path: '/applications/{id}/withdrawal',
    summary: '撤回申报 Withdraw',
    body: z.strictObject({ reason: reason.optional() }),
  },
  {
    kind: 'application',
    decision: 'returnForCorrection',
    path: '/applications/{id}/corrections',
    summary: '退回补正 Return for correction',
    body: z.strictObject({ what: reason, until: z.iso.date() }),
  },
  {
    kind: 'application',
    decision: 'decideEligibility',
    path: '/applications/{id}/eligibility',
    summary: '资格审查结论 Confirm or refuse eligibility',
    body: z.strictObject({
      outcome: z.enum(['eligible', 'not_eligible']),
      confirmed: z
        .array(z.string().max(500))
        .max(50)
        .meta({ description: 'Conditions that a person has judged to be met.' }),
      reason: reason.optional(),
    }),
  },
  {
    kind: 'application',
    decision: 'hold',
    path: '/applications/{id}/hold',
    summary: '暂缓 Hold one candidate',
    body: z.strictObject({ reason }),
  },
  {
    kind: 'application',
    decision: 'free',
    path: '/applications/{id}/release',
    summary: '解除暂缓 Free a held candidate',
    body: z.strictObject({ reason }),
  },
];

const applicationSchema = z
  .object({
    id: z.uuid(),
    roundId: z.uuid(),
    name: z.string(),
    schoolId: z.uuid(),
    rank: z.string(),
    subject: z.string(),
    entry: z.string(),
    stage: z.string(),
    standing: z.string(),
    step: z.string(),
    outcome: z.string().nullable(),
    submittedAt: z.iso.datetime(),
    statement: z.string(),
    schoolScore: z.int().nullable(),
    reason: reasonSchema.nullable().meta({ description: 'Why it ended as it did.' }),
    held: reasonSchema.nullable(),
    findings: z.array(
      z.object({
        rule: z.string(),
        code: z.string(),
        text: z.string(),
        condition: z.string(),
        outcome: z.string(),
        value: z.unknown(),
        required: z.unknown(),
        source: z.string(),
        missing: z.array(z.string()),
        clause: z.string().nullable(),
      }),
    ),
    stages: z
      .array(
        z.object({
          stage: z.string(),
          outcome: z.string().nullable(),
          reason: reasonSchema.nullable(),
          startedAt: z.iso.datetime(),
          endedAt: z.iso.datetime().nullable(),
        }),
      )
      .meta({ description: 'Every run of a stage that the candidate was in.' }),
  })
  .meta({ id: 'Application' });

/** Applications: applying, checking, holding, and why one ended as it did. */
export function applicationRoutes(dependencies: Dependencies): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/applications/{id}',
      operationId: 'readApplication',
      summary: '一份申报及其结果的理由 An application, where it stands and why',
      tag,
      access: 'signedIn',
      params: z.object({ id: z.uuid() }),
      response: applicationSchema,
      handler: async ({ actor, database, params, language }) => {
        const view = await applicationView(database, params.id);
        requireSight(
          seesAll(actor) ||
            view.application.personId === actor.personId ||
            schoolsOf(actor).includes(view.application.schoolId) ||
            subjectsOf(actor).includes(view.application.subject),
        );
        const { application, row, entries } = view;
        const ranks = await rankNames(database);
        return {
          status: 200,
          body: {
            id: application.id,
            roundId: application.roundId,
            name: view.name,
            schoolId: application.schoolId,
            rank: application.rank,
            subject: application.subject,
            entry: application.entry,
            stage: application.stage,
            standing: application.standing,
            step: row.step,
            outcome: row.outcome,
            submittedAt: application.submittedAt.toISOString(),
            statement: application.statement,
            schoolScore: application.schoolScore,
            reason: tellReason(application.reason, language, ranks),
            held:
              application.standing === 'held' ? tellReason(application.heldReason, language, ranks) : null,
            findings: (application.findings as unknown as Finding[]).map((finding) => ({
              rule: finding.rule,
              code: finding.code,
              text: say(
                finding.code,
                language,
                { value: finding.value, required: finding.required, missing: finding.missing },
                ranks,
              ),
              condition: finding.condition,
              outcome: finding.outcome,
              value: finding.value,
              required: finding.required,
              source: finding.source,
              missing: [...finding.missing],
              clause: finding.clause ?? null,
            })),
            stages: entries.map((entry) => ({
              stage: entry.stage,
              outcome: entry.outcome,
              reason: tellReason(entry.reason, language, ranks),
              startedAt: entry.startedAt.toISOString(),
              endedAt: entry.endedAt?.toISOString() ?? null,
            })),
          },
        };
      },
    }),
    ...decisionRoutes(decisions, dependencies),
  ];
}

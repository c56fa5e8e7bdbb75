import { z } from 'zod';
import { conditions, type Finding, type FrozenFacts } from '../../domain/eligibility.js';
import { applicationView } from '../../records/candidates.js';
import { rankNames } from '../../records/current-policies.js';
import { say } from '../../texts/catalogue.js';
import { decisionRoutes, type DecisionRoute } from '../decisions.js';
import type { Dependencies } from '../dependencies.js';
import { usedAgainSchema, usedAgainShown } from './evidence.js';
import { reasonSchema, tellReason } from '../reasons.js';
import { route, type Route } from '../route.js';
import { requireSight, schoolsOf, seesAll, subjectsOf } from '../visibility.js';

const tag = 'applications';
const reason = z.string().min(1).max(1000);
const reasons = z
  .strictObject(Object.fromEntries(conditions.map((condition) => [condition, reason.optional()])))
  .optional()
  .meta({ description: 'Written reasons for conditions that are 原则上 and not met, by condition (R0.3).' });
const form = z.strictObject({
  roundId: z.uuid(),
  statement: z.string().min(1).max(20_000),
  agreesToNotice: z
    .literal(true)
    .meta({ description: 'Agreement to the public notice; nobody can take part without it.' }),
  reasons,
  lateReason: reason.optional().meta({ description: 'Only with recordedFor, by the office (补报).' }),
});

const asksForReview = z.literal(true).optional().meta({
  description: 'A person is to look at the conditions that are not met on file (E15).',
});

const decisions: DecisionRoute[] = [
  {
    kind: 'application',
    decision: 'submit',
    path: '/applications',
    summary: '个人申报 Apply for a rank',
    body: form.extend({
      rank: z.string().min(1).max(50),
      asksForReview,
    }),
  },
  {
    kind: 'application',
    decision: 'enterByContest',
    path: '/contest-entries',
    summary: '课堂大赛一等奖获得者直接入选 Enter by a first prize',
    body: form.extend({ asksForReview }),
  },
  {
    kind: 'application',
    decision: 'enterByNomination',
    path: '/nominated-applications',
    summary: '组织推荐（未申报） Nominate a teacher who has not applied',
    body: form.omit({ agreesToNotice: true }).extend({
      personId: z.uuid().meta({ description: 'Who is nominated; that person is asked to agree.' }),
      rank: z.string().min(1).max(50),
      document: z.string().min(1).max(200).meta({ description: 'Number of the document or minutes.' }),
      asksForReview,
      subjectReason: reason
        .optional()
        .meta({ description: 'Why more of a subject are named than its cap (Q5).' }),
    }),
  },
  {
    kind: 'application',
    decision: 'consent',
    path: '/applications/{id}/consent',
    summary: '本人同意参评和公示 The nominated teacher agrees to stand and to the public notice',
    body: z.strictObject({
      agreesToNotice: z
        .literal(true)
        .meta({ description: 'Agreement to the public notice; nobody can take part without it.' }),
    }),
  },
  {
    kind: 'application',
    decision: 'amend',
    path: '/applications/{id}/amendments',
    summary: '补正材料 Complete or correct the materials',
    body: z.strictObject({ statement: z.string().min(1).max(20_000), reasons }),
  },
  {
    kind: 'application',
    decision: 'correctFacts',
    path: '/applications/{id}/corrected-facts',
    summary: '按更正后的名册重新核对 Judge by the corrected roster',
    body: z.strictObject({ reason: z.string().min(1).max(1000) }),
  },
  {
    kind: 'application',
    decision: 'selfScore',
    path: '/applications/{id}/self-score',
    summary: '自评 State the points of the counted items',
    body: z.strictObject({
      items: z.record(z.string().max(50), z.int().meta({ description: 'Hundredths of a point.' })),
    }),
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
    decision: 'confirmFindings',
    path: '/applications/{id}/finding-reviews',
    summary: '人工复核自动核查结论 Confirm what the machine has found, or not',
    body: z.strictObject({ outcome: z.enum(['eligible', 'not_eligible']), reason }),
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
    entryDocument: z
      .string()
      .nullable()
      .meta({ description: 'The document by which somebody was nominated without an application.' }),
    stage: z.string(),
    standing: z.string(),
    step: z.string(),
    outcome: z.string().nullable(),
    submittedAt: z.iso.datetime(),
    statement: z.string(),
    lateReason: z
      .string()
      .nullable()
      .meta({ description: 'Why the office has accepted it after the closing hour.' }),
    schoolScore: z.int().nullable(),
    reason: reasonSchema.nullable().meta({ description: 'Why it ended as it did.' }),
    held: reasonSchema.nullable(),
    checked: z
      .object({ on: z.iso.date(), cutOff: z.iso.date() })
      .nullable()
      .meta({ description: 'The day of the check, and the day on which age and years counted.' }),
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
        reason: z
          .string()
          .nullable()
          .meta({ description: 'The applicant’s, where the condition is 原则上 and not met.' }),
      }),
    ),
    evidence: z
      .array(
        z.object({
          id: z.uuid(),
          version: z.int(),
          kind: z.string(),
          level: z.string(),
          prize: z.string().nullable(),
          title: z.string(),
          date: z.iso.date(),
          verified: z.boolean(),
          usedAgain: usedAgainSchema,
        }),
      )
      .meta({ description: 'As it was when the conditions were checked, with its version.' }),
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
        const { evidence = [], on, cutOff } = application.facts as unknown as Partial<FrozenFacts>;
        const usedAgainOf = await usedAgainShown(
          actor,
          database,
          evidence.map((piece) => piece.id),
        );
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
            entryDocument: application.entryDocument,
            stage: application.stage,
            standing: application.standing,
            step: row.step,
            outcome: row.outcome,
            submittedAt: application.submittedAt.toISOString(),
            statement: application.statement,
            lateReason: application.lateReason,
            schoolScore: application.schoolScore,
            reason: tellReason(application.reason, language, ranks),
            held:
              application.standing === 'held' ? tellReason(application.heldReason, language, ranks) : null,
            checked: on && cutOff ? { on, cutOff } : null,
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
              reason: finding.reason ?? null,
            })),
            evidence: evidence.map((piece) => ({
              id: piece.id,
              version: piece.version,
              kind: piece.kind,
              level: piece.level,
              prize: piece.prize,
              title: piece.title,
              date: piece.date,
              verified: piece.verified,
              usedAgain: usedAgainOf({ id: piece.id, personId: application.personId }),
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

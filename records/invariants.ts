import { Prisma } from '../prisma/generated/client.js';
import { unevenAllowances } from './allowances.js';
import type { Database } from './database.js';

/** Ids, names and numbers that say where an invariant does not hold. */
export type Found = Readonly<Record<string, string | number | null>>;

/**
 * What must be true of the rows at any moment, each with the query that finds where it is not. One statement sees one
 * moment, so that work under way does not look like a fault.
 */
const invariants = {
  CASE_WITHOUT_OWNER: Prisma.sql`
    SELECT id::text AS "caseId", kind, step FROM "case"
    WHERE closed_at IS NULL AND waiting_for IS NULL
      AND NOT EXISTS (SELECT FROM task WHERE task.case_id = "case".id AND task.done_at IS NULL)`,

  CASE_WITHOUT_DUE_DATE: Prisma.sql`
    SELECT id::text AS "caseId", kind, step FROM "case"
    WHERE closed_at IS NULL AND due_at IS NULL AND wake_at IS NULL`,

  TASK_WITHOUT_OPEN_CASE: Prisma.sql`
    SELECT task.id::text AS "taskId", task.case_id::text AS "caseId", "case".kind, task.role
    FROM task LEFT JOIN "case" ON "case".id = task.case_id
    WHERE task.done_at IS NULL AND ("case".id IS NULL OR "case".closed_at IS NOT NULL)`,

  NOMINATIONS_OVER_QUOTA: Prisma.sql`
    SELECT nomination.round_id::text AS "roundId", nomination.school_id::text AS "schoolId", nomination.rank,
      count(*)::int AS nominations, coalesce(max(quota.places), 0)::int AS places
    FROM nomination LEFT JOIN nomination_quota quota
      ON quota.round_id = nomination.round_id AND quota.school_id = nomination.school_id
        AND quota.rank = nomination.rank
    GROUP BY 1, 2, 3
    HAVING count(*) > coalesce(max(quota.places), 0) OR max(nomination.place) > coalesce(max(quota.places), 0)`,

  QUOTAS_DO_NOT_ADD_UP: Prisma.sql`
    SELECT round_id::text AS "roundId", rank, sum(approved)::int AS approved, sum(held)::int AS held
    FROM (
      SELECT round_id, rank, CASE kind WHEN 'unused' THEN 0 ELSE places END AS approved, "left" AS held FROM quota_extra
      UNION ALL SELECT round_id, rank, 0, change FROM quota_change) AS part
    GROUP BY 1, 2 HAVING sum(approved) <> sum(held)`,

  ELECTED_OVER_SEATS: Prisma.sql`
    SELECT "case".round_id::text AS "roundId", "case".unit, count(DISTINCT entry.application_id)::int AS elected,
      coalesce(max(quota.seats - quota.vacant + quota.assigned), 0)::int AS seats
    FROM stage_entry entry
      JOIN "case" ON "case".id = entry.case_id
      JOIN application ON application.id = entry.application_id
      LEFT JOIN seat_quota quota ON quota.round_id = "case".round_id AND quota.unit = "case".unit
    WHERE entry.stage = 'differential_vote' AND entry.outcome IN ('on', 'called') AND application.standing <> 'out'
      AND NOT EXISTS (
        SELECT FROM trainee
        WHERE trainee.application_id = application.id AND trainee.standing IN ('eliminated', 'left'))
    GROUP BY 1, 2
    HAVING count(DISTINCT entry.application_id) > coalesce(max(quota.seats - quota.vacant + quota.assigned), 0)`,

  CHOSEN_OVER_PLACES: Prisma.sql`
    SELECT application.round_id::text AS "roundId", application.rank, count(*)::int AS chosen,
      (round.places ->> application.rank)::int AS places
    FROM application JOIN round ON round.id = application.round_id
    WHERE application.standing = 'chosen' AND NOT EXISTS (
      SELECT FROM trainee
      WHERE trainee.application_id = application.id AND trainee.standing IN ('eliminated', 'left'))
    GROUP BY 1, 2, 4
    HAVING count(*) > coalesce((round.places ->> application.rank)::int, 0)`,

  PAPER_OF_NO_VOTER: Prisma.sql`
    SELECT vote_id::text AS "voteId", count(*)::int AS papers FROM vote_member
    WHERE blinded_paper IS NOT NULL AND (recused OR NOT signed_in)
    GROUP BY 1`,

  PAPER_SIGNED_TWICE: Prisma.sql`
    SELECT vote_id::text AS "voteId", count(*)::int AS members FROM vote_member
    WHERE blinded_paper IS NOT NULL
    GROUP BY vote_id, blinded_paper HAVING count(*) > 1`,

  // With papers of each candidate, those of each too. Of codes nobody knows then how many members drew: for the vote stands
  // the most of one candidate.
  PAPERS_NOT_IN_REGISTER: Prisma.sql`
    SELECT "voteId"::text, "candidateId"::text, issued, papers::int AS papers FROM (
      SELECT vote.id AS "voteId", NULL::uuid AS "candidateId", vote.issued, CASE
        WHEN vote.mode = 'electronic' THEN (SELECT count(blinded_paper) FROM vote_member WHERE vote_id = vote.id)
        WHEN vote.mode = 'paper'
          THEN (SELECT count(*) FROM vote_member WHERE vote_id = vote.id AND signed_in AND NOT recused)
        WHEN vote.recusal_scope = 'candidate' THEN (SELECT max(issued) FROM vote_paper WHERE vote_id = vote.id)
        ELSE (SELECT count(*) FROM vote_code WHERE vote_id = vote.id AND NOT voided) END AS papers
      FROM vote WHERE vote.issued IS NOT NULL
      UNION ALL
      SELECT vote.id, paper.candidate_id, paper.issued, CASE vote.mode
        WHEN 'drawn_codes' THEN (SELECT count(*) FROM vote_code
          WHERE vote_id = vote.id AND candidate_id = paper.candidate_id AND NOT voided)
        ELSE (SELECT count(*) FROM vote_member
          WHERE vote_id = vote.id AND signed_in AND NOT recused AND paper.candidate_id::text <> ALL (recused_from)
            AND (vote.mode = 'paper' OR blinded_paper IS NOT NULL)) END
      FROM vote JOIN vote_paper paper
        ON paper.vote_id = vote.id AND paper.candidate_id::text = ANY (vote.candidates)
      WHERE vote.issued IS NOT NULL) AS register
    WHERE issued IS DISTINCT FROM papers`,

  BALLOTS_OVER_PAPERS: Prisma.sql`
    SELECT vote.id::text AS "voteId", ballot.candidate_id::text AS "candidateId", count(*)::int AS ballots,
      max(coalesce(CASE vote.recusal_scope WHEN 'candidate' THEN paper.issued ELSE vote.issued END, 0)) AS issued
    FROM ballot JOIN vote ON vote.id = ballot.vote_id
      LEFT JOIN vote_paper paper ON paper.vote_id = vote.id AND paper.candidate_id = ballot.candidate_id
    GROUP BY vote.id, ballot.candidate_id
    HAVING count(*) > max(coalesce(CASE vote.recusal_scope WHEN 'candidate' THEN paper.issued ELSE vote.issued END, 0))`,

  BALLOT_LINKED_TO_VOTER: Prisma.sql`
    SELECT table_name::text AS "table", column_name::text AS "column" FROM information_schema.columns
    WHERE table_schema = current_schema() AND CASE table_name
      WHEN 'ballot' THEN column_name NOT IN ('id', 'owner_id', 'vote_id', 'candidate_id', 'serial', 'signature',
        'sealed')
      WHEN 'vote_member' THEN column_name NOT IN ('vote_id', 'owner_id', 'person_id', 'substitute', 'signed_in',
        'recused', 'recusal_reason', 'recused_from', 'blinded_paper')
      WHEN 'vote_paper' THEN column_name NOT IN ('vote_id', 'owner_id', 'candidate_id', 'public_key',
        'private_key_boxed', 'voters', 'issued')
      WHEN 'vote_code' THEN column_name NOT IN ('id', 'owner_id', 'vote_id', 'candidate_id', 'hash', 'voided')
      WHEN 'count_sheet' THEN column_name NOT IN ('vote_id', 'owner_id', 'teller_id', 'version', 'returned',
        'not_returned', 'papers', 'reason', 'entered_at')
      ELSE column_name IN ('ballot_id', 'serial', 'sealed', 'code_id', 'code_hash') END
    UNION ALL
    SELECT relname::text, 'trigger ' || tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgrelid IN ('ballot'::regclass, 'vote_code'::regclass)
    UNION ALL
    SELECT 'ballot', 'track_commit_timestamp' WHERE current_setting('track_commit_timestamp') = 'on'`,

  HOURS_DO_NOT_ADD_UP: Prisma.sql`
    SELECT person_id::text AS "personId", "on"::text, sum(hours)::int AS hours FROM hours_entry
    GROUP BY owner_id, person_id, "on" HAVING sum(hours) NOT BETWEEN 0 AND 8`,

  PASSED_WITHOUT_HOURS: Prisma.sql`
    SELECT trainee.id::text AS "traineeId", trainee.hours_required AS "required",
      coalesce(sum(entry.hours), 0)::int AS done
    FROM trainee JOIN policy ON policy.id = trainee.policy_id LEFT JOIN hours_entry entry
      ON entry.owner_id = trainee.owner_id AND entry.person_id = trainee.person_id
        AND entry.confirmed_on IS NOT NULL AND entry."on" BETWEEN trainee.starts_on AND trainee.ends_on
    WHERE trainee.standing IN ('passed', 'appointed')
      AND policy.content #>> '{training,assessment,needsHours}' IS DISTINCT FROM 'false'
    GROUP BY trainee.id HAVING coalesce(sum(entry.hours), 0) < trainee.hours_required`,

  DECISION_WITHOUT_AUDIT: Prisma.sql`
    SELECT decision.owner_id::text AS "ownerId", count(*)::int AS decisions, (
      SELECT count(*)::int FROM audit_entry WHERE audit_entry.owner_id = decision.owner_id) AS entries
    FROM decision GROUP BY decision.owner_id
    HAVING count(*) > (SELECT count(*) FROM audit_entry WHERE audit_entry.owner_id = decision.owner_id)`,

  CHOSEN_WITHOUT_TRAINING: Prisma.sql`
    SELECT id::text AS "applicationId", rank FROM application
    WHERE standing = 'chosen' AND NOT EXISTS (
      SELECT FROM trainee WHERE trainee.application_id = application.id
        OR (trainee.person_id = application.person_id AND trainee.rank = application.rank))`,

  TRAINEE_NOT_CHOSEN: Prisma.sql`
    SELECT trainee.id::text AS "traineeId", trainee.application_id::text AS "applicationId", application.standing
    FROM trainee LEFT JOIN application ON application.id = trainee.application_id
    WHERE trainee.application_id IS NOT NULL AND application.standing IS DISTINCT FROM 'chosen'`,

  CANDIDATE_IN_TWO_RUNS: Prisma.sql`
    SELECT application_id::text AS "applicationId", count(*)::int AS runs FROM stage_entry
    WHERE ended_at IS NULL GROUP BY application_id HAVING count(*) > 1`,

  // A vote that is repeated goes on under the first one's entries.
  CANDIDATE_IN_NO_RUN: Prisma.sql`
    SELECT application.id::text AS "applicationId", application.stage FROM application
    WHERE application.standing = 'running' AND NOT EXISTS (
      SELECT FROM stage_entry entry
        LEFT JOIN vote ON vote.first_vote_id = entry.case_id
        JOIN "case" ON "case".id IN (entry.case_id, vote.id)
      WHERE entry.application_id = application.id AND entry.ended_at IS NULL AND "case".closed_at IS NULL)`,
} as const;

/** The name of an invariant of the rows. */
export type Invariant = keyof typeof invariants | 'TITLE_WITHOUT_TENURE' | 'ALLOWANCES_DO_NOT_ADD_UP';

/**
 * Looks at the rows of all owners for places where an invariant does not hold.
 * @param today business date: titles that it finds in force must have the case of their tenure
 */
export async function brokenInvariants(
  database: Database,
  today: string,
): Promise<{ readonly invariant: Invariant; readonly found: Found }[]> {
  const checks: [Invariant, Prisma.Sql][] = [
    ...(Object.entries(invariants) as [Invariant, Prisma.Sql][]),
    ['TITLE_WITHOUT_TENURE', titlesWithoutTenure(today)],
  ];
  const broken: { readonly invariant: Invariant; readonly found: Found }[] = [];
  for (const [invariant, query] of checks)
    for (const found of await database.$queryRaw<Found[]>(query)) broken.push({ invariant, found });
  for (const found of await unevenAllowances(database))
    broken.push({ invariant: 'ALLOWANCES_DO_NOT_ADD_UP', found });
  return broken;
}

function titlesWithoutTenure(today: string): Prisma.Sql {
  return Prisma.sql`
    SELECT title.id::text AS "titleId", title.rank, title.origin FROM title
    WHERE title.origin IN ('appointment', 're_evaluation', 'external') AND title.ended_on IS NULL AND (title.until IS NULL OR title.until >= ${today}) AND NOT EXISTS (
      SELECT FROM "case"
      WHERE "case".id = title.id AND "case".kind = 'titleTenure' AND "case".closed_at IS NULL)`;
}

/** Open cases of all owners, or those of them that are named. */
export function openCases(database: Database, ids?: readonly string[]) {
  return database.case.findMany({
    where: { closedAt: null, ...(ids && { id: { in: [...ids] } }) },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

/** The organisations that run schemes: each has an audit chain of its own. */
export async function ownersWithAudit(database: Database): Promise<string[]> {
  const [written, valued] = await Promise.all([
    database.auditEntry.findMany({ distinct: ['ownerId'], select: { ownerId: true } }),
    database.auditValue.findMany({ distinct: ['ownerId'], select: { ownerId: true } }),
  ]);
  return [...new Set([...written, ...valued].map(({ ownerId }) => ownerId))];
}

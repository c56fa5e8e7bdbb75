-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "instance" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "mode" TEXT NOT NULL,
    "clock" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "calendar_year" (
    "year" TEXT NOT NULL,
    "rest" TEXT[],
    "make_up" TEXT[],
    "provisional" BOOLEAN NOT NULL,

    CONSTRAINT "calendar_year_pkey" PRIMARY KEY ("year")
);

-- CreateTable
CREATE TABLE "organisation" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "parent_id" UUID,
    "kind" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "locality" TEXT,
    "town_group" TEXT,
    "stages" TEXT[],
    "full_time_teachers" INTEGER NOT NULL DEFAULT 0,
    "counted_on" CHAR(10),
    "valid_from" CHAR(10) NOT NULL,
    "valid_until" CHAR(10),

    CONSTRAINT "organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "staff_number" TEXT NOT NULL,
    "id_number_boxed" TEXT NOT NULL,
    "id_number_hash" TEXT NOT NULL,
    "phone_boxed" TEXT,
    "mail_address_boxed" TEXT,
    "birth_date" CHAR(10) NOT NULL,
    "sex" TEXT NOT NULL,
    "teaching_since" CHAR(10),
    "name" TEXT NOT NULL,
    "school_id" UUID NOT NULL,
    "subject" TEXT,
    "stages" TEXT[],
    "main_post" TEXT,
    "other_posts" TEXT[],
    "degree" TEXT NOT NULL,
    "title" TEXT,
    "valid_from" CHAR(10) NOT NULL,

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person_version" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "valid_from" CHAR(10) NOT NULL,
    "valid_until" CHAR(10) NOT NULL,
    "file" JSONB NOT NULL,

    CONSTRAINT "person_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "organisation_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "subject" TEXT,
    "from" CHAR(10) NOT NULL,
    "until" CHAR(10),

    CONSTRAINT "membership_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "prize" TEXT,
    "dissemination" TEXT,
    "title" TEXT NOT NULL,
    "date" CHAR(10) NOT NULL,
    "issuer" TEXT,
    "number" TEXT,
    "verified" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "replaces_id" UUID,
    "superseded" BOOLEAN NOT NULL DEFAULT false,
    "file_hash" CHAR(64),
    "entered_by_id" UUID,
    "entered_on" CHAR(10),
    "checked_by_id" UUID,
    "checked_on" CHAR(10),
    "refusal" TEXT,

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "scan" (
    "owner_id" UUID NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "type" TEXT NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "scan_pkey" PRIMARY KEY ("owner_id","hash")
);

-- CreateTable
CREATE TABLE "person_scan" (
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "added_by_id" UUID NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "person_scan_pkey" PRIMARY KEY ("owner_id","person_id","hash")
);

-- CreateTable
CREATE TABLE "ethics_decision" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "authority" TEXT NOT NULL,
    "document" TEXT NOT NULL,
    "decided_on" CHAR(10) NOT NULL,
    "until" CHAR(10),
    "ground" TEXT NOT NULL,
    "recorded_by_id" UUID NOT NULL,
    "recorded_on" CHAR(10) NOT NULL,
    "lifted_by" TEXT,
    "lifted_on" CHAR(10),

    CONSTRAINT "ethics_decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sanction" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "from" CHAR(10) NOT NULL,
    "until" CHAR(10),

    CONSTRAINT "sanction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bar" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "document" TEXT NOT NULL,
    "from" CHAR(10) NOT NULL,
    "until" CHAR(10),

    CONSTRAINT "bar_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "username" TEXT,
    "displayUsername" TEXT,
    "personId" UUID,
    "ownerId" UUID,
    "mustChangePassword" BOOLEAN NOT NULL DEFAULT false,
    "failedSignIns" INTEGER NOT NULL DEFAULT 0,
    "lockedUntil" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "token" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "userId" TEXT NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMP(3),
    "refreshTokenExpiresAt" TIMESTAMP(3),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "case" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "organisation_id" UUID NOT NULL,
    "round_id" UUID,
    "rank" TEXT,
    "subject" TEXT,
    "stage" TEXT,
    "unit" TEXT,
    "batch" INTEGER NOT NULL DEFAULT 1,
    "step" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL DEFAULT 1,
    "waiting_for" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "wake_at" TIMESTAMPTZ(3),
    "since" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT,
    "closed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "case_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "case_message" (
    "id" BIGSERIAL NOT NULL,
    "owner_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "from_case_id" UUID,
    "kind" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "consumed_at" TIMESTAMPTZ(3),

    CONSTRAINT "case_message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "submission" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "case_kind" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "actor_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "body_hash" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'received',
    "result" JSONB,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "submission_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "answered_request" (
    "owner_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "body_hash" TEXT NOT NULL,
    "is_refused" BOOLEAN NOT NULL DEFAULT false,
    "answer" JSONB NOT NULL DEFAULT '{}',
    "answered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "answered_request_pkey" PRIMARY KEY ("actor_id","key")
);

-- CreateTable
CREATE TABLE "decision" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "submission_id" UUID NOT NULL,
    "decided_by_id" UUID,
    "decided_by_role" TEXT NOT NULL,
    "recorded_by_id" UUID NOT NULL,
    "decided_on" CHAR(10) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "basis" JSONB,

    CONSTRAINT "decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "task" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "organisation_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "subject" TEXT,
    "person_id" UUID,
    "actions" TEXT[],
    "since" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "values" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delivery" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "notification_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "last_failure" TEXT,
    "message_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "owner_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "digest" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("owner_id","sequence")
);

-- CreateTable
CREATE TABLE "audit_value" (
    "owner_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "salt" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "audit_value_pkey" PRIMARY KEY ("owner_id","sequence")
);

-- CreateTable
CREATE TABLE "policy" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "policy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "round" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "policy_id" UUID NOT NULL,
    "policy_digest" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "school_year" TEXT NOT NULL,
    "opens_on" CHAR(10) NOT NULL,
    "apply_until" CHAR(10) NOT NULL,
    "cut_off" CHAR(10) NOT NULL,
    "supplements_id" UUID,
    "places" JSONB NOT NULL,
    "basis" JSONB NOT NULL,
    "extended" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "round_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "nomination_quota" (
    "round_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "school_id" UUID NOT NULL,
    "rank" TEXT NOT NULL,
    "proposed" INTEGER NOT NULL,
    "places" INTEGER NOT NULL,
    "reason" TEXT,
    "full_time_teachers" INTEGER NOT NULL DEFAULT 0,
    "rural" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "nomination_quota_pkey" PRIMARY KEY ("round_id","school_id","rank")
);

-- CreateTable
CREATE TABLE "quota_extra" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "round_id" UUID NOT NULL,
    "rank" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "places" INTEGER NOT NULL,
    "left" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "quota_extra_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quota_change" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "round_id" UUID NOT NULL,
    "school_id" UUID NOT NULL,
    "rank" TEXT NOT NULL,
    "change" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "reason" TEXT,
    "case_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "quota_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "seat_quota" (
    "round_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "unit" TEXT NOT NULL,
    "rank" TEXT NOT NULL,
    "proposed" INTEGER NOT NULL,
    "seats" INTEGER NOT NULL,
    "equal_number_decision" TEXT,
    "reason" TEXT,
    "candidates" INTEGER NOT NULL DEFAULT 0,
    "approval_id" UUID,
    "vacant" INTEGER NOT NULL DEFAULT 0,
    "assigned" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "seat_quota_pkey" PRIMARY KEY ("round_id","unit")
);

-- CreateTable
CREATE TABLE "application" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "round_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "school_id" UUID NOT NULL,
    "rank" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "teaching_stage" TEXT NOT NULL,
    "entry" TEXT NOT NULL,
    "entry_evidence_id" UUID,
    "entry_document" TEXT,
    "statement" TEXT NOT NULL,
    "late_reason" TEXT,
    "slot" INTEGER,
    "stage" TEXT NOT NULL,
    "standing" TEXT NOT NULL,
    "held_reason" JSONB,
    "reason" JSONB,
    "facts" JSONB NOT NULL,
    "findings" JSONB NOT NULL,
    "school_score" INTEGER,
    "reserve_place" INTEGER,
    "returned" BOOLEAN NOT NULL DEFAULT false,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "application_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stage_entry" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "stage" TEXT NOT NULL,
    "application_id" UUID NOT NULL,
    "outcome" TEXT,
    "reason" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "stage_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "score_sheet" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "judge_id" UUID NOT NULL,
    "items" JSONB NOT NULL,

    CONSTRAINT "score_sheet_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "judge_recusal" (
    "case_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "judge_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "judge_recusal_pkey" PRIMARY KEY ("case_id","application_id","judge_id")
);

-- CreateTable
CREATE TABLE "sheet_check" (
    "case_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "part" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "items" JSONB NOT NULL,
    "reason" TEXT,

    CONSTRAINT "sheet_check_pkey" PRIMARY KEY ("case_id","application_id","part")
);

-- CreateTable
CREATE TABLE "nomination" (
    "application_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "round_id" UUID NOT NULL,
    "school_id" UUID NOT NULL,
    "rank" TEXT NOT NULL,
    "place" INTEGER NOT NULL,

    CONSTRAINT "nomination_pkey" PRIMARY KEY ("application_id")
);

-- CreateTable
CREATE TABLE "notice" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "round_id" UUID NOT NULL,
    "level" TEXT NOT NULL,
    "organisation_id" UUID NOT NULL,
    "contact" JSONB,
    "author_id" UUID,
    "approver_id" UUID,
    "published_at" TIMESTAMPTZ(3),
    "first_day" CHAR(10),
    "last_day" CHAR(10),
    "closes_at" TIMESTAMPTZ(3),
    "provisional" BOOLEAN NOT NULL DEFAULT false,
    "snapshot" JSONB,
    "snapshot_hash" TEXT,
    "corrections" JSONB NOT NULL DEFAULT '{}',
    "restarted_as_id" UUID,
    "lost_days" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notice_attachment" (
    "notice_id" UUID NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    "added_by_id" UUID NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notice_attachment_pkey" PRIMARY KEY ("notice_id","hash")
);

-- CreateTable
CREATE TABLE "reachable_time" (
    "id" SERIAL NOT NULL,
    "from" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reachable_time_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "objection" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "notice_id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "receipt_hash" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "is_named" BOOLEAN NOT NULL,
    "is_late" BOOLEAN NOT NULL,
    "handling" TEXT NOT NULL,
    "text_boxed" TEXT NOT NULL,
    "contact_boxed" TEXT,
    "investigator_ids" UUID[],
    "investigate_by" TIMESTAMPTZ(3) NOT NULL,
    "is_extended" BOOLEAN NOT NULL DEFAULT false,
    "is_holding" BOOLEAN NOT NULL DEFAULT false,
    "summary" TEXT,
    "summary_by_id" UUID,
    "answer" TEXT,
    "report" JSONB,
    "finding" JSONB,
    "decided_on" CHAR(10),
    "review_until" TIMESTAMPTZ(3),
    "review_boxed" TEXT,
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "objection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "objection_file" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "objection_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "boxed" TEXT NOT NULL,

    CONSTRAINT "objection_file_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "opinion" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "stance" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "document" TEXT,

    CONSTRAINT "opinion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "joint_panel" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "round_id" UUID NOT NULL,
    "stage" TEXT NOT NULL,
    "case_ids" UUID[],
    "members" UUID[],
    "reserves" UUID[],

    CONSTRAINT "joint_panel_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "panel_member" (
    "case_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "seat" TEXT NOT NULL,
    "reason" TEXT,
    "joint_panel_id" UUID,

    CONSTRAINT "panel_member_pkey" PRIMARY KEY ("case_id","person_id")
);

-- CreateTable
CREATE TABLE "panel_conflict" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "reason" TEXT,
    "decision" TEXT,
    "decision_reason" TEXT,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "panel_conflict_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evaluation_count" (
    "owner_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "application_id" UUID NOT NULL,
    "who" TEXT NOT NULL,
    "counts" JSONB NOT NULL,

    CONSTRAINT "evaluation_count_pkey" PRIMARY KEY ("case_id","application_id","who")
);

-- CreateTable
CREATE TABLE "decision_pack" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "round_id" UUID NOT NULL,
    "root" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    "made_by_id" UUID NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "audit_sequence" INTEGER NOT NULL,

    CONSTRAINT "decision_pack_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pack_key" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "brought_at" TIMESTAMPTZ(3) NOT NULL,
    "sequence" SERIAL NOT NULL,

    CONSTRAINT "pack_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "document_template" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    "digest" TEXT NOT NULL,
    "uploaded_by_id" TEXT NOT NULL,
    "uploaded_at" TIMESTAMPTZ(3) NOT NULL,
    "sequence" SERIAL NOT NULL,

    CONSTRAINT "document_template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "vote" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "round_id" UUID NOT NULL,
    "ballot_round" TEXT NOT NULL,
    "first_vote_id" UUID NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 1,
    "candidates" TEXT[],
    "seats" INTEGER NOT NULL,
    "equal_number_decision" TEXT,
    "members" INTEGER NOT NULL,
    "public_key" TEXT,
    "private_key_boxed" TEXT,
    "chair_recipient" TEXT,
    "supervisor_recipient" TEXT,
    "chair_identity" TEXT,
    "supervisor_identity" TEXT,
    "voters" INTEGER,
    "issued" INTEGER,
    "tally" JSONB,
    "tie_break_values" JSONB,
    "confirmed_by_chair" BOOLEAN NOT NULL DEFAULT false,
    "confirmed_by_supervisor" BOOLEAN NOT NULL DEFAULT false,
    "mode" TEXT NOT NULL DEFAULT 'electronic',
    "recusal_scope" TEXT NOT NULL DEFAULT 'ballot_group',
    "place" TEXT,
    "chair_id" UUID,
    "supervisor_id" UUID,
    "teller_ids" UUID[],
    "record" JSONB,
    "record_digest" TEXT,

    CONSTRAINT "vote_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "vote_member" (
    "vote_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "substitute" BOOLEAN NOT NULL DEFAULT false,
    "signed_in" BOOLEAN NOT NULL DEFAULT false,
    "recused" BOOLEAN NOT NULL DEFAULT false,
    "recusal_reason" TEXT,
    "recused_from" TEXT[],
    "blinded_paper" TEXT,

    CONSTRAINT "vote_member_pkey" PRIMARY KEY ("vote_id","person_id")
);

-- CreateTable
CREATE TABLE "vote_paper" (
    "vote_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "candidate_id" UUID NOT NULL,
    "public_key" TEXT,
    "private_key_boxed" TEXT,
    "voters" INTEGER,
    "issued" INTEGER,

    CONSTRAINT "vote_paper_pkey" PRIMARY KEY ("vote_id","candidate_id")
);

-- CreateTable
CREATE TABLE "vote_conflict" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "vote_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "candidates" TEXT[],
    "reason" TEXT,
    "raised_by_id" UUID,
    "declared_at" TIMESTAMPTZ(3),
    "decision" TEXT,
    "decision_reason" TEXT,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "vote_conflict_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "kinship" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "relative_id" UUID NOT NULL,
    "relation" TEXT NOT NULL,
    "declared_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "kinship_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "vote_signature" (
    "vote_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "signed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "vote_signature_pkey" PRIMARY KEY ("vote_id","person_id")
);

-- CreateTable
CREATE TABLE "count_sheet" (
    "vote_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "teller_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "returned" INTEGER NOT NULL,
    "not_returned" INTEGER NOT NULL,
    "papers" JSONB NOT NULL,
    "reason" TEXT,
    "entered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "count_sheet_pkey" PRIMARY KEY ("vote_id","teller_id","version")
);

-- CreateTable
CREATE TABLE "vote_code" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "vote_id" UUID NOT NULL,
    "candidate_id" UUID,
    "hash" TEXT NOT NULL,
    "voided" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "vote_code_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ballot" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "vote_id" UUID NOT NULL,
    "candidate_id" UUID,
    "serial" TEXT NOT NULL,
    "signature" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,

    CONSTRAINT "ballot_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trainee" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "application_id" UUID,
    "policy_id" UUID NOT NULL,
    "rank" TEXT NOT NULL,
    "entry" TEXT NOT NULL,
    "document" TEXT,
    "starts_on" CHAR(10) NOT NULL,
    "ends_on" CHAR(10) NOT NULL,
    "hours_required" INTEGER NOT NULL,
    "researcher_id" UUID,
    "mentor_id" UUID,
    "standing" TEXT NOT NULL,
    "assessment" JSONB,
    "reason" JSONB,
    "exam" JSONB,
    "mid_assessments" JSONB NOT NULL DEFAULT '[]',
    "appeal" JSONB,
    "pauses" JSONB NOT NULL DEFAULT '[]',
    "place" JSONB,

    CONSTRAINT "trainee_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hours_entry" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "activity" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "form" TEXT NOT NULL,
    "on" CHAR(10) NOT NULL,
    "hours" INTEGER NOT NULL,
    "none_because" TEXT,
    "evidence_id" UUID,
    "source" TEXT NOT NULL,
    "entered_by_id" UUID NOT NULL,
    "entered_on" CHAR(10) NOT NULL,
    "confirmed_by_id" UUID,
    "confirmed_on" CHAR(10),

    CONSTRAINT "hours_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "duty_work" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "duty" TEXT NOT NULL,
    "period" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "text" TEXT,
    "outputs" JSONB NOT NULL DEFAULT '[]',
    "evidence_id" UUID,
    "handed_in_on" CHAR(10) NOT NULL,
    "handed_in_by_id" UUID NOT NULL,
    "checked_by_id" UUID,
    "checked_on" CHAR(10),
    "refusal" TEXT,

    CONSTRAINT "duty_work_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mentor_pair" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "trainee_id" UUID NOT NULL,
    "mentor_id" UUID NOT NULL,
    "from" CHAR(10) NOT NULL,
    "until" CHAR(10),
    "reason" TEXT,

    CONSTRAINT "mentor_pair_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "guidance_record" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "trainee_id" UUID NOT NULL,
    "guide_id" UUID NOT NULL,
    "on" CHAR(10) NOT NULL,
    "text" TEXT NOT NULL,
    "entered_by_id" UUID NOT NULL,
    "entered_on" CHAR(10) NOT NULL,

    CONSTRAINT "guidance_record_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "appointment" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "policy_id" UUID NOT NULL,
    "rank" TEXT NOT NULL,
    "year" TEXT NOT NULL,
    "places" INTEGER,
    "document" JSONB,

    CONSTRAINT "appointment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "appointment_entry" (
    "appointment_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "trainee_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "outcome" TEXT,
    "reason" JSONB,

    CONSTRAINT "appointment_entry_pkey" PRIMARY KEY ("appointment_id","trainee_id")
);

-- CreateTable
CREATE TABLE "title" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "rank" TEXT NOT NULL,
    "decided_by" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "policy_id" UUID,
    "trainee_id" UUID,
    "from" CHAR(10) NOT NULL,
    "until" CHAR(10),
    "certificate_number" TEXT,
    "document" TEXT,
    "decided_on" CHAR(10),
    "school_id" UUID,
    "benefits_until" CHAR(10),
    "ended_on" CHAR(10),
    "end_reason" JSONB,
    "applied_on" CHAR(10),
    "re_evaluated_on" CHAR(10),
    "application_statement" TEXT,
    "continues_pending" BOOLEAN NOT NULL DEFAULT false,
    "suspensions" JSONB NOT NULL DEFAULT '[]',
    "effects" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "title_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "certificate_reissue" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "title_id" UUID NOT NULL,
    "issued_on" CHAR(10) NOT NULL,
    "reason" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "recorded_by_id" UUID NOT NULL,

    CONSTRAINT "certificate_reissue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "allowance_entry" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "month" TEXT NOT NULL,
    "policy_id" UUID NOT NULL,
    "title_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "school_id" UUID NOT NULL,
    "rank" TEXT NOT NULL,
    "days" INTEGER NOT NULL,
    "fen" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "reason" TEXT,
    "confirmed_by_id" UUID NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "allowance_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "spot_check" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "policy_id" UUID NOT NULL,
    "review_year" TEXT NOT NULL,
    "seed" TEXT NOT NULL,
    "announced_on" CHAR(10) NOT NULL,
    "announced_by_id" UUID NOT NULL,
    "drawn_on" CHAR(10),
    "list" JSONB,
    "list_hash" TEXT,
    "drawn" TEXT[],

    CONSTRAINT "spot_check_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "spot_check_finding" (
    "spot_check_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "subject_id" UUID NOT NULL,
    "finding" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "checked_by_id" UUID NOT NULL,
    "checked_on" CHAR(10) NOT NULL,

    CONSTRAINT "spot_check_finding_pkey" PRIMARY KEY ("spot_check_id","subject_id")
);

-- CreateTable
CREATE TABLE "annual_review" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "school_id" UUID NOT NULL,
    "policy_id" UUID NOT NULL,
    "review_year" TEXT NOT NULL,
    "stage" TEXT NOT NULL DEFAULT 'annual_assessment',

    CONSTRAINT "annual_review_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "annual_review_entry" (
    "review_id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "title_id" UUID NOT NULL,
    "duty_report" TEXT,
    "grade" TEXT,
    "grade_reason" TEXT,
    "confirmed" BOOLEAN NOT NULL DEFAULT false,
    "effect" TEXT,
    "final_on" CHAR(10),
    "asked_reason" TEXT,
    "asked_on" CHAR(10),
    "barred_rounds" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "annual_review_entry_pkey" PRIMARY KEY ("review_id","title_id")
);

-- CreateTable
CREATE TABLE "school_filing" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "school_id" UUID NOT NULL,
    "scheme" TEXT NOT NULL,
    "school_year" TEXT NOT NULL,
    "part" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "person_ids" UUID[],
    "filed_by_id" UUID NOT NULL,
    "filed_on" CHAR(10) NOT NULL,
    "filed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "school_filing_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "organisation_owner_id_code_key" ON "organisation"("owner_id", "code");

-- CreateIndex
CREATE INDEX "person_owner_id_school_id_idx" ON "person"("owner_id", "school_id");

-- CreateIndex
CREATE UNIQUE INDEX "person_owner_id_staff_number_key" ON "person"("owner_id", "staff_number");

-- CreateIndex
CREATE UNIQUE INDEX "person_owner_id_id_number_hash_key" ON "person"("owner_id", "id_number_hash");

-- CreateIndex
CREATE INDEX "person_version_person_id_idx" ON "person_version"("person_id");

-- CreateIndex
CREATE INDEX "membership_person_id_idx" ON "membership"("person_id");

-- CreateIndex
CREATE INDEX "membership_owner_id_role_idx" ON "membership"("owner_id", "role");

-- CreateIndex
CREATE UNIQUE INDEX "evidence_replaces_id_key" ON "evidence"("replaces_id");

-- CreateIndex
CREATE INDEX "evidence_person_id_idx" ON "evidence"("person_id");

-- CreateIndex
CREATE INDEX "evidence_owner_id_file_hash_idx" ON "evidence"("owner_id", "file_hash");

-- CreateIndex
CREATE UNIQUE INDEX "ethics_decision_owner_id_person_id_document_key" ON "ethics_decision"("owner_id", "person_id", "document");

-- CreateIndex
CREATE INDEX "sanction_person_id_idx" ON "sanction"("person_id");

-- CreateIndex
CREATE INDEX "bar_person_id_idx" ON "bar"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "user_username_key" ON "user"("username");

-- CreateIndex
CREATE UNIQUE INDEX "user_personId_key" ON "user"("personId");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_userId_idx" ON "session"("userId");

-- CreateIndex
CREATE INDEX "account_userId_idx" ON "account"("userId");

-- CreateIndex
CREATE INDEX "case_owner_id_kind_idx" ON "case"("owner_id", "kind");

-- CreateIndex
CREATE INDEX "case_round_id_kind_idx" ON "case"("round_id", "kind");

-- CreateIndex
CREATE INDEX "case_wake_at_idx" ON "case"("wake_at");

-- CreateIndex
CREATE INDEX "case_message_from_case_id_consumed_at_idx" ON "case_message"("from_case_id", "consumed_at");

-- CreateIndex
CREATE INDEX "submission_case_id_idx" ON "submission"("case_id");

-- CreateIndex
CREATE INDEX "submission_status_idx" ON "submission"("status");

-- CreateIndex
CREATE UNIQUE INDEX "submission_actor_id_key_key" ON "submission"("actor_id", "key");

-- CreateIndex
CREATE UNIQUE INDEX "decision_submission_id_key" ON "decision"("submission_id");

-- CreateIndex
CREATE INDEX "decision_case_id_idx" ON "decision"("case_id");

-- CreateIndex
CREATE INDEX "task_case_id_idx" ON "task"("case_id");

-- CreateIndex
CREATE INDEX "task_owner_id_done_at_due_at_idx" ON "task"("owner_id", "done_at", "due_at");

-- CreateIndex
CREATE INDEX "notification_person_id_created_at_idx" ON "notification"("person_id", "created_at");

-- CreateIndex
CREATE INDEX "delivery_owner_id_created_at_idx" ON "delivery"("owner_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "delivery_notification_id_provider_key" ON "delivery"("notification_id", "provider");

-- CreateIndex
CREATE UNIQUE INDEX "policy_owner_id_code_version_key" ON "policy"("owner_id", "code", "version");

-- CreateIndex
CREATE INDEX "quota_extra_round_id_idx" ON "quota_extra"("round_id");

-- CreateIndex
CREATE INDEX "quota_change_round_id_rank_idx" ON "quota_change"("round_id", "rank");

-- CreateIndex
CREATE INDEX "application_round_id_stage_standing_idx" ON "application"("round_id", "stage", "standing");

-- CreateIndex
CREATE UNIQUE INDEX "application_round_id_person_id_slot_key" ON "application"("round_id", "person_id", "slot");

-- CreateIndex
CREATE INDEX "stage_entry_case_id_idx" ON "stage_entry"("case_id");

-- CreateIndex
CREATE INDEX "stage_entry_application_id_idx" ON "stage_entry"("application_id");

-- CreateIndex
CREATE UNIQUE INDEX "score_sheet_case_id_application_id_judge_id_key" ON "score_sheet"("case_id", "application_id", "judge_id");

-- CreateIndex
CREATE UNIQUE INDEX "nomination_round_id_school_id_rank_place_key" ON "nomination"("round_id", "school_id", "rank", "place");

-- CreateIndex
CREATE INDEX "reachable_time_until_idx" ON "reachable_time"("until");

-- CreateIndex
CREATE UNIQUE INDEX "objection_receipt_hash_key" ON "objection"("receipt_hash");

-- CreateIndex
CREATE INDEX "objection_application_id_idx" ON "objection"("application_id");

-- CreateIndex
CREATE INDEX "objection_notice_id_idx" ON "objection"("notice_id");

-- CreateIndex
CREATE INDEX "objection_file_objection_id_idx" ON "objection_file"("objection_id");

-- CreateIndex
CREATE UNIQUE INDEX "opinion_case_id_application_id_author_id_stance_key" ON "opinion"("case_id", "application_id", "author_id", "stance");

-- CreateIndex
CREATE INDEX "joint_panel_round_id_idx" ON "joint_panel"("round_id");

-- CreateIndex
CREATE UNIQUE INDEX "panel_conflict_case_id_person_id_application_id_kind_key" ON "panel_conflict"("case_id", "person_id", "application_id", "kind");

-- CreateIndex
CREATE INDEX "decision_pack_round_id_idx" ON "decision_pack"("round_id");

-- CreateIndex
CREATE INDEX "pack_key_owner_id_role_idx" ON "pack_key"("owner_id", "role");

-- CreateIndex
CREATE INDEX "document_template_owner_id_kind_idx" ON "document_template"("owner_id", "kind");

-- CreateIndex
CREATE INDEX "vote_conflict_vote_id_person_id_idx" ON "vote_conflict"("vote_id", "person_id");

-- CreateIndex
CREATE INDEX "kinship_relative_id_idx" ON "kinship"("relative_id");

-- CreateIndex
CREATE UNIQUE INDEX "kinship_person_id_relative_id_key" ON "kinship"("person_id", "relative_id");

-- CreateIndex
CREATE UNIQUE INDEX "vote_code_hash_key" ON "vote_code"("hash");

-- CreateIndex
CREATE INDEX "vote_code_vote_id_idx" ON "vote_code"("vote_id");

-- CreateIndex
CREATE UNIQUE INDEX "ballot_serial_key" ON "ballot"("serial");

-- CreateIndex
CREATE INDEX "ballot_vote_id_idx" ON "ballot"("vote_id");

-- CreateIndex
CREATE INDEX "trainee_application_id_idx" ON "trainee"("application_id");

-- CreateIndex
CREATE UNIQUE INDEX "trainee_owner_id_person_id_rank_starts_on_key" ON "trainee"("owner_id", "person_id", "rank", "starts_on");

-- CreateIndex
CREATE INDEX "hours_entry_owner_id_kind_on_idx" ON "hours_entry"("owner_id", "kind", "on");

-- CreateIndex
CREATE UNIQUE INDEX "hours_entry_owner_id_person_id_activity_key" ON "hours_entry"("owner_id", "person_id", "activity");

-- CreateIndex
CREATE UNIQUE INDEX "hours_entry_owner_id_person_id_evidence_id_key" ON "hours_entry"("owner_id", "person_id", "evidence_id");

-- CreateIndex
CREATE INDEX "duty_work_case_id_idx" ON "duty_work"("case_id");

-- CreateIndex
CREATE INDEX "mentor_pair_trainee_id_idx" ON "mentor_pair"("trainee_id");

-- CreateIndex
CREATE INDEX "mentor_pair_mentor_id_idx" ON "mentor_pair"("mentor_id");

-- CreateIndex
CREATE INDEX "guidance_record_trainee_id_idx" ON "guidance_record"("trainee_id");

-- CreateIndex
CREATE INDEX "title_person_id_idx" ON "title"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "title_owner_id_certificate_number_key" ON "title"("owner_id", "certificate_number");

-- CreateIndex
CREATE INDEX "certificate_reissue_title_id_idx" ON "certificate_reissue"("title_id");

-- CreateIndex
CREATE INDEX "allowance_entry_month_title_id_idx" ON "allowance_entry"("month", "title_id");

-- CreateIndex
CREATE UNIQUE INDEX "spot_check_owner_id_policy_id_review_year_key" ON "spot_check"("owner_id", "policy_id", "review_year");

-- CreateIndex
CREATE UNIQUE INDEX "annual_review_school_id_review_year_stage_key" ON "annual_review"("school_id", "review_year", "stage");

-- CreateIndex
CREATE INDEX "annual_review_entry_title_id_idx" ON "annual_review_entry"("title_id");

-- CreateIndex
CREATE INDEX "school_filing_school_year_school_id_idx" ON "school_filing"("school_year", "school_id");

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;


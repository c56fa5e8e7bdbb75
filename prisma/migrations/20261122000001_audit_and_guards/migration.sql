-- What the schema file cannot say: the audit chain, what is never changed again, and what is always true.
-- The box of ballots has no check and no trigger: a message about a row that breaks one would print a ballot.

-- ── the audit chain (S12) ────────────────────────────────────────────────────────────────────────────────────────

-- Appends one entry to the chain of an owner. Its hash is sha256(hash before || digest || instant) in hex. The first
-- entry takes the owner's id for the hash before. The lock lasts until the end of the transaction, so that entries
-- follow one another, and the statement after it sees what the transaction before has committed.
CREATE FUNCTION append_audit(owner uuid, instant timestamptz, digest text, salt text, value text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  written_at timestamptz(3) := instant;
  last_sequence integer;
  last_hash text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(owner::text, 2));
  SELECT entry.sequence, entry.hash INTO last_sequence, last_hash
    FROM audit_entry entry WHERE entry.owner_id = owner ORDER BY entry.sequence DESC LIMIT 1;
  INSERT INTO audit_entry (owner_id, sequence, at, digest, hash)
    VALUES (
      owner,
      coalesce(last_sequence, 0) + 1,
      written_at,
      digest,
      encode(sha256(convert_to(
        coalesce(last_hash, owner::text) || digest
          || to_char(written_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'UTF8')), 'hex')
    );
  INSERT INTO audit_value (owner_id, sequence, salt, value)
    VALUES (owner, coalesce(last_sequence, 0) + 1, salt, value);
END $$;

-- ── what is never changed again ──────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% may not be changed: % refused', TG_TABLE_NAME, lower(TG_OP) USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_entry_is_kept BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_entry_is_not_emptied BEFORE TRUNCATE ON audit_entry EXECUTE FUNCTION refuse_change();
-- A value may be erased when the law asks, but never be replaced by another.
CREATE TRIGGER audit_value_is_not_replaced BEFORE UPDATE ON audit_value FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_is_kept BEFORE UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decision_is_not_emptied BEFORE TRUNCATE ON decision EXECUTE FUNCTION refuse_change();

-- A published notice is superseded, never edited (S11).
CREATE FUNCTION keep_published_notice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
    OR (OLD.snapshot, OLD.snapshot_hash, OLD.published_at, OLD.first_day, OLD.last_day, OLD.closes_at, OLD.contact,
        OLD.level, OLD.author_id, OLD.approver_id)
      IS DISTINCT FROM
       (NEW.snapshot, NEW.snapshot_hash, NEW.published_at, NEW.first_day, NEW.last_day, NEW.closes_at, NEW.contact,
        NEW.level, NEW.author_id, NEW.approver_id)
  THEN
    RAISE EXCEPTION 'a published notice may not be changed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER published_notice_is_kept BEFORE UPDATE OR DELETE ON notice
  FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION keep_published_notice();

-- What is attached to a notice is never another file, and nothing comes or goes once the notice is published.
CREATE FUNCTION keep_notice_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' OR EXISTS (
    SELECT 1 FROM notice
      WHERE id = (CASE TG_OP WHEN 'INSERT' THEN NEW.notice_id ELSE OLD.notice_id END) AND published_at IS NOT NULL)
  THEN
    RAISE EXCEPTION 'an attachment of a notice may not be changed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER notice_attachment_is_kept BEFORE INSERT OR UPDATE OR DELETE ON notice_attachment
  FOR EACH ROW EXECUTE FUNCTION keep_notice_attachment();

CREATE TRIGGER scan_is_not_replaced BEFORE UPDATE ON scan FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The ledger of hours is appended to. The one thing that comes later is the confirmation, once (T3, T4).
CREATE FUNCTION keep_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.confirmed_by_id IS NOT NULL
    OR to_jsonb(OLD) - 'confirmed_by_id' - 'confirmed_on' <> to_jsonb(NEW) - 'confirmed_by_id' - 'confirmed_on'
  THEN
    RAISE EXCEPTION 'the ledger of hours is corrected by counter-entries' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER hours_are_kept BEFORE UPDATE ON hours_entry FOR EACH ROW EXECUTE FUNCTION keep_hours();
CREATE TRIGGER hours_are_not_deleted BEFORE DELETE ON hours_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER school_filing_is_kept BEFORE UPDATE OR DELETE ON school_filing
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was confirmed as paid out stands; a correction is a further entry (C8). A certificate that was printed again stays so.
CREATE TRIGGER allowance_is_kept BEFORE UPDATE OR DELETE ON allowance_entry
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER allowance_is_not_emptied BEFORE TRUNCATE ON allowance_entry EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certificate_reissue_is_kept BEFORE UPDATE OR DELETE ON certificate_reissue
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A spot check is announced and drawn once each; its seed and its list stay as they were published (A8).
CREATE FUNCTION keep_spot_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.drawn_on IS NOT NULL
    OR (OLD.policy_id, OLD.review_year, OLD.seed, OLD.announced_on, OLD.announced_by_id)
      IS DISTINCT FROM (NEW.policy_id, NEW.review_year, NEW.seed, NEW.announced_on, NEW.announced_by_id)
  THEN
    RAISE EXCEPTION 'a spot check is kept as it was published' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER spot_check_is_kept BEFORE UPDATE OR DELETE ON spot_check FOR EACH ROW EXECUTE FUNCTION keep_spot_check();
CREATE TRIGGER spot_check_finding_is_kept BEFORE UPDATE OR DELETE ON spot_check_finding
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER quota_change_is_kept BEFORE UPDATE OR DELETE ON quota_change
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The record of a vote is signed and read (V19); what tellers typed is corrected by a further sheet (V7).
CREATE FUNCTION keep_vote_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
    OR to_jsonb(OLD) - 'confirmed_by_chair' - 'confirmed_by_supervisor'
      <> to_jsonb(NEW) - 'confirmed_by_chair' - 'confirmed_by_supervisor'
  THEN
    RAISE EXCEPTION 'a vote with a record may not be changed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER vote_record_is_kept BEFORE UPDATE OR DELETE ON vote
  FOR EACH ROW WHEN (OLD.record IS NOT NULL) EXECUTE FUNCTION keep_vote_record();
CREATE TRIGGER vote_signature_is_kept BEFORE UPDATE OR DELETE ON vote_signature
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER count_sheet_is_kept BEFORE UPDATE OR DELETE ON count_sheet
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A decision on ethics stands as it was written; it can be lifted, once (E11).
CREATE FUNCTION keep_ethics_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.lifted_by IS NOT NULL
    OR to_jsonb(OLD) - 'lifted_by' - 'lifted_on' <> to_jsonb(NEW) - 'lifted_by' - 'lifted_on'
  THEN
    RAISE EXCEPTION 'a decision on ethics may only be lifted' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ethics_decision_is_kept BEFORE UPDATE ON ethics_decision
  FOR EACH ROW EXECUTE FUNCTION keep_ethics_decision();
CREATE TRIGGER ethics_decision_is_not_deleted BEFORE DELETE ON ethics_decision
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- ── what is looked for often ─────────────────────────────────────────────────────────────────────────────────────

-- Nearly all messages have been consumed; every load of a case asks for those that have not.
CREATE INDEX case_message_waiting ON case_message (case_id) WHERE consumed_at IS NULL;

-- Nearly all deliveries have been sent.
CREATE INDEX delivery_waiting ON delivery (owner_id, next_attempt_at) WHERE state = 'waiting';

-- Numbers of certificates are compared without spaces, brackets and dashes, and full-width letters as the others.
CREATE FUNCTION comparable_number(number text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT nullif(translate(upper(normalize(number, NFKC)), ' ()[]〔〕【】-', ''), '')
$$;
CREATE INDEX evidence_comparable_number ON evidence (owner_id, comparable_number(number));

-- ── what is always true ──────────────────────────────────────────────────────────────────────────────────────────

ALTER TABLE instance
  ADD CONSTRAINT instance_is_one CHECK (id = 1),
  ADD CONSTRAINT instance_clock CHECK ((mode = 'real' AND clock IS NULL) OR (mode = 'rehearsal' AND clock IS NOT NULL));

ALTER TABLE "case"
  ADD CONSTRAINT case_sequence CHECK (sequence >= 1),
  ADD CONSTRAINT case_batch CHECK (batch >= 1),
  ADD CONSTRAINT case_outcome CHECK ((outcome IS NULL) = (closed_at IS NULL)),
  ADD CONSTRAINT case_closed CHECK (closed_at IS NULL OR (waiting_for IS NULL AND due_at IS NULL AND wake_at IS NULL));

ALTER TABLE submission
  ADD CONSTRAINT submission_status CHECK (status IN ('received', 'done', 'refused')),
  ADD CONSTRAINT submission_answer CHECK ((status = 'received') = (answered_at IS NULL));

ALTER TABLE delivery
  ADD CONSTRAINT delivery_state CHECK (state IN ('waiting', 'sent', 'refused', 'kept')),
  ADD CONSTRAINT delivery_next_attempt CHECK ((state = 'waiting') = (next_attempt_at IS NOT NULL)),
  ADD CONSTRAINT delivery_sent CHECK ((state = 'sent') = (sent_at IS NOT NULL));

ALTER TABLE nomination_quota ADD CONSTRAINT nomination_quota_places CHECK (proposed >= 0 AND places >= 0);
ALTER TABLE quota_extra ADD CONSTRAINT quota_extra_left CHECK (places >= "left" AND "left" >= 0);
ALTER TABLE seat_quota ADD CONSTRAINT seat_quota_pool CHECK (vacant >= 0 AND assigned >= 0 AND vacant <= seats + assigned);
ALTER TABLE seat_quota ADD CONSTRAINT seat_quota_seats CHECK (proposed >= 0 AND seats >= 0);
ALTER TABLE nomination ADD CONSTRAINT nomination_place CHECK (place >= 1);
ALTER TABLE application ADD CONSTRAINT application_slot CHECK (slot >= 1);

ALTER TABLE notice
  ADD CONSTRAINT notice_published CHECK (
    published_at IS NULL
    OR (snapshot IS NOT NULL AND snapshot_hash IS NOT NULL AND first_day <= last_day AND approver_id <> author_id)
  );

-- What was written against somebody is kept as it was received (N8); who wrote it is nowhere but in the encrypted parts.
ALTER TABLE objection
  ADD CONSTRAINT objection_handling CHECK (handling IN ('objection', 'clue', 'complaint')),
  ADD CONSTRAINT objection_late CHECK (is_late = (handling = 'complaint')),
  ADD CONSTRAINT objection_named CHECK (is_named = (contact_boxed IS NOT NULL)),
  ADD CONSTRAINT objection_holding CHECK (NOT is_holding OR handling = 'objection'),
  ADD CONSTRAINT objection_investigators CHECK (cardinality(investigator_ids) <> 1);

CREATE FUNCTION keep_objection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
    OR (OLD.notice_id, OLD.application_id, OLD.receipt_hash, OLD.received_at, OLD.is_late, OLD.text_boxed,
        OLD.contact_boxed)
      IS DISTINCT FROM
       (NEW.notice_id, NEW.application_id, NEW.receipt_hash, NEW.received_at, NEW.is_late, NEW.text_boxed,
        NEW.contact_boxed)
  THEN
    RAISE EXCEPTION 'an objection is kept as it was received' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER objection_is_kept BEFORE UPDATE OR DELETE ON objection FOR EACH ROW EXECUTE FUNCTION keep_objection();
CREATE TRIGGER objection_file_is_kept BEFORE UPDATE OR DELETE ON objection_file FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE notice_attachment
  ADD CONSTRAINT notice_attachment_hash CHECK (hash = encode(sha256(content), 'hex'));
ALTER TABLE scan ADD CONSTRAINT scan_hash CHECK (hash = encode(sha256(content), 'hex'));
ALTER TABLE reachable_time ADD CONSTRAINT reachable_time_period CHECK ("from" <= until);

-- Papers never exceed the voters (V13).
ALTER TABLE vote ADD CONSTRAINT vote_issued CHECK (issued >= 0 AND issued <= voters AND voters <= members);
ALTER TABLE vote_paper ADD CONSTRAINT vote_paper_issued CHECK (issued >= 0 AND issued <= voters);

ALTER TABLE hours_entry
  ADD CONSTRAINT hours_a_day CHECK (hours BETWEEN -8 AND 8 OR form = 'converted'),
  ADD CONSTRAINT hours_form CHECK (form IN ('central', 'school_based', 'converted')),
  ADD CONSTRAINT hours_earned_or_not CHECK (none_because IS NULL OR hours = 0),
  ADD CONSTRAINT hours_confirmed CHECK ((confirmed_by_id IS NULL) = (confirmed_on IS NULL)),
  ADD CONSTRAINT hours_not_ones_own CHECK (entered_by_id <> person_id AND confirmed_by_id <> person_id);

-- Nobody verifies what he has entered, or his own evidence (E17).
ALTER TABLE evidence
  ADD CONSTRAINT evidence_version CHECK (version >= 1 AND (version > 1) = (replaces_id IS NOT NULL)),
  ADD CONSTRAINT evidence_checked CHECK ((checked_by_id IS NULL) = (checked_on IS NULL)),
  ADD CONSTRAINT evidence_not_ones_own CHECK (checked_by_id <> entered_by_id AND checked_by_id <> person_id),
  ADD CONSTRAINT evidence_verified CHECK (
    (entered_by_id IS NULL OR verified = (checked_by_id IS NOT NULL AND refusal IS NULL))
    AND NOT (verified AND refusal IS NOT NULL));

ALTER TABLE ethics_decision
  ADD CONSTRAINT ethics_decision_period CHECK (decided_on <= until),
  ADD CONSTRAINT ethics_decision_lifted CHECK ((lifted_by IS NULL) = (lifted_on IS NULL));

-- What was handed in stays as it was; it is confirmed or sent back once, by somebody else (T15).
CREATE FUNCTION keep_duty_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.checked_by_id IS NOT NULL
    OR to_jsonb(OLD) - 'checked_by_id' - 'checked_on' - 'refusal'
      <> to_jsonb(NEW) - 'checked_by_id' - 'checked_on' - 'refusal'
  THEN
    RAISE EXCEPTION 'what was handed in is kept; it is checked once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER duty_work_is_kept BEFORE UPDATE ON duty_work FOR EACH ROW EXECUTE FUNCTION keep_duty_work();
CREATE TRIGGER duty_work_is_not_deleted BEFORE DELETE ON duty_work FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE duty_work
  ADD CONSTRAINT duty_work_checked CHECK ((checked_by_id IS NULL) = (checked_on IS NULL)),
  ADD CONSTRAINT duty_work_refusal CHECK (refusal IS NULL OR checked_by_id IS NOT NULL),
  ADD CONSTRAINT duty_work_not_ones_own CHECK (checked_by_id <> person_id AND checked_by_id <> handed_in_by_id);

-- Who was whose mentor stays known; a pair ends once (T8).
CREATE FUNCTION keep_mentor_pair() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.until IS NOT NULL OR to_jsonb(OLD) - 'until' - 'reason' <> to_jsonb(NEW) - 'until' - 'reason' THEN
    RAISE EXCEPTION 'a pair of mentor and apprentice only ends' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER mentor_pair_is_kept BEFORE UPDATE ON mentor_pair FOR EACH ROW EXECUTE FUNCTION keep_mentor_pair();
CREATE TRIGGER mentor_pair_is_not_deleted BEFORE DELETE ON mentor_pair FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE UNIQUE INDEX mentor_pair_one_at_a_time ON mentor_pair (trainee_id) WHERE until IS NULL;
CREATE TRIGGER guidance_record_is_kept BEFORE UPDATE OR DELETE ON guidance_record
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE trainee ADD CONSTRAINT trainee_period CHECK (starts_on < ends_on AND hours_required >= 0);
ALTER TABLE title ADD CONSTRAINT title_period CHECK ("from" <= until);
ALTER TABLE title ADD CONSTRAINT title_re_evaluation CHECK (applied_on <= until AND applied_on <= re_evaluated_on);

-- A month is paid out once for a title; what comes later is a correction (C8).
ALTER TABLE allowance_entry
  ADD CONSTRAINT allowance_month CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  ADD CONSTRAINT allowance_kind CHECK (
    (kind = 'month' AND fen >= 0 AND days >= 0) OR (kind = 'correction' AND reason IS NOT NULL));
CREATE UNIQUE INDEX allowance_once ON allowance_entry (owner_id, month, title_id) WHERE kind = 'month';

-- Every column of ten characters is a business date.
DO $$
DECLARE
  date_column record;
BEGIN
  FOR date_column IN
    SELECT table_name, column_name FROM information_schema.columns
      WHERE table_schema = current_schema() AND data_type = 'character' AND character_maximum_length = 10
  LOOP
    EXECUTE format(
      'ALTER TABLE %I ADD CONSTRAINT %I CHECK (%I ~ %L)',
      date_column.table_name,
      date_column.table_name || '_' || date_column.column_name || '_is_a_date',
      date_column.column_name,
      '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
    );
  END LOOP;
END $$;

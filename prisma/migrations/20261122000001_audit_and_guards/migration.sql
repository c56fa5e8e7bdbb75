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

-- ── what is looked for often ─────────────────────────────────────────────────────────────────────────────────────

-- Nearly all messages have been consumed; every load of a case asks for those that have not.
CREATE INDEX case_message_waiting ON case_message (case_id) WHERE consumed_at IS NULL;

-- Nearly all deliveries have been sent.
CREATE INDEX delivery_waiting ON delivery (owner_id, next_attempt_at) WHERE state = 'waiting';

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
ALTER TABLE seat_quota ADD CONSTRAINT seat_quota_seats CHECK (proposed >= 0 AND seats >= 0);
ALTER TABLE nomination ADD CONSTRAINT nomination_place CHECK (place >= 1);
ALTER TABLE application ADD CONSTRAINT application_slot CHECK (slot >= 1);

ALTER TABLE notice
  ADD CONSTRAINT notice_published CHECK (
    published_at IS NULL
    OR (snapshot IS NOT NULL AND snapshot_hash IS NOT NULL AND first_day <= last_day AND approver_id <> author_id)
  );

-- Papers never exceed the voters (V13).
ALTER TABLE vote ADD CONSTRAINT vote_issued CHECK (issued >= 0 AND issued <= voters AND voters <= members);

ALTER TABLE hours_entry
  ADD CONSTRAINT hours_a_day CHECK (hours BETWEEN -8 AND 8 AND hours <> 0),
  ADD CONSTRAINT hours_confirmed CHECK ((confirmed_by_id IS NULL) = (confirmed_on IS NULL)),
  ADD CONSTRAINT hours_not_ones_own CHECK (entered_by_id <> person_id AND confirmed_by_id <> person_id);

ALTER TABLE trainee ADD CONSTRAINT trainee_period CHECK (starts_on < ends_on AND hours_required >= 0);
ALTER TABLE title ADD CONSTRAINT title_period CHECK ("from" <= until);

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

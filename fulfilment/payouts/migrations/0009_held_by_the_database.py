"""What the database holds of runs, whoever asks: their steps, what never changes, and what covers what.

A run takes one step after another, each with who did it. What a payout is (who, how much, by which way, on which
account) is never changed; payouts and lines are added to drafts alone, and lines are taken away from payouts that were
thrown away alone. So a run that was submitted is what it was, or a draft again. Files and events are written for ever.
"""

from importlib import import_module

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

before = import_module("fulfilment.payouts.migrations.0006_read_off_the_ledger")

COVER = """
CREATE FUNCTION payouts_check_payout(checked bigint) RETURNS void LANGUAGE plpgsql
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_nestloop = on SET jit = off AS $$
DECLARE
    payout payouts_payout;
    own bigint;
    covered bigint;
    strange bigint;
    whole bigint;
BEGIN
    SELECT * INTO payout FROM payouts_payout WHERE id = checked;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    whole := payout.amount_mad * 100;
    SELECT coalesce(sum(line.amount_minor) FILTER (WHERE is_own), 0),
           coalesce(sum(line.amount_minor) FILTER (WHERE NOT is_own), 0),
           count(*) FILTER (
               WHERE account.code <> 'cooperatives.payable'
               OR account.cooperative_id IS DISTINCT FROM payout.cooperative_id
           )
    INTO own, covered, strange
    FROM payouts_payoutline AS of_payout
    JOIN ledger_line AS line ON line.id = of_payout.ledger_line_id
    JOIN ledger_account AS account ON account.id = line.account_id
    JOIN ledger_entry AS entry ON entry.id = line.entry_id
    CROSS JOIN LATERAL (
        SELECT entry.source = 'payout' AND entry.external_id = payout.reference AS is_own
    ) AS whose
    WHERE of_payout.payout_id = checked;
    IF strange > 0 THEN
        RAISE EXCEPTION 'payout % covers what is not owed to its cooperative', payout.reference
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_covers_its_own_cooperative';
    END IF;
    IF covered <> (CASE payout.state WHEN 'CANCELLED' THEN 0 ELSE -whole END) THEN
        RAISE EXCEPTION 'payout % is of % and covers % centimes', payout.reference, payout.amount_mad, -covered
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_is_what_it_covers';
    END IF;
    IF own <> (CASE WHEN payout.state IN ('EXPORTED', 'SETTLED', 'RETURNED') THEN whole ELSE 0 END) THEN
        RAISE EXCEPTION 'payout % is % and covers % centimes of its own', payout.reference, payout.state, own
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_covers_its_own_leg';
    END IF;
    IF payout.from_day IS NOT NULL AND payout.state = 'SETTLED' AND NOT EXISTS (
        SELECT FROM ledger_entry WHERE source = 'payout_settled' AND external_id = payout.reference
    ) OR payout.state = 'RETURNED' AND NOT EXISTS (
        SELECT FROM ledger_entry AS entry JOIN ledger_entry AS back ON back.reverses_id = entry.id
        WHERE entry.source = 'payout' AND entry.external_id = payout.reference
    ) THEN
        RAISE EXCEPTION 'payout % is % and the ledger does not say so', payout.reference, payout.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_ends_in_the_ledger';
    END IF;
END $$;

CREATE FUNCTION payouts_payout_is_covered() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM payouts_check_payout(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION payouts_lines_are_the_payout() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    of_run record;
BEGIN
    FOR of_run IN
        SELECT run.id, run.state FROM payouts_payoutrun AS run WHERE run.id IN (
            SELECT payout.run_id FROM payouts_payout AS payout
            WHERE payout.id IN (SELECT DISTINCT payout_id FROM added)
        ) FOR SHARE
    LOOP
        IF of_run.state <> 'DRAFTED' AND EXISTS (
            SELECT FROM added
            JOIN payouts_payout AS payout ON payout.id = added.payout_id AND payout.run_id = of_run.id
            JOIN ledger_line AS line ON line.id = added.ledger_line_id
            JOIN ledger_entry AS entry ON entry.id = line.entry_id
            WHERE entry.source <> 'payout' OR entry.external_id <> payout.reference
        ) THEN
            RAISE EXCEPTION 'only a draft covers more than it did: this run is %', of_run.state
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    PERFORM payouts_check_payout(payout_id) FROM (SELECT DISTINCT payout_id FROM added) AS payouts;
    RETURN NULL;
END $$;

CREATE FUNCTION payouts_lines_are_freed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM payouts_payout AS payout
        WHERE payout.id IN (SELECT DISTINCT payout_id FROM gone) AND payout.state <> 'CANCELLED'
    ) THEN
        RAISE EXCEPTION 'what a payout covers never changes until it is thrown away (% on %)', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION payouts_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what stands in % never changes (%)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

CREATE CONSTRAINT TRIGGER payouts_payout_is_covered
    AFTER INSERT OR UPDATE OF amount_mad, cooperative_id, reference, state ON payouts_payout
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payouts_payout_is_covered();
CREATE TRIGGER payouts_lines_are_the_payout AFTER INSERT ON payouts_payoutline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION payouts_lines_are_the_payout();
CREATE TRIGGER payouts_lines_are_freed AFTER DELETE ON payouts_payoutline
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION payouts_lines_are_freed();
CREATE TRIGGER payouts_line_never_changes BEFORE UPDATE OR TRUNCATE ON payouts_payoutline
    FOR EACH STATEMENT EXECUTE FUNCTION payouts_stays();
"""

STEPS = """
CREATE FUNCTION payouts_run_takes_steps() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    step text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'DRAFTED' OR NEW.cycle = '' THEN
            RAISE EXCEPTION 'a run begins as a draft of a cycle' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.reference, NEW.cycle, NEW.from_day, NEW.until_day, NEW.currency, NEW.cut_off_at, NEW.pay_on,
        NEW.run_at, NEW.run_by_id) IS DISTINCT FROM
       (OLD.id, OLD.reference, OLD.cycle, OLD.from_day, OLD.until_day, OLD.currency, OLD.cut_off_at, OLD.pay_on,
        OLD.run_at, OLD.run_by_id) THEN
        RAISE EXCEPTION 'what run % is never changes', OLD.reference USING ERRCODE = 'restrict_violation';
    END IF;
    step := OLD.state || '>' || NEW.state;
    IF NEW.state = OLD.state THEN
        IF NEW IS DISTINCT FROM OLD THEN
            RAISE EXCEPTION 'run % changes by steps alone', OLD.reference USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF step NOT IN ('DRAFTED>SUBMITTED', 'DRAFTED>CANCELLED', 'SUBMITTED>DRAFTED', 'SUBMITTED>CANCELLED',
                       'SUBMITTED>APPROVED', 'APPROVED>DRAFTED', 'APPROVED>EXPORTED', 'EXPORTED>CLOSED') THEN
        RAISE EXCEPTION 'run % cannot go from % to %', OLD.reference, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF step = 'EXPORTED>CLOSED' AND EXISTS (
        SELECT FROM payouts_payout WHERE run_id = OLD.id AND state = 'EXPORTED'
    ) THEN
        RAISE EXCEPTION 'run % has payouts under way', OLD.reference USING ERRCODE = 'restrict_violation';
    END IF;
    IF step IN ('SUBMITTED>APPROVED', 'APPROVED>EXPORTED', 'EXPORTED>CLOSED')
       AND (NEW.content_sha256, NEW.submitted_at, NEW.submitted_by_id)
           IS DISTINCT FROM (OLD.content_sha256, OLD.submitted_at, OLD.submitted_by_id)
       OR step IN ('APPROVED>EXPORTED', 'EXPORTED>CLOSED')
       AND (NEW.approved_sha256, NEW.approved_at, NEW.approved_by_id)
           IS DISTINCT FROM (OLD.approved_sha256, OLD.approved_at, OLD.approved_by_id)
       OR step = 'EXPORTED>CLOSED'
       AND (NEW.exported_at, NEW.exported_by_id, NEW.executes_on)
           IS DISTINCT FROM (OLD.exported_at, OLD.exported_by_id, OLD.executes_on) THEN
        RAISE EXCEPTION 'who submitted, approved or sent run % stays', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payouts_payout_takes_steps() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    run payouts_payoutrun;
    step text;
BEGIN
    SELECT * INTO run FROM payouts_payoutrun WHERE id = NEW.run_id FOR SHARE;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'DRAFTED' OR run.state <> 'DRAFTED' OR NEW.from_day IS NULL
           OR (NEW.from_day, NEW.until_day, NEW.currency)
              IS DISTINCT FROM (run.from_day, run.until_day, run.currency) THEN
            RAISE EXCEPTION 'a payout begins in a draft, for its period' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.reference, NEW.run_id, NEW.cooperative_id, NEW.from_day, NEW.until_day, NEW.currency,
        NEW.amount_mad, NEW.method, NEW.rib, NEW.holder, NEW.account_id) IS DISTINCT FROM
       (OLD.id, OLD.reference, OLD.run_id, OLD.cooperative_id, OLD.from_day, OLD.until_day, OLD.currency,
        OLD.amount_mad, OLD.method, OLD.rib, OLD.holder, OLD.account_id) THEN
        RAISE EXCEPTION 'what payout % is never changes', OLD.reference USING ERRCODE = 'restrict_violation';
    END IF;
    step := OLD.state || '>' || NEW.state;
    IF NOT (NEW.state = OLD.state AND NEW IS NOT DISTINCT FROM OLD
            OR step = 'DRAFTED>APPROVED' AND run.state = 'APPROVED'
            OR step = 'APPROVED>DRAFTED' AND run.state = 'DRAFTED'
            OR step = 'DRAFTED>CANCELLED' AND run.state = 'CANCELLED'
            OR step = 'APPROVED>EXPORTED' AND run.state = 'EXPORTED'
            OR step IN ('EXPORTED>SETTLED', 'EXPORTED>RETURNED') AND run.state = 'EXPORTED'
            OR step = 'SETTLED>RETURNED') THEN
        RAISE EXCEPTION 'payout % cannot go from % to % in a run that is %', OLD.reference, OLD.state, NEW.state,
            run.state USING ERRCODE = 'restrict_violation';
    END IF;
    IF step NOT LIKE '%>SETTLED' AND (NEW.settled_at, NEW.settled_by_id, NEW.proof)
           IS DISTINCT FROM (OLD.settled_at, OLD.settled_by_id, OLD.proof)
       OR step NOT LIKE '%>RETURNED' AND (NEW.returned_at, NEW.return_reason)
           IS DISTINCT FROM (OLD.returned_at, OLD.return_reason) THEN
        RAISE EXCEPTION 'how payout % ended stays', OLD.reference USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payouts_bank_line_is_closed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL
       OR (NEW.id, NEW.file_id, NEW.number, NEW.is_credit, NEW.amount, NEW.booked_on, NEW.reference,
           NEW.end_to_end_id, NEW.account, NEW.reason, NEW.outcome, NEW.why, NEW.payout_id) IS DISTINCT FROM
          (OLD.id, OLD.file_id, OLD.number, OLD.is_credit, OLD.amount, OLD.booked_on, OLD.reference,
           OLD.end_to_end_id, OLD.account, OLD.reason, OLD.outcome, OLD.why, OLD.payout_id) THEN
        RAISE EXCEPTION 'what the bank wrote stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payouts_run_takes_steps BEFORE INSERT OR UPDATE ON payouts_payoutrun
    FOR EACH ROW EXECUTE FUNCTION payouts_run_takes_steps();
CREATE TRIGGER payouts_payout_takes_steps BEFORE INSERT OR UPDATE ON payouts_payout
    FOR EACH ROW EXECUTE FUNCTION payouts_payout_takes_steps();
CREATE TRIGGER payouts_bank_line_is_closed BEFORE UPDATE ON payouts_bankfileline
    FOR EACH ROW EXECUTE FUNCTION payouts_bank_line_is_closed();
"""

FOR_EVER = ("payouts_payoutfile", "payouts_payoutevent", "payouts_payoutminimum", "payouts_bankfile")
IN_STEPS = ("payouts_payoutrun", "payouts_payout", "payouts_bankfileline")
STAYS = """
CREATE TRIGGER {table}_stays BEFORE {when} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION payouts_stays();
"""

FORWARD = "".join(
    (
        before.BACKWARD,
        COVER,
        STEPS,
        *(STAYS.format(table=table, when="UPDATE OR DELETE OR TRUNCATE") for table in FOR_EVER),
        *(STAYS.format(table=table, when="DELETE OR TRUNCATE") for table in IN_STEPS),
    )
)
BACKWARD = (
    "".join(f"DROP TRIGGER {table}_stays ON {table};\n" for table in (*FOR_EVER, *IN_STEPS))
    + """
DROP TRIGGER payouts_bank_line_is_closed ON payouts_bankfileline;
DROP TRIGGER payouts_payout_takes_steps ON payouts_payout;
DROP TRIGGER payouts_run_takes_steps ON payouts_payoutrun;
DROP TRIGGER payouts_line_never_changes ON payouts_payoutline;
DROP TRIGGER payouts_lines_are_freed ON payouts_payoutline;
DROP TRIGGER payouts_lines_are_the_payout ON payouts_payoutline;
DROP TRIGGER payouts_payout_is_covered ON payouts_payout;
DROP FUNCTION payouts_bank_line_is_closed();
DROP FUNCTION payouts_payout_takes_steps();
DROP FUNCTION payouts_run_takes_steps();
DROP FUNCTION payouts_stays();
DROP FUNCTION payouts_lines_are_freed();
DROP FUNCTION payouts_lines_are_the_payout();
DROP FUNCTION payouts_payout_is_covered();
DROP FUNCTION payouts_check_payout(bigint);
"""
    + before.FORWARD
)


def leave_what_is_needed(apps, editor):
    revoke_from_application(editor, FOR_EVER, but="SELECT, INSERT")
    revoke_from_application(editor, IN_STEPS, but="SELECT, INSERT, UPDATE")
    revoke_from_application(editor, [before.TABLE], but="SELECT, INSERT, DELETE")


def leave_as_before(apps, editor):
    revoke_from_application(editor, (*FOR_EVER, *IN_STEPS), but="SELECT, INSERT, UPDATE, DELETE")
    revoke_from_application(editor, [before.TABLE], but="SELECT, INSERT")


class Migration(migrations.Migration):
    dependencies = [("payouts", "0008_runs_of_before")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(leave_what_is_needed, leave_as_before),
    ]

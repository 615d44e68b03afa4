"""What the database holds of advances, whoever asks: their steps, and that payouts deduct what they say.

A payout covers what it pays and what it deducts. What it deducts is the sum of its repayments, each of an approved
advance of its own cooperative; those that stand never take back more than the advance was. Repayments are added to
drafts alone and written for ever.
"""

from importlib import import_module

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

before = import_module("fulfilment.payouts.migrations.0009_held_by_the_database")


def _function(source, name):
    """Return the text of one function, to be put in the place of the one that stands."""
    begins = source.index(f"CREATE FUNCTION {name}(")
    ends = source.index("END $$;", begins) + len("END $$;")
    return "CREATE OR REPLACE" + source[begins + len("CREATE") : ends] + "\n"


COVERED = _function(before.COVER, "payouts_check_payout")
TAKES_STEPS = _function(before.STEPS, "payouts_payout_takes_steps")
COVERED_AND_DEDUCTED = COVERED.replace("payout.amount_mad * 100;", "(payout.amount_mad + payout.deducted_mad) * 100;")
NEVER_DEDUCTS_OTHERWISE = TAKES_STEPS.replace("NEW.amount_mad,", "NEW.amount_mad, NEW.deducted_mad,").replace(
    "OLD.amount_mad,", "OLD.amount_mad, OLD.deducted_mad,"
)

HELD = """
CREATE FUNCTION payouts_check_deduction(checked bigint) RETURNS void LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    payout payouts_payout;
    taken numeric;
BEGIN
    SELECT * INTO payout FROM payouts_payout WHERE id = checked;
    PERFORM FROM payouts_advance WHERE id IN (
        SELECT advance_id FROM payouts_advancerepayment WHERE payout_id = checked
    ) ORDER BY id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount_mad), 0) INTO taken FROM payouts_advancerepayment WHERE payout_id = checked;
    IF taken <> payout.deducted_mad THEN
        RAISE EXCEPTION 'payout % deducts % and takes % for advances', payout.reference, payout.deducted_mad, taken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_deducts_what_it_takes';
    END IF;
    IF EXISTS (
        SELECT FROM payouts_advancerepayment AS repayment
        JOIN payouts_advance AS advance ON advance.id = repayment.advance_id
        WHERE repayment.payout_id = checked AND (
            advance.state <> 'APPROVED' OR advance.cooperative_id <> payout.cooperative_id OR advance.amount_mad < (
                SELECT sum(other.amount_mad) FROM payouts_advancerepayment AS other
                JOIN payouts_payout AS by_payout ON by_payout.id = other.payout_id
                WHERE other.advance_id = advance.id AND by_payout.state NOT IN ('CANCELLED', 'RETURNED')
            )
        )
    ) THEN
        RAISE EXCEPTION 'payout % takes back what its cooperative was not given', payout.reference
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_takes_back_what_was_given';
    END IF;
END $$;

CREATE FUNCTION payouts_payout_is_deducted() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM payouts_check_deduction(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION payouts_repayment_is_of_a_draft() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    of_run text;
BEGIN
    SELECT run.state INTO of_run FROM payouts_payout AS payout
    JOIN payouts_payoutrun AS run ON run.id = payout.run_id WHERE payout.id = NEW.payout_id FOR SHARE OF run;
    IF of_run <> 'DRAFTED' THEN
        RAISE EXCEPTION 'only a draft takes back more than it did: this run is %', of_run
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payouts_repayment_is_deducted() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM payouts_check_deduction(NEW.payout_id);
    RETURN NULL;
END $$;

CREATE FUNCTION payouts_advance_takes_steps() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['state', 'decided_by_id', 'decided_at', 'reason', 'limit_mad', 'entry_id'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'ASKED' THEN
            RAISE EXCEPTION 'an advance begins by being asked for' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'ASKED' AND NEW IS DISTINCT FROM OLD
       OR (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'an advance is decided on once, and never edited' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'APPROVED' AND NOT EXISTS (
        SELECT FROM ledger_entry AS entry JOIN ledger_line AS line ON line.entry_id = entry.id
        JOIN ledger_account AS account ON account.id = line.account_id
        WHERE entry.id = NEW.entry_id AND entry.source = 'advance' AND account.code = 'cooperatives.advances'
        AND account.cooperative_id = NEW.cooperative_id AND line.amount_minor = NEW.amount_mad * 100
    ) THEN
        RAISE EXCEPTION 'the ledger does not say that this advance was given' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE CONSTRAINT TRIGGER payouts_payout_is_deducted AFTER INSERT OR UPDATE OF deducted_mad ON payouts_payout
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.deducted_mad <> 0)
    EXECUTE FUNCTION payouts_payout_is_deducted();
CREATE TRIGGER payouts_repayment_is_of_a_draft BEFORE INSERT ON payouts_advancerepayment
    FOR EACH ROW EXECUTE FUNCTION payouts_repayment_is_of_a_draft();
CREATE CONSTRAINT TRIGGER payouts_repayment_is_deducted AFTER INSERT ON payouts_advancerepayment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payouts_repayment_is_deducted();
CREATE TRIGGER payouts_advance_takes_steps BEFORE INSERT OR UPDATE ON payouts_advance
    FOR EACH ROW EXECUTE FUNCTION payouts_advance_takes_steps();
"""

STAYS = before.STAYS.format(table="payouts_advance", when="DELETE OR TRUNCATE") + before.STAYS.format(
    table="payouts_advancerepayment", when="UPDATE OR DELETE OR TRUNCATE"
)
FORWARD = "".join((COVERED_AND_DEDUCTED, NEVER_DEDUCTS_OTHERWISE, HELD, STAYS))
BACKWARD = (
    """
DROP TRIGGER payouts_advancerepayment_stays ON payouts_advancerepayment;
DROP TRIGGER payouts_advance_stays ON payouts_advance;
DROP TRIGGER payouts_advance_takes_steps ON payouts_advance;
DROP TRIGGER payouts_repayment_is_deducted ON payouts_advancerepayment;
DROP TRIGGER payouts_repayment_is_of_a_draft ON payouts_advancerepayment;
DROP TRIGGER payouts_payout_is_deducted ON payouts_payout;
DROP FUNCTION payouts_advance_takes_steps();
DROP FUNCTION payouts_repayment_is_deducted();
DROP FUNCTION payouts_repayment_is_of_a_draft();
DROP FUNCTION payouts_payout_is_deducted();
DROP FUNCTION payouts_check_deduction(bigint);
"""
    + TAKES_STEPS
    + COVERED
)


def leave_what_is_needed(apps, editor):
    revoke_from_application(editor, ["payouts_advance"], but="SELECT, INSERT, UPDATE")
    revoke_from_application(editor, ["payouts_advancerepayment"], but="SELECT, INSERT")


def leave_as_before(apps, editor):
    tables = ["payouts_advance", "payouts_advancerepayment"]
    revoke_from_application(editor, tables, but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("payouts", "0011_advances")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(leave_what_is_needed, leave_as_before),
    ]

"""What is owed is read off the ledger from here on; the database holds each payout to the legs it covers.

A payout covers legs of its own cooperative's account; together they are its amount. One that is paid covers its own leg
as well. Lines are written for ever, all of a payout's in one statement, after which each is asked for; and a payout is
asked again when its transaction ends. It is asked by keys alone: tables that a transaction has just filled have no
statistics yet, and a plan that reads them whole would be taken for each payout.
"""

from decimal import Decimal

from django.db import migrations, models
from django.db.models import F, Q

from catalogue.kernel.roles import revoke_from_application

TABLE = "payouts_payoutline"

FORWARD = """
CREATE FUNCTION payouts_check_payout(checked bigint) RETURNS void LANGUAGE plpgsql
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    SET jit = off AS $$
DECLARE
    payout payouts_payout;
    own bigint;
    covered bigint;
    strange bigint;
BEGIN
    SELECT * INTO payout FROM payouts_payout WHERE id = checked;
    IF NOT FOUND THEN
        RETURN;
    END IF;
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
    IF covered <> -payout.amount_mad * 100 THEN
        RAISE EXCEPTION 'payout % is of % and covers % centimes', payout.reference, payout.amount_mad, -covered
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_is_what_it_covers';
    END IF;
    IF own <> payout.amount_mad * 100 AND (own <> 0 OR payout.state = 'SETTLED') THEN
        RAISE EXCEPTION 'payout % is paid and its own leg is not covered', payout.reference
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_covers_its_own_leg';
    END IF;
END $$;

CREATE FUNCTION payouts_payout_is_covered() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM payouts_check_payout(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION payouts_lines_are_the_payout() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM payouts_check_payout(payout_id) FROM (SELECT DISTINCT payout_id FROM added) AS payouts;
    RETURN NULL;
END $$;

CREATE FUNCTION payouts_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a payout covers never changes (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE CONSTRAINT TRIGGER payouts_payout_is_covered
    AFTER INSERT OR UPDATE OF amount_mad, cooperative_id, reference, state ON payouts_payout
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payouts_payout_is_covered();
CREATE TRIGGER payouts_lines_are_the_payout AFTER INSERT ON payouts_payoutline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION payouts_lines_are_the_payout();
CREATE TRIGGER payouts_line_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON payouts_payoutline
    FOR EACH STATEMENT EXECUTE FUNCTION payouts_line_stays();
"""

BACKWARD = """
DROP TRIGGER payouts_line_never_changes ON payouts_payoutline;
DROP TRIGGER payouts_lines_are_the_payout ON payouts_payoutline;
DROP TRIGGER payouts_payout_is_covered ON payouts_payout;
DROP FUNCTION payouts_line_stays();
DROP FUNCTION payouts_lines_are_the_payout();
DROP FUNCTION payouts_payout_is_covered();
DROP FUNCTION payouts_check_payout(bigint);
"""


def keep_for_adding(apps, editor):
    revoke_from_application(editor, [TABLE], but="SELECT, INSERT")


def open_for_all(apps, editor):
    revoke_from_application(editor, [TABLE], but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("payouts", "0005_cover_what_was_paid")]

    operations = [
        migrations.RemoveConstraint(model_name="payable", name="payable_settled_by_a_payout"),
        migrations.RemoveConstraint(model_name="payable", name="payable_not_negative"),
        migrations.AlterField(
            model_name="payable",
            name="amount_mad",
            field=models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=14),
        ),
        migrations.RemoveField(model_name="payable", name="amount_mad"),
        migrations.RemoveField(model_name="payable", name="state"),
        migrations.RemoveField(model_name="payable", name="payout"),
        migrations.AddConstraint(
            model_name="payable",
            constraint=models.CheckConstraint(
                condition=Q(withdrawal_ends_at=None) | Q(withdrawal_ends_at__gte=F("earned_at")),
                name="payable_not_before_delivery",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]

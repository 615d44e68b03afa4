"""A report and its answer are written once, nobody reports a piece twice, and one answer stands: held by the database."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

TABLES = (
    "complaints_complaint",
    "complaints_complaintline",
    "complaints_complaintphoto",
    "complaints_decision",
)
NEVER = """
CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION complaints_refuse_change();
"""
FORWARD = """
CREATE FUNCTION complaints_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a report and its answer are written once (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION complaints_within_bought() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bought order_line%ROWTYPE;
    of_order bigint;
    reported bigint;
    given_back bigint;
BEGIN
    SELECT * INTO STRICT bought FROM order_line WHERE id = NEW.line_id;
    SELECT order_id INTO STRICT of_order FROM complaints_complaint WHERE id = NEW.complaint_id;
    IF bought.order_id <> of_order THEN
        RAISE EXCEPTION 'line % is not of the order that is reported', bought.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_line_of_its_order';
    END IF;
    PERFORM 1 FROM order_order WHERE id = of_order FOR NO KEY UPDATE;
    SELECT coalesce(sum(quantity), 0) INTO reported FROM complaints_complaintline WHERE line_id = bought.id;
    SELECT coalesce(sum(part.pieces), 0) INTO given_back
        FROM payment_refundline AS part JOIN payment_refund AS refund ON refund.id = part.refund_id
        WHERE part.order_line_id = bought.id AND refund.state NOT IN ('FAILED', 'DECLINED')
        AND NOT EXISTS (
            SELECT 1 FROM complaints_decision AS decision
            WHERE decision.refund_id IN (refund.id, refund.follows_id)
        );
    IF reported + given_back > bought.quantity THEN
        RAISE EXCEPTION '% pieces of line % are reported, % given back, and % were bought',
            reported, bought.id, given_back, bought.quantity
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_within_bought';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER complaints_within_bought AFTER INSERT ON complaints_complaintline
    FOR EACH ROW EXECUTE FUNCTION complaints_within_bought();

CREATE FUNCTION complaints_one_answer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_order bigint;
BEGIN
    SELECT order_id INTO STRICT of_order FROM complaints_complaint WHERE id = NEW.complaint_id;
    PERFORM 1 FROM order_order WHERE id = of_order FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM complaints_decision AS decision
        LEFT JOIN payment_refund AS refund ON refund.id = decision.refund_id
        WHERE decision.complaint_id = NEW.complaint_id AND decision.id <> NEW.id
        AND refund.state IS DISTINCT FROM 'DECLINED'
    ) THEN
        RAISE EXCEPTION 'complaint % is answered', NEW.complaint_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_one_answer';
    END IF;
    IF NEW.refund_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM payment_refund AS refund JOIN payment_paymentattempt AS attempt ON attempt.id = refund.attempt_id
        WHERE refund.id = NEW.refund_id AND attempt.order_id = of_order
    ) THEN
        RAISE EXCEPTION 'refund % is not of the order that is reported', NEW.refund_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'complaint_refund_of_its_order';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER complaints_one_answer AFTER INSERT ON complaints_decision
    FOR EACH ROW EXECUTE FUNCTION complaints_one_answer();
"""
BACKWARD = """
DROP FUNCTION complaints_one_answer() CASCADE;
DROP FUNCTION complaints_within_bought() CASCADE;
DROP FUNCTION complaints_refuse_change() CASCADE;
"""


def keep_for_adding(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT")


def open_for_all(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_complaints")]

    operations = [
        migrations.RunSQL(FORWARD + "".join(NEVER.format(table=table) for table in TABLES), BACKWARD),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]

"""Never more is given back than came in: the database adds up an attempt's refunds under its lock, whoever writes them."""

from django.db import migrations

FORWARD = """
UPDATE payment_paymentattempt SET captured = amount WHERE state = 'SUCCEEDED';

CREATE FUNCTION payment_refunds_within_captured() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    attempt payment_paymentattempt%ROWTYPE;
    given_back numeric;
BEGIN
    SELECT * INTO attempt FROM payment_paymentattempt WHERE id = NEW.attempt_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount), 0) INTO given_back
        FROM payment_refund WHERE attempt_id = NEW.attempt_id AND state <> 'FAILED';
    IF given_back > attempt.captured THEN
        RAISE EXCEPTION 'refunds of % exceed the % captured by attempt %', given_back, attempt.captured, attempt.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_within_captured';
    END IF;
    IF NEW.currency <> attempt.currency THEN
        RAISE EXCEPTION 'a refund is in the currency of its attempt (% for %)', NEW.currency, attempt.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_in_its_currency';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION payment_captured_covers_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.captured < (
        SELECT coalesce(sum(amount), 0) FROM payment_refund WHERE attempt_id = NEW.id AND state <> 'FAILED'
    ) THEN
        RAISE EXCEPTION 'attempt % gave back more than %', NEW.id, NEW.captured
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_within_captured';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER refunds_within_captured AFTER INSERT OR UPDATE ON payment_refund
    FOR EACH ROW EXECUTE FUNCTION payment_refunds_within_captured();
CREATE TRIGGER captured_covers_refunds AFTER UPDATE OF captured ON payment_paymentattempt
    FOR EACH ROW WHEN (NEW.captured < OLD.captured) EXECUTE FUNCTION payment_captured_covers_refunds();
"""

BACKWARD = """
DROP TRIGGER captured_covers_refunds ON payment_paymentattempt;
DROP TRIGGER refunds_within_captured ON payment_refund;
DROP FUNCTION payment_captured_covers_refunds();
DROP FUNCTION payment_refunds_within_captured();
"""


class Migration(migrations.Migration):
    dependencies = [("payment", "0007_attempts_refunds_events")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

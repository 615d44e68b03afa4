"""The lock: nothing is added to the ledger in a locked month, and a month is locked and opened by two persons only.

The ledger asks ``ledger_books_open_from`` for the first day that still takes entries; here it is given its answer. A
month begins open; it is locked with the figures that were signed first, by someone else; a locked one never changes but
to be opened again once a second person let it, the last locked one first.
"""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

OPEN_FROM = """
CREATE OR REPLACE FUNCTION ledger_books_open_from() RETURNS date LANGUAGE sql STABLE
    SET search_path = public, pg_temp AS $$
    SELECT max((make_date(year, month, 1) + interval '1 month')::date) FROM closing_month WHERE state = 'LOCKED'
$$;
"""

NOTHING_LOCKED = """
CREATE OR REPLACE FUNCTION ledger_books_open_from() RETURNS date LANGUAGE sql STABLE
    SET search_path = public, pg_temp AS $$
    SELECT NULL::date
$$;
"""

FORWARD = """
CREATE FUNCTION closing_refuse(said text, named text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', said USING ERRCODE = 'check_violation', CONSTRAINT = named;
END $$;

CREATE FUNCTION closing_month_goes_its_way() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'OPEN' THEN
            PERFORM closing_refuse('a month begins open', 'closing_month_begins_open');
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.id <> OLD.id OR NEW.year <> OLD.year OR NEW.month <> OLD.month THEN
        PERFORM closing_refuse('a month stays the month it is', 'closing_month_stays');
    END IF;
    IF NEW.state = 'LOCKED' AND OLD.state <> 'LOCKED' AND (
        OLD.state <> 'CHECKED' OR NEW.sha256 <> OLD.sha256 OR NEW.figures <> OLD.figures
        OR NEW.first_by_id <> OLD.first_by_id OR NEW.first_at <> OLD.first_at
    ) THEN
        PERFORM closing_refuse('a month is locked as it was signed first', 'closing_month_locked_as_signed');
    END IF;
    IF OLD.state <> 'LOCKED' THEN
        RETURN NEW;
    END IF;
    IF NEW.state <> 'OPEN' THEN
        IF NEW IS DISTINCT FROM OLD THEN
            PERFORM closing_refuse('a locked month never changes', 'closing_month_is_locked');
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM closing_reopening WHERE month_id = OLD.id AND of_lock = OLD.locked_at AND answer = 'OPENED'
    ) THEN
        PERFORM closing_refuse('two persons open a month again', 'closing_month_opened_by_two');
    END IF;
    IF EXISTS (SELECT FROM closing_month WHERE state = 'LOCKED' AND (year, month) > (OLD.year, OLD.month)) THEN
        PERFORM closing_refuse('the last locked month is opened first', 'closing_month_last_first');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION closing_reopening_is_answered_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answer <> '' OR (OLD.month_id, OLD.of_lock, OLD.reason, OLD.asked_by_id, OLD.asked_at)
        IS DISTINCT FROM (NEW.month_id, NEW.of_lock, NEW.reason, NEW.asked_by_id, NEW.asked_at) THEN
        PERFORM closing_refuse('what was asked stays, and is answered once', 'closing_reopening_answered_once');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION closing_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was done with a month stays (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER closing_month_goes_its_way BEFORE INSERT OR UPDATE ON closing_month
    FOR EACH ROW EXECUTE FUNCTION closing_month_goes_its_way();
CREATE TRIGGER closing_reopening_is_answered_once BEFORE UPDATE ON closing_reopening
    FOR EACH ROW EXECUTE FUNCTION closing_reopening_is_answered_once();
CREATE TRIGGER closing_month_stays BEFORE DELETE OR TRUNCATE ON closing_month
    FOR EACH STATEMENT EXECUTE FUNCTION closing_never();
CREATE TRIGGER closing_reopening_stays BEFORE DELETE OR TRUNCATE ON closing_reopening
    FOR EACH STATEMENT EXECUTE FUNCTION closing_never();
CREATE TRIGGER closing_event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON closing_monthevent
    FOR EACH STATEMENT EXECUTE FUNCTION closing_never();
"""

BACKWARD = """
DROP FUNCTION closing_month_goes_its_way() CASCADE;
DROP FUNCTION closing_reopening_is_answered_once() CASCADE;
DROP FUNCTION closing_never() CASCADE;
DROP FUNCTION closing_refuse(text, text);
"""


def keep(apps, editor):
    revoke_from_application(editor, ["closing_month", "closing_reopening"], but="SELECT, INSERT, UPDATE")
    revoke_from_application(editor, ["closing_monthevent"], but="SELECT, INSERT")


def open_for_all(apps, editor):
    tables = ["closing_month", "closing_reopening", "closing_monthevent"]
    revoke_from_application(editor, tables, but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("closing", "0001_months"), ("ledger", "0003_booked_on")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(keep, open_for_all),
        migrations.RunSQL(OPEN_FROM, NOTHING_LOCKED),
    ]

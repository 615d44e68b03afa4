"""What the ledger's triggers hold against anyone, and what the application's role may do at all: read and add.

An entry balances in each currency, has as many lines as it says, and is the exact opposite of what it reverses. This
is asked when the transaction ends, for each new entry and each new line: lines that come later are one too many.
Accounts, entries and lines are never changed, deleted or truncated, not by the owner either.
"""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

TABLES = ("ledger_account", "ledger_entry", "ledger_line")

CHECKS = """
CREATE FUNCTION ledger_check_entry(checked bigint) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    entry ledger_entry;
    reversed ledger_entry;
    found_lines bigint;
    crooked text;
BEGIN
    SELECT * INTO STRICT entry FROM ledger_entry WHERE id = checked;
    SELECT count(*) INTO found_lines FROM ledger_line WHERE entry_id = checked;
    IF found_lines <> entry.legs THEN
        RAISE EXCEPTION 'ledger entry % has % lines and says %', checked, found_lines, entry.legs
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_whole';
    END IF;
    SELECT string_agg(format('%s %s', currency, total), ', ') INTO crooked FROM (
        SELECT currency, sum(amount_minor) AS total FROM ledger_line
        WHERE entry_id = checked GROUP BY currency HAVING sum(amount_minor) <> 0
    ) AS totals;
    IF crooked IS NOT NULL THEN
        RAISE EXCEPTION 'ledger entry % does not balance: %', checked, crooked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
    END IF;
    IF entry.reverses_id IS NULL THEN
        RETURN;
    END IF;
    SELECT * INTO STRICT reversed FROM ledger_entry WHERE id = entry.reverses_id;
    IF reversed.reverses_id IS NOT NULL THEN
        RAISE EXCEPTION 'ledger entry % reverses a reversal', checked
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_no_reversal_of_a_reversal';
    END IF;
    IF reversed.legs <> entry.legs OR EXISTS (
        SELECT account_id, order_line, -amount_minor FROM ledger_line WHERE entry_id = reversed.id
        EXCEPT ALL
        SELECT account_id, order_line, amount_minor FROM ledger_line WHERE entry_id = checked
    ) THEN
        RAISE EXCEPTION 'ledger entry % is not the opposite of %', checked, reversed.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_reversal_is_exact';
    END IF;
END $$;

CREATE FUNCTION ledger_entry_ends_whole() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ledger_check_entry(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_line_fits_its_entry() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM ledger_check_entry(NEW.entry_id);
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only added to, never changed (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE CONSTRAINT TRIGGER ledger_entry_ends_whole AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_ends_whole();
CREATE CONSTRAINT TRIGGER ledger_line_fits_its_entry AFTER INSERT ON ledger_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_line_fits_its_entry();

ALTER TABLE ledger_account ADD CONSTRAINT ledger_account_and_currency UNIQUE (id, currency);
ALTER TABLE ledger_line ADD CONSTRAINT ledger_line_in_its_account_s_currency
    FOREIGN KEY (account_id, currency) REFERENCES ledger_account (id, currency) DEFERRABLE INITIALLY DEFERRED;
"""

NEVER = """
CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

BACKWARD = """
ALTER TABLE ledger_line DROP CONSTRAINT ledger_line_in_its_account_s_currency;
ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_and_currency;
DROP TRIGGER ledger_line_fits_its_entry ON ledger_line;
DROP TRIGGER ledger_entry_ends_whole ON ledger_entry;
DROP FUNCTION ledger_refuse_change() CASCADE;
DROP FUNCTION ledger_line_fits_its_entry();
DROP FUNCTION ledger_entry_ends_whole();
DROP FUNCTION ledger_check_entry(bigint);
"""


def keep_for_adding(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT")


def open_for_all(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(CHECKS + "".join(NEVER.format(table=table) for table in TABLES), BACKWARD),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]

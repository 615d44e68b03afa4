"""Each entry gets the day it counts on in the books, written by the database as it is added.

It is the day of the event in Casablanca, or the first day after what is locked. What is locked says an app above, by
putting its own function in the place of ``ledger_books_open_from``. Whoever adds an entry shares a lock until its
transaction ends; whoever locks a month takes it alone, so that no entry slips into a month while it is being locked.
Entries never change, so those that stand are given their day by a new type of the column, not by an update.
"""

from django.db import migrations, models

OPEN_FROM = """
CREATE FUNCTION ledger_books_open_from() RETURNS date LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT NULL::date
$$;
"""

DATED = """
CREATE FUNCTION ledger_entry_is_dated() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    happened_on date := (NEW.occurred_at AT TIME ZONE 'Africa/Casablanca')::date;
    open_from date;
    due date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared({books});
    open_from := ledger_books_open_from();
    due := greatest(happened_on, open_from);
    IF NEW.booked_on IS NULL THEN
        NEW.booked_on := due;
    ELSIF NEW.booked_on < open_from THEN
        RAISE EXCEPTION 'the books are locked before %, and an entry says %', open_from, NEW.booked_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_month_is_locked';
    ELSIF NEW.booked_on <> due THEN
        RAISE EXCEPTION 'an entry of % counts on %, not on %', happened_on, due, NEW.booked_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_counts_on_its_day';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_entry_is_dated BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_is_dated();
"""

BOOKS = 3311617007
"""What ``catalogue.kernel.locks`` makes of the name ``ledger.books``."""

FILL = """
ALTER TABLE ledger_entry ALTER COLUMN booked_on TYPE date USING (occurred_at AT TIME ZONE 'Africa/Casablanca')::date
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_written_for_ever")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="booked_on",
            field=models.DateField(editable=False, help_text="written by the database", null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="entry",
            name="booked_on",
            field=models.DateField(editable=False, help_text="written by the database"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["booked_on", "id"], name="ledger_entry_by_booking"),
        ),
        migrations.RunSQL(OPEN_FROM, "DROP FUNCTION ledger_books_open_from()"),
        migrations.RunSQL(
            DATED.format(books=BOOKS),
            "DROP TRIGGER ledger_entry_is_dated ON ledger_entry; DROP FUNCTION ledger_entry_is_dated()",
        ),
    ]

"""What was told is never changed, and the words that couriers use are known from the start."""

from django.db import migrations

from catalogue.kernel.roles import revoke_from_application

TABLES = ("tracking_trackingevent", "tracking_statusfile")
TOLD = "courier_id, key, parcel, word, folded, note, occurred_at, received_at, source, file_id, row, raw"
STAYS = f"""
CREATE TRIGGER tracking_event_stays BEFORE UPDATE OF {TOLD} OR DELETE ON tracking_trackingevent
    FOR EACH ROW EXECUTE FUNCTION order_refuse_change();
CREATE TRIGGER tracking_file_stays BEFORE UPDATE OF courier_id, name, sha256, rows, received_at OR DELETE ON tracking_statusfile
    FOR EACH ROW EXECUTE FUNCTION order_refuse_change();
"""
MAY_CHANGE = """
DROP TRIGGER tracking_event_stays ON tracking_trackingevent;
DROP TRIGGER tracking_file_stays ON tracking_statusfile;
"""

WORDS = {
    "nothing": ("pending", "to prepare", "pick-up", "scheduled", "new destination", "refunded", "duplicate"),
    "on_the_way": ("picked up", "warehouse", "transit", "distributed"),
    "out": ("delivering",),
    "delivered": ("delivered",),
    "back": ("cancelled", "cancelled before dispatch", "returned"),
    "absent no_answer": ("unreachable", "no answer 1", "no answer 2", "no answer 3"),
    "absent another_day": ("postponed",),
    "refused changed_mind": ("rejected",),
}
"""No word means lost: that is for the office to say."""


def teach(apps, editor):
    rows = apps.get_model("tracking", "StatusWord").objects
    for said, words in WORDS.items():
        meaning, _space, reason = said.partition(" ")
        for word in words:
            rows.create(word=word.replace("-", " "), meaning=meaning, reason=reason)


def forget(apps, editor):
    apps.get_model("tracking", "StatusWord").objects.filter(courier=None, taught_by=None).delete()


def keep_for_adding(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT, UPDATE")


def open_for_all(apps, editor):
    revoke_from_application(editor, TABLES, but="SELECT, INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("tracking", "0001_couriers_tell"), ("order", "0029_agreed_for_ever")]

    operations = [
        migrations.RunPython(teach, forget),
        migrations.RunSQL(STAYS, MAY_CHANGE),
        migrations.RunPython(keep_for_adding, open_for_all),
    ]

"""What an offer took off an order was agreed with the rest of it: the rows are written once and stay."""

from django.db import migrations

TABLES = ("order_linediscount", "order_deliverydiscount")

FORWARD = "".join(
    f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION order_refuse_change();\n"
    for table in TABLES
)
BACKWARD = "".join(f"DROP TRIGGER {table}_stays ON {table};\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("order", "0029_agreed_for_ever")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

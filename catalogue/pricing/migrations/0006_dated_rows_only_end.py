"""Fees, taxes and sellers are ended, never edited or deleted; a drafted price is as it was made."""

from django.db import migrations

DATED = ("pricing_fee", "pricing_vatrate", "pricing_cooperativetaxstatus", "pricing_sellerofrecord")

FORWARD = """
CREATE FUNCTION pricing_only_end_a_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.valid_until IS NOT NULL OR NEW.valid_until IS NULL
       OR (to_jsonb(NEW) - 'valid_until') IS DISTINCT FROM (to_jsonb(OLD) - 'valid_until') THEN
        RAISE EXCEPTION 'a dated row can only be ended, once (% on %)', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER draft_price_never_changes BEFORE UPDATE ON pricing_draftprice
    FOR EACH ROW EXECUTE FUNCTION pricing_refuse_change();
""" + "".join(
    f"""
CREATE TRIGGER row_only_ends BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION pricing_only_end_a_row();
"""
    for table in DATED
)

BACKWARD = (
    "".join(f"DROP TRIGGER row_only_ends ON {table};" for table in DATED)
    + "DROP TRIGGER draft_price_never_changes ON pricing_draftprice; DROP FUNCTION pricing_only_end_a_row();"
)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0005_drafts_fees_and_taxes")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

"""The shares of a lot come to a thousand or there are none, are of one union, and stay once a piece is promised."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION lots_shares_stay() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    shared bigint := coalesce(NEW.lot_id, OLD.lot_id);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a share of a lot is taken away and told anew, not changed' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM FROM lots_lot WHERE id = shared FOR NO KEY UPDATE;  -- whoever promises a piece holds it as well
    IF EXISTS (SELECT FROM lots_lotstock WHERE lot_id = shared AND held > 0) OR EXISTS (
        SELECT FROM lots_lotstock AS stock JOIN lots_stockmovement AS moved ON moved.stock_id = stock.id
        WHERE stock.lot_id = shared AND moved.kind = 'sold'
    ) THEN
        RAISE EXCEPTION 'pieces of lot % are promised: its shares stay', shared
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'lot_shares_stay';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION lots_shares_are_whole() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    shared bigint := coalesce(NEW.lot_id, OLD.lot_id);
    whole bigint;
BEGIN
    SELECT sum(per_mille) INTO whole FROM lots_lotshare WHERE lot_id = shared;
    IF whole <> 1000 THEN
        RAISE EXCEPTION 'the shares of lot % come to % of 1000', shared, whole
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_shares_are_whole';
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM lots_lot AS lot
        JOIN partner_stockrecord AS record ON record.id = lot.stockrecord_id
        JOIN partner_partner AS seller ON seller.id = record.partner_id
        JOIN partner_partner AS member ON member.union_id = seller.union_id
        WHERE lot.id = shared AND member.id = NEW.cooperative_id
    ) THEN
        RAISE EXCEPTION 'cooperative % is not of the union that lot % is of', NEW.cooperative_id, shared
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_shares_in_one_union';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER lots_shares_stay BEFORE INSERT OR UPDATE OR DELETE ON lots_lotshare
    FOR EACH ROW EXECUTE FUNCTION lots_shares_stay();
CREATE CONSTRAINT TRIGGER lots_shares_are_whole AFTER INSERT OR DELETE ON lots_lotshare
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lots_shares_are_whole();
"""

BACKWARD = """
DROP TRIGGER lots_shares_are_whole ON lots_lotshare;
DROP TRIGGER lots_shares_stay ON lots_lotshare;
DROP FUNCTION lots_shares_are_whole();
DROP FUNCTION lots_shares_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("lots", "0006_lot_shares"), ("partner", "0013_accounts_stand_apart")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

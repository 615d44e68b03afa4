"""The database keeps the sums: movements make what is on hand, released lots make what a stock record has."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION lots_recount(record bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- first the lock, then a look: the next statement sees what whoever held it wrote
    PERFORM 1 FROM partner_stockrecord WHERE id = record FOR NO KEY UPDATE;
    UPDATE partner_stockrecord AS kept
    SET num_in_stock = sums.there, num_allocated = sums.promised
    FROM (
        SELECT COALESCE(SUM(stock.on_hand), 0) AS there, COALESCE(SUM(stock.held), 0) AS promised
        FROM lots_lotstock AS stock
        JOIN lots_lot AS lot ON lot.id = stock.lot_id
        JOIN lots_place AS place ON place.id = stock.place_id
        WHERE lot.stockrecord_id = record AND lot.state = 'RELEASED' AND place.sells_online AND place.is_active
    ) AS sums
    WHERE kept.id = record
      AND (kept.num_in_stock, kept.num_allocated) IS DISTINCT FROM (sums.there, sums.promised);
END $$;

CREATE FUNCTION lots_apply_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE lots_lotstock SET on_hand = on_hand + NEW.change WHERE id = NEW.stock_id;
    RETURN NULL;
END $$;

CREATE TRIGGER lots_movement_is_applied AFTER INSERT ON lots_stockmovement
    FOR EACH ROW EXECUTE FUNCTION lots_apply_movement();

CREATE FUNCTION lots_guard_stock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND (NEW.on_hand <> 0 OR NEW.held <> 0) THEN
        RAISE EXCEPTION 'a place begins with nothing of a lot: pieces come by a movement'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.lot_id, NEW.place_id) IS DISTINCT FROM (OLD.lot_id, OLD.place_id) THEN
        RAISE EXCEPTION 'what lies somewhere moves by two movements' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.on_hand <> OLD.on_hand AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'what is on hand changes by a movement alone' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER lots_stock_is_guarded BEFORE INSERT OR UPDATE ON lots_lotstock
    FOR EACH ROW EXECUTE FUNCTION lots_guard_stock();

CREATE FUNCTION lots_stock_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lots_recount(lot.stockrecord_id) FROM lots_lot AS lot WHERE lot.id = NEW.lot_id;
    RETURN NULL;
END $$;

CREATE TRIGGER lots_stock_is_counted AFTER UPDATE OF on_hand, held ON lots_lotstock
    FOR EACH ROW WHEN (OLD.on_hand <> NEW.on_hand OR OLD.held <> NEW.held)
    EXECUTE FUNCTION lots_stock_changed();

CREATE FUNCTION lots_lot_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.stockrecord_id <> OLD.stockrecord_id THEN
        RAISE EXCEPTION 'a lot stays what it was made as' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM lots_recount(NEW.stockrecord_id);
    RETURN NULL;
END $$;

CREATE TRIGGER lots_lot_is_counted AFTER UPDATE OF state, stockrecord_id ON lots_lot
    FOR EACH ROW EXECUTE FUNCTION lots_lot_changed();

CREATE FUNCTION lots_place_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    record bigint;
BEGIN
    FOR record IN
        SELECT DISTINCT lot.stockrecord_id FROM lots_lotstock AS stock
        JOIN lots_lot AS lot ON lot.id = stock.lot_id WHERE stock.place_id = NEW.id ORDER BY 1
    LOOP
        PERFORM lots_recount(record);
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER lots_place_is_counted AFTER UPDATE OF sells_online, is_active ON lots_place
    FOR EACH ROW WHEN (OLD.sells_online <> NEW.sells_online OR OLD.is_active <> NEW.is_active)
    EXECUTE FUNCTION lots_place_changed();

CREATE FUNCTION lots_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what moved or was decided is only added, never changed (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER lots_movement_stays BEFORE UPDATE OR DELETE ON lots_stockmovement
    FOR EACH ROW EXECUTE FUNCTION lots_refuse_change();
CREATE TRIGGER lots_decision_stays BEFORE UPDATE OR DELETE ON lots_qualitydecision
    FOR EACH ROW EXECUTE FUNCTION lots_refuse_change();
"""

BACKWARD = """
DROP TRIGGER lots_decision_stays ON lots_qualitydecision;
DROP TRIGGER lots_movement_stays ON lots_stockmovement;
DROP TRIGGER lots_place_is_counted ON lots_place;
DROP TRIGGER lots_lot_is_counted ON lots_lot;
DROP TRIGGER lots_stock_is_counted ON lots_lotstock;
DROP TRIGGER lots_stock_is_guarded ON lots_lotstock;
DROP TRIGGER lots_movement_is_applied ON lots_stockmovement;
DROP FUNCTION lots_refuse_change();
DROP FUNCTION lots_place_changed();
DROP FUNCTION lots_lot_changed();
DROP FUNCTION lots_stock_changed();
DROP FUNCTION lots_guard_stock();
DROP FUNCTION lots_apply_movement();
DROP FUNCTION lots_recount(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("lots", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

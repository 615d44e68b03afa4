"""What an approval is of: one sum over a draft's prices and over all that they were made from."""

import hashlib

from django.db import connection

from catalogue.pricing.models import PriceListDraft

MADE_FROM = (
    "SELECT count(*), sum(hashtextextended(ROW(record.id, record.price, record.farm_gate_price, record.partner_id,"
    " product.family_id, product.gross_weight_g, product.vat_class)::text, 0)::numeric)"
    " FROM partner_stockrecord AS record JOIN catalogue_product AS product ON product.id = record.product_id"
)
HOLDS = (
    "SELECT count(*), sum(hashtextextended((to_jsonb(dated) - 'valid_until')::text, 0)::numeric)"
    " FROM {table} AS dated WHERE valid_from <= %s AND (valid_until IS NULL OR valid_until > %s)"
)
DATED = ("pricing_fee", "pricing_vatrate", "pricing_cooperativetaxstatus", "pricing_sellerofrecord")
PRICES = (
    "SELECT count(*), sum(hashtextextended(ROW(stockrecord_id, currency, side, price, vat_class, vat_rate_pct,"
    " farm_gate_mad, seller_of_record, tax_status, part_cooperative, part_collection, part_packing, part_transport,"
    " part_payment, part_office, part_tax, floor)::text, 0)::numeric) FROM pricing_draftprice WHERE draft_id = %s"
)


def fingerprint(draft: PriceListDraft) -> str:
    """Sum up a draft as it stands now: a row, a farm gate, a fee or a tax that changed since gives another sum."""
    head = (draft.source, draft.starts_at and draft.starts_at.timestamp(), draft.eur_rate, draft.usd_rate)
    told = [repr((*head, str(draft.rates_day), str(draft.priced_for)))]
    with connection.cursor() as cursor:
        cursor.execute(MADE_FROM)
        told.append(repr(cursor.fetchone()))
        for table in DATED:
            cursor.execute(HOLDS.format(table=table), [draft.priced_for, draft.priced_for])
            told.append(repr(cursor.fetchone()))
        cursor.execute(PRICES, [draft.pk])
        told.append(repr(cursor.fetchone()))
    return hashlib.sha256("|".join(told).encode()).hexdigest()

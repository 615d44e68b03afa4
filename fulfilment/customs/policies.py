"""What customs abroad is told of a parcel: which papers, which lines, what they weigh and are worth. No database.

Sources: the Universal Postal Union's parcel post and letter post regulations (CN 22 up to 300 SDR and 2 kg, CN 23 above
and for parcels); the EU-Morocco agreement, protocol 4 (an exporter's own declaration of origin up to 6,000 euros).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalogue.kernel.money import ZERO, quantize, split

CN22, CN23, COMMERCIAL_INVOICE = "CN22", "CN23", "COMMERCIAL_INVOICE"
SMALL_PACKET_G = 2000
CN22_UP_TO_SDR = Decimal(300)
ORIGIN_DECLARED_UP_TO_EUR = Decimal(6000)
ORIGIN_BLOCKS = ("EU", "EFTA", "CH")


def tax_within(price: Decimal, pct: Decimal) -> Decimal:
    """Return the tax that a price holds at a rate, rounded once."""
    return quantize(price * pct / (100 + pct))


@dataclass(frozen=True)
class Item:
    """Some pieces of one product in a parcel. ``value`` is what was paid for all of them, after discounts.

    ``net_is_gross``: nobody recorded the net weight, so the gross weight stands in its place and the paper says so.
    """

    title: str
    family_fr: str
    family_en: str
    heading: str
    province: str
    mention: str
    quantity: int
    net_g: int
    value: Decimal
    net_is_gross: bool = False


@dataclass(frozen=True)
class Row:
    """What a declaration says of one tariff heading from one province."""

    heading: str
    province: str
    mention: str
    family_fr: str
    family_en: str
    quantity: int
    net_g: int
    value: Decimal
    net_is_gross: bool


def papers_for(service: str, *, gross_g: int, value_sdr: Decimal | None) -> tuple[str, ...]:
    """Name the papers of a parcel: ``service`` is the form that its carrier's tariff names, empty while none is known.

    A courier company travels on its own air waybill. Without a rate of the SDR the larger form is the safe one:
    it is accepted for any parcel.
    """
    if "waybill" in service.lower():
        return (COMMERCIAL_INVOICE,)
    small = service == CN22 and gross_g <= SMALL_PACKET_G and value_sdr is not None and value_sdr <= CN22_UP_TO_SDR
    return (CN22 if small else CN23, COMMERCIAL_INVOICE)


def rows_of(items: Iterable[Item]) -> list[Row]:
    """Put together what has one tariff heading and comes from one province; weights and values are sums."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        groups.setdefault((item.heading, item.province), []).append(item)
    return [
        Row(
            heading=heading,
            province=province,
            mention=inside[0].mention,
            family_fr=_names(item.family_fr for item in inside),
            family_en=_names(item.family_en for item in inside),
            quantity=sum(item.quantity for item in inside),
            net_g=sum(item.net_g for item in inside),
            value=sum((item.value for item in inside), ZERO),
            net_is_gross=any(item.net_is_gross for item in inside),
        )
        for (heading, province), inside in sorted(groups.items())
    ]


def _names(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(name for name in names if name))


def net_weight(*, net_g: int | None, net_value: Decimal, net_unit: str, gross_g: int) -> tuple[int, bool]:
    """Return the net weight of one piece and whether it is its gross weight for want of a better one.

    A volume is never turned into a weight: nobody knows here what a litre of it weighs.
    """
    if net_g:
        return net_g, False
    if net_unit == "g":
        return round(net_value), False
    return gross_g, True


def share(value: Decimal, worth: Sequence[Decimal | None], weights: Sequence[int]) -> list[Decimal]:
    """Share what was paid for a hamper among what it holds, by price, or by weight where one has none."""
    priced = [amount for amount in worth if amount]
    return split(value, priced if len(priced) == len(worth) else [max(weight, 1) for weight in weights])


def in_sdr(value_mad: Decimal, mad_per_sdr: Decimal | None) -> Decimal | None:
    """Return a value in special drawing rights, unrounded; nothing without a rate."""
    return value_mad / mad_per_sdr if mad_per_sdr else None


def may_declare_origin(block: str, value_eur: Decimal | None) -> bool:
    """Tell whether the exporter may declare the Moroccan origin on the invoice, without a certificate."""
    return block in ORIGIN_BLOCKS and value_eur is not None and value_eur <= ORIGIN_DECLARED_UP_TO_EUR

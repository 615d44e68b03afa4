"""Whether a thing, or a whole parcel, may go to a destination. Figures and codes only, no database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fulfilment.shipping.policies import WITHOUT_PICKUP_POINTS, Load, Terms, refusal

COLD_CHAIN, TOO_HEAVY = "COLD_CHAIN", "TOO_HEAVY"
REVIEW = "review"


@dataclass(frozen=True)
class Goods:
    """One line of a parcel as the rules see it: what it falls under, its load in all, who sends it."""

    flags: Sequence[str]
    load: Load
    cooperative_id: int | None = None


@dataclass(frozen=True)
class Carrier:
    """The most that one method takes in a zone."""

    max_g: int
    divisor: int
    keeps_cold: bool

    def takes(self, load: Load) -> bool:
        return (self.keeps_cold or not load.cold) and load.chargeable_g(self.divisor) <= self.max_g


def carriers_of(tariffs: Iterable[Terms]) -> tuple[Carrier, ...]:
    """Return what the methods of these tariffs take, one entry for each way to count and to keep cold."""
    most: dict[tuple[int, bool], int] = {}
    for tariff in tariffs:
        if tariff.method not in WITHOUT_PICKUP_POINTS:
            key = (tariff.divisor, tariff.keeps_cold)
            most[key] = max(most.get(key, 0), tariff.weight_to_g)
    return tuple(Carrier(max_g, divisor, cold) for (divisor, cold), max_g in sorted(most.items()))


@dataclass(frozen=True)
class SendingRules:
    """All that decides about one destination on one day.

    ``flags`` holds what is not simply allowed there; ``listed`` who may send a flag under review all the same,
    ``None`` standing for everyone. ``carriers`` is empty while it is not known who carries.
    """

    flags: Mapping[str, str] = field(default_factory=dict)
    listed: Mapping[str, frozenset[int | None]] = field(default_factory=dict)
    carriers: tuple[Carrier, ...] = ()

    def permits(self, flag: str, cooperative_id: int | None) -> bool:
        """Tell whether papers let this cooperative send what needs a review; nothing opens what is blocked."""
        listed = self.listed.get(flag, frozenset())
        return self.flags.get(flag) == REVIEW and (None in listed or cooperative_id in listed)

    def refusal(self, goods: Goods) -> str:
        """Return the rule that keeps a line from going there, even alone; empty when it may."""
        under = [flag for flag in goods.flags if not self.permits(flag, goods.cooperative_id)]
        return refusal(under, self.flags) or self.hindrance(goods.load)

    def hindrance(self, load: Load) -> str:
        """Return why no carrier takes a load; empty when one does, or while nobody knows who carries."""
        if not self.carriers or any(carrier.takes(load) for carrier in self.carriers):
            return ""
        if load.cold and not any(carrier.keeps_cold for carrier in self.carriers):
            return COLD_CHAIN
        return TOO_HEAVY

    def refusals(self, lines: Sequence[Goods]) -> list[str]:
        """Return the rule against each line of one parcel; the line that makes it too heavy bears that."""
        found = [self.refusal(line) for line in lines]
        parcel = Load()
        for index, line in enumerate(lines):
            if found[index]:
                continue
            if reason := self.hindrance(parcel + line.load):
                found[index] = reason
            else:
                parcel += line.load
        return found

    @property
    def heaviest_g(self) -> int:
        """Return the weight of the heaviest parcel that anyone takes there; nothing while nobody is known."""
        return max((carrier.max_g for carrier in self.carriers), default=0)

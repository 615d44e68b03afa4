"""The files about sending: zones, tariffs and countries; what may not go where; what is due on arrival."""

from . import places, rules

__all__ = ["places", "rules"]

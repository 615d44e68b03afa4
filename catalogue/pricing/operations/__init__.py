"""Everything that changes what things cost: publishing price lists."""

from .lists import TooEarly, publish_opening_list, publish_past_list

__all__ = ["TooEarly", "publish_opening_list", "publish_past_list"]

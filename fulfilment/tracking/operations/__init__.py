"""What changes what couriers told us, and how we speak with them."""

from .applying import apply_parcel, apply_parcels, look_again
from .profiles import CodeTaken, NameTaken, add_courier, drop_old_secret, make_secret, set_up
from .seeing_to import NoSuchParcel, NotToSeeTo, assign_parcel, set_aside, teach_word
from .taking_in import NotSetUp, ToldOtherwise, take_in, take_in_file

__all__ = [
    "CodeTaken",
    "NameTaken",
    "NoSuchParcel",
    "NotSetUp",
    "NotToSeeTo",
    "ToldOtherwise",
    "add_courier",
    "apply_parcel",
    "apply_parcels",
    "assign_parcel",
    "drop_old_secret",
    "look_again",
    "make_secret",
    "set_aside",
    "set_up",
    "take_in",
    "take_in_file",
    "teach_word",
]

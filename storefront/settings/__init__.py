"""The shop's settings: one environment (`SHOP_ENV`), one place per subject, everything secret from outside."""

# The order is meant: later modules read earlier ones.
# isort: off
from .environment import *
from .base import *
from .languages import *
from .services import *
from .accounts import *
from .shop import *
from .paying import *
from .security import *
from .logs import *

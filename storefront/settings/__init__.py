"""The shop's settings: one environment (`SHOP_ENV`), one place per subject, everything secret from outside."""

from .environment import *  # isort: skip
from .base import *  # isort: skip
from .languages import *
from .services import *
from .accounts import *
from .shop import *
from .security import *
from .logs import *

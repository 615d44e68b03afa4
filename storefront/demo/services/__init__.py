"""PostgreSQL and Valkey from installed packages, for the demonstration and the tests.

Standard library only, so that it runs before Django is configured:
``python -m storefront.demo.services start``.
"""

from .driver import running, start, status, stop
from .layout import Addresses, ServiceError, addresses

__all__ = ["Addresses", "ServiceError", "addresses", "running", "start", "status", "stop"]

"""The web process. It refuses to start with more rights than it needs."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")
os.environ.setdefault("SHOP_PROCESS", "web")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from catalogue.kernel.roles import ExcessRights, refuse_excess_rights

try:
    refuse_excess_rights()
except ExcessRights as excess:
    raise SystemExit(str(excess)) from None

from django.urls import get_resolver

get_resolver().url_patterns  # noqa: B018 (the pages' code, loaded before the first visitor and before forking)

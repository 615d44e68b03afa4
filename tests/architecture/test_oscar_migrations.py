"""Our forks run Oscar's migrations from Oscar's own folder, so a new one would run unseen. This is where we meet it."""

import pkgutil
from importlib import import_module

import pytest

MET = {
    "address": (7, "0007_useraddress_code"),
    "analytics": (3, "0003_auto_20200801_0817"),
    "basket": (12, "0012_line_code"),
    "catalogue": (32, "0032_category_exclude_from_menu_category_long_description"),
    "catalogue.reviews": (5, "0005_productreview_code"),
    "communication": (4, "0004_auto_20200801_0817"),
    "customer": (8, "0008_assign_permissions_to_staff"),
    "offer": (13, "0013_range_excluded_categories"),
    "order": (21, "0021_billingaddress_code_shippingaddress_code"),
    "partner": (7, "0007_partneraddress_code"),
    "payment": (5, "0005_auto_20200801_0817"),
    "shipping": (3, "0003_auto_20181115_1953"),
    "voucher": (10, "0010_auto_20210224_0712"),
    "wishlists": (4, "0004_auto_20220328_0939"),
}
"""App of Oscar 4.2.1: how many migrations it brings, and the last."""


@pytest.mark.parametrize("app", MET)
def test_oscar_brings_no_migration_we_have_not_met(app):
    folder = import_module(f"oscar.apps.{app}.migrations").__path__

    names = sorted(module.name for module in pkgutil.iter_modules(folder))

    assert (len(names), names[-1]) == MET[app]


def test_every_oscar_app_with_migrations_is_known():
    import oscar.apps

    found = {
        module.name.removeprefix("oscar.apps.").removesuffix(".migrations")
        for module in pkgutil.walk_packages(oscar.apps.__path__, "oscar.apps.", onerror=lambda name: None)
        if module.ispkg and module.name.endswith(".migrations")
    }

    assert found == set(MET)

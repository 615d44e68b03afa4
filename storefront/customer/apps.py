from django.db.models.signals import post_migrate
from oscar.apps.customer.apps import CustomerConfig as Upstream


class CustomerConfig(Upstream):
    name = "storefront.customer"

    def ready(self) -> None:
        super().ready()
        from . import receivers, roles  # noqa: F401

        post_migrate.connect(roles.grant_after_migrate, dispatch_uid="customer.grant_after_migrate")

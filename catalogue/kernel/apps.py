from django.apps import AppConfig
from django.db.models.signals import pre_migrate


class KernelConfig(AppConfig):
    name = "catalogue.kernel"

    def ready(self) -> None:
        from . import checks, roles  # noqa: F401

        pre_migrate.connect(roles.grant_application_role, dispatch_uid="kernel.grant_application_role")

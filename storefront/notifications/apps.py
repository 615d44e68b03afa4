from oscar.apps.communication.apps import CommunicationConfig as Upstream


class NotificationsConfig(Upstream):
    name = "storefront.notifications"

    def ready(self) -> None:
        super().ready()
        from . import receivers  # noqa: F401

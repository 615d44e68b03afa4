from oscar.apps.communication.apps import CommunicationConfig as Upstream


class NotificationsConfig(Upstream):
    name = "storefront.notifications"

    def ready(self) -> None:
        super().ready()
        from . import cooperative_receivers, receivers  # noqa: F401

from oscar.apps.communication.apps import CommunicationConfig as Upstream


class NotificationsConfig(Upstream):
    name = "storefront.notifications"

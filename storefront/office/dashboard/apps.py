from oscar.apps.dashboard.apps import DashboardConfig as Upstream


class DashboardConfig(Upstream):
    name = "storefront.office.dashboard"

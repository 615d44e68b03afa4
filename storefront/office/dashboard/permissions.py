from oscar.apps.dashboard.permissions import DashboardPermission as Upstream


class DashboardPermission(Upstream):
    """Oscar opens many pages to ``partner.dashboard_access`` too; cooperatives have their portal instead.

    The list stands beside each page's own right, as another way in: only superusers pass it, and they hold every right.
    """

    partner_dashboard_access = ["is_superuser"]

from django.utils.translation import gettext_lazy as _
from django_tables2 import A, LinkColumn
from oscar.apps.dashboard.users import tables as upstream


class UserTable(upstream.UserTable):
    """Oscar's table, with people who have no e-mail reachable by their phone."""

    email = LinkColumn(
        "dashboard:user-detail",
        args=[A("id")],
        accessor="contact",
        order_by=("email", "phone"),
        verbose_name=_("Phone or e-mail"),
    )

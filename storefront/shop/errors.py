"""Pages for what goes wrong, in the visitor's language."""

from django.views.defaults import page_not_found as not_found
from django.views.defaults import permission_denied as forbidden
from django.views.defaults import server_error

__all__ = ["forbidden", "not_found", "server_error"]

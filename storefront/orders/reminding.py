"""Reminders, and no more of them: a page without sign-in. Looking changes nothing; mailboxes press its button alone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fulfilment.orders.links import key_for
from storefront.notifications.operations import refuse_reminders
from storefront.notifications.queries import has_refused

from .access import has_key, order_or_404, remember_key


@never_cache
@csrf_exempt  # a mailbox posts without our cookie (RFC 8058); the key in the address stands for it
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest, number: str) -> HttpResponse:
    """Show whether reminders come; stop them, or with ``again`` let them come."""
    order = order_or_404(request, number)
    if request.method == "POST":
        if not has_key(request, number):
            raise Http404
        refuse_reminders(order_id=order.pk, refused="again" not in request.POST, now=timezone.now())
    contacts = [contact for contact in (order.email, order.phone) if contact]
    context = {
        "order": order,
        "key": key_for(number),
        "email": order.email,
        "phone": order.phone,
        "stopped": all(has_refused(contact) for contact in contacts),
    }
    return remember_key(request, render(request, "shop/order_reminders.html", context), number)

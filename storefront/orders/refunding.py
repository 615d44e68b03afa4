"""Where the buyer's money goes back to by bank transfer: given on the order's page, by whoever may see it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from fulfilment.payments import operations as payments
from fulfilment.payments.queries import refunds_of

from .access import order_or_404, remember_key
from .account_forms import AccountForm

UNPROCESSABLE = 422


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Keep the account for one of this order's refunds; any other refund does not exist here."""
    order = order_or_404(request, number)
    refund = next((found for found in refunds_of(order.pk) if found.pk == pk), None)
    if refund is None:
        raise Http404
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            payments.give_account(refund_id=pk, now=timezone.now(), **form.cleaned_data)
        except payments.NoTransferAwaited:
            messages.info(request, _("This refund needs no account any more."))
        else:
            messages.success(request, _("Thank you. We send the money to this account."))
        return remember_key(request, redirect("orders:detail", number), number)
    context = {"order": order, "refund": refund, "form": form}
    status = UNPROCESSABLE if form.errors else 200
    return remember_key(request, render(request, "shop/order_account.html", context, status=status), number)

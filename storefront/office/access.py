"""Who opens the office: staff, page by page and button by button by right. To anyone else these pages do not exist.

The second factor is asked for before any page here by ``storefront.customer.second_factor``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from catalogue.people.models import User

VIEW_ORDERS = "order.view_order"
VIEW_CONSIGNMENTS = "warehouse.view_consignment"
MOVE_CONSIGNMENTS = "warehouse.move_consignment"
VIEW_PAYOUTS = "payouts.view_payout"
RUN_PAYOUTS = "payouts.add_payoutrun"
VIEW_TRANSFERS = "payment.view_bankcredit"
RECORD_TRANSFERS = "payment.add_bankcredit"
DECIDE_TRANSFERS = "payment.change_bankcredit"
CHANGE_ORDERS = "order.change_order"
VIEW_REFUNDS = "payment.view_refund"
ASK_REFUNDS = "payment.add_refund"
APPROVE_REFUNDS = "payment.approve_refund"
TRANSFER_REFUNDS = "payment.transfer_refund"
CONFIRM_ORDERS = "order.confirm_order"
ALLOW_CASH = "order.add_cashallowed"
VIEW_CASH = "payment.view_cashcollected"
REMIT_CASH = "payment.remit_cash"
VIEW_RATES = "pricing.view_exchangerate"
RECORD_RATES = "pricing.add_exchangerate"
DECIDE_RATES = "pricing.change_exchangerate"
VIEW_OFFERS = "offer.view_conditionaloffer"
ADD_OFFERS = "offer.add_conditionaloffer"
CHANGE_OFFERS = "offer.change_conditionaloffer"
VIEW_VOUCHERS = "voucher.view_voucher"
ADD_VOUCHERS = "voucher.add_voucher"
VIEW_AGREEMENTS = "partner.view_discountagreement"
ADD_AGREEMENTS = "partner.add_discountagreement"
VIEW_LEDGER = "ledger.view_entry"
VIEW_HOLDS = "payment.view_hold"
ANSWER_HOLDS = "payment.change_hold"
VIEW_RECONCILIATION = "payment.view_discrepancy"
SEE_TO_RECONCILIATION = "payment.change_discrepancy"
VIEW_DISPUTES = "payment.view_dispute"
ANSWER_DISPUTES = "payment.answer_dispute"
CHARGE_BACK_DISPUTES = "payment.charge_back_dispute"
VIEW_JOBS = "jobs.view_job"
RETRY_JOBS = "jobs.change_job"
VIEW_PRICES = "pricing.view_pricelist"
PREPARE_PRICES = "pricing.add_pricelistdraft"
APPROVE_PRICES = "pricing.approve_pricelist"
PUBLISH_PRICES = "pricing.add_pricelist"
VIEW_FEES = "pricing.view_fee"
VIEW_TAXES = "pricing.view_vatrate"
VIEW_PERMISSIONS = "shipping.view_sendingpermission"
RECORD_PERMISSIONS = "shipping.add_sendingpermission"
VIEW_IMPORT_RULES = "shipping.view_importrule"
RECORD_IMPORT_RULES = "shipping.add_importrule"
VIEW_HOLIDAYS = "address.view_holiday"
WRITE_HOLIDAYS = "address.add_holiday"
REMOVE_HOLIDAYS = "address.delete_holiday"
VIEW_WITHDRAWALS = "order.view_withdrawal"
DECIDE_WITHDRAWALS = "order.change_withdrawal"
VIEW_WITHDRAWAL_PERIODS = "order.view_withdrawalperiod"
CHANGE_WITHDRAWAL_PERIODS = "order.add_withdrawalperiod"

Page = Callable[..., HttpResponse]


def office_page(*rights: str) -> Callable[[Page], Page]:
    """Open a page to staff who hold every one of ``rights``; none means any staff."""

    def decorate(page: Page) -> Page:
        @wraps(page)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(_way_back(request))
            if not request.user.is_staff:
                raise Http404
            if not request.user.has_perms(rights):
                raise PermissionDenied
            return page(request, *args, **kwargs)

        return guarded

    return decorate


def person(request: HttpRequest) -> User:
    """Return who opened a guarded page."""
    return cast(User, request.user)


def require(request: HttpRequest, right: str) -> None:
    """Refuse to someone who may look at a page but not press its button."""
    if not request.user.has_perm(right):
        raise PermissionDenied


def _way_back(request: HttpRequest) -> str:
    """Return where to go after signing in: a button's own address answers no visit, so the office's first page."""
    return request.get_full_path() if request.method == "GET" else reverse("office:home")

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
ANSWER_SHORTAGES = "warehouse.change_shortage"
VIEW_MANIFESTS = "papers.view_manifest"
VIEW_PAYOUTS = "payouts.view_payout"
RUN_PAYOUTS = "payouts.add_payoutrun"
APPROVE_PAYOUTS = "payouts.approve_payoutrun"
EXPORT_PAYOUTS = "payouts.export_payoutrun"
SETTLE_PAYOUTS = "payouts.settle_payout"
SET_MINIMUM = "payouts.add_payoutminimum"
VIEW_BANK_FILES = "payouts.view_bankfile"
TAKE_IN_BANK_FILES = "payouts.add_bankfile"
CLOSE_BANK_LINES = "payouts.change_bankfileline"
VIEW_QUESTIONS = "questions.view_question"
TAKE_QUESTIONS = "questions.change_question"
ANSWER_QUESTIONS = "questions.add_message"
VIEW_ACCOUNTS = "banking.view_bankaccount"
PROPOSE_ACCOUNTS = "banking.add_bankaccount"
BLOCK_ACCOUNTS = "banking.change_bankaccount"
APPROVE_ACCOUNTS = "banking.approve_bankaccount"
VIEW_COOPERATIVES = "partner.view_partner"
CHANGE_COOPERATIVES = "partner.change_partner"
CLOSE_COOPERATIVES = "partner.close_partner"
PROPOSE_OWNERS = "partner.add_appointment"
AGREE_TO_OWNERS = "partner.approve_appointment"
VIEW_APPLICATIONS = "joining.view_application"
SEE_TO_APPLICATIONS = "joining.change_application"
APPROVE_APPLICATIONS = "joining.approve_application"
OFFER_TERMS = "joining.add_feeagreement"
VIEW_PAYOUT_TERMS = "joining.view_payoutterms"
SET_PAYOUT_TERMS = "joining.add_payoutterms"
VIEW_MANDATES = "banking.view_mandate"
PROPOSE_MANDATES = "banking.add_mandate"
END_MANDATES = "banking.change_mandate"
APPROVE_MANDATES = "banking.approve_mandate"
VIEW_ADVANCES = "payouts.view_advance"
ASK_ADVANCES = "payouts.add_advance"
APPROVE_ADVANCES = "payouts.approve_advance"
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
VIEW_TRACKING = "tracking.view_trackingevent"
SEE_TO_TRACKING = "tracking.change_trackingevent"
VIEW_WORDS = "tracking.view_statusword"
TEACH_WORDS = "tracking.change_statusword"
VIEW_COURIERS = "tracking.view_courierprofile"
CHANGE_COURIERS = "tracking.change_courierprofile"
TAKE_IN_STATUSES = "tracking.add_statusfile"
VIEW_DRIVERS = "rounds.view_driver"
MAKE_DRIVERS = "rounds.add_driver"
CHANGE_DRIVERS = "rounds.change_driver"
VIEW_DOOR_REPORTS = "rounds.view_doorreport"
CLOSE_DOOR_REPORTS = "rounds.add_reportclosed"
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
VIEW_MONTHS = "closing.view_month"
SIGN_MONTHS = "closing.sign_month"
LOCK_MONTHS = "closing.lock_month"
VIEW_MATCH = "matching.view_difference"
SEE_TO_MATCH = "matching.change_difference"
ACCEPT_MATCH = "matching.accept_difference"
RUN_MATCH = "matching.add_matchrun"
VIEW_JOBS = "jobs.view_job"
RETRY_JOBS = "jobs.change_job"
LET_JOBS_BE = "jobs.let_be_job"
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
VIEW_EXPORTS = "customs.view_exportrecord"
RECORD_EXPORTS = "customs.add_exportrecord"
ASK_EXPORT_VAT = "customs.add_exportvat"
AGREE_EXPORT_VAT = "customs.approve_exportvat"
VIEW_CUSTOMS_PAPERS = "customs.view_customspaper"
VIEW_SDR_RATES = "customs.view_sdrrate"
VIEW_HOLIDAYS = "address.view_holiday"
WRITE_HOLIDAYS = "address.add_holiday"
REMOVE_HOLIDAYS = "address.delete_holiday"
VIEW_SHOPS = "lots.view_place"
CHANGE_SHOPS = "lots.change_place"
GIVE_MANDATES = "collecting.add_shopmandate"
VIEW_WITHDRAWALS = "order.view_withdrawal"
DECIDE_WITHDRAWALS = "order.change_withdrawal"
VIEW_RETURNS = "order.view_returned"
INSPECT_RETURNS = "order.inspect_returned"
VIEW_RECALLS = "recalls.view_recall"
OPEN_RECALLS = "recalls.add_recall"
CLOSE_RECALLS = "recalls.change_recall"
VIEW_COMPLAINTS = "complaints.view_complaint"
DECIDE_COMPLAINTS = "complaints.add_decision"
VIEW_WITHDRAWAL_PERIODS = "order.view_withdrawalperiod"
CHANGE_WITHDRAWAL_PERIODS = "order.add_withdrawalperiod"
VIEW_STOCK = "lots.view_lot"
DECIDE_LOTS = "lots.decide_lot"
ANNOUNCE_DELIVERIES = "receiving.add_delivery"
RECEIVE_DELIVERIES = "receiving.receive_delivery"
ADJUST_STOCK = "receiving.adjust_stock"
SEND_STOCK = "receiving.add_transfer"
COUNT_STOCK = "receiving.add_stocktake"
APPLY_COUNTS = "receiving.apply_stocktake"
CALL_OFF = "receiving.change_calloff"

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

        guarded.rights = rights
        return guarded

    return decorate


def rights_of(page: Callable[..., Any]) -> tuple[str, ...]:
    """Return the rights that a guarded page asks for."""
    return getattr(page, "rights")  # noqa: B009 - set by office_page


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

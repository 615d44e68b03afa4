"""What each group of the office may do: one table, written to the database by ``make_roles`` and after every migrate.

Cooperatives are not groups: what an owner or a clerk may do follows from ``Membership``, one cooperative at a time.
"""

from collections.abc import Iterable

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import router, transaction

DATED = ("fee", "vatrate", "stampduty", "cooperativetaxstatus", "sellerofrecord")
READ_ORDERS = {"order.view_order", "order.view_line", "warehouse.view_consignment"}
SENDING = {
    *(f"shipping.{verb}_sendingpermission" for verb in ("view", "add")),
    *(f"shipping.{verb}_importrule" for verb in ("view", "add")),
}
EXPORTS = {"customs.view_exportrecord", "customs.view_customspaper", "customs.view_sdrrate"}
STOCK = {
    *("lots.view_lot", "lots.decide_lot"),
    *(f"receiving.{verb}_delivery" for verb in ("view", "add", "receive")),
    *("receiving.adjust_stock", "receiving.add_transfer"),
    *(f"receiving.{verb}_stocktake" for verb in ("add", "apply")),
    "receiving.change_calloff",
}
READ_WITHDRAWALS = {"order.view_withdrawal", "order.view_withdrawalperiod"}
READ_COMPLAINTS = {"complaints.view_complaint"}
RETURNS = {"order.view_returned", "order.inspect_returned"}
RECALLS = {f"recalls.{verb}_recall" for verb in ("view", "add", "change")}
READ_TRACKING = {"tracking.view_trackingevent", "tracking.view_statusword"}
HOLDS = {"payment.view_hold", "payment.change_hold"}
SEE_TO_DOORS = {"rounds.view_doorreport", "rounds.add_reportclosed"}
SHOPS = {"lots.view_place", "lots.change_place", "collecting.view_shopmandate", "collecting.add_shopmandate"}
SEE_TO_MATCH = {"matching.view_difference", "matching.change_difference"}
ASK_REFUNDS = {"payment.view_refund", "payment.add_refund"}
QUESTIONS = {"questions.view_question", "questions.change_question", "questions.add_message"}
ROLES: dict[str, set[str]] = {
    "support": READ_ORDERS
    | READ_WITHDRAWALS
    | READ_COMPLAINTS
    | READ_TRACKING
    | HOLDS
    | ASK_REFUNDS
    | QUESTIONS
    | {
        "lots.view_place",
        "order.view_returned",
        "recalls.view_recall",
        "payment.view_dispute",
        "complaints.add_decision",
        "papers.view_manifest",
        "rounds.view_doorreport",
        "order.change_withdrawal",
        "order.confirm_order",
        "warehouse.change_shortage",
        "order.add_cashallowed",
        "order.change_order",
        "joining.view_application",
        "people.view_user",
        "communication.view_message",
        "jobs.view_job",
    },
    "catalogue": {
        *(f"catalogue.{verb}_product" for verb in ("view", "add", "change")),
        *(f"catalogue.{verb}_category" for verb in ("view", "add", "change")),
        *(f"catalogue.{verb}_productclass" for verb in ("view",)),
        "partner.view_partner",
        "partner.change_partner",
        "partner.add_appointment",
        "partner.approve_appointment",
        "partner.view_stockrecord",
        "partner.change_stockrecord",
        "partner.view_discountagreement",
        "partner.add_discountagreement",
        *(f"joining.{verb}_application" for verb in ("view", "change", "approve")),
        "joining.view_payoutterms",
        "pricing.view_pricelist",
        *(f"offer.{verb}_conditionaloffer" for verb in ("view", "add", "change")),
        *(f"voucher.{verb}_voucher" for verb in ("view", "add")),
    },
    "logistics": READ_ORDERS
    | READ_WITHDRAWALS
    | READ_COMPLAINTS
    | READ_TRACKING
    | {*(f"tracking.{verb}_courierprofile" for verb in ("view", "change"))}
    | {"tracking.change_trackingevent", "tracking.change_statusword", "tracking.add_statusfile"}
    | SENDING
    | EXPORTS
    | SEE_TO_DOORS
    | SEE_TO_MATCH
    | STOCK
    | RETURNS
    | RECALLS
    | {*(f"address.{verb}_holiday" for verb in ("view", "add", "delete"))}
    | {*(f"rounds.{verb}_driver" for verb in ("view", "add", "change"))}
    | SHOPS
    | {
        "order.change_withdrawal",
        "customs.add_exportrecord",
        "customs.add_exportvat",
        "warehouse.move_consignment",
        "warehouse.change_shortage",
        "papers.view_manifest",
        "payment.view_cashcollected",
        "partner.view_partner",
        "partner.view_stockrecord",
    },
    "finance": SENDING
    | EXPORTS
    | SEE_TO_DOORS
    | READ_WITHDRAWALS
    | READ_COMPLAINTS
    | ASK_REFUNDS
    | SEE_TO_MATCH
    | QUESTIONS
    | {
        *(f"jobs.{verb}_job" for verb in ("view", "change", "let_be")),
        "closing.view_month",
        "closing.sign_month",
        "matching.accept_difference",
        "matching.add_matchrun",
        "order.add_withdrawalperiod",
        "payment.approve_refund",
        "payment.transfer_refund",
        "order.view_order",
        "order.view_line",
        "papers.view_manifest",
        "ledger.view_account",
        "ledger.view_entry",
        "ledger.view_line",
        "partner.view_partner",
        *(f"banking.{verb}_bankaccount" for verb in ("view", "add", "change", "approve")),
        "joining.view_application",
        "joining.view_feeagreement",
        "joining.add_feeagreement",
        "joining.view_payoutterms",
        "joining.add_payoutterms",
        *(f"banking.{verb}_mandate" for verb in ("view", "add", "change", "approve")),
        *(f"payouts.{verb}_advance" for verb in ("view", "add", "approve")),
        "payment.view_paymentattempt",
        *(f"payment.{verb}_bankcredit" for verb in ("view", "add", "change")),
        "payment.view_hold",
        "payment.view_discrepancy",
        "payment.change_discrepancy",
        "payment.view_cashcollected",
        "payment.remit_cash",
        *(f"payment.{verb}_dispute" for verb in ("view", "answer", "charge_back")),
        "payouts.view_payable",
        "payouts.view_payout",
        "payouts.view_payoutrun",
        *(f"payouts.{verb}_payoutrun" for verb in ("add", "approve", "export")),
        "payouts.settle_payout",
        "payouts.add_payoutminimum",
        "payouts.view_bankfile",
        "payouts.add_bankfile",
        "payouts.change_bankfileline",
        "pricing.view_pricelist",
        "pricing.add_pricelist",
        *(f"pricing.{verb}_exchangerate" for verb in ("view", "add", "change")),
        "pricing.approve_pricelist",
        "pricing.add_pricelistdraft",
        *(f"customs.{verb}_sdrrate" for verb in ("add", "change")),
        *(f"customs.{verb}_exportvat" for verb in ("add", "approve")),
        *(f"pricing.{verb}_{row}" for row in DATED for verb in ("view", "add", "change")),
        "offer.view_conditionaloffer",
        "partner.view_discountagreement",
    },
}
ROLES["director"] = set().union(*ROLES.values()) | {"closing.lock_month", "partner.close_partner"}


def grant(app_labels: Iterable[str] | None = None) -> int:
    """Bring the groups in line with the table, for some apps or all; return how many rights changed hands."""
    changed = 0
    with transaction.atomic():
        for name, wanted in ROLES.items():
            group, _created = Group.objects.get_or_create(name=name)
            held = group.permissions.select_related("content_type")
            available = Permission.objects.select_related("content_type")
            if app_labels is not None:
                held = held.filter(content_type__app_label__in=app_labels)
                available = available.filter(content_type__app_label__in=app_labels)
            to_hold = [right for right in available if _name(right) in wanted]
            to_drop = [right for right in held if _name(right) not in wanted]
            to_add = set(to_hold) - set(held)
            group.permissions.add(*to_add)
            group.permissions.remove(*to_drop)
            changed += len(to_add) + len(to_drop)
    return changed


def _name(right: Permission) -> str:
    return f"{right.content_type.app_label}.{right.codename}"


def missing() -> set[str]:
    """Return rights of the table that no installed model defines: a typing mistake, or a model that went away."""
    known = {_name(right) for right in Permission.objects.select_related("content_type")}
    return set().union(*ROLES.values()) - known


def grant_after_migrate(app_config: AppConfig, using: str, **kwargs: object) -> None:
    """Grant the rights of one app once Django has made its permissions (``auth`` listens before us)."""
    if using == "default" and router.allow_migrate_model(using, Group):
        grant([app_config.label])

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
READ_WITHDRAWALS = {"order.view_withdrawal", "order.view_withdrawalperiod"}
HOLDS = {"payment.view_hold", "payment.change_hold"}
ASK_REFUNDS = {"payment.view_refund", "payment.add_refund"}
ROLES: dict[str, set[str]] = {
    "support": READ_ORDERS
    | READ_WITHDRAWALS
    | HOLDS
    | ASK_REFUNDS
    | {
        "payment.view_dispute",
        "order.change_withdrawal",
        "order.confirm_order",
        "order.add_cashallowed",
        "order.change_order",
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
        "partner.view_stockrecord",
        "partner.change_stockrecord",
        "partner.view_discountagreement",
        "partner.add_discountagreement",
        "pricing.view_pricelist",
        *(f"offer.{verb}_conditionaloffer" for verb in ("view", "add", "change")),
        *(f"voucher.{verb}_voucher" for verb in ("view", "add")),
    },
    "logistics": READ_ORDERS
    | READ_WITHDRAWALS
    | SENDING
    | {*(f"address.{verb}_holiday" for verb in ("view", "add", "delete"))}
    | {
        "order.change_withdrawal",
        "warehouse.move_consignment",
        "payment.view_cashcollected",
        "partner.view_partner",
        "partner.view_stockrecord",
    },
    "finance": SENDING
    | READ_WITHDRAWALS
    | ASK_REFUNDS
    | {
        "order.add_withdrawalperiod",
        "payment.approve_refund",
        "payment.transfer_refund",
        "order.view_order",
        "order.view_line",
        "ledger.view_account",
        "ledger.view_entry",
        "ledger.view_line",
        "partner.view_partner",
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
        "payouts.add_payoutrun",
        "pricing.view_pricelist",
        "pricing.add_pricelist",
        *(f"pricing.{verb}_exchangerate" for verb in ("view", "add", "change")),
        "pricing.approve_pricelist",
        "pricing.add_pricelistdraft",
        *(f"pricing.{verb}_{row}" for row in DATED for verb in ("view", "add", "change")),
        "offer.view_conditionaloffer",
        "partner.view_discountagreement",
    },
}
ROLES["director"] = set().union(*ROLES.values()) | {"jobs.change_job"}


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

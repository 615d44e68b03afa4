"""What a payout run costs: 1,000 cooperatives with 200 delivered lines each, from the draft to the bank's answer.

python -m bench.payouts    # by itself; it needs no demonstration

In a database of its own, which is dropped at the end. The rows are copies of one real order, written beside the
application by the owner; every step of the run is the application's. The target is a run in less than 60 seconds.
"""

# ruff: noqa: S608  (names of our own tables, and whole numbers)
import os
import sys
import time
from collections.abc import Callable
from typing import Any

COOPERATIVES, LINES, LINES_OF_ORDER, TARGET_SECONDS = 1_000, 200, 50, 60
COPIED = ("order_order", "order_line", "ledger_entry", "ledger_line", "payouts_payable", "partner_partner")


def main() -> int:
    os.environ["SHOP_ENV"] = "test"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "storefront.settings")
    import django

    django.setup()
    from bench.database import own_database

    with own_database():
        began = time.perf_counter()
        fill(COOPERATIVES, LINES)
        print(f"{COOPERATIVES:,} cooperatives x {LINES} lines, written in {time.perf_counter() - began:.0f} s")
        seconds = measure()
    print(f"{'the whole run':<24}{seconds:>8.1f} s of {TARGET_SECONDS}")
    return 0


def measure() -> float:
    """Take a run through its steps and print what each takes; return what all take."""
    from fulfilment.payouts import operations
    from tests.factories import payouts, statements

    steps: dict[str, Callable[[Any], Any]] = {
        "draft": lambda run: payouts.draft(),
        "submit": payouts.submit,
        "approve": lambda run: operations.approve(
            run_id=run.pk, seen=run.content_sha256, by=payouts.approver(), now=run.run_at
        ),
        "export": lambda run: operations.export(run_id=run.pk, by=payouts.submitter(), now=run.run_at),
        "settle": lambda run: operations.take_in(
            name="statement.xml",
            content=statements.camt053(*map(statements.paid, run.payouts.order_by("pk")), opening="999999999.00"),
            by=payouts.submitter(),
            now=run.run_at,
        ),
    }
    run, total = None, 0.0
    for name, step in steps.items():
        began = time.perf_counter()
        answer = step(run)
        taken = time.perf_counter() - began
        run = answer if name == "draft" else run
        if run is None:
            raise RuntimeError("nothing was due")
        run.refresh_from_db()
        total += taken
        print(f"{name:<24}{taken:>8.1f} s", flush=True)
    if (run.state, run.payouts.filter(state="SETTLED").count()) != ("CLOSED", run.payouts.count()):
        raise RuntimeError(f"the run ended as {run.state}")
    return total


def fill(cooperatives: int, lines: int) -> None:
    """Write so many lines, each delivered and payable, to so many cooperatives."""
    from django.db import transaction

    from fulfilment.orders.models import Line, Order
    from tests.factories.catalogue import make_province, make_stockrecord
    from tests.factories.payouts import deliver

    with transaction.atomic():
        deliver((make_stockrecord(farm_gate="80.00"), 1), method="card")
    with transaction.atomic():
        make_many(cooperatives - 1, make_province())
    first, model = Order.objects.get(), Line.objects.get()
    orders = cooperatives * lines // LINES_OF_ORDER
    _as_owner(
        *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in COPIED),
        _copies(Order, f"{first.pk}", f"generate_series(1, {orders}) AS n", number="'B' || n"),
        _copies(
            Line,
            f"{model.pk}",
            "(SELECT id AS partner, row_number() OVER (ORDER BY id) AS at FROM partner_partner) AS p,"
            f" generate_series(1, {lines}) AS n",
            order_id=f"(SELECT min(id) FROM order_order WHERE number LIKE 'B%') + (p.at * {lines} + n) % {orders}",
            partner_id="p.partner",
        ),
        "INSERT INTO payouts_payable (cooperative_id, order_line_id, earned_at, withdrawal_ends_at, money_in_at)"
        " SELECT line.partner_id, line.id, p.earned_at, p.withdrawal_ends_at, p.money_in_at"
        f" FROM order_line line, payouts_payable p WHERE line.id <> {model.pk}",
        "INSERT INTO ledger_account (code, currency, cooperative_id, kind, name)"
        " SELECT a.code, a.currency, p.id, a.kind, a.name FROM ledger_account a, partner_partner p"
        " WHERE a.cooperative_id IS NOT NULL AND p.id <> a.cooperative_id",
        "INSERT INTO ledger_entry (source, external_id, memo, order_number, legs, occurred_at, booked_on, posted_at)"
        " SELECT 'delivery', 'B' || line.id, '', '', 2, e.occurred_at, e.booked_on, e.posted_at"
        f" FROM order_line line, ledger_entry e WHERE e.source = 'delivery' AND line.id <> {model.pk}",
        "INSERT INTO ledger_line (entry_id, account_id, currency, amount_minor, order_line)"
        " SELECT e.id, a.id, 'MAD', CASE a.code WHEN 'cooperatives.payable' THEN -8000 ELSE 8000 END, line.id"
        " FROM ledger_entry e JOIN order_line line ON e.external_id = 'B' || line.id"
        " JOIN ledger_account a ON a.cooperative_id = line.partner_id",
        *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in COPIED),
        *(f"ANALYZE {table}" for table in COPIED),
    )


def make_many(count: int, province: Any) -> None:
    from tests.factories.catalogue import make_cooperative

    for _ in range(count):
        make_cooperative(province=province)


def _copies(model: Any, pk: str, of: str, **changed: str) -> str:
    """Write the statement that copies a row, with some columns of its own."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    names = [field.column for field in fields]
    values = [changed.get(name, f'r."{name}"') for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    table, found = model._meta.db_table, ", ".join(values)
    return f"INSERT INTO {table} ({columns}) SELECT {found} FROM {table} r, {of} WHERE r.id = {pk}"


def _as_owner(*statements: str) -> None:
    from django.db import connections

    from tests.support import servers

    _, owner = servers.accounts()
    with owner.open(connections["default"].settings_dict["NAME"]) as opened:
        for statement in statements:
            opened.execute(statement)


if __name__ == "__main__":
    sys.exit(main())

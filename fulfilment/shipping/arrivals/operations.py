"""Recording what a country asks for, from a day on. Rows that once held are kept."""

from datetime import date
from typing import Any

from django.db import transaction

from catalogue.kernel.locks import advisory_lock
from fulfilment.shipping.models import ImportRule


class AnotherRuleThen(Exception):
    """Some later row already says what holds from a day inside the new row's time."""

    def __init__(self, rule: ImportRule) -> None:
        self.rule = rule
        super().__init__(f"{rule.country or rule.block} has a rule from {rule.valid_from}")


@transaction.atomic
def record_import_rule(
    *, block: str, country: str, valid_from: date, valid_until: date | None, **terms: Any
) -> ImportRule:
    """Record a rule for a block or a country from a day on; the row in force until then ends that day.

    Where the new row has an end of its own, what held before holds again afterwards.

    A row that begins the same day or later inside the new row's time is not touched: raises ``AnotherRuleThen``.
    """
    advisory_lock(f"import_rule:{block}:{country}")
    rows = ImportRule.objects.filter(block=block, country=country)
    later = rows.filter(valid_from__gte=valid_from).order_by("valid_from").first()
    if later and (valid_until is None or valid_until > later.valid_from):
        raise AnotherRuleThen(later)
    before = rows.filter(valid_from__lt=valid_from).exclude(valid_until__lte=valid_from).first()
    if before:
        _make_room(before, valid_from, valid_until)
    return ImportRule.objects.create(
        block=block, country=country, valid_from=valid_from, valid_until=valid_until, **terms
    )


def _make_room(before: ImportRule, valid_from: date, valid_until: date | None) -> None:
    """Cut out of a row the days that another takes."""
    ended = before.valid_until
    before.valid_until = valid_from
    before.save(update_fields=["valid_until"])
    if valid_until is not None and (ended is None or ended > valid_until):
        again = ImportRule.objects.get(pk=before.pk)
        again.pk, again._state.adding = None, True
        again.valid_from, again.valid_until = valid_until, ended
        again.save()


@transaction.atomic
def end_import_rule(*, rule_id: int, on: date) -> ImportRule:
    """Let a rule end on a day, that day excluded; one that has not begun by then is taken back whole."""
    rule = ImportRule.objects.select_for_update(no_key=True).get(pk=rule_id)
    if on <= rule.valid_from:
        rule.delete()
    elif rule.valid_until is None or on < rule.valid_until:
        rule.valid_until = on
        rule.save(update_fields=["valid_until"])
    return rule

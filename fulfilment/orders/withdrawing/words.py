"""What a buyer is told about sending things back: before ordering, in the confirmation, on the pages."""

from collections.abc import Iterable

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from catalogue.kernel import formats
from catalogue.kernel.text import isolate

from .models import WithdrawalPeriod

EXCLUDED = {
    "spoils": gettext_lazy("Cannot be sent back: it spoils quickly."),
    "health": gettext_lazy("Cannot be sent back, for reasons of health."),
}
RETURN_COST = gettext_lazy("What sending it back costs is yours to pay.")


def promise(period: WithdrawalPeriod) -> str:
    """Say whether, and how long, something may be sent back."""
    if period.excluded:
        return str(EXCLUDED[period.excluded])
    words = {"days": formats.number(period.days, get_language())}
    if period.unopened_only:
        return (
            ngettext(
                "You can send it back unopened within %(days)s day of receiving it.",
                "You can send it back unopened within %(days)s days of receiving it.",
                period.days,
            )
            % words
        )
    return (
        ngettext(
            "You can send it back within %(days)s day of receiving it.",
            "You can send it back within %(days)s days of receiving it.",
            period.days,
        )
        % words
    )


def promises(things: Iterable[tuple[str, WithdrawalPeriod]]) -> list[str]:
    """Say it of several things (name, row): each sentence once, with the names where it is not said of all."""
    named: dict[str, list[str]] = {}
    some_may_go = False
    for name, period in things:
        named.setdefault(promise(period), []).append(isolate(name))
        some_may_go = some_may_go or not period.excluded
    sentences = [f"{_(', ').join(dict.fromkeys(names))}{_(':')} {said}" for said, names in named.items()]
    if len(named) == 1:
        sentences = list(named)
    return [*sentences, str(RETURN_COST)] if some_may_go else sentences

"""The hours our shops begin with."""

from datetime import time

from catalogue.kernel.bulk import Counts
from catalogue.kernel.cells import Cells
from catalogue.kernel.datasets import Context, Dataset, finish, register
from catalogue.lots.models import Place

from .models import OpeningHours


def _is_hour(written: str) -> bool:
    try:
        time.fromisoformat(written)
    except ValueError:
        return False
    return True


@register
class Hours(Dataset[tuple[str, OpeningHours]]):
    file = "opening_hours.csv"
    columns = ("place", "weekday", "opens", "closes")
    label = "place+weekday+opens"
    after = ("places.csv",)
    is_optional = True

    def read(self, cells: Cells) -> tuple[str, OpeningHours]:
        opens, closes = (cells.checked(name, _is_hour, "not an hour such as 09:30") for name in ("opens", "closes"))
        if opens and closes and closes <= opens:
            cells.refuse("closes before it opens")
        weekday = cells.integer("weekday", maximum=6) or 0
        row = OpeningHours(
            weekday=weekday, opens=time.fromisoformat(opens or "09:00"), closes=time.fromisoformat(closes or "18:00")
        )
        return cells.reference("place", "places.csv", what="place"), row


@finish("opening hours", order=21)
def write_hours(context: Context) -> Counts:
    """Write the hours of shops that have none yet: what the office changed since is never touched."""
    places = dict(Place.objects.filter(opening_hours=None).values_list("code", "pk"))
    rows = []
    for code, row in context.items.get("opening_hours.csv", []):
        if code in places:
            row.place_id = places[code]
            rows.append(row)
    OpeningHours.objects.bulk_create(rows)
    return Counts(created=len(rows))

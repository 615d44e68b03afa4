"""Our own rounds: a list to take along. How each visit ended is written down on the driver's page, at the door."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from .base import Announced, Columns, NotToldSo, Told


class OwnGateway:
    tells = False

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def heads(self) -> Sequence[str]:
        return (
            _("Parcel"),
            _("Recipient"),
            _("Phone"),
            _("Address"),
            _("Town"),
            _("Province"),
            _("Country"),
            _("Pieces"),
            _("To ask for (MAD)"),
        )

    def row(self, parcel: Announced) -> Sequence[Any]:
        return (
            parcel.parcel,
            parcel.name,
            parcel.phone,
            parcel.address,
            parcel.town,
            parcel.province,
            parcel.country,
            parcel.pieces,
            parcel.due,
        )

    def read(self, content: bytes, *, now: datetime) -> Iterable[Told]:
        raise NotToldSo

"""Any courier by file: it is sent a table of parcels, and sends a table of statuses back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.kernel import tables
from catalogue.kernel.periods import NoSuchHour, instant_of
from catalogue.kernel.tables import Column, Row
from catalogue.kernel.text import fold_digits

from .base import EARLIEST, LONGEST_KEY, LONGEST_NOTE, LONGEST_PARCEL, LONGEST_WORD, Told, key_of
from .own import OwnGateway

MOST_ROWS = 5_000
"""More than any courier tells in a day; so many are kept in a second or two, in one transaction."""

FORMS = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y")
PARCEL = ("reference", "tracking", "colis", "الطرد")
NOON = 12
AHEAD = timedelta(days=1)


class FilesGateway(OwnGateway):
    tells = True

    def wanted(self) -> tuple[Column, ...]:
        """Say which columns are looked for; a courier's own names come from its profile."""
        own = self.columns
        return (
            Column("parcel", gettext_lazy("Parcel"), _own(own.parcel, *PARCEL), identifier=True),
            Column("word", gettext_lazy("Status"), _own(own.word, "status", "statut", "état", "الحالة")),
            Column("at", gettext_lazy("When"), _own(own.at, "date", "time", "heure", "التاريخ")),
            Column("key", gettext_lazy("Number of the event"), _own(own.key, "id"), required=False, identifier=True),
            Column("note", gettext_lazy("Note"), _own(own.note, "comment", "commentaire", "ملاحظة"), required=False),
        )

    def read(self, content: bytes, *, now: datetime) -> Iterator[Told]:
        seen: dict[str, int] = {}
        for count, row in enumerate(tables.read(content, self.wanted(), others=True), start=1):
            if count > MOST_ROWS:
                said = _("The file has more than 5,000 rows. Send one day at a time.")
                raise tables.TableRefused([tables.Problem(said)])
            told = _told(row, now)
            if told is None:
                continue
            if (known := seen.setdefault(told.key, row.number)) != row.number:
                row.refuse(_("The same line stands in row %(row)s already.") % {"row": known})
                continue
            yield told


def _own(name: str, *known: str) -> tuple[str, ...]:
    return (name, *known) if name else known


def _told(row: Row, now: datetime) -> Told | None:
    """Read one row, or note what is wrong with it."""
    limits = {"parcel": LONGEST_PARCEL, "word": LONGEST_WORD, "key": LONGEST_KEY}
    long = [name for name, limit in limits.items() if len(row[name]) > limit]
    for name in long:
        said = _("%(column)s: has more than %(most)s characters.")
        row.refuse(said % {"column": row.names[name], "most": limits[name]})
    at = _instant(row["at"])
    if at is None or at < EARLIEST:
        at = None
        row.refuse(_("Write the day and the hour like this: 2026-11-20 14:05."))
    elif at > now + AHEAD:
        row.refuse(_("This has not happened yet: %(when)s.") % {"when": row["at"][:40]})
        at = None
    if at is None or long:
        return None
    key = row["key"] or key_of(row["parcel"], row["word"], at)
    return Told(key, row["parcel"], row["word"], at, row["note"][:LONGEST_NOTE], row.number, dict(row.cells))


def _instant(written: str) -> datetime | None:
    """Read an instant: without a zone it is the shop's own clock, without an hour the middle of the day."""
    written = fold_digits(written).strip()
    found = _by("", written) or next((one for form in FORMS if (one := _by(form, written))), None)
    if found is None:
        return None
    if ":" not in written:
        found = found.replace(hour=NOON)
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    try:
        return instant_of(found)
    except NoSuchHour:
        return instant_of(found + timedelta(hours=1))


def _by(form: str, written: str) -> datetime | None:
    try:
        return datetime.strptime(written, form) if form else datetime.fromisoformat(written)
    except ValueError:
        return None

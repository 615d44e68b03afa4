from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from catalogue.kernel import periods
from catalogue.people.models import User
from catalogue.pricing import differences, operations, policies, queries
from catalogue.pricing.models import Fee, PriceListDraft, Source
from catalogue.products.models import Product

SHOWN = 20
APPROVE = "pricing.approve_pricelist"
WAITS = 3


class Command(BaseCommand):
    help = (
        "Show what a new price list would change, and publish it. Exit status 0: published, or nothing to publish; "
        "1: refused; 3: it waits for someone's approval."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--preview", action="store_true", help="show the differences and leave everything as it is")
        parser.add_argument("--from", dest="source", choices=[Source.SCHEDULES.value, Source.OPENING.value])
        parser.add_argument("--at", metavar="'YYYY-MM-DD HH:MM'", help="when it starts, on Casablanca's clock")
        parser.add_argument("--approve-as", metavar="LOGIN", help="someone who may approve lists, and does")

    def handle(self, *args: Any, source: str | None, **options: Any) -> None:
        now = timezone.now()
        with translation.override("en"):  # as every command speaks
            self._work(source or self._usual_source(now), now, **options)

    def _work(
        self, source: str, now: datetime, *, preview: bool, at: str | None, approve_as: str | None, **options: Any
    ) -> None:
        starts_at = self._instant(at)
        approver = self._approver(approve_as) if approve_as else None
        try:
            if preview:
                with transaction.atomic():
                    self._tell(operations.prepare(source=source, starts_at=starts_at, prepared_by=None, now=now))
                    transaction.set_rollback(True)
                return
            self._discard_earlier()
            draft = operations.prepare(source=source, starts_at=starts_at, prepared_by=None, now=now)
            if self._tell(draft):
                self._publish(draft, approver, now)
            else:
                operations.discard(draft_id=draft.pk)
        except queries.NoRates:
            raise CommandError("No exchange rates are known: load the catalogue first.") from None
        except policies.FeesTooHigh as error:
            raise CommandError(f"Nothing was published: {error}.") from None
        except (operations.DraftRefused, operations.RatesTooOld, operations.TooEarly) as refusal:
            raise CommandError(f"Nothing was published. {refusal}") from None

    def _discard_earlier(self) -> None:
        """Throw away what earlier runs prepared and nobody approved: this run takes their place."""
        for draft in PriceListDraft.objects.filter(state=PriceListDraft.State.READY, prepared_by=None):
            operations.discard(draft_id=draft.pk)

    def _usual_source(self, now: datetime) -> str:
        """From the schedules, once there are any."""
        return Source.SCHEDULES if Fee.objects.on(periods.day_of(now)).exists() else Source.OPENING

    def _instant(self, written: str | None) -> datetime | None:
        if written is None:
            return None
        try:
            return periods.instant_of(datetime.strptime(written, "%Y-%m-%d %H:%M"))
        except periods.NoSuchHour:
            raise CommandError(f"Casablanca's clock never showed {written}: it was put forward over it.") from None
        except ValueError:
            raise CommandError(f"{written} is not a day and an hour (YYYY-MM-DD HH:MM).") from None

    def _approver(self, login: str) -> User:
        staff = User.objects.filter(is_staff=True, is_active=True)
        person = staff.filter(Q(email__iexact=login) | Q(phone=login)).first()
        if person is None or not person.has_perm(APPROVE):
            raise CommandError(f"{login} is nobody who may approve price lists.")
        return person

    def _tell(self, draft: PriceListDraft) -> bool:
        """Write the differences; true when there are any."""
        last = queries.last_list()
        if last and not differences.differ(draft, last):
            self.stdout.write(f"The price list {last.reference} says the same already.")
            return False
        found = differences.summary(draft, last, currency="MAD", side="home")
        self.stdout.write(
            f"{found.up} dearer, {found.down} cheaper, {found.same} as before, {found.new} new, {found.gone} gone; "
            f"1 EUR = {draft.eur_rate} MAD, 1 USD = {draft.usd_rate} MAD ({draft.rates_day})"
        )
        shown = differences.largest(draft, last, currency="MAD", side="home", limit=SHOWN)
        ids = [difference.stockrecord_id for difference in shown]
        names = dict(Product.objects.filter(stockrecords__in=ids).values_list("stockrecords", "title"))
        for row in shown:
            percent = "new" if row.old is None else "gone" if row.new is None else f"{row.percent:+} %"
            name = names.get(row.stockrecord_id, "")
            self.stdout.write(f"{percent:>9} {row.old or '-':>10} {row.new or '-':>10} MAD  {name}")
        broken = draft.prices.exclude(floor="").order_by("stockrecord_id", "currency", "side")[:SHOWN]
        for price in broken:
            place = f"{price.price} {price.currency} {price.side}, stock record {price.stockrecord_id}"
            self.stdout.write(self.style.ERROR(f"floor: {place}: ") + str(price.get_floor_display()))
        return True

    def _publish(self, draft: PriceListDraft, approver: User | None, now: datetime) -> None:
        if approver is None:
            raise CommandError(f"Draft {draft.pk} waits for someone's approval in the office.", returncode=WAITS)
        try:
            operations.approve(draft_id=draft.pk, approved_by=approver, now=now)
            published = operations.publish(draft_id=draft.pk, now=now)
        except (operations.DraftRefused, operations.TooEarly):
            operations.discard(draft_id=draft.pk)
            raise
        start = f"{periods.local(published.starts_at):%Y-%m-%d %H:%M}"
        self.stdout.write(f"{published.reference}: {published.prices.count()} prices, from {start} in Casablanca")

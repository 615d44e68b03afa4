"""What couriers tell of parcels, word by word, and what each word means. Nothing told is ever lost."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fulfilment.warehouse.models import DeliveryAttempt

from . import policies
from .gateways import FILES, OWN, Columns

Reason = DeliveryAttempt.Reason


def _person() -> "models.ForeignKey":
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )


class CourierProfile(models.Model):
    """How we speak with one courier. Secrets are sealed; two hold while the courier changes over to the new one."""

    class Gateway(models.TextChoices):
        OWN = OWN, _("our own round: the driver's page")
        FILES = FILES, _("by file, and by its machine")

    courier = models.OneToOneField("shipping.Courier", on_delete=models.PROTECT, related_name="profile")
    code = models.SlugField(max_length=40, unique=True)
    gateway = models.CharField(max_length=8, choices=Gateway, default=Gateway.FILES)
    parcel_column = models.CharField(max_length=60, blank=True)
    word_column = models.CharField(max_length=60, blank=True)
    at_column = models.CharField(max_length=60, blank=True)
    key_column = models.CharField(max_length=60, blank=True)
    note_column = models.CharField(max_length=60, blank=True)
    secret = models.TextField(blank=True, help_text="sealed")
    old_secret = models.TextField(blank=True, help_text="sealed; holds until it is dropped")
    secret_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = _person()

    class Meta:
        constraints = [
            models.CheckConstraint(name="courier_profile_code", condition=Q(code__regex=r"^[a-z0-9][a-z0-9-]*$")),
            models.CheckConstraint(name="courier_profile_secrets_follow", condition=Q(old_secret="") | ~Q(secret="")),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def columns(self) -> Columns:
        return Columns(self.parcel_column, self.word_column, self.at_column, self.key_column, self.note_column)


class StatusWord(models.Model):
    """What a status means, for one courier or, where ``courier`` is none, for any. The office teaches it."""

    class Meaning(models.TextChoices):
        NOTHING = policies.NOTHING, _("nothing for us")
        ON_THE_WAY = policies.ON_THE_WAY, _("on its way")
        OUT = policies.OUT, _("out for delivery")
        ABSENT = policies.ABSENT, _("nobody was there")
        REFUSED = policies.REFUSED, pgettext_lazy("at the door", "refused")
        DELIVERED = policies.DELIVERED, pgettext_lazy("at the door", "delivered")
        BACK = policies.BACK, _("comes back to us")
        LOST = policies.LOST, _("lost")

    courier = models.ForeignKey(
        "shipping.Courier", null=True, blank=True, on_delete=models.PROTECT, related_name="status_words"
    )
    word = models.CharField(max_length=80, help_text="as policies.folded writes it")
    meaning = models.CharField(max_length=12, choices=Meaning)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    taught_at = models.DateTimeField(null=True, blank=True)
    taught_by = _person()

    class Meta:
        ordering = ["word", "courier_id"]
        constraints = [
            models.UniqueConstraint(name="status_word_once", fields=["courier", "word"], nulls_distinct=False),
            models.CheckConstraint(
                name="status_word_says_why",
                condition=Q(meaning__in=policies.WITH_REASON, reason__in=Reason.values)
                | (~Q(meaning__in=policies.WITH_REASON) & Q(reason="")),
            ),
            models.CheckConstraint(name="status_word_is_a_word", condition=~Q(word="")),
        ]

    def __str__(self) -> str:
        return f"{self.word}: {self.meaning}"


class StatusFile(models.Model):
    """A file of statuses that was taken in whole."""

    courier = models.ForeignKey("shipping.Courier", on_delete=models.PROTECT, related_name="status_files")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    new_rows = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    received_by = _person()

    class Meta:
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class TrackingEvent(models.Model):
    """One thing that a courier told: what was told never changes, what became of it stands beside it."""

    class Source(models.TextChoices):
        WEBHOOK = "webhook", _("its machine")
        FILE = "file", _("a file")

    class Outcome(models.TextChoices):
        WAITING = "WAITING", _("not looked at yet")
        APPLIED = "APPLIED", _("taken up")
        LATE = "LATE", _("told late: the parcel is further")
        UNKNOWN_PARCEL = "UNKNOWN_PARCEL", _("unknown parcel")
        UNKNOWN_WORD = "UNKNOWN_WORD", _("unknown status")
        REFUSED = "REFUSED", _("impossible")
        SET_ASIDE = "SET_ASIDE", _("set aside")

    class Why(models.TextChoices):
        EARLY = "early", _("the parcel was not handed over yet")
        NOT_THEIRS = "not_theirs", _("another courier carries this parcel")
        ENDED = "ended", _("it contradicts how the parcel's way ended")
        COMING_BACK = "coming_back", _("the parcel was on its way back to us")
        IMPOSSIBLE = "impossible", _("the parcel cannot become so")

    TO_SEE_TO = (Outcome.UNKNOWN_PARCEL, Outcome.UNKNOWN_WORD, Outcome.REFUSED)
    """Someone must say what this means, or set it aside."""

    courier = models.ForeignKey("shipping.Courier", on_delete=models.PROTECT, related_name="tracking_events")
    key = models.CharField(max_length=120)
    parcel = models.CharField(max_length=80, help_text="the reference as told")
    word = models.CharField(max_length=80, help_text="the status as told")
    folded = models.CharField(max_length=80, help_text="as words are looked up")
    note = models.CharField(max_length=200, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    source = models.CharField(max_length=8, choices=Source)
    file = models.ForeignKey(StatusFile, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    row = models.PositiveIntegerField(null=True, blank=True)
    raw = models.JSONField(default=dict)

    consignment = models.ForeignKey(
        "warehouse.Consignment", null=True, blank=True, on_delete=models.PROTECT, related_name="tracking_events"
    )
    meaning = models.CharField(max_length=12, choices=StatusWord.Meaning, blank=True)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.WAITING)
    why = models.CharField(max_length=12, choices=Why, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="when this became of it")
    assigned_by = _person()
    set_aside_by = _person()
    remark = models.CharField(max_length=200, blank=True, help_text="why it was set aside")

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="tracking_event_once", fields=["courier", "key"]),
            models.CheckConstraint(
                name="tracking_event_file",
                condition=Q(source="file", file__isnull=False) | Q(source="webhook", file=None),
            ),
            models.CheckConstraint(
                name="tracking_event_applied_to_a_parcel",
                condition=~Q(outcome__in=["APPLIED", "LATE", "REFUSED"])
                | Q(consignment__isnull=False, seen_at__isnull=False) & ~Q(meaning=""),
            ),
            models.CheckConstraint(
                name="tracking_event_refused_says_why",
                condition=Q(outcome="REFUSED") & ~Q(why="") | ~Q(outcome="REFUSED") & Q(why=""),
            ),
            models.CheckConstraint(
                name="tracking_event_set_aside_says_why",
                condition=Q(outcome="SET_ASIDE") & ~Q(remark="") | ~Q(outcome="SET_ASIDE") & Q(remark=""),
            ),
        ]
        indexes = [
            models.Index(name="tracking_event_of_parcel", fields=["courier", "parcel"]),
            models.Index(
                name="tracking_event_open",
                fields=["received_at"],
                condition=Q(outcome__in=["WAITING", "UNKNOWN_PARCEL", "UNKNOWN_WORD", "REFUSED"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parcel}: {self.word}"

    @property
    def is_to_see_to(self) -> bool:
        return self.outcome in self.TO_SEE_TO

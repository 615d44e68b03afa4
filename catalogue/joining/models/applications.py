"""What a cooperative sends to join, the papers with it, and every step that was taken since."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.joining import policies
from catalogue.kernel import scans

OPEN_OR_TAKEN = ~Q(state__in=["REFUSED", "WITHDRAWN"])
UNDER_WAY = ~Q(state__in=["REFUSED", "WITHDRAWN", "ACTIVE"])


def _person() -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


class Application(models.Model):
    """One cooperative's wish to join. ``confirmation`` came with the form: pressed twice, it is sent once."""

    class State(models.TextChoices):
        SENT = policies.SENT, pgettext_lazy("application", "sent")
        IN_REVIEW = policies.IN_REVIEW, pgettext_lazy("application", "being looked at")
        MORE_ASKED = policies.MORE_ASKED, pgettext_lazy("application", "something is missing")
        APPROVED = policies.APPROVED, pgettext_lazy("application", "approved")
        REFUSED = policies.REFUSED, pgettext_lazy("application", "refused")
        WITHDRAWN = policies.WITHDRAWN, pgettext_lazy("application", "withdrawn")
        AGREED = policies.AGREED, pgettext_lazy("application", "terms agreed to")
        ACTIVE = policies.ACTIVE, pgettext_lazy("application", "open")

    class LegalForm(models.TextChoices):
        COOPERATIVE = "cooperative", pgettext_lazy("legal form", "cooperative")
        ASSOCIATION = "association", pgettext_lazy("legal form", "association")
        UNION = "union", pgettext_lazy("legal form", "union of cooperatives")
        GIE = "gie", pgettext_lazy("legal form", "economic interest group (GIE)")

    confirmation = models.UUIDField(unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.SENT)
    language = models.CharField(max_length=2)
    legal_form = models.CharField(max_length=20, choices=LegalForm)
    name_ar = models.CharField(max_length=120)
    name_fr = models.CharField(max_length=120, help_text="in Latin letters, as on the register extract")
    province = models.ForeignKey("address.Province", on_delete=models.PROTECT, related_name="+")
    commune_name = models.CharField(max_length=120)
    register_no = models.CharField(max_length=40, help_text="in capitals, without spaces at its ends")
    ice = models.CharField(max_length=15, help_text="company number, 15 digits, divisible by 97")
    tax_id = models.CharField(max_length=20)
    onssa_no = models.CharField(max_length=30, blank=True)
    members = models.PositiveIntegerField()
    women_members = models.PositiveIntegerField()
    founded_year = models.PositiveSmallIntegerField()
    sector = models.CharField(max_length=30)
    products = models.CharField(max_length=500)
    contact_name = models.CharField(max_length=120)
    phone = models.CharField(max_length=16, help_text="E.164, can receive SMS")
    phone_proved_at = models.DateTimeField(null=True, blank=True, help_text="a code sent to it came back")
    links_given = models.PositiveSmallIntegerField(default=0, help_text="another phone gets another address")
    email = models.EmailField(blank=True)
    rib = models.CharField(max_length=24, blank=True)
    sent_at = models.DateTimeField()
    owner = _person()
    approved_by = _person()
    offered_by = _person()
    reason = models.CharField(max_length=300, blank=True, help_text="why it ended, or what is asked for")
    accepted_by_name = models.CharField(max_length=120, blank=True, help_text="who agreed to the terms")
    accepted_at = models.DateTimeField(null=True, blank=True)
    codes_given = models.PositiveSmallIntegerField(default=0)
    code_given_at = models.DateTimeField(null=True, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0, help_text="tries of the code given last")
    cooperative = models.OneToOneField(
        "partner.Partner", null=True, blank=True, on_delete=models.PROTECT, related_name="application"
    )

    class Meta:
        ordering = ["sent_at", "pk"]
        default_permissions = ("view", "change")
        permissions = [("approve_application", "Can approve or refuse an application to join")]
        constraints = [
            models.UniqueConstraint(name="application_ice_once", fields=["ice"], condition=OPEN_OR_TAKEN),
            models.UniqueConstraint(name="application_register_once", fields=["register_no"], condition=OPEN_OR_TAKEN),
            models.UniqueConstraint(name="application_phone_once", fields=["phone"], condition=UNDER_WAY),
            models.CheckConstraint(name="application_ice_digits", condition=Q(ice__regex=r"^[0-9]{15}$")),
            models.CheckConstraint(
                name="application_women_are_members", condition=Q(members__gte=1, women_members__lte=F("members"))
            ),
            models.CheckConstraint(
                name="application_refused_with_reason",
                condition=~Q(state__in=["REFUSED", "WITHDRAWN", "MORE_ASKED"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="application_approved_whole",
                condition=Q(
                    state__in=["APPROVED", "AGREED", "ACTIVE"], approved_by__isnull=False, cooperative__isnull=False
                )
                | Q(state__in=["SENT", "IN_REVIEW", "MORE_ASKED"], approved_by=None, cooperative=None)
                | Q(state__in=["REFUSED", "WITHDRAWN"], approved_by=None, cooperative=None)
                | Q(state__in=["REFUSED", "WITHDRAWN"], approved_by__isnull=False, cooperative__isnull=False),
            ),
            models.CheckConstraint(
                name="application_another_offers", condition=Q(offered_by=None) | ~Q(offered_by=F("approved_by"))
            ),
            models.CheckConstraint(
                name="application_agreed_whole",
                condition=Q(state__in=["AGREED", "ACTIVE"], offered_by__isnull=False, accepted_at__isnull=False)
                & ~Q(accepted_by_name="")
                | ~Q(state__in=["AGREED", "ACTIVE"]) & Q(accepted_at=None, accepted_by_name="")
                | Q(state__in=["REFUSED", "WITHDRAWN"], accepted_at__isnull=False, offered_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name_fr


class Document(models.Model):
    """A paper: a PDF as it came, or a picture written anew. Rows are only added; the latest of a kind counts."""

    class Kind(models.TextChoices):
        STATUTES = policies.STATUTES, _("statutes")
        REGISTER = policies.REGISTER, _("register extract")
        RIB = policies.RIB, _("RIB certificate of the bank")
        ONSSA = policies.ONSSA, _("ONSSA authorisation")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=8, choices=Kind)
    content = models.BinaryField()
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="joining_document_size", condition=Q(size__gt=0, size__lte=scans.MOST_BYTES)),
            models.CheckConstraint(name="joining_document_type", condition=Q(content_type__in=[scans.PDF, scans.JPEG])),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.kind}"


class Step(models.Model):
    """Who did what with an application, and what they wrote. Rows are only added; the applicant is nobody."""

    class Kind(models.TextChoices):
        SENT = "sent", pgettext_lazy("joining", "The application was sent")
        PROVED = "proved", pgettext_lazy("joining", "The code sent to the phone came back")
        TAKEN = "taken", pgettext_lazy("joining", "The office looks at it")
        MORE_ASKED = "more_asked", pgettext_lazy("joining", "The office asks for more")
        MORE_SENT = "more_sent", pgettext_lazy("joining", "More was sent")
        APPROVED = "approved", pgettext_lazy("joining", "Approved")
        REFUSED = "refused", pgettext_lazy("joining", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("joining", "Withdrawn")
        PHONE_ASKED = "phone_ask", pgettext_lazy("joining", "Another phone was proposed for the contact")
        PHONE_SET = "phone_set", pgettext_lazy("joining", "The contact has another phone")
        PHONE_KEPT = "phone_kept", pgettext_lazy("joining", "The contact keeps the phone")
        OFFERED = "offered", pgettext_lazy("joining", "The office wrote down the terms")
        AGREED = "agreed", pgettext_lazy("joining", "The terms were agreed to")
        ACTIVATED = "activated", pgettext_lazy("joining", "Opened with the code")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    by = _person()
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.application_id}: {self.kind}"

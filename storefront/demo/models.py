"""What the demonstration keeps instead of sending: mails and SMS."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Letter(models.Model):
    """A mail or an SMS that left the shop."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("Mail")
        SMS = "sms", _("Sms")

    channel = models.CharField(max_length=4, choices=Channel)
    recipient = models.CharField(max_length=254)
    language = models.CharField(max_length=2, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    key = models.CharField(max_length=64, null=True, unique=True, help_text="of an SMS: kept once")  # noqa: DJ001
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["channel", "recipient", "-received_at"], name="letter_by_recipient")]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject or self.text[:40]}"

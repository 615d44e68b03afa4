"""People who sign in: by e-mail, by phone, or by both."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LANGUAGES = [("ar", "العربية"), ("fr", "Français"), ("en", "English")]


class UserManager(BaseUserManager["User"]):
    use_in_migrations = False

    def create_user(
        self, email: str | None = None, password: str | None = None, *, phone: str | None = None, **fields: Any
    ) -> "User":
        """Create someone who can sign in; an e-mail or a phone is needed (the database insists)."""
        user = self.model(email=email, phone=phone, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> "User":
        if username is not None and username.startswith("+"):
            return self.get(phone=username)
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail"), null=True, blank=True, unique=True)
    phone = models.CharField(_("phone"), max_length=16, null=True, blank=True, unique=True, help_text="E.164")
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("family name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="ar")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                name="person_has_email_or_phone",
                condition=models.Q(email__isnull=False) | models.Q(phone__isnull=False),
            ),
            models.CheckConstraint(
                name="person_email_is_lower_case",
                condition=models.Q(email__isnull=True) | (models.Q(email=Lower("email")) & ~models.Q(email="")),
            ),
            models.CheckConstraint(
                name="person_phone_is_e164",
                condition=models.Q(phone__isnull=True) | models.Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email or self.phone or ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower() or None if self.email else None
        self.phone = self.phone or None
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def contact(self) -> str:
        """How this person is reached: the e-mail, or the phone."""
        return self.email or self.phone or ""

    def get_short_name(self) -> str:
        return self.first_name or str(self)

"""What a password must be, beyond Django's own rules."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.people.models import User

STAFF_LENGTH = 15


class StaffLengthValidator:
    """Asks staff for a longer password than shoppers."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is not None and getattr(user, "is_staff", False) and len(password) < STAFF_LENGTH:
            raise ValidationError(
                ngettext(
                    "People of the office need at least %(count)d character.",
                    "People of the office need at least %(count)d characters.",
                    STAFF_LENGTH,
                ),
                code="staff_password_too_short",
                params={"count": STAFF_LENGTH},
            )

    def get_help_text(self) -> str:
        return _("People of the office need a longer one.")

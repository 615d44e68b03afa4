"""The signed address of an application, and the code that activates it: worked out, never stored."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac

from catalogue.kernel.text import fold_digits

from .models import Application

SALT, CODE_SALT = "catalogue.joining.links", "catalogue.joining.codes"
KEY_LENGTH, DIGITS = 24, 6


def key_for(application: Application) -> str:
    """Return the key of an application's page: 96 bits of a keyed digest. Another phone has another key."""
    said = f"{application.pk}:{application.links_given}" if application.links_given else str(application.pk)
    return salted_hmac(SALT, said, algorithm="sha256").hexdigest()[:KEY_LENGTH]


def key_fits(application: Application, key: str) -> bool:
    return constant_time_compare(key_for(application), key)


def status_path(application: Application) -> str:
    """Return the address of its page in the applicant's language, without the host."""
    with translation.override(application.language):
        return f"{reverse('joining:status', args=[application.pk])}?k={key_for(application)}"


def status_url(application: Application) -> str:
    return settings.BASE_URL.rstrip("/") + status_path(application)


def code_of(application: Application) -> str:
    """Return the code that was given last; each one given is another."""
    said = f"{application.pk}:{application.codes_given}"
    digest = salted_hmac(CODE_SALT, said, algorithm="sha256").hexdigest()
    return f"{int(digest[:15], 16) % 10**DIGITS:0{DIGITS}d}"


def code_fits(application: Application, written: str) -> bool:
    """Tell whether what someone typed is the code: in any digits, with or without spaces."""
    plain = "".join(sign for sign in fold_digits(written) if sign.isascii() and sign.isdigit())
    return constant_time_compare(plain, code_of(application))

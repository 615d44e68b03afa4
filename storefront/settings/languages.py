"""Arabic first, French and English beside it; one time zone file, ours."""

import zoneinfo

from django.utils.translation import gettext_lazy as _

from .environment import BASE_DIR

zoneinfo.reset_tzpath(to=())  # the system's files may not know Morocco's clock since 2026-09-20

LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", _("Arabic")), ("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "storefront" / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Africa/Casablanca"

MODELTRANSLATION_DEFAULT_LANGUAGE = "fr"
MODELTRANSLATION_LANGUAGES = ("ar", "fr", "en")
MODELTRANSLATION_FALLBACK_LANGUAGES = ("fr", "en", "ar")

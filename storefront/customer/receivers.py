"""What follows from steps of allauth in the present session."""

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.dispatch import receiver
from django.http import HttpRequest

from catalogue.people.models import User


@receiver(mfa.authenticator_added)
def count_as_shown(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Who has just typed a code of a new app need not type the next one."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, method="mfa", type=authenticator.type, id=authenticator.pk)


@receiver(account.password_set)
@receiver(account.password_changed)
def count_as_typed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Who has just chosen a password need not type it again."""
    record_authentication(request, user, method="password")
